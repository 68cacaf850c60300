"""Any text whatever given to a reader is a briefing or is refused; what is written as JSON is read again."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import briefings, paragraphs

from publish import document, plugins
from publish.config import Settings
from publish.diagnostics import Diagnostic, InputError
from publish.inlines import tidy
from publish.model import Briefing, Nest, Paragraph, Text, plain, walk
from publish.model import paragraphs as all_paragraphs
from publish.work import Source

_SIGNS = (
    *"ab Q.:([])<>*_`\\~!#-|—–“”\u00a0\n\t", "Q  ", "MS. A:  ", "**B:** ", "\n\n", "<s>", "</s>", "(Laughter.)",
    "](", "http://a", "---\n", "1  2  >", "\\[", "\\]", "Name:", "\u3000", "：", "[1:02]", "3:04 P.M. EST", "END", "{",
)  # fmt: skip
_MARKS = st.lists(st.sampled_from(_SIGNS), max_size=40).map("".join)
_ANY = st.one_of(_MARKS, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=120))


def _holds_the_invariants(briefing: Briefing) -> None:
    known = [participant.speaker for participant in briefing.participants]
    assert known == list(dict.fromkeys(turn.speaker for turn in briefing.turns if turn.speaker is not None))
    for turn in briefing.turns:
        assert turn.paragraphs
        assert turn.speaker is not None or (len(turn.paragraphs) == 1 and not turn.continued and not turn.label)
        assert not (turn.continued and turn.label)
        assert all(heading.level for heading in turn.headings)
    for paragraph in all_paragraphs(briefing):
        assert paragraph.parts
        for part in walk(paragraph.parts):
            assert not isinstance(part, Nest) or part.parts
            if isinstance(part, Text):
                assert part.text
                assert not any(
                    one.isspace() and two.isspace() for one, two in zip(part.text, part.text[1:], strict=False)
                )
                assert not set(part.text) & set("\n\t\r\x0b\x0c\x85\u2028\u2029")


@pytest.mark.parametrize("name", plugins.names("readers"))
@given(text=_ANY)
@example(text="---\n? [a]: b\n---\n\nQ  Hello.")
@example(text="A: a\n\n(")
@example(text="# Only a heading")
@example(text="Name:\n\nName:\n\nwords")
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_briefing_or_is_refused(name: str, text: str) -> None:
    findings: list[Diagnostic] = []
    source = Source("transcripts/a.md", text)
    reader = plugins.reader(name)

    assert 0 <= reader.claims(source) <= 100
    try:
        briefing = reader.read("a", (source,), Settings(), findings.append)
    except InputError as error:
        assert error.diagnostic.place.file == "transcripts/a.md"
        assert error.diagnostic.message
        return
    _holds_the_invariants(briefing)
    assert document.decode(document.encode(briefing).decode(), "a.json").briefing == briefing


@pytest.mark.parametrize("name", ["markdown", "pressroom"])
@given(texts=st.lists(_ANY, min_size=2, max_size=3))
@settings(deadline=None)
def test_any_pages_are_a_briefing_or_are_refused(name: str, texts: list[str]) -> None:
    pages = tuple(Source(f"transcripts/a/page-{number}.txt", text) for number, text in enumerate(texts, 1))
    findings: list[Diagnostic] = []
    try:
        briefing = plugins.reader(name).read("a", pages, Settings(), findings.append)
    except InputError:
        return
    _holds_the_invariants(briefing)


_WORD = "W"
"""Stands for a word; each gets a number, so that words are told apart."""
_MARKED = st.lists(
    st.one_of(
        st.just(_WORD),
        st.sampled_from(("MS. ROE:  ", "Lena Marsh:\n\n", " ", "\n\n", "\\", "](http://x.y)", *_SIGNS[5:])),
    ),
    min_size=3,
    max_size=40,
).map("".join)


@pytest.mark.parametrize(("name", "begin"), [("markdown", "Q  go\n\n"), ("pressroom", "Lena Marsh:\n\n")])
@given(text=_MARKED)
@settings(max_examples=300, deadline=None)
def test_no_word_is_lost_or_moved_without_a_report(name: str, begin: str, text: str) -> None:
    numbers = iter(range(1, 1000))
    source = Source("a.txt", begin + re.sub(_WORD, lambda _: f"w{next(numbers)}x", text))
    findings: list[Diagnostic] = []

    try:
        briefing = plugins.reader(name).read("a", (source,), Settings(), findings.append)
    except InputError:
        return  # refused as a whole: nobody speaks in it
    if not {finding.code for finding in findings} & {"R005", "R007"}:
        said = [plain(paragraph.parts, deleted=True) for paragraph in all_paragraphs(briefing)]
        labels = [turn.label for turn in briefing.turns]
        expected = re.findall(r"w\d+x", source.text)
        if not any(_WORD.lower() in label for label in labels):
            assert re.findall(r"w\d+x", " ".join(said)) == expected


@given(briefing=briefings())
@settings(max_examples=100, deadline=None)
def test_a_briefing_written_as_json_is_read_again_with_nothing_lost(briefing: Briefing) -> None:
    source = Source(f"transcripts/{briefing.name}.json", document.encode(briefing).decode())
    reader = plugins.reader_for(source)

    again = reader.read(briefing.name, (source,), Settings(), lambda finding: pytest.fail(str(finding)))

    assert again == briefing
    assert document.encode(again) == document.encode(briefing)


@given(briefing=briefings(identified=True))
@settings(max_examples=50, deadline=None)
def test_ids_and_places_are_read_again_too(briefing: Briefing) -> None:
    again = document.decode(document.encode(briefing).decode(), "a.json").briefing

    assert again == briefing
    _holds_the_invariants(briefing)


@given(paragraph=paragraphs())
@settings(deadline=None)
def test_folding_white_space_changes_nothing_that_is_folded(paragraph: Paragraph) -> None:
    assert msgspec.structs.replace(paragraph, parts=tidy(paragraph.parts)) == paragraph
