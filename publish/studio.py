"""The studio: lines become clips, by the engines and voices there are. What was spoken once is not spoken again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import msgspec

from publish import audio, clips, loudness
from publish.audio import RATE, Encoded, Mark, Phonemes, Speech, SpeechError, Unspeakable, Utterance, Voice
from publish.config import AudioSettings, Settings
from publish.doubts import SHORT_PORTION, doubt, portions
from publish.earcon import earcon
from publish.lexicon import Lexicon
from publish.said import Said, said
from publish.script import NARRATOR, Line, Run, runs
from publish.voices import called, voice_for

LONGEST = 50_000
"""Characters of a text that is spoken: about an hour. Longer ones are reported: nobody meant that paragraph."""


class Engine(Protocol):
    """What is needed of an engine."""

    def version(self) -> str:
        """Of everything that shapes its sound."""

    def voices(self) -> tuple[Voice, ...]:
        """All it can speak with here: first the narrator's, then that of people without a name, then the others'."""

    def synthesise(self, utterance: Utterance) -> Speech:
        """The sound of one utterance. Raises SpeechError."""


class Band:
    """The engines of a series: one for every language, and others where ``series.toml`` names them."""

    def __init__(self, settings: AudioSettings, engines: Mapping[str, Engine]) -> None:
        """Take engines by name: at least all that the settings name."""
        self._default, self._by_language = settings.engine, settings.engines
        self._engines = engines

    def name(self, language: str) -> str:
        """The engine that speaks a language: as it is written in a country, else as such, else the default one."""
        tag = language
        while tag:
            if tag in self._by_language:
                return self._by_language[tag]
            tag = tag.rpartition("-")[0]
        return self._default

    def engine(self, language: str) -> Engine:
        """The same, itself."""
        return self._engines[self.name(language)]

    def voices(self, name: str) -> tuple[Voice, ...]:
        """All voices of an engine, by its name."""
        return self._engines[name].voices()

    def version(self, language: str) -> str:
        """Name and version of the engine that speaks a language."""
        return f"{self.name(language)} {self.engine(language).version()}"


class Stage(msgspec.Struct, frozen=True):
    """What a narration is made with, besides the words."""

    band: Band
    cast: Mapping[str, Mapping[str, str]]
    """By the engine's name: for a speaker's id the name or timbre of a voice. Who is missing has the narrator's."""
    lexicon: Lexicon
    cache: Path
    """Folder of encoded clips."""


class Part(msgspec.Struct, frozen=True):
    """A run with its voice and what it says."""

    run: Run
    voice: Voice
    said: Said


class Take(msgspec.Struct, frozen=True):
    """A line as it will be recorded."""

    line: Line
    parts: tuple[Part, ...]
    key: str
    """Its clip's, in the cache."""

    @property
    def characters(self) -> int:
        """How much there is to say."""
        return sum(len(part.said.text) for part in self.parts)


class TooLongError(SpeechError):
    """Nobody meant a paragraph of such a length to be spoken."""


class _DoubtError(SpeechError):
    """There is sound, but it cannot be that of all the words."""


