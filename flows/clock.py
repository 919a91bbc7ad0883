"""Clock and names of runs: the only values of a night that are not in its files and settings, and none of them enters the data."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from flows.settings import Settings

Clock = Callable[[], datetime]  # an argument of whatever asks for the time; a simulated year hands in its own


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def last_business_date(settings: Settings, now: datetime) -> date:
    """Return the business date whose slot came last before an instant: the slot of a date is on the morning after it."""
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    before = today - timedelta(days=1)
    return before if settings.slot_at(before) <= now else before - timedelta(days=1)  # instants: a local hour may come twice


def holder() -> str:
    """Return who holds a lease: this machine, this process, this time."""
    return f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())} {uuid4().hex[:12]}"


def is_gone(other: str) -> bool:
    """Tell whether a holder was a process of this machine that runs no more. Of other machines nothing is known: False."""
    parts = other.split(" ")
    if len(parts) != 4 or parts[0] != socket.gethostname() or not parts[1].isdigit():
        return False
    return _started(int(parts[1])) != parts[2]


def _started(process: int) -> str:
    """Return when a process started, in the kernel's ticks; "-" where it is not there, or ended. A number used again differs."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return "-"
    return "-" if fields[0] in ("Z", "X") else fields[19]
