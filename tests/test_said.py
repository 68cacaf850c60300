"""What is said of what is printed: by the real engine's phonemes, in six languages, and of any text at all."""

from __future__ import annotations

import ctypes
import json
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import espeakng_loader
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import forked
from publish.audio import Phonemes
from publish.engines import pyttsx3
from publish.lexicon import Lexicon, Word
from publish.matching import Gate
from publish.said import Said, rules, said

NOTHING = Lexicon()
ROWS = Path(__file__).parent / "said"
VOICES = {"en": "en-us", "fr": "fr", "es": "es", "ru": "ru", "ar": "ar", "zh": "cmn"}
LEAST = {"en": 100, "fr": 60, "es": 60, "ru": 60, "ar": 60, "zh": 60}


def rows(language: str) -> list[tuple[str, str]]:
    """Printed forms in short contexts, and the words that must be heard."""
    lines = (ROWS / f"{language}.tsv").read_text("utf-8").splitlines()
    return [
        (printed, heard) for line in lines if not line.startswith("#") for printed, _, heard in [line.partition("\t")]
    ]


# --- The engine's own opinion -----------------------------------------------------------------------------------------


def spoken(texts: list[str], voice: str) -> list[str]:
    """What espeak-ng would say of each: its phonemes in IPA, clauses divided by bars.

    Stress and spaces are left out: "90" and "ninety" differ in them alone.
    """
    pyttsx3.version()  # the library is ready; it is asked in a copy of this process, which never speaks

    def ask() -> bytes:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        library.espeak_SetVoiceByName(voice.encode())
        return json.dumps([_phonemes(library, text) for text in texts]).encode()

    return [re.sub(r"[ˈˌ ]|\([a-z]+\)", "", phonemes) for phonemes in json.loads(forked.forked(ask, 60))]


def _phonemes(library: ctypes.CDLL, text: str) -> str:
    at = ctypes.c_char_p(text.encode())
    clauses = []
    while at.value:
        clauses.append(library.espeak_TextToPhonemes(ctypes.byref(at), 1, 2).decode())
    return " | ".join(clauses)


@cache
def judged(language: str) -> list[tuple[str, str, str, str, str]]:
    """For each row: what is printed, what is said, and the phonemes of the print, of what is said, and of the words."""
    table = rows(language)
    texts = [said(printed, language, NOTHING).text for printed, _ in table]
    asked = spoken([*(one[0] for one in table), *texts, *(one[1] for one in table)], VOICES[language])
    count = len(table)
    return [
        (table[number][0], texts[number], *(asked[number + part * count] for part in range(3)))  # type: ignore[misc]
        for number in range(count)
    ]


@pytest.mark.parametrize("language", VOICES)
def test_the_words_that_must_be_heard_are_said(language: str) -> None:
    """Arabic has no short vowels here, on neither side; so the letters are compared, which the words differ in."""
    wrong = [(printed, text, said_so) for printed, text, _, said_so, heard in judged(language) if said_so != heard]

    assert wrong == []
    assert len({printed for printed, _ in rows(language)}) >= LEAST[language]


@pytest.mark.parametrize("language", VOICES)
def test_what_is_changed_would_be_said_otherwise_without(language: str) -> None:
    changed = [one for one in judged(language) if one[0] != one[1]]

    assert [printed for printed, _, alone, said_so, _ in changed if alone == said_so] == []
    assert len(changed) >= LEAST[language] // 2


@pytest.mark.parametrize("language", VOICES)
def test_what_is_said_is_not_changed_again(language: str) -> None:
    texts = [said(printed, language, NOTHING).text for printed, _ in rows(language)]

    assert [
        (text, said(text, language, NOTHING).text) for text in texts if said(text, language, NOTHING).text != text
    ] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It is no more, and I am in. The end."),
        ("en", "[[h@l'oU]] is text, and so is <break time='1s'/> & <b>."),
        ("en", "He has an idea. We do too."),
        ("en", "Plan B. Then we left."),
        ("en", "We met in the U.S. The others stayed."),
        ("en", "Version 1.2.3 of 10.0.0.1 at 12.03.2020."),
        ("en", "A well-known co-op, a re- reading, pro- — something."),
        ("en", "Q    What is it?"),
        ("en", "THE PRESIDENT: WHO SAID THAT"),
        ("en", "I, too, and V, and Malcolm X."),
        ("en", "5 * 3 and a_b and x < y"),
        ("fr", "Me voici. Il a dit oui."),
        ("fr", "no comment, et non."),
        ("es", "D de dedo, y no más."),
        ("ru", "Он был в с. Он и я."),
        ("ar", "نعم، هذا صحيح."),
        ("zh", "是的，谢谢。"),
        ("de", "Das kostet $5 Mio., z. B. 18–24 km."),
        ("und", "Dr. No. 10"),
    ],
)
def test_what_needs_no_other_words_is_left_as_it_is(language: str, text: str) -> None:
    assert said(text, language, NOTHING) == Said(text)


