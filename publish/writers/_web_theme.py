"""The theme: templates and files of the package, before which a workspace's own ``theme/`` comes.

A workspace may come from anywhere, so its templates run in Jinja's sandbox, and no file is taken from outside of its
folder. A fault in a template is a fault of the input, with file and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from publish.diagnostics import Place, refuse

OWN = Path(__file__).parent.parent / "theme"
_TEMPLATES = ".html"
_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""What a template of somebody else's can raise. From one of the package's, they are faults of the tool."""


@lru_cache(maxsize=8)
def _environment(theme: Path | None) -> ImmutableSandboxedEnvironment:
    folders = [folder for folder in (theme, OWN) if folder]
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(name: str, theme: Path | None, values: Mapping[str, object]) -> bytes:
    """A template filled in.

    Raises:
        InputError: A template in the workspace's theme is broken.
    """
    try:
        page = _environment(theme).get_template(name).render(values)
    except TemplateNotFound as error:
        _refuse(theme, f"there is no template {error.name!r}", error.__traceback__)
        raise
    except TemplateSyntaxError as error:
        if theme and error.filename and Path(error.filename).is_relative_to(theme):
            refuse("H001", _message(error.message or "a syntax error"), _place(theme, error.filename, error.lineno))
        raise
    except UnicodeDecodeError:
        _refuse_encoding(theme)
        raise
    except _FAULTS as error:
        _refuse(theme, str(error), error.__traceback__)
        raise
    # White space at a line's end, and lines of nothing else, are what blocks leave behind.
    lines = (line.rstrip(" \t") for line in page.split("\n"))
    return ("\n".join(line for line in lines if line) + "\n").encode("utf-8", "replace")


def _refuse(theme: Path | None, reason: str, trace: TracebackType | None) -> None:
    """Raise InputError when a template of the workspace's stands in the trace."""
    if theme is None:
        return
    for frame in reversed(extract_tb(trace)):
        if Path(frame.filename).is_relative_to(theme):
            refuse("H001", _message(reason), _place(theme, frame.filename, frame.lineno or 0))


def _refuse_encoding(theme: Path | None) -> None:
    """Raise InputError for the first template of the workspace's that is not UTF-8."""
    if theme is None:
        return
    for path in sorted(theme.rglob(f"*{_TEMPLATES}")):
        data = path.read_bytes()
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            place = _place(theme, str(path), data.count(b"\n", 0, error.start) + 1)
            refuse("H001", _message("it is not UTF-8"), place)


def _message(reason: str) -> str:
    return f"this template cannot be used: {reason.rstrip('.')}; mend it, or remove it to have the usual one"


def _place(theme: Path, file: str, line: int) -> Place:
    return Place(f"{theme.name}/{Path(file).relative_to(theme).as_posix()}", line)


def files(theme: Path | None) -> Iterator[tuple[str, Path]]:
    """Name and path of each file that pages may refer to: style, player, and what else the workspace's theme holds."""
    found = {name: OWN / name for name in ("player.js", "publish.css")}
    if theme is not None:
        root = theme.resolve()
        for path in theme.rglob("*"):
            name = path.relative_to(theme)
            hidden = any(part.startswith((".", "_")) for part in name.parts)
            if path.is_file() and not hidden and path.suffix != _TEMPLATES and path.resolve().is_relative_to(root):
                found[name.as_posix()] = path
    yield from sorted(found.items())
