"""Pages: what is on them, and what hostile words do to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from pages import NAME, NASTY, SETTINGS, hostile, indexes, narrated, page, rich, shelf, source, text, with_status, work
from small import small_briefing, small_edition

from publish.config import AudioSettings, EditionSettings, Site
from publish.diagnostics import Diagnostic
from publish.front import front
from publish.interface import interface
from publish.model import (
    Coverage,
    Narration,
    Phrase,
    paragraphs,
    plain,
)
from publish.task import card
from publish.work import Work
from publish.writers import web

GOLDEN = Path(__file__).parent / "golden" / "web"

# --- What is on a page ------------------------------------------------------------------------------------------------


def test_pages_are_as_expected_to_the_byte(*, update_golden: bool) -> None:
    edition = rich("en")
    for file in (*web.briefing_files(work(edition)), *web.series_files(shelf([edition]))):
        if not file.path.endswith(".html"):
            continue
        golden = GOLDEN / file.path
        assert isinstance(file.content, bytes)
        if update_golden:
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_bytes(file.content)
        assert file.content.decode() == golden.read_text("utf-8")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_word_of_the_source_is_missing(language: str) -> None:
    edition = rich(language)
    words = text(page(work(edition)).find("body"))

    for paragraph in paragraphs(edition.briefing):
        assert "".join(plain(paragraph.parts[:1]).split()) in "".join(words.split())
    assert "RB & 12" in words
    assert "Free to copy." in words


def test_a_page_says_what_it_is_in_which_language() -> None:
    tree = page(work(rich("ar")))

    assert (tree.get("lang"), tree.get("dir")) == ("ar", "rtl")
    assert tree.xpath("//meta[@name='description']/@content")
    assert [one.tag for one in tree.xpath("//h1|//h2|//h3")][:4] == ["h1", "h2", "h2", "h2"]


def test_day_hours_and_place_stand_under_the_title() -> None:
    tree = page(work(rich("en")))

    facts = [text(one) for one in tree.xpath("//main/header//ul[@class='facts']/li")]
    assert facts == ["April 2, 2031", "From 10:00 A.M. to 10:40 A.M.", "River hall"]
    assert tree.xpath("//time/@datetime") == ["2031-04-02"]


def test_the_contents_list_the_opening_and_every_exchange() -> None:
    tree = page(work(rich("en")))

    entries = [(one.get("href"), text(one)) for one in tree.xpath("//nav[@aria-labelledby='contents']//a")]
    assert entries == [
        ("#opening", "Opening"),
        ("#x-t0000003", "Q: How high will the water rise on [Tuesday] night?"),
        ("#x-t0000005", "Q: And who pays for the new gates?"),
    ]


def test_speakers_are_listed_with_what_they_are_and_a_link_to_their_first_turn() -> None:
    tree = page(work(rich("en")))

    lines = [(one.find("a").get("href"), text(one)) for one in tree.xpath("//section[@class='speakers']//li")]
    assert lines == [
        ("#t0000001", "Mara Lindqvist Moderator, Press officer 2 turns"),
        ("#t0000003", "Q Journalist 2 turns"),
        ("#t0000004", "Samir Haddad Official, Flood engineer, River Authority 2 turns"),
    ]


def test_other_languages_are_called_by_their_own_names() -> None:
    tree = page(work(rich("en")))

    (other,) = tree.xpath("//nav[@class='languages']//a")
    assert (other.get("href"), other.get("hreflang"), other.get("lang"), other.get("dir"), other.text) == (
        f"../../ar/{NAME}/index.html", "ar", "ar", "rtl", "العربية",
    )  # fmt: skip
    assert tree.xpath("//nav[@class='languages']//*[@aria-current]/text()") == ["English"]


def test_a_page_in_one_language_has_no_choice_of_languages() -> None:
    assert page(work(rich("en"), languages=("en",))).xpath("//nav[@class='languages']|//link[@hreflang]") == []


def test_what_else_the_front_matter_holds_is_kept() -> None:
    (found,) = page(work(rich("en"))).xpath("//dl")

    assert [(one.tag, text(one)) for one in found] == [
        ("dt", "document number"),
        ("dd", "RB & 12"),
        ("dt", "tags"),
        ("dd", "water"),
        ("dd", "gates"),
        ("dt", "archive"),
        ("dd", "url: https://example.org/a?b&c"),
    ]


def test_the_foot_of_a_turn_has_its_sound_and_its_time_or_number() -> None:
    tree = page(work(small_edition()))

    feet = [[(link.get("href"), link.text) for link in one] for one in tree.xpath("//p[@class='foot']")]
    assert feet[0] == [("audio/t0000001.mp3", "Listen"), ("#t0000001", "10:02")]
    assert feet[1] == [("audio/t0000002.mp3", "Listen"), ("#t0000002", "Turn 2")]
    assert len(feet) == 6


def test_only_what_is_made_is_linked() -> None:
    edition = small_edition()
    partly = narrated(edition, unspoken=("p0000004",))

    def links(**changes: Any) -> set[str]:  # noqa: ANN401
        hrefs = page(work(edition, **changes)).xpath("//a/@href")
        return {Path(href).suffix for href in hrefs} & {".mp3", ".epub"}

    assert links() == {".mp3", ".epub"}
    assert links(formats=frozenset({"web", "epub"})) == {".epub"}
    assert links(formats=frozenset({"web", "audio"}), narration=None) == set()
    assert "audio/t0000002.mp3" not in source(work(edition, narration=partly))


def test_the_episode_is_linked_when_it_is_made() -> None:
    edition = small_edition()

    def links(**changes: Any) -> list[tuple[str, str]]:  # noqa: ANN401
        tree = page(work(edition, formats=frozenset({"web", "episode"}), **changes))
        return [(link.get("href"), link.text) for link in tree.xpath("//ul[@class='actions']//a")]

    assert links() == [(f"{NAME}.mp3", "Listen to the whole briefing")]
    assert links(narration=None) == []
    assert links(narration=Narration(22_050, {})) == []


def test_links_lead_to_the_sound_in_the_codec_that_is_made() -> None:
    settings = msgspec.structs.replace(SETTINGS, audio=AudioSettings(format="opus"))
    hrefs = page(work(small_edition(), settings=settings)).xpath("//p[@class='foot']/a/@href")

    assert "audio/t0000001.opus" in hrefs
    assert not any(".mp3" in href for href in hrefs)


def test_index_pages_link_episodes_and_name_feeds_that_there_are() -> None:
    settings = msgspec.structs.replace(SETTINGS, site=Site("https://example.org/b"))
    editions = [rich("en"), rich("ar")]
    files = {f"en/{NAME}/{NAME}.mp3": ""}
    made = indexes(shelf(editions, files=files, settings=settings, formats=frozenset({"web", "feed"})))

    def feeds(path: str) -> list[tuple[str, str]]:
        found = made[path].xpath("//link[@type='application/rss+xml']")
        return [(one.get("href"), one.get("hreflang")) for one in found]

    assert feeds("en/index.html") == [("feed.xml", "en")]
    assert feeds("ar/index.html") == []
    assert feeds("index.html") == [("en/feed.xml", "en")]
    (link,) = made["en/index.html"].xpath("//section[@id='briefings']//a[contains(@href, '.mp3')]")
    assert (link.get("href"), link.text) == (f"{NAME}/{NAME}.mp3", "Listen to the whole briefing")
    assert not made["ar/index.html"].xpath("//a[contains(@href, '.mp3')]")
    without = indexes(shelf(editions, files=files, formats=frozenset({"web", "feed"})))
    assert not without["en/index.html"].xpath("//link[@type='application/rss+xml']")


def test_cues_have_their_times_and_neighbours_share_a_value() -> None:
    tree = page(work(small_edition()))

    found = {one.get("id"): (one.get("data-begin"), one.get("data-end")) for one in tree.xpath("//p[@data-end]")}
    assert found["p0000001"] == ("0.000", "1.133")
    assert found["p0000002"] == ("1.133", "2.267")
    assert len(found) == 9
    assert "data-begin" not in source(work(small_edition(), formats=frozenset({"web"})))


def test_sentences_have_their_times_where_the_narration_tells_them_and_only_if_it_tells_all() -> None:
    def spans(*sentences: int) -> list[tuple[str, str, str]]:
        narration = narrated(small_edition())
        track = narration.tracks["t0000001"]
        clips = (msgspec.structs.replace(track.clips[0], sentences=sentences), *track.clips[1:])
        tracks = {**narration.tracks, "t0000001": msgspec.structs.replace(track, clips=clips)}
        tree = page(work(small_edition(), narration=msgspec.structs.replace(narration, tracks=tracks)))
        return [
            (one.get("id"), one.get("data-begin"), one.get("data-end")) for one in tree.xpath("//span[@data-begin]")
        ]

    assert spans(10_000, 22_051) == [
        ("p0000001-s1", "0.000", "0.453"),
        ("p0000001-s2", "0.453", "1.000"),
        ("p0000001-s3", "1.000", "1.133"),
    ]
    assert spans() == spans(10_000) == spans(1, 2, 3) == []


def test_a_stage_direction_tells_where_its_sound_is() -> None:
    (stage,) = page(work(small_edition())).xpath("//p[@class='stage']")

    assert stage.get("data-audio") == "audio/p0000003.mp3"
    assert "data-audio" not in source(work(small_edition(), narration=None))


# --- Notices ----------------------------------------------------------------------------------------------------------


def notices(one: Work) -> list[str]:
    return [text(found) for found in page(one).xpath("//p[contains(@class, 'notice')]")]


def test_a_draft_says_that_it_is_one_and_search_engines_are_asked_to_pass_by() -> None:
    draft = msgspec.structs.replace(with_status("draft"), public=False)

    assert notices(draft)[0] == "This is a draft: it may still change."
    assert page(draft).xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert page(with_status("public")).xpath("//meta[@name='robots']") == []


def test_an_embargo_says_until_when() -> None:
    notice = notices(with_status("embargo 2031-04-03T12:00:00Z"))[0]

    assert notice == "Not to be published before 2031-04-03T12:00:00Z."


def test_voices_are_said_to_be_synthetic_where_there_are_any() -> None:
    edition = small_edition()

    assert notices(work(edition)) == ["The voices are synthetic; they are not those of the people who speak."]
    assert notices(work(edition, narration=None)) == []


def test_an_edition_that_nobody_can_speak_says_so() -> None:
    silent = Narration(22_050, {}, ("p0000001",))

    assert notices(work(small_edition(), narration=silent)) == [
        "This edition has no sound: there is no voice for English."
    ]


def test_a_language_of_passages_that_nobody_can_speak_is_named() -> None:
    edition = small_edition()

    assert notices(work(edition, narration=narrated(edition, ("p0000006",)))) == [
        "The voices are synthetic; they are not those of the people who speak.",
        "Paragraphs with words in Arabic have no sound: there is no voice for it.",
    ]


def test_paragraphs_that_could_not_be_spoken_are_counted() -> None:
    edition = small_edition()

    assert notices(work(edition, narration=narrated(edition, ("p0000008",))))[-1] == "1 paragraph has no sound."


def test_how_much_is_translated_is_said_only_where_it_is_not_all() -> None:
    edition = small_edition("ar")
    whole = msgspec.structs.replace(edition, coverage=Coverage(11, 11))

    assert len(notices(work(edition, narration=None))) == 1
    assert interface("ar").percent(0.45) in notices(work(edition, narration=None))[0]
    assert notices(work(whole, narration=None)) == []
    assert page(work(whole)).xpath("//footer//p")


def test_the_kind_of_a_translation_is_said() -> None:
    kind = msgspec.structs.replace(SETTINGS, editions={"ar": EditionSettings(status="machine")})

    assert len(notices(work(small_edition("ar"), settings=kind, narration=None))) == 2


# --- Indexes ----------------------------------------------------------------------------------------------------------


def test_an_index_gives_day_title_place_speakers_questions_and_length() -> None:
    tree = indexes(shelf([small_edition()]))["en/index.html"]

    (link,) = tree.xpath("//section[@id='briefings']//a")
    assert (link.get("href"), text(link)) == (f"{NAME}/index.html", "April 2, 2031: River briefing, 2 April")
    facts = [text(one) for one in tree.xpath("//section[@id='briefings']//ul[@class='facts']/li")]
    assert facts[:3] == ["River hall", "Mara Lindqvist and Samir Haddad", "2 questions"]
    assert len(facts) == 4


def test_the_newest_briefing_is_first_and_one_without_a_date_last() -> None:
    one = card(small_edition(), small_briefing(), None)
    dates = ("", "2029-01-02", "2030-05-06", "2030-07-08")
    cards = tuple(msgspec.structs.replace(one, date=day, briefing=f"b{day}") for day in dates)
    tree = indexes(shelf([small_edition()], cards={"en": cards}))["en/index.html"]

    assert [text(found) for found in tree.xpath("//h2")] == ["2030", "2029", "Without a date"]
    assert tree.xpath("//section[@id='briefings']//a/@href") == [f"b{day}/index.html" for day in reversed(dates)]


def test_a_title_that_holds_the_day_is_not_given_it_twice() -> None:
    one = card(small_edition(), small_briefing(), None)
    dated = msgspec.structs.replace(one, title=Phrase("Briefing of April 2, 2031", "en"))
    tree = indexes(shelf([small_edition()], cards={"en": (dated,)}))["en/index.html"]

    assert [text(link) for link in tree.xpath("//section[@id='briefings']//a")] == ["Briefing of April 2, 2031"]


def test_an_index_names_a_few_of_many_speakers() -> None:
    one = card(small_edition(), small_briefing(), None)
    many = tuple(msgspec.structs.replace(one.speakers[0], name=Phrase(f"N{number}", "en")) for number in range(10))
    tree = indexes(shelf([small_edition()], cards={"en": (msgspec.structs.replace(one, speakers=many),)}))

    facts = [text(found) for found in tree["en/index.html"].xpath("//ul[@class='facts']/li")]
    assert facts[1] == "N0, N1, N2, N3, N4, N5, N6, N7, and 2 more"


def test_the_collection_is_linked_where_books_are_made_of_something() -> None:
    made = indexes(shelf([small_edition()]))["en/index.html"]
    empty = indexes(shelf([small_edition()], cards={"en": ()}))["en/index.html"]
    bare = indexes(shelf([small_edition()], formats=frozenset({"web"})))["en/index.html"]

    assert made.xpath("//ul[@class='actions']//a/@href") == ["river-briefings.epub"]
    assert empty.xpath("//ul[@class='actions']") == bare.xpath("//ul[@class='actions']") == []
    assert text(empty.xpath("//section[@id='briefings']")[0]) == "Nothing is published here yet."


def test_the_page_of_the_series_leads_to_every_language_by_its_own_name() -> None:
    tree = indexes(shelf([small_edition(), small_edition("ar")]))["index.html"]

    links = [(one.get("href"), one.get("hreflang"), one.text) for one in tree.xpath("//main//a")]
    assert links == [("en/index.html", "en", "English"), ("ar/index.html", "ar", "العربية")]
    assert tree.get("lang") == "en"


def test_addresses_are_absolute_only_for_machines_and_only_when_the_site_is_known() -> None:
    known = msgspec.structs.replace(SETTINGS, site=Site("https://press.example/"))
    tree = page(work(small_edition(), settings=known))

    assert tree.xpath("//link[@rel='canonical']/@href") == [f"https://press.example/en/{NAME}/index.html"]
    assert tree.xpath("//link[@hreflang='ar']/@href") == [f"https://press.example/ar/{NAME}/index.html"]
    assert not any(href.startswith("https://press") for href in tree.xpath("//a/@href"))


# --- Hostile words ----------------------------------------------------------------------------------------------------
def test_no_field_can_put_markup_on_an_index() -> None:
    phrase = Phrase(NASTY, "en")
    one = card(small_edition(), small_briefing(), None)
    speakers = tuple(msgspec.structs.replace(speaker, name=phrase) for speaker in one.speakers)
    nasty = msgspec.structs.replace(one, title=phrase, venue=phrase, date=NASTY, speakers=speakers)
    trees = indexes(shelf([small_edition()], cards={"en": (nasty,)}, titles={"en": (NASTY, NASTY, NASTY)}))

    for tree in trees.values():
        assert tree.xpath("//script") == []
        assert text(tree.xpath("//h1")[0]) == NASTY


def test_signs_that_turn_the_direction_reach_no_further_than_their_field() -> None:
    tree = page(hostile())

    assert "\u202e" not in tree.findtext(".//title") + tree.xpath("//meta[@name='description']/@content")[0]
    for element in tree.xpath("//*[contains(text(), '\u202e')]"):
        around = [element, *element.iterancestors()]
        assert any(
            one.tag in {"bdi", "p", "li", "h1", "h2", "h3", "dt", "dd", "time"} or one.get("dir") for one in around
        )


def test_a_link_that_is_not_printed_is_reported_with_its_place() -> None:
    findings: list[Diagnostic] = []
    list(web.briefing_files(msgspec.structs.replace(hostile(), report=findings.append)))

    assert {found.code for found in findings} == {"H002"}
    assert "javascript:alert(1)" in findings[0].message


def test_equal_input_gives_equal_bytes() -> None:
    assert source(work(rich("ar"))) == source(work(rich("ar")))
    assert front(rich("ar"), interface("ar"), SETTINGS)
