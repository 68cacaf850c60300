"""Two texts aligned: real translations under the bars that were set, and what holds for any two texts."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import alignment, plugins
from publish.alignment import SURE, Bead, Unit, aligned
from publish.config import Settings
from publish.likeness import keys, length, numbers
from publish.workspace import load

CATALAN = "parlamint-es-ct/ParlaMint-ES-CT_2015-10-26-0101.xml"
ENGLISH = "parlamint-es-ct/ParlaMint-ES-CT-en_2015-10-26-0101.ana.xml"
CUSTODY = ("bitcoin-parallel/bitcoin-custody.md", "bitcoin-parallel/bitcoin-custody.es.md", "es")
RELAY = (
    "bitcoin-parallel/2021-11-16-gloria-zhao-transaction-relay-policy.md",
    "bitcoin-parallel/2021-11-16-gloria-zhao-transaction-relay-policy.zh.md",
    "zh-Hans",
)


def units(file: Path, language: str = "en") -> list[Unit]:
    source = load(file.read_bytes(), file.name)
    briefing = plugins.reader_for(source).read("a", (source,), Settings(language=language), lambda _: None)
    return [unit for _, unit in alignment.units(briefing)]


def nameless(these: Sequence[Unit]) -> list[Unit]:
    return [msgspec.structs.replace(unit, id="") for unit in these]


def speech(*texts: str, speaker: str = "a", turn: int = 0) -> list[Unit]:
    return [Unit(text, speaker=speaker, opens=not place, turn=turn) for place, text in enumerate(texts)]


def links(beads: Sequence[Bead]) -> set[tuple[int, int]]:
    return {(a, b) for bead in beads for a in bead.ours for b in bead.theirs}


def final(beads: Sequence[Bead]) -> set[tuple[int, int]]:
    return links([bead for bead in beads if bead.confidence >= SURE and len(bead.ours) == len(bead.theirs) == 1])


# --- Real translations ------------------------------------------------------------------------------------------------


def test_a_sitting_and_its_translation_are_paired_by_the_ids_of_all_segments(real_data: Path) -> None:
    ours, theirs = units(real_data / CATALAN), units(real_data / ENGLISH)

    beads = [bead for bead in aligned(ours, theirs) if bead.by_id]

    assert len(beads) == 243
    assert all(ours[bead.ours[0]].id == theirs[bead.theirs[0]].id and bead.confidence >= SURE for bead in beads)


def disturbed(these: Sequence[Unit], chance: random.Random, share: float) -> tuple[list[Unit], list[set[int]]]:
    """Some segments joined with the next one, split or dropped; and which each of the new ones is of."""
    made: list[Unit] = []
    origins: list[set[int]] = []
    index = 0
    while index < len(these):
        unit, here = these[index], {index}
        what = chance.choice(("join", "split", "drop")) if unit.kind == "speech" and chance.random() < share else ""
        following = these[index + 1] if index + 1 < len(these) else None
        words = unit.text.split(" ")
        if what == "join" and following and following.turn == unit.turn:
            unit, here = msgspec.structs.replace(unit, text=f"{unit.text} {following.text}"), {index, index + 1}
        if what == "split" and len(words) > 1:
            at = chance.randrange(1, len(words))
            made.append(msgspec.structs.replace(unit, text=" ".join(words[:at])))
            unit = msgspec.structs.replace(unit, text=" ".join(words[at:]), opens=False)
            origins.append(here)
        if what != "drop":
            made.append(unit)
            origins.append(here)
        index += len(here)
    return made, origins


@pytest.mark.parametrize("seed", range(4))
def test_with_ids_lost_and_a_twentieth_joined_split_or_dropped_nearly_all_is_found(seed: int, real_data: Path) -> None:
    ours = nameless(units(real_data / CATALAN))
    theirs, origins = disturbed(nameless(units(real_data / ENGLISH)), random.Random(seed), 0.05)  # noqa: S311  # no secret
    right = {(a, b) for b, origin in enumerate(origins) for a in origin}

    found = links(aligned(ours, theirs))

    assert len(theirs) != len(ours)
    assert len(found & right) >= 0.98 * len(found)
    assert len(found & right) >= 0.99 * len(right)


def test_another_paragraph_in_the_place_of_the_translation_is_in_doubt_though_it_is_as_long(real_data: Path) -> None:
    ours, theirs = nameless(units(real_data / CATALAN)), nameless(units(real_data / ENGLISH))
    places = [place for place, unit in enumerate(theirs) if len(unit.text) > 120]
    wrong = places[5::12]
    for place in wrong:
        other = theirs[places[places.index(place) - 3]].text * 5
        theirs[place] = msgspec.structs.replace(theirs[place], text=other[: len(theirs[place].text)])

    found = final(aligned(ours, theirs))

    assert len(wrong) > 3
    assert [place for _, place in found if place in wrong] == []
    assert len(found) > 0.85 * len(ours)


@pytest.mark.parametrize(
    ("talk", "runs", "least"),
    [
        (CUSTODY, [(0, 0, 0), (1, 23, 4)], 18),
        (
            RELAY,
            [(1, 1, 2), (3, 3, 4), (5, 14, 5), (16, 20, 6), (23, 28, 7), (30, 31, 8), (34, 34, 11), (36, 70, 13)],
            45,
        ),
    ],
    ids=["Spanish", "Chinese"],
)
def test_of_a_talk_and_its_human_translation_no_wrong_pair_is_final(
    talk: tuple[str, str, str], runs: list[tuple[int, int, int]], least: int, real_data: Path
) -> None:
    """``runs`` were read by eye: from, to, and how many paragraphs later the translation stands."""
    right = {(place, place + later) for first, last, later in runs for place in range(first, last + 1)}

    found = final(aligned(units(real_data / talk[0]), units(real_data / talk[1], talk[2])))

    assert found - right == set()
    assert len(found) >= least


def test_fifteen_hundred_paragraphs_are_aligned_in_seconds() -> None:
    chance = random.Random(7)  # noqa: S311  # no secret
    sizes = [chance.randrange(20, 400) for _ in range(1500)]
    numbered = [f" {place}" if place % 4 == 0 else "" for place in range(1500)]
    ours = speech(*("a" * size + number for size, number in zip(sizes, numbered, strict=True)))
    theirs = speech(*("b" * size + number for size, number in zip(sizes, numbered, strict=True)))
    del theirs[700:703]
    begin = time.monotonic()

    found = links(aligned(ours, theirs))

    assert time.monotonic() - begin < 60
    right = {(place, place if place < 700 else place - 3) for place in range(1500) if not 700 <= place < 703}
    assert len(found & right) > 0.97 * len(right)


# --- Ids --------------------------------------------------------------------------------------------------------------


def test_what_has_one_id_is_one_another_s_wherever_it_stands() -> None:
    ours = [Unit("Yes.", "a"), Unit("No.", "b"), Unit("Perhaps.", "c")]

    found = aligned(ours, [ours[2], ours[0], ours[1]])

    assert {(bead.ours, bead.theirs) for bead in found} == {((0,), (1,)), ((1,), (2,)), ((2,), (0,))}


def test_what_has_no_id_is_looked_for_between_those_that_have() -> None:
    ours = [Unit("One.", "a"), Unit("Alpha came."), Unit("Two.", "b"), Unit("Omega went.")]
    theirs = [Unit("Un.", "a"), Unit("Alpha vint."), Unit("Deux.", "b"), Unit("Omega partit.")]

    assert links(aligned(ours, theirs)) == {(0, 0), (1, 1), (2, 2), (3, 3)}


# --- Structure --------------------------------------------------------------------------------------------------------


def test_a_heading_is_never_the_translation_of_a_paragraph() -> None:
    ours = [Unit("Floods in 2031", kind="heading", opens=True), *speech("The 12 gauges of 2031 rose.", turn=1)]
    theirs = speech("Les 12 jauges de 2031 sont montées.", turn=1)

    assert links(aligned(ours, theirs)) == {(1, 0)}


def test_a_paragraph_that_was_divided_is_one_bead_but_not_across_two_speakers() -> None:
    long = "We closed the quays on Monday the 12th. Then the tunnel, the Old Bridge and the Fish Market had to follow."
    ours = [*speech(long), *speech("Who paid?", speaker="b", turn=1)]
    theirs = [
        *speech(
            "Nous avons fermé les quais lundi 12.", "Puis ce fut le tour du tunnel, du Old Bridge et du Fish Market."
        ),
        *speech("Qui a payé ?", speaker="b", turn=1),
    ]

    assert [(bead.ours, bead.theirs) for bead in aligned(ours, theirs)] == [((0,), (0, 1)), ((1,), (2,))]


def test_numbers_that_disagree_leave_a_pair_in_doubt() -> None:
    ours = speech("The river rose by 12 metres in 1999.", "It fell again.")
    theirs = speech("Le fleuve est monté de 35 mètres en 2007.", "Il est redescendu.")

    first = aligned(ours, theirs)[0]

    assert (first.ours, first.theirs) == ((0,), (0,))
    assert first.confidence < SURE


def test_lengths_that_have_nothing_to_do_with_each_other_leave_a_pair_in_doubt() -> None:
    ours = speech("Hello.", "The gauge at the Old Bridge stood at nearly five metres, and it is still rising.", "Bye.")
    theirs = speech("Bonjour.", "Oui.", "Au revoir.")

    assert (1, 1) not in final(aligned(ours, theirs))


@given(
    st.lists(st.integers(1, 400), max_size=30),
    st.lists(st.integers(1, 400), max_size=60),
    st.integers(1, 5),
)
@settings(max_examples=60)
def test_every_paragraph_is_in_one_bead_and_beads_are_in_order(ours: list[int], theirs: list[int], turns: int) -> None:
    sides = [
        [Unit("x" * size, opens=place % turns == 0, turn=place // turns) for place, size in enumerate(sizes)]
        for sizes in (ours, theirs)
    ]

    beads = aligned(sides[0], sides[1])

    assert [index for bead in beads for index in bead.ours] == list(range(len(ours)))
    assert sorted(index for bead in beads for index in bead.theirs) == list(range(len(theirs)))
    assert all(0.0 <= bead.confidence <= 1.0 for bead in beads)
    paired = [index for bead in beads if bead.ours for index in bead.theirs]
    assert paired == sorted(paired)


def test_equal_texts_give_equal_beads() -> None:
    ours, theirs = speech("One, 1.", "Two, 2.", "Three."), speech("Un, 1.", "Deux, 2, trois.")

    assert aligned(ours, theirs) == aligned(ours, theirs)


# --- What is shared ---------------------------------------------------------------------------------------------------


def test_a_chinese_sign_is_as_long_as_three_letters() -> None:
    assert length("水位") == pytest.approx(5.8)
    assert length("level") == 5


def test_numbers_are_the_same_in_any_writing() -> None:
    assert (
        numbers("1,000 of 12")
        == numbers("1.000 de 12")
        == numbers("١٬٠٠٠ من ١٢".replace("٬", ","))
        == numbers("1000; 12")
    )


def test_names_addresses_code_and_words_of_one_origin_are_shared() -> None:
    english = keys("See https://river.example/a, the regulation of Zürich and `gauge()`.", ("gauge()",))
    spanish = keys("Véase https://river.example/a, la regulación de Zurich y `gauge()`.", ("gauge()",))

    assert english & spanish >= {"@https://river.example/a", "~regul", "zurich", "`gauge()"}
