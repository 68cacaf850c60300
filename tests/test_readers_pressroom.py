"""Pages of press rooms, one construct at a time; whole cases stand in ``golden/``."""

from __future__ import annotations

import pytest

from publish.config import Settings, SpeakerSettings
from publish.diagnostics import Diagnostic, InputError
from publish.model import Briefing, PageBreak, Text, plain
from publish.readers import pressroom
from publish.work import Source

HEAD = "Press Room\n\nOn the bridge | May 7, 2031\n\n"


def read(*texts: str, numbers: tuple[int, ...] = (), settings: Settings | None = None) -> tuple[Briefing, list[str]]:
    """The briefing of pages, and the codes of what was found with their lines."""
    findings: list[Diagnostic] = []
    numbers = numbers or tuple(range(1, len(texts) + 1))
    sources = tuple(Source(f"transcripts/a/page-{n}.txt", text) for n, text in zip(numbers, texts, strict=True))
    briefing = pressroom.read("a", sources, settings or Settings(), findings.append)
    return briefing, [f"{finding.code}:{finding.place.line}" for finding in findings]


def said(briefing: Briefing) -> list[tuple[str, str]]:
    """Label and words of each turn; paragraphs are divided by a bar."""
    return [
        (turn.label, " | ".join(plain(paragraph.parts) for paragraph in turn.paragraphs)) for turn in briefing.turns
    ]


def test_title_and_date_stand_above_and_the_sites_heading_is_left_out_and_told_once() -> None:
    briefing, codes = read(f"{HEAD}Lena Marsh:\n\nOne.", f"{HEAD}Owen Field:\n\nTwo.")

    assert (briefing.title, briefing.date, briefing.date_text) == ("On the bridge", "2031-05-07", "May 7, 2031")
    assert said(briefing) == [("Lena Marsh", "One."), ("Owen Field", "Two.")]
    assert codes == ["R007:1"]


@pytest.mark.parametrize(
    "top",
    [
        "Press Room\nOn the bridge | May 7, 2031\nLena Marsh:\n\nOne.",
        "On the bridge | May 7, 2031\nLena Marsh:\n\nOne.",
        "Press Room\n\nOn the\nbridge | May 7, 2031\n\nLena Marsh:\n\nOne.",
    ],
)
def test_a_title_is_found_without_blank_lines_around_it_and_over_two_lines(top: str) -> None:
    briefing, _ = read(top)

    assert (briefing.title, briefing.date) == ("On the bridge", "2031-05-07")
    assert said(briefing) == [("Lena Marsh", "One.")]


@pytest.mark.parametrize("pager", ["< 1 2 3 >", "<  1  2  3  …  16  >", "1 2 3 4", "« 1 2 3 »", "< 1 ... 7 8 >"])
def test_a_pager_is_left_out(pager: str) -> None:
    briefing, _ = read(f"Lena Marsh:\n\nOne.\n{pager}\n")

    assert said(briefing) == [("Lena Marsh", "One.")]


@pytest.mark.parametrize("words", ["2019 2020", "7 5 3", "12", "1 2 buckle my shoe"])
def test_numbers_that_are_no_pager_are_words(words: str) -> None:
    assert said(read(f"Lena Marsh:\n\n{words}")[0]) == [("Lena Marsh", words)]


@pytest.mark.parametrize(
    "line",
    [
        "I want to stress three points:",
        "Three points, and no more:",
        "Mr. Li said:",
        "A name of far too many words to be one:",
    ],
)
def test_words_with_a_colon_are_no_name(line: str) -> None:
    assert said(read(f"Lena Marsh:\n\n{line}\n\nOne.")[0]) == [("Lena Marsh", f"{line} | One.")]


@pytest.mark.parametrize(
    "name", ["Deng Boqing", "Dr. Ana de la Cruz", "Cover News", "邓波清", "Mr. J. R. Ode", "O’Hara"]
)
def test_a_name_alone_with_its_colon_begins_a_turn(name: str) -> None:
    colon = "：" if name == "邓波清" else ":"
    assert said(read(f"{name}{colon}\n\nOne.")[0]) == [(name, "One.")]


def test_a_name_right_above_its_words_begins_a_turn_where_no_name_stands_alone() -> None:
    briefing, _ = read("Lena Marsh:\nOne.\n\nOwen Field:\nTwo.\n\nThree.")

    assert said(briefing) == [("Lena Marsh", "One."), ("Owen Field", "Two. | Three.")]


