"""``series.toml``: what it may hold, and what is said when it holds something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publish.config import Settings, embargo, is_isbn, parse
from publish.diagnostics import InputError


def test_an_empty_file_is_a_valid_one() -> None:
    assert parse("") == Settings()


def test_an_isbn_is_told_by_its_last_digit() -> None:
    assert [number for number in range(10) if is_isbn(f"978-0-306-40615-{number}")] == [7]
    assert [
        text for text in ("9780306406157", "978 0 306 40615 7", "9780306406157x", "9770306406150", "") if is_isbn(text)
    ] == [
        "9780306406157",
        "978 0 306 40615 7",
    ]


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
        ('[briefings.x]\ndate = "next Monday"\n', r"W003 series.toml:2: 'next Monday' is no date; write one such as"),
        ('[briefings.x]\ndate = "2031-02-30"\n', r"W003 series.toml:2: '2031-02-30' is no date"),
        ('[editions.fr]\nstatus = "perfect"\n', r"W003 series.toml:2: the status 'perfect' is not known"),
        ('[site]\nurl = "javascript:alert(1)"\n', r"W003 series.toml:2: 'javascript:alert\(1\)' is not an address"),
        ('[briefings.x]\nnumber = "third"\n', r"W003 series.toml:2: 'third' is no number; write one such as '12'"),
        ('[briefings.x.isbn]\nen = "978-0-306-40615-8"\n', r"W003 series.toml:2: '978-0-306-40615-8' is no ISBN"),
        ('[briefings.x.isbn]\nen = "0-306-40615-2"\n', r"W003 series.toml:2: '0-306-40615-2' is no ISBN; write its 13"),
        ('[briefings.x.isbn]\n"no tag" = "978-0-306-40615-7"\n', r"W003 series.toml:2: 'no tag' is not a language tag"),
        ('[epub]\ncertifier = "A"\n', r"W003 series.toml:2: nothing is claimed without the day of the check; write"),
        ('[epub]\ncertifier = "A"\ncertified = "May"\n', r"W003 series.toml:3: 'May' is no date"),
        (
            '[epub]\ncertified = "2031-05-01"\n',
            r"W003 series.toml:2: certified says something of a certifier who has no",
        ),
        (
            '[epub]\ncertifier = "A"\ncertified = "2031-05-01"\ncertifier_report = "report.html"\n',
            r"W003 series.toml:4: 'report.html' is not an address",
        ),
        (
            '[audio]\naudiobook = "week"\n',
            r"W003 series.toml:2: audiobook = 'week' is not known; write 'month', 'year'",
        ),
        ("[audio]\naudiobook = 10\n", r"W003 series.toml:2: audiobook = 10 is not known"),
        ('[audio]\nannounce = "loudly"\n', r"W003 series.toml:2: announce = 'loudly' is not known"),
        ("[audio]\nloudness = -5\n", r"W003 series.toml:2: loudness = -5 is out of reach; write one from -40 to -10"),
        ("[audio]\nbit_rate = 50000\n", r"W003 series.toml:2: MP3 has no bit rate of 50000; write one of 24000, 32000"),
        (
            "[audio]\nwords_per_minute = 0\n",
            r"W003 series.toml:2: nobody speaks 0 words a minute; write a number from 80",
        ),
        ("[audio]\nwords_per_minute = 100000\n", r"W003 series.toml:2: nobody speaks 100000 words a minute"),
        ("[audio]\npause_turn = nan\n", r"W003 series.toml:2: a pause of nan seconds cannot be made"),
        ("[audio]\npause_turn = 1e9\n", r"W003 series.toml:2: a pause of 1e\+09 seconds cannot be made"),
        ("[audio]\npause_paragraph = -0.1\n", r"W003 series.toml:2: a pause of -0.1 seconds cannot be made"),
        ('[audio.engines]\n"not a tag!" = "silence"\n', r"W003 series.toml:2: 'not a tag!' is not a language tag"),
        ('cover = "a\\u0000b"\n', r"W003 series.toml:1: 'a\\x00b' is no name of a file"),
        ('[audio]\npiper_voices = "\\u0000"\n', r"W003 series.toml:2: '\\x00' is no name of a file"),
        ('[site]\nurl = "https://x:y@example.org"\n', r"W003 series.toml:2: the address holds a name or a password"),
        ('[site]\nurl = "https://example.org/?a=b"\n', r"W003 series.toml:2: .* is not an address"),
        ('[site]\nurl = "https://example.org/#a"\n', r"W003 series.toml:2: .* is not an address"),
        ('[site]\nurl = "https://example.org/\\u0001"\n', r"W003 series.toml:2: .* is not an address"),
        ('[site]\nurl = "https://example.org/\\u202e"\n', r"W003 series.toml:2: .* is not an address"),
        ("[site]\nurl = 'https://x\"><script>'\n", r"W003 series.toml:2: .* is not an address"),
        ('[site]\nurl = "https://[::1"\n', r"W003 series.toml:2: .* is not the address of a server"),
        ('[site]\nurl = "https://example.org:99999"\n', r"W003 series.toml:2: .* is not the address of a server"),
        ("x = " + "[" * 5000, r"W002 series.toml"),
    ],
)
def test_what_cannot_be_used_is_refused_with_line_and_key(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse(text)


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://localhost:8000/a/", "https://[::1]:8443/x", "https://bücher.example/ä/%20"]
)
def test_where_a_site_can_be_is_an_address(url: str) -> None:
    assert parse(f'[site]\nurl = "{url}"\n').site.url == url


def test_a_language_is_the_same_however_its_tag_is_written() -> None:
    settings = parse(
        'languages = ["en", "FR", "pt-br"]\n[epub]\nbilingual = ["fr", "PT-BR"]\n[editions.Fr]\nstatus = "official"\n'
    )

    assert settings.epub.beside("pt-BR")
    assert settings.edition("fr").status == "official"


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
