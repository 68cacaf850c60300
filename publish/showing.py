"""The model of a workspace, to be looked at or read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from publish import document
from publish.config import Settings
from publish.diagnostics import Diagnostic, ExitCode, PublishError, Report, UsageError
from publish.model import Briefing, Series
from publish.pipeline import read_settings
from publish.task import understand
from publish.workspace import Entry, Workspace, entries, load, open_workspace, read_bytes, relative


def show(root: Path, names: Sequence[str], report: Report) -> tuple[bytes, ExitCode]:
    """A document of one briefing, when one is named; else of the series with those named, or all.

    A briefing that cannot be read is reported and left out; then the code is that of bad input.

    Raises:
        UsageError: There is no briefing of a name.
    """
    workspace = open_workspace(root)
    settings = read_settings(workspace)
    found = {entry.name: entry for entry in entries(workspace, report, settings.names())}
    if unknown := [name for name in names if name not in found]:
        message = f"there is no briefing {unknown[0]!r}; there are {', '.join(found)}"
        raise UsageError(Diagnostic("W012", message))
    wanted = [found[name] for name in names] if names else list(found.values())
    briefings = tuple(briefings_of(workspace, wanted, settings, report))
    code = ExitCode.DONE if len(briefings) == len(wanted) else ExitCode.INPUT
    if len(names) == 1 and briefings:
        return document.encode(briefings[0]), code
    series = Series(
        settings.title,
        briefings,
        settings.language,
        settings.languages,
        settings.publisher,
        settings.identifier,
        settings.summary,
    )
    return document.encode(series), code


def briefings_of(
    workspace: Workspace, wanted: Sequence[Entry], settings: Settings, report: Report
) -> Iterator[Briefing]:
    """Briefings with their ids; one that cannot be read is reported and passed over."""
    for entry in wanted:
        try:
            names = [relative(path, workspace) for path in entry.files]
            sources = tuple(load(read_bytes(path, name), name) for path, name in zip(entry.files, names, strict=True))
            anchors = workspace.anchors / f"{entry.name}.tsv"
            rows = read_bytes(anchors, relative(anchors, workspace)) if anchors.is_file() else b""
            yield understand(entry.name, sources, rows.decode("utf-8", "replace"), settings, report)[0]
        except PublishError as error:
            report(error.diagnostic)
