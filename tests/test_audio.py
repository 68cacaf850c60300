"""Clips, files joined from them, and the cache."""

from __future__ import annotations

import array
import itertools
import struct
from collections.abc import Callable
from hashlib import shake_128
from pathlib import Path

import av
import pytest

from publish import audio
from publish.audio import FRAME, RATE, Encoded, Speech, SpeechError, Utterance
from publish.diagnostics import MissingError
from publish.engines import pyttsx3
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
            for value in memoryview(bytes(frame.planes[0])[: frame.samples * 4]).cast("f"):
                samples.append(max(-32768, min(32767, round(value * 32768))))
    return samples


def frames(data: bytes) -> list[bytes]:
    """The MPEG frames of a file, by the sizes that their headers tell."""
    found = []
    at = 0
    while at < len(data):
        (header,) = struct.unpack_from(">I", data, at)
        assert header >> 21 == 0x7FF
        rate = (8, 16, 24, 32, 40, 48, 56, 64)[(header >> 12 & 15) - 1]
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
    clips = [audio.encode([noise(length)], length // 3) for length in lengths]
    path = tmp_path / "track.mp3"
    path.write_bytes(audio.mp3(clips))
    total = sum(clip.samples for clip in clips)

    assert mpg123_samples(path) == total
    assert len(decoded(path.read_bytes(), path)) == total


def test_each_clip_is_heard_from_the_sample_that_its_time_says(tmp_path: Path) -> None:
    """The lag at which the decoded speech is most like the engine's samples is none, in every clip."""
    pcm = [spoken(text) for text in TEXTS]
    clips = [audio.encode([part], 8820) for part in pcm]
    heard = decoded(audio.mp3(clips), tmp_path / "track.mp3")
    begin = 0
    for part, clip in zip(pcm, clips, strict=True):
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
    assert audio._crc(b"123456789") == 0xBB3D


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


# --- The cache --------------------------------------------------------------------------------------------------------


def test_a_clip_is_found_again(tmp_path: Path) -> None:
    clip = audio.encode([noise(5000)], 0)
    audio.store(tmp_path, "ab12", clip)

    assert audio.load(tmp_path, "ab12") == clip
    assert audio.load(tmp_path, "ab13") is None


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data[:200] + b"?" + data[201:], lambda _: b""])
def test_a_damaged_clip_is_none_and_can_be_made_again(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    clip = audio.encode([noise(5000)], 0)
    audio.store(tmp_path, "ab12", clip)
    path = tmp_path / "ab" / "ab12"
    path.write_bytes(damage(path.read_bytes()))

    assert audio.load(tmp_path, "ab12") is None
    audio.store(tmp_path, "ab12", clip)
    assert audio.load(tmp_path, "ab12") == clip


def test_keys_tell_apart_what_differs_only_in_where_a_part_ends() -> None:
    assert audio.key("ab", "c") != audio.key("a", "bc")
    assert audio.key("\ud800") != audio.key("?")


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as stream:
            stream.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(MissingError, match="No space left on device"):
        audio.store(tmp_path, "ab12", Encoded(b"", 0))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_track_of_a_clip_that_went_missing_is_refused_with_its_name(tmp_path: Path) -> None:
    track = Track("t1", (Clip("p1", 0, FRAME),), ("ab12",))

    with pytest.raises(MissingError, match=r"S006 .*ab12: this clip went missing"):
        audio.join(tmp_path, track)
