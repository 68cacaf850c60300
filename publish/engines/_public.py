"""pyttsx3 by its public calls, on whatever driver the system has: SAPI 5 on Windows, NSSpeechSynthesizer on macOS.

Its faults are known, and each has its answer here. It keeps one text and one file name, and loses what was queued
before; it hangs in its loop, returns before the file is written, or takes the process along; its engine is one object a
process. So a process says one utterance and ends, and is ended when it takes too long. It prints to the standard
output, so the answer goes into a file. On macOS that is an AIFF file whatever its name says, so FFmpeg opens it.

    python -m publish.engines._public < request.json
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from publish.audio import RATE, Speech, SpeechError, Utterance, Voice
from publish.diagnostics import Diagnostic, MissingError
from publish.languages import canonical

LICENCE = "MPL-2.0 AND LicenseRef-system-voice"
"""Of pyttsx3, and whatever the system's owner agreed to."""
_ALIKE = 0.02
"""Share by which the lengths of one text, said twice, may differ."""
_PATIENCE = 60
"""Seconds for a list of voices: SAPI is slow to begin with."""


class Request(msgspec.Struct, frozen=True):
    """What a process is asked for."""

    file: str
    """Where the answer goes: sound, or the voices as JSON."""
    text: str | None = None
    """None: the voices are asked for."""
    voice: str = ""
    rate: int = 0
    """Words a minute."""
    library: str = ""
    """Of espeak-ng, loaded before pyttsx3 looks for one; empty where the driver is another."""


class Found(msgspec.Struct, frozen=True):
    """A voice as pyttsx3 tells it."""

    id: str
    name: str
    languages: tuple[str, ...]
    sex: str


# --- Asking -----------------------------------------------------------------------------------------------------------


def version() -> str:
    """Of the system, whose voices they are."""
    return f"voices of {platform.system()} {platform.version()}"


def voices(library: str = "") -> tuple[Voice, ...]:
    """The system's voices.

    Raises:
        MissingError: pyttsx3 cannot work here.
    """
    try:
        data = _asked(Request("", library=library), _PATIENCE)
        found = msgspec.json.decode(data, type=tuple[Found, ...])
    except (SpeechError, msgspec.DecodeError) as error:
        why = f"pyttsx3 cannot tell the system's voices: {error}; build with --format web,epub,catalog"
        raise MissingError(Diagnostic("S005", why)) from error
    return tuple(_voice(one, tag) for one in found if (tag := language(one.languages)))


def _voice(found: Found, tag: str) -> Voice:
    return Voice(found.id, tag, "pyttsx3", sex=found.sex, licence=LICENCE)


def language(told: Iterable[str]) -> str:
    """The first of the languages that a driver tells that can be made BCP 47: ``en_US``, ``en-us``; empty: none."""
    for tag in told:
        try:
            return canonical(tag.strip("\0").replace("_", "-"))
        except ValueError:
            continue
    return ""


def synthesise(utterance: Utterance, seconds: float, library: str = "") -> Speech:
    """The sound of one utterance, without marks: pyttsx3 tells none that can be trusted.

    On a busy machine its loop may end before the text does, and nothing tells that the rest is missing. So it says
    everything twice, and the two must be of one length.

    Raises:
        SpeechError: pyttsx3 crashed, hung, wrote nothing, or did not say the same twice.
    """
    text = utterance.text.encode("utf-8", "replace").decode().replace("\0", " ")
    if not text.strip():
        return Speech(b"", RATE)
    request = Request("", text, utterance.voice.name, utterance.words_per_minute, library)
    one, other = (_decoded(_asked(request, seconds)) for _ in range(2))
    if abs(len(one.pcm) - len(other.pcm)) > _ALIKE * len(one.pcm):
        raise SpeechError("pyttsx3 ended before all was said")
    return one


def _asked(request: Request, seconds: float) -> bytes:
    """What a process of its own writes."""
    with tempfile.TemporaryDirectory(prefix="publish-") as folder:
        answer = Path(folder) / "answer.wav"
        asked = msgspec.json.encode(msgspec.structs.replace(request, file=str(answer)))
        command = [sys.executable, "-m", __name__]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        try:
            done = subprocess.run(
                command, input=asked, env=environment, capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise SpeechError(f"pyttsx3 took longer than {seconds:.0f} s") from error
        if done.returncode:
            last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise SpeechError(f"pyttsx3 ended with exit code {done.returncode}: {last}".rstrip(": "))
        if not answer.is_file():
            raise SpeechError("pyttsx3 wrote no file")
        return answer.read_bytes()


def _decoded(data: bytes) -> Speech:
    """The sound in a WAV or AIFF file, as it would be mono."""
    import io  # noqa: PLC0415

    import av  # noqa: PLC0415  # FFmpeg takes 16 MB, and most builds need none of this

    try:
        with av.open(io.BytesIO(data), "r") as container:
            rate = container.streams.audio[0].rate
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
            frames = [made for frame in container.decode(audio=0) for made in resampler.resample(frame)]
            frames += resampler.resample(None)
    except (av.FFmpegError, IndexError) as error:
        raise SpeechError(f"pyttsx3 wrote no sound: {error}") from error
    return Speech(b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in frames), rate)


# --- In the process that speaks ---------------------------------------------------------------------------------------


def answer(request: Request) -> None:
    """Do what is asked, by pyttsx3's public calls alone."""
    if request.library:
        ctypes.CDLL(request.library, ctypes.RTLD_GLOBAL)
    import pyttsx3  # noqa: PLC0415  # after the library

    engine = pyttsx3.init()
    if request.text is None:
        found = [_told(voice) for voice in engine.getProperty("voices")]
        Path(request.file).write_text(json.dumps(found), encoding="utf-8")
        return
    engine.setProperty("voice", request.voice)
    engine.setProperty("rate", request.rate)
    engine.save_to_file(request.text, request.file)
    engine.runAndWait()


def _told(voice: object) -> dict[str, object]:
    languages = getattr(voice, "languages", None) or []
    texts = [tag.decode("utf-8", "replace") if isinstance(tag, bytes) else str(tag) for tag in languages]
    gender = str(getattr(voice, "gender", "") or "").lower()
    sex = "female" if "female" in gender else "male" if "male" in gender else ""
    identifier = str(getattr(voice, "id", ""))
    return {"id": identifier, "name": str(getattr(voice, "name", identifier)), "languages": texts, "sex": sex}


if __name__ == "__main__":
    answer(msgspec.json.decode(sys.stdin.buffer.read(), type=Request))
