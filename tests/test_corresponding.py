"""A translation with marks of its own gives a message with the tags of the original, or with none."""

from __future__ import annotations

import pytest

from publish.messages import corresponding, translated, without_tags
from publish.model import Code, Deleted, Emphasis, Foreign, Inline, Link, PageBreak, Text, Vocal

BRIDGE = Link("https://river.example/bridge", (Text("the bridge"),))
TUNNEL = Link("https://river.example/tunnel", (Text("the tunnel"),))
PONT = Link("https://river.example/bridge", (Text("le pont"),))
TUNNEL_FR = Link("https://river.example/tunnel", (Text("le tunnel"),))
ELSEWHERE = Link("https://fleuve.example/pont", (Text("le pont"),))

Parts = tuple[Inline, ...]


@pytest.mark.parametrize(
    ("source", "translation", "expected"),
    [
        ((Text("One & two."),), (Text("Un & deux."),), "Un & deux."),
        (
            (BRIDGE, Text(" & "), TUNNEL),
            (TUNNEL_FR, Text(" & "), PONT),
            '<a id="2">le tunnel</a> &amp; <a id="1">le pont</a>',
        ),
        ((BRIDGE,), (ELSEWHERE,), '<a id="1">le pont</a>'),
        ((Text("Say "), Emphasis((Text("it"),))), (Emphasis((Text("Dites-le"),)), Text(".")), "<em>Dites-le</em>."),
        ((Vocal("(Laughter.)"),), (Vocal("(Rires.)", "vocal"),), "<v>(Rires.)</v>"),
        ((PageBreak("3"), Text("A.")), (Text("B "), PageBreak("3"), Text("C.")), 'B <x id="1"/>C.'),
        ((Text("A."),), (PageBreak("9"), Text("B.")), "B."),
        ((Text("A."),), (Deleted((Text("C."),)), Text("B.")), "B."),
        (
            (Foreign("la", (Text("sic"),)), Text("!")),
            (Foreign("la", (Text("sic"),)), Text(" !")),
            '<f id="1">sic</f> !',
        ),
    ],
)
def test_parts_that_correspond_become_the_tags_of_the_message(source: Parts, translation: Parts, expected: str) -> None:
    text = corresponding(translation, source)

    assert text == expected
    assert translated(expected, source)


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ((BRIDGE,), (Text("le pont"),)),
        ((Text("the bridge"),), (PONT,)),
        ((BRIDGE,), (PONT, TUNNEL_FR)),
        ((Emphasis((Text("now"),)),), (Emphasis((Text("maintenant"),), strong=True),)),
        ((Code("gauge()"),), (Vocal("(Rires.)"),)),
    ],
)
def test_parts_that_do_not_correspond_give_none(source: Parts, translation: Parts) -> None:
    assert corresponding(translation, source) is None


def test_words_alone_are_escaped_only_where_the_message_has_tags() -> None:
    assert without_tags((PONT, Text(" & <eau>")), (BRIDGE,)) == "le pont &amp; &lt;eau>"
    assert without_tags((PONT, Text(" & <eau>")), (Text("the bridge"),)) == "le pont & <eau>"
