"""Runs outside the schedule: take these files in, feed a date in again, reconcile a date again. Each goes the night's own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from edi.errors import ConfigurationError
from flows import replaying
from flows.clock import Clock, now
from flows.holding import lease
from flows.looking import existing_session
from flows.night import finish_earlier, land_file
from flows.nightly import run_night
from flows.reconciling import reconcile
from flows.runners import Runner
from flows.settings import Settings
from flows.summary import Summary, ThisRun, summarize
from storage.landing import collecting


def ingest(settings: Settings, files: Sequence[Path], business_date: date, runner: Runner, *, holder: str, clock: Clock = now) -> Summary:
    """Land the files named and run the night; drop folders are left alone."""
    for path in files:
        if not path.is_file():
            raise ConfigurationError(f"{path}: no such file; check the path")
    with collecting(settings.landing, business_date) as among:
        for path in files:
            land_file(settings, path, business_date, source="adhoc", among=among)
    return run_night(settings.model_copy(update={"drops": ()}), business_date, runner, holder=holder, clock=clock)


def replay(settings: Settings, replay_date: date, business_date: date, runner: Runner, *, holder: str, clock: Clock = now) -> Summary:
    """Feed a date's landed files in again; what is loaded already comes out as duplicate."""
    return replaying.replay(settings, replaying.Selection(replay_date), business_date, runner, holder=holder, clock=clock).summary


def reconcile_again(settings: Settings, business_date: date, rules: Sequence[str], runner: Runner, *, holder: str,
                    clock: Clock = now) -> Summary:
    """Run the rules of a night again, over what was known then, in place of what they said before."""
    session = existing_session(settings, business_date)
    known = {rule.rule_id for rule in session.definitions.rules}
    if unknown := sorted(set(rules) - known):
        raise ConfigurationError(f"no such rule: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    with lease(session, holder, clock) as held:
        if held is None:
            return summarize(session, ThisRun(busy=True))
        runner.call("finish earlier", finish_earlier, session)
        runner.call("reconcile", reconcile, session, tuple(rules), held)
    return summarize(session, ThisRun(looking=True))
