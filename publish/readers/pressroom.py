"""Texts as press rooms publish them: ``title | date``, each name alone on its line, and a pager.

Several files are pages of one briefing. The pager and the site's heading are left out, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from publish.config import Settings
from publish.dates import iso
from publish.diagnostics import Diagnostic, Place, Report, refuse
from publish.inlines import bounded, bracketed, folded, is_direction, readable, tidy
from publish.model import Briefing, Inline, Kind, PageBreak, Paragraph, Participant, Text, Turn, plain
from publish.pages import Page, ordered, report_missing
from publish.speakers import Cast
from publish.work import Source

SUMMARY = "press-room text: title | date, each name alone on its line, pages with a pager"
SUFFIXES = (".txt",)

_TITLE = re.compile(r"(?P<title>.{3,300}?) [|｜] (?P<date>.{4,60})")
_NAME = re.compile(r"(?P<label>[^:：]{1,60})[:：]")
_SMALL = frozenset(
    ("de", "del", "la", "le", "van", "von", "der", "bin", "al", "el", "of", "the", "and", "for", "da", "di", "dos", "y")
)
"""Words of a name that are written small."""
_WORDS = 6
"""Of a name, at most."""
_ABBREVIATED = re.compile(r"(?:\b\w|Mr|Mrs|Ms|Dr|Prof|Amb|Gen|Sen|St|Jr|Sr)\.", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?,;。！？，；]")
_FINISHED = re.compile(r"[.!?:。！？：…][\"”’')\]»」）]*$")
_MEDIA = re.compile(
    r"\b(?:news|daily|times|post|press|tv|television|radio|agency|media|broadcasting|journal|herald|weekly|network)\b",
    re.IGNORECASE,
)
_HEAD = 6
"""Blocks at the top of a page in which its title is looked for."""
_SHORT = 80
"""Characters of a line of the site's heading, or of a name with its blanks, at most."""


def claims(source: Source) -> int:
    """Sure when there is a title line or a pager, and a name alone on its line."""
    lines = [line.strip() for line in source.text[:_LOOKED_AT].split("\n")]
    text = source.file.lower().endswith(SUFFIXES)
    if not any(_label(line) is not None for line in lines):
        return 1 if text else 0
    head = any(_title(line) for line in lines[:10])
    pager = any(_pager(line) for line in source.text[-2000:].split("\n"))
    if text:
        return 85 if head or pager else 40
    return 30 if head and pager else 0


_LOOKED_AT = 100_000
"""Characters that are looked at to tell the format."""


def read(name: str, pages: tuple[Source, ...], settings: Settings, report: Report) -> Briefing:
    """The briefing, from its pages in the order of their numbers.

    Raises:
        InputError: There are no turns.
    """
    language = settings.briefing(name).language or settings.language
    numbered = ordered([readable(page, report) for page in pages], report)
    room = _PressRoom(settings, language, report)
    room.read(numbered)
    first = numbered[0].source.file
    if not any(turn.speaker for turn in room.turns):
        refuse(
            "R001",
            "no turns were found; write each speaker's name alone on a line, with a colon, and the words below it",
            Place(first),
        )
    report_missing(numbered, room.total, report)
    if room.date_text and not iso(room.date_text):
        message = f"the date {room.date_text!r} cannot be read; write it as January 31, 2031 or 2031-01-31"
        report(Diagnostic("R021", message, Place(first)))
    room.cast.report_slips()
    briefing = Briefing(
        name,
        room.title or name.replace("-", " ").capitalize(),
        tuple(room.turns),
        room.cast.participants(room.turns),
        language,
        iso(room.date_text),
        room.date_text,
        pages=tuple(str(page.number) for page in numbered if page.number),
        place=Place(first, 1),
    )
    return _with_guesses(briefing, settings, report)


# --- Pages ------------------------------------------------------------------------------------------------------------


