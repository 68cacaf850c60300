"""Writing a book holds one file in memory at a time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

MEBIBYTE = 1 << 20
WRITES = """
import sys
from functools import partial
from pathlib import Path
from publish import audio
from publish.audio import Encoded
from publish.model import Clip, Track
from publish.package import MP3, XHTML, Item, Meta, Package, write

folder, tracks, clips = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
frame = bytes([0xFF, 0xF3, 0x64, 0xC4])
audio.store(folder, "0" * 32, Encoded(frame + bytes((1 << 20) - len(frame)), 100))
track = Track("t", (Clip("p", 0, 100),) * clips, ("0" * 32,) * clips)
package = Package(
    identifier="urn:uuid:1", language="en", direction="ltr", modified="2031-04-02T00:00:00Z",
    metadata=(Meta(name="dc:title", value="Large"), Meta(name="dc:language", value="en")),
    items=(
        Item(id="nav", path="nav.xhtml", media_type=XHTML, content=b"<html/>", properties=("nav",)),
        *(
            Item(id=f"a{n}", path=f"a{n}.mp3", media_type=MP3, content=partial(audio.join, folder, track))
            for n in range(tracks)
        ),
    ),
    spine=("nav",),
)
with (folder / "large.epub").open("wb") as stream:
    write(package, stream)
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""
"""Writes a book of so many files of so many clips of 1 MiB; prints its peak of memory in KiB."""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="only Linux tells a process's peak of memory so")
@pytest.mark.parametrize(("tracks", "clips"), [(1_000, 1), (10, 21)])
def test_a_large_book_is_written_in_little_memory(tmp_path: Path, tracks: int, clips: int) -> None:
    """A thousand files; and some of an hour each."""
    command = [sys.executable, "-c", WRITES, str(tmp_path), str(tracks), str(clips)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)

    assert int(done.stdout) * 1024 < 120 * MEBIBYTE
    with zipfile.ZipFile(tmp_path / "large.epub") as book:
        sounds = [info for info in book.infolist() if info.filename.endswith(".mp3")]
    assert len(sounds) == tracks
    assert all(clips * MEBIBYTE < info.file_size < clips * MEBIBYTE + 4_000 for info in sounds)
    (tmp_path / "large.epub").unlink()
