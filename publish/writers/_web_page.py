"""The page of one briefing: what its template is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from urllib.parse import quote

import msgspec
from markupsafe import Markup

from publish import front, headings, markup, paths
from publish.config import Settings
from publish.interface import Interface
from publish.markup import Medium
from publish.model import Edition, Foreign, Narration, Paragraph, Turn, paragraphs, plain, walk
from publish.series import exchanges
from publish.work import Work
from publish.writers._web_words import Words, line


class Notice(msgspec.Struct, frozen=True):
    """Something to know before reading."""

    kind: str
    """``status``, ``translation`` or ``voices``."""
    text: str


class Anchor(msgspec.Struct, frozen=True):
    """A link to another file."""

    words: str
    address: str
    outside: bool = False


class Entry(msgspec.Struct, frozen=True):
    """A line of the contents."""

    id: str
    words: Markup


class Speaker(msgspec.Struct, frozen=True):
    """A line of the list of speakers."""

    first: str
    """Id of the first turn."""
    name: Markup
    about: Markup
    turns: str


class Fact(msgspec.Struct, frozen=True):
    """A value of the source's front matter."""

    words: str
    address: str
    """Empty: no link."""


def briefing_page(work: Work) -> dict[str, object]:
    """Values of ``briefing.html``."""
    edition, words = work.edition, Words(work.interface, work.edition.language)
    heard = work.narration if "audio" in work.formats else None
    medium = Medium(
        edition=edition,
        interface=work.interface,
        foot=_Foot(work, words),
        times=_times(heard),
        sounds=_stage_sounds(work, heard),
    )
    lines = {one.id: one for one in (*front.title_page(edition, work.interface), *_about(work))}
    date = plain(lines["front-date"].parts) if "front-date" in lines else ""
    names = (person.name.text for person in edition.people.values() if person.kind != "unnamed")
    return {
        **words.values(f"{{}}/{work.source.name}/index.html", work.languages, work.settings.site.url),
        "kind": "page-briefing",
        "title": line(edition.title.text, date, edition.series.text),
        "description": line(edition.title.text, date, edition.venue.text if edition.venue else "", *names),
        "public": work.public,
        "series": edition.series,
        "publisher": words.phrase(edition.publisher) if edition.publisher.text else "",
        "heading": edition.title,
        "facts": list(_facts(lines, work, medium)),
        "notices": list(_notices(work, words, lines, medium)),
        "links": list(_links(work, words)),
        "contents": list(_contents(medium)),
        "speakers": list(_speakers(edition, words)),
        "transcript": Markup(markup.transcript(medium)),  # noqa: S704  # escaped by construction
        "about": [_line(one, medium) for key, one in lines.items() if key in _LAST],
        "extra": list(_extra(work.source.extra)),
        "source_language": edition.source_language,
        "player": _player(edition, heard, words),
    }


# --- The head of the page ---------------------------------------------------------------------------------------------

_LAST = ("front-translation", "front-translators", "front-rights")


def _about(work: Work) -> tuple[Paragraph, ...]:
    return front.about(work.edition, work.interface, work.settings)


def _line(of: Paragraph, medium: Medium) -> Markup:
    language = markup.tongue(of.language, medium.edition.language, medium)
    text = markup.inline(of.parts, medium)
    return Markup(f"<span{language}>{text}</span>" if language else text)  # noqa: S704  # escaped by construction


def _facts(lines: dict[str, Paragraph], work: Work, medium: Medium) -> Iterator[Markup]:
    """Day, hours and place."""
    for key in ("front-date", "front-hours", "front-venue"):
        if key in lines:
            words = _line(lines[key], medium)
            dated = key == "front-date" and work.source.date
            yield Markup('<time datetime="{}">{}</time>').format(work.source.date, words) if dated else words


