"""The words of headings: who speaks, in what role when it is the first time, and what the question is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

import msgspec

from publish.interface import Interface
from publish.model import Edition, Foreign, Inline, Paragraph, Person, Phrase, Text, Turn

DETAILS = 60
"""Characters of role, title and affiliation that a heading holds at most."""


class Piece(msgspec.Struct, frozen=True):
    """Words of a heading."""

    kind: Literal["", "name", "role", "question"]
    parts: tuple[Inline, ...]
    language: str
    """BCP 47."""
    id: str = ""
    """Of the source's heading that these are."""


def heading(turn: Turn, edition: Edition, interface: Interface) -> Paragraph:
    """The visible words of a turn's heading, ``<turn>-h``; of a stage direction's, if the source has one before it."""
    parts = _joined(pieces(turn, edition, interface), edition.language)
    return Paragraph(parts, f"{turn.id}-h", edition.language, 2 if turn.opens else 3, turn.place)


def opening(edition: Edition, interface: Interface) -> Paragraph:
    """The visible words of the heading over all that comes before the first exchange, ``opening-h``."""
    asked = any(turn.opens for turn in edition.briefing.turns)
    words = interface.phrase(interface.gettext("Opening") if asked else interface.gettext("Transcript"))
    return Paragraph(_joined([_phrase("name", words)], edition.language), "opening-h", edition.language, 2)


def _joined(found: Iterable[Piece], language: str) -> tuple[Inline, ...]:
    """All their parts, in other languages marked so; neighbouring texts are one."""
    parts: list[Inline] = []
    for piece in found:
        for part in piece.parts if piece.language == language else (Foreign(piece.language, piece.parts),):
            if isinstance(part, Text) and parts and isinstance(parts[-1], Text):
                parts[-1] = Text(parts[-1].text + part.text)
            else:
                parts.append(part)
    return tuple(parts)


def pieces(turn: Turn, edition: Edition, interface: Interface) -> list[Piece]:
    """One of "Name: question"; "Name, Role", at the first appearance; "Name, continued"; "Name"."""
    if turn.speaker is None:
        return _question(turn, edition)
    person = edition.people[turn.speaker]
    name = [_phrase("name", person.name)]
    if not person.name.text.strip():
        name = [_phrase("name", interface.phrase(interface.gettext("A speaker")))]
    if question := _question(turn, edition):
        return _filled(interface.gettext("{name}: {question}"), interface, {"name": name, "question": question})
    if turn.continued:
        return _filled(interface.gettext("{name}, continued"), interface, {"name": name})
    if next(other for other in edition.briefing.turns if other.speaker == turn.speaker).id == turn.id:
        for detail in details(person, interface):
            values = {"name": name, "detail": [_phrase("role", detail)]}
            name = _filled(interface.gettext("{name}, {detail}"), interface, values)
    return name


def details(person: Person, interface: Interface) -> tuple[Phrase, ...]:
    """Role, title and affiliation, as many of them as are short enough together for a heading.

    A role that says less than the title, or no more than the name, is left out.
    """
    described = [phrase for phrase in (person.title, person.affiliation) if phrase and phrase.text.strip()]
    role = interface.phrase(interface.role(person.role)) if person.role else None
    if role and not (person.role == "official" and described) and role.text.casefold() != person.name.text.casefold():
        described.insert(0, role)
    room = itertools.accumulate(len(phrase.text) for phrase in described)
    return tuple(phrase for phrase, length in zip(described, room, strict=True) if length <= DETAILS)


def _question(turn: Turn, edition: Edition) -> list[Piece]:
    """What stands after the name: the source's headings, whose words are printed nowhere else, or the question."""
    if not turn.headings:
        short = edition.headings[turn.id] if turn.opens else None
        return [_phrase("question", short)] if short and short.text.strip() else []
    found: list[Piece] = []
    for source in turn.headings:
        if found:
            found.append(Piece("", (Text(": "),), edition.language))
        found.append(Piece("question", source.parts, source.language or edition.language, source.id))
    return found


def _phrase(kind: Literal["name", "role", "question"], phrase: Phrase) -> Piece:
    return Piece(kind, (Text(phrase.text),), phrase.language)


def _filled(template: str, interface: Interface, values: dict[str, list[Piece]]) -> list[Piece]:
    """The template's words and, where its placeholders stand, the values."""
    found: list[Piece] = []
    for number, words in enumerate(_cut(template)):
        if number % 2:
            found += values[words]
        elif words:
            found.append(Piece("", (Text(words),), interface.tongue(template)))
    return found


@cache
def _cut(template: str) -> list[str]:
    """Its words, and every second time the name of a placeholder."""
    return re.split(r"\{(\w+)\}", template)
