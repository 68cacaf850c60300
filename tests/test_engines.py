"""What every engine must do, and what espeak-ng does to those who trust it."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import av
import espeakng_loader
import pytest

from publish import forked, plugins
from publish.audio import RATE, Speech, SpeechError, Unspeakable, Utterance, Voice, resampled
from publish.doubts import doubt
from publish.engines import pyttsx3
from publish.voices import voices_for

ENGINES = [plugins.engine(name) for name in plugins.names("engines")]
CAST = [voice for voice in pyttsx3.voices() if voice.language == "en"]
HOSTILE = (
    "",
    "   ",
    "—",
    "[[h@l'oU]] and [[ unclosed",
    "<speak><voice name='fr'>hello</voice><audio src='/etc/passwd'/></speak> & more",
    "a\0b",
    "\x01\x07\x1b[31m red",
    "lone \ud800 surrogate",
    "a." * 200,
    "U.S.A." * 100,
    "(" * 2000,
    "e" + "\u0301" * 2000,
    "\u202egnirts\u202c \u200d\ufeff\ufffe",
    "word " * 900,
    "9" * 300,
    "\n".join(["line"] * 50),
    "😀 𝒳 न्यूज़",
)


def voice(name: str) -> Voice:
    return next(voice for voice in pyttsx3.voices() if voice.name == name)


def say(text: str, name: str = "en-US", pace: int = 175) -> Speech:
    return pyttsx3.synthesise(Utterance(text, voice(name), pace))


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


# --- Every engine -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__.rpartition(".")[2])
class TestEveryEngine:
    def test_says_what_it_is_and_offers_voices_with_names_of_their_own(self, engine: plugins.Engine) -> None:
        names = [voice.name for voice in engine.voices()]

        assert engine.SUMMARY
        assert engine.version()
        assert names
        assert len(names) == len(set(names))

    def test_gives_whole_samples_and_marks_inside_of_text_and_sound(self, engine: plugins.Engine) -> None:
        text = "Good morning, everyone. The water rose by 1.5 metres."
        speech = engine.synthesise(Utterance(text, voices_for(engine.voices(), "en")[0]))

        assert len(resampled(speech)) > RATE
        assert all(0 <= mark.position < len(text) for mark in speech.marks)
        assert all(0 <= mark.sample < len(speech.pcm) // 2 for mark in speech.marks)
        assert [mark.sample for mark in speech.marks] == sorted(mark.sample for mark in speech.marks)

    def test_gives_equal_sound_for_equal_words(self, engine: plugins.Engine) -> None:
        utterance = Utterance("The same words.", voices_for(engine.voices(), "en")[-1], 200)

        assert engine.synthesise(utterance) == engine.synthesise(utterance)

    def test_speaks_faster_when_told_to(self, engine: plugins.Engine) -> None:
        chosen = voices_for(engine.voices(), "en")[0]
        slow, fast = (engine.synthesise(Utterance("One two three four.", chosen, pace)).pcm for pace in (120, 240))

        assert len(fast) < 0.7 * len(slow)

    @pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
    def test_speaks_or_refuses_hostile_text(self, engine: plugins.Engine, text: str) -> None:
        utterance = Utterance(text, voices_for(engine.voices(), "en")[0])

        assert doubt(utterance, engine.synthesise(utterance)) == ""


# --- pyttsx3: the same bytes whatever came before ---------------------------------------------------------------------

ORDER = ("One.", "A second sentence, which is longer.", "Three?")


def test_the_order_of_utterances_changes_no_byte() -> None:
    there = {text: digest(say(text).pcm) for text in ORDER}
    back = {text: digest(say(text).pcm) for text in reversed(ORDER)}

    assert there == back


def test_another_process_at_another_time_gives_the_same_bytes_in_every_voice(tmp_path: Path) -> None:
    """Some timbres are breathy, and espeak-ng's noise begins by the clock."""
    code = (
        "import hashlib, json; from publish.engines import pyttsx3; from publish.audio import Utterance\n"
        "chosen = [voice for voice in pyttsx3.voices() if voice.language in ('en', 'fr')]\n"
        "said = {voice.name: pyttsx3.synthesise(Utterance('Six thick thistles.', voice)).pcm for voice in chosen}\n"
        "print(json.dumps({name: hashlib.blake2b(pcm, digest_size=8).hexdigest() for name, pcm in said.items()}))"
    )
    environment = {**os.environ, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    environment["PYTHONPATH"] = str(Path(pyttsx3.__file__).parents[2])
    time.sleep(1)
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, check=True
    )

    found = json.loads(other.stdout)
    assert len(found) == 2 * len(CAST)
    assert found == {name: digest(say("Six thick thistles.", name).pcm) for name in found}


