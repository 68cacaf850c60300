"""What a book says of itself, computed from what is in it.

Terms: Dublin Core, the EPUB 3.3 meta properties, MARC relators and the Schema.org accessibility properties as EPUB
Accessibility 1.1 asks for them. Conformance is claimed only where the publisher names who vouches for it, of books that
have not changed since the day of the check: no program can tell that a book conforms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from publish.config import Settings
from publish.interface import Interface
from publish.languages import canonical
from publish.model import Edition, Foreign, Paragraph, Phrase, Role, paragraphs, walk
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


CONFORMS = "EPUB Accessibility 1.1 - WCAG 2.2 Level AA"
"""What is claimed, in the words that EPUB Accessibility 1.1, section 4.2, prescribes."""

_RELATORS: dict[Role, str] = {"moderator": "mod", "journalist": "ivr", "interpreter": "trl"}
"""MARC relators. An interviewer is also a reporter there; for interpreters there is only the translator's."""
_SPEAKER = "spk"


class Agent(msgspec.Struct, frozen=True):
    """Someone who had a part in the book."""

    name: Phrase
    relator: str
    """MARC's code."""
    sort: str = ""
    """The name as lists sort it; empty: as it is."""


def speaker(name: Phrase, role: Role, sort: str = "") -> Agent:
    """Someone who speaks in it."""
    return Agent(name, _RELATORS.get(role, _SPEAKER), sort)


class Certificate(msgspec.Struct, frozen=True):
    """That somebody vouches for the book."""

    by: str
    on: str
    """ISO 8601."""
    credential: str = ""
    report: str = ""
    """An address."""


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a book besides its documents."""

    title: Phrase
    language: str
    languages: tuple[str, ...]
    """Of everything in it, the book's own first."""
    publisher: Phrase
    creators: tuple[Agent, ...]
    """Those who speak."""
    contributors: tuple[Agent, ...] = ()
    date: str = ""
    """ISO 8601."""
    source: str = ""
    rights: Phrase | None = None
    subjects: tuple[Phrase, ...] = ()
    summary: Phrase | None = None
    series: Phrase | None = None
    """The series that it is a part of."""
    series_identifier: str = ""
    number: str = ""
    """The place in the series, numbers with points between them; empty: none."""
    index: bool = False
    """There is a list of speakers with their turns."""
    cover: bool = False
    """There is a picture, and what it shows is said."""
    page_source: str = ""
    """What its pages are pages of; empty: it lists none."""
    certificate: Certificate | None = None
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


def languages(edition: Edition, interface: Interface) -> tuple[str, ...]:
    """Every language of a book, the edition's first, then by first appearance; last that of the words around."""
    found = [edition.language, edition.title.language]
    found += (tag for paragraph in paragraphs(edition.briefing) for tag in _of(paragraph))
    found.append(interface.language)
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
    found = (*_core(book), *_series(book), *_access(book, interface), *_conformance(book), *_media(book))
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
    for subject in book.subjects:
        yield _phrase(book, "dc:subject", subject)
    if book.summary:
        yield _phrase(book, "dc:description", book.summary)
    for number, agent in enumerate(book.creators, 1):
        yield from _agent(book, agent, "dc:creator", f"speaker-{number}")
    for number, agent in enumerate(book.contributors, 1):
        yield from _agent(book, agent, "dc:contributor", f"contributor-{number}")


def _agent(book: Description, agent: Agent, name: str, key: str) -> Iterator[Meta]:
    if agent.name.text.strip():
        yield _phrase(book, name, agent.name, key)
        yield Meta(name="role", value=agent.relator, refines=key, scheme="marc:relators")
        yield Meta(name="file-as", value=agent.sort or agent.name.text, refines=key)


def _phrase(book: Description, name: str, phrase: Phrase, key: str = "") -> Meta:
    language = phrase.language if phrase.language != book.language else ""
    return Meta(name=name, value=phrase.text, id=key, language=language)


def _series(book: Description) -> Iterator[Meta]:
    """The series and the place in it, which is the book's own: one briefing more makes no other book stale."""
    if book.series and book.series.text.strip():
        yield _phrase(book, "belongs-to-collection", book.series, "series")
        yield Meta(name="collection-type", value="series", refines="series")
        yield Meta(name="group-position", value=book.number, refines="series")
        yield Meta(name="dcterms:identifier", value=book.series_identifier, refines="series")


def _access(book: Description, interface: Interface) -> Iterator[Meta]:
    for mode in ("textual", "visual") if book.cover else ("textual",):
        yield Meta(name="schema:accessMode", value=mode)
    yield Meta(name="schema:accessModeSufficient", value="textual")
    if book.reading == "whole":
        yield Meta(name="schema:accessModeSufficient", value="auditory")
    for feature in sorted(_features(book)):
        yield Meta(name="schema:accessibilityFeature", value=feature)
    yield Meta(name="schema:accessibilityHazard", value="none")
    language = interface.language if interface.language != book.language else ""
    yield Meta(name="schema:accessibilitySummary", value=_summary(book, interface), language=language)
    yield Meta(name="pageBreakSource", value=book.page_source)


def _features(book: Description) -> Iterator[str]:
    yield from _FEATURES
    if book.reading == "whole":
        yield "synchronizedAudioText"
    if book.index:
        yield "index"
    if book.cover:
        yield "alternativeText"
    if book.page_source:
        yield from ("pageNavigation", "pageBreakMarkers")


def _summary(book: Description, interface: Interface) -> str:
    match book.reading:
        case "whole":
            sound = interface.gettext("A computer voice reads the whole book, and the words being read are marked.")
        case "part":
            sound = interface.gettext("A computer voice reads the book, except for some passages that are text only.")
        case "none":
            sound = interface.gettext("The book is text only and has no audio.")
    structure = interface.gettext(
        "Every question opens a section with a heading and every turn has a heading with the speaker's name; "
        "the table of contents leads to every question."
    )
    more = [
        interface.gettext("A list at the end leads to the turns of each speaker.") if book.index else "",
        interface.gettext("The picture on the cover is described.") if book.cover else "",
        interface.gettext("The pages of a printed edition can be found by their numbers.") if book.page_source else "",
    ]
    return " ".join(filter(None, (sound, structure, *more)))


def _conformance(book: Description) -> Iterator[Meta]:
    """EPUB Accessibility 1.1, section 4.3."""
    claim = book.certificate
    if claim is None:
        return
    yield Meta(name="dcterms:conformsTo", value=CONFORMS, id="conformance")
    yield Meta(name="a11y:certifiedBy", value=claim.by, id="certifier", refines="conformance")
    yield Meta(name="dcterms:date", value=claim.on, refines="certifier")
    link = claim.credential.startswith(("https://", "http://"))
    yield Meta(name="a11y:certifierCredential", value=claim.credential, refines="certifier", link=link)
    yield Meta(name="a11y:certifierReport", value=claim.report, refines="certifier", link=True)


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
