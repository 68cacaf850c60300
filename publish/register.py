"""The list of speakers with their turns, which a book ends with.

Who cannot leaf through a book, or look for a name's shape, finds by it what one person said. A turn is called by the
section that it stands in, in the words of the table of contents, so that its sound is that of a heading; further turns
of one section are called by their time or number, as in a page.
"""

from __future__ import annotations

import msgspec

from publish import headings
from publish.front import announced
from publish.interface import Interface
from publish.model import Edition, Paragraph, Text, Turn
from publish.series import exchanges


class Reference(msgspec.Struct, frozen=True):
    """What leads to a turn."""

    turn: str
    """Its id."""
    label: Paragraph
    """What it is called; the id is the clip's."""
    own: bool
    """The label is printed nowhere else: a time or number. Else it is the heading of a section."""
    section: Turn | None = None
    """The turn whose heading the label is; None: it is that of the opening, or the label is its own."""


class Record(msgspec.Struct, frozen=True):
    """A speaker, and what leads to the turns."""

    name: Paragraph
    turns: tuple[Reference, ...]


def heading(interface: Interface) -> Paragraph:
    """The heading over the list."""
    words = interface.gettext("Speakers and their turns")
    return Paragraph((Text(words),), "front-index", interface.tongue(words), 2)


def register(edition: Edition, interface: Interface) -> tuple[Record, ...]:
    """Everyone with a name who speaks, in the order of first appearance."""
    turns = _turns(edition, interface)
    records = []
    for participant in edition.briefing.participants:
        person, found = edition.people[participant.speaker], turns.get(participant.speaker, [])
        if found and person.kind != "unnamed" and person.name.text.strip():
            said = announced(person, interface, role=False)
            name = msgspec.structs.replace(said, id=f"front-index-{participant.speaker}", level=3)
            records.append(Record(name, tuple(found)))
    return tuple(records)


def lines(edition: Edition, interface: Interface) -> tuple[Paragraph, ...]:
    """All lines of the list that are printed nowhere else, in reading order; nothing where nobody has a name."""
    records = register(edition, interface)
    if not records:
        return ()
    own = (line for record in records for line in (record.name, *(one.label for one in record.turns if one.own)))
    return (heading(interface), *own)


def _turns(edition: Edition, interface: Interface) -> dict[str, list[Reference]]:
    """By speaker, what leads to each turn: to the first one in a section by its heading, to others by their own."""
    found: dict[str, list[Reference]] = {}
    number = 0
    opening, rest = exchanges(edition.briefing)
    for section in (opening, *rest):
        seen = set()
        for turn in section:
            if turn.speaker is None:
                continue
            number += 1
            references = found.setdefault(turn.speaker, [])
            if turn.speaker not in seen:
                seen.add(turn.speaker)
                references.append(_by_section(turn, section[0], edition, interface))
            else:
                references.append(Reference(turn.id, _by_number(turn, number, edition, interface), own=True))
    return found


def _by_section(turn: Turn, first: Turn, edition: Edition, interface: Interface) -> Reference:
    if not first.opens:
        return Reference(turn.id, headings.opening(edition, interface), own=False)
    return Reference(turn.id, headings.heading(first, edition, interface), own=False, section=first)


def _by_number(turn: Turn, number: int, edition: Edition, interface: Interface) -> Paragraph:
    key = f"front-turn-{turn.id}"
    if turn.time:
        return Paragraph((Text(turn.time),), key, edition.source_language)
    template = interface.gettext("Turn {number}")
    words = template.replace("{number}", interface.number(number))
    return Paragraph((Text(words),), key, interface.tongue(template))
