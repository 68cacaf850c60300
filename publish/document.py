"""The model as JSON: what ``publish show`` prints, and what is read again as a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from publish.config import embargo
from publish.dates import iso
from publish.diagnostics import Place, refuse
from publish.inlines import CONTROL
from publish.languages import canonical
from publish.model import (
    Briefing,
    Code,
    Foreign,
    Image,
    Inaudible,
    Inline,
    Link,
    Nest,
    PageBreak,
    Paragraph,
    Series,
    Text,
    Turn,
    Vocal,
)

VERSION = 1


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A JSON document: a briefing, or a series."""

    publish: int
    """:data:`VERSION`."""
    briefing: Briefing | None = None
    series: Series | None = None


def encode(of: Briefing | Series) -> bytes:
    """A document, indented, with a line end."""
    document = Document(VERSION, of) if isinstance(of, Briefing) else Document(VERSION, series=of)
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def decode(text: str, file: str) -> Document:
    """Read a document.

    Raises:
        InputError: It is none, or holds what the model cannot hold; with the path in the document.
    """
    try:
        document = msgspec.json.decode(text.encode("utf-8", "surrogatepass"), type=Document)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `")
        refuse("R019", f"{what[:1].lower()}{what[1:]} at {path.strip('`') or 'the top'}; mend it there", Place(file))
    except msgspec.DecodeError as error:
        position = re.search(r"\(byte (\d+)\)", str(error))
        line = text.encode("utf-8", "surrogatepass")[: int(position[1])].count(b"\n") + 1 if position else 1
        reason = str(error).partition(" (byte")[0]
        refuse(
            "R019", f"this is not JSON: {reason.replace('JSON is malformed: ', '')}; mend this line", Place(file, line)
        )
    except RecursionError:
        refuse("R019", "parts are nested too deeply; a paragraph has a few levels at most", Place(file))
    if document.publish != VERSION:
        refuse("R019", f"this is version {document.publish} of the format, and {VERSION} is read", Place(file))
    if (document.briefing is None) == (document.series is None):
        refuse(
            "R019", "a document holds either `briefing` or `series`; put in the one, or take out the other", Place(file)
        )
    if document.briefing:
        _validate(document.briefing, "$.briefing", file)
    for number, briefing in enumerate(document.series.briefings if document.series else ()):
        _validate(briefing, f"$.series.briefings[{number}]", file)
    return document


# --- What has the right types and still is no briefing -------------------------------------------------------------

