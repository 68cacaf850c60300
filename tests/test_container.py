"""Archives that are broken, or made to do harm: one finding each, in little memory and time, and nothing else."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from books import Desk, Hum
from hypothesis import given, settings
from hypothesis import strategies as st
from small import small_edition

from publish.container import MOST_DOCUMENT, BookError, Container, parsed
from publish.diagnostics import Diagnostic, InputError
from publish.inspection import inspect

MIB = 1 << 20
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
    '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>{}</manifest>'
    '<spine><itemref idref="nav"/>{}</spine></package>'
)
NAV = (
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc">'
    '<ol><li><a href="nav.xhtml">Contents</a></li></ol></nav></body></html>'
)

Members = dict[str, str | bytes]


def members(items: str = "", refs: str = "", **more: str | bytes) -> Members:
    """The least that is a book; names of ``more`` are below EPUB and end in .xhtml."""
    inside = {f"EPUB/{name}.xhtml": content for name, content in more.items()}
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "EPUB/package.opf": PACKAGE.format(items, refs),
        "EPUB/nav.xhtml": NAV,
        **inside,
    }


def packed(found: Members) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def said(content: bytes, folder: Path) -> tuple[list[str], bool]:
    """Codes and places, and whether the book was refused."""
    path = folder / "book.epub"
    path.write_bytes(content)
    try:
        found: tuple[Diagnostic, ...] = inspect(path, "book.epub")
    except InputError as error:
        return [f"{error.diagnostic.code} {error.diagnostic.place}"], True
    return [f"{one.code} {one.place}" for one in found], False


_DOCUMENT = (64 * MIB, 10)
MOST = {
    "a bomb": (4 * MIB, 2),
    "a hundred thousand files": (4 * MIB, 2),
    "a thousand names for one bomb": (4 * MIB, 2),
    "more elements than a document has": _DOCUMENT,
    "titles in titles in titles": _DOCUMENT,
    "contents in contents in contents": _DOCUMENT,
    "a small bomb": _DOCUMENT,
    "entities that laugh": _DOCUMENT,
    "elements in elements in elements": _DOCUMENT,
}
"""Bytes and seconds that looking at a hostile book may take."""


def said_within(content: bytes, folder: Path, most: tuple[int, int] | None) -> tuple[list[str], bool]:
    """The same as :func:`said`, which takes less than so many bytes and seconds; None: however many."""
    if most is None:
        return said(content, folder)
    tracemalloc.start()
    began = process_time()

    found = said(content, folder)

    _, taken = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < most[0]
    assert process_time() - began < most[1]
    return found


def test_the_least_book_has_no_finding(tmp_path: Path) -> None:
    assert said(packed(members()), tmp_path) == ([], False)


# --- No book at all ---------------------------------------------------------------------------------------------------


def _without(*names: str) -> bytes:
    return packed({name: content for name, content in members().items() if name not in names})


def _changed(name: str, content: str | bytes) -> bytes:
    return packed({**members(), name: content})


def _bomb(size: int) -> bytes:
    return _changed("EPUB/bomb.xhtml", b" " * size)


def _many(count: int) -> bytes:
    """An archive of empty files, whose directory alone is long."""
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, 1, 0) + b"a"
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0) + b"%06d" % number
        for number in range(count)
    )
    at = len(local) + len(entries)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(entries), len(local))
    return local + entries + end64 + struct.pack("<4sLQL", b"PK\6\7", 0, at, 1) + _end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


def _end(count: int, size: int, start: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, start, 0)


def _overlapping() -> bytes:
    """Many names for one long run of spaces."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b" " * (10 * MIB)
    body = deflater.compress(content) + deflater.flush()
    crc = zlib.crc32(content)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(body), len(content), 1, 0) + b"a" + body
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, len(body), len(content), 4, 0, 0, 0, 0, 0, 0)
        + b"%04d" % number
        for number in range(1000)
    )
    return local + entries + _end(1000, len(entries), len(local))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "K030 book.epub"),
    "text": (lambda: b"This is no archive. " * 100, "K030 book.epub"),
    "an archive that is cut off": (lambda: packed(members())[:-40], "K030 book.epub"),
    "an archive's end alone": (lambda: _end(3, 100, 0), "K030 book.epub"),
    "a directory that is elsewhere": (lambda: packed(members())[:-22] + _end(4, 200, 9), "K030 book.epub"),
    "no container": (lambda: _without("META-INF/container.xml"), "K030 book.epub!META-INF/container.xml"),
    "a container that names nothing": (
        lambda: _changed("META-INF/container.xml", "<container/>"),
        "K030 book.epub!META-INF/container.xml",
    ),
    "a container that is not well-formed": (
        lambda: _changed("META-INF/container.xml", "<container>"),
        "K034 book.epub!META-INF/container.xml:1",
    ),
    "a package that is named outside": (
        lambda: _changed("META-INF/container.xml", CONTAINER.replace("EPUB/package.opf", "../../etc/passwd")),
        "K030 book.epub!META-INF/container.xml",
    ),
    "no package": (lambda: _without("EPUB/package.opf"), "K030 book.epub!META-INF/container.xml"),
    "a package that is none": (lambda: _changed("EPUB/package.opf", NAV), "K030 book.epub!EPUB/package.opf"),
    "a package with entities": (
        lambda: _changed("EPUB/package.opf", '<!DOCTYPE p [<!ENTITY e "e">]><p>&e;</p>'),
        "K034 book.epub!EPUB/package.opf",
    ),
    "a bomb": (lambda: _bomb(300 * MIB), "K032 book.epub"),
    "a thousand names for one bomb": (_overlapping, "K032 book.epub"),
    "a hundred thousand files": (lambda: _many(100_000), "K032 book.epub"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED, ids=lambda name: name.replace(" ", "_"))
