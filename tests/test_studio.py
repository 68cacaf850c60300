"""From lines to clips: engines by language, marks of words, when sentences begin."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from small import small_edition
from stages import narrate, stage

from publish.audio import RATE, Mark, Speech, Utterance, Voice
from publish.config import AudioSettings, Settings
from publish.diagnostics import NOWHERE, Diagnostic
from publish.engines import pyttsx3, silence
from publish.lexicon import Lexicon
from publish.model import Deleted, Edition, Foreign, Inline, Paragraph, Text, Turn, plain
from publish.script import Line, Script
from publish.segment import sentences
from publish.studio import Band, Stage, Studio, heard

THREE = "The river rose by two metres. Nobody was hurt. The bridge opens again on Monday, as we said."


def one_turn(*parts: Inline) -> Edition:
    of = small_edition()
    turn = Turn((Paragraph(parts, "p0", language="en"),), "mara-lindqvist", "MS. LINDQVIST", "t0")
    return msgspec.structs.replace(of, briefing=msgspec.structs.replace(of.briefing, turns=(turn,)))


def line(*parts: Inline, language: str = "en") -> Line:
    return Line("p0", parts, language, "mara-lindqvist", 0.4, NOWHERE)


# --- Sentences --------------------------------------------------------------------------------------------------------


def test_every_sentence_begins_when_its_first_word_does(tmp_path: Path) -> None:
    narration = narrate(one_turn(Text(THREE)), Script(), silence, Settings(), tmp_path, lambda _: None)
    name, clip = narration.tracks["t0"].clips

    marks = {mark.position: mark.sample for mark in silence.synthesise(Utterance(THREE, silence.voices()[2])).marks}
    starts = [start for start, _ in sentences(THREE, "en")][1:]
    assert clip.sentences == tuple(name.end + marks[start] for start in starts)


def test_the_real_engine_tells_when_sentences_begin_through_deletions_and_another_language(tmp_path: Path) -> None:
    parts = (
        Text("On "),
        Deleted((Text("Monday"),)),
        Text(" we met. They said: "),
        Foreign("fr", (Text("À demain matin!"),)),
        Text(" Then we went home. It was late."),
    )
    narration = narrate(one_turn(*parts), Script(), pyttsx3, Settings(), tmp_path, lambda _: None)
    clip = narration.tracks["t0"].clips[1]

    assert len(clip.sentences) == len(sentences(plain(parts), "en")) - 1
    assert sorted(set(clip.sentences)) == list(clip.sentences)
    assert clip.start < clip.sentences[0]
    assert clip.sentences[-1] < clip.end


def test_an_engine_without_marks_tells_no_sentences(tmp_path: Path) -> None:
    class Mute:
        version, voices = staticmethod(silence.version), staticmethod(silence.voices)

        def synthesise(self, utterance: Utterance) -> Speech:
            return msgspec.structs.replace(silence.synthesise(utterance), marks=())

    narration = narrate(one_turn(Text(THREE)), Script(), Mute(), Settings(), tmp_path, lambda _: None)

    assert narration.tracks["t0"].clips[1].sentences == ()


def test_a_mark_is_a_word_that_is_printed(tmp_path: Path) -> None:
    of = line(Text("Two "), Deleted((Text("or three "),)), Text("metres. "), Foreign("fr", (Text("Bon courage."),)))
    studio = Studio(stage(one_turn(), pyttsx3, Settings(), tmp_path), Settings())
    take = studio.plan(of)

    words = heard(take, studio.recorded(take).marks)

    printed = plain(of.parts)
    assert [printed[at:].split()[0].strip(".") for at, _ in words] == ["Two", "metres", "Bon", "courage"]


# --- Engines by language ----------------------------------------------------------------------------------------------


class Named:
    """`silence`, under a name of its own and for one language."""

    def __init__(self, language: str) -> None:
        self.asked: list[str] = []
        self._voice = Voice("only", language, "named", "only")

    def version(self) -> str:
        return "1"

    def voices(self) -> tuple[Voice, ...]:
        return (self._voice,)

    def synthesise(self, utterance: Utterance) -> Speech:
        self.asked.append(utterance.text)
        return silence.synthesise(utterance)


def test_one_line_of_the_settings_gives_a_language_another_engine(tmp_path: Path) -> None:
    settings = Settings(audio=AudioSettings(engine="silence", engines={"fr": "named"}))
    french = Named("fr")
    of = Stage(Band(settings.audio, {"silence": silence, "named": french}), {}, Lexicon(), tmp_path)
    studio = Studio(of, settings)

    take = studio.plan(line(Text("They said: "), Foreign("fr-CA", (Text("à demain"),)), Text(" and went.")))
    studio.recorded(take)

    assert [part.voice.name for part in take.parts] == ["plain", "only", "plain"]
    assert french.asked[-1] == "à demain"


def test_an_engine_that_does_not_speak_the_language_it_was_chosen_for_is_said_by_name(tmp_path: Path) -> None:
    settings = Settings(audio=AudioSettings(engine="named"))
    findings: list[Diagnostic] = []
    edition = msgspec.structs.replace(one_turn(Text(THREE)), language="en")

    narration = narrate(edition, Script(), Named("fr"), settings, tmp_path, findings.append)

    assert narration.tracks == {}
    assert [finding.code for finding in findings if finding.code == "S002"] == ["S002"]
    assert "named has no voice for 'en'; choose another engine in [audio]" in str(findings)


# --- Portions ---------------------------------------------------------------------------------------------------------


def test_words_keep_their_places_over_the_portions_of_a_long_text(tmp_path: Path) -> None:
    text = " ".join(f"Sentence number {number} of the long report." for number in range(300))
    studio = Studio(stage(one_turn(), silence, Settings(), tmp_path), Settings())
    take = studio.plan(line(Text(text)))

    marks = studio.recorded(take).marks

    assert len(text) > 2 * 5_000
    assert [at for at, _ in heard(take, marks)][::7] == [start for start, _ in sentences(text, "en")]
    assert [mark.sample for mark in marks] == sorted(mark.sample for mark in marks)


def test_a_clip_from_the_cache_has_the_marks_that_it_was_made_with(tmp_path: Path) -> None:
    studio = Studio(stage(one_turn(), pyttsx3, Settings(), tmp_path), Settings())
    take = studio.plan(line(Text(THREE)))

    assert studio.recorded(take) == studio.recorded(take)
    assert studio.recorded(take).marks[0] == Mark(0, 3, pytest.approx(0, abs=RATE // 10))  # type: ignore[arg-type]
