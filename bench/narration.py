"""Measures what speech costs, in one run with the least that it can cost and with what one would write instead.

``python bench/narration.py`` prints a table and writes ``bench/results/narration.json``. Times are of whole processes
and the best of several runs, of which each is beside one of the floor; memory is the largest sum over a process and
its children (PSS). Both move with the machine, so look at the ratios; on a busy machine at those of CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from measuring import ROOT, Row, measured, publish, report, transcripts, workspace

from publish import casting, plugins
from publish.diagnostics import Diagnostic
from publish.engines import pyttsx3
from publish.model import Briefing, plain
from publish.pipeline import read_settings
from publish.showing import briefings_of
from publish.voices import called, company, voice_for
from publish.workspace import Workspace, entries

RATE = 22_050
FILES = ("episode", "feed")
"""Formats beside the turns' audio."""
SITE = '[site]\nurl = "https://example.org/briefings"\n'
LONG = 50
"""Briefings that memory must be flat up to."""
BARS = {
    "turn audio / floor": 1.15,
    "memory, 10 briefings / 1": 1.15,
    "memory, 50 briefings / 10": 1.1,
    "one edited paragraph / first build": 0.05,
    "episodes and feed, more": 0.03,
}
"""What the ratios must not be above."""


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--briefings", type=int, default=10, help="so many of the year; 10 by default")
    parser.add_argument("--runs", type=int, default=2, help="of which the best counts; 2 by default")
    parser.add_argument("--long", action="store_true", help="memory with 50 briefings too, which takes minutes")
    parser.add_argument("--no-peers", action="store_true", help="leave out what one would write instead")
    words = parser.parse_args()
    files = transcripts()
    some = files[: words.briefings]
    rows: dict[str, Row] = {}
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = _texts(workspace(folder / "read", some), folder / "texts.json")
        turns(folder, some, words.runs, (rows, ratios))
        if not words.no_peers:
            peers(folder, texts, (rows, ratios))
        extra(folder, some, (rows, ratios))
        edited(folder, some, words.runs, (rows, ratios))
        memory(folder, files if words.long else some, (rows, ratios))
    report(f"{len(some)} briefings with {len(texts)} texts", rows, ratios, "narration.json")
    for what, most in BARS.items():
        if ratios.get(what, 0) > most:
            print(f"{what} is {ratios[what]:.3f}, and {most} is the bar")


Found = tuple[dict[str, Row], dict[str, float]]
"""Rows and ratios, to be added to."""


# --- What is said -----------------------------------------------------------------------------------------------------


def _texts(work: Path, out: Path) -> list[tuple[str, str]]:
    """Voice and words of each clip of the turns, each once: names, said by the narrator, and paragraphs."""
    place = Workspace(work)
    settings = read_settings(place)
    findings: list[Diagnostic] = []
    found = list(briefings_of(place, entries(place, findings.append), settings, findings.append))
    voices = pyttsx3.voices()
    rolls = [casting.roll(briefing, settings) for briefing in found]
    cast = casting.cast(rolls, "", settings, {"pyttsx3": voices}, findings.append).voices["pyttsx3"]
    cast[""] = called(company(voices, "en")[0])
    names = {who: voice.name for who, name in cast.items() if (voice := voice_for(voices, "en", name))}
    texts = list(dict.fromkeys((names[who], text) for briefing in found for who, text in _said(briefing)))
    out.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    return texts


def _said(briefing: Briefing) -> Iterable[tuple[str, str]]:
    """Speaker and words; the narrator has no name."""
    people = {who.speaker: who.name for who in briefing.participants}
    for turn in briefing.turns:
        if turn.speaker and not turn.continued:
            yield "", people[turn.speaker]
        for paragraph in turn.paragraphs:
            yield turn.speaker or "", plain(paragraph.parts)


# --- The turns, the floor, the peers ----------------------------------------------------------------------------------


def turns(folder: Path, files: list[Path], runs: int, found: Found) -> None:
    """The audio of all turns from nothing, and the floor: one after the other, several times."""
    rows, ratios = found
    ours, least = [], []
    for number in range(runs):
        work = workspace(folder / f"turns{number}", files)
        ours.append(_heard(measured(publish("build", "-f", "audio"), work), _samples(work)))
        least.append(_bare(folder, "floor.py"))
    rows[f"publish: {len(files)} briefings"] = first = _best(ours)
    rows["floor: bare engine and encoder"] = second = _best(least)
    ratios["turn audio / floor"] = first["seconds"] / second["seconds"]
    ratios["turn audio / floor, CPU"] = min(row["cpu"] for row in ours) / min(row["cpu"] for row in least)


