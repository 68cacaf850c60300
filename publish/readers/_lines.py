"""Markdown as logical lines: what blank lines, hard breaks, list items, headings and fences divide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

HEADING = re.compile(r"(#{1,6})[^\S\n]+(?=\S)")
_BULLET = re.compile(r"[-*+•]\s+(?=\S)(?!(?:[-*]\s*)+$)")
"""The sign of a list before words; "* * *" is a rule."""
_ITEM = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_FENCE = re.compile(r"(`{3,}|~{3,})([^`]{0,80})$")
_UNDERLINE = re.compile(r"=+|-{3,}")
_QUOTE = re.compile(r"(?:>\s?)+")


class Line(msgspec.Struct, frozen=True):
    """A logical line: words that no hard break and no blank line divides."""

    text: str
    """Stripped, and joined from the source's lines by spaces; runs of white space are not folded yet."""
    number: int
    """Of its first line in the file."""
    kind: Literal["text", "heading", "item", "code", "fence"] = "text"
    broken: bool = False
    """It follows a hard break, without a blank line."""
    level: int = 0
    """Of a heading, 1–6."""


class _Block:
    """Collects the logical lines of one block."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.words: list[str] = []
        self.item = 0
        self._begin = 0
        self._kind: Literal["text", "item"] = "text"
        self._broken = False
        self.quoted = False

    def add(self, words: str, number: int, kind: Literal["text", "item"] = "text") -> None:
        """Words of a source line."""
        if not self.words:
            self._begin, self._kind = number, kind
        if words:
            self.words.append(words)

    def end(self, *, broken: bool) -> None:
        """End the logical line."""
        if self.words:
            self.lines.append(Line(" ".join(self.words), self._begin, self._kind, self._broken))
        self.words, self._broken = [], broken

    def heading(self, level: int) -> None:
        """What was collected was a heading, underlined."""
        self.lines.append(Line(" ".join(self.words), self._begin, "heading", level=level))
        self.words = []


def logical(lines: Sequence[str], first: int) -> Iterator[list[Line]]:
    """Blocks of logical lines; a block ends at a line that holds nothing but white space.

    ``first`` is the number of the first line in the file.
    """
    block = _Block()
    fence: tuple[str, int, list[str]] | None = None
    for number, line in enumerate(lines, first):
        stripped = line.strip()
        if fence:
            if stripped.startswith(fence[0]) and not stripped.strip(fence[0][0]):
                yield [Line(" ".join(fence[2]), fence[1], "code")]
                fence = None
            elif stripped:
                fence[2].append(stripped)
            continue
        if not stripped:
            if block.words or block.lines:
                block.end(broken=False)
                yield block.lines
                block = _Block()
            continue
        if stripped[0] in "`~" and (found := _FENCE.fullmatch(stripped)):
            block.end(broken=False)
            yield [*block.lines, Line(found[2].strip(), number, "fence")]
            block = _Block()
            fence = (found[1], number + 1, [])
            continue
        _line(block, line, stripped, number)
    block.end(broken=False)
    if block.lines:
        yield block.lines
    if fence and fence[2]:
        yield [Line(" ".join(fence[2]), fence[1], "code")]


def _line(block: _Block, line: str, stripped: str, number: int) -> None:
    """Add a line of the source to a block."""
    hard = line.endswith(_HARD)
    if stripped[-1] == "\\" and not stripped.endswith("\\\\"):
        hard, stripped = True, stripped[:-1].rstrip()
    sign = stripped[:1]
    kind: Literal["text", "item"] = "text"
    if sign == ">" and (block.quoted or not (block.words or block.lines)):
        block.quoted = True
        stripped = stripped[_quote(stripped) :]
    elif sign in {"=", "-"} and _underlines(stripped, block):
        block.heading(1 if sign == "=" else 2)
        return
    elif sign == "#" and (found := HEADING.match(stripped)):
        block.end(broken=True)
        block.lines.append(Line(_closed(stripped[found.end() :]), number, "heading", level=len(found[1])))
        return
    elif sign and sign in "-*+•" and _BULLET.match(stripped) and _begins_item(block):
        block.end(broken=False)
        block.item, kind, stripped = -1, "item", stripped[1:].lstrip()
    elif sign.isdigit() and (found := _ITEM.match(stripped)) and _numbered(block, int(found[1])):
        block.end(broken=False)
        block.item = int(found[1])
    block.add(stripped, number, kind)
    if hard:
        block.end(broken=True)


_HARD = ("  ", "\u00a0\u00a0", " \u00a0", "\u00a0 ")
"""Ends of a line that break it: two blanks, of which any may be a no-break space."""


def _underlines(stripped: str, block: _Block) -> bool:
    return len(block.words) == 1 and len(block.words[0]) <= _SHORT and bool(_UNDERLINE.fullmatch(stripped))


_SHORT = 80
"""Characters of a heading that is underlined, at most: under a longer line the signs are a rule."""


def _begins_item(block: _Block) -> bool:
    """Whether a sign of a list stands where a list can begin, and is not a dash inside of a sentence."""
    return block.item == -1 or not block.words or block.words[-1].endswith((":", "："))


def _numbered(block: _Block, number: int) -> bool:
    """Whether a number begins an item: "2023.  So we" at the beginning of a line does not."""
    if not block.words and not block.lines:
        block.item = number
        return False
    return block.item > 0 and number == block.item + 1


def _quote(stripped: str) -> int:
    found = _QUOTE.match(stripped)
    return found.end() if found else 0


def _closed(text: str) -> str:
    """A heading's words without the signs that may close it."""
    bare = text.rstrip("#")
    return bare.rstrip() if bare != text and (not bare or bare[-1].isspace()) else text
