"""Overlays against their documents: elements that are there, in reading order, and no visible text without sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from publish.book import Book, Item, Overlay, Spoken
from publish.diagnostics import Diagnostic
from publish.inspection._survey import EVERYWHERE, Survey

_QUOTED = 40
"""Letters of a text that a finding quotes."""


def played(overlay: Overlay, path: str) -> frozenset[str]:
    """Ids of a document that an overlay plays; :data:`EVERYWHERE` is the document as a whole."""
    return frozenset(par.text.fragment or EVERYWHERE for par in overlay.pars if par.text.path == path)


def followed(book: Book, item: Item, overlay: Overlay, found: Survey) -> Iterator[Diagnostic]:
    """Pars of a document's overlay that lead to nothing, or back."""
    before = -1
    for par in overlay.pars:
        place = book.place(overlay.item.path, par.line)
        shown = f"{par.text.path}#{par.text.fragment}"
        owner = book.package.paths.get(par.text.path)
        if owner is None:
            yield Diagnostic("K051", f"{shown!r} is not in the book", place)
        elif owner.overlay != overlay.item.key:
            yield Diagnostic("K051", f"{shown!r} is in a document that does not name this overlay", place)
        elif owner.path != item.path or not par.text.fragment or "(" in par.text.fragment or "=" in par.text.fragment:
            continue  # of another document of the same overlay, or a fragment that is no id
        elif (position := found.positions.get(par.text.fragment)) is None:
            yield Diagnostic("K051", f"there is no element {par.text.fragment!r} in {item.path!r}", place)
        else:
            if position < before:
                yield Diagnostic("K052", f"{par.text.fragment!r} stands before what is played before it", place)
            before = position


def unheard(book: Book, item: Item, found: Survey, *, claimed: bool) -> Iterator[Diagnostic]:
    """Visible texts of a document with an overlay that no par plays."""
    code, but = ("K054", "; the book claims synchronizedAudioText") if claimed else ("K050", "")
    for one in found.words:
        if not one.heard:
            quoted = one.text if len(one.text) <= _QUOTED else f"{one.text[:_QUOTED]}…"
            yield Diagnostic(code, f"no par of the overlay is for {quoted!r}{but}", book.place(item.path, one.line))


def silent(book: Book, surveys: Mapping[str, Survey], *, claimed: bool) -> Iterator[Diagnostic]:
    """Documents without an overlay, in a book that has some; one finding for all of them."""
    without = [path for path, found in surveys.items() if found.has_words and not book.package.paths[path].overlay]
    spine = {item.path for item in book.package.spine}
    read = [path for path in without if path in spine]
    navigation = book.package.navigation
    if navigation and navigation.path in without and navigation.path not in spine:
        yield Diagnostic(
            "K053", "the contents have no overlay, as others of the book have", book.place(navigation.path)
        )
    if read:
        which = f"this document and {len(read) - 1} more have" if len(read) > 1 else "this document has"
        code, but = ("K054", "; the book claims synchronizedAudioText") if claimed else ("K053", "")
        message = f"{which} no overlay, in a book that has some{but}"
        yield Diagnostic(code, message, book.place(read[0]))


def mute(book: Book, overlays: Sequence[Overlay], surveys: Mapping[str, Survey]) -> bool:
    """Whether an element has a par without sound, so that a reading system would have to speak it itself."""
    return any(
        not par.audio and not par.fault and _is_played(par, overlay, book, surveys)
        for overlay in overlays
        for par in overlay.pars
    )


def _is_played(par: Spoken, overlay: Overlay, book: Book, surveys: Mapping[str, Survey]) -> bool:
    path, fragment = par.text
    if path not in surveys or book.package.paths[path].overlay != overlay.item.key:
        return False
    return not fragment or fragment in surveys[path].positions
