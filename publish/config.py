"""``series.toml``: what a workspace says of itself.

Every key has a default, so an empty file is a valid one. An unknown key, a wrong type and a syntax error are each
refused with file, line and key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Literal, NoReturn
from urllib.parse import urlsplit

import msgspec

from publish.diagnostics import Place, refuse
from publish.frames import BIT_RATES
from publish.languages import canonical
from publish.lexicon import is_ipa, sayable
from publish.model import Kind, Role

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
"""What can name a briefing: it becomes a folder, a file and a context."""
RESERVED = frozenset({"published", "series", "voices"})
"""Names that no briefing has, since files beside the briefings' have them."""


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
    sex: Literal["female", "male", ""] = ""
    """``female`` or ``male``, to choose a voice; empty: not said."""
    sort: str = ""
    """The name as lists sort it: "Lindqvist, Mara". Empty: as it is printed, since no rule tells a family's name."""


class BriefingSettings(Table, frozen=True):
    """``[briefings.<name>]``: what the source of one briefing does not say, or says wrongly.

    The key is the name that the file's stem gives, or the one that ``name`` gives in its place.
    """

    name: str = ""
    """Another name than the file's stem gives."""
    title: str = ""
    date: str = ""
    venue: str = ""
    language: str = ""
    source: str = ""
    status: str = "public"
    """``public``, ``draft`` or ``embargo <RFC 3339 time>``."""
    reader: str = ""
    """Name of a reader; empty: found by the file's suffix and content."""
    number: str = ""
    """Its place in the series, ``12`` or ``3.12``; empty: the source's ``number``, else its date."""
    isbn: dict[str, str] = {}
    """``isbn.<language>``: the ISBN of its book in that language."""
    page_source: str = ""
    """As in ``[epub]``, of this briefing alone."""


class Site(Table, frozen=True):
    """``[site]``."""

    url: str = ""
    """Where ``outputs/`` will be served; needed for feeds and absolute links only."""


class EditionSettings(Table, frozen=True):
    """``[editions.<language>]``."""

    status: str = ""
    """``official``, ``unofficial`` or ``machine``: what kind of translation this is; empty: nothing is claimed."""
    least: float = 0
    """Share of a briefing's messages, 0 to 1, that must be translated for its edition to be published."""
    fuzzy: bool = False
    """Whether translations that nobody has reviewed are used too; pages and books say so."""


class AudioSettings(Table, frozen=True):
    """``[audio]``."""

    engine: str = "pyttsx3"
    engines: dict[str, str] = {}
    """``[audio.engines]``: another engine for a language, by its BCP 47 tag."""
    espeak_library: str = ""
    """A file: the system's espeak-ng in place of the one that comes with the installation."""
    piper_voices: str = "voices"
    """Folder of voices for the engine ``piper``, relative to the workspace: NAME.onnx and NAME.onnx.json."""
    announce: str = "name"
    """What a turn's audio begins with: ``name``, ``name and role``, ``earcon`` (a short sound) or ``off``."""
    words_per_minute: int = 175
    loudness: float = -20.0
    """Of every voice, in LUFS (ITU-R BS.1770), integrated."""
    format: str = "mp3"
    """Of the turns' files: ``mp3``, ``opus`` or ``m4a``."""
    bit_rate: int = 48_000
    """Bits a second, of everything: one of those that MP3 has at this sample rate, 24000 to 160000."""
    audiobook: str | int = "month"
    """What is in one audiobook of the series: a ``month``, a ``year``, or what comes to so many bytes."""
    pause_paragraph: float = 0.4
    """Seconds after a paragraph."""
    pause_turn: float = 0.8
    """Seconds after the last paragraph of a turn."""


