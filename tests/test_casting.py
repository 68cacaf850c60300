"""Casting: every speaker keeps one voice, and those who meet can be told apart."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import small_briefing

from publish.audio import Voice
from publish.casting import Cast, Roll, Seat, cast, described, roll, title, uncast
from publish.config import Settings, SpeakerSettings
from publish.diagnostics import Diagnostic
from publish.engines import pyttsx3
from publish.model import Paragraph as Line
from publish.model import Participant, Text, Turn
from publish.pipeline import read_settings
from publish.showing import briefings_of
from publish.voices import APART, distance
from publish.workspace import Workspace, entries

ROOT = Path(__file__).parent.parent
PLAIN = Settings()
TIMBRES = (
    ("plain", "", 102),
    ("asked", "", 149),
    ("high", "female", 210),
    ("deep", "male", 115),
    ("alto", "female", 176),
    ("low", "male", 85),
    ("top", "female", 240),
    ("bass", "male", 74),
)


def band(*timbres: tuple[str, str, int], languages: Sequence[str] = ("en", "fr")) -> tuple[Voice, ...]:
    """Voices as an engine offers them: every language in each timbre."""
    return tuple(
        Voice(f"{language}+{name}", language, "choir", name, sex, pitch)
        for language in languages
        for name, sex, pitch in timbres
    )


CHOIR = band(*TIMBRES)
BY_NAME = {voice.timbre: voice for voice in CHOIR}
HEADER = "# Who speaks with which voice: speaker, engine, voice. Keep this file with the transcripts.\n"


def made(
    rolls: Iterable[Roll],
    rows: str = "",
    settings: Settings = PLAIN,
    voices: Sequence[Voice] = CHOIR,
    toml: str = "",
) -> tuple[Cast, list[Diagnostic]]:
    findings: list[Diagnostic] = []
    return cast(rolls, rows, settings, {"choir": voices}, findings.append, toml=toml), findings


def on(day: int, *seats: Seat | str) -> Roll:
    """The roll of a briefing; a name alone is that of a woman when it is of small letters, else of a man."""
    people = (
        seat if isinstance(seat, Seat) else Seat(seat.lower(), "female" if seat.islower() else "male") for seat in seats
    )
    return Roll(f"day-{day}", f"2031-04-{day:02}", tuple(people))


def codes(findings: Iterable[Diagnostic]) -> list[str]:
    return [finding.code for finding in findings]


# --- Who gets which ---------------------------------------------------------------------------------------------------


def test_everyone_gets_a_voice_of_their_sex_in_the_order_of_date_name_and_first_appearance() -> None:
    late, early = on(2, "ada", "BEN"), on(1, "CAI", "ada", "dora")

    found, findings = made([late, early])

    assert found.voices == {"choir": {"cai": "deep", "ada": "high", "dora": "alto", "ben": "low"}}
    assert found.rows == HEADER + "cai\tchoir\tdeep\nada\tchoir\thigh\ndora\tchoir\talto\nben\tchoir\tlow\n"
    assert findings == []


def test_the_unnamed_share_the_second_voice_and_are_not_in_the_file() -> None:
    found, _ = made([on(1, Seat("q", "", unnamed=True), "ada", Seat("moderator", "", unnamed=True))])

    assert found.voices["choir"] == {"q": "asked", "ada": "high", "moderator": "asked"}
    assert found.rows == HEADER + "ada\tchoir\thigh\n"


def test_someone_of_whom_nothing_is_known_gets_a_voice_of_the_middle() -> None:
    found, _ = made([on(day, Seat(f"s{day}")) for day in range(1, 5)])

    assert list(found.voices["choir"].values()) == ["deep", "alto", "low", "deep"]


def test_a_voice_that_is_neither_a_womans_nor_a_mans_lies_in_the_middle_by_itself() -> None:
    voices = band(*TIMBRES, ("odd", "", 300))
    found, _ = made([on(1, Seat("a")), on(2, Seat("b"))], voices=voices)

    assert found.voices["choir"] == {"a": "odd", "b": "odd"}


def test_to_be_told_apart_comes_before_being_of_the_middle() -> None:
    found, findings = made([on(1, *(Seat(f"s{number}") for number in range(6)))])

    assert sorted(found.voices["choir"].values()) == ["alto", "bass", "deep", "high", "low", "top"]
    assert findings == []


def test_who_meet_anywhere_get_voices_that_differ_also_when_they_are_cast_on_different_days() -> None:
    found, findings = made([on(1, "ada", "bea"), on(2, "cora"), on(3, "cora", "ada")])

    assert found.voices["choir"] == {"ada": "high", "bea": "alto", "cora": "top"}
    found, findings = made([on(1, "ada", "bea"), on(2, "cora"), on(3, "dora", "cora"), on(4, "dora", "ada", "cora")])
    assert found.voices["choir"]["dora"] == "alto"
    assert findings == []


def test_the_least_used_voice_is_taken() -> None:
    found, findings = made([on(day, f"w{'x' * day}") for day in range(1, 8)])

    assert sorted(found.voices["choir"].values()) == ["alto"] * 2 + ["high"] * 3 + ["top"] * 2
    assert findings == []


def test_a_voice_far_from_those_heard_is_better_than_one_near_to_them() -> None:
    voices = band(*TIMBRES[:2], ("one", "female", 200), ("near", "female", 210), ("far", "female", 240))
    found, findings = made([on(1, "ada", "bea")], voices=voices)

    assert found.voices["choir"] == {"ada": "one", "bea": "far"}
    assert findings == []


def test_with_no_voice_far_enough_the_farthest_is_taken() -> None:
    voices = band(*TIMBRES[:2], ("one", "female", 200), ("near", "female", 210), ("nearer", "female", 205))
    found, findings = made([on(1, "ada", "bea")], voices=voices)

    assert found.voices["choir"]["bea"] == "near"
    assert [str(finding) for finding in findings] == [
        (
            "warning S022 series.toml: 'ada' and 'bea' meet in day-1 and sound alike, 'one' at 200 Hz and 'near' at "
            "210 Hz of choir; choose a `voice` for one in [speakers.bea] of series.toml"
        )
    ]


def test_a_voice_whose_pitch_was_not_measured_is_taken_for_far_enough() -> None:
    voices = band(*((name, sex, 0) for name, sex, _ in TIMBRES))
    found, findings = made([on(1, "ada", "bea", "cora", Seat("d"))], voices=voices)

    assert len(set(found.voices["choir"].values())) == 4
    assert findings == []


def test_every_engine_that_is_used_has_a_cast_of_its_own() -> None:
    bands = {"solo": band(*reversed(TIMBRES)), "choir": CHOIR, "absent": ()}
    found = cast([on(1, "ada")], "", PLAIN, bands, lambda _: None)

    assert found.voices == {"choir": {"ada": "high"}, "solo": {"ada": "alto"}}
    assert found.rows == HEADER + "ada\tchoir\thigh\nada\tsolo\talto\n"


# --- What stays -------------------------------------------------------------------------------------------------------

SPEAKERS = st.builds(
    lambda number, kind: Seat(f"s{number}-{kind}", ("female", "male", "", "")[kind], unnamed=kind == 3),
    st.integers(0, 9),
    st.integers(0, 3),
)
ROLLS = st.lists(st.lists(SPEAKERS, max_size=9, unique=True), max_size=8).map(
    lambda days: [on(number, *seats) for number, seats in enumerate(days, 1)]
)


@given(ROLLS, st.integers(0, 8))
def test_later_briefings_change_nobodys_voice(rolls: list[Roll], cut: int) -> None:
    before, _ = made(rolls[:cut])
    after, _ = made(rolls, before.rows)

    assert after.voices["choir"].items() >= before.voices["choir"].items()
    assert after.rows.startswith(before.rows)


@given(ROLLS, ROLLS.map(lambda rolls: [msgspec.structs.replace(of, briefing=f"{of.briefing}-b") for of in rolls]))
def test_briefings_put_in_between_change_nobodys_voice(rolls: list[Roll], more: list[Roll]) -> None:
    before, _ = made(rolls)
    after, _ = made([*more, *rolls], before.rows)

    assert after.voices["choir"].items() >= before.voices["choir"].items()
    assert after.rows.startswith(before.rows)


@given(ROLLS, st.data())
def test_a_briefing_taken_away_changes_nothing(rolls: list[Roll], data: st.DataObject) -> None:
    before, _ = made(rolls)
    left = data.draw(st.lists(st.sampled_from(rolls), unique_by=lambda of: of.briefing)) if rolls else []
    after, findings = made(left, before.rows)

    assert after.rows == before.rows
    assert before.voices["choir"].items() >= after.voices["choir"].items()
    assert made(rolls, after.rows)[0] == before
    assert "S021" not in codes(findings)


@given(ROLLS, st.randoms(use_true_random=False))
def test_equal_input_gives_equal_bytes_in_any_order_and_again(rolls: list[Roll], chance: object) -> None:
    first, findings = made(rolls)
    chance.shuffle(rolls)  # type: ignore[attr-defined]  # Hypothesis' Random has no type

    assert made(rolls) == (first, findings)
    assert made(rolls, first.rows) == (first, findings)


@given(ROLLS, ROLLS, ROLLS, st.sampled_from(["mine", "yours"]))
def test_two_branches_whose_files_are_united_agree_on_one_cast(
    base: list[Roll], mine: list[Roll], yours: list[Roll], first: str
) -> None:
    """Git's union keeps the added lines of both; whichever side comes first, nobody loses the voice they had before."""
    common, _ = made(base)
    sides = [made([*base, *more], common.rows)[0] for more in (mine, yours)]
    added = [side.rows.removeprefix(common.rows) for side in sides]
    united = common.rows + "".join(added if first == "mine" else reversed(added))

    found, _ = made([*base, *mine, *yours], united)

    assert found.rows == united
    assert found.voices["choir"].items() >= common.voices["choir"].items()
    for speaker, voice in found.voices["choir"].items():
        assert voice in {side.voices["choir"].get(speaker) for side in sides}


