"""pyttsx3: offline voices for some hundred languages; on Linux by its binding to espeak-ng.

pyttsx3's own loop keeps one text at a time, loses the rest and polls, so its espeak-ng binding is used synchronously,
on the library that espeakng-loader carries. espeak-ng goes on with its noise generator from one text to the next, and
some texts corrupt its stack; so each utterance is said in a copy of a process that never spoke: the same words give
the same bytes in any order, and a crash costs one utterance.

Where a process cannot be copied, on Windows and macOS, the system's own voices speak, by pyttsx3's public calls.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path

import msgspec

from publish import forked
from publish.audio import Speech, SpeechError, Unspeakable, Utterance, Voice
from publish.booth import Booth
from publish.config import AudioSettings
from publish.engines import _espeak, _public, _said

SUMMARY = "espeak-ng's voices, for some hundred languages; offline, fast, not natural"
INSTALL = "it comes with the installation"
LICENCE = "GPL-3.0-or-later AND MPL-2.0"
"""Of espeak-ng with its voices, and of pyttsx3."""

_VOLUME = 40
"""espeak-ng's percentage at which no timbre reaches its limiter in any language: at 100, seven in ten did in some."""


class _Timbre(msgspec.Struct, frozen=True):
    variant: str
    """espeak-ng's name for it, which a voice bears after its language; empty: the voice as it is."""
    sex: str
    hertz: float
    """Median pitch, of American English."""
    pitch: int = 50
    """espeak-ng's, which moves a variant up or down."""


_TIMBRES = (
    _Timbre("", "", 101.6),
    _Timbre("Nguyen", "", 160.0, 57),
    _Timbre("f3", "female", 218.0, 54),
    _Timbre("Reed", "male", 117.0, 51),
    _Timbre("f4", "female", 184.0, 53),
    _Timbre("m8", "male", 88.0, 52),
    _Timbre("Annie", "female", 259.0, 60),
    _Timbre("david", "male", 76.0, 53),
    _Timbre("anika", "female", 294.0, 58),
    _Timbre("announcer", "male", 66.0),
    _Timbre("m3", "", 134.0, 75),
)
"""At least 12 % apart, measured in ten languages by autocorrelation, so that people who meet can be told apart; the
first is for the narrator, the second for people who are not named, the last for those of whom nothing is known."""

_LANGUAGES = {
    "en-US": "en",
    "en": "en-GB",
    "cmn": "zh",
    "cmn-Latn-pinyin": "zh-Latn",
    "yue-Latn-jyutping": "yue-Latn",
    "ru-cl": "ru-petr1708",
    "ca-ba": "ca-x-balear",
    "ca-nw": "ca-x-nordoc",
    "ca-va": "ca-valencia",
    "en-US-nyc": "en-US-x-nyc",
}
"""BCP 47 for the names of voices that are none, or are more than their name says."""
_NO_LANGUAGES = {"art/xex", "art/piqd", "art/qdb", "art/py", "art/sjn", "art/qya", "miz/mto"}
"""Tests, and languages that nobody gives briefings in."""


# --- What it is -------------------------------------------------------------------------------------------------------


class _Choice(msgspec.Struct):
    library: str = ""


_CHOICE = _Choice()


def use(library: str) -> None:
    """Speak by this library of espeak-ng from now on; empty: by the one that espeakng-loader carries.

    It is loaded when something is asked of it. A process can load one.
    """
    if _CHOICE.library != library:
        _CHOICE.library = library
        for cached in (version, voices, _offered):
            cached.cache_clear()


def prepare(audio: AudioSettings, folder: Path) -> None:  # noqa: ARG001  # nothing of it lies in the workspace
    """Take over what ``[audio]`` says of it."""
    use(audio.espeak_library)


@cache
def version() -> str:
    """Of the library, its data and the binding, or of the system's voices."""
    engine = _espeak.version(_CHOICE.library) if forked.available() else _public.version()
    return f"{engine}, pyttsx3 {installed('pyttsx3')}, 4"


