"""stub"""

from __future__ import annotations

import msgspec

from publish.audio import Phonemes


class Said(msgspec.Struct, frozen=True):
    text: str
    phonemes: tuple[Phonemes, ...] = ()

    def printed(self, position: int) -> int:
        return position


class Lexicon(msgspec.Struct, frozen=True):
    pass


def said(printed: str, language: str, lexicon: Lexicon) -> Said:
    return Said(printed)