@given(ROLLS)
def test_who_cannot_be_told_apart_is_reported_and_nobody_has_the_narrators_voice(rolls: list[Roll]) -> None:
    found, findings = made(rolls)
    voices = found.voices["choir"]
    pairs = {finding.message.partition(" meet in ")[0] for finding in findings if finding.code == "S022"}
    crowd = any(finding.code == "S023" for finding in findings)

    assert "plain" not in voices.values()
    for of in rolls:
        named = [seat.speaker for seat in of.seats if not seat.unnamed]
        assert "asked" not in {voices[speaker] for speaker in named}
        for one, other in combinations(named, 2):
            if distance(BY_NAME[voices[one]], BY_NAME[voices[other]]) < APART:
                assert crowd or {f"{one!r} and {other!r}", f"{other!r} and {one!r}"} & pairs


def test_another_process_with_another_hash_seed_writes_the_same_bytes() -> None:
    code = (
        "from publish.casting import *; from publish.config import Settings; from publish.audio import Voice\n"
        "voices = [Voice(n, 'en', 'e', n, s, p) for n, s, p in (('a','',100),('b','',149),('c','female',210),"
        "('d','male',115),('e','female',176),('f','male',85))]\n"
        "rolls = [Roll(f'b{d}', f'2031-01-{d:02}', tuple(Seat(f's{(7*d+n)%23}', ('female','male','')[(d+n)%3])"
        " for n in range(4))) for d in range(1, 25)]\n"
        "said = []\n"
        "found = cast(rolls, '', Settings(), {'x': voices, 'y': voices[::-1]}, said.append)\n"
        "print(found.rows, *said, sep='\\n')"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (1, 2, 3)
    ]

    assert runs[0].count(b"\n") > 46
    assert runs == runs[:1] * 3


