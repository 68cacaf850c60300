"""The markup of turns: what is printed, how it nests, and that it is well-formed whatever the words are."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from lxml import etree, html
from small import small_edition

from publish.headings import heading, opening
from publish.interface import interface
from publish.markup import Medium, address, escape, inline, label, sentences, transcript, turn
from publish.model import (
    Deleted,
    Edition,
    Emphasis,
    Foreign,
    Image,
    Inline,
    Link,
    PageBreak,
    Paragraph,
    Person,
    Phrase,
    Text,
    Turn,
    Vocal,
    plain,
)

EDITIONS = {"en": small_edition(), "ar": small_edition("ar")}


def medium(edition: Edition, *, xhtml: bool = False) -> Medium:
    return Medium(edition=edition, interface=interface(edition.language), xhtml=xhtml)


ENGLISH = medium(EDITIONS["en"])


def marked(*parts: Inline | str) -> str:
    """A paragraph's sentences."""
    texts = tuple(Text(part) if isinstance(part, str) else part for part in parts)
    return sentences(Paragraph(texts, "p1", "en"), ENGLISH)


def tree(markup: str) -> Any:  # noqa: ANN401  # xpath gives what it finds
    return etree.fromstring(f"<body>{markup}</body>")


def span(number: int, words: str) -> str:
    return f'<span id="p1-s{number}" role="none">{words}</span>'


def edited(edition: Edition, key: str, **changes: object) -> tuple[Edition, Turn]:
    """The edition with one turn changed, and that turn."""
    turns = tuple(msgspec.structs.replace(one, **changes) if one.id == key else one for one in edition.briefing.turns)
    briefing = msgspec.structs.replace(edition.briefing, turns=turns)
    return msgspec.structs.replace(edition, briefing=briefing), next(one for one in turns if one.id == key)


# --- Sentences --------------------------------------------------------------------------------------------------------


def test_each_sentence_is_a_span_without_role_and_without_white_space_at_its_end() -> None:
    assert marked("One is here. Two is there.") == f"{span(1, 'One is here.')} {span(2, 'Two is there.')}"


def test_an_emphasis_over_the_end_of_a_sentence_is_cut_in_two() -> None:
    expected = f"{span(1, 'He said <em>no.</em>')} {span(2, '<em>Never</em> again.')}"

    assert marked("He said ", Emphasis((Text("no. Never"),)), " again.") == expected


def test_nests_are_cut_at_every_level() -> None:
    inner = Emphasis((Text("Stop. Go"),), strong=True)
    one, two = ("<em>{}<strong>{}</strong>{}</em>".format(*words) for words in (("He: ", "Stop.", ""), ("", "Go", "!")))

    assert marked(Emphasis((Text("He: "), inner, Text("!")))) == f"{span(1, one)} {span(2, two)}"


def test_sentences_that_meet_in_a_link_are_one() -> None:
    link = '<a href="https://example.org/" rel="external">the plan. The map</a>'
    expected = span(1, f"See {link} is there.") + " " + span(2, "Good.")

    assert marked("See ", Link("https://example.org/", (Text("the plan. The map"),)), " is there. Good.") == expected


def test_what_was_heard_is_whole() -> None:
    vocal = '<span class="vocal">(Laughter. Applause.)</span>'

    assert vocal in marked("Thank you. ", Vocal("(Laughter. Applause.)"))


def test_deleted_words_stay_where_they_were() -> None:
    words = marked("We come on ", Deleted((Text("Monday. No"),)), " Tuesday. Good.")

    assert words == f"{span(1, 'We come on <del>Monday. No</del> Tuesday.')} {span(2, 'Good.')}"


def test_a_page_break_is_an_anchor_without_words_even_inside_of_a_sentence() -> None:
    anchor = '<span class="page" id="p1-b1" role="none" data-label="2"></span>'

    assert marked("We go ", PageBreak("2"), "on.") == span(1, f"We go {anchor}on.")


def test_a_passage_in_another_language_says_so_in_each_of_its_sentences() -> None:
    words = marked("He said: ", Foreign("ar", (Text("نعم. لا."),)))

    assert words.count('<span lang="ar" dir="rtl">') == len(words.split("role=")) - 1 == 2


