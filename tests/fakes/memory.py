"""An engine whose library wants more memory than there is at the word "boom"."""

from __future__ import annotations

import resource

from publish import forked
from publish.audio import Speech, SpeechError, Utterance
from publish.engines import silence

SUMMARY = "runs out of memory"
version, voices = silence.version, silence.voices
_LEFT = 1 << 31
"""Bytes of addresses: more than Python and its libraries need, less than it asks for."""


def synthesise(utterance: Utterance) -> Speech:
    if "boom" in utterance.text:
        try:
            forked.forked(_grow, 30)
        except forked.ChildError as error:
            raise SpeechError(f"the engine {error}") from error
    return silence.synthesise(utterance)


def _grow() -> bytes:
    resource.setrlimit(resource.RLIMIT_AS, (_LEFT, _LEFT))
    return b"".join(bytes(1 << 24) for _ in range(1 << 20))
