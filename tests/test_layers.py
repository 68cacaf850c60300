"""A module imports only from the layers below it, and formats never from each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "publish"
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({
        "__init__", "answering", "booth", "cores", "diagnostics", "forked", "languages", "manifest", "model", "spoken",
        "xml_safe",
    }),
    frozenset({
        "adopting", "alignment", "anchors", "archive", "audio", "book", "catalog", "clips", "config", "container",
        "cover", "dates", "document", "earcon", "facing", "forms", "frames", "front", "frontmatter", "glossary",
        "handout", "headings", "inlines", "interface", "lengths", "lexicon", "likeness", "loudness", "markup",
        "matching", "memory", "merging", "messages", "numerals", "overlay", "package", "pages", "pairing", "paths",
        "po", "proofs", "pseudo", "published", "recode", "register", "returning", "said", "salvage", "segment",
        "series", "speakers", "templates", "updating", "voices", "work", "writing", "written",
    }),
    frozenset({
        "casting", "checkers", "checks", "claims", "doubts", "engines", "inspection", "interchange", "readers",
        "script", "speech", "studio", "writers",
    }),
    frozenset({
        "auditions", "clean", "doctor", "exchange", "headway", "importing", "live", "marking", "narrating", "new",
        "output", "parcel", "pipeline", "plugins", "preview", "progress", "saying", "scheduling", "serve", "showing",
        "task", "thresholds", "translating", "workspace",
    }),
    frozenset({"__main__", "cli", "cli_catalog", "console"}),
)  # fmt: skip
"""From the vocabulary up to the command line; a package stands for all of its modules."""
MODULES = sorted(PACKAGE.rglob("*.py"))
FORMATS = ("readers", "writers", "engines", "interchange")


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
    return imports(path.read_text("utf-8"))


def imports(text: str) -> set[str]:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"line {node.lineno}: write the whole name, `from publish.… import …`"
            names |= _imported_from(node)
        elif isinstance(node, ast.Import):
            names |= {alias.name.removeprefix("publish.") for alias in node.names if alias.name.startswith("publish.")}
    return names


def _imported_from(node: ast.ImportFrom) -> set[str]:
    package, *inside = (node.module or "").split(".")
    if package != "publish":
        return set()
    whole = not inside or inside in ([name] for name in FORMATS)
    return {".".join((*inside, alias.name)) for alias in node.names} if whole else {".".join(inside)}


def test_imports_are_found_wherever_they_stand() -> None:
    text = """
from typing import TYPE_CHECKING
import publish.po
from publish import model, __version__
from publish.writers import web
from publish.readers.markdown import read
if TYPE_CHECKING:
    from publish import cli
def late():
    from publish.speech import narrate
"""
    assert imports(text) == {"po", "model", "__version__", "writers.web", "readers.markdown", "speech"}
    with pytest.raises(AssertionError, match="line 1: write the whole name"):
        imports("from . import model")


def test_every_module_that_is_listed_exists_once() -> None:
    listed = [name for names in LAYERS for name in names]

    assert sorted(listed) == sorted({top(path) for path in MODULES})


def test_a_module_that_is_not_listed_says_what_to_do() -> None:
    with pytest.raises(AssertionError, match=r"publish/novel\.py is in no layer; put it into LAYERS of this test"):
        layer("novel")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_its_own_layer_and_those_below(path: Path) -> None:
    own = layer(top(path))

    above = {name for name in imported(path) if name != "__version__" and layer(name.split(".")[0]) > own}

    assert above == set()


@pytest.mark.parametrize("folder", FORMATS)
def test_formats_and_engines_import_of_each_other_only_the_helpers_of_their_own_folder(folder: str) -> None:
    for path in sorted((PACKAGE / folder).glob("*.py")):
        helpers = f"{folder}._"
        others = {name for name in imported(path) if name.split(".")[0] in FORMATS and not name.startswith(helpers)}
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
