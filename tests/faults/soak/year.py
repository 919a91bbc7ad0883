"""A year of nights from a seed: what is sent when, when the schedule fires, and what goes wrong. Nothing is run here."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flows.settings import Settings
from tests.faults.small import ERP_HEADER
from tests.flows.letters import edifact, response, x12

FIRST = date(2027, 6, 15)  # the year after it has a leap day, 2028-02-29, and both changes of the clock
ZONE = "Europe/Berlin"
SLOT = time(2, 30)  # on 2028-03-26 there is no such time; on 2027-10-31 there are two, and the schedule fires at both
TWICE = date(2027, 10, 30)  # the business date of the night of 31 October

SHARES = {"doubled": 0.05, "replayed": 0.02, "late": 0.03, "fault": 0.10}  # of the nights; late is of the files
KEPT_ORDERS = 12  # in the ERP's export of open orders

Files = dict[str, dict[str, bytes]]  # source -> name -> content


@dataclass(frozen=True, slots=True)
class Night:
    """What a business date brings."""

    business_date: date
    fires: tuple[datetime, ...]  # UTC
    files: Files
    doubled: bool  # two runs at once
    replayed: date | None  # which date is fed in again afterwards
    fault: bool
    forgotten: bool  # nobody runs it again after the fault; the next night finishes it


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent over the whole year: transactions of EDI, each of which must be loaded exactly once."""

    interchanges: int
    transactions: int


def nights(settings: Settings, count: int, seed: int) -> list[Night]:
    """Return the nights of a year, or of less."""
    chance = random.Random(seed)
    every: dict[date, Files] = {}
    dates = [FIRST + timedelta(days=at) for at in range(count)]
    for at, each in enumerate(dates):
        for source, name, content in _letters(at, each):
            late = at + (chance.randint(1, 5) if chance.random() < SHARES["late"] and name.endswith((".x12", ".edi")) else 0)
            day = every.setdefault(dates[min(late, count - 1)], {"edi": {}, "erp": {}})
            day[source][name] = content
    made = []
    for at, each in enumerate(dates):
        fault = chance.random() < SHARES["fault"]
        replayed = dates[chance.randrange(max(0, at - 20), at)] if at and chance.random() < SHARES["replayed"] else None
        made.append(Night(each, _fires(settings, each), every[each], chance.random() < SHARES["doubled"], replayed, fault,
                          fault and chance.random() < 0.5 and at < count - 1))
    return made


def sent(count: int) -> Sent:
    """Return what the letters of so many nights hold."""
    whole = [content for at in range(count) for _, name, content in _letters(at, FIRST + timedelta(days=at)) if not name.endswith(".csv")]
    return Sent(len(whole), sum(content.count(b"ST*") + content.count(b"UNH+") for content in whole))


def _fires(settings: Settings, business_date: date) -> tuple[datetime, ...]:
    once = settings.slot_at(business_date)
    return (once, once + timedelta(hours=1)) if business_date == TWICE else (once,)


def _letters(at: int, business_date: date) -> Iterator[tuple[str, str, bytes]]:
    """Yield a date's files: answers to two orders in X12, orders in EDIFACT every other day, and the ERP's open orders."""
    number = 500 + at
    yield "edi", f"answer_{number}.x12", x12(f"{number:09d}", response(f"45{number:08d}"), response(f"46{number:08d}", quantity="5"))
    if at % 2:
        yield "edi", f"order_{number}.edi", edifact(f"AM{number:06d}", f"AO{number:06d}")
    rows = [f"NORTHFIELD SUPPLY,45{one:08d},{business_date},{business_date},USD,001,00061414000031,CF-003,NF0003,10,PCS,7.25,1,72.50"
            for one in range(max(500, number - KEPT_ORDERS), number + 1)]
    yield "erp", f"erp_orders_{business_date:%Y%m%d}.csv", "\n".join([ERP_HEADER, *rows, ""]).encode()
