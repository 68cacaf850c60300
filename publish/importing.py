"""Translations that exist already, taken into the catalogues: which briefing each is of, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from publish import adopting, glossary, plugins, po, showing, templates, translating, updating
from publish.adopting import Adopted, Pair
from publish.config import Settings
from publish.diagnostics import Diagnostic, ExitCode, Place, Report, UsageError, refuse, unheard
from publish.languages import folder, kept, same_language
from publish.model import Briefing, paragraphs
from publish.output import write_text
from publish.pipeline import read_settings
from publish.task import tongues
from publish.templates import SERIES
from publish.workspace import (
    Entry,
    Workspace,
    briefing_name,
    catalog_folder,
    catalogs,
    entries,
    load,
    natural,
    read_bytes,
    read_text,
    relative,
)

_NAMED = 20
"""Briefings that an error lists."""
_FEW = 5
"""Paragraphs below which nothing tells whether a translation is of this briefing."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one translation."""

    briefing: str
    language: str
    files: tuple[str, ...]
    catalogue: str
    """Where it was written."""
    paragraphs: int
    """Of the transcript."""
    final: int
    fuzzy: int
    """To be looked at."""
    missing: int
    """Still without a translation."""
    unmatched: int
    """Of the translation, that match nothing."""
    conflicts: int
    """That differ from what the catalogue has."""
    names: int = 0
    """Of those who speak, with their titles and affiliations, that are offered in the catalogue of the series."""
    pairs: tuple[Pair, ...] = ()

    def told(self) -> str:
        """In words."""
        parts = [f"{self.final:,} final", f"{self.fuzzy:,} to be looked at"]
        parts += [f"{self.missing:,} without a translation"] if self.missing else []
        parts += [f"{self.conflicts:,} of them with two versions to choose from"] if self.conflicts else []
        parts += [f"{self.unmatched:,} of the translation matches nothing"] if self.unmatched == 1 else []
        parts += [f"{self.unmatched:,} of the translation match nothing"] if self.unmatched > 1 else []
        named = f" Offered in {SERIES}.po, as fuzzy: {self.names} of the names and titles." if self.names else ""
        return f"{self.briefing} ({self.language}): {_count(self.paragraphs)}: {', '.join(parts)}.{named}"

    def as_json(self) -> str:
        """One line, with every pair and its confidence."""
        return msgspec.json.encode(self).decode()


def _stem(path: Path) -> str:
    return path.name if path.is_dir() else path.stem


def _count(number: int) -> str:
    return "1 paragraph" if number == 1 else f"{number:,} paragraphs"


def imported(root: Path, language: str, path: Path, report: Report, *, briefing: str = "") -> tuple[Outcome, ExitCode]:
    """Take a translation into the catalogues of a language.

    Args:
        root: The workspace.
        language: BCP 47.
        path: A file in any format that a reader knows, or a folder of the pages of one translation.
        report: Hears what is found.
        briefing: Which it is of; empty: the one of the same name, the same ids, or the same day.

    Raises:
        UsageError: It cannot be told which briefing it is of.
        InputError: It cannot be read, is in another language, or is no translation of the briefing.
    """
    workspace, code = translating.prepared(root, report)
    importer = _Importer(workspace, read_settings(workspace), language, report)
    outcome = importer.take(path, briefing)
    return outcome, max(code, importer.code, ExitCode.PROBLEMS if outcome.unmatched else ExitCode.DONE)


