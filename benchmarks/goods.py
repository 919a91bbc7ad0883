"""What the generated documents speak of: a catalogue of items and an address book, drawn once from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

KINDS = ("TEA TOWEL", "STORAGE BOX", "HEX BOLT", "LED LAMP", "OLIVE OIL", "WORK GLOVE", "PAPER ROLL", "GARDEN HOSE", "COFFEE, GROUND",
         "CABLE TIE", "CHEF'S KNIFE", "PAINT BRUSH", "SOAP (HAND)", "BREAD CRATE", "DRILL BIT", "SOCKET SET 24+1", "TEA: GREEN",
         "WATER FILTER")
TRAITS = ("BLUE", "RED", "WHITE", "LARGE", "SMALL", "12 PACK", "3/8 IN", "250 ML", "1.5 KG", "EXTRA STRONG", "ORGANIC", "W/ HANDLE",
          "100 %", "STAINLESS", "REFILL", "ASSORTED")
NAMES = ("NORTHFIELD STORES", "MILLER & SONS", "HARBOR SUPPLY CO", "BLUEWATER TRADING", "ALPEN MARKT", "HANSE TOOLS", "GREENLEAF FOODS",
         "SUMMIT OUTDOOR", "CITY HARDWARE", "O'BRIEN IMPORTS", "PRAIRIE WHOLESALE", "DELTA LOGISTICS")
STREETS = ("100 MAIN ST", "2200 INDUSTRIAL PKWY", "18 HARBOUR ROAD", "4 MARKET SQUARE", "777 COMMERCE DR", "31 STATION ROAD")
TOWNS = (("COLUMBUS", "OH", "43004"), ("RENO", "NV", "89502"), ("DALLAS", "TX", "752015555"), ("ALBANY", "NY", "12203"),
         ("TACOMA", "WA", "98402"), ("MACON", "GA", "31201"))
ITEMS, PLACES = 2000, 200


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that is bought, under the numbers of all who name it."""

    buyer_number: str
    supplier_number: str
    gtin: str  # 12 digits, the last one checks
    name: str
    unit: str  # X12 355
    cents: int
    pack: int


@dataclass(frozen=True, slots=True)
class Party:
    """A firm or one of its places."""

    number: str  # GLN, 13 digits, the last one checks
    store: str
    name: str
    street: str
    town: str
    state: str
    postal: str


@dataclass(frozen=True, slots=True)
class Goods:
    """Everything that documents choose from."""

    items: tuple[Item, ...]
    parties: tuple[Party, ...]


def checked(digits: str) -> str:
    """Append the check digit of GS1 (modulo 10, weight 3 from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def sscc(number: int, pack: int) -> str:
    """Return the number of a carton: an extension digit, a company, a serial number, the check digit."""
    return checked(f"04012345{number % 10**6:06d}{pack:03d}")


def goods(random: Random) -> Goods:
    """Draw a catalogue and an address book."""
    return Goods(tuple(_item(random, at) for at in range(ITEMS)), tuple(_party(random, at) for at in range(PLACES)))


def _item(random: Random, at: int) -> Item:
    name = " ".join([random.choice(KINDS), *random.sample(TRAITS, random.randint(1, 3))])
    series = random.choice("ABCDEF") + random.choice("KLMN")
    return Item(
        buyer_number=f"{100_000 + 37 * at}", supplier_number=f"{series}-{random.randint(100, 99_999)}",
        gtin=checked(f"0{random.randint(10**9, 10**10 - 1)}"), name=name, unit=random.choices(("EA", "CA", "LB"), (14, 5, 1))[0],
        cents=random.randint(19, 25_000), pack=random.choice((6, 12, 24)),
    )


def _party(random: Random, at: int) -> Party:
    town, state, postal = random.choice(TOWNS)
    number = checked(f"40{random.randint(10**9, 10**10 - 1)}")
    return Party(number, f"{at:04d}", random.choice(NAMES), random.choice(STREETS), town, state, postal)


def money(cents: int) -> str:
    """Write cents as an explicit decimal, as short as it can be: 1250 is 12.5."""
    return f"{cents // 100}.{cents % 100:02d}".rstrip("0").rstrip(".") or "0"
