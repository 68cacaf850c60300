"""The accessible markup of turns, written once and used by page and book alike.

Every function returns a string that is valid as HTML and as XHTML: no void elements, no named entities but XML's own,
attributes quoted. Why it looks as it does, in short: a turn is an ``article`` named by its one heading, and nothing
else is named by that heading, since screen readers then leave the heading out when they read on; sentence spans have
``role="none"`` and no space at their end, or each becomes an object of its own.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from urllib.parse import urlsplit

import msgspec

from publish import headings, segment, series
from publish.headings import Piece
from publish.interface import Interface
from publish.languages import direction
from publish.model import (
    Code,
    Deleted,
    Edition,
    Editorial,
    Emphasis,
    Foreign,
    Image,
    Inaudible,
    Inline,
    Inserted,
    Link,
    Nest,
    PageBreak,
    Paragraph,
    Text,
    Turn,
    Vocal,
    plain,
)
from publish.segment import Span


def _nothing(turn: Turn) -> str:  # noqa: ARG001  # stands for one that looks at it
    return ""


class Medium(msgspec.Struct, frozen=True, kw_only=True):
    """What the markup is for, a page or a document of a book, and the words that it takes from outside of a turn."""

    edition: Edition
    interface: Interface
    xhtml: bool = False
    """``xml:lang`` beside ``lang``."""
    foot: Callable[[Turn], str] = _nothing
    """What stands below the words of a turn; a book has nothing there, since its overlay is the audio."""
    times: Mapping[str, tuple[str, str]] = {}
    """By id of a paragraph or sentence: where it begins and ends in its turn's audio file, in seconds, as printed."""
    sounds: Mapping[str, str] = {}
    """By id of a stage direction, which has no foot: the address of its audio file."""
    divided: bool = True
    """Each sentence of a paragraph has an element; where nothing is heard there is no need of any."""
    pages: bool = False
    """Breaks between pages are marked as such, for a book that lists them."""
    joined: frozenset[str] = frozenset()
    """Ids of sentences that stand in the span of the sentence before, since nothing can be heard of them alone."""


# --- Letters and attributes -------------------------------------------------------------------------------------------

_FORBIDDEN = "\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe-\uffff" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}-{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
)
"""What no document may hold: XML 1.0, 2.2; HTML, "Preprocessing the input stream"."""
_SPECIAL = re.compile(f'[&<>"{_FORBIDDEN}]')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escape(text: str) -> str:
    """Text as content, or as a value in double quotes. What no document may hold becomes U+FFFD, and is seen."""
    if text.isalnum():
        return text
    if text.isprintable():  # then it holds nothing that is forbidden
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return _SPECIAL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0]) or (" " if found[0].isspace() else "\ufffd")


def tongue(language: str, around: str, medium: Medium) -> str:
    """The attributes, after a space, that say that words are in another language than what is around them."""
    if language in ("", around):
        return ""
    tag = escape(language)
    xml = f' xml:lang="{tag}"' if medium.xhtml else ""
    return f' lang="{tag}"{xml} dir="{direction(language)}"'


def attributes(paragraph: Paragraph, medium: Medium) -> str:
    """Of the element that holds a paragraph: its id, its language when it differs, when it is heard."""
    language = tongue(_lifted(paragraph).language, medium.edition.language, medium)
    return f'id="{escape(paragraph.id)}"{language}{_cue(paragraph.id, medium)}'


def _cue(key: str, medium: Medium) -> str:
    begin, end = medium.times.get(key, ("", ""))
    return f' data-begin="{begin}" data-end="{end}"' if end else ""


def _lifted(paragraph: Paragraph) -> Paragraph:
    """A paragraph that is one passage in another language, as a paragraph in that language.

    Said once, of the paragraph, a screen reader reads it as one; said of each sentence, it says "space" between them.
    """
    match paragraph.parts:
        case (Foreign(language, parts),):
            return msgspec.structs.replace(paragraph, parts=parts, language=language)
    return paragraph


