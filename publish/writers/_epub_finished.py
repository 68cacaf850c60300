"""Finished books, read back: what a collection copies of them, and what it says of them.

A book that was written by an earlier build, or changed since by somebody, is read like any other's: without entities,
network and DTDs, and what cannot be read is reported and left out.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from lxml import etree

from publish import paths
from publish.config import Settings
from publish.diagnostics import Diagnostic, Place, Report
from publish.model import Card, Phrase
from publish.overlay import Sound, pars, parse_clock
from publish.package import FOLDER, PACKAGE, SMIL, XHTML, Item, Member
from publish.xml_safe import parsed

_OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
HTML = "{http://www.w3.org/1999/xhtml}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAV = f"{FOLDER}/nav.xhtml"
_TEXT = "text-"
"""What the names of documents begin with that hold turns."""

UNREADABLE = (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)
"""What reading an archive and its documents raises when they are not what we wrote."""


class First(msgspec.Struct, frozen=True):
    """The first turn of a speaker in a book."""

    address: str
    """From the collection's contents."""
    name: Sound | None
    """The speaker's name, with which the turn's recording begins; None when it does not."""


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """What a collection takes from a finished book."""

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
    modified: str
    durations: dict[str, int]
    """By id of the overlay, in milliseconds."""
    narrators: tuple[str, ...]
    whole: bool
    """Every visible text has its sound."""
    entries: tuple[etree._Element, ...]
    """``li`` elements of its table of contents; the first leads to its title page."""
    titles: dict[str, Phrase]
    """The lines of its title page, by id."""
    sounds: dict[str, Sound]
    """Of what is printed outside of turns, by the id of the element; addressed from the collection's contents."""
    firsts: dict[str, First]
    """By id of the speaker, of those with a name."""


def finished(
    cards: Iterable[Card], folder: Path, language: str, settings: Settings, report: Report
) -> Iterator[Finished]:
    """The finished books of ``cards``; one that cannot be read is reported."""
    announced = settings.audio.announce == "name"
    for card in cards:
        name = paths.book(language, card.briefing)
        try:
            yield _book(card, folder / name, announced=announced)
        except UNREADABLE as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            message = (
                f"this book is not in the collection, since it cannot be read ({reason}); remove it and build again"
            )
            report(Diagnostic("E003", message, Place(f"outputs/{name}")))


def is_heard(path: Path) -> bool:
    """Whether a book has overlays; one that cannot be read has none."""
    try:
        with zipfile.ZipFile(path) as book:
            return any(name.endswith(".smil") for name in book.namelist())
    except UNREADABLE:
        return False


def package_of(path: Path) -> etree._Element:
    """The package document of a book.

    Raises:
        OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error: :data:`UNREADABLE`.
    """
    with zipfile.ZipFile(path) as book:
        return parsed(book.read(PACKAGE), bare=True)


def metas(package: etree._Element, name: str) -> Iterator[str]:
    """The values of a property of a book, or of what is in it."""
    return (element.text or "" for element in package.iter(f"{_OPF}meta") if element.get("property") == name)


def _book(card: Card, path: Path, *, announced: bool) -> Finished:
    with zipfile.ZipFile(path) as book:
        members = {member.filename: member for member in book.infolist()}
        package = parsed(book.read(PACKAGE), bare=True)
        items = tuple(_items(package, card.briefing, path, members))
        contents = parsed(book.read(_NAV), bare=True)
        entries = tuple(contents.iterfind(f".//{HTML}nav[@role='doc-toc']/{HTML}ol/{HTML}li"))
        if not items or not entries or len(entries[0]) != 1:
            raise ValueError("it is not as it was written")
        title = parsed(book.read(f"{FOLDER}/{card.briefing}/title.xhtml"), bare=True).iter()
        sounds = dict(_sounds(book, items, members))
        firsts = dict(_firsts(book, items, card, announced=announced))
    known = {item.id for item in items}
    spine = (f"b.{card.briefing}.{ref.get('idref')}" for ref in package.iter(f"{_OPF}itemref"))
    return Finished(
        card=card,
        items=items,
        cover=_cover(package, path, members),
        pages=tuple(_pages(contents)),
        page_source=tuple(metas(package, "pageBreakSource")),
        spine=tuple(key for key in spine if key in known),
        languages=tuple(element.text or "" for element in package.iter(f"{DC}language")),
        modified=max(metas(package, "dcterms:modified"), default=""),
        durations={key: time for key, time in _durations(package, card.briefing) if key in known},
        narrators=tuple(metas(package, "media:narrator")),
        whole="synchronizedAudioText" in metas(package, "schema:accessibilityFeature"),
        entries=entries,
        titles={key: _phrase(element) for element in title if (key := element.get("id", ""))},
        sounds=sounds,
        firsts=firsts,
    )


