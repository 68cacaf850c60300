"""One briefing out to a translator and back, by the commands, through the tools that translators have."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import polib
import pytest
from conftest import program
from lxml import etree
from spring import edit, spring
from test_bad_input import publish

from publish import exchange, handout, parcel, po
from publish.diagnostics import Diagnostic, ExitCode, InputError, PublishError, UsageError
from publish.exchange import Package, Wish
from publish.interchange import tmx, xliff
from publish.po import Entry

NAME = "first"
TWENTY = "Twenty litres, for now."
GLOSSARY = "term;es;fr;note\nwell;pozo;puits;not “bien”\nlitre;;litre;\n"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a glossary, and a French catalogue that is begun."""
    made = spring(tmp_path_factory.mktemp("begun") / "spring")
    (made / "locales").mkdir(exist_ok=True)
    (made / "locales" / "glossary.csv").write_text(GLOSSARY, encoding="utf-8")
    assert publish(made, "catalog", "update", "-l", "fr").returncode == 0
    return made


@pytest.fixture
def root(begun: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(begun, tmp_path / "spring"))


def catalogue(root: Path, name: str = NAME, language: str = "fr") -> Path:
    return root / "locales" / language / "LC_MESSAGES" / f"{name}.po"


def entries(root: Path, name: str = NAME, language: str = "fr") -> list[Entry]:
    return list(po.parse(catalogue(root, name, language).read_bytes(), name).entries)


def one(root: Path, text: str = TWENTY) -> Entry:
    return next(entry for entry in entries(root) if entry.id == text)


def translated(data: bytes, translations: dict[str, str]) -> bytes:
    """A PO file with some translations, by the message."""
    made = (
        msgspec.structs.replace(entry, strings=(translations[entry.id],), flags=tuple(set(entry.flags) - {"fuzzy"}))
        if entry.id in translations
        else entry
        for entry in po.parse(data, "x").entries
    )
    return po.serialise(made).encode()


def fill(root: Path, translations: dict[str, str]) -> None:
    path = catalogue(root)
    path.write_bytes(translated(path.read_bytes(), translations))


def export(root: Path, form: exchange.Format = "po", briefing: str = NAME, language: str = "fr") -> Package:
    return exchange.export(root, briefing, language, form, lambda _: None)


def take(root: Path, path: Path, **wish: str) -> tuple[list[str], ExitCode, list[Diagnostic]]:
    findings: list[Diagnostic] = []
    lines, code = exchange.take(root, path, Wish(**wish), findings.append)
    return lines, code, findings


def kept(root: Path, name: str, data: bytes) -> Path:
    path = root.parent / name
    path.write_bytes(data)
    return path


# --- Out --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "suffix"), [("po", "po"), ("xliff", "xlf")])
def test_a_package_holds_what_a_translator_needs_and_is_the_same_each_time(
    root: Path, form: exchange.Format, suffix: str
) -> None:
    fill(root, {TWENTY: "Vingt litres, pour le moment."})

    package = export(root, form)

    assert list(package.files) == [
        "README.txt", f"first.fr.{suffix}", "memory.tmx", "glossary.csv", "transcript.html",
    ]  # fmt: skip
    assert package.files["glossary.csv"].decode() == "term,fr,note\nwell,puits,not “bien”\nlitre,litre,\n"
    assert b"Glossary: litre" in package.files[f"first.fr.{suffix}"]
    assert parcel.packed(package.files) == parcel.packed(export(root, form).files)


def test_what_a_package_holds_is_valid_by_its_schemas(
    root: Path, xliff_schema: etree.XMLSchema, tmx_schema: etree.DTD
) -> None:
    fill(root, {TWENTY: "Vingt litres, pour le moment."})
    package = export(root, "xliff")

    for name, schema in (("first.fr.xlf", xliff_schema), ("memory.tmx", tmx_schema)):
        assert schema.validate(etree.fromstring(package.files[name])), schema.error_log


