"""Casting: every speaker keeps one voice, and those who meet can be told apart."""

from __future__ import annotations

from publish import casting
from publish.engines import pyttsx3


def test_a_named_voice_speaks_its_own_language_and_lends_its_timbre_to_others() -> None:
    voices = pyttsx3.voices()

    def name(language: str) -> str:
        found = casting.voice_for(voices, language, "en-GB-x-rp+m8")
        assert found
        return found.name

    assert (name("en"), name("fr")) == ("en-GB-x-rp+m8", "fr+m8")
