"""Constructs of Markdown transcripts, one by one; whole files stand in ``golden/`` and real ones in another module."""

from __future__ import annotations

import pytest

from publish.config import Settings, SpeakerSettings
from publish.diagnostics import Diagnostic, InputError
from publish.model import (
    Briefing,
    Code,
    Deleted,
    Editorial,
    Emphasis,
    Foreign,
    Image,
    Inaudible,
    Inline,
    Inserted,
    Link,
    PageBreak,
    Text,
    Vocal,
    plain,
)
from publish.readers import markdown
from publish.work import Source

NBSP = "\u00a0"


def read(*texts: str, settings: Settings | None = None) -> tuple[Briefing, list[str]]:
    """The briefing of pages, and the codes of what was found with their lines."""
    findings: list[Diagnostic] = []
    sources = tuple(Source(f"transcripts/a/page-{number}.md", text) for number, text in enumerate(texts, 1))
    briefing = markdown.read("a", sources, settings or Settings(), findings.append)
    return briefing, [f"{finding.code}:{finding.place.line}" for finding in findings]


def said(briefing: Briefing) -> list[tuple[str | None, str, str]]:
    """Speaker, label and words of each turn; paragraphs are divided by a bar."""
    return [
        (turn.speaker, turn.label, " | ".join(plain(paragraph.parts, deleted=True) for paragraph in turn.paragraphs))
        for turn in briefing.turns
    ]


def parts(words: str) -> tuple[Inline, ...]:
    briefing, _ = read(f"Q  {words}")
    return briefing.turns[0].paragraphs[0].parts


# --- Lines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", ["", " ", NBSP, f"{NBSP}  ", "\u2003", "\u202f", "\u3000\t"])
def test_a_line_of_white_space_of_any_kind_ends_a_paragraph(blank: str) -> None:
    briefing, _ = read(f"MS. ROE:  One\n{blank}\nTwo.\n{blank}\nQ  Three?")

    assert said(briefing) == [("ms-roe", "MS. ROE", "One | Two."), ("q", "Q", "Three?")]


def test_lines_of_a_paragraph_are_joined_by_a_space_and_runs_of_white_space_are_one() -> None:
    briefing, _ = read(f"MS. ROE: {NBSP} Two\n  words.{NBSP} And{NBSP}more\u00ad.\u2003Yes.")

    assert said(briefing)[0][2] == f"Two words. And{NBSP}more. Yes."


def test_a_label_inside_of_a_wrapped_paragraph_is_no_label() -> None:
    briefing, codes = read(
        "MS. ROE:  The film is called The L Word Generation\nQ,” two Showtime, and then\nQ&A. And so on."
    )

    assert len(briefing.turns) == 1
    assert not codes


def test_a_label_after_a_hard_break_begins_a_turn() -> None:
    briefing, _ = read(f"MS. ROE:  One.{NBSP} \nQ    Two?\\\nMS. ROE:  Three.")

    assert [label for _, label, _ in said(briefing)] == ["MS. ROE", "Q", "MS. ROE"]


def test_a_hard_break_before_a_capital_or_a_quotation_begins_a_paragraph_and_others_are_joined() -> None:
    briefing, codes = read("MS. ROE:  One.  \nTwo\\\nthree.  \n“Four.”")

    assert said(briefing)[0][2] == "One. | Two three. | “Four.”"
    assert codes == ["R008:3"]


def test_signs_of_a_list_are_taken_off_and_a_dash_inside_of_a_sentence_is_kept() -> None:
    briefing, _ = read("MS. ROE:  Two things:\n-   one\n-   two\n\nIt is so\n- or it was.\n\n- three\n- four")

    assert said(briefing)[0][2] == "Two things: | one | two | It is so - or it was. | three | four"


def test_a_number_at_the_beginning_of_a_wrapped_line_is_no_item() -> None:
    briefing, _ = read("MS. ROE:  It began in\n2023.  So we came.\n\n1. One\n2. Two, in\n7. Seven.")

    assert said(briefing)[0][2] == "It began in 2023. So we came. | 1. One | 2. Two, in 7. Seven."


