"""Looking at nights that were run; nothing is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from edi.errors import ConfigurationError
from flows.definitions import load_definitions
from flows.night import Session
from flows.restarts import with_restarts
from flows.settings import Settings
from flows.summary import Summary, ThisRun, summarize
from flows.work import NightContext
from storage import ledger
from storage.database import open_database, reading
from storage.records import Night


def nights(settings: Settings) -> list[str]:
    """Return the nights of the deployment as text, in their order, with their states."""
    return [f"{night.business_date} ({night.state})" for night in _nights(settings)]


def last_night(settings: Settings) -> date:
    """Return the business date of the last night.

    Raises:
        ConfigurationError: there is none yet.
    """
    every = _nights(settings)
    if not every:
        raise ConfigurationError(f"no night was run yet in {settings.home}; run one with `crossfoot run nightly`, or name other settings "
                                 "with --settings")
    return every[-1].business_date


def summary_of(settings: Settings, business_date: date) -> Summary:
    """Return the summary of a night that was run.

    Raises:
        ConfigurationError: it was not.
    """
    return summarize(existing_session(settings, business_date), ThisRun(looking=True))


def existing_session(settings: Settings, business_date: date) -> Session:
    """Open a night that was run, to look at it."""
    night = next((night for night in _nights(settings) if night.business_date == business_date), None)
    if night is None:
        raise ConfigurationError(f"no night of {business_date} was run; there are: {', '.join(nights(settings)) or 'none'}")
    engine = open_database(settings.database_url)
    definitions = with_restarts(load_definitions(settings), engine)
    at = datetime.strptime(night.slot_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    context = NightContext(night.night_id, night.sequence, business_date, at, settings.environment, definitions)
    return Session(settings, definitions, engine, night, context)


def _nights(settings: Settings) -> list[Night]:
    with reading(open_database(settings.database_url)) as connection:
        return [night for night in ledger.load_nights(connection) if night.deployment == settings.deployment]
