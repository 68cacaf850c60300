"""Every folder in ``golden/readers/<reader>/`` is a case: files go in, a briefing and findings come out.

A new case is a new folder with an ``in/``; ``--update-golden`` writes the rest, to be read in the diff.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from publish import document, plugins
from publish.config import Settings
from publish.diagnostics import Diagnostic
from publish.workspace import load

FOLDER = Path(__file__).parent / "golden" / "readers"
CASES = sorted(path.parent for path in FOLDER.glob("*/*/in"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_source_is_read_as_its_golden_files_say(case: Path, update_golden: bool) -> None:  # noqa: FBT001  # a fixture
    files = sorted((case / "in").iterdir())
    sources = tuple(load(file.read_bytes(), f"transcripts/{file.name}") for file in files)
    findings: list[Diagnostic] = []

    briefing = plugins.reader(case.parent.name).read(case.name, sources, Settings(), findings.append)

    found = {
        "golden.json": document.encode(briefing).decode(),
        "findings.txt": "".join(f"{finding}\n" for finding in findings),
    }
    for name, text in found.items():
        if update_golden:
            (case / name).write_text(text, encoding="utf-8")
        assert (case / name).read_text("utf-8") == text


def test_every_reader_has_a_case() -> None:
    assert {case.parent.name for case in CASES} == set(plugins.names("readers"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_the_reader_of_a_case_is_the_one_that_is_surest_of_it(case: Path) -> None:
    first = min((case / "in").iterdir())

    reader = plugins.reader_for(load(first.read_bytes(), f"transcripts/{first.name}"))

    assert reader is plugins.reader(case.parent.name)
