"""Which text of a new version is which of the old one: what stayed, what was moved, what was edited.

Some are known by their ids. Of the others, equal texts are paired first: those that stand once, then those beside a
pair, then what is in the same gap between pairs; likeness decides only in a gap, and of long texts anywhere. Two texts
that are not surely the same stay alone: a wrong pair costs a translator more than none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

ALIKE = 60
"""Per cent of likeness, by which texts in the same gap are one that was edited."""
ALIKE_SHORT = 75
"""The same for those of less than :data:`SHORT` characters."""
ALIKE_ANYWHERE = 75
"""The same for long texts that are not in the same gap: they were moved, too."""
ALIKE_IN_PLACE = 55
"""The same in a gap with as many old texts as new ones; of short ones see :func:`_in_place`.

Of two paragraphs of one length that have nothing to do with each other, 8 in 100 reach 45, 1 in 1,000 reaches 55, and 8
of those below 80 characters; of those with one to three words edited 5 in 10,000 do not.
"""
_WORDS = 3
"""Words of a short text of which at least one stays, when it is edited; of fewer all may go."""
_WORD = re.compile(r"\w+")
SHORT = 40
"""Characters. A shorter text is like many others."""
_CELLS = 250_000
"""Pairs of a gap that are compared; of a larger one none is, unless both sides have as many texts."""


def paired(new: Sequence[str], old: Sequence[str], known: Mapping[int, int]) -> dict[int, int]:
    """The index of the old text for that of every new one which has one; each old text is used once.

    ``known`` are pairs that are sure.
    """
    found = _Texts(new, old, known)
    if found.open():
        found.once()
        found.beside()
        found.between()
        found.equal()
        found.anywhere()
    return found.pairs


class Pairs:
    """Pairs found so far, each new text and each old one in one pair at most. What is equal is paired here."""

    def __init__(self, new: Sequence[str], old: Sequence[str], known: Mapping[int, int]) -> None:
        """``known`` are pairs that are sure."""
        self.pairs = dict(known)
        """The index of the old text for that of each new one."""
        self._taken = set(known.values())
        self._new, self._old = new, old

    def pair(self, new: int, old: int) -> None:
        """Pair the two, both of which are free."""
        self.pairs[new] = old
        self._taken.add(old)

    def left(self) -> tuple[list[int], list[int]]:
        """What is in no pair."""
        new = [index for index in range(len(self._new)) if index not in self.pairs]
        return new, [index for index in range(len(self._old)) if index not in self._taken]

    def _by_text(self) -> dict[str, tuple[list[int], list[int]]]:
        found: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        new, old = self.left()
        for index in new:
            found[self._new[index]][0].append(index)
        for index in old:
            found[self._old[index]][1].append(index)
        return found

    def once(self) -> None:
        """Equal texts that stand once on each side."""
        for new, old in self._by_text().values():
            if len(new) == len(old) == 1:
                self.pair(new[0], old[0])

    def beside(self) -> None:
        """Equal texts next to a pair on both sides: twins of what was moved."""
        for step in (1, -1):
            for pair in sorted(self.pairs.items(), reverse=step < 0):
                new, old = pair[0] + step, pair[1] + step
                while self._same(new, old):
                    self.pair(new, old)
                    new, old = new + step, old + step

    def _same(self, new: int, old: int) -> bool:
        inside = 0 <= new < len(self._new) and 0 <= old < len(self._old)
        return inside and new not in self.pairs and old not in self._taken and self._new[new] == self._old[old]

    def equal(self) -> None:
        """Equal texts that are left, wherever they are, in their order."""
        for new, old in self._by_text().values():
            for pair in zip(new, old, strict=False):
                self.pair(*pair)

    def gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        """What is in no pair and stands between the same two pairs, on both sides."""
        new: list[int] = []
        reach = -1
        for index in range(len(self._new) + 1):
            if index < len(self._new) and index not in self.pairs:
                new.append(index)
                continue
            end = self.pairs.get(index, len(self._old))
            old = [place for place in range(reach + 1, end) if place not in self._taken] if new else []
            if old:
                yield new, old
            new = []
            reach = self.pairs.get(index, reach)


class _Texts(Pairs):
    """What is alike is paired too."""

    def open(self) -> bool:
        """Whether there is anything to pair on both sides."""
        return len(self.pairs) < len(self._new) and len(self._taken) < len(self._old)

    def between(self) -> None:
        """What is between the same two pairs on both sides: equal texts in their order, then those that are alike."""
        for new, old in list(self.gaps()):
            self._in_order(new, old)
        for new, old in list(self.gaps()):
            for pair in aligned(new, old, self._new, self._old):
                self.pair(*pair)

    def _in_order(self, new: Sequence[int], old: Sequence[int]) -> None:
        places: dict[str, list[int]] = defaultdict(list)
        for place, index in enumerate(old):
            places[self._old[index]].append(place)
        at = 0
        for index in new:
            there = places.get(self._new[index], [])
            if (found := bisect_left(there, at)) < len(there):
                self.pair(index, old[there[found]])
                at = there[found] + 1

    def anywhere(self) -> None:
        """Long texts that are alike, wherever they are, the most alike first."""
        new, old = ([i for i in left if len(texts[i]) >= SHORT] for left, texts in self._sides())
        found = sorted(alike([self._new[i] for i in new], [self._old[i] for i in old], ALIKE_ANYWHERE), reverse=True)
        for _, a, b in found:
            if new[a] not in self.pairs and old[b] not in self._taken:
                self.pair(new[a], old[b])

    def _sides(self) -> Iterable[tuple[list[int], Sequence[str]]]:
        return zip(self.left(), (self._new, self._old), strict=True)


def alike(new: Sequence[str], old: Sequence[str], least: int) -> Iterator[tuple[int, int, int]]:
    """Likeness in per cent, and the indexes, of all pairs that reach ``least``; row by row, so that memory stays."""
    import numpy as np  # noqa: PLC0415  # only what was edited needs it
    from rapidfuzz import fuzz, process  # noqa: PLC0415  # as above

    if not new or not old:
        return
    rows = max(1, 4_000_000 // len(old))
    for begin in range(0, len(new), rows):
        part = new[begin : begin + rows]
        table = process.cdist(part, old, scorer=fuzz.ratio, score_cutoff=least, dtype=np.uint8)
        for row, column in zip(*np.nonzero(table), strict=True):
            yield int(table[row, column]), begin + int(row), int(column)


def aligned(
    new: Sequence[int], old: Sequence[int], new_texts: Sequence[str], old_texts: Sequence[str]
) -> list[tuple[int, int]]:
    """Pairs of texts that are alike, in the same order on both sides, with the largest sum of likenesses."""
    if len(new) == len(old):
        return [(a, b) for a, b in zip(new, old, strict=True) if _in_place(new_texts[a], old_texts[b])]
    if len(new) * len(old) > _CELLS:
        return []
    scores: dict[tuple[int, int], int] = {}
    for score, a, b in alike([new_texts[i] for i in new], [old_texts[i] for i in old], ALIKE):
        short = min(len(new_texts[new[a]]), len(old_texts[old[b]])) < SHORT
        if score >= (ALIKE_SHORT if short else ALIKE):
            scores[a, b] = score
    if not scores:
        return []
    return [(new[a], old[b]) for a, b in _best(scores, len(new), len(old))]


def _in_place(new: str, old: str) -> bool:
    """Whether two texts are the same one edited, when as many stand before and after them on both sides."""
    from rapidfuzz import fuzz  # noqa: PLC0415  # only what was edited needs it

    if max(len(new), len(old)) >= SHORT:
        return bool(fuzz.ratio(new, old) >= ALIKE_IN_PLACE)
    one, other = ({*_WORD.findall(text.casefold())} for text in (new, old))
    return min(len(one), len(other)) < _WORDS or not one.isdisjoint(other)


def _best(scores: Mapping[tuple[int, int], int], rows: int, columns: int) -> list[tuple[int, int]]:
    """The pairs with the largest sum, both indexes increasing."""
    table = [[0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        below, line = table[row + 1], table[row]
        for column in range(columns - 1, -1, -1):
            here = scores.get((row, column), 0)
            line[column] = max(below[column], line[column + 1], below[column + 1] + here if here else 0)
    found = []
    row = column = 0
    while row < rows and column < columns:
        here = scores.get((row, column), 0)
        if here and table[row][column] == table[row + 1][column + 1] + here:
            found.append((row, column))
            row, column = row + 1, column + 1
        elif table[row][column] == table[row + 1][column]:
            row += 1
        else:
            column += 1
    return found
