"""What counts as a source, and what it is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.config import NAME, RESERVED
from publish.diagnostics import Diagnostic, InputError, MissingError
from publish.workspace import Workspace, briefing_name, entries, load, read_bytes


def folder(root: Path, *names: str) -> Workspace:
    for name in names:
        path = root / "transcripts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", encoding="utf-8")
    return Workspace(root)


def listed(workspace: Workspace) -> tuple[dict[str, list[str]], list[Diagnostic]]:
    findings: list[Diagnostic] = []
    found = entries(workspace, findings.append)
    return {entry.name: [path.name for path in entry.files] for entry in found}, findings


def test_a_file_is_a_briefing_and_a_folder_holds_the_pages_of_one(tmp_path: Path) -> None:
    workspace = folder(tmp_path, "one.md", "two/page-1.txt", "two/page-10.txt", "two/page-2.txt")

    names, findings = listed(workspace)

    assert names == {"one": ["one.md"], "two": ["page-1.txt", "page-2.txt", "page-10.txt"]}
    assert findings == []


def test_the_configuration_may_give_another_name(tmp_path: Path) -> None:
    workspace = folder(tmp_path, "a-long-name-of-a-file.md", "two.md")

    found = entries(workspace, lambda _: None, {"a-long-name-of-a-file": "one"})

    assert [entry.name for entry in found] == ["one", "two"]


def test_hidden_files_and_editors_copies_are_no_sources(tmp_path: Path) -> None:
    workspace = folder(tmp_path, "one.md", ".one.md.swp", "one.md~", "#one.md#", "one.md.bak", ".git/config")

    assert listed(workspace)[0] == {"one": ["one.md"]}


def test_two_sources_of_one_name_are_refused_and_both_are_named(tmp_path: Path) -> None:
    workspace = folder(tmp_path, "One.md", "one!.txt")

    with pytest.raises(
        InputError, match=r"transcripts/one!\.txt: this and transcripts/One\.md both have the name 'one'"
    ):
        listed(workspace)


def test_a_workspace_without_transcripts_says_where_to_put_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="W009 transcripts: there are no transcripts; put them"):
        listed(Workspace(tmp_path))


def test_a_link_that_leads_out_of_the_workspace_is_passed_over_and_reported(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("secret", encoding="utf-8")
    workspace = folder(tmp_path / "work", "one.md")
    (workspace.transcripts / "link.md").symlink_to(outside)

    names, findings = listed(workspace)

    assert names == {"one": ["one.md"]}
    assert [(found.code, found.place.file) for found in findings] == [("W008", "transcripts/link.md")]


def test_what_is_no_file_is_passed_over_and_reported(tmp_path: Path) -> None:
    workspace = folder(tmp_path, "one.md", "pages/1.md")
    (workspace.transcripts / "gone.md").symlink_to("nowhere.md")
    (workspace.transcripts / "loop.md").symlink_to("loop.md")
    (workspace.transcripts / "again").symlink_to("pages")
    os.mkfifo(workspace.transcripts / "pages" / "pipe.md")

    names, findings = listed(workspace)

    assert names == {"one": ["one.md"], "pages": ["1.md"]}
    assert {found.code for found in findings} == {"W008"}
    assert sorted(found.place.file for found in findings) == [
        "transcripts/again",
        "transcripts/gone.md",
        "transcripts/loop.md",
        "transcripts/pages/pipe.md",
    ]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.po").mkdir()

    with pytest.raises(MissingError, match=r"W007 locales/one\.po: the file cannot be read: Is a directory"):
        read_bytes(tmp_path / "one.po", "locales/one.po")


def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "one.pls")
    (tmp_path / "two.pls").symlink_to("/dev/zero")

    for name in ("one.pls", "two.pls"):
        with pytest.raises(MissingError, match=rf"W007 pronunciation/{name}: this is no file; put one in its place"):
            read_bytes(tmp_path / name, f"pronunciation/{name}")


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("2020-03-28-page", "2020-03-28-page"),
        ("Élysée: Points de Presse", "elysee-points-de-presse"),
        ("../x", "x"),
        ("a  b__c", "a-b-c"),
    ],
)
def test_a_name_is_the_folded_stem(stem: str, name: str) -> None:
    assert briefing_name(stem) == name


@pytest.mark.parametrize("stem", ["", "…", "新闻发布会", "series", "voices"])
def test_a_stem_that_folds_to_nothing_or_to_a_reserved_word_gets_a_hash(stem: str) -> None:
    assert briefing_name(stem).startswith("b-")
    assert briefing_name(stem) == briefing_name(stem)


def test_long_names_are_cut_at_a_hyphen_and_stay_different() -> None:
    long = "on-the-record-press-call-" * 8

    first, second = briefing_name(long + "one"), briefing_name(long + "two")

    assert first != second
    assert len(first) <= 80
    assert first.startswith("on-the-record-press-call-")
    assert not first.partition("-call-on-")[0].endswith("-")


@given(st.text())
def test_any_stem_gives_a_name_that_is_a_safe_folder(stem: str) -> None:
    name = briefing_name(stem)

    assert NAME.fullmatch(name)
    assert name not in RESERVED


def test_line_ends_and_a_byte_order_mark_are_made_one() -> None:
    assert load("\ufeffa\r\nb\rc\n".encode(), "x").text == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "x: the file is empty"),
        (b" \n\t\n", "x: the file is empty"),
        (b"one\ntwo \xe9\n", "x:2: this is not UTF-8 text; save"),
        ("one".encode("utf-16"), r"x:1: this is not UTF-8 text \(it looks like UTF-16\)"),
        (b"one\n\ntw\0o", "x:3: there is a NUL character here"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load(data, "x")
