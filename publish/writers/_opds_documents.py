"""What an OPDS catalogue is written in: the objects of OPDS 2.0 and of the Readium Web Publication Manifest.

Fields have the specifications' names, in snake case; what is empty is not written. Addresses are absolute.
"""

from __future__ import annotations

import msgspec

OPDS = "application/opds+json"
PUBLICATION = "application/opds-publication+json"
HTML = "text/html"
ACQUISITION = "http://opds-spec.org/acquisition/open-access"
FACET = "http://opds-spec.org/facet"

Words = str | dict[str, str]
"""A text in the language of the catalogue, or by its language."""


class Node(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """An object."""


class Availability(Node, frozen=True):
    """Whether something can be had."""

    state: str


class Properties(Node, frozen=True):
    """Of a link."""

    number_of_items: int | None = None
    availability: Availability | None = None


class Link(Node, frozen=True):
    """A link."""

    href: str
    type: str = ""
    rel: str | tuple[str, ...] = ""
    title: str = ""
    language: str = ""
    size: int = 0
    """Bytes."""
    width: int = 0
    height: int = 0
    duration: float = 0
    """Seconds."""
    properties: Properties | None = None


class Contributor(Node, frozen=True):
    """Somebody who had a part in a publication."""

    name: Words
    links: tuple[Link, ...] = ()


class Series(Node, frozen=True):
    """A series, and a publication's place in it."""

    name: Words
    identifier: str
    position: float = 0


class BelongsTo(Node, frozen=True):
    """What a publication is a part of."""

    series: Series


class Certification(Node, frozen=True):
    """Who vouches for what ``conformsTo`` says."""

    certified_by: str = ""
    credential: str = ""
    report: str = ""


class Accessibility(Node, frozen=True):
    """The properties of Schema.org, as a manifest has them."""

    conforms_to: str = ""
    certification: Certification | None = None
    access_mode: tuple[str, ...] = ()
    access_mode_sufficient: tuple[str | tuple[str, ...], ...] = ()
    feature: tuple[str, ...] = ()
    hazard: tuple[str, ...] = ()
    summary: str = ""


class Metadata(Node, frozen=True):
    """What a publication says of itself."""

    title: Words
    identifier: str
    kind: str = msgspec.field(name="@type", default="")
    language: str = ""
    published: str = ""
    """ISO 8601, a day."""
    modified: str = ""
    author: tuple[Contributor, ...] = ()
    publisher: Words = ""
    description: str = ""
    duration: float = 0
    """Seconds."""
    reading_progression: str = ""
    belongs_to: BelongsTo | None = None
    accessibility: Accessibility | None = None


class Publication(Node, frozen=True):
    """What can be had."""

    metadata: Metadata
    links: tuple[Link, ...]
    images: tuple[Link, ...] = ()


class About(Node, frozen=True):
    """Metadata of a feed, or of a part of one."""

    title: str
    subtitle: str = ""
    description: str = ""
    modified: str = ""
    number_of_items: int | None = None
    items_per_page: int = 0
    current_page: int = 0


class Facet(Node, frozen=True):
    """Ways to see a part of the publications."""

    metadata: About
    links: tuple[Link, ...]


class Group(Node, frozen=True):
    """Publications that belong together."""

    metadata: About
    publications: tuple[Publication, ...]


class Feed(Node, frozen=True):
    """A feed of the catalogue."""

    metadata: About
    links: tuple[Link, ...]
    navigation: tuple[Link, ...] = ()
    facets: tuple[Facet, ...] = ()
    groups: tuple[Group, ...] = ()
    publications: tuple[Publication, ...] = ()


def encode(document: Feed | Publication) -> bytes:
    """The document as a file holds it: UTF-8, an indented line a value."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
