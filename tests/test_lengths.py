"""How long sound files really are, whatever they say of themselves."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish import frames, spoken
from publish.lengths import seconds

Form = tuple[str, str, int, dict[str, str]]
"""Container, codec, samples a second, options."""
SECOND = b"\x00\x10\x00\xf0" * (spoken.RATE // 2)
"""A second of hum."""


def ours(length: int, bit_rate: int = frames.BIT_RATE) -> bytes:
    """A file as the project joins it."""
    sound, count = frames.encoded([SECOND] * length, frames.LEAST_PAUSE, bit_rate)
    return frames.opening(count, len(sound), bit_rate) + sound + frames.closing(bit_rate)


def encoded(form: Form, length: int) -> bytes:
    """A file as FFmpeg makes it."""
    container, codec, rate, options = form
    target = io.BytesIO()
    with av.open(target, "w", format=container) as found:
        stream = found.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout, stream.options = "mono", dict(options)
        resampler = av.AudioResampler(stream.format, "mono", rate, stream.codec_context.frame_size or 1024)
        for at in range(length):
            for frame in resampler.resample(frames.wave(SECOND, at=at * spoken.RATE)):
                found.mux(stream.encode(frame))
        for frame in resampler.resample(None):
            found.mux(stream.encode(frame))
        found.mux(stream.encode(None))
    return target.getvalue()


FORMS: dict[str, Form] = {
    "mp3 of MPEG-1": ("mp3", "libmp3lame", 44_100, {}),
    "mp3 of MPEG-2": ("mp3", "libmp3lame", 22_050, {}),
    "mp3 of MPEG-2.5": ("mp3", "libmp3lame", 8_000, {}),
    "mp3 without a header": ("mp3", "libmp3lame", 44_100, {"write_xing": "0"}),
    "layer two": ("mp2", "mp2", 44_100, {}),
    "aac": ("adts", "aac", 44_100, {}),
    "m4a": ("mp4", "aac", 44_100, {}),
    "opus": ("ogg", "libopus", 48_000, {}),
    "opus in webm": ("webm", "libopus", 48_000, {}),
    "flac": ("flac", "flac", 44_100, {}),
    "wav": ("wav", "pcm_s16le", 44_100, {}),
}


@pytest.mark.parametrize("name", FORMS, ids=lambda name: name.replace(" ", "_"))
def test_a_file_is_as_long_as_it_plays_whatever_made_it(name: str) -> None:
    content = encoded(FORMS[name], 7)

    assert seconds(io.BytesIO(content)) == pytest.approx(7, abs=0.12)  # an encoder's delay where no header tells it


@pytest.mark.parametrize("bit_rate", [32_000, 48_000, 96_000])
def test_a_file_of_ours_is_counted_to_the_sample(bit_rate: int, tmp_path: Path) -> None:
    path = tmp_path / "ours.mp3"
    path.write_bytes(ours(3, bit_rate))

    assert seconds(io.BytesIO(path.read_bytes())) == frames.length(path) / spoken.RATE


def test_a_second_decoder_gets_as_much_out(tmp_path: Path, mpg123_samples: Callable[[Path], int]) -> None:
    path = tmp_path / "ours.mp3"
    path.write_bytes(ours(4))

    assert round(seconds(io.BytesIO(path.read_bytes())) * spoken.RATE) == mpg123_samples(path)


def test_tags_before_and_after_the_sound_are_passed_over() -> None:
    bare = ours(2)
    before = b"ID3\x04\x00\x00" + bytes([0, 0, 4, 0]) + b"\xff\xfb\x90\x00" * 128
    after = b"TAG" + b"\x00" * 125

    assert seconds(io.BytesIO(before + bare + after)) == seconds(io.BytesIO(bare))


def test_a_file_that_is_cut_off_is_as_long_as_what_is_left() -> None:
    whole = ours(10)

    assert seconds(io.BytesIO(whole[: len(whole) // 2])) == pytest.approx(5, abs=0.1)


def test_a_long_file_is_read_in_blocks() -> None:
    assert seconds(io.BytesIO(ours(120))) == pytest.approx(120.05, abs=0.1)


def test_books_of_w3c_have_sound_of_the_length_that_ffprobe_tells(
    real_data: Path, ffprobe: Callable[[Path], dict[str, Any]]
) -> None:
    """It tells the delay of the encoder as sound, which is no tenth of a second."""
    found = sorted((real_data / "epub-tests").rglob("*.mp3"))
    assert found
    for path in found:
        with path.open("rb") as stream:
            assert seconds(stream) == pytest.approx(float(ffprobe(path)["format"]["duration"]), abs=0.1), path.name


@pytest.mark.parametrize(
    "content",
    [b"", b"no sound" * 1000, b"\xff" * 10_000, b"ID3", b"OggS" + b"\0" * 100, b"\0\0\0\x20ftypM4A " + b"\0" * 99],
    ids=["nothing", "text", "ones", "a_tag", "ogg", "mp4"],
)
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="decoded"):
        seconds(io.BytesIO(content))


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    other = tmp_path / "other.mp3"
    other.write_bytes(ours(1))

    with pytest.raises(ValueError, match="decoded"):
        seconds(io.BytesIO(f"#EXTM3U\n#EXTINF:1,\n{other.as_uri()}\n#EXT-X-ENDLIST\n".encode()))


STARTS = {name: encoded(form, 1) for name, form in FORMS.items()}


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_damaged_sound_has_a_length_or_is_refused(name: str, data: st.DataObject) -> None:
    content = bytearray(STARTS[name])
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 50))] = data.draw(st.binary(max_size=8))
    try:
        found = seconds(io.BytesIO(bytes(content)))
    except ValueError:
        return
    assert found >= 0
