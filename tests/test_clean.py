"""Making room: what goes, what stays, what is never touched."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock

from publish import clips
from publish.clean import age, human, size
from publish.cli import cli

DAY = 86_400
KEYS = tuple(f"{number:02x}" * 16 for number in range(1, 7))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Six clips of 1,000 bytes, used 0, 10, 20 … days ago; the briefings use all but the first and the last."""
    root = tmp_path / "spring"
    (root / "transcripts").mkdir(parents=True)
    (root / "transcripts" / "first.md").write_text("MS. ADA:  Hello.\n", encoding="utf-8")
    cache = root / ".publish" / "clips"
    for number, key in enumerate(KEYS):
        clips.store(cache, key, b"x" * (1000 - 16))
        then = time.time() - number * 10 * DAY - 60
        os.utime(cache / key[:2] / key, (then, then))
    clips.remember(cache, "en", "first", KEYS[1:4])
    clips.remember(cache, "fr", "first", KEYS[3:5])
    return root


def cleaned(root: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, ["clean", str(root), *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def left(root: Path) -> list[int]:
    return [KEYS.index(one.path.name) for one in clips.kept(root / ".publish" / "clips") if one.whole]


@pytest.mark.parametrize(
    ("words", "stay"),
    [
        ((), [1, 2, 3, 4]),
        (("--max-age", "25d"), [1, 2]),
        (("--max-age", "1y"), [1, 2, 3, 4]),
        (("--max-size", "3kB"), [1, 2, 3]),
        (("--max-size", "2.9 kB"), [1, 2]),
        (("--max-size", "2GB", "--max-age", "35d"), [1, 2, 3]),
        (("--max-size", "0"), []),
        (("--all",), []),
    ],
)
def test_what_nothing_names_goes_and_then_what_was_used_longest_ago(
    root: Path, words: tuple[str, ...], stay: list[int]
) -> None:
    said = cleaned(root, *words)

    assert left(root) == stay
    gone = 6 - len(stay)
    assert said.startswith(f"{gone} clips removed ({gone}.0 kB); ")


def test_a_dry_run_says_the_same_and_removes_nothing(root: Path) -> None:
    said = cleaned(root, "--max-age", "25d", "--dry-run")

    assert said == "4 clips would be removed (4.0 kB); 2 stay (2.0 kB).\n"
    assert left(root) == [0, 1, 2, 3, 4, 5]


def test_cleaning_all_takes_lists_and_gains_and_leaves_no_empty_folders(root: Path) -> None:
    clips.store(root / ".publish" / "clips" / "loudness", KEYS[0], b"1.00")

    cleaned(root, "--all")

    assert sorted(path.name for path in (root / ".publish").rglob("*")) in ([], ["build.lock"])


def test_what_was_not_written_to_its_end_goes(root: Path) -> None:
    part = root / ".publish/clips/02" / f"{KEYS[1]}.99.part"
    part.write_bytes(b"half")

    cleaned(root)

    assert not part.exists()


def test_nothing_else_is_touched(root: Path, tmp_path: Path) -> None:
    mine = [
        root / "outputs/en/first/audio/t1.mp3",
        root / ".publish/notes.txt",
        root / ".publish/clips/notes.txt",
        root / ".publish/clips/01/notes.txt",
        tmp_path / "elsewhere" / ("ef" + "56" * 15),
    ]
    for path in mine:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    (root / ".publish/clips/ef").symlink_to(tmp_path / "elsewhere")

    cleaned(root, "--all")

    assert all(path.read_text("utf-8") == "mine" for path in mine)


def test_it_waits_for_no_build_and_says_so(root: Path) -> None:
    with FileLock(root / ".publish" / "build.lock"):
        done = CliRunner().invoke(cli, ["clean", str(root), "--all"])

    assert "B003" in str(done.exception)
    assert left(root) == [0, 1, 2, 3, 4, 5]


def test_where_nothing_was_ever_spoken_there_is_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / "transcripts").mkdir()

    assert cleaned(tmp_path) == "0 clips removed (0 bytes); 0 stay (0 bytes).\n"
    assert not (tmp_path / ".publish").exists()


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    assert "W001" in str(CliRunner().invoke(cli, ["clean", str(tmp_path)]).exception)


@pytest.mark.parametrize(
    "words", [("--max-size", "much"), ("--max-size", "-1"), ("--max-age", "90"), ("--max-age", "")]
)
def test_what_is_no_size_or_age_is_refused_with_an_example(root: Path, words: tuple[str, str]) -> None:
    done = CliRunner().invoke(cli, ["clean", str(root), *words])

    assert done.exit_code == 2
    assert "write one such as" in done.output


def test_sizes_and_ages_are_read_as_people_write_them() -> None:
    assert [size(text) for text in ("0", "500MB", "2 gb", "1.5GiB", "7k")] == [
        0,
        5 * 10**8,
        2 * 10**9,
        1610612736,
        7000,
    ]
    assert [age(text) for text in ("12h", "90d", "2W", "1y")] == [43_200, 90 * DAY, 14 * DAY, 365 * DAY]
    assert [human(count) for count in (0, 999, 1000, 123_456_789, 5e12)] == [
        "0 bytes", "999 bytes", "1.0 kB", "123.5 MB", "5.0 TB",
    ]  # fmt: skip
