"""Whether a sound can be that of the words; and words in portions that an engine does not lose its way in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from publish.audio import Mark, Speech, Utterance

PORTION = 5_000
"""Characters that an engine is given at once."""
SHORT_PORTION = 100
"""The same, when it lost some: espeak-ng drops what is over 1,000 phonemes in a clause, which 14 long numbers have."""

_SENTENCE_END = re.compile(r"(?<=[.!?…؟۔।])[\"'”’»)\]]*\s+|[。！？]+")


def portions(text: str, size: int = PORTION) -> Iterator[tuple[int, str]]:
    """The text in portions of at most ``size`` characters, each with where it begins.

    It is cut after a sentence, else a word, else anywhere. White space at a cut belongs to no portion.
    """
    at, length = 0, len(text)
    while length - at > size:
        ends = [found.end() for found in _SENTENCE_END.finditer(text, at, at + size)]
        cut = ends[-1] if ends else text.rfind(" ", at + 1, at + size) + 1 or at + size
        if portion := text[at:cut].rstrip():
            yield at, portion
        at = cut + len(text[cut : cut + size]) - len(text[cut : cut + size].lstrip())
    if at < length:
        yield at, text[at:]


_FASTEST = 0.012
"""Seconds a Latin letter, at 175 words a minute; 0.05 is the least in 2,500 paragraphs of English."""
_SLOWEST = 0.3
"""Seconds a small Latin letter; the most is 0.13."""
_SLOWEST_SIGN = 2.5
"""Seconds any other sign, since some are said by their names: "grinning face with smiling eyes"."""


def doubt(utterance: Utterance, speech: Speech) -> str:
    """Why the sound cannot be the whole of the words, as a clause; empty when it can."""
    text, pace = utterance.text, 175 / utterance.words_per_minute
    seconds = len(speech.pcm) / 2 / speech.rate
    small = len(re.findall(r"[a-z]", text))
    letters = sum(sign.isalpha() for sign in text)
    signs = sum(not sign.isspace() for sign in text)
    if seconds < (small * _FASTEST + (letters - small) * _FASTEST / 10) * pace:
        return f"the sound is too short ({seconds:.1f} s for {letters} letters)"
    if seconds > 3 + (small * _SLOWEST + (signs - small) * _SLOWEST_SIGN) * pace:
        return f"the sound is too long ({seconds:.1f} s for {signs} signs)"
    if not speech.marks:
        return ""
    if lost := unsaid(text, speech.marks):
        return f"the words {lost[:60]!r} were not said"
    if max(mark.sample for mark in speech.marks) >= len(speech.pcm) // 2:
        return "the sound ends before its last word"
    return ""


_WORD = re.compile(r"[^\W_]+")
_WORDS_WITHOUT_MARK = 3
"""Words in a row that may be without a mark; espeak-ng says "of the" as one, and gives none to a word after a dash."""
_LETTERS_WITHOUT_MARK = 40
_UNSPACED = re.compile(r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of languages that put no space between words."""


def unsaid(text: str, marks: Iterable[Mark]) -> str:
    """The first stretch of words that no mark stands for; empty when there is none."""
    at = 0
    for mark in sorted((*marks, Mark(len(text), 1, 0)), key=lambda mark: mark.position):
        stretch = text[at : mark.position]
        words = _WORD.findall(stretch)
        if len(words) > _WORDS_WITHOUT_MARK or sum(map(len, words)) > _LETTERS_WITHOUT_MARK:
            return stretch.strip()
        end = mark.position + mark.length
        while end < len(text) and not text[end].isspace() and not _UNSPACED.match(text, end - 1):
            end += 1  # a mark holds 31 letters at most
        at = max(at, end)
    return ""
