"""Narrating: tracks and clips, what is said by whom, and what happens when it cannot be."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import small_edition
from stages import narrate

from publish import audio, doubts
from publish.audio import RATE, Mark, Speech, Utterance, Voice
from publish.config import AudioSettings, Settings
from publish.diagnostics import NOWHERE, Diagnostic, Severity
from publish.doubts import portions
from publish.engines import pyttsx3, silence
from publish.loudness import reference
from publish.model import (
    Deleted,
    Edition,
    Emphasis,
    Foreign,
    Inaudible,
    Inline,
    Link,
    Narration,
    PageBreak,
    Paragraph,
    Text,
    Turn,
    Vocal,
)
from publish.script import Line, Script, runs
from publish.studio import Engine

PLAIN = Settings()


class Spy:
    """`silence`, which remembers what it was asked, but for the text that tells how loud a voice is."""

    def __init__(self) -> None:
        self.asked: list[Utterance] = []

    def version(self) -> str:
        return "1"

    def voices(self) -> tuple[Voice, ...]:
        return silence.voices()

    def synthesise(self, utterance: Utterance) -> Speech:
        if utterance.text not in map(reference, ("en", "fr", "ar")):
            self.asked.append(utterance)
        return silence.synthesise(utterance)

    @property
    def words(self) -> list[tuple[str, str]]:
        return [(asked.voice.timbre, asked.text) for asked in self.asked]


def edition(*turns: tuple[str | None, str], language: str = "en") -> Edition:
    """An edition of turns, each of one paragraph: ``t0`` says ``p0`` …; a stage direction has its paragraph's id."""
    made = tuple(
        Turn(
            (Paragraph((Text(text),), f"p{number}", language=language),), who, "", f"t{number}" if who else f"p{number}"
        )
        for number, (who, text) in enumerate(turns)
    )
    of = small_edition()
    return msgspec.structs.replace(of, briefing=msgspec.structs.replace(of.briefing, turns=made))


MARA, SAMIR, Q = "mara-lindqvist", "samir-haddad", "q"
THREE = (
    (MARA, "The first of the texts is whole."),
    (SAMIR, "Then boom goes the second one here."),
    (Q, "And the third?"),
)


NO_SCRIPT = Script()


def said(
    of: Edition, cache: Path, engine: Engine, settings: Settings = PLAIN, script: Script = NO_SCRIPT
) -> tuple[Narration, list[Diagnostic]]:
    findings: list[Diagnostic] = []
    return narrate(of, script, engine, settings, cache, findings.append), findings


def line(key: str, text: str) -> Paragraph:
    return Paragraph((Text(text),), key, language="en")


# --- Tracks -----------------------------------------------------------------------------------------------------------


def test_every_paragraph_heading_and_line_of_front_matter_has_one_clip(tmp_path: Path) -> None:
    of = small_edition()
    headings = tuple(line(f"{turn.id}-h", "Heading") for turn in of.briefing.turns if turn.speaker)
    script = Script(
        (line("front-title", "River briefing"), line("front-date", "2 April")),
        (line("opening-h", "Opening"),),
        headings,
    )

    narration, findings = said(of, tmp_path, Spy(), script=script)

    ids = [clip.id for track in narration.tracks.values() for clip in track.clips if not clip.id.endswith("-n")]
    paragraphs = [paragraph.id for turn in of.briefing.turns for paragraph in turn.paragraphs]
    assert ids == ["front-title", "front-date", "opening-h", *(heading.id for heading in headings), *paragraphs]
    assert (narration.unspoken, findings) == ((), [])


def test_clips_tile_their_track_and_the_file_has_their_sum(
    tmp_path: Path, mpg123_samples: Callable[[Path], int]
) -> None:
    narration, _ = said(small_edition(), tmp_path, silence)

    for track in narration.tracks.values():
        assert [clip.start for clip in track.clips] == [0, *(clip.end for clip in track.clips)][:-1]
        path = tmp_path / "track.mp3"
        path.write_bytes(audio.join(tmp_path, track))
        assert mpg123_samples(path) == track.samples