class EpubSettings(Table, frozen=True):
    """``[epub]``."""

    collection_audio: Literal["none", "month", "size"] = "none"
    """Volumes of the collection that have audio: one a ``month``, or one for what comes to ``max_size``."""
    max_size: int = 200_000_000
    """Bytes of a volume at most; a month that is larger is divided."""
    bilingual: bool | tuple[str, ...] = ()
    """Languages (BCP 47) whose translations are made into books beside the original too; ``true``: all."""
    page_source: str = ""
    """What the pages of the sources are pages of: an ISBN, or words such as "Official record, printed edition".

    Empty: they are pages of nothing that a reader can hold, such as parts of a web page, and no book lists them.
    """
    certifier: str = ""
    """Who vouches that the books conform to EPUB Accessibility 1.1 and WCAG 2.2 AA; empty: nobody; none claims it."""
    certified: str = ""
    """The day on which the certifier has checked the books, ``2031-05-01``; those that changed later claim nothing."""
    certifier_credential: str = ""
    """What entitles the certifier: an address, or words."""
    certifier_report: str = ""
    """Address of the report."""

    def beside(self, language: str) -> bool:
        """Whether a translation into a language is wanted beside the original."""
        if isinstance(self.bilingual, bool):
            return self.bilingual
        return language in map(canonical, self.bilingual)


class CatalogSettings(Table, frozen=True):
    """``[catalog]``."""

    leave: tuple[Literal["names", "stage directions"], ...] = ()
    """What is not translated: a new catalogue has it as it is in the source."""


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
    subjects: tuple[str, ...] = ()
    """What the series is about, for catalogues of books."""
    cover: str = ""
    """A JPEG or PNG picture, by its path in the workspace; empty: players show an abstract one, books none."""
    cover_alt: str = ""
    """What it shows, in the sources' language, for those who do not see it; books show no picture without it."""
    site: Site = Site()
    speakers: dict[str, SpeakerSettings] = {}
    briefings: dict[str, BriefingSettings] = {}
    editions: dict[str, EditionSettings] = {}
    audio: AudioSettings = AudioSettings()
    epub: EpubSettings = EpubSettings()
    catalog: CatalogSettings = CatalogSettings()
    pronunciation: dict[str, str | dict[str, str]] = {}
    """Printed word to how it is said: in words, or between slashes in the International Phonetic Alphabet.

    Words in the table itself are of the sources' language; ``[pronunciation.fr]`` holds those of another.
    """

    def briefing(self, name: str) -> BriefingSettings:
        """The table of one briefing, or an empty one."""
        renamed = (table for table in self.briefings.values() if table.name == name)
        return self.briefings.get(name) or next(renamed, BriefingSettings())

    def edition(self, language: str) -> EditionSettings:
        """The table of one language, however its tag is written there, or an empty one."""
        return next((table for tag, table in self.editions.items() if canonical(tag) == language), EditionSettings())

    def names(self) -> dict[str, str]:
        """Names that replace those of the files, by these."""
        return {key: table.name for key, table in self.briefings.items() if table.name}


FILE = "series.toml"
_STATUSES = ("public", "draft")
_EDITION_STATUSES = ("", "official", "unofficial", "machine")


def parse(text: str, file: str = FILE) -> Settings:
    """Read the file.

    Raises:
        InputError: With the line of the syntax error, or of the key whose value cannot be used.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        refuse("W002", f"this is not TOML: {reason}; mend the line and build again", Place(file, line))
    except RecursionError:
        refuse("W002", "tables or lists are nested too deeply; mend the file and build again", Place(file))
    for keys in _not_words(tree.get("pronunciation")):
        refuse("W003", f"{'.'.join(keys)} is no text; write how it is said in quotes", Place(file, line_of(text, keys)))
    try:
        settings = msgspec.convert(tree, Settings)
    except msgspec.ValidationError as error:
        _refuse_value(text, file, str(error))
    _validate(settings, text, file)
    return settings


def _not_words(table: object, *above: str) -> Iterator[tuple[str, ...]]:
    """Keys of pronunciations that are neither text nor a language's table; msgspec would not say which."""
    if isinstance(table, dict):
        for key, value in table.items():
            if isinstance(value, dict) and not above:
                yield from _not_words(value, key)
            elif not isinstance(value, str):
                yield ("pronunciation", *above, key)


