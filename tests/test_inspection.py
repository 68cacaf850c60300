"""Our own checks of books: a good one has no finding, each fault has one finding and no other, and others' books."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from books import Desk, Hum, long_edition
from drafts import PAGES, Draft
from small import small_edition

from publish.diagnostics import CODES, Severity
from publish.inspection import inspect

OPF, TEXT, OVERLAY, CONTENTS = "package", "text", "overlay", "contents"
"""Members of a draft, by the names of its attributes."""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of ours with sound."""
    return Desk(tmp_path_factory.mktemp("good")).book(small_edition(), engine=Hum())


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("engine", [None, Hum(), Hum("gates")], ids=["text", "sound", "part"])
def test_books_of_ours_have_no_finding(tmp_path: Path, language: str, engine: Hum | None) -> None:
    book = Desk(tmp_path).book(small_edition(language), engine=engine)

    assert list(map(str, inspect(book, "book.epub"))) == []


def test_the_good_book_of_the_faults_below_has_no_finding(good: Path, tmp_path: Path) -> None:
    draft = Draft(good)
    draft.sum_up()

    assert list(map(str, inspect(draft.write(tmp_path / "book.epub"), "book.epub"))) == []


# --- One fault each ---------------------------------------------------------------------------------------------------


class Fault(msgspec.Struct, frozen=True):
    """A fault, and the one finding that it has to have."""

    name: str
    put: Callable[[Draft], object]
    code: str
    member: str
    """A member by a name of the draft's, else as it is."""
    marker: str = ""
    """What stands in the line that the finding names; empty: it names none."""

    def place(self, draft: Draft) -> str:
        member = str(getattr(draft, self.member, self.member))
        return f"book.epub!{member}:{draft.line(member, self.marker)}" if self.marker else f"book.epub!{member}"


def _last_clip(change: Callable[[re.Match[str]], str]) -> Callable[[Draft], None]:
    """Change the times of the last clip; the durations are brought up to date."""

    def put(draft: Draft) -> None:
        last = draft.pars()[-1]
        changed = re.sub(r'clipBegin="([^"]*)" clipEnd="([^"]*)"', change, last)
        draft.replace(draft.overlay, last, changed.replace("<par", "<par id='fault'", 1))
        draft.sum_up()

    return put


def _overlap(draft: Draft) -> None:
    _, second, _ = draft.neighbours()
    draft.replace(draft.overlay, second, re.sub(r'clipBegin="[^"]*"', 'clipBegin="0.1s" id="fault"', second))
    draft.sum_up()


def _exchange(part: str) -> Callable[[Draft], None]:
    """Exchange the texts, or the sounds, of two pars."""

    def put(draft: Draft) -> None:
        first, second, _ = draft.neighbours()
        one, two = (re.findall(rf"<{part}[^>]*>", par)[0] for par in (first, second))
        draft.replace(draft.overlay, second, second.replace(two, one).replace("<par", "<par id='fault'", 1))
        draft.replace(draft.overlay, first, first.replace(one, two))

    return put


OF_TEXT = '<meta refines="#text-1-overlay" property="media:duration">'
OF_BOOK = '<meta property="media:duration">'


def _five_more(*metas: str) -> Callable[[Draft], None]:
    def put(draft: Draft) -> None:
        for meta in metas:
            draft.sub(draft.package, rf"({meta}0:0)(\d):", lambda found: f"{found[1]}{int(found[2]) + 5}:")

    return put


def _without(pattern: str) -> Callable[[Draft], None]:
    return lambda draft: draft.sub(draft.package, rf"\s*{pattern}", "", count=0)


def _first_sound(draft: Draft) -> str:
    return next(name for name in sorted(draft.files) if name.endswith("t0000006.mp3"))


def _noise(draft: Draft) -> None:
    draft.files[_first_sound(draft)] = b"this is no sound at all" * 100


