"""Transcripts in Markdown: YAML front matter, ``NAME:  words``, ``**Name:** words``, ``Q    words``.

Read line by line and not as CommonMark: in real files, lines that look empty hold no-break spaces, and CommonMark
would melt thousands of turns into one paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from publish.config import Settings, embargo
from publish.dates import iso
from publish.diagnostics import Diagnostic, Place, Report, refuse
from publish.frontmatter import FrontMatter, front_matter
from publish.inlines import Markdown, bounded, folded, is_direction, readable
from publish.languages import canonical
from publish.model import Briefing, Code, Inline, PageBreak, Paragraph, Text, Turn, plain
from publish.pages import ordered, report_missing
from publish.readers._labels import Label, Labels, no_speaker
from publish.readers._lines import Line, logical
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
    """The briefing. Several files are its pages, in the order of their numbers.

    Raises:
        InputError: The front matter cannot be read, or there are no turns.
    """
    numbered = ordered([readable(page, report) for page in pages], report)
    report_missing(numbered, 0, report)
    fronts = [front_matter(page.source) for page in numbered]
    front = _merged(fronts, [page.source.file for page in numbered], report)
    file = numbered[0].source.file
    language = settings.briefing(name).language or _language(front, file, report) or settings.language
    transcript = _Transcript(Cast(settings, report), language, _only_speaker(front), report)
    transcript.read(
        [(page.source, of.lines, str(page.number)) for page, of in zip(numbered, fronts, strict=True)],
        has_title=bool(front.fields.get("title")),
    )
    transcript.finish()
    if not any(turn.speaker for turn in transcript.turns):
        refuse(
            "R001",
            "no turns were found; begin each with who speaks: `MS. OKAFOR:  words`, `**Name:** words`, `Q  words`",
            Place(file, front.lines + 1),
        )
    labels = tuple(str(page.number) for page in numbered) if len(numbered) > 1 else ()
    return msgspec.structs.replace(_briefing(name, front, language, transcript, file), pages=labels)


# --- Front matter -----------------------------------------------------------------------------------------------------


def _merged(fronts: Sequence[FrontMatter], files: Sequence[str], report: Report) -> FrontMatter:
    """The first page's front matter, with what only later ones hold."""
    first = fronts[0]
    for front, file in zip(fronts[1:], files[1:], strict=True):
        for key, value in front.fields.items():
            if first.fields.setdefault(key, value) != value:
                message = f"{key!r} differs from that of the first page, which is used; make them equal"
                report(Diagnostic("R024", message, Place(file, front.places.get(key, 0))))
    return first


def _language(front: FrontMatter, file: str, report: Report) -> str:
    place = Place(file, front.places.get("language", front.places.get("lang", 0)))
    tag = front.take("language", "lang")
    if not tag:
        return ""
    try:
        return canonical(tag)
    except ValueError as error:
        message = f"the language {tag!r} cannot be used: {error}; write a tag such as 'fr' or 'zh-Hans'"
        report(Diagnostic("R024", message, place))
        return ""


def _only_speaker(front: FrontMatter) -> str:
    """Who gives a talk: the one speaker of the front matter."""
    speakers = front.fields.get("speakers") or front.fields.get("speaker")
    if isinstance(speakers, list) and len(speakers) == 1:
        speakers = speakers[0]
    return speakers if isinstance(speakers, str) else ""


def _briefing(name: str, front: FrontMatter, language: str, transcript: _Transcript, file: str) -> Briefing:
    places = {key: Place(file, line) for key, line in front.places.items()}
    date_text = front.take("date", "published")
    if date_text and not iso(date_text):
        message = f"the date {date_text!r} cannot be read; write it as 2031-01-31"
        transcript.report(Diagnostic("R021", message, places.get("date", Place(file, 1))))
    return Briefing(
        name,
        _unescaped(front.take("title")) or transcript.title or name.replace("-", " ").capitalize(),
        tuple(transcript.turns),
        transcript.cast.participants(transcript.turns),
        language,
        iso(date_text),
        date_text,
        _unescaped(front.take("venue", "location", "place")) or " / ".join(transcript.venue),
        front.take("start") or transcript.start,
        front.take("end") or transcript.end,
        front.take("source_url", "source", "url", "media"),
        _status(front, places, transcript.report),
        extra=front.fields,
        place=Place(file, 1),
    )


