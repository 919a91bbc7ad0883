"""Planted faults between order, response, shipment and receipt, and between these and the ERP or the warehouse."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from worlds.business import World, bill, confirm, loads_of, place, receive, ship, state
from worlds.catalog import PARTNERS, check_digit
from worlds.documents import Line, Load, Order
from worlds.planting import billed, broken, decided, delivered, line_of, ordered, quiet, traded, unbooked
from worlds.truth import Expect, Fault

Expects = tuple[Expect, ...]


def short_shipment(world: World) -> Expects:
    """90 of 100."""
    order = ordered(world, "northfield", 0, 100, 48)
    shipment = delivered(world, 1, order, {0: 90})
    billed(world, 1, order, shipment.loads)
    return broken("shipped_short", order, line_of(order), night=1)


def late_rest(world: World) -> Expects:
    """60 of 100, and the other 40 a night later."""
    order = ordered(world, "hansetools", 0, 100)
    delivered(world, 1, order, {0: 60})
    delivered(world, 2, order, {0: 40})
    billed(world, 2, order)
    return broken("shipped_short", order, line_of(order), night=1, closes=2)


def over_shipment(world: World) -> Expects:
    """110 of 100."""
    order = ordered(world, "northfield", 0, 100)
    shipment = delivered(world, 1, order, {0: 110})
    billed(world, 1, order, shipment.loads)
    return broken("shipped_over", order, line_of(order), night=1)


def over_shipment_within_tolerance(world: World) -> Expects:
    """102 of 100."""
    order = ordered(world, "northfield", 0, 100)
    shipment = delivered(world, 1, order, {0: 102})
    billed(world, 1, order, shipment.loads)
    return quiet(order, ("shipped_over", line_of(order)))


def cases_for_pieces(world: World) -> Expects:
    """144 pieces come as 12 cases of 12, and are billed by the case."""
    order = ordered(world, "northfield", 0, 144, items=PARTNERS["northfield"].items[:1])
    cases = (Load(order.lines[0], Decimal(12), "CA"),)
    shipment = ship(world, order, world.day(1, -1), cases)
    world.agree(1, shipment)
    world.book(1, receive(world, shipment, world.day(1)))
    invoice = billed(world, 1, order, cases)
    return quiet(order, ("shipped_short", line_of(order)), ("shipped_over", line_of(order)), ("unit_unknown", line_of(order)),
                 ("received_quantity", line_of(order)), ("invoice_quantity", line_of(order)),
                 ("invoice_price", f"{invoice.number}/{line_of(order)}"))


def cases_of_unknown_size(world: World) -> Expects:
    """10 cases against 120 pieces, and nobody knows the factor."""
    order = ordered(world, "northfield", 1, 120, items=(PARTNERS["northfield"].no_pack,))
    world.agree(1, ship(world, order, world.day(1), (Load(order.lines[0], Decimal(10), "CA"),)))
    return broken("unit_unknown", order, line_of(order))


def receipt_without_notice(world: World) -> Expects:
    """The ERP received what nobody announced."""
    order = ordered(world, "hansetools", 0, 24)
    receipt = receive(world, ship(world, order, world.day(1, -1)), world.day(1))
    world.book(1, replace(receipt, shipment_number=""))
    partner = order.partner
    line_number = str(int(order.lines[0].number or 1)).zfill(partner.erp_line_digits)
    return broken("receipt_without_notice", order, f"{partner.spelled(order.number)}/{line_number}")


def received_less(world: World) -> Expects:
    """58 of 60 announced."""
    order = ordered(world, "hansetools", 0, 60)
    shipment = ship(world, order, world.day(1, -1))
    world.agree(1, shipment)
    world.book(1, receive(world, shipment, world.day(1), loads_of(order, {0: 58})))
    return broken("received_quantity", order, line_of(order))


def receipt_overdue(world: World) -> Expects:
    """Announced and billed four days ago, and never received."""
    order = place(world, "hansetools", world.day(0, -9), (36,))
    world.agree(0, order)
    world.send(0, confirm(world, order, world.day(0, -8)))
    world.agree(0, ship(world, order, world.day(0, -3)))
    world.agree(0, bill(world, order, world.day(0, -2)))
    return broken("receipt_overdue", order, line_of(order))


def twins(world: World) -> Expects:
    """The same goods as shipment-order-item-pack and as shipment-order-pack-item."""
    expects: Expects = ()
    for hierarchy in ("SOIP", "SOPI"):
        order = ordered(world, "bluewater", 0, 48, 30, items=PARTNERS["bluewater"].items[1:3])
        world.agree(1, ship(world, order, world.day(1, -1), hierarchy=hierarchy))
        billed(world, 1, order)
        expects += quiet(order, ("shipped_short", line_of(order)), ("shipped_over", line_of(order)), ("shipped_over", line_of(order, 1)))
    return expects


def exceptions_only(world: World) -> Expects:
    """The 855 speaks of one line of three: the others are accepted."""
    order = place(world, "northfield", world.day(0, -1), (24, 36, 12))
    world.agree(0, order)
    world.send(0, confirm(world, order, world.day(0), "exceptions_only", state(order, 1, "date_changed")))
    delivered(world, 1, order)
    billed(world, 1, order)
    return quiet(order, *(("response_quantity", line_of(order, place_)) for place_ in range(3)), ("response_overdue", order.number))


def split_response(world: World) -> Expects:
    """60 confirmed and 40 on backorder are 100."""
    order = place(world, "northfield", world.day(0, -1), (100,))
    world.agree(0, order)
    world.send(0, confirm(world, order, world.day(0), "accepted_with_changes", state(order, 0, "quantity_changed", 60),
                          state(order, 0, "backordered", 40)))
    delivered(world, 1, order)
    billed(world, 1, order)
    return quiet(order, ("response_quantity", line_of(order)), ("shipped_short", line_of(order)))


def confirmed_less(world: World) -> Expects:
    """80 of 100 confirmed; then 80 shipped is not short."""
    order = place(world, "northfield", world.day(0, -1), (100, 24))
    world.agree(0, order)
    world.send(0, confirm(world, order, world.day(0), "accepted_with_changes", state(order, 0, "quantity_changed", 80)))
    shipment = delivered(world, 1, order, {0: 80})
    billed(world, 1, order, shipment.loads)
    return broken("response_quantity", order, line_of(order), night=0) + quiet(order, ("shipped_short", line_of(order)))


def confirmed_dearer(world: World) -> Expects:
    """Confirmed at 26.00 instead of 24.00."""
    order = place(world, "hansetools", world.day(1, -1), (20,), items=PARTNERS["hansetools"].items[4:5])
    world.agree(1, order)
    world.send(1, confirm(world, order, world.day(1), "accepted_with_changes", state(order, 0, "price_changed", price="26.00")))
    return broken("response_price", order, line_of(order))


def line_rejected(world: World) -> Expects:
    """One line of two is refused."""
    order = place(world, "northfield", world.day(0, -1), (12, 24))
    world.agree(0, order)
    world.send(0, confirm(world, order, world.day(0), "accepted_with_changes", state(order, 1, "rejected")))
    shipment = delivered(world, 1, order, {0: 12}, only=True)
    billed(world, 1, order, shipment.loads)
    return broken("response_rejected", order, line_of(order, 1), night=0)


def response_overdue(world: World) -> Expects:
    """Ordered three days ago and answered only two nights later."""
    order = place(world, "northfield", world.day(0, -3), (48,))
    world.agree(0, order)
    world.send(2, confirm(world, order, world.day(2)))
    return broken("response_overdue", order, order.number, closes=2)


def response_not_due(world: World) -> Expects:
    """Ordered a day ago: silence is no fault yet."""
    order = place(world, "hansetools", world.day(2, -1), (40,))
    world.agree(2, order)
    return quiet(order, ("response_overdue", order.number))


def erp_price(world: World) -> Expects:
    """The ERP has a unit price of its own."""
    order = place(world, "northfield", world.day(0, -1), (24,), items=PARTNERS["northfield"].items[:1])
    world.send(0, order)
    world.book(0, replace(order, lines=(replace(order.lines[0], price=Decimal("12.60")),)))
    world.send(0, confirm(world, order, world.day(0)))
    return broken("order_price", order, line_of(order))


def erp_quantity(world: World) -> Expects:
    """84 ordered, 48 typed into the ERP."""
    order = place(world, "alpenmarkt", world.day(0, -1), (84,), items=PARTNERS["alpenmarkt"].items[1:2])
    world.send(0, order)
    world.book(0, replace(order, lines=(replace(order.lines[0], quantity=Decimal(48)),)))
    world.send(0, confirm(world, order, world.day(0)))
    return broken("order_quantity", order, line_of(order))


def erp_late(world: World) -> Expects:
    """The ERP's export has the order a night after it was sent."""
    order = place(world, "hansetools", world.day(0, -1), (30,))
    world.send(0, order)
    world.book(1, order)
    world.send(0, confirm(world, order, world.day(0)))
    return broken("order_not_in_erp", order, order.number, closes=1)


