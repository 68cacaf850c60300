"""How far translations are: the table, the page for those who want to help, and what waits until there is enough."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from lxml import html
from spring import edit, spring
from test_build import built, publish

from publish import headway, po, translating
from publish.config import parse
from publish.diagnostics import Diagnostic, ExitCode, InputError
from publish.pipeline import Summary

FIRST = "locales/fr/LC_MESSAGES/first.po"
FRENCH = {
    "First spring briefing": "Premier point de presse",
    "Good morning. The well is open again & safe.": "Bonjour. Le puits est rouvert.",
    "With that, Tom, go ahead.": "Sur ce, Tom, allez-y.",
    "Twenty litres, for now.": "Vingt litres, pour l’instant.",
    "It will. Thank you.": "Oui. Merci.",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The workspace with half of one briefing in French."""
    root = spring(tmp_path / "spring")
    translating.update(root, ["fr"], lambda _: None)
    fill(root, FRENCH)
    edit(root / FIRST, "nobody yet", "Jeanne Dupont <jeanne@example.org>")
    return root


def fill(root: Path, translations: dict[str, str], *, fuzzy: bool = False) -> None:
    entries = [
        msgspec.structs.replace(entry, strings=(translations[entry.id],), flags=("fuzzy",) if fuzzy else entry.flags)
        if entry.id in translations
        else entry
        for entry in po.parse((root / FIRST).read_bytes(), FIRST).entries
    ]
    (root / FIRST).write_text(po.serialise(entries), encoding="utf-8")


def rows(root: Path) -> dict[tuple[str, str], headway.Status]:
    (said,) = headway.status(root, lambda _: None, as_json=True)
    return {(one.language, one.briefing): one for one in msgspec.json.decode(said, type=list[headway.Status])}


def withheld(summary: Summary) -> list[Diagnostic]:
    return [found for found in summary.findings if found.code == "C040"]


# --- The table --------------------------------------------------------------------------------------------------------


def test_the_table_counts_paragraphs_and_words_and_names_who_translated_last_without_an_address(root: Path) -> None:
    fill(root, {"It will. Thank you.": "Oui."}, fuzzy=True)

    one = rows(root)["fr", "first"]

    assert one.paragraphs == headway.Count(4, 1, 5)
    assert one.words.done + one.words.fuzzy + one.words.missing == 60
    assert one.words.fuzzy == 4
    assert (one.translator, one.revised, one.stale) == ("Jeanne Dupont", "2031-03-04T00:00:00Z", 0)
    head, line, *_ = headway.status(root, lambda _: None, as_json=False)
    assert head.split("  ")[0] == "language"
    assert "  ".join(part.strip() for part in line.split("  ") if part.strip()) == (
        f"fr  first  40 %  1  5  {one.words.fuzzy + one.words.missing}  0  2031-03-04  Jeanne Dupont"
    )


def test_a_catalogue_is_stale_by_the_messages_that_its_template_has_otherwise(root: Path) -> None:
    edit(root / "transcripts/first.md", "Twenty litres, for now.", "Thirty litres, for now.")
    edit(root / "transcripts/first.md", "It will. Thank you.", "It will. Thank you.\n\nAnd now the weather.")
    assert rows(root)["fr", "first"].stale == 0
    built(root, "catalog")
    assert rows(root)["fr", "first"].stale == 2
    (root / "locales/first.pot").unlink()
    assert rows(root)["fr", "first"].stale is None


def test_a_damaged_catalogue_is_counted_as_far_as_it_can_be_read(root: Path) -> None:
    edit(root / FIRST, '"Vingt litres, pour l’instant."', '"Vingt litres')
    findings: list[Diagnostic] = []

    table = list(headway.status(root, findings.append, as_json=False))

    assert [one.code for one in findings] == ["C006"]
    assert " 44 % " in table[1]


