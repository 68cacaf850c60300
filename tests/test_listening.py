"""`publish voices` and `publish say`: what can be heard before anything is built."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from click.testing import CliRunner, Result
from spring import spring

from publish import auditions, plugins
from publish.casting import VOICES
from publish.cli import cli
from publish.diagnostics import PublishError

CAST = "# Who speaks with which voice\nms-okafor\tpyttsx3\tf4\nmr-vance\tpyttsx3\tm8\nmr-vance\thibari\theart\n"
SETTINGS = """
[speakers.tom]
name = "Tom"
voice = "david"

[pronunciation]
"Okafor" = "Okkafor"
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = spring(tmp_path / "spring")
    with (folder / "series.toml").open("a", encoding="utf-8") as stream:
        stream.write(SETTINGS)
    (folder / "anchors").mkdir()
    (folder / "anchors" / "voices.tsv").write_text(CAST, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def publish(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def lines(*words: str) -> list[str]:
    done = publish(*words)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def refused(*words: str) -> str:
    error = publish(*words).exception
    assert isinstance(error, PublishError)
    return str(error)


def seconds(data: bytes) -> float:
    with av.open(io.BytesIO(data), "r") as container:
        return sum(frame.samples for frame in container.decode(audio=0)) / 22_050


# --- voices -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("root")
def test_every_engine_is_listed_with_its_languages_licence_and_how_to_use_it() -> None:
    said = lines("voices")

    for name in plugins.names("engines"):
        assert f"{name}: {plugins.engine(name).SUMMARY}" in said
        assert (
            f'  to use it: {plugins.engine(name).INSTALL}; under [audio.engines] of series.toml: en = "{name}"' in said
        )
    assert any(re.match(r"  \d+ voices for af, .*\bfr\b.*, up to 11 voices each", line) for line in said)
    assert "  licence: GPL-3.0-or-later AND MPL-2.0" in said


@pytest.mark.usefixtures("root")
def test_the_voices_of_a_language_are_listed_one_by_one() -> None:
    said = lines("voices", "--language", "fr,de")

    assert "  fr           fr+Reed                  male    117 Hz  GPL-3.0-or-later AND MPL-2.0" in said
    assert "  de           de                       -       102 Hz  GPL-3.0-or-later AND MPL-2.0" in said
    assert not [line for line in said if line.startswith("  es ")]


@pytest.mark.usefixtures("root")
def test_who_is_cast_with_which_voice_is_said_and_series_toml_comes_first() -> None:
    said = lines("voices")

    assert said[said.index("cast in this series:") + 1 :] == [
        "  tom                      david (series.toml)",
        "  ms-okafor                f4 (pyttsx3)",
        "  mr-vance                 m8 (pyttsx3)",
        "  mr-vance                 heart (hibari)",
    ]


def test_a_cast_of_which_parts_cannot_be_read_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "anchors").mkdir()
    (tmp_path / VOICES).write_bytes(
        b"<<<<<<< ours\na\tpyttsx3\tf3\n=======\n\t\t\nb\tx\n\xff\tpyttsx3\tm8\n>>>>>>> x\n"
    )

    assert [(row.speaker, row.voice) for row in auditions.rows(tmp_path)] == [("a", "f3"), ("\ufffd", "m8")]
    assert auditions.rows(tmp_path / "nowhere") == ()


def test_without_a_series_the_voices_are_listed_too(tmp_path: Path) -> None:
    said = lines("voices", str(tmp_path))

    assert "silence: no sound, for as long as speech would take; for drafts" in said
    assert "cast in this series:" not in said


@pytest.mark.usefixtures("root")
def test_a_page_lets_one_hear_each_voice_of_a_language(
    tmp_path: Path, nu: Callable[..., list[str]], axe: Callable[[Path], list[str]]
) -> None:
    folder = tmp_path / "page"

    said = lines("voices", "--language", "ca,he", "--sample", str(folder))

    page = (folder / "index.html").read_text("utf-8")
    sounds = re.findall(r'<audio controls preload="none" src="([^"]+)" aria-label="([^"]+)">', page)
    assert len(sounds) == len(list(folder.glob("*.mp3"))) == 44, "four Catalans, each in eleven timbres"
    assert said[-1] == f"55 voices in {folder / 'index.html'}."
    assert ("pyttsx3-003.mp3", "ca+f3") in sounds
    assert page.count("espeak-ng reads Hebrew without its vowels") == 11
    assert '<span lang="he" dir="rtl">עברית</span> (he)' in page
    assert all(1 < seconds((folder / file).read_bytes()) < 8 for file, _ in sounds)
    assert nu(folder / "index.html") == []
    assert axe(folder / "index.html") == []


@pytest.mark.usefixtures("root")
def test_the_page_is_made_anew_where_it_was_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "page"
    lines("voices", "--language", "ca", "--sample", str(folder))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    lines("voices", "--language", "eo", "--sample", str(folder))
    fewer = len(list(folder.iterdir()))
    lines("voices", "--language", "ca", "--sample", str(folder))

    assert fewer == 12
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (folder / "song-001.mp3").write_bytes(b"ID3 of somebody else")
    assert "W011" in refused("voices", "--language", "eo", "--sample", str(folder))
    assert len(list(folder.iterdir())) == len(before) + 1


def test_an_engine_that_cannot_work_is_left_out_of_the_page_with_a_note(root: Path, tmp_path: Path) -> None:
    done = publish("voices", str(root), "--language", "eo", "--sample", str(tmp_path / "page"))

    assert "note S010: piper is not on the page: " in done.output
    assert done.exit_code == 0


# --- say --------------------------------------------------------------------------------------------------------------


def test_a_text_is_said_with_the_words_and_phonemes_that_are_heard(root: Path) -> None:
    said = lines("say", "Good  morning, Okafor.", "--speaker", "ms-okafor")

    assert said == [
        "say.mp3: en-US+f4 of pyttsx3, en",
        "words: Good morning, Okkafor.",
        "phonemes: ɡˈʊd mˈɔːɹnɪŋ ˈɑːkæfɚ",
    ]
    assert 1 < seconds((root / "say.mp3").read_bytes()) < 4


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("words", "voice"),
    [
        ((), "en-US of pyttsx3, en"),
        (("--speaker", "mr-vance"), "en-US+m8 of pyttsx3, en"),
        (("--speaker", "mr-vance", "--language", "fr"), "fr+m8 of pyttsx3, fr"),
        (("--speaker", "tom"), "en-US+david of pyttsx3, en"),
        (("--speaker", "tom", "--voice", "Annie"), "en-US+Annie of pyttsx3, en"),
        (("--voice", "en-GB-x-rp+f3"), "en-GB-x-rp+f3 of pyttsx3, en-GB-x-rp"),
        (("--voice", "high"), "high of silence, mul"),
    ],
)
def test_the_voice_is_the_speakers_or_the_one_that_is_asked_for(words: tuple[str, ...], voice: str) -> None:
    assert lines("say", "Two.", *words)[0] == f"say.mp3: {voice}"


