"""The order of the work: what is stale, who does it, what is left over."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path

import msgspec

from publish import catalog, clips, cores, cover, manifest, narrating, plugins, published, scheduling, task, thresholds
from publish.config import FILE, Settings, embargo, line_of, parse
from publish.diagnostics import (
    Diagnostic,
    ExitCode,
    MissingError,
    Place,
    PublishError,
    Severity,
    UsageError,
    once,
    unheard,
)
from publish.interface import interface
from publish.languages import canonical, fallbacks, same_language
from publish.manifest import Manifest, Record, digest
from publish.model import Card
from publish.narrating import Recipe
from publish.output import Output, remove, safe, unwritable, write_text
from publish.pseudo import is_pseudo
from publish.scheduling import Progress
from publish.work import Shelf, Source
from publish.workspace import (
    Entry,
    Workspace,
    catalogs,
    entries,
    lexicons,
    load,
    locked,
    open_workspace,
    orphans,
    read_bytes,
    read_text,
    relative,
    unused_catalogs,
)

SERIES = "series"
"""The manifest's name for what belongs to no single briefing; reserved, so no briefing has it."""
_SMALL = 400_000
"""Characters of stale sources under which starting other processes costs more than it saves, without audio."""

_VOICES = "voices.tsv"
"""Among the anchors: who was cast with which voice."""
_PUBLISHED = "published.tsv"
"""Among the anchors: which briefings were ever public."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What ``publish build`` was asked for."""

    root: Path
    outputs: Path
    languages: tuple[str, ...] = ()
    """BCP 47; empty: all."""
    formats: tuple[str, ...] = ()
    """Names of writers; empty: those that are made by default."""
    jobs: int = 0
    """Processes; 0: one a core."""
    frozen: bool = False
    """Write no anchors."""

    def words(self) -> tuple[str, ...]:
        """What of it shapes the outputs."""
        return ("languages", *sorted(self.languages), "formats", *sorted(self.formats))


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a build did."""

    made: tuple[str, ...] = ()
    """Paths written because they are new or differ: ``outputs/en/…``, ``locales/…``."""
    removed: tuple[str, ...] = ()
    files: int = 0
    """All files that stand now."""
    findings: tuple[Diagnostic, ...] = ()
    exit_code: ExitCode = ExitCode.DONE
    unchanged: bool = False
    """Nothing had changed, and nothing was done."""


def build(options: Options, progress: Progress) -> Summary:
    """Make every output that is stale.

    Raises:
        InputError: The configuration, or the workspace as a whole, cannot be used.
        MissingError: The disk refuses, or another build is at work.
        KeyboardInterrupt: What was finished is kept, and the next build goes on from there.
    """
    workspace = open_workspace(options.root)
    try:
        (options.outputs / manifest.FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(error, error.filename or str(options.outputs)) from error
    with locked(workspace):
        return _Build(workspace, options, progress).run()


def _nothing(error: PublishError) -> None:
    """Takes what is told elsewhere."""


class _Build:
    """One build, from what is there to what is written. Its state is what the steps hand on."""

    def __init__(self, workspace: Workspace, options: Options, progress: Progress) -> None:
        self.workspace, self.options, self.progress = workspace, options, progress
        self.findings: list[Diagnostic] = []
        self.shared: list[Diagnostic] = []
        """Those of them that belong to no single briefing."""
        self.code = ExitCode.DONE
        self.inputs = manifest.snapshot(workspace.root)
        self.tool = manifest.environment()
        self.last = manifest.load(options.outputs)
        self.begun = manifest.sweep(workspace.root, options.outputs)
        self.now = manifest.moment(os.environ, time.time())
        self.made: list[str] = []
        self.records: dict[str, Record] = {}
        self.names: set[str] = set()
        self.editions: set[published.Key] = set()
        self.weights: dict[str, int] = {}
        self.orphans: dict[str, str] = {}
        self.dropped: set[str] = set()
        self.gate = thresholds.Gate(workspace.cache)
        voices = workspace.anchors / _VOICES
        self.rows = self._text(voices) if voices.is_file() else ""
        self.lexicons = lexicons(workspace)
        self.terms = workspace.terms()
        self.cover: Path | None = None

    def run(self) -> Summary:
        settings = read_settings(self.workspace)
        self.cover = cover.find(self.workspace.root, settings.cover, self._said(settings.cover, "cover"))
        tasks = self._tasks(settings)
        kept = self._others(tasks)
        stale = [one for one in tasks if not self._fresh(one)]
        finished = False
        try:
            self._do(settings, stale)
            self._series(settings, kept)
            finished = True
        finally:
            self.gate.save()
            self._close(settings, kept, finished=finished)
        return self._summary(self._remove(kept))

    # -- what is there -------------------------------------------------------------------------------------------------

    def _said(self, value: str, *keys: str) -> Place:
        """Where ``series.toml`` says something; it is read again only when it does."""
        return Place(FILE, line_of(self._text(self.workspace.settings), keys)) if value else Place(FILE)

    def _tasks(self, settings: Settings) -> list[task.Task]:
        found = catalogs(self.workspace)
        asked = {canonical(tag) for tag in self.options.languages}
        formats = self.options.formats or default_formats()
        tasks = []
        known: set[str] = set()
        listed = entries(self.workspace, self._say, settings.names())
        self.names = {entry.name for entry in listed}
        self.orphans = orphans(self.workspace, self.names, self._say)
        unused_catalogs(self.workspace, self.names | {SERIES}, self._say)
        for entry in listed:
            self.weights[entry.name] = sum(path.stat().st_size for path in entry.files)
            languages = editions(entry.name, settings, found)
            languages += tuple(filter(is_pseudo, sorted(asked)))
            known.update(languages)
            self.editions.update((entry.name, language) for language in languages)
            languages = self._possible(entry.name, languages, found)
            least = [tag for tag in languages[1:] if settings.edition(tag).least]
            doubted = [self._task(entry, tag, languages, (settings, found, formats)) for tag in least]
            languages = self._complete(doubted, languages)
            for language in languages:
                if asked and language not in asked:
                    continue
                tasks.append(self._task(entry, language, languages, (settings, found, formats)))
        if unknown := sorted(asked - known):
            command = f"publish catalog update --language {unknown[0]}"
            message = f"there is no edition in {', '.join(unknown)}; `{command}` begins one"
            raise UsageError(Diagnostic("W012", message))
        return tasks

    def _task(
        self,
        entry: Entry,
        language: str,
        languages: tuple[str, ...],
        shared: tuple[Settings, dict[str, dict[str, Path]], tuple[str, ...]],
    ) -> task.Task:
        """A task whose sources are named; their texts are read when its turn comes."""
        settings, found, formats = shared
        name = entry.name
        last = self.last.tasks.get(f"{name}/{language}", Record("", ()))
        anchors = self.workspace.anchors / f"{name}.tsv"
        status = settings.briefing(name).status
        return task.Task(
            name=name,
            language=language,
            languages=languages,
            sources=tuple(Source(relative(path, self.workspace), "") for path in entry.files),
            anchors=self._text(anchors) if anchors.is_file() else "",
            orphans={} if anchors.is_file() else self.orphans,
            catalogs=self._chain(language, languages[0], name, found),
            series_catalogs=self._chain(language, languages[0], SERIES, found),
            settings=settings,
            formats=formats,
            standing=tuple(sorted({row.writer for row in last.rows} - set(formats))),
            places=task.Places(self.workspace.root, self.options.outputs, self.workspace.theme, self.cover),
            recipe=self._recipe(last, formats),
            after=f"{name}/{languages[0]}" if language != languages[0] and settings.epub.beside(language) else "",
            glossary=self.terms if language == languages[0] else b"",
            known=last.rows,
            begun=self.begun,
            frozen=self.options.frozen,
            public=public(status, self.now),
            epoch=int(os.environ["SOURCE_DATE_EPOCH"]) if os.environ.get("SOURCE_DATE_EPOCH", "").isdecimal() else None,
        )

    def _recipe(self, last: Record, formats: Iterable[str]) -> Recipe:
        """What the last narration was made from, as far as it still stands."""
        if not narrating.needed(formats):
            return Recipe()
        speakers = {of["speaker"] for of in last.card["participants"]} if last.card else set()
        return Recipe(voices=_rows_of(self.rows, speakers), lexicons=self.lexicons)

    def _chain(
        self, language: str, source: str, name: str, found: Mapping[str, Mapping[str, Path]]
    ) -> dict[str, Source]:
        """The catalogues that an edition is made from, in the order in which they are asked."""
        if language == source or is_pseudo(language):
            return {}
        paths = {tag: path for tag in fallbacks(language) if (path := found.get(tag, {}).get(name))}
        return {tag: Source(relative(path, self.workspace), self._text(path)) for tag, path in paths.items()}

    def _possible(
        self, name: str, languages: tuple[str, ...], found: Mapping[str, Mapping[str, Path]]
    ) -> tuple[str, ...]:
        """The languages without those that cannot be made and were never made: no other edition may link to them."""
        source, *others = languages
        return (
            source,
            *(tag for tag in others if self._made_once(name, tag) or self._parses(tag, source, name, found)),
        )

    def _complete(self, tasks: list[task.Task], languages: tuple[str, ...]) -> tuple[str, ...]:
        """The languages without those of which less is translated than ``least`` says: they are reported instead."""
        for one in tasks:
            if found := self.gate.withheld(one, self._digest(one, one.anchors), self._read):
                self._say(found)
                self.editions.discard((one.name, one.language))
                languages = tuple(tag for tag in languages if tag != one.language)
        return languages

    def _made_once(self, name: str, language: str) -> bool:
        return bool((last := self.last.tasks.get(f"{name}/{language}")) and last.rows)

    def _parses(self, language: str, source: str, name: str, found: Mapping[str, Mapping[str, Path]]) -> bool:
        """Whether the catalogues of an edition can be read; if not, that is reported."""
        try:
            for part in (name, SERIES):
                for tag, file in self._chain(language, source, part, found).items():
                    catalog.parse(file.file, file.text, tag, unheard)
        except PublishError as error:
            self._fault(error)
            return False
        return True

    def _text(self, path: Path) -> str:
        """Text as far as it can be read; what is wrong with it is for its own reader to say."""
        return read_text(path, relative(path, self.workspace))

    def _others(self, tasks: Iterable[task.Task]) -> dict[str, Record]:
        """Records of the last build that this one was not asked to touch, and that still have a source."""
        if not self.options.languages:
            return {}
        doing = {one.key for one in tasks} | set(self.records)
        return {
            key: record
            for key, record in self.last.tasks.items()
            if key not in doing and key != SERIES and key.partition("/")[0] in self.names
        }

    # -- what is stale -------------------------------------------------------------------------------------------------

    def _digest(self, one: task.Task, anchors: str) -> str:
        """Of everything that the task is made of; files by their digests."""
        nowhere = task.Places(Path(), Path(), None)
        recipe = Recipe(voices=one.recipe.voices)
        bare = msgspec.structs.replace(
            one,
            sources=(),
            catalogs={},
            series_catalogs={},
            anchors="",
            recipe=recipe,
            known=(),
            begun=frozenset(),
            places=nowhere,
            after="",
        )
        files = (*one.sources, *one.catalogs.values(), *one.series_catalogs.values(), *one.recipe.lexicons)
        read = [f"{source.file}\0{self.inputs.get(source.file, '')}" for source in files]
        theme = [f"{path}\0{value}" for path, value in self.inputs.items() if path.startswith("theme/")]
        picture = self.inputs.get(Path(one.settings.cover).as_posix(), "")
        return digest(self.tool, repr(msgspec.to_builtins(bare, enc_hook=str)), anchors, picture, *read, *theme)

    def _fresh(self, one: task.Task) -> bool:
        """Whether a task's files stand as they would be made; if so, its record is taken over."""
        last = self.last.tasks.get(one.key)
        if last is None or last.digest != self._digest(one, one.anchors):
            return False
        if any(Diagnostic(code, text).severity is Severity.ERROR for code, text, _, _ in last.findings):
            return False  # an engine that failed is asked again
        if not all(manifest.untouched(self.workspace.root, self.options.outputs, row) for row in last.rows):
            return False
        self.records[one.key] = last
        said = (Diagnostic(code, text, Place(file, line)) for code, text, file, line in last.findings)
        self.findings += [found for found in said if found.severity is not Severity.NOTE]
        return True

    def _keep_last(self, key: str) -> None:
        """What cannot be made now stands as it was, and is tried again at the next build."""
        if last := self.last.tasks.get(key):
            self.records[key] = Record("", last.rows, last.card)

    # -- the work ------------------------------------------------------------------------------------------------------

    def _do(self, settings: Settings, stale: list[task.Task]) -> None:
        stale.sort(key=self._weight, reverse=True)
        self.progress.begin(sum(map(self._weight, stale)), len(stale))
        if any(narrating.needed(one.formats) for one in stale[:1]):
            stale = self._cast(settings, stale)
        jobs = self.options.jobs or cores.count()
        small = len(stale) < 2 or sum(map(self._weight, stale)) < _SMALL  # noqa: PLR2004  # one needs no second process
        loaded = filter(None, map(self._loaded, stale))
        for one, result in scheduling.results(loaded, jobs, self.weights, self.progress, small=small):
            self._take(one, result)

    def _cast(self, settings: Settings, stale: list[task.Task]) -> list[task.Task]:
        """The tasks with the voices of everyone who speaks in them; who is new is cast, first come, first served."""
        rolls = {}
        for one in stale:
            if one.name not in rolls and (loaded := self._read(one)):
                rolls[one.name] = task.roll(loaded)
        there = [roll for roll in rolls.values() if roll]
        languages = {tag for one in stale for tag in (one.language, one.languages[0])}
        engines = narrating.band(settings, self.workspace.root)
        found = narrating.cast(there, self.rows, engines, settings, languages, self.findings.append)
        if found.rows != self.rows and not self.options.frozen:
            write_text(self.workspace.anchors / _VOICES, found.rows, f"anchors/{_VOICES}")
            self.inputs[f"anchors/{_VOICES}"] = digest(found.rows)
        speakers = {roll.briefing: {seat.speaker for seat in roll.seats} for roll in there}
        return [
            msgspec.structs.replace(
                one,
                recipe=msgspec.structs.replace(
                    one.recipe, voices=_rows_of(found.rows, speakers.get(one.name, frozenset()))
                ),
            )
            for one in stale
        ]

    def _weight(self, one: task.Task) -> int:
        """How much work a task is: bytes of its sources."""
        return self.weights[one.name]

    def _loaded(self, one: task.Task) -> task.Task | None:
        """The task with the texts of its sources; None, and a finding, when one of them cannot be used."""
        found = self._read(one, self._fault)
        if found is None:
            self._keep_last(one.key)
        return found

    def _read(self, one: task.Task, fault: Callable[[PublishError], None] = _nothing) -> task.Task | None:
        try:
            paths = ((self.workspace.root / source.file, source.file) for source in one.sources)
            texts = tuple(load(read_bytes(path, name), name) for path, name in paths)
        except PublishError as error:
            fault(error)
            return None
        return msgspec.structs.replace(one, sources=texts)

    def _take(self, one: task.Task, result: task.Result) -> None:
        self.findings += result.findings
        if result.error is ExitCode.MISSING:
            raise MissingError(result.findings[-1])
        if result.error is not None:
            self.code = max(self.code, result.error)
            self._keep_last(one.key)
            return
        standing = [row for row in one.known if row.writer in one.standing]
        self.made += result.made
        self.dropped |= result.dropped
        self.inputs[f"anchors/{one.name}.tsv"] = digest(result.anchors)
        self.records[one.key] = Record(
            self._digest(one, result.anchors),
            (*result.rows, *standing),
            msgspec.to_builtins(result.card),
            _plain(result.findings),
        )

    def _series(self, settings: Settings, kept: Mapping[str, Record]) -> None:
        """Indexes, templates and collections, from cards and finished files alone."""
        last = self.last.tasks.get(SERIES, Record("", ()))
        shelf = self._shelf(settings, kept)
        output = Output(self.workspace.root, self.options.outputs, last.rows, self.begun, self._say)
        formats = self.options.formats or default_formats()
        for name in sorted(formats):  # collections before the catalogue and the pages that lead to them
            for file in plugins.writer(name).series_files(shelf):
                if not safe(file.path):
                    raise AssertionError(f"the writer {name} names a file outside of its folder: {file.path!r}")
                output.put(file, name)
        now = {row.path for row in output.rows}
        standing = [row for row in last.rows if row.writer not in formats and row.path not in now]
        self.made += output.made
        self.records[SERIES] = Record("", (*output.rows, *standing), None, _plain(self.shared))

    def _shelf(self, settings: Settings, kept: Mapping[str, Record]) -> Shelf:
        records = [record for record in (*self.records.values(), *kept.values()) if record.card is not None]
        made = [msgspec.convert(record.card, Card) for record in records]
        cards = [card for card in made if public(card.status, self.now)]
        cards.sort(key=lambda card: (card.date, card.briefing))
        languages = self._languages(settings, {card.language for card in cards})
        return Shelf(
            cards={language: tuple(card for card in cards if card.language == language) for language in languages},
            interfaces={language: interface(language) for language in languages},
            titles={language: self._titles(settings, language, languages[0]) for language in languages},
            settings=settings,
            formats=frozenset(self.options.formats or default_formats()),
            outputs=self.options.outputs,
            modified=_newest(cards),
            theme=self.workspace.theme,
            report=self._say,
            cover=self.cover,
            files={row.path.removeprefix("outputs/"): row.digest for record in records for row in record.rows},
            withdrawn=self._withdrawn(settings, made, cards),
            withheld=self.gate.coverages,
        )

    def _withdrawn(self, settings: Settings, made: Iterable[Card], cards: Iterable[Card]) -> dict[str, tuple[str, ...]]:
        """What was public once and is not now; what only could not be made this time is still public."""
        if not settings.site.url:
            return {}
        path = self.workspace.anchors / _PUBLISHED
        rows = self._text(path) if path.is_file() else ""
        now = {(card.briefing, card.language) for card in cards}
        noted = published.added(rows, now)
        if noted != rows and not self.options.frozen:
            write_text(path, noted, f"anchors/{_PUBLISHED}")
            self.inputs[f"anchors/{_PUBLISHED}"] = digest(noted)
        hidden = {(card.briefing, card.language) for card in made} - now
        return published.withdrawn(rows, now, hidden, self.editions)

    def _languages(self, settings: Settings, found: set[str]) -> list[str]:
        """The source's language first, then in the order of ``series.toml``, then by tag."""
        first = canonical(settings.language)
        order = [first, *map(canonical, settings.languages)]
        return sorted(found | {first}, key=lambda tag: (order.index(tag) if tag in order else len(order), tag))

    def _titles(self, settings: Settings, language: str, source: str) -> tuple[str, str, str]:
        if is_pseudo(language):
            return catalog.series_titles(settings, (catalog.pseudo_series(settings, (), language),))
        files = self._chain(language, source, SERIES, catalogs(self.workspace))
        shared = tuple(catalog.parse(file.file, file.text, tag, unheard) for tag, file in files.items())
        return catalog.series_titles(settings, shared)

    # -- the end -------------------------------------------------------------------------------------------------------

    def _close(self, settings: Settings, kept: Mapping[str, Record], *, finished: bool) -> None:
        """Write the manifest; after an interruption too, so that nothing finished is made again."""
        tasks = {**kept, **self.records}
        if not finished:
            tasks = {**self.last.tasks, **tasks}
        failed = any(found.severity is Severity.ERROR for found in self.findings)
        sound = finished and self.code is ExitCode.DONE and not failed
        mark = manifest.stamp(self.inputs, self.tool, self.options.words()) if sound else ""
        times = filter(None, (embargo(table.status) for table in settings.briefings.values()))
        until = manifest.embargo_end(times, self.now)
        try:
            manifest.save(self.options.outputs, Manifest(mark, until, dict(sorted(tasks.items()))), finished=finished)
        except OSError as error:
            if finished:
                raise unwritable(error, "outputs/.publish/manifest.json") from error

    def _remove(self, kept: Mapping[str, Record]) -> list[str]:
        """What the last build wrote and nothing writes any more."""
        now = {row.path for record in (*self.records.values(), *kept.values()) for row in record.rows}
        gone = {row.path for row in self.last.rows()} | {path for path in self.begun if path.startswith("outputs/")}
        self._silence(kept)
        return remove(self.workspace.root, self.options.outputs, sorted(gone - now))

    def _silence(self, kept: Mapping[str, Record]) -> None:
        """What was taken out of the workspace is not kept as sound either."""
        cache = self.workspace.root / narrating.CLIPS
        for key in self.last.tasks.keys() - self.records.keys() - kept.keys():
            name, _, language = key.partition("/")
            clips.forget(cache, language, name)
        clips.discard(cache, self.dropped)

    def _summary(self, removed: list[str]) -> Summary:
        findings = tuple(once(self.findings))
        code = self.code
        if code is ExitCode.DONE and any(found.severity is Severity.ERROR for found in findings):
            code = ExitCode.PROBLEMS
        return Summary(
            made=tuple(sorted(self.made)),
            removed=tuple(removed),
            files=sum(len(record.rows) for record in self.records.values()),
            findings=findings,
            exit_code=code,
        )

    def _say(self, found: Diagnostic) -> None:
        """Report what belongs to no single briefing."""
        self.findings.append(found)
        self.shared.append(found)

    def _fault(self, error: PublishError) -> None:
        self.findings.append(error.diagnostic)
        self.code = max(self.code, error.exit_code)


