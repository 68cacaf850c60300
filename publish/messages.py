"""A paragraph as a message for translators, and the translation as a paragraph again.

Tags stand only where an inline part stands, and are few:

==================  ====================  ====================================================================
in the message      part                  what a translator does
==================  ====================  ====================================================================
``<em>…</em>``      emphasis              puts it around the words that are stressed
``<strong>…``       strong emphasis       the same
``<a id="1">…``     link                  puts it around the words that link; the address is not in the message
``<f id="1">…``     foreign passage       leaves it as it is, or translates it
``<code>…``         code                  leaves it
``<v>…``            vocal, incident       translates it, with its brackets
``<gap>…``          inaudible             translates it, with its brackets
``<ins>…``          words put in          translates them
``<ed>…``           editor's words        translates them
``<alt>…``          picture               translates the alternative text
``<x id="1"/>``     page break            puts it where the page goes over
==================  ====================  ====================================================================

``&`` and ``<`` are escaped in messages that have tags, and only there; such messages are flagged ``xml-text``. Words
that a correction took out are in no message. A translation may move tags, not lose or invent them; addresses and
languages come from the source, so a translator can break no link and put in no markup.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from publish.inlines import tidy
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
    PageBreak,
    Text,
    Vocal,
    plain,
    walk,
)

FLAG = "xml-text"


class TagError(ValueError):
    """A translation's tags are not those of its message. The text of the error is a clause in plain words."""

    def __init__(self, what: str, at: int = 0) -> None:
        """Keep the index in the translation at which that is seen."""
        super().__init__(what)
        self.at = at


def message(parts: Iterable[Inline]) -> tuple[str, bool]:
    """The text of a message, and whether it has tags."""
    kept = tuple(parts)
    tagged = any(not isinstance(part, Text | Deleted) for part in kept)
    if not tagged:
        return _single("".join(part.text for part in kept if isinstance(part, Text))), False
    return _single("".join(_tagged(kept, _numbers(kept)))), True


def _single(text: str) -> str:
    """One space where words that were taken out leave two."""
    return re.sub(" {2,}", " ", text).strip()


def _numbers(parts: Iterable[Inline]) -> dict[int, int]:
    """Numbers for links, foreign passages and page breaks, each kind from 1, by the part's identity."""
    count: Counter[type] = Counter()
    numbers = {}
    for part in walk(_undeleted(parts)):
        if isinstance(part, Link | Foreign | PageBreak):
            count[type(part)] += 1
            numbers[id(part)] = count[type(part)]
    return numbers


def _undeleted(parts: Iterable[Inline]) -> tuple[Inline, ...]:
    return tuple(part for part in parts if not isinstance(part, Deleted))


def _tagged(parts: Iterable[Inline], numbers: dict[int, int]) -> Iterator[str]:
    for part in parts:
        match part:
            case Text(text):
                yield _escaped(text)
            case Deleted():
                pass
            case PageBreak():
                yield f'<x id="{numbers[id(part)]}"/>'
            case Code(text) | Vocal(text) | Inaudible(text) | Image(text):
                yield f"<{_name(part)}>{_escaped(text)}</{_name(part)}>"
            case Link() | Foreign():
                yield f'<{_name(part)} id="{numbers[id(part)]}">'
                yield from _tagged(part.parts, numbers)
                yield f"</{_name(part)}>"
            case _:
                yield f"<{_name(part)}>"
                yield from _tagged(part.parts, numbers)
                yield f"</{_name(part)}>"


def _name(part: Inline) -> str:
    if isinstance(part, Emphasis):
        return "strong" if part.strong else "em"
    return _NAMES[type(part)]


_NAMES: dict[type, str] = {
    Link: "a",
    Foreign: "f",
    Code: "code",
    Vocal: "v",
    Inaudible: "gap",
    Inserted: "ins",
    Editorial: "ed",
    Image: "alt",
    PageBreak: "x",
}


_BLANKS: dict[type, Callable[[], Inline]] = {
    Link: lambda: Link("", ()),
    Foreign: lambda: Foreign("und", ()),
    Code: lambda: Code(""),
    Vocal: lambda: Vocal(""),
    Inaudible: lambda: Inaudible(""),
    Inserted: lambda: Inserted(()),
    Editorial: lambda: Editorial(()),
    Image: lambda: Image(""),
    PageBreak: lambda: PageBreak(""),
}
"""Such a part without words."""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def words(text: str) -> str:
    """A message with tags, in plain words."""
    return html.unescape(_TAG.sub("", text))


# --- Back -------------------------------------------------------------------------------------------------------------

_TAG = re.compile(r'<(?P<close>/)?(?P<name>[a-z]+)(?: +id="(?P<id>\d{1,6})")? *(?P<empty>/)?>|(?P<stray><)')
_BARE = re.compile("&(?!amp;|lt;)")
"""A sign that stands for itself, as it does in messages without tags."""


def translated(text: str, source: Iterable[Inline]) -> tuple[Inline, ...]:
    """The parts of a translation of ``source``.

    Raises:
        TagError: Its tags are not those of the message.
    """
    kept = tuple(source)
    _, tagged = message(kept)
    if not tagged:
        return tidy((Text(text),))
    return tidy(_Builder(kept).build(text))


def corresponding(parts: Iterable[Inline], source: Iterable[Inline]) -> str | None:
    """The message that a translation with parts of its own gives back for ``source``; None when the parts differ.

    A link is that with the same address, a passage that in the same language, else the next one.
    """
    kept, wanted = _undeleted(parts), tuple(source)
    if not any(isinstance(part, PageBreak) for part in walk(wanted)):  # a translation has pages of its own
        kept = tuple(part for part in kept if not isinstance(part, PageBreak))
    if not message(wanted)[1]:
        return None if message(kept)[1] else message(kept)[0]
    numbers = _corresponding(kept, wanted)
    text = _single("".join(_tagged(kept, numbers))) if numbers is not None else ""
    try:
        translated(text, wanted)
    except TagError:
        return None
    return text