def _notices(work: Work, words: Words, lines: dict[str, Paragraph], medium: Medium) -> Iterator[Notice]:
    kind, _, moment = work.source.status.partition(" ")
    if kind == "draft":
        yield Notice("status", words.said(work.interface.gettext("This is a draft: it may still change.")))
    elif kind == "embargo":
        yield Notice("status", words.fill(work.interface.gettext("Not to be published before {time}."), time=moment))
    coverage = work.edition.coverage
    if front.used(coverage) < coverage.total and "front-translation" in lines:
        yield Notice("translation", _line(lines.pop("front-translation"), medium))
    for key in ("front-status", "front-unreviewed"):
        if key in lines:
            yield Notice("translation", _line(lines[key], medium))
    if work.narration and not work.formats.isdisjoint(("audio", "episode")):
        for text in _voices(work, work.narration, words):
            yield Notice("voices", text)


def _voices(work: Work, narration: Narration, words: Words) -> Iterator[str]:
    """That the voices are synthetic; what is not heard, and why."""
    interface, edition = words.interface, work.edition
    if not narration.tracks:
        message = interface.gettext("This edition has no sound: there is no voice for {language}.")
        yield words.fill(message, language=interface.language_name(edition.language))
        return
    yield words.said(interface.gettext("The voices are synthetic; they are not those of the people who speak."))
    silent, count = _unspoken(edition, frozenset(narration.unspoken))
    for language in silent:
        message = interface.gettext("Paragraphs with words in {language} have no sound: there is no voice for it.")
        yield words.fill(message, language=interface.language_name(language))
    if count and not silent:
        yield words.counted("{count} paragraph has no sound.", "{count} paragraphs have no sound.", count)


