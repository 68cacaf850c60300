"""An invented workspace for tests of whole builds: two briefings, small enough to be built many times."""

from __future__ import annotations

from pathlib import Path

HEAVY = frozenset({
    "msgspec", "numpy", "jinja2", "lxml", "ebooklib", "yaml",
    "babel", "av", "rapidfuzz", "sentencex", "rich", "pebble",
})  # fmt: skip
"""What takes long to import, and so is imported by what needs it alone."""
SETTINGS = """\
title = "Spring briefings"
publisher = "Mill Lane Press Office"
languages = ["en", "fr"]
"""

FIRST = """\
---
title: First spring briefing
date: '2031-03-04'
source_url: https://example.org/spring/1
---

Mill Lane Hall

10:00 A.M. CET

MS. OKAFOR:  Good morning. The well is open again & safe.

We begin now. (Laughter.)

(A dog walks in.)

With that, Tom, go ahead.

Q    How much water may each family take on a single day?

MS. OKAFOR:  Twenty litres, for now.

Q    Thank you. And will the school stay open through the summer as well?

MR. VANCE:  It will. Thank you.
"""

SECOND = """\
---
title: Second spring briefing
date: '2031-03-11'
---

MS. OKAFOR:  Good morning again.

Q    Is the bridge finished, and who is going to pay for all of it?

MS. OKAFOR:  It is, and the town pays.
"""


def spring(root: Path) -> Path:
    """Write the workspace; its folder."""
    (root / "transcripts").mkdir(parents=True)
    (root / "series.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "transcripts" / "first.md").write_text(FIRST, encoding="utf-8")
    (root / "transcripts" / "second.md").write_text(SECOND, encoding="utf-8")
    return root


def edit(path: Path, old: str, new: str) -> None:
    """Replace words that are there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the manifest, which holds times."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in sorted(found.items()) if not name.startswith(".publish/")}
