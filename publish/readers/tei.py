"""TEI as parliaments publish it (ParlaMint): utterances with who said them, and what was seen and heard beside.

TEI P5, chapter 8 (transcriptions of speech), and the guidelines of ParlaMint. The source's ids are kept: that of a
``u`` is its turn's, that of a ``seg`` or ``note`` its paragraph's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from publish import xml_safe
from publish.config import Settings
from publish.dates import iso
from publish.diagnostics import Diagnostic, Place, Report, refuse
from publish.inlines import bounded, folded, readable, tidy
from publish.model import Briefing, Inline, PageBreak, Paragraph, Participant, Role, Text, Turn, paragraphs, plain, walk
from publish.readers._tei_people import Known, from_id, people, pointer, printed
from publish.readers._tei_words import DIRECTIONS, TEI, XML, Words, is_annotated, name_of, page_break, text
from publish.speakers import Cast
from publish.work import Source

if TYPE_CHECKING:
    from lxml import etree

SUMMARY = "TEI of parliaments (ParlaMint): u, seg, note, vocal, kinesic, incident, gap; also with annotated words"
SUFFIXES = (".xml", ".tei")

_NAMESPACE = "http://www.tei-c.org/ns/1.0"
_ROOT = re.compile(r"<(?:\w+:)?(?:TEI|teiCorpus|listPerson|listOrg)[\s>]")
_LOOKED_AT = 20_000
"""Characters that are looked at to tell the format."""
_DECLARED = re.compile(r"<!(?:DOCTYPE|ENTITY)")
_MARKS = 6_000_000
"""Tags in a file: more than a year of annotated sittings has."""
_DIVISIONS = frozenset({"div", "body", "front", "back", "group", "text"})
_ROLES: dict[str, Role] = {"chair": "moderator", "regular": "official", "guest": ""}
"""ParlaMint's roles of speakers: who presides, who is a member or of the government, who is invited."""


def claims(source: Source) -> int:
    """Certain of TEI's namespace in a document of it."""
    head = source.text[:_LOOKED_AT]
    return 95 if _NAMESPACE in head and _ROOT.search(head) else 0


def read(name: str, pages: tuple[Source, ...], settings: Settings, report: Report) -> Briefing:
    """The briefing. A corpus root or a list of persons among the pages tells who is who.

    Raises:
        InputError: There are no turns, or a page is not well-formed, declares entities, or is too large.
    """
    roots = [(page.file, _parsed(readable(page, report))) for page in pages]
    texts = [
        (file, found)
        for file, root in roots
        for found in root.iter(f"{TEI}TEI")
        if found.find(f"{TEI}text") is not None
    ]
    if not texts:
        message = "there is no <text> in this; put it into the folder of a briefing, where it tells who is who"
        refuse("R001", message, Place(pages[0].file))
    first = Words(texts[0][0], report)
    own = first.language(texts[0][1].find(f"{TEI}text"), first.language(texts[0][1], settings.language))
    language = settings.briefing(name).language or own
    header = _Header(texts[0][1], language)
    who = people((root for _, root in roots), language, iso(header.date))
    sitting = _Sitting(Cast(settings, report), who, language, report)
    for file, document in texts:
        sitting.read(document, Words(file, report))
    briefing = _briefing(name, header, sitting, language, Place(texts[0][0], texts[0][1].sourceline or 1))
    return _introduced(briefing, sitting, settings)


def _parsed(page: Source) -> etree._Element:
    """The root of a document, read without entities, network and declarations."""
    if found := _DECLARED.search(page.text):
        place = Place(page.file, page.text.count("\n", 0, found.start()) + 1)
        refuse("R030", "this declares a document type or entities, and is not read; take the declaration out", place)
    if page.text.count("<") > _MARKS:
        refuse("R030", f"this has more than {_MARKS:,} tags; divide it into sittings", Place(page.file))
    try:
        return xml_safe.parsed(page.text.encode("utf-8"), bare=True, encoding="utf-8")
    except xml_safe.MalformedError as error:
        refuse("R030", f"{error}; mend the line", Place(page.file, error.line))


