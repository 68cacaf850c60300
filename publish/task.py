"""One briefing in one language, from strings to written files: the unit of work.

A task holds everything it needs as values, so that it runs in another process, or on another machine, with equal
results. It gives back a card and the rows of the manifest; no model crosses the border between processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import msgspec

from publish import anchors, casting, catalog, clips, glossary, narrating, plugins, series, speech
from publish.config import BriefingSettings, Settings
from publish.diagnostics import Diagnostic, ExitCode, Place, PublishError, Report, refuse, unheard
from publish.interface import Interface, interface
from publish.languages import canonical, named, same_language
from publish.manifest import Row
from publish.model import (
    Briefing,
    Card,
    Edition,
    Foreign,
    Heard,
    Narration,
    Paragraph,
    Turn,
    paragraphs,
    plain,
    walk,
)
from publish.narrating import Recipe
from publish.output import Output, safe, write_text
from publish.pseudo import is_pseudo
from publish.script import Script
from publish.studio import Stage
from publish.work import Original, Source, Work

BILINGUAL = "epub-bilingual"
"""The format that wants the original beside its translation."""


class Places(msgspec.Struct, frozen=True):
    """Where a build reads and writes."""

    root: Path
    outputs: Path
    theme: Path | None
    cover: Path | None = None

    @property
    def clips(self) -> Path:
        """The cache of encoded clips."""
        return self.root / narrating.CLIPS


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the files of one briefing in one language are made of."""

    name: str
    language: str
    """BCP 47."""
    languages: tuple[str, ...]
    """Of all editions of the briefing, the source's first."""
    sources: tuple[Source, ...]
    anchors: str
    """What the anchors file holds; empty when there is none."""
    orphans: dict[str, str]
    """Anchors files without a source, by name, for a briefing that has none of its own."""
    catalogs: dict[str, Source]
    """The briefing's catalogues by language, those of the fallback chain."""
    series_catalogs: dict[str, Source]
    settings: Settings
    formats: tuple[str, ...]
    """Writers to run."""
    standing: tuple[str, ...]
    """Writers of an earlier build whose files stay, so that links to them hold."""
    places: Places
    recipe: Recipe
    """What the narration is made from, when one is wanted."""
    after: str = ""
    """Key of a task that speaks something of this one's: of two at once, both would speak it."""
    glossary: bytes = b""
    """The file of the series' glossary, for its source's edition alone."""
    known: tuple[Row, ...]
    begun: frozenset[str]
    frozen: bool
    public: bool
    epoch: int | None

    @property
    def key(self) -> str:
        """Its name in the manifest."""
        return f"{self.name}/{self.language}"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a task tells."""

    key: str
    card: Card | None = None
    rows: tuple[Row, ...] = ()
    made: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    anchors: str = ""
    missing: int = 0
    """Characters that are still to be spoken, more than the task was allowed to; then nothing was done."""
    samples: int = 0
    """Of clips that were recorded."""
    failed: dict[str, str] = {}
    """Why clips could not be made, by key."""
    dropped: frozenset[str] = frozenset()
    """Keys of clips that the narration is no longer made from."""
    error: ExitCode | None = None
    """Set when the task could not be done; the findings say why, and what stood before still stands."""


def run(task: Task) -> Result:
    """Do the work. Faults of the input come back as findings, so that other tasks go on."""
    findings: list[Diagnostic] = []
    try:
        return _part(task) if task.recipe.part[1] else _run(task, findings)
    except PublishError as error:
        return Result(key=task.key, findings=(*findings, error.diagnostic), error=error.exit_code)


def understand(
    name: str,
    sources: tuple[Source, ...],
    rows: str,
    settings: Settings,
    report: Report,
    *,
    orphans: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Briefing, str]:
    """A briefing with its ids and exchanges, and the new text of its anchors file, of which ``rows`` is the old one.

    Without one, that of a renamed source is taken over, when it is among ``orphans``.

    Raises:
        InputError: The sources are no briefing.
    """
    table = settings.briefing(name)
    reader = plugins.reader_for(sources[0], table.reader)
    briefing = overridden(reader.read(name, sources, settings, report), table)
    briefing = tongues(briefing, Place(sources[0].file))
    misnamed(briefing, sources, report)
    briefing = _expected(briefing, settings, sources[0].file, report)
    rows = rows or anchors.inherited(briefing, orphans)
    briefing, rows = anchors.identify(briefing, rows, f"anchors/{name}.tsv", report)
    return series.with_exchanges(briefing, settings, report), rows


_last: list[tuple[tuple[object, ...], tuple[Briefing, str], tuple[Diagnostic, ...]]] = []
"""What this process understood last, from what, and what was told of it: who is cast is asked just before."""


def understood(task: Task, report: Report) -> tuple[Briefing, str]:
    """As :func:`understand`, of a task."""
    about = (task.name, task.sources, task.anchors, task.settings, task.orphans)
    if not _last or _last[0][0] != about:
        findings: list[Diagnostic] = []
        try:
            found = understand(*about[:-1], findings.append, orphans=task.orphans)
        except PublishError:
            for finding in findings:
                report(finding)
            raise
        _last[:] = [(about, found, tuple(findings))]
    _, found, told = _last[0]
    for finding in told:
        report(finding)
    return found


def overridden(briefing: Briefing, table: BriefingSettings) -> Briefing:
    """What ``series.toml`` says of a briefing comes before what its source says."""
    said = {
        field: value for field in ("title", "date", "venue", "language", "source") if (value := getattr(table, field))
    }
    if "date" in said:
        said["date_text"] = said["date"]
    status = table.status if table.status != "public" or not briefing.status else briefing.status
    return msgspec.structs.replace(briefing, **said, status=status)


def tongues(briefing: Briefing, place: Place) -> Briefing:
    """The briefing with canonical language tags.

    Raises:
        InputError: One is no tag.
    """

    def tag(said: str, at: Place) -> str:
        try:
            return canonical(said) if said else ""
        except ValueError as error:
            refuse("R026", f"{said!r} is not a language tag: {error}; write one such as 'fr' or 'zh-Hans'", at)

    def of(paragraph: Paragraph) -> Paragraph:
        for part in walk(paragraph.parts):
            if isinstance(part, Foreign) and tag(part.language, paragraph.place) != part.language:
                refuse("R026", f"{part.language!r} is written {canonical(part.language)!r}", paragraph.place)
        said = tag(paragraph.language, paragraph.place)
        return paragraph if said == paragraph.language else msgspec.structs.replace(paragraph, language=said)

    def within(turn: Turn) -> Turn:
        headings, lines = tuple(map(of, turn.headings)), tuple(map(of, turn.paragraphs))
        same = headings == turn.headings and lines == turn.paragraphs
        return turn if same else msgspec.structs.replace(turn, headings=headings, paragraphs=lines)

    people = tuple(
        msgspec.structs.replace(person, language=tag(person.language, place)) for person in briefing.participants
    )
    language = tag(briefing.language, place)
    turns = tuple(map(within, briefing.turns))
    return msgspec.structs.replace(briefing, language=language, participants=people, turns=turns)


def misnamed(briefing: Briefing, sources: Iterable[Source], report: Report) -> None:
    """Tell of files whose names say another language than they are read in: nobody would hear why."""
    for source in sources:
        tag = named(PurePosixPath(source.file).stem)
        if tag and not same_language(tag, briefing.language):
            what = f"its name says {tag!r}, and it is read as {briefing.language!r}"
            where = f'write `language = "{tag}"` into [briefings.{briefing.name}] of series.toml'
            other = "take it in by `publish catalog import` if it is a translation"
            report(Diagnostic("R028", f"{what}; {where}, or {other}", Place(source.file)))


def _expected(briefing: Briefing, settings: Settings, file: str, report: Report) -> Briefing:
    """The briefing in the language that its editions are planned for, which ``series.toml`` alone tells."""
    wanted = canonical(settings.briefing(briefing.name).language or settings.language)
    if briefing.language == wanted:
        return briefing
    alike = same_language(briefing.language, wanted)
    what = f"it says that it is in {briefing.language!r}, and is published as {wanted!r}"
    where = f'write `language = "{briefing.language}"` into [briefings.{briefing.name}] of series.toml'
    report(Diagnostic("R029", f"{what}{'' if alike else ', so nobody can translate it'}; {where}", Place(file)))
    return msgspec.structs.replace(briefing, language=wanted) if alike else briefing


def roll(task: Task) -> casting.Roll | None:
    """Who speaks in the task's briefing; None when it cannot be read, which its own turn will tell."""
    try:
        briefing, _ = understood(task, unheard)
    except PublishError:
        return None
    return casting.roll(briefing, task.settings)


