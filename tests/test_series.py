"""Where exchanges begin, what they are called, and where sentences end."""

from __future__ import annotations

import statistics
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.config import Settings
from publish.diagnostics import Diagnostic
from publish.model import Briefing, Paragraph, Participant, Role, Text, Turn, paragraphs, plain
from publish.readers import markdown, pressroom
from publish.segment import sentences
from publish.series import LONGEST, exchanges, question, shortened, with_exchanges
from publish.workspace import load

ROLES: dict[str, tuple[str, Role]] = {
    "q": ("unnamed", "journalist"),
    "m": ("person", "moderator"),
    "o": ("person", "official"),
    "j1": ("organisation", "journalist"),
    "j2": ("organisation", "journalist"),
}
QUESTION = "What will the town do about the broken bridge this summer?"


def silent(_: Diagnostic) -> None: ...


def briefing(*turns: tuple[str, str], language: str = "en", heading: str = "") -> Briefing:
    people = tuple(Participant(key, key, kind, role) for key, (kind, role) in ROLES.items())  # type: ignore[arg-type]
    made = tuple(
        Turn(
            (Paragraph((Text(text),)),),
            speaker,
            headings=(Paragraph((Text(heading),), level=2),) if heading and index == 1 else (),
        )
        for index, (speaker, text) in enumerate(turns)
    )
    return Briefing("b", "B", made, people, language)


def opened(of: Briefing) -> list[int]:
    return [index for index, turn in enumerate(with_exchanges(of, Settings(), silent).turns) if turn.opens]


def cut(text: str, language: str = "en") -> list[str]:
    return [text[slice(*span)] for span in sentences(text, language)]


# --- Exchanges --------------------------------------------------------------------------------------------------------


def test_headings_of_the_source_come_before_everything() -> None:
    assert opened(briefing(("q", QUESTION), ("o", "It will."), ("q", QUESTION), heading="The bridge")) == [1]


def test_another_named_questioner_opens_an_exchange_and_the_same_one_goes_on() -> None:
    turns = (("j1", QUESTION), ("o", "Yes."), ("j1", "And when?"), ("o", "Soon."), ("j2", QUESTION), ("o", "No."))

    assert opened(briefing(*turns)) == [0, 4]


def test_a_moderator_who_gives_the_word_opens_an_exchange() -> None:
    turns = (
        ("m", "Welcome. First question."),
        ("q", QUESTION),
        ("o", "Yes."),
        ("q", "Really?"),
        ("m", "Next."),
        ("q", QUESTION),
    )

    assert opened(briefing(*turns)) == [1, 5]


@pytest.mark.parametrize(
    "hand_over", ["Go ahead.", "Yes, go ahead, Mary.", "Mary.", "Okay. Zeke Miller.", "In the back."]
)
def test_a_hand_over_in_words_or_a_bare_name_opens_an_exchange(hand_over: str) -> None:
    assert opened(briefing(("o", hand_over), ("q", QUESTION))) == [1]


@pytest.mark.parametrize("answer", ["Yeah.", "Mm-hmm.", "It did not change.", "No, no.", "In 2031.", "I —", "Mary —"])
def test_an_answer_is_no_hand_over(answer: str) -> None:
    turns = (("o", "Go ahead."), ("q", QUESTION), ("o", answer), ("q", "But is that all there is to it?"))

    assert opened(briefing(*turns)) == [1]


def test_who_goes_on_after_an_interruption_opens_nothing() -> None:
    turns = (("o", "Go ahead."), ("q", QUESTION), ("o", "In the back."), ("q", "— or who else is going to pay for it?"))

    assert opened(briefing(*turns)) == [1]


def test_a_greeting_opens_an_exchange() -> None:
    turns = (("o", "Go ahead."), ("q", QUESTION), ("o", "It will."), ("q", f"Thank you. {QUESTION}"))

    assert opened(briefing(*turns)) == [1, 3]


def test_a_briefing_without_a_question_is_all_opening() -> None:
    opening, rest = exchanges(with_exchanges(briefing(("o", "One."), ("o", "Two.")), Settings(), silent))

    assert len(opening) == 2
    assert rest == ()


@given(
    st.lists(st.tuples(st.sampled_from(sorted(ROLES)), st.text(min_size=1))), st.sampled_from(["en", "fr", "ar", "zh"])
)
def test_exchanges_and_opening_are_all_turns_and_doing_it_again_changes_nothing(
    turns: list[tuple[str, str]], language: str
) -> None:
    once = with_exchanges(briefing(*turns, language=language), Settings(), silent)

    opening, rest = exchanges(once)
    assert (*opening, *(turn for group in rest for turn in group)) == once.turns
    assert with_exchanges(once, Settings(), silent) == once


@pytest.fixture(scope="module")
def year(real_data: Path) -> list[Briefing]:
    found = []
    for path in sorted((real_data / "whitehouse").glob("*.md")):
        source = load(path.read_bytes(), path.name)
        found.append(with_exchanges(markdown.read("b", (source,), Settings(), silent), Settings(), silent))
    return found


def test_a_year_has_headings_that_one_can_survey(year: list[Briefing]) -> None:
    counts = [len(exchanges(of)[1]) for of in year]

    assert 12 <= statistics.median(counts) <= 18
    assert max(counts) <= 45
    assert counts.count(0) <= 2


