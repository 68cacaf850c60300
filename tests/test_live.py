"""Pages for translators: what is saved is seen at once, where it stands, and nothing of it reaches the outputs."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from lxml import html
from spring import contents, edit, spring
from watchfiles import watch
from werkzeug.serving import make_server

from publish import live, marking, po, preview, translating
from publish.diagnostics import Severity, UsageError
from publish.preview import Preview

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

CATALOGUE = "locales/fr/LC_MESSAGES/first.po"
OPEN = "Good morning. The well is open again & safe."
LITRES = "Twenty litres, for now."
DOG = "(A dog walks in.)"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace whose French is begun: one message is final, one in doubt."""
    root = spring(tmp_path / "series")
    translating.update(root, ("fr",), lambda _: None)
    say(root, OPEN, "Bonjour. Le puits est rouvert et sûr.")
    say(root, LITRES, "Vingt litres.", fuzzy=True)
    return root


def say(root: Path, words: str, translation: str, *, fuzzy: bool = False, file: str = CATALOGUE) -> None:
    """Translate a message, as an editor saves it: the whole file under another name, then renamed."""
    path = root / file

    def said(entry: po.Entry) -> po.Entry:
        flags = (*(flag for flag in entry.flags if flag != "fuzzy"), *(("fuzzy",) if fuzzy else ()))
        return msgspec.structs.replace(entry, strings=(translation,), flags=flags)

    entries = [said(entry) if entry.id == words else entry for entry in po.parse(path.read_bytes(), file).entries]
    assert words in {entry.id for entry in entries}
    part = path.with_suffix(".tmp~")
    part.write_text(po.serialise(entries), encoding="utf-8")
    part.replace(path)


def notes(root: Path, language: str = "fr") -> dict[str, preview.Note]:
    """By the words of the message."""
    page = Preview(root, (language,)).page("first", language)
    assert page is not None
    said = {entry.context: entry.id for entry in po.parse((root / CATALOGUE).read_bytes(), "x").entries}
    return {said.get(note.context, note.context): note for note in page.notes}


def tree(root: Path) -> html.HtmlElement:
    page = Preview(root, ("fr",)).page("first", "fr")
    assert page is not None
    return html.document_fromstring(marking.marked(page)[0], parser=html.HTMLParser(encoding="utf-8"))


def below(page: html.HtmlElement, words: str) -> str:
    """The note under the paragraph that holds some words."""
    block = next(one for one in page.iter("p", "h1") if words in one.text_content() and one.get("data-message"))
    return " ".join(block.getnext().text_content().split())


# --- What a page says -------------------------------------------------------------------------------------------------


def test_every_message_says_in_words_how_far_it_is_and_where_it_stands(root: Path) -> None:
    found = notes(root)

    assert found[OPEN].state == "translated"
    assert found[LITRES].state == "fuzzy"
    assert found[f"<v>{DOG}</v>"].state == "missing"
    line = found[OPEN].place.line
    assert (root / CATALOGUE).read_text("utf-8").splitlines()[line - 1].startswith("#")
    page = tree(root)
    assert below(page, "Le puits est rouvert").startswith(f"Traduit first.po:{line} first/")
    assert page.xpath("//a[starts-with(., 'first.po:')]/@href")[0].startswith("/.preview/fr/first.po#L")
    assert {note.context for note in found.values()} == set(page.xpath("//@data-message"))


def test_a_fuzzy_translation_is_shown_and_marked_and_a_missing_one_stands_in_its_own_language(root: Path) -> None:
    page = tree(root)

    assert below(page, "Vingt litres.").startswith("À vérifier")
    assert below(page, DOG).startswith("Pas encore traduit")
    assert page.xpath(f"//p[contains(., '{DOG}')]/@lang") == ["en"]
    assert page.xpath("//p[contains(., 'Vingt litres.')]/@lang") == []


def test_how_much_is_translated_counts_no_fuzzy_one(root: Path) -> None:
    before = tree(root).xpath("//p[contains(@class, 'translation')]")[0].text_content()

    say(root, LITRES, "Vingt litres.")

    assert tree(root).xpath("//p[contains(@class, 'translation')]")[0].text_content() != before


