"""feed: a podcast feed a language, of the episodes of all public briefings.

RSS 2.0 with the podcast namespace, and Apple's, which most players read. Sizes and lengths are those of the finished
files; dates are those of the briefings.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial

import msgspec
from lxml import etree

from publish import paths
from publish.cover import Cover, cover
from publish.diagnostics import Diagnostic, Place
from publish.frames import length
from publish.model import Card, Role
from publish.spoken import RATE
from publish.work import File, Shelf, Work
from publish.writers._episode import one_line
from publish.writers._epub_metadata import book_identifier, series_identifier
from publish.writers._tags import id3_comment

SUMMARY = "a podcast feed a language, when [site] in series.toml has its url"
DEFAULT = True
AUDIO = False  # it lists the episodes that there are
LINES = False

ATOM = "http://www.w3.org/2005/Atom"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""Of the identifiers of podcasts (podcast namespace, ``guid``)."""
_ROLES: dict[Role, tuple[str, str]] = {
    "moderator": ("Cast", "Host"),
    "official": ("Cast", "Guest"),
    "journalist": ("Cast", "Reporter"),
    "interpreter": ("Writing", "Translator"),
}
"""Group and role as the Podcast Taxonomy has them."""
_OTHER = ("Cast", "Guest")
"""For everyone else: a person without a role would be taken for the host."""
_LONGEST_NAME = 128
"""Characters of a person's name (podcast namespace, ``person``)."""


def briefing_files(work: Work) -> Iterator[File]:  # noqa: ARG001  # the contract's
    """None."""
    yield from ()


def series_files(shelf: Shelf) -> Iterator[File]:
    """``feed.xml`` of every language that has an episode, and the cover."""
    feeds = {language: items for language in shelf.cards if (items := tuple(_items(language, shelf)))}
    if not feeds:
        return
    if not shelf.settings.site.url:
        message = "there is no podcast feed, since its links must be whole; `url` in [site] says where outputs/ will be"
        shelf.report(Diagnostic("W014", message, Place("series.toml")))
        return
    shown = cover(shelf.cover, series_identifier(shelf.settings))
    yield File(paths.cover(shown.suffix), shown.data, key=shown.digest)
    for language, items in feeds.items():
        yield File(paths.feed(language), _Feed(language, shelf, shown).document(items))


class Item(msgspec.Struct, frozen=True):
    """A finished episode."""

    card: Card
    path: str
    size: int
    """Bytes."""
    seconds: int
    comment: str
    """As its tags say it."""


def _items(language: str, shelf: Shelf) -> Iterator[Item]:
    """The newest first."""
    for card in reversed(shelf.cards[language]):
        path = paths.episode(language, card.briefing)
        if path in shelf.files:
            file = shelf.outputs / path
            yield Item(card, path, file.stat().st_size, round(length(file) / RATE), id3_comment(file))


