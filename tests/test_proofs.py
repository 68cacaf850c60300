"""What is found wrong with translations, and what is not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from publish import po, proofs, written
from publish.diagnostics import CODES
from publish.messages import FLAG, fault
from publish.po import Entry
from publish.proofs import Pair

LONG = "I will not go there again, and so " * 3


def codes(source: str, target: str, language: str = "fr", original: str = "en") -> list[str]:
    return [found.code for found in proofs.proofs(Pair(source, target, (original, language)))]


# --- Numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("It cost 1,000.5 dollars.", "Cela a coûté 1 000,5 dollars.", "fr"),
        ("It cost 1,000.5 dollars.", "Es kostete 1.000,5 Dollar.", "de"),
        ("It cost 1,250 dollars.", "Costó 1.250 dólares.", "es"),
        ("It cost 1,250 dollars.", "Costó 1,250 dólares.", "es"),
        ("It cost 1,250 dollars.", "Cela a coûté 1\u202f250 dollars.", "fr"),
        ("It was 47.5 degrees.", "كانت الحرارة ٤٧٫٥ درجة.", "ar"),
        ("It cost 12,345 dollars.", "كلّف ١٢٬٣٤٥ دولارًا.", "ar"),
        ("Of 5 million people", "Из 5 000 000 человек", "ru"),
        ("Of 5,000,000 people", "其中 500 万人", "zh-Hans"),
        ("Of 2.5 billion people", "其中25亿人", "zh-Hans"),
        ("He is 29 years old.", "他二十九岁。", "zh-Hans"),
        ("In 2015 it rained.", "二〇一五年下了雨。", "zh-Hans"),
        ("On 10/26/2015 they met.", "Ils se sont réunis le 26 octobre 2015.", "fr"),
        ("On 2015-10-26 they met.", "Se reunieron el 26 de octubre de 2015.", "es"),
        ("In the 1990s it rained.", "Dans les années 90, il pleuvait.", "fr"),
        ("At 3:30 p.m. we left.", "Nous sommes partis à 15 h 30.", "fr"),
        ("The 19th century", "Le XIXe siècle, c’est-à-dire le XIX siècle", "fr"),
        ("We met 3 times.", "Nous nous sommes vus trois fois.", "fr"),
        ("There were 100 of us.", "Nous étions cent.", "fr"),
        ("See https://example.org/2031 there", "Voyez https://example.org/2031/fr là-bas", "fr"),
        ("It takes 24 hours.", "Cela prend 24 heures.", "fr"),
    ],
)
def test_a_number_in_the_language_s_own_writing_is_found(source: str, target: str, language: str) -> None:
    assert "C011" not in codes(source, target, language)


@pytest.mark.parametrize(
    ("source", "target", "language", "said"),
    [
        ("It cost 229 dollars.", "Cela a coûté 292 dollars.", "fr", "the number 229, the translation has 292"),
        ("It cost 1,250 dollars.", "Cela a coûté 1,250 dollars.", "fr", "has 1,250, which reads as 1.250 there"),
        ("It cost 47 dollars.", "Cela a coûté des dollars.", "fr", "the number 47, the translation has it not"),
        ("We met 3 times.", "Nous nous sommes vus 4 fois.", "fr", "the number 3, the translation has 4"),
        ("In 2015 it rained.", "二〇一六年下了雨。", "zh-Hans", "the number 2015"),
        ("On 26.10.2015", "Le 27 octobre 2015", "fr", "the number 26.10.2015"),
    ],
)
def test_a_number_that_is_not_there_is_named(source: str, target: str, language: str, said: str) -> None:
    found = [one.message for one in proofs.proofs(Pair(source, target, ("en", language))) if one.code == "C011"]

    assert len(found) == 1
    assert said in found[0]


def test_numbers_are_compared_in_time_that_grows_with_their_count_alone() -> None:
    digits = "1" * 50_000
    assert codes(f"It is {digits}.", f"C’est {digits}.") == []
    assert codes("1,2." * 5_000, "1,2." * 5_000 + "x") == []


# --- Everything else --------------------------------------------------------------------------------------------------


def test_a_passage_in_a_third_language_may_stay_as_it_is() -> None:
    text = '<f id="1">Escuchar antes a quienes no pueden correr.</f>'

    def found(message: str) -> list[str]:
        entry = Entry(id=message, context="a/p1", strings=(message,), flags=("xml-text",))
        return [proof.code for proof in proofs.of_entry(entry, ("en", "fr"))]

    assert found(text) == []
    assert found(f"He said that nobody could run: {text}") == ["C014"]


@pytest.mark.parametrize(
    ("source", "target", "language", "code"),
    [
        ("{count} of them", "Deux d’entre eux", "fr", "C010"),
        ("Two of them", "{count} d’entre eux", "fr", "C010"),
        ("He left (at night).", "Il est parti (la nuit.", "fr", "C012"),
        ("He left [sic].", "他走了［原文如此。", "zh-Hans", "C012"),
        ("He said “I will not go there again”.", "Il a dit 「je n’y retournerai pas」.", "fr", "C013"),
        ("He said “I will not go there again”.", "Il a dit «je n’y retournerai pas.", "fr", "C013"),
        ("He said “I will not go there again”.", "Powiedział 「Nigdy tam nie wrócę」.", "pl", "C013"),
        (f"He said “{LONG}”.", "Powiedział, że nie, i że już tam nie pójdzie", "pl", "C013"),
        (f"He said “{LONG}”.", "Il a dit que non, et qu’il n’irait plus, et que", "fr", "C013"),
        ("We will not go there again.", "We will not go there  again.", "fr", "C014"),
        ("我们不会再去那里了。", "我们不会再去那里了。", "fr", "C014"),
        ("We will not go there again, and neither will they.", "Non.", "fr", "C015"),
        ("We will not go there again, and neither will they.", "不。", "zh-Hans", "C015"),
        ("Yes.", "Oui, et j’ajoute que nous n’y retournerons pas avant la fin de l’année prochaine.", "fr", "C015"),
        ("The bridge is open again.", "Le pont est de nouveau ouvert.", "ru", "C017"),
        ("The bridge is open.", "Мост сн\u006fва открыт.", "ru", "C017"),
        ("The bridge is open.", "الجسر مفتوح\u202e.", "ar", "C018"),
        ("The bridge is open.", "الجسر\u2069 مفتوح.", "ar", "C018"),
        ("The bridge is open.", " Le pont est ouvert.", "fr", "C019"),
        ("The bridge is open.", "Le pont\nest ouvert.", "fr", "C019"),
        ("The bridge is open.", "Le pont\u200best ouvert.", "fr", "C019"),
        ("The bridge is open.", "Le pont est ferm\ufffd.", "fr", "C019"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_and_nothing_else(source: str, target: str, language: str, code: str) -> None:
    original = "zh-Hans" if source.startswith("我") else "en"
    assert codes(source, target, language, original) == [code]
    assert code in CODES


@pytest.mark.parametrize(
    ("source", "target", "language"),
    [
        ("{count} of them", "Parmi eux, {count}", "fr"),
        ("a) bridges; b) roads (new ones)", "a) ponts ; b) routes (nouvelles)", "fr"),
        ("He left (at night).", "他走了（在夜里)。", "zh-Hans"),
        ("He said “no”.", "Il a dit « non ».", "fr"),
        ("He said “no”.", "Er sagte „nein“.", "de"),
        ("He said “no”.", "他说“不”。", "zh-Hans"),
        ("He said “no”.", "他說「不」。", "zh-Hant"),
        ("He said “no”.", 'Он сказал "нет".', "ru"),
        ("He said “no”.", "Powiedział „nie”.", "pl"),
        ("He said “no”.", "Han sade ”nej”.", "sv"),
        ("He said “no”.", "Han sagde »nej«.", "da"),
        ("He said “no”.", "הוא אמר ״לא״.", "he"),
        ("He said “no”.", "Ta rzekła »nie«.", "pl"),
        ("“And so we began,", "« Et c’est ainsi que nous avons commencé,", "fr"),
        ("MS. OKAFOR", "MS. OKAFOR", "fr"),
        ("Bitcoin Core", "Bitcoin Core", "zh-Hans"),
        ("the colour of it", "the colour of it", "en-GB"),
        ("2031: 24 %", "2031: 24 %", "fr"),
        ("Yes.", "Да.", "ru"),
        ("Go ahead.", "Je vous en prie, allez-y.", "fr"),
        ("We use Bitcoin Core and Lightning.", "我们用 Bitcoin Core 和 Lightning。", "zh-Hans"),
        ("The bridge is open.", "الجسر \u2067مفتوح\u2069.", "ar"),
        ("The bridge is open.", "Le pont est ouvert\u00a0!", "fr"),
        ("Any text of any length that somebody has said at length.", "tok", "tok"),
    ],
)
def test_a_good_translation_passes(source: str, target: str, language: str) -> None:
    assert codes(source, target, language) == []


def test_names_and_titles_may_stay_as_they_are() -> None:
    entry = po.Entry(id="ministry of water and works", context="speaker/a/affiliation", strings=("",))

    assert list(proofs.of_entry(entry, ("en", "ru"))) == []
    same = po.Entry(id=entry.id, context="speaker/a/affiliation", strings=(entry.id,))
    assert list(proofs.of_entry(same, ("en", "ru"))) == []


def test_of_a_catalogue_only_what_is_used_is_looked_at_each_with_its_line() -> None:
    text = """\
