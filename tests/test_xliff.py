"""XLIFF: a catalogue goes out and comes back with nothing lost, whatever the tool between does with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from catalogues import CATALOGUES, HEADER
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publish import po
from publish.diagnostics import Diagnostic, InputError
from publish.interchange import xliff
from publish.interchange.xliff import NAMESPACE, Returned
from publish.po import Entry

NAMES = {"x": NAMESPACE}
TAGGED = Entry(
    id='See <a id="1">the plan</a>, A &amp; B, <code>x &lt; 1</code><x id="1"/>.',
    context="talk/p1",
    strings=('Voyez <x id="1"/><a id="1">le plan</a>, A &amp; B, <code>x &lt; 1</code>.',),
    extracted=("Speaker: Ms. Doe", "Glossary: plan → plan"),
    flags=("xml-text",),
)


def written(*entries: Entry, source: str = "en", language: str = "fr") -> bytes:
    return xliff.write((HEADER, *entries), "talk", source, language)


def read(data: bytes) -> tuple[Returned, list[Diagnostic]]:
    findings: list[Diagnostic] = []
    return xliff.read(data, "talk.fr.xlf", findings.append), findings


def back(data: bytes) -> list[Entry]:
    found, findings = read(data)
    assert not findings
    return list(found.entries[1:])


def changed(data: bytes, old: str, new: str) -> bytes:
    text = data.decode()
    assert text.count(old) == 1, text
    return text.replace(old, new).encode()


def tree(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def found(data: bytes, path: str) -> Sequence[etree._Element]:
    return list(tree(data).xpath(path, namespaces=NAMES))


# --- Round trips ------------------------------------------------------------------------------------------------------


@given(CATALOGUES)
def test_a_catalogue_comes_back_with_nothing_lost(entries: tuple[Entry, ...]) -> None:
    data = xliff.write(entries, "talk", "en", "fr")

    returned, findings = read(data)

    assert not findings
    assert po.same(returned.entries, entries)
    assert returned.sent is not None
    assert po.same(returned.sent, entries)
    assert (returned.source, returned.language) == ("en", "fr")
    assert xliff.write(entries, "talk", "en", "fr") == data


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20))
def test_without_its_skeleton_words_contexts_and_notes_still_come_back(text: str) -> None:
    entry = Entry(id=f"one {text}", context="talk/p1", strings=(f"un {text}",), comments=(" look here",))
    data = re.sub(rb"<skeleton.*?</skeleton>", b"", written(entry), flags=re.DOTALL)

    returned, _ = read(data)

    assert returned.sent is None
    assert po.same(returned.entries, [entry])


# --- What it looks like, by the specification -------------------------------------------------------------------------


def test_the_document_says_version_languages_and_directions() -> None:
    root = tree(written(TAGGED, language="ar"))

    assert root.tag == f"{{{NAMESPACE}}}xliff"
    assert dict(root.attrib) == {"version": "2.1", "srcLang": "en", "trgLang": "ar"}
    file = root[0]
    assert (file.get("id"), file.get("srcDir"), file.get("trgDir")) == ("f1", "ltr", "rtl")
    assert file.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"


@given(CATALOGUES)
def test_units_are_built_as_the_schema_has_it(entries: tuple[Entry, ...]) -> None:
    root = tree(xliff.write(entries, "talk", "en", "fr"))
    units = root.findall("x:file/x:unit", NAMES)
    ids = [unit.get("id", "") for unit in units]

    assert len(ids) == len(set(ids)) == sum(len(e.strings) for e in entries if e.id and not e.obsolete)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", id_) for id_ in ids)
    order = ["notes", "originalData", "segment"]
    for unit in units:
        names = [etree.QName(child).localname for child in unit]
        assert names == [name for name in order if name in names]
        assert names[-1] == "segment"
        _codes_are_sound(unit)


@given(CATALOGUES.filter(lambda entries: any(entry.id and not entry.obsolete for entry in entries)))
def test_any_catalogue_is_valid_by_the_schema(xliff_schema: etree.XMLSchema, entries: tuple[Entry, ...]) -> None:
    root = tree(xliff.write(entries, "talk", "en", "zh-Hant-HK"))

    assert xliff_schema.validate(root), xliff_schema.error_log
    for name in ("srcLang", "trgLang"):  # an xs:language, which not every copy of the schema asks for
        assert re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", root.get(name, ""))


def test_the_schema_finds_what_is_wrong(xliff_schema: etree.XMLSchema) -> None:
    for old, new in (
        (b'id="p1"', b'id="p/1"'),
        (b"<segment ", b'<segment colour="red" '),
        (b'state="final"', b'state="done"'),
    ):
        data = written(TAGGED)
        assert old in data
        assert not xliff_schema.validate(tree(data.replace(old, new)))


def _codes_are_sound(unit: etree._Element) -> None:
    """Ids are unique in the source and in the target, a target's code with an id of the source is of its kind."""
    data = {one.get("id") for one in unit.iterfind("x:originalData/x:data", NAMES)}
    sides = []
    for side in ("source", "target"):
        codes = [code for code in unit.iterfind(f"x:segment/x:{side}//*", NAMES) if code.get("id")]
        assert len({code.get("id") for code in codes}) == len(codes)
        sides.append({code.get("id"): code.tag for code in codes})
        for code in codes:
            refs = {code.get(name) for name in ("dataRef", "dataRefStart", "dataRefEnd")} - {None}
            assert refs <= data
    assert all(sides[0].get(id_, tag) == tag for id_, tag in sides[1].items())


