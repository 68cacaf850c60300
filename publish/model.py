"""The vocabulary: a briefing series as values.

Everything is frozen and comparable; a :class:`~publish.diagnostics.Place` is carried and never compared. There is no
behaviour here beyond walking a tree. A reader makes a :class:`Briefing`; passes add ids and mark where exchanges open;
with a catalogue it becomes an :class:`Edition`; with an engine an edition gets a :class:`Narration`; writers turn
those into files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from publish.diagnostics import NOWHERE, Place


class Node(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What all values of the model share: frozen, compared by content, strict when read from JSON."""


# --- Inline parts: what a paragraph is made of ------------------------------------------------------------------------


class Text(Node, frozen=True, tag="text"):
    """Plain words. No line break, no two white spaces in a row; a single no-break space is kept."""

    text: str


class Emphasis(Node, frozen=True, tag="emphasis"):
    """Stressed words. Printed ``em`` (``strong`` when strong); spoken as they are."""

    parts: tuple[Inline, ...]
    strong: bool = False


class Link(Node, frozen=True, tag="link"):
    """A link. The words are spoken, the address is not."""

    href: str
    """As the source has it; a writer prints it only when its scheme is http, https or mailto."""
    parts: tuple[Inline, ...]


class Foreign(Node, frozen=True, tag="foreign"):
    """A passage in another language than its paragraph's; it keeps its language and its voice."""

    language: str
    """BCP 47."""
    parts: tuple[Inline, ...]


class Code(Node, frozen=True, tag="code"):
    """Words in another notation than prose. Spoken as they are."""

    text: str


class Vocal(Node, frozen=True, tag="vocal"):
    """Something heard or done that is not the speaker's words: "(Laughter.)" (TEI ``vocal``, ``incident``).

    Said by the narrator, never in the speaker's voice.
    """

    text: str
    """As printed, with its brackets."""
    kind: Literal["vocal", "kinesic", "incident"] = "incident"


class Inaudible(Node, frozen=True, tag="inaudible"):
    """Words that nobody could make out: "(inaudible)" (TEI ``gap``). Said by the narrator."""

    text: str
    """As printed, with its brackets."""


class Deleted(Node, frozen=True, tag="deleted"):
    """Words that a correction took out. Printed ``del``; neither translated nor spoken."""

    parts: tuple[Inline, ...]


class Inserted(Node, frozen=True, tag="inserted"):
    """Words that a correction put in: "[Tuesday]". Printed ``ins``; translated; spoken as the speaker's."""

    parts: tuple[Inline, ...]
    """With the brackets of the source, when it has them."""


class Editorial(Node, frozen=True, tag="editorial"):
    """An editor's words in brackets: "[sic]". Printed as they are, translated, spoken."""

    parts: tuple[Inline, ...]
    """With their brackets."""


class Image(Node, frozen=True, tag="image"):
    """A picture in the source, of which only the alternative text is published. Spoken by the narrator."""

    alt: str
    source: str = ""
    """The address that the source gives; never fetched."""


class PageBreak(Node, frozen=True, tag="page"):
    """The source goes over to its page ``label`` here, perhaps inside a sentence. Not spoken."""

    label: str


Inline = (
    Text | Emphasis | Link | Foreign | Code | Vocal | Inaudible | Deleted | Inserted | Editorial | Image | PageBreak
)
Nest = Emphasis | Link | Foreign | Deleted | Inserted | Editorial
"""The parts that hold parts."""

# --- Paragraph, turn, briefing ----------------------------------------------------------------------------------------


class Paragraph(Node, frozen=True):
    """The unit of translation and of synthesis."""

    parts: tuple[Inline, ...]
    id: str = ""
    """Opaque, the same in every language; empty until the anchors pass, unless the source gives one."""
    language: str = ""
    """BCP 47; empty: the briefing's. In an edition it is never empty."""
    level: int = 0
    """1–6 for a heading of the source, else 0."""
    place: Place = NOWHERE


