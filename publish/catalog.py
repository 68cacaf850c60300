"""Catalogues, and the edition that is built from what translators give back.

A translation is used only when its message is word for word the paragraph, and no person has still to look at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from publish import po, proofs, pseudo, series, templates
from publish.config import Settings
from publish.diagnostics import Diagnostic, Place, Report, unheard
from publish.inlines import folded
from publish.interface import Interface
from publish.languages import from_folder, same_language
from publish.messages import TagError, message, translated
from publish.model import (
    Briefing,
    Coverage,
    Edition,
    Paragraph,
    Participant,
    Person,
    Phrase,
    Turn,
    plain,
)
from publish.po import Entry
from publish.salvage import salvaged

# --- What they give back ----------------------------------------------------------------------------------------------


class Catalog(msgspec.Struct, frozen=True):
    """The translations of one file."""

    language: str
    """BCP 47."""
    file: str
    entries: dict[str, Entry]
    """Those with a context, by it; no obsolete ones."""
    revised: str
    """PO-Revision-Date in UTC, ``2031-04-05T08:00:00Z``; empty when the header has none."""
    translator: str = ""
    """Name in Last-Translator; empty when it names nobody."""
    text: str = ""
    """Of the whole file, by which places in it are found."""
    others: dict[tuple[str, str], Entry] = {}
    """Those whose context stands there already, with other words: by context and words."""

    def entry(self, context: str, text: str) -> Entry | None:
        """What stands under the context, of these words where several do."""
        found = self.entries.get(context)
        return self.others.get((context, text), found) if found is not None and found.id != text else found


def parse(file: str, text: str, language: str, report: Report) -> Catalog:
    """Read a PO file. Of a damaged one, ``report`` hears what cannot be used.

    Raises:
        InputError: Nothing of it can be read; with line and column.
    """
    found = salvaged(text, file, report)
    entries: dict[str, Entry] = {}
    others: dict[tuple[str, str], Entry] = {}
    for entry in found.entries:
        if entry.context is None or entry.obsolete:
            continue
        first = entries.setdefault(entry.context, entry)
        if first is not entry:
            others[entry.context, entry.id] = entry
            what = f"this context stands already in line {first.line}, with other words; the words of the source count"
            report(Diagnostic("C002", f"column 1: {what}", Place(file, entry.line)))
    told = about(found)
    _of_language(found, file, language, report)
    return Catalog(language, file, entries, told.revised, told.translator, text, others)


def _of_language(found: po.File, file: str, language: str, report: Report) -> None:
    """Say that the header names another language than the folder."""
    named = found.header.get("Language", "")
    try:
        strange = bool(named) and not same_language(from_folder(named), language)
    except ValueError:
        strange = True
    if strange:
        what = f"the header says that this is {named!r}, and its folder is that of {language!r}"
        report(Diagnostic("C002", f"column 1: {what}; mend one of the two", Place(file, 1)))


class About(msgspec.Struct, frozen=True):
    """What a header tells of the last change."""

    translator: str
    revised: str
    """In UTC."""


def about(found: po.File) -> About:
    """Who translated last and when; empty where that is not said."""
    header = found.header
    return About(_named(header.get("Last-Translator", "")), _utc(header.get("PO-Revision-Date", "")))


def pseudo_briefing(briefing: Briefing, settings: Settings, language: str) -> Catalog:
    """The catalogue of a briefing in no language, as :mod:`publish.pseudo` makes it."""
    return _pseudo(templates.template(briefing, settings), language)


def pseudo_series(settings: Settings, people: Iterable[Participant], language: str) -> Catalog:
    """The same, of the series."""
    by_id = {person.speaker: person for person in people}
    return _pseudo(templates.series_template(settings, by_id, ""), language)


def _pseudo(template: str, language: str) -> Catalog:
    entries = (pseudo.entry(entry, language) for entry in po.parse(template, "template").entries if entry.id)
    return Catalog(language, "", {entry.context: entry for entry in entries if entry.context is not None}, "")


_NOBODY = frozenset({"", "full name", "nobody yet", "automatically generated", "anonymous", "unknown", "none"})
"""What stands in headers where no person is named."""


def _named(text: str) -> str:
    """A name without its e-mail address, which is nobody's to publish."""
    words = (word for word in re.sub(r"<[^>]*>?", " ", text).split() if "@" not in word)
    name = " ".join(words).strip(" ,;")
    return "" if name.casefold() in _NOBODY else name