def test_the_catalogue_names_terms_with_their_renderings(root: Path) -> None:
    assert "Glossary: litre → litre" in one(root).extracted
    assert "#. Glossary: litre\n" in (root / "locales" / "first.pot").read_text("utf-8")
    assert "#. Glossary: well → puits (not “bien”)\n" in catalogue(root).read_text("utf-8")


def test_a_changed_glossary_changes_templates_and_catalogues(root: Path) -> None:
    (root / "locales" / "glossary.csv").write_text("term,fr\nlitre,litron\n", encoding="utf-8")

    assert publish(root, "catalog", "update", "-l", "fr").returncode == 0

    assert "Glossary: litre → litron" in one(root).extracted
    assert "Glossary: well" not in (root / "locales" / "first.pot").read_text("utf-8")


def test_what_is_wrong_in_the_glossary_is_told_once_with_its_line(root: Path) -> None:
    (root / "locales" / "glossary.csv").write_text("term,fr\nlitre,a,b\n", encoding="utf-8")

    done = publish(root, "catalog", "update", "-l", "fr")

    assert done.stderr.count("warning C024 locales/glossary.csv:2") == 1


def test_the_memory_holds_what_helps_with_this_briefing(root: Path) -> None:
    fill(root, {TWENTY: "Vingt litres, pour le moment."})
    shared = catalogue(root, "series")
    shared.write_bytes(translated(shared.read_bytes(), {"MS. OKAFOR": "Mme OKAFOR", "Spring briefings": "Printemps"}))

    memory = list(tmx.read(export(root).files["memory.tmx"], "memory.tmx", "en", "fr", lambda _: None))

    assert (TWENTY, ("Vingt litres, pour le moment.",)) in {(entry.id, entry.strings) for entry in memory}
    assert any(entry.context.startswith("speaker/") for entry in memory if entry.context)
    assert "Printemps" not in {entry.strings[0] for entry in memory}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_page_of_the_package_is_accessible(
    root: Path, language: str, axe: Callable[[Path], list[str]], nu: Callable[..., list[str]]
) -> None:
    fill(root, {TWENTY: "Vingt litres."})
    page = kept(root, "transcript.html", export(root, language=language).files["transcript.html"])

    assert axe(page) == []
    assert nu(page) == []


def test_the_page_shows_words_and_no_markup_of_anybody(root: Path) -> None:
    hostile = '<script>alert(1)</script><img src="https://example.org/x">'
    fill(root, {TWENTY: hostile})

    page = export(root).files["transcript.html"].decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=", page.replace("src=&quot;", ""))
    assert 'lang="fr" dir="ltr"' in page
    assert "Pas encore traduit" in page


def test_the_readme_is_in_the_language_of_the_translator_and_in_english(root: Path) -> None:
    readme = export(root, "xliff").files["README.txt"].decode()

    assert "first.fr.xlf: ce qui est à traduire." in readme
    assert "first.fr.xlf: what is to be translated." in readme
    assert "memory.tmx" not in readme


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "the transcripts are in 'en' themselves"),
        ("en-GB", "the transcripts are in 'en' themselves"),
        ("en-XA", "'en-XA' is made up from the original by `publish build --language en-XA`"),
        ("und", "'und' is no language"),
    ],
)
def test_nothing_is_translated_into_what_is_no_language_of_a_translation(root: Path, language: str, said: str) -> None:
    back = kept(
        root, "first.po", catalogue(root).read_bytes().replace(b"Language: fr", f"Language: {language}".encode())
    )
    before = sorted((root / "locales").rglob("*"))

    for words in (("update",), ("export", "-b", "first"), ("import", str(back))):
        done = publish(root, "catalog", *words, "-l", language)
        assert done.returncode == 2, done.stderr
        assert said in done.stderr

    assert sorted((root / "locales").rglob("*")) == before


