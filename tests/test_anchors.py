"""Ids are given once and found again, whatever happens to the transcript."""

from __future__ import annotations

import os
import random
import subprocess
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import small_briefing

from publish.anchors import born, identify
from publish.config import Settings
from publish.diagnostics import Diagnostic
from publish.model import Briefing, Paragraph, Participant, Text, Turn, paragraphs, plain
from publish.readers import markdown
from publish.workspace import load

SEQUENCES = int(os.environ.get("PUBLISH_SEQUENCES", "30"))
"""Sequences of edits a briefing."""
EDITS = 6


def silent(_: Diagnostic) -> None: ...


def without_ids(briefing: Briefing) -> Briefing:
    def bare(paragraph: Paragraph) -> Paragraph:
        return msgspec.structs.replace(paragraph, id="")

    turns = tuple(
        msgspec.structs.replace(
            turn, id="", headings=tuple(map(bare, turn.headings)), paragraphs=tuple(map(bare, turn.paragraphs))
        )
        for turn in briefing.turns
    )
    return msgspec.structs.replace(briefing, turns=turns)


def talk(*texts: str) -> Briefing:
    """One turn a text, two speakers in turn."""
    turns = tuple(
        Turn((Paragraph((Text(text),)),), "ab"[index % 2], "AB"[index % 2]) for index, text in enumerate(texts)
    )
    return Briefing("talk", "Talk", turns, (Participant("a", "A"), Participant("b", "B")))


def ids(briefing: Briefing) -> dict[str, str]:
    """Id of each text."""
    return {plain(paragraph.parts): paragraph.id for paragraph in paragraphs(briefing)}


# --- What an id is ----------------------------------------------------------------------------------------------------


def test_every_turn_and_paragraph_gets_an_id_and_no_two_are_equal() -> None:
    briefing, _ = identify(without_ids(small_briefing()), "", "f", silent)

    given_ids = [turn.id for turn in briefing.turns if turn.speaker] + [of.id for of in paragraphs(briefing)]
    assert all(given_ids)
    assert len(set(given_ids)) == len(given_ids)


def test_a_stage_direction_has_its_paragraph_s_id() -> None:
    briefing, _ = identify(without_ids(small_briefing()), "", "f", silent)

    (stage,) = [turn for turn in briefing.turns if turn.speaker is None]
    assert stage.id == stage.paragraphs[0].id


def test_ids_of_the_source_are_kept_and_unusable_ones_are_replaced_and_reported() -> None:
    findings: list[Diagnostic] = []
    good = Turn((Paragraph((Text("one"),), id="seg.12"),), "a", "A", id="u-7")
    bad = Turn((Paragraph((Text("two"),), id='x" onload="'),), "a", "A")
    briefing = Briefing("b", "B", (good, bad), (Participant("a", "A"),))

    found, _ = identify(briefing, "", "f", findings.append)

    assert (found.turns[0].id, found.turns[0].paragraphs[0].id) == ("u-7", "seg.12")
    assert found.turns[1].paragraphs[0].id.startswith("p")
    assert [finding.code for finding in findings] == ["A004"]


def test_equal_words_get_different_ids() -> None:
    briefing, _ = identify(talk("Yes.", "Yes.", "Yes."), "", "f", silent)

    assert len({turn.paragraphs[0].id for turn in briefing.turns}) == 3


@given(st.lists(st.text(), max_size=30))
def test_new_ids_are_never_taken(words: list[str]) -> None:
    taken: set[str] = set()

    found = [born("p", text, taken) for text in words]

    assert len(set(found)) == len(found)


@given(st.lists(st.sampled_from(["Yes.", "No.", "One two three.", "Four five six seven.", "(Laughter.)"]), min_size=1))
def test_identifying_again_changes_nothing(texts: list[str]) -> None:
    briefing, rows = identify(talk(*texts), "", "f", silent)

    assert identify(without_ids(briefing), rows, "f", silent) == (briefing, rows)


# --- What keeps its id ------------------------------------------------------------------------------------------------


