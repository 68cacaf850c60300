"""YAML front matter, in which every scalar is text.

Built from the parser's events and not from its objects: there are no aliases and no tags, so nothing can grow and
nothing can be made but texts, lists and tables; and every refusal has its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec
import yaml

from publish.diagnostics import Place, refuse
from publish.inlines import folded
from publish.work import Source

_FENCE = re.compile(r"---[^\S\n]*")
_END = re.compile(r"^(?:---|\.\.\.)[^\S\n]*$", re.MULTILINE)
_LIMIT = 200_000
"""Characters of front matter; far above any, and far below what a hostile one needs."""
_DEPTH = 12
"""Tables and lists in one another."""
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class FrontMatter(msgspec.Struct):
    """What stands above a transcript. Readers take from ``fields`` what they know; the rest is the briefing's extra."""

    fields: dict[str, Any]
    """Texts with white space folded, lists and tables of them."""
    lines: int
    """How many lines of the file it takes, with its fences; 0: there is none."""
    places: dict[str, int]
    """The line of each key."""

    def take(self, *keys: str) -> str:
        """The text of the first of ``keys`` that holds one; it is gone from ``fields`` then."""
        for key in keys:
            if isinstance(value := self.fields.get(key), str) and value:
                return str(self.fields.pop(key))
        return ""


def front_matter(source: Source) -> FrontMatter:
    """The front matter of a source, which may have none.

    Raises:
        InputError: It has no end, or is not a YAML table of texts, lists and tables; with the line.
    """
    first, _, rest = source.text.partition("\n")
    if not _FENCE.fullmatch(first):
        return FrontMatter({}, 0, {})
    end = _END.search(rest, 0, _LIMIT)
    if end is None:
        refuse("R002", "the front matter has no end; close it with a line `---`", Place(source.file, 1))
    reading = _Reading(source.file)
    tree = reading.tree(rest[: end.start()])
    return FrontMatter(tree, rest.count("\n", 0, end.end()) + 2, reading.places)


class _Reading:
    """Builds the tree from events, with a stack of its own."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.places: dict[str, int] = {}

    def tree(self, text: str) -> dict[str, Any]:
        try:
            events = self._events(text)
            root = self._value(next(events, None), events, 0)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
            self._refuse(f"is not YAML: {problem}", mark)
        if root is not None and not isinstance(root, dict):
            self._refuse("is no list of `key: value`", None)
        return root or {}

    def _events(self, text: str) -> Iterator[yaml.Event]:
        """What stands in the document, without what only frames it."""
        frames = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)
        for event in yaml.parse(text, _LOADER):
            if not isinstance(event, frames):
                yield event

    def _value(self, event: yaml.Event | None, events: Iterator[yaml.Event], depth: int) -> Any:  # noqa: ANN401  # YAML
        if event is None:
            return None
        self._harmless(event, depth)
        match event:
            case yaml.ScalarEvent():
                return folded(event.value).strip()
            case yaml.SequenceStartEvent():
                return [self._value(of, events, depth + 1) for of in _until(events, yaml.SequenceEndEvent)]
            case _:
                return dict(self._pairs(events, depth + 1))

    def _pairs(self, events: Iterator[yaml.Event], depth: int) -> Iterator[tuple[str, Any]]:
        seen = set()
        for event in _until(events, yaml.MappingEndEvent):
            self._harmless(event, depth)
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse("has a key that is no text", event.start_mark)
            key = folded(event.value).strip()
            if key in seen:
                self._refuse(f"has the key {key!r} twice", event.start_mark)
            seen.add(key)
            if depth == 1:
                self.places[key] = _line(event.start_mark)
            yield key, self._value(next(events), events, depth)

    def _harmless(self, event: yaml.Event, depth: int) -> None:
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._refuse(
                "has an anchor or an alias (& or *), which is not read; write the text itself, in quotes", mark
            )
        if getattr(event, "tag", None) not in {None, "!"}:
            self._refuse("has a tag (!), which is not read; write the text in quotes", mark)
        if depth > _DEPTH:
            self._refuse("is nested too deeply", mark)

    def _refuse(self, what: str, mark: Any) -> NoReturn:  # noqa: ANN401  # two types of marks, by parser
        action = "" if ";" in what else "; mend this line"
        refuse("R002", f"the front matter {what}{action}", Place(self._file, _line(mark)))


def _line(mark: Any) -> int:  # noqa: ANN401  # as above
    """In the file, in which the front matter begins with the second line."""
    return mark.line + 2 if mark else 2


def _until(events: Iterator[yaml.Event], end: type[yaml.Event]) -> Iterator[yaml.Event]:
    for event in events:
        if isinstance(event, end):
            return
        yield event
