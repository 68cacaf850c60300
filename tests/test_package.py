"""Archives and packages, and the faults of ebooklib that are kept out of them."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ebooklib import epub
from lxml import etree

from publish import archive, package
from publish.archive import Archive
from publish.package import XHTML, Item, Member, Meta, Package, clean, write

OPF = "{http://www.idpf.org/2007/opf}"


class Pipe:
    """A stream that can only be written to, as the pipeline's is."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes, /) -> int:
        self.data += data
        return len(data)


def opened(pipe: Pipe) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(pipe.data))


# --- Archives ---------------------------------------------------------------------------------------------------------


def test_an_archive_holds_what_was_put_in() -> None:
    pipe = Pipe()
    with Archive(pipe) as made:
        made.add("mimetype", b"application/epub+zip", store=True)
        made.add("a/long.txt", b"long " * 5_000)
        made.add("übung.txt", b"")

    with opened(pipe) as found:
        assert found.testzip() is None
        assert {name: found.read(name) for name in found.namelist()} == {
            "mimetype": b"application/epub+zip",
            "a/long.txt": b"long " * 5_000,
            "übung.txt": b"",
        }
        assert found.getinfo("a/long.txt").compress_size < 500
        assert {info.date_time for info in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in found.infolist()} == {0o100644}
    assert pipe.data[30:58] == b"mimetypeapplication/epub+zip"
    assert not any(info.flag_bits & 8 for info in opened(pipe).infolist()), "sizes stand before the content"


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_another_program_finds_the_archive_sound(tmp_path: Path) -> None:
    with (tmp_path / "a.zip").open("wb") as stream, Archive(stream) as made:
        made.add("one", b"1" * 9_999)
        made.add("two", b"2", store=True)

    done = subprocess.run(["unzip", "-t", tmp_path / "a.zip"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_member_is_copied_as_it_is_compressed(tmp_path: Path) -> None:
    source = tmp_path / "source.zip"
    with zipfile.ZipFile(source, "w") as made:  # its own kind of headers, with extra fields and level 1
        made.comment = b"behind it all"
        made.writestr("first", b"x")
        with made.open(zipfile.ZipInfo("big"), "w", force_zip64=True) as member:
            member.write(b"words " * 9_000)
        made.writestr("packed", b"words " * 9_000, zipfile.ZIP_DEFLATED, 1)
    pipe = Pipe()
    with zipfile.ZipFile(source) as there, Archive(pipe) as made, source.open("rb") as stream:
        for name in ("packed", "big"):
            made.copy(stream, there.getinfo(name))
        sizes = {name: there.getinfo(name).compress_size for name in ("packed", "big")}

    with opened(pipe) as found:
        assert found.testzip() is None
        assert found.read("packed") == found.read("big") == b"words " * 9_000
        assert {name: found.getinfo(name).compress_size for name in sizes} == sizes


@pytest.mark.parametrize("fault", ["gone", "cut", "encrypted", "unusual"])
def test_a_damaged_archive_is_not_copied_from(tmp_path: Path, fault: str) -> None:
    source = tmp_path / "source.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_BZIP2 if fault == "unusual" else zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", bytes(range(256)) * 8)
    with zipfile.ZipFile(source) as there:
        entry = there.getinfo("a")
    data = source.read_bytes()
    if fault == "encrypted":
        entry.flag_bits |= 1
    damaged = {"gone": b"\0" * len(data), "cut": data[:100]}.get(fault, data)

    with pytest.raises(zipfile.BadZipFile):
        Archive(Pipe()).copy(io.BytesIO(damaged), entry)


def test_two_files_of_one_name_are_refused() -> None:
    made = Archive(Pipe())
    made.add("a", b"")

    with pytest.raises(ValueError, match="two files"):
        made.add("a", b"")


def test_more_files_than_the_old_format_counts_are_counted() -> None:
    pipe = Pipe()
    with Archive(pipe) as made:
        for number in range(65_600):
            made.add(f"{number:05}", b"", store=True)

    with opened(pipe) as found:
        assert len(found.namelist()) == 65_600
        assert found.read("65599") == b""


class Sparse:
    """A file in which what is only zeros takes no room."""

    def __init__(self, path: Path) -> None:
        self.stream = path.open("wb")

    def write(self, data: bytes, /) -> int:
        if any(data[:4096]) or len(data) < 4096:
            return self.stream.write(data)
        self.stream.seek(len(data), 1)
        return len(data)


def test_an_archive_of_more_than_4_gib_is_read(tmp_path: Path) -> None:
    sparse = Sparse(tmp_path / "big.zip")
    zeros = bytes(64 << 20)
    with Archive(sparse) as made:
        for number in range(65):
            made.add(f"zeros-{number}", zeros, store=True)
        made.add("last", b"words " * 100)
    sparse.stream.close()

    with zipfile.ZipFile(tmp_path / "big.zip") as found:
        assert found.read("last") == b"words " * 100
        assert found.getinfo("last").header_offset > 4 << 30
        assert sum(info.file_size for info in found.infolist()) == (65 * 64 << 20) + 600


# --- Packages ---------------------------------------------------------------------------------------------------------

DOCUMENT = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
    b'xmlns:epub="http://www.idpf.org/2007/ops" lang="ar" dir="rtl" class="x"><head><title>t</title></head>'
    b'<body epub:type="bodymatter" id="b" aria-label="c"><svg viewBox="0 0 1 1"/>bare<p>x</p></body></html>'
)


