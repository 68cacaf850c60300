"""The tags inside of a message as what translation tools protect, and as text again, with not a sign changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from publish.interchange._xml import holdable

_PIECE = re.compile(
    r'(?P<amp>&amp;)|(?P<lt>&lt;)|<(?P<close>/?)(?P<name>[a-z]+)(?: +id="\d{1,6}")? *(?P<empty>/?)>|&#?\w{1,10};|[<&]'
)
_DEEPEST = 20
"""Pairs within each other; more are written one by one."""
TYPES = {"em": "fmt", "strong": "fmt", "a": "link", "alt": "image"}
"""What XLIFF and TMX call a tag's kind; any other is ``other``."""


class Single(msgspec.Struct, frozen=True):
    """A sign that stands alone: ``<x id="1"/>``, or a tag that has no other half."""

    data: str


class Pair(msgspec.Struct, frozen=True):
    """A tag with what is inside of it."""

    name: str
    opening: str
    closing: str
    parts: tuple[Piece, ...]


Piece = str | Single | Pair


def parsed(text: str, *, tagged: bool) -> tuple[Piece, ...]:
    """A message in pieces; of one without tags, where ``<`` is only a sign, its whole text is the one piece."""
    if not tagged:
        return (text,) if text else ()
    stack: list[tuple[str, str, list[Piece]]] = [("", "", [])]
    at = 0
    for found in _PIECE.finditer(text):
        _say(stack, text[at : found.start()])
        at = found.end()
        _take(stack, found)
    _say(stack, text[at:])
    while len(stack) > 1:
        _, opening, parts = stack.pop()
        stack[-1][2].extend((Single(opening), *parts))
    return tuple(_together(stack[0][2]))


def _take(stack: list[tuple[str, str, list[Piece]]], found: re.Match[str]) -> None:
    data = found.group()
    if found["amp"] or found["lt"]:
        _say(stack, "&" if found["amp"] else "<")
    elif not found["name"] or found["empty"]:
        stack[-1][2].append(Single(data))
    elif not found["close"] and len(stack) <= _DEEPEST:
        stack.append((found["name"], data, []))
    elif found["close"] and stack[-1][0] == found["name"]:
        name, opening, parts = stack.pop()
        stack[-1][2].append(Pair(name, opening, data, tuple(_together(parts))))
    else:
        stack[-1][2].append(Single(data))


def _say(stack: list[tuple[str, str, list[Piece]]], text: str) -> None:
    if text:
        stack[-1][2].append(text)


def _together(parts: Iterable[Piece]) -> Iterator[Piece]:
    """The parts, with text that meets text as one."""
    said = ""
    for part in parts:
        if isinstance(part, str):
            said += part
            continue
        if said:
            yield said
        said = ""
        yield part
    if said:
        yield said


def escaped(text: str, *, tagged: bool) -> str:
    """Words of a document as they stand in a message."""
    text = holdable(text)
    return text.replace("&", "&amp;").replace("<", "&lt;") if tagged else text
