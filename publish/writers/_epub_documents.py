"""The documents of a book, as strings: title page, contents, transcript; and which words of them are heard.

A document prints paragraphs, each in an element with the paragraph's id; so its overlay follows from the paragraphs.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

import msgspec

from publish import front, headings, markup
from publish.interface import Interface
from publish.languages import direction
from publish.markup import Medium, escape
from publish.model import Paragraph, Turn, plain
from publish.overlay import Group, Par, Sound
from publish.series import exchanges

MOST_PARS = 400
MOST_BYTES = 300_000
"""What a document holds at most, where turns allow it: checkers' time grows faster than a document.

Of a briefing with 1,343 pars, EPUBCheck needs 1.1 s besides its start in four documents, 2.1 s in one, 0.8 s in eight.
"""


class Heard(msgspec.Struct, frozen=True):
    """Something printed, and the words it has."""

    element: str
    """Id of the element."""
    clip: str
    """Id of the clip."""
    words: str
    """All that is visible in it."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A document."""

    name: str
    """Of the file, without suffix; unique in its folder."""
    text: str
    heard: tuple[tuple[str, tuple[Heard, ...]], ...]
    """Id of an element (empty: the document), and what is printed in it; in reading order."""


class Entry(msgspec.Struct, frozen=True):
    """A line of the table of contents."""

    address: str
    element: str
    """Its id in the navigation document."""
    label: Paragraph
    """What stands there, too; its id is the clip's."""
    words: str
    """Its markup."""


# --- The page around ------------------------------------------------------------------------------------------------


def document(title: str, language: str, style: str, body: str) -> str:
    """A whole XHTML document."""
    attributes = f'lang="{escape(language)}" xml:lang="{escape(language)}" dir="{direction(language)}"'
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" {attributes}>\n'
        f'<head><meta charset="utf-8"/><title>{escape(title)}</title>'
        f'<link rel="stylesheet" type="text/css" href="{style}"/></head>\n{body}</html>\n'
    )


def groups(page: Page, sounds: dict[str, Sound]) -> tuple[Group, ...]:
    """What its overlay holds. ``sounds`` is by clip, with addresses as they are from the document."""
    file = f"{page.name}.xhtml"
    return tuple(
        Group(
            f"{file}#{element}" if element else "",
            tuple(
                Par(f"{file}#{one.element}", sounds.get(one.clip))
                for one in printed
                if one.clip in sounds or one.words.strip()
            ),
        )
        for element, printed in page.heard
    )


def unspoken(page: Page, sounds: dict[str, Sound]) -> int:
    """How much on it should be heard and has no sound. Of punctuation there is nothing to hear."""
    printed = (one for _, group in page.heard for one in group)
    return sum(one.clip not in sounds and any(map(str.isalnum, one.words)) for one in printed)


def heard(paragraph: Paragraph, element: str = "") -> Heard:
    """A paragraph as it is printed."""
    return Heard(element or paragraph.id, paragraph.id, plain(paragraph.parts, deleted=True))


# --- Front matter ---------------------------------------------------------------------------------------------------


Words = Callable[[Paragraph], str]
"""Gives the markup inside of a line."""


def printed(medium: Medium) -> Words:
    """The markup of lines of an edition."""
    return lambda line: markup.inline(line.parts, medium)


def plainly(line: Paragraph) -> str:
    """The markup of a line that is plain text."""
    return escape(plain(line.parts))


def title_page(lines: Sequence[Paragraph], language: str, style: str, words: Words) -> Page:
    """The first document: short, since a known reading system plays the first one without marking the words."""
    body = "".join(line(one, language, words) for one in lines)
    text = document(plain(lines[0].parts), language, style, f'<body epub:type="titlepage">\n{body}</body>\n')
    return Page(name="title", text=text, heard=(("", tuple(map(heard, lines))),))


def line(of: Paragraph, language: str, words: Words) -> str:
    """A line in an element of its own."""
    element = f"h{of.level}" if of.level else "p"
    return f"<{element}{at(of, language)}>{words(of)}</{element}>\n"


