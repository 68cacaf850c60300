"""The publications of an OPDS catalogue, from cards and finished files.

What is said of a book is what the book says itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec
from lxml import etree

from publish import paths
from publish.cover import Cover
from publish.frames import length
from publish.interface import interface
from publish.languages import direction
from publish.model import Card, Heard, Phrase
from publish.spoken import RATE
from publish.work import Shelf
from publish.writers._epub_finished import DC, UNREADABLE, left_out, metas, package_of
from publish.writers._epub_metadata import book_identifier, series_identifier
from publish.writers._epub_volumes import series_title, volumes
from publish.writers._opds_documents import (
    ACQUISITION,
    HTML,
    OPDS,
    PUBLICATION,
    Accessibility,
    Availability,
    BelongsTo,
    Certification,
    Contributor,
    Link,
    Metadata,
    Properties,
    Publication,
    Series,
    Words,
)
from publish.writers._web_words import line

_TYPES = {".epub": "application/epub+zip", ".m4b": "audio/mp4", ".mp3": "audio/mpeg"}
"""What can be had, in the order in which it is offered."""
_CONFORMANCE = re.compile(r"EPUB Accessibility 1\.1 - WCAG (2\.[0-2]) Level (A{1,3})")
_FEATURES = frozenset({
    "ARIA", "alternativeText", "annotations", "bookmarks", "displayTransformability", "fullRubyAnnotations",
    "horizontalWriting", "index", "largePrint", "pageBreakMarkers", "pageNavigation", "printPageNumbers",
    "readingOrder", "rubyAnnotations", "structuralNavigation", "synchronizedAudioText", "tableOfContents",
    "timingControl", "transcript", "ttsMarkup", "unlocked", "verticalWriting", "withAdditionalWordSegmentation",
    "withoutAdditionalWordSegmentation",
})  # fmt: skip
"""Those that a manifest can hold and a book of ours may have."""
_SPEAKER = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Offers = dict[str, tuple[str, ...]]
"""By folder in the outputs, the files in it that can be had."""


class Offered(msgspec.Struct, frozen=True):
    """A publication of the catalogue."""

    name: str
    """Of its own file."""
    publication: Publication
    date: str = ""
    """A briefing's, ISO 8601."""
    speakers: tuple[Heard, ...] = ()
    """Of a briefing."""


class _Book(msgspec.Struct, frozen=True):
    """A finished book."""

    path: str
    size: int
    package: etree._Element

    @property
    def heard(self) -> bool:
        return any(metas(self.package, "media:duration"))

    def first(self, name: str) -> str:
        """The first value of a property, or of an element of Dublin Core."""
        found = (one.text or "" for one in self.package.iter(f"{DC}{name}")) if ":" not in name else None
        return next(found or metas(self.package, name), "")


def offers(shelf: Shelf) -> Offers:
    """Everything that the briefings offer; books before sound, and each by the name of its file."""
    found: dict[str, list[str]] = {}
    for path in shelf.files:
        folder, _, name = path.rpartition("/")
        if PurePosixPath(name).suffix in _TYPES and folder.count("/") == 1:
            found.setdefault(folder, []).append(path)
    order = list(_TYPES)
    return {
        folder: tuple(sorted(held, key=lambda path: (order.index(Path(path).suffix), len(path), path)))
        for folder, held in found.items()
    }


def speaker_name(speaker: str) -> str:
    """What the feed of a speaker is called; an id that is no slug becomes a hash."""
    if _SPEAKER.fullmatch(speaker):
        return f"speaker-{speaker}"
    return f"speaker-{hashlib.blake2b(speaker.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}.id"


def day(date: str) -> str:
    """A date that is one; else empty."""
    return date[:10] if _DAY.fullmatch(date[:10]) else ""