def _status(front: FrontMatter, places: dict[str, Place], report: Report) -> str:
    """A status that is not understood withholds, so that nothing is published which was not meant to be."""
    status = front.take("status")
    if not status or status in {"public", "draft"} or embargo(status):
        return status or "public"
    message = f"the status {status!r} is not known, and this is kept as a draft; write 'public', 'draft' or "
    report(Diagnostic("R024", f"{message}'embargo 2031-01-31T12:00:00Z'", places.get("status", Place())))
    return "draft"


def _unescaped(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


# --- Lines that are no words of anybody -------------------------------------------------------------------------------

_SHORT = 80
"""Characters of a time, an end mark, a place: longer lines are somebody's words."""
_TIME = re.compile(
    r"\d{1,2}[:.]\d{2} ?(?:[AaPp]\.?\s?[Mm]\.?)?(?: ?\(?(?:[A-Z]{2,5}|local time|local)\)?)?(?: ?/.{1,40})?",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?P<before>\d{1,2}:\d{2}[^a-z]{0,20} )?(?:\* ?)?(?:END|\\?#{3,4}|# # #|-30-)(?P<time> \d{1,2}:\d{2}.{0,20})?"
)
_RULE = re.compile(r"(?:[-*_] ?){3,}|={3,}")
_STAMP = re.compile(r"\\?\[\(?(\d{1,2}:\d{2}(?::\d{2})?)\)?\\?\]\s*")
_PREFACE = re.compile(r"(?:[^\W\d_][^:：]{0,40}[:：]\s*)?(?:<?https?://\S+|\d{1,2}:\d{2}(?::\d{2})?)")
"""What may stand above a talk: an address or a time, perhaps with a word what it is."""
_BRACKETS = "([（\\"
"""What a stage direction may begin with."""
_VENUES = 3
"""Lines that say where it was held and on which day, at most."""


class _Transcript:
    """Collects turns. Its state is who speaks, and what stands before the next turn."""

    def __init__(self, cast: Cast, language: str, talk: str, report: Report) -> None:
        self.report, self.cast = report, cast
        self.turns: list[Turn] = []
        self.venue: list[str] = []
        self.start = self.end = self.title = ""
        self._talk = talk
        """Who speaks when nobody is named; empty: nobody."""
        self._language = language
        self._file = ""
        self._labels = Labels((), cast, talk=False)
        self._titled = True
        self._speaker: str | None = None
        self._label = ""
        self._open: list[Paragraph] = []
        self._continued = False
        self._headings: list[Paragraph] = []
        self._time = ""
        self._break: PageBreak | None = None
        self._place = Place()

    # -- reading -------------------------------------------------------------------------------------------------------

    def read(self, pages: Sequence[tuple[Source, int, str]], *, has_title: bool) -> None:
        """Read pages, each with the lines its front matter takes, and its label."""
        blocks = [list(self._blocks(source, skipped)) for source, skipped, _ in pages]
        lines = [line for page in blocks for block in page for line in block]
        self._labels = Labels(lines, self.cast, talk=bool(self._talk))
        tops = [line for line in lines if line.kind == "heading" and line.level == 1]
        self._titled = has_title or bool(self._talk) or len(tops) != 1
        if self._labels.plain:
            message = "names in small letters before a colon are taken for speakers; write them in bold to be sure"
            self._say("R025", message, Place(pages[0][0].file))
        for (source, _, label), page in zip(pages, blocks, strict=True):
            self._file = source.file
            if self.turns or self._open:
                self._break = PageBreak(label)
            for block in page:
                for line in self._joined(block):
                    self._line(line)

    def _blocks(self, source: Source, skipped: int) -> Iterator[list[Line]]:
        self._file = source.file
        text = "\n".join(source.text.split("\n")[skipped:])
        if "<!--" in text:
            text = self._without_comments(text, skipped + 1)
        return logical(text.split("\n"), skipped + 1)

    def _without_comments(self, text: str, first: int) -> str:
        """The text without its comments; their line ends stay, so that places hold. It begins in line ``first``."""
        kept, at, told = [], 0, 0
        while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
            told += 1
            if told <= _TOLD:
                place = Place(self._file, text.count("\n", 0, begin) + first)
                short = f"{text[begin : begin + _COMMENT]} …" if end - begin > _COMMENT else text[begin : end + 3]
                self._say("R007", f"the comment {folded(short)!r} is left out", place)
            kept += [text[at:begin], "\n" * text.count("\n", begin, end)]
            at = end + 3
        return "".join((*kept, text[at:]))

    def _joined(self, block: Iterable[Line]) -> Iterator[Line]:
        """A break before a small letter stands inside a sentence: the lines are one."""
        pending: list[Line] = []
        for line in block:
            if pending and line.broken and line.kind == "text" and self._goes_on(line.text):
                self._say(
                    "R008", "the line breaks inside a sentence here, and is joined; take the break out", self._at(line)
                )
            elif pending:
                yield _one(pending)
                pending = []
            pending.append(line)
        if pending:
            yield _one(pending)

    def _goes_on(self, text: str) -> bool:
        return text[:1].islower() and self._labels.of(text) is None

    def finish(self) -> None:
        """End the last turn, and say what the whole file shows."""
        self._close()
        last = self.turns[-1] if self.turns else None
        if not self.end and last and _is_time(last):
            self.end = plain(self.turns.pop().paragraphs[0].parts)
        for heading in self._headings:
            self._say("R020", "nothing follows this heading; it is kept as a line of its own", heading.place)
            self.turns.append(Turn((msgspec.structs.replace(heading, level=0),), place=heading.place))
        self.cast.report_slips()

    # -- lines ---------------------------------------------------------------------------------------------------------

    def _line(self, line: Line) -> None:
        place = self._at(line)
        bounded(line.text, place)
        match line.kind:
            case "heading":
                self._heading(line.text, line.level, place)
            case "code":
                self._say_words((Code(folded(line.text).strip()),), "", place)
            case "fence":
                if line.text:
                    self._say("R007", f"{line.text!r}, which names a notation, is left out", place)
            case _ if self._mark(line.text, place):
                pass
            case _ if label := self._labels.of(line.text):
                self._begin(label, place)
            case _:
                self._warn(line.text, place)
                self._words(line.text, place)

    def _mark(self, text: str, place: Place) -> bool:
        """Whether the line is no words of anybody: a time, an end mark, a rule, a stamp, a break."""
        if len(text) > _SHORT:
            return False
        said = folded(text).strip()
        if found := _END.fullmatch(said):
            self._close()
            self.end = (found["time"] or found["before"] or "").strip() or self.end
            self._say("R007", f"the end mark {said!r} is left out", place)
        elif _RULE.fullmatch(said):
            self._say("R007", f"the rule {said!r} is left out", place)
        elif _TIME.fullmatch(said):
            self._hour(said, place)
        elif (found := _STAMP.fullmatch(said)) and self._speaker is None:
            self._say("R007", f"the time stamp {found[1]} is left out", place)
        elif (rest := no_speaker(said)) is not None and (not rest or _STAMP.fullmatch(rest)):
            self._close()
            self._say("R007", f"{said!r} is left out: it is no speaker", place)
        else:
            return False
        return True

    def _hour(self, text: str, place: Place) -> None:
        """When it began; or when it ended, unless somebody speaks on."""
        if not self.start and len(self.turns) < 2:  # noqa: PLR2004  # some begin before the hour is noted
            self.start = text
            return
        self._close()
        line = Paragraph((*self._take_break(), Text(text)), place=place)
        self.turns.append(Turn((line,), headings=self._take_headings(), place=place))
        self._after_direction()

    # -- labels --------------------------------------------------------------------------------------------------------

    def _begin(self, label: Label, place: Place) -> None:
        if label.odd:
            message = f"the sign {label.odd!r} after {label.name!r} is left out; take it out of the source"
            self._say("R011", message, place)
        if label.form != "a" and (again := self._labels.of(label.rest)) and again.form not in {"q", "a"}:
            message = f"two names stand here, and {label.name!r} is left out; take one out of the source"
            self._say("R005", message, place)
            self._begin(again, place)
            return
        self._close()
        who = self._talk if label.form == "a" else label.name
        self._label, self._speaker, self._continued = label.name, self.cast.speaker(who, place), False
        self._place = place
        if label.rest:
            self._words(label.rest, place)

    def _warn(self, text: str, place: Place) -> None:
        """Say what looks like a label and is none."""
        if name := self._labels.stopped(text):
            self._say("R004", f"{name!r} is a speaker, and no colon follows; if a turn begins here, put one", place)
        elif label := self._labels.quoted(text):
            bold = "" if label.form == "bold" else f"write `**{label.name}:**`, or "
            message = (
                f"{label.name!r} before a colon is taken for words, not for a speaker; if it is one, "
                f"{bold}list it in `aliases` in series.toml"
            )
            self._say("R016", message, place)

    # -- words ---------------------------------------------------------------------------------------------------------

    def _words(self, text: str, place: Place) -> None:
        if self._speaker is None and not self.turns and self._is_venue(text):
            return
        if (
            text[0] in _BRACKETS
            and is_direction(text.replace("\\", ""))
            and (self._open or self._speaker is None or not self._label)
        ):
            self._direction(self._parts(text, place), place)
            return
        if self._speaker is not None and text[0] in _BRACKETS and (stamp := _STAMP.match(text[:_SHORT])):
            text = text[stamp.end() :]
            if self._open:
                self._say("R007", f"the time stamp {stamp[1]} inside a turn is left out", place)
            else:
                self._time = stamp[1]
        self._say_words(self._parts(text, place), text, place)

    def _say_words(self, parts: tuple[Inline, ...], text: str, place: Place) -> None:
        if not parts or not (isinstance(parts[0], Text) or plain(parts, deleted=True).strip()):
            return
        if self._speaker is None and self._talk and not _PREFACE.fullmatch(text[:_SHORT]):
            self._speaker, self._place = self.cast.speaker(self._talk, place), place
            self._continued = any(turn.speaker == self._speaker for turn in self.turns)
        if self._speaker is None:
            self._say("R010", "this stands before the first speaker, and is kept as a stage direction", place)
            self._direction(parts, place)
            return
        if not self._open and self._continued:
            self._place = place
        self._open.append(Paragraph((*self._take_break(), *parts), place=place))

    def _is_venue(self, text: str) -> bool:
        """Up to three short lines before the first turn say where it was held, and on which day."""
        if self._talk or self.start or self._headings or len(self.venue) >= _VENUES or len(text) > _SHORT:
            return False
        sentence = text[-1:] in ".?!:" and not text.endswith(("D.C.", "U.S.", "N.Y."))
        if (is_direction(text) and not iso(text)) or sentence or "](" in text or "<" in text:
            return False
        self.venue.append(folded(_unescaped(text)).strip())
        return True

    def _direction(self, parts: tuple[Inline, ...], place: Place) -> None:
        self._close()
        if parts:
            line = Paragraph((*self._take_break(), *parts), place=place)
            self.turns.append(Turn((line,), headings=self._take_headings(), place=place))
        self._after_direction()

    def _after_direction(self) -> None:
        self._continued, self._label = self._speaker is not None, ""

    def _heading(self, text: str, level: int, place: Place) -> None:
        if not self._titled and level == 1 and not self.turns and not self._open:
            self._titled, self.title = True, plain(self._parts(text, place)).strip()
            return
        self._close()
        if parts := self._parts(text, place):
            self._headings.append(Paragraph((*self._take_break(), *parts), level=level, place=place))
        self._after_direction()

    def _close(self) -> None:
        """End the turn that is open."""
        if self._open:
            turn = Turn(
                tuple(self._open), self._speaker, self._label, continued=self._continued,
                headings=self._take_headings(), time=self._time, place=self._place,
            )  # fmt: skip
            self.turns.append(turn)
        elif self._speaker is not None and self._label:
            message = (
                f"{self._label!r} has no words after it, and is kept as a stage direction; write them, or take it out"
            )
            self._say("R006", message, self._place)
            stamp = (Text(f" [{self._time}]"),) if self._time else ()
            words: tuple[Inline, ...] = (*self._take_break(), Text(self._label), *stamp)
            line = Paragraph(words, place=self._place)
            self.turns.append(Turn((line,), headings=self._take_headings(), place=self._place))
        self._open, self._time = [], ""
        self._after_direction()

    def _take_headings(self) -> tuple[Paragraph, ...]:
        taken, self._headings = tuple(self._headings), []
        return taken

    def _take_break(self) -> tuple[PageBreak, ...]:
        taken, self._break = self._break, None
        return (taken,) if taken else ()

    def _parts(self, text: str, place: Place) -> tuple[Inline, ...]:
        if text.count("(") > text.count(")") or text.count("\\[") > text.count("\\]"):
            self._say("R009", "a bracket is not closed in this paragraph, and is kept as it is; close it", place)
        return Markdown(self._language, self.report, place).read(text)

    def _at(self, line: Line) -> Place:
        return Place(self._file, line.number)

    def _say(self, code: str, message: str, place: Place) -> None:
        self.report(Diagnostic(code, message, place))


def _is_time(turn: Turn) -> bool:
    """Whether a turn is but the hour, and no heading and no page begins with it."""
    parts = turn.paragraphs[0].parts
    return turn.speaker is None and not turn.headings and len(parts) == 1 and bool(_TIME.fullmatch(plain(parts)))


_TOLD = 50
"""Comments that are told one by one."""
_COMMENT = 40
"""Characters of a comment that a message quotes."""


def _one(lines: Sequence[Line]) -> Line:
    first = lines[0]
    return first if len(lines) == 1 else msgspec.structs.replace(first, text=" ".join(line.text for line in lines))
