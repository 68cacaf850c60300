"""What goes along with a catalogue to a translator: a page to look at, and what to do, in the translator's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from publish import messages
from publish.interface import SOURCE, Interface, interface
from publish.languages import direction
from publish.messages import has_tags
from publish.po import Entry
from publish.templates import scene

PAGE, README, GLOSSARY, MEMORY = "transcript.html", "README.txt", "glossary.csv", "memory.tmx"
_STYLE = """\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; }
h2 { font-size: 1rem; margin: 2rem 0 0; }
.pair { border-block-start: 1px solid GrayText; column-gap: 2rem; display: grid; padding-block: .5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
.pair p { margin: 0; overflow-wrap: anywhere; }
.state { font-style: italic; }
"""


# --- The page ---------------------------------------------------------------------------------------------------------


def page(entries: Iterable[Entry], source: str, language: str) -> str:
    """The messages in order, each turn under its speaker, with the translations that there are; one HTML file."""
    words = interface(language)
    lines = list(_lines(entries, words, source, language))
    title = next((_plain(entry) for entry in entries if (entry.context or "").endswith("/title")), PAGE)
    return (
        f'<!DOCTYPE html>\n<html lang="{words.language}" dir="{words.direction}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1{_in(source)}>{escape(title)}</h1>\n"
        f"{''.join(lines)}</main>\n</body>\n</html>\n"
    )


def _lines(entries: Iterable[Entry], words: Interface, source: str, language: str) -> Iterator[str]:
    before = ("", "")
    for entry in entries:
        if not entry.id or entry.obsolete:
            continue
        if (here := scene(entry)) != before and here[0]:
            yield f"<h2{_in(source)}>{escape(here[0].removeprefix('Speaker: '))}</h2>\n"
        before = here if here[0] else before
        id_ = (entry.context or "").rpartition("/")[2]
        at = f' id="{escape(id_)}"' if re.fullmatch(r"[\w.-]+", id_) and (entry.context or "").count("/") == 1 else ""
        yield (
            f'<div class="pair"{at}>\n<p{_in(source)}>{escape(_plain(entry))}</p>\n'
            f"{_translation(entry, words, language)}</div>\n"
        )


def _translation(entry: Entry, words: Interface, language: str) -> str:
    text = _plain(entry, entry.strings[0])
    missing, doubtful = words.gettext("Not translated yet"), words.gettext("To be looked at again")
    if not text.strip():
        return f'<p class="state">{escape(missing)}</p>\n'
    said = f"<p{_in(language)}>{escape(text)}</p>\n"
    return f'<div>{said}<p class="state">{escape(doubtful)}</p></div>\n' if entry.fuzzy else said


def _in(language: str) -> str:
    return f' lang="{escape(language)}" dir="{direction(language)}"'


def _plain(entry: Entry, text: str | None = None) -> str:
    """A message without its tags."""
    said = entry.id if text is None else text
    return messages.words(said) if has_tags(entry.id, entry.flags) else said


# --- What to do -------------------------------------------------------------------------------------------------------


def readme(title: str, names: Sequence[str], source: str, language: str) -> str:
    """What each file of the package is for, in the language that is translated into, and in English."""
    words = interface(language)
    said = [_told(title, names, words, (source, language))]
    if words.language != SOURCE:
        said.append(_told(title, names, interface(SOURCE), (source, language)))
    return "\n\n---\n\n".join(said) + "\n"


def _told(title: str, names: Sequence[str], words: Interface, languages: tuple[str, str]) -> str:
    source, target = map(words.language_name, languages)
    catalogue = next(name for name in names if name.endswith((".po", ".xlf")))
    about = {
        catalogue: words.gettext("what is to be translated. It is the only file that you have to send back."),
        PAGE: words.gettext("the transcript to read, with who speaks. Open it in a browser."),
        GLOSSARY: words.gettext("how terms are to be translated."),
        MEMORY: words.gettext(
            "translations of the same and of similar words in this series, for your translation tool."
        ),
    }
    paragraphs = [
        title,
        words.gettext("A transcript to be translated. From: {source}. Into: {target}.").format(
            source=source, target=target
        ),
        "\n".join(f"{name}: {what}" for name, what in about.items() if name in names),
        words.gettext(
            'Signs such as <em>…</em> or <a id="1">…</a> stand around words. Keep them, and put them around the words '
            "that mean the same; you may move them."
        ),
        words.gettext(
            "A translation that is marked as fuzzy counts as unfinished. Take the mark away when it is right."
        )
        if catalogue.endswith(".po")
        else words.gettext("A translation whose state is “initial” counts as unfinished. Confirm it when it is right."),
        words.gettext(
            "You may send back what you have, and the rest later. The transcript may be edited meanwhile: nothing that "
            "you wrote is lost."
        ),
    ]
    return "\n\n".join(paragraphs)
