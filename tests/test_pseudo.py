"""Editions in no language: what is not in a catalogue, and what a longer translation would cut off, is seen in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from spring import spring
from test_build import built, publish

from publish import pseudo
from publish.interface import interface
from publish.pseudo import ACCENTED, CLOSE, OPEN, TURNED, changed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KEPT = 'See <a id="1">it</a> &amp; {count} at https://example.org/a or a@example.org, <x id="2"/>%(name)s.'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = spring(tmp_path_factory.mktemp("pseudo") / "spring")
    built(root, "web", "epub", "catalog", languages=(ACCENTED, TURNED))
    return root


def test_words_are_longer_accented_and_in_brackets() -> None:
    text = "The river rose by two metres in the night, and the bridge was closed."

    said = changed(text, ACCENTED)

    assert (said[0], said[-1]) == (OPEN, CLOSE)
    assert 1.2 < len(said) / len(text) < 1.5
    assert not re.search("[A-Za-z]", said)


@pytest.mark.parametrize("language", pseudo.TAGS)
def test_tags_placeholders_addresses_and_escapes_stay_as_they_are(language: str) -> None:
    said = changed(KEPT, language)

    for part in ('<a id="1">', "</a>", "&amp;", "{count}", "https://example.org/a", "a@example.org,", '<x id="2"/>'):
        assert part in said
    assert "%(name)s" in said
    assert changed("…", language) == "…"


def test_every_word_is_turned_on_its_own() -> None:
    assert changed("Go <em>on</em>, Tom’s", TURNED) == "\u202eGo\u202c <em>\u202eon\u202c</em>, \u202eTom’s\u202c"


def test_the_words_of_the_tool_are_changed_too() -> None:
    words = interface(ACCENTED)

    assert words.gettext("{minutes} min").startswith(OPEN)
    assert "{minutes}" in words.gettext("{minutes} min")
    assert words.ngettext("{count} turn", "{count} turns", 1) == changed("{count} turn", ACCENTED)
    assert words.role("official") == changed("Official", ACCENTED)
    assert words.date("2031-03-04").startswith(OPEN)
    assert interface(TURNED).direction == "rtl"


def test_they_are_made_when_asked_for_and_written_to_no_catalogue(site: Path) -> None:
    assert (site / "outputs/en-XA/first/index.html").is_file()
    assert (site / "outputs/en-XA/first/first.epub").is_file()
    assert 'lang="ar-XB" dir="rtl"' in (site / "outputs/ar-XB/first/index.html").read_text("utf-8")
    assert sorted(path.name for path in (site / "locales").iterdir()) == ["series.pot"]


def test_they_are_gone_at_the_next_whole_build(tmp_path: Path) -> None:
    root = spring(tmp_path / "spring")
    assert publish(root, "build", "-f", "web", "--language", "en-XA").returncode == 0
    assert (root / "outputs/en-XA/first/index.html").is_file()

    built(root, "web")

    assert not (root / "outputs/en-XA").exists()


VISIBLE = """
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!/\\p{L}/u.test(node.data)) continue;
    if (element.closest('.languages, .editions a, [lang="en"], code, script, style')) continue;
    let whole = element;  // a sentence with parts inside is bracketed as a whole
    while (getComputedStyle(whole).display === 'inline') whole = whole.parentElement;
    if (!whole.textContent.includes('⟦')) found.push(node.data.trim());
    else if (/[A-Za-z]{2}/.test(node.data)) found.push(node.data.trim());
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [alt]')) {
    if (element.closest('.languages a')) continue;
    for (const name of ['aria-label', 'title', 'alt']) {
      const text = element.getAttribute(name);
      if (text && !text.startsWith('⟦')) found.push(name + '=' + text);
    }
  }
  return [...new Set(found)];
}
"""
"""Texts that are in no brackets, or have two letters in a row that nothing has accented."""


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>⟦Ĥéļļöö⟧ <b>⟦ŵ⟧</b></p><p>2031</p>", []),
        ("<p>⟦Ĥéļļöö⟧</p><p>мост</p>", ["мост"]),
        ("<p>⟦Ĥéļļöö⟧ <b>world</b></p>", ["world"]),
        ("<p aria-label='Hello'>⟦Ĥéļļöö⟧</p>", ["aria-label=Hello"]),
    ],
)
def test_a_word_that_is_in_no_catalogue_would_be_seen(browser: Browser, body: str, found: list[str]) -> None:
    opened = browser.new_page()
    opened.set_content(body)

    seen: Any = opened.evaluate(VISIBLE)

    opened.close()
    assert seen == found


@pytest.mark.parametrize("page", ["en-XA/first/index.html", "en-XA/second/index.html", "en-XA/index.html"])
def test_no_word_on_a_page_is_in_no_catalogue(browser: Browser, site: Path, page: str) -> None:
    opened = browser.new_page()
    opened.goto((site / "outputs" / page).as_uri())

    found: Any = opened.evaluate(VISIBLE)

    opened.close()
    assert found == []


@pytest.mark.parametrize("language", pseudo.TAGS)
@pytest.mark.parametrize("page", ["first/index.html", "index.html"])
def test_longer_words_make_no_page_wider_than_a_small_screen(
    browser: Browser, site: Path, language: str, page: str
) -> None:
    opened = browser.new_page(viewport={"width": 320, "height": 640})
    opened.goto((site / "outputs" / language / page).as_uri())

    width: Any = opened.evaluate("document.documentElement.scrollWidth")

    opened.close()
    assert width <= 320
