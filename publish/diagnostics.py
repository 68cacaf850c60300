"""What the project says about its input and its own work.

A finding is a value, a :class:`Diagnostic`; passes hand it to the ``report`` function they are given and go on.
What stops the work is an exception of one small tree, and each member has its exit code::

    PublishError
    ├── UsageError     2   the command was called wrongly
    ├── InputError     3   a source, catalogue or configuration cannot be used
    └── MissingError   4   something that the work needs is not there: a tool, a writable disk

Every code stands once in :data:`CODES` and is never given a second meaning. The first letter is the area:
``A`` anchors, ``B`` build, ``C`` catalogues, ``E`` EPUB, ``H`` web pages, ``K`` checks, ``R`` readers, ``S`` speech,
``W`` workspace and configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum, StrEnum
from typing import NoReturn

import msgspec


class ExitCode(IntEnum):
    """What the command tells the shell."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2
    INPUT = 3
    MISSING = 4
    INTERRUPTED = 130


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    """Something a person may want to know: a guess, a part left out on purpose."""
    WARNING = "warning"
    """Something that is probably a slip; all content is still there."""
    ERROR = "error"
    """Content could not be used; a command that reports one ends with exit code 1 or more."""


class Place(msgspec.Struct, frozen=True, eq=False, array_like=True):
    """Where something stands in a source. It is carried, and never compared: any two places are equal."""

    file: str = ""
    """Path relative to the workspace, with ``/``; empty: nowhere."""
    line: int = 0
    """From 1; 0: the file as a whole."""

    def __eq__(self, other: object) -> bool:
        """Two values that differ only in their places are equal."""
        return isinstance(other, Place)

    def __hash__(self) -> int:
        """All places are equal, so all have one hash."""
        return 0

    def __str__(self) -> str:
        """As compilers print it: ``file:line``."""
        return f"{self.file}:{self.line}" if self.line else self.file


NOWHERE = Place()

