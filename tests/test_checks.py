"""What `publish check` says of books: of a workspace's, and of any that are named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from books import Desk, Hum
from conftest import TOOLS, node_module, program
from drafts import Draft
from small import small_edition
from spring import spring
from test_build import built

from publish import checkers, checks, claims
from publish.diagnostics import Diagnostic, ExitCode, Place


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a whole book, one whose text is gone, and one that is cut off."""
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
    program("java", "apt install default-jre-headless")
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


def test_ace_names_the_place_of_what_it_finds(tmp_path: Path, chromium: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The three findings are one of the package, and one of a document, which Ace names from the package's folder."""
    node_module("@daisy/ace-cli")
    monkeypatch.setenv("PATH", f"{TOOLS / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PUPPETEER_EXECUTABLE_PATH", chromium)
    draft = Draft(Desk(tmp_path).book(small_edition()))
    draft.sub(draft.package, r'\s*<meta property="schema:accessibilityHazard">none</meta>', "")
    draft.sub(draft.package, r'\s*<meta property="schema:accessibilitySummary">[^<]*</meta>', "")
    draft.replace(draft.text, "</body>", '<p><img src="../style.css"/></p></body>')
    book = draft.write(tmp_path / "faulty.epub")

    line, found = checkers.ace({"faulty.epub": book})

    assert line == "1 book: Ace"
    assert {(one.code, one.place.file, one.message.partition(":")[0]) for one in found} == {
        ("K010", "faulty.epub!EPUB/content.opf", "metadata-accessibilityhazard"),
        ("K011", "faulty.epub!EPUB/content.opf", "metadata-accessibilitysummary"),
        ("K010", f"faulty.epub!{draft.text}", "image-alt"),
    }


# --- Books that are named ---------------------------------------------------------------------------------------------


def check(folder: Path, *words: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """The command, by default where neither EPUBCheck nor Ace can be found."""
    command = [sys.executable, "-m", "publish", "check", *words]
    environ = {**os.environ, "PATH": path, "COLUMNS": "100"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300, env=environ)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good book, one with a fault, one that is cut off, and one that is none."""
    folder = tmp_path_factory.mktemp("shelf")
    draft = Draft(Desk(folder / "desk").book(small_edition(), engine=Hum()))
    draft.write(folder / "good.epub")
    (folder / "cut.epub").write_bytes((folder / "good.epub").read_bytes()[:3000])
    (folder / "words.epub").write_text("These are words.", encoding="utf-8")
    (folder / "words.txt").write_text("These are words.", encoding="utf-8")
    draft.replace(draft.text, "</body>", "<p>Unread words.</p>\n</body>")
    draft.write(folder / "faulty.EPUB")
    return folder


def test_a_good_book_is_found_good_and_what_did_not_look_at_it_is_named(shelf: Path) -> None:
    done = check(shelf, "good.epub")

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "1 book: own checks",
        "1 book: not checked by EPUBCheck",
        "1 book: not checked by Ace",
    ]
    assert [line.split(maxsplit=2)[:2] for line in done.stderr.splitlines()] == [["note", "K008:"], ["note", "K008:"]]


def test_a_fault_is_told_with_file_and_line_and_the_command_ends_with_1(shelf: Path) -> None:
    done = check(shelf, "good.epub", "faulty.EPUB")

    assert done.returncode == 1
    (told,) = [line for line in done.stderr.splitlines() if "K008" not in line]
    assert told.startswith("error K054 faulty.EPUB!EPUB/2031-04-02-river/text-1.xhtml:")
    assert "'Unread words.'" in told


@pytest.mark.parametrize("name", ["cut.epub", "words.epub"])
def test_what_is_no_book_ends_the_command_with_3_after_the_others_were_checked(shelf: Path, name: str) -> None:
    done = check(shelf, name, "faulty.EPUB")

    assert done.returncode == 3
    codes = [line.split()[1].rstrip(":") for line in done.stderr.splitlines()]
    assert codes == ["K030", "K054", "K008", "K008"]
    assert "2 books: own checks" in done.stdout


def test_findings_as_json_have_file_and_line(shelf: Path) -> None:
    done = check(shelf, "faulty.EPUB", "--json")

    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert told[0]["code"] == "K054"
    assert told[0]["file"] == "faulty.EPUB!EPUB/2031-04-02-river/text-1.xhtml"
    assert told[0]["line"] > 10


@pytest.mark.parametrize(
    "words", [("words.txt",), ("good.epub", "words.txt"), ("good.epub", "."), (".", "."), ("no.epub",)]
)
def test_what_cannot_be_a_book_is_a_wrong_use(shelf: Path, words: tuple[str, ...]) -> None:
    done = check(shelf, *words)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["faulty.EPUB", "cut.epub"])
def test_epubcheck_is_asked_about_named_books_when_it_is_installed(shelf: Path, name: str) -> None:
    java = program("java", "apt install default-jdk-headless")

    done = check(shelf, name, path=str(Path(java).parent))

    asked = name != "cut.epub"  # what nobody can read is told once
    assert ("1 book: EPUBCheck" in done.stdout) is asked
    assert "K005" not in done.stderr


# --- A workspace ------------------------------------------------------------------------------------------------------


def test_a_workspace_s_books_have_our_own_checks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    root = spring(tmp_path / "spring")
    built(root, "epub")
    book = root / "outputs/en/first/first.epub"
    draft = Draft(book)
    draft.claim("ttsMarkup")
    draft.write(book)

    summary = checks.check(root, root / "outputs")

    name = "outputs/en/first/first.epub"
    line = draft.line(draft.package, ">ttsMarkup<")
    told = [(one.code, str(one.place)) for one in summary.findings if one.code != "K008"]
    assert told == [("K002", name), ("K060", f"{name}!EPUB/content.opf:{line}"), ("K066", name)]
    assert summary.exit_code is ExitCode.PROBLEMS
    assert "3 books: own checks" in summary.lines


def test_ace_is_given_the_first_book_of_each_language_of_a_workspace() -> None:
    names = ["outputs/en/a/a.epub", "outputs/en/b/b.epub", "outputs/en/series.epub", "outputs/fr/a/a.epub"]

    assert checks._first_of_each_language(names) == {
        "outputs/en/a/a.epub", "outputs/en/series.epub", "outputs/fr/a/a.epub",
    }  # fmt: skip


def test_a_claim_of_conformance_beside_faults_is_a_fault_itself(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    claimed, modest, broken = (outputs / f"{name}.epub" for name in ("claimed", "modest", "broken"))
    draft = Draft(Desk(tmp_path).book(small_edition()))
    draft.write(claimed)
    draft.sub(draft.package, ".*dcterms:conformsTo.*", "")
    draft.write(modest)
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


def test_a_check_looks_at_the_translations_too(tmp_path: Path) -> None:
    folder = tmp_path / "locales" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "first.po").write_text('msgctxt "first/p"\nmsgid "It cost 229."\nmsgstr "Cela a coûté 292."\n', "utf-8")
    (folder / "broken.po").write_text('msgid "', encoding="utf-8")
    odd = tmp_path / "locales" / "no tag" / "LC_MESSAGES" / "first.po"
    odd.parent.mkdir(parents=True)
    odd.write_text('msgid "It cost 229."\nmsgstr "Cela a coûté 292."\n', encoding="utf-8")

    found = list(checks.translations(sorted(tmp_path.glob("locales/*/*/*.po")), tmp_path))

    assert [(one.code, one.place.file, one.place.line, one.message[:10]) for one in found] == [
        ("C011", "locales/fr/LC_MESSAGES/first.po", 3, "column 9: ")
    ]


def test_a_check_holds_translations_against_the_glossary_and_tells_what_is_wrong_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "locales" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    right = 'msgctxt "first/p"\nmsgid "The gauge is old."\nmsgstr "L’échelle est vieille."\n'
    wrong = 'msgctxt "first/q"\nmsgid "The gauge is new."\nmsgstr "La jauge est neuve."\n'
    (folder / "first.po").write_text(f"{right}\n{wrong}", "utf-8")
    (tmp_path / "locales" / "glossary.csv").write_text("term,fr\ngauge,échelle\ngauge,mesure\n", "utf-8")

    found = list(checks.translations(sorted(tmp_path.glob("locales/*/*/*.po")), tmp_path))

    assert [(one.code, str(one.place)) for one in found] == [
        ("C024", "locales/glossary.csv:3"),
        ("C016", "locales/fr/LC_MESSAGES/first.po:5"),
    ]
    assert "write 'échelle'" in found[1].message
