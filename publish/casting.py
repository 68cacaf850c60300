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


from typing import Literal  # noqa: E402

import msgspec  # noqa: E402


class Seat(msgspec.Struct, frozen=True):
    speaker: str
    sex: Literal["female", "male", ""]
    unnamed: bool


class Roll(msgspec.Struct, frozen=True):
    briefing: str
    date: str
    seats: tuple[Seat, ...]


class Cast(msgspec.Struct, frozen=True):
    voices: dict[str, dict[str, str]]
    rows: str


def roll(briefing, settings):  # type: ignore
    labels = {turn.speaker: turn.label for turn in reversed(briefing.turns) if turn.label}
    sexes = {"MS.": "female", "MRS.": "female", "MISS": "female", "MR.": "male"}
    return Roll(
        briefing.name,
        briefing.date,
        tuple(
            Seat(
                p.speaker,
                (settings.speakers[p.speaker].sex if p.speaker in settings.speakers else "")
                or p.sex
                or sexes.get(labels.get(p.speaker, "").partition(" ")[0].upper(), ""),
                p.kind == "unnamed",
            )
            for p in briefing.participants
        ),
    )


def cast(rolls, rows, settings, bands, report):  # type: ignore
    voices = {}
    for name, band in bands.items():
        timbres = {voice.timbre: voice.sex for voice in reversed(voices_for(band, settings.language) or band)}
        ordered = list(reversed(timbres)) or [""]
        known = {}
        for line in rows.splitlines():
            who, engine, voice = line.split("\t")
            if engine == name:
                known[who] = voice
        free = ordered[2:] or ordered
        for roll in sorted(rolls, key=lambda roll: (roll.date, roll.briefing)):
            for seat in roll.seats:
                of = settings.speakers.get(seat.speaker)
                if seat.unnamed:
                    voices.setdefault(name, {})[seat.speaker] = ordered[1 % len(ordered)]
                    continue
                if seat.speaker not in known:
                    fitting = [t for t in free if not seat.sex or timbres[t] == seat.sex] or free
                    known[seat.speaker] = min(fitting, key=list(known.values()).count)
                    rows += f"{seat.speaker}\t{name}\t{known[seat.speaker]}\n"
                voices.setdefault(name, {})[seat.speaker] = (of and of.voice) or known[seat.speaker]
    return Cast(voices, rows)