def test_an_edited_paragraph_keeps_its_id_and_so_do_its_neighbours() -> None:
    before, rows = identify(talk("First words here.", "How high will the water rise?", "Last words."), "", "f", silent)

    after, _ = identify(talk("First words here.", "How high will the river rise?", "Last words."), rows, "f", silent)

    assert [turn.id for turn in after.turns] == [turn.id for turn in before.turns]
    assert list(ids(after).values()) == list(ids(before).values())


def test_a_moved_paragraph_keeps_its_id() -> None:
    before, rows = identify(talk("One is here.", "Two is there.", "Three is gone."), "", "f", silent)

    after, _ = identify(talk("Three is gone.", "One is here.", "Two is there."), rows, "f", silent)

    assert ids(after) == ids(before)


def test_a_turn_given_to_another_speaker_keeps_its_ids() -> None:
    before, rows = identify(talk("One.", "Two."), "", "f", silent)
    turned = msgspec.structs.replace(before.turns[0], speaker="b", label="B")

    after, _ = identify(
        without_ids(msgspec.structs.replace(before, turns=(turned, before.turns[1]))), rows, "f", silent
    )

    assert after.turns[0].id == before.turns[0].id
    assert ids(after) == ids(before)


def test_a_new_paragraph_never_gets_the_id_of_an_old_one() -> None:
    before, rows = identify(talk("One is here.", "Two is there."), "", "f", silent)

    after, _ = identify(talk("One is here.", "Quite another matter altogether.", "Two is there."), rows, "f", silent)

    assert ids(after)["One is here."] == ids(before)["One is here."]
    assert ids(after)["Two is there."] == ids(before)["Two is there."]
    assert ids(after)["Quite another matter altogether."] not in ids(before).values()


def test_without_the_file_unedited_paragraphs_get_the_same_ids_again() -> None:
    before, _ = identify(talk("One is here.", "Two is there."), "", "f", silent)
    after, _ = identify(talk("Two is there.", "One is here."), "", "f", silent)

    assert ids(after) == ids(before)


# --- The file ---------------------------------------------------------------------------------------------------------


def test_markers_of_a_conflict_are_absent_and_both_sides_are_read() -> None:
    before, rows = identify(talk("One is here.", "Two is there.", "Three is gone."), "", "f", silent)
    lines = rows.splitlines(keepends=True)
    findings: list[Diagnostic] = []
    torn = "".join([*lines[:2], "<<<<<<< ours\n", lines[2], "=======\n", lines[3], ">>>>>>> theirs\n"])

    after, written = identify(without_ids(before), torn, "f", findings.append)

    assert after == before
    assert written == rows
    assert [finding.code for finding in findings] == ["A001"] * 3


def test_of_a_doubled_id_the_row_whose_words_are_in_the_source_wins() -> None:
    before, rows = identify(talk("One is here.", "Two is there."), "", "f", silent)
    lines = rows.splitlines(keepends=True)
    stale = lines[1].replace(lines[1].split("\t")[2], "00000000")
    findings: list[Diagnostic] = []

    after, _ = identify(without_ids(before), "".join([lines[0], stale, *lines[1:]]), "f", findings.append)

    assert ids(after) == ids(before)
    assert [finding.code for finding in findings] == ["A003"]


@given(st.text())
def test_any_text_can_stand_in_the_file(text: str) -> None:
    briefing, rows = identify(talk("One is here.", "Two is there."), text, "f", silent)

    assert len(set(ids(briefing).values())) == 2
    assert identify(without_ids(briefing), rows, "f", silent) == (briefing, rows)


def test_labels_and_words_with_tabs_and_line_ends_stay_in_their_line() -> None:
    turn = Turn((Paragraph((Text("one\ttwo\nthree"),)),), "a", "A\tB\nC")
    _, rows = identify(Briefing("b", "B", (turn,), (Participant("a", "A"),)), "", "f", silent)

    assert len(rows.splitlines()) == 2


