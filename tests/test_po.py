"""PO files: nothing is lost, nothing is guessed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import polib
import pytest
from catalogues import ENTRIES as ANYTHING
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from publish import po
from publish.diagnostics import Diagnostic, InputError
from publish.po import Entry

ROOT = Path(__file__).parent.parent
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: fr\\n"\n\n'
WHOLE = (
    HEADER
    + """\
# a translator's remark
#. for translators
#: transcripts/a.md#p1
#, fuzzy
#| msgid "before"
msgctxt "a/p1"
msgid "after \\"it\\""
msgstr "après\\tcela"

msgid "lines"
msgstr ""
"one\\n"
"two"

msgid "one turn"
msgid_plural "{n} turns"
msgstr[0] "un"
msgstr[1] "plusieurs"

#~| msgid "older"
#~ msgctxt "a/p9"
#~ msgid "gone"
#~ msgstr "parti"
"""
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\t"\\'), max_size=40)
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20).map(str.strip)
ENTRIES = st.builds(
    Entry,
    id=TEXTS.filter(bool),
    context=st.none() | TEXTS,
    strings=TEXTS.map(lambda text: (text,)),
    comments=st.lists(LINES.map(lambda line: f" {line}" if line else ""), max_size=2).map(tuple),
    extracted=st.lists(LINES, max_size=2).map(tuple),
    references=st.lists(LINES.filter(bool), max_size=2).map(tuple),
    flags=st.lists(st.sampled_from(["fuzzy", "xml-text", "no-wrap"]), unique=True).map(tuple),
    previous=st.tuples(st.none() | TEXTS, st.none() | TEXTS, st.none()),
)


def test_what_is_read_is_written_again_byte_for_byte() -> None:
    assert po.serialise(po.parse(WHOLE, "x").entries) == WHOLE


@given(st.lists(ENTRIES, unique_by=lambda entry: entry.key))
def test_what_is_written_is_read_again_with_nothing_lost(entries: list[Entry]) -> None:
    assert po.same(po.parse(po.serialise(entries), "x").entries, entries)


@given(st.text())
def test_any_text_is_a_file_or_an_error_with_its_line(text: str) -> None:
    try:
        po.parse(text, "x.po")
    except InputError as error:
        assert error.diagnostic.place.file == "x.po"
        assert error.diagnostic.message.startswith("column ")


@given(st.lists(ENTRIES, unique_by=lambda entry: entry.key), st.data())
def test_entries_that_are_taken_at_once_are_those_that_are_taken_line_by_line(
    entries: list[Entry], data: st.DataObject
) -> None:
    text = po.serialise(entries)
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from(["", "\n", '"', "\\", "#", " ", "msgid", "\n\n"])) + text[at + 1 :]

    def found() -> tuple[Entry, ...] | str:
        try:
            return po.parse(text, "x").entries
        except InputError as error:
            return str(error.diagnostic)

    at_once = found()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(po.Parser, "_simple", lambda *_: False)
        assert found() == at_once


@pytest.mark.skipif(shutil.which("msgcat") is None, reason="msgcat is missing; apt install gettext")
def test_msgcat_writes_the_same_bytes(tmp_path: Path) -> None:
    file = tmp_path / "x.po"
    file.write_text(WHOLE, encoding="utf-8")

    done = subprocess.run(["msgcat", "--no-wrap", str(file)], capture_output=True, check=True)

    assert done.stdout.decode() == WHOLE


def as_gettext(entry: Entry) -> Entry:
    """An entry with what gettext keeps: few flags, nothing fuzzy that is empty, no line after a backslash."""
    known = {"fuzzy", "no-wrap"} - (set() if entry.strings[0] else {"fuzzy"})
    return msgspec.structs.replace(
        entry,
        flags=tuple(sorted(known & set(entry.flags))),
        previous=entry.previous
        if "fuzzy" in known & set(entry.flags) and entry.previous[1] is not None
        else (None, None, None),
        comments=tuple(line for line in entry.comments if not line.endswith("\\")),
        extracted=tuple(line for line in entry.extracted if not line.endswith("\\")),
        references=() if entry.obsolete else ("a.md#p1",),
        line=0,
    )


@pytest.mark.skipif(shutil.which("msgcat") is None, reason="msgcat is missing; apt install gettext")
@pytest.mark.parametrize("path", sorted((ROOT / "locales").rglob("*.po*")), ids=lambda path: path.name)
def test_msgcat_writes_a_catalogue_of_the_sample_as_it_is_but_for_the_flag_that_it_does_not_know(path: Path) -> None:
    """Gettext 0.21 takes ``xml-text`` out; nothing else changes when a translator's tool is built on it."""
    done = subprocess.run(["msgcat", "--no-wrap", str(path)], capture_output=True, check=True)

    ours = re.sub(r"(?m)^#, xml-text\n|, xml-text$", "", path.read_text("utf-8"))
    assert done.stdout.decode() == ours


