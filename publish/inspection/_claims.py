"""What a book says of itself, against what is in it (EPUB Accessibility 1.1, sections 2 and 3).

Only what is said is checked. What a book could say and does not is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import msgspec

from publish.book import Book, Meta
from publish.diagnostics import Diagnostic
from publish.inspection._navigation import Contents
from publish.inspection._survey import Survey
from publish.inspection._vocabulary import ALONE, EXCLUSIVE, VALUES

_FEATURE, _HAZARD = "schema:accessibilityFeature", "schema:accessibilityHazard"
_MODE, _SUFFICIENT = "schema:accessMode", "schema:accessModeSufficient"


class Holdings(msgspec.Struct, frozen=True):
    """What is in a book, as far as it can be claimed."""

    surveys: Mapping[str, Survey]
    contents: Contents
    overlays: bool
    heard: bool
    """Whether every visible text has its sound."""
    styles: str
    """All style sheets."""
    encrypted: bool


def claims(book: Book, held: Holdings) -> Iterator[Diagnostic]:
    """Everything that is claimed, and is not so."""
    for code, meta, message in (*_values(book), *_features(book, held), *_hazards(book), *_modes(book, held)):
        yield Diagnostic(code, message, book.place(book.package.path, meta.line))
    yield from _conformance(book)


_Found = Iterator[tuple[str, Meta, str]]


def _values(book: Book) -> _Found:
    """Values that are none of the vocabulary's; only a sufficient set of modes is a list with commas."""
    for name, known in VALUES.items():
        for meta in book.package.values(name):
            if name == _SUFFICIENT:
                wrong = [one for one in re.split(r"\s*,\s*", meta.value) if one not in known]
            else:
                wrong = [] if meta.value.partition("/")[0] in known else [meta.value]
            if wrong:
                shown = ", ".join(map(repr, wrong))
                split = "; write one value in each meta" if name != _SUFFICIENT and "," in meta.value else ""
                alike = next((one for one in sorted(known) if one.casefold() == wrong[0].casefold()), "")
                advice = split or (f"; write {alike!r}" if alike else "")
                yield "K061", meta, f"{shown} is no value of {name.removeprefix('schema:')}{advice}"


# --- Features ---------------------------------------------------------------------------------------------------------

_SPEECH = re.compile(r"(?<![\w-])(?:-epub-)?(?:speak|speak-as|voice-\w+|pause|pause-before|pause-after|cue\w*)\s*:")


def _features(book: Book, held: Holdings) -> _Found:
    """Features that are not there, with why not."""
    metas = {meta.value: meta for meta in book.package.values(_FEATURE)}
    for name, missing in _MISSING.items():
        if name in metas and (reason := missing(book, held)):
            yield "K060", metas[name], f"{name} is claimed, and {reason}"
    if (alone := sorted(ALONE & metas.keys())) and len(metas) > 1:
        yield "K062", metas[alone[0]], f"the feature {alone[0]!r} stands beside others"


def _trait(trait: str, reason: str) -> Callable[[Book, Holdings], str]:
    """A test for something that some document has to have."""
    return lambda _, held: "" if any(trait in one.traits for one in held.surveys.values()) else reason


def _unspoken(_: Book, held: Holdings) -> str:
    if not held.overlays:
        return "no document has an overlay"
    return "" if held.heard else "an overlay has a par without sound"


def _undescribed(_: Book, held: Holdings) -> str:
    for path, found in held.surveys.items():
        if found.bare_images:
            return f"the picture in {path!r}, line {found.bare_images[0]}, has no alternative text"
    pictured = any(found.described_images for found in held.surveys.values())
    return "" if pictured else "no picture has one"


def _unheaded(_: Book, held: Holdings) -> str:
    return "" if any(one.headings for one in held.surveys.values()) else "no document has a heading"


def _unlisted(_: Book, held: Holdings) -> str:
    return "" if held.contents.entries else "there is no table of contents with an entry"


def _unpaged(_: Book, held: Holdings) -> str:
    return "" if held.contents.pages else "there is no list of pages with an entry"


def _unbroken(_: Book, held: Holdings) -> str:
    return "" if any(one.breaks for one in held.surveys.values()) else "no document marks where a page begins"


def _either(book: Book, held: Holdings) -> str:
    return _unpaged(book, held) and _unbroken(book, held)


def _plainly(book: Book, held: Holdings) -> str:
    lexicon = any(item.media_type == "application/pls+xml" for item in book.package.items.values())
    marked = any("ssml" in one.traits for one in held.surveys.values())
    styled = _SPEECH.search(held.styles)
    return "" if lexicon or marked or styled else "there is no SSML, lexicon or speech style"


def _locked(_: Book, held: Holdings) -> str:
    return "something in the book is encrypted" if held.encrypted else ""


