"""Numbers in what is printed: amounts, ranges, units, ordinals, Roman numbers, as a reader says them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from publish.forms import Plurals, Rule, Say, Table, in_capitals
from publish.languages import babel_locale
from publish.matching import ENDS, STARTS, any_of, whole, whole_words

# --- Ordinal and Roman numbers ----------------------------------------------------------------------------------------

_VALUES = {"I": 1, "V": 5, "X": 10}
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_NUMERAL = "[0-9]{1,4}|[IVX]{1,8}"


def _value(numeral: str) -> int:
    """Of a number in digits or in Roman numerals below forty; 0: it is none."""
    if "Ⅰ" <= numeral <= "Ⅻ":
        return ord(numeral) - ord("Ⅰ") + 1
    if numeral[0] not in _VALUES:
        return int(numeral)
    if not _ROMAN.fullmatch(numeral):
        return 0
    values = [_VALUES[letter] for letter in numeral]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


def _ordinal(table: Table, form: str, value: int) -> str | None:
    words = table.ordinals.get(form, ())
    if table.compose:
        tens, units = divmod(value % 100, 10)
        if value > 100 and value % 100:  # noqa: PLR2004  # hundreds are cardinal
            return f"{value - value % 100} {_ordinal(table, form, value % 100)}"
        if value > 20:  # noqa: PLR2004  # to which the list goes by ones
            return (f"{tens * 10} {words[units - 1]}" if units else words[tens + 17]) if value < 100 else None  # noqa: PLR2004
    return (words[value - 1] or None) if 0 < value <= len(words) else None


def ordinals(table: Table) -> Iterator[Rule]:
    """Numbers that are ordinals by a mark or by the words around them, and Roman ones."""
    for before, number, after, form, said in table.ordinal_phrases:
        behind = f"(?<={re.escape(before)})" if before else ""
        ends = whole("", "", after[-1])
        yield rf"{STARTS}{behind}({number})\s?{re.escape(after)}{ends}", _phrase(table, form, said)
    if table.ordinal_marks:
        marks = any_of(table.ordinal_marks)

        def marked(found: re.Match[str]) -> str | None:
            return _ordinal(table, table.ordinal_marks[found[2]], _value(found[1]))

        yield rf"(?<![\w.,:/$€£-])({_NUMERAL})({marks}){ENDS}", marked
    if table.roman or table.roman_after:
        yield rf"{STARTS}(?:{roman(table)}){ENDS}", _Roman(table)


def roman(table: Table) -> str:
    """The expression of a Roman number that may stand alone."""
    single = "" if "I" in table.begins else "I"
    return rf"[IVX]{{2,8}}|[VX{single}]|[Ⅰ-Ⅻ]"


def amounts(table: Table, language: str) -> Iterator[Rule]:
    """Numbers with what belongs to them."""
    amount = _Amount(table, language)
    yield amount.pattern, amount


def _phrase(table: Table, form: str, said: str) -> Say:
    def say(found: re.Match[str]) -> str | None:
        ordinal = _ordinal(table, form, _value(found[1]))
        return f"{ordinal} {said}" if ordinal else None

    return say


class _Roman:
    """What is said of a Roman number, by the word before it."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __call__(self, found: re.Match[str]) -> str | None:
        numeral = found.group()
        if in_capitals(found):
            return None
        value = _value(numeral)
        before = re.search(r"([^\W\d_]+)\s$", found.string[max(0, found.start() - 30) : found.start()])
        form = self._table.roman_after.get(before[1] if before else "", "")
        ordinal = _ordinal(self._table, form, value)
        cardinal = self._table.roman and value and (len(numeral) > 1 or numeral > "X")
        return ordinal or (str(value) if cardinal else None)


# --- Amounts ----------------------------------------------------------------------------------------------------------


