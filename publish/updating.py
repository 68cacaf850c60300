"""A catalogue begun, and brought up to date when its source has changed.

A message is found again by its id, then by its words, then by its place and likeness. What is word for word the same
stays final; of what was edited, split or joined the old translation becomes fuzzy, with the message as it was; of what
was removed it becomes obsolete. Nothing that a translator wrote is lost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from publish import pairing, po
from publish.diagnostics import Report
from publish.languages import folder, same_language
from publish.memory import Memory
from publish.messages import FLAG
from publish.po import Entry
from publish.templates import LEAVE, SERIES, UNDATED, fields, original, scene

_WHOLE = 85
"""Per cent of likeness, by which two texts put together are one."""
_Key = tuple[str | None, str]
_NOTHING: tuple[None, None, None] = (None, None, None)
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]$")
"""Writing that puts no space between sentences."""


def updated(template: str, old: str, language: str, file: str, report: Report, *, memory: Memory | None = None) -> str:
    """A PO file for a language: begun from the template ``template``, or ``old`` brought up to date with it.

    Args:
        template: The text of a POT file.
        old: The text of the PO file so far; empty to begin one.
        language: BCP 47.
        file: How messages name the PO file.
        report: Hears what is tolerated in it.
        memory: What is translated elsewhere, to be offered as fuzzy.

    Raises:
        InputError: The old file cannot be read.
    """
    header, *wanted = po.parse(template, "template").entries
    known = po.parse(old, file, report).entries if old.strip() else ()
    return po.serialise(brought((header, *wanted), known, language, memory))


def brought(wanted: Sequence[Entry], known: Sequence[Entry], language: str, memory: Memory | None) -> Iterator[Entry]:
    """The entries of a catalogue that has the messages ``wanted``, header first, and the translations ``known``."""
    yield _header(wanted[0], known, language)
    found = _found(wanted, known)
    yield from _Filled(found.entries(), language, memory).entries()
    yield from found.obsolete()


def followed(wanted: Sequence[Entry], known: Sequence[Entry], language: str) -> Iterator[Entry]:
    """The same, where nothing is filled in that was not translated."""
    yield _header(wanted[0], known, language)
    found = _found(wanted, known)
    yield from found.entries()
    yield from found.obsolete()


def _found(wanted: Sequence[Entry], known: Sequence[Entry]) -> _Update:
    return _Update([entry for entry in wanted[1:] if entry.id], [entry for entry in known if entry.key != (None, "")])


# --- The header -------------------------------------------------------------------------------------------------------


def _header(wanted: Entry, known: Sequence[Entry], language: str) -> Entry:
    header = next((entry for entry in known if entry.key == (None, "") and not entry.obsolete), None)
    return _dated(header, wanted) if header else _begun(wanted, language)


def _begun(header: Entry, language: str) -> Entry:
    values = dict(line.split(": ", 1) for line in header.strings[0].splitlines() if ": " in line)
    values["Language"] = folder(language)
    values["PO-Revision-Date"] = values.get("POT-Creation-Date", f"{UNDATED} 00:00+0000")
    values["Last-Translator"] = "nobody yet"
    values["Language-Team"] = language
    return msgspec.structs.replace(header, strings=(fields(values),), flags=())


def _dated(header: Entry, wanted: Entry) -> Entry:
    """The old header with the template's date."""
    found = re.search(r"POT-Creation-Date: .*\n", wanted.strings[0])
    if not found:
        return header
    text = re.sub(r"POT-Creation-Date: .*\n", lambda _: found.group(), header.strings[0])
    return msgspec.structs.replace(header, strings=(text, *header.strings[1:]))


# --- Messages found again ---------------------------------------------------------------------------------------------