_ILLEGAL = re.compile(r"[^\w!$&'()*+,\-./:;=?@~%#\u00a0-\U0010ffff]|%(?![0-9A-Fa-f]{2})|[\u202a-\u202e\u2066-\u2069]")


def address(href: str) -> str:
    """An address that a link may have, with what no URL holds percent-encoded; empty: it may not be linked."""
    href = re.sub(f"[{_FORBIDDEN}]", "", href.strip())
    try:
        parts = urlsplit(href)
        usable = parts.port is None or bool(parts.hostname)
    except ValueError:
        return ""
    if not usable or not re.match(r"(?i)https?://[^/?#\s]|mailto:[^\s?]+@", href):
        return ""
    head, mark, fragment = href.partition("#")
    return _encoded(head) + mark + _encoded(fragment.replace("#", "%23"))


def linked(link: Link) -> bool:
    """Whether a link is printed as one: it has words, and an address that may be printed."""
    return bool(plain(link.parts).strip() and address(link.href))


def _encoded(text: str) -> str:
    return _ILLEGAL.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8")), text)


# --- Inline parts -----------------------------------------------------------------------------------------------------


class _Pen(msgspec.Struct, frozen=True):
    """What writing a part needs to know."""

    medium: Medium
    language: str
    """BCP 47, of what is around."""
    breaks: Iterator[str]
    """The id attributes of page breaks that are to come."""


def _pen(medium: Medium, owner: str, language: str) -> _Pen:
    breaks = (f' id="{escape(owner)}-b{number}"' if owner else "" for number in itertools.count(1))
    return _Pen(medium, language or medium.edition.language, breaks)


def inline(parts: Iterable[Inline], medium: Medium, owner: str = "", language: str = "") -> str:
    """Parts without marks for sentences.

    Page breaks in them get ids, ``<paragraph>-b1`` and so on, when ``owner``, the paragraph's id, is given.
    ``language`` is the paragraph's; empty: the edition's.
    """
    return _inline(parts, _pen(medium, owner, language))


def _inline(parts: Iterable[Inline], pen: _Pen) -> str:
    return "".join(_part(part, pen) for part in parts)


def _part(part: Inline, pen: _Pen) -> str:
    match part:
        case Text(text):
            return escape(text)
        case Code(text):
            return f'<code dir="ltr">{escape(text)}</code>'
        case Vocal(text):
            return f'<span class="vocal">{escape(text)}</span>'
        case Inaudible(text):
            return f'<span class="inaudible">{escape(text)}</span>'
        case Image(alt):
            return _image(alt, pen)
        case PageBreak(label):
            return _page_break(label, next(pen.breaks), pen)
        case _:
            opened, closed = _tags(part, pen.medium)
            return f"{opened}{_inline(part.parts, _within(part, pen))}{closed}"


def _page_break(label: str, key: str, pen: _Pen) -> str:
    """A page that a book lists is found by its number; all others are a place and nothing more."""
    if pen.medium.pages and key and label.strip():
        return (
            f'<span class="page"{key} role="doc-pagebreak" epub:type="pagebreak" aria-label="{escape(label)}"></span>'
        )
    return f'<span class="page"{key} role="none" data-label="{escape(label)}"></span>'


def _within(nest: Nest, pen: _Pen) -> _Pen:
    return _Pen(pen.medium, nest.language, pen.breaks) if isinstance(nest, Foreign) else pen


def _image(alt: str, pen: _Pen) -> str:
    """The alternative text, in the interface's words that it is one."""
    medium = pen.medium
    template = medium.interface.phrase(medium.interface.gettext("[Image: {alt}]"))
    before, _, after = template.text.partition("{alt}")
    inside, outside = tongue(pen.language, template.language, medium), tongue(template.language, pen.language, medium)
    words = f"{escape(before)}<bdi{inside}>{escape(alt)}</bdi>{escape(after)}"
    return f'<span class="image"{outside}>{words}</span>'