def test_the_command_prints_the_table_and_json(root: Path) -> None:
    table, as_json = publish(root, "catalog", "status"), publish(root, "catalog", "status", "--json")

    assert "Jeanne Dupont" in table.stdout
    assert "example.org" not in table.stdout + as_json.stdout
    assert json.loads(as_json.stdout)[0]["paragraphs"] == {"done": 5, "fuzzy": 0, "missing": 5}


# --- Thresholds -------------------------------------------------------------------------------------------------------


def test_an_edition_below_its_threshold_is_neither_built_nor_linked_and_it_is_said_what_is_missing(root: Path) -> None:
    built(root, "web")
    assert (root / "outputs/fr/first/index.html").is_file()
    edit(root / "series.toml", "languages", "editions.fr.least = 0.6\nlanguages")

    summary = built(root, "web")

    first, second = withheld(summary)
    assert summary.exit_code is ExitCode.DONE
    assert first.place.file == FIRST
    text = (root / FIRST).read_text("utf-8").splitlines()
    assert "We begin now" in "\n".join(text[first.place.line - 1 : first.place.line + 9])
    assert first.message.startswith(
        "50 % of the messages are translated into fr, and 60 % is the least, so the edition"
    )
    assert "5 are missing (" in first.message
    assert "second.po" in second.place.file
    assert not (root / "outputs/fr/first").exists()
    assert not [page for page in root.glob("outputs/**/*.html") if "fr/first/" in page.read_text("utf-8")]


def test_it_is_published_once_enough_is_translated_and_only_then(root: Path) -> None:
    edit(root / "series.toml", "languages", "editions.fr.least = 0.6\nlanguages")
    assert len(withheld(built(root, "web"))) == 2
    assert len(withheld(built(root, "web"))) == 2  # said again, though nothing was measured anew
    fill(root, {"How much water may each family take on a single day?": "Combien d’eau par famille et par jour ?"})

    summary = built(root, "web")

    assert [found.place.file for found in withheld(summary)] == ["locales/fr/LC_MESSAGES/second.po"]
    assert "../../fr/first/index.html" in (root / "outputs/en/first/index.html").read_text("utf-8")
    edit(root / "transcripts/first.md", "Twenty litres", "Thirty litres")
    assert len(withheld(built(root, "web"))) == 2


def test_what_was_measured_is_kept_and_a_damaged_note_of_it_is_measured_again(root: Path) -> None:
    edit(root / "series.toml", "languages", "editions.fr.least = 0.6\nlanguages")
    first = withheld(built(root, "web"))
    (root / ".publish/coverage.json").write_bytes(b"\0 no JSON")
    edit(root / "transcripts/second.md", "finished", "built")

    assert withheld(built(root, "web"))[0] == first[0]
    assert json.loads((root / ".publish/coverage.json").read_bytes()).keys() == {"first/fr", "second/fr"}


def test_a_threshold_does_not_depend_on_what_was_built_before(root: Path, tmp_path: Path) -> None:
    edit(root / "series.toml", "languages", "editions.fr.least = 0.5\nlanguages")
    built(root, "web")
    fresh = spring(tmp_path / "fresh")
    (fresh / "series.toml").write_bytes((root / "series.toml").read_bytes())
    for name in ("anchors", "locales"):
        (root / name).rename(fresh / name)

    built(fresh, "web")

    assert (fresh / "outputs/fr/first/index.html").read_bytes() == (root / "outputs/fr/first/index.html").read_bytes()


@pytest.mark.parametrize("value", ["1.5", "-0.1", "nan", '"all"'])
def test_a_share_that_is_none_is_refused_with_its_line(value: str) -> None:
    with pytest.raises(InputError, match=r"W003 series\.toml:2"):
        parse(f"[editions.fr]\nleast = {value}\n")


# --- Fuzzy ------------------------------------------------------------------------------------------------------------


