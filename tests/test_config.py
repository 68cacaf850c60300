"""``series.toml``: what it may hold, and what is said when it holds something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.config import Settings, embargo, parse
from publish.diagnostics import InputError


def test_an_empty_file_is_a_valid_one() -> None:
    assert parse("") == Settings()


def test_every_table_is_read() -> None:
    settings = parse(
        """
        title = "Briefings"
        languages = ["en", "fr"]
        [speakers.deng-boqing]
        name = "Deng Boqing"
        role = "official"
        aliases = ["MR. DENG"]
        [briefings.first]
        status = "embargo 2031-01-31T12:00:00Z"
        [editions.fr]
        status = "machine"
        [audio]
        announce = "off"
        """
    )

    assert settings.speakers["deng-boqing"].aliases == ("MR. DENG",)
    assert settings.briefing("first").status.startswith("embargo")
    assert settings.briefing("second").status == "public"
    assert settings.audio.announce == "off"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "x', r"W002 series.toml:1: this is not TOML"),
        ("a = 1\nb = \n", r"W002 series.toml:2: this is not TOML"),
        ('\ntitel = "x"\n', r"W003 series.toml:2: the key 'titel' is not known \(at titel\); did you mean 'title'\?"),
        ("[site]\nurl = 3\n", r"W003 series.toml:2: expected `str`, got `int` \(at site.url\)"),
        ('[speakers.x]\nrole = "boss"\n', r"W003 series.toml:2: invalid enum value 'boss' \(at speakers.*role\)"),
        ('language = "english please"\n', r"W003 series.toml:1: 'english please' is not a language tag"),
        ('[briefings."../x"]\ntitle = "x"\n', r"W003 series.toml:1: '../x' cannot name a briefing"),
        ('[briefings.x]\nstatus = "secret"\n', r"W003 series.toml:2: the status 'secret' is not known"),
        ('[editions.fr]\nstatus = "perfect"\n', r"W003 series.toml:2: the status 'perfect' is not known"),
        ('[site]\nurl = "javascript:alert(1)"\n', r"W003 series.toml:2: 'javascript:alert\(1\)' is not an address"),
        (
            '[audio]\naudiobook = "week"\n',
            r"W003 series.toml:2: audiobook = 'week' is not known; write 'month', 'year'",
        ),
        ("[audio]\naudiobook = 10\n", r"W003 series.toml:2: audiobook = 10 is not known"),
        ('[audio]\nannounce = "loudly"\n', r"W003 series.toml:2: announce = 'loudly' is not known"),
        ("[audio]\nloudness = -5\n", r"W003 series.toml:2: loudness = -5 is out of reach; write one from -40 to -10"),
        ("[audio]\nbit_rate = 50000\n", r"W003 series.toml:2: MP3 has no bit rate of 50000; write one of 24000, 32000"),
        ("x = " + "[" * 5000, r"W002 series.toml"),
    ],
)
def test_what_cannot_be_used_is_refused_with_line_and_key(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse(text)


def test_an_embargo_needs_a_time_with_a_zone() -> None:
    assert embargo("embargo 2031-01-31T12:00:00Z") is not None
    assert embargo("embargo 2031-01-31T12:00:00") is None
    assert embargo("embargo tomorrow") is None
    assert embargo("draft") is None


@given(st.text())
def test_any_text_is_settings_or_an_error_with_its_place(text: str) -> None:
    try:
        assert isinstance(parse(text), Settings)
    except InputError as error:
        assert error.diagnostic.place.file == "series.toml"
