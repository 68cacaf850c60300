"""Where exchanges begin, and what each is about.

An exchange is a question and the answers to it. The source says where one begins when it has headings; otherwise it is
worked out, in this order: another questioner who has a name; a moderator who gives the word; a speaker who gives it
with words ("Go ahead", a bare name), or a questioner who greets. Not every question is an exchange: in a year of
briefings that would be 172 headings in one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import msgspec

from publish.config import Settings
from publish.diagnostics import Report
from publish.languages import Cues, cues
from publish.model import Briefing, Participant, Turn, plain
from publish.segment import sentences

LONGEST = 120
"""Characters of a heading: uncut, half of the questions are longer than 91."""
_NAME = 2
"""Words of a bare name at most: "Zeke." """
_GREETED = 40
"""Characters that a turn has at least which opens an exchange because it begins with a greeting."""
_LONG_QUESTION = 20
"""Words of a question that opens an exchange where nothing else tells."""
_BETWEEN = 2
"""Questions since the last exchange, for that."""
_RUN = 6
"""Questions after which the next sizeable one opens an exchange in any case."""
_SIZEABLE = 12
"""Words of such a one."""
_QUESTION = "?？؟;"
_BROKEN = ("—", "–", "-")
"""Begins or ends what somebody was interrupted in."""
_ASKING = frozenset({"journalist", "audience"})


# --- Where exchanges begin --------------------------------------------------------------------------------------------


def with_exchanges(briefing: Briefing, settings: Settings, report: Report) -> Briefing:  # noqa: ARG001  # a pass's form
    """The briefing with ``opens`` set on every turn that opens an exchange. Doing it again changes nothing."""
    opening = _openings(briefing)
    turns = tuple(
        turn if turn.opens == (index in opening) else msgspec.structs.replace(turn, opens=index in opening)
        for index, turn in enumerate(briefing.turns)
    )
    return msgspec.structs.replace(briefing, turns=turns)


def exchanges(briefing: Briefing) -> tuple[tuple[Turn, ...], tuple[tuple[Turn, ...], ...]]:
    """The turns before the first exchange, and those of each exchange."""
    starts = [index for index, turn in enumerate(briefing.turns) if turn.opens]
    ends = [*starts[1:], len(briefing.turns)] if starts else []
    first = starts[0] if starts else len(briefing.turns)
    return briefing.turns[:first], tuple(briefing.turns[a:b] for a, b in zip(starts, ends, strict=True))


def _openings(briefing: Briefing) -> set[int]:
    if any(turn.headings for turn in briefing.turns):
        return {index for index, turn in enumerate(briefing.turns) if turn.headings}
    people = {participant.speaker: participant for participant in briefing.participants}
    return set(_Scan(briefing, people).openings())


class _Scan:
    """Goes through the turns once, and remembers who asked last and what was said before."""

    def __init__(self, briefing: Briefing, people: dict[str, Participant]) -> None:
        self._turns = briefing.turns
        self._people = people
        self._cues = cues(briefing.language)
        self._language = briefing.language

    def openings(self) -> Iterator[int]:
        since = 0
        any_opened = False
        asked = ""
        before: Turn | None = None
        for index, turn in enumerate(self._turns):
            if turn.speaker is None:
                continue
            if self._asks(turn):
                since += 1
                if self._opens(turn, before, since, asked, any_opened=any_opened):
                    yield index
                    since, any_opened = 0, True
                asked = turn.speaker
            before = turn

    def _asks(self, turn: Turn) -> bool:
        person = self._people.get(turn.speaker or "")
        return person is not None and person.role in _ASKING

    def _opens(self, turn: Turn, before: Turn | None, since: int, asked: str, *, any_opened: bool) -> bool:
        text = _text(turn)
        words = _count(text, self._language)
        if before is not None and self._asks(before) and before.speaker == turn.speaker and not turn.opens:
            return False  # a question next to a question is a follow-up, or another voice in the same breath
        if text.startswith(_BROKEN):
            return False
        named = self._people[turn.speaker or ""].kind != "unnamed"
        if named:
            return turn.speaker != asked
        if before is not None and self._people.get(before.speaker or "", _NOBODY).role == "moderator":
            return words > _NAME or not any_opened
        if before is not None and self._handed_over(_text(before)):
            return words > _NAME
        if self._greets(text) and len(text) > _GREETED:
            return True
        if not any_opened or not self._cues.hand_overs:
            return words >= _LONG_QUESTION and (since >= _BETWEEN or not any_opened)
        return since > _RUN and words >= _SIZEABLE and not self._joins(text)

    def _handed_over(self, text: str) -> bool:
        """Whether a turn ends with words, or a bare name, that give somebody the word."""
        spans = sentences(text[-400:], self._language)
        if not spans or text.rstrip().endswith(_BROKEN):
            return False
        last = _bare(text[-400:][slice(*spans[-1])])
        called = re.sub(r",\s+[^\s,]+(?:\s[^\s,]+)?$", "", last)
        if any(words == cue or words.endswith(f" {cue}") for cue in self._cues.hand_overs for words in (last, called)):
            return True
        words = re.split(r"[\s,]+", text[-400:][slice(*spans[-1])].strip(".!— –"))
        name = 0 < len(words) <= _NAME and all(word[:1].isupper() and len(word) > 1 for word in words)
        return name and last not in self._cues.interjections and not any(sign.isdigit() for sign in last)

    def _greets(self, text: str) -> bool:
        return bool(_beginning(self._cues.greetings).match(_bare(text[:60])))

    def _joins(self, text: str) -> bool:
        return bool(_beginning(self._cues.joins).match(text[:20].lower()))


_NOBODY = Participant("", "")


@cache
def _beginning(cues_of: tuple[str, ...]) -> re.Pattern[str]:
    """Whether a text begins with one of the cues as whole words; without cues none does."""
    words = "|".join(map(re.escape, cues_of))
    return re.compile(rf"(?:{words})(?!\w)" if words else r"(?!)")


@cache
def _fillers(known: Cues) -> re.Pattern[str]:
    """A filler with the marks, or, if it may go without one, the space after it."""
    by_length = sorted(known.fillers, key=len, reverse=True)
    words = "|".join(re.escape(filler.rstrip(",")) for filler in by_length)
    anywhere = "|".join(re.escape(filler) for filler in by_length if not filler.endswith(",")) or r"(?!)"
    return re.compile(rf"(?:{words})\s*[,.!?—–،，。!-]+\s*|(?:{anywhere})\s+", re.IGNORECASE)


def _text(turn: Turn) -> str:
    return " ".join(plain(paragraph.parts) for paragraph in turn.paragraphs)


def _bare(sentence: str) -> str:
    """Small letters, without marks and brackets around it."""
    return re.sub(r"\([^)]*\)", "", sentence).strip(" .,!?;:—–-“”\"'’…").lower()


def _count(text: str, language: str) -> int:
    """Words; of a script that writes no spaces, signs by two."""
    if language.partition("-")[0] in {"zh", "ja", "yue", "th", "lo", "km", "my"}:
        return len(text) // 2
    return len(text.split())


# --- What an exchange is about ----------------------------------------------------------------------------------------

_LEAST = 6
"""Words of a sentence that says what a question is about."""
_LOOKED_AT = 4
"""Questions at the beginning of an exchange in which it is looked for."""


def asked(turns: Sequence[Turn], people: Mapping[str, Participant]) -> tuple[str, str]:
    """What an exchange is about, in short, and its language; the text is empty when nobody says a word in it.

    Only what is asked in the language in which the exchange begins is looked at.
    """
    first = turns[0]
    language = first.paragraphs[0].language
    asking = [turn for turn in turns if turn.speaker is not None and people[turn.speaker].role in _ASKING]
    alike = tuple(turn for turn in asking or [first] if all(of.language == language for of in turn.paragraphs))
    return question(alike or (first,), language), language


def question(turns: Sequence[Turn], language: str) -> str:
    """The first real question of the turns, in short: fillers cut, at most 120 characters, cut at a word.

    ``turns`` are those of the questioner, in the edition's words; the answer is empty when they hold no words at all.
    """
    known = cues(language)
    found = [
        text[slice(*span)]
        for turn in turns[:_LOOKED_AT]
        for paragraph in turn.paragraphs
        for text in (_spoken(plain(paragraph.parts)),)
        for span in sentences(text, language)
    ]
    cut = [_without_fillers(sentence, known) for sentence in found]
    long = [sentence for sentence in cut if _count(sentence, language) >= _LEAST]
    asked = [sentence for sentence in long if sentence.rstrip('”"’»)')[-1:] in _QUESTION]
    best = next(iter(asked or long), "") or max(cut, key=len, default="")
    return shortened(best, language)


def _spoken(text: str) -> str:
    """Without remarks in round brackets, which are nobody's question."""
    return re.sub(r"\s*\([^()]{1,40}\)", "", text).strip() or text.strip()


def _without_fillers(sentence: str, known: Cues) -> str:
    if not known.fillers:
        return sentence
    pattern = _fillers(known)
    rest = sentence.lstrip("—–- ")
    while (found := pattern.match(rest)) and found.end() < len(rest):
        comma = found.group().rstrip()[-1:] in ",،，"
        rest = rest[found.end() :].lstrip("—–- ")
        if comma and (name := re.match(r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?[.,!] +", rest)):
            rest = rest[name.end() :]
    return rest[:1].upper() + rest[1:]


def shortened(text: str, language: str) -> str:
    """At most 120 characters: cut at a word, with " …"."""
    folded = " ".join(text.split())
    if len(folded) <= LONGEST:
        return folded
    room = LONGEST - 2
    spaceless = _count("xx", language) != _count("x x", language) and " " not in folded[:room]
    cut = folded[:room] if spaceless else folded[: room + 1].rpartition(" ")[0] or folded[:room]
    return f"{cut.rstrip(' ,;:—–-')} …"