def test_a_paragraph_that_is_one_passage_in_another_language_says_so_once() -> None:
    """Said of each sentence, Orca reads "space" between two of them."""
    passage = Paragraph((Foreign("ar", (Text("نعم. "), Emphasis((Text("لا."),)))),), "p1", "en")
    edition, of = edited(EDITIONS["en"], EDITIONS["en"].briefing.turns[0].id, paragraphs=(passage,))

    (printed,) = tree(turn(of, medium(edition))).iter("p")

    assert (printed.get("lang"), printed.get("dir")) == ("ar", "rtl")
    assert [span.get("lang") for span in printed.iter("span")] == [None, None]
    assert "".join(printed.itertext()) == "نعم. لا."


def test_a_stage_direction_in_another_language_says_so_once() -> None:
    passage = Paragraph((Foreign("ar", (Text("(تصفيق)"),)),), "p1", "en")

    printed = turn(Turn((passage,), id="p1"), ENGLISH)

    assert printed == '<p class="stage" id="p1" lang="ar" dir="rtl">(تصفيق)</p>\n'


def test_a_space_between_sentences_is_in_no_emphasis() -> None:
    assert marked(Emphasis((Text("Yes. No."),))) == f"{span(1, '<em>Yes.</em>')} {span(2, '<em>No.</em>')}"


def test_an_image_is_its_words_and_says_that_it_is_one() -> None:
    assert inline((Image("A map"),), ENGLISH) == '<span class="image">[Image: <bdi>A map</bdi>]</span>'


def test_the_words_that_say_so_are_in_the_language_of_the_page_and_the_images_own_in_the_sources() -> None:
    arabic = medium(EDITIONS["ar"])

    words = tree(sentences(Paragraph((Text("See "), Image("A map")), "p1", "en"), arabic)).xpath("//*[@class='image']")[
        0
    ]
    assert (words.get("lang"), words.get("dir"), words[0].get("lang"), words[0].text) == ("ar", "rtl", "en", "A map")
    assert ' lang="' not in inline((Foreign("ar", (Image("خريطة"),)),), arabic).partition('class="image"')[2]


# --- Turns ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", EDITIONS)
@pytest.mark.parametrize("xhtml", [False, True])
def test_a_transcript_is_well_formed_and_holds_no_id_twice(language: str, *, xhtml: bool) -> None:
    body = tree(transcript(medium(EDITIONS[language], xhtml=xhtml)))

    ids = body.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_html_and_xml_parsers_read_the_same() -> None:
    text = transcript(ENGLISH)

    shape = [(one.tag, dict(one.attrib), one.text, one.tail) for one in tree(text).iter()]
    found: Any = html.document_fromstring(f"<body>{text}</body>").find("body")
    assert [(one.tag, dict(one.attrib), one.text, one.tail) for one in found.iter()] == shape


@pytest.mark.parametrize("language", EDITIONS)
def test_every_turn_is_an_article_named_by_its_one_heading_and_nothing_else_is(language: str) -> None:
    edition = EDITIONS[language]
    body = tree(transcript(medium(edition)))

    spoken = [one for one in edition.briefing.turns if one.speaker is not None]
    articles = body.findall(".//article")
    assert [one.get("id") for one in articles] == [one.id for one in spoken]
    for one, article in zip(spoken, articles, strict=True):
        (title,) = article.xpath("h1|h2|h3|h4|h5|h6")
        assert article[0] is title
        assert title.tag == ("h2" if one.opens else "h3")
        assert title.get("id") == article.get("aria-labelledby") == f"{one.id}-h"
    assert len(body.xpath("//*[@aria-labelledby or @aria-label or @aria-roledescription]")) == len(spoken)


