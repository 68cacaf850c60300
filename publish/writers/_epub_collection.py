"""The collection: the public briefings of the series in one language in one book, made from the finished books.

A document stands at the same path in its own book and here, so it is copied as it is compressed there; only package,
title page, contents and the list of speakers are made. Without audio it is one book. With audio, where that is asked
for, it is in volumes. What they print themselves is heard by clips that the books have: nothing is spoken here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy

import msgspec
from lxml import etree

from publish import paths
from publish.diagnostics import Diagnostic, Place
from publish.interface import Interface
from publish.languages import direction
from publish.model import Phrase
from publish.overlay import Sound, duration
from publish.package import CSS, XHTML, Item, Package
from publish.work import Shelf
from publish.writers import _epub_documents as documents
from publish.writers._epub_book import Bound, bind, items, style
from publish.writers._epub_documents import Heard, Page, Places
from publish.writers._epub_finished import HTML, Finished, finished
from publish.writers._epub_metadata import Agent, Description, Reading, book_identifier, metadata
from publish.writers._epub_metadata import speaker as agent
from publish.writers._epub_speakers import LIST, Label, label, speakers
from publish.writers._epub_volumes import Volume, phrase_of, series_title, volumes


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """What is bound in one book."""

    name: str
    """Of the volume; empty: everything."""
    number: int
    """Place among the volumes, from 1; 0: everything."""
    path: str
    title: Phrase
    """In the book's metadata."""
    books: tuple[Finished, ...]
    heard: bool
    """With overlays and audio."""


def collections(language: str, shelf: Shelf) -> Iterator[tuple[str, Package]]:
    """Paths and books: the whole collection without audio, and the volumes with it; none without a public briefing."""
    made = (
        card for card in shelf.cards[language] if not shelf.files or paths.book(language, card.briefing) in shelf.files
    )
    books = tuple(finished(tuple(made), shelf.outputs, language, shelf.settings, shelf.report))
    if not books:
        return
    path, divided = paths.collection(language, shelf.settings), volumes(language, shelf)
    if any(book.durations for book in books):
        _tell(path, divided, shelf)
    title = books[0].titles.get("front-series", series_title(language, shelf))
    whole = Binding(name="", number=0, path=path, title=title, books=books, heard=False)
    for binding in (whole, *_bindings(books, divided)):
        yield binding.path, _bound(binding, language, shelf)


def _bindings(books: tuple[Finished, ...], divided: tuple[Volume, ...]) -> Iterator[Binding]:
    by_name = {book.card.briefing: book for book in books}
    for number, one in enumerate(divided, 1):
        held = tuple(by_name[card.briefing] for card in one.cards if card.briefing in by_name)
        if held:
            yield Binding(name=one.name, number=number, path=one.path, title=one.title, books=held, heard=True)


def _tell(path: str, divided: tuple[Volume, ...], shelf: Shelf) -> None:
    """Where the audio is that this book has not."""
    if divided:
        last = f" to {divided[-1].path}" if len(divided) > 1 else ""
        count = f"{len(divided)} volumes" if len(divided) > 1 else "1 volume"
        message = f"the collection has no audio; with it, it is in {count}, outputs/{divided[0].path}{last}"
    else:
        message = (
            "the collection has no audio, as each briefing's own book has; "
            'collection_audio = "month" in [epub] makes volumes with it'
        )
    shelf.report(Diagnostic("E002", message, Place(f"outputs/{path}")))
    limit = shelf.settings.epub.max_size
    for one in divided:
        if one.size > limit:
            message = (
                f"this volume has about {one.size:,} bytes, since it holds a book so large, and max_size is {limit:,}"
            )
            shelf.report(Diagnostic("E010", message, Place(f"outputs/{one.path}")))


def _bound(binding: Binding, language: str, shelf: Shelf) -> Package:
    words, books = shelf.interfaces[language], binding.books
    own = tuple(_own_pages(binding, language, shelf))
    described = _description(binding, own, language, shelf)
    parts = ("collection", language, binding.name) if binding.name else ("collection", language)
    return Package(
        identifier=book_identifier(shelf.settings, *parts),
        language=language,
        direction=direction(language),
        modified=max((book.modified for book in books), default="") or shelf.modified,
        metadata=metadata(described, words),
        items=(
            Item(id="style", path="style.css", media_type=CSS, content=style(shelf.theme, described.reading)),
            *_covers(books),
            *items(own),
            *(item for book in books for item in _copied(book, heard=binding.heard)),
        ),
        spine=(*(one.page.name for one in own), *(key for book in books for key in book.spine)),
    )


