"""MP3 frames decoded and encoded once more, for players that want another codec: Opus in Ogg, AAC in MP4.

Everything flows: clips are taken one after the other, and no more than a second of samples is held at once. What grows
with the length is only the index of an MP4 file, about 6 MB of memory an hour.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from publish.audio import Encoded
from publish.frames import BIT_RATE, FRAME, closing
from publish.spoken import RATE

if TYPE_CHECKING:
    import av

DECODER_DELAY = 576 + 529
"""Samples that a decoder gives before those of the first clip: the encoder's delay and its own."""
_BLOCK = RATE
"""Samples that are handed on at once."""
_OPUS_RATE = 24_000
"""Samples a second of the Opus encoder, which knows only a few rates; no lower one holds all of :data:`RATE`."""


class Chapter(msgspec.Struct, frozen=True):
    """A stretch of a file that a player can go to."""

    title: str
    start: int
    """In samples of :data:`RATE`."""
    end: int
    """In samples."""


@cache
def encoder() -> str:
    """Everything that shapes the files made of given clips, besides the bit rate; part of a file's key."""
    return f"recode 1, av {version('av')}"


def ogg_opus(clips: Iterable[Encoded], bit_rate: int, stream: BinaryIO) -> None:
    """Write clips as Opus in Ogg (RFC 7845). Decoded, it has the clips' samples to less than 20 ms, and begins at 0."""
    import av  # noqa: PLC0415  # FFmpeg takes 16 MB of every process, and most builds of text need none of it

    with av.open(_Forward(stream), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        out = container.add_stream("libopus", rate=_OPUS_RATE, layout="mono", options={"compression_level": "5"})
        _fill(container, out, clips, bit_rate)


def mp4_aac(clips: Iterable[Encoded], bit_rate: int, stream: BinaryIO, folder: Path) -> None:
    """Write clips as AAC in MP4. Decoded, it has the clips' samples and less than 1,024 more, and begins at 0.

    Such a file is written twice, since its index comes first; ``folder`` is where it may stand meanwhile.
    """
    with_file(folder, lambda path: aac_file(path, clips, bit_rate), stream)


def aac_file(
    path: Path, clips: Iterable[Encoded], bit_rate: int, chapters: Iterable[Chapter] = (), language: str = "und"
) -> None:
    """Write clips and chapters to a file; ``language`` is of three letters (ISO 639-2)."""
    import av  # noqa: PLC0415  # as above

    with av.open(str(path), "w", format="ipod", options=_MP4) as container:
        out = container.add_stream("aac", rate=RATE, layout="mono", options={"aac_coder": "fast"})
        out.metadata["language"] = language
        _fill(container, out, clips, bit_rate)
        _set_chapters(container, chapters)


def joined_aac(path: Path, parts: Sequence[tuple[Path, str]], language: str) -> None:
    """Write files of :func:`aac_file` into one, packet by packet. Each has a title, for its first chapter."""
    import av  # noqa: PLC0415  # as above

    at = 0
    chapters: list[Chapter] = []
    with av.open(str(path), "w", format="ipod", options=_MP4) as container:
        out = None
        for part, title in parts:
            with av.open(str(part)) as source:
                stream = source.streams.audio[0]
                if out is None:
                    out = container.add_stream_from_template(stream)
                    out.metadata["language"] = language
                chapters += _moved(source, at, title)
                for packet in source.demux(stream):
                    if packet.size:
                        packet.stream = out
                        packet.pts = packet.dts = at - PRIMING
                        at += PRIMING
                        container.mux(packet)
        _set_chapters(container, chapters)


PRIMING = 1024
"""Samples of silence before those of an AAC stream, which players skip. Every packet has as many, whatever of the last
one a file says that it is not to be heard."""
_MP4 = {"movflags": "+faststart", "fflags": "+bitexact"}


def _moved(source: av.container.InputContainer, at: int, title: str) -> Iterator[Chapter]:
    """The chapters of a file whose first packet is packet ``at`` / 1,024 of another."""
    for number, known in enumerate(source.chapters()):
        second = (known["time_base"] or Fraction(1)) * RATE
        start, end = round(known["start"] * second) + at, round(known["end"] * second) + at
        name = str(known["metadata"].get("title", ""))
        yield Chapter(title if not number else name, start, end)


def _set_chapters(container: av.container.OutputContainer, chapters: Iterable[Chapter]) -> None:
    """Give a container, which is still open, its chapters."""
    container.set_chapters([
        {
            "id": number,
            "start": chapter.start,
            "end": chapter.end,
            "time_base": Fraction(1, RATE),
            "metadata": {"title": _listed(chapter.title)},
        }
        for number, chapter in enumerate(chapters)
    ])  # fmt: skip


_LONGEST_TITLE = 255
"""Bytes of a chapter's title in MP4's list of chapters; FFmpeg cuts longer ones wherever that is."""


def _listed(title: str) -> str:
    """A title as the list of chapters can hold it."""
    data = title.encode("utf-8", "replace")
    if len(data) <= _LONGEST_TITLE:
        return data.decode()
    return data[: _LONGEST_TITLE - len("…".encode())].decode("utf-8", "ignore") + "…"


def with_file(folder: Path, write: Callable[[Path], None], stream: BinaryIO) -> None:
    """Let ``write`` make a file, and copy it to the stream."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="recode-", dir=folder) as name:
        path = Path(name) / "file"
        write(path)
        with path.open("rb") as made:
            shutil.copyfileobj(made, stream, 1 << 20)


class _Forward:
    """A stream that FFmpeg only writes to, from its beginning to its end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        return self._stream.write(data)


def _fill(
    container: av.container.OutputContainer, out: av.AudioStream, clips: Iterable[Encoded], bit_rate: int
) -> None:
    out.bit_rate = bit_rate
    at = 0
    for frame in decoded(clips):
        frame.pts, frame.time_base = at, Fraction(1, RATE)
        at += frame.samples
        container.mux(out.encode(frame))
    container.mux(out.encode(None))


def decoded(clips: Iterable[Encoded]) -> Iterator[av.AudioFrame]:
    """The samples of clips put end to end: exactly as many as they claim, the first clip's first sample first."""
    import av  # noqa: PLC0415  # as above

    fifo = av.AudioFifo()
    counted = _Counted(clips)
    ready = -DECODER_DELAY
    for frame in _decoded(counted):
        frame.pts = None
        fifo.write(frame)
        if ready < 0 <= ready + frame.samples:
            fifo.read(DECODER_DELAY)
        ready += frame.samples
        while ready >= _BLOCK and counted.samples >= _BLOCK:
            ready -= _BLOCK
            counted.samples -= _BLOCK
            yield _read(fifo, _BLOCK)
    if counted.samples:
        yield _read(fifo, counted.samples)


def _read(fifo: av.AudioFifo, samples: int) -> av.AudioFrame:
    frame = fifo.read(samples)
    if frame is None:
        raise ValueError("the decoder gave fewer samples than the clips have")
    return frame


class _Counted:
    """Clips as bytes, and how many of their samples are still to be handed on."""

    def __init__(self, clips: Iterable[Encoded]) -> None:
        self._clips = clips
        self.samples = 0

    def __iter__(self) -> Iterator[bytes]:
        last = None
        for last in self._clips:
            self.samples += last.count * FRAME
            yield last.frames
        if last is not None:
            yield closing(BIT_RATE)


def _decoded(frames: Iterable[bytes]) -> Iterator[av.AudioFrame]:
    import av  # noqa: PLC0415  # as above

    decoder = av.CodecContext.create("mp3float", "r")
    assert isinstance(decoder, av.AudioCodecContext)  # noqa: S101  # PyAV's type is that of any codec
    for part in frames:
        for packet in decoder.parse(part):
            yield from decoder.decode(packet)
    for packet in decoder.parse(None):
        yield from decoder.decode(packet)
    yield from decoder.decode(None)
