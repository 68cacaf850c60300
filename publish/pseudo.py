"""Editions in no language, to see what they do to a page: ``en-XA`` and ``ar-XB``, the tags that CLDR has for them.

``en-XA`` is English, lengthened, with accents, and in brackets: what is without them is in no catalogue, and where a
closing one is missing something was cut off. ``ar-XB`` is English from right to left. Only words are changed: no tag,
no placeholder, no address. They are made when ``--language`` asks for them, and stand nowhere in ``locales/``.
"""

from __future__ import annotations

import re

from publish.po import Entry

ACCENTED, TURNED = "en-XA", "ar-XB"
TAGS = (ACCENTED, TURNED)
OPEN, CLOSE = "⟦", "⟧"
_GROWTH = 0.35
"""How much longer than English a translation may well be."""
_LETTERS = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "ÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽåƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž",
)
_KEPT = re.compile(
    r"</?[a-z]+(?: +id=\"\d+\")? */?>|&(?:[a-z]+|#\d+);|\{[A-Za-z_]\w*\}|%\([A-Za-z_]\w*\)[sd]|https?://\S+|\S+@\S+\.\S+"
)
"""What is no words."""
_VOWELS = "aeiouåéîöû"
_OVERRIDE, _POP = "\u202e", "\u202c"


def is_pseudo(language: str) -> bool:
    """Whether a canonical tag is that of an edition in no language."""
    return language in TAGS


def changed(text: str, language: str) -> str:
    """The text as the edition has it; what is no words stays as it is."""
    if not any(sign.isalnum() for sign in text):
        return text
    said = "".join(_outside(text, language))
    return said if language == TURNED else f"{OPEN}{said}{CLOSE}"


def _outside(text: str, language: str) -> list[str]:
    parts, at = [], 0
    for found in _KEPT.finditer(text):
        parts += [_words(text[at : found.start()], language), found.group()]
        at = found.end()
    return [*parts, _words(text[at:], language)]


def _words(text: str, language: str) -> str:
    if language == TURNED:
        return re.sub(r"\w+(?:['’]\w+)*", lambda found: f"{_OVERRIDE}{found.group()}{_POP}", text)
    return _lengthened(text).translate(_LETTERS)


def _lengthened(text: str) -> str:
    """Every third letter or so twice, vowels first, so that words are longer and can still be read."""
    owed, parts = 0.0, []
    for sign in text:
        parts.append(sign)
        owed += _GROWTH if sign.isalpha() else 0
        if owed >= 1 and sign.casefold() in _VOWELS:
            doubled = int(owed)
            parts.append(sign.casefold() * doubled)
            owed -= doubled
    return "".join(parts)


def entry(of: Entry, language: str) -> Entry:
    """A message with its translation."""
    return Entry(id=of.id, context=of.context, strings=(changed(of.id, language),))