class Publications:
    """Makes the publications of one language."""

    def __init__(self, language: str, shelf: Shelf, found: Offers, cover: Cover) -> None:
        self._language, self._shelf, self._settings = language, shelf, shelf.settings
        self._words, self._found, self._cover = shelf.interfaces[language], found, cover
        self._publisher = Phrase(shelf.titles[language][1], language)
        self._series = series_title(language, shelf)

    def briefings(self) -> Iterator[Offered]:
        """By date; those of which nothing can be had are left out."""
        for position, card in enumerate(self._shelf.cards[self._language], 1):
            files = self._found.get(f"{self._language}/{card.briefing}", ())
            books = tuple(self._books(path for path in files if path.endswith(".epub")))
            sound = [path for path in files if not path.endswith(".epub")]
            if books or sound:
                made = self._briefing(card, books, sound, position)
                yield Offered(f"briefing-{card.briefing}", made, day(card.date), card.speakers)

    def collections(self) -> Iterator[Offered]:
        """The series as one book, and the volumes that it is divided in with its audio."""
        whole = paths.collection(self._language, self._settings)
        for book in self._books(path for path in (whole,) if (self._shelf.outputs / path).is_file()):
            yield Offered("collection", self._collection(book, "collection", self._series, 0))
        for number, volume in enumerate(volumes(self._language, self._shelf), 1):
            for book in self._books(path for path in (volume.path,) if (self._shelf.outputs / path).is_file()):
                name = f"volume-{volume.name}"
                yield Offered(name, self._collection(book, name, volume.title, number))

    # -- a briefing ----------------------------------------------------------------------------------------------------

    def _briefing(self, card: Card, books: tuple[_Book, ...], sound: list[str], position: int) -> Publication:
        main = books[0] if books else None
        placed = main.first("group-position") if main else ""
        metadata = Metadata(
            kind="http://schema.org/Book" if main else "http://schema.org/Audiobook",
            title=self._text(card.title) if card.title.text.strip() else card.briefing,
            identifier=book_identifier(self._settings, card.briefing, self._language),
            language=self._language,
            published=day(card.date),
            modified=main.first("dcterms:modified") if main else "",
            author=tuple(self._authors(card)),
            publisher=self._text(self._publisher),
            description=line(card.venue.text) if card.venue else "",
            duration=round(card.samples / RATE),
            reading_progression=direction(self._language) if direction(self._language) == "rtl" else "",
            belongs_to=self._belongs(float(placed) if placed.isdecimal() else position),
            accessibility=accessibility(main.package) if main else None,
        )
        name = f"briefing-{card.briefing}"
        links = (
            self._own(name),
            *map(self._acquired, books),
            *map(self._heard, sound),
            *self._page(card),
            *self._others(card),
        )
        return Publication(metadata=metadata, links=links, images=(self._image(),))

    def _page(self, card: Card) -> Iterator[Link]:
        page = paths.page(self._language, card.briefing)
        if page in self._shelf.files:
            yield Link(rel="alternate", href=self._absolute(page), type=HTML, language=self._language)

    def _others(self, card: Card) -> Iterator[Link]:
        """The same briefing in other languages."""
        for language, cards in self._shelf.cards.items():
            if language == self._language or not self._found.get(f"{language}/{card.briefing}"):
                continue
            if any(one.briefing == card.briefing for one in cards):
                address = self._absolute(paths.opds(language, f"briefing-{card.briefing}"))
                yield Link(rel="alternate", href=address, type=PUBLICATION, language=language)

    def _authors(self, card: Card) -> Iterator[Contributor]:
        """Everyone who speaks and has a name, with the feed of what they speak in."""
        for one in card.speakers:
            if one.kind != "unnamed" and one.name.text.strip():
                address = self._absolute(paths.opds(self._language, speaker_name(one.speaker)))
                yield Contributor(name=self._text(one.name), links=(Link(href=address, type=OPDS),))

    def _heard(self, path: str) -> Link:
        """Sound; of an episode its length is known."""
        file, suffix = self._shelf.outputs / path, PurePosixPath(path).suffix
        titles = {".m4b": self._words.gettext("Audiobook (M4B)"), ".mp3": self._words.gettext("Audio (MP3)")}
        try:
            seconds = length(file) / RATE if suffix == ".mp3" else 0
        except ValueError:
            seconds = 0  # changed by somebody; it can be had all the same
        return Link(
            rel=ACQUISITION,
            href=self._absolute(path),
            type=_TYPES[suffix],
            title=titles[suffix],
            size=file.stat().st_size,
            duration=round(seconds, 3),
        )

    # -- collections ---------------------------------------------------------------------------------------------------

    def _collection(self, book: _Book, name: str, title: Phrase, number: int) -> Publication:
        metadata = Metadata(
            kind="http://schema.org/Book",
            title=self._text(title),
            identifier=book.first("identifier"),
            language=self._language,
            published=day(book.first("date")),
            modified=book.first("dcterms:modified"),
            publisher=self._text(self._publisher),
            description=line(self._shelf.titles[self._language][2]),
            reading_progression=direction(self._language) if direction(self._language) == "rtl" else "",
            belongs_to=self._belongs(number) if number else None,
            accessibility=accessibility(book.package),
        )
        return Publication(metadata=metadata, links=(self._own(name), self._acquired(book)), images=(self._image(),))

    # -- what all have -------------------------------------------------------------------------------------------------

    def _absolute(self, path: str) -> str:
        return paths.absolute(path, self._settings)

    def _own(self, name: str) -> Link:
        return Link(rel="self", href=self._absolute(paths.opds(self._language, name)), type=PUBLICATION)

    def _text(self, phrase: Phrase) -> Words:
        said = line(phrase.text)
        return said if phrase.language in ("", self._language) else {phrase.language: said}

    def _belongs(self, position: float) -> BelongsTo:
        name = self._text(self._series)
        return BelongsTo(series=Series(name=name, identifier=series_identifier(self._settings), position=position))

    def _image(self) -> Link:
        return Link(
            href=self._absolute(paths.cover(self._cover.suffix)),
            type=self._cover.media_type,
            title=line(self._settings.cover_alt),
            width=self._cover.width,
            height=self._cover.height,
        )

    def _books(self, found: Iterator[str]) -> Iterator[_Book]:
        """The finished books; one that cannot be read is reported."""
        for path in found:
            file = self._shelf.outputs / path
            try:
                yield _Book(path, file.stat().st_size, package_of(file))
            except UNREADABLE as error:
                self._shelf.report(left_out(path, "catalogue", error))

    def _acquired(self, book: _Book) -> Link:
        words = self._words
        title = words.gettext("Book with audio (EPUB)") if book.heard else words.gettext("Book without audio (EPUB)")
        return Link(rel=ACQUISITION, href=self._absolute(book.path), type=_TYPES[".epub"], title=title, size=book.size)


