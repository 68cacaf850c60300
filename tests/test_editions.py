"""Editions in any language: their folders, their names, what stands in for what is missing, and what kind they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import html
from spring import edit, spring
from stages import stage

import publish
from publish import catalog, plugins, po
from publish.config import Settings
from publish.diagnostics import unheard
from publish.interface import Interface, interface
from publish.languages import autonym, babel_locale, canonical, fallbacks, folder, from_folder, kept, named
from publish.model import Phrase, plain
from publish.script import Script, tracks
from publish.studio import Studio
from publish.task import understand
from publish.workspace import load

TAGS = (
    "en", "fr", "zh-Hans", "zh-Hant", "zh-Hant-HK", "sr-Latn", "sr-Cyrl", "pt-BR", "pt", "es-419", "ca-valencia", "nb",
    "nn", "de-x-formal", "de-1996", "sl-biske-rozaj", "en-GB-oxendict", "th-u-ca-buddhist", "uz-Cyrl", "az-Arab",
    "yue-Hant", "be-tarask", "en-XA", "de-x-own", "hi-Latn",
)  # fmt: skip


# --- Folders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_has_a_folder_and_every_folder_its_tag(tag: str) -> None:
    assert canonical(tag) == tag
    assert from_folder(folder(tag)) == tag
    assert "-" not in folder(tag)
    assert "/" not in folder(tag)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("zh_Hans", "zh-Hans"),
        ("zh_CN", "zh-Hans"),
        ("zh_SG", "zh-Hans"),
        ("zh_Hans_CN", "zh-Hans"),
        ("zh_TW", "zh-Hant"),
        ("zh_Hant_TW", "zh-Hant"),
        ("zh_HK", "zh-Hant-HK"),
        ("zh_Hant_HK", "zh-Hant-HK"),
        ("sr@latin", "sr-Latn"),
        ("sr_Latn", "sr-Latn"),
        ("sh", "sr-Latn"),
        ("ca@valencia", "ca-valencia"),
        ("ca_ES@valencia", "ca-valencia"),
        ("ca_valencia", "ca-valencia"),
        ("nb_NO", "nb"),
        ("no", "nb"),
        ("pt_BR.UTF-8", "pt-BR"),
        ("de@formal", "de-x-formal"),
        ("de_x_formal", "de-x-formal"),
        ("uz@cyrillic", "uz-Cyrl"),
        ("es_419", "es-419"),
        ("es-419", "es-419"),
        ("iw", "he"),
    ],
)
def test_folders_are_found_by_the_names_that_gettext_and_weblate_give_them(name: str, tag: str) -> None:
    assert from_folder(name) == tag


def test_where_a_translation_is_looked_for_never_leads_into_another_script() -> None:
    def chain(tag: str, *known: str) -> list[str]:
        return [one for one in fallbacks(tag) if one in known]

    assert chain("pt-BR", "pt-BR", "pt", "pt-PT") == ["pt-BR", "pt"]
    assert chain("pt-AO", "pt", "pt-PT") == ["pt-PT", "pt"]
    assert chain("es-MX", "es", "es-419", "es-ES") == ["es-419", "es"]
    assert chain("zh-TW", "zh", "zh-Hans", "zh-Hant") == ["zh-Hant"]
    assert chain("zh-CN", "zh", "zh-Hans", "zh-Hant") == ["zh-Hans", "zh"]
    assert chain("zh", "zh-Hans", "zh-Hant") == ["zh-Hans"]
    assert chain("sr-Latn", "sr", "sr-Cyrl") == []
    assert chain("ca-valencia", "ca", "ca-ES") == ["ca", "ca-ES"]
    assert chain("no", "nb", "nn") == ["nb"]
    assert fallbacks("und") == ("und",)


def test_two_tags_of_one_catalogue_share_it() -> None:
    assert kept("zh-CN") == kept("zh-Hans") == "zh-Hans"
    assert kept("pt-BR") == "pt-BR"


def run(root: Path, *words: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, **({"PYTHONPATH": str(path)} if path else {})}
    return subprocess.run(
        [sys.executable, "-m", "publish", *words], cwd=root, env=environ, capture_output=True, text=True, check=False
    )


def built(root: Path, *words: str, path: Path | None = None) -> str:
    done = run(root, "build", "-f", "web,epub-text", *words, path=path)
    assert done.returncode == 0, done.stderr
    return done.stderr


def page(root: Path, language: str, name: str = "first") -> html.HtmlElement:
    text = (root / "outputs" / language / name / "index.html").read_text("utf-8")
    return html.document_fromstring(text)


def translation(root: Path, name: str, texts: dict[str, str], briefing: str = "first") -> None:
    """A catalogue in a folder of that name with some translations, by the words."""
    template = po.parse((root / f"locales/{briefing}.pot").read_bytes(), "pot").entries
    found = [
        po.Entry(id=entry.id, context=entry.context, strings=(texts.get(entry.id, ""),))
        for entry in template
        if entry.id
    ]
    target = root / "locales" / name / "LC_MESSAGES" / f"{briefing}.po"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(po.serialise([po.Entry(id="", strings=("MIME-Version: 1.0\n",)), *found]), encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = spring(tmp_path / "series")
    assert run(root, "catalog", "extract").returncode == 0
    return root


LITRES = "Twenty litres, for now."
WILL = "It will. Thank you."


def languages(root: Path, *tags: str) -> None:
    edit(root / "series.toml", 'languages = ["en", "fr"]', f"languages = {['en', *tags]}".replace("'", '"'))


@pytest.mark.parametrize(
    ("name", "tag"), [("zh_CN", "zh-CN"), ("zh_CN", "zh-Hans"), ("zh_Hans", "zh-CN"), ("nb_NO", "nb")]
)
def test_an_edition_is_made_from_a_folder_by_any_name_of_its_language(root: Path, name: str, tag: str) -> None:
    languages(root, tag)
    translation(root, name, {LITRES: "目前二十升。"})

    assert "warning" not in built(root)

    assert (page(root, tag).get("lang"), "目前二十升。" in page(root, tag).text_content()) == (tag, True)


def test_an_update_goes_to_the_folder_that_the_language_has(root: Path) -> None:
    translation(root, "zh_Hans", {LITRES: "目前二十升。"})

    assert run(root, "catalog", "update", "--language", "zh-CN").returncode == 0

    assert sorted(path.name for path in (root / "locales").iterdir() if path.is_dir()) == ["zh_Hans"]


def test_of_two_folders_of_one_language_one_is_used_and_the_other_is_reported(root: Path) -> None:
    languages(root, "zh-Hans")
    translation(root, "zh_CN", {LITRES: "旧的。"})
    translation(root, "zh_Hans", {LITRES: "新的。"})

    said = built(root)

    assert (
        "warning W008 locales/zh_CN/LC_MESSAGES/first.po: 'zh_CN' and 'zh_Hans' are both folders of zh-Hans, and this "
        "is not used; move what is only here there, and remove it" in said
    )
    assert "新的。" in page(root, "zh-Hans").text_content()


# --- Names, dates, numbers --------------------------------------------------------------------------------------------


def test_every_language_is_named_in_itself_with_its_script_region_and_variant() -> None:
    names = {
        tag: autonym(tag) for tag in ("zh-Hans", "zh-Hant", "pt-BR", "es-419", "sr-Latn", "ca", "ca-valencia", "ar")
    }

    assert names == {
        "zh-Hans": "中文 (简体)",
        "zh-Hant": "中文 (繁體)",
        "pt-BR": "português (Brasil)",
        "es-419": "español (Latinoamérica)",
        "sr-Latn": "srpski (latinica)",
        "ca": "català",
        "ca-valencia": "català (valencià)",
        "ar": "العربية",
    }
    assert autonym("de-x-formal") == "Deutsch (formal)"
    assert interface("fr").language_name("ca-valencia") == "catalan (valencien)"
    assert autonym("qaa") == "qaa"


def test_what_cldr_would_cut_in_silence_is_not_taken_for_another_language() -> None:
    assert babel_locale("und") is None
    assert babel_locale("ja-Latn") is None
    assert str(babel_locale("ca-valencia")) == "ca"
    assert str(babel_locale("zh-HK")) == "zh_Hant_HK"
    assert str(babel_locale("th-u-ca-buddhist")) == "th"
    for tag in ("qaa", "x-own", "ja-Latn", "und", "tlh", "mn-Mong", "ku-Arab", "th-u-ca-buddhist", "ca-valencia"):
        words = Interface(canonical(tag))
        assert words.date("2031-03-04")
        assert words.number(1234.5)
        assert words.join(["a", "b"])


def test_the_menu_of_languages_marks_each_name_as_in_that_language(root: Path) -> None:
    languages(root, "ar", "ca-valencia", "zh-Hant-HK")
    for name in ("ar", "ca@valencia", "zh_HK"):
        translation(root, name, {LITRES: "…"})
    built(root)

    menu = page(root, "en").xpath("//nav[@class='languages']//li/*")

    assert [(one.get("lang"), one.get("dir"), one.text_content()) for one in menu] == [
        (None, None, "English"),
        ("ar", "rtl", "العربية"),
        ("ca-valencia", "ltr", "català (valencià)"),
        ("zh-Hant-HK", "ltr", "中文 (繁體字, 中國香港特別行政區)"),
    ]


@pytest.mark.parametrize(
    ("stem", "tag"),
    [
        ("april.es", "es"),
        ("april.pt-BR", "pt-BR"),
        ("april.zh_Hans", "zh-Hans"),
        ("2031-04-02.ar", "ar"),
        ("april", ""),
        ("april.ana", ""),
        ("april.fin", ""),
        ("april.raw", ""),
        ("April.ES", ""),
        ("v1.2", ""),
        ("es", ""),
        ("april.xx", ""),
    ],
)
def test_a_name_of_a_file_tells_a_language_only_when_it_ends_with_one_that_is_known(stem: str, tag: str) -> None:
    assert named(stem) == tag


def test_a_source_whose_name_says_another_language_than_it_is_read_in_is_reported_until_that_is_settled(
    root: Path,
) -> None:
    (root / "transcripts/first.md").rename(root / "transcripts/first.es.md")
    (root / "transcripts/second.md").rename(root / "transcripts/second.en-GB.md")

    done = run(root, "build", "-f", "web", "-l", "en")

    assert [line for line in done.stderr.splitlines() if "R028" in line] == [
        (
            "warning R028 transcripts/first.es.md: its name says 'es', and it is read as 'en'; write "
            '`language = "es"` into [briefings.first-es] of series.toml, or take it in by `publish catalog import` if '
            "it is a translation"
        )
    ]
    made = run(root, "new", "other", "transcripts/first.es.md")
    assert "warning R028 transcripts/first.es.md: its name says 'es'" in made.stderr
    (root / "series.toml").write_text(
        f'{(root / "series.toml").read_text("utf-8")}\n[briefings.first-es]\nlanguage = "es"\n', encoding="utf-8"
    )
    assert "R028" not in run(root, "build", "-f", "web", "-l", "en").stderr
    assert run(root, "new", "third", "transcripts/first.es.md", "-l", "es").stderr.count("R028") == 0


@pytest.mark.parametrize(
    ("tag", "day", "names", "language"),
    [
        ("fr", "4 mars 2031", "A, B et C", "fr"),
        ("pt-BR", "4 de março de 2031", "A, B e C", "pt-BR"),
        ("de-1996", "4. März 2031", "A, B und C", "de-1996"),
        ("ca-valencia", "4 de març del 2031", "A, B i C", "ca-valencia"),
        ("zh-Hant-HK", "2031年3月4日", "A、B及C", "zh-Hant-HK"),
        ("sr-Latn", "4. mart 2031.", "A, B i C", "sr-Latn"),
        ("dv", "March 4, 2031", "A, B, C", "en"),
        ("tlh", "March 4, 2031", "A, B, and C", "en"),
    ],
)
def test_days_and_lists_are_those_of_the_language_though_the_interface_has_no_words_in_it(
    tag: str, day: str, names: str, language: str
) -> None:
    words = Interface(tag)

    assert words.day("2031-03-04") == Phrase(day, language)
    assert words.day("last spring").text == "last spring"
    assert words.join(["A", "B", "C"]) == names


# --- What stands in for what is missing -------------------------------------------------------------------------------


def test_pages_and_books_have_days_in_the_language_of_the_edition_and_mark_them_where_they_cannot(root: Path) -> None:
    languages(root, "pt-BR", "tlh")
    for name in ("pt_BR", "tlh"):
        for briefing in ("first", "second"):
            translation(root, name, {"Good morning again.": "…"}, briefing)
    built(root)

    def days(tag: str) -> list[tuple[str, str]]:
        found = page(root, tag).xpath("//time") + page(root, tag, "").xpath("//time")
        return [
            (one.text_content(), one.xpath("string((descendant::text()/ancestor::*[@lang])[last()]/@lang)"))
            for one in found
        ]

    assert days("pt-BR") == [(f"{day} de março de 2031", "pt-BR") for day in (4, *(day for day in (11, 4)))]
    assert {(day, tag) for day, tag in days("tlh")} == {("March 4, 2031", "en"), ("March 11, 2031", "en")}
    assert run(root, "build", "-f", "epub", "-l", "pt-BR").returncode == 0
    (book,) = (root / "outputs/pt-BR").glob("*.epub")
    with ZipFile(book) as archive:
        (nav,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("nav.xhtml"))
    assert re.findall(r'<span id="nav-\w+-date">([^<]*)</span>', nav) == ["4 de março de 2031", "11 de março de 2031"]


def test_what_is_missing_is_taken_from_the_more_general_language_and_then_from_the_original(root: Path) -> None:
    languages(root, "pt-BR")
    translation(root, "pt_BR", {LITRES: "Vinte litros, por ora."})
    translation(root, "pt", {LITRES: "Vinte litros, por enquanto.", WILL: "Ficará. Obrigado."})
    built(root)

    def marks(tree: html.HtmlElement) -> dict[str, tuple[str | None, str | None]]:
        found = {" ".join(one.text_content().split()): one for one in tree.iter("p")}
        return {
            words: (one.get("lang"), one.get("dir"))
            for words, one in found.items()
            if words in {"Vinte litros, por ora.", "Ficará. Obrigado.", "(A dog walks in.)"}
        }

    wanted = {
        "Vinte litros, por ora.": (None, None),
        "Ficará. Obrigado.": ("pt", "ltr"),
        "(A dog walks in.)": ("en", "ltr"),
    }
    assert marks(page(root, "pt-BR")) == wanted
    assert "20%" in page(root, "pt-BR").xpath("//p[contains(@class, 'notice translation')]")[0].text_content()
    book = next((root / "outputs/pt-BR").rglob("*.epub"))
    with ZipFile(book) as archive:
        texts = [archive.read(name) for name in archive.namelist() if name.endswith(".xhtml")]
    merged: dict[str, tuple[str | None, str | None]] = {}
    for text in texts:
        merged |= marks(html.document_fromstring(text))
    assert merged == wanted


def test_what_stands_in_is_spoken_by_a_voice_of_its_own_language(root: Path) -> None:
    languages(root, "pt-BR")
    translation(root, "pt_BR", {LITRES: "Vinte litros, por ora."})
    translation(root, "pt", {WILL: "Ficará. Obrigado."})

    done = run(root, "build", "-f", "web,audio")

    assert done.returncode == 0, done.stderr
    cast = (root / "anchors/voices.tsv").read_text("utf-8")
    assert "vance" in cast
    tree = page(root, "pt-BR")
    heard = {one.get("lang") for one in tree.xpath("//p[@data-begin]")}
    assert heard == {None, "pt", "en"}
    assert all(float(one.get("data-end")) > float(one.get("data-begin")) for one in tree.xpath("//p[@data-begin]"))


def test_every_paragraph_is_said_by_a_voice_of_the_language_that_it_came_from(root: Path, tmp_path: Path) -> None:
    translation(root, "pt_BR", {LITRES: "Vinte litros, por ora."})
    translation(root, "pt", {LITRES: "Vinte litros, por enquanto.", WILL: "Ficará. Obrigado."})
    settings = Settings()
    path = root / "transcripts/first.md"
    briefing, _ = understand("first", (load(path.read_bytes(), path.name),), "", settings, unheard)
    asked = [
        catalog.parse(tag, (root / f"locales/{folder(tag)}/LC_MESSAGES/first.po").read_text("utf-8"), tag, unheard)
        for tag in ("pt-BR", "pt")
    ]
    edition = catalog.edition(briefing, "pt-BR", asked, (), settings, interface("pt-BR"), unheard)
    studio = Studio(stage(edition, plugins.engine("pyttsx3"), settings, tmp_path), settings)

    lines = [line for _, of in tracks(edition, Script(), settings) for line in of]
    said = {plain(line.parts): {part.voice.language for part in studio.plan(line).parts} for line in lines}

    assert said["Vinte litros, por ora."] == {"pt-BR"}
    assert said["Ficará. Obrigado."] == {"pt"}
    assert said["(A dog walks in.)"] == {"en"}
    assert set.union(*said.values()) == {"pt-BR", "pt", "en"}


def test_a_build_tells_what_can_be_seen_to_be_wrong_with_the_translations_that_it_uses(root: Path) -> None:
    long = "How much water may each family take on a single day?"
    translation(root, "fr", {LITRES: "Vingt litres \u202epour l’instant.", long: "Combien d’eau (par jour ?"})
    catalogue = (root / "locales/fr/LC_MESSAGES/first.po").read_text("utf-8").split("\n")

    said = [line for line in built(root).splitlines() if " C0" in line]

    assert len(said) == 2
    for sign, code in (("\u202e", "C018"), ("Combien", "C012")):  # what is missing has no column of its own
        (line, words) = next((number, words) for number, words in enumerate(catalogue, 1) if sign in words)
        (found,) = (told for told in said if code in told)
        place = f"{line}: column {words.index(sign) + 1}"
        assert found.startswith(f"warning {code} locales/fr/LC_MESSAGES/first.po:{place}: ")


def known(text: str) -> str:
    """What the interface says in French."""
    return interface("fr").gettext(text)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("official", "This is an official translation."),
        ("unofficial", "This is an unofficial translation."),
        ("machine", "This translation was made by a machine."),
    ],
)
def test_what_kind_of_translation_it_is_stands_on_the_page_and_in_the_book(
    root: Path, status: str, message: str
) -> None:
    translation(root, "fr", {LITRES: "Vingt litres."})
    with (root / "series.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[editions.fr]\nstatus = "{status}"\n')
    built(root)

    assert known(message) != message
    assert known(message) in page(root, "fr").text_content()
    assert known(message) not in page(root, "en").text_content()
    with ZipFile(next((root / "outputs/fr").rglob("first*.epub"))) as archive:
        words = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml"))
    assert known(message) in words


# --- A language of the interface --------------------------------------------------------------------------------------

ITALIAN = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Contents"
msgstr "Indice"

msgctxt "role"
msgid "Journalist"
msgstr "Giornalista"
"""


