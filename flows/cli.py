"""The command ``crossfoot``. Heavy packages are imported by the command that needs them, so that --help answers at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from edi.errors import ConfigurationError
from flows.commands_conflicts import conflicts
from flows.commands_epochs import epochs
from flows.standard import watch
from flows.telling import Instant, IsoDate, settings_of, told

if TYPE_CHECKING:
    from flows.settings import Settings

WIDE = 10_000  # columns
SEVERITY = click.Choice(["note", "warning", "error", "fatal"])
NO_PREFECT = "Run the same steps in this process, without Prefect and its server"


class _Commands(click.Group):
    """Tells whatever goes wrong in a line, and shows the first sentence of each command whole; click cuts it after some words."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run a command, or print the help that is asked for."""
        watch()
        with told():
            return super().main(*arguments, **options)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, or a group of them."""
        cmd.short_help = cmd.short_help or (cmd.help or "").partition("\n")[0].rstrip(".")
        super().add_command(cmd, name)


_Commands.group_class = _Commands


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--settings", "settings_path", type=click.Path(dir_okay=False, path_type=Path), envvar="CROSSFOOT_SETTINGS",
              help="Settings file; crossfoot.toml of this folder if left out")
@click.version_option(package_name="crossfoot")
@click.pass_context
def main(context: click.Context, settings_path: Path | None) -> None:
    """Batch EDI and ETL nights whose totals cross-foot.

    Exit status: 0 done; 2 a setting or argument is wrong; 3 totals do not agree; 74 a disk failed; 75 try again later; 1 anything
    else.
    Of `check`, `inspect` and `ack`: 13 something in a file cannot be read. `check` has 10 to 12 for lesser findings.
    """
    context.obj = settings_path


main.add_command(conflicts)
main.add_command(epochs)


@main.group()
def run() -> None:
    """Run a night, or the sample nights."""


@run.command("nightly")
@click.option("--date", "business_date", type=IsoDate(), help="Business date; the one whose slot came last if left out")
@click.option("--dry-run", is_flag=True, help="Show what would happen; nothing is moved, written or sent")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON")
@click.option("--without-prefect", is_flag=True, help=NO_PREFECT)
@click.pass_obj
def run_nightly(settings_path: Path | None, business_date: date | None, dry_run: bool, as_json: bool, without_prefect: bool) -> None:
    """Collect, read, check, publish, reconcile, acknowledge and report one business date."""
    settings = settings_of(settings_path)
    chosen = business_date or _last_business_date(settings)
    if dry_run:
        from flows.dryrun import dry_run as foresee

        _print_json_or(foresee(settings, chosen), as_json, _show_foreseen)
        return
    _tell(settings, _night(settings, chosen, without_prefect), as_json)


@run.command("sample")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True, help="Data folder")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), default=Path("build/night"), show_default=True,
              help="Where everything is written")
@click.option("--database", help="URL of the primary database; SQLite in the home folder if left out")
@click.option("--without-prefect", is_flag=True, help=NO_PREFECT)
@click.option("--json", "as_json", is_flag=True, help="Print the summaries and the comparison as JSON")
def run_sample(data: Path, home: Path, database: str | None, without_prefect: bool, as_json: bool) -> None:
    """Run the sample nights and compare what they report with the planted faults."""
    from flows.samplerun import run_sample_nights

    status = run_sample_nights(data.resolve(), home.resolve(), database=database or "", without_prefect=without_prefect, as_json=as_json)
    sys.exit(status)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--date", "business_date", type=IsoDate(), help="Business date to book them under; the last one if left out")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON")
@click.pass_obj
def ingest(settings_path: Path | None, files: tuple[Path, ...], business_date: date | None, as_json: bool) -> None:
    """Take in FILES now, on the night's own way; drop folders are left alone."""
    from flows import adhoc
    from flows.runners import PlainRunner

    settings = settings_of(settings_path)
    chosen = business_date or _last_business_date(settings)
    _tell(settings, adhoc.ingest(settings, files, chosen, PlainRunner(settings.workers), holder=_holder()), as_json)


