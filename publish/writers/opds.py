"""opds: a catalogue a language that reading apps can subscribe to, with facets by year and by speaker.

OPDS 2.0. Every feed, and every publication at the address that it is known by, is a file; so any server will do.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from publish import paths
from publish.cover import Cover, cover
from publish.diagnostics import Diagnostic, Place
from publish.interface import interface
from publish.languages import autonym
from publish.work import File, Shelf, Work
from publish.writers._epub_metadata import series_identifier
from publish.writers._epub_speakers import folded
from publish.writers._epub_volumes import series_title
from publish.writers._opds_books import Offered, Offers, Publications, offers, speaker_name, withdrawn
from publish.writers._opds_documents import FACET, HTML, OPDS, About, Facet, Feed, Group, Link, Properties, encode
from publish.writers._web_words import line

SUMMARY = "an OPDS 2.0 catalogue a language, when [site] in series.toml has its url"
DEFAULT = True
AUDIO = False  # it lists the files that there are
LINES = False

PAGE = 100
"""Publications of a feed that are in one file."""
MOST_SPEAKERS = 30
"""Speakers that are facets of every feed, those in most briefings; all are in a feed of their own."""


def briefing_files(work: Work) -> Iterator[File]:  # noqa: ARG001  # the contract's
    """None."""
    yield from ()


def series_files(shelf: Shelf) -> Iterator[File]:
    """The catalogue of every language of which something can be had, and the cover."""
    found = offers(shelf)
    listed = [
        language
        for language, cards in shelf.cards.items()
        if any(f"{language}/{card.briefing}" in found for card in cards)
    ]
    gone = [language for language in shelf.withdrawn if language not in listed]
    if not listed and not gone:
        return
    if not shelf.settings.site.url:
        message = (
            "there is no OPDS catalogue, since its links must be whole; `url` in [site] says where outputs/ will be"
        )
        shelf.report(Diagnostic("W014", message, Place("series.toml")))
        return
    shown = cover(shelf.cover, series_identifier(shelf.settings))
    if listed and not _has_feed(shelf):
        yield File(paths.cover(shown.suffix), shown.data, key=shown.digest)
    for language in listed:
        yield from _Catalogue(language, tuple(listed), shelf, (found, shown)).files()
    for language in gone:
        yield from _tombstones(language, shelf)


def _has_feed(shelf: Shelf) -> bool:
    """Whether the podcast feed is made, which brings the cover."""
    episodes = (paths.episode(language, card.briefing) for language, cards in shelf.cards.items() for card in cards)
    return "feed" in shelf.formats and any(path in shelf.files for path in episodes)


def _tombstones(language: str, shelf: Shelf) -> Iterator[File]:
    """What was withdrawn: a feed of it, and each where it was known."""
    stones = {name: withdrawn(language, name, shelf) for name in shelf.withdrawn.get(language, ())}
    if not stones:
        return
    own = Link(rel="self", href=paths.absolute(paths.opds(language, "withdrawn"), shelf.settings), type=OPDS)
    start = Link(rel="start", href=paths.absolute(paths.opds(language), shelf.settings), type=OPDS)
    series = series_title(language, shelf).text if language in shelf.cards else ""
    title = line(series, interface(language).gettext("Withdrawn"))
    about = About(title=title, number_of_items=len(stones))
    feed = Feed(metadata=about, links=(own, start), publications=tuple(stones.values()))
    yield File(paths.opds(language, "withdrawn"), encode(feed))
    for name, stone in stones.items():
        yield File(paths.opds(language, f"briefing-{name}"), encode(stone))


class _View(msgspec.Struct, frozen=True):
    """Some of the briefings under a title: what a facet leads to."""

    name: str
    """Of its first file; empty: all briefings."""
    title: str
    held: tuple[Offered, ...]


class _Catalogue:
    """The catalogue of one language."""

    def __init__(self, language: str, listed: tuple[str, ...], shelf: Shelf, rest: tuple[Offers, Cover]) -> None:
        self._language, self._listed, self._shelf = language, listed, shelf
        self._words = shelf.interfaces[language]
        self._title = line(series_title(language, shelf).text)
        made = Publications(language, shelf, *rest)
        self._all = _View("", "", tuple(reversed(tuple(made.briefings()))))
        self._collections = tuple(made.collections())
        self._years, self._speakers = tuple(self._by_year()), tuple(self._by_speaker())

    def files(self) -> Iterator[File]:
        """Feeds, and the publications at their own addresses."""
        for view in (self._all, *self._years, *self._speakers):
            yield from self._feeds(view)
        if len(self._speakers) > MOST_SPEAKERS:
            yield self._everyone()
        for one in (*self._all.held, *self._collections):
            yield File(paths.opds(self._language, one.name), encode(one.publication))
        yield from _tombstones(self._language, self._shelf)

    # -- which are together --------------------------------------------------------------------------------------------

    def _by_year(self) -> Iterator[_View]:
        """The newest first; those without a date last."""
        years: dict[str, list[Offered]] = {}
        for one in self._all.held:
            years.setdefault(one.date[:4], []).append(one)
        for year in sorted(years, reverse=True):
            title = year or self._words.gettext("Without a date")
            yield _View(f"year-{year or 'undated'}", title, tuple(years[year]))

    def _by_speaker(self) -> Iterator[_View]:
        """Those in most briefings first, then by name."""
        people: dict[str, list[Offered]] = {}
        names: dict[str, str] = {}
        for one in self._all.held:
            for speaker in one.speakers:
                if speaker.kind != "unnamed" and (name := line(speaker.name.text)):
                    names[speaker.speaker] = name
                    people.setdefault(speaker.speaker, []).append(one)
        for key in sorted(people, key=lambda key: (-len(people[key]), folded(names[key]), key)):
            yield _View(speaker_name(key), names[key], tuple(people[key]))

    # -- feeds ---------------------------------------------------------------------------------------------------------

    def _feeds(self, view: _View) -> Iterator[File]:
        """The files of a view, a page each."""
        pages = [view.held[at : at + PAGE] for at in range(0, len(view.held), PAGE)]
        for number, page in enumerate(pages, 1):
            about = About(
                title=line(self._title, view.title),
                description=line(self._shelf.titles[self._language][2]) if view is self._all else "",
                modified=self._shelf.modified,
                number_of_items=len(view.held),
                items_per_page=PAGE if len(pages) > 1 else 0,
                current_page=number if len(pages) > 1 else 0,
            )
            feed = Feed(
                metadata=about,
                links=tuple(self._links(view, number, len(pages))),
                navigation=tuple(self._navigation()) if view is self._all and number == 1 else (),
                facets=tuple(self._facets(view)),
                groups=tuple(self._groups()) if view is self._all and number == 1 else (),
                publications=tuple(one.publication for one in page),
            )
            yield File(self._path(view.name, number), encode(feed))

    def _path(self, name: str, page: int = 1) -> str:
        if page > 1:
            return paths.opds(self._language, f"{name or 'all'}.{page}")
        return paths.opds(self._language, name)

    def _address(self, name: str, page: int = 1) -> str:
        return paths.absolute(self._path(name, page), self._shelf.settings)

    def _links(self, view: _View, page: int, pages: int) -> Iterator[Link]:
        own = self._address(view.name, page)
        root = view is self._all
        yield Link(rel=("self", "start") if root and page == 1 else "self", href=own, type=OPDS)
        if not root or page > 1:
            yield Link(rel="start", href=self._address(""), type=OPDS, title=self._title)
        if not root:
            yield Link(rel="up", href=self._address(""), type=OPDS, title=self._title)
        for rel, number in (("first", 1), ("previous", page - 1), ("next", page + 1), ("last", pages)):
            if pages > 1 and 1 <= number <= pages:
                yield Link(rel=rel, href=self._address(view.name, number), type=OPDS)
        if root:
            yield from self._alternates()

    def _alternates(self) -> Iterator[Link]:
        """The index page, the catalogues of other languages, and what was withdrawn."""
        settings = self._shelf.settings
        if "web" in self._shelf.formats:
            page = paths.absolute(f"{self._language}/index.html", settings)
            yield Link(rel="alternate", href=page, type=HTML, language=self._language)
        for language in self._listed:
            if language != self._language:
                address = paths.absolute(paths.opds(language), settings)
                yield Link(rel="alternate", href=address, type=OPDS, title=autonym(language), language=language)
        if self._shelf.withdrawn.get(self._language):
            title = self._words.gettext("Withdrawn")
            yield Link(rel="archives", href=self._address("withdrawn"), type=OPDS, title=title)

    def _facets(self, view: _View) -> Iterator[Facet]:
        shown = self._speakers[:MOST_SPEAKERS]
        if view not in shown and view in self._speakers:
            shown = (*shown, view)
        for title, views in (
            (self._words.gettext("Year"), self._years),
            (self._words.gettext("Who speaks"), shown),
        ):
            if views:
                links = tuple(self._facet(one, active=one is view) for one in views)
                yield Facet(metadata=About(title=title), links=links)

    def _facet(self, view: _View, *, active: bool) -> Link:
        return Link(
            rel=(FACET, "self") if active else FACET,
            href=self._address(view.name),
            type=OPDS,
            title=view.title,
            properties=Properties(number_of_items=len(view.held)),
        )

    def _groups(self) -> Iterator[Group]:
        if self._collections:
            about = About(title=self._words.gettext("The whole series"), number_of_items=len(self._collections))
            yield Group(metadata=about, publications=tuple(one.publication for one in self._collections))

    def _navigation(self) -> Iterator[Link]:
        if len(self._speakers) > MOST_SPEAKERS:
            title = self._words.gettext("Who speaks")
            yield Link(rel="subsection", href=self._address("speakers"), type=OPDS, title=title)

    def _everyone(self) -> File:
        """All speakers, by name."""
        by_name = sorted(self._speakers, key=lambda view: (folded(view.title), view.name))
        links = (
            Link(rel="self", href=self._address("speakers"), type=OPDS),
            Link(rel="start", href=self._address(""), type=OPDS, title=self._title),
            Link(rel="up", href=self._address(""), type=OPDS, title=self._title),
        )
        navigation = tuple(
            Link(
                rel="subsection",
                href=self._address(view.name),
                type=OPDS,
                title=view.title,
                properties=Properties(number_of_items=len(view.held)),
            )
            for view in by_name
        )
        about = About(title=line(self._title, self._words.gettext("Who speaks")), number_of_items=len(by_name))
        return File(self._path("speakers"), encode(Feed(metadata=about, links=links, navigation=navigation)))