@pytest.mark.parametrize("language", VOICES)
def test_a_variety_of_a_language_has_its_rules(language: str) -> None:
    printed, _ = next(row for row in rows(language) if said(row[0], language, NOTHING).edits)

    assert said(printed, f"{language}-AQ", NOTHING) == said(printed, language, NOTHING)


def test_an_abbreviation_at_the_end_of_a_sentence_leaves_the_sentence_its_end() -> None:
    assert said("He is Sam Jr. We met.", "en", NOTHING).text == "He is Sam Junior. We met."
    assert said("He is Sam Jr.", "en", NOTHING).text == "He is Sam Junior."
    assert (
        said("He is Sam Jr., of Acme Inc. in Rome", "en", NOTHING).text
        == "He is Sam Junior, of Acme Incorporated in Rome"
    )


# --- Where a word was printed -----------------------------------------------------------------------------------------


def test_a_word_that_is_heard_is_found_where_it_is_printed() -> None:
    printed = "So Rep. Lee said $1.5 billion, *only 5 km*, in 1995."
    of = said(printed, "en", NOTHING)
    found = {
        match.group(): printed[slice(*of.span(match.start(), len(match.group())))]
        for match in re.finditer(r"\w+", of.text)
    }

    assert of.text == "So Representative Lee said 1.5 billion dollars, only 5 kilometers, in 19 95."
    assert found == {
        "So": "So", "Representative": "Rep.", "Lee": "Lee", "said": "said", "1": "$1.5 billion", "5": "5 km",
        "billion": "$1.5 billion", "dollars": "$1.5 billion", "only": "only", "kilometers": "5 km", "in": "in",
        "19": "1995", "95": "1995",
    }  # fmt: skip


@pytest.mark.parametrize("language", VOICES)
def test_words_that_are_printed_and_said_alike_stand_for_each_other(language: str) -> None:
    for printed, _ in rows(language):
        of = said(printed, language, NOTHING)
        changed = {at for edit in of.edits for at in range(edit.position, edit.position + edit.length)}
        for at, sign in enumerate(of.text):
            if at not in changed:
                assert printed[of.printed(at)] == sign, printed


def test_the_marks_of_the_real_engine_lead_to_the_printed_words() -> None:
    from publish.audio import Utterance  # noqa: PLC0415

    printed = "Ask Dr. Smith about $2 million."
    of = said(printed, "en", NOTHING)
    voice = next(voice for voice in pyttsx3.voices() if voice.language == "en")

    marks = pyttsx3.synthesise(Utterance(of.text, voice)).marks

    assert [printed[slice(*of.span(mark.position, mark.length))] for mark in marks] == [
        "Ask", "Dr.", "Smith", "about", "$2 million", "$2 million", "$2 million",
    ]  # fmt: skip


# --- Any text ---------------------------------------------------------------------------------------------------------

PIECES = [
    "$1.5", "$", "billion", "18–24", "5 km", "%", "1990s", "IV", "XIV", "Rep.", "U.S.", "a.m.", "St.", "No.",
    "10", "—", "--", "*", "**", "#tag", "#1", "https://example.org/a", "a@example.org", "example.com", "[[",
    "]]", "<b>", "М.", "т. е.", "5 млн", "2020 г.", "n.º", "1.º", "EE. UU.", "M.", "20h30", "XXe", "د.", "٣٫٥",
    "٥٪", "3.5%", "2020年", "5㎞", "\u0301", "\ud800", "\0", "\n", " ", " ", " ", ".", ",", "-", "−", "’", "word",
    "Name", "ABC", "WHO", "0", "1", "½", "①", "ß", "İ",
]  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join))
LANGUAGES = st.sampled_from([*VOICES, "de", "zh-Hant-TW", "und"])
LEXICONS = st.builds(
    Lexicon,
    st.lists(
        st.builds(
            Word, st.sampled_from([*VOICES]), st.sampled_from(["word", "Name", "Rep.", "5", "é", "c++"]), st.just("x y")
        )
    ).map(tuple),
)


