"""Which paragraphs of a translation are those of its original, when nothing but the two texts tells.

What has the same id on both sides is the same. The rest is aligned in order: beads of one to three paragraphs on either
side, by their lengths (W. A. Gale and K. W. Church, "A Program for Aligning Sentences in Bilingual Corpora", 1993), by
what both sides share (numbers, names, addresses, code, words of one origin), and by who speaks and where turns and
headings begin. It is done twice: the second time with what the first has taught of these two texts, how much longer
one is, whose voices correspond, which words go together.

Every bead has a confidence: how likely it is among all alignments of the two texts (the forward-backward sums), and no
more than its own length and numbers allow.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from statistics import quantiles
from typing import Literal

import msgspec

from publish import likeness
from publish.likeness import Shared
from publish.model import Briefing, Code, Paragraph, Turn, plain, walk

Kind = Literal["heading", "speech", "direction"]


class Unit(msgspec.Struct, frozen=True):
    """A paragraph on one side."""

    text: str
    id: str = ""
    """Of the source; empty when it has none."""
    kind: Kind = "speech"
    speaker: str = ""
    opens: bool = False
    """It is the first of its turn."""
    turn: int = 0
    """Which turn it is of; beads do not join what belongs to two."""
    code: tuple[str, ...] = ()
    """Words in it that are in no language, and are not translated."""


def units(briefing: Briefing) -> list[tuple[Paragraph, Unit]]:
    """The paragraphs of a briefing, headings too, as what is aligned."""
    found: list[tuple[Paragraph, Unit]] = []
    for number, turn in enumerate(briefing.turns):
        found += ((heading, _unit(heading, turn, number, "heading")) for heading in turn.headings)
        kind: Kind = "direction" if turn.speaker is None else "speech"
        found += ((paragraph, _unit(paragraph, turn, number, kind)) for paragraph in turn.paragraphs)
    return found


def _unit(paragraph: Paragraph, turn: Turn, number: int, kind: Kind) -> Unit:
    opens = kind == "heading" or (paragraph is turn.paragraphs[0] and not turn.continued)
    code = tuple(part.text for part in walk(paragraph.parts) if isinstance(part, Code))
    speaker = turn.speaker if turn.speaker and kind == "speech" else ""
    return Unit(plain(paragraph.parts), paragraph.id, kind, speaker, opens, number, code)


class Bead(msgspec.Struct, frozen=True):
    """Paragraphs that are one another's translation."""

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    confidence: float = 1.0
    """0–1: how likely it is that exactly these belong together."""
    by_id: bool = False


_PRIORS: dict[tuple[int, int], float] = {
    (1, 1): 0.1, (1, 0): 4.0, (0, 1): 4.0, (2, 1): 3.6, (1, 2): 3.6, (3, 1): 5.5, (1, 3): 5.5, (2, 2): 9.0
}  # fmt: skip
"""How rare each kind of bead is, as the negative logarithm of its probability."""
_VARIANCE = 6.8
"""Of the length of a translation, in characters for each one of the original (Gale and Church)."""
_RATIOS = (0.6, 1.7)
"""Characters of a translation for each of the original, at least and at most."""
_BEGINS, _SPEAKS, _KIND = 3.0, 4.0, 5.0
"""What it costs when only one side begins a turn, when another speaker speaks, when only one is a stage direction."""
_NEVER = 60.0
"""What cannot be: a heading that is a paragraph."""
_WEIGHT = 1.6
"""Of what is shared, against lengths."""
_REACH = 14
"""Paragraphs on either side of where an alignment is expected that are looked at, and half of what nothing pins."""
_CELLS = 200_000
"""Pairs of places that are looked at, about; of two long texts that share nothing, only those near the diagonal."""
SURE = 0.9
"""Confidence from which on a bead can be believed; the second time learns from those."""
_LEAST = 0.3
"""Confidence below which two paragraphs have nothing to do with each other."""
_EPSILON = 1e-9
_ENOUGH = 8
"""Pairs from which something can be learnt."""
_TELLING, _STRANGE = 80.0, 0.5
"""Characters of a paragraph that shares something with its translation; what share of the usual is too little."""
_LIMITS = ((3.0, 0.5), (2.0, 0.85))
"""How sure a bead can be at most whose lengths differ by more than so many standard deviations."""