def test_a_unit_has_the_id_of_its_paragraph_and_the_context_as_its_name() -> None:
    other = Entry(id="Two.", context="talk/p 2")
    same = Entry(id="Three.", context="other/p1")

    units = found(written(TAGGED, other, same), "//x:unit")

    assert [(unit.get("id"), unit.get("name")) for unit in units] == [
        ("p1", "talk/p1"),
        ("u.2", "talk/p 2"),
        ("u.3", "other/p1"),
    ]


def test_tags_are_codes_that_a_tool_protects_and_code_is_not_to_be_translated() -> None:
    data = written(TAGGED)

    (source,) = found(data, "//x:source")

    assert "".join(source.itertext()) == "See the plan, A & B, x < 1."
    link, code, end = (found(data, f"//x:source//x:{name}")[0] for name in ("pc", "mrk", "ph"))
    assert (link.get("type"), link.get("dispStart"), link.get("canDelete")) == ("link", '<a id="1">', "no")
    assert (code.get("translate"), code[0].get("subType")) == ("no", "publish:code")
    assert end.get("disp") == '<x id="1"/>'
    assert [data.text for data in found(data, "//x:data")][:2] == ['<a id="1">', "</a>"]


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        (Entry(id="a", context="t/p1"), ("initial", None)),
        (Entry(id="a", context="t/p1", strings=("b",)), ("final", None)),
        (Entry(id="a", context="t/p1", strings=("b",), flags=("fuzzy",)), ("initial", "publish:fuzzy")),
    ],
)
def test_the_state_tells_what_is_final(entry: Entry, state: tuple[str, str | None]) -> None:
    (segment,) = found(written(entry), "//x:segment")

    assert (segment.get("state"), segment.get("subState")) == state


def test_notes_tell_who_speaks_and_what_the_original_was() -> None:
    entry = msgspec.structs.replace(TAGGED, comments=(" ask her",), previous=(None, "See it.", None))

    notes = found(written(entry), "//x:note")

    assert [(note.get("category"), note.text) for note in notes] == [
        ("description", "Speaker: Ms. Doe"),
        ("description", "Glossary: plan → plan"),
        ("comment", "ask her"),
        ("previous", "The original was: See it."),
    ]


def test_a_character_that_xml_cannot_hold_is_written_by_its_number() -> None:
    entry = Entry(id="a\fb", context="talk/p1", strings=("c\ufffed",))

    data = written(entry)

    assert [cp.get("hex") for cp in found(data, "//x:unit//x:cp")] == ["000C", "FFFE"]
    assert po.same(back(data), [entry])


# --- What tools do with it --------------------------------------------------------------------------------------------

PLAIN = Entry(id="One. Two.", context="talk/p1", strings=("",), flags=())
SEGMENT = '<segment state="initial"><source>One. Two.</source></segment>'


