"""One loudness for all voices: the meter, the gain, the limiter."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from test_audio import noise, spoken

from publish import audio, loudness
from publish.audio import RATE, Speech, SpeechError, Unspeakable, Utterance, Voice
from publish.earcon import earcon
from publish.engines import pyttsx3, silence
from publish.frames import BIT_RATES, SOFTER
from publish.languages import cues
from publish.loudness import CEILING, level, measure
from publish.voices import voices_for

TIMBRES = tuple(dict.fromkeys(voice.timbre for voice in pyttsx3.voices()))
PARAGRAPHS = {
    path.stem: tuple(path.read_text("utf-8").splitlines())
    for path in sorted((Path(__file__).parent / "spoken").glob("*.txt"))
}
"""By language, a paragraph a line."""


def values(pcm: bytes) -> NDArray[np.int16]:
    return np.frombuffer(pcm, "<i2")


def decoded(pcm: bytes, bit_rate: int = 48_000) -> NDArray[np.float64]:
    """What a listener's decoder gives, −1 to 1."""
    with av.open(io.BytesIO(audio.mp3([audio.encode([pcm], 0, bit_rate)])), "r") as container:
        found = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return np.concatenate(found).astype(np.float64)


def heard(sound: NDArray[np.float64]) -> float:
    """Loudness by a meter that nobody here wrote."""
    return float(pyloudnorm.Meter(RATE).integrated_loudness(sound))


def sine(frequency: float, peak: float, seconds: float = 4) -> bytes:
    wave = np.sin(2 * np.pi * frequency / RATE * np.arange(round(seconds * RATE)))
    return bytes(np.rint(wave * peak * 32767).astype("<i2").data)


# --- The meter --------------------------------------------------------------------------------------------------------


def test_a_full_sine_of_997_hz_has_the_loudness_that_the_standard_says() -> None:
    """ITU-R BS.1770-4, annex 1: −3.01 LKFS."""
    assert measure(sine(997, 1)) == pytest.approx(-3.01, abs=0.05)
    assert measure(sine(997, 0.1)) == pytest.approx(-23.01, abs=0.05)


