"""Words with their marks: what stands inside a paragraph of a source, as inline parts of the model.

One pass over the text and a stack: the time grows with the length, whatever stands in it. What looks like markup and
is none stays text.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from publish.diagnostics import Diagnostic, Place, Report, refuse
from publish.languages import canonical, cues
from publish.model import (
    Code,
    Deleted,
    Editorial,
    Emphasis,
    Foreign,
    Image,
    Inaudible,
    Inline,
    Inserted,
    Link,
    Text,
    Vocal,
    plain,
)
from publish.work import Source

CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
"""What no page and no book can hold; those that are white space are folded, and not among them."""
_INVISIBLE = re.compile("[\u00ad\ufeff\u200b\u2060\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Signs that only tell where a word may be broken, and those that no document can hold."""
_SPACES = re.compile(r"\s{2,}|[^\S \u00a0]")
"""Any run of white space, and any single one but the space and the no-break space."""


def folded(text: str) -> str:
    """Text without invisible signs, and with one space for each run of white space; a lone no-break space stays."""
    if "  " not in text and text.isprintable():
        return text  # as nearly all is: it holds neither an invisible sign nor any white space but single spaces
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
    return _SPACES.sub(" ", text)


def readable(source: Source, report: Report) -> Source:
    """The source without characters that no page and no book can hold; each line that has one is reported."""
    if not CONTROL.search(source.text):
        return source
    for found in islice(CONTROL.finditer(source.text), _TOLD):
        place = Place(source.file, source.text.count("\n", 0, found.start()) + 1)
        message = f"a control character U+{ord(found.group()):04X} is left out; remove it"
        report(Diagnostic("R023", message, place))
    return Source(source.file, CONTROL.sub("", source.text))


_TOLD = 20
"""Control characters that are told one by one: a file with more of them is damaged, and that is seen."""

LONGEST = 1_000_000
"""Characters of a paragraph, at most: far more than anybody says without a pause, and little enough for every pass."""


def bounded(text: str, place: Place) -> str:
    """The words of a paragraph.

    Raises:
        InputError: They are too many for one.
    """
    if len(text) > LONGEST:
        message = f"this paragraph has {len(text):,} characters, and {LONGEST:,} is the limit; divide it by blank lines"
        refuse("R027", message, place)
    return text


# --- Brackets, in any source ------------------------------------------------------------------------------------------

_BRACKET = re.compile(r"\([^()\[\]]{1,80}\)|（[^（）]{1,40}）|\[[^\[\]()]{1,200}\]")
_OPENING = re.compile(r"[(\[（]")
_STATED = re.compile(r"\([A-Z][^()]{1,78}[.!?]\)")
"""A capital letter and a full stop: a sentence of the transcriber."""
_DONE = 8
"""Words of such a sentence inside speech, at most; longer ones are the speaker's aside."""


def bracketed(text: str, language: str) -> Iterator[Inline]:
    """The text as parts: what was heard or done, what nobody could make out, an editor's words, and the rest."""
    at = 0
    if not _OPENING.search(text):
        yield Text(text)
        return
    for found in _BRACKET.finditer(text):
        part = _bracket(found.group(), language)
        if part is not None:
            if found.start() > at:
                yield Text(text[at : found.start()])
            yield part
            at = found.end()
    if at < len(text):
        yield Text(text[at:])


def _bracket(text: str, language: str) -> Inline | None:
    known = cues(language)
    inner = text[1:-1].strip(" .!").lower()
    if inner in known.gaps:
        return Inaudible(text)
    if inner in known.noises:
        return Vocal(text, "vocal")
    if text[0] == "[":
        return Editorial((Text(text),))
    if _STATED.fullmatch(text) and len(text.split()) <= _DONE:
        return Vocal(text)
    return None


def is_direction(text: str) -> bool:
    """Whether a whole paragraph is a stage direction: one pair of round brackets around all of it, or a noise."""
    if len(text) < 3 or (text[0], text[-1]) not in {("(", ")"), ("（", "）"), ("[", "]")}:  # noqa: PLR2004  # "()"
        return False
    depth = 0
    for index, sign in enumerate(text):
        depth += (sign == text[0]) - (sign == text[-1])
        if depth == 0 and index < len(text) - 1:
            return False
    return depth == 0


