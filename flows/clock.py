"""Clock and names of runs: the only values of a night that are not in its files and settings, and none of them enters the data."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from flows.settings import Settings


def last_business_date(settings: Settings, now: datetime) -> date:
    """Return the business date whose slot came last before an instant: the slot of a date is on the morning after it."""
    local = now.astimezone(ZoneInfo(settings.time_zone))
    return local.date() - timedelta(days=1 if local.time() >= settings.slot else 2)


def holder() -> str:
    """Return who holds a lease: this process, this time."""
    return f"{os.getpid()}-{uuid4().hex[:12]}"
