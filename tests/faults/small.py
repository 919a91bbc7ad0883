"""Nights of a few letters of a few lines each, under a CPU second: two partners, one export, Prefect and Great Expectations aside."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from expectations.run import Outcome
from flows.clock import Clock, now
from flows.clock import holder as own_name
from flows.nightly import run_night
from flows.runners import PlainRunner
from flows.settings import Drop, Settings
from flows.summary import Summary
from storage.files import make_folder
from tests.flows.letters import edifact, order_850, response, x12
from tests.flows.nights import World

DAY = date(2026, 3, 2)
SOURCES = ("edi", "erp")

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # where nothing is powered off, waiting for a disk shows nothing

ERP_HEADER = ("partner,order_number,order_date,requested_date,currency,line_number,gtin,buyer_item,supplier_item,quantity,unit,unit_price,"
              "per,line_amount")
FILES: dict[str, dict[str, bytes]] = {  # by source: answers to orders, one of them twice, orders in EDIFACT, what is refused, an export
    "edi": {
        "answer.x12": x12("000000901", response("4500009001")),
        "answers.x12": x12("000000902", response("4500009002"), response("4500009003", quantity="5")),
        "answer_again.x12": x12("000000901", response("4500009001"), counts={}) + b"\n",
        "order.edi": edifact("AM900001", "AO900001", "AO900002"),
        "broken.x12": x12("000000903", response("4500009004"), counts={1: 99}),
        "unknown.x12": x12("000000904", order_850(), kind="850", group="PO", sender=("ZZ", "STRANGER")),
    },
    "erp": {
        "erp_orders_20260302.csv": "\n".join([
            ERP_HEADER,
            "NORTHFIELD SUPPLY,4500009001,2026-03-01,2026-03-11,USD,001,00061414000031,CF-003,NF0003,10,PCS,7.25,1,72.50",
            "NORTHFIELD SUPPLY,4500009002,2026-03-01,2026-03-11,USD,001,00061414000031,CF-003,NF0003,10,PCS,7.25,1,72.50",
            "",
        ]).encode(),
    },
}


def small_world(home: Path, data: Path, *, database: str = "", **overrides: object) -> World:
    """Return a world that plans two files a packet, so that a night has several commits."""
    drops = tuple(Drop(name=name, folder=make_folder(home / "drop" / name)) for name in SOURCES)
    settings = Settings(deployment="small", data=data, home=home, database=database, drops=drops, workers=1, packet_files=2)
    return World(settings.model_copy(update=overrides))


def drop(world: World, files: dict[str, dict[str, bytes]]) -> None:
    """Leave files as a careful sender does: hidden, then renamed."""
    for source, named in files.items():
        for name, data in named.items():
            hidden = world.settings.home / "drop" / source / f".{name}"
            hidden.write_bytes(data)
            hidden.rename(hidden.with_name(name))


def run_small(world: World, business_date: date = DAY, *, holder: str = "", clock: Clock = now) -> Summary:
    """Run a night as plain functions."""
    runner = PlainRunner(world.settings.workers)
    return run_night(world.settings, business_date, runner, holder=holder or own_name(), clock=clock, judge=expect_nothing)


def expect_nothing(_table: str, _frame: pa.Table) -> Outcome:
    """Stand in for Great Expectations, which takes seconds to load and decides nothing about what is stored when."""
    return Outcome((), 0, 0)
