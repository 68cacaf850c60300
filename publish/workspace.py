"""What is there: a folder with ``series.toml``, ``transcripts/``, ``anchors/`` and ``locales/``."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import msgspec
from filelock import FileLock, Timeout

from publish.config import RESERVED
from publish.diagnostics import Diagnostic, MissingError, Place, Report, refuse
from publish.glossary import FILE as GLOSSARY
from publish.languages import folder, from_folder, kept
from publish.output import unwritable
from publish.work import Source

LIMIT = 256 * 1024 * 1024
"""Bytes of one source file; more than any transcript has."""
_LENGTH = 80


class Workspace(msgspec.Struct, frozen=True):
    """Paths of a workspace."""

    root: Path

    @property
    def settings(self) -> Path:
        """``series.toml``."""
        return self.root / "series.toml"

    @property
    def transcripts(self) -> Path:
        """The sources."""
        return self.root / "transcripts"

    @property
    def anchors(self) -> Path:
        """The ids given so far."""
        return self.root / "anchors"

    @property
    def locales(self) -> Path:
        """The catalogues."""
        return self.root / "locales"

    @property
    def theme(self) -> Path | None:
        """Templates and styles of the workspace's own, if it has any."""
        folder = self.root / "theme"
        return folder if folder.is_dir() else None

    def terms(self) -> bytes:
        """The file of the glossary; empty when there is none.

        Raises:
            MissingError: It cannot be read.
        """
        path = self.root / GLOSSARY
        return read_bytes(path, GLOSSARY) if path.is_file() else b""

    @property
    def cache(self) -> Path:
        """What can be made again."""
        return self.root / ".publish"

    @property
    def outputs(self) -> Path:
        """Where a build writes unless it is told otherwise."""
        return self.root / "outputs"


def open_workspace(root: Path) -> Workspace:
    """The workspace in a folder.

    Raises:
        InputError: There is neither ``series.toml`` nor ``transcripts/``.
    """
    place = Workspace(root)
    if not place.settings.is_file() and not place.transcripts.is_dir():
        refuse(
            "W001",
            "there is no series.toml and no transcripts folder here; "
            "go to the workspace's folder, or make one with `publish new DIR FILE…`",
            Place(str(root)),
        )
    return place


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Work on the workspace that no other process does at the same time.

    Raises:
        MissingError: Another build is at work, or the folder cannot be written.
    """
    lock = FileLock(workspace.cache / "build.lock")
    try:
        workspace.cache.mkdir(exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        message = "another build of this workspace is at work; wait for its end"
        raise MissingError(Diagnostic("B003", message, Place(str(workspace.root)))) from error
    except OSError as error:
        raise unwritable(error, error.filename or str(workspace.cache)) from error
    with lock:
        yield


# --- Sources ----------------------------------------------------------------------------------------------------------


class Entry(msgspec.Struct, frozen=True):
    """A briefing's source files, found but not read."""

    name: str
    files: tuple[Path, ...]


def entries(workspace: Workspace, report: Report, names: Mapping[str, str] = MappingProxyType({})) -> tuple[Entry, ...]:
    """Every briefing there is a source of, by name.

    A folder in ``transcripts/`` holds the pages of one briefing; a file beside such folders is a briefing. ``names``
    has the names that replace those of the files.

    Raises:
        InputError: Two sources fold to one name, or there are none.
    """
    found: dict[str, Entry] = {}
    for path in _sorted(workspace.transcripts, workspace):
        if not _is_source(path, workspace, report):
            continue
        files = tuple(_pages(path, workspace, report)) if path.is_dir() else (path,)
        if not files:
            continue
        name = briefing_name(path.name if path.is_dir() else path.stem)
        name = names.get(name, name)
        if name in found:
            refuse(
                "W006",
                f"this and {relative(found[name].files[0], workspace)} both have the name {name!r}; rename one of them",
                Place(relative(path, workspace)),
            )
        found[name] = Entry(name, files)
    if not found:
        refuse(
            "W009",
            "there are no transcripts; put them into this folder, one file or one folder of pages a briefing",
            Place("transcripts"),
        )
    return tuple(found[name] for name in sorted(found))


def _sorted(folder: Path, workspace: Workspace) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=lambda path: path.name) if folder.is_dir() else []
    except OSError as error:
        raise _unreadable("folder", error, relative(folder, workspace)) from error


def _pages(folder: Path, workspace: Workspace, report: Report) -> Iterator[Path]:
    """The files of a folder in the natural order of their names: page 2 before page 10."""
    for path in sorted(_sorted(folder, workspace), key=lambda path: natural(path.name)):
        if path.is_dir():
            report(Diagnostic("W008", "a folder of pages holds no folders; move its files up", _place(path, workspace)))
        elif _is_source(path, workspace, report):
            yield path


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """What puts names into their natural order: page 2 before page 10."""
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in re.split(r"(\d+)", name) if part)


def _is_source(path: Path, workspace: Workspace, report: Report) -> bool:
    """Whether a file is meant: not hidden, no editor's copy or lock, and no link that leads out of the workspace."""
    if path.name.startswith((".", "#")) or path.name.endswith(("~", ".bak", ".swp", ".part")):
        return False
    if path.is_dir():
        message = "this is a link to a folder and is passed over; move the folder here" if path.is_symlink() else ""
    elif not path.is_file():
        message = "this is no file, or a link to none, and is passed over; remove it"
    elif not path.resolve().is_relative_to(workspace.root.resolve()):
        message = "this link leads out of the workspace and is passed over; copy the file here"
    else:
        message = ""
    if message:
        report(Diagnostic("W008", message, _place(path, workspace)))
    return not message