def test_fuzzy_translations_are_used_only_when_asked_for_and_the_page_says_so(root: Path) -> None:
    fill(root, {"It will. Thank you.": "Oui, un jour."}, fuzzy=True)
    built(root, "web")
    assert "un jour" not in (root / "outputs/fr/first/index.html").read_text("utf-8")
    edit(root / "series.toml", "languages", "editions.fr.fuzzy = true\nlanguages")

    built(root, "web")

    page = html.fromstring((root / "outputs/fr/first/index.html").read_bytes())
    assert "Oui, un jour." in page.text_content()
    said = [" ".join(one.text_content().split()) for one in page.xpath("//p[contains(@class, 'notice')]")]
    assert "20 % de cette traduction n’a pas été relu par une personne." in said
    assert "Traduit de l’anglais" not in said[0] or "50 %" in said[0]


def test_a_fuzzy_translation_of_other_words_is_never_used(root: Path) -> None:
    fill(root, {"It will. Thank you.": "Oui, un jour."}, fuzzy=True)
    edit(root / FIRST, 'msgid "It will. Thank you."', 'msgid "It will not."')
    edit(root / "series.toml", "languages", "editions.fr.fuzzy = true\nlanguages")

    built(root, "web")

    assert "un jour" not in (root / "outputs/fr/first/index.html").read_text("utf-8")


# --- The page for those who want to help ------------------------------------------------------------------------------


def cells(root: Path, language: str) -> list[list[str]]:
    tree = html.fromstring((root / f"outputs/{language}/translate.html").read_bytes())
    return [[" ".join(cell.text_content().split()) for cell in row] for row in tree.xpath("//tbody/tr")]


def test_the_page_lists_every_catalogue_that_of_an_edition_which_waits_too(root: Path) -> None:
    fill(root, {"It will. Thank you.": "Oui."}, fuzzy=True)
    edit(root / "series.toml", "languages", "editions.fr.least = 0.3\nlanguages")

    built(root, "web")

    words = rows(root)["fr", "first"].words
    left = f"{words.fuzzy + words.missing}"
    assert cells(root, "en") == [
        ["Second spring briefing Not yet published", "0%", "0", "4", "26", "locales/fr/LC_MESSAGES/second.po"],
        ["First spring briefing", "40%", "1", "5", left, FIRST],
    ]
    assert cells(root, "fr")[1][:2] == ["Premier point de presse", "40\u202f%".replace("\u202f", " ")]
    index = (root / "outputs/fr/index.html").read_text("utf-8")
    assert '<a href="translate.html">Aider à traduire</a>' in index


def test_without_catalogues_there_is_neither_page_nor_link(tmp_path: Path) -> None:
    root = spring(tmp_path / "spring")
    built(root, "web")

    assert not (root / "outputs/en/translate.html").exists()
    assert "translate.html" not in (root / "outputs/en/index.html").read_text("utf-8")


def test_a_draft_is_on_no_page_that_everyone_sees(root: Path) -> None:
    edit(root / "series.toml", "languages", 'briefings.second.status = "draft"\nlanguages')
    built(root, "web")

    assert [row[0] for row in cells(root, "en")] == ["First spring briefing"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page in English and in a language from right to left."""
    root = spring(tmp_path_factory.mktemp("help") / "spring")
    edit(root / "series.toml", 'languages = ["en", "fr"]', 'languages = ["en", "ar"]')
    translating.update(root, ["ar"], lambda _: None)
    built(root, "web")
    return root / "outputs"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_checkers_find_nothing_wrong_with_the_page(
    page: Path, axe: Callable[[Path], list[str]], nu: Callable[..., list[str]], language: str
) -> None:
    assert axe(page / language / "translate.html") == []
    assert nu(page / language / "translate.html") == []
    tree = html.fromstring((page / language / "translate.html").read_bytes())
    assert tree.get("dir") == ("rtl" if language == "ar" else "ltr")
    assert not tree.xpath("//table//th[not(@scope)]")
