"""XLIFF 2.1 (OASIS Standard, 13 February 2018): a catalogue for the tools of translation agencies, and back.

The skeleton holds the catalogue as it was sent, since a tool must not change it (section 4.2.2.3); a unit is a message
that is not obsolete. So whatever XLIFF has no place for comes back as it was, and with it the state that the work of
both sides has begun from. A character that XML cannot hold is ``<cp>`` (section 4.2.3.1).

=============  ===========================================================
in the unit    in the catalogue
=============  ===========================================================
``state``      ``initial``: no translation, or a fuzzy one; else final
``subState``   ``publish:fuzzy`` of a fuzzy one
``note``       what is said to translators; a new one is a comment of theirs
``pc``, ``ph`` tags; their text is in ``originalData``
``mrk``        ``translate="no"`` around code
=============  ===========================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import quoteattr

import msgspec
from lxml import etree

from publish import po
from publish.diagnostics import Diagnostic, Place, Report, refuse
from publish.interchange import _xml
from publish.interchange._inline import TYPES, Pair, Piece, Single, escaped, parsed
from publish.languages import direction
from publish.messages import FLAG
from publish.po import Entry

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
_OWN = "urn:publish:skeleton:1"
_XLF = f"{{{NAMESPACE}}}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FUZZY = "publish:fuzzy"
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,80}")
"""Names that are an NMTOKEN for every tool, although XML allows more."""


class Returned(msgspec.Struct, frozen=True):
    """What a file holds."""

    source: str
    """``srcLang``, as written."""
    language: str
    """``trgLang``, as written; empty when there is none."""
    sent: tuple[Entry, ...] | None
    """The catalogue as it was sent, header first; None when the file has no skeleton of ours."""
    entries: tuple[Entry, ...]
    """The catalogue as it is now; their lines are those of the file."""


# --- Writing ----------------------------------------------------------------------------------------------------------


def write(entries: Sequence[Entry], name: str, source: str, language: str) -> bytes:
    """The catalogue of a briefing as a document; ``source`` and ``language`` are BCP 47."""
    return b"".join(_written(entries, name, source, language))


def _written(entries: Sequence[Entry], name: str, source: str, language: str) -> Iterator[bytes]:
    """Line by line: lxml's own writer of parts gives ``xml:space`` a wrong prefix, and each part its namespace."""
    languages = f"srcLang={quoteattr(source)} trgLang={quoteattr(language)}"
    directions = f'srcDir="{direction(source)}" trgDir="{direction(language)}"'
    original = quoteattr(_xml.possible(f"{name}.po"))
    yield (
        f'<?xml version="1.0" encoding="utf-8"?>\n<xliff xmlns="{NAMESPACE}" version="2.1" {languages}>\n'
        f'<file id="f1" original={original} {directions} xml:space="preserve">\n'
    ).encode()
    yield _line(_skeleton(entries))
    for ids, entry in _units(entries):
        for form, id_ in enumerate(ids):
            yield _line(_unit(id_, entry, form))
    yield b"</file>\n</xliff>\n"


def _line(element: etree._Element) -> bytes:
    text: bytes = etree.tostring(element, encoding="utf-8")
    return text.replace(f' xmlns="{NAMESPACE}"'.encode(), b"", 1) + b"\n"


def _skeleton(entries: Sequence[Entry]) -> etree._Element:
    element = etree.Element(f"{_XLF}skeleton", nsmap={None: NAMESPACE})
    for text, number in _xml.pieces(po.serialise(entries)):
        _xml.append(element, text)
        if number:
            etree.SubElement(element, f"{{{_OWN}}}cp", {"hex": number}, nsmap={"own": _OWN})
    return element


def _units(entries: Iterable[Entry]) -> Iterator[tuple[tuple[str, ...], Entry]]:
    """Messages with the ids of their units, one for each plural form: paragraph ids where they can be, else numbers."""
    used: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.obsolete or not entry.id:
            continue
        id_ = (entry.context or "").rpartition("/")[2]
        if not _TOKEN.fullmatch(id_) or id_ in used:
            id_ = f"u.{number}"
        ids = (id_,) if entry.plural is None else tuple(f"{id_}.{form}" for form in range(len(entry.strings)))
        if used.intersection(ids):
            ids = tuple(f"u.{number}.{form}" for form in range(len(ids)))
        used.update(ids, (id_,))
        yield ids, entry