# --- Markdown ---------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""\\(?P<escaped>[!-/:-@\[-`{-~])
    |(?P<code>`[^`\n]{1,500}`)
    |!\[(?P<alt>[^\[\]]{0,500})\]\((?P<source>[^()\s]{0,1000})(?:\s+"[^"]{0,200}")?\)
    |(?P<link>\[)(?=[^\[\]]{1,500}\]\([^()\s]{1,1000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?\))
    |\]\((?P<href>[^()\s]{1,1000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?)\)
    |<(?P<auto>(?:https?://|mailto:)[^<>\s]{1,1000})>
    |<(?P<image>img\b[^<>]{0,1000})/?>
    |<(?P<close>/)?
        (?P<tag>s|del|strike|ins|u|em|i|b|strong|span|figure|figcaption|sup|sub|br|a)\b(?P<attributes>[^<>]{0,300})>
    |(?P<both>\*{3}|_{3})
    |(?P<strong>\*\*|__)
    |(?P<strike>~~)
    |(?P<star>\*|_)
    """,
    re.VERBOSE,
)
_ANY_TOKEN = re.compile(r"[\\`\[\]<*_~&]")
_OPEN = "\ufdd0"
_CLOSE = "\ufdd1"
"""Stand for brackets that were escaped, so that they are told from those of a link. They are no characters of any
text, and :func:`readable` takes them out."""


_DEPTH = 12
"""Marks in one another."""
_FLANKS = frozenset({"em", "strong"})
"""Marks that are often no marks, and of which nothing is said when they are not closed."""


class _Frame:
    """One open mark."""

    def __init__(self, kind: str, literal: str, value: str = "") -> None:
        self.kind, self.literal, self.value = kind, literal, value
        self.parts: list[Inline] = []