def erp_alone(world: World) -> Expects:
    """A customer's order taken on the telephone."""
    order = place(world, "bluewater", world.day(1, -1), (12, 24))
    world.book(1, order)
    return broken("order_not_in_edi", order, order.partner.spelled(order.number))


def erp_changed(world: World) -> Expects:
    """The snapshot changes a requested date: a new version, and no difference."""
    order = ordered(world, "alpenmarkt", 0, 24)
    world.book(1, replace(order, requested=world.day(1, 15)))
    return quiet(order, ("order_quantity", line_of(order)), ("order_price", line_of(order)), ("order_not_in_erp", order.number))


def warehouse_less(world: World) -> Expects:
    """Announced 48, loaded 46."""
    order = ordered(world, "bluewater", 0, 48)
    shipment = ship(world, order, world.day(1, -1))
    world.send(1, shipment)
    world.book(1, replace(shipment, loads=loads_of(order, {0: 46})))
    return broken("warehouse_quantity", order, f"{shipment.number}/{line_of(order)}")


def warehouse_silent(world: World) -> Expects:
    """Announced, and never loaded."""
    order = ordered(world, "alpenmarkt", 0, 36)
    shipment = ship(world, order, world.day(1, -1))
    world.send(1, shipment)
    return broken("notice_not_in_warehouse", order, f"{shipment.number}/{line_of(order)}")


