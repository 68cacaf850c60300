"""Previews over HTTP, for this machine only: each page is made when it is asked for, and told when it has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.utils import send_file
from werkzeug.wrappers import Request, Response

from publish import marking
from publish.diagnostics import Diagnostic, PublishError
from publish.preview import Page, Preview
from publish.serve import Served, guard
from publish.writers import _web_theme as theme

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
"""A catalogue may come from anywhere: nothing in it runs, and nothing leaves this machine."""
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_DATA = {"preview.css": "text/css; charset=utf-8", "preview.js": "text/javascript; charset=utf-8"}
_BREATH = 15.0
"""Seconds after which an idle connection is written to: only so is it known that nobody listens any more."""


class Live:
    """The WSGI application. Every page has an address as in outputs; all else begins with ``/.preview/``."""

    def __init__(self, preview: Preview) -> None:
        """Serve these."""
        self._preview = preview
        self._reading = threading.Lock()
        self._news = threading.Condition()
        self._count = 0

    def changed(self) -> None:
        """Tell those who look at a page that a file is another one now."""
        with self._news:
            self._count += 1
            self._news.notify_all()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        try:
            guard(request)
            response = self._answer(request)
        except HTTPException as error:
            return error(environ, start_response)
        response.headers.update(_HEADERS)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        path = request.path
        if path.startswith(marking.OWN):
            return self._own(request, path.removeprefix(marking.OWN))
        if path == "/favicon.ico":
            return Response(status=204)  # browsers ask for one, and complain where there is none
        if path.startswith("/theme/"):
            return self._theme(request, path.removeprefix("/theme/"))
        parts = path.removesuffix("index.html").strip("/").split("/")
        if parts == [""] or (len(parts) == 1 and parts[0] in self._preview.languages):
            return self._listing(parts[0])
        page = self._page(path)
        if page is None:
            raise NotFound
        return Response(marking.marked(page)[0], mimetype="text/html")

    def _own(self, request: Request, name: str) -> Response:
        if name in _DATA:
            return Response(marking.data(name), content_type=_DATA[name])
        if name == "events":
            return self._events(request.args.get("page", ""), request.args.get("seen", ""))
        language, _, file = name.partition("/")
        with self._reading:
            found = self._preview.text(file.removesuffix(".po"), language) if file.endswith(".po") else None
        if found is None:
            raise NotFound
        return Response(marking.looked_up(*found, language), mimetype="text/html")

    def _theme(self, request: Request, name: str) -> Response:
        """A file that pages refer to; it is looked for among those there are, so no address leads elsewhere."""
        path = dict(theme.files(self._preview.theme)).get(name)
        if path is None:
            raise NotFound
        return send_file(path, request.environ, conditional=True, max_age=0)

    def _listing(self, language: str) -> Response:
        languages = (language,) if language else self._preview.languages
        faults: list[Diagnostic] = []
        with self._reading:
            try:
                rows = [row for row in self._preview.rows() if row.language in languages]
            except PublishError as error:
                rows, faults = [], [error.diagnostic]
        return Response(marking.listing(rows, languages, faults), mimetype="text/html")

    def _page(self, path: str) -> Page | None:
        """The page at an address: ``/fr/<briefing>/`` with or without ``index.html``."""
        parts = PurePosixPath(path.removesuffix("index.html")).parts
        if len(parts) != 3:  # noqa: PLR2004  # the root, a language, a briefing
            return None
        with self._reading:
            try:
                return self._preview.page(parts[2], parts[1])
            except PublishError as error:
                return Page(parts[2], parts[1], b"", (), (error.diagnostic,), "")

    # -- what has changed ----------------------------------------------------------------------------------------------

    def _events(self, page: str, seen: str) -> Response:
        """Server-sent events (WHATWG HTML, 9.2): the version of the page, whenever it is not the one last seen."""
        if self._page(unquote(page)) is None:
            raise NotFound
        return Response(self._told(unquote(page), seen), mimetype="text/event-stream")

    def _told(self, path: str, seen: str) -> Iterator[bytes]:
        count = -1
        while True:
            with self._news:
                if count == self._count:
                    self._news.wait(_BREATH)
                changed, count = count != self._count, self._count
            page = self._page(path) if changed else None
            version = marking.marked(page)[1] if page else seen
            yield f"data: {version}\n\n".encode() if version != seen else b":\n\n"
            seen = version


def served(root: Path, languages: tuple[str, ...]) -> Served:
    """The previews of a workspace in some languages, as a server is given them.

    Raises:
        UsageError: There is no catalogue in one of them.
    """
    site = Live(Preview(root, languages))
    return Served(site, f"pages for translators into {', '.join(languages)}", site.changed)
