"""Languages: each text in a script of the language that it says it is in, and every language among the book's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from publish.book import Book
from publish.diagnostics import Diagnostic
from publish.inspection._survey import Survey, Words
from publish.languages import canonical
from publish.writing import letters, script_name, scripts

_FEW = 20
"""Letters below which a paragraph may be a name or an abbreviation in another script."""
_MANY = 60
"""Letters from which on a language belongs to those of the book, if they are also…"""
_PART = 100
"""… one in so many: a line about rights in another language does not make a book one in that language."""
_NO_LANGUAGE = frozenset({"mis", "mul", "und", "zxx"})


class Spoken(msgspec.Struct):
    """How much of a language there is, and where it begins."""

    path: str
    line: int
    letters: int = 0


def contradicted(book: Book, path: str, found: Survey) -> Iterator[Diagnostic]:
    """Paragraphs of a document with no letter of their language's script."""
    blocks: dict[tuple[int, str], list[Words]] = defaultdict(list)
    for words in found.words:
        if words.language and not words.code and "://" not in words.text and "@" not in words.text:
            blocks[words.block, words.language].append(words)
    for (_, tag), run in blocks.items():
        expected = scripts(known) if (known := _canonical(tag)) else frozenset[str]()
        counted = letters(" ".join(words.text for words in run))
        if expected and counted.total() >= _FEW and not expected & counted.keys():
            ((script, _),) = counted.most_common(1)
            message = f"this is said to be in {tag!r}, and is in {script_name(script)} letters"
            yield Diagnostic("K070", message, book.place(path, run[0].line))


class Used:
    """Languages of a book, counted document by document."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._named = {meta.value.partition("-")[0].casefold() for meta in book.package.values("dc:language")}
        self._found: dict[str, Spoken] = {}
        self._total = 0
        self._said: set[str] = set()  # what stands in every part of a book counts once

    def count(self, path: str, found: Survey) -> None:
        """Take the words of a document."""
        for words in found.words:
            count = letters(words.text).total()
            self._total += count
            tag = words.language.partition("-")[0].casefold()
            if tag and tag not in self._named | _NO_LANGUAGE and not words.code and words.text not in self._said:
                self._said.add(words.text)
                self._found.setdefault(tag, Spoken(path, words.line)).letters += count

    def undeclared(self) -> Iterator[Diagnostic]:
        """Those that a good part of the text is in, and that the book does not name."""
        for tag, used in self._found.items():
            if self._named and used.letters >= max(_MANY, self._total / _PART):
                message = (
                    f"{used.letters} letters are in {tag!r}, which is none of the book's languages; add dc:language"
                )
                yield Diagnostic("K071", message, self._book.place(used.path, used.line))


def _canonical(tag: str) -> str:
    try:
        return canonical(tag)
    except ValueError:
        return ""
