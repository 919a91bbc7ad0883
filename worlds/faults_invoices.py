"""Planted faults of invoices and payments: against orders, receipts, the ERP, the agreement, and themselves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from worlds.business import World, bill, confirm, loads_of, pay, place, receive, ship
from worlds.catalog import PARTNERS
from worlds.documents import Charge, Invoice, Load, Payment, Remittance
from worlds.planting import broken, delivered, line_of, ordered, quiet, traded
from worlds.truth import Expect, Fault

Expects = tuple[Expect, ...]


def price_difference(world: World) -> Expects:
    """24.00 ordered, 24.60 billed."""
    order = ordered(world, "hansetools", 1, 20, items=PARTNERS["hansetools"].items[4:5])
    delivered(world, 1, order)
    invoice = bill(world, order, world.day(1)).repriced("24.60")
    world.agree(1, invoice)
    return broken("invoice_price", invoice, f"{invoice.number}/{line_of(order)}")


def price_within_tolerance(world: World) -> Expects:
    """12.00 ordered, 12.04 billed: less than 5 cents and than one percent."""
    order = ordered(world, "northfield", 1, 36, items=PARTNERS["northfield"].items[:1])
    delivered(world, 1, order)
    invoice = bill(world, order, world.day(1)).repriced("12.04")
    world.agree(1, invoice)
    return quiet(invoice, ("invoice_price", f"{invoice.number}/{line_of(order)}"))


def price_basis(world: World) -> Expects:
    """Ordered at 12.00 per 100, billed at 0.12 a piece."""
    order = ordered(world, "hansetools", 1, 1000, items=PARTNERS["hansetools"].items[:1])
    delivered(world, 1, order)
    invoice = bill(world, order, world.day(1)).repriced("0.12")
    world.agree(1, invoice)
    return quiet(invoice, ("invoice_price", f"{invoice.number}/{line_of(order)}"), ("invoice_line_amount", f"{invoice.number}/1"))


def basis_forgotten(world: World) -> Expects:
    """Ordered at 12.00 per 100, billed at 12.00 a piece."""
    order = ordered(world, "hansetools", 2, 200, items=PARTNERS["hansetools"].items[:1])
    delivered(world, 2, order)
    invoice = bill(world, order, world.day(2)).repriced("12.00")
    world.agree(2, invoice)
    return broken("invoice_price", invoice, f"{invoice.number}/{line_of(order)}")


def tax_rate(world: World) -> Expects:
    """16 percent, which went out of force years ago."""
    _, clean = traded(world, "hansetools", 1, 12)
    invoice = replace(clean, rate="16")
    world.agree(1, invoice)
    return broken("tax_rate", invoice, invoice.number)


def undisclosed_freight(world: World) -> Expects:
    """SAC D240, 45.00, that nobody agreed to pay."""
    _, clean = traded(world, "northfield", 1, 36, 12)
    invoice = replace(clean, charges=(Charge("D240", Decimal("45.00")),))
    world.agree(1, invoice)
    return broken("undisclosed_charge", invoice, invoice.number)


def a_cent(world: World) -> Expects:
    """The total is a cent more than its parts."""
    _, clean = traded(world, "hansetools", 1, 24)
    invoice = replace(clean, stated=clean.total + Decimal("0.01"))
    world.agree(1, invoice)
    return quiet(invoice, ("invoice_total", invoice.number))


def wrong_total(world: World) -> Expects:
    """The total is 5.00 more than its parts."""
    _, clean = traded(world, "northfield", 1, 24)
    invoice = replace(clean, stated=clean.total + 5)
    world.agree(1, invoice)
    return broken("invoice_total", invoice, invoice.number)


def n2_slip(world: World) -> Expects:
    """TDS01 written as if it had no implied decimals."""
    _, clean = traded(world, "northfield", 2, 48)
    invoice = replace(clean, stated=clean.total * 100)
    world.agree(2, invoice)
    return broken("invoice_total_scale", invoice, invoice.number)


def wrong_line_amount(world: World) -> Expects:
    """A line's amount is 10.00 more than quantity times price; the total adds up."""
    _, clean = traded(world, "hansetools", 2, 30)
    line = clean.lines[0]
    invoice = replace(clean, lines=(replace(line, stated=line.amount + 10),))
    world.agree(2, invoice)
    return broken("invoice_line_amount", invoice, f"{invoice.number}/1")


def other_currency(world: World) -> Expects:
    """Ordered in USD, billed in CAD."""
    _, clean = traded(world, "northfield", 1, 24)
    invoice = replace(clean, currency="CAD")
    world.agree(1, invoice)
    return broken("invoice_currency", invoice, invoice.number)


def duplicate(world: World) -> Expects:
    """The same invoice in another interchange a night later; the ERP has it once."""
    _, invoice = traded(world, "hansetools", 0, 24)
    world.agree(0, invoice)
    world.send(1, invoice)
    return broken("duplicate_invoice", invoice, invoice.number)


def duplicate_in_other_spelling(world: World) -> Expects:
    """INV-1234 comes again as inv1234."""
    _, invoice = traded(world, "northfield", 0, 36)
    world.agree(0, invoice)
    again = replace(invoice, number=invoice.number.replace("-", "").lower())
    world.send(2, again)
    return broken("duplicate_invoice", invoice, again.number)


def credited(partner_id: str, world: World) -> Expects:
    """110 billed for 100, and a credit note for the 10."""
    order = ordered(world, partner_id, 1, 100)
    delivered(world, 1, order)
    for credit, quantity in ((False, 110), (True, 10)):
        note = bill(world, order, world.day(1), loads_of(order, {0: quantity}))
        world.agree(1, replace(note, credit=credit))
    return quiet(order, ("invoice_quantity", line_of(order)))