# --- The header -------------------------------------------------------------------------------------------------------


class _Header:
    """What the header of a document says of the sitting."""

    def __init__(self, document: etree._Element, language: str) -> None:
        self._head = document.find(f"{TEI}teiHeader")
        self.title = self._titled(language)
        self.date = next(filter(None, map(_day, self._all("settingDesc//", "date"))), "") or next(
            filter(None, map(_day, self._all("sourceDesc//", "date"))), ""
        )
        self.venue = ", ".join(filter(None, map(_words, self._all("settingDesc//", "name"))))
        addresses = (_words(one) for one in self._all("sourceDesc//", "idno"))
        self.source = next((said for said in addresses if said.startswith(("http://", "https://"))), "")

    def _all(self, where: str, what: str) -> list[etree._Element]:
        return self._head.findall(f".//{TEI}{where}{TEI}{what}") if self._head is not None else []

    def _titled(self, language: str) -> str:
        titles = self._all("titleStmt/", "title")
        order = sorted(titles, key=lambda one: (one.get("type") == "sub", one.get(f"{XML}lang", language) != language))
        return next(filter(None, map(_words, order)), "")


def _words(element: etree._Element) -> str:
    return folded("".join(element.itertext())).strip()


def _day(element: etree._Element) -> str:
    return element.get("when") or element.get("from") or _words(element)


def _briefing(name: str, header: _Header, sitting: _Sitting, language: str, place: Place) -> Briefing:
    if not any(turn.speaker for turn in sitting.turns):
        refuse("R001", 'no turns were found; write what is said into <u who="#…"><seg>…</seg></u>', place)
    if header.date and not iso(header.date):
        message = f'the date {header.date!r} cannot be read; write it as when="2031-01-31"'
        sitting.report(Diagnostic("R021", message, place))
    breaks = (part for paragraph in _all_of(sitting.turns) for part in walk(paragraph.parts))
    return Briefing(
        name,
        header.title or name.replace("-", " ").capitalize(),
        tuple(sitting.turns),
        sitting.cast.participants(sitting.turns),
        language,
        iso(header.date),
        header.date,
        header.venue,
        source=header.source,
        pages=tuple(part.label for part in breaks if isinstance(part, PageBreak)),
        place=place,
    )


def _all_of(turns: Sequence[Turn]) -> Iterator[Paragraph]:
    return paragraphs(Briefing("", "", tuple(turns)))


def _introduced(briefing: Briefing, sitting: _Sitting, settings: Settings) -> Briefing:
    """The briefing with what the source tells of its speakers, where ``series.toml`` tells nothing."""

    def told(person: Participant) -> Participant:
        known, own = sitting.known[person.speaker], settings.speakers.get(person.speaker)
        counted = sitting.roles[person.speaker].most_common()
        role = _ROLES[min(counted, key=lambda one: (-one[1], one[0]))[0]] if counted else ""
        return msgspec.structs.replace(
            person,
            name=person.name if own and own.name else known.name,
            role=person.role or role,
            title=person.title or known.title,
            affiliation=person.affiliation or known.affiliation,
            sex=known.sex,
        )

    return msgspec.structs.replace(briefing, participants=tuple(map(told, briefing.participants)))


# --- The text ---------------------------------------------------------------------------------------------------------


