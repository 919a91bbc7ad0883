"""EDIFACT messages of the generated files: ORDERS, INVOIC and DESADV in D.96A, without UNH and UNT."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from benchmarks.goods import Goods, Item, Party, money, sscc
from benchmarks.x12_sets import DAYS

UNITS = {"EA": "PCE", "CA": "CT", "LB": "LBR"}
NAME_LENGTH = 35  # data element 7008
_RELEASED = str.maketrans({mark: f"?{mark}" for mark in "?+:'"})
_NOTES = ("CALL BEFORE DELIVERY: DOCK 4 + GATE 2", "DON'T STACK", "READY FROM 8:30", "IS DOCK 7 OPEN?")


def released(text: str) -> str:
    """Put a release character before each service character of the text."""
    return text.translate(_RELEASED)


def order(random: Random, goods: Goods, number: int) -> list[str]:
    """Make an ORDERS: 5 to 30 lines, item numbers in one PIA or two, now and then a note with released characters."""
    segments = [f"BGM+220+{4_500_000_000 + number}+9", f"DTM+137:{random.choice(DAYS)}:102", f"DTM+2:{random.choice(DAYS)}:102"]
    if random.random() < 0.2:
        segments.append(f"FTX+AAI+++{released(random.choice(_NOTES))}")
    segments += [*_parties(random, goods), "CUX+2:EUR:9"]
    lines = random.randint(5, 30)
    total = 0
    for line in range(1, lines + 1):
        item = random.choice(goods.items)
        quantity = random.randint(1, 480)
        total += quantity * item.cents
        segments += (*_item(random, item, line), f"QTY+21:{_quantity(random, item, quantity)}:{UNITS[item.unit]}")
        if item.unit == "CA":
            segments.append(f"QTY+59:{item.pack}:PCE")
        if random.random() < 0.1:
            segments.append(f"DTM+2:{random.choice(DAYS)}:102")
        segments.append(f"PRI+AAA:{money(item.cents)}")
    return [*segments, "UNS+S", f"MOA+79:{money(total)}", f"CNT+2:{lines}"]


def invoice(random: Random, goods: Goods, number: int) -> list[str]:
    """Make an INVOIC: lines with amounts, one rate of tax."""
    segments = [f"BGM+380+INV{number:08d}+9", f"DTM+137:{random.choice(DAYS)}:102", f"RFF+ON:{4_500_000_000 + number}",
                *_parties(random, goods), "CUX+2:EUR:4"]
    lines = random.randint(5, 30)
    total = 0
    for line in range(1, lines + 1):
        item = random.choice(goods.items)
        quantity = random.randint(1, 480)
        amount = quantity * item.cents
        total += amount
        segments += (*_item(random, item, line), f"QTY+47:{quantity}:{UNITS[item.unit]}", f"MOA+203:{money(amount)}",
                     f"PRI+AAA:{money(item.cents)}", "TAX+7+VAT+++:::20+S")
    tax = total // 5
    return [*segments, "UNS+S", f"CNT+2:{lines}", f"MOA+79:{money(total)}", f"MOA+77:{money(total + tax)}", "TAX+7+VAT+++:::20+S",
            f"MOA+125:{money(total)}", f"MOA+124:{money(tax)}"]


def shipment(random: Random, goods: Goods, number: int) -> list[str]:
    """Make a DESADV: one shipment, its cartons with their SSCC, and what is in them."""
    day = random.choice(DAYS)
    segments = [f"BGM+351+SH{number:08d}+9", f"DTM+137:{day}:102", f"DTM+11:{day}:102", f"RFF+ON:{4_500_000_000 + number}",
                *_parties(random, goods), f"TDT+20++30++{released(random.choice(goods.parties).name)}", "CPS+1"]
    line = 0
    for pack in range(random.randint(2, 10)):
        segments += (f"CPS+{pack + 2}+1", "PAC+1++CT", "PCI+33E", f"GIN+BJ+{sscc(number, pack)}")
        for _ in range(random.randint(1, 3)):
            line += 1
            item = random.choice(goods.items)
            segments += (*_item(random, item, line), f"QTY+12:{random.randint(1, 480)}:{UNITS[item.unit]}")
    return [*segments, f"CNT+2:{line}"]


def _parties(random: Random, goods: Goods) -> list[str]:
    buyer, supplier, place = random.choice(goods.parties), random.choice(goods.parties), random.choice(goods.parties)
    return [f"NAD+BY+{buyer.number}::9++{released(buyer.name)}", f"NAD+SU+{supplier.number}::9++{released(supplier.name)}", _place(place)]


def _place(party: Party) -> str:
    return f"NAD+DP+{party.number}::9++{released(party.name)}+{party.street}+{party.town}+{party.state}+{party.postal}+US"


def _item(random: Random, item: Item, line: int) -> list[str]:
    shape = random.random()
    buyer, supplier = f"{item.buyer_number}:IN", f"{item.supplier_number}:SA"
    if shape < 0.6:
        numbers = [f"PIA+1+{buyer}+{supplier}"]
    else:
        numbers = [f"PIA+1+{supplier}", f"PIA+1+{buyer}"] if shape < 0.9 else [f"PIA+1+{buyer}"]
    return [f"LIN+{line}++0{item.gtin}:EN", *numbers, f"IMD+F++:::{released(item.name[:NAME_LENGTH].rstrip())}"]


def _quantity(random: Random, item: Item, quantity: int) -> str:
    return f"{quantity}.{random.randint(1, 99):02d}" if item.unit == "LB" else str(quantity)


MESSAGES: dict[str, tuple[str, Callable[[Random, Goods, int], list[str]]]] = {  # type -> its version, how it is made
    "ORDERS": ("D:96A:UN:EAN008", order), "INVOIC": ("D:96A:UN:EAN008", invoice), "DESADV": ("D:96A:UN:EAN005", shipment),
}
