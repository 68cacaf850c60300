"""Narrations for tests: an edition spoken by one engine, with everyone in it cast and announced."""

from __future__ import annotations

from pathlib import Path

import msgspec

from publish import casting, narrating, speech
from publish.config import Settings
from publish.diagnostics import Report
from publish.interface import interface
from publish.lexicon import Lexicon
from publish.model import Edition, Narration
from publish.script import Script
from publish.studio import Band, Engine, Stage


def stage(edition: Edition, engine: Engine, settings: Settings, cache: Path) -> Stage:
    """The engine stands for whatever the settings name."""
    name = settings.audio.engine
    rolls = (casting.roll(edition.briefing, settings),)
    found = casting.cast(
        rolls, "", settings, {name: engine.voices()}, lambda _: None
    )  # a test's engine may have one voice
    return Stage(Band(settings.audio, {name: engine}), found.voices, Lexicon(), cache)


def narrate(  # as many things shape a narration
    edition: Edition, script: Script, engine: Engine, settings: Settings, cache: Path, report: Report
) -> Narration:
    """Speak an edition; the names are those that a build would announce."""
    names = narrating.script(edition, interface(edition.language), settings).names
    whole = msgspec.structs.replace(script, names=names)
    return speech.Session(edition, whole, stage(edition, engine, settings, cache), settings).narration(report)
