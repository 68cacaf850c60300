"""The catalogues for reading apps, by the schemas of OPDS 2.0 and of Readium's manifest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from books import HOSTILE, SETTINGS, VOLUMES, Book, Desk, Hum, crowd_edition, hostile, renamed
from jsonschema import Draft7Validator
from lxml import etree
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from small import small_edition
from spring import edit, spring
from test_build import built

from publish import paths
from publish.config import Settings, Site
from publish.diagnostics import Diagnostic
from publish.interface import interface
from publish.model import Card, Heard, Phrase
from publish.output import safe
from publish.package import Meta
from publish.task import card
from publish.work import Shelf
from publish.writers import opds
from publish.writers._opds_books import accessibility

SITE = "https://river.example/b"
NAME = "2031-04-02-river"
Validate = Callable[[object], list[str]]
Schemas = Registry[Any]


# --- What it is checked by --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def findings_of(real_data: Path) -> Validate:
    """What the schemas find in a feed, or in a publication."""
    folder = real_data / "schemas"
    registry: Schemas = Registry()
    for path in sorted(folder.glob("*/schema/**/*.json")):
        schema = _for_python(json.loads(path.read_text("utf-8")))
        registry = registry.with_resource(schema["$id"], Resource.from_contents(schema, DRAFT7))

    def run(document: object) -> list[str]:
        kind = "publication" if isinstance(document, dict) and "images" in document else "feed"
        if isinstance(document, dict) and not {"publications", "navigation", "groups"} & set(document):
            kind = "publication"
        schema = registry.get_or_retrieve(f"https://drafts.opds.io/schema/{kind}.schema.json").value.contents
        found = Draft7Validator(schema, registry=registry).iter_errors(document)
        return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in found]

    return run


def _for_python(schema: Any) -> Any:  # noqa: ANN401  # any JSON
    """Patterns are JavaScript's: a group's name is written in another way, and may stand twice."""
    if isinstance(schema, dict):
        return {
            _pattern(key): _pattern(value) if key == "pattern" and isinstance(value, str) else _for_python(value)
            for key, value in schema.items()
        }
    return [_for_python(one) for one in schema] if isinstance(schema, list) else schema


def _pattern(text: str) -> str:
    return re.sub(r"\(\?<(?![=!])\w+>", "(?:", text)


# --- What there is ----------------------------------------------------------------------------------------------------


class Made:
    """A catalogue, as files."""

    def __init__(self, shelf: Shelf) -> None:
        self.files: dict[str, Any] = {}
        for file in opds.series_files(shelf):
            assert safe(file.path)
            assert file.path not in self.files
            assert isinstance(file.content, bytes)
            self.files[file.path] = json.loads(file.content) if file.path.endswith(".json") else file.content

    @property
    def root(self) -> Any:  # noqa: ANN401  # JSON
        return self.files["en/opds.json"]

    def documents(self) -> dict[str, Any]:
        return {path: content for path, content in self.files.items() if path.endswith(".json")}


def shelf_of(desk: Desk, *cards: Card, settings: Settings = VOLUMES, **more: object) -> Shelf:
    languages = list(dict.fromkeys(["en", *(card.language for card in cards)]))
    outputs = desk.folder / "outputs"
    found = sorted(path.relative_to(outputs).as_posix() for path in outputs.glob("*/*/*"))
    values: dict[str, Any] = {
        "cards": {tag: tuple(card for card in cards if card.language == tag) for tag in languages},
        "interfaces": {tag: interface(tag) for tag in languages},
        "titles": dict.fromkeys(languages, (settings.title, settings.publisher, settings.summary)),
        "settings": msgspec.structs.replace(settings, site=Site(SITE), cover_alt="A river"),
        "formats": frozenset({"epub", "opds", "web"}),
        "outputs": outputs,
        "modified": "2031-05-01T00:00:00Z",
        "theme": None,
        "report": desk.findings.append,
        "files": dict.fromkeys(found, "x"),
    }
    return Shelf(**(values | more))


def links(document: Any, rel: str) -> list[dict[str, Any]]:  # noqa: ANN401  # JSON
    return [one for one in document["links"] if rel in (one.get("rel"), *one.get("rel", ()))]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Two briefings in English, one with audio, one without, one of them also in Arabic; and the volumes."""
    desk = Desk(tmp_path_factory.mktemp("opds"))
    second = renamed(small_edition(), "2031-05-01-river", date="2031-05-01")
    arabic = small_edition("ar")
    desk.book(small_edition(), engine=Hum())
    desk.book(second)
    desk.book(arabic)
    page = desk.folder / "outputs" / paths.page("en", NAME)
    page.write_text("<p>", encoding="utf-8")
    (page.parent / f"{NAME}.m4b").write_bytes(b"sound")
    cards = [card(one, one.briefing, None) for one in (small_edition(), second, arabic)]
    desk.collections(*cards[:2], settings=VOLUMES)
    desk.findings.clear()
    return shelf_of(desk, *cards)