def _original(entry: Entry, form: int) -> str:
    return entry.id if entry.plural is None or form == 0 else entry.plural


def _unit(id_: str, entry: Entry, form: int) -> etree._Element:
    unit = etree.Element(f"{_XLF}unit", {"id": id_}, nsmap={None: NAMESPACE})
    if entry.context:
        unit.set("name", _xml.possible(entry.context))
    unit.set(_SPACE, "preserve")
    if told := tuple(_told(entry)):
        notes = etree.SubElement(unit, f"{_XLF}notes")
        for category, text in told:
            etree.SubElement(notes, f"{_XLF}note", {"category": category}).text = _xml.possible(text)
    codes = _Codes(tagged=FLAG in entry.flags)
    segment = etree.Element(f"{_XLF}segment", _state(entry, form))
    source = etree.SubElement(segment, f"{_XLF}source")
    codes.put(source, _original(entry, form), first=True)
    if text := entry.strings[form]:
        codes.put(etree.SubElement(segment, f"{_XLF}target"), text, first=False)
    codes.store(unit)
    unit.append(segment)
    return unit


def _state(entry: Entry, form: int) -> dict[str, str]:
    if entry.fuzzy:
        return {"state": "initial", "subState": _FUZZY}
    return {"state": "final" if entry.strings[form] else "initial"}


def _told(entry: Entry) -> Iterator[tuple[str, str]]:
    """Notes with their categories; an empty one says nothing."""
    lines = [("description", line) for line in entry.extracted]
    lines += [("comment", line.strip()) for line in entry.comments]
    if entry.previous[1]:
        lines.append(("previous", f"The original was: {entry.previous[1]}"))
    yield from ((category, line) for category, line in lines if line.strip())


class _Codes:
    """The codes of one unit. A target's have the ids of the source's where they are the same."""

    def __init__(self, *, tagged: bool) -> None:
        self._tagged = tagged
        self._data: dict[str, str] = {}
        self._ids: dict[tuple[str, str, str], list[str]] = {}
        self._count = 0

    def put(self, element: etree._Element, text: str, *, first: bool) -> None:
        """Fill an element; ``first`` for the source."""
        left = {key: list(ids) for key, ids in self._ids.items()}
        self._fill(element, parsed(text, tagged=self._tagged), None if first else left)

    def _fill(
        self, element: etree._Element, parts: Iterable[Piece], left: dict[tuple[str, str, str], list[str]] | None
    ) -> None:
        for part in parts:
            if isinstance(part, str):
                for text, number in _xml.pieces(part):
                    _xml.append(element, text)
                    if number:
                        etree.SubElement(element, f"{_XLF}cp", {"hex": number})
            elif isinstance(part, Single):
                said = {"dataRef": self._ref(part.data), "disp": part.data, **_GUARDED, "type": "other"}
                etree.SubElement(element, f"{_XLF}ph", {"id": self._id(("ph", part.data, ""), left), **said})
            else:
                parent = element
                if part.name == "code":
                    guard = {"id": self._id(("mrk", part.opening, ""), left), "translate": "no"}
                    parent = etree.SubElement(element, f"{_XLF}mrk", guard)
                self._fill(self._pair(parent, part, left), part.parts, left)

    def _pair(
        self, parent: etree._Element, part: Pair, left: dict[tuple[str, str, str], list[str]] | None
    ) -> etree._Element:
        said = {
            "id": self._id(("pc", part.opening, part.closing), left),
            "dataRefStart": self._ref(part.opening),
            "dataRefEnd": self._ref(part.closing),
            "dispStart": part.opening,
            "dispEnd": part.closing,
            **_GUARDED,
            "type": TYPES.get(part.name, "other"),
            "subType": f"publish:{part.name}",
        }
        return etree.SubElement(parent, f"{_XLF}pc", said)

    def _id(self, key: tuple[str, str, str], left: dict[tuple[str, str, str], list[str]] | None) -> str:
        if left and left.get(key):
            return left[key].pop(0)
        self._count += 1
        if left is None:
            self._ids.setdefault(key, []).append(f"c{self._count}")
        return f"c{self._count}"

    def _ref(self, data: str) -> str:
        return self._data.setdefault(data, f"d{len(self._data) + 1}")

    def store(self, unit: etree._Element) -> None:
        """Write what the codes stand for."""
        if self._data:
            kept = etree.SubElement(unit, f"{_XLF}originalData")
            for data, id_ in self._data.items():
                etree.SubElement(kept, f"{_XLF}data", {"id": id_}).text = data


