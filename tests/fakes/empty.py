"""An engine that gives nothing for the word "boom", and says that all is well."""

from __future__ import annotations

from publish.audio import RATE, Speech, Utterance
from publish.engines import silence

SUMMARY = "gives nothing"
version, voices = silence.version, silence.voices


def synthesise(utterance: Utterance) -> Speech:
    return Speech(b"", RATE) if "boom" in utterance.text else silence.synthesise(utterance)