class _Update:
    """Looks for what each wanted message was."""

    def __init__(self, wanted: Sequence[Entry], known: Sequence[Entry]) -> None:
        self._wanted = wanted
        self._old = [entry for entry in known if not entry.obsolete]
        self._gone = [entry for entry in known if entry.obsolete]
        self._pairs = self._paired()
        self._back = {old: new for new, old in self._pairs.items()}
        self._used: set[int] = set()
        """Old entries whose words went over to a message that is not theirs."""

    def _paired(self) -> dict[int, int]:
        by_key = {entry.key: index for index, entry in enumerate(self._old)}
        by_context = {entry.context: index for index, entry in enumerate(self._old) if entry.context is not None}
        by_id = {_id(entry.context): index for index, entry in enumerate(self._old)}
        known: dict[int, int] = {}
        for index, entry in enumerate(self._wanted):
            old = by_key.get(entry.key, by_context.get(entry.context) if entry.context is not None else None)
            if old is None and (key := _id(entry.context)):  # the briefing had another name then
                old = by_id.get(key)
            if old is not None:
                known[index] = old
        sure = self._unexchanged(known)
        return pairing.paired([entry.id for entry in self._wanted], [entry.id for entry in self._old], sure)

    def _unexchanged(self, known: Mapping[int, int]) -> Mapping[int, int]:
        """Without ids that stand for other words now, when one side's words stand elsewhere on the other.

        An id is born from words, which may be another paragraph's by now, and when ids are lost they are given anew.
        """
        edited = {new: old for new, old in known.items() if self._wanted[new].id != self._old[old].id}
        if not edited:
            return known
        same = known.keys() - edited.keys()
        exact = {known[new] for new in same}
        before = {entry.id for place, entry in enumerate(self._old) if place not in exact}
        after = {entry.id for index, entry in enumerate(self._wanted) if index not in same}
        strange = {
            new
            for new, old in edited.items()
            for words, there in ((self._wanted[new].id, before), (self._old[old].id, after))
            if len(words) >= pairing.SHORT and words in there
        }
        return {new: old for new, old in known.items() if new not in strange}

    def entries(self) -> list[Entry]:
        """The wanted messages with their translations."""
        self._returned = dict(self._returning())
        joined = dict(self._joined())
        made = []
        for index, entry in enumerate(self._wanted):
            before = self._before(index)
            if index in joined:
                made.append(self._of_two(entry, *joined[index]))
            elif before is not None:
                made.append(with_translation(entry, before))
            else:
                made.append(self._split(index, entry))
        return made

    def _before(self, index: int) -> Entry | None:
        if (old := self._pairs.get(index)) is not None:
            return self._old[old]
        gone = self._returned.get(index)
        return self._gone[gone] if gone is not None else None

    def _returning(self) -> Iterator[tuple[int, int]]:
        """Messages that were removed once, and are back, in the same words or others: indexes, and what they were.

        Under another id only long ones are: short words mean something else in another place.
        """
        by_key = {entry.key: place for place, entry in enumerate(self._gone)}
        by_context = {entry.context: place for place, entry in enumerate(self._gone) if entry.context is not None}
        by_words = {entry.id: place for place, entry in enumerate(self._gone) if len(entry.id) >= pairing.SHORT}
        back: set[int] = set()
        for index, entry in enumerate(self._wanted if self._gone else ()):
            if index not in self._pairs:
                tried = (by_key.get(entry.key), by_context.get(entry.context or ""), by_words.get(entry.id))
                before = next((place for place in tried if place is not None), None)
                if before is not None and before not in back:
                    back.add(before)
                    yield index, before

    def _split(self, index: int, entry: Entry) -> Entry:
        """What was cut off from a neighbour has the neighbour's translation, until a person has cut that too."""
        for other in (index - 1, index + 1):
            before = self._old[self._pairs[other]] if other in self._pairs else None
            if before is None or before.id == self._wanted[other].id or not before.filled:
                continue
            first, second = sorted((index, other))
            if _halves(before.id, self._wanted[first].id, self._wanted[second].id, self._wanted[other].id):
                return _doubtful(entry, before.strings, (None, _original(before), None))
        return entry

    def _joined(self) -> Iterator[tuple[int, tuple[Entry, Entry]]]:
        """Messages in which two old ones are, side by side: their index, and these."""
        for place, entry in enumerate(self._old):
            if place in self._back or not entry.filled:
                continue
            for other in (place - 1, place + 1):
                index = self._back.get(other)
                if index is None or self._old[other].id == self._wanted[index].id or not self._old[other].filled:
                    continue
                first, second = sorted((place, other))
                if _halves(self._wanted[index].id, self._old[first].id, self._old[second].id, self._old[other].id):
                    self._used.add(place)
                    yield index, (self._old[first], self._old[second])
                    break

    @staticmethod
    def _of_two(entry: Entry, first: Entry, second: Entry) -> Entry:
        if first.fuzzy and second.fuzzy and first.strings == second.strings and _original(first) == _original(second):
            strings, before = first.strings, _original(first)  # two halves, which nobody has cut, are one again
        else:
            strings = (_together(first.strings[0], second.strings[0]),)
            before = f"{_original(first)} {_original(second)}"
        made = _doubtful(entry, strings, (None, before, None))
        flags = (flag for flag in (*made.flags, *first.flags, *second.flags) if flag != FLAG or flag in made.flags)
        return msgspec.structs.replace(
            made,
            comments=tuple(dict.fromkeys((*first.comments, *second.comments))),
            flags=tuple(dict.fromkeys(flags)),
        )

    def obsolete(self) -> Iterator[Entry]:
        """What is wanted no more, with the words that somebody wrote."""
        back = set(self._returned.values())
        left = [entry for place, entry in enumerate(self._old) if place not in self._back and place not in self._used]
        seen: set[tuple[_Key, tuple[str, ...]]] = set()
        for entry in (*left, *(entry for place, entry in enumerate(self._gone) if place not in back)):
            if (entry.filled or entry.comments) and (entry.key, entry.strings) not in seen:
                seen.add((entry.key, entry.strings))
                yield msgspec.structs.replace(entry, obsolete=True, extracted=(), references=())


