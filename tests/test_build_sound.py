"""Whole builds with episodes, feeds and a cover; the voice is silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from spring import contents, edit, spring
from test_build import built
from test_cover import picture

from publish.diagnostics import InputError

SOUND = ("audio", "episode", "feed", "web")
SITE = '\n[site]\nurl = "https://spring.example"\n'
EPISODE = "outputs/en/first/first.mp3"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = spring(tmp_path / "spring")
    settings = root / "series.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[audio]\nengine = "silence"\n', encoding="utf-8")
    return root


def with_site(root: Path) -> Path:
    settings = root / "series.toml"
    settings.write_text(settings.read_text("utf-8") + SITE, encoding="utf-8")
    return root


def test_without_an_address_there_is_one_note_and_no_feed(root: Path) -> None:
    summary = built(root, *SOUND)

    assert [found.code for found in summary.findings].count("W014") == 1
    assert EPISODE in summary.made
    assert not list(root.glob("outputs/**/feed.xml"))
    assert not list(root.glob("outputs/cover.*"))


def test_with_one_there_is_a_feed_which_goes_when_the_address_does(root: Path) -> None:
    summary = built(with_site(root), *SOUND)
    assert {"outputs/en/feed.xml", "outputs/cover.png", EPISODE} <= set(summary.made)
    assert (root / "outputs/en/feed.xml").read_text("utf-8").count("<item>") == 2

    edit(root / "series.toml", SITE, "")
    summary = built(root, *SOUND)

    assert set(summary.removed) == {"outputs/en/feed.xml", "outputs/cover.png"}
    assert "feed.xml" not in (root / "outputs/en/index.html").read_text("utf-8")


def test_a_draft_has_an_episode_and_is_not_in_the_feed(root: Path) -> None:
    settings = with_site(root) / "series.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[briefings.first]\nstatus = "draft"\n', encoding="utf-8")

    summary = built(root, *SOUND)

    assert EPISODE in summary.made
    feed = (root / "outputs/en/feed.xml").read_text("utf-8")
    assert "/en/first/" not in feed
    assert "/en/second/" in feed


def test_the_feed_keeps_the_episodes_of_a_build_that_makes_none(root: Path) -> None:
    built(with_site(root), *SOUND)
    before = (root / "outputs/en/feed.xml").read_bytes()

    built(root, "web", "feed")

    assert (root / "outputs/en/feed.xml").read_bytes() == before


def test_a_changed_cover_changes_the_tags_and_no_page(root: Path) -> None:
    settings = with_site(root) / "series.toml"
    picture("jpg", root / "cover.jpg")
    settings.write_text('cover = "cover.jpg"\n' + settings.read_text("utf-8"), encoding="utf-8")
    assert "outputs/cover.jpg" in built(root, *SOUND).made

    picture("png", root / "other.png").replace(root / "cover.jpg")
    made = built(root, *SOUND).made

    assert {EPISODE, "outputs/cover.png", "outputs/en/feed.xml"} <= set(made)
    assert not [path for path in made if path.endswith((".html", ".vtt", ".json"))]
    assert (root / "cover.jpg").read_bytes() in (root / EPISODE).read_bytes()
    assert not built(root, *SOUND).made


def test_a_cover_that_cannot_be_used_is_refused_with_its_place(root: Path) -> None:
    settings = root / "series.toml"
    settings.write_text(settings.read_text("utf-8").replace("publisher", 'cover = "none.png"\npublisher'), "utf-8")

    with pytest.raises(InputError, match=r"error W013 series\.toml:2: there is no file 'none\.png'"):
        built(root, *SOUND)


def test_what_has_not_changed_is_left_alone(root: Path) -> None:
    built(with_site(root), *SOUND)
    before = {path: path.stat().st_mtime_ns for path in root.glob("outputs/en/*/*.mp3")}

    edit(root / "transcripts" / "second.md", "Good morning again", "Good day")
    made = built(root, *SOUND).made

    assert "outputs/en/second/second.mp3" in made
    assert [path for path in before if path.stat().st_mtime_ns != before[path]] == [
        root / "outputs/en/second/second.mp3"
    ]


def test_audiobooks_are_made_when_they_are_asked_for_and_nothing_else_is_touched(root: Path) -> None:
    built(root, *SOUND)
    before = contents(root / "outputs")

    made = built(root, "audiobook").made

    assert {"outputs/en/first/first.m4b", "outputs/en/second/second.m4b"} <= set(made)
    assert [path for path in made if "spring-briefings-" in path]
    after = contents(root / "outputs")
    assert {name: data for name, data in after.items() if not name.endswith(".m4b")} == before
    assert not [path.name for path in (root / ".publish").iterdir() if path.name.startswith("recode")]
