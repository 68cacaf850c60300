"""The book of one briefing: its documents with their overlays, its audio, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path

import msgspec

from publish import audio, front
from publish.config import Settings
from publish.diagnostics import Diagnostic, Place
from publish.languages import direction
from publish.markup import Medium
from publish.model import Edition, Narration, Phrase, paragraphs, plain
from publish.overlay import Group, Sound, duration, overlay, sounds
from publish.package import CSS, MP3, SMIL, XHTML, Item, Package, clean
from publish.work import Work
from publish.writers import _epub_documents as documents
from publish.writers._epub_documents import Entry, Page
from publish.writers._epub_metadata import (
    Description,
    Reading,
    book_identifier,
    languages,
    metadata,
    series_identifier,
)

STYLES = ("book.css", "book-overlay.css")
"""In a theme folder."""


class Bound(msgspec.Struct, frozen=True):
    """A document at its place in the book, with its overlay."""

    page: Page
    folder: str
    """Empty, or with ``/`` at its end."""
    groups: tuple[Group, ...]
    """Empty: it has no overlay."""

    @property
    def overlay(self) -> str:
        """Id of the overlay; empty when there is none."""
        return f"{self.page.name}-overlay" if self.groups else ""


def book(work: Work) -> Package:
    """Everything that the book holds."""
    edition, folder = work.edition, f"{work.source.name}/"
    narration = work.narration if work.narration and work.narration.tracks else None
    here = sounds(narration, "audio/{}.mp3".format) if narration else {}
    above = {key: msgspec.structs.replace(sound, source=folder + sound.source) for key, sound in here.items()}
    _report_replaced(work)
    pages = tuple(_pages(work))
    bound = tuple(bind(page, "", above) if page.name == "nav" else bind(page, folder, here) for page in pages)
    reading: Reading = "none"
    if narration:
        reading = "part" if any(documents.unspoken(page, here) for page in pages) else "whole"
    return Package(
        identifier=book_identifier(work.settings, work.source.name, edition.language),
        language=edition.language,
        direction=direction(edition.language),
        modified=work.modified,
        metadata=metadata(_description(work, reading, bound), work.interface),
        items=(
            Item(id="style", path="style.css", media_type=CSS, content=style(work.theme, reading)),
            *items(bound),
            *_audio(work, narration, bound),
        ),
        spine=tuple(page.name for page in pages),
    )


def _pages(work: Work) -> Iterator[Page]:
    """In the order of the spine."""
    edition, words, name = work.edition, work.interface, work.source.name
    medium = Medium(edition=edition, interface=words, xhtml=True)
    say = documents.printed(medium)
    lines = front.title_page(edition, words)
    about = documents.about(medium, work.settings)
    texts, sections = documents.transcript(medium)
    labels = [("title.xhtml", lines[0])]
    for part in (front.speakers(edition, words), front.about(edition, words, work.settings)):
        labels += ((f"about.xhtml#{line.id}", line) for line in part[:1])
    entries = tuple(
        Entry(f"{name}/{address}", f"nav-{name}-{label.id}", label) for address, label in (*labels, *sections)
    )
    yield documents.title_page(lines, edition.language, "../style.css", say)
    yield documents.contents(entries, f"{name}/{texts[0].name}.xhtml", words, edition.language, say)
    if about:
        yield about
    yield from texts


def _report_replaced(work: Work) -> None:
    """Say how many characters are not printed as they are: they are seen as U+FFFD, and not lost in silence."""
    count = sum(clean(text)[1] for text in _texts(work.edition, work.settings))
    if count:
        what = "1 character" if count == 1 else f"{count} characters"
        message = f"the book has U+FFFD for {what} that no document can hold; look for control characters in the source"
        work.report(Diagnostic("E001", message, Place(work.source.place.file)))


def _texts(edition: Edition, settings: Settings) -> Iterator[str]:
    yield from (edition.title.text, edition.series.text, edition.publisher.text, settings.rights)
    yield from (plain(paragraph.parts, deleted=True) for paragraph in paragraphs(edition.briefing))
    for person in edition.people.values():
        yield from (phrase.text for phrase in (person.name, person.title, person.affiliation) if phrase)
    if edition.venue:
        yield edition.venue.text


def bind(page: Page, folder: str, found: dict[str, Sound]) -> Bound:
    """A document with the overlay that there are sounds for; without sounds it has none."""
    return Bound(page, folder, documents.groups(page, found) if found else ())


def items(bound: Iterable[Bound]) -> Iterator[Item]:
    """Documents and overlays, in the order of the spine."""
    for one in bound:
        path, name = f"{one.folder}{one.page.name}", one.page.name
        text = clean(one.page.text)[0].encode()
        properties = ("nav",) if name == "nav" else ()
        yield Item(
            id=name, path=f"{path}.xhtml", media_type=XHTML, content=text, properties=properties, overlay=one.overlay
        )
        if one.groups:
            yield Item(
                id=one.overlay,
                path=f"{path}.smil",
                media_type=SMIL,
                content=overlay(one.groups).encode("utf-8", "replace"),
            )


def style(theme: Path | None, reading: Reading) -> bytes:
    """The styles of a book; those for what is read aloud only where something is."""
    names = STYLES[:1] if reading == "none" else STYLES
    return b"\n".join(_style(theme, name) for name in names)


def _style(theme: Path | None, name: str) -> bytes:
    """The workspace's own, else the one that comes with this package."""
    own = theme / name if theme else None
    if own and own.is_file():
        return own.read_bytes()
    return files("publish").joinpath("theme", name).read_bytes()


def _audio(work: Work, narration: Narration | None, bound: tuple[Bound, ...]) -> Iterator[Item]:
    """The tracks that an overlay plays, joined when their turn comes."""
    if narration is None:
        return
    played = {par.sound.source for one in bound for group in one.groups for par in group.pars if par.sound}
    for name, track in narration.tracks.items():
        path = f"{work.source.name}/audio/{name}.mp3"
        if not played.isdisjoint((path, f"audio/{name}.mp3")):
            content = partial(audio.join, work.cache, track)
            yield Item(id=f"audio-{name}", path=path, media_type=MP3, content=content)


def _description(work: Work, reading: Reading, bound: tuple[Bound, ...]) -> Description:
    edition, settings = work.edition, work.settings
    people = (edition.people[one.speaker] for one in edition.briefing.participants)
    title = edition.title if edition.title.text.strip() else Phrase(work.source.name, edition.language)
    return Description(
        title=title,
        language=edition.language,
        languages=languages(edition),
        publisher=edition.publisher,
        creators=tuple(person.name for person in people if person.kind != "unnamed"),
        date=edition.briefing.date,
        source=edition.briefing.source,
        rights=Phrase(settings.rights, edition.source_language) if settings.rights else None,
        series=edition.series,
        series_identifier=series_identifier(settings),
        narrators=tuple(f"{voice} ({work.narration.engine})" for voice in work.narration.voices)
        if work.narration
        else (),
        reading=reading,
        durations=tuple((one.overlay, duration(one.groups)) for one in bound if one.groups),
    )
