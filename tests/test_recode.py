"""Clips decoded and encoded once more."""

from __future__ import annotations

import array
import io
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sounds import LOUD, onset

from publish import recode
from publish.audio import RATE, Encoded, encode
from publish.recode import Chapter

ROOT = Path(__file__).parent.parent


def burst(seconds: float, pitch: int) -> bytes:
    """A tone, loud at once."""
    wave = (round(8000 * math.cos(2 * math.pi * pitch * at / RATE)) for at in range(round(seconds * RATE)))
    return array.array("h", wave).tobytes()


@pytest.fixture(scope="module")
def clips() -> list[Encoded]:
    return [encode([burst(seconds, pitch)], RATE // 2) for pitch, seconds in ((440, 1.3), (880, 0.1), (300, 2.7))]


@pytest.mark.parametrize("lengths", [(0,), (1,), (400, 0, 1), (99_999, 3, 40_000)])
def test_as_many_samples_are_decoded_as_the_clips_claim(lengths: tuple[int, ...]) -> None:
    made = [encode([b"\1\0" * length], length // 2) for length in lengths]

    assert sum(frame.samples for frame in recode.decoded(made)) == sum(clip.samples for clip in made)


def test_what_is_decoded_is_what_another_decoder_hears(
    tmp_path: Path, clips: list[Encoded], heard_samples: Callable[[Path], array.array[int]]
) -> None:
    from publish.audio import mp3  # noqa: PLC0415  # for this comparison only

    path = tmp_path / "a.mp3"
    path.write_bytes(mp3(clips))
    own = array.array("f", b"".join(bytes(frame.planes[0])[: 4 * frame.samples] for frame in recode.decoded(clips)))

    other = heard_samples(path)
    assert len(own) == len(other)
    assert max(abs(max(-1, min(1, a)) * 32768 - b) for a, b in zip(own, other, strict=True)) <= 2


def test_no_clips_are_no_sound() -> None:
    assert list(recode.decoded([])) == []


@pytest.mark.parametrize("codec", ["opus", "m4a", "m4b"])
def test_equal_clips_give_equal_bytes(tmp_path: Path, clips: list[Encoded], codec: str) -> None:
    def made() -> bytes:
        stream = io.BytesIO()
        if codec == "opus":
            recode.ogg_opus(clips, 24_000, stream)
        elif codec == "m4a":
            recode.mp4_aac(clips, 48_000, stream, tmp_path)
        else:
            recode.with_file(
                tmp_path, lambda path: recode.aac_file(path, clips, 48_000, [Chapter("A", 0, RATE)], "eng"), stream
            )
        return stream.getvalue()

    assert made() == made()
    assert list(tmp_path.iterdir()) == []


def test_an_mp4_file_begins_with_its_index_so_that_it_can_be_played_while_it_is_fetched(
    tmp_path: Path, clips: list[Encoded]
) -> None:
    stream = io.BytesIO()
    recode.mp4_aac(clips, 48_000, stream, tmp_path)

    assert stream.getvalue().index(b"moov") < stream.getvalue().index(b"mdat")


@pytest.mark.parametrize("sign", ["a", "ف", "水", "😀"])
def test_a_title_that_is_too_long_for_the_list_of_chapters_is_cut_between_two_letters(
    tmp_path: Path, clips: list[Encoded], sign: str
) -> None:
    from mutagen.mp4 import MP4  # noqa: PLC0415  # only here

    title = sign * 300
    recode.aac_file(tmp_path / "one.m4b", clips, 48_000, [Chapter(title, 0, clips[0].samples)])
    recode.joined_aac(tmp_path / "two.m4b", [(tmp_path / "one.m4b", title)], "und")

    for name in ("one.m4b", "two.m4b"):
        chapters = list(MP4(tmp_path / name).chapters or ())
        assert [chapter.title for chapter in chapters] == [sign * (252 // len(sign.encode())) + "…"]


def test_joined_files_sound_as_they_did_and_chapters_begin_where_their_words_do(
    tmp_path: Path,
    clips: list[Encoded],
    heard_samples: Callable[[Path], array.array[int]],
    ffprobe: Callable[[Path], dict[str, Any]],
) -> None:
    edges = [0, clips[0].samples, clips[0].samples + clips[1].samples, sum(clip.samples for clip in clips)]
    chapters = [Chapter(f"ch {at}", edges[at], edges[at + 1]) for at in range(3)]
    one, all_ = tmp_path / "one.m4b", tmp_path / "all.m4b"
    recode.aac_file(one, clips, 48_000, chapters, "eng")

    recode.joined_aac(all_, [(one, "first"), (one, "second"), (one, "third")], "eng")

    told, heard = ffprobe(all_), heard_samples(all_)
    assert [chapter["tags"]["title"] for chapter in told["chapters"]] == [
        title for name in ("first", "second", "third") for title in (name, "ch 1", "ch 2")
    ]
    for chapter in told["chapters"]:
        start = round(float(chapter["start_time"]) * RATE)
        assert all(abs(value) < LOUD for value in heard[max(0, start - RATE // 4) : max(0, start - RATE // 20)])
        assert abs(onset(heard, max(0, start - RATE // 4)) - start) < RATE // 100
    assert told["streams"][0]["tags"]["language"] == "eng"
    first = heard[: edges[3]]
    second = heard[onset(heard, edges[3] - RATE // 4) :]
    shift = onset(first, 0)
    assert sum(abs(a - b) for a, b in zip(first[shift:], second, strict=False)) / len(first) < 1


MEASURE = """
import resource, sys
from pathlib import Path
from publish import audio, recode
clip = audio.encode([bytes(2 * 30 * audio.RATE)], 0)
count = round(float(sys.argv[1]) * 3600 * audio.RATE / clip.samples)
if sys.argv[2] == "m4b":
    recode.aac_file(Path(sys.argv[3]), (clip for _ in range(count)), 48_000)
else:
    with Path(sys.argv[3]).open("wb") as stream:
        recode.ogg_opus((clip for _ in range(count)), 24_000, stream)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux measures memory in kB")
@pytest.mark.parametrize(("codec", "hours", "index"), [("m4b", 1.5, 8_000), ("opus", 0.6, 0)])
def test_memory_does_not_grow_with_the_length_but_for_the_index_of_an_mp4_file(
    tmp_path: Path, codec: str, hours: float, index: int
) -> None:
    """An hour is 159 MB of samples, and 21 MB of frames; its index is under 8 MB."""

    def most(hours: float) -> int:
        command = [sys.executable, "-c", MEASURE, str(hours), codec, str(tmp_path / "long")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return int(done.stdout)

    short, long = most(0.1), most(0.1 + hours)

    assert long - short < hours * index + 4_000
