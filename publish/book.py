"""A finished book, anybody's, read safely: its package, its documents and its overlays.

Terms and places are those of EPUB 3.3: the container (section 4), the package document (5), media overlays (9). What
cannot be read is a finding; only a book without a package document is refused.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import msgspec
from lxml import etree

from publish.container import BookError, Container
from publish.diagnostics import Diagnostic, Place, refuse
from publish.overlay import parse_clock

XHTML = "application/xhtml+xml"
SMIL = "application/smil+xml"
_CONTAINER = "META-INF/container.xml"
_REMOTE = ("http://", "https://", "data:")
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_SMIL = "{http://www.w3.org/ns/SMIL}"


class Item(msgspec.Struct, frozen=True):
    """A file that the package lists."""

    key: str
    path: str
    """In the archive; empty: it is not in the book."""
    remote: bool
    """Whether it is somewhere in the network."""
    media_type: str
    properties: frozenset[str]
    overlay: str
    """Key of its overlay."""
    fallback: str
    line: int


class Meta(msgspec.Struct, frozen=True):
    """A statement of the package about the book, or about another statement."""

    name: str
    """``schema:accessMode``, or ``dc:language``; of a link ``link:`` and its relation."""
    value: str
    refines: str
    """Key of what it is about; empty: the book."""
    key: str
    line: int


class Package(msgspec.Struct, frozen=True):
    """The package document."""

    path: str
    items: Mapping[str, Item]
    """By key, in order."""
    paths: Mapping[str, Item]
    """Those in the book, by path."""
    spine: tuple[Item, ...]
    """In reading order, those that are read one after the other; others (``linear="no"``) are in :attr:`aside`."""
    aside: tuple[Item, ...]
    read: frozenset[str]
    """Paths of what the spine has, and of what stands in for it (fallbacks)."""
    metas: tuple[Meta, ...]
    fixed: bool
    """Whether its pages are laid out once for all."""

    def values(self, name: str, refines: str | None = "") -> Iterator[Meta]:
        """Statements of a name that say something, about the book by default; None: about anything."""
        return (one for one in self.metas if one.name == name and one.value and refines in (None, one.refines))

    @property
    def navigation(self) -> Item | None:
        """The navigation document."""
        return next((item for item in self.items.values() if "nav" in item.properties), None)

    @property
    def navigation_path(self) -> str:
        """Its path; empty: there is none."""
        found = self.navigation
        return found.path if found else ""


class Address(NamedTuple):
    """What a link leads to."""

    path: str
    """In the archive; empty: nothing in the book."""
    fragment: str


class Spoken(msgspec.Struct, frozen=True):
    """A par: an element and its sound."""

    line: int
    text: Address
    audio: str
    """Path in the archive; empty: it has none, or none in the book."""
    begin: int
    """Milliseconds."""
    end: int | None
    """Milliseconds; None: as long as the file."""
    fault: str = ""
    """What is wrong with its times, as a clause."""


class Overlay(msgspec.Struct, frozen=True):
    """An overlay document."""

    item: Item
    pars: tuple[Spoken, ...]


class Book:
    """A book that is open for reading."""

    def __init__(self, container: Container) -> None:
        """Read the package document.

        Raises:
            InputError: There is none, or it cannot be read.
        """
        self.container = container
        self.findings: list[Diagnostic] = list(container.findings())
        path = self._rootfile()
        try:
            root = container.tree(path)
        except BookError as error:
            refuse(error.code, f"{error}, and it is the package document", container.place(path, error.line))
        if root.tag != f"{_OPF}package":
            refuse("K030", "the package document is none", container.place(path))
        self.package = self._package(path, root)

    def place(self, path: str, line: int = 0) -> Place:
        """As :meth:`publish.container.Container.place`."""
        return self.container.place(path, line)

    def content(self, path: str) -> bytes | None:
        """The bytes of a file; None, and a finding, when it cannot be read."""
        try:
            return self.container.read(path)
        except BookError as error:
            self._tell(path, error)
            return None

    def tree(self, path: str) -> etree._Element | None:
        """The root of a document; None, and a finding, when it cannot be read."""
        try:
            return self.container.tree(path)
        except BookError as error:
            self._tell(path, error)
            return None

    def _tell(self, path: str, error: BookError) -> None:
        """Make a finding of an error, unless the package or the archive has it already."""
        if error.code != "K036" and not self.container.is_encrypted(path):
            self.findings.append(Diagnostic(error.code, str(error), self.place(path, error.line)))

    def overlay(self, item: Item) -> Overlay:
        """An overlay, without pars when it cannot be read."""
        root = self.tree(item.path)
        pars = () if root is None else root.iter(f"{_SMIL}par")
        return Overlay(item, tuple(spoken for par in pars if (spoken := _spoken(par, item.path))))

    # --- The package --------------------------------------------------------------------------------------------------

    def _rootfile(self) -> str:
        try:
            root = self.container.tree(_CONTAINER)
        except BookError as error:
            reason = "a book has to have this file" if error.code == "K036" else str(error)
            refuse("K030" if error.code == "K036" else error.code, reason, self.place(_CONTAINER, error.line))
        paths = [one.get("full-path", "") for one in root.iter("{*}rootfile")]
        if not paths:
            refuse("K030", "this names no package document", self.place(_CONTAINER))
        if paths[0] not in self.container.names:
            refuse("K030", f"the package document {paths[0]!r} is not in the book", self.place(_CONTAINER))
        return str(paths[0])

    def _package(self, path: str, root: etree._Element) -> Package:
        items = {item.key: item for item in (_item(one, path) for one in root.iter(f"{_OPF}item"))}
        self.findings += self._items(path, items)
        spine: dict[bool, list[Item]] = {True: [], False: []}
        for ref in root.iter(f"{_OPF}itemref"):
            if item := items.get(ref.get("idref", "")):
                spine[ref.get("linear") != "no"].append(item)
            else:
                message = f"the spine names {ref.get('idref')!r}, which the manifest does not have"
                self.findings.append(Diagnostic("K036", message, self.place(path, ref.sourceline or 0)))
        metas = tuple(_metas(root))
        fixed = any(one.name == "rendition:layout" and one.value == "pre-paginated" for one in metas)
        return Package(
            path=path,
            items=items,
            paths={item.path: item for item in items.values() if item.path},
            spine=tuple(spine[True]),
            aside=tuple(spine[False]),
            read=frozenset(_with_fallbacks((*spine[True], *spine[False]), items)),
            metas=metas,
            fixed=fixed,
        )

    def _items(self, path: str, items: Mapping[str, Item]) -> Iterator[Diagnostic]:
        """Items that are not there, and references between them that lead nowhere or in a circle."""
        for item in items.values():
            place = self.place(path, item.line)
            if not item.path and not item.remote:
                yield Diagnostic("K036", f"the address of {item.key!r} leads to nothing in the book", place)
            elif item.path and item.path not in self.container.names:
                yield Diagnostic("K036", f"{item.path!r} is listed, and not in the book", place)
            if item.overlay and (item.overlay not in items or items[item.overlay].media_type != SMIL):
                yield Diagnostic("K036", f"the overlay {item.overlay!r} of {item.path!r} is none", place)
        for item in _circles(items):
            message = f"the fallback of {item.key!r} leads back to itself"
            yield Diagnostic("K036", message, self.place(path, item.line))


@contextmanager
def opened(path: Path, name: str) -> Iterator[Book]:
    """The book in a file; ``name`` stands for it in findings.

    Raises:
        InputError: It is no book that could be read.
    """
    with Container(path, name) as container:
        yield Book(container)


def resolve(base: str, href: str) -> Address:
    """What an address in a document leads to."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return Address("", "")
    if parts.scheme or parts.netloc:
        return Address("", "")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(parts.path))) if parts.path else base
    return Address("" if path.startswith(("/", "..")) else path, unquote(parts.fragment))