class _PressRoom:
    """Collects turns over the pages."""

    def __init__(self, settings: Settings, language: str, report: Report) -> None:
        self.cast = Cast(settings, report)
        self.turns: list[Turn] = []
        self.title = self.date_text = ""
        self.total = 0
        """Pages that the pager counts."""
        self._report = report
        self._language = language
        self._file = ""
        self._site: tuple[str, ...] = ()
        """The heading of the site, as the first page has it."""
        self._above = False
        """Whether some file has a name with words right below it, for want of any name alone."""
        self._speaker: str | None = None
        self._label = ""
        self._place = Place()
        self._open: list[Paragraph] = []
        self._continued = False
        self._break: PageBreak | None = None

    def read(self, pages: Sequence[Page]) -> None:
        """Read the pages in their order."""
        found = [list(_headed(_blocks(page.source.text))) for page in pages]
        self._above = not any(len(block.lines) == 1 and _label(block.lines[0]) for page in found for block in page)
        before = 0
        for page, blocks in zip(pages, found, strict=True):
            self._file = page.source.file
            if before and page.number != before + 1:
                self._lose()
            if before:
                self._break = PageBreak(str(page.number))
            before = page.number
            for block in blocks[self._heads(blocks) :]:
                self._block(block)
        self._close()

    def _lose(self) -> None:
        """A page is missing here: who speaks after it is not known."""
        self._close()
        self._speaker, self._label, self._continued = None, "", False

    def _heads(self, blocks: Sequence[_Block]) -> int:
        """How many blocks at the top are the site's heading and the title."""
        heads: list[str] = []
        for block in blocks[:_HEAD]:
            if found := _title(block.text):
                self._titled(found, Place(self._file, block.line))
                self._leave_out(tuple(heads), Place(self._file, blocks[0].line))
                return len(heads) + 1
            if _label(block.lines[0]) or len(block.text) > _SHORT or _FINISHED.search(block.text):
                break
            heads.append(block.text)
        same = sum(one == two for one, two in zip(self._site, heads, strict=False))
        return same if self._site and same == len(self._site) else 0

    def _titled(self, found: re.Match[str], place: Place) -> None:
        title = found["title"].strip()
        if self.title and title != self.title:
            message = f"the title {title!r} differs from that on the first page, which is used; make them equal"
            self._report(Diagnostic("R024", message, place))
        self.title, self.date_text = self.title or title, self.date_text or found["date"].strip()

    def _leave_out(self, heads: tuple[str, ...], place: Place) -> None:
        """Say once what is taken for the site's heading."""
        if heads and heads != self._site:
            message = f"{' / '.join(heads)!r} above the title is taken for the site's heading, and left out"
            self._report(Diagnostic("R007", message, place))
        self._site = self._site or heads

    # -- blocks --------------------------------------------------------------------------------------------------------

    def _block(self, block: _Block) -> None:
        if numbers := _pager(block.text):
            self.total = max(self.total, *numbers)
            return
        place = Place(self._file, block.line)
        label = _label(block.lines[0])
        if label and (len(block.lines) == 1 or self._above or self.cast.knows(label)):
            self._close()
            self._label, self._speaker, self._place = label, self.cast.speaker(label, place), place
            self._continued = False
            if words := block.below:
                self._words(words, Place(self._file, block.line + 1))
        else:
            self._words(block.text, place)

    def _words(self, text: str, place: Place) -> None:
        bounded(text, place)
        if is_direction(text) and (self._open or not self._label):
            self._direction(text, place)
            return
        if self._speaker is None:
            message = (
                "nobody is named who says this, and it is kept as a stage direction; add the page before, or a name"
            )
            self._report(Diagnostic("R012", message, place))
            self._direction(text, place)
            return
        parts = self._parts(text)
        if not parts:
            return
        if self._break and self._open and not _FINISHED.search(plain(self._open[-1].parts)):
            last = self._open.pop()
            joined = (*last.parts, Text(" "), *self._take_break(), *parts)
            self._open.append(Paragraph(tidy(joined), place=last.place))
            return
        if self._continued and not self._open:
            self._place = place
        self._open.append(Paragraph((*self._take_break(), *parts), place=place))

    def _take_break(self) -> tuple[Inline, ...]:
        taken, self._break = self._break, None
        return (taken,) if taken else ()

    def _direction(self, text: str, place: Place) -> None:
        self._close()
        if parts := self._parts(text):
            self.turns.append(Turn((Paragraph((*self._take_break(), *parts), place=place),), place=place))
        self._continued, self._label = self._speaker is not None, ""

    def _close(self) -> None:
        """End the turn that is open."""
        if self._open:
            turn = Turn(tuple(self._open), self._speaker, self._label, continued=self._continued, place=self._place)
            self.turns.append(turn)
            self._continued, self._label = True, ""
        elif self._speaker is not None and self._label:
            message = (
                f"{self._label!r} has no words after it, and is kept as a stage direction; write them, or take it out"
            )
            self._report(Diagnostic("R006", message, self._place))
            line = Paragraph((*self._take_break(), Text(self._label)), place=self._place)
            self.turns.append(Turn((line,), place=self._place))
        self._open = []

    def _parts(self, text: str) -> tuple[Inline, ...]:
        return tidy(bracketed(text, self._language))


# --- Lines ------------------------------------------------------------------------------------------------------------


class _Block(msgspec.Struct, frozen=True):
    """A run of lines that are not blank."""

    line: int
    """Number of the first."""
    lines: tuple[str, ...]
    """Stripped."""

    @property
    def text(self) -> str:
        """All of it, white space folded."""
        return folded(" ".join(self.lines)).strip()

    @property
    def below(self) -> str:
        """What stands below its first line."""
        return folded(" ".join(self.lines[1:])).strip()