@pytest.fixture(scope="module")
def made(shelf: Shelf) -> Made:
    return Made(shelf)


def test_every_document_is_valid(made: Made, findings_of: Validate) -> None:
    assert {path: found for path, document in made.documents().items() if (found := findings_of(document))} == {}


def test_the_schemas_find_what_is_wrong(made: Made, findings_of: Validate) -> None:
    (name,) = [path for path in made.files if path == f"en/opds/briefing-{NAME}.json"]
    bad = {**made.files[name], "links": [{"rel": "self", "href": "x"}]}
    assert findings_of(bad) != []
    assert findings_of({**made.root, "links": []}) != []


def test_every_link_leads_to_a_file_that_there_is(made: Made, shelf: Shelf) -> None:
    addresses = {one for path, document in made.documents().items() for one in _addresses(document)}

    there = {f"{SITE}/{path}" for path in (*made.files, *shelf.files)}
    there |= {f"{SITE}/en/{path.name}" for path in (shelf.outputs / "en").glob("*.epub")}
    pages = {f"{SITE}/{language}/index.html" for language in shelf.cards}
    assert addresses - there - pages == set()
    assert {f"{SITE}/{path}" for path in made.documents()} <= addresses


def _addresses(document: Any) -> Iterator[str]:  # noqa: ANN401  # JSON
    if isinstance(document, dict):
        if "href" in document:
            yield document["href"]
        for value in document.values():
            yield from _addresses(value)
    elif isinstance(document, list):
        for value in document:
            yield from _addresses(value)


def test_a_publication_says_what_its_book_says(made: Made, shelf: Shelf) -> None:
    newest, first = made.root["publications"]
    book = Book(shelf.outputs / paths.book("en", NAME))

    said = first["metadata"]
    assert (said["title"], said["language"], said["published"]) == ("River briefing, 2 April", "en", "2031-04-02")
    assert [said["identifier"]] == book.dc("identifier")
    assert [said["modified"]] == book.metas("dcterms:modified")
    assert [one["name"] for one in said["author"]] == ["Mara Lindqvist", "Samir Haddad"]
    assert said["publisher"] == "River Authority"
    assert said["belongsTo"]["series"] == {
        "name": "River briefings",
        "identifier": "https://example.org/river",
        "position": 1,
    }
    assert said["accessibility"] == {
        "accessMode": book.metas("schema:accessMode"),
        "accessModeSufficient": ["textual", "auditory"],
        "feature": book.metas("schema:accessibilityFeature"),
        "hazard": ["none"],
        "summary": book.metas("schema:accessibilitySummary")[0],
    }
    assert newest["metadata"]["accessibility"]["accessModeSufficient"] == ["textual"]
    assert newest["metadata"]["belongsTo"]["series"]["position"] == 2


def test_everything_that_can_be_had_is_offered_with_its_size(made: Made, shelf: Shelf) -> None:
    _, first = made.root["publications"]

    offered = links(first, "http://opds-spec.org/acquisition/open-access")
    folder = shelf.outputs / "en" / NAME
    assert [(one["href"], one["type"], one["title"], one["size"]) for one in offered] == [
        (
            f"{SITE}/en/{NAME}/{NAME}.epub",
            "application/epub+zip",
            "Book with audio (EPUB)",
            (folder / f"{NAME}.epub").stat().st_size,
        ),
        (f"{SITE}/en/{NAME}/{NAME}.m4b", "audio/mp4", "Audiobook (M4B)", 5),
    ]
    assert first["images"] == [
        {"href": f"{SITE}/cover.png", "type": "image/png", "title": "A river", "width": 1400, "height": 1400}
    ]
    assert made.files["cover.png"].startswith(b"\x89PNG")


