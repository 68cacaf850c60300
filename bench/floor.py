"""The least that speaking a workspace can cost: each paragraph by espeak in this process, and by the same encoder.

Nothing is checked, kept or joined. One process a core, as the tool itself has.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec

from publish import audio
from publish.audio import Speech, Utterance, Voice
from publish.engines import pyttsx3
from publish.model import plain
from publish.pipeline import read_settings
from publish.showing import briefings_of
from publish.voices import voices_for
from publish.workspace import Workspace, entries


def speak(texts: list[str]) -> int:
    """Speak and encode texts; how many bytes came of it."""
    voice = voices_for(pyttsx3.voices(), "en")[0]
    return sum(len(audio.encode([_spoken(text, voice)], audio.LEAST_PAUSE).frames) for text in texts)


def _spoken(text: str, voice: Voice) -> bytes:
    data = pyttsx3._say(_said.signs(text), Utterance(text, voice))  # noqa: SLF001  # the floor is what is inside
    return msgspec.msgpack.decode(data, type=Speech).pcm


def main() -> None:
    """Divide the paragraphs among the cores."""
    workspace = Workspace(Path(sys.argv[1]))
    found = briefings_of(workspace, entries(workspace, lambda _: None), read_settings(workspace), lambda _: None)
    texts = [plain(paragraph.parts) for of in found for turn in of.turns for paragraph in turn.paragraphs]
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        list(pool.map(speak, [texts[core::cores] for core in range(cores)]))


if __name__ == "__main__":
    main()
