"""The model as JSON, as ``publish show`` prints it."""

from __future__ import annotations

import msgspec

from publish import document
from publish.config import Settings
from publish.diagnostics import Place, Report, refuse
from publish.model import Briefing
from publish.work import Source

SUMMARY = "JSON as `publish show` prints it"
SUFFIXES = (".json",)


def claims(source: Source) -> int:
    """Certain of JSON that says what it is."""
    if not source.text.lstrip().startswith("{"):
        return 0
    return 95 if '"publish"' in source.text[:200] else 50 if source.file.lower().endswith(SUFFIXES) else 0


def read(name: str, pages: tuple[Source, ...], settings: Settings, report: Report) -> Briefing:  # noqa: ARG001
    """The briefing, under the name of its file.

    Raises:
        InputError: It is no document of one briefing.
    """
    place = Place(pages[0].file)
    if len(pages) > 1:
        refuse("R019", "a briefing as JSON is one file; put each into transcripts/ by itself", Place(pages[1].file))
    found = document.decode(pages[0].text, pages[0].file)
    briefings = (found.briefing,) if found.briefing else found.series.briefings if found.series else ()
    if len(briefings) != 1:
        message = f"this holds {len(briefings)} briefings; `publish new DIR FILE` divides it into one file each"
        refuse("R019", message, place)
    if not briefings[0].turns:
        refuse("R001", "no turns were found; a briefing has at least one", place)
    return msgspec.structs.replace(briefings[0], name=name)
