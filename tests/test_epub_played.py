"""A real reading system plays the books: what it marks, in which order and when.

foliate-js asks a playing file four times a second where it is, so a mark may come a quarter of a second late, and it
begins every file anew. In the first document of a book it marks nothing, whatever is in it; so playing begins after.
"""

from __future__ import annotations

import posixpath
import shutil
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from books import SETTINGS, Book, Desk
from conftest import TOOLS, node_module, served
from small import small_edition

from publish import plugins
from publish.config import AudioSettings, EpubSettings
from publish.overlay import Par, pars
from publish.work import Original, Work
from publish.writers import epub, epub_bilingual

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LATE, LATER = 0.5, 0.15
"""Seconds that a mark may be late: at all, and for every change of file before it."""
SHORT = 0.5
"""Seconds of a par that is too short for its time to be looked at."""


class Played(msgspec.Struct):
    """What the player did."""

    told: list[tuple[float, str]]
    """When it began to mark what, by the address in the book; in seconds from the first."""
    marked: list[str]
    """Ids of the elements that were marked."""


def played(browser: Browser, folder: Path, book: Path, section: int, most: int) -> Played:
    """Play a book from a document, by its place in the spine, until ``most`` pars were marked."""
    (folder / "foliate-js").symlink_to(node_module("foliate-js"))
    shutil.copy(TOOLS / "play.html", folder)
    shutil.copy(book, folder / "book.epub")
    page = browser.new_page()
    try:
        with served(folder) as address:
            page.goto(f"{address}/play.html")
            page.wait_for_function("window.ready")
            page.mouse.click(1, 1)  # nothing sounds before the user has done something
            page.evaluate("section => play(section)", section)
            page.wait_for_function("most => new Set(told.map(one => one[1])).size >= most", arg=most, timeout=90_000)
            time.sleep(0.2)  # the mark comes after the announcement
            told, marked, faults = page.evaluate("[told, marked, faults]")
            page.evaluate("stop()")
    finally:
        page.close()
    assert faults == []
    return Played([(when - told[0][0], what) for when, what in told], marked)


def expected(book: Book, section: int) -> list[tuple[str, Par]]:
    """Addresses and pars from a document on."""
    found = []
    for _, _, smil in list(book.spine())[section:]:
        folder = posixpath.dirname(smil)
        found += [(posixpath.join(folder, par.text), par) for par in pars(book.files[smil]) if par.sound]
    return found


def once(values: list[str]) -> list[str]:
    """Neighbours that are equal as one: a player may say anew what it still plays."""
    return values[:1] + [two for one, two in pairwise(values) if one != two]


def wrong_times(told: list[tuple[float, str]], wanted: list[tuple[str, Par]]) -> list[str]:
    """What was not marked when its overlay says."""
    first: dict[str, float] = {}
    for when, what in told:
        first.setdefault(what, when)
    found, begin, changes, before = [], 0.0, 0, ""
    for what, par in wanted[: len(first)]:
        assert par.sound
        changes += before not in {"", par.sound.source}
        before = par.sound.source
        if par.duration >= SHORT * 1000 and not -LATE < first[what] - begin < LATE + LATER * changes:
            found.append(f"{what} at {first[what]:.2f} s, not {begin:.2f} s")
        begin += par.duration / 1000
    return found


def work(desk: Desk, language: str) -> Work:
    """What a small book is made from, spoken quickly by the real engine; ``mul``: in two languages."""
    quick = msgspec.structs.replace(SETTINGS, audio=AudioSettings(words_per_minute=300))
    engine = plugins.engine("pyttsx3")
    if language != "mul":
        return desk.work(small_edition(language), settings=quick, engine=engine)
    heard = desk.narration(small_edition(), quick, engine)
    both = msgspec.structs.replace(quick, epub=EpubSettings(bilingual=True))
    own = desk.work(small_edition("ar"), settings=both, engine=engine)
    return msgspec.structs.replace(own, original=Original(small_edition(), heard))


@pytest.mark.parametrize(
    ("language", "start", "most"), [("en", "about", 13), ("ar", "text-1", 7), ("mul", "text-1", 6)]
)
def test_a_reading_system_marks_every_sentence_when_it_is_heard(
    browser: Browser, tmp_path: Path, language: str, start: str, most: int
) -> None:
    """From the front matter into the transcript; in Arabic; in Arabic beside English."""
    desk = Desk(tmp_path / "desk")
    writer = epub_bilingual if language == "mul" else epub
    path = desk.put(next(writer.briefing_files(work(desk, language))))
    book = Book(path)
    section = next(place for place, (name, _, _) in enumerate(book.spine()) if name.endswith(f"/{start}.xhtml"))
    wanted = expected(book, section)

    done = played(browser, tmp_path, path, section, most)

    order = once([what for _, what in done.told])
    assert len(order) >= most
    assert order == [what for what, _ in wanted[: len(order)]]
    assert once(done.marked) == [what.rpartition("#")[2] for what in order]
    assert wrong_times(done.told, wanted) == []
    assert any("-s" in what for what in order) or language == "ar"  # where these are paragraphs of one sentence
