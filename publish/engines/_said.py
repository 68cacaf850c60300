"""What an engine built on espeak-ng is given for a text, and where each sign of it stands in the text.

Signs are made harmless, vowels are added to Arabic, stretches become phonemes; so that a mark on what is said can still
be put on the text, every sign that is said carries the place of what it stands for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import cast

import msgspec

from publish.spoken import Mark, Phonemes, Unspeakable


class Sign(msgspec.Struct, frozen=True, array_like=True):
    """One code point that is said."""

    sign: str
    start: int
    """Where what it stands for begins in the text."""
    end: int
    """Where that ends."""


Signs = tuple[Sign, ...]


def written(signs: Signs) -> str:
    """The signs as a string."""
    return "".join(sign.sign for sign in signs)


def mark(signs: Signs, position: int, length: int, sample: int) -> Mark:
    """A mark on the text from one on the signs that were said."""
    first = signs[min(max(0, position), len(signs) - 1)]
    last = signs[min(max(0, position + length - 1), len(signs) - 1)]
    return Mark(first.start, max(1, last.end - first.start), sample)


def signs(text: str, pointed: str = "") -> Signs:
    """The signs of a text that are said, harmless; ``pointed`` is the text with vowel signs added to it."""
    if not pointed:
        return tuple(map(Sign, harmless(text), range(len(text)), range(1, len(text) + 1)))
    at = -1
    places = []
    for sign in pointed:
        found = text.find(sign, at + 1)
        if found == at + 1 or (found >= 0 and not _HARAKAT.match(sign)):
            at = found
        places.append(max(0, at))
    return tuple(Sign(sign, at, at + 1) for sign, at in zip(harmless(pointed), places, strict=True))


def harmless(text: str) -> str:
    """The text as espeak-ng survives it, of the same length.

    Chains such as "a.a.a." corrupt its stack from about 150 links on, a NUL would end the text, and half a pair of
    surrogates cannot be encoded.
    """
    text = re.sub(r"(?:[^\W\d_]\.){12,}", lambda found: found.group().replace(".", " "), text)
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in text)


def with_phonemes(plain: Signs, spoken: Iterable[tuple[Phonemes, str]]) -> Signs:
    """The signs with what each stretch is said as in its place, and no other bracket that could begin a command."""
    made: list[Sign] = []
    rest = [msgspec.structs.replace(sign, sign="(") if sign.sign == "[" else sign for sign in plain]
    for stretch, command in spoken:
        end = stretch.position + stretch.length
        made += (sign for sign in rest if sign.start < stretch.position)
        made += (Sign(sign, stretch.position, end) for sign in command)
        rest = [sign for sign in rest if sign.start >= end]
    return (*made, *rest)


# --- Arabic -----------------------------------------------------------------------------------------------------------

_ARABIC, _HARAKAT = re.compile(r"[\u0621-\u064a]"), re.compile(r"[\u064b-\u0652]")
_POINTED = 0.25
"""Share of a text's letters that bear a vowel sign when its vowels are written out."""


def with_vowels(text: str) -> str:
    """Arabic with its vowels written out.

    Raises:
        Unspeakable: They are not, and what adds them is not installed.
    """
    if len(_HARAKAT.findall(text)) >= _POINTED * len(_ARABIC.findall(text)):
        return text
    add = vowels()
    if add is None:
        raise Unspeakable(
            "Arabic is written without its vowels, which espeak-ng does not add; "
            'install what adds them: pip install "publish[arabic]"'
        )
    return add(text)


@cache
def vowels() -> Callable[[str], str] | None:
    """What adds the vowels to Arabic; None when it is not installed."""
    try:
        from piper.tashkeel import TashkeelDiacritizer  # noqa: PLC0415  # an extra, and half a second
    except ImportError:
        return None
    return cast("Callable[[str], str]", TashkeelDiacritizer())


def vowels_version() -> str:
    """Of what adds the vowels; empty when it is not installed."""
    from importlib.metadata import PackageNotFoundError  # noqa: PLC0415  # a process that only speaks needs none of it
    from importlib.metadata import version as installed  # noqa: PLC0415  # as above

    try:
        return installed("piper-tts")
    except PackageNotFoundError:
        return ""
