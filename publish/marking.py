"""The markup of a preview: notes in a page that a build would write, the list of pages, a catalogue to look things up.

Nothing here is seen in outputs. Everything is put together as a tree, so that no word of a catalogue becomes markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from publish.diagnostics import Diagnostic
from publish.interface import SOURCE, Interface, interface
from publish.languages import autonym, direction
from publish.preview import Note, Page, Row, State

if TYPE_CHECKING:
    from lxml.html import HtmlElement

OWN = "/.preview/"
"""Where everything that is not in outputs has its address."""
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li"})
_TODO: tuple[State, ...] = ("missing", "absent", "fuzzy", "changed", "broken")
"""What is left to a translator."""


def data(name: str) -> bytes:
    """The style or the script of previews."""
    return files("publish").joinpath("data", "preview", name).read_bytes()


def _words(state: State, words: Interface) -> str:
    """A state in words: no colour says anything alone."""
    match state:
        case "translated":
            return words.gettext("Translated")
        case "fuzzy":
            return words.gettext("Fuzzy: to be checked")
        case "missing":
            return words.gettext("Not translated yet")
        case "changed":
            return words.gettext("The original has changed")
        case "absent":
            return words.gettext("Not in the catalogue yet")
        case "broken":
            return words.gettext("The tags are not those of the original")


# --- A page with its notes --------------------------------------------------------------------------------------------


def marked(page: Page) -> tuple[bytes, str]:
    """The page with its notes, and what tells this state of it from any other."""
    from lxml import html  # noqa: PLC0415  # only those who look at pages need it

    words = interface(page.language)
    if not page.html:
        tree = html.document_fromstring("<html><head></head><body><main></main></body></html>")
        tree.set("lang", page.language)
    else:
        tree = html.document_fromstring(page.html, parser=html.HTMLParser(encoding="utf-8"))
    _head(tree)
    main = tree.find(".//main")
    if main is None:  # a theme of somebody's own
        tree.body.insert(0, _above(page, words))
    else:
        main.addprevious(_above(page, words))
    there = {key: element for element in tree.iter() if (key := element.get("id"))}
    for note in page.notes:
        element = _block(tree, there, note.key)
        if element is not None:
            element.set("data-message", note.context)
            element.addnext(_note(note, page, words))
    version = blake2b(html.tostring(tree, encoding="utf-8"), digest_size=8).hexdigest()
    tree.set("data-version", version)
    return _document(tree), version


def _head(tree: HtmlElement) -> None:
    """The style and the script, in place of the rule that a page has no script; the server sends a rule of its own."""
    from lxml.html import builder as E  # noqa: N812, PLC0415  # as its documentation writes it

    for old in tree.xpath("//meta[@http-equiv='Content-Security-Policy']"):
        old.drop_tree()
    tree.head.append(E.LINK(rel="stylesheet", href=f"{OWN}preview.css"))
    tree.head.append(E.SCRIPT(src=f"{OWN}preview.js", defer="defer"))


def _block(tree: HtmlElement, there: dict[str, HtmlElement], key: str) -> HtmlElement | None:
    """The element after which a note on a message stands; the venue's stands after the list that it is in."""
    if key in {"title", "venue"}:
        found = tree.xpath("//main//h1" if key == "title" else "//main//ul[@class='facts']")
        return found[0] if found else None
    element = there.get(key)
    while element is not None and element.tag not in _BLOCKS:
        element = element.getparent()
    return element


def _note(note: Note, page: Page, words: Interface) -> HtmlElement:
    from lxml.html import builder as E  # noqa: N812, PLC0415

    made = E.P(
        E.CLASS("message"),
        {"data-state": note.state, "data-of": note.context, **_tongue(words.language, page.language)},
        E.STRONG(_words(note.state, words)),
        " ",
    )
    if note.place.line:
        name = f"{PurePosixPath(note.place.file).name}:{note.place.line}"
        made.append(E.A(name, href=f"{_catalogue(page)}#L{note.place.line}", translate="no"))
        made[-1].tail = " "
    made.append(E.CODE(note.context, translate="no"))
    for fault in note.faults:
        made[-1].tail = " "
        made.append(E.SPAN(_clean(fault), _tongue(SOURCE, page.language)))
    return made


