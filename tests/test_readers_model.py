"""The model as JSON, read strictly: every refusal names the path in the document, or the line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from small import small_briefing

from publish import document, plugins
from publish.config import Settings
from publish.diagnostics import InputError
from publish.model import Briefing, Series
from publish.work import Source

Tree = dict[str, Any]


def read(text: str, name: str = "a") -> Briefing:
    source = Source("transcripts/a.json", text)
    return plugins.reader_for(source).read(name, (source,), Settings(), lambda finding: pytest.fail(str(finding)))


def tree() -> Tree:
    found: Tree = json.loads(document.encode(small_briefing()))
    return found


def refused(text: str) -> str:
    with pytest.raises(InputError) as error:
        read(text)
    assert error.value.diagnostic.place.file == "transcripts/a.json"
    return str(error.value)


def test_a_document_is_read_again_under_the_name_of_its_file() -> None:
    assert read(document.encode(small_briefing()).decode(), "b") == msgspec.structs.replace(small_briefing(), name="b")


def test_a_document_is_indented_text_with_a_line_end() -> None:
    text = document.encode(small_briefing()).decode()

    assert text.startswith('{\n "publish": 1,\n "briefing": {\n')
    assert text.endswith("}\n")


def _set(path: str, value: object) -> Callable[[Tree], None]:
    keys = [int(key) if key.isdigit() else key for key in path.split(".")]

    def change(tree: Tree) -> None:
        at: Any = tree
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("briefing.turns.0.paragraphs", [], "$.briefing.turns[0]"),
        ("briefing.turns.0.paragraphs.0.parts", [], "$.briefing.turns[0].paragraphs[0]"),
        ("briefing.turns.0.paragraphs.0.parts.0.text", "a\x07", "$.briefing.turns[0].paragraphs[0].parts[0]"),
        ("briefing.turns.0.paragraphs.0.parts.0.text", "a  b", "$.briefing.turns[0].paragraphs[0].parts[0]"),
        ("briefing.turns.0.paragraphs.0.parts.0.text", "", "$.briefing.turns[0].paragraphs[0].parts[0]"),
        ("briefing.turns.0.paragraphs.0.parts.0.text", 7, "$.briefing.turns[0].paragraphs[0].parts[0].text"),
        ("briefing.turns.0.paragraphs.0.parts.0.type", "shout", "$.briefing.turns[0].paragraphs[0].parts[0].type"),
        ("briefing.turns.0.paragraphs.0.level", 7, "$.briefing.turns[0].paragraphs[0].level"),
        ("briefing.turns.0.paragraphs.0.language", "no tag", "$.briefing.turns[0].paragraphs[0].language"),
        ("briefing.turns.0.speaker", "nobody", "$.briefing.turns[0]"),
        ("briefing.turns.1.continued", True, "$.briefing.turns[1]"),
        ("briefing.turns.0.label", "a\nb", "$.briefing.turns[0].label"),
        ("briefing.participants.1.speaker", "mara-lindqvist", "$.briefing.participants[1]"),
        ("briefing.participants.1.kind", "robot", "$.briefing.participants[1].kind"),
        ("briefing.title", "a\x7fb", "$.briefing.title"),
        ("briefing.date", "2031-13-01", "$.briefing.date"),
        ("briefing.status", "soon", "$.briefing.status"),
        ("briefing.language", "x!", "$.briefing.language"),
        ("briefing.extra", {"a": {"b": [1]}}, "$.briefing.extra.a.b[0]"),
        ("briefing.unknown", 1, "$.briefing"),
    ],
)
def test_what_the_model_cannot_hold_is_refused_with_its_path(path: str, value: object, named: str) -> None:
    found = tree()
    _set(path, value)(found)

    assert f"at {named}" in refused(json.dumps(found))


def test_what_is_no_json_is_refused_with_its_line() -> None:
    assert "transcripts/a.json:2: " in refused('{"publish": 1,\n "briefing": {]\n}')


@pytest.mark.parametrize("text", ['{"publish": 2}', '{"publish": 1}', '{"publish": 1, "briefing": null}', "{}", "{"])
def test_what_is_no_document_is_refused(text: str) -> None:
    assert "R019" in refused(text)


def test_a_document_of_several_briefings_is_refused_with_what_divides_it() -> None:
    series = Series("S", (small_briefing(), small_briefing()))

    assert "`publish new" in refused(document.encode(series).decode())


def test_a_series_of_one_briefing_is_read() -> None:
    assert read(document.encode(Series("S", (small_briefing(),))).decode()).turns == small_briefing().turns


@pytest.mark.parametrize("depth", [20, 300, 900, 5_000, 100_000])
def test_parts_and_values_nested_without_end_are_refused(depth: int) -> None:
    base = tree()
    base["briefing"]["extra"] = "EXTRA"
    base["briefing"]["turns"][0]["paragraphs"][0]["parts"] = ["PARTS"]
    text = json.dumps(base)
    parts = '{"type":"emphasis","parts":[' * depth + '{"type":"text","text":"x"}' + "]}" * depth
    flat = '{"type":"text","text":"x"}'

    assert "nested too deeply" in refused(text.replace('"PARTS"', parts).replace('"EXTRA"', "{}"))
    lists = '{"a":' + "[" * depth + "]" * depth + "}"
    assert "nested too deeply" in refused(text.replace('"PARTS"', flat).replace('"EXTRA"', lists))


def test_several_files_are_no_briefing() -> None:
    text = document.encode(small_briefing()).decode()
    pages = (Source("transcripts/a/1.json", text), Source("transcripts/a/2.json", text))

    with pytest.raises(InputError, match="one file"):
        plugins.reader("model").read("a", pages, Settings(), lambda _: None)
