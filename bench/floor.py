"""The least that speaking texts can cost: espeak-ng in this process, and the same encoder at the same settings.

``python bench/floor.py TEXTS OUT`` takes a JSON list of voice and text, speaks each once on all cores, the longest
first, and writes how many samples came of it. Nothing of the tool is used; nothing is checked, kept or joined; no
process is copied, and each asks espeak-ng to begin once.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import av
import espeakng_loader

RATE = 22_050
_SPOKEN = bytearray()


def begin() -> None:
    """Make this process ready to speak."""
    globals()["espeak"] = espeak = binding()
    data = os.fsencode(Path(espeakng_loader.get_data_path()).parent)
    if espeak.Initialize(espeak.AUDIO_OUTPUT_SYNCHRONOUS, 500, data, 0) != RATE:
        sys.exit("espeak-ng finds no voices")
    espeak.SetSynthCallback(_collect)


def binding() -> Any:  # noqa: ANN401  # a module without types
    """pyttsx3's binding, on the library that the loader carries."""
    ctypes.CDLL(espeakng_loader.get_library_path(), ctypes.RTLD_GLOBAL)
    from pyttsx3.drivers import _espeak as espeak  # noqa: PLC0415  # it looks for the library as it is imported

    return espeak


def _collect(sound: Any, count: int, _events: Any) -> int:  # noqa: ANN401  # ctypes pointers
    if sound and count > 0:
        _SPOKEN.extend(ctypes.string_at(sound, count * 2))
    return 0


def speak(item: tuple[str, str]) -> int:
    """Speak and encode one text; its samples."""
    espeak = globals()["espeak"]
    voice, text = item
    _SPOKEN.clear()
    espeak.SetVoiceByName(voice.encode())
    espeak.SetParameter(espeak.RATE, 175, 0)
    data = text.encode()
    espeak.cSynth(data, len(data) + 1, 0, espeak.POS_CHARACTER, 0, espeak.CHARS_UTF8, None, None)
    encode(bytes(_SPOKEN))
    return len(_SPOKEN) // 2


def encode(pcm: bytes) -> bytes:
    """MP3 frames at the tool's settings."""
    context = av.CodecContext.create("libmp3lame", "w")
    assert isinstance(context, av.AudioCodecContext)  # noqa: S101  # PyAV's type is that of any codec
    context.sample_rate, context.layout, context.format = RATE, "mono", "s16p"
    context.bit_rate = 48_000
    context.options = {"compression_level": "9", "reservoir": "0"}
    frame = av.AudioFrame(format="s16p", layout="mono", samples=len(pcm) // 2)
    frame.planes[0].update(pcm)
    frame.sample_rate = RATE
    return b"".join(bytes(packet) for packet in (*context.encode(frame), *context.encode(None)))


def main() -> None:
    """Divide the texts among the cores."""
    texts = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    texts.sort(key=lambda item: len(item[1]), reverse=True)
    with Pool(os.cpu_count(), begin) as pool:
        samples = sum(pool.imap_unordered(speak, texts, chunksize=4))
    Path(sys.argv[2]).write_text(json.dumps(samples), encoding="utf-8")


if __name__ == "__main__":
    main()
