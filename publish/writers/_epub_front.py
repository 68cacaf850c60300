"""What a book holds around the transcript: who speaks, what is to be known of the edition, the list of speakers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape

from publish import front, markup
from publish.config import Settings
from publish.markup import Medium, escape
from publish.model import Image, Paragraph, Text, plain
from publish.register import Record, Reference, heading, register
from publish.work import Work
from publish.writers import _epub_documents as documents
from publish.writers._epub_documents import MOST_PARS, Heard, Page, at, document, heard, line, printed

STYLE = "../style.css"
_BREAK = re.compile('<span class="page" id="([^"]*)" role="doc-pagebreak"[^>]* aria-label="([^"]*)"')
"""Where breaks are in the documents, as :mod:`publish.markup` writes them."""


def places(texts: Sequence[Page]) -> dict[str, str]:
    """The address of every turn, from a document beside those of the transcript."""
    return {key: f"{page.name}.xhtml#{key}" for page in texts for key, _ in page.heard if key}


def title_page(medium: Medium, work: Work, picture: str, *, aloud: bool = False) -> Page:
    """Title page, with the cover on it where it has an address: after the words that say what book this is.

    A page of its own would be one more before anything is read, and its text would be heard before the title.
    """
    edition, interface = medium.edition, medium.interface
    lines = (
        *front.title_page(edition, interface),
        *(front.cover(edition) if picture else ()),
        *((front.voices(edition, interface, work.settings),) if aloud else ()),
        *((front.facing(edition, interface),) if work.original else ()),
    )

    def words(of: Paragraph) -> str:
        if isinstance(of.parts[0], Image):
            return f'<img src="{escape(picture)}" alt="{escape(plain(of.parts))}"/>'
        return printed(medium)(of)

    return documents.title_page(lines, edition.language, STYLE, words)


# --- Before the transcript --------------------------------------------------------------------------------------------


def speakers(medium: Medium, found: Mapping[str, str]) -> Page | None:
    """Who speaks, and where first; None when nobody does."""
    lines = front.speakers(medium.edition, medium.interface)
    if not lines:
        return None
    first = {turn.speaker: turn.id for turn in reversed(medium.edition.briefing.turns) if turn.speaker is not None}
    language, words = medium.edition.language, printed(medium)
    people: list[str] = []
    for one in lines[1:]:
        speaker = one.id.removeprefix(front.FIRST)
        if one.id.startswith(front.FIRST) and speaker in first:
            link = f'<a href="{escape(found[first[speaker]])}">{words(one)}</a>'
            people[-1] += f"<p{at(one, language)}>{link}</p>\n"
        else:
            people.append(line(one, language, words))
    items = "".join(f"<li>{person}</li>\n" for person in people)
    body = f'<section>\n{line(lines[0], language, words)}<ul class="people">\n{items}</ul>\n</section>\n'
    return _page("speakers", lines[0], body, lines, medium)


def about(medium: Medium, settings: Settings, *, aloud: bool = False, silent: int = 0) -> Page | None:
    """What is to be known of this edition, when it is read ``aloud`` also by what; None when there is nothing to say.

    How many texts are ``silent`` is known only when all others are spoken; so it is printed, and not said.
    """
    lines = front.about(medium.edition, medium.interface, settings, aloud=aloud)
    if not lines:
        return None
    if silent:
        template = medium.interface.ngettext(
            "{count} paragraph has no sound.", "{count} paragraphs have no sound.", silent
        )
        words = template.replace("{count}", medium.interface.number(silent))
        lines += (Paragraph((Text(words),), "front-silent", medium.interface.tongue(template)),)
    language, words_of = medium.edition.language, printed(medium)
    body = f"<section>\n{''.join(line(one, language, words_of) for one in lines)}</section>\n"
    return _page("about", lines[0], body, lines, medium)


def _page(name: str, title: Paragraph, body: str, lines: Sequence[Paragraph], medium: Medium) -> Page:
    text = document(
        f"{plain(title.parts)} – {medium.edition.title.text}",
        medium.edition.language,
        STYLE,
        f'<body epub:type="frontmatter">\n{body}</body>\n',
    )
    return Page(name=name, text=text, heard=(("", tuple(map(heard, lines))),))


# --- After it ---------------------------------------------------------------------------------------------------------


def index(medium: Medium, found: Mapping[str, str]) -> tuple[Page, ...]:
    """The list of speakers with their turns, in documents that are small enough; none where nobody has a name."""
    records = register(medium.edition, medium.interface)
    if not records:
        return ()
    pages = _Index(medium, found)
    for record in records:
        pages.put(record)
    return pages.done()


class _Index:
    """Speakers laid into documents, one after the other; cut between two turns where there are too many."""

    def __init__(self, medium: Medium, found: Mapping[str, str]) -> None:
        self._medium, self._found = medium, found
        self._language, self._words = medium.edition.language, printed(medium)
        self._pages: list[Page] = []
        self._text: list[str] = []
        self._heard: list[Heard] = []
        self._title = heading(medium.interface)
        self._print(self._title)

    def put(self, record: Record) -> None:
        """Put a speaker's name and turns."""
        if len(self._heard) + 2 > MOST_PARS:
            self._close(record.name)
        self._text.append("<section>\n")
        self._print(record.name)
        self._text.append("<ul>\n")
        for reference in record.turns:
            if len(self._heard) + 1 > MOST_PARS:
                self._text.append("</ul>\n</section>\n")
                self._close(record.name)
                self._text.append("<section>\n<ul>\n")
            self._turn(reference)
        self._text.append("</ul>\n</section>\n")

    def done(self) -> tuple[Page, ...]:
        """Everything that was put."""
        self._close(self._title)
        return tuple(self._pages)

    def _print(self, of: Paragraph) -> None:
        self._text.append(line(of, self._language, self._words))
        self._heard.append(heard(of))

    def _turn(self, of: Reference) -> None:
        element = f"front-turn-{of.turn}"
        words = markup.label(of.section, self._medium) if of.section else self._words(of.label)
        kind = ' class="more"' if of.own else ""
        link = f'<a href="{escape(self._found[of.turn])}"{at(of.label, self._language, element)}>{words}</a>'
        self._text.append(f"<li{kind}>{link}</li>\n")
        self._heard.append(heard(of.label, element))

    def _close(self, following: Paragraph) -> None:
        body = "".join(self._text)
        text = document(
            f"{plain(self._title.parts)} – {self._medium.edition.title.text}",
            self._language,
            STYLE,
            f'<body epub:type="backmatter">\n<section epub:type="index" role="doc-index">\n{body}</section>\n</body>\n',
        )
        name = f"index-{len(self._pages) + 1}"
        self._pages.append(Page(name=name, text=text, heard=(("", tuple(self._heard)),)))
        self._text, self._heard, self._title = [], [], following


# --- Pages of a paginated source --------------------------------------------------------------------------------------


def page_list(work: Work, texts: Sequence[Page], start: str) -> tuple[tuple[str, str], ...]:
    """Address and label of every page, in order; ``start`` is where the first one begins, which no break precedes."""
    edition = work.edition
    if not front.page_source(edition, work.settings):
        return ()
    breaks = tuple(_breaks(texts))
    first = edition.briefing.pages[:1]
    return (*((start, label) for label in first if breaks and label != breaks[0][1]), *breaks)


def _breaks(texts: Sequence[Page]) -> Iterator[tuple[str, str]]:
    for page in texts:
        for key, label in _BREAK.findall(page.text):
            yield f"{page.name}.xhtml#{unescape(key)}", unescape(label)
