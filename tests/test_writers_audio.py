"""The files of the audio writer."""

from __future__ import annotations

import io
import re
from pathlib import Path

import av
import msgspec
import pytest
from small import small_edition
from stages import narrate

from publish.audio import RATE, join
from publish.config import Settings
from publish.diagnostics import Diagnostic
from publish.engines import silence
from publish.interface import interface
from publish.model import Clip, Edition, Foreign, Narration, Paragraph, Phrase, Text, Track, Turn
from publish.script import Script
from publish.work import File, Work
from publish.writers import audio as writer

CUE = re.compile(
    r"(?P<id>[^\n]+)\n(?P<begin>\d\d:\d\d:\d\d\.\d{3}) --> (?P<end>\d\d:\d\d:\d\d\.\d{3})\n(?P<text>[^\n]+)"
)


def work(cache: Path, narration: Narration | None, edition: Edition | None = None) -> Work:
    of = edition or small_edition()
    findings: list[Diagnostic] = []
    return Work(
        edition=of,
        source=of.briefing,
        interface=interface("en"),
        settings=Settings(),
        narration=narration,
        formats=frozenset(["audio"]),
        languages=("en",),
        coverages={"en": 1.0},
        modified="2031-04-02T00:00:00Z",
        cache=cache,
        theme=None,
        public=True,
        report=findings.append,
    )


def narrated(cache: Path, edition: Edition | None = None) -> Narration:
    script = Script((Paragraph((Text("River briefing"),), "front-title", "en"),))
    return narrate(
        edition or small_edition(), script, silence, Settings(), cache, lambda finding: pytest.fail(str(finding))
    )


def content(file: File) -> bytes:
    if isinstance(file.content, bytes):
        return file.content
    stream = io.BytesIO()
    file.content(stream)
    return stream.getvalue()


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
        writer.vtt(
            turn, Track("t1", clips, ("",) * len(clips)), msgspec.structs.replace(of, people={"q": person}), RATE
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
        return [cue["text"] for cue in cues(content(files[f"{name}.vtt"]).decode())]

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
