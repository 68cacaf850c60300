"""The earcon: a short sign that a turn begins, for who would rather not hear the speaker's name each time."""

from __future__ import annotations

import math
from array import array
from functools import cache

from publish.loudness import fitting, level
from publish.spoken import RATE

_SECONDS = 0.35
_NOTES = ((659.26, 0.0), (880.0, 0.11))
"""Hz, and the second at which each begins: E5 and A5, a fourth up, as one opens a gate."""
_ATTACK, _FADE = 0.012, 0.05
"""Seconds in which a note rises, and in which all ends, so that nothing clicks."""
_DECAY = 14.0
"""How fast a note dies away, in 1/s."""


@cache
def earcon(loudness: float) -> bytes:
    """The sign as PCM, as loud as speech of ``loudness`` LUFS."""
    sound = array("h", (round(6000 * _wave(number / RATE)) for number in range(round(_SECONDS * RATE)))).tobytes()
    return level(sound, fitting(4 * sound, loudness))


def _wave(time: float) -> float:
    """The sign at a time in seconds, about −1 to 1."""
    end = min(1.0, (_SECONDS - time) / _FADE)
    return end * sum(_note(frequency, time - begin) for frequency, begin in _NOTES)


def _note(frequency: float, time: float) -> float:
    """A soft note: two partials, struck and left to ring."""
    if time < 0:
        return 0.0
    rise = 0.5 - 0.5 * math.cos(math.pi * min(1.0, time / _ATTACK))
    angle = 2 * math.pi * frequency * time
    return rise * math.exp(-_DECAY * time) * (math.sin(angle) + 0.2 * math.sin(2 * angle))