def test_a_turn_runs_over_a_page_and_over_a_page_inside_of_a_sentence() -> None:
    briefing, _ = read(f"{HEAD}Lena Marsh:\n\nIt is", f"{HEAD}so.\n\nTwo.", f"{HEAD}Three.")

    assert [paragraph.parts for paragraph in briefing.turns[0].paragraphs] == [
        (Text("It is "), PageBreak("2"), Text("so.")),
        (Text("Two."),),
        (PageBreak("3"), Text("Three.")),
    ]
    assert briefing.pages == ("1", "2", "3")


def test_a_name_at_the_foot_of_a_page_speaks_on_the_next() -> None:
    briefing, codes = read("Lena Marsh:\n\nOne.\n\nOwen Field:\n\n< 1 2 >", "Two.")

    assert said(briefing) == [("Lena Marsh", "One."), ("Owen Field", "Two.")]
    assert not codes


def test_after_a_missing_page_nobody_is_taken_for_the_speaker() -> None:
    briefing, codes = read("Lena Marsh:\n\nOne.\n\n< 1 2 3 4 >", "Two.\n\nOwen Field:\n\nThree.", numbers=(1, 3))

    assert [(turn.speaker, turn.label) for turn in briefing.turns] == [
        ("lena-marsh", "Lena Marsh"),
        (None, ""),
        ("owen-field", "Owen Field"),
    ]
    assert codes == ["R012:1", "R014:0", "R014:0"]


def test_a_page_of_which_nothing_tells_the_number_is_said_to_be_so_once() -> None:
    findings: list[Diagnostic] = []
    source = Source("transcripts/2031-05-07-page.txt", "Lena Marsh:\n\nOne.\n\n< 1 2 3 >")

    briefing = pressroom.read("a", (source,), Settings(), findings.append)

    assert [finding.code for finding in findings] == ["R015"]
    assert "3" in findings[0].message
    assert briefing.pages == ()


def test_who_asks_and_is_answered_and_never_answers_is_guessed_to_be_a_journalist() -> None:
    text = (
        "Lena Marsh:\n\nWelcome. Any questions?\n\nCover News:\n\nWill it hold? Thank you.\n\nOwen Field:\n\nWill it? "
        "It will, since we built it for a hundred years and for every flood that was ever seen.\n\n"
        "Ann Lee:\n\nWho pays?\n\nLena Marsh:\n\nWe do."
    )
    briefing, codes = read(text)

    assert {person.name: (person.kind, person.role) for person in briefing.participants} == {
        "Lena Marsh": ("person", ""),
        "Cover News": ("organisation", "journalist"),
        "Owen Field": ("person", ""),
        "Ann Lee": ("person", "journalist"),
    }
    assert codes == ["R013:5", "R013:13"]


def test_what_series_toml_says_of_a_speaker_is_not_guessed() -> None:
    settings = Settings(
        speakers={"cover-news": SpeakerSettings(name="Cover News", kind="organisation", role="audience")}
    )
    briefing, codes = read("Cover News:\n\nWill it hold?\n\nOwen Field:\n\nYes.", settings=settings)

    assert briefing.participants[0].role == "audience"
    assert not codes


def test_stage_directions_stand_alone_and_in_the_words() -> None:
    briefing, _ = read(
        "Lena Marsh:\n\nOne. (Laughter.)\n\n(Applause.)\n\nTwo.\n\nOwen Field:\n\n(Speaks in Welsh.)\n\nThree."
    )

    assert [(turn.speaker, turn.continued) for turn in briefing.turns] == [
        ("lena-marsh", False),
        (None, False),
        ("lena-marsh", True),
        ("owen-field", False),
    ]


def test_a_name_without_words_is_reported_and_kept() -> None:
    briefing, codes = read("Lena Marsh:\n\nOwen Field:\n\nOne.")

    assert said(briefing) == [("", "Lena Marsh"), ("Owen Field", "One.")]
    assert codes == ["R006:1"]


def test_a_text_without_names_is_refused() -> None:
    with pytest.raises(InputError, match="alone on a line"):
        read("Only prose.")


@pytest.mark.parametrize("unit", ["1  2  ", "1 ", "a | ", "(", "：", "A:", "< 1 2 > ", "[", "a: "])
def test_a_line_of_nothing_but_marks_is_read_in_one_pass(unit: str) -> None:
    """No time is asserted: what takes more than one pass over 300,000 signs does not end at all."""
    line = unit * (300_000 // len(unit)) + "x"
    source = Source("a.txt", f"Lena Marsh:\n\n{line}")

    assert pressroom.claims(source) in range(101)
    assert said(read(source.text)[0])[0][0] == "Lena Marsh"


def test_a_line_of_fifty_megabytes_is_refused_with_its_place() -> None:
    with pytest.raises(InputError) as refused:
        read("Lena Marsh:\n\n" + "a (b " * 10_000_000)

    assert (refused.value.diagnostic.code, refused.value.diagnostic.place.line) == ("R027", 3)
