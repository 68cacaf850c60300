"""The commands of `publish catalog`: for translators, and for those who work with them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from publish.console import as_json, directory, one_tag, printable, run_build, short, tags, tell

if TYPE_CHECKING:
    from publish.diagnostics import Diagnostic


@click.group()
def catalog() -> None:
    """Work on the catalogues that translators fill in."""


@catalog.command()
@directory
@as_json
def extract(directory: Path, *, as_json: bool) -> None:
    """Write locales/<briefing>.pot and series.pot, and nothing else."""
    root = directory.resolve()
    summary = run_build(root, root / "outputs", formats="catalog")
    tell(summary.findings, as_json=as_json)
    templates = [path for path in summary.made if path.endswith(".pot")]
    click.echo(f"{len(templates)} templates written in {short(root / 'locales')}.")
    sys.exit(summary.exit_code)


@catalog.command()
@directory
@click.option("--language", "-l", required=True, metavar="TAG[,TAG…]", help="Which languages, such as fr,ar.")
@click.option("--suggest", is_flag=True, help="Offer, as fuzzy, the translations of similar paragraphs.")
@as_json
def update(directory: Path, language: str, *, suggest: bool, as_json: bool) -> None:
    """Begin a language, or bring its catalogues up to date with the transcripts.

    No translation is ever lost: of an edited paragraph it becomes fuzzy, of a removed one obsolete. Two versions that
    git could not merge are joined. The same words elsewhere are filled in.
    """
    from publish import translating  # noqa: PLC0415

    findings: list[Diagnostic] = []
    lines, code = translating.update(directory.resolve(), tags(language), findings.append, suggest=suggest)
    tell(findings, as_json=as_json)
    for line in lines:
        click.echo(line)
    sys.exit(code)


@catalog.command()
@directory
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
def status(directory: Path, *, as_json: bool) -> None:
    """Show how much is translated, by language and briefing, by whom, and what is out of date.

    A catalogue is stale when its messages are not those of its template any more: `publish catalog update` helps.
    """
    from publish import headway  # noqa: PLC0415

    findings: list[Diagnostic] = []
    for line in headway.status(directory.resolve(), findings.append, as_json=as_json):
        click.echo(line)
    tell(findings)


# --- Out and back -----------------------------------------------------------------------------------------------------


@catalog.command()
@directory
@click.option("--briefing", "-b", required=True, metavar="NAME", help="Which briefing, or series for titles and names.")
@click.option("--language", "-l", required=True, metavar="TAG", help="Into which language, such as fr.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["po", "xliff"]),
    default="po",
    show_default=True,
    help="Of the catalogue.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The archive to write, instead of NAME.TAG.zip here.",
)
@click.option("--force", is_flag=True, help="Write over a file that stands there.")
@as_json
def export(  # noqa: PLR0913  # one parameter an option
    directory: Path,
    briefing: str,
    language: str,
    form: Literal["po", "xliff"],
    output: Path | None,
    *,
    force: bool,
    as_json: bool,
) -> None:
    """Make one package of a briefing for a translator or an agency.

    It holds the catalogue, the glossary, what the series has translated already (TMX), the transcript as a page to
    look at, and what to do with them. `publish catalog import` takes back what was filled in.

    \b
    Example:
      publish catalog export --briefing 2031-04-02-river-hall --language fr --format xliff
    """  # noqa: D301  # a backspace is click's mark for lines that are not to be joined
    from publish import exchange  # noqa: PLC0415

    findings: list[Diagnostic] = []
    tag = one_tag(language)
    package = exchange.export(directory.resolve(), briefing, tag, form, findings.append)
    target = (output or Path(f"{briefing}.{tag}.zip")).resolve()
    tell(findings, as_json=as_json)
    exchange.write(package, target, force=force)
    for line in package.lines:
        click.echo(f"{short(target)}: {line}.")
    sys.exit(package.code)


@catalog.command(name="import")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, path_type=Path))
@directory
@click.option("--language", "-l", metavar="TAG", default="", help="Which language it is in, where it does not say so.")
@click.option(
    "--briefing", "-b", metavar="NAME", default="", help="Which briefing it is of, where nothing in it tells."
)
@as_json
def import_(path: Path, directory: Path, language: str, briefing: str, *, as_json: bool) -> None:
    """Take translations from FILE into the catalogues of the workspace in DIR.

    \b
    FILE is one of
      a package that came back (.zip), or the folder it was unpacked to
      the catalogue out of it (.po, .xlf)
      a translation memory (.tmx), which is added to that of the language
      the translation of a transcript that exists already, in any format that is read, or a folder of its pages

    What was changed here and there since a catalogue was sent is joined; what conflicts is fuzzy, with both. The
    paragraphs of a translation that exists already are found by ids, else by order, speakers, headings, lengths,
    numbers and names. What is sure is final; what is not is fuzzy, with a comment that says why; what matches nothing
    is told with its line. What is in the catalogue stays.

    \b
    Examples:
      publish catalog import april.fr.zip                what a translator sent back
      publish catalog import agency.tmx -l fr            a memory
      publish catalog import april.es.md -l es           the official translation of april
      publish catalog import talk.md -l ru -b april      its name does not say which briefing it is of
    """  # noqa: D301  # a backspace is click's mark for lines that are not to be joined
    from publish import exchange, importing  # noqa: PLC0415

    findings: list[Diagnostic] = []
    tag = one_tag(language) if language or not exchange.is_exchanged(path) else ""
    if exchange.is_exchanged(path):
        wish = exchange.Wish(tag, briefing)
        lines, code = exchange.take(directory.resolve(), path.resolve(), wish, findings.append)
    else:
        outcome, code = importing.imported(directory.resolve(), tag, path, findings.append, briefing=briefing)
        lines = [outcome.as_json() if as_json else outcome.told()]
    tell(findings, as_json=as_json)
    for line in lines:
        click.echo(printable(line))
    sys.exit(code)