def book(*items: Item, **more: object) -> Package:
    values: dict[str, object] = {
        "identifier": "urn:uuid:00000000-0000-5000-8000-000000000000",
        "language": "ar",
        "direction": "rtl",
        "modified": "2031-04-02T00:00:00Z",
        "metadata": (Meta(name="dc:title", value="T"), Meta(name="dc:language", value="ar")),
        "items": items or (Item(id="nav", path="nav.xhtml", media_type=XHTML, content=DOCUMENT, properties=("nav",)),),
        "spine": ("nav",),
    }
    return Package(**(values | more))  # type: ignore[arg-type]  # the values are those of a package


def written(made: Package) -> zipfile.ZipFile:
    pipe = Pipe()
    write(made, pipe)
    return opened(pipe)


def opf(made: Package) -> etree._Element:
    return etree.fromstring(written(made).read(package.PACKAGE))


def test_documents_are_written_byte_for_byte() -> None:
    assert written(book()).read("EPUB/nav.xhtml") == DOCUMENT


def test_the_package_says_what_it_was_given_and_nothing_else() -> None:
    made = opf(
        book(
            metadata=(
                Meta(name="dc:title", value="T & <t>", language="en"),
                Meta(name="dc:language", value="ar"),
                Meta(name="dc:creator", value="A", id="one"),
                Meta(name="role", value="spk", refines="one", scheme="marc:relators"),
                Meta(name="dc:creator", value="B", id="two"),
                Meta(name="schema:accessibilityFeature", value="unlocked"),
                Meta(name="schema:accessibilityFeature", value="ARIA"),
                Meta(name="a11y:certifierReport", value="https://example.org/?a&b", refines="one", link=True),
            )
        )
    )

    xml = "{http://www.w3.org/XML/1998/namespace}lang"
    assert {str(name): value for name, value in made.items()} == {
        "unique-identifier": "id",
        "version": "3.0",
        xml: "ar",
        "dir": "rtl",
    }
    metadata = made.find(f"{OPF}metadata")
    assert metadata is not None
    assert [(etree.QName(one).localname, one.text, dict(one.attrib)) for one in metadata] == [
        ("meta", "2031-04-02T00:00:00Z", {"property": "dcterms:modified"}),
        ("identifier", "urn:uuid:00000000-0000-5000-8000-000000000000", {"id": "id"}),
        ("title", "T & <t>", {xml: "en"}),
        ("language", "ar", {}),
        ("creator", "A", {"id": "one"}),
        ("creator", "B", {"id": "two"}),
        ("meta", "spk", {"refines": "#one", "property": "role", "scheme": "marc:relators"}),
        ("meta", "unlocked", {"property": "schema:accessibilityFeature"}),
        ("meta", "ARIA", {"property": "schema:accessibilityFeature"}),
        ("link", None, {"refines": "#one", "rel": "a11y:certifierReport", "href": "https://example.org/?a&b"}),
    ]
    assert [dict(one.attrib) for one in made.iter(f"{OPF}item", f"{OPF}spine", f"{OPF}itemref")] == [
        {"href": "nav.xhtml", "id": "nav", "media-type": XHTML, "properties": "nav"},
        {"page-progression-direction": "rtl"},
        {"idref": "nav"},
    ]


def test_the_time_of_change_does_not_depend_on_the_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    found = [one.text for one in opf(book()).iter(f"{OPF}meta")]

    assert found == ["2031-04-02T00:00:00Z"]