@cache
def voices() -> tuple[Voice, ...]:
    """Every language in each of the timbres that suit a cast."""
    if not forked.available():
        return _public.voices()
    identifiers = (name for name in _espeak.names(_CHOICE.library) if name not in _NO_LANGUAGES)
    found = {identifier.rpartition("/")[2] for identifier in identifiers}
    return tuple(_voice(name, timbre) for name in sorted(found) for timbre in _TIMBRES)


@cache
def _offered() -> frozenset[Voice]:
    return frozenset(voices())


def _voice(name: str, timbre: _Timbre) -> Voice:
    return Voice(
        name=f"{name}+{timbre.variant}".rstrip("+"),
        language=_LANGUAGES.get(name, name),
        engine=f"pyttsx3, vowels by piper-tts {_said.vowels_version()}" if name == "ar" else "pyttsx3",
        timbre=timbre.variant or "plain",
        sex=timbre.sex,
        pitch=round(timbre.hertz),
        licence=LICENCE,
    )


# --- Speaking ---------------------------------------------------------------------------------------------------------


def synthesise(utterance: Utterance) -> Speech:
    """The sound of one utterance.

    Raises:
        SpeechError: The engine crashed, hung or gave nothing.
        Unspeakable: It would give something, but nobody could understand it.
    """
    _check(utterance.voice)
    patience = _patience(utterance.text)
    if not forked.available():
        return _public.synthesise(utterance, patience)
    signs = _readable(utterance.text, utterance.voice)
    request = _espeak.Request(_CHOICE.library, signs, _manner(utterance), utterance.phonemes, utterance.pause)
    try:
        told = _booth().ask(msgspec.msgpack.encode(request), patience)
    except forked.ChildError as error:
        raise SpeechError(f"espeak-ng {error}") from error
    return _espeak.speech(told)


def phonemes(utterance: Utterance) -> str:
    """What :func:`synthesise` says, in IPA; empty where nobody can tell.

    Raises:
        SpeechError: As :func:`synthesise`.
        Unspeakable: As :func:`synthesise`.
    """
    _check(utterance.voice)
    if not forked.available():
        return ""
    signs = _readable(utterance.text, utterance.voice)
    manner = _manner(utterance)
    told = _copied(
        lambda: _espeak.heard(_CHOICE.library, signs, manner, utterance.phonemes).encode(), _patience(utterance.text)
    )
    return told.decode()


def _check(voice: Voice) -> None:
    if voice not in _offered():
        raise SpeechError(f"there is no voice {voice.name!r}")


def _copied(work: Callable[[], bytes], seconds: float) -> bytes:
    try:
        return forked.forked(work, seconds)
    except forked.ChildError as error:
        raise SpeechError(f"espeak-ng {error}") from error


def _patience(text: str) -> float:
    """Seconds after which espeak-ng hangs: on a busy machine it needs 0.1 ms a character, and 7 when it spells."""
    return 20 + 0.02 * len(text)


@cache
def _booth() -> Booth:
    return Booth(_espeak.__name__, _espeak.ready, _espeak.answer)


def _manner(utterance: Utterance) -> _espeak.Manner:
    chosen = utterance.voice.name.partition("+")[2]
    pitch = next(timbre.pitch for timbre in _TIMBRES if timbre.variant == chosen)
    return _espeak.Manner(utterance.voice.name, utterance.words_per_minute, pitch, _VOLUME)


# --- What cannot be read ----------------------------------------------------------------------------------------------

_HAN = re.compile(r"[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HEBREW = re.compile(r"[\u05d0-\u05ea]")


def _readable(text: str, voice: Voice) -> _said.Signs:
    """The text with what espeak-ng needs to read it so that it is understood.

    Raises:
        Unspeakable: There is no way.
    """
    match voice.language:
        case "ja" if _HAN.search(text):
            raise Unspeakable("espeak-ng does not read kanji; choose another engine for Japanese")
        case "he" if _HEBREW.search(text):
            raise Unspeakable("espeak-ng reads Hebrew without its vowels, and spells them where they are written")
        case "ar":
            return _said.signs(text, _said.with_vowels(text))
    return _said.signs(text)
