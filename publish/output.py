"""Writing safely: a file appears complete or not at all, an equal one is left alone, a foreign one is never touched."""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from publish.diagnostics import Diagnostic, MissingError, Place, Report
from publish.manifest import FOLDER, Row, locate, part_of, untouched
from publish.work import File


class _Counted:
    """A file that digests what goes through it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = blake2b(digest_size=16)

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._stream.write(data)


class Output:
    """The folders that one task writes to."""

    def __init__(self, root: Path, outputs: Path, known: Iterable[Row], begun: frozenset[str], report: Report) -> None:
        """Take the rows of the last build, and the paths that an interrupted one had begun."""
        self._root, self._outputs, self._report = root, outputs, report
        self._known = {row.path: row for row in known}
        self._begun = begun
        self._folders: set[Path] = set()
        self.rows: list[Row] = []
        self.made: list[str] = []

    def put(self, file: File, writer: str) -> None:
        """Write a file, unless it is there already.

        Raises:
            MissingError: The disk is full, or the folder is not ours to write to.
        """
        name = f"{file.tree}/{file.path}"
        path = locate(self._root, self._outputs, name)
        known = self._known.get(name)
        if known and file.key and known.key == file.key and untouched(self._root, self._outputs, known):
            self.rows.append(known._replace(writer=writer))
            return
        if not self._ours(path, name, file):
            return
        try:
            self._folder(path.parent)
            self._write(path, name, file, writer, known)
        except OSError as error:
            part_of(path).unlink(missing_ok=True)
            raise unwritable(error, name) from error

    def _ours(self, path: Path, name: str, file: File) -> bool:
        """Whether nothing stands there, or something that was written by us. Catalogue templates always are."""
        if file.tree == "locales" or name in self._known or name in self._begun or not os.path.lexists(path):
            return True
        if isinstance(file.content, bytes) and path.is_file() and path.read_bytes() == file.content:
            return True
        message = "this file was not written by publish and is left as it is; move it away and build again"
        self._report(Diagnostic("B002", message, Place(name)))
        return False

    def _folder(self, folder: Path) -> None:
        if folder in self._folders:
            return
        top = self._root / "locales" if folder.is_relative_to(self._root / "locales") else self._outputs
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(top.resolve()):
            raise PermissionError(1, "a link in this path leads out of the folder", str(folder))
        self._folders.add(folder)

    def _write(self, path: Path, name: str, file: File, writer: str, known: Row | None) -> None:
        self._note(name)
        part = part_of(path)
        with part.open("wb") as stream:
            counted = _Counted(stream)
            if isinstance(file.content, bytes):
                counted.write(file.content)
            else:
                file.content(counted)  # type: ignore[arg-type]  # writers only write
        found = counted.digest.hexdigest()
        if self._equal(path, part, found, known):
            part.unlink()
        else:
            part.replace(path)
            self.made.append(name)
        stat = path.stat()
        self.rows.append(Row(name, stat.st_size, stat.st_mtime_ns, found, file.key, writer))

    def _equal(self, path: Path, part: Path, found: str, known: Row | None) -> bool:
        """Whether what stands there has the same bytes: then its time of change stays too."""
        if not path.is_file() or path.is_symlink() or path.stat().st_size != part.stat().st_size:
            return False
        if known and known.digest == found and untouched(self._root, self._outputs, known):
            return True
        standing = blake2b(digest_size=16)
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                standing.update(block)
        return standing.hexdigest() == found

    def _note(self, name: str) -> None:
        """One line in the journal before the file is begun; appending so short a line is atomic."""
        journal = self._outputs / FOLDER / "journal"
        with journal.open("a", encoding="utf-8") as stream:
            stream.write(f"{name}\n")


def safe(path: str) -> bool:
    """Whether a writer's path stays in its tree, on every system."""
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and not path.startswith("/")
        and ".." not in parts
        and not any(set(p) & set('\\:*?"<>|\0') for p in parts)
    )


def unwritable(error: OSError, name: str) -> MissingError:
    """What to say when the system refuses to write."""
    reason = error.strerror or str(error)
    return MissingError(
        Diagnostic(
            "B001", f"this cannot be written: {reason}; make room or mend the rights, and build again", Place(name)
        )
    )


def write_text(path: Path, text: str, name: str) -> bool:
    """Write a small file of the workspace as a whole; whether that changed it."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(path)
        try:
            part.write_bytes(data)
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(error, name) from error
    return True


def remove(root: Path, outputs: Path, names: Iterable[str]) -> list[str]:
    """Remove files that we wrote once, and the folders that this leaves empty; what was there to remove."""
    gone = []
    for name in names:
        path = locate(root, outputs, name)
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise unwritable(error, name) from error
        gone.append(name)
        _prune(path.parent, outputs)
    return gone


def _prune(folder: Path, top: Path) -> None:
    while folder != top and folder.is_relative_to(top):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
