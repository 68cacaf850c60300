"""What translators and those who keep a series are told is so: commands, files, and settings of their tools."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from spring import spring

from publish.cli import cli
from publish.config import EditionSettings
from publish.languages import from_folder

GUIDE = (Path(__file__).parent.parent / "docs" / "translators.md").read_text("utf-8")
_NAMED = re.findall(r"^publish .*|(?<=`)publish [^`]+(?=`)", GUIDE, re.MULTILINE)
COMMANDS = sorted({found.partition("#")[0].strip() for found in _NAMED})


def setting(name: str) -> str:
    """What stands in a table of settings beside a name; the first word of it that is typed."""
    (found,) = re.findall(rf"^\| [^|]*{re.escape(name)}[^|]* \| `([^`]+)` \|$", GUIDE, re.MULTILINE)
    return str(found)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_is_named_has_these_options(command: str) -> None:
    done = CliRunner().invoke(cli, [*shlex.split(command)[1:], "--help"])

    assert done.exit_code == 0, done.output


def test_the_settings_for_weblate_find_each_catalogue_with_its_template_and_nothing_else(tmp_path: Path) -> None:
    root = spring(tmp_path / "series")
    done = CliRunner().invoke(cli, ["catalog", "update", str(root), "--language", "zh-Hans,ca-valencia,sr-Latn"])
    assert done.exit_code == 0, done.output
    shutil.copy(root / "locales/first.pot", root / "locales/zh_Hans/memory.tmx")
    names = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]

    matches = [match for name in names if (match := re.fullmatch(setting("Regular expression to match"), name))]

    found = {(from_folder(match["language"]), match["component"]) for match in matches}
    assert found == {
        (tag, name) for tag in ("zh-Hans", "ca-valencia", "sr-Latn") for name in ("first", "second", "series")
    }
    template = setting("Define the base file for new translations")
    for match in matches:
        assert template.replace("{{ component }}", match["component"]) in names
    assert setting("Template for new translations") in names
    assert setting("File mask").replace("*", "zh_Hans") in names


def test_a_fuzzy_translation_is_said_to_be_published_when_the_setting_asks_for_it_alone() -> None:
    assert "never published" not in GUIDE
    assert "`fuzzy = true` in `[editions.fr]`" in GUIDE
    assert EditionSettings().fuzzy is False