def _utc(text: str) -> str:
    for form in ("%Y-%m-%d %H:%M%z", "%Y-%m-%d %H:%M:%S%z"):
        try:
            return datetime.strptime(text, form).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            continue
    return ""


# --- The edition ------------------------------------------------------------------------------------------------------


def edition(  # noqa: PLR0913, PLR0917  # two kinds of catalogues, and what every pass takes
    briefing: Briefing,
    language: str,
    catalogs: Sequence[Catalog],
    shared: Sequence[Catalog],
    settings: Settings,
    interface: Interface,
    report: Report,
) -> Edition:
    """The briefing in a language.

    ``catalogs`` are the briefing's, in the order in which they are asked; ``shared`` those of the series.
    """
    table = settings.edition(language)
    source = briefing.language
    own = _Translator(catalogs, report, fuzzy=table.fuzzy, source=source)
    common = _Translator(shared, report, fuzzy=table.fuzzy)
    turns = tuple(own.turn(turn, briefing) for turn in briefing.turns)
    title = own.phrase(f"{briefing.name}/title", briefing.title, source)
    venue = own.phrase(f"{briefing.name}/venue", briefing.venue, source) if briefing.venue else None
    translated_briefing = msgspec.structs.replace(briefing, turns=turns)
    shown = settings.cover and settings.cover_alt.strip()
    return Edition(
        language,
        source,
        common.phrase("series/title", settings.title, settings.language),
        common.phrase("series/publisher", settings.publisher, settings.language),
        title,
        venue,
        translated_briefing,
        {person.speaker: _person(person, common, source) for person in briefing.participants},
        dict(_headings(translated_briefing, interface)),
        own.coverage() if catalogs else _whole(own.total),
        common.phrase("series/cover", settings.cover_alt, settings.language) if shown else None,
        () if table.status == "machine" else own.translators(),
    )


def series_titles(settings: Settings, shared: Sequence[Catalog]) -> tuple[str, str, str]:
    """Title, publisher and summary of the series in the language of the catalogues."""
    common = _Translator(shared, unheard)
    said = {"title": settings.title, "publisher": settings.publisher, "summary": settings.summary}
    title, publisher, summary = (
        common.phrase(f"series/{key}", text, settings.language).text for key, text in said.items()
    )
    return title, publisher, summary


def _whole(total: int) -> Coverage:
    return Coverage(total, total)


