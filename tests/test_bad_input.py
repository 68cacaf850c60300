"""Whatever is wrong, hostile or huge gets one clear message with its place and the right code; outputs stay whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from spring import FIRST, contents, edit, spring

HOSTILE = "<script>alert(1)</script> & \"quoted\" 'too' ]]> <!-- x --> \u202eright to left\u202c javascript:alert(1)"


def publish(root: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "publish", *words]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, timeout=600, env={**os.environ, **environ}
    )
    assert "Traceback" not in done.stderr
    assert "B006" not in done.stderr
    return done


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that was built."""
    root = spring(tmp_path_factory.mktemp("good") / "spring")
    assert publish(root, "build", "-f", "web,epub,catalog").returncode == 0
    return root


@pytest.fixture
def root(good: Path, tmp_path: Path) -> Path:
    """A copy of it, with times of change as they were."""
    target = tmp_path / "spring"
    subprocess.run(["cp", "-a", str(good), str(target)], check=True)
    return target


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("third.md", b"", "error W007 transcripts/third.md: the file is empty"),
        ("third.md", b"No names here.\n\nNone at all.\n", "error R001 transcripts/third.md"),
        ("third.md", b"MS. A:  caf\xe9\n", "error W007 transcripts/third.md:1: this is not UTF-8"),
        ("third.md", b"MS. A:  one\n\ntw\0o\n", "error W007 transcripts/third.md:3: there is a NUL"),
        ("third.md", b"---\ntitle: [one\n---\nMS. A:  x\n", "error R002 transcripts/third.md:"),
        ("third.json", b'{"publish": 1, "briefing": {"name": 3}}', "error R019 transcripts/third.json"),
        (
            "third.json",
            b"""{"publish": 1, "briefing": {"name": "x", "title": "x", "language": "no tag",
            "turns": [{"paragraphs": [{"parts": [{"type": "text", "text": "x"}]}]}]}}""",
            "error R019 transcripts/third.json: 'no tag', which is no language tag",
        ),
        ("third.json", b'{"publish": 1, "briefing": ' + b"[" * 100_000, "error R019 transcripts/third.json"),
        ("third.bin", b"\x7fELF something\n", "error W005 transcripts/third.bin: no reader knows this file"),
        ("First.md", b"MS. A:  x\n", "error W006 transcripts/first.md: this and transcripts/First.md both have"),
    ],
)
def test_a_source_that_cannot_be_used(root: Path, name: str, data: bytes, said: str) -> None:
    before = contents(root / "outputs")
    (root / "transcripts" / name).write_bytes(data)

    done = publish(root, "build", "-f", "web,epub,catalog")

    assert done.returncode == 3
    assert [line for line in done.stderr.splitlines() if line.startswith("error")] != []
    assert said in done.stderr
    assert contents(root / "outputs") == before


def test_locks_links_to_nothing_and_pipes_among_the_inputs_stop_nothing(root: Path) -> None:
    for folder in ("transcripts", "anchors", "locales/fr/LC_MESSAGES", "theme"):
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / ".#first.md").symlink_to("somebody@somewhere.4711:1")  # how Emacs locks a file
        os.mkfifo(root / folder / ".pipe.po")

    done = publish(root, "build", "-f", "web,epub,catalog")

    assert done.returncode == 0, done.stderr
    assert publish(root, "build", "-f", "web,epub,catalog").stdout.startswith("Nothing has changed")


