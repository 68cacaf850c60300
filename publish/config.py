"""``series.toml``: what a workspace says of itself.

Every key has a default, so an empty file is a valid one. An unknown key, a wrong type and a syntax error are each
refused with file, line and key.
"""

from __future__ import annotations

import msgspec

from publish.model import Kind, Role


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the file."""


class SpeakerSettings(Table, frozen=True):
    """``[speakers.<id>]``: a person or an organisation, in all briefings."""

    name: str = ""
    """As it shall be printed; empty: as the source prints it first."""
    kind: Kind = "person"
    role: Role = ""
    aliases: tuple[str, ...] = ()
    """Other labels in the sources that mean the same speaker; compared case-folded, with white space folded."""
    title: str = ""
    affiliation: str = ""
    language: str = ""
    """BCP 47, of the name."""
    voice: str = ""
    """Name of a voice of the engine; empty: cast by the tool."""
    sex: str = ""
    """``female`` or ``male``, to choose a voice; empty: not said."""


class BriefingSettings(Table, frozen=True):
    """``[briefings.<name>]``: what the source of one briefing does not say, or says wrongly."""

    title: str = ""
    date: str = ""
    venue: str = ""
    language: str = ""
    source: str = ""
    status: str = "public"
    """``public``, ``draft`` or ``embargo <RFC 3339 time>``."""
    reader: str = ""
    """Name of a reader; empty: found by the file's suffix and content."""


class Site(Table, frozen=True):
    """``[site]``."""

    url: str = ""
    """Where ``outputs/`` will be served; needed for feeds and absolute links only."""


class EditionSettings(Table, frozen=True):
    """``[editions.<language>]``."""

    status: str = ""
    """``official``, ``unofficial`` or ``machine``: what kind of translation this is; empty: nothing is claimed."""


class AudioSettings(Table, frozen=True):
    """``[audio]``."""

    engine: str = "pyttsx3"
    announce: str = "name"
    """``name`` or ``off``: whether a turn's audio begins with its speaker's name."""
    words_per_minute: int = 175
    pause_paragraph: float = 0.4
    """Seconds after a paragraph."""
    pause_turn: float = 0.8
    """Seconds after the last paragraph of a turn."""


class EpubSettings(Table, frozen=True):
    """``[epub]``."""

    max_size: int = 200_000_000
    """Bytes; a collection that would be larger is made without audio, and the build says so."""


class Settings(Table, frozen=True):
    """The whole file."""

    title: str = ""
    publisher: str = ""
    summary: str = ""
    language: str = "en"
    """BCP 47, of the sources."""
    languages: tuple[str, ...] = ()
    """Of the editions; empty: the source's and every one that has a catalogue."""
    identifier: str = ""
    """A URI (``urn:uuid:…``, an address); empty: made from the title."""
    rights: str = ""
    site: Site = Site()
    speakers: dict[str, SpeakerSettings] = {}
    briefings: dict[str, BriefingSettings] = {}
    editions: dict[str, EditionSettings] = {}
    audio: AudioSettings = AudioSettings()
    epub: EpubSettings = EpubSettings()
    pronunciation: dict[str, str] = {}
    """Printed word to how it is said, in the engine's language."""

    def briefing(self, name: str) -> BriefingSettings:
        """The table of one briefing, or an empty one."""
        return self.briefings.get(name, BriefingSettings())
