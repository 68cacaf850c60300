"""Narrations, works and files for tests of what is heard."""

from __future__ import annotations

import array
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from small import small_edition
from stages import narrate

from publish.audio import RATE, Speech, Utterance, Voice
from publish.config import Settings
from publish.diagnostics import Diagnostic
from publish.engines import silence
from publish.front import front
from publish.interface import interface
from publish.model import Edition, Narration
from publish.script import Script
from publish.studio import Engine
from publish.work import File, Work

LOUD = 1000
"""What no silence has and every tone soon reaches."""


class Tones:
    """An engine that gives a tone, loud from its first sample on, for every text."""

    SUMMARY = "tones"

    def version(self) -> str:
        return "1"

    def voices(self) -> tuple[Voice, ...]:
        return (Voice("tone", "mul", "tones"),)

    def synthesise(self, utterance: Utterance) -> Speech:
        samples = round(RATE * 0.04) * len(utterance.text)
        wave = (round(8000 * math.cos(2 * math.pi * 440 * at / RATE)) for at in range(samples))
        return Speech(array.array("h", wave).tobytes(), RATE)


def narrated(cache: Path, edition: Edition | None = None, engine: Engine = silence) -> Narration:
    """Front matter and turns, spoken by an engine that can say all."""
    of = edition or small_edition()
    script = Script(front(of, interface(of.language), Settings()))
    return narrate(of, script, engine, Settings(), cache, lambda finding: pytest.fail(str(finding)))


def work(cache: Path, narration: Narration | None, edition: Edition | None = None, **changes: Any) -> Work:  # noqa: ANN401  # any field
    of = edition or small_edition()
    findings: list[Diagnostic] = []
    values = {
        "edition": of,
        "source": of.briefing,
        "interface": interface(of.language),
        "settings": Settings(),
        "narration": narration,
        "formats": frozenset(["audio"]),
        "languages": (of.language,),
        "modified": "2031-04-02T00:00:00Z",
        "cache": cache,
        "theme": None,
        "public": True,
        "report": findings.append,
    }
    return Work(**{**values, **changes})


def content(file: File) -> bytes:
    if isinstance(file.content, bytes):
        return file.content
    stream = io.BytesIO()
    file.content(stream)
    return stream.getvalue()


def onset(samples: Sequence[int], start: int) -> int:
    """The first loud sample from ``start`` on."""
    return next(at for at in range(start, len(samples)) if abs(samples[at]) > LOUD)