def test_one_file_is_a_language_of_the_interface_and_what_it_lacks_is_marked_as_english(
    root: Path, tmp_path: Path
) -> None:
    package = Path(publish.__file__).parent
    shutil.copytree(package, tmp_path / "own" / "publish", ignore=shutil.ignore_patterns("__pycache__"))
    italian = tmp_path / "own/publish/locales/it/LC_MESSAGES/publish.po"
    italian.parent.mkdir(parents=True)
    italian.write_text(ITALIAN, encoding="utf-8")
    languages(root, "it")
    translation(root, "it", {LITRES: "Venti litri, per ora."})

    built(root, path=tmp_path / "own")

    tree = page(root, "it")
    assert tree.xpath("//h2[@id='contents']/text()") == ["Indice"]
    assert "4 marzo 2031" in tree.xpath("//time")[0].text_content()
    assert tree.xpath("//time/ancestor-or-self::*[@lang='en']") == []
    assert tree.xpath("//a[@class='skip']/span[@lang='en']/text()") == ["Skip to transcript"]
    assert tree.xpath("//section[@class='speakers']/h2/span[@lang='en']/text()") == ["Who speaks"]
    assert tree.xpath("//p[contains(@class, 'foot')]//span[@lang='en']/text()")[0].startswith("Turn ")
    assert tree.xpath("//h2[@id='opening-h']//@lang") == ["en"]
    unmarked = [
        " ".join(text.split())
        for text in tree.xpath("//body//text()[not(ancestor::*[@lang='en'])]")
        if any(word in f" {text} " for word in (" the ", " turns ", " of ", " with ", " and "))
    ]
    assert unmarked == []


def test_a_transcript_with_a_new_name_keeps_its_translations(root: Path) -> None:
    run(root, "catalog", "update", "--language", "fr")
    translation(root, "fr", {LITRES: "Vingt litres."})
    (root / "transcripts/first.md").rename(root / "transcripts/opening.md")

    assert run(root, "catalog", "update", "--language", "fr").returncode == 0

    found = po.parse((root / "locales/fr/LC_MESSAGES/opening.po").read_bytes(), "x").entries
    assert {entry.strings for entry in found if entry.id == LITRES and entry.translated} == {("Vingt litres.",)}
