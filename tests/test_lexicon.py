"""Pronunciations: of ``series.toml`` and of PLS files, found as whole words, the longest first."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.config import parse
from publish.diagnostics import Diagnostic, InputError
from publish.lexicon import Lexicon, Word, lexicon_of, parse_pls
from publish.said import said

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"'


def pls(body: str, attributes: str = 'alphabet="ipa" xml:lang="en"') -> bytes:
    return f"{HEAD} {attributes}>\n{body}\n</lexicon>\n".encode()


def read(data: bytes) -> tuple[tuple[Word, ...], list[str]]:
    findings: list[Diagnostic] = []
    lexicon = parse_pls("pronunciation/names.pls", data, findings.append)
    return lexicon.words, [str(finding) for finding in findings]


def test_graphemes_aliases_and_phonemes_are_read() -> None:
    words, findings = read(
        pls("""<lexeme><grapheme>Lindqvist</grapheme><grapheme>O’Brien</grapheme><phoneme>ˈlɪndkvɪst</phoneme></lexeme>
        <lexeme><!-- a comment --><grapheme>W3C</grapheme><alias>World Wide Web
        Consortium</alias></lexeme><meta name="x" content="y"/>
        <lexeme><grapheme>two</grapheme><alias>first</alias><phoneme prefer="true">tuː</phoneme></lexeme>""")
    )

    assert findings == []
    assert words == (
        Word("en", "Lindqvist", ipa="ˈlɪndkvɪst"),
        Word("en", "O'Brien", ipa="ˈlɪndkvɪst"),
        Word("en", "W3C", "World Wide Web Consortium"),
        Word("en", "two", ipa="tuː"),
    )


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"<lexicon", "error S007 pronunciation/names.pls:1: this is not well-formed"),
        (b"", "error S007 pronunciation/names.pls"),
        (b"\xff\xfe\0", "error S007 pronunciation/names.pls"),
        (b"<a/>", "error S007 pronunciation/names.pls:1: this is no PLS document"),
        (pls("", 'alphabet="ipa"'), "error S007 pronunciation/names.pls:2: xml:lang='' is not a language tag"),
        (pls("", 'xml:lang="no tag"'), "error S007 pronunciation/names.pls:2: xml:lang='no tag' is not a language tag"),
        (pls("<lexeme><alias>x</alias></lexeme>"), "warning S008 pronunciation/names.pls:3: a lexeme has no grapheme"),
        (
            pls("<lexeme><grapheme>x</grapheme></lexeme>"),
            "warning S008 pronunciation/names.pls:3: a lexeme says nothing",
        ),
        (
            pls("<lexeme><grapheme>x</grapheme>\n<alias> </alias></lexeme>"),
            "warning S008 pronunciation/names.pls:4: an alias is empty",
        ),
        (
            pls("<lexeme><grapheme>x</grapheme>\n<phoneme>K@</phoneme></lexeme>"),
            "warning S008 pronunciation/names.pls:4: 'K@' is not written in the International Phonetic Alphabet",
        ),
        (
            pls('<lexeme><grapheme>x</grapheme>\n<phoneme alphabet="x-sampa">k@</phoneme></lexeme>'),
            "warning S009 pronunciation/names.pls:4: the phonetic alphabet 'x-sampa' is not known",
        ),
        (
            pls("<lexeme><grapheme>x</grapheme><phoneme>k</phoneme></lexeme>", 'xml:lang="en"'),
            "warning S009 pronunciation/names.pls:3: the phonetic alphabet '' is not known",
        ),
    ],
)
def test_what_cannot_be_used_is_reported_with_its_line(data: bytes, finding: str) -> None:
    words, findings = read(data)

    assert words == ()
    assert len(findings) == 1
    assert findings[0].startswith(finding)


def test_a_lexeme_that_cannot_be_used_leaves_the_others() -> None:
    words, findings = read(
        pls(
            "<lexeme><grapheme>x</grapheme></lexeme><lexeme><grapheme>y</grapheme><phoneme alphabet='k'>k</phoneme>"
            "<alias>why</alias></lexeme>"
        )
    )

    assert words == (Word("en", "y", "why"),)
    assert [finding.split()[1] for finding in findings] == ["S008", "S009"]


def test_entities_and_files_of_a_hostile_document_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words", "utf-8")
    bomb = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    doctype = f'<!DOCTYPE lexicon [<!ENTITY a0 "ha"><!ENTITY f SYSTEM "{secret.as_uri()}">{bomb}]>'
    body = "<lexeme><grapheme>x</grapheme><alias>&f;&a12; y</alias></lexeme>"
    begin = time.process_time()

    words, _ = read(pls(body).replace(b"\n", f"\n{doctype}\n".encode(), 1))

    assert time.process_time() - begin < 2
    assert "secret" not in str(words)
    assert sum(len(word.alias) for word in words) < 100


@given(st.one_of(st.binary(), st.text().map(lambda text: pls(text.encode("utf-8", "replace").decode()))))
def test_any_bytes_are_words_or_a_finding(data: bytes) -> None:
    words, findings = read(data)

    assert isinstance(words, tuple)
    assert all("pronunciation/names.pls" in finding for finding in findings)


# --- Which word is meant ----------------------------------------------------------------------------------------------

NAMES = Lexicon((
    Word("en", "us", "ourselves"),
    Word("en", "US", "America"),
    Word("en", "New York", "the city"),
    Word("en", "York", "the town"),
    Word("en", "c++", "see plus plus"),
    Word("en", "O'Brien", "Obreen"),
    Word("en", "gif", "jif"),
    Word("en", "武汉", "Woohan"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("tell us", "tell ourselves"),
        ("Us too", "ourselves too"),
        ("the US", "the America"),
        ("York, New York and New\u00a0York", "the town, the city and the city"),
        ("Yorkshire, Yorké, Newer York", "Yorkshire, Yorké, Newer the town"),
        ("York\u0301", "York\u0301"),
        ("york", "york"),
        ("C++ or c++.", "see plus plus or see plus plus."),
        ("O’Brien’s, O'Brien", "Obreen’s, Obreen"),
        ("a GIF, Gif; gifs", "a jif, jif; gifs"),
        ("在武汉的", "在Woohan的"),
    ],
)
def test_words_are_found_whole_the_longest_first_and_by_case_where_they_have_capitals(
    printed: str, expected: str
) -> None:
    assert said(printed, "en", NAMES).text == expected


def test_of_equal_words_the_closest_tag_is_meant_and_then_the_first() -> None:
    lexicon = Lexicon((
        Word("fr", "gif", "jif"), Word("fr-CA", "gif", "guif"), Word("fr", "gif", "other"),
        Word("en-GB", "lab", "laboratory"),
    ))  # fmt: skip

    assert said("un gif", "fr", lexicon).text == "un jif"
    assert said("un gif", "fr-CA", lexicon).text == "un guif"
    assert said("a gif", "en", lexicon).text == "a gif"
    assert said("a lab", "en", lexicon).text == "a laboratory"
    assert said("a lab", "en-US", lexicon).text == "a lab"
    assert said("un gif", "de", Lexicon((Word("de", "GIF", "dschif"),))).text == "un gif"


def test_many_words_cost_little() -> None:
    words = tuple(Word("en", f"Name{number}son", f"x{number}") for number in range(50_000))
    begin = time.process_time()

    of = said("Name1son met Name49999son and Name50000son. " * 2_000, "en", Lexicon(words))

    assert of.text.startswith("x1 met x49999 and Name50000son.")
    assert time.process_time() - begin < 10


# --- series.toml ------------------------------------------------------------------------------------------------------


def test_words_of_the_configuration_are_of_its_language_or_of_the_one_named_and_come_first() -> None:
    settings = parse(
        """
        language = "en"
        [pronunciation]
        GIF = "jif"
        Kamala = "/kəˈmɑːlə/"
        "St. John" = " Sin  jin "
        [pronunciation.fr-ca]
        "Lévis" = "/levi/"
        """
    )
    file = Lexicon((Word("en", "GIF", "other"), Word("en", "SVG", "es vee gee")))

    lexicon = lexicon_of(settings, [file])

    assert lexicon.words == (
        Word("en", "GIF", "jif"),
        Word("en", "Kamala", ipa="kəˈmɑːlə"),
        Word("en", "St. John", "Sin jin"),
        Word("fr-CA", "Lévis", ipa="levi"),
        *file.words,
    )
    assert said("GIF, SVG", "en", lexicon).text == "jif, es vee gee"
    assert lexicon_of(parse("")) == Lexicon()


@pytest.mark.parametrize(
    ("text", "said_so"),
    [
        ('[pronunciation]\nx = ""\n', r"W003 series.toml:2: 'x' would be said as nothing"),
        ('[pronunciation]\n"—" = "dash"\n', r"W003 series.toml:2: '—' is no word"),
        ('[pronunciation]\nx = "/k"\n', r"W003 series.toml:2: '/k' has a slash at one end"),
        ('[pronunciation]\nx = "/K@/"\n', r"W003 series.toml:2: '/K@/' is not in the International Phonetic Alphabet"),
        ("[pronunciation]\nx = 3\n", r"W003 series.toml:2: pronunciation.x is no text; write how it is said in quotes"),
        ('[pronunciation.french_]\nx = "y"\n', r"W003 series.toml:1: 'french_' is not a language tag"),
        ('[pronunciation.fr]\na = "b"\nx = "/k"\n', r"W003 series.toml:3: '/k' has a slash at one end"),
        ("[pronunciation.fr.x]\ny = 1\n", r"W003 series.toml:1: pronunciation.fr.x is no text"),
    ],
)
def test_a_pronunciation_that_cannot_be_used_is_refused_with_its_line(text: str, said_so: str) -> None:
    with pytest.raises(InputError, match=said_so):
        parse(text)
