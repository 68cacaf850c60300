"""ZIP archives with equal bytes for equal content, written to a stream that need not be seekable.

The standard library's writer puts sizes behind the content when it cannot seek back, which EPUB readers that stream
do not take for stored entries, and it cannot copy an entry without inflating it. Format: PKWARE's APPNOTE 6.3.10 (with
the ZIP64 records where a number does not fit), as far as EPUB 3.3, section 4.2.2, allows it.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from types import TracebackType
from typing import BinaryIO, NamedTuple, Protocol, Self

_DATE = 1 << 5 | 1
"""1 January 1980 in MS-DOS's form, the earliest there is; the time is 0:00."""
_UTF8 = 0x800
_STORED, _DEFLATED = 0, 8
_LEVEL = 6
_BLOCK = 1 << 20
_SHORT, _LONG = 0xFFFF, 0xFFFFFFFF
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
"""The end of the directory, and the same with the numbers of ZIP64, to which the locator leads."""
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
_MODE = 0o100644 << 16
"""An ordinary file that everybody can read, as Unix notes it."""


class Writable(Protocol):
    """What an archive is written to."""

    def write(self, data: bytes, /) -> int:
        """Take all of the bytes."""


class _Entry(NamedTuple):
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int


class Archive:
    """An archive that is being written. :meth:`close` completes it."""

    def __init__(self, stream: Writable) -> None:
        """Begin at the stream's present place."""
        self._stream = stream
        self._place = 0
        self._entries: dict[bytes, _Entry] = {}

    def add(self, name: str, content: bytes, *, store: bool = False) -> None:
        """Put a file in, deflated unless ``store`` is set.

        Raises:
            ValueError: There is a file of that name already.
        """
        crc = zlib.crc32(content)
        if store:
            self._begin(name, (_STORED, crc, len(content), len(content)))
            self._write(content)
            return
        deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflater.compress(content) + deflater.flush()
        self._begin(name, (_DEFLATED, crc, len(packed), len(content)))
        self._write(packed)

    def copy(self, source: BinaryIO, member: zipfile.ZipInfo) -> None:
        """Put a file of another archive in, as it is compressed there.

        Raises:
            ValueError: There is a file of that name already.
            zipfile.BadZipFile: The other archive's directory and content do not fit together.
        """
        if member.compress_type not in (_STORED, _DEFLATED) or member.flag_bits & 1:
            raise zipfile.BadZipFile(f"{member.filename} is encrypted, or compressed in an unusual way")
        source.seek(member.header_offset)
        header = source.read(_LOCAL.size)
        if len(header) != _LOCAL.size or header[:4] != b"PK\3\4":
            raise zipfile.BadZipFile(f"{member.filename} is not where the directory says")
        source.seek(sum(_LOCAL.unpack(header)[-2:]), 1)
        self._begin(member.filename, (member.compress_type, member.CRC, member.compress_size, member.file_size))
        left = member.compress_size
        while left:
            block = source.read(min(left, _BLOCK))
            if not block:
                raise zipfile.BadZipFile(f"{member.filename} is cut off")
            self._write(block)
            left -= len(block)

    def close(self) -> None:
        """Write the directory."""
        start = self._place
        for entry in self._entries.values():
            self._write(_central(entry))
        self._write(_end(len(self._entries), self._place - start, start))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()

    def _begin(self, name: str, measures: tuple[int, int, int, int]) -> None:
        method, crc, packed, size = measures
        key = name.encode()
        if key in self._entries:
            raise ValueError(f"two files of one archive are named {name!r}")
        if max(packed, size) >= _LONG:
            raise ValueError(f"{name!r} is larger than 4 GiB")
        entry = _Entry(key, 0 if name.isascii() else _UTF8, method, crc, packed, size, self._place)
        self._entries[key] = entry
        needed = 20 if method == _DEFLATED else 10
        self._write(_LOCAL.pack(b"PK\3\4", needed, entry.flags, method, 0, _DATE, crc, packed, size, len(key), 0) + key)

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._place += len(data)


def _central(entry: _Entry) -> bytes:
    far = entry.offset >= _LONG
    extra = struct.pack("<2HQ", 1, 8, entry.offset) if far else b""
    needed = 45 if far else 20 if entry.method == _DEFLATED else 10
    head = _CENTRAL.pack(
        b"PK\1\2",
        3 << 8 | 45,  # made by: Unix, version 4.5
        needed,
        entry.flags,
        entry.method,
        0,
        _DATE,
        entry.crc,
        entry.packed,
        entry.size,
        len(entry.name),
        len(extra),
        0,
        0,
        0,
        _MODE,
        _LONG if far else entry.offset,
    )
    return head + entry.name + extra


def _end(count: int, size: int, start: int) -> bytes:
    """The end of the directory, after its ZIP64 form when a number does not fit."""
    wide = b""
    if count >= _SHORT or size >= _LONG or start >= _LONG:
        wide = END64.pack(b"PK\6\6", END64.size - 12, 45, 45, 0, 0, count, count, size, start)
        wide += LOCATOR.pack(b"PK\6\7", 0, start + size, 1)
    count, size, start = min(count, _SHORT), min(size, _LONG), min(start, _LONG)
    return wide + END.pack(b"PK\5\6", 0, 0, count, count, size, start, 0)