@pytest.mark.parametrize("language", EDITIONS)
def test_a_heading_prints_the_words_that_are_spoken(language: str) -> None:
    edition = EDITIONS[language]
    body = tree(transcript(medium(edition)))
    words = interface(language)

    for one in edition.briefing.turns:
        if one.speaker is not None:
            said = heading(one, edition, words)
            assert "".join(body.xpath(f"//*[@id='{said.id}']")[0].itertext()) == plain(said.parts)
    said = opening(edition, words)
    assert "".join(body.xpath("//*[@id='opening-h']")[0].itertext()) == plain(said.parts)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("t0000001", "Mara Lindqvist, Moderator, Press officer"),
        ("t0000002", "Mara Lindqvist, continued"),
        ("t0000003", "Q: How high will the water rise on [Tuesday] night?"),
        ("t0000004", "Samir Haddad, Flood engineer, River Authority"),
        ("t0000006", "Samir Haddad"),
    ],
)
def test_a_heading_says_who_speaks_and_more_only_once(key: str, words: str) -> None:
    edition = EDITIONS["en"]
    one = next(one for one in edition.briefing.turns if one.id == key)

    assert plain(heading(one, edition, interface("en")).parts) == words


def test_names_and_questions_keep_their_language() -> None:
    edition = EDITIONS["ar"]
    body = tree(transcript(medium(edition)))

    (name, question) = body.xpath("//*[@id='t0000005-h']/*")
    assert (name.tag, name.get("lang"), name.get("dir")) == ("bdi", "en", "ltr")
    assert (question.get("lang"), question.text) == ("en", "And who pays for the new gates?")
    assert body.xpath("//*[@id='t0000003-h']/span") == []
    assert body.xpath("//*[@id='p0000002']/@lang") == ["en"]
    assert body.xpath("//*[@id='p0000001']/@lang") == []


def test_a_long_title_is_left_to_the_list_of_speakers() -> None:
    edition = EDITIONS["en"]
    long = Phrase("Deputy Under-Secretary for the Lower and the Upper River and all Lakes", "en")
    person = Person(Phrase("Mara Lindqvist", "en"), "person", "moderator", long)
    edition = msgspec.structs.replace(edition, people={**edition.people, "mara-lindqvist": person})

    assert plain(heading(edition.briefing.turns[0], edition, interface("en")).parts) == "Mara Lindqvist, Moderator"


def test_headings_of_the_source_keep_their_ids_and_all_their_words() -> None:
    heads = (
        Paragraph((Text("Money"),), "h1", "en", 1),
        Paragraph((Text("Who "), Emphasis((Text("pays"),))), "h2", "en", 2),
    )
    edition, one = edited(EDITIONS["en"], "t0000005", headings=heads)

    title = tree(turn(one, medium(edition))).xpath("//h2")[0]
    assert "".join(title.itertext()) == "Q: Money: Who pays" == plain(heading(one, edition, interface("en")).parts)
    assert ["".join(part.itertext()) for part in title.xpath("span[@id][@role='none']")] == ["Money", "Who pays"]
    assert title.xpath("span/@id") == ["h1", "h2"]


def test_a_heading_of_the_source_before_a_stage_direction_is_printed() -> None:
    heads = (Paragraph((Text("Part two"),), "h1", "en", 1),)
    edition, one = edited(EDITIONS["en"], "p0000003", headings=heads, opens=True)

    body = tree(turn(one, medium(edition)))
    assert "".join(body.xpath("h2[@id='p0000003-h']/span[@id='h1']/text()")) == "Part two"
    assert body[1].get("class") == "stage"


def test_a_stage_direction_is_a_paragraph_of_its_own() -> None:
    one = EDITIONS["en"].briefing.turns[1]

    assert turn(one, ENGLISH) == '<p class="stage" id="p0000003">(The lights go out.)</p>\n'


def test_a_briefing_without_questions_has_a_transcript_and_no_opening() -> None:
    edition = EDITIONS["en"]
    briefing = msgspec.structs.replace(edition.briefing, turns=edition.briefing.turns[:3])

    assert plain(opening(msgspec.structs.replace(edition, briefing=briefing), interface("en")).parts) == "Transcript"


def test_a_name_of_nothing_but_white_space_is_replaced() -> None:
    edition = EDITIONS["en"]
    people = {key: msgspec.structs.replace(one, name=Phrase(" ", "en")) for key, one in edition.people.items()}

    last = msgspec.structs.replace(edition, people=people)
    assert plain(heading(last.briefing.turns[-1], last, interface("en")).parts) == "A speaker"


