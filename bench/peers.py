"""What one would write without the tool: a WAV a paragraph, in the two ways that are documented.

``python bench/peers.py pyttsx3 TEXTS OUT`` has pyttsx3 save each text and waits for it; ``… espeak-ng TEXTS OUT`` runs
that command once a text, on all cores. Neither makes MP3, keeps anything, or sees what was lost.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import espeakng_loader
from floor import binding


def by_pyttsx3(texts: list[tuple[str, str]], folder: Path) -> int:
    """As pyttsx3's documentation shows it; the samples of all files."""
    os.environ["ESPEAK_DATA_PATH"] = str(espeakng_loader.get_data_path())
    binding()
    import pyttsx3  # noqa: PLC0415  # it looks for the library as it is imported

    engine = pyttsx3.init("espeak")
    engine.setProperty("rate", 175)
    for number, (voice, text) in enumerate(texts):
        engine.setProperty("voice", voice)
        engine.save_to_file(text, str(folder / f"{number}.wav"))
        engine.runAndWait()
    return _samples(folder, len(texts))


def by_command(texts: list[tuple[str, str]], folder: Path) -> int:
    """By a process a text; the samples of all files."""

    def one(item: tuple[int, tuple[str, str]]) -> None:
        number, (voice, text) = item
        command = ["espeak-ng", "-v", voice, "-s", "175", "-w", str(folder / f"{number}.wav"), "--stdin"]
        subprocess.run(command, input=text.encode(), check=True)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, enumerate(texts)))
    return _samples(folder, len(texts))


def _samples(folder: Path, count: int) -> int:
    total = 0
    for number in range(count):
        with wave.open(str(folder / f"{number}.wav")) as file:
            total += file.getnframes()
    return total


def main() -> None:
    """Speak the texts into a folder that is then thrown away."""
    way, texts, out = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        speak = {"pyttsx3": by_pyttsx3, "espeak-ng": by_command}[way]
        samples = speak(json.loads(Path(texts).read_text("utf-8")), Path(folder))
    Path(out).write_text(json.dumps(samples), encoding="utf-8")


if __name__ == "__main__":
    main()
