"""What stands in one content document: its words with their language and whether they are heard, its structure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from itertools import count
from typing import NamedTuple

import msgspec
from lxml import etree

from publish.book import words

_XHTML = "{http://www.w3.org/1999/xhtml}"
_SVG = "{http://www.w3.org/2000/svg}"
_TYPE = "{http://www.idpf.org/2007/ops}type"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_UNSEEN = frozenset(
    [f"{_XHTML}{name}" for name in ("head", "script", "style", "template", "rp", "datalist", "noscript")]
    + [f"{_SVG}{name}" for name in ("title", "desc", "metadata", "style", "script", "defs")]
)
_INLINE = frozenset([
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "label", "map", "mark", "math", "q", "ruby", "rb", "rt", "rtc", "s", "samp",
    "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
])  # fmt: skip
_CODE = frozenset(f"{_XHTML}{name}" for name in ("code", "kbd", "pre", "samp", "tt", "var"))
_BOXES = frozenset(f"{_XHTML}{name}" for name in ("aside", "blockquote", "figure", "nav", "table"))
_HEADINGS = {f"{_XHTML}h{level}": level for level in range(1, 7)}
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
EVERYWHERE = ""
"""Among ids that are heard: the document as a whole."""


class Words(msgspec.Struct, frozen=True):
    """A run of visible text, or an alternative text."""

    text: str
    line: int
    language: str
    """As it is written; empty: nothing says it."""
    block: int
    """Number of the paragraph, heading, cell … that it stands in."""
    heard: bool
    code: bool
    """Whether it is written in no human language."""


class Heading(msgspec.Struct, frozen=True):
    """A heading."""

    level: int
    text: str
    line: int
    position: int
    ids: frozenset[str]
    """Of the heading, what is in it, and the sections that it opens."""
    apart: bool
    """Whether it stands in a box beside the text, or goes on with the heading before it."""


class Break(msgspec.Struct, frozen=True):
    """Where a page of another edition begins."""

    key: str
    line: int


class Survey(msgspec.Struct, frozen=True):
    """What is in a document."""

    positions: Mapping[str, int]
    """By id: the element's number in the document."""
    words: tuple[Words, ...]
    """Given up when they were looked at, since they are the most of a book."""
    has_words: bool
    headings: tuple[Heading, ...]
    breaks: tuple[Break, ...]
    bare_images: tuple[int, ...]
    """Lines of pictures without even an empty alternative text."""
    described_images: int
    """How many pictures have an alternative text with words in it."""
    traits: frozenset[str]
    """What else there is, in the words of :data:`_TRAITS`."""


class _State(NamedTuple):
    """What holds for the text in an element."""

    language: str
    heard: bool
    shown: bool
    block: int
    code: bool
    apart: bool
    heading: bool
    """Whether it is of a heading; one in another is none."""


def survey(root: etree._Element, heard: Container[str]) -> Survey:
    """Go through a document; ``heard`` are the ids of elements that its overlay plays."""
    return _Walk(heard, EVERYWHERE in heard).done(root)


