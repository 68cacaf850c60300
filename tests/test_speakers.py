"""Labels folded into speakers, with kinds and roles only where they are certain."""

from __future__ import annotations

import pytest

from publish.config import Settings, SpeakerSettings
from publish.diagnostics import Diagnostic, Place
from publish.model import Kind, Paragraph, Participant, Role, Text, Turn
from publish.speakers import Cast, certain, fold, slug


def people(
    *labels: str, settings: Settings | None = None
) -> tuple[tuple[Participant, ...], list[str], list[Diagnostic]]:
    """Participants, the id of each label, and what was found."""
    findings: list[Diagnostic] = []
    cast = Cast(settings or Settings(), findings.append)
    ids = [cast.speaker(label, Place("a.md", line)) for line, label in enumerate(labels, 1)]
    cast.report_slips()
    turns = [Turn((Paragraph((Text("x"),)),), speaker) for speaker in ids]
    return cast.participants(turns), ids, findings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MR. KIRBY", "Mr. Kirby"),
        ("MS  ROE", "MS. ROE"),
        ("MS.\u00a0ROE", "MS. ROE"),
        ("O’DELL", "O'Dell"),
        ("Straße", "STRASSE"),
    ],
)
def test_labels_that_differ_in_letters_stops_and_spaces_are_one_speaker(one: str, other: str) -> None:
    assert fold(one) == fold(other)
    assert len(set(people(one, other)[1])) == 1


def test_a_missing_stop_is_no_slip_and_a_title_is_not_folded_away() -> None:
    _, ids, findings = people("MR. SLOAT", "MR SLOAT", "MR. SLOAT", "MS. SLOAT")

    assert ids == ["mr-sloat", "mr-sloat", "mr-sloat", "ms-sloat"]
    assert [finding.code for finding in findings] == ["R003"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("MS. JEAN-PIERRE", "ms-jean-pierre"), ("José Ñuñez", "jose-nunez"), ("Q", "q"), ("x" * 200, "x" * 60)],
)
def test_an_id_is_the_slug_of_the_label(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize("name", ["邓波清", "Вера", "؟", "!!!"])
def test_a_label_without_latin_letters_has_a_hash_that_stays(name: str) -> None:
    assert slug(name) == slug(f" {name} ")
    assert slug(name).startswith("s-")


def test_two_labels_of_one_slug_are_two_speakers() -> None:
    assert people("A B", "A-B", "A+B")[1] == ["a-b", "a-b-2", "a-b-3"]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Q", ("unnamed", "journalist")),
        ("MODERATOR", ("unnamed", "moderator")),
        ("OPERATOR", ("unnamed", "moderator")),
        ("Interpreter", ("unnamed", "interpreter")),
        ("SENIOR ADMINISTRATION OFFICIAL", ("unnamed", "")),
        ("SENIOR ADMINISTRATION OFFICIAL #2", ("unnamed", "")),
        ("AIDE", ("unnamed", "")),
        ("WHITE HOUSE AIDE", ("unnamed", "")),
        ("THE PRESIDENT", ("person", "")),
        ("MR. KIRBY", ("person", "")),
    ],
)
def test_only_what_is_certain_is_said_of_a_label(label: str, expected: tuple[Kind, Role]) -> None:
    assert certain(label) == expected


def test_the_first_and_the_second_official_are_two_and_no_slips() -> None:
    _, ids, findings = people(*["SENIOR OFFICIAL 1"] * 3, "SENIOR OFFICIAL 2")

    assert len(set(ids)) == 2
    assert not findings


def test_labels_that_name_a_part_are_no_slips_of_one_another() -> None:
    assert not people(*["MODERATOR"] * 5, "OPERATOR")[2]


def test_series_toml_says_who_a_label_is_and_an_alias_ends_the_warning() -> None:
    kirby = SpeakerSettings(
        name="John Kirby", aliases=("mr. kirby", "MR. KIRBBY"), role="official", title="Coordinator"
    )
    found, ids, findings = people(*["MR. KIRBY"] * 3, "MR. KIRBBY", settings=Settings(speakers={"kirby": kirby}))

    assert ids == ["kirby"] * 4
    assert found == (Participant("kirby", "John Kirby", "person", "official", "Coordinator"),)
    assert not findings


def test_a_table_that_gives_no_name_makes_no_person_of_an_unnamed_speaker() -> None:
    found, _, _ = people("Q", settings=Settings(speakers={"q": SpeakerSettings(role="audience")}))

    assert found == (Participant("q", "Q", "unnamed", "audience"),)


def test_a_slip_names_both_labels_and_what_to_do() -> None:
    (finding,) = people(*["MS. DALTON"] * 3, "MS. DALOTON")[2]

    assert (finding.code, finding.place.line) == ("R003", 4)
    assert "'MS. DALOTON'" in finding.message
    assert "[speakers.ms-dalton]" in finding.message


def test_participants_are_those_who_speak_in_the_order_in_which_they_first_do() -> None:
    cast = Cast(Settings(), lambda _: None)
    ids = [cast.speaker(label, Place()) for label in ("B", "A", "C")]
    turns = [Turn((Paragraph((Text("x"),)),), speaker) for speaker in (ids[1], None, ids[0], ids[1])]

    assert [person.name for person in cast.participants(turns)] == ["A", "B"]
