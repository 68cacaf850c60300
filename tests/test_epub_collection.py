"""The collection of a series, and what checkers find in books of every kind."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from books import (
    DC,
    LANG,
    SETTINGS,
    XHTML,
    Book,
    Desk,
    Hum,
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

from publish import paths
from publish.config import EpubSettings, Settings
from publish.diagnostics import InputError
from publish.interface import interface
from publish.overlay import pars, parse_clock
from publish.pipeline import Options, build
from publish.task import card
from publish.work import Shelf
from publish.writers import epub


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --- The collection ---------------------------------------------------------------------------------------------------


def test_the_collection_leads_from_briefings_to_exchanges(desk: Desk) -> None:
    collection = Book(desk.collection(*two_books(desk, engine=None)))

    nav = etree.fromstring(collection.files["EPUB/nav.xhtml"])
    (lines,) = nav.iterfind(f".//{XHTML}nav[@role='doc-toc']/{XHTML}ol")
    assert [text_of(one) for one in lines.iterfind(f"{XHTML}li/{XHTML}a")] == [
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


def test_the_collection_copies_the_documents_of_the_books_as_they_are_compressed(desk: Desk) -> None:
    cards = two_books(desk, engine=Hum())
    path = desk.collection(*cards)

    with zipfile.ZipFile(path) as collection:
        for one in cards:
            with zipfile.ZipFile(desk.folder / "outputs" / f"en/{one.briefing}/{one.briefing}.epub") as book:
                mine = [info for info in book.infolist() if info.filename.startswith(f"EPUB/{one.briefing}/")]
                assert len(mine) > 10
                for info in mine:
                    copied = collection.getinfo(info.filename)
                    assert (copied.CRC, copied.compress_size) == (info.CRC, info.compress_size)
                    assert collection.read(info.filename) == book.read(info.filename)
        assert collection.testzip() is None


def test_every_visible_text_of_a_collection_with_overlays_has_its_sound(desk: Desk) -> None:
    collection = Book(desk.collection(*two_books(desk, engine=Hum())))

    assert uncovered(collection) == []
    total = 0
    for path, _, smil in collection.spine():
        found = pars(collection.files[smil])
        assert all(par.sound for par in found), path
        for par in found:
            assert par.sound
            assert posixpath.normpath(posixpath.join(posixpath.dirname(smil), par.sound.source)) in collection.files
        total += sum(par.duration for par in found)
    assert [parse_clock(time) for time in collection.metas("media:duration")] == [total]
    assert collection.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    assert desk.findings == []


def test_a_collection_that_would_be_too_large_has_no_audio_and_the_build_says_so(desk: Desk) -> None:
    cards = two_books(desk, engine=Hum())
    small = msgspec.structs.replace(SETTINGS, epub=EpubSettings(max_size=500_000))

    collection = Book(desk.collection(*cards, settings=small))

    assert not [name for name in collection.files if name.endswith((".smil", ".mp3"))]
    assert not [item for item in collection.items.values() if item.get("media-overlay")]
    assert collection.metas("media:duration") == []
    assert collection.metas("schema:accessModeSufficient") == ["textual"]
    assert [(one.code, str(one.place)) for one in desk.findings] == [("E002", "outputs/en/river-briefings.epub")]


def test_the_collection_claims_only_what_all_its_books_hold(desk: Desk) -> None:
    first, second = two_books(desk, engine=Hum())
    desk.book(renamed(small_edition(), second.briefing, date=second.date))

    collection = Book(desk.collection(first, second))

    assert collection.metas("media:duration")
    assert collection.metas("schema:accessModeSufficient") == ["textual"]
    assert uncovered(collection) != []


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
        "EPUB/2031-04-02-river/title.xhtml",
        "EPUB/2031-04-02-river/speakers.xhtml",
    ]


@pytest.mark.parametrize(
    "fault", ["missing", "no archive", "cut", "no package", "bad package", "other contents", "damaged"]
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
        place = book.getinfo(f"EPUB/{first.briefing}/text-1.xhtml").header_offset
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
    hum, small = Hum(), msgspec.structs.replace(SETTINGS, epub=EpubSettings(max_size=1))
    arabic = desk.book(small_edition("ar"), engine=hum)
    found = {
        "arabic": arabic,
        "arabic collection": desk.collection(card(small_edition("ar"), small_briefing(), None)),
        "headed": desk.book(headed_edition(), engine=hum),
        "hostile": desk.book(hostile(small_edition()), engine=hum),
        "long": desk.book(long_edition(900)),
        "some unspoken": desk.book(renamed(small_edition(), "part"), engine=Hum(refused="new gates")),
        "text": desk.book(renamed(small_edition(), "text")),
    }
    cards = two_books(desk, engine=hum)
    found |= {one.briefing: desk.folder / "outputs" / paths.book("en", one.briefing) for one in cards}
    found["collection"] = desk.collection(*cards)
    found["text collection"] = desk.collection(
        *cards, settings=msgspec.structs.replace(small, title="Other", identifier="urn:x:other")
    )
    return found


def test_epubcheck_finds_nothing(books: dict[str, Path], epubcheck: Callable[..., dict[Path, list[object]]]) -> None:
    found = epubcheck(*books.values())

    assert {name: list(map(str, found[path])) for name, path in books.items()} == {name: [] for name in books}


@pytest.mark.parametrize("name", ["2031-04-02-river", "arabic", "collection"])
def test_ace_finds_no_violation(books: dict[str, Path], name: str, ace: Callable[[Path], list[str]]) -> None:
    assert ace(books[name]) == []


class _Silent:
    """Progress that nobody watches."""

    def begin(self, total: int, tasks: int) -> None: ...

    def advance(self, amount: int, name: str, samples: int = 0) -> None: ...


def test_books_of_real_transcripts_are_whole(
    real_data: Path, tmp_path: Path, epubcheck: Callable[..., dict[Path, list[object]]]
) -> None:
    short = sorted((real_data / "whitehouse").rglob("*.md"), key=lambda path: (path.stat().st_size, path.name))[:4]
    sources = [real_data / "scio" / "2020-03-28-page.txt", *short]
    (tmp_path / "transcripts").mkdir()
    for source in sources:
        (tmp_path / "transcripts" / source.name).write_bytes(source.read_bytes())
    (tmp_path / "series.toml").write_text('title = "Real"\n[audio]\nengine = "silence"\n', encoding="utf-8")
    options = Options(root=tmp_path, outputs=tmp_path / "outputs", formats=("audio", "epub"), jobs=1)

    summary = build(options, _Silent())

    books = [tmp_path / path for path in summary.made if path.endswith(".epub")]
    assert len(books) == len(sources) + 1
    for path in books:
        book = Book(path)
        assert uncovered(book) == unsafe(book) == []
        assert book.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    assert set(map(tuple, epubcheck(*books).values())) == {()}
