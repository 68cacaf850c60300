"""Narrating an edition: who speaks with which voice, what is said, and the clips that come of it.

A text that cannot be spoken is reported and left out, and everything else goes on; nothing half-spoken is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import msgspec

from publish import audio, loudness
from publish.audio import RATE, Encoded, Mark, Speech, SpeechError, Unspeakable, Utterance, Voice
from publish.casting import voice_for, voices_for
from publish.config import Settings
from publish.diagnostics import Diagnostic, Place, Report
from publish.model import (
    Clip,
    Code,
    Deleted,
    Edition,
    Foreign,
    Image,
    Inaudible,
    Inline,
    Narration,
    PageBreak,
    Paragraph,
    Text,
    Track,
    Turn,
    Vocal,
)

LONGEST = 50_000
"""Characters of a text that is spoken: about an hour. Longer ones are reported: nobody meant that paragraph."""
PORTION = 5_000
"""Characters that an engine is given at once."""
SHORT_PORTION = 100
"""The same, when it lost some: espeak-ng drops what is over 1,000 phonemes in a clause, which 14 long numbers have."""


class Engine(Protocol):
    """What is needed of an engine."""

    def version(self) -> str:
        """Of everything that shapes its sound."""

    def voices(self) -> tuple[Voice, ...]:
        """All it can speak with here: first the narrator's, then that of people without a name, then the others'."""

    def synthesise(self, utterance: Utterance) -> Speech:
        """The sound of one utterance. Raises SpeechError."""


class Script(msgspec.Struct, frozen=True):
    """What is said besides the turns' paragraphs; all of it by the narrator, and for books."""

    front: tuple[Paragraph, ...] = ()
    """Lines of front matter, ``front-<key>``."""
    opening: tuple[Paragraph, ...] = ()
    """The heading of the opening, ``opening-h``, where there is one."""
    headings: tuple[Paragraph, ...] = ()
    """Headings of turns, ``<turn>-h``."""


class _DoubtError(SpeechError):
    """There is sound, but it cannot be that of all the words."""


class Line(msgspec.Struct, frozen=True):
    """One clip to be made."""

    id: str
    parts: tuple[Inline, ...]
    language: str
    """BCP 47."""
    voice: str
    """Name or timbre of the voice that says it, as :func:`cast` chose it."""
    pause: float
    """Seconds after it."""
    place: Place


def narrate(  # six things shape the sound and where it goes
    edition: Edition, script: Script, engine: Engine, settings: Settings, cache: Path, report: Report
) -> Narration:
    """Speak an edition. Clips that ``cache`` holds are not spoken again; the others are put there.

    Tracks: ``<turn>`` its name, when announced, and paragraphs; ``<turn>-h`` its heading; ``front-1`` all else. What
    cannot be spoken is in no track, and a track without clips is left out.

    Raises:
        MissingError: The engine cannot work here, or the cache cannot be written.
    """
    studio = _Studio(edition, engine, settings, cache, report)
    tracks = {}
    for name, lines in _tracks(edition, script, settings, studio.cast):
        track = studio.track(name, lines)
        if any(clip.id != f"{name}-n" for clip in track.clips):
            tracks[name] = track
    studio.tell()
    if studio.mute():
        tracks = {}
    return Narration(
        rate=RATE,
        tracks=tracks,
        unspoken=tuple(studio.unspoken),
        voices=tuple(sorted(studio.heard)) if tracks else (),
        engine=f"{settings.audio.engine} {engine.version()}",
    )


def _tracks(
    edition: Edition, script: Script, settings: Settings, cast: dict[str | None, str]
) -> Iterator[tuple[str, list[Line]]]:
    after, rest = settings.audio.pause_paragraph, settings.audio.pause_turn
    narrator = cast[None]

    def line(paragraph: Paragraph, voice: str, pause: float) -> Line:
        language = paragraph.language or edition.language
        return Line(paragraph.id, paragraph.parts, language, voice, pause, paragraph.place)

    yield "front-1", [line(paragraph, narrator, after) for paragraph in (*script.front, *script.opening)]
    for heading in script.headings:
        yield heading.id, [line(heading, narrator, after)]
    for turn in edition.briefing.turns:
        lines = [line(paragraph, cast[turn.speaker], after) for paragraph in turn.paragraphs]
        lines[-1] = msgspec.structs.replace(lines[-1], pause=rest)
        yield turn.id, [*_announced(turn, edition, settings, narrator), *lines]


