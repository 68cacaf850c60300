"""How long a sound file really is: by its frames, not by what it says of itself.

MPEG audio is counted here, frame by frame (ISO/IEC 11172-3, 13818-3 and the 2.5 extension; the gapless header by LAME's
tag specification, revision 1). Of other formats FFmpeg reads the packets; which format it is tells the file's first
bytes, and only formats that can name no other file are tried.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

_BLOCK = 1 << 18
_JUNK = 1 << 16
"""Bytes without a frame after which the sound is over: tags and pictures at the end are that long."""
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Samples a second, by the version's bits: 3 is MPEG-1, 2 MPEG-2, 0 MPEG-2.5."""
_KILOBITS = {
    (True, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""By whether it is MPEG-1, and the layer's bits: 3 is Layer I, 1 is Layer III."""
_FREE, _BAD = 0, 15
_HEAD = 4


def seconds(stream: IO[bytes]) -> float:
    """How long it plays.

    Raises:
        ValueError: It is no sound, or cannot be decoded.
    """
    start = stream.read(_BLOCK)
    if form := _form(start):
        return _packets(start, stream, form)
    return _mpeg(_Bytes(start, stream))


def _form(start: bytes) -> str:
    """FFmpeg's name of the format; empty for MPEG audio and what is unknown."""
    if start[4:8] == b"ftyp":
        return "mp4"
    if start[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return "aac"
    signs = {b"OggS": "ogg", b"RIFF": "wav", b"fLaC": "flac", b"\x1a\x45\xdf\xa3": "matroska"}
    return signs.get(start[:4], "")


# --- Packets ----------------------------------------------------------------------------------------------------------


def _packets(start: bytes, rest: IO[bytes], form: str) -> float:
    import av  # noqa: PLC0415  # FFmpeg takes 16 MB, and most books hold MP3 alone

    with tempfile.TemporaryFile() as copy:
        copy.write(start)
        while block := rest.read(_BLOCK):
            copy.write(block)
        copy.seek(0)
        try:
            with av.open(copy, "r", format=form) as found:
                sound = found.streams.audio[0]
                ends = (packet.pts + (packet.duration or 0) for packet in found.demux(sound) if packet.pts is not None)
                return float(max(ends, default=0) * (sound.time_base or 0))
        except (av.error.FFmpegError, IndexError, ValueError) as error:
            raise ValueError("this cannot be decoded") from error


# --- MPEG audio -------------------------------------------------------------------------------------------------------


class _Bytes:
    """A stream with a place in it, of which a block or two are kept."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._data = start
        self._rest = rest
        self._at = 0

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer at the end."""
        if len(self._data) - self._at < size:
            self._data = self._data[self._at :] + self._rest.read(_BLOCK)
            self._at = 0
        return self._data[self._at : self._at + size]

    def skip(self, size: int) -> bool:
        """Go on; False when the end comes before."""
        while len(self._data) - self._at < size:
            size -= len(self._data) - self._at
            self._data, self._at = self._rest.read(_BLOCK), 0
            if not self._data:
                return False
        self._at += size
        return True


def _mpeg(data: _Bytes) -> float:
    head = data.peek(10)
    if head.startswith(b"ID3") and len(head) == 10:  # noqa: PLR2004  # the header of an ID3v2 tag
        data.skip(10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]))
    kind: tuple[int, int] | None = None
    frames = delay = rate = samples = 0
    for frame, header in _frames(data):
        if kind is None:
            kind = (header[1] & 0x1E, header[2] & 0x0C)
            rate, samples = _rate(header), _samples(header)
            told = _told(frame)
            if told is not None:
                delay = told
                continue
        frames += kind == (header[1] & 0x1E, header[2] & 0x0C)
    if kind is None:
        raise ValueError("there is no sound in it that could be decoded")
    return max(0, frames * samples - delay) / rate


def _frames(data: _Bytes) -> Iterator[tuple[bytes, bytes]]:
    """The beginning of each frame, and its header; what is none in between is passed over."""
    junk = 0
    while junk < _JUNK:
        header = data.peek(_HEAD)
        if len(header) < _HEAD:
            return
        size = _size(header)
        if not size:
            junk += 1
            data.skip(1)
            continue
        junk = 0
        frame = data.peek(200)
        if not data.skip(size):
            return
        yield frame, header


def _size(header: bytes) -> int:
    """Bytes of a frame; 0: it is none."""
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    index, rate = header[2] >> 4, header[2] >> 2 & 3
    if header[0] != 0xFF or header[1] & 0xE0 != 0xE0 or version == 1 or not layer:  # noqa: PLR2004  # eleven bits set
        return 0
    if index in (_FREE, _BAD) or rate == 3:  # noqa: PLR2004  # reserved
        return 0
    bits = 1000 * _KILOBITS[version == 3, layer][index - 1]  # noqa: PLR2004  # MPEG-1
    padding = header[2] >> 1 & 1
    if layer == 3:  # noqa: PLR2004  # Layer I counts in slots of four bytes
        return (12 * bits // _rate(header) + padding) * 4
    return _samples(header) // 8 * bits // _rate(header) + padding


def _rate(header: bytes) -> int:
    return _RATES[header[1] >> 3 & 3][header[2] >> 2 & 3]


def _samples(header: bytes) -> int:
    """Samples of a frame."""
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    if layer == 3:  # noqa: PLR2004  # Layer I
        return 384
    return 576 if layer == 1 and version != 3 else 1152  # noqa: PLR2004  # Layer III of MPEG-2


_ENCODERS = (b"LAME", b"Lavf", b"Lavc")
"""Those that write LAME's extension of the header."""


def _told(frame: bytes) -> int | None:
    """Samples that players leave out, when the first frame holds a header in place of sound; None when it does not."""
    for tag in (b"Xing", b"Info"):
        at = frame.find(tag, _HEAD, 40 + _HEAD)
        if at >= 0:
            whole = frame[at + 4 : at + 8] == b"\0\0\0\x0f" and frame[at + 120 : at + 124] in _ENCODERS
            delays = int.from_bytes(frame[at + 141 : at + 144], "big") if whole else 0
            return (delays >> 12) + (delays & 0xFFF)
    return 0 if frame.find(b"VBRI") == 36 else None  # noqa: PLR2004  # where Fraunhofer's encoder has it
