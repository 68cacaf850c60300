"""How a book looks in a browser: what its styles come to for the elements that it has."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from books import Book, Desk, renamed
from small import small_edition

from publish import cover
from publish.model import Edition, Emphasis, Foreign, Paragraph, Phrase, Text, Turn, Vocal
from publish.writers import epub

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def mixed(language: str) -> Edition:
    """A stage direction, an emphasis and a vocal in the book's language, and again in English."""
    inside = (Emphasis((Text("甲"),)), Vocal("(乙)"), Foreign("en", (Emphasis((Text("c"),)), Vocal("(d)"))))
    turns = (
        Turn((Paragraph((Text("丙"),), "p1", language),), id="p1"),
        Turn((Paragraph((Text("f"),), "p2", "en"),), id="p2"),
        Turn((Paragraph(inside, "p3", language),), "mara-lindqvist", id="t3"),
    )
    edition = msgspec.structs.replace(small_edition(), language=language)
    return renamed(edition, "mixed", turns=turns)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page()
    yield found
    found.close()


def opened(page: Page, language: str, folder: Path) -> Page:
    path = Desk(folder).book(mixed(language))
    with zipfile.ZipFile(path) as book:
        book.extractall(folder / "book")
    page.goto((folder / "book/EPUB/mixed/text-1.xhtml").as_uri())
    return page


def style(page: Page, selector: str, name: str) -> str:
    return str(page.eval_on_selector(selector, f"element => getComputedStyle(element)[{name!r}]"))


@pytest.mark.parametrize("language", ["ar", "ja", "ko", "zh-Hans", "zh-Hant-HK"])
def test_only_scripts_that_know_slanted_letters_are_slanted(page: Page, language: str, tmp_path: Path) -> None:
    opened(page, language, tmp_path)

    upright = ("#p1", "#p3 em:first-of-type", "#p3 .vocal:first-of-type")
    assert [style(page, one, "fontStyle") for one in upright] == ["normal"] * 3
    assert style(page, upright[1], "fontWeight") == "700"
    assert [style(page, one, "fontStyle") for one in ("#p2", "[lang=en] em", "[lang=en] .vocal")] == ["italic"] * 3


@pytest.mark.parametrize(
    ("language", "font", "words"),
    [
        ("zh-Hans", "Source Han Serif SC", "normal"),
        ("zh-Hant", "Source Han Serif TC", "normal"),
        ("zh-HK", "Source Han Serif HC", "normal"),
        ("yue", "Source Han Serif TC", "normal"),
        ("ja", "Source Han Serif", "normal"),
        ("ko", "Source Han Serif K", "keep-all"),
    ],
)
def test_each_language_of_one_script_has_its_own_fonts_and_line_breaks(
    page: Page, language: str, font: str, words: str, tmp_path: Path
) -> None:
    opened(page, language, tmp_path)

    assert style(page, "#p1", "fontFamily").split(",")[0].strip('"') == font
    assert (style(page, "#p1", "lineBreak"), style(page, "#p1", "wordBreak")) == ("strict", words)
    assert (style(page, "#p2", "lineBreak"), style(page, "#p2", "wordBreak")) == ("auto", "normal")


def test_a_reader_s_own_font_holds_for_a_book_in_any_language(page: Page, tmp_path: Path) -> None:
    opened(page, "ja", tmp_path)
    page.add_style_tag(content="body { font-family: Chosen }")

    assert style(page, "#p1", "fontFamily") == "Chosen"


def test_passages_in_the_other_direction_are_kept_apart_from_what_is_around(page: Page, tmp_path: Path) -> None:
    path = Desk(tmp_path).book(small_edition("ar"))
    with zipfile.ZipFile(path) as book:
        book.extractall(tmp_path / "book")
    page.goto((tmp_path / "book/EPUB/2031-04-02-river/text-1.xhtml").as_uri())

    assert style(page, "html", "direction") == "rtl"
    english = "p[lang=en]"
    assert (style(page, english, "direction"), style(page, english, "unicodeBidi")) == ("ltr", "isolate")
    assert style(page, "h3 bdi", "unicodeBidi") == "isolate"
    spine = Book(path).package.find("{http://www.idpf.org/2007/opf}spine")
    assert spine is not None
    assert spine.get("page-progression-direction") == "rtl"


def test_a_cover_is_never_wider_than_the_page(page: Page, tmp_path: Path) -> None:
    picture = tmp_path / "cover.png"
    picture.write_bytes(cover.generated("x").data)
    desk = Desk(tmp_path)
    edition = msgspec.structs.replace(small_edition(), cover=Phrase("The river", "en"))
    (file,) = epub.briefing_files(msgspec.structs.replace(desk.work(edition), cover=picture))
    with zipfile.ZipFile(desk.put(file)) as book:
        book.extractall(tmp_path / "book")
    page.set_viewport_size({"width": 320, "height": 500})
    page.goto((tmp_path / "book/EPUB/2031-04-02-river/title.xhtml").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    box = page.locator("img").bounding_box()
    assert box is not None
    assert 100 < box["width"] == box["height"] < 450