CODES: dict[str, Severity] = {
    # -- A: anchors
    "A001": Severity.WARNING,  # markers of a conflict in an anchors file
    "A002": Severity.WARNING,  # a line of it that cannot be read
    "A003": Severity.WARNING,  # an id that stands twice in it
    "A004": Severity.WARNING,  # an id of the source that cannot be used
    # -- B: build
    "B001": Severity.ERROR,  # a file cannot be written
    "B002": Severity.ERROR,  # a file that is in the way was not written by this tool
    "B003": Severity.ERROR,  # another build is at work
    "B004": Severity.NOTE,  # no date anywhere
    "B005": Severity.ERROR,  # a worker process ended
    "B006": Severity.ERROR,  # a fault of the tool itself
    # -- C: catalogues
    "C001": Severity.ERROR,  # a catalogue cannot be read
    "C002": Severity.WARNING,  # something in a catalogue is tolerated
    "C003": Severity.WARNING,  # a translation does not keep the marks of its message, and is not used
    "C004": Severity.WARNING,  # two translations of one message conflict
    "C005": Severity.NOTE,  # two versions of a catalogue, which git could not merge, were joined
    "C006": Severity.ERROR,  # a message of a catalogue cannot be read, and is not used; all others are
    # C010 to C019: a translation that looks like a slip
    "C010": Severity.WARNING,  # a placeholder is missing, or none of the message's
    "C011": Severity.WARNING,  # a number is missing
    "C012": Severity.WARNING,  # a bracket is missing
    "C013": Severity.NOTE,  # quotation marks are missing, or another language's
    "C014": Severity.WARNING,  # a translation is a copy of the original
    "C015": Severity.WARNING,  # a translation is far too short or too long
    "C016": Severity.WARNING,  # a term is not rendered as the glossary has it
    "C017": Severity.WARNING,  # a translation is in letters that its language is not written in
    "C018": Severity.WARNING,  # an invisible sign turns the direction of text
    "C019": Severity.NOTE,  # white space or signs that another program has left
    "C020": Severity.ERROR,  # a file from a translator's tool, or a package, cannot be read
    "C021": Severity.NOTE,  # what is given back does not tell what was sent
    "C022": Severity.WARNING,  # something of what is given back has no place, or is not taken
    "C023": Severity.WARNING,  # a unit of an XLIFF file is not as it was sent
    "C024": Severity.WARNING,  # a row of the glossary that cannot be used
    "C025": Severity.NOTE,  # units of a memory are passed over
    "C026": Severity.WARNING,  # a translation has a tag, and its message has none
    "C030": Severity.ERROR,  # a paragraph of a translation that is imported matches nothing
    "C031": Severity.ERROR,  # a translation is in another language than the one it is imported for
    "C032": Severity.ERROR,  # nothing in a translation is surely one of the briefing
    "C040": Severity.WARNING,  # an edition is not published, since too little of it is translated
    # -- E: EPUB
    "E001": Severity.WARNING,  # characters that a book cannot hold were replaced
    "E002": Severity.NOTE,  # a collection is made without audio
    "E003": Severity.ERROR,  # a finished book cannot be read, and so is not in the collection
    "E004": Severity.WARNING,  # a cover that nobody describes is in no book
    "E005": Severity.NOTE,  # a book claims no conformance, since it changed after it was checked
    "E010": Severity.NOTE,  # a volume of a collection is larger than it should be, since one book is
    # -- H: web pages
    "H001": Severity.ERROR,  # a template of the workspace's theme is broken
    "H002": Severity.NOTE,  # a link whose address cannot be printed
    # -- K: checks
    "K001": Severity.ERROR,  # an output is missing
    "K002": Severity.ERROR,  # an output was changed after it was written
    "K003": Severity.ERROR,  # a document is not well-formed, or has one id twice
    "K004": Severity.ERROR,  # a link leads nowhere
    "K005": Severity.ERROR,  # EPUBCheck finds an error in a book
    "K006": Severity.WARNING,  # EPUBCheck warns of a book
    "K007": Severity.ERROR,  # msgfmt finds an error in a catalogue
    "K008": Severity.NOTE,  # a checker is not installed
    "K009": Severity.ERROR,  # nothing was built yet
    "K010": Severity.ERROR,  # Ace finds a serious fault in a book
    "K011": Severity.WARNING,  # Ace finds a small one
    "K020": Severity.NOTE,  # nothing tells whether a speaker needs a woman's voice or a man's
    # K030 to K084: any book, by our own checks
    "K030": Severity.ERROR,  # no book that can be read, or a part of one that is damaged
    "K031": Severity.ERROR,  # a name in the archive leads out of it, or stands there twice
    "K032": Severity.ERROR,  # something would unpack to more than any book has
    "K033": Severity.ERROR,  # something is encrypted
    "K034": Severity.ERROR,  # a document is not well-formed, or declares entities
    "K035": Severity.ERROR,  # the archive does not say that it is a book
    "K036": Severity.ERROR,  # the package names something that is not there, or leads in a circle
    "K040": Severity.ERROR,  # a clip ends after its sound
    "K041": Severity.ERROR,  # a clip has no length, or times that cannot be read
    "K042": Severity.WARNING,  # clips of one sound overlap or go back
    "K043": Severity.ERROR,  # the duration of an overlay is not the sum of its clips
    "K044": Severity.ERROR,  # the duration of the book is not the sum of its overlays
    "K045": Severity.ERROR,  # a sound is not there or cannot be decoded
    "K050": Severity.WARNING,  # a visible text is not heard, in a document that has sound
    "K051": Severity.ERROR,  # an overlay plays to an element that is not there
    "K052": Severity.WARNING,  # an overlay does not follow the reading order
    "K053": Severity.NOTE,  # a document has no sound, in a book that has
    "K054": Severity.ERROR,  # a visible text is not heard, in a book that says that all is
    "K060": Severity.ERROR,  # a feature is claimed that is not there
    "K061": Severity.ERROR,  # a value that is none of the vocabulary's
    "K062": Severity.ERROR,  # values that contradict each other
    "K063": Severity.WARNING,  # a mode of access that the content contradicts
    "K064": Severity.ERROR,  # a claim of conformance in words of its own
    "K065": Severity.ERROR,  # a claim of conformance that nobody vouches for
    "K066": Severity.ERROR,  # a claim of conformance beside faults that checkers find
    "K070": Severity.WARNING,  # a text is not in the script of its language
    "K071": Severity.WARNING,  # a language of the text is not among those of the book
    "K080": Severity.ERROR,  # an entry of the contents leads nowhere
    "K081": Severity.WARNING,  # entries of the contents do not follow the reading order
    "K082": Severity.WARNING,  # the contents skip a heading
    "K083": Severity.WARNING,  # the list of pages does not follow the book, or skips a page
    # -- R: readers
    "R001": Severity.ERROR,  # no turns
    "R002": Severity.ERROR,  # front matter cannot be read
    "R003": Severity.WARNING,  # a name that looks like a slip of another
    "R004": Severity.WARNING,  # a known name without its colon
    "R005": Severity.WARNING,  # two names before one text
    "R006": Severity.WARNING,  # a name without words after it
    "R007": Severity.NOTE,  # something is left out on purpose
    "R008": Severity.NOTE,  # a line break inside a sentence is joined
    "R009": Severity.WARNING,  # a bracket or tag that is not closed
    "R010": Severity.NOTE,  # words before the first speaker
    "R011": Severity.WARNING,  # an unusual sign after a name
    "R012": Severity.WARNING,  # a turn without a speaker
    "R013": Severity.NOTE,  # a role that is guessed
    "R014": Severity.WARNING,  # a page is missing
    "R015": Severity.NOTE,  # nothing tells which page this is
    "R016": Severity.WARNING,  # what may be a name is taken for words of a quotation
    "R017": Severity.NOTE,  # of a picture only the alternative text is kept
    "R018": Severity.WARNING,  # markup that is not known is kept as text
    "R019": Severity.ERROR,  # a JSON document is not a briefing
    "R020": Severity.WARNING,  # a heading with nothing after it
    "R021": Severity.WARNING,  # a date that cannot be read
    "R022": Severity.WARNING,  # two files are the same page
    "R023": Severity.WARNING,  # a control character is left out
    "R024": Severity.WARNING,  # a value of the front matter that cannot be used
    "R025": Severity.NOTE,  # names in small letters are taken for speakers
    "R026": Severity.ERROR,  # a language that is no language tag
    "R027": Severity.ERROR,  # a paragraph is too long
    "R028": Severity.WARNING,  # the name of a file says another language than it is read in
    "R029": Severity.WARNING,  # a transcript is in another language than its series, which does not know it
    "R030": Severity.ERROR,  # an XML document cannot be read: not well-formed, with declarations, or too large
    # -- S: speech
    "S001": Severity.ERROR,  # a text could not be spoken: the engine failed twice
    "S002": Severity.WARNING,  # no voice for a language, or none that could be understood
    "S003": Severity.ERROR,  # a text is too long to be spoken
    "S004": Severity.WARNING,  # a voice that series.toml names is not there
    "S005": Severity.ERROR,  # the speech engine cannot work here
    "S006": Severity.ERROR,  # a clip is missing from the cache or damaged
    "S007": Severity.ERROR,  # a pronunciation lexicon that cannot be read
    "S008": Severity.WARNING,  # an entry of one that cannot be used
    "S009": Severity.WARNING,  # an entry of one in a phonetic alphabet that is not known
    "S010": Severity.NOTE,  # an engine whose voices cannot be heard here is left out of the page of voices
    "S020": Severity.WARNING,  # a speaker stands twice in the file of voices
    "S021": Severity.WARNING,  # a voice in the file of voices is not there any more
    "S022": Severity.WARNING,  # two people who meet cannot be told apart by their voices
    "S023": Severity.NOTE,  # an engine has too few voices for those who meet
    # -- W: workspace and configuration
    "W001": Severity.ERROR,  # there is no workspace here
    "W002": Severity.ERROR,  # series.toml is not TOML
    "W003": Severity.ERROR,  # series.toml: a key or a value that cannot be used
    "W004": Severity.ERROR,  # no reader, writer or engine of this name
    "W005": Severity.ERROR,  # no reader knows the file
    "W006": Severity.ERROR,  # two sources would have one name
    "W007": Severity.ERROR,  # a file cannot be read, or is not UTF-8 text
    "W008": Severity.WARNING,  # something in the workspace that is no source is passed over
    "W009": Severity.ERROR,  # the workspace holds no transcripts
    "W010": Severity.NOTE,  # anchors whose source is gone
    "W011": Severity.ERROR,  # a folder that is to be made new is not empty
    "W012": Severity.ERROR,  # a name given on the command line is none of a briefing, language or format
    "W013": Severity.ERROR,  # the picture that series.toml names cannot be used
    "W014": Severity.NOTE,  # no feed is made, since nobody knows where the outputs will be served
}
"""Every code and how much it matters. A code that is no longer used stays, so that it is not given away again."""


