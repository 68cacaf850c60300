"""The player of a page: real sound in a real browser, from a disk and from a server."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import WCAG, node_module
from lxml import html
from pages import NAME, rich, shelf, source, work
from test_web_read import listened
from werkzeug.serving import make_server

from publish.audio import FRAME, RATE, encode, mp3
from publish.interface import interface
from publish.model import Clip, Edition, Narration, Track
from publish.serve import Site
from publish.writers import web

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMED, SAID = 8 * FRAME, 14 * FRAME
"""Samples of a name and of a sentence."""
LATE = 0.3
"""Seconds that a busy machine may be late by."""

WATCH = """
window.heard = [];
window.scrolls = [];
window.handlers = {};
const Sound = Audio;
window.Audio = function () { return window.sound = new Sound(); };
const scroll = Element.prototype.scrollIntoView;
Element.prototype.scrollIntoView = function (how) { scrolls.push([this.id, how.behavior]); scroll.call(this, how); };
const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
navigator.mediaSession.setActionHandler = (action, handler) => { handlers[action] = handler; set(action, handler); };
new MutationObserver(records => {
  for (const { target, oldValue } of records) {
    const now = target.classList.contains("heard");
    if (now && !/\\bheard\\b/.test(oldValue ?? "")) heard.push([target.id, sound.currentTime]);
    if (now && window.stopAt === target.id) handlers.pause();
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["class"], attributeOldValue: true });
"""
"""Notes what is marked when, what scrolls how, and what a headset would call; pauses at ``stopAt``."""


def spoken(edition: Edition) -> Narration:
    """Every turn is heard, after its name if it has one; of the first paragraph in English every sentence is known."""
    tracks = {}
    for turn in edition.briefing.turns:
        at = NAMED if turn.speaker and not turn.continued else 0
        clips = [Clip(f"{turn.id}-n", 0, at)] if at else []
        for paragraph in turn.paragraphs:
            count = 3 if (paragraph.id, paragraph.language) == ("p0000001", "en") else 1
            *inner, end = range(at + SAID, at + count * SAID + 1, SAID)
            clips.append(Clip(paragraph.id, at, end, tuple(inner)))
            at = end
        tracks[turn.id] = Track(turn.id, tuple(clips), ("",) * len(clips))
    return Narration(RATE, tracks)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages in two languages with silence for sound, and one that has none."""
    root = tmp_path_factory.mktemp("sounding")
    editions = [rich("en"), rich("ar")]
    files = {file.path: file.content for file in web.series_files(shelf(editions))}
    for edition in editions:
        narration = spoken(edition)
        page = source(work(edition, narration=narration))
        files[f"{edition.language}/{NAME}/index.html"] = page.encode()
        for track in narration.tracks.values():
            # The encoder ends every clip with the silence that joining needs.
            clip = encode([b"\0\0" * (track.samples - 2 * FRAME)], 0)
            assert clip.samples == track.samples
            files[f"{edition.language}/{NAME}/audio/{track.name}.mp3"] = mp3([clip])
    files[f"en/{NAME}-silent/index.html"] = source(work(rich("en"), narration=None)).encode()
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert isinstance(content, bytes)
        path.write_bytes(content)
    return root


def where(site: Path, language: str = "en") -> str:
    return (site / language / NAME / "index.html").as_uri()


Opened = Callable[..., "Page"]


@pytest.fixture
def opened(browser: Browser, site: Path) -> Iterator[Opened]:
    """Opens the page of a site, in a context of its own and with :data:`WATCH`."""
    contexts = []

    def opener(address: str = "", init: str = "", **options: Any) -> Page:  # noqa: ANN401  # any of the browser's
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.add_init_script(WATCH + init)
        context.set_default_timeout(8000)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(address or where(site))
        return page

    yield opener
    for context in contexts:
        context.close()


def listen(page: Page, turn: str = "t0000001") -> None:
    page.locator(f"#{turn} .listen").click()


def press(page: Page, name: str) -> None:
    page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()


def wait(page: Page, *, heard: str) -> None:
    """Until an element has been marked as being said."""
    page.wait_for_function("id => heard.some(([one]) => one === id)", arg=heard)


def now(page: Page) -> str:
    return page.locator(".now").inner_text()


def marked(page: Page) -> list[str]:
    return list(page.evaluate("[...document.querySelectorAll('.heard')].map(one => one.id)"))


def paused(page: Page, turn: str = "t0000001") -> Page:
    """Started at a turn and paused at once."""
    listen(page, turn)
    page.wait_for_function("() => sound.readyState > 0")
    page.locator("[data-do=play]").click()
    return page


def stopped(page: Page, turn: str, at: str) -> Page:
    """Started at a turn and paused when an element is marked, however busy the machine is."""
    page.evaluate("id => { window.stopAt = id }", at)
    listen(page, turn)
    wait(page, heard=at)
    page.evaluate("delete window.stopAt")
    return page


# --- Listening --------------------------------------------------------------------------------------------------------


@contextmanager
def serving(site: Path) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, Site(site), threaded=True)
    server.log = lambda *_: None  # type: ignore[method-assign]  # nobody reads a line a request
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/en/{NAME}/index.html"
    server.shutdown()
    thread.join()
    server.server_close()