def test_a_year_with_five_hundred_speakers_is_cast_in_no_time() -> None:
    kinds = ("female", "male", "")
    rolls = [
        Roll(
            f"b{day}",
            f"2031-{1 + day // 28:02}-{1 + day % 28:02}",
            tuple(Seat(f"s{(day * 11 + 3 * at) % 500}", kinds[(day + at) % 3]) for at in range(12)),  # type: ignore[arg-type]
        )
        for day in range(226)
    ]
    begin = time.process_time()
    found, _ = made(rolls, voices=pyttsx3.voices())

    assert time.process_time() - begin < 0.5
    assert len(found.voices["choir"]) == 500


def test_a_series_of_sittings_where_everyone_meets_everyone_is_cast_in_no_time() -> None:
    hall = tuple(Seat(f"s{number}", "female" if number % 2 else "male") for number in range(400))
    begin = time.process_time()
    _, findings = made([Roll(f"b{day}", f"2031-{day}", hall) for day in range(100, 200)])

    assert time.process_time() - begin < 3
    assert codes(findings) == ["S023"]


# --- series.toml ------------------------------------------------------------------------------------------------------


def test_series_toml_comes_before_the_file_and_the_row_stays() -> None:
    settings = Settings(speakers={"ada": SpeakerSettings(voice="en+bass")})
    rows = HEADER + "ada\tchoir\thigh\n"

    found, findings = made([on(1, "ada", "bea")], rows, settings)

    assert found.voices["choir"] == {"ada": "en+bass", "bea": "high"}
    assert found.rows == rows + "bea\tchoir\thigh\n"
    assert findings == []