def test_headings_of_both_kinds_stand_before_the_next_turn() -> None:
    briefing, _ = read("## First ##\n\nQ  One?\n\nSecond\n------\n\nMS. ROE:  Two.\n\n### C #1\n\nThree.")

    assert [[(plain(h.parts), h.level) for h in turn.headings] for turn in briefing.turns] == [
        [("First", 2)],
        [("Second", 2)],
        [("C #1", 3)],
    ]
    assert [turn.continued for turn in briefing.turns] == [False, False, True]


def test_the_one_heading_of_the_first_level_is_the_title() -> None:
    assert read("# On moss\n\nQ  One?")[0].title == "On moss"
    several, _ = read("# One\n\nQ  One?\n\n# Two\n\nQ  Two?")
    assert [plain(turn.headings[0].parts) for turn in several.turns] == ["One", "Two"]


def test_a_code_block_is_a_paragraph_of_code() -> None:
    briefing, codes = read("MS. ROE:  Type:\n\n```sh\nQ  *one*\n\ntwo\n```\n\nDone.")

    assert briefing.turns[0].paragraphs[1].parts == (Code("Q *one* two"),)
    assert said(briefing)[0][2] == "Type: | Q *one* two | Done."
    assert codes == ["R007:3"]


# --- Labels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "separator",
    [" ", "  ", f"{NBSP}{NBSP}{NBSP} ", f" {NBSP} ", "\u2003", f"{NBSP}{NBSP}", "\t", "\u3000", f"{NBSP}\u2003 ", "\n"],
)
def test_q_and_any_white_space_begin_a_question(separator: str) -> None:
    assert said(read(f"Q{separator}Is it?")[0]) == [("q", "Q", "Is it?")]


def test_a_dash_after_q_belongs_to_the_words() -> None:
    assert said(read("Q    — at risk —")[0])[0][2] == "— at risk —"


@pytest.mark.parametrize(
    ("label", "sign"), [("Q– ", "–"), ("Q\\` ", "\\`"), ("MS. ROE:\\` ", "\\`"), ("MS. ROE:` ", "`")]
)
def test_an_odd_sign_after_a_label_is_left_out_and_reported(label: str, sign: str) -> None:
    findings: list[Diagnostic] = []
    briefing = markdown.read("a", (Source("a.md", f"{label}since then"),), Settings(), findings.append)

    assert said(briefing)[0][2] == "since then"
    assert [finding.code for finding in findings] == ["R011"]
    assert repr(sign) in findings[0].message


@pytest.mark.parametrize(
    "text", ["**Ada Quist:** Hi.", "**Ada Quist**: Hi.", "__Ada Quist:__ Hi.", "**Ada Quist: ** Hi."]
)
def test_a_name_in_bold_is_a_label(text: str) -> None:
    assert said(read(text)[0]) == [("ada-quist", "Ada Quist", "Hi.")]


def test_a_break_in_bold_is_no_speaker_and_is_reported() -> None:
    briefing, codes = read("**Ada Quist:** Hi.\n\n**Break:** \\[04:00\\]\n\n**Ada Quist:** Hi again.")

    assert [turn.continued for turn in briefing.turns] == [False, False]
    assert [person.name for person in briefing.participants] == ["Ada Quist"]
    assert codes == ["R007:3"]


def test_a_stamp_after_a_label_is_the_time_of_the_turn_and_one_inside_of_it_is_reported() -> None:
    briefing, codes = read("**Ada Quist:** \\[04:01\\] One.\n\n\\[1:02:33\\] Two.")

    assert briefing.turns[0].time == "04:01"
    assert said(briefing)[0][2] == "One. | Two."
    assert codes == ["R007:3"]


def test_two_labels_before_one_text_are_reported_and_the_second_speaks() -> None:
    briefing, codes = read("Q    MR. ROE:  Yes.")

    assert said(briefing) == [("mr-roe", "MR. ROE", "Yes.")]
    assert codes == ["R005:1"]