def warehouse_alone(world: World) -> Expects:
    """Loaded, and never announced."""
    order = ordered(world, "bluewater", 0, 20)
    shipment = ship(world, order, world.day(2, -1))
    world.book(2, shipment)
    spelled = order.partner.spelled(order.number)
    return broken("warehouse_not_in_notice", order, f"{shipment.number}/{spelled}/{int(order.lines[0].number or 1)}")


def unknown_gtin(world: World) -> Expects:
    """A GTIN with a right check digit that the item master does not have."""
    stem = "08500199999"
    item = replace(PARTNERS["bluewater"].items[0], gtin=(stem + check_digit(stem)).zfill(14), buyer_number="BWO-999",
                   supplier_number="CT-B9999")
    order = place(world, "bluewater", world.day(1, -1), (18,), items=(item,))
    world.agree(1, order)
    return broken("item_unknown", order, f"{order.number}/1")


def wrong_check_digit(world: World) -> Expects:
    """A digit mistyped in a GTIN."""
    order = place(world, "alpenmarkt", world.day(1, -1), (24,), items=PARTNERS["alpenmarkt"].items[2:3])
    world.book(1, order)
    line = order.lines[0]
    wrong = line.item.gtin[:-1] + str((int(line.item.gtin[-1]) + 3) % 10)
    world.send(1, replace(order, lines=(replace(line, item=replace(line.item, gtin=wrong)),)))
    return broken("item_check_digit", order, f"{order.number}/1")


