"""piper: natural voices for many languages, each a model in a folder; offline, an extra.

Two files make a voice, ``NAME.onnx`` and ``NAME.onnx.json``; a model with several speakers is as many voices. Without
noise equal words give equal bytes. A model tells how long each phoneme is when it was exported so; then the words have
marks, as far as espeak-ng, which reads the text for it, says one word for each that is printed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from textwrap import wrap
from typing import Any

import msgspec

from publish.audio import Mark, Speech, SpeechError, Unspeakable, Utterance, Voice
from publish.config import AudioSettings
from publish.diagnostics import Diagnostic, MissingError
from publish.engines import _apart, _said
from publish.languages import canonical

SUMMARY = "natural voices for many languages, each a model in a folder; offline"
INSTALL = 'pip install "publish[piper]", and put NAME.onnx and NAME.onnx.json of each voice into voices/'

_PLAIN_PACE = 175
"""Words a minute of its plain speed, about."""


class Asked(msgspec.Struct, frozen=True):
    """What the copy is told."""

    model: str
    """Path."""
    speaker: int | None
    text: str
    length: float
    """Of each phoneme, beside the plain one."""


class _About(msgspec.Struct, frozen=True):
    """What is needed of ``NAME.onnx.json``."""

    espeak: dict[str, str] = {}
    speaker_id_map: dict[str, int] = {}
    phoneme_type: str = "espeak"
    phoneme_id_map: dict[str, list[int]] = {}
    language: dict[str, str] = {}

    @property
    def tag(self) -> str:
        """BCP 47; empty when the file does not tell the language."""
        try:
            return canonical((self.language.get("code") or self.espeak.get("voice", "")).replace("_", "-"))
        except ValueError:
            return ""


class _Choice(msgspec.Struct):
    folder: Path = Path("voices")


_CHOICE = _Choice()


def prepare(audio: AudioSettings, folder: Path) -> None:
    """Take over where ``[audio]`` says that the voices are, beside the workspace in ``folder``."""
    use(folder / audio.piper_voices)


def use(folder: Path) -> None:
    """Look for voices in this folder from now on."""
    if _CHOICE.folder != folder:
        _CHOICE.folder = folder
        _found.cache_clear()


def version() -> str:
    """Of the package and of what runs the models.

    Raises:
        MissingError: It is not installed.
    """
    try:
        return f"piper-tts {installed('piper-tts')}, onnxruntime {installed('onnxruntime')}, 1"
    except PackageNotFoundError as error:
        why = "the engine 'piper' is not installed; pip install \"publish[piper]\""
        raise MissingError(Diagnostic("S005", why)) from error


def voices() -> tuple[Voice, ...]:
    """The voices in the folder, by name.

    Raises:
        MissingError: It is not installed, or there are none.
    """
    version()
    if not _found():
        why = f"piper has no voices; put NAME.onnx and NAME.onnx.json of each into {_CHOICE.folder.name}/"
        raise MissingError(Diagnostic("S005", why))
    return tuple(_found())


@cache
def _found() -> dict[Voice, Path]:
    """Voices and their models. One whose description cannot be read is none."""
    about = {
        path: found for path in sorted(_CHOICE.folder.glob("*.onnx")) if path.is_file() and (found := _about(path))
    }
    tags = _tags({found.tag for found in about.values()})
    return {voice: path for path, found in about.items() for voice in _speakers(path, found, tags[found.tag])}


def _about(path: Path) -> _About | None:
    if not _described(path).is_file():  # a pipe would be waited for
        return None
    try:
        about = msgspec.json.decode(_described(path).read_bytes(), type=_About)
    except (OSError, msgspec.DecodeError):
        return None
    return about if about.tag else None


def _described(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _tags(tags: set[str]) -> dict[str, str]:
    """For each tag the language that its voices are the choice for: one country's are that of the language as such."""
    found: dict[str, str] = {}
    for tag in sorted(tags, key=lambda tag: (not _usual(tag), tag)):
        base = tag.partition("-")[0]
        found[tag] = tag if base in found.values() else base
    return found


def _usual(tag: str) -> bool:
    """Whether a tag names the country where most speak its language."""
    from langcodes import Language  # noqa: PLC0415  # its data takes 60 ms to read

    of = Language.get(tag)
    return of.territory in (None, Language.make(of.language).maximize().territory)


def _speakers(path: Path, about: _About, tag: str) -> Iterator[Voice]:
    digest = blake2b(digest_size=8)
    for part in (path, _described(path)):
        digest.update(part.read_bytes())
    licence = f"GPL-3.0-or-later AND LicenseRef-{re.sub('[^A-Za-z0-9.]', '-', path.stem)}"
    for name in sorted(about.speaker_id_map, key=lambda name: (about.speaker_id_map[name], name)) or [""]:
        own = f"{path.stem}#{name}" if name else path.stem
        yield Voice(own, tag, f"piper, model {digest.hexdigest()}", licence=licence)


# --- Speaking ---------------------------------------------------------------------------------------------------------