MOST = 10_000
"""Paragraphs without ids on one side; far more than a sitting has."""


def aligned(ours: Sequence[Unit], theirs: Sequence[Unit]) -> list[Bead]:
    """All beads, those with nothing on one side too, in the order of the originals and then of the translations.

    The time and the memory grow with the length: 3 ms and 100 kB a paragraph. Of more than :data:`MOST` in a row that
    have no ids nothing is aligned.
    """
    known = dict(_by_id(ours, theirs))
    found = [Bead((a,), (b,), by_id=True) for a, b in known.items()]
    for a, b in _between(known, len(ours), len(theirs)):
        found += _in_gap(ours, theirs, a, b)
    return sorted(found, key=lambda bead: (bead.ours or (len(ours),), bead.theirs))


def _by_id(ours: Sequence[Unit], theirs: Sequence[Unit]) -> Iterator[tuple[int, int]]:
    places = {unit.id: index for index, unit in enumerate(theirs) if unit.id}
    for index, unit in enumerate(ours):
        if unit.id in places:
            yield index, places.pop(unit.id)


def _between(known: Mapping[int, int], ours: int, theirs: int) -> Iterator[tuple[list[int], list[int]]]:
    """What has no pair, by the pairs that it stands between; pairs that were moved divide nothing."""
    taken = set(known.values())
    begin = (0, 0)
    in_order = likeness.rising((a, b, 1.0) for a, b in sorted(known.items()))
    for a, b in (*in_order, (ours, theirs)):
        left = [index for index in range(begin[0], a) if index not in known]
        right = [index for index in range(begin[1], b) if index not in taken]
        if left or right:
            yield left, right
        begin = (a + 1, b + 1)


def _in_gap(ours: Sequence[Unit], theirs: Sequence[Unit], a: Sequence[int], b: Sequence[int]) -> Iterator[Bead]:
    left, right = [ours[index] for index in a], [theirs[index] for index in b]
    if not left or not right or max(len(left), len(right)) > MOST:
        yield from (Bead((index,), ()) for index in a)
        yield from (Bead((), (index,)) for index in b)
        return
    beads = _Lattice(left, right, _Lesson()).beads()
    beads = _Lattice(left, right, _learnt(left, right, beads)).beads()
    for bead in beads:
        if bead.confidence < _LEAST:
            yield from (Bead((a[index],), ()) for index in bead.ours)
            yield from (Bead((), (b[index],)) for index in bead.theirs)
            continue
        yield Bead(tuple(a[index] for index in bead.ours), tuple(b[index] for index in bead.theirs), bead.confidence)


# --- What two texts teach ---------------------------------------------------------------------------------------------


class _Lesson(msgspec.Struct, frozen=True):
    """What is known of two texts before they are aligned."""

    ratio: float = 0.0
    """Characters of the translation for each of the original; 0: as the whole texts have it."""
    variance: float = _VARIANCE
    speakers: dict[str, str] = {}
    """Theirs for each of ours."""
    words: dict[tuple[str, str], float] = {}
    """How surely a word of ours goes with one of theirs, 0–1."""