def _id(context: str | None) -> str:
    """The id in a context that is ``<briefing>/<id>``; empty for any other."""
    briefing, slash, key = (context or "").partition("/")
    return key if slash and "/" not in key and briefing != SERIES else ""


def inherited(wanted: Sequence[Entry], others: Mapping[str, Sequence[Entry]]) -> Sequence[Entry]:
    """What was translated of a briefing that has a new name: of ``others``, the one that knows most of its messages.

    Empty when none knows at least half of them.
    """
    words = {entry.id for entry in wanted if entry.id}
    best: int = 0
    found: tuple[Entry, ...] = ()
    for _, entries in sorted(others.items()):
        known = len(words & {entry.id for entry in entries if not entry.obsolete})
        if known > best and 2 * known >= len(words):
            best, found = known, tuple(entries)
    return found


def _original(entry: Entry) -> str:
    """The words that the strings of an entry are a translation of."""
    before = entry.previous[1]
    return before if entry.fuzzy and before is not None else entry.id


def _halves(whole: str, first: str, second: str, sure: str) -> bool:
    """Whether a text is two put together: more like them than like the one of them that it surely has to do with."""
    from rapidfuzz import fuzz  # noqa: PLC0415  # only what was edited needs it

    both = fuzz.ratio(whole, f"{first} {second}", score_cutoff=_WHOLE)
    return both > fuzz.ratio(whole, sure)


def _together(first: str, second: str) -> str:
    return f"{first}{space_after(first)}{second}"


def space_after(text: str) -> str:
    """What its writing puts between a sentence that ends so and the next one."""
    return "" if _SPACELESS.search(text) or text.endswith(("。", "！", "？")) else " "


def with_translation(entry: Entry, before: Entry) -> Entry:
    """A message with the translation that it had.

    When it had other words then, or few and somebody else says them now, a person has to look at it.
    """
    strings = _fitting(before, entry) if any(before.strings) else entry.strings
    previous = before.previous
    changed = before.filled and (before.id != entry.id or _elsewhere(entry, before))
    doubtful = before.fuzzy or changed or (strings != before.strings and any(before.strings))
    if changed and not (before.fuzzy and before.previous[1] is not None):
        previous = (None if before.id != entry.id else before.context, before.id, None)
    flags = tuple(flag for flag in before.flags if flag not in {FLAG, "fuzzy"})
    return msgspec.structs.replace(
        entry,
        strings=strings,
        comments=before.comments,
        flags=tuple(dict.fromkeys((*(("fuzzy",) if doubtful else ()), *entry.flags, *flags))),
        previous=previous if doubtful else _NOTHING,
    )