@pytest.mark.skipif(shutil.which("msgcat") is None, reason="msgcat is missing; apt install gettext")
@pytest.mark.parametrize("command", ["msgcat --no-wrap -", "msgattrib --no-wrap -", "msgconv --no-wrap -t UTF-8 -"])
@settings(max_examples=30)
@given(drawn=ANYTHING)
def test_whatever_gettext_reads_of_ours_comes_back_whole(command: str, drawn: list[Entry]) -> None:
    kept = [as_gettext(entry) for entry in drawn if entry.strings[0] or not entry.obsolete]
    entries = sorted(kept, key=lambda entry: entry.obsolete)
    assume(not all(entry.obsolete for entry in entries))
    text = HEADER + po.serialise(entries)

    done = subprocess.run(command.split(), input=text.encode(), capture_output=True, check=True)

    found = [entry for entry in po.parse(done.stdout, "x").entries if entry.key != (None, "")]
    assert list(map(as_gettext, found)) == entries


def as_polib(entry: Entry) -> tuple[object, ...]:
    """What polib has of an entry: nothing of what was before an obsolete one; comments it makes one text."""
    before = (None, None) if entry.obsolete else entry.previous[:2]
    return (entry.id, entry.context, entry.strings, entry.plural, entry.flags, before, entry.obsolete)


@given(ANYTHING)
def test_polib_reads_the_same_of_whatever_we_write(entries: list[Entry]) -> None:
    text = HEADER + po.serialise(entries)
    assume(len(text.splitlines()) == text.count("\n"))  # polib takes U+0085 and U+2028 for ends of lines, and fails
    assume(not re.search(r"\\[abfv]", text))  # of which it knows nothing
    found = polib.pofile(text)

    def told(entry: polib.POEntry) -> tuple[object, ...]:
        strings = tuple(entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural)) or (entry.msgstr,)
        plural = entry.msgid_plural or (None if not entry.msgstr_plural else "")
        before = (None, None) if entry.obsolete else (entry.previous_msgctxt, entry.previous_msgid)
        return (entry.msgid, entry.msgctxt, strings, plural, tuple(entry.flags), before, bool(entry.obsolete))

    assert list(map(told, found)) == list(map(as_polib, entries))


@given(ANYTHING)
def test_obsolete_and_plural_entries_are_read_again_with_nothing_lost(entries: list[Entry]) -> None:
    assert po.same(po.parse(po.serialise(entries), "x").entries, entries)


