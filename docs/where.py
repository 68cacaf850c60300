"""Prints where the four outputs of this repository's sample lie; `make` ends with it."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHOWN = (
    ("page", "outputs/index.html", "open it in a browser"),
    ("book", "outputs/en/*/*.epub", "open it in a reading system that plays media overlays"),
    ("catalogue", "locales/fr/LC_MESSAGES/*.po", "open it with Poedit or a text editor"),
    ("sound", "outputs/en/*/*.mp3", "play it; it has chapters"),
)

for name, pattern, advice in SHOWN:
    found = sorted(ROOT.glob(pattern))
    if found:
        sys.stdout.write(f"{name:>10}: {found[0].relative_to(ROOT)}  ({advice})\n")
sys.stdout.write("      more: .venv/bin/publish serve\n")
