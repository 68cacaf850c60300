"""Translations that exist already are taken over: final where it is sure, fuzzy with a reason where not, all told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree

from publish import po
from publish.cli import cli
from publish.po import Entry

APRIL = """---
title: Flood briefing, 2 April
date: 2031-04-02
---

MS. LINDQVIST:  Good morning. The gauge at the Old Bridge stood at 4.9 metres, and it is *still* rising.

We have closed the quays, the tunnel and 2 schools; see [the plan](https://river.example/plan). They open on May 12.

Q    Who pays for the tunnel?

MR. HADDAD:  The River Authority pays 300 million, as it did in 1999.

Nobody will lose a house.
"""
AVRIL = """---
title: Point sur la crue du 2 avril
date: 2031-04-02
---

Mme LINDQVIST:  Bonjour. L’échelle du Vieux-Pont était à 4,9 mètres, et l’eau monte *encore*.

Nous avons fermé les quais, le tunnel et 2 écoles ; voir [le plan](https://river.example/plan). Elles
rouvrent le 12 mai.

Q    Qui paie le tunnel ?

M. HADDAD:  L’Agence du fleuve paie 300 millions, comme en 1999.

Personne ne perdra sa maison.
"""
MAY = APRIL.replace("2 April", "9 May").replace("2031-04-02", "2031-05-09").replace("Old Bridge", "Fish Market")


@pytest.fixture
def series(tmp_path: Path) -> Path:
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "series.toml").write_text(
        'title = "The river"\n[speakers.lindqvist]\nname = "Mara Lindqvist"\n'
        'aliases = ["MS. LINDQVIST", "Mme LINDQVIST"]\n[speakers.haddad]\naliases = ["MR. HADDAD", "M. HADDAD"]\n',
        encoding="utf-8",
    )
    (tmp_path / "transcripts" / "april.md").write_text(APRIL, encoding="utf-8")
    (tmp_path / "transcripts" / "may.md").write_text(MAY, encoding="utf-8")
    return tmp_path


def take(series: Path, text: str, *words: str, name: str = "april.fr.md", language: str = "fr") -> Result:
    (series / name).write_text(text, encoding="utf-8")
    return CliRunner().invoke(
        cli, ["catalog", "import", str(series / name), str(series), "-l", language, *words], catch_exceptions=True
    )


def catalogue(series: Path, name: str = "april") -> dict[str, Entry]:
    """Entries by their message."""
    file = series / "locales" / "fr" / "LC_MESSAGES" / f"{name}.po"
    return {entry.id: entry for entry in po.parse(file.read_bytes(), "april.po").entries if entry.id}


def beginning(entries: dict[str, Entry], words: str) -> Entry:
    (found,) = (entry for text, entry in entries.items() if text.startswith(words))
    return found


# --- What becomes final -----------------------------------------------------------------------------------------------


def test_a_faithful_translation_becomes_a_finished_catalogue(series: Path) -> None:
    done = take(series, AVRIL)

    entries = catalogue(series)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("april (fr): 5 paragraphs: 5 final, 0 to be looked at.")
    assert all(entry.translated for entry in entries.values())
    assert beginning(entries, "Flood").strings == ("Point sur la crue du 2 avril",)
    assert beginning(entries, "Nobody").strings == ("Personne ne perdra sa maison.",)


def test_links_and_stressed_words_of_the_translation_are_the_tags_of_the_message(series: Path) -> None:
    take(series, AVRIL)

    entries = catalogue(series)
    assert beginning(entries, "Good").strings[0].endswith("l’eau monte <em>encore</em>.")
    assert beginning(entries, "We have").strings[0].startswith("Nous avons fermé les quais")
    assert '<a id="1">le plan</a>' in beginning(entries, "We have").strings[0]


def test_the_edition_that_is_built_has_the_imported_words(series: Path) -> None:
    take(series, AVRIL)

    done = CliRunner().invoke(cli, ["build", str(series), "--format", "web", "--language", "fr"])

    page = (series / "outputs" / "fr" / "april" / "index.html").read_text("utf-8")
    assert done.exit_code == 0, done.output
    assert "Personne ne perdra sa maison." in page
    assert 'href="https://river.example/plan"' in page


def test_importing_again_changes_nothing(series: Path) -> None:
    take(series, AVRIL.replace("Personne", "Personne, personne, personne et encore une fois personne"))
    file = series / "locales" / "fr" / "LC_MESSAGES" / "april.po"
    before = file.read_bytes()

    take(series, AVRIL.replace("Personne", "Personne, personne, personne et encore une fois personne"))

    assert file.read_bytes() == before


def test_names_that_the_translation_has_otherwise_are_offered_once_in_the_catalogue_of_the_series(series: Path) -> None:
    done = take(series, AVRIL)

    entries = catalogue(series, "series")
    assert done.stdout.endswith("0 to be looked at. Offered in series.po, as fuzzy: 1 of the names and titles.\n")
    offered = {text: (entry.strings[0], entry.fuzzy) for text, entry in entries.items() if any(entry.strings)}
    assert offered == {"MR. HADDAD": ("M. HADDAD", True)}
    comment = " Imported from the translation of april: see that it is right everywhere."
    assert entries["MR. HADDAD"].comments == (comment,)
    file = series / "locales/fr/LC_MESSAGES/series.po"
    file.write_text(file.read_text("utf-8").replace("M. HADDAD", "Samir Haddad"), encoding="utf-8")
    before = file.read_bytes()
    assert "names and titles" not in take(series, AVRIL).stdout
    assert file.read_bytes() == before


def test_a_damaged_catalogue_of_the_series_is_told_and_stays_while_the_translation_is_taken(series: Path) -> None:
    file = series / "locales/fr/LC_MESSAGES/series.po"
    file.parent.mkdir(parents=True)
    file.write_text('msgid "\n', encoding="utf-8")

    done = take(series, AVRIL)

    assert done.exit_code == 3
    assert "error C001 locales/fr/LC_MESSAGES/series.po:1" in done.stderr
    assert file.read_text("utf-8") == 'msgid "\n'
    assert beginning(catalogue(series), "Nobody").strings == ("Personne ne perdra sa maison.",)


def test_a_name_is_offered_only_where_it_is_sure_whose_it_is(series: Path) -> None:
    done = take(series, AVRIL.replace("M. HADDAD:", "Mme LINDQVIST:"))

    assert "names and titles" not in done.stdout
    assert not (series / "locales/fr/LC_MESSAGES/series.po").exists()


# --- What is in doubt -------------------------------------------------------------------------------------------------


def test_tags_that_the_translation_has_not_leave_it_fuzzy_with_a_reason(series: Path) -> None:
    done = take(series, AVRIL.replace("[le plan](https://river.example/plan)", "le plan"))

    found = beginning(catalogue(series), "We have")
    assert "4 final, 1 to be looked at." in done.stdout
    assert found.fuzzy
    assert found.strings[0].startswith("Nous avons fermé")
    (comment,) = found.comments
    assert comment.startswith(" Imported from april.fr.md:8, ")
    assert comment.endswith(" % sure: its links and marks are not those of the message, and are left out; put them in.")


def test_a_paragraph_that_was_divided_is_put_together_and_fuzzy(series: Path) -> None:
    done = take(series, AVRIL.replace("Elles\nrouvrent", "\n\nElles\nrouvrent"))

    found = beginning(catalogue(series), "We have")
    assert done.exit_code == 0, done.output
    assert found.strings[0].endswith("</a>. Elles rouvrent le 12 mai.")
    assert found.fuzzy
    assert "it stood there as 2 paragraphs" in found.comments[0]


def test_paragraphs_that_were_joined_both_have_the_whole_and_are_fuzzy(series: Path) -> None:
    take(series, AVRIL.replace("1999.\n\nPersonne", "1999. Personne"))

    entries = catalogue(series)
    first, second = beginning(entries, "The River"), beginning(entries, "Nobody")
    assert (
        first.strings
        == second.strings
        == ("L’Agence du fleuve paie 300 millions, comme en 1999. Personne ne perdra sa maison.",)
    )
    assert first.fuzzy
    assert second.fuzzy
    assert "take out what is not of this message" in second.comments[0]


def test_numbers_that_differ_leave_it_fuzzy(series: Path) -> None:
    take(series, AVRIL.replace("300 millions, comme en 1999", "250 millions, comme en 2007"))

    assert beginning(catalogue(series), "The River").fuzzy


def test_a_title_that_was_not_translated_is_fuzzy(series: Path) -> None:
    take(series, AVRIL.replace("Point sur la crue du 2 avril", "Flood briefing 2 April"))

    assert beginning(catalogue(series), "Flood").fuzzy


def test_what_matches_nothing_is_told_with_its_line_and_is_in_no_message(series: Path) -> None:
    extra = "Note du traducteur : les montants sont en couronnes de l’ancienne monnaie, supprimée depuis."

    done = take(series, AVRIL.replace("Q    Qui", f"{extra}\n\nQ    Qui"))

    assert done.exit_code == 1
    said = "april (fr): 5 paragraphs: 5 final, 0 to be looked at, 1 of the translation matches nothing."
    assert done.stdout.startswith(said)
    assert "error C030 " in done.stderr
    assert "april.fr.md:11: this matches no paragraph of the transcript: 'Note du traducteur" in done.stderr


# --- What stands already ----------------------------------------------------------------------------------------------


def edit(series: Path, before: str, after: str) -> None:
    file = series / "locales" / "fr" / "LC_MESSAGES" / "april.po"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_what_a_translator_wrote_is_kept_and_the_other_version_shown_beside_it(series: Path) -> None:
    take(series, AVRIL)
    edit(series, "Personne ne perdra sa maison.", "Pas une maison ne sera perdue.")

    done = take(series, AVRIL)

    found = beginning(catalogue(series), "Nobody")
    assert found.strings == ("Pas une maison ne sera perdue.",)
    assert found.fuzzy
    assert found.comments == (" Conflict: the other translation is Personne ne perdra sa maison.",)
    assert "1 of them with two versions to choose from" in done.stdout
    assert "warning C004" in done.stderr
    again = take(series, AVRIL)
    assert beginning(catalogue(series), "Nobody") == found
    assert "C004" not in again.stderr


def test_a_translation_in_doubt_gives_way_and_stays_as_a_comment(series: Path) -> None:
    take(series, AVRIL.replace("300 millions, comme en 1999", "250 millions, comme en 2007"))

    take(series, AVRIL)

    found = beginning(catalogue(series), "The River")
    assert found.translated
    assert any("Before the import, in doubt: L’Agence du fleuve paie 250 millions" in line for line in found.comments)


def test_what_a_person_was_sure_of_is_not_put_in_doubt(series: Path) -> None:
    take(series, AVRIL)
    before = beginning(catalogue(series), "The River")

    take(series, AVRIL.replace("300 millions, comme en 1999", "250 millions, comme en 2007"))

    assert beginning(catalogue(series), "The River") == before


# --- Which briefing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["april.md", "april.fr.md", "April_FR.md", "april-fr.md"])
def test_the_name_of_the_file_says_which_briefing_it_is_of(series: Path, name: str) -> None:
    assert take(series, AVRIL.replace("date: 2031-04-02\n", ""), name=name).stdout.startswith("april (fr): ")


def test_the_day_says_which_briefing_it_is_of(series: Path) -> None:
    assert take(series, AVRIL, name="crue.md").stdout.startswith("april (fr): ")


def test_an_option_says_which_briefing_it_is_of(series: Path) -> None:
    assert take(series, AVRIL, "-b", "may", name="crue.md").stdout.startswith("may (fr): ")


def test_when_nothing_tells_the_briefings_are_listed(series: Path) -> None:
    done = take(series, AVRIL.replace("date: 2031-04-02\n", ""), name="crue.md")

    assert isinstance(done.exception, Exception)
    assert str(done.exception) == (
        "error W012: it cannot be told which briefing 'crue.md' is the translation of; "
        "name it with --briefing: april, may"
    )


def test_a_name_that_is_none_of_a_briefing_is_refused(series: Path) -> None:
    assert "there is no briefing 'june'; name it with --briefing: april, may" in str(
        take(series, AVRIL, "-b", "june").exception
    )


def test_the_translation_of_something_else_is_refused_and_nothing_is_written(series: Path) -> None:
    other = "\n\n".join(f"M. INCONNU:  Tout autre chose, {number * 7919} fois." for number in range(30))

    done = take(series, other)

    assert "error C032" in str(done.exception)
    assert not (series / "locales" / "fr").exists()


def test_a_translation_in_another_language_than_was_said_is_refused(series: Path) -> None:
    done = take(series, AVRIL.replace("date:", "language: de\ndate:"))

    assert "error C031" in str(done.exception)
    assert "this is in 'de', and not in 'fr'" in str(done.exception)


def test_the_language_of_the_transcript_is_no_translation(series: Path) -> None:
    assert "'april' is in 'en' itself" in str(take(series, APRIL, name="april.md", language="en").exception)


# --- How it is told ---------------------------------------------------------------------------------------------------


def test_the_transcript_itself_is_no_translation_whatever_language_is_said(series: Path) -> None:
    take(series, AVRIL)
    before = {path: path.read_bytes() for path in (series / "locales").rglob("*.po")}

    done = take(series, APRIL)

    said = "5 of 5 paragraphs are word for word those of 'april', and so in 'en', not in 'fr'; "
    assert "error C031" in str(done.exception)
    assert said in str(done.exception)
    assert {path: path.read_bytes() for path in (series / "locales").rglob("*.po")} == before


def test_a_paragraph_that_the_translation_has_left_in_the_original_is_not_taken_for_one(series: Path) -> None:
    english, french = (text.partition("LINDQVIST:  ")[2].partition("\n")[0] for text in (APRIL, AVRIL))

    done = take(series, AVRIL.replace(french, english))

    entry = beginning(catalogue(series), "Good morning")
    assert done.stdout.startswith("april (fr): 5 paragraphs: 4 final, 1 to be looked at.")
    assert entry.fuzzy
    assert entry.comments[0].endswith("it stands there untranslated; translate it.")


def test_json_has_every_pair_with_its_confidence(series: Path) -> None:
    done = take(series, AVRIL, "--json")

    said = json.loads(done.stdout)
    assert (said["briefing"], said["final"], said["fuzzy"], said["unmatched"]) == ("april", 5, 0, 0)
    assert len(said["pairs"]) == 5
    assert all(pair["state"] == "final" and 0.9 <= pair["confidence"] <= 1 for pair in said["pairs"])
    assert [pair["lines"] for pair in said["pairs"]] == [[6], [8], [11], [13], [15]]


def test_pages_in_a_folder_are_one_translation(series: Path) -> None:
    folder = series / "avril"
    folder.mkdir()
    first, second = AVRIL.split("Q    Qui")
    (folder / "2.md").write_text(first, encoding="utf-8")
    (folder / "10.md").write_text(f"Q    Qui{second}", encoding="utf-8")

    done = CliRunner().invoke(cli, ["catalog", "import", str(folder), str(series), "-l", "fr", "-b", "april"])

    assert "april (fr): 5 paragraphs: 5 final" in done.stdout


def test_a_sitting_is_imported_by_its_ids_whole(series: Path, real_data: Path) -> None:
    folder = real_data / "parlamint-es-ct"
    source = folder / "ParlaMint-ES-CT_2015-10-26-0101.xml"
    (series / "transcripts" / source.name).write_bytes(source.read_bytes())
    translation = folder / "ParlaMint-ES-CT-en_2015-10-26-0101.ana.xml"

    done = CliRunner().invoke(cli, ["catalog", "import", str(translation), str(series), "-l", "en", "--json"])

    said = json.loads(done.stdout)
    found = {pair["context"].partition("/")[2]: pair for pair in said["pairs"]}
    segments = [seg.get("{http://www.w3.org/XML/1998/namespace}id") for seg in etree.parse(source).iter("{*}seg")]
    assert done.exit_code == 0, done.output
    assert said["briefing"] == "parlamint-es-ct-2015-10-26-0101"
    assert len(segments) == 243
    assert all(found[key]["confidence"] == 1 and found[key]["state"] == "final" for key in segments)
    assert said["unmatched"] == said["missing"] == 0
