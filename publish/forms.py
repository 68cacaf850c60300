"""Printed forms that an engine would not say as a reader does: addresses, signs of markup, abbreviations.

Their words are data, a small table a language; what is here is how such forms are built. A rule is an expression and
what is said of what it matches. None looks back or ahead without a limit: the time grows with the length of the text
alone. Numbers are in :mod:`publish.numerals`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from publish.matching import ENDS, STARTS, any_of, whole_words

Plurals = dict[str, str]
"""A noun by the CLDR plural category of the number before it; ``scaled``: after "million" and its like."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A language's file. What is empty is left to the engine, or is not written in this language."""

    number: str
    """Expression of a number, without a group."""
    decimal: str = ""
    """The sign before its fraction."""
    group: str = ""
    """Signs between its thousands that the engine does not understand."""
    words: dict[str, str] = {}
    """Abbreviations, wherever they stand. A space in one may be left out in the text."""
    before_number: dict[str, str] = {}
    """Those that mean this before a number only."""
    before_name: dict[str, str] = {}
    """Those that mean this before a capital letter only."""
    spelled: tuple[str, ...] = ()
    """Acronyms that are said letter by letter, and that the engine would read as a word."""
    patterns: tuple[tuple[str, str], ...] = ()
    """Expressions, each of a form that stands alone, and templates of what is said."""
    one_letter_words: str = ""
    """Letters that are words too; a name's initial that is one keeps its full stop, to be said as a letter."""
    begins: tuple[str, ...] = ()
    """Words that begin a sentence and no name: a full stop before them ends one."""
    scales: dict[str, Plurals] = {}
    """Words of size after a number: "million"."""
    short_scales: dict[str, Plurals] = {}
    """The same, in amounts of money only: "$5M"."""
    units: dict[str, Plurals] = {}
    """Units after a number, and signs of currencies that stand after it."""
    currencies: dict[str, Plurals] = {}
    """Signs before a number."""
    cents: Plurals = {}
    """What the two digits after the point are in an amount of money, with ``and`` before them."""
    articles: tuple[str, ...] = ()
    """Words before an amount that make it an attribute, with its noun in the singular: "a $5 fee"."""
    percent: str = ""
    """Template of a percentage."""
    minus: str = ""
    to: str = ""
    """Between the ends of a range."""
    comma: str = ""
    """For a dash between two words, where the engine makes no pause."""
    dot: str = ""
    """In an address."""
    at: str = ""
    hashtag: str = ""
    digit_signs: str = ""
    """Digits of the language's own, from 0 to 9."""
    myriads: tuple[str, ...] = ()
    """Words for ten thousand and its powers, where the engine counts in thousands and should not."""
    point: str = ""
    """Said for the decimal point, before single digits, where the engine leaves it out."""
    ordinals: dict[str, tuple[str, ...]] = {}
    """Ordinal numbers from the first on, by any name for their form."""
    roman_after: dict[str, str] = {}
    """Names, and the form of the ordinal that a Roman number after them is."""
    ordinal_marks: dict[str, str] = {}
    """What is put after a number, Roman too, to make it an ordinal, and the form of that."""
    ordinal_phrases: tuple[tuple[str, str, str, str, str], ...] = ()
    """Numbers that are ordinals by the words around them: what is before, the number as an expression, the word after
    it, the form of the ordinal, and what is said in place of the word."""
    compose: bool = False
    """Whether ordinals above 20 are a cardinal and an ordinal; they are then given to 20, and by tens to 90."""
    roman: bool = False
    """Whether other Roman numbers are said as cardinal ones."""


Say = Callable[[re.Match[str]], str | None]
"""What is said of a form; None: as it is printed."""
Rule = tuple[str, Say]


def patterns(table: Table) -> Iterator[Rule]:
    """The expressions of the table itself."""

    def expanded(template: str) -> Say:
        return lambda found: found.expand(template).replace("  ", " ")

    for pattern, template in table.patterns:
        yield pattern, expanded(template)


# --- Addresses and signs ----------------------------------------------------------------------------------------------

DOMAINS = "com|org|net|gov|edu|mil|int|info|io|eu|fr|es|ru|cn|uk|us|ca|ch|be|de|mx|ar|su|tv|рф"
"""With which names end that are addresses without a sign of it."""
_HOST = rf"[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,8}}\.(?:{DOMAINS})(?![\w-])"


def links(table: Table) -> Iterator[Rule]:
    """Addresses are said short, by their host alone; links of Markdown by their words."""

    def address(host: str) -> str:
        host = host.rpartition("@")[2].removeprefix("www.")
        return f" {table.dot} ".join(host.split("."))

    yield r"\[([^\[\]]{1,200})\]\((?:https?:|/|#)[^()\s]{0,300}\)", lambda found: found[1]
    if table.dot:
        yield r"<?https?://([^\s/?#<>]+)(?:[^\s<>]*[\w/=#&])?>?", lambda found: address(found[1])
        yield rf"(?<![\w.@/-])(www\.{_HOST})(?:/[^\s<>]*[\w/])?", lambda found: address(found[1])
        yield (
            r"(?<![\w.+@-])([\w+-]{1,64}(?:\.[\w+-]{1,64}){0,8})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})",
            lambda found: f"{address(found[1])} {table.at} {address(found[2])}",
        )
        yield rf"(?<![\w.@/-])({_HOST})(?:/[^\s<>]*[\w/])?", lambda found: address(found[1])


