"""A translation that exists already as entries of a catalogue: what goes where, and how sure that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal

import msgspec

from publish import merging, po, proofs, updating
from publish.alignment import SURE, Bead, aligned, units
from publish.diagnostics import Diagnostic, Place, Report
from publish.languages import same_language
from publish.messages import corresponding, message, without_tags
from publish.model import Briefing, Inline, Paragraph, Text, plain

_SHOWN = 80
"""Characters of a paragraph that a message shows."""
_DOUBT = "it is not sure that it belongs here; look"
_PARTS = "its links and marks are not those of the message, and are left out; put them in"
_UNTRANSLATED = "it stands there untranslated; translate it"
_DIVIDED = "it stood there as {} paragraphs; see that all of them belong here"
_JOINED = "it stood there with the translation of what is beside this; take out what is not of this message"
_SAME_WORDS = 0.5
"""Share of the words of a title that are in its translation, from which on it is none."""


class Pair(msgspec.Struct, frozen=True):
    """A message and what was found for it."""

    context: str
    confidence: float
    """0–1, in hundredths."""
    state: Literal["final", "fuzzy"]
    lines: tuple[int, ...]
    """Where its translation begins in the file."""


class Adopted(msgspec.Struct, frozen=True):
    """What a translation gives to a catalogue."""

    entries: tuple[po.Entry, ...]
    """With context, message and translation; those that a person has to look at are fuzzy."""
    pairs: tuple[Pair, ...]
    unmatched: tuple[Paragraph, ...]
    """Of the translation."""
    copied: int = 0
    """Of the pairs, those that are word for word the same in two languages, when that is certainly no translation."""
    people: tuple[po.Entry, ...] = ()
    """How it names those who speak, where that is not as here; for the catalogue of the series."""


def adopted(briefing: Briefing, translation: Briefing) -> Adopted:
    """Align the two."""
    ours, theirs = ([one for one in units(side) if message(one[0].parts)[0]] for side in (briefing, translation))
    found = _Adoption(briefing, translation.language, ([one for one, _ in ours], [one for one, _ in theirs]))
    beads = aligned([unit for _, unit in ours], [unit for _, unit in theirs])
    said = Counter(
        (ours[bead.ours[0]][1].speaker, theirs[bead.theirs[0]][1].speaker)
        for bead in beads
        if len(bead.ours) == len(bead.theirs) == 1 and bead.confidence >= SURE
    )
    entries = [entry for bead in beads for entry in found.entries(bead)]
    unmatched = tuple(theirs[index][0] for bead in beads if not bead.ours for index in bead.theirs)
    people = tuple(_people(briefing, translation, said))
    copied = found.same if found.untranslated else 0
    return Adopted((*_front(briefing, translation), *entries), tuple(found.pairs), unmatched, copied, people)


class _Adoption:
    """Makes entries of beads."""

    def __init__(
        self, briefing: Briefing, language: str, sides: tuple[Sequence[Paragraph], Sequence[Paragraph]]
    ) -> None:
        self.pairs: list[Pair] = []
        self.same = self.untranslated = 0
        """Paragraphs that are the same on both sides, and those of them that have words of the original's language."""
        self._briefing, self._language = briefing, language
        self._ours, self._theirs = sides

    def entries(self, bead: Bead) -> Iterator[po.Entry]:
        """One for each of our paragraphs that has something on the other side."""
        if not bead.theirs:
            return
        theirs = [self._theirs[index] for index in bead.theirs]
        parts = tuple(_together(theirs))
        for index in bead.ours:
            paragraph = self._ours[index]
            original, _ = message(paragraph.parts)
            if not original:
                continue
            text = corresponding(parts, paragraph.parts)
            said = text if text is not None else without_tags(parts, paragraph.parts)
            doubt = _UNTRANSLATED if self._copied(paragraph, parts) else self._doubt(bead, lost=text is None)
            context = f"{self._briefing.name}/{paragraph.id}"
            lines = tuple(one.place.line for one in theirs)
            self.pairs.append(Pair(context, round(bead.confidence, 2), "fuzzy" if doubt else "final", lines))
            yield _entry(context, original, said, _comment(theirs[0], doubt, bead.confidence) if doubt else "")

    def _copied(self, paragraph: Paragraph, parts: tuple[Inline, ...]) -> bool:
        """Whether it is in its own language still."""
        words, language = plain(paragraph.parts), paragraph.language or self._briefing.language
        if words.split() != plain(parts).split() or same_language(language, self._language):
            return False
        self.same += 1
        copied = proofs.untranslated(proofs.Pair(words, words, (language, self._language)))
        self.untranslated += copied
        return copied

    @staticmethod
    def _doubt(bead: Bead, *, lost: bool) -> str:
        """Why a person has to look at it; empty when nobody has to."""
        if len(bead.ours) > 1:
            return _JOINED
        if len(bead.theirs) > 1:
            return _DIVIDED.format(len(bead.theirs))
        if bead.confidence < SURE:
            return _DOUBT
        return _PARTS if lost else ""


def _comment(where: Paragraph, doubt: str, confidence: float) -> str:
    """For whoever has to look at it; the file by its name alone, so that it reads the same on every machine."""
    place = Place(PurePosixPath(where.place.file).name, where.place.line)
    return f" Imported from {place}, {100 * confidence:.0f} % sure: {doubt}."


def _entry(context: str, original: str, text: str, comment: str) -> po.Entry:
    return po.Entry(
        id=original,
        context=context,
        strings=(text,),
        comments=(comment,) if comment else (),
        flags=("fuzzy",) if comment else (),
    )


