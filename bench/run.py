"""Measures publish beside Sphinx, in one run: a year of briefings into pages, books and catalogues.

``python bench/run.py`` prints a table and writes ``bench/results/last.json``. The year is read from
``../shared/data/whitehouse`` or the folder that ``PUBLISH_REAL_DATA`` names. Times are of whole processes, memory is
the largest sum over a process and its children (PSS); both move with the machine, so look at the ratios.
"""

from __future__ import annotations

import argparse
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
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("PUBLISH_REAL_DATA", ROOT.parent / "shared" / "data"))
SPHINX = "sphinx==8.1.3"
FORMATS = "web,epub,catalog"
LABEL = re.compile(r"^([A-Z][A-Z .’'-]+:|Q)\s+")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=0, help="only so many briefings; all by default")
    parser.add_argument("--no-sphinx", action="store_true", help="leave the peer out")
    parser.add_argument("--audio", type=int, default=10, help="briefings with audio; 0 leaves that out")
    words = parser.parse_args()
    files = sorted((DATA / "whitehouse").glob("*.md"))
    if not files:
        sys.exit(f"there are no transcripts in {DATA}; PUBLISH_REAL_DATA names their folder")
    files = files[: words.sessions or None]
    with tempfile.TemporaryDirectory() as folder:
        rows = text(Path(folder), files)
        if not words.no_sphinx:
            rows |= sphinx(Path(folder), files)
        if words.audio:
            rows |= audio(Path(folder), files[: words.audio])
    report(rows, len(files))


def measured(command: list[str], cwd: Path) -> dict[str, float]:
    """Seconds and peak memory in MB of a command with its children."""
    peak = [0]
    begin = time.monotonic()
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(command, cwd=cwd, stdout=quiet, stderr=quiet, env=environ)
    watcher = threading.Thread(target=_watch, args=(running, peak))
    watcher.start()
    code = running.wait()
    seconds = time.monotonic() - begin
    watcher.join()
    if code:
        sys.exit(f"{' '.join(command)} ended with code {code}")
    return {"seconds": round(seconds, 3), "megabytes": round(peak[0] / 1e6, 1)}


def _watch(running: subprocess.Popen[bytes], peak: list[int]) -> None:
    """Sample the resident memory of a process tree; where there is no /proc, that of finished children."""
    while running.poll() is None:
        if Path("/proc").is_dir():
            peak[0] = max(peak[0], _resident(running.pid))
        time.sleep(0.02)
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


def publish(*words: str) -> list[str]:
    """The command, by this interpreter."""
    return [sys.executable, "-m", "publish", *words]


