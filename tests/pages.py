"""Works, shelves and pages for tests of the web writer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from lxml import html
from small import small_edition

from publish.config import Settings
from publish.diagnostics import Diagnostic
from publish.interface import interface
from publish.model import (
    Clip,
    Edition,
    Link,
    Narration,
    Paragraph,
    Person,
    Phrase,
    Text,
    Track,
)
from publish.task import card
from publish.work import Shelf, Work
from publish.writers import web

NAME = "2031-04-02-river"
SETTINGS = Settings(title="River briefings", publisher="River Authority", rights="Free to copy.")
ALL = frozenset({"web", "epub", "audio", "catalog"})
EXTRA = {"document_number": "RB & 12", "tags": ["water", "gates"], "archive": {"url": "https://example.org/a?b&c"}}


def narrated(edition: Edition, unspoken: Iterable[str] = ()) -> Narration:
    """Every paragraph is heard for a second and a bit, but those that are unspoken."""
    tracks = {}
    for turn in edition.briefing.turns:
        keys = [paragraph.id for paragraph in turn.paragraphs if paragraph.id not in unspoken]
        clips = tuple(Clip(key, 25_000 * number, 25_000 * (number + 1)) for number, key in enumerate(keys))
        if clips:
            tracks[turn.id] = Track(turn.id, clips, ("",) * len(clips))
    return Narration(22_050, tracks, tuple(unspoken))


def work(edition: Edition, **changes: Any) -> Work:  # noqa: ANN401  # any field
    values = {
        "edition": edition,
        "source": edition.briefing,
        "interface": interface(edition.language),
        "settings": SETTINGS,
        "narration": narrated(edition),
        "formats": ALL,
        "languages": ("en", "ar"),
        "modified": "2031-04-02T00:00:00Z",
        "cache": Path(),
        "theme": None,
        "public": True,
        "report": fails,
    }
    return Work(**{**values, **changes})


def fails(finding: Diagnostic) -> None:
    raise AssertionError(finding)


def rich(language: str) -> Edition:
    """The small edition with an address, an end and other front matter."""
    edition = small_edition(language)
    briefing = msgspec.structs.replace(
        edition.briefing, source="https://example.org/river?a=1&b=2", end="10:40 A.M.", extra=EXTRA
    )
    return msgspec.structs.replace(edition, briefing=briefing)


def shelf(editions: Iterable[Edition], **changes: Any) -> Shelf:  # noqa: ANN401  # any field
    cards = {one.language: (card(one, one.briefing, narrated(one)),) for one in editions}
    values = {
        "cards": cards,
        "interfaces": {language: interface(language) for language in cards},
        "titles": {
            language: ("إحاطات النهر", "هيئة النهر", "")
            if language == "ar"
            else ("River briefings", "River Authority", "All.")
            for language in cards
        },
        "settings": SETTINGS,
        "formats": ALL,
        "outputs": Path(),
        "modified": "",
        "theme": None,
        "report": fails,
    }
    return Shelf(**{**values, **changes})


def page(one: Work) -> Any:  # noqa: ANN401  # xpath gives what it finds
    """The tree of a briefing's page."""
    return html.document_fromstring(source(one))


def source(one: Work) -> str:
    (file,) = web.briefing_files(one)
    assert isinstance(file.content, bytes)
    return file.content.decode()


def indexes(of: Shelf) -> dict[str, Any]:
    """The trees of index pages by path."""
    return {
        file.path: html.document_fromstring(bytes(file.content))  # type: ignore[arg-type]  # bytes, for this writer
        for file in web.series_files(of)
        if file.path.endswith(".html")
    }


def text(element: Any) -> str:  # noqa: ANN401  # an element or a string
    return " ".join("".join(element.itertext()).split())


NASTY = "</title><script>alert(1)</script>&lt;\"'>\u202e{{7*7}}{name}"


def hostile() -> Work:
    """Nasty words in every field that a source or a catalogue can hold."""
    edition = small_edition()
    phrase = Phrase(NASTY, "en")
    turns = tuple(
        msgspec.structs.replace(
            turn,
            time=NASTY if turn.time else "",
            paragraphs=tuple(
                msgspec.structs.replace(one, parts=(Text(NASTY), Link("javascript:alert(1)", (Text(NASTY),))))
                for one in turn.paragraphs
            ),
            headings=(Paragraph((Text(NASTY),), "h1", "en", 1),) if turn.id == "t0000005" else (),
        )
        for turn in edition.briefing.turns
    )
    briefing = msgspec.structs.replace(
        edition.briefing,
        title=NASTY,
        turns=turns,
        date_text=NASTY,
        venue=NASTY,
        start=NASTY,
        end=NASTY,
        source=f"https://example.org/{NASTY}",
        status=f"embargo {NASTY}",
        extra={NASTY: NASTY, "b": [NASTY, {NASTY: "javascript:alert(1)"}]},
    )
    return work(
        msgspec.structs.replace(
            edition,
            series=phrase,
            publisher=phrase,
            title=phrase,
            venue=phrase,
            briefing=briefing,
            people=dict.fromkeys(edition.people, Person(phrase, "person", "official", phrase, phrase)),
            headings=dict.fromkeys(edition.headings, phrase),
        ),
        settings=Settings(title=NASTY, publisher=NASTY, rights=NASTY),
        report=lambda _: None,
    )


def with_status(status: str) -> Work:
    edition = small_edition()
    return work(msgspec.structs.replace(edition, briefing=msgspec.structs.replace(edition.briefing, status=status)))


def html_files(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))
