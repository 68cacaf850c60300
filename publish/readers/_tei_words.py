"""The words of TEI elements as inline parts: plain text, and files whose words are ``w`` and ``pc``.

TEI P5, chapter 3 (elements available in all documents), 8 (transcriptions of speech), 17 (linguistic annotation).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from publish.diagnostics import Diagnostic, Place, Report
from publish.inlines import folded, tidy
from publish.languages import canonical
from publish.model import (
    Deleted,
    Editorial,
    Emphasis,
    Foreign,
    Inaudible,
    Inline,
    Inserted,
    Link,
    PageBreak,
    Text,
    Vocal,
    plain,
)

if TYPE_CHECKING:
    from lxml import etree

TEI = "{http://www.tei-c.org/ns/1.0}"
XML = "{http://www.w3.org/XML/1998/namespace}"
_KINDS: dict[str, Literal["vocal", "kinesic", "incident"]] = {
    "vocal": "vocal", "kinesic": "kinesic", "incident": "incident", "note": "incident"
}  # fmt: skip
DIRECTIONS = frozenset((*_KINDS, "gap"))
"""Elements that are no words of the speaker."""
_DEPTH = 12
"""Marks in one another; what is deeper has no marks any more."""
_LABEL = 40
"""Characters of a page's label."""
_RIGHT = frozenset({"right", "both"})
_LEFT = frozenset({"left", "both"})


def name_of(element: etree._Element) -> str:
    """The element's name in TEI; of an element of another vocabulary its whole name."""
    return str(element.tag).removeprefix(TEI)


class Words:
    """Reads the words of one file."""

    def __init__(self, file: str, report: Report) -> None:
        """Findings go to ``report``."""
        self._file, self._report = file, report
        self._tags: dict[str, str] = {}

    def at(self, element: etree._Element) -> Place:
        """Where an element begins."""
        return Place(self._file, element.sourceline or 0)

    def language(self, element: etree._Element, inherited: str) -> str:
        """Of what the element holds: its own ``xml:lang``, canonical; else that of what it stands in."""
        tag = element.get(f"{XML}lang", "")
        if not tag:
            return inherited
        if tag not in self._tags:
            try:
                self._tags[tag] = canonical(tag)
            except ValueError as error:
                message = f"xml:lang={tag!r} is not a language tag, and is passed over: {error}; write one such as 'es'"
                self._report(Diagnostic("R018", message, self.at(element)))
                self._tags[tag] = ""
        return self._tags[tag] or inherited

    def read(self, element: etree._Element, language: str) -> tuple[Inline, ...]:
        """All words of an element in ``language``, its own."""
        found: list[Inline] = []
        self.inside(element, found, language, annotated=is_annotated(element))
        return tidy(found)

    def inside(
        self, element: etree._Element, into: list[Inline], language: str, *, annotated: bool, depth: int = 0
    ) -> None:
        """Add what an element holds."""
        text(element.text, into, annotated=annotated)
        for child in element:
            self.child(child, into, language, annotated=annotated, depth=depth)
            text(child.tail, into, annotated=annotated)

    def child(
        self, child: etree._Element, into: list[Inline], language: str, *, annotated: bool, depth: int = 0
    ) -> None:
        """Add an element."""
        match name_of(child):
            case "w" | "pc":
                _token(child, into)
            case "note" | "vocal" | "kinesic" | "incident" | "gap":
                into += self.direction(child, language)
                into += [Text(" ")] if annotated else []
            case "pb":
                into += page_break(child)
            case "lb" | "cb" | "milestone":
                into.append(Text(" "))
            case "choice":
                self._choice(child, into, language, annotated=annotated, depth=depth)
            case "linkGrp" | "desc":
                pass
            case _:
                inner: list[Inline] = []
                own = self.language(child, language)
                self.inside(child, inner, own, annotated=annotated, depth=depth + 1)
                into += _nest(child, inner, own if own != language else "") if depth < _DEPTH else inner

    def _choice(
        self, choice: etree._Element, into: list[Inline], language: str, *, annotated: bool, depth: int
    ) -> None:
        """Of two encodings that mean the same, the one that stood in the original; of a mistake, both."""
        names = {name_of(child): child for child in choice}
        kept = [names[name] for name in ("sic", "corr") if name in names] or list(choice)[:1]
        for child in kept:
            self.child(child, into, language, annotated=annotated, depth=depth)
        if left := [name for name, child in names.items() if child not in kept]:
            message = f"of two ways of writing the same, <{left[0]}> is left out"
            self._report(Diagnostic("R007", message, self.at(choice)))

    def direction(self, element: etree._Element, language: str) -> tuple[Inline, ...]:
        """What was heard, done, noted or not understood, in brackets; empty when nothing is said of it."""
        said = self.said(element, language)
        if not said:
            return ()
        shown = said if said[0] in "([（" else f"({said})"
        return (Inaudible(shown),) if name_of(element) == "gap" else (Vocal(shown, _KINDS[name_of(element)]),)

    def said(self, element: etree._Element, language: str) -> str:
        """The description of such an element: of several, which are translations, that in ``language``."""
        described = element.findall(f"{TEI}desc")
        fitting = [desc for desc in described if self.language(desc, language) == language]
        text = plain(self.read((fitting or described or [element])[0], language))
        return text or folded(element.get("reason", "") or element.get("type", "")).strip()


def is_annotated(element: etree._Element) -> bool:
    """Whether the words of an element are ``w`` and ``pc``, so that white space between them means nothing."""
    return next(element.iter(f"{TEI}w", f"{TEI}pc"), None) is not None


def text(words: str | None, into: list[Inline], *, annotated: bool) -> None:
    """Add text that stands between elements."""
    if not words or (annotated and words.isspace()):
        return
    into.append(Text(f"{words.strip()} " if annotated else words))


def _token(token: etree._Element, into: list[Inline]) -> None:
    """A word or a mark with the space after it; words inside of it say how it is normalised, and are no text."""
    words = (token.text or "") + "".join(child.tail or "" for child in token)
    if token.get("join") in _LEFT and into and isinstance(last := into[-1], Text):
        into[-1] = Text(last.text.rstrip())
    into.append(Text(" ".join(words.split()) + ("" if token.get("join") in _RIGHT else " ")))


def page_break(element: etree._Element) -> tuple[PageBreak, ...]:
    """Where the source goes over to another page, when it says to which."""
    label = folded(element.get("n", ""))[:_LABEL].strip()
    return (PageBreak(label),) if label else ()


def _nest(element: etree._Element, inner: list[Inline], language: str) -> tuple[Inline, ...]:
    """What an element makes of its words; ``language`` is theirs, when it differs from that around them."""
    if not tidy(inner):
        return tuple(inner)
    parts: tuple[Inline, ...] = (Foreign(language, tuple(inner)),) if language else tuple(inner)
    match name_of(element):
        case "emph" | "hi":
            strong = "bold" in element.get("rend", "") or "strong" in element.get("rend", "")
            return (Emphasis(parts, strong=strong),)
        case "ref" if target := element.get("target", "").strip():
            return (Link(target, parts),)
        case "del" | "sic" if name_of(element) == "del" or _corrected(element):
            return (Deleted(parts),)
        case "add" | "corr":
            return (Inserted(parts),)
        case "supplied":
            return (Editorial((Text("["), *parts, Text("]"))),)
        case _:
            return parts


def _corrected(element: etree._Element) -> bool:
    """Whether the right words stand beside the wrong ones."""
    around = element.getparent()
    return around is not None and name_of(around) == "choice" and around.find(f"{TEI}corr") is not None
