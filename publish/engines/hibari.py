"""hibari: a natural English voice, whose model lies in its wheel; offline, an extra.

It goes by sentences, which it finds itself, and takes its noise from a seeded generator, so that equal words give equal
bytes. It tells no times of words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from textwrap import wrap
from typing import Any

import msgspec

from publish.audio import Phonemes, Speech, SpeechError, Utterance, Voice
from publish.diagnostics import Diagnostic, MissingError
from publish.engines import _apart, _said

SUMMARY = "natural English voices; offline, and fast for what they are"
INSTALL = 'pip install "publish[hibari]"'
LICENCE = "Apache-2.0"

_RATE = 24_000
_REST = b"\0\0" * (_RATE * 3 // 10)
"""After a sentence; as espeak-ng has it."""
_PLAIN_PACE = 175
"""Words a minute of its plain speed, about."""
_MOST = 400
"""Phonemes at once; hibari cuts longer sentences at commas only, and its time and memory grow with the square."""
_NUMBER = re.compile(r"\d[\d.,]{20,}")
"""A number beyond those that it has words for."""
_PITCHES = {"heart": 197}
"""Median, in Hz; measured. The others do not lie in the wheel."""


class Asked(msgspec.Struct, frozen=True):
    """What the copy is told."""

    voice: str
    text: str
    speed: float


def version() -> str:
    """Of the package and of what runs its model.

    Raises:
        MissingError: It is not installed.
    """
    try:
        return f"hibari-tts {installed('hibari-tts')}, onnxruntime {installed('onnxruntime')}, 1"
    except PackageNotFoundError as error:
        why = f"the engine 'hibari' is not installed; {INSTALL}"
        raise MissingError(Diagnostic("S005", why)) from error


@cache
def voices() -> tuple[Voice, ...]:
    """The voice in the wheel, and those that somebody has fetched with hibari itself; nothing is fetched here.

    Raises:
        MissingError: It is not installed.
    """
    version()
    from hibari.voices import DEFAULT, VOICES  # noqa: PLC0415  # an extra

    there = [name for name in sorted(VOICES, key=lambda name: (name != DEFAULT, name)) if _path(name)]
    return tuple(_voice(name, VOICES[name]) for name in there)


def _voice(name: str, about: dict[str, Any]) -> Voice:
    path = _path(name)
    digest = blake2b(path.read_bytes(), digest_size=8).hexdigest() if path else ""
    return Voice(
        name=name,
        language="en-GB" if about["british"] else "en",
        engine=f"hibari, model {digest}",
        sex=about["gender"],
        pitch=_PITCHES.get(name, 0),
        licence=LICENCE,
    )


def _path(name: str) -> Path | None:
    """The model of a voice, when it is on this machine."""
    from hibari.voices import voice_path  # noqa: PLC0415  # an extra

    try:
        return Path(voice_path(name, download_missing=False))
    except FileNotFoundError:
        return None


def synthesise(utterance: Utterance) -> Speech:
    """The sound of one utterance.

    Raises:
        SpeechError: The model crashed, hung or gave nothing.
    """
    if utterance.voice not in voices():
        raise SpeechError(f"there is no voice {utterance.voice.name!r}")
    name = utterance.voice.name
    _model(name)  # loaded here, where it never runs
    asked = Asked(name, _written(utterance), utterance.words_per_minute / _PLAIN_PACE)
    try:
        pcm = _apart.called(_say, asked, 30 + 0.05 * len(asked.text))
    except SpeechError as error:
        raise SpeechError(f"hibari {error.reason}") from error
    return Speech(pcm + (_REST if utterance.pause else b""), _RATE)


def _say(asked: Asked) -> bytes:
    """Runs apart: the samples."""
    import numpy as np  # noqa: PLC0415  # comes with the extra

    model, chance = _model(asked.voice), np.random.default_rng(0)
    pieces = (
        piece for sentence in model.phonemize(asked.text) for piece in wrap(sentence, _MOST, break_on_hyphens=False)
    )
    sound = [model.from_ids(model.ids(piece), asked.speed, chance) for piece in pieces]
    return b"".join((np.clip(part, -1, 1) * 32767).astype("<i2").tobytes() for part in sound)


@cache
def _model(name: str) -> Any:  # noqa: ANN401  # it ships no types
    from hibari import Hibari  # noqa: PLC0415  # an extra

    made = Hibari(name, threads=1)
    made.g2p  # noqa: B018  # a lexicon of half a second, which each copy would read again
    return made


# --- What is said -----------------------------------------------------------------------------------------------------

_MISAKI = {"eɪ": "A", "aɪ": "I", "ɔɪ": "Y", "oʊ": "O", "əʊ": "Q", "aʊ": "W", "tʃ": "ʧ", "dʒ": "ʤ", "ɝ": "ɜɹ", "g": "ɡ"}
"""What its alphabet writes with one sign, and one that it writes with two."""


def _written(utterance: Utterance) -> str:
    """The text, in which no bracket is a command but those of the utterance's phonemes: ``[word](/signs/)``."""
    spoken = [(of, f"[{_word(of, utterance.text)}](/{ipa}/)") for of in utterance.phonemes if (ipa := _ipa(of.ipa))]
    text = _said.written(_said.with_phonemes(_said.signs(utterance.text), spoken))
    return _NUMBER.sub(lambda found: " ".join(found.group()), text)


def _word(of: Phonemes, text: str) -> str:
    """A word for the sentence's sake, which is not said."""
    return re.sub(r"[^\w'-]", "", text[of.position : of.position + of.length]) or "word"


def _ipa(ipa: str) -> str:
    """IPA in its alphabet; empty when that has no sign for a part of it."""
    text = unicodedata.normalize("NFC", ipa).replace("\u0361", "")
    text = re.sub("|".join(_MISAKI), lambda found: _MISAKI[found.group()], text)
    text = re.sub(r"r(?![ˈˌ])", "ɹ", text).replace(".", "")
    return text if set(text) <= _alphabet() else ""


@cache
def _alphabet() -> frozenset[str]:
    """The signs that the model knows, but those of punctuation, which would be a pause or an end."""
    return frozenset(sign for sign in _model("heart").vocab if unicodedata.category(sign)[0] in "LMS")
