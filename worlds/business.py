"""The simulated business: who orders, confirms, ships, receives, bills and pays what, and which system is told of it on which night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from worlds.catalog import CARRIERS, PARTNERS, Item, Partner
from worlds.documents import (
    Billed,
    Booking,
    Document,
    Invoice,
    Line,
    Load,
    Order,
    Payment,
    Receipt,
    Remittance,
    Response,
    Shipment,
    Statement,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Post:
    """A document on the wire; a bundle is an interchange of its own."""

    night: int
    document: Document
    bundle: str = ""
    miscounted: bool = False  # SE01 or UNT 0074 is one too high


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in an export; a named file is one beside the night's ordinary export."""

    night: int
    document: Booking
    file: str = ""
    spoil: str = ""  # what is wrong with its first row: see worlds.exports


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is odd about the interchange of a bundle."""

    test: bool = False
    wrong_trailer: bool = False  # the trailer's control number is not the header's
    cut: bool = False  # the file ends in the middle of the last transaction
    number_of: str = ""  # bundle whose control number is used again
    sender: tuple[str, str] | None = None
    backwards: bool = False  # sent by the side that has no business to
    answered: str = "default"  # outbound: default, never, late, rejected


@dataclass(slots=True)
class World:
    """Everything that has happened so far."""

    seed: int
    dates: tuple[date, ...]
    posts: list[Post] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    envelopes: dict[str, Envelope] = field(default_factory=dict)
    redelivered: list[tuple[str, int]] = field(default_factory=list)  # bundle, night on which its file comes again
    spoiled_files: dict[tuple[str, str], str] = field(default_factory=dict)  # (source, file) -> what is wrong with it
    restarts: dict[str, int] = field(default_factory=dict)  # partner -> night on which its numbering begins again
    random: Random = field(init=False)
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def day(self, night: int, offset: int = 0) -> date:
        """Return a date near a night."""
        return self.dates[0] + timedelta(days=night + offset)

    def pick(self, choices: Sequence[T]) -> T:
        """Choose by the one random method whose sequence Python promises to keep."""
        return choices[int(self.random.random() * len(choices))]

    def count(self, name: str) -> int:
        """Return the next number of a series, from 1."""
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]

    def number(self, partner: Partner, kind: str) -> str:
        """Return the next business number of a kind with a partner."""
        return partner.formats[kind].format(1200 + self.count(f"{partner.partner_id} {kind}"))

    def send(self, night: int, document: Document, bundle: str = "", *, miscounted: bool = False) -> None:
        """Put a document on the wire."""
        self.posts.append(Post(night, document, bundle, miscounted))

    def book(self, night: int, document: Booking, file: str = "", spoil: str = "") -> None:
        """Tell the ERP, or the warehouse where it is a shipment."""
        self.entries.append(Entry(night, document, file, spoil))

    def agree(self, night: int, document: Order | Shipment | Invoice, bundle: str = "") -> None:
        """Tell both sides the same; inbound shipments have no other side until they are received."""
        self.send(night, document, bundle)
        if not (isinstance(document, Shipment) and document.partner.we_buy):
            self.book(night, document)


def place(world: World, partner_id: str, when: date, quantities: Sequence[int | str], *,
          items: Sequence[Item] = (), unit: str | None = None) -> Order:
    """Make an order of so much of each of some items; without items, of the next ones in the catalog."""
    partner = PARTNERS[partner_id]
    start = world.count(f"{partner_id} items")
    lines = []
    for place_, quantity in enumerate(quantities):
        item = items[place_] if items else partner.items[(start + place_) % len(partner.items)]
        number = str((place_ + 1) * partner.line_step).zfill(partner.line_digits)
        cased = unit == "CA" and item.pack_quantity is not None
        price = item.price * item.pack_quantity if cased and item.pack_quantity else item.price
        lines.append(Line(number, item, Decimal(quantity), "CA" if cased else item.unit, price, item.basis,
                          item.pack_quantity if cased else None))
    return Order(partner, world.number(partner, "order"), when, when + timedelta(days=10), partner.currency, tuple(lines))


def confirm(world: World, order: Order, when: date, code: str = "accepted", *changes: Statement) -> Response:
    """Make a response; lines that no change speaks of are accepted, and left out where exceptions only are stated."""
    spoken = {change.line.number for change in changes}
    statements = list(changes)
    if code != "exceptions_only":
        statements += [state(order, place_, "accepted") for place_, line in enumerate(order.lines) if line.number not in spoken]
    statements.sort(key=lambda made: order.lines.index(made.line))
    return Response(order, world.number(order.partner, "response"), when, code, tuple(statements))


def state(order: Order, place_: int, code: str, quantity: int | None = None, price: str | None = None) -> Statement:
    """Make a statement about a line, of the whole quantity at the ordered price unless told otherwise."""
    line = order.lines[place_]
    return Statement(line, code, line.quantity if quantity is None else Decimal(quantity),
                     line.price if price is None else Decimal(price), order.requested)


def loads_of(order: Order, quantities: Mapping[int, int] | None = None, *, only: bool = False) -> tuple[Load, ...]:
    """Return what is ordered as loads, with other quantities for some places, or those places only."""
    changed = quantities or {}
    return tuple(
        Load(line, Decimal(changed.get(place_, line.quantity)), line.unit)
        for place_, line in enumerate(order.lines) if not only or place_ in changed
    )


def ship(world: World, order: Order, when: date, loads: tuple[Load, ...] | None = None, hierarchy: str | None = None) -> Shipment:
    """Make a shipment of an order."""
    chosen = hierarchy or ("SOTPI" if order.partner.we_buy else world.pick(("SOPI", "SOIP")))
    return Shipment(order, world.number(order.partner, "shipment"), when, loads or loads_of(order), chosen,
                    world.pick(CARRIERS[order.partner.standard]), world.count("label") * 20)


def receive(world: World, shipment: Shipment, when: date, loads: tuple[Load, ...] | None = None) -> Receipt:
    """Make the goods receipt of a shipment, in pieces where the item master knows how many are in a case."""
    counted = tuple(
        Load(load.line, load.quantity * load.line.item.pack_quantity, "EA")
        if load.unit == "CA" and load.line.item.pack_quantity else load
        for load in loads or shipment.loads
    )
    return Receipt(shipment.order, f"WE{5000 + world.count('receipt'):07d}", when, shipment.number, counted)


def bill(world: World, order: Order, when: date, loads: tuple[Load, ...] | None = None) -> Invoice:
    """Make the invoice for what was ordered, or for some loads."""
    lines = []
    for load in loads or loads_of(order):
        line, price, basis = load.line, load.line.price, load.line.basis
        if load.unit != line.unit and load.line.item.pack_quantity:
            price = price * load.line.item.pack_quantity if load.unit == "CA" else price / load.line.item.pack_quantity
        lines.append(Billed(line, load.quantity, load.unit, price, basis))
    flat = "8.25" if order.partner.partner_id == "northfield" else ""
    return Invoice(order, world.number(order.partner, "invoice"), when, order.currency, tuple(lines), flat_rate=flat)


def pay(world: World, invoices: Sequence[Invoice], when: date, *, discount: str = "0",
        paid: Mapping[str, Decimal] | None = None) -> Payment:
    """Make one payment of several invoices of a partner, less a discount in percent; or of other amounts by invoice number."""
    partner = invoices[0].partner
    remittances = []
    for invoice in invoices:
        taken = (invoice.total * Decimal(discount) / 100).quantize(Decimal("0.01"))
        amount = (paid or {}).get(invoice.number, invoice.total - taken)
        remittances.append(Remittance(partner.spelled(invoice.number), invoice.total, taken, Decimal("0.00"), amount))
    return Payment(partner, f"ZL{3000 + world.count('payment'):06d}", when, invoices[0].currency, tuple(remittances))
