"""Which briefings were ever public in which language: ``anchors/published.tsv``, a line each, never taken away.

It is kept with the sources, since no output may depend on the build before it, and merges by union as ids do. What
stands in it and is not public any more was withdrawn; whoever subscribed is told so, and told nothing else of it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from publish.config import NAME
from publish.languages import canonical

Key = tuple[str, str]
"""Briefing and language (BCP 47)."""


def parsed(rows: str) -> tuple[Key, ...]:
    """What the file holds; a line that cannot be read, such as a conflict's marker, is none."""
    return tuple(sorted(set(_read(rows))))


def _read(rows: str) -> Iterator[Key]:
    for row in rows.splitlines():
        name, _, language = row.partition("\t")
        try:
            if NAME.fullmatch(name) and canonical(language) == language:
                yield name, language
        except ValueError:
            continue


def added(rows: str, public: Iterable[Key]) -> str:
    """The file with what is public now; as it was, when all of that stands in it."""
    new = sorted(set(public) - set(_read(rows)))
    if not new:
        return rows
    begun = rows if not rows or rows.endswith("\n") else f"{rows}\n"
    return begun + "".join(f"{name}\t{language}\n" for name, language in new)


def withdrawn(
    rows: str, public: Container[Key], hidden: Container[Key], editions: Container[Key]
) -> dict[str, tuple[str, ...]]:
    """By language, the briefings that are not public any more: hidden, or no edition of the series.

    What is only not made this time, since something is wrong with its source, is neither.
    """
    gone = [key for key in parsed(rows) if key not in public and (key in hidden or key not in editions)]
    return {
        language: tuple(name for name, tag in gone if tag == language)
        for language in dict.fromkeys(sorted(tag for _, tag in gone))
    }
