"""Words on a page: messages of the interface and phrases from sources, each with its language, escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from markupsafe import Markup, escape

from publish.interface import Interface
from publish.languages import autonym, direction
from publish.model import Phrase

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Other(msgspec.Struct, frozen=True):
    """The same page in a language."""

    language: str
    name: str
    """The language's own."""
    address: str
    """Relative."""
    absolute: str
    """Empty when nobody knows where the pages will be served."""
    current: bool


class Words:
    """What one page, in one language, says."""

    def __init__(self, interface: Interface, language: str) -> None:
        """Of the page."""
        self.interface, self.language = interface, language

    def at(self, language: str) -> Markup:
        """Attributes, after a space, of an element in a language; none when the page is in it."""
        if language in ("", self.language):
            return Markup()
        return Markup(' lang="{}" dir="{}"').format(language, direction(language))

    def phrase(self, phrase: Phrase) -> Markup:
        """Words from a source, kept apart from those around them."""
        return Markup("<bdi{}>{}</bdi>").format(self.at(phrase.language), phrase.text)

    def fill(self, message: str, **values: str) -> Markup:
        """A message, already translated, with its placeholders filled in."""
        if self.interface.tongue(message) == self.language:
            return escape(message).format(**values)
        own = {
            key: Markup('<span lang="{}" dir="{}">{}</span>').format(*self._own, value) for key, value in values.items()
        }
        return self._spoken(message, escape(message).format(**own))

    def said(self, message: str) -> Markup:
        """A message, already translated, as the content of an element; marked where the interface lacks it."""
        return self._spoken(message, escape(message))

    def _spoken(self, message: str, words: Markup) -> Markup:
        language = self.at(self.interface.tongue(message))
        return Markup("<span{}>{}</span>").format(language, words) if language else words

    @property
    def _own(self) -> tuple[str, str]:
        return self.language, direction(self.language)

    def counted(self, singular: str, plural: str, number: int) -> Markup:
        """A message about ``{count}`` things, not yet translated."""
        message = self.interface.ngettext(singular, plural, number)
        return self._spoken(message, escape(message.replace("{count}", self.interface.number(number))))

    def join(self, items: Sequence[Markup]) -> Markup:
        """A list: "a, b and c"."""
        return escape(self.interface.join([f"{{{number}}}" for number in range(len(items))])).format(*items)

    def details(self, phrases: Iterable[Phrase]) -> Markup:
        """Phrases one after the other, as they stand behind a name."""
        found = Markup()
        for phrase in phrases:
            detail = self.phrase(phrase)
            message = self.interface.gettext("{name}, {detail}")
            found = self.fill(message, name=found, detail=detail) if found else detail
        return found

    def values(self, address: str, languages: Sequence[str], site: str) -> dict[str, object]:
        """What every template is given. ``address`` is the page's, from the root, with ``{}`` for the language."""
        root = "../" * address.count("/")
        return {
            "_": self.interface.gettext,
            "worded": lambda message: self.said(self.interface.gettext(message)),
            "at": self.at,
            "language": self.language,
            "direction": direction(self.language),
            "root": root,
            "player": [],
            "feeds": [],
            "catalogues": [],
            "canonical": f"{site.rstrip('/')}/{address.format(self.language)}" if site else "",
            "languages": [
                Other(
                    tag,
                    autonym(tag),
                    f"{root}{address.format(tag)}",
                    f"{site.rstrip('/')}/{address.format(tag)}" if site else "",
                    tag == self.language,
                )
                for tag in languages
            ]
            if len(languages) > 1
            else [],
        }


def line(*texts: str) -> str:
    """A title or a description, of those texts that are not empty.

    It has one line, and no signs that would turn the direction of all that follows: nothing there keeps words apart.
    """
    folded = (" ".join("".join(sign for sign in text if sign not in _TURNING).split()) for text in texts)
    return " – ".join(text for text in folded if text)