def _copied(book: Finished, *, heard: bool) -> Iterator[Item]:
    """The documents; with overlays and audio when they are wanted."""
    for item in book.items:
        if heard:
            yield item
        elif item.media_type == XHTML:
            yield msgspec.structs.replace(item, overlay="")


def _covers(books: Iterable[Finished]) -> Iterator[Item]:
    """The picture that the title pages show; one, as long as no book is older than it."""
    yield from {book.cover.path: book.cover for book in books if book.cover}.values()


def _description(binding: Binding, own: tuple[Bound, ...], language: str, shelf: Shelf) -> Description:
    books, settings = binding.books, shelf.settings
    copied = ((key, time) for book in books for key, time in book.durations.items())
    reading = _reading(binding, own)
    heard = reading != "none"
    return Description(
        title=binding.title,
        language=language,
        languages=_once(language, *(tag for book in books for tag in book.languages)),
        publisher=_publisher(binding, language, shelf),
        creators=tuple(_names(books)),
        date=max(book.card.date for book in books),
        rights=Phrase(settings.rights, settings.language) if settings.rights else None,
        summary=phrase_of(shelf.titles[language][2], settings.summary, language, shelf),
        index=any(item.path.endswith("/index-1.xhtml") for book in books for item in book.items),
        cover=any(book.cover for book in books),
        page_source="; ".join(_once(*(source for book in books for source in book.page_source))),
        series=series_title(language, shelf) if binding.number else None,
        series_identifier=book_identifier(settings, "volumes", language) if binding.number else "",
        number=str(binding.number) if binding.number else "",
        narrators=_once(*(name for book in books for name in book.narrators)) if heard else (),
        reading=reading,
        durations=(*((one.overlay, duration(one.groups)) for one in own if one.groups), *copied) if heard else (),
    )


def _reading(binding: Binding, own: tuple[Bound, ...]) -> Reading:
    if not any(one.groups for one in own):
        return "none"
    whole = all(book.whole for book in binding.books)
    return "whole" if whole and all(par.sound for one in own for group in one.groups for par in group.pars) else "part"


def _publisher(binding: Binding, language: str, shelf: Shelf) -> Phrase:
    """As the first book prints it, so that its sound is that book's."""
    named = phrase_of(shelf.titles[language][1], shelf.settings.publisher, language, shelf)
    return binding.books[0].titles.get("front-publisher", named)


def _names(books: Iterable[Finished]) -> Iterator[Agent]:
    """Everyone with a name, by first appearance."""
    seen = set()
    for book in books:
        for speaker in book.card.speakers:
            if speaker.kind != "unnamed" and speaker.speaker not in seen:
                seen.add(speaker.speaker)
                yield agent(speaker.name, speaker.role)