def synthesise(utterance: Utterance) -> Speech:
    """The sound of one utterance.

    Raises:
        SpeechError: The model crashed, hung or gave nothing.
        Unspeakable: The text needs something that would have to be fetched.
        MissingError: The model is damaged.
    """
    path = _found().get(utterance.voice)
    about = path and _about(path)
    if not path or not about:
        raise SpeechError(f"there is no voice {utterance.voice.name!r}")
    if about.phoneme_type not in _OFFLINE:
        raise Unspeakable(
            f"piper reads {utterance.voice.language!r} only with what it would fetch; choose another engine"
        )
    _load(path)  # here, where it never runs
    speaker = about.speaker_id_map.get(utterance.voice.name.partition("#")[2])
    text = _written(utterance, about)
    asked = Asked(str(path), speaker, text, _PLAIN_PACE / utterance.words_per_minute)
    try:
        speech = msgspec.msgpack.decode(_apart.called(_say, asked, 30 + 0.1 * len(text)), type=_Said)
    except SpeechError as error:
        raise SpeechError(f"piper {error.reason}") from error
    rest = b"\0\0" * round(_REST * speech.rate) if utterance.pause else b""
    return Speech(speech.pcm + rest, speech.rate, _marks(utterance.text, speech.words))


_OFFLINE = ("espeak", "text", "hebrew")
"""Ways to phonemes that piper brings along."""
_REST = 0.3
"""Seconds after a sentence; as espeak-ng has it."""


class _Said(msgspec.Struct, frozen=True):
    """What the copy gives back."""

    pcm: bytes
    rate: int
    words: tuple[int, ...]
    """Where each word begins, in samples; empty: the model does not tell."""


def _say(asked: Asked) -> bytes:
    """Runs apart: what was said, as MessagePack."""
    from piper import SynthesisConfig  # noqa: PLC0415  # an extra

    manner = SynthesisConfig(
        speaker_id=asked.speaker, length_scale=asked.length, noise_scale=0, noise_w_scale=0, normalize_audio=False
    )
    model = _model(asked.model)
    pieces = _pieces(asked.text)
    chunks = [chunk for piece in pieces for chunk in model.synthesize(piece, manner, include_alignments=True)]
    pcm = [chunk.audio_int16_bytes for chunk in chunks]
    return msgspec.msgpack.encode(_Said(b"".join(pcm), model.config.sample_rate, tuple(_words(chunks))))


_MOST = 400
"""Signs of a sentence; time and memory grow with the square."""


def _pieces(text: str) -> list[str]:
    """The text, or, when a sentence is too long, its sentences, with those that are too long in parts."""
    sentences = re.split(r"(?<=[.!?…。！？])\s+", text)
    if all(len(sentence) <= _MOST for sentence in sentences):
        return [text]
    return [piece for sentence in sentences for piece in wrap(sentence, _MOST, break_on_hyphens=False)]


def _words(chunks: list[Any]) -> Iterator[int]:
    """Where words begin, when each sentence has the lengths of its phonemes."""
    if not all(chunk.phoneme_alignments for chunk in chunks):
        return
    begun = 0
    for chunk in chunks:
        at, inside = begun, False
        for part in chunk.phoneme_alignments:
            if part.phoneme == " ":
                inside = False
            elif not inside and part.phoneme.isalpha():
                inside = True
                yield at
            at += int(part.num_samples)
        begun += len(chunk.audio_int16_bytes) // 2


def _marks(text: str, words: tuple[int, ...]) -> tuple[Mark, ...]:
    """Marks, when as many words were said as are printed; else nobody can tell which is which."""
    printed = [found for found in re.finditer(r"\S+", text) if re.search(r"\w", found.group())]
    if len(printed) != len(words):
        return ()
    return tuple(Mark(word.start(), len(word.group()), at) for word, at in zip(printed, words, strict=True))


def _load(path: Path) -> None:
    from onnxruntime.capi import onnxruntime_pybind11_state as raised  # noqa: PLC0415  # comes with the extra

    damaged = (raised.Fail, raised.InvalidArgument, raised.InvalidGraph, raised.InvalidProtobuf, raised.NoModel)
    unfit = (raised.NoSuchFile, raised.NotImplemented, raised.RuntimeException, LookupError, TypeError, ValueError)
    try:
        _model(str(path))
    except (*damaged, *unfit) as error:
        why = (
            f"{path.name} or its description is damaged, and cannot be loaded; put both into {path.parent.name}/ again"
        )
        raise MissingError(Diagnostic("S005", why)) from error


@lru_cache(8)
def _model(path: str) -> Any:  # noqa: ANN401  # what it gives has types only where it is installed
    """As ``PiperVoice.load`` makes it, but with one thread: a copy of this process has no other."""
    from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415  # comes with the extra
    from piper import PiperConfig, PiperVoice  # noqa: PLC0415  # an extra

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    config = PiperConfig.from_dict(json.loads(_described(Path(path)).read_text("utf-8")))
    session = InferenceSession(path, sess_options=options, providers=["CPUExecutionProvider"])
    return PiperVoice(config=config, session=session)


def _written(utterance: Utterance, about: _About) -> str:
    """The text, in which no bracket is a command but those of the utterance's phonemes: ``[[IPA]]``."""
    spoken = []
    for stretch in utterance.phonemes:
        ipa = unicodedata.normalize("NFD", stretch.ipa)
        if about.phoneme_type == "espeak" and set(ipa) <= set(about.phoneme_id_map):
            spoken.append((stretch, f"[[{ipa}]]"))
    return _said.written(_said.with_phonemes(_said.signs(utterance.text), spoken))