def test_another_reader_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "x.po"
    file.write_text(WHOLE, encoding="utf-8")

    found = {entry.msgid: entry.msgstr for entry in polib.pofile(str(file)) if not entry.msgid_plural}

    assert found == {
        entry.id: entry.strings[0] for entry in po.parse(WHOLE, "x").entries if entry.id and not entry.plural
    }


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ('msgid "a"\nmsgstr "\\q"\n', 2, 9, r"\\q is no escape sequence"),
        ('msgid "a"\nmsgstr "b\n', 2, 9, "no quotation mark at its end"),
        ('msgid "a"\nmsgstr "b "c" d"\n', 2, 11, "a quotation mark must be written"),
        ('msgid "a"\nmsgstr "b\0"\n', 2, 10, r"control character U\+0000"),
        ('msgid "a"\nmsgstr "\\x00"\n', 2, 9, "stands for no printable ASCII character"),
        ('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', 4, 1, "stands already in line 1"),
        ('msgid "a"\nmsgstr ', 2, 1, "neither a comment, nor a keyword"),
        ('msgid "a"\nmsgst "b"\n', 2, 1, "'msgst' is no keyword"),
        ('msgid "a"\n', 1, 1, "may have been cut off"),
        ("garbage\n", 1, 1, "neither a comment, nor a keyword"),
        ('<<<<<<< ours\nmsgid "a"\nmsgstr "b"\n', 1, 1, "a conflict that git left"),
        ('msgid "a"\n=======\nmsgstr "b"\n', 2, 1, "a conflict that git left"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[1] "c"\n', 3, 1, "numbered from 0"),
        ('msgid "a"\nmsgid "b"\nmsgstr "c"\n', 2, 1, "stands twice in one entry"),
        ('"a"\n', 1, 1, "belongs to no keyword"),
        ('domain "other"\nmsgid "a"\nmsgstr "b"\n', 1, 1, "'domain' is no keyword"),
        ('msgid "a"\n# comment\nmsgstr "b"\n', 2, 1, "a comment stands inside"),
        ('#~ msgid "a"\nmsgstr "b"\n', 2, 1, "one half of this entry is obsolete"),
    ],
)
def test_what_cannot_be_read_is_refused_with_line_and_column(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        po.parse(text, "fr.po")

    found = caught.value.diagnostic
    assert found.place.line == line
    assert found.message.startswith(f"column {column}:")


def test_a_character_of_a_translation_is_found_in_the_file_however_the_strings_are_broken() -> None:
    text = '#. note\nmsgid "a"\nmsgstr ""\n"say \\"x\\" "\n"and \\101\\x42c"\n\nmsgid "b"\nmsgstr "d"\n'
    first, second = po.parse(text, "x.po").entries
    assert first.strings == ('say "x" and ABc',)

    places = {sign: po.position(text, first, index) for index, sign in enumerate(first.strings[0])}

    assert (places["s"], places["x"], places["a"]) == ((4, 2), (4, 8), (5, 2))
    assert (places["A"], places["B"], places["c"]) == ((5, 6), (5, 10), (5, 14))
    assert po.position(text, first, 15) == (5, 15)
    assert po.position(text.replace("\n", "\r\n"), second, 0) == (8, 9)


@pytest.mark.parametrize("data", [b'msgid "caf\xe9"\nmsgstr ""\n', 'msgid "a"\nmsgstr ""\n'.encode("utf-16")])
def test_bytes_that_are_not_utf_8_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="save the file as UTF-8"):
        po.parse(data, "fr.po")


def test_a_byte_order_mark_and_other_line_ends_are_tolerated_and_said() -> None:
    findings: list[Diagnostic] = []

    found = po.parse("\ufeff" + WHOLE.replace("\n", "\r\n"), "x", findings.append)

    assert po.same(found.entries, po.parse(WHOLE, "x").entries)
    assert [(finding.code, finding.place.line, finding.message[:9]) for finding in findings] == [
        ("C002", 1, "column 1:"),
        ("C002", 1, "column 9:"),
    ]


def test_a_message_of_ten_megabytes_and_a_file_of_many_messages_are_read() -> None:
    long = "word " * 2_000_000
    many = [Entry(id=f"message {number}", strings=("x",)) for number in range(20_000)]

    assert po.parse(po.serialise([Entry(id="a", strings=(long,))]), "x").entries[0].strings == (long,)
    assert len(po.parse(po.serialise(many), "x").entries) == 20_000
