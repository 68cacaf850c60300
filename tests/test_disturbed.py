"""Sound made by several processes, some of which die: the next build gives what an undisturbed one gives."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakes import crash
from spring import contents
from test_build import Silent

from publish import plugins, scheduling
from publish.diagnostics import ExitCode
from publish.engines import silence
from publish.pipeline import Options, build

SENTENCES = (
    "The river rose by {} metres in the night.",
    "Crew number {} closed the gate before noon.",
    "We have {} calls from the valley, and every one was answered.",
)


def workspace(root: Path, turns: int) -> Path:
    """One briefing of so many turns, no two alike."""
    lines = [
        f"MS. OKAFOR:  {SENTENCES[turn % 3].format(turn)} {SENTENCES[(turn + 1) % 3].format(turn)}"
        for turn in range(turns)
    ]
    (root / "transcripts").mkdir(parents=True)
    head = "---\ntitle: The long night\ndate: 2031-04-02\n---\n\n"
    (root / "transcripts/night.md").write_text(head + "\n\n".join(lines) + "\n", encoding="utf-8")
    (root / "series.toml").write_text('title = "Nights"\n', encoding="utf-8")
    return root


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "publish", *words]


def clips(root: Path) -> int:
    return len(list((root / ".publish/clips").glob("??/*")))


def wait_for(root: Path, number: int, running: subprocess.Popen[str]) -> None:
    while clips(root) < number:
        assert running.poll() is None, "it was finished before it could be disturbed"
        time.sleep(0.02)


def workers(pid: int) -> list[int]:
    """The processes below a build that speak."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    found = [int(child) for file in children for child in file.read_text("ascii").split()]
    return [child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_parts_by_two_processes_are_the_bytes_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = workspace(tmp_path / "one", 12), workspace(tmp_path / "two", 12)
    build(Options(root=one, outputs=one / "outputs", formats=("audio",), jobs=1), Silent())
    monkeypatch.setattr(scheduling, "ALONE", 100)
    monkeypatch.setattr(scheduling, "_LAST_PART", 100)
    heard: list[tuple[str, int]] = []

    class Heard(Silent):
        def advance(self, amount: int, name: str, samples: int = 0) -> None:  # noqa: ARG002  # the contract's
            heard.append((name, samples))

    build(Options(root=two, outputs=two / "outputs", formats=("audio",), jobs=2), Heard())

    assert contents(two / "outputs") == contents(one / "outputs")
    assert len(heard) > 4
    assert heard[-1] == ("night/en", 0)
    assert sum(samples for _, samples in heard) > 22_050


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc, which this system has not")
def test_a_killed_worker_and_a_killed_build_cost_nothing_that_was_finished(tmp_path: Path) -> None:
    calm, disturbed = workspace(tmp_path / "calm", 240), workspace(tmp_path / "disturbed", 240)
    subprocess.run(command("build", "-f", "audio"), cwd=calm, check=True, capture_output=True, timeout=600)

    arguments = command("build", "-f", "audio", "-j", "2")
    running = subprocess.Popen(arguments, cwd=disturbed, stderr=subprocess.DEVNULL, text=True)
    wait_for(disturbed, 10, running)
    os.kill(workers(running.pid)[0], signal.SIGKILL)
    wait_for(disturbed, 30, running)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    kept = clips(disturbed)
    done = subprocess.run(arguments, cwd=disturbed, capture_output=True, text=True, check=False, timeout=600)

    assert done.returncode == 0, done.stderr
    assert kept >= 30
    assert contents(disturbed / "outputs") == contents(calm / "outputs")
    assert list(disturbed.rglob("*.part")) == []


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="needs root to mount a tiny disk")
def test_a_disk_that_is_full_while_speech_is_kept_ends_with_one_line(tmp_path: Path) -> None:
    calm = workspace(tmp_path / "calm", 30)
    subprocess.run(command("build", "-f", "audio"), cwd=calm, check=True, capture_output=True, timeout=600)
    small = tmp_path / "small"
    small.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(small)]
    if subprocess.run(options, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a disk in memory")
    try:
        shutil.copytree(calm / "transcripts", small / "transcripts")
        shutil.copy(calm / "series.toml", small)
        full = subprocess.run(command("build", "-f", "audio"), cwd=small, capture_output=True, text=True, check=False)
        subprocess.run(["mount", "-o", "remount,size=30m", str(small)], check=True)
        done = subprocess.run(command("build", "-f", "audio"), cwd=small, capture_output=True, text=True, check=False)

        assert full.returncode == ExitCode.MISSING, full.stderr
        assert "B001 .publish/clips: this cannot be written: No space left on device" in full.stderr
        assert "Traceback" not in full.stderr
        assert done.returncode == 0, done.stderr
        assert contents(small / "outputs") == contents(calm / "outputs")
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_text_that_no_attempt_can_speak_is_the_only_one_without_sound_until_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = workspace(tmp_path / "night", 3)
    source = root / "transcripts/night.md"
    source.write_text(source.read_text("utf-8").replace("Crew number 1", "With a boom crew number 1"), encoding="utf-8")
    options = Options(root=root, outputs=root / "outputs", formats=("audio", "epub"), jobs=1)

    monkeypatch.setattr(plugins, "prepared", lambda *_: crash)
    failed = build(options, Silent())
    again = build(options, Silent())
    monkeypatch.setattr(plugins, "prepared", lambda *_: silence)
    mended = build(options, Silent())

    (finding,) = (found for found in failed.findings if found.code == "S001")
    key = finding.message.partition(" ")[0]
    assert (failed.exit_code, again.exit_code, mended.exit_code) == (1, 1, 0)
    assert key in (root / "anchors/night.tsv").read_text("utf-8")
    assert [name for name in again.made if name.endswith(".mp3")] == []
    # in the collection, too, a page says how much of that book has no sound
    assert [name.rpartition(".")[2] for name in mended.made] == ["mp3", "vtt", "epub", "epub"]


_ASKED = """
import signal
from multiprocessing import get_context
from pebble import ProcessPool
from publish import scheduling
with ProcessPool(max_workers=2, context=get_context("spawn")) as pool:
    with scheduling._quiet():
        futures = [pool.schedule(signal.pthread_sigmask, args=[signal.SIG_BLOCK, []]) for _ in range(2)]
    print(*(signal.SIGINT in future.result() for future in futures), signal.SIGINT in signal.pthread_sigmask(0, []))
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="only POSIX has signal masks")
def test_a_worker_is_deaf_to_ctrl_c_from_its_birth() -> None:
    done = subprocess.run([sys.executable, "-c", _ASKED], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "True", "False"]