def test_series_toml_gives_a_voice_to_someone_without_a_name_and_even_the_narrators() -> None:
    settings = Settings(speakers={"q": SpeakerSettings(voice="top"), "ada": SpeakerSettings(voice="plain")})

    found, findings = made([on(1, Seat("q", "", unnamed=True), "ada")], "", settings)

    assert found == Cast({"choir": {"q": "top", "ada": "plain"}}, "")
    assert findings == []


def test_a_voice_of_series_toml_that_no_engine_has_is_reported_with_its_line_and_another_is_cast() -> None:
    toml = '[speakers.bea]\nname = "Bea"\n\n[speakers.ada]\nname = "Ada"\nvoice = "anna"\n'
    settings = Settings(speakers={"ada": SpeakerSettings(voice="anna"), "away": SpeakerSettings(voice="nina")})

    found, findings = made([on(1, "ada")], "", settings, toml=toml)

    assert found.voices["choir"] == {"ada": "high"}
    assert [str(finding) for finding in findings] == [
        "warning S004 series.toml:6: there is no voice 'anna' for speaker 'ada'; `publish voices` lists those there are"
    ]


def test_a_voice_that_one_of_two_engines_has_is_used_there() -> None:
    settings = Settings(speakers={"ada": SpeakerSettings(voice="bass")})
    bands = {"choir": CHOIR, "other": band(*TIMBRES[:5])}
    findings: list[Diagnostic] = []
    found = cast([on(1, "ada")], "", settings, bands, findings.append)

    assert found.voices == {"choir": {"ada": "bass"}, "other": {"ada": "high"}}
    assert findings == []


def test_what_series_toml_says_of_the_sex_replaces_a_voice_that_was_kept() -> None:
    rows = HEADER + "ada\tchoir\tlow\n"
    known = Settings(speakers={"ada": SpeakerSettings(sex="female")})

    found, findings = made([on(1, Seat("ada", "female"))], rows, known)

    assert (found.voices["choir"], findings) == ({"ada": "high"}, [])
    assert found.rows == rows + "ada\tchoir\thigh\n"
    assert made([on(1, Seat("ada", "female"))], found.rows, known) == (found, [])


def test_what_a_later_source_says_of_the_sex_changes_no_voice() -> None:
    before, _ = made([on(1, Seat("ada"))])
    after, findings = made([on(1, Seat("ada")), on(2, Seat("ada", "female"))], before.rows)

    assert before.voices["choir"] == {"ada": "deep"}
    assert (after, findings) == (before, [])


def test_two_whom_series_toml_gave_one_voice_are_meant_to_have_it() -> None:
    settings = Settings(speakers={name: SpeakerSettings(voice="top") for name in ("ada", "bea")})

    assert made([on(1, "ada", "bea")], "", settings)[1] == []


# --- The file ---------------------------------------------------------------------------------------------------------


def test_two_who_meet_with_one_voice_are_reported_once_with_what_parts_them() -> None:
    rows = "ada\tchoir\thigh\nbea\tchoir\thigh\n"
    toml = '[speakers.ada]\nname = "Ada"\n\n[speakers.bea]\nname = "Bea"\n'
    rolls = [on(1, "bea", "ada"), on(2, "ada", "bea")]

    _, findings = made(rolls, rows, Settings(speakers={"bea": SpeakerSettings(name="Bea")}), toml=toml)
    mended, after = made(rolls, rows, Settings(speakers={"ada": SpeakerSettings(voice="alto")}), toml=toml)

    assert [str(finding) for finding in findings] == [
        (
            "warning S022 series.toml: 'bea' and 'ada' meet in day-1 and have one voice, 'high' of choir; "
            'write voice = "alto" in [speakers.ada] of series.toml'
        )
    ]
    assert after == []
    assert mended.voices["choir"]["ada"] == "alto"