def test_a_translation_of_the_one_briefing_that_is_in_another_language_is_one(root: Path) -> None:
    text = "---\nlanguage: es\ndate: 2031-04-01\n---\n\nSRA. OKAFOR:  El pozo está abierto.\n"
    (root / "transcripts/third.md").write_text(text, encoding="utf-8")
    told = publish(root, "build", "-f", "web").stderr
    assert told == (
        "warning R029 transcripts/third.md: it says that it is in 'es', and is published as 'en', so nobody can "
        'translate it; write `language = "es"` into [briefings.third] of series.toml\n'
    )
    settings = (root / "series.toml").read_text("utf-8")
    (root / "series.toml").write_text(f'{settings}\n[briefings.third]\nlanguage = "es"\n', encoding="utf-8")

    done = publish(root, "catalog", "update", "-l", "en")

    assert (done.returncode, done.stderr) == (0, "")
    assert any(entry.id == "El pozo está abierto." for entry in entries(root, "third", "en"))


def test_a_transcript_that_names_the_language_of_the_series_more_exactly_is_in_it(root: Path) -> None:
    (root / "transcripts/third.md").write_text(
        "---\nlanguage: en-GB\ndate: 2031-04-01\n---\n\nMS. OKAFOR:  The well is open.\n", encoding="utf-8"
    )

    done = publish(root, "catalog", "update", "-l", "fr")

    assert done.returncode == 0
    assert "R029 transcripts/third.md: it says that it is in 'en-GB', and is published as 'en'; write" in done.stderr
    assert any(entry.id == "The well is open." for entry in entries(root, "third"))


def test_a_file_that_may_be_a_translators_is_not_written_over(root: Path) -> None:
    package = export(root)
    path = kept(root, "first.fr.zip", b"theirs")

    with pytest.raises(PublishError, match="B002"):
        exchange.write(package, path, force=False)
    assert path.read_bytes() == b"theirs"
    exchange.write(package, path, force=True)
    exchange.write(package, path, force=False)
    assert zipfile.ZipFile(path).namelist()[0] == "README.txt"


def test_a_briefing_that_there_is_not_is_named_with_those_that_there_are(root: Path) -> None:
    with pytest.raises(UsageError, match=r"no briefing 'third' to translate; there are first, second, series"):
        export(root, briefing="third")


# --- Back -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["po", "xliff"])
@pytest.mark.parametrize("kind", ["archive", "folder", "file"])
def test_what_was_not_touched_changes_nothing(root: Path, form: exchange.Format, kind: str) -> None:
    fill(root, {TWENTY: "Vingt litres, pour le moment."})
    package = export(root, form)
    before = catalogue(root).read_bytes()
    if kind == "archive":
        path = kept(root, "back.zip", parcel.packed(package.files))
    else:
        folder = root.parent / "back"
        folder.mkdir()
        for name, data in package.files.items():
            (folder / name).write_bytes(data)
        path = folder if kind == "folder" else folder / f"first.fr.{'po' if form == 'po' else 'xlf'}"

    lines, code, findings = take(root, path)

    assert (lines, code, findings) == (
        ["0 translations taken into locales/fr/LC_MESSAGES/first.po."], ExitCode.DONE, []
    )  # fmt: skip
    assert catalogue(root).read_bytes() == before


