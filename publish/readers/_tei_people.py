"""Who is who in TEI: the persons and organisations of a header, and what can be read from an id without one.

TEI P5, chapter 13 (names, dates, people); the guidelines of ParlaMint, "Speakers" and "Affiliations".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import msgspec

from publish.inlines import folded
from publish.readers._tei_words import TEI, XML

if TYPE_CHECKING:
    from lxml import etree

_SEXES: dict[str, Literal["female", "male"]] = {
    "f": "female", "female": "female", "2": "female", "m": "male", "male": "male", "1": "male"
}  # fmt: skip
"""Values of ``sex``: ParlaMint's letters, words, and the numbers of ISO/IEC 5218."""
_PARTIES = frozenset({"politicalParty", "parliamentaryGroup", "independent", "ethnicCommunity"})
"""Organisations that a speaker is introduced with; that all are members of parliament tells nothing."""
_WORN = re.compile(r"[._-]?\d+$")
"""The year or number that makes an id unique."""
_WORDS, _PARTICLE = 6, 3
"""Words of a name, at most; letters of those of them that may be small: "i", "de", "van"."""
_PRINTED = re.compile(r"(?P<title>[^()]{2,80}) \((?P<name>[^()]{2,60})\)")


class Known(msgspec.Struct, frozen=True):
    """What a source tells of a person."""

    name: str
    sex: Literal["female", "male", ""] = ""
    title: str = ""
    affiliation: str = ""


def people(roots: Iterable[etree._Element], language: str, day: str) -> dict[str, Known]:
    """Everyone described in some documents, by ``xml:id``, as it was on a day (ISO 8601; empty: at any time)."""
    documents = tuple(roots)
    organisations = {
        key: (org.get("role", ""), _fitting(org.findall(f"{TEI}orgName"), language, day))
        for document in documents
        for org in document.iter(f"{TEI}org")
        if (key := org.get(f"{XML}id"))
    }
    found: dict[str, Known] = {}
    for document in documents:
        for person in document.iter(f"{TEI}person"):
            if (key := person.get(f"{XML}id")) and (name := _name(person, language, day)):
                found.setdefault(key, _described(person, name, organisations, (language, day)))
    return found


def _described(
    person: etree._Element, name: str, organisations: dict[str, tuple[str, str]], when: tuple[str, str]
) -> Known:
    sex = person.find(f"{TEI}sex")
    held = [one for one in person.findall(f"{TEI}affiliation") if _valid(one, when[1])]
    titles = (_fitting(one.findall(f"{TEI}roleName"), *when) for one in held if one.get("role") != "member")
    belongs = (organisations.get(pointer(one.get("ref", "")), ("", "")) for one in held)
    return Known(
        name,
        _SEXES.get((sex.get("value") or sex.text or "").strip().lower(), "") if sex is not None else "",
        next(filter(None, titles), ""),
        next((said for role, said in belongs if role in _PARTIES and said), ""),
    )


def _name(person: etree._Element, language: str, day: str) -> str:
    names = [one for one in person.findall(f"{TEI}persName") if _valid(one, day)] or person.findall(f"{TEI}persName")
    fitting = [one for one in names if one.get(f"{XML}lang", language) == language] or names
    if not fitting:
        return ""
    wanted = [f"{TEI}{part}" for part in ("forename", "nameLink", "surname")]
    parts = [_text(one) for tag in wanted for one in fitting[0].iter(tag)]
    return " ".join(filter(None, parts)) or _text(fitting[0])


def _fitting(elements: Iterable[etree._Element], language: str, day: str) -> str:
    """The text of the element in the language, a full name before an abbreviated one; else of the first."""
    valid = [one for one in elements if _valid(one, day)]
    best = sorted(valid, key=lambda one: (one.get("full") == "abb", one.get(f"{XML}lang", language) != language))
    return _text(best[0]) if best else ""


def _valid(element: etree._Element, day: str) -> bool:
    """Whether what an element says held on a day. Dates that are cut, as "2015", are the beginning of theirs."""
    begin, end = element.get("from", ""), element.get("to", "")
    return not day or (begin <= day and (not end or day[: len(end)] <= end))


def _text(element: etree._Element) -> str:
    return folded("".join(element.itertext())).strip()


# --- Without a header -------------------------------------------------------------------------------------------------


def pointer(value: str) -> str:
    """The id that an address leads to, wherever it is: ``#a``, ``people.xml#a``, ``people:a``."""
    return re.split(r"[#:]", value.strip())[-1]


def from_id(value: str) -> Known:
    """Whom ``who`` means, as far as it tells itself: a pointer whose id is a name, or "Surname, Forename, office"."""
    bare = folded(value).strip()
    if "#" in bare or not re.search(r"[\s,]", bare):
        return Known(_spaced(pointer(bare)))
    parts = [part.strip() for part in bare.split(",") if part.strip()]
    if len(parts) < 2:  # noqa: PLR2004  # a comma divides the surname from the forename
        return Known(bare)
    return Known(f"{parts[1]} {parts[0]}", title=", ".join(parts[2:]))


def _spaced(key: str) -> str:
    """An id as a name: "JanaNovak.1973" is "Jana Novak", "jana-novak" is "Jana Novak"."""
    bare = _WORN.sub("", key) or key
    words = re.sub(r"[_.]+", " ", "".join(map(_apart, bare, f" {bare}"))).split()
    if bare.islower():
        return " ".join(word.capitalize() for part in words for word in part.split("-"))
    return " ".join(words) or key


def _apart(sign: str, before: str) -> str:
    """A sign of an id, with a space where a word begins in the middle."""
    return f" {sign}" if sign.isupper() and before.islower() else sign


def printed(label: str, said: str) -> Known | None:
    """Who a label says it is: "The President (Jana Novak)", or a name alone that is like ``said``, that of the id."""
    if found := _PRINTED.fullmatch(label):
        return Known(found["name"].strip(), title=found["title"].strip())
    words = label.split()
    named = 1 < len(words) <= _WORDS and all(word[0].isupper() or len(word) <= _PARTICLE for word in words)
    shared = {word.casefold() for word in words if len(word) > _PARTICLE} & set(said.casefold().split())
    return Known(label) if named and shared else None
