"""Measures how much louder each common voice must be made, into publish/data/gains.tsv, so that no build has to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from publish import loudness
from publish.audio import SpeechError
from publish.config import AudioSettings
from publish.engines import pyttsx3
from publish.voices import voices_for

TABLE = Path(__file__).parent.parent / "publish" / "data" / "gains.tsv"
LANGUAGES = ("ar", "ca", "de", "en", "es", "fr", "hi", "it", "pt", "ru", "zh")
HEAD = "# What a gain follows from, as a digest; decibels; voice; language. Made by docs/gains.py.\n"
SETTINGS = AudioSettings()


def rows() -> Iterator[tuple[str, str, str, str]]:
    """A row a voice: digest, gain, name, language. Arabic needs its extra, and is left out without."""
    pace, target = SETTINGS.words_per_minute, SETTINGS.loudness
    for language in LANGUAGES:
        for voice in voices_for(pyttsx3.voices(), language):
            with suppress(SpeechError):
                gain = loudness.measured(pyttsx3, voice, language, pace, target)
                yield loudness.name_of(pyttsx3, voice, language, pace, target), f"{gain:.2f}", voice.name, language


def main() -> None:
    """Write the table."""
    lines = ["\t".join(row) for row in rows()]
    TABLE.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="ascii")
    sys.stdout.write(f"{len(lines)} voices\n")


if __name__ == "__main__":
    main()
