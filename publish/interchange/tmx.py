"""TMX 1.4b (LISA OSCAR, 26 April 2005): a translation memory for and from other tools.

A tag of a message is ``<bpt>`` and ``<ept>``, or ``<ph>``, with the tag itself as content (level 2). A character that
XML cannot hold is ``<ph type="x-character">`` with its number. Of another tool's codes, which mean nothing here, the
words inside are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO

from lxml import etree

from publish import __version__
from publish.diagnostics import Diagnostic, Place, Report, refuse
from publish.interchange import _xml
from publish.interchange._inline import TYPES, Pair, Piece, Single, escaped, parsed
from publish.languages import canonical, same_language
from publish.messages import FLAG
from publish.po import Entry

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CONTEXT, _CHARACTER, _FLAG = "x-context", "x-character", "x-flag"
_OURS = re.compile(r'</?[a-z]+(?: +id="\d{1,6}")? */?>|&#?\w{1,10};|[<&]')
"""Content of a code that is a tag of a message."""
_CODES = frozenset({"bpt", "ept", "ph", "it", "ut"})


# --- Writing ----------------------------------------------------------------------------------------------------------


def write(entries: Iterable[Entry], source: str, language: str) -> bytes:
    """A memory of messages with one string each; ``source`` and ``language`` are BCP 47."""
    stream = BytesIO()
    head = {
        "creationtool": "publish",
        "creationtoolversion": __version__,
        "segtype": "paragraph",
        "o-tmf": "PO",
        "adminlang": "en",
        "srclang": source,
        "datatype": "xml",
    }
    with etree.xmlfile(stream, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("tmx", {"version": "1.4"}):
            file.write("\n", etree.Element("header", head), "\n")
            with file.element("body"):
                file.write("\n")
                for entry in entries:
                    file.write(_unit(entry, source, language), "\n")
            file.write("\n")
    return stream.getvalue() + b"\n"


def _unit(entry: Entry, source: str, language: str) -> etree._Element:
    unit = etree.Element("tu")
    if entry.context:
        etree.SubElement(unit, "prop", {"type": _CONTEXT}).text = _xml.possible(entry.context)
    if FLAG in entry.flags:
        etree.SubElement(unit, "prop", {"type": _FLAG}).text = FLAG
    for tag, text in ((source, entry.id), (language, entry.strings[0])):
        variant = etree.SubElement(unit, "tuv", {_LANG: tag})
        segment = etree.SubElement(variant, "seg")
        _fill(segment, parsed(text, tagged=FLAG in entry.flags), 0)
    return unit


def _fill(segment: etree._Element, parts: Iterable[Piece], count: int) -> int:
    """Write the parts; the number of pairs so far, by which the two halves of one are joined."""
    for part in parts:
        if isinstance(part, str):
            for text, number in _xml.pieces(part):
                _xml.append(segment, text)
                if number:
                    etree.SubElement(segment, "ph", {"type": _CHARACTER}).text = number
        elif isinstance(part, Single):
            etree.SubElement(segment, "ph").text = part.data
        else:
            count = _pair(segment, part, count + 1)
    return count


def _pair(segment: etree._Element, part: Pair, number: int) -> int:
    said = {"i": str(number), "type": TYPES.get(part.name, "other")}
    etree.SubElement(segment, "bpt", said).text = part.opening
    count = _fill(segment, part.parts, number)
    etree.SubElement(segment, "ept", {"i": str(number)}).text = part.closing
    return count


# --- Reading ----------------------------------------------------------------------------------------------------------


def read(data: bytes, file: str, source: str, language: str, report: Report) -> Iterator[Entry]:
    """The translations from one language into another, as messages; their lines are those of the file.

    A message's context is what the file tells of it, else empty.

    Raises:
        InputError: It is no TMX; with line.
    """
    srclang, begun, wrong = "", False, 0
    for event, element in _xml.events(data, file):
        if event == "start":
            if not begun and element.tag != "tmx":
                refuse(_xml.CODE, "this is no TMX document; save the memory as TMX 1.4", Place(file, 1))
            begun = True
            srclang = element.get("srclang", "") if element.tag == "header" else srclang
        elif element.tag == "tu":
            entry = _entry(element, source, language)
            wrong += entry is None
            _xml.forget(element)
            if entry is not None:
                yield entry
    if wrong:
        message = f"{wrong:,} units hold no translation from {source} into {language}, and are passed over"
        report(Diagnostic("C025", message, Place(file)))


def _entry(unit: etree._Element, source: str, language: str) -> Entry | None:
    said: dict[str, etree._Element] = {}
    for variant in unit.iterfind("tuv"):
        segment = variant.find("seg")
        tag = _tag(variant.get(_LANG) or variant.get("lang") or "")
        for wanted in (source, language):
            if segment is not None and tag and wanted not in said and same_language(tag, wanted):
                said[wanted] = segment
                break
    if len(said) < 2:  # noqa: PLR2004  # the source and its translation
        return None
    props = {prop.get("type"): prop.text for prop in unit.iterfind("prop")}
    tagged = props.get(_FLAG) == FLAG or any(
        _OURS.fullmatch(_code(code)) for segment in said.values() for code in segment.iter(*_CODES)
    )
    message, translation = (_text(said[tag], tagged=tagged) for tag in (source, language))
    if not message.strip() or not translation.strip():
        return None
    flags = (FLAG,) if tagged else ()
    context = _xml.holdable(props.get(_CONTEXT) or unit.get("tuid") or "")
    return Entry(id=message, context=context, strings=(translation,), flags=flags, line=unit.sourceline or 0)


def _tag(written: str) -> str:
    try:
        return canonical(written.replace("_", "-"))
    except ValueError:
        return ""


def _code(element: etree._Element) -> str:
    """What a code stands for."""
    if element.get("type") == _CHARACTER:
        return ""
    return element.text or ""


def _text(element: etree._Element, *, tagged: bool) -> str:
    """The words of a segment as they stand in a message."""
    said = [escaped(element.text or "", tagged=tagged)]
    for child in element:
        if child.get("type") == _CHARACTER:
            said.append(escaped(_xml.character(child.text), tagged=tagged))
        elif child.tag in _CODES:
            said.append(_code(child) if _OURS.fullmatch(_code(child)) else "")
        else:
            said.append(_text(child, tagged=tagged))
        said.append(escaped(child.tail or "", tagged=tagged))
    return "".join(said)
