"""What translators get: a template for each briefing, and one for what belongs to the series.

A message is a paragraph; its context is ``<briefing>/<paragraph id>``, so nothing that happens elsewhere changes it.
What helps to translate it stands in comments: who speaks, what is answered, what comes before and after. Nothing in a
file is a position or a time, so an edit changes its own message and the comments of those beside it and of the answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from publish import paths, po, series
from publish.config import Settings
from publish.glossary import Glossary
from publish.messages import FLAG, message
from publish.model import Briefing, Paragraph, Participant, Turn, plain
from publish.po import Entry

UNDATED = "1980-01-01"
SERIES = "series"
"""Name of the catalogue of what belongs to no single briefing."""
LEAVE = "Leave this as it is."
"""A comment: the message is its own translation."""
_SHORT = 60
"""Characters that are shown of a neighbour."""


def template(briefing: Briefing, settings: Settings, glossary: Glossary | None = None) -> str:
    """The POT file of a briefing; its messages name the terms of the glossary."""
    header = _header(f"{settings.title} {briefing.name}".strip(), briefing.date, briefing.language)
    return po.serialise((header, *_entries(briefing, settings, glossary or Glossary())))


def series_template(settings: Settings, people: Mapping[str, Participant], newest: str) -> str:
    """The POT file of the series: its title, publisher and summary, and everyone's name, title and affiliation."""
    said = [
        ("series/title", settings.title, ("Title of the series",)),
        ("series/publisher", settings.publisher, ("Who publishes the series",)),
        ("series/summary", settings.summary, ("Summary of the series",)),
        ("series/cover", settings.cover_alt, ("What the picture on the cover shows, for those who do not see it",)),
    ]
    leave = (LEAVE,) if "names" in settings.catalog.leave else ()
    for speaker, person in sorted(people.items()):
        role = f", {person.role}" if person.role else ""
        name = (f"Name as it is printed ({person.kind}{role})", *leave)
        said.append((f"speaker/{speaker}/name", person.name, name))
        said.append((f"speaker/{speaker}/title", person.title, (f"Title of {person.name}",)))
        said.append((f"speaker/{speaker}/affiliation", person.affiliation, (f"Affiliation of {person.name}",)))
    entries = (Entry(id=text, context=context, extracted=notes) for context, text, notes in said if text)
    return po.serialise((_header(settings.title or SERIES, newest, settings.language), *entries))


def _header(project: str, date: str, language: str) -> Entry:
    values = {
        "Project-Id-Version": " ".join(project.split()),
        "Report-Msgid-Bugs-To": "",
        "POT-Creation-Date": f"{date or UNDATED} 00:00+0000",
        "PO-Revision-Date": "YEAR-MO-DA HO:MI+ZONE",
        "Last-Translator": "FULL NAME <EMAIL@ADDRESS>",
        "Language-Team": "LANGUAGE <LL@li.org>",
        "Language": "",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Source-Language": language,
        "X-Generator": "publish",
    }
    return Entry(id="", strings=(fields(values),), flags=("fuzzy",))


def fields(values: Mapping[str, str]) -> str:
    """The text of a header."""
    return "".join(f"{name}: {value}\n" for name, value in values.items())


# --- Messages of a briefing -------------------------------------------------------------------------------------------


class _Line(msgspec.Struct, frozen=True):
    """A paragraph with what is said of it."""

    paragraph: Paragraph
    text: str
    flagged: bool
    notes: tuple[str, ...]


def _entries(briefing: Briefing, settings: Settings, glossary: Glossary) -> Iterator[Entry]:
    for key, text, note in (("title", briefing.title, "Title"), ("venue", briefing.venue, "Where it was held")):
        if text:
            yield Entry(id=text, context=f"{briefing.name}/{key}", extracted=(note, *glossary.comments(text)))
    lines = [line for line in _lines(briefing, settings) if line.text]
    shown = [_short(plain(line.paragraph.parts)) for line in lines]
    for index, line in enumerate(lines):
        beside = (("Before", shown[index - 1] if index else ""), ("After", "".join(shown[index + 1 : index + 2])))
        yield Entry(
            id=line.text,
            context=f"{briefing.name}/{line.paragraph.id}",
            extracted=(
                *line.notes,
                *(f"{where}: {text}" for where, text in beside if text),
                *glossary.comments(line.text),
            ),
            references=(_reference(line.paragraph),),
            flags=(FLAG,) if line.flagged else (),
        )