def test_a_turn_begins_with_its_speakers_name_said_by_the_narrator(tmp_path: Path) -> None:
    spy = Spy()
    narration, _ = said(edition((SAMIR, "Two metres.")), tmp_path, spy)

    assert [clip.id for clip in narration.tracks["t0"].clips] == ["t0-n", "p0"]
    assert spy.words[0] == ("plain", "Samir Haddad")
    assert spy.words[1][0] not in ("plain", "asked")


def test_a_turn_that_goes_on_and_a_stage_direction_are_not_announced(tmp_path: Path) -> None:
    narration, _ = said(small_edition(), tmp_path, Spy())

    assert [clip.id for clip in narration.tracks["t0000002"].clips] == ["p0000004"]
    assert [clip.id for clip in narration.tracks["p0000003"].clips] == ["p0000003"]


def test_names_can_be_left_out(tmp_path: Path) -> None:
    narration, _ = said(edition(*THREE), tmp_path, Spy(), Settings(audio=AudioSettings(announce="off")))

    assert [[clip.id for clip in track.clips] for track in narration.tracks.values()] == [["p0"], ["p1"], ["p2"]]


def test_pauses_are_as_configured(tmp_path: Path) -> None:
    settings = Settings(audio=AudioSettings(announce="off", pause_paragraph=1.0, pause_turn=3.0))
    two = (line("p0", "The same."), line("p1", "The same."))
    of = edition((MARA, ""))
    of = msgspec.structs.replace(of, briefing=msgspec.structs.replace(of.briefing, turns=(Turn(two, MARA, "", "t0"),)))

    narration, _ = said(of, tmp_path, Spy(), settings)

    first, last = narration.tracks["t0"].clips
    assert (last.end - last.start) - (first.end - first.start) == pytest.approx(2 * RATE, abs=576)


# --- What is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((Text("One "), Emphasis((Text("two"),)), Text(" three.")), [("en", "me", "One two three.")]),
        ((Text("on "), Deleted((Text("Monday"),)), Text(" Tuesday")), [("en", "me", "on Tuesday")]),
        ((Link("https://x.test/y", (Text("the plan"),)), PageBreak("2"), Text("ning")), [("en", "me", "the planning")]),
        (
            (Text("Well. "), Vocal("(Laughter.)"), Text(" So.")),
            [("en", "me", "Well."), ("en", "", "(Laughter.)"), ("en", "me", "So.")],
        ),
        (
            (Text("Well, "), Inaudible("(inaudible)"), Text(".")),
            [("en", "me", "Well,"), ("en", "", "(inaudible).")],
        ),
        (
            (Text("He said “"), Foreign("fr", (Text("à demain"),)), Text("”, twice.")),
            [("en", "me", "He said “"), ("fr", "me", "à demain"), ("en", "me", "”, twice.")],
        ),
        (
            (Text("— "), Foreign("fr", (Text("Oui"), Vocal("(rires)")))),
            [("fr", "me", "Oui"), ("fr", "", "(rires)")],
        ),
        ((Text(" … "), Deleted((Text("all"),))), []),
    ],
)
def test_what_is_heard_of_inline_parts(parts: tuple[Inline, ...], expected: list[tuple[str, str, str]]) -> None:
    found = runs(Line("p0", parts, "en", "me", 0.0, NOWHERE))

    assert [(run.language, run.speaker, run.text) for run in found] == expected


def test_a_passage_in_another_language_is_said_by_a_voice_of_that_language_in_the_same_timbre(tmp_path: Path) -> None:
    parts = (Text("As they say, "), Foreign("fr", (Text("bon courage"),)), Text(", and good luck."))
    of = edition((MARA, ""))
    turn = Turn((Paragraph(parts, "p0", language="en"),), MARA, "MS. LINDQVIST", "t0")
    of = msgspec.structs.replace(of, briefing=msgspec.structs.replace(of.briefing, turns=(turn,)))

    narration, findings = said(of, tmp_path, pyttsx3)

    assert findings == []
    assert narration.voices == ("en-US", "en-US+f3", "fr+f3")
    assert [clip.id for clip in narration.tracks["t0"].clips] == ["t0-n", "p0"]


