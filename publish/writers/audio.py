"""audio: a sound file a turn, and a WebVTT file whose cues are the turn's paragraphs.

The sound is MP3, joined from clips, or what ``format`` in ``[audio]`` names, encoded once more from that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from publish import paths, recode
from publish.audio import digest, pieces, write
from publish.config import AudioSettings
from publish.model import Track
from publish.work import File, Shelf, Work
from publish.writers._vtt import vtt

SUMMARY = "a sound file and a WebVTT file for every turn"
DEFAULT = True
AUDIO = True
LINES = False

_FORM = "2"
"""Of the files; part of their keys."""


def briefing_files(work: Work) -> Iterator[File]:
    """``audio/<turn>.mp3`` (or ``.opus``, ``.m4a``) and ``.vtt`` of every turn and stage direction that has sound."""
    if work.narration is None:
        return
    folder = f"{work.edition.language}/{work.source.name}"
    audio = work.settings.audio
    made = () if audio.format == "mp3" else (recode.encoder(), str(audio.bit_rate))
    for turn in work.edition.briefing.turns:
        track = work.narration.tracks.get(turn.id)
        if track is None:
            continue
        key = digest([audio.format, _FORM, *made, *track.pieces])
        yield File(f"{folder}/{paths.sound(turn.id, work.settings)}", _sound(work.cache, track, audio), key=key)
        cues = vtt([turn], track, work.edition, work.narration.rate)
        key = digest(["vtt", _FORM, cues])
        yield File(f"{folder}/audio/{turn.id}.vtt", cues.encode("utf-8", "replace"), key=key)


def series_files(shelf: Shelf) -> Iterator[File]:  # noqa: ARG001  # the contract's
    """None: the sound of all briefings is the audiobook's."""
    yield from ()


def _sound(cache: Path, track: Track, audio: AudioSettings) -> Callable[[BinaryIO], None]:
    match audio.format:
        case "opus":
            return partial(_opus, cache, track, audio.bit_rate)
        case "m4a":
            return partial(_m4a, cache, track, audio.bit_rate)
        case _:
            return partial(_mp3, cache, track)


def _mp3(cache: Path, track: Track, stream: BinaryIO) -> None:
    write(cache, track.pieces, stream)


def _opus(cache: Path, track: Track, bit_rate: int, stream: BinaryIO) -> None:
    recode.ogg_opus(pieces(cache, track.pieces), bit_rate, stream)


def _m4a(cache: Path, track: Track, bit_rate: int, stream: BinaryIO) -> None:
    recode.mp4_aac(pieces(cache, track.pieces), bit_rate, stream, cache.parent)