def test_of_two_lines_for_one_speaker_the_first_counts_and_the_other_is_reported() -> None:
    rows = HEADER + "ada\tchoir\ttop\nbea\tchoir\thigh\nada\tchoir\talto\nbea\tchoir\thigh\n"

    found, findings = made([on(1, "ada", "bea")], rows)

    assert found == Cast({"choir": {"ada": "top", "bea": "high"}}, rows)
    assert [str(finding) for finding in findings] == [
        (
            "warning S020 anchors/voices.tsv:4: 'ada' stands twice for choir, with 'top' and 'alto'; "
            "'top', which is first, is used; remove the other line"
        )
    ]


def test_markers_of_a_conflict_are_absent_lines() -> None:
    rows = HEADER + "<<<<<<< ours\nada\tchoir\ttop\n=======\nbea\tchoir\talto\n>>>>>>> theirs\n"

    found, findings = made([on(1, "ada", "bea")], rows)

    assert found == Cast({"choir": {"ada": "top", "bea": "alto"}}, HEADER + "ada\tchoir\ttop\nbea\tchoir\talto\n")
    assert [(finding.code, finding.place.line) for finding in findings] == [("A001", 2), ("A001", 4), ("A001", 6)]
    assert made([on(1, "ada", "bea")], found.rows) == (found, [])


@pytest.mark.parametrize(
    "broken", ["ada choir top", "ada\tchoir", "ada\tchoir\ttop\tmore", "\tchoir\ttop", "ada\t\ttop"]
)
def test_a_line_that_cannot_be_read_is_reported_and_kept(broken: str) -> None:
    rows = f"{HEADER}{broken}\nbea\tchoir\ttop\n"

    found, findings = made([on(1, "ada", "bea")], rows)

    assert [(finding.code, finding.place.line) for finding in findings] == [("A002", 2)]
    assert found.rows == rows + "ada\tchoir\thigh\n"


def test_comments_empty_lines_and_other_line_ends_are_no_fault() -> None:
    rows = "\ufeff# mine\r\n\r\nada\tchoir\ttop\r\n  \r\nbea\tchoir\talto"

    found, findings = made([on(1, "ada", "bea", "cora")], rows)

    assert found == Cast({"choir": {"ada": "top", "bea": "alto", "cora": "high"}}, f"{rows}\ncora\tchoir\thigh\n")
    assert findings == []


def test_a_voice_that_the_engine_lost_is_replaced_reported_once_and_taken_up_again_when_it_is_back() -> None:
    rolls = [on(1, "ada", "bea"), on(2, "cora")]
    rows = HEADER + "ada\tchoir\tgone\nbea\tchoir\thigh\ncora\tchoir\tgone\n"
    with_it = band(*TIMBRES, ("gone", "female", 270))

    without, findings = made(rolls, rows)

    assert without.voices["choir"] == {"ada": "alto", "bea": "high", "cora": "top"}
    assert without.rows == rows + "ada\tchoir\talto\ncora\tchoir\ttop\n"
    assert [str(finding) for finding in findings] == [
        (
            "warning S021 anchors/voices.tsv:2: choir gives speakers no voice 'gone' any more, so another is cast for "
            "ada, cora; the line stays, for when it is back"
        )
    ]
    assert made(rolls, without.rows) == (without, [])
    assert made(rolls, without.rows, voices=with_it)[0].voices["choir"]["ada"] == "gone"


def test_a_line_with_a_voice_that_has_become_the_narrators_is_not_used() -> None:
    found, findings = made([on(1, "ada")], "ada\tchoir\tplain\n")

    assert found.voices["choir"] == {"ada": "high"}
    assert codes(findings) == ["S021"]


def test_a_line_may_hold_the_name_of_a_voice() -> None:
    found, findings = made([on(1, "ada", "bea")], "ada\tchoir\tfr+high\n")

    assert found.voices["choir"] == {"ada": "fr+high", "bea": "alto"}
    assert findings == []


def test_rows_of_those_who_are_gone_and_of_other_engines_are_kept_in_silence() -> None:
    rows = HEADER + "gone\tchoir\thigh\nada\tneural\tsomeone\n"

    found, findings = made([on(1, "ada")], rows)

    assert found.rows == rows + "ada\tchoir\talto\n"
    assert findings == []


