"""The Prefect flows and their schedules. Parameters are pydantic models, so that the UI shows a form; they hold ids and paths only."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.runtime import flow_run as runtime
from prefect.task_runners import ThreadPoolTaskRunner
from pydantic import BaseModel, Field

from flows import adhoc
from flows.clock import holder, last_business_date, now
from flows.nightly import run_night
from flows.report import markdown
from flows.runners import PrefectRunner
from flows.settings import Settings, load_settings
from flows.summary import Summary

SETTINGS = Field(default=None, description="Settings file; crossfoot.toml of the folder where the flow runs, if left out")


class NightParameters(BaseModel):
    """Which night to run."""

    business_date: date | None = Field(default=None, description="Business date; the one whose slot came last, if left out")
    settings: Path | None = SETTINGS


class IngestParameters(NightParameters):
    """Files to take in now, outside the drop folders."""

    files: list[Path] = Field(min_length=1, description="Files on the machine where the flow runs")


class ReplayParameters(NightParameters):
    """A date whose landed files are fed in again: what was loaded is a duplicate, what failed gets another chance."""

    replay_date: date = Field(description="Business date whose landed files are taken again")


class ReconcileParameters(NightParameters):
    """A night to reconcile again."""

    rules: list[str] = Field(default_factory=list, description="Rules to run; all, if left out")


@flow(name="nightly", description="Collect, read, check, publish, reconcile, acknowledge and report one business date")
def nightly(parameters: NightParameters = NightParameters()) -> dict[str, Any]:  # noqa: B008  (frozen by Prefect into the form)
    """Run a night."""
    settings, business_date = _opened(parameters)
    summary = run_night(settings, business_date, PrefectRunner(), holder=holder())
    return told(settings, summary)


@flow(name="ingest", description="Take in the files named, and run the night that they belong to")
def ingest(parameters: IngestParameters) -> dict[str, Any]:
    """Take in files."""
    settings, business_date = _opened(parameters)
    return told(settings, adhoc.ingest(settings, parameters.files, business_date, PrefectRunner(), holder=holder()))


@flow(name="replay", description="Feed a date's landed files in again: nothing is loaded twice")
def replay(parameters: ReplayParameters) -> dict[str, Any]:
    """Replay a date."""
    settings, business_date = _opened(parameters)
    return told(settings, adhoc.replay(settings, parameters.replay_date, business_date, PrefectRunner(), holder=holder()))


@flow(name="reconcile", description="Run the rules of a night again, over what was known then")
def reconcile(parameters: ReconcileParameters) -> dict[str, Any]:
    """Reconcile a date."""
    settings, business_date = _opened(parameters)
    return told(settings, adhoc.reconcile_again(settings, business_date, parameters.rules, PrefectRunner(), holder=holder()))


FLOWS = (nightly, ingest, replay, reconcile)


def told(settings: Settings, summary: Summary) -> dict[str, Any]:
    """Show a summary where people look: artifacts in the UI, and a report on disk. Return it as plain values."""
    values = summary.to_json()
    create_markdown_artifact(key="night-summary", markdown=markdown(summary), description=f"Night of {summary.business_date}")
    create_table_artifact(key="quarantine", table=values["set_aside"] or [{"set aside": "nothing"}],
                          description="Documents set aside, with reasons")
    create_table_artifact(key="breaks", table=[_flat(found) for found in values["breaks"]] or [{"breaks": "none"}],
                          description="Where systems disagree, and the money at stake")
    get_run_logger().info("Report: %s", settings.reports / f"{summary.business_date}.html")
    return values


def _flat(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("class", "state", "partner", "subject", "at_stake", "currency", "sentence")}


def _opened(parameters: NightParameters) -> tuple[Settings, date]:
    settings = load_settings(parameters.settings)
    # A scheduled run may start a moment before its slot: the slot that it was scheduled for counts, not the clock.
    due = runtime.scheduled_start_time or now()
    business_date = parameters.business_date or last_business_date(settings, due)
    return settings, business_date


def with_workers(made: Any, settings: Settings) -> Any:
    """Return a flow whose tasks run on as many threads as the settings allow."""
    return made.with_options(task_runner=ThreadPoolTaskRunner(max_workers=settings.workers))