def _part(task: Task) -> Result:
    """Some of the clips, and nothing else."""
    samples, failed = 0, dict[str, str]()
    for rehearsals in _rehearsals(task):
        done = rehearsals.part(*task.recipe.part)
        samples, failed = samples + done.samples, {**failed, **done.failed}
    return Result(key=task.key, samples=samples, failed=failed)


_planned: list[tuple[Task, tuple[speech.Rehearsals, ...]]] = []
"""The task of which this process recorded a part last, with its plan: the next part is most often of the same."""


def _rehearsals(part: Task) -> tuple[speech.Rehearsals, ...]:
    task = msgspec.structs.replace(part, recipe=msgspec.structs.replace(part.recipe, part=(0, 0)))
    if not _planned or _planned[0][0] != task:
        _planned[:] = [(task, _plan(task))]
    return _planned[0][1]


def _plan(task: Task) -> tuple[speech.Rehearsals, ...]:
    briefing, _ = understood(task, unheard)
    words = interface(task.language)
    edition, _ = _edition(task, briefing, words, unheard)
    readings = _readings(task, (edition, *_original(task, briefing)), briefing, words, unheard)
    return tuple(speech.Rehearsals(*reading, task.settings) for reading in readings)


def _run(task: Task, findings: list[Diagnostic]) -> Result:
    report = findings.append
    briefing, rows = understood(task, report)
    words = interface(task.language)
    edition, modified = _edition(task, briefing, words, report)
    beside = _original(task, briefing)
    narrations, missing = _narrate(task, (edition, *beside), briefing, words, report)
    if missing:
        return Result(key=task.key, missing=missing)
    narration, other = (*narrations, None, None)[:2]
    original = Original(beside[0], other) if beside else None
    if not task.frozen and task.language == task.languages[0]:
        write_text(task.places.root / "anchors" / f"{task.name}.tsv", rows, f"anchors/{task.name}.tsv")
    work = _work(task, edition, briefing, (words, modified, report))
    output = _written(task, msgspec.structs.replace(work, narration=narration, original=original))
    return Result(
        key=task.key,
        card=card(edition, _described(briefing, task.settings), narration),
        rows=tuple(output.rows),
        made=tuple(output.made),
        findings=tuple(findings),
        anchors=rows,
        dropped=_remembered(task, narrations) if narrations else frozenset(),
    )


