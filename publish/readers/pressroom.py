"""Texts as press rooms publish them: ``title | date``, each name alone on its line, and a pager.

Several files are pages of one briefing. The pager and the site's heading are left out, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from publish.config import Settings
from publish.dates import iso
from publish.diagnostics import Diagnostic, Place, Report, refuse
from publish.inlines import bracketed, folded, is_direction, tidy
from publish.model import Briefing, Inline, Kind, PageBreak, Paragraph, Participant, Text, Turn, plain
from publish.speakers import Cast
from publish.work import Source

SUMMARY = "press-room text: title | date, each name alone on its line, pages with a pager"
SUFFIXES = (".txt",)

_TITLE = re.compile(r"(?P<title>.{3,300}?)\s+[|｜]\s+(?P<date>.{4,60})")
_PAGER = re.compile(r"[<«‹]?(?:\s*\d{1,3}\s*(?:…|\.{3})?)(?:\s+\d{1,3}\s*(?:…|\.{3})?)+\s*[>»›]?")
_NUMBER = re.compile(r"(?:page|p|part)[-_ ]?(\d{1,3})$|(?<!\d)[-_ ](\d{1,3})$", re.IGNORECASE)
_DATE = re.compile(r"\d{4}[-_]?\d{2}[-_]?\d{2}")
_NAME = re.compile(r"(?P<label>[^:：]{1,60})[:：]")
_SMALL = frozenset(
    ("de", "del", "la", "le", "van", "von", "der", "bin", "al", "el", "of", "the", "and", "for", "da", "di")
)
"""Words of a name that are written small."""
_WORDS = 6
_FINISHED = re.compile(r"[.!?。！？…][\"”’')\]»]*$")
_MEDIA = re.compile(
    r"\b(?:news|daily|times|post|press|tv|television|radio|agency|media|broadcasting|journal|herald|weekly|network)\b",
    re.IGNORECASE,
)


def claims(source: Source) -> int:
    """Sure when there is a title line or a pager, and a name alone on its line."""
    lines = [line.strip() for line in source.text.split("\n")]
    named = sum(_label(line) is not None for line in lines[:400])
    if not named:
        return 1 if source.file.lower().endswith(SUFFIXES) else 0
    head = any(_TITLE.fullmatch(folded(line)) for line in lines[:10])
    pager = any(_PAGER.fullmatch(line) for line in lines[-10:])
    if source.file.lower().endswith(SUFFIXES):
        return 85 if head or pager else 40
    return 30 if head and pager else 0


def read(name: str, pages: tuple[Source, ...], settings: Settings, report: Report) -> Briefing:
    """The briefing, from its pages in the order of their numbers.

    Raises:
        InputError: There are no turns.
    """
    language = settings.briefing(name).language or settings.language
    room = _PressRoom(settings, language, report)
    numbered = _ordered(pages)
    for number, page in numbered:
        room.page(page, number)
    room.close()
    if not any(turn.speaker for turn in room.turns):
        refuse(
            "R001",
            "no turns were found; write each speaker's name alone on a line, with a colon, and the words below it",
            Place(pages[0].file),
        )
    _missing([number for number, _ in numbered], room.total, pages[0], report)
    if room.date_text and not iso(room.date_text):
        message = f"the date {room.date_text!r} cannot be read; write it as January 31, 2031 or 2031-01-31"
        report(Diagnostic("R021", message, Place(pages[0].file)))
    briefing = Briefing(
        name,
        room.title or name.replace("-", " ").capitalize(),
        tuple(room.turns),
        room.cast.participants(room.turns),
        language,
        iso(room.date_text),
        room.date_text,
        pages=tuple(str(number) for number, _ in numbered if number) if len(numbered) > 1 else (),
        place=Place(pages[0].file, 1),
    )
    return _with_guesses(briefing, settings, report)


# --- Pages ------------------------------------------------------------------------------------------------------------


def _ordered(pages: Sequence[Source]) -> list[tuple[int, Source]]:
    """Pages with their numbers, by number; 0 where nothing tells."""
    numbered = [(_page_number(page), page) for page in pages]
    if len(pages) > 1 and not all(number for number, _ in numbered):
        return list(enumerate(pages, 1))
    return sorted(numbered, key=lambda one: one[0])


def _page_number(page: Source) -> int:
    found = _NUMBER.search(_DATE.sub("", page.stem))
    return int(found[1] or found[2]) if found else 0


def _missing(numbers: Sequence[int], total: int, first: Source, report: Report) -> None:
    """Say which pages of the run are not there."""
    place = Place(first.file)
    if numbers == [0]:
        if total > 1:
            message = (
                f"this is one page of {total}, and nothing tells which; put its number at the end of its file's name"
            )
            report(Diagnostic("R015", message, place))
        return
    for number in sorted(set(range(1, max(total, *numbers) + 1)) - set(numbers)):
        message = f"page {number} of {max(total, *numbers)} is missing; add its file beside this one"
        report(Diagnostic("R014", message, place))


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
        self._speaker: str | None = None
        self._label = ""
        self._place = Place()
        self._open: list[Paragraph] = []
        self._continued = False
        self._break: PageBreak | None = None

    def page(self, source: Source, number: int) -> None:
        """Read one page."""
        self._file = source.file
        if self.turns or self._open:
            self._break = PageBreak(str(number))
        blocks = list(_blocks(source.text))
        blocks = blocks[self._head(blocks) :]
        for index, (line, text) in enumerate(blocks):
            if found := _PAGER.fullmatch(text):
                self.total = max(self.total, *map(int, re.findall(r"\d+", found.group())))
                continue
            label = _label(text)
            if label and (index + 1 < len(blocks) or self.cast.knows(label)):
                self._begin(label, Place(self._file, line))
            else:
                self._words(text, Place(self._file, line))

    def _head(self, blocks: Sequence[tuple[int, str]]) -> int:
        """How many blocks at the top are the site's heading and the title."""
        for index, (line, text) in enumerate(blocks[:6]):
            if _label(text):
                return 0
            if found := _TITLE.fullmatch(text):
                title = found["title"].strip()
                if self.title and title != self.title:
                    message = f"the title of this page differs from {self.title!r} on the first; that one is used"
                    self._report(Diagnostic("R007", message, Place(self._file, line)))
                self.title = self.title or title
                self.date_text = self.date_text or found["date"].strip()
                return index + 1
        return 0

    def _begin(self, label: str, place: Place) -> None:
        self.close()
        self._label, self._speaker, self._place = label, self.cast.speaker(label, place), place
        self._continued = False

    def _words(self, text: str, place: Place) -> None:
        if is_direction(text):
            self._direction(text, place)
            return
        if self._speaker is None:
            message = "a turn without a speaker; its page may be missing. The words are kept as a stage direction"
            self._report(Diagnostic("R012", message, place))
            self._direction(text, place)
            return
        parts = self._parts(text)
        if self._runs_on(text):
            last = self._open.pop()
            joined = (*last.parts, Text(" "), *self._take_break(), *parts)
            self._open.append(Paragraph(tidy(joined), place=last.place))
        else:
            self._open.append(Paragraph((*self._take_break(), *parts), place=place))

    def _runs_on(self, text: str) -> bool:
        """Whether a page begins inside the sentence with which the last one ended."""
        if self._break is None or not self._open:
            return False
        return not _FINISHED.search(plain(self._open[-1].parts)) and not text[:1].isupper()

    def _take_break(self) -> tuple[Inline, ...]:
        taken, self._break = self._break, None
        return (taken,) if taken else ()

    def _direction(self, text: str, place: Place) -> None:
        self.close()
        self.turns.append(Turn((Paragraph((*self._take_break(), *self._parts(text)), place=place),), place=place))
        self._continued, self._label = self._speaker is not None, ""

    def close(self) -> None:
        """End the turn that is open."""
        if self._open:
            self.turns.append(
                Turn(tuple(self._open), self._speaker, self._label, continued=self._continued, place=self._place)
            )
        elif self._speaker is not None and self._label:
            message = f"{self._label!r} has no words after it; the name is kept as a stage direction"
            self._report(Diagnostic("R006", message, self._place))
            self.turns.append(Turn((Paragraph((Text(self._label),), place=self._place),), place=self._place))
        self._open = []

    def _parts(self, text: str) -> tuple[Inline, ...]:
        return tidy(bracketed(text, self._language))


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Runs of lines that are not blank, each with its first line's number; white space folded."""
    words: list[str] = []
    begin = 0
    for number, line in enumerate((*text.split("\n"), ""), 1):
        stripped = line.strip()
        alone = _label(stripped) is not None or _PAGER.fullmatch(stripped)
        if words and (not stripped or (alone and _PAGER.fullmatch(stripped))):
            yield begin, folded(" ".join(words)).strip()
            words = []
        if stripped:
            begin = begin if words else number
            words.append(stripped)