def test_nothing_is_written_when_there_is_nothing_to_keep() -> None:
    assert made([]) == (Cast({"choir": {}}, ""), [])
    assert cast([on(1, "ada")], "", PLAIN, {}, lambda _: None) == Cast({}, "")


def test_bytes_that_are_no_text_break_nothing_and_do_not_grow() -> None:
    rows = b"ada\tchoir\t\xe9\n".decode("utf-8", "surrogateescape")

    found, _ = made([on(1, "ada")], rows)

    assert found.rows == "ada\tchoir\t\ufffd\nada\tchoir\thigh\n"
    assert made([on(1, "ada")], found.rows)[0].rows == found.rows


@pytest.mark.parametrize("name", ["#ada", "a\tb", "a\nb", "\udce9", "<<<<<<< ada"])
def test_an_id_that_no_line_can_hold_is_cast_and_not_kept(name: str) -> None:
    found, _ = made([on(1, Seat(name, "female"))])

    assert found == Cast({"choir": {name: "high"}}, "")


@given(st.text(max_size=200), ROLLS)
def test_whatever_stands_in_the_file_everyone_has_a_voice_and_a_second_build_changes_nothing(
    rows: str, rolls: list[Roll]
) -> None:
    found, _ = made(rolls, rows)

    assert set(found.voices["choir"].values()) <= set(BY_NAME) | {voice.name for voice in CHOIR}
    assert made(rolls, found.rows)[0] == found


# --- Few voices -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "words"), [(1, "one voice"), (2, "two voices")])
def test_an_engine_with_hardly_a_voice_says_so_once_and_keeps_nothing(count: int, words: str) -> None:
    rolls = [on(day, "ada", "BEN", "cora", Seat("q", "", unnamed=True)) for day in range(1, 9)]

    found, findings = made(rolls, voices=CHOIR[:count])

    assert set(found.voices["choir"].values()) == {CHOIR[count - 1].timbre}
    assert found.rows == ""
    assert [str(finding) for finding in findings] == [
        (
            f"note S023: choir has {words}, so all speakers sound alike in its editions; "
            "add voices to it, or choose another engine in [audio]"
        )
    ]


def test_lines_for_an_engine_that_lost_nearly_all_its_voices_wait_in_silence() -> None:
    rows = HEADER + "ada\tchoir\thigh\n"

    assert made([on(1, "ada")], rows, voices=CHOIR[:1])[0].rows == rows
    assert codes(made([on(1, "ada")], rows, voices=CHOIR[:1])[1]) == ["S023"]


def test_more_people_than_voices_share_them_evenly_and_that_is_said_once() -> None:
    rolls = [on(day, *(Seat(f"s{number}") for number in range(20 + day))) for day in (1, 2)]

    found, findings = made(rolls)
    counts = [list(found.voices["choir"].values()).count(timbre) for timbre, _, _ in TIMBRES[2:]]

    assert max(counts) - min(counts) <= 1
    assert [str(finding) for finding in findings] == [
        (
            "note S023: of the 22 people in day-2 some share a voice, and so in one more briefing, "
            "since choir has too few; `voice` in [speakers.<id>] of series.toml chooses who has which"
        )
    ]


def test_more_women_than_womens_voices_is_no_flood_either() -> None:
    assert codes(made([on(1, "a", "b", "c", "d", "e")])[1]) == ["S023"]


def test_a_sex_that_the_engine_has_no_voice_for_gets_what_there_is() -> None:
    voices = band(*(timbre for timbre in TIMBRES if timbre[1] != "male"))

    found, findings = made([on(1, "BEN", "ada")], voices=voices)

    assert found.voices["choir"] == {"ben": "high", "ada": "alto"}
    assert findings == []


