"""What is said in an edition, in which order and by whom: lines, each of which becomes one clip."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from re import finditer

import msgspec

from publish.config import Settings
from publish.diagnostics import Place
from publish.model import (
    Code,
    Deleted,
    Edition,
    Foreign,
    Image,
    Inaudible,
    Inline,
    PageBreak,
    Paragraph,
    Text,
    Turn,
    Vocal,
)

NARRATOR = ""
"""Who says what is no speaker's: names, headings, stage directions. A speaker's id is never empty."""
FRONT = "front-1"
"""The track of everything that is neither a turn nor a heading of one."""
INDEX = "front-index"
"""The track of what only the list of speakers says. A book joins its clips anew, with others between them."""


class Script(msgspec.Struct, frozen=True):
    """What is said besides the turns' paragraphs; all of it by the narrator."""

    front: tuple[Paragraph, ...] = ()
    """Lines of front matter, ``front-<key>``."""
    opening: tuple[Paragraph, ...] = ()
    """The heading of the opening, ``opening-h``, where there is one."""
    headings: tuple[Paragraph, ...] = ()
    """Headings of turns, ``<turn>-h``, for books."""
    names: tuple[Paragraph, ...] = ()
    """What announces a turn, ``<turn>-n``: the name, and the role if it is wanted."""
    index: tuple[Paragraph, ...] = ()
    """Lines of the list of speakers, for books."""


class Line(msgspec.Struct, frozen=True):
    """One clip to be made."""

    id: str
    parts: tuple[Inline, ...]
    language: str
    """BCP 47."""
    speaker: str
    """Whose voice says it; empty: the narrator's."""
    pause: float
    """Seconds after it."""
    place: Place
    earcon: bool = False
    """A short sound stands for the words."""


def tracks(edition: Edition, script: Script, settings: Settings) -> Iterator[tuple[str, list[Line]]]:
    """The lines of every track, by the track's name: front matter, headings, turns."""
    after, rest = settings.audio.pause_paragraph, settings.audio.pause_turn

    def line(paragraph: Paragraph, speaker: str, pause: float) -> Line:
        language = paragraph.language or edition.language
        return Line(paragraph.id, paragraph.parts, language, speaker, pause, paragraph.place)

    yield FRONT, [line(paragraph, NARRATOR, after) for paragraph in script.front]
    if script.index:
        yield INDEX, [line(paragraph, NARRATOR, after) for paragraph in script.index]
    for heading in (*script.opening, *script.headings):
        yield heading.id, [line(heading, NARRATOR, after)]
    names = {name.id: line(name, NARRATOR, after) for name in script.names}
    for turn in edition.briefing.turns:
        lines = [line(paragraph, turn.speaker or NARRATOR, after) for paragraph in turn.paragraphs]
        lines[-1] = msgspec.structs.replace(lines[-1], pause=rest)
        yield turn.id, [*_announced(turn, names, settings), *lines]


def _announced(turn: Turn, names: dict[str, Line], settings: Settings) -> Iterator[Line]:
    name = names.get(f"{turn.id}-n")
    if name is None or settings.audio.announce == "off":
        return
    yield msgspec.structs.replace(name, earcon=True) if settings.audio.announce == "earcon" else name


# --- From parts to runs -----------------------------------------------------------------------------------------------


class Run(msgspec.Struct, frozen=True, dict=True):
    """Words of a line in one language by one speaker."""

    language: str
    """BCP 47."""
    speaker: str
    printed: str
    """As the paragraph prints them, with its white space."""
    at: int
    """Where ``printed`` begins among all printed words of the line, in code points."""

    @cached_property
    def text(self) -> str:
        """The words with one space between two, none at the ends."""
        return " ".join(self.printed.split())

    @cached_property
    def _words(self) -> tuple[list[int], list[int]]:
        """Where each word begins: in ``text``, and in ``printed``."""
        starts, at = [], 0
        found = list(finditer(r"\S+", self.printed))
        for word in found:
            starts.append(at)
            at += len(word[0]) + 1
        return starts, [word.start() for word in found]

    def origin(self, position: int) -> int:
        """Where a position of ``text`` stands among all printed words of the line."""
        if self.text == self.printed:
            return self.at + position
        starts, origins = self._words
        word = max(0, bisect_right(starts, position) - 1)
        return self.at + (origins[word] + position - starts[word] if origins else 0)


def runs(line: Line) -> list[Run]:
    """What is said of a line; neighbours differ in language or speaker.

    Words that a correction took out are not said, vocals, gaps and pictures are said by the narrator, a link's address
    and a break of pages are nothing to hear. Punctuation that stands alone goes with the words before it.
    """
    found: list[Run] = []
    at = 0
    for language, speaker, text in _parts(line.parts, line.language, line.speaker):
        if found and ((found[-1].language, found[-1].speaker) == (language, speaker) or not wordy(text)):
            last = found.pop()
            found.append(Run(last.language, last.speaker, last.printed + text, last.at))
        else:
            found.append(Run(language, speaker, text, at))
        at += len(text)
    return [run for run in found if wordy(run.printed)]


def _parts(parts: Iterable[Inline], language: str, speaker: str) -> Iterator[tuple[str, str, str]]:
    for part in parts:
        match part:
            case Text(text) | Code(text):
                yield language, speaker, text
            case Vocal(text) | Inaudible(text) | Image(text):
                yield language, NARRATOR, text
            case Deleted() | PageBreak():
                pass
            case Foreign(tag, inner):
                yield from _parts(inner, tag, speaker)
            case _:
                yield from _parts(part.parts, language, speaker)


def wordy(text: str) -> bool:
    """Whether there is anything but punctuation, spaces and controls."""
    return any(unicodedata.category(sign)[0] not in "PZC" for sign in text)
