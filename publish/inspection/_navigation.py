"""The navigation document: entries that lead somewhere, in reading order, past no heading (EPUB 3.3, section 7)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import msgspec
from lxml import etree

from publish.book import Address, Book, resolve, words
from publish.diagnostics import Diagnostic
from publish.inspection._survey import Heading, Survey

_XHTML = "{http://www.w3.org/1999/xhtml}"
_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
_TYPE = "{http://www.idpf.org/2007/ops}type"


class Entry(msgspec.Struct, frozen=True):
    """A line of a list."""

    text: str
    target: Address
    line: int


class Contents(msgspec.Struct, frozen=True):
    """The lists of a navigation document, or of the NCX of an EPUB 2 book."""

    path: str
    entries: tuple[Entry, ...]
    pages: tuple[Entry, ...]
    landmarks: tuple[Entry, ...] = ()


def contents(book: Book) -> Contents:
    """The lists of a book; empty ones when it has none that can be read."""
    if item := book.package.navigation:
        root = book.tree(item.path)
        if root is None:
            return Contents(item.path, (), ())
        toc, pages, marks = (tuple(_entries(root, kind, item.path)) for kind in ("toc", "page-list", "landmarks"))
        return Contents(item.path, toc, pages, marks)
    ncx = next((one for one in book.package.items.values() if one.media_type == "application/x-dtbncx+xml"), None)
    root = book.tree(ncx.path) if ncx else None
    if ncx is None or root is None:
        return Contents("", (), ())
    return Contents(ncx.path, *(tuple(_points(root, kind, ncx.path)) for kind in ("navPoint", "pageTarget")))


_SHOWN = 60
"""Letters of an entry or a heading that a finding quotes."""


def _entries(root: etree._Element, kind: str, path: str) -> Iterator[Entry]:
    for nav in root.iter(f"{_XHTML}nav"):
        if kind in nav.get(_TYPE, "").split() and not _is_inside(nav, "nav"):
            for link in nav.iter(f"{_XHTML}a"):
                if (href := link.get("href")) is not None and not _is_inside(link, "a"):
                    yield Entry(words(link)[:_SHOWN], resolve(path, href), link.sourceline or 0)


def _is_inside(element: etree._Element, name: str) -> bool:
    """Whether an element is in another of its name, where none may be."""
    return next(element.iterancestors(f"{_XHTML}{name}"), None) is not None


def _points(root: etree._Element, kind: str, path: str) -> Iterator[Entry]:
    for point in root.iter(f"{_NCX}{kind}"):
        content, label = point.find(f"{_NCX}content"), point.find(f"{_NCX}navLabel")
        if content is not None:
            text = words(label)[:_SHOWN] if label is not None else ""
            yield Entry(text, resolve(path, content.get("src", "")), point.sourceline or 0)


def navigation(book: Book, found: Contents, surveys: Mapping[str, Survey]) -> Iterator[Diagnostic]:
    """Everything that is wrong with the lists."""
    order = {item.path: number for number, item in enumerate((*book.package.spine, *book.package.aside))}
    for entry in (*found.entries, *found.pages, *found.landmarks):
        if reason := _broken(entry, book, surveys):
            yield Diagnostic("K080", f"the entry {entry.text!r} {reason}", book.place(found.path, entry.line))
    for code, entries in (("K081", found.entries), ("K083", found.pages)):
        for entry, last in _backwards(entries, order, surveys):
            message = f"the entry {entry.text!r} leads before {last.text!r}, which stands above it"
            yield Diagnostic(code, message, book.place(found.path, entry.line))
    for path, heading in _skipped(book, found, surveys):
        message = f"the contents skip the heading {heading.text[:_SHOWN]!r}, and have most others of its level"
        yield Diagnostic("K082", message, book.place(path, heading.line))
    yield from _unlisted(book, found, surveys)


def _broken(entry: Entry, book: Book, surveys: Mapping[str, Survey]) -> str:
    path, fragment = entry.target
    if not path or (path not in book.package.paths and path not in book.container.names):
        return "leads to nothing in the book"
    if path in surveys and path not in book.package.read and path != book.package.navigation_path:
        return f"leads to {path!r}, which is not read: the spine does not have it"
    if fragment and path in surveys and "(" not in fragment and fragment not in surveys[path].positions:
        return f"leads to {fragment!r}, which is not in {path!r}"
    return ""


def _backwards(
    entries: tuple[Entry, ...], order: Mapping[str, int], surveys: Mapping[str, Survey]
) -> Iterator[tuple[Entry, Entry]]:
    """Each entry that leads before the one above it, and that one."""
    last: tuple[tuple[int, int], Entry] | None = None
    for entry in entries:
        if (place := _position(entry, order, surveys)) is not None:
            if last and place < last[0]:
                yield entry, last[1]
            last = place, entry


def _position(entry: Entry, order: Mapping[str, int], surveys: Mapping[str, Survey]) -> tuple[int, int] | None:
    path, fragment = entry.target
    if path not in order or path not in surveys:
        return None
    position = surveys[path].positions.get(fragment) if fragment else -1
    return None if position is None else (order[path], position)


def _skipped(book: Book, found: Contents, surveys: Mapping[str, Survey]) -> Iterator[tuple[str, Heading]]:
    """Headings without an entry, where most others of their level in the same document have one."""
    targets = {entry.target for entry in found.entries}
    missed = {one.path for one in targets if _is_missed(one, surveys)}
    for item in book.package.spine:
        survey = surveys.get(item.path)
        if survey is None or item.path == found.path or item.path in missed:
            continue
        missing: dict[int, list[Heading]] = defaultdict(list)
        listed: Counter[int] = Counter()
        for heading in survey.headings:
            if any(Address(item.path, key) in targets for key in heading.ids):
                listed[heading.level] += 1
            elif not heading.apart and not (heading is survey.headings[0] and Address(item.path, "") in targets):
                missing[heading.level].append(heading)
        for level, skipped in missing.items():
            if listed[level] > len(skipped):
                yield from ((item.path, heading) for heading in skipped)


def _is_missed(target: Address, surveys: Mapping[str, Survey]) -> bool:
    """Whether an entry leads to nothing in a document: which heading it was for is not known."""
    path, fragment = target
    return bool(fragment) and path in surveys and fragment not in surveys[path].positions


def _unlisted(book: Book, found: Contents, surveys: Mapping[str, Survey]) -> Iterator[Diagnostic]:
    """Pages that the documents mark and the list of pages, when there is one, does not have."""
    listed = {entry.target for entry in found.pages}
    for item in book.package.spine if listed else ():
        for mark in surveys[item.path].breaks if item.path in surveys else ():
            if mark.key and Address(item.path, mark.key) not in listed:
                message = f"the list of pages does not have {mark.key!r}"
                yield Diagnostic("K083", message, book.place(item.path, mark.line))
