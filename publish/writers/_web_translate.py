"""The page for those who want to help translate: how far every catalogue is, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from markupsafe import Markup

from publish.languages import folder
from publish.model import Card, Coverage
from publish.pseudo import is_pseudo
from publish.work import Shelf
from publish.writers._web_words import Words, line


class Row(msgspec.Struct, frozen=True):
    """How far a briefing is in a language; numbers as the page's language writes them."""

    briefing: Markup
    done: str
    fuzzy: str
    paragraphs: str
    words: str
    file: str
    """Its catalogue, in the workspace."""
    withheld: bool


class Table(msgspec.Struct, frozen=True):
    """The catalogues in a language."""

    language: str
    name: str
    rows: list[Row]


def translated(shelf: Shelf) -> bool:
    """Whether there is a catalogue that anybody could help with."""
    return bool(_coverages(shelf))


def translate_page(language: str, shelf: Shelf) -> dict[str, object]:
    """Values of ``translate.html``."""
    words = Words(shelf.interfaces[language], language)
    series = shelf.titles[language][0]
    heading = words.interface.gettext("Help translate")
    return {
        **words.values("{}/translate.html", tuple(shelf.interfaces), shelf.settings.site.url),
        "kind": "page-translate",
        "title": line(heading, series),
        "description": line(heading, series),
        "public": True,
        "series": series,
        "tables": list(_tables(words, shelf)),
    }


def _tables(words: Words, shelf: Shelf) -> Iterator[Table]:
    coverages = _coverages(shelf)
    titles = _titles(words.language, shelf)
    for tag in sorted({tag for _, tag in coverages}):
        rows = [
            _row(
                titles[name], coverages[name, tag], words, file=_file(name, tag), withheld=(name, tag) in shelf.withheld
            )
            for name in titles
            if (name, tag) in coverages
        ]
        yield Table(tag, words.interface.language_name(tag), rows)


def _coverages(shelf: Shelf) -> dict[tuple[str, str], Coverage]:
    """Of every translation of a public briefing, published or not. What is no translation has no words to translate."""
    cards = [card for cards in shelf.cards.values() for card in cards]
    public = {card.briefing for card in cards}
    found = {(card.briefing, card.language): card.coverage for card in cards if card.coverage.words}
    found |= {key: coverage for key, coverage in shelf.withheld.items() if key[0] in public}
    return {key: coverage for key, coverage in found.items() if not is_pseudo(key[1])}


def _titles(language: str, shelf: Shelf) -> dict[str, Card]:
    """A card of every briefing, in the language where there is one; in their order."""
    own = {card.briefing: card for card in shelf.cards.get(language, ())}
    every = [card for cards in shelf.cards.values() for card in cards]
    every.sort(key=lambda card: (card.date, card.briefing, bool(card.coverage.words)))
    return {card.briefing: own.get(card.briefing, card) for card in reversed(every)}


def _row(card: Card, coverage: Coverage, words: Words, *, file: str, withheld: bool) -> Row:
    share = coverage.translated / max(1, coverage.total)
    left = coverage.total - coverage.translated - coverage.fuzzy
    fuzzy, missing, count = map(words.interface.number, (coverage.fuzzy, left, coverage.missing))
    return Row(words.phrase(card.title), words.interface.percent(share), fuzzy, missing, count, file, withheld)


def _file(briefing: str, language: str) -> str:
    return f"locales/{folder(language)}/LC_MESSAGES/{briefing}.po"
