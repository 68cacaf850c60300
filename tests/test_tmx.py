"""TMX: a memory goes out and comes in, of this tool and of others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from catalogues import ENTRIES
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publish.diagnostics import Diagnostic, InputError
from publish.interchange import tmx
from publish.po import Entry

TAGGED = Entry(
    id='See <a id="1">the <em>plan</em></a>, A &amp; B<x id="1"/>.',
    context="talk/p1",
    strings=('<x id="1"/>Voyez <a id="1">le <em>plan</em></a>, A &amp; B.',),
    flags=("xml-text",),
)
HEAD = '<tmx version="1.4"><header creationtool="x" creationtoolversion="1" segtype="sentence" o-tmf="x" adminlang="en"'


def memory(units: str, *, srclang: str = "en") -> bytes:
    return f'{HEAD} srclang="{srclang}" datatype="plaintext"/>\n<body>\n{units}\n</body></tmx>'.encode()


def unit(source: str, target: str, languages: Sequence[str] = ("en", "fr"), name: str = "xml:lang") -> str:
    sides = zip(languages, (source, target), strict=True)
    return "<tu>" + "".join(f'<tuv {name}="{tag}"><seg>{text}</seg></tuv>' for tag, text in sides) + "</tu>"


def read(data: bytes, language: str = "fr") -> tuple[list[Entry], list[Diagnostic]]:
    findings: list[Diagnostic] = []
    return list(tmx.read(data, "agency.tmx", "en", language, findings.append)), findings


def pairs(data: bytes, language: str = "fr") -> list[tuple[str, str]]:
    entries, findings = read(data, language)
    assert not findings
    return [(entry.id, entry.strings[0]) for entry in entries]


@given(ENTRIES)
def test_what_is_translated_comes_back_word_for_word(entries: list[Entry]) -> None:
    final = [one for one in entries if one.translated and one.plural is None and one.id.strip() and one.context]

    data = tmx.write(final, "en", "fr")

    found, findings = read(data)
    assert not findings
    assert tmx.write(final, "en", "fr") == data
    assert [(one.id, one.strings) for one in found] == [(one.id, one.strings) for one in final]


@given(ENTRIES)
def test_any_memory_is_valid_by_the_document_type(tmx_schema: etree.DTD, entries: list[Entry]) -> None:
    final = [one for one in entries if one.translated and one.plural is None and one.id.strip() and one.context]

    root = etree.fromstring(tmx.write([TAGGED, *final], "en", "zh-Hant-HK"))

    assert tmx_schema.validate(root), tmx_schema.error_log


def test_tags_are_pairs_and_placeholders_of_the_second_level() -> None:
    root = etree.fromstring(tmx.write([TAGGED], "en", "ar"))

    assert root.get("version") == "1.4"
    assert (root[0].get("srclang"), root[0].get("segtype")) == ("en", "paragraph")
    source, target = root.iter("seg")
    assert [(code.tag, code.get("i"), code.text) for code in source] == [
        ("bpt", "1", '<a id="1">'),
        ("bpt", "2", "<em>"),
        ("ept", "2", "</em>"),
        ("ept", "1", "</a>"),
        ("ph", None, '<x id="1"/>'),
    ]
    assert source[-1].tail == "."
    assert source[3].tail == ", A & B"
    assert [code.tag for code in target] == ["ph", "bpt", "bpt", "ept", "ept"]
    assert root.findtext("body/tu/prop") == "talk/p1"


def test_tags_come_back_where_they_were() -> None:
    (entry,), _ = read(tmx.write([TAGGED], "en", "fr"))

    assert (entry.id, entry.strings, entry.flags, entry.context) == (
        TAGGED.id,
        TAGGED.strings,
        ("xml-text",),
        "talk/p1",
    )


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (unit("One.", "Un."), [("One.", "Un.")]),
        (unit("One.", "Un.", ("EN-US", "FR-FR")), [("One.", "Un.")]),
        (unit("One.", "Un.", ("en_GB", "fr_CA"), "lang"), [("One.", "Un.")]),
        (unit("Un.", "One.", ("fr", "en")), [("One.", "Un.")]),
        (unit("A &amp; B", "A &amp; B"), [("A & B", "A & B")]),
        (unit("&lt;script&gt;x", "&lt;script&gt;y"), [("<script>x", "<script>y")]),
        (unit('<bpt i="1">{\\b </bpt>One<ept i="1">}</ept>.', "Un<ph>\\tab</ph>."), [("One.", "Un.")]),
        (unit("<hi>One</hi>.", "<it pos='begin'>&lt;b&gt;</it>Un."), [("One.", "<b>Un.")]),
    ],
)
def test_memories_of_other_tools_are_read(units: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(memory(units)) == expected


def test_the_document_type_that_most_files_have_is_passed_over() -> None:
    data = b'<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n' + memory(unit("One.", "Un."))

    entries, _ = read(data)

    assert [(entry.id, entry.line) for entry in entries] == [("One.", 5)]


def test_units_without_the_language_are_counted() -> None:
    data = memory(unit("One.", "Eins.", ("en", "de")) + unit("Two.", "Deux.") + unit("Three.", " ") + "<tu/>")

    entries, findings = read(data)

    assert [entry.id for entry in entries] == ["Two."]
    assert [(finding.code, finding.message[:8]) for finding in findings] == [("C025", "3 units ")]


def test_scripts_are_not_mixed() -> None:
    data = memory(unit("One.", "一。", ("en", "zh-TW")) + unit("Two.", "二。", ("en", "zh-CN")))

    entries, _ = read(data, "zh-Hans")

    assert [entry.strings[0] for entry in entries] == ["二。"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not well-formed"),
        (b"<a/>", "no TMX"),
        (memory("<tu>")[:-20], "not well-formed"),
        (b'<!DOCTYPE tmx [<!ENTITY a "b">]>' + memory(unit("&a;", "b")), "declares entities"),
        (memory(unit("&a;", "b")), "not well-formed"),
    ],
)
def test_what_is_broken_or_means_harm_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read(data)

    assert caught.value.diagnostic.code == "C020"


@given(st.binary(), st.integers(0, 2000))
def test_any_bytes_are_a_memory_or_an_error_with_its_code(noise: bytes, at: int) -> None:
    whole = memory(unit("One.", "Un."))
    try:
        read(whole[: at % len(whole)] + noise + whole[at % len(whole) :])
    except InputError as error:
        assert error.diagnostic.code == "C020"