def test_audio_is_stored_and_made_only_when_it_is_written() -> None:
    asked: list[str] = []

    def sound() -> bytes:
        asked.append("sound")
        return b"\xff\xf3" * 900

    made = book(
        Item(id="nav", path="nav.xhtml", media_type=XHTML, content=DOCUMENT, properties=("nav",)),
        Item(id="a", path="a.mp3", media_type=package.MP3, content=sound),
    )
    assert not asked

    with written(made) as found:
        assert found.namelist() == [
            "mimetype",
            "META-INF/container.xml",
            "EPUB/content.opf",
            "EPUB/nav.xhtml",
            "EPUB/a.mp3",
        ]
        assert [info.compress_type for info in found.infolist()] == [0, 8, 8, 8, 0]
    assert asked == ["sound"]


def test_a_thousand_sounds_are_not_held_in_memory_together() -> None:
    class Sink:
        def write(self, data: bytes, /) -> int:
            return len(data)

    items = tuple(
        Item(id=f"a{n}", path=f"{n}.mp3", media_type=package.MP3, content=lambda: bytes(1 << 20)) for n in range(1_000)
    )
    tracemalloc.start()
    try:
        write(book(*items, spine=()), Sink())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 16 << 20


def test_members_are_copied_from_other_books(tmp_path: Path) -> None:
    with (tmp_path / "one.epub").open("wb") as stream:
        write(book(), stream)
    with zipfile.ZipFile(tmp_path / "one.epub") as one:
        entry = one.getinfo("EPUB/nav.xhtml")
    copied = Item(id="nav", path="nav.xhtml", media_type=XHTML, content=Member(tmp_path / "one.epub", entry))

    assert written(book(copied)).read("EPUB/nav.xhtml") == DOCUMENT


def test_ids_that_are_not_unique_and_texts_that_xml_cannot_hold_are_refused() -> None:
    item = Item(id="nav", path="nav.xhtml", media_type=XHTML, content=b"")
    with pytest.raises(ValueError, match="the id 'nav'"):
        write(book(item, item), Pipe())
    for value in ("a\0b", "", " "):
        with pytest.raises(ValueError, match="dc:title"):
            write(book(metadata=(Meta(name="dc:title", value=value),)), Pipe())


def test_characters_that_a_book_cannot_hold_are_replaced_and_counted() -> None:
    assert clean("a\0b\x0ec\ufffed\ud800e\x9ff\u2028\t\n\U0001ffff") == (
        "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\u2028\t\n\ufffd",
        6,
    )
    assert clean("a\x0bb\x0cc\x1ed\x85e") == ("a b c d e", 0)
    assert clean("🌊 \U0010fffd") == ("🌊 \U0010fffd", 0)


# --- The faults of ebooklib that are worked around: a version that mends one makes its test fail ---------------------


def test_fault_html_items_lose_attributes_and_text() -> None:
    page = epub.EpubHtml("p", "p.xhtml")
    page.content = DOCUMENT
    page.book = epub.EpubBook()

    content = page.get_content()

    assert b'class="x"' not in content
    assert b"aria-label" not in content
    assert b"viewBox" not in content


def test_fault_a_string_with_an_xml_declaration_becomes_an_empty_page() -> None:
    page = epub.EpubHtml("p", "p.xhtml")
    page.content = DOCUMENT.decode()
    page.book = epub.EpubBook()

    assert page.get_content() == b""


def raw(made: epub.EpubBook, folder: Path) -> zipfile.ZipFile:
    epub.EpubWriter(folder / "raw.epub", made).write()
    return zipfile.ZipFile(folder / "raw.epub")


def raw_opf(made: epub.EpubBook, folder: Path) -> etree._Element:
    with raw(made, folder) as found:
        return etree.fromstring(found.read("EPUB/content.opf"))


def test_fault_the_spine_names_an_ncx_that_is_not_there(tmp_path: Path) -> None:
    assert [one.get("toc") for one in raw_opf(epub.EpubBook(), tmp_path).iter(f"{OPF}spine")] == ["ncx"]


def test_fault_the_generator_is_always_named(tmp_path: Path) -> None:
    assert [one.get("name") for one in raw_opf(epub.EpubBook(), tmp_path).iter(f"{OPF}meta")][1:] == ["generator"]


def test_fault_the_package_has_no_language(tmp_path: Path) -> None:
    made = epub.EpubBook()
    made.set_language("ar")
    made.set_direction("rtl")

    assert set(raw_opf(made, tmp_path).attrib) == {"unique-identifier", "version", "prefix"}


def test_fault_a_text_that_xml_cannot_hold_becomes_an_empty_element(tmp_path: Path) -> None:
    made = epub.EpubBook()
    made.set_title("a\0b")

    assert [one.text for one in raw_opf(made, tmp_path).iter("{http://purl.org/dc/elements/1.1/}title")] == [None]


def test_fault_the_identifier_is_random() -> None:
    assert epub.EpubBook().uid != epub.EpubBook().uid


