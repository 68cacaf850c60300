"""Measures publish beside Sphinx, in one run: a year of briefings into pages, books and catalogues.

``python bench/run.py`` prints a table and writes ``bench/results/last.json``. The year is read from
``../shared/data/whitehouse`` or the folder that ``PUBLISH_REAL_DATA`` names. Times are of whole processes, memory is
the largest sum over a process and its children (PSS); both move with the machine, so look at the ratios. What speech
costs is measured by ``bench/narration.py``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

from measuring import RESULTS, Row, measured, publish, report, transcripts, workspace

SPHINX = "sphinx==8.1.3"
FORMATS = "web,epub,catalog"
LABEL = re.compile(r"^([A-Z][A-Z .’'-]+:|Q)\s+")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=0, help="only so many briefings; all by default")
    parser.add_argument("--no-sphinx", action="store_true", help="leave the peer out")
    words = parser.parse_args()
    files = transcripts()
    files = files[: words.sessions or None]
    with tempfile.TemporaryDirectory() as folder:
        rows = text(Path(folder), files)
        if not words.no_sphinx:
            rows |= sphinx(Path(folder), files)
    year = rows["publish: the year"]["seconds"]
    ratios = {f"{name} / publish": row["seconds"] / year for name, row in rows.items() if name.startswith("Sphinx")}
    report(f"{len(files)} briefings", rows, ratios, "last.json")


def text(folder: Path, files: list[Path]) -> dict[str, Row]:
    """Pages, books and catalogues: at first, without a change, after one edited turn."""
    work = workspace(folder / "year", files)
    rows = {"publish: the year": measured(publish("build", "-f", FORMATS), work)}
    rows["publish: nothing changed"] = measured(publish("build", "-f", FORMATS), work)
    source = sorted((work / "transcripts").iterdir())[len(files) // 2]
    words = source.read_text("utf-8")
    source.write_text(re.sub(r"(?m)^(Q\s+)(\w)", r"\1Indeed, \2", words, count=1), encoding="utf-8")
    rows["publish: one turn edited"] = measured(publish("build", "-f", FORMATS), work)
    rows["publish: --help"] = measured(publish("--help"), work)
    return rows


# --- The peer ---------------------------------------------------------------------------------------------------------


def sphinx(folder: Path, files: list[Path]) -> dict[str, Row]:
    """The same year by Sphinx, from reStructuredText: html, epub and gettext.

    With a section and a label for each turn, so that a turn can be reached and linked as in our outputs; and again with
    speakers as bold words in running text, the least that Sphinx can be asked for.
    """
    every = ("html", "epub", "gettext")
    return {
        "Sphinx: turns as sections": sphinx_year(folder / "sections", files, sections, every),
        "Sphinx: names in bold": sphinx_year(folder / "bold", files, _bold, every),
    }


def sphinx_year(folder: Path, files: list[Path], written: Callable[[str, str], str], builders: tuple[str, ...]) -> Row:
    """The year by some of Sphinx's builders, one after the other; ``written`` makes reStructuredText of a briefing."""
    python = _sphinx_python()
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
    for builder in builders:
        command = [python, "-m", "sphinx", "-q", "-b", builder, str(source), str(folder / builder)]
        rows.append(measured(command, folder))
    seconds, cpu = (round(sum(row[key] for row in rows), 3) for key in ("seconds", "cpu"))
    return {"seconds": seconds, "cpu": cpu, "megabytes": max(row["megabytes"] for row in rows)}


def _sphinx_python() -> str:
    """Sphinx in an environment of its own, beside the results."""
    home = RESULTS / "sphinx"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", SPHINX], check=True)
    return str(python)


def _bold(_name: str, markdown: str) -> str:
    """A briefing as reStructuredText: speakers in bold, paragraphs, nothing else."""
    return _title(markdown) + "\n\n".join(LABEL.sub(r"**\1** ", block) for block in _escaped(markdown)) + "\n"


def sections(name: str, markdown: str) -> str:
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


if __name__ == "__main__":
    main()
