"""What was recorded of a workspace that is built: every clip with the line that it was made for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from publish import audio, catalog, narrating, pipeline, task
from publish.audio import Encoded
from publish.catalog import Catalog
from publish.config import Settings
from publish.interface import interface
from publish.languages import chain, folder
from publish.model import Briefing, Edition
from publish.script import tracks
from publish.studio import Studio, Take
from publish.work import Source
from publish.workspace import Workspace, entries, load, relative


class Recorded(msgspec.Struct, frozen=True):
    """A clip in a turn's file, or a heading's or the front matter's."""

    briefing: str
    track: str
    start: int
    """In samples of the file."""
    take: Take
    clip: Encoded

    @property
    def end(self) -> int:
        return self.start + self.clip.samples


def recorded(root: Path, language: str) -> Iterator[Recorded]:
    """All clips of an edition, in the order of their sound. That the cache holds each is a part of what is tested."""
    workspace = Workspace(root)
    settings = pipeline.read_settings(workspace)
    for entry in entries(workspace, lambda _: None):
        sources = tuple(load(path.read_bytes(), relative(path, workspace)) for path in entry.files)
        yield from _of_briefing(workspace, settings, entry.name, sources, language)


def _of_briefing(
    workspace: Workspace, settings: Settings, name: str, sources: tuple[Source, ...], language: str
) -> Iterator[Recorded]:
    rows = (workspace.anchors / f"{name}.tsv").read_text("utf-8")
    source, _ = task.understand(name, sources, rows, settings, lambda _: None)
    edition = _edition(workspace, settings, source, language)
    recipe = narrating.Recipe(voices=(workspace.anchors / "voices.tsv").read_text("utf-8"))
    stage = narrating.stage(edition, source, recipe, settings, workspace.root, lambda _: None)
    studio = Studio(stage, settings)
    for track, lines in tracks(edition, narrating.script(edition, interface(language), settings), settings):
        at = 0
        for line in lines:
            take = studio.plan(line)
            clip = audio.load(stage.cache, take.key)
            assert clip is not None, f"{name}, {line.id}: what is planned is not what was built"
            yield Recorded(name, track, at, take, clip)
            at += clip.samples


def _edition(workspace: Workspace, settings: Settings, source: Briefing, language: str) -> Edition:
    own, shared = (_catalogs(workspace, name, language) for name in (source.name, pipeline.SERIES))
    return catalog.edition(source, language, own, shared, settings, interface(language), lambda _: None)


def _catalogs(workspace: Workspace, name: str, language: str) -> tuple[Catalog, ...]:
    paths = (workspace.locales / folder(tag) / f"LC_MESSAGES/{name}.po" for tag in chain(language))
    there = [path for path in paths if path.is_file()]
    return tuple(catalog.parse(path.name, path.read_text("utf-8"), language, lambda _: None) for path in there)
