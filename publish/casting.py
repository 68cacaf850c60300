"""Who speaks with which voice."""

from __future__ import annotations

from collections.abc import Iterable

from publish.audio import Voice

# --- The voices there are ---------------------------------------------------------------------------------------------

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
    """The voice for a language that is called ``wanted``, or has its timbre; else the first that there is."""
    named = next((voice for voice in voices if voice.name == wanted), None)
    if named and named.language.partition("-")[0].lower() in (language.partition("-")[0].lower(), _ANY):
        return named
    timbre = named.timbre if named else wanted
    able = voices_for(voices, language)
    return next((voice for voice in able if voice.timbre == timbre), able[0] if able else None)