class _Feed:
    """The feed of one language."""

    def __init__(self, language: str, shelf: Shelf, shown: Cover) -> None:
        self._language, self._shelf, self._settings = language, shelf, shelf.settings
        self._cover = paths.absolute(paths.cover(shown.suffix), shelf.settings)
        self._shown = shown
        title, publisher, summary = map(one_line, shelf.titles[language])
        self._title = title or shelf.interfaces[language].gettext("All briefings")
        self._publisher, self._summary = publisher or self._title, summary or self._title

    def document(self, items: Sequence[Item]) -> bytes:
        """The document, without any time but those of the briefings."""
        names = {"atom": ATOM, "itunes": ITUNES, "podcast": PODCAST}
        root = etree.Element("rss", {"version": "2.0"}, nsmap=names)
        channel = etree.SubElement(root, "channel")
        self._channel(channel)
        for item in items:
            self._item(etree.SubElement(channel, "item"), item)
        etree.indent(root, space="")
        return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8")) + b"\n"

    def _absolute(self, path: str) -> str:
        return paths.absolute(path, self._settings)

    def _channel(self, channel: etree._Element) -> None:
        own = self._absolute(paths.feed(self._language))
        index = self._absolute(f"{self._language}/index.html")
        _add(channel, "title", self._title)
        _add(channel, "link", index)
        _add(channel, "description", self._summary)
        _add(channel, "language", self._language)
        if rights := one_line(self._settings.rights):
            _add(channel, "copyright", rights)
        _add(channel, f"{{{ATOM}}}link", href=own, rel="self", type="application/rss+xml")
        image = etree.SubElement(channel, "image")
        _add(image, "url", self._cover)
        _add(image, "title", self._title)
        _add(image, "link", index)
        self._podcast(channel, own)

    def _podcast(self, channel: etree._Element, own: str) -> None:
        _add(channel, f"{{{ITUNES}}}author", self._publisher)
        _add(channel, f"{{{ITUNES}}}image", href=self._cover)
        _add(channel, f"{{{ITUNES}}}category", text="News")
        _add(channel, f"{{{ITUNES}}}explicit", "false")
        _add(channel, f"{{{ITUNES}}}type", "episodic")
        _add(channel, f"{{{PODCAST}}}guid", str(podcast_guid(own)))
        _add(channel, f"{{{PODCAST}}}medium", "podcast")
        alternative = one_line(self._settings.cover_alt)
        values = {"alt": alternative} if alternative else {}
        size = {"width": str(self._shown.width), "height": str(self._shown.height)}
        _add(channel, f"{{{PODCAST}}}image", href=self._cover, **values, **size)

    def _item(self, item: etree._Element, made: Item) -> None:
        card = made.card
        page = self._absolute(paths.page(self._language, card.briefing))
        _add(item, "title", one_line(card.title.text) or card.briefing)
        _add(item, "link", page)
        identifier = book_identifier(self._settings, "episode", card.briefing, self._language)
        _add(item, "guid", identifier, isPermaLink="false")
        if day := _day(card.date):
            _add(item, "pubDate", day)
        _add(item, "description", self._description(made))
        _add(item, "enclosure", url=self._absolute(made.path), length=str(made.size), type="audio/mpeg")
        _add(item, f"{{{ITUNES}}}duration", str(made.seconds))
        _add(item, f"{{{ITUNES}}}episodeType", "full")
        _add(item, f"{{{ITUNES}}}explicit", "false")
        self._companions(item, card, page)
        for name, group, role in _persons(card):
            _add(item, f"{{{PODCAST}}}person", name, group=group, role=role)

    def _companions(self, item: etree._Element, card: Card, page: str) -> None:
        """Transcripts and chapters."""
        part = partial(paths.episode, self._language, card.briefing)
        tag, language = f"{{{PODCAST}}}transcript", self._language
        _add(item, tag, url=self._absolute(part("vtt")), type="text/vtt", language=language, rel="captions")
        _add(item, tag, url=page, type="text/html", language=language)
        chapters = self._absolute(part("chapters.json"))
        _add(item, f"{{{PODCAST}}}chapters", url=chapters, type="application/json+chapters")

    def _description(self, made: Item) -> str:
        """Place, names, and that the voices are synthetic."""
        names = [name for name, _, _ in _persons(made.card)]
        venue = one_line(made.card.venue.text) if made.card.venue else ""
        people = self._shelf.interfaces[self._language].join(names) if names else ""
        return one_line(venue, people, made.comment) or self._title


def podcast_guid(address: str) -> uuid.UUID:
    """The identifier of a podcast from the address of its feed (podcast namespace, ``guid``)."""
    return uuid.uuid5(_NAMESPACE, address.partition("://")[2].rstrip("/"))


def _add(parent: etree._Element, tag: str, value: str = "", **attributes: str) -> None:
    element = etree.SubElement(parent, tag, attributes)
    element.text = value or None


def _day(iso: str) -> str:
    """The briefing's day as RFC 2822 writes it; empty when it is none."""
    try:
        day = datetime.fromisoformat(iso[:10]).replace(tzinfo=UTC)
    except ValueError:
        return ""
    return format_datetime(day, usegmt=True)


def _persons(card: Card) -> Iterator[tuple[str, str, str]]:
    """Name, group and role of everyone who has a name."""
    for heard in card.speakers:
        name = one_line(heard.name.text)[:_LONGEST_NAME].rstrip()
        if name and heard.kind != "unnamed":
            yield name, *_ROLES.get(heard.role, _OTHER)
