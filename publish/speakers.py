"""Who speaks: labels of the source folded into speakers, with kinds and roles only where they are certain."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from publish.config import Settings
from publish.diagnostics import Diagnostic, Place, Report
from publish.model import Kind, Participant, Role, Turn

_CERTAIN: dict[str, tuple[Kind, Role]] = {
    "q": ("unnamed", "journalist"),
    "question": ("unnamed", "journalist"),
    "问": ("unnamed", "journalist"),
    "問": ("unnamed", "journalist"),
    "提问": ("unnamed", "journalist"),
    "вопрос": ("unnamed", "journalist"),
    "pregunta": ("unnamed", "journalist"),
    "frage": ("unnamed", "journalist"),
    "سؤال": ("unnamed", "journalist"),
    "reporter": ("unnamed", "journalist"),
    "a reporter": ("unnamed", "journalist"),
    "moderator": ("unnamed", "moderator"),
    "operator": ("unnamed", "moderator"),
    "interpreter": ("unnamed", "interpreter"),
    "audience": ("unnamed", "audience"),
    "audience member": ("unnamed", "audience"),
    "participant": ("unnamed", ""),
    "speaker": ("unnamed", ""),
    "aide": ("unnamed", ""),
    "official": ("unnamed", ""),
    "staff": ("unnamed", ""),
}
"""Labels that name a part and no person, folded."""
_SEVERAL = re.compile(r"\b(official|officials|aide|staffer|reporter|participant|member)( (#|no\.? ?)?\d+)?$")
"""Labels that several persons may share: "senior administration official"."""
_FREQUENT = 3
"""Times that a label stands in a file before a rare one near to it looks like a slip."""
_COMPARED = 1000
"""Labels that are compared with one another, so that a file of nothing but names costs no hours."""
_NEAR = 2
"""Letters in which a slip differs from what was meant."""


_ALIKE = str.maketrans({".": " ", "’": "'", "ʼ": "'", "‘": "'"})


@lru_cache(4096)
def fold(label: str) -> str:
    """What two labels must share to be one speaker.

    Case, full stops, kinds of apostrophe and of white space do not matter.
    """
    return " ".join(unicodedata.normalize("NFKC", label).translate(_ALIKE).split()).casefold()


def slug(name: str) -> str:
    """A speaker's id: the folded label in ``[a-z0-9-]``, else a hash of it."""
    ascii_only = unicodedata.normalize("NFKD", fold(name)).encode("ascii", "ignore").decode()
    found = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:60].strip("-")
    return found or f"s-{hashlib.blake2b(fold(name).encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"


class Cast:
    """Collects the speakers of one briefing in the order in which they first speak."""

    def __init__(self, settings: Settings, report: Report) -> None:
        """Know the speakers of ``series.toml`` by their names and aliases."""
        self._settings = settings
        self._report = report
        self._known = {
            fold(label): key for key, of in settings.speakers.items() for label in (key, of.name, *of.aliases) if label
        }
        self._ids: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._people: dict[str, Participant] = {}
        self._labels: Counter[str] = Counter()
        self._first: dict[str, Place] = {}
        self._printed: dict[str, str] = {}

    def knows(self, label: str) -> bool:
        """Whether the label has been heard before, or stands in ``series.toml``."""
        return fold(label) in self._ids or fold(label) in self._known

    def speaker(self, label: str, place: Place) -> str:
        """The id of whoever the label names."""
        folded = fold(label)
        self._labels[folded] += 1
        self._first.setdefault(folded, place)
        self._printed.setdefault(folded, label)
        if folded not in self._ids:
            key = self._known.get(folded) or self._free(label)
            self._ids[folded] = key
            if key not in self._people:
                self._people[key] = self._participant(key, label)
        return self._ids[folded]

    def participants(self, turns: Iterable[Turn]) -> tuple[Participant, ...]:
        """Everyone who speaks in ``turns``, in the order of first appearance."""
        present = dict.fromkeys(turn.speaker for turn in turns if turn.speaker is not None)
        return tuple(self._people[speaker] for speaker in present)

    def _free(self, label: str) -> str:
        """The slug of a label; two labels that differ and fold to one slug get two."""
        key = base = slug(label)
        number = self._numbers.get(base, 2)
        while key in self._people:
            key = f"{base}-{number}"
            number += 1
        self._numbers[base] = number
        return key

    def _participant(self, key: str, label: str) -> Participant:
        of = self._settings.speakers.get(key)
        kind, role = certain(label)
        name = " ".join(label.split())
        if of is None:
            return Participant(key, name, kind, role)
        kind = (
            of.kind if of.name or of.kind != "person" else kind
        )  # "person" is what the table says when it says nothing
        return Participant(key, of.name or name, kind, of.role or role, of.title, of.affiliation, of.language)

    def report_slips(self) -> None:
        """Report labels that stand once or twice and are very near to one that stands often."""
        for label, meant in slips(self._labels).items():
            if label not in self._known:
                message = (
                    f"the name {self._printed[label]!r} stands {self._labels[label]}×, {self._printed[meant]!r} "
                    f"{self._labels[meant]}×; if that is meant, mend it or list it in `aliases` "
                    f"of [speakers.{self._ids[meant]}] in series.toml"
                )
                self._report(Diagnostic("R003", message, self._first[label]))


def slips(labels: Counter[str]) -> dict[str, str]:
    """Folded labels that look like slips, and what each was meant to be. ``labels`` counts those of one briefing."""
    often = [label for label, count in labels.most_common(_COMPARED) if count >= _FREQUENT]
    rare = [label for label, count in labels.items() if count < _FREQUENT and label not in _CERTAIN]
    near = ((label, next((other for other in often if _is_near(label, other)), None)) for label in rare[:_COMPARED])
    return {label: meant for label, meant in near if meant is not None}


def _is_near(one: str, other: str) -> bool:
    """Whether two labels differ in very few letters, and not in a number."""
    if min(len(one), len(other)) <= _NEAR + 1:
        return False
    return Levenshtein.distance(one, other, score_cutoff=_NEAR) <= _NEAR and _same_digits(one, other)


def _same_digits(one: str, other: str) -> bool:
    """Whether the numbers are equal, since the first official and the second are two speakers."""
    return re.sub(r"\D", "", one) == re.sub(r"\D", "", other)


def certain(label: str) -> tuple[Kind, Role]:
    """What a label alone says for sure."""
    folded = fold(label)
    if folded in _CERTAIN:
        return _CERTAIN[folded]
    return ("unnamed", "") if _SEVERAL.search(folded) else ("person", "")