@pytest.mark.parametrize("pcm", [b"", b"\0\0" * RATE * 3, noise(RATE // 3)], ids=["nothing", "silence", "too short"])
def test_what_has_no_loudness_is_infinitely_soft(pcm: bytes) -> None:
    assert measure(pcm) == -math.inf


@pytest.mark.parametrize("text", PARAGRAPHS["en"])
def test_a_second_meter_reads_the_same(text: str) -> None:
    pcm = spoken(text)

    assert measure(pcm) == pytest.approx(heard(values(pcm) / 32768), abs=0.12)


# --- The limiter ------------------------------------------------------------------------------------------------------

sounds = st.integers(1, 5000).flatmap(lambda size: arrays.arrays(np.int16, size)).map(lambda found: bytes(found.data))
gains = st.floats(-40, 40)


@settings(max_examples=60)
@given(sounds, gains)
def test_no_sample_is_ever_over_the_ceiling(pcm: bytes, gain: float) -> None:
    made = values(level(pcm, gain))

    assert made.size == values(pcm).size
    assert np.abs(made.astype(int)).max() <= CEILING


@settings(max_examples=60)
@given(sounds, gains)
def test_where_nothing_is_over_the_ceiling_sound_is_only_multiplied(pcm: bytes, gain: float) -> None:
    wanted = values(pcm) * 10 ** (gain / 20)
    made = values(level(pcm, gain))

    if np.abs(wanted).max() <= CEILING:
        assert np.abs(made - wanted).max() <= 0.51


def test_a_peak_lowers_only_what_is_near_it_and_by_steps_that_nobody_hears() -> None:
    pcm = values(sine(220, 0.2)).copy()
    pcm[40_000:40_020] = 32767
    plain = pcm * 10 ** (6 / 20)

    made = values(level(bytes(pcm.data), 6)).astype(float)

    near = slice(40_000 - 1500, 40_020 + 1500)
    assert made[40_000:40_020].max() == pytest.approx(CEILING, abs=1)
    assert np.abs(np.delete(made - plain, near)).max() <= 0.51
    sure = np.flatnonzero(np.abs(plain) > 2000)
    steps = np.abs(np.diff(made[sure] / plain[sure])) / np.diff(sure)
    assert steps.max() < 0.002


def test_a_gain_of_nothing_gives_the_same_bytes() -> None:
    pcm = sine(440, 0.5)

    assert level(pcm, 0) is pcm
    assert level(b"", 6) == b""


def test_what_is_over_the_ceiling_already_is_limited_without_a_gain() -> None:
    assert np.abs(values(level(sine(440, 1), 0)).astype(int)).max() <= CEILING


# --- Voices -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("timbre", TIMBRES)
@pytest.mark.parametrize("language", PARAGRAPHS)
def test_each_voice_is_at_the_target_within_half_a_unit_and_its_peaks_below_one_decibel(
    tmp_path: Path, language: str, timbre: str
) -> None:
    """By a second meter, on what a decoder gives, of words that the gain was not found by.

    For a language that CLDR alone gives a text for, it depends on the kind of words that follow.
    """
    voice = next(voice for voice in voices_for(pyttsx3.voices(), language) if voice.timbre == timbre)
    gain = loudness.gain(pyttsx3, voice, language, 175, -20, tmp_path)

    said = (audio.resampled(pyttsx3.synthesise(Utterance(text, voice))) for text in PARAGRAPHS[language])
    sound = decoded(b"".join(level(pcm, gain) for pcm in said))

    assert heard(sound) == pytest.approx(-20, abs=0.5 if cues(language).reference else 0.8)
    assert 20 * math.log10(np.abs(sound).max()) <= -1


@pytest.mark.parametrize("bit_rate", BIT_RATES)
def test_no_bit_rate_changes_loudness_or_lets_peaks_through(bit_rate: int) -> None:
    pcm = b"".join(map(spoken, PARAGRAPHS["en"]))
    made = level(pcm, loudness.fitting(pcm, -17))
    sound = decoded(made, bit_rate)

    assert heard(sound) == pytest.approx(heard(values(made) / 32768) - SOFTER, abs=0.15)
    assert 20 * math.log10(np.abs(sound).max()) <= -1


class Said:
    """An engine that says a given sound, and counts how often."""

    def __init__(self, sound: Callable[[str], Speech]) -> None:
        self.sound, self.texts = sound, list[str]()

    def version(self) -> str:
        return "1"

    def synthesise(self, utterance: Utterance) -> Speech:
        self.texts.append(utterance.text)
        return self.sound(utterance.text)


VOICE = Voice("one", "mul", "said")


def test_a_voice_speaks_its_text_once_for_each_target(tmp_path: Path) -> None:
    engine = Said(lambda _: Speech(sine(997, 0.02), RATE))

    gains = [loudness.gain(engine, VOICE, "en", 175, target, tmp_path) for target in (-20, -20, -23)]

    assert gains[0] == gains[1] == pytest.approx(gains[2] + 3, abs=0.05)
    assert len(engine.texts) == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_gains_that_come_with_the_package_are_those_of_the_engine_that_is_installed(
    tmp_path: Path, language: str
) -> None:
    """After a new version of it, ``make gains`` measures them again."""
    voices = voices_for(pyttsx3.voices(), language)
    names = [loudness.name_of(pyttsx3, voice, language, 175, -20) for voice in voices]
    measured = [loudness.measured(pyttsx3, voice, language, 175, -20) for voice in voices[:3]]

    assert all(name in loudness._shipped() for name in names)
    assert [loudness.gain(pyttsx3, voice, language, 175, -20, tmp_path) for voice in voices[:3]] == measured
    assert not list(tmp_path.iterdir())


def test_a_gain_that_was_damaged_is_found_again(tmp_path: Path) -> None:
    engine = Said(lambda _: Speech(sine(997, 0.02), RATE))
    first = loudness.gain(engine, VOICE, "en", 175, -20, tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(b"-9.99")

    assert loudness.gain(engine, VOICE, "en", 175, -20, tmp_path) == first


def test_what_the_limiter_takes_is_made_up_for(tmp_path: Path) -> None:
    """A voice of clicks has to be pressed hard to be as loud as others."""
    clicks = values(sine(300, 0.06)).copy()
    clicks[::6000] = 20_000
    engine = Said(lambda _: Speech(bytes(clicks.data), RATE))

    made = level(bytes(clicks.data), loudness.gain(engine, VOICE, "en", 175, -20, tmp_path))

    assert measure(made) == pytest.approx(-20 + SOFTER, abs=0.1)


def test_a_voice_that_fails_stays_as_it_is_and_is_asked_again_the_next_time(tmp_path: Path) -> None:
    def fails(_: str) -> Speech:
        raise SpeechError("the engine crashed")

    engine = Said(fails)

    assert loudness.gain(engine, VOICE, "en", 175, -20, tmp_path) == 0
    assert loudness.gain(engine, VOICE, "en", 175, -20, tmp_path) == 0
    assert len(engine.texts) == 2


def test_a_voice_that_cannot_read_its_letters_says_figures(tmp_path: Path) -> None:
    def figures(text: str) -> Speech:
        if not text.startswith("1, 2"):
            raise Unspeakable("it does not read kanji")
        return Speech(sine(997, 0.02), RATE)

    assert loudness.gain(Said(figures), VOICE, "ja", 175, -20, tmp_path) > 10


def test_silence_and_half_a_sample_stay_as_they_are(tmp_path: Path) -> None:
    assert loudness.gain(silence, silence.voices()[0], "en", 175, -20, tmp_path) == 0
    assert loudness.gain(Said(lambda _: Speech(b"\0", RATE)), VOICE, "en", 175, -20, tmp_path) == 0


def test_a_whisper_is_not_made_louder_without_end(tmp_path: Path) -> None:
    engine = Said(lambda _: Speech(sine(997, 0.0006), RATE))

    assert loudness.gain(engine, VOICE, "en", 175, -10, tmp_path) == 40


@pytest.mark.parametrize("language", ["en", "ar", "ca", "hi", "ja", "he", "sk", "zh-Hant", "pt-BR", "tlh", "mul"])
def test_there_is_a_text_for_every_language(language: str) -> None:
    text = loudness.reference(language)

    assert len(text) > 60
    assert text == loudness.reference(language)


# --- The earcon -------------------------------------------------------------------------------------------------------


def test_the_earcon_is_short_as_loud_as_speech_and_ends_in_silence() -> None:
    sign = values(earcon(-20.0))

    assert sign.size == pytest.approx(0.35 * RATE, abs=1)
    assert heard(np.tile(decoded(bytes(sign.data)), 4)) == pytest.approx(-20, abs=1.5)
    assert abs(int(sign[0])) <= 2
    assert abs(int(sign[-1])) <= 20
    assert np.abs(np.diff(sign.astype(int))).max() < 8000
    assert heard(values(4 * earcon(-26.0)) / 32768) < heard(values(4 * earcon(-20.0)) / 32768) - 5