def cues(site: Path) -> dict[str, float]:
    """When each element of the page begins to be said."""
    tree: Any = html.parse(site / "en" / NAME / "index.html")
    return {one.get("id"): float(one.get("data-begin")) for one in tree.xpath("//*[@data-begin]")}


def plays_on(page: Page, site: Path) -> None:
    listen(page)
    wait(page, heard="p0000005")
    heard = page.evaluate("heard")

    order = (
        "t0000001-h p0000001 p0000001-s1 p0000001 p0000001-s2 p0000001 p0000001-s3 p0000002 "
        "p0000003 p0000004 t0000003-h p0000005"
    )
    assert [key for key, _ in heard][:12] == order.split()
    begins = cues(site)
    for number, (key, time) in enumerate(heard[:12]):
        begin = 0 if key.endswith("-h") else begins[heard[number + 1][0] if f"{key}-s1" in begins else key]
        assert begin <= time < begin + LATE, key


def test_listening_goes_on_from_turn_to_turn_and_marks_what_is_said_when_it_is_said_from_a_disk(
    opened: Opened, site: Path
) -> None:
    plays_on(opened(), site)


def test_listening_goes_on_from_turn_to_turn_and_marks_what_is_said_when_it_is_said_from_a_server(
    opened: Opened, site: Path
) -> None:
    with serving(site) as address:
        plays_on(opened(address), site)


def test_without_the_script_listen_is_a_link_to_the_sound(opened: Opened, site: Path) -> None:
    page = opened(java_script_enabled=False)

    assert page.locator(".player").count() == 0
    links = page.locator(".listen").evaluate_all("links => links.map(link => link.href)")
    assert links == [(site / "en" / NAME / "audio" / f"t{number:07}.mp3").as_uri() for number in range(1, 7)]
    listen(page)
    page.wait_for_url(links[0])


def test_a_page_without_sound_has_no_script_and_no_player(site: Path) -> None:
    text = (site / "en" / f"{NAME}-silent" / "index.html").read_text("utf-8")

    assert "<script" not in text
    assert "<template" not in text
    assert "script-src 'none'" in text


