"""Checking a finished book, anybody's, for what EPUBCheck and Ace do not see.

One call: :func:`inspect`. A module here is a family of checks; each takes what was read of the book and gives findings.
Where something stands is written ``book.epub!EPUB/text-1.xhtml:12``: the file, after ``!`` the part of it, the line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from publish.book import XHTML, Book, Item, Overlay, opened
from publish.diagnostics import Diagnostic
from publish.inspection._claims import Holdings, claims
from publish.inspection._clips import clips
from publish.inspection._coverage import followed, mute, played, silent, unheard
from publish.inspection._languages import contradicted, undeclared
from publish.inspection._navigation import contents, navigation
from publish.inspection._survey import Survey, survey

_MOST = 3
"""Findings of one code in one document that are told one by one."""
_READ = (XHTML, "image/svg+xml")


def inspect(path: Path, name: str) -> tuple[Diagnostic, ...]:
    """Everything that is found in the book; ``name`` stands for the file in findings.

    Raises:
        InputError: It is no book that could be read at all.
    """
    with opened(path, name) as book:
        found = (*_checked(book),)
        return tuple(_shortened((*book.findings, *found)))


def _checked(book: Book) -> Iterator[Diagnostic]:
    claimed = any(one.value == "synchronizedAudioText" for one in book.package.values("schema:accessibilityFeature"))
    overlays = {item.key: book.overlay(item) for item in _overlays(book)}
    surveys: dict[str, Survey] = {}
    for item in _documents(book):
        if (root := book.tree(item.path)) is None:
            continue
        overlay = overlays.get(item.overlay)
        surveys[item.path] = survey(root, _heard(overlay, item))
        yield from contradicted(book, item.path, surveys[item.path])
        if overlay:
            yield from followed(book, item, overlay, surveys[item.path])
            yield from unheard(book, item, surveys[item.path], claimed=claimed)
    if overlays:
        yield from silent(book, surveys, claimed=claimed)
    listed = contents(book)
    yield from clips(book, tuple(overlays.values()))
    yield from undeclared(book, surveys)
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


def _shortened(findings: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
    """The findings, each once; of many of one kind in one document the first, and how many there are."""
    distinct = dict.fromkeys((one.code, one.message, one.place.file, one.place.line) for one in findings)
    total = Counter((code, file) for code, _, file, _ in distinct)
    seen: Counter[tuple[str, str]] = Counter()
    by_key = {(one.code, one.message, one.place.file, one.place.line): one for one in findings}
    for key in distinct:
        kind = (key[0], key[2])
        seen[kind] += 1
        if seen[kind] < _MOST or total[kind] == seen[kind] == _MOST:
            yield by_key[key]
        elif seen[kind] == _MOST:
            found = by_key[key]
            more = f"{found.message} (and {total[kind] - _MOST} more of this kind in this document)"
            yield Diagnostic(found.code, more, found.place)
