"""What the pipeline hands to readers and writers, and what it gets back from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Literal

import msgspec

from publish.config import Settings
from publish.diagnostics import Report
from publish.glossary import Glossary
from publish.interface import Interface
from publish.model import Briefing, Card, Coverage, Edition, Narration


class Source(msgspec.Struct, frozen=True):
    r"""One source file, decoded. It holds no NUL, no byte order mark, and only ``\\n`` as line end."""

    file: str
    """Path relative to the workspace, with ``/``; what a :class:`~publish.diagnostics.Place` names."""
    text: str

    @property
    def stem(self) -> str:
        """File name without suffix."""
        return Path(self.file).stem


Content = bytes | Callable[[BinaryIO], None]
"""Bytes, or a function that writes them to an open file, for what should not be held in memory."""


class File(msgspec.Struct, frozen=True):
    """A file to be written. The pipeline writes it under another name first, and leaves an equal one alone."""

    path: str
    """Relative to the tree, with ``/``."""
    content: Content
    tree: Literal["outputs", "locales"] = "outputs"
    key: str = ""
    """A digest of everything the content is made of. When it is that of the last build, content is not asked for.
    Empty: content is made, and compared."""


class Original(msgspec.Struct, frozen=True):
    """What a translation stands beside in a book in two languages."""

    edition: Edition
    """In the source's own language."""
    narration: Narration | None
    """Of the paragraphs of its turns; None when no audio is made."""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """All that a writer needs to write one briefing in one language."""

    edition: Edition
    source: Briefing
    """The same briefing, untranslated, with ids."""
    interface: Interface
    settings: Settings
    narration: Narration | None
    """None when no audio is made, or the language has no voice."""
    original: Original | None = None
    """Of a translation for which the settings want a book in both languages."""
    formats: frozenset[str]
    """Names of the writers of this build, so that nothing links to what is not made."""
    languages: tuple[str, ...]
    """Of all editions of this briefing, the source's first."""
    modified: str
    """``2023-01-03T00:00:00Z``: the newest date among source and catalogue."""
    cache: Path
    """Folder of encoded clips."""
    theme: Path | None
    """The workspace's own theme folder, whose files come before the package's."""
    cover: Path | None = None
    """The workspace's own picture for players."""
    public: bool
    """Whether it may be in indexes, feeds and collections."""
    report: Report
    """Takes what a format cannot hold, or leaves out."""
    glossary: Glossary = msgspec.field(default_factory=Glossary)
    """Of the series; empty in other editions than the source's, which need none."""


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """All that a writer needs to write what belongs to the series as a whole."""

    cards: dict[str, tuple[Card, ...]]
    """By language, the public briefings, by date and name."""
    interfaces: dict[str, Interface]
    """By language; its keys are the languages of the series, the source's first."""
    titles: dict[str, tuple[str, str, str]]
    """By language: title, publisher and summary of the series."""
    settings: Settings
    formats: frozenset[str]
    outputs: Path
    """Where the finished files of the briefings lie."""
    modified: str
    theme: Path | None
    report: Report
    cover: Path | None = None
    files: Mapping[str, str] = MappingProxyType({})
    """The finished files of the briefings, by path in the outputs, with a digest of what is in each."""
    withdrawn: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """By language, the names of briefings that were public once and are so no more."""
    withheld: Mapping[tuple[str, str], Coverage] = MappingProxyType({})
    """By briefing and language, how far those editions are of which too little is translated to be published."""