class _Walk:
    """One way through a document, element by element."""

    def __init__(self, heard: Container[str], whole: bool) -> None:  # noqa: FBT001  # both are of the overlay
        self._heard = heard
        self._states = [_State("", whole, shown=True, block=0, code=False, apart=False, heading=False)]
        self._blocks = count(1)
        self._positions: dict[str, int] = {}
        self._words: list[Words] = []
        self._headings: list[Heading] = []
        self._breaks: list[Break] = []
        self._bare: list[int] = []
        self._described = 0
        self._traits: set[str] = set()
        self._opened: list[str] = []
        self._said = 0  # runs of words before the last heading, and in it

    def done(self, root: etree._Element) -> Survey:
        """All of it."""
        positions = count()
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "start":
                self._begin(element, next(positions))
            else:
                self._states.pop()
                self._said = len(self._words) if element.tag in _HEADINGS else self._said
                if element is not root:
                    self._say(element.tail, element)
        return Survey(
            positions=self._positions,
            words=tuple(self._words),
            has_words=bool(self._words),
            headings=tuple(self._headings),
            breaks=tuple(self._breaks),
            bare_images=tuple(self._bare),
            described_images=self._described,
            traits=frozenset(self._traits),
        )

    def _begin(self, element: etree._Element, position: int) -> None:
        self._states.append(state := self._state(element))
        key = element.get("id")
        if key:
            self._positions.setdefault(key, position)
        if state.shown:
            self._opened = [*self._opened[-8:], key] if key else self._opened
            self._note(element, position)
            self._say(element.text, element)
            self._say(_alternative(element), element)

    def _state(self, element: etree._Element) -> _State:
        above, tag = self._states[-1], str(element.tag)
        return _State(
            element.get(_LANG) or element.get("lang") or above.language,
            above.heard or element.get("id", "\0") in self._heard,
            above.shown and not _unseen(element),
            above.block if tag.removeprefix(_XHTML) in _INLINE else next(self._blocks),
            above.code or tag in _CODE,
            above.apart or tag in _BOXES,
            above.heading or tag in _HEADINGS,
        )

    def _say(self, text: str | None, element: etree._Element) -> None:
        state = self._states[-1]
        if text and state.shown and any(map(str.isalnum, text)):
            self._opened = []
            line = element.sourceline or 0
            said = " ".join(text.split())
            self._words.append(Words(said, line, state.language, state.block, state.heard, state.code))

    def _note(self, element: etree._Element, position: int) -> None:
        tag, line = str(element.tag), element.sourceline or 0
        level = _HEADINGS.get(tag)
        if level and not self._states[-2].heading:
            inside = (key for one in element.iter(f"{_XHTML}*") if (key := one.get("id")))
            ids = frozenset((*self._opened, *inside))
            apart = self._states[-1].apart or bool(self._headings and len(self._words) <= self._said)
            self._headings.append(Heading(level, words(element), line, position, ids, apart))
        if _is_break(element):
            self._breaks.append(Break(element.get("id", ""), line))
        if tag == f"{_XHTML}img" and element.get("alt") is None and not (_described(element) or _is_ornament(element)):
            self._bare.append(line)
        self._described += _pictured(element) and _described(element)
        self._traits |= set(_traits(element, tag))


def _unseen(element: etree._Element) -> bool:
    # what assistive technology is told to pass over need not be heard either
    if element.tag in _UNSEEN or element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return bool(style and _HIDDEN.search(style))


def _alternative(element: etree._Element) -> str | None:
    return element.get("alt") if element.tag in (f"{_XHTML}img", f"{_XHTML}area") else None


def _is_break(element: etree._Element) -> bool:
    return "pagebreak" in element.get(_TYPE, "").split() or element.get("role") == "doc-pagebreak"


def _pictured(element: etree._Element) -> bool:
    return element.tag in (f"{_XHTML}img", f"{_SVG}svg") or element.get("role") == "img"


def _described(element: etree._Element) -> bool:
    """Whether a picture has words that stand for it."""
    said = any(element.get(name, "").strip() for name in ("alt", "aria-label", "aria-labelledby"))
    return said or element.find(f"{_SVG}title") is not None


def _is_ornament(element: etree._Element) -> bool:
    return element.get("role") in ("presentation", "none") or element.get("aria-hidden") == "true"


_TRAITS = {
    f"{_XHTML}audio": "audio",
    f"{_XHTML}video": "video",
    f"{_XHTML}img": "image",
    f"{_SVG}svg": "image",
    f"{_XHTML}object": "image",
    f"{_XHTML}canvas": "image",
    "{http://www.w3.org/1998/Math/MathML}math": "math",
    f"{_XHTML}ruby": "ruby",
    f"{_XHTML}track": "track",
}
_SSML = "{http://www.w3.org/2001/10/synthesis}"


def _traits(element: etree._Element, tag: str) -> Iterator[str]:
    if trait := _TRAITS.get(tag):
        yield trait
    if element.get("role"):
        yield "role"
    kinds = f"{element.get(_TYPE, '')} {element.get('role', '')}"
    if "index" in kinds:
        yield "index"
    if element.get(f"{_SSML}ph") or element.get(f"{_SSML}alphabet"):
        yield "ssml"
