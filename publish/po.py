r"""PO files: a strict reader that loses nothing, and a writer of one line a string.

What it writes is what ``msgcat --no-wrap`` writes, byte for byte: a string with ``\n`` inside begins with ``""`` and
goes on in one line for each of its lines. What it cannot read it refuses with line and column, since a guess would put
words under the wrong paragraph.

The grammar is that of the GNU gettext manual, "The Format of PO Files", without ``domain``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NoReturn

import msgspec

from publish.diagnostics import Diagnostic, Place, Report, refuse

LARGEST = 64 * 1024 * 1024
"""Bytes of one file."""

_VISIBLE = re.compile("[^\\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")
"""Something to be seen."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message."""

    id: str
    """``msgid``: the original."""
    context: str | None = None
    """``msgctxt``; None when the entry has none."""
    plural: str | None = None
    """``msgid_plural``."""
    strings: tuple[str, ...] = ("",)
    """``msgstr``, or ``msgstr[0]``, ``msgstr[1]`` … of an entry with a plural."""
    comments: tuple[str, ...] = ()
    """Translators' lines, as they stand after ``#``, their space included."""
    extracted: tuple[str, ...] = ()
    """Lines for translators, after ``#.`` and its space."""
    references: tuple[str, ...] = ()
    """Lines after ``#:`` and its space."""
    flags: tuple[str, ...] = ()
    previous: tuple[str | None, str | None, str | None] = (None, None, None)
    """``#|``: msgctxt, msgid and msgid_plural before the last change."""
    obsolete: bool = False
    """``#~``: no longer in the sources, kept for its translation."""
    line: int = 0
    """Where it begins; not compared by :func:`same`, not written."""

    @property
    def key(self) -> tuple[str | None, str]:
        """What tells messages apart."""
        return (self.context, self.id)

    @property
    def fuzzy(self) -> bool:
        """Whether a person has still to look at it."""
        return "fuzzy" in self.flags

    @property
    def filled(self) -> bool:
        """Whether there are any words of a translation, good or not."""
        return any(map(_VISIBLE.search, self.strings))

    @property
    def translated(self) -> bool:
        """Whether all of its strings hold words and none is in doubt."""
        return not self.fuzzy and not self.obsolete and all(map(_VISIBLE.search, self.strings))


class File(msgspec.Struct, frozen=True):
    """A whole file: the header is the first entry with an empty msgid and no context, when there is one."""

    entries: tuple[Entry, ...]

    @property
    def header(self) -> dict[str, str]:
        """The header's fields by their names as written; empty without a header."""
        for entry in self.entries:
            if entry.key == (None, "") and not entry.obsolete:
                fields = (line.partition(":") for line in entry.strings[0].split("\n") if line)
                return {name.strip(): value.strip() for name, _, value in fields}
        return {}


# --- Writing ----------------------------------------------------------------------------------------------------------

_ESCAPES = str.maketrans({
    "\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t", "\r": r"\r", "\a": r"\a", "\b": r"\b", "\f": r"\f", "\v": r"\v"
})  # fmt: skip

_ESCAPED = re.compile(r'[\\"\n\t\r\a\b\f\v]')


def serialise(entries: Iterable[Entry]) -> str:
    """The text of a file."""
    return "\n".join("".join(_entry(entry)) for entry in entries)


def _entry(entry: Entry) -> Iterator[str]:
    mark = "#~ " if entry.obsolete else ""
    yield from (f"#{line}\n" for line in entry.comments)
    yield from (f"#. {line}\n" if line else "#.\n" for line in entry.extracted)
    yield from (f"#: {line}\n" for line in entry.references)
    if entry.flags:
        yield f"#, {', '.join(entry.flags)}\n"
    for keyword, text in zip(("msgctxt", "msgid", "msgid_plural"), entry.previous, strict=True):
        if text is not None:
            yield from _string("#~| " if entry.obsolete else "#| ", keyword, text)
    if entry.context is not None:
        yield from _string(mark, "msgctxt", entry.context)
    yield from _string(mark, "msgid", entry.id)
    if entry.plural is None:
        yield from _string(mark, "msgstr", entry.strings[0])
        return
    yield from _string(mark, "msgid_plural", entry.plural)
    for index, text in enumerate(entry.strings):
        yield from _string(mark, f"msgstr[{index}]", text)


def _string(mark: str, keyword: str, text: str) -> Iterator[str]:
    lines = re.findall(r"[^\n]*\n|[^\n]+", text) if "\n" in text else [text]
    if len(lines) < 2:  # noqa: PLR2004  # one line stands beside its keyword
        yield f'{mark}{keyword} "{_escaped(text)}"\n'
        return
    yield f'{mark}{keyword} ""\n'
    yield from (f'{mark}"{_escaped(line)}"\n' for line in lines)


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES) if _ESCAPED.search(text) else text


