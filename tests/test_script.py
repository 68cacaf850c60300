"""What is said of an edition, by whom, and where each word of it is printed."""

from __future__ import annotations

import msgspec
import pytest
from small import small_edition

from publish import narrating, script
from publish.config import AudioSettings, Settings
from publish.diagnostics import NOWHERE
from publish.interface import interface
from publish.model import Deleted, Foreign, Inline, Text, Vocal, plain
from publish.script import NARRATOR, Line, Script, runs, tracks


def line(*parts: Inline) -> Line:
    return Line("p0", parts, "en", "me", 0.0, NOWHERE)


def test_a_position_is_found_beyond_a_deletion_that_left_two_spaces_and_words_of_another_language() -> None:
    of = line(Text("On "), Deleted((Text("Monday"),)), Text(" we meet. "), Foreign("fr", (Text("À demain!"),)))
    english, french = runs(of)

    assert english.text == "On we meet."
    assert english.origin(len("On ")) == len("On  ")
    assert french.origin(len("À ")) == len("On  we meet. À ")


# --- Tracks -----------------------------------------------------------------------------------------------------------


def names(announce: str) -> tuple[Settings, Script]:
    settings = Settings(audio=AudioSettings(announce=announce))
    return settings, narrating.script(small_edition(), interface("en"), settings)


@pytest.mark.parametrize(
    ("announce", "said"),
    [("name", "Samir Haddad"), ("name and role", "Samir Haddad, Flood engineer, River Authority")],
)
def test_a_turn_is_announced_by_the_narrator_with_as_much_as_is_wanted(announce: str, said: str) -> None:
    settings, words = names(announce)
    first = dict(tracks(small_edition(), words, settings))["t0000004"][0]

    assert (first.id, first.speaker, plain(first.parts), first.earcon) == ("t0000004-n", NARRATOR, said, False)


def test_a_short_sound_may_stand_for_the_name_or_nothing() -> None:
    for announce, ids in (("earcon", ["t0000004-n", "p0000006"]), ("off", ["p0000006"])):
        settings, words = names(announce)
        lines = dict(tracks(small_edition(), words, settings))["t0000004"]

        assert [one.id for one in lines][: len(ids)] == ids
        assert lines[0].earcon == (announce == "earcon")


def test_the_first_lines_say_that_the_voices_are_nobodys_and_what_kind_of_translation_this_is() -> None:
    from publish.config import EditionSettings  # noqa: PLC0415

    settings = Settings(editions={"fr": EditionSettings(status="machine")})
    edition = msgspec.structs.replace(small_edition(), language="fr", source_language="en")
    front = {one.id: plain(one.parts) for one in narrating.script(edition, interface("fr"), settings).front}

    assert front["front-voices"] == (
        "Les voix sont de synthèse ; ce ne sont pas celles des personnes qui parlent. "
        + interface("fr").gettext("This translation was made by a machine.")
    )


def test_stage_directions_are_said_by_the_narrator() -> None:
    settings, words = names("name")
    lines = dict(tracks(small_edition(), words, settings))["p0000003"]

    assert [(one.id, one.speaker) for one in lines] == [("p0000003", NARRATOR)]
    assert [run.speaker for run in runs(line(Text("So. "), Vocal("(Laughter.)")))] == ["me", NARRATOR]
    assert script.FRONT == "front-1"
