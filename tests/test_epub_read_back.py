"""Pandoc, a reader that knows nothing of us, gets the words of the transcript out of a book: all, once and in order."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from books import SETTINGS, Count, Desk, headed_edition, long_edition
from conftest import program
from small import small_edition

from publish import facing, headings, register
from publish.config import EpubSettings
from publish.interface import interface
from publish.model import Edition, plain
from publish.work import Original
from publish.writers import epub_bilingual

Read = Callable[[Path], list[str]]


@pytest.fixture(scope="session")
def pandoc() -> Read:
    """The words of a book, as Pandoc reads them."""
    command = program("pandoc", "apt install pandoc")

    def run(book: Path) -> list[str]:
        asked = [command, "--from=epub", "--to=json", str(book)]
        done = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=120)
        return words("".join(read(json.loads(done.stdout)["blocks"])))

    return run


_BLOCKS = ("Para", "Plain", "Header", "Div", "BulletList", "OrderedList")


def read(tree: Any) -> Iterator[str]:  # noqa: ANN401  # a tree as JSON
    """All text of Pandoc's tree, with a space where a block or a line ends."""
    if isinstance(tree, list):
        for one in tree:
            yield from read(one)
    elif isinstance(tree, dict):
        kind, content = tree.get("t"), tree.get("c", [])
        if kind == "Str":
            yield str(content)
        elif kind in {"Space", "SoftBreak", "LineBreak"}:
            yield " "
        elif kind == "Code":
            yield str(content[1])
        elif kind not in {"Math", "RawInline"}:
            yield from read(content)
            yield " " if kind in _BLOCKS else ""


def words(text: str) -> list[str]:
    """Letters and digits; how they are joined and set off is the reader's affair."""
    return re.findall(r"\w+", text)


def within(found: list[str], wanted: list[str]) -> bool:
    """Whether all that is wanted stands together in what was found."""
    return f" {' '.join(wanted)} " in f" {' '.join(found)} "


def spoken(edition: Edition) -> list[str]:
    """The words of the transcript by the model: headings, turns and stage directions."""
    interface_ = interface(edition.language)
    found = [plain(headings.opening(edition, interface_).parts)]
    for turn in edition.briefing.turns:
        if turn.speaker is not None or turn.headings:
            found.append(plain(headings.heading(turn, edition, interface_).parts))
        found += (plain(paragraph.parts, deleted=True) for paragraph in turn.paragraphs)
    map_of = "Map of the lower river"
    return words(" ".join(found).replace(map_of, interface_.gettext("[Image: {alt}]").format(alt=map_of)))


def before_the_index(found: list[str], edition: Edition) -> list[str]:
    """All words but those of the list of speakers, with which a book ends."""
    words_of = interface(edition.language)
    listed: list[str] = []
    for record in register.register(edition, words_of):
        listed += words(plain(record.name.parts))
        for reference in record.turns:
            listed += words(plain(reference.label.parts))
    listed = words(plain(register.heading(words_of).parts)) + listed
    assert found[-len(listed) :] == listed
    return found[: -len(listed)]


@pytest.mark.parametrize(
    "edition", [small_edition(), small_edition("ar"), headed_edition()], ids=["en", "ar", "headed"]
)
def test_pandoc_reads_all_words_once_and_in_order(tmp_path: Path, pandoc: Read, edition: Edition) -> None:
    found, wanted = pandoc(Desk(tmp_path).book(edition, engine=Count())), spoken(edition)

    assert len(wanted) > 60
    assert before_the_index(found, edition)[-len(wanted) :] == wanted


def test_so_does_it_in_two_languages(tmp_path: Path, pandoc: Read) -> None:
    desk, own, original = Desk(tmp_path), small_edition("ar"), small_edition()
    settings = msgspec.structs.replace(SETTINGS, epub=EpubSettings(bilingual=True))
    work = msgspec.structs.replace(desk.work(own, settings=settings), original=Original(original, None))

    found = pandoc(desk.put(next(epub_bilingual.briefing_files(work))))

    wanted = spoken(facing.edition(own, original))
    assert before_the_index(found, facing.edition(own, original))[-len(wanted) :] == wanted
    assert len(wanted) > len(spoken(own))


def test_so_does_it_over_several_documents(tmp_path: Path, pandoc: Read) -> None:
    edition = long_edition(500)
    found = pandoc(Desk(tmp_path).book(edition))

    wanted = spoken(edition)[1:]  # there is no opening
    assert before_the_index(found, edition)[-len(wanted) :] == wanted