def _unspoken(edition: Edition, unspoken: frozenset[str]) -> tuple[list[str], int]:
    """The languages of which nothing is heard, and how many paragraphs are not."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    count = 0
    for paragraph in paragraphs(edition.briefing):
        silent = paragraph.id in unspoken
        count += silent
        found[silent].add(paragraph.language or edition.language)
        found[silent].update(part.language for part in walk(paragraph.parts) if isinstance(part, Foreign))
    return sorted(found[True] - found[False]), count


def _links(work: Work, words: Words) -> Iterator[Anchor]:
    """The whole sound, the book and the original."""
    heard = work.narration.tracks if work.narration and "episode" in work.formats else {}
    if any(turn.id in heard for turn in work.edition.briefing.turns):
        sound = paths.episode(work.edition.language, work.source.name)
        yield Anchor(words.said(work.interface.gettext("Listen to the whole briefing")), sound.rpartition("/")[2])
    if "epub" in work.formats:
        book = paths.book(work.edition.language, work.source.name)
        yield Anchor(words.said(work.interface.gettext("Book (EPUB)")), book.rpartition("/")[2])
    if "epub-text" in work.formats:
        book = paths.text_book(work.edition.language, work.source.name)
        yield Anchor(words.said(work.interface.gettext("Book without audio (EPUB)")), book.rpartition("/")[2])
    if "epub-bilingual" in work.formats and work.original:
        book = paths.bilingual_book(work.edition.language, work.original.edition.language, work.source.name)
        yield Anchor(words.said(work.interface.gettext("Book in two languages (EPUB)")), book.rpartition("/")[2])
    if source := markup.address(work.source.source):
        yield Anchor(words.said(work.interface.gettext("The original transcript")), source, outside=True)


# --- Contents and speakers --------------------------------------------------------------------------------------------


def _contents(medium: Medium) -> Iterator[Entry]:
    """Every section, when there are several."""
    opening, rest = exchanges(medium.edition.briefing)
    if not rest:
        return
    if opening:
        heading = headings.opening(medium.edition, medium.interface)
        yield Entry("opening", _line(heading, medium))
    for turns in rest:
        label = Markup(markup.label(turns[0], medium))  # noqa: S704  # escaped by construction
        yield Entry(quote(f"x-{turns[0].id}"), label)


def _speakers(edition: Edition, words: Words) -> Iterator[Speaker]:
    counts = Counter(turn.speaker for turn in edition.briefing.turns)
    first = {turn.speaker: turn.id for turn in reversed(edition.briefing.turns)}
    for participant in edition.briefing.participants:
        if participant.speaker not in first:
            continue
        person = edition.people[participant.speaker]
        role = words.interface.role(person.role)
        known = (words.interface.phrase(role), person.title, person.affiliation)
        about = [phrase for phrase in known if phrase and phrase.text]
        yield Speaker(
            quote(first[participant.speaker]),
            words.phrase(person.name),
            words.details(about),
            words.counted("{count} turn", "{count} turns", counts[participant.speaker]),
        )


# --- The foot of a turn -----------------------------------------------------------------------------------------------


class _Foot:
    """Two links below a turn: its sound, and its address under the time, or the number where there is no time."""

    def __init__(self, work: Work, words: Words) -> None:
        edition = work.edition
        self._interface, self._settings = work.interface, work.settings
        self._heard = work.narration.tracks if work.narration and "audio" in work.formats else {}
        self._time = words.at(edition.source_language)
        turns = (turn.id for turn in edition.briefing.turns if turn.speaker is not None)
        self._numbers = {key: number for number, key in enumerate(turns, 1)}
        self._listen = words.said(work.interface.gettext("Listen"))
        self._turn = words.said(work.interface.gettext("Turn {number}"))

    def __call__(self, turn: Turn) -> str:
        """The paragraph of a turn."""
        key = quote(turn.id)
        listen = (
            f'<a class="listen" href="{_sound(turn.id, self._settings)}">{self._listen}</a> '
            if turn.id in self._heard
            else ""
        )
        if turn.time:
            place = f'<a href="#{key}"{self._time}>{markup.escape(turn.time)}</a>'
        else:
            number = _number(self._interface, self._numbers[turn.id])
            place = f'<a href="#{key}">{self._turn.replace("{number}", number)}</a>'
        return f'<p class="foot">{listen}{place}</p>\n'


@cache
def _number(interface: Interface, number: int) -> str:
    return markup.escape(interface.number(number))


# --- What is heard ----------------------------------------------------------------------------------------------------

_SPEEDS = (0.75, 1, 1.25, 1.5, 1.75, 2)


class Speed(msgspec.Struct, frozen=True):
    """A choice of the player."""

    value: float
    words: str
    usual: bool


def _player(edition: Edition, narration: Narration | None, words: Words) -> list[Speed]:
    """The speeds that the player offers; none where there is nothing to play."""
    if not narration or not any(turn.id in narration.tracks for turn in edition.briefing.turns):
        return []
    return [Speed(speed, f"{words.interface.number(speed)}×", speed == 1) for speed in _SPEEDS]


def _sound(track: str, settings: Settings) -> str:
    return quote(paths.sound(track, settings))


def _stage_sounds(work: Work, narration: Narration | None) -> dict[str, str]:
    """Addresses of what is heard between turns."""
    stages = (turn.id for turn in work.edition.briefing.turns if turn.speaker is None)
    return {key: _sound(key, work.settings) for key in stages if narration and key in narration.tracks}


def _times(narration: Narration | None) -> dict[str, tuple[str, str]]:
    """When paragraphs and their sentences are heard.

    A boundary is rounded once, down, so that neighbours share a value.
    """
    times: dict[str, tuple[str, str]] = {}
    if narration is None:
        return times
    for track in narration.tracks.values():
        for clip in track.clips:
            edges = [_seconds(edge, narration.rate) for edge in (clip.start, *clip.sentences, clip.end)]
            times[clip.id] = edges[0], edges[-1]
            if clip.sentences:
                times.update((f"{clip.id}-s{number}", span) for number, span in enumerate(pairwise(edges), 1))
    return times


def _seconds(samples: int, rate: int) -> str:
    seconds, thousandths = divmod(samples * 1000 // rate, 1000)
    return f"{seconds}.{thousandths:03}"


# --- The rest of the front matter -------------------------------------------------------------------------------------


def _extra(values: dict[str, object]) -> Iterator[tuple[str, list[Fact]]]:
    """Keys, and under each all values that it holds, however deep."""
    for key, value in values.items():
        facts = [Fact(text, markup.address(text)) for text in _texts(value)]
        if facts:
            yield key.replace("_", " "), facts


def _texts(value: object) -> Iterator[str]:
    waiting: list[tuple[str, object]] = [("", value)]
    while waiting:
        name, one = waiting.pop()
        if isinstance(one, dict):
            waiting += [(f"{name}{key}: ", inner) for key, inner in reversed(one.items())]
        elif isinstance(one, list | tuple):
            waiting += [(name, inner) for inner in reversed(one)]
        elif str(one).strip():
            yield f"{name}{one}"
