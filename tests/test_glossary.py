"""The glossary: terms are found as people write them, and a rendering that is missing is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import glossary, po
from publish.diagnostics import Diagnostic
from publish.glossary import Glossary
from publish.po import Entry

TABLE = """\
term,fr,es,ar,zh_Hans,note
budget,budget,presupuesto,ميزانية,预算,the city's yearly one
flood gate,vanne de crue | vanne,compuerta,,,
ice,,hielo,,,
"""


def read(text: str | bytes) -> tuple[Glossary, list[tuple[str, int]]]:
    findings: list[Diagnostic] = []
    found = glossary.parse(text, "locales/glossary.csv", findings.append)
    assert {finding.code for finding in findings} <= {"C024"}
    return found, [(finding.message, finding.place.line) for finding in findings]


def names(text: str) -> list[str]:
    return [term.term for term in read(TABLE)[0].found(text)]


def final(text: str, translation: str, *, fuzzy: bool = False) -> Entry:
    return Entry(id=text, context="a/p1", strings=(translation,), flags=("fuzzy",) if fuzzy else ())


# --- The file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        TABLE,
        TABLE.encode(),
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("budget,budget", '"budget","budget"'),
        f"\n{TABLE}\n,,,,,\n",
        TABLE.replace("term,", "Term ,").replace("note", "NOTE"),
    ],
)
def test_a_table_is_read_as_spreadsheets_write_it(written: str | bytes) -> None:
    found, findings = read(written)

    assert not findings
    assert [term.term for term in found.terms.values()] == ["budget", "flood gate", "ice"]
    assert found.terms["budget"].renderings["zh-Hans"] == ("预算",)
    assert found.terms["flood gate"].rendered("fr-CA") == ("vanne de crue", "vanne")
    assert found.terms["budget"].note == "the city's yearly one"


@pytest.mark.parametrize(
    ("written", "said", "line"),
    [
        ("word,fr\na,b\n", "no column 'term'", 1),
        ("term,fr\na,b,c\n", "more cells than the header", 2),
        ("term,fr\na,b\n\nA,c\n", "stands already in line 2", 4),
        ("term,fr\n,b\n", "no term", 2),
        (f"term,fr\n{'a' * 300},b\n", "very long", 2),
        ("term,fr,French words\na,b,c\n", "neither term, note nor a language", 1),
        (b"term,fr\na,caf\xe9\n", "not UTF-8", 2),
        ('term,fr\na,"b\n', "cannot be read", 2),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line(written: str | bytes, said: str, line: int) -> None:
    _, findings = read(written)

    assert [(said in message, at) for message, at in findings] == [(True, line)]


def test_the_rows_that_can_be_used_are_used_all_the_same() -> None:
    found, _ = read("term,fr\na,b,c\nriver,rivière\n")

    assert list(found.terms) == ["river"]


@given(st.text() | st.binary())
def test_no_file_is_a_fault_of_the_reader(data: str | bytes) -> None:
    read(data)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_term_breaks_a_catalogue(text: str) -> None:
    cell = text.replace('"', "'")
    found, _ = read(f'term,fr,note\n"{cell}","{cell}","{cell}"\n')

    told = next(found.told([Entry(id="x", extracted=found.comments(text))], "fr"))

    assert po.same(po.parse(po.serialise([told]), "x").entries, [told])


def test_no_file_is_an_empty_glossary() -> None:
    assert not Glossary()
    assert Glossary().found("a budget") == ()


def test_the_table_of_one_language_is_read_again() -> None:
    found, _ = read(TABLE)

    again, findings = read(found.table("fr"))

    assert not findings
    assert [(one.term, one.rendered("fr"), one.rendered("es"), one.note) for one in again.terms.values()] == [
        (one.term, one.rendered("fr"), (), one.note) for one in found.terms.values()
    ]


# --- Terms in texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Budget is in.", ["budget"]),
        ("Two BUDGETS, and the budget’s end.", ["budget"]),
        ("A flood gate and <em>ice</em>.", ["flood gate", "ice"]),
        ("Flood\u00a0gates.", ["flood gate"]),
        ("Budgetary police at the office.", []),
        ('<a id="1">budget</a>', ["budget"]),
        ("", []),
    ],
)
def test_terms_are_whole_words_in_any_letters_and_number(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_of_two_terms_that_overlap_the_longer_one_is_meant() -> None:
    found, _ = read("term,fr\ngate,porte\nflood gate,vanne\n")

    assert [term.term for term in found.found("a flood gate")] == ["flood gate"]


def test_comments_name_terms_in_a_template_and_renderings_in_a_language() -> None:
    found, _ = read(TABLE)

    assert found.comments("The flood gate and its budget") == ("Glossary: flood gate", "Glossary: budget")
    entry = Entry(id="x", extracted=("Speaker: A", "Glossary: flood gate", "Glossary: budget", "Glossary: gone"))
    told = {tag: next(found.told([entry], tag)).extracted[1:] for tag in ("fr", "es", "de")}
    assert told == {
        "fr": (
            "Glossary: flood gate → vanne de crue | vanne",
            "Glossary: budget → budget (the city's yearly one)",
            "Glossary: gone",
        ),
        "es": (
            "Glossary: flood gate → compuerta",
            "Glossary: budget → presupuesto (the city's yearly one)",
            "Glossary: gone",
        ),
        "de": ("Glossary: flood gate", "Glossary: budget (the city's yearly one)", "Glossary: gone"),
    }


# --- The check --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "translation", "expected"),
    [
        ("es", "Los presupuestos están aquí.", []),
        ("es", "El PRESUPUESTO.", []),
        ("es", "El dinero está aquí.", ["budget"]),
        ("fr", "Le <em>budget</em> est là.", []),
        ("fr", "Le budgétaire.", ["budget"]),
        ("ar", "والميزانية هنا", []),
        ("zh-Hans", "市里的预算在这里。", []),
        ("zh-Hans", "市里的钱在这里。", ["budget"]),
        ("de", "Das Geld ist da.", []),
    ],
)
def test_a_term_without_its_rendering_is_missing(language: str, translation: str, expected: list[str]) -> None:
    found, _ = read(TABLE)

    missing = found.missing(final("The budget is here.", translation), language)

    assert [term.term for term in missing] == expected


def test_any_of_several_renderings_is_right() -> None:
    found, _ = read(TABLE)

    for translation in ("La vanne de crue.", "Les vannes de crue.", "Deux vannes."):
        assert not found.missing(final("The flood gate.", translation), "fr")


def test_what_is_not_final_is_not_checked() -> None:
    found, _ = read(TABLE)

    assert not found.missing(final("The budget.", "El dinero.", fuzzy=True), "es")
    assert not found.missing(final("The budget.", ""), "es")