def test_a_paragraph_without_words_is_a_pause(tmp_path: Path) -> None:
    spy = Spy()
    narration, findings = said(edition((MARA, "—")), tmp_path, spy, Settings(audio=AudioSettings(announce="off")))

    assert (spy.asked, findings, narration.unspoken) == ([], [], ())
    assert narration.tracks["t0"].samples == pytest.approx(0.8 * RATE, abs=1152)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400), st.integers(min_value=1, max_value=60))
def test_portions_lose_nothing_and_are_never_too_long(text: str, size: int) -> None:
    parts = list(portions(text, size))

    assert all(len(part) <= size and text[at : at + len(part)] == part for at, part in parts)
    assert "".join("".join(part for _, part in parts).split()) == "".join(text.split())


def test_a_long_text_is_said_by_sentences() -> None:
    text = "One sentence of words. " * 500

    parts = list(portions(text.strip()))

    assert len(parts) == 3
    assert all(part.endswith("words.") for _, part in parts)


def test_a_text_that_nobody_can_have_meant_is_reported_and_the_rest_is_said(tmp_path: Path) -> None:
    narration, findings = said(edition((MARA, "word " * 200_000), (SAMIR, "Two metres.")), tmp_path, Spy())

    assert [finding.code for finding in findings] == ["S003"]
    assert "p0 is not spoken: it has 999,999 characters" in findings[0].message
    assert narration.unspoken == ("p0",)
    assert list(narration.tracks) == ["t1"]


def test_a_text_without_a_full_stop_is_said_in_portions(tmp_path: Path) -> None:
    spy = Spy()
    narration, findings = said(edition((MARA, "a " * doubts.PORTION)), tmp_path, spy)

    assert findings == []
    assert [len(asked.text) for asked in spy.asked[1:]] == [doubts.PORTION - 1, doubts.PORTION - 1]
    assert narration.unspoken == ()


# --- Engines that misbehave -------------------------------------------------------------------------------------------

FAKES = {
    "crash": r"the engine crashed \(SIGABRT\)",
    "hang": "the engine took longer than",
    "empty": "the sound is too short",
    "half": "the sound ends before its last word",
    "memory": "the engine ended with exit code 3",
    "stops": "the words 'went to the end.* were not said",
    "wrong_rate": "0 samples a second",
}


@pytest.mark.parametrize("name", FAKES)
def test_what_an_engine_does_not_say_is_reported_and_its_neighbours_are_whole(tmp_path: Path, name: str) -> None:
    long = (
        *THREE[:1],
        (SAMIR, "Then boom goes the second one here. " + "And so on it went to the end. " * 5),
        *THREE[2:],
    )
    healthy, _ = said(edition(*long), tmp_path / "healthy", silence)
    narration, findings = said(edition(*long), tmp_path / "fake", import_module(f"fakes.{name}"))

    assert narration.unspoken == ("p1",)
    assert list(narration.tracks) == ["t0", "t2"]
    assert [(finding.code, finding.severity) for finding in findings] == [("S001", Severity.ERROR)]
    assert findings[0].message.startswith("p1 has no sound: ")
    assert re.search(FAKES[name], findings[0].message)
    for track in ("t0", "t2"):
        assert audio.join(tmp_path / "fake", narration.tracks[track]) == audio.join(
            tmp_path / "healthy", healthy.tracks[track]
        )


def test_nothing_half_spoken_is_kept(tmp_path: Path) -> None:
    said(edition(*THREE), tmp_path, import_module("fakes.half"))
    spy = Spy()
    narration, findings = said(edition(*THREE), tmp_path, spy)

    assert [text for _, text in spy.words] == [THREE[1][1]]
    assert (narration.unspoken, findings) == ((), [])