def test_the_policy_of_a_page_forbids_every_other_script(opened: Opened) -> None:
    page = opened()

    broken = page.evaluate("""() => {
        const script = document.createElement("script");
        script.append("window.broken = true");
        document.body.append(script);
        return window.broken === true;
    }""")
    assert not broken
    with pytest.raises(Exception, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<p>'")


def test_a_link_that_is_opened_in_a_tab_of_its_own_is_left_alone(opened: Opened) -> None:
    page = opened()
    page.locator("#t0000001 .listen").click(modifiers=["ControlOrMeta"])

    assert page.locator(".player").count() == 0


def test_pausing_keeps_the_place_and_playing_goes_on_from_it(opened: Opened) -> None:
    page = stopped(opened(), "t0000001", "p0000001-s1")
    at = page.evaluate("[sound.paused, sound.currentTime]")
    page.wait_for_timeout(300)

    assert page.evaluate("[sound.paused, sound.currentTime]") == at
    assert at[0]
    assert marked(page) == ["p0000001", "p0000001-s1"]
    page.keyboard.press("Space")  # the focus is on the button
    wait(page, heard="p0000001-s2")
    assert page.evaluate("sound.currentTime") > at[1]
    page.keyboard.press("Space")
    assert page.evaluate("sound.paused")


def test_one_goes_by_turns_and_by_questions(opened: Opened) -> None:
    page = paused(opened())

    seen = []
    for name in ("Next turn", "Next question", "Next turn", "Previous question", "Previous turn", "Next question"):
        press(page, name)
        seen.append(page.evaluate("sound.src.match(/(\\w+)\\.mp3$/)[1]"))
    assert seen == ["p0000003", "t0000003", "t0000004", "t0000003", "t0000002", "t0000003"]
    press(page, "Next question")
    press(page, "Next turn")
    assert now(page) == "Now: Samir Haddad"
    unable = page.locator(".controls [aria-disabled=true]").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert unable == ["Next turn", "Next question"]


def test_within_a_turn_previous_means_its_own_beginning(opened: Opened) -> None:
    page = paused(opened(), "t0000004")
    for at in (0.5, 3.5):
        page.evaluate("at => { Object.defineProperty(sound, 'currentTime', {get: () => at, configurable: true}) }", at)
        press(page, "Previous turn")
        page.evaluate("delete sound.currentTime")

    assert page.evaluate("sound.src").endswith("t0000003.mp3")


def test_after_the_last_turn_it_rests_and_begins_anew(opened: Opened) -> None:
    page = opened()
    listen(page, "t0000006")
    page.locator(".player:not(.is-playing)").wait_for()

    assert marked(page) == []
    assert now(page) == "Now: Mara Lindqvist"
    assert page.evaluate("localStorage.length") == 0
    press(page, "Play")
    wait(page, heard="t0000001-h")


def test_the_speed_holds_for_all_turns_and_is_remembered(opened: Opened) -> None:
    page = opened()
    listen(page, "t0000005")
    page.get_by_label("Speed").select_option("2×")
    wait(page, heard="p0000009")

    assert page.evaluate("sound.playbackRate") == 2
    page.reload()
    listen(page)
    assert page.evaluate("sound.playbackRate") == 2
    assert page.get_by_label("Speed").input_value() == "2"


# --- What is remembered -----------------------------------------------------------------------------------------------


def test_a_page_offers_to_go_on_where_one_was(opened: Opened, site: Path) -> None:
    page = stopped(opened(), "t0000003", "p0000005")
    wanted: list[str] = []
    page.on("request", lambda request: wanted.append(request.url))
    page.reload()

    assert page.get_by_role("toolbar").get_by_role("button", name="Go on listening").count() == 1
    assert now(page) == "Now: Q"
    assert page.evaluate("document.activeElement === document.body")
    assert not any(url.endswith(".mp3") for url in wanted)
    press(page, "Go on listening")
    wait(page, heard="p0000005")
    assert page.evaluate("heard[0][0]") == "p0000005"
    page.goto(where(site, "ar"))
    assert page.locator(".player").count() == 0


@pytest.mark.parametrize("place", ["t0000003", "t0000003 -5 6", "gone 1", "<b>", "p0000003 NaN"])
def test_a_place_that_makes_no_sense_does_no_harm(opened: Opened, place: str) -> None:
    page = opened(init=f"localStorage.setItem(`publish ${{location.pathname}}`, {place!r})")

    listen(page, "t0000003")
    wait(page, heard="t0000003-h")


def test_a_browser_that_remembers_nothing_plays(opened: Opened) -> None:
    denied = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    page = opened(init=denied)
    listen(page, "t0000005")
    page.get_by_label("Speed").select_option("2×")

    wait(page, heard="p0000009")


def test_closing_forgets_the_place_and_leads_back_to_the_turn(opened: Opened) -> None:
    page = paused(opened(), "t0000002")
    press(page, "Next turn")
    press(page, "Close the player")

    assert page.locator(".player").count() == 0
    assert marked(page) == []
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("document.activeElement.closest('.turn').id") == "t0000003"
    listen(page)
    assert page.locator(".player").count() == 1


# --- In view ----------------------------------------------------------------------------------------------------------

SMALL = {"width": 400, "height": 420}


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_what_is_said_comes_into_view_and_gently_for_those_who_like_motion(opened: Opened, motion: str) -> None:
    page = stopped(opened(viewport=SMALL, reduced_motion=motion), "t0000003", "p0000007")
    page.wait_for_timeout(600)

    assert {how for _, how in page.evaluate("scrolls")} == {"instant" if motion == "reduce" else "smooth"}
    box, bar = page.locator("#p0000007").bounding_box(), page.locator(".player").bounding_box()
    assert box is not None
    assert bar is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= bar["y"]


@pytest.mark.parametrize("act", ["wheel", "key", "select"])
def test_a_reader_who_looks_elsewhere_is_left_in_peace(opened: Opened, act: str) -> None:
    page = opened(viewport=SMALL)
    listen(page, "t0000003")
    wait(page, heard="p0000005")
    page.wait_for_timeout(600)  # the page comes to rest
    if act == "wheel":
        page.mouse.move(200, 100)
        page.mouse.wheel(0, -600)
    elif act == "key":
        page.locator("#transcript").focus()
        page.keyboard.press("PageUp")
    else:
        page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    page.evaluate("scrolls.length = 0")
    wait(page, heard="p0000007")

    assert page.evaluate("scrolls") == []


def test_the_bar_hides_nothing_that_has_the_focus(opened: Opened) -> None:
    page = paused(opened(viewport={"width": 320, "height": 480}, reduced_motion="reduce"))
    page.keyboard.press("Escape")
    below = """() => {
        const box = document.activeElement.getBoundingClientRect();
        return document.querySelector(".player").getBoundingClientRect().top - box.bottom;
    }"""
    rooms = []
    for _ in range(11):
        page.keyboard.press("Tab")
        rooms.append(page.evaluate(below))
        assert page.evaluate("document.activeElement.closest('.transcript') !== null")
    assert min(rooms) > 0


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("width", "height", "least"), [(1280, 900, 44), (320, 640, 44), (320, 256, 24)])
def test_the_bar_fits_into_the_window_and_fingers_find_its_buttons(
    opened: Opened, site: Path, language: str, width: int, height: int, least: int
) -> None:
    page = opened(where(site, language), viewport={"width": width, "height": height})
    listen(page)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    sizes = page.locator(".controls > :is(button, select)").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"
    )
    assert min(sizes) >= least
    bar = page.locator(".player").bounding_box()
    assert bar is not None
    assert bar["height"] < height / 4 + 1


