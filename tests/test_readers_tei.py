"""TEI of parliaments: who speaks is known with and without a header, ids and languages are the source's."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publish import anchors, plugins
from publish.config import Settings, SpeakerSettings
from publish.diagnostics import Diagnostic, InputError
from publish.model import Briefing, Participant, Text, paragraphs, plain, walk
from publish.readers import tei
from publish.work import Source
from publish.workspace import load

NAMESPACES = {"t": "http://www.tei-c.org/ns/1.0"}
ID = "{http://www.w3.org/XML/1998/namespace}id"
SITTINGS = (
    "parlamint-es-ct/ParlaMint-ES-CT_2015-10-26-0101.xml",
    "parlamint-es-ct/ParlaMint-ES-CT-en_2015-10-26-0101.ana.xml",
    "parlamint-sk/ParlaMint-SK_2018-06-13-t7m33.xml",
    "parlamint-sk/ParlaMint-SK_2019-12-04-t7m54.xml",
    "parlamint-sk/ParlaMint-SK_2020-02-26-t7m58.xml",
)


def document(body: str, *, header: str = "", language: str = "en") -> str:
    return (
        f'<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:lang="{language}"><teiHeader>{header}</teiHeader>'
        f"<text><body><div>{body}</div></body></text></TEI>"
    )


def read(*texts: str, settings: Settings | None = None, findings: list[Diagnostic] | None = None) -> Briefing:
    pages = tuple(Source(f"transcripts/{number}.xml", text) for number, text in enumerate(texts, 1))
    report = (lambda finding: pytest.fail(str(finding))) if findings is None else findings.append
    return plugins.reader_for(pages[0]).read("a", pages, settings or Settings(), report)


def refused(text: str) -> str:
    with pytest.raises(InputError) as error:
        read(text)
    return str(error.value)


def only(briefing: Briefing) -> Participant:
    (person,) = briefing.participants
    return person


def said(briefing: Briefing) -> list[str]:
    return [plain(paragraph.parts) for paragraph in paragraphs(briefing)]


# --- Real sittings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SITTINGS)
def test_every_utterance_and_segment_of_a_real_sitting_is_in_the_model_under_its_id(name: str, real_data: Path) -> None:
    file = real_data / name
    root = etree.parse(file).getroot()
    segments = [one.get(ID) for one in root.xpath("//t:text//t:seg[normalize-space()]", namespaces=NAMESPACES)]
    utterances = [one.get(ID) for one in root.xpath("//t:text//t:u[normalize-space()]", namespaces=NAMESPACES)]

    source = load(file.read_bytes(), f"transcripts/{file.name}")
    briefing = plugins.reader_for(source).read("a", (source,), Settings(), lambda finding: pytest.fail(str(finding)))
    briefing, _ = anchors.identify(briefing, "", "anchors/a.tsv", lambda finding: pytest.fail(str(finding)))

    assert segments
    given = set(segments)
    assert [one.id for one in paragraphs(briefing) if one.id in given] == segments
    spoken = [one for turn in briefing.turns if turn.speaker for one in turn.paragraphs]
    assert [one.id for one in spoken] == segments
    assert [turn.id for turn in briefing.turns if turn.speaker and not turn.continued] == utterances


@pytest.mark.parametrize("name", [name for name in SITTINGS if ".ana" not in name])
def test_no_word_of_a_real_sitting_is_lost(name: str, real_data: Path) -> None:
    file = real_data / name
    source = load(file.read_bytes(), f"transcripts/{file.name}")
    text = etree.parse(file, etree.XMLParser(remove_comments=True)).getroot().find("t:text", NAMESPACES)

    briefing = tei.read("a", (source,), Settings(), lambda finding: pytest.fail(str(finding)))

    labels = [word for one in text.iterfind(".//t:note[@type='speaker']", NAMESPACES) for word in one.text.split()]
    found = [word for line in said(briefing) for word in line.replace("(", " ").replace(")", " ").split()]
    words = " ".join(text.itertext()).replace("(", " ").replace(")", " ").split()
    assert len(found) + len(" ".join(labels).replace("(", " ").split()) == len(words)


def test_the_words_of_an_annotated_sitting_are_joined_as_they_were_written(real_data: Path) -> None:
    file = real_data / SITTINGS[1]

    briefing = tei.read(
        "a", (load(file.read_bytes(), file.name),), Settings(), lambda finding: pytest.fail(str(finding))
    )

    segments = etree.parse(file).getroot().iterfind(".//t:seg", NAMESPACES)
    written = ["".join(one.text for one in seg.iterfind(".//*[@lemma]")) for seg in segments]
    spoken = [plain(one.parts) for turn in briefing.turns if turn.speaker for one in turn.paragraphs]
    assert ["".join(filter(str.isalnum, line)) for line in spoken] == [
        "".join(filter(str.isalnum, line)) for line in written
    ]
    assert not [line for line in said(briefing) if " ," in line or " ." in line or "( " in line]


def test_a_segment_in_another_language_keeps_it(real_data: Path) -> None:
    file = real_data / SITTINGS[0]

    briefing = tei.read(
        "a", (load(file.read_bytes(), file.name),), Settings(), lambda finding: pytest.fail(str(finding))
    )

    assert briefing.language == "ca"
    assert [one.language for one in paragraphs(briefing) if one.language] == ["es"]
    labels = etree.parse(file).getroot().xpath("//t:note[@type='speaker']/text()", namespaces=NAMESPACES)
    assert [turn.label for turn in briefing.turns if turn.label] == labels
    assert f"{briefing.participants[0].title} ({briefing.participants[0].name})" == labels[0]


# --- Who speaks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("#NovakPetra.1973", "Novak Petra"),
        ("#ÁgnesŐry", "Ágnes Őry"),
        ("people.xml#petra-novak", "Petra Novak"),
        ("#Petra_Novak", "Petra Novak"),
        ("Novak, Petra", "Petra Novak"),
        ("The whole house", "The whole house"),
        ("#a #b", "A / B"),
        ("#1975", "1975"),
    ],
)
def test_a_speaker_of_whom_nothing_is_told_has_a_name_that_can_be_read(who: str, name: str) -> None:
    assert only(read(document(f'<u who="{who}"><seg>Yes.</seg></u>'))).name == name


@pytest.mark.parametrize(
    ("label", "name", "title"),
    [
        ("The President (Petra Novak):", "Petra Novak", "The President"),
        ("Petra van Novak", "Petra van Novak", ""),
        ("The President", "Novak Petra", ""),
        ("Secretary Petra of the council", "Novak Petra", ""),
    ],
)
def test_the_name_that_is_printed_before_an_utterance_comes_before_that_in_the_id(
    label: str, name: str, title: str
) -> None:
    turn = '<u who="#NovakPetra"><seg>Yes.</seg></u>'

    person = only(read(document(f'{turn}<note type="speaker">{label}</note>{turn}')))

    assert (person.speaker, person.name, person.title) == ("novak-petra", name, title)


def test_a_speaker_whom_series_toml_knows_by_name_is_that_speaker() -> None:
    settings = Settings(
        speakers={"petra": SpeakerSettings(name="Dr Petra Novak", role="journalist", aliases=("Petra Novak",))}
    )
    header = '<profileDesc><particDesc><listPerson><person xml:id="p1"><persName>Petra Novak</persName></person>'
    header += "</listPerson></particDesc></profileDesc>"

    person = only(read(document('<u who="#p1" ana="#chair"><seg>Yes.</seg></u>', header=header), settings=settings))

    assert (person.speaker, person.name, person.role) == ("petra", "Dr Petra Novak", "journalist")


def test_whoever_presides_most_of_the_time_is_the_moderator() -> None:
    turns = "".join(f'<u who="#Ana" ana="#{role}"><seg>Yes.</seg></u>' for role in ("regular", "chair", "chair"))

    assert only(read(document(turns))).role == "moderator"


def test_words_that_nobody_is_named_for_are_kept_and_reported() -> None:
    findings: list[Diagnostic] = []

    briefing = read(document('loose<u><seg>Yes.</seg></u><u who="#Ana"><seg>No.</seg></u>'), findings=findings)

    assert said(briefing) == ["loose", "Yes.", "No."]
    assert [turn.speaker for turn in briefing.turns] == [None, None, "ana"]
    assert [str(finding.code) for finding in findings] == ["R012", "R012"]


def test_several_documents_are_one_briefing_in_their_order() -> None:
    one, two = (document(f'<u xml:id="u{n}" who="#Ana"><seg>Day {n}.</seg></u>') for n in (1, 2))

    assert said(read(one, two)) == ["Day 1.", "Day 2."]


# --- Words ------------------------------------------------------------------------------------------------------------


def test_marks_that_are_nested_without_end_stay_readable() -> None:
    briefing = read(document(f'<u who="#Ana"><seg>{"<emph>" * 100}deep{"</emph>" * 100}</seg></u>'))

    assert said(briefing) == ["deep"]
    assert len([part for one in paragraphs(briefing) for part in walk(one.parts)]) < 20


def test_a_language_that_is_none_is_reported_once_and_passed_over() -> None:
    findings: list[Diagnostic] = []

    briefing = read(document('<u who="#Ana" xml:lang="not a tag"><seg>Yes.</seg><seg>No.</seg></u>'), findings=findings)

    assert briefing.language == "en"
    assert {one.language for one in paragraphs(briefing)} == {""}
    assert [finding.code for finding in findings] == ["R018"]


def test_a_word_inside_of_a_word_is_no_text() -> None:
    words = '<w>gonna<w norm="going">going</w><w norm="to">to</w></w> <w join="right">go</w> <pc>!</pc>'

    assert said(read(document(f'<u who="#Ana"><seg><s>{words}</s></seg></u>'))) == ["gonna go!"]


_NAMES = st.sampled_from(
    ["seg", "u", "note", "vocal", "kinesic", "incident", "gap", "emph", "hi", "foreign", "s", "div", "head", "p", "ref"]
)
_TREES = st.recursive(
    st.just(""),
    lambda inner: st.tuples(_NAMES, st.lists(inner, max_size=3)),
    max_leaves=12,
)


def _written(tree: object, count: Iterator[int]) -> str:
    """A tree as XML, with a word of its own wherever one may stand."""
    if not isinstance(tree, tuple):
        return f" w{next(count)} "
    name, children = tree
    inside = f" w{next(count)} " + "".join(_written(child, count) + f" w{next(count)} " for child in children)
    who = ' who="#Ana"' if name == "u" else ""
    return f"<{name}{who}>{inside}</{name}>"


@given(st.lists(_TREES, min_size=1, max_size=4))
def test_no_word_is_lost_however_the_elements_are_nested(trees: list[object]) -> None:
    count = itertools.count()
    body = "".join(_written(tree, count) for tree in trees)
    words = next(count)

    briefing = read(document(f'{body}<u who="#Ana"><seg>end</seg></u>'), findings=[])

    found = " ".join((*said(briefing), *(turn.label for turn in briefing.turns)))
    assert [word for word in map("w{}".format, range(words)) if not re.search(rf"\b{word}\b", found)] == []


# --- What is hostile --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE TEI [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE TEI SYSTEM "http://tei.example/tei.dtd">',
        '<!DOCTYPE TEI [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_declarations_are_refused_before_anything_is_parsed(declared: str) -> None:
    text = f'<?xml version="1.0"?>\n{declared}\n' + document('<u who="#Ana"><seg>Yes.</seg></u>')

    assert refused(text).startswith("error R030 transcripts/1.xml:2: this declares a document type")


def test_what_is_not_well_formed_is_refused_with_its_line() -> None:
    text = document('<u who="#Ana">\n<seg>Yes.</sag></u>')

    assert refused(text).startswith("error R030 transcripts/1.xml:2: this is not well-formed: ")


def test_a_document_that_is_too_deep_is_refused() -> None:
    assert "R030" in refused(document("<div>" * 5000))


def test_a_document_without_a_text_says_where_it_belongs() -> None:
    found = refused('<teiCorpus xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/></teiCorpus>')

    assert found == (
        "error R001 transcripts/1.xml: there is no <text> in this; "
        "put it into the folder of a briefing, where it tells who is who"
    )


def test_a_declared_encoding_is_not_believed_since_the_file_was_read_as_utf_8() -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + document('<u who="#Ana"><seg>Señor.</seg></u>')

    assert [one.parts for one in paragraphs(read(text))] == [(Text("Señor."),)]


def test_markup_in_words_is_words() -> None:
    assert said(read(document('<u who="#Ana"><seg>&lt;script&gt;</seg></u>'))) == ["<script>"]


def test_other_xml_is_not_claimed() -> None:
    assert tei.claims(Source("a.xml", "<rss/>")) == 0
    assert tei.claims(Source("a.xml", '<a xmlns:t="http://www.tei-c.org/ns/1.0"/>')) == 0
