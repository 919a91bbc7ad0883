"""What is true of a sample world: each planted fault with every report that must follow from it, written as TOML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from worlds.business import World


@dataclass(frozen=True, slots=True)
class OnWire:
    """Transactions of a bundle, whose control numbers are known when it is packed: one by its place, or all."""

    bundle: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """What acknowledgments of a bundle cite: GS06 or UNB 0020."""

    bundle: str


@dataclass(frozen=True, slots=True)
class Expect:
    """One report that follows from a fault, or with kind "none" one that must not."""

    kind: str  # break, rejected, quarantined, duplicate, none
    code: str
    partner: str
    subject: str | OnWire | Reference
    night: int | None = None
    closes: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and how it is planted; the function returns what is to be expected."""

    name: str
    night: int
    description: str
    plant: Callable[[World], tuple[Expect, ...]]


@dataclass(frozen=True, slots=True)
class Places:
    """What packing found out about bundles."""

    transactions: dict[str, list[str]]  # "<interchange>/<transaction>"
    references: dict[str, str]


def truth_text(planted: list[tuple[Fault, tuple[Expect, ...]]], dates: tuple[date, ...], places: Places) -> str:
    """Return truth.toml."""
    lines = ["# What is planted in these nights, and every report that must follow. Written by python -m worlds."]
    if not planted:
        lines.append("fault = []")
    for fault, expects in planted:
        lines += ["", "[[fault]]", f"name = {_text(fault.name)}", f"night = {dates[fault.night]}",
                  f"description = {_text(fault.description)}"]
        for expect in expects:
            for subject in _subjects(expect, places):
                lines += _row(expect, subject, dates)
    return "\n".join(lines) + "\n"


def _subjects(expect: Expect, places: Places) -> list[str]:
    if isinstance(expect.subject, str):
        return [expect.subject]
    if isinstance(expect.subject, Reference):
        return [places.references[expect.subject.bundle]]
    numbers = places.transactions[expect.subject.bundle]
    return numbers if expect.subject.place is None else [numbers[expect.subject.place]]


def _row(expect: Expect, subject: str, dates: tuple[date, ...]) -> list[str]:
    row = ["", "[[fault.expect]]", f"kind = {_text(expect.kind)}", f"code = {_text(expect.code)}", f"partner = {_text(expect.partner)}",
           f"subject = {_text(subject)}"]
    if expect.night is not None:
        row.append(f"night = {dates[expect.night]}")
    if expect.closes is not None:
        row.append(f"closes = {dates[expect.closes]}")
    return row


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