def _refuse_value(text: str, file: str, reason: str) -> NoReturn:
    """Say which key is wrong, and, when it is unknown, which one was probably meant."""
    what, _, path = reason.partition(" - at `$")
    keys = [key.strip("'\"") for key in re.split(r"[.\[\]]+", path.strip("`")) if key and key != "..."]
    unknown = re.search(r"unknown field `(.+)`", what)
    hint = ""
    if unknown:
        keys.append(unknown[1])
        near = difflib.get_close_matches(unknown[1], _known_keys(Settings), 1)
        what = f"the key {unknown[1]!r} is not known"
        hint = f"; did you mean {near[0]!r}?" if near else "; remove it, or see the README for the keys there are"
    where = f" (at {'.'.join(keys)})" if keys else ""
    refuse("W003", f"{what[:1].lower()}{what[1:]}{where}{hint}", Place(file, line_of(text, keys)))


def _known_keys(table: type[msgspec.Struct]) -> list[str]:
    own = [field.name for field in msgspec.structs.fields(table)]
    return own + [key for other in Table.__subclasses__() if other is not table for key in other.__struct_fields__]


def line_of(text: str, keys: Sequence[str]) -> int:
    """The line on which the last of ``keys`` stands, as far as it can be told; 0 when it cannot."""
    line = 0
    lines = text.splitlines()
    for key in keys:
        pattern = re.compile(rf"(^|[\s.\[{{,])[\"']?{re.escape(key)}[\"']?\s*(=|\]|\.)")
        for number in range(line, len(lines)):
            if pattern.search(lines[number]):
                line = number
                break
        else:
            return line + 1 if line else 0
        if key == keys[-1]:
            return line + 1
    return 0


def _validate(settings: Settings, text: str, file: str) -> None:
    """Refuse what has the right type and still cannot be used."""
    for keys, what in _problems(settings):
        refuse("W003", what, Place(file, line_of(text, keys)))


def _problems(settings: Settings) -> Iterator[tuple[tuple[str, ...], str]]:
    for keys, tag in _tags(settings):
        try:
            canonical(tag)
        except ValueError as error:
            yield keys, f"{tag!r} is not a language tag: {error}; write one such as 'fr' or 'zh-Hans'"
    yield from _briefing_problems(settings)
    for tag in _bilingual(settings):
        if settings.languages and canonical(tag) not in map(canonical, settings.languages):
            known = ", ".join(map(repr, settings.languages))
            yield ("epub", "bilingual"), f"there is no edition in {tag!r}; write one or more of {known}, or true"
    yield from _edition_problems(settings)
    if settings.site.url and (what := _url_problem(settings.site.url)):
        yield ("site", "url"), what
    audio = settings.audio
    paths = {("cover",): settings.cover, ("audio", "piper_voices"): audio.piper_voices}
    for keys, path in {**paths, ("audio", "espeak_library"): audio.espeak_library}.items():
        if "\0" in path:
            yield keys, f"{path!r} is no name of a file; write one without a NUL character"
    yield from _audio_problems(settings.audio)
    yield from _epub_problems(settings.epub)
    yield from _pronunciation_problems(settings.pronunciation)


def _edition_problems(settings: Settings) -> Iterator[tuple[tuple[str, ...], str]]:
    for language, edition in settings.editions.items():
        if edition.status not in _EDITION_STATUSES:
            choices = "'official', 'unofficial' or 'machine'"
            yield ("editions", language, "status"), f"the status {edition.status!r} is not known; write {choices}"
        if not 0 <= edition.least <= 1:
            told = f"least = {edition.least:g} is no share; write a number from 0 to 1, such as 0.95"
            yield ("editions", language, "least"), told


