"""espeak-ng by pyttsx3's binding, on the library that espeakng-loader carries or the one that was chosen.

The process that loads it must never speak: only its copies do, see :mod:`publish.forked`. A copy costs by what its
process has loaded, so this module loads little before it is needed.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import espeakng_loader
import msgspec

from publish.diagnostics import Diagnostic, MissingError
from publish.engines import _ipa, _said
from publish.forked import Out
from publish.spoken import RATE, Mark, Phonemes, Speech

_DONT_EXIT = 0x8000
"""espeak_Initialize: say that the data is missing, instead of ending the process."""
_PHONEMES = 0x100
"""espeak_Synth: what stands in ``[[ ]]`` is phonemes."""
_IPA = 2
"""espeak_TextToPhonemes: in the International Phonetic Alphabet."""


class Manner(msgspec.Struct, frozen=True):
    """How a voice is set."""

    voice: str
    """By espeak-ng's name."""
    rate: int
    """Words a minute."""
    pitch: int
    """0 to 100; 50 is as the voice was made."""
    volume: int
    """Per cent."""


# --- The library ------------------------------------------------------------------------------------------------------


def library(chosen: str) -> Path:
    """The file of the library: the chosen one, else the loader's."""
    return Path(chosen or espeakng_loader.get_library_path())


_loaded: list[str] = []
"""What this process has loaded; it can load one."""


@cache
def binding(chosen: str) -> Any:  # noqa: ANN401  # a module without types
    """The binding, ready to speak, on the library ``chosen`` or, when that is empty, the loader's.

    Raises:
        MissingError: There is no such library, it finds no voices, or this process uses another.
    """
    if _loaded and _loaded != [chosen]:
        raise MissingError(Diagnostic("S005", "espeak_library was changed while espeak-ng was in use; start again"))
    try:
        ctypes.CDLL(os.fspath(library(chosen)))  # not global: piper has an espeak-ng of its own
    except OSError as error:
        why = f"the library of espeak-ng cannot be loaded: {error}; mend espeak_library in [audio], or remove it"
        raise MissingError(Diagnostic("S005", why)) from error
    _loaded.append(chosen)
    from pyttsx3.drivers import _espeak as espeak  # noqa: PLC0415  # it binds what is loaded by then

    if espeak.dll._handle != ctypes.CDLL(os.fspath(library(chosen)))._handle:  # noqa: SLF001  # the only way to ask
        why = f"{library(chosen).name} does not go by the name libespeak-ng.so.1; mend espeak_library in [audio]"
        raise MissingError(Diagnostic("S005", why))
    folder = _folder(chosen)
    path = os.fsencode(folder) if folder else None
    if espeak.Initialize(espeak.AUDIO_OUTPUT_SYNCHRONOUS, 500, path, _DONT_EXIT) != RATE:
        why = f"espeak-ng finds no voices in {folder or 'its own folder'}; install it again"
        raise MissingError(Diagnostic("S005", why))
    _generators(chosen)
    espeak.ListVoices()  # it reads some 280 files once, and every copy would do so again
    return espeak


_LONGEST_PATH = 130
"""Bytes; espeak-ng cuts the path of its data at 160, with the names of its files."""


def _folder(chosen: str) -> Path | None:
    """The folder that holds the data, by a path that espeak-ng can keep; None where the library knows it itself."""
    data = library(chosen).parent / "espeak-ng-data" if chosen else Path(espeakng_loader.get_data_path())
    if chosen and not data.is_dir():
        return None
    if len(os.fsencode(data.parent)) <= _LONGEST_PATH:
        return data.parent
    import atexit  # noqa: PLC0415  # few need any of these
    import shutil  # noqa: PLC0415  # as above
    import tempfile  # noqa: PLC0415  # as above

    short = Path(tempfile.mkdtemp(prefix="espeak-"))
    atexit.register(shutil.rmtree, short, ignore_errors=True)
    (short / data.name).symlink_to(data)
    return short


@cache
def version(chosen: str) -> str:
    """Of the library and its data."""
    from hashlib import blake2b  # noqa: PLC0415  # who only speaks asks for no version
    from importlib.metadata import version as installed  # noqa: PLC0415  # as above

    said = binding(chosen).Info(None).decode()
    if not chosen:
        return f"espeak-ng {said}, espeakng-loader {installed('espeakng-loader')}"
    return f"espeak-ng {said}, library {blake2b(library(chosen).read_bytes(), digest_size=8).hexdigest()}"


def names(chosen: str) -> list[str]:
    """The identifiers of all voices, such as ``gmw/en-US``."""
    return [voice.identifier.decode() for voice in binding(chosen).ListVoices()]


# --- Asked by another process -----------------------------------------------------------------------------------------


class Request(msgspec.Struct, frozen=True, array_like=True):
    """What is to be said, for another process."""

    library: str
    signs: _said.Signs
    manner: Manner
    phonemes: tuple[Phonemes, ...]
    pause: bool


def ready(request: bytes) -> None:
    """Make this process such that its copies can answer a request. It must never speak itself: only its copies."""
    binding(_asked(request).library)


def answer(request: bytes, out: Out) -> None:
    """Runs in the copy: samples, then the marks as MessagePack, then how long these are."""
    asked = _asked(request)
    marks = say(out, asked.library, asked.signs, asked.manner, asked.phonemes, pause=asked.pause)
    told = msgspec.msgpack.encode(marks)
    out.write(told + _LENGTH.pack(len(told)))


