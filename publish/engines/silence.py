"""silence: says nothing for as long as speech would take; for drafts and tests."""

from __future__ import annotations

import re

from publish.audio import RATE, Mark, Speech, Utterance, Voice

SUMMARY = "no sound, for as long as speech would take; for drafts"
INSTALL = "it comes with the installation"

_WORD = re.compile(r"[^\W_]+")
_TIMBRES = (("plain", ""), ("asked", ""), ("high", "female"), ("low", "male"), ("higher", "female"), ("lower", "male"))


def version() -> str:
    """Of the rule for the length."""
    return "1"


def voices() -> tuple[Voice, ...]:
    """Voices for every language."""
    return tuple(Voice(name, "mul", "silence", name, sex, licence="AGPL-3.0-or-later") for name, sex in _TIMBRES)


def synthesise(utterance: Utterance) -> Speech:
    """Silence: a tenth of a second a word, and a share for each letter; half as much at twice the speed."""
    marks: list[Mark] = []
    at = 0
    for word in _WORD.finditer(utterance.text):
        marks.append(Mark(word.start(), len(word.group()), at))
        at += (RATE // 10 + RATE // 20 * len(word.group())) * 175 // utterance.words_per_minute
    return Speech(b"\0\0" * at, RATE, tuple(marks))
