"""Transcripts in Markdown: YAML front matter, ``NAME:  words``, ``**Name:** words``, ``Q    words``.

Read line by line and not as CommonMark: in real files, lines that look empty hold no-break spaces, and CommonMark
would melt thousands of turns into one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import yaml

from publish.config import Settings
from publish.dates import iso
from publish.diagnostics import Diagnostic, Place, Report, refuse
from publish.inlines import Markdown, folded, is_direction
from publish.model import Briefing, Inline, Paragraph, Text, Turn
from publish.speakers import Cast
from publish.work import Source

SUMMARY = "Markdown with YAML front matter: NAME:, **Name:** or Q before the words"
SUFFIXES = (".md", ".markdown")


def claims(source: Source) -> int:
    """Certain of its suffixes, fairly sure of front matter."""
    if source.file.lower().endswith(SUFFIXES):
        return 90
    return 60 if source.text.startswith("---\n") else 5 if source.file.lower().endswith(".txt") else 0


def read(name: str, pages: tuple[Source, ...], settings: Settings, report: Report) -> Briefing:
    """The briefing. Several files are read one after the other, as one.

    Raises:
        InputError: The front matter cannot be read, or there are no turns.
    """
    front, first = _front_matter(pages[0])
    language = settings.briefing(name).language or str(front.pop("language", "")) or settings.language
    transcript = _Transcript(settings, language, report)
    transcript.talk = _only_speaker(front)
    for page in pages:
        transcript.read(page, first if page is pages[0] else 0)
    turns = transcript.finish()
    if not any(turn.speaker for turn in turns):
        refuse(
            "R001",
            "no turns were found; begin each with who speaks: `MS. OKAFOR:  words`, `**Name:** words`, `Q  words`",
            Place(pages[0].file, first + 1),
        )
    return _briefing(name, front, language, transcript, Place(pages[0].file, 1))


# --- Front matter -----------------------------------------------------------------------------------------------------

_FENCE = re.compile(r"---\s*")
_FRONT_LIMIT = 200_000
"""Characters of front matter; far above any, and far below what a hostile one needs."""


class _Texts(yaml.SafeLoader):
    """Every scalar is text, and there are no aliases, so nothing can grow."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """A node, unless it stands for another."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # types-PyYAML has none for it
            raise yaml.MarkedYAMLError(problem="aliases are not read", problem_mark=mark)
        return super().compose_node(parent, index)


_Texts.yaml_implicit_resolvers = {}


def _front_matter(source: Source) -> tuple[dict[str, Any], int]:
    """The front matter by key, and the number of lines it takes."""
    lines = source.text.split("\n", 1)
    if not _FENCE.fullmatch(lines[0]):
        return {}, 0
    end = re.search(r"^(?:---|\.\.\.)\s*$", source.text[len(lines[0]) + 1 :], re.MULTILINE)
    if end is None or end.start() > _FRONT_LIMIT:
        refuse("R002", "the front matter has no end; close it with a line `---`", Place(source.file, 1))
    text = source.text[len(lines[0]) + 1 :][: end.start()]
    try:
        tree = yaml.load(text, _Texts)  # noqa: S506  # a SafeLoader that knows even less
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or "it is nested too deeply"
        refuse("R002", f"the front matter is not YAML: {problem}; mend this line", Place(source.file, line))
    if tree is not None and not isinstance(tree, dict):
        refuse("R002", "the front matter is no list of `key: value`; mend it", Place(source.file, 2))
    known = {str(key): _told(value) for key, value in (tree or {}).items()}
    return known, source.text[: len(lines[0]) + 1 + end.end()].count("\n") + 1


def _told(value: object) -> Any:  # noqa: ANN401  # what YAML holds
    """Texts, lists and tables of texts; white space folded."""
    if isinstance(value, dict):
        return {str(key): _told(of) for key, of in value.items()}
    if isinstance(value, list):
        return [_told(of) for of in value]
    return folded(str(value)).strip() if value is not None else ""


def _only_speaker(front: dict[str, Any]) -> str:
    """Who gives a talk: the one speaker of the front matter."""
    speakers = front.get("speakers") or front.get("speaker")
    if isinstance(speakers, list) and len(speakers) == 1:
        return str(speakers[0])
    return speakers if isinstance(speakers, str) else ""