_LENGTH = struct.Struct("!Q")


def speech(told: bytes) -> Speech:
    """From what a copy wrote."""
    (length,) = _LENGTH.unpack(told[-_LENGTH.size :])
    end = len(told) - _LENGTH.size - length
    marks = msgspec.msgpack.decode(told[end : -_LENGTH.size], type=tuple[Mark, ...])
    return Speech(told[:end], RATE, marks)


@lru_cache(maxsize=1)  # the copy finds there what was understood before it was made
def _asked(request: bytes) -> Request:
    return msgspec.msgpack.decode(request, type=Request)


# --- In the copy ------------------------------------------------------------------------------------------------------


def say(
    out: Out,
    chosen: str,
    plain: _said.Signs,
    manner: Manner,
    phonemes: Sequence[Phonemes] = (),
    *,
    pause: bool,
) -> tuple[Mark, ...]:
    """Write the samples of harmless signs as they come; the marks, at :data:`RATE`. Only in a copy of the process."""
    espeak = _set(chosen, manner)
    signs = _with_phonemes(chosen, plain, phonemes)
    text = _said.written(signs)
    _without_chance(chosen)
    marks: list[Mark] = []
    espeak.SetSynthCallback(_collector(espeak, out, signs, marks))
    # never SSML, and PHONEMES only when there are some: text is text
    flags = espeak.CHARS_UTF8 | (espeak.ENDPAUSE if pause else 0) | (_PHONEMES if signs != plain else 0)
    data = text.encode("utf-8", "replace")
    espeak.cSynth(data, len(data) + 1, 0, espeak.POS_CHARACTER, 0, flags, None, None)
    return tuple(marks)


def heard(chosen: str, plain: _said.Signs, manner: Manner, phonemes: Sequence[Phonemes] = ()) -> str:
    """What :func:`say` would say of the signs, in IPA. Only in a copy of the process."""
    _set(chosen, manner)
    signs = _with_phonemes(chosen, plain, phonemes)
    return _heard(chosen, _said.written(signs))


def _set(chosen: str, manner: Manner) -> Any:  # noqa: ANN401  # a module without types
    espeak = binding(chosen)
    if espeak.SetVoiceByName(manner.voice.encode()) != espeak.EE_OK:
        raise LookupError(manner.voice)
    values = ((espeak.RATE, manner.rate), (espeak.VOLUME, manner.volume), (espeak.PITCH, manner.pitch))
    for parameter, value in (*values, (espeak.RANGE, 50)):
        espeak.SetParameter(parameter, value, 0)
    return espeak


def _with_phonemes(chosen: str, plain: _said.Signs, phonemes: Iterable[Phonemes]) -> _said.Signs:
    """The signs, with those stretches in espeak-ng's own signs that the voice can follow."""
    if not phonemes:
        return plain
    espeak = binding(chosen)
    espeak.SetSynthCallback(lambda *_: 0)
    espeak.cSynth(b" ", 2, 0, espeak.POS_CHARACTER, 0, espeak.CHARS_UTF8 | _PHONEMES, None, None)  # and so it is set
    spelled = ((stretch, _ipa.spelled(stretch.ipa, lambda text: _heard(chosen, text))) for stretch in phonemes)
    able = [(stretch, command) for stretch, command in spelled if command]
    return _said.with_phonemes(plain, able) if able else plain


def _heard(chosen: str, text: str) -> str:
    convert = ctypes.CDLL(os.fspath(library(chosen))).espeak_TextToPhonemes
    convert.restype = ctypes.c_char_p
    rest = ctypes.c_char_p(text.encode("utf-8", "replace"))
    clauses = []
    while rest.value is not None:
        clauses.append(convert(ctypes.byref(rest), ctypes.c_int(1), ctypes.c_int(_IPA)).decode("utf-8", "replace"))
    return " ".join(clause.strip() for clause in clauses if clause.strip())


def _without_chance(chosen: str) -> None:
    """Give equal seeds to both generators of noise: espeak-ng's own, which begins by the clock, and C's."""
    for seeded, seed in _generators(chosen):
        seeded(seed)


@cache
def _generators(chosen: str) -> tuple[tuple[Callable[[Any], object], Any], ...]:
    """What gives a generator of noise its seed, and that seed."""
    own = ctypes.CDLL(os.fspath(library(chosen)))
    found = ((ctypes.CDLL(None).srand, ctypes.c_uint(1)),)
    if hasattr(own, "espeak_ng_SetRandSeed"):  # from 1.52 on
        return (*found, (own.espeak_ng_SetRandSeed, ctypes.c_long(1)))
    return found


def _collector(espeak: Any, out: Out, signs: _said.Signs, marks: list[Mark]) -> Callable[..., int]:  # noqa: ANN401  # as above
    def collect(sound: Any, count: int, events: Any) -> int:  # noqa: ANN401  # ctypes pointers
        if sound and count > 0:
            out.write(ctypes.string_at(sound, count * 2))
        index = 0
        while (event := events[index]).type != espeak.EVENT_LIST_TERMINATED:
            if event.type == espeak.EVENT_WORD:
                at = event.audio_position * RATE // 1000
                marks.append(_said.mark(signs, event.text_position - 1, max(1, event.length), at))
            index += 1
        return 0

    return collect
