"""Verifying what was built: complete, unchanged, sound inside, and valid for the checkers that are installed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from lxml import etree, html

from publish import casting, checkers, claims, glossary, manifest, po, proofs
from publish.config import FILE, Settings, parse
from publish.diagnostics import Diagnostic, ExitCode, InputError, Place, Severity
from publish.glossary import Glossary
from publish.inspection import inspect
from publish.languages import canonical, from_folder
from publish.manifest import Manifest, Row
from publish.model import Card


class Summary(msgspec.Struct, frozen=True):
    """What a check found."""

    lines: tuple[str, ...]
    """What was checked, by what, in words."""
    findings: tuple[Diagnostic, ...]
    readable: bool = True
    """False: a book could not be read at all."""

    @property
    def exit_code(self) -> ExitCode:
        """3 when a book could not be read, else 1 when there is an error."""
        if not self.readable:
            return ExitCode.INPUT
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
    finished = {row.path: manifest.locate(root, outputs, row.path) for row in standing if row.path.endswith(".epub")}
    of_books = books(finished, say, _first_of_each_language(finished))
    catalogs = sorted(root.glob("locales/*/LC_MESSAGES/*.po"))
    line, found = checkers.msgfmt(catalogs, root)
    findings += translations(catalogs, root)
    lines += (*of_books.lines, line)
    findings += (*of_books.findings, *found)
    findings += claims.contradicted(findings, finished)
    findings += voices(last, root)
    return Summary(tuple(lines), tuple(findings), readable=of_books.readable)


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


# --- Books ------------------------------------------------------------------------------------------------------------


def books(finished: Mapping[str, Path], say: Callable[[str], None], few: Collection[str] | None = None) -> Summary:
    """What our own checks, EPUBCheck and Ace find in books, by the names that findings give them.

    Ace takes seconds for each book, so of many it is given ``few``; None: all.
    """
    findings: list[Diagnostic] = []
    whole = dict(finished)
    for name, path in finished.items():
        try:
            findings += inspect(path, name)
        except InputError as error:
            findings.append(error.diagnostic)
            del whole[name]
    lines = [f"{checkers.counted(len(finished))}: own checks"] if finished else []
    if whole:
        say(f"EPUBCheck reads {checkers.counted(len(whole))}, a few seconds for the first and less for each other …")
        line, found = checkers.epubcheck(whole)
        lines.append(line)
        findings += found
        chosen = {name: path for name, path in whole.items() if few is None or name in few}
        say(f"Ace reads {checkers.counted(len(chosen))}, a few seconds for each …")
        line, found = checkers.ace(chosen)
        lines.append(line if len(chosen) == len(whole) else f"{line}, the first of each language")
        findings += found
    return Summary(tuple(lines), tuple(findings), readable=len(whole) == len(finished))


def _first_of_each_language(finished: Iterable[str]) -> frozenset[str]:
    """One book of each folder in the outputs that is a language's: they are all made alike."""
    first: dict[tuple[str, ...], str] = {}
    for name in sorted(finished):
        first.setdefault(Path(name).parts[:-2], name)
    return frozenset(first.values())


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


# --- Translations -----------------------------------------------------------------------------------------------------


def translations(catalogs: Iterable[Path], root: Path) -> Iterator[Diagnostic]:
    """What can be seen to be wrong with the translations in catalogues that can be read."""
    language = _settings(root)[0].language
    known, of_glossary = _glossary(root)
    yield from of_glossary
    for path in catalogs:
        name = path.relative_to(root).as_posix()
        try:
            data = path.read_bytes()
            found = po.parse(data, name)
            languages = (canonical(found.header.get("X-Source-Language") or language), from_folder(path.parts[-3]))
        except (InputError, ValueError):
            continue
        yield from proofs.reviewed(found.entries, name, languages, data.decode("utf-8-sig"))
        yield from _terms(found.entries, name, languages[1], known)


def _terms(entries: Iterable[po.Entry], name: str, language: str, known: Glossary) -> Iterator[Diagnostic]:
    """Terms of the glossary that a final translation renders in another way."""
    for entry in entries if known else ():
        for term in known.missing(entry, language):
            wanted = " or ".join(map(repr, term.rendered(language)))
            message = f"{term.term!r} is not translated as the glossary has it; write {wanted}, or mend the glossary"
            yield Diagnostic("C016", message, Place(name, entry.line))


def _glossary(root: Path) -> tuple[Glossary, tuple[Diagnostic, ...]]:
    """The workspace's glossary, and what is wrong with it."""
    path = root / glossary.FILE
    findings: list[Diagnostic] = []
    try:
        return glossary.parse(path.read_bytes() if path.is_file() else b"", glossary.FILE, findings.append), (
            *findings,
        )
    except InputError as error:
        return Glossary(), (*findings, error.diagnostic)


def _settings(root: Path) -> tuple[Settings, tuple[Diagnostic, ...]]:
    """What ``series.toml`` says; what an empty one says, and why, where it cannot be used."""
    path = root / FILE
    try:
        return (parse(path.read_text("utf-8", "replace")) if path.is_file() else Settings()), ()
    except InputError as error:
        return Settings(), (error.diagnostic,)


# --- Voices -----------------------------------------------------------------------------------------------------------

_NAMED = 20
"""Speakers that one message names."""


def voices(last: Manifest, root: Path) -> Iterator[Diagnostic]:
    """Speakers with sound of whom nothing tells which voice suits them, in one finding; from the cards of a build."""
    settings, wrong = _settings(root)
    if wrong:
        yield from wrong
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