class _Sitting:
    """Collects turns. Its state is who speaks, and what stands before the next turn."""

    def __init__(self, cast: Cast, who: dict[str, Known], language: str, report: Report) -> None:
        self.cast, self.report = cast, report
        self.turns: list[Turn] = []
        self.known: dict[str, Known] = {}
        """What is known of each speaker, by id."""
        self.roles: dict[str, Counter[str]] = defaultdict(Counter)
        self._who, self._language = who, language
        self._words = Words("", report)
        self._headings: list[Paragraph] = []
        self._breaks: tuple[PageBreak, ...] = ()
        self._label = ""
        """What the source prints before the next utterance."""
        self._turn = Turn(())
        """The turn that is open, without its paragraphs."""
        self._open: list[Paragraph] = []

    def read(self, document: etree._Element, words: Words) -> None:
        """Read the text of a document."""
        self._words = words
        around = words.language(document, self._language)
        self._division(document.find(f"{TEI}text"), around, 1)
        for heading in self._headings:
            self._say("R020", "nothing follows this heading; it is kept as a line of its own", heading.place)
            self.turns.append(Turn((msgspec.structs.replace(heading, level=0),), place=heading.place))
        self._headings = []

    def _division(self, division: etree._Element, around: str, level: int) -> None:
        language = self._words.language(division, around)
        self._stray(division, division.text, language)
        for child in division:
            match name_of(child):
                case "u":
                    self._utterance(child, language)
                case "head":
                    self._heading(child, language, min(6, level))
                case "pb":
                    self._breaks += page_break(child)
                case kind if kind in _DIVISIONS:
                    self._division(child, language, level + (kind == "div"))
                case kind if kind in DIRECTIONS:
                    self._beside(child, language)
                case _:
                    self._unknown(child, language)
            self._stray(division, child.tail, language)

    def _heading(self, head: etree._Element, around: str, level: int) -> None:
        if (line := self._paragraph(head, around)) is not None:
            self._headings.append(msgspec.structs.replace(line, level=level))

    def _beside(self, element: etree._Element, around: str) -> None:
        """A note or an event between utterances; the speaker's name, when one follows, is its label."""
        following = element.getnext()
        if element.get("type") == "speaker" and following is not None and name_of(following) == "u":
            self._label = _words(element).rstrip(":： ")
            return
        self._direction(element, around)

    def _unknown(self, element: etree._Element, around: str) -> None:
        line = self._paragraph(element, around)
        if line is not None:
            message = f"<{name_of(element)}> outside of an utterance is kept as a stage direction; put it into <note>"
            self._say("R018", message, line.place)
            self._aside(line)

    def _stray(self, around: etree._Element, words: str | None, language: str) -> None:
        """Text between the elements of a division."""
        if words and (parts := tidy((Text(words),))):
            self._say(
                "R012", "nobody is named who says this, and it is kept as a stage direction", self._words.at(around)
            )
            self._aside(Paragraph(parts, language=self._foreign(language), place=self._words.at(around)))

    # -- utterances ----------------------------------------------------------------------------------------------------

    def _utterance(self, utterance: etree._Element, around: str) -> None:
        language, place = self._words.language(utterance, around), self._words.at(utterance)
        label, self._label = self._label, ""
        speaker = self._speaker(utterance, label, place)
        label = label or (self.known[speaker].name if speaker else "")
        self._turn = Turn((), speaker, label, utterance.get(f"{XML}id", ""), place=place)
        before = len(self.turns)
        loose: list[Inline] = []
        annotated = is_annotated(utterance)
        text(utterance.text, loose, annotated=annotated)
        for child in utterance:
            kind = name_of(child)
            if kind in DIRECTIONS or kind in {"seg", "pb"}:
                self._gather(loose, language, place)
            if kind == "seg":
                if (line := self._paragraph(child, language)) is not None:
                    self._open.append(line)
            elif kind == "pb":
                self._breaks += page_break(child)
            elif kind in DIRECTIONS:
                self._direction(child, language)
            else:
                self._words.child(child, loose, language, annotated=annotated)
            text(child.tail, loose, annotated=annotated)
        self._gather(loose, language, place)
        self._close()
        if speaker and not any(turn.speaker for turn in self.turns[before:]):
            self._silent(place)

    def _gather(self, loose: list[Inline], language: str, place: Place) -> None:
        """Words that stand in an utterance without a segment are a paragraph."""
        if parts := tidy(loose):
            bounded(plain(parts, deleted=True), place)
            self._open.append(Paragraph((*self._take_breaks(), *parts), language=self._foreign(language), place=place))
        loose.clear()

    def _silent(self, place: Place) -> None:
        message = (
            f"{self._turn.label!r} has no words here, and is kept as a stage direction; write them, or take it out"
        )
        self._say("R006", message, place)
        self._aside(Paragraph((*self._take_breaks(), Text(self._turn.label)), id=self._turn.id, place=place))

    def _speaker(self, utterance: etree._Element, label: str, place: Place) -> str | None:
        """The id of whoever speaks; None when nobody is named."""
        value = utterance.get("who", "").strip() or label
        if not value:
            message = (
                'nobody is named who says this, and it is kept as a stage direction; write who="#id" of a <person>'
            )
            self._say("R012", message, place)
            return None
        named = value.split() if value.startswith("#") else [value]
        ways = [from_id(one) for one in named]
        said = " / ".join(one.name for one in ways)
        told = self._who.get(pointer(value)) if len(ways) == 1 else None
        shown = printed(label, said) if len(ways) == 1 else None
        known = told or shown or Known(said, title=ways[0].title)
        key = self.cast.speaker(known.name if self.cast.knows(known.name) else said, place)
        before = self.known.setdefault(key, known)
        if before.name == said != known.name:  # the first time, only the id told
            self.known[key] = known
        elif known.title and not before.title:
            self.known[key] = msgspec.structs.replace(before, title=known.title)
        roles = (pointer(token) for token in utterance.get("ana", "").split())
        self.roles[key].update(role for role in roles if role in _ROLES)
        return key

    # -- paragraphs ----------------------------------------------------------------------------------------------------

    def _paragraph(self, element: etree._Element, around: str) -> Paragraph | None:
        """The words of an element; None when it has none."""
        language, place = self._words.language(element, around), self._words.at(element)
        parts = self._words.read(element, language)
        if not parts:
            return None
        bounded(plain(parts, deleted=True), place)
        key = element.get(f"{XML}id", "")
        return Paragraph((*self._take_breaks(), *parts), key, self._foreign(language), place=place)

    def _direction(self, element: etree._Element, around: str) -> None:
        """A note is words of the source; what else happened is told in brackets."""
        if name_of(element) == "note":
            line = self._paragraph(element, around)
        else:
            language = self._words.language(element, around)
            parts = self._words.direction(element, language)
            key, place = element.get(f"{XML}id", ""), self._words.at(element)
            line = (
                Paragraph((*self._take_breaks(), *parts), key, self._foreign(language), place=place) if parts else None
            )
        if line is not None:
            self._aside(line)

    def _aside(self, line: Paragraph) -> None:
        self._close()
        self.turns.append(Turn((line,), headings=self._take_headings(), place=line.place))

    def _close(self) -> None:
        """End the turn that is open; what its speaker says after this continues it."""
        lines, self._open = tuple(self._open), []
        if self._turn.speaker is None:
            self.turns += (Turn((line,), headings=self._take_headings(), place=line.place) for line in lines)
        elif lines:
            place = lines[0].place if self._turn.continued else self._turn.place
            done = msgspec.structs.replace(self._turn, paragraphs=lines, headings=self._take_headings(), place=place)
            self.turns.append(done)
            self._turn = msgspec.structs.replace(done, paragraphs=(), label="", id="", continued=True, headings=())

    def _foreign(self, language: str) -> str:
        return "" if language == self._language else language

    def _take_headings(self) -> tuple[Paragraph, ...]:
        taken, self._headings = tuple(self._headings), []
        return taken

    def _take_breaks(self) -> tuple[PageBreak, ...]:
        taken, self._breaks = self._breaks, ()
        return taken

    def _say(self, code: str, message: str, place: Place) -> None:
        self.report(Diagnostic(code, message, place))
