"""An engine that stops in the middle of a text with the word "boom"."""

from __future__ import annotations

import msgspec

from publish.audio import Speech, Utterance
from publish.engines import silence

SUMMARY = "gives a half"
version, voices = silence.version, silence.voices


def synthesise(utterance: Utterance) -> Speech:
    speech = silence.synthesise(utterance)
    if "boom" not in utterance.text:
        return speech
    return msgspec.structs.replace(speech, pcm=speech.pcm[: len(speech.pcm) // 4 * 2])