def _learnt(ours: Sequence[Unit], theirs: Sequence[Unit], beads: Sequence[Bead]) -> _Lesson:
    sure = [
        (ours[bead.ours[0]], theirs[bead.theirs[0]])
        for bead in beads
        if bead.confidence >= SURE and len(bead.ours) == len(bead.theirs) == 1
    ]
    lengths = [(likeness.length(a.text), likeness.length(b.text)) for a, b in sure]
    total = sum(a for a, _ in lengths)
    if len(sure) < _ENOUGH or not total:
        return _Lesson()
    ratio = sum(b for _, b in lengths) / total
    squares = sorted((b - ratio * a) ** 2 / max(1.0, a) for a, b in lengths)
    spread = sum(squares[: max(1, len(squares) * 19 // 20)]) / max(1, len(squares) * 19 // 20)
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for a, b in sure:
        if a.speaker and b.speaker:
            votes[a.speaker][b.speaker] += 1
    speakers = {who: of.most_common(1)[0][0] for who, of in votes.items() if of.most_common(1)[0][1] * 2 > of.total()}
    return _Lesson(
        ratio, min(_VARIANCE, max(1.0, 1.5 * spread)), speakers, likeness.lexicon([(a.text, b.text) for a, b in sure])
    )


# --- All alignments ---------------------------------------------------------------------------------------------------


class _Lattice:
    """Costs of beads between two texts, the cheapest alignment, and how likely each of its beads is."""

    def __init__(self, ours: Sequence[Unit], theirs: Sequence[Unit], lesson: _Lesson) -> None:
        self._ours, self._theirs, self._lesson = ours, theirs, lesson
        self._reached = [
            list(accumulate((likeness.length(one.text) for one in side), initial=0.0)) for side in (ours, theirs)
        ]
        totals = [max(1.0, reached[-1]) for reached in self._reached]
        self._ratio = min(_RATIOS[1], max(_RATIOS[0], lesson.ratio or totals[1] / totals[0]))
        keys = [[likeness.keys(one.text, one.code) for one in side] for side in (ours, theirs)]
        self._shared = Shared(keys[0], keys[1], lesson.words)
        self._rows = self._band()

    # -- where to look -------------------------------------------------------------------------------------------------

    def _band(self) -> list[range]:
        """For each number of our paragraphs, the numbers of theirs that an alignment may have reached."""
        n, m = len(self._ours), len(self._theirs)
        pins = [(0, 0), *((a + 1, b + 1) for a, b in self._shared.chain()), (n, m)]
        rows: list[range] = []
        for (a, b), (c, d) in zip(pins, [*pins[1:], pins[-1]], strict=True):
            reach = min(_REACH + max(c - a, d - b) // 2, max(_REACH, _CELLS // (2 * n)))
            for row in range(len(rows), c + 1 if (c, d) == (n, m) else c):
                centre = b + (row - a) * (d - b) // max(1, c - a)
                start = min(max(0, centre - reach), rows[-1].stop - 1 if rows else 0)  # no row is out of reach
                rows.append(range(start, min(m, centre + reach) + 1))
        rows[n] = range(rows[n].start, m + 1)
        return rows

    # -- what a bead costs ---------------------------------------------------------------------------------------------

    def _cost(self, i: int, j: int, size: tuple[int, int]) -> float:
        """Of the bead of some paragraphs from ``i`` and ``j`` on."""
        a, b = size
        cost = _PRIORS[size]
        if not a or not b:
            return cost
        first, other = self._ours[i], self._theirs[j]
        if a + b > 2 and self._crosses(i, j, size):  # noqa: PLR2004  # one of each crosses nothing
            return _NEVER
        if first.kind != other.kind:
            cost += _NEVER if "heading" in (first.kind, other.kind) else _KIND
        else:
            cost += _BEGINS * (first.opens != other.opens)
            cost += _SPEAKS * (self._lesson.speakers.get(first.speaker, other.speaker) != other.speaker)
        return cost + self._length_cost(i, j, size) - _WEIGHT * self._shared.of(i, j, size)

    def _crosses(self, i: int, j: int, size: tuple[int, int]) -> bool:
        """Whether it joins what belongs to two turns, or headings."""
        sides = ((self._ours, i, size[0]), (self._theirs, j, size[1]))
        return any(
            units[at].turn != units[at + count - 1].turn or (count > 1 and units[at].kind == "heading")
            for units, at, count in sides
        )

    def deviation(self, i: int, j: int, size: tuple[int, int]) -> float:
        """By how many standard deviations the lengths differ."""
        ours, theirs = self._reached
        a, b = ours[i + size[0]] - ours[i], theirs[j + size[1]] - theirs[j]
        mean = (a + b / self._ratio) / 2
        return abs(b - a * self._ratio) / math.sqrt(self._lesson.variance * max(1.0, mean))

    def _length_cost(self, i: int, j: int, size: tuple[int, int]) -> float:
        return -math.log(max(_EPSILON, math.erfc(self.deviation(i, j, size) / math.sqrt(2))))

    # -- the sums ------------------------------------------------------------------------------------------------------

    def beads(self) -> list[Bead]:
        """The cheapest alignment."""
        n, m = len(self._ours), len(self._theirs)
        best, ways, forward = self._forward()
        backward = self._backward(ways)
        path = []
        i, j = n, m
        while i or j:
            a, b, cost = best[i, j]
            i, j = i - a, j - b
            likely = math.exp(min(0.0, forward[n, m] - forward[i, j] - cost - backward[i + a, j + b]))
            path.append((i, j, (a, b), likely))
        usual = self._usual([(i, j) for i, j, size, _ in path if size == (1, 1)])
        return [
            Bead(
                tuple(range(i, i + size[0])),
                tuple(range(j, j + size[1])),
                min(likely, self._ceiling(i, j, size, usual)),
            )
            for i, j, size, likely in reversed(path)
        ]

    def _forward(
        self,
    ) -> tuple[
        dict[tuple[int, int], tuple[int, int, float]],
        dict[tuple[int, int], list[tuple[int, int, float]]],
        dict[tuple[int, int], float],
    ]:
        """Of every cell the last bead of the cheapest way there, all beads to it, and the sum of all ways as a cost."""
        least: dict[tuple[int, int], float] = {(0, 0): 0.0}
        total: dict[tuple[int, int], float] = {(0, 0): 0.0}
        best: dict[tuple[int, int], tuple[int, int, float]] = {}
        ways: dict[tuple[int, int], list[tuple[int, int, float]]] = {}
        for i, row in enumerate(self._rows):
            for j in row:
                steps = [(a, b, self._cost(i - a, j - b, (a, b))) for a, b in _PRIORS if (i - a, j - b) in total]
                if not steps:
                    continue
                ways[i, j] = steps
                best[i, j] = min(steps, key=lambda step: least[i - step[0], j - step[1]] + step[2])
                a, b, cost = best[i, j]
                least[i, j] = least[i - a, j - b] + cost
                total[i, j] = _summed([total[i - a, j - b] + cost for a, b, cost in steps])
        return best, ways, total

    def _backward(self, ways: Mapping[tuple[int, int], list[tuple[int, int, float]]]) -> dict[tuple[int, int], float]:
        """The sum of all ways from a cell to the end, as a cost."""
        terms: dict[tuple[int, int], list[float]] = defaultdict(list)
        total: dict[tuple[int, int], float] = {}
        terms[len(self._ours), len(self._theirs)] = [0.0]
        for cell in reversed([(0, 0), *ways]):
            if cell in terms:
                here = total[cell] = _summed(terms[cell])
                for a, b, cost in ways.get(cell, ()):
                    terms[cell[0] - a, cell[1] - b].append(here + cost)
        return total

    def _long(self, i: int) -> float:
        """The length of a paragraph of ours; 0 when it is so short that nothing has to be shared."""
        length = self._reached[0][i + 1] - self._reached[0][i]
        return length if length >= _TELLING else 0.0

    def _usual(self, pairs: Sequence[tuple[int, int]]) -> float:
        """What nine of ten pairs of longer paragraphs share at least, for each character."""
        shares = [self._shared.of(i, j, (1, 1)) / self._long(i) for i, j in pairs if self._long(i)]
        return quantiles(shares, n=10)[0] if len(shares) >= _ENOUGH else 0.0

    def _ceiling(self, i: int, j: int, size: tuple[int, int], usual: float) -> float:
        """How sure a bead can be at most, by itself."""
        if 0 in size:
            return 1.0
        if self._shared.of(i, j, size) < _STRANGE * usual * self._long(i):
            return 0.7
        apart = self.deviation(i, j, size)
        most = next((limit for beyond, limit in _LIMITS if apart > beyond), 1.0)
        if self._ours[i].kind != self._theirs[j].kind or self._ours[i].opens != self._theirs[j].opens:
            most = min(most, 0.6)
        return min(most, self._shared.agreement(i, j, size))


def _summed(costs: Sequence[float]) -> float:
    """Of several ways, the cost of any of them: minus the logarithm of the sum of their probabilities."""
    least = min(costs)
    return least - math.log(sum(math.exp(least - cost) for cost in costs))
