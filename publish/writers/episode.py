"""episode: the whole sound of a briefing as one MP3 with chapters, its WebVTT file, and its chapters as JSON.

The MP3 is joined from the clips' frames; nothing is encoded again. Before it stands an ID3 tag.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec

from publish import paths
from publish.audio import digest, write
from publish.cover import Cover
from publish.work import Content, File, Shelf, Work
from publish.writers._episode import Episode, episode, picture
from publish.writers._tags import id3, milliseconds
from publish.writers._vtt import vtt

SUMMARY = "one MP3 a briefing, with chapters, and its WebVTT file"
DEFAULT = True
AUDIO = True
LINES = True

_FORM = "1"
"""Of the files; part of their keys."""


def briefing_files(work: Work) -> Iterator[File]:
    """``<briefing>.mp3``, ``.vtt`` and ``.chapters.json``, when anything of the briefing has sound."""
    made = episode(work)
    if made is None or work.narration is None:
        return
    cover = picture(work)
    tags = msgspec.json.encode((made.tags, made.chapters)).decode()
    key = digest(["episode", _FORM, tags, cover.digest, *made.track.pieces])
    yield _file(work, "mp3", partial(_write, made, cover, work.cache), key)
    cues = vtt(work.edition.briefing.turns, made.track, work.edition, work.narration.rate, made.lines)
    yield _file(work, "vtt", cues.encode("utf-8", "replace"))
    yield _file(work, "chapters.json", _chapters(made, work))


def series_files(shelf: Shelf) -> Iterator[File]:  # noqa: ARG001  # the contract's
    """None: the list of the episodes is the feed."""
    yield from ()


def _file(work: Work, suffix: str, content: Content, key: str = "") -> File:
    return File(paths.episode(work.edition.language, work.source.name, suffix), content, key=key)


def _write(made: Episode, cover: Cover, cache: Path, stream: BinaryIO) -> None:
    stream.write(id3(made.tags, made.chapters, cover))
    write(cache, made.track.pieces, stream)


def _chapters(made: Episode, work: Work) -> bytes:
    """JSON Chapters of the podcast namespace, version 1.2."""
    page = paths.page(work.edition.language, work.source.name)
    chapters: list[dict[str, object]] = []
    for section in made.sections:
        start, end = (milliseconds(edge) / 1000 for edge in (section.chapter.start, section.chapter.end))
        chapter: dict[str, object] = {"startTime": start, "endTime": end, "title": section.chapter.title}
        if work.settings.site.url:
            chapter["url"] = paths.absolute(page, work.settings, section.id)
        chapters.append(chapter)
    document = {
        "version": "1.2.0",
        "title": made.tags.title,
        "podcastName": made.tags.series,
        "author": made.tags.publisher,
        "fileName": f"{work.source.name}.mp3",
        "chapters": chapters,
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode()