def test_an_edition_leads_to_those_in_other_languages_and_to_its_page(made: Made) -> None:
    _, first = made.root["publications"]

    assert [(one["href"], one["type"], one["language"]) for one in links(first, "alternate")] == [
        (f"{SITE}/en/{NAME}/index.html", "text/html", "en"),
        (f"{SITE}/ar/opds/briefing-{NAME}.json", "application/opds-publication+json", "ar"),
    ]
    assert [(one["href"], one["language"]) for one in links(made.root, "alternate")] == [
        (f"{SITE}/en/index.html", "en"),
        (f"{SITE}/ar/opds.json", "ar"),
    ]
    arabic = made.files["ar/opds.json"]["publications"][0]["metadata"]
    assert arabic["readingProgression"] == "rtl"
    assert arabic["author"][0]["name"] == {"en": "Mara Lindqvist"}


def test_a_publication_stands_at_the_address_that_it_names(made: Made) -> None:
    for document in made.documents().values():
        for publication in document.get("publications", ()):
            (own,) = links(publication, "self")
            assert made.files[own["href"].removeprefix(f"{SITE}/")] == publication


def test_the_collection_and_its_volumes_are_a_group_of_their_own(made: Made, shelf: Shelf) -> None:
    (group,) = made.root["groups"]

    assert group["metadata"] == {"title": "The whole series", "numberOfItems": 3}
    assert [one["metadata"]["title"] for one in group["publications"]] == [
        "River briefings",
        "River briefings, April 2031",
        "River briefings, May 2031",
    ]
    books = [Book(path) for path in sorted((shelf.outputs / "en").glob("*.epub"), key=lambda path: len(path.name))]
    assert [one["metadata"]["identifier"] for one in group["publications"]] == [
        book.dc("identifier")[0] for book in books
    ]
    places = [one["metadata"].get("belongsTo", {}).get("series", {}).get("position") for one in group["publications"]]
    assert places == [None, 1, 2]


def test_facets_are_by_year_and_by_speaker_with_their_numbers(made: Made) -> None:
    years, speakers = made.root["facets"]

    assert years["metadata"] == {"title": "Year"}
    assert [(one["title"], one["properties"], one["href"]) for one in years["links"]] == [
        ("2031", {"numberOfItems": 2}, f"{SITE}/en/opds/year-2031.json")
    ]
    assert speakers["metadata"] == {"title": "Who speaks"}
    assert [(one["title"], one["properties"]["numberOfItems"], one["rel"]) for one in speakers["links"]] == [
        ("Mara Lindqvist", 2, "http://opds-spec.org/facet"),
        ("Samir Haddad", 2, "http://opds-spec.org/facet"),
    ]
    year = made.files["en/opds/year-2031.json"]
    assert year["metadata"]["title"] == "River briefings – 2031"
    assert [one["rel"] for facet in year["facets"] for one in facet["links"] if "self" in one["rel"]] == [
        ["http://opds-spec.org/facet", "self"]
    ]
    assert [one["href"] for one in links(year, "up")] == [f"{SITE}/en/opds.json"]


# --- Many, and bad ones -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """With one book, for many cards."""
    desk = Desk(tmp_path_factory.mktemp("many"))
    edition = crowd_edition(opds.MOST_SPEAKERS + 2)
    desk.book(edition)
    return desk


def many(desk: Desk, count: int) -> Shelf:
    edition = crowd_edition(opds.MOST_SPEAKERS + 2)
    one = card(edition, edition.briefing, None)
    cards = [
        msgspec.structs.replace(one, briefing=f"b{number:03}", date=f"20{number:02}-01-01"[:10])
        for number in range(count)
    ]
    book = paths.book("en", "crowd")
    for made in cards:
        path = desk.folder / "outputs" / paths.book("en", made.briefing)
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.hardlink_to(desk.folder / "outputs" / book)
    return shelf_of(desk, *cards, settings=SETTINGS)


