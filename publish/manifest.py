"""What the last build made, and from what.

``outputs/.publish/manifest.json`` lists every file that was written, with the digest of what it came from. A build that
finds nothing changed reads this one file, hashes the sources and lists the outputs; so this module imports the standard
library only, and nothing else of the package.

While a build runs, ``outputs/.publish/journal`` has a line for each file before it is written. A build that was
interrupted is known by it: what stands there is ours, and its unfinished files are swept away.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = ".publish"
_VERSION = 1
_INPUTS = ("transcripts", "anchors", "pronunciation", "theme")
_SHAPING = (
    "av",
    "babel",
    "ebooklib",
    "espeakng-loader",
    "jinja2",
    "lxml",
    "mutagen",
    "pyttsx3",
    "pyyaml",
    "rapidfuzz",
    "sentencex",
)
"""Distributions whose version shapes an output."""


class Row(NamedTuple):
    """One file that was written."""

    path: str
    """``outputs/…`` or ``locales/…``, with ``/``."""
    size: int
    mtime_ns: int
    digest: str
    key: str
    """Of what it was made from, when its writer knows; else empty."""
    writer: str


@dataclass(frozen=True)
class Record:
    """One finished task: a briefing in a language, or the series."""

    digest: str
    """Of everything that it was made from."""
    rows: tuple[Row, ...]
    card: Any = None
    """A card as plain JSON values; None for the series."""
    findings: tuple[tuple[str, str, str, int], ...] = ()
    """Code, message, file, line: reported again as long as they hold."""


@dataclass(frozen=True)
class Manifest:
    """The last build."""

    stamp: str = ""
    """Digest of all inputs, options and of the tool; empty when the build had problems."""
    until: float = 0
    """POSIX time at which an embargo ends, so that the outputs are stale; 0: never."""
    tasks: dict[str, Record] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Every file."""
        for record in self.tasks.values():
            yield from record.rows


def digest(*parts: bytes | str) -> str:
    """A digest of ``parts``, each with its length, so that no two lists give one."""
    total = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()


def load(outputs: Path) -> Manifest:
    """The manifest in a folder of outputs; an empty one when there is none, or one that cannot be read."""
    try:
        tree = json.loads((outputs / FOLDER / "manifest.json").read_bytes())
        if tree["version"] != _VERSION:
            return Manifest()
        tasks = {key: _record(value) for key, value in tree["tasks"].items()}
        return Manifest(str(tree["stamp"]), float(tree["until"]), tasks)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Manifest()


def _record(value: dict[str, Any]) -> Record:
    rows = tuple(Row(*row) for row in value["rows"])
    return Record(value["digest"], rows, value["card"], tuple(tuple(finding) for finding in value["findings"]))


