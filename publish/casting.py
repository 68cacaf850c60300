"""Who speaks with which voice: the same in every briefing, build and language.

``anchors/voices.tsv`` keeps who was cast with what, a line each::

    speaker  TAB  engine  TAB  timbre of the voice, or its name where the engine's voices have none

Lines are only ever added: first come, first served, by date, briefing and first appearance. So a new speaker changes
nobody's voice, and a briefing that is taken away neither. The first line of a speaker that can be used is used; one
that cannot, since the engine has lost the voice or ``series.toml`` says another sex, stays, and a further line follows
it. So it is used again as soon as it can be, and two machines of which one lacks a voice keep one file.

The first voice of an engine is the narrator's, and the second is shared by all who are not named; nobody else is given
either.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from publish.audio import Voice
from publish.config import FILE, Settings, line_of
from publish.diagnostics import Diagnostic, Place, Report
from publish.languages import cues
from publish.model import Briefing, Card, Participant
from publish.speakers import fold
from publish.voices import APART, LEADS, called, company, distance, from_the_middle

Sex = Literal["female", "male", ""]


class Seat(msgspec.Struct, frozen=True):
    """A speaker in one briefing, as far as a voice is concerned."""

    speaker: str
    sex: Sex = ""
    """Empty: nothing tells."""
    unnamed: bool = False
    organisation: bool = False


class Roll(msgspec.Struct, frozen=True):
    """Everyone who speaks in one briefing."""

    briefing: str
    date: str
    seats: tuple[Seat, ...]
    """In the order of first appearance."""


class Cast(msgspec.Struct, frozen=True):
    """Who speaks with which voice."""

    voices: dict[str, dict[str, str]]
    """By engine and speaker the timbre or the name of a voice; for those without a name too, not for the narrator."""
    rows: str
    """The new text of ``anchors/voices.tsv``."""


# --- What is known of a speaker ---------------------------------------------------------------------------------------


def roll(briefing: Briefing, settings: Settings) -> Roll:
    """The roll of a briefing."""
    return _roll(briefing.name, briefing.date, described(briefing, settings))


def recalled(card: Card) -> Roll:
    """The roll of a briefing, from a card that holds its participants as :func:`described` gives them."""
    return _roll(card.briefing, card.date, card.participants)


def _roll(briefing: str, date: str, people: Iterable[Participant]) -> Roll:
    seats = (Seat(who.speaker, who.sex, who.kind == "unnamed", who.kind == "organisation") for who in people)
    return Roll(briefing, date, tuple(seats))


def described(briefing: Briefing, settings: Settings) -> tuple[Participant, ...]:
    """The participants, each with all that tells a woman's voice from a man's.

    That is ``sex`` in ``series.toml``, else in the source, else a title at the first label that has one.
    """
    titles: dict[str | None, Sex] = {}
    for speaker, label in dict.fromkeys((turn.speaker, turn.label) for turn in briefing.turns if turn.label):
        titles[speaker] = titles.get(speaker) or title(label, briefing.language)
    found = []
    for who in briefing.participants:
        of = settings.speakers.get(who.speaker)
        sex = (of.sex if of else "") or who.sex or titles.get(who.speaker) or title(who.name, briefing.language)
        found.append(msgspec.structs.replace(who, sex=sex))
    return tuple(found)


_DASHES = str.maketrans("‐‑–", "---")  # what stands for the hyphen of "г-жа"
_UNSPACED = re.compile(r"[\u3040-\u9fff]")


def title(label: str, language: str) -> Sex:
    """What the title in a name tells, in the briefing's language or in English: "MS." is a woman's."""
    name = fold(label.translate(_DASHES))
    for known in (cues(language), cues("en")):
        if any(_titled(name, word) for word in known.women):
            return "female"
        if any(_titled(name, word) for word in known.men):
            return "male"
    return ""


def _titled(name: str, word: str) -> bool:
    """Whether a name has a title: before it, and in Chinese behind it."""
    return name.endswith(word) if _UNSPACED.match(word) else name.startswith(f"{word} ")


def uncast(rolls: Iterable[Roll], settings: Settings) -> tuple[str, ...]:
    """Speakers of whom nothing tells whether they need a woman's voice or a man's, in the order of the rolls."""
    people = _people(_ordered(rolls)).values()
    told = {key for key, of in settings.speakers.items() if of.sex or of.voice or of.kind == "organisation"}
    unknown = (who for who in people if not (who.sex or who.unnamed or who.organisation))
    return tuple(who.speaker for who in unknown if who.speaker not in told)


def _wanted(speaker: str, settings: Settings) -> str:
    of = settings.speakers.get(speaker)
    return of.voice if of else ""


def _ordered(rolls: Iterable[Roll]) -> list[Roll]:
    return sorted(rolls, key=lambda of: (of.date, of.briefing))


def _people(rolls: Iterable[Roll]) -> dict[str, Seat]:
    """Everyone once, in order, with what any briefing tells of them."""
    found: dict[str, Seat] = {}
    for seat in (seat for of in rolls for seat in of.seats):
        other = found.get(seat.speaker, seat)
        if other != seat:
            both = (other.unnamed and seat.unnamed, other.organisation or seat.organisation)
            seat = Seat(seat.speaker, other.sex or seat.sex, *both)  # noqa: PLW2901  # it takes the place of both
        found[seat.speaker] = seat
    return found


# --- Casting ----------------------------------------------------------------------------------------------------------


def cast(  # what is there, what was there, and where to say what is wrong
    rolls: Iterable[Roll],
    rows: str,
    settings: Settings,
    bands: Mapping[str, Sequence[Voice]],
    report: Report,
    *,
    toml: str = "",
) -> Cast:
    """Give everyone a voice in each of the engines, and keep it.

    ``rows`` is the text of ``anchors/voices.tsv``, ``bands`` the voices of each engine that is used, ``toml`` the text
    of ``series.toml``, for the lines that findings name. Equal input gives equal results, and what is given back gives
    itself again.
    """
    ordered = _ordered(rolls)
    people = _people(ordered)
    kept = parse(rows, report)
    _report_unknown(people, settings, bands, (report, toml))
    voices: dict[str, dict[str, str]] = {}
    added: list[Row] = []
    for engine in sorted(name for name, band in bands.items() if band):
        troupe = _Troupe(engine, bands[engine], settings, ordered)
        troupe.take([row for row in kept if row.engine == engine], report)
        added += troupe.fill()
        troupe.tell(report, toml)
        voices[engine] = troupe.chosen()
    return Cast(voices, extended(rows, added))


def _report_unknown(
    people: Iterable[str], settings: Settings, bands: Mapping[str, Sequence[Voice]], to: tuple[Report, str]
) -> None:
    names = {name for band in bands.values() for voice in band for name in (voice.name, voice.timbre)}
    report, toml = to
    for speaker in people:
        name = _wanted(speaker, settings)
        if names and name and name not in names:
            message = f"there is no voice {name!r} for speaker {speaker!r}; `publish voices` lists those there are"
            report(Diagnostic("S004", message, Place(FILE, line_of(toml, ("speakers", speaker, "voice")))))


class _Troupe:
    """The voices of one engine, and who has which."""

    def __init__(self, engine: str, band: Sequence[Voice], settings: Settings, rolls: Sequence[Roll]) -> None:
        self._engine, self._settings, self._rolls = engine, settings, rolls
        self._people = _people(rolls)
        pool = company(band, settings.language)
        self._narrator, self._shared, self._free = pool[0], pool[1 % len(pool)], pool[LEADS:]
        known = {called(voice): voice for voice in reversed(band)}
        self._known = known | {voice.name: voice for voice in band} | {called(voice): voice for voice in pool}
        self._fitting: dict[str, tuple[Voice, ...]] = {
            sex: tuple(voice for voice in self._free if voice.sex == sex) or self._free for sex in ("female", "male")
        }
        self._fitting[""], self._middle = from_the_middle(self._free)
        self._names: dict[str, str] = {}
        """By speaker, as the cast calls the voice."""
        self._used: Counter[str] = Counter()
        self._heard: tuple[Counter[str], ...] = tuple(Counter() for _ in rolls)
        """In each briefing: how many have which voice."""
        self._present: dict[str, list[int]] = {}
        """By speaker, the briefings, as places in ``rolls``."""
        for at, of in enumerate(rolls):
            for speaker in {seat.speaker: None for seat in of.seats}:
                self._present.setdefault(speaker, []).append(at)

    def chosen(self) -> dict[str, str]:
        """Everyone's voice."""
        return {speaker: self._names[speaker] for speaker in self._people}

    # -- who has a voice already

    def take(self, rows: Sequence[Row], report: Report) -> None:
        """Take over what is settled: by ``series.toml``, by being unnamed, by the first line that can be used."""
        for speaker in self._people:
            if name := self._settled(speaker):
                self._give(speaker, name)
        lost: dict[str, list[Row]] = {}
        for speaker, lines in _by_speaker(rows).items():
            if speaker in self._names:
                continue
            able = [row for row in lines if self._usable(row)]
            if able:
                self._give(speaker, able[0].voice)
                self._report_double(able, report)
            elif speaker in self._people:
                for row in lines:
                    if not self._offered(row.voice):
                        lost.setdefault(row.voice, []).append(row)
        self._report_lost(lost, report)

    def _give(self, speaker: str, name: str) -> None:
        voice = called(self._known[name])
        self._names[speaker] = name
        self._used[voice] += 1
        for at in self._present.get(speaker, ()):
            self._heard[at][voice] += 1

    def _settled(self, speaker: str) -> str:
        """The voice of a speaker for whom there is nothing to choose; else empty."""
        name = _wanted(speaker, self._settings)
        if name in self._known:
            return name
        return "" if self._free and not self._people[speaker].unnamed else called(self._shared)

    def _offered(self, name: str) -> bool:
        """Whether speakers are given the voice."""
        leads = {called(self._narrator), called(self._shared)}
        return name in self._known and called(self._known[name]) not in leads

    def _usable(self, row: Row) -> bool:
        """Whether a line's voice is offered, and not of another sex than ``series.toml`` says."""
        if not self._offered(row.voice):
            return False
        of = self._settings.speakers.get(row.speaker)
        sexes = {voice.sex for voice in self._fitting[of.sex]} if of and of.sex else set()
        return self._known[row.voice].sex in sexes if sexes else True

    def _report_double(self, rows: Sequence[Row], report: Report) -> None:
        other = next((row for row in rows if row.voice != rows[0].voice), None)
        if other:
            message = (
                f"{other.speaker!r} stands twice for {self._engine}, with {rows[0].voice!r} and {other.voice!r}; "
                f"{rows[0].voice!r}, which is first, is used; remove the other line"
            )
            report(Diagnostic("S020", message, Place(VOICES, other.line)))

    def _report_lost(self, lost: Mapping[str, Sequence[Row]], report: Report) -> None:
        for name, rows in lost.items():
            who = ", ".join(dict.fromkeys(row.speaker for row in rows))
            message = (
                f"{self._engine} gives speakers no voice {name!r} any more, so another is cast for {who}; "
                "the line stays, for when it is back"
            )
            report(Diagnostic("S021", message, Place(VOICES, rows[0].line)))

    # -- who needs one

    def fill(self) -> Iterator[Row]:
        """Cast everyone who has no voice yet."""
        for speaker in self._people:
            if speaker not in self._names:
                name = called(self._best(speaker))
                self._give(speaker, name)
                yield Row(speaker, self._engine, name)

    def _best(self, speaker: str) -> Voice:
        """The voice farthest from those that the speaker meets, as far as it matters; then the least used.

        Who may have any voice gets one of the middle, as long as there is one that is far enough.
        """
        met = [self._known[name] for name in self._met(speaker)]
        sex = self._people[speaker].sex

        def rank(voice: Voice) -> tuple[float, bool, int]:
            near = min(distance(voice, other) for other in met)
            extreme = not sex and near >= APART and called(voice) not in self._middle
            return -min(APART, near), extreme, self._used[called(voice)]

        return min(self._fitting[sex], key=rank)

    def _met(self, speaker: str) -> dict[str, None]:
        """Voices that are heard in the speaker's briefings, but for the speaker's own."""
        own = called(self._known[self._names[speaker]]) if speaker in self._names else ""
        found = {called(self._narrator): None, called(self._shared): None}
        for at in self._present[speaker]:
            found |= {name: None for name, count in self._heard[at].items() if count > (name == own)}
        return found

    # -- who sounds alike

    def tell(self, report: Report, toml: str) -> None:
        """Report each two who meet and sound alike, once; where voices are too few for people, that alone."""
        named = {speaker for speaker, seat in self._people.items() if not seat.unnamed}
        if not self._free:
            if named:
                self._report_few(report)
            return
        seen: set[tuple[str, str]] = set()
        crowded = []
        for of in self._rolls:
            present = list(dict.fromkeys(seat.speaker for seat in of.seats if seat.speaker in named))
            if self._crowded(present):
                if len({called(self._known[self._names[speaker]]) for speaker in present}) < len(present):
                    crowded.append((len(present), of.briefing))
                continue
            for at, one in enumerate(present):
                for other in present[at + 1 :]:
                    pair = (one, other) if one < other else (other, one)
                    if pair not in seen and self._alike(one, other):
                        seen.add(pair)
                        self._report_alike(one, other, of, (report, toml))
        if crowded:
            self._report_crowded(crowded, report)

    def _crowded(self, present: Sequence[str]) -> bool:
        """Whether there are more people, or women, or men, than voices for them."""
        sexes = Counter(self._people[speaker].sex for speaker in present)
        return len(present) > len(self._free) or any(
            sexes[sex] > len(self._fitting[sex]) for sex in ("female", "male") if sexes[sex]
        )

    def _alike(self, one: str, other: str) -> bool:
        """Whether two cannot be told apart, unless ``series.toml`` gave both the voice that they have."""
        if all(_wanted(speaker, self._settings) in self._known for speaker in (one, other)):
            return False
        return distance(self._known[self._names[one]], self._known[self._names[other]]) < APART

    def _report_alike(self, one: str, other: str, of: Roll, to: tuple[Report, str]) -> None:
        first, second = (self._known[self._names[speaker]] for speaker in (one, other))
        if called(first) == called(second):
            what = f"have one voice, {called(first)!r}"
        else:
            what = f"sound alike, {called(first)!r} at {first.pitch} Hz and {called(second)!r} at {second.pitch} Hz"
        free = one if _wanted(other, self._settings) in self._known else other
        better, bound = self._best(free), first if free == other else second
        hint = f'write voice = "{called(better)}"' if distance(better, bound) >= APART else "choose a `voice` for one"
        message = (
            f"{one!r} and {other!r} meet in {of.briefing} and {what} of {self._engine}; "
            f"{hint} in [speakers.{free}] of {FILE}"
        )
        report, toml = to
        line = line_of(toml, ("speakers", free)) if free in self._settings.speakers else 0
        report(Diagnostic("S022", message, Place(FILE, line)))

    def _report_few(self, report: Report) -> None:
        count = "one voice" if self._narrator is self._shared else "two voices"
        message = (
            f"{self._engine} has {count}, so all speakers sound alike in its editions; "
            "add voices to it, or choose another engine in [audio]"
        )
        report(Diagnostic("S023", message))

    def _report_crowded(self, crowded: Sequence[tuple[int, str]], report: Report) -> None:
        most, briefing = max(crowded, key=lambda one: (one[0], one[1]))
        more = {1: "", 2: ", and so in one more briefing"}.get(
            len(crowded), f", and so in {len(crowded) - 1} more briefings"
        )
        message = (
            f"of the {most} people in {briefing} some share a voice{more}, since {self._engine} has too few; "
            f"`voice` in [speakers.<id>] of {FILE} chooses who has which"
        )
        report(Diagnostic("S023", message))


