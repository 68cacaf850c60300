"""From paragraphs to messages, and from translations to editions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from small import PARTICIPANTS, small_briefing

from publish import catalog, po, templates, updating
from publish.config import EditionSettings, Settings, Site
from publish.diagnostics import Diagnostic
from publish.interface import interface
from publish.messages import TagError, message, translated
from publish.model import (
    Briefing,
    Code,
    Deleted,
    Edition,
    Editorial,
    Emphasis,
    Foreign,
    Image,
    Inaudible,
    Inline,
    Inserted,
    Link,
    PageBreak,
    Paragraph,
    Phrase,
    Text,
    Turn,
    Vocal,
    paragraphs,
    plain,
)

SETTINGS = Settings(title="River briefings", publisher="River Authority")
EVERY: tuple[Inline, ...] = (
    Text("A & B < C "),
    Emphasis((Text("now "), Emphasis((Text("really"),), strong=True))),
    Link("https://example.org/", (Text("there"),)),
    Foreign("es", (Text("hola"),)),
    Code("x < 1"),
    Vocal("(Laughter.)"),
    Inaudible("(inaudible)"),
    Inserted((Text("[Friday]"),)),
    Editorial((Text("[sic]"),)),
    Image("a map"),
    PageBreak("2"),
    Text("end"),
)


def silent(_: Diagnostic) -> None: ...


def built(briefing: Briefing, language: str, *texts: str, report: Callable[[Diagnostic], None] = silent) -> Edition:
    files = [catalog.parse(f"{number}.po", text, language, report) for number, text in enumerate(texts)]
    return catalog.edition(briefing, language, files, (), SETTINGS, interface(language), report)


def filled(briefing: Briefing, translations: dict[str, str], *, fuzzy: bool = False) -> str:
    """A catalogue with translations of some messages, by the message."""
    text = updating.updated(templates.template(briefing, SETTINGS), "", "fr", "fr.po", silent)
    entries = [
        msgspec.structs.replace(entry, strings=(translations[entry.id],), flags=("fuzzy",) if fuzzy else entry.flags)
        if entry.id in translations
        else entry
        for entry in po.parse(text, "fr.po").entries
    ]
    return po.serialise(entries)


def talk(*texts: str) -> Briefing:
    turns = tuple(
        Turn((Paragraph((Text(text),), f"p{number}"),), "samir-haddad", id=f"t{number}")
        for number, text in enumerate(texts)
    )
    return Briefing("talk", "Talk", turns, PARTICIPANTS)


# --- Messages ---------------------------------------------------------------------------------------------------------


def test_plain_words_are_a_message_as_they_are() -> None:
    assert message((Text("A & B <script>"),)) == ("A & B <script>", False)


def test_tags_stand_where_parts_stand_and_signs_are_escaped_only_then() -> None:
    text, tagged = message(EVERY)

    assert tagged
    assert text == (
        "A &amp; B &lt; C <em>now <strong>really</strong></em>"
        '<a id="1">there</a><f id="1">hola</f><code>x &lt; 1</code><v>(Laughter.)</v><gap>(inaudible)</gap>'
        '<ins>[Friday]</ins><ed>[sic]</ed><alt>a map</alt><x id="1"/>end'
    )


def test_a_message_is_its_own_translation() -> None:
    assert translated(message(EVERY)[0], EVERY) == EVERY


def test_words_that_were_taken_out_are_in_no_message() -> None:
    parts = (Text("on "), Deleted((Text("Monday"),)), Text(" "), Inserted((Text("[Tuesday]"),)))

    assert message(parts)[0] == "on <ins>[Tuesday]</ins>"


def test_a_translation_may_move_tags_and_gets_addresses_from_the_source() -> None:
    source = (Text("See "), Link("https://example.org/", (Text("the plan"),)), Text(" "), Emphasis((Text("now"),)))

    assert translated('<em>Maintenant</em>, voyez <a id="1">le plan</a>', source) == (
        Emphasis((Text("Maintenant"),)),
        Text(", voyez "),
        Link("https://example.org/", (Text("le plan"),)),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("voyez le plan", "<a> is missing"),
        ('<a id="1">le</a> <a id="1">plan</a>', "once too often"),
        ('<a id="2">le plan</a>', "is not in the message"),
        ('<a id="1">le plan', "is not closed"),
        ('le plan</a><a id="1">', "closes nothing"),
        ('<a id="1" onclick="x()">le plan</a>', "begins no tag"),
        ('<a id="1">le plan</a><script>x()</script>', "is not in the message"),
        ('<a id="1">le plan</a> & 2 < 3', "begins no tag"),
        ('<a id="1"/>', "must be written as in the message|is not closed"),
    ],
)
def test_tags_that_are_not_those_of_the_message_are_refused(text: str, said: str) -> None:
    with pytest.raises(TagError, match=said):
        translated(text, (Text("See "), Link("https://example.org/", (Text("the plan"),))))


# --- Templates --------------------------------------------------------------------------------------------------------


def test_every_paragraph_is_a_message_with_its_id_as_context() -> None:
    briefing = small_briefing()

    entries = po.parse(templates.template(briefing, SETTINGS), "x").entries

    contexts = {entry.context for entry in entries}
    assert {f"{briefing.name}/{of.id}" for of in paragraphs(briefing)} <= contexts
    assert {f"{briefing.name}/title", f"{briefing.name}/venue"} <= contexts


def test_an_insertion_changes_no_message_and_only_the_comments_of_its_neighbours() -> None:
    texts = ("One.", "Two.", "Three.", "Four.")
    turns = talk(*texts).turns
    between = Turn((Paragraph((Text("Between."),), "p9"),), "samir-haddad", id="t9")
    longer = msgspec.structs.replace(talk(), turns=(*turns[:2], between, *turns[2:]))

    before, after = (
        {entry.context: entry for entry in po.parse(templates.template(talk_, SETTINGS), "x").entries if entry.context}
        for talk_ in (talk(*texts), longer)
    )

    assert {key: after[key].id for key in before} == {key: entry.id for key, entry in before.items()}
    changed = {key for key in before if after[key].extracted != before[key].extracted}
    assert changed == {"talk/p1", "talk/p2"}


def test_a_translator_is_told_who_speaks_what_is_answered_and_what_stands_around() -> None:
    question = "How high will the water rise in the town tonight?"
    turns = (
        Turn((Paragraph((Text(question),), "p1"),), "q", id="t1", opens=True),
        Turn((Paragraph((Text("Two metres."),), "p2"),), "samir-haddad", id="t2"),
        Turn((Paragraph((Text("Merci, " + "très " * 20),), "p3", "fr"),), "samir-haddad", id="t3"),
    )
    settings = msgspec.structs.replace(SETTINGS, site=Site(url="https://example.org/b"))

    entries = po.parse(templates.template(Briefing("b", "River", turns, PARTICIPANTS), settings), "x").entries

    assert {entry.context: entry.extracted for entry in entries[2:]} == {
        "b/p1": (
            "Speaker: Q, journalist",
            "Exchange x-t1",
            "See https://example.org/b/en/b/#p1",
            "After: “Two metres.”",
        ),
        "b/p2": (
            "Speaker: Samir Haddad, official, Flood engineer, River Authority",
            f"Answers x-t1: “{question}”",
            "See https://example.org/b/en/b/#p2",
            f"Before: “{question}”",
            "After: “Merci, très très très très très très très très très très …”",
        ),
        "b/p3": (
            "Speaker: Samir Haddad, official, Flood engineer, River Authority",
            f"Answers x-t1: “{question}”",
            "Original in fr",
            "See https://example.org/b/en/b/#p3",
            "Before: “Two metres.”",
        ),
    }


def test_msgfmt_finds_nothing_in_templates_and_begun_catalogues(tmp_path: Path, msgfmt: Callable[..., str]) -> None:
    template = tmp_path / "a.pot"
    template.write_text(templates.template(small_briefing(), SETTINGS), encoding="utf-8")
    begun = tmp_path / "fr.po"
    begun.write_text(updating.updated(template.read_text("utf-8"), "", "fr", "fr.po", silent), encoding="utf-8")

    assert msgfmt(template) == ""
    assert msgfmt(begun, "--check") == ""


# --- Editions ---------------------------------------------------------------------------------------------------------


def test_what_is_not_translated_stays_in_its_language_and_is_marked() -> None:
    edition = built(talk("One.", "Two."), "fr", filled(talk("One.", "Two."), {"One.": "Un."}))

    first, second = (of for of in paragraphs(edition.briefing))
    assert (plain(first.parts), first.language) == ("Un.", "fr")
    assert (plain(second.parts), second.language) == ("Two.", "en")
    assert (edition.coverage.translated, edition.coverage.total) == (1, 3)


def test_a_fuzzy_translation_is_never_used() -> None:
    edition = built(talk("One."), "fr", filled(talk("One."), {"One.": "Un."}, fuzzy=True))

    assert plain(next(paragraphs(edition.briefing)).parts) == "One."
    assert edition.coverage.fuzzy == 1


def test_a_translation_of_other_words_under_the_same_id_is_not_used() -> None:
    edition = built(talk("Twenty litres."), "fr", filled(talk("Thirty litres."), {"Thirty litres.": "Trente litres."}))

    assert plain(next(paragraphs(edition.briefing)).parts) == "Twenty litres."


def test_markup_in_a_translation_is_text() -> None:
    edition = built(talk("One."), "fr", filled(talk("One."), {"One.": "<script>alert(1)</script>"}))

    assert next(paragraphs(edition.briefing)).parts == (Text("<script>alert(1)</script>"),)


def test_a_translation_with_broken_tags_is_reported_and_the_original_is_shown() -> None:
    briefing = msgspec.structs.replace(
        talk("x"), turns=(Turn((Paragraph((Emphasis((Text("Now"),)),), "p0"),), "samir-haddad", id="t0"),)
    )
    findings: list[Diagnostic] = []

    edition = built(briefing, "fr", filled(briefing, {"<em>Now</em>": "<b>Ici</b>"}), report=findings.append)

    assert plain(next(paragraphs(edition.briefing)).parts) == "Now"
    assert [finding.code for finding in findings] == ["C003"]
    assert findings[0].place.line > 0


def test_titles_names_and_headings_are_those_of_the_edition() -> None:
    question = "How high will the water rise in the town tonight?"
    turns = (
        Turn((Paragraph((Text(question),), "p1"),), "q", id="t1", opens=True),
        Turn((Paragraph((Text("Two metres."),), "p2"),), "samir-haddad", id="t2"),
    )
    briefing = Briefing("b", "River", turns, PARTICIPANTS)
    text = filled(briefing, {question: "Jusqu’où l’eau montera-t-elle en ville ce soir ?", "River": "Rivière"})
    shared = 'msgctxt "speaker/q/name"\nmsgid "Q"\nmsgstr "Question"\n'

    edition = catalog.edition(
        briefing,
        "fr",
        [catalog.parse("fr.po", text, "fr", silent)],
        [catalog.parse("series.po", shared, "fr", silent)],
        SETTINGS,
        interface("fr"),
        silent,
    )

    assert edition.title == Phrase("Rivière", "fr")
    assert edition.people["q"].name == Phrase("Question", "fr")
    assert edition.headings == {"t1": Phrase("Jusqu’où l’eau montera-t-elle en ville ce soir ?", "fr")}


def test_a_more_general_language_stands_in_where_the_wanted_one_has_nothing() -> None:
    general = catalog.parse("pt.po", filled(talk("One.", "Two."), {"One.": "Um.", "Two.": "Dois."}), "pt", silent)
    narrow = catalog.parse("pt_BR.po", filled(talk("One.", "Two."), {"One.": "Um, gente."}), "pt-BR", silent)

    edition = catalog.edition(
        talk("One.", "Two."), "pt-BR", [narrow, general], (), SETTINGS, interface("pt-BR"), silent
    )

    found = [(plain(of.parts), of.language) for of in paragraphs(edition.briefing)]
    assert found == [("Um, gente.", "pt-BR"), ("Dois.", "pt")]


# --- Who translated ---------------------------------------------------------------------------------------------------


def translated_by(header: str, *, used: bool = True, settings: Settings = SETTINGS) -> tuple[str, ...]:
    briefing = small_briefing()
    text = f'msgid ""\nmsgstr "Last-Translator: {header}\\n"\n\nmsgctxt "{briefing.name}/p0000009"\n'
    text += f'msgid "The Authority does."\nmsgstr "{"L’Autorité." if used else ""}"\n'
    found = catalog.parse("fr.po", text, "fr", silent)
    return catalog.edition(briefing, "fr", (found,), (), settings, interface("fr"), silent).translators


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("Jeanne Dupont <jeanne@example.org>", ("Jeanne Dupont",)),
        ("李雷", ("李雷",)),
        ("jeanne@example.org", ()),
        ("Jeanne <jeanne@example.org", ("Jeanne",)),
        ("FULL NAME <EMAIL@ADDRESS>", ()),
        ("nobody yet", ()),
        ("Automatically generated", ()),
        ("", ()),
    ],
)
def test_the_translator_is_named_without_an_address(header: str, names: tuple[str, ...]) -> None:
    assert translated_by(header) == names


def test_nobody_is_named_whose_words_are_not_used_and_no_machine_is() -> None:
    assert translated_by("Jeanne Dupont", used=False) == ()
    machine = msgspec.structs.replace(SETTINGS, editions={"fr": EditionSettings(status="machine")})
    assert translated_by("Jeanne Dupont", settings=machine) == ()


def test_what_the_cover_shows_is_a_message_of_the_series() -> None:
    settings = msgspec.structs.replace(SETTINGS, cover="cover.png", cover_alt="The river")
    assert 'msgctxt "series/cover"' in templates.series_template(settings, {}, "")
    text = 'msgctxt "series/cover"\nmsgid "The river"\nmsgstr "Le fleuve"\n'
    shared = (catalog.parse("series.po", text, "fr", silent),)

    def shown(settings: Settings) -> Phrase | None:
        return catalog.edition(small_briefing(), "fr", (), shared, settings, interface("fr"), silent).cover

    assert shown(settings) == Phrase("Le fleuve", "fr")
    assert shown(msgspec.structs.replace(settings, cover="")) is None
    assert shown(SETTINGS) is None
