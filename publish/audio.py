"""Sound: what engines are asked for and give back, PCM into MP3 frames, and frames into files.

Everything here is mono, 16 bit, :data:`RATE` samples a second; an engine's other rate is resampled at the border. The
unit that is encoded and kept is the **clip**: one utterance or several with a pause, padded to whole MP3 frames. A
track is its clips' frames put end to end, never encoded again, behind one frame that holds the gapless header.

Why that is exact: without a bit reservoir every frame stands alone; a clip ends in at least two frames of silence, so
the next clip's first frames overlap nothing that can be heard; and every encoder context delays its clip by the same
1,105 samples (576 of the encoder, 529 of any decoder), which the header tells players to skip. So the clip that begins
after *n* frames is heard from sample 576·*n* on, and a decoder gives back exactly the sum of the clips.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from publish.diagnostics import Diagnostic, MissingError, Place
from publish.model import Track

if TYPE_CHECKING:
    import av

RATE = 22_050
"""Samples a second of everything that is encoded."""
FRAME = 576
"""Samples in an MP3 frame at this rate (MPEG-2, Layer III)."""
BIT_RATE = 48_000
LEAST_PAUSE = 2 * FRAME
"""Samples of silence at the end of every clip: what the joining of frames needs."""


@cache
def encoder() -> str:
    """Everything that shapes the frames made from given samples; part of a clip's key."""
    return f"libmp3lame in av {version('av')}, {RATE} Hz mono, {BIT_RATE} bit/s, level 9, no reservoir, clip 1"


# --- What engines are asked for, and give back ------------------------------------------------------------------------


class Voice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One voice of an engine."""

    name: str
    """Unique in the engine; what ``voice`` in ``series.toml`` names."""
    language: str
    """BCP 47: the most general language that it is the engine's choice for; ``mul``: it speaks any."""
    engine: str
    """The engine's name, with the version of whatever else shapes the sound of this voice alone."""
    timbre: str = ""
    """What the engine's voices in other languages share with it, so that a speaker sounds alike in each."""
    sex: str = ""
    """``female``, ``male``, or empty for one in between."""
    pitch: int = 0
    """Median pitch in Hz; 0: not measured."""
    licence: str = ""
    """SPDX expression, of the voice and what makes it speak; empty: that of this package's own dependencies."""


class Phonemes(msgspec.Struct, frozen=True, array_like=True):
    """How a stretch of an utterance's text is said, whatever its letters are."""

    position: int
    """Of its first code point in the text."""
    length: int
    """In code points; at least 1."""
    ipa: str
    """In the International Phonetic Alphabet."""


class Utterance(msgspec.Struct, frozen=True):
    """Words to be said by one voice without a break."""

    text: str
    """As it is to be spoken; it may hold anything, and nothing in it is a command."""
    voice: Voice
    words_per_minute: int = 175
    pause: bool = False
    """Whether the sound ends with the pause that the words want, since more words follow."""
    phonemes: tuple[Phonemes, ...] = ()
    """In the order of the text, not overlapping. An engine that cannot follow them says the letters."""


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """A word in an utterance."""

    position: int
    """Of its first code point in the text."""
    length: int
    """In code points; at least 1."""
    sample: int
    """Where it begins to sound, in samples of the speech."""


class Speech(msgspec.Struct, frozen=True):
    """What an engine gives back."""

    pcm: bytes
    """Mono, 16 bit, little endian."""
    rate: int
    """Samples a second."""
    marks: tuple[Mark, ...] = ()
    """Words in the order of their sound; empty from an engine that does not tell."""


class SpeechError(Exception):
    """An engine could not say an utterance: it crashed, hung, or gave nothing. Trying again may help."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, a clause in plain words."""
        super().__init__(reason)
        self.reason = reason


class Unspeakable(SpeechError):  # noqa: N818  # it is a state of the language, not a fault of the engine
    """The engine has no way to say such a text so that it can be understood, today or when tried again."""


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
    frames = [*resampler.resample(_frame(speech.pcm, speech.rate)), *resampler.resample(None)]
    return b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in frames)


