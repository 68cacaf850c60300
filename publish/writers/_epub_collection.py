"""The collection: all public briefings of the series in one language in one book, made from the finished books.

A document stands at the same path in its own book and here, so it is copied as it is compressed there; only package,
contents and title page are made.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from lxml import etree

from publish import paths
from publish.diagnostics import Diagnostic, Place, Report
from publish.interface import Interface
from publish.languages import direction
from publish.model import Card, Paragraph, Phrase, Text
from publish.overlay import Sound, duration, pars, parse_clock
from publish.package import CSS, FOLDER, PACKAGE, XHTML, Item, Member, Package
from publish.work import Shelf
from publish.writers import _epub_documents as documents
from publish.writers._epub_book import Bound, bind, items, style
from publish.writers._epub_documents import Heard, Page, Places
from publish.writers._epub_metadata import Agent, Description, Reading, book_identifier, metadata
from publish.writers._epub_metadata import speaker as agent

_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_HTML = "{http://www.w3.org/1999/xhtml}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAV = f"{FOLDER}/nav.xhtml"


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """What the collection takes from a finished book."""

    card: Card
    items: tuple[Item, ...]
    """The briefing's own, to be copied."""
    cover: Item | None
    """The picture on its title page, which is that of the series."""
    pages: tuple[tuple[str, str], ...]
    """Address and label of each page that it lists."""
    page_source: tuple[str, ...]
    """What these are pages of; at most one."""
    spine: tuple[str, ...]
    languages: tuple[str, ...]
    durations: dict[str, int]
    """By id of the overlay, in milliseconds."""
    narrators: tuple[str, ...]
    whole: bool
    """Every visible text has its sound."""
    entries: tuple[etree._Element, ...]
    """``li`` elements of its table of contents; the first leads to its title page."""
    titles: dict[str, Phrase]
    """The lines of its title page, by id; only of the first book, since no other's are asked for."""
    sounds: dict[str, Sound]
    """Of title page and contents, by the id of the element; addresses are those of the collection's contents."""
    size: int
    """Bytes of the book."""


def collection(language: str, shelf: Shelf) -> Package | None:
    """The book of books; None when there is none to put in.

    With audio and overlays, as long as that is not larger than ``max_size`` in ``series.toml``.
    """
    volumes = tuple(_volumes(shelf.cards[language], shelf.outputs, language, shelf.report))
    if not volumes:
        return None
    heard = any(volume.durations for volume in volumes)
    if heard and (size := sum(volume.size for volume in volumes)) > shelf.settings.epub.max_size:
        shelf.report(_too_large(size, paths.collection(language, shelf.settings), shelf))
        heard = False
    words = shelf.interfaces[language]
    own = tuple(_own_pages(volumes, language, shelf, heard=heard))
    described = _description(volumes, own, language, shelf)
    return Package(
        identifier=book_identifier(shelf.settings, "collection", language),
        language=language,
        direction=direction(language),
        modified=shelf.modified,
        metadata=metadata(described, words),
        items=(
            Item(id="style", path="style.css", media_type=CSS, content=style(shelf.theme, described.reading)),
            *_covers(volumes),
            *items(own),
            *(item for volume in volumes for item in _copied(volume, heard=heard)),
        ),
        spine=(*(one.page.name for one in own), *(key for volume in volumes for key in volume.spine)),
    )


def _too_large(size: int, path: str, shelf: Shelf) -> Diagnostic:
    limit = shelf.settings.epub.max_size
    message = (
        f"the collection has no audio, since it would have {size:,} bytes and max_size in [epub] is {limit:,}; "
        "each briefing's own book has its audio"
    )
    return Diagnostic("E002", message, Place(f"outputs/{path}"))


def _copied(volume: Volume, *, heard: bool) -> Iterator[Item]:
    """The documents; with overlays and audio when they are wanted."""
    for item in volume.items:
        if heard:
            yield item
        elif item.media_type == XHTML:
            yield msgspec.structs.replace(item, overlay="")


def _covers(volumes: Iterable[Volume]) -> Iterator[Item]:
    """The picture that the title pages show; one, as long as no book is older than it."""
    yield from {volume.cover.path: volume.cover for volume in volumes if volume.cover}.values()


