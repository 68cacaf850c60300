"""A catalogue that was handed out comes back: what each side did is kept, what conflicts is shown."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import PARTICIPANTS

from publish import po, returning, templates, updating
from publish.config import Settings
from publish.diagnostics import Diagnostic
from publish.interchange import xliff
from publish.model import Briefing, Emphasis, Paragraph, Text, Turn
from publish.po import Entry
from publish.returning import Sides, Taken

LONG = "The gauge at the Old Bridge stood at nearly five metres this morning, and it is still rising."
EDITED = "The gauge at the Old Bridge stood at nearly six metres this morning, and it is still rising."
OTHER = "We have closed the quays, the tunnel and both of the schools that stand beside the river."


def template(**texts: str) -> tuple[Entry, ...]:
    turns = tuple(Turn((Paragraph((Text(text),), key),), "samir-haddad", id=f"t-{key}") for key, text in texts.items())
    return po.parse(templates.template(Briefing("talk", "Talk", turns, PARTICIPANTS), Settings()), "x").entries


def filled(entries: tuple[Entry, ...], **translations: str) -> tuple[Entry, ...]:
    """The catalogue with some translations, by paragraph."""
    made = updating.brought(entries, (), "fr", None) if entries[0].flags else entries
    by_context = {f"talk/{key}": (text,) for key, text in translations.items()}
    return tuple(
        msgspec.structs.replace(one, strings=by_context[one.context], flags=()) if one.context in by_context else one
        for one in made
    )


def by_po(sent: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What a translator has who gets it as PO."""
    return po.parse(po.serialise(returning.stamped(sent)), "fr.po").entries


def taken(
    today: tuple[Entry, ...], ours: tuple[Entry, ...], theirs: tuple[Entry, ...], base: tuple[Entry, ...] | None
) -> tuple[Taken, dict[str, Entry], list[Diagnostic]]:
    findings: list[Diagnostic] = []
    made = returning.taken(Sides(today, ours, theirs, base), "fr", ("ours.po", "theirs.po"), findings.append)
    by_key = {("~" if one.obsolete else "") + (one.context or "").removeprefix("talk/"): one for one in made.entries}
    return made, by_key, findings


# --- What was sent ----------------------------------------------------------------------------------------------------


def test_a_po_file_tells_by_its_header_what_was_sent() -> None:
    sent = filled(template(a="One.", b="Two.", c="Three."), a="Un.", b="Deux.")

    stamped = by_po(sent)

    assert po.same(returning.sent(stamped, sent) or (), [one for one in sent if one.id])
    assert returning.sent(sent, sent) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("Un.", "Un.", "Un."),
        ("Un.", "Une.", "Un."),
        ("Une.", "Un.", "Un."),
        ("Une.", "Unes.", None),
    ],
)
def test_the_message_that_was_sent_is_that_of_the_side_that_left_it_alone(
    ours: str, theirs: str, expected: str | None
) -> None:
    sent = filled(template(a="One."), a="Un.")

    found = returning.sent(filled(by_po(sent), a=theirs), filled(sent, a=ours)) or ()

    assert next((one.strings[0] for one in found if one.context == "talk/a"), None) == expected


def test_what_was_sent_without_a_translation_is_known_whatever_came_of_it() -> None:
    sent = filled(template(a="One."))

    found = returning.sent(filled(by_po(sent), a="Une."), filled(sent, a="Un.")) or ()

    assert [one.strings for one in found if one.context == "talk/a"] == [("",)]


# --- Three ways -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "ours", "theirs", "expected"),
    [
        ("", "", "Un.", "Un."),
        ("", "Un.", "", "Un."),
        ("Un.", "Un.", "Une.", "Une."),
        ("Un.", "Une.", "Un.", "Une."),
        ("Un.", "Une.", "Une.", "Une."),
        ("Un.", "Un.", "", "Un."),
    ],
)
@pytest.mark.parametrize("form", ["po", "xliff"])
def test_what_one_side_changed_is_taken(before: str, ours: str, theirs: str, expected: str, form: str) -> None:
    today = template(a="One.")
    sent, mine = filled(today, a=before), filled(today, a=ours)
    back = filled(by_po(sent) if form == "po" else sent, a=theirs)
    base = returning.sent(back, mine) if form == "po" else sent

    _, made, findings = taken(today, mine, back, base)

    assert (made["a"].strings[0], made["a"].fuzzy) == (expected, False)
    assert [finding.code for finding in findings] == (["C022"] if before and not theirs else [])