def test_the_client_s_page_is_one_exchange(real_data: Path) -> None:
    source = load((real_data / "scio/2020-03-28-page.txt").read_bytes(), "page.txt")
    of = with_exchanges(pressroom.read("b", (source,), Settings(), silent), Settings(), silent)

    (only,) = exchanges(of)[1]
    asked = "Will the foreign aid affect prevention and control of the epidemic at home?"
    assert question(only[:1], "en") == asked


# --- Headings ---------------------------------------------------------------------------------------------------------


def heading(*texts: str, language: str = "en") -> str:
    return question(briefing(*(("q", text) for text in texts)).turns, language)


def test_fillers_are_cut_and_the_first_real_question_is_taken() -> None:
    assert heading("Thanks, Karine. And so, will the school stay open in June?") == "Will the school stay open in June?"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("No one was warned before the water came, is that right?", "en"),
        ("Now that the bridge is closed, who takes the children across?", "en"),
        ("No hay agua en el pueblo desde ayer, ¿es cierto?", "es"),
        ("Alors que le pont est fermé, qui conduit les enfants ?", "fr"),
        ("Нет никакой воды в городе со вчерашнего дня, это правда?", "ru"),
        ("لا يوجد ماء في المدينة منذ الأمس، هل هذا صحيح؟", "ar"),
    ],
)
def test_a_word_that_carries_the_meaning_is_no_filler(text: str, language: str) -> None:
    assert heading(text, language=language) == text


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("No, and right, who takes the children across the river?", "en", "Who takes the children across the river?"),
        ("No, pero ¿quién lleva a los niños al otro lado?", "es", "¿quién lleva a los niños al otro lado?"),
        ("لا، هل يوجد ماء في المدينة منذ الأمس؟", "ar", "هل يوجد ماء في المدينة منذ الأمس؟"),
    ],
)
def test_the_same_word_before_a_mark_is_one(text: str, language: str, said: str) -> None:
    assert heading(text, language=language) == said


def test_a_question_that_comes_later_is_found() -> None:
    said = heading("Hi.", "I have two. What does the new wall cost the town?")

    assert said == "What does the new wall cost the town?"


def test_without_a_question_the_first_real_sentence_is_taken() -> None:
    assert heading("Yes. Tell us about the bridge, please, sir.") == "Tell us about the bridge, please, sir."


def test_remarks_in_brackets_are_no_question() -> None:
    assert heading("(Inaudible.) will the market open again this week?") == "Will the market open again this week?"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("شكرا. هل سيبقى الجسر مغلقا حتى نهاية الصيف القادم؟", "ar"),
        ("谢谢。学校今年夏天会继续开放吗？请介绍一下。", "zh"),
    ],
)
def test_questions_of_other_scripts_are_found(text: str, language: str) -> None:
    assert heading(text, language=language)[-1] in "؟？"


def test_a_long_heading_is_cut_at_a_word() -> None:
    short = shortened("word " * 60, "en")

    assert len(short) <= LONGEST
    assert short.endswith("word …")


@given(st.text(), st.sampled_from(["en", "fr", "ar", "zh", "xx"]))
def test_any_words_give_a_heading_of_one_line(text: str, language: str) -> None:
    found = heading(text, language=language)

    assert len(found) <= LONGEST
    assert "\n" not in found


# --- Sentences --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("MS. JEAN-PIERRE spoke. Mr. Kirby did not.", "en", ["MS. JEAN-PIERRE spoke.", "Mr. Kirby did not."]),
        ("It is No. 10 on the list. Next.", "en", ["It is No. 10 on the list.", "Next."]),
        ("The U.S. Senate met. It was late.", "en", ["The U.S. Senate met.", "It was late."]),
        ("M. Dupont parle. Il a fini.", "fr", ["M. Dupont parle.", "Il a fini."]),
        ("谢谢。学校会开放吗？", "zh", ["谢谢。", "学校会开放吗？"]),
        ("😀 One. Two.", "en", ["😀 One.", "Two."]),
        ("", "en", []),
        ("   ", "en", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, language: str, expected: list[str]) -> None:
    assert cut(text, language) == expected


@given(st.text(), st.sampled_from(["en", "fr", "ar", "zh", "xx"]))
def test_sentences_hold_every_sign_that_is_no_space_and_overlap_nowhere(text: str, language: str) -> None:
    spans = sentences(text, language)

    at = 0
    for begin, end in spans:
        assert at <= begin < end
        assert not text[at:begin].strip()
        assert text[begin:end] == text[begin:end].strip()
        at = end
    assert not text[at:].strip()


def test_a_megabyte_without_a_full_stop_is_one_sentence() -> None:
    assert len(sentences("word " * 200_000, "en")) == 1


def test_abbreviations_end_no_sentence_in_a_year(year: list[Briefing]) -> None:
    ends = {"MS.": 0, "MR.": 0, "No.": 0, "U.S.": 0, "Mr.": 0}
    for of in year:
        for paragraph in paragraphs(of):
            spans = cut(plain(paragraph.parts))
            for first, _ in pairwise(spans):
                for word in ends:
                    ends[word] += first.endswith((f" {word}", f"({word}")) or first == word

    assert ends["MS."] == ends["MR."] == ends["Mr."] == 0
    assert ends["No."] <= 10  # "No." as an answer ends a sentence
    assert ends["U.S."] <= 60  # and so does the country at an end