class Diagnostic(msgspec.Struct, frozen=True, order=False):
    """One finding."""

    code: str
    """A key of :data:`CODES`."""
    message: str
    """One sentence, without a final full stop, and, after a semicolon, what to do."""
    place: Place = NOWHERE

    @property
    def severity(self) -> Severity:
        """As :data:`CODES` has it."""
        return CODES[self.code]

    def __str__(self) -> str:
        """``warning R012 transcripts/0328.txt:41: turn without a speaker``."""
        place = f" {self.place}" if self.place.file else ""
        return f"{self.severity} {self.code}{place}: {self.message}"


def once(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Each finding once, by place: the editions of a briefing share those of its source."""
    seen = {(str(found), found.place.file, found.place.line): found for found in findings}
    yield from sorted(seen.values(), key=lambda found: (found.place.file, found.place.line, found.code, found.message))


Report = Callable[[Diagnostic], None]
"""Passes take one of these and call it with what they find."""


def unheard(_: Diagnostic) -> None:
    """The report of a pass whose findings somebody has told already, or will tell."""


class PublishError(Exception):
    """Anything that ends the work. Its text is complete: place, what is wrong, what to do."""

    exit_code = ExitCode.PROBLEMS

    def __init__(self, diagnostic: Diagnostic) -> None:
        """Keep the finding, so that ``--json`` can print it."""
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


class UsageError(PublishError):
    """The command was called wrongly."""

    exit_code = ExitCode.USAGE


class InputError(PublishError):
    """A source, a catalogue or the configuration cannot be used."""

    exit_code = ExitCode.INPUT


class MissingError(PublishError):
    """A tool, a package, room on the disk or the right to write is missing."""

    exit_code = ExitCode.MISSING


def refuse(code: str, message: str, place: Place = NOWHERE) -> NoReturn:
    """Raise :class:`InputError`: what stands at ``place`` cannot be used."""
    raise InputError(Diagnostic(code, message, place))
