"""Narrating in a build: which engines, who is cast, what is said besides the turns, and how the work is divided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from publish import casting, lexicon, plugins, register, series
from publish.config import Settings
from publish.diagnostics import MissingError, Report
from publish.front import announced, front
from publish.headings import heading, opening
from publish.interface import Interface
from publish.lexicon import Lexicon
from publish.model import Briefing, Edition, Paragraph
from publish.script import Script
from publish.studio import Band, Stage
from publish.work import Source

CLIPS = ".publish/clips"
"""The cache of encoded clips, in a workspace."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What a narration is made from, besides the edition, as values that can go to another process."""

    voices: str = ""
    """The rows of ``anchors/voices.tsv`` that are about the briefing's speakers."""
    lexicons: tuple[Source, ...] = ()
    """Files of pronunciations."""
    most: int = 0
    """Characters that may be spoken in one go; when more are missing nothing is spoken. 0: any number."""
    part: tuple[int, int] = (0, 0)
    """Only this part of the missing clips, and of how many; ``(0, 0)``: the whole narration."""
    failed: Mapping[str, str] = {}
    """Clips that could not be made a moment ago, and why, by key."""


def band(settings: Settings, root: Path) -> Band:
    """The engines that the settings name, as they are wanted in the workspace ``root``.

    Raises:
        InputError: There is none of a name.
    """
    names = dict.fromkeys((settings.audio.engine, *settings.audio.engines.values()))
    return Band(settings.audio, {name: plugins.prepared(name, settings.audio, root) for name in names})


def cast(
    rolls: Iterable[casting.Roll],
    rows: str,
    engines: Band,
    settings: Settings,
    languages: Iterable[str],
    report: Report,
) -> casting.Cast:
    """The cast of some briefings for all engines that speak these languages, and passages in others.

    Raises:
        MissingError: An engine that is needed cannot work here.
    """
    needed = {engines.name(language) for language in languages}
    found = {}
    for name in sorted({settings.audio.engine, *needed}):
        try:
            found[name] = engines.voices(name)
        except MissingError:
            if name in needed:
                raise
    return casting.cast(rolls, rows, settings, found, report)


def stage(edition: Edition, source: Briefing, recipe: Recipe, settings: Settings, root: Path, report: Report) -> Stage:
    """Everything that an edition is spoken with in the workspace ``root``."""
    rolls, engines = (casting.roll(source, settings),), band(settings, root)
    people = cast(rolls, recipe.voices, engines, settings, (edition.language, source.language), report)
    return Stage(engines, people.voices, words(recipe.lexicons, settings, report), root / CLIPS)


def words(files: Iterable[Source], settings: Settings, report: Report) -> Lexicon:
    """How words are pronounced: by ``series.toml``, else by the files."""

    def read(file: Source) -> Lexicon:
        return lexicon.parse_pls(file.file, file.text.encode("utf-8", "surrogateescape"), report)

    return lexicon.lexicon_of(settings, map(read, files))


def script(edition: Edition, interface: Interface, settings: Settings, *, lines: bool = True) -> Script:
    """What is said besides the paragraphs of the turns: who speaks, and with ``lines`` what a book prints."""
    names = tuple(_names(edition, interface, settings))
    if not lines:
        return Script(names=names)
    headings = tuple(
        heading(turn, edition, interface)
        for turn in edition.briefing.turns
        if turn.speaker is not None or turn.headings  # a stage direction has no heading but those of the source
    )
    begins = (opening(edition, interface),) if series.exchanges(edition.briefing)[0] else ()
    return Script(front(edition, interface, settings), begins, headings, names, register.lines(edition, interface))


def _names(edition: Edition, interface: Interface, settings: Settings) -> Iterator[Paragraph]:
    role = settings.audio.announce == "name and role"
    for turn in edition.briefing.turns:
        if turn.speaker is None or turn.continued:
            continue
        person = edition.people[turn.speaker]
        if person.name.text:
            said = announced(person, interface, role=role)
            yield msgspec.structs.replace(said, id=f"{turn.id}-n", place=turn.place)


def needed(formats: Iterable[str]) -> bool:
    """Whether one of the writers wants a narration."""
    return any(plugins.writer(name).AUDIO for name in formats)


def lined(formats: Iterable[str]) -> bool:
    """Whether one of them lets hear more than the turns."""
    return any(plugins.writer(name).LINES for name in formats)
