"""What is heard is what is printed: by the engines' marks in every language, by a recogniser in English."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pocketsphinx
import pytest
from takes import Recorded, recorded

from publish import audio, checkers, checks
from publish.audio import RATE, Mark, Speech, Utterance
from publish.doubts import doubt
from publish.studio import heard as heard_at

MOST_WITHOUT_MARK = {"en": 1, "fr": 0, "ar": 0, "zh-Hans": 2}
"""Words in a row without a mark of their own, in the languages of the sample that have sound.

espeak-ng says "of the" and "I am" as one word, with one mark for both; of a Chinese word often the first sign alone has
one. What it so passes over has four letters at most, and is no number.
"""
_MOST = 0.08
"""The share of such words among all."""


# --- Marks against printed words --------------------------------------------------------------------------------------

_PRINTED = re.compile(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+")
"""A printed word: what white space divides, in Chinese each sign."""


def without_mark(one: Recorded, marks: tuple[Mark, ...]) -> Iterator[tuple[int, str]]:
    """The printed words of a clip that no mark stands for, each with its number among them."""
    begin = number = 0
    for part in one.take.parts:
        text, end = part.run.text, begin + len(part.said.text)
        inside = [mark for mark in marks if begin <= mark.position < end]
        covered = bytearray(len(text))
        for mark in inside:
            first, last = part.said.span(mark.position - begin, mark.length)
            covered[first:last] = b"\1" * (min(last, len(text)) - first)
        for word in _PRINTED.finditer(text):
            if not any(map(str.isalnum, word[0])):
                continue
            number += 1
            if not any(covered[word.start() : word.end()]):
                yield number, word[0]
        begin = end


def is_whole(one: Recorded, marks: tuple[Mark, ...], most: int) -> bool:
    """Whether marks stand for every printed word of a clip, but for ``most`` small ones in a row."""
    without = dict(without_mark(one, marks))
    rows = (all(number + step in without for step in range(most + 1)) for number in without)
    small = (len(re.findall(r"\w", word)) <= 4 and not re.search(r"\d", word) for word in without.values())
    return 1 not in without and not any(rows) and all(small)


@pytest.mark.parametrize(("language", "most"), MOST_WITHOUT_MARK.items())
def test_marks_stand_for_every_printed_word_of_the_sample(sample: Path, language: str, most: int) -> None:
    clips = [one for one in recorded(sample, language) if one.take.parts]

    words = sum(len(_PRINTED.findall(part.run.text)) for one in clips for part in one.take.parts)
    assert len(clips) > 100
    assert [one.take.line.id for one in clips if not is_whole(one, one.clip.marks, most)] == []
    assert sum(len(list(without_mark(one, one.clip.marks))) for one in clips) <= _MOST * words


@pytest.mark.parametrize(("language", "most"), MOST_WITHOUT_MARK.items())
def test_words_whose_marks_are_taken_away_are_missed(sample: Path, language: str, most: int) -> None:
    for one in recorded(sample, language):
        marks = sorted(one.clip.marks, key=lambda mark: mark.position)
        printed = [position for position, _ in heard_at(one.take, marks)]  # of a number all marks have its beginning
        places = sorted(set(printed))
        for at in range(0, len(places) - 4, 4):
            left = tuple(mark for mark, place in zip(marks, printed, strict=True) if place not in places[at : at + 4])
            assert not is_whole(one, left, most), (one.take.line.id, places[at : at + 4])


@pytest.mark.parametrize("language", MOST_WITHOUT_MARK)
def test_marks_stand_in_the_text_and_sound_in_their_order_inside_their_clip(sample: Path, language: str) -> None:
    for one in recorded(sample, language):
        samples = [mark.sample for mark in one.clip.marks]
        text = sum(len(part.said.text) for part in one.take.parts)
        assert bool(samples) == bool(one.take.parts)
        assert samples == sorted(samples)
        assert all(0 <= mark.sample < one.clip.samples for mark in one.clip.marks)
        assert all(0 <= mark.position < mark.position + mark.length <= text for mark in one.clip.marks)


# --- Files that are not as they were written --------------------------------------------------------------------------


@pytest.fixture
def harmed(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sample to do harm to. Its books are as before, so nobody asks EPUBCheck."""
    root = tmp_path / "sample"
    shutil.copytree(sample, root)
    monkeypatch.setattr(checkers, "epubcheck_jar", lambda: None)
    return root


