"""The book of one briefing: its documents with their overlays, its audio, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path

import msgspec

from publish import audio, front
from publish.audio import RATE
from publish.config import FILE
from publish.cover import own
from publish.diagnostics import Diagnostic, Place
from publish.languages import direction
from publish.markup import Medium
from publish.model import Clip, Narration, Paragraph, Track, plain
from publish.overlay import Group, Sound, duration, joined, overlay, sounds
from publish.package import CSS, MP3, SMIL, XHTML, Item, Package, clean
from publish.register import heading
from publish.work import Work
from publish.writers import _epub_documents as documents
from publish.writers import _epub_front as around
from publish.writers._epub_description import description, identifier
from publish.writers._epub_documents import Entry, Page, Places, Sections
from publish.writers._epub_metadata import Reading, metadata

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
    mixed: dict[str, dict[str, Sound]]
    """The same for each document that has lines of many others, by its name and as it is addressed from there."""

    def of(self, page: Page) -> dict[str, Sound]:
        """The sounds of a document."""
        return self.mixed.get(page.name, self.here)


def book(work: Work, *kind: str) -> Package:
    """Everything that the book holds; ``kind`` tells apart the identifiers of books of one edition."""
    edition, folder = work.edition, f"{work.source.name}/"
    narration = work.narration or Narration(RATE, {})
    here = sounds(narration, _ADDRESS.format)
    pages = tuple(_pages(work, narration, here))
    _report_replaced(work, pages)
    _report_cover(work)
    recording = _recording(narration, here, pages, folder)
    bound = tuple(bind(page, "" if page.name == _NAV else folder, recording.of(page)) for page in pages)
    reading: Reading = "none"
    if recording.tracks:
        reading = "part" if any(documents.unspoken(page, here) for page in pages) else "whole"
    durations = tuple((one.overlay, duration(one.groups)) for one in bound if one.groups)
    described = description(work, reading, pages, durations)
    return Package(
        identifier=identifier(work, *kind),
        language=edition.language,
        direction=direction(edition.language),
        modified=work.modified,
        metadata=metadata(described, work.interface),
        items=(
            Item(id="style", path="style.css", media_type=CSS, content=style(work.theme, reading)),
            *picture(work.cover, described=edition.cover is not None),
            *items(bound),
            *_audio(work, recording, bound),
        ),
        spine=tuple(page.name for page in pages),
    )


_ADDRESS = "audio/{}.mp3"
_NAV = "nav"


def _recording(narration: Narration, here: dict[str, Sound], pages: Iterable[Page], folder: str) -> _Recording:
    if not narration.tracks:
        return _Recording({}, {}, {})
    mixed, tracks, pieces = {}, dict(narration.tracks), _pieces(narration)
    for number, page in enumerate((page for page in pages if page.name == _NAV or page.name.startswith("index-")), 2):
        joined = tracks[f"front-{number}"] = _joined(pieces, page, f"front-{number}")
        alone = Narration(narration.rate, {joined.name: joined})
        if page.name == _NAV:
            found = {one.clip: here[one.clip] for _, printed in page.heard for one in printed if one.clip in here}
            of_others = {key: Sound(folder + sound.source, sound.begin, sound.end) for key, sound in found.items()}
            mixed[page.name] = of_others | sounds(alone, (folder + _ADDRESS).format)
        else:
            mixed[page.name] = here | sounds(alone, _ADDRESS.format)
    return _Recording(tracks, here, mixed)


def _pieces(narration: Narration) -> dict[str, tuple[str, int]]:
    """Key in the cache, and length in samples, of each clip that stands among others in its file."""
    return {
        clip.id: (piece, clip.end - clip.start)
        for track in narration.tracks.values()
        if len(track.clips) > 1
        for clip, piece in zip(track.clips, track.pieces, strict=True)
    }


def _joined(pieces: Mapping[str, tuple[str, int]], page: Page, name: str) -> Track:
    """The clips of a document that stand among others in their files, joined once more in the document's order.

    Reading systems play on in a file until its last clip: neither a gap nor a way back is safe in one.
    """
    clips: list[Clip] = []
    for one in (one for _, printed in page.heard for one in printed if one.clip in pieces):
        start = clips[-1].end if clips else 0
        clips.append(Clip(one.clip, start, start + pieces[one.clip][1]))
    return Track(name, tuple(clips), tuple(pieces[clip.id][0] for clip in clips))


def _pages(work: Work, narration: Narration, here: dict[str, Sound]) -> Iterator[Page]:
    """In the order of the spine."""
    edition, words = work.edition, work.interface
    aloud, paged = bool(narration.tracks), bool(front.page_source(edition, work.settings))
    silent_starts = joined(narration, here)
    medium = Medium(edition=edition, interface=words, xhtml=True, joined=silent_starts, divided=aloud, pages=paged)
    texts, sections = documents.transcript(medium, here)
    turns = around.places(texts)
    silent = sum(documents.unspoken(page, here) for page in texts) if aloud else 0
    about = around.about(medium, work.settings, aloud=aloud, silent=silent)
    before = [page for page in (around.speakers(medium, turns), about) if page]
    after = around.index(medium, turns)
    shown = f"../{cover_path(work.cover)}" if work.cover else ""
    yield around.title_page(medium, work, shown, aloud=aloud)
    yield _contents(work, medium, (before, texts, after), sections)
    yield from before
    yield from texts
    yield from after


def _contents(
    work: Work, medium: Medium, pages: tuple[Sequence[Page], Sequence[Page], Sequence[Page]], sections: Sections
) -> Page:
    """The navigation document: title page, what stands before, sections, what stands after."""
    edition, words, name = work.edition, work.interface, work.source.name
    before, texts, after = pages
    title = front.title_page(edition, words)[0]
    heads = {"title": title, "index-1": heading(words)}
    for part in (front.speakers(edition, words), front.about(edition, words, work.settings, aloud=True)):
        heads |= {line.id.removeprefix("front-"): line for line in part[:1]}
    say = documents.printed(medium)

    def head(page: str, element: str = "") -> tuple[str, Paragraph, str]:
        return f"{page}.xhtml{element}", heads[page], say(heads[page])

    labels = [head("title"), *(head(page.name, f"#front-{page.name}") for page in before), *sections]
    labels += [head(page.name, "#front-index") for page in after[:1]]
    entries = tuple(
        Entry(f"{name}/{address}", f"nav-{name}-{label.id}", label, markup) for address, label, markup in labels
    )
    landmarks = [("titlepage", "title"), *(("frontmatter", page.name) for page in before[:1])]
    landmarks += [("index", page.name) for page in after[:1]]
    start = f"{texts[0].name if texts else 'title'}.xhtml"
    places = Places(
        tuple((kind, f"{name}/{page}.xhtml", plain(heads[page].parts)) for kind, page in landmarks),
        tuple((f"{name}/{place}", label) for place, label in around.page_list(work, texts, start)),
    )
    return documents.contents(entries, f"{name}/{start}", words, edition.language, places)


def cover_path(cover: Path) -> str:
    """Where the picture of the series stands in a book: the same for the books of all briefings."""
    return f"cover.{own(cover, cover.name).suffix}"


def picture(cover: Path | None, *, described: bool) -> Iterator[Item]:
    """The picture of the series, when it is said what it shows."""
    if cover and described:
        found = own(cover, cover.name)
        path = f"cover.{found.suffix}"
        yield Item(id="cover", path=path, media_type=found.media_type, content=found.data, properties=("cover-image",))


def _report_cover(work: Work) -> None:
    if work.cover and work.edition.cover is None:
        message = (
            "the picture `cover` is in no book, since nothing says what it shows; "
            "write that as `cover_alt`, for those who do not see it"
        )
        work.report(Diagnostic("E004", message, Place(FILE)))


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