class _Amount:
    """Numbers with what belongs to them: "$1.5 billion", "18–24", "5 km", "−3 %", "10 000"."""

    def __init__(self, table: Table, language: str) -> None:
        self._table = table
        locale = babel_locale(language)
        self._category: Callable[[float], str] = locale.plural_form if locale else lambda _: "other"
        sizes = {**table.scales, **table.short_scales}
        units = {**table.units, **({"%": Plurals(), "٪": Plurals()} if table.percent else {})}
        number = rf"(?:{table.number})"
        before = f"(?:({any_of(table.currencies)})\\s?)?" if table.currencies else "()"
        again = f"(?:{any_of(table.currencies)})?" if table.currencies else ""
        range_ = rf"(?:%?([-–—~～]){again}({number}){ENDS}(?!-|[.,:/][0-9]))?"
        self.pattern = (
            rf"{STARTS}(?<![.,:/\\-])(?<![0-9][–—])([-−](?=[^\s-]))?{before}({number})(?![.,:]?[0-9]){range_}"
            rf"(?:[\s-]?({whole_words(sizes, starts=False)}))?(?:[\s-]?({whole_words(units, starts=False)}))?"
        )

    def __call__(self, found: re.Match[str]) -> str | None:
        minus, sign, first, dash, last, size, unit = (part or "" for part in found.groups())
        noun = self._table.currencies.get(sign) or self._table.units.get(unit) or {}
        if size in self._table.short_scales and size not in self._table.scales and not noun:
            return None
        if minus and self._glued(found):
            return None
        said = self._number(first)
        if minus:
            said = self._joined([self._table.minus, said]) if self._table.minus else minus + said
        if last:
            if _telephone(first, last):
                return None
            to = self._joined(["", self._table.to, ""]) if self._table.to else dash
            said += (" " if first == last else to) + self._number(last)
        words = [said]
        if size:
            words.append(self._plural({**self._table.scales, **self._table.short_scales}[size], last or first))
        return self._with_noun(found, words, noun)

    def _with_noun(self, found: re.Match[str], words: list[str], noun: Plurals) -> str:
        _, sign, first, _, last, size, unit = (part or "" for part in found.groups())
        said = self._joined(words)
        rest = found.string[found.end() : found.end() + 12]
        if unit in ("%", "٪") and not noun:
            return self._table.percent.replace("{}", said)
        if not noun:
            return said
        if sign and re.match(r"-(?:dollar|euro|pound)", rest):
            return said
        if re.match(r"-\w", rest) or self._attribute(found):
            return self._joined([said, noun.get("one", noun["other"])])
        if size:
            return self._joined([said, noun.get("scaled", noun["other"])])
        whole_part, _, cents = first.partition(self._table.decimal)
        if sign and self._table.cents and len(cents) == 2 and not last:  # noqa: PLR2004  # cents have two digits
            money = [] if whole_part == "0" else [whole_part, self._plural(noun, whole_part)]
            small = [] if cents == "00" else [str(int(cents)), self._plural(self._table.cents, str(int(cents)))]
            return " ".join([*money, *([self._table.cents["and"]] if money and small else []), *small])
        return self._joined([said, self._plural(noun, last or first)])

    def _joined(self, words: list[str]) -> str:
        return ("" if self._table.myriads else " ").join(words)

    def _attribute(self, found: re.Match[str]) -> bool:
        before = re.search(r"([^\W\d_]+)\s$", found.string[max(0, found.start() - 8) : found.start()])
        return bool(before and before[1].lower() in self._table.articles)

    @staticmethod
    def _glued(found: re.Match[str]) -> bool:
        """Whether a sign is no minus, since something stands before it."""
        before = found.string[max(0, found.start() - 1) : found.start()]
        return bool(before) and not before.isspace() and before not in '(“"[«（：，'

    def _number(self, printed: str) -> str:
        """A number as the engine understands it."""
        table = self._table
        said: str = "".join(sign for sign in printed if sign not in table.group)
        if table.digit_signs and (said != printed or "٫" in said):
            said = said.translate({ord(sign): str(value) for value, sign in enumerate(table.digit_signs)})
            said = said.replace("٫", ".")
        digits = said.replace(",", "")
        if table.myriads and digits.isdigit() and digits[0] != "0" and _MYRIAD <= len(digits) <= _MYRIADS:
            return _myriads(digits, table.myriads)
        if table.point and "." in said:
            units, _, fraction = said.partition(".")
            return f"{units}{table.point}{' '.join(fraction)}"
        return said

    def _plural(self, forms: Plurals, number: str) -> str:
        signs = {ord(sign): str(value) for value, sign in enumerate(self._table.digit_signs)}
        whole_part, point, fraction = number.translate({**signs, ord("٫"): "."}).partition(self._table.decimal or ".")
        digits = "".join(sign for sign in whole_part if sign in "0123456789")[-9:] or "0"
        value = float(f"{digits}.{fraction[:6]}") if point and fraction[:6].isdigit() else int(digits)
        return forms.get(self._category(value), forms.get("other", ""))


_MYRIAD, _MYRIADS = 5, 12
"""Digits of the least and the greatest number that is said by ten thousands."""


def _myriads(digits: str, words: tuple[str, ...]) -> str:
    """123456789 as 1亿2345万6789; a group that begins with noughts keeps them."""
    groups = []
    while digits:
        groups.append(digits[-4:])
        digits = digits[:-4]
    said: list[str] = []
    for power in range(len(groups) - 1, -1, -1):
        group = groups[power]
        if group.strip("0"):
            plain = group.lstrip("0")
            said.append(("零" if said and group[0] == "0" else "") + plain + (words[power - 1] if power else ""))
    return "".join(said)


def _telephone(first: str, last: str) -> bool:
    return (len(first) == 3 and len(last) == 4) or last[0] == "0" or (first[0] == "0" and first.isdigit())  # noqa: PLR2004
