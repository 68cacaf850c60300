"""The formats and engines there are: every module in ``readers``, ``writers`` and ``engines``.

The module's name is the format's or the engine's name, with ``-`` for ``_``; a name that begins with ``_`` is none.
What a module must hold is written here as protocols, and a test holds every module found to them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast, runtime_checkable

from publish import engines, readers, writers
from publish.audio import Speech, Utterance, Voice
from publish.config import FILE, AudioSettings, Settings, line_of
from publish.diagnostics import Place, Report, refuse
from publish.model import Briefing
from publish.work import File, Shelf, Source, Work


class Reader(Protocol):
    """A source format."""

    SUMMARY: str
    SUFFIXES: tuple[str, ...]

    def claims(self, source: Source) -> int:
        """How sure it is that the source is in its format: 0 not at all, 100 certain."""

    def read(self, name: str, pages: tuple[Source, ...], settings: Settings, report: Report) -> Briefing:
        """The briefing, without ids and exchanges. Raises InputError when there is none in the pages."""


class Writer(Protocol):
    """An output format."""

    SUMMARY: str
    DEFAULT: bool
    """Whether it is made when ``--format`` is not given."""
    AUDIO: bool
    """Whether it wants a narration."""
    LINES: bool
    """Whether front matter and headings are heard in it, and not only turns."""

    def briefing_files(self, work: Work) -> Iterator[File]:
        """The files of one briefing in one language."""

    def series_files(self, shelf: Shelf) -> Iterator[File]:
        """The files that belong to the series."""


class Engine(Protocol):
    """A speech engine."""

    SUMMARY: str
    INSTALL: str
    """How to get it, as a command or a clause."""

    def version(self) -> str:
        """Of everything that shapes its sound."""

    def voices(self) -> tuple[Voice, ...]:
        """All it can speak with here."""

    def synthesise(self, utterance: Utterance) -> Speech:
        """The sound of one utterance. Raises SpeechError."""


@runtime_checkable
class Prepared(Protocol):
    """A speech engine that wants to know more of ``series.toml`` than which of its voices are asked for."""

    def prepare(self, audio: AudioSettings, folder: Path) -> None:
        """Take over what ``[audio]`` says of it; ``folder`` is the workspace."""


@runtime_checkable
class Telling(Protocol):
    """A speech engine that can tell how it says something."""

    def phonemes(self, utterance: Utterance) -> str:
        """In IPA; empty where it cannot. Raises SpeechError."""


def names(folder: str) -> tuple[str, ...]:
    """The names in ``readers``, ``writers`` or ``engines``, sorted, without importing them."""
    package = {"readers": readers, "writers": writers, "engines": engines}[folder]
    modules = (found.name for found in pkgutil.iter_modules(package.__path__) if found.name[0] != "_")
    return tuple(sorted(name.replace("_", "-") for name in modules))


def _module(folder: str, name: str) -> ModuleType:
    return import_module(f"publish.{folder}.{name.replace('-', '_')}")


def reader(name: str) -> Reader:
    """The reader called ``name``, which :func:`names` knows."""
    return cast("Reader", _module("readers", name))


def writer(name: str) -> Writer:
    """The writer called ``name``, which :func:`names` knows."""
    return cast("Writer", _module("writers", name))


def engine(name: str) -> Engine:
    """The engine called ``name``.

    Raises:
        InputError: There is none of this name.
    """
    if name not in names("engines"):
        refuse("W004", f"there is no speech engine {name!r}; there are {', '.join(names('engines'))}")
    return cast("Engine", _module("engines", name))


def prepared(name: str, audio: AudioSettings, folder: Path) -> Engine:
    """The engine called ``name`` as ``[audio]`` wants it in the workspace ``folder``.

    Raises:
        InputError: There is none of this name.
    """
    found = engine(name)
    if isinstance(found, Prepared):
        found.prepare(audio, folder)
    return found


def reader_for(source: Source, wanted: str = "") -> Reader:
    """The reader that is surest of a source, or the one that ``series.toml`` names.

    Raises:
        InputError: No reader knows what this is.
    """
    known = names("readers")
    if wanted:
        if wanted not in known:
            refuse("W004", f"there is no reader {wanted!r}; there are {', '.join(known)}", Place(source.file))
        return reader(wanted)
    best = max(((reader(name).claims(source), name) for name in known), key=lambda claim: (claim[0], claim[1]))
    if best[0] <= 0:
        refuse(
            "W005",
            f"no reader knows this file; the formats are {', '.join(known)}, "
            "and `reader` in [briefings.<name>] of series.toml names one",
            Place(source.file),
        )
    return reader(best[1])


def check_engines(settings: Settings, text: str) -> None:
    """Refuse an engine that there is not, where it is named."""
    named: dict[tuple[str, ...], str] = {("audio", "engine"): settings.audio.engine}
    named |= {("audio", "engines", tag): name for tag, name in settings.audio.engines.items()}
    known = names("engines")
    for keys, name in named.items():
        if name not in known:
            message = f"there is no speech engine {name!r}; there are {', '.join(known)}"
            refuse("W004", message, Place(FILE, line_of(text, keys)))
