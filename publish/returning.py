"""A catalogue that was handed out is taken back: by three-way rules, with the state in which it was sent as the base.

An XLIFF file carries that state. A PO file has a digest of each message in its header, which the tools of translators
keep; by it one knows what they changed, and what we did. Where neither tells, the two versions are joined as if nothing
were known, and what differs is shown. An old copy is brought up to date first, as any catalogue is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

import msgspec

from publish import merging, po, proofs, updating
from publish.diagnostics import Diagnostic, Place, Report
from publish.messages import fault, has_tags
from publish.po import Entry

_SENT = "X-Publish-Sent"
_OURS = frozenset({"POT-Creation-Date", "Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"})
"""Fields of a header that a translator's tool is not asked for."""


class Taken(msgspec.Struct, frozen=True):
    """A catalogue with what was given back."""

    entries: tuple[Entry, ...]
    changed: int
    """Messages whose translation is another than it was."""
    fuzzy: int
    """Those of them that a person has still to look at."""
    conflicts: int


# --- Sent -------------------------------------------------------------------------------------------------------------


def stamped(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The catalogue, header first, with a digest of each message in the header."""
    digests = " ".join(sorted(_digest(entry) for entry in entries[1:] if not entry.obsolete))
    header = _with(entries[0], {**_fields(entries[0]), _SENT: digests})
    return header, *entries[1:]


def _digest(entry: Entry) -> str:
    """Of what a translator may change, and what it belongs to."""
    said = (entry.context or "", entry.id, entry.plural or "", *entry.strings, "fuzzy" * entry.fuzzy)
    return blake2b("\0".join(said).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _fields(header: Entry) -> dict[str, str]:
    lines = (line.partition(": ") for line in header.strings[0].split("\n") if line)
    return {name.removesuffix(":"): value for name, _, value in lines}


def _with(header: Entry, fields: Mapping[str, str]) -> Entry:
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return msgspec.structs.replace(header, strings=(text, *header.strings[1:]))


def sent(theirs: Sequence[Entry], ours: Sequence[Entry]) -> tuple[Entry, ...] | None:
    """The messages as they were sent, as far as a PO file tells; None when it tells nothing.

    A message is the one that was sent when its digest is: theirs when they left it alone, ours when we did, ours before
    its source was edited, or one that was not translated.
    """
    digests = frozenset(_fields(_header(theirs)).get(_SENT, "").split())
    if not digests:
        return None
    by_context = {entry.context: entry for entry in ours if entry.context is not None and not entry.obsolete}
    found = []
    for entry in theirs:
        if entry.key == (None, "") or entry.obsolete:
            continue
        for candidate in _candidates(entry, by_context.get(entry.context or "")):
            if _digest(candidate) in digests:
                found.append(candidate)
                break
    return tuple(found)


def _candidates(theirs: Entry, ours: Entry | None) -> Iterator[Entry]:
    yield theirs
    empty = tuple("" for _ in theirs.strings)
    for strings in (empty, ours.strings if ours else empty):
        for flags in ((), ("fuzzy",)):
            yield msgspec.structs.replace(theirs, strings=strings, flags=flags)


def _header(entries: Iterable[Entry]) -> Entry:
    found = (entry for entry in entries if entry.key == (None, "") and not entry.obsolete)
    return next(found, Entry(id=""))


# --- Given back -------------------------------------------------------------------------------------------------------


class Sides(msgspec.Struct, frozen=True):
    """What is to be joined."""

    template: Sequence[Entry]
    """The messages of today, header first."""
    ours: Sequence[Entry]
    """Our catalogue; empty: there is none."""
    theirs: Sequence[Entry]
    base: Sequence[Entry] | None
    """What was sent; None: nobody knows."""


def taken(sides: Sides, language: str, files: tuple[str, str], report: Report) -> Taken:
    """Our catalogue with what they changed; ``files`` name the two, ours first.

    Nothing is lost: what conflicts keeps our words and has theirs beside it, what came back empty stays as it was, what
    the transcript has no more is obsolete.
    """
    theirs = _mended(sides, language, files[1], report)
    began = list(updating.followed(sides.template, sides.ours, language))
    others = list(updating.followed(sides.template, theirs, language))
    base = None if sides.base is None else list(updating.followed(sides.template, sides.base, language))
    findings: list[Diagnostic] = []
    joined = merging.joined(began[1:], others[1:], base and base[1:], files[0], findings.append)
    for finding in findings:
        report(finding)
    _told(others, sides, files[1], report)
    header = _joined_header(began[0], _header(theirs))
    entries = tuple(updating.brought(sides.template, (header, *joined), language, None))
    before = {entry.key: entry for entry in sides.ours}
    changed = [entry for entry in entries[1:] if not entry.obsolete and _said(entry) != _said(before.get(entry.key))]
    return Taken(entries, len(changed), sum(entry.fuzzy for entry in changed), len(findings))


def _told(others: Iterable[Entry], sides: Sides, file: str, report: Report) -> None:
    """Tell of words for messages that there are no more, unless they were obsolete already."""
    known = {(entry.key, entry.strings) for side in (sides.ours, sides.base or ()) for entry in side}
    lost = [entry for entry in others if entry.obsolete and (entry.key, entry.strings) not in known]
    if lost:
        first = " ".join(lost[0].id.split())[:60]
        message = f"{len(lost):,} translations belong to no message any more, and are kept as obsolete: {first!r} …"
        report(Diagnostic("C022", message, Place(file)))


def _said(entry: Entry | None) -> tuple[tuple[str, ...], bool]:
    return (entry.strings, entry.fuzzy) if entry and any(entry.strings) else ((), False)


def _joined_header(ours: Entry, theirs: Entry) -> Entry:
    """Our header; when theirs is the newer one, with who translated last, when and by what."""
    mine, other = _fields(ours), _fields(theirs)
    other.pop(_SENT, None)
    dates = (fields.get("PO-Revision-Date", "") for fields in (mine, other))
    old, new = (date if re.match(r"\d{4}-\d\d-\d\d", date) else "" for date in dates)
    said = (line for line in theirs.comments if line.strip() and line not in ours.comments)
    if new > old:
        mine |= {name: value for name, value in other.items() if name not in _OURS}
    return msgspec.structs.replace(_with(ours, mine), comments=(*ours.comments, *said))


def _mended(sides: Sides, language: str, file: str, report: Report) -> list[Entry]:
    """Their messages, with what their tool has lost of ours."""
    copies = _copies(sides, language)
    ours = {entry.key: entry for entry in sides.ours if not entry.obsolete}
    base = {entry.key: entry for entry in sides.base or () if not entry.obsolete}
    made, emptied = [], 0
    for entry in sides.theirs:
        known = base.get(entry.key) or ours.get(entry.key)
        if entry.obsolete or entry.key == (None, "") or known is None:
            made.append(entry)
            continue
        mended = _kept(entry, ours.get(entry.key) or known)
        emptied += any(known.strings) and not any(entry.strings)
        if entry.key in copies or (any(known.strings) and not any(entry.strings)):
            mended = msgspec.structs.replace(mended, strings=known.strings, flags=known.flags, previous=known.previous)
        made.append(_checked(mended, known, file, report))
    if emptied:
        message = f"{emptied:,} translations came back empty, and stay as they were; empty them in the catalogue itself"
        report(Diagnostic("C022", message, Place(file)))
    if copies:
        what = f"{len(copies):,} messages came back with their originals, word for word, and are not taken"
        told = f"{what}; some tools do so where nothing is translated, else write them in the catalogue itself"
        report(Diagnostic("C022", told, Place(file)))
    return made


def _copies(sides: Sides, language: str) -> frozenset[tuple[str | None, str]]:
    """Messages that are new, and their originals: all of them, when one shows that a tool has filled them in."""
    source = po.File(tuple(sides.template)).header.get("X-Source-Language", "")
    known = {entry.key for side in (sides.base or (), sides.ours) for entry in side if any(entry.strings)}
    same = [
        entry
        for entry in sides.theirs
        if entry.id and not entry.obsolete and entry.key not in known and entry.strings[0].split() == entry.id.split()
    ]
    pairs = (proofs.pair(entry, entry.strings[0], (source, language)) for entry in same)
    copied = source and any(map(proofs.untranslated, pairs))
    return frozenset(entry.key for entry in same) if copied else frozenset()


def _kept(theirs: Entry, known: Entry) -> Entry:
    """With flags, comments and the previous original that tools drop or wrap."""
    flags = tuple(flag for flag in known.flags if flag != "fuzzy")
    flags = tuple(dict.fromkeys((*(("fuzzy",) if theirs.fuzzy else ()), *flags, *theirs.flags)))
    previous = known.previous if theirs.fuzzy and theirs.previous == (None, None, None) else theirs.previous
    wrapped = " ".join(" ".join(known.comments).split()) == " ".join(" ".join(theirs.comments).split())
    return msgspec.structs.replace(
        theirs,
        flags=known.flags if set(flags) == set(known.flags) else flags,
        previous=previous,
        comments=known.comments if wrapped else theirs.comments,
        extracted=theirs.extracted or known.extracted,
    )


def _checked(entry: Entry, known: Entry, file: str, report: Report) -> Entry:
    """A new translation whose tags are not those of its message is in doubt."""
    if entry.strings == known.strings or not has_tags(entry.id, entry.flags) or not entry.translated:
        return entry
    if (wrong := fault(entry.id, entry.strings[0])) is None:
        return entry
    message = f"the tags of this translation are not those of its message: {wrong}; it is taken as fuzzy, mend it there"
    report(Diagnostic("C003", message, Place(file, entry.line)))
    return msgspec.structs.replace(entry, flags=("fuzzy", *entry.flags))