def peers(folder: Path, texts: list[tuple[str, str]], found: Found) -> None:
    """What one would write instead, on the same texts."""
    rows, ratios = found
    ours = next(iter(rows.values()))["seconds"]
    ways = ["pyttsx3"]
    if shutil.which("espeak-ng"):
        ways.append("espeak-ng")
    else:
        print("the command espeak-ng is left out, since it is not installed: apt install espeak-ng")
    for way in ways:
        name = f"{way}: a WAV a text, {len(texts)} texts"
        rows[name] = _bare(folder, "peers.py", way)
        ratios[f"{way}, without encoding / publish"] = rows[name]["seconds"] / ours


def _bare(folder: Path, script: str, *words: str) -> Row:
    """A script over the texts that were written to the folder."""
    out = folder / "samples.json"
    command = [sys.executable, str(ROOT / "bench" / script), *words, str(folder / "texts.json"), str(out)]
    return _heard(measured(command, folder), json.loads(out.read_text("utf-8")))


def _heard(row: Row, samples: int) -> Row:
    seconds = samples / RATE
    return row | {"hours of sound": round(seconds / 3600, 2), "times real time": round(seconds / row["seconds"], 1)}


def _samples(work: Path) -> int:
    tasks = json.loads((work / "outputs/.publish/manifest.json").read_text("utf-8"))["tasks"].values()
    samples: int = sum(task["card"].get("samples", 0) for task in tasks if task["card"])
    return samples


def _best(rows: Iterable[Row]) -> Row:
    return min(rows, key=lambda row: row["seconds"])


# --- What is added, what is changed, what it takes --------------------------------------------------------------------


def extra(folder: Path, files: list[Path], found: Found) -> None:
    """Episodes and feed: what they add when every clip is there, as a share of the first build of the turns."""
    rows, ratios = found
    if missing := [name for name in FILES if name not in plugins.names("writers")]:
        print(f"{' and '.join(missing)} are left out, since there is no such format")
        return
    work = workspace(folder / "extra", files, SITE)
    every = ",".join(("audio", *FILES))
    first = measured(publish("build", "-f", "audio"), work)
    alone: list[Row] = []
    more: list[Row] = []
    for _ in range(3):
        for formats, into in (("audio", alone), (every, more)):
            shutil.rmtree(work / "outputs")
            into.append(measured(publish("build", "-f", formats), work))
    rows["publish: the turns, all clips there"] = _best(alone)
    rows["publish: turns, episodes, feed, all clips there"] = _best(more)
    ratios["episodes and feed, more"] = (_best(more)["cpu"] - _best(alone)["cpu"]) / first["cpu"]


def edited(folder: Path, files: list[Path], runs: int, found: Found) -> None:
    """One briefing from nothing, and after a paragraph in its middle was edited."""
    rows, ratios = found
    firsts, edits = [], []
    file = _longest(files)[0]
    for number in range(runs):
        work = workspace(folder / f"edited{number}", [file])
        firsts.append(measured(publish("build", "-f", "audio"), work))
        source = work / "transcripts" / file.name
        words = source.read_text("utf-8")
        places = [match.start(1) for match in re.finditer(r"(?m)^(?:Q|[A-Z][A-Z .’'-]+:)\s+(\w)", words)]
        at = places[len(places) // 2]
        source.write_text(f"{words[:at]}Indeed, {words[at:]}", encoding="utf-8")
        edits.append(measured(publish("build", "-f", "audio"), work))
    rows["publish: one briefing"] = _best(firsts)
    rows["publish: one paragraph of it edited"] = _best(edits)
    ratios["one edited paragraph / first build"] = _best(edits)["seconds"] / _best(firsts)["seconds"]


def memory(folder: Path, files: list[Path], found: Found) -> None:
    """The longest briefing alone and ten with it, by one process; ten and, if they are there, fifty, by all cores."""
    rows, ratios = found
    few = files[:10]
    spread = next(iter(rows.values()))
    alone = []
    for some in (_longest(few)[:1], few):
        work = workspace(folder / f"alone{len(some)}", some)
        alone.append(measured(publish("build", "-f", "audio", "--jobs", "1"), work))
        rows[f"publish: {len(some)}, by one process"] = alone[-1]
    ratios[f"memory, {len(few)} briefings / 1"] = alone[1]["megabytes"] / alone[0]["megabytes"]
    if len(files) >= LONG:
        row = measured(publish("build", "-f", "audio"), workspace(folder / "long", files[:LONG]))
        rows[f"publish: {LONG} briefings"] = row
        ratios[f"memory, {LONG} briefings / {len(few)}"] = row["megabytes"] / spread["megabytes"]


def _longest(files: list[Path]) -> list[Path]:
    return sorted(files, key=lambda file: (-file.stat().st_size, file.name))


if __name__ == "__main__":
    main()
