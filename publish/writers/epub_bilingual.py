"""EPUB 3.3 in facing languages: paragraph by paragraph the original and its translation, read along in both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from publish import facing, paths
from publish.package import write
from publish.work import File, Shelf, Work
from publish.writers._epub_book import book

SUMMARY = "EPUB 3.3 in facing languages: original and translation in one book, for `bilingual` in [epub]"
DEFAULT = True  # of what `bilingual` names, which is nothing unless it is asked for
AUDIO = False
LINES = True


def briefing_files(work: Work) -> Iterator[File]:
    """The book of one briefing in a language that the settings want beside the original."""
    if work.original is None:
        return
    own, beside = work.edition, work.original
    heard = None
    if work.narration and beside.narration:
        heard = facing.narration(own, beside.edition, work.narration, beside.narration)
    both = msgspec.structs.replace(work, edition=facing.edition(own, beside.edition), narration=heard)
    path = paths.bilingual_book(own.language, beside.edition.language, work.source.name)
    yield File(path, partial(write, book(both, beside.edition.language)))


def series_files(_: Shelf) -> Iterator[File]:
    """Nothing: the collection of a language has what is translated alone."""
    yield from ()