def _briefing(name: str, front: dict[str, Any], language: str, transcript: _Transcript, place: Place) -> Briefing:
    def take(*keys: str) -> str:
        return next((str(front.pop(key)) for key in keys if isinstance(front.get(key), str) and front[key]), "")

    date_text = take("date", "published")
    title = take("title") or transcript.title or name.replace("-", " ").capitalize()
    briefing = Briefing(
        name,
        title,
        tuple(transcript.turns),
        transcript.cast.participants(),
        language,
        iso(date_text),
        date_text,
        take("venue", "location", "place") or " / ".join(transcript.venue),
        take("start") or transcript.start,
        take("end") or transcript.end,
        take("source_url", "source", "url", "media"),
        take("status") or "public",
        place=place,
    )
    if date_text and not briefing.date:
        message = f"the date {date_text!r} cannot be read; write it as 2031-01-31"
        transcript.report(Diagnostic("R021", message, place))
    return msgspec.structs.replace(briefing, extra=front)


# --- Lines and blocks -------------------------------------------------------------------------------------------------

_BREAK = re.compile(r"(?:[ \u00a0]{2,}|\\)$")
_TIME = re.compile(
    r"\d{1,2}[:.]\d{2}\s*(?:[AaPp]\.?\s?[Mm]\.?)?(?:\s*\(?(?:[A-Z]{2,5}|local time|local)\)?)?(?:\s*/.{1,40})?",
    re.IGNORECASE,
)
_END = re.compile(r"(?:\*\s*)?(?:END|\\?#{3,4}|# # #)(?P<time>\s+\d{1,2}:\d{2}.{0,20})?")
_RULE = re.compile(r"(?:[-*_]\s*){3,}|={3,}")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_BULLET = re.compile(r"[-*+•]\s+")
_STAMP = re.compile(r"\\?\[(\d{1,2}:\d{2}(?::\d{2})?)\\?\]\s*")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class _Line(msgspec.Struct, frozen=True):
    """A logical line: what no hard break and no blank line divides."""

    text: str
    number: int
    broken: bool = False
    """It follows a hard break, without a blank line."""


def _logical(lines: Sequence[str], first: int) -> Iterator[list[_Line]]:
    """Blocks of logical lines; a block ends at a line that holds nothing but white space."""
    block: list[_Line] = []
    words: list[str] = []
    begin = first
    broken = False
    for number, line in enumerate((*lines, ""), first):
        if not line or line.isspace():
            if words:
                block.append(_Line(" ".join(words), begin, broken))
            if block:
                yield block
            block, words, broken = [], [], False
            continue
        begin = begin if words else number
        if words and (_BULLET.match(line) or _HEADING.fullmatch(line.strip())):
            block.append(_Line(" ".join(words), begin, broken))
            words, begin, broken = [], number, True
        words.append(line.strip().removesuffix("\\"))
        if _BREAK.search(line) or _HEADING.fullmatch(line.strip()):
            block.append(_Line(" ".join(words), begin, broken))
            words, broken = [], True
    return


# --- Labels -----------------------------------------------------------------------------------------------------------

_NAME = re.compile(r"(?P<label>[^\W\d_][^:*\[\]“”\"<>?!]{0,79}?)\s*:(?P<odd>[`´]?)(?:\s+|$|(?=[`´“\"(—–]))")
_BOLD = re.compile(r"(?:\*\*|__)(?P<label>[^*_:\n]{1,80}?)\s*(?::\s*(?:\*\*|__)|(?:\*\*|__)\s*:)\s*")
_Q = re.compile(r"(?P<label>Q)(?P<odd>[`´]?)(?:\s+-\s+|[\s–—]+|(?<=[`´])|$)")
_A = re.compile(r"(?P<label>A)\s+[-–—]\s+")
"""An answer, in a talk that one person gives."""
_KNOWN_STOP = re.compile(r"(?P<label>(?:[A-Z]{2,4}\.? )?[A-Z][A-Z’'-]+)\.\s")
_NO_SPEAKERS = frozenset(
    {"break", "note", "editor’s note", "editor's note", "correction", "music", "sponsor", "outro", "intro"}
)
_LONGEST = 8
"""Words of a name, with title and office."""


def _capitals(label: str) -> bool:
    """Whether a label is written in capitals, as press offices do; "McGURK" and "de la CRUZ" are."""
    letters = [
        sign for sign in re.sub(r"\b(?:Mc|Mac|de|la|van|von|bin|al|el|of|the|and)\b|Mc", "", label) if sign.isalpha()
    ]
    return bool(letters) and all(sign.isupper() or not sign.islower() for sign in letters)