# --- What is known of a speaker ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "language", "sex"),
    [
        ("MS. LINDQVIST", "en", "female"),
        ("Mrs Okafor", "en-GB", "female"),
        ("MR. HADDAD", "en", "male"),
        ("DR. OKAFOR", "en", ""),
        ("M. DUPONT", "en", ""),
        ("MS.", "en", ""),
        ("MISSOURI RIVER BOARD", "en", ""),
        ("M. Dupont", "fr", "male"),
        ("Mme Roy", "fr-CA", "female"),
        ("MS. ROY", "fr", "female"),
        ("La señora Vega", "es", "female"),
        ("SR. VEGA", "es", "male"),
        ("Г‑жа Орлова", "ru", "female"),
        ("Г-н Орлов", "ru", "male"),
        ("السيدة رحيمي", "ar", "female"),
        ("السيد حداد", "ar", "male"),
        ("王女士", "zh-Hans", "female"),
        ("王先生", "zh", "male"),
        ("Frau Brandt", "de", "female"),
        ("La senyora Puig", "ca", "female"),
        ("Sig.ra Conti", "it", "female"),
        ("Senhor Lopes", "pt-BR", "male"),
        ("Ms. Nakamura", "ja", "female"),
        ("", "en", ""),
    ],
)
def test_a_title_tells(label: str, language: str, sex: str) -> None:
    assert title(label, language) == sex


def test_series_toml_comes_before_the_source_and_the_source_before_a_title() -> None:
    people = tuple(
        Participant(name, name.title(), sex=sex)  # type: ignore[arg-type]
        for name, sex in (("ada", "male"), ("bea", "male"), ("cora", ""), ("dora", ""), ("ms-elm", ""))
    )
    labels = {"ada": "MS. A", "bea": "MS. B", "cora": "MS. C", "dora": "D", "ms-elm": "Ms. Elm"}
    turns = tuple(
        Turn((Line((Text("Yes."),)),), name, label)
        for name, text in labels.items()
        for label in ("", "THE CHAIR", text)
    )
    of = msgspec.structs.replace(small_briefing(), participants=people, turns=turns)

    found = roll(of, Settings(speakers={"ada": SpeakerSettings(sex="female")}))

    assert [(seat.speaker, seat.sex) for seat in found.seats] == [
        ("ada", "female"), ("bea", "male"), ("cora", "female"), ("dora", ""), ("ms-elm", "female"),
    ]  # fmt: skip


def test_the_roll_of_a_briefing_knows_who_has_no_name() -> None:
    found = roll(small_briefing(), PLAIN)

    assert found == Roll(
        "2031-04-02-river",
        "2031-04-02",
        (Seat("mara-lindqvist", "female"), Seat("q", "", unnamed=True), Seat("samir-haddad", "male")),
    )
    assert [who.sex for who in described(small_briefing(), PLAIN)] == ["female", "", "male"]


def test_those_of_whom_nothing_is_known_are_listed_once() -> None:
    rolls = [
        on(2, Seat("zoe"), Seat("late")),
        on(1, Seat("ada"), Seat("late"), Seat("q", unnamed=True), Seat("radio", organisation=True), "bea"),
        on(3, Seat("late", "female"), Seat("chosen"), Seat("zoe")),
    ]

    assert uncast(rolls, Settings(speakers={"chosen": SpeakerSettings(voice="top")})) == ("ada", "zoe")


# --- The sample series ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample() -> tuple[list[Roll], Settings]:
    workspace = Workspace(ROOT)
    settings = read_settings(workspace)
    found = briefings_of(workspace, entries(workspace, lambda _: None), settings, lambda _: None)
    return [roll(of, settings) for of in found], settings


def test_nobody_of_the_sample_series_is_unknown_or_sounds_like_another_by_chance(
    sample: tuple[list[Roll], Settings],
) -> None:
    rolls, settings = sample

    found, findings = made(rolls, "", settings, pyttsx3.voices())

    assert {seat.speaker for of in rolls for seat in of.seats} == set(found.voices["choir"])
    assert "S022" not in codes(findings)
    assert uncast(rolls, settings) == ()


def test_with_eleven_voices_all_people_of_the_sample_series_can_be_told_apart(
    sample: tuple[list[Roll], Settings],
) -> None:
    rolls, settings = sample
    more = (("bright", "female", 286), ("deepest", "male", 66), ("even", "", 131))

    found, findings = made(rolls, "", settings, band(*TIMBRES, *more))

    assert findings == []
    assert dict(line.split("\tchoir\t") for line in found.rows.splitlines()[1:]) == {
        "mara-lindqvist": "high",
        "samir-haddad": "deep",
        "valley-radio": "even",
        "ngozi-okafor": "alto",
        "the-lenne-courier": "low",
        "tomas-vega": "bass",
        "irene-salas": "top",
        "daniel-brandt": "deepest",
        "leila-rahimi": "bright",
    }
