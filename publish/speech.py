"""Narrating an edition: every line becomes a clip, and the clips tracks.

A text that cannot be spoken is reported and left out, and everything else goes on; nothing half-spoken is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from publish import markup
from publish.audio import RATE, Encoded, SpeechError, Unspeakable
from publish.config import Settings
from publish.diagnostics import Diagnostic, Report
from publish.model import Clip, Edition, Narration, Track, paragraphs
from publish.script import Line, Script, tracks
from publish.studio import Stage, Studio, Take, TooLongError, sentence_starts


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded of an edition before its narration is put together."""

    samples: int = 0
    """Of new clips."""
    failed: Mapping[str, str] = MappingProxyType({})
    """Why a clip could not be made, by its key."""


class Rehearsals:
    """The clips that are missing for an edition, to be recorded in parts, by several processes at once.

    Which clip is in which part is a matter of its key alone, so that the processes need not know of each other.
    """

    def __init__(self, edition: Edition, script: Script, stage: Stage, settings: Settings) -> None:
        """Plan what is said; nothing is spoken yet."""
        session = Session(edition, script, stage, settings)
        self._studio = session.studio
        self._takes = sorted(session.missing(), key=lambda take: (-take.characters, take.key))

    def part(self, number: int, of: int) -> Rehearsal:
        """Record a part, the longest clips first; ``number`` counts from 0."""
        samples, failed = 0, {}
        for take in self._takes:
            if int(take.key[:8], 16) % of == number and not self._studio.kept(take):
                try:
                    samples += self._studio.recorded(take).samples
                except SpeechError as error:
                    failed[take.key] = error.reason
        return Rehearsal(samples=samples, failed=failed)


class Session:
    """One edition in the studio, and what was found while speaking it. Each line is planned once."""

    def __init__(self, edition: Edition, script: Script, stage: Stage, settings: Settings) -> None:
        """Nothing is planned yet."""
        self.studio = Studio(stage, settings)
        self._lines = dict(tracks(edition, script, settings))
        self._takes: dict[int, Take] = {}
        """By the identity of a line, of which ``_lines`` holds all."""
        self._edition, self._stage = edition, stage
        self._paragraphs = {paragraph.id: paragraph for paragraph in paragraphs(edition.briefing)}
        self._refused: dict[str, None] = {}
        self._mute: dict[str, bool] = {}
        self._unspoken: list[str] = []
        self._heard: set[str] = set()

    def characters(self) -> int:
        """How many are still to be spoken."""
        return sum(take.characters + 1 for take in self.missing())

    def missing(self) -> Iterator[Take]:
        """What the cache does not hold, each clip once."""
        known: set[str] = set()
        for line in (line for lines in self._lines.values() for line in lines):
            try:
                take = self._take(line)
            except SpeechError:
                continue
            if take.key not in known and not self.studio.kept(take):
                yield take
            known.add(take.key)

    def _take(self, line: Line) -> Take:
        if (known := self._takes.get(id(line))) is None:
            known = self._takes[id(line)] = self.studio.plan(line)
        return known

    def narration(self, report: Report, *, failed: Mapping[str, str] = MappingProxyType({})) -> Narration:
        """Speak it. Clips that the cache holds are not spoken again; the others are put there.

        Tracks: ``<turn>`` its name, when announced, and paragraphs; ``<turn>-h`` its heading; ``front-index`` what only
        the list of speakers says; ``front-1`` all else. What cannot be spoken is in no track, and a track without clips
        is left out. What ``failed`` names is not tried again.

        Raises:
            MissingError: An engine cannot work here, or the cache cannot be written.
        """
        made = {}
        for name, lines in self._lines.items():
            track = self._track(name, lines, report, failed)
            if any(clip.id != f"{name}-n" for clip in track.clips):
                made[name] = track
        self._tell(report)
        if self._is_mute():
            made = {}
        return Narration(
            rate=RATE,
            tracks=made,
            unspoken=tuple(self._unspoken),
            voices=tuple(sorted(self._heard)) if made else (),
            engine=self._stage.band.version(self._edition.language),
        )

    def _track(self, name: str, lines: Iterable[Line], report: Report, failed: Mapping[str, str]) -> Track:
        """Speak lines one after the other."""
        clips, pieces = [], []
        at = 0
        for line in lines:
            found = self._clip(line, report, failed)
            if found is None:
                self._unspoken.append(line.id)
                continue
            take, clip = found
            clips.append(Clip(line.id, at, at + clip.samples, self._sentences(take, clip, at)))
            pieces.append(take.key)
            at += clip.samples
        return Track(name, tuple(clips), tuple(pieces))

    def _sentences(self, take: Take, clip: Encoded, at: int) -> tuple[int, ...]:
        paragraph = self._paragraphs.get(take.line.id)
        if paragraph is None:
            return ()
        starts = [start for start, _ in markup.spans(paragraph, self._edition.language)[1:]]
        return tuple(at + sample for sample in sentence_starts(take, clip.marks, starts, clip.samples))

    def _tell(self, report: Report) -> None:
        """Report each reason for which a language is not heard, once."""
        what = "the edition {!r} has no sound" if self._is_mute() else "some texts of the edition {!r} have no sound"
        for reason in self._refused:
            report(Diagnostic("S002", f"{what.format(self._edition.language)}: {reason}"))

    def _is_mute(self) -> bool:
        """Whether nothing in the edition's own language could be spoken: a few names alone are not worth hearing."""
        return self._mute.get(self._edition.language, False)

    def _clip(self, line: Line, report: Report, failed: Mapping[str, str]) -> tuple[Take, Encoded] | None:
        """A line and its clip, which is then in the cache; None, and a report, when it cannot be spoken."""
        try:
            take = self._take(line)
            clip = self.studio.recorded(take, failed.get(take.key, ""))
        except Unspeakable as error:
            self._refused[error.reason] = None
            self._mute.setdefault(line.language, True)
        except TooLongError as error:
            report(Diagnostic("S003", f"{line.id} is not spoken: {error.reason}", line.place))
        except SpeechError as error:
            message = f"{line.id} has no sound: {error.reason}; change its words, or the engine in [audio]"
            report(Diagnostic("S001", message, line.place))
        else:
            self._mute.update((part.run.language, False) for part in take.parts)
            self._heard.update(part.voice.name for part in take.parts)
            return take, clip
        return None
