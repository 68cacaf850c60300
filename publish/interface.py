"""The tool's own words in the language of an edition: "Skip to transcript", names of roles, dates, numbers.

They are gettext messages in ``publish/locales/``, read from the PO files as they are: adding a language is adding one
file. English is the source, and what another language lacks falls back along its chain, and then to English.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date as Date  # noqa: N812  # a class, as its name says
from functools import cache
from gettext import c2py
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from publish import po
from publish.languages import autonym, babel_locale, direction, fallbacks, folder, from_folder, name
from publish.model import Phrase, Role
from publish.pseudo import changed, is_pseudo

SOURCE = "en"
"""The language that the messages are written in."""


def languages() -> tuple[str, ...]:
    """The languages that there are words in, English first."""
    folders = files("publish").joinpath("locales").iterdir()
    found = (from_folder(one.name) for one in folders if one.joinpath("LC_MESSAGES", "publish.po").is_file())
    return (SOURCE, *sorted(found))


def doubt(language: str) -> str:
    """What the catalogue of a language says against itself, in its field ``X-Review``; empty: nothing.

    A person who has reviewed it takes the field out, and signs in ``Last-Translator``.
    """
    if language == SOURCE:
        return ""
    return po.parse(_catalogue(language).read_bytes(), language).header.get("X-Review", "")


def _catalogue(language: str) -> Traversable:
    return files("publish").joinpath("locales", folder(language), "LC_MESSAGES", "publish.po")


class Interface:
    """The words of one language; of English, where the language has none."""

    def __init__(self, language: str) -> None:
        """Read the catalogues of the language's chain; there may be none."""
        self._messages: dict[tuple[str | None, str], tuple[str, ...]] = {}
        self._plural: Callable[[int], int] = _germanic
        self._missed: set[str] = set()
        """Messages that were asked for and are not in the catalogues."""
        for tag in reversed(fallbacks(language)):
            self._read(tag)
        self.language = language if self._messages or SOURCE in fallbacks(language) else SOURCE
        self.direction: Literal["ltr", "rtl"] = direction(self.language)
        self._locale: Any = babel_locale(self.language) or babel_locale(SOURCE)
        self._asked = language
        self._own: Any = babel_locale(language) or self._locale
        """How the language itself writes what has no words around it, whether there are words in it or not."""

    def _read(self, tag: str) -> None:
        data = _catalogue(tag)
        if not data.is_file():
            return
        found = po.parse(data.read_bytes(), f"publish/locales/{folder(tag)}")
        self._messages.update((entry.key, entry.strings) for entry in found.entries if entry.id and entry.translated)
        forms = found.header.get("Plural-Forms", "")
        if "plural=" in forms:
            self._plural = c2py(forms.partition("plural=")[2].strip().rstrip(";"))

    def gettext(self, message: str) -> str:
        """The message in this language."""
        return self._found(None, message)

    def pgettext(self, context: str, message: str) -> str:
        """The message in this language, where it means what ``context`` says."""
        return self._found(context, message)

    def _found(self, context: str | None, message: str) -> str:
        strings = self._messages.get((context, message))
        if strings is None:
            self._missed.add(message)
            return message
        return strings[0]

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The form of the message for a number of things."""
        strings = self._messages.get((None, singular))
        if strings is None:
            self._missed.update((singular, plural))
            return singular if count == 1 else plural
        return strings[min(self._plural(count), len(strings) - 1)]

    def tongue(self, text: str) -> str:
        """The language of a message as it was given, its placeholders not filled in: English, where it is missing."""
        if text not in self._missed or SOURCE in fallbacks(self.language):
            return self.language
        words = any(sign.isalpha() for sign in re.sub(r"\{\w*\}", "", text))
        return SOURCE if words else self.language

    def phrase(self, text: str) -> Phrase:
        """A message as it was given, with its language."""
        return Phrase(text, self.tongue(text))

    def role(self, role: Role) -> str:
        """The name of a role; empty when it is not known."""
        names = {
            "moderator": self.pgettext("role", "Moderator"),
            "official": self.pgettext("role", "Official"),
            "journalist": self.pgettext("role", "Journalist"),
            "interpreter": self.pgettext("role", "Interpreter"),
            "audience": self.pgettext("role", "Audience"),
            "": "",
        }
        return names[role]

    def date(self, iso: str) -> str:
        """A day as the language writes it in full: "28 mars 2020"; what is no ISO 8601 date as it is."""
        return _in_full(iso, self._locale)

    def day(self, iso: str) -> Phrase:
        """A day that stands alone, as the language itself writes it, where CLDR knows that."""
        if self.language == self._asked or self._own is self._locale:
            return Phrase(self.date(iso), self.language)
        said = _in_full(iso, self._own)
        known = said != iso and not _NAMELESS.search(said)
        return Phrase(said, self._asked) if known else Phrase(self.date(iso), self.language)

    def month(self, iso: str) -> str:
        """A month of a year as the language writes it: "March 2020"; what is none as it is."""
        from babel.dates import format_skeleton  # noqa: PLC0415

        try:
            return str(format_skeleton("yMMMM", Date.fromisoformat(f"{iso[:7]}-01"), locale=self._locale))
        except ValueError:
            return iso

    def number(self, value: float) -> str:
        """A number, grouped as the language does it."""
        from babel.numbers import format_decimal  # noqa: PLC0415

        return format_decimal(value, locale=self._locale)

    def percent(self, share: float) -> str:
        """A share of 1 in whole per cent; never 100 % of what is not complete."""
        from babel.numbers import format_percent  # noqa: PLC0415

        return format_percent(min(round(share, 2), 0.99) if share < 1 else 1, locale=self._locale)

    def duration(self, seconds: float) -> str:
        """A length of time, to the minute: "12 min", "1 h 3 min"."""
        hours, minutes = divmod(max(1, round(seconds / 60)), 60)
        if not hours:
            return self.gettext("{minutes} min").format(minutes=self.number(minutes))
        return self.gettext("{hours} h {minutes} min").format(hours=self.number(hours), minutes=self.number(minutes))

    def language_name(self, tag: str) -> str:
        """The name of another language in this one; its own name for itself where this one has none."""
        found = name(tag, self._locale)
        return autonym(tag) if found == tag else found

    def join(self, parts: list[str]) -> str:
        """A list as the language writes it: "a, b and c"."""
        from babel.lists import format_list  # noqa: PLC0415

        return str(format_list(parts, locale=self._own))


_NAMELESS = re.compile(r"\bM\d\d\b")
"""What CLDR puts for a month whose name it does not know."""


def _in_full(iso: str, locale: Any) -> str:  # noqa: ANN401  # Babel has no types
    from babel.dates import format_date  # noqa: PLC0415  # Babel's dates take 30 ms to import

    try:
        return format_date(Date.fromisoformat(iso[:10]), "long", locale=locale)
    except ValueError:
        return iso


def _germanic(count: int) -> int:
    return int(count != 1)


class _Pseudo(Interface):
    """English words as an edition in no language has them."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._tag = self.language = language
        self.direction = direction(language)
        self._messages = {}

    def gettext(self, message: str) -> str:
        return changed(message, self._tag)

    def pgettext(self, context: str, message: str) -> str:
        del context
        return changed(message, self._tag)

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return changed(singular if count == 1 else plural, self._tag)

    def date(self, iso: str) -> str:
        return changed(super().date(iso), self._tag)

    def month(self, iso: str) -> str:
        return changed(super().month(iso), self._tag)

    def language_name(self, tag: str) -> str:
        return changed(super().language_name(tag), self._tag)

    def join(self, parts: list[str]) -> str:
        template = changed(super().join([f"{{p{number}}}" for number in range(len(parts))]), self._tag)
        return re.sub(r"\{p(\d+)\}", lambda found: parts[int(found[1])], template)


@cache
def interface(language: str) -> Interface:
    """The words of a language, read once."""
    return _Pseudo(language) if is_pseudo(language) else Interface(language)
