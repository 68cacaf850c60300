"""What holds for the whole project: sizes, honest handlers, codes, no trace of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from publish import plugins
from publish.diagnostics import CODES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "publish"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 600, 60


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_modules_and_functions_are_small_and_no_handler_catches_everything(path: Path) -> None:
    text = path.read_text("utf-8")
    tree = ast.parse(text)

    assert text.count("\n") <= LONGEST_MODULE
    long = [one.name for one in functions(tree) if (one.end_lineno or 0) - one.lineno >= LONGEST_FUNCTION]
    assert long == []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "everything"
            assert caught not in {"everything", "Exception", "BaseException"}, f"line {node.lineno}"


def test_every_code_that_is_reported_is_declared_once_and_every_declared_one_is_used() -> None:
    text = "".join(path.read_text("utf-8") for path in MODULES)
    used = set(
        re.findall(r"""["']([ABCEHKRSW]\d{3})["']""", text.replace((PACKAGE / "diagnostics.py").read_text("utf-8"), ""))
    )
    declared = re.findall(r'^    "([A-Z]\d{3})":', (PACKAGE / "diagnostics.py").read_text("utf-8"), re.MULTILINE)

    assert len(declared) == len(set(declared))
    assert used == set(declared) == set(CODES)


@pytest.mark.parametrize("folder", ["readers", "writers", "engines"])
def test_every_plug_in_found_keeps_the_contract(folder: str) -> None:
    wanted = {
        "readers": {"SUMMARY", "SUFFIXES", "claims", "read"},
        "writers": {"SUMMARY", "DEFAULT", "AUDIO", "LINES", "briefing_files", "series_files"},
        "engines": {"SUMMARY", "INSTALL", "version", "voices", "synthesise"},
    }[folder]

    assert plugins.names(folder)
    for name in plugins.names(folder):
        module = getattr(plugins, folder.removesuffix("s"))(name)
        assert wanted <= set(dir(module)), name
        assert module.SUMMARY
        assert "\n" not in module.SUMMARY


def test_nothing_of_a_machine_or_a_download_address_is_in_the_tree() -> None:
    command = ["git", "ls-files", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this is no git checkout")
    machine = re.compile(rb"(?:^|[\s\"'(=])/(?:work|root|home)/\w|pypi\.org|registry\.npmjs|\"resolved\":")
    for name in filter(None, done.stdout.split(b"\0")):
        path = ROOT / name.decode()
        if path.is_file() and path.suffix not in {".png", ".mp3", ".epub"} and path != Path(__file__):
            assert not machine.search(path.read_bytes()), name.decode()
