"""audio: an MP3 a turn, and a WebVTT file whose cues are the turn's paragraphs.

Cues carry the paragraphs' ids, the speaker as their voice, and the times of the clips (WebVTT, W3C Candidate
Recommendation of 2019).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from publish.audio import digest, join
from publish.model import Code, Deleted, Edition, Foreign, Image, Inaudible, Inline, PageBreak, Text, Track, Turn, Vocal
from publish.work import File, Shelf, Work

SUMMARY = "an MP3 and a WebVTT file for every turn"
DEFAULT = True
AUDIO = True

_FORM = "1"
"""Of the files; part of their keys."""


def briefing_files(work: Work) -> Iterator[File]:
    """``audio/<turn>.mp3`` and ``.vtt`` of every turn and stage direction that has sound."""
    if work.narration is None:
        return
    folder = f"{work.edition.language}/{work.source.name}/audio"
    for turn in work.edition.briefing.turns:
        track = work.narration.tracks.get(turn.id)
        if track is None:
            continue
        sound = partial(_write, work.cache, track)
        yield File(f"{folder}/{turn.id}.mp3", sound, key=digest(["mp3", _FORM, *track.pieces]))
        cues = vtt(turn, track, work.edition, work.narration.rate)
        yield File(f"{folder}/{turn.id}.vtt", cues.encode("utf-8", "replace"), key=digest(["vtt", _FORM, cues]))


def series_files(shelf: Shelf) -> Iterator[File]:  # noqa: ARG001  # the contract's
    """None as yet."""
    yield from ()


def _write(cache: Path, track: Track, stream: BinaryIO) -> None:
    stream.write(join(cache, track))


# --- WebVTT -----------------------------------------------------------------------------------------------------------


def vtt(turn: Turn, track: Track, edition: Edition, rate: int) -> str:
    """The text of a turn's file. What could not be spoken has no cue, and the name that is announced has none."""
    paragraphs = {paragraph.id: paragraph for paragraph in turn.paragraphs}
    name = edition.people[turn.speaker].name.text if turn.speaker is not None else ""
    blocks = ["WEBVTT"]
    for clip in track.clips:
        if clip.id not in paragraphs:
            continue
        paragraph = paragraphs[clip.id]
        words = " ".join(_markup(paragraph.parts).split())
        if paragraph.language != edition.language:
            words = _in_language(words, paragraph.language)
        voice = f"<v {' '.join(_escaped(name).split())}>{words}" if name.strip() else words
        blocks.append(f"{clip.id}\n{_time(clip.start, rate)} --> {_time(clip.end, rate)}\n{voice}")
    return "\n\n".join(blocks) + "\n"


def _time(samples: int, rate: int) -> str:
    """A boundary, rounded down: no cue ends after its sound, and neighbours share a value."""
    seconds, thousandths = divmod(samples * 1000 // rate, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"


def _markup(parts: Iterable[Inline]) -> str:
    return "".join(map(_part, parts))


def _part(part: Inline) -> str:
    match part:
        case Text(text) | Code(text) | Vocal(text) | Inaudible(text) | Image(text):
            return _escaped(text)
        case Deleted() | PageBreak():
            return ""
        case Foreign(tag, inner):
            return _in_language(_markup(inner), tag)
        case _:
            return _markup(part.parts)


def _in_language(words: str, tag: str) -> str:
    return f"<lang {_escaped(tag)}>{words}</lang>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
