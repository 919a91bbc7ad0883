"""What businesses tell one another, free of any standard: the values that the writers of a sample world put on the wire."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from worlds.catalog import Item, Partner

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Round half up to two places."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Line:
    """An ordered line."""

    number: str | None
    item: Item
    quantity: Decimal
    unit: str
    price: Decimal
    basis: int
    pack: int | None = None  # pieces in one unit, where the document says so

    @property
    def amount(self) -> Decimal:
        """Quantity times price, to the cent where that is exact."""
        exact = self.quantity * self.price / self.basis
        return cents(exact) if exact == cents(exact) else exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order, ours or a customer's."""

    partner: Partner
    number: str
    date: datetime.date
    requested: datetime.date
    currency: str
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a supplier says about one ordered line."""

    line: Line
    code: str  # accepted, quantity_changed, price_changed, date_changed, backordered, rejected
    quantity: Decimal
    price: Decimal
    date: datetime.date


@dataclass(frozen=True, slots=True)
class Response:
    """A response to an order."""

    order: Order
    number: str
    date: datetime.date
    code: str  # accepted, accepted_with_changes, exceptions_only, rejected
    statements: tuple[Statement, ...]

    @property
    def partner(self) -> Partner:
        """The trading partner."""
        return self.order.partner


@dataclass(frozen=True, slots=True)
class Load:
    """So much of an ordered line, on its way or arrived."""

    line: Line
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """A dispatch advice, and what the warehouse loaded."""

    order: Order
    number: str
    date: datetime.date
    loads: tuple[Load, ...]
    hierarchy: str  # SOTPI, SOPI, SOIP
    carrier: str
    serial: int  # of the first package label

    @property
    def partner(self) -> Partner:
        """The trading partner."""
        return self.order.partner


@dataclass(frozen=True, slots=True)
class Receipt:
    """A goods receipt of the ERP; no shipment number where the goods came unannounced."""

    order: Order
    number: str
    date: datetime.date
    shipment_number: str
    loads: tuple[Load, ...]

    @property
    def partner(self) -> Partner:
        """The trading partner."""
        return self.order.partner


@dataclass(frozen=True, slots=True)
class Billed:
    """An invoiced line."""

    line: Line
    quantity: Decimal
    unit: str
    price: Decimal
    basis: int
    stated: Decimal | None = None  # where the line's amount is not what it should be

    @property
    def amount(self) -> Decimal:
        """The line's amount as stated."""
        return cents(self.quantity * self.price / self.basis) if self.stated is None else self.stated


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge of the whole invoice; an allowance is negative."""

    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on the lines of one rate."""

    percent: str
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or a credit note; a credit note's numbers are positive here, as on the wire."""

    order: Order
    number: str
    date: datetime.date
    currency: str
    lines: tuple[Billed, ...]
    charges: tuple[Charge, ...] = ()
    credit: bool = False
    rate: str | None = None  # where one tax rate is used for all lines
    flat_rate: str = ""  # where the items have none
    stated: Decimal | None = None  # where the total is not what it should be

    @property
    def partner(self) -> Partner:
        """The trading partner."""
        return self.order.partner

    def percent(self, billed: Billed) -> str:
        """Return the tax rate of a line, empty where there is none."""
        return self.rate or billed.line.item.tax or self.flat_rate

    @property
    def line_total(self) -> Decimal:
        """Sum of the lines as stated."""
        return sum((billed.amount for billed in self.lines), Decimal(0))

    @property
    def taxes(self) -> tuple[Tax, ...]:
        """Taxes by rate; charges of the invoice fall under its highest rate."""
        rates = sorted({self.percent(billed) for billed in self.lines} - {""}, key=Decimal, reverse=True)
        made = []
        for place, percent in enumerate(rates):
            base = sum((billed.amount for billed in self.lines if self.percent(billed) == percent), Decimal(0))
            base += sum((charge.amount for charge in self.charges), Decimal(0)) if place == 0 else 0
            made.append(Tax(percent, base, cents(base * Decimal(percent) / 100)))
        return tuple(made)

    @property
    def total(self) -> Decimal:
        """Amount payable as stated."""
        if self.stated is not None:
            return self.stated
        return self.line_total + sum((charge.amount for charge in self.charges), Decimal(0)) + sum(
            (tax.amount for tax in self.taxes), Decimal(0))

    def repriced(self, price: str, basis: int = 1) -> Invoice:
        """Return the invoice with another price on its first line."""
        return replace(self, lines=(replace(self.lines[0], price=Decimal(price), basis=basis), *self.lines[1:]))


@dataclass(frozen=True, slots=True)
class Remittance:
    """What a payment pays of one invoice."""

    invoice_number: str
    gross: Decimal
    discount: Decimal
    adjustment: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of the ERP's payment run."""

    partner: Partner
    number: str
    date: datetime.date
    currency: str
    remittances: tuple[Remittance, ...]


@dataclass(frozen=True, slots=True)
class TextMessage:
    """Free text from a partner: agreed, and never mapped."""

    partner: Partner
    date: datetime.date
    text: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What of ours a partner acknowledges: an X12 group, or an EDIFACT interchange."""

    partner: Partner
    kind: str  # functional identifier of the group
    reference: str  # GS06 or UNB 0020
    transactions: tuple[tuple[str, str], ...]  # type and control number of each
    accepted: bool = True


Document: TypeAlias = Order | Response | Shipment | Invoice | TextMessage | Acknowledged
Booking: TypeAlias = Order | Shipment | Receipt | Invoice | Payment