def _corresponding(parts: tuple[Inline, ...], source: tuple[Inline, ...]) -> dict[int, int] | None:
    """The numbers of the source's parts for those of a translation; None when it has more of a kind."""
    of_source = _numbers(source)
    free = [part for part in walk(_undeleted(source)) if id(part) in of_source]
    numbers = {}
    for part in walk(parts):
        if isinstance(part, Link | Foreign | PageBreak):
            same = [other for other in free if type(other) is type(part)]
            if not same:
                return None
            best = next((other for other in same if _target(other) == _target(part)), same[0])
            free = [other for other in free if other is not best]
            numbers[id(part)] = of_source[id(best)]
    return numbers


def _target(part: Inline) -> str:
    match part:
        case Link(href):
            return href
        case Foreign(language):
            return language
        case PageBreak(label):
            return label
        case _:
            return ""


def without_tags(parts: Iterable[Inline], source: Iterable[Inline]) -> str:
    """The words of a translation alone, written as the message for ``source`` is."""
    words = plain(parts)
    return _single(_escaped(words) if message(source)[1] else words)


def has_tags(text: str, flags: Iterable[str]) -> bool:
    """Whether a message has tags: its flag says so or, since tools lose it, all of its signs are as we write them."""
    if FLAG in flags:
        return True
    return "<" in text and not _BARE.search(text) and not fault(text, text)


def fault(text: str, translation: str) -> TagError | None:
    """What is wrong with the tags of the translation of a message with tags; None when they are those of it."""
    try:
        _Builder(tuple(_blanks(text))).build(translation)
    except TagError as error:
        return error
    return None


def _blanks(text: str) -> Iterator[Inline]:
    """A part without words for each tag of a message, which numbers links, passages and breaks from 1 itself."""
    kinds = {name: kind for kind, name in _NAMES.items()}
    for found in _TAG.finditer(text):
        name = found["name"]
        if found["close"] or name is None:
            continue
        if name in {"em", "strong"}:
            yield Emphasis((), strong=name == "strong")
        elif name in kinds:
            yield _BLANKS[kinds[name]]()


class _Builder:
    """Reads the tags of a translation against those of its message."""

    def __init__(self, source: tuple[Inline, ...]) -> None:
        numbers = _numbers(source)
        self._nodes: dict[tuple[str, int], list[Inline]] = {}
        for part in walk(_undeleted(source)):
            if not isinstance(part, Text | Deleted):
                self._nodes.setdefault((_name(part), numbers.get(id(part), 0)), []).append(part)

    def build(self, text: str) -> list[Inline]:
        stack: list[tuple[str, Inline | None, list[Inline]]] = [("", None, [])]
        at = 0
        for found in _TAG.finditer(text):
            self._words(stack, text[at : found.start()])
            at = found.end()
            if found["stray"]:
                raise TagError("'<' begins no tag; write &lt; for the sign itself", found.start())
            if found["close"]:
                self._close(stack, found)
            else:
                self._open(stack, found)
        self._words(stack, text[at:])
        if len(stack) > 1:
            raise TagError(f"<{stack[-1][0]}> is not closed", len(text))
        if missing := [name for (name, _), nodes in self._nodes.items() for _ in nodes]:
            raise TagError(f"<{missing[0]}> is missing")
        return stack[0][2]

    @staticmethod
    def _words(stack: list[tuple[str, Inline | None, list[Inline]]], text: str) -> None:
        if text:
            stack[-1][2].append(Text(html.unescape(text)))

    def _open(self, stack: list[tuple[str, Inline | None, list[Inline]]], found: re.Match[str]) -> None:
        key = (found["name"], int(found["id"] or 0))
        nodes = self._nodes.get(key)
        if not nodes:
            raise TagError(f"{found.group()} is not in the message, or there once too often", found.start())
        node = nodes.pop(0)
        if isinstance(node, PageBreak) != bool(found["empty"]):
            raise TagError(f"{found.group()} must be written as in the message", found.start())
        if isinstance(node, PageBreak):
            stack[-1][2].append(node)
        else:
            stack.append((found["name"], node, []))

    @staticmethod
    def _close(stack: list[tuple[str, Inline | None, list[Inline]]], found: re.Match[str]) -> None:
        name, node, parts = stack[-1]
        if node is None or name != found["name"]:
            raise TagError(f"{found.group()} closes nothing that is open", found.start())
        stack.pop()
        stack[-1][2].append(_filled(node, parts, found.start()))


def _filled(node: Inline, parts: list[Inline], at: int) -> Inline:
    """The part with a translator's words in it; ``at`` is where it ends."""
    match node:
        case Emphasis():
            return Emphasis(tuple(parts), node.strong)
        case Link():
            return Link(node.href, tuple(parts))
        case Foreign():
            return Foreign(node.language, tuple(parts))
        case Inserted() | Editorial():
            return type(node)(tuple(parts))
    if not all(isinstance(part, Text) for part in parts):
        raise TagError(f"<{_name(node)}> holds another tag", at)
    text = "".join(part.text for part in parts if isinstance(part, Text)).strip()
    match node:
        case Vocal():
            return Vocal(text, node.kind)
        case Inaudible():
            return Inaudible(text)
        case Image():
            return Image(text, node.source)
        case _:
            return Code(text)
