"""Two versions of a catalogue: what one side changed is taken, and what both did is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_bad_input import publish

from publish import merging, po
from publish.diagnostics import Diagnostic
from publish.po import Entry

OURS = """\
msgctxt "a/p1"
msgid "One."
msgstr "Un."

<<<<<<< HEAD
msgctxt "a/p2"
msgid "Two."
msgstr "Deux."
||||||| 1234567
msgctxt "a/p2"
msgid "Two."
msgstr ""
=======
msgctxt "a/p2"
msgid "Two."
msgstr "Les deux."
>>>>>>> other
"""


def entry(text: str, *, fuzzy: bool = False, key: str = "a/p1", id_: str = "One.") -> Entry:
    return Entry(id=id_, context=key, strings=(text,), flags=("fuzzy",) if fuzzy else ())


def joined(ours: Entry, theirs: Entry, base: Entry | None = None) -> tuple[Entry, list[Diagnostic]]:
    findings: list[Diagnostic] = []
    (made,) = merging.joined([ours], [theirs], [base] if base else None, "fr.po", findings.append)
    return made, findings


def test_the_sides_of_a_conflict_are_whole_catalogues() -> None:
    found = merging.sides(OURS)

    assert found is not None
    assert found.base is not None
    sides = (found.ours, found.base, found.theirs)
    assert [po.parse(side, "x").entries[1].strings for side in sides] == [("Deux.",), ("",), ("Les deux.",)]
    assert all(po.parse(side, "x").entries[0].strings == ("Un.",) for side in sides)


@pytest.mark.parametrize("text", ["", "no marker", "<<<<<<< a\n", "=======\n>>>>>>> b\n", "<<<<<<< a\n>>>>>>> b\n"])
def test_what_is_no_whole_conflict_has_no_sides(text: str) -> None:
    assert merging.sides(text) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "base", "expected"),
    [
        (entry("Un."), entry("Un."), None, entry("Un.")),
        (entry(""), entry("Un."), None, entry("Un.")),
        (entry("Un."), entry(""), None, entry("Un.")),
        (entry("Une.", fuzzy=True), entry("Un."), None, entry("Un.")),
        (entry("Un."), entry("Une.", fuzzy=True), None, entry("Un.")),
        (entry("Un."), entry("Une."), entry("Un."), entry("Une.")),
        (entry("Un."), entry("Une."), entry("Une."), entry("Un.")),
        (entry("Un."), entry(""), entry("Un."), entry("")),
    ],
)
def test_what_one_side_changed_is_taken_and_a_doubt_gives_way(
    ours: Entry, theirs: Entry, base: Entry | None, expected: Entry
) -> None:
    made, findings = joined(ours, theirs, base)

    assert made == expected
    assert not findings


def test_what_both_changed_is_fuzzy_with_both_translations() -> None:
    made, findings = joined(entry("Un."), entry("Une."), entry(""))

    assert (made.strings, made.fuzzy) == (("Un.",), True)
    assert made.comments == (" Conflict: the other translation is Une.",)
    assert [(finding.code, finding.place.file) for finding in findings] == [("C004", "fr.po")]
    assert "'Une.'" in findings[0].message


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (entry("Une.", fuzzy=True), entry("Unes."), ("Unes.", "Une.")),
        (entry("Une."), entry("Unes.", fuzzy=True), ("Une.", "Unes.")),
    ],
)
def test_a_doubt_that_gives_way_to_what_is_final_is_kept_in_a_comment(
    ours: Entry, theirs: Entry, expected: tuple[str, str]
) -> None:
    made, findings = joined(ours, theirs, entry("Un."))
    again, _ = joined(made, theirs, entry("Un."))

    assert (made.strings[0], made.fuzzy) == (expected[0], False)
    assert made.comments == (f" The other translation, which was in doubt, is {expected[1]}",)
    assert not findings
    assert again == made


def test_a_conflict_that_is_met_again_is_still_one() -> None:
    made, _ = joined(entry("Un."), entry("Une."), entry(""))

    again, findings = joined(made, entry("Une."), entry(""))

    assert again == made
    assert [finding.code for finding in findings] == ["C004"]


ENTRIES = st.lists(
    st.builds(entry, st.sampled_from(["", "Un.", "Une."]), fuzzy=st.booleans(), key=st.sampled_from(["a", "b", "c"])),
    unique_by=lambda one: one.context,
)


@given(ENTRIES, ENTRIES)
def test_no_translation_of_either_side_is_lost(ours: list[Entry], theirs: list[Entry]) -> None:
    made = {one.context: one for one in merging.joined(ours, theirs, None, "x", lambda _: None)}

    for one in (*ours, *theirs):
        there = made[one.context]
        if one.translated:
            assert one.strings == there.strings or any(one.strings[0] in line for line in there.comments)


def test_a_catalogue_that_git_could_not_merge_is_joined_by_update(tmp_path: Path) -> None:
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "transcripts" / "a.md").write_text("MS. DOE: One.\n\nMR. ROE: Two.\n", encoding="utf-8")
    publish(tmp_path, "catalog", "update", "-l", "fr")
    path = tmp_path / "locales" / "fr" / "LC_MESSAGES" / "a.po"
    text = path.read_text("utf-8")
    ours, theirs = ('msgid "Two."\nmsgstr "Deux."\n', 'msgid "Two."\nmsgstr "Les deux."\n')
    conflict = f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n"
    path.write_text(text.replace('msgid "Two."\nmsgstr ""\n', conflict), encoding="utf-8")

    done = publish(tmp_path, "catalog", "update", "-l", "fr")

    after = path.read_text("utf-8")
    assert "<<<<<<<" not in after
    assert "# Conflict: the other translation is Les deux.\n" in after
    assert 'msgstr "Deux."' in after
    assert "C004" in done.stderr
    assert "C005" in done.stderr


def test_obsolete_messages_of_both_sides_are_kept_also_such_as_stand_twice() -> None:
    def gone(text: str) -> Entry:
        return Entry(id="Gone.", context="a/p9", strings=(text,), obsolete=True)

    ours, theirs = [gone("Parti.")], [gone("Parti."), gone("Parties."), gone("Disparu.")]

    made = merging.joined(ours, theirs, None, "fr.po", lambda _: None)

    assert [one.strings[0] for one in made] == ["Parti.", "Parties.", "Disparu."]
