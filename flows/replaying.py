"""Replay: feed in again what was landed before, chosen by date, partner, control number or file.

What is loaded comes out as a duplicate; what was held gets another try. A *forced* replay reads what is loaded once more, after a map,
guide or contract was mended, and loads it as a new version of each document, which supersedes the one before.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from edi.errors import ConfigurationError
from flows.clock import Clock, now
from flows.night import Validate, land_file
from flows.nightly import run_night
from flows.planning import FORCED, REPLAY
from flows.runners import Runner
from flows.settings import Settings
from flows.summary import Summary
from storage.arrived import Arrived, arrived
from storage.database import open_database, reading
from storage.landing import collecting, landed_path, next_arrival

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """What is fed in again: files that meet all that is given. A file is taken whole, whatever else it holds."""

    business_date: date | None = None  # of the night that they came in
    partner_id: str = ""
    control_number: str = ""  # of an interchange, as sent
    file: str = ""  # its name, or the beginning of the hash of its content

    def __str__(self) -> str:
        """Say it in words."""
        told = (("date", self.business_date), ("partner", self.partner_id), ("control number", self.control_number), ("file", self.file))
        return " and ".join(f"{name} {value}" for name, value in told if value)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay took, and what its night came to. ``again`` counts files that were fed in in that night already, for that reason."""

    files: tuple[Arrived, ...]
    again: int
    summary: Summary

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**self.summary.to_json(), "replayed": [asdict(each) for each in self.files], "replayed_before": self.again}


def select(settings: Settings, selection: Selection) -> tuple[Arrived, ...]:
    """Return the files that a selection means, each content once, by its first arrival.

    Raises:
        ConfigurationError: nothing is selected by, or nothing meets it.
    """
    if not str(selection):
        raise ConfigurationError("a replay needs --date, --partner, --control-number or --file; several mean files that meet them all")
    with reading(open_database(settings.database_url)) as connection:
        found = arrived(connection, deployment=settings.deployment, business_date=selection.business_date, partner_id=selection.partner_id,
                        control_number=selection.control_number, file=selection.file)
    if not found:
        raise ConfigurationError(f"nothing was landed with {selection}; `crossfoot status` lists the nights, and `crossfoot query "
                                 "\"select partner_id, control_number, file_hash from decisions\"` what came in them")
    return found


def replay(settings: Settings, selection: Selection, business_date: date, runner: Runner, *, holder: str, forced_because: str = "",
           clock: Clock = now, judge: Validate | None = None) -> Replayed:
    """Feed the selected files in again, in the order of their content, and run the night of a business date.

    Fed in twice for the same reason in the same night, a file is taken once: a replay that died is simply run again.

    Args:
        forced_because: why what is loaded is to be loaded once more as a new version; not at all if left out.
        judge: as of a night.
    """
    before = next_arrival(settings.landing, business_date)
    source = f"{FORCED}{_sound(forced_because)}" if forced_because else REPLAY
    files = select(settings, selection)
    with collecting(settings.landing, business_date) as among:
        landed = [land_file(settings, landed_path(settings.landing, each.file_hash), business_date, source=source, name=each.name,
                            among=among) for each in files]
    summary = run_night(settings.model_copy(update={"drops": ()}), business_date, runner, holder=holder, clock=clock,
                        judge=judge)
    return Replayed(files, sum(each.arrival < before for each in landed), summary)


def _sound(reason: str) -> str:
    """Return a reason that can be kept for ever: one line, not empty, not endless."""
    if not reason.strip() or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise ConfigurationError(f"a reason is one line of at most {LONGEST_REASON} characters; say what was mended, and by whose decision")
    return reason.strip()