def test_what_is_no_book_is_refused_with_one_finding(name: str, tmp_path: Path) -> None:
    make, place = REFUSED[name]

    assert said_within(make(), tmp_path, MOST.get(name)) == ([place], True)


# --- Books with something wrong in them -------------------------------------------------------------------------------

ITEM = '<item id="t" href="text.xhtml" media-type="application/xhtml+xml"/>'
REF = '<itemref idref="t"/>'
LAUGHS = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
TITLES = f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{"<dc:title>" * 200}{"words " * 100_000}'
TITLES += f"{'</dc:title>' * 200}</metadata>"
NAVS = NAV.replace("<nav", '<nav epub:type="toc"><h2>' * 100 + "<nav").replace(
    "</nav>", "</nav>" + '<a href="nav.xhtml">Contents</a>' * 5_000 + "</h2></nav>" * 100
)
HTML = '<html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'


def _text(content: str | bytes) -> bytes:
    return packed(members(ITEM, REF, text=content))


def _encrypted() -> bytes:
    """A book in which the flag of one file says that it is encrypted."""
    content = bytearray(_text(HTML.format("")))
    at = content.index(b"EPUB/text.xhtml")
    content[at - 30 + 6] |= 1
    at = content.rindex(b"EPUB/text.xhtml")
    content[at - 46 + 8] |= 1
    return bytes(content)


def _damaged() -> bytes:
    content = bytearray(_text(HTML.format("words " * 200)))
    at = content.index(b"EPUB/text.xhtml") + 40
    content[at : at + 10] = b"\xff" * 10
    return bytes(content)


def _twice() -> bytes:
    target = io.BytesIO(packed(members()))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(target, "a") as archive:
        archive.writestr("EPUB/nav.xhtml", NAV)
    return target.getvalue()


def _circle() -> bytes:
    items = "".join(
        f'<item id="i{n}" href="nav.xhtml" media-type="text/plain" fallback="i{(n + 1) % 50}"/>' for n in range(50)
    )
    return packed(members(items))