def _items(package: etree._Element, name: str, path: Path, members: Mapping[str, zipfile.ZipInfo]) -> Iterator[Item]:
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


def _cover(package: etree._Element, path: Path, members: Mapping[str, zipfile.ZipInfo]) -> Item | None:
    for element in package.iter(f"{_OPF}item"):
        href = element.get("href", "")
        if element.get("properties") == "cover-image" and "/" not in href:
            content, kind = Member(path, members[f"{FOLDER}/{href}"]), element.get("media-type", "")
            return Item(id=href, path=href, media_type=kind, content=content, properties=("cover-image",))
    return None


def _pages(contents: etree._Element) -> Iterator[tuple[str, str]]:
    for link in contents.iterfind(f".//{HTML}nav[@role='doc-pagelist']//{HTML}a"):
        yield link.get("href", ""), "".join(map(str, link.itertext()))


def _is_text(item: Item) -> bool:
    return posixpath.basename(item.path).startswith(_TEXT)


def _sounds(
    book: zipfile.ZipFile, items: tuple[Item, ...], members: Mapping[str, zipfile.ZipInfo]
) -> Iterator[tuple[str, Sound]]:
    """Of contents and front matter."""
    own = (item.path for item in items if item.media_type == SMIL and not _is_text(item))
    for path in ("nav.smil", *own):
        if f"{FOLDER}/{path}" in members:
            for par in pars(book.read(f"{FOLDER}/{path}")):
                if par.sound:
                    yield par.text.partition("#")[2], _moved(par.sound, posixpath.dirname(path))


def _moved(sound: Sound, folder: str) -> Sound:
    return msgspec.structs.replace(sound, source=posixpath.join(folder, sound.source))


def _firsts(
    book: zipfile.ZipFile, items: tuple[Item, ...], card: Card, *, announced: bool
) -> Iterator[tuple[str, First]]:
    """Looked for in the documents, from the first on, until everyone is found."""
    wanted = {one.speaker: one.first for one in card.speakers if one.kind != "unnamed"}
    overlays = {item.id: item.path for item in items if item.media_type == SMIL}
    for item in items:
        if not wanted or item.media_type != XHTML or not _is_text(item):
            continue
        text = book.read(f"{FOLDER}/{item.path}")
        here = {speaker: turn for speaker, turn in wanted.items() if f' id="{turn}"'.encode() in text}
        wanted = {speaker: turn for speaker, turn in wanted.items() if speaker not in here}
        smil = overlays.get(item.overlay, "") if here and announced else ""
        names = dict(_names(book.read(f"{FOLDER}/{smil}"), posixpath.dirname(smil))) if smil else {}
        for speaker, turn in here.items():
            yield speaker, First(f"{item.path}#{turn}", names.get(turn))


def _names(smil: bytes, folder: str) -> Iterator[tuple[str, Sound]]:
    """What a turn's recording begins with, and its first paragraph skips, by the turn."""
    seen = set()
    for par in pars(smil):
        if par.sound and par.sound.source not in seen:
            seen.add(par.sound.source)
            if par.sound.begin:
                turn = posixpath.splitext(posixpath.basename(par.sound.source))[0]
                yield turn, Sound(posixpath.join(folder, par.sound.source), 0, par.sound.begin)


def _durations(package: etree._Element, name: str) -> Iterator[tuple[str, int]]:
    for element in package.iter(f"{_OPF}meta"):
        if element.get("property") == "media:duration" and (key := element.get("refines")):
            yield f"b.{name}.{key.removeprefix('#')}", parse_clock(element.text or "")


def _phrase(element: etree._Element) -> Phrase:
    language = next((tag for one in (element, *element.iterancestors()) if (tag := one.get(_LANG))), "")
    return Phrase("".join(map(str, element.itertext())), language)
