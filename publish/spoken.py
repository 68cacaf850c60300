"""What speech engines are asked for, and what they give back.

Everything is mono, 16 bit, at an engine's own rate until :mod:`publish.audio` takes it. These values go to processes
that do nothing but speak, so this module needs no other.
"""

from __future__ import annotations

import msgspec

RATE = 22_050
"""Samples a second of everything that is encoded."""


class Voice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One voice of an engine."""

    name: str
    """Unique in the engine; what ``voice`` in ``series.toml`` names."""
    language: str
    """BCP 47: the most general language that it is the engine's choice for; ``mul``: it speaks any."""
    engine: str
    """The engine's name, with the version of whatever else shapes the sound of this voice alone."""
    timbre: str = ""
    """What the engine's voices in other languages share with it, so that a speaker sounds alike in each."""
    sex: str = ""
    """``female``, ``male``, or empty for one in between."""
    pitch: int = 0
    """Median pitch in Hz; 0: not measured."""
    licence: str = ""
    """SPDX expression, of the voice and what makes it speak; empty: that of this package's own dependencies."""


class Phonemes(msgspec.Struct, frozen=True, array_like=True):
    """How a stretch of an utterance's text is said, whatever its letters are."""

    position: int
    """Of its first code point in the text."""
    length: int
    """In code points; at least 1."""
    ipa: str
    """In the International Phonetic Alphabet."""


class Utterance(msgspec.Struct, frozen=True):
    """Words to be said by one voice without a break."""

    text: str
    """As it is to be spoken; it may hold anything, and nothing in it is a command."""
    voice: Voice
    words_per_minute: int = 175
    pause: bool = False
    """Whether the sound ends with the pause that the words want, since more words follow."""
    phonemes: tuple[Phonemes, ...] = ()
    """In the order of the text, not overlapping. An engine that cannot follow them says the letters."""


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """A word in an utterance."""

    position: int
    """Of its first code point in the text."""
    length: int
    """In code points; at least 1."""
    sample: int
    """Where it begins to sound, in samples of the speech."""


class Speech(msgspec.Struct, frozen=True):
    """What an engine gives back."""

    pcm: bytes
    """Mono, 16 bit, little endian."""
    rate: int
    """Samples a second."""
    marks: tuple[Mark, ...] = ()
    """Words in the order of their sound; empty from an engine that does not tell."""


class SpeechError(Exception):
    """An engine could not say an utterance: it crashed, hung, or gave nothing. Trying again may help."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, a clause in plain words."""
        super().__init__(reason)
        self.reason = reason


class Unspeakable(SpeechError):  # noqa: N818  # it is a state of the language, not a fault of the engine
    """The engine has no way to say such a text so that it can be understood, today or when tried again."""
