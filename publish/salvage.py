"""What can surely be read of a damaged PO file: for builds, which only read it.

A message that cannot be read is passed over, with line and column of what is wrong with it, and all others are used: an
empty line ends every message, so a fault does not reach over it. What writes catalogues reads them strictly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import c2py

from publish import po
from publish.diagnostics import Diagnostic, InputError, Place, Report, refuse
from publish.inlines import LONGEST
from publish.po import Entry, File

_MARKER = re.compile(r"^(<{7}|>{7})(?=\s|$)", re.MULTILINE)
_CHARSET = re.compile(r"charset=([^\s;]*)", re.IGNORECASE)
_PLURAL = re.compile(r"^Plural-Forms:(.*)$", re.MULTILINE)
_COUNTED = range(0, 1000, 7)
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


def salvaged(data: bytes | str, file: str, report: Report) -> File:
    """Read a file as far as it can be read; ``report`` hears of the rest.

    Raises:
        InputError: Nothing of it can be read, with line and column of the first fault.
    """
    tolerated: list[Diagnostic] = []
    found = _Salvage(file, po.decoded(data, file, tolerated.append))
    entries = found.entries()
    for fault in _told(found.faults):
        if not any(entry.id for entry in entries):
            refuse("C001", fault.message, fault.place)
        tolerated.append(fault)
    for finding in (*tolerated, *(_of_header(entries, file) if not found.faults else ())):
        report(finding)
    return File(tuple(entries))


class _Salvage:
    """Reads block by block, and begins anew after a fault."""

    def __init__(self, file: str, text: str) -> None:
        self._file, self._text = file, text
        self._doubled: list[tuple[Entry, int]] = []
        self._parser = po.Parser(file, self._doubled)
        self.faults: list[Diagnostic] = []

    def entries(self) -> list[Entry]:
        """Those whose meaning is sure."""
        conflicts = list(_conflicts(self._text)) if _MARKER.search(self._text) else []
        for first, _ in conflicts:
            what = "this is a conflict that git left; `publish catalog update` joins both sides"
            self.faults.append(Diagnostic("C001", f"column 1: {what}", Place(self._file, first)))
        for number, block in po.blocks(self._text):
            last = number + block.count("\n")
            if any(first <= last and number <= end for first, end in conflicts):
                self._parser.back(len(self._parser.entries))
            else:
                self._block(number, block)
        count = len(self._parser.entries)
        try:
            self._parser.finish()
        except InputError as error:
            self.faults.append(error.diagnostic)
            self._parser.back(count)
        return list(self._sure())

    def _block(self, number: int, block: str) -> None:
        """Take a block. A fault in it may be that the one before has not ended; then it is taken alone."""
        count, begun = len(self._parser.entries), self._parser.begun
        try:
            po.refuse_signs(block, self._file, number)
            self._parser.block(number, block)
        except InputError as error:
            self.faults.append(error.diagnostic)
            self._parser.back(count)
            if begun:
                self._block(number, block)

    def _sure(self) -> Iterator[Entry]:
        """Without messages that stand there twice and differ, and those that are no paragraph any more."""
        differing = set()
        by_line = {entry.line: entry for entry in self._parser.entries} if self._doubled else {}
        for again, first in self._doubled:
            one = by_line.get(first, again)
            if (one.strings, one.fuzzy) != (again.strings, again.fuzzy):
                differing.add(again.key)
            self.faults.append(Diagnostic("C001", po.doubled(first), Place(self._file, again.line)))
        seen = set()
        for entry in self._parser.entries:
            if any(len(text) > LONGEST for text in (entry.id, *entry.strings)):
                what = f"column 1: a text of this message has more than {LONGEST:,} characters; shorten it"
                self.faults.append(Diagnostic("C001", what, Place(self._file, entry.line)))
            elif entry.plural is not None and not entry.obsolete:
                what = "column 1: this message has plural forms, which no paragraph has; keep one msgstr without [0]"
                self.faults.append(Diagnostic("C001", what, Place(self._file, entry.line)))
            elif entry.obsolete or (entry.key not in seen and entry.key not in differing):
                seen.add(entry.key)
                yield entry


def _conflicts(text: str) -> Iterator[tuple[int, int]]:
    """First and last line of what stands between the markers of a conflict; one without an end goes to the last."""
    begun = 0
    for found in _MARKER.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if found[1] == "<<<<<<<":
            begun = begun or line
        elif begun:
            yield begun, line
            begun = 0
    if begun:
        yield begun, text.count("\n") + 1


def _told(faults: list[Diagnostic]) -> Iterator[Diagnostic]:
    """One finding for faults of one kind, at the first of them."""
    kinds: dict[str, list[Diagnostic]] = {}
    for fault in faults:
        kinds.setdefault(fault.message.partition(": ")[2], []).append(fault)
    for alike in kinds.values():
        others = "1 other" if len(alike) == 2 else f"{len(alike) - 1} others"  # noqa: PLR2004  # one, and one more
        more = f" and {others} like it are" if len(alike) > 1 else " is"
        yield Diagnostic("C006", f"{alike[0].message}; until then it{more} not used", alike[0].place)


def _of_header(entries: list[Entry], file: str) -> Iterator[Diagnostic]:
    """What is tolerated of the header."""
    header = next((entry for entry in entries if entry.key == (None, "") and not entry.obsolete), None)
    if header is None:
        what = "column 1: the header is missing, so nobody knows who translated and when"
        yield Diagnostic("C002", f"{what}; `publish catalog update` writes one", Place(file, 1))
        return
    rule = _PLURAL.search(header.strings[0])
    if rule is not None and not _countable(rule[1]):
        what = "column 1: the header's rule for plural forms cannot be computed; remove it, nothing needs it"
        yield Diagnostic("C002", what, Place(file, header.line))
    charset = _CHARSET.search(header.strings[0])
    if charset is not None and charset[1].casefold() not in _UTF8:
        what = f"column 1: the header says that this is {charset[1]!r}, and it was read as UTF-8"
        yield Diagnostic("C002", f"{what}; write `charset=UTF-8`", Place(file, header.line))


def _countable(rule: str) -> bool:
    """Whether a rule for plural forms gives a form for every number."""
    found = re.fullmatch(r"\s*nplurals\s*=\s*(\d{1,3})\s*;\s*plural\s*=\s*([^;]*);?\s*", rule)
    try:
        if found is None:
            return False
        chosen = c2py(found[2])
        return all(0 <= chosen(count) < int(found[1]) for count in _COUNTED)
    except (ValueError, ArithmeticError, RecursionError):
        return False