def _announced(turn: Turn, edition: Edition, settings: Settings, narrator: str) -> Iterator[Line]:
    if turn.speaker is None or turn.continued or settings.audio.announce == "off":
        return
    name = edition.people[turn.speaker].name
    if name.text:
        pause = settings.audio.pause_paragraph
        yield Line(f"{turn.id}-n", (Text(name.text),), name.language, narrator, pause, turn.place)


# --- The studio: from lines to clips ----------------------------------------------------------------------------------


class _Studio:
    """The engine and what was found while speaking one edition."""

    def __init__(self, edition: Edition, engine: Engine, settings: Settings, cache: Path, report: Report) -> None:
        self._language, self._engine, self._settings = edition.language, engine, settings
        self._cache, self._report = cache, report
        self._voices = engine.voices()
        self._version = f"{settings.audio.engine} {engine.version()}"
        self._replace = replacer(settings.pronunciation)
        self._voice = lru_cache(None)(lambda language, wanted: voice_for(self._voices, language, wanted))
        self._gain = lru_cache(None)(self._measured)
        self._refused: dict[str, int] = {}
        self._mute: dict[str, bool] = {}
        self.cast = cast(edition, self._voices, settings, report)
        self.unspoken: list[str] = []
        self.heard: set[str] = set()

    def track(self, name: str, lines: Iterable[Line]) -> Track:
        """Speak lines one after the other."""
        clips, pieces = [], []
        at = 0
        for line in lines:
            found = self._clip(line)
            if found is None:
                self.unspoken.append(line.id)
                continue
            key, samples = found
            clips.append(Clip(line.id, at, at + samples))
            pieces.append(key)
            at += samples
        return Track(name, tuple(clips), tuple(pieces))

    def tell(self) -> None:
        """Report each reason for which texts were refused once."""
        for reason, count in self._refused.items():
            what = "1 text has" if count == 1 else f"{count} texts have"
            self._report(Diagnostic("S002", f"{what} no sound in the edition {self._language!r}: {reason}"))

    def mute(self) -> bool:
        """Whether nothing in the edition's own language could be spoken: a few names alone are not worth hearing."""
        return self._mute.get(self._language, False)

    def _clip(self, line: Line) -> tuple[str, int] | None:
        """Key and length of the clip, which is then in the cache; None, and a report, when it cannot be spoken."""
        try:
            return self._made(line)
        except Unspeakable as error:
            self._refused[error.reason] = self._refused.get(error.reason, 0) + 1
            self._mute.setdefault(line.language, True)
        except SpeechError as error:
            message = f"{line.id} has no sound: {error.reason}; change its words, or the engine in [audio]"
            self._report(Diagnostic("S001", message, line.place))
        return None

    def _made(self, line: Line) -> tuple[str, int] | None:
        said = tuple(self._runs(line))
        length = sum(len(text) for _, _, text in said)
        if length > LONGEST:
            message = f"{line.id} is not spoken: it has {length:,} characters; divide it into paragraphs"
            self._report(Diagnostic("S003", message, line.place))
            return None
        pace, pause = self._settings.audio.words_per_minute, max(0, round(line.pause * RATE))
        gains = [self._gain(voice, language) for language, voice, _ in said]
        words = (
            part
            for (_, voice, text), gain in zip(said, gains, strict=True)
            for part in (voice.name, voice.engine, f"{gain:.2f}", text)
        )
        key = audio.key(self._version, str(pace), str(pause), *words, bit_rate=self._settings.audio.bit_rate)
        clip = audio.load(self._cache, key)
        if clip is None:
            runs = [(voice, gain, text) for (_, voice, text), gain in zip(said, gains, strict=True)]
            clip = self._recorded(runs, pace, pause)
            audio.store(self._cache, key, clip)
        self._mute.update((language, False) for language, _, _ in said)
        self.heard.update(voice.name for _, voice, _ in said)
        return key, clip.samples

    def _measured(self, voice: Voice, language: str) -> float:
        """By how many decibels the voice is made as loud as all others."""
        wanted = self._settings.audio
        return loudness.gain(self._engine, voice, language, wanted.words_per_minute, wanted.loudness, self._cache)

    def _recorded(self, said: Iterable[tuple[Voice, float, str]], pace: int, pause: int) -> Encoded:
        words = [(voice, gain, portion) for voice, gain, text in said for portion in portions(text)]
        sound = (
            loudness.level(
                self._spoken(Utterance(text, voice, pace, number < len(words) and bool(_ENDED.search(text)))), gain
            )
            for number, (voice, gain, text) in enumerate(words, 1)
        )
        return audio.encode(sound, pause, self._settings.audio.bit_rate)

    def _spoken(self, utterance: Utterance) -> bytes:
        """The samples of an utterance, at the second attempt if need be.

        An engine that gave something, but not all, has perhaps lost its way in a long clause: it gets less at once.
        """
        try:
            return self._attempt(utterance)
        except Unspeakable:
            raise
        except _DoubtError:
            texts = list(portions(utterance.text, SHORT_PORTION))
        except SpeechError:
            texts = [utterance.text]
        parts = [
            msgspec.structs.replace(utterance, text=text, pause=utterance.pause and number == len(texts))
            for number, text in enumerate(texts, 1)
        ]
        return b"".join(map(self._attempt, parts))

    def _attempt(self, utterance: Utterance) -> bytes:
        speech = self._engine.synthesise(utterance)
        pcm = audio.resampled(speech)
        reason = doubt(utterance, speech)
        if reason:
            raise _DoubtError(reason)
        return pcm

    def _runs(self, line: Line) -> Iterator[tuple[str, Voice, str]]:
        """Language, voice and words, in order."""
        narrator = self.cast[None]
        for language, wanted, printed in runs(line.parts, line.language, line.voice, narrator):
            text = self._replace(printed)
            voice = self._voice(language, wanted)
            if voice is None and language != line.language and _LATIN.fullmatch(text):
                voice = self._voice(line.language, wanted)
            if voice is None:
                engine = self._settings.audio.engine
                raise Unspeakable(f"{engine} has no voice for {language!r}; choose another engine in [audio]")
            yield language, voice, text


