"""The commands with which a person decides about conflicts: ``crossfoot conflicts``, ``approve`` and ``refuse``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from flows.examine.words import printable
from flows.telling import settings_of

REASON = "Who decided and why; kept in the audit"


@click.group(invoke_without_command=True)
@click.option("--all", "settled", is_flag=True, help="Those too that a person has ruled on")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON")
@click.pass_context
def conflicts(context: click.Context, settled: bool, as_json: bool) -> None:
    """List control numbers that came with different contents, and decide which content counts.

    Each content has an id. Approve it, and the next run loads it; refuse it, and the next run tells the partner (TA1 025, CONTRL 26).
    """
    if context.invoked_subcommand is not None:
        return
    from flows.ruling import conflicts as find

    found = find(settings_of(context.obj), settled=settled)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        _show(found, Console())


@conflicts.command()
@click.argument("contender", metavar="ID")
@click.option("--reason", required=True, help=REASON)
@click.pass_obj
def approve(settings_path: Path | None, contender: str, reason: str) -> None:
    """Load the content ID at the next run. What was loaded under its number before stays loaded."""
    _rule(settings_path, contender, "approved", reason, "The next run loads it.")


@conflicts.command()
@click.argument("contender", metavar="ID")
@click.option("--reason", required=True, help=REASON)
@click.pass_obj
def refuse(settings_path: Path | None, contender: str, reason: str) -> None:
    """Reject the content ID at the next run, and tell the partner.

    With some partners this voids what they sent under the number before: ask them first.
    """
    _rule(settings_path, contender, "refused", reason, "The next run rejects it and tells the partner.")


def _rule(settings_path: Path | None, contender: str, ruling: str, reason: str, then: str) -> None:
    from flows.ruling import SHOWN, decide

    chosen, news = decide(settings_of(settings_path), contender, ruling, reason)
    done = "It has been carried out." if chosen.is_carried_out else then
    told_before = f"is {ruling}" if news else f"was {ruling} before"
    click.echo(f"{chosen.interchange_id[:SHOWN]} of {chosen.partner_id} {told_before}. {done}")


def _show(found: list[dict[str, Any]], console: Console) -> None:
    for one in found:
        console.print(f"{one['partner']}: {one['standard']} {printable(one['control_number'])}, {one['usage_code']}"
                      + (f", epoch {one['epoch']}" if one["epoch"] != "0" else ""), highlight=False, markup=False)
        for each in one["contenders"]:
            documents = ", ".join(f"{count} {name}" for name, count in each["documents"].items())
            money = ", ".join(f"{amount} {code}" for code, amount in each["money"].items())
            console.print(f"  {each['id']}  {each['state']}: {each['business_date']}, {documents}{', ' + money if money else ''}",
                          highlight=False, soft_wrap=True, markup=False)
            name = f"{printable(each['name'])} from {each['source']}"
            console.print(f"    file {each['file'][:12]}, interchange {each['interchange']}, {name}",
                          highlight=False, soft_wrap=True, markup=False)
    console.print(f"{len(found)} control number{'' if len(found) == 1 else 's'} contested.")
