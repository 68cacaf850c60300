"""What is said of what is printed.

Printed text is not spoken text: engines read "$1.5 billion" as "dollar one point five billion", pause after "Rep.", and
spell addresses. What they say well is left to them; the rest is replaced by words, from the lexicon and from a small
table a language, ``data/said/<tag>.toml``. Nothing that comes of it is a command to an engine, and where a word in it
was printed is known.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.resources import files

import msgspec

from publish.audio import Phonemes
from publish.forms import DOMAINS, Rule, Table, abbreviations, links, patterns, signs
from publish.languages import chain
from publish.lexicon import Finder, Lexicon
from publish.matching import ENDS, STARTS, Gate, any_of, first_pieces
from publish.numerals import amounts, ordinals, roman


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of the printed text, and what is said in its place."""

    position: int
    """Of its first code point in what is said."""
    length: int
    """Of what is said, in code points; 0: nothing is."""
    printed: int
    """Of its first code point in the printed text."""
    printed_length: int
    """In code points; at least 1."""


class Said(msgspec.Struct, frozen=True, dict=True):
    """What is said of a printed text."""

    text: str
    """What the engine is given."""
    phonemes: tuple[Phonemes, ...] = ()
    """Stretches of the text that are said by IPA; they have their printed letters."""
    edits: tuple[Edit, ...] = ()
    """Where it differs from what is printed, in order."""

    def printed(self, position: int) -> int:
        """The place in the printed text that belongs to one in the text; a form that was replaced is its beginning."""
        number = bisect_right(self._positions, position) - 1
        if number < 0:
            return position
        edit = self.edits[number]
        beyond = position - edit.position - edit.length
        return edit.printed if beyond < 0 else edit.printed + edit.printed_length + beyond

    def span(self, position: int, length: int) -> tuple[int, int]:
        """Begin and end of the printed text that is said by a stretch of the text; forms are taken as a whole."""
        last = position + max(length, 1) - 1
        begin, end = self.printed(position), self.printed(last) + 1
        number = bisect_right(self._positions, last) - 1
        if number >= 0 and last < self.edits[number].position + self.edits[number].length:
            end = self.edits[number].printed + self.edits[number].printed_length
        return begin, end

    @cached_property
    def _positions(self) -> tuple[int, ...]:
        return tuple(edit.position for edit in self.edits)


def said(printed: str, language: str, lexicon: Lexicon) -> Said:
    """What is said of a text in ``language`` (BCP 47); of languages that have no table only the lexicon's words change.

    A word of the lexicon comes before a form that begins where it does.
    """
    parts: list[str] = []
    phonemes: list[Phonemes] = []
    edits: list[Edit] = []
    at = length = 0
    for begin, end, words, ipa in _changes(printed, rules(language), lexicon.finder(language)):
        length += begin - at
        if ipa:
            phonemes.append(Phonemes(length, len(words), ipa))
        else:
            edits.append(Edit(length, len(words), begin, end - begin))
        parts += (printed[at:begin], words)
        length += len(words)
        at = end
    if not parts:
        return Said(printed)
    return Said("".join((*parts, printed[at:])), tuple(phonemes), tuple(edits))


_Change = tuple[int, int, str, str]
"""Begin and end in the printed text, what is said, and its IPA, if any."""


def _changes(text: str, forms: Rules | None, finder: Finder | None) -> Iterator[_Change]:
    """What is replaced, in order; of two that overlap the one that begins first, and the lexicon's of two at once."""
    changes = forms.changes(text) if forms else iter(())
    words = finder.words(text) if finder else iter(())
    form, word = next(changes, None), next(words, None)
    at = 0
    while form or word:
        if word and (not form or word[0] <= form[0]):
            begin, at, of = word
            yield begin, at, of.alias or text[begin:at], of.ipa
        elif form:
            yield *form, ""
            at = form[1]
        while form and form[0] < at:
            form = next(changes, None)
        while word and word[0] < at:
            word = next(words, None)


# --- The rules of a language ------------------------------------------------------------------------------------------


class Rules:
    """A language's rules, ready to be applied."""

    def __init__(self, table: Table, language: str) -> None:
        """Compile them all as one; each alone when it is met."""
        self._rules = list(_rules(table, language))
        branches = (f"(?P<r{number}>{pattern})" for number, (pattern, _) in enumerate(self._rules))
        self._any = re.compile("|".join(branches))
        self._gate = Gate(_begins(table))

    def changes(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The forms that are said otherwise, in order: begin, end, and what is said in their place."""
        at = 0
        for spot in self._gate.spots(text):
            if spot < at or not (found := self._any.match(text, spot)):
                continue
            pattern, say = self._rules[int((found.lastgroup or "r0")[1:])]
            own = re.compile(pattern).match(text, spot)  # kept by `re`: a text has few of them
            if own is None:
                continue
            words = say(own)
            if words is not None and words != own.group():
                at = own.end()
                yield spot, at, words
            elif own.group()[0].isdigit():
                at = own.end()  # a number is not looked at digit by digit


def _begins(table: Table) -> str:
    """What stands at the beginning of every form: see :class:`Gate`."""
    keys = {*table.words, *table.before_number, *table.before_name, *table.spelled, *table.currencies}
    name = r"(?<![\w.@/-])[\w-]+(?:\.[\w-]+)*"
    return "|".join((
        r"[^\w\s.,;:!?'’‘\"“”()…،؛؟。，、！？：；（）《》「」—–-]|[0-9٠-٩_¼-¾⅐-⅞]|['’(−-](?=[0-9$€£¥])",
        r"[—–-](?!\s|$)(?<!\w-(?=\w))|--",
        first_pieces(keys),
        rf"{STARTS}[^\W\d_]\.",
        rf"https?:|www\.|(?<![\w.@/-])[\w+-]+(?:\.[\w+-]+)*@|{name}\.(?:{DOMAINS})",
        *([rf"{STARTS}(?:{roman(table)}){ENDS}"] if table.roman or table.roman_after else []),
        *([rf"{STARTS}[IVX]{{1,8}}(?:{any_of(table.ordinal_marks)}){ENDS}"] if table.ordinal_marks else []),
    ))  # fmt: skip


@cache
def rules(language: str) -> Rules | None:
    """The rules of a language (BCP 47); None when it has no table."""
    for tag in chain(language):
        data = files("publish").joinpath("data", "said", f"{tag}.toml")
        if data.is_file():
            return Rules(msgspec.convert(tomllib.loads(data.read_text("utf-8")), Table), language)
    return None


def _rules(table: Table, language: str) -> Iterator[Rule]:
    """Of two rules that fit at a place the first is meant."""
    yield from links(table)
    yield from signs(table)
    yield from patterns(table)
    yield from abbreviations(table)
    yield from ordinals(table)
    yield from amounts(table, language)