def credit_note(world: World) -> Expects:
    """BGM 381."""
    return credited("hansetools", world)


def credit_memo(world: World) -> Expects:
    """BIG07 CR."""
    return credited("northfield", world)


def billed_more(world: World) -> Expects:
    """96 ordered, shipped and received; 100 billed."""
    order = ordered(world, "northfield", 1, 96)
    delivered(world, 1, order)
    world.agree(1, bill(world, order, world.day(1), (Load(order.lines[0], Decimal(100), "EA"),)))
    return broken("invoice_quantity", order, line_of(order))


def missing_invoice(world: World) -> Expects:
    """Shipped on 27 February, due by 2 March: overdue tomorrow, not tonight."""
    order = place(world, "northfield", world.day(0, -9), (60,))
    world.agree(0, order)
    world.send(0, confirm(world, order, world.day(0, -8)))
    shipment = ship(world, order, world.day(0, -3))
    world.agree(0, shipment)
    world.book(0, receive(world, shipment, world.day(0, -2)))
    return broken("invoice_overdue", order, order.number)


def not_in_erp(world: World) -> Expects:
    """Posted in the ERP a night later."""
    _, invoice = traded(world, "hansetools", 1, 10)
    world.send(1, invoice)
    world.book(2, invoice)
    return broken("invoice_not_in_erp", invoice, invoice.number, closes=2)


def not_in_edi(world: World) -> Expects:
    """Typed in from paper."""
    _, invoice = traded(world, "northfield", 1, 12)
    world.book(1, invoice)
    return broken("invoice_not_in_edi", invoice, invoice.partner.spelled(invoice.number))


def erp_amount(world: World) -> Expects:
    """The ERP's amount is 90.00 more: two digits changed places."""
    _, invoice = traded(world, "alpenmarkt", 1, 24, 12)
    world.send(1, invoice)
    world.book(1, replace(invoice, stated=invoice.total + 90))
    return broken("invoice_amount", invoice, invoice.number)


def _paid(world: World, paid: str) -> Invoice:
    _, invoice = traded(world, "hansetools", 1, 20)
    world.agree(1, invoice)
    world.book(2, pay(world, [invoice], world.day(2), paid={invoice.number: invoice.total + Decimal(paid)}))
    return invoice


def paid_too_much(world: World) -> Expects:
    """100.00 more than billed."""
    invoice = _paid(world, "100.00")
    return broken("payment_amount", invoice, invoice.number)


def paid_in_part(world: World) -> Expects:
    """50.00 are still open."""
    invoice = _paid(world, "-50.00")
    return quiet(invoice, ("payment_amount", invoice.number), ("payment_overdue", invoice.number))


def paid_for_nothing(world: World) -> Expects:
    """A remittance line names an invoice that never came."""
    partner = PARTNERS["northfield"]
    number = partner.spelled(world.number(partner, "invoice"))
    amount = Decimal("412.50")
    line = Remittance(number, amount, Decimal("0.00"), Decimal("0.00"), amount)
    world.book(2, Payment(partner, f"ZL{3000 + world.count('payment'):06d}", world.day(2), "USD", (line,)))
    return (Expect("break", "payment_without_invoice", "northfield", number),)


FAULTS = (
    Fault("price_difference", 1, "Billed above the ordered price", price_difference),
    Fault("price_within_tolerance", 1, "Billed 4 cents above the ordered price: no break", price_within_tolerance),
    Fault("price_basis", 1, "Ordered per 100, billed per piece at the same price: no break", price_basis),
    Fault("basis_forgotten", 2, "Ordered per 100, billed per piece at the figure for 100", basis_forgotten),
    Fault("tax_rate", 1, "A tax rate that the agreement does not have", tax_rate),
    Fault("undisclosed_freight", 1, "SAC D240 freight that was not agreed", undisclosed_freight),
    Fault("a_cent", 1, "The total is a cent off by rounding: no break", a_cent),
    Fault("wrong_total", 1, "The total is not the sum of its parts", wrong_total),
    Fault("n2_slip", 2, "TDS01 is a hundred times the total", n2_slip),
    Fault("wrong_line_amount", 2, "MOA 203 is not quantity times price", wrong_line_amount),
    Fault("other_currency", 1, "Billed in another currency than ordered", other_currency),
    Fault("duplicate_invoice", 1, "The same invoice under a new control number", duplicate),
    Fault("duplicate_in_other_spelling", 2, "The same invoice, its number without dash and in small letters", duplicate_in_other_spelling),
    Fault("credit_note", 1, "BGM 381 takes back what was billed too much: no break", credit_note),
    Fault("credit_memo", 1, "BIG07 CR takes back what was billed too much: no break", credit_memo),
    Fault("billed_more", 1, "100 billed, 96 received", billed_more),
    Fault("missing_invoice", 1, "No invoice three days after the shipment: overdue on the second night, not on the first", missing_invoice),
    Fault("not_in_erp", 1, "An invoice that the ERP has a night later, which closes the break", not_in_erp),
    Fault("not_in_edi", 1, "An invoice in the ERP that did not come by EDI", not_in_edi),
    Fault("erp_amount", 1, "The ERP's amount differs from the invoice sent", erp_amount),
    Fault("paid_too_much", 2, "Paid more than billed", paid_too_much),
    Fault("paid_in_part", 2, "Paid in part, the rest not due: no break", paid_in_part),
    Fault("paid_for_nothing", 2, "A payment for an invoice that never came", paid_for_nothing),
)
