"""What can be seen to be wrong with a translation without understanding it.

Each check is made so that a good translation passes: a number may be written in words, a quotation in other marks of
the language, a sentence may be half or twice as long. What is found is a slip often enough to be worth a look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from publish import po
from publish.diagnostics import Diagnostic, Place
from publish.languages import same_language
from publish.messages import TagError, fault, has_tags, words
from publish.po import Entry
from publish.templates import LEAVE, original
from publish.writing import letters, script_name, scripts
from publish.written import Figure, figures, values_in_words, writing


class Pair(msgspec.Struct, frozen=True):
    """A message and its translation, in plain words: without tags, and with no sign escaped."""

    source: str
    target: str
    languages: tuple[str, str]
    """BCP 47, of both."""
    label: bool = False
    """It is a name, a title or a passage in a third language, which may stay as it is in any language and script."""


class Proof(msgspec.Struct, frozen=True):
    """What was found."""

    code: str
    """A key of :data:`publish.diagnostics.CODES`."""
    message: str
    at: int = 0
    """Index in the translation, as it is written, of where that is seen; 0 is its beginning, or nothing more exact."""
    near: str = ""
    """What is looked for to find that index."""

    def told(self, entry: Entry, file: str, text: str = "") -> Diagnostic:
        """The finding in a file; with the file's text, the line and column of the place in it."""
        if not text:
            return Diagnostic(self.code, self.message, Place(file, entry.line))
        line, column = po.position(text, entry, self.at)
        return Diagnostic(self.code, f"column {column}: {self.message}", Place(file, line))


_LABELS = re.compile(r"series/(?:title|publisher)|speaker/.*|[^/]*/(?:title|venue)")
"""Contexts of names and titles."""
_FOREIGN = re.compile(r'<f id="\d+">(?:(?!</f>).)*</f>', re.DOTALL)
"""A message that is nothing but a passage in another language."""


def reviewed(entries: Iterable[Entry], file: str, languages: tuple[str, str], text: str = "") -> Iterator[Diagnostic]:
    """What is found in a catalogue: in its translations that are used, and what is not to be left as it is.

    ``languages`` are those of the messages and of the translations; a message may say that it is in another. By
    ``text``, which is the file's, findings have a column.
    """
    for entry in entries:
        if entry.translated and entry.id and LEAVE not in entry.extracted:
            for proof in of_entry(entry, languages):
                yield proof.told(entry, file, text)


def of_entry(entry: Entry, languages: tuple[str, str]) -> Iterator[Proof]:
    """What is found in a message."""
    for text in entry.strings:
        tagged = has_tags(entry.id, entry.flags)
        if what := fault(entry.id, text) if tagged else None:
            yield of_tags(what)
            continue
        if not tagged:
            yield from _marks(entry.id, text)
        for proof in proofs(pair(entry, text, languages)):
            yield _found(proof, text)


def _found(proof: Proof, text: str) -> Proof:
    """With the place in the translation."""
    return msgspec.structs.replace(proof, at=max(0, text.find(proof.near))) if proof.near else proof


def of_tags(what: TagError) -> Proof:
    """That a translation has other tags than its message, in the words of whoever finds it."""
    told = f"the tags of this translation are not those of its message: {what}; the original is shown"
    return Proof("C003", told, at=what.at)


_MARK = re.compile(r"</?[A-Za-z][^<>]*>")


def _marks(source: str, target: str) -> Iterator[Proof]:
    """Tags in the translation of a message that has none."""
    for found in _MARK.finditer(target) if "<" in target else ():
        if found.group() not in source:
            shown = found.group() if len(found.group()) <= _SHOWN else f"{found.group()[:_SHOWN]}…"
            told = f"{shown} is no tag here, since its message has none, and is shown as it stands; remove it"
            yield Proof("C026", told, at=found.start())
            return


_SHOWN = 40
"""Signs of a tag that are shown."""


def pair(entry: Entry, text: str, languages: tuple[str, str]) -> Pair:
    """A message and one of its translations."""
    source = entry.id
    label = _LABELS.fullmatch(entry.context or "") is not None
    if has_tags(source, entry.flags):
        label = label or _FOREIGN.fullmatch(source.strip()) is not None
        source, text = words(source), words(text)
    return Pair(source, text, (original(entry) or languages[0], languages[1]), label)


