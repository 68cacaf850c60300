"""Tags with chapters and cover: ID3 for MP3, and those of MP4. Neither holds a clock or a version."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from publish.audio import RATE
from publish.cover import Cover
from publish.recode import Chapter
from publish.writers._episode import Tags

_UTF_16 = 1
"""The encoding of all texts: version 2.3 of ID3 has none but this and Latin-1."""
_NOWHERE = 0xFFFFFFFF
"""In place of a chapter's bytes: its times are meant."""
_ENTRIES = 255
"""Of a table of contents; its number of entries is one byte."""


def id3(tags: Tags, chapters: Sequence[Chapter], cover: Cover) -> bytes:
    """An ID3 tag of version 2.3, which every player reads, with chapters (ID3v2 Chapter Frame Addendum, 1.0)."""
    body = b"".join(map(_written, (*_frames(tags, cover), *_chapters(chapters))))
    size = bytes(len(body) >> by & 0x7F for by in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + body


_HEADER = 10
"""Bytes in front of a tag's frames."""


def _written(frame: Any) -> bytes:  # noqa: ANN401  # mutagen has a class a frame, and no type for them all
    """One frame. mutagen orders the frames of a tag by their size, and some players list chapters as they find them."""
    from mutagen.id3 import ID3  # noqa: PLC0415  # only builds with sound need it

    tag, stream = ID3(), io.BytesIO()
    tag.add(frame)
    tag.update_to_v23()
    tag.save(stream, v2_version=3, padding=lambda _: 0)
    return stream.getvalue()[_HEADER:]


def _frames(tags: Tags, cover: Cover) -> Iterator[Any]:
    from mutagen import id3 as frames  # noqa: PLC0415  # as above

    texts = {"TIT2": tags.title, "TALB": tags.series, "TPE1": tags.publisher, "TDRC": tags.date}
    for name, text in {**texts, "TLAN": tags.language, "TCON": "Speech"}.items():
        if text:
            yield getattr(frames, name)(encoding=_UTF_16, text=[text])
    yield frames.COMM(encoding=_UTF_16, lang=tags.language, desc="", text=[tags.comment])
    kind, alt = frames.PictureType.COVER_FRONT, tags.cover_alt[:64]
    yield frames.APIC(encoding=_UTF_16, mime=cover.media_type, type=kind, desc=alt, data=cover.data)


def _chapters(chapters: Sequence[Chapter]) -> Iterator[Any]:
    from mutagen.id3 import CHAP, CTOC, TIT2, CTOCFlags  # noqa: PLC0415  # as above

    names = [f"c{number}" for number in range(1, len(chapters) + 1)]
    parts = [names[at : at + _ENTRIES] for at in range(0, len(names), _ENTRIES)]
    if len(parts) > 1:
        tables = [f"toc{number}" for number in range(1, len(parts) + 1)]
        yield CTOC("toc", CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED, tables, sub_frames=[])
        for table, part in zip(tables, parts, strict=True):
            yield CTOC(table, CTOCFlags.ORDERED, part, sub_frames=[])
    else:
        yield CTOC("toc", CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED, names, sub_frames=[])
    for name, chapter in zip(names, chapters, strict=True):
        title = TIT2(encoding=_UTF_16, text=[chapter.title])
        start, end = milliseconds(chapter.start), milliseconds(chapter.end)
        yield CHAP(name, start, end, _NOWHERE, _NOWHERE, sub_frames=[title])


def milliseconds(samples: int) -> int:
    """A boundary as it is written; rounded down, so that no chapter ends after its sound."""
    return samples * 1000 // RATE


def tag_mp4(path: Path, tags: Tags, cover: Cover) -> None:
    """Put tags and cover into an audiobook, whose chapters it has already."""
    from mutagen.mp4 import MP4, MP4Cover  # noqa: PLC0415  # as above

    made = MP4(path)
    texts = {
        "\xa9nam": tags.title,
        "\xa9alb": tags.series,
        "\xa9ART": tags.publisher,
        "aART": tags.publisher,
        "\xa9day": tags.date,
        "\xa9cmt": tags.comment,
        "\xa9gen": "Speech",
    }
    for name, text in texts.items():
        if text:
            made[name] = [text]
    made["stik"] = [2]  # an audiobook
    form = MP4Cover.FORMAT_PNG if cover.suffix == "png" else MP4Cover.FORMAT_JPEG
    made["covr"] = [MP4Cover(cover.data, form)]
    made.save()


def id3_comment(path: Path) -> str:
    """What an episode says of its voices."""
    from mutagen.id3 import ID3  # noqa: PLC0415  # as above

    return next((str(frame) for frame in ID3(path).getall("COMM")), "")


def mp4_comment(path: Path) -> str:
    """What an audiobook says of them."""
    from mutagen.mp4 import MP4  # noqa: PLC0415  # as above

    return next(map(str, MP4(path).get("\xa9cmt", ())), "")