_LATIN = re.compile(r"[\u0000-\u024f\u1e00-\u1eff\u2000-\u206f]*")
"""A passage that the paragraph's own voice can try to read, when there is none for the passage's language."""


# --- What is said -----------------------------------------------------------------------------------------------------


def runs(parts: Iterable[Inline], language: str, voice: str, narrator: str) -> list[tuple[str, str, str]]:
    """What is said of a paragraph, as language, voice and words; neighbours differ in language or voice.

    Words that a correction took out are not said, vocals, gaps and pictures are said by the narrator, a link's address
    and a break of pages are nothing to hear. Punctuation that stands alone goes with the words before it.
    """
    found: list[tuple[str, str, str]] = []
    for run in _parts(parts, language, voice, narrator):
        if found and (found[-1][:2] == run[:2] or not _words(run[2])):
            found[-1] = (*found[-1][:2], found[-1][2] + run[2])
        else:
            found.append(run)
    folded = ((tag, name, " ".join(text.split())) for tag, name, text in found)
    return [run for run in folded if _words(run[2])]


def _parts(parts: Iterable[Inline], language: str, voice: str, narrator: str) -> Iterator[tuple[str, str, str]]:
    for part in parts:
        match part:
            case Text(text) | Code(text):
                yield language, voice, text
            case Vocal(text) | Inaudible(text) | Image(text):
                yield language, narrator, text
            case Deleted() | PageBreak():
                pass
            case Foreign(tag, inner):
                yield from _parts(inner, tag, voice, narrator)
            case _:
                yield from _parts(part.parts, language, voice, narrator)


def _words(text: str) -> bool:
    """Whether there is anything but punctuation, spaces and controls."""
    return any(unicodedata.category(sign)[0] not in "PZC" for sign in text)


def replacer(pronunciation: dict[str, str]) -> Callable[[str], str]:
    """A function that puts how a word is said in the place of the word, where it stands as a whole word."""
    if not pronunciation:
        return str
    longest_first = sorted(pronunciation, key=lambda word: (-len(word), word))
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return lambda text: pattern.sub(lambda found: pronunciation[found.group()], text)


_ENDED = re.compile(r"[.!?…؟۔।。！？][\"'”’»)\]]*$")
_SENTENCE_END = re.compile(r"(?<=[.!?…؟۔।])[\"'”’»)\]]*\s+|[。！？]+")


def portions(text: str, size: int = PORTION) -> Iterator[str]:
    """The text in portions of at most ``size`` characters, cut after a sentence, else a word, else anywhere."""
    while len(text) > size:
        ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, size)]
        cut = ends[-1] if ends else text.rfind(" ", 1, size) + 1 or size
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


