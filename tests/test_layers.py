"""A module imports only from the layers below it, and formats never from each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "publish"
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"__init__", "diagnostics", "languages", "manifest", "model", "forked"}),
    frozenset({
        "anchors", "archive", "audio", "catalog", "config", "dates", "document", "front", "frontmatter", "inlines",
        "interface", "markup", "messages", "overlay", "package", "pages", "paths", "po", "segment", "series",
        "speakers", "work",
    }),
    frozenset({"checks", "engines", "readers", "speech", "writers"}),
    frozenset({
        "doctor", "new", "output", "pipeline", "plugins", "serve", "showing", "task", "translating", "workspace",
    }),
    frozenset({"__main__", "cli"}),
)  # fmt: skip
"""From the vocabulary up to the command line; a package stands for all of its modules."""
MODULES = sorted(PACKAGE.rglob("*.py"))


def top(path: Path) -> str:
    """The module, or the package in ``publish`` that it lies in."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def layer(name: str) -> int:
    found = [index for index, names in enumerate(LAYERS) if name in names]
    assert found, f"publish/{name}.py is in no layer; put it into LAYERS of this test, where its imports allow"
    return found[0]


def imported(path: Path) -> set[str]:
    """Modules of the package that a module imports, at its top or inside a function; not those for types alone."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "publish":
            inside = node.module.split(".")[1:]
            whole = not inside or inside in (["readers"], ["writers"], ["engines"])
            names |= {".".join((*inside, alias.name)) for alias in node.names} if whole else {".".join(inside)}
        elif isinstance(node, ast.Import):
            names |= {alias.name.removeprefix("publish.") for alias in node.names if alias.name.startswith("publish.")}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_its_own_layer_and_those_below(path: Path) -> None:
    own = layer(top(path))

    above = {name for name in imported(path) if name != "__version__" and layer(name.split(".")[0]) > own}

    assert above == set()


@pytest.mark.parametrize("folder", ["readers", "writers", "engines"])
def test_formats_and_engines_never_import_each_other(folder: str) -> None:
    for path in sorted((PACKAGE / folder).glob("*.py")):
        others = {
            name
            for name in imported(path)
            if name.split(".")[0] in {"readers", "writers", "engines"} and not name.split(".")[-1].startswith("_")
        }
        assert others == set(), path.name


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    graph = {path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", "."): imported(path) for path in MODULES}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " → ".join((*above, name))
        if name not in done:
            for other in sorted(graph.get(name, set())):
                visit(other, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())
