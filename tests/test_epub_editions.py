"""The other books of a briefing: without audio, and with the original beside the translation."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from books import LANG, OPF, SETTINGS, XHTML, Book, Count, Desk, Hum, renamed, text_of, uncovered, unsafe
from conftest import Epubcheck
from small import small_edition
from spring import SETTINGS as SPRING
from spring import contents, edit, spring
from test_build import Silent, publish

from publish import audio, facing, pipeline, plugins, scheduling
from publish.clips import kept as kept_clips
from publish.config import EpubSettings, parse
from publish.diagnostics import ExitCode, InputError
from publish.model import Edition, Emphasis, PageBreak, Paragraph, Text
from publish.overlay import pars
from publish.pipeline import Options
from publish.studio import Engine
from publish.work import Original, Work
from publish.writers import epub, epub_bilingual, epub_text

BESIDE = msgspec.structs.replace(SETTINGS, epub=EpubSettings(bilingual=("ar",)))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def in_two(desk: Desk, translation: Edition, original: Edition, engine: Engine | None = None) -> Work:
    """What a build gives of a translation that is wanted beside its original."""
    work = desk.work(translation, settings=BESIDE, engine=engine)
    heard = desk.narration(original, SETTINGS, engine) if engine else None
    return msgspec.structs.replace(work, original=Original(original, heard))


def bilingual(desk: Desk, engine: Engine | None = None) -> Book:
    (file,) = epub_bilingual.briefing_files(in_two(desk, small_edition("ar"), small_edition(), engine))
    assert file.path == "ar/2031-04-02-river/2031-04-02-river-en-ar.epub"
    return Book(desk.put(file))


def in_the_turns(book: Book) -> dict[str, Any]:
    """Elements of the transcript that have an id."""
    return {
        key: one for path, root, _ in book.spine() if "/text-" in path for one in root.iter() if (key := one.get("id"))
    }


# --- Facing languages -------------------------------------------------------------------------------------------------


def test_each_paragraph_stands_in_the_original_and_then_in_the_translation(desk: Desk) -> None:
    found = in_the_turns(bilingual(desk))

    printed = [key for key, one in found.items() if one.tag == f"{XHTML}p"]
    assert printed[:3] == ["p0000001", "p0000001.ar", "p0000002"]
    assert [key for key in printed if key.endswith(".ar")] == ["p0000001.ar", "p0000005.ar", "p0000009.ar"]
    assert [key for key in printed if not key.endswith(".ar")] == [f"p{number:07}" for number in range(1, 10)]
    assert text_of(found["p0000009"]) == "The Authority does."
    assert text_of(found["p0000009.ar"]) == "الهيئة تدفع."


def test_each_says_its_language_and_direction_and_the_book_runs_as_the_translation_does(desk: Desk) -> None:
    book = bilingual(desk)
    found = in_the_turns(book)

    def tongue(key: str) -> tuple[str, str, str]:
        chain = [found[key], *found[key].iterancestors()]
        lang, xml, way = (next(value for one in chain if (value := one.get(name))) for name in ("lang", LANG, "dir"))
        return lang, xml, way

    assert tongue("p0000009") == ("en", "en", "ltr")
    assert tongue("p0000009.ar") == ("ar", "ar", "rtl")
    (spine,) = book.package.iter(f"{OPF}spine")
    assert spine.get("page-progression-direction") == "rtl"
    assert book.dc("language") == ["ar", "en"]


def test_headings_and_names_stand_once_and_in_the_translation_s_language(desk: Desk) -> None:
    alone = in_the_turns(Book(desk.book(small_edition("ar"))))
    both = in_the_turns(bilingual(desk))

    heads = [key for key in both if key.endswith("-h")]
    assert heads == [key for key in alone if key.endswith("-h")]
    assert [text_of(both[key]) for key in heads] == [text_of(alone[key]) for key in heads]
    assert set(alone) <= set(both)


def test_both_are_read_aloud_each_by_its_own_clips(desk: Desk) -> None:
    book = bilingual(desk, engine=Count())

    assert uncovered(book) == unsafe(book) == []
    assert book.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    heard = [par for path, _, smil in book.spine() if "/text-" in path for par in pars(book.files[smil])]
    assert all(par.sound for par in heard)
    last = [par for par in heard if "p0000009" in par.text]
    assert [par.text for par in last] == ["text-1.xhtml#p0000009", "text-1.xhtml#p0000009.ar"]
    one, two = (par.sound for par in last)
    assert one
    assert two
    assert one.source == two.source == "audio/t0000006.mp3"
    assert (one.begin, one.end) == (0, two.begin)
    assert {par.text.partition("#")[2] for par in heard if "p0000001" in par.text} == {
        *(f"p0000001-s{number}" for number in (1, 2, 3)), "p0000001.ar",
    }  # fmt: skip


def test_what_one_of_them_cannot_say_is_text_alone(desk: Desk) -> None:
    book = bilingual(desk, engine=Hum(refused="الهيئة"))

    silent = [par.text for _, _, smil in book.spine() for par in pars(book.files[smil]) if par.sound is None]
    assert silent == ["about.xhtml#front-silent", "text-1.xhtml#p0000009.ar"]
    assert book.metas("schema:accessModeSufficient") == ["textual"]


def test_the_book_says_that_it_has_two_languages_and_is_not_the_other_one(desk: Desk) -> None:
    both, alone = bilingual(desk), Book(desk.book(small_edition("ar"), settings=BESIDE))

    title = next(root for path, root, _ in both.spine() if path.endswith("title.xhtml"))
    (line,) = [text_of(one) for one in title.iter() if one.get("id") == "front-facing"]
    assert line == "كل فقرة بلغتين: الإنجليزية أولا، ثم العربية."
    assert both.dc("identifier") != alone.dc("identifier")
    assert b"front-facing" not in b"".join(alone.files.values())


def test_every_voice_is_named_with_its_own_engine(desk: Desk) -> None:
    work = in_two(desk, small_edition("ar"), small_edition(), Hum())
    assert work.original
    assert work.original.narration
    other = msgspec.structs.replace(work.original.narration, voices=("Ada",), engine="piper 2, x")
    work = msgspec.structs.replace(work, original=Original(work.original.edition, other))

    book = Book(desk.put(next(epub_bilingual.briefing_files(work))))

    assert book.metas("media:narrator") == ["Ada (piper 2)", "hum (pyttsx3 1)"]


def one_paragraph(key: str, *parts: Any, language: str = "en") -> Edition:  # noqa: ANN401  # inline parts of any kind
    edition = small_edition()
    turn = msgspec.structs.replace(edition.briefing.turns[0], paragraphs=(Paragraph(parts, key, language),))
    return msgspec.structs.replace(
        renamed(edition, "one", turns=(turn,)), language=language, title=msgspec.structs.replace(edition.title)
    )


def test_breaks_of_pages_are_where_the_original_has_them() -> None:
    original = one_paragraph("p1", Text("One "), PageBreak("7"), Text("two."))
    own = one_paragraph("p1", Emphasis((Text("Un "), PageBreak("7"))), Text("deux."), language="fr")

    first, second = facing.edition(own, original).briefing.turns[0].paragraphs

    assert first == original.briefing.turns[0].paragraphs[0]
    assert second.parts == (Emphasis((Text("Un "),)), Text("deux."))


def test_no_id_of_the_original_becomes_one_of_the_translation() -> None:
    """A source's own ids are kept, and may end in anything."""
    original, own = one_paragraph("p1.fr", Text("One.")), one_paragraph("p1.fr", Text("Un."), language="fr")

    ids = [one.id for one in facing.edition(own, original).briefing.turns[0].paragraphs]

    assert ids == ["p1.fr", "p1.fr..fr"]