@pytest.mark.parametrize(
    ("segments", "translation", "fuzzy"),
    [
        (
            '<segment state="translated"><source>One. Two.</source><target>Un. Deux.</target></segment>',
            "Un. Deux.",
            False,
        ),
        (
            '<segment state="reviewed"><source>One. Two.</source><target>Un. Deux.</target></segment>',
            "Un. Deux.",
            False,
        ),
        ("<segment><source>One. Two.</source><target>Un. Deux.</target></segment>", "Un. Deux.", True),
        ('<segment state="final"><source>One. Two.</source><target/></segment>', "", False),
        (
            (
                '<segment state="final"><source>One.</source><target>Un.</target></segment>'
                "<ignorable><source> </source></ignorable>"
                '<segment state="final"><source>Two.</source><target>Deux.</target></segment>'
            ),
            "Un. Deux.",
            False,
        ),
        (
            (
                '<segment state="final"><source>One. </source><target order="2">Un.</target></segment>'
                '<segment state="final"><source>Two.</source><target order="1">Deux. </target></segment>'
            ),
            "Deux. Un.",
            False,
        ),
        (
            (
                '<segment state="final"><source>One. </source><target>Un. </target></segment>'
                '<segment state="initial"><source>Two.</source></segment>'
            ),
            "Un. ",
            True,
        ),
        (
            (
                '<segment state="final"><source>One. Two.</source><target>Un. <mrk id="m" type="comment" value="?">'
                "Deux.</mrk></target></segment>"
            ),
            "Un. Deux.",
            False,
        ),
    ],
)
def test_what_a_tool_fills_in_divides_or_moves_is_taken(segments: str, translation: str, fuzzy: bool) -> None:  # noqa: FBT001
    (entry,) = back(changed(written(PLAIN), SEGMENT, segments))

    assert (entry.strings[0], entry.fuzzy) == (translation, fuzzy)


def test_a_fuzzy_translation_that_is_confirmed_is_final() -> None:
    entry = Entry(id="One.", context="talk/p1", strings=("Un.",), flags=("fuzzy", "no-wrap"))

    (made,) = back(changed(written(entry), 'state="initial" subState="publish:fuzzy"', 'state="translated"'))

    assert (made.strings, made.flags) == (("Un.",), ("no-wrap",))


def test_a_note_that_a_translator_adds_is_a_comment() -> None:
    data = changed(written(TAGGED), "<notes>", "<notes><note>Is this\nthe old plan?</note>")

    assert back(data)[0].comments == (" Is this", " the old plan?")


def test_a_unit_that_does_not_come_back_is_as_it_was_sent() -> None:
    data = re.sub(rb"<unit .*?</unit>", b"", written(TAGGED), count=1, flags=re.DOTALL)

    assert po.same(back(data), [TAGGED])


def test_codes_come_back_by_their_ids_where_a_tool_leaves_out_what_they_stand_for() -> None:
    target = re.search(r"<target>.*?</target>", written(TAGGED).decode())
    assert target
    bare = re.sub(r' (?:dataRef|disp|can|type|subType)\w*="[^"]*"', "", target.group())

    assert back(changed(written(TAGGED), target.group(), bare))[0].strings == TAGGED.strings


def test_codes_that_are_split_in_two_come_back() -> None:
    entry = Entry(id="<em>One</em>", context="talk/p1", strings=("<em>Un</em>",), flags=("xml-text",))
    target = '<target><sc id="c1" dataRef="d1"/>Un<ec startRef="c1" dataRef="d2"/></target>'

    data = re.sub(r"<target>.*</target>", target, written(entry).decode()).encode()

    assert po.same(back(data), [entry])


def test_a_code_that_was_not_sent_is_told_with_its_line_and_its_words_are_kept() -> None:
    data = changed(
        written(PLAIN), SEGMENT, SEGMENT.replace("</segment>", '<target>Un. <pc id="9">Deux.</pc></target></segment>')
    )

    returned, findings = read(data.replace(b'state="initial"', b'state="final"'))

    assert (returned.entries[1].strings[0], returned.entries[1].fuzzy) == ("Un. Deux.", True)
    assert [finding.code for finding in findings] == ["C023"]
    assert findings[0].place.line == data[: data.index(b"<unit")].count(b"\n") + 1