def _remembered(task: Task, narrations: tuple[Narration, ...]) -> frozenset[str]:
    """Note which clips the task is made from; those it was made from until now."""
    keys = (piece for one in narrations for track in one.tracks.values() for piece in track.pieces)
    part = not narrating.lined(task.formats)
    return clips.remember(task.places.clips, task.language, task.name, keys, add=part)


def _work(task: Task, edition: Edition, briefing: Briefing, rest: tuple[Interface, str, Report]) -> Work:
    """What the writers are given, without what was spoken."""
    words, modified, report = rest
    return Work(
        edition=edition,
        source=briefing,
        interface=words,
        settings=task.settings,
        narration=None,
        formats=frozenset(task.formats) | frozenset(task.standing),
        languages=task.languages,
        modified=modified,
        cache=task.places.clips,
        theme=task.places.theme,
        cover=task.places.cover,
        public=task.public,
        report=report,
        glossary=glossary.parse(task.glossary, glossary.FILE, report),
    )


def _written(task: Task, work: Work) -> Output:
    """Every file of the briefing in the language."""
    output = Output(task.places.root, task.places.outputs, task.known, task.begun, work.report)
    for name in sorted(task.formats, key=lambda name: (not plugins.writer(name).AUDIO, name)):
        for file in plugins.writer(name).briefing_files(work):
            if not safe(file.path):
                raise AssertionError(f"the writer {name} names a file outside of its folder: {file.path!r}")
            output.put(file, name)
    return output


def _edition(task: Task, briefing: Briefing, words: Interface, report: Report) -> tuple[Edition, str]:
    """The edition, and the newest date among the briefing's and its catalogue's."""
    catalogs, shared = _catalogs(task, briefing, report)
    edition = catalog.edition(briefing, task.language, catalogs, shared, task.settings, words, report)
    dates = [briefing.date, *(found.revised for found in catalogs)]
    return edition, _modified(max(dates), task, report)


