"""What a text and its translation share: numbers, names, addresses, code, words of one origin; and their lengths."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

_WIDE = 2.9
"""Letters of an alphabet that a Chinese or Japanese sign stands for."""
_WIDE_SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]{}\"'，。、）]+")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d{3})*")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_STEM = 5
"""Letters by which a word is known to be of the same origin as another."""
_LEAST = 4
"""Letters of such a word."""
_WEIGHTS = {"~": 0.5, "@": 3.0}
"""Of a word of the same origin and of an address, against a number or a name."""
_LEARNT = 0.8
"""Of words that were learnt to go together."""
_PINNED = 1.0
"""Of what is shared by two paragraphs, from which on they pin the alignment about there."""
_Run = tuple[tuple[int, int], "_Run"] | None
"""Pairs in order, the last one first."""


def length(text: str) -> float:
    """Characters, each as many as it would be in an alphabet."""
    return len(text) + (_WIDE - 1) * len(_WIDE_SIGN.findall(text))


@lru_cache(65536)
def _bare(word: str) -> str:
    """Small letters without accents."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def numbers(text: str) -> Counter[str]:
    """The numbers in a text, in European digits and without marks between thousands."""
    found = (re.sub(r"\D", "", match) for match in _NUMBER.findall(_ADDRESS.sub(" ", text)))
    return Counter(str(int(number)) for number in found if len(number) < 40)  # noqa: PLR2004  # longer ones are data


def keys(text: str, code: Sequence[str]) -> frozenset[str]:
    """What may stand in a translation as well, each with a sign for what it is.

    ``#`` a number, ``@`` an address, a backquote code, ``~`` the beginning of a word; a name has none.
    """
    addresses = [address.rstrip(".,;:!?") for address in _ADDRESS.findall(text)]
    rest = _ADDRESS.sub(" ", text)
    words = _WORD.findall(rest)
    names = (_bare(word) for word in words if word[0].isupper() and len(word) > 1)
    stems = (f"~{_bare(word)[:_STEM]}" for word in words if len(word) >= _LEAST)
    return frozenset(
        (
            *(f"#{one}" for one in numbers(rest)),
            *(f"@{one}" for one in addresses),
            *(f"`{one}" for one in code),
            *names,
            *stems,
        )
    )


class Shared:
    """What the paragraphs of two texts share, each key the more the rarer it is."""

    def __init__(
        self, ours: Sequence[frozenset[str]], theirs: Sequence[frozenset[str]], words: Mapping[tuple[str, str], float]
    ) -> None:
        """``words`` says which words of the two texts go together."""
        self._keys = (ours, theirs)
        self._scores: dict[tuple[int, int], float] = defaultdict(float)
        left, right = _places(ours), _places(theirs)
        for key, places in left.items():
            self._add(places, right.get(key, ()), _WEIGHTS.get(key[0], 1.0))
        for (one, other), sure in words.items():
            self._add(left.get(one, ()), right.get(other, ()), _LEARNT * sure)

    def _add(self, left: Sequence[int], right: Sequence[int], weight: float) -> None:
        """A key that stands in some paragraphs of both; one that stands in most tells nothing."""
        if not left or not right or len(left) * len(right) > _COMMON:
            return
        each = weight / (len(left) * len(right)) ** 0.5
        for a in left:
            for b in right:
                self._scores[a, b] += each

    def of(self, i: int, j: int, size: tuple[int, int]) -> float:
        """What is shared by some paragraphs from ``i`` and ``j`` on."""
        get = self._scores.get
        if size == (1, 1):
            return get((i, j), 0.0)
        if size == (2, 2):  # what the text is about stands in both anyway
            return get((i, j), 0.0) + get((i + 1, j + 1), 0.0) + max(get((i, j + 1), 0.0), get((i + 1, j), 0.0)) / 2
        return sum(get((a, b), 0.0) for a in range(i, i + size[0]) for b in range(j, j + size[1]))

    def agreement(self, i: int, j: int, size: tuple[int, int]) -> float:
        """How sure a bead can be by its numbers: less, when one side has some that the other has not."""
        sides = (
            {key for index in range(at, at + count) for key in keys[index] if key[0] == "#"}
            for keys, at, count in zip(self._keys, (i, j), size, strict=True)
        )
        ours, theirs = sides
        if not ours or not theirs:
            return 1.0
        return 1.0 if len(ours & theirs) * 2 >= max(len(ours), len(theirs)) else 0.7

    def chain(self) -> list[tuple[int, int]]:
        """Pairs that share much and are one another's best, in the same order on both sides."""
        best: tuple[dict[int, tuple[float, int]], dict[int, tuple[float, int]]] = ({}, {})
        for (a, b), score in self._scores.items():
            best[0][a] = max(best[0].get(a, (0.0, 0)), (score, -b))
            best[1][b] = max(best[1].get(b, (0.0, 0)), (score, -a))
        mutual = [
            (a, -b, score) for a, (score, b) in sorted(best[0].items()) if score >= _PINNED and best[1][-b][1] == -a
        ]
        return rising(mutual)


_COMMON = 2_500
"""Pairs of paragraphs that share a key, from which on it tells nothing."""


def _places(keys: Sequence[frozenset[str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for index, of in enumerate(keys):
        for key in sorted(of):
            found[key].append(index)
    return dict(sorted(found.items()))


def rising(pairs: Iterable[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """The pairs with the largest sum of scores whose second numbers rise, as the first ones do; a score is above 0."""
    ends: list[int] = []
    best: list[tuple[float, _Run]] = []
    """Of what ends so: its sum and itself; with a larger end the sum is larger."""
    for a, b, score in pairs:
        at = bisect_left(ends, b)
        total, before = best[at - 1] if at else (0.0, None)
        total += score
        beyond = at
        while beyond < len(ends) and best[beyond][0] <= total:
            beyond += 1
        if at == len(ends) or ends[at] != b or beyond > at:
            ends[at:beyond], best[at:beyond] = [b], [(total, ((a, b), before))]
    found = []
    run = best[-1][1] if best else None
    while run:
        pair, run = run
        found.append(pair)
    return found[::-1]


# --- Words that go together -------------------------------------------------------------------------------------------


def lexicon(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Keys that stand together in pairs of paragraphs more often than by chance, with their Dice coefficients."""
    sides = [(keys(one, ()), keys(other, ())) for one, other in pairs]
    counts = (Counter(key for one, _ in sides for key in one), Counter(key for _, other in sides for key in other))
    together: Counter[tuple[str, str]] = Counter()
    for one, other in sides:
        rare = [
            sorted(key for key in side if count[key] <= _FREQUENT)
            for side, count in zip((one, other), counts, strict=True)
        ]
        together.update((a, b) for a in rare[0] for b in rare[1] if a != b)
    found = {}
    for (a, b), count in sorted(together.items()):
        dice = 2 * count / (counts[0][a] + counts[1][b])
        if count > 1 and dice >= _TOGETHER:
            found[a, b] = dice
    return found


_FREQUENT = 30
_TOGETHER = 0.7
