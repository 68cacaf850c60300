"""Making a workspace from transcripts that one has."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from publish import document, plugins
from publish.config import Settings
from publish.diagnostics import Place, Report, refuse
from publish.model import Briefing, Participant
from publish.output import unwritable
from publish.speakers import fold, slips
from publish.task import misnamed
from publish.work import Source
from publish.workspace import Workspace, briefing_name, entries, load, read_bytes

_ATTRIBUTES = (
    "# Ids given on two branches are all kept; the tool sorts out what stands twice.\nanchors/*.tsv merge=union\n"
)
_IGNORED = "# Made by `publish build`, and made again whenever it is needed.\n/outputs/\n/.publish/\n/locales/**/*.mo\n"
_HEAD = """\
# What this series is. Every key can be left out; `publish build` says what is wrong with the others.
title = {title}
language = {language}           # of the transcripts; a BCP 47 tag
publisher = ""
# languages = ["en", "fr"]      # of the editions; without it, every language that has a catalogue
# site = {{ url = "https://example.org/briefings" }}
"""
_SPEAKERS = """
# The speakers found, in the order in which they first speak. Please confirm them.
#   kind: "person", "organisation" or "unnamed" (a label such as "Q" that many share)
#   role: "moderator", "official", "journalist", "interpreter", "audience", or "" when it is not known
#   aliases: other labels in the transcripts that mean the same speaker
"""


class Made(msgspec.Struct, frozen=True):
    """A new workspace."""

    root: Path
    briefings: int
    speakers: int


def make(root: Path, files: Sequence[Path], title: str, language: str, report: Report) -> Made:
    """Copy the transcripts into a new folder, and write ``series.toml`` beside them.

    The folder appears complete or not at all.

    Raises:
        InputError: The folder is not empty, or a file is no transcript.
        MissingError: It cannot be written.
    """
    if root.exists() and any(root.iterdir()):
        refuse("W011", "this folder is not empty; name a new one", Place(str(root)))
    part = root.with_name(f".{root.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        made = _fill(part, root, files, title or root.name, language, report)
        if root.exists():
            root.rmdir()
        part.rename(root)
    except OSError as error:
        raise unwritable(error, str(root)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def _fill(part: Path, root: Path, files: Sequence[Path], title: str, language: str, report: Report) -> Made:
    workspace = Workspace(part)
    for folder in (workspace.transcripts, workspace.locales):
        folder.mkdir(parents=True)
    briefings = list(_copied(workspace, files, Settings(language=language), report))
    if briefings:
        entries(workspace, report)
    speakers = _first_seen(briefings)
    text = _HEAD.format(title=_quoted(title), language=_quoted(language)) + "".join(_tables(speakers))
    workspace.settings.write_text(text, encoding="utf-8")
    (part / ".gitattributes").write_text(_ATTRIBUTES, encoding="utf-8")
    (part / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    return Made(root, len(briefings), len(speakers))


def _copied(workspace: Workspace, files: Sequence[Path], settings: Settings, report: Report) -> Iterator[Briefing]:
    """Each file in ``transcripts/``, and what it says; a series as JSON is divided into its briefings."""
    for path in files:
        source = load(read_bytes(path, str(path)), str(path))
        for name, data in _divided(source, path):
            target = workspace.transcripts / name
            if target.exists():
                refuse("W006", f"two of the files would be {name!r}; rename one of them", Place(str(path)))
            part = load(data, str(path))
            briefing = plugins.reader_for(part).read(briefing_name(target.stem), (part,), settings, report)
            misnamed(briefing, (part,), report)
            yield briefing
            target.write_bytes(data)


def _divided(source: Source, path: Path) -> Iterator[tuple[str, bytes]]:
    """File names and contents: the file as it is, or one for each briefing of a series."""
    if path.suffix == ".json" and '"series"' in source.text[:200]:
        series = document.decode(source.text, source.file).series
        for briefing in series.briefings if series else ():
            yield f"{briefing_name(briefing.name)}.json", document.encode(briefing)
    else:
        yield path.name, read_bytes(path, str(path))


def _first_seen(briefings: Iterable[Briefing]) -> dict[str, Participant]:
    """Speakers by id. A name that looks like a slip is none yet: listed, it would be taken for confirmed."""
    speakers: dict[str, Participant] = {}
    for briefing in briefings:
        slip = slips(Counter(fold(turn.label) for turn in briefing.turns if turn.label))
        for participant in briefing.participants:
            if fold(participant.name) not in slip:
                speakers.setdefault(participant.speaker, participant)
    return speakers


def _tables(speakers: dict[str, Participant]) -> Iterator[str]:
    if speakers:
        yield _SPEAKERS
    for key, speaker in speakers.items():
        role = "" if speaker.role else "            # please fill in"
        yield f"\n[speakers.{_key(key)}]\nname = {_quoted(speaker.name)}\nkind = {_quoted(speaker.kind)}\n"
        yield f"role = {_quoted(speaker.role)}{role}\naliases = []\n"


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are among TOML's, and only U+007F needs one more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(text: str) -> str:
    return text if text.isascii() and text.replace("-", "").replace("_", "").isalnum() else _quoted(text)
