"""An engine that never comes back from the word "boom"."""

from __future__ import annotations

import time

from publish import forked
from publish.audio import Speech, SpeechError, Utterance
from publish.engines import silence

SUMMARY = "hangs"
version, voices = silence.version, silence.voices


def synthesise(utterance: Utterance) -> Speech:
    if "boom" in utterance.text:
        try:
            forked.forked(_wait, 0.2)
        except forked.ChildError as error:
            raise SpeechError(f"the engine {error}") from error
    return silence.synthesise(utterance)


def _wait() -> bytes:
    time.sleep(600)
    return b""
