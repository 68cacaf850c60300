"""web: a page for every briefing, an index page for every language, and one for the series.

Pages fetch nothing from elsewhere, and link by relative addresses with ``index.html`` spelled out, so that they work
from a disk as they do from a server. A page with sound has one script, the player, and does without it.
"""

from __future__ import annotations

from collections.abc import Iterator

from publish import markup, paths
from publish.diagnostics import Diagnostic
from publish.model import Link, paragraphs, walk
from publish.work import File, Shelf, Work
from publish.writers._web_index import language_page, series_page
from publish.writers._web_page import briefing_page
from publish.writers._web_theme import files, render
from publish.writers._web_translate import translate_page, translated

SUMMARY = "accessible pages, one a briefing, with indexes by language"
DEFAULT = True
AUDIO = False
LINES = False


def briefing_files(work: Work) -> Iterator[File]:
    """The page of one briefing in one language."""
    if work.edition.is_source:
        _report_links(work)
    page = render("briefing.html", work.theme, briefing_page(work))
    yield File(f"{work.edition.language}/{work.source.name}/index.html", page)


def series_files(shelf: Shelf) -> Iterator[File]:
    """The index pages, and what all pages share."""
    for name, path in files(shelf.theme):
        yield File(f"theme/{name}", path.read_bytes())
    for language in shelf.interfaces:
        yield File(f"{language}/index.html", render("language.html", shelf.theme, language_page(language, shelf)))
        if translated(shelf):
            page = render("translate.html", shelf.theme, translate_page(language, shelf))
            yield File(paths.translate(language), page)
    yield File("index.html", render("series.html", shelf.theme, series_page(shelf)))


def _report_links(work: Work) -> None:
    """Say which links are printed as their words alone."""
    for paragraph in paragraphs(work.source):
        for part in walk(paragraph.parts):
            if isinstance(part, Link) and not markup.linked(part):
                message = f"the link to {part.href[:80]!r} is printed as its words; give it words and https"
                work.report(Diagnostic("H002", message, paragraph.place))