def test_what_fails_once_is_tried_again(tmp_path: Path) -> None:
    class Once(Spy):
        def synthesise(self, utterance: Utterance) -> Speech:
            whole = super().synthesise(utterance)
            known = [asked.text for asked in self.asked]
            return whole if known.count(utterance.text) > 1 else Speech(b"", RATE)

    narration, findings = said(edition(*THREE), tmp_path, Once())

    assert (narration.unspoken, findings) == ((), [])


def test_a_turn_of_which_only_the_name_could_be_said_has_no_file(tmp_path: Path) -> None:
    narration, _ = said(edition(*THREE), tmp_path, import_module("fakes.empty"))

    assert "t1" not in narration.tracks


@pytest.mark.parametrize(
    ("text", "marks", "seconds", "reason"),
    [
        ("four words are here", ((0, 4, 0), (5, 5, 6000), (11, 3, 12_000), (15, 4, 18_000)), 1.2, ""),
        ("four words are here", (), 1.2, ""),
        ("four words are here", (), 0.1, "too short"),
        ("four words are here", (), 60.0, "too long"),
        ("four words are here", ((0, 4, 0), (15, 4, 40_000)), 1.2, "ends before its last word"),
        ("word " * 40, ((0, 4, 0), (195, 4, 20_000)), 12.0, "were not said"),
        ("word " * 40, tuple((5 * at, 4, 500 * at) for at in range(25)), 12.0, "were not said"),
        ("你好" * 40, tuple((at, 1, 500 * at) for at in range(30)), 20.0, "were not said"),
        ("(((((", (), 0.1, ""),
        ("", (), 0.0, ""),
    ],
)
def test_sound_that_cannot_be_the_whole_of_the_words_is_doubted(
    text: str, marks: tuple[tuple[int, int, int], ...], seconds: float, reason: str
) -> None:
    utterance = Utterance(text, Voice("v", "en", "e"))
    found = doubts.doubt(utterance, Speech(b"\0\0" * int(seconds * RATE), RATE, tuple(Mark(*mark) for mark in marks)))

    assert (reason in found) if reason else not found


# --- Languages that cannot be spoken ----------------------------------------------------------------------------------


def test_a_language_without_a_voice_is_said_once_as_a_warning(tmp_path: Path) -> None:
    of = msgspec.structs.replace(edition(*THREE, language="bo"), language="bo")

    narration, findings = said(of, tmp_path, pyttsx3)

    assert [(finding.code, finding.severity) for finding in findings] == [("S002", Severity.WARNING)]
    assert "the edition 'bo' has no sound: pyttsx3 has no voice for 'bo'" in findings[0].message
    assert narration.unspoken == ("p0", "p1", "p2")
    assert narration.tracks == {}


def test_an_edition_whose_language_cannot_be_read_has_no_sound_for_its_few_english_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publish.engines._said.vowels", lambda: None)
    script = Script((line("front-title", "River briefing"),), (), (line("t0000003-h", "Samir Haddad"),))

    narration, findings = said(small_edition("ar"), tmp_path, pyttsx3, script=script)

    assert narration.tracks == {}
    assert [finding.code for finding in findings] == ["S002"]
    assert "Arabic is written without its vowels" in findings[0].message


def test_a_half_translated_edition_is_spoken_in_both_languages(tmp_path: Path) -> None:
    turns = (
        Turn((Paragraph((Text("Guten Morgen."),), "p0", language="de"),), MARA, "", "t0"),
        Turn((Paragraph((Text("Two metres."),), "p1", language="en"),), SAMIR, "", "t1"),
    )
    of = small_edition()
    of = msgspec.structs.replace(of, language="de", briefing=msgspec.structs.replace(of.briefing, turns=turns))

    narration, findings = said(of, tmp_path, pyttsx3, Settings(audio=AudioSettings(announce="off")))

    assert findings == []
    assert [voice.partition("+")[0] for voice in narration.voices] == ["de", "en-US"]