@main.command()
@click.option("--date", "replay_date", type=IsoDate(), help="Files that came in the night of this business date")
@click.option("--partner", default="", help="Files with a document from or to this partner, by the name of its file in data/partners")
@click.option("--control-number", default="", help="Files with an interchange of this control number, as sent")
@click.option("--file", "name", default="", help="Files of this name, or whose content's hash begins so")
@click.option("--force", is_flag=True, help="Load what is loaded once more, as a new version that supersedes the old one; with --reason")
@click.option("--reason", default="", help="Why, for the audit: what was mended, and by whose decision")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON")
@click.pass_obj
def replay(settings_path: Path | None, replay_date: date | None, partner: str, control_number: str, name: str, force: bool, reason: str,
           as_json: bool) -> None:
    """Feed landed files in again, those that meet all of --date, --partner, --control-number and --file that are given.

    What is loaded comes out as a duplicate, with no new row and no new number; what was held gets another try. After a map, a guide or a
    contract was mended, --force --reason "..." makes a new version of what is loaded.
    """
    from flows.replaying import Selection
    from flows.replaying import replay as feed_in_again
    from flows.runners import PlainRunner
    from flows.terminal import show_replayed

    if force != bool(reason):
        raise ConfigurationError("--force and --reason go together: say why what is loaded is to be loaded once more, for the audit")
    settings = settings_of(settings_path)
    done = feed_in_again(settings, Selection(replay_date, partner, control_number, name), _last_business_date(settings),
                         PlainRunner(settings.workers), holder=_holder(), forced_because=reason)
    if as_json:
        click.echo(json.dumps(done.to_json(), indent=2, default=str))
        return
    show_replayed(done.files, done.again, Console())
    _tell(settings, done.summary, as_json)


@main.command()
@click.option("--date", "business_date", type=IsoDate(), required=True, help="Night to reconcile again")
@click.option("--rule", "rules", multiple=True, help="Only this rule; may be given several times")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON")
@click.pass_obj
def reconcile(settings_path: Path | None, business_date: date, rules: tuple[str, ...], as_json: bool) -> None:
    """Run the rules of a night again, over what was known then."""
    from flows import adhoc
    from flows.runners import PlainRunner

    settings = settings_of(settings_path)
    _tell(settings, adhoc.reconcile_again(settings, business_date, rules, PlainRunner(settings.workers), holder=_holder()), as_json)


@main.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--guide", "guides", multiple=True, metavar="GUIDE",
              help="Check documents of a type against one version, such as 850@005010 or ORDERS@D:96A; or with a partner's overrides from "
                   "a .toml file, which are laid over the named version; none: the syntax alone. May be given several times, not "
                   "twice for one type and version. What applied to no document is told")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif", "junit"]), default="text", show_default=True,
              help="For people, a JSON object a line and file, or for build servers")
@click.option("--json", "form", flag_value="json", help="The same as --format json")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write there instead of to standard output")
@click.option("--severity", type=SEVERITY, default="note", show_default=True, help="Leave out findings below it")
@click.option("--fail-on", type=SEVERITY, default="error", show_default=True, help="From which severity on the exit status is not 0")
@click.option("--max-findings", type=click.IntRange(min=1), default=100, show_default=True, help="Listed a file; the gravest stay")
@click.option("-q", "--quiet", is_flag=True, help="Only files that fail, and no summary")
@click.pass_obj
def check(settings_path: Path | None, files: tuple[str, ...], guides: tuple[str, ...], form: str, output: Path | None, severity: str,
          fail_on: str, max_findings: int, quiet: bool) -> None:
    """Check FILES, folders and - (standard input): can they be read, and do they say what they may. Nothing is stored.

    Severities are those of the partners' agreements, where there are settings.

    Exit status: 0 nothing reaches --fail-on; else by the gravest finding: 10 note, 11 warning, 12 error, 13 something cannot be read.
    """
    from edi.findings import Severity
    from flows.examine.command import run_check
    from flows.examine.policy import policy_for
    from flows.examine.view import View

    view = View(Severity(severity), Severity(fail_on), quiet)
    sys.exit(run_check(files, policy_for(settings_path, guides), view, form=form, output=output, max_findings=max_findings))


@main.command()
@click.argument("file")
@click.option("--accept-with-errors", is_flag=True, default=None, help="Say E and tell warnings, whatever was agreed")
@click.option("--echo-bad-values", is_flag=True, default=None, help="Quote bad values, whatever was agreed")
@click.option("--acknowledgment", type=click.Choice(["by_guide", "997", "999"]), help="Answer groups with this, whatever was agreed")
@click.option("--ta1", type=click.Choice(["requested", "always", "on_error", "never"]), help="When a TA1 is sent, whatever was agreed")
@click.option("--contrl", type=click.Choice(["always", "requested", "on_error"]), help="When a CONTRL is sent, whatever was agreed")
@click.option("--contrl-version", type=click.Choice(["by_syntax", "D:3", "2:2", "4:1"]), help="Its version, whatever was agreed")
@click.option("--control-number", type=click.IntRange(1, 999_999_999), default=1, show_default=True, help="Ours, in what would be sent")
@click.option("--at", type=Instant(), help="Instant of the answer, such as 2026-03-03T02:00; now if left out")
@click.option("--ignore-partners", is_flag=True, help="By the defaults, whoever it is from")
@click.option("--json", "form", flag_value="json", help="One JSON object: acknowledgments, segments, findings")
@click.option("--raw", "form", flag_value="raw", help="Nothing but the bytes that would be sent")
@click.pass_obj
def ack(settings_path: Path | None, file: str, control_number: int, at: datetime | None, ignore_partners: bool, form: str | None,
        **policy: Any) -> None:
    """Show what FILE (- for standard input) would be answered with, and why. Nothing is stored or sent.

    Exit status: 0 it could be said; 2 a setting or argument is wrong; 13 something in FILE cannot be read.
    """
    from flows.clock import now
    from flows.examine.ackcommand import run_ack, terms_for

    overrides = {name: value for name, value in policy.items() if value is not None}
    terms = terms_for(settings_path, overrides, at=at or now(), number=control_number, ignore_partners=ignore_partners)
    sys.exit(run_ack(file, terms, form=form or "text"))


