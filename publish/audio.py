"""Sound: what engines are asked for and give back, and the clips that are made of it, kept and joined.

Everything here is mono, 16 bit, :data:`RATE` samples a second; an engine's other rate is resampled at the border. The
unit that is encoded and kept is the **clip**: one utterance or several with a pause, padded to whole MP3 frames. A
track is its clips' frames put end to end: see :mod:`publish.frames` for why that is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from publish import clips
from publish.clips import digest
from publish.diagnostics import Diagnostic, MissingError, Place
from publish.frames import BIT_RATE, FRAME, LEAST_PAUSE, bit_rate_of, closing, encoded, encoder, opening, wave
from publish.model import Track
from publish.spoken import RATE, Mark, Phonemes, Speech, SpeechError, Unspeakable, Utterance, Voice

__all__ = [
    "FRAME",
    "LEAST_PAUSE",
    "RATE",
    "Encoded",
    "Mark",
    "Phonemes",
    "Speech",
    "SpeechError",
    "Unspeakable",
    "Utterance",
    "Voice",
    "digest",
    "encode",
    "encoder",
    "join",
    "key",
    "load",
    "mp3",
    "resampled",
    "store",
    "write",
]


# --- At one rate ------------------------------------------------------------------------------------------------------

_RATES = range(4_000, 384_001)


def resampled(speech: Speech) -> bytes:
    """The samples of a speech at :data:`RATE`.

    Raises:
        SpeechError: What the engine gave is no sound.
    """
    if speech.rate not in _RATES:
        raise SpeechError(f"the engine says that its sound has {speech.rate} samples a second")
    if len(speech.pcm) % 2:
        raise SpeechError("the engine gave half a sample")
    if speech.rate == RATE or not speech.pcm:
        return speech.pcm
    import av  # noqa: PLC0415  # FFmpeg takes 16 MB of every process, and most builds of text need none of it

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    frames = [*resampler.resample(wave(speech.pcm, speech.rate)), *resampler.resample(None)]
    return b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in frames)


# --- Clips ----------------------------------------------------------------------------------------------------------


class Encoded(msgspec.Struct, frozen=True, array_like=True):
    """A clip as MP3 frames."""

    frames: bytes
    count: int
    """Of frames, each :data:`FRAME` samples."""
    marks: tuple[Mark, ...] = ()
    """Words in the order of their sound; positions count through the utterances' texts, put end to end."""

    @property
    def samples(self) -> int:
        """Length of the clip with its pause."""
        return self.count * FRAME


def encode(pcm: Iterable[bytes], pause: int, bit_rate: int = BIT_RATE) -> Encoded:
    """One clip from its parts, which are taken one after the other, and ``pause`` samples of silence or a few more."""
    return Encoded(*encoded(pcm, pause, bit_rate))


def mp3(parts: Iterable[Encoded]) -> bytes:
    """A file of clips."""
    known = [part for part in parts if part.frames]
    bit_rate = bit_rate_of(known[0].frames) if known else BIT_RATE
    frames = [part.frames for part in known]
    begin = opening(sum(part.count for part in known), sum(map(len, frames)), bit_rate)
    return b"".join((begin, *frames, closing(bit_rate)))


# --- Clips that are kept ----------------------------------------------------------------------------------------------


def key(*parts: str, bit_rate: int = BIT_RATE) -> str:
    """The name of a clip in the cache, from everything that it is made of."""
    return digest([encoder(bit_rate), *parts])


def load(cache: Path, name: str) -> Encoded | None:
    """The clip called ``name``; None when there is none, or what is there is damaged."""
    body = clips.load(cache, name)
    try:
        return None if body is None else msgspec.msgpack.decode(body, type=Encoded)
    except msgspec.DecodeError:
        return None


def store(cache: Path, name: str, clip: Encoded) -> None:
    """Keep a clip. Two processes may do so at once.

    Raises:
        MissingError: The disk is full, or the folder is not ours to write to.
    """
    clips.store(cache, name, msgspec.msgpack.encode(clip))


def join(cache: Path, track: Track) -> bytes:
    """The MP3 file of a track.

    Raises:
        MissingError: A clip is gone from the cache, or was damaged since it was spoken.
    """
    return mp3(pieces(cache, track.pieces))


def write(cache: Path, keys: Iterable[str], stream: BinaryIO) -> int:
    """Write the MP3 file of many clips to what need not be able to seek; how many samples it has.

    The clips are read twice, since the header comes first and tells the size; only one is in memory at a time.

    Raises:
        MissingError: As above.
    """
    names = list(keys)
    count = size = bit_rate = 0
    for clip in pieces(cache, names):
        count, size = count + clip.count, size + len(clip.frames)
        bit_rate = bit_rate or (bit_rate_of(clip.frames) if clip.frames else 0)
    stream.write(opening(count, size, bit_rate or BIT_RATE))
    for clip in pieces(cache, names):
        stream.write(clip.frames)
    stream.write(closing(bit_rate or BIT_RATE))
    return count * FRAME


def pieces(cache: Path, names: Iterable[str]) -> Iterator[Encoded]:
    """Clips, one after the other.

    Raises:
        MissingError: As above.
    """
    for name in names:
        clip = load(cache, name)
        if clip is None:
            place = Place(f"{cache.parent.name}/{cache.name}/{name[:2]}/{name}")
            raise MissingError(Diagnostic("S006", "this clip went missing during the build; build again", place))
        yield clip