def test_an_original_alone_is_no_book_in_two_languages(desk: Desk) -> None:
    assert list(epub_bilingual.briefing_files(desk.work(small_edition(), settings=BESIDE))) == []


# --- Without audio ----------------------------------------------------------------------------------------------------


def test_the_book_without_audio_has_the_same_words_and_is_another_book(desk: Desk) -> None:
    """Sentences have no ids there, since nothing plays them."""
    work = desk.work(small_edition(), engine=Hum())
    (file,) = epub_text.briefing_files(work)
    text, whole = Book(desk.put(file)), Book(desk.put(next(epub.briefing_files(work))))

    assert file.path == "en/2031-04-02-river/2031-04-02-river-text.epub"
    assert not [name for name in text.files if name.endswith((".mp3", ".smil"))]
    words = {key: "".join(one.itertext()) for key, one in in_the_turns(whole).items() if "-s" not in key}
    assert {key: "".join(one.itertext()) for key, one in in_the_turns(text).items()} == words
    assert text.metas("schema:accessModeSufficient") == ["textual"]
    assert text.dc("identifier") != whole.dc("identifier")


# --- Checked by others ------------------------------------------------------------------------------------------------


def test_epubcheck_and_ace_find_nothing(desk: Desk, epubcheck: Epubcheck, ace: Callable[[Path], list[str]]) -> None:
    works = [
        in_two(desk, small_edition("ar"), small_edition(), Count()),
        in_two(desk, renamed(small_edition("ar"), "mute"), renamed(small_edition(), "mute")),
    ]
    books = [desk.put(file) for work in works for file in epub_bilingual.briefing_files(work)]
    books.append(desk.put(next(epub_text.briefing_files(works[0]))))

    assert {book: found for book, found in epubcheck(*books).items() if found} == {}
    assert ace(books[0]) == []


# --- In a build -------------------------------------------------------------------------------------------------------

FORMATS = ("audio", "epub", "epub-bilingual", "epub-text", "web")
BOOK = "outputs/fr/first/first-en-fr.epub"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = spring(tmp_path / "spring")
    extra = '\n[epub]\nbilingual = ["fr"]\n\n[audio]\nengine = "silence"\n'
    (root / "series.toml").write_text(SPRING + extra, encoding="utf-8")
    assert publish(root, "catalog", "update", "--language", "fr").returncode == 0
    return translated(root)