class Turn(Node, frozen=True):
    """One speaker's words, unbroken; or, without speaker, a stage direction of one paragraph: "(Laughter.)"."""

    paragraphs: tuple[Paragraph, ...]
    """At least one."""
    speaker: str | None = None
    """Id of a participant; None: a stage direction."""
    label: str = ""
    """The name as the source prints it at this turn, without the colon: "MS. JEAN-PIERRE", "Q"."""
    id: str = ""
    """Opaque; empty until the anchors pass, unless the source gives one. A stage direction has its paragraph's id."""
    continued: bool = False
    """The same speaker goes on after a stage direction; the source prints no label here."""
    headings: tuple[Paragraph, ...] = ()
    """Headings of the source that stand before this turn, each with ``level`` ≥ 1."""
    opens: bool = False
    """This turn opens an exchange, which goes on to the next turn that opens one. Set by the exchanges pass."""
    time: str = ""
    """When it was said, as the source prints it: "10:02"."""
    place: Place = NOWHERE


Role = Literal["moderator", "official", "journalist", "interpreter", "audience", ""]
"""What a participant does in a briefing; empty: not known."""

Kind = Literal["person", "organisation", "unnamed"]
"""An unnamed speaker ("Q", "A reporter") stays unnamed: no virtual person is made of it."""


class Participant(Node, frozen=True):
    """A speaker in one briefing."""

    speaker: str
    """Id, the same in every briefing of the series: the slug of the folded name, else a hash."""
    name: str
    """As printed; for an unnamed speaker the source's label ("Q")."""
    kind: Kind = "person"
    role: Role = ""
    title: str = ""
    affiliation: str = ""
    language: str = ""
    """BCP 47, of the name; empty: the briefing's."""
    sex: Literal["female", "male", ""] = ""
    """As the source says it (TEI ``sex``); chooses between voices and is printed nowhere. Empty: not said."""


class Briefing(Node, frozen=True):
    """One session of the series."""

    name: str
    """``[a-z0-9-]``, at most 80 characters; names its folder, catalogue and book."""
    title: str
    turns: tuple[Turn, ...]
    participants: tuple[Participant, ...] = ()
    """Everyone who speaks, in the order of first appearance."""
    language: str = "en"
    """BCP 47, of the source."""
    date: str = ""
    """ISO 8601 (``2023-01-03``), or empty when the source has none that can be read."""
    date_text: str = ""
    """The date as the source prints it."""
    venue: str = ""
    """Where it was held, as printed; two lines are joined by " / "."""
    start: str = ""
    """When it began, as printed, with the zone's abbreviation, which is not unique and so is not interpreted."""
    end: str = ""
    source: str = ""
    """Address of the original."""
    status: str = "public"
    """``public``, ``draft`` or ``embargo <RFC 3339 time>``."""
    pages: tuple[str, ...] = ()
    """Labels of the source's pages, in order; empty when it has none."""
    extra: dict[str, Any] = {}
    """Whatever else the front matter holds, by its key: strings, lists and tables of strings."""
    place: Place = NOWHERE


class Series(Node, frozen=True):
    """The work."""

    title: str
    briefings: tuple[Briefing, ...]
    language: str = "en"
    """BCP 47, of the sources."""
    languages: tuple[str, ...] = ()
    """Of the editions, the source's first."""
    publisher: str = ""
    identifier: str = ""
    summary: str = ""


# --- Edition: a briefing in one language ------------------------------------------------------------------------------


class Phrase(Node, frozen=True):
    """A short text with its language."""

    text: str
    language: str
    """BCP 47."""


class Person(Node, frozen=True):
    """A participant as an edition prints it."""

    name: Phrase
    kind: Kind
    role: Role
    title: Phrase | None = None
    affiliation: Phrase | None = None


class Coverage(Node, frozen=True):
    """How much of a briefing is translated, in messages."""

    total: int = 0
    translated: int = 0
    fuzzy: int = 0
    """Translated, and not yet reviewed by a person."""
    words: int = 0
    """Of all messages, as the source has them."""
    missing: int = 0
    """Words of those that are not translated, fuzzy ones among them."""
    unreviewed: bool = False
    """Fuzzy translations are used too."""