def proofs(of: Pair) -> Iterator[Proof]:
    """All that is found."""
    yield from _grave(of)
    if _copied(of):
        if untranslated(of):
            yield Proof("C014", "the translation is its original, word for word; translate it, or empty it")
        return
    yield from _numbers(of)
    yield from _brackets(of)
    yield from _quotes(of)
    if not of.label:
        yield from _length(of)
        yield from _script(of)
    yield from _leftovers(of)


def spoiling(entry: Entry, language: str) -> Iterator[Proof]:
    """What could spoil a page; it costs next to nothing, so that every build looks for it."""
    text = entry.strings[0]
    if "<" in text and not has_tags(entry.id, entry.flags):
        yield from _marks(entry.id, text)
    for proof in _grave(Pair(entry.id, text, ("", language))):
        yield _found(proof, text)


def _grave(of: Pair) -> Iterator[Proof]:
    if "{" in of.source or "{" in of.target or "%(" in of.source:
        yield from _placeholders(of)
    if not of.target.isascii():
        yield from _turning(of)
    if not (of.target.isascii() and of.target.isprintable()):
        yield from _left(of)


# --- Placeholders, directions, leftovers ------------------------------------------------------------------------------

_PLACEHOLDER = re.compile(r"\{[A-Za-z_]\w*\}|%\([A-Za-z_]\w*\)[sd]")


def _placeholders(of: Pair) -> Iterator[Proof]:
    wanted, found = (Counter(_PLACEHOLDER.findall(text)) for text in (of.source, of.target))
    for name in sorted(wanted - found):
        yield Proof("C010", f"{name} is missing; it stands for a value, and is kept as it is")
    for name in sorted(found - wanted):
        yield Proof("C010", f"{name} is not in the message, or there once too often; remove it", near=name)


_OPENS = "\u202a\u202b\u202d\u202e"
_ISOLATES = "\u2066\u2067\u2068"
_TURNS = re.compile(f"[{_OPENS}{_ISOLATES}\u202c\u2069]")


def _turning(of: Pair) -> Iterator[Proof]:
    """Signs that turn the direction of text, and are not taken back (UAX #9, X1 to X8)."""
    if _turned(of.target) and not _turned(of.source):
        sign = next(sign for sign in of.target if sign in f"{_OPENS}{_ISOLATES}\u202c\u2069")
        message = f"the invisible sign U+{ord(sign):04X} turns the direction of text, and has no counterpart"
        yield Proof("C018", f"{message}; remove it, since the page sets directions itself", near=sign)


def _turned(text: str) -> bool:
    stack: list[str] = []
    for sign in _TURNS.findall(text):
        if sign in _OPENS:
            stack.append("\u202c")
        elif sign in _ISOLATES:
            stack.append("\u2069")
        elif not stack or stack.pop() != sign:
            return True
    return bool(stack)


