"""Prefect in this process: a server only for the time of the run unless PREFECT_API_URL names one, loopback and closed by a secret."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from edi.errors import RetryableError
from flows.settings import Settings
from flows.summary import Summary
from storage.files import make_folder

STARTUP_SECONDS = 120

QUIET = {
    "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(STARTUP_SECONDS),
    "PREFECT_LOGGING_LEVEL": "WARNING", "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false", "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
}


def prepare(home: Path) -> None:
    """Set what Prefect reads when it is imported: where it keeps its files, that it is silent, and the secret of its server."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if "PREFECT_API_URL" in os.environ:
        return
    os.environ.setdefault("PREFECT_HOME", str(make_folder(home / "prefect")))
    secret = os.environ.setdefault("PREFECT_SERVER_API_AUTH_STRING", f"crossfoot:{secrets.token_urlsafe(24)}")
    os.environ.setdefault("PREFECT_API_AUTH_STRING", secret)


@contextmanager
def server(home: Path) -> Iterator[None]:
    """Keep one Prefect server for several runs; it ends with the block."""
    prepare(home)
    if "PREFECT_API_URL" in os.environ:
        yield
        return
    from prefect.server.api.server import SubprocessASGIServer

    started = SubprocessASGIServer()
    try:
        started.start(timeout=STARTUP_SECONDS)
    except RuntimeError as error:
        started.stop()
        raise RetryableError(f"the Prefect server did not start ({error}); look at the machine's load and at {home / 'prefect'}, or run "
                             "with --without-prefect") from None
    os.environ["PREFECT_API_URL"] = started.api_url
    try:
        yield
    finally:
        del os.environ["PREFECT_API_URL"]
        started.stop()


def night_in_prefect(settings: Settings, business_date: date) -> Summary:
    """Run a night as a Prefect flow run in this process.

    Raises:
        CrossfootError: what the night itself raises.
    """
    prepare(settings.home)
    from prefect import flow

    from flows.clock import holder
    from flows.deployments import told, with_workers
    from flows.nightly import run_night
    from flows.runners import PrefectRunner

    kept: list[Summary] = []

    def nightly(business_date: date) -> dict[str, object]:
        kept.append(run_night(settings, business_date, PrefectRunner(), holder=holder()))
        return told(settings, kept[-1])

    with_workers(flow(name="nightly", log_prints=False, persist_result=False)(nightly), settings)(business_date)
    return kept[-1]
