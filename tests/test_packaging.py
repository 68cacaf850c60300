"""The wheel holds all that is needed, and builds a workspace from an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from spring import spring

ROOT = Path(__file__).parent.parent
NEEDED = (
    "publish/theme/publish.css",
    "publish/theme/briefing.html",
    "publish/locales/fr/LC_MESSAGES/publish.po",
    "publish/data/en.toml",
    "publish/engines/pyttsx3.py",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheel and sdist."""
    folder = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)], check=True, capture_output=True)
    subprocess.run(
        [sys.executable, "-m", "build", "--sdist", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True
    )
    return folder


def test_the_wheel_holds_theme_interface_and_data(built: Path) -> None:
    (wheel,) = built.glob("*.whl")

    with zipfile.ZipFile(wheel) as archive:
        assert set(NEEDED) <= set(archive.namelist())


def test_the_source_distribution_holds_sample_and_tests_too(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")

    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {*NEEDED, "series.toml", "README.md", "tests/conftest.py", "locales/series.pot"} <= names


def test_the_wheel_builds_a_workspace_from_an_empty_environment(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    program = tmp_path / "venv" / "bin"
    install = [str(program / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    root = spring(tmp_path / "spring")

    done = subprocess.run([str(program / "publish"), "build"], cwd=root, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert list(root.glob("outputs/en/first/audio/*.mp3"))
    assert (root / "outputs/en/first/first.epub").is_file()
    shown = subprocess.run(
        [str(program / "python"), "-m", "publish", "--version"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith("publish, version")
