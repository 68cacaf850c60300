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
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
NEEDED = {
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "publish").rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
}
"""All that lies in the package: modules, theme, interface, data of languages."""


def run(*words: str | Path, cwd: Path = ROOT) -> str:
    """What a command prints; it has to succeed."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution."""
    folder = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "build", "--sdist", "--outdir", folder, ROOT)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist: Path) -> Path:
    """The wheel, made from the source distribution alone, so that this is whole too."""
    folder = sdist.parent / "wheel"
    run(sys.executable, *PIP, "wheel", "--no-deps", "--wheel-dir", folder, sdist)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    assert {name for name in names if ".dist-info/" not in name} == NEEDED
    assert {name.rpartition(".dist-info/")[2] for name in names} >= {"METADATA", "entry_points.txt", "licenses/LICENSE"}


def test_the_source_distribution_holds_sample_tests_and_what_the_readme_shows_too(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert names >= NEEDED
    sample = {"series.toml", "locales/series.pot", "locales/fr/LC_MESSAGES/series.po"}
    assert names >= {*sample, "README.md", "CONTRIBUTING.md", "LICENSE", "docs/outputs.png"}
    assert names >= {"Makefile", "pyproject.toml", "bench/run.py", "tests/conftest.py", "tests/tools/package.json"}
    assert not [name for name in names if "node_modules/" in name or "/.venv/" in name or "bench/results" in name]


def test_the_wheel_builds_a_workspace_from_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    program = tmp_path / "venv" / "bin"
    run(program / "python", *PIP, "install", wheel)
    root = spring(tmp_path / "spring")

    run(program / "publish", "build", cwd=root)

    assert list(root.glob("outputs/en/first/audio/*.mp3"))
    assert (root / "outputs/en/first/first.epub").is_file()
    assert run(program / "python", "-m", "publish", "--version", cwd=root).startswith("publish, version")
