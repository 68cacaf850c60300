"""Clips, and the files joined from them."""

from __future__ import annotations

import array
import io
import itertools
import struct
from collections.abc import Callable
from hashlib import shake_128
from pathlib import Path

import av
import numpy as np
import pytest

from publish import audio, clips
from publish import frames as mpeg
from publish.audio import FRAME, RATE, Speech, SpeechError, Utterance
from publish.diagnostics import MissingError
from publish.engines import pyttsx3
from publish.frames import BIT_RATES
from publish.model import Clip, Track

TEXTS = (
    "Good morning, everyone, and welcome to the river hall.",
    "Two metres.",
    "Please put your questions one after the other, and say who you are.",
    "No.",
    "The gates stay closed until the water falls, which will be on Thursday at the earliest.",
)


def spoken(text: str, name: str = "en-US+f3") -> bytes:
    voice = next(voice for voice in pyttsx3.voices() if voice.name == name)
    return audio.resampled(pyttsx3.synthesise(Utterance(text, voice)))


def noise(samples: int, seed: int = 1) -> bytes:
    return shake_128(bytes([seed])).digest(samples * 2)


def decoded(data: bytes, path: Path) -> array.array[int]:
    path.write_bytes(data)
    samples = array.array("h")
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            values = np.clip(np.rint(frame.to_ndarray() * 32768), -32768, 32767)
            samples.frombytes(bytes(values.astype("<i2").data))
    return samples


def frames(data: bytes) -> list[bytes]:
    """The MPEG frames of a file, by the sizes that their headers tell."""
    found = []
    at = 0
    while at < len(data):
        (header,) = struct.unpack_from(">I", data, at)
        assert header >> 21 == 0x7FF
        rate = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)[(header >> 12 & 15) - 1]
        size = 72_000 * rate // RATE + (header >> 9 & 1)
        found.append(data[at : at + size])
        at += size
    return found


# --- Lengths and times ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [0, 1, 575, 576, 577, 22_050, 22_051, 99_999])
def test_a_clip_holds_its_samples_and_its_pause_in_whole_frames(samples: int) -> None:
    clip = audio.encode([noise(samples)], 8820)

    assert clip.samples % FRAME == 0
    assert samples + 8820 <= clip.samples < samples + 8820 + 3 * FRAME
    assert len(frames(clip.frames)) == clip.count


LENGTHS = ((0,), (1,), (575, 0, 1152), (40_000,) * 9, (22_050, 3, 17_000, 576), tuple(range(1, 60_000, 1733)))