class Edition(Node, frozen=True):
    """A briefing in one language. What is not translated stays in its own language, and says so."""

    language: str
    """BCP 47, of the edition."""
    source_language: str
    series: Phrase
    """The title of the series."""
    publisher: Phrase
    title: Phrase
    venue: Phrase | None
    briefing: Briefing
    """With translated paragraphs; each has its ``language``. Turns, ids and order are the source's."""
    people: dict[str, Person]
    """By speaker id."""
    headings: dict[str, Phrase]
    """By id of the turn that opens an exchange: the question in short, or the heading of the source."""
    coverage: Coverage
    cover: Phrase | None = None
    """What the picture of the series shows; None when nobody says it."""
    translators: tuple[str, ...] = ()
    """Names of the people whose translations are in it."""

    @property
    def is_source(self) -> bool:
        """Whether this is the edition in the source's own language."""
        return self.language == self.source_language


# --- Narration: what was spoken ---------------------------------------------------------------------------------------


class Clip(Node, frozen=True):
    """A span of samples in one track. Clips tile their track: each begins where the one before it ends."""

    id: str
    """Of the paragraph, the heading (``<turn>-h``), the name (``<turn>-n``) or the line of front matter."""
    start: int
    """In samples."""
    end: int
    """In samples; the pause that follows the words belongs to the clip."""
    sentences: tuple[int, ...] = ()
    """Where the paragraph's second and further sentences begin to sound, in samples of the track: one for each, in
    order. Empty when there is only one, or the engine does not tell."""


class Track(Node, frozen=True):
    """One audio file: clips joined."""

    name: str
    """File name without suffix: ``<turn>``, ``<turn>-h``, ``front-1``."""
    clips: tuple[Clip, ...]
    pieces: tuple[str, ...]
    """For each clip its key in the cache of encoded clips."""

    @property
    def samples(self) -> int:
        """Length."""
        return self.clips[-1].end if self.clips else 0


class Narration(Node, frozen=True):
    """The clips of an edition."""

    rate: int
    """Samples a second."""
    tracks: dict[str, Track]
    """By track name."""
    unspoken: tuple[str, ...] = ()
    """Ids of what could not be spoken."""
    voices: tuple[str, ...] = ()
    """Names of the voices that are heard."""
    engine: str = ""
    """Name and version."""


# --- Cards: what a task tells about its briefing ----------------------------------------------------------------------


class Heard(Node, frozen=True):
    """A speaker in a card."""

    speaker: str
    name: Phrase
    role: Role
    kind: Kind
    turns: int
    first: str
    """Id of the first turn."""


class Card(Node, frozen=True):
    """What indexes, feeds and collections need to know of a briefing in one language, so that no model travels."""

    briefing: str
    language: str
    title: Phrase
    date: str
    venue: Phrase | None
    status: str
    speakers: tuple[Heard, ...]
    exchanges: tuple[tuple[str, Phrase], ...]
    """Section id and heading of every exchange, in order."""
    turns: int
    paragraphs: int
    words: int
    coverage: Coverage
    samples: int = 0
    """Length of the audio of all turns; 0 without audio."""
    unspoken: int = 0
    participants: tuple[Participant, ...] = ()
    """As the source has them, for the catalogue of the series."""


# --- Walking ----------------------------------------------------------------------------------------------------------


def plain(parts: Iterable[Inline], *, deleted: bool = False) -> str:
    """All words of ``parts`` as printed; those that a correction took out only when ``deleted``."""
    if isinstance(parts, tuple) and len(parts) == 1 and isinstance(parts[0], Text):
        return parts[0].text  # nearly every paragraph, and it is asked for many times
    return "".join(_words(parts, deleted=deleted))


def _words(parts: Iterable[Inline], *, deleted: bool) -> Iterator[str]:
    for part in parts:
        match part:
            case Text(text) | Code(text) | Vocal(text) | Inaudible(text):
                yield text
            case Image(alt):
                yield alt
            case Deleted(inner):
                if deleted:
                    yield from _words(inner, deleted=True)
            case PageBreak():
                pass
            case _:
                yield from _words(part.parts, deleted=deleted)


def walk(parts: Iterable[Inline]) -> Iterator[Inline]:
    """Every part, a nest before what it holds."""
    for part in parts:
        yield part
        if isinstance(part, Nest):
            yield from walk(part.parts)


def paragraphs(briefing: Briefing) -> Iterator[Paragraph]:
    """Every paragraph and heading of the source, in reading order."""
    for turn in briefing.turns:
        yield from turn.headings
        yield from turn.paragraphs
