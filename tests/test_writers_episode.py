"""The files of the episode writer."""

from __future__ import annotations

import array
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from small import small_edition
from sounds import LOUD, Tones, content, narrated, onset, work
from test_cover import picture

from publish import cover
from publish.audio import RATE, mp3, pieces
from publish.config import Settings, Site
from publish.frames import length
from publish.model import Edition, Narration, Phrase, Turn
from publish.recode import Chapter
from publish.work import File, Work
from publish.writers import episode as writer
from publish.writers._episode import Episode, Tags, episode
from publish.writers._tags import id3

NAME = "2031-04-02-river"


def files(of: Work) -> dict[str, File]:
    return {file.path.removeprefix(f"en/{NAME}/{NAME}."): file for file in writer.briefing_files(of)}


def made(of: Work) -> Episode:
    found = episode(of)
    assert found
    return found


def written(of: Work, folder: Path) -> Path:
    path = folder / f"{NAME}.mp3"
    path.write_bytes(content(files(of)["mp3"]))
    return path


def test_a_briefing_with_sound_has_an_episode_its_cues_and_its_chapters(tmp_path: Path) -> None:
    assert list(files(work(tmp_path, narrated(tmp_path)))) == ["mp3", "vtt", "chapters.json"]


@pytest.mark.parametrize("narration", [None, Narration(RATE, {})])
def test_without_sound_there_is_no_episode(tmp_path: Path, narration: Narration | None) -> None:
    assert list(writer.briefing_files(work(tmp_path, narration))) == []


def test_title_and_date_are_said_first_then_every_turn_with_its_name_and_what_happened_in_its_place(
    tmp_path: Path,
) -> None:
    of = work(tmp_path, narrated(tmp_path))
    assert of.narration

    clips = [clip.id for clip in made(of).track.clips]

    assert [key for key in clips if key.startswith("front-")][-2:] == ["front-title", "front-date"]
    rest = [key for key in clips if not key.startswith("front-")]
    assert rest == [clip.id for turn in of.edition.briefing.turns for clip in of.narration.tracks[turn.id].clips]
    assert rest[:4] == ["t0000001-n", "p0000001", "p0000002", "p0000003"]


def test_its_frames_are_those_of_the_clips_and_nothing_is_encoded_again(tmp_path: Path) -> None:
    of = work(tmp_path, narrated(tmp_path, engine=Tones()))
    data = content(files(of)["mp3"])

    assert data.endswith(mp3(list(pieces(tmp_path, made(of).track.pieces))))
    assert data.startswith(b"ID3\3\0\0")


def test_two_other_decoders_count_the_samples_that_the_clips_claim(
    tmp_path: Path, mpg123_samples: Callable[[Path], int], heard_samples: Callable[[Path], array.array[int]]
) -> None:
    of = work(tmp_path, narrated(tmp_path, engine=Tones()))
    path = written(of, tmp_path)

    assert mpg123_samples(path) == len(heard_samples(path)) == made(of).track.samples == length(path)


