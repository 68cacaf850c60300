"""Writing safely."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pytest

from publish import manifest
from publish.diagnostics import Diagnostic, MissingError
from publish.manifest import Row
from publish.output import Output, remove, safe
from publish.work import File


class Folder:
    """A workspace that is written to, build after build."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.outputs = root / "outputs"
        (self.outputs / manifest.FOLDER).mkdir(parents=True)
        self.rows: tuple[Row, ...] = ()
        self.findings: list[Diagnostic] = []

    def write(self, *files: File, begun: frozenset[str] = frozenset()) -> list[str]:
        output = Output(self.root, self.outputs, self.rows, begun, self.findings.append)
        for file in files:
            output.put(file, "test")
        self.rows = tuple(output.rows)
        return output.made


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_a_new_file_is_written_and_an_equal_one_is_left_alone(folder: Folder) -> None:
    assert folder.write(File("a/b.html", b"one")) == ["outputs/a/b.html"]
    before = (folder.outputs / "a/b.html").stat().st_mtime_ns

    assert folder.write(File("a/b.html", b"one")) == []
    assert (folder.outputs / "a/b.html").stat().st_mtime_ns == before
    assert folder.write(File("a/b.html", b"two")) == ["outputs/a/b.html"]
    assert (folder.outputs / "a/b.html").read_bytes() == b"two"


def test_content_is_not_asked_for_when_the_key_is_that_of_the_last_build(folder: Folder) -> None:
    asked = []

    def content(stream: BinaryIO) -> None:
        asked.append(1)
        stream.write(b"long work")

    folder.write(File("a.mp3", content, key="k"))
    folder.write(File("a.mp3", content, key="k"))
    assert len(asked) == 1

    (folder.outputs / "a.mp3").unlink()
    assert folder.write(File("a.mp3", content, key="k")) == ["outputs/a.mp3"]


def test_a_file_that_somebody_else_put_there_is_never_touched(folder: Folder) -> None:
    (folder.outputs / "index.html").write_bytes(b"theirs")

    assert folder.write(File("index.html", b"ours")) == []
    assert (folder.outputs / "index.html").read_bytes() == b"theirs"
    assert [(found.code, found.place.file) for found in folder.findings] == [("B002", "outputs/index.html")]


def test_a_file_that_an_interrupted_build_began_is_ours(folder: Folder) -> None:
    (folder.outputs / "index.html").write_bytes(b"half")

    assert folder.write(File("index.html", b"whole"), begun=frozenset({"outputs/index.html"})) == ["outputs/index.html"]


def test_content_that_fails_leaves_what_was_there(folder: Folder) -> None:
    folder.write(File("a.epub", b"good"))

    def broken(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(MissingError, match=r"B001 outputs/a\.epub: this cannot be written: No space left on device"):
        folder.write(File("a.epub", broken))
    assert (folder.outputs / "a.epub").read_bytes() == b"good"
    assert [path.name for path in folder.outputs.iterdir() if path.is_file()] == ["a.epub"]


def test_a_link_inside_the_outputs_does_not_lead_the_writer_out_of_them(folder: Folder, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder.outputs / "en").symlink_to(outside)

    with pytest.raises(MissingError, match="leads out of the folder"):
        folder.write(File("en/index.html", b"x"))
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", "a\\b", "c:x", "a\0b"])
def test_a_path_that_leaves_the_tree_is_not_safe(path: str) -> None:
    assert not safe(path)


def test_what_is_no_longer_written_is_removed_with_its_empty_folders(folder: Folder) -> None:
    folder.write(File("en/one/index.html", b"1"), File("en/two/index.html", b"2"))
    (folder.outputs / "en/two/notes.txt").write_text("theirs", encoding="utf-8")

    gone = remove(folder.root, folder.outputs, ["outputs/en/one/index.html", "outputs/en/two/index.html", "outputs/no"])

    assert gone == ["outputs/en/one/index.html", "outputs/en/two/index.html"]
    assert sorted(path.name for path in folder.outputs.glob("en/**/*")) == ["notes.txt", "two"]


def test_the_journal_names_what_was_begun_and_sweeping_removes_its_unfinished_files(folder: Folder) -> None:
    folder.write(File("a.html", b"1"))
    (folder.outputs / ".a.html.part").write_bytes(b"half")

    begun = manifest.sweep(folder.root, folder.outputs)

    assert begun == frozenset({"outputs/a.html"})
    assert not (folder.outputs / ".a.html.part").exists()


def test_a_manifest_is_read_as_it_was_written_and_a_damaged_one_is_none(folder: Folder) -> None:
    folder.write(File("a.html", b"1"))
    made = manifest.Manifest(
        "stamp", 0, {"a/en": manifest.Record("d", folder.rows, {"x": 1}, (("R001", "m", "f", 1),))}
    )

    manifest.save(folder.outputs, made, finished=True)

    assert manifest.load(folder.outputs) == made
    assert not (folder.outputs / manifest.FOLDER / "journal").exists()
    (folder.outputs / manifest.FOLDER / "manifest.json").write_text('{"version":1,"tasks":[', encoding="utf-8")
    assert manifest.load(folder.outputs) == manifest.Manifest()
