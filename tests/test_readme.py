"""What the README promises is so."""

from __future__ import annotations

import re
from pathlib import Path

from publish.cli import cli
from publish.config import Settings, parse
from publish.diagnostics import Diagnostic
from publish.model import Deleted, Inserted, Vocal, paragraphs, plain, walk
from publish.readers import markdown
from publish.workspace import load

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def sample() -> str:
    """The transcript that the README shows."""
    blocks: list[str] = re.findall(r"```\n(.*?)```", README, re.DOTALL)
    return next(block for block in blocks if block.startswith("---"))


def test_every_command_it_names_exists() -> None:
    named = set(re.findall(r"publish (build|new|serve|show|check|doctor|voices|catalog \w+|\w+ing)\b", README))

    catalog = cli.commands["catalog"]
    known = set(cli.commands) | {f"catalog {name}" for name in catalog.commands}  # type: ignore[attr-defined]
    assert named <= known
    assert {"build", "new", "serve", "catalog update", "catalog status", "doctor"} <= named


def test_every_file_it_shows_is_there() -> None:
    for path in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / path).is_file(), path


def test_the_settings_it_shows_are_understood() -> None:
    shown = [parse(block) for block in re.findall(r"```toml\n(.*?)```", README, re.DOTALL)]

    assert "opus" in {settings.audio.format for settings in shown}
    assert {"en": "hibari"} in [settings.audio.engines for settings in shown]
    assert any("fr" in settings.pronunciation for settings in shown)


def test_the_transcript_it_shows_is_read_without_a_finding() -> None:
    source = load(sample().encode(), "april.md")
    findings: list[Diagnostic] = []

    briefing = markdown.read("april", (source,), Settings(), findings.append)

    assert findings == []
    assert (briefing.title, briefing.date, briefing.venue) == ("Flood briefing, 2 April", "2031-04-02", "River Hall")
    assert (briefing.start, briefing.end) == ("10:00 A.M. CET", "10:40 A.M. CET")
    assert [turn.label for turn in briefing.turns] == ["MS. LINDQVIST", "Q", "MR. HADDAD"]
    kinds = {type(part) for paragraph in paragraphs(briefing) for part in walk(paragraph.parts)}
    assert {Vocal, Deleted, Inserted} <= kinds
    assert "Two metres, by [Tuesday]." in " ".join(plain(of.parts).replace("  ", " ") for of in paragraphs(briefing))


def test_the_finding_it_shows_is_the_one_that_is_printed() -> None:
    (shown,) = re.findall(r"^warning R004 .*$", README, re.MULTILINE)
    slip = sample() + "\nMR. HADDAD.  And it will fall again.\n"

    findings: list[Diagnostic] = []
    markdown.read("april", (load(slip.encode(), "transcripts/april.md"),), Settings(), findings.append)

    assert re.sub(r":\d+:", ":21:", str(findings[-1])) == shown
