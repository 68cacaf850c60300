"""Hearing the voices before one chooses: what each engine offers, who is cast with which, and a page to listen to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from publish import audio, loudness, plugins
from publish.audio import SpeechError, Utterance, Voice
from publish.casting import VOICES, Row, parse
from publish.config import AudioSettings, Settings
from publish.diagnostics import Diagnostic, MissingError, Place, Report, refuse, unheard
from publish.languages import autonym, babel_locale, direction
from publish.output import unwritable
from publish.pipeline import read_settings
from publish.workspace import Workspace


def rows(root: Path) -> tuple[Row, ...]:
    """Who is cast with what, by ``anchors/voices.tsv``; what is wrong with that file is for the build to tell."""
    try:
        text = (root / VOICES).read_text("utf-8", "replace")
    except OSError:
        return ()
    return tuple(parse(text, unheard))


# --- What there is ----------------------------------------------------------------------------------------------------


def report(root: Path, languages: Sequence[str]) -> Iterator[str]:
    """Lines on every engine: its voices, or its languages when none is asked for, and how to add it; then the cast."""
    settings = read_settings(Workspace(root))
    tag = (*languages, settings.language)[0]
    for name in plugins.names("engines"):
        engine = plugins.engine(name)
        yield f"{name}: {engine.SUMMARY}"
        try:
            offered = plugins.prepared(name, settings.audio, root).voices()
        except MissingError as error:
            yield f"  not available here: {error.diagnostic.message}"
        else:
            yield from _each(_speaking(offered, languages)) if languages else _summary(offered)
        yield f'  to use it: {engine.INSTALL}; under [audio.engines] of series.toml: {tag} = "{name}"'
    yield from _cast(root, settings)


def _each(offered: Iterable[Voice]) -> Iterator[str]:
    for voice in offered:
        pitch = f"{voice.pitch} Hz" if voice.pitch else ""
        yield f"  {voice.language:<12} {voice.name:<24} {voice.sex or '-':<7} {pitch:<7} {voice.licence}".rstrip()


def _summary(offered: Sequence[Voice]) -> Iterator[str]:
    tags = dict.fromkeys(voice.language for voice in offered)
    count = max(sum(voice.language == tag for voice in offered) for tag in tags) if tags else 0
    each = f", up to {count} voices each" if len(tags) > 1 else ""
    kinds = "1 voice" if len(offered) == 1 else f"{len(offered)} voices"
    yield f"  {kinds} for {'any language' if 'mul' in tags else ', '.join(sorted(tags))}{each}"
    yield f"  licence: {', '.join(sorted({voice.licence for voice in offered}))}"


def _cast(root: Path, settings: Settings) -> Iterator[str]:
    """Who speaks with which voice; ``series.toml`` comes before what was cast."""
    chosen = {speaker: of.voice for speaker, of in settings.speakers.items() if of.voice}
    kept = rows(root)
    if not chosen and not kept:
        return
    yield "cast in this series:"
    for speaker, voice in chosen.items():
        yield f"  {speaker:<24} {voice} (series.toml)"
    for row in kept:
        if row.speaker not in chosen:
            yield f"  {row.speaker:<24} {row.voice} ({row.engine})"


def _speaking(offered: Iterable[Voice], languages: Iterable[str]) -> list[Voice]:
    wanted = {base(tag) for tag in languages}
    return [voice for voice in offered if base(voice.language) in wanted]


def base(tag: str) -> str:
    """The language without country and script; an engine's own tags need not be canonical."""
    language = tag.partition("-")[0].lower()
    return {"cmn": "zh", "yue": "zh", "nb": "no", "nn": "no"}.get(language, language)


# --- A page to listen to ----------------------------------------------------------------------------------------------

PAGE = "index.html"
_OURS = b'<meta name="generator" content="publish voices">'
_BY = b"\0publish, to be heard"
TAG = b"ID3\3\0\0\0\0\0" + bytes([10 + len(_BY)]) + b"TSSE" + len(_BY).to_bytes(4, "big") + b"\0\0" + _BY
"""What sound to be heard begins with, and so is known as ours: ID3v2.3 with "software used for encoding" alone."""
_DAY = date(2031, 4, 2)


class Audition(msgspec.Struct, frozen=True):
    """One voice on the page."""

    voice: Voice
    file: str
    """Of its sound; empty: it could not be heard, for this reason."""
    reason: str = ""


def sample(root: Path, folder: Path, languages: Sequence[str], report: Report) -> int:
    """Write a page with a player for each voice of the languages, by default those of the series; how many there are.

    Raises:
        InputError: The folder holds something else.
        MissingError: It cannot be written.
    """
    if folder.is_dir() and not all(map(_ours, folder.iterdir())):
        refuse("W011", "this folder is not empty; name a new one", Place(str(folder)))
    settings = read_settings(Workspace(root))
    wanted = languages or tuple(dict.fromkeys((settings.language, *settings.languages)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        engines = {name: list(_auditions(name, wanted, (root, folder), settings, report)) for name in _audible()}
        (folder / PAGE).write_bytes(_page(engines))
    except OSError as error:
        raise unwritable(error, folder.name) from error
    return sum(len(heard) for heard in engines.values())


def _ours(path: Path) -> bool:
    """Whether an earlier call wrote this file."""
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as stream:
        beginning = stream.read(1_000)
    return beginning.startswith(TAG) or (path.name == PAGE and _OURS in beginning)


def _audible() -> tuple[str, ...]:
    return tuple(name for name in plugins.names("engines") if name != "silence")


def _auditions(
    name: str, languages: Sequence[str], places: tuple[Path, Path], settings: Settings, report: Report
) -> Iterator[Audition]:
    root, folder = places
    try:
        engine = plugins.prepared(name, settings.audio, root)
        offered = _speaking(engine.voices(), languages)
    except MissingError as error:
        report(Diagnostic("S010", f"{name} is not on the page: {error.diagnostic.message}"))
        return
    for number, voice in enumerate(offered, 1):
        file = f"{name}-{number:03}.mp3"
        try:
            utterance = Utterance(words(voice.language), voice, settings.audio.words_per_minute)
            data = heard(engine, utterance, voice.language, settings.audio)
        except SpeechError as error:
            yield Audition(voice, "", error.reason)
            continue
        (folder / file).write_bytes(data)
        yield Audition(voice, file)


def heard(engine: plugins.Engine, utterance: Utterance, language: str, settings: AudioSettings) -> bytes:
    """An utterance as an MP3 file, as loud as in a build.

    Raises:
        SpeechError: The engine cannot say it.
    """
    voice, pace, target = utterance.voice, utterance.words_per_minute, settings.loudness
    with TemporaryDirectory() as cache:  # there need not be a workspace
        louder = loudness.gain(engine, voice, language, pace, target, Path(cache))
    pcm = loudness.level(audio.resampled(engine.synthesise(utterance)), louder)
    return TAG + audio.mp3([audio.encode([pcm], audio.LEAST_PAUSE, settings.bit_rate)])


def words(language: str) -> str:
    """What a voice says for itself: its language's own name for itself, and a date, both by CLDR."""
    from babel.dates import format_date  # noqa: PLC0415  # it takes 40 ms

    locale = babel_locale(language)
    return f"{autonym(language)}. {format_date(_DAY, 'full', locale)}." if locale else "1, 2, 3, 4, 5."


def _page(engines: dict[str, list[Audition]]) -> bytes:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  # only for this page

    template = files("publish").joinpath("data", "voices.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(template).render(engines=engines, autonym=autonym, direction=direction)
    return page.encode("utf-8", "replace")