def _tags(nest: Nest, medium: Medium) -> tuple[str, str]:
    match nest:
        case Emphasis(strong=strong):
            return ("<strong>", "</strong>") if strong else ("<em>", "</em>")
        case Foreign(language):
            return f"<span{tongue(language, '', medium)}>", "</span>"
        case Deleted():
            return "<del>", "</del>"
        case Inserted():
            return "<ins>", "</ins>"
        case Editorial():
            return '<span class="editorial">', "</span>"
        case Link() if linked(nest):
            return f'<a href="{escape(address(nest.href))}" rel="external">', "</a>"
        case Link():
            return "", ""


# --- Sentences --------------------------------------------------------------------------------------------------------


class _Leaf(msgspec.Struct, frozen=True):
    """A part that no sentence ends inside of, or text that can be cut; and all that it is nested in."""

    part: Inline
    nests: tuple[tuple[int, Nest], ...]
    """Outermost first, each with a number that tells it from others that are equal."""
    start: int
    """Position in the paragraph's words. What is not read, such as a deletion, has no length."""
    end: int


def sentences(paragraph: Paragraph, medium: Medium) -> str:
    """A paragraph's parts with a span around each sentence: ``<paragraph>-s1`` … .

    Spans never break nesting: an emphasis over a sentence's end is cut in two. A link is not cut, nor is what has one
    meaning as a whole ("(Laughter. Applause.)"): the sentences that meet in it are one. Every visible word is in one.

    When a sentence is heard is printed where the times are those of exactly the sentences that there are.
    """
    keys, found = _spans(paragraph, medium)
    paragraph = _lifted(paragraph)
    pieces: Iterator[tuple[int, str]]
    if _is_text(paragraph):
        pieces = ((number, escape(piece)) for number, piece in _slices(plain(paragraph.parts), found))
    else:
        cut = _cut(_leaves_of(paragraph), found)
        pieces = _marked(cut, _pen(medium, paragraph.id, paragraph.language))
    heard = f"{paragraph.id}-s{len(found)}" in medium.times and f"{paragraph.id}-s{len(found) + 1}" not in medium.times
    cues = [_cue(key, medium) if heard else "" for key in keys]
    heads = [f'<span id="{escape(key)}" role="none"{cue}>' for key, cue in zip(keys, cues, strict=True)]
    return "".join(f"{heads[number // 2]}{piece}</span>" if number % 2 else piece for number, piece in pieces)