def _once(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


# --- Its own documents ----------------------------------------------------------------------------------------------


def _own_pages(binding: Binding, language: str, shelf: Shelf) -> Iterator[Bound]:
    books, words = binding.books, shelf.interfaces[language]
    sorts = {key: table.sort for key, table in shelf.settings.speakers.items() if table.sort}
    listed = speakers(books, language, words, sorts)
    sounds: dict[str, Sound] = {}
    if binding.heard:
        sounds = _sounds(books) | {key: sound for one in listed for key, sound in one.sounds.items()}
    yield bind(_title_page(binding, language, shelf), "", sounds)
    yield bind(_contents(books, bool(listed), language, words), "", sounds)
    for one in listed:
        yield bind(one.page, "", sounds)


def _sounds(books: tuple[Finished, ...]) -> dict[str, Sound]:
    """Of what title page and contents print; what several books have, is the first one's."""
    found = {key: sound for book in reversed(books) for key, sound in book.sounds.items()}
    dates = {book.card.briefing: book.sounds.get("front-date") for book in books if book.card.date}
    found |= {f"nav-{name}-date": sound for name, sound in dates.items() if sound}
    ends = (("front-from", books[0]), ("front-to", books[-1]))
    found |= {key: sound for key, book in ends if (sound := dates.get(book.card.briefing))}
    if "front-speakers" in found:
        found[LIST] = found["front-speakers"]
    return found


def _title_page(binding: Binding, language: str, shelf: Shelf) -> Page:
    """Series, publisher, and from when to when."""
    words, books = shelf.interfaces[language], binding.books
    title = books[0].titles.get("front-series", series_title(language, shelf))
    publisher = _publisher(binding, language, shelf)
    printed = [label("h1", "front-series", title, language)]
    if publisher.text.strip():
        printed.append(label("p", "front-publisher", publisher, language))
    body = "\n".join(markup for markup, _ in printed)
    dates = tuple(_dates(books, language, words))
    if dates:
        body += f"\n<p>{' '.join(markup for markup, _ in dates)}</p>"
    body = f'<body epub:type="titlepage">\n{body}\n</body>\n'
    text = documents.document(binding.title.text, language, "style.css", body)
    return Page(name="title", text=text, heard=(("", tuple(heard for _, heard in (*printed, *dates))),))


def _dates(books: tuple[Finished, ...], language: str, words: Interface) -> Iterator[Label]:
    first, last = (books[place].card.date for place in (0, -1))
    if first:
        yield label("span", "front-from", words.day(first), language)
    if last and last != first:
        day = words.day(last)
        yield label("span", "front-to", Phrase(f"– {day.text}", day.language), language)


def _contents(books: tuple[Finished, ...], listed: bool, language: str, words: Interface) -> Page:  # noqa: FBT001
    """The navigation document: the speakers, and the briefings, in each what its own book has there."""
    start = next(item.path for item in books[0].items if item.media_type == XHTML)
    pages = ((place, _named(label, book)) for book in books for place, label in book.pages)
    page = documents.contents((), start, words, language, Places(pages=tuple(pages)))
    tree = etree.fromstring(page.text.encode())
    (lines,) = tree.iterfind(f".//{HTML}nav[@role='doc-toc']/{HTML}ol")
    printed = [heard for _, group in page.heard for heard in group]
    entries = [_to_speakers(words, language)] if listed else []
    for entry in (*entries, *(_entry(book, words) for book in books)):
        lines.append(entry)
        printed += (
            Heard(key, key, "".join(map(str, one.itertext()))) for one in entry.iter() if (key := one.get("id"))
        )
    text = etree.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    return msgspec.structs.replace(page, text=f"{declaration}{text}\n", heard=(("", tuple(printed)),))


def _named(label: str, book: Finished) -> str:
    """The label of a page, and of which briefing: every one of them may have a page 1."""
    briefing = ", ".join(filter(None, (book.card.title.text, book.card.date)))
    return f"{briefing}: {label}"


def _to_speakers(words: Interface, language: str) -> etree._Element:
    entry = etree.Element(f"{HTML}li")
    entry.tail = "\n"
    link = etree.SubElement(entry, f"{HTML}a", {"href": f"{LIST}.xhtml", "id": LIST})
    link.text = words.gettext("Who speaks")
    _mark(link, words.tongue(link.text), language)
    return entry


def _mark(element: etree._Element, tongue: str, language: str) -> None:
    """Say in which language an element is, where that is not the document's."""
    if tongue != language:
        element.set("lang", tongue)
        element.set("{http://www.w3.org/XML/1998/namespace}lang", tongue)
        element.set("dir", direction(tongue))


def _entry(book: Finished, words: Interface) -> etree._Element:
    """The line of a briefing: title and date, and under it the lines of its book."""
    line, *rest = map(deepcopy, book.entries)
    link = line[0]
    title = etree.Element(f"{HTML}span", {str(key): str(value) for key, value in link.items() if key != "href"})
    title.text = link.text
    title.extend(list(link))
    address = link.get("href", "")
    link.clear()
    link.set("href", address)
    link.append(title)
    if book.card.date:
        title.tail = " "
        date = etree.SubElement(link, f"{HTML}span", {"id": f"nav-{book.card.briefing}-date"})
        day = words.day(book.card.date)
        date.text = day.text
        _mark(date, day.language, book.card.language)
    if rest:
        link.tail = "\n"
        etree.SubElement(line, f"{HTML}ol").extend(rest)
    return line