def test_a_message_that_the_catalogue_lacks_and_one_of_other_words_are_told_apart(root: Path) -> None:
    edit(root / "transcripts/first.md", "Twenty litres, for now", "Ninety litres, for now")
    edit(root / "transcripts/first.md", "It will. Thank you.", "It will.\n\nNobody knew this before, and now we do.")

    states = {note.state for note in notes(root).values()}

    assert states == {"translated", "missing", "changed", "absent"}


def test_broken_tags_are_told_at_the_paragraph_and_the_original_is_shown(root: Path) -> None:
    say(root, "We begin now. <v>(Laughter.)</v>", "Nous commençons. <b>(Rires.)</b>")

    note = notes(root)["We begin now. <v>(Laughter.)</v>"]
    assert note.state == "broken"
    (fault,) = note.faults
    assert "<b>" in fault
    assert "<b> is not in the message" in below(tree(root), "We begin now.")


def test_what_looks_like_a_slip_is_told_at_the_paragraph(root: Path) -> None:
    edit(root / "transcripts/first.md", "Twenty litres, for now.", "They may take 20 litres (for now).")
    translating.update(root, ("fr",), lambda _: None)

    say(root, "They may take 20 litres (for now).", "Ils peuvent prendre 30 litres (pour l’instant).")

    assert any("20" in fault for fault in notes(root)["They may take 20 litres (for now)."].faults)


def test_what_cannot_be_read_is_told_above_with_line_and_column_and_the_last_good_page_stays(root: Path) -> None:
    site = Preview(root, ("fr",))
    good = site.page("first", "fr")
    edit(root / CATALOGUE, '"Bonjour. Le puits est rouvert et sûr."', '"Bonjour. Le puits est fermé.')

    page = site.page("first", "fr")

    assert good is not None
    assert page is not None
    assert page.html == good.html
    assert [fault.severity for fault in page.faults] == [Severity.ERROR]
    assert page.faults[0].place.line > 0
    assert "column " in page.faults[0].message
    above = html.document_fromstring(marking.marked(page)[0]).xpath("//*[@role='alert']")[0].text_content()
    assert f"{CATALOGUE}:{page.faults[0].place.line}" in above
    edit(root / CATALOGUE, '"Bonjour. Le puits est fermé.', '"Bonjour. Le puits est fermé."')
    mended = site.page("first", "fr")
    assert mended is not None
    assert mended.faults == ()
    assert "Le puits est fermé." in mended.html.decode()


def test_a_language_without_a_catalogue_is_refused_with_the_command_that_begins_one(root: Path) -> None:
    with pytest.raises(UsageError, match="publish catalog update --language eo"):
        Preview(root, ("eo",))


def test_no_word_of_a_catalogue_becomes_markup(root: Path) -> None:
    nasty = "<script>alert(1)</script>\u202e<img src=x onerror=alert(1)>"
    say(root, OPEN, nasty)
    say(root, "First spring briefing", nasty)

    found = html.document_fromstring(marking.marked(Preview(root, ("fr",)).page("first", "fr"))[0].decode())  # type: ignore[arg-type]

    assert [one.get("src") for one in found.iter("script")] == ["/.preview/preview.js"]
    assert list(found.iter("img")) == []


# --- Over HTTP --------------------------------------------------------------------------------------------------------


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """The address of the previews, told of changes as ``publish serve`` tells them."""
    site = live.Live(Preview(root, ("fr",)))
    server = make_server("127.0.0.1", 0, site, threaded=True)
    server.log = lambda *_: None  # type: ignore[method-assign]  # nobody reads a line a request
    stop, watching = threading.Event(), threading.Event()

    def tell() -> None:
        for changes in watch(root, step=20, stop_event=stop, rust_timeout=100, yield_on_timeout=True):
            watching.set()
            if changes:
                site.changed()

    threads = [threading.Thread(target=server.serve_forever), threading.Thread(target=tell)]
    for thread in threads:
        thread.start()
    assert watching.wait(30)
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        stop.set()
        server.shutdown()
        for thread in threads:
            thread.join()
        server.server_close()


