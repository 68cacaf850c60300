"""Whole builds: what is made, what is left alone, what is taken away, what happens when things go wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from spring import HEAVY, contents, edit, spring

from publish import manifest
from publish import task as work
from publish.diagnostics import ExitCode, InputError, MissingError, UsageError
from publish.pipeline import Options, Summary, build

TEXT = ("catalog", "epub", "web")


class Silent:
    """Progress that nobody watches."""

    def begin(self, total: int, tasks: int) -> None: ...

    def advance(self, amount: int, name: str, samples: int = 0) -> None: ...


def built(root: Path, *formats: str, **more: object) -> Summary:
    options = Options(root=root, outputs=root / "outputs", formats=tuple(sorted(formats)) or TEXT, jobs=1, **more)  # type: ignore[arg-type]
    return build(options, Silent())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return spring(tmp_path / "spring")


def publish(root: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "publish", *words]
    return subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, **environ}
    )


# --- Made once --------------------------------------------------------------------------------------------------------


def test_a_build_makes_page_book_and_template_of_each_briefing_and_indexes(root: Path) -> None:
    summary = built(root)

    assert summary.exit_code is ExitCode.DONE
    assert {
        "outputs/index.html",
        "outputs/en/index.html",
        "outputs/en/first/index.html",
        "outputs/en/first/first.epub",
        "outputs/en/second/index.html",
        "locales/first.pot",
        "locales/series.pot",
    } <= set(summary.made)
    assert (root / "anchors" / "first.tsv").is_file()


def test_one_id_joins_page_catalogue_and_anchors(root: Path) -> None:
    built(root)

    ids = [line.split("\t")[1] for line in (root / "anchors/first.tsv").read_text("utf-8").splitlines() if "\t" in line]
    page = (root / "outputs/en/first/index.html").read_text("utf-8")
    template = (root / "locales/first.pot").read_text("utf-8")
    assert len(ids) >= 8
    for key in ids:
        assert f'id="{key}"' in page
        assert f'msgctxt "first/{key}"' in template


def test_a_second_build_does_nothing_and_says_so(root: Path) -> None:
    assert publish(root, "build", "--format", "web,epub,catalog").returncode == 0

    again = publish(root, "build", "--format", "web,epub,catalog")

    assert again.returncode == 0
    assert again.stdout.startswith("Nothing has changed: ")


def test_a_build_without_changes_imports_nothing_heavy(root: Path) -> None:
    publish(root, "build", "--format", "web")
    script = (
        "import sys, atexit; from publish.cli import main\n"
        "atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))\n"
        "sys.argv[1:] = ['build', '-f', 'web']; main()"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)

    assert done.stdout.startswith("Nothing has changed")
    assert HEAVY.isdisjoint(done.stderr.split())


def test_an_edited_paragraph_makes_only_the_documents_that_show_it(root: Path) -> None:
    built(root)
    edit(root / "transcripts/first.md", "Twenty litres, for now.", "Thirty litres, for now.")

    summary = built(root)

    assert set(summary.made) == {
        "outputs/en/first/index.html",
        "outputs/en/first/first.epub",
        "outputs/en/spring-briefings.epub",
        "locales/first.pot",
    }


def test_an_edited_paragraph_keeps_its_id(root: Path) -> None:
    built(root)
    before = (root / "anchors/first.tsv").read_text("utf-8").splitlines()
    edit(root / "transcripts/first.md", "Twenty litres, for now.", "Thirty litres, for now.")
    built(root)

    after = (root / "anchors/first.tsv").read_text("utf-8").splitlines()

    assert [line.split("\t")[:2] for line in after] == [line.split("\t")[:2] for line in before]
    assert after != before


def test_a_removed_briefing_is_gone_and_what_we_did_not_write_stays(root: Path) -> None:
    built(root)
    (root / "outputs/en/second/notes.txt").write_text("theirs", encoding="utf-8")
    (root / "transcripts/second.md").unlink()

    summary = built(root)

    assert "outputs/en/second/index.html" in summary.removed
    assert [path.name for path in (root / "outputs/en/second").iterdir()] == ["notes.txt"]
    assert "second" not in (root / "outputs/en/index.html").read_text("utf-8")
    assert any(found.code == "W010" for found in summary.findings)
    assert (root / "anchors/second.tsv").is_file()


def test_a_renamed_source_takes_its_ids_along(root: Path) -> None:
    built(root)
    before = (root / "anchors/first.tsv").read_text("utf-8")
    edit(root / "transcripts/first.md", "Twenty litres, for now.", "Thirty litres, for now.")
    (root / "transcripts/first.md").rename(root / "transcripts/first-of-all.md")

    summary = built(root)

    after = (root / "anchors/first-of-all.tsv").read_text("utf-8")
    assert [line.split("\t")[:2] for line in after.splitlines()] == [
        line.split("\t")[:2] for line in before.splitlines()
    ]
    assert (root / "anchors/first.tsv").read_text("utf-8") == before
    assert any(found.code == "W010" for found in summary.findings)


def test_a_build_of_one_language_leaves_the_others_alone(root: Path) -> None:
    _begin_french(root)
    built(root)
    edit(root / "transcripts/second.md", "the town pays", "the county pays")
    before = (root / "outputs/en/second/index.html").read_bytes()

    summary = built(root, languages=("fr",))

    assert (root / "outputs/en/second/index.html").read_bytes() == before
    assert summary.removed == ()
    assert "outputs/fr/second/index.html" in summary.made


def _begin_french(root: Path) -> None:
    done = publish(root, "catalog", "update", "--language", "fr")
    assert done.returncode == 0, done.stderr


def test_frozen_writes_no_ids(root: Path) -> None:
    built(root, frozen=True)

    assert not (root / "anchors").exists()
    assert (root / "outputs/en/first/index.html").is_file()


def test_drafts_and_embargoed_briefings_are_in_no_index_until_their_time(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (root / "series.toml").open("a", encoding="utf-8") as stream:
        stream.write(
            '[briefings.first]\nstatus = "embargo 2031-03-05T12:00:00Z"\n[briefings.second]\nstatus = "draft"\n'
        )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1930000000")  # 2031-02-27
    built(root)
    index = (root / "outputs/en/index.html").read_text("utf-8")
    assert "First spring" not in index
    assert "Second spring" not in index

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1931000000")  # 2031-03-11
    built(root)
    index = (root / "outputs/en/index.html").read_text("utf-8")
    assert "First spring" in index
    assert "Second spring" not in index


# --- Equal input, equal bytes -----------------------------------------------------------------------------------------


def test_place_time_zone_locale_and_number_of_processes_change_no_byte(tmp_path: Path) -> None:
    one = spring(tmp_path / "one")
    two = spring(tmp_path / "elsewhere" / "two")

    first = publish(one, "build", "--jobs", "1", TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="1")
    second = publish(
        two,
        "build",
        "--jobs",
        "2",
        "--output",
        str(tmp_path / "out"),
        TZ="America/Lima",
        LC_ALL="C.UTF-8",
        PYTHONHASHSEED="2",
    )

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert contents(one / "outputs") == contents(tmp_path / "out")
    assert contents(one / "anchors") == contents(two / "anchors")
    assert any(name.endswith(".mp3") for name in contents(one / "outputs"))


def test_an_edited_paragraph_speaks_only_its_own_turn_again(root: Path) -> None:
    built(root, "audio", "web")
    edit(root / "transcripts/first.md", "Twenty litres, for now.", "Thirty litres, for now.")

    summary = built(root, "audio", "web")

    made = [path for path in summary.made if path.endswith((".mp3", ".vtt"))]
    assert sorted(Path(path).suffix for path in made) == [".mp3", ".vtt"]
    assert len({Path(path).stem for path in made}) == 1


# --- Bad input: one message, the right code, and what stood before stays ----------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"", "W007", "transcripts/first.md"),
        (b"MS. A:  caf\xe9\n", "W007", "transcripts/first.md:1"),
        (b"MS. A:  one\n\nMS. A: t\0wo\n", "W007", "transcripts/first.md:3"),
        (b"---\ntitle: [\n---\n\nMS. A:  one\n", "R", "transcripts/first.md"),
    ],
)
def test_a_bad_source_is_named_and_its_last_good_outputs_stay(root: Path, data: bytes, code: str, place: str) -> None:
    built(root)
    before = contents(root / "outputs")
    (root / "transcripts/first.md").write_bytes(data)

    summary = built(root)

    assert summary.exit_code is ExitCode.INPUT
    (finding,) = [found for found in summary.findings if found.severity == "error"]
    assert finding.code.startswith(code)
    assert str(finding.place).startswith(place)
    assert contents(root / "outputs") == before
    assert summary.removed == ()


def test_a_broken_catalogue_is_named_and_the_last_good_edition_stays(root: Path) -> None:
    _begin_french(root)
    built(root)
    before = contents(root / "outputs")
    path = root / "locales/fr/LC_MESSAGES/first.po"
    path.write_text(path.read_text("utf-8"), encoding="utf-16")

    summary = built(root)

    assert summary.exit_code is ExitCode.INPUT
    assert any(str(found.place).startswith("locales/fr/LC_MESSAGES/first.po:") for found in summary.findings)
    assert contents(root / "outputs") == before


def test_a_broken_configuration_ends_the_build_before_anything_is_touched(root: Path) -> None:
    built(root)
    before = contents(root / "outputs")
    (root / "series.toml").write_text("title = ", encoding="utf-8")

    with pytest.raises(InputError, match=r"W002 series\.toml:1"):
        built(root)
    assert contents(root / "outputs") == before


def test_a_language_that_has_no_catalogue_is_a_usage_error_that_says_how_to_begin(root: Path) -> None:
    with pytest.raises(UsageError, match="`publish catalog update --language de` begins one"):
        built(root, languages=("de",))


def test_a_second_build_at_the_same_time_says_so_and_ends(root: Path) -> None:
    from filelock import FileLock  # noqa: PLC0415

    (root / ".publish").mkdir()
    with FileLock(root / ".publish/build.lock"), pytest.raises(MissingError, match=r"B003 .*another build"):
        built(root)


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="needs root to mount a tiny disk")
def test_a_full_disk_leaves_what_was_there_whole(root: Path) -> None:
    built(root)
    before = contents(root / "outputs")
    small = root.parent / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(small)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a disk in memory")
    try:
        shutil.copytree(root / "outputs", small / "out")
        (small / "ballast").write_bytes(b"x" * shutil.disk_usage(small).free)
        edit(root / "transcripts/first.md", "Twenty", "Very many, indeed twenty")
        done = publish(root, "build", "--format", "web,epub,catalog", "--output", str(small / "out"))
        assert done.returncode == ExitCode.MISSING, done.stderr
        assert "cannot be written: No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        assert contents(small / "out") == before
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_an_interrupted_build_is_taken_up_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = work.run
    done: list[str] = []

    def interrupted(one: work.Task) -> work.Result:
        if done:
            (root / "outputs/en").mkdir(exist_ok=True)
            raise KeyboardInterrupt
        done.append(one.key)
        return real(one)

    monkeypatch.setattr(work, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        built(root)
    assert (root / "outputs" / manifest.FOLDER / "journal").exists()
    monkeypatch.undo()

    ran: list[str] = []

    def counted(one: work.Task) -> work.Result:
        ran.append(one.key)
        return real(one)

    monkeypatch.setattr(work, "run", counted)
    built(root)

    assert len(ran) == 1
    assert done[0] not in ran
    whole = spring(root.parent / "undisturbed")
    built(whole)
    assert contents(root / "outputs") == contents(whole / "outputs")