_GUARDED = {"canCopy": "no", "canDelete": "no"}


# --- Reading ----------------------------------------------------------------------------------------------------------


def read(data: bytes, file: str, report: Report) -> Returned:
    """The catalogue in a document, wherever it comes from.

    Raises:
        InputError: It is no XLIFF 2, or its skeleton is broken; with line.
    """
    reading = _Reading(file, report)
    for event, element in _xml.events(data, file):
        reading.take(event, element)
    return reading.finish()


class _Reading:
    def __init__(self, file: str, report: Report) -> None:
        self._file, self._report = file, report
        self._languages: tuple[str, str] | None = None
        self._sent: tuple[Entry, ...] | None = None
        self._places: dict[str, tuple[int, int]] = {}
        """Of each unit by its id: which message, which form."""
        self._found: dict[int, dict[int, _Found]] = {}
        self._more: list[Entry] = []

    def take(self, event: str, element: etree._Element) -> None:
        if event == "start":
            if self._languages is None:
                self._begin(element)
        elif element.tag == f"{_XLF}skeleton" and self._sent is None:
            self._kept(element)
        elif element.tag == f"{_XLF}unit":
            self._unit(element)
            _xml.forget(element)

    def _begin(self, root: etree._Element) -> None:
        version = root.get("version", "")
        if root.tag != f"{_XLF}xliff" or not version.startswith("2."):
            which = f"XLIFF {version}" if str(root.tag).endswith("}xliff") and version else "no XLIFF"
            refuse(_xml.CODE, f"this is {which}, and XLIFF 2.0 to 2.2 is read; save it as that", Place(self._file, 1))
        self._languages = root.get("srcLang", ""), root.get("trgLang", "")

    def _kept(self, skeleton: etree._Element) -> None:
        """The catalogue as it was sent."""
        text = skeleton.text or ""
        for child in skeleton:
            text += (_xml.character(child.get("hex")) if child.tag == f"{{{_OWN}}}cp" else "") + (child.tail or "")
        if not re.search(r"^msgid ", text, re.MULTILINE):
            return
        self._sent = po.parse(text, f"{self._file} (skeleton)").entries
        numbers = {id(entry): number for number, entry in enumerate(self._sent)}
        for ids, entry in _units(self._sent):
            self._places.update((id_, (numbers[id(entry)], form)) for form, id_ in enumerate(ids))

    def _unit(self, unit: etree._Element) -> None:
        place = self._places.get(unit.get("id", ""))
        known = self._sent[place[0]] if place and self._sent else None
        found = _Found(unit, known)
        if place and known and found.source != _original(known, place[1]):
            found.faults.append("the original in this unit is not the one that was sent")
        for what in found.faults:
            said = f"{what}; the translation is taken as fuzzy"
            self._report(Diagnostic("C023", said, Place(self._file, found.line)))
        if place is None or known is None:
            self._more.append(found.entry(_xml.holdable(unit.get("name", "")) or None))
        else:
            self._found.setdefault(place[0], {})[place[1]] = found

    def finish(self) -> Returned:
        if self._languages is None:
            refuse(_xml.CODE, "this document is empty", Place(self._file))
        entries = (_given(entry, self._found.get(number, {})) for number, entry in enumerate(self._sent or ()))
        return Returned(*self._languages, self._sent, (*entries, *self._more))


def _given(sent: Entry, found: Mapping[int, _Found]) -> Entry:
    """The message with what came back of it. What did not come back is as it was sent."""
    if not found:
        return sent
    forms = list(enumerate(sent.strings))
    strings = tuple(found[form].target if form in found else text for form, text in forms)
    fuzzy = any(
        found[form].fuzzy if form in found and found[form].target else sent.fuzzy and text == strings[form]
        for form, text in forms
    )
    flags = tuple(flag for flag in sent.flags if flag != "fuzzy")
    first = min(found.values(), key=lambda one: one.line)
    return msgspec.structs.replace(
        sent,
        strings=strings,
        flags=sent.flags if fuzzy == sent.fuzzy else (("fuzzy", *flags) if fuzzy else flags),
        comments=(*sent.comments, *dict.fromkeys(line for one in found.values() for line in one.comments)),
        line=first.line,
    )


def _has_codes(unit: etree._Element) -> bool:
    return any(True for _ in unit.iter(*(f"{_XLF}{name}" for name in ("pc", "ph", "sc"))))


