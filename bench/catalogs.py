"""Measures catalogues brought up to date beside msgmerge, in one run, and counts what each of them finds.

``python bench/catalogs.py`` takes the year's catalogues, puts a translation that names its message into each of the
51,522 paragraphs, edits one to three words of 5 % of them, inserts and removes 1 % and moves 0.5 %, and has both bring
the translations up to date: as 226 files, with all cores for msgmerge and one for ours; and as one file. A third time
the ids are lost. Results go to ``bench/results/catalogs.json``.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from measuring import Row, measured, publish, report, transcripts, workspace

from publish import po, updating
from publish.po import Entry

EDITED, INSERTED, REMOVED, MOVED = 0.05, 0.01, 0.01, 0.005
SHORT = 40
"""Characters; by this the tables tell long texts from short ones."""
FILES = "a file a briefing"
LONGEST = 600
"""Seconds that msgmerge gets for the year as one catalogue."""
_MERGE = "ls old | xargs -P {} -I@ msgmerge -q --previous --no-wrap old/@ new/@ -o merged/@"
_NAMED = re.compile("⟦(.*?)⟧")


class Year(msgspec.Struct):
    """What is brought up to date: old and new entries by name, and what became of each message."""

    old: dict[str, list[Entry]]
    new: dict[str, list[Entry]]
    truth: dict[str, tuple[str, str]]
    """By new context what was done, and the old context; empty of an inserted one."""


def main() -> None:
    """Run what was asked for."""
    if len(sys.argv) > 1 and sys.argv[1] == "bring":
        bring(Path(sys.argv[2]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--briefings", type=int, default=0, help="only so many; all by default")
    words = parser.parse_args()
    files = transcripts()
    rows: dict[str, Row] = {}
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work = workspace(folder / "year", files[: words.briefings or None])
        measured(publish("catalog", "extract"), work)
        templates = {path.stem: path.read_text("utf-8") for path in sorted((work / "locales").glob("*.pot"))}
        templates.pop("series")
        year = changed({name: list(po.parse(text, name).entries) for name, text in templates.items()})
        for what, made in ((FILES, year), ("one file", whole(year)), ("ids lost", renamed(year))):
            _compared(folder / what, made, what, rows, counts)
    ratios = {
        f"msgmerge / publish, {what}": rows[f"msgmerge: {what}"]["seconds"] / rows[f"publish: {what}"]["seconds"]
        for what in (FILES, "one file")
        if f"msgmerge: {what}" in rows
    }
    report(f"{sum(map(len, year.new.values())):,} messages", rows, ratios, "catalogs.json")
    for name, count in counts.items():
        print(f"\n{name}")
        for what, number in sorted(count.items()):
            print(f"  {what:<40} {number:>7,}")


def _compared(folder: Path, year: Year, what: str, rows: dict[str, Row], counts: dict[str, Counter[str]]) -> None:
    for side in ("old", "new", "merged", "ours"):
        (folder / side).mkdir(parents=True)
    for side, files in (("old", year.old), ("new", year.new)):
        for name, entries in files.items():
            (folder / side / f"{name}.po").write_text(po.serialise(entries), encoding="utf-8")
    rows[f"publish: {what}"] = measured([sys.executable, __file__, "bring", str(folder)], folder)
    counts[f"publish: {what}"] = judged(folder / "ours", year)
    if shutil.which("msgmerge") and what != "ids lost":
        command = f"timeout {LONGEST} sh -c '{_MERGE.format('$(nproc)')}' || true"
        rows[f"msgmerge: {what}"] = measured(["sh", "-c", command], folder)
        counts[f"msgmerge: {what}"] = judged(folder / "merged", year)


def bring(folder: Path) -> None:
    """What is measured of ours: read, match, write."""
    for path in sorted((folder / "old").iterdir()):
        old, new = (Path(folder, side, path.name).read_text("utf-8") for side in ("old", "new"))
        text = updating.updated(new, old, "fr", path.name, lambda _: None)
        (folder / "ours" / path.name).write_text(text, encoding="utf-8")


# --- What changed -----------------------------------------------------------------------------------------------------


def changed(files: dict[str, list[Entry]]) -> Year:
    """A year of edits; the same at every run."""
    chance = random.Random(1)  # noqa: S311  # nothing is secret
    long = [entry.id for entries in files.values() for entry in entries[1:] if len(entry.id) > 1.5 * SHORT]
    words = " ".join(long[:400]).split()
    year = Year({}, {}, {})
    for name, (header, *entries) in files.items():
        head = msgspec.structs.replace(header, strings=(header.strings[0].replace("Language: ", "Language: fr"),))
        translated = (_replaced(entry, strings=(f"⟦{entry.context}⟧ {entry.id}",)) for entry in entries)
        year.old[name] = [_replaced(head, flags=()), *translated]
        year.new[name] = [header, *_edited(name, entries, chance, (words, long), year.truth)]
    return year


def _replaced(entry: Entry, **changes: object) -> Entry:
    return msgspec.structs.replace(entry, **changes)


def _edited(
    name: str,
    entries: Sequence[Entry],
    chance: random.Random,
    stock: tuple[Sequence[str], Sequence[str]],
    truth: dict[str, tuple[str, str]],
) -> list[Entry]:
    made: list[Entry] = []
    moved: list[Entry] = []
    for entry in entries:
        context = entry.context or ""
        drawn = chance.random()
        if drawn < EDITED:
            text = _with_edits(entry.id, chance, stock[0])
            made.append(_replaced(entry, id=text))
            truth[context] = ("edited" if text != entry.id else "same", context)
        elif drawn < EDITED + MOVED:
            moved.append(entry)
            truth[context] = ("moved", context)
        elif drawn > REMOVED + EDITED + MOVED:
            made.append(entry)
            truth[context] = ("same", context)
        if chance.random() < INSERTED:
            one, other = chance.choice(stock[1]), chance.choice(stock[1])
            context = f"{name}/new{len(made)}"
            made.append(Entry(id=one[: len(one) // 2] + other[len(other) // 2 :], context=context))
            truth[context] = ("inserted", "")
    for entry in moved:
        made.insert(chance.randrange(len(made) + 1), entry)
    return made


def _with_edits(text: str, chance: random.Random, stock: Sequence[str]) -> str:
    """One to three words replaced, put in or taken out."""
    words = text.split(" ")
    for _ in range(chance.randint(1, 3)):
        place, drawn = chance.randrange(len(words)), chance.random()
        if drawn < 0.4:  # noqa: PLR2004  # shares of kinds of edits
            words[place] = chance.choice(stock)
        elif drawn < 0.7 or len(words) == 1:  # noqa: PLR2004  # as above
            words.insert(place, chance.choice(stock))
        else:
            del words[place]
    return " ".join(words)


def whole(year: Year) -> Year:
    """The year as one catalogue."""

    def joined(files: Iterable[list[Entry]]) -> Iterator[Entry]:
        for number, entries in enumerate(files):
            yield from entries if not number else entries[1:]

    return Year({"year": [*joined(year.old.values())]}, {"year": [*joined(year.new.values())]}, year.truth)


def renamed(year: Year) -> Year:
    """The year with a new id for every message of the new version."""
    new: dict[str, list[Entry]] = {}
    truth = {}
    for name, (header, *entries) in year.new.items():
        contexts = [f"{name}/other{number}" for number in range(len(entries))]
        for entry, context in zip(entries, contexts, strict=True):
            truth[context] = year.truth[entry.context or ""]
        pairs = zip(entries, contexts, strict=True)
        new[name] = [header, *(_replaced(entry, context=context) for entry, context in pairs)]
    return Year(year.old, new, truth)


# --- What was found ---------------------------------------------------------------------------------------------------


def judged(folder: Path, year: Year) -> Counter[str]:
    """How many messages of each kind have the right translation, a wrong one or none."""
    words = {entry.context: entry.id for entries in year.old.values() for entry in entries}
    count: Counter[str] = Counter()
    for path in sorted(folder.iterdir()):
        for entry in po.parse(path.read_bytes(), path.name).entries:
            if not entry.obsolete and entry.context in year.truth:
                kind, before = year.truth[entry.context]
                size = "short" if len(entry.id) < SHORT else "long"
                count[f"{kind}, {size}: {_result(entry, kind, before, words)}"] += 1
    return count


def _result(entry: Entry, kind: str, before: str, words: dict[str | None, str]) -> str:
    if not entry.strings[0].strip():
        return "none"
    right = any(words.get(name) == words.get(before) for name in _NAMED.findall(entry.strings[0]))
    if not right or kind == "inserted":
        return "wrong"
    return "right, fuzzy" if entry.fuzzy else "right, final"


if __name__ == "__main__":
    main()
