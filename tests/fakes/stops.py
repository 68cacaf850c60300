"""An engine that leaves out the second half of the words of a text with "boom": sound and marks agree."""

from __future__ import annotations

import msgspec

from publish.audio import Speech, Utterance
from publish.engines import silence

SUMMARY = "stops early"
version, voices = silence.version, silence.voices


def synthesise(utterance: Utterance) -> Speech:
    if "boom" not in utterance.text:
        return silence.synthesise(utterance)
    first = utterance.text[: len(utterance.text) // 2]
    return silence.synthesise(msgspec.structs.replace(utterance, text=first))