def _description(volumes: tuple[Volume, ...], own: tuple[Bound, ...], language: str, shelf: Shelf) -> Description:
    title, publisher = _names(volumes, language, shelf)
    summary = _phrase_of(shelf.titles[language][2], shelf.settings.summary, language, shelf)
    heard = any(one.groups for one in own)
    reading: Reading = "none"
    if heard:
        whole = all(volume.whole for volume in volumes)
        voiced = all(par.sound for one in own for group in one.groups for par in group.pars)
        reading = "whole" if whole and voiced else "part"
    copied = ((key, time) for volume in volumes for key, time in volume.durations.items())
    return Description(
        title=title,
        language=language,
        languages=_once(language, *(tag for volume in volumes for tag in volume.languages)),
        publisher=publisher,
        creators=tuple(_speakers(volumes)),
        date=max(volume.card.date for volume in volumes),
        rights=Phrase(shelf.settings.rights, shelf.settings.language) if shelf.settings.rights else None,
        summary=summary,
        index=any(item.path.endswith("/index-1.xhtml") for volume in volumes for item in volume.items),
        cover=any(volume.cover for volume in volumes),
        page_source="; ".join(_once(*(source for volume in volumes for source in volume.page_source))),
        narrators=_once(*(name for volume in volumes for name in volume.narrators)) if heard else (),
        reading=reading,
        durations=(*((one.overlay, duration(one.groups)) for one in own if one.groups), *copied) if heard else (),
    )


def _names(volumes: tuple[Volume, ...], language: str, shelf: Shelf) -> tuple[Phrase, Phrase]:
    """Title and publisher, as the first book prints them, so that their sound is that book's."""
    title, publisher, _ = shelf.titles[language]
    first, settings = volumes[0].titles, shelf.settings
    unnamed = Phrase(shelf.interfaces[language].gettext("Briefings"), language)
    named = _phrase_of(title, settings.title, language, shelf) if title.strip() else unnamed
    return (
        first.get("front-series", named),
        first.get("front-publisher", _phrase_of(publisher, settings.publisher, language, shelf)),
    )


def _phrase_of(text: str, original: str, language: str, shelf: Shelf) -> Phrase:
    """A text of the series; what is not translated is in the sources' language."""
    return Phrase(text, shelf.settings.language if text == original else language)


def _speakers(volumes: Iterable[Volume]) -> Iterator[Agent]:
    """Everyone with a name, by first appearance."""
    seen = set()
    for volume in volumes:
        for speaker in volume.card.speakers:
            if speaker.kind != "unnamed" and speaker.speaker not in seen:
                seen.add(speaker.speaker)
                yield agent(speaker.name, speaker.role)


