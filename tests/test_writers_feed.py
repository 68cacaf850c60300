"""The podcast feeds."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree
from small import small_edition
from sounds import content, narrated, work

from publish.audio import RATE
from publish.config import Settings, Site
from publish.diagnostics import Diagnostic
from publish.interface import interface
from publish.model import Card, Heard, Phrase
from publish.task import card
from publish.work import File, Shelf
from publish.writers import episode, feed

SITE = "https://river.example/briefings"
NAME = "2031-04-02-river"
NAMES = {"itunes": feed.ITUNES, "podcast": feed.PODCAST, "atom": feed.ATOM}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """One briefing with its episode, in a series that will be served somewhere."""
    root = tmp_path_factory.mktemp("feed")
    edition, clips = small_edition(), root / "clips"
    one = work(clips, narrated(clips))
    files = {}
    for file in episode.briefing_files(one):
        path = root / "outputs" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(file))
        files[file.path] = file.key
    return Shelf(
        cards={"en": (card(edition, edition.briefing, one.narration),)},
        interfaces={"en": interface("en")},
        titles={"en": ("River briefings", "River Authority", "All of them.")},
        settings=Settings(title="River briefings", site=Site(SITE), rights="Free to copy.", cover_alt="A river"),
        formats=frozenset({"episode", "feed"}),
        outputs=root / "outputs",
        modified="",
        theme=None,
        report=lambda finding: pytest.fail(str(finding)),
        files=files,
    )


def made(of: Shelf) -> dict[str, File]:
    return {file.path: file for file in feed.series_files(of)}


def document(of: Shelf) -> bytes:
    return content(made(of)["en/feed.xml"])


def tree(of: Shelf) -> Any:  # noqa: ANN401  # xpath gives what it finds
    return etree.fromstring(document(of))


def with_card(of: Shelf, **changes: Any) -> Shelf:  # noqa: ANN401  # any field
    (one,) = of.cards["en"]
    return msgspec.structs.replace(of, cards={"en": (msgspec.structs.replace(one, **changes),)})


def parsed(of: Shelf, folder: Path, partytime: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    path = folder / "feed.xml"
    path.write_bytes(document(of))
    return partytime(path)


def test_a_parser_that_knows_the_podcast_namespace_reads_all(
    tmp_path: Path, shelf: Shelf, partytime: Callable[[Path], dict[str, Any]]
) -> None:
    found = parsed(shelf, tmp_path, partytime)
    (item,) = found["items"]
    base = f"{SITE}/en/{NAME}/{NAME}"

    assert (found["title"], found["author"], found["description"]) == (
        "River briefings",
        "River Authority",
        "All of them.",
    )
    assert (found["language"], found["link"], found["copyright"]) == (
        "en",
        f"{SITE}/en/index.html",
        "Free to copy.",
    )
    assert found["pubsub"] == {"self": f"{SITE}/en/feed.xml"}
    assert found["itunesImage"] == f"{SITE}/cover.png"
    assert found["medium"] == "podcast"
    assert found["explicit"] is False
    assert item["title"] == "River briefing, 2 April"
    assert item["link"] == f"{SITE}/en/{NAME}/index.html"
    assert item["enclosure"] == {
        "url": f"{base}.mp3",
        "length": (shelf.outputs / f"en/{NAME}/{NAME}.mp3").stat().st_size,
        "type": "audio/mpeg",
    }
    assert item["podcastTranscripts"] == [
        {"url": f"{base}.vtt", "type": "text/vtt", "language": "en", "rel": "captions"},
        {"url": f"{SITE}/en/{NAME}/index.html", "type": "text/html", "language": "en"},
    ]
    assert item["podcastChapters"] == {"url": f"{base}.chapters.json", "type": "application/json+chapters"}
    assert item["podcastPeople"] == [
        {"name": "Mara Lindqvist", "role": "Host", "group": "Cast"},
        {"name": "Samir Haddad", "role": "Guest", "group": "Cast"},
    ]
    assert found["pc20support"]["1"] == ["transcript", "chapters"]


def test_lengths_are_those_of_the_finished_file(shelf: Shelf, mpg123_samples: Callable[[Path], int]) -> None:
    (seconds,) = tree(shelf).xpath("//itunes:duration/text()", namespaces=NAMES)

    assert abs(int(seconds) - mpg123_samples(shelf.outputs / f"en/{NAME}/{NAME}.mp3") / RATE) <= 0.5


def test_the_day_is_the_briefing_s_and_there_is_no_other_time(shelf: Shelf) -> None:
    (day,) = tree(shelf).xpath("//pubDate/text()")

    assert parsedate_to_datetime(day) == datetime(2031, 4, 2, tzinfo=UTC)
    assert not tree(shelf).xpath("//lastBuildDate")


@pytest.mark.parametrize("date", ["", "soon", "2031-13-45"])
def test_a_briefing_without_a_day_has_none(shelf: Shelf, date: str) -> None:
    assert tree(with_card(shelf, date=date)).xpath("//pubDate") == []


def test_roles_are_those_of_the_podcast_taxonomy_and_who_has_no_name_is_not_listed(shelf: Shelf) -> None:
    people = (
        ("Ada", "moderator", "person"),
        ("Ben", "official", "person"),
        ("Cover News", "journalist", "organisation"),
        ("Dia", "interpreter", "person"),
        ("Eli", "audience", "person"),
        ("Fay", "", "person"),
        ("Q", "journalist", "unnamed"),
        (" ", "official", "person"),
    )
    speakers = tuple(Heard(name, Phrase(name, "en"), role, kind, 1, "t") for name, role, kind in people)  # type: ignore[arg-type]  # literals

    listed = tree(with_card(shelf, speakers=speakers)).xpath("//podcast:person", namespaces=NAMES)

    assert [(one.text, one.get("group"), one.get("role")) for one in listed] == [
        ("Ada", "Cast", "Host"),
        ("Ben", "Cast", "Guest"),
        ("Cover News", "Cast", "Reporter"),
        ("Dia", "Writing", "Translator"),
        ("Eli", "Cast", "Guest"),
        ("Fay", "Cast", "Guest"),
    ]


def test_the_identifier_of_a_podcast_is_made_as_the_namespace_says() -> None:
    """The two examples of its own documentation."""
    assert str(feed.podcast_guid("https://mp3s.nashownotes.com/pc20rss.xml")) == "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    assert str(feed.podcast_guid("http://podnews.net/rss//")) == "9b024349-ccf0-5f69-a609-6b82873eab3c"


def test_identifiers_stay_when_words_and_address_change(shelf: Shelf) -> None:
    def guid(of: Shelf) -> str:
        return str(tree(of).xpath("//item/guid")[0].text)

    moved = msgspec.structs.replace(shelf.settings, site=Site("https://elsewhere.example"))
    assert uuid.UUID(guid(shelf)).version == 5
    assert guid(with_card(shelf, title=Phrase("Another", "en"))) == guid(shelf)
    assert guid(msgspec.structs.replace(shelf, settings=moved)) == guid(shelf)
    assert tree(shelf).xpath("//guid/@isPermaLink") == ["false"]


def test_it_says_that_the_voices_are_synthetic(shelf: Shelf) -> None:
    (words,) = tree(shelf).xpath("//item/description/text()")

    assert words.startswith("River hall – Mara Lindqvist and Samir Haddad – ")
    assert "synthetic" in words


def test_the_newest_stands_first(shelf: Shelf) -> None:
    (one,) = shelf.cards["en"]
    older: Card = msgspec.structs.replace(one, date="2030-01-01", title=Phrase("Older", "en"))
    both = msgspec.structs.replace(shelf, cards={"en": (older, one)})

    assert tree(both).xpath("//item/title/text()") == ["River briefing, 2 April", "Older"]


def test_the_cover_is_there_and_said_in_words(shelf: Shelf) -> None:
    assert content(made(shelf)["cover.png"]).startswith(b"\x89PNG")
    (image,) = tree(shelf).xpath("//podcast:image", namespaces=NAMES)
    assert dict(image.attrib) == {"href": f"{SITE}/cover.png", "alt": "A river", "width": "1400", "height": "1400"}


def test_without_an_address_there_is_no_feed_and_one_note(shelf: Shelf) -> None:
    findings: list[Diagnostic] = []
    nowhere = msgspec.structs.replace(shelf, settings=Settings(title="River"), report=findings.append)

    assert made(nowhere) == {}
    (note,) = map(str, findings)
    assert note == (
        "note W014 series.toml: there is no podcast feed, since its links must be whole; "
        "`url` in [site] says where outputs/ will be"
    )


def test_a_language_without_episodes_has_no_feed(shelf: Shelf) -> None:
    assert made(msgspec.structs.replace(shelf, files={})) == {}
    cards = {**shelf.cards, "ar": (msgspec.structs.replace(shelf.cards["en"][0], language="ar"),)}
    assert list(made(msgspec.structs.replace(shelf, cards=cards))) == ["cover.png", "en/feed.xml"]


NASTY = "a]]>&<b>\"'\u2028\ud800\0\x0b\ufffe\u202e --> " + "x" * 300


def test_hostile_titles_names_and_addresses_stay_words(
    tmp_path: Path, shelf: Shelf, partytime: Callable[[Path], dict[str, Any]]
) -> None:
    speakers = (Heard("a", Phrase(NASTY, "en"), "official", "person", 1, "t"),)
    nasty = with_card(shelf, title=Phrase(NASTY, "en"), venue=Phrase(NASTY, "en"), speakers=speakers)
    settings = Settings(
        title=NASTY.replace("\ud800", ""),
        site=Site('https://river.example/"><script>?a=1&b'),
        rights=NASTY,
        cover_alt=NASTY,
    )
    nasty = msgspec.structs.replace(nasty, settings=settings, titles={"en": (NASTY, NASTY, NASTY)})

    found = parsed(nasty, tmp_path, partytime)

    (item,) = found["items"]
    assert item["title"].startswith("a]]>&<b>")
    assert "\u202e" not in document(nasty).decode()
    (person,) = item["podcastPeople"]
    assert len(person["name"]) <= 128
    assert not re.search(rb"<(b|script)\b", document(nasty))


def test_equal_input_gives_equal_bytes(shelf: Shelf) -> None:
    assert document(shelf) == document(shelf)
