"""The model as JSON: what ``publish show`` prints, and what is read again as a source."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from publish.diagnostics import Place, refuse
from publish.model import Briefing, Code, Image, Inaudible, Link, PageBreak, Series, Text, Vocal, paragraphs, walk

VERSION = 1
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


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
        line = text.encode()[: int(position[1])].count(b"\n") + 1 if position else 1
        reason = str(error).partition(" (byte")[0]
        refuse("R019", f"this is not JSON: {reason[:1].lower()}{reason[1:]}; mend this line", Place(file, line))
    except RecursionError:
        refuse("R019", "parts are nested too deeply; a paragraph has a few levels at most", Place(file))
    if document.publish != VERSION:
        refuse("R019", f"this is version {document.publish} of the format, and {VERSION} is read", Place(file))
    for briefing in (document.briefing,) if document.briefing else document.series.briefings if document.series else ():
        _validate(briefing, file)
    return document


def _validate(briefing: Briefing, file: str) -> None:
    """Refuse what has the right types and still is no briefing."""
    known = {participant.speaker for participant in briefing.participants}
    for number, turn in enumerate(briefing.turns):
        where = f"$.briefing.turns[{number}]"
        if not turn.paragraphs or not all(paragraph.parts for paragraph in turn.paragraphs):
            refuse("R019", f"a turn or a paragraph without words at {where}; remove it", Place(file))
        if turn.speaker is not None and turn.speaker not in known:
            refuse("R019", f"{turn.speaker!r} is none of the participants at {where}; list it there", Place(file))
    said = (briefing.title, briefing.venue, briefing.date_text, briefing.start, briefing.end, briefing.source)
    names = (text for person in briefing.participants for text in (person.name, person.title, person.affiliation))
    words = (text for paragraph in paragraphs(briefing) for part in walk(paragraph.parts) for text in _texts(part))
    labels = (text for turn in briefing.turns for text in (turn.label, turn.time))
    _no_controls((*said, *names, *labels, *words), file)


def _texts(part: object) -> Iterable[str]:
    match part:
        case Text(text) | Code(text) | Vocal(text) | Inaudible(text) | PageBreak(text):
            return (text,)
        case Image(alt, source):
            return (alt, source)
        case Link(href):
            return (href,)
        case _:
            return ()


def _no_controls(texts: Iterable[str], file: str) -> None:
    for text in texts:
        if found := _CONTROL.search(text):
            shown = text[max(0, found.start() - 20) : found.start()]
            what = f"a control character U+{ord(found.group()):04X} stands after {shown!r}; remove it"
            refuse("R019", what, Place(file))
