"""PCM into MP3 frames, and the frames around them that make a file.

Sound is mono, 16 bit, :data:`RATE` samples a second: MPEG-2, Layer III, a constant bit rate, :data:`FRAME` samples a
frame. A file is one frame that holds the gapless header, frames that were made apart, put end to end and never encoded
again, and two silent ones that make up for the decoders' delay.

Why that is exact: without a bit reservoir every frame stands alone; what is encoded ends in at least two frames of
silence, so the next first frames overlap nothing that can be heard; and every encoder context delays its sound by the
same 1,105 samples (576 of the encoder, 529 of any decoder), which the header tells players to skip. So the sound that
begins after *n* frames is heard from sample 576·*n* on, and a decoder gives back exactly the sum of the parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from publish.spoken import RATE

if TYPE_CHECKING:
    import av

FRAME = 576
"""Samples in an MP3 frame at this rate (MPEG-2, Layer III)."""
BIT_RATE = 48_000
"""Bits a second where nothing else is asked for."""
LEAST_PAUSE = 2 * FRAME
"""Samples of silence at the end of everything encoded: what the joining of frames needs."""

SOFTER = 0.45
"""Decibels by which the encoder makes all sound softer, so that its own errors do not overflow: a factor of 0.95."""
_KILOBITS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""Bit rates of MPEG-2, Layer III (ISO/IEC 13818-3); the first has the index 1 in a frame's header."""
BIT_RATES = tuple(1000 * rate for rate in _KILOBITS if rate >= 24)  # noqa: PLR2004  # speech is not to be heard below
"""Bits a second that can be asked for."""


@cache
def encoder(bit_rate: int = BIT_RATE) -> str:
    """Everything that shapes the frames made from given samples; part of a clip's key."""
    return f"libmp3lame in av {version('av')}, {RATE} Hz mono, {bit_rate} bit/s, level 9, no reservoir, clip 1"


