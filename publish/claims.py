"""Whether a book claims to be accessible while checkers find faults in it.

A build cannot know whether a book conforms to EPUB Accessibility: it writes the claim when the publisher names who has
checked, and when. Checks that a program can do are done afterwards; so this is the place where the two meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from publish.book import opened
from publish.diagnostics import Diagnostic, InputError, Place, Severity


def contradicted(findings: Sequence[Diagnostic], books: Mapping[str, Path]) -> Iterator[Diagnostic]:
    """A finding for each book, by the name that findings give it, with faults beside a claim."""
    for name, path in books.items():
        faults = [
            found
            for found in findings
            if found.place.file.partition("!")[0] == name and found.severity is not Severity.NOTE
        ]
        if faults and claims(path):
            what = "1 fault was" if len(faults) == 1 else f"{len(faults)} faults were"
            message = (
                f"this book claims to conform to EPUB Accessibility, and {what} found in it; "
                "mend them, or take `certifier` out of [epub] until somebody has checked again"
            )
            yield Diagnostic("K066", message, Place(name))


def claims(path: Path) -> bool:
    """Whether the book claims to conform; one that cannot be read claims nothing."""
    try:
        with opened(path, path.name) as book:
            return any(one.name.removeprefix("link:") == "dcterms:conformsTo" for one in book.package.metas)
    except InputError:
        return False
