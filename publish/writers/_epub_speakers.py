"""The list of speakers of a collection: everyone with a name, and where they first speak in each briefing."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from publish.interface import Interface
from publish.markup import escape
from publish.model import Paragraph, Phrase
from publish.overlay import Sound
from publish.writers import _epub_documents as documents
from publish.writers._epub_documents import MOST_BYTES, MOST_PARS, Heard, Page
from publish.writers._epub_finished import Finished

LIST = "speakers"
"""Name of the first document, and id of its line in the contents."""
_HEADING = "front-speakers"

Label = tuple[str, Heard]
"""Markup of an element that holds words, and how it is heard."""


class Listed(msgspec.Struct, frozen=True):
    """A document of the list."""

    page: Page
    sounds: dict[str, Sound]
    """Of what is printed in it, by the id of the element."""


class _Person(msgspec.Struct, frozen=True):
    """A speaker, as far as the list tells."""

    markup: str
    printed: tuple[Heard, ...]
    sounds: dict[str, Sound]


def label(element: str, key: str, phrase: Phrase, language: str, address: str = "") -> Label:
    """An element with a text of its own, in a document in ``language``; a link when it has an address."""
    link = f' href="{escape(address)}"' if address else ""
    attributes = f"{link}{documents.at(Paragraph((), key, phrase.language), language)}"
    return f"<{element}{attributes}>{escape(phrase.text)}</{element}>", Heard(key, key, phrase.text)


def speakers(
    books: Sequence[Finished], language: str, words: Interface, sorts: Mapping[str, str]
) -> tuple[Listed, ...]:
    """By name, in as many documents as checkers want; none when nobody has a name.

    ``sorts`` has the names as lists sort them, by speaker, where these are not the printed ones.
    """
    people = tuple(_people(books, language, words, sorts))
    groups: list[list[_Person]] = []
    size = pars = 0
    for one in people:
        more = len(one.markup.encode("utf-8", "surrogatepass"))
        if not groups or size + more > MOST_BYTES or pars + len(one.printed) > MOST_PARS:
            groups.append([])
            size = pars = 0
        groups[-1].append(one)
        size, pars = size + more, pars + len(one.printed)
    return tuple(_listed(number, group, language, words) for number, group in enumerate(groups, 1))


def _listed(number: int, group: list[_Person], language: str, words: Interface) -> Listed:
    said = words.phrase(words.gettext("Who speaks"))
    heading, heard = label("h2", _HEADING, said, language)
    first = number == 1
    lines = "".join(one.markup for one in group)
    body = f"<body>\n<section>\n{heading if first else ''}<ul>\n{lines}</ul>\n</section>\n</body>\n"
    printed = tuple(one for person in group for one in person.printed)
    page = Page(
        name=LIST if first else f"{LIST}-{number}",
        text=documents.document(said.text, language, "style.css", body),
        heard=(("", (heard, *printed) if first else printed),),
    )
    return Listed(page, {key: sound for person in group for key, sound in person.sounds.items()})


def _people(books: Sequence[Finished], language: str, words: Interface, sorts: Mapping[str, str]) -> Iterator[_Person]:
    """Everyone by name, as the first briefing prints it."""
    found: dict[str, tuple[Phrase, list[Finished]]] = {}
    for book in books:
        for one in book.card.speakers:
            if one.speaker in book.firsts and one.name.text.strip():
                found.setdefault(one.speaker, (one.name, []))[1].append(book)
    days = Counter(book.card.date for book in books)
    once = {day for day, count in days.items() if count == 1}
    by_name = sorted(found, key=lambda key: (folded(sorts.get(key, found[key][0].text)), key))
    for number, key in enumerate(by_name, 1):
        name, there = found[key]
        yield _person(f"who-{number}", (key, name), there, (once, language, words))


def _person(
    key: str, who: tuple[str, Phrase], there: list[Finished], shown: tuple[set[str], str, Interface]
) -> _Person:
    speaker, name = who
    once, language, words = shown
    head, heard = label("span", key, name, language)
    printed, lines = [heard], []
    sounds = [(key, next((sound for book in there if (sound := book.firsts[speaker].name)), None))]
    for number, book in enumerate(there, 1):
        here = f"{key}-{number}"
        dated = book.card.date in once
        said = words.day(book.card.date) if dated else _titled(book)
        line, heard = label("a", here, said, language, book.firsts[speaker].address)
        lines.append(f"<li>{line}</li>\n")
        printed.append(heard)
        sounds.append((here, book.sounds.get("front-date" if dated else "front-title")))
    markup = f"<li>{head}\n<ul>\n{''.join(lines)}</ul>\n</li>\n"
    return _Person(markup, tuple(printed), {key: sound for key, sound in sounds if sound})


def _titled(book: Finished) -> Phrase:
    """The title as the book prints it, so that its sound is that book's."""
    return book.titles.get("front-title", book.card.title)


def folded(name: str) -> str:
    """A name as lists have it in order: without accents, small letters."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in folded if not unicodedata.combining(sign))