@given(TEXTS, LANGUAGES, LEXICONS)
def test_of_any_text_something_is_said_and_each_place_leads_back_in_order(
    text: str, language: str, lexicon: Lexicon
) -> None:
    of = said(text, language, lexicon)

    places = [of.printed(position) for position in range(len(of.text) + 1)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
    assert of.printed(len(of.text)) == len(text) or of.text == "" or of.edits


@given(TEXTS, LANGUAGES)
def test_no_letter_is_lost_that_belongs_to_no_form(text: str, language: str) -> None:
    of = said(text, language, NOTHING)

    kept, at = [], 0
    for edit in of.edits:
        kept.append(text[at : edit.printed])
        at = edit.printed + edit.printed_length
    parts = [*kept, text[at:]]
    rebuilt, at = [], 0
    for edit in of.edits:
        rebuilt.append(of.text[at : edit.position])
        at = edit.position + edit.length
    assert parts == [*rebuilt, of.text[at:]]
    for edit in of.edits:
        form = text[edit.printed : edit.printed + edit.printed_length]
        assert edit.length or not any(sign.isalnum() for sign in form), form


@given(TEXTS, st.sampled_from([*VOICES]))
def test_what_is_passed_over_at_a_glance_is_not_changed_by_a_closer_look(text: str, language: str) -> None:
    """The quick look at tokens finds the beginning of each form that a look at every place finds."""
    of = rules(language)
    assert of is not None
    quick = list(of.changes(text))
    gate = of._gate
    of._gate = Everywhere("")
    try:
        assert list(of.changes(text)) == quick
    finally:
        of._gate = gate


class Everywhere(Gate):
    """Looks at every place."""

    def spots(self, text: str) -> Iterator[int]:
        yield from range(len(text))


LONG: list[Callable[[int], str]] = [
    lambda size: "a." * size,
    lambda size: "1" * size,
    lambda size: "1," * size,
    lambda size: "1 " * size,
    lambda size: "1 000 " * size,
    lambda size: "$" * size,
    lambda size: "$1-" * size,
    lambda size: "*" * size,
    lambda size: "-" * size,
    lambda size: "—" * size,
    lambda size: "[" * size,
    lambda size: "[a](" * size,
    lambda size: "a-" * size,
    lambda size: "a@" * size,
    lambda size: "A. " * size,
    lambda size: "A." * size,
    lambda size: "X" * size,
    lambda size: "X " * size,
    lambda size: "MR. " * size,
    lambda size: "word " * size,
    lambda size: " " * size,
    lambda size: "https://" * size,
    lambda size: "#a" * size,
    lambda size: "т. " * size,
    lambda size: "5年" * size,
    lambda size: "\\" * size,
]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_time_grows_with_the_length_alone(language: str) -> None:
    for shape in LONG:
        text = shape(100_000)[:100_000]
        begin = time.process_time()
        said(text, language, Lexicon((Word(language, "a a"), Word(language, "word word word", "x"))))
        assert time.process_time() - begin < 5, text[:12]


def test_a_year_of_briefings_takes_seconds(real_data: Path) -> None:
    lines = [
        line for path in sorted((real_data / "whitehouse").glob("*.md")) for line in path.read_text("utf-8").split("\n")
    ]
    begin = time.process_time()

    changed = sum(bool(said(line, "en", NOTHING).edits) for line in lines)

    assert changed > 15_000
    assert time.process_time() - begin < 10


# --- With a lexicon ---------------------------------------------------------------------------------------------------


def test_words_of_the_lexicon_are_said_and_come_before_forms_that_begin_where_they_do() -> None:
    lexicon = Lexicon(
        (Word("en", "Rep.", "repetition"), Word("en", "Kamala", ipa="kəˈmɑːlə"), Word("en", "GIF", "jif"))
    )

    of = said("So Rep. Kamala saw $5 and a GIF.", "en", lexicon)

    assert of.text == "So repetition Kamala saw 5 dollars and a jif."
    assert of.phonemes == (Phonemes(14, 6, "kəˈmɑːlə"),)
    assert of.text[14:20] == "Kamala"
    assert of.printed(14) == 8
    assert said("un GIF", "fr", lexicon).text == "un GIF"


def test_nothing_that_is_said_is_a_command() -> None:
    assert said("[[a]] <p>", "en", Lexicon((Word("en", "a", "[[b]]"),))).text == "[[[[b]]]] <p>"
