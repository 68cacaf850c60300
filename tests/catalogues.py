"""Catalogues for property tests: whatever a PO file can hold."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from publish.po import Entry

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t\r\a\b\f\v"\\\ufffe\uffff\u2028\u0085&<>'),
    max_size=30,
)
"""Any text that is written in a PO file, and signs that XML cannot hold or treats in its own way."""
MARKED = st.lists(
    st.sampled_from([
        "<em>", "</em>", '<a id="1">', "</a>", '<x id="1"/>', "<code>", "</code>", "<b>", "&amp;", "&lt;", "&nbsp;",
        "&", "<", "word", " ", "]]>",
    ]),
    max_size=12,
).map("".join)  # fmt: skip
"""Messages with tags, sound or broken."""
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20).map(str.strip)
FLAGS = st.lists(st.sampled_from(["fuzzy", "xml-text", "no-wrap", "max-length:9"]), unique=True).map(tuple)
_ANY = TEXTS | MARKED
_CONTEXTS = st.none() | st.from_regex(r"[a-c]{1,2}/[pq]?[0-9]", fullmatch=True) | TEXTS
_ENTRY = st.builds(
    Entry,
    id=_ANY.filter(bool),
    context=_CONTEXTS,
    strings=_ANY.map(lambda text: (text,)),
    comments=st.lists(LINES.map(lambda line: f" {line}" if line else ""), max_size=2).map(tuple),
    extracted=st.lists(LINES, max_size=2).map(tuple),
    references=st.lists(LINES.filter(bool), max_size=2).map(tuple),
    flags=FLAGS,
    previous=st.tuples(st.none() | TEXTS, st.none() | TEXTS, st.none()),
    obsolete=st.booleans(),
)


def _plural(entry: Entry, plural: str | None, strings: list[str]) -> Entry:
    return entry if plural is None else msgspec.structs.replace(entry, plural=plural, strings=tuple(strings))


ENTRIES = st.lists(
    st.builds(_plural, _ENTRY, st.none() | st.none() | TEXTS, st.lists(TEXTS, min_size=1, max_size=3)),
    unique_by=lambda entry: entry.key,
    max_size=6,
)
HEADER = Entry(id="", strings=("Language: fr\nContent-Type: text/plain; charset=UTF-8\nX-Source-Language: en\n",))
CATALOGUES = ENTRIES.map(lambda entries: (HEADER, *entries))