def _above(page: Page, words: Interface) -> HtmlElement:
    """What stands above the page: what this is, what is wrong, how much is left and where it begins."""
    from lxml.html import builder as E  # noqa: N812, PLC0415

    made = E.SECTION(
        E.CLASS("preview"),
        {"aria-label": words.gettext("Preview"), **_tongue(words.language, page.language)},
        E.P(words.gettext("Preview for translators: this page is not published.")),
        # It is always there, since screen readers hear of what is put into such an element, not of a new one.
        E.DIV(E.CLASS("faults"), {"role": "alert"}, *map(_fault, page.faults)),
    )
    if page.catalogue:
        path = E.A(page.catalogue, href=_catalogue(page), translate="no")
        made.append(E.P(words.gettext("Catalogue"), ": ", path))
    if page.notes:
        made.append(E.UL(*_counts(page, words)))
    return made


def _fault(fault: Diagnostic) -> HtmlElement:
    from lxml.html import builder as E  # noqa: N812, PLC0415

    place = f"{fault.place.file}:{fault.place.line}" if fault.place.line else fault.place.file
    where = (E.CODE(place, translate="no"), " ") if place else ()
    return E.P(*where, _clean(fault.message), {"lang": SOURCE, "dir": "ltr"})


def _counts(page: Page, words: Interface) -> Iterator[HtmlElement]:
    """How many messages are in each state; what is left to do leads to the first of them."""
    from lxml.html import builder as E  # noqa: N812, PLC0415

    for state, count in sorted(page.counts.items()):
        said = f"{_words(state, words)}: {words.number(count)}"
        first = next(note.key for note in page.notes if note.state == state)
        linked = state in _TODO and first not in {"title", "venue"}
        yield E.LI(E.A(said, href=f"#{quote(first)}") if linked else said)


def _catalogue(page: Page) -> str:
    return f"{OWN}{quote(page.language)}/{quote(page.name)}.po"


def _tongue(language: str, around: str) -> dict[str, str]:
    return {} if language == around else {"lang": language, "dir": direction(language)}


def _clean(text: str) -> str:
    """Text as a tree can hold it: without what no document may hold."""
    return "".join(sign if sign.isprintable() or sign in "\t\n" else "\ufffd" for sign in text)


# --- Other pages ------------------------------------------------------------------------------------------------------


def listing(rows: Iterable[Row], languages: Sequence[str], faults: Iterable[Diagnostic]) -> bytes:
    """The page that leads to all others."""
    from lxml.html import builder as E  # noqa: N812, PLC0415

    words = interface(languages[0])
    body = [E.H1(words.gettext("Preview for translators")), *map(_fault, faults)]
    found = list(rows)
    for language in languages:
        body.append(E.H2(autonym(language), {"lang": language, "dir": direction(language)}))
        lines = (_row(row, words) for row in found if row.language == language)
        names = (words.gettext("Briefing"), *(_words(s, words) for s in ("translated", "fuzzy", "missing")))
        head = E.TR(*(E.TH(name, scope="col") for name in names))
        body.append(E.TABLE(E.THEAD(head), E.TBODY(*lines)))
    return _plain(words, words.gettext("Preview for translators"), E.MAIN(*body))


def _row(row: Row, words: Interface) -> HtmlElement:
    from lxml.html import builder as E  # noqa: N812, PLC0415

    link = E.A(_clean(row.title), href=f"/{quote(row.language)}/{quote(row.name)}/index.html")
    counts = (row.translated, row.fuzzy, row.total - row.translated - row.fuzzy)
    return E.TR(E.TH(link, scope="row"), *(E.TD(words.number(count)) for count in counts))


def looked_up(path: str, text: str, language: str) -> bytes:
    """A catalogue, line by line, each with an id that a link can lead to: ``L12``."""
    from lxml.html import builder as E  # noqa: N812, PLC0415

    words = interface(language)
    lines = [E.LI(_clean(line) or "\u00a0", id=f"L{number}") for number, line in enumerate(text.splitlines(), 1)]
    body = E.MAIN(E.H1(path, translate="no"), E.OL(E.CLASS("lines"), *lines, translate="no"))
    return _plain(words, path, body)


def _plain(words: Interface, title: str, body: HtmlElement) -> bytes:
    from lxml.html import builder as E  # noqa: N812, PLC0415

    tree = E.HTML(
        {"lang": words.language, "dir": words.direction},
        E.HEAD(
            E.META(charset="utf-8"),
            E.META(name="viewport", content="width=device-width, initial-scale=1"),
            E.TITLE(title),
            E.LINK(rel="stylesheet", href="/theme/publish.css"),
            E.LINK(rel="stylesheet", href=f"{OWN}preview.css"),
        ),
        E.BODY(E.CLASS("desk"), body),
    )
    return _document(tree)


def _document(tree: HtmlElement) -> bytes:
    from lxml import html  # noqa: PLC0415

    return bytes(html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>"))
