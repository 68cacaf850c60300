"""Where the outputs stand, for those who write them and those who link to them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import quote

from publish.config import Settings

_LENGTH = 80


def book(language: str, briefing: str) -> str:
    """The book of one briefing in one language."""
    return f"{language}/{briefing}/{briefing}.epub"


def text_book(language: str, briefing: str) -> str:
    """The same without audio, whether the other has it or not."""
    return f"{language}/{briefing}/{briefing}-text.epub"


def bilingual_book(language: str, original: str, briefing: str) -> str:
    """The book of one briefing in a language, beside that of the original."""
    return f"{language}/{briefing}/{briefing}-{original}-{language}.epub"


def collection(language: str, settings: Settings) -> str:
    """The collection of the series in one language; its name is made of the title in the sources' language."""
    return f"{language}/{_slug(settings.title)}.epub"


def sound(turn: str, settings: Settings) -> str:
    """The sound of a turn, from the folder of its briefing."""
    return f"audio/{turn}.{settings.audio.format}"


def episode(language: str, briefing: str, suffix: str = "mp3") -> str:
    """The whole sound of one briefing in one language, or what goes with it: ``vtt``, ``chapters.json``, ``m4b``."""
    return f"{language}/{briefing}/{briefing}.{suffix}"


def volume(language: str, settings: Settings, name: str, suffix: str) -> str:
    """One of several audiobooks (``m4b``) or books (``epub``) that the series is divided in."""
    return f"{language}/{_slug(settings.title)}-{name}.{suffix}"


def translate(language: str) -> str:
    """The page for those who want to help, in one language."""
    return f"{language}/translate.html"


def feed(language: str) -> str:
    """The podcast feed of a language."""
    return f"{language}/feed.xml"


def opds(language: str, name: str = "") -> str:
    """A file of the catalogue for reading apps in a language; without a name, the one that it begins with."""
    return f"{language}/opds/{name}.json" if name else f"{language}/opds.json"


def cover(suffix: str) -> str:
    """The picture of the series, ``jpg`` or ``png``."""
    return f"cover.{suffix}"


def page(language: str, briefing: str) -> str:
    """The page of one briefing in one language."""
    return f"{language}/{briefing}/index.html"


def absolute(path: str, settings: Settings, fragment: str = "") -> str:
    """The address of an output on the site that it is made for; ``settings.site.url`` is not empty."""
    address = f"{settings.site.url.rstrip('/')}/{quote(path)}"
    return f"{address}#{quote(fragment)}" if fragment else address


def _slug(title: str) -> str:
    """The title in ``[a-z0-9-]``; a short hash of it, when nothing of it is left so; ``series`` without a title."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded)[:_LENGTH].strip("-")
    if not title.strip():
        return "series"
    return slug or f"series-{hashlib.blake2b(title.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"