def _catalogs(
    task: Task, briefing: Briefing, report: Report
) -> tuple[tuple[catalog.Catalog, ...], tuple[catalog.Catalog, ...]]:
    """Those of the briefing and those of the series."""
    if is_pseudo(task.language):
        own = catalog.pseudo_briefing(briefing, task.settings, task.language)
        return (own,), (catalog.pseudo_series(task.settings, briefing.participants, task.language),)
    own_files, common = (
        tuple(catalog.parse(file.file, file.text, language, report) for language, file in files.items())
        for files in (task.catalogs, task.series_catalogs)
    )
    return own_files, common


def _original(task: Task, briefing: Briefing) -> tuple[Edition, ...]:
    """The edition in the source's language, when a book in both is wanted."""
    source = task.languages[0]
    wanted = BILINGUAL in {*task.formats, *task.standing} and task.settings.epub.beside(task.language)
    if task.language == source or not wanted:
        return ()
    return (catalog.edition(briefing, source, (), (), task.settings, interface(source), unheard),)


def _described(briefing: Briefing, settings: Settings) -> Briefing:
    """The briefing with what is known of its speakers, so that a card tells who needs which voice."""
    return msgspec.structs.replace(briefing, participants=casting.described(briefing, settings))


def _modified(newest: str, task: Task, report: Report) -> str:
    """Never a file's time or the clock: equal input, equal bytes."""
    if newest:
        return newest if "T" in newest else f"{newest[:10]}T00:00:00Z"
    if task.epoch is not None:
        from datetime import UTC, datetime  # noqa: PLC0415

        return datetime.fromtimestamp(task.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    place = Place(task.sources[0].file)
    report(
        Diagnostic("B004", "no date is known; 1980-01-01 is used, and `date` in [briefings.<name>] gives one", place)
    )
    return "1980-01-01T00:00:00Z"


_Reading = tuple[Edition, Script, Stage]


def _narrate(
    task: Task, editions: tuple[Edition, ...], source: Briefing, words: Interface, report: Report
) -> tuple[tuple[Narration, ...], int]:
    """The narration of each edition; or how many characters are missing, when more than may be spoken in one go."""
    if not narrating.needed(task.formats):
        return (), 0
    readings = _readings(task, editions, source, words, report)
    sessions = [speech.Session(*reading, task.settings) for reading in readings]
    if task.recipe.most:
        missing = sum(session.characters() for session in sessions)
        if missing > task.recipe.most:
            return (), missing
    return tuple(session.narration(report, failed=task.recipe.failed) for session in sessions), 0


def _readings(
    task: Task, editions: tuple[Edition, ...], source: Briefing, words: Interface, report: Report
) -> list[_Reading]:
    """What is said of each edition, and with what: of the first one all, of what stands beside it the turns alone."""
    whole = narrating.script(editions[0], words, task.settings, lines=narrating.lined(task.formats))
    root, count = task.places.root, 2 if BILINGUAL in task.formats else 1
    return [
        (one, script, narrating.stage(one, source, task.recipe, task.settings, root, report))
        for one, script in zip(editions[:count], (whole, Script()), strict=False)
    ]


# --- The card ---------------------------------------------------------------------------------------------------------


def card(edition: Edition, source: Briefing, narration: Narration | None) -> Card:
    """What the index pages, feeds and collections are made from."""
    turns = [turn for turn in edition.briefing.turns if turn.speaker is not None]
    texts = [plain(paragraph.parts) for paragraph in paragraphs(edition.briefing)]
    tracks = narration.tracks if narration else {}
    return Card(
        briefing=source.name,
        language=edition.language,
        title=edition.title,
        date=source.date,
        venue=edition.venue,
        status=source.status,
        speakers=tuple(_heard(edition)),
        exchanges=tuple((f"x-{turn.id}", edition.headings[turn.id]) for turn in edition.briefing.turns if turn.opens),
        turns=len(turns),
        paragraphs=len(texts),
        words=sum(len(text.split()) for text in texts),
        coverage=edition.coverage,
        samples=sum(tracks[turn.id].samples for turn in edition.briefing.turns if turn.id in tracks),
        unspoken=len(narration.unspoken) if narration else 0,
        participants=source.participants,
    )


def _heard(edition: Edition) -> Iterator[Heard]:
    for participant in edition.briefing.participants:
        turns = [turn for turn in edition.briefing.turns if turn.speaker == participant.speaker]
        person = edition.people[participant.speaker]
        if turns:
            yield Heard(participant.speaker, person.name, person.role, person.kind, len(turns), turns[0].id)
