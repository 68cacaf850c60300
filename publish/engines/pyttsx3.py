"""pyttsx3: offline voices for some hundred languages, by its binding to espeak-ng.

pyttsx3's own loop keeps one text at a time, loses the rest and polls, so its espeak-ng binding is used synchronously,
on the library that espeakng-loader carries. espeak-ng goes on with its noise generator from one text to the next, and
some texts corrupt its stack; so each utterance is said in a copy of a process that never spoke: the same words give
the same bytes in any order, and a crash costs one utterance.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import re
import shutil
import tempfile
import unicodedata
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import espeakng_loader
import msgspec

from publish import forked
from publish.audio import RATE, Mark, Speech, SpeechError, Unspeakable, Utterance, Voice
from publish.diagnostics import Diagnostic, MissingError

if TYPE_CHECKING:
    from collections.abc import Callable

SUMMARY = "espeak-ng's voices, for some hundred languages; offline, fast, not natural"

_DONT_EXIT = 0x8000
"""espeak_Initialize: say that the data is missing, instead of ending the process."""


class _Timbre(msgspec.Struct, frozen=True):
    name: str
    sex: str
    pitch: int
    """Median, in Hz, of American English."""
    volume: int
    """espeak-ng's percentage that makes it −20 LUFS (ITU-R BS.1770) in American English."""


_TIMBRES = (
    _Timbre("", "", 102, 116),
    _Timbre("Nguyen", "", 149, 132),
    _Timbre("f3", "female", 210, 106),
    _Timbre("Reed", "male", 115, 93),
    _Timbre("f4", "female", 176, 95),
    _Timbre("m8", "male", 85, 193),
    _Timbre("Annie", "female", 240, 106),
    _Timbre("david", "male", 74, 153),
)
"""At least 12 % apart, so that people who meet can be told apart; the first is for the narrator, the second for people
who are not named. The values are measured."""
_LOUDER = {"cmn": 0.76, "yue": 0.76, "fr-FR": 1.12, "fr": 1.12}
"""Factor of the volume for languages that are louder or softer than English by a decibel or more."""

_LANGUAGES = {
    "en-US": "en",
    "en": "en-GB",
    "cmn": "zh",
    "cmn-Latn-pinyin": "zh-Latn",
    "yue-Latn-jyutping": "yue-Latn",
    "ru-cl": "ru-petr1708",
}
"""BCP 47 for the names of voices that are none, or are more than their name says."""
_NO_LANGUAGES = {"art/xex", "art/piqd", "art/qdb", "art/py", "art/sjn", "art/qya", "miz/mto"}
"""Tests, and languages that nobody gives briefings in."""


# --- The library ------------------------------------------------------------------------------------------------------


@cache
def _espeak() -> Any:  # noqa: ANN401  # a module without types
    """The binding, ready to speak. This process must never do so: only its copies."""
    if not forked.available():
        why = "pyttsx3 speaks on Linux only as yet; build with --format web,epub,catalog"
        raise MissingError(Diagnostic("S005", why))
    ctypes.CDLL(espeakng_loader.get_library_path(), ctypes.RTLD_GLOBAL)  # before pyttsx3 looks for the system's
    from pyttsx3.drivers import _espeak as espeak  # noqa: PLC0415

    folder = _folder(Path(espeakng_loader.get_data_path()))
    if espeak.Initialize(espeak.AUDIO_OUTPUT_SYNCHRONOUS, 500, os.fsencode(folder), _DONT_EXIT) != RATE:
        why = f"espeak-ng finds no voices in {folder}; install espeakng-loader again"
        raise MissingError(Diagnostic("S005", why))
    return espeak


_LONGEST_PATH = 130
"""Bytes; espeak-ng cuts the path of its data at 160, with the names of its files."""


def _folder(data: Path) -> Path:
    """The folder that holds the data, by a path that espeak-ng can keep."""
    if len(os.fsencode(data.parent)) <= _LONGEST_PATH:
        return data.parent
    short = Path(tempfile.mkdtemp(prefix="espeak-"))
    atexit.register(shutil.rmtree, short, ignore_errors=True)
    (short / data.name).symlink_to(data)
    return short


@cache
def version() -> str:
    """Of the library, its data and the binding."""
    said = _espeak().Info(None).decode()
    return f"espeak-ng {said}, espeakng-loader {installed('espeakng-loader')}, pyttsx3 {installed('pyttsx3')}, 2"


@cache
def voices() -> tuple[Voice, ...]:
    """Every language in each of the timbres that suit a cast."""
    found: dict[str, None] = {}
    for voice in _espeak().ListVoices():
        identifier = voice.identifier.decode()
        if identifier not in _NO_LANGUAGES:
            found[identifier.rpartition("/")[2]] = None
    return tuple(_voice(name, timbre) for name in sorted(found) for timbre in _TIMBRES)


@cache
def _offered() -> frozenset[Voice]:
    return frozenset(voices())


def _voice(name: str, timbre: _Timbre) -> Voice:
    return Voice(
        name=f"{name}+{timbre.name}".rstrip("+"),
        language=_LANGUAGES.get(name, name),
        engine=f"pyttsx3, vowels by piper-tts {_vowels_version()}" if name == "ar" else "pyttsx3",
        timbre=timbre.name or "plain",
        sex=timbre.sex,
        pitch=timbre.pitch,
    )


