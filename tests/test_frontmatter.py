"""Front matter apart from any reader."""

from __future__ import annotations

from publish.frontmatter import front_matter
from publish.work import Source


def test_keys_have_their_lines_and_the_fences_are_counted() -> None:
    front = front_matter(Source("a.md", "---\n# a comment\ntitle: A\n\nlist:\n- b\n...\nwords"))

    assert front.places == {"title": 3, "list": 5}
    assert front.lines == 7
    assert front.fields == {"title": "A", "list": ["b"]}


def test_a_text_without_front_matter_has_none() -> None:
    assert front_matter(Source("a.md", "words\n---\n")).lines == 0


def test_the_first_key_that_holds_a_text_is_taken_once() -> None:
    front = front_matter(Source("a.md", "---\nvenue: ''\nlocation: Hall\nplace: [a]\n---\n"))

    assert front.take("venue", "location", "place") == "Hall"
    assert front.take("venue", "location", "place") == ""
    assert front.fields == {"venue": "", "place": ["a"]}
