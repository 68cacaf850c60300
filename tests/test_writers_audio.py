"""The files of the audio writer."""

from __future__ import annotations

import array
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest
from small import small_edition
from sounds import Tones, content, narrated, onset, work

from publish.audio import RATE, join
from publish.config import AudioSettings, Settings
from publish.model import Clip, Deleted, Edition, Foreign, Paragraph, Phrase, Text, Track, Turn, plain
from publish.segment import sentences
from publish.writers import _vtt as writing
from publish.writers import audio as writer

CUE = re.compile(
    r"(?P<id>[^\n]+)\n(?P<begin>\d\d:\d\d:\d\d\.\d{3}) --> (?P<end>\d\d:\d\d:\d\d\.\d{3})\n(?P<text>[^\n]+)"
)


def test_every_turn_and_stage_direction_has_sound_and_cues_and_nothing_else_does(tmp_path: Path) -> None:
    files = list(writer.briefing_files(work(tmp_path, narrated(tmp_path))))

    turns = [turn.id for turn in small_edition().briefing.turns]
    folder = "en/2031-04-02-river/audio"
    assert [file.path for file in files] == [f"{folder}/{turn}.{end}" for turn in turns for end in ("mp3", "vtt")]


def test_the_sound_is_that_of_the_track(tmp_path: Path) -> None:
    narration = narrated(tmp_path)
    file = next(writer.briefing_files(work(tmp_path, narration)))

    assert content(file) == join(tmp_path, narration.tracks["t0000001"])


def test_without_narration_there_are_no_files(tmp_path: Path) -> None:
    assert list(writer.briefing_files(work(tmp_path, None))) == []


def test_what_could_not_be_spoken_has_no_file(tmp_path: Path) -> None:
    narration = narrated(tmp_path)
    tracks = {name: track for name, track in narration.tracks.items() if name != "t0000003"}
    files = writer.briefing_files(work(tmp_path, msgspec.structs.replace(narration, tracks=tracks)))

    assert not [file.path for file in files if "t0000003" in file.path]


def test_keys_change_with_what_the_files_are_made_of_and_with_nothing_else(tmp_path: Path) -> None:
    def keys(edition: Edition) -> dict[str, str]:
        cache = tmp_path / "cache"
        files = writer.briefing_files(work(cache, narrated(cache, edition), edition))
        return {file.path.rpartition("/")[2]: file.key for file in files}

    before = small_edition()
    turns = list(before.briefing.turns)
    turns[-1] = msgspec.structs.replace(turns[-1], paragraphs=(Paragraph((Text("The city does."),), "p0000009", "en"),))
    edited = msgspec.structs.replace(before, briefing=msgspec.structs.replace(before.briefing, turns=tuple(turns)))

    first, second = keys(before), keys(edited)
    assert {name for name in first if first[name] != second[name]} == {"t0000006.mp3", "t0000006.vtt"}
    assert keys(before) == first
    assert all(first.values())


# --- WebVTT -----------------------------------------------------------------------------------------------------------


def cues(text: str) -> list[dict[str, str]]:
    head, *blocks = text.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    found = []
    for block in blocks:
        match = CUE.fullmatch(block)
        assert match, block
        found.append(match.groupdict())
    return found


def vtt(
    paragraphs: tuple[Paragraph, ...], clips: tuple[Clip, ...], name: str = "Mara Lindqvist"
) -> list[dict[str, str]]:
    of = small_edition()
    person = msgspec.structs.replace(of.people["q"], name=Phrase(name, "en"))
    turn = Turn(paragraphs, "q", "Q", "t1")
    return cues(
        writing.vtt(
            [turn], Track("t1", clips, ("",) * len(clips)), msgspec.structs.replace(of, people={"q": person}), RATE
        )
    )


def test_cues_are_the_paragraphs_with_their_ids_and_tile_the_sound_after_the_name(tmp_path: Path) -> None:
    narration = narrated(tmp_path)
    files = {file.path.rpartition("/")[2]: file for file in writer.briefing_files(work(tmp_path, narration))}
    name, *clips = narration.tracks["t0000001"].clips

    found = cues(content(files["t0000001.vtt"]).decode())

    assert [cue["id"] for cue in found] == ["p0000001", "p0000002"]
    assert found[0]["end"] == found[1]["begin"]
    seconds = float(found[0]["begin"][-6:])
    assert name.end / RATE - 0.001 < seconds <= name.end / RATE
    assert float(found[-1]["end"][-6:]) <= clips[-1].end / RATE


