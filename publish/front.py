"""The lines that a book prints outside of turns.

A book prints exactly these, the headings and the turns; speech says exactly these. So every visible text of a book has
a clip. Ids are ``front-<key>``; a heading has ``level``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from publish.config import Settings
from publish.interface import Interface
from publish.model import (
    Coverage,
    Edition,
    Foreign,
    Image,
    Inline,
    Link,
    Paragraph,
    Person,
    Phrase,
    Text,
)

FIRST = "front-first-"
"""Before a speaker's id: the id of the line that leads to the first turn."""


def front(edition: Edition, interface: Interface, settings: Settings) -> tuple[Paragraph, ...]:
    """All lines of a book that is read aloud, in reading order: title page, heading of the contents, about."""
    beside = not edition.is_source and settings.epub.beside(edition.language)
    return (
        *title_page(edition, interface),
        *cover(edition),
        voices(edition, interface, settings),
        *((facing(edition, interface),) if beside else ()),
        contents(interface),
        *speakers(edition, interface),
        *about(edition, interface, settings, aloud=True),
    )


def title_page(edition: Edition, interface: Interface) -> tuple[Paragraph, ...]:
    """Title, series, publisher, day, hours and place."""
    return tuple(_title_page(edition, interface))


def cover(edition: Edition) -> tuple[Paragraph, ...]:
    """What the picture on the title page shows; nothing where there is none that is described."""
    shown = edition.cover
    return (Paragraph((Image(shown.text),), "front-cover", shown.language),) if shown and shown.text.strip() else ()


def contents(interface: Interface) -> Paragraph:
    """The heading of the table of contents."""
    return _said("contents", interface, interface.gettext("Contents"), level=2)


def speakers(edition: Edition, interface: Interface) -> tuple[Paragraph, ...]:
    """A heading, and for everyone who speaks who that is and how many turns are theirs; nothing when nobody does."""
    people = [participant.speaker for participant in edition.briefing.participants]
    if not people:
        return ()
    heading = _said("speakers", interface, interface.gettext("Who speaks"), level=2)
    counts = Counter(turn.speaker for turn in edition.briefing.turns)
    lines = [
        line
        for speaker in people
        for line in (
            _person(speaker, edition.people[speaker], interface),
            *([_turns(speaker, counts[speaker], interface)] if counts[speaker] else []),
        )
    ]
    return (heading, *lines)


def about(edition: Edition, interface: Interface, settings: Settings, *, aloud: bool = False) -> tuple[Paragraph, ...]:
    """A heading, and lines on the translation, the original and the rights; nothing when there is nothing to say.

    Of a book that is read ``aloud`` also by what, and what in it is not read.
    """
    lines = (*_about(edition, interface, settings), *(_aloud(edition, interface, settings) if aloud else ()))
    if aloud:  # it was said at the beginning, with the voices
        lines = tuple(line for line in lines if line.id != "front-status")
    if not lines:
        return ()
    return (_said("about", interface, interface.gettext("About this edition"), level=2), *lines)


def voices(edition: Edition, interface: Interface, settings: Settings) -> Paragraph:
    """What every recording begins with: that the voices are nobody's, and what kind of translation this is."""
    said = interface.gettext("The voices are synthetic; they are not those of the people who speak.")
    status = "" if edition.is_source else settings.edition(edition.language).status
    if not status:
        return _said("voices", interface, said)
    voices, kind = map(interface.phrase, (said, _status(status, interface)))
    return _said("voices", interface, "{voices} {status}", voices=voices, status=kind)


def facing(edition: Edition, interface: Interface) -> Paragraph:
    """What a book in two languages begins with: which of them comes first."""
    names = (edition.source_language, edition.language)
    original, own = (Phrase(interface.language_name(tag), interface.language) for tag in names)
    template = interface.gettext("Paragraph by paragraph in two languages: first {original}, then {language}.")
    return _said("facing", interface, template, original=original, language=own)


def announced(person: Person, interface: Interface, *, role: bool) -> Paragraph:
    """Who begins to speak: the name, and with ``role`` what the person is. Its id is the caller's."""
    if role:
        return _person("", person, interface)
    return Paragraph((Text(person.name.text),), language=person.name.language)


def _title_page(edition: Edition, interface: Interface) -> Iterator[Paragraph]:
    briefing = edition.briefing
    title = edition.title if edition.title.text.strip() else Phrase(briefing.name, edition.language)
    yield _printed("title", title, level=1)
    if edition.series.text.strip():
        yield _printed("series", edition.series)
    if edition.publisher.text.strip():
        yield _printed("publisher", edition.publisher)
    if briefing.date:
        yield _printed("date", interface.day(briefing.date))
    elif briefing.date_text:
        yield _printed("date", Phrase(briefing.date_text, edition.source_language))
    yield from _hours(edition, interface)
    if edition.venue and edition.venue.text.strip():
        yield _printed("venue", edition.venue)


def _hours(edition: Edition, interface: Interface) -> Iterator[Paragraph]:
    start, end = (Phrase(text, edition.source_language) for text in (edition.briefing.start, edition.briefing.end))
    if start.text and end.text:
        yield _said("hours", interface, interface.gettext("From {start} to {end}"), start=start, end=end)
    elif start.text:
        yield _said("hours", interface, interface.gettext("From {start}"), start=start)


