"""What ``--help`` says, as text that one can read and review."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from publish.cli import cli

GOLDEN = Path(__file__).parent / "golden" / "help"
COMMANDS = [
    (),
    ("build",),
    ("catalog",),
    ("catalog", "export"),
    ("catalog", "extract"),
    ("catalog", "import"),
    ("catalog", "status"),
    ("catalog", "update"),
    ("check",),
    ("clean",),
    ("doctor",),
    ("new",),
    ("say",),
    ("serve",),
    ("show",),
    ("voices",),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: "-".join(words) or "publish")
def test_the_help_of_each_command_is_as_it_was_read_and_approved(
    words: tuple[str, ...], *, update_golden: bool
) -> None:
    said = CliRunner().invoke(cli, [*words, "--help"], prog_name="publish", terminal_width=100).output
    golden = GOLDEN / f"{'-'.join(words) or 'publish'}.txt"
    if update_golden:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(said, encoding="utf-8")

    assert said == golden.read_text("utf-8")


def test_every_command_has_its_help_here() -> None:
    found = {(name,) for name in cli.commands} | {("catalog", name) for name in cli.commands["catalog"].commands}  # type: ignore[attr-defined]

    assert found | {()} == set(COMMANDS)
