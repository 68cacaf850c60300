"""Ids of turns and paragraphs: opaque, given once, found again after every edit.

An id is a short hash of the words at birth, so two people who edit two branches cannot give one id to two paragraphs,
and most ids are found again even without the file that keeps them. ``anchors/<briefing>.tsv`` has a line for each
paragraph, in the order of the source::

    turn's id (on its first line)  TAB  paragraph's id  TAB  fingerprint  TAB  Speaker: the first words

With it, an edited, moved, split or newly attributed paragraph keeps its own. Rows of removed paragraphs are dropped:
when the same words come back, their hash gives the same id.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

import msgspec
from rapidfuzz import fuzz

from publish.diagnostics import Diagnostic, Place, Report, unheard
from publish.model import Briefing, Paragraph, Turn, plain
from publish.pairing import Pairs

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter is taken for another sign."""
_PAIRS = tuple(low + high for high in _ALPHABET for low in _ALPHABET)
"""Two signs for each ten bits, the lower five first."""
_ID = 6
"""Signs of an id after its letter: 30 bits."""
_PRINT = 8
_BEGINNING = 60
"""Characters of the words that a row keeps, to find an edited paragraph again."""
_ALIKE = 55
"""Likeness (0–100) of two beginnings from which they are one paragraph, edited."""
_ALIKE_IN_PLACE = 35
"""The same for two that have the same place between the same neighbours."""
_GAP = 400
"""Paragraphs in one gap that are compared with each other; more are a new text, and compared in their places only."""
_SOURCE_ID = re.compile(r"(?!x-|front-|opening)[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_HEADER = "# The ids of this briefing: turn, paragraph, fingerprint, beginning. Keep this file with the transcripts.\n"


class Row(msgspec.Struct, frozen=True):
    """One line of the file."""

    turn: str
    """Id of the turn; on its first line only in the file, here on every one."""
    id: str
    fingerprint: str
    beginning: str


class _Item(msgspec.Struct, frozen=True):
    """A paragraph of the source, on its way to an id."""

    turn: int
    words: str
    fingerprint: str
    beginning: str
    given: str
    """The source's own id, or empty."""
    place: Place


def identify(briefing: Briefing, rows: str, file: str, report: Report) -> tuple[Briefing, str]:
    """The briefing with an id on every turn, paragraph and heading, and the new text of its anchors file.

    ``rows`` is the file's text of the last time, empty at first; ``file`` is how messages name it. Equal input gives
    equal ids, and what is given back gives itself again.
    """
    items = list(_items(briefing, report))
    old = parse(rows, {item.fingerprint for item in items}, file, report)
    matched = match([item.fingerprint for item in items], [item.beginning for item in items], old)
    turns = _Turns(briefing.turns, items, old, matched)
    ids = _paragraph_ids(items, old, matched, turns.taken)
    names = turns.ids(ids)
    return _filled(briefing, ids, names), _text(briefing.turns, items, ids, names)


def inherited(briefing: Briefing, others: Mapping[str, str]) -> str:
    """The rows for a briefing whose source was only renamed: of ``others``, those that know most of its paragraphs.

    Empty when none knows at least half of them.
    """
    if not others:
        return ""
    prints = {item.fingerprint for item in _items(briefing, unheard)}
    best, rows = 0, ""
    for _, text in sorted(others.items()):
        known = len(prints & {row.fingerprint for row in parse(text, prints, "", unheard)})
        if known > best and 2 * known >= len(prints):
            best, rows = known, text
    return rows


# --- The file ---------------------------------------------------------------------------------------------------------

_ROW = re.compile(r"([^\t]*)\t([^\t]+)\t([0-9a-z]{8})\t([^\t]*)")


def parse(text: str, present: set[str], file: str, report: Report) -> list[Row]:
    """The rows of a file, with tolerance: markers of a conflict are absent, of a doubled id one row is used.

    Of rows that share an id, that one is used whose fingerprint is among those ``present`` in the source.
    """
    rows: list[Row] = []
    turn = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if re.match(r"<{7}|={7}|>{7}|\|{7}", line):
            message = "a conflict that git left is passed over, and both sides are read; `publish build` writes it anew"
            report(Diagnostic("A001", message, Place(file, number)))
            continue
        found = _ROW.fullmatch(line)
        if not found or not _SOURCE_ID.fullmatch(found[2]) or (found[1] and not _SOURCE_ID.fullmatch(found[1])):
            message = "this line has no ids that can be read; its paragraph gets a new one"
            report(Diagnostic("A002", message, Place(file, number)))
            continue
        turn = found[1] or turn
        rows.append(Row(turn, found[2], found[3], found[4]))
    return _single(rows, present, file, report)


def _single(rows: list[Row], present: set[str], file: str, report: Report) -> list[Row]:
    if len({row.id for row in rows}) == len(rows):
        return rows
    chosen: dict[str, Row] = {}
    for row in rows:
        other = chosen.get(row.id)
        if other is None or (other.fingerprint not in present and row.fingerprint in present):
            chosen[row.id] = row
        if other is not None and other.fingerprint != row.fingerprint:
            message = f"the id {row.id!r} stands twice; the row whose words are in the transcript is used"
            report(Diagnostic("A003", message, Place(file)))
    return [row for row in rows if chosen[row.id] is row]


def _text(turns: Sequence[Turn], items: Sequence[_Item], ids: Sequence[str], names: Sequence[str]) -> str:
    lines = [_HEADER]
    last = -1
    for item, key in zip(items, ids, strict=True):
        turn = names[item.turn] if item.turn != last else ""
        lines.append(f"{turn}\t{key}\t{item.fingerprint}\t{_shown(turns[item.turn])}{item.beginning}\n")
        last = item.turn
    return "".join(lines)


def _shown(turn: Turn) -> str:
    """The label before the words, for whoever reads the file."""
    label = " ".join(turn.label.split())
    return f"{label}: " if label else ""


# --- Words ------------------------------------------------------------------------------------------------------------


def _items(briefing: Briefing, report: Report) -> Iterator[_Item]:
    for index, turn in enumerate(briefing.turns):
        for paragraph in (*turn.headings, *turn.paragraphs):
            words = _words(paragraph)
            given = paragraph.id if _usable(paragraph, report) else ""
            yield _Item(index, words, _hash(words, _PRINT), words[:_BEGINNING], given, paragraph.place)


def _words(paragraph: Paragraph) -> str:
    """What the paragraph says, without what a correction took out: only that is translated and spoken."""
    text = plain(paragraph.parts) or plain(paragraph.parts, deleted=True)
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(unicodedata.normalize("NFC", text).split())


def _usable(paragraph: Paragraph, report: Report) -> bool:
    if not paragraph.id:
        return False
    if _SOURCE_ID.fullmatch(paragraph.id):
        return True
    message = f"the id {paragraph.id[:80]!r} cannot be used and is replaced; ids are letters, digits, '_', '.' and '-'"
    report(Diagnostic("A004", message, paragraph.place))
    return False


def _hash(text: str, signs: int) -> str:
    number = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=5).digest(), "big")
    pairs = _PAIRS
    low, high = pairs[number & 1023] + pairs[number >> 10 & 1023], pairs[number >> 20 & 1023] + pairs[number >> 30]
    return (low + high)[:signs]