def test_nothing_but_pages_is_served_to_this_machine_alone(root: Path) -> None:
    with serving(root) as address:
        with urllib.request.urlopen(f"{address}/fr/first/") as answer:
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "Access-Control-Allow-Origin" not in answer.headers
        for path in (
            "/../series.toml", "/%2e%2e/series.toml", "/fr/first/../../series.toml", "/series.toml", "/locales/",
            "/.preview/fr/..%2f..%2fseries.po", "/.preview/../series.toml", "/theme/../../series.toml", "/.publish/",
            "/theme/base.html", "/fr/none/", "/es/first/", "/.preview/events?page=/fr/none/&seen=",
        ):  # fmt: skip
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(address + path)
        for asked in (
            urllib.request.Request(f"{address}/fr/first/", headers={"Host": "evil.example"}),
            urllib.request.Request(f"{address}/fr/first/", method="POST", data=b""),
        ):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(asked)


def test_the_list_of_pages_and_the_catalogue_can_be_looked_at(root: Path) -> None:
    with serving(root) as address:
        with urllib.request.urlopen(f"{address}/") as answer:
            listing = html.document_fromstring(answer.read())
        assert "/fr/first/index.html" in listing.xpath("//a/@href")
        with urllib.request.urlopen(f"{address}/.preview/fr/first.po") as answer:
            lines = html.document_fromstring(answer.read().decode())
    line = notes(root)[OPEN].place.line
    below_it = [one.text_content() for one in lines.xpath("//li")][line - 1 : line + 10]
    assert any("Le puits est rouvert" in one for one in below_it)
    assert lines.get_element_by_id(f"L{line}") is not None


def seen(tab: Tab, words: str, timeout: float = 5_000) -> float:
    """Seconds until words stand in the page."""
    begun = time.perf_counter()
    tab.wait_for_function("words => document.body.textContent.includes(words)", arg=words, timeout=timeout)
    return time.perf_counter() - begun


def in_view(tab: Tab, words: str) -> bool:
    """Whether the paragraph with some words gets the focus, and comes to be on the screen."""
    tab.wait_for_function(
        """words => {
          const box = document.activeElement.getBoundingClientRect();
          return document.activeElement.textContent.includes(words) && box.top >= 0 && box.bottom <= innerHeight;
        }""",
        arg=words,
        timeout=5000,
    )
    return True


def test_a_saved_translation_is_seen_where_it_stands_and_the_rest_of_the_page_stays(
    root: Path, browser: Browser
) -> None:
    with serving(root) as address:
        tab = browser.new_page(viewport={"width": 800, "height": 300})
        try:
            errors: list[str] = []
            tab.on("pageerror", lambda error: errors.append(str(error)))
            tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
            tab.goto(f"{address}/fr/first/index.html")
            tab.evaluate("document.querySelector('.stage').kept = true")
            say(root, "It will. Thank you.", "Elle le restera. Merci.")

            seen(tab, "Elle le restera.")

            assert in_view(tab, "Elle le restera.")
            assert tab.evaluate("document.querySelector('.stage').kept") is True
            say(root, LITRES, "Vingt litres.")
            tab.wait_for_function("() => document.querySelectorAll('[data-state=fuzzy]').length === 0")
            assert in_view(tab, "Vingt litres.")
            edit(root / CATALOGUE, '"Vingt litres."', '"Vingt litres.')
            seen(tab, "quotation mark")
            assert tab.locator("[role=alert]").inner_text().startswith(CATALOGUE)
            assert in_view(tab, "Vingt litres.")
            assert errors == []
        finally:
            tab.close()


def test_a_reader_s_place_stays_when_nothing_on_the_page_has_changed(root: Path, browser: Browser) -> None:
    with serving(root) as address:
        tab = browser.new_page(viewport={"width": 800, "height": 300})
        try:
            tab.goto(f"{address}/fr/first/index.html")
            tab.evaluate("""() => {
              document.querySelector('.foot a').focus();
              scrollTo({top: 200, behavior: "instant"});
              window.changes = 0;
              new MutationObserver(() => window.changes++).observe(
                document, { subtree: true, childList: true, attributes: true, characterData: true });
            }""")
            place = tab.evaluate("[document.activeElement.textContent, scrollY]")

            say(root, "Good morning again.", "Rebonjour.", file="locales/fr/LC_MESSAGES/second.po")
            time.sleep(0.7)

            assert tab.evaluate("[document.activeElement.textContent, scrollY]") == place
            assert tab.evaluate("window.changes") == 0
        finally:
            tab.close()