def test_the_commands_take_a_briefing_out_and_back_while_both_sides_work(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    assert publish(root, "catalog", "export", "-b", NAME, "-l", "fr", "-o", str(out)).returncode == 0
    data = zipfile.ZipFile(out).read("first.fr.po")
    back = kept(root, "back.po", translated(data, {TWENTY: "Vingt litres.", "Mill Lane Hall": "Salle du Moulin"}))
    fill(root, {TWENTY: "Litres : vingt."})
    edit(root / "transcripts" / "first.md", "(Laughter.)", "(Much laughter.)")

    done = publish(root, "catalog", "import", str(back))

    assert done.returncode == 0, done.stderr
    assert (
        "2 translations taken into locales/fr/LC_MESSAGES/first.po, 1 of them to be looked at, 1 conflict"
        in done.stdout
    )
    assert "warning C004 locales/fr/LC_MESSAGES/first.po" in done.stderr
    assert one(root).comments == (" Conflict: the other translation is Vingt litres.",)
    assert one(root, "Mill Lane Hall").strings == ("Salle du Moulin",)
    assert any("Much laughter" in entry.id for entry in entries(root))


def test_a_language_is_begun_by_what_comes_back(root: Path) -> None:
    package = export(root, "xliff", language="pt-BR")
    data = package.files["first.pt-BR.xlf"].decode()
    filled = data.replace(
        f'<segment state="initial"><source>{TWENTY}</source>',
        f'<segment state="translated"><source>{TWENTY}</source><target>Vinte litros.</target>',
    )

    lines, code, _ = take(root, kept(root, "x.xlf", filled.encode()))

    assert lines == ["1 translations taken into locales/pt_BR/LC_MESSAGES/first.po."]
    assert code == ExitCode.DONE
    assert "Vinte litros." in catalogue(root, language="pt_BR").read_text("utf-8")


def test_a_briefing_with_another_name_by_now_is_found_when_it_is_said(root: Path) -> None:
    back = translated(export(root).files["first.fr.po"], {TWENTY: "Vingt litres."}).replace(b"first/", b"former/")
    path = kept(root, "former.po", back)

    with pytest.raises(
        UsageError, match=r"former.po is of no briefing that is here \(former\); say it with --briefing"
    ):
        take(root, path)
    take(root, path, briefing=NAME)

    assert (one(root).strings, one(root).fuzzy) == (("Vingt litres.",), False)


def test_a_file_that_tells_no_language_or_another_is_asked_about(root: Path) -> None:
    data = export(root).files["first.fr.po"]
    bare = kept(root, "bare.po", data.replace(b"Language: fr\\n", b"Language: \\n"))

    with pytest.raises(UsageError, match="does not say its language"):
        take(root, bare)
    assert take(root, bare, language="fr")[1] == ExitCode.DONE
    with pytest.raises(UsageError, match="says that it is in fr, and not in es"):
        take(root, kept(root, "x.po", data), language="es")


def test_a_file_without_the_state_that_was_sent_is_told(root: Path) -> None:
    data = re.sub(rb'"X-Publish-Sent: .*\n', b"", export(root).files["first.fr.po"])

    _, _, findings = take(root, kept(root, "x.po", data))

    assert [finding.code for finding in findings] == ["C021"]


def test_the_catalogue_of_the_series_goes_out_and_back_too(root: Path) -> None:
    data = translated(export(root, briefing="series").files["series.fr.po"], {"MS. OKAFOR": "Mme OKAFOR"})

    take(root, kept(root, "series.po", data))

    assert "Mme OKAFOR" in catalogue(root, "series").read_text("utf-8")


# --- Packages that mean harm ------------------------------------------------------------------------------------------


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "damaged"),
        (b"PK\3\4 nothing", "damaged"),
        (archive(**{"README.txt": b"x"}), "there is no catalogue in it"),
        (archive(**{"__MACOSX/._a.po": b"x", ".b.po": b"x"}), "there is no catalogue in it"),
        (archive(**{f"{number}.po": b"" for number in range(1001)}), "more than 1000 files"),
        (archive(**{f"{number}.po": b"\0" * (99 << 20) for number in range(3)}), "holds more than"),
    ],
    ids=["empty", "damaged", "nothing", "hidden", "many", "bomb"],
)
def test_a_package_that_is_none_is_refused(root: Path, data: bytes, said: str) -> None:
    with pytest.raises(PublishError, match=said) as caught:
        take(root, kept(root, "back.zip", data))

    assert caught.value.diagnostic.code == "C020"


def test_a_name_in_a_package_is_no_path(root: Path) -> None:
    data = translated(export(root).files["first.fr.po"], {TWENTY: "Vingt litres."})

    take(root, kept(root, "back.zip", archive(**{"../../../evil.po": data})))

    assert one(root).strings == ("Vingt litres.",)
    assert not list(root.parent.parent.rglob("evil.po"))