def test_the_engine_is_the_one_that_series_toml_names_for_the_language(root: Path) -> None:
    with (root / "series.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[audio.engines]\nfr = "silence"\n')

    assert lines("say", "Deux.", "--language", "fr-CA")[0] == "say.mp3: plain of silence, mul"
    assert lines("say", "Two.")[0] == "say.mp3: en-US of pyttsx3, en"


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("Hi.", "--speaker", "nobody"), "W012: there is no speaker 'nobody'; there are mr-vance, ms-okafor, tom"),
        (("Hi.", "--voice", "nobody"), "W012: there is no voice 'nobody'; `publish voices --language en` lists"),
        (("Hi.", "--language", "tlh"), "W012: pyttsx3 has no voice for 'tlh'; choose another engine"),
        ((" ",), "W012: there is nothing to say"),
        (("a" * 60_000,), "W012: 60,000 characters are too many"),
        (("שלום", "--language", "he"), "S001: this cannot be said: espeak-ng reads Hebrew without its vowels"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_reason(words: tuple[str, ...], message: str) -> None:
    assert message in refused("say", *words)
    assert not Path("say.mp3").exists()


def test_a_file_of_somebody_else_is_never_written_over_unasked(root: Path) -> None:
    (root / "mine.mp3").write_bytes(b"a song")

    assert "B002" in refused("say", "One.", "--output", "mine.mp3")
    assert (root / "mine.mp3").read_bytes() == b"a song"
    lines("say", "One.", "--output", "mine.mp3", "--force")
    first = (root / "mine.mp3").read_bytes()
    lines("say", "Quite another thing.", "--output", "mine.mp3")
    assert (root / "mine.mp3").read_bytes() != first


@pytest.mark.usefixtures("root")
def test_equal_words_give_equal_files() -> None:
    lines("say", "The same words.", "-o", "one.mp3")
    lines("say", "The same words.", "-o", "two.mp3")

    assert Path("one.mp3").read_bytes() == Path("two.mp3").read_bytes()