def test_a_catalogue_that_is_no_file_is_named(root: Path) -> None:
    (root / "locales/fr/LC_MESSAGES").mkdir(parents=True)
    (root / "locales/fr/LC_MESSAGES/first.po").symlink_to("..")
    before = contents(root / "outputs")

    done = publish(root, "build", "-f", "web,epub,catalog")

    assert done.returncode == 4
    assert "error W007 locales/fr/LC_MESSAGES/first.po: the file cannot be read: Is a directory" in done.stderr
    assert contents(root / "outputs") == before


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("fr/LC_MESSAGES/frist.po", "no transcript has the name 'frist', and this is not used"),
        ("fran_çais!/LC_MESSAGES/first.po", "'fran_çais!' is the name of no language, and this is not used"),
    ],
)
def test_a_catalogue_that_nothing_is_made_from_is_named(root: Path, path: str, said: str) -> None:
    (root / "locales" / path).parent.mkdir(parents=True)
    (root / "locales" / path).write_text('msgid ""\nmsgstr ""\n', encoding="utf-8")

    done = publish(root, "build", "-f", "web,epub,catalog")

    assert done.returncode == 0
    assert f"warning W008 locales/{path}: {said}" in done.stderr


@pytest.mark.parametrize("name", ["first", "series"])
def test_no_page_links_to_an_edition_that_a_broken_catalogue_kept_from_being_made(root: Path, name: str) -> None:
    publish(root, "catalog", "update", "--language", "fr")
    broken = root / f"locales/fr/LC_MESSAGES/{name}.po"
    whole = broken.read_text("utf-8")
    broken.write_text(whole, encoding="utf-16")

    done = publish(root, "build", "-f", "web,epub,catalog")

    assert done.returncode == 3
    assert f"error C001 locales/fr/LC_MESSAGES/{name}.po:" in done.stderr
    assert not (root / "outputs/fr/first").exists()
    assert not [page for page in root.glob("outputs/**/*.html") if "fr/first/" in page.read_text("utf-8")]
    broken.write_text(whole, encoding="utf-8")
    assert publish(root, "build", "-f", "web,epub,catalog").returncode == 0
    assert (root / "outputs/fr/first/index.html").is_file()
    assert "../../fr/first/index.html" in (root / "outputs/en/first/index.html").read_text("utf-8")


def test_what_is_passed_over_is_said_again_as_long_as_it_is_there(root: Path) -> None:
    (root / "transcripts/pages").symlink_to("../locales")

    first = publish(root, "build", "-f", "web,epub,catalog")
    again = publish(root, "build", "-f", "web,epub,catalog")

    assert "warning W008 transcripts/pages: this is a link to a folder" in first.stderr
    assert again.stdout.startswith("Nothing has changed")
    assert "warning W008 transcripts/pages: this is a link to a folder" in again.stderr


def test_a_name_without_words_is_reported_and_kept(root: Path) -> None:
    edit(root / "transcripts/first.md", "MR. VANCE:  It will. Thank you.", "MR. VANCE:\n\nQ    Is that all?")

    done = publish(root, "build", "-f", "web")

    assert done.returncode == 0
    assert "warning R006 transcripts/first.md:" in done.stderr
    assert "MR. VANCE" in (root / "outputs/en/first/index.html").read_text("utf-8")


def test_chains_that_kill_the_engine_are_spoken(root: Path) -> None:
    (root / "transcripts/first.md").write_text("MS. OKAFOR:  Listen to " + "a." * 200 + " and on.\n", encoding="utf-8")
    (root / "transcripts/second.md").unlink()

    done = publish(root, "build", "-f", "audio")

    assert done.returncode == 0, done.stderr
    (sound,) = (root / "outputs/en/first/audio").glob("t*.mp3")
    assert sound.stat().st_size > 20_000


@pytest.mark.parametrize(
    "line", ["word " * 2_000_000, "(" * 2_000_000, "[" * 1_000_000, "*a" * 500_000, "\\" * 1_000_000]
)
def test_a_line_of_megabytes_is_read_in_time(root: Path, line: str) -> None:
    (root / "transcripts/first.md").write_text(f"MS. OKAFOR:  Long: {line}\n", encoding="utf-8")

    done = publish(root, "build", "-f", "catalog")

    assert done.returncode in {0, 3}, done.stderr[:500]