class _Transcript:
    """Collects turns. Its state is who speaks, and what stands before the next turn."""

    def __init__(self, settings: Settings, language: str, report: Report) -> None:
        self.report = report
        self.cast = Cast(settings, report)
        self.turns: list[Turn] = []
        self.venue: list[str] = []
        self.start = self.end = self.title = ""
        self.talk = ""
        """Who speaks when nobody is named; empty: nobody."""
        self._language = language
        self._file = ""
        self._speaker: str | None = None
        self._label = ""
        self._open: list[Paragraph] = []
        self._continued = False
        self._headings: list[Paragraph] = []
        self._time = ""
        self._place = Place()

    # -- reading -------------------------------------------------------------------------------------------------------

    def read(self, source: Source, skipped: int) -> None:
        self._file = source.file
        lines = source.text.split("\n")[skipped:]
        if "<!--" in source.text:
            lines = _COMMENT.sub(self._comment, "\n".join(lines)).split("\n")
        blocks = list(_logical(lines, skipped + 1))
        for block in blocks:
            self._block(block)

    def finish(self) -> Sequence[Turn]:
        """Every turn."""
        self._close()
        for heading in self._headings:
            self._say("R020", "nothing follows this heading; it is kept as a line of its own", heading.place)
            self.turns.append(Turn((msgspec.structs.replace(heading, level=0),), place=heading.place))
        self.cast.report_slips()
        return self.turns

    def _comment(self, found: re.Match[str]) -> str:
        self._say("R007", "a comment is left out", Place(self._file))
        return "\n" * found.group().count("\n")

    def _block(self, block: Sequence[_Line]) -> None:
        if block[0].text.startswith(("```", "~~~")):
            block = [_Line(line.text.strip("`~ ") or " ", line.number, line.broken) for line in block]
        for line in self._joined(block):
            self._line(line)

    def _joined(self, block: Iterable[_Line]) -> Iterator[_Line]:
        """A break before a small letter stands inside a sentence: the lines are one."""
        pending: _Line | None = None
        for line in block:
            if pending and line.broken and line.text[:1].islower() and not self._names(line.text):
                self._say("R008", "the line breaks inside a sentence here; it is joined", self._at(line))
                pending = _Line(f"{pending.text} {line.text}", pending.number, pending.broken)
                continue
            if pending:
                yield pending
            pending = line
        if pending:
            yield pending

    def _line(self, line: _Line) -> None:
        text = line.text.strip()
        if not text:
            return
        heading = _HEADING.fullmatch(text)
        if heading and set(heading[2]) - set("# "):
            self._heading(heading[2], len(heading[1]), self._at(line))
            return
        if self._mark(text, line):
            return
        if label := self._names(text):
            self._begin(label, text, line)
            return
        self._words(text, self._at(line))

    def _mark(self, text: str, line: _Line) -> bool:
        """Whether the line is no words of anybody: a time, an end mark, a rule, a stamp."""
        place = self._at(line)
        if found := _END.fullmatch(text):
            self._close()
            if found["time"]:
                self.end = folded(found["time"]).strip()
            self._say("R007", f"the end mark {folded(text)!r} is left out", place)
            return True
        if _RULE.fullmatch(text):
            self._say("R007", "a rule is left out", place)
            return True
        if _TIME.fullmatch(text) and len(text) < 60:  # noqa: PLR2004  # a time with its zone, no sentence
            self._hour(folded(text), place)
            return True
        if (found := _STAMP.fullmatch(text)) and not self._speaker:
            self._say("R007", f"the time stamp {found[1]} is left out", place)
            return True
        bold = _BOLD.match(text)
        if bold and bold["label"].strip().lower() in _NO_SPEAKERS:
            rest = text[bold.end() :]
            if not rest or _STAMP.fullmatch(rest):
                self._close()
                self._say("R007", f"{folded(text)!r} is left out: it is no speaker", place)
                return True
        return False

    def _hour(self, text: str, place: Place) -> None:
        if not self.start and not self.end and len(self.turns) < 2:  # noqa: PLR2004  # some begin before the hour is noted
            self.start = text
        elif not self.end:
            self.end = text
        else:
            self._say("R007", f"a further time {text!r} is left out", place)

    # -- labels --------------------------------------------------------------------------------------------------------

    def _names(self, text: str) -> re.Match[str] | None:
        """The label at the beginning of a line, when it is one."""
        if found := _BOLD.match(text):
            return None if found["label"].strip().lower() in _NO_SPEAKERS else found
        if text[:1] == "Q" and (found := _Q.match(text)):
            return found
        if self.talk and (found := _A.match(text)):
            return found
        found = _NAME.match(text)
        if found is None:
            return None
        label = found["label"].strip()
        if len(label.split()) > _LONGEST or label.lower() in _NO_SPEAKERS:
            return None
        if _capitals(label) or self.cast.knows(label):
            return found
        return None

    def _begin(self, label: re.Match[str], text: str, line: _Line) -> None:
        name = folded(label["label"]).strip()
        rest = text[label.end() :].lstrip()
        place = self._at(line)
        if label.groupdict().get("odd"):
            self._say("R011", f"an unusual sign {label['odd']!r} follows {name!r} and is left out", place)
        if rest[:1] in '“"' and not self.cast.knows(name) and name != "Q":
            message = (
                f"{name!r} is taken for words that are quoted, not for a speaker; if it is one, list it in series.toml"
            )
            self._say("R016", message, place)
            self._words(text, place)
            return
        if (again := self._names(rest)) and again["label"] != "Q":
            self._say("R005", f"two names stand here, and {name!r} is left out; mend the line", place)
            self._begin(again, rest, line)
            return
        self._close()
        who = self.talk if self.talk and name == "A" else name
        self._label, self._speaker, self._continued = name, self.cast.speaker(who, place), False
        self._place = place
        if stamp := _STAMP.match(rest):
            self._time, rest = stamp[1], rest[stamp.end() :]
        if rest:
            self._words(rest, place)

    # -- words ---------------------------------------------------------------------------------------------------------

    def _words(self, text: str, place: Place) -> None:
        if bullet := _BULLET.match(text):
            text = text[bullet.end() :]
        text = text.removeprefix("> ")
        if self._speaker is None and not self.turns and self._venue(text):
            return
        if is_direction(text.replace("\\", "")) and (self._open or self._speaker is None or not self._label):
            self._direction(text, place)
            return
        if self._speaker is None:
            self._nobody(text, place)
            return
        if (stamp := _STAMP.match(text)) and not self._open:
            self._time, text = stamp[1], text[stamp.end() :]
        if (known := _KNOWN_STOP.match(text)) and self.cast.knows(known["label"]) and _capitals(known["label"]):
            message = f"{known['label']!r} is a speaker, and no colon follows; if a turn begins here, put one"
            self._say("R004", message, place)
        if parts := self._parts(text, place):
            self._open.append(Paragraph(parts, place=place))

    def _venue(self, text: str) -> bool:
        """Up to three short lines before the first turn say where it was held, and on which day."""
        if self.talk or self.start or self._headings or len(self.venue) >= 3 or len(text) > 80:  # noqa: PLR2004
            return False
        if (
            (is_direction(text) and not iso(text))
            or (text[-1:] in ".?!:" and not text.endswith(("D.C.", "U.S.", "N.Y.")))
            or "](" in text
        ):
            return False
        self.venue.append(folded(re.sub(r"\\(.)", r"\1", text)).strip())
        return True

    def _nobody(self, text: str, place: Place) -> None:
        """Words before anybody was named: those of a talk's only speaker, or a line of the transcriber."""
        if self.talk:
            self._speaker, self._label, self._place = self.cast.speaker(self.talk, place), "", place
            self._continued = any(turn.speaker == self._speaker for turn in self.turns)
            self._words(text, place)
            return
        self._say("R010", "these words stand before the first speaker, and are kept as a stage direction", place)
        self._direction(text, place)

    def _direction(self, text: str, place: Place) -> None:
        self._close()
        parts = self._parts(text, place, plain=True)
        if parts:
            self.turns.append(Turn((Paragraph(parts, place=place),), headings=self._take_headings(), place=place))
        self._continued = self._speaker is not None
        self._label = ""

    def _heading(self, text: str, level: int, place: Place) -> None:
        self._close()
        if not self.turns and level == 1 and not self._headings and not self.title and not self.talk:
            self.title = folded(text).strip()
        self._headings.append(Paragraph(self._parts(text, place), level=level, place=place))
        self._continued = self._speaker is not None
        self._label = ""

    def _close(self) -> None:
        """End the turn that is open."""
        if self._open:
            turn = Turn(
                tuple(self._open), self._speaker, self._label, continued=self._continued,
                headings=self._take_headings(), time=self._time, place=self._place,
            )  # fmt: skip
            self.turns.append(turn)
        elif self._speaker is not None and self._label and not self._continued:
            message = f"{self._label!r} has no words after it; the name is kept as a stage direction"
            self._say("R006", message, self._place)
            line = Paragraph((Text(self._label),), place=self._place)
            self.turns.append(Turn((line,), headings=self._take_headings(), place=self._place))
        self._open, self._time = [], ""
        if self._speaker is not None:
            self._continued, self._label = True, ""

    def _take_headings(self) -> tuple[Paragraph, ...]:
        taken, self._headings = tuple(self._headings), []
        return taken

    def _parts(self, text: str, place: Place, *, plain: bool = False) -> tuple[Inline, ...]:
        parts = Markdown(self._language, self.report, place).read(text)
        if text.count("(") > text.count(")") and not plain:
            self._say("R009", "a bracket is not closed in this paragraph; it is kept as it is", place)
        return parts

    def _at(self, line: _Line) -> Place:
        return Place(self._file, line.number)

    def _say(self, code: str, message: str, place: Place) -> None:
        self.report(Diagnostic(code, message, place))