def test_cues_hold_the_speaker_and_the_printed_words(tmp_path: Path) -> None:
    files = {file.path.rpartition("/")[2]: file for file in writer.briefing_files(work(tmp_path, narrated(tmp_path)))}

    def text(name: str) -> list[str]:
        return [re.sub(r"<[\d:.]+>", "", cue["text"]) for cue in cues(content(files[f"{name}.vtt"]).decode())]

    assert text("t0000001")[0] == (
        "<v Mara Lindqvist>Good morning, &amp; welcome to &lt;the&gt; river hall. Mind the step. (Laughter.)"
    )
    assert text("t0000003") == ["<v Q>Thank you. How high will the water rise on [Tuesday] night?"]
    assert "<lang ar>الماء يرتفع.</lang>" in text("t0000004")[0]
    assert text("p0000003") == ["(The lights go out.)"]


def test_hostile_names_and_words_stay_words() -> None:
    words = "a --> b\n\n<c.x>\u2028NOTE & </v> &amp;"
    found = vtt((Paragraph((Text(words),), "p1", "en"),), (Clip("p1", 0, RATE),), "A>\n\nB <i> & C")

    assert [cue["text"] for cue in found] == [
        "<v A&gt; B &lt;i&gt; &amp; C>a --&gt; b &lt;c.x&gt; NOTE &amp; &lt;/v&gt; &amp;amp;"
    ]


def test_a_paragraph_in_another_language_is_marked_so() -> None:
    paragraph = Paragraph((Text("Guten Tag, "), Foreign("fr", (Text("à demain"),))), "p1", "de")
    found = vtt((paragraph,), (Clip("p1", 0, RATE),))

    assert found[0]["text"] == "<v Mara Lindqvist><lang de>Guten Tag, <lang fr>à demain</lang></lang>"


def test_boundaries_are_rounded_once_from_their_sample() -> None:
    """Each length is 26.12 ms: rounded on its own, the ninth boundary would be 1 ms early."""
    paragraphs = tuple(Paragraph((Text("x"),), f"p{at}", "en") for at in range(200))
    clips = tuple(Clip(f"p{at}", at * 576, at * 576 + 576) for at in range(200))
    found = vtt(paragraphs, clips)

    assert [cue["end"] for cue in found[:-1]] == [cue["begin"] for cue in found[1:]]
    assert found[-1]["end"] == f"00:00:{200 * 576 * 1000 // RATE / 1000:06.3f}"


def test_another_reader_of_webvtt_finds_the_same_cues(tmp_path: Path) -> None:
    narration = narrated(tmp_path)
    for file in writer.briefing_files(work(tmp_path, narration)):
        if not file.path.endswith(".vtt"):
            continue
        own = cues(content(file).decode())
        path = tmp_path / "read.vtt"
        path.write_bytes(content(file))
        with av.open(str(path)) as container:
            begins = [packet.pts for packet in container.demux() if packet.size]
        assert begins == [round(float(cue["begin"][-6:]) * 1000) for cue in own]


# --- Times of sentences -----------------------------------------------------------------------------------------------

WORDS = (
    Text("It rises. We "),
    Deleted((Text("think. Yes, we "),)),
    Foreign("fr", (Text("savons. Merci"),)),
    Text(". Good & <night>."),
)


def stamped(parts: tuple[object, ...], *samples: int, end: int = 10 * RATE) -> str:
    paragraph = Paragraph(parts, "p1", "en")  # type: ignore[arg-type]  # parts, as WORDS has them
    return vtt((paragraph,), (Clip("p1", RATE, end, samples),))[0]["text"]


def test_a_time_stands_before_each_further_sentence() -> None:
    spans = sentences(plain(WORDS), "en")
    assert len(spans) == 4

    text = stamped(WORDS, 2 * RATE, 3 * RATE, 4 * RATE)

    assert text == (
        "<v Mara Lindqvist>It rises. <00:00:02.000>We <lang fr>savons. <00:00:03.000>Merci</lang>. "
        "<00:00:04.000>Good &amp; &lt;night&gt;."
    )


