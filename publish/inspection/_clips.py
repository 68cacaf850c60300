"""Times: clips within their sound, one after the other, and durations that are their sums (EPUB 3.3, section 9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from publish.book import Book, Meta, Overlay, Spoken
from publish.container import BookError
from publish.diagnostics import Diagnostic
from publish.lengths import seconds
from publish.overlay import clock, parse_clock

_SLACK = 50
"""Milliseconds by which a clip may end after its sound: MP3's delay and padding, which not all decoders leave out."""
_ROUNDED = 1000
"""Milliseconds by which a duration may differ from the sum: EPUB 3.3 has one second."""


class Sounds:
    """How long each sound of a book is, in milliseconds; each is decoded once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: dict[str, int | None] = {}
        self.findings: list[Diagnostic] = []

    def length(self, path: str, overlay: Overlay, par: Spoken) -> int | None:
        """None, and a finding at the first par that plays it, when it cannot be heard."""
        if path not in self._known:
            try:
                with self._book.container.open(path) as stream:
                    self._known[path] = round(seconds(stream) * 1000)
            except ValueError as error:
                self._known[path] = None
                self._refuse(path, error, overlay, par)
        return self._known[path]

    def _refuse(self, path: str, error: ValueError, overlay: Overlay, par: Spoken) -> None:
        if isinstance(error, BookError) and error.code == "K033":
            return  # said of the archive
        if isinstance(error, BookError) and error.code == "K036":
            if path not in self._book.package.paths:  # else said of the package
                place = self._book.place(overlay.item.path, par.line)
                self.findings.append(Diagnostic("K045", f"the sound {path!r} is not in the book", place))
            return
        self.findings.append(Diagnostic("K045", str(error), self._book.place(path)))


def clips(book: Book, overlays: Sequence[Overlay]) -> Iterator[Diagnostic]:
    """Everything that is wrong with times."""
    sounds = Sounds(book)
    used = Counter(_span(par) for overlay in overlays for par in overlay.pars)
    for overlay in overlays:
        for line, code, message in (*_lengths(overlay, sounds), *_order(overlay, used)):
            yield Diagnostic(code, message, book.place(overlay.item.path, line))
    yield from sounds.findings
    yield from _durations(book, overlays, sounds)


def _span(par: Spoken) -> tuple[str, int, int | None]:
    return par.audio, par.begin, par.end


def _lengths(overlay: Overlay, sounds: Sounds) -> Iterator[tuple[int, str, str]]:
    for par in overlay.pars:
        if par.fault:
            yield par.line, "K041", par.fault
        elif par.end is not None and par.end <= par.begin and par.audio:
            yield par.line, "K041", f"this clip begins at {clock(par.begin)} and ends at {clock(par.end)}"
        elif par.audio:
            whole = sounds.length(par.audio, overlay, par)
            last = par.end if par.end is not None else par.begin
            if whole is not None and last > whole + _SLACK:
                message = f"this clip lasts until {clock(last)}, and its sound only until {clock(whole)}"
                yield par.line, "K040", message


def _order(overlay: Overlay, used: Counter[tuple[str, int, int | None]]) -> Iterator[tuple[int, str, str]]:
    """Clips that begin before the one before them ended; a clip that is played twice may stand anywhere."""
    before: dict[str, Spoken] = {}
    for par in overlay.pars:
        if not par.audio or par.fault or par.end is None or par.end <= par.begin or used[_span(par)] > 1:
            continue
        last = before.get(par.audio)
        if last and last.end is not None and par.begin < last.end:
            how = "goes back before" if par.end <= last.begin else "overlaps"
            yield par.line, "K042", f"this clip {how} the one in line {last.line}, which ends at {clock(last.end)}"
        before[par.audio] = par


# --- Durations --------------------------------------------------------------------------------------------------------


def _durations(book: Book, overlays: Iterable[Overlay], sounds: Sounds) -> Iterator[Diagnostic]:
    metas = {meta.refines: meta for meta in book.package.values("media:duration", None)}
    total = 0
    for overlay in overlays:
        heard = sum(_duration(par, overlay, sounds) for par in overlay.pars)
        meta = metas.get(overlay.item.key)
        said = _clock(meta) if meta else None
        total += heard if said is None else said
        name = overlay.item.path
        yield from _differs(book, "K043", meta, heard, (overlay.item.line, f"the overlay {name!r}", "its clips"))
    if metas or total:
        where = (0, "the book", "its overlays")
        yield from _differs(book, "K044", metas.get(""), total, where)


def _duration(par: Spoken, overlay: Overlay, sounds: Sounds) -> int:
    if par.fault or not par.audio:
        return 0
    end = par.end if par.end is not None else sounds.length(par.audio, overlay, par) or 0
    return max(0, end - par.begin)


def _clock(meta: Meta) -> int | None:
    try:
        return parse_clock(meta.value)
    except ValueError:
        return None


def _differs(book: Book, code: str, meta: Meta | None, heard: int, of: tuple[int, str, str]) -> Iterator[Diagnostic]:
    """``of`` has a line for what is not said at all, what it is, and what it is the sum of."""
    line, name, parts = of
    path = book.package.path
    if meta is None:
        yield Diagnostic(code, f"nothing says how long {name} is; it is {clock(heard)}", book.place(path, line))
        return
    said = _clock(meta)
    if said is None:
        message = f"{meta.value!r} is no SMIL clock value, and is to say how long {name} is"
        yield Diagnostic(code, message, book.place(path, meta.line))
    elif abs(said - heard) > _ROUNDED:
        message = f"{name} is said to be {clock(said)} long, and {parts} are {clock(heard)}"
        yield Diagnostic(code, message, book.place(path, meta.line))