def at(of: Paragraph, language: str, element: str = "") -> str:
    """Attributes: its id, and its language where that is not the document's."""
    found = f' id="{escape(element or of.id)}"'
    if of.language in ("", language):
        return found
    tag = escape(of.language)
    return f'{found} lang="{tag}" xml:lang="{tag}" dir="{direction(of.language)}"'


# --- Contents -------------------------------------------------------------------------------------------------------


class Places(msgspec.Struct, frozen=True):
    """Where programs lead readers, besides to the sections; none of it is printed."""

    landmarks: tuple[tuple[str, str, str], ...] = ()
    """``epub:type``, address and label."""
    pages: tuple[tuple[str, str], ...] = ()
    """Address and label of each page of a paginated source."""


NOWHERE = Places()


def contents(
    entries: Sequence[Entry], start: str, interface: Interface, language: str, places: Places = NOWHERE
) -> Page:
    """The navigation document; ``start`` is where the transcript begins."""
    heading = front.contents(interface)
    lines = "".join(_entry(entry, language) for entry in entries)
    labels = tuple(heard(entry.label, entry.element) for entry in entries)
    begin = ("bodymatter", start, interface.gettext("Transcript"))
    landmarks = (("toc", "#toc", plain(heading.parts)), begin, *places.landmarks)
    body = (
        f'<nav epub:type="toc" role="doc-toc" id="toc">\n{line(heading, language, plainly)}<ol>\n{lines}</ol>\n</nav>\n'
        f"{_landmarks(landmarks)}{_page_list(places.pages, interface)}"
    )
    return Page(
        name="nav",
        text=document(plain(heading.parts), language, "style.css", f"<body>\n{body}</body>\n"),
        heard=(("", (heard(heading), *labels)),),
    )


def _entry(entry: Entry, language: str) -> str:
    attributes = at(entry.label, language, entry.element)
    return f'<li><a href="{escape(entry.address)}"{attributes}>{entry.words}</a></li>\n'


def _landmarks(places: Iterable[tuple[str, str, str]]) -> str:
    """They are for programs, and hidden."""
    lines = "".join(
        f'<li><a epub:type="{kind}" href="{escape(place)}">{escape(label)}</a></li>\n' for kind, place, label in places
    )
    return f'<nav epub:type="landmarks" hidden="hidden">\n<ol>\n{lines}</ol>\n</nav>\n'


def _page_list(pages: Iterable[tuple[str, str]], interface: Interface) -> str:
    lines = "".join(f'<li><a href="{escape(place)}">{escape(label)}</a></li>\n' for place, label in pages)
    if not lines:
        return ""
    head = f"<h2>{escape(interface.gettext('Pages'))}</h2>"
    return f'<nav epub:type="page-list" role="doc-pagelist" hidden="hidden">\n{head}\n<ol>\n{lines}</ol>\n</nav>\n'


# --- The transcript -------------------------------------------------------------------------------------------------


class _Section(msgspec.Struct, frozen=True):
    """The opening, or an exchange."""

    id: str
    element: str
    label: Paragraph
    """What the table of contents calls it."""
    words: str
    """The markup of that."""
    head: str
    """Markup before its turns."""
    printed: tuple[Heard, ...]
    """What is printed there."""
    turns: tuple[Turn, ...]


Sections = tuple[tuple[str, Paragraph, str], ...]
"""For each section its address, relative to the documents' folder, its label and the label's markup."""


def transcript(medium: Medium, told: Container[str] = ()) -> tuple[tuple[Page, ...], Sections]:
    """The documents of the turns, and what they are divided in.

    ``told`` has the ids of all that has a sound: of sentences, where it is known when they are heard.
    """
    pages = _Pages(medium, told)
    for section in _sections(medium):
        pages.put(section)
    return pages.done()


