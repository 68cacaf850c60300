"""A package for a translator: one ZIP archive, which goes by mail and opens with a click, and back again.

What comes back may be the archive, the folder that it was unpacked to, or the one file that was worked on. Nothing is
unpacked to the disk, and no name in it becomes a path.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from publish.archive import Archive
from publish.diagnostics import Place, refuse
from publish.workspace import read_bytes

_CODE = "C020"
MOST_FILES = 1000
LARGEST = 256 << 20
"""Bytes of all that is read of a package."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)
"""What reading a damaged or encrypted archive raises."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """An archive of some files, the same bytes for the same files."""
    stream = io.BytesIO()
    with Archive(stream) as archive:
        for name, content in files.items():
            archive.add(name, content)
    return stream.getvalue()


def unpacked(path: Path, suffixes: Collection[str]) -> dict[str, bytes]:
    """The files of a package that have one of the suffixes, by the names that findings give them; or the one file.

    Raises:
        InputError: The archive is damaged, encrypted, or larger than any package is.
        MissingError: A file cannot be read.
    """
    if path.is_dir():
        return dict(_of_folder(path, suffixes))
    data = read_bytes(path, path.name)
    if path.suffix.lower() != ".zip":
        return {path.name: data}
    try:
        return dict(_of_archive(data, path.name, suffixes))
    except _BROKEN as error:
        refuse(_CODE, f"this package is damaged or encrypted ({error}); get it again", Place(path.name))


def _wanted(name: str, suffixes: Collection[str]) -> bool:
    """Whether it is a file to be read: systems put hidden ones beside them."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)
    return not hidden and PurePosixPath(name).suffix.lower() in suffixes


def _of_folder(folder: Path, suffixes: Collection[str]) -> Iterator[tuple[str, bytes]]:
    left = LARGEST
    for number, path in enumerate(sorted(folder.iterdir())):
        if number >= MOST_FILES:
            refuse(_CODE, f"there are more than {MOST_FILES} files; name the one that comes back", Place(folder.name))
        if path.is_symlink() or not path.is_file() or not _wanted(path.name, suffixes):
            continue
        left -= path.stat().st_size
        _measured(left, folder.name)
        name = f"{folder.name}/{path.name}"
        yield name, read_bytes(path, name)


def _of_archive(data: bytes, name: str, suffixes: Collection[str]) -> Iterator[tuple[str, bytes]]:
    left = LARGEST
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        if len(infos) > MOST_FILES:
            refuse(_CODE, f"there are more than {MOST_FILES} files in it; name the one that comes back", Place(name))
        for info in sorted(infos, key=lambda one: one.filename):
            if info.is_dir() or stat.S_ISLNK(info.external_attr >> 16) or not _wanted(info.filename, suffixes):
                continue
            left -= info.file_size
            _measured(left, name)
            yield f"{name}!{info.filename}", archive.read(info)


def _measured(left: int, name: str) -> None:
    if left < 0:
        refuse(_CODE, f"this package holds more than {LARGEST:,} bytes of catalogues; divide it", Place(name))