def save(outputs: Path, manifest: Manifest, *, finished: bool) -> None:
    """Write the manifest, last of all; end the journal when the build came to its end."""
    tree = {
        "version": _VERSION,
        "stamp": manifest.stamp,
        "until": manifest.until,
        "tasks": {
            key: {"digest": task.digest, "rows": task.rows, "card": task.card, "findings": task.findings}
            for key, task in manifest.tasks.items()
        },
    }
    folder = outputs / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "manifest.json.part"
    try:
        part.write_text(json.dumps(tree, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        part.replace(folder / "manifest.json")
    except OSError:
        part.unlink(missing_ok=True)
        raise
    if finished:
        (folder / "journal").unlink(missing_ok=True)


def sweep(root: Path, outputs: Path) -> frozenset[str]:
    """Remove the unfinished files of an interrupted build; the paths that it had begun to write."""
    try:
        paths = frozenset((outputs / FOLDER / "journal").read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError):
        return frozenset()
    for path in paths:
        if ".." not in path.split("/"):
            part_of(locate(root, outputs, path)).unlink(missing_ok=True)
    return paths


def part_of(path: Path) -> Path:
    """Under which name a file is written before it is complete."""
    return path.with_name(f".{path.name}.part")


# --- Is anything stale? -----------------------------------------------------------------------------------------------


def snapshot(root: Path) -> dict[str, str]:
    """Digest of every input file by its path: settings, sources, anchors, catalogues, theme."""
    files = [root / "series.toml"] if (root / "series.toml").is_file() else []
    for folder in _INPUTS:
        files += _files(root / folder)
    files += [path for path in _files(root / "locales") if path.suffix == ".po" or path.name == "glossary.csv"]
    files += _cover(root)
    return {path.relative_to(root).as_posix(): _content(path) for path in files}


def _content(path: Path) -> str:
    """Digest of an input. What cannot be read is for its reader to report; a pipe would be waited for."""
    try:
        return digest(path.read_bytes()) if path.is_file() else digest("no file")
    except OSError as error:
        return digest(f"error {error.errno}")


def _cover(root: Path) -> Iterator[Path]:
    """The picture that ``series.toml`` names, when there is one."""
    import tomllib  # noqa: PLC0415  # only few workspaces have a picture of their own

    try:
        text = (root / "series.toml").read_bytes()
        name = tomllib.loads(text.decode()).get("cover", "") if b"cover" in text else ""
    except (OSError, ValueError, RecursionError):
        return
    if name and isinstance(name, str) and (root / name).is_file() and (root / name).is_relative_to(root):
        yield root / name


def _files(folder: Path) -> Iterator[Path]:
    """Everything below a folder but its folders; a link to one counts, and is not followed."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        links = (name for name in folders if Path(where, name).is_symlink())
        for name in sorted((*names, *links)):
            yield Path(where, name)


@cache  # what runs is what was loaded, whatever becomes of the files
def environment() -> str:
    """Digest of the tool itself: its files, Python, and the versions of what shapes an output."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # 15 ms that only builds need

    parts: list[bytes | str] = [sys.version]
    for path in _files(Path(__file__).parent):
        if path.suffix != ".pyc":
            parts += (path.name, path.read_bytes())
    for name in (*_SHAPING, "piper-tts"):
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            parts.append(f"{name} -")
    return digest(*parts)


def stamp(inputs: dict[str, str], tool: str, options: Iterable[str]) -> str:
    """Digest of all that a build depends on."""
    return digest(tool, *options, *(f"{path}\0{value}" for path, value in sorted(inputs.items())))


def unchanged(root: Path, outputs: Path, options: Iterable[str], now: float) -> Manifest | None:
    """The last build, when building again would make the same files; else None."""
    last = load(outputs)
    if not last.stamp or (last.until and now >= last.until) or (outputs / FOLDER / "journal").exists():
        return None
    if stamp(snapshot(root), environment(), options) != last.stamp:
        return None
    return last if all(untouched(root, outputs, row) for row in last.rows()) else None


def locate(root: Path, outputs: Path, path: str) -> Path:
    """Where a row's file lies."""
    tree, _, rest = path.partition("/")
    return outputs / rest if tree == "outputs" else root / path


def untouched(root: Path, outputs: Path, row: Row) -> bool:
    """Whether the file is there as it was written, by size and time of change."""
    try:
        stat = os.stat(locate(root, outputs, row.path))  # noqa: PTH116  # 53,000 of them in a year with audio
    except OSError:
        return False
    return stat.st_size == row.size and stat.st_mtime_ns == row.mtime_ns


def moment(environ: dict[str, str] | os._Environ[str], clock: float) -> float:
    """The time that an embargo is held against: SOURCE_DATE_EPOCH, else the clock."""
    try:
        return float(int(environ["SOURCE_DATE_EPOCH"]))
    except (KeyError, ValueError):
        return clock


def embargo_end(moments: Iterable[datetime], now: float) -> float:
    """The first of the embargo times that is still to come, as POSIX time; 0 when there is none."""
    return min((time.timestamp() for time in moments if time.timestamp() > now), default=0.0)
