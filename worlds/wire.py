"""What both standards share on the wire: how numbers are written, package labels, and what an interchange says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from worlds.catalog import Partner, check_digit


@dataclass(frozen=True, slots=True)
class Header:
    """What an interchange says of itself."""

    partner: Partner
    inbound: bool
    control: str
    day: date
    time: str
    trailer: str
    test: bool = False
    sender: tuple[str, str] | None = None  # where a stranger sends it: qualifier, id


def number(value: Decimal) -> str:
    """Write a number without an exponent or needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def sscc(serial: int) -> str:
    """Return an SSCC of 18 digits: extension digit, company prefix, serial, check digit."""
    stem = f"34000000{serial:09d}"
    return stem + check_digit(stem)


def packages(quantity: Decimal) -> tuple[Decimal, ...]:
    """Split a quantity over two packages where it is a whole number above ten."""
    if quantity < 10 or quantity != quantity.to_integral_value():
        return (quantity,)
    half = Decimal(int(quantity) // 2)
    return (half, quantity - half)
