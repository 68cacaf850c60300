"""Templates for translators: one for each briefing, and one for the series."""

from __future__ import annotations

from collections.abc import Iterator

from publish import templates
from publish.work import File, Shelf, Work

SUMMARY = "gettext templates (POT) for translators, in locales/"
DEFAULT = True
AUDIO = False
LINES = False


def briefing_files(work: Work) -> Iterator[File]:
    """The template of the briefing, once: it is the same for every language."""
    if work.edition.is_source:
        text = templates.template(work.source, work.settings, work.glossary)
        yield File(f"{work.source.name}.pot", text.encode(), tree="locales")


def series_files(shelf: Shelf) -> Iterator[File]:
    """The template of the series."""
    cards = [card for cards in shelf.cards.values() for card in cards]
    people = {person.speaker: person for card in reversed(cards) for person in card.participants}
    newest = max((card.date for card in cards), default="")
    text = templates.series_template(shelf.settings, people, newest)
    yield File("series.pot", text.encode(), tree="locales")