def _cut_sound(draft: Draft) -> None:
    name = _first_sound(draft)
    draft.files[name] = draft.files[name][: len(draft.files[name]) // 4]


def _said(draft: Draft, markup: str) -> None:
    draft.replace(draft.text, "</body>", f"{markup}\n</body>")


def _par(text: str) -> Callable[[Draft], None]:
    """A par more at the end of the text's overlay."""
    return lambda draft: draft.replace(draft.overlay, "</body>", f'<par><text src="{text}"/></par>\n</body>')


def _unplayed(draft: Draft) -> None:
    draft.sub(draft.package, r' media-overlay="about-overlay"', "")
    draft.sum_up()


def _all_silent(draft: Draft) -> None:
    draft.sub(draft.package, r' media-overlay="[^"]*"', "", count=0)
    draft.sub(draft.package, r'\s*<meta (?:refines="[^"]*" )?property="media:[^<]*</meta>', "", count=0)
    draft.sub(draft.package, r'\s*<meta property="schema:accessModeSufficient">auditory</meta>', "")


def _dumb(draft: Draft) -> None:
    last = draft.pars()[-1]
    draft.replace(draft.overlay, last, re.sub(r"<audio[^>]*>", "", last))
    draft.sum_up()


def _claim(feature: str) -> Callable[[Draft], None]:
    return lambda draft: draft.claim(feature)


def _meta(name: str, old: str, *new: str) -> Callable[[Draft], None]:
    """Other values of a property."""
    before, after = f'<meta property="{name}">', "</meta>"
    metas = "\n    ".join(f"{before}{value}{after}" for value in new)
    return lambda draft: draft.replace(draft.package, f"{before}{old}{after}", metas)


def _certified(old: str, new: str) -> Callable[[Draft], None]:
    return lambda draft: draft.replace(draft.package, old, new)


def _heard_in_language(tag: str) -> Callable[[Draft], None]:
    """Mark a paragraph, which is heard, as being in a language."""
    return lambda draft: draft.sub(draft.text, r'<p id="p0000001"', f'<p lang="{tag}" xml:lang="{tag}" id="p0000001"')


def _undeclared(draft: Draft) -> None:
    draft.sub(draft.text, r"<body", '<body lang="fr" xml:lang="fr" id="fault"')


def _entry(pattern: str, new: str) -> Callable[[Draft], None]:
    return lambda draft: draft.sub(draft.contents, pattern, new)


def _swapped_entries(draft: Draft) -> None:
    """The targets of the last two entries."""
    one, two = (
        re.findall(rf'href="([^"]*#x-{key})"', draft.read(draft.contents))[0] for key in ("t0000003", "t0000005")
    )
    draft.replace(draft.contents, f'"{one}"', '"-"')
    draft.replace(draft.contents, f'"{two}"', f'"{one}"')
    draft.replace(draft.contents, '"-"', f'"{two}"')


def _pages(first: str, second: str) -> Callable[[Draft], None]:
    def put(draft: Draft) -> None:
        base = draft.text.removeprefix("EPUB/")
        pages = PAGES.format(f"{base}#{first}", f"{base}#{second}")
        draft.replace(draft.contents, "</body>", f"{pages}</body>")

    return put


def _skipped_page(draft: Draft) -> None:
    _pages("p0000001", "p0000002")(draft)
    mark = 'epub:type="pagebreak" role="doc-pagebreak"'
    draft.sub(draft.text, r'<p( class="stage")? id="p0000003"', rf"\g<0> {mark}")


def _lost_style(draft: Draft) -> None:
    del draft.files["EPUB/style.css"]


def _encrypted(draft: Draft) -> None:
    listed = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
        'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod '
        'Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/><CipherData><CipherReference URI="EPUB/style.css"/>'
        "</CipherData></EncryptedData></encryption>"
    )
    draft.files["META-INF/encryption.xml"] = listed.encode()
    _without('<meta property="schema:accessibilityFeature">unlocked</meta>')(draft)


def _file(name: str, content: bytes = b"x") -> Callable[[Draft], None]:
    return lambda draft: draft.files.update({name: content})