class Markdown:
    """Reads the words of one paragraph of Markdown."""

    def __init__(self, language: str, report: Report, place: Place) -> None:
        """Findings go to ``report`` with ``place``."""
        self._language, self._report, self._place = language, report, place

    def read(self, text: str) -> tuple[Inline, ...]:
        """The parts of a paragraph. All words of the text are in them."""
        if not _ANY_TOKEN.search(text):
            return tidy(bracketed(text, self._language))
        self._stack = [_Frame("", "")]
        self._open: Counter[str] = Counter()
        self._unclosed: dict[str, None] = {}
        clean = text if text.isascii() else CONTROL.sub("", text)
        at = 0
        for found in _TOKEN.finditer(clean):
            self._add(clean[at : found.start()])
            self._token(found, clean)
            at = found.end()
        self._add(clean[at:])
        while len(self._stack) > 1:
            self._give_up()
        if self._unclosed:
            signs = ", ".join(repr(folded(literal)[:40]) for literal in islice(self._unclosed, 5))
            self._say("R009", f"{signs} is not closed in this paragraph, and is kept as text; close or remove it")
        return tidy(_corrected(_spoken(self._stack[0].parts, self._language)))

    def _say(self, code: str, message: str) -> None:
        self._report(Diagnostic(code, message, self._place))

    def _begin(self, kind: str, literal: str, value: str = "") -> None:
        """Open a mark; one that would stand too deep is text, so that the time grows with the length only."""
        if len(self._stack) > _DEPTH:
            self._unclosed[literal] = None
            self._add(literal)
            return
        self._open[kind] += 1
        self._stack.append(_Frame(kind, literal, value))

    def _add(self, text: str) -> None:
        if text:
            self._stack[-1].parts.append(Text(html.unescape(text) if "&" in text else text))

    def _token(self, found: re.Match[str], text: str) -> None:  # noqa: C901  # one case a kind of mark
        match found.lastgroup if found.lastgroup != "attributes" else "tag":
            case "escaped":
                sign = found["escaped"]
                self._stack[-1].parts.append(Text({"[": _OPEN, "]": _CLOSE}.get(sign, sign)))
            case "code":
                self._stack[-1].parts.append(Code(found["code"][1:-1]))
            case "source":
                self._image(found["alt"], found["source"])
            case "image":
                self._image(_attribute(found["image"], "alt"), _attribute(found["image"], "src"))
            case "link":
                self._begin("link", "[")
            case "href":
                self._end("link", found.group(), found["href"])
            case "auto":
                self._stack[-1].parts.append(Link(found["auto"], (Text(found["auto"]),)))
            case "tag":
                self._tag(found)
            case "both":
                self._both(found, text)
            case "strong":
                self._flank("strong", found, text)
            case "strike":
                self._flank("del", found, text)
            case "star":
                self._flank("em", found, text)

    def _image(self, alt: str, source: str) -> None:
        what = f"only the alternative text {folded(alt)!r} is published" if alt.strip() else "nothing is published"
        self._say("R017", f"of this picture {what}; describe it in `alt`, or in words")
        if alt.strip():
            self._stack[-1].parts.append(Image(folded(alt).strip(), source))

    def _tag(self, found: re.Match[str]) -> None:
        tag = {"i": "em", "b": "strong", "strike": "del", "s": "del"}.get(found["tag"], found["tag"])
        if tag in {"br", "figure", "figcaption", "sup", "sub", "u"}:
            self._add(" " if tag == "br" else "")
        elif tag == "a" and not found["close"]:
            self._begin("a", found.group(), _attribute(found["attributes"], "href"))
        elif found["close"]:
            self._end(tag, found.group())
        else:
            self._begin(tag, found.group(), _attribute(found["attributes"], "lang"))

    def _flank(self, kind: str, found: re.Match[str], text: str) -> None:
        """A mark opens before a word and closes after one; between two spaces, or inside a word, it is text."""
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        if self._open[kind] and before and not before.isspace():
            if found.group()[0] == "_" and after.isalnum():
                self._add(found.group())
            else:
                self._end(kind, found.group())
        elif after and not after.isspace() and not (found.group()[0] == "_" and before.isalnum()):
            self._begin(kind, found.group())
        else:
            self._add(found.group())

    def _both(self, found: re.Match[str], text: str) -> None:
        """Three signs in a row: strong, and emphasis in it."""
        sign, after = found.group()[0], text[found.end() : found.end() + 1]
        if self._open["em"] and self._open["strong"]:
            self._end("em", sign)
            self._end("strong", sign * 2)
        elif after and not after.isspace():
            self._begin("strong", sign * 2)
            self._begin("em", sign)
        else:
            self._add(found.group())

    def _end(self, kind: str, literal: str, value: str = "") -> None:
        if not self._open[kind]:
            if kind not in _FLANKS and kind != "link":
                self._unclosed[literal] = None
            self._add(literal)
            return
        while self._stack[-1].kind != kind:
            self._give_up()
        frame = self._stack.pop()
        self._open[kind] -= 1
        self._stack[-1].parts.extend(self._nest(frame, value))

    def _nest(self, frame: _Frame, value: str) -> Iterable[Inline]:
        parts = tuple(frame.parts)
        if not parts:
            return ()
        match frame.kind:
            case "em" | "strong":
                return (Emphasis(parts, strong=frame.kind == "strong"),)
            case "del":
                return (Deleted(parts),)
            case "ins":
                return (Inserted(parts),)
            case "link" | "a":
                return (Link(value or frame.value, parts),) if value or frame.value else parts
            case _:
                return (Foreign(language, parts),) if (language := self._foreign(frame.value)) else parts

    def _foreign(self, tag: str) -> str:
        if not tag:
            return ""
        try:
            return canonical(tag)
        except ValueError as error:
            message = f"{tag!r} is not a language tag: {error}; write one such as 'es'"
            self._say("R018", message)
            return ""

    def _give_up(self) -> None:
        """A mark that nothing closes was text."""
        frame = self._stack.pop()
        self._open[frame.kind] -= 1
        if frame.kind not in _FLANKS:
            self._unclosed[frame.literal] = None
        self._stack[-1].parts += [Text(frame.literal), *frame.parts]