def _pages(path: Path) -> list[Path]:
    """The file, or the files of a folder in the natural order of their names."""
    if not path.is_dir():
        return [path]
    files = [file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")]
    if not files:
        refuse("W009", "there are no files in this folder; put the pages of the translation into it", Place(str(path)))
    return sorted(files, key=lambda file: natural(file.name))


class _Importer:
    """Knows the briefings of a workspace."""

    def __init__(self, workspace: Workspace, settings: Settings, language: str, report: Report) -> None:
        self._workspace, self._settings, self._language, self._report = workspace, settings, language, report
        self._entries = {entry.name: entry for entry in entries(workspace, unheard, settings.names())}
        self._standing = catalogs(workspace).get(kept(language), {})
        self.code = ExitCode.DONE

    def take(self, path: Path, name: str) -> Outcome:
        """Take the translation of a briefing; its name is empty where it is to be found out."""
        translation, shown = self._translation(path, _pages(path))
        target = self._briefing(name) if name else self._target(path, translation)
        if same_language(target.language, self._language):
            message = f"{target.name!r} is in {target.language!r} itself; name the language of the translation"
            raise UsageError(Diagnostic("W012", message))
        found = adopting.adopted(target, translation)
        sure = any(pair.state == "final" for pair in found.pairs)
        if not sure and len(list(paragraphs(translation))) >= _FEW:
            message = f"nothing in this is surely a translation of {target.name!r}; name the briefing with --briefing"
            refuse("C032", message, Place(shown[0]))
        if 2 * found.copied > len(found.pairs):
            what = f"{found.copied} of {_count(len(found.pairs))} are word for word those of {target.name!r}"
            message = f"{what}, and so in {target.language!r}, not in {self._language!r}; name the translation's file"
            refuse("C031", message, Place(shown[0]))
        adopting.report_unmatched(found, self._report)
        return self._written(target, found, shown)

    def _translation(self, path: Path, files: Sequence[Path]) -> tuple[Briefing, tuple[str, ...]]:
        """What the files say, as a briefing, and how messages name them."""
        shown = tuple(file.as_posix() for file in files)
        sources = tuple(load(read_bytes(path, name), name) for path, name in zip(files, shown, strict=True))
        settings = msgspec.structs.replace(self._settings, language=self._language, briefings={})
        reader = plugins.reader_for(sources[0])
        found = reader.read(briefing_name(_stem(path)), sources, settings, self._report)
        found = tongues(found, Place(shown[0]))
        if not same_language(found.language, self._language):
            message = f"this is in {found.language!r}, and not in {self._language!r}; mend the one or the other"
            refuse("C031", message, Place(shown[0]))
        return found, shown

    # -- which briefing ------------------------------------------------------------------------------------------------

    def _target(self, file: Path, translation: Briefing) -> Briefing:
        """The briefing that a file is the translation of: by its name, by its ids, by its day."""
        for stem in self._stems(_stem(file)):
            if stem in self._entries:
                return self._briefing(stem)
        there = tuple(self._briefings(self._entries))
        ids = {paragraph.id for paragraph in paragraphs(translation) if paragraph.id}
        shared = {one.name: len(ids & {paragraph.id for paragraph in paragraphs(one)}) for one in there}
        best = max(there, key=lambda one: (shared[one.name], one.name), default=None)
        if best and 2 * shared[best.name] > len(ids):
            return best
        same_day = [one for one in there if one.date and one.date == translation.date]
        if len(same_day) == 1:
            return same_day[0]
        if len(there) == 1:
            return there[0]
        return self._refuse(f"it cannot be told which briefing {file.name!r} is the translation of", same_day or there)

    def _stems(self, stem: str) -> Iterator[str]:
        """Names of briefings that a file's name may mean: with and without the language at its end."""
        yield briefing_name(stem)
        tags = {self._language, folder(self._language), self._language.partition("-")[0]}
        ends = "|".join(re.escape(tag) for tag in sorted(tags, key=lambda tag: (-len(tag), tag)))
        bare = re.sub(rf"[._-](?:{ends})$", "", stem, flags=re.IGNORECASE)
        if bare != stem:
            yield briefing_name(bare)

    def _briefing(self, name: str) -> Briefing:
        if name not in self._entries:
            self._refuse(f"there is no briefing {name!r}", ())
        found = next(self._briefings({name: self._entries[name]}), None)
        if found is None:
            refuse("R001", f"the transcript of {name!r} cannot be read; mend it first", Place(f"transcripts/{name}"))
        return found

    def _briefings(self, wanted: Mapping[str, Entry]) -> Iterator[Briefing]:
        return showing.briefings_of(self._workspace, list(wanted.values()), self._settings, unheard)

    def _refuse(self, what: str, among: Sequence[Briefing]) -> NoReturn:
        names = sorted(one.name for one in among) or sorted(self._entries)
        more = f", and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        message = f"{what}; name it with --briefing: {', '.join(names[:_NAMED])}{more}"
        raise UsageError(Diagnostic("W012", message))

    # -- the catalogue -------------------------------------------------------------------------------------------------

    def _written(self, target: Briefing, found: Adopted, shown: tuple[str, ...]) -> Outcome:
        own = catalog_folder(self._workspace, self._language) / f"{target.name}.po"
        path = self._standing.get(target.name, own)
        name = relative(path, self._workspace)
        text = read_text(path, name) if path.is_file() else ""
        known = po.parse(text, name, self._report).entries if text.strip() else ()
        terms = glossary.parse(self._workspace.terms(), glossary.FILE, unheard)
        template = po.parse(templates.template(target, self._settings, terms), f"locales/{target.name}.pot").entries
        conflicts: list[Diagnostic] = []
        made = adopting.merged(template, known, self._language, found, (name, conflicts.append))
        for conflict in conflicts:
            self._report(conflict)
        write_text(path, po.serialise(terms.told(made, self._language)), name)
        state = {entry.context: entry for entry in made if not entry.obsolete}
        messages = [state.get(f"{target.name}/{paragraph.id}") for paragraph in paragraphs(target)]
        there = [entry for entry in messages if entry is not None]
        return Outcome(
            briefing=target.name,
            language=self._language,
            files=shown,
            catalogue=name,
            paragraphs=len(there),
            final=sum(entry.translated for entry in there),
            fuzzy=sum(entry.fuzzy and any(entry.strings) for entry in there),
            missing=sum(not any(entry.strings) for entry in there),
            unmatched=len(found.unmatched),
            conflicts=len(conflicts),
            names=self._named(found),
            pairs=found.pairs,
        )

    def _named(self, found: Adopted) -> int:
        """Offer, in the catalogue of the series, how the translation names those who speak; how many words are new."""
        series = translating.Catalogues(self._workspace, self._language, self._report)
        known = series.read(SERIES) if found.people else None
        self.code = max(self.code, series.code)
        if known is None:
            return 0
        began = list(updating.brought(series.template(SERIES), known, self._language, None))
        made = list(adopting.offered(began, found.people))
        new = sum(before is not after for before, after in zip(began, made, strict=True))
        if new:
            series.write(SERIES, made)
        return new
