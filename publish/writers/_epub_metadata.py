"""What a book says of itself, computed from what is in it.

Terms: Dublin Core, the EPUB 3.3 meta properties, MARC relators and the Schema.org accessibility properties as EPUB
Accessibility 1.1 asks for them. Conformance is not claimed: that needs a person or body that vouches for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from publish.config import Settings
from publish.interface import Interface
from publish.languages import canonical
from publish.model import Edition, Foreign, Paragraph, Phrase, paragraphs, walk
from publish.overlay import clock
from publish.package import Meta, clean, name_uuid

Reading = Literal["none", "part", "whole"]
"""How much of the visible text has its sound: nothing, not all, all."""

ACTIVE = "-epub-media-overlay-active"
"""Class of the element that is heard."""
PLAYING = "-epub-media-overlay-playing"
"""Class of the document while it is played."""

_FEATURES = ("ARIA", "displayTransformability", "readingOrder", "structuralNavigation", "tableOfContents", "unlocked")
"""True of every book that is made here."""


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a book besides its documents."""

    title: Phrase
    language: str
    languages: tuple[str, ...]
    """Of everything in it, the book's own first."""
    publisher: Phrase
    creators: tuple[Phrase, ...]
    """Names of those who speak."""
    date: str = ""
    """ISO 8601."""
    source: str = ""
    rights: Phrase | None = None
    summary: Phrase | None = None
    series: Phrase | None = None
    """The series that it is a part of."""
    series_identifier: str = ""
    narrators: tuple[str, ...] = ()
    reading: Reading = "none"
    durations: tuple[tuple[str, int], ...] = ()
    """By id of the overlay, in milliseconds."""


def series_identifier(settings: Settings) -> str:
    """The series' own URI, or one that is made from its title and publisher."""
    return settings.identifier.strip() or name_uuid("series", settings.publisher, settings.title)


def book_identifier(settings: Settings, *parts: str) -> str:
    """The URN of a book of the series."""
    return name_uuid(series_identifier(settings), *parts)


def languages(edition: Edition) -> tuple[str, ...]:
    """Every language that an edition's words are in, its own first, then by first appearance."""
    found = [edition.language, edition.title.language]
    found += (tag for paragraph in paragraphs(edition.briefing) for tag in _of(paragraph))
    return tuple(dict.fromkeys(tag for tag in found if _known(tag)))


def _of(paragraph: Paragraph) -> Iterator[str]:
    yield paragraph.language
    yield from (part.language for part in walk(paragraph.parts) if isinstance(part, Foreign))


def _known(tag: str) -> bool:
    try:
        return bool(canonical(tag))
    except ValueError:
        return False


def metadata(book: Description, interface: Interface) -> tuple[Meta, ...]:
    """All of it, without what says nothing, and with U+FFFD for what XML cannot hold."""
    found = (*_core(book), *_series(book), *_access(book, interface), *_media(book))
    whole = (msgspec.structs.replace(meta, value=" ".join(clean(meta.value)[0].split())) for meta in found)
    return tuple(meta for meta in whole if meta.value)


def _core(book: Description) -> Iterator[Meta]:
    yield _phrase(book, "dc:title", book.title)
    for tag in book.languages:
        yield Meta(name="dc:language", value=tag)
    yield _phrase(book, "dc:publisher", book.publisher)
    yield Meta(name="dc:date", value=book.date)
    yield Meta(name="dc:source", value=book.source)
    if book.rights:
        yield _phrase(book, "dc:rights", book.rights)
    if book.summary:
        yield _phrase(book, "dc:description", book.summary)
    for number, name in enumerate(book.creators, 1):
        if name.text.strip():
            yield _phrase(book, "dc:creator", name, f"speaker-{number}")
            yield Meta(name="role", value="spk", refines=f"speaker-{number}", scheme="marc:relators")


def _phrase(book: Description, name: str, phrase: Phrase, key: str = "") -> Meta:
    language = phrase.language if phrase.language != book.language else ""
    return Meta(name=name, value=phrase.text, id=key, language=language)


def _series(book: Description) -> Iterator[Meta]:
    """The series, without the place in it: one briefing more would make every later book stale."""
    if book.series and book.series.text.strip():
        yield _phrase(book, "belongs-to-collection", book.series, "series")
        yield Meta(name="collection-type", value="series", refines="series")
        yield Meta(name="dcterms:identifier", value=book.series_identifier, refines="series")


def _access(book: Description, interface: Interface) -> Iterator[Meta]:
    yield Meta(name="schema:accessMode", value="textual")
    yield Meta(name="schema:accessModeSufficient", value="textual")
    features: tuple[str, ...] = _FEATURES
    if book.reading == "whole":
        yield Meta(name="schema:accessModeSufficient", value="auditory")
        features = tuple(sorted((*features, "synchronizedAudioText")))
    for feature in features:
        yield Meta(name="schema:accessibilityFeature", value=feature)
    yield Meta(name="schema:accessibilityHazard", value="none")
    language = interface.language if interface.language != book.language else ""
    yield Meta(name="schema:accessibilitySummary", value=_summary(book.reading, interface), language=language)


def _summary(reading: Reading, interface: Interface) -> str:
    structure = interface.gettext(
        "Every question opens a section with a heading and every turn has a heading with the speaker's name; "
        "the table of contents leads to every question."
    )
    match reading:
        case "whole":
            sound = interface.gettext("A computer voice reads the whole book, and the words being read are marked.")
        case "part":
            sound = interface.gettext("A computer voice reads the book, except for some passages that are text only.")
        case "none":
            sound = interface.gettext("The book is text only and has no audio.")
    return f"{sound} {structure}"


def _media(book: Description) -> Iterator[Meta]:
    if book.reading == "none":
        return
    for key, time in book.durations:
        yield Meta(name="media:duration", value=clock(time), refines=key)
    yield Meta(name="media:duration", value=clock(sum(time for _, time in book.durations)))
    for narrator in book.narrators:
        yield Meta(name="media:narrator", value=narrator)
    yield Meta(name="media:active-class", value=ACTIVE)
    yield Meta(name="media:playback-active-class", value=PLAYING)