def _attribute(text: str, name: str) -> str:
    found = re.search(rf"""\b{name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", text)
    return html.unescape(found[1] or found[2] or found[3] or "") if found else ""


# --- Tidying ----------------------------------------------------------------------------------------------------------


def _spoken(parts: Iterable[Inline], language: str) -> Iterator[Inline]:
    """Brackets inside text become what they stand for, at every depth."""
    for part in _joined(parts):
        if isinstance(part, Text):
            yield from bracketed(part.text.replace(_OPEN, "[").replace(_CLOSE, "]"), language)
        elif isinstance(part, Emphasis):
            yield Emphasis(tuple(_spoken(part.parts, language)), part.strong)
        elif isinstance(part, Link):
            yield Link(part.href, (Text(_plain(part.parts)),))
        elif isinstance(part, Foreign):
            yield Foreign(part.language, tuple(_spoken(part.parts, part.language)))
        elif isinstance(part, Deleted | Inserted):
            yield type(part)((Text(_plain(part.parts)),))
        else:
            yield part


def _plain(parts: Iterable[Inline]) -> str:
    return plain(parts, deleted=True).replace(_OPEN, "[").replace(_CLOSE, "]")


def _joined(parts: Iterable[Inline]) -> Iterator[Inline]:
    """Neighbouring texts as one."""
    pending: list[str] = []
    for part in parts:
        if isinstance(part, Text):
            pending.append(part.text)
            continue
        if pending:
            yield Text("".join(pending))
            pending = []
        yield part
    if pending:
        yield Text("".join(pending))


def _corrected(parts: Iterable[Inline]) -> list[Inline]:
    """An editor's words that follow deleted ones, perhaps after a space, are what was put in their place."""
    found: list[Inline] = []
    for part in parts:
        if isinstance(part, Editorial):
            last = found[-1] if found else None
            blank = isinstance(last, Text) and last.text.isspace()
            before = found[-2] if blank and len(found) > 1 else last
            if isinstance(before, Deleted):
                found.append(Inserted(part.parts))
                continue
        found.append(part)
    return found


def tidy(parts: Iterable[Inline]) -> tuple[Inline, ...]:
    """Parts with white space folded over their borders, none empty, none at the ends of the paragraph."""
    found, _ = _fold(parts, after_space=True)
    while found and isinstance(found[-1], Text):
        stripped = found[-1].text.rstrip()
        if stripped:
            found[-1] = Text(stripped)
            break
        found.pop()
    return tuple(found)


def _fold(parts: Iterable[Inline], *, after_space: bool) -> tuple[list[Inline], bool]:
    found: list[Inline] = []
    for part in _joined(parts):
        match part:
            case Text(text):
                words = folded(text)
                words = words.lstrip() if after_space else words
                if words:
                    found.append(Text(words))
                    after_space = words[-1].isspace()
            case Code(text) | Vocal(text) | Inaudible(text):
                if words := folded(text).strip():
                    found.append(_renewed(part, words))
                    after_space = False
            case Emphasis() | Link() | Foreign() | Deleted() | Inserted() | Editorial():
                inner, after_space = _fold(part.parts, after_space=after_space)
                if inner:
                    found.append(_refilled(part, tuple(inner)))
            case _:
                found.append(part)
    return found, after_space


def _renewed(part: Inline, text: str) -> Inline:
    if isinstance(part, Vocal):
        return Vocal(text, part.kind)
    return Inaudible(text) if isinstance(part, Inaudible) else Code(text)


def _refilled(part: Inline, parts: tuple[Inline, ...]) -> Inline:
    match part:
        case Emphasis():
            return Emphasis(parts, part.strong)
        case Link():
            return Link(part.href, parts)
        case Foreign():
            return Foreign(part.language, parts)
        case Deleted() | Inserted() | Editorial():
            return type(part)(parts)
        case _:
            return part
