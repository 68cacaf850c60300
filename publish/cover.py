"""The picture of the series, for players: the workspace's own, or an abstract one made from the series' identifier."""

from __future__ import annotations

import colorsys
import math
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b, shake_128
from pathlib import Path
from typing import Literal

import msgspec

from publish.diagnostics import Place, refuse

LARGEST = 8_000_000
"""Bytes of a picture of one's own: it is in every episode."""
MOST_PIXELS = 10_000
"""A side of a picture of one's own: a few bytes can ask a player for more memory than it has."""
SIDE = 1400
"""Pixels of each side of one that is made: the least that directories of podcasts take."""


class Cover(msgspec.Struct, frozen=True):
    """A picture as the bytes of its file."""

    data: bytes
    suffix: Literal["jpg", "png"]
    width: int
    """In pixels."""
    height: int
    """In pixels."""

    @property
    def media_type(self) -> str:
        """As in a Content-Type."""
        return {"jpg": "image/jpeg", "png": "image/png"}[self.suffix]

    @property
    def digest(self) -> str:
        """Of the bytes."""
        return blake2b(self.data, digest_size=16).hexdigest()


def cover(path: Path | None, identifier: str) -> Cover:
    """The picture at ``path``; without one, the picture that belongs to the identifier.

    Raises:
        InputError: What is there cannot be used.
    """
    return own(path, path.name) if path else generated(identifier)


def find(root: Path, name: str, place: Place) -> Path | None:
    """Where the picture lies that is called ``name`` at ``place``; None when nothing is.

    Raises:
        InputError: It is none, or not in the workspace.
    """
    if not name:
        return None
    path = root / name
    if Path(name).is_absolute() or not path.resolve().is_relative_to(root.resolve()):
        refuse("W013", f"the cover {name!r} is not in this folder; put it beside series.toml", place)
    if not path.is_file():
        refuse("W013", f"there is no file {name!r} for the cover; put it there, or remove `cover`", place)
    own(path, name, place)
    return path


def own(path: Path, name: str, place: Place | None = None) -> Cover:
    """A picture of one's own.

    Raises:
        InputError: It cannot be read, is neither JPEG nor PNG, or is too large.
    """
    at = place or Place(name)
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        refuse("W013", f"the cover {name!r} cannot be read: {error.strerror or error}", at)
    if len(data) > LARGEST:
        refuse("W013", f"the cover {name!r} has more than {LARGEST:,} bytes; make it smaller", at)
    size = _png_size(data) or _jpeg_size(data)
    if size is None:
        refuse("W013", f"the cover {name!r} is neither a JPEG nor a PNG picture; save it as one of them", at)
    if max(size) > MOST_PIXELS:
        refuse(
            "W013", f"the cover {name!r} has {size[0]} by {size[1]} pixels, and {MOST_PIXELS} is the limit a side", at
        )
    return Cover(data, "png" if data[:1] == b"\x89" else "jpg", *size)


# --- What kind of picture it is ---------------------------------------------------------------------------------------

_PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers after which a JPEG file tells its size (ITU-T T.81, table B.1)."""


def _png_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG picture; None when it is none, or not whole (PNG, W3C, section 5)."""
    if data[:8] != _PNG or data[12:16] != b"IHDR" or data[-8:-4] != b"IEND":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return (width, height) if width and height else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG picture; None when it is none, or its end is missing."""
    if data[:2] != b"\xff\xd8" or b"\xff\xd9" not in data[-64:]:
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004  # every marker begins so
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return (width, height) if width and height else None
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")  # noqa: PLR2004  # a fill byte
    return None


# --- One that is made -------------------------------------------------------------------------------------------------

_BARS = 18
_SHADES = 16
"""Steps between ground and bars, which make the round ends smooth."""


@lru_cache(4)
def generated(identifier: str) -> Cover:
    """Bars of different heights, like the picture of a sound, in a colour and with heights of the identifier's own."""
    seed = shake_128(identifier.encode("utf-8", "surrogatepass")).digest(2 + _BARS)
    rows = zlib.compress(b"".join(_rows(seed[2:])), 9)
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    data = _PNG + _chunk(b"IHDR", header) + _chunk(b"PLTE", _palette(seed)) + _chunk(b"IDAT", rows)
    return Cover(data + _chunk(b"IEND", b""), "png", SIDE, SIDE)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _palette(seed: bytes) -> bytes:
    """Shades from a dark ground to light bars of a neighbouring hue."""
    hue = int.from_bytes(seed[:2], "big") / 65_536
    dark, light = colorsys.hls_to_rgb(hue, 0.2, 0.55), colorsys.hls_to_rgb((hue + 0.08) % 1, 0.8, 0.75)
    steps = (step / _SHADES for step in range(_SHADES + 1))
    return bytes(round(255 * (a + (b - a) * share)) for share in steps for a, b in zip(dark, light, strict=True))


def _rows(heights: bytes) -> Iterator[bytes]:
    """Lines of the picture, each after the number of its filter, which is none."""
    pitch = SIDE / (_BARS + 4)
    radius = pitch * 0.32
    halves = [SIDE * (0.06 + 0.30 * height / 255) for height in heights]
    centres = [pitch * (2.5 + number) for number in range(_BARS)]
    for y in range(SIDE):
        away = abs(y + 0.5 - SIDE / 2)
        line = bytearray(SIDE)
        for centre, half in zip(centres, halves, strict=True):
            beyond = max(0.0, away - half)
            if beyond < radius:
                _draw(line, centre, math.sqrt(radius * radius - beyond * beyond))
        yield b"\0" + bytes(line)


def _draw(line: bytearray, centre: float, half: float) -> None:
    """A stretch of a line; its first and last pixel have the shade of the share that is covered."""
    begin, end = centre - half, centre + half
    first, last = math.floor(begin), math.floor(end)
    line[first:last] = bytes([_SHADES]) * (last - first)
    line[first] = round((1 - (begin - first)) * _SHADES)
    line[last] = round((end - last) * _SHADES)
