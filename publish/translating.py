"""Catalogues in the workspace: begun, brought up to date, counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from publish import catalog
from publish.diagnostics import ExitCode, PublishError, Report
from publish.languages import folder
from publish.output import write_text
from publish.pipeline import Options, build, catalogs, read_settings
from publish.workspace import Workspace, open_workspace, read_bytes, relative


class _Silent:
    """Progress that nobody watches: templates take no time."""

    def begin(self, total: int, tasks: int) -> None: ...

    def advance(self, amount: int, name: str, samples: int = 0) -> None: ...


def update(root: Path, languages: Sequence[str], report: Report) -> tuple[list[str], ExitCode]:
    """Bring the catalogues of some languages up to date; a line for each, in words.

    Templates and ids are made first, so that what translators get is what the next build looks for.
    """
    workspace = open_workspace(root)
    read_settings(workspace)
    summary = build(Options(root=root, outputs=root / "outputs", formats=("catalog",), jobs=1), _Silent())
    for finding in summary.findings:
        report(finding)
    code = summary.exit_code
    lines = []
    for language in languages:
        count = 0
        for template in sorted(workspace.locales.glob("*.pot")):
            try:
                count += _updated(workspace, template, language, report)
            except PublishError as error:
                report(error.diagnostic)
                code = max(code, error.exit_code)
        where = f"locales/{folder(language)}/LC_MESSAGES"
        lines.append(f"{language}: {count} catalogues written in {where}")
    return lines, code


def _updated(workspace: Workspace, template: Path, language: str, report: Report) -> bool:
    standing = catalogs(workspace).get(language, {}).get(template.stem)
    path = standing or workspace.locales / folder(language) / "LC_MESSAGES" / f"{template.stem}.po"
    name = relative(path, workspace)
    old = read_bytes(path, name).decode("utf-8", "surrogateescape") if path.is_file() else ""
    text = catalog.updated(template.read_text("utf-8"), old, language, name, report)
    return write_text(path, text, name)


def status(root: Path, report: Report, *, as_json: bool) -> Iterator[str]:
    """How far every catalogue is: a table, or JSON."""
    workspace = open_workspace(root)
    rows = []
    for language, files in sorted(catalogs(workspace).items()):
        for name, path in sorted(files.items()):
            text = read_bytes(path, relative(path, workspace)).decode("utf-8", "surrogateescape")
            try:
                rows.append(catalog.status(text, relative(path, workspace), language, name))
            except PublishError as error:
                report(error.diagnostic)
    if as_json:
        yield msgspec.json.format(msgspec.json.encode(rows), indent=1).decode()
        return
    if not rows:
        yield "There are no catalogues yet; `publish catalog update --language fr` begins them."
        return
    yield from _table(rows)


def _table(rows: Sequence[catalog.Status]) -> Iterator[str]:
    width = max(len(row.briefing) for row in rows)
    yield f"{'language':<12} {'briefing':<{width}} {'done':>9} {'fuzzy':>6} {'missing':>8}  words to do"
    for row in rows:
        missing = row.total - row.translated - row.fuzzy
        share = f"{100 * row.translated // max(1, row.total)} %"
        yield (f"{row.language:<12} {row.briefing:<{width}} {share:>9} {row.fuzzy:>6} {missing:>8}  {row.words:>11,}")
