"""The voices of an engine: which one speaks a language, and who stands for whom in another."""

from __future__ import annotations

import pytest

from publish.audio import Voice
from publish.engines import pyttsx3
from publish.voices import company, voice_for


def test_a_named_voice_speaks_its_own_language_and_lends_its_timbre_to_others() -> None:
    voices = pyttsx3.voices()

    def name(language: str) -> str:
        found = voice_for(voices, language, "en-GB-x-rp+m8")
        assert found
        return found.name

    assert (name("en"), name("fr")) == ("en-GB-x-rp+m8", "fr+m8")


PEOPLE = tuple(
    Voice(f"{language}_{name}", language, "folder", "", sex)
    for language, names in (
        ("en", (("amy", "female"), ("bob", "male"), ("cat", "female"), ("dan", "male"), ("eve", "female"))),
        ("fr", (("anne", "female"), ("bruno", "male"), ("carla", "female"), ("denis", "male"))),
        ("de", (("anna", "female"),)),
    )
    for name, sex in names
)


@pytest.mark.parametrize(
    ("wanted", "language", "name"),
    [
        ("en_cat", "en", "en_cat"),
        ("en_amy", "fr", "fr_anne"),
        ("en_bob", "fr", "fr_bruno"),
        ("en_cat", "fr", "fr_carla"),
        ("en_eve", "fr", "fr_carla"),
        ("en_dan", "fr", "fr_denis"),
        ("fr_denis", "en", "en_dan"),
        ("en_dan", "de", "de_anna"),
        ("en_dan", "ru", None),
    ],
)
def test_where_voices_have_no_timbre_each_has_a_counterpart_in_other_languages(
    wanted: str, language: str, name: str | None
) -> None:
    found = voice_for(PEOPLE, language, wanted)

    assert (found.name if found else None) == name


def test_the_company_of_an_engine_is_one_voice_a_timbre_in_its_own_order() -> None:
    found = [voice.timbre for voice in company(pyttsx3.voices(), "fr")]

    assert found == list(dict.fromkeys(voice.timbre for voice in pyttsx3.voices()))
    assert [voice.name for voice in company(PEOPLE, "ru")] == [voice.name for voice in PEOPLE[:5]]
    assert company((), "en") == ()
