"""Themes of a workspace's own, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import shelf, source, work
from small import small_edition

from publish.diagnostics import InputError
from publish.writers import web


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    folder = tmp_path / "theme"
    folder.mkdir()
    return folder


def test_a_theme_of_ones_own_comes_before_the_packages(theme: Path) -> None:
    (theme / "briefing.html").write_text(
        '{% extends "base.html" %}{% block main %}<p>Mine: {{ heading.text }}</p>{% endblock %}'
    )
    (theme / "publish.css").write_text("p { color: red }")
    (theme / "player.js").write_text("// mine")
    (theme / "fonts").mkdir()
    (theme / "fonts" / "a.woff2").write_bytes(b"font")

    assert "<p>Mine: River briefing, 2 April</p>" in source(work(small_edition(), theme=theme))
    files = {file.path: file.content for file in web.series_files(shelf([small_edition()], theme=theme))}
    assert files["theme/publish.css"] == b"p { color: red }"
    assert files["theme/player.js"] == b"// mine"
    assert files["theme/fonts/a.woff2"] == b"font"
    assert not any(path.startswith("theme/") and path.endswith(".html") for path in files)


def test_a_theme_gives_nothing_from_outside_of_its_folder(theme: Path) -> None:
    (theme.parent / "secret.txt").write_text("secret")
    (theme / "innocent.txt").symlink_to(theme.parent / "secret.txt")

    assert "theme/innocent.txt" not in [file.path for file in web.series_files(shelf([small_edition()], theme=theme))]


@pytest.mark.parametrize(
    ("template", "line", "words"),
    [
        ("<p>\n{% if %}", 2, "Expected an expression"),
        ("<p>\n\n{{ nothing }}", 3, "'nothing' is undefined"),
        ("{{ heading.nothing }}", 1, "nothing"),
        ('\n{% include "other.html" %}', 2, "other.html"),
        ("{{ 1 + title }}", 1, "unsupported operand"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ 1 // 0 }}", 1, "zero"),
    ],
)
def test_a_broken_template_is_named_with_its_line(theme: Path, template: str, line: int, words: str) -> None:
    (theme / "briefing.html").write_text(template)

    with pytest.raises(InputError) as refused:
        source(work(small_edition(), theme=theme))
    assert str(refused.value).startswith(f"error H001 theme/briefing.html:{line}: ")
    assert words in str(refused.value)


def test_a_template_that_is_not_utf_8_is_named(theme: Path) -> None:
    (theme / "briefing.html").write_bytes(b"<p>caf\xe9")

    with pytest.raises(InputError, match=r"H001 theme/briefing.html"):
        source(work(small_edition(), theme=theme))
