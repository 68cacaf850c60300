"""pyttsx3 by its public calls, for real: by its own espeak driver, in the very processes that other systems use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import espeakng_loader
import msgspec
import pytest

from publish import forked
from publish.audio import RATE, Speech, SpeechError, Utterance, Voice
from publish.diagnostics import MissingError
from publish.doubts import doubt
from publish.engines import _public, pyttsx3
from publish.voices import voices_for

LIBRARY = espeakng_loader.get_library_path()


@pytest.fixture(autouse=True)
def its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESPEAK_DATA_PATH", str(Path(espeakng_loader.get_data_path()).parent))


@pytest.fixture(scope="module")
def voices() -> tuple[Voice, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ESPEAK_DATA_PATH", str(Path(espeakng_loader.get_data_path()).parent))
        return _public.voices(LIBRARY)


def whole(utterance: Utterance) -> Speech:
    """As a build asks: again, when it was cut short, as happens on a busy machine."""
    for _ in range(4):
        try:
            return _public.synthesise(utterance, 60, LIBRARY)
        except SpeechError as error:
            assert error.reason == "pyttsx3 ended before all was said"  # nothing else may happen
    pytest.fail("pyttsx3 never said all")


def test_the_systems_voices_are_told_with_their_languages(voices: tuple[Voice, ...]) -> None:
    assert len(voices) > 100
    assert {"en-US", "fr-FR", "ru", "hi"} <= {voice.language for voice in voices}
    assert len({voice.name for voice in voices}) == len(voices)
    assert {voice.licence for voice in voices} == {"MPL-2.0 AND LicenseRef-system-voice"}


@pytest.mark.parametrize(
    ("tag", "text"),
    [("en-US", "The water rose by one and a half metres."), ("ru", "Доброе утро, добро пожаловать.")],
)
def test_an_utterance_is_said_whole(voices: tuple[Voice, ...], tag: str, text: str) -> None:
    utterance = Utterance(text, voices_for(voices, tag)[0])

    speech = whole(utterance)

    assert speech.rate == RATE
    assert 1 < len(speech.pcm) / 2 / speech.rate < 6
    assert doubt(utterance, speech) == ""


def test_what_was_cut_short_is_no_answer(voices: tuple[Voice, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine pyttsx3's loop may end before the text does."""
    real, said = _public._decoded, list[Speech]()

    def cut(data: bytes) -> Speech:
        whole = real(data)
        said.append(msgspec.structs.replace(whole, pcm=whole.pcm[: len(whole.pcm) // 4 * (2 - len(said) % 2)]))
        return said[-1]

    monkeypatch.setattr(_public, "_decoded", cut)
    with pytest.raises(SpeechError, match="ended before all was said"):
        _public.synthesise(Utterance("One two three four.", voices_for(voices, "en-US")[0]), 60, LIBRARY)


def test_it_is_faster_when_told_to(voices: tuple[Voice, ...]) -> None:
    voice = voices_for(voices, "en-US")[0]
    slow, fast = (len(whole(Utterance("One two three four.", voice, pace)).pcm) for pace in (120, 240))

    assert fast < 0.7 * slow


@pytest.mark.parametrize("text", ["", " \n", "\0"])
def test_nothing_is_said_for_nothing(voices: tuple[Voice, ...], text: str) -> None:
    assert _public.synthesise(Utterance(text, voices[0]), 60).pcm == b""


def test_a_text_that_kills_the_library_costs_one_utterance(voices: tuple[Voice, ...]) -> None:
    voice = voices_for(voices, "en-US")[0]
    with pytest.raises(SpeechError, match="pyttsx3 ended with exit code -"):
        _public.synthesise(Utterance("a." * 300, voice), 60, LIBRARY)

    assert len(_public.synthesise(Utterance("Still here.", voice), 60, LIBRARY).pcm) > RATE


FAULTS = {
    "time.sleep(600)": "pyttsx3 took longer than 2 s",
    "pass": "pyttsx3 wrote no file",
    "raise RuntimeError('run loop already started')": "exit code 1: RuntimeError: run loop already started",
    "open(request['file'], 'wb').write(b'RIFF')": "pyttsx3 wrote no sound",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_known_fault_of_the_public_calls_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str
) -> None:
    """A hang in the loop, an early return, an exception, half a file."""
    script = tmp_path / "driver.py"
    script.write_text(f"import json, sys, time\nrequest = json.load(sys.stdin)\n{fault}\n", encoding="utf-8")
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda _, **how: run([sys.executable, script], **how))

    with pytest.raises(SpeechError, match=FAULTS[fault]):
        _public.synthesise(Utterance("Hello.", Voice("x", "en", "pyttsx3")), 2)


def test_where_no_process_can_be_copied_the_engine_speaks_so(
    monkeypatch: pytest.MonkeyPatch, voices: tuple[Voice, ...]
) -> None:
    asked = []

    def synthesise(utterance: Utterance, seconds: float) -> None:
        asked.append((utterance.text, seconds))

    with monkeypatch.context() as patch:
        patch.setattr(forked, "available", lambda: False)
        patch.setattr(_public, "voices", lambda: voices)
        patch.setattr(_public, "synthesise", synthesise)
        pyttsx3.use("another")  # forgets what is known of the library's voices
        pyttsx3.synthesise(Utterance("Hello there.", pyttsx3.voices()[0]))
        assert pyttsx3.version().startswith("voices of ")
        assert pyttsx3.phonemes(Utterance("Hello there.", pyttsx3.voices()[0])) == ""
    pyttsx3.use("")

    ((text, seconds),) = asked
    assert text == "Hello there."
    assert 20 < seconds < 21, "grows with the text"


def test_without_any_voice_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESPEAK_DATA_PATH", "/nowhere")
    with pytest.raises(MissingError, match=r"S005: pyttsx3 cannot tell the system's voices: .*; build with --format"):
        _public.voices("/nowhere/libespeak-ng.so.1")


@pytest.mark.parametrize(
    ("told", "tag"),
    [
        (("en_US",), "en-US"),
        (("en-us",), "en-US"),
        (("Unknown Locale: 9216", "fr-FR"), "fr-FR"),
        (("zh_CN",), "zh-CN"),
        ((), ""),
        (("",), ""),
    ],
)
def test_what_drivers_call_a_language_becomes_bcp_47(told: tuple[str, ...], tag: str) -> None:
    assert _public.language(told) == tag