@pytest.mark.parametrize("lengths", LENGTHS)
def test_a_second_decoder_counts_the_sum_of_the_clips(
    tmp_path: Path, mpg123_samples: Callable[[Path], int], lengths: tuple[int, ...]
) -> None:
    parts = [audio.encode([noise(length)], length // 3) for length in lengths]
    path = tmp_path / "track.mp3"
    path.write_bytes(audio.mp3(parts))
    total = sum(clip.samples for clip in parts)

    assert mpg123_samples(path) == total
    assert len(decoded(path.read_bytes(), path)) == total


def test_each_clip_is_heard_from_the_sample_that_its_time_says(tmp_path: Path) -> None:
    """The lag at which the decoded speech is most like the engine's samples is none, in every clip."""
    pcm = [spoken(text) for text in TEXTS]
    parts = [audio.encode([part], 8820) for part in pcm]
    heard = decoded(audio.mp3(parts), tmp_path / "track.mp3")
    begin = 0
    for part, clip in zip(pcm, parts, strict=True):
        said = array.array("h", part)
        window = range(64, min(len(said), 12_000), 3)

        def alike(lag: int, said: array.array[int] = said, window: range = window, begin: int = begin) -> int:
            return sum(said[at] * heard[begin + at + lag] for at in window)

        assert max(range(-60, 61), key=alike) == 0
        begin += clip.samples


def test_the_pause_after_a_clip_is_silent_and_the_next_clip_is_whole(tmp_path: Path) -> None:
    first, second = (audio.encode([spoken(text)], 8820) for text in TEXTS[:2])
    together = decoded(audio.mp3([first, second]), tmp_path / "two.mp3")
    alone = decoded(audio.mp3([second]), tmp_path / "one.mp3")

    assert max(abs(value) for value in together[first.samples - 7000 : first.samples]) <= 40
    assert max(abs(a - b) for a, b in zip(together[first.samples :], alone, strict=True)) <= 40


def test_parts_of_any_length_give_the_frames_of_the_whole() -> None:
    pcm = spoken(TEXTS[2])
    cuts = [0, 2, 4002, 4004, 30_000, len(pcm)]

    parts = [pcm[start:end] for start, end in itertools.pairwise(cuts)]

    assert audio.encode(parts, 0) == audio.encode([pcm], 0)


def test_a_clip_of_nothing_is_its_pause(tmp_path: Path) -> None:
    clip = audio.encode([], 22_050)

    assert 22_050 <= clip.samples < 22_050 + 2 * FRAME
    assert set(decoded(audio.mp3([clip]), tmp_path / "a.mp3")) == {0}


@pytest.mark.parametrize("bit_rate", BIT_RATES)
def test_every_bit_rate_is_exact_and_whole_at_the_joins(
    tmp_path: Path, mpg123_samples: Callable[[Path], int], bit_rate: int
) -> None:
    """Two decoders count the same, and each clip sounds among others as it does alone."""
    parts = [audio.encode([spoken(text)], 8820, bit_rate) for text in TEXTS]
    path = tmp_path / "track.mp3"
    heard = decoded(audio.mp3(parts), path)
    total = sum(part.samples for part in parts)

    assert mpg123_samples(path) == len(heard) == mpeg.length(path) == total
    assert {mpeg.bit_rate_of(frame) for part in parts for frame in frames(part.frames)} == {bit_rate}
    begin = 0
    for part in parts:
        alone = np.array(decoded(audio.mp3([part]), tmp_path / "alone.mp3"), int)
        there = np.array(heard[begin : begin + part.samples], int)
        assert np.abs(there - alone)[: -2 * FRAME].max() <= 40, "but for the end, which the next sound spreads into"
        begin += part.samples


def test_the_length_of_a_file_is_in_its_header_behind_any_tags(tmp_path: Path) -> None:
    part = audio.encode([noise(30_000)], 8820)
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3\3\0\0" + bytes([0, 0, 5000 >> 7, 5000 & 127]) + bytes(5000) + audio.mp3([part]))

    assert mpeg.length(path) == part.samples


@pytest.mark.parametrize("data", [b"", b"ID3", b"\0" * 500, mpeg.silence(48_000) * 4])
def test_a_file_without_our_header_has_no_length(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(data)

    with pytest.raises(ValueError, match="no gapless header"):
        mpeg.length(path)


class Pipe(io.RawIOBase):
    """Takes what is written, and notes the largest piece."""

    def __init__(self) -> None:
        super().__init__()
        self.data, self.largest = b"", 0

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.data += data
        self.largest = max(self.largest, len(data))
        return len(data)


@pytest.mark.parametrize("bit_rate", [24_000, 48_000, 160_000])
def test_a_file_that_is_written_clip_by_clip_is_the_one_that_is_joined(tmp_path: Path, bit_rate: int) -> None:
    parts = {f"ab{number}": audio.encode([noise(9000 * number)], 0, bit_rate) for number in range(5)}
    for name, part in parts.items():
        audio.store(tmp_path, name, part)
    pipe = Pipe()

    samples = audio.write(tmp_path, parts, pipe)  # type: ignore[arg-type]  # it only writes

    assert pipe.data == audio.mp3(parts.values())
    assert pipe.largest == max(len(part.frames) for part in parts.values())
    assert samples == sum(part.samples for part in parts.values())


def test_a_file_of_no_clips_has_no_samples(tmp_path: Path, mpg123_samples: Callable[[Path], int]) -> None:
    path = tmp_path / "none.mp3"
    with path.open("wb") as stream:
        assert audio.write(tmp_path, [], stream) == 0

    assert mpg123_samples(path) == 0


# --- What a file holds ------------------------------------------------------------------------------------------------


def test_a_file_holds_no_name_version_or_tag_beyond_the_gapless_header() -> None:
    head, *rest = frames(audio.mp3([audio.encode([spoken(text)], 8820) for text in TEXTS]))

    assert b"Info" in head
    assert all(b"LAME" not in frame and b"Lavc" not in frame for frame in rest)
    assert all(frame[4] == 0 for frame in rest), "a frame refers to the bits of an earlier one"


def test_the_gapless_header_tells_frames_bytes_and_delays() -> None:
    data = audio.mp3([audio.encode([noise(30_000)], 8820)])
    tag = data.index(b"Info")
    count, size = struct.unpack_from(">II", data, tag + 8)
    delays = int.from_bytes(data[tag + 141 : tag + 144], "big")

    assert count == len(frames(data)) - 1
    assert size == len(data)
    assert (delays >> 12, delays & 0xFFF) == (576, 576)


def test_the_checksum_of_the_header_is_that_of_its_specification() -> None:
    """CRC-16/ARC of "123456789" is 0xBB3D, by the catalogue of CRC algorithms."""
    assert mpeg._crc(b"123456789") == 0xBB3D


def test_equal_samples_give_equal_bytes() -> None:
    pcm = spoken(TEXTS[0])

    assert audio.mp3([audio.encode([pcm], 8820)]) == audio.mp3([audio.encode([pcm], 8820)])


# --- Other rates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000])
def test_sound_of_another_rate_keeps_its_length_in_seconds(rate: int) -> None:
    pcm = audio.resampled(Speech(noise(rate * 2), rate))

    assert abs(len(pcm) // 2 - 2 * RATE) < 100


@pytest.mark.parametrize(("pcm", "rate"), [(b"\0\0", 0), (b"\0\0", -22_050), (b"\0\0", 10**9), (b"\0\0\0", RATE)])
def test_what_is_no_sound_is_refused(pcm: bytes, rate: int) -> None:
    with pytest.raises(SpeechError):
        audio.resampled(Speech(pcm, rate))


# --- Clips that are kept ----------------------------------------------------------------------------------------------


def test_a_clip_is_found_again(tmp_path: Path) -> None:
    clip = audio.encode([noise(5000)], 0)
    audio.store(tmp_path, "ab12", clip)

    assert audio.load(tmp_path, "ab12") == clip
    assert audio.load(tmp_path, "ab13") is None


def test_what_is_whole_and_is_no_clip_is_none(tmp_path: Path) -> None:
    clips.store(tmp_path, "ab12", b"something else")

    assert audio.load(tmp_path, "ab12") is None


def test_keys_tell_apart_what_differs_only_in_where_a_part_ends() -> None:
    assert audio.key("ab", "c") != audio.key("a", "bc")
    assert audio.key("\ud800") != audio.key("?")


def test_another_bit_rate_is_another_clip() -> None:
    assert audio.key("a", bit_rate=64_000) != audio.key("a")


def test_a_track_of_a_clip_that_went_missing_is_refused_with_its_name(tmp_path: Path) -> None:
    track = Track("t1", (Clip("p1", 0, FRAME),), ("ab12",))

    with pytest.raises(MissingError, match=r"S006 .*ab12: this clip went missing"):
        audio.join(tmp_path, track)
