"""What a book holds around the transcript: who speaks, about the edition, the list of speakers, pages, the cover."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from books import EPUB, SETTINGS, XHTML, Book, Desk, Hum, long_edition, renamed, text_of, uncovered, unsafe
from lxml import etree
from small import small_briefing, small_edition

from publish import cover, narrating, register
from publish.config import BriefingSettings, EpubSettings, Settings
from publish.interface import interface
from publish.model import Edition, PageBreak, Phrase, Text
from publish.script import tracks
from publish.task import card
from publish.writers import epub

PAGED = msgspec.structs.replace(SETTINGS, epub=EpubSettings(page_source="Official record, printed edition"))
SHOWN = msgspec.structs.replace(SETTINGS, cover="cover.png", cover_alt="The river at dusk")
FOLDER = "EPUB/2031-04-02-river"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def root_of(book: Book, name: str) -> etree._Element:
    return next(root for path, root, _ in book.spine() if path.endswith(f"/{name}.xhtml"))


def links(root: etree._Element) -> list[tuple[str, str]]:
    return [(one.get("href", ""), text_of(one)) for one in root.iter(f"{XHTML}a")]


# --- Who speaks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
def test_everyone_who_speaks_is_described_and_leads_to_the_first_turn(desk: Desk, language: str) -> None:
    book = Book(desk.book(small_edition(language), engine=Hum()))

    root = root_of(book, "speakers")
    (people,) = root.iter(f"{XHTML}ul")
    assert len(people) == 3
    words = interface(language)
    first = words.ngettext("First of {count} turn", "First of {count} turns", 2).replace("{count}", words.number(2))
    assert links(root) == [(f"text-1.xhtml#t000000{number}", first) for number in (1, 3, 4)]
    assert uncovered(book) == unsafe(book) == []


def test_who_speaks_once_has_an_only_turn(desk: Desk) -> None:
    edition = small_edition()
    book = Book(desk.book(renamed(edition, "short", turns=edition.briefing.turns[:1])))

    assert links(root_of(book, "speakers")) == [("text-1.xhtml#t0000001", "The only turn")]


def test_every_link_in_a_book_leads_to_an_element_that_is_there(desk: Desk) -> None:
    book = Book(desk.book(long_edition(1_000), settings=PAGED, engine=None))

    ids = {f"{path}#{one.get('id')}" for path, root, _ in book.spine() for one in root.iter()}
    ids |= {path for path, _, _ in book.spine()}
    for path, root, _ in book.spine():
        folder = path.rpartition("/")[0]
        inner = [href for href, _ in links(root) if "://" not in href]
        assert {
            href for href in inner if (f"{folder}/{href}" if href[0] != "#" else f"{path}{href}") not in ids
        } == set()


# --- The list of speakers ---------------------------------------------------------------------------------------------


def test_the_list_leads_to_every_turn_of_everyone_with_a_name_in_the_words_of_headings_and_numbers(desk: Desk) -> None:
    book = Book(desk.book(small_edition(), engine=Hum()))

    root = root_of(book, "index-1")
    (index,) = [one for one in root.iter() if one.get("role") == "doc-index"]
    assert index.get(f"{EPUB}type") == "index"
    assert [text_of(one) for one in index.iter(f"{XHTML}h2", f"{XHTML}h3")] == [
        "Speakers and their turns",
        "Mara Lindqvist",
        "Samir Haddad",
    ]
    assert links(root) == [
        ("text-1.xhtml#t0000001", "Opening"),
        ("text-1.xhtml#t0000002", "Turn 2"),
        ("text-1.xhtml#t0000004", "Q: How high will the water rise on [Tuesday] night?"),
        ("text-1.xhtml#t0000006", "Q: And who pays for the new gates?"),
    ]
    assert book.metas("schema:accessibilityFeature").count("index") == 1


def test_a_further_turn_is_called_by_its_time_where_it_has_one(desk: Desk) -> None:
    edition = small_edition()
    turns = tuple(msgspec.structs.replace(turn, time="10:0" + turn.id[-1]) for turn in edition.briefing.turns)
    book = Book(desk.book(renamed(edition, "timed", turns=turns)))

    assert links(root_of(book, "index-1"))[1] == ("text-1.xhtml#t0000002", "10:02")


def test_a_turn_outside_of_all_names_makes_no_list(desk: Desk) -> None:
    edition = small_edition()
    people = {key: msgspec.structs.replace(person, kind="unnamed") for key, person in edition.people.items()}
    book = Book(desk.book(msgspec.structs.replace(edition, people=people), engine=Hum()))

    assert not [path for path, _, _ in book.spine() if "index" in path]
    assert "index" not in book.metas("schema:accessibilityFeature")
    assert not [name for name in book.files if name.endswith("front-3.mp3")]


def test_a_long_list_is_cut_into_documents_that_checkers_can_bear_and_nothing_is_lost(desk: Desk) -> None:
    edition = long_edition(1_800)
    book = Book(desk.book(edition))

    pages = [root for path, root, _ in book.spine() if "/index-" in path]
    assert len(pages) == 3
    assert max(len(list(root.iter(f"{XHTML}a", f"{XHTML}h2", f"{XHTML}h3"))) for root in pages) <= 400
    led_to = [href.partition("#")[2] for root in pages for href, _ in links(root)]
    assert led_to == [turn.id for turn in edition.briefing.turns if turn.speaker == "samir-haddad"]


def test_the_list_costs_only_its_names_and_numbers_and_only_where_a_book_is_made() -> None:
    edition, words = small_edition(), interface("en")
    whole = narrating.script(edition, words, SETTINGS)
    bare = narrating.script(edition, words, SETTINGS, lines=False)

    said = dict(tracks(edition, whole, SETTINGS))
    assert (
        [line.id for line in said["front-index"]]
        == [line.id for line in register.lines(edition, words)]
        == [
            "front-index",
            "front-index-mara-lindqvist",
            "front-turn-t0000002",
            "front-index-samir-haddad",
        ]
    )
    turns = dict(tracks(edition, bare, SETTINGS))
    assert {name: lines for name, lines in said.items() if name in turns and name != "front-1"} == {
        name: lines for name, lines in turns.items() if lines
    }


# --- About this edition -----------------------------------------------------------------------------------------------


def about(book: Book) -> dict[str, str]:
    return {key: text_of(one) for one in root_of(book, "about").iter() if (key := one.get("id"))}


def test_what_is_not_read_aloud_is_said_where_something_is_read_aloud(desk: Desk) -> None:
    keys = {"front-engine", "front-unread"}
    assert keys <= about(Book(desk.book(small_edition(), engine=Hum()))).keys()
    assert keys.isdisjoint(about(Book(desk.book(small_edition()))))


def test_translators_are_named(desk: Desk) -> None:
    edition = msgspec.structs.replace(small_edition("ar"), translators=("Jane Doe", "李雷"))
    book = Book(desk.book(edition, engine=Hum()))

    assert "Jane Doe" in about(book)["front-translators"]
    assert "李雷" in about(book)["front-translators"]
    assert book.dc("contributor") == ["Jane Doe", "李雷"]
    assert [book.metas("role", f"#contributor-{number}") for number in (1, 2)] == [["trl"], ["trl"]]


# --- Pages ------------------------------------------------------------------------------------------------------------


def paged(language: str = "en") -> Edition:
    return renamed(small_edition(language), "2031-04-02-river", pages=("1", "2"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_of_a_printed_source_are_listed_and_marked(desk: Desk, language: str) -> None:
    book = Book(desk.book(paged(language), settings=PAGED, engine=Hum()))

    nav = etree.fromstring(book.files["EPUB/nav.xhtml"])
    (pages,) = [one for one in nav.iter(f"{XHTML}nav") if one.get("role") == "doc-pagelist"]
    assert pages.get(f"{EPUB}type") == "page-list"
    assert links(pages) == [
        ("2031-04-02-river/text-1.xhtml", "1"),
        ("2031-04-02-river/text-1.xhtml#p0000007-b1", "2"),
    ]
    (mark,) = [one for _, root, _ in book.spine() for one in root.iter() if one.get("role") == "doc-pagebreak"]
    assert (mark.get(f"{EPUB}type"), mark.get("aria-label"), mark.get("id")) == ("pagebreak", "2", "p0000007-b1")
    assert book.metas("pageBreakSource") == ["Official record, printed edition"]
    assert {"pageNavigation", "pageBreakMarkers"} <= set(book.metas("schema:accessibilityFeature"))
    assert uncovered(book) == []


def test_pages_of_nothing_that_a_reader_can_hold_are_neither_listed_nor_marked(desk: Desk) -> None:
    book = Book(desk.book(paged(), engine=Hum()))

    documents = b"".join(content for name, content in book.files.items() if name.endswith(".xhtml"))
    assert b"page-list" not in documents
    assert b"pagebreak" not in documents
    assert book.metas("pageBreakSource") == []
    assert not {"pageNavigation", "pageBreakMarkers"} & set(book.metas("schema:accessibilityFeature"))


def test_a_source_that_has_no_pages_lists_none(desk: Desk) -> None:
    assert Book(desk.book(long_edition(4), settings=PAGED)).metas("pageBreakSource") == []


def test_a_briefing_can_be_of_another_printed_work_which_an_isbn_names(desk: Desk) -> None:
    tables = {small_briefing().name: BriefingSettings(page_source="978-0-306-40615-7")}
    book = Book(desk.book(paged(), settings=msgspec.structs.replace(PAGED, briefings=tables)))

    assert book.metas("pageBreakSource") == ["urn:isbn:9780306406157"]


def test_a_page_s_name_is_no_markup(desk: Desk) -> None:
    edition = paged()
    (first, *rest) = edition.briefing.turns
    words = msgspec.structs.replace(first.paragraphs[0], parts=(PageBreak('x"/><b>&'), Text("Hello.")))
    turn = msgspec.structs.replace(first, paragraphs=(words, *first.paragraphs[1:]))
    book = Book(desk.book(renamed(edition, "2031-04-02-river", turns=(turn, *rest)), settings=PAGED))

    assert ("2031-04-02-river/text-1.xhtml#p0000001-b1", 'x"/><b>&') in links(
        etree.fromstring(book.files["EPUB/nav.xhtml"])
    )


# --- The cover --------------------------------------------------------------------------------------------------------


def shown(desk: Desk, settings: Settings = SHOWN, alt: str = "The river at dusk") -> Book:
    picture = desk.folder / "cover.png"
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(cover.generated("x").data)
    edition = msgspec.structs.replace(small_edition("ar"), cover=Phrase(alt, "en") if alt else None)
    work = msgspec.structs.replace(desk.work(edition, settings=settings, engine=Hum()), cover=picture)
    (file,) = epub.briefing_files(work)
    return Book(desk.put(file))


def test_the_cover_stands_on_the_title_page_after_its_words_and_is_heard(desk: Desk) -> None:
    book = shown(desk)

    (item,) = [one for one in book.items.values() if one.get("properties") == "cover-image"]
    assert book.files[f"EPUB/{item.get('href')}"] == (desk.folder / "cover.png").read_bytes()
    path, root, _ = next(book.spine())
    assert path.endswith("/title.xhtml")
    (image,) = root.iter(f"{XHTML}img")
    assert (image.get("src"), image.get("alt")) == ("../cover.png", "The river at dusk")
    around = image.getparent()
    assert around is not None
    assert (around.get("id"), around.get("lang")) == ("front-cover", "en")
    keys = [key for one in root.iter() if (key := one.get("id"))]
    assert (
        keys.index("front-title") < keys.index("front-venue") < keys.index("front-cover") < keys.index("front-voices")
    )
    assert uncovered(book) == unsafe(book) == []
    assert book.metas("schema:accessMode") == ["textual", "visual"]
    assert "alternativeText" in book.metas("schema:accessibilityFeature")


def test_a_cover_that_nobody_describes_is_in_no_book_and_that_is_said(desk: Desk) -> None:
    book = shown(desk, msgspec.structs.replace(SHOWN, cover_alt=""), alt="")

    assert not [name for name in book.files if name.endswith(".png")]
    assert book.metas("schema:accessMode") == ["textual"]
    (finding,) = desk.findings
    assert (finding.code, str(finding.place)) == ("E004", "series.toml")
    assert "cover_alt" in finding.message


def test_checkers_find_nothing_in_books_with_everything_and_in_their_collection(
    desk: Desk, epubcheck: Callable[..., dict[Path, list[object]]], ace: Callable[[Path], list[str]]
) -> None:
    certified = EpubSettings(
        page_source="Official record",
        certifier="River Access",
        certified="2031-05-01",
        certifier_credential="https://example.org/credential",
        certifier_report="https://example.org/report?year=2031",
    )
    tables = {small_briefing().name: BriefingSettings(isbn={"ar": "978-0-306-40615-7"}, number="3.12")}
    settings = msgspec.structs.replace(SHOWN, epub=certified, briefings=tables, subjects=("Floods", "The press"))
    shown(desk, settings)
    edition = small_edition("ar")
    shelved = desk.collection(card(edition, edition.briefing, None), settings=settings)

    books = (desk.folder / "outputs/ar/2031-04-02-river/2031-04-02-river.epub", shelved)
    assert {path.name: found for path, found in epubcheck(*books).items() if found} == {}
    assert ace(books[0]) == ace(books[1]) == []
