"""Facing languages: a translation and its original as one edition, paragraph by paragraph.

The original keeps its ids; those of the translation get the edition's language at their end: ``p8m2c4d.fr``. What is
not translated stands once, and so do headings and names, in the edition's language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import msgspec

from publish.model import Clip, Edition, Inline, Narration, Nest, PageBreak, Paragraph, Track, Turn, paragraphs


class _Line(msgspec.Struct, frozen=True):
    """A paragraph as it stands in the edition of both, and the clip that it has in one of them."""

    paragraph: Paragraph
    clip: str
    own: bool
    """Whether that is the translation."""


def edition(translation: Edition, original: Edition) -> Edition:
    """Both as one, with the translation's language, names and headings; turns and their order are those of both."""
    turns = tuple(
        msgspec.structs.replace(turn, paragraphs=tuple(line.paragraph for line in lines))
        for turn, lines in _turns(translation, original)
    )
    return msgspec.structs.replace(translation, briefing=msgspec.structs.replace(translation.briefing, turns=turns))


def narration(translation: Edition, original: Edition, heard: Narration, beside: Narration) -> Narration:
    """The clips of both, in the order of :func:`edition`, so that each turn is still one file.

    Args:
        translation: As there.
        original: As there.
        heard: The translation's; front matter and headings are taken from it.
        beside: The original's.
    """
    spoken = {True: _pieces(heard), False: _pieces(beside)}
    turns = list(_turns(translation, original))
    joined = (_track(turn.id, lines, spoken) for turn, lines in turns)
    old = {turn.id for turn, _ in turns}
    rest = {name: track for name, track in heard.tracks.items() if name not in old}
    lines = list(chain.from_iterable(lines for _, lines in turns))
    known = {line.clip for line in lines}
    silent = (line.paragraph.id for line in lines if line.clip not in spoken[line.own])
    return msgspec.structs.replace(
        heard,
        tracks={**rest, **{track.name: track for track in joined if track.clips}},
        unspoken=(*(key for key in heard.unspoken if key not in known), *silent),
    )


def _turns(translation: Edition, original: Edition) -> Iterator[tuple[Turn, list[_Line]]]:
    """The translation's turns, each with the paragraphs of both."""
    suffix = _suffix(translation, (paragraph.id for paragraph in paragraphs(original.briefing)))
    for turn, source in zip(translation.briefing.turns, original.briefing.turns, strict=True):
        lines = []
        for own, other in zip(turn.paragraphs, source.paragraphs, strict=True):
            if own == other:
                lines.append(_Line(own, own.id, own=True))
                continue
            parts = _unbroken(own.parts)
            below = msgspec.structs.replace(own, id=f"{own.id}{suffix}", parts=parts)
            lines += [_Line(other, other.id, own=False), _Line(below, own.id, own=True)]
        yield turn, lines


def _suffix(translation: Edition, ids: Iterable[str]) -> str:
    """What ids of the translation end in, and none of the original's does."""
    known, suffix = list(ids), f".{translation.language}"
    while any(key.endswith(suffix) for key in known):
        suffix = f".{suffix}"
    return suffix


def _unbroken(parts: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Parts without breaks of pages, which are where the original has them."""
    return tuple(
        msgspec.structs.replace(part, parts=_unbroken(part.parts)) if isinstance(part, Nest) else part
        for part in parts
        if not isinstance(part, PageBreak)
    )


def _pieces(narration: Narration) -> dict[str, tuple[Clip, str]]:
    """Every clip with its key in the cache, by its id."""
    return {
        clip.id: (clip, piece)
        for track in narration.tracks.values()
        for clip, piece in zip(track.clips, track.pieces, strict=True)
    }


def _track(name: str, lines: Iterable[_Line], spoken: Mapping[bool, Mapping[str, tuple[Clip, str]]]) -> Track:
    """The lines of a turn that can be heard, put end to end."""
    clips: list[Clip] = []
    pieces = []
    for line in lines:
        if line.clip in spoken[line.own]:
            clip, piece = spoken[line.own][line.clip]
            shift = (clips[-1].end if clips else 0) - clip.start
            sentences = tuple(sample + shift for sample in clip.sentences)
            clips.append(Clip(line.paragraph.id, clip.start + shift, clip.end + shift, sentences))
            pieces.append(piece)
    return Track(name, tuple(clips), tuple(pieces))
