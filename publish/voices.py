"""The voices that an engine has: which one speaks a language, and how far two are apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from publish.audio import Voice

APART = 0.12
"""Share by which the median pitch of two voices differs at least when people can tell them apart."""
LEADS = 2
"""Voices that are given to no speaker who is named: the narrator's, and that of those who are not."""
_MOST = 48
"""Voices of an engine that are cast; nobody can tell more apart."""

_ALIASES = {"cmn": "zh", "no": "nb", "nn": "nb", "iw": "he", "zh-hk": "yue", "zh-hant-hk": "yue", "zh-yue": "yue"}
"""Tags, in small letters, whose voice goes by another."""
_ANY = "mul"


def voices_for(voices: Iterable[Voice], language: str) -> tuple[Voice, ...]:
    """The voices that speak a language: as it is written in a country, else as such; none when there are none."""
    by_language: dict[str, list[Voice]] = {}
    for voice in voices:
        by_language.setdefault(voice.language.lower(), []).append(voice)
    tag = language.lower()
    while tag:
        for name in (tag, _ALIASES.get(tag, "")):
            if name in by_language:
                return tuple(by_language[name])
        tag = tag.rpartition("-")[0]
    return tuple(by_language.get(_ANY, ()))


def voice_for(voices: tuple[Voice, ...], language: str, wanted: str) -> Voice | None:
    """The voice for a language that is called ``wanted``, or has its timbre; else the one that stands for it."""
    named = next((voice for voice in voices if voice.name == wanted), None)
    if named and named.language.partition("-")[0].lower() in (language.partition("-")[0].lower(), _ANY):
        return named
    able = voices_for(voices, language)
    if named and not named.timbre:
        return _counterpart(named, voices, able)
    timbre = named.timbre if named else wanted
    return next((voice for voice in able if voice.timbre == timbre), able[0] if able else None)


def _counterpart(named: Voice, voices: Iterable[Voice], able: Sequence[Voice]) -> Voice | None:
    """Of ``able`` the voice with the same place as ``named`` has among those of its language, and its sex.

    So a narrator stays the narrator, and two speakers stay two, in a language whose voices are other people.
    """
    own = [voice for voice in voices if voice.language == named.language]
    at = own.index(named)
    if at < LEADS or len(able) <= LEADS:
        return able[min(at, len(able) - 1)] if able else None
    alike = [voice for voice in able[LEADS:] if voice.sex == named.sex] or able[LEADS:]
    at = [voice for voice in own[LEADS:] if voice.sex == named.sex].index(named)
    return alike[at % len(alike)]


def called(voice: Voice) -> str:
    """What a cast calls a voice."""
    return voice.timbre or voice.name


def company(voices: Sequence[Voice], language: str) -> tuple[Voice, ...]:
    """One voice of each timbre that an engine has for a language, the narrator's first.

    When it has none, those of the language that it has most voices for.
    """
    able = voices_for(voices, language)
    if not able and voices:
        most = Counter(voice.language for voice in voices).most_common(1)[0][0]
        able = tuple(voice for voice in voices if voice.language == most)
    return tuple({called(voice): voice for voice in reversed(able)}.values())[::-1][:_MOST]


def distance(one: Voice, other: Voice) -> float:
    """Share by which the higher of two voices lies above the lower; where it was not measured, as much as is needed."""
    if called(one) == called(other):
        return 0.0
    low, high = sorted((one.pitch, other.pitch))
    return high / low - 1 if low else APART


def from_the_middle(voices: Sequence[Voice]) -> tuple[tuple[Voice, ...], frozenset[str]]:
    """Voices, those nearest to the middle first, and the names of those that lie there.

    In the middle are those that are neither a woman's nor a man's, else the half whose pitch is nearest to it.
    """
    pitches = [voice.pitch for voice in voices if voice.pitch]
    centre = math.sqrt(min(pitches) * max(pitches)) if pitches else 1.0

    def away(voice: Voice) -> tuple[bool, float]:
        return bool(voice.sex), abs(math.log((voice.pitch or centre) / centre))

    ordered = tuple(sorted(voices, key=away))
    neither = sum(not voice.sex for voice in voices)
    return ordered, frozenset(called(voice) for voice in ordered[: neither or (len(voices) + 1) // 2])