@main.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, nested like the tree")
@click.option("--findings-only", is_flag=True, help="Only what has findings, and the way to it")
@click.option("--brief", is_flag=True, help="A line a segment, without the names of elements")
@click.option("--limit", type=click.IntRange(min=0), default=1000, show_default=True, help="Segments shown; 0 for all")
@click.option("--interchange", type=click.IntRange(min=1), help="Only this interchange of the file")
@click.option("--transaction", type=click.IntRange(min=1), help="Only this transaction of its interchange")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Begin with the segment at this byte, as a finding names it")
@click.option("--guide", "guides", multiple=True, metavar="GUIDE", help="As for check")
@click.pass_obj
def inspect(settings_path: Path | None, file: str, as_json: bool, guides: tuple[str, ...], brief: bool, **wishes: Any) -> None:
    """Show FILE (- for standard input) as a tree of loops and segments, with names, and with findings in place. Nothing is stored.

    Exit status: 0 shown, whatever else was found; 1 the part that was asked for is not there; 2 a setting or argument is wrong;
    13 something in FILE cannot be read.
    """
    from flows.examine.inspect import run_inspect
    from flows.examine.policy import policy_for
    from flows.examine.tree import Wish

    sys.exit(run_inspect(file, policy_for(settings_path, guides), Wish(**wishes), as_json=as_json, brief=brief))


@main.command()
@click.option("--date", "business_date", type=IsoDate(), help="A night; the last one if left out")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON")
@click.pass_obj
def status(settings_path: Path | None, business_date: date | None, as_json: bool) -> None:
    """Show what a night came to, and which nights there are."""
    from flows.looking import last_night, nights, summary_of

    settings = settings_of(settings_path)
    chosen = business_date or last_night(settings)
    summary = summary_of(settings, chosen)
    if not as_json:
        Console().print(f"Nights: {', '.join(nights(settings))}", soft_wrap=True)
    _tell(settings, summary, as_json)


@main.command()
@click.argument("sql")
@click.option("--json", "as_json", is_flag=True, help="Rows as a JSON array")
@click.pass_obj
def query(settings_path: Path | None, sql: str, as_json: bool) -> None:
    """Run one read-only SELECT over the canonical tables, decisions, findings and breaks."""
    from flows.queries import as_json as to_json
    from flows.queries import query as ask
    from flows.terminal import show_rows

    found = ask(settings_of(settings_path), sql)
    if as_json:
        click.echo(to_json(found))
    else:
        # Piped into a file or a pager, rows are as wide as they are.
        show_rows(found, Console() if sys.stdout.isatty() else Console(width=WIDE))


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=4200, show_default=True, help="Port on this machine's loopback")
@click.pass_obj
def serve(settings_path: Path | None, port: int) -> None:
    """Start the Prefect server, its UI and the schedules; loopback only, until interrupted."""
    from flows.serving import serve_forever

    serve_forever(settings_of(settings_path), settings_path, port)


def _night(settings: Settings, business_date: date, without_prefect: bool) -> Any:
    if without_prefect:
        from flows.nightly import run_night
        from flows.runners import PlainRunner

        return run_night(settings, business_date, PlainRunner(settings.workers), holder=_holder())
    from flows.prefecting import night_in_prefect

    return night_in_prefect(settings, business_date)


def _tell(settings: Settings, summary: Any, as_json: bool) -> None:
    from flows.terminal import show_places, show_summary

    if as_json:
        click.echo(json.dumps(summary.to_json(), indent=2, default=str))
        return
    console = Console()
    show_summary(summary, console)
    show_places(summary, console)


def _print_json_or(found: dict[str, Any], as_json: bool, show: Callable[[dict[str, Any], Console], None]) -> None:
    if as_json:
        click.echo(json.dumps(found, indent=2, default=str))
    else:
        show(found, Console())


def _show_foreseen(found: dict[str, Any], console: Console) -> None:
    from flows.terminal import show_foreseen

    show_foreseen(found, console)


def _last_business_date(settings: Settings) -> date:
    from flows.clock import last_business_date, now

    return last_business_date(settings, now())


def _holder() -> str:
    from flows.clock import holder

    return holder()
