"""Translation memory: what is translated anywhere in the series, to be offered for the same or similar words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from publish.po import Entry

LEAST = 40
"""Characters of a text that is looked up by likeness: shorter ones are like many others."""
ALIKE = 75
"""Per cent of likeness that a suggestion has at least."""
_RARE = 12
"""Pairs of letters by which a text is looked up: its rarest."""
_CANDIDATES = 20
"""Texts that are compared with it."""


class Found(msgspec.Struct, frozen=True):
    """A translation that is known."""

    context: str
    """Of the message that it is the translation of: ``<briefing>/<paragraph id>``."""
    id: str
    strings: tuple[str, ...]
    likeness: int = 100
    """In per cent."""
    flags: tuple[str, ...] = ()
    """That the message has tags."""


class Memory:
    """All final translations into one language."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take the entries of all catalogues; of equal messages the first one is kept."""
        self._known: dict[str, Found] = {}
        for entry in entries:
            if entry.translated and entry.context and entry.plural is None:
                self._known.setdefault(entry.id, Found(entry.context, entry.id, entry.strings, flags=entry.flags))
        self._index: dict[str, list[int]] | None = None
        self._texts: list[str] = []

    def __len__(self) -> int:
        """How many different messages it knows."""
        return len(self._known)

    def __iter__(self) -> Iterator[Found]:
        """All that it knows."""
        return iter(self._known.values())

    def same(self, text: str) -> Found | None:
        """A translation of exactly this text."""
        return self._known.get(text)

    def similar(self, text: str) -> Found | None:
        """A translation of the text that is most like this one; None when none is like it, or it is too short."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415  # only suggestions need it

        if len(text) < LEAST:
            return None
        candidates = [self._texts[index] for index in self._candidates(text)]
        best = process.extractOne(text, candidates, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return msgspec.structs.replace(self._known[best[0]], likeness=int(best[1])) if best else None

    def _candidates(self, text: str) -> list[int]:
        """The texts that share most of its rarest pairs of letters."""
        index = self._indexed()
        rare = sorted(_pairs(text), key=lambda pair: (len(index.get(pair, ())), pair))[:_RARE]
        votes: dict[int, int] = defaultdict(int)
        for pair in rare:
            for place in index.get(pair, ()):
                votes[place] += 1
        return sorted(votes, key=lambda place: (-votes[place], place))[:_CANDIDATES]

    def _indexed(self) -> dict[str, list[int]]:
        if self._index is None:
            self._index = defaultdict(list)
            self._texts = [text for text in self._known if len(text) >= LEAST]
            for place, text in enumerate(self._texts):
                for pair in _pairs(text):
                    self._index[pair].append(place)
        return self._index


def _pairs(text: str) -> set[str]:
    folded = text.casefold()
    return {folded[place : place + 2] for place in range(len(folded) - 1)}
