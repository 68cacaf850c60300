"""From the International Phonetic Alphabet to espeak-ng's own signs, as far as a voice has the sounds.

gruut-ipa knows a sign for each letter, but which of them a voice has differs from language to language, and a sign that
it has not ends the word. So the voice is asked, letter by letter and then for the whole, what it would say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

Heard = Callable[[str], str]
"""What a voice says of a text with ``[[ ]]``, in IPA."""

_NEAR = {
    "a": "a A: V",
    "æ": "a E",
    "ɐ": "V a# a @",
    "ɑ": "A: A a",
    "ɒ": "0 O o",
    "ʌ": "V a",
    "e": "e E",
    "ɛ": "E e",
    "ə": "@ a# E e",
    "ɚ": "3 @ E",
    "ɜ": "3: @ E W",
    "ɝ": "3: 3 @ E",
    "ɪ": "I i",
    "ɔ": "O O: o",
    "o": "o O o:",
    "œ": "W Y E e",
    "ø": "Y W E e",
    "ʊ": "U u",
    "y": "y i",
    "ʏ": "y I i",
    "r": "r R *",
    "ɹ": "r",
    "ɾ": "* t# R r",
    "ʁ": "r R",
    "θ": "T s",
    "ð": "D z",
    "ɱ": "m",
    "ħ": "h x",
    "ɸ": "f",
    "ʒ": "Z S",
    "ʕ": "?",
}
"""Signs to try for a letter when a voice has not the one that gruut-ipa knows, the best first."""
_TOKEN = re.compile(r"([ˈˌ])|\.|([^\W\d_])((?:[\u0300-\u036f]|[ːˑʰʲʷˠˤ])*)")
_STRESS = {"ˈ": "'", "ˌ": ","}


def spelled(ipa: str, heard: Heard) -> str:
    """IPA as a voice's signs in ``[[ ]]``, a pair a word; empty when the voice would leave out or add a sound."""
    words = [_word(word, heard) for word in unicodedata.normalize("NFD", ipa).split()]
    command = " ".join(f"[[{word}]]" for word in words)
    return command if all(words) and _sounds(heard(command)) == _sounds(ipa) > 0 else ""


def _word(word: str, heard: Heard) -> str:
    signs: list[str] = []
    at = 0
    for token in _TOKEN.finditer(word):
        if token.start() != at:
            return ""
        at = token.end()
        stress, letter, modifiers = token.groups()
        sign = _STRESS[stress] if stress else _sign(letter, modifiers, heard) if letter else ""
        if letter and not sign:
            return ""
        signs.append(sign)
    return "".join(signs) if at == len(word) else ""


def _sign(letter: str, modifiers: str, heard: Heard) -> str:
    """The sign that sounds like the letter, else the first that sounds at all."""
    able = []
    for sign in _candidates(letter, modifiers):
        said = _letters(heard(f"[[{sign}]]"))
        if said == [letter]:
            return sign
        if len(said) == 1:
            able.append(sign)
    return able[0] if able else ""


def _candidates(letter: str, modifiers: str) -> Iterator[str]:
    from gruut_ipa.espeak import ipa_to_espeak  # noqa: PLC0415  # few texts hold phonemes

    stems = [sign for sign in (ipa_to_espeak(letter), *_NEAR.get(letter, "").split()) if sign.isascii() and sign]
    suffix = ("~" if "\u0303" in modifiers else "") + (":" if "ː" in modifiers else "")
    yield from (stem.removesuffix(":") + suffix for stem in stems if suffix)
    yield from stems


def _letters(ipa: str) -> list[str]:
    """The letters that stand for sounds, without what modifies them."""
    decomposed = unicodedata.normalize("NFD", re.sub(r"\([^)]*\)", "", ipa))
    return [sign for sign in decomposed if unicodedata.category(sign) in {"Ll", "Lo"}]


def _sounds(ipa: str) -> int:
    return len(_letters(ipa))