def born(letter: str, words: str, taken: set[str]) -> str:
    """A new id from words; when it is taken, from the words and a number. It is added to ``taken``."""
    number = 0
    while True:
        key = letter + _hash(f"{words}\0{number}" if number else words, _ID)
        if key not in taken:
            taken.add(key)
            return key
        number += 1


def _paragraph_ids(items: Sequence[_Item], old: Sequence[Row], matched: dict[int, int], taken: set[str]) -> list[str]:
    ids = [items[index].given or (old[matched[index]].id if index in matched else "") for index in range(len(items))]
    seen: set[str] = set(taken)
    for index, key in enumerate(ids):
        if key in seen:
            ids[index] = ""
        elif key:
            seen.add(key)
    for index, key in enumerate(ids):
        if not key:
            ids[index] = born("p", items[index].words, seen)
    taken.update(seen)
    return ids


# --- Matching ---------------------------------------------------------------------------------------------------------


def match(prints: Sequence[str], beginnings: Sequence[str], old: Sequence[Row]) -> dict[int, int]:
    """Which old row each paragraph is: index of the paragraph to index of the row.

    First what is unchanged in place, then what was moved, then what was edited between the same neighbours.
    """
    if not old:
        return {}
    before = [row.fingerprint for row in old]
    if before == list(prints):
        return {index: index for index in range(len(before))}
    found = _Matches(prints, beginnings, before, [_spoken(row.beginning) for row in old])
    found.in_place()
    found.once()
    found.beside()
    found.equal()
    found.edited()
    return found.pairs


