"""Hostile and broken catalogues: one finding with file, line and column, and whatever is sure is still used."""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from lxml import html
from spring import spring
from test_build import built

from publish import po, translating
from publish.diagnostics import Diagnostic, ExitCode, InputError
from publish.memory import Memory
from publish.pipeline import Summary
from publish.salvage import salvaged

NAME = "locales/fr/LC_MESSAGES/first.po"
WELL = "Bonjour. Le puits est de nouveau ouvert & sûr."
FRENCH = {
    "First spring briefing": "Premier point de presse du printemps",
    "Good morning. The well is open again & safe.": WELL,
    "We begin now. <v>(Laughter.)</v>": "Nous commençons. <v>(Rires.)</v>",
    "<v>(A dog walks in.)</v>": "<v>(Un chien entre.)</v>",
    "With that, Tom, go ahead.": "Sur ce, Tom, allez-y.",
    "How much water may each family take on a single day?": "Combien d’eau chaque famille peut-elle prendre par jour ?",
    "Twenty litres, for now.": "Vingt litres, pour l’instant.",
    "Thank you. And will the school stay open through the summer as well?": "Merci. L’école reste-t-elle ouverte ?",
    "It will. Thank you.": "Oui. Merci.",
}
OTHERS = [text for text in FRENCH.values() if text != WELL and "<" not in text]
"""Translations that stay, whatever befalls the one of the well."""


