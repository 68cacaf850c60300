"""The model as JSON, one document a briefing, in the source's language."""

from __future__ import annotations

from collections.abc import Iterator

from publish import document
from publish.work import File, Shelf, Work

SUMMARY = "the model as JSON, to be read again or by other programs"
DEFAULT = False
AUDIO = False
LINES = False


def briefing_files(work: Work) -> Iterator[File]:
    """The document, once a briefing."""
    if work.edition.is_source:
        name = work.source.name
        yield File(f"{work.edition.language}/{name}/{name}.json", document.encode(work.source))


def series_files(shelf: Shelf) -> Iterator[File]:  # noqa: ARG001  # the contract of a writer
    """Nothing: the series is its briefings."""
    return iter(())