@pytest.mark.parametrize(
    "sign", ['<cp hex="0001"/>', "\x7f", "&#127;", '<cp hex="007F"/>', '<cp hex="D800"/>', '<cp hex="x"/>']
)
def test_a_character_that_no_catalogue_holds_breaks_none(sign: str) -> None:
    target = f"<target>Un.{sign}</target><!-- x --></segment>"
    data = changed(written(PLAIN), SEGMENT, SEGMENT.replace("</segment>", target))

    returned, _ = read(data)

    assert po.same(po.parse(po.serialise(returned.entries), "x").entries, returned.entries)
    assert returned.entries[1].strings[0].rstrip("\ufffd") == "Un."


def test_an_original_that_was_changed_is_told() -> None:
    data = changed(written(TAGGED), "<source>See ", "<source>Read ")

    returned, findings = read(data)

    assert returned.entries[1].id == TAGGED.id
    assert returned.entries[1].fuzzy
    assert "not the one that was sent" in findings[0].message


def test_markup_in_a_target_is_text() -> None:
    entry = Entry(id="One.", context="talk/p1", strings=("<script>alert(1)</script>",))

    assert po.same(back(written(entry)), [entry])


# --- Hostile and broken -----------------------------------------------------------------------------------------------

ROOT = f'<xliff xmlns="{NAMESPACE}" version="2.1" srcLang="en">\n'.encode()
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "said", "line"),
    [
        (b"", "not well-formed", 1),
        (b"no XML", "not well-formed", 1),
        (b"<a/>", "no XLIFF", 1),
        (f'<xliff xmlns="{NAMESPACE}" version="2.1" srcLang="en">\n<file id="f">'.encode(), "not well-formed", 2),
        (b'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"/>', "this is XLIFF 1.2", 1),
        (BOMB.encode() + b"<a>&b;</a>", "declares entities", 1),
        (b'<?xml version="1.0"?>\n<!-- x -->\n' + BOMB.encode() + b"<a/>", "declares entities", 3),
        (ROOT + b"<file>&undeclared;</file></xliff>", "not well-formed", 2),
        (b"<a>caf\xe9</a>", "not UTF-8", 1),
        (ROOT + b"<a>" * 5000, "deeper than in any catalogue", 0),
    ],
)
def test_what_is_broken_or_means_harm_is_refused_with_its_line(data: bytes, said: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        read(data)

    assert caught.value.diagnostic.code == "C020"
    assert said in caught.value.diagnostic.message
    assert line in {0, caught.value.diagnostic.place.line}


def test_nothing_is_fetched_for_a_document_type(tmp_path: Path) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY x "seen">', encoding="utf-8")
    data = changed(written(PLAIN), "<xliff", f'<!DOCTYPE xliff SYSTEM "{secret.as_uri()}">\n<xliff')

    assert po.same(back(data), [PLAIN])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_encodings_of_other_tools_are_read(encoding: str) -> None:
    data = written(TAGGED).decode().replace('encoding="utf-8"', f'encoding="{encoding.removesuffix("-sig")}"')

    assert po.same(back(data.encode(encoding)), [TAGGED])


@given(st.binary() | st.text().map(str.encode), st.integers(0, 2000))
def test_any_bytes_are_a_document_or_an_error_with_its_code(noise: bytes, at: int) -> None:
    whole = written(TAGGED)
    for data in (noise, whole[: at % len(whole)] + noise + whole[at % len(whole) :]):
        try:
            read(data)
        except InputError as error:
            assert error.diagnostic.code in {"C020", "C001"}


def test_the_line_of_an_error_is_that_of_its_own_file() -> None:
    places = []
    for data in (ROOT + b"\n\n<file>&undeclared;</file></xliff>", b"", ROOT + b"<file>"):
        with pytest.raises(InputError) as caught:
            read(data)
        places.append((caught.value.diagnostic.place.line, "not well-formed" in caught.value.diagnostic.message))

    assert places == [(4, True), (1, True), (2, True)]