def withdrawn(language: str, briefing: str, shelf: Shelf) -> Publication:
    """What stands in the place of a briefing that is not published any more: its address and identifier stay known."""
    settings, title = shelf.settings, interface(language).gettext("Withdrawn")
    book = paths.absolute(paths.book(language, briefing), settings)
    own = paths.absolute(paths.opds(language, f"briefing-{briefing}"), settings)
    gone = Properties(availability=Availability(state="unavailable"))
    return Publication(
        metadata=Metadata(title=title, identifier=book_identifier(settings, briefing, language), language=language),
        links=(
            Link(rel="self", href=own, type=PUBLICATION),
            Link(rel=ACQUISITION, href=book, type=_TYPES[".epub"], properties=gone),
        ),
    )


def accessibility(package: etree._Element) -> Accessibility:
    """What a book says of its accessibility, in a manifest's words."""
    claim = _CONFORMANCE.fullmatch(next(metas(package, "dcterms:conformsTo"), ""))
    certifier = next(metas(package, "a11y:certifiedBy"), "")
    return Accessibility(
        conforms_to=f"https://www.w3.org/TR/epub-a11y-11#wcag-{claim[1]}-{claim[2].lower()}" if claim else "",
        certification=Certification(certified_by=certifier) if claim and certifier else None,
        access_mode=tuple(metas(package, "schema:accessMode")),
        access_mode_sufficient=tuple(map(_sufficient, metas(package, "schema:accessModeSufficient"))),
        feature=tuple(one for one in metas(package, "schema:accessibilityFeature") if one in _FEATURES),
        hazard=tuple(metas(package, "schema:accessibilityHazard")),
        summary=next(metas(package, "schema:accessibilitySummary"), ""),
    )


def _sufficient(modes: str) -> str | tuple[str, ...]:
    """One mode, or several that only together are enough."""
    found = tuple(mode.strip() for mode in modes.split(","))
    return found[0] if len(found) == 1 else found
