"""One thing said, so that one can hear it: with whose voice, which words, which phonemes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from publish import auditions, narrating, plugins
from publish.audio import SpeechError, Utterance, Voice
from publish.config import Settings
from publish.diagnostics import Diagnostic, MissingError, Place, PublishError, Report, UsageError
from publish.lexicon import Lexicon
from publish.output import unwritable
from publish.pipeline import read_settings
from publish.said import said
from publish.studio import LONGEST, Band
from publish.voices import voice_for
from publish.workspace import Workspace, lexicons


class Wish(msgspec.Struct, frozen=True):
    """What is to be heard, and how."""

    text: str
    speaker: str = ""
    """Empty: the narrator."""
    voice: str = ""
    """Name or timbre; empty: the speaker's."""
    language: str = ""
    """BCP 47; empty: the series'."""


class Heard(msgspec.Struct, frozen=True):
    """What was said."""

    mp3: bytes
    engine: str
    voice: Voice
    words: str
    """As the engine was given them."""
    phonemes: str
    """IPA; empty: the engine does not tell."""


def say(root: Path, wish: Wish, report: Report) -> Heard:
    """Say it as a build of the workspace would.

    Raises:
        UsageError: There is no such speaker or voice.
        MissingError: The engine cannot work here.
        PublishError: The engine cannot say it.
    """
    if not wish.text.strip() or len(wish.text) > LONGEST:
        what = f"{len(wish.text):,} characters are too many" if wish.text.strip() else "there is nothing to say"
        raise UsageError(Diagnostic("W012", f"{what}; give some words"))
    settings = read_settings(Workspace(root))
    language = wish.language or settings.language
    name, voice = _chosen(root, wish, language, settings)
    engine = plugins.prepared(name, settings.audio, root)
    words = said(" ".join(wish.text.split()), language, _lexicon(root, settings, report))
    utterance = Utterance(words.text, voice, settings.audio.words_per_minute, phonemes=words.phonemes)
    try:
        mp3 = auditions.heard(engine, utterance, language, settings.audio)
        heard = engine.phonemes(utterance) if isinstance(engine, plugins.Telling) else ""
    except SpeechError as error:
        raise PublishError(Diagnostic("S001", f"this cannot be said: {error.reason}")) from error
    return Heard(mp3, name, voice, words.text, heard)


def _lexicon(root: Path, settings: Settings, report: Report) -> Lexicon:
    """How the workspace has words pronounced."""
    return narrating.words(lexicons(Workspace(root)), settings, report)


def _chosen(root: Path, wish: Wish, language: str, settings: Settings) -> tuple[str, Voice]:
    """Engine and voice."""
    own = Band(settings.audio, {}).name(language)
    wanted = wish.voice or _cast(root, wish.speaker, own, settings)
    others = (name for name in plugins.names("engines") if name != own) if wish.voice else ()
    for name in (own, *others):
        try:
            offered = plugins.prepared(name, settings.audio, root).voices()
        except MissingError:
            if name == own:
                raise
            continue
        if not wish.voice or any(wanted in (voice.name, voice.timbre) for voice in offered):
            voice = voice_for(offered, language, wanted)
            if voice is None:
                message = f"{name} has no voice for {language!r}; choose another engine in [audio.engines]"
                raise UsageError(Diagnostic("W012", message))
            return name, voice
    message = f"there is no voice {wanted!r}; `publish voices --language {language}` lists those there are"
    raise UsageError(Diagnostic("W012", message))


def _cast(root: Path, speaker: str, engine: str, settings: Settings) -> str:
    """Name or timbre of a speaker's voice; empty for the narrator, and for one who is not cast yet."""
    if not speaker:
        return ""
    of = settings.speakers.get(speaker)
    kept = {row.engine: row.voice for row in reversed(auditions.rows(root)) if row.speaker == speaker}
    if not of and not kept:
        known = sorted({*settings.speakers, *(row.speaker for row in auditions.rows(root))})
        there = f"there are {', '.join(known)}" if known else "name one in [speakers] of series.toml, or give --voice"
        raise UsageError(Diagnostic("W012", f"there is no speaker {speaker!r}; {there}"))
    return (of.voice if of else "") or kept.get(engine, "")


# --- The file ---------------------------------------------------------------------------------------------------------


def write(path: Path, mp3: bytes, *, force: bool) -> None:
    """Write the file, unless another's stands there.

    Raises:
        PublishError: One does, and ``force`` is not set.
        MissingError: It cannot be written.
    """
    try:
        if path.exists() and not force:
            with path.open("rb") as stream:
                if stream.read(len(auditions.TAG)) != auditions.TAG:
                    message = "this file was not written by `publish say`; name another by --output, or add --force"
                    raise PublishError(Diagnostic("B002", message, Place(str(path))))
        path.write_bytes(mp3)
    except OSError as error:
        raise unwritable(error, str(path)) from error
