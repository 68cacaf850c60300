"""An engine that tells a rate which is not that of its sound, for texts with the word "boom"."""

from __future__ import annotations

import msgspec

from publish.audio import Speech, Utterance
from publish.engines import silence

SUMMARY = "tells a wrong rate"
version, voices = silence.version, silence.voices


def synthesise(utterance: Utterance) -> Speech:
    speech = silence.synthesise(utterance)
    return msgspec.structs.replace(speech, rate=0) if "boom" in utterance.text else speech
