"""One briefing in one language as one sound: what is in it, where its chapters begin, what its tags say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from publish import cover, headings
from publish.front import front
from publish.languages import alpha3
from publish.model import Clip, Narration, Paragraph, Track, Turn, plain
from publish.package import clean
from publish.recode import Chapter
from publish.series import exchanges
from publish.work import Work
from publish.writers._epub_metadata import series_identifier
from publish.writers._web_words import line

FRONT = ("front-voices", "front-title", "front-date")
"""What is said before the first turn, in this order, as far as it was spoken."""


class Section(msgspec.Struct, frozen=True):
    """A chapter, and where the page has the same."""

    chapter: Chapter
    id: str
    """Of the section in the page; empty: the page as a whole."""


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of itself, in the edition's language; every text is one line that any container can hold."""

    title: str
    series: str
    publisher: str
    date: str
    """ISO 8601; empty when it is not known."""
    language: str
    """ISO 639-2; ``und`` where there is no code."""
    comment: str
    """That the voices are synthetic, and what kind of translation this is."""
    cover_alt: str


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """The sound of a briefing."""

    track: Track
    """All of it as one track; clips keep their ids."""
    sections: tuple[Section, ...]
    """In order, tiling the track; at least one."""
    lines: tuple[Paragraph, ...]
    """Of the front matter, that are said."""
    tags: Tags

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """Those of the sections."""
        return tuple(section.chapter for section in self.sections)


def episode(work: Work) -> Episode | None:
    """Front matter and every turn that has sound; None when no turn has any."""
    narration = work.narration
    turns = work.edition.briefing.turns
    if narration is None or not any(turn.id in narration.tracks for turn in turns):
        return None
    head = _head(narration)
    tracks = (head, *(narration.tracks[turn.id] for turn in turns if turn.id in narration.tracks))
    track = _joined(work.source.name, tracks)
    lines = {line.id: line for line in front(work.edition, work.interface, work.settings)}
    sections = _sections(work, narration, head.samples, track.samples)
    return Episode(
        track=track,
        sections=tuple(sections),
        lines=tuple(lines[clip.id] for clip in head.clips if clip.id in lines),
        tags=_tags(work, lines),
    )


def picture(work: Work) -> cover.Cover:
    """The cover."""
    return cover.cover(work.cover, series_identifier(work.settings))


def one_line(*texts: str) -> str:
    """Texts as one line, without what a tag cannot hold."""
    return line(*(clean(text)[0] for text in texts))


# --- What is in it ----------------------------------------------------------------------------------------------------


def _head(narration: Narration) -> Track:
    """What is said before the turns, out of the track of all front matter."""
    known = narration.tracks.get("front-1", Track("front-1", (), ()))
    parts = {clip.id: Track(clip.id, (clip,), (piece,)) for clip, piece in zip(known.clips, known.pieces, strict=True)}
    return _joined("front", (parts[key] for key in FRONT if key in parts))


def _joined(name: str, tracks: Iterable[Track]) -> Track:
    """Tracks, or parts of some, end to end."""
    clips: list[Clip] = []
    pieces: list[str] = []
    at = 0
    for track in tracks:
        for clip in track.clips:
            by = at - clip.start
            moved = (sample + by for sample in clip.sentences)
            clips.append(Clip(clip.id, at, clip.end + by, tuple(moved)))
            at += clip.end - clip.start
        pieces += track.pieces
    return Track(name, tuple(clips), tuple(pieces))


def _sections(work: Work, narration: Narration, head: int, total: int) -> Iterator[Section]:
    """The opening with the front matter, and every exchange in which something is heard."""
    begun = []
    at = head
    for key, title, turns in _groups(work):
        length = sum(narration.tracks[turn.id].samples for turn in turns if turn.id in narration.tracks)
        if length:
            begun.append((key, title, at))
            at += length
    if begun[0][0] == "opening":
        begun[0] = (*begun[0][:2], 0)
    elif head:
        begun.insert(0, ("", work.edition.title.text, 0))
    ends = (*(start for _, _, start in begun[1:]), total)
    for (key, title, start), end in zip(begun, ends, strict=True):
        yield Section(Chapter(one_line(title) or work.source.name, start, end), key)


def _groups(work: Work) -> Iterator[tuple[str, str, tuple[Turn, ...]]]:
    """Id, heading and turns of every section."""
    opening, rest = exchanges(work.edition.briefing)
    yield "opening", plain(headings.opening(work.edition, work.interface).parts), opening
    for turns in rest:
        yield f"x-{turns[0].id}", plain(headings.heading(turns[0], work.edition, work.interface).parts), turns


# --- What it says of itself -------------------------------------------------------------------------------------------


def _tags(work: Work, lines: dict[str, Paragraph]) -> Tags:
    edition, settings = work.edition, work.settings
    date = edition.briefing.date[:10]
    voices = plain(lines["front-voices"].parts) if "front-voices" in lines else ""
    return Tags(
        title=one_line(edition.title.text) or work.source.name,
        series=one_line(edition.series.text),
        publisher=one_line(edition.publisher.text),
        date=date if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else "",
        language=alpha3(edition.language),
        comment=one_line(voices or work.interface.gettext("The voices are synthetic.")),
        cover_alt=one_line(settings.cover_alt),
    )
