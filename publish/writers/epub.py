"""EPUB 3.3: a book a briefing, and the collection of the series; read along by media overlays when there is audio."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial

import msgspec

from publish import paths
from publish.archive import Writable
from publish.diagnostics import Place, refuse
from publish.package import Package, write
from publish.work import File, Shelf, Work
from publish.writers._epub_book import book
from publish.writers._epub_collection import collection

SUMMARY = "EPUB 3.3: a book a briefing with media overlays, and the collection of the series"
DEFAULT = True
AUDIO = False  # a book has overlays when the build makes audio too, so that it can be made without
LINES = True


def briefing_files(work: Work) -> Iterator[File]:
    """The book of one briefing in one language."""
    alone = msgspec.structs.replace(work, original=None)
    yield File(paths.book(work.edition.language, work.source.name), partial(write, book(alone)))


def series_files(shelf: Shelf) -> Iterator[File]:
    """The collection of every language in which there are public briefings."""
    for language in shelf.cards:
        made = collection(language, shelf)
        if made:
            path = paths.collection(language, shelf.settings)
            yield File(path, partial(_write_collection, made, path))


def _write_collection(made: Package, path: str, stream: Writable) -> None:
    try:
        write(made, stream)
    except zipfile.BadZipFile as error:
        message = (
            f"the collection cannot be made, since a book in it is damaged ({error}); remove that book and build again"
        )
        refuse("E003", message, Place(f"outputs/{path}"))
