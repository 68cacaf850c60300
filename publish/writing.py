"""Which script the letters of a text are of, and which one a language is written in (ISO 15924, Unicode, CLDR)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from typing import Final

_SCRIPTS: Final = {
    "ARABIC": "Arab", "ARMENIAN": "Armn", "BENGALI": "Beng", "BOPOMOFO": "Bopo", "CJK": "Hani", "CYRILLIC": "Cyrl",
    "DEVANAGARI": "Deva", "ETHIOPIC": "Ethi", "GEORGIAN": "Geor", "GREEK": "Grek", "GUJARATI": "Gujr",
    "GURMUKHI": "Guru", "HANGUL": "Hang", "HEBREW": "Hebr", "HIRAGANA": "Kana", "KANNADA": "Knda", "KATAKANA": "Kana",
    "KHMER": "Khmr", "LAO": "Laoo", "LATIN": "Latn", "MALAYALAM": "Mlym", "MYANMAR": "Mymr", "SINHALA": "Sinh",
    "TAMIL": "Taml", "TELUGU": "Telu", "THAI": "Thai", "TIBETAN": "Tibt",
}  # fmt: skip
"""By the first word of a letter's name in Unicode; both Japanese syllabaries are one here."""
_NAMES: Final = {code: name.capitalize() for name, code in _SCRIPTS.items()} | {"Hani": "Chinese", "Kana": "Japanese"}
_MIXED: Final = {"Hans": {"Hani"}, "Hant": {"Hani", "Bopo"}, "Jpan": {"Hani", "Kana"}, "Kore": {"Hang", "Hani"}}
"""Scripts that others are parts of."""
_SEVERAL: Final = frozenset([
    "az", "bm", "bs", "cnr", "crh", "ff", "ha", "kk", "kok", "ks", "ku", "ky", "mn", "ms", "pa", "rom", "sat",
    "sd", "sh", "so", "sr", "tg", "tk", "tt", "ug", "uz", "yue", "mul", "und", "zxx",
])  # fmt: skip
"""Languages that are written in one script here and in another there, and what is no language."""


def letters(text: str) -> Counter[str]:
    """How many letters of each script there are."""
    found: Counter[str] = Counter()
    for char, count in Counter(text).items():
        if script := _script(char):
            found[script] += count
    return found


@cache
def _script(char: str) -> str:
    """Empty for what is no letter, and for scripts that are not known here."""
    name = unicodedata.name(char, "") if char.isalpha() else ""
    return _SCRIPTS.get(name.partition(" ")[0], "")


def script_name(code: str) -> str:
    """As an English text has it."""
    return _NAMES[code]


@cache
def scripts(tag: str) -> frozenset[str]:
    """Scripts that a canonical tag's language is written in; empty: nobody knows, or it may be one or another."""
    from langcodes import Language  # noqa: PLC0415  # its data takes 60 ms to read

    language = Language.get(tag)
    if language.script is None and (language.language or "und") in _SEVERAL:
        return frozenset()
    script = language.maximize().script or ""
    return frozenset(_MIXED.get(script, {script} & set(_SCRIPTS.values())))
