"""Checking a finished book, anybody's, for what EPUBCheck and Ace do not see.

One call: :func:`inspect`. A module here is a family of checks; each takes what was read of the book and gives findings.
Where something stands is written ``book.epub!EPUB/text-1.xhtml:12``: the file, after ``!`` the part of it, the line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from publish.book import XHTML, Book, Item, Overlay, opened
from publish.diagnostics import Diagnostic
from publish.inspection._claims import Holdings, claims
from publish.inspection._clips import clips
from publish.inspection._coverage import followed, mute, played, silent, unheard
from publish.inspection._languages import Used, contradicted
from publish.inspection._navigation import contents, navigation
from publish.inspection._survey import Survey, survey

_MOST = 3
"""Findings of one code in one document that are told one by one."""
_LONGEST = 400
"""Letters of a message; what a book holds may be quoted in it."""
_READ = (XHTML, "image/svg+xml")


def inspect(path: Path, name: str) -> tuple[Diagnostic, ...]:
    """Everything that is found in the book; ``name`` stands for the file in findings.

    Raises:
        InputError: It is no book that could be read at all.
    """
    with opened(path, name) as book:
        found = _Findings(_checked(book))
        return (*_Findings(book.findings).told(), *found.told())


def _checked(book: Book) -> Iterator[Diagnostic]:
    claimed = any(one.value == "synchronizedAudioText" for one in book.package.values("schema:accessibilityFeature"))
    overlays = {item.key: book.overlay(item) for item in _overlays(book)}
    surveys: dict[str, Survey] = {}
    languages = Used(book)
    for item in _documents(book):
        if (root := book.tree(item.path)) is None:
            continue
        overlay = overlays.get(item.overlay)
        found = survey(root, _heard(overlay, item))
        languages.count(item.path, found)
        yield from contradicted(book, item.path, found)
        if overlay:
            yield from followed(book, item, overlay, found)
            yield from unheard(book, item, found, claimed=claimed)
        surveys[item.path] = msgspec.structs.replace(found, words=())
    if overlays:
        yield from silent(book, surveys, claimed=claimed)
    listed = contents(book)
    yield from clips(book, tuple(overlays.values()))
    yield from languages.undeclared()
    yield from navigation(book, listed, surveys)
    held = Holdings(
        surveys=surveys,
        contents=listed,
        overlays=bool(overlays),
        heard=not mute(book, tuple(overlays.values()), surveys),
        styles=_styles(book),
        encrypted=any(map(book.container.is_encrypted, book.container.names)),
    )
    yield from claims(book, held)


def _overlays(book: Book) -> Iterable[Item]:
    """Overlays that a document names, each once, in the order of the documents."""
    items = book.package.items
    named = (items[item.overlay] for item in items.values() if item.overlay in items)
    return {item.key: item for item in named if item.path in book.container.names}.values()


def _documents(book: Book) -> Iterator[Item]:
    """Content documents, in reading order first, each once."""
    package = book.package
    wanted = {item.path: item for item in (*package.spine, *package.aside, *package.items.values())}
    return (item for path, item in wanted.items() if item.media_type in _READ and path in book.container.names)


def _heard(overlay: Overlay | None, item: Item) -> frozenset[str]:
    return played(overlay, item.path) if overlay else frozenset()


def _styles(book: Book) -> str:
    """All style sheets, those that can be read."""
    paths = [item.path for item in book.package.items.values() if item.media_type == "text/css"]
    return "\n".join((book.content(path) or b"").decode("utf-8", "replace") for path in paths)


class _Findings:
    """Findings, each once; of many of one kind in one document the first, and how many there are."""

    def __init__(self, findings: Iterable[Diagnostic]) -> None:
        self._kept: dict[tuple[str, str], dict[tuple[str, int], Diagnostic]] = {}
        self._more: Counter[tuple[str, str]] = Counter()
        for found in findings:
            one = found
            if len(one.message) > _LONGEST:
                one = Diagnostic(found.code, f"{found.message[:_LONGEST]}…", found.place)
            kept = self._kept.setdefault((one.code, one.place.file), {})
            key = (one.message, one.place.line)
            if len(kept) < _MOST:
                kept.setdefault(key, one)
            elif key not in kept:
                self._more[one.code, one.place.file] += 1

    def told(self) -> Iterator[Diagnostic]:
        """Those to tell, by kind and document as they were found first."""
        for kind, kept in self._kept.items():
            *before, last = kept.values()
            yield from before
            more = f" (and {self._more[kind]} more of this kind in this document)" if self._more[kind] else ""
            yield Diagnostic(last.code, f"{last.message}{more}", last.place)
