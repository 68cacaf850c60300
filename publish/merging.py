"""Two versions of a catalogue made one, by three-way rules; what conflicts is shown, and chosen by a person.

What one side alone changed is taken. Where both did, and not alike, the message keeps our words, becomes fuzzy, and a
translator's comment beside it has the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from publish.diagnostics import Diagnostic, Place, Report
from publish.po import Entry

OTHER = " Conflict: the other translation is "
"""What such a comment begins with, after ``#``."""
PASSED = " The other translation, which was in doubt, is "
"""The same, of what was not taken."""
_MARKER = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?:\s.*)?$")
_Key = tuple[str | None, str]


class Sides(msgspec.Struct, frozen=True):
    """What git left of two versions that it could not merge."""

    ours: str
    base: str | None
    """The version that both come from; None when git did not write it down."""
    theirs: str


def sides(text: str) -> Sides | None:
    """The versions in a text with conflict markers; None when there are none, or they are in no order."""
    parts: dict[str, list[str]] = {"<": [], "|": [], "=": []}
    where, based, found = "", False, False
    for line in text.split("\n"):
        marker = _MARKER.fullmatch(line.rstrip("\r"))
        if marker is None:
            for side in parts if not where else (where,):
                parts[side].append(line)
            continue
        found = True
        sign = marker[1][0]
        if sign not in {"": "<", "<": "|=", "|": "=", "=": ">"}[where]:
            return None
        based = based or sign == "|"
        where = "" if sign == ">" else sign
    if not found or where:
        return None
    ours, base, theirs = ("\n".join(lines) for lines in parts.values())
    return Sides(ours, base if based else None, theirs)


def joined(
    ours: Sequence[Entry], theirs: Sequence[Entry], base: Sequence[Entry] | None, file: str, report: Report
) -> list[Entry]:
    """One catalogue of two; ``report`` hears of each conflict in ``file``."""
    other, before = _keyed(theirs), _keyed(base or ())
    made = []
    for entry in ours:
        if entry.obsolete:
            made.append(entry)
            continue
        match = other.pop(_key(entry), None)
        was = before.get(_key(entry))
        if match is None:
            made.append(entry)
        elif entry.key == (None, ""):
            made.append(_newer(entry, match))
        else:
            made.append(_one(entry, match, was, Place(file), report))
    return [*made, *other.values(), *_gone(ours, theirs)]


def _gone(ours: Sequence[Entry], theirs: Sequence[Entry]) -> Iterator[Entry]:
    """What is obsolete on their side, and does not stand with us in the same words."""
    there = {(entry.key, entry.strings) for entry in ours}
    for entry in theirs:
        if entry.obsolete and (entry.key, entry.strings) not in there:
            there.add((entry.key, entry.strings))
            yield entry


def _key(entry: Entry) -> _Key:
    """By its context, when it has one: the words may have been edited on one side."""
    return (entry.context, "") if entry.context is not None else entry.key


def _keyed(entries: Iterable[Entry]) -> dict[_Key, Entry]:
    return {_key(entry): entry for entry in entries if not entry.obsolete}


def _one(ours: Entry, theirs: Entry, base: Entry | None, place: Place, report: Report) -> Entry:
    chosen = _chosen(ours, theirs, base)
    both = tuple(dict.fromkeys((*ours.comments, *theirs.comments)))
    if chosen is not None:
        passed = theirs if chosen is ours else ours
        return msgspec.structs.replace(chosen, comments=(*both, *_passed(passed, chosen, base, both)))
    report(Diagnostic("C004", _conflict(ours, theirs), place))
    said = (f"{OTHER}{' '.join(text.split())}" for text in theirs.strings)
    flags = tuple(dict.fromkeys(("fuzzy", *ours.flags)))
    return msgspec.structs.replace(ours, comments=tuple(dict.fromkeys((*both, *said))), flags=flags)


def _passed(passed: Entry, chosen: Entry, base: Entry | None, comments: Sequence[str]) -> Iterator[str]:
    """What a side wrote that is not taken, since it was in doubt and the other is final."""
    if base is None or passed.strings in (base.strings, chosen.strings) or not any(passed.strings):
        return
    for text in passed.strings:
        if (line := f"{PASSED}{' '.join(text.split())}") not in comments:
            yield line


def _chosen(ours: Entry, theirs: Entry, base: Entry | None) -> Entry | None:
    """The one that is right without a doubt."""
    mine, other = _said(ours), _said(theirs)
    if mine == other or not any(ours.strings + theirs.strings):
        return ours
    if base is not None and _said(base) in (mine, other):
        return theirs if _said(base) == mine else ours
    if not any(theirs.strings) or not any(ours.strings):
        return ours if any(ours.strings) else theirs
    if ours.fuzzy != theirs.fuzzy and not any(line.startswith(OTHER) for line in ours.comments + theirs.comments):
        return theirs if ours.fuzzy else ours
    return None


def _said(entry: Entry) -> tuple[str, tuple[str, ...], bool]:
    return entry.id, entry.strings, entry.fuzzy


def _newer(ours: Entry, theirs: Entry) -> Entry:
    """The header of the side that was changed last; a date that cannot be read is the oldest."""

    def revised(entry: Entry) -> str:
        found = re.search(r"PO-Revision-Date: (\d{4}-\d\d-\d\d.*)", entry.strings[0])
        return found[1] if found else ""

    return theirs if revised(theirs) > revised(ours) else ours


def _conflict(ours: Entry, theirs: Entry) -> str:
    shown = " ".join(" ".join(theirs.strings).split())
    return (
        f"two translations of {ours.context or ours.id!r} conflict; the comment beside it in the catalogue has the "
        f"other one, {shown[:60]!r}: choose, and take the mark fuzzy away"
    )