def translated(root: Path) -> Path:
    """One paragraph of the first briefing in French."""
    path = root / "locales/fr/LC_MESSAGES/first.po"
    edit(path, 'msgid "Twenty litres, for now."\nmsgstr ""', 'msgid "Twenty litres, for now."\nmsgstr "Vingt litres."')
    return root


def built(root: Path, *formats: str, progress: Silent | None = None, **more: Any) -> pipeline.Summary:  # noqa: ANN401  # an option is of any kind
    options = Options(root=root, outputs=root / "outputs", formats=tuple(sorted(formats)) or FORMATS, **more)
    return pipeline.build(options, progress or Silent())


def forget(root: Path) -> None:
    """Take away all that was made, sound too."""
    shutil.rmtree(root / "outputs")
    shutil.rmtree(root / ".publish")


def test_a_build_makes_books_in_two_languages_where_they_are_wanted(root: Path) -> None:
    summary = built(root, jobs=1)

    assert summary.exit_code is ExitCode.DONE
    assert {BOOK, "outputs/fr/second/second-en-fr.epub"} == {name for name in summary.made if "-en-" in name}
    book = Book(root / BOOK)
    assert uncovered(book) == unsafe(book) == []
    assert [text_of(one) for key, one in in_the_turns(book).items() if key.endswith(".fr")] == ["Vingt litres."]
    page = (root / "outputs/fr/first/index.html").read_text("utf-8")
    assert '<a href="first-en-fr.epub">Livre en deux langues (EPUB)</a>' in page
    assert '<a href="first-text.epub">Livre sans son (EPUB)</a>' in page
    assert "-en-" not in (root / "outputs/en/first/index.html").read_text("utf-8")


def test_the_translation_alone_makes_the_same_book(root: Path) -> None:
    """Then it speaks the original too, and no later build takes that away."""
    built(root, jobs=1)
    whole = (root / BOOK).read_bytes()
    forget(root)

    built(root, jobs=1, languages=("fr",))
    kept = {one.path for one in kept_clips(root / ".publish/clips")}
    built(root, jobs=1)

    assert (root / BOOK).read_bytes() == whole
    assert kept <= {one.path for one in kept_clips(root / ".publish/clips")}


def test_they_are_gone_and_linked_no_more_when_they_are_not_wanted(root: Path) -> None:
    built(root, jobs=1)
    edit(root / "series.toml", 'bilingual = ["fr"]', "bilingual = false")

    summary = built(root, jobs=1)

    assert set(summary.removed) == {BOOK, "outputs/fr/second/second-en-fr.epub"}
    assert "en-fr" not in (root / "outputs/fr/first/index.html").read_text("utf-8")


def test_by_default_they_are_made_and_books_without_audio_are_not() -> None:
    made = pipeline.default_formats()

    assert "epub-bilingual" in made
    assert "epub-text" not in made
    assert plugins.writer("epub-text") is epub_text


def test_nothing_is_spoken_twice_for_them_by_processes_that_work_at_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "transcripts/second.md").unlink()  # names that both briefings announce may be spoken twice
    assert built(root, jobs=1).exit_code is ExitCode.DONE
    alone = contents(root / "outputs")
    forget(root)
    monkeypatch.setattr(scheduling, "ALONE", 1)
    heard: list[tuple[str, int]] = []

    class Heard(Silent):
        def advance(self, amount: int, name: str, samples: int = 0) -> None:  # noqa: ARG002  # the contract's
            heard.append((name, samples))

    assert built(root, jobs=2, progress=Heard()).exit_code is ExitCode.DONE

    assert contents(root / "outputs") == alone
    names = [name for name, _ in heard]
    assert names.index("first/en") < names.index("first/fr, sound") < names.index("first/fr")
    cache = root / ".publish/clips"
    clips = [audio.load(cache, kept.path.name) for kept in kept_clips(cache)]
    assert sum(samples for _, samples in heard) == sum(clip.samples for clip in clips if clip)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ('["fr", "no tag"]', r"'no tag' is not a language tag"),
        ('["de"]', r"there is no edition in 'de'; write one or more of 'en', 'fr', or true"),
        ('"fr"', r"[Ee]xpected `bool \| array`, got `str` \(at epub.bilingual\)"),
    ],
)
def test_languages_that_there_are_not_are_refused_with_their_line(value: str, what: str) -> None:
    with pytest.raises(InputError, match=rf"error W003 series\.toml:3: {what}"):
        parse(f'languages = ["en", "fr"]\n[epub]\nbilingual = {value}\n')


def test_a_language_is_known_however_its_tag_is_written() -> None:
    assert parse('[epub]\nbilingual = ["zh-hans"]\n').epub.beside("zh-Hans")
    assert parse("[epub]\nbilingual = true\n").epub.beside("fr")
    assert not parse("").epub.beside("fr")
