"""The book of one briefing: its documents with their overlays, its audio, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path

import msgspec

from publish import audio, front
from publish.audio import RATE
from publish.diagnostics import Diagnostic, Place
from publish.languages import direction
from publish.markup import Medium
from publish.model import Clip, Narration, Phrase, Track, plain
from publish.overlay import Group, Sound, duration, joined, overlay, sounds
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


class _Recording(msgspec.Struct, frozen=True):
    """What there is to hear."""

    tracks: dict[str, Track]
    """By name; empty: nothing."""
    here: dict[str, Sound]
    """By id of the clip, addressed from the briefing's folder."""
    above: dict[str, Sound]
    """The same for the table of contents, which stands above the folder."""


def book(work: Work, *kind: str) -> Package:
    """Everything that the book holds; ``kind`` tells apart the identifiers of books of one edition."""
    edition, folder = work.edition, f"{work.source.name}/"
    pages = tuple(_pages(work))
    _report_replaced(work, pages)
    recording = _recording(work.narration, next(page for page in pages if page.name == "nav"), folder)
    bound = tuple(
        bind(page, "", recording.above) if page.name == "nav" else bind(page, folder, recording.here) for page in pages
    )
    reading: Reading = "none"
    if recording.tracks:
        reading = "part" if any(documents.unspoken(page, recording.here) for page in pages) else "whole"
    return Package(
        identifier=book_identifier(work.settings, work.source.name, edition.language, *kind),
        language=edition.language,
        direction=direction(edition.language),
        modified=work.modified,
        metadata=metadata(_description(work, reading, bound), work.interface),
        items=(
            Item(id="style", path="style.css", media_type=CSS, content=style(work.theme, reading)),
            *items(bound),
            *_audio(work, recording, bound),
        ),
        spine=tuple(page.name for page in pages),
    )


_ADDRESS = "audio/{}.mp3"


def _recording(narration: Narration | None, contents: Page, folder: str) -> _Recording:
    if narration is None or not narration.tracks:
        return _Recording({}, {}, {})
    joined = _joined(narration, contents)
    here = sounds(narration, _ADDRESS.format)
    again = sounds(Narration(narration.rate, {joined.name: joined}), _ADDRESS.format)
    above = {key: msgspec.structs.replace(sound, source=folder + sound.source) for key, sound in (here | again).items()}
    return _Recording({**narration.tracks, joined.name: joined}, here, above)


def _joined(narration: Narration, page: Page) -> Track:
    """The clips of a document that stand among others in their files, joined once more in the document's order.

    Reading systems play on in a file until its last clip: neither a gap nor a way back is safe in one.
    """
    pieces = {
        clip.id: (piece, clip.end - clip.start)
        for track in narration.tracks.values()
        if len(track.clips) > 1
        for clip, piece in zip(track.clips, track.pieces, strict=True)
    }
    clips: list[Clip] = []
    for one in (one for _, printed in page.heard for one in printed if one.clip in pieces):
        start = clips[-1].end if clips else 0
        clips.append(Clip(one.clip, start, start + pieces[one.clip][1]))
    return Track("front-2", tuple(clips), tuple(pieces[clip.id][0] for clip in clips))


def _pages(work: Work) -> Iterator[Page]:
    """In the order of the spine."""
    edition, words, name = work.edition, work.interface, work.source.name
    narration = work.narration or Narration(RATE, {})
    medium = Medium(edition=edition, interface=words, xhtml=True, joined=joined(narration))
    say = documents.printed(medium)
    lines = front.title_page(edition, words)
    if work.narration and work.narration.tracks:
        lines += (front.voices(edition, words, work.settings),)
    if work.original:
        lines += (front.facing(edition, words),)
    about = documents.about(medium, work.settings)
    texts, sections = documents.transcript(medium, sounds(narration, str))
    heads = [("title.xhtml", lines[0])]
    for part in (front.speakers(edition, words), front.about(edition, words, work.settings)):
        heads += ((f"about.xhtml#{line.id}", line) for line in part[:1])
    labels = [*((address, line, say(line)) for address, line in heads), *sections]
    entries = tuple(
        Entry(f"{name}/{address}", f"nav-{name}-{label.id}", label, markup) for address, label, markup in labels
    )
    yield documents.title_page(lines, edition.language, "../style.css", say)
    yield documents.contents(entries, f"{name}/{texts[0].name if texts else 'title'}.xhtml", words, edition.language)
    if about:
        yield about
    yield from texts


def _report_replaced(work: Work, pages: Iterable[Page]) -> None:
    """Say how many characters are not printed as they are: markup shows each as U+FFFD, so none is lost in silence."""
    words = (one.words for page in pages if page.name != "nav" for _, printed in page.heard for one in printed)
    count = sum(clean(text)[1] for text in words)
    if count:
        what = "1 character" if count == 1 else f"{count} characters"
        message = f"the book has U+FFFD for {what} that no document can hold; look for control characters in the source"
        work.report(Diagnostic("E001", message, Place(work.source.place.file)))


def bind(page: Page, folder: str, found: dict[str, Sound]) -> Bound:
    """A document with the overlay that there are sounds for; without sounds it has none."""
    return Bound(page, folder, documents.groups(page, found) if found else ())


def items(bound: Iterable[Bound]) -> Iterator[Item]:
    """Documents and overlays, in the order of the spine."""
    for one in bound:
        path, name = f"{one.folder}{one.page.name}", one.page.name
        yield Item(
            id=name,
            path=f"{path}.xhtml",
            media_type=XHTML,
            content=one.page.text.encode(),
            properties=("nav",) if name == "nav" else (),
            overlay=one.overlay,
        )
        if one.groups:
            yield Item(
                id=one.overlay,
                path=f"{path}.smil",
                media_type=SMIL,
                content=overlay(one.groups).encode(),
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


def _audio(work: Work, recording: _Recording, bound: tuple[Bound, ...]) -> Iterator[Item]:
    """The tracks that an overlay plays, joined when their turn comes."""
    played = {par.sound.source for one in bound for group in one.groups for par in group.pars if par.sound}
    for name, track in recording.tracks.items():
        path = f"{work.source.name}/{_ADDRESS.format(name)}"
        if not played.isdisjoint((path, _ADDRESS.format(name))):
            content = partial(audio.join, work.cache, track)
            yield Item(id=f"audio-{name}", path=path, media_type=MP3, content=content)


def _narrators(work: Work) -> Iterator[str]:
    """The voices, each with the engine that it is one of, without what else shapes its sound."""
    for narration in (work.original.narration if work.original else None, work.narration):
        if narration and work.narration:
            engine = narration.engine.partition(",")[0]
            yield from (f"{voice} ({engine})" for voice in narration.voices)


def _description(work: Work, reading: Reading, bound: tuple[Bound, ...]) -> Description:
    edition, settings = work.edition, work.settings
    people = (edition.people[one.speaker] for one in edition.briefing.participants)
    title = front.title_page(edition, work.interface)[0]
    return Description(
        title=Phrase(plain(title.parts), title.language),
        language=edition.language,
        languages=languages(edition),
        publisher=edition.publisher,
        creators=tuple(person.name for person in people if person.kind != "unnamed"),
        date=edition.briefing.date,
        source=edition.briefing.source,
        rights=Phrase(settings.rights, edition.source_language) if settings.rights else None,
        series=edition.series,
        series_identifier=series_identifier(settings),
        narrators=tuple(dict.fromkeys(_narrators(work))),
        reading=reading,
        durations=tuple((one.overlay, duration(one.groups)) for one in bound if one.groups),
    )