def _url_problem(url: str) -> str:
    """Why an address cannot be where a site is; empty when it can. What is before a host may be secret."""
    if re.match(r"https?://[^/?#]*@", url):
        return "the address holds a name or a password, which every page would show; write it without"
    if not re.fullmatch(r"https?://[^\s\"'<>\\^`{|}?#]+", url) or not url.isprintable():
        return f"{url!r} is not an address; write one that begins with https://, without ? and #"
    try:
        parts = urlsplit(url)
        found = parts.hostname and parts.port != 0
    except ValueError:
        found = False
    return "" if found else f"{url!r} is not the address of a server; write one such as https://example.org"


_ANNOUNCE = ("name", "name and role", "earcon", "off")
_FORMATS = ("mp3", "opus", "m4a")
_LOUDNESS = (-40, -10)
_PACES = (80, 450)
"""Words a minute that espeak-ng can speak."""
_LONGEST_PAUSE = 60
"""Seconds."""
_VOLUMES = ("month", "year")
_LEAST_VOLUME = 1_000_000
"""Bytes; three minutes."""


def _audio_problems(audio: AudioSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    volume = audio.audiobook
    if volume < _LEAST_VOLUME if isinstance(volume, int) else volume not in _VOLUMES:
        known = f"'month', 'year' or a number of bytes from {_LEAST_VOLUME:_}"
        yield ("audio", "audiobook"), f"audiobook = {volume!r} is not known; write {known}"
    for key, value, choices in (("announce", audio.announce, _ANNOUNCE), ("format", audio.format, _FORMATS)):
        if value not in choices:
            yield ("audio", key), f"{key} = {value!r} is not known; write {', '.join(map(repr, choices))}"
    least, most = _LOUDNESS
    if not least <= audio.loudness <= most:
        told = f"loudness = {audio.loudness:g} is out of reach; write one from {least} to {most} LUFS"
        yield ("audio", "loudness"), told
    slowest, fastest = _PACES
    if not slowest <= audio.words_per_minute <= fastest:
        told = f"nobody speaks {audio.words_per_minute} words a minute; write a number from {slowest} to {fastest}"
        yield ("audio", "words_per_minute"), told
    for key, pause in (("pause_paragraph", audio.pause_paragraph), ("pause_turn", audio.pause_turn)):
        if not 0 <= pause <= _LONGEST_PAUSE:
            told = f"a pause of {pause:g} seconds cannot be made; write a number from 0 to {_LONGEST_PAUSE}"
            yield ("audio", key), told
    if audio.bit_rate not in BIT_RATES:
        told = f"MP3 has no bit rate of {audio.bit_rate}; write one of {', '.join(map(str, BIT_RATES))}"
        yield ("audio", "bit_rate"), told


def _pronunciation_problems(table: dict[str, str | dict[str, str]]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield from _word_problems(("pronunciation", key), value)
        else:
            for printed, said in value.items():
                yield from _word_problems(("pronunciation", key, printed), said)


def _word_problems(keys: tuple[str, ...], said: str) -> Iterator[tuple[tuple[str, ...], str]]:
    said = said.strip()
    if not sayable(keys[-1]):
        yield keys, f"{keys[-1]!r} is no word; write one as it is printed, with a letter or a digit"
    elif not sayable(said):
        yield keys, f"{keys[-1]!r} would be said as nothing; write words, or IPA between slashes"
    elif said.startswith("/") != said.endswith("/"):
        yield keys, f"{said!r} has a slash at one end; write IPA between two, and words without"
    elif said.startswith("/") and not is_ipa(said[1:-1]):
        yield keys, f"{said!r} is not in the International Phonetic Alphabet; write such as '/kəˈmɑːlə/'"


def _briefing_problems(settings: Settings) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, briefing in settings.briefings.items():
        if not NAME.fullmatch(name):
            yield ("briefings", name), f"{name!r} cannot name a briefing; use a-z, 0-9 and hyphens"
        if briefing.name and (not NAME.fullmatch(briefing.name) or briefing.name in RESERVED):
            yield ("briefings", name, "name"), f"{briefing.name!r} cannot name a briefing; use a-z, 0-9 and hyphens"
        if briefing.date and not _is_date(briefing.date):
            yield ("briefings", name, "date"), f"{briefing.date!r} is no date; write one such as '2026-01-31'"
        if briefing.number and not is_position(briefing.number):
            yield ("briefings", name, "number"), f"{briefing.number!r} is no number; write one such as '12' or '3.12'"
        for language, number in briefing.isbn.items():
            if not is_isbn(number):
                told = f"{number!r} is no ISBN; write its 13 digits, of which the last one checks the others"
                yield ("briefings", name, "isbn", language), told
        if briefing.status not in _STATUSES and not embargo(briefing.status):
            choices = "'public', 'draft' or 'embargo 2026-01-31T12:00:00Z'"
            yield ("briefings", name, "status"), f"the status {briefing.status!r} is not known; write {choices}"


def is_position(text: str) -> bool:
    """Whether it can be a place in a series: numbers with points between them (EPUB 3.3, ``group-position``)."""
    return re.fullmatch(r"[0-9]+(?:\.[0-9]+)*", text) is not None


def is_isbn(text: str) -> bool:
    """Whether it is an ISBN of thirteen digits whose last one is right (ISO 2108)."""
    digits = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"97[89][0-9]{10}", digits):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def _epub_problems(epub: EpubSettings) -> Iterator[tuple[tuple[str, ...], str]]:
    if epub.certified and not _is_date(epub.certified):
        yield ("epub", "certified"), f"{epub.certified!r} is no date; write one such as '2031-05-01'"
    if epub.certifier.strip() and not epub.certified:
        told = 'nothing is claimed without the day of the check; write `certified = "2031-05-01"`, or remove this'
        yield ("epub", "certifier"), told
    for key in ("certified", "certifier_credential", "certifier_report"):
        if getattr(epub, key) and not epub.certifier.strip():
            yield (
                ("epub", key),
                f"{key} says something of a certifier who has no name; write `certifier`, or remove this",
            )
    report = epub.certifier_report
    if report and (what := _url_problem(re.split(r"[?#]", report)[0] if " " not in report else report)):
        yield ("epub", "certifier_report"), what


def _is_date(text: str) -> bool:
    """Whether it is a day as ISO 8601 writes it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _bilingual(settings: Settings) -> tuple[str, ...]:
    return () if isinstance(settings.epub.bilingual, bool) else settings.epub.bilingual


def _tags(settings: Settings) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("language",), settings.language
    for tag in settings.languages:
        yield ("languages",), tag
    for tag in settings.editions:
        yield ("editions", tag), tag
    yield from ((("epub", "bilingual"), tag) for tag in _bilingual(settings))
    for tag in settings.audio.engines:
        yield ("audio", "engines", tag), tag
    for tag, words in settings.pronunciation.items():
        if not isinstance(words, str):
            yield ("pronunciation", tag), tag
    for speaker, of in settings.speakers.items():
        if of.language:
            yield ("speakers", speaker, "language"), of.language
    for name, briefing in settings.briefings.items():
        if briefing.language:
            yield ("briefings", name, "language"), briefing.language
        yield from ((("briefings", name, "isbn", tag), tag) for tag in briefing.isbn)


def embargo(status: str) -> datetime | None:
    """The time in ``embargo <RFC 3339 time>``; None for any other status."""
    word, _, moment = status.partition(" ")
    if word != "embargo":
        return None
    try:
        time = datetime.fromisoformat(moment.strip())
    except ValueError:
        return None
    return time if time.tzinfo else None