def test_no_word_moves_when_it_is_said(opened: Opened, site: Path) -> None:
    page = paused(opened(where(site, "ar")))
    places = """marked => [...document.querySelectorAll(".transcript :is(p, h2, h3, span)")].map(one => {
        if (one.matches("[data-begin], h2, h3")) one.classList.toggle("heard", marked);
        const range = document.createRange();
        range.selectNodeContents(one);
        const box = range.getBoundingClientRect();
        return [one.id, box.x, box.y, box.width, box.height];
    })"""

    assert page.evaluate(places, True) == page.evaluate(places, False)  # noqa: FBT003  # whether marked


@pytest.mark.parametrize("forced", ["none", "active"])
def test_what_is_said_can_be_told_without_colours(opened: Opened, forced: str) -> None:
    page = stopped(opened(forced_colors=forced), "t0000001", "p0000001-s1")

    styles = "id => { const style = getComputedStyle(document.getElementById(id)); return "
    assert page.evaluate(styles + "style.borderInlineStartStyle + style.borderInlineStartWidth }", "p0000001") == (
        "solid4px"
    )
    assert page.evaluate(styles + "style.textDecorationLine }", "p0000001-s1") == "underline"


def test_paper_has_no_player_and_no_marks(opened: Opened) -> None:
    page = stopped(opened(), "t0000001", "p0000001-s1")
    page.emulate_media(media="print")

    assert not page.locator(".player").is_visible()
    assert page.evaluate("getComputedStyle(document.getElementById('p0000001')).borderInlineStartWidth") == "0px"


