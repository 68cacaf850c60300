"""What commands share: options, findings, colours, names of paths and languages, a build with its progress."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from publish.diagnostics import Diagnostic
    from publish.pipeline import Summary

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


# --- Options ----------------------------------------------------------------------------------------------------------


class Folder(click.Path):
    """A folder that is there."""

    def __init__(self) -> None:
        super().__init__(exists=True, file_okay=False, path_type=Path)


directory = click.argument("directory", metavar="[DIR]", type=Folder(), default=".")
as_json = click.option("--json", "as_json", is_flag=True, help="Print findings as JSON, one object a line.")
languages = click.option(
    "--language", "-l", "language", metavar="TAG[,TAG…]", default="", help="Only these languages, such as fr,ar."
)


# --- In words ----------------------------------------------------------------------------------------------


def tell(findings: Iterable[Diagnostic], *, as_json: bool = False) -> None:
    """Print findings to the error stream, one a line; the severity is a word, its colour only repeats it."""
    for finding in findings:
        if as_json:
            place = {"file": finding.place.file, "line": finding.place.line}
            said = {"severity": finding.severity, "code": finding.code, "message": finding.message, **place}
            click.echo(json.dumps(said, ensure_ascii=False), err=True)
        else:
            word, _, rest = str(finding).partition(" ")
            click.echo(f"{coloured(word, _COLOURS[word])} {printable(rest)}", err=True)


def aside(text: str) -> None:
    """Say on the error stream what somebody who waits wants to know; nothing when it is piped."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def coloured(text: str, colour: str) -> str:
    """Coloured text, unless NO_COLOR is set; click itself drops colours that go to no terminal."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=colour)


def printable(text: str) -> str:
    """Text without control characters, which could otherwise command the terminal."""
    return "".join(
        char if char.isprintable() or char == " " else char.encode("unicode_escape", "backslashreplace").decode()
        for char in text
    )


def split(value: str) -> tuple[str, ...]:
    """The parts of a list that is written with commas."""
    return tuple(part for part in value.replace(" ", "").split(",") if part)


def tags(value: str) -> tuple[str, ...]:
    """Language tags, canonical. Raises UsageError."""
    from publish.diagnostics import Diagnostic, UsageError  # noqa: PLC0415
    from publish.languages import canonical  # noqa: PLC0415

    try:
        return tuple(canonical(tag) for tag in split(value))
    except ValueError as error:
        message = f"{value!r} is not a language: {error}; write {_meant(value) or 'a tag such as fr'}"
        raise UsageError(Diagnostic("W012", message)) from error


def _meant(value: str) -> str:
    """The tags that names of folders in ``locales/`` stand for, which are easily taken for tags; else empty."""
    from publish.languages import from_folder  # noqa: PLC0415

    try:
        return ",".join(from_folder(name) for name in split(value))
    except ValueError:
        return ""


def one_tag(value: str) -> str:
    """One language tag, canonical. Raises UsageError."""
    from publish.diagnostics import Diagnostic, UsageError  # noqa: PLC0415

    found = tags(value)
    if len(found) != 1:
        raise UsageError(
            Diagnostic("W012", f"{value!r} is not one language; say which one with --language, by a tag such as fr")
        )
    return found[0]


def short(path: Path) -> str:
    """A path as the user would type it from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


# --- A build ----------------------------------------------------------------------------------------------------------


def run_build(
    root: Path, outputs: Path, *, language: str = "", formats: str = "", jobs: int | None = None, frozen: bool = False
) -> Summary:
    """Build with a progress bar."""
    from publish import pipeline, progress  # noqa: PLC0415

    options = pipeline.Options(
        root=root,
        outputs=outputs,
        languages=tags(language),
        formats=known_formats(formats),
        jobs=jobs or 0,
        frozen=frozen,
    )
    bar = progress.Bar()
    try:
        return pipeline.build(options, bar)
    finally:
        bar.end()


def known_formats(value: str) -> tuple[str, ...]:
    """Names of writers. Raises UsageError for a name that is none."""
    from publish import plugins  # noqa: PLC0415
    from publish.diagnostics import Diagnostic, UsageError  # noqa: PLC0415

    there = plugins.names("writers")
    for name in split(value):
        if name not in there:
            raise UsageError(Diagnostic("W012", f"there is no format {name!r}; there are {', '.join(there)}"))
    return tuple(sorted(split(value)))