def test_a_broken_catalogue_changes_nothing(root: Path) -> None:
    before = catalogue(root).read_bytes()

    with pytest.raises(InputError, match=r"C001 back\.zip!first\.fr\.po:3"):
        take(root, kept(root, "back.zip", archive(**{"first.fr.po": b'msgid ""\nmsgstr "x"\nmsgid "broken\n'})))

    assert catalogue(root).read_bytes() == before


def test_what_is_no_catalogue_is_taken_for_a_translation_and_keeps_the_renderings_of_the_glossary(root: Path) -> None:
    transcript = (root / "transcripts" / "first.md").read_text("utf-8")
    for words, said in (
        (TWENTY, "Vingt litres, pour l’instant."),
        ("Good morning. The well is open again & safe.", "Bonjour. Le puits est rouvert, et il est sûr."),
        (
            "How much water may each family take on a single day?",
            "Combien d’eau une famille peut-elle prendre par jour ?",
        ),
        (
            "And will the school stay open through the summer as well?",
            "Et l’école, restera-t-elle ouverte tout l’été ?",
        ),
        ("We begin now. (Laughter.)", "Nous commençons. (Rires.)"),
    ):
        assert words in transcript
        transcript = transcript.replace(words, said)
    path = kept(root, "first.fr.md", transcript.encode())

    done = publish(root, "catalog", "import", str(path), "-l", "fr")
    unsaid = publish(root, "catalog", "import", str(path))

    assert done.returncode in {0, 1}, done.stderr
    assert one(root).strings == ("Vingt litres, pour l’instant.",)
    assert "Glossary: litre → litre" in one(root).extracted
    assert (unsaid.returncode, "say which one with --language" in unsaid.stderr) == (2, True)


# --- Memories ---------------------------------------------------------------------------------------------------------

AGENCY = tmx.write(
    [
        Entry(id=TWENTY, context="", strings=("Vingt litres, pour l’instant.",)),
        Entry(
            id="How much water may each family take on one single day?",
            context="J-12",
            strings=("Combien d’eau chaque famille peut-elle prendre par jour ?",),
        ),
    ],
    "en",
    "fr",
)


def test_the_memory_of_an_agency_is_kept_and_offers_fuzzy_translations_with_their_origin(root: Path) -> None:
    path = kept(root, "agency.tmx", AGENCY)

    done = publish(root, "catalog", "import", str(path), "-l", "fr")
    again = publish(root, "catalog", "import", str(path), "-l", "fr")
    updated = publish(root, "catalog", "update", "-l", "fr", "--suggest")

    assert done.stdout == "2 translations added to locales/fr/memory.tmx, which holds 2.\n"
    assert again.stdout == "0 translations added to locales/fr/memory.tmx, which holds 2.\n"
    assert updated.returncode == 0, updated.stderr
    same, similar = one(root), one(root, "How much water may each family take on a single day?")
    assert (same.strings, same.fuzzy, same.previous[0]) == (("Vingt litres, pour l’instant.",), True, "agency.tmx/1")
    assert (similar.fuzzy, similar.previous[:2]) == (
        True,
        ("agency.tmx/J-12", "How much water may each family take on one single day?"),
    )


def test_suggestions_are_only_ever_fuzzy_and_tell_where_they_are_from(root: Path) -> None:
    fill(root, {TWENTY: "Vingt litres."})
    before = {entry.context: entry for entry in entries(root)}
    publish(root, "catalog", "import", str(kept(root, "agency.tmx", AGENCY)), "-l", "fr")

    publish(root, "catalog", "update", "-l", "fr", "--suggest")

    filled = [
        entry for entry in entries(root) if entry.id and any(entry.strings) and not any(before[entry.context].strings)
    ]
    assert filled
    assert all(entry.fuzzy and entry.previous[0] and entry.previous[1] for entry in filled)
    assert one(root).strings == ("Vingt litres.",)