def _spoken(beginning: str) -> str:
    """The words of a row without the label."""
    label, colon, words = beginning.partition(": ")
    return words if colon and len(label) <= _BEGINNING else beginning


class _Matches(Pairs):
    """Paragraphs and rows by their fingerprints; of what was edited, by their beginnings."""

    def __init__(
        self, prints: Sequence[str], beginnings: Sequence[str], before: Sequence[str], old: Sequence[str]
    ) -> None:
        super().__init__(prints, before, {})
        self._beginnings, self._spoken = beginnings, old

    def in_place(self) -> None:
        matcher = difflib.SequenceMatcher(None, self._old, self._new, autojunk=False)
        for old, new, size in matcher.get_matching_blocks():
            for step in range(size):
                self.pair(new + step, old + step)

    def edited(self) -> None:
        for new, old in list(self.gaps()):
            if len(new) > _GAP or len(old) > _GAP:
                self._by_place(new, old)
            else:
                self._by_likeness(new, old)

    def _by_likeness(self, new: Sequence[int], old: Sequence[int]) -> None:
        """In order: each old one after the one before it."""
        at = 0
        for place, index in enumerate(new):
            best, score = -1, 0.0
            for position in range(at, len(old)):
                alike = fuzz.ratio(self._beginnings[index], self._spoken[old[position]])
                enough = _ALIKE_IN_PLACE if len(new) == len(old) and position == place else _ALIKE
                if alike >= enough and alike > score:
                    best, score = position, alike
            if best >= 0:
                self.pair(index, old[best])
                at = best + 1

    def _by_place(self, new: Sequence[int], old: Sequence[int]) -> None:
        for index, other in zip(new, old, strict=False):
            if fuzz.ratio(self._beginnings[index], self._spoken[other]) >= _ALIKE:
                self.pair(index, other)


# --- Turns ------------------------------------------------------------------------------------------------------------


class _Turns:
    """A turn takes the id of the old turn that most of its paragraphs come from."""

    def __init__(
        self, turns: Sequence[Turn], items: Sequence[_Item], old: Sequence[Row], matched: dict[int, int]
    ) -> None:
        self._turns = turns
        self._words: dict[int, str] = {}
        votes: dict[int, Counter[str]] = defaultdict(Counter)
        for index, item in enumerate(items):
            self._words.setdefault(item.turn, item.words)
            if index in matched and old[matched[index]].turn != old[matched[index]].id:
                votes[item.turn][old[matched[index]].turn] += 1
        self._kept = self._elected(votes)
        self.taken: set[str] = set(self._kept.values())

    def _elected(self, votes: dict[int, Counter[str]]) -> dict[int, str]:
        """Source ids first; then by most votes, the earlier turn when they are equal."""
        chosen = {
            index: turn.id
            for index, turn in enumerate(self._turns)
            if turn.speaker is not None and _SOURCE_ID.fullmatch(turn.id)
        }
        gone = set(chosen.values())
        offers = sorted((-count, index, key) for index, of in votes.items() for key, count in of.items())
        for _, index, key in offers:
            if index not in chosen and key not in gone and self._turns[index].speaker is not None:
                chosen[index] = key
                gone.add(key)
        return chosen

    def ids(self, paragraphs: Sequence[str]) -> list[str]:
        """The id of every turn; a stage direction's is its paragraph's."""
        names = []
        at = 0
        for index, turn in enumerate(self._turns):
            first = at + len(turn.headings)
            at = first + len(turn.paragraphs)
            if turn.speaker is None:
                names.append(paragraphs[first])
            else:
                names.append(self._kept.get(index) or born("t", self._words[index], self.taken))
        return names


def _filled(briefing: Briefing, ids: Sequence[str], names: Sequence[str]) -> Briefing:
    remaining = iter(ids)

    def renewed(paragraphs: Iterable[Paragraph]) -> tuple[Paragraph, ...]:
        return tuple(msgspec.structs.replace(paragraph, id=next(remaining)) for paragraph in paragraphs)

    turns = []
    for turn, name in zip(briefing.turns, names, strict=True):
        headings = renewed(turn.headings)
        turns.append(msgspec.structs.replace(turn, id=name, headings=headings, paragraphs=renewed(turn.paragraphs)))
    return msgspec.structs.replace(briefing, turns=tuple(turns))
