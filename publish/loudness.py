"""One loudness for all voices and engines: how loud a voice is, and what makes it as loud as the others.

Loudness is integrated, by ITU-R BS.1770-4, in LUFS. Each voice has one gain, found from a text that it speaks once; so
what is said softly stays softer than what is said loudly. Where a gain would push a peak over the ceiling, a limiter
takes it back around that peak only.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import cache as kept
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from publish import clips
from publish.audio import Speech, SpeechError, Unspeakable, Utterance, Voice, resampled
from publish.clips import digest
from publish.frames import SOFTER, wave
from publish.languages import babel_locale, cues
from publish.spoken import RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CEILING = 27_571
"""The largest sample there may be: −1.5 dBFS, so that what a decoder makes of it stays under −1 at every bit rate."""
_BLOCK = 256
"""Samples between two values of the limiter's gain; it is linear between them."""
_REACH = 2
"""Blocks before and after a peak in which the limiter's gain goes down and up: 35 ms."""
FOLDER = "loudness"
"""Of the gains that are known, in the folder of clips."""
_MOST = 40.0
"""Decibels that a voice is made louder by at most."""

_ATTEMPTS, _NEAR = 12, 0.02
"""How often a gain is tried, and the decibels that it may be off: fewer than anybody hears."""


def measure(pcm: bytes) -> float:
    """Integrated loudness in LUFS; minus infinity for silence, and for less than 0.4 s of sound."""
    import av  # noqa: PLC0415  # FFmpeg takes 16 MB of every process, and most builds of text need none of it

    if len(pcm) // 2 < RATE * 4 // 10:
        return -math.inf
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="s16p", layout="mono")
    meter, sink = graph.add("ebur128", "metadata=1"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    graph.push(wave(pcm))
    graph.push(None)
    found = -math.inf
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            break
        found = float(frame.metadata.get("lavfi.r128.I", found))
    return found if found > -70 else -math.inf  # noqa: PLR2004  # the absolute gate: there was nothing above it


# --- As loud as is wanted ---------------------------------------------------------------------------------------------


def level(pcm: bytes, gain: float) -> bytes:
    """The samples made louder by ``gain`` decibels, none of them over the ceiling.

    What is further from a peak than the limiter reaches is only multiplied.
    """
    import numpy as np  # noqa: PLC0415  # builds of text need none of it

    samples = np.frombuffer(pcm, "<i2")
    if not samples.size:
        return pcm
    factor = 10 ** (gain / 20)
    peak = max(int(samples.max()), -int(samples.min())) * factor
    if peak <= CEILING and not gain:
        return pcm
    sound = np.multiply(samples, np.float32(factor), dtype=np.float32)
    if peak > CEILING:
        sound = _limited(sound)
    np.rint(sound, out=sound)
    return bytes(sound.astype("<i2").data)


def _limited(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """The sound with a gain that is linear within each block, and at both of a block's edges what its peak allows.

    What a block allows is the mean of the least that the blocks around it need: never more than it needs itself.
    """
    import numpy as np  # noqa: PLC0415  # as above

    count = -(-sound.size // _BLOCK)
    blocks = np.zeros((count, _BLOCK), np.float32)
    blocks.reshape(-1)[: sound.size] = sound
    needed = np.minimum(1, CEILING / np.maximum(np.abs(blocks).max(axis=1), 1)).astype(np.float64)
    width = 2 * _REACH + 1
    padded = np.pad(needed, 2 * _REACH, constant_values=1)
    least = np.minimum.reduce([padded[at : at + count + 2 * _REACH] for at in range(width)])
    allowed = np.add.reduce([least[at : at + count] for at in range(width)]).astype(np.float32) / width
    edges = np.minimum(np.pad(allowed, (1, 0), mode="edge"), np.pad(allowed, (0, 1), mode="edge"))
    lowered = np.flatnonzero(np.minimum(edges[:-1], edges[1:]) < 1)
    begin, end = edges[lowered, None], edges[lowered + 1, None]
    blocks[lowered] *= begin + (end - begin) * (np.arange(_BLOCK, dtype=np.float32) / _BLOCK)
    return blocks.reshape(-1)[: sound.size]


# --- How much louder a voice must be ----------------------------------------------------------------------------------


class Engine(Protocol):
    """What is needed of an engine to hear one of its voices."""

    def version(self) -> str:
        """Of everything that shapes its sound."""

    def synthesise(self, utterance: Utterance) -> Speech:
        """The sound of one utterance. Raises SpeechError."""


def gain(  # six things say how loud a voice is
    engine: Engine, voice: Voice, language: str, words_per_minute: int, target: float, cache: Path
) -> float:
    """Decibels, to a hundredth, by which :func:`level` brings a voice to ``target`` LUFS in the encoded sound.

    The voice speaks a text in its language once, or figures where the language's letters are beyond it; ``cache`` keeps
    what came of it, and of common voices it comes with the package. A voice that cannot do so, or that nothing is heard
    of, is left as it is: 0.

    Raises:
        MissingError: What came of it cannot be kept.
    """
    key = name_of(engine, voice, language, words_per_minute, target)
    if (shipped := _shipped().get(key)) is not None:
        return shipped
    if (known := clips.load(cache / FOLDER, key)) is not None:
        return float(known)
    try:
        found = measured(engine, voice, language, words_per_minute, target)
    except SpeechError:
        return 0.0
    clips.store(cache / FOLDER, key, b"%.2f" % found)
    return found


def measured(engine: Engine, voice: Voice, language: str, words_per_minute: int, target: float) -> float:
    """The gain of a voice, from hearing it.

    Raises:
        SpeechError: It cannot speak.
    """
    return fitting(_said(engine, Utterance(reference(language), voice, words_per_minute)), target)


def name_of(engine: Engine, voice: Voice, language: str, words_per_minute: int, target: float) -> str:
    """A digest of all that a gain follows from."""
    asked = ("loudness 1", str(CEILING), engine.version(), voice.engine, voice.name, str(words_per_minute))
    return digest((*asked, reference(language), f"{target:.2f}"))


@kept
def _shipped() -> dict[str, float]:
    """Gains by what they follow from, so that one measured with another version of an engine is not used."""
    table = files("publish").joinpath("data", "gains.tsv").read_text("ascii")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {key: float(gain) for key, gain, *_ in rows}


def _said(engine: Engine, utterance: Utterance) -> bytes:
    try:
        return resampled(engine.synthesise(utterance))
    except Unspeakable:
        figures = msgspec.structs.replace(utterance, text=_FIGURES)
        return resampled(engine.synthesise(figures))


def fitting(pcm: bytes, target: float) -> float:
    """The gain that brings sound to ``target`` LUFS once it is encoded; what the limiter takes is made up for."""
    found, heard = 0.0, measure(pcm)
    for _ in range(_ATTEMPTS):
        short = target + SOFTER - heard
        if not math.isfinite(short) or abs(short) < _NEAR:
            break
        found = round(max(-_MOST, min(_MOST, found + short)), 2)
        heard = measure(level(pcm, found))
    return found


_FIGURES = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10. 20, 30, 40, 50, 60, 70, 80, 90, 100."


def reference(language: str) -> str:
    """A text in a language: a few sentences of ours, else what CLDR has of dates, spans of time and countries.

    Lists alone are said more softly than sentences, dates alone more loudly; mixed so they are within half a decibel of
    a briefing in every language measured. A language that CLDR does not know says figures.
    """
    if own := cues(language).reference:
        return own
    locale = babel_locale(language)
    if locale is None:
        return _FIGURES
    from babel.dates import format_date, format_timedelta  # noqa: PLC0415  # its data takes long to read
    from babel.lists import format_list  # noqa: PLC0415

    countries = [str(name) for code, name in sorted(locale.territories.items()) if len(code) == 2]  # noqa: PLR2004
    sentences: list[str] = []
    for number, days in enumerate((3, -20, 400, -2, 40, -800)):
        sentences += (
            format_date(date(2031, number + 1, 2 * number + 2), "full", locale=locale),
            format_list(countries[9 * number : 9 * number + 3], locale=locale),
            format_timedelta(timedelta(days=days), add_direction=True, locale=locale),
        )
    return "".join(f"{sentence}. " for sentence in sentences)
