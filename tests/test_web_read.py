"""Pages as checkers, browsers and screen readers read them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from conftest import node_module
from lxml import html
from pages import NAME, NASTY, hostile, html_files, rich, shelf, source, with_status, work
from small import small_edition

from publish import checks
from publish.headings import heading, opening
from publish.interface import interface
from publish.model import (
    Briefing,
    Code,
    Coverage,
    Edition,
    Paragraph,
    Participant,
    Person,
    Phrase,
    Text,
    Turn,
    plain,
)
from publish.series import question
from publish.writers import web

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole site in two languages, with what its pages link to."""
    root = tmp_path_factory.mktemp("site")
    editions = [rich("en"), rich("ar")]
    files = [*web.series_files(shelf(editions))]
    for edition in editions:
        files += web.briefing_files(work(edition))
        folder = root / edition.language / NAME
        (folder / "audio").mkdir(parents=True)
        (folder / f"{NAME}.epub").touch()
        (root / edition.language / "river-briefings.epub").touch()
        for turn in edition.briefing.turns:
            (folder / "audio" / f"{turn.id}.mp3").touch()
    for file in files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        assert isinstance(file.content, bytes)
        path.write_bytes(file.content)
    return root


# --- Checkers ---------------------------------------------------------------------------------------------------------


def test_every_id_is_there_once_and_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    found = {path.relative_to(site).as_posix(): path for path in html_files(site)}

    assert len(found) == 5
    assert list(checks.site(found, site)) == []


def test_titles_tell_pages_apart(site: Path) -> None:
    titles = [html.parse(path).findtext(".//title") for path in html_files(site)]

    assert len(set(titles)) == len(titles)
    assert "River briefing, 2 April – April 2, 2031 – River briefings" in titles


