"""Index pages, from cards alone: what their templates are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec
from markupsafe import Markup, escape

from publish import paths
from publish.audio import RATE
from publish.languages import autonym
from publish.model import Card
from publish.work import Shelf
from publish.writers._epub_volumes import volumes
from publish.writers._web_translate import translated
from publish.writers._web_words import Words, line

_PEOPLE = 8
"""Names of a briefing that an index gives."""


class Briefing(msgspec.Struct, frozen=True):
    """A line of an index."""

    address: str
    words: Markup
    facts: list[Markup | str]
    sound: str
    """Address of its episode; empty when there is none."""


class Feed(msgspec.Struct, frozen=True):
    """A podcast feed, or a catalogue, for programs that look for one."""

    language: str
    title: str
    address: str


class Book(msgspec.Struct, frozen=True):
    """A volume of the collection."""

    title: Markup
    address: str


class Year(msgspec.Struct, frozen=True):
    """Briefings of a year."""

    label: str
    briefings: list[Briefing]


class Edition(msgspec.Struct, frozen=True):
    """The series in a language."""

    language: str
    name: str
    """The language's own."""
    address: str
    title: str
    briefings: str


def language_page(language: str, shelf: Shelf) -> dict[str, object]:
    """Values of ``language.html``."""
    words = Words(shelf.interfaces[language], language)
    title, publisher, summary = shelf.titles[language]
    cards = shelf.cards.get(language, ())
    collection = paths.collection(language, shelf.settings) if cards and "epub" in shelf.formats else ""
    heading = title or words.interface.gettext("All briefings")
    return {
        **words.values("{}/index.html", tuple(shelf.interfaces), shelf.settings.site.url),
        "kind": "page-index",
        "title": line(heading, autonym(language)),
        "description": line(summary or heading, publisher),
        "public": True,
        "publisher": publisher,
        "heading": heading,
        "summary": summary,
        "collection": collection.rpartition("/")[2],
        "translate": paths.translate(language).rpartition("/")[2] if translated(shelf) else "",
        "volumes": list(_volumes(language, words, shelf)),
        "feeds": list(_feeds([language], shelf, "")),
        "catalogues": list(_catalogues([language], shelf, "")),
        "years": list(_years(cards, words, shelf)),
    }


def series_page(shelf: Shelf) -> dict[str, object]:
    """Values of ``series.html``. It is in the language of the sources."""
    first = next(iter(shelf.interfaces))
    words = Words(shelf.interfaces[first], first)
    title, publisher, summary = shelf.titles[first]
    heading = title or words.interface.gettext("All briefings")
    return {
        **words.values("index.html", (), shelf.settings.site.url),
        "kind": "page-series",
        "title": line(heading, publisher),
        "description": line(summary or heading),
        "public": True,
        "publisher": publisher,
        "heading": heading,
        "summary": summary,
        "feeds": list(_feeds(shelf.interfaces, shelf, "{}/")),
        "catalogues": list(_catalogues(shelf.interfaces, shelf, "{}/")),
        "editions": [_edition(language, shelf) for language in shelf.interfaces],
    }


def _edition(language: str, shelf: Shelf) -> Edition:
    words = Words(shelf.interfaces[language], language)
    count = words.counted("{count} briefing", "{count} briefings", len(shelf.cards.get(language, ())))
    return Edition(language, autonym(language), f"{language}/index.html", shelf.titles[language][0], count)


def _feeds(languages: Iterable[str], shelf: Shelf, folder: str) -> Iterator[Feed]:
    """The feeds that there are; ``folder`` leads from the page to a language's, which ``{}`` stands for."""
    if "feed" not in shelf.formats or not shelf.settings.site.url:
        return
    for language in languages:
        if any(paths.episode(language, card.briefing) in shelf.files for card in shelf.cards.get(language, ())):
            name = paths.feed(language).partition("/")[2]
            yield Feed(language, line(shelf.titles[language][0], autonym(language)), folder.format(language) + name)


def _catalogues(languages: Iterable[str], shelf: Shelf, folder: str) -> Iterator[Feed]:
    """The catalogues that there are; ``folder`` as above."""
    for language in languages:
        name = paths.opds(language)
        if "opds" in shelf.formats and shelf.settings.site.url and (shelf.outputs / name).is_file():
            title = line(shelf.titles[language][0], autonym(language))
            yield Feed(language, title, folder.format(language) + name.partition("/")[2])


def _volumes(language: str, words: Words, shelf: Shelf) -> Iterator[Book]:
    """The volumes of the collection that there are."""
    if "epub" in shelf.formats:
        for one in volumes(language, shelf):
            if (shelf.outputs / one.path).is_file():
                yield Book(words.phrase(one.title), one.path.partition("/")[2])


def _years(cards: tuple[Card, ...], words: Words, shelf: Shelf) -> Iterator[Year]:
    """The newest first; those without a date last."""
    for year, group in groupby(reversed(cards), key=lambda card: card.date[:4]):
        label = year or words.interface.gettext("Without a date")
        yield Year(label, [_briefing(card, words, shelf) for card in group])


def _briefing(card: Card, words: Words, shelf: Shelf) -> Briefing:
    title = words.phrase(card.title)
    day = words.interface.day(card.date)
    if day.text and day.text not in card.title.text:
        time = Markup('<time datetime="{}"{}>{}</time>').format(card.date, words.at(day.language), day.text)
        title = words.fill(words.interface.gettext("{date}: {title}"), date=time, title=title)
    sound = paths.episode(card.language, card.briefing)
    heard = sound.partition("/")[2] if sound in shelf.files else ""
    return Briefing(f"{card.briefing}/index.html", title, list(_facts(card, words)), heard)


def _facts(card: Card, words: Words) -> Iterator[Markup | str]:
    """Place, speakers with a name, how many questions and how long."""
    if card.venue and card.venue.text:
        yield words.phrase(card.venue)
    named = [words.phrase(heard.name) for heard in card.speakers if heard.kind != "unnamed"]
    if len(named) > _PEOPLE:
        more = words.counted("{count} more", "{count} more", len(named) - _PEOPLE)
        named = [*named[:_PEOPLE], escape(more)]
    if named:
        yield words.join(named)
    if card.exchanges:
        yield words.counted("{count} question", "{count} questions", len(card.exchanges))
    if card.samples:
        yield words.fill(words.interface.gettext("{time} of sound"), time=words.interface.duration(card.samples / RATE))