def text(folder: Path, files: list[Path]) -> dict[str, dict[str, float]]:
    """Pages, books and catalogues: at first, without a change, after one edited turn."""
    work = _workspace(folder / "year", files)
    rows = {"publish: the year": measured(publish("build", "-f", FORMATS), work)}
    rows["publish: nothing changed"] = measured(publish("build", "-f", FORMATS), work)
    source = sorted((work / "transcripts").iterdir())[len(files) // 2]
    words = source.read_text("utf-8")
    source.write_text(re.sub(r"(?m)^(Q\s+)(\w)", r"\1Indeed, \2", words, count=1), encoding="utf-8")
    rows["publish: one turn edited"] = measured(publish("build", "-f", FORMATS), work)
    rows["publish: --help"] = measured(publish("--help"), work)
    return rows


def _workspace(folder: Path, files: list[Path]) -> Path:
    (folder / "transcripts").mkdir(parents=True)
    (folder / "series.toml").write_text('title = "A year of briefings"\n', encoding="utf-8")
    for file in files:
        shutil.copy(file, folder / "transcripts")
    return folder


# --- The peer ---------------------------------------------------------------------------------------------------------


def sphinx(folder: Path, files: list[Path]) -> dict[str, dict[str, float]]:
    """The same year by Sphinx, from reStructuredText: html, epub and gettext.

    With a section and a label for each turn, so that a turn can be reached and linked as in our outputs; and again with
    speakers as bold words in running text, the least that Sphinx can be asked for.
    """
    python = _sphinx_python()
    return {
        "Sphinx: turns as sections": _sphinx_year(python, folder / "sections", files, _sections),
        "Sphinx: names in bold": _sphinx_year(python, folder / "bold", files, _bold),
    }


def _sphinx_year(python: str, folder: Path, files: list[Path], written: Callable[[str, str], str]) -> dict[str, float]:
    source = folder / "source"
    source.mkdir(parents=True)
    names = [f"b{number:03}" for number in range(len(files))]
    (source / "conf.py").write_text('project = "A year of briefings"\nlanguage = "en"\n', encoding="utf-8")
    toc = "\n   ".join(names)
    (source / "index.rst").write_text(
        f"A year of briefings\n===================\n\n.. toctree::\n   :maxdepth: 1\n\n   {toc}\n", encoding="utf-8"
    )
    for name, file in zip(names, files, strict=True):
        (source / f"{name}.rst").write_text(written(name, file.read_text("utf-8")), encoding="utf-8")
    rows = []
    for builder in ("html", "epub", "gettext"):
        command = [python, "-m", "sphinx", "-q", "-b", builder, str(source), str(folder / builder)]
        rows.append(measured(command, folder))
    seconds = sum(row["seconds"] for row in rows)
    return {"seconds": round(seconds, 3), "megabytes": max(row["megabytes"] for row in rows)}


def _sphinx_python() -> str:
    """Sphinx in an environment of its own, beside the results."""
    home = ROOT / "bench" / "results" / "sphinx"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", SPHINX], check=True)
    return str(python)


def _bold(_name: str, markdown: str) -> str:
    """A briefing as reStructuredText: speakers in bold, paragraphs, nothing else."""
    return _title(markdown) + "\n\n".join(LABEL.sub(r"**\1** ", block) for block in _escaped(markdown)) + "\n"


def _sections(name: str, markdown: str) -> str:
    """A briefing as reStructuredText: a section for each turn, with a label that says which."""
    out = [_title(markdown)]
    for number, block in enumerate(_escaped(markdown)):
        found = LABEL.match(block)
        if found:
            heading = found[1].rstrip(":")
            out.append(f".. _{name}-t{number}:\n\n{heading}\n{'-' * len(heading) * 2}\n\n{block[found.end() :]}\n\n")
        else:
            out.append(f"{block}\n\n")
    return "".join(out)


def _title(markdown: str) -> str:
    found = re.search(r"^title: ['\"]?(.*?)['\"]?$", markdown, re.MULTILINE)
    title = found[1] if found else "Briefing"
    return f"{title}\n{'=' * (len(title) * 2)}\n\n"


def _escaped(markdown: str) -> Iterator[str]:
    _, _, body = markdown.partition("\n---\n")
    for block in _blocks(body):
        yield re.sub(r"([\\*`|_])", r"\\\1", "\n".join(line.strip() for line in block))


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


# --- Sound ------------------------------------------------------------------------------------------------------------


def audio(folder: Path, files: list[Path]) -> dict[str, dict[str, float]]:
    """Briefings with speech, beside a bare loop of the same engine and encoder over the same paragraphs."""
    work = _workspace(folder / "spoken", files)
    rows = {f"publish: {len(files)} with audio": measured(publish("build", "-f", "audio"), work)}
    hours = _hours(work)
    rows[f"publish: {len(files)} with audio"]["hours of audio"] = round(hours, 2)
    rows[f"publish: {len(files)} with audio"]["times real time"] = round(
        hours * 3600 / rows[f"publish: {len(files)} with audio"]["seconds"], 1
    )
    floor = [sys.executable, str(ROOT / "bench" / "floor.py"), str(work)]
    rows["bare engine and encoder"] = measured(floor, work)
    return rows


def _hours(work: Path) -> float:
    tasks = json.loads((work / "outputs/.publish/manifest.json").read_text("utf-8"))["tasks"].values()
    samples: int = sum(task["card"].get("samples", 0) for task in tasks if task["card"])
    return samples / 22_050 / 3600


# --- The table --------------------------------------------------------------------------------------------------------


def report(rows: dict[str, dict[str, float]], sessions: int) -> None:
    """Print rows and ratios, and keep them."""
    width = max(map(len, rows)) + 10
    print(f"{sessions} briefings, {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for name, row in rows.items():
        more = ", ".join(f"{value} {key}" for key, value in row.items() if key not in {"seconds", "megabytes"})
        print(f"{name:<{width}} {row['seconds']:>9.2f} s {row['megabytes']:>8.0f} MB  {more}")
    year = rows["publish: the year"]["seconds"]
    ratios = {f"{name} / publish": row["seconds"] / year for name, row in rows.items() if name.startswith("Sphinx")}
    spoken = next((row for name, row in rows.items() if name.endswith("with audio")), None)
    if spoken:
        ratios["publish / bare engine and encoder"] = spoken["seconds"] / rows["bare engine and encoder"]["seconds"]
    for name, ratio in ratios.items():
        print(f"{name:<{width}} {ratio:>9.2f}")
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    (results / "last.json").write_text(json.dumps({"rows": rows, "ratios": ratios}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