def relative(path: Path, workspace: Workspace) -> str:
    """A path as messages name it."""
    return path.relative_to(workspace.root).as_posix()


def _place(path: Path, workspace: Workspace) -> Place:
    return Place(relative(path, workspace))


def briefing_name(stem: str) -> str:
    """The name that a source's file or folder name gives: ``[a-z0-9-]``, at most 80 characters, never reserved.

    What is cut is cut at a hyphen, and a short hash of the whole takes its place, so that two long names stay two.
    """
    folded = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    digest = hashlib.blake2b(stem.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    if not slug or slug in RESERVED:
        return f"b-{digest}"
    if len(slug) <= _LENGTH:
        return slug
    cut = slug[: _LENGTH - len(digest)]
    return f"{cut.rpartition('-')[0] or cut[:-1]}-{digest}"


def load(data: bytes, file: str) -> Source:
    """Decode a source.

    Raises:
        InputError: It is empty, too long, not UTF-8, or holds a NUL; with the line.
    """
    if len(data) > LIMIT:
        refuse("W007", f"this file has {len(data):,} bytes, and {LIMIT:,} is the limit; split it", Place(file))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = " (it looks like UTF-16)" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        refuse("W007", f"this is not UTF-8 text{hint}; save the file as UTF-8", Place(file, line))
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        refuse("W007", "there is a NUL character here; this is no text file, or a damaged one", Place(file, line))
    if not text.strip():
        refuse("W007", "the file is empty; put a transcript into it, or remove it", Place(file))
    return Source(file, text.replace("\r\n", "\n").replace("\r", "\n"))


def orphans(workspace: Workspace, names: Container[str], report: Report) -> dict[str, str]:
    """Anchors without a source are kept and reported: the source may only be away, or have a new name."""
    found = {}
    for path in sorted(workspace.anchors.glob("*.tsv")) if workspace.anchors.is_dir() else ():
        if path.stem not in names and path.stem not in RESERVED:
            name = relative(path, workspace)
            found[path.stem] = read_text(path, name)
            message = "no transcript has this name any more; its ids are kept, and can be removed with this file"
            report(Diagnostic("W010", message, Place(name)))
    return found


def lexicons(workspace: Workspace) -> tuple[Source, ...]:
    """The files of pronunciations, as far as they are text; what is wrong with one is for its own reader to say.

    Raises:
        MissingError: One cannot be read.
    """
    found = sorted((workspace.root / "pronunciation").glob("*.pls"))
    named = [(relative(path, workspace), path) for path in found]
    return tuple(Source(name, read_text(path, name)) for name, path in named)


def read_bytes(path: Path, file: str) -> bytes:
    """The bytes of a file, or MissingError that names it; of a pipe or a device, which may never end, too."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise MissingError(Diagnostic("W007", "this is no file; put one in its place, or remove it", Place(file)))
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable("file", error, file) from error


def read_text(path: Path, file: str) -> str:
    """The text of a file as far as it is text; what is wrong with it is for its own reader to say.

    Raises:
        MissingError: It cannot be read.
    """
    return read_bytes(path, file).decode("utf-8", "surrogateescape")


def _unreadable(what: str, error: OSError, name: str) -> MissingError:
    message = f"the {what} cannot be read: {error.strerror or error}; mend its rights"
    return MissingError(Diagnostic("W007", message, Place(name)))


# --- Catalogues -------------------------------------------------------------------------------------------------------


def catalogs(workspace: Workspace) -> dict[str, dict[str, Path]]:
    """The PO files there are: by language, by the name of the briefing (or ``series``).

    Of two folders of one language that has gettext's own name for it is used, else the first.
    """
    found: dict[str, dict[str, Path]] = {}
    for path in _translated(workspace):
        if language := _language(path):
            files = found.setdefault(language, {})
            if path.stem not in files or path.parent.parent.name == folder(language):
                files[path.stem] = path
    return found


def catalog_folder(workspace: Workspace, language: str) -> Path:
    """Where the catalogues of a language are, under whatever name of it, or would be."""
    there = (path.parent for path in catalogs(workspace).get(kept(language), {}).values())
    return next(there, workspace.locales / folder(kept(language)) / "LC_MESSAGES")


def unused_catalogs(workspace: Workspace, names: Container[str], report: Report) -> None:
    """Report catalogues that no edition is made from: of no language, of none of ``names``, or beside another one."""
    used = catalogs(workspace)
    for path in _translated(workspace):
        language, own = _language(path), path.parent.parent.name
        if language is None:
            message = f"{own!r} is the name of no language, and this is not used; rename the folder"
        elif path.stem not in names:
            message = f"no transcript has the name {path.stem!r}, and this is not used; give it a transcript's name"
        elif (other := used[language][path.stem]) != path:
            folders = f"{own!r} and {other.parent.parent.name!r} are both folders of {language}"
            message = f"{folders}, and this is not used; move what is only here there, and remove it"
        else:
            continue
        report(Diagnostic("W008", message, _place(path, workspace)))


def _translated(workspace: Workspace) -> list[Path]:
    return sorted(workspace.locales.glob("*/LC_MESSAGES/*.po")) if workspace.locales.is_dir() else []


def _language(catalogue: Path) -> str | None:
    """Of a PO file, by the folder it lies in; None when that is named after none."""
    try:
        return from_folder(catalogue.parent.parent.name)
    except ValueError:
        return None