# --- Keys -------------------------------------------------------------------------------------------------------------


def stops(page: Page) -> list[str]:
    """What the Tab key leads to, from the beginning of the page on."""
    page.evaluate("document.activeElement.blur()")
    page.locator("body").press("Escape")
    found: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "document.activeElement === document.body ? '' : document.activeElement.textContent.trim()"
        )
        if not name:
            return found
        found.append(name)
    raise AssertionError("the Tab key does not come to an end")


def test_listening_costs_a_stop_a_turn_and_the_bar_one(opened: Opened, site: Path) -> None:
    silent = (site / "en" / f"{NAME}-silent" / "index.html").as_uri()
    page = opened()
    before = stops(page)
    paused(page, "t0000006")
    page.reload()
    after = stops(page)

    assert before.count("Listen") == 6
    assert [name for name in before if name != "Listen"] == stops(opened(silent))
    assert after == [*before, "Go on listening"]


@pytest.mark.parametrize(
    ("language", "forward", "back"), [("en", "ArrowRight", "ArrowLeft"), ("ar", "ArrowLeft", "ArrowRight")]
)
def test_arrows_lead_through_the_bar_in_the_direction_of_the_page(
    opened: Opened, site: Path, language: str, forward: str, back: str
) -> None:
    page = paused(opened(where(site, language)))
    focus = "[...document.querySelector('.controls').children].indexOf(document.activeElement)"
    seen = [page.evaluate(focus)]
    for key in (forward, back, back, "End", forward, "End", back, back, "Home"):
        page.keyboard.press(key)
        seen.append(page.evaluate(focus))

    assert seen == [2, 3, 2, 1, 8, 0, 8, 7, 6, 0]
    assert page.locator(".player select").input_value() == "1"
    assert page.evaluate("document.querySelectorAll('.controls [tabindex=\"0\"]').length") == 1


def test_escape_leads_from_the_bar_to_the_turn_that_is_heard_and_there_it_pauses(opened: Opened) -> None:
    page = stopped(opened(), "t0000002", "p0000005")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")

    turns = ["t0000003", "t0000004", "t0000005", "t0000006"]
    assert page.evaluate("document.activeElement.closest('.turn').id") in turns
    assert page.locator(".player.is-playing").count() == 1
    page.keyboard.press("Escape")
    assert page.evaluate("sound.paused")


def test_keys_in_the_text_are_the_readers_own(opened: Opened) -> None:
    page = opened()
    page.evaluate("addEventListener('keydown', event => { window.taken = event.defaultPrevented })")
    listen(page)
    page.keyboard.press("Escape")
    taken = []
    for key in ("Space", "ArrowDown", "ArrowRight", "h", "k", "j", "n", "p", "Home", "m", "Escape"):
        page.keyboard.press(key)
        taken.append(page.evaluate("window.taken"))

    assert not any(taken)


def test_the_keys_are_told_in_the_bar(opened: Opened) -> None:
    page = paused(opened())
    button = page.get_by_role("button", name="Keys")
    assert not page.locator(".keys").is_visible()
    button.click()

    assert page.locator(".keys li").count() == 4
    assert "Escape: from the player back to the text; in the text, pause" in page.locator(".keys").inner_text()
    assert button.get_attribute("aria-expanded") == "true"


def test_headset_and_lock_screen_have_their_keys_and_say_what_is_heard(opened: Opened) -> None:
    page = opened()
    listen(page, "t0000003")
    page.wait_for_function("() => sound.readyState > 0")
    said = "(({title, artist, album}) => [title, artist, album])(navigator.mediaSession.metadata)"

    assert sorted(page.evaluate("Object.keys(handlers)")) == [
        "nexttrack", "pause", "play", "previoustrack", "seekbackward", "seekforward", "seekto",
    ]  # fmt: skip
    page.evaluate("handlers.nexttrack()")
    question = "Q: How high will the water rise on [Tuesday] night?"
    assert page.evaluate(said) == [question, "Samir Haddad", "River briefing, 2 April"]
    page.evaluate("handlers.pause()")
    assert page.evaluate("[sound.paused, navigator.mediaSession.playbackState]") == [True, "paused"]
    page.evaluate("handlers.previoustrack()")
    assert page.evaluate(said)[1] == "Q"
    page.wait_for_function("() => sound.readyState > 0")
    page.evaluate("handlers.seekforward({seekOffset: 0.3})")
    assert page.evaluate("sound.currentTime") == pytest.approx(0.3)
    page.evaluate("handlers.seekbackward({})")
    assert page.evaluate("sound.currentTime") == 0
    page.evaluate("handlers.seekforward({})")
    assert now(page) == "Now: Samir Haddad"
    page.evaluate("handlers.play()")
    wait(page, heard="p0000006")