def marks(paragraph: Paragraph, medium: Medium) -> tuple[tuple[str, str], ...]:
    """Of each span that :func:`sentences` puts into a paragraph the id, and the visible words."""
    keys, found = _spans(paragraph, medium)
    words = [""] * len(keys)
    for number, leaf in _cut(_leaves_of(paragraph), found):
        if number % 2:
            words[number // 2] += plain((leaf.part,), deleted=True)
    return tuple(zip(keys, words, strict=True))


def _spans(paragraph: Paragraph, medium: Medium) -> tuple[list[str], list[Span]]:
    """The ids of a paragraph's spans, and the spans, joined as the medium wants it."""
    keys: list[str] = []
    found: list[Span] = []
    for number, span in enumerate(spans(paragraph, medium.edition.language), 1):
        key = f"{paragraph.id}-s{number}"
        if found and key in medium.joined:
            found[-1] = (found[-1][0], span[1])
        else:
            keys.append(key)
            found.append(span)
    return keys, found


def spans(paragraph: Paragraph, around: str) -> Sequence[Span]:
    """The sentences that are marked in a paragraph, by position in its printed words.

    Speech tells the same ones when they begin. ``around`` is the edition's language.
    """
    found = segment.sentences(plain(paragraph.parts), paragraph.language or around)
    return found if _is_text(paragraph) else _whole(_leaves_of(paragraph), found)


def _is_text(paragraph: Paragraph) -> bool:
    return len(paragraph.parts) == 1 and isinstance(paragraph.parts[0], Text)


def _leaves_of(paragraph: Paragraph) -> tuple[_Leaf, ...]:
    return tuple(_leaves(paragraph.parts, (), itertools.count(), [0]))


def _slices(text: str, spans: Iterable[Span]) -> Iterator[tuple[int, str]]:
    """Text cut at the edges of spans, each piece with its number: odd in a span, even between two."""
    at = 0
    for number, edge in enumerate(itertools.chain.from_iterable(spans)):
        yield number, text[at:edge]
        at = edge
    yield 0, text[at:]


def _marked(leaves: Iterable[tuple[int, _Leaf]], pen: _Pen) -> Iterator[tuple[int, str]]:
    """The same of numbered parts of any kind, as markup."""
    for number, pieces in itertools.groupby(leaves, key=itemgetter(0)):
        yield number, _nested([piece for _, piece in pieces], pen)


def _leaves(
    parts: Iterable[Inline], nests: tuple[tuple[int, Nest], ...], numbers: Iterator[int], at: list[int]
) -> Iterator[_Leaf]:
    """All leaves in order. ``at`` holds the position, which goes on from leaf to leaf."""
    for part in parts:
        if isinstance(part, Nest) and not isinstance(part, Link | Deleted):
            yield from _leaves(part.parts, (*nests, (next(numbers), part)), numbers, at)
        else:
            start, at[0] = at[0], at[0] + len(plain((part,)))
            yield _Leaf(part, nests, start, at[0])


def _whole(leaves: Iterable[_Leaf], spans: Iterable[Span]) -> list[Span]:
    """The spans, none of which begins or ends inside of a leaf that is no text."""
    solid = [leaf for leaf in leaves if not isinstance(leaf.part, Text) and leaf.start < leaf.end]
    whole: list[Span] = []
    for start, end in spans:
        for leaf in solid:
            if leaf.start < end and start < leaf.end:
                start, end = min(start, leaf.start), max(end, leaf.end)  # noqa: PLW2901  # the span grows
        if whole and start < whole[-1][1]:
            start, end = whole[-1][0], max(end, whole.pop()[1])  # noqa: PLW2901  # two become one
        whole.append((start, end))
    return whole


def _cut(leaves: Iterable[_Leaf], spans: Sequence[Span]) -> Iterator[tuple[int, _Leaf]]:
    """Leaves cut at the edges of spans, each with its number: odd in a span, even between two."""
    for number, group in itertools.groupby(_numbered(leaves, spans), key=itemgetter(0)):
        found = [leaf for _, leaf in group]
        yield from ((number, leaf) for leaf in found) if number % 2 or not spans else _taken_in(number, found)


def _taken_in(number: int, leaves: Sequence[_Leaf]) -> Iterator[tuple[int, _Leaf]]:
    """Leaves between two sentences: what is seen and not read, such as a deletion, goes to the sentence before."""
    seen = [at for at, leaf in enumerate(leaves) if not isinstance(leaf.part, Text | PageBreak)]
    for at, leaf in enumerate(leaves):
        if seen and number and at <= seen[-1]:
            yield number - 1, leaf
        elif seen and not number and at >= seen[0]:
            yield 1, leaf
        else:
            yield number, leaf


def _numbered(leaves: Iterable[_Leaf], spans: Sequence[Span]) -> Iterator[tuple[int, _Leaf]]:
    edges = [*itertools.chain.from_iterable(spans), sys.maxsize]
    number = 0
    for leaf in leaves:
        at = leaf.start
        while at < leaf.end or at == leaf.start == leaf.end:
            while at >= edges[number]:
                number += 1
            if not isinstance(leaf.part, Text) or leaf.start == leaf.end:
                yield number, leaf
                break
            end = min(leaf.end, edges[number])
            text = leaf.part.text[at - leaf.start : end - leaf.start]
            # White space between sentences belongs to none, and so to nothing that they are nested in.
            yield number, _Leaf(Text(text), leaf.nests if number % 2 or text.strip() else (), at, end)
            at = end


def _nested(leaves: Iterable[_Leaf], pen: _Pen) -> str:
    """Leaves in their elements; what neighbours have in common is opened once."""
    found: list[str] = []
    open_: list[tuple[int, Nest]] = []
    for leaf in leaves:
        common = 0
        while common < min(len(open_), len(leaf.nests)) and open_[common][0] == leaf.nests[common][0]:
            common += 1
        found += [_tags(nest, pen.medium)[1] for _, nest in reversed(open_[common:])]
        found += [_tags(nest, pen.medium)[0] for _, nest in leaf.nests[common:]]
        inner = pen
        for _, nest in leaf.nests:
            inner = _within(nest, inner)
        found.append(_part(leaf.part, inner))
        open_ = list(leaf.nests)
    found += [_tags(nest, pen.medium)[1] for _, nest in reversed(open_)]
    return "".join(found)


# --- Headings ---------------------------------------------------------------------------------------------------------


def _printed(pieces: Iterable[Piece], medium: Medium) -> str:
    return "".join(_piece(piece, medium) for piece in pieces)


def _piece(piece: Piece, medium: Medium) -> str:
    words = inline(piece.parts, medium, piece.id, piece.language)
    language = tongue(piece.language, medium.edition.language, medium)
    match piece.kind:
        case "name":
            return f"<bdi{language}>{words}</bdi>"
        case "role":
            return f'<span class="role"{language}>{words}</span>'
        case _ if piece.id:
            return f'<span id="{escape(piece.id)}" role="none"{language}>{words}</span>'
        case _:
            return f"<span{language}>{words}</span>" if language else words


# --- Turns and sections -----------------------------------------------------------------------------------------------


def paragraph(of: Paragraph, medium: Medium) -> str:
    """A paragraph of speech, sentence by sentence where the medium wants it."""
    words = sentences(of, medium) if medium.divided else _undivided(of, medium)
    return f"<p {attributes(of, medium)}>{words}</p>\n"


def _undivided(of: Paragraph, medium: Medium) -> str:
    said = _lifted(of)
    return inline(said.parts, medium, of.id, said.language)


def turn(of: Turn, medium: Medium) -> str:
    """A turn, or a stage direction."""
    if of.speaker is None:
        return (_title(of, medium) if of.headings else "") + "".join(_stage(words, medium) for words in of.paragraphs)
    person = medium.edition.people[of.speaker]
    role = f' data-role="{person.role}"' if person.role else ""
    words = "".join(paragraph(words, medium) for words in of.paragraphs)
    key = escape(of.id)
    opened = f'<article class="turn" id="{key}" aria-labelledby="{key}-h"{role}>\n'
    return f"{opened}{_title(of, medium)}{words}{medium.foot(of)}</article>\n"


def _title(of: Turn, medium: Medium) -> str:
    level = "h2" if of.opens else "h3"
    words = _printed(headings.pieces(of, medium.edition, medium.interface), medium)
    return f'<{level} id="{escape(of.id)}-h">{words}</{level}>\n'


def _stage(of: Paragraph, medium: Medium) -> str:
    sound = f' data-audio="{escape(medium.sounds[of.id])}"' if of.id in medium.sounds else ""
    return f'<p class="stage" {attributes(of, medium)}{sound}>{_undivided(of, medium)}</p>\n'


def exchange(turns: Sequence[Turn], medium: Medium) -> str:
    """A question and its answers, or the opening. Nothing names it: it would be a landmark, and be read twice.

    An exchange is no ``section``, since its heading is inside of an article, where checkers do not see it.
    """
    body = "".join(turn(one, medium) for one in turns)
    if turns[0].opens:
        return f'<div class="exchange" id="x-{escape(turns[0].id)}">\n{body}</div>\n'
    title = headings.opening(medium.edition, medium.interface)
    head = f'<h2 id="opening-h">{inline(title.parts, medium)}</h2>\n'
    return f'<section class="exchange" id="opening">\n{head}{body}</section>\n'


def label(of: Turn, medium: Medium) -> str:
    """The words of the heading of an exchange, for a list of links: without ids, and without links in them."""
    pieces = headings.pieces(of, medium.edition, medium.interface)
    return _printed(
        [msgspec.structs.replace(piece, parts=(Text(plain(piece.parts)),), id="") for piece in pieces], medium
    )


def transcript(medium: Medium) -> str:
    """All turns: the opening, when there is one, and the exchanges."""
    first, rest = series.exchanges(medium.edition.briefing)
    return "".join(exchange(turns, medium) for turns in (first, *rest) if turns)
