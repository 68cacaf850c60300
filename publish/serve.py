"""Looking at the outputs while working on them: a server for this machine only, that tells of every change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from watchfiles import Change, watch
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.security import safe_join
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

from publish.diagnostics import Diagnostic, MissingError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
"""Loopback only: what lies in outputs/ may not be public yet."""
_NAMES = frozenset({HOST, "localhost", "[::1]"})
_TYPES = {
    ".vtt": "text/vtt; charset=utf-8",
    ".epub": "application/epub+zip",
    ".mp3": "audio/mpeg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".xml": "application/rss+xml; charset=utf-8",
}
_INPUTS = ("series.toml", "transcripts", "locales", "pronunciation", "theme")
_STEP = 20
"""Milliseconds without another change, after which one is told of."""
_PICTURES = frozenset({".jpg", ".jpeg", ".png"})


class Site:
    """The outputs as a WSGI application, with range requests, so that a player can seek."""

    def __init__(self, outputs: Path) -> None:
        """Serve this folder."""
        self._outputs = outputs

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        try:
            response: Response | HTTPException = self._answer(request)
        except HTTPException as error:
            response = error
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        guard(request)
        if any(part.startswith(".") for part in request.path.split("/")):
            raise NotFound
        found = safe_join(str(self._outputs), request.path.lstrip("/"))
        path = Path(found) if found else None
        if path is None or not path.resolve().is_relative_to(self._outputs.resolve()):
            raise NotFound
        if path.is_dir():
            if not request.path.endswith("/"):
                return redirect(request.path + "/")
            path = path / "index.html"
        if not path.is_file():
            raise NotFound
        response = send_file(path, request.environ, mimetype=_TYPES.get(path.suffix), conditional=True, max_age=0)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def guard(request: Request) -> None:
    """Refuse what no browser of this machine asks for itself: a page elsewhere may have a name that leads here.

    Raises:
        NotFound: The request is refused.
    """
    if request.host.rpartition(":")[0] not in _NAMES and request.host not in _NAMES:
        raise NotFound
    if request.method not in {"GET", "HEAD"}:
        raise NotFound


class _Quiet(WSGIRequestHandler):
    """A line a request would bury what a build says."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Served(msgspec.Struct, frozen=True):
    """What is served, and what happens when an input has changed."""

    site: WSGIApplication
    what: str
    """In words."""
    changed: Callable[[], None]


def serve(root: Path, served: Served, port: int, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C, which is its proper end.

    Raises:
        MissingError: The port is taken.
    """
    try:
        server = make_server(HOST, port, served.site, threaded=True, request_handler=_Quiet)
    except (OSError, SystemExit) as error:  # werkzeug exits when the address is in use
        message = f"port {port} cannot be used; choose another with --port, or 0 for any that is free"
        raise MissingError(Diagnostic("B001", message)) from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"Serving {served.what} at http://{HOST}:{server.server_port}/ (to this machine only; Ctrl-C ends it)")
    try:
        for changes in watch(root, watch_filter=_wanted(root), step=_STEP, raise_interrupt=True):
            names = sorted({Path(path).relative_to(root).as_posix() for _, path in changes})
            say(f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''} changed")  # noqa: PLR2004  # a line, no list
            served.changed()
    except KeyboardInterrupt:
        say("")  # the line on which the terminal shows ^C
    finally:
        server.shutdown()


def _wanted(root: Path) -> Callable[[Change, str], bool]:
    """Inputs only: neither what the build writes, nor an editor's own files."""

    def wanted(_: Change, path: str) -> bool:
        parts = Path(path).relative_to(root).parts
        hidden = any(part.startswith(".") or part.endswith(("~", ".part", ".pot")) for part in parts)
        picture = len(parts) > 0 and parts[0] != "outputs" and Path(path).suffix.lower() in _PICTURES  # the cover
        return bool(parts) and (parts[0] in _INPUTS or picture) and not hidden

    return wanted