def _together(paragraphs: Sequence[Paragraph]) -> Iterator[Inline]:
    """The parts of some paragraphs as those of one."""
    for number, paragraph in enumerate(paragraphs):
        if number and (space := updating.space_after(plain(paragraphs[number - 1].parts))):
            yield Text(space)
        yield from paragraph.parts


def _front(briefing: Briefing, translation: Briefing) -> Iterator[po.Entry]:
    """Title and venue, where the translation has its own."""
    fallback = translation.name.replace("-", " ").capitalize()
    for key, original, text in (
        ("title", briefing.title, translation.title if translation.title != fallback else ""),
        ("venue", briefing.venue, translation.venue),
    ):
        if original and text:
            copied = _untranslated(original, text)
            doubt = " Imported: it looks as if it were not translated." if copied else ""
            yield _entry(f"{briefing.name}/{key}", original, text, doubt)


def _people(briefing: Briefing, translation: Briefing, said: Counter[tuple[str, str]]) -> Iterator[po.Entry]:
    """Names, titles and affiliations of those whose words are surely one other's in the translation."""
    others = {person.speaker: person for person in translation.participants}
    here = {person.speaker for person in briefing.participants}
    for person in briefing.participants:
        best = _counterpart(person.speaker, said)
        if best not in others or best in here - {person.speaker}:
            continue
        for field in ("name", "title", "affiliation"):
            original, text = (getattr(who, field) for who in (person, others[best]))
            if original and text and original != text:
                comment = f" Imported from the translation of {briefing.name}: see that it is right everywhere."
                yield _entry(f"speaker/{person.speaker}/{field}", original, text, comment)


def _counterpart(speaker: str, said: Counter[tuple[str, str]]) -> str:
    """Who says most of a speaker's words there, and most of whose words are the speaker's; empty: nobody."""
    for pair, count in said.items():
        shares = (sum(of for other, of in said.items() if other[side] == pair[side]) for side in (0, 1))
        if pair[0] == speaker and all(2 * count > share for share in shares):
            return pair[1]
    return ""


def _untranslated(original: str, text: str) -> bool:
    words = set(re.findall(r"\w+", text.casefold()))
    return len(words & set(re.findall(r"\w+", original.casefold()))) > _SAME_WORDS * len(words)


# --- Into the catalogue -----------------------------------------------------------------------------------------------


def merged(
    template: Sequence[po.Entry], known: Sequence[po.Entry], language: str, found: Adopted, told: tuple[str, Report]
) -> list[po.Entry]:
    """The catalogue brought up to date, with what was adopted.

    What translators wrote stays: where it differs, both are shown, and a person chooses. ``told`` is how messages name
    the catalogue, and who hears them.
    """
    written: dict[str | None, po.Entry] = {
        entry.context: entry for entry in known if entry.context is not None and any(entry.strings)
    }
    ours = [_written(entry, written) for entry in updating.brought(template, known, language, None)]
    standing = {entry.context: entry for entry in ours if entry.context is not None and not entry.obsolete}
    theirs = [
        _with_flags(entry, standing[entry.context], written)
        for entry in found.entries
        if entry.context in standing and not _settled(standing[entry.context], entry)
    ]
    return merging.joined(ours, theirs, None, told[0], told[1])


def _written(entry: po.Entry, written: Mapping[str | None, po.Entry]) -> po.Entry:
    """A message without what nobody wrote for it: the same words from elsewhere, which an update offers."""
    offered = entry.fuzzy and entry.context not in written and entry.previous[1] == entry.id and not entry.obsolete
    if not offered or entry.key == (None, ""):
        return entry
    flags = tuple(flag for flag in entry.flags if flag != "fuzzy")
    return msgspec.structs.replace(entry, strings=("",), flags=flags, previous=(None, None, None))


def _settled(ours: po.Entry, theirs: po.Entry) -> bool:
    """Whether nothing is to be taken: a person was sure where this is not, or has two versions to choose from."""
    chosen = ours.translated and theirs.fuzzy
    return chosen or any(line.startswith(merging.OTHER) for line in ours.comments)


def _with_flags(entry: po.Entry, ours: po.Entry, written: Mapping[str | None, po.Entry]) -> po.Entry:
    """An adopted entry with what the message itself has; a doubtful translation that it replaces stays as a comment."""
    doubtful = ours.fuzzy and not entry.fuzzy and entry.context in written and ours.strings != entry.strings
    was = (f" Before the import, in doubt: {' '.join(ours.strings[0].split())}",) if doubtful else ()
    own = tuple(flag for flag in ours.flags if flag != "fuzzy")
    return msgspec.structs.replace(
        entry,
        comments=(*entry.comments, *was),
        extracted=ours.extracted,
        references=ours.references,
        flags=(*entry.flags, *own),
    )


def offered(series: Iterable[po.Entry], people: Sequence[po.Entry]) -> Iterator[po.Entry]:
    """The catalogue of the series, where what nobody has translated has the words of a translation, as fuzzy."""
    found = {(entry.context, entry.id): entry for entry in people}
    for entry in series:
        one = found.get((entry.context, entry.id))
        if one is None or entry.obsolete or any(entry.strings):
            yield entry
        else:
            flags = ("fuzzy", *entry.flags)
            yield msgspec.structs.replace(
                entry, strings=one.strings, flags=flags, comments=(*entry.comments, *one.comments)
            )


def report_unmatched(found: Adopted, report: Report) -> None:
    """Tell each paragraph of the translation that is nothing's."""
    for paragraph in found.unmatched:
        words = plain(paragraph.parts)
        shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()} …"
        message = f"this matches no paragraph of the transcript: {shown!r}; put it into the catalogue where it belongs"
        report(Diagnostic("C030", message, paragraph.place))
