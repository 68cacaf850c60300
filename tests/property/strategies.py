"""Models as hypothesis draws them: each keeps what the docstrings of :mod:`publish.model` promise."""

from __future__ import annotations

from typing import Literal

import msgspec
from hypothesis import strategies as st

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
    Kind,
    Link,
    PageBreak,
    Paragraph,
    Participant,
    Role,
    Text,
    Turn,
    Vocal,
)

LANGUAGES = st.sampled_from(["en", "fr", "ar", "zh-Hans", "ru", "es", "pt-BR"])
_LETTERS = st.characters(exclude_categories=["C", "Z"])
WORDS = st.text(_LETTERS, min_size=1, max_size=12)
"""A run of signs without white space; marks of every notation are among them."""


def lines(most: int = 6) -> st.SearchStrategy[str]:
    """Words with one space, or one no-break space, between them."""
    return st.tuples(WORDS, st.lists(st.tuples(st.sampled_from("   \u00a0"), WORDS), max_size=most - 1)).map(
        lambda drawn: drawn[0] + "".join(space + word for space, word in drawn[1])
    )


_NAMES = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"), min_size=1, max_size=12)
_BRACKETED = lines(3).map(lambda text: f"({text})")

_leaves: st.SearchStrategy[Inline] = st.one_of(
    lines().map(Text),
    lines().map(Text),
    lines(3).map(Code),
    st.builds(Vocal, _BRACKETED, st.sampled_from(["vocal", "kinesic", "incident"])),
    _BRACKETED.map(Inaudible),
    st.builds(Image, lines(), st.sampled_from(["", "https://example.org/map.png"])),
    st.integers(1, 99).map(lambda number: PageBreak(str(number))),
)


def _apart(parts: list[Inline]) -> tuple[Inline, ...]:
    """No text beside a text: they are one."""
    found: list[Inline] = []
    for part in parts:
        if isinstance(part, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(f"{found[-1].text} {part.text}")
        else:
            found.append(part)
    return tuple(found)


def _nests(children: st.SearchStrategy[Inline]) -> st.SearchStrategy[Inline]:
    inner = st.lists(children, min_size=1, max_size=3).map(_apart)
    return st.one_of(
        st.builds(Emphasis, inner, st.booleans()),
        st.builds(Link, st.sampled_from(["https://example.org/a?b=1&c=2", "mailto:desk@example.org"]), inner),
        st.builds(Foreign, LANGUAGES, inner),
        inner.map(Deleted),
        inner.map(Inserted),
        inner.map(Editorial),
    )


INLINES: st.SearchStrategy[Inline] = st.recursive(_leaves, _nests, max_leaves=3)
PARTS = st.lists(INLINES, min_size=1, max_size=4).map(_apart)


@st.composite
def paragraphs(draw: st.DrawFn, *, heading: bool = False) -> Paragraph:
    """A paragraph with at least one word, or, on request, a heading."""
    parts = draw(PARTS)
    language = draw(st.one_of(st.just(""), LANGUAGES))
    return Paragraph((Text(draw(lines(2)) + " "), *parts) if not isinstance(parts[0], Text) else parts,
                     language=language, level=draw(st.integers(1, 6)) if heading else 0)  # fmt: skip


@st.composite
def participants(draw: st.DrawFn, speaker: str) -> Participant:
    """A participant with this id."""
    kinds: list[Kind] = ["person", "organisation", "unnamed"]
    roles: list[Role] = ["", "moderator", "official", "journalist", "interpreter", "audience"]
    sexes: list[Literal["female", "male", ""]] = ["", "female", "male"]
    optional = st.one_of(st.just(""), lines(3))
    return Participant(
        speaker,
        draw(lines(3)),
        draw(st.sampled_from(kinds)),
        draw(st.sampled_from(roles)),
        draw(optional),
        draw(optional),
        draw(st.one_of(st.just(""), LANGUAGES)),
        draw(st.sampled_from(sexes)),
    )


@st.composite
def turns(draw: st.DrawFn, speaker: str | None) -> Turn:
    """A turn of ``speaker``, or, for None, a stage direction."""
    if speaker is None:
        return Turn((draw(paragraphs()),))
    continued = draw(st.booleans())
    return Turn(
        tuple(draw(st.lists(paragraphs(), min_size=1, max_size=2))),
        speaker,
        "" if continued else draw(lines(2)),
        continued=continued,
        headings=tuple(draw(st.lists(paragraphs(heading=True), max_size=1))),
        time=draw(st.sampled_from(["", "10:02", "1:02:33"])),
    )


_EXTRA: st.SearchStrategy[object] = st.recursive(
    st.one_of(st.just(""), lines()),
    lambda of: st.one_of(st.lists(of, max_size=2), st.dictionaries(_NAMES, of, max_size=2)),
    max_leaves=3,
)


@st.composite
def briefings(draw: st.DrawFn, *, identified: bool = False) -> Briefing:
    """A briefing as a reader gives it; ``identified``: as it is after the anchors pass, with an id everywhere."""
    speakers = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    spoken = [*draw(st.lists(st.sampled_from([None, *speakers]), max_size=4)), draw(st.sampled_from(speakers))]
    present = list(dict.fromkeys(speaker for speaker in spoken if speaker is not None))
    optional = st.one_of(st.just(""), lines(3))
    briefing = Briefing(
        draw(_NAMES),
        draw(lines()),
        tuple(draw(turns(speaker)) for speaker in spoken),
        tuple(draw(participants(speaker)) for speaker in present),
        draw(LANGUAGES),
        draw(st.one_of(st.just(""), st.dates().map(lambda day: day.isoformat()))),
        draw(optional),
        draw(optional),
        draw(optional),
        draw(optional),
        draw(st.sampled_from(["", "https://example.org/briefing"])),
        pages=tuple(draw(st.lists(_NAMES, max_size=3))),
        extra=draw(st.dictionaries(_NAMES, _EXTRA, max_size=3)),
    )
    return with_ids(briefing) if identified else briefing


def with_ids(briefing: Briefing) -> Briefing:
    """The briefing with an id on every turn, paragraph and heading, each once."""
    numbers = iter(range(1, 1_000_000))

    def named(paragraph: Paragraph) -> Paragraph:
        return msgspec.structs.replace(paragraph, id=f"p{next(numbers):06d}")

    def turn(of: Turn) -> Turn:
        said = tuple(map(named, of.paragraphs))
        key = said[0].id if of.speaker is None else f"t{next(numbers):06d}"
        return msgspec.structs.replace(of, paragraphs=said, headings=tuple(map(named, of.headings)), id=key)

    return msgspec.structs.replace(briefing, turns=tuple(map(turn, briefing.turns)))
