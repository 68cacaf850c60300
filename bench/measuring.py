"""What the measurements share: the year, a workspace of it, and the seconds and memory of a command."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results"
DATA = Path(os.environ.get("PUBLISH_REAL_DATA", ROOT.parent / "shared" / "data"))
Row = dict[str, float]
_COLUMNS = {"seconds", "cpu", "megabytes"}
_SAMPLING = (0.02, 0.5)
"""Seconds between two looks at the memory: at first, and at most. Each look takes some time from what is measured."""


def transcripts() -> list[Path]:
    """The year of briefings; without it there is nothing to measure."""
    files = sorted((DATA / "whitehouse").glob("*.md"))
    if not files:
        sys.exit(f"there are no transcripts in {DATA}; PUBLISH_REAL_DATA names their folder")
    return files


def workspace(folder: Path, files: list[Path], more: str = "") -> Path:
    """A workspace of transcripts; ``more`` is added to its ``series.toml``."""
    (folder / "transcripts").mkdir(parents=True)
    (folder / "series.toml").write_text(f'title = "A year of briefings"\n{more}', encoding="utf-8")
    for file in files:
        shutil.copy(file, folder / "transcripts")
    return folder


def publish(*words: str) -> list[str]:
    """The command, by this interpreter."""
    return [sys.executable, "-m", "publish", *words]


def measured(command: list[str], cwd: Path) -> Row:
    """Seconds of a command, those of all cores together, and its peak memory in MB; with all processes below it."""
    peak = [0]
    used = _used()
    begin = time.monotonic()
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        running = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=said, env=environ)
        watcher = threading.Thread(target=_watch, args=(running, peak))
        watcher.start()
        code = running.wait()
        seconds = time.monotonic() - begin
        watcher.join()
        if code:
            said.seek(0)
            sys.exit(f"{said.read()}{' '.join(command)} ended with code {code}")
    return {"seconds": round(seconds, 3), "cpu": round(_used() - used, 3), "megabytes": round(peak[0] / 1e6, 1)}


def _used() -> float:
    """Seconds that processes which have ended kept cores busy."""
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime


def _watch(running: subprocess.Popen[bytes], peak: list[int]) -> None:
    """Sample the resident memory of a process tree; where there is no /proc, that of finished children."""
    pause, longest = _SAMPLING
    while running.poll() is None:
        if Path("/proc").is_dir():
            peak[0] = max(peak[0], _resident(running.pid))
        time.sleep(pause)
        pause = min(1.1 * pause, longest)
    if not peak[0]:
        peak[0] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def _resident(pid: int) -> int:
    """Bytes of a process and all below it; what several share is divided among them (PSS)."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            status = Path(f"/proc/{one}/smaps_rollup").read_text("ascii")
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text("ascii").split())
        except OSError:
            continue
        if found := re.search(r"Pss:\s+(\d+)", status):
            total += int(found[1]) * 1024
    return total


def report(title: str, rows: Mapping[str, Row], ratios: Mapping[str, float], name: str) -> None:
    """Print rows and ratios, and keep them as JSON."""
    width = max(map(len, (*rows, *ratios))) + 2
    print(f"{title}, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for key, row in rows.items():
        more = ", ".join(f"{value} {what}" for what, value in row.items() if what not in _COLUMNS)
        print(f"{key:<{width}} {row['seconds']:>9.2f} s {row['cpu']:>9.2f} s CPU {row['megabytes']:>8.0f} MB  {more}")
    for key, ratio in ratios.items():
        print(f"{key:<{width}} {ratio:>9.3f}")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / name).write_text(json.dumps({"rows": rows, "ratios": ratios}, indent=1), encoding="utf-8")