def test_a_long_path_to_the_voices_is_no_obstacle(tmp_path: Path) -> None:
    """espeak-ng cuts paths at 160 bytes, and a virtual environment can stand deep in folders."""
    folder = tmp_path / ("d" * 150)
    folder.mkdir()
    (folder / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    code = (
        f"import espeakng_loader; espeakng_loader.get_data_path = lambda: {str(folder / 'espeak-ng-data')!r}\n"
        "from publish.engines import pyttsx3\n"
        "print(len(pyttsx3.voices()), end='')"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(pyttsx3.__file__).parents[2])}
    run = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, check=True)

    assert int(run.stdout) == len(pyttsx3.voices())
    assert list(tmp_path.iterdir()) == [folder]


# --- pyttsx3: text is text --------------------------------------------------------------------------------------------


def test_a_dotted_chain_that_kills_the_library_is_made_harmless_and_said_to_its_end() -> None:
    speech = say("a." * 200)

    assert len(speech.marks) == 200
    assert max(mark.position for mark in speech.marks) == 398


def test_without_that_it_crashes_and_only_the_utterance_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    before = say("Still here.")
    with monkeypatch.context() as patch:
        patch.setattr(pyttsx3, "harmless", lambda text: text)
        with pytest.raises(SpeechError, match=r"espeak-ng crashed \(SIG"):
            say("a." * 200)

    assert say("Still here.") == before


def test_an_utterance_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(text: str, utterance: Utterance) -> bytes:  # noqa: ARG001  # the signature of what it stands for
        time.sleep(600)
        return b""

    monkeypatch.setattr(pyttsx3, "_say", hang)
    monkeypatch.setattr(pyttsx3, "_patience", lambda text: 0.2)  # noqa: ARG005  # as above
    with pytest.raises(SpeechError, match="espeak-ng took longer than"):
        say("Anything.")


def test_what_looks_like_a_command_is_read_out() -> None:
    """As SSML or phonemes it would be shorter: the tag unheard, the code two syllables."""
    assert len(say("<emphasis>now</emphasis>").pcm) > 2 * len(say("now").pcm)
    assert len(say("[[h@l'oU]]").pcm) > 1.5 * len(say("hello").pcm)


def test_a_nul_does_not_end_the_text() -> None:
    assert len(say("one\0 and all the rest of it").pcm) > 2 * len(say("one").pcm)


def test_an_unclosed_phoneme_bracket_takes_no_other_text_along() -> None:
    say("[[ unclosed")

    assert say("[[ unclosed, and then words.").marks[-1].position == 22


def test_an_unknown_voice_is_refused_since_the_library_would_take_another() -> None:
    with pytest.raises(SpeechError, match="there is no voice 'en-US\\+nobody'"):
        pyttsx3.synthesise(Utterance("Hello.", Voice("en-US+nobody", "en", "pyttsx3")))


# --- pyttsx3: languages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "en-US"),
        ("en-AU", "en-US"),
        ("en-GB", "en"),
        ("zh-Hans", "cmn"),
        ("zh-Hant-TW", "cmn"),
        ("zh-HK", "yue"),
        ("yue", "yue"),
        ("fr-CA", "fr"),
        ("fr-CH", "fr-CH"),
        ("pt-BR", "pt-BR"),
        ("pt", "pt"),
        ("nb-NO", "nb"),
        ("nn", "nb"),
        ("no", "nb"),
        ("es-419", "es-419"),
        ("es-MX", "es"),
        ("sr-Latn", "sr"),
        ("he", "he"),
    ],
)
def test_a_tag_finds_its_voice(tag: str, name: str) -> None:
    assert voices_for(pyttsx3.voices(), tag)[0].name == name