def test_two_branches_that_edit_one_transcript_merge_and_keep_all_ids(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    texts = [f"Paragraph number {number} says something of its own." for number in range(12)]

    def write(changed: list[str]) -> None:
        file = tmp_path / "b.tsv"
        _, rows = identify(talk(*changed), file.read_text("utf-8") if file.exists() else "", "b.tsv", silent)
        file.write_text(rows, encoding="utf-8")
        git("add", "-A")
        git("commit", "-m", "x")

    git("init")
    (tmp_path / ".gitattributes").write_text("*.tsv merge=union\n", encoding="utf-8")
    write(texts)
    base = (tmp_path / "b.tsv").read_text("utf-8")
    git("checkout", "-b", "other")
    write([*texts[:2], "Ours is new here.", *texts[2:]])
    git("checkout", "main")
    write([*texts[:2], "Theirs is new here.", texts[2] + " And it was edited.", *texts[3:]])
    git("merge", "other")

    merged = talk(*texts[:2], "Ours is new here.", "Theirs is new here.", texts[2] + " And it was edited.", *texts[3:])
    found, _ = identify(merged, (tmp_path / "b.tsv").read_text("utf-8"), "b.tsv", silent)

    before, _ = identify(talk(*texts), base, "b.tsv", silent)
    for text in (*texts[:2], *texts[3:]):
        assert ids(found)[text] == ids(before)[text]
    assert len(set(ids(found).values())) == len(texts) + 2


# --- Real briefings, edited at random ---------------------------------------------------------------------------------


class Editor:
    """Edits a list of paragraphs at random, and knows which were left alone and which were moved."""

    def __init__(self, texts: list[str], seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # edits, not secrets
        self.texts = list(texts)
        self.fresh = 0

    def edit(self) -> None:
        place = self.random.randrange(len(self.texts))
        match self.random.choice(["words", "insert", "remove", "move", "split"]):
            case "words":
                words = self.texts[place].split()
                words[self.random.randrange(len(words))] = "altered"
                self.texts[place] = " ".join(words)
            case "insert":
                self.fresh += 1
                self.texts.insert(place, f"Inserted sentence number {self.fresh} of seed, which nobody said before.")
            case "remove" if len(self.texts) > 3:
                del self.texts[place]
            case "move":
                text = self.texts.pop(place)
                self.texts.insert(self.random.randrange(len(self.texts) + 1), text)
            case _:
                words = self.texts[place].split()
                half = len(words) // 2
                if half > 3:
                    self.texts[place : place + 1] = [" ".join(words[:half]), " ".join(words[half:])]


@pytest.fixture(scope="module")
def briefings(real_data: Path) -> list[list[str]]:
    """The paragraphs of five real briefings."""
    files = sorted((real_data / "whitehouse").glob("*.md"))[3:200:40]
    found = []
    for file in files:
        source = load(file.read_bytes(), file.name)
        briefing = markdown.read("b", (source,), Settings(), silent)
        found.append([plain(paragraph.parts) for paragraph in paragraphs(briefing)])
    return found


def test_no_unchanged_or_moved_paragraph_loses_its_id_over_random_edits(briefings: list[list[str]]) -> None:
    lost = kept = 0
    for number, texts in enumerate(briefings):
        for seed in range(SEQUENCES):
            editor = Editor(texts, seed * 100 + number)
            before, rows = identify(talk(*editor.texts), "", "f", silent)
            for _ in range(EDITS):
                once = {text for text, count in Counter(editor.texts).items() if count == 1}
                editor.edit()
                after, rows = identify(talk(*editor.texts), rows, "f", silent)
                still = {text for text, count in Counter(editor.texts).items() if count == 1} & once
                old, new = ids(before), ids(after)
                lost += sum(old[text] != new[text] for text in still)
                kept += len(still)
                before = after

    assert kept > 10_000
    assert lost == 0


def test_an_id_does_not_come_to_mean_another_text_when_the_file_is_lost(briefings: list[list[str]]) -> None:
    other = total = 0
    for number, texts in enumerate(briefings):
        for seed in range(SEQUENCES):
            editor = Editor(texts, seed * 100 + number)
            before, _ = identify(talk(*editor.texts), "", "f", silent)
            meaning = {paragraph.id: plain(paragraph.parts) for paragraph in paragraphs(before)}
            for _ in range(10):
                editor.edit()
            after, _ = identify(talk(*editor.texts), "", "f", silent)
            now = {paragraph.id: plain(paragraph.parts) for paragraph in paragraphs(after)}
            total += len(now)
            other += sum(key in meaning and meaning[key] != text for key, text in now.items())

    assert other <= total * 0.0005
