"""Every word that is said stands somewhere in print."""

from __future__ import annotations

import strategies
from hypothesis import given

from publish.diagnostics import NOWHERE
from publish.model import Paragraph, plain
from publish.script import Line, runs


@given(strategies.paragraphs())
def test_every_word_that_is_said_is_found_where_it_is_printed(paragraph: Paragraph) -> None:
    printed = plain(paragraph.parts)

    for run in runs(Line("p0", paragraph.parts, "en", "me", 0.0, NOWHERE)):
        at = 0
        for word in run.text.split(" "):
            origin = run.origin(at)
            assert printed[origin : origin + len(word)] == word
            at += len(word) + 1