def test_axe_finds_nothing_on_any_page(site: Path, axe: Callable[[Path], list[str]]) -> None:
    assert {path: axe(path) for path in html_files(site)} == {path: [] for path in html_files(site)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrasts_suffice_in_every_scheme(site: Path, browser: Browser, scheme: Any) -> None:  # noqa: ANN401
    script = (node_module("axe-core") / "axe.min.js").read_text("utf-8")
    opened = browser.new_page(bypass_csp=True, color_scheme=scheme)
    for path in (f"en/{NAME}/index.html", "en/index.html"):
        opened.goto((site / path).as_uri())
        opened.evaluate(script)
        found: Any = opened.evaluate("axe.run(document, {runOnly: ['color-contrast']})")
        assert (found["violations"], found["incomplete"]) == ([], [])
        assert found["passes"]
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("paper", ["paper", "shade", "accent-shade"])
@pytest.mark.parametrize("ink", ["ink", "quiet", "accent"])
def test_every_ink_can_be_read_on_every_paper(sheet: Page, scheme: Any, paper: str, ink: str) -> None:  # noqa: ANN401
    sheet.emulate_media(color_scheme=scheme)
    one, other = (
        sheet.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name)", f"--{name}")
        for name in (paper, ink)
    )

    lights = sorted((luminance(one), luminance(other)))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour.strip("# ")[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_nu_finds_no_error_and_no_warning(site: Path, nu: Callable[..., list[str]], tmp_path: Path) -> None:
    silent = tmp_path / "silent.html"
    silent.write_text(source(msgspec.structs.replace(with_status("draft"), public=False, narration=None)), "utf-8")
    (tmp_path / "hostile.html").write_text(source(hostile()), "utf-8")

    assert nu(*html_files(site), silent, tmp_path / "hostile.html") == []


# --- What is heard ----------------------------------------------------------------------------------------------------

ANNOUNCED = re.compile(r"^(end of |article, |paragraph$|emphasis$|code$|deletion$|insertion$)")


def squeezed(phrases: Iterable[str]) -> str:
    """Words without white space: the reader puts some between elements."""
    return re.sub(r"\s", "", "".join(phrases))


def listened(phrases: list[str], region: str) -> list[tuple[str, str]]:
    """What is heard from the transcript's beginning on: a heading as such, and the words of all else."""
    found: list[tuple[str, str]] = []
    inside = ""
    start, end = (phrases.index(f"{edge}region, {region}") for edge in ("", "end of "))
    for phrase in phrases[start + 1 : end]:
        if phrase.startswith("heading, "):
            inside = re.sub(r", level \d$", "", phrase.removeprefix("heading, "))
            found.append(("heading", squeezed([inside])))
        elif phrase.startswith(f"end of heading, {inside}"):
            inside = ""
        elif inside and squeezed([phrase]) in squeezed([inside]):
            continue  # the parts of the heading that has just been heard
        elif phrase.startswith("link, "):
            found.append(("link", phrase.removeprefix("link, ")))
        elif not ANNOUNCED.match(phrase):
            inside = ""
            found.append(("words", squeezed([phrase])))
    return found


def expected(edition: Edition) -> list[tuple[str, str]]:
    """A turn's name, then its words, then its two links; nothing else."""
    words = interface(edition.language)
    found = [("heading", squeezed([plain(opening(edition, words).parts)]))]
    number = 0
    for turn in edition.briefing.turns:
        if turn.speaker is not None:
            number += 1
            found.append(("heading", squeezed([plain(heading(turn, edition, words).parts)])))
        found += [("words", squeezed([plain(one.parts)])) for one in turn.paragraphs]
        if turn.speaker is not None:
            place = turn.time or words.gettext("Turn {number}").replace("{number}", words.number(number))
            found += [("link", words.gettext("Listen")), ("link", place)]
    return found


def joined(heard: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring words as one, since the reader goes by pieces and the source by paragraphs."""
    found: list[tuple[str, str]] = []
    for kind, words in heard:
        if kind == "words" and found and found[-1][0] == "words":
            found[-1] = (kind, found[-1][1] + words)
        else:
            found.append((kind, words))
    return found


def gaggle(folder: Path) -> Edition:
    """The twelve turns by which screen readers were compared."""
    people = {"MR. SAMS": "Ian Sams", "Q": "Q"}
    turns = []
    for one in json.loads((folder / "heard" / "text.json").read_text("utf-8"))["turns"]:
        texts = [("en", words) if isinstance(words, str) else tuple(words) for words in one["ps"]]
        key = f"p{one['i']:03}"
        parts = tuple(Paragraph((Text(words),), f"{key}{n}", tag) for n, (tag, words) in enumerate(texts))
        name = people.get(one["s"])
        turns.append(
            Turn(parts, name, time=one["t"], id=f"t{one['i']}" if name else parts[0].id, opens=one["s"] == "Q")
        )
    participants = (
        Participant("Ian Sams", "Ian Sams", role="official", title="White House Spokesperson"),
        Participant("Q", "Q", kind="unnamed", role="journalist"),
    )
    briefing = Briefing("gaggle", "Press gaggle", tuple(turns), participants)
    return Edition(
        "en",
        "en",
        Phrase("", "en"),
        Phrase("", "en"),
        Phrase("Press gaggle", "en"),
        None,
        briefing,
        {
            one.speaker: Person(Phrase(one.name, "en"), one.kind, one.role, Phrase(one.title, "en"))
            for one in participants
        },
        {one.id: Phrase(question((one,), "en"), "en") for one in turns if one.opens},
        Coverage(),
    )


def test_each_name_is_heard_once_before_its_words_and_then_only_two_links(
    real_data: Path, heard: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    edition = gaggle(real_data)
    (tmp_path / "page.html").write_text(source(work(edition)), "utf-8")

    assert joined(listened(heard(tmp_path / "page.html"), interface(edition.language).gettext("Transcript"))) == joined(
        expected(edition)
    )


def test_a_page_from_right_to_left_is_heard_in_the_same_order(
    heard: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    edition = plainer(small_edition("ar"))
    (tmp_path / "page.html").write_text(source(work(edition)), "utf-8")

    assert joined(listened(heard(tmp_path / "page.html"), interface(edition.language).gettext("Transcript"))) == joined(
        expected(edition)
    )


def plainer(edition: Edition) -> Edition:
    """Without links, images and deletions inside of speech, which the reader announces in words of its own."""
    turns = tuple(
        msgspec.structs.replace(
            turn,
            paragraphs=tuple(
                msgspec.structs.replace(one, parts=(Text(plain(one.parts)), Code("gate"))) for one in turn.paragraphs
            ),
        )
        for turn in edition.briefing.turns
    )
    return msgspec.structs.replace(edition, briefing=msgspec.structs.replace(edition.briefing, turns=turns))


# --- In a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture
def sheet(browser: Browser, site: Path) -> Iterable[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto((site / "en" / NAME / "index.html").as_uri())
    yield opened
    opened.close()


@pytest.mark.parametrize("scripted", [True, False])
def test_a_page_on_a_disk_needs_its_style_and_one_with_sound_its_player(
    browser: Browser, site: Path, *, scripted: bool
) -> None:
    for path in html_files(site):
        opened = browser.new_page(java_script_enabled=scripted)
        own = ["publish.css"] + ["player.js"] * (scripted and path.parent.name == NAME)
        wanted: list[str] = []
        said: list[str] = []
        opened.on("request", partial(noted, wanted, "url"))
        opened.on("console", partial(noted, said, "text"))
        opened.goto(path.as_uri())
        opened.close()
        assert sorted(wanted) == sorted([path.as_uri(), *((site / "theme" / name).as_uri() for name in own)])
        assert said == []
        assert path.read_text("utf-8").count("<script") == (path.parent.name == NAME)


def noted(kept: list[str], field: str, event: object) -> None:
    kept.append(getattr(event, field))


def test_the_style_is_used_in_spite_of_the_policy(sheet: Page) -> None:
    assert sheet.evaluate("getComputedStyle(document.querySelector('.turn')).borderInlineStartStyle") == "dotted"


def test_the_first_key_leads_past_everything_to_the_transcript(sheet: Page) -> None:
    sheet.keyboard.press("Tab")
    assert sheet.evaluate("document.activeElement.textContent") == "Skip to transcript"
    assert sheet.locator(".skip").bounding_box()["height"] > 24  # type: ignore[index]  # it is visible now
    sheet.keyboard.press("Enter")
    assert sheet.evaluate("document.activeElement.id") == "transcript"
    sheet.keyboard.press("Tab")
    assert sheet.evaluate("document.activeElement.textContent") == "the plan"


def test_what_has_the_focus_has_a_frame(sheet: Page) -> None:
    for _ in range(4):
        sheet.keyboard.press("Tab")
        assert sheet.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_window(browser: Browser, site: Path, language: str, width: int) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 900})
    for path in (f"{language}/{NAME}/index.html", f"{language}/index.html", "index.html"):
        opened.goto((site / path).as_uri())
        assert opened.evaluate("document.documentElement.scrollWidth") == width
    opened.close()


@pytest.mark.parametrize("width", [320, 1280, 2560])
def test_nothing_stands_beside_a_heading(browser: Browser, site: Path, width: int) -> None:
    """Orca 43 reads by what stands at one height, and leaves out a heading that has something beside it."""
    opened = browser.new_page(viewport={"width": width, "height": 900})
    opened.goto((site / "en" / NAME / "index.html").as_uri())
    beside = opened.evaluate("""() => {
        const boxes = [...document.querySelectorAll("main h2, main h3, main p, main li")].map(
            element => [element, element.getBoundingClientRect()])
        return boxes.filter(([heading]) => heading.matches("h2, h3")).flatMap(([heading, one]) =>
            boxes.filter(([element, other]) =>
                element !== heading && other.top < one.bottom - 1 && one.top < other.bottom - 1
            ).map(([element]) => [heading.textContent, element.textContent]))
    }""")
    opened.close()
    assert beside == []


def test_where_a_link_has_led_is_framed(sheet: Page) -> None:
    for key in ("t0000004", "x-t0000003", "p0000003", "p0000009"):
        sheet.evaluate("key => { location.hash = key }", key)
        framed = "document.querySelector(':target .turn, .turn:target, p:target')"
        assert sheet.evaluate(f"getComputedStyle({framed}).outlineStyle") == "solid"


def test_nothing_moves_for_those_who_want_no_motion(sheet: Page) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"

    sheet.emulate_media(reduced_motion="no-preference")
    assert sheet.evaluate(behaviour) == "smooth"
    sheet.emulate_media(reduced_motion="reduce")
    assert sheet.evaluate(behaviour) == "auto"


def test_paper_has_no_links_to_sound_and_no_way_to_skip(sheet: Page) -> None:
    sheet.emulate_media(media="print")

    for hidden in (".skip", ".foot", ".languages", ".contents", ".actions"):
        assert not sheet.locator(hidden).first.is_visible()
    assert sheet.locator("article").first.is_visible()
    assert sheet.evaluate("getComputedStyle(document.querySelector('article')).breakInside") == "avoid"


def test_roles_differ_by_form_where_colours_are_the_readers_own(sheet: Page) -> None:
    sheet.emulate_media(forced_colors="active")
    styles = (
        "roles => roles.map(role => getComputedStyle(document.querySelector(`[data-role=${role}]`)).borderLeftStyle)"
    )

    assert sheet.evaluate(styles, ["moderator", "journalist", "official"]) == ["dotted", "double", "solid"]


def test_no_field_can_put_markup_on_a_page(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(source(hostile()), "utf-8")
    tree: Any = html.document_fromstring(path.read_text("utf-8"))

    assert tree.xpath("//script/@src") == ["../../theme/player.js"]
    assert len(tree.xpath("//script")) == 1
    assert tree.xpath("//script/text()") == tree.xpath("//@*[starts-with(name(), 'on')]") == []
    assert not any(href.lower().startswith("javascript") for href in tree.xpath("//@href"))
    opened = browser.new_page()
    opened.on("dialog", lambda dialog: pytest.fail(dialog.message))
    opened.goto(path.as_uri())
    assert opened.evaluate("document.querySelector('h1').textContent") == NASTY
    opened.close()
