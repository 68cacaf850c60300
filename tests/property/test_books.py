"""Whatever a text holds, a book that holds it can be read, and the text is in it."""

from __future__ import annotations

import re

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from small import small_edition

from publish.config import Settings
from publish.interface import interface
from publish.markup import Medium
from publish.model import Edition, Foreign, Inline, Paragraph, Person, Phrase, Text, plain
from publish.overlay import Sound, overlay, pars
from publish.package import clean
from publish.writers import _epub_documents as documents
from publish.writers import _epub_front as around

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
PARTS = st.lists(
    st.one_of(TEXTS.map(Text), TEXTS.map(lambda text: Foreign("ar", (Text(text),)))), min_size=1, max_size=4
)


def edition_of(title: str, name: str, parts: list[Inline]) -> Edition:
    edition = small_edition()
    (turn, *_) = edition.briefing.turns
    said = msgspec.structs.replace(turn, paragraphs=(Paragraph(tuple(parts), "p0000001", "en"),))
    person = Person(Phrase(name, "en"), "person", "moderator", Phrase(title, "ar"))
    briefing = msgspec.structs.replace(edition.briefing, turns=(said,), participants=edition.briefing.participants[:1])
    return msgspec.structs.replace(edition, title=Phrase(title, "en"), briefing=briefing, people={turn.speaker: person})


def words(text: str) -> str:
    return re.sub(r"\s+", "", clean(text)[0])


@given(TEXTS, TEXTS, PARTS)
def test_documents_of_any_text_are_well_formed_and_hold_it(title: str, name: str, parts: list[Inline]) -> None:
    edition = edition_of(title, name, parts)
    medium = Medium(edition=edition, interface=interface("en"), xhtml=True)

    (page,), _ = documents.transcript(medium)
    about = around.about(medium, Settings(rights=title))
    speakers = around.speakers(medium, around.places((page,)))
    index = around.index(medium, around.places((page,)))

    assert speakers
    for text, documents_of in ((title, (about, speakers)), (name, (speakers, *index))):
        for one in documents_of:
            assert one is None or words(text) in words(
                "".join(map(str, etree.fromstring(one.text.encode()).itertext()))
            )
    assert bool(about) == bool(title.strip())
    assert bool(index) == bool(name.strip())
    said = next(one for one in etree.fromstring(page.text.encode()).iter() if one.get("id") == "p0000001")
    assert words("".join(map(str, said.itertext()))) == words(plain(parts))


@given(TEXTS, TEXTS, PARTS)
def test_whatever_is_printed_is_heard_or_stands_alone_in_its_overlay(
    title: str, name: str, parts: list[Inline]
) -> None:
    medium = Medium(edition=edition_of(title, name, parts), interface=interface("en"), xhtml=True)
    (page,), _ = documents.transcript(medium)

    groups = documents.groups(page, {"t0000001-h": Sound("a.mp3", 0, 1)})

    expected = [f"text-1.xhtml#{key}" for key in ("opening-h", "t0000001-h")]
    expected += ["text-1.xhtml#p0000001"] if plain(parts).strip() else []
    assert [par.text for par in pars(overlay(groups).encode())] == expected


@given(st.text())
def test_a_cleaned_text_is_the_same_but_for_what_no_document_can_hold(text: str) -> None:
    cleaned, count = clean(text)

    assert len(cleaned) == len(text)
    changed = [(one, two) for one, two in zip(cleaned, text, strict=True) if one != two]
    assert all(one == (" " if two.isspace() else "\ufffd") for one, two in changed)
    assert sum(one == "\ufffd" for one, _ in changed) == count
    root = etree.Element("a")
    root.text = cleaned
    assert clean(cleaned) == (cleaned, 0)
