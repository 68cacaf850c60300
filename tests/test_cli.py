"""The command line as a user meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner
from spring import HEAVY, edit, spring

from publish.cli import cli
from publish.console import printable
from publish.progress import recorded


def publish(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "publish", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, **environ}
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return spring(tmp_path / "spring")


def test_help_teaches_the_first_three_commands() -> None:
    text = CliRunner().invoke(cli, ["--help"]).output

    assert "publish new my-series transcript.md" in text
    assert "publish build my-series" in text
    assert "publish serve my-series" in text


def test_help_imports_nothing_heavy() -> None:
    script = "import sys; from publish.cli import cli; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert HEAVY.isdisjoint(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("bild",), 2, "No such command 'bild'"),
        (("build", "nowhere"), 2, "Directory 'nowhere' does not exist"),
        (("build", "--format", "pdf"), 2, "there is no format 'pdf'; there are"),
        (("build", "--language", "not a tag"), 2, "is not a language"),
        (
            ("build", "--language", "fr,zh_CN"),
            2,
            "is not a language: a tag is letters and digits joined by hyphens; write fr,zh-Hans",
        ),
        (("say", "Bonjour", "--language", "fr,de"), 2, "'fr,de' is not one language"),
        (("new", "made", "--language", "fr,de"), 2, "'fr,de' is not one language"),
        (("build", "empty"), 3, "W001"),
    ],
)
def test_wrong_usage_is_one_message_with_the_right_code(
    root: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (root / "empty").mkdir()

    done = publish(root, *words)

    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_findings_are_one_a_line_and_plain_when_piped(root: Path) -> None:
    (root / "transcripts/third.md").write_text(
        "MS. OKAFOR:  One.\n\nMS. OKAFR:  Two.\n\nMS. OKAFOR:  Three.\n\nMS. OKAFOR:  Four.\n", encoding="utf-8"
    )

    done = publish(root, "build", "--format", "web")

    assert "\x1b" not in done.stderr
    lines = done.stderr.splitlines()
    assert any(line.startswith(("warning ", "note ")) and "transcripts/third.md:" in line for line in lines)


def test_findings_as_json_are_one_object_a_line(root: Path) -> None:
    (root / "transcripts/third.md").write_bytes(b"MS. A:  caf\xe9\n")

    done = publish(root, "build", "--format", "web", "--json")

    found = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 3
    assert {"severity": "error", "code": "W007", "file": "transcripts/third.md", "line": 1}.items() <= found[-1].items()


def test_control_characters_from_a_source_never_reach_the_terminal() -> None:
    assert printable("a\x1b[31mb\u202ec\nd") == "a\\x1b[31mb\\u202ec\\nd"


def test_show_prints_the_model_and_reads_it_again_with_nothing_lost(root: Path) -> None:
    publish(root, "build", "--format", "web")
    shown = publish(root, "show", "--briefing", "first")
    assert shown.returncode == 0, shown.stderr
    other = root.parent / "other"
    (other / "transcripts").mkdir(parents=True)
    (other / "transcripts/first.json").write_text(shown.stdout, encoding="utf-8")

    again = publish(other, "show", "--briefing", "first")

    assert json.loads(again.stdout) == json.loads(shown.stdout)


def test_new_makes_a_workspace_that_builds_and_lists_its_speakers(root: Path) -> None:
    done = publish(root.parent, "new", "mine", "spring/transcripts/first.md", "--title", 'The "mill" & more')

    assert done.returncode == 0, done.stderr
    mine = root.parent / "mine"
    text = (mine / "series.toml").read_text("utf-8")
    assert 'name = "MS. OKAFOR"' in text
    assert "merge=union" in (mine / ".gitattributes").read_text("utf-8")
    built = publish(root.parent, "build", "mine", "--format", "web")
    assert built.returncode == 0, built.stderr
    assert "The &#34;mill&#34; &amp; more" in (mine / "outputs/index.html").read_text("utf-8").replace(
        "&quot;", "&#34;"
    )


def test_new_confirms_no_slip_by_itself(root: Path) -> None:
    source = root / "transcripts/first.md"
    again = "\n\nMS. OKAFOR:  Yes.\n\nQ    And then?" * 2
    source.write_text(f"{source.read_text('utf-8')}{again}\n\nMS. OKAFRO:  No.\n", encoding="utf-8")

    made = publish(root.parent, "new", "mine", "spring/transcripts/first.md")
    built = publish(root.parent, "build", "mine", "--format", "web")

    assert "R003" in made.stderr
    assert "OKAFRO" not in (root.parent / "mine/series.toml").read_text("utf-8")
    assert "warning R003 transcripts/first.md" in built.stderr


def test_new_divides_a_series_as_json_into_its_briefings(root: Path) -> None:
    (root / "series.json").write_text(publish(root, "show").stdout, encoding="utf-8")

    done = publish(root.parent, "new", "mine", "spring/series.json")

    assert done.returncode == 0, done.stderr
    mine = root.parent / "mine"
    assert sorted(path.name for path in (mine / "transcripts").iterdir()) == ["first.json", "second.json"]
    assert publish(root.parent, "build", "mine", "--format", "web").returncode == 0


def test_new_refuses_a_folder_that_holds_something_and_leaves_no_half_one(root: Path) -> None:
    assert publish(root.parent, "new", "spring", "spring/transcripts/first.md").returncode == 3

    (root / "bad.md").write_bytes(b"\0")
    assert publish(root.parent, "new", "mine", "spring/bad.md").returncode == 3
    assert not (root.parent / "mine").exists()
    assert [path.name for path in root.parent.iterdir()] == ["spring"]


def test_check_finds_what_was_changed_or_lost_behind_our_back(root: Path) -> None:
    publish(root, "build", "--format", "web")
    assert publish(root, "check").returncode == 0
    edit(root / "outputs/en/first/index.html", 'href="#', 'href="#no-')
    (root / "outputs/en/second/index.html").unlink()

    done = publish(root, "check")

    assert done.returncode == 1
    assert "K001 outputs/en/second/index.html" in done.stderr
    assert "K002 outputs/en/first/index.html" in done.stderr
    assert "K004 outputs/en/first/index.html" in done.stderr


def test_check_lists_those_of_whom_nothing_tells_which_voice_suits_them_when_there_is_sound(root: Path) -> None:
    settings = (root / "series.toml").read_text("utf-8")
    edit(root / "transcripts/first.md", "MR. VANCE:", "DR. VANCE:")
    publish(root, "build", "--format", "web")
    assert "K020" not in publish(root, "check").stderr
    (root / "series.toml").write_text(f'{settings}\n[audio]\nengine = "silence"\n', encoding="utf-8")
    publish(root, "build", "--format", "audio")

    done = publish(root, "check")

    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if "K020" in line] == [
        (
            "note K020 series.toml: nothing tells who of these needs a woman's voice, who a man's: dr-vance; "
            "they have voices of the middle, until `sex` or `voice` in [speakers.<id>] says more"
        )
    ]
    edit(root / "series.toml", "[audio]", '[speakers.dr-vance]\nsex = "male"\n\n[audio]')
    assert "K020" not in publish(root, "check").stderr
    (root / "series.toml").write_text('[speakers.dr-vance]\nsex = "m"\n', encoding="utf-8")
    assert "W003 series.toml:2" in publish(root, "check").stderr


def test_doctor_names_every_format_engine_and_checker(root: Path) -> None:
    done = publish(root, "doctor")

    assert done.returncode == 0, done.stderr
    for word in ("pressroom", "markdown", "web", "epub", "audio", "catalog", "pyttsx3", "EPUBCheck", "Ace", "msgfmt"):
        assert word in done.stdout


def test_voices_lists_the_voices_of_a_language(root: Path) -> None:
    done = publish(root, "voices", "--language", "fr")

    assert done.returncode == 0, done.stderr
    assert "fr" in done.stdout
    assert "de " not in done.stdout


def test_catalog_update_begins_a_language_and_status_counts_it(root: Path) -> None:
    begun = publish(root, "catalog", "update", "--language", "fr")
    assert begun.returncode == 0, begun.stderr
    path = root / "locales/fr/LC_MESSAGES/first.po"
    text = path.read_text("utf-8")
    assert 'msgid "Twenty litres, for now."\nmsgstr ""' in text
    path.write_text(
        text.replace('for now."\nmsgstr ""', 'for now."\nmsgstr "Vingt litres pour l’instant."'), encoding="utf-8"
    )

    status = publish(root, "catalog", "status", "--json")
    publish(root, "build", "--format", "web")

    rows = {(row["language"], row["briefing"]): row for row in json.loads(status.stdout)}
    assert rows["fr", "first"]["paragraphs"]["done"] == 1
    assert "Vingt litres" in (root / "outputs/fr/first/index.html").read_text("utf-8")


def test_serve_answers_ranges_on_loopback_and_builds_again_when_a_source_changes(root: Path) -> None:
    command = [sys.executable, "-m", "publish", "serve", "--port", "0", "--format", "web"]
    server = subprocess.Popen(  # a shell's background jobs ignore SIGINT, and so would their children
        command,
        cwd=root,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # this process has one thread
    )
    try:
        assert server.stderr
        address = next(part for line in server.stderr for part in line.split() if part.startswith("http://127.0.0.1:"))
        ranged = urllib.request.Request(address + "en/first/index.html", headers={"Range": "bytes=0-14"})
        with urllib.request.urlopen(ranged) as answer:
            assert answer.status == 206
            assert answer.read() == b"<!DOCTYPE html>"
        for path in ("../series.toml", "%2e%2e/series.toml", ".publish/manifest.json"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(address + path)
        stranger = urllib.request.Request(address, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(stranger)

        time.sleep(1)
        edit(root / "transcripts/first.md", "Twenty litres", "Ninety litres")
        for line in server.stderr:
            if "files made" in line:
                break
        with urllib.request.urlopen(address + "en/first/index.html") as answer:
            assert b"Ninety litres" in answer.read()
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
        assert server.stderr.read().strip() == ""
    finally:
        server.kill()
        server.wait(30)
        server.stderr.close()  # type: ignore[union-attr]  # it was asked for above


def test_ctrl_c_ends_with_130_and_one_line(root: Path) -> None:
    for number in range(30):
        text = (root / "transcripts/first.md").read_text("utf-8").replace("spring", f"spring {number}")
        (root / f"transcripts/more-{number}.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "publish", "build", "--jobs", "2"]
    running = subprocess.Popen(  # a shell's background jobs ignore SIGINT, and so would their children
        command,
        cwd=root,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # this process has one thread
    )
    while not list(root.glob("outputs/en/*/index.html")):
        assert running.poll() is None
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=60)

    assert running.returncode == 130, said
    assert "interrupted" in said
    assert "Traceback" not in said
    assert publish(root, "build").returncode == 0
    assert publish(root, "check").returncode == 0


@pytest.mark.parametrize(
    ("heard", "worked", "told"),
    [(0, 5, ""), (3_725, 25, "1:02 h of sound, 149 times real time"), (30, 0.1, "0:00 h of sound, 30 times real time")],
)
def test_progress_tells_how_much_sound_there_is_and_how_fast_it_comes(heard: float, worked: float, told: str) -> None:
    assert recorded(heard, worked) == told