def test_a_memory_of_two_agencies_is_joined_the_same_each_time(root: Path) -> None:
    take(root, kept(root, "agency.tmx", AGENCY), language="fr")
    other = tmx.write([Entry(id=TWENTY, context="", strings=("20 litres.",))], "en", "fr")

    lines, _, _ = take(root, kept(root, "other.tmx", other), language="fr")

    path = root / "locales" / "fr" / "memory.tmx"
    assert lines == ["1 translations added to locales/fr/memory.tmx, which holds 3."]
    found = list(tmx.read(path.read_bytes(), "x", "en", "fr", lambda _: None))
    assert [entry.context for entry in found] == ["agency.tmx/1", "agency.tmx/J-12", "other.tmx/1"]


def test_a_broken_memory_in_the_workspace_is_told_and_written_over_by_nothing(root: Path) -> None:
    path = root / "locales" / "fr" / "memory.tmx"
    path.write_bytes(b"<tmx>")

    updated = publish(root, "catalog", "update", "-l", "fr", "--suggest")
    lines, code, _ = take(root, kept(root, "agency.tmx", AGENCY), language="fr")

    assert updated.returncode == ExitCode.INPUT
    assert "error C020 locales/fr/memory.tmx:1" in updated.stderr
    assert (lines, code, path.read_bytes()) == ([], ExitCode.INPUT, b"<tmx>")


def test_a_memory_without_its_language_is_asked_about(root: Path) -> None:
    with pytest.raises(UsageError, match="say with --language"):
        take(root, kept(root, "agency.tmx", AGENCY))


# --- The tools that translators have ----------------------------------------------------------------------------------


@pytest.fixture
def sent(root: Path, tmp_path: Path) -> Path:
    """The catalogue of a package, with something in each of its fields."""
    fill(root, {TWENTY: "Vingt litres, pour le moment."})
    made = [
        msgspec.structs.replace(
            entry, flags=("fuzzy", "xml-text"), previous=(None, "before", None), comments=(" ask her",)
        )
        if entry.id == TWENTY
        else entry
        for entry in entries(root)
    ]
    gone = Entry(id="Gone.", context="first/p0", strings=("Parti.",), obsolete=True, flags=("fuzzy",))
    catalogue(root).write_text(po.serialise((*made, gone)), encoding="utf-8")
    publish(root, "catalog", "update", "-l", "fr")
    path = tmp_path / "first.fr.po"
    path.write_bytes(export(root).files["first.fr.po"])
    return path


def unchanged_by(root: Path, sent: Path, work: Callable[[Path, Path], Any]) -> None:
    """What a tool writes, when it changes nothing, changes nothing of ours, and no finding tells of a loss."""
    before = catalogue(root).read_bytes()
    target = sent.with_name("back.po")
    work(sent, target)

    lines, code, findings = take(root, target)

    assert (lines, code, findings) == (
        ["0 translations taken into locales/fr/LC_MESSAGES/first.po."], ExitCode.DONE, []
    )  # fmt: skip
    assert catalogue(root).read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [
        ("msgcat", "--no-wrap"),
        ("msgcat", "--width=60"),
        ("msgcat", "--sort-output"),
        ("msgattrib", "--no-obsolete"),
        ("msgattrib",),
        ("msgconv", "--to-code=UTF-8"),
    ],
    ids=" ".join,
)
def test_the_programs_of_gettext_lose_nothing_of_ours(root: Path, sent: Path, words: tuple[str, ...]) -> None:
    command = program(words[0], "apt install gettext")

    def work(source: Path, target: Path) -> None:
        options = [command, *words[1:], f"--output-file={target}", str(source)]
        done = subprocess.run(
            options, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        assert done.stderr == ""

    unchanged_by(root, sent, work)


def test_msgmerge_with_our_own_template_loses_nothing_of_ours(root: Path, sent: Path) -> None:
    command = program("msgmerge", "apt install gettext")
    template = root / "locales" / "first.pot"

    def work(source: Path, target: Path) -> None:
        words = [command, "--quiet", "--previous", f"--output-file={target}", str(source), str(template)]
        subprocess.run(words, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})

    unchanged_by(root, sent, work)


