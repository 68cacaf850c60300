"""Languages: BCP 47 tags, the folders gettext keeps them in, their scripts' direction, and what is known of each.

Tags are canonical everywhere inside the project; only folder names in ``locales/`` have gettext's form.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from babel import Locale

_RTL = frozenset(["Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"])
"""Scripts written from right to left that a living language uses (ISO 15924)."""
_FOLDERS = {
    "zh-CN": "zh-Hans",
    "zh-SG": "zh-Hans",
    "zh-Hans-CN": "zh-Hans",
    "zh-TW": "zh-Hant",
    "zh-Hant-TW": "zh-Hant",
    "zh-HK": "zh-Hant-HK",
    "zh-MO": "zh-Hant-MO",
    "no": "nb",
    "no-NO": "nb",
    "nb-NO": "nb",
    "nn-NO": "nn",
    "ca-ES-valencia": "ca-valencia",
}
"""Names that translation tools give the folders of one language; Weblate's aliases among them."""
_MODIFIERS = {"latin": "Latn", "cyrillic": "Cyrl", "arabic": "Arab", "devanagari": "Deva"}
"""gettext's ``@modifier`` that is a script in BCP 47; any other is a variant, or private."""
NO_LANGUAGE = frozenset({"mul", "und", "zxx"})
"""Tags that name no language."""
_PRIVATE = frozenset({"formal", "informal"})
"""Modifiers of translation tools for which BCP 47 has no word."""
_VARIANT = re.compile(r"[a-z0-9]{5,8}|\d[a-z0-9]{3}")
"""RFC 5646, 2.1."""


@cache
def canonical(tag: str) -> str:
    """The canonical form of a BCP 47 tag: ``pt-br`` is ``pt-BR``, ``iw`` is ``he``, ``zh-cmn-Hans`` is ``zh-Hans``.

    Raises:
        ValueError: It is no tag; the text of the error is a clause in plain words.
    """
    from langcodes import Language, standardize_tag  # noqa: PLC0415  # its data takes 60 ms to read
    from langcodes.tag_parser import LanguageTagError  # noqa: PLC0415

    if not re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", tag) or len(tag) > 60:  # noqa: PLR2004  # far above any
        raise ValueError("a tag is letters and digits joined by hyphens")
    try:
        found = standardize_tag(tag)
        Language.get(found)
    except LanguageTagError as error:
        raise ValueError(str(error).partition("\n")[0]) from error
    return found


@cache
def direction(tag: str) -> Literal["ltr", "rtl"]:
    """In which direction the language's script is written."""
    from langcodes import Language  # noqa: PLC0415

    return "rtl" if (Language.get(tag).maximize().script or "") in _RTL else "ltr"


@cache
def autonym(tag: str) -> str:
    """The language's own name for itself, by CLDR; the tag where there is none."""
    locale = babel_locale(tag)
    if tag.endswith(("-XA", "-XB")):  # made up, of English
        return f"English ({tag})"
    return name(tag, locale) if locale else tag


def name(tag: str, locale: Locale) -> str:
    """The name of a language in another one, with what CLDR's locales lack: variants, and what is private."""
    found = babel_locale(tag)
    words = found.get_display_name(locale) if found else None
    if not found or not words:
        return tag
    known = {part.casefold() for part in (found.language, found.script, found.territory, found.variant) if part}
    lost = [part for part in tag.split("-")[1:] if len(part) > 1 and part.casefold() not in known]
    named = [str(locale.variants.get(part.upper(), part)) for part in lost if not _implied(part, tag)]
    if not named:
        return str(words)
    return f"{words[:-1]}, {', '.join(named)})" if words.endswith(")") else f"{words} ({', '.join(named)})"


def _implied(part: str, tag: str) -> bool:
    """Whether a script or a region is only what the language has without saying so."""
    from langcodes import Language  # noqa: PLC0415

    likely = Language.get(tag.split("-", maxsplit=1)[0]).maximize()
    return part in {likely.script, likely.territory}


@cache
def alpha3(tag: str) -> str:
    """The language's code of three letters (ISO 639-2, terminology), as tags of sound files want it; else ``und``."""
    from langcodes import Language  # noqa: PLC0415

    try:
        return Language.get(tag).to_alpha3()
    except LookupError:
        return "und"


