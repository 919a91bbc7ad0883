"""``crossfoot serve``: a Prefect server with UI on loopback, closed by a secret, and the four deployments served beside it."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click

from edi.errors import ConfigurationError, RetryableError
from flows.settings import Settings
from storage.files import make_folder, write_atomically

STARTUP_SECONDS = 120


def serve_forever(settings: Settings, settings_path: Path | None, port: int) -> None:
    """Start the server, wait until it answers, serve the deployments until interrupted, and stop the server again.

    Raises:
        RetryableError: the server does not come up, or the port is taken.
    """
    _demand_free(port)
    environment = _environment(settings, port)
    if settings_path:
        environment["CROSSFOOT_SETTINGS"] = str(settings_path.resolve())  # ad-hoc flows use the same settings
    os.environ.update(environment)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(server, port)
        click.echo(f"UI: http://127.0.0.1:{port}   (password: {environment['PREFECT_SERVER_API_AUTH_STRING']})")
        click.echo(f"Schedule: every night at {settings.slot:%H:%M} {settings.time_zone}. Stop with Ctrl-C.")
        _serve_deployments(settings, settings_path)
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        server.terminate()
        server.wait(timeout=30)


def _demand_free(port: int) -> None:
    """Refuse a port that something answers on: it could be another server of ours, which would look like this one's."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise ConfigurationError(f"port {port} is taken; stop what listens there, or name another with --port")


def _environment(settings: Settings, port: int) -> dict[str, str]:
    home = make_folder(settings.home / "prefect")
    secret = home / "auth"
    if not secret.exists():
        write_atomically(secret, f"crossfoot:{secrets.token_urlsafe(24)}".encode())
    closed = secret.read_text(encoding="utf-8")
    api = f"http://127.0.0.1:{port}/api"
    return {
        "PREFECT_HOME": str(home), "PREFECT_API_URL": api, "PREFECT_SERVER_UI_API_URL": api, "PREFECT_SERVER_API_AUTH_STRING": closed,
        "PREFECT_API_AUTH_STRING": closed, "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false", "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
    }


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RetryableError(f"the Prefect server ended at once; is port {port} taken? Try --port {port + 1}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise RetryableError(f"the Prefect server did not answer within {STARTUP_SECONDS} s; look at the machine's load, then try again")


def _serve_deployments(settings: Settings, settings_path: Path | None) -> None:
    from prefect import serve
    from prefect.schedules import Cron

    from flows.deployments import ingest, nightly, reconcile, replay, with_workers

    parameters = {"settings": str(settings_path.resolve())} if settings_path else {}
    schedule = Cron(f"{settings.slot.minute} {settings.slot.hour} * * *", timezone=settings.time_zone)
    serve(
        with_workers(nightly, settings).to_deployment("nightly", schedule=schedule, parameters={"parameters": parameters}),
        *(_deployment(flow) for flow in (ingest, replay, reconcile)),
        pause_on_shutdown=False,  # the schedule belongs to the server, and goes on when this process is started again
    )


def _deployment(flow: Any) -> Any:
    return flow.to_deployment(flow.name)
