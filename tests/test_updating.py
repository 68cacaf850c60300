"""Catalogues brought up to date: nothing that a translator wrote is lost, and nothing stands under the wrong words."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import PARTICIPANTS

from publish import po, templates, updating
from publish.config import CatalogSettings, Settings
from publish.diagnostics import Diagnostic
from publish.memory import Memory
from publish.model import Briefing, Paragraph, Text, Turn
from publish.po import Entry

SETTINGS = Settings(title="River briefings", publisher="River Authority")


def silent(_: Diagnostic) -> None: ...


def talk(**texts: str) -> str:
    """A template; paragraphs by id, each a turn of one speaker."""
    turns = tuple(Turn((Paragraph((Text(text),), key),), "samir-haddad", id=f"t-{key}") for key, text in texts.items())
    return templates.template(Briefing("talk", "Talk", turns, PARTICIPANTS), SETTINGS)


def begun(template: str, translations: dict[str, str]) -> str:
    """A catalogue with final translations of some messages, by their words."""
    text = updating.updated(template, "", "fr", "fr.po", silent)
    entries = (
        msgspec.structs.replace(entry, strings=(translations[entry.id],)) if entry.id in translations else entry
        for entry in po.parse(text, "fr.po").entries
    )
    return po.serialise(entries)


def again(template: str, old: str, memory: Memory | None = None) -> dict[str, Entry]:
    """Entries by context; obsolete ones by ``~`` and their context."""
    text = updating.updated(template, old, "fr", "fr.po", silent, memory=memory)
    entries = po.parse(text, "fr.po").entries
    return {("~" if entry.obsolete else "") + (entry.context or ""): entry for entry in entries}


LONG = "The gauge at the Old Bridge stood at nearly five metres this morning, and it is still rising."
LONGER = "We have closed the quays, the tunnel and both of the schools that stand beside the river."


# --- One message ------------------------------------------------------------------------------------------------------


def test_nothing_changes_when_nothing_changed() -> None:
    template = talk(a="One.", b="Two.")
    old = begun(template, {"One.": "Un."})

    assert updating.updated(template, old, "fr", "fr.po", silent) == old


def test_an_edited_message_becomes_fuzzy_with_its_old_translation_and_original() -> None:
    entry = again(talk(a="One more.", b="Two."), begun(talk(a="One.", b="Two."), {"One.": "Un."}))["talk/a"]

    assert (entry.id, entry.strings, entry.fuzzy) == ("One more.", ("Un.",), True)
    assert entry.previous == (None, "One.", None)


def test_a_message_edited_twice_still_tells_what_its_translation_is_of() -> None:
    once = updating.updated(talk(a="One more."), begun(talk(a="One."), {"One.": "Un."}), "fr", "fr.po", silent)

    entry = again(talk(a="Once more."), once)["talk/a"]

    assert (entry.strings, entry.fuzzy, entry.previous) == (("Un.",), True, (None, "One.", None))


def test_a_removed_message_becomes_obsolete_and_comes_back_final() -> None:
    old = begun(talk(a="One.", b="Two."), {"Two.": "Deux."})
    gone = updating.updated(talk(a="One."), old, "fr", "fr.po", silent)
    assert '#~ msgstr "Deux."' in gone

    back = again(talk(a="One.", b="Two."), gone)

    assert back["talk/b"].translated
    assert back["talk/b"].strings == ("Deux.",)
    assert not any(key.startswith("~") for key in back)


GONE = "We will open the northern gate on Monday, and the harbour will have its water back by the end of that week."
NEW = (
    "Thank you. I wanted to ask about the people in the valley, who are without water since the beginning of the week."
)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (GONE, NEW, False),
        ("No, as president.", "that is Okay.", False),
        ("The wells are full again.", "The two wells are nearly full.", True),
        ("Okay.", "Fine.", True),
    ],
)
def test_one_that_stands_where_another_was_has_its_translation_only_when_they_are_alike(
    before: str,
    after: str,
    same: bool,  # noqa: FBT001  # a column of the table
) -> None:
    """The ids are other ones: a wrong pair costs a translator more than none."""
    old = begun(talk(a=LONG, b=before, c=LONGER), {LONG: "A", before: "B", LONGER: "C"})

    entries = again(talk(a1=LONG, b1=after, c1=LONGER), old)

    assert entries["talk/b1"].strings == ("B" if same else "",)
    assert ("~talk/b" in entries) is not same


def test_a_long_message_that_was_removed_comes_back_final_under_another_id_and_a_short_one_does_not() -> None:
    old = begun(talk(a="One.", b=LONG), {"One.": "Un.", LONG: "Long."})
    gone = updating.updated(talk(c="Three."), old, "fr", "fr.po", silent)

    back = again(talk(c="Three.", x="One.", y=LONG), gone)

    assert (back["talk/y"].strings, back["talk/y"].fuzzy) == (("Long.",), False)
    assert back["talk/x"].strings == ("",)
    assert back["~talk/a"].strings == ("Un.",)
    assert "~talk/b" not in back


def test_of_two_translations_of_one_removed_message_the_one_that_does_not_come_back_stays() -> None:
    """Two branches may each have removed it, and translated it in their own way before."""
    template = talk(a=LONG, b="Two.")
    removed = updating.updated(talk(b="Two."), begun(template, {LONG: "Long."}), "fr", "fr.po", silent)
    other = po.serialise([Entry(id=LONG, context="talk/a", strings=("Autre.",), obsolete=True)])

    found = po.parse(updating.updated(template, f"{removed}\n{other}", "fr", "fr.po", silent), "fr.po").entries

    assert {entry.obsolete: entry.strings for entry in found if entry.id == LONG} == {
        False: ("Autre.",),
        True: ("Long.",),
    }


def test_words_that_come_back_have_their_translation_though_it_went_over_to_what_stood_in_their_place() -> None:
    old = begun(talk(a=LONG, b="Two."), {LONG: "Long."})
    edited = updating.updated(talk(a=LONGER, b="Two."), old, "fr", "fr.po", silent)

    found = again(talk(a=LONGER, b="Two.", c=LONG), edited)

    assert (found["talk/a"].strings, found["talk/c"].strings) == (("Long.",), ("Long.",))
    assert found["talk/c"].fuzzy
    assert found["talk/c"].previous == ("talk/a", LONG, None)


def test_halves_that_are_joined_again_before_anybody_cut_their_translation_have_it_once() -> None:
    whole = f"{LONG} {LONGER}"
    old = begun(talk(a=whole, b="Two."), {whole: "Tout."})
    split = updating.updated(talk(a=LONG, n=LONGER, b="Two."), old, "fr", "fr.po", silent)

    entry = again(talk(a=whole, b="Two."), split)["talk/a"]

    assert (entry.strings, entry.fuzzy, entry.previous[1]) == (("Tout.",), True, whole)


def test_the_catalogue_of_a_briefing_that_was_renamed_is_taken_over_by_its_ids() -> None:
    old = begun(talk(a="Yes, sir.", b=LONG, c="Go ahead."), {"Yes, sir.": "Oui.", LONG: "Long.", "Go ahead.": "Allez."})
    renamed = talk(a="Yes, madam.", b=LONG, c="Go ahead.").replace("talk/", "speech/")

    found = again(renamed, old)

    assert [(found[f"speech/{key}"].strings[0], found[f"speech/{key}"].fuzzy) for key in "abc"] == [
        ("Oui.", True),
        ("Long.", False),
        ("Allez.", False),
    ]
    assert not any(key.startswith(("~", "talk/")) for key in found)


def test_a_catalogue_without_a_transcript_is_inherited_by_the_one_that_says_most_of_it() -> None:
    one, other = (po.parse(talk(a=LONG, b=text), "x").entries for text in (LONGER, "Two."))
    wanted = po.parse(talk(a=LONG, b=LONGER, c="Three."), "x").entries

    assert updating.inherited(wanted, {"one": one, "other": other}) == one
    assert updating.inherited(wanted, {"other": po.parse(talk(z="Nothing like it."), "x").entries}) == ()


def test_what_was_split_or_joined_after_an_edit_still_tells_what_its_translation_is_of() -> None:
    edited = LONG.replace("nearly", "over")
    whole = f"{LONG} {LONGER}"
    once = updating.updated(talk(a=f"{edited} {LONGER}"), begun(talk(a=whole), {whole: "Tout."}), "fr", "fr.po", silent)
    split = again(talk(a=edited, b=LONGER), once)
    assert [split[f"talk/{key}"].previous[1] for key in "ab"] == [whole, whole]
    once = updating.updated(
        talk(a=edited, b=LONGER), begun(talk(a=LONG, b=LONGER), {LONG: "Un.", LONGER: "Deux."}), "fr", "fr.po", silent
    )

    assert again(talk(a=f"{edited} {LONGER}"), once)["talk/a"].previous[1] == whole


def test_a_translator_s_remarks_and_flags_stay() -> None:
    old = begun(talk(a="One."), {"One.": "Un."})
    remarked = old.replace("#. Speaker: Samir", "# see page 3\n#. Speaker: Samir").replace(
        'msgctxt "talk/a"', '#, no-wrap, read-only\nmsgctxt "talk/a"'
    )

    entry = again(talk(a="One."), remarked)["talk/a"]

    assert (entry.comments, entry.flags) == ((" see page 3",), ("no-wrap", "read-only"))


def test_a_language_with_one_plural_form_keeps_it_and_another_gets_its_second() -> None:
    template = 'msgid ""\nmsgstr ""\n\nmsgid "{n} turn"\nmsgid_plural "{n} turns"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    one = 'msgid "{n} turn"\nmsgid_plural "{n} turns"\nmsgstr[0] "{n} 段"\n'
    none = 'msgid "{n} turn"\nmsgstr "{n} tour"\n'

    def strings(old: str) -> tuple[str, ...]:
        return po.parse(updating.updated(template, old, "zh", "zh.po", silent), "zh.po").entries[1].strings

    assert (strings(one), strings(none)) == (("{n} 段",), ("{n} tour", ""))


# --- Messages without an id that is known -----------------------------------------------------------------------------


def test_without_the_ids_equal_words_stay_final_and_edited_ones_become_fuzzy() -> None:
    old = begun(talk(a="One.", b=LONG, c="Three.", d=LONGER), {"One.": "1", LONG: "2", "Three.": "3", LONGER: "4"})

    found = again(talk(w="One.", x=LONG.replace("nearly", "over"), y="Three.", z=LONGER), old)

    assert [found[f"talk/{key}"].strings[0] for key in "wxyz"] == ["1", "2", "3", "4"]
    assert [found[f"talk/{key}"].fuzzy for key in "wxyz"] == [False, True, False, False]
    assert not any(key.startswith("~") for key in found)


def test_an_id_that_stands_for_other_words_does_not_take_them_from_where_they_are() -> None:
    """An edited paragraph keeps the id of its first words; when ids are lost, whoever has those words gets it."""
    old = begun(talk(a=LONGER, c=LONG, d="Two."), {LONG: "Long.", LONGER: "Longer.", "Two.": "Deux."})

    found = again(talk(n=LONGER, a=LONG, d="Two."), old)

    assert (found["talk/a"].strings, found["talk/n"].strings) == (("Long.",), ("Longer.",))
    assert all(found[f"talk/{key}"].translated for key in "and")
    assert not any(key.startswith("~") for key in found)


def test_a_message_that_was_moved_stays_final() -> None:
    old = begun(talk(a=LONG, b="Two.", c=LONGER), {LONG: "1", LONGER: "3"})

    found = again(talk(z=LONGER, y=LONG, x="Two."), old)

    assert [(found[f"talk/{key}"].strings[0], found[f"talk/{key}"].fuzzy) for key in "zy"] == [
        ("3", False),
        ("1", False),
    ]


def test_an_inserted_message_gets_nobody_else_s_translation() -> None:
    found = again(
        talk(a=LONG, n="Nobody has said this before, and it is about trains.", b=LONGER),
        begun(talk(a=LONG, b=LONGER), {LONG: "1", LONGER: "2"}),
    )

    assert found["talk/n"].strings == ("",)


def test_both_halves_of_a_split_message_have_its_translation_to_be_cut() -> None:
    whole = f"{LONG} {LONGER}"
    old = begun(talk(a=whole, b="Two."), {whole: "tout"})

    for first, second in (("a", "n"), ("n", "a")):
        found = again(talk(**{first: LONG, second: LONGER, "b": "Two."}), old)

        assert [found[f"talk/{key}"].strings for key in "an"] == [("tout",), ("tout",)]
        assert all(found[f"talk/{key}"].fuzzy for key in "an")
        assert {found[f"talk/{key}"].previous[1] for key in "an"} == {whole}


def test_a_joined_message_has_both_translations_one_after_the_other() -> None:
    old = begun(talk(a=LONG, c=LONGER, b="Two."), {LONG: "Un.", LONGER: "Deux."})

    for key in ("a", "c"):
        found = again(talk(**{key: f"{LONG} {LONGER}", "b": "Two."}), old)

        assert found[f"talk/{key}"].strings == ("Un. Deux.",)
        assert found[f"talk/{key}"].fuzzy
        assert found[f"talk/{key}"].previous[1] == f"{LONG} {LONGER}"
        assert not any(key.startswith("~") for key in found)


def test_a_joined_message_keeps_the_remarks_and_flags_of_both() -> None:
    old = begun(talk(a=LONG, c=LONGER), {LONG: "Un.", LONGER: "Deux."})
    old = old.replace('msgctxt "talk/c"', '# ask her\n#, no-wrap\nmsgctxt "talk/c"')

    entry = again(talk(a=f"{LONG} {LONGER}"), old)["talk/a"]

    assert (entry.flags, entry.comments) == (("fuzzy", "no-wrap"), (" ask her",))


# --- The same words elsewhere -----------------------------------------------------------------------------------------


def exchanges(*texts: tuple[str, str, str]) -> str:
    """A template of questions and answers: speaker, id, words; Q opens an exchange."""
    turns = tuple(
        Turn((Paragraph((Text(words),), key),), speaker, id=f"t-{key}", opens=speaker == "q")
        for speaker, key, words in texts
    )
    return templates.template(Briefing("talk", "Talk", turns, PARTICIPANTS), SETTINGS)


def test_the_same_words_of_one_speaker_in_one_exchange_are_final_and_elsewhere_fuzzy() -> None:
    template = exchanges(
        ("q", "a", "How high will it be?"),
        ("samir-haddad", "b", "Thank you."),
        ("samir-haddad", "c", "Thank you."),
        ("q", "d", "And when will it be so?"),
        ("samir-haddad", "e", "Thank you."),
    )
    text = updating.updated(template, "", "fr", "fr.po", silent)
    entries = (
        msgspec.structs.replace(entry, strings=("Merci.",)) if entry.context == "talk/b" else entry
        for entry in po.parse(text, "fr.po").entries
    )

    found = again(template, po.serialise(entries))

    assert (found["talk/c"].strings, found["talk/c"].fuzzy) == (("Merci.",), False)
    assert (found["talk/e"].strings, found["talk/e"].fuzzy) == (("Merci.",), True)
    assert found["talk/e"].previous == ("talk/b", "Thank you.", None)


def test_the_same_words_in_another_briefing_are_fuzzy_and_say_where_they_are_from() -> None:
    memory = Memory([Entry(id="Thank you.", context="other/p1", strings=("Merci.",))])

    entry = again(talk(a="Thank you."), "", memory)["talk/a"]

    assert (entry.strings, entry.fuzzy) == (("Merci.",), True)
    assert entry.previous == ("other/p1", "Thank you.", None)


def test_a_passage_in_the_catalogue_s_language_is_its_own_translation() -> None:
    turns = (Turn((Paragraph((Text("Merci à tous."),), "a", "fr"),), "samir-haddad", id="t"),)
    template = templates.template(Briefing("talk", "Talk", turns, PARTICIPANTS), SETTINGS)

    assert again(template, "")["talk/a"].strings == ("Merci à tous.",)
    assert "Merci à tous." not in updating.updated(template, "", "es", "es.po", silent).split("msgstr")[-1]


@pytest.mark.parametrize("strings", [("Nous irons à la rivière.",), ("Nous irons au fleuve.",)])
def test_an_edited_passage_in_the_catalogue_s_language_is_its_own_translation_again(strings: tuple[str]) -> None:
    """Unless somebody put it in other words."""

    def spoken(text: str) -> str:
        turn = Turn((Paragraph((Text(text),), "p1", language="fr"),), "samir-haddad", id="t1")
        return templates.template(Briefing("talk", "Talk", (turn,), PARTICIPANTS), SETTINGS)

    old = updating.updated(spoken("Nous irons à la rivière."), "", "fr", "fr.po", silent)
    old = old.replace('msgstr "Nous irons à la rivière."', f'msgstr "{strings[0]}"')

    entry = again(spoken("Nous irons tous à la rivière."), old)["talk/p1"]

    if "rivière" in strings[0]:
        assert (entry.strings, entry.translated, entry.previous[1]) == ((entry.id,), True, None)
    else:
        assert (entry.strings, entry.fuzzy) == (strings, True)


def test_stage_directions_and_names_can_be_left_as_they_are() -> None:
    settings = msgspec.structs.replace(SETTINGS, catalog=CatalogSettings(leave=("names", "stage directions")))
    briefing = Briefing("talk", "Talk", (Turn((Paragraph((Text("(Laughter.)"),), "a"),), None, id="a"),), PARTICIPANTS)
    people = {person.speaker: person for person in PARTICIPANTS}

    assert again(templates.template(briefing, settings), "")["talk/a"].strings == ("(Laughter.)",)
    series = again(templates.series_template(settings, people, ""), "")
    assert series["speaker/samir-haddad/name"].strings == ("Samir Haddad",)
    assert series["speaker/samir-haddad/title"].strings == ("",)


def test_a_similar_text_of_the_series_is_found_and_a_short_one_is_not() -> None:
    memory = Memory(
        [
            Entry(id=LONG, context="other/p1", strings=("Long.",)),
            Entry(id="Yes, sir.", context="o/p2", strings=("Oui.",)),
        ]
    )

    found = memory.similar(LONG.replace("nearly", "over"))

    assert found is not None
    assert (found.strings, found.context) == (("Long.",), "other/p1")
    assert 75 <= found.likeness < 100
    assert memory.similar("Yes, Sir.") is None
    assert memory.similar("Something else entirely, about trains, weather and the price of bread.") is None


# --- Whatever happens -------------------------------------------------------------------------------------------------

WORDS = ("river", "bridge", "the", "water", "rises", "tonight", "we", "close", "thank", "you", "school", "quay")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)


@given(
    old=st.lists(st.tuples(st.integers(0, 12), TEXTS, st.booleans()), max_size=10, unique_by=lambda row: row[0]),
    new=st.lists(st.tuples(st.integers(0, 16), TEXTS), max_size=10, unique_by=lambda row: row[0]),
)
def test_nothing_that_was_written_is_lost_and_doing_it_again_changes_nothing(
    old: list[tuple[int, str, bool]], new: list[tuple[int, str]]
) -> None:
    first = po.parse(updating.updated(talk(**{f"p{key}": text for key, text, _ in old}), "", "fr", "f", silent), "f")
    written = {f"talk/p{key}": f"«{key}»" for key, _, done in old if done}
    entries = (
        msgspec.structs.replace(entry, strings=(written[entry.context],)) if entry.context in written else entry
        for entry in first.entries
    )
    template = talk(**{f"p{key}": text for key, text in new})

    once = updating.updated(template, po.serialise(entries), "fr", "f", silent)

    found = po.parse(once, "f").entries
    said = " ".join(entry.strings[0] for entry in found)
    assert all(text in said for text in written.values())
    assert updating.updated(template, once, "fr", "f", silent) == once
    before = {f"talk/p{key}": text for key, text, _ in old}
    for entry in found:
        if entry.context in written and before[entry.context] == entry.id:
            assert entry.strings == (written[entry.context],)
            assert entry.translated or entry.obsolete


@pytest.mark.parametrize("count", [2_000])
def test_a_long_catalogue_of_equal_words_takes_no_longer_than_another(count: int) -> None:
    template = talk(**{f"p{number}": "Thank you." for number in range(count)})
    other = talk(**{f"n{number}": "Thank you." for number in range(count)})

    found = again(other, begun(template, {"Thank you.": "Merci."}))

    assert len(found) == count + 2
    assert all(entry.strings == ("Merci.",) for key, entry in found.items() if key.startswith("talk/n"))
    assert all(one.line < other.line for one, other in pairwise(found.values()))
