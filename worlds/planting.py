"""The steps of which planted faults are made: clean chains, to be disturbed at one place, and the reports to be expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from worlds.business import World, bill, confirm, loads_of, place, receive, ship
from worlds.catalog import Item
from worlds.documents import Invoice, Load, Order, Shipment
from worlds.truth import Expect, OnWire, Reference


def ordered(world: World, partner_id: str, night: int, *quantities: int, items: Sequence[Item] = (), unit: str | None = None) -> Order:
    """Order the day before a night, and have it confirmed that night."""
    order = place(world, partner_id, world.day(night, -1), quantities, items=items, unit=unit)
    world.agree(night, order)
    world.send(night, confirm(world, order, world.day(night)))
    return order


def delivered(world: World, night: int, order: Order, quantities: Mapping[int, int] | None = None, *, only: bool = False) -> Shipment:
    """Ship, and where we are the buyer receive the same; other quantities by place of the line."""
    shipment = ship(world, order, world.day(night, -1), loads_of(order, quantities, only=only))
    world.agree(night, shipment)
    if order.partner.we_buy:
        world.book(night, receive(world, shipment, world.day(night)))
    return shipment


def billed(world: World, night: int, order: Order, loads: tuple[Load, ...] | None = None) -> Invoice:
    """Bill what was ordered, or some loads."""
    invoice = bill(world, order, world.day(night), loads)
    world.agree(night, invoice)
    return invoice


def traded(world: World, partner_id: str, night: int, *quantities: int) -> tuple[Order, Invoice]:
    """Order, confirm, ship and receive on one night; return the order and its invoice, which is not sent yet."""
    order = ordered(world, partner_id, night, *quantities)
    delivered(world, night, order)
    return order, bill(world, order, world.day(night))


def line_of(order: Order, place_: int = 0) -> str:
    """Return the subject of a break of an order line."""
    return f"{order.number}/{order.lines[place_].number}"


def broken(code: str, order: Order | Invoice, subject: str, *, night: int | None = None,
           closes: int | None = None) -> tuple[Expect, ...]:
    """Expect one break."""
    return (Expect("break", code, order.partner.partner_id, subject, night, closes),)


def quiet(order: Order | Invoice, *reports: tuple[str, str]) -> tuple[Expect, ...]:
    """Expect that nothing is reported, for each (class, subject)."""
    return tuple(Expect("none", code, order.partner.partner_id, subject) for code, subject in reports)


def decided(kind: str, code: str, partner_id: str, subject: str | OnWire | Reference, night: int | None = None) -> tuple[Expect, ...]:
    """Expect one decision about each transaction or document named."""
    return (Expect(kind, code, partner_id, subject, night),)


def unbooked(world: World, partner_id: str, night: int, *quantities: int, note: str = "") -> Order:
    """Order on a night, with no other system knowing of it: a customer's order is booked only when it has been read."""
    order = place(world, partner_id, world.day(night, -1), quantities)
    return replace(order, note=note)
