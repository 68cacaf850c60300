"""Books and the collection: what is in them, what they say of themselves, and what checkers find."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
import pytest
from lxml import etree
from small import small_briefing, small_edition

from publish import paths, plugins, speech
from publish.audio import RATE, Speech, SpeechError, Utterance, Voice
from publish.config import EpubSettings, Settings
from publish.diagnostics import Diagnostic, InputError
from publish.front import front
from publish.interface import interface
from publish.markup import Medium, heading, opening
from publish.model import Card, Edition, Narration, Paragraph, Phrase, Text, Turn, paragraphs, plain
from publish.overlay import pars, parse_clock
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


class Desk:
    """Makes what writers are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Diagnostic] = []

    def work(self, edition: Edition, *, settings: Settings = SETTINGS, engine: speech.Engine | None = None) -> Work:
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
            coverages={},
            modified="2031-04-02T00:00:00Z",
            cache=self.folder / "clips",
            theme=None,
            public=True,
            report=self.findings.append,
        )

    def narration(self, edition: Edition, settings: Settings, engine: speech.Engine) -> Narration:
        medium = Medium(edition=edition, interface=interface(edition.language), xhtml=True)
        script = speech.Script(
            front(edition, medium.interface, settings),
            (opening(edition, medium.interface),),
            tuple(
                heading(turn, edition, medium.interface) for turn in edition.briefing.turns if turn.speaker is not None
            ),
        )
        return speech.narrate(edition, script, engine, settings, self.folder / "clips", self.findings.append)

    def book(self, edition: Edition, *, settings: Settings = SETTINGS, engine: speech.Engine | None = None) -> Path:
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
        language = cards[0].language
        shelf = Shelf(
            cards={language: cards},
            interfaces={language: interface(language)},
            titles={language: (settings.title, settings.publisher, settings.summary)},
            settings=settings,
            formats=frozenset({"epub"}),
            outputs=self.folder / "outputs",
            modified="2031-04-02T00:00:00Z",
            theme=None,
            report=self.findings.append,
        )
        (file,) = epub.series_files(shelf)
        return self.put(file)