def _fixed(book: Book, _: Holdings) -> str:
    return "the pages have a fixed layout" if book.package.fixed else ""


_MISSING: Mapping[str, Callable[[Book, Holdings], str]] = {
    "ARIA": _trait("role", "no element has a role"),
    "MathML": _trait("math", "there is no MathML"),
    "alternativeText": _undescribed,
    "captions": _trait("track", "no video has a track of them"),
    "closedCaptions": _trait("track", "no video has a track of them"),
    "displayTransformability": _fixed,
    "fullRubyAnnotations": _trait("ruby", "there are no ruby annotations"),
    "index": _trait("index", "no part of the book is an index"),
    "pageBreakMarkers": _unbroken,
    "pageNavigation": _unpaged,
    "printPageNumbers": _either,
    "rubyAnnotations": _trait("ruby", "there are no ruby annotations"),
    "structuralNavigation": _unheaded,
    "synchronizedAudioText": _unspoken,
    "tableOfContents": _unlisted,
    "ttsMarkup": _plainly,
    "unlocked": _locked,
}
"""By feature, what says why it is not there; empty when it is. Others cannot be told from a book."""


# --- Hazards, modes ---------------------------------------------------------------------------------------------------


def _hazards(book: Book) -> _Found:
    metas = {meta.value: meta for meta in book.package.values(_HAZARD)}
    if (alone := sorted(ALONE & metas.keys())) and len(metas) > 1:
        yield "K062", metas[alone[0]], f"the hazard {alone[0]!r} stands beside others"
    for group in EXCLUSIVE:
        both = [name for name in group if name in metas]
        if len(both) > 1:
            yield "K062", metas[both[1]], f"the hazards {' and '.join(map(repr, both))} contradict each other"


def _modes(book: Book, held: Holdings) -> _Found:
    metas = {meta.value: meta for meta in book.package.values(_MODE)}
    kinds = {item.media_type.partition("/")[0] for item in book.package.items.values()}
    traits = frozenset().union(*(found.traits for found in held.surveys.values()))
    pictures = bool({"image", "video"} & (kinds | traits))
    told = any(found.has_words for found in held.surveys.values())
    if (meta := metas.get("visual")) and not pictures:
        yield "K063", meta, "the access mode 'visual' is given, and there is no picture"
    if (meta := metas.get("auditory")) and not ({"audio", "video"} & (kinds | traits) or held.overlays):
        yield "K063", meta, "the access mode 'auditory' is given, and there is no sound"
    if metas and metas.keys() <= VALUES[_MODE] and "textual" not in metas and told:
        yield "K063", next(iter(metas.values())), "the access mode 'textual' is not given, and there is text"
    yield from _sufficient(book, held)


def _sufficient(book: Book, held: Holdings) -> _Found:
    for meta in book.package.values(_SUFFICIENT):
        modes = set(re.split(r"\s*,\s*", meta.value))
        if modes == {"auditory"} and not held.overlays and any(found.has_words for found in held.surveys.values()):
            yield "K063", meta, "sound is said to be sufficient, and no text has any"
        bare = next((path for path, found in held.surveys.items() if found.bare_images), None)
        if modes == {"textual"} and bare:
            yield "K063", meta, f"text is said to be sufficient, and a picture in {bare!r} has no alternative text"


# --- Conformance ------------------------------------------------------------------------------------------------------

_CONFORMS = re.compile(r"EPUB Accessibility 1\.[12] - WCAG 2\.[012] Level A{1,3}")
"""The words of EPUB Accessibility 1.1, section 5.2; 1.2 is a draft that keeps them."""
_OLD = re.compile(r"https?://(?:www\.)?idpf\.org/epub/a11y/accessibility-20170105\.html#wcag-a{1,3}")
"""The addresses of EPUB Accessibility 1.0."""


def _conformance(book: Book) -> Iterator[Diagnostic]:
    package = book.package
    named = (*package.values("dcterms:conformsTo"), *package.values("link:dcterms:conformsTo"))
    certifiers = {meta.refines for meta in package.values("a11y:certifiedBy", None)}
    about = [meta for meta in named if re.search(r"wcag|a11y|accessib", meta.value, re.IGNORECASE)]
    for meta in about:
        place = book.place(package.path, meta.line)
        if not (_CONFORMS.fullmatch(meta.value) or _OLD.fullmatch(meta.value)):
            message = (
                f"{meta.value!r} is no claim that machines know; "
                "write 'EPUB Accessibility 1.1 - WCAG 2.2 Level AA' with your version and level"
            )
            yield Diagnostic("K064", message, place)
        if certifiers.isdisjoint({"", meta.key}):
            message = "conformance is claimed, and nobody vouches for it; say by a11y:certifiedBy who does"
            yield Diagnostic("K065", message, place)
