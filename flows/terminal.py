"""Summaries for a person at a terminal, narrow ones too: words first, numbers right, money with its currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from flows.series import in_words
from flows.summary import Summary, ThisRun, breaks_by_class
from flows.truth import Verdict
from storage.arrived import Arrived

EXPORT_PARTS = ("new", "changed", "unchanged", "vanished", "set_aside")
WORDS = {"documents": "transactions and documents", "records": "detail records"}


def show_summary(summary: Summary, console: Console) -> None:
    """Print a night."""
    run = summary.run
    console.rule(f"Night of {summary.business_date}")
    if run.busy:
        console.print("Another run holds this night and is working on it. Nothing was done here; look again with `crossfoot status`.")
        return
    if not run.looking:
        _run(run, console)
    _outcomes(summary, console)
    _documents(summary, console)
    _findings(summary, console)
    console.print("Acknowledgments: " + (", ".join(f"{count} {kind}" for kind, count in summary.acknowledgments.items()) or "none"))
    if run.expectations_evaluated:
        console.print(f"Expectations: {run.expectations_evaluated} evaluated, {run.expectations_failed} failed")
    _exports(summary, console)
    for one in summary.numbering:
        console.print(f"Numbers of {one['partner']}, {one['usage']}: {in_words(dict(one))}", highlight=False, markup=False)
    for one in summary.waiting:
        console.print(f"Waiting until {one['until']} for the rest of file {one['file'][:12]} from {one['source']}, since {one['since']}.",
                      highlight=False, markup=False)
    console.print("Rows of the night: " + (", ".join(f"{name} {count}" for name, count in summary.rows.items()) or "none"))
    _breaks(summary, console)
    agrees = not summary.totals.problems
    console.print("Cross-foot: read = loaded + duplicate + quarantined + rejected + pending, by document, record and money: "
                  + ("[green]agrees[/]" if agrees else "[red]DOES NOT AGREE[/]"))
    for problem in summary.totals.problems:
        console.print(f"  [red]{problem}[/]")


def _run(run: ThisRun, console: Console) -> None:
    """Print what this run did."""
    console.print(f"Files: {run.landed} landed" + (f", {run.landed_before} were landed before" if run.landed_before else "") +
                  f". Packets: {run.packets_published} published" + (f", {run.packets_before} before" if run.packets_before else "") + ".")
    if run.restless:
        console.print(f"Files that were still changing, left for the next look: {run.restless}.")
    loaded = sum((run.rows_loaded or {}).values())
    console.print(f"Rows loaded by this run: {loaded}." + ("" if loaded else " Nothing was new: nothing is loaded twice."))


def show_replayed(files: Sequence[Arrived], again: int, console: Console) -> None:
    """Print which files a replay took, and how many of them this night had been fed before for the same reason."""
    console.print(f"Replayed: {len(files)} file{'' if len(files) == 1 else 's'}" + (f", {again} of them once only" if again else "") + ".")
    for each in files:
        console.print(f"  {each.name} ({each.file_hash[:12]}), first of {each.business_date}", soft_wrap=True, highlight=False,
                      markup=False)


def show_places(summary: Summary, console: Console) -> None:
    """Print where everything lies."""
    for name, place in summary.places.items():
        console.print(f"{name:>9}: {place}", soft_wrap=True, highlight=False)


def show_verdict(verdict: Verdict, console: Console) -> None:
    """Print how nights compare with the truth of the sample."""
    for name, problem in verdict.missed:
        console.print(f"[red]missed[/] {name}: {problem}", soft_wrap=True, highlight=False)
    for report in verdict.unexpected:
        console.print(f"[red]unexpected[/] {report.kind} {report.code} {report.partner} {report.subject} on {report.night}"
                      + (f" closing {report.closes}" if report.closes else ""), soft_wrap=True, highlight=False)
    console.print(f"planted faults found: {len(verdict.found)} of {verdict.planted}", highlight=False)
    console.print(f"reported beside them: {len(verdict.unexpected)}", highlight=False)


def money(amounts: Mapping[str, Decimal | str]) -> str:
    """Return amounts by currency, two places unless there are more."""
    return ", ".join(f"{_places(Decimal(amount))} {currency}" for currency, amount in sorted(amounts.items())) or "-"


def _places(amount: Decimal) -> str:
    rounded = amount.quantize(Decimal("0.01"))
    return f"{rounded if rounded == amount else amount.normalize():,f}"


def _outcomes(summary: Summary, console: Console) -> None:
    table = _table("Outcome", "Documents", "Records", "Money")
    for name, counts in (("read", summary.totals.read), *summary.totals.outcomes.items()):
        unknown = f" (+{counts.unknown_money} unknown)" if counts.unknown_money else ""
        table.add_row(name, str(counts.documents), str(counts.records), money(counts.money) + unknown)
    console.print(table)


def _documents(summary: Summary, console: Console) -> None:
    table = _table("Document", "Loaded", "Not loaded")
    for name, outcomes in summary.documents.items():
        others = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items() if outcome != "loaded")
        table.add_row(name, str(outcomes.get("loaded", 0)), others)
    console.print(table)


def _exports(summary: Summary, console: Console) -> None:
    """Print what became of the rows of exports; documents stand in --json."""
    if not summary.exports:
        return
    table = _table("Rows of export", "New", "Changed", "Same", "Gone", "Set aside")
    for source, one in summary.exports.items():
        table.add_row(f"{source} ({one['kind']})", *(str(one[name]["rows"]) for name in EXPORT_PARTS))
    console.print(table)


def _findings(summary: Summary, console: Console) -> None:
    if not summary.findings:
        console.print("Findings: none")
        return
    table = _table("Finding", "Count", "Severity")
    for code, row in summary.findings.items():
        table.add_row(code, str(row["count"]), row["severity"])
    console.print(table)


def _breaks(summary: Summary, console: Console) -> None:
    classes = breaks_by_class(summary.breaks)
    if not classes:
        console.print("Breaks: none")
        return
    table = _table("Break", "Open", "Closed", "Money at stake")
    for name, row in classes.items():
        unknown = f" (+{row['unknown_amount']} unknown)" if row["unknown_amount"] else ""
        table.add_row(name, str(row["open"]), str(row["closed"]) if row["closed"] else "", money(row["at_stake"]) + unknown)
    console.print(table)


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, overflow="fold")
    for name in others:
        words = name in ("Not loaded", "Severity", "Money", "Money at stake")
        table.add_column(name, justify="left" if words else "right", overflow="fold")
    return table


def show_rows(found: pa.Table, console: Console) -> None:
    """Print the rows of a query."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for field in found.schema:
        table.add_column(field.name, justify="right" if pa.types.is_decimal(field.type) or pa.types.is_integer(field.type) else "left",
                         overflow="fold")
    for row in found.to_pylist():
        table.add_row(*["" if value is None else str(value) for value in row.values()])
    console.print(table)
    console.print(f"{found.num_rows} row{'' if found.num_rows == 1 else 's'}")


def show_foreseen(found: Mapping[str, Any], console: Console) -> None:
    """Print what a dry run foresees."""
    console.rule(f"{found['night']}: dry run, nothing was done")
    console.print(f"Files waiting: {found['files']}; packets: {found['packets']}; documents: {found['documents']}")
    for title, counts in (("Outcomes", found["outcomes"]), ("Types", found["types"]), ("Acknowledgments", found["acknowledgments"])):
        console.print(f"{title}: " + (", ".join(f"{name} {count}" for name, count in counts.items()) or "none"))
    for one in found["set_aside"]:
        console.print(f"  {one['outcome']} {one['reason_code']}: {one['partner_id']} {one['control_number']}")