def _once(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


# --- Its own documents ----------------------------------------------------------------------------------------------


def _own_pages(volumes: tuple[Volume, ...], language: str, shelf: Shelf, *, heard: bool) -> Iterator[Bound]:
    sounds = {key: sound for volume in reversed(volumes) for key, sound in volume.sounds.items()} if heard else {}
    dates = {
        f"nav-{volume.card.briefing}-date": volume.sounds["front-date"]
        for volume in volumes
        if heard and "front-date" in volume.sounds
    }
    yield bind(_title_page(volumes, language, shelf), "", sounds)
    yield bind(_contents(volumes, language, shelf.interfaces[language]), "", sounds | dates)


def _title_page(volumes: tuple[Volume, ...], language: str, shelf: Shelf) -> Page:
    title, publisher = _names(volumes, language, shelf)
    lines = [Paragraph((Text(title.text),), "front-series", title.language, 1)]
    if publisher.text:
        lines.append(Paragraph((Text(publisher.text),), "front-publisher", publisher.language))
    return documents.title_page(lines, language, "style.css", documents.plainly)


def _contents(volumes: tuple[Volume, ...], language: str, words: Interface) -> Page:
    """The navigation document: briefings, and in each what its own book has there."""
    start = next(item.path for item in volumes[0].items if item.media_type == XHTML)
    pages = ((place, _named(label, volume)) for volume in volumes for place, label in volume.pages)
    page = documents.contents((), start, words, language, Places(pages=tuple(pages)))
    tree = _parsed(page.text.encode())
    (lines,) = tree.iterfind(f".//{_HTML}nav[@role='doc-toc']/{_HTML}ol")
    printed = [heard for _, group in page.heard for heard in group]
    for volume in volumes:
        entry = _entry(volume, words)
        lines.append(entry)
        printed += (
            Heard(key, key, "".join(map(str, one.itertext()))) for one in entry.iter() if (key := one.get("id"))
        )
    text = etree.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    return msgspec.structs.replace(page, text=f"{declaration}{text}\n", heard=(("", tuple(printed)),))


def _named(label: str, volume: Volume) -> str:
    """The label of a page, and of which briefing: every one of them may have a page 1."""
    briefing = ", ".join(filter(None, (volume.card.title.text, volume.card.date)))
    return f"{briefing}: {label}"


def _entry(volume: Volume, words: Interface) -> etree._Element:
    """The line of a briefing: title and date, and under it the lines of its book."""
    line, *rest = volume.entries
    link = line[0]
    title = etree.Element(f"{_HTML}span", {str(key): str(value) for key, value in link.items() if key != "href"})
    title.text = link.text
    title.extend(list(link))
    address = link.get("href", "")
    link.clear()
    link.set("href", address)
    link.append(title)
    if volume.card.date:
        title.tail = " "
        date = etree.SubElement(link, f"{_HTML}span", {"id": f"nav-{volume.card.briefing}-date"})
        date.text = words.date(volume.card.date)
    if rest:
        link.tail = "\n"
        etree.SubElement(line, f"{_HTML}ol").extend(rest)
    return line


# --- What finished books hold ---------------------------------------------------------------------------------------


def _volumes(cards: Iterable[Card], folder: Path, language: str, report: Report) -> Iterator[Volume]:
    """The finished books of ``cards``; one that cannot be read is reported."""
    first = True
    for card in cards:
        name = paths.book(language, card.briefing)
        try:
            yield _volume(card, folder / name, first=first)
            first = False
        except _UNREADABLE as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            message = (
                f"this book is not in the collection, since it cannot be read ({reason}); remove it and build again"
            )
            report(Diagnostic("E003", message, Place(f"outputs/{name}")))


_UNREADABLE = (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError)
"""What reading an archive and its documents raises when they are not what we wrote."""


def _volume(card: Card, path: Path, *, first: bool) -> Volume:
    with zipfile.ZipFile(path) as book:
        members = {member.filename: member for member in book.infolist()}
        package = _parsed(book.read(PACKAGE))
        contents = _parsed(book.read(_NAV))
        title = _parsed(book.read(f"{FOLDER}/{card.briefing}/title.xhtml")).iter() if first else ()
        sounds = {
            par.text.partition("#")[2]: _moved(par.sound, folder)
            for name, folder in ((f"{FOLDER}/nav.smil", ""), (f"{FOLDER}/{card.briefing}/title.smil", card.briefing))
            if name in members
            for par in pars(book.read(name))
            if par.sound
        }
    entries = tuple(contents.iterfind(f".//{_HTML}nav[@role='doc-toc']/{_HTML}ol/{_HTML}li"))
    items = tuple(_items(package, card.briefing, path, members))
    if not items or not entries or len(entries[0]) != 1:
        raise ValueError("it is not as it was written")
    known = {item.id for item in items}
    spine = (f"b.{card.briefing}.{ref.get('idref')}" for ref in package.iter(f"{_OPF}itemref"))
    return Volume(
        card=card,
        items=items,
        cover=_cover(package, path, members),
        pages=tuple(_pages(contents)),
        page_source=tuple(_metas(package, "pageBreakSource")),
        spine=tuple(key for key in spine if key in known),
        languages=tuple(element.text or "" for element in package.iter(f"{_DC}language")),
        durations={key: time for key, time in _durations(package, card.briefing) if key in known},
        narrators=tuple(_metas(package, "media:narrator")),
        whole="synchronizedAudioText" in _metas(package, "schema:accessibilityFeature"),
        entries=entries,
        titles={key: _phrase(element) for element in title if (key := element.get("id", ""))},
        sounds=sounds,
        size=path.stat().st_size,
    )


def _parsed(document: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    return etree.fromstring(document, parser)


def _moved(sound: Sound, folder: str) -> Sound:
    return msgspec.structs.replace(sound, source=posixpath.join(folder, sound.source))


def _items(package: etree._Element, name: str, path: Path, members: dict[str, zipfile.ZipInfo]) -> Iterator[Item]:
    for element in package.iter(f"{_OPF}item"):
        href = element.get("href", "")
        if href.startswith(f"{name}/"):
            overlay = element.get("media-overlay")
            yield Item(
                id=f"b.{name}.{element.get('id')}",
                path=href,
                media_type=element.get("media-type", ""),
                content=Member(path, members[f"{FOLDER}/{href}"]),
                overlay=f"b.{name}.{overlay}" if overlay else "",
            )


def _cover(package: etree._Element, path: Path, members: dict[str, zipfile.ZipInfo]) -> Item | None:
    for element in package.iter(f"{_OPF}item"):
        href = element.get("href", "")
        if element.get("properties") == "cover-image" and "/" not in href:
            content, kind = Member(path, members[f"{FOLDER}/{href}"]), element.get("media-type", "")
            return Item(id=href, path=href, media_type=kind, content=content, properties=("cover-image",))
    return None


def _pages(contents: etree._Element) -> Iterator[tuple[str, str]]:
    for link in contents.iterfind(f".//{_HTML}nav[@role='doc-pagelist']//{_HTML}a"):
        yield link.get("href", ""), "".join(map(str, link.itertext()))


def _metas(package: etree._Element, name: str) -> Iterator[str]:
    return (element.text or "" for element in package.iter(f"{_OPF}meta") if element.get("property") == name)


def _durations(package: etree._Element, name: str) -> Iterator[tuple[str, int]]:
    for element in package.iter(f"{_OPF}meta"):
        if element.get("property") == "media:duration" and (key := element.get("refines")):
            yield f"b.{name}.{key.removeprefix('#')}", parse_clock(element.text or "")


def _phrase(element: etree._Element) -> Phrase:
    language = next((tag for one in (element, *element.iterancestors()) if (tag := one.get(_LANG))), "")
    return Phrase("".join(map(str, element.itertext())), language)