def test_a_long_feed_is_divided_in_pages_that_hold_all_of_it_once(
    desk: Desk, findings_of: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opds, "PAGE", 2)
    made = Made(many(desk, 5))

    seen, path = [], "en/opds.json"
    while path:
        page = made.files[path]
        assert findings_of(page) == []
        assert (page["metadata"]["numberOfItems"], page["metadata"]["itemsPerPage"]) == (5, 2)
        seen.append(
            (page["metadata"]["currentPage"], [links(one, "self")[0]["href"][-9:-5] for one in page["publications"]])
        )
        path = next((one["href"].removeprefix(f"{SITE}/") for one in links(page, "next")), "")
    assert seen == [(1, ["b004", "b003"]), (2, ["b002", "b001"]), (3, ["b000"])]
    middle = made.files["en/opds/all.2.json"]
    assert {
        rel: links(middle, rel)[0]["href"].rpartition("/")[2] for rel in ("first", "previous", "next", "last", "start")
    } == {
        "first": "opds.json",
        "previous": "opds.json",
        "next": "all.3.json",
        "last": "all.3.json",
        "start": "opds.json",
    }
    assert "en/opds/speaker-speaker-000.3.json" in made.files


def test_many_speakers_are_in_a_feed_of_their_own_and_the_first_are_facets(desk: Desk, findings_of: Validate) -> None:
    made = Made(many(desk, 2))

    everyone = made.files["en/opds/speakers.json"]
    assert findings_of(everyone) == []
    assert len(everyone["navigation"]) == opds.MOST_SPEAKERS + 2
    assert len(made.root["facets"][1]["links"]) == opds.MOST_SPEAKERS
    assert [one["href"] for one in made.root["navigation"]] == [f"{SITE}/en/opds/speakers.json"]
    last = made.files[f"en/opds/speaker-speaker-{opds.MOST_SPEAKERS + 1:03}.json"]
    assert "Speaker 031" in [one["title"] for one in last["facets"][1]["links"] if "self" in one["rel"]]


@pytest.mark.parametrize("speaker", ["../../x", "a/b", "", ".", "Ä", "x" * 300, "nul\0", "\ud800", "-x", "con:1"])
def test_no_name_becomes_a_path(desk: Desk, speaker: str) -> None:
    edition = crowd_edition(2)
    one = card(edition, edition.briefing, None)
    heard = (Heard(speaker, Phrase("Somebody", "en"), "", "person", 1, "t"),)
    shelf = shelf_of(desk, msgspec.structs.replace(one, speakers=heard), settings=SETTINGS)

    (name,) = [path for path in Made(shelf).files if path.startswith("en/opds/speaker-")]

    assert re.fullmatch(r"en/opds/speaker-[0-9a-f]{16}\.id\.json", name)


def test_hostile_words_stay_words(tmp_path: Path, findings_of: Validate) -> None:
    desk = Desk(tmp_path)
    edition = hostile(small_edition())
    desk.book(edition)
    shelf = shelf_of(desk, card(edition, edition.briefing, None))
    shelf = msgspec.structs.replace(shelf, titles={"en": (HOSTILE, HOSTILE, HOSTILE)})

    made = Made(shelf)

    assert all(findings_of(document) == [] for document in made.documents().values())
    assert "<script>" in made.root["publications"][0]["metadata"]["title"]


@pytest.mark.parametrize(
    ("date", "year"), [("", "undated"), ("soon", "undated"), ("2031", "undated"), ("2031-04-02", "2031")]
)
def test_a_briefing_without_a_day_is_in_the_facet_of_those(desk: Desk, date: str, year: str) -> None:
    edition = crowd_edition(2)
    one = msgspec.structs.replace(card(edition, edition.briefing, None), date=date)

    made = Made(shelf_of(desk, one, settings=SETTINGS))

    assert f"en/opds/year-{year}.json" in made.files
    assert made.root["publications"][0]["metadata"].get("published") == (date if year == "2031" else None)


