"""What `publish check` says of books."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from conftest import program
from spring import spring
from test_build import built

from publish import checkers


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a whole book, one whose text is gone, and one that is cut off."""
    program("java", "apt install default-jre-headless")
    root = spring(tmp_path_factory.mktemp("checks") / "spring")
    built(root, "epub")
    whole = root / "outputs/en/first/first.epub"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(root / "outputs/faulty.epub", "w") as target:
        for member in source.infolist():
            if not member.filename.endswith("text-1.xhtml"):
                target.writestr(member, source.read(member))
    (root / "outputs/cut.epub").write_bytes(whole.read_bytes()[:2000])
    return root / "outputs"


@pytest.mark.parametrize("compiler", [True, False])
def test_every_fault_is_found_in_its_book_with_and_without_java_s_compiler(
    books: Path, monkeypatch: pytest.MonkeyPatch, *, compiler: bool
) -> None:
    if not compiler:
        real = checkers._run
        monkeypatch.setattr(checkers, "_run", lambda words: None if str(words[5]).endswith(".java") else real(words))
    names = ("en/first/first.epub", "faulty.epub", "cut.epub")

    line, found = checkers.epubcheck({name: books / name for name in names})

    assert line == "3 books: EPUBCheck"
    assert {finding.place.file.partition("!")[0] for finding in found} == {"faulty.epub", "cut.epub"}
    assert {finding.code for finding in found} == {"K005"}
    lost = [finding for finding in found if "RSC-001" in finding.message]
    assert {finding.place.file for finding in lost} == {"faulty.epub!EPUB/first/text-1.xhtml"}
