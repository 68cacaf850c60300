"""An engine whose library takes its process down at the word "boom"."""

from __future__ import annotations

import os

from publish import forked
from publish.audio import Speech, SpeechError, Utterance
from publish.engines import silence

SUMMARY = "crashes"
version, voices = silence.version, silence.voices


def synthesise(utterance: Utterance) -> Speech:
    if "boom" in utterance.text:
        try:
            forked.forked(_abort, 10)
        except forked.ChildError as error:
            raise SpeechError(f"the engine {error}") from error
    return silence.synthesise(utterance)


def _abort() -> bytes:
    os.abort()