# --- The file ---------------------------------------------------------------------------------------------------------

VOICES = "anchors/voices.tsv"
_HEADER = "# Who speaks with which voice: speaker, engine, voice. Keep this file with the transcripts.\n"
_MARKER = re.compile(r"<{7}|={7}|>{7}|\|{7}")
_ROW = re.compile(r"([^\t]+)\t([^\t]+)\t([^\t]+)")
_KEEPABLE = re.compile(r"[^#\t\r\n\ud800-\udfff][^\t\r\n\ud800-\udfff]*")


class Row(msgspec.Struct, frozen=True):
    """One line of the file."""

    speaker: str
    engine: str
    voice: str
    line: int = 0
    """From 1; 0: not in the file yet."""


def parse(text: str, report: Report) -> list[Row]:
    """The rows of the file, with tolerance: markers of a conflict are absent, and so is what cannot be read."""
    rows = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if _MARKER.match(line):
            message = "a conflict that git left is passed over, and both sides are read; `publish build` writes it anew"
            report(Diagnostic("A001", message, Place(VOICES, number)))
        elif line.strip() and not line.startswith("#"):
            found = _ROW.fullmatch(line.rstrip("\r"))
            if found:
                rows.append(Row(found[1], found[2], found[3], number))
            else:
                message = "this line is not speaker, engine and voice with a tab between; mend or remove it"
                report(Diagnostic("A002", message, Place(VOICES, number)))
    return rows


def _by_speaker(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.speaker, []).append(row)
    return found


def extended(text: str, rows: Iterable[Row]) -> str:
    """The file's text with more rows; what stands there stays, but for the markers of a conflict."""
    able = (row for row in rows if _KEEPABLE.fullmatch(row.speaker) and not _MARKER.match(row.speaker))
    lines = [f"{row.speaker}\t{row.engine}\t{row.voice}\n" for row in able]
    kept = [line for line in text.split("\n") if not _MARKER.match(line)]
    if not lines and len(kept) == text.count("\n") + 1:
        return text
    old = re.sub(r"[\ud800-\udfff]", "\ufffd", "\n".join(kept))
    if old and not old.endswith("\n"):
        old += "\n"
    return (old or _HEADER) + "".join(lines)