_HIDDEN = re.compile("[\u00ad\u200b\u2060\ufeff\ufffc\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def _leftovers(of: Pair) -> Iterator[Proof]:
    if of.target != of.target.strip() and of.source == of.source.strip():
        yield Proof("C019", "there is white space at its beginning or end; remove it")
    if "\n" in of.target.strip() and "\n" not in of.source:
        yield Proof("C019", "there is a line break inside; a message is one paragraph, so write a space", near="\n")


def _left(of: Pair) -> Iterator[Proof]:
    """Signs that no page shows, or breaks its lines at."""
    if (found := _HIDDEN.search(of.target)) and found.group() not in of.source:
        what = f"there is a sign U+{ord(found.group()):04X}, left over from another program"
        yield Proof("C019", f"{what}; remove it", near=found.group())


# --- Numbers ----------------------------------------------------------------------------------------------------------

_SPELLED = frozenset(map(Decimal, (*range(21), *range(30, 101, 10), *(10**power for power in range(2, 13)))))
"""Numbers that are often written in words."""
_HALF_DAY = 12
_CENTURY = range(1000, 3000)
_MONTHS = 12


def _numbers(of: Pair) -> Iterator[Proof]:
    """Numbers of the message that the translation does not have, in digits or, where that is usual, in words."""
    wanted = figures(of.source, of.languages[0])
    if not wanted:
        return
    found = figures(of.target, of.languages[1])
    said = frozenset(values_in_words(of.target))
    left = [figure for figure in wanted if not _has(figure, found, said)]
    if not left:
        return
    new = [figure for figure in found if not _has(figure, wanted, frozenset(values_in_words(of.source)))]
    exchanged = len(left) == len(new) == 1 and len(wanted) == len(found) and not _hour(left[0], new[0])
    for figure in left:
        if exchanged or not (figure.values and min(figure.values) in _SPELLED):
            there = f"has {_read(new[0])}" if exchanged else "has it not"
            what = f"the message has the number {figure.printed}, the translation {there}"
            yield Proof("C011", f"{what}; write it as {of.languages[1]} does, or in words")


def _read(figure: Figure) -> str:
    """As it is printed, with what it means where that is not what it looks like."""
    value = min(figure.values, default=None)
    bare = figure.printed.replace(",", "").replace(".", "")
    odd = value is not None and bare.isdigit() and bare != figure.printed and value != int(bare)
    return f"{figure.printed}, which reads as {value:f} there" if odd else figure.printed


def _has(figure: Figure, others: list[Figure], said: frozenset[Decimal]) -> bool:
    values = frozenset[Decimal]().union(*(other.values for other in others)) | said
    same = not figure.values and any(figure.printed == other.printed for other in others)
    if same or figure.values & values:
        return True
    single = values | {Decimal(part) for other in others for part in other.parts}
    if len(figure.parts) > 1:  # a date, a time: its parts may stand apart, and small ones be words
        return all(Decimal(part) in single or part <= _MONTHS for part in figure.parts)
    return any(value in single or (value in _CENTURY and value % 100 in single) for value in figure.values)


def _hour(one: Figure, other: Figure) -> bool:
    """Whether two numbers may be one hour, by a clock of twelve hours and one of twenty-four."""
    return any(abs(first - second) == _HALF_DAY for first in one.values for second in other.values)


# --- Brackets and quotes ----------------------------------------------------------------------------------------------

_BRACKETS = ("()", "（）", "[]", "［］", "{}", "【】", "〔〕", "〈〉", "《》")
_ALIKE = ((0, 4), (4, 5), (5, 9))
"""Which of them stand for each other: a full-width bracket often closes what a narrow one has opened."""
_ENUMERATED = re.compile(r"(?:^|[\s;,:])(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[)）]")
"""``a)``, ``1)``: a bracket that closes what none has opened."""


def _brackets(of: Pair) -> Iterator[Proof]:
    if any(of.source.count(pair[0]) != of.source.count(pair[1]) for pair in _BRACKETS):
        return
    for begin, end in _ALIKE:
        opened, closed = (sum(of.target.count(pair[side]) for pair in _BRACKETS[begin:end]) for side in (0, 1))
        if opened > closed or closed > opened + len(_ENUMERATED.findall(of.target)):
            sign = _BRACKETS[begin][opened > closed]
            yield Proof("C012", f"{opened} brackets open and {closed} close; look for the {sign} that is missing")


_MARKS = ("«»", "“”", "‹›", "「」", "『』")
_ANY = re.compile("[«»“”„‟\"״‹›「」『』《》〈〉＂]|(?<!\\w)['‘‚]|['’](?!\\w)")
"""Anything that may be a quotation mark; an apostrophe may, at the end of a word."""


def _quotes(of: Pair) -> Iterator[Proof]:
    known = writing(of.languages[1]).quotes
    if not known or not _ANY.search(of.target):
        if known and any(_weight(found[1], "") >= _QUOTED_WORDS for found in _QUOTATION.finditer(of.source)):
            yield Proof("C013", "the message has a quotation, the translation no quotation marks; put them in")
        return
    own = set("".join(known))
    foreign = sorted({sign for pair in _MARKS for sign in pair if sign in of.target} - own)
    if foreign:
        best = known[0]
        what = f"{foreign[0]} is no quotation mark of {of.languages[1]}"
        yield Proof("C013", f"{what}; write {best[0]}…{best[1]}", near=foreign[0])
    for marks in (pair for pair in known if pair in _MARKS):
        if of.target.count(marks[0]) != of.target.count(marks[1]) and _balanced(of.source):
            told = f"{marks[0]} and {marks[1]} are not there equally often"
            yield Proof("C013", f"{told}; a quotation begins or ends nowhere")


_QUOTATION = re.compile('[“«„「"]([^“”«»„「」"]{1,300})[”»“」"]')
_QUOTED_WORDS = 60
"""Letters, of English, of what is certainly a quotation; around less, another language may do without the marks."""


def _balanced(text: str) -> bool:
    return all(text.count(pair[0]) == text.count(pair[1]) for pair in _MARKS[:2]) and text.count('"') % 2 == 0


# --- Words ------------------------------------------------------------------------------------------------------------

_COPIED_WORDS = 4
_COPIED_SIGNS = 6
"""Of a writing without capital letters and spaces."""


def _copied(of: Pair) -> bool:
    return of.source.split() == of.target.split()


def untranslated(of: Pair) -> bool:
    """Whether it is a copy with words that are no names, as far as that can be seen."""
    if of.label or not _copied(of) or same_language(*of.languages):
        return False
    plain = [word for word in re.findall(r"[^\W\d_]+", _outside(of.source)) if word.islower() and len(word) > 1]
    caseless = sum(sign.isalpha() and sign.lower() == sign.upper() for sign in _outside(of.source))
    return len(plain) >= _COPIED_WORDS or caseless >= _COPIED_SIGNS


_SHORT = 40
"""Letters, of English, under which a translation may be of any length within reason."""
_TIMES = 2.2
"""How many times as long, or as short, as usual a translation may be."""
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_LETTERS_A_SIGN = 3
"""How many letters of English a sign of a dense writing stands for."""


def _length(of: Pair) -> Iterator[Proof]:
    if not all(writing(tag).length for tag in of.languages):
        return
    source, target = _weight(of.source, of.languages[0]), _weight(of.target, of.languages[1])
    allowed = _TIMES + _SHORT / (min(source, target) + 1)
    if source >= _SHORT and target * allowed < source:
        share = max(1, round(100 * target / source))
        yield Proof("C015", f"the translation has {share} % of the length to be expected; is something missing?")
    elif target >= _SHORT and target > source * allowed:
        times = round(target / max(source, 1))
        yield Proof("C015", f"the translation is {times} times as long as is to be expected; is it that of another?")


def _weight(text: str, language: str) -> float:
    """The length of a text in letters of English; addresses have none."""
    words = "".join(_outside(text).split())
    dense = len(_DENSE.findall(words))
    usual = writing(language).length
    return dense * _LETTERS_A_SIGN + (len(words) - dense) / (usual if usual > _DENSITY else 1)


_DENSITY = 0.6


_FEW_LETTERS = 8
_LOOK_ALIKE = frozenset({"Latn", "Cyrl", "Grek"})


def _script(of: Pair) -> Iterator[Proof]:
    wanted = scripts(of.languages[1])
    if not wanted:
        return
    there = letters(of.target)
    if there.keys() <= wanted and len(there.keys() & _LOOK_ALIKE) < 2:  # noqa: PLR2004  # nothing can be mixed
        return
    known = set(re.findall(r"[^\W\d_]+", of.source))
    rest = re.sub(r"[^\W\d_]+", lambda found: " " if found.group() in known else found.group(), of.target)
    found = letters(_outside(rest))
    strange = Counter({script: count for script, count in found.items() if script not in wanted})
    right = there.total() - strange.total()
    if strange.total() >= _FEW_LETTERS and strange.total() > right:
        script = strange.most_common(1)[0][0]
        what = f"most of it is in {script_name(script)} letters"
        yield Proof("C017", f"{what}, which {of.languages[1]} is not written in; was it put into the wrong file?")
        return
    for word in re.findall(r"[^\W\d_]+", rest):
        if len(word) > 1 and not word.isascii() and len(kinds := letters(word).keys() & _LOOK_ALIKE) > 1:
            names = " and ".join(script_name(kind) for kind in sorted(kinds))
            yield Proof("C017", f"the word {word!r} has {names} letters that look alike; type it anew", near=word)


def _outside(text: str) -> str:
    """Without addresses and code."""
    return re.sub(r"<?https?://[^\s<>()]+|`[^`]*`", " ", text)