@pytest.mark.parametrize("tag", ["tlh", "xx", "und", "bo"])
def test_a_language_without_a_voice_has_none(tag: str) -> None:
    assert voices_for(pyttsx3.voices(), tag) == ()


SENTENCES = {
    "fr": "Bonjour à tous et bienvenue.",
    "es": "Buenos días a todos.",
    "ru": "Доброе утро, добро пожаловать.",
    "cmn": "大家早上好，欢迎来到这里。",
    "ar": "صَبَاحُ الخَيْرِ جَمِيعًا.",
    "ca": "Bon dia a tothom.",
    "hi": "सुप्रभात, आप सबका स्वागत है।",
    "ja": "おはようございます。",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_language_is_spoken_at_a_plausible_length(name: str) -> None:
    utterance = Utterance(SENTENCES[name], voice(name))
    speech = pyttsx3.synthesise(utterance)

    assert 0.8 < len(speech.pcm) / 2 / RATE < 6
    assert doubt(utterance, speech) == ""


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("he", "בוקר טוב לכולם.", "espeak-ng reads Hebrew without its vowels"),
        ("ja", "皆さん、おはようございます。", "does not read kanji"),
        ("ar", "صباح الخير جميعا.", "Arabic is written without its vowels"),
    ],
)
def test_what_nobody_would_understand_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, reason: str
) -> None:
    monkeypatch.setattr(pyttsx3, "_vowels", lambda: None)
    with pytest.raises(Unspeakable, match=reason):
        say(text, name)


def test_arabic_is_spoken_with_the_vowels_that_were_added(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, pointed = "صباح الخير جميعا.", SENTENCES["ar"]
    monkeypatch.setattr(pyttsx3, "_vowels", lambda: {plain: pointed}.__getitem__)

    assert say(plain, "ar").pcm == say(pointed, "ar").pcm


# --- pyttsx3: a cast --------------------------------------------------------------------------------------------------


def loudness(pcm: bytes) -> float:
    """Integrated loudness in LUFS, by FFmpeg's meter after ITU-R BS.1770."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="s16", layout="mono")
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
    frame.planes[0].update(pcm)
    frame.sample_rate = RATE
    source.push(frame)
    source.push(None)
    found = -99.0
    while True:
        try:
            measured = sink.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            return found
        found = float(measured.metadata.get("lavfi.r128.I", found))


@pytest.mark.parametrize("chosen", CAST, ids=lambda chosen: chosen.name)
def test_all_voices_of_the_cast_are_equally_loud(chosen: Voice) -> None:
    text = "The water is expected to rise by two metres on Tuesday night, and the new gates will be closed at six."

    assert loudness(say(text, chosen.name).pcm) == pytest.approx(-20, abs=1.0)


def test_no_two_voices_of_the_cast_are_nearer_than_twelve_percent_in_pitch() -> None:
    pitches = sorted(voice.pitch for voice in CAST)

    assert all(high / low >= 1.12 for low, high in itertools.pairwise(pitches))


# --- Work in a copy of the process ------------------------------------------------------------------------------------


def test_a_copy_gives_back_what_it_made() -> None:
    assert forked.forked(lambda: b"x" * 10_000_000, 30) == b"x" * 10_000_000


def test_a_copy_that_raises_prints_nothing_and_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(forked.ChildError, match="ended with exit code 3"):
        forked.forked(lambda: bytes(1 // 0), 10)

    assert capfd.readouterr() == ("", "")


def test_where_nothing_can_be_copied_the_engine_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    from publish.diagnostics import MissingError  # noqa: PLC0415

    monkeypatch.setattr(forked, "available", lambda: False)
    pyttsx3._espeak.cache_clear()
    try:
        with pytest.raises(MissingError, match=r"S005: .*; build with --format"):
            pyttsx3._espeak()
    finally:
        pyttsx3._espeak.cache_clear()