def _circles(items: Mapping[str, Item]) -> Iterator[Item]:
    """One item of each circle of fallbacks; each item is looked at once."""
    walk: dict[str, str] = {}  # which walk an item was met on first
    for item in items.values():
        at: Item | None = item
        while at and at.key not in walk:
            walk[at.key] = item.key
            at = items.get(at.fallback)
        if at and walk[at.key] == item.key:
            yield at


def _with_fallbacks(spine: Iterable[Item], items: Mapping[str, Item]) -> Iterator[str]:
    """Paths of items and of what they fall back to."""
    seen = set()
    for item in spine:
        at: Item | None = item
        while at and at.key not in seen:
            seen.add(at.key)
            yield at.path
            at = items.get(at.fallback)


def _item(element: etree._Element, base: str) -> Item:
    return Item(
        key=element.get("id", ""),
        path=resolve(base, element.get("href", "")).path,
        remote=element.get("href", "").strip().lower().startswith(_REMOTE),
        media_type=element.get("media-type", ""),
        properties=frozenset(element.get("properties", "").split()),
        overlay=element.get("media-overlay", ""),
        fallback=element.get("fallback", ""),
        line=element.sourceline or 0,
    )


def words(element: etree._Element) -> str:
    """The text in an element, with white space as it is read."""
    return " ".join(str(element.xpath("string()")).split())


def _metas(root: etree._Element) -> Iterator[Meta]:
    for one in root.iterfind(f"{_OPF}metadata/*"):
        name = str(one.tag).replace(_DC, "dc:")
        value = words(one)
        if name == f"{_OPF}meta":
            name = one.get("property") or one.get("name", "")
            value = value or one.get("content", "").strip()
        elif name == f"{_OPF}link":
            name, value = f"link:{one.get('rel', '')}", one.get("href", "").strip()
        refines = one.get("refines", "").removeprefix("#")
        yield Meta(name.strip(), value, refines, one.get("id", ""), one.sourceline or 0)


# --- Overlays ---------------------------------------------------------------------------------------------------------


def _spoken(par: etree._Element, base: str) -> Spoken | None:
    """None for a par without text, which is no part of a book's overlay."""
    text, audio = par.find(f"{_SMIL}text"), par.find(f"{_SMIL}audio")
    if text is None:
        return None
    target, line = resolve(base, text.get("src", "")), par.sourceline or 0
    if audio is None:
        return Spoken(line, target, "", 0, 0)
    source = resolve(base, audio.get("src", "")).path
    try:
        begin = parse_clock(audio.get("clipBegin", "0"))
        end = parse_clock(audio.get("clipEnd", "")) if audio.get("clipEnd") is not None else None
    except ValueError as error:
        return Spoken(line, target, source, 0, 0, str(error))
    return Spoken(line, target, source, begin, end)
