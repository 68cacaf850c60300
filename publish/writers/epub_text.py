"""EPUB 3.3 without audio: the book of a briefing that is small enough to be sent and kept anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from publish import paths
from publish.package import write
from publish.work import File, Shelf, Work
from publish.writers._epub_book import book

SUMMARY = "EPUB 3.3 without audio: a small book a briefing"
DEFAULT = False
AUDIO = False
LINES = False


def briefing_files(work: Work) -> Iterator[File]:
    """The book of one briefing in one language, whether the build makes audio or not."""
    silent = msgspec.structs.replace(work, narration=None, original=None)
    yield File(paths.text_book(work.edition.language, work.source.name), partial(write, book(silent, "text")))


def series_files(_: Shelf) -> Iterator[File]:
    """Nothing: the collection of a language is a book without audio already."""
    yield from ()
