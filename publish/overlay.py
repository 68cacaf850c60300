"""Media overlays: which words of a document are heard when (EPUB 3.3, section 9, and SMIL 3.0 clock values).

A boundary between two clips is rounded once, from its sample, so that neighbours share a value. It is rounded down:
no clip ends after its audio does. Durations are sums of what is printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from publish.container import parsed
from publish.model import Clip, Narration

if TYPE_CHECKING:
    from lxml import etree

_SMIL = "{http://www.w3.org/ns/SMIL}"
SHORTEST = 250
"""Milliseconds of a sentence that has a par of its own. Players in browsers look four times a second where the sound
is (HTML, ``timeupdate``), and pass over what is shorter."""


class Sound(msgspec.Struct, frozen=True):
    """A span of an audio file."""

    source: str
    """Address of the file, relative to whatever the overlay is relative to."""
    begin: int
    """Milliseconds."""
    end: int
    """Milliseconds; greater than ``begin``."""


class Par(msgspec.Struct, frozen=True):
    """An element of a document and its sound."""

    text: str
    """Address of the element: ``text-1.xhtml#p8m2c4d``."""
    sound: Sound | None
    """None: it could not be spoken. A reading system may speak it itself."""

    @property
    def duration(self) -> int:
        """Milliseconds."""
        return self.sound.end - self.sound.begin if self.sound else 0


class Group(msgspec.Struct, frozen=True):
    """Pars that belong together, such as those of a turn."""

    text: str
    """Address of the element that holds them all; empty: they belong to the document."""
    pars: tuple[Par, ...]


def milliseconds(samples: int, rate: int) -> int:
    """A boundary as it is printed."""
    return samples * 1000 // rate


def sounds(narration: Narration, address: Callable[[str], str]) -> dict[str, Sound]:
    """Every clip and sentence that can be heard, by its id; ``address`` gives that of a track's file."""
    found = {}
    for track in narration.tracks.values():
        source = address(track.name)
        for clip in track.clips:
            begin, end = (milliseconds(edge, narration.rate) for edge in (clip.start, clip.end))
            if begin < end:
                found[clip.id] = Sound(source, begin, end)
                spans = pairwise((*sentences(clip, narration.rate), (0, end)))
                found |= {f"{clip.id}-s{number}": Sound(source, at, to) for (number, at), (_, to) in spans}
    return found


def sentences(clip: Clip, rate: int) -> tuple[tuple[int, int], ...]:
    """The sentences of a clip that are heard one by one: the number of each, and its begin in milliseconds.

    What is shorter than :data:`SHORTEST`, or has no word of its own, is heard with the sentence before it, and with the
    one after it where it is the first. Nothing when there is one sentence, or when it is not known when they begin.
    """
    edges = [milliseconds(edge, rate) for edge in (clip.start, *clip.sentences, clip.end)]
    if not clip.sentences:
        return ()
    found = [(1, edges[0])]
    for number, (begin, end) in enumerate(pairwise(edges[1:]), 2):
        if min(begin - found[-1][1], end - begin) >= SHORTEST:
            found.append((number, begin))
    return tuple(found)


def joined(narration: Narration, heard: Container[str]) -> frozenset[str]:
    """Ids of the sentences that have no sound of their own, but one with the sentence before.

    ``heard`` has the ids of all that can be heard: those of :func:`sounds`.
    """
    clips = (clip for track in narration.tracks.values() for clip in track.clips)
    keys = (f"{clip.id}-s{number}" for clip in clips for number in range(2, len(clip.sentences) + 2))
    return frozenset(key for key in keys if key not in heard)


def duration(groups: Iterable[Group]) -> int:
    """Milliseconds of all that is heard."""
    return sum(par.duration for group in groups for par in group.pars)


# --- Written ----------------------------------------------------------------------------------------------------------


_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">\n<body>\n'
)


def clock(time: int) -> str:
    """Milliseconds as a full clock value: ``0:01:02.345``."""
    seconds, thousandths = divmod(time, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{thousandths:03}"


def overlay(groups: Iterable[Group]) -> str:
    """The overlay document."""
    return f"{_HEAD}{''.join(map(_group, groups))}</body>\n</smil>\n"


def _group(group: Group) -> str:
    pars = "".join(map(_par, group.pars))
    return f'<seq epub:textref="{escape(group.text)}">\n{pars}</seq>\n' if group.text and pars else pars


def _par(par: Par) -> str:
    text = f'<text src="{escape(par.text)}"/>'
    if par.sound is None:
        return f"<par>{text}</par>\n"
    begin, end = clock(par.sound.begin), clock(par.sound.end)
    audio = f'<audio src="{escape(par.sound.source)}" clipBegin="{begin}" clipEnd="{end}"/>'
    return f"<par>{text}{audio}</par>\n"


# --- Read -------------------------------------------------------------------------------------------------------------

_CLOCK = re.compile(r"(?:(?:([0-9]{1,8}):)?([0-5][0-9]):)?([0-5][0-9])(\.[0-9]{1,30})?")
_COUNT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,30})?)(h|min|s|ms|)")
_METRICS = {"h": 3_600_000, "min": 60_000, "s": 1000, "": 1000, "ms": 1}


def parse_clock(text: str) -> int:
    """Milliseconds of a clock value in any of SMIL's forms: full, partial or a count with its unit.

    Raises:
        ValueError: It is none.
    """
    text = text.strip()
    if found := _COUNT.fullmatch(text):
        return round(float(found[1]) * _METRICS[found[2]])
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction = found.groups(default="0")
        return (int(hours) * 60 + int(minutes)) * 60_000 + round((int(seconds) + float(fraction)) * 1000)
    raise ValueError(f"{text!r} is no SMIL clock value")


def pars(document: bytes) -> tuple[Par, ...]:
    """The pars of an overlay document, in order.

    Raises:
        ValueError: It is not well-formed, or a value in it cannot be read.
    """
    return tuple(_read(parsed(document)))


def _read(root: etree._Element) -> Iterator[Par]:
    for element in root.iter(f"{_SMIL}par"):
        text, audio = element.find(f"{_SMIL}text"), element.find(f"{_SMIL}audio")
        if text is None:
            raise ValueError("a par has no text")
        sound = None
        if audio is not None:
            begin, end = parse_clock(audio.get("clipBegin", "0")), parse_clock(audio.get("clipEnd", ""))
            sound = Sound(audio.get("src", ""), begin, end)
        yield Par(text.get("src", ""), sound)