def long_turn(root: Path) -> tuple[str, list[Recorded]]:
    """A turn of several paragraphs, by its file's path in the outputs and with its clips."""
    turns: dict[str, list[Recorded]] = {}
    for one in recorded(root, "en"):
        turns.setdefault(f"outputs/en/{one.briefing}/audio/{one.track}.mp3", []).append(one)
    return next((path, clips) for path, clips in turns.items() if len(clips) > 2 and (root / path).is_file())


_HARM: dict[str, Callable[[list[audio.Encoded]], list[audio.Encoded]]] = {
    "swapped": lambda clips: [*clips[:-2], clips[-1], clips[-2]],
    "dropped": lambda clips: clips[:-1],
    "cut": lambda clips: [*clips[:-1], audio.Encoded(clips[-1].frames[: len(clips[-1].frames) // 2], 1)],
}


@pytest.mark.parametrize("harm", _HARM)
def test_check_names_the_file_in_which_a_paragraph_was_swapped_dropped_or_cut(harmed: Path, harm: str) -> None:
    path, clips = long_turn(harmed)
    whole = [one.clip for one in clips]
    assert (harmed / path).read_bytes() == audio.mp3(whole)

    (harmed / path).write_bytes(audio.mp3(_HARM[harm](whole)))
    summary = checks.check(harmed, harmed / "outputs")

    assert [(found.code, found.place.file) for found in summary.findings if found.code < "K008"] == [("K002", path)]


def test_check_names_two_turns_whose_files_were_exchanged_and_one_that_is_gone(harmed: Path) -> None:
    one, other, third = sorted(harmed.glob("outputs/en/*/audio/*.mp3"))[:3]
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    third.unlink()

    findings = checks.check(harmed, harmed / "outputs").findings

    told = {found.place.file: found.code for found in findings}
    assert [told[path.relative_to(harmed).as_posix()] for path in (one, other, third)] == ["K002", "K002", "K001"]


# --- By ear -----------------------------------------------------------------------------------------------------------


class Paragraph(NamedTuple):
    """A paragraph as its turn's file sounds, and the words that are said."""

    sound: bytes
    """16 bit, :data:`_HEARD_RATE`."""
    words: tuple[str, ...]
    id: str


_HEARD_RATE = 16_000
"""Samples a second that the recogniser's model wants."""
_STEP = _HEARD_RATE // 100
"""Samples of one of its frames."""
_LOUD = 500
"""Root of the mean square of a frame in which somebody speaks; the pauses are silent."""
_IN_WORDS = 0.85
"""Share of what is loud that lies in words, when they are the right ones; 0.87 is the least of the sample."""
_LEAST = 7
"""Words of a paragraph: fewer are found in many a sound."""


class Recogniser:
    """pocketsphinx with its American English model: it lays words over a sound, or finds that they do not fit.

    With its usual beams it gives up on espeak-ng's voices; with ``bestpath`` it answers with a part of the words.
    """

    def __init__(self) -> None:
        options = {"beam": 1e-200, "pbeam": 1e-200, "wbeam": 1e-150, "bestpath": False}
        self._decoder = pocketsphinx.Decoder(samprate=_HEARD_RATE, loglevel="FATAL", lm=None, **options)

    def knows(self, words: tuple[str, ...]) -> bool:
        return all(self._decoder.lookup_word(word) for word in words)

    def accepts(self, sound: bytes, words: tuple[str, ...]) -> bool:
        """Whether each word is found, one after the other, and hardly anything loud lies between them."""
        decoder = self._decoder
        decoder.set_align_text(" ".join(words))
        decoder.start_utt()
        decoder.process_raw(sound, full_utt=True)
        decoder.end_utt()
        found = [one for one in decoder.seg() or () if one.word[0] not in "<["]  # "<sil>" and "[NOISE]" are no words
        if len(found) < len(words):
            return False
        waves = np.frombuffer(sound, "<i2").astype(float)
        frames = waves[: len(waves) // _STEP * _STEP].reshape(-1, _STEP)
        loud = np.sqrt((frames**2).mean(axis=1)) > _LOUD
        inside = sum(int(loud[one.start_frame : one.end_frame + 1].sum()) for one in found)
        return bool(inside >= _IN_WORDS * loud.sum())


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def samples(path: Path) -> bytes:
    """A file decoded, at :data:`RATE`."""
    with av.open(str(path)) as file:
        frames = [frame for decoded in file.decode(audio=0) for frame in resampled(decoded, RATE)]
    return b"".join(frames)


def resampled(frame: av.AudioFrame, rate: int) -> list[bytes]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return [bytes(one.planes[0])[: one.samples * 2] for one in frames]


def for_recogniser(pcm: bytes) -> bytes:
    """Samples at :data:`RATE` as the recogniser wants them."""
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
    frame.planes[0].update(pcm)
    frame.sample_rate = RATE
    return b"".join(resampled(frame, _HEARD_RATE))


@pytest.fixture(scope="module")
def spoken(sample: Path) -> list[tuple[Recorded, bytes]]:
    """Every English paragraph that one voice says in one language, and its sound, cut out of its turn's file."""
    found, files = [], dict[Path, bytes]()
    for one in recorded(sample, "en"):
        path = sample / f"outputs/en/{one.briefing}/audio/{one.track}.mp3"
        if one.take.line.id == f"{one.track}-n" or len(one.take.parts) != 1 or not path.is_file():
            continue
        if one.take.parts[0].run.language == "en":
            pcm = files.setdefault(path, b"") or samples(path)
            files[path] = pcm
            found.append((one, pcm[2 * one.start : 2 * one.end]))
    return found


@pytest.fixture(scope="module")
def paragraphs(spoken: list[tuple[Recorded, bytes]], recogniser: Recogniser) -> list[Paragraph]:
    """Those of them that the recogniser can judge: long enough, every word in its dictionary, no number.

    How a number is said is left to espeak-ng, so nobody has its words; names are in no dictionary.
    """
    found = []
    for one, pcm in spoken:
        text = one.take.parts[0].said.text.lower().replace("’", "'")
        words = tuple(re.findall(r"[a-z]+(?:'[a-z]+)*", text))
        if len(words) >= _LEAST and not re.search(r"\d", text) and recogniser.knows(words):
            found.append(Paragraph(for_recogniser(pcm), words, one.take.line.id))
    return found


def test_a_recogniser_accepts_the_text_of_every_english_paragraph_that_it_can_judge(
    paragraphs: list[Paragraph], recogniser: Recogniser
) -> None:
    assert len(paragraphs) >= 20
    assert [one.id for one in paragraphs if not recogniser.accepts(one.sound, one.words)] == []


def test_a_recogniser_refuses_the_text_of_the_next_paragraph(
    paragraphs: list[Paragraph], recogniser: Recogniser
) -> None:
    pairs = list(zip(paragraphs, [*paragraphs[1:], paragraphs[0]], strict=True))[:20]

    refused = sum(not recogniser.accepts(one.sound, other.words) for one, other in pairs)

    assert refused >= 18


def test_a_paragraph_without_the_last_third_of_its_sound_is_doubted_and_a_whole_one_is_not(
    spoken: list[tuple[Recorded, bytes]],
) -> None:
    several = [(one, pcm) for one, pcm in spoken if len(one.clip.marks) > 1]  # half a word still begins in time
    assert len(several) >= 20
    for one, pcm in several:
        part, pause = one.take.parts[0], round(one.take.line.pause * RATE)
        utterance = Utterance(part.said.text, part.voice, 175)
        cut = (len(pcm) // 2 - pause) * 2 // 3
        marks = tuple(mark for mark in one.clip.marks if mark.sample < cut)

        assert doubt(utterance, Speech(pcm, RATE, one.clip.marks)) == ""
        assert doubt(utterance, Speech(pcm[: 2 * cut], RATE, one.clip.marks)), one.take.line.id
        if len(one.clip.marks) - len(marks) > 4:  # of fewer words some may have no mark of their own
            assert doubt(utterance, Speech(pcm[: 2 * cut], RATE, marks)), one.take.line.id