def _elsewhere(entry: Entry, before: Entry) -> bool:
    """Whether a short text stands under another id, and another speaker says it."""
    moved = entry.context != before.context and len(entry.id) < pairing.SHORT
    return moved and bool(before.extracted) and scene(entry)[0] != scene(before)[0]


def _fitting(before: Entry, entry: Entry) -> tuple[str, ...]:
    """Of a message that has plural forms now, or none any more, all the words there are."""
    if (entry.plural is None) == (before.plural is None):
        return before.strings
    return (before.strings[0], "") if entry.plural is not None else (before.strings[0],)


def _doubtful(entry: Entry, strings: tuple[str, ...], previous: tuple[str | None, str | None, str | None]) -> Entry:
    flags = tuple(dict.fromkeys(("fuzzy", *entry.flags)))
    return msgspec.structs.replace(entry, strings=strings, flags=flags, previous=previous)


# --- What is filled in ------------------------------------------------------------------------------------------------


class _Filled:
    """Fills messages without a translation from what is known of the same words.

    Within one speaker's words in one exchange they mean the same, so that stays final; elsewhere what "it" is, or whom
    they are said to, may differ.
    """

    def __init__(self, entries: Sequence[Entry], language: str, memory: Memory | None) -> None:
        self._entries, self._language, self._memory = entries, language, memory
        self._known: dict[str, list[Entry]] = defaultdict(list)
        self._before: dict[str, Entry] = {}
        """What stands, in doubt, under other words now: by the words that it is of."""
        for entry in entries:
            if entry.translated and entry.context is not None:
                self._known[entry.id].append(entry)
            elif entry.fuzzy and entry.filled and (said := _original(entry)) != entry.id and len(said) >= pairing.SHORT:
                self._before.setdefault(said, entry)

    def entries(self) -> Iterator[Entry]:
        """All of them."""
        for entry in self._entries:
            if entry.context is None:
                yield entry
            elif any(entry.strings):
                yield self._itself(entry) if entry.fuzzy else entry
            else:
                yield self._of(entry)

    def _itself(self, entry: Entry) -> Entry:
        """A message that was its own translation, is to be so again after an edit."""
        if entry.strings != (entry.previous[1],) or not self._left(entry):
            return entry
        flags = tuple(flag for flag in entry.flags if flag != "fuzzy")
        return msgspec.structs.replace(entry, strings=(entry.id,), flags=flags, previous=_NOTHING)

    def _left(self, entry: Entry) -> bool:
        """Whether the message is its own translation."""
        return LEAVE in entry.extracted or self._spoken_so(entry)

    def _of(self, entry: Entry) -> Entry:
        if self._left(entry):
            return msgspec.structs.replace(entry, strings=(entry.id,))
        if (same := self._known.get(entry.id)) is not None:
            here = scene(entry)
            if all(here) and (beside := next((one for one in same if scene(one) == here), None)):
                return msgspec.structs.replace(entry, strings=beside.strings)
            return _doubtful(entry, same[0].strings, (same[0].context, entry.id, None))
        if (taken := self._before.get(entry.id)) is not None and taken.plural == entry.plural:
            return _doubtful(entry, taken.strings, (taken.context, entry.id, None))
        if self._memory and (found := self._memory.same(entry.id)):
            return _doubtful(entry, found.strings, (found.context, entry.id, None))
        return entry

    def _spoken_so(self, entry: Entry) -> bool:
        """Whether the message is in the catalogue's language."""
        tag = original(entry)
        return bool(tag) and same_language(tag, self._language)


def suggested(entry: Entry, memory: Memory) -> Entry:
    """A message without a translation with that of the message that is most like it, as fuzzy, and where it is from."""
    if any(entry.strings) or entry.obsolete or entry.context is None or not entry.id:
        return entry
    found = memory.same(entry.id) or memory.similar(entry.id)
    return _doubtful(entry, found.strings, (found.context, found.id, None)) if found else entry