# --- Reading ----------------------------------------------------------------------------------------------------------

_LINE = re.compile(r'(#~\|?|#\|)?[ \t]*(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d{1,3})\])?)[ \t]*)?"(.*)"[ \t]*')
_ESCAPE = re.compile(r"\\(?:([\\\"ntrabfv])|([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.)|$)|(\")", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", '"': '"'}
CONFLICT = re.compile(r"(<{7}|={7}|>{7}|\|{7})(\s|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_SAID = r'"([^"\\\n]*(?:\\["\\nt][^"\\\n]*)*)"'
_SIMPLE = re.compile(rf"((?:#(?![~|]).*\n)*)(?:msgctxt {_SAID}\n)?msgid {_SAID}\nmsgstr {_SAID}\n?")
"""An entry whose strings have a line each, and the commonest escapes."""
_SIMPLE_ESCAPE = re.compile(r"\\(.)")


def _unescape(found: re.Match[str]) -> str:
    return _PLAIN[found[1]]


def parse(data: bytes | str, file: str, report: Report | None = None) -> File:
    """Read a file.

    ``report`` is told of what is tolerated: a byte order mark, line ends of other systems.

    Raises:
        InputError: With line and column of what cannot be read.
    """
    text = decoded(data, file, report)
    refuse_signs(text, file, 1)
    parser = Parser(file)
    for number, block in blocks(text):
        parser.block(number, block)
    return File(tuple(parser.finish()))


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """What stands between empty lines, with the number of its first line."""
    number = 1
    for block in text.split("\n\n"):
        yield number, block
        number += block.count("\n") + 2


def decoded(data: bytes | str, file: str, report: Report | None) -> str:
    """The text, its lines as they end here; what is not UTF-8 is in it as surrogates."""
    if len(data) > LARGEST:
        refuse("C001", f"this catalogue is larger than {LARGEST:,} bytes; divide it", Place(file))
    text = data.decode("utf-8", "surrogateescape") if isinstance(data, bytes) else data
    if text.startswith(("\udcff\udcfe", "\udcfe\udcff")):
        refuse("C001", "column 1: this is UTF-16; save the file as UTF-8", Place(file, 1))
    if text.startswith("\ufeff"):
        text = text[1:]
        if report:
            message = "column 1: the file begins with a byte order mark, which gettext refuses; save it without one"
            report(Diagnostic("C002", message, Place(file, 1)))
    if "\r" in text:
        first = text.index("\r")
        column = first - text.rfind("\n", 0, first)
        if report:
            message = f"column {column}: lines end as on another system; they are read all the same, save them with LF"
            report(Diagnostic("C002", message, Place(file, text.count("\n", 0, first) + 1)))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def refuse_signs(text: str, file: str, number: int) -> None:
    """Refuse what is not UTF-8, and control characters; ``number`` is that of the text's first line."""
    if found := _SURROGATE.search(text):
        line, column = _position(text, found.start())
        place = Place(file, number + line - 1)
        refuse("C001", f"column {column}: this is not UTF-8; save the file as UTF-8", place)
    if found := _CONTROL.search(text):
        line, column = _position(text, found.start())
        name, place = f"U+{ord(found.group()):04X}", Place(file, number + line - 1)
        refuse("C001", f"column {column}: there is a control character {name}; remove it", place)


def _position(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def doubled(first: int) -> str:
    """What is said of a message that stands there again."""
    return f"column 1: this message stands already in line {first}; remove one of the two"


def _flags(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(flag for line in lines for part in line.split(",") if (flag := part.strip()))


class Parser:
    """Collects lines into entries. A keyword that may not follow the one before ends the reading with an error."""

    def __init__(self, file: str, doubled: list[tuple[Entry, int]] | None = None) -> None:
        """``doubled`` takes entries that stand there again, and the first one's line; None: they are refused."""
        self._file = file
        self._doubled = doubled
        self.entries: list[Entry] = []
        self._seen: dict[tuple[str | None, str], int] = {}
        self._number = 0
        self._reset()

    def _reset(self) -> None:
        self._begin = 0
        self._kept: dict[str, list[str]] = {"#": [], "#.": [], "#:": [], "#,": []}
        self._previous: dict[str, list[str]] = {}
        self._strings: dict[str, list[str]] = {}
        self._current: list[str] | None = None
        self._obsolete: bool | None = None

    def block(self, number: int, block: str) -> None:
        """Take what stands between two empty lines."""
        if not self._simple(number, block):
            for line in (*block.split("\n"), ""):
                self.take(number, line)
                number += 1

    @property
    def begun(self) -> int:
        """The line in which an entry began that has not ended; 0: there is none."""
        return self._begin

    def back(self, count: int) -> None:
        """Forget all but the first ``count`` entries, and what is begun."""
        for entry in self.entries[count:]:
            if self._seen.get(entry.key) == entry.line:
                del self._seen[entry.key]
        del self.entries[count:]
        self._reset()

    def _simple(self, number: int, block: str) -> bool:
        """Take an entry as most are, at once; whether it is one."""
        if self._begin or self._strings or self._previous or (found := _SIMPLE.fullmatch(block)) is None:
            return False
        head, *strings = found.groups()
        kept: dict[str, list[str]] = {"#": [], "#.": [], "#:": [], "#,": []}
        for line in head.split("\n")[:-1]:
            mark = line[:2]
            if mark in kept and mark != "#":
                kept[mark].append(line[3:] if line[2:3] == " " else line[2:])
            else:
                kept["#"].append(line[1:])
        context, message, translation = (_SIMPLE_ESCAPE.sub(_unescape, t) if t and "\\" in t else t for t in strings)
        entry = Entry(
            id=message,
            context=context,
            strings=(translation,),
            comments=tuple(kept["#"]),
            extracted=tuple(kept["#."]),
            references=tuple(kept["#:"]),
            flags=_flags(kept["#,"]),
            line=number,
        )
        self._number = number + block.count("\n") + 1
        self._unique(entry)
        self.entries.append(entry)
        return True

    def take(self, number: int, line: str) -> None:
        """Take a line."""
        self._number = number
        if not line or line.isspace():
            if self._complete():
                self._end()
            return
        if line.startswith("#") and not line.startswith(("#~", "#|")):
            self._comment(line)
            return
        found = _LINE.fullmatch(line)
        if found is None:
            self._refuse_line(line)
        self._string(found, line)

    def finish(self) -> list[Entry]:
        """The entries; refuses one that has not ended."""
        if self._complete():
            self._end()
        if self._strings or self._previous or self._kept["#,"]:
            self._number = max(self._begin, self._number - 2)
            self._refuse("the file ends inside of an entry: msgstr is missing; it may have been cut off")
        return self.entries

    def _comment(self, line: str) -> None:
        if self._complete():
            self._end()
        elif self._strings:
            self._refuse("a comment stands inside of an entry, or msgstr is missing above it")
        self._begin = self._begin or self._number
        mark = line[:2] if line[1:2] in {".", ":", ","} and len(line) > 1 else "#"
        rest = line[len(mark) :]
        self._kept[mark].append(rest if mark == "#" else rest.removeprefix(" "))

    def _string(self, found: re.Match[str], line: str) -> None:
        prefix, keyword, index, raw = found.groups()
        text = self._unescaped(raw, found.start(4))
        if prefix in {"#|", "#~|"}:
            self._before(prefix, keyword, text)
            return
        if keyword is None:
            if self._current is None:
                self._refuse("this string belongs to no keyword; write msgid or msgstr before it")
            self._current.append(text)
            return
        if keyword in {"msgctxt", "msgid"} and self._complete() and (keyword == "msgctxt" or "msgid" in self._strings):
            self._end()
        if self._obsolete is not None and self._obsolete != (prefix == "#~") and self._strings:
            self._refuse("one half of this entry is obsolete (#~) and the other is not")
        self._obsolete = prefix == "#~"
        self._begin = self._begin or self._number
        self._order(keyword, index, line)
        self._current = self._strings[keyword] = [text]

    def _before(self, prefix: str, keyword: str | None, text: str) -> None:
        """A line of ``#|``: what the message was."""
        if self._complete():
            self._end()
        self._begin = self._begin or self._number
        if keyword is None:
            if self._current is None or not self._previous:
                self._refuse("this string belongs to no keyword; write msgid before it")
            self._current.append(text)
        elif keyword.startswith("msgstr") or keyword in self._previous or self._strings:
            self._refuse(f"{prefix} {keyword} cannot stand here")
        else:
            self._current = self._previous[keyword] = [text]

    def _order(self, keyword: str, index: str | None, line: str) -> None:
        there = self._strings
        if keyword in there:
            self._refuse(f"{keyword} stands twice in one entry; an empty line may be missing above")
        count = sum(name.startswith("msgstr") for name in there)
        wrong = {
            "msgctxt": bool(there),
            "msgid": bool(set(there) - {"msgctxt"}),
            "msgid_plural": list(there)[-1:] != ["msgid"],
            "msgstr": "msgid" not in there or "msgid_plural" in there or count > 0,
        }
        if index is not None:
            if "msgid_plural" not in there or int(index) != count:
                self._refuse(f"{keyword} cannot stand here; plural forms are numbered from 0, after msgid_plural")
        elif wrong[keyword]:
            self._refuse(f"{keyword} cannot stand here", line.find(keyword) + 1)

    def _unescaped(self, raw: str, offset: int) -> str:
        if "\\" not in raw and '"' not in raw:
            return raw
        parts, at = [], 0
        for found in _ESCAPE.finditer(raw):
            parts.append(raw[at : found.start()])
            simple, octal, hexadecimal, other, quote = found.groups()
            if quote or other is not None or not any((simple, octal, hexadecimal)):
                column = offset + found.start() + 1
                what = 'a quotation mark must be written \\"' if quote else f"\\{other or ''} is no escape sequence"
                self._refuse(what, column)
            parts.append(_PLAIN[simple] if simple else self._coded(octal, hexadecimal, offset + found.start() + 1))
            at = found.end()
        return "".join((*parts, raw[at:]))

    def _coded(self, octal: str | None, hexadecimal: str | None, column: int) -> str:
        code = int(octal, 8) if octal else int(hexadecimal or "0", 16)
        if not 0x20 <= code < 0x7F:  # noqa: PLR2004  # printable ASCII; anything else is written as itself
            self._refuse("this escape stands for no printable ASCII character; write the character itself", column)
        return chr(code)

    def _complete(self) -> bool:
        return any(keyword.startswith("msgstr") for keyword in self._strings)

    def _end(self) -> None:
        strings = {keyword: "".join(parts) for keyword, parts in self._strings.items()}
        before = {keyword: "".join(parts) for keyword, parts in self._previous.items()}
        entry = Entry(
            id=strings["msgid"],
            context=strings.get("msgctxt"),
            plural=strings.get("msgid_plural"),
            strings=tuple(text for keyword, text in strings.items() if keyword.startswith("msgstr")),
            comments=tuple(self._kept["#"]),
            extracted=tuple(self._kept["#."]),
            references=tuple(self._kept["#:"]),
            flags=_flags(self._kept["#,"]),
            previous=(before.get("msgctxt"), before.get("msgid"), before.get("msgid_plural")),
            obsolete=bool(self._obsolete),
            line=self._begin,
        )
        self._unique(entry)
        self.entries.append(entry)
        self._reset()

    def _unique(self, entry: Entry) -> None:
        if entry.obsolete:
            return
        first = self._seen.setdefault(entry.key, entry.line)
        if first != entry.line and self._doubled is not None:
            self._doubled.append((entry, first))
        elif first != entry.line:
            refuse("C001", doubled(first), Place(self._file, entry.line))

    def _refuse_line(self, line: str) -> NoReturn:
        if CONFLICT.match(line):
            self._refuse("this is a conflict that git left; choose one side and remove the markers")
        stripped = line.lstrip("#~| \t")
        column = len(line) - len(stripped) + 1
        word = re.match(r"[a-z_]+", stripped)
        if word and word.group() not in {"msgctxt", "msgid", "msgid_plural", "msgstr"} and '"' in stripped:
            self._refuse(f"{word.group()!r} is no keyword; write msgctxt, msgid, msgid_plural or msgstr", column)
        if re.match(r'(?:msg\w+(?:\[\d+\])?[ \t]*)?"', stripped):
            self._refuse("this string has no quotation mark at its end", len(line))
        self._refuse("this is neither a comment, nor a keyword with a string in quotation marks", column)

    def _refuse(self, what: str, column: int = 1) -> NoReturn:
        refuse("C001", f"column {column}: {what}", Place(self._file, self._number))


_SIGN = re.compile(r"\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)|.", re.DOTALL)
"""What stands for one character."""


def position(text: str, entry: Entry, index: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character of an entry's first translation, in the file that it was read from.

    An index behind its end is its closing quotation mark.
    """
    end = (entry.line, 1)
    number, begun = entry.line, False
    for line in _lines(text)[entry.line - 1 :]:
        found = _LINE.fullmatch(line)
        keyword = found[2] if found else None
        if found is None or (begun and keyword):
            if begun:
                break
        elif begun or (keyword or "").startswith("msgstr"):
            begun = True
            for sign in _SIGN.finditer(found[4]):
                if not index:
                    return number, found.start(4) + sign.start() + 1
                index -= 1
            end = number, found.end(4) + 1
        number += 1
    return end


@lru_cache(maxsize=1)
def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def same(one: Sequence[Entry], other: Sequence[Entry]) -> bool:
    """Whether two files hold the same, wherever the entries stand."""
    return [msgspec.structs.replace(entry, line=0) for entry in one] == [
        msgspec.structs.replace(entry, line=0) for entry in other
    ]