# --- Sound that is not there ------------------------------------------------------------------------------------------


@pytest.fixture
def broken(site: Path, tmp_path: Path) -> Path:
    """A site where the second turn's sound is missing and the third's is none."""
    shutil.copytree(site, tmp_path / "broken")
    folder = tmp_path / "broken" / "en" / NAME / "audio"
    (folder / "t0000002.mp3").unlink()
    (folder / "t0000003.mp3").write_bytes(b"no sound at all")
    return tmp_path / "broken"


def test_sound_that_cannot_be_played_is_told_in_words_and_passed_over(opened: Opened, broken: Path) -> None:
    page = opened(where(broken))
    listen(page, "t0000002")
    wait(page, heard="p0000006")

    assert page.get_by_role("status").inner_text() == "This turn cannot be played: Q"
    assert page.evaluate("heard[0][0]") == "t0000004-h"
    press(page, "Next turn")
    assert page.get_by_role("status").inner_text() == ""


def test_where_nothing_can_be_played_it_gives_up(opened: Opened, broken: Path) -> None:
    for path in (broken / "en" / NAME / "audio").iterdir():
        path.unlink()
    page = opened(where(broken))
    page.evaluate("""() => {
        window.played = [];
        sound.addEventListener("loadstart", () => played.push(sound.src.match(/(\\w+)\\.mp3$/)[1]));
    }""")
    listen(page)
    page.locator(".player:not(.is-playing)").wait_for()

    assert page.evaluate("played") == ["t0000001", "p0000003", "t0000002"]
    assert page.get_by_role("status").inner_text() == "This turn cannot be played: Mara Lindqvist"


# --- What is heard of it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    "media", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}], ids=str
)
def test_axe_finds_nothing_while_it_plays(opened: Opened, site: Path, language: str, media: dict[str, str]) -> None:
    page = opened(where(site, language), bypass_csp=True, **media)
    listen(page)
    page.locator("[data-do=keys]").click()
    page.evaluate("document.querySelector('.lost').textContent = 'Lost'")
    wait(page, heard="p0000001")
    page.evaluate((node_module("axe-core") / "axe.min.js").read_text("utf-8"))
    found: Any = page.evaluate("tags => axe.run(document, {runOnly: tags})", list(WCAG))

    assert [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]] == []


def transcript(phrases: list[str], region: str) -> list[str]:
    """What is heard of the transcript."""
    return phrases[phrases.index(f"region, {region}") : phrases.index(f"end of region, {region}")]


def test_the_player_adds_no_word_to_the_transcript_and_stands_behind_it(
    opened: Opened, heard: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    page = paused(opened(), "t0000003")
    text = re.sub(r"<script.*?</script>", "", page.content())
    (tmp_path / "playing.html").write_text(text, "utf-8")
    (tmp_path / "page.html").write_text(source(work(rich("en"), narration=spoken(rich("en")))), "utf-8")
    (tmp_path / "silent.html").write_text(source(work(rich("en"), narration=None)), "utf-8")
    playing, plain, silent = (heard(tmp_path / f"{name}.html") for name in ("playing", "page", "silent"))

    region = interface("en").gettext("Transcript")
    assert listened(playing, region) == listened(plain, region)
    words = [len(" ".join(transcript(phrases, region)).split()) for phrases in (playing, plain, silent)]
    assert words[0] == words[1] == words[2] + 6 * len(["link,", "Listen"])
    assert playing.index("region, Player") > playing.index(f"end of region, {region}")