def test_a_passage_in_latin_letters_of_a_language_without_a_voice_is_read_by_the_paragraphs_own(tmp_path: Path) -> None:
    parts = (Text("They call it "), Foreign("bo", (Text("tsampa"),)), Text("."))
    turn = Turn((Paragraph(parts, "p0", language="en"),), MARA, "", "t0")
    of = small_edition()
    of = msgspec.structs.replace(of, briefing=msgspec.structs.replace(of.briefing, turns=(turn,)))

    narration, findings = said(of, tmp_path, pyttsx3)

    assert (narration.unspoken, findings) == ((), [])


# --- The cache --------------------------------------------------------------------------------------------------------


def test_what_was_spoken_is_not_spoken_again(tmp_path: Path) -> None:
    spy = Spy()
    first, _ = said(small_edition(), tmp_path, spy)
    spy.asked.clear()
    second, _ = said(small_edition(), tmp_path, spy)

    assert spy.asked == []
    assert second == first


def test_an_edited_paragraph_is_the_only_one_spoken_again_and_a_moved_turn_is_none(tmp_path: Path) -> None:
    spy = Spy()
    said(edition(*THREE), tmp_path, spy)
    spy.asked.clear()
    said(edition(THREE[2], (SAMIR, "Something else."), THREE[0]), tmp_path, spy)

    assert [text for _, text in spy.words if text != "Samir Haddad"] == ["Something else."]


def test_a_damaged_clip_is_spoken_again(tmp_path: Path) -> None:
    spy = Spy()
    narration, _ = said(edition(*THREE), tmp_path, spy)
    whole = audio.join(tmp_path, narration.tracks["t0"])
    piece = narration.tracks["t0"].pieces[1]
    path = tmp_path / piece[:2] / piece
    path.write_bytes(path.read_bytes()[:-40])
    spy.asked.clear()
    narration, _ = said(edition(*THREE), tmp_path, spy)

    assert [text for _, text in spy.words] == [THREE[0][1]]
    assert audio.join(tmp_path, narration.tracks["t0"]) == whole


@pytest.mark.parametrize(
    "settings",
    [AudioSettings(words_per_minute=200), AudioSettings(pause_turn=1.5), AudioSettings(pause_paragraph=0.1)],
)
def test_what_shapes_the_sound_makes_it_new(tmp_path: Path, settings: AudioSettings) -> None:
    first, _ = said(edition(*THREE), tmp_path, Spy())
    second, _ = said(edition(*THREE), tmp_path, Spy(), Settings(audio=settings))

    assert first.tracks["t0"].pieces != second.tracks["t0"].pieces


def test_processes_at_once_and_apart_write_the_same_bytes(tmp_path: Path) -> None:
    """Two write into one cache at the same time, one into a cache of its own, each with another hash seed."""
    code = (
        "import hashlib, json, sys; from pathlib import Path\n"
        "from small import small_edition; from publish import audio; from publish.config import Settings\n"
        "from publish.engines import pyttsx3; from publish.script import Script; from stages import narrate\n"
        "cache = Path(sys.argv[1])\n"
        "found = narrate(small_edition(), Script(), pyttsx3, Settings(), cache, lambda finding: None)\n"
        "files = {name: audio.join(cache, track) for name, track in found.tracks.items()}\n"
        "print(json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in files.items()}))"
    )
    here = Path(__file__).parent
    runs = []
    for number, (cache, zone) in enumerate((("one", "UTC"), ("one", "Asia/Tokyo"), ("two", "America/Lima"))):
        environment = {**os.environ, "PYTHONPATH": f"{here.parent}:{here}", "TZ": zone, "PYTHONHASHSEED": str(number)}
        command = [sys.executable, "-c", code, str(tmp_path / cache)]
        runs.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE))
    outputs = [json.loads(run.communicate()[0]) for run in runs]

    narration, _ = said(small_edition(), tmp_path / "three", pyttsx3)
    files = {name: audio.join(tmp_path / "three", track) for name, track in narration.tracks.items()}
    assert outputs == 3 * [{name: hashlib.sha256(data).hexdigest() for name, data in files.items()}]
    assert list(tmp_path.rglob("*.part")) == []
