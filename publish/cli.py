"""The command line: arguments, progress, exit codes. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from publish import __version__
from publish.cli_catalog import catalog
from publish.console import (
    as_json,
    aside,
    directory,
    languages,
    one_tag,
    printable,
    run_build,
    short,
    split,
    tags,
    tell,
)

if TYPE_CHECKING:
    from publish.diagnostics import Diagnostic
    from publish.manifest import Manifest
    from publish.pipeline import Summary

INTERRUPTED = 130
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="publish")
def cli() -> None:
    """Publish transcripts of a briefing series so that everyone can read them.

    From one folder of transcripts come accessible web pages, read-along EPUBs, catalogues for translators
    and speech for every turn, in every language whose catalogue is filled in.

    \b
    Begin with:
      publish new my-series transcript.md    a workspace from a transcript you have
      publish build my-series                pages, books, catalogues and audio in my-series/outputs
      publish serve my-series                look at them, and see changes as you make them

    \b
    Exit codes: 0 done, 1 problems found, 2 wrong usage, 3 bad input, 4 something needed is missing,
    130 interrupted. Findings go to the error stream, one a line.
    """  # noqa: D301  # a backspace is click's mark for lines that are not to be joined


cli.add_command(catalog)


# --- build ------------------------------------------------------------------------------------------------------------


@cli.command()
@directory
@languages
@click.option(
    "--format",
    "-f",
    "formats",
    metavar="NAME[,NAME…]",
    default="",
    help="Only these, such as web,epub. See `publish doctor` for all.",
)
@click.option(
    "--output", "-o", type=click.Path(file_okay=False, path_type=Path), help="Where to write, instead of DIR/outputs."
)
@click.option("--jobs", "-j", type=click.IntRange(1), default=None, help="Processes to use; one a core by default.")
@click.option("--frozen", is_flag=True, help="Write no ids to anchors/: for machines that only publish.")
@as_json
def build(  # noqa: PLR0913  # one parameter an option
    directory: Path, language: str, formats: str, output: Path | None, jobs: int | None, *, frozen: bool, as_json: bool
) -> None:
    """Make pages, books, catalogues and audio from the workspace in DIR.

    Only what has changed is made again. A file that is being written appears when it is complete; an interrupted
    build goes on where it was.

    \b
    Examples:
      publish build                          everything, in the current folder
      publish build my-series -l fr,ar       only the French and Arabic editions
      publish build -f web,epub              only pages and books, without audio
    """  # noqa: D301  # a backspace is click's mark for lines that are not to be joined
    import time  # noqa: PLC0415

    from publish import manifest  # noqa: PLC0415

    root = directory.resolve()
    outputs = (output or root / "outputs").resolve()
    words = ("languages", *sorted(split(language)), "formats", *sorted(split(formats)))
    now = manifest.moment(os.environ, time.time())
    if last := manifest.unchanged(root, outputs, words, now):
        click.echo(f"Nothing has changed: {sum(1 for _ in last.rows())} files in {short(outputs)} are up to date.")
        replay(last, as_json=as_json)
        return
    summary = run_build(root, outputs, language=language, formats=formats, jobs=jobs, frozen=frozen)
    tell(summary.findings, as_json=as_json)
    click.echo(told(summary, outputs))
    sys.exit(summary.exit_code)


def replay(last: Manifest, *, as_json: bool) -> None:
    """Say again what the last build warned of, as long as it still holds; notes are said once."""
    findings = {found for record in last.tasks.values() for found in record.findings}
    if findings:
        from publish.diagnostics import Diagnostic, Place, Severity  # noqa: PLC0415

        ordered = sorted(findings, key=lambda found: (found[2], found[3], found[0], found[1]))
        said = (Diagnostic(code, text, Place(file, line)) for code, text, file, line in ordered)
        tell((found for found in said if found.severity is not Severity.NOTE), as_json=as_json)


def told(summary: Summary, outputs: Path) -> str:
    """What a build did, in words."""
    if not summary.made and not summary.removed:
        return f"Nothing had to be made: {summary.files} files in {short(outputs)} are up to date."
    parts = [f"{len(summary.made)} of {summary.files} files made"]
    if summary.removed:
        parts.append(f"{len(summary.removed)} removed")
    return f"{', '.join(parts)} in {short(outputs)}."


# --- new, show --------------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.argument("files", metavar="FILE…", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", default="", help="Title of the series.")
@click.option("--language", "-l", default="en", show_default=True, metavar="TAG", help="Language of the transcripts.")
@as_json
def new(directory: Path, files: tuple[Path, ...], title: str, language: str, *, as_json: bool) -> None:
    """Make a workspace in the new folder DIR from transcripts.

    Each FILE is copied. The speakers found in them are listed in series.toml, with the roles that are certain
    and the others to be filled in.
    """
    from publish import new as maker  # noqa: PLC0415

    findings: list[Diagnostic] = []
    made = maker.make(directory.resolve(), files, title, one_tag(language), findings.append)
    tell(findings, as_json=as_json)
    briefings = "1 briefing" if made.briefings == 1 else f"{made.briefings} briefings"
    speakers = "1 speaker" if made.speakers == 1 else f"{made.speakers} speakers"
    click.echo(f"{short(made.root)}: {briefings}, {speakers} to confirm in series.toml.")
    click.echo(f"Next: publish build {short(made.root)}")


@cli.command()
@directory
@click.option("--briefing", "-b", "names", multiple=True, metavar="NAME", help="Only this briefing; may be repeated.")
@as_json
def show(directory: Path, names: tuple[str, ...], *, as_json: bool) -> None:
    """Print what was understood of the transcripts, as JSON.

    With one --briefing the document is a transcript in its own right: put into transcripts/ as a .json file it is
    read again, with nothing lost.
    """
    from publish import showing  # noqa: PLC0415

    findings: list[Diagnostic] = []
    document, code = showing.show(directory.resolve(), names, findings.append)
    tell(findings, as_json=as_json)
    sys.stdout.buffer.write(document)
    sys.stdout.buffer.flush()
    sys.exit(code)


# --- check, doctor ----------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("paths", metavar="[DIR|FILE.epub…]", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the outputs are, instead of DIR/outputs.",
)
@as_json
def check(paths: tuple[Path, ...], output: Path | None, *, as_json: bool) -> None:
    """Check the outputs: complete, as they were written, links and ids sound, books and catalogues valid.

    Given books, check those, whoever made them: overlays against their sound and text, what they claim to be,
    languages, contents.

    EPUBCheck, Ace by DAISY and msgfmt are asked when they are installed; `publish doctor` says whether they are.
    """
    from publish import checks  # noqa: PLC0415

    if books := of_books(paths):
        summary = checks.books(books, aside)
    else:
        root = (paths or (Path(),))[0].resolve()
        summary = checks.check(root, (output or root / "outputs").resolve(), aside)
    tell(summary.findings, as_json=as_json)
    for line in summary.lines:
        click.echo(line)
    sys.exit(summary.exit_code)


def of_books(paths: tuple[Path, ...]) -> dict[str, Path]:
    """The books among the arguments, as they were typed; empty for one folder or none. Raises UsageError."""
    from publish.diagnostics import Diagnostic, UsageError  # noqa: PLC0415

    if not paths or (len(paths) == 1 and paths[0].is_dir()):
        return {}
    for path in paths:
        if path.is_dir() or path.suffix.lower() != ".epub":
            raise UsageError(Diagnostic("W012", f"{str(path)!r} is no book; name one folder, or files ending in .epub"))
    return {path.as_posix(): path for path in paths}


@cli.command()
@directory
def doctor(directory: Path) -> None:
    """List formats, engines, checkers and catalogues, with versions, and how to install what is missing."""
    from publish import doctor as medic  # noqa: PLC0415

    for line in medic.report(directory.resolve()):
        click.echo(line)


# --- voices, say ------------------------------------------------------------------------------------------------------


@cli.command()
@directory
@languages
@click.option(
    "--sample", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path), help="Write a page to hear them."
)
@as_json
def voices(directory: Path, language: str, sample: Path | None, *, as_json: bool) -> None:
    """List the speech engines with their voices, and who speaks with which in the series in DIR.

    With --language each voice is listed. With --sample a page with a player for each voice is written to FOLDER, for
    the languages of the series or those that --language names.
    """
    from publish import auditions  # noqa: PLC0415

    if sample is None:
        for line in auditions.report(directory.resolve(), tags(language)):
            click.echo(printable(line))
        return
    findings: list[Diagnostic] = []
    count = auditions.sample(directory.resolve(), sample.resolve(), tags(language), findings.append)
    tell(findings, as_json=as_json)
    click.echo(f"{count} voices in {short(sample.resolve() / auditions.PAGE)}.")


@cli.command()
@click.argument("text")
@click.option("--speaker", "-s", metavar="ID", default="", help="With this speaker's voice; the narrator's by default.")
@click.option("--voice", "-v", metavar="NAME", default="", help="With this voice, whoever it is cast for.")
@click.option("--language", "-l", metavar="TAG", default="", help="In this language; the series' by default.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    default="say.mp3",
    show_default=True,
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Write over a file that was not written by this command.")
def say(text: str, speaker: str, voice: str, language: str, output: Path, *, force: bool) -> None:  # one an option
    """Say TEXT into a file, as a build of the series in the current folder would.

    The words that are said are printed, and the phonemes where the engine tells them.
    """
    from publish import saying  # noqa: PLC0415

    tag = one_tag(language) if language else ""
    findings: list[Diagnostic] = []
    said = saying.say(Path.cwd(), saying.Wish(text, speaker, voice, tag), findings.append)
    tell(findings)
    saying.write(output.resolve(), said.mp3, force=force)
    click.echo(f"{short(output.resolve())}: {said.voice.name} of {said.engine}, {said.voice.language}")
    click.echo(printable(f"words: {said.words}"))
    if said.phonemes:
        click.echo(printable(f"phonemes: {said.phonemes}"))


# --- serve ------------------------------------------------------------------------------------------------------------


@cli.command()
@directory
@click.option(
    "--port", "-p", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one."
)
@click.option(
    "--language",
    "-l",
    metavar="TAG[,TAG…]",
    default="",
    help="Show translators into these what they do, such as fr,ar.",
)
@click.option("--format", "-f", "formats", metavar="NAME[,NAME…]", default="", help="Build only these.")
def serve(directory: Path, port: int, language: str, formats: str) -> None:
    """Serve the outputs to this machine only, and build again whenever something changes.

    With --language show translators their pages instead, and write nothing: each paragraph says whether it is
    translated, fuzzy or missing, and where its message is. A page changes as soon as its catalogue is saved.

    Stop it with Ctrl-C.
    """
    from publish import live  # noqa: PLC0415
    from publish import serve as server  # noqa: PLC0415
    from publish.diagnostics import PublishError  # noqa: PLC0415

    root = directory.resolve()
    outputs = root / "outputs"

    def again() -> None:
        try:
            summary = run_build(root, outputs, formats=formats)
        except PublishError as error:
            tell([error.diagnostic])
        else:
            tell(summary.findings)
            click.echo(told(summary, outputs), err=True)

    if language:
        served = live.served(root, tags(language))
    else:
        again()
        served = server.Served(server.Site(outputs), str(outputs), again)
    server.serve(root, served, port, lambda text: click.echo(text, err=True))


# --- clean ------------------------------------------------------------------------------------------------------------


class Measure(click.ParamType[int]):
    """A size or an age, by the function of :mod:`publish.clean` that reads it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401  # click's
        """Bytes or seconds."""
        from publish import clean  # noqa: PLC0415

        try:
            return clean.size(value) if self.name == "size" else clean.age(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@cli.command()
@directory
@click.option("--max-size", type=Measure("size"), metavar="SIZE", help="Keep so much at most, such as 2GB.")
@click.option("--max-age", type=Measure("age"), metavar="AGE", help="Keep what was used within so long, such as 90d.")
@click.option("--all", "everything", is_flag=True, help="Keep nothing: the next build speaks everything again.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def clean(directory: Path, max_size: int | None, max_age: int | None, *, everything: bool, dry_run: bool) -> None:
    """Make room: remove kept sound that nothing in the workspace in DIR is made from any more.

    With a limit, what was not used for the longest time goes too. Only kept sound goes, which a build makes
    again when it needs it; the outputs stay as they are.
    """
    import time  # noqa: PLC0415

    from publish import clean as cleaner  # noqa: PLC0415

    since = None if max_age is None else time.time() - max_age
    done = cleaner.clean(directory.resolve(), cleaner.Limits(max_size, since, everything), dry=dry_run)
    click.echo(done.said(dry=dry_run))


# --- main -------------------------------------------------------------------------------------------------------------


def main() -> NoReturn:
    """Run the command line; no traceback reaches the user."""
    sys.excepthook = _fault
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("\ninterrupted: what was finished is kept, and the next build goes on from there", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(0)


def _fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an expected error as a finding, and a fault of this tool as one line that can be reported."""
    from publish.diagnostics import Diagnostic, PublishError  # noqa: PLC0415

    if isinstance(error, PublishError):
        tell([error.diagnostic], as_json="--json" in sys.argv)
        _leave(error.exit_code)
    where = traceback.extract_tb(trace)[-1] if trace else None
    place = f" in {Path(where.filename).name}, line {where.lineno}" if where else ""
    message = f"this is a fault of publish itself: {kind.__name__}: {error}{place}; PUBLISH_DEBUG=1 shows all of it"
    tell([Diagnostic("B006", message)])
    if os.environ.get("PUBLISH_DEBUG"):
        traceback.print_exception(kind, error, trace)
    _leave(1)


def _leave(code: int) -> NoReturn:
    """End with a code of our own, which an exception hook cannot return."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
