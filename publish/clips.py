"""What was made once and is kept: values by the digest of what they are made of, and who uses them.

A value is one file, ``<two digits>/<key>``, with its CRC-32 and length in front: what is damaged is as good as absent,
and made again. A file's time of change says, to the day, when it was last used. Beside the values' folder, in ``used``,
a list a briefing and language says which ones it is made from.
"""

from __future__ import annotations

import os
import re
import struct
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from publish.diagnostics import Diagnostic, MissingError, Place

_CHECK = struct.Struct("<IQ")
"""CRC-32 and length of a value, in front of it: five times as fast as a digest, and nobody forges sound for himself."""
_DAY = 86_400
"""Seconds after which the use of a value is noted again: often enough, and a build seldom writes for it."""
_FOLDER, _NAME = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{32}(\.\d+\.part)?")


def digest(parts: Iterable[str]) -> str:
    """A digest that tells apart any two sequences of strings."""
    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


# --- Values -----------------------------------------------------------------------------------------------------------


def _path(cache: Path, name: str) -> Path:
    return cache / name[:2] / name


def load(cache: Path, name: str) -> bytes | None:
    """The value called ``name``; None when there is none, or what is there is damaged."""
    path = f"{cache}/{name[:2]}/{name}"  # of :func:`_path`; a year with audio asks for 150,000
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123  # as above
            data = stream.read()
            last = os.fstat(stream.fileno()).st_mtime
    except OSError:
        return None
    body = memoryview(data)[_CHECK.size :]
    if data[: _CHECK.size] != _checked(body):
        return None
    if time.time() - last > _DAY:
        with suppress(OSError):  # of a cache that one can only read, the use cannot be noted
            os.utime(path)
    return bytes(body)


def _checked(body: bytes | memoryview) -> bytes:
    return _CHECK.pack(zlib.crc32(body), len(body))


def has(cache: Path, name: str) -> bool:
    """Whether something is kept under a name; it may be damaged."""
    return _path(cache, name).is_file()


def store(cache: Path, name: str, body: bytes) -> None:
    """Keep a value. Two processes may do so at once.

    Raises:
        MissingError: The disk is full, or the folder is not ours to write to.
    """
    path = _path(cache, name)
    try:
        if path.is_dir():
            path.rename(path.with_name(f"{name}.aside"))  # it is not ours, so it is not lost
        _write(path, _checked(body) + body)
    except OSError as error:
        raise _unwritable(cache, error) from error


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        try:
            part.write_bytes(data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _unwritable(folder: Path, error: OSError) -> MissingError:
    reason = f"this cannot be written: {error.strerror or error}; make room or mend the rights, and build again"
    return MissingError(Diagnostic("B001", reason, Place(f"{folder.parent.name}/{folder.name}")))


class Kept(msgspec.Struct, frozen=True):
    """A file of the cache."""

    path: Path
    size: int
    """In bytes."""
    used: float
    """When it was used last, to the day, in seconds since 1970."""
    whole: bool
    """Whether it is a value; else it is one that was not written to its end."""


def kept(cache: Path) -> Iterator[Kept]:
    """All that we ever put there, by name. Anything else, and where a link leads, is not looked at."""
    for folder in _inside(cache):
        if _FOLDER.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            for path in _inside(folder):
                if _NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                    stat = path.stat()
                    yield Kept(path, stat.st_size, stat.st_mtime, path.suffix != ".part")


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


# --- Who uses them ----------------------------------------------------------------------------------------------------


def remember(cache: Path, language: str, briefing: str, keys: Iterable[str], *, add: bool = False) -> frozenset[str]:
    """Note that a briefing in a language is made from the values ``keys``; those it is no longer made from.

    With ``add`` it is made from those of the list too, since only a part of it was looked at. What is given back may
    have gone over to another briefing, so it is only for :func:`discard` when all is built.

    Raises:
        MissingError: The list cannot be written.
    """
    path = _list(cache, language, briefing)
    before, now = _read(path), frozenset(keys)
    if add:
        now |= before
    if before != now:
        try:
            _write(path, "".join(f"{key}\n" for key in sorted(now)).encode())
        except OSError as error:
            raise _unwritable(path.parent, error) from error
    return before - now


def forget(cache: Path, language: str, briefing: str) -> int:
    """Take away a briefing's list, and the values that no other list names; how many these were.

    Nothing may be at work that makes lists, since what it uses is on none yet.
    """
    path = _list(cache, language, briefing)
    keys = _read(path)
    path.unlink(missing_ok=True)
    with suppress(OSError):
        path.parent.rmdir()  # unless there are others
    return discard(cache, keys)


def discard(cache: Path, keys: Iterable[str]) -> int:
    """Take away those of the values that no list names; how many these were."""
    count = 0
    for key in sorted(frozenset(keys) - named(cache)):
        with suppress(OSError):
            _path(cache, key).unlink()
            count += 1
    return count


def named(cache: Path) -> frozenset[str]:
    """The values that any list names."""
    return frozenset[str]().union(*map(_read, lists(cache)))


def lists(cache: Path) -> Iterator[Path]:
    """The lists that there are."""
    for folder in _inside(cache.parent / "used"):
        yield from _inside(folder)


def _list(cache: Path, language: str, briefing: str) -> Path:
    return cache.parent / "used" / language / briefing


def _read(path: Path) -> frozenset[str]:
    try:
        text = path.read_text("ascii", errors="replace")
    except OSError:
        return frozenset()
    return frozenset(filter(_NAME.fullmatch, text.split()))
