"""What every engine must do, and what espeak-ng does to those who trust it."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import espeakng_loader
import pytest
from speaking import engine_called, median_pitch

from publish import forked, plugins
from publish.audio import RATE, Phonemes, Speech, SpeechError, Unspeakable, Utterance, Voice, resampled
from publish.booth import Booth
from publish.doubts import doubt
from publish.engines import _espeak, _said, pyttsx3
from publish.languages import canonical
from publish.voices import voices_for

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
    "U.S.A." * 80,
    "(" * 2000,
    "e" + "\u0301" * 2000,
    "\u202egnirts\u202c \u200d\ufeff\ufffe",
    "word " * 400,
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


@pytest.fixture(params=plugins.names("engines"))
def engine(request: pytest.FixtureRequest) -> plugins.Engine:
    return engine_called(request.param)


class TestEveryEngine:
    def test_says_what_it_is_and_offers_voices_with_names_of_their_own(self, engine: plugins.Engine) -> None:
        names = [voice.name for voice in engine.voices()]

        assert engine.SUMMARY
        assert engine.INSTALL
        assert engine.version()
        assert all(
            re.fullmatch(r"[A-Za-z0-9.-]+( (AND|OR|WITH) [A-Za-z0-9.-]+)*", of.licence) for of in engine.voices()
        )
        assert names
        assert len(names) == len(set(names))
        assert all(canonical(voice.language) == voice.language for voice in engine.voices())

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
        patch.setattr(_said, "harmless", lambda text: text)
        with pytest.raises(SpeechError, match=r"espeak-ng crashed \(SIG"):
            say("a." * 200)

    assert say("Still here.") == before


def test_an_utterance_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(request: bytes, out: forked.Out) -> None:  # noqa: ARG001  # as above
        time.sleep(600)

    monkeypatch.setattr(pyttsx3, "_booth", lambda: Booth(_espeak.__name__, _espeak.ready, hang))
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
        ("ca-ES", "ca"),
        ("ca-valencia", "ca-va"),
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
    monkeypatch.setattr(_said, "vowels", lambda: None)
    with pytest.raises(Unspeakable, match=reason):
        say(text, name)


def test_arabic_is_spoken_with_the_vowels_that_were_added(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, pointed = "صباح الخير جميعا.", SENTENCES["ar"]
    monkeypatch.setattr(_said, "vowels", lambda: {plain: pointed}.__getitem__)

    assert say(plain, "ar").pcm == say(pointed, "ar").pcm


def test_words_whose_vowels_were_added_keep_their_marks() -> None:
    """By the real model, which is given spaces, digits and a few vowels that are there already."""
    text = "صباح الخير  جميعًا، في 12 أبريل."

    speech = say(text, "ar")

    assert [text[mark.position :][: mark.length] for mark in speech.marks if text[mark.position].isalpha()] == [
        "صباح", "الخير", "جميعًا", "في", "أبريل"
    ]  # fmt: skip
    assert doubt(Utterance(text, voice("ar")), speech) == ""


# --- pyttsx3: a cast --------------------------------------------------------------------------------------------------

RISING = "The water is expected to rise by two metres on Tuesday night, and the new gates will be closed at six."


RISES = {
    "en-US": RISING,
    "fr": "L'eau devrait monter de deux mètres dans la nuit de mardi, et "
    "les nouvelles portes seront fermées à six heures.",
    "es": "Se espera que el agua suba dos metros el martes por la noche, "
    "y las nuevas compuertas se cerrarán a las seis.",
    "ru": "Ожидается, что во вторник ночью вода поднимется на два метра, и новые ворота будут закрыты в шесть часов.",
    "cmn": "预计星期二晚上水位将上升两米，新的闸门将在六点关闭。我们会在今天下午公布更多的消息，请大家耐心等待。",
    "ar": "مِنَ المُتَوَقَّعِ أَنْ يَرْتَفِعَ المَاءُ مِتْرَيْنِ لَيْلَةَ الثُّلَاثَاءِ، وَسَتُغْلَقُ البَوَّابَاتُ الجَدِيدَةُ فِي السَّادِسَةِ.",
    "de": "Das Wasser soll in der Nacht zum Dienstag um zwei Meter steigen, "
    "und die neuen Tore werden um sechs Uhr geschlossen.",
    "ca": "S'espera que l'aigua pugi dos metres dimarts a la nit, i les noves comportes es tancaran a les sis.",
    "hi": "मंगलवार रात को पानी दो मीटर तक बढ़ने की उम्मीद है, और नए फाटक छह बजे बंद कर दिए जाएंगे।",
    "ja": "かようびの よる、みずが 2メートル あがると みられて います。あたらしい もんは ろくじに しめられます。",
}


@pytest.mark.parametrize("name", RISES)
def test_eleven_voices_of_a_language_are_told_apart_by_their_pitch(name: str) -> None:
    """Measured on their sound; where the cast is chosen, the English values stand for all languages."""
    text = f"{RISES[name]} 12345. 678, 910, 2031, 46."
    names = (f"{name}+{one.name.partition('+')[2]}".rstrip("+") for one in CAST)

    measured = sorted(median_pitch(say(text, one).pcm) for one in names)

    assert len(measured) == 11
    assert all(high / low >= 1.12 for low, high in itertools.pairwise(measured))


def test_the_pitch_that_a_voice_claims_is_measured() -> None:
    assert all(abs(median_pitch(say(RISING, one.name).pcm) / one.pitch - 1) < 0.03 for one in CAST)


def test_women_and_men_alternate_after_the_narrator_and_those_without_a_name() -> None:
    sexes = [voice.sex for voice in CAST]

    assert sexes[:2] == ["", ""]
    assert sexes[2:10] == ["female", "male"] * 4
    assert sexes[10:] == [""], "one in the middle, for people of whom nothing is known"


@pytest.mark.parametrize("name", ["en-US", "fr", "ru", "cmn", "vi", "de"])
def test_no_timbre_reaches_the_limiter_of_the_library(name: str) -> None:
    """What is clipped stays so; loudness is made of what is whole."""
    for timbre in (voice.name.partition("+")[2] for voice in CAST):
        pcm = say("1 2 3 4 5 6 7 8 9 10 12345 678!", f"{name}+{timbre}".rstrip("+")).pcm
        peak = max(abs(sample) for sample in memoryview(pcm).cast("h"))

        assert 2_000 < peak < 29_000, timbre


# --- pyttsx3: phonemes ------------------------------------------------------------------------------------------------


def utterance(text: str, name: str, *phonemes: tuple[str, str]) -> Utterance:
    """With the first place of each word said as IPA."""
    stretches = tuple(Phonemes(text.index(word), len(word), ipa) for word, ipa in phonemes)
    return Utterance(text, voice(name), phonemes=stretches)


@pytest.mark.parametrize(
    ("name", "text", "ipa", "heard"),
    [
        ("en-US", "The Kamala bridge.", ("Kamala", "kəˈmɑːlə"), "ðə kəmˈɑːlə bɹˈɪdʒ"),
        ("en-US", "A church here.", ("church", "ˈtʃɜːtʃ"), "ɐ tʃˈɜːtʃ hˈɪɹ"),
        ("en-US", "Xi Jinping spoke.", ("Xi Jinping", "ʃiː dʒɪnˈpɪŋ"), "ʃiː dʒɪnpˈɪŋ spˈoʊk"),
        ("fr", "Le Brexit, donc.", ("Brexit", "bʁɛɡˈzit"), "lə- bʁɛɡzˈit dˈɔ̃k"),
        ("es", "Hola Kamala.", ("Kamala", "kaˈmala"), "ˈola kamˈala"),
        ("ru", "Мост Kamala.", ("Kamala", "kaˈmala"), "mˈost kamˈɑɭa"),
    ],
)
def test_ipa_is_said_in_the_sounds_of_the_voice(name: str, text: str, ipa: tuple[str, str], heard: str) -> None:
    asked = utterance(text, name, ipa)

    assert pyttsx3.phonemes(asked) == heard
    assert doubt(asked, pyttsx3.synthesise(asked)) == ""


def test_marks_stand_on_the_printed_words_around_what_is_said_otherwise() -> None:
    text = "In [[Lagos]], Adébáyọ̀ Ọlá spoke, Kamala nodded."
    asked = utterance(text, "en-US", ("Adébáyọ̀ Ọlá", "adeˈbajɔ ɔˈla"), ("Kamala", "kəˈmɑːlə"))

    marked = [text[mark.position :][: mark.length] for mark in pyttsx3.synthesise(asked).marks]

    assert list(dict.fromkeys(marked)) == ["In", "Lagos", "Adébáyọ̀ Ọlá", "spoke", "Kamala", "nodded"]


@pytest.mark.parametrize("ipa", ["ǃʰɔsa", "ka5ma", "h@l'oU", "]] hello [[", "", "ˈ", "ma˥˩"])
def test_what_a_voice_has_no_sounds_for_is_said_by_its_letters(ipa: str) -> None:
    text = "The Xhosa word."
    asked = utterance(text, "en-US", ("Xhosa", ipa))

    assert pyttsx3.phonemes(asked) == pyttsx3.phonemes(utterance(text, "en-US"))
    assert pyttsx3.synthesise(asked).marks == say(text).marks


def test_no_bracket_of_the_text_becomes_a_command_beside_real_phonemes() -> None:
    text = "Kamala [[h@l'oU]] and [[[[ unclosed [[ words"
    asked = utterance(text, "en-US", ("Kamala", "kəˈmɑːlə"))

    heard = pyttsx3.phonemes(asked)

    assert heard.startswith("kəmˈɑːlə ˈeɪtʃ æt ˈɛlˈoʊ")
    assert heard.endswith("wˈɜːdz")


# --- pyttsx3: the system's library ------------------------------------------------------------------------------------


def in_a_process(code: str, **environment: str) -> str:
    """What Python code prints in a process of its own."""
    environ = {**os.environ, "PYTHONPATH": str(Path(pyttsx3.__file__).parents[2]), **environment}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_another_library_is_used_when_it_is_named(tmp_path: Path) -> None:
    library = tmp_path / "libespeak-ng.so.1"
    library.write_bytes(Path(espeakng_loader.get_library_path()).read_bytes())
    (tmp_path / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    code = (
        "from publish.engines import pyttsx3; from publish.audio import Utterance\n"
        f"pyttsx3.use({str(library)!r})\n"
        "voice = next(voice for voice in pyttsx3.voices() if voice.name == 'en-US')\n"
        "print(len(pyttsx3.synthesise(Utterance('Hello there.', voice)).pcm), pyttsx3.version())\n"
        f"print({str(library)!r} in open('/proc/self/maps').read())"
    )

    sound, said, mapped = in_a_process(code).replace(" ", "\n", 1).splitlines()

    assert int(sound) == len(say("Hello there.").pcm)
    assert re.fullmatch(r"espeak-ng 1\.\d+.*, library [0-9a-f]{16}, pyttsx3 2\.99, 4", said)
    assert mapped == "True"
    assert said != pyttsx3.version()


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("/nowhere/libespeak-ng.so.1", "", "the library of espeak-ng cannot be loaded"),
        ("", "/nowhere/libespeak-ng.so.1", "espeak_library was changed while espeak-ng was in use"),
    ],
)
def test_a_library_that_cannot_be_used_is_said(first: str, second: str, message: str) -> None:
    code = (
        "from publish.engines import pyttsx3; from publish.diagnostics import MissingError\n"
        f"for library in {[first, second][: 1 + (first == '')]!r}:\n"
        "    pyttsx3.use(library)\n"
        "    try:\n        pyttsx3.voices()\n"
        "    except MissingError as error:\n        print(error)"
    )

    assert in_a_process(code).startswith(f"error S005: {message}")


# --- Work in a copy of the process ------------------------------------------------------------------------------------


def test_a_copy_gives_back_what_it_made() -> None:
    assert forked.forked(lambda: b"x" * 10_000_000, 30) == b"x" * 10_000_000


def test_a_copy_that_raises_prints_nothing_and_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(forked.ChildError, match="ended with exit code 3"):
        forked.forked(lambda: bytes(1 // 0), 10)

    assert capfd.readouterr() == ("", "")


_LEFT = """
import time
from publish import forked
forked.forked(lambda: print("begun", flush=True) or time.sleep(1) or bytes(10_000_000), 60)
"""


def test_a_copy_ends_when_nobody_reads_what_it_made_any_more() -> None:
    with subprocess.Popen([sys.executable, "-c", _LEFT], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stdout.readline() == "begun\n"
        running.kill()
        begun = time.monotonic()
        assert running.stdout.read() == ""  # which waits for the copy too

    assert time.monotonic() - begun < 20
