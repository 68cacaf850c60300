"""Where books stand among the outputs, for those who write them and those who link to them."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from publish.config import Settings

_LENGTH = 80


def book(language: str, briefing: str) -> str:
    """The book of one briefing in one language."""
    return f"{language}/{briefing}/{briefing}.epub"


def collection(language: str, settings: Settings) -> str:
    """The collection of the series in one language; its name is made of the title in the sources' language."""
    return f"{language}/{_slug(settings.title)}.epub"


def _slug(title: str) -> str:
    """The title in ``[a-z0-9-]``; a short hash of it, when nothing of it is left so; ``series`` without a title."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded)[:_LENGTH].strip("-")
    if not title.strip():
        return "series"
    return slug or f"series-{hashlib.blake2b(title.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"