def test_msgfmt_finds_nothing_in_a_package(sent: Path, msgfmt: Callable[..., str]) -> None:
    assert re.sub(r"^\d+ .*$", "", msgfmt(sent, "--check"), flags=re.MULTILINE).strip() == ""


def test_polib_loses_nothing_of_ours(root: Path, sent: Path) -> None:
    unchanged_by(root, sent, lambda source, target: polib.pofile(str(source)).save(str(target)))


def test_translate_toolkit_loses_nothing_of_ours_as_po(root: Path, sent: Path) -> None:
    from translate.storage import pypo  # noqa: PLC0415  # its import is slow

    unchanged_by(root, sent, lambda source, target: pypo.pofile.parsefile(str(source)).savefile(str(target)))


def test_with_the_wrapping_that_translators_are_told_to_choose_a_server_changes_only_what_was_translated(
    sent: Path,
) -> None:
    from translate.storage import pypo  # noqa: PLC0415  # its import is slow

    data = sent.read_bytes()
    store = pypo.pofile()
    store.wrapper = pypo.PoWrapper(
        65535
    )  # Weblate's "Only wrap lines at newlines"; with "No line wrapping" it joins the header
    store.parse(data)
    changed = next(unit for unit in store.units if unit.source == TWENTY)
    changed.target = f"{'Vingt litres, pour le moment. ' * 9}Merci."
    store.updateheader(x_generator="Weblate")

    lines = bytes(store).decode().splitlines()

    before = data.decode().splitlines()
    assert len(lines) == len(before)
    other = [line for line, was in zip(lines, before, strict=True) if line != was]
    assert other == ['"X-Generator: Weblate\\n"', f'msgstr "{changed.target}"']


def test_translate_toolkit_reads_our_xliff_and_we_what_it_fills_in(root: Path) -> None:
    from translate.storage import xliff2  # noqa: PLC0415

    store = xliff2.Xliff2File.parsestring(export(root, "xliff").files["first.fr.xlf"])
    sources = [unit.source for unit in store.units]
    unit = next(unit for unit in store.units if unit.source == TWENTY)
    unit.target = "Vingt litres."
    unit.marktranslated()

    lines, _, findings = take(root, kept(root, "back.xlf", bytes(store)))

    wanted = [entry.id for entry in entries(root) if entry.id and "xml-text" not in entry.flags]
    assert set(wanted) <= set(sources)
    assert (lines, findings) == (["1 translations taken into locales/fr/LC_MESSAGES/first.po."], [])
    assert (one(root).strings, one(root).fuzzy) == (("Vingt litres.",), False)


def test_translate_toolkit_reads_our_memory_and_we_its(root: Path) -> None:
    from translate.storage import tmx as toolkit  # noqa: PLC0415

    store = toolkit.tmxfile.parsestring(AGENCY)
    assert store.translate(TWENTY) == "Vingt litres, pour l’instant."
    store.addtranslation("Good morning.", "en", "Bonjour.", "fr")

    take(root, kept(root, "toolkit.tmx", bytes(store)), language="fr")

    kept_there = (root / "locales" / "fr" / "memory.tmx").read_bytes()
    found = list(tmx.read(kept_there, "x", "en", "fr", lambda _: None))
    assert [entry.strings[0] for entry in found][-1] == "Bonjour."


def test_the_names_of_what_a_package_holds_are_those_that_its_readme_knows(root: Path) -> None:
    readme = handout.readme("x", ("a.po", handout.PAGE, handout.GLOSSARY, handout.MEMORY), "en", "en")

    assert [line.partition(":")[0] for line in readme.split("\n") if re.match(r"\S+\.\w+: ", line)] == [
        "a.po", "transcript.html", "glossary.csv", "memory.tmx",
    ]  # fmt: skip
    assert xliff.NAMESPACE.encode() in export(root, "xliff").files["first.fr.xlf"]