def _feature(name: str) -> str:
    return f'accessibilityFeature">{name}<'


FAULTS = (
    Fault(
        "a clip that ends a minute after its sound",
        _last_clip(lambda found: f'clipBegin="{found[1]}" clipEnd="0:01:59.000"'),
        "K040",
        OVERLAY,
        "id='fault'",
    ),
    Fault("a sound that is cut off", _cut_sound, "K040", OVERLAY, 'src="audio/t0000006.mp3"'),
    Fault(
        "a clip of no length",
        _last_clip(lambda found: f'clipBegin="{found[1]}" clipEnd="{found[1]}"'),
        "K041",
        OVERLAY,
        "id='fault'",
    ),
    Fault(
        "a clip that ends before it begins",
        _last_clip(lambda found: f'clipBegin="{found[2]}" clipEnd="{found[1]}"'),
        "K041",
        OVERLAY,
        "id='fault'",
    ),
    Fault(
        "a time that cannot be read",
        _last_clip(lambda found: f'clipBegin="{found[1]}" clipEnd="soon"'),
        "K041",
        OVERLAY,
        "id='fault'",
    ),
    Fault("a clip that begins in the one before it", _overlap, "K042", OVERLAY, 'id="fault"'),
    Fault("two clips that are exchanged", _exchange("audio"), "K042", OVERLAY, "id='fault'"),
    Fault("an overlay that is said to be longer than its clips", _five_more(OF_TEXT, OF_BOOK), "K043", OPF, OF_TEXT),
    Fault(
        "an overlay of which nothing says how long it is",
        _without(f"{OF_TEXT}[^<]*</meta>"),
        "K043",
        OPF,
        'id="text-1-overlay"',
    ),
    Fault(
        "a duration that is no time",
        lambda draft: draft.sub(draft.package, f"{OF_TEXT}[^<]*", f"{OF_TEXT}a minute"),
        "K043",
        OPF,
        "a minute",
    ),
    Fault("a book that is said to be longer than its overlays", _five_more(OF_BOOK), "K044", OPF, OF_BOOK),
    Fault("a book of which nothing says how long it is", _without(f"{OF_BOOK}[^<]*</meta>"), "K044", OPF),
    Fault("a sound that is none", _noise, "K045", "EPUB/2031-04-02-river/audio/t0000006.mp3"),
    Fault(
        "a paragraph that nobody reads",
        lambda draft: _said(draft, "<p>Unread words.</p>"),
        "K054",
        TEXT,
        "Unread words",
    ),
    Fault(
        "an alternative text that nobody reads",
        lambda draft: _said(draft, '<p><img src="x.png" alt="A gate"/></p>'),
        "K054",
        TEXT,
        "A gate",
    ),
    Fault("a document without an overlay", _unplayed, "K054", "EPUB/2031-04-02-river/about.xhtml"),
    Fault("a par for an element that is not there", _par("text-1.xhtml#nowhere"), "K051", OVERLAY, "#nowhere"),
    Fault("a par for a document that is not there", _par("text-9.xhtml#p1"), "K051", OVERLAY, "text-9.xhtml"),
    Fault("a par for a document of another overlay", _par("about.xhtml#front-about"), "K051", OVERLAY, "about.xhtml"),
    Fault("two texts that are exchanged", _exchange("text"), "K052", OVERLAY, "id='fault'"),
    Fault("read-along that is claimed without overlays", _all_silent, "K060", OPF, _feature("synchronizedAudioText")),
    Fault("read-along that is claimed with a par without sound", _dumb, "K060", OPF, _feature("synchronizedAudioText")),
    *(
        Fault(f"{feature} that is claimed and not there", _claim(feature), "K060", OPF, _feature(feature))
        for feature in (
            "MathML",
            "alternativeText",
            "closedCaptions",
            "pageBreakMarkers",
            "pageNavigation",
            "printPageNumbers",
            "rubyAnnotations",
            "ttsMarkup",
        )
    ),
    Fault("a feature that is none", _claim("structuralNavigations"), "K061", OPF, "structuralNavigations"),
    Fault("two features in one statement", _claim("ARIA, unlocked"), "K061", OPF, "ARIA, unlocked"),
    Fault("a feature with a small letter", _claim("aria"), "K061", OPF, ">aria<"),
    Fault("a hazard that is none", _meta("schema:accessibilityHazard", "none", "noHazard"), "K061", OPF, "noHazard"),
    Fault("a mode that is none", _meta("schema:accessMode", "textual", "text"), "K061", OPF, ">text<"),
    Fault(
        "a sufficient mode that is none",
        _meta("schema:accessModeSufficient", "textual", "textual, audio"),
        "K061",
        OPF,
        "audio<",
    ),
    Fault(
        "no hazard beside a hazard",
        _meta("schema:accessibilityHazard", "none", "none", "flashing"),
        "K062",
        OPF,
        ">none<",
    ),
    Fault(
        "a hazard and its opposite",
        _meta("schema:accessibilityHazard", "none", "noSoundHazard", "sound"),
        "K062",
        OPF,
        ">noSoundHazard<",
    ),
    Fault(
        "pictures that are not there",
        _meta("schema:accessMode", "textual", "textual", "visual"),
        "K063",
        OPF,
        ">visual<",
    ),
    Fault(
        "text that is not said to be there",
        _meta("schema:accessMode", "textual", "auditory"),
        "K063",
        OPF,
        ">auditory<",
    ),
    Fault("conformance to a version that does not exist", _certified("WCAG 2.2", "WCAG 2.3"), "K064", OPF, 'id="conf"'),
    Fault(
        "conformance by an address",
        _certified("EPUB Accessibility 1.1 - WCAG 2.2 Level AA", "https://www.w3.org/TR/epub-a11y-11/"),
        "K064",
        OPF,
        'id="conf"',
    ),
    Fault(
        "conformance that nobody vouches for",
        _without('<meta property="a11y:certifiedBy"[^<]*</meta>'),
        "K065",
        OPF,
        'id="conf"',
    ),
    Fault("English that is said to be Arabic", _heard_in_language("ar"), "K070", TEXT, 'id="p0000001"'),
    Fault("a language that the book does not name", _undeclared, "K071", TEXT, 'id="opening-h"'),
    Fault(
        "an entry for an element that is not there", _entry("#x-t0000005", "#x-nowhere"), "K080", CONTENTS, "#x-nowhere"
    ),
    Fault(
        "an entry for a document that is not there",
        _entry(r"about\.xhtml#front-about", "lost.xhtml"),
        "K080",
        CONTENTS,
        "lost.xhtml",
    ),
    Fault("two entries that are exchanged", _swapped_entries, "K081", CONTENTS, "#x-t0000003"),
    Fault("an exchange without an entry", _entry("#x-t0000003", "#opening"), "K082", TEXT, 'id="t0000003-h"'),
    Fault("pages in disorder", _pages("p0000005", "p0000001"), "K083", CONTENTS, ">2</a>"),
    Fault("a page without an entry", _skipped_page, "K083", TEXT, "doc-pagebreak"),
    Fault(
        "a document that is not well-formed",
        lambda draft: draft.replace(draft.text, "</article>", ""),
        "K034",
        TEXT,
        "</section>",
    ),
    Fault(
        "a document with entities of its own",
        lambda draft: draft.replace(draft.text, "<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY e "e">]>'),
        "K034",
        TEXT,
    ),
    Fault("a file that is listed and not there", _lost_style, "K036", OPF, 'href="style.css"'),
    Fault(
        "a spine with more than there is",
        lambda draft: draft.replace(draft.package, "</spine>", '<itemref idref="more"/></spine>'),
        "K036",
        OPF,
        'idref="more"',
    ),
    Fault("a file that is encrypted", _encrypted, "K033", "EPUB/style.css"),
    Fault("a name that leads out of the book", _file("../../evil.txt"), "K031", "../../evil.txt"),
    Fault("two names that are one on many disks", _file("EPUB/STYLE.css"), "K031", "EPUB/STYLE.css"),
    Fault("another type of archive", _file("mimetype", b"application/zip"), "K035", "mimetype"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "_"))
def test_a_fault_is_named_with_its_place_and_nothing_else_is(fault: Fault, good: Path, tmp_path: Path) -> None:
    draft = Draft(good)
    fault.put(draft)

    found = inspect(draft.write(tmp_path / "book.epub"), "book.epub")

    assert [(one.code, str(one.place)) for one in found] == [(fault.code, fault.place(draft))], list(map(str, found))


def test_every_code_of_our_own_checks_is_given_by_a_fault() -> None:
    archive = {"K030", "K032"}  # in the tests of the archive
    silent = {"K050", "K053"}  # in the next test

    told = {fault.code for fault in FAULTS} | archive | silent

    others = {"K066"}  # of a workspace's check, which knows what the other checkers found
    assert told == {code for code in CODES if "K030" <= code <= "K099"} - others
    assert len(FAULTS) >= 30


def test_a_book_that_does_not_claim_that_all_is_heard_is_told_more_gently(good: Path, tmp_path: Path) -> None:
    draft = Draft(good)
    _without('<meta property="schema:accessibilityFeature">synchronizedAudioText</meta>')(draft)
    _said(draft, "<p>Unread words.</p>")
    _unplayed(draft)

    found = inspect(draft.write(tmp_path / "book.epub"), "book.epub")

    assert [(one.code, one.severity) for one in found] == [("K050", Severity.WARNING), ("K053", Severity.NOTE)]


def test_of_many_findings_of_a_kind_in_a_document_three_are_told_and_the_others_counted(
    good: Path, tmp_path: Path
) -> None:
    draft = Draft(good)
    _said(draft, "".join(f"<p>Unread words {number}.</p>\n" for number in range(10)))

    found = inspect(draft.write(tmp_path / "book.epub"), "book.epub")

    assert len(found) == 3
    assert "and 7 more of this kind in this document" in found[-1].message


@pytest.mark.parametrize(("times", "told"), [(1, []), (8, ["K071"])])
def test_a_line_in_another_language_is_none_of_the_book_s_and_many_are(
    tmp_path: Path, times: int, told: list[str]
) -> None:
    """A line about rights may be in the language of the sources, and stand in each part of a collection."""
    draft = Draft(Desk(tmp_path).book(long_edition(40)))
    lines = [f"Ce texte est inventé, et {number} personnes peuvent s’en servir." for number in range(times)]
    marked = "".join(f'<p lang="fr" xml:lang="fr">{line}</p>' for line in lines for _ in range(3))
    draft.replace(draft.text, "</body>", f"{marked}</body>")

    found = inspect(draft.write(tmp_path / "book.epub"), "book.epub")

    assert [one.code for one in found] == told


# --- Other people's books ---------------------------------------------------------------------------------------------

W3C = {
    "mol-audio": {"K043", "K053"},
    "mol-navigation": {"K050", "K053"},
    "mol-timing-synchronization_multiple_audio": {"K043", "K053"},
    "mol-tts_multi": {"K043", "K053"},
    "mol-tts_single": {"K043", "K053"},
}
"""What W3C's tests of reading systems have: durations of what they were cut from, and documents without sound."""


@pytest.mark.parametrize("name", W3C)
def test_books_of_w3c_have_no_findings_but_durations_and_coverage(name: str, real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "epub-tests" / name
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert files
    with zipfile.ZipFile(tmp_path / "book.epub", "w") as target:
        for path in sorted(files, key=lambda path: path.name != "mimetype"):
            target.write(path, path.relative_to(folder))

    found = inspect(tmp_path / "book.epub", "book.epub")

    assert {one.code for one in found} == W3C[name], list(map(str, found))
