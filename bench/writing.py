"""The writing of books alone: all else, from reading to speech, is done before the clock runs.

``python bench/writing.py FOLDER OUT`` writes the book of each briefing of a workspace and the collection, and writes
to OUT how many seconds of a core that took. With ``--audio`` the books have audio, whose clips are encoded before; the
same files are then also put into bare zip archives by the standard library, and OUT has both.
"""

from __future__ import annotations

import argparse
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from publish import narrating, speech, task
from publish.config import Settings
from publish.diagnostics import Diagnostic
from publish.interface import interface
from publish.model import Briefing, Card
from publish.narrating import Recipe
from publish.pipeline import read_settings
from publish.task import Places, Task
from publish.work import File, Shelf, Source, Work
from publish.workspace import Workspace, entries, load, read_bytes
from publish.writers import epub

AUDIO_RUNS = 5
"""Of which the best counts: these are tenths of a second."""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--audio", action="store_true")
    words = parser.parse_args()
    desk = _Desk(words.folder, audio=words.audio)
    found = {"books": 0.0, "zip": 0.0, "collection": 0.0}
    runs = range(AUDIO_RUNS if words.audio else 1)
    for work in desk.works():
        found["books"] += min(_taken(partial(_book, desk, work)) for _ in runs)
        if words.audio:
            found["zip"] += min(desk.zipped(work.source.name) for _ in runs)
    found["collection"] = _taken(lambda: desk.put(epub.series_files(desk.shelf())))
    words.out.write_text(json.dumps(found), encoding="utf-8")


def _book(desk: _Desk, work: Work) -> None:
    desk.put(epub.briefing_files(work))


def _taken(job: Callable[[], object]) -> float:
    """Seconds that a core was busy with it."""
    begin = time.process_time()
    job()
    return time.process_time() - begin


def _silent(finding: Diagnostic) -> None:
    """Takes what is said elsewhere."""


class _Desk:
    """Makes what writers are given, and puts their files on the disk."""

    def __init__(self, root: Path, *, audio: bool) -> None:
        self._place, self._root, self._audio = Workspace(root), root, audio
        self._settings: Settings = read_settings(self._place)
        self._words = interface("en")
        self._cards: list[Card] = []
        self._outputs = root / "written"

    def works(self) -> Iterator[Work]:
        """One briefing after the other, so that memory stays flat."""
        for entry in entries(self._place, _silent, {}):
            names = [path.relative_to(self._root).as_posix() for path in entry.files]
            sources = tuple(load(read_bytes(self._root / name, name), name) for name in names)
            briefing, _ = task.understand(entry.name, sources, "", self._settings, _silent)
            yield self._work(entry.name, sources, briefing)

    def _work(self, name: str, sources: tuple[Source, ...], briefing: Briefing) -> Work:
        one = Task(
            name=name,
            language="en",
            languages=("en",),
            sources=sources,
            anchors="",
            orphans={},
            catalogs={},
            series_catalogs={},
            settings=self._settings,
            formats=("audio", "epub") if self._audio else ("epub",),
            standing=(),
            places=Places(self._root, self._outputs, None),
            recipe=Recipe(),
            known=(),
            begun=frozenset(),
            frozen=True,
            public=True,
            epoch=None,
        )
        edition, modified = task._edition(one, briefing, self._words, _silent)  # noqa: SLF001  # what a task does first
        narration = None
        if self._audio:
            stage = narrating.stage(edition, briefing, one.recipe, self._settings, self._root, _silent)
            said = narrating.script(edition, self._words, self._settings)
            narration = speech.Session(edition, said, stage, self._settings).narration(_silent)
        self._cards.append(task.card(edition, briefing, narration))
        return Work(
            edition=edition,
            source=briefing,
            interface=self._words,
            settings=self._settings,
            narration=narration,
            formats=frozenset(one.formats),
            languages=one.languages,
            modified=modified,
            cache=one.places.clips,
            theme=None,
            public=True,
            report=_silent,
        )

    def shelf(self) -> Shelf:
        """The series, when all works were made."""
        return Shelf(
            cards={"en": tuple(sorted(self._cards, key=lambda card: (card.date, card.briefing)))},
            interfaces={"en": self._words},
            titles={"en": (self._settings.title, "", "")},
            settings=self._settings,
            formats=frozenset({"epub"}),
            outputs=self._outputs,
            modified="1980-01-01T00:00:00Z",
            theme=None,
            report=_silent,
        )

    def put(self, files: Iterator[File]) -> None:
        """Write them."""
        for file in files:
            path = self._outputs / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as stream:
                if isinstance(file.content, bytes):
                    stream.write(file.content)
                else:
                    file.content(stream)

    def zipped(self, name: str) -> float:
        """Seconds for a bare archive of the same files, each from the disk."""
        folder = self._root / "unpacked" / name
        with zipfile.ZipFile(self._outputs / "en" / name / f"{name}.epub") as book:
            members = book.infolist()
            book.extractall(folder)

        def write() -> None:
            with zipfile.ZipFile(folder.with_suffix(".zip"), "w", compresslevel=6) as made:
                for member in members:
                    made.write(folder / member.filename, member.filename, member.compress_type)

        return _taken(write)


if __name__ == "__main__":
    main()