# --- Speaking ---------------------------------------------------------------------------------------------------------


def synthesise(utterance: Utterance) -> Speech:
    """The sound of one utterance.

    Raises:
        SpeechError: espeak-ng crashed, hung or gave nothing.
        Unspeakable: It would give something, but nobody could understand it.
    """
    if utterance.voice not in _offered():
        raise SpeechError(f"there is no voice {utterance.voice.name!r}")
    text = _readable(utterance.text, utterance.voice)
    said = harmless(text)
    try:
        data = forked.forked(lambda: _say(said, utterance), _patience(said))
    except forked.ChildError as error:
        raise SpeechError(f"espeak-ng {error}") from error
    speech = msgspec.msgpack.decode(data, type=Speech)
    return speech if text == utterance.text else msgspec.structs.replace(speech, marks=())


def _patience(text: str) -> float:
    """Seconds after which espeak-ng hangs: on a busy machine it needs 0.1 ms a character, and 7 when it spells."""
    return 20 + 0.02 * len(text)


def harmless(text: str) -> str:
    """The text as espeak-ng survives it, of the same length.

    Chains such as "a.a.a." corrupt its stack from about 150 links on, and a NUL would end the text.
    """
    text = re.sub(r"(?:[^\W\d_]\.){12,}", lambda found: found.group().replace(".", " "), text)
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)


def _say(text: str, utterance: Utterance) -> bytes:
    """Runs in the copy: a Speech as MessagePack."""
    espeak = _espeak()
    name, _, variant = utterance.voice.name.partition("+")
    timbre = next(timbre for timbre in _TIMBRES if timbre.name == variant)
    if espeak.SetVoiceByName(utterance.voice.name.encode()) != espeak.EE_OK:
        raise LookupError(utterance.voice.name)
    for parameter, value in (
        (espeak.RATE, utterance.words_per_minute),
        (espeak.VOLUME, round(timbre.volume * _LOUDER.get(name, 1))),
        (espeak.PITCH, 50),
        (espeak.RANGE, 50),
    ):
        espeak.SetParameter(parameter, value, 0)
    _without_chance()
    pcm, marks = bytearray(), list[Mark]()
    espeak.SetSynthCallback(_collector(espeak, pcm, marks))
    data = text.encode("utf-8", "replace")
    flags = espeak.CHARS_UTF8 | (espeak.ENDPAUSE if utterance.pause else 0)  # neither SSML nor PHONEMES: text is text
    espeak.cSynth(data, len(data) + 1, 0, espeak.POS_CHARACTER, 0, flags, None, None)
    return msgspec.msgpack.encode(Speech(bytes(pcm), RATE, tuple(marks)))


def _without_chance() -> None:
    """Give equal seeds to both generators of noise: espeak-ng's own, which begins by the clock, and C's."""
    ctypes.CDLL(espeakng_loader.get_library_path()).espeak_ng_SetRandSeed(ctypes.c_long(1))
    ctypes.CDLL(None).srand(1)


def _collector(espeak: Any, pcm: bytearray, marks: list[Mark]) -> Callable[..., int]:  # noqa: ANN401  # as above
    def collect(sound: Any, count: int, events: Any) -> int:  # noqa: ANN401  # ctypes pointers
        if sound and count > 0:
            pcm.extend(ctypes.string_at(sound, count * 2))
        index = 0
        while (event := events[index]).type != espeak.EVENT_LIST_TERMINATED:
            if event.type == espeak.EVENT_WORD:
                at = event.audio_position * RATE // 1000
                marks.append(Mark(max(0, event.text_position - 1), max(1, event.length), at))
            index += 1
        return 0

    return collect


# --- What cannot be read ----------------------------------------------------------------------------------------------

_HAN = re.compile(r"[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HEBREW = re.compile(r"[\u05d0-\u05ea]")
_ARABIC, _HARAKAT = re.compile(r"[\u0621-\u064a]"), re.compile(r"[\u064b-\u0652]")
_POINTED = 0.25
"""Share of a text's letters that bear a vowel sign when its vowels are written out."""


def _readable(text: str, voice: Voice) -> str:
    """The text with what espeak-ng needs to read it so that it is understood.

    Raises:
        Unspeakable: There is no way.
    """
    match voice.language:
        case "ja" if _HAN.search(text):
            raise Unspeakable("espeak-ng does not read kanji; choose another engine for Japanese")
        case "he" if _HEBREW.search(text):
            raise Unspeakable("espeak-ng reads Hebrew without its vowels, and spells them where they are written")
        case "ar" if len(_HARAKAT.findall(text)) < _POINTED * len(_ARABIC.findall(text)):
            return _with_vowels(text)
    return text


def _vowels_version() -> str:
    try:
        return installed("piper-tts")
    except PackageNotFoundError:
        return ""


@cache
def _vowels() -> Callable[[str], str] | None:
    """What adds the vowels to Arabic; None when it is not installed."""
    try:
        from piper.tashkeel import TashkeelDiacritizer  # noqa: PLC0415  # an extra, and half a second
    except ImportError:
        return None
    return cast("Callable[[str], str]", TashkeelDiacritizer())


def _with_vowels(text: str) -> str:
    add = _vowels()
    if add is None:
        raise Unspeakable(
            "Arabic is written without its vowels, which espeak-ng does not add; "
            "install what adds them: pip install piper-tts"
        )
    return add(text)
