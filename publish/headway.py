"""How far every catalogue is: a table for whoever shares out the work, and the same as JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from publish import catalog, po
from publish.diagnostics import PublishError, Report
from publish.po import Entry
from publish.salvage import salvaged
from publish.workspace import Workspace, catalogs, open_workspace, read_bytes, relative


class Count(msgspec.Struct, frozen=True):
    """Messages, or words of them as the transcript has them, by how far they are."""

    done: int
    fuzzy: int
    missing: int


class Status(msgspec.Struct, frozen=True):
    """How far a catalogue is."""

    language: str
    briefing: str
    """Its name, or ``series``."""
    file: str
    paragraphs: Count
    words: Count
    translator: str
    """Who translated last, without an address; empty: nobody is named."""
    revised: str
    """When, in UTC; empty when that is not said."""
    stale: int | None
    """Messages that are new, gone or other words in the template; None: there is no template."""


def status(root: Path, report: Report, *, as_json: bool) -> Iterator[str]:
    """How far every catalogue is: a table, or JSON."""
    workspace = open_workspace(root)
    rows = []
    for language, files in sorted(catalogs(workspace).items()):
        for name, path in sorted(files.items()):
            try:
                rows.append(_status(language, name, path, workspace, report))
            except PublishError as error:
                report(error.diagnostic)
    if as_json:
        yield msgspec.json.format(msgspec.json.encode(rows), indent=1).decode()
    elif rows:
        yield from _table(rows)
    else:
        yield "There are no catalogues yet; `publish catalog update --language fr` begins them."


def _status(language: str, name: str, path: Path, workspace: Workspace, report: Report) -> Status:
    file = relative(path, workspace)
    found = salvaged(read_bytes(path, file), file, report)
    entries = [entry for entry in found.entries if entry.id and not entry.obsolete]
    about = catalog.about(found)
    return Status(
        language,
        name,
        file,
        _count((entry, 1) for entry in entries),
        _count((entry, len(entry.id.split())) for entry in entries),
        about.translator,
        about.revised,
        _stale(entries, workspace.locales / f"{name}.pot", workspace),
    )


def _count(weighed: Iterable[tuple[Entry, int]]) -> Count:
    done = fuzzy = missing = 0
    for entry, weight in weighed:
        if entry.translated:
            done += weight
        elif entry.fuzzy and entry.filled:
            fuzzy += weight
        else:
            missing += weight
    return Count(done, fuzzy, missing)


def _stale(entries: Sequence[Entry], template: Path, workspace: Workspace) -> int | None:
    """How many messages are new, gone or other words since the catalogue was brought up to date."""
    if not template.is_file():
        return None
    name = relative(template, workspace)
    wanted = {entry.context: entry.id for entry in po.parse(read_bytes(template, name), name).entries if entry.id}
    there = {entry.context: entry.id for entry in entries}
    return sum(wanted.get(context) != there.get(context) for context in wanted.keys() | there.keys())


# --- The table --------------------------------------------------------------------------------------------------------

_HEADS = ("language", "briefing", "done", "fuzzy", "missing", "words to do", "stale", "revised", "translator")
_WORDS = {"language", "briefing", "revised", "translator"}
"""Columns that begin at one edge; figures end at one."""


def _table(rows: Sequence[Status]) -> Iterator[str]:
    table = [_HEADS, *map(_cells, rows)]
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = (_padded(*cell) for cell in zip(cells, widths, _HEADS, strict=True))
        yield "  ".join(padded).rstrip()


def _cells(row: Status) -> tuple[str, ...]:
    count, words = row.paragraphs, row.words
    total = count.done + count.fuzzy + count.missing
    share = f"{100 * count.done // max(1, total)} %"
    stale = "" if row.stale is None else f"{row.stale:,}"
    numbers = (f"{count.fuzzy:,}", f"{count.missing:,}", f"{words.fuzzy + words.missing:,}", stale)
    return (row.language, row.briefing, share, *numbers, row.revised[:10], row.translator)


def _padded(text: str, width: int, head: str) -> str:
    space = " " * (width - _width(text))
    return text + space if head in _WORDS else space + text


def _width(text: str) -> int:
    """Columns of a terminal: a wide sign takes two."""
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)