class _Translator:
    """Looks messages up, and counts what it finds."""

    def __init__(self, catalogs: Sequence[Catalog], report: Report, *, fuzzy: bool = False, source: str = "") -> None:
        """``source`` is the language of the messages whose translations are looked at whole, when somebody hears."""
        self._catalogs = catalogs
        self._report = report
        self._source = "" if report is unheard else source
        self._allowed = fuzzy
        self.total = self._done = self._fuzzy = self._words = self._left = 0
        self._used: dict[str, None] = {}

    def coverage(self) -> Coverage:
        return Coverage(self.total, self._done, self._fuzzy, self._words, self._left, unreviewed=self._allowed)

    def translators(self) -> tuple[str, ...]:
        """Who is named in the catalogues that something was taken from."""
        return tuple(self._used)

    def phrase(self, context: str, text: str, language: str) -> Phrase:
        """A short text, translated when there is a translation."""
        words = self._count(text)
        for catalog, entry in self._found(context, text):
            self._take(catalog, entry, words)
            return Phrase(" ".join(folded(entry.strings[0]).split()), catalog.language)
        return Phrase(text, language)

    def turn(self, turn: Turn, briefing: Briefing) -> Turn:
        return msgspec.structs.replace(
            turn,
            headings=tuple(self._paragraph(heading, briefing) for heading in turn.headings),
            paragraphs=tuple(self._paragraph(paragraph, briefing) for paragraph in turn.paragraphs),
        )

    def _paragraph(self, paragraph: Paragraph, briefing: Briefing) -> Paragraph:
        language = paragraph.language or briefing.language
        original = paragraph if paragraph.language else msgspec.structs.replace(paragraph, language=language)
        if not self._catalogs:  # as for the original, of which nothing but their number is asked
            self.total += bool(plain(paragraph.parts))
            return original
        text, _ = message(paragraph.parts)
        words = self._count(text)
        for catalog, entry in self._found(f"{briefing.name}/{paragraph.id}", text):
            try:
                parts = translated(entry.strings[0], paragraph.parts)
            except TagError as error:
                self._say(proofs.of_tags(error), catalog, entry)
                continue
            self._take(catalog, entry, words)
            return msgspec.structs.replace(paragraph, parts=parts, language=catalog.language)
        return original

    def _count(self, text: str) -> int:
        """How many words a message has."""
        words = len(text.split())
        self.total += bool(text)
        self._words += words
        self._left += words
        return words

    def _take(self, catalog: Catalog, entry: Entry, words: int) -> None:
        """Note what is used, for a message of so many words, and say what can be seen to be wrong with it."""
        self._done += not entry.fuzzy
        self._left -= 0 if entry.fuzzy else words
        for proof in self._proofs(catalog, entry):
            self._say(proof, catalog, entry)
        if catalog.translator:
            self._used[catalog.translator] = None

    def _proofs(self, catalog: Catalog, entry: Entry) -> Iterator[proofs.Proof]:
        """What is found: everything; of what is the series' and stands in every briefing only what spoils a page."""
        if self._source and templates.LEAVE not in entry.extracted:
            return proofs.of_entry(entry, (self._source, catalog.language))
        return proofs.spoiling(entry, catalog.language)

    def _say(self, proof: proofs.Proof, catalog: Catalog, entry: Entry) -> None:
        self._report(proof.told(entry, catalog.file, catalog.text))

    def _found(self, context: str, text: str) -> Iterator[tuple[Catalog, Entry]]:
        """Translations of exactly this text, in the order of the catalogues."""
        for catalog in self._catalogs:
            entry = catalog.entry(context, text)
            if entry is None or not text:
                continue
            if entry.fuzzy and entry.filled:
                self._fuzzy += 1
                if self._allowed and entry.id == text and entry.filled:
                    yield catalog, entry
            elif entry.id == text and entry.translated:
                yield catalog, entry


def _person(person: Participant, common: _Translator, source: str) -> Person:
    language = person.language or source

    def said(key: str, text: str) -> Phrase | None:
        return common.phrase(f"speaker/{person.speaker}/{key}", text, source) if text else None

    name = common.phrase(f"speaker/{person.speaker}/name", person.name, language)
    return Person(name, person.kind, person.role, said("title", person.title), said("affiliation", person.affiliation))


def _headings(briefing: Briefing, interface: Interface) -> Iterator[tuple[str, Phrase]]:
    """What each exchange is about: the source's headings, else the question in short."""
    people = {person.speaker: person for person in briefing.participants}
    for turns in series.exchanges(briefing)[1]:
        first = turns[0]
        if first.headings:
            text = ": ".join(plain(heading.parts) for heading in first.headings)
            yield first.id, Phrase(text, first.headings[0].language)
            continue
        text, language = series.asked(turns, people)
        yield first.id, Phrase(text, language) if text else interface.phrase(interface.gettext("Question"))
