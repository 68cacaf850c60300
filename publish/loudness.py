"""stub"""

from __future__ import annotations

from typing import Any


def gain(synthesise: Any, voice: Any, language: str, words_per_minute: int, target: float, cache: Any) -> float:
    return 1.0


def level(pcm: bytes, gain: float) -> bytes:
    return pcm
