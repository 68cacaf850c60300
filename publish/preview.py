"""Pages as translators look at them while they work: what a build would make, with a note below each paragraph.

A note says whether the paragraph is translated, and where its message stands. A fuzzy translation is shown and marked,
as no build shows it. Nothing is written: a page is made when it is asked for, from what the files hold then; when a
file cannot be read, what it last held stands, with what is wrong with it above.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from publish import catalog, pipeline, plugins, proofs, task
from publish.catalog import Catalog
from publish.config import Settings
from publish.diagnostics import Diagnostic, Place, PublishError, Report, Severity, UsageError, unheard
from publish.interface import interface
from publish.languages import canonical, fallbacks
from publish.messages import TagError, message, translated
from publish.model import Briefing, Edition, Paragraph, paragraphs
from publish.po import Entry
from publish.work import File, Source, Work
from publish.workspace import Workspace, catalogs, entries, load, read_bytes, read_text, relative

State = Literal["translated", "fuzzy", "missing", "changed", "absent", "broken"]
"""``changed``: the original has other words by now; ``absent``: the catalogue does not have the message yet."""


class Note(msgspec.Struct, frozen=True):
    """What is said of one message."""

    key: str
    """Id of the paragraph; ``title`` or ``venue``."""
    context: str
    state: State
    place: Place
    """Of the message in its catalogue; line 0: it is not there."""
    faults: tuple[str, ...] = ()
    """What is wrong with the translation, in words."""


class Page(msgspec.Struct, frozen=True):
    """A briefing in a language, as it is now."""

    name: str
    language: str
    html: bytes
    """As a build would write it, but for fuzzy translations."""
    notes: tuple[Note, ...]
    """In reading order; none of the source's own edition."""
    faults: tuple[Diagnostic, ...]
    """What belongs to no single message."""
    catalogue: str
    """Path of the catalogue; empty: there is none."""

    @property
    def counts(self) -> Counter[State]:
        """How many messages are in which state."""
        return Counter(note.state for note in self.notes)


class Row(msgspec.Struct, frozen=True):
    """How far a briefing is, for a list."""

    name: str
    language: str
    title: str
    translated: int
    fuzzy: int
    total: int


