"""Editions of which too little is translated to be published: ``least`` in ``[editions.<language>]``.

How much is translated is told by the transcript and the catalogue together, and so before any edition is made: no page
may lead to one that is not there. What was measured is kept, and measured again when something has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from publish import catalog
from publish.diagnostics import Diagnostic, Place, PublishError, unheard
from publish.interface import interface
from publish.model import Coverage
from publish.task import Task, understood

_FILE = "coverage.json"


class Measure(msgspec.Struct, frozen=True):
    """How far an edition is."""

    digest: str
    """Of what it was measured on."""
    coverage: Coverage
    line: int
    """Of the first message in its catalogue that is not translated; 0: of none."""


class Gate:
    """Asks of each edition whether it is complete enough, and remembers."""

    def __init__(self, folder: Path) -> None:
        """Read what is kept in a folder; what cannot be read is measured again."""
        self._path = folder / _FILE
        self._known: dict[str, Measure] = {}
        self._changed = False
        self.coverages: dict[tuple[str, str], Coverage] = {}
        """By briefing and language, how far those are that are not published."""
        try:
            self._known = msgspec.json.decode(self._path.read_bytes(), type=dict[str, Measure])
        except (OSError, msgspec.DecodeError):
            return

    def withheld(self, one: Task, digest: str, read: Callable[[Task], Task | None]) -> Diagnostic | None:
        """Why an edition is not published; None when it is, or when its own turn will tell what is wrong with it.

        ``digest`` is that of all the task is made of; ``read`` gives the task with the texts of its sources.
        """
        found = self._known.get(one.key)
        if found is None or found.digest != digest:
            loaded = read(one)
            found = _measured(loaded, digest) if loaded else None
            if found is None:
                return None
            self._known[one.key] = found
            self._changed = True
        least, coverage = one.settings.edition(one.language).least, found.coverage
        if coverage.translated >= least * coverage.total:
            return None
        self.coverages[one.name, one.language] = coverage
        return _finding(one, found, least)

    def save(self) -> None:
        """Write down what was measured. Where that is refused, it is measured again."""
        if self._changed:
            try:
                self._path.write_bytes(msgspec.json.encode(dict(sorted(self._known.items()))))
            except OSError:
                return


def _measured(one: Task, digest: str) -> Measure | None:
    try:
        briefing, _ = understood(one, unheard)
        files = [catalog.parse(file.file, file.text, tag, unheard) for tag, file in one.catalogs.items()]
    except PublishError:
        return None
    made = catalog.edition(briefing, one.language, files, (), one.settings, interface(one.language), unheard)
    missing = (entry.line for entry in files[0].entries.values() if not entry.translated) if files else ()
    return Measure(digest, made.coverage, min(missing, default=0))


def _finding(one: Task, found: Measure, least: float) -> Diagnostic:
    coverage = found.coverage
    share = int(1000 * coverage.translated / max(1, coverage.total)) / 10
    what = f"{share:g} % of the messages are translated into {one.language}, and {least * 100:g} % is the least"
    left = f"{coverage.total - coverage.translated:,} are missing ({coverage.missing:,} words)"
    file = next(iter(one.catalogs.values())).file if one.catalogs else ""
    return Diagnostic("C040", f"{what}, so the edition is not published; {left}, from here on", Place(file, found.line))