def test_a_known_name_with_a_full_stop_for_its_colon_stays_text_and_is_reported_even_before_its_first_turn() -> None:
    briefing, codes = read("Q  One?\n\nMS. ROE. Two.\n\nMS. ROE:  Three.")

    assert said(briefing) == [("q", "Q", "One? | MS. ROE. Two."), ("ms-roe", "MS. ROE", "Three.")]
    assert codes == ["R004:3"]


def test_a_label_in_other_letters_is_one_when_the_file_knows_it() -> None:
    briefing, codes = read("Ms. Roe: One.\n\nMS. ROE:  Two.\n\nMS  ROE:  Three.")

    assert [turn.speaker for turn in briefing.turns] == ["ms-roe"] * 3
    assert [turn.label for turn in briefing.turns] == ["Ms. Roe", "MS. ROE", "MS ROE"]
    assert len(briefing.participants) == 1
    assert not codes


def test_a_name_before_a_quotation_is_no_speaker_and_that_is_reported() -> None:
    briefing, codes = read("MS. ROE:  They wrote:\n\nCBS: “It rains.”\n\nAnna Weber: It pours.")

    assert len(briefing.turns) == 1
    assert codes == ["R016:3", "R016:5"]


def test_a_name_of_series_toml_is_a_label_in_any_letters_and_before_a_quotation() -> None:
    settings = Settings(speakers={"weber": SpeakerSettings(name="Anna Weber", aliases=("Ms Weber",), role="official")})
    briefing, codes = read("Q  One?\n\nMs Weber: “Two,” I said.", settings=settings)

    assert briefing.participants[1].name == "Anna Weber"
    assert [(person.speaker, person.role) for person in briefing.participants] == [
        ("q", "journalist"),
        ("weber", "official"),
    ]
    assert not codes


def test_names_in_small_letters_are_labels_where_there_are_no_others_and_that_is_said() -> None:
    briefing, codes = read("Chair: Order.\n\nMr Bell: It rings.\n\nChair: Yes.\n\nMr Bell: I said so.")

    assert [turn.label for turn in briefing.turns] == ["Chair", "Mr Bell", "Chair", "Mr Bell"]
    assert codes == ["R025:0"]


def test_a_short_talk_between_two_names_in_small_letters_is_one() -> None:
    assert [turn.label for turn in read("Anna: Hi.\n\nBen: Hello.")[0].turns] == ["Anna", "Ben"]
    with pytest.raises(InputError):
        read("Slides: none.\n\nNow, prose.\n\nMore of it.\n\nAddress: none.\n\nAnd more.")


def test_a_label_without_words_is_reported_and_kept() -> None:
    briefing, codes = read("MS. ROE:\n\nQ  One?\n\nMR. LAND:")

    assert said(briefing) == [(None, "", "MS. ROE"), ("q", "Q", "One?"), (None, "", "MR. LAND")]
    assert [person.speaker for person in briefing.participants] == ["q"]
    assert codes == ["R006:1", "R006:5"]


def test_a_label_alone_on_its_line_speaks_what_follows() -> None:
    assert said(read("**Ada Quist:**\n\nHi.\n\nQ\n\nWhy?")[0]) == [
        ("ada-quist", "Ada Quist", "Hi."),
        ("q", "Q", "Why?"),
    ]


def test_neighbours_with_one_label_are_never_made_one() -> None:
    assert len(read("Q  One?\n\nQ  Two?")[0].turns) == 2


def test_a_slip_of_a_frequent_name_is_reported_and_stays() -> None:
    briefing, codes = read("MS. DALTON:  a\n\n" * 3 + "MS. DALOTON:  b")

    assert [person.name for person in briefing.participants] == ["MS. DALTON", "MS. DALOTON"]
    assert codes == ["R003:7"]


# --- Who is heard between the turns -----------------------------------------------------------------------------------


