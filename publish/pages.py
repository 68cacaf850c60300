"""Several files as the pages of one briefing: their order, and which are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from publish.diagnostics import Diagnostic, Place, Report
from publish.work import Source

_DATE = re.compile(r"\d{4}[-_.]?\d{2}[-_.]?\d{2}")
_NUMBER = re.compile(
    r"(?:(?:page|part|p|pg|seite|página|стр)[-_. ]?|(?<![\d])[-_. (]|^)0*(\d{1,4})\)?(?:[-_ ]?of[-_ ]?\d+)?$",
    re.IGNORECASE,
)


_NAMED = re.compile(r"(?:page|part|seite|página|стр)[-_. ]?\d", re.IGNORECASE)


class Page(msgspec.Struct, frozen=True):
    """One file and its place among the others."""

    source: Source
    number: int
    """From 1; 0: there is but this file, and nothing tells which page it is."""


def number(file: str) -> int:
    """The number at the end of a file's name, which is no part of a date; 0 when there is none."""
    stem = file.rpartition("/")[2].rpartition(".")[0] or file
    found = _NUMBER.search(_DATE.sub("", stem))
    return int(found[1]) if found else 0


def ordered(sources: Sequence[Source], report: Report) -> tuple[Page, ...]:
    """The pages by their numbers. A file without a number among others is the first, or follows the last."""
    if len(sources) == 1:
        alone = sources[0]  # "covid-19" is no page, where there are no others to tell
        return (Page(alone, number(alone.file) if _NAMED.search(alone.stem) else 0),)
    numbers = [number(source.file) for source in sources]
    if not any(numbers):
        message = f"no number ends the names of these {len(sources)} files; they are taken in the order of their names"
        report(Diagnostic("R015", message, Place(sources[0].file)))
    taken = set(numbers)
    pages = []
    for source, told in zip(sources, numbers, strict=True):
        given = told or next(free for free in range(1, len(sources) + len(taken) + 1) if free not in taken)
        taken.add(given)
        if any(numbers) and not told:
            message = (
                f"nothing tells which page this is; it is taken for page {given}: let its name end with its number"
            )
            report(Diagnostic("R015", message, Place(source.file)))
        pages.append(Page(source, given))
    pages.sort(key=lambda page: (page.number, page.source.file))
    for one, two in pairwise(pages):
        if one.number == two.number:
            message = f"this is page {two.number}, as {one.source.file} is; both are used: remove or rename one"
            report(Diagnostic("R022", message, Place(two.source.file)))
    return tuple(pages)


def report_missing(pages: Sequence[Page], total: int, report: Report) -> None:
    """Say which pages are not there; ``total`` is what the source counts, 0 when it does not."""
    place = Place(pages[0].source.file)
    numbers = {page.number for page in pages}
    if numbers == {0}:
        if total > 1:
            message = f"this is one page of {total}, and nothing tells which; let its file's name end with its number"
            report(Diagnostic("R015", message, place))
        return
    last = max(total, *numbers) if len(pages) > 1 or total else 0
    missing = sorted(set(range(1, last + 1)) - numbers)
    for one in missing if len(missing) < _MANY else ():
        report(Diagnostic("R014", f"page {one} of {last} is missing; add its file beside this one", place))
    if len(missing) >= _MANY:
        message = (
            f"{len(missing)} of {last} pages are missing, from page {missing[0]} on; add their files beside this one"
        )
        report(Diagnostic("R014", message, place))


_MANY = 50
"""Pages from which on the missing ones are not told one by one."""