@cache
def babel_locale(tag: str) -> Locale | None:
    """CLDR's locale for a tag, without what CLDR does not know of it; None when it does not know the language."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    if tag.split("-", maxsplit=1)[0] in NO_LANGUAGE:
        return None  # Babel takes ``und`` for American English
    for candidate in chain(tag):
        try:
            found = Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
        # Babel drops in silence what it does not know: ``ja-Latn`` would be written in Japanese letters.
        if same_language(tag, "-".join(filter(None, (found.language, found.script, found.territory)))):
            return found
    return None


def chain(tag: str) -> tuple[str, ...]:
    """The tag, then the tag with less and less: where to look for what is known of a language."""
    parts = tag.split("-")
    return tuple("-".join(parts[:length]) for length in range(len(parts), 0, -1) if len(parts[length - 1]) > 1)


@cache
def fallbacks(tag: str) -> tuple[str, ...]:
    """Where to look for a translation, in order: the tag, the same in other words, then what is more general.

    ``pt-BR`` is asked in ``pt`` too, ``es-MX`` in ``es-419`` and ``es`` (CLDR's parents of locales), ``zh-TW`` in
    ``zh-Hant``; but never in another script, so ``sr-Latn`` is not asked in ``sr``, nor ``zh-Hant`` in ``zh``.
    """
    if tag.split("-", maxsplit=1)[0] in NO_LANGUAGE:
        return (tag,)
    found = list(dict.fromkeys((tag, *(_FOLDERS.get(form, form) for form in (tag, *_same(tag))), *_same(tag))))
    for general in (one for form in tuple(found) for one in _parents(form)):
        if general not in found and same_language(tag, general):
            found.append(general)
    return tuple(found)


def _same(tag: str) -> list[str]:
    """The tag with its likely script and region, or without them (CLDR's likely subtags)."""
    from langcodes import Language  # noqa: PLC0415

    full = Language.get(tag).maximize()
    rest = [*(full.variants or ()), *(full.extensions or ()), *([full.private] if full.private else ())]
    forms = ((full.script, full.territory), (None, full.territory), (full.script, None), (None, None))
    found = ["-".join(filter(None, (full.language, *form, *rest))) for form in forms]
    return [form for form in found if form != tag and Language.get(form).maximize() == full]


def _parents(tag: str) -> Iterator[str]:
    from babel.core import get_global  # noqa: PLC0415

    exceptions = get_global("parent_exceptions")
    while True:
        general = exceptions.get(tag.replace("-", "_"), "").replace("_", "-") or "".join(chain(tag)[1:2])
        if general in {"", "root"}:
            return
        yield (tag := general)


def same_language(one: str, other: str) -> bool:
    """Whether two tags name one language in one script, so that a reader of one reads the other."""
    from langcodes import Language  # noqa: PLC0415

    if one == other:
        return True
    first, second = Language.get(one).maximize(), Language.get(other).maximize()
    return (first.language, first.script) == (second.language, second.script)


def folder(tag: str) -> str:
    """Gettext's name for the language's folder: ``zh-Hans`` is ``zh_Hans``, ``ca-valencia`` is ``ca@valencia``.

    What gettext has no place for stands behind the ``@`` too, so that every tag has a folder, and every folder its tag.
    """
    parts = tag.split("-")
    special = next((place for place, part in enumerate(parts) if place and len(part) == 1), len(parts))
    variant = next((place for place in range(1, special) if _VARIANT.fullmatch(parts[place])), special)
    rest = parts[variant:]
    if rest[:1] == ["x"] and set(rest[1:]) <= _PRIVATE:
        rest = rest[1:]
    return "_".join(parts[:variant]) + (f"@{'_'.join(rest)}" if rest else "")


def from_folder(name: str) -> str:
    """The tag of a folder in ``locales/``, by any of the names that translation tools give it.

    Raises:
        ValueError: It is the name of no language.
    """
    base, _, modifier = name.partition("@")
    tag = base.partition(".")[0].replace("_", "-")
    if script := _MODIFIERS.get(modifier.lower()):
        language, _, rest = tag.partition("-")
        tag = "-".join(filter(None, (language, script, rest)))
    elif modifier in _PRIVATE:
        tag = f"{tag}-x-{modifier}"
    elif modifier:
        tag = f"{tag}-{modifier.replace('_', '-')}"
    found = canonical(tag)
    return _FOLDERS.get(found, found)


_NAMED = re.compile(r"\.([a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3})$")
"""What a file's name ends with, without its suffix, when it tells a language."""


def named(stem: str) -> str:
    """The language that the name of a file ends with, as in ``april.es`` and ``april.zh_Hans``; empty: it names none.

    Only what CLDR knows, written as languages are: ``april.new`` and ``april.fin`` name none.
    """
    found = _NAMED.search(stem)
    if not found:
        return ""
    said = found[1].replace("_", "-")
    try:
        tag = canonical(said)
    except ValueError:
        return ""
    return tag if tag.partition("-")[0] == said.partition("-")[0] and babel_locale(tag) else ""


def kept(tag: str) -> str:
    """The tag of the catalogue that a language is kept in: of ``zh-CN`` it is that of ``zh-Hans``."""
    return from_folder(folder(tag))


# --- What is known of a language --------------------------------------------------------------------------------------


class Cues(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Words of a language that tell where a question begins and where a sentence does not end."""

    hand_overs: tuple[str, ...] = ()
    """What a speaker ends with who gives the word to somebody: "go ahead". Small letters."""
    greetings: tuple[str, ...] = ()
    """What a questioner begins with: "thank you", "good morning". Small letters."""
    fillers: tuple[str, ...] = ()
    """What a heading is better without: "and", "so", "thanks". Small letters.

    One with a comma is left out only before a mark: "No, …", but not "No one …"."""
    interjections: tuple[str, ...] = ()
    """Words that stand alone and are no name: "yeah", "okay". Small letters."""
    abbreviations: tuple[str, ...] = ()
    """What ends with a full stop and no sentence: "Mr.", "No."."""
    noises: tuple[str, ...] = ()
    """What transcripts write in brackets for what was heard or done: "laughter". Small letters."""
    gaps: tuple[str, ...] = ()
    """What they write for what nobody could make out: "inaudible". Small letters."""
    joins: tuple[str, ...] = ()
    """What a question that goes on with the one before begins with: "and", "but". Small letters."""
    women: tuple[str, ...] = ()
    """Titles that only women have, before the name, in Chinese behind it. Small letters, no full stops."""
    men: tuple[str, ...] = ()
    """Titles that only men have."""
    reference: str = ""
    """A few sentences with most of its sounds, as they come in a briefing: how loud a voice is, is told by them."""


@cache
def cues(tag: str) -> Cues:
    """What is known of a language; empty for one of which nothing is."""
    for name in chain(tag):
        data = files("publish").joinpath("data", f"{name}.toml")
        if data.is_file():
            return msgspec.convert(tomllib.loads(data.read_text("utf-8")), Cues)
    return Cues()