def test_speech_goes_on_after_a_stage_direction() -> None:
    briefing, _ = read("MS. ROE:  One.\n\n(Cross-talk.)\n\nTwo.\n\n(Applause.)\n\nQ  Three?")

    assert [(turn.speaker, turn.label, turn.continued) for turn in briefing.turns] == [
        ("ms-roe", "MS. ROE", False),
        (None, "", False),
        ("ms-roe", "", True),
        (None, "", False),
        ("q", "Q", False),
    ]
    assert [turn.place.line for turn in briefing.turns] == [1, 3, 5, 7, 9]


def test_a_turn_that_is_only_a_remark_has_its_speaker() -> None:
    assert said(read("Q  (Inaudible.)\n\nMS. ROE:  (Laughs.) Yes.")[0]) == [
        ("q", "Q", "(Inaudible.)"),
        ("ms-roe", "MS. ROE", "(Laughs.) Yes."),
    ]


def test_place_and_hours_are_those_of_the_briefing_and_an_end_mark_is_reported() -> None:
    briefing, codes = read(
        "Aboard the Ferry\n\nEn Route to Port Sund\n\n(May 3, 2031)\n\n2:04 P.M. CEST\n\nQ  One?\n\n"
        "END     2:31 P.M. CEST\n\n\\###"
    )

    assert briefing.venue == "Aboard the Ferry / En Route to Port Sund / (May 3, 2031)"
    assert (briefing.start, briefing.end) == ("2:04 P.M. CEST", "2:31 P.M. CEST")
    assert codes == ["R007:11", "R007:13"]


def test_an_hour_inside_of_a_briefing_is_a_stage_direction_and_the_last_line_is_its_end() -> None:
    briefing, _ = read("2:04 P.M. IST\n\nQ  One?\n\nMS. ROE:  It was at\n\n3:15 P.M.\n\nexactly.\n\n3:20 P.M. IST")

    assert (briefing.start, briefing.end) == ("2:04 P.M. IST", "3:20 P.M. IST")
    assert [words for _, _, words in said(briefing)] == ["One?", "It was at", "3:15 P.M.", "exactly."]


def test_a_talk_without_labels_is_its_only_speakers() -> None:
    briefing, codes = read(
        "---\nspeakers:\n- Ida Holm\n---\nSlides: <https://example.org>\n\n## A\n\nHi.\n\n## Q&A\n\nQ - Why?\n\nA - So."
    )

    assert [(turn.speaker, turn.label) for turn in briefing.turns] == [
        (None, ""),
        ("ida-holm", ""),
        ("q", "Q"),
        ("ida-holm", "A"),
    ]
    assert codes == ["R010:5"]


def test_a_briefing_of_nothing_but_an_opening_is_one() -> None:
    assert len(read("MS. ROE:  We declare that it is so.")[0].turns) == 1


@pytest.mark.parametrize(
    "end",
    ["END 3:20 P.M. GMT", "END\n3:20 P.M. GMT", "3:20 P.M. GMT\nEND", "3:20 P.M. GMT\n\nEND", "END\n\n3:20 P.M. GMT"],
)
def test_the_hour_of_the_end_is_known_on_either_side_of_the_end_mark(end: str) -> None:
    briefing, _ = read(f"3:00 P.M. GMT\n\nMS. ROE:  That is all.\n\n{end}")

    assert (briefing.start, briefing.end) == ("3:00 P.M. GMT", "3:20 P.M. GMT")
    assert [words for _, _, words in said(briefing)] == ["That is all."]


def test_words_that_are_nobodys_are_reported_and_kept() -> None:
    briefing, codes = read(
        "A long sentence that somebody wrote, and which is no place at all, since it ends with a stop.\n\nQ  One?"
    )

    assert briefing.turns[0].speaker is None
    assert codes == ["R010:1"]


def test_a_comment_is_left_out_and_reported_with_its_line() -> None:
    briefing, codes = read("Q  One <!-- no\n\nno -->?\n\nMS. ROE:  Two.")

    assert "no" not in " ".join(words for _, _, words in said(briefing))
    assert codes == ["R007:1"]
    assert briefing.turns[-1].place.line == 5