def same_item_twice(world: World) -> Expects:
    """The same item on two lines, and no line numbers: nobody can say which is which. The ERP has not taken it in."""
    order: Order = unbooked(world, "bluewater", 1, 12, 30)
    item = order.lines[0].item
    lines = tuple(Line(None, item, line.quantity, "EA", item.price, item.basis) for line in order.lines)
    world.send(1, replace(order, lines=lines))
    return broken("ambiguous_line", order, order.number)


def numbers_in_other_spelling(world: World) -> Expects:
    """The ERP drops zeros and dashes, and writes line numbers with other zeros: still the same order."""
    order, invoice = traded(world, "alpenmarkt", 2, 24, 12)
    world.agree(2, invoice)
    return quiet(order, ("order_not_in_erp", order.number), ("invoice_not_in_erp", invoice.number)) + decided(
        "none", "order_not_in_edi", "alpenmarkt", order.partner.spelled(order.number))


FAULTS = (
    Fault("short_shipment", 1, "SN102 says 90 of 100 ordered and confirmed", short_shipment),
    Fault("rest_comes_later", 1, "60 of 100 shipped; the rest a night later closes the break", late_rest),
    Fault("over_shipment", 1, "110 of 100, beyond the 2 percent agreed", over_shipment),
    Fault("over_shipment_within_tolerance", 1, "102 of 100: no break", over_shipment_within_tolerance),
    Fault("cases_for_pieces", 1, "12 cases for 144 pieces, the factor being known: no break", cases_for_pieces),
    Fault("cases_of_unknown_size", 1, "Cases for pieces, the factor being unknown", cases_of_unknown_size),
    Fault("receipt_without_notice", 1, "A goods receipt in the ERP without a shipment notice", receipt_without_notice),
    Fault("received_less", 1, "60 announced, 58 received", received_less),
    Fault("receipt_overdue", 1, "Shipped on 27 February, due by 2 March, not received", receipt_overdue),
    Fault("hierarchy_twins", 1, "SOIP and SOPI of the same goods: equal totals, no break", twins),
    Fault("exceptions_only", 0, "855 AE names one line of three: no break", exceptions_only),
    Fault("split_response", 0, "ACK IQ 60 and ACK IB 40 add up: no break", split_response),
    Fault("confirmed_less", 0, "80 of 100 confirmed, and 80 shipped", confirmed_less),
    Fault("confirmed_dearer", 1, "Confirmed at another price", confirmed_dearer),
    Fault("line_rejected", 0, "ACK IR on one line of two", line_rejected),
    Fault("response_overdue", 0, "No response within two days; it comes on the third night and closes the break", response_overdue),
    Fault("response_not_due", 2, "No response yet, and none due: no break", response_not_due),
    Fault("erp_price", 0, "The ERP's price differs from the order sent", erp_price),
    Fault("erp_quantity", 0, "The ERP's quantity differs from the order received", erp_quantity),
    Fault("erp_late", 0, "The ERP has the order a night later, which closes the break", erp_late),
    Fault("erp_alone", 1, "An order in the ERP that no EDI order stands behind", erp_alone),
    Fault("erp_changed", 1, "The snapshot changes an order's requested date: no break", erp_changed),
    Fault("warehouse_less", 1, "48 announced, 46 loaded", warehouse_less),
    Fault("warehouse_silent", 1, "Announced, not loaded", warehouse_silent),
    Fault("warehouse_alone", 2, "Loaded, not announced", warehouse_alone),
    Fault("unknown_gtin", 1, "A GTIN that the item master does not have", unknown_gtin),
    Fault("wrong_check_digit", 1, "A GTIN whose check digit is wrong", wrong_check_digit),
    Fault("same_item_twice", 1, "The same item twice on an order without line numbers", same_item_twice),
    Fault("other_spelling", 2, "Numbers that differ in zeros, dashes and case only: no break", numbers_in_other_spelling),
)
