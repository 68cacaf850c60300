"""A book that is read aloud sentence by sentence, where it is known when each begins to sound."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from books import Book, Count, Desk, Hum, renamed, uncovered, unsafe
from conftest import Epubcheck
from lxml import etree
from small import small_edition

from publish import markup, plugins
from publish.interface import interface
from publish.markup import Medium
from publish.model import (
    Clip,
    Deleted,
    Edition,
    Emphasis,
    Foreign,
    Image,
    Inline,
    Narration,
    Paragraph,
    Text,
    Track,
    Turn,
)
from publish.overlay import Par, joined, pars, parse_clock, sentences, sounds
from publish.writers import epub


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def said(*paragraphs: tuple[Inline | str, ...]) -> Edition:
    """An edition of one turn: its paragraphs are ``p1``, ``p2`` … ."""
    turn = small_edition().briefing.turns[0]
    lines = tuple(
        Paragraph(tuple(Text(part) if isinstance(part, str) else part for part in parts), f"p{number}", "en")
        for number, parts in enumerate(paragraphs, 1)
    )
    return renamed(small_edition(), "said", turns=(msgspec.structs.replace(turn, paragraphs=lines),))


def heard(book: Book) -> dict[str, Par]:
    """The pars of the transcript, by the element's id; no element has two."""
    found = [par for path, _, smil in book.spine() if "/text-" in path for par in pars(book.files[smil])]
    by_id = {par.text.partition("#")[2]: par for par in found}
    assert len(by_id) == len(found)
    return by_id


def words(book: Book, key: str) -> str:
    (found,) = [one for _, root, _ in book.spine() for one in root.iter() if one.get("id") == key]
    return "".join(map(str, found.itertext()))


LONG = "This is what is said at first, and it is long. "
OTHER = "That is not what was meant."


def test_each_sentence_is_heard_by_itself_and_a_paragraph_of_one_as_a_whole(desk: Desk) -> None:
    book = Book(desk.book(said((LONG, "Here is another one.", " And a third one."), (LONG,)), engine=Count()))

    found = heard(book)
    assert [key for key in found if not key.endswith("-h")] == ["p1-s1", "p1-s2", "p1-s3", "p2"]
    assert uncovered(book) == unsafe(book) == []
    assert words(book, "p1-s2") == "Here is another one."
    edges = [(sound.begin, sound.end) for key, par in found.items() if key[0] == "p" and (sound := par.sound)]
    assert all(one[1] == two[0] for one, two in itertools.pairwise(edges))


def test_ids_of_sentences_are_those_of_the_page(desk: Desk) -> None:
    edition = small_edition()
    medium = Medium(edition=edition, interface=interface("en"))
    page = etree.fromstring(f"<body>{markup.transcript(medium)}</body>")
    ids = {one.get("id") for one in page.iter()}

    book = Book(desk.book(edition, engine=Count()))

    assert [key for key in heard(book) if "-s" in key]
    assert heard(book).keys() <= ids


def test_a_stage_direction_is_one_whatever_it_says(desk: Desk) -> None:
    stage = Turn((Paragraph((Text("The lights go out. A door is heard to fall shut."),), "p9", "en"),), id="p9")
    edition = said((LONG,))
    book = Book(desk.book(renamed(edition, "stage", turns=(*edition.briefing.turns, stage)), engine=Count()))

    assert list(heard(book))[-2:] == ["p1", "p9"]
    assert uncovered(book) == []


@pytest.mark.parametrize(
    ("parts", "spans"),
    [
        ((LONG, "Oh. ", OTHER), {"p1-s1": LONG + "Oh.", "p1-s3": OTHER}),
        (("Oh. ", LONG, OTHER), {"p1-s1": "Oh. " + LONG[:-1], "p1-s3": OTHER}),
        ((LONG, OTHER, " Oh."), {"p1-s1": LONG[:-1], "p1-s2": OTHER, "p1-s3": "Oh."}),  # and a pause
        (("Oh. ", "Oh."), {"p1": "Oh. Oh."}),
    ],
)  # fmt: skip
def test_what_is_too_short_to_be_heard_alone_is_heard_with_its_neighbour(
    desk: Desk, parts: tuple[str, ...], spans: dict[str, str]
) -> None:
    book = Book(desk.book(said(("".join(parts),), (LONG,)), engine=Count()))

    found = [key for key in heard(book) if key[:2] == "p1"]
    assert {key: words(book, key) for key in found} == spans
    assert uncovered(book) == unsafe(book) == []


def test_no_par_has_no_length_whatever_the_marks_are() -> None:
    clips = (Clip("p1", 0, 22_050, (0, 0, 11_025, 11_025, 22_050)), Clip("p2", 22_050, 22_060, (22_055,)))
    narration = Narration(22_050, {"t": Track("t", clips, ("", ""))})

    found = sounds(narration, str)
    assert {key: (sound.begin, sound.end) for key, sound in found.items()} == {
        "p1": (0, 1000),
        "p1-s1": (0, 500),
        "p1-s5": (500, 1000),
    }
    assert joined(narration, sounds(narration, str)) == {"p1-s2", "p1-s3", "p1-s4", "p1-s6", "p2-s2"}
    assert sentences(Clip("p3", 0, 99), 22_050) == ()