def wave(pcm: bytes, rate: int = RATE, at: int = 0) -> av.AudioFrame:
    """Samples as FFmpeg takes them; ``at`` is the number of the first one."""
    import av  # noqa: PLC0415  # FFmpeg takes 16 MB of every process, and most builds of text need none of it

    frame = av.AudioFrame(format="s16p", layout="mono", samples=len(pcm) // 2)
    frame.planes[0].update(pcm)
    frame.sample_rate = rate
    frame.pts = at
    return frame


# --- PCM to frames ----------------------------------------------------------------------------------------------------


def encoded(pcm: Iterable[bytes], pause: int, bit_rate: int = BIT_RATE) -> tuple[bytes, int]:
    """Frames of parts, which are taken one after the other, and of ``pause`` samples of silence or a few more.

    Gives the frames and their count. Silence beyond what the joining needs is not worth encoding: its frames are
    constant.
    """
    import av  # noqa: PLC0415  # as above

    context = av.CodecContext.create("libmp3lame", "w")
    assert isinstance(context, av.AudioCodecContext)  # noqa: S101  # PyAV's type is that of any codec
    context.sample_rate, context.layout, context.format = RATE, "mono", "s16p"
    context.bit_rate = bit_rate
    context.options = {"compression_level": "9", "reservoir": "0"}
    packets: list[bytes] = []
    total = 0
    for block in _blocks(pcm):
        packets += map(bytes, context.encode(wave(block, at=total)))
        total += len(block) // 2
    packets += map(bytes, context.encode(None))
    count = total // FRAME
    silent = max(0, -(-(pause - LEAST_PAUSE) // FRAME))
    return b"".join(map(_bare, packets[:count])) + silent * silence(bit_rate), count + silent


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


_HEAD = 4
_SIDE = 9
"""Bytes of side information in a mono frame of MPEG-2."""


def _bare(frame: bytes) -> bytes:
    """The frame without what the encoder writes after its sound: its name and version, where there is room."""
    if frame[4]:
        raise ValueError("the encoder used a bit reservoir although it was told not to")
    bits = (frame[5] & 0x7F) << 5 | frame[6] >> 3
    used = _HEAD + _SIDE + -(-bits // 8)
    return frame[:used] + b"\0" * (len(frame) - used)


@cache
def silence(bit_rate: int) -> bytes:
    """A frame without sound: header of the kind that the encoder writes, and not one bit of spectrum."""
    return _head(bit_rate, bytes.fromhex("fff3")).ljust(_size(bit_rate), b"\0")


def _head(bit_rate: int, sync: bytes) -> bytes:
    """A frame's header: no padding, mono, an original."""
    return sync + bytes([(_KILOBITS.index(bit_rate // 1000) + 1) << 4, 0xC4])


def _size(bit_rate: int) -> int:
    """Bytes of a frame without padding."""
    return FRAME // 8 * bit_rate // RATE


def bit_rate_of(frames: bytes) -> int:
    """Bits a second, by the header of the first frame."""
    return 1000 * _KILOBITS[(frames[2] >> 4) - 1]


# --- Frames to files --------------------------------------------------------------------------------------------------

_DELAY = 576
_TAG = _HEAD + _SIDE
"""Where the header frame's tag begins."""
_TAG_SIZE = 156
"""Bytes of the tag: 120 of Xing's, which has a table of contents, and 36 of LAME's."""


_PLACES = bytes(percent * 256 // 100 for percent in range(100))
"""The tag's table of contents: frames are of one size."""


def opening(count: int, size: int, bit_rate: int) -> bytes:
    """What a file begins with whose ``count`` frames have ``size`` bytes: the frame with the gapless header.

    It is the Info frame with LAME's extension, as the LAME tag specification (revision 1) has it. Where the tag does
    not fit into a frame of the bit rate, the frame has 64 kbit/s, as LAME does it.
    """
    own = bit_rate if _size(bit_rate) >= _TAG + _TAG_SIZE else 64_000
    total = size + len(closing(bit_rate)) + _size(own)
    head = _head(own, bytes.fromhex("fff3")) + b"\0" * _SIDE + b"Info" + (0x0F).to_bytes(4, "big")
    head += (count + 2).to_bytes(4, "big") + total.to_bytes(4, "big")
    head += _PLACES + (0).to_bytes(4, "big")
    delays = (_DELAY << 12 | 2 * FRAME - _DELAY).to_bytes(3, "big")
    # encoder, revision and method (1: constant), low pass, replay gain, flags, bit rate, delays, misc, gain, preset
    head += b"LAME".ljust(9, b"\0") + b"\1" + b"\0" * 10 + bytes([bit_rate // 1000]) + delays + b"\0" * 4
    head += total.to_bytes(4, "big") + b"\0\0"
    return (head + _crc(head).to_bytes(2, "big")).ljust(_size(own), b"\0")


def closing(bit_rate: int) -> bytes:
    """What a file ends with: two silent frames, that make up for the decoders' delay."""
    return 2 * silence(bit_rate)


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC = tuple(map(_crc_of, range(256)))


def _crc(data: bytes) -> int:
    """CRC-16 with polynomial 0x8005, reflected, from 0."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


def length(path: Path) -> int:
    """Samples that a decoder gets out of a file of ours, by its header alone; ID3v2 tags before it are passed over.

    Raises:
        ValueError: It has no such header.
    """
    with path.open("rb") as stream:
        head = stream.read(10).ljust(10, b"\0")
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        stream.seek(10 + size if head.startswith(b"ID3") else 0)
        tag = stream.read(_TAG + _TAG_SIZE)[_TAG:]
    if len(tag) < _TAG_SIZE or tag[:8] != b"Info\0\0\0\x0f":
        raise ValueError(f"{path.name} has no gapless header")
    delays = int.from_bytes(tag[141:144], "big")
    return int.from_bytes(tag[8:12], "big") * FRAME - (delays >> 12) - (delays & 0xFFF)
