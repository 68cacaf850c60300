"""What there is to say of the book of one briefing, before it becomes metadata."""

from __future__ import annotations

from collections.abc import Iterator

from publish import front
from publish.config import FILE, is_isbn, is_position
from publish.diagnostics import Diagnostic, Place
from publish.model import Phrase, plain
from publish.work import Work
from publish.writers._epub_documents import Page
from publish.writers._epub_metadata import (
    Agent,
    Certificate,
    Description,
    Reading,
    book_identifier,
    languages,
    series_identifier,
    speaker,
)


def identifier(work: Work, *kind: str) -> str:
    """The ISBN of the book, when it has one; else a URN made from the series', the briefing's name and the language.

    An ISBN is one product's: books of another ``kind`` have not that one.
    """
    language = work.edition.language
    isbn = work.settings.briefing(work.source.name).isbn.get(language, "")
    return _isbn(isbn) if isbn and not kind else book_identifier(work.settings, work.source.name, language, *kind)


def _isbn(text: str) -> str:
    """As a URN (RFC 3187), which is how EPUB writes one."""
    return f"urn:isbn:{text.replace('-', '').replace(' ', '')}"


def description(
    work: Work, reading: Reading, pages: tuple[Page, ...], durations: tuple[tuple[str, int], ...]
) -> Description:
    """Everything, from what is in the book."""
    edition, settings = work.edition, work.settings
    title = front.title_page(edition, work.interface)[0]
    people = tuple(_people(work))
    return Description(
        title=Phrase(plain(title.parts), title.language),
        language=edition.language,
        languages=languages(edition, work.interface),
        publisher=edition.publisher,
        creators=tuple(agent for agent, interprets in people if not interprets),
        contributors=(
            *(agent for agent, interprets in people if interprets),
            *(Agent(Phrase(name, edition.language), "trl") for name in edition.translators),
        ),
        date=edition.briefing.date,
        source=edition.briefing.source,
        rights=Phrase(settings.rights, edition.source_language) if settings.rights else None,
        subjects=tuple(Phrase(text, settings.language) for text in settings.subjects),
        series=edition.series,
        series_identifier=series_identifier(settings),
        number=_number(work),
        index=any(page.name.startswith("index-") for page in pages),
        cover=work.cover is not None and edition.cover is not None,
        page_source=_page_source(work, pages),
        certificate=_certificate(work),
        narrators=tuple(dict.fromkeys(_narrators(work))),
        reading=reading,
        durations=durations,
    )


def _people(work: Work) -> Iterator[tuple[Agent, bool]]:
    """Everyone with a name who speaks, and whether they speak for others."""
    for participant in work.edition.briefing.participants:
        person = work.edition.people[participant.speaker]
        if person.kind != "unnamed":
            known = work.settings.speakers.get(participant.speaker)
            sort = known.sort if known and person.name.text == participant.name else ""
            yield speaker(person.name, person.role, sort), person.role == "interpreter"


def _number(work: Work) -> str:
    """The place in the series: as somebody says it, else the day as a number, which orders books as their days do.

    It is never counted: a briefing that is added later would make all books after it other ones.
    """
    own = work.settings.briefing(work.source.name).number or str(work.source.extra.get("number", "")).strip()
    return own if is_position(own) else work.source.date[:10].replace("-", "")


def _page_source(work: Work, pages: tuple[Page, ...]) -> str:
    """What the pages are pages of, as long as there are any."""
    source = front.page_source(work.edition, work.settings)
    if not any('role="doc-pagelist"' in page.text for page in pages if page.name == "nav"):
        return ""
    return _isbn(source) if is_isbn(source) else source


def _certificate(work: Work) -> Certificate | None:
    """Who vouches for the book, unless it changed after the day of the check."""
    epub = work.settings.epub
    if not epub.certifier.strip():
        return None
    if work.modified[:10] > epub.certified:
        message = (
            f"this book claims no conformance, since it changed on {work.modified[:10]}, after it was checked on "
            f"{epub.certified}; when it is checked again, write the new day as `certified`"
        )
        work.report(Diagnostic("E005", message, Place(work.source.place.file or FILE)))
        return None
    return Certificate(epub.certifier, epub.certified, epub.certifier_credential, epub.certifier_report)


def _narrators(work: Work) -> Iterator[str]:
    """The voices, each with the engine that it is one of, without what else shapes its sound."""
    for narration in (work.original.narration if work.original else None, work.narration):
        if narration and work.narration:
            engine = narration.engine.partition(",")[0]
            yield from (f"{voice} ({engine})" for voice in narration.voices)