def test_a_hidden_tab_learns_of_it_when_it_is_looked_at_again(root: Path, browser: Browser) -> None:
    hide = """hidden => {
      Object.defineProperty(document, "hidden", { value: hidden === "yes", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    with serving(root) as address:
        tab = browser.new_page()
        try:
            tab.goto(f"{address}/fr/first/index.html")
            tab.evaluate(hide, "yes")
            say(root, LITRES, "Rien que vingt litres.")
            time.sleep(0.5)
            assert "Rien que vingt litres." not in tab.content()

            tab.evaluate(hide, "no")

            seen(tab, "Rien que vingt litres.")
        finally:
            tab.close()


def test_a_preview_has_no_barrier(root: Path, axe: Callable[[Path], list[str]], tmp_path: Path) -> None:
    site = Preview(root, ("fr",))
    page = site.page("first", "fr")
    assert page is not None
    style = b"".join((preview_file("publish.css"), marking.data("preview.css"))).decode()
    pages = {"page": marking.marked(page)[0], "list": marking.listing(site.rows(), ("fr",), ())}
    pages["catalogue"] = marking.looked_up(*(site.text("first", "fr") or ("", "")), "fr")
    for name, content in pages.items():
        path = tmp_path / f"{name}.html"
        path.write_text(content.decode().replace("</head>", f"<style>{style}</style></head>"), encoding="utf-8")
        assert axe(path) == []


def preview_file(name: str) -> bytes:
    return (Path(preview.__file__).parent / "theme" / name).read_bytes()


# --- The command ------------------------------------------------------------------------------------------------------


def test_the_command_serves_pages_for_translators_and_writes_nothing(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and ".publish" not in path.parts}
    outputs = contents(root / "outputs")
    command = [sys.executable, "-m", "publish", "serve", "--port", "0", "--language", "fr"]
    server = subprocess.Popen(
        command,
        cwd=root,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # this process has one thread
    )
    try:
        assert server.stderr
        address = next(part for line in server.stderr for part in line.split() if part.startswith("http://127.0.0.1:"))
        with urllib.request.urlopen(f"{address}fr/first/index.html") as answer:
            assert "Le puits est rouvert et sûr." in answer.read().decode()
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.wait(30)
        server.stderr.close()  # type: ignore[union-attr]  # it was asked for above

    assert contents(root / "outputs") == outputs
    assert {
        path: path.read_bytes() for path in root.rglob("*") if path.is_file() and ".publish" not in path.parts
    } == before


def test_a_briefing_of_the_year_is_seen_within_a_second(real_data: Path, tmp_path: Path, browser: Browser) -> None:
    longest = max((real_data / "whitehouse").glob("*.md"), key=lambda path: path.stat().st_size)
    (tmp_path / "transcripts").mkdir()
    shutil.copy(longest, tmp_path / "transcripts" / "longest.md")
    translating.update(tmp_path, ("fr",), lambda _: None)
    catalogue = tmp_path / "locales/fr/LC_MESSAGES/longest.po"
    entries = [one for one in po.parse(catalogue.read_bytes(), "x").entries if one.context and len(one.id) > 80]
    with serving(tmp_path) as address:
        tab = browser.new_page()
        try:
            tab.goto(f"{address}/fr/longest/index.html")
            took = []
            for number, entry in enumerate(entries[50:300:60]):
                say(tmp_path, entry.id, f"Traduction {number} de ceci.", file="locales/fr/LC_MESSAGES/longest.po")
                took.append(seen(tab, f"Traduction {number} de ceci."))
                assert in_view(tab, f"Traduction {number}")
        finally:
            tab.close()

    assert min(took) < 1  # whatever else the machine has to do meanwhile