def signs(table: Table) -> Iterator[Rule]:
    """Signs of Markdown are nothing to hear, and a dash between words is a pause."""
    yield r"(?<=\w)\*++(?=[^\W\d])", lambda _: " "
    yield r"(?<!\*)\*++(?=[^\s\d])|(?<=[^\s*\d(])\*++|~~+|^#{1,6}(?=\s)|\\(?=[^\w\s])", lambda _: ""
    yield r"(?<=\s)--+(?=\s)", lambda _: "—"
    if table.comma:
        yield r"(?<=[\w.,!?\"”’')\]])(?:——?|--+)(?=[\w\"“‘'(\[])(?<![0-9]—)(?<![0-9]--)", lambda _: table.comma
    if table.hashtag:
        yield r"(?<![\w&])#([^\W\d][\w]*)#?", lambda found: f"{table.hashtag} {found[1].replace('_', ' ')}"


# --- Abbreviations ----------------------------------------------------------------------------------------------------


def abbreviations(table: Table) -> Iterator[Rule]:
    """Titles, units of text, acronyms, initials: their full stops end no sentence."""
    if shouted := [key for key in table.words if key.isupper() and key[:-1].isalpha() and key.endswith(".")]:
        yield rf"{STARTS}({any_of(shouted)})\s([^\W\d_]{{2,3}}){ENDS}", _shouted_name(table)
    if keys := {*table.words, *table.before_number, *table.before_name, *table.spelled}:
        yield rf"(?:{whole_words(keys, _spaced)})(?![^\W\d])", _Abbreviation(table)
    begins = "|".join(map(re.escape, table.begins))
    ended = rf"(?!\s+(?:{begins}){ENDS})" if begins else ""
    joined = rf"{STARTS}(?:[^\W\d_]\.\s?){{1,8}}+(?<!\s)(?=[^\W\d_]{{2}}){ended}"
    spaced = rf"{STARTS}[^\W\d_]\.(?:\s?[^\W\d_]\.){{0,7}}+(?=\s[\"“‘'(]?[^\W_]){ended}"
    yield f"{joined}|{spaced}", lambda found: _initials(found, table.one_letter_words)


def _shouted_name(table: Table) -> Say:
    """A short name in capitals, which an engine would spell: "MR. KIM"."""

    def say(found: re.Match[str]) -> str | None:
        title, name = found.groups()
        return f"{table.words[title]} {name.capitalize()}" if name.isupper() and name not in table.spelled else None

    return say


def _spaced(sign: str) -> str:
    return r"\s?" if sign == " " else re.escape(sign)


def _initials(found: re.Match[str], words: str) -> str | None:
    """Without the last full stop, which is none before a capital letter: "U.S Senate", "John F Kennedy"."""
    rest = found.string[found.end() : found.end() + 3]
    following = rest.lstrip("\"“‘'( \u00a0\u202f\n\t")[:1]
    letters = "".join(sign for sign in found.group() if sign.isalpha())
    if not (following.isupper() or following.isdigit()) or not (letters.isupper() or letters.lower() in ("am", "pm")):
        return None
    if letters in words:
        return None
    return ".".join(letters) + ("" if rest[:1].isspace() else " ")


class _Abbreviation:
    """What is said of an abbreviation, by what stands after it."""

    def __init__(self, table: Table) -> None:
        self._begins = frozenset(table.begins)
        self._tables = tuple(
            {_unspaced(key): words for key, words in of.items()}
            for of in (table.before_number, table.before_name, table.words)
        )
        self._spelled = frozenset(table.spelled)

    def __call__(self, found: re.Match[str]) -> str | None:
        key = _unspaced(found.group())
        rest = found.string[found.end() : found.end() + 40]
        following = rest.lstrip().lstrip("\"“‘'(«")
        if key in self._spelled:
            return None if in_capitals(found) else ".".join(key)
        begins = _WORD.match(following)
        new = bool(begins and begins[0] in self._begins)
        before_number, before_name, words = self._tables
        if key in before_number and following[:1].isdigit():
            return before_number[key]
        if key in before_name and following[:1].isupper() and not new and rest[:1].isspace():
            return before_name[key]
        if key not in words:
            return None
        ended = key.endswith(".") and (new or not _MORE.search(rest)) and not words[key].endswith(".")
        return words[key] + ("." if ended else "")


_WORD = re.compile(r"[^\W\d_]+")
_MORE = re.compile(r"\w|[,.;:!?…،؛。，]")


def _unspaced(text: str) -> str:
    return "".join(text.split())


def in_capitals(found: re.Match[str]) -> bool:
    """Whether both neighbours are in capitals too, so that it may be any word."""
    before = re.search(r"([^\W\d_]+)\W{1,3}$", found.string[max(0, found.start() - 40) : found.start()])
    after = re.match(r"\W{1,3}([^\W\d_]+)", found.string[found.end() : found.end() + 40])
    near = [one[1] for one in (before, after) if one]
    return bool(near) and all(len(word) > 1 and word.isupper() for word in near)