def _person(speaker: str, person: Person, interface: Interface) -> Paragraph:
    """Name, role, title and affiliation, each in its language; "official" only where nothing says more."""
    role = interface.phrase(interface.role(person.role)) if person.role else None
    if person.role == "official" and (person.title or person.affiliation):
        role = None
    parts = _parts(person.name, interface.language)
    for detail in (role, person.title, person.affiliation):
        if detail and detail.text.strip():
            template = interface.gettext("{name}, {detail}")
            parts = _filled(template, {"name": parts, "detail": _parts(detail, interface.language)})
    return Paragraph(parts, f"front-speaker-{speaker}", interface.language)


def _turns(speaker: str, count: int, interface: Interface) -> Paragraph:
    """The words of the link to a speaker's first turn."""
    only = interface.gettext("The only turn")
    first = interface.ngettext("First of {count} turn", "First of {count} turns", count)
    words = only if count == 1 else first.replace("{count}", interface.number(count))
    return Paragraph((Text(words),), f"{FIRST}{speaker}", interface.tongue(only if count == 1 else first))


def _about(edition: Edition, interface: Interface, settings: Settings) -> Iterator[Paragraph]:
    if not edition.is_source:
        yield _translation(edition, interface)
        status = settings.edition(edition.language).status
        if status:
            yield _said("status", interface, _status(status, interface))
        if edition.coverage.unreviewed and edition.coverage.fuzzy:
            yield _unreviewed(edition, interface)
        if edition.translators:
            names = Phrase(interface.join(list(edition.translators)), edition.language)
            yield _said("translators", interface, interface.gettext("Translation: {names}"), names=names)
    if re.match(r"https?://[^\s/]", edition.briefing.source):
        words = interface.gettext("The original transcript")
        link = Link(edition.briefing.source, (Text(words),))
        yield Paragraph((link,), "front-source", interface.tongue(words))
    if settings.rights.strip():
        yield _printed("rights", Phrase(settings.rights, edition.source_language))


def _aloud(edition: Edition, interface: Interface, settings: Settings) -> Iterator[Paragraph]:
    """What reads, and what it leaves out."""
    engine = Phrase(settings.audio.engines.get(edition.language, settings.audio.engine), interface.language)
    yield _said("engine", interface, interface.gettext("The voices were made by {engine}."), engine=engine)
    words = interface.gettext("Words that are crossed out, addresses of links and numbers of pages are not read aloud.")
    yield _said("unread", interface, words)


def page_source(edition: Edition, settings: Settings) -> str:
    """What the pages of the briefing are pages of; empty: of nothing that a reader can hold."""
    return settings.briefing(edition.briefing.name).page_source.strip() or settings.epub.page_source.strip()


def _translation(edition: Edition, interface: Interface) -> Paragraph:
    coverage = edition.coverage
    original = Phrase(interface.language_name(edition.source_language), interface.language)
    if used(coverage) >= coverage.total:
        return _said("translation", interface, interface.gettext("Translated from {language}."), language=original)
    template = interface.gettext(
        "Translated from {language}. {percent} of the text is translated; the rest stands in the original language."
    )
    # Rounded down, so that it never says "100 %" where something is missing.
    share = int(100 * used(coverage) / max(1, coverage.total)) / 100
    percent = Phrase(interface.percent(share), interface.language)
    return _said("translation", interface, template, language=original, percent=percent)


def used(coverage: Coverage) -> int:
    """How many messages stand in the edition's language."""
    return coverage.translated + (coverage.fuzzy if coverage.unreviewed else 0)


def _unreviewed(edition: Edition, interface: Interface) -> Paragraph:
    template = interface.gettext("{percent} of this translation has not been reviewed by a person.")
    share = edition.coverage.fuzzy / max(1, used(edition.coverage))
    percent = Phrase(interface.percent(max(0.01, share)), interface.language)
    return _said("unreviewed", interface, template, percent=percent)


def _status(status: str, interface: Interface) -> str:
    match status:
        case "official":
            return interface.gettext("This is an official translation.")
        case "unofficial":
            return interface.gettext("This is an unofficial translation.")
        case _:
            return interface.gettext("This translation was made by a machine.")


# --- Lines ------------------------------------------------------------------------------------------------------------


def _printed(key: str, phrase: Phrase, level: int = 0) -> Paragraph:
    return Paragraph((Text(phrase.text),), f"front-{key}", phrase.language, level)


def _said(key: str, interface: Interface, template: str, level: int = 0, **phrases: Phrase) -> Paragraph:
    """A line in the interface's language, in which ``{name}`` stands for a phrase."""
    language = interface.tongue(template)
    values = {name: _parts(phrase, language) for name, phrase in phrases.items()}
    return Paragraph(_filled(template, values), f"front-{key}", language, level)


def _parts(phrase: Phrase, language: str) -> tuple[Inline, ...]:
    text = (Text(phrase.text),)
    return text if phrase.language == language else (Foreign(phrase.language, text),)


def _filled(template: str, values: dict[str, tuple[Inline, ...]]) -> tuple[Inline, ...]:
    """The template's words and, where its placeholders stand, the values; neighbouring texts are one."""
    parts: list[Inline] = []
    for number, piece in enumerate(re.split(r"\{(\w+)\}", template)):
        for part in values.get(piece, (Text(f"{{{piece}}}"),)) if number % 2 else (Text(piece),):
            if isinstance(part, Text) and parts and isinstance(parts[-1], Text):
                parts[-1] = Text(parts[-1].text + part.text)
            elif part != Text(""):
                parts.append(part)
    return tuple(parts)
