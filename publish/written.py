"""How a language is written: its quotation marks, its numbers, how long its texts are beside those of another."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files

import msgspec

from publish.languages import babel_locale, chain


class Writing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A language's table in ``data/written.toml``; an empty one where nothing is known."""

    quotes: tuple[str, ...] = ()
    """Pairs of marks, outer ones first; empty: not known."""
    length: float = 0
    """Of a text beside its English one; 0: not known."""
    sizes: dict[str, int] = {}
    """Expressions of words behind a number, and their powers of ten."""
    both_points: bool = False
    """In some of its countries a point stands before fractions, in others a comma."""


@cache
def writing(tag: str) -> Writing:
    """What is known of a language."""
    tables = _tables()
    return next((tables[name] for name in chain(tag) if name in tables), Writing())


@cache
def _tables() -> dict[str, Writing]:
    data = files("publish").joinpath("data", "written.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(data), dict[str, Writing])


# --- Numbers ----------------------------------------------------------------------------------------------------------

_FIGURE = re.compile(
    r"\d{1,3}(?:[ \u00a0\u2009\u202f'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*", re.ASCII
)  # digits are those of ASCII by then
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_ADDRESS = re.compile(r"<?https?://\S+|\S+@\S+\.\S+|`[^`]*`")
_ROMAN = re.compile(r"\b[IVXLC]{1,8}\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_HAN = re.compile("[〇零一二三四五六七八九十百千万亿億萬两兩廿卅]+")
_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_LONGEST = 18
"""Digits of a figure that is a number; a longer one is compared as it is printed."""


class Figure(msgspec.Struct, frozen=True):
    """A number in digits, and what it may mean."""

    printed: str
    values: frozenset[Decimal]
    parts: tuple[int, ...] = ()
    """Of a date, a time or a version: the numbers between the points."""


def figures(text: str, language: str) -> list[Figure]:
    """The numbers in digits of any script, by the language's own writing, in order; those of addresses are left out."""
    plain = _ascii_digits(_ADDRESS.sub(" ", text))
    sizes = _sizes(language)
    return [_figure(found, plain, language, sizes) for found in _FIGURE.finditer(plain)]


def values_in_words(text: str) -> Iterator[Decimal]:
    """Numbers that are written in Roman or Chinese numerals."""
    for found in _ROMAN.finditer(text):
        digits = [_ROMAN_VALUES[letter] for letter in found.group()]
        yield Decimal(sum(-one if one < after else one for one, after in zip(digits, [*digits[1:], 0], strict=True)))
    for found in _HAN.finditer(text):
        yield from _han(found.group())


def _han(numeral: str) -> Iterator[Decimal]:
    """九 as 9, 二十九 as 29, 二〇一五 as 2015."""
    if all(sign in _HAN_DIGITS for sign in numeral):
        yield Decimal("".join(str(_HAN_DIGITS[sign]) for sign in numeral[:_LONGEST]))
        return
    total = section = digit = 0
    for sign in numeral.replace("廿", "二十").replace("卅", "三十"):
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
        elif (power := _HAN_POWERS[sign]) < 10**4:
            section += (digit or 1) * power
            digit = 0
        else:
            total = (total + section + digit) * power if power == 10**8 else total + (section + digit) * power
            section = digit = 0
    yield Decimal(total + section + digit)


def _ascii_digits(text: str) -> str:
    """Digits of any script as those of ASCII, and the Arabic signs beside them."""
    if text.isascii():
        return text
    text = text.replace("٫", ".").replace("٬", "\u00a0")
    return _OTHER_DIGIT.sub(lambda found: str(unicodedata.decimal(found.group())), text)


@cache
def _sizes(language: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    """The longest first, so that "mil millones" is not taken for "mil"."""
    table = sorted(writing(language).sizes.items(), key=lambda item: (-item[1], item[0]))
    return tuple((re.compile(rf"[ \u00a0\u202f-]?(?:{pattern})", re.IGNORECASE), power) for pattern, power in table)


def _figure(found: re.Match[str], text: str, language: str, sizes: tuple[tuple[re.Pattern[str], int], ...]) -> Figure:
    printed = found.group()
    if len(printed) > _LONGEST:
        return Figure(printed, frozenset())
    values = set(_readings(printed, language))
    power = next((power for pattern, power in sizes if pattern.match(text, found.end())), 0)
    values |= {value * 10**power for value in values}
    grouped = re.search("[.,]", printed) is None or _GROUPED.fullmatch(printed) is not None
    parts = () if grouped else tuple(int(part) for part in re.findall(r"\d+", printed))
    return Figure(printed, frozenset(values), parts)


def _readings(printed: str, language: str) -> Iterator[Decimal]:
    """What a figure can mean: a sign before three digits groups them or begins a fraction, as the language has it."""
    bare = re.sub(r"[^\d.,]", "", printed)
    signs = re.findall("[.,]", bare)
    if not signs:
        yield Decimal(bare)
        return
    last = signs[-1]
    grouped = re.fullmatch(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}", bare) is not None
    alike = len(set(signs)) == 1
    if grouped and alike and (len(signs) > 1 or _groups(last, language)):
        yield Decimal(re.sub("[.,]", "", bare))
    if (not alike and signs.count(last) == 1) or (len(signs) == 1 and not (grouped and _sure(last, language))):
        whole, _, fraction = bare.rpartition(last)
        yield Decimal(f"{re.sub('[.,]', '', whole)}.{fraction}")


@cache
def _decimal(language: str) -> str:
    from babel.numbers import get_decimal_symbol  # noqa: PLC0415  # Babel takes 30 ms to import

    locale = babel_locale(language)
    sign = get_decimal_symbol(locale) if locale else "."
    return "" if writing(language).both_points else "." if sign == "٫" else sign


def _groups(sign: str, language: str) -> bool:
    """Whether a sign may stand between thousands."""
    return sign != _decimal(language)


def _sure(sign: str, language: str) -> bool:
    """Whether a sign before three digits is certainly no decimal one."""
    return _decimal(language) not in ("", sign)