FLAWED: dict[str, tuple[Callable[[], bytes], str]] = {
    "no type": (lambda: _without("mimetype"), "K035 book.epub!mimetype"),
    "another type": (lambda: _changed("mimetype", "application/zip"), "K035 book.epub!mimetype"),
    "a name that climbs": (lambda: _changed("EPUB/../../evil", ""), "K031 book.epub!EPUB/../../evil"),
    "a name that climbs backwards": (lambda: _changed("..\\evil", ""), "K031 book.epub!..\\evil"),
    "an absolute name": (lambda: _changed("/etc/passwd", ""), "K031 book.epub!/etc/passwd"),
    "a name with a drive": (lambda: _changed("C:/evil", ""), "K031 book.epub!C:/evil"),
    "a name that commands the terminal": (lambda: _changed("EPUB/\x1b[2J", ""), "K031 book.epub!EPUB/\\x1b[2J"),
    "a name that stands twice": (_twice, "K031 book.epub!EPUB/nav.xhtml"),
    "names that differ by their capitals": (lambda: _changed("EPUB/NAV.xhtml", NAV), "K031 book.epub!EPUB/NAV.xhtml"),
    "names that differ by how an accent is written": (
        lambda: packed({**members(), "EPUB/\u00e9": "", "EPUB/e\u0301": ""}),
        "K031 book.epub!EPUB/e\u0301",
    ),
    "entities that laugh": (
        lambda: _text(f'<!DOCTYPE html [<!ENTITY e0 "ha">{LAUGHS}]>{HTML.format("&e9;")}'),
        "K034 book.epub!EPUB/text.xhtml",
    ),
    "an entity from outside": (
        lambda: _text(f'<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/passwd">]>{HTML.format("&e;")}'),
        "K034 book.epub!EPUB/text.xhtml",
    ),
    "entities in another encoding": (
        lambda: _text(f'<!DOCTYPE html [<!ENTITY e "e">]>{HTML.format("&e;")}'.encode("utf-16")),
        "K034 book.epub!EPUB/text.xhtml",
    ),
    "an encoding that is none": (
        lambda: _text(b'<?xml version="1.0" encoding="x-none"?>' + HTML.format("").encode()),
        "K034 book.epub!EPUB/text.xhtml:1",
    ),
    "an encoding that is another": (
        lambda: _text(HTML.format("caf\u00e9").encode("latin-1")),
        "K034 book.epub!EPUB/text.xhtml:1",
    ),
    "an empty document": (lambda: _text(""), "K034 book.epub!EPUB/text.xhtml:1"),
    "a document without end": (lambda: _text("<html>" * 1000), "K034 book.epub!EPUB/text.xhtml:1"),
    "elements in elements in elements": (
        lambda: _text(HTML.format("<b>" * 100_000 + "</b>" * 100_000)),
        "K034 book.epub!EPUB/text.xhtml:1",
    ),
    "more elements than a document has": (
        lambda: _text(HTML.format("<b/>" * 1_100_000)),
        "K032 book.epub!EPUB/text.xhtml",
    ),
    "more text than a document has": (
        lambda: _text(HTML.format("".join(f"{n:07x} " for n in range(MOST_DOCUMENT // 8)))),
        "K032 book.epub!EPUB/text.xhtml",
    ),
    "a small bomb": (lambda: _text(" " * (30 * MIB)), "K032 book.epub!EPUB/text.xhtml"),
    "an encrypted file": (_encrypted, "K033 book.epub!EPUB/text.xhtml"),
    "a damaged file": (_damaged, "K030 book.epub!EPUB/text.xhtml"),
    "a fallback that leads back": (_circle, "K036 book.epub!EPUB/package.opf:1"),
    "an address that is none": (
        lambda: packed(members(ITEM.replace("text.xhtml", "//[::"), REF)),
        "K036 book.epub!EPUB/package.opf:1",
    ),
    "an address outside": (
        lambda: packed(members(ITEM.replace("text.xhtml", "../../secret.xhtml"), REF)),
        "K036 book.epub!EPUB/package.opf:1",
    ),
    "titles in titles in titles": (
        lambda: _changed("EPUB/package.opf", PACKAGE.format("", "").replace("<metadata/>", TITLES)),
        "",
    ),
    "contents in contents in contents": (lambda: _changed("EPUB/nav.xhtml", NAVS), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", FLAWED, ids=lambda name: name.replace(" ", "_"))
def test_what_is_wrong_in_a_book_is_one_finding(name: str, tmp_path: Path) -> None:
    make, place = FLAWED[name]

    assert said_within(make(), tmp_path, MOST.get(name)) == ([place] if place else [], False)


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_nothing_of_the_disk_is_read_whatever_a_book_asks_for(tmp_path: Path) -> None:
    (tmp_path / "secret.xhtml").write_text(HTML.format("secret"), encoding="utf-8")
    item = ITEM.replace("text.xhtml", (tmp_path / "secret.xhtml").as_posix())

    assert said(packed(members(item, REF)), tmp_path) == (["K036 book.epub!EPUB/package.opf:1"], False)


def test_a_stream_of_a_damaged_member_ends_with_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(_damaged())

    with Container(path, "book.epub") as container, pytest.raises(BookError, match="damaged") as caught:
        container.read("EPUB/text.xhtml")

    assert caught.value.code == "K030"


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: HTML.format(text).encode()))
def test_parsing_gives_a_tree_or_a_finding(content: bytes) -> None:
    try:
        root = parsed(content)
    except BookError as error:
        assert error.code in {"K032", "K034"}
    else:
        assert isinstance(root.tag, str)


# --- Damage -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return Desk(tmp_path_factory.mktemp("whole")).book(small_edition(), engine=Hum()).read_bytes()


@pytest.fixture(scope="module")
def spot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spot")


@settings(max_examples=100)
@given(st.data())
def test_damage_to_a_good_book_is_never_more_than_findings(whole: bytes, spot: Path, data: st.DataObject) -> None:
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6), "places")):
        at = data.draw(st.integers(0, len(content) - 1), "at") % len(content)
        new = data.draw(st.binary(max_size=8), "new")
        match data.draw(st.sampled_from(["change", "insert", "cut"]), "how"):
            case "change":
                content[at : at + len(new)] = new
            case "insert":
                content[at:at] = new
            case _:
                del content[at : at + data.draw(st.integers(1, 2000), "size")]
        if not content:
            break

    found, refused = said(bytes(content), spot)

    assert found or not refused


@settings(max_examples=100)
@given(st.data())
def test_damage_inside_the_files_of_a_good_book_is_never_more_than_findings(
    whole: bytes, spot: Path, data: st.DataObject
) -> None:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(files)), "name")
    content = bytearray(files[name])
    for _ in range(data.draw(st.integers(1, 4), "places")):
        at = data.draw(st.integers(0, len(content)), "at")
        content[at : at + data.draw(st.integers(0, 30), "size")] = data.draw(st.binary(max_size=12), "new")
    files[name] = bytes(content)

    found, refused = said(packed(dict(files)), spot)

    assert found or not refused