class Preview:
    """The workspace, read again whenever a page is asked for. Its state is what was readable the last time."""

    def __init__(self, root: Path, languages: Iterable[str]) -> None:
        """Of some languages, each of which has a catalogue.

        Raises:
            UsageError: One has none.
            InputError: The workspace cannot be read.
        """
        self._workspace = Workspace(root)
        self.languages = tuple(languages)
        self._understood: dict[str, tuple[object, Briefing]] = {}
        self._parsed: dict[tuple[str, str], tuple[str, Catalog, tuple[Diagnostic, ...]]] = {}
        """By file and language: its text, what is in it, and what was tolerated, from when it could be read."""
        self._settings = pipeline.read_settings(self._workspace)
        found = catalogs(self._workspace)
        for tag in self.languages:
            if not any(one in found for one in fallbacks(tag)):
                command = f"publish catalog update --language {tag}"
                raise UsageError(Diagnostic("W012", f"there is no edition in {tag}; `{command}` begins one"))

    @property
    def theme(self) -> Path | None:
        """The workspace's own templates and styles."""
        return self._workspace.theme

    @property
    def settings(self) -> Settings:
        """``series.toml``, as it could be read last."""
        return self._settings

    def page(self, name: str, language: str) -> Page | None:
        """A briefing in a language; None when there is no such edition."""
        faults: list[Diagnostic] = []
        settings = self._configured(faults.append)
        entry = next((one for one in entries(self._workspace, unheard, settings.names()) if one.name == name), None)
        if entry is None:
            return None
        found = catalogs(self._workspace)
        languages = self._editions(name, settings, found)
        if language not in languages:
            return None
        briefing = self._briefing(name, entry.files, settings, faults.append)
        if briefing is None:
            return Page(name, language, b"", (), tuple(faults), "")
        chosen = language if language != languages[0] else ""
        held, shared = (self._catalogs(part, chosen, found, faults.append) for part in (name, pipeline.SERIES))
        made = _Made(briefing, settings, language, languages, self._workspace)
        return made.page(held, shared, faults, found.get(chosen, {}).get(name))

    def text(self, name: str, language: str) -> tuple[str, str] | None:
        """Path and text of a catalogue as it stands, readable or not; None when there is none."""
        path = catalogs(self._workspace).get(language, {}).get(name)
        return (self._name(path), self._text(path)) if path else None

    def rows(self) -> Iterator[Row]:
        """How far each briefing is in each of the languages, by language and name."""
        found, names = catalogs(self._workspace), self.names()
        for language in self.languages:
            for name in names:
                for one in self._catalogs(name, language, found, unheard)[:1]:
                    held = [entry for entry in one.entries.values() if entry.id]
                    title = one.entries.get(f"{name}/title")
                    said = (title.strings[0] if title and title.translated else "") or (title.id if title else name)
                    done, fuzzy = (
                        sum(entry.translated for entry in held),
                        sum(entry.fuzzy and entry.filled for entry in held),
                    )
                    yield Row(name, language, said, done, fuzzy, len(held))

    def names(self) -> tuple[str, ...]:
        """Of all briefings."""
        return tuple(entry.name for entry in entries(self._workspace, unheard, self._settings.names()))

    # -- what is there -------------------------------------------------------------------------------------------------

    def _name(self, path: Path) -> str:
        return relative(path, self._workspace)

    def _text(self, path: Path) -> str:
        return read_text(path, self._name(path))

    def _configured(self, report: Report) -> Settings:
        try:
            self._settings = pipeline.read_settings(self._workspace)
        except PublishError as error:
            report(error.diagnostic)
        return self._settings

    def _editions(self, name: str, settings: Settings, found: Mapping[str, Mapping[str, Path]]) -> tuple[str, ...]:
        """The source's language and those that are looked at, whether the settings publish them or not."""
        source = canonical(settings.briefing(name).language or settings.language)
        there = (tag for tag in self.languages if any(name in found.get(one, {}) for one in fallbacks(tag)))
        return (source, *(tag for tag in there if tag != source))

    def _briefing(self, name: str, files: tuple[Path, ...], settings: Settings, report: Report) -> Briefing | None:
        """What the sources say; what they said the last time, when they cannot be read now."""
        last = self._understood.get(name)
        try:
            sources = tuple(load(read_bytes(path, self._name(path)), self._name(path)) for path in files)
            anchors = self._workspace.anchors / f"{name}.tsv"
            rows = self._text(anchors) if anchors.is_file() else ""
            made_of = (sources, rows, settings)
            if last is None or last[0] != made_of:
                last = self._understood[name] = made_of, task.understand(name, sources, rows, settings, unheard)[0]
        except PublishError as error:
            report(error.diagnostic)
        return last[1] if last else None

    def _catalogs(
        self, part: str, language: str, found: Mapping[str, Mapping[str, Path]], report: Report
    ) -> tuple[Catalog, ...]:
        """The catalogues of a briefing, or of the series, in the order in which they are asked."""
        paths = ((tag, found.get(tag, {}).get(part)) for tag in (fallbacks(language) if language else ()))
        files = ((tag, Source(self._name(path), self._text(path))) for tag, path in paths if path)
        return tuple(self._catalog(file, tag, report) for tag, file in files)

    def _catalog(self, file: Source, language: str, report: Report) -> Catalog:
        """What a catalogue holds; of what cannot be read now, what it held the last time."""
        key = (file.file, language)
        last = self._parsed.get(key)
        if last is None or last[0] != file.text:
            heard: list[Diagnostic] = []
            before = last[1].entries if last else {}
            try:
                held = catalog.parse(file.file, file.text, language, heard.append)
            except PublishError as error:
                held = last[1] if last else Catalog(language, file.file, {}, "")
                heard.append(error.diagnostic)
            if any(finding.severity is Severity.ERROR for finding in heard):
                held = msgspec.structs.replace(held, entries={**before, **held.entries})
            last = self._parsed[key] = file.text, held, tuple(heard)
        for finding in last[2]:
            report(finding)
        return last[1]


# --- One page ---------------------------------------------------------------------------------------------------------