def test_what_leads_to_an_exchange_holds_neither_ids_nor_links() -> None:
    heads = (Paragraph((Link("https://example.org/", (Text("Money"),)),), "h1", "fr", 1),)
    edition, one = edited(EDITIONS["en"], "t0000005", headings=heads)

    assert label(one, medium(edition)) == '<bdi>Q</bdi>: <span lang="fr" dir="ltr">Money</span>'


def test_a_book_says_the_language_for_xml_too() -> None:
    text = turn(EDITIONS["en"].briefing.turns[4], medium(EDITIONS["en"], xhtml=True))

    assert '<span lang="ar" xml:lang="ar" dir="rtl">' in text


def test_the_times_of_a_cue_are_data_of_its_paragraph() -> None:
    timed = msgspec.structs.replace(ENGLISH, times={"p0000009": ("0.000", "1.250")})

    assert '<p id="p0000009" data-begin="0.000" data-end="1.250">' in transcript(timed)
    assert transcript(timed).count("data-begin") == 1


# --- What stands in sources -------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script>&amp;\"'\u202e\x01\ufffe\U0001fffe"


def test_no_word_becomes_markup() -> None:
    assert escape(HOSTILE) == "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;&quot;'\u202e\ufffd\ufffd\ufffd"


def test_no_value_of_a_source_leaves_its_place() -> None:
    edition = EDITIONS["en"]
    nasty = Phrase(HOSTILE, "en")
    person = Person(nasty, "person", "official", nasty, nasty)
    edition = msgspec.structs.replace(
        edition,
        people=dict.fromkeys(edition.people, person),
        headings=dict.fromkeys(edition.headings, nasty),
    )
    parts = (Text(HOSTILE), Vocal(HOSTILE), Image(HOSTILE), PageBreak(HOSTILE), Link("https://a.b/" + HOSTILE, ()))
    edition, _ = edited(edition, "t0000004", paragraphs=(Paragraph(parts, "p1", "en"),))

    body = tree(transcript(medium(edition)))
    assert body.xpath("//script") == []
    assert "".join(body.xpath("//*[@id='t0000004']/h3/bdi/text()")) == HOSTILE[:-3] + "\ufffd\ufffd\ufffd"
    assert body.xpath("//*[@id='p1-b1']/@data-label") == [HOSTILE[:-3] + "\ufffd\ufffd\ufffd"]


@pytest.mark.parametrize(
    ("href", "printed"),
    [
        ("https://example.org/a?b=1&c=2#d", "https://example.org/a?b=1&c=2#d"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("mailto:press@example.org", "mailto:press@example.org"),
        (' https://example.org/a b|c"<d>', "https://example.org/a%20b%7Cc%22%3Cd%3E"),
        ("https://example.org/été/50%", "https://example.org/été/50%25"),
        ("https://example.org/\u202egpj.exe", "https://example.org/%E2%80%AEgpj.exe"),
        ("https://example.org/#a#b", "https://example.org/#a%23b"),
        ("javascript:alert(1)", ""),
        (" JavaScript:alert(1)", ""),
        ("java\tscript:alert(1)", ""),
        ("\x01javascript:alert(1)", ""),
        ("data:text/html,<script>", ""),
        ("file:///etc/passwd", ""),
        ("//example.org/", ""),
        ("/path", ""),
        ("#there", ""),
        ("https:", ""),
        ("https:///path", ""),
        ("https://[::1/", ""),
        ("https://example.org:port/", ""),
        ("mailto:", ""),
        ("", ""),
    ],
)
def test_an_address_is_printed_only_when_it_can_be_nothing_else(href: str, printed: str) -> None:
    assert address(href) == printed


def test_a_link_that_is_not_printed_leaves_its_words() -> None:
    assert inline((Link("javascript:alert(1)", (Text("the "), Emphasis((Text("plan"),)))),), ENGLISH) == (
        "the <em>plan</em>"
    )


def test_a_link_without_words_is_not_printed() -> None:
    assert inline((Link("https://example.org/", (Text(" "),)),), ENGLISH) == " "
