"""What `publish check` says of books."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from conftest import program
from spring import spring
from test_build import built

from publish import checks, claims
from publish.diagnostics import Diagnostic, Place


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
        real = checks._run
        monkeypatch.setattr(checks, "_run", lambda words: None if str(words[5]).endswith(".java") else real(words))
    names = ("en/first/first.epub", "faulty.epub", "cut.epub")

    line, found = checks.epubcheck([books / name for name in names], books)

    assert line == "3 books: EPUBCheck"
    assert {finding.place.file for finding in found} == {"faulty.epub", "cut.epub"}
    assert {finding.code for finding in found} == {"K005"}
    assert any("RSC-001" in finding.message for finding in found if finding.place.file == "faulty.epub")


def test_a_claim_of_conformance_beside_faults_is_a_fault_itself(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    claimed, modest, broken = (outputs / f"{name}.epub" for name in ("claimed", "modest", "broken"))
    for path, meta in ((claimed, '<meta property="dcterms:conformsTo">x</meta>'), (modest, "")):
        with zipfile.ZipFile(path, "w") as book:
            book.writestr("EPUB/content.opf", f"<package>{meta}</package>")
    broken.write_bytes(b"PK")
    books = {path.name: path for path in (claimed, modest, broken)}
    faults = [Diagnostic("K005", "x", Place(name)) for name in books]

    assert [(one.code, one.place.file) for one in claims.contradicted(faults, books)] == [("K066", "claimed.epub")]
    assert list(claims.contradicted([], books)) == []
    assert list(claims.contradicted([Diagnostic("K008", "x", Place("claimed.epub"))], books)) == []


def test_a_build_with_a_certifier_passes_its_checks_and_one_that_is_damaged_does_not(tmp_path: Path) -> None:
    program("java", "apt install default-jre-headless")
    root = spring(tmp_path / "spring")
    with (root / "series.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[epub]\ncertifier = "River Access"\ncertified = "2099-01-01"\n')
    built(root, "epub")
    sound = {found.code for found in checks.check(root, root / "outputs").findings}
    book = root / "outputs/en/first/first.epub"
    with zipfile.ZipFile(book) as source:
        members = {member.filename: source.read(member) for member in source.infolist()}
    with zipfile.ZipFile(book, "w") as target:
        for name, data in members.items():
            target.writestr(name, data.replace(b"<h1", b"<hr"))

    damaged = {found.code for found in checks.check(root, root / "outputs").findings}

    assert "K066" not in sound
    assert {"K002", "K066"} <= damaged