class _WriteOnly:
    """A stream as the pipeline gives it: it can only be written to."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes, /) -> int:
        return self._stream.write(data)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def renamed(edition: Edition, name: str, **values: object) -> Edition:
    return msgspec.structs.replace(edition, briefing=msgspec.structs.replace(edition.briefing, name=name, **values))


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


# --- One book ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_visible_text_of_a_book_with_overlays_has_its_sound(desk: Desk, language: str) -> None:
    book = Book(desk.book(small_edition(language), engine=Hum()))

    assert uncovered(book) == []
    assert all(par.sound for _, _, smil in book.spine() for par in pars(book.files[smil]))
    assert desk.findings == []


def test_the_title_page_is_first_and_the_contents_second(desk: Desk) -> None:
    book = Book(desk.book(small_edition()))

    assert [path for path, _, _ in book.spine()] == [
        "EPUB/2031-04-02-river/title.xhtml",
        "EPUB/nav.xhtml",
        "EPUB/2031-04-02-river/about.xhtml",
        "EPUB/2031-04-02-river/text-1.xhtml",
    ]
    assert [info.filename for info in book.infos[:3]] == ["mimetype", "META-INF/container.xml", "EPUB/content.opf"]


def test_a_book_without_narration_has_no_overlays_and_says_so(desk: Desk) -> None:
    book = Book(desk.book(small_edition()))

    assert not [name for name in book.files if name.endswith((".smil", ".mp3"))]
    assert book.metas("schema:accessModeSufficient") == ["textual"]
    assert "synchronizedAudioText" not in book.metas("schema:accessibilityFeature")
    assert book.metas("media:duration") == book.metas("media:active-class") == []
    assert "has no audio" in book.metas("schema:accessibilitySummary")[0]


def test_a_narration_in_which_nothing_could_be_said_is_none(desk: Desk) -> None:
    work = desk.work(small_edition())
    silent = msgspec.structs.replace(work, narration=Narration(RATE, {}))

    assert _bytes(next(epub.briefing_files(silent))) == _bytes(next(epub.briefing_files(work)))


def _bytes(file: File) -> bytes:
    stream = io.BytesIO()
    assert not isinstance(file.content, bytes)
    file.content(stream)
    return stream.getvalue()


def test_overlays_play_each_id_that_is_printed_in_reading_order(desk: Desk) -> None:
    book = Book(desk.book(small_edition(), engine=Hum()))

    (smil,) = [smil for path, _, smil in book.spine() if path.endswith("text-1.xhtml")]
    edition = small_edition()
    expected = ["opening-h"]
    for turn in edition.briefing.turns:
        expected += [f"{turn.id}-h"] if turn.speaker is not None else []
        expected += [paragraph.id for paragraph in turn.paragraphs]
    assert [par.text for par in pars(book.files[smil])] == [f"text-1.xhtml#{key}" for key in expected]


def unsafe(book: Book) -> list[str]:
    """Pars that go on in a file elsewhere than where the par before them ended, where players play on."""
    found = []
    for _, _, smil in book.spine():
        heard = [(par.text, par.sound) for par in pars(book.files[smil]) if par.sound]
        for (_, one), (text, two) in pairwise(heard):
            if one.source == two.source and one.end != two.begin:
                found.append(text)
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_file_is_played_on_without_gaps_and_ways_back(desk: Desk, language: str) -> None:
    assert unsafe(Book(desk.book(small_edition(language), engine=Hum()))) == []
    assert unsafe(Book(desk.collection(card(small_edition(language), small_briefing(), None)))) == []


def test_the_announced_name_is_skipped_since_the_heading_says_it(desk: Desk) -> None:
    work = desk.work(small_edition(), engine=Hum())
    assert work.narration
    (name, *_) = work.narration.tracks["t0000001"].clips
    assert name.id == "t0000001-n"
    book = Book(desk.put(next(epub.briefing_files(work))))

    (first,) = [par for _, _, smil in book.spine() for par in pars(book.files[smil]) if par.text.endswith("#p0000001")]

    assert first.sound is not None
    assert first.sound.begin == name.end * 1000 // RATE > 0
    assert not any("-n" in par.text for _, _, smil in book.spine() for par in pars(book.files[smil]))


def test_durations_are_the_sums_of_the_clips_that_are_printed(desk: Desk) -> None:
    book = Book(desk.book(small_edition(), engine=Hum()))

    total = 0
    for item in book.items.values():
        if overlay := item.get("media-overlay"):
            found = pars(book.files[f"EPUB/{book.items[overlay].get('href')}"])
            (said,) = book.metas("media:duration", f"#{overlay}")
            assert parse_clock(said) == sum(par.duration for par in found)
            total += parse_clock(said)
    assert [parse_clock(time) for time in book.metas("media:duration")] == [total]


def test_audio_in_the_book_is_what_is_played_and_no_more(desk: Desk) -> None:
    path = desk.book(small_edition(), engine=Hum())
    book = Book(path)

    played = {
        posixpath.normpath(posixpath.join(posixpath.dirname(smil), par.sound.source))
        for _, _, smil in book.spine()
        for par in pars(book.files[smil])
        if par.sound
    }
    assert played == {name for name in book.files if name.endswith(".mp3")}
    assert {info.compress_type for info in book.infos if info.filename.endswith(".mp3")} == {zipfile.ZIP_STORED}


def test_no_clip_ends_after_its_audio(desk: Desk, mpg123_samples: Callable[[Path], int]) -> None:
    book = Book(desk.book(small_edition(), engine=Hum()))

    ends: dict[str, int] = {}
    for _, _, smil in book.spine():
        for par in pars(book.files[smil]):
            assert par.sound is not None
            name = posixpath.normpath(posixpath.join(posixpath.dirname(smil), par.sound.source))
            ends[name] = max(par.sound.end, ends.get(name, 0))
    for name, end in ends.items():
        file = desk.folder / "track.mp3"
        file.write_bytes(book.files[name])
        length = mpg123_samples(file) * 1000 / RATE
        assert end <= length < end + 1


def test_what_could_not_be_spoken_has_a_par_with_text_alone_and_nothing_is_claimed(desk: Desk) -> None:
    book = Book(desk.book(small_edition(), engine=Hum(refused="new gates")))

    silent = [par.text for _, _, smil in book.spine() for par in pars(book.files[smil]) if par.sound is None]
    assert [text.rpartition("/")[2] for text in silent] == [
        "nav.xhtml#nav-2031-04-02-river-t0000005-h",
        "text-1.xhtml#t0000005-h",
        "text-1.xhtml#p0000008",
    ]
    assert uncovered(book) == []
    assert book.metas("schema:accessModeSufficient") == ["textual"]
    assert "synchronizedAudioText" not in book.metas("schema:accessibilityFeature")
    assert "text only" in book.metas("schema:accessibilitySummary")[0]
    assert book.metas("media:active-class") == ["-epub-media-overlay-active"]


def test_metadata_says_what_is_in_the_book(desk: Desk) -> None:
    edition = renamed(small_edition(), "2031-04-02-river", source="https://example.org/a?b&c")
    book = Book(desk.book(edition, engine=Hum()))

    assert {
        name: book.dc(name) for name in ("title", "language", "publisher", "date", "source", "rights", "creator")
    } == {
        "title": ["River briefing, 2 April"],
        "language": ["en", "ar"],
        "publisher": ["River Authority"],
        "date": ["2031-04-02"],
        "source": ["https://example.org/a?b&c"],
        "rights": ["Open"],
        "creator": ["Mara Lindqvist", "Samir Haddad"],
    }
    assert [book.metas("role", f"#speaker-{number}") for number in (1, 2)] == [["spk"], ["spk"]]
    assert book.metas("dcterms:modified") == ["2031-04-02T00:00:00Z"]
    assert book.metas("belongs-to-collection") == ["River briefings"]
    assert book.metas("dcterms:identifier", "#series") == ["https://example.org/river"]
    assert book.metas("collection-type", "#series") == ["series"]
    assert book.metas("schema:accessMode") == ["textual"]
    assert book.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    assert book.metas("schema:accessibilityFeature") == [
        "ARIA",
        "displayTransformability",
        "readingOrder",
        "structuralNavigation",
        "synchronizedAudioText",
        "tableOfContents",
        "unlocked",
    ]
    assert book.metas("schema:accessibilityHazard") == ["none"]
    assert book.metas("media:narrator") == ["hum (pyttsx3 1)"]
    assert book.metas("dcterms:conformsTo") == []


def test_identifiers_are_the_same_for_the_same_book_and_differ_for_others(desk: Desk) -> None:
    def identifier(edition: Edition, settings: Settings = SETTINGS) -> str:
        (found,) = Book(desk.book(edition, settings=settings)).dc("identifier")
        assert found.startswith("urn:uuid:")
        return found

    first = identifier(small_edition())
    assert identifier(small_edition(), msgspec.structs.replace(SETTINGS, rights="other")) == first
    others = {
        identifier(small_edition("ar")),
        identifier(renamed(small_edition(), "other")),
        identifier(small_edition(), msgspec.structs.replace(SETTINGS, identifier="https://example.org/other")),
        identifier(small_edition(), msgspec.structs.replace(SETTINGS, identifier="")),
    }
    assert len({first} | others) == 5


def test_a_book_in_arabic_runs_from_right_to_left_and_marks_what_is_not_arabic(desk: Desk) -> None:
    book = Book(desk.book(small_edition("ar")))

    assert (book.package.get("dir"), book.package.get(LANG)) == ("rtl", "ar")
    (spine,) = book.package.iter(f"{OPF}spine")
    assert spine.get("page-progression-direction") == "rtl"
    by_id: dict[str, etree._Element] = {}
    for _, root, _ in book.spine():
        assert (root.get("lang"), root.get(LANG), root.get("dir")) == ("ar", "ar", "rtl")
        by_id |= {key: one for one in root.iter() if (key := one.get("id"))}
    for paragraph in paragraphs(small_edition("ar").briefing):
        expected = ("en", "en", "ltr") if paragraph.language == "en" else (None, None, None)
        element = by_id[paragraph.id]
        assert (element.get("lang"), element.get(LANG), element.get("dir")) == expected, paragraph.id
    assert book.dc("language")[:2] == ["ar", "en"]


def test_the_words_of_the_turns_are_in_the_book_as_a_sequence(desk: Desk) -> None:
    text = " ".join(Book(desk.book(small_edition())).words().split())

    at = 0
    for paragraph in paragraphs(small_edition().briefing):
        if paragraph.id != "p0000007":  # there an image's text is marked as one
            at = text.index(" ".join(plain(paragraph.parts, deleted=True).split()), at)


def test_there_are_no_players_and_no_foot_in_a_book(desk: Desk) -> None:
    book = Book(desk.book(small_edition(), engine=Hum()))

    documents = b"".join(content for name, content in book.files.items() if name.endswith(".xhtml"))
    assert b"<audio" not in documents
    assert b".mp3" not in documents
    assert b'class="foot"' not in documents


def test_contents_lead_to_every_exchange_in_the_words_of_its_heading(desk: Desk) -> None:
    book = Book(desk.book(small_edition()))
    nav = etree.fromstring(book.files["EPUB/nav.xhtml"])
    links = {one.get("href", ""): text_of(one) for one in nav.iterfind(f".//{XHTML}nav[@role='doc-toc']//{XHTML}a")}

    ids = {f"EPUB/{href}" for href in links}
    for path, root, _ in book.spine():
        for one in root.iter():
            key = f"{path}#{one.get('id')}"
            if key in ids and key.rpartition("#")[2] != "front-speakers":
                (head,) = list(one.iter(f"{XHTML}h2")) or [one]
                assert text_of(head) == links[key.removeprefix("EPUB/")]
    assert [href.partition("/")[2] for href in links] == [
        "title.xhtml",
        "about.xhtml#front-speakers",
        "about.xhtml#front-about",
        "text-1.xhtml#opening",
        "text-1.xhtml#x-t0000003",
        "text-1.xhtml#x-t0000005",
    ]


def test_a_long_briefing_is_divided_between_turns_and_nothing_is_lost(desk: Desk) -> None:
    edition = long_edition(1_000)
    book = Book(desk.book(edition))

    texts = [(path, root) for path, root, _ in book.spine() if "/text-" in path]
    printed = [one.get("id") for _, root in texts for one in root.iter(f"{XHTML}p")]
    assert printed == [paragraph.id for paragraph in paragraphs(edition.briefing)]
    assert len(texts) == 5
    assert max(len(list(root.iter(f"{XHTML}p", f"{XHTML}h2", f"{XHTML}h3"))) for _, root in texts) <= 400
    sections = [one.get("id") for _, root in texts for one in root.iter(f"{XHTML}section")]
    assert sections == [f"x-{turn.id}" for turn in edition.briefing.turns if turn.opens]


def test_an_exchange_without_end_is_cut_between_turns(desk: Desk) -> None:
    edition = long_edition(1_000)
    turns = tuple(msgspec.structs.replace(turn, opens=turn.id == "tl0") for turn in edition.briefing.turns)
    book = Book(desk.book(renamed(edition, "long", turns=turns), engine=None))

    texts = [root for path, root, _ in book.spine() if "/text-" in path]
    assert [one.get("id") for root in texts for one in root.iter(f"{XHTML}section")] == ["x-tl0", *[None] * 4]
    assert len([one for root in texts for one in root.iter(f"{XHTML}article")]) == 1_000


def test_the_real_engine_reads_a_whole_book(desk: Desk, mpg123_samples: Callable[[Path], int]) -> None:
    edition = long_edition(4)
    work = desk.work(edition, engine=plugins.engine("pyttsx3"))
    book = Book(desk.put(next(epub.briefing_files(work))))

    assert uncovered(book) == unsafe(book) == []
    assert book.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    assert all("espeak-ng" in name for name in book.metas("media:narrator"))
    assert work.narration
    for name, track in work.narration.tracks.items():
        file = desk.folder / "track.mp3"
        file.write_bytes(book.files[f"EPUB/long/audio/{name}.mp3"])
        assert mpg123_samples(file) == track.samples


def test_a_workspace_s_own_styles_come_before_the_package_s(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "book.css").write_text("p { color: CanvasText }", encoding="utf-8")
    work = msgspec.structs.replace(desk.work(small_edition(), engine=Hum()), theme=tmp_path)

    style = Book(desk.put(next(epub.briefing_files(work)))).files["EPUB/style.css"].decode()

    assert style.startswith("p { color: CanvasText }")
    assert "-epub-media-overlay-active" in style
    assert "-epub-media-overlay-active" not in Book(desk.book(small_edition())).files["EPUB/style.css"].decode()


def test_an_empty_title_is_replaced_by_the_briefing_s_name(desk: Desk) -> None:
    nameless = msgspec.structs.replace(small_edition(), title=Phrase("", "en"))

    assert Book(desk.book(nameless)).dc("title") == ["2031-04-02-river"]


def test_equal_input_makes_equal_bytes(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")

    first, second = (one.book(small_edition(), engine=Hum()).read_bytes() for one in (desk, other))

    assert first == second


HOSTILE = "<script>alert('x')</script> & ]]> &lt; \" \x01\x0b\ufffe \U0001f30a -->"


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


def test_hostile_text_stays_text_and_what_xml_cannot_hold_is_seen_and_reported(desk: Desk) -> None:
    settings = msgspec.structs.replace(SETTINGS, rights=HOSTILE, title=HOSTILE)

    book = Book(desk.book(hostile(small_edition()), settings=settings, engine=Hum()))

    for _, root, _ in book.spine():
        assert not list(root.iter(f"{XHTML}script"))
    assert book.words().count("<script>alert('x')</script> & ]]> &lt; \" \ufffd\ufffd\ufffd 🌊 -->") > 20
    assert uncovered(book) == []
    (finding,) = [one for one in desk.findings if one.code == "E001"]
    assert "U+FFFD" in finding.message
    shelf_card = card(hostile(small_edition()), hostile(small_edition()).briefing, None)
    collection = Book(desk.collection(shelf_card, settings=settings))
    assert uncovered(collection) == []


# --- The collection ---------------------------------------------------------------------------------------------------


def two_books(desk: Desk, *, engine: speech.Engine | None) -> tuple[Card, Card]:
    """Two briefings with the same words, and so the same ids."""
    second = renamed(small_edition(), "2031-05-01-river", date="2031-05-01")
    cards = []
    for edition in (small_edition(), second):
        desk.book(edition, engine=engine)
        cards.append(card(edition, edition.briefing, None))
    return cards[0], cards[1]


def test_the_collection_leads_from_briefings_to_exchanges(desk: Desk) -> None:
    collection = Book(desk.collection(*two_books(desk, engine=None)))

    nav = etree.fromstring(collection.files["EPUB/nav.xhtml"])
    (lines,) = nav.iterfind(f".//{XHTML}nav[@role='doc-toc']/{XHTML}ol")
    assert [text_of(one) for one in lines.iterfind(f"{XHTML}li/{XHTML}a")] == [
        "River briefing, 2 April April 2, 2031",
        "River briefing, 2 April May 1, 2031",
    ]
    inner = [text_of(one) for one in lines.iterfind(f"{XHTML}li/{XHTML}ol/{XHTML}li/{XHTML}a")]
    assert (
        inner
        == [
            "Who speaks",
            "About this edition",
            "Opening",
            "Q: How high will the water rise on [Tuesday] night?",
            "Q: And who pays for the new gates?",
        ]
        * 2
    )
    ids = {
        f"{path.removeprefix('EPUB/')}#{one.get('id')}" for path, root, _ in collection.spine() for one in root.iter()
    }
    links = [one.get("href", "") for one in nav.iter(f"{XHTML}a")]
    assert all(link in ids or f"EPUB/{link}" in collection.files or link == "#toc" for link in links)
    keys = [key for one in nav.iter() if (key := one.get("id"))]
    assert len(set(keys)) == len(keys)


def test_the_collection_copies_the_documents_of_the_books_as_they_are_compressed(desk: Desk) -> None:
    cards = two_books(desk, engine=Hum())
    path = desk.collection(*cards)

    with zipfile.ZipFile(path) as collection:
        for one in cards:
            with zipfile.ZipFile(desk.folder / "outputs" / f"en/{one.briefing}/{one.briefing}.epub") as book:
                mine = [info for info in book.infolist() if info.filename.startswith(f"EPUB/{one.briefing}/")]
                assert len(mine) > 10
                for info in mine:
                    copied = collection.getinfo(info.filename)
                    assert (copied.CRC, copied.compress_size) == (info.CRC, info.compress_size)
                    assert collection.read(info.filename) == book.read(info.filename)
        assert collection.testzip() is None


def test_every_visible_text_of_a_collection_with_overlays_has_its_sound(desk: Desk) -> None:
    collection = Book(desk.collection(*two_books(desk, engine=Hum())))

    assert uncovered(collection) == []
    total = 0
    for path, _, smil in collection.spine():
        found = pars(collection.files[smil])
        assert all(par.sound for par in found), path
        for par in found:
            assert par.sound
            assert posixpath.normpath(posixpath.join(posixpath.dirname(smil), par.sound.source)) in collection.files
        total += sum(par.duration for par in found)
    assert [parse_clock(time) for time in collection.metas("media:duration")] == [total]
    assert collection.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    assert desk.findings == []


def test_a_collection_that_would_be_too_large_has_no_audio_and_the_build_says_so(desk: Desk) -> None:
    cards = two_books(desk, engine=Hum())
    small = msgspec.structs.replace(SETTINGS, epub=EpubSettings(max_size=500_000))

    collection = Book(desk.collection(*cards, settings=small))

    assert not [name for name in collection.files if name.endswith((".smil", ".mp3"))]
    assert not [item for item in collection.items.values() if item.get("media-overlay")]
    assert collection.metas("media:duration") == []
    assert collection.metas("schema:accessModeSufficient") == ["textual"]
    assert [(one.code, str(one.place)) for one in desk.findings] == [("E002", "outputs/en/river-briefings.epub")]


def test_the_collection_claims_only_what_all_its_books_hold(desk: Desk) -> None:
    first, second = two_books(desk, engine=Hum())
    desk.book(renamed(small_edition(), second.briefing, date=second.date))

    collection = Book(desk.collection(first, second))

    assert collection.metas("media:duration")
    assert collection.metas("schema:accessModeSufficient") == ["textual"]
    assert uncovered(collection) != []


def test_the_collection_says_what_is_in_it(desk: Desk) -> None:
    collection = Book(desk.collection(*two_books(desk, engine=None)))

    assert {
        name: collection.dc(name) for name in ("title", "language", "publisher", "creator", "date", "description")
    } == {
        "title": ["River briefings"],
        "language": ["en", "ar"],
        "publisher": ["River Authority"],
        "creator": ["Mara Lindqvist", "Samir Haddad"],
        "date": ["2031-05-01"],
        "description": ["All about the river."],
    }
    assert collection.metas("belongs-to-collection") == []
    assert [path for path, _, _ in collection.spine()][:4] == [
        "EPUB/title.xhtml",
        "EPUB/nav.xhtml",
        "EPUB/2031-04-02-river/title.xhtml",
        "EPUB/2031-04-02-river/about.xhtml",
    ]


@pytest.mark.parametrize(
    "fault", ["missing", "no archive", "cut", "no package", "bad package", "other contents", "damaged"]
)
def test_a_book_that_cannot_be_read_is_left_out_and_reported(desk: Desk, fault: str) -> None:
    first, second = two_books(desk, engine=None)
    path = desk.folder / "outputs" / paths.book("en", first.briefing)
    match fault:
        case "missing":
            path.unlink()
        case "no archive":
            path.write_bytes(b"PK nothing")
        case "cut":
            path.write_bytes(path.read_bytes()[:900])
        case "damaged":
            data = bytearray(path.read_bytes())
            with zipfile.ZipFile(path) as book:
                place = book.getinfo("EPUB/nav.xhtml").header_offset
            data[place + 60 : place + 90] = bytes(30)
            path.write_bytes(bytes(data))
        case "other contents":
            with zipfile.ZipFile(path) as book:
                files = {name: book.read(name) for name in book.namelist()}
            files["EPUB/nav.xhtml"] = b"<html/>"
            with zipfile.ZipFile(path, "w") as made:
                for name, content in files.items():
                    made.writestr(name, content)
        case _:
            with zipfile.ZipFile(path, "w") as made:
                if fault == "bad package":
                    made.writestr("EPUB/content.opf", b"<package")

    collection = Book(desk.collection(first, second))

    (finding,) = desk.findings
    assert (finding.code, str(finding.place)) == ("E003", f"outputs/{paths.book('en', first.briefing)}")
    assert "2031-04-02-river" not in str(sorted(collection.files))


def test_a_book_whose_content_is_damaged_stops_the_collection_with_one_message(desk: Desk) -> None:
    first, second = two_books(desk, engine=None)
    path = desk.folder / "outputs" / paths.book("en", first.briefing)
    with zipfile.ZipFile(path) as book:
        place = book.getinfo(f"EPUB/{first.briefing}/text-1.xhtml").header_offset
    data = bytearray(path.read_bytes())
    data[place : place + 4] = b"damn"
    path.write_bytes(bytes(data))

    with pytest.raises(InputError) as error:
        desk.collection(first, second)

    assert error.value.diagnostic.code == "E003"
    assert "is not where the directory says" in str(error.value)


def test_what_is_not_translated_of_the_series_is_in_the_language_of_the_sources(desk: Desk) -> None:
    desk.book(small_edition("ar"))

    collection = Book(desk.collection(card(small_edition("ar"), small_briefing(), None)))

    (said,) = collection.package.iter(f"{DC}description")
    assert (said.text, said.get(LANG)) == ("All about the river.", "en")
    assert [one.get(LANG) for one in collection.package.iter(f"{DC}title", f"{DC}publisher")] == ["en", "en"]


def test_without_public_briefings_there_is_no_collection(desk: Desk) -> None:
    cards = two_books(desk, engine=None)
    desk.collection(*cards)
    shelf = Shelf(
        cards={"en": ()},
        interfaces={"en": interface("en")},
        titles={"en": ("T", "", "")},
        settings=SETTINGS,
        formats=frozenset(),
        outputs=desk.folder / "outputs",
        modified="2031-04-02T00:00:00Z",
        theme=None,
        report=desk.findings.append,
    )

    assert list(epub.series_files(shelf)) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("River briefings", "river-briefings"),
        ("Réunion", "reunion"),
        ("", "series"),
        ("新闻", "series-efb073b3"),
        ("../x", "x"),
    ],
)
def test_the_collection_is_named_by_the_title(title: str, name: str) -> None:
    assert paths.collection("fr", Settings(title=title)) == f"fr/{name}.epub"


# --- Checkers ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One of each kind of book."""
    desk = Desk(tmp_path_factory.mktemp("books"))
    hum, small = Hum(), msgspec.structs.replace(SETTINGS, epub=EpubSettings(max_size=1))
    arabic = desk.book(small_edition("ar"), engine=hum)
    found = {
        "arabic": arabic,
        "arabic collection": desk.collection(card(small_edition("ar"), small_briefing(), None)),
        "hostile": desk.book(hostile(small_edition()), engine=hum),
        "long": desk.book(long_edition(900)),
        "some unspoken": desk.book(renamed(small_edition(), "part"), engine=Hum(refused="new gates")),
        "text": desk.book(renamed(small_edition(), "text")),
    }
    cards = two_books(desk, engine=hum)
    found |= {one.briefing: desk.folder / "outputs" / paths.book("en", one.briefing) for one in cards}
    found["collection"] = desk.collection(*cards)
    found["text collection"] = desk.collection(
        *cards, settings=msgspec.structs.replace(small, title="Other", identifier="urn:x:other")
    )
    return found


def test_epubcheck_finds_nothing(books: dict[str, Path], epubcheck: Callable[..., dict[Path, list[object]]]) -> None:
    found = epubcheck(*books.values())

    assert {name: list(map(str, found[path])) for name, path in books.items()} == {name: [] for name in books}


@pytest.mark.parametrize("name", ["2031-04-02-river", "arabic", "collection"])
def test_ace_finds_no_violation(books: dict[str, Path], name: str, ace: Callable[[Path], list[str]]) -> None:
    assert ace(books[name]) == []