def test_a_comment_is_quoted_as_far_as_it_goes_and_one_in_a_value_is_none() -> None:
    findings: list[Diagnostic] = []
    text = "---\ntitle: One <!-- kept --> two\n---\n\nQ  One <!-- no --> and more of it?"

    briefing = markdown.read("a", (Source("a.md", text),), Settings(), findings.append)

    assert briefing.title == "One <!-- kept --> two"
    assert [str(found) for found in findings] == ["note R007 a.md:5: the comment '<!-- no -->' is left out"]


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_pages_are_joined_by_their_numbers_and_a_break_stands_between() -> None:
    briefing, codes = read("MS. ROE:  One.", "Two.\n\nQ  Three?")

    assert briefing.pages == ("1", "2")
    assert briefing.turns[0].paragraphs[1].parts == (PageBreak("2"), Text("Two."))
    assert briefing.turns[0].paragraphs[1].place.file == "transcripts/a/page-2.md"
    assert not codes


# --- Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a *b* c", (Text("a "), Emphasis((Text("b"),)), Text(" c"))),
        ("__b__", (Emphasis((Text("b"),), strong=True),)),
        ("***b***", (Emphasis((Emphasis((Text("b"),)),), strong=True),)),
        ("a_b_c 2 * 3 * 4", (Text("a_b_c 2 * 3 * 4"),)),
        ("*not closed", (Text("*not closed"),)),
        ("`*a* \\`", (Code("*a* \\"),)),
        ("[a](https://x.example/(b))", (Link("https://x.example/(b)", (Text("a"),)),)),
        ("<https://x.example>.", (Link("https://x.example", (Text("https://x.example"),)), Text("."))),
        ("StudentAid.gov/SAVE", (Text("StudentAid.gov/SAVE"),)),
        ("<s>a</s> \\[b\\] c", (Deleted((Text("a"),)), Text(" "), Inserted((Text("[b]"),)), Text(" c"))),
        ("<s>a</s> b", (Deleted((Text("a"),)), Text(" b"))),
        ("the \\[new\\] one", (Text("the "), Editorial((Text("[new]"),)), Text(" one"))),
        ("(Laughter.) Yes (coughs)", (Vocal("(Laughter.)", "vocal"), Text(" Yes "), Vocal("(coughs)", "vocal"))),
        ("No. (A phone rings.)", (Text("No. "), Vocal("(A phone rings.)"))),
        ("The (inaudible)?", (Text("The "), Inaudible("(inaudible)"), Text("?"))),
        ("a 401(k) and (so on)", (Text("a 401(k) and (so on)"),)),
        ("a <u>b</u> &amp; &lt;c&gt; \\*d\\*", (Text("a b & <c> *d*"),)),
        ('<span lang="fr">oui</span>', (Foreign("fr", (Text("oui"),)),)),
        ("*Mahalo* lead- — we", (Emphasis((Text("Mahalo"),)), Text(" lead- — we"))),
        ('<img src="a.png" alt="A map">', (Image("A map", "a.png"),)),
        ("![A map](a.png)", (Image("A map", "a.png"),)),
        ("a <b", (Text("a <b"),)),
    ],
)  # fmt: skip
def test_marks_in_words_are_parts(words: str, expected: tuple[Inline, ...]) -> None:
    assert parts(words) == expected


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("never (closed", "R009"),
        ("never \\[closed", "R009"),
        ("<s>never closed", "R009"),
        ("closed</s>", "R009"),
        ('<span lang="nonsense-">a</span>', "R018"),
        ('<img src="a.png">', "R017"),
        ("a\x07b", "R023"),
    ],
)
def test_what_is_not_understood_is_reported_and_the_words_are_kept(words: str, code: str) -> None:
    briefing, codes = read(f"Q  {words} x")

    assert codes == [f"{code}:1"]
    assert said(briefing)[0][2].endswith("x")


def test_marks_in_one_another_beyond_reason_are_text() -> None:
    briefing, codes = read("Q  " + "<s>" * 500 + "x" + "</s>" * 500)

    assert "x" in said(briefing)[0][2]
    assert codes == ["R009:1"]


# --- Front matter -----------------------------------------------------------------------------------------------------