class _Made(msgspec.Struct, frozen=True):
    """A page from what it is made of."""

    briefing: Briefing
    settings: Settings
    language: str
    languages: tuple[str, ...]
    workspace: Workspace

    def page(
        self, catalogs: tuple[Catalog, ...], shared: tuple[Catalog, ...], faults: list[Diagnostic], own: Path | None
    ) -> Page:
        """The page; what is told of single messages goes to their notes, everything else is among ``faults``."""
        findings: list[Diagnostic] = []
        edition = self._edition(tuple(map(_shown, catalogs)), tuple(map(_shown, shared)), findings.append)
        strict = self._edition(catalogs, shared, unheard)
        edition = msgspec.structs.replace(edition, coverage=strict.coverage, translators=strict.translators)
        file = relative(own, self.workspace) if own else ""
        asked = next((one for one in catalogs if one.language == self.language), None)
        tongues = (self.briefing.language, self.language)
        said = proofs.reviewed(asked.entries.values(), file, tongues, asked.text) if asked else ()
        notes = () if edition.is_source else tuple(_notes(self.briefing, asked, file, (*findings, *said)))
        lines = {note.place.line for note in notes}
        others = (one for one in findings if one.place.file != file or _begin(asked, one.place.line) not in lines)
        html = b"".join(_content(file) for file in plugins.writer("web").briefing_files(self._work(edition)))
        return Page(self.briefing.name, self.language, html, notes, (*faults, *others), file)

    def _edition(self, catalogs: tuple[Catalog, ...], shared: tuple[Catalog, ...], report: Report) -> Edition:
        words = interface(self.language)
        return catalog.edition(self.briefing, self.language, catalogs, shared, self.settings, words, report)

    def _work(self, edition: Edition) -> Work:
        return Work(
            edition=edition,
            source=self.briefing,
            interface=interface(self.language),
            settings=self.settings,
            narration=None,
            formats=frozenset({"web"}),
            languages=self.languages,
            modified=f"{self.briefing.date or '1980-01-01'}T00:00:00Z",
            cache=self.workspace.cache,
            theme=self.workspace.theme,
            public=False,
            report=unheard,
        )


def _content(file: File) -> bytes:
    return file.content if isinstance(file.content, bytes) else b""


def _shown(of: Catalog) -> Catalog:
    """The catalogue as if nothing in it were in doubt."""
    return msgspec.structs.replace(of, entries={key: _sure(entry) for key, entry in of.entries.items()})


def _sure(entry: Entry) -> Entry:
    if not entry.fuzzy:
        return entry
    return msgspec.structs.replace(entry, flags=tuple(flag for flag in entry.flags if flag != "fuzzy"))


# --- Notes ------------------------------------------------------------------------------------------------------------


def _notes(briefing: Briefing, of: Catalog | None, file: str, findings: Iterable[Diagnostic]) -> Iterator[Note]:
    """A note on every message of a briefing."""
    said: dict[int, list[str]] = {}
    for finding in findings:
        if finding.place.file == file:
            said.setdefault(_begin(of, finding.place.line), []).append(finding.message)
    for key, text, paragraph in _messages(briefing):
        context = f"{briefing.name}/{key}"
        entry = of.entries.get(context) if of else None
        line = entry.line if entry else 0
        faults = tuple(dict.fromkeys(said.get(line, ()))) if line else ()
        yield Note(key, context, _state(entry, text, paragraph), Place(file, line), faults)


def _begin(of: Catalog | None, line: int) -> int:
    """The line in which the message begins that a line of a catalogue belongs to."""
    return max((entry.line for entry in of.entries.values() if entry.line <= line), default=0) if of else 0


def _messages(briefing: Briefing) -> Iterator[tuple[str, str, Paragraph | None]]:
    """Key and text of each message, and the paragraph that it is of."""
    for key, text in (("title", briefing.title), ("venue", briefing.venue)):
        if text:
            yield key, text, None
    for paragraph in paragraphs(briefing):
        if text := message(paragraph.parts)[0]:
            yield paragraph.id, text, paragraph


def _state(entry: Entry | None, text: str, paragraph: Paragraph | None) -> State:
    if entry is None:
        return "absent"
    if entry.id != text:
        return "changed"
    if not all(string.strip() for string in entry.strings):
        return "missing"
    try:
        if paragraph is not None:
            translated(entry.strings[0], paragraph.parts)
    except TagError:
        return "broken"
    return "fuzzy" if entry.fuzzy else "translated"