def _lines(briefing: Briefing, settings: Settings) -> Iterator[_Line]:
    people = {person.speaker: person for person in briefing.participants}
    leave = (LEAVE,) if "stage directions" in settings.catalog.leave else ()
    for turn, about in _told(briefing, people):
        who = (_who(people[turn.speaker]), *about) if turn.speaker is not None else ("Stage direction", *leave)
        for paragraph in turn.headings:
            yield _line(paragraph, briefing, ("Heading",), settings)
        for paragraph in turn.paragraphs:
            yield _line(paragraph, briefing, who, settings)


def _line(paragraph: Paragraph, briefing: Briefing, who: tuple[str, ...], settings: Settings) -> _Line:
    text, flagged = message(paragraph.parts)
    notes = [*who]
    if paragraph.language and paragraph.language != briefing.language:
        notes.append(f"{_ORIGINAL} {paragraph.language}")
    if settings.site.url:
        page = paths.page(briefing.language, briefing.name).removesuffix("index.html")
        notes.append(f"See {paths.absolute(page, settings, paragraph.id)}")
    return _Line(paragraph, text, flagged, tuple(notes))


def _told(briefing: Briefing, people: Mapping[str, Participant]) -> Iterator[tuple[Turn, tuple[str, ...]]]:
    """Each turn with what exchange it is in; of a turn that is not the questioner's, what it answers."""
    opening, rest = series.exchanges(briefing)
    yield from ((turn, ()) for turn in opening)
    for turns in rest:
        question = _question(turns, people)
        for turn in turns:
            own = turn is turns[0] or turn.speaker == turns[0].speaker
            yield (
                turn,
                (f"Exchange x-{turns[0].id}" if own or not question else f"Answers x-{turns[0].id}: {question}",),
            )


def _question(turns: Sequence[Turn], people: Mapping[str, Participant]) -> str:
    if turns[0].headings:
        return _quoted(plain(turns[0].headings[0].parts))
    return _quoted(series.asked(turns, people)[0])


def _who(person: Participant) -> str:
    said = (person.name, person.role, person.title, person.affiliation)
    return "Speaker: " + ", ".join(text for text in said if text)


def _short(text: str) -> str:
    """The beginning of a paragraph, cut at a word if there is one."""
    text = text.strip()
    if len(text) > _SHORT:
        text = f"{(text[:_SHORT].rpartition(' ')[0] or text[:_SHORT]).rstrip(' ,;:')} …"
    return _quoted(text)


def _quoted(text: str) -> str:
    """In quotation marks, and in one line, since a comment is one."""
    return f"“{' '.join(text.split())}”" if text.strip() else ""


def _reference(paragraph: Paragraph) -> str:
    """The source file and the id, in the marks that gettext puts around names with spaces."""
    name = f"{paragraph.place.file}#{paragraph.id}"
    return f"\u2068{name}\u2069" if re.search(r"\s", name) else name


# --- Read again -------------------------------------------------------------------------------------------------------

_ORIGINAL = "Original in"
_EXCHANGE = re.compile(r"(?:Exchange|Answers) (x-[^\s:]+)")


def scene(entry: Entry) -> tuple[str, str]:
    """Who says a message, and in which exchange; empty where its comments do not tell."""
    speaker = next((line for line in entry.extracted if line.startswith("Speaker: ")), "")
    found = (_EXCHANGE.match(line) for line in entry.extracted)
    return speaker, next((match[1] for match in found if match), "")


def original(entry: Entry) -> str:
    """The language of a message whose language is not the briefing's; empty when it is."""
    begins = f"{_ORIGINAL} "
    return next((line.removeprefix(begins) for line in entry.extracted if line.startswith(begins)), "")
