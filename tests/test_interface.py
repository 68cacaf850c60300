"""The tool's own words: their languages, their plural forms, and who vouches for them."""

from __future__ import annotations

from importlib.resources import files

import pytest
from babel import Locale

from publish import doctor, interface, po
from publish.languages import babel_locale, canonical, folder

UNITED_NATIONS = ("en", "ar", "es", "fr", "ru", "zh-Hans")
COUNTS = (*range(201), 1_000, 1_001, 1_002, 10_011, 100_000, 123_456)


def test_the_languages_of_the_united_nations_are_there() -> None:
    assert interface.languages() == UNITED_NATIONS
    assert all(canonical(tag) == tag for tag in UNITED_NATIONS)


@pytest.mark.parametrize("language", UNITED_NATIONS)
def test_plural_forms_are_those_of_cldr(language: str) -> None:
    """CLDR's "many" of French and Spanish, of whole millions, has the same words as "other" in all of our messages."""
    locale = babel_locale(language)
    assert isinstance(locale, Locale)
    words = interface.interface(language)
    forms: dict[str, set[int]] = {}

    for count in COUNTS:
        forms.setdefault(locale.plural_form(count), set()).add(words._plural(count))

    assert all(len(indices) == 1 for indices in forms.values())
    assert len(set.union(*forms.values())) == len(forms)


@pytest.mark.parametrize("language", UNITED_NATIONS[1:])
def test_every_message_has_as_many_forms_as_the_language(language: str) -> None:
    data = files("publish").joinpath("locales", folder(language), "LC_MESSAGES", "publish.po").read_bytes()
    found = po.parse(data, language)
    count = int(found.header["Plural-Forms"].partition("nplurals=")[2].partition(";")[0])

    counts = {len(entry.strings) for entry in found.entries if entry.plural is not None}

    assert counts == {count}
    assert all(entry.translated for entry in found.entries if entry.id)


def test_the_doctor_says_which_catalogues_no_person_has_reviewed() -> None:
    lines = [line.strip() for line in doctor._interface()]

    assert lines[:2] == ["interface:", "en (English): written or reviewed by a person"]
    assert "fr (français): machine-made, not reviewed by a person" in lines
    assert len(lines) == 1 + len(UNITED_NATIONS)


def test_a_catalogue_is_vouched_for_once_its_header_says_nothing_against_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert interface.doubt("en") == ""
    reviewed = po.File((po.Entry(id="", strings=("Last-Translator: Jeanne Dupont\n",)),))
    monkeypatch.setattr(po, "parse", lambda *_: reviewed)
    assert interface.doubt("fr") == ""
