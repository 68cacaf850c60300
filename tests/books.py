"""Books for tests: what makes them, and what reads them back knowing nothing of how they are made."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
from lxml import etree
from small import small_briefing, small_edition
from stages import narrate

from publish import narrating
from publish.audio import RATE, Mark, Speech, SpeechError, Utterance, Voice
from publish.config import EpubSettings, Settings
from publish.diagnostics import Diagnostic
from publish.interface import interface
from publish.model import Card, Edition, Link, Narration, Paragraph, Participant, Person, Phrase, Text, Turn
from publish.overlay import pars
from publish.studio import Engine
from publish.task import card
from publish.work import File, Shelf, Work
from publish.writers import epub

XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
EPUB = "{http://www.idpf.org/2007/ops}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

SETTINGS = Settings(
    title="River briefings",
    publisher="River Authority",
    summary="All about the river.",
    identifier="https://example.org/river",
    rights="Open",
)
VOLUMES = msgspec.structs.replace(SETTINGS, epub=EpubSettings(collection_audio="month"))
"""The same, with volumes of the collection that have audio."""


class Hum:
    """An engine that hums in every language, as long as a text would take; it refuses what holds a given word."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused

    def version(self) -> str:
        return f"1{self.refused}"

    def voices(self) -> tuple[Voice, ...]:
        return (Voice("hum", "mul", "hum 1"),)

    def synthesise(self, utterance: Utterance) -> Speech:
        if self.refused and self.refused in utterance.text:
            raise SpeechError("it does not want to")
        return Speech(b"\x00\x10\x00\xf0" * (500 * len(utterance.text)), RATE)


class Count(Hum):
    """The same; it tells when each word begins: a thousand samples a character."""

    def synthesise(self, utterance: Utterance) -> Speech:
        speech = super().synthesise(utterance)
        words = re.finditer(r"\S+", utterance.text)
        marks = tuple(Mark(word.start(), len(word[0]), 1000 * word.start()) for word in words)
        return msgspec.structs.replace(speech, marks=marks)


class Desk:
    """Makes what writers are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Diagnostic] = []

    def work(self, edition: Edition, *, settings: Settings = SETTINGS, engine: Engine | None = None) -> Work:
        words = interface(edition.language)
        narration = self.narration(edition, settings, engine) if engine else None
        return Work(
            edition=edition,
            source=small_briefing() if edition.briefing.name == small_briefing().name else edition.briefing,
            interface=words,
            settings=settings,
            narration=narration,
            formats=frozenset({"epub"}),
            languages=("en", "ar"),
            modified="2031-04-02T00:00:00Z",
            cache=self.folder / "clips",
            theme=None,
            public=True,
            report=self.findings.append,
        )

    def narration(self, edition: Edition, settings: Settings, engine: Engine) -> Narration:
        script = narrating.script(edition, interface(edition.language), settings)
        return narrate(edition, script, engine, settings, self.folder / "clips", self.findings.append)

    def book(self, edition: Edition, *, settings: Settings = SETTINGS, engine: Engine | None = None) -> Path:
        (file,) = epub.briefing_files(self.work(edition, settings=settings, engine=engine))
        return self.put(file)

    def put(self, file: File) -> Path:
        path = self.folder / "outputs" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            if isinstance(file.content, bytes):
                stream.write(file.content)
            else:
                file.content(cast("BinaryIO", _WriteOnly(stream)))
        return path

    def collection(self, *cards: Card, settings: Settings = SETTINGS) -> Path:
        """The whole one, without audio."""
        return self.collections(*cards, settings=settings)[0]

    def volumes(
        self, *cards: Card, settings: Settings = VOLUMES, titles: tuple[str, str, str] | None = None
    ) -> list[Path]:
        """Those with audio."""
        return self.collections(*cards, settings=settings, titles=titles)[1:]

    def collections(
        self, *cards: Card, settings: Settings = SETTINGS, titles: tuple[str, str, str] | None = None
    ) -> list[Path]:
        language = cards[0].language
        shelf = Shelf(
            cards={language: cards},
            interfaces={language: interface(language)},
            titles={language: titles or (settings.title, settings.publisher, settings.summary)},
            settings=settings,
            formats=frozenset({"epub"}),
            outputs=self.folder / "outputs",
            modified="2031-04-02T00:00:00Z",
            theme=None,
            report=self.findings.append,
        )
        return [self.put(file) for file in epub.series_files(shelf)]


class _WriteOnly:
    """A stream as the pipeline gives it: it can only be written to."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes, /) -> int:
        return self._stream.write(data)


def renamed(edition: Edition, name: str, **values: object) -> Edition:
    return msgspec.structs.replace(edition, briefing=msgspec.structs.replace(edition.briefing, name=name, **values))


def headed_edition() -> Edition:
    """Headings of the source, with a link in one, and one before a stage direction."""
    edition = small_edition()
    link = Paragraph((Text("On "), Link("https://example.org/gates", (Text("gates"),))), "h0000001", "en", 2)
    plain_one = Paragraph((Text("A break"),), "h0000002", "en", 2)
    turns = list(edition.briefing.turns)
    turns[1] = msgspec.structs.replace(turns[1], headings=(plain_one,), opens=True)
    turns[3] = msgspec.structs.replace(turns[3], headings=(msgspec.structs.replace(plain_one, id="h0000003"), link))
    headings = {**edition.headings, turns[1].id: Phrase("A break", "en")}
    return renamed(msgspec.structs.replace(edition, headings=headings), "headed", turns=tuple(turns))


