"""XML from outside, read without entities, network and declarations that it has elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from lxml import etree


class _Safely(TypedDict):
    resolve_entities: bool
    no_network: bool
    load_dtd: bool


SAFELY: _Safely = {"resolve_entities": False, "no_network": True, "load_dtd": False}
"""What any parser of lxml is told that reads what is not our own."""


class MalformedError(ValueError):
    """A document is not well-formed. Its text is a clause that says why."""

    def __init__(self, reason: str, line: int) -> None:
        """Keep the line, from 1."""
        super().__init__(f"this is not well-formed: {reason}")
        self.line = line


def parsed(document: bytes, *, bare: bool = False, encoding: str | None = None) -> etree._Element:
    """The root of a document.

    Args:
        document: The whole of it. How large it may be is for the caller to say.
        bare: Leave out comments and processing instructions.
        encoding: Its encoding, whatever it declares itself; None: as it declares.

    Raises:
        MalformedError: It is not well-formed.
    """
    from lxml import etree  # noqa: PLC0415  # many builds read no XML

    parser = etree.XMLParser(remove_comments=bare, remove_pis=bare, encoding=encoding, **SAFELY)
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        reason = (error.msg or "it is empty").partition(", line")[0]
        raise MalformedError(reason, error.lineno or 1) from error