@pytest.mark.parametrize(
    "parts",
    [
        (Deleted((Text("Monday"),)), " ", LONG, "It is Tuesday, as one can see."),
        (LONG, "It is Tuesday, as one can see. ", Deleted((Text("Or Monday."),))),
        (LONG[:-1], Deleted((Text(" Or Monday."),)), " It is Tuesday, as one can see."),
        (LONG, Emphasis((Text("It is Tuesday. As one can see,"), Deleted((Text(" Or Monday."),)))), " it is late."),
        (Emphasis((Text(LONG + "It is "), Emphasis((Text("Tuesday. As"),), strong=True), Text(" one can see."))),),
        (LONG, Image(""), " It is Tuesday, as one can see. ", Image("")),
        (Foreign("ar", (Text("الماء يرتفع في النهر كله. لا أحد يعرف لماذا يرتفع."),)), " ", LONG),
        (Foreign("ar", (Text("الماء يرتفع في النهر كله. لا أحد يعرف لماذا يرتفع."),)),),
    ],
)  # fmt: skip
def test_all_that_is_seen_is_heard_wherever_sentences_end(desk: Desk, parts: tuple[Inline | str, ...]) -> None:
    book = Book(desk.book(said(parts, (LONG,)), engine=Count()))

    assert any(key.startswith("p1-s") for key in heard(book))
    assert uncovered(book) == unsafe(book) == []


def test_an_engine_that_does_not_tell_reads_paragraphs(desk: Desk) -> None:
    book = Book(desk.book(said((LONG, LONG)), engine=Hum()))

    assert [key for key in heard(book) if key[0] == "p"] == ["p1"]


def test_what_could_not_be_spoken_has_one_par_with_text_alone(desk: Desk) -> None:
    book = Book(
        desk.book(said((LONG, "It is late. ", LONG), (LONG, "It is time.", LONG)), engine=Count(refused="time"))
    )

    found = heard(book)
    assert [key for key in found if key[0] == "p"] == ["p1-s1", "p1-s2", "p1-s3", "p2"]
    assert found["p2"].sound is None
    assert book.metas("schema:accessModeSufficient") == ["textual"]
    assert "synchronizedAudioText" not in book.metas("schema:accessibilityFeature")


def test_durations_are_exact_and_documents_of_bounded_length(desk: Desk) -> None:
    turns = [msgspec.structs.replace(said((LONG * 9,)).briefing.turns[0], id=f"t{n}") for n in range(100)]
    turns = [
        msgspec.structs.replace(turn, paragraphs=(msgspec.structs.replace(turn.paragraphs[0], id=f"p{number}"),))
        for number, turn in enumerate(turns)
    ]
    book = Book(desk.book(renamed(small_edition(), "many", turns=tuple(turns)), engine=Count()))

    counts, total = [], 0
    for path, _, smil in book.spine():
        (said_,) = book.metas("media:duration", f"#{path.rpartition('/')[2].removesuffix('.xhtml')}-overlay")
        found = pars(book.files[smil])
        assert parse_clock(said_) == sum(par.duration for par in found)
        total += parse_clock(said_)
        counts += [len(found)] if "/text-" in path else []
    assert [parse_clock(time) for time in book.metas("media:duration")] == [total]
    assert sum(counts) == 100 * 10 + 1
    assert max(counts) <= 400
    assert len(counts) == 3


def test_epubcheck_and_ace_find_nothing_in_a_book_that_is_read_by_sentences(
    desk: Desk, epubcheck: Epubcheck, ace: Callable[[Path], list[str]]
) -> None:
    mixed = said(
        (LONG, Emphasis((Text("It is Tuesday. As one can see,"), Deleted((Text(" Or Monday."),)))), " it is late."),
        (Foreign("ar", (Text("الماء يرتفع في النهر كله. لا أحد يعرف لماذا يرتفع."),)),),
    )
    books = [desk.book(mixed, engine=Count()), desk.book(small_edition("ar"), engine=Count())]

    assert {book: found for book, found in epubcheck(*books).items() if found} == {}
    assert ace(books[0]) == []


def test_a_real_engine_s_sentences_are_those_that_are_printed(desk: Desk) -> None:
    work = desk.work(said((LONG, "Here is another one.", " And a third one.")), engine=plugins.engine("pyttsx3"))
    book = Book(desk.put(next(epub.briefing_files(work))))

    assert [key for key in heard(book) if key[0] == "p"] == ["p1-s1", "p1-s2", "p1-s3"]
    assert all(par.duration > 500 for par in heard(book).values())
