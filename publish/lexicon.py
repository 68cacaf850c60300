"""How words are said: of ``[pronunciation]`` in ``series.toml``, and of PLS files.

W3C Pronunciation Lexicon Specification (PLS) 1.0: a lexeme has graphemes, each of which stands for its first alias or
phoneme. Words are found whole, the longest first; letter case matters where the grapheme has a capital.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from publish import xml_safe
from publish.diagnostics import Diagnostic, Place, Report
from publish.languages import canonical, chain
from publish.matching import Gate, first_pieces, whole_words

if TYPE_CHECKING:
    from lxml import etree

    from publish.config import Settings


class Word(msgspec.Struct, frozen=True):
    """A word and how it is said."""

    language: str
    """BCP 47."""
    grapheme: str
    """As it is printed: white space folded, apostrophes straight."""
    alias: str = ""
    """Words that are said in its place; empty: ``ipa`` says how it is said."""
    ipa: str = ""
    """In the International Phonetic Alphabet."""


class Lexicon(msgspec.Struct, frozen=True, dict=True):
    """Words of any languages; of two that are equal in grapheme and language the first is meant."""

    words: tuple[Word, ...] = ()

    def finder(self, language: str) -> Finder | None:
        """Where its words stand in texts of a language; None when it has none for it. Made once."""
        if language not in self._finders:
            words = self.of(language)
            self._finders[language] = Finder(words) if words else None
        return self._finders[language]

    @cached_property
    def _finders(self) -> dict[str, Finder | None]:
        return {}

    def of(self, language: str) -> tuple[Word, ...]:
        """The words for a text in ``language``: first those of its own tag, then of more general, then of closer ones.

        ``fr-CA`` takes those of ``fr-CA``, then of ``fr``; ``en`` those of ``en``, then of ``en-US`` and ``en-GB``.
        """
        general = chain(language)
        rank = {tag: number for number, tag in enumerate(general)}
        fitting = [
            (rank.get(word.language, len(rank)), word)
            for word in self.words
            if word.language in rank or language in chain(word.language)
        ]
        return tuple(word for _, word in sorted(fitting, key=lambda pair: pair[0]))


def lexicon_of(settings: Settings, files: Iterable[Lexicon] = ()) -> Lexicon:
    """One lexicon of all: ``[pronunciation]`` comes before the files, an earlier file before a later one."""
    own = []
    for key, value in settings.pronunciation.items():
        if isinstance(value, str):
            own.append(_configured(settings.language, key, value))
        else:
            own += [_configured(key, printed, said) for printed, said in value.items()]
    return Lexicon((*own, *(word for lexicon in files for word in lexicon.words)))


def _configured(language: str, printed: str, said: str) -> Word:
    if ipa := _SLASHED.fullmatch(said.strip()):
        return Word(canonical(language), folded(printed), ipa=ipa[1].strip())
    return Word(canonical(language), folded(printed), alias=" ".join(said.split()))


_SLASHED = re.compile(r"/(.+)/", re.DOTALL)


def folded(grapheme: str) -> str:
    """A grapheme with its white space folded and its apostrophes straight."""
    return " ".join(grapheme.split()).replace("’", "'")


# --- Finding the words ------------------------------------------------------------------------------------------------


class Finder:
    """Where words of a lexicon stand in a text of one language."""

    def __init__(self, words: Iterable[Word]) -> None:
        """Prepare the search; the first of two equal graphemes is meant."""
        self._exact: dict[str, Word] = {}
        self._folded: dict[str, Word] = {}
        for word in words:
            if word.grapheme != word.grapheme.lower():
                self._exact.setdefault(word.grapheme, word)
            elif word.grapheme:
                self._folded.setdefault(word.grapheme.casefold(), word)

    def words(self, text: str) -> Iterator[tuple[int, int, Word]]:
        """The words that stand in a text, the longest of those that begin at one place: begin, end, word."""
        at = 0
        for spot in self._gate.spots(text):
            if spot >= at and (longest := max(self._at(text, spot), key=lambda found: found[1], default=None)):
                at = longest[1]
                yield longest

    def _at(self, text: str, begin: int) -> Iterator[tuple[int, int, Word]]:
        for pattern in self._patterns:
            if found := pattern.match(text, begin):
                form = folded(found.group())
                word = self._exact.get(form) or self._folded.get(form.casefold())
                goes_on = unicodedata.category(text[found.end() : found.end() + 1] or " ").startswith("M")
                if word and not goes_on:  # a sign above the last letter makes it another one
                    yield begin, found.end(), word

    @cached_property
    def _gate(self) -> Gate:
        exact, folded_ = (first_pieces(words, _sign) for words in (self._exact, self._folded))
        return Gate(f"{exact}|(?i:{folded_})")

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        tables = ((self._exact, re.NOFLAG), (self._folded, re.IGNORECASE))
        return tuple(re.compile(whole_words(words, _sign), flags) for words, flags in tables if words)


def _sign(sign: str) -> str:
    return {" ": r"\s+", "'": "['’]"}.get(sign) or re.escape(sign)


# --- PLS --------------------------------------------------------------------------------------------------------------

_PLS = "http://www.w3.org/2005/01/pronunciation-lexicon"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LARGEST = 10_000_000
"""Bytes of a file; a lexicon of a hundred thousand words has as many."""


def parse_pls(file: str, data: bytes, report: Report) -> Lexicon:
    """The words of a PLS document. What cannot be used is reported with its line, and left out."""
    if len(data) > _LARGEST:
        report(Diagnostic("S007", f"this is larger than {_LARGEST:,} bytes; divide it", Place(file)))
        return Lexicon()
    try:
        root = xml_safe.parsed(data, bare=True)
    except xml_safe.MalformedError as error:
        report(Diagnostic("S007", f"{error}; mend the line", Place(file, error.line)))
        return Lexicon()
    if root.tag != f"{{{_PLS}}}lexicon":
        message = "this is no PLS document; its root is to be <lexicon xmlns=" + f'"{_PLS}">'
        report(Diagnostic("S007", message, Place(file, root.sourceline or 0)))
        return Lexicon()
    return _Document(file, report).read(root)


class _Document:
    """One document, and where to say what is wrong with it."""

    def __init__(self, file: str, report: Report) -> None:
        self._file, self._report = file, report

    def read(self, root: etree._Element) -> Lexicon:
        tag = root.get(_XML_LANG, "")
        try:
            language = canonical(tag)
        except ValueError as error:
            self._tell("S007", f"xml:lang={tag!r} is not a language tag: {error}; write one such as 'fr'", root)
            return Lexicon()
        words: list[Word] = []
        for lexeme in root.iterchildren(f"{{{_PLS}}}lexeme"):
            words += self._lexeme(lexeme, language, root.get("alphabet", ""))
        return Lexicon(tuple(words))

    def _lexeme(self, lexeme: etree._Element, language: str, alphabet: str) -> list[Word]:
        """A word for each grapheme; none, and a report, when there is nothing to say in their place."""
        graphemes = [folded(_text(one)) for one in lexeme.iterchildren(f"{{{_PLS}}}grapheme")]
        if not any(map(sayable, graphemes)):
            self._tell("S008", "a lexeme has no grapheme; write how the word is printed", lexeme)
            return []
        said = self._said(lexeme, alphabet)
        if said is None:
            return []
        alias, ipa = said
        return [Word(language, grapheme, alias, ipa) for grapheme in graphemes if sayable(grapheme)]

    def _said(self, lexeme: etree._Element, alphabet: str) -> tuple[str, str] | None:
        """Alias and IPA, one of which is empty: the preferred one, else the first in the order of the document."""
        found: list[tuple[bool, str, str]] = []
        for one in lexeme.iterchildren(f"{{{_PLS}}}alias", f"{{{_PLS}}}phoneme"):
            text = " ".join(_text(one).split())
            prefer = one.get("prefer", "") in ("true", "1")
            if one.tag == f"{{{_PLS}}}alias":
                if sayable(text):
                    found.append((not prefer, text, ""))
                else:
                    self._tell("S008", "an alias is empty; write what is said instead", one)
            elif (name := one.get("alphabet", alphabet)) != "ipa":
                self._tell("S009", f'the phonetic alphabet {name!r} is not known; write alphabet="ipa"', one)
            elif is_ipa(text):
                found.append((not prefer, "", text))
            else:
                self._tell("S008", f"{text!r} is not written in the International Phonetic Alphabet; mend it", one)
        if not found:
            if not len(lexeme.findall(f"{{{_PLS}}}alias")) + len(lexeme.findall(f"{{{_PLS}}}phoneme")):
                self._tell("S008", "a lexeme says nothing; write an alias or a phoneme", lexeme)
            return None
        return min(found, key=lambda one: one[0])[1:]

    def _tell(self, code: str, message: str, element: etree._Element) -> None:
        self._report(Diagnostic(code, message, Place(self._file, element.sourceline or 0)))


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def sayable(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return any(sign.isalnum() for sign in text)


def is_ipa(text: str) -> bool:
    """Whether it can be a transcription in the International Phonetic Alphabet: its letters, marks and boundaries."""
    return sayable(text) and all(map(_is_ipa_sign, text))


def _is_ipa_sign(sign: str) -> bool:
    return sign in " .|‖‿-()‐↗↘ꜛꜜ'" or (unicodedata.category(sign) in _IPA_CATEGORIES and not sign.isdigit())


_IPA_CATEGORIES = ("Ll", "Lm", "Lo", "Mn", "Sk")
"""Small letters, modifiers such as ˈ and ː, clicks, combining marks, and tones."""
