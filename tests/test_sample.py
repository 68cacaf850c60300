"""This repository's own series, built as a visitor builds it, and held against every checker there is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

ROOT = Path(__file__).parent.parent
LANGUAGES = ("en", "fr", "ar", "zh-Hans")
BRIEFINGS = ("2031-04-02-river-hall", "2031-04-04-after-the-crest", "2031-04-18-friends-of-the-river")


def test_the_ids_and_templates_in_the_repository_are_those_that_a_build_gives(sample: Path) -> None:
    for folder in ("anchors", "locales"):
        for path in sorted((sample / folder).rglob("*.*")):
            if path.is_file():
                assert path.read_bytes() == (ROOT / path.relative_to(sample)).read_bytes(), path.name


def test_french_and_arabic_are_complete_and_chinese_is_about_half(sample: Path) -> None:
    command = [sys.executable, "-m", "publish", "catalog", "status"]
    done = subprocess.run(command, cwd=sample, capture_output=True, text=True, check=True)

    shares = {tuple(line.split()[:2]): int(line.split()[2]) for line in done.stdout.splitlines()[1:]}
    for name in BRIEFINGS:
        assert shares["fr", name] == shares["ar", name] == 100
        assert 40 <= shares["zh-Hans", name] <= 70


def test_every_edition_has_page_book_and_sound(sample: Path) -> None:
    """Arabic too: what adds its vowels is installed for the tests."""
    for language in LANGUAGES:
        for name in BRIEFINGS:
            folder = sample / "outputs" / language / name
            assert (folder / "index.html").is_file()
            assert (folder / f"{name}.epub").is_file()
            assert list(folder.glob("audio/*.mp3"))
            assert (folder / f"{name}.mp3").is_file()


def test_the_parser_of_the_standard_s_author_finds_nothing_in_any_webvtt_file(
    sample: Path, webvtt: Callable[..., dict[Path, dict[str, Any]]]
) -> None:
    found = webvtt(*sorted(sample.glob("outputs/**/*.vtt")))

    assert len(found) > 100
    assert {path.name: told["errors"] for path, told in found.items() if told["errors"]} == {}


def test_a_podcast_parser_reads_every_feed_and_all_that_it_names_is_there(
    sample: Path, partytime: Callable[[Path], dict[str, Any]]
) -> None:
    feeds = sorted(sample.glob("outputs/*/feed.xml"))
    assert [path.parent.name for path in feeds] == ["ar", "en", "fr", "zh-Hans"]
    for path in feeds:
        feed = partytime(path)
        assert [item["link"].split("/")[-2] for item in feed["items"]] == list(reversed(BRIEFINGS))
        for item in feed["items"]:
            files = [item["enclosure"]["url"], item["podcastChapters"]["url"], feed["itunesImage"], item["link"]]
            files += [transcript["url"] for transcript in item["podcastTranscripts"]]
            paths = [sample / "outputs" / url.removeprefix("https://briefings.lenne.example/") for url in files]
            assert all(path.is_file() for path in paths)
            assert item["enclosure"]["length"] == paths[0].stat().st_size
            assert item["podcastPeople"]


def test_a_foreign_passage_keeps_its_language_in_every_edition(sample: Path) -> None:
    for language in LANGUAGES:
        page = html.parse(sample / "outputs" / language / BRIEFINGS[2] / "index.html").getroot()
        (spanish,) = page.xpath("//*[@lang='es'][contains(., 'Buenos días')]")[-1:]
        assert spanish.get("dir") == "ltr" or language != "ar"


def test_epubcheck_has_nothing_to_say_of_any_book(
    sample: Path, epubcheck: Callable[..., dict[Path, list[object]]]
) -> None:
    books = sorted(sample.glob("outputs/**/*.epub"))

    in_two = [book for book in books if book.stem.endswith(("-en-fr", "-en-ar"))]
    assert len(in_two) == 2 * len(BRIEFINGS)
    assert len(books) == len(LANGUAGES) * (len(BRIEFINGS) + 1) + len(in_two)
    assert {book.name: found for book, found in epubcheck(*books).items() if found} == {}


def test_ace_finds_no_violation(sample: Path, ace: Callable[[Path], list[str]]) -> None:
    assert ace(sample / "outputs/en/the-lenne-flood-briefings.epub") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_no_violation_on_any_kind_of_page(
    sample: Path, language: str, axe: Callable[[Path], list[str]]
) -> None:
    outputs = sample / "outputs"
    pages = (
        outputs / "index.html",
        outputs / language / "index.html",
        outputs / language / BRIEFINGS[1] / "index.html",
    )

    assert [found for page in pages for found in axe(page)] == []


def test_the_nu_checker_finds_neither_error_nor_warning(sample: Path, nu: Callable[..., list[str]]) -> None:
    assert nu(*sorted(sample.glob("outputs/**/*.html"))) == []


def test_msgfmt_finds_nothing_in_any_catalogue(sample: Path, msgfmt: Callable[..., str]) -> None:
    catalogs = sorted(sample.glob("locales/*/LC_MESSAGES/*.po")) + sorted(
        ROOT.glob("publish/locales/*/LC_MESSAGES/*.po")
    )
    templates = sorted(sample.glob("locales/*.pot")) + sorted(ROOT.glob("publish/locales/*.pot"))

    assert {path: said for path in catalogs if (said := msgfmt(path, "--check"))} == {}
    assert {path: said for path in templates if (said := msgfmt(path))} == {}


def test_every_turn_s_sound_ends_with_its_last_cue(sample: Path, mpg123_samples: Callable[[Path], int]) -> None:
    for sound in sorted((sample / "outputs/en" / BRIEFINGS[1] / "audio").glob("*.mp3")):
        cues = re.findall(r"--> (?:(\d+):)?(\d+):(\d+)\.(\d+)", sound.with_suffix(".vtt").read_text("utf-8"))
        hours, minutes, seconds, thousandths = (int(part or 0) for part in cues[-1])
        end = (hours * 3600 + minutes * 60 + seconds) * 1000 + thousandths

        assert end == mpg123_samples(sound) * 1000 // 22_050 or end == round(mpg123_samples(sound) * 1000 / 22_050)


def test_the_screen_reader_hears_every_name_before_its_words(sample: Path, heard: Callable[[Path], list[str]]) -> None:
    page = sample / "outputs/en" / BRIEFINGS[1] / "index.html"

    said = heard(page)

    tree = html.parse(page).getroot()
    for article in tree.xpath("//article"):
        heading = " ".join(article.xpath("string(.//h2|.//h3)").split())
        words = " ".join(article.xpath("string(.//p[1])").split())
        name = next(
            index
            for index, phrase in enumerate(said)
            if phrase.startswith("heading, ") and heading[:20] in re.sub(" ([,:])", r"\1", phrase)
        )
        first = next(index for index, phrase in enumerate(said) if phrase and words.startswith(phrase) and index > name)
        assert name < first