@pytest.fixture(scope="module")
def french(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with its French edition built."""
    root = spring(tmp_path_factory.mktemp("french") / "spring")
    translating.update(root, ["fr"], lambda _: None)
    file = root / NAME
    entries = [
        msgspec.structs.replace(entry, strings=(FRENCH[entry.id],)) if entry.id in FRENCH else entry
        for entry in po.parse(file.read_bytes(), NAME).entries
    ]
    file.write_text(po.serialise(entries), encoding="utf-8")
    assert built(root, "web").exit_code is ExitCode.DONE
    return root


@pytest.fixture
def root(french: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(french, tmp_path / "spring"))


def well(text: str) -> Callable[[str], str]:
    """Damages one translation: what stands between its quotation marks is written anew."""

    def damaged(catalogue: str) -> str:
        assert catalogue.count(f'msgstr "{WELL}"') == 1
        return catalogue.replace(f'msgstr "{WELL}"', text)

    return damaged


def blocks(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    """Damages what stands between empty lines."""
    return lambda catalogue: "\n\n".join(change(catalogue.rstrip("\n").split("\n\n"))) + "\n"


def well_at(catalogue: list[str]) -> int:
    return next(index for index, block in enumerate(catalogue) if WELL in block)


def doubled(words: str) -> Callable[[str], str]:
    return blocks(lambda found: [*found, found[well_at(found)].replace(WELL, words)])


def conflict(found: list[str]) -> list[str]:
    at = well_at(found)
    other = found[at].replace(WELL, "Bonjour.")
    return [*found[:at], f"<<<<<<< HEAD\n{found[at]}\n=======\n{other}\n>>>>>>> theirs", *found[at + 1 :]]


def page(root: Path) -> str:
    return (root / "outputs/fr/first/index.html").read_text("utf-8")


def words(root: Path) -> str:
    return " ".join(html.fromstring(page(root).encode()).text_content().split())


def of_catalogue(summary: Summary) -> list[Diagnostic]:
    return [found for found in summary.findings if found.place.file == NAME]


BROKEN = [
    ("bad escape", well('msgstr "a\\q"'), "C006", r"\q is no escape sequence", r"\q"),
    ("no end", well('msgstr "Bonjour.'), "C006", "no quotation mark at its end", 'msgstr "Bonjour.\n'),
    ("quotes inside", well('msgstr "b "c" d"'), "C006", "a quotation mark must be written", 'b "c"'),
    ("NUL", well('msgstr "Bon\0jour."'), "C006", "a control character U+0000", "\0"),
    ("escaped NUL", well(r'msgstr "Bon\000jour."'), "C006", "no printable ASCII character", r"\000"),
    ("hex NUL", well(r'msgstr "Bon\x00jour."'), "C006", "no printable ASCII character", r"\x00"),
    ("raw escape", well('msgstr "\x1b[31mBonjour."'), "C006", "a control character U+001B", "\x1b"),
    ("typo", well('msgst "Bonjour."'), "C006", "'msgst' is no keyword", "msgst "),
    ("no msgstr", well(""), "C006", "", ""),
    ("garbage", well("what is this"), "C006", "neither a comment, nor a keyword", "what is"),
    ("domain", well('domain "other"'), "C006", "'domain' is no keyword", "domain"),
    ("plural", well('msgid_plural "x"\nmsgstr[1] "y"'), "C006", "plural forms are numbered from 0", "msgstr[1]"),
    ("plurals", well('msgid_plural "x"\nmsgstr[0] "y"\nmsgstr[1] "z"'), "C006", "has plural forms", "msgid_plural"),
    ("twice, other words", doubled("Bonjour."), "C006", "stands already in line", "Bonjour."),
    ("conflict", blocks(conflict), "C006", "a conflict that git left", "<<<<<<<"),
    ("too long", well(f'msgstr "{"long " * 2_000_000}"'), "C006", "more than 1,000,000 characters", "long"),
    ("tags", well('msgstr "Bonjour."'), "", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "code", "said", "at"), [one[1:] for one in BROKEN], ids=[one[0] for one in BROKEN])
def test_one_broken_message_is_named_with_its_place_and_all_others_are_used(
    root: Path, damage: Callable[[str], str], code: str, said: str, at: str
) -> None:
    whole = (root / NAME).read_text("utf-8")
    text = damage(whole)
    (root / NAME).write_text(text, encoding="utf-8", newline="")

    summary = built(root, "web")

    found = of_catalogue(summary)
    assert [one.code for one in found] == ([code] if code else [])
    assert [other for other in OTHERS if other not in words(root)] == []
    assert WELL not in words(root)
    if code:
        assert summary.exit_code is ExitCode.PROBLEMS
        assert "column" in found[0].message
        assert said in found[0].message
        assert "The well is open again" in words(root)
        line = text[: text.rindex(at)].count("\n") + 1 if at else found[0].place.line
        assert found[0].place.line in range(line - 14, line + 1)
        assert str(found[0]).startswith(f"error C006 {NAME}:{found[0].place.line}: column ")


def other_words(after: int) -> Callable[[list[str]], list[str]]:
    """Another message stands under the well's context, before it or after it."""

    def changed(found: list[str]) -> list[str]:
        at = well_at(found)
        other = found[at].replace('msgid "Good', 'msgid "Bad').replace(WELL, "Autre.")
        return [*found[: at + after], other, *found[at + after :]]

    return changed


GOOD = 'Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n"'
HOSTILE = 'Plural-Forms: nplurals=2; plural=__import__(1);\\n"\n"'
PLURAL = 'Plural-Forms: nplurals=2; plural=n/0;\\n"\n"'
TOLERATED = [
    ("byte order mark", lambda text: f"\ufeff{text}".encode(), "begins with a byte order mark"),
    ("CRLF", lambda text: text.replace("\n", "\r\n").encode(), "lines end as on another system"),
    ("CR", lambda text: text.replace("\n", "\r").encode(), "lines end as on another system"),
    ("twice, same words", lambda text: doubled(WELL)(text).encode(), "stands already in line"),
    ("no header", lambda text: text.partition("\n\n")[2].encode(), "the header is missing"),
    ("charset", lambda text: text.replace("charset=UTF-8", "charset=ISO-8859-1").encode(), "'ISO-8859-1'"),
    ("no charset", lambda text: text.replace("charset=UTF-8", "charset=CHARSET").encode(), "'CHARSET'"),
    ("odd charset", lambda text: text.replace("charset=UTF-8", "charset=unknown-9").encode(), "'unknown-9'"),
    ("plural rule", lambda text: text.replace("X-Gen", f"{PLURAL}X-Gen").encode(), "rule for plural forms"),
    ("hostile rule", lambda text: text.replace("X-Gen", f"{HOSTILE}X-Gen").encode(), "rule for plural forms"),
    ("good rule", lambda text: text.replace("X-Gen", f"{GOOD}X-Gen").encode(), ""),
    ("another language", lambda text: text.replace("Language: fr", "Language: de").encode(), "this is 'de'"),
    ("no language", lambda text: text.replace("Language: fr", "Language: ../..").encode(), "this is '../..'"),
    ("its country", lambda text: text.replace("Language: fr", "Language: fr_CA").encode(), ""),
    ("twice, first other words", lambda text: blocks(other_words(0))(text).encode(), "this context stands already"),
    ("twice, then other words", lambda text: blocks(other_words(1))(text).encode(), "this context stands already"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "said"), [one[1:] for one in TOLERATED], ids=[one[0] for one in TOLERATED])
def test_what_can_be_understood_is_used_whole_and_said(root: Path, damage: Callable[[str], bytes], said: str) -> None:
    (root / NAME).write_bytes(damage((root / NAME).read_text("utf-8")))

    found = of_catalogue(built(root, "web"))

    assert [said in one.message and "column " in one.message for one in found] == [True] * bool(said)
    assert [text for text in (*OTHERS, WELL) if text not in words(root)] == []


LOST = [
    ("UTF-16", lambda text: text.encode("utf-16"), "column 1: this is UTF-16"),
    ("another file", lambda _: b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 20, "this is not UTF-8"),
    ("too large", lambda text: text.encode() + b"\n# x" * (17 * 1024 * 1024), "larger than"),
    ("conflict to its end", lambda text: f"<<<<<<< HEAD\n{text}".encode(), "a conflict that git left"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "said"), [one[1:] for one in LOST], ids=[one[0] for one in LOST])
def test_of_a_file_that_is_lost_as_a_whole_the_last_good_build_stands(
    root: Path, damage: Callable[[str], bytes], said: str
) -> None:
    before = page(root)
    (root / NAME).write_bytes(damage((root / NAME).read_text("utf-8")))

    summary = built(root, "web")

    (found,) = of_catalogue(summary)
    assert summary.exit_code is ExitCode.INPUT
    assert found.code == "C001"
    assert said in found.message
    assert page(root) == before


def test_bytes_of_latin_1_cost_the_messages_that_have_them_and_no_others(root: Path) -> None:
    (root / NAME).write_bytes((root / NAME).read_text("utf-8").replace("’", "'").encode("latin-1", "replace"))

    summary = built(root, "web")

    (found,) = of_catalogue(summary)
    assert "this is not UTF-8; save the file as UTF-8; until then it and 2 others like it are not used" in found.message
    assert found.place.line > 0
    assert "Vingt litres, pour l'instant." in words(root)
    assert "The well is open again" in words(root)


def test_what_was_cut_off_is_missing_alone(root: Path) -> None:
    text = (root / NAME).read_text("utf-8")
    (root / NAME).write_text(text[: text.index("Oui. Merci.") + 5], encoding="utf-8")

    (found,) = of_catalogue(built(root, "web"))

    assert "no quotation mark at its end" in found.message
    assert [other for other in OTHERS if other not in words(root)] == ["Oui. Merci."]
    assert "It will. Thank you." in words(root)


def test_an_empty_catalogue_translates_nothing_and_is_said_to_have_no_header(root: Path) -> None:
    (root / NAME).write_bytes(b"")

    assert [(one.code, one.place.line) for one in of_catalogue(built(root, "web"))] == [("C002", 1)]
    assert "The well is open again" in words(root)


@pytest.mark.parametrize(
    ("translation", "shown", "mark"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>", "<script>"),
        ('Voir <a href="javascript:alert(1)">ici</a>', '<a href="javascript:alert(1)">ici</a>', "<a href"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>", "<img"),
        ("Bon </p></article><h1>Titre", "</p></article><h1>Titre", "</p>"),
        ("Du <b>gras</b>", "Du <b>gras</b>", "<b>"),
        ("]]> <!-- x --> &lt;b&gt;", "]]> <!-- x --> &lt;b&gt;", "]]"),
        ("2 < 3 > 1", "2 < 3 > 1", ""),
        ("un\u2028deux\u2029trois", "un deux trois", "\u2028"),
        ("{{ 7 * 7 }} {% raw %}", "{{ 7 * 7 }} {% raw %}", ""),
    ],
)
def test_markup_in_a_translation_is_words_and_is_said(root: Path, translation: str, shown: str, mark: str) -> None:
    damaged = well(po.serialise([po.Entry(id="", strings=(translation,))]).partition("\n")[2].rstrip())
    text = damaged((root / NAME).read_text("utf-8"))
    (root / NAME).write_text(text, encoding="utf-8")

    found = of_catalogue(built(root, "web"))

    tree = html.fromstring(page(root).encode())
    assert shown in words(root)
    assert not tree.xpath("//script | //img | //*[@onerror] | //a[starts-with(@href, 'javascript')]")
    assert len(tree.xpath("//h1")) == 1
    codes = {"\u2028": "C019", "]]": "C012"}
    assert [(one.code, place(one)) for one in found] == [(codes.get(mark, "C026"), at(text, mark))] * bool(mark)


def at(text: str, words: str, after: str = 'msgstr "') -> tuple[int, int]:
    """Line and column in which something stands for the first time after something else."""
    index = text.index(words, text.index(after))
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def place(finding: Diagnostic) -> tuple[int, int]:
    """Line and column that a finding tells."""
    column = finding.message.partition(":")[0].removeprefix("column ")
    return finding.place.line, int(column)


@pytest.mark.parametrize(
    ("translation", "mark"),
    [
        ("Nous commençons. (Rires.)", "Nous commençons"),
        ("Nous commençons. <v>(Rires.)", '"\n\n#. Stage'),
        ("Nous commençons. (Rires.)</v>", "</v>"),
        ("Nous commençons. <v>(Rires.)</v><script>x</script>", "<script>"),
        ('<a href="javascript:alert(1)">Nous</a> commençons. <v>(Rires.)</v>', "<a href"),
        ('Nous commençons. <v onclick="x()">(Rires.)</v>', "<v onclick"),
        ("Nous <em>commençons</em>. <v>(Rires.)</v>", "<em>"),
    ],
)
def test_tags_that_are_not_the_message_s_keep_its_original_on_the_page(root: Path, translation: str, mark: str) -> None:
    text = (root / NAME).read_text("utf-8")
    text = text.replace("Nous commençons. <v>(Rires.)</v>", translation.replace('"', '\\"'))
    (root / NAME).write_text(text, encoding="utf-8")

    (found,) = of_catalogue(built(root, "web"))

    assert (found.code, place(found)) == (
        "C003",
        at(text, mark, 'msgstr "<a' if translation[0] == "<" else 'msgstr "Nous'),
    )
    assert "We begin now. (Laughter.)" in words(root)
    assert WELL in words(root)
    assert "<script" not in page(root)


@pytest.mark.parametrize("nothing", [" ", "\u00a0", "\u200b", "\u200e\ufeff", "\\n"])
def test_a_translation_with_nothing_to_be_seen_is_none(root: Path, nothing: str) -> None:
    text = well(f'msgstr "{nothing}"')((root / NAME).read_text("utf-8"))
    (root / NAME).write_text(text, encoding="utf-8")

    built(root, "web")

    assert "The well is open again" in words(root)


def test_signs_that_no_page_can_hold_are_in_no_title(root: Path) -> None:
    text = (root / NAME).read_text("utf-8").replace("Premier point", "Pre\\amier\\b\uffff po\u009bint")
    (root / NAME).write_text(text, encoding="utf-8")

    built(root, "web")

    assert "Premier point de presse" in words(root)
    assert not any(sign in page(root) for sign in "\a\b\uffff\x9b")


def test_signs_that_turn_the_direction_are_told_at_build(root: Path) -> None:
    text = (root / NAME).read_text("utf-8")
    text = text.replace(WELL, f"{WELL}\u202e")
    (root / NAME).write_text(text, encoding="utf-8")

    (found,) = of_catalogue(built(root, "web"))

    assert (found.code, "U+202E" in found.message) == ("C018", True)
    assert place(found) == at(text, "\u202e")


def test_an_update_refuses_what_a_build_passes_over_and_leaves_the_file_as_it_is(root: Path) -> None:
    text = well('msgstr "a\\q"')((root / NAME).read_text("utf-8"))
    (root / NAME).write_text(text, encoding="utf-8")
    findings: list[Diagnostic] = []

    _, code = translating.update(root, ["fr"], findings.append)

    assert code is ExitCode.INPUT
    assert "C001" in {found.code for found in findings}
    assert (root / NAME).read_text("utf-8") == text


def test_what_a_translator_saves_while_catalogues_are_brought_up_to_date_is_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = translating.Catalogues.memory

    def meanwhile(of: translating.Catalogues, known: dict[str, Sequence[po.Entry] | None]) -> Memory:
        text = (root / NAME).read_text("utf-8")
        (root / NAME).write_text(text.replace(WELL, "Bonjour, tout va bien."), encoding="utf-8")
        return memory(of, known)

    monkeypatch.setattr(translating.Catalogues, "memory", meanwhile)
    source = root / "transcripts" / "first.md"
    source.write_text(source.read_text("utf-8").replace("Twenty litres", "Thirty litres"), encoding="utf-8")

    translating.update(root, ["fr"], lambda _: None)

    text = (root / NAME).read_text("utf-8")
    assert "Bonjour, tout va bien." in text
    assert "Thirty litres" in text


# --- The reader alone -------------------------------------------------------------------------------------------------


def read(text: str) -> tuple[list[str], list[Diagnostic]]:
    findings: list[Diagnostic] = []
    found = salvaged(text, "x.po", findings.append)
    return [entry.id for entry in found.entries if entry.id], [one for one in findings if one.code == "C006"]


def message(name: str) -> str:
    return f'msgid "{name}"\nmsgstr "{name.upper()}"\n'


def test_a_message_that_did_not_end_does_not_take_the_next_with_it() -> None:
    ids, found = read(f'msgctxt "c"\nmsgid "a"\n\n{message("b")}\n{message("c")}')

    assert ids == ["b", "c"]
    assert len(found) == 1


def test_faults_of_one_kind_are_one_finding_with_their_number() -> None:
    ids, found = read("\n".join(f'msgid "{n}"\nmsgstr "\\q"\n' for n in range(500)) + f"\n{message('good')}")

    assert ids == ["good"]
    assert [(one.place.line, "and 499 others" in one.message) for one in found] == [(2, True)]


def test_messages_without_an_empty_line_between_them_go_together() -> None:
    ids, found = read(f'{message("a")}{message("b")}msgstr "?"\n\n{message("c")}')

    assert ids == ["c"]
    assert len(found) == 1


def test_both_sides_of_a_conflict_over_several_messages_are_left_out() -> None:
    text = (
        f"{message('a')}\n<<<<<<< x\n{message('b')}\n{message('c')}=======\n{message('d')}\n>>>>>>> y\n\n{message('e')}"
    )

    ids, found = read(text)

    assert ids == ["a", "e"]
    assert [one.place.line for one in found] == [4]


def test_a_good_file_is_read_as_the_strict_reader_reads_it() -> None:
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    text = f'{header}\n{message("a")}\n#~ msgid "o"\n#~ msgstr "p"\n'
    findings: list[Diagnostic] = []
    assert salvaged(text, "x", findings.append) == po.parse(text, "x")
    assert findings == []


def test_a_file_with_nothing_but_faults_is_refused_with_the_first() -> None:
    with pytest.raises(InputError, match=r"x\.po:2: column 9: \\q is no escape"):
        read('msgid "a"\nmsgstr "\\q"\n')


def test_a_million_messages_are_read_in_seconds() -> None:
    text = "\n".join(f'msgctxt "b/{n}"\nmsgid "m"\nmsgstr "t"\n' for n in range(1_000_000))
    begun = time.process_time()

    ids, found = read(text)

    assert (len(ids), found) == (1_000_000, [])
    assert time.process_time() - begun < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 3_000_000