def test_without_an_address_there_is_no_catalogue_and_one_message(shelf: Shelf) -> None:
    said: list[Diagnostic] = []
    nowhere = msgspec.structs.replace(shelf.settings, site=Site())

    assert list(opds.series_files(msgspec.structs.replace(shelf, settings=nowhere, report=said.append))) == []
    assert [one.code for one in said] == ["W014"]


def test_where_nothing_can_be_had_there_is_neither_a_catalogue_nor_a_message(shelf: Shelf) -> None:
    said: list[Diagnostic] = []

    assert list(opds.series_files(msgspec.structs.replace(shelf, files={}, report=said.append))) == []
    assert said == []


def test_a_book_that_cannot_be_read_is_left_out_and_reported(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    second = renamed(small_edition(), "second")
    desk.book(second)
    desk.book(small_edition()).write_bytes(b"no book")

    made = Made(shelf_of(desk, *(card(one, one.briefing, None) for one in (small_edition(), second))))

    assert [one["metadata"]["title"] for one in made.root["publications"]] == ["River briefing, 2 April"]
    assert [(one.code, str(one.place)) for one in desk.findings] == [("E003", f"outputs/{paths.book('en', NAME)}")]


def test_a_claim_of_conformance_is_passed_on_with_who_makes_it() -> None:
    metas = (
        Meta(name="dcterms:conformsTo", value="EPUB Accessibility 1.1 - WCAG 2.2 Level AA"),
        Meta(name="a11y:certifiedBy", value="River Authority"),
        Meta(name="schema:accessModeSufficient", value="textual,visual"),
        Meta(name="schema:accessibilityFeature", value="unheard-of"),
    )
    package = etree.Element("{http://www.idpf.org/2007/opf}package")
    for meta in metas:
        etree.SubElement(package, "{http://www.idpf.org/2007/opf}meta", property=meta.name).text = meta.value

    found = accessibility(package)

    assert found.conforms_to == "https://www.w3.org/TR/epub-a11y-11#wcag-2.2-aa"
    assert found.certification is not None
    assert found.certification.certified_by == "River Authority"
    assert found.access_mode_sufficient == (("textual", "visual"),)
    assert found.feature == ()


# --- In whole builds --------------------------------------------------------------------------------------------------

SITE_TABLE = '\n[site]\nurl = "https://spring.example"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = spring(tmp_path / "spring")
    settings = root / "series.toml"
    settings.write_text(settings.read_text("utf-8") + SITE_TABLE, encoding="utf-8")
    return root


def test_a_second_build_writes_nothing_and_a_change_only_what_it_changes(root: Path) -> None:
    built(root, "epub", "opds")
    assert [path for path in built(root, "epub", "opds").made if "opds" in path] == []

    edit(root / "transcripts" / "second.md", "and the town pays", "and the town pays for it")
    changed = {path for path in built(root, "epub", "opds").made if "opds" in path}

    assert "outputs/en/opds/briefing-second.json" in changed
    assert "outputs/en/opds/briefing-first.json" not in changed


def test_the_index_leads_to_the_catalogue(root: Path) -> None:
    built(root, "epub", "opds", "web")

    page = (root / "outputs/en/index.html").read_text("utf-8")
    assert re.search(r'<link rel="alternate" type="application/opds\+json"[^>]* href="opds\.json">', page)
    assert '<a href="opds.json" type="application/opds+json">Catalogue for reading apps (OPDS)</a>' in page
    assert 'href="en/opds.json"' in (root / "outputs/index.html").read_text("utf-8")


def test_the_index_speaks_of_no_catalogue_where_there_is_none(root: Path) -> None:
    edit(root / "series.toml", SITE_TABLE, "")
    built(root, "epub", "opds", "web")

    assert "opds" not in (root / "outputs/en/index.html").read_text("utf-8")


def test_feed_and_catalogue_share_one_cover(root: Path) -> None:
    settings = root / "series.toml"
    settings.write_text(f'audio.engine = "silence"\n{settings.read_text("utf-8")}', encoding="utf-8")

    for formats in (("epub", "opds"), ("epub", "episode", "feed", "opds"), ("epub", "opds")):
        built(root, *formats)
        assert (root / "outputs/cover.png").is_file()
        rows = json.loads((root / "outputs/.publish/manifest.json").read_text("utf-8"))["tasks"]["series"]["rows"]
        assert [row[0] for row in rows].count("outputs/cover.png") == 1


def test_what_is_withdrawn_is_gone_and_leaves_a_tombstone(root: Path, findings_of: Validate) -> None:
    built(root, "epub", "opds")
    assert (root / "anchors/published.tsv").read_text("utf-8") == "first\ten\nsecond\ten\n"
    before = json.loads((root / "outputs/en/opds/briefing-first.json").read_bytes())
    (root / "transcripts/first.md").unlink()
    with (root / "series.toml").open("a", encoding="utf-8") as settings:
        settings.write('[briefings.second]\nstatus = "draft"\n')
    (root / "transcripts/third.md").write_bytes((root / "transcripts/second.md").read_bytes())

    built(root, "epub", "opds")

    catalogue = json.loads((root / "outputs/en/opds.json").read_bytes())
    assert [links(one, "self")[0]["href"].rpartition("/")[2] for one in catalogue["publications"]] == [
        "briefing-third.json"
    ]
    (archive,) = links(catalogue, "archives")
    stones = json.loads((root / f"outputs/{archive['href'].removeprefix('https://spring.example/')}").read_bytes())
    assert findings_of(stones) == []
    stone = json.loads((root / "outputs/en/opds/briefing-first.json").read_bytes())
    assert stone in stones["publications"]
    assert len(stones["publications"]) == 2
    assert stone["metadata"] == {"title": "Withdrawn", "identifier": before["metadata"]["identifier"], "language": "en"}
    assert stone["links"][0] == before["links"][0]
    (book,) = links(stone, "http://opds-spec.org/acquisition/open-access")
    assert book["properties"] == {"availability": {"state": "unavailable"}}
    assert "well" not in json.dumps(stones)


def test_a_tombstone_needs_no_earlier_outputs_and_goes_when_the_briefing_is_back(root: Path) -> None:
    (root / "anchors").mkdir()
    (root / "anchors/published.tsv").write_text(
        "lost\ten\n<<<<<<< ours\n../x\ten\nfirst\ten\nbad\tno tag\n", encoding="utf-8"
    )
    built(root, "epub", "opds")
    stones = json.loads((root / "outputs/en/opds/withdrawn.json").read_bytes())
    assert [links(one, "self")[0]["href"] for one in stones["publications"]] == [
        "https://spring.example/en/opds/briefing-lost.json"
    ]

    (root / "transcripts/lost.md").write_bytes((root / "transcripts/first.md").read_bytes())
    summary = built(root, "epub", "opds")

    assert "outputs/en/opds/withdrawn.json" in summary.removed


def test_a_briefing_that_cannot_be_made_this_time_is_not_withdrawn(root: Path) -> None:
    built(root, "epub", "opds")
    (root / "transcripts/first.md").write_text(" ", encoding="utf-8")
    for path in sorted((root / "outputs").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()

    built(root, "epub", "opds")

    assert (root / "outputs/en/opds/briefing-second.json").is_file()
    assert not (root / "outputs/en/opds/withdrawn.json").exists()


def test_when_all_of_a_series_is_withdrawn_the_tombstones_stand_alone(root: Path, findings_of: Validate) -> None:
    built(root, "epub", "opds")
    with (root / "series.toml").open("a", encoding="utf-8") as settings:
        settings.write('[briefings.first]\nstatus = "draft"\n[briefings.second]\nstatus = "draft"\n')

    built(root, "epub", "opds")

    left = sorted(path.name for path in (root / "outputs/en").rglob("*.json"))
    assert left == ["briefing-first.json", "briefing-second.json", "withdrawn.json"]
    assert findings_of(json.loads((root / "outputs/en/opds/withdrawn.json").read_bytes())) == []


def test_without_a_site_nothing_is_noted(root: Path) -> None:
    edit(root / "series.toml", SITE_TABLE, "")

    built(root, "epub", "opds")

    assert not (root / "anchors/published.tsv").exists()
