"""What names a speaker at the beginning of a line of Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from publish.inlines import folded
from publish.readers._lines import Line
from publish.speakers import Cast, fold

_HEAD = 160
"""Characters at the beginning of a line in which a label is looked for."""
_LONGEST = 8
"""Words of a name, with title and office."""
_LONGEST_WORD = 24
"""Letters of one of them; more are a sentence in a script without spaces."""
_ODD = r"(?P<odd>\\?[`´])?"
_NAME = re.compile(
    rf"(?P<label>[^\W\d_][^:：*\[\]“”\"<>?!\\]{{0,79}}?)\s?[:：]{_ODD}(?:\s+|$|(?<=：)|(?<=[`´])|(?=[“\"(—–]))"
)
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<label>[^*_:：]{1,80}?)\s?(?:[:：]\s?(?P=mark)|(?P=mark)\s?[:：])\s*")
_Q = re.compile(r"(?P<label>Q)(?:(?P<odd>[–—]|\\?[`´])|(?=\s|$))(?:\s+-\s+)?\s*")
_A = re.compile(r"(?P<label>A)\s+[-–—]\s+")
_STOP = re.compile(r"(?P<label>[^\W\d_][\w.’'-]{0,30}(?:[ \u00a0]+[^\W\d_][\w’'-]{0,40}){0,3})\.\s")
_NO_SPEAKERS = frozenset(
    ("break", "note", "notes", "editor’s note", "editor's note", "correction", "music", "sponsor", "outro", "intro",
     "ad break", "transcript", "summary", "update")
)  # fmt: skip
"""What stands before a colon and speaks not, folded."""
_QUESTIONS = frozenset(("q", "question", "问", "問", "提问", "вопрос", "pregunta", "frage", "سؤال"))
_ANSWERS = frozenset(("a", "answer", "答", "ответ", "respuesta", "réponse", "antwort", "جواب"))
"""What many transcripts have for names, folded."""
_SENTENCE = re.compile("[。！？，、；,;!?`]")
_SMALL = frozenset(
    ("de", "del", "della", "der", "den", "des", "di", "da", "dos", "du", "la", "le", "van", "von", "zu", "bin", "bint",
     "ben", "ibn", "al", "el", "of", "the", "and", "for", "y", "e", "a", "an", "in", "on", "at", "to")
)  # fmt: skip
"""Words of a name or an office that are written small."""
_PREFIXED = re.compile(r"\b(?:Mc|Mac|De|La|Le|O[’'])(?=[A-Z])")


class Label(msgspec.Struct, frozen=True):
    """What may be the name of a speaker, and the words after it."""

    name: str
    """White space folded."""
    rest: str
    """What follows the label on its line."""
    form: str
    """``bold``, ``capitals``, ``q``, ``a`` (an answer in a talk) or ``plain``: a name in small letters."""
    odd: str = ""
    """A sign after the label that belongs to nothing."""

    @property
    def quotes(self) -> bool:
        """Whether words in quotation marks follow: it may be quoted, and not speak."""
        return self.rest[:1] in {"“", '"', "„", "«", "「"}


@lru_cache(4096)
def is_name(label: str) -> bool:
    """Whether words are written as names and offices are, each with a capital."""
    words = label.split()
    if not 0 < len(words) <= _LONGEST or words[0][:1].islower() or _SENTENCE.search(label):
        return False
    if max(map(len, words)) > _LONGEST_WORD:
        return False
    return not any(word.strip("(),.")[:1].islower() and word not in _SMALL for word in words)


@lru_cache(4096)
def in_capitals(label: str) -> bool:
    """Whether a label is written in capitals, as press offices do; "MR. McGURK" and "MS. de la CRUZ" are."""
    bare = _PREFIXED.sub("", label)
    words = (word for word in bare.split() if word not in _SMALL)
    signs = [sign for word in words for sign in word if sign.isalpha()]
    return bool(signs) and not any(sign.islower() for sign in signs) and any(sign.isupper() for sign in signs)


def candidate(text: str, *, talk: bool) -> Label | None:
    """What may name a speaker at the beginning of a line."""
    head = text[:_HEAD]
    form = ""
    if head[:2] in {"**", "__"}:
        found, form = _BOLD.match(head), "bold"
    elif head[:1] == "Q" and (found := _Q.match(head)):
        form = "q"
    elif talk and head[:1] == "A" and (found := _A.match(head)):
        form = "a"
    else:
        found = _NAME.match(head) if ":" in head or "：" in head else None
    if found is None:
        return None
    name = folded(found["label"]).strip()
    if not name or len(name.split()) > _LONGEST or fold(name) in _NO_SPEAKERS:
        return None
    form = form or _asked(name, talk=talk) or ("capitals" if in_capitals(name) else "plain")
    odd = found.groupdict().get("odd")
    return Label(name, text[found.end() :].lstrip(), form, odd or "")


def _asked(name: str, *, talk: bool) -> str:
    """The form of a label that is a word for a question or an answer."""
    if fold(name) in _QUESTIONS:
        return "q"
    return "a" if talk and fold(name) in _ANSWERS else ""


def no_speaker(text: str) -> str | None:
    """What follows a label in bold that is none of a speaker ("**Break:**"), or None when there is no such label."""
    found = _BOLD.match(text[:_HEAD])
    return text[found.end() :] if found and fold(found["label"]) in _NO_SPEAKERS else None


class Labels:
    """Which of the candidates in a file are labels.

    Capitals, a name in bold type and Q are, and any other words in bold that stand so twice. A name in small letters
    is one when it is written so in ``series.toml`` or, in other letters, elsewhere in the file; or when the file has
    no labels of any other form, and many of these.
    """

    def __init__(self, lines: Sequence[Line], cast: Cast, *, talk: bool) -> None:
        """Look at all lines once."""
        self._cast, self._talk = cast, talk
        self._candidates = {line.text: candidate(line.text, talk=talk) for line in lines if line.kind == "text"}
        found = [label for line in lines if line.kind == "text" and (label := self._candidates[line.text])]
        bold = Counter(fold(label.name) for label in found if label.form == "bold")
        self._known = {fold(label.name) for label in found if self._sure(label) or bold[fold(label.name)] > 1}
        counts = Counter(fold(label.name) for label in found if label.form == "plain" and is_name(label.name))
        enough = counts.total() >= _LEAST or 2 * counts.total() >= len(self._candidates)
        self.plain = not self._known and not talk and len(counts) > 1 and enough
        """Whether names in small letters are taken for speakers."""
        self._counts = counts

    def _sure(self, label: Label) -> bool:
        if label.form in {"q", "a"}:
            return True
        if label.form == "bold":
            return is_name(label.name)
        return label.form == "capitals" and (not label.quotes or self._cast.knows(label.name))

    def _candidate(self, text: str) -> Label | None:
        return self._candidates[text] if text in self._candidates else candidate(text, talk=self._talk)

    def of(self, text: str) -> Label | None:
        """The label at the beginning of a line, when it is one."""
        label = self._candidate(text)
        if label is None or self._sure(label) or self.known(label.name):
            return label
        return label if self.plain and not label.quotes and is_name(label.name) else None

    def known(self, name: str) -> bool:
        """Whether a name stands as a label in this file, or in ``series.toml``."""
        return fold(name) in self._known or self._cast.knows(name)

    def quoted(self, text: str) -> Label | None:
        """What looks like a label and is none, since quoted words follow, or since its letters are small."""
        label = self._candidate(text)
        if label is None or self._talk or self.known(label.name):
            return None
        return label if label.form == "bold" or is_name(label.name) else None

    def stopped(self, text: str) -> str:
        """The name of a speaker that stands at the beginning with a full stop for a colon; else empty."""
        found = _STOP.match(text[:_HEAD])
        return folded(found["label"]) if found and in_capitals(found["label"]) and self.known(found["label"]) else ""


_LEAST = 4
"""Names in small letters before a colon from which on they are taken for speakers.

Fewer are enough when half of the lines begin so.
"""