def test_front_matter_is_text_and_what_is_not_known_is_kept() -> None:
    briefing, codes = read(
        "---\ntitle: 'A\n  B\\_C'\ndate: 2031-01-02 10:00:00\nsource_url: https://example.org/a\nlocation: Hall\n"
        "language: FR\nyes: no\nempty:\nlist: [1, 2.50]\ntable: {a: 0x10}\n---\nQ  Oui ?"
    )

    assert (briefing.title, briefing.date, briefing.date_text) == ("A B_C", "2031-01-02", "2031-01-02 10:00:00")
    assert (briefing.source, briefing.venue, briefing.language) == ("https://example.org/a", "Hall", "fr")
    assert briefing.extra == {"yes": "no", "empty": "", "list": ["1", "2.50"], "table": {"a": "0x10"}}
    assert not codes


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("title: [a", 3),
        ("a: &x 1\nb: *x", 2),
        ("a: !!python/object:os.system x", 2),
        ("a: b\na: c", 3),
        ("a: " + "[" * 50, 2),
        ("- a\n- b", 2),
        ("? [a]\n: b", 2),
        ("title: 'open", 3),
    ],
)
def test_front_matter_that_cannot_be_read_is_refused_with_its_line(front: str, line: int) -> None:
    with pytest.raises(InputError) as refused:
        read(f"---\n{front}\n---\n\nQ  One?")

    assert (refused.value.diagnostic.code, refused.value.diagnostic.place.line) == ("R002", line)


def test_front_matter_without_an_end_is_refused() -> None:
    with pytest.raises(InputError, match="no end"):
        read("---\ntitle: a\n\nQ  One?")


@pytest.mark.parametrize(
    ("front", "code"),
    [("date: soon", "R021"), ("language: x!", "R024"), ("status: tomorrow", "R024")],
)
def test_values_that_cannot_be_used_are_reported_with_their_line(front: str, code: str) -> None:
    briefing, codes = read(f"---\ntitle: A\n{front}\n---\nQ  One?")

    assert codes == [f"{code}:3"]
    assert briefing.language == "en"
    assert briefing.status == ("draft" if "status" in front else "public")


def test_a_comment_that_never_ends_takes_nothing_with_it() -> None:
    briefing, _ = read("Q  One <!-- two\n\nMS. ROE:  Three.")

    assert said(briefing) == [("q", "Q", "One <!-- two"), ("ms-roe", "MS. ROE", "Three.")]


def test_a_text_without_turns_is_refused_with_what_to_write() -> None:
    with pytest.raises(InputError, match="begin each with who speaks"):
        read("---\ntitle: A\n---\n\nOnly prose.")


# --- Hostile texts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "[",
        "*a ",
        "<s>",
        "\\",
        "[a](",
        "`a",
        "_a_ ",
        "1  2",
        "<!--",
        "&#",
        "a | ",
        "- ",
        "> a\n",
        "</ins><s>",
        "# ",
        "~~a",
    ],
)
def test_a_line_of_nothing_but_marks_is_read_in_one_pass(unit: str) -> None:
    """No time is asserted: what takes more than one pass over 300,000 signs does not end at all."""
    briefing, _ = read("Q  " + unit * (300_000 // len(unit)) + "x")

    assert briefing.turns


def test_a_line_of_spaces_and_lines_of_breaks_are_read_in_one_pass() -> None:
    briefing, _ = read("Q  a" + " " * 300_000 + "b\n" + "ab\\\n" * 50_000)

    assert len(briefing.turns) == 1


def test_a_file_of_nothing_but_names_is_read() -> None:
    names = [f"MR. A{chr(65 + n // 676)}{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}" for n in range(5_000)]
    briefing, _ = read("\n\n".join(f"{name}:  x" for name in names))

    assert len(briefing.participants) == 5_000


def test_a_line_of_fifty_megabytes_is_refused_with_its_place() -> None:
    with pytest.raises(InputError) as refused:
        read("Q  One?\n\nMS. ROE:  " + "a (b " * 10_000_000)

    assert (refused.value.diagnostic.code, refused.value.diagnostic.place.line) == ("R027", 3)
