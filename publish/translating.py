"""Catalogues in the workspace: begun, brought up to date, counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from publish import catalog, merging, po, updating
from publish.diagnostics import Diagnostic, ExitCode, Place, PublishError, Report
from publish.languages import kept
from publish.memory import Memory
from publish.output import write_text
from publish.pipeline import Options, build, read_settings
from publish.workspace import Workspace, catalog_folder, catalogs, open_workspace, read_bytes, relative


class _Silent:
    """Progress that nobody watches: templates take no time."""

    def begin(self, total: int, tasks: int) -> None: ...

    def advance(self, amount: int, name: str, samples: int = 0) -> None: ...


def update(
    root: Path, languages: Sequence[str], report: Report, *, suggest: bool = False
) -> tuple[list[str], ExitCode]:
    """Bring the catalogues of some languages up to date; a line for each, in words.

    Templates and ids are made first, so that what translators get is what the next build looks for. With ``suggest``
    what is not translated gets the translation of what is most like it in the series, as fuzzy.
    """
    workspace, code = prepared(root, report)
    lines = []
    for language in languages:
        done = _Language(workspace, language, report)
        done.update(suggest=suggest)
        lines += done.told()
        code = max(code, done.code)
    return lines, code


def prepared(root: Path, report: Report) -> tuple[Workspace, ExitCode]:
    """The workspace, with the templates of today."""
    workspace = open_workspace(root)
    read_settings(workspace)
    summary = build(Options(root=root, outputs=root / "outputs", formats=("catalog",), jobs=1), _Silent())
    for finding in summary.findings:
        report(finding)
    return workspace, summary.exit_code


class _Language:
    """All catalogues of one language."""

    def __init__(self, workspace: Workspace, language: str, report: Report) -> None:
        self._workspace, self._language, self._report = workspace, language, report
        self._standing = catalogs(workspace).get(kept(language), {})
        self._folder = catalog_folder(workspace, language)
        self._written = self._suggested = 0
        self.code = ExitCode.DONE

    def update(self, *, suggest: bool) -> None:
        """Bring each up to date with its template. One that cannot be read stays as it is."""
        known = {path.stem: self._read(path) for path in sorted(self._workspace.locales.glob("*.pot"))}
        for name in [name for name in known if not self._path(name).is_file()]:
            known[name] = self._inherited(name, known)
        memory = Memory(entry for entries in known.values() for entry in entries or ())
        for name, entries in known.items():
            if entries is not None:
                self._bring(name, entries, memory, suggest=suggest)

    def _inherited(self, name: str, known: Mapping[str, object]) -> Sequence[po.Entry]:
        """What is in the catalogue of a transcript that has a new name: in one that belongs to none any more."""
        paths = {stem: path for stem, path in self._standing.items() if stem not in known}
        others = {stem: found for stem, path in paths.items() if (found := self._entries(path)) is not None}
        return updating.inherited(self._template(name), others)

    def _template(self, name: str) -> Sequence[po.Entry]:
        return po.parse((self._workspace.locales / f"{name}.pot").read_text("utf-8"), f"locales/{name}.pot").entries

    def told(self) -> list[str]:
        """What was done, in words."""
        folder_of = relative(self._folder, self._workspace)
        more = f", {self._suggested:,} suggestions in them" if self._suggested else ""
        return [f"{self._language}: {self._written} catalogues written in {folder_of}{more}"]

    def _path(self, name: str) -> Path:
        return self._standing.get(name, self._folder / f"{name}.po")

    def _read(self, template: Path) -> Sequence[po.Entry] | None:
        """What is translated; None when that cannot be read."""
        path = self._path(template.stem)
        return self._entries(path) if path.is_file() else ()

    def _entries(self, path: Path) -> Sequence[po.Entry] | None:
        name = relative(path, self._workspace)
        try:
            text = read_bytes(path, name).decode("utf-8", "surrogateescape")
            return (
                self._joined(text, name) if "\n<<<<<<< " in f"\n{text}" else po.parse(text, name, self._report).entries
            )
        except PublishError as error:
            self._report(error.diagnostic)
            self.code = max(self.code, error.exit_code)
            return None

    def _joined(self, text: str, name: str) -> Sequence[po.Entry]:
        """Both versions of what git could not merge."""
        found = merging.sides(text)
        if found is None:
            return po.parse(text, name, self._report).entries  # which refuses it
        ours, theirs = (po.parse(side, name, self._report).entries for side in (found.ours, found.theirs))
        base = po.parse(found.base, name).entries if found.base is not None else None
        said = "the two versions that git could not merge are joined; what conflicts is fuzzy"
        self._report(Diagnostic("C005", said, Place(name)))
        return merging.joined(ours, theirs, base, name, self._report)

    def _bring(self, name: str, known: Sequence[po.Entry], memory: Memory, *, suggest: bool) -> None:
        entries = list(updating.brought(self._template(name), known, self._language, memory))
        if suggest:
            entries = [self._offered(entry, memory) for entry in entries]
        path = self._path(name)
        self._written += write_text(path, po.serialise(entries), relative(path, self._workspace))

    def _offered(self, entry: po.Entry, memory: Memory) -> po.Entry:
        offered = updating.suggested(entry, memory)
        self._suggested += offered is not entry
        return offered


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
