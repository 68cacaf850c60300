"""Making room: what the cache of sound holds and nobody uses, or was not used for long. All of it can be made again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from publish import clips
from publish.clips import Kept
from publish.loudness import FOLDER
from publish.output import unwritable
from publish.workspace import locked, open_workspace

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}
_SPANS = {"h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}


class Limits(msgspec.Struct, frozen=True):
    """What may stay."""

    size: int | None = None
    """Bytes of all that stays; what was used last stays first."""
    since: float | None = None
    """What was not used since then, in seconds since 1970, goes."""
    everything: bool = False
    """Nothing stays, neither lists nor what is known of voices."""


class Cleaned(msgspec.Struct, frozen=True):
    """What was removed, or would be."""

    clips: int = 0
    size: int = 0
    """In bytes."""
    left: int = 0
    left_size: int = 0

    def said(self, *, dry: bool) -> str:
        """In words."""
        what = "1 clip" if self.clips == 1 else f"{self.clips:,} clips"
        done = "would be removed" if dry else "removed"
        rest = "1 stays" if self.left == 1 else f"{self.left:,} stay"
        return f"{what} {done} ({human(self.size)}); {rest} ({human(self.left_size)})."


def clean(root: Path, limits: Limits, *, dry: bool) -> Cleaned:
    """Remove clips that no briefing uses, and those beyond the limits; nothing but what was put there by us.

    Raises:
        InputError: There is no workspace.
        MissingError: A build is at work, or a file cannot be removed.
    """
    workspace = open_workspace(root)
    cache = workspace.cache / "clips"
    if not cache.is_dir():
        return Cleaned()
    with locked(workspace):
        found = list(clips.kept(cache))
        gone = _gone(found, clips.named(cache), limits)
        if not dry:
            _remove(_all(cache, gone) if limits.everything else (one.path for one in gone), workspace.cache)
    whole, out = [one for one in found if one.whole], [one for one in gone if one.whole]
    size = sum(one.size for one in gone)
    return Cleaned(len(out), size, len(whole) - len(out), sum(one.size for one in found) - size)


def _gone(found: list[Kept], named: frozenset[str], limits: Limits) -> list[Kept]:
    """What does not stay, by name."""
    room = float("inf") if limits.size is None else limits.size
    gone = []
    for one in sorted(found, key=lambda one: (-one.used, one.path)):
        used = one.whole and one.path.name in named and (limits.since is None or one.used >= limits.since)
        if used and not limits.everything and one.size <= room:
            room -= one.size
        else:
            room = 0 if used else room
            gone.append(one)
    return sorted(gone, key=lambda one: one.path)


def _all(cache: Path, gone: Iterable[Kept]) -> Iterator[Path]:
    for one in (*gone, *clips.kept(cache / FOLDER)):
        yield one.path
    yield from clips.lists(cache)


def _remove(paths: Iterable[Path], top: Path) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(error, path.relative_to(top.parent).as_posix()) from error
        _prune(path.parent, top)


def _prune(folder: Path, top: Path) -> None:
    """Remove folders that are empty now."""
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


# --- Sizes and ages, as people write them -----------------------------------------------------------------------------


def size(text: str) -> int:
    """Bytes: ``2GB``, ``500 MB``, ``1.5 GiB``.

    Raises:
        ValueError: It is no size; the text of the error is a sentence.
    """
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?)\s*([KMGT]I?)?B?", text.strip().upper())
    if not found:
        raise ValueError(f"{text!r} is no size; write one such as 500MB or 2GB")
    return int(float(found[1]) * _UNITS[found[2] or ""])


def age(text: str) -> int:
    """Seconds: ``12h``, ``90d``, ``8w``, ``1y``.

    Raises:
        ValueError: It is no age; the text of the error is a sentence.
    """
    found = re.fullmatch(r"(\d{1,6})\s*([hdwy])", text.strip().lower())
    if not found:
        raise ValueError(f"{text!r} is no age; write one such as 12h, 90d or 1y")
    return int(found[1]) * _SPANS[found[2]]


def human(count: float) -> str:
    """Bytes as people read them: ``1.2 GB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:  # noqa: PLR2004  # of the next unit
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
