"""audiobook: an M4B with chapters, one a briefing, and those of the series by month, by year or by size.

A briefing's is encoded once more from its clips. One of the series is copied from theirs, packet by packet: each begins
with a packet of silence and ends in a pause, so nothing is heard where they meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import msgspec

from publish import paths, recode
from publish.audio import digest, pieces
from publish.config import Settings
from publish.cover import Cover, cover
from publish.languages import alpha3
from publish.model import Card
from publish.work import File, Shelf, Work
from publish.writers._episode import Episode, Tags, episode, one_line, picture
from publish.writers._epub_metadata import series_identifier
from publish.writers._tags import mp4_comment, tag_mp4

SUMMARY = "M4B with chapters: one a briefing, and the series by month or by size"
DEFAULT = False
AUDIO = True
LINES = True

_FORM = "1"
"""Of the files; part of their keys."""


def briefing_files(work: Work) -> Iterator[File]:
    """``<briefing>.m4b``, when anything of the briefing has sound."""
    made = episode(work)
    if made is None:
        return
    shown, bit_rate = picture(work), work.settings.audio.bit_rate
    tags = msgspec.json.encode((made.tags, made.chapters)).decode()
    key = digest([recode.encoder(), _FORM, str(bit_rate), tags, shown.digest, *made.track.pieces])
    path = paths.episode(work.edition.language, work.source.name, "m4b")
    yield File(path, partial(_write, made, shown, bit_rate, work.cache), key=key)


def _write(made: Episode, shown: Cover, bit_rate: int, cache: Path, stream: BinaryIO) -> None:
    def write(path: Path) -> None:
        clips = pieces(cache, made.track.pieces)
        recode.aac_file(path, clips, bit_rate, made.chapters, made.tags.language)
        tag_mp4(path, made.tags, shown)

    recode.with_file(cache.parent, write, stream)


# --- Of the series ----------------------------------------------------------------------------------------------------


class _Part(msgspec.Struct, frozen=True):
    """A finished audiobook of one briefing."""

    card: Card
    path: Path
    digest: str

    @property
    def title(self) -> str:
        return one_line(self.card.title.text) or self.card.briefing


def series_files(shelf: Shelf) -> Iterator[File]:
    """One or several for every language, of the public briefings."""
    shown = cover(shelf.cover, series_identifier(shelf.settings))
    for language in shelf.cards:
        parts = tuple(_parts(language, shelf))
        for name, volume in _volumes(parts, shelf.settings):
            tags = _tags(name, volume, language, shelf)
            titles = (title for part in volume for title in (part.digest, part.title))
            key = digest([recode.encoder(), _FORM, repr(tags), shown.digest, *titles])
            path = paths.volume(language, shelf.settings, name, "m4b")
            yield File(path, partial(_bind, volume, tags, shown, shelf.outputs), key=key)


def _parts(language: str, shelf: Shelf) -> Iterator[_Part]:
    for card in shelf.cards[language]:
        path = paths.episode(language, card.briefing, "m4b")
        if path in shelf.files:
            yield _Part(card, shelf.outputs / path, shelf.files[path])


def _volumes(parts: Sequence[_Part], settings: Settings) -> Iterator[tuple[str, tuple[_Part, ...]]]:
    """The name of each volume, and what is in it: a month's or year's, or as much as the size allows, at least one."""
    limit = settings.audio.audiobook
    if isinstance(limit, str):
        signs = {"month": 7, "year": 4}[limit]
        for name, group in groupby(parts, key=lambda part: part.card.date[:signs]):
            yield name or "undated", tuple(group)
        return
    volume: list[_Part] = []
    number, size = 1, 0
    for part in parts:
        own = part.path.stat().st_size
        if volume and size + own > limit:
            yield str(number), tuple(volume)
            volume, number, size = [], number + 1, 0
        volume.append(part)
        size += own
    if volume:
        yield str(number), tuple(volume)


def _tags(name: str, volume: Sequence[_Part], language: str, shelf: Shelf) -> Tags:
    title, publisher, _ = shelf.titles[language]
    return Tags(
        title=one_line(title, name),
        series=one_line(title),
        publisher=one_line(publisher),
        date=volume[-1].card.date[:10],
        language=alpha3(language),
        comment=mp4_comment(volume[0].path),
        cover_alt="",
    )


def _bind(volume: Sequence[_Part], tags: Tags, shown: Cover, outputs: Path, stream: BinaryIO) -> None:
    def write(path: Path) -> None:
        recode.joined_aac(path, [(part.path, part.title) for part in volume], tags.language)
        tag_mp4(path, tags, shown)

    recode.with_file(outputs / ".publish", write, stream)
