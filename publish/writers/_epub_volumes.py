"""The volumes of a collection with audio: which briefings are in each, how it is called, where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from publish import paths
from publish.interface import interface
from publish.model import Card, Phrase
from publish.work import Shelf
from publish.writers._epub_finished import is_heard

Sized = tuple[Card, int]
"""A briefing, and the bytes that its book takes."""


OWN = 4096
"""Bytes of a volume that its own documents take for each of its books, at most."""


class Volume(msgspec.Struct, frozen=True):
    """Some of the briefings, with their audio in one book."""

    name: str
    """In file and identifier: ``2023-01``, ``2023-01-part-2``, ``3``."""
    title: Phrase
    cards: tuple[Card, ...]
    path: str
    """Relative to the outputs."""
    size: int
    """Bytes, about."""


def series_title(language: str, shelf: Shelf) -> Phrase:
    """The title of the series, in the sources' language where it is not translated; a word where it has none."""
    title = shelf.titles[language][0]
    if not title.strip():
        return Phrase(shelf.interfaces[language].gettext("Briefings"), language)
    return phrase_of(title, shelf.settings.title, language, shelf)


def phrase_of(text: str, original: str, language: str, shelf: Shelf) -> Phrase:
    """A text of the series; what is not translated is in the sources' language."""
    return Phrase(text, shelf.settings.language if text == original else language)


def volumes(language: str, shelf: Shelf) -> tuple[Volume, ...]:
    """In order; none when they are not asked for, or no book has audio."""
    if shelf.settings.epub.collection_audio == "none":
        return ()
    sized = tuple(_sized(language, shelf))
    if not any(is_heard(shelf.outputs / paths.book(language, card.briefing)) for card, _ in sized):
        return ()
    title = series_title(language, shelf)
    return tuple(
        Volume(
            name,
            Phrase(said, title.language),
            tuple(card for card, _ in group),
            paths.volume(language, shelf.settings, name, "epub"),
            sum(size for _, size in group),
        )
        for name, said, group in _divided(sized, title, shelf)
    )


def _sized(language: str, shelf: Shelf) -> Iterator[Sized]:
    for card in shelf.cards[language]:
        book = shelf.outputs / paths.book(language, card.briefing)
        if book.is_file():
            yield card, book.stat().st_size + OWN


def _divided(sized: tuple[Sized, ...], title: Phrase, shelf: Shelf) -> Iterator[tuple[str, str, tuple[Sized, ...]]]:
    """Name, title and content of each volume."""
    limit, words = shelf.settings.epub.max_size, interface(title.language)
    if shelf.settings.epub.collection_audio == "size":
        for number, group in enumerate(_fitting(sized, limit), 1):
            said = words.gettext("{title}, volume {number}")
            yield str(number), said.format(title=title.text, number=words.number(number)), group
        return
    for month, found in groupby(sized, key=lambda one: _month(one[0].date)):
        parts = tuple(_fitting(found, limit))
        when = words.month(month) if month else words.gettext("Without a date")
        said = words.gettext("{title}, {month}").format(title=title.text, month=when)
        if len(parts) == 1:
            yield month or "undated", said, parts[0]
            continue
        for number, group in enumerate(parts, 1):
            part = words.gettext("{title}, part {number}").format(title=said, number=words.number(number))
            yield f"{month or 'undated'}-part-{number}", part, group


def _month(date: str) -> str:
    """``2023-01``; empty for what is no date, since it becomes the name of a file."""
    found = re.match(r"[0-9]{4}-[0-9]{2}(?![0-9])", date)
    return found[0] if found else ""


def _fitting(sized: Iterable[Sized], limit: int) -> Iterator[tuple[Sized, ...]]:
    """As many as the limit allows, at least one, in order."""
    group: list[Sized] = []
    for one in sized:
        if group and sum(size for _, size in group) + one[1] > limit:
            yield tuple(group)
            group = []
        group.append(one)
    if group:
        yield tuple(group)