def test_every_chapter_begins_where_its_words_are_heard(
    tmp_path: Path, ffprobe: Callable[[Path], dict[str, Any]], heard_samples: Callable[[Path], array.array[int]]
) -> None:
    """True to 50 ms, by a decoder of others: silence before, sound from there on."""
    path = written(work(tmp_path, narrated(tmp_path, engine=Tones())), tmp_path)
    told, heard = ffprobe(path)["chapters"], heard_samples(path)

    assert [chapter["tags"]["title"] for chapter in told] == [
        "Opening",
        "Q: How high will the water rise on [Tuesday] night?",
        "Q: And who pays for the new gates?",
    ]
    assert (told[0]["start_time"], told[0]["end_time"]) == ("0.000000", told[1]["start_time"])
    for chapter in told[1:]:
        start = round(float(chapter["start_time"]) * RATE)
        assert max(abs(value) for value in heard[start - RATE // 2 : start - RATE // 20]) < LOUD
        assert abs(onset(heard, start - RATE // 2) - start) < RATE // 20


def test_tags_are_those_of_the_edition(tmp_path: Path) -> None:
    from mutagen.id3 import ID3  # noqa: PLC0415  # only here

    edition = small_edition()
    settings = Settings(cover_alt="A river")
    tags = ID3(written(work(tmp_path, narrated(tmp_path), edition, settings=settings), tmp_path))

    assert tags.version == (2, 3, 0)
    texts = {name: str(tags[name]) for name in ("TIT2", "TALB", "TPE1", "TDRC", "TLAN")}
    assert texts == {
        "TIT2": "River briefing, 2 April",
        "TALB": "River briefings",
        "TPE1": "River Authority",
        "TDRC": "2031-04-02",
        "TLAN": "eng",
    }
    (comment,) = tags.getall("COMM")
    assert (comment.lang, "synthetic" in str(comment)) == ("eng", True)
    (shown,) = tags.getall("APIC")
    assert (shown.mime, shown.type, shown.desc) == ("image/png", 3, "A river")
    assert shown.data == cover.generated(cover_identifier()).data


def cover_identifier() -> str:
    from publish.writers._epub_metadata import series_identifier  # noqa: PLC0415  # only here

    return series_identifier(Settings())


def test_a_picture_of_one_s_own_is_the_cover(tmp_path: Path) -> None:
    from mutagen.id3 import ID3  # noqa: PLC0415  # only here

    own = picture("jpg", tmp_path / "own.jpg")
    (shown,) = ID3(written(work(tmp_path, narrated(tmp_path), cover=own), tmp_path)).getall("APIC")

    assert (shown.mime, shown.data) == ("image/jpeg", own.read_bytes())


def test_the_table_of_contents_lists_the_chapters_in_order_and_they_stand_so_in_the_file(tmp_path: Path) -> None:
    from mutagen.id3 import ID3  # noqa: PLC0415  # only here

    path = written(work(tmp_path, narrated(tmp_path)), tmp_path)
    (toc,) = ID3(path).getall("CTOC")
    chapters = {chapter.element_id: chapter for chapter in ID3(path).getall("CHAP")}

    starts = [chapters[key].start_time for key in toc.child_element_ids]
    assert starts == sorted(starts)
    assert len(starts) == len(chapters) == 3
    data = path.read_bytes()
    places = [data.index(b"CHAP" + data[at + 4 : at + 10] + b"c%d\0" % number) for number, at in marks(data)]
    assert places == sorted(places)


def marks(data: bytes) -> list[tuple[int, int]]:
    return [(int(found[1]), found.start()) for found in re.finditer(rb"CHAP.{6}c(\d+)\0", data, re.DOTALL)]


def test_more_chapters_than_one_table_can_list_are_listed_in_several(tmp_path: Path) -> None:
    from mutagen.id3 import ID3  # noqa: PLC0415  # only here

    tags = Tags(title="t", series="s", publisher="p", date="", language="und", comment="c", cover_alt="")
    path = tmp_path / "many.mp3"
    chapters = [Chapter(f"{at}", at * RATE, (at + 1) * RATE) for at in range(600)]
    path.write_bytes(id3(tags, chapters, cover.generated("")))

    tables = {table.element_id: table.child_element_ids for table in ID3(path).getall("CTOC")}
    assert tables.pop("toc") == list(tables)
    assert [key for keys in tables.values() for key in keys] == [f"c{at}" for at in range(1, 601)]


def test_the_cues_of_the_whole_briefing_have_the_turns_words_at_the_episode_s_times(
    tmp_path: Path, webvtt: Callable[..., dict[Path, dict[str, Any]]]
) -> None:
    of = work(tmp_path, narrated(tmp_path))
    path = tmp_path / "a.vtt"
    path.write_bytes(content(files(of)["vtt"]))

    found = webvtt(path)[path]

    assert found["errors"] == []
    times = {cue["id"]: (cue["startTime"], cue["endTime"]) for cue in found["cues"]}
    clips = {clip.id: clip for clip in made(of).track.clips if not clip.id.endswith("-n")}
    assert list(times) == list(clips)
    assert all(abs(times[key][0] - clip.start / RATE) < 0.001 for key, clip in clips.items())
    assert "<v Mara Lindqvist>" in path.read_text("utf-8")
    assert "River briefing, 2 April" in path.read_text("utf-8")


def test_the_chapters_as_json_are_those_of_the_tag_and_lead_to_the_page(tmp_path: Path) -> None:
    settings = Settings(site=Site("https://river.example/b/"))
    of = work(tmp_path, narrated(tmp_path), settings=settings)
    document = json.loads(content(files(of)["chapters.json"]))

    assert document["version"] == "1.2.0"
    assert document["fileName"] == f"{NAME}.mp3"
    starts = [chapter["startTime"] for chapter in document["chapters"]]
    assert starts == [chapter.start * 1000 // RATE / 1000 for chapter in made(of).chapters]
    page = f"https://river.example/b/en/{NAME}/index.html"
    assert [chapter["url"] for chapter in document["chapters"]] == [
        f"{page}#opening",
        f"{page}#x-t0000003",
        f"{page}#x-t0000005",
    ]


def with_turns(edition: Edition, turns: tuple[Turn, ...]) -> Edition:
    return msgspec.structs.replace(edition, briefing=msgspec.structs.replace(edition.briefing, turns=turns))


def test_a_briefing_that_begins_with_a_question_has_a_chapter_for_what_is_said_before(tmp_path: Path) -> None:
    edition = with_turns(small_edition(), small_edition().briefing.turns[3:])
    of = work(tmp_path, narrated(tmp_path, edition), edition)

    titles = [chapter.title for chapter in made(of).chapters]

    assert titles[0] == "River briefing, 2 April"
    assert len(titles) == 3


def test_a_briefing_without_questions_is_one_chapter(tmp_path: Path) -> None:
    edition = with_turns(small_edition(), small_edition().briefing.turns[:3])
    of = work(tmp_path, narrated(tmp_path, edition), edition)

    assert made(of).chapters == (Chapter("Transcript", 0, made(of).track.samples),)


def test_an_exchange_of_which_nothing_is_heard_has_no_chapter(tmp_path: Path) -> None:
    whole = narrated(tmp_path)
    tracks = {key: track for key, track in whole.tracks.items() if key not in ("t0000003", "t0000004")}
    of = work(tmp_path, msgspec.structs.replace(whole, tracks=tracks))

    assert [section.id for section in made(of).sections] == ["opening", "x-t0000005"]
    assert made(of).chapters[-1].end == made(of).track.samples


@pytest.mark.parametrize("title", ["a\0b", "x" * 5000, "\u202eright to left\n\nand more", "\ud800", " \t", "-->"])
def test_hostile_titles_are_one_line_in_the_tags(tmp_path: Path, title: str) -> None:
    from mutagen.id3 import ID3  # noqa: PLC0415  # only here

    edition = msgspec.structs.replace(small_edition(), title=Phrase(title, "en"))
    of = work(tmp_path, narrated(tmp_path), edition)
    found = ID3(written(of, tmp_path))["TIT2"].text

    assert len(found) == 1
    assert found[0].isprintable()
    assert found[0].strip()
    json.loads(content(files(of)["chapters.json"]))


def test_equal_input_gives_equal_bytes_and_an_equal_key(tmp_path: Path) -> None:
    first, second = (files(work(tmp_path, narrated(tmp_path))) for _ in range(2))

    assert {name: (file.key, content(file)) for name, file in first.items()} == {
        name: (file.key, content(file)) for name, file in second.items()
    }


def test_the_key_changes_with_words_headings_tags_and_cover(tmp_path: Path) -> None:
    edition = small_edition()
    turns = list(edition.briefing.turns)
    own = picture("png", tmp_path / "own.png")
    headings = {**edition.headings, "t0000005": Phrase("Who pays?", "en")}
    narration = narrated(tmp_path)
    works = (
        work(tmp_path, narration),
        work(
            tmp_path, narrated(tmp_path, with_turns(edition, tuple(turns[:-1]))), with_turns(edition, tuple(turns[:-1]))
        ),
        work(tmp_path, narration, msgspec.structs.replace(edition, headings=headings)),
        work(tmp_path, narration, msgspec.structs.replace(edition, title=Phrase("Another", "en"))),
        work(tmp_path, narration, cover=own),
    )

    assert len({files(of)["mp3"].key for of in works}) == len(works)
