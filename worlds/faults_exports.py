"""Planted faults of CSV exports. What is held is due only later, so that no break follows from it."""

from __future__ import annotations

from worlds.business import World, bill, pay, receive, ship
from worlds.documents import Receipt
from worlds.planting import decided, ordered
from worlds.truth import Expect, Fault

Expects = tuple[Expect, ...]


def _announced(world: World, partner_id: str, night: int) -> Receipt:
    """Ship something on the night itself, to be received: neither receipt nor invoice is due within the sample."""
    order = ordered(world, partner_id, night, 60, 24)
    shipment = ship(world, order, world.day(night, -1))
    world.agree(night, shipment)
    return receive(world, shipment, world.day(night))


def bad_row(world: World) -> Expects:
    """An item number with a comma in it, not quoted: a field too many."""
    receipt = _announced(world, "northfield", 1)
    world.book(1, receipt, spoil="ragged")
    return decided("quarantined", "csv.unreadable_row", "northfield", f"erp_receipts/{receipt.number}")


def decimal_comma(world: World) -> Expects:
    """A quantity with a decimal comma among points."""
    receipt = _announced(world, "hansetools", 1)
    world.book(1, receipt, spoil="comma")
    return decided("quarantined", "value.unreadable_number", "hansetools", f"erp_receipts/{receipt.number}")


def changed_header(world: World) -> Expects:
    """A column was renamed by an update of the ERP."""
    world.book(2, _announced(world, "northfield", 2), "_2")
    world.spoiled_files["erp_receipts", "_2"] = "header"
    return decided("quarantined", "csv.header_changed", "unknown", "erp_receipts")


def wrong_control_total(world: World) -> Expects:
    """The trailer's sum is 1,000.00 more than the rows'."""
    order = ordered(world, "hansetools", 1, 48)
    shipment = ship(world, order, world.day(1, -1))
    world.agree(1, shipment)
    world.book(1, receive(world, shipment, world.day(1)))
    invoice = bill(world, order, world.day(1))
    world.agree(1, invoice)
    world.book(2, pay(world, [invoice], world.day(2)), "_2")
    world.spoiled_files["erp_payments", "_2"] = "total"
    return decided("quarantined", "csv.control_total", "unknown", "erp_payments")


FAULTS = (
    Fault("csv_bad_row", 1, "A row with a field too many: its document is held, the others load", bad_row),
    Fault("csv_decimal_comma", 1, "A decimal comma where points were promised: its document is held", decimal_comma),
    Fault("csv_changed_header", 2, "A renamed column: the whole file is held", changed_header),
    Fault("csv_wrong_control_total", 2, "A control total that its rows do not add up to: the whole file is held", wrong_control_total),
)