def _frame(pcm: bytes, rate: int = RATE, at: int = 0) -> av.AudioFrame:
    import av  # noqa: PLC0415  # as above

    frame = av.AudioFrame(format="s16p", layout="mono", samples=len(pcm) // 2)
    frame.planes[0].update(pcm)
    frame.sample_rate = rate
    frame.pts = at
    return frame


# --- PCM to frames ----------------------------------------------------------------------------------------------------

_SILENT = bytes.fromhex("fff360c4") + b"\0" * 152
"""A frame without sound: header of the kind that the encoder writes, and not one bit of spectrum."""


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


def encode(pcm: Iterable[bytes], pause: int) -> Encoded:
    """One clip from its parts, which are taken one after the other, and ``pause`` samples of silence or a few more.

    Silence beyond what the joining needs is not worth encoding: its frames are constant.
    """
    import av  # noqa: PLC0415  # as above

    context = av.CodecContext.create("libmp3lame", "w")
    assert isinstance(context, av.AudioCodecContext)  # noqa: S101  # PyAV's type is that of any codec
    context.sample_rate, context.layout, context.format = RATE, "mono", "s16p"
    context.bit_rate = BIT_RATE
    context.options = {"compression_level": "9", "reservoir": "0"}
    packets: list[bytes] = []
    total = 0
    for block in _blocks(pcm):
        packets += (bytes(packet) for packet in context.encode(_frame(block, at=total)))
        total += len(block) // 2
    packets += (bytes(packet) for packet in context.encode(None))
    count = total // FRAME
    silent = max(0, -(-(pause - LEAST_PAUSE) // FRAME))
    return Encoded(b"".join(_bare(packet) for packet in packets[:count]) + silent * _SILENT, count + silent)


def _blocks(pcm: Iterable[bytes]) -> Iterator[bytes]:
    """Parts and the least pause in blocks of whole frames."""
    rest = b""
    for part in pcm:
        rest += part
        whole = len(rest) // (2 * FRAME) * 2 * FRAME
        if whole:
            yield rest[:whole]
            rest = rest[whole:]
    rest += b"\0\0" * LEAST_PAUSE
    yield rest + b"\0" * (-len(rest) % (2 * FRAME))


_SIDE = 9
"""Bytes of side information in a mono frame of MPEG-2."""


def _bare(frame: bytes) -> bytes:
    """The frame without what the encoder writes after its sound: its name and version, where there is room."""
    head = 4 + _SIDE
    if frame[4]:
        raise ValueError("the encoder used a bit reservoir although it was told not to")
    bits = (frame[5] & 0x7F) << 5 | frame[6] >> 3
    used = head + -(-bits // 8)
    return frame[:used] + b"\0" * (len(frame) - used)


# --- Frames to files --------------------------------------------------------------------------------------------------

_HEADER = bytes.fromhex("fff380c4")
"""Header of a frame of 64 kbit/s, since the table and the gapless tag do not fit into one of 48."""
_HEADER_SIZE = 208
_DELAY = 576


def mp3(clips: Iterable[Encoded]) -> bytes:
    """A file of clips: header frame, the clips' frames, and two silent ones that make up for the decoders' delay."""
    parts = list(clips)
    body = b"".join(part.frames for part in parts) + 2 * _SILENT
    return _header(sum(part.count for part in parts) + 2, len(body)) + body


def _header(frames: int, size: int) -> bytes:
    """The Info frame with LAME's extension, as the LAME tag specification (revision 1) has it."""
    head = _HEADER + b"\0" * _SIDE + b"Info" + (0x0F).to_bytes(4, "big")
    head += frames.to_bytes(4, "big") + (size + _HEADER_SIZE).to_bytes(4, "big")
    head += bytes(percent * 256 // 100 for percent in range(100)) + (0).to_bytes(4, "big")
    delays = (_DELAY << 12 | 2 * FRAME - _DELAY).to_bytes(3, "big")
    # encoder, revision and method (1: constant), low pass, replay gain, flags, bit rate, delays, misc, gain, preset
    head += b"LAME".ljust(9, b"\0") + b"\1" + b"\0" * 10 + bytes([BIT_RATE // 1000]) + delays + b"\0" * 4
    head += (size + _HEADER_SIZE).to_bytes(4, "big") + b"\0\0"
    return (head + _crc(head).to_bytes(2, "big")).ljust(_HEADER_SIZE, b"\0")


def _crc(data: bytes) -> int:
    """CRC-16 with polynomial 0x8005, reflected, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


# --- The cache of clips -----------------------------------------------------------------------------------------------


def key(*parts: str) -> str:
    """The name of a clip in the cache, from everything that it is made of."""
    return digest([encoder(), *parts])


def digest(parts: Iterable[str]) -> str:
    """A digest that tells apart any two sequences of strings."""
    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


def _path(cache: Path, name: str) -> Path:
    return cache / name[:2] / name


def load(cache: Path, name: str) -> Encoded | None:
    """The clip called ``name``; None when there is none, or what is there is damaged."""
    try:
        data = _path(cache, name).read_bytes()
    except OSError:
        return None
    check, body = data[:16], data[16:]
    if blake2b(body, digest_size=16).digest() != check:
        return None
    return msgspec.msgpack.decode(body, type=Encoded)


def store(cache: Path, name: str, clip: Encoded) -> None:
    """Keep a clip. Two processes may do so at once.

    Raises:
        MissingError: The disk is full, or the folder is not ours to write to.
    """
    body = msgspec.msgpack.encode(clip)
    path = _path(cache, name)
    part = path.with_name(f"{name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(blake2b(body, digest_size=16).digest() + body)
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = f"this cannot be written: {error.strerror or error}; make room or mend the rights, and build again"
        raise MissingError(Diagnostic("B001", reason, Place(f"{cache.parent.name}/{cache.name}"))) from error


def join(cache: Path, track: Track) -> bytes:
    """The MP3 file of a track.

    Raises:
        MissingError: A clip is gone from the cache, or was damaged since it was spoken.
    """
    return mp3(_piece(cache, name) for name in track.pieces)


def _piece(cache: Path, name: str) -> Encoded:
    clip = load(cache, name)
    if clip is None:
        place = Place(f"{cache.parent.name}/{cache.name}/{name[:2]}/{name}")
        raise MissingError(Diagnostic("S006", "this clip went missing during the build; build again", place))
    return clip
