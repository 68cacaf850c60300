"""A book: what is in it, and what it says of itself."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from books import (
    HOSTILE,
    LANG,
    OPF,
    SETTINGS,
    VOLUMES,
    XHTML,
    Book,
    Desk,
    Hum,
    headed_edition,
    hostile,
    long_edition,
    renamed,
    text_of,
    uncovered,
    unsafe,
)
from lxml import etree
from small import small_briefing, small_edition

from publish import plugins
from publish.audio import RATE
from publish.config import BriefingSettings, EpubSettings, Settings, SpeakerSettings
from publish.interface import interface
from publish.model import Edition, Narration, Phrase, paragraphs, plain
from publish.overlay import pars, parse_clock
from publish.task import card
from publish.work import File
from publish.writers import epub


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


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
        "EPUB/2031-04-02-river/speakers.xhtml",
        "EPUB/2031-04-02-river/about.xhtml",
        "EPUB/2031-04-02-river/text-1.xhtml",
        "EPUB/2031-04-02-river/index-1.xhtml",
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


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_file_is_played_on_without_gaps_and_ways_back(desk: Desk, language: str) -> None:
    assert unsafe(Book(desk.book(small_edition(language), engine=Hum()))) == []
    (volume,) = desk.volumes(card(small_edition(language), small_briefing(), None))
    assert unsafe(Book(volume)) == []


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
        "about.xhtml#front-silent",
        "text-1.xhtml#t0000005-h",
        "text-1.xhtml#p0000008",
        "index-1.xhtml#front-turn-t0000006",
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
    assert [book.metas("role", f"#speaker-{number}") for number in (1, 2)] == [["mod"], ["spk"]]
    assert book.metas("dcterms:modified") == ["2031-04-02T00:00:00Z"]
    assert book.metas("belongs-to-collection") == ["River briefings"]
    assert book.metas("dcterms:identifier", "#series") == ["https://example.org/river"]
    assert book.metas("collection-type", "#series") == ["series"]
    assert book.metas("schema:accessMode") == ["textual"]
    assert book.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    assert book.metas("schema:accessibilityFeature") == [
        "ARIA",
        "displayTransformability",
        "index",
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


def test_an_isbn_is_the_identifier_of_the_book_in_its_language_alone(desk: Desk) -> None:
    tables = {small_briefing().name: BriefingSettings(isbn={"en": "978-0-306-40615-7"})}
    settings = msgspec.structs.replace(SETTINGS, briefings=tables)

    assert Book(desk.book(small_edition(), settings=settings)).dc("identifier") == ["urn:isbn:9780306406157"]
    assert Book(desk.book(small_edition("ar"), settings=settings)).dc("identifier") == Book(
        desk.book(small_edition("ar"))
    ).dc("identifier")


@pytest.mark.parametrize(
    ("values", "table", "place"),
    [
        ({}, {}, ["20310402"]),
        ({"extra": {"number": "7"}}, {}, ["7"]),
        ({"extra": {"number": "seven"}}, {}, ["20310402"]),
        ({"extra": {"number": "7"}}, {"number": "3.12"}, ["3.12"]),
        ({"date": ""}, {}, []),
    ],
)
def test_the_place_in_the_series_is_the_briefing_s_own(
    desk: Desk, values: dict[str, object], table: dict[str, str], place: list[str]
) -> None:
    settings = msgspec.structs.replace(SETTINGS, briefings={"one": BriefingSettings(**table)})  # type: ignore[arg-type]

    book = Book(desk.book(renamed(small_edition(), "one", **values), settings=settings))

    assert book.metas("group-position", "#series") == place


def test_those_who_speak_have_their_parts_and_the_names_that_lists_sort_them_by(desk: Desk) -> None:
    edition = small_edition()
    people = dict(edition.people)
    people["samir-haddad"] = msgspec.structs.replace(people["samir-haddad"], role="interpreter")
    people["q"] = msgspec.structs.replace(people["q"], kind="organisation")
    settings = msgspec.structs.replace(
        SETTINGS, speakers={"mara-lindqvist": SpeakerSettings(sort="Lindqvist, Mara")}, subjects=("Floods",)
    )
    book = Book(desk.book(msgspec.structs.replace(edition, people=people), settings=settings))

    assert (book.dc("creator"), book.dc("contributor")) == (["Mara Lindqvist", "Q"], ["Samir Haddad"])
    keys = ("#speaker-1", "#speaker-2", "#contributor-1")
    assert [book.metas("role", key) for key in keys] == [["mod"], ["ivr"], ["trl"]]
    assert [book.metas("file-as", key) for key in keys] == [["Lindqvist, Mara"], ["Q"], ["Samir Haddad"]]
    assert book.dc("subject") == ["Floods"]


def test_a_translated_name_is_not_sorted_by_the_original_s_order(desk: Desk) -> None:
    edition = small_edition()
    person = msgspec.structs.replace(edition.people["mara-lindqvist"], name=Phrase("مارا", "ar"))
    settings = msgspec.structs.replace(SETTINGS, speakers={"mara-lindqvist": SpeakerSettings(sort="Lindqvist, Mara")})
    book = Book(
        desk.book(
            msgspec.structs.replace(edition, people={**edition.people, "mara-lindqvist": person}), settings=settings
        )
    )

    assert book.metas("file-as", "#speaker-1") == ["مارا"]


CERTIFIED = EpubSettings(
    certifier="River Access",
    certified="2031-04-02",
    certifier_credential="Registered tester",
    certifier_report="https://example.org/report",
)


def test_conformance_is_claimed_in_exact_words_where_somebody_vouches_for_it(desk: Desk) -> None:
    book = Book(desk.book(small_edition(), settings=msgspec.structs.replace(SETTINGS, epub=CERTIFIED)))

    assert book.metas("dcterms:conformsTo") == ["EPUB Accessibility 1.1 - WCAG 2.2 Level AA"]
    assert book.metas("a11y:certifiedBy", "#conformance") == ["River Access"]
    assert book.metas("dcterms:date", "#certifier") == ["2031-04-02"]
    assert book.metas("a11y:certifierCredential", "#certifier") == ["Registered tester"]
    (link,) = book.package.iter(f"{OPF}link")
    assert dict(link.attrib) == {
        "rel": "a11y:certifierReport",
        "refines": "#certifier",
        "href": "https://example.org/report",
    }
    assert desk.findings == []


def test_a_book_that_changed_after_it_was_checked_claims_nothing_and_says_so(desk: Desk) -> None:
    earlier = msgspec.structs.replace(CERTIFIED, certified="2031-04-01")
    book = Book(desk.book(small_edition(), settings=msgspec.structs.replace(SETTINGS, epub=earlier)))

    assert book.metas("dcterms:conformsTo") == []
    assert not [one for one in book.package.iter() if "certif" in "".join(map(str, one.attrib.values()))]
    (finding,) = desk.findings
    assert finding.code == "E005"
    assert "changed on 2031-04-02, after it was checked on 2031-04-01" in finding.message


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh-Hans"])
def test_the_summary_is_in_the_language_of_the_book(desk: Desk, language: str) -> None:
    edition = msgspec.structs.replace(small_edition(), language=language)
    (summary,) = Book(desk.book(edition)).metas("schema:accessibilitySummary")

    assert interface(language).gettext("The book is text only and has no audio.") in summary
    assert interface(language).gettext("A list at the end leads to the turns of each speaker.") in summary
    assert ("The book is" in summary) == (language == "en")


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
        "speakers.xhtml#front-speakers",
        "about.xhtml#front-about",
        "text-1.xhtml#opening",
        "text-1.xhtml#x-t0000003",
        "text-1.xhtml#x-t0000005",
        "index-1.xhtml#front-index",
    ]


def exchanges(root: etree._Element) -> list[etree._Element]:
    return [one for one in root.iter() if one.get("class") == "exchange"]


def test_headings_of_the_source_are_heard_and_are_no_links_in_the_contents(desk: Desk) -> None:
    book = Book(desk.book(headed_edition(), engine=Hum()))

    assert uncovered(book) == unsafe(book) == []
    assert book.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    nav = etree.fromstring(book.files["EPUB/nav.xhtml"])
    (line,) = [one for one in nav.iter(f"{XHTML}a") if "On gates" in text_of(one)]
    assert not list(line.iter(f"{XHTML}a"))[1:]
    assert "A break" in {text_of(one) for one in nav.iter(f"{XHTML}a")}


def test_a_long_briefing_is_divided_between_turns_and_nothing_is_lost(desk: Desk) -> None:
    edition = long_edition(1_000)
    book = Book(desk.book(edition))

    texts = [(path, root) for path, root, _ in book.spine() if "/text-" in path]
    printed = [one.get("id") for _, root in texts for one in root.iter(f"{XHTML}p")]
    assert printed == [paragraph.id for paragraph in paragraphs(edition.briefing)]
    assert len(texts) == 5
    assert max(len(list(root.iter(f"{XHTML}p", f"{XHTML}h2", f"{XHTML}h3"))) for _, root in texts) <= 400
    assert [one.get("id") for _, root in texts for one in exchanges(root)] == [
        f"x-{turn.id}" for turn in edition.briefing.turns if turn.opens
    ]


def test_an_exchange_without_end_is_cut_between_turns(desk: Desk) -> None:
    edition = long_edition(1_000)
    turns = tuple(msgspec.structs.replace(turn, opens=turn.id == "tl0") for turn in edition.briefing.turns)
    book = Book(desk.book(renamed(edition, "long", turns=turns), engine=None))

    texts = [root for path, root, _ in book.spine() if "/text-" in path]
    assert [one.get("id") for root in texts for one in exchanges(root)] == ["x-tl0", *[None] * 4]
    assert len([one for root in texts for one in root.iter(f"{XHTML}article")]) == 1_000


def test_the_real_engine_reads_a_whole_book(desk: Desk, mpg123_samples: Callable[[Path], int]) -> None:
    edition = long_edition(4)
    work = desk.work(edition, engine=plugins.engine("pyttsx3"))
    book = Book(desk.put(next(epub.briefing_files(work))))

    assert uncovered(book) == unsafe(book) == []
    assert book.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    assert all("espeak-ng" in name for name in book.metas("media:narrator"))
    assert work.narration
    assert "EPUB/long/audio/front-index.mp3" not in book.files, "its clips are joined with others"
    for name, track in work.narration.tracks.items():
        if name == "front-index":
            continue
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


def test_hostile_text_stays_text_and_what_xml_cannot_hold_is_seen_and_reported(desk: Desk) -> None:
    settings = msgspec.structs.replace(VOLUMES, rights=HOSTILE, title=HOSTILE)

    book = Book(desk.book(hostile(small_edition()), settings=settings, engine=Hum()))

    for _, root, _ in book.spine():
        assert not list(root.iter(f"{XHTML}script"))
    assert book.words().count("<script>alert('x')</script> & ]]> &lt; \" \ufffd\ufffd\ufffd 🌊 -->") > 20
    assert uncovered(book) == []
    (finding,) = [one for one in desk.findings if one.code == "E001"]
    assert "U+FFFD" in finding.message
    shelf_card = card(hostile(small_edition()), hostile(small_edition()).briefing, None)
    (volume,) = desk.volumes(shelf_card, settings=settings)
    collection = Book(volume)
    assert uncovered(collection) == []
