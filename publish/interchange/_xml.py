"""XML of translation tools: read without entities, network or DTD, and written without a character being lost."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from publish.diagnostics import Place, refuse
from publish.xml_safe import SAFELY

CODE = "C020"
LARGEST = 128 << 20
"""Bytes of one file: a catalogue of the largest size that is read, and its markup."""
DEEPEST = 64
"""Elements within each other; a message has a handful."""
_DECLARATION = re.compile(r"<\?xml\s[^>]*\?>")
_ENCODING = re.compile(r"encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_PROLOG = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[\]>]*>")
_ESCAPED = frozenset("\t\n\r\a\b\f\v")
"""Control characters that have an escape in PO files."""
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even by a number (section 2.2)."""


def possible(text: str) -> str:
    """The text as XML can hold it; other characters are shown as U+FFFD. For what is shown and not read again."""
    return _IMPOSSIBLE.sub("\ufffd", text)


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text as pairs of what XML can hold and one character that it cannot, as a hexadecimal number.

    The second of the last pair is empty.
    """
    at = 0
    for found in _IMPOSSIBLE.finditer(text):
        yield text[at : found.start()], f"{ord(found.group()):04X}"
        at = found.end()
    yield text[at:], ""


def holdable(text: str) -> str:
    """The text as a PO file can hold it; the one character that XML can and it cannot is shown as U+FFFD."""
    return text.replace("\x7f", "\ufffd")


def character(number: str | None) -> str:
    """The character of a hexadecimal number; empty when there is none, or it is one that no PO file holds."""
    code = int(number, 16) if number and re.fullmatch(r"[0-9A-Fa-f]{1,8}", number) else 0
    found = chr(code) if code <= sys.maxunicode else "\0"
    return (
        ""
        if unicodedata.category(found) == "Cs" or (found < " " and found not in _ESCAPED) or found == "\x7f"
        else found
    )


def append(parent: etree._Element, text: str) -> None:
    """Add text to the end of an element's content."""
    if not text:
        return
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def forget(element: etree._Element) -> None:
    """Free what was read: the element's content, and all before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def events(data: bytes, file: str) -> Iterator[tuple[str, etree._Element]]:
    """Elements as they begin and end. Whoever takes them clears what is done with.

    Raises:
        InputError: With line: it is not well-formed, declares entities, is too large or too deep.
    """
    safe = _checked(data, file).encode()
    kept = {"remove_comments": True, "remove_pis": True, "encoding": "utf-8", "huge_tree": True}
    context = etree.iterparse(BytesIO(safe), events=("start", "end"), **kept, **SAFELY)
    depth = 0
    try:
        for event, element in context:
            depth += 1 if event == "start" else -1
            if depth > DEEPEST:
                refuse(CODE, "elements stand within each other deeper than in any catalogue", Place(file))
            yield event, element
    except etree.XMLSyntaxError as error:
        last = next(reversed(list(context.error_log)), None)  # an error's own log goes on from file to file
        line, column, what = (last.line, last.column, last.message) if last else (1, 1, str(error.msg))
        message = f"column {column}: this is not well-formed XML ({what.strip()}); save it again"
        refuse(CODE, message, Place(file, max(1, line)))


def _checked(data: bytes, file: str) -> str:
    """The document without its declaration and document type, in as many lines."""
    if len(data) > LARGEST:
        refuse(CODE, f"this file is larger than {LARGEST:,} bytes; divide it", Place(file))
    text = _decoded(data, file)
    if found := _DECLARATION.match(text):
        text = "\n" * found.group().count("\n") + text[found.end() :]
    prolog = _PROLOG.match(text)
    at = prolog.end() if prolog else 0
    if text.startswith("<!DOCTYPE", at):
        found = _DOCTYPE.match(text, at)
        if found is None:
            line = text.count("\n", 0, at) + 1
            refuse(CODE, "this document declares entities of its own; remove the part in brackets", Place(file, line))
        text = text[:at] + "\n" * found.group().count("\n") + text[found.end() :]
    return text


def _decoded(data: bytes, file: str) -> str:
    declared = _ENCODING.search(data[:200].decode("latin-1"))
    wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    encoding = "utf-16" if wide else "utf-8-sig"
    if not wide and declared and declared[1].lower() in {"iso-8859-1", "windows-1252", "us-ascii"}:
        encoding = declared[1]
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        refuse(CODE, "this is not UTF-8; save the file as UTF-8", Place(file, line))
