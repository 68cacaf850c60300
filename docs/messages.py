"""Extracts the interface's words into publish/locales/publish.pot, and brings every catalogue up to date with them."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.extract import extract_from_dir

from publish import po, updating

PACKAGE = Path(__file__).parent.parent / "publish"
METHODS = [("**.py", "python"), ("theme/**.html", "jinja2")]
KEYWORDS = {
    "gettext": None,
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
    "counted": (1, 2),
    "_": None,
    "worded": None,
}


def extracted() -> list[po.Entry]:
    """Every message, by its words; places are left out, since they shift with each edit."""
    found: dict[tuple[str | None, str], po.Entry] = {}
    for _, _, message, comments, context in extract_from_dir(
        PACKAGE, METHODS, keywords=KEYWORDS, comment_tags=["Translators:"]
    ):
        ids = message if isinstance(message, tuple) else (message,)
        plural = ids[1] if len(ids) > 1 else None
        entry = po.Entry(
            id=ids[0], context=context, plural=plural, strings=("", "") if plural else ("",), extracted=tuple(comments)
        )
        found.setdefault(entry.key, entry)
    return sorted(found.values(), key=lambda entry: (entry.id.casefold(), entry.context or ""))


def main() -> None:
    """Write the template and the catalogues."""
    entries = extracted()
    fields = (
        "Project-Id-Version: publish",
        "POT-Creation-Date: 1980-01-01 00:00+0000",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
    )
    header = po.Entry(id="", strings=("".join(f"{field}\n" for field in fields),))
    template = po.serialise((header, *entries))
    (PACKAGE / "locales" / "publish.pot").write_text(template, encoding="utf-8")
    for path in sorted(PACKAGE.glob("locales/*/LC_MESSAGES/publish.po")):
        text = updating.updated(template, path.read_text("utf-8"), path.parent.parent.name, path.name, lambda _: None)
        path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(entries)} messages\n")


if __name__ == "__main__":
    main()