def _comments(unit: etree._Element, known: Entry | None) -> Iterator[str]:
    """What a translator noted: every note that was not sent."""
    sent = {_xml.possible(text) for _, text in _told(known)} if known else set()
    for note in unit.iter(f"{_XLF}note"):
        text = _xml.holdable("".join(note.itertext()))
        if text.strip() and text not in sent:
            yield from (f" {line.strip()}" for line in text.splitlines() if line.strip())


class _Found:
    """What stands in a unit. A tool may have divided it into segments, and put these into another order."""

    def __init__(self, unit: etree._Element, known: Entry | None) -> None:
        self.line: int = unit.sourceline or 0
        self._tagged = FLAG in known.flags if known else _has_codes(unit)
        self.faults: list[str] = []
        self._data = {data.get("id", ""): "".join(data.itertext()) for data in unit.iter(f"{_XLF}data")}
        self._codes = self._known(unit)
        segments = [part for part in unit if part.tag in {f"{_XLF}segment", f"{_XLF}ignorable"}]
        self.source = "".join(self._text(part.find(f"{_XLF}source"), self._codes) for part in segments)
        targets = [self._target(number, part) for number, part in enumerate(segments, 1)]
        filled = any(text for _, text, final in targets if final is not None)
        self.target = "".join(text for _, text, _ in sorted(targets, key=lambda one: one[0])) if filled else ""
        self._final = all(final is not False for _, _, final in targets)
        self.comments = tuple(_comments(unit, known))

    @property
    def fuzzy(self) -> bool:
        """Whether a person has still to look at it."""
        return bool(self.faults) or not self._final

    def entry(self, name: str | None) -> Entry:
        """The message of a unit that was not sent."""
        flags = (*(("fuzzy",) if self.fuzzy and self.target else ()), *((FLAG,) if self._tagged else ()))
        return Entry(
            id=self.source, context=name, strings=(self.target,), flags=flags, comments=self.comments, line=self.line
        )

    def _target(self, number: int, segment: etree._Element) -> tuple[int, str, bool | None]:
        """Its place, its words, and whether they are final; None of what is between segments."""
        target = segment.find(f"{_XLF}target")
        between = segment.tag == f"{_XLF}ignorable"
        if target is None:
            text = self._text(segment.find(f"{_XLF}source"), self._codes) if between else ""
            return number, text, None if between else False
        order = target.get("order", "")
        place = int(order) if re.fullmatch(r"[0-9]{1,6}", order) else number
        final = segment.get("state", "initial") != "initial"
        return place, self._text(target, self._codes), None if between else final

    def _known(self, unit: etree._Element) -> dict[str, tuple[str, str]]:
        """What each code of the source stands for, by its id, for tools that write no more than that."""
        found = {}
        for code in unit.iterfind(f".//{_XLF}source//*"):
            start, end = code.get("dataRefStart", code.get("dataRef", "")), code.get("dataRefEnd", "")
            found[code.get("id", "")] = self._data.get(start, ""), self._data.get(end, "")
        return found

    def _text(self, element: etree._Element | None, codes: Mapping[str, tuple[str, str]]) -> str:
        """The words of an element as they stand in a message."""
        if element is None:
            return ""
        said = [escaped(element.text or "", tagged=self._tagged)]
        for child in element:
            opening, closing = self._code(child, codes)
            said += (opening, self._text(child, codes), closing, escaped(child.tail or "", tagged=self._tagged))
        return "".join(said)

    def _code(self, element: etree._Element, codes: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
        name = str(element.tag).removeprefix(_XLF)
        if name == "cp" and (sign := _xml.character(element.get("hex"))):
            return escaped(sign, tagged=self._tagged), ""
        if name in {"mrk", "sm", "em"}:
            return "", ""
        kept = codes.get(element.get("id", ""), ("", ""))
        if name == "pc":
            found = (
                self._data.get(element.get("dataRefStart", ""), kept[0]),
                self._data.get(element.get("dataRefEnd", ""), kept[1]),
            )
        elif name == "ec":
            closing = codes.get(element.get("startRef", ""), kept)[1]
            found = self._data.get(element.get("dataRef", ""), closing), ""
        else:
            found = self._data.get(element.get("dataRef", ""), kept[0]), ""
        if not any(found):
            self.faults.append(f"<{name}> stands for nothing that was sent, and only its words are kept")
        return found
