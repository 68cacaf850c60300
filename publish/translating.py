"""Catalogues in the workspace: begun, brought up to date, counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from publish import glossary, merging, po, updating
from publish.diagnostics import Diagnostic, ExitCode, Place, PublishError, Report, UsageError, unheard
from publish.languages import NO_LANGUAGE, canonical, kept, same_language
from publish.memory import Memory
from publish.output import write_text
from publish.pipeline import Options, build, read_settings
from publish.pseudo import is_pseudo
from publish.workspace import Workspace, catalog_folder, catalogs, open_workspace, read_bytes, read_text, relative


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
    lines: list[str] = []
    for language in languages:
        refuse_target(workspace, language)
    for language in languages:
        done = Catalogues(workspace, language, report)
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


def refuse_target(workspace: Workspace, language: str) -> None:
    """Nothing, where there is something to translate into a language.

    Raises:
        UsageError: It is none, one that a build makes up, or the one that everything is in already.
    """
    headers = (path.read_bytes().partition(b"\n\n")[0] for path in sorted(workspace.locales.glob("*.pot")))
    sources = sorted({po.parse(header, "").header.get("X-Source-Language", "") for header in headers} - {""})
    if is_pseudo(language):
        what = (
            f"{language!r} is made up from the original by `publish build --language {language}`, and has no catalogue"
        )
    elif language.partition("-")[0] in NO_LANGUAGE:
        what = f"{language!r} is no language"
    elif sources and all(same_language(source, language) for source in sources):
        what = f"the transcripts are in {' and '.join(map(repr, sources))} themselves"
    else:
        return
    raise UsageError(Diagnostic("W012", f"{what}; name the language of the translation"))


class Catalogues:
    """All catalogues of one language."""

    def __init__(self, workspace: Workspace, language: str, report: Report) -> None:
        self._workspace, self._language, self._report = workspace, language, report
        self._standing = catalogs(workspace).get(kept(language), {})
        self._folder = catalog_folder(workspace, language)
        self.glossary = glossary.parse(workspace.terms(), glossary.FILE, unheard)
        self._read: dict[str, tuple[int, ...]] = {}
        """Which state of each file was read."""
        self._written = self._suggested = 0
        self.code = ExitCode.DONE

    def update(self, *, suggest: bool) -> None:
        """Bring each up to date with its template. One that cannot be read stays as it is."""
        known = {name: self.read(name) for name in self.names()}
        for name in [name for name in known if not self.path(name).is_file()]:
            known[name] = self._inherited(name, known)
        memory = self.memory(known)
        for name, entries in known.items():
            if entries is not None:
                self._bring(name, entries, memory, suggest=suggest)

    def _inherited(self, name: str, known: Mapping[str, object]) -> Sequence[po.Entry]:
        """What is in the catalogue of a transcript that has a new name: in one that belongs to none any more."""
        paths = {stem: path for stem, path in self._standing.items() if stem not in known}
        others = {stem: found for stem, path in paths.items() if (found := self._entries(path)) is not None}
        return updating.inherited(self.template(name), others)

    def told(self) -> list[str]:
        """What was done, in words."""
        folder_of = relative(self._folder, self._workspace)
        more = f", {self._suggested:,} suggestions in them" if self._suggested else ""
        return [f"{self._language}: {self._written} catalogues written in {folder_of}{more}"]

    def names(self) -> list[str]:
        """Of all templates."""
        return sorted(path.stem for path in self._workspace.locales.glob("*.pot"))

    def template(self, name: str) -> tuple[po.Entry, ...]:
        """The messages of today, header first."""
        file = f"locales/{name}.pot"
        return po.parse(read_bytes(self._workspace.root / file, file), file).entries

    def memory(self, known: Mapping[str, Sequence[po.Entry] | None]) -> Memory:
        """What is translated in these catalogues, and in the memory of the language."""
        return Memory(chain((entry for entries in known.values() for entry in entries or ()), self.bought()))

    def bought(self) -> tuple[po.Entry, ...]:
        """The translations of ``locales/<language>/memory.tmx``, which others gave; none when it cannot be read."""
        path = self.memory_path()
        if not path.is_file():
            return ()
        from publish.interchange import tmx  # noqa: PLC0415  # lxml is for those who have a memory

        name = relative(path, self._workspace)
        try:
            return tuple(tmx.read(read_bytes(path, name), name, self.source(), self._language, self._report))
        except PublishError as error:
            self._report(error.diagnostic)
            self.code = max(self.code, error.exit_code)
            return ()

    def source(self) -> str:
        """The language of the transcripts."""
        return canonical(read_settings(self._workspace).language)

    def memory_path(self) -> Path:
        """Where the translations are kept that others gave."""
        return self._folder.parent / "memory.tmx"

    def told_terms(self, entries: Iterable[po.Entry]) -> Iterator[po.Entry]:
        """The messages with the renderings of the glossary."""
        return self.glossary.told(entries, self._language)

    def path(self, name: str) -> Path:
        """Where the catalogue of a briefing is, or would be."""
        return self._standing.get(name, self._folder / f"{name}.po")

    def read(self, name: str) -> Sequence[po.Entry] | None:
        """What is translated; None when that cannot be read."""
        path = self.path(name)
        self._read[name] = _state(path)
        return self._entries(path) if path.is_file() else ()

    def _entries(self, path: Path) -> Sequence[po.Entry] | None:
        file = relative(path, self._workspace)
        try:
            text = read_text(path, file)
            return (
                self._joined(text, file) if "\n<<<<<<< " in f"\n{text}" else po.parse(text, file, self._report).entries
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
        entries = list(updating.brought(self.template(name), known, self._language, memory))
        if suggest:
            entries = [self._offered(entry, memory) for entry in entries]
        if _state(self.path(name)) == self._read[name]:
            self._written += self.write(name, entries)
        elif (saved := self.read(name)) is not None:  # a translator saved it while the others were brought up to date
            self._bring(name, saved, memory, suggest=suggest)

    def write(self, name: str, entries: Iterable[po.Entry]) -> bool:
        """Write a catalogue; whether that changed it."""
        path = self.path(name)
        return write_text(path, po.serialise(self.told_terms(entries)), relative(path, self._workspace))

    def _offered(self, entry: po.Entry, memory: Memory) -> po.Entry:
        offered = updating.suggested(entry, memory)
        self._suggested += offered is not entry
        return offered


def _state(path: Path) -> tuple[int, ...]:
    """What changes whenever somebody saves a file; empty when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
