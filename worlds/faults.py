"""The table of planted faults, in the order in which they are planted."""

from __future__ import annotations

from worlds import faults_exports, faults_invoices, faults_orders, faults_wire
from worlds.business import World
from worlds.truth import Expect, Fault

FAULTS: tuple[Fault, ...] = (*faults_orders.FAULTS, *faults_invoices.FAULTS, *faults_wire.FAULTS, *faults_exports.FAULTS)
NIGHTS = 3  # what is not due within them is part of the truth: in longer worlds it would become due


def plant(world: World) -> list[tuple[Fault, tuple[Expect, ...]]]:
    """Plant every fault; return each with what it must lead to."""
    return [(fault, fault.plant(world)) for fault in FAULTS]
