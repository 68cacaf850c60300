"""EPUB packages: container, package document and archive, by ebooklib; every other document is the caller's.

ebooklib 0.20 rewrites documents, loses attributes, invents values and swallows errors; all of that is kept out here:

* documents are plain items, which it writes byte for byte; what makes HTML, navigation and overlays is not used;
* an identifier, a time of change and media types are always given, so that it neither invents nor guesses one;
* its mark of authorship, its reference to an NCX that is not there and its prefix declaration are taken out, and the
  language, direction and ids that it has no parameter for are put in;
* a text that XML cannot hold it would write as an empty element: such texts are refused before;
* its archive has the time of writing in it, deflates audio and holds everything in memory: ours does not.

Each of these faults has a test that fails when a new version mends it, so that what is done here about it can go.
"""

from __future__ import annotations

import re
import uuid
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from ebooklib import epub
from lxml import etree

from publish.archive import Archive, Writable

FOLDER = "EPUB"
"""Folder of everything but the container, in the archive."""
PACKAGE = f"{FOLDER}/content.opf"
XHTML = "application/xhtml+xml"
SMIL = "application/smil+xml"
CSS = "text/css"
MP3 = "audio/mpeg"
JPEG = "image/jpeg"
PNG = "image/png"

_STORED = (".mp3", ".jpg", ".png")
"""Files that no deflating makes smaller."""
_SPACE = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
_BAD = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]|"
    f"[{''.join(chr(plane * 0x10000 + place) for plane in range(1, 17) for place in (0xFFFE, 0xFFFF))}]"
)
"""What neither XML 1.0 nor HTML can hold: controls, surrogates, noncharacters."""
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


class Member(msgspec.Struct, frozen=True):
    """A file of another archive, to be copied as it is compressed there."""

    archive: Path
    entry: zipfile.ZipInfo


Content = bytes | Callable[[], bytes] | Member
"""Bytes; or what makes them when their turn comes, so that they are not all held in memory; or a copy."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the book."""

    id: str
    """An XML name, unique in the book."""
    path: str
    """Relative to :data:`FOLDER`; unique."""
    media_type: str
    content: Content
    properties: tuple[str, ...] = ()
    overlay: str = ""
    """Id of the item that is its media overlay."""


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of metadata."""

    name: str
    """``dc:`` and an element of Dublin Core, or a property: ``schema:accessMode``."""
    value: str
    id: str = ""
    refines: str = ""
    """Id of what it says something of; empty: of the book."""
    scheme: str = ""
    language: str = ""
    """BCP 47, of the value; empty: the book's."""
    link: bool = False
    """The value is the address of what the property names, and is written as a ``link``."""


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """A book, ready to be written."""

    identifier: str
    """A URN."""
    language: str
    """BCP 47, of the book; the package's texts are in it."""
    direction: str
    """``ltr`` or ``rtl``."""
    modified: str
    """``2023-01-03T00:00:00Z``."""
    metadata: tuple[Meta, ...]
    """With a ``dc:title`` and a ``dc:language``; without ``dc:identifier`` and ``dcterms:modified``."""
    items: tuple[Item, ...]
    """In the order in which they are written; overlays in the order of the spine."""
    spine: tuple[str, ...]
    """Ids of items, in reading order."""


def clean(text: str) -> tuple[str, int]:
    """The text with U+FFFD for every character that a book cannot hold, and how many there were.

    A control that is white space becomes a space, and does not count.
    """
    return (text, 0) if text.isprintable() else _BAD.subn("\ufffd", _SPACE.sub(" ", text))


def name_uuid(*parts: str) -> str:
    """A URN that is always the same for the same words (RFC 9562, version 5)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(parts)).urn


def write(package: Package, stream: Writable) -> None:
    """Write the book.

    Raises:
        ValueError: Two items have one id or one path, or a text cannot be held by XML. A fault of the caller.
        zipfile.BadZipFile: An archive that is copied from is damaged.
    """
    _refuse(package)
    with Archive(stream) as archive:
        _Writer(package, archive).write()


def _refuse(package: Package) -> None:
    ids = [item.id for item in package.items]
    if len(set(ids)) < len(ids):
        raise ValueError(f"two items of a book have the id {next(key for key in ids if ids.count(key) > 1)!r}")
    for meta in package.metadata:
        if clean(meta.value)[1] or not meta.value.strip():
            raise ValueError(f"{meta.name} cannot be {meta.value!r}")


class _Item(epub.EpubItem):  # type: ignore[misc]  # ebooklib has no types
    """An item whose content is made when it is written."""

    def __init__(self, item: Item) -> None:
        super().__init__(item.id, item.path, item.media_type)
        self.properties = list(item.properties)
        self.media_overlay = item.overlay or None
        self._content = item.content

    def get_content(self, default: object = None) -> bytes | Member:
        """What ebooklib hands on to the archive, without looking at it."""
        del default
        return self._content() if callable(self._content) else self._content


class _Out:
    """What ebooklib takes for a ``zipfile.ZipFile``."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def writestr(self, name: str, content: str | bytes | Member, compress_type: int = zipfile.ZIP_DEFLATED) -> None:
        """Put a file in."""
        if isinstance(content, Member):
            with content.archive.open("rb") as stream:
                self._archive.copy(stream, content.entry)
            return
        data = content.encode() if isinstance(content, str) else content
        self._archive.add(name, data, store=compress_type == zipfile.ZIP_STORED or name.endswith(_STORED))

    def close(self) -> None:
        """The archive is closed by who opened it."""


class _Writer(epub.EpubWriter):  # type: ignore[misc]  # ebooklib has no types
    """ebooklib's writer, onto our archive."""

    def __init__(self, package: Package, archive: Archive) -> None:
        modified = datetime.fromisoformat(package.modified)
        super().__init__("", _book(package), {"mtime": modified, "raise_exceptions": True})
        self._package = package
        self.out = _Out(archive)

    def write(self) -> None:
        """The order of EPUB 3.3, section 4.2.2: ``mimetype`` first, and stored."""
        self.out.writestr("mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        self._write_container()
        self._write_opf()
        self._write_items()

    def _write_opf_file(self, root: etree._Element) -> None:
        root.attrib.pop("prefix")
        root.set(_LANGUAGE, self._package.language)
        root.set("dir", self._package.direction)
        for spine in root.iter("spine"):
            spine.attrib.pop("toc")
        super()._write_opf_file(root)


def _book(package: Package) -> epub.EpubBook:
    book = epub.EpubBook()
    book.metadata.clear()
    book.set_identifier(package.identifier)
    if package.direction == "rtl":
        book.set_direction("rtl")
    for meta in package.metadata:
        _add(book, meta)
    items = [_Item(item) for item in package.items]
    for item in items:
        book.add_item(item)
    known = {item.id: item for item in items}
    # Items, not ids: ebooklib looks each id up by going through all items.
    book.spine = [known[key] for key in package.spine]
    return book


def _add(book: epub.EpubBook, meta: Meta) -> None:
    attributes = {"id": meta.id, _LANGUAGE: meta.language}
    if meta.name.startswith("dc:"):
        book.add_metadata("DC", meta.name.removeprefix("dc:"), meta.value, _filled(attributes))
        return
    refines = f"#{meta.refines}" if meta.refines else ""
    if meta.link:
        book.add_metadata(None, "link", None, _filled({"refines": refines, "rel": meta.name, "href": meta.value}))
        return
    attributes |= {"refines": refines, "property": meta.name, "scheme": meta.scheme}
    book.add_metadata(None, "meta", meta.value, _filled(attributes))


def _filled(attributes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}