def _sections(medium: Medium) -> Iterator[_Section]:
    """As in a page, where an exchange is no ``section``: its heading is inside of an article."""
    edition = medium.edition
    opening, rest = exchanges(edition.briefing)
    if opening:
        label = headings.opening(edition, medium.interface)
        words = printed(medium)(label)
        head = line(label, edition.language, printed(medium))
        yield _Section("opening", "section", label, words, head, (heard(label),), opening)
    for turns in rest:
        label = headings.heading(turns[0], edition, medium.interface)
        yield _Section(f"x-{turns[0].id}", "div", label, markup.label(turns[0], medium), "", (), turns)


class _Pages:
    """Sections laid into documents, one after the other."""

    def __init__(self, medium: Medium, told: Container[str]) -> None:
        self._medium, self._edition, self._told = medium, medium.edition, told
        self._pages: list[Page] = []
        self._sections: list[tuple[str, Paragraph, str]] = []
        self._begin()

    def _begin(self) -> None:
        self._title = ""
        self._text: list[str] = []
        self._printed: list[tuple[str, tuple[Heard, ...]]] = []
        self._size = self._pars = self._turns = 0

    def put(self, section: _Section) -> None:
        """Put a section where there is room; into a document of its own, when it is large; else cut between turns."""
        turns = [self._turn(turn) for turn in section.turns]
        if not self._room(sum(_bytes(text) for text, _ in turns), sum(len(group) for _, (_, group) in turns)):
            self._close()
        self._sections.append((f"{self._name}.xhtml#{section.id}", section.label, section.words))
        self._open(section, f' id="{escape(section.id)}"', section.head)
        if section.printed:
            self._add("", ("", section.printed))
        for text, printed in turns:
            if not self._room(_bytes(text), len(printed[1])):
                self._text.append(f"</{section.element}>\n")
                self._close()
                self._open(section, "", "")
            self._add(text, printed)
            self._turns += 1
        self._text.append(f"</{section.element}>\n")

    def done(self) -> tuple[tuple[Page, ...], Sections]:
        """Everything that was put."""
        self._close()
        return tuple(self._pages), tuple(self._sections)

    @property
    def _name(self) -> str:
        return f"text-{len(self._pages) + 1}"

    def _turn(self, turn: Turn) -> tuple[str, tuple[str, tuple[Heard, ...]]]:
        found: list[Heard] = []
        if turn.speaker is not None or turn.headings:
            found.append(heard(headings.heading(turn, self._edition, self._medium.interface)))
        for paragraph in turn.paragraphs:
            found += self._sentences(paragraph) if turn.speaker is not None else (heard(paragraph),)
        group = turn.id if turn.speaker is not None else ""
        return markup.turn(turn, self._medium), (group, tuple(found))

    def _sentences(self, paragraph: Paragraph) -> tuple[Heard, ...]:
        """A paragraph's sentences, where they are several and each has its sound; else the paragraph."""
        if f"{paragraph.id}-s1" not in self._told:
            return (heard(paragraph),)
        marks = markup.marks(paragraph, self._medium)
        if len(marks) == 1 or not all(key in self._told for key, _ in marks):
            return (heard(paragraph),)
        return tuple(Heard(key, key, words) for key, words in marks)

    def _room(self, size: int, pars: int) -> bool:
        """Whether so much more fits into the document that is open; into one without turns anything does."""
        return not self._turns or (self._size + size <= MOST_BYTES and self._pars + pars <= MOST_PARS)

    def _open(self, section: _Section, attributes: str, head: str) -> None:
        self._title = self._title or plain(section.label.parts)
        self._text.append(f'<{section.element} class="exchange"{attributes}>\n{head}')

    def _add(self, text: str, printed: tuple[str, tuple[Heard, ...]]) -> None:
        self._text.append(text)
        self._printed.append(printed)
        self._size += _bytes(text)
        self._pars += len(printed[1])

    def _close(self) -> None:
        if not self._text:
            return
        body = f'<body epub:type="bodymatter">\n{"".join(self._text)}</body>\n'
        title = f"{self._title} – {self._edition.title.text}"
        text = document(title, self._edition.language, "../style.css", body)
        self._pages.append(Page(name=self._name, text=text, heard=tuple(self._printed)))
        self._begin()


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