def test_what_both_changed_is_shown_and_not_chosen() -> None:
    today = template(a="One.")
    sent = filled(today, a="Un.")
    back = filled(by_po(sent), a="Unes.")
    mine = filled(sent, a="Une.")

    counts, made, findings = taken(today, mine, back, returning.sent(back, mine))

    assert (made["a"].strings, made["a"].fuzzy) == (("Une.",), True)
    assert made["a"].comments == (" Conflict: the other translation is Unes.",)
    assert [(finding.code, finding.place.file) for finding in findings] == [("C004", "ours.po")]
    assert counts.conflicts == 1


def test_without_the_base_nothing_is_lost_either() -> None:
    today = template(a="One.", b="Two.")
    mine, back = filled(today, a="Un."), filled(today, a="Une.", b="Deux.")

    _, made, findings = taken(today, mine, back, None)

    assert made["b"].strings == ("Deux.",)
    assert (made["a"].fuzzy, made["a"].comments) == (True, (" Conflict: the other translation is Une.",))
    assert [finding.code for finding in findings] == ["C004"]


def test_a_catalogue_that_there_is_not_yet_is_begun() -> None:
    today = template(a="One.")

    counts, made, _ = taken(today, (), filled(by_po(filled(today)), a="Un."), None)

    assert made["a"].strings == ("Un.",)
    assert counts.changed == 1
    assert "Language: fr\n" in made[""].strings[0]
    assert "X-Publish-Sent" not in made[""].strings[0]


def test_what_a_tool_fills_in_with_the_original_where_nobody_has_translated_is_not_taken() -> None:
    today = template(a=LONG, b=OTHER, c="Go on.", d="OK.")
    sent = filled(today, b="Nous avons fermé.")
    back = filled(by_po(sent), a=LONG, c="Go on.", d="OK.", b="Nous avons fermé les quais.")

    counts, made, findings = taken(today, sent, back, sent)

    assert {key: made[key].strings[0] for key in "abcd"} == {
        "a": "",
        "b": "Nous avons fermé les quais.",
        "c": "",
        "d": "",
    }
    assert counts.changed == 1
    (finding,) = findings
    assert finding.code == "C022"
    assert finding.message.startswith("3 messages came back with their originals, word for word, and are not taken;")


def test_a_word_that_is_the_same_in_both_languages_is_taken() -> None:
    today = template(a=LONG, b="OK.")

    _, made, findings = taken(today, (), filled(by_po(filled(today)), a="L’échelle monte.", b="OK."), None)

    assert (made["b"].strings, made["b"].fuzzy, findings) == (("OK.",), False, [])


# --- An old copy ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["po", "xliff"])
def test_an_old_copy_is_brought_up_to_date(form: str) -> None:
    sent = filled(template(a=LONG, b=OTHER, c="Gone."), a="Ancien.", c="Parti.")
    back = filled(by_po(sent) if form == "po" else sent, a="Nouveau.", b="Fermé.")
    today = template(new="Quite new.", b=OTHER, a=EDITED)
    mine = tuple(updating.brought(today, sent, "fr", None))
    base = returning.sent(back, mine) if form == "po" else sent

    _, made, findings = taken(today, mine, back, base)

    assert not findings
    assert (made["a"].strings, made["a"].fuzzy, made["a"].previous[1]) == (("Nouveau.",), True, LONG)
    assert (made["b"].strings, made["b"].fuzzy) == (("Fermé.",), False)
    assert made["new"].strings == ("",)
    assert made["~c"].strings == ("Parti.",)


def test_words_for_a_paragraph_that_is_gone_are_obsolete_and_told() -> None:
    sent = filled(template(a="One.", b=LONG))
    back = filled(by_po(sent), b="Le niveau.")

    _, made, findings = taken(template(a="One."), filled(template(a="One.")), back, returning.sent(back, ()))

    assert made["~b"].strings == ("Le niveau.",)
    assert [finding.code for finding in findings] == ["C022"]
    assert "obsolete" in findings[0].message


# --- What tools lose --------------------------------------------------------------------------------------------------