def test_fault_two_authors_have_one_id() -> None:
    made = epub.EpubBook()
    made.add_author("A")
    made.add_author("B")

    assert [attributes["id"] for _, attributes in made.get_metadata("DC", "creator")] == ["creator", "creator"]


def test_fault_two_items_may_have_one_name(tmp_path: Path) -> None:
    made = epub.EpubBook()
    made.add_item(epub.EpubItem("a", "a.css", "text/css", b"1"))
    made.add_item(epub.EpubItem("a", "a.css", "text/css", b"2"))

    with pytest.warns(UserWarning, match="Duplicate name"):
        found = raw(made, tmp_path)
    assert found.namelist().count("EPUB/a.css") == 2
    found.close()


def test_fault_audio_is_deflated_and_entries_have_the_time_of_writing(tmp_path: Path) -> None:
    made = epub.EpubBook()
    made.add_item(epub.EpubItem("a", "a.mp3", "audio/mpeg", bytes(999)))

    with raw(made, tmp_path) as found:
        entry = found.getinfo("EPUB/a.mp3")
    assert entry.compress_type == zipfile.ZIP_DEFLATED
    assert entry.date_time[0] > 1980


def test_fault_an_error_while_writing_is_swallowed(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="In the future"):
        assert epub.write_epub(tmp_path / "no" / "such.epub", epub.EpubBook()) is False


def test_fault_entries_can_be_read_by_their_owner_alone(tmp_path: Path) -> None:
    made = epub.EpubBook()
    made.add_item(epub.EpubItem("a", "a.css", "text/css", b"1"))

    with raw(made, tmp_path) as found:
        assert found.getinfo("EPUB/a.css").external_attr >> 16 == 0o600


def test_fault_the_navigation_document_has_ids_and_headings_of_its_own(tmp_path: Path) -> None:
    made = epub.EpubBook()
    made.add_item(epub.EpubItem("a", "a.xhtml", XHTML, DOCUMENT))
    made.add_item(epub.EpubNav())
    made.toc = [epub.Link("a.xhtml", "A", "a")]

    with raw(made, tmp_path) as found:
        nav = found.read("EPUB/nav.xhtml")
    assert b'id="id"' in nav
    assert b"lang=" not in nav.partition(b"<nav")[2]


def test_fault_the_duration_of_an_overlay_becomes_an_attribute_that_no_item_has(tmp_path: Path) -> None:
    made = epub.EpubBook()
    page = epub.EpubHtml("p", "p.xhtml", media_overlay="p-overlay", media_duration="0:00:01")
    page.content = "<p>x</p>"
    made.add_item(page)

    assert [one.get("duration") for one in raw_opf(made, tmp_path).iter(f"{OPF}item")] == ["0:00:01"]


def test_fault_references_of_the_spine_have_neither_ids_nor_properties(tmp_path: Path) -> None:
    made = epub.EpubBook()
    item = epub.EpubItem("a", "a.xhtml", XHTML, DOCUMENT)
    item.properties = ["page-spread-left"]
    made.add_item(item)
    made.spine = [item]

    assert [dict(one.attrib) for one in raw_opf(made, tmp_path).iter(f"{OPF}itemref")] == [{"idref": "a"}]


def test_fault_the_time_of_change_is_local_and_says_that_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        (said,) = [
            one.text or ""
            for one in raw_opf(epub.EpubBook(), tmp_path).iter(f"{OPF}meta")
            if one.get("property") == "dcterms:modified"
        ]
    finally:
        monkeypatch.undo()
        time.tzset()
    ahead = datetime.fromisoformat(said) - datetime.now(UTC)
    assert timedelta(hours=8) < ahead < timedelta(hours=10)


def test_fault_the_type_of_an_opus_file_is_guessed_without_its_codec(tmp_path: Path) -> None:
    made = epub.EpubBook()
    made.add_item(epub.EpubItem("a", "a.opus", "", b"1"))

    assert [one.get("media-type") for one in raw_opf(made, tmp_path).iter(f"{OPF}item")] == ["audio/ogg"]


def test_fault_a_name_to_sort_by_has_the_scheme_of_roles(tmp_path: Path) -> None:
    made = epub.EpubBook()
    made.add_author("A", file_as="A, B")

    (found,) = [one for one in raw_opf(made, tmp_path).iter(f"{OPF}meta") if one.get("property") == "file-as"]
    assert found.get("scheme") == "marc:relators"


def test_the_archive_s_limits_are_those_of_its_format() -> None:
    with pytest.raises(ValueError, match="4 GiB"):
        archive.Archive(Pipe())._begin("a", (0, 0, 1 << 32, 1 << 32))
