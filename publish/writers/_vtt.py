"""WebVTT (W3C Candidate Recommendation of 2019): paragraphs as cues, with the times at which their sentences begin."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from publish import markup
from publish.model import (
    Clip,
    Code,
    Deleted,
    Edition,
    Foreign,
    Image,
    Inaudible,
    Inline,
    PageBreak,
    Paragraph,
    Text,
    Track,
    Turn,
    Vocal,
)


def vtt(turns: Iterable[Turn], track: Track, edition: Edition, rate: int, lines: Iterable[Paragraph] = ()) -> str:
    """The text of a file on a track: a cue for each clip that is a paragraph of the turns, or one of the lines.

    A cue has the paragraph's id, the speaker as its voice, and a time stamp where a further sentence begins. What could
    not be spoken has no cue, and the name that is announced has none.
    """
    said = {line.id: (line, "") for line in lines}
    for turn in turns:
        name = edition.people[turn.speaker].name.text if turn.speaker is not None else ""
        said.update((paragraph.id, (paragraph, name)) for paragraph in turn.paragraphs)
    cues = (_cue(clip, *said[clip.id], edition.language, rate) for clip in track.clips if clip.id in said)
    return "\n\n".join(("WEBVTT", *cues)) + "\n"


def _cue(clip: Clip, paragraph: Paragraph, name: str, language: str, rate: int) -> str:
    own = paragraph.language or language
    words = _Pen(_stamps(clip, paragraph, own, rate)).written(paragraph.parts)
    words = " ".join(words.split())
    if own != language:
        words = _in_language(words, own)
    voice = " ".join(_escaped(name).split())
    text = f"<v {voice}>{words}" if voice else words
    return f"{clip.id}\n{_time(clip.start, rate)} --> {_time(clip.end, rate)}\n{text}"


def _stamps(clip: Clip, paragraph: Paragraph, language: str, rate: int) -> Iterator[tuple[int, str]]:
    """Where in the words a sentence begins, and the time stamp for it.

    The standard wants each later than the one before it, and all inside the cue, as they are printed.
    """
    if not clip.sentences:
        return
    spans = markup.spans(paragraph, language)
    if len(spans) != len(clip.sentences) + 1:
        return
    last, end = _time(clip.start, rate), _time(clip.end, rate)
    for (begin, _), sample in zip(spans[1:], clip.sentences, strict=True):
        stamp = _time(sample, rate)
        if last < stamp < end:
            yield begin, f"<{stamp}>"
            last = stamp


def _time(samples: int, rate: int) -> str:
    """A boundary, rounded down: no cue ends after its sound, and neighbours share a value. Under 100 h they sort."""
    seconds, thousandths = divmod(samples * 1000 // rate, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"


class _Pen:
    """Writes parts as cue text, and puts the stamps where they belong."""

    def __init__(self, stamps: Iterable[tuple[int, str]]) -> None:
        self._stamps = deque(stamps)
        self._at = 0

    def written(self, parts: Iterable[Inline]) -> str:
        return "".join(map(self._part, parts))

    def _part(self, part: Inline) -> str:
        match part:
            case Text(text) | Code(text) | Vocal(text) | Inaudible(text) | Image(text):
                return "".join(self._text(text))
            case Deleted() | PageBreak():
                return ""
            case Foreign(tag, inner):
                return _in_language(self.written(inner), tag)
            case _:
                return self.written(part.parts)

    def _text(self, text: str) -> Iterator[str]:
        begin = 0
        while self._stamps and self._stamps[0][0] < self._at + len(text):
            position, stamp = self._stamps.popleft()
            yield _escaped(text[begin : position - self._at])
            yield stamp
            begin = position - self._at
        yield _escaped(text[begin:])
        self._at += len(text)


def _in_language(words: str, tag: str) -> str:
    return f"<lang {_escaped(tag)}>{words}</lang>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
