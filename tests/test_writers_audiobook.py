"""The files of the audiobook writer."""

from __future__ import annotations

import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from small import small_edition
from sounds import LOUD, Tones, content, narrated, onset, work

from publish.audio import RATE
from publish.config import AudioSettings, Settings
from publish.interface import interface
from publish.model import Briefing, Card, Edition, Phrase
from publish.task import card
from publish.work import File, Shelf, Work
from publish.writers import audiobook as writer
from publish.writers._episode import episode

NAME = "2031-04-02-river"
DAYS = {"first": "2031-03-30", "second": "2031-04-02", "third": "2031-04-20", "undated": ""}


def written(of: Work, folder: Path) -> Path:
    (file,) = writer.briefing_files(of)
    assert file.path == f"en/{of.source.name}/{of.source.name}.m4b"
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content(file))
    return path


@pytest.fixture
def of(tmp_path: Path) -> Work:
    return work(tmp_path / "cache" / "clips", narrated(tmp_path / "cache" / "clips", engine=Tones()))


def test_it_has_a_chapter_an_exchange_where_its_words_are_heard(
    tmp_path: Path,
    of: Work,
    ffprobe: Callable[[Path], dict[str, Any]],
    heard_samples: Callable[[Path], array.array[int]],
) -> None:
    path = written(of, tmp_path)
    made = episode(of)
    assert made

    told, heard = ffprobe(path)["chapters"], heard_samples(path)

    assert [chapter["tags"]["title"] for chapter in told] == [chapter.title for chapter in made.chapters]
    assert 0 <= len(heard) - made.track.samples <= 1024
    for chapter in told[1:]:
        start = round(float(chapter["start_time"]) * RATE)
        assert max(abs(value) for value in heard[start - RATE // 2 : start - RATE // 20]) < LOUD
        assert abs(onset(heard, start - RATE // 2) - start) < RATE // 20


def test_a_second_reader_finds_chapters_tags_and_cover(tmp_path: Path, of: Work) -> None:
    from mutagen.mp4 import MP4, MP4Cover  # noqa: PLC0415  # only here

    found = MP4(written(of, tmp_path))

    assert [chapter.title for chapter in found.chapters or ()] == [
        "Opening",
        "Q: How high will the water rise on [Tuesday] night?",
        "Q: And who pays for the new gates?",
    ]
    assert found["\xa9nam"] == ["River briefing, 2 April"]
    assert found["\xa9alb"] == ["River briefings"]
    assert found["\xa9ART"] == ["River Authority"]
    assert found["\xa9day"] == ["2031-04-02"]
    assert "synthetic" in found["\xa9cmt"][0]
    assert found["stik"] == [2]
    assert found["covr"][0].imageformat == MP4Cover.FORMAT_PNG


def test_equal_input_gives_equal_bytes_and_nothing_is_left_beside_them(tmp_path: Path, of: Work) -> None:
    first = written(of, tmp_path / "a").read_bytes()

    assert written(of, tmp_path / "b").read_bytes() == first
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["clips"]


def test_without_sound_there_is_none(tmp_path: Path) -> None:
    assert list(writer.briefing_files(work(tmp_path, None))) == []


# --- Of the series ----------------------------------------------------------------------------------------------------


def named(name: str) -> Edition:
    edition = small_edition()
    briefing: Briefing = msgspec.structs.replace(edition.briefing, name=name, date=DAYS[name])
    return msgspec.structs.replace(edition, briefing=briefing, title=Phrase(f"The {name} & <briefing>", "en"))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Four briefings with an audiobook each."""
    root = tmp_path_factory.mktemp("shelf")
    clips, outputs = root / ".publish" / "clips", root / "outputs"
    cards: list[Card] = []
    files = {}
    for name in sorted(DAYS, key=lambda name: (DAYS[name], name)):
        edition = named(name)
        one = work(clips, narrated(clips, edition, Tones()), edition)
        files[written(one, outputs).relative_to(outputs).as_posix()] = name
        cards.append(card(edition, edition.briefing, one.narration))
    return Shelf(
        cards={"en": tuple(cards)},
        interfaces={"en": interface("en")},
        titles={"en": ("River briefings", "River Authority", "")},
        settings=Settings(title="River briefings"),
        formats=frozenset({"audiobook"}),
        outputs=outputs,
        modified="",
        theme=None,
        report=lambda finding: pytest.fail(str(finding)),
        files=files,
    )


def volumes(shelf: Shelf, audiobook: str | int = "month") -> dict[str, File]:
    settings = Settings(title="River briefings", audio=AudioSettings(audiobook=audiobook))
    return {file.path: file for file in writer.series_files(msgspec.structs.replace(shelf, settings=settings))}


def titles(file: File, folder: Path, ffprobe: Callable[[Path], dict[str, Any]]) -> list[str]:
    path = folder / "volume.m4b"
    path.write_bytes(content(file))
    return [chapter["tags"]["title"] for chapter in ffprobe(path)["chapters"]]


def test_the_series_is_bound_by_month_or_by_year(shelf: Shelf) -> None:
    assert list(volumes(shelf)) == [f"en/river-briefings-{key}.m4b" for key in ("undated", "2031-03", "2031-04")]
    assert list(volumes(shelf, "year")) == [f"en/river-briefings-{key}.m4b" for key in ("undated", "2031")]


def test_or_by_size_at_least_one_briefing_a_volume(shelf: Shelf) -> None:
    size = max((shelf.outputs / path).stat().st_size for path in shelf.files)

    assert list(volumes(shelf, 2 * size)) == ["en/river-briefings-1.m4b", "en/river-briefings-2.m4b"]
    assert len(volumes(shelf, size // 2)) == 4
    assert list(volumes(shelf, 100 * size)) == ["en/river-briefings-1.m4b"]


def test_a_volume_has_every_chapter_of_its_briefings_and_the_briefing_s_title_at_the_first(
    tmp_path: Path, shelf: Shelf, ffprobe: Callable[[Path], dict[str, Any]]
) -> None:
    found = titles(volumes(shelf)["en/river-briefings-2031-04.m4b"], tmp_path, ffprobe)

    questions = ["Q: How high will the water rise on [Tuesday] night?", "Q: And who pays for the new gates?"]
    assert found == ["The second & <briefing>", *questions, "The third & <briefing>", *questions]


def test_chapters_of_a_volume_begin_where_their_words_are_heard(
    tmp_path: Path,
    shelf: Shelf,
    ffprobe: Callable[[Path], dict[str, Any]],
    heard_samples: Callable[[Path], array.array[int]],
) -> None:
    path = tmp_path / "volume.m4b"
    path.write_bytes(content(volumes(shelf, "year")["en/river-briefings-2031.m4b"]))

    told, heard = ffprobe(path)["chapters"], heard_samples(path)

    assert len(told) == 9
    for chapter in told[1:]:
        start = round(float(chapter["start_time"]) * RATE)
        assert max(abs(value) for value in heard[start - RATE // 2 : start - RATE // 20]) < LOUD
        assert abs(onset(heard, start - RATE // 2) - start) < RATE // 20


def test_a_volume_tells_what_it_is_and_that_its_voices_are_synthetic(tmp_path: Path, shelf: Shelf) -> None:
    from mutagen.mp4 import MP4  # noqa: PLC0415  # only here

    path = tmp_path / "volume.m4b"
    path.write_bytes(content(volumes(shelf)["en/river-briefings-2031-04.m4b"]))
    found = MP4(path)

    assert found["\xa9nam"] == ["River briefings – 2031-04"]
    assert found["\xa9day"] == ["2031-04-20"]
    assert "synthetic" in found["\xa9cmt"][0]
    assert found["covr"]


def test_a_volume_s_key_changes_with_a_briefing_in_it_and_equal_volumes_have_equal_bytes(shelf: Shelf) -> None:
    before, again = volumes(shelf), volumes(shelf)
    files = {path: f"{name} edited" if name == "first" else name for path, name in shelf.files.items()}
    after = volumes(msgspec.structs.replace(shelf, files=files))

    assert {path for path in before if before[path].key != after[path].key} == {"en/river-briefings-2031-03.m4b"}
    name = "en/river-briefings-2031-04.m4b"
    assert content(before[name]) == content(again[name])


def test_what_has_no_audiobook_is_in_no_volume(shelf: Shelf) -> None:
    files = {path: name for path, name in shelf.files.items() if name != "first"}

    assert "en/river-briefings-2031-03.m4b" not in volumes(msgspec.structs.replace(shelf, files=files))
    assert volumes(msgspec.structs.replace(shelf, files={})) == {}