msgctxt "b/p1"
msgid "It cost 229 dollars."
msgstr "Cela a coûté 292 dollars."

#, fuzzy
msgctxt "b/p2"
msgid "It cost 229 dollars."
msgstr "Cela a coûté 292 dollars."

#. Leave this as it is.
msgctxt "b/p3"
msgid "the dog walks in again"
msgstr "the dog walks in again"

#. Original in fr
msgctxt "b/p4"
msgid "Nous irons tous à la rivière."
msgstr "Nous irons tous à la rivière."

#, xml-text
msgctxt "b/p5"
msgid "Say <em>it</em> &amp; go."
msgstr "Dites-le &amp; allez-y."

#, xml-text
msgctxt "b/p6"
msgid "Say <em>24</em> &lt; 25."
msgstr "Dites <em>24</em> &lt; 25."
"""
    found = list(proofs.reviewed(po.parse(text, "fr.po").entries, "fr.po", ("en", "fr")))

    places = [(one.code, one.place.file, one.place.line) for one in found]
    assert places == [
        ("C011", "fr.po", 1),
        ("C003", "fr.po", 20),
    ]


@pytest.mark.parametrize(
    ("translation", "said"),
    [
        ('<em>la</em> <a id="1">b</a>', ""),
        ('<a id="1"><em>la</em></a>', ""),
        ('<a id="1">b</a>', "<em> is missing"),
        ('<em>la</em> <a  id="1">b</a>', ""),
        ('<em>la</em> <a id="2">b</a>', '<a id="2"> is not in the message'),
        ('<em>la</em> <a id="1">b</a><x id="1"/>', '<x id="1"/> is not in the message'),
        ('<em>la <a id="1">b</em></a>', "closes nothing that is open"),
        ('<em>la</em> <a id="1">b</a> <script>', "is not in the message"),
        ('<em>la</em> <a id="1">b</a> 1 < 2', "begins no tag"),
    ],
)
def test_tags_are_compared_without_their_order(translation: str, said: str) -> None:
    found = fault('<a id="1">a</a> <em>it</em>', translation)

    assert (found is not None) == bool(said)
    assert said in str(found)
    entry = po.Entry(id='<a id="1">a</a> <em>it</em>', context="b/p", strings=(translation,), flags=(FLAG,))
    assert [one.code for one in proofs.of_entry(entry, ("en", "fr"))] == (["C003"] if said else [])


@pytest.mark.parametrize(
    ("message", "translation", "code"),
    [
        ("Say <em>it</em> &amp; go.", "Dites-le &amp; allez-y.", "C003"),
        ("Say <em>it</em> &amp; go.", "Dites-<em>le</em> &amp; allez-y.", ""),
        ('<x id="1"/>We expect the crest on Friday.', "Nous attendons la crue vendredi.", "C003"),
        ("We begin. <v>(Laughter.)</v>", "Nous commençons. <v>(Rires.)", "C003"),
        ("A list begins with <b> there.", "Là, une liste commence par <b>.", ""),
        ("Fish & <em>chips</em>, he typed.", "Il a tapé fish & chips.", ""),
        ("The tag </em> ends it.", "La balise la termine.", ""),
    ],
)
def test_tags_are_those_of_the_message_itself_whether_or_not_a_tool_kept_its_flag(
    message: str, translation: str, code: str
) -> None:
    """Poedit takes the flag out when it saves; what has a sign that is no tag of ours is plain words."""
    entry = po.Entry(id=message, context="b/p", strings=(translation,))

    assert [one.code for one in proofs.of_entry(entry, ("en", "fr"))] == ([code] if code else [])


def test_every_language_that_is_known_has_marks_in_pairs_and_expressions_that_compile() -> None:
    for tag in ("en", "fr", "es", "ca", "pt", "it", "de", "ru", "ar", "zh-Hant-HK", "ja"):
        table = written.writing(tag)
        assert all(len(marks) == 2 for marks in table.quotes)
        assert table.length
        assert written.figures("5", tag)[0].values == {5}
    assert written.writing("tok") == written.Writing()


def test_the_marks_of_a_language_begin_with_those_that_cldr_has_for_it() -> None:
    first = {tag: written.writing(tag).quotes[0] for tag in ("nl", "sv", "pl", "uk", "el", "fa", "ko", "zh-Hant-HK")}

    assert first == {
        "nl": "‘’", "sv": "””", "pl": "„”", "uk": "«»", "el": "«»", "fa": "«»", "ko": "“”", "zh-Hant-HK": "「」"
    }  # fmt: skip
    for table in tomllib.loads((files("publish") / "data/written.toml").read_text("utf-8")).values():
        assert table["quotes"]
        assert all(len(marks) == 2 for marks in table["quotes"])


# --- Real translations ------------------------------------------------------------------------------------------------

XML = "{http://www.w3.org/XML/1998/namespace}"
TEI = "{http://www.tei-c.org/ns/1.0}"
ZH = (3, 1, 3, 1, 2, *(1,) * 10, 2, *(1,) * 5, 3, 0, *(1,) * 6, 2, 1, 2, 2, 2, 1, 3, *(1,) * 35)
"""How many paragraphs of the Chinese talk stand for each of the English one; the 23rd was left out."""

FALSE = 0
"""Findings, of all below, that are wrong by eye."""
FOUND = {
    "parliament": {
        ("C013", "5.0.0"),  # « in an English text; true
        ("C013", "9.0.12"),  # the same; true
    },
    "custody": set[tuple[str, str]](),
    "relay": {("C015", "0")},  # the translation begins with topic and place, which the original has not; true
}


def texts(path: Path) -> list[str]:
    body = path.read_text("utf-8").split("---\n", 2)[2]
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", body) if part.strip()]


def annotated(segment: etree._Element) -> str:
    """The words of a segment whose words are elements."""
    said, glued = "", True
    for one in segment.iter(f"{TEI}w", f"{TEI}pc"):
        if one.text and one.text.strip():
            said += ("" if glued else " ") + one.text.strip()
            glued = one.get("join") in {"right", "both"}
    return said


def parliament(data: Path) -> Iterator[tuple[str, Pair]]:
    """Catalan and Spanish into English, by ids."""
    folder = data / "parlamint-es-ct"
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    first = etree.parse(folder / "ParlaMint-ES-CT_2015-10-26-0101.xml", parser)
    second = etree.parse(folder / "ParlaMint-ES-CT-en_2015-10-26-0101.ana.xml", parser)
    english = {one.get(f"{XML}id"): annotated(one) for one in second.iter(f"{TEI}seg")}
    for one in first.iter(f"{TEI}seg"):
        source = " ".join("".join(one.itertext()).split())
        key = one.get(f"{XML}id", "")
        yield key.partition("0101.")[2], Pair(source, english[key], (one.get(f"{XML}lang", ""), "en"))


def custody(data: Path) -> Iterator[tuple[str, Pair]]:
    """English into Spanish; the translation has four more paragraphs after the first."""
    folder = data / "bitcoin-parallel"
    english, spanish = texts(folder / "bitcoin-custody.md"), texts(folder / "bitcoin-custody.es.md")
    for number, source in enumerate(english):
        yield str(number), Pair(source, spanish[number + 4 if number else 0], ("en", "es"))


def relay(data: Path) -> Iterator[tuple[str, Pair]]:
    """English into Chinese."""
    folder = data / "bitcoin-parallel"
    name = "2021-11-16-gloria-zhao-transaction-relay-policy"
    english, chinese = texts(folder / f"{name}.md"), texts(folder / f"{name}.zh.md")
    assert (len(english), len(chinese)) == (len(ZH), sum(ZH))
    edges = [sum(ZH[:number]) for number in range(len(ZH) + 1)]
    for number, (begin, end) in enumerate(pairwise(edges)):
        if end > begin:
            yield str(number), Pair(english[number], " ".join(chinese[begin:end]), ("en", "zh-Hans"))


@pytest.mark.parametrize(("name", "count"), [("parliament", 243), ("custody", 24), ("relay", 70)])
def test_of_a_hundred_real_translations_fewer_than_three_are_suspected_wrongly(
    real_data: Path, name: str, count: int
) -> None:
    """Every finding was read; so what is new here is either a good find, to be listed, or a fault of a check."""
    pairs = list({"parliament": parliament, "custody": custody, "relay": relay}[name](real_data))

    found = {(one.code, key) for key, pair in pairs for one in proofs.proofs(pair)}

    assert len(pairs) == count
    assert found == FOUND[name]
    assert FALSE / count < 0.03


@pytest.mark.parametrize(("name", "least"), [("parliament", 0.7), ("custody", 0.7), ("relay", 0.5)])
def test_of_numbers_that_somebody_mistyped_most_are_found(real_data: Path, name: str, least: float) -> None:
    pairs = {"parliament": parliament, "custody": custody, "relay": relay}[name](real_data)
    seen = total = 0
    for _, pair in pairs:
        if digits := re.search(r"\d{2,}", pair.target):
            wrong = f"{pair.target[: digits.start()]}{int(digits.group()) + 9}{pair.target[digits.end() :]}"
            total += 1
            seen += "C011" in {one.code for one in proofs.proofs(Pair(pair.source, wrong, pair.languages))}

    assert total > 3
    assert seen >= least * total