def _blocks(text: str) -> Iterator[_Block]:
    """Runs of lines that are not blank; a pager stands alone."""
    lines: list[str] = []
    begin = 0
    for number, line in enumerate((*text.split("\n"), ""), 1):
        stripped = line.strip()
        pager = bool(stripped) and stripped[0] in _PAGER_BEGINS and _pager(stripped) != ()
        if lines and (not stripped or pager):
            yield _Block(begin, tuple(lines))
            lines = []
        if pager:
            yield _Block(number, (stripped,))
        elif stripped:
            begin = begin if lines else number
            lines.append(stripped)


def _headed(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """The same, with a title at the top on its own, though no blank line is around it."""
    for number, block in enumerate(blocks):
        at = next((at for at, line in enumerate(block.lines) if number < _HEAD and _title(line)), -1)
        if at < 0 or (at == len(block.lines) - 1 and _title(block.text)):  # a long title may stand on two lines
            yield block
            continue
        for begin, end in ((0, at), (at, at + 1), (at + 1, len(block.lines))):
            if lines := block.lines[begin:end]:
                yield _Block(block.line + begin, lines)


_PAGER_BEGINS = "<«‹0123456789"


def _pager(text: str) -> tuple[int, ...]:
    """The page numbers of ``< 1 2 3 … 16 >``; empty for a line that is no pager.

    Without arrows it is one only when it counts from 1.
    """
    if len(text) > 1000:  # noqa: PLR2004  # hundreds of pages
        return ()
    bare = text.strip("<>«»‹›").strip()
    words = [word for word in bare.split() if word not in {"…", "..."}]
    if len(words) < 2 or not all(word.isascii() and word.isdigit() and len(word) <= 4 for word in words):  # noqa: PLR2004
        return ()
    numbers = tuple(map(int, words))
    rising = all(one < two for one, two in pairwise(numbers))
    return numbers if rising and (bare != text or numbers[:3] == (1, 2, 3)) else ()


def _title(text: str) -> re.Match[str] | None:
    """``title | date``, when a line is that; the last bar divides."""
    if len(text) > 400 or not ("|" in text or "｜" in text):  # noqa: PLR2004  # a title, a bar and a date
        return None
    found = _TITLE.fullmatch(folded(text).strip())
    return found if found and any(sign.isdigit() for sign in found["date"]) else None


def _label(text: str) -> str | None:
    """The name, when a line is nothing but a name with its colon."""
    if len(text) > _SHORT or text[-1:] not in {":", "："}:
        return None
    found = _NAME.fullmatch(text.strip())
    label = folded(found["label"]).strip() if found else ""
    words = label.split()
    if not 0 < len(words) <= _WORDS or _SENTENCE.search(_ABBREVIATED.sub("", label)):
        return None
    names = all(not word[:1].islower() or word in _SMALL for word in words) and not words[0][:1].islower()
    return label if names and any(sign.isalpha() for sign in label) else None


# --- Who asks ---------------------------------------------------------------------------------------------------------


def _with_guesses(briefing: Briefing, settings: Settings, report: Report) -> Briefing:
    """Who asks, is answered and never answers is taken for a journalist, and that is said."""
    people = []
    for person in briefing.participants:
        told = settings.speakers.get(person.speaker)
        if person.role or (told and told.role) or not _only_asks(briefing.turns, person.speaker):
            people.append(person)
            continue
        kind: Kind = "organisation" if _MEDIA.search(person.name) else "person"
        message = (
            f"{person.name!r} asks, is answered and never answers, and is taken for a journalist; "
            f"`role` in [speakers.{person.speaker}] of series.toml says otherwise"
        )
        report(Diagnostic("R013", message, _first(briefing.turns, person.speaker)))
        people.append(Participant(person.speaker, person.name, kind if told is None else person.kind, "journalist"))
    return msgspec.structs.replace(briefing, participants=tuple(people))


def _only_asks(turns: Sequence[Turn], speaker: str) -> bool:
    """Whether all that somebody says are questions, and each is followed by somebody's words that are none."""
    spoken = [turn for turn in turns if turn.speaker is not None]
    return all(
        after is not None and after.speaker != speaker and _asks(turn) and not _asks(after)
        for turn, after in zip(spoken, (*spoken[1:], None), strict=True)
        if turn.speaker == speaker
    )


def _asks(turn: Turn) -> bool:
    """Whether words end with a question, or with thanks after it."""
    text = plain(turn.paragraphs[-1].parts)
    found = max(text.rfind(sign) for sign in "?？؟")
    return found >= 0 and len(text) - found <= _THANKS


_THANKS = 60
"""Characters that may follow a question: "Thank you." """


def _first(turns: Sequence[Turn], speaker: str) -> Place:
    return next(turn.place for turn in turns if turn.speaker == speaker)