def test_times_that_are_not_as_many_as_the_sentences_are_left_out() -> None:
    assert "<00" not in stamped(WORDS, 2 * RATE)
    assert "<00" not in stamped(WORDS)


def test_a_time_that_is_not_between_its_neighbours_is_left_out_since_the_standard_forbids_it() -> None:
    text = stamped(WORDS, RATE, 3 * RATE, 3 * RATE + 1)

    assert re.findall(r"<\d[^>]*>", text) == ["<00:00:03.000>"]
    assert re.findall(r"<\d[^>]*>", stamped(WORDS, 2 * RATE, 3 * RATE, 10 * RATE)) == [
        "<00:00:02.000>",
        "<00:00:03.000>",
    ]


NASTY = (
    "a --> b",
    "NOTE\n\nSTYLE",
    "<v Someone>words</v> </c> <00:00:01.000> &amp; &lrm;",
    "A\u2028B\u2029C\x85D\x0bE",
    "Dr. Smith. No. 10. \u202eright\u202c. (Laughter.) “Yes.” ؟ 是。",
)


@pytest.mark.parametrize("name", ["Mara Lindqvist", "A>\n\nB <i> & C", "-->", "\u200b", ""])
def test_the_parser_of_the_standard_s_author_finds_nothing(
    tmp_path: Path, webvtt: Callable[..., dict[Path, dict[str, Any]]], name: str
) -> None:
    paragraphs = tuple(
        Paragraph((Text(words), Foreign("fr", (Text(f" {words}"),)), Text(words)), f"p{at}", language)
        for at, (words, language) in enumerate(itertools.product(NASTY, ("en", "zh-Hans")))
    )
    clips = tuple(
        Clip(f"p{at}", at * 9 * RATE, (at + 1) * 9 * RATE, tuple(at * 9 * RATE + n * RATE // 7 for n in range(count)))
        for at, paragraph in enumerate(paragraphs)
        for count in [len(sentences(plain(paragraph.parts), paragraph.language)) - 1]
    )
    of = small_edition()
    person = msgspec.structs.replace(of.people["q"], name=Phrase(name, "en"))
    edition = msgspec.structs.replace(of, people={"q": person})
    path = tmp_path / "nasty.vtt"
    turn = Turn(paragraphs, "q", "Q", "t1")
    path.write_text(writing.vtt([turn], Track("t1", clips, ("",) * len(clips)), edition, RATE), "utf-8")

    found = webvtt(path)[path]

    assert found["errors"] == []
    assert [cue["id"] for cue in found["cues"]] == [clip.id for clip in clips]


# --- Other codecs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mp3", "opus", "m4a"])
def test_sound_in_any_codec_begins_with_its_clips_and_has_their_length(
    tmp_path: Path, heard_samples: Callable[[Path], array.array[int]], name: str
) -> None:
    narration = narrated(tmp_path / "clips", engine=Tones())
    settings = Settings(audio=AudioSettings(format=name, bit_rate=32_000 if name == "opus" else 48_000))
    of = work(tmp_path / "clips", narration, settings=settings)
    files = {Path(file.path).name: file for file in writer.briefing_files(of)}
    path = tmp_path / f"t0000001.{name}"
    path.write_bytes(content(files[path.name]))
    track = narration.tracks["t0000001"]

    heard = heard_samples(path)

    frame = {"mp3": 0, "opus": RATE // 50, "m4a": 1024}[name]
    assert 0 <= len(heard) - track.samples <= frame
    for clip in track.clips:
        assert abs(onset(heard, max(0, clip.start - RATE // 5)) - clip.start) < RATE // 200
    assert content(files[path.name]) == path.read_bytes()


def test_the_bit_rate_is_part_of_the_key_of_what_it_shapes(tmp_path: Path) -> None:
    narration = narrated(tmp_path)

    def keys(**changes: Any) -> set[str]:  # noqa: ANN401  # any setting
        of = work(tmp_path, narration, settings=Settings(audio=AudioSettings(**changes)))
        return {file.key for file in writer.briefing_files(of) if not file.path.endswith(".vtt")}

    assert not keys(format="opus") & keys(format="m4a")
    assert not keys(format="opus") & keys(format="opus", bit_rate=24_000)
    assert keys(format="m4a") == keys(format="m4a")