def test_hostile_words_everywhere_stay_words(root: Path) -> None:
    text = FIRST.replace("First spring briefing", '"' + HOSTILE.replace('"', "'") + '"')
    text = text.replace("Mill Lane Hall", HOSTILE).replace(
        "Twenty litres, for now.", f"{HOSTILE} [x](javascript:alert(1))"
    )
    (root / "transcripts/first.md").write_text(text, encoding="utf-8")
    edit(root / "series.toml", '"Spring briefings"', "'''" + HOSTILE.replace("'", "") + "'''")
    publish(root, "catalog", "update", "--language", "fr")
    for path in (root / "locales/fr/LC_MESSAGES").glob("*.po"):
        filled = path.read_text("utf-8").replace('msgstr ""\n\n', f'msgstr "{HOSTILE.replace(chr(34), "")}"\n\n')
        path.write_text(filled, encoding="utf-8")

    done = publish(root, "build", "-f", "web,epub,catalog")

    assert done.returncode == 0, done.stderr
    for page in root.glob("outputs/**/*.html"):
        html = page.read_text("utf-8")
        assert "<script" not in html
        assert 'href="javascript:' not in html
    assert publish(root, "check").returncode == 0


def test_names_never_become_paths(root: Path) -> None:
    outside = sorted(path.name for path in root.parent.iterdir())
    for name in ("..md", "...md", "%2e%2e.md", "a\\..\\b.md"):
        (root / "transcripts" / name).write_text("MS. A:  x\n\nQ    y?\n", encoding="utf-8")
    with (root / "series.toml").open("a", encoding="utf-8") as stream:
        stream.write('[speakers."../../x"]\nname = "MS. OKAFOR"\n')

    publish(root, "build", "-f", "web,epub,catalog")

    assert sorted(path.name for path in root.parent.iterdir()) == outside
    assert {path.name for path in (root / "outputs").iterdir()} <= {"en", "index.html", "theme", ".publish"}


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux has a folder in which nobody may write")
def test_a_folder_that_may_not_be_written_is_named(root: Path) -> None:
    done = publish(root, "build", "-f", "web", "--output", "/proc/publish")

    assert done.returncode == 4
    assert "error B001 /proc/publish: this cannot be written" in done.stderr


def test_a_file_where_a_folder_should_be_is_named(root: Path) -> None:
    blocked = root.parent / "blocked"
    blocked.write_text("a file", encoding="utf-8")

    done = publish(root, "build", "-f", "web", "--output", str(blocked / "out"))

    assert done.returncode == 4
    assert "error B001" in done.stderr


@pytest.mark.parametrize("text", ['[audio]\nengine = "bells"\n', '[audio.engines]\nen = "bells"\n'])
def test_an_engine_that_there_is_not_is_named_where_it_stands(root: Path, text: str) -> None:
    before = contents(root / "outputs")
    with (root / "series.toml").open("a", encoding="utf-8") as stream:
        stream.write(text)

    done = publish(root, "build", "-f", "web,audio")

    assert done.returncode == 3
    assert done.stderr.startswith(
        "error W004 series.toml:5: there is no speech engine 'bells'; there are hibari, piper"
    )
    assert contents(root / "outputs") == before


def test_a_lexicon_that_is_no_text_is_told_by_build_and_say_in_the_same_words(root: Path) -> None:
    (root / "pronunciation").mkdir()
    for data in (b"", b"\xff\xfe\0", b"no tags"):
        (root / "pronunciation/names.pls").write_bytes(data)

        built, said = publish(root, "build", "-f", "audio"), publish(root, "say", "Good morning.")

        assert built.returncode == 1
        assert said.returncode == 0
        assert "error S007 pronunciation/names.pls:1: this is not well-formed" in built.stderr
        assert said.stderr in built.stderr


def test_a_language_that_no_engine_speaks_is_a_warning(root: Path) -> None:
    text = '[briefings.second]\nlanguage = "tlh"\n'
    with (root / "series.toml").open("a", encoding="utf-8") as stream:
        stream.write(text)

    done = publish(root, "build", "-f", "audio,web")

    assert done.returncode == 0, done.stderr
    assert "warning S002" in done.stderr
    assert (root / "outputs/tlh/second/index.html").is_file()
