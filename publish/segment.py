"""Sentences: the spans inside a paragraph that can be highlighted while they are spoken."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from sentencex import get_sentence_boundaries

from publish.languages import cues

Span = tuple[int, int]
"""Begin and end in code points."""


@cache
def _no_end(language: str) -> re.Pattern[str]:
    """What stands at the end of a span and ends no sentence: a title, an initial, "No." before a number."""
    known = "|".join(sorted((re.escape(word) for word in cues(language).abbreviations), key=len, reverse=True))
    words = rf"(?:{known})|" if known else ""
    return re.compile(rf"(?:^|[\s(\[“\"«‘'’])(?:{words}[^\W\d_]\.)$")


_ENDING = re.compile(r"(?:^|\s)(?:U\.S\.|U\.K\.|U\.N\.|E\.U\.|D\.C\.|Jr\.|Sr\.|Inc\.|Ltd\.|Corp\.)$")
"""What may end a sentence too: then a capital letter that begins a new one decides."""
_BEGINS = re.compile(r"(?:The|And|But|So|We|I|It|He|She|They|This|That|There|You|In|As|Our|What|Now|If|Is|Are|Do)\b")


@lru_cache(4096)  # page and book of a briefing ask for the same paragraphs
def sentences(text: str, language: str) -> tuple[Span, ...]:
    """The sentences of a text: in order, without white space at their ends, none empty, every word in one of them."""
    spans: list[Span] = []
    for begin, end in _boundaries(text, language):
        if spans and _goes_on(text, spans[-1], begin, language):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    return tuple(spans)


def _boundaries(text: str, language: str) -> list[Span]:
    found = []
    at = 0
    for boundary in get_sentence_boundaries(language.partition("-")[0], text):
        begin, end = max(at, boundary["start_index"]), boundary["end_index"]
        piece = text[begin:end]
        stripped = piece.strip()
        if stripped:
            start = begin + len(piece) - len(piece.lstrip())
            found.append((start, start + len(stripped)))
        at = end
    return found


def _goes_on(text: str, last: Span, begin: int, language: str) -> bool:
    """Whether what follows belongs to the sentence before: it ended in an abbreviation, or this is only punctuation."""
    before = text[max(last[0], last[1] - 24) : last[1]]
    if not any(map(str.isalnum, text[begin : begin + 40])):
        return True
    if not _no_end(language).search(before):
        return False
    return not (_ENDING.search(before) and _BEGINS.match(text, begin))
