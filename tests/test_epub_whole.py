"""Books of real transcripts, and of a sitting in two languages: no checker finds anything in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from books import XHTML, Book, uncovered, unsafe

from publish import document
from publish.inspection import inspect
from publish.model import Briefing, Paragraph, Participant, Text, Turn
from publish.pipeline import Options, build


class _Silent:
    """Progress that nobody watches."""

    def begin(self, total: int, tasks: int) -> None: ...

    def advance(self, amount: int, name: str, samples: int = 0) -> None: ...


def test_books_of_real_transcripts_and_their_collection_are_whole(
    real_data: Path, tmp_path: Path, epubcheck: Callable[..., dict[Path, list[object]]]
) -> None:
    """A client's page and twelve briefings, from the shortest to the longest of a year."""
    year = sorted((real_data / "whitehouse").rglob("*.md"), key=lambda path: (path.stat().st_size, path.name))
    sources = [real_data / "scio" / "2020-03-28-page.txt", *year[:11], year[-1]]
    (tmp_path / "transcripts").mkdir()
    for source in sources:
        (tmp_path / "transcripts" / source.name).write_bytes(source.read_bytes())
    settings = 'title = "Real"\naudio.engine = "silence"\nepub.collection_audio = "size"\n'
    (tmp_path / "series.toml").write_text(settings, encoding="utf-8")
    options = Options(root=tmp_path, outputs=tmp_path / "outputs", formats=("audio", "epub"), jobs=1)

    summary = build(options, _Silent())

    books = [tmp_path / path for path in summary.made if path.endswith(".epub")]
    assert len(books) == len(sources) + 2
    for path in books:
        assert inspect(path, path.name) == ()
        book = Book(path)
        if path.name == "real.epub":
            assert book.metas("schema:accessModeSufficient") == ["textual"]
            continue
        assert uncovered(book) == unsafe(book) == []
        assert book.metas("schema:accessModeSufficient") == ["textual", "auditory"]
    assert set(map(tuple, epubcheck(*books).values())) == {()}


SITTING = (
    ("marta-puig", "ca", "Bon dia a tothom. Comencem la sessió sobre el pont vell. Té la paraula el senyor Ortega."),
    ("luis-ortega", "es", "Gracias, presidenta. El puente cierra el lunes. ¿Cuándo se abrirá de nuevo?"),
    ("marta-puig", "ca", "Gràcies. Respon l’enginyera."),
    ("nuria-serra", "ca", "El pont s’obrirà al maig. Les obres duraran vuit setmanes, si el riu ens deixa."),
    ("luis-ortega", "es", "Entonces queda una pregunta: ¿quién paga las obras?"),
    ("nuria-serra", "es", "Las paga la ciudad. El convenio se firmó ayer."),
)
"""Who speaks, in which language, and the words: a sitting in which nobody is translated."""


def test_the_book_of_a_sitting_in_two_languages_is_whole_and_says_both(
    tmp_path: Path, epubcheck: Callable[..., dict[Path, list[object]]], ace: Callable[[Path], list[str]]
) -> None:
    turns = tuple(
        Turn((Paragraph((Text(words),), language=language),), speaker) for speaker, language, words in SITTING
    )
    people = (
        Participant("marta-puig", "Marta Puig", role="moderator"),
        Participant("luis-ortega", "Luis Ortega", role="journalist"),
        Participant("nuria-serra", "Núria Serra", role="official"),
    )
    sitting = Briefing("sitting", "Sessió sobre el pont vell", turns, people, language="ca", date="2031-05-06")
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "transcripts" / "sitting.json").write_bytes(document.encode(sitting))
    (tmp_path / "series.toml").write_text('title = "Sessions"\nlanguage = "ca"\n', encoding="utf-8")
    options = Options(root=tmp_path, outputs=tmp_path / "outputs", formats=("audio", "epub"), jobs=1)

    build(options, _Silent())

    path = tmp_path / "outputs/ca/sitting/sitting.epub"
    book = Book(path)
    lines = (one for _, root, _ in book.spine() for one in root.iterfind(f".//{XHTML}article/{XHTML}p"))
    said = [(one.get("lang"), "".join(one.itertext())) for one in lines]
    assert said == [(None if language == "ca" else language, words) for _, language, words in SITTING]
    assert book.dc("language") == ["ca", "es", "en"]  # the words around it are not in Catalan yet
    assert {re.split(r"[+ ]", voice)[0] for voice in book.metas("media:narrator")} == {"ca", "es", "en-US"}
    assert inspect(path, path.name) == ()
    assert epubcheck(path)[path] == []
    assert ace(path) == []
