"""Regular expressions for many words at once: linear in the text, however many words there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Letters of languages that put no space between words: Thai, Lao, Burmese, Khmer, kana and Han."""
_LETTER = rf"[^\W{_UNSPACED}]"
STARTS = rf"(?<!{_LETTER})"
"""Before it is no letter or digit that would belong to the same word."""
ENDS = rf"(?!{_LETTER})"
"""After it is none."""


def whole(expression: str, first: str, last: str) -> str:
    """The expression where it stands as a whole word, when it begins with the sign ``first`` and ends with ``last``."""
    return f"{STARTS if _joins(first) else ''}{expression}{ENDS if _joins(last) else ''}"


def _joins(sign: str) -> bool:
    return bool(re.match(_LETTER, sign))


def whole_words(words: Iterable[str], sign: Callable[[str], str] = re.escape, *, starts: bool = True) -> str:
    """The longest of the words where it stands whole; without ``starts`` its beginning is not looked at."""
    kinds: dict[str, list[str]] = {}
    for word in sorted(set(words)):
        kinds.setdefault(whole("{}", word[0] if starts else "", word[-1]), []).append(word)
    return "|".join(form.replace("{}", f"(?:{any_of(kinds[form], sign)})") for form in sorted(kinds)) or "(?!)"


def any_of(words: Iterable[str], sign: Callable[[str], str] = re.escape) -> str:
    """An expression that matches the longest of the words that stands somewhere; ``sign`` gives that of one sign.

    Words with a common beginning share it, so that a place where none stands is left after a few steps.
    """
    return _branches(sorted(set(words)), 0, sign)


def _branches(words: list[str], at: int, sign: Callable[[str], str]) -> str:
    """``words`` are sorted and agree before ``at``."""
    ended = len(words[0]) == at
    groups: dict[str, list[str]] = {}
    for word in words[ended:]:
        groups.setdefault(word[at], []).append(word)
    found = "|".join(_branch(group, at, sign) for group in groups.values())
    if ended:
        return f"(?:{found})?" if found else ""
    return f"(?:{found})" if len(groups) > 1 else found


def _branch(words: list[str], at: int, sign: Callable[[str], str]) -> str:
    end = at + 1
    while len(words[0]) > end and words[0][: end + 1] == words[-1][: end + 1]:
        end += 1
    return "".join(map(sign, words[0][at:end])) + _branches(words, end, sign)


_KEPT = 100_000
"""Tokens that are remembered: a year of briefings has 70,000."""
_LONG = 40
"""Code points of a token that is not worth remembering."""
_TOKEN = re.compile(r"\S+")


class Gate:
    """Where in texts something may begin that is worth a closer look.

    Texts say the same tokens again and again, so those in which nothing begins are remembered: of a year of briefings
    nearly all tokens cost one look into a set.
    """

    def __init__(self, begins: str) -> None:
        """``begins`` is the expression of what may begin, judged by its own token and the sign before it alone."""
        self._begins = re.compile(f"(?={begins})")
        self._cold: set[str] = set()

    def spots(self, text: str) -> Iterator[int]:
        """The places, in order."""
        warm = [token for token in text.split() if token not in self._cold]
        if sum(map(self._warm, warm)):  # all are judged, so that the others are remembered
            for token in _TOKEN.finditer(text):
                if token.group() not in self._cold:
                    for found in self._begins.finditer(text, *token.span()):
                        yield found.start()

    def _warm(self, token: str) -> bool:
        if len(token) > _LONG or self._begins.search(token):
            return True
        if len(self._cold) >= _KEPT:
            self._cold.clear()
        self._cold.add(token)
        return False


def first_pieces(words: Iterable[str], sign: Callable[[str], str] = re.escape) -> str:
    """The expression of what a token holds where one of the words may begin; for :class:`Gate`."""
    pieces = sorted({word.split()[0] for word in words})
    kinds: dict[str, list[str]] = {}
    for piece in pieces:
        kinds.setdefault(whole("{}", piece[0], ""), []).append(piece)
    return "|".join(form.replace("{}", any_of(kinds[form], sign)) for form in sorted(kinds)) or "(?!)"