_CONTROL = re.compile(f"[\x00-\x1f]|{CONTROL.pattern}")
_UNFOLDED = re.compile(r"\s{2,}|[^\S \u00a0]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DEPTH = 16
"""Parts in one another; far more than a transcript has, and far fewer than the passes can bear."""


def _validate(briefing: Briefing, path: str, file: str) -> None:
    """Refuse the first thing in a briefing that cannot be used, with its path."""
    place = Place(file)
    for where, problem in _problems(briefing):
        refuse("R019", f"{problem} at {path}.{where}; mend it there", place)


def _problems(briefing: Briefing) -> Iterator[tuple[str, str]]:
    yield from _texts("", briefing, ("title", "venue", "date_text", "start", "end", "source", "status"))
    yield from _language("language", briefing.language)
    if briefing.date and not (_DAY.fullmatch(briefing.date) and iso(briefing.date)):
        yield "date", f"{briefing.date!r} is no day as ISO 8601 writes it (2031-01-31)"
    if briefing.status not in {"public", "draft"} and embargo(briefing.status) is None:
        yield "status", f"{briefing.status!r} is none of 'public', 'draft' and 'embargo <RFC 3339 time>'"
    yield from _strings("extra", briefing.extra)
    for number, label in enumerate(briefing.pages):
        yield from _text(f"pages[{number}]", label)
    yield from _people(briefing)
    known = {participant.speaker for participant in briefing.participants}
    for number, turn in enumerate(briefing.turns):
        yield from _turn(f"turns[{number}]", turn, known)


def _people(briefing: Briefing) -> Iterator[tuple[str, str]]:
    seen = set()
    for number, person in enumerate(briefing.participants):
        where = f"participants[{number}]"
        yield from _texts(f"{where}.", person, ("speaker", "name", "title", "affiliation"))
        yield from _language(f"{where}.language", person.language)
        if not person.speaker or person.speaker in seen:
            yield where, f"the speaker {person.speaker!r} is empty or stands twice"
        seen.add(person.speaker)


def _turn(where: str, turn: Turn, known: set[str]) -> Iterator[tuple[str, str]]:
    yield from _texts(f"{where}.", turn, ("label", "time", "id"))
    if not turn.paragraphs:
        yield where, "a turn without words"
    if turn.speaker is None:
        if len(turn.paragraphs) > 1 or turn.continued:
            yield where, "a stage direction, which has no speaker, is one paragraph and continues nothing"
    elif turn.speaker not in known:
        yield where, f"{turn.speaker!r} is none of the participants"
    for field, paragraphs in (("headings", turn.headings), ("paragraphs", turn.paragraphs)):
        for number, paragraph in enumerate(paragraphs):
            yield from _paragraph(f"{where}.{field}[{number}]", paragraph, heading=field == "headings")


def _paragraph(where: str, paragraph: Paragraph, *, heading: bool) -> Iterator[tuple[str, str]]:
    yield from _text(f"{where}.id", paragraph.id)
    yield from _language(f"{where}.language", paragraph.language)
    if not (1 if heading else 0) <= paragraph.level <= 6:  # noqa: PLR2004  # as HTML has it
        yield f"{where}.level", f"the level {paragraph.level}: a heading has one from 1 to 6, and a paragraph 0"
    if not paragraph.parts:
        yield where, "a paragraph without words"
    waiting: list[tuple[str, int, Inline]] = [
        (f"{where}.parts[{number}]", 1, part) for number, part in enumerate(paragraph.parts)
    ]
    while waiting:
        at, depth, part = waiting.pop()
        if depth > _DEPTH:
            yield where, "parts that are nested too deeply"
            return
        yield from _part(at, part)
        if isinstance(part, Nest):
            waiting += [(f"{at}.parts[{number}]", depth + 1, inner) for number, inner in enumerate(part.parts)]


def _part(where: str, part: Inline) -> Iterator[tuple[str, str]]:
    match part:
        case Text(text) | Code(text) | Vocal(text) | Inaudible(text) | PageBreak(text) | Image(text):
            yield from _text(where, text)
            if not text or _UNFOLDED.search(text):
                yield where, "a text that is empty, or has two white spaces in a row or a line break"
        case Link(href):
            yield from _text(f"{where}.href", href)
        case Foreign(language):
            yield from _language(f"{where}.language", language or "-")
    if isinstance(part, Image):
        yield from _text(f"{where}.source", part.source)
    if isinstance(part, Nest) and not part.parts:
        yield where, "a part that holds nothing"


def _strings(where: str, value: object, depth: int = 0) -> Iterator[tuple[str, str]]:
    """What the front matter held: texts, lists and tables of them."""
    match value:
        case str():
            yield from _text(where, value)
        case _ if depth > _DEPTH:
            yield where, "lists or tables that are nested too deeply"
        case list():
            for number, of in enumerate(value):
                yield from _strings(f"{where}[{number}]", of, depth + 1)
        case dict():
            for key, of in value.items():
                yield from _text(where, str(key))
                yield from _strings(f"{where}.{key}", of, depth + 1)
        case _:
            yield where, "a value that is no text, list or table"


def _texts(where: str, of: object, fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    for field in fields:
        yield from _text(f"{where}{field}", getattr(of, field))


def _text(where: str, text: str) -> Iterator[tuple[str, str]]:
    if found := _CONTROL.search(text):
        shown = text[max(0, found.start() - 20) : found.start()]
        yield where, f"a control character U+{ord(found.group()):04X} after {shown!r}"


def _language(where: str, tag: str) -> Iterator[tuple[str, str]]:
    if tag:
        try:
            canonical(tag)
        except ValueError as error:
            yield where, f"{tag!r}, which is no language tag: {error},"