class Studio:
    """Plans takes and records them."""

    def __init__(self, stage: Stage, settings: Settings) -> None:
        """Nothing is spoken yet."""
        self._stage, self._band, self._audio = stage, stage.band, settings.audio
        self._voice = lru_cache(None)(self._chosen)
        self._gain = lru_cache(None)(self._measured)

    def plan(self, line: Line) -> Take:
        """What a line says, with which voices; nothing is spoken for it but, once a voice, what its loudness is.

        Raises:
            Unspeakable: There is no voice for it.
            TooLongError: It is longer than :data:`LONGEST`.
        """
        parts = () if line.earcon else tuple(self._part(run, line.language) for run in runs(line))
        if (length := sum(len(part.said.text) for part in parts)) > LONGEST:
            raise TooLongError(f"it has {length:,} characters; divide it into paragraphs")
        about = [str(self._pace), str(self._pause(line)), str(self._audio.loudness), "earcon" if line.earcon else ""]
        for part in parts:
            about += self._shape(part)
        return Take(line, parts, audio.key(*about, bit_rate=self._audio.bit_rate))

    def _shape(self, part: Part) -> Iterator[str]:
        """Everything that a part of a clip is made of."""
        language = part.run.language
        yield self._band.version(language)
        yield from (part.voice.name, part.voice.engine, f"{self._gain(part.voice, language):.2f}", part.said.text)
        yield from (f"{one.position} {one.length} {one.ipa}" for one in part.said.phonemes)

    @property
    def _pace(self) -> int:
        return self._audio.words_per_minute

    @staticmethod
    def _pause(line: Line) -> int:
        return max(0, round(line.pause * RATE))

    # -- who says it ---------------------------------------------------------------------------------------------------

    def _part(self, run: Run, around: str) -> Part:
        voice = self._voice(run.language, run.speaker)
        if voice is None and run.language != around and _LATIN.fullmatch(run.text):
            voice = self._voice(around, run.speaker)
            run = Run(around, run.speaker, run.printed, run.at) if voice else run
        if voice is None:
            name = self._band.name(run.language)
            raise Unspeakable(f"{name} has no voice for {run.language!r}; choose another engine in [audio]")
        return Part(run, voice, said(run.text, run.language, self._stage.lexicon))

    def _chosen(self, language: str, speaker: str) -> Voice | None:
        engine = self._band.name(language)
        voices = self._band.voices(engine)
        wanted = self._stage.cast.get(engine, {}).get(speaker) if speaker != NARRATOR else None
        return voice_for(voices, language, wanted or called(voices[0])) if voices else None

    def _measured(self, voice: Voice, language: str) -> float:
        """By how many decibels the voice is made as loud as all others."""
        engine = self._band.engine(language)
        return loudness.gain(engine, voice, language, self._pace, self._audio.loudness, self._stage.cache)

    def kept(self, take: Take) -> bool:
        """Whether the cache holds a take's clip, as far as can be told without reading it."""
        return clips.has(self._stage.cache, take.key)

    # -- recording -----------------------------------------------------------------------------------------------------

    def recorded(self, take: Take, failed: str = "") -> Encoded:
        """The clip of a take: from the cache, else spoken, and then in the cache.

        When ``failed`` says why that did not succeed a moment ago, it is not tried again.

        Raises:
            SpeechError: It cannot be spoken; nothing of it is kept.
            MissingError: The cache cannot be written.
        """
        clip = audio.load(self._stage.cache, take.key)
        if clip is None:
            if failed:
                raise SpeechError(failed)
            clip = self._spoken(take)
            audio.store(self._stage.cache, take.key, clip)
        return clip

    def _spoken(self, take: Take) -> Encoded:
        marks: list[Mark] = []
        pcm = [earcon(self._audio.loudness)] if take.line.earcon else self._sounds(take, marks)
        clip = audio.encode(pcm, self._pause(take.line), self._audio.bit_rate)
        return msgspec.structs.replace(clip, marks=tuple(marks))

    def _sounds(self, take: Take, marks: list[Mark]) -> Iterator[bytes]:
        """The sound of every portion, at the voice's loudness. Positions of marks go on from part to part."""
        asked = list(self._utterances(take))
        samples = 0
        for number, (part, at, utterance) in enumerate(asked, 1):
            whole = number == len(asked)
            paused = not whole and bool(_ENDED.search(utterance.text))
            speech = self._insisted(msgspec.structs.replace(utterance, pause=paused), part.run.language)
            marks += (Mark(at + mark.position, mark.length, samples + mark.sample) for mark in speech.marks)
            samples += len(speech.pcm) // 2
            yield loudness.level(speech.pcm, self._gain(part.voice, part.run.language))

    def _utterances(self, take: Take) -> Iterator[tuple[Part, int, Utterance]]:
        """Each portion with where it begins among all that the take says."""
        before = 0
        for part in take.parts:
            text = part.said.text
            for at, portion in portions(text):
                phonemes = tuple(_within(part.said.phonemes, at, portion))
                yield part, before + at, Utterance(portion, part.voice, self._pace, phonemes=phonemes)
            before += len(text)

    def _insisted(self, utterance: Utterance, language: str) -> Speech:
        """The speech of an utterance, at the second attempt if need be.

        An engine that gave something, but not all, has perhaps lost its way in a long clause: it gets less at once.
        """
        try:
            return self._attempt(utterance, language)
        except Unspeakable:
            raise
        except _DoubtError:
            texts = list(portions(utterance.text, SHORT_PORTION))
        except SpeechError:
            texts = [(0, utterance.text)]
        return _joined((at, self._attempt(_portion(utterance, at, text), language)) for at, text in texts)

    def _attempt(self, utterance: Utterance, language: str) -> Speech:
        """A speech at :data:`RATE` that is doubted no more."""
        speech = self._band.engine(language).synthesise(utterance)
        pcm = audio.resampled(speech)
        if reason := doubt(utterance, speech):
            raise _DoubtError(reason)
        marks = (Mark(mark.position, mark.length, mark.sample * RATE // speech.rate) for mark in speech.marks)
        return Speech(pcm, RATE, tuple(marks))


_LATIN = re.compile(r"[\u0000-\u024f\u1e00-\u1eff\u2000-\u206f]*")
"""A passage that the paragraph's own voice can try to read, when there is none for the passage's language."""
_ENDED = re.compile(r"[.!?…؟۔।。！？][\"'”’»)\]]*$")


def _within(phonemes: Iterable[Phonemes], at: int, portion: str) -> Iterator[Phonemes]:
    """The phonemes that lie in a portion, at their positions in it."""
    for one in phonemes:
        if at <= one.position and one.position + one.length <= at + len(portion):
            yield Phonemes(one.position - at, one.length, one.ipa)


def _portion(utterance: Utterance, at: int, text: str) -> Utterance:
    """A portion of an utterance; the pause follows the last one."""
    last = at + len(text) == len(utterance.text)
    phonemes = tuple(_within(utterance.phonemes, at, text))
    return msgspec.structs.replace(utterance, text=text, pause=utterance.pause and last, phonemes=phonemes)


def _joined(speeches: Iterable[tuple[int, Speech]]) -> Speech:
    """Speeches of portions, each with its position, as one."""
    pcm, marks = bytearray(), list[Mark]()
    for at, speech in speeches:
        marks += (Mark(at + mark.position, mark.length, len(pcm) // 2 + mark.sample) for mark in speech.marks)
        pcm += speech.pcm
    return Speech(bytes(pcm), RATE, tuple(marks))


# --- From marks to sentences ------------------------------------------------------------------------------------------


def heard(take: Take, marks: Iterable[Mark]) -> list[tuple[int, int]]:
    """For every mark, where its word stands among all printed words of the line, and its sample in the clip."""
    found = []
    parts = list(take.parts)
    begin = 0
    for mark in sorted(marks, key=lambda mark: mark.position):
        while len(parts) > 1 and mark.position >= begin + len(parts[0].said.text):
            begin += len(parts.pop(0).said.text)
        part = parts[0]
        found.append((part.run.origin(part.said.printed(mark.position - begin)), mark.sample))
    return found


def sentence_starts(take: Take, marks: tuple[Mark, ...], starts: Iterable[int], end: int) -> tuple[int, ...]:
    """When sentences begin to sound, in samples of the clip, from where they begin among its printed words.

    Args:
        take: What was recorded.
        marks: Of its clip; without any nothing can be told.
        starts: Positions of the second and further sentences.
        end: The clip's length in samples. A sentence without a word of its own begins with the next one, or there.
    """
    if not marks:
        return ()
    words = heard(take, marks)
    found: list[int] = []
    for start in reversed(list(starts)):
        after = [sample for position, sample in words if position >= start]
        found.append(min([*after, *found[-1:], end]))
    return tuple(reversed(found))