# --- Small questions --------------------------------------------------------------------------------------------------


def read_settings(workspace: Workspace) -> Settings:
    """``series.toml``; without it, what an empty one says."""
    path = workspace.settings
    if not path.is_file() or not path.stat().st_size:
        return Settings()
    text = load(read_bytes(path, FILE), FILE).text
    settings = parse(text)
    plugins.check_engines(settings, text)
    return settings


def default_formats() -> tuple[str, ...]:
    """The writers that run when none is named."""
    return tuple(name for name in plugins.names("writers") if plugins.writer(name).DEFAULT)


def editions(name: str, settings: Settings, found: Mapping[str, Mapping[str, Path]]) -> tuple[str, ...]:
    """The languages that a briefing is published in: its own, then every one whose chain has a catalogue for it."""
    source = canonical(settings.briefing(name).language or settings.language)
    wanted = list(dict.fromkeys(map(canonical, settings.languages))) or sorted(found)
    others = [
        tag
        for tag in wanted
        if not same_language(tag, source) and any(name in found.get(one, {}) for one in fallbacks(tag))
    ]
    return (source, *others)


def public(status: str, now: float) -> bool:
    """Whether a briefing may be listed: it is no draft, and no embargo holds."""
    end = embargo(status)
    return status == "public" if end is None else end.timestamp() <= now


def _rows_of(rows: str, speakers: Container[str]) -> str:
    """The rows about some speakers."""
    lines = rows.splitlines(keepends=True)
    return "".join(line for line in lines if line.partition("\t")[0] in speakers)


def _newest(cards: Iterable[Card]) -> str:
    return f"{max((card.date for card in cards), default='') or '1980-01-01'}T00:00:00Z"


def _plain(findings: Iterable[Diagnostic]) -> tuple[tuple[str, str, str, int], ...]:
    """Findings as the manifest keeps them."""
    return tuple((found.code, found.message, found.place.file, found.place.line) for found in findings)
