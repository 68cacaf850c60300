"""The glossary: how the terms of a series are rendered in each language, ``locales/glossary.csv``.

A table with the header ``term,fr,es,…,note``. A cell may hold several renderings, parted by ``|``; the first is the one
that is proposed, each is right. A term is found as a whole word, in capitals or small letters, with the endings ``s``,
``es``, ``'s`` and ``s'`` too. A rendering is taken for found when its words stand in the translation in their order,
each with other letters at its end: of a word of five letters and more the last two may differ and up to three may be
added. In writing that joins words (Arabic's article, Chinese) it may stand inside of a word. That knows most plurals
and cases and no irregular ones, for which there is ``|``.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import msgspec

from publish.diagnostics import Diagnostic, Place, Report
from publish.languages import chain, from_folder
from publish.matching import ENDS, STARTS, whole_words
from publish.po import Entry

FILE = "locales/glossary.csv"
LINE = "Glossary: "
"""What a comment with a term begins with."""
_ARROW = " → "
LARGEST = 4 << 20
"""Bytes of the file."""
_LONGEST = 200
"""Characters of a term."""
_STEM, _ROOT, _MORE = 5, 2, 3
_JOINED = re.compile(r"[\u0590-\u06ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff]")
"""Hebrew, Arabic and what is written without spaces."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TAG = re.compile(r"</?[a-z]+(?: [^<>]*)?>")


class Term(msgspec.Struct, frozen=True):
    """A row."""

    term: str
    renderings: Mapping[str, tuple[str, ...]]
    """By language, BCP 47; the first is proposed, each is right."""
    note: str = ""
    line: int = 0

    def rendered(self, language: str) -> tuple[str, ...]:
        """In a language, or the nearest along its chain; empty when there is none."""
        return next((self.renderings[tag] for tag in chain(language) if tag in self.renderings), ())


class Glossary:
    """All terms. It is empty when there is no file."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        """Keep the terms; of one that stands twice the first."""
        self.terms: dict[str, Term] = {}
        for term in terms:
            self.terms.setdefault(_folded(term.term), term)
        words = [form for key in self.terms for form in _forms(key)]
        self._expression = re.compile(whole_words(words)) if words else None
        self._base = {form: key for key in reversed(self.terms) for form in _forms(key)}
        self._base |= {key: key for key in self.terms}

    def __bool__(self) -> bool:
        """Whether there is any term."""
        return bool(self.terms)

    def found(self, text: str) -> tuple[Term, ...]:
        """The terms in a text, in their order, each once; of two that overlap the longer one."""
        if self._expression is None:
            return ()
        hits = self._expression.finditer(_folded(_TAG.sub("", text)))
        keys = dict.fromkeys(self._base[hit.group()] for hit in hits)
        return tuple(self.terms[key] for key in keys)

    def missing(self, entry: Entry, language: str) -> tuple[Term, ...]:
        """The terms of a final translation that are not rendered in it as the glossary has it."""
        if not entry.translated:
            return ()
        return tuple(
            term
            for term in self.found(entry.id)
            if (right := term.rendered(language)) and not any(_holds(text, right) for text in entry.strings)
        )

    def comments(self, text: str) -> tuple[str, ...]:
        """What a template says to a message with this text."""
        return tuple(f"{LINE}{term.term}" for term in self.found(text))

    def table(self, language: str) -> str:
        """The file for one language: term, renderings, note, in columns that translation tools expect in this order."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("term", language, "note"))
        writer.writerows((one.term, " | ".join(one.rendered(language)), one.note) for one in self.terms.values())
        return stream.getvalue()

    def told(self, entries: Iterable[Entry], language: str) -> Iterator[Entry]:
        """The messages of a catalogue, whose comments have the renderings beside the terms."""
        for entry in entries:
            if not any(line.startswith(LINE) for line in entry.extracted):
                yield entry
                continue
            lines = tuple(self._told(line, language) for line in entry.extracted)
            yield msgspec.structs.replace(entry, extracted=lines)

    def _told(self, line: str, language: str) -> str:
        term = self.terms.get(_folded(line.removeprefix(LINE))) if line.startswith(LINE) else None
        if term is None:
            return line
        right = " | ".join(term.rendered(language))
        note = f" ({term.note})" if term.note else ""
        return f"{LINE}{term.term}{_ARROW}{right}{note}" if right else f"{LINE}{term.term}{note}"


