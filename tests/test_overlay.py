"""Overlays: clock values, rounding, writing and reading back."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.model import Clip, Narration, Track
from publish.overlay import Group, Par, Sound, clock, duration, milliseconds, overlay, pars, parse_clock, sounds


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("5:34:31.396", 20_071_396),  # full clock value
        ("124:59:36", 449_976_000),
        ("0:05:01.2", 301_200),
        ("0:00:04", 4_000),
        ("00:01:09.8423130", 69_842),
        ("05:01.2", 301_200),  # partial clock value
        ("00:56.78", 56_780),
        ("09.58", 9_580),
        ("7.75h", 27_900_000),  # count with its unit
        ("76.2s", 76_200),
        ("13min", 780_000),
        ("1448ms", 1_448),
        ("12.345", 12_345),
        (" 5s ", 5_000),
        ("02:30:03", 9_003_000),  # full, the specification's own examples
        ("50:00:10.25", 180_010_250),
        ("02:33", 153_000),  # partial
        ("00:10.5", 10_500),
        ("3.2h", 11_520_000),  # counts
        ("45min", 2_700_000),
        ("30s", 30_000),
        ("5ms", 5),
        ("12.467", 12_467),
        ("1234:59:59.999", 4_445_999_999),  # hours have as many digits as they need, and minutes two
        ("59:59", 3_599_000),
        ("00:00", 0),
        ("0", 0),
        ("90", 90_000),
        ("90min", 5_400_000),  # a count is not held to 59
        ("0.5ms", 0),
        ("00:00:00.0004", 0),
        ("00:00:00.9999", 1_000),
        ("\n\t00:01\n", 1_000),
    ],
)
def test_every_form_of_a_clock_value_is_read(text: str, time: int) -> None:
    """Most are the examples of the specification (SMIL 3.0, Timing, clock values; EPUB 3.3, appendix)."""
    assert parse_clock(text) == time


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "soon", "npt=1s", "smpte=00:00:01:00", "wallclock(10:00)", "indefinite"),
        *("-1s", "+1s", "-00:01", "1e3", "0x10", "1_000", "inf", "nan"),
        *("1:2:3", "00:60:00", "00:00:60", "60:00", "00:60", "1:00", "00:1", "001:00", "00:001", "1:00:00:00"),
        *("12.", ".5", "00:01.", "00:01.5.5", "00:01,5", "1.5:00", "00:00:01.s"),
        *("5 s", "5sec", "5S", "5m", "5mins", "5ms5", "s", "h", "00:01s", "00:00:01ms"),
        *("٥s", "00:0１", "²s"),  # digits that are none of ASCII's
        *("9" * 400, "9" * 400 + ":00:00", "9" * 5000 + "h", "0." + "1" * 5000),  # longer than any book
    ],
)
def test_what_is_no_clock_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no SMIL clock value"):
        parse_clock(text)


@given(st.integers(0, 400_000_000))
def test_a_clock_value_is_read_as_it_was_written(time: int) -> None:
    assert parse_clock(clock(time)) == time


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=30))
def test_neighbours_share_a_boundary_and_no_clip_ends_after_its_audio(lengths: list[int]) -> None:
    edges = [0]
    for length in lengths:
        edges.append(edges[-1] + length)
    clips = tuple(Clip(f"p{n}", *edge) for n, edge in enumerate(itertools.pairwise(edges)))
    narration = Narration(22_050, {"t": Track("t", clips, ("",) * len(clips))})

    found = sounds(narration, "{}.mp3".format)

    heard = [found[clip.id] for clip in clips if clip.id in found]
    total = milliseconds(edges[-1], 22_050)
    assert all(one.end == two.begin for one, two in itertools.pairwise(heard))
    assert sum(one.end - one.begin for one in heard) == total
    assert total / 1000 <= edges[-1] / 22_050
    assert all(0 <= one.begin < one.end for one in heard)


def test_a_clip_without_length_is_no_sound() -> None:
    narration = Narration(22_050, {"t": Track("t", (Clip("a", 0, 0), Clip("b", 0, 22_050)), ("", ""))})

    assert sounds(narration, str) == {"b": Sound("t", 0, 1_000)}


def test_an_overlay_is_read_as_it_was_written() -> None:
    groups = (
        Group("", (Par("t.xhtml#a&b", Sound("x&.mp3", 0, 1_500)),)),
        Group("t.xhtml#t1", (Par("t.xhtml#p1", None), Par("t.xhtml#p2", Sound("y.mp3", 1_500, 62_001)))),
        Group("t.xhtml#none", ()),
    )

    text = overlay(groups)

    assert pars(text.encode()) == (*groups[0].pars, *groups[1].pars)
    assert 'clipBegin="0:00:01.500" clipEnd="0:01:02.001"' in text
    assert '<seq epub:textref="t.xhtml#t1">' in text
    assert "#none" not in text
    assert duration(groups) == 62_001


def test_an_overlay_reads_no_other_file_and_no_entity(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    document = f"""<!DOCTYPE smil [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">]>
    <smil xmlns="http://www.w3.org/ns/SMIL" version="3.0"><body><par><text src="&e;"/></par></body></smil>"""

    try:
        found = pars(document.encode())
    except ValueError:
        return
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    "body", ["<par/>", '<par><text src="a"/><audio src="b" clipEnd="soon"/></par>', "<par>", "<par></seq>"]
)
def test_an_overlay_that_cannot_be_read_is_refused(body: str) -> None:
    document = f'<smil xmlns="http://www.w3.org/ns/SMIL" version="3.0"><body>{body}</body></smil>'

    with pytest.raises(ValueError, match=r"par|clock|well-formed"):
        pars(document.encode())