def test_flags_comments_and_originals_that_a_tool_loses_stay() -> None:
    today = template(a=EDITED)
    sent = tuple(
        msgspec.structs.replace(
            one,
            strings=("Ancien.",),
            flags=("fuzzy", "max-length:9"),
            previous=(None, LONG, None),
            comments=(" ask", " her"),
        )
        if one.context == "talk/a"
        else one
        for one in filled(today)
    )
    back = tuple(
        msgspec.structs.replace(
            one, flags=("fuzzy",), previous=(None, None, None), comments=(" ask her",), extracted=()
        )
        if one.context == "talk/a"
        else one
        for one in filled(by_po(sent))
    )

    _, made, findings = taken(today, sent, back, returning.sent(back, sent))

    assert not findings
    assert made["a"] == next(one for one in updating.brought(today, sent, "fr", None) if one.context == "talk/a")


def test_tags_that_are_not_those_of_the_message_are_told_with_file_and_line() -> None:
    turn = Turn((Paragraph((Emphasis((Text("Now"),)),), "a"),), "samir-haddad", id="t")
    today = po.parse(templates.template(Briefing("talk", "Talk", (turn,), PARTICIPANTS), Settings()), "x").entries
    sent = tuple(updating.brought(today, (), "fr", None))
    back = tuple(
        msgspec.structs.replace(one, strings=("<b>Ici</b>",)) if one.context == "talk/a" else one for one in by_po(sent)
    )

    _, made, findings = taken(today, sent, back, returning.sent(back, sent))

    assert (made["a"].strings, made["a"].fuzzy) == (("<b>Ici</b>",), True)
    assert [(finding.code, finding.place.file) for finding in findings] == [("C003", "theirs.po")]
    assert findings[0].place.line == next(one.line for one in back if one.context == "talk/a")


def test_the_header_tells_who_translated_last_and_keeps_what_is_ours() -> None:
    today = template(a="One.")
    mine = filled(today)
    stamp = by_po(mine)
    text = stamp[0].strings[0].replace("nobody yet", "Ada <ada@example.org>")
    text = text.replace("PO-Revision-Date: 1980", "PO-Revision-Date: 2031").replace("X-Source-Language: en\n", "")
    back = (msgspec.structs.replace(stamp[0], strings=(f"{text}X-Generator: Some tool\n",)), *stamp[1:])

    _, made, _ = taken(today, mine, back, None)

    fields = made[""].strings[0]
    for field in ("Last-Translator: Ada <ada@example.org>\n", "PO-Revision-Date: 2031", "X-Source-Language: en\n"):
        assert field in fields
    assert "X-Publish-Sent" not in fields


# --- Nothing is lost --------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["", "Un.", "Deux.", "Trois."])
SIDE = st.fixed_dictionaries({"a": WORDS, "b": WORDS, "c": WORDS})
SOURCES = st.fixed_dictionaries(
    {},
    optional={
        "b": st.sampled_from([OTHER, "Two."]),
        "a": st.sampled_from([LONG, EDITED]),
        "c": st.just("Three."),
        "d": st.sampled_from(["Four.", LONG]),
    },
)


@given(SIDE, SIDE, SIDE, SOURCES, st.sampled_from(["po", "xliff", "unknown"]))
def test_whatever_both_did_no_word_of_either_is_lost(
    before: dict[str, str], ours: dict[str, str], theirs: dict[str, str], now: dict[str, str], form: str
) -> None:
    then, today = template(a=LONG, b=OTHER, c="Three."), template(**now)
    sent = filled(then, **before)
    mine = tuple(updating.brought(today, filled(sent, **ours), "fr", None))
    if form == "xliff":
        came = xliff.read(xliff.write(filled(sent, **theirs), "talk", "en", "fr"), "x.xlf", lambda _: None).entries
        base: tuple[Entry, ...] | None = sent
    else:
        came = filled(by_po(sent) if form == "po" else sent, **theirs)
        base = returning.sent(came, mine)

    made, _, _ = taken(today, mine, came, base)

    there = "\n".join(line for one in made.entries for line in (*one.strings, *one.comments))
    for key in "abc":
        if ours[key] != before[key] or form == "unknown":
            assert ours[key] in there
        if theirs[key] != before[key] or form == "unknown":
            assert theirs[key] in there
    again = returning.taken(Sides(today, made.entries, came, base), "fr", ("o", "t"), lambda _: None)
    assert {one.context for one in again.entries} == {one.context for one in made.entries}
