"""One briefing out to a translator and back, and the memory that an agency gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from publish import handout, parcel, po, returning, updating
from publish.diagnostics import Diagnostic, ExitCode, Place, PublishError, Report, UsageError
from publish.languages import from_folder
from publish.memory import Found, Memory
from publish.output import unwritable, write_text
from publish.po import Entry
from publish.templates import SERIES
from publish.translating import Catalogues, prepared, refuse_target
from publish.workspace import Workspace, relative

Format = Literal["po", "xliff"]
SUFFIXES = frozenset({".po", ".xlf", ".xliff"})
_TAKEN = SUFFIXES | {".tmx", ".zip"}
_SHARED = ("series", "speaker")
"""What contexts of the catalogue of the series begin with."""


def _wrong(message: str) -> UsageError:
    return UsageError(Diagnostic("W012", message))


# --- Out --------------------------------------------------------------------------------------------------------------


class Package(msgspec.Struct, frozen=True):
    """What goes out."""

    files: dict[str, bytes]
    lines: tuple[str, ...]
    """What it holds, in words."""
    code: ExitCode


def export(root: Path, briefing: str, language: str, form: Format, report: Report) -> Package:
    """The package of a briefing, or of ``series``, for a translator into a language.

    Raises:
        UsageError: There is no such briefing.
        InputError: Its catalogue cannot be read.
    """
    workspace, code = prepared(root, report)
    refuse_target(workspace, language)
    ours = Catalogues(workspace, language, report)
    if briefing not in ours.names():
        raise _wrong(f"there is no briefing {briefing!r} to translate; there are {', '.join(ours.names())}")
    known = {name: ours.read(name) for name in ours.names()}
    own = known[briefing]
    if own is None:
        raise _wrong(f"the catalogue of {briefing!r} cannot be read; mend it first")
    template = ours.template(briefing)
    entries = tuple(ours.told_terms(updating.brought(template, own, language, None)))
    source = _field(template, "X-Source-Language") or ours.source()
    files = _catalogue(entries, briefing, (source, language), form)
    memory = tuple(_relevant(entries, {name: of for name, of in known.items() if name != briefing}, ours))
    if memory:
        from publish.interchange import tmx  # noqa: PLC0415  # lxml is for those who need it

        files[handout.MEMORY] = tmx.write(memory, source, language)
    if ours.glossary:
        files[handout.GLOSSARY] = ours.glossary.table(language).encode()
    files[handout.PAGE] = handout.page(entries, source, language).encode()
    title = next((entry.id for entry in entries if entry.context in {f"{briefing}/title", "series/title"}), briefing)
    said = handout.readme(title, tuple(files), source, language)
    files = {handout.README: said.encode(), **files}
    return Package(files, tuple(_held(entries, memory)), max(code, ours.code))


def _catalogue(entries: tuple[Entry, ...], briefing: str, tags: tuple[str, str], form: Format) -> dict[str, bytes]:
    if form == "po":
        return {f"{briefing}.{tags[1]}.po": po.serialise(returning.stamped(entries)).encode()}
    from publish.interchange import xliff  # noqa: PLC0415  # lxml is for those who need it

    return {f"{briefing}.{tags[1]}.xlf": xliff.write(entries, briefing, *tags)}


def _held(entries: Iterable[Entry], memory: Iterable[Entry]) -> Iterator[str]:
    left = [entry for entry in entries if entry.id and not entry.obsolete and not entry.translated]
    words = sum(len(entry.id.split()) for entry in left)
    yield f"{len(left):,} messages to translate, {words:,} words; {sum(1 for _ in memory):,} translations in its memory"


def _field(entries: Iterable[Entry], name: str) -> str:
    return po.File(tuple(entries)).header.get(name, "")


def _relevant(
    entries: Iterable[Entry], others: Mapping[str, Iterable[Entry] | None], ours: Catalogues
) -> Iterator[Entry]:
    """What of the memory helps with a catalogue: its own, the same and the most similar words elsewhere, its names."""
    own = [entry for entry in entries if entry.id and not entry.obsolete]
    rest = Memory(entry for of in (*others.values(), ours.bought()) for entry in of or ())
    found: dict[str, Found] = {}
    for entry in own:
        for one in (rest.same(entry.id), rest.similar(entry.id)):
            if one is not None:
                found.setdefault(one.id, one)
    shown = "\n".join(line for entry in own for line in (entry.id, *entry.extracted))
    for one in Memory(others.get(SERIES) or ()):
        if one.id in shown:
            found.setdefault(one.id, one)
    yield from (entry for entry in own if entry.translated and entry.plural is None)
    for one in found.values():
        yield Entry(id=one.id, context=one.context, strings=one.strings, flags=one.flags)


def write(package: Package, path: Path, *, force: bool) -> None:
    """Write the package as an archive, unless something else stands there.

    Raises:
        PublishError: Something does, and ``force`` is not set.
        MissingError: It cannot be written.
    """
    data = parcel.packed(package.files)
    try:
        if path.exists() and not force and path.read_bytes() != data:
            message = "there is a file of this name already, which may be a translator's; name another, or add --force"
            raise PublishError(Diagnostic("B002", message, Place(str(path))))
        path.write_bytes(data)
    except OSError as error:
        raise unwritable(error, str(path)) from error


# --- Back -------------------------------------------------------------------------------------------------------------


class Wish(msgspec.Struct, frozen=True):
    """What the one who takes a file back says of it."""

    language: str = ""
    """BCP 47; empty: the file says it."""
    briefing: str = ""
    """Empty: its contexts say it."""


class _Given(msgspec.Struct, frozen=True):
    """A catalogue that came back."""

    file: str
    language: str
    entries: tuple[Entry, ...]
    sent: tuple[Entry, ...] | None
    """None: the file does not tell, or tells it by digests."""


def is_exchanged(path: Path) -> bool:
    """Whether :func:`take` takes a file or folder: a catalogue, a memory or a package, by its name."""
    if path.is_dir():
        return any(file.suffix.lower() in SUFFIXES for file in path.iterdir())
    return path.suffix.lower() in _TAKEN


def take(root: Path, path: Path, wish: Wish, report: Report) -> tuple[list[str], ExitCode]:
    """Take back a catalogue, a package or the folder that one was unpacked to, or add a memory; a line for each.

    Raises:
        InputError: It cannot be read.
        UsageError: Nothing tells which language or briefing it is.
    """
    if path.suffix.lower() == ".tmx":
        return _memory(root, path, wish, report)
    given = [_given(name, data, wish, report) for name, data in parcel.unpacked(path, SUFFIXES).items()]
    if not given:
        raise PublishError(
            Diagnostic(
                "C020", "there is no catalogue in it (.po or .xlf); name the file that came back", Place(path.name)
            )
        )
    workspace, code = prepared(root, report)
    lines = []
    for one in given:
        line, worse = _joined(workspace, one, wish, report)
        lines.append(line)
        code = max(code, worse)
    return lines, code


def _given(file: str, data: bytes, wish: Wish, report: Report) -> _Given:
    if file.lower().endswith(".po"):
        entries = po.parse(data, file, report).entries
        said, sent = _field(entries, "Language"), None
    else:
        from publish.interchange import xliff  # noqa: PLC0415  # lxml is for those who need it

        found = xliff.read(data, file, report)
        said, entries, sent = found.language, found.entries, found.sent
    return _Given(file, _language(said, file, wish), entries, sent)


def _language(said: str, file: str, wish: Wish) -> str:
    try:
        tag = from_folder(said) if said else ""
    except ValueError:
        tag = ""
    if not tag and not wish.language:
        raise _wrong(f"{file} does not say its language; say it with --language")
    if tag and wish.language and tag != wish.language:
        raise _wrong(f"{file} says that it is in {tag}, and not in {wish.language}; leave --language out, or mend it")
    return tag or wish.language


def _joined(workspace: Workspace, given: _Given, wish: Wish, report: Report) -> tuple[str, ExitCode]:
    """Join what came back with ours."""
    refuse_target(workspace, given.language)
    catalogues = Catalogues(workspace, given.language, report)
    old = _prefix(given.entries)
    name = wish.briefing or old
    if name not in catalogues.names():
        raise _wrong(
            f"{given.file} is of no briefing that is here ({name or 'nothing tells of which'}); say it with --briefing"
        )
    ours = catalogues.read(name)
    if ours is None:
        return f"{given.file}: nothing is taken, since our own catalogue cannot be read", ExitCode.INPUT
    base = given.sent if given.sent is not None else returning.sent(given.entries, ours)
    if base is None:
        message = "nothing here tells what was sent; where this and the catalogue differ, both are shown"
        report(Diagnostic("C021", message, Place(given.file)))
    theirs, base = (of and _renamed(of, old, name) for of in (given.entries, base))
    file = relative(catalogues.path(name), workspace)
    sides = returning.Sides(catalogues.template(name), ours, theirs or (), base)
    taken = returning.taken(sides, given.language, (file, given.file), report)
    catalogues.write(name, taken.entries)
    told = f"{taken.changed:,} translations taken into {file}"
    if taken.fuzzy:
        told += f", {taken.fuzzy:,} of them to be looked at"
    if taken.conflicts:
        told += f", {taken.conflicts:,} conflicts, which comments in it show"
    return f"{told}.", catalogues.code


def _prefix(entries: Iterable[Entry]) -> str:
    """The briefing that most contexts are of; empty when there are none."""
    names = Counter(entry.context.partition("/")[0] for entry in entries if entry.context and "/" in entry.context)
    name = next((name for name, _ in names.most_common(1)), "")
    return SERIES if name in _SHARED else name


def _renamed(entries: tuple[Entry, ...], old: str, name: str) -> tuple[Entry, ...]:
    """The messages of a briefing that has another name now."""
    if old == name or not old or SERIES in {old, name}:
        return entries
    return tuple(
        msgspec.structs.replace(entry, context=f"{name}/{entry.context.removeprefix(f'{old}/')}")
        if entry.context and entry.context.startswith(f"{old}/")
        else entry
        for entry in entries
    )


# --- Memories ---------------------------------------------------------------------------------------------------------


def _memory(root: Path, path: Path, wish: Wish, report: Report) -> tuple[list[str], ExitCode]:
    """Add the translations of a TMX file to the language's memory; each has the file's name in where it comes from."""
    from publish.interchange import tmx  # noqa: PLC0415  # lxml is for those who need it
    from publish.workspace import open_workspace  # noqa: PLC0415

    if not wish.language:
        raise _wrong("a memory may hold many languages; say with --language which one to take")
    workspace = open_workspace(root)
    ours = Catalogues(workspace, wish.language, report)
    there = list(ours.bought())
    if ours.code is not ExitCode.DONE:
        return [], ours.code
    known = {(entry.id, entry.strings) for entry in there}
    data = parcel.unpacked(path, {".tmx"})[path.name]
    added = []
    for number, entry in enumerate(tmx.read(data, path.name, ours.source(), wish.language, report), 1):
        if (entry.id, entry.strings) not in known:
            known.add((entry.id, entry.strings))
            added.append(msgspec.structs.replace(entry, context=f"{path.name}/{entry.context or number}"))
    target = ours.memory_path()
    if added:
        text = tmx.write((*there, *added), ours.source(), wish.language).decode()
        write_text(target, text, relative(target, workspace))
    name = relative(target, workspace)
    return [f"{len(added):,} translations added to {name}, which holds {len(there) + len(added):,}."], ExitCode.DONE