def _folded(text: str) -> str:
    """For comparison: composed, in small letters, with one kind of apostrophe and single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace("’", "'").split())


def _forms(term: str) -> tuple[str, ...]:
    """A term with the endings of English."""
    if not term[-1:].isalpha() or _JOINED.search(term[-1:]):
        return (term,)
    return (term, *(f"{term}{ending}" for ending in ("s", "es", "'s", "s'")))


def _holds(text: str, renderings: Sequence[str]) -> bool:
    said = _folded(_TAG.sub("", text))
    return any(_rendering(rendering).search(said) for rendering in renderings)


@cache
def _rendering(text: str) -> re.Pattern[str]:
    """What finds a rendering."""
    folded = _folded(text)
    if _JOINED.search(folded):
        return re.compile(re.escape(folded))
    words = (_bent(word) for word in folded.split())
    return re.compile(STARTS + r"\W+".join(words) + ENDS)


def _bent(word: str) -> str:
    if len(word) < _STEM or not word.isalpha():
        return re.escape(word)
    return rf"{re.escape(word[:-_ROOT])}\w{{0,{_ROOT + _MORE}}}"


# --- The file ---------------------------------------------------------------------------------------------------------


def parse(data: bytes | str, file: str, report: Report) -> Glossary:
    """Read the table; a row that cannot be used is reported with its line, and the others are used."""
    text = _decoded(data, file, report)
    if not text.strip():
        return Glossary()
    return Glossary(_Table(text, file, report).terms())


def _decoded(data: bytes | str, file: str, report: Report) -> str:
    if len(data) > LARGEST:
        message = f"this glossary is larger than {LARGEST:,} bytes, and is not used; divide it"
        report(Diagnostic("C024", message, Place(file)))
        return ""
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1 if isinstance(data, bytes) else 0
        message = "this is not UTF-8, and no term is used; save it as CSV UTF-8"
        report(Diagnostic("C024", message, Place(file, line)))
        return ""
    return _CONTROL.sub("\ufffd", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


class _Table:
    def __init__(self, text: str, file: str, report: Report) -> None:
        self._file, self._report = file, report
        head = next((line for line in text.split("\n") if line.strip()), "")
        delimiter = max(",;\t", key=head.count)
        self._rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self._columns: list[str] = []
        """What each column holds: ``term``, ``note``, a language, or nothing that is known."""
        self._seen: dict[str, int] = {}

    def _say(self, message: str) -> None:
        self._report(Diagnostic("C024", message, Place(self._file, self._rows.line_num)))

    def terms(self) -> Iterator[Term]:
        """The rows that can be used."""
        try:
            for row in self._rows:
                cells = [" ".join(cell.split()) for cell in row]
                if not any(cells):
                    continue
                if not self._columns:
                    self._columns = [self._column(cell) for cell in cells]
                    if "term" not in self._columns:
                        self._say("there is no column 'term', and no term is used; begin with the line term,fr,…,note")
                        return
                elif term := self._term(cells):
                    yield term
        except csv.Error as error:
            self._say(f"this row and those after it cannot be read: {error}; look at its quotation marks")

    def _column(self, name: str) -> str:
        folded = name.casefold()
        if folded in {"term", "note"}:
            return folded
        try:
            return from_folder(name) if name else ""
        except ValueError:
            self._say(f"the column {name!r} is neither term, note nor a language, and is not used; rename it")
            return ""

    def _term(self, cells: list[str]) -> Term | None:
        if any(cells[len(self._columns) :]):
            self._say("this row has more cells than the header, and is not used; put quotation marks around commas")
            return None
        said = dict(zip(self._columns, cells, strict=False))
        term = said.get("term", "")
        if not term or len(term) > _LONGEST:
            self._say("this row has no term, or a very long one, and is not used; write a term of a few words")
            return None
        if first := self._seen.get(_folded(term)):
            self._say(f"{term!r} stands already in line {first}, which is used; remove one of the two")
            return None
        line = self._rows.line_num
        self._seen[_folded(term)] = line
        renderings = {
            tag: found for tag, cell in said.items() if tag not in {"term", "note", ""} and (found := _parts(cell))
        }
        return Term(term, renderings, said.get("note", ""), line)


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())
