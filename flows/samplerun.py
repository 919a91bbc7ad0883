"""``make night``: the sample nights from drop folders to the list of breaks, shown while they run, then held against the truth."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from flows.clock import holder
from flows.looking import existing_session
from flows.nightly import run_night
from flows.prefecting import night_in_prefect, server
from flows.runners import PlainRunner
from flows.sample import drop_files, sample_days, sample_settings, write_settings
from flows.settings import Settings
from flows.summary import Summary
from flows.terminal import show_places, show_summary, show_verdict
from flows.truth import Verdict, compare, load_truth, reports


def run_sample_nights(data: Path, home: Path, *, database: str, without_prefect: bool, as_json: bool) -> int:
    """Run every sample night and tell how it went; return the exit status: 0 where the truth was found and nothing else."""
    settings = sample_settings(data, home, database=database)
    progress, console = Console(stderr=True), Console()
    written = write_settings(settings)
    days = sample_days(data / "sample")
    summaries: list[Summary] = []
    if not without_prefect:
        progress.print("Starting a Prefect server for the time of the run ...")
    with nullcontext() if without_prefect else server(home):
        for number, (business_date, folder) in enumerate(days.items(), start=1):
            count = drop_files(settings, folder)
            progress.print(f"Night {number} of {len(days)}, {business_date}: {count} files dropped, working ...")
            summaries.append(_run(settings, business_date, without_prefect))
            if not as_json:
                show_summary(summaries[-1], console)
    verdict = compare(load_truth(data / "sample" / "truth.toml"), reports(existing_session(settings, next(reversed(days)))))
    if as_json:
        found = {"nights": [summary.to_json() for summary in summaries], "truth": _verdict_json(verdict)}
        click.echo(json.dumps(found, indent=2, default=str))
    else:
        _tell_all(summaries, verdict, console)
        console.print(f"Look around: {sys.argv[0]} --settings {written} status (or query, reconcile, replay)", soft_wrap=True,
                      highlight=False)
    return 0 if len(verdict.found) == verdict.planted and not verdict.unexpected else 1


def _run(settings: Settings, business_date: date, without_prefect: bool) -> Summary:
    if not without_prefect:
        return night_in_prefect(settings, business_date)
    return run_night(settings, business_date, PlainRunner(settings.workers), holder=holder())


def _tell_all(summaries: list[Summary], verdict: Verdict, console: Console) -> None:
    console.rule("All nights")
    rows = sum(sum((summary.run.rows_loaded or {}).values()) for summary in summaries)
    console.print(f"Rows loaded by this run: {rows}." + ("" if rows else " Everything was there already: nothing is loaded twice."))
    show_places(summaries[-1], console)
    show_verdict(verdict, console)


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "planted": verdict.planted, "found": list(verdict.found),
        "missed": [{"fault": name, "missing": what} for name, what in verdict.missed],
        "unexpected": [{"kind": one.kind, "code": one.code, "partner": one.partner, "subject": one.subject, "night": one.night}
                       for one in verdict.unexpected],
    }
