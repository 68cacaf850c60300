"""What is kept, how it is found to be damaged, and who uses it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from publish import clips
from publish.diagnostics import MissingError

DAY = 86_400
KEY = "ab" + "12" * 15
OTHER = "cd" + "34" * 15
BODY = bytes(range(256)) * 40


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / ".publish" / "clips"


def path_of(cache: Path, key: str = KEY) -> Path:
    return cache / key[:2] / key


def as_folder(path: Path) -> None:
    path.unlink()
    (path / "mine").mkdir(parents=True)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"?"),
    "one bit": lambda path: path.write_bytes(path.read_bytes()[:200] + b"?" + path.read_bytes()[201:]),
    "one bit of the digest": lambda path: path.write_bytes(b"?" + path.read_bytes()[1:]),
    "empty": lambda path: path.write_bytes(b""),
    "absent": Path.unlink,
    "a folder": as_folder,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_damaged_is_none_and_can_be_made_again(cache: Path, damage: Callable[[Path], object]) -> None:
    clips.store(cache, KEY, BODY)
    damage(path_of(cache))

    assert clips.load(cache, KEY) is None
    clips.store(cache, KEY, BODY)
    assert clips.load(cache, KEY) == BODY


def test_a_folder_that_was_in_the_way_is_not_lost(cache: Path) -> None:
    clips.store(cache, KEY, BODY)
    as_folder(path_of(cache))

    clips.store(cache, KEY, BODY)

    assert (cache / "ab" / f"{KEY}.aside" / "mine").is_dir()


def test_a_full_disk_is_said_and_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as stream:
            stream.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(MissingError, match=r"B001 .*No space left on device"):
        clips.store(cache, KEY, BODY)

    assert [path for path in cache.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(("days", "noted"), [(0.5, False), (1.5, True), (400, True)])
def test_a_use_is_noted_once_a_day(cache: Path, days: float, noted: bool) -> None:  # noqa: FBT001  # a parameter
    clips.store(cache, KEY, BODY)
    then = time.time() - days * DAY
    os.utime(path_of(cache), (then, then))

    clips.load(cache, KEY)

    assert (path_of(cache).stat().st_mtime > then + 60) is noted


def test_only_what_was_put_there_by_us_is_told(cache: Path, tmp_path: Path) -> None:
    clips.store(cache, KEY, BODY)
    clips.store(cache, OTHER, BODY)
    path_of(cache).with_name(f"{KEY}.123.part").write_bytes(b"half")
    (cache / "ab" / "notes.txt").write_text("mine", encoding="utf-8")
    (cache / "README").write_text("mine", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ("ef" + "56" * 15)).write_text("mine", encoding="utf-8")
    (cache / "ef").symlink_to(tmp_path / "elsewhere")

    found = list(clips.kept(cache))

    assert [(one.path.name, one.whole) for one in found] == [(KEY, True), (f"{KEY}.123.part", False), (OTHER, True)]
    assert found[0].size == len(BODY) + 12


# --- Who uses what ----------------------------------------------------------------------------------------------------


def test_a_list_tells_what_it_no_longer_names(cache: Path) -> None:
    assert clips.remember(cache, "en", "first", [KEY, OTHER, KEY]) == frozenset()
    assert clips.remember(cache, "en", "first", [OTHER]) == {KEY}

    assert clips.named(cache) == {OTHER}
    assert (cache.parent / "used/en/first").read_text("ascii") == f"{OTHER}\n"


def test_an_equal_list_is_not_written_again(cache: Path) -> None:
    clips.remember(cache, "en", "first", [KEY])
    path = cache.parent / "used/en/first"
    os.utime(path, (0, 0))

    clips.remember(cache, "en", "first", [KEY])

    assert path.stat().st_mtime == 0


def test_what_is_forgotten_takes_along_what_no_other_list_names(cache: Path) -> None:
    clips.store(cache, KEY, BODY)
    clips.store(cache, OTHER, BODY)
    clips.remember(cache, "en", "first", [KEY, OTHER])
    clips.remember(cache, "fr", "first", [OTHER])

    assert clips.forget(cache, "en", "first") == 1

    assert [one.path.name for one in clips.kept(cache)] == [OTHER]
    assert [path.parent.name for path in clips.lists(cache)] == ["fr"]
    assert not (cache.parent / "used" / "en").exists()


def test_what_another_briefing_took_over_is_not_discarded(cache: Path) -> None:
    clips.store(cache, KEY, BODY)
    clips.remember(cache, "en", "first", [KEY])
    dropped = clips.remember(cache, "en", "first", [])
    clips.remember(cache, "en", "second", [KEY])

    assert clips.discard(cache, dropped) == 0
    assert clips.load(cache, KEY) == BODY


def test_a_list_that_holds_paths_or_rubbish_removes_nothing(cache: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    clips.remember(cache, "en", "first", [KEY])
    (cache.parent / "used/en/first").write_bytes(f"../../victim\n{victim}\n\xff\n".encode("latin-1"))

    assert clips.forget(cache, "en", "first") == 0
    assert victim.exists()


def test_forgetting_what_was_never_known_does_nothing(cache: Path) -> None:
    assert clips.forget(cache, "en", "first") == 0


def test_a_part_of_a_briefing_adds_to_its_list(tmp_path: Path) -> None:
    keys = [clips.digest([name]) for name in ("heading", "turn", "edited turn")]
    clips.remember(tmp_path / "clips", "en", "first", keys[:2])

    assert clips.remember(tmp_path / "clips", "en", "first", keys[2:], add=True) == frozenset()
    assert clips.named(tmp_path / "clips") == set(keys)
