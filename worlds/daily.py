"""Ordinary trade: order-to-cash chains on which all systems agree, spread over the nights so that nothing is overdue."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from worlds.business import World, bill, confirm, loads_of, pay, place, receive, ship, state
from worlds.catalog import PARTNERS, Partner
from worlds.documents import Charge, Invoice, Order, Response, cents

NOTES = {
    "hansetools": "Anlieferung 7+8 Uhr, Tor 'A|B'? Rückfragen: Herr Jürß, wirklich??",
    "alpenmarkt": "Kühlware: Rampe 3+4, 'vor 6:00 Uhr'?",
    "bluewater": "Deliver to dock 4, call ahead",
    "northfield": "No substitutions, please",
}


def trade(world: World, orders_per_partner: int) -> None:
    """Let every partner have so many clean chains, and pay in the payment run of the night after the invoice."""
    due: dict[tuple[str, int], list[Invoice]] = {}
    for partner in PARTNERS.values():
        for count in range(orders_per_partner):
            night = count * len(world.dates) // orders_per_partner
            invoice = CHAINS[count % len(CHAINS)](world, partner, night)
            if invoice is not None and partner.we_buy:
                due.setdefault((partner.partner_id, _night_of(world, invoice) + 1), []).append(invoice)
    for (_, night), invoices in sorted(due.items(), key=lambda pair: pair[0]):
        if night < len(world.dates):
            discount = world.pick(("0", "2", "3"))
            world.book(night, pay(world, invoices, world.day(night), discount=discount))


def _night_of(world: World, invoice: Invoice) -> int:
    return next(post.night for post in reversed(world.posts) if post.document is invoice)


def _order(world: World, partner: Partner, night: int, lead: int, unit: str | None = None) -> Order:
    quantities: list[int | str] = []
    start = world.counts.get(f"{partner.partner_id} items", 0) + 1
    for place_ in range(world.pick((1, 2, 2, 3, 4))):
        item = partner.items[(start + place_) % len(partner.items)]
        if item.unit == "KGM":
            quantities.append(world.pick(("12.5", "20", "37.5")))
        else:
            packs = world.pick((1, 2, 3, 4, 5, 8, 10))
            quantities.append(packs if unit == "CA" else packs * (item.pack_quantity or 10))
    order = place(world, partner.partner_id, world.day(night, -lead), quantities, unit=unit)
    order = replace(order, note=world.pick(("", NOTES[partner.partner_id])))
    world.agree(night, order)
    return order


def _respond(world: World, order: Order, night: int, offset: int = 0) -> None:
    if night >= len(world.dates):
        return
    response: Response = confirm(world, order, world.day(night, offset))
    if order.partner.standard == "x12" and world.pick((True, False)):
        response = replace(response, statements=())  # BAK02 AD says it all
    elif world.pick((True, False, False)):
        moved = state(order, 0, "date_changed")
        response = replace(confirm(world, order, world.day(night, offset), "accepted_with_changes", moved), number=response.number)
    world.send(night, response)


def _deliver(world: World, order: Order, night: int, *, parts: int = 1) -> None:
    """Ship and receive an order in a night, in one part or in two that add up."""
    if night >= len(world.dates):
        return
    halves = {place_: int(line.quantity) // 2 for place_, line in enumerate(order.lines)}
    rest = tuple(replace(load, quantity=load.quantity - halves[place_]) for place_, load in enumerate(loads_of(order)))
    for loads in (loads_of(order),) if parts == 1 else (loads_of(order, halves), rest):
        moving = tuple(load for load in loads if load.quantity > 0)
        if not moving:
            continue
        shipment = ship(world, order, world.day(night, -1), moving)
        world.agree(night, shipment)
        if order.partner.we_buy:
            world.book(night, receive(world, shipment, world.day(night)))


def _bill(world: World, order: Order, night: int) -> Invoice | None:
    if night >= len(world.dates):
        return None
    invoice = bill(world, order, world.day(night))
    if world.pick((True, False, False)):
        reason = "C310" if order.partner.standard == "x12" else "DI"
        invoice = replace(invoice, charges=(Charge(reason, -cents(invoice.line_total * Decimal("0.02"))),))
    world.agree(night, invoice)
    return invoice


def _all_at_once(world: World, partner: Partner, night: int) -> Invoice | None:
    order = _order(world, partner, night, 9)
    _respond(world, order, night, -8)
    _deliver(world, order, night)
    return _bill(world, order, night)


def _next_nights(world: World, partner: Partner, night: int) -> Invoice | None:
    order = _order(world, partner, night, 1)
    _respond(world, order, night)
    _deliver(world, order, night + 1)
    return _bill(world, order, night + world.pick((1, 2)))


def _answered_late(world: World, partner: Partner, night: int) -> Invoice | None:
    order = _order(world, partner, night, 1)
    _respond(world, order, night + 1)
    _deliver(world, order, night + 2)
    return _bill(world, order, night + 2)


def _in_two_parts(world: World, partner: Partner, night: int) -> Invoice | None:
    order = _order(world, partner, night, 5)
    _respond(world, order, night, -4)
    _deliver(world, order, night, parts=2)
    return _bill(world, order, night)


def _in_cases(world: World, partner: Partner, night: int) -> Invoice | None:
    order = _order(world, partner, night, 1, unit="CA")
    _respond(world, order, night)
    _deliver(world, order, night + 1)
    return _bill(world, order, night + 2)


CHAINS = (_all_at_once, _next_nights, _answered_late, _in_two_parts, _in_cases)
