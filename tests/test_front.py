"""The lines of front matter: what is said of a briefing outside of its turns."""

from __future__ import annotations

import msgspec
import pytest
from small import small_edition

from publish.config import EditionSettings, Settings
from publish.front import about, contents, front, speakers, title_page
from publish.interface import interface
from publish.model import Briefing, Coverage, Edition, Foreign, Link, Paragraph, Text, plain

ENGLISH = interface("en")


def said(lines: tuple[Paragraph, ...]) -> dict[str, str]:
    return {line.id: plain(line.parts) for line in lines}


def changed(edition: Edition, **values: object) -> Edition:
    return msgspec.structs.replace(edition, briefing=msgspec.structs.replace(edition.briefing, **values))


def test_the_title_page_has_title_series_publisher_day_hours_and_place() -> None:
    assert said(title_page(small_edition(), ENGLISH)) == {
        "front-title": "River briefing, 2 April",
        "front-series": "River briefings",
        "front-publisher": "River Authority",
        "front-date": ENGLISH.date("2031-04-02"),
        "front-hours": "From 10:00 A.M.",
        "front-venue": "River hall",
    }


def test_what_is_not_known_is_not_printed() -> None:
    bare = Edition(
        "en",
        "en",
        series=msgspec.structs.replace(small_edition().series, text=""),
        publisher=msgspec.structs.replace(small_edition().publisher, text=""),
        title=small_edition().title,
        venue=None,
        briefing=Briefing("b", "T", ()),
        people={},
        headings={},
        coverage=Coverage(),
    )

    assert said(front(bare, ENGLISH, Settings())) == {
        "front-title": "River briefing, 2 April",
        "front-voices": "The voices are synthetic; they are not those of the people who speak.",
        "front-contents": "Contents",
        "front-about": "About this edition",
        "front-engine": "The voices were made by pyttsx3.",
        "front-unread": "Words that are crossed out, addresses of links and numbers of pages are not read aloud.",
    }


def test_a_date_that_cannot_be_read_is_printed_as_the_source_has_it() -> None:
    edition = changed(small_edition("ar"), date="", date_text="the second Monday")

    (line,) = [line for line in title_page(edition, interface("ar")) if line.id == "front-date"]

    assert (plain(line.parts), line.language) == ("the second Monday", "en")


def test_hours_have_an_end_when_the_source_has_one() -> None:
    edition = changed(small_edition(), end="11:15 A.M.")

    assert said(title_page(edition, ENGLISH))["front-hours"] == "From 10:00 A.M. to 11:15 A.M."


def test_everyone_who_speaks_has_a_line_in_order_of_appearance() -> None:
    assert list(said(speakers(small_edition(), ENGLISH)).items())[1:] == [
        ("front-speaker-mara-lindqvist", f"Mara Lindqvist, {ENGLISH.role('moderator')}, Press officer"),
        ("front-first-mara-lindqvist", "First of 2 turns"),
        ("front-speaker-q", f"Q, {ENGLISH.role('journalist')}"),
        ("front-first-q", "First of 2 turns"),
        ("front-speaker-samir-haddad", "Samir Haddad, Flood engineer, River Authority"),
        ("front-first-samir-haddad", "First of 2 turns"),
    ]


def test_words_in_another_language_than_the_interface_s_say_so() -> None:
    arabic = interface("ar")

    line = speakers(small_edition("ar"), arabic)[1]

    assert line.language == "ar"
    assert [part.language for part in line.parts if isinstance(part, Foreign)] == ["en", "en"]
    assert line.parts[0] == Foreign("en", (Text("Mara Lindqvist"),))


def test_neighbouring_words_of_one_language_are_one_text() -> None:
    for line in front(small_edition(), ENGLISH, Settings(rights="All")):
        assert [type(part) for part in line.parts] == [Text]


def test_a_translation_says_from_what_and_how_much_is_translated() -> None:
    edition = small_edition("ar")
    said_of = {
        share: said(about(msgspec.structs.replace(edition, coverage=Coverage(1000, share)), ENGLISH, Settings()))[
            "front-translation"
        ]
        for share in (0, 455, 999, 1000)
    }

    original = ENGLISH.language_name("en")
    rest = "of the text is translated; the rest stands in the original language."
    assert said_of == {
        0: f"Translated from {original}. {ENGLISH.percent(0.0)} {rest}",
        455: f"Translated from {original}. {ENGLISH.percent(0.45)} {rest}",
        999: f"Translated from {original}. {ENGLISH.percent(0.99)} {rest}",
        1000: f"Translated from {original}.",
    }


@pytest.mark.parametrize(
    ("status", "words"), [("official", "official"), ("unofficial", "unofficial"), ("machine", "machine")]
)
def test_the_kind_of_a_translation_is_said_when_it_is_known(status: str, words: str) -> None:
    settings = Settings(editions={"ar": EditionSettings(status=status)})

    assert words in said(about(small_edition("ar"), ENGLISH, settings))["front-status"]
    assert "front-status" not in said(about(small_edition("ar"), ENGLISH, Settings()))
    aloud = [plain(line.parts) for line in front(small_edition("ar"), ENGLISH, settings)]
    assert sum(f"{words} translation" in line or f"by a {words}" in line for line in aloud) == 1
    assert about(small_edition("en"), ENGLISH, settings) == ()


@pytest.mark.parametrize(
    ("source", "linked"),
    [("https://example.org/a", True), ("javascript:alert(1)", False), ("https://", False), ("", False)],
)
def test_the_original_is_linked_and_its_address_not_read_out(source: str, *, linked: bool) -> None:
    lines = {line.id: line for line in about(changed(small_edition(), source=source), ENGLISH, Settings())}

    assert ("front-source" in lines) == linked
    if linked:
        assert lines["front-source"].parts == (Link(source, (Text("The original transcript"),)),)
        assert list(lines) == ["front-about", "front-source"]


def test_rights_are_in_the_language_of_the_sources() -> None:
    (line,) = about(small_edition("en"), ENGLISH, Settings(rights="Open licence"))[1:]

    assert (plain(line.parts), line.language) == ("Open licence", "en")


def test_one_heading_is_first_and_ids_are_unique() -> None:
    lines = front(small_edition("ar"), interface("ar"), Settings(rights="x"))

    assert [line.level for line in lines if line.level] == [1, 2, 2, 2]
    assert lines[0].level == 1
    assert len({line.id for line in lines}) == len(lines)
    assert all(line.id.startswith("front-") for line in lines)
    assert contents(interface("ar")) in lines


def test_braces_in_a_name_are_no_placeholders() -> None:
    edition = changed(small_edition(), start="{end} {start}", end="{}")

    assert said(title_page(edition, ENGLISH))["front-hours"] == "From {end} {start} to {}"


def test_a_briefing_without_title_is_called_by_its_name() -> None:
    nameless = msgspec.structs.replace(small_edition(), title=msgspec.structs.replace(small_edition().title, text=" "))

    assert said(title_page(nameless, ENGLISH))["front-title"] == "2031-04-02-river"