_FASTEST = 0.012
"""Seconds a Latin letter, at 175 words a minute; 0.05 is the least in 2,500 paragraphs of English."""
_SLOWEST = 0.3
"""Seconds a small Latin letter; the most is 0.13."""
_SLOWEST_SIGN = 2.5
"""Seconds any other sign, since some are said by their names: "grinning face with smiling eyes"."""


def doubt(utterance: Utterance, speech: Speech) -> str:
    """Why the sound cannot be the whole of the words, as a clause; empty when it can."""
    text, pace = utterance.text, 175 / utterance.words_per_minute
    seconds = len(speech.pcm) / 2 / speech.rate
    small = len(re.findall(r"[a-z]", text))
    letters = sum(sign.isalpha() for sign in text)
    signs = sum(not sign.isspace() for sign in text)
    if seconds < (small * _FASTEST + (letters - small) * _FASTEST / 10) * pace:
        return f"the sound is too short ({seconds:.1f} s for {letters} letters)"
    if seconds > 3 + (small * _SLOWEST + (signs - small) * _SLOWEST_SIGN) * pace:
        return f"the sound is too long ({seconds:.1f} s for {signs} signs)"
    if not speech.marks:
        return ""
    if lost := unsaid(text, speech.marks):
        return f"the words {lost[:60]!r} were not said"
    if max(mark.sample for mark in speech.marks) >= len(speech.pcm) // 2:
        return "the sound ends before its last word"
    return ""


_WORD = re.compile(r"[^\W_]+")
_WORDS_WITHOUT_MARK = 3
"""Words in a row that may be without a mark; espeak-ng says "of the" as one, and gives none to a word after a dash."""
_LETTERS_WITHOUT_MARK = 40
_UNSPACED = re.compile(r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of languages that put no space between words."""


def unsaid(text: str, marks: Iterable[Mark]) -> str:
    """The first stretch of words that no mark stands for; empty when there is none."""
    at = 0
    for mark in sorted((*marks, Mark(len(text), 1, 0)), key=lambda mark: mark.position):
        stretch = text[at : mark.position]
        words = _WORD.findall(stretch)
        if len(words) > _WORDS_WITHOUT_MARK or sum(map(len, words)) > _LETTERS_WITHOUT_MARK:
            return stretch.strip()
        end = mark.position + mark.length
        while end < len(text) and not text[end].isspace() and not _UNSPACED.match(text, end - 1):
            end += 1  # a mark holds 31 letters at most
        at = max(at, end)
    return ""


# --- Who says it ------------------------------------------------------------------------------------------------------

_SEXES = {"MS.": "female", "MRS.": "female", "MISS": "female", "MR.": "male"}


def cast(edition: Edition, voices: tuple[Voice, ...], settings: Settings, report: Report) -> dict[str | None, str]:
    """For each speaker's id the name or timbre of a voice; for None that of the narrator.

    The narrator has a voice of its own, and all who are not named share one. The others take, in the order in which
    they first speak, one that nobody has yet, by ``sex`` in ``series.toml`` or the title before the name, while there
    is one. ``voice`` in ``series.toml`` comes before all.
    """
    timbres = {voice.timbre: voice.sex for voice in reversed(voices_for(voices, edition.source_language) or voices)}
    ordered = list(reversed(timbres)) or [""]
    chosen: dict[str | None, str] = {None: ordered[0]}
    free = ordered[2:] or ordered
    labels = {turn.speaker: turn.label for turn in reversed(edition.briefing.turns) if turn.label}
    taken: list[str] = []
    for speaker in (participant.speaker for participant in edition.briefing.participants):
        of = settings.speakers.get(speaker)
        title = _SEXES.get(labels.get(speaker, "").partition(" ")[0].upper(), "")
        if of and of.voice and _known(of.voice, speaker, voices, report):
            chosen[speaker] = of.voice
        elif edition.people[speaker].kind == "unnamed":
            chosen[speaker] = ordered[1 % len(ordered)]
        else:
            sex = (of.sex if of else "") or title
            fitting = [timbre for timbre in free if not sex or timbres[timbre] == sex] or free
            chosen[speaker] = min(fitting, key=taken.count)
            taken.append(chosen[speaker])
    return chosen


def _known(name: str, speaker: str, voices: tuple[Voice, ...], report: Report) -> bool:
    if any(name in (voice.name, voice.timbre) for voice in voices):
        return True
    message = f"there is no voice {name!r} for speaker {speaker!r}; `publish voices` lists those there are"
    report(Diagnostic("S004", message, Place("series.toml")))
    return False
