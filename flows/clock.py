"""Clock and names of runs: the only values of a night that are not in its files and settings, and none of them enters the data."""

from __future__ import annotations

import os
import socket
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from flows.settings import Settings


def last_business_date(settings: Settings, now: datetime) -> date:
    """Return the business date whose slot came last before an instant: the slot of a date is on the morning after it."""
    local = now.astimezone(ZoneInfo(settings.time_zone))
    return local.date() - timedelta(days=1 if local.time() >= settings.slot else 2)


def holder() -> str:
    """Return who holds a lease: this machine, this process, this time."""
    return f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())} {uuid4().hex[:12]}"


def is_gone(other: str) -> bool:
    """Tell whether a holder was a process of this machine that runs no more. Of other machines nothing is known: False."""
    parts = other.split(" ")
    if len(parts) != 4 or parts[0] != socket.gethostname() or not parts[1].isdigit():
        return False
    return _started(int(parts[1])) != parts[2]


def is_alive(other: str) -> bool:
    """Tell whether a holder is a process of this machine that runs still."""
    parts = other.split(" ")
    return len(parts) == 4 and parts[0] == socket.gethostname() and parts[1].isdigit() and _started(int(parts[1])) == parts[2]


def _started(process: int) -> str:
    """Return when a process started, in the kernel's ticks; "-" where it is not there. A number used again differs."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except OSError:
        return "-"
