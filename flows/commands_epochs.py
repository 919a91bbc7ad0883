"""The commands with which a person approves that a partner's control numbers begin anew: ``crossfoot epochs`` and ``begin``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from flows.telling import IsoDate, settings_of


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON")
@click.pass_context
def epochs(context: click.Context, as_json: bool) -> None:
    """List when partners began to number their interchanges anew, and approve that one did.

    A control number that came in an earlier epoch is no duplicate of the same number in a later one.
    """
    if context.invoked_subcommand is not None:
        return
    from flows.restarts import listed

    found = listed(settings_of(context.obj))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for one in found:
        click.echo(f"{one['partner']}: from {one['begins']} on, {'approved' if one['approved'] else 'by the file of the partner'}")
    if not found:
        click.echo("No partner has begun anew.")


@epochs.command()
@click.argument("partner")
@click.option("--from", "begins", type=IsoDate(), help="First business date of the new numbering; the last one if left out")
@click.option("--reason", required=True, help="Who decided and why; kept in the audit")
@click.pass_obj
def begin(settings_path: Path | None, partner: str, begins: date | None, reason: str) -> None:
    """Approve that PARTNER's control numbers begin anew.

    What was held as a conflict since then is judged anew by the next run; what was loaded stays as it is.
    """
    from flows.clock import last_business_date, now
    from flows.restarts import begin as approve

    settings = settings_of(settings_path)
    chosen = begins or last_business_date(settings, now())
    news = approve(settings, partner, chosen, reason)
    click.echo(f"The control numbers of {partner} begin anew on {chosen}" +
               (". The next run judges anew what was held as a conflict since then." if news else ": that was approved before."))
