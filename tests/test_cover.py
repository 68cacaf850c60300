"""The picture of the series."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from publish import cover
from publish.diagnostics import InputError, Place

PLACE = Place("series.toml", 7)


def picture(form: str, path: Path) -> Path:
    """A small picture, written by FFmpeg."""
    codec, pixels = {"png": ("png", "rgb24"), "jpg": ("mjpeg", "yuvj420p")}[form]
    with av.open(str(path), "w", format="image2") as container:
        out = container.add_stream(codec, rate=1)
        assert isinstance(out, av.VideoStream)
        out.width, out.height, out.pix_fmt = 64, 48, pixels
        frame = av.VideoFrame(64, 48, "rgb24").reformat(format=pixels)
        container.mux(out.encode(frame))
        container.mux(out.encode(None))
    return path


def test_one_that_is_made_is_a_square_picture_which_another_decoder_reads(
    ffprobe: Callable[[Path], Any], tmp_path: Path
) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(cover.generated("urn:uuid:1").data)

    (stream,) = ffprobe(path)["streams"]
    assert (stream["codec_name"], stream["width"], stream["height"]) == ("png", cover.SIDE, cover.SIDE)
    with av.open(io.BytesIO(path.read_bytes()), "r") as container:
        (frame,) = container.decode(video=0)
        plane = frame.reformat(format="rgb24").planes[0]
    lines = (bytes(plane)[at : at + 3 * cover.SIDE] for at in range(0, plane.buffer_size, plane.line_size))
    shades = {line[at : at + 3] for line in lines for at in range(0, len(line), 3)}
    assert 2 < len(shades) <= 17
    assert path.stat().st_size < 50_000


def test_one_that_is_made_is_the_same_for_the_same_series_and_another_for_another() -> None:
    cover.generated.cache_clear()
    first = cover.generated("urn:uuid:1")
    cover.generated.cache_clear()

    assert cover.generated("urn:uuid:1") == first
    assert cover.generated("urn:uuid:2") != first


def test_without_a_picture_of_one_s_own_one_is_made(tmp_path: Path) -> None:
    assert cover.find(tmp_path, "", PLACE) is None
    assert cover.cover(None, "urn:uuid:1") == cover.generated("urn:uuid:1")


@pytest.mark.parametrize(("form", "kind"), [("png", "image/png"), ("jpg", "image/jpeg")])
def test_a_picture_is_known_by_its_content_whatever_its_name(tmp_path: Path, form: str, kind: str) -> None:
    made = picture(form, tmp_path / f"made.{form}").rename(tmp_path / "cover")
    path = cover.find(tmp_path, "cover", PLACE)

    found = cover.cover(path, "")

    assert path == made
    assert (found.media_type, found.suffix, found.width, found.height) == (kind, form, 64, 48)
    assert found.data == made.read_bytes()


@pytest.mark.parametrize("name", ["../cover.png", "/etc/passwd", "a/../../cover.png", "link.png"])
def test_a_picture_outside_of_the_workspace_is_refused(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    picture("png", tmp_path / "cover.png")
    (root / "link.png").symlink_to(tmp_path / "cover.png")

    with pytest.raises(InputError, match=r"error W013 series.toml:7: the cover .* is not in this folder"):
        cover.find(root, name, PLACE)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("none.png", "folder"):
        with pytest.raises(InputError, match=r"W013 series\.toml:7: there is no file"):
            cover.find(tmp_path, name, PLACE)


def png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        png(64, 48),
        png(0, 0) + b"\0\0\0\0IEND\xae\x42\x60\x82",
        b"\xff\xd8\xff",
        b"\xff\xd8" + b"\xff\xe0\0\0" * 50 + b"\xff\xd9",
        b"\xff\xd8\xff\xc0\0\x11\x08\0\0\0\0\xff\xd9",
    ],
    ids=["empty", "GIF", "SVG", "PNG cut off", "PNG of no size", "JPEG cut off", "JPEG without a frame", "no size"],
)
def test_what_is_no_whole_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "cover.jpg").write_bytes(data)

    with pytest.raises(InputError, match="neither a JPEG nor a PNG"):
        cover.find(tmp_path, "cover.jpg", PLACE)


def test_a_picture_of_more_pixels_than_a_player_can_hold_is_refused_by_its_header(tmp_path: Path) -> None:
    (tmp_path / "cover.png").write_bytes(png(100_000, 100_000) + b"\0\0\0\0IEND\xae\x42\x60\x82")

    with pytest.raises(InputError, match="has 100000 by 100000 pixels, and 10000 is the limit a side"):
        cover.find(tmp_path, "cover.png", PLACE)


def test_a_picture_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cover.png").write_bytes(cover.generated("").data + bytes(cover.LARGEST))

    with pytest.raises(InputError, match="more than 8,000,000 bytes"):
        cover.find(tmp_path, "cover.png", PLACE)