def _label(text: str) -> str | None:
    """The name, when a line is nothing but a name with its colon."""
    found = _NAME.fullmatch(text.strip()) if len(text) < 80 else None  # noqa: PLR2004  # a name, spaces and a colon
    if found is None:
        return None
    label = folded(found["label"]).strip()
    words = label.split()
    if (
        not words
        or len(words) > _WORDS
        or re.search(r"[.!?,;](?!\w)(?<![A-Z]\.)(?<!Mr\.)(?<!Ms\.)(?<!Mrs\.)(?<!Dr\.)", label)
    ):
        return None
    names = all(not word[:1].islower() or word in _SMALL for word in words)
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
    spoken = [turn for turn in turns if turn.speaker is not None]
    asked_before = False
    for turn, after in zip(spoken, (*spoken[1:], None), strict=True):
        asks = bool(re.search(r"[?？؟]", " ".join(plain(paragraph.parts) for paragraph in turn.paragraphs)))
        if turn.speaker == speaker:
            if asked_before or not asks or after is None or after.speaker == speaker:
                return False
            asked_before = False
        else:
            asked_before = asks and after is not None and after.speaker != turn.speaker and turn is not spoken[0]
    return True


def _first(turns: Sequence[Turn], speaker: str) -> Place:
    return next(turn.place for turn in turns if turn.speaker == speaker)
