"""Whatever a paragraph is made of, its markup is well-formed, holds its words, and marks its sentences."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree, html
from small import small_edition

from publish.interface import interface
from publish.markup import Medium, escape, sentences
from publish.model import (
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
    Paragraph,
    Text,
    Vocal,
    plain,
    walk,
)

MEDIUM = Medium(edition=small_edition(), interface=interface("en"), xhtml=True)
WORDS = st.one_of(
    st.sampled_from(["One. ", "Two", " ", "Mr. ", "Who? ", "! ", "نعم. ", "好。", "(Laughter.) ", "a.", "<b>&amp;"]),
    st.text(max_size=12),
)
LEAVES: st.SearchStrategy[Inline] = st.one_of(
    WORDS.map(Text), WORDS.map(Text), WORDS.map(Code), WORDS.map(Vocal), WORDS.map(Inaudible), WORDS.map(PageBreak)
)


def nests(children: st.SearchStrategy[Inline]) -> st.SearchStrategy[Inline]:
    parts = st.lists(children, max_size=4).map(tuple)
    href = st.one_of(st.just("https://example.org/"), st.text(max_size=8))
    return st.one_of(
        st.builds(Emphasis, parts, st.booleans()),
        st.builds(Link, href, parts),
        st.builds(Foreign, st.sampled_from(["ar", "fr"]), parts),
        st.builds(Deleted, parts),
        st.builds(Inserted, parts),
        st.builds(Editorial, parts),
    )


PARTS = st.lists(st.recursive(LEAVES, nests, max_leaves=12), max_size=6).map(tuple)


def parsed(parts: tuple[Inline, ...]) -> Any:  # noqa: ANN401  # xpath gives what it finds
    return etree.fromstring(f"<p>{sentences(Paragraph(parts, 'p1', 'en'), MEDIUM)}</p>")


def printable(text: str) -> str:
    """As a parser gives it back, without what no document may hold."""
    return etree.fromstring(f"<p>{escape(text)}</p>").text or ""


def lines(text: str) -> str:
    """With one kind of line end: a parser takes CR and LF for one, unless they are in two elements."""
    return re.sub(r"[\r\n]+", "\n", text)


@given(PARTS)
@example((Deleted((Text("\r"),)), Text("\n")))
def test_all_words_are_there_in_order(parts: tuple[Inline, ...]) -> None:
    assert lines("".join(parsed(parts).itertext())) == lines(printable(plain(parts, deleted=True)))


@given(PARTS)
def test_sentences_are_numbered_and_hold_everything_but_white_space_and_deletions(parts: tuple[Inline, ...]) -> None:
    tree = parsed(parts)

    spans = tree.xpath("//span[@role='none'][not(@data-label)]")
    assert [span.get("id") for span in spans] == [f"p1-s{number}" for number in range(1, len(spans) + 1)]
    outside = [text for text in tree.xpath("//text()") if not in_span(text)]
    assert "".join(outside).strip() == ""


def in_span(text: Any) -> bool:  # noqa: ANN401  # lxml's string that knows its element
    parent = text.getparent()
    above = [*([parent] if text.is_text else []), *parent.iterancestors()]
    return any(one.tag == "del" or one.get("role") == "none" for one in above)


@given(PARTS)
def test_nothing_but_the_cut_of_a_sentence_changes_the_nesting(parts: tuple[Inline, ...]) -> None:
    tree = parsed(parts)

    assert len(tree.xpath("//a")) == sum(
        isinstance(part, Link) and part.href == "https://example.org/" and plain(part.parts).strip() != ""
        for part in walk(parts)
    )
    assert len(tree.xpath("//code")) == sum(isinstance(part, Code) for part in walk(parts))
    assert len(tree.xpath("//span[@class='page']")) == sum(isinstance(part, PageBreak) for part in walk(parts))
    assert len(set(tree.xpath("//@id"))) == len(tree.xpath("//@id"))


@given(st.lists(st.builds(Image, WORDS), max_size=3).map(tuple))
def test_html_reads_as_xml_does(parts: tuple[Inline, ...]) -> None:
    text = sentences(Paragraph(parts, "p1", "en"), MEDIUM)

    found: Any = html.fragments_fromstring(f"<p>{text}</p>")[0]
    assert "".join(found.itertext()) == "".join(parsed(parts).itertext())