def long_edition(turns: int) -> Edition:
    """Questions and answers without end."""
    edition = small_edition()
    asked = []
    for number in range(turns):
        paragraph = Paragraph((Text(f"This is what is said as number {number}, and no more."),), f"pl{number}", "en")
        speaker = ("q", "samir-haddad")[number % 2]
        asked.append(Turn((paragraph,), speaker, "", f"tl{number}", opens=number % 40 == 0))
    headings = {turn.id: Phrase(f"Question {turn.id}?", "en") for turn in asked if turn.opens}
    changed = msgspec.structs.replace(edition, headings=headings)
    return renamed(changed, "long", turns=tuple(asked))


def crowd_edition(people: int) -> Edition:
    """Everyone says one thing, the last by name first."""
    edition = small_edition()
    names = [f"speaker-{number:03}" for number in range(people)]
    briefing = edition.briefing
    turns = tuple(
        Turn((Paragraph((Text("Present."),), f"pc{name}", "en"),), name, "", f"tc{name}", opens=not number)
        for number, name in enumerate(reversed(names))
    )
    participants = tuple(Participant(name, name.replace("-", " ").capitalize()) for name in names)
    told = {one.speaker: Person(Phrase(one.name, "en"), one.kind, one.role) for one in participants}
    headings = {turns[0].id: Phrase("Who is here?", "en")}
    changed = msgspec.structs.replace(edition, people=told, headings=headings)
    return renamed(changed, "crowd", turns=turns, participants=participants, date=briefing.date)


# --- Reading books, by means that know nothing of how they are made --------------------------------------------------


def text_of(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


class Book:
    """A book, read back."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as found:
            self.files = {name: found.read(name) for name in found.namelist()}
            self.infos = found.infolist()
        self.package = etree.fromstring(self.files["EPUB/content.opf"])
        self.items = {item.get("id", ""): item for item in self.package.iter(f"{OPF}item")}

    def spine(self) -> Iterator[tuple[str, etree._Element, str]]:
        """Path, root and path of the overlay of each document."""
        for ref in self.package.iter(f"{OPF}itemref"):
            item = self.items[ref.get("idref", "")]
            path = f"EPUB/{item.get('href')}"
            overlay = item.get("media-overlay")
            smil = f"EPUB/{self.items[overlay].get('href')}" if overlay else ""
            yield path, etree.fromstring(self.files[path]), smil

    def metas(self, name: str, refines: str = "") -> list[str]:
        wanted = [one for one in self.package.iter(f"{OPF}meta") if one.get("property") == name]
        return [one.text or "" for one in wanted if one.get("refines", "") == refines]

    def dc(self, name: str) -> list[str]:
        return [one.text or "" for one in self.package.iter(f"{DC}{name}")]

    def words(self) -> str:
        return "\n".join(text_of(root) for _, root, _ in self.spine())


def visible(root: etree._Element) -> Iterator[tuple[str, list[str]]]:
    """Every visible text of a document, with the ids of all elements around it; alternative texts too."""
    for element in root.iter(f"{XHTML}*"):
        chain = [element, *element.iterancestors()]
        if any(one.tag == f"{XHTML}head" or one.get("hidden") is not None for one in chain):
            continue
        ids = [key for one in chain if (key := one.get("id"))]
        texts = [element.text, *(child.tail for child in element), element.get("alt"), element.get("aria-label")]
        yield from ((text, ids) for text in texts if text and text.strip())


def uncovered(book: Book) -> list[str]:
    """Visible texts that no par covers."""
    found = []
    for path, root, smil in book.spine():
        if not smil:
            found += [text for text, _ in visible(root)]
            continue
        folder = posixpath.dirname(smil)
        heard = set()
        for par in pars(book.files[smil]):
            file, _, key = par.text.partition("#")
            assert posixpath.join(folder, file) == path
            heard.add(key)
        found += [text for text, ids in visible(root) if heard.isdisjoint(ids)]
    return found


def unsafe(book: Book) -> list[str]:
    """Pars that go on in a file elsewhere than where the par before them ended, where players play on."""
    found = []
    for _, _, smil in book.spine():
        heard = [(par.text, par.sound) for par in pars(book.files[smil]) if par.sound]
        for (_, one), (text, two) in pairwise(heard):
            if one.source == two.source and one.end != two.begin:
                found.append(text)
    return found


HOSTILE = "<script>alert('x')</script> & ]]> &lt; \" \x01\x0e\ufffe \U0001f30a -->"


def hostile(edition: Edition) -> Edition:
    """Everything that a source or a catalogue can hold text in, holds the worst."""
    phrase = Phrase(HOSTILE, "en")
    turns = tuple(
        msgspec.structs.replace(
            turn,
            label=HOSTILE,
            time=HOSTILE,
            paragraphs=tuple(
                msgspec.structs.replace(one, parts=(Text(HOSTILE), *one.parts)) for one in turn.paragraphs
            ),
        )
        for turn in edition.briefing.turns
    )
    people = {
        key: msgspec.structs.replace(person, name=phrase, title=phrase, affiliation=phrase)
        for key, person in edition.people.items()
    }
    changed = msgspec.structs.replace(
        edition,
        title=phrase,
        series=phrase,
        publisher=phrase,
        venue=phrase,
        people=people,
        headings=dict.fromkeys(edition.headings, phrase),
    )
    return renamed(
        changed, "hostile", turns=turns, source=f"https://example.org/{HOSTILE}", start=HOSTILE, date_text=HOSTILE
    )


def two_books(desk: Desk, *, engine: Engine | None) -> tuple[Card, Card]:
    """Two briefings with the same words, and so the same ids."""
    second = renamed(small_edition(), "2031-05-01-river", date="2031-05-01")
    cards = []
    for edition in (small_edition(), second):
        desk.book(edition, engine=engine)
        cards.append(card(edition, edition.briefing, None))
    return cards[0], cards[1]
