"""Who trades what with us in a sample world: four partners, their spelling of numbers, and the items of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

OUR_NAME = "Crossfoot Trading"
OUR_X12_ADDRESS = ("ZZ", "CROSSFOOT")
OUR_GLN = "4000000000006"


def check_digit(digits: str) -> str:
    """Return the GS1 check digit for the digits before it: weights 3 and 1 from the right."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


@dataclass(frozen=True, slots=True)
class Item:
    """An item: what all sides call it, and what it costs."""

    gtin: str  # 14 digits
    buyer_number: str
    supplier_number: str
    name: str
    price: Decimal
    unit: str = "EA"
    pack_quantity: int | None = 12  # pieces in a case; None: nobody wrote it down
    basis: int = 1  # the price is for so many
    tax: str = ""  # rate in percent


@dataclass(frozen=True, slots=True)
class Wire:
    """How a partner's interchanges look."""

    version: str
    element: str
    component: str
    segment: str
    newline: str
    release: str = ""
    decimal: str = "."
    repetition: str = "U"
    service_string: bool = False  # UNA
    bom: bool = False
    mixed: bool = False  # several types of document in one interchange
    chunk: int = 8  # transactions in one interchange at most
    together: bool = False  # all interchanges of a night in one file


@dataclass(frozen=True, slots=True)
class Partner:
    """A trading partner as the simulation knows it."""

    partner_id: str
    name: str
    our_role: str
    standard: str
    address: tuple[str, str]  # qualifier, id
    currency: str
    wire: Wire
    ship_to: tuple[str, str, str, str, str]  # number, name, city, postal code, country
    formats: Mapping[str, str]  # order, response, shipment, invoice: how numbers are made
    line_step: int
    line_digits: int  # on the wire
    erp_line_digits: int
    erp_name: str
    erp_spelling: Callable[[str], str]  # how the ERP spells order and invoice numbers
    items: tuple[Item, ...]
    no_pack: Item  # pack size unknown to the item master
    warehouse_name: str = ""

    @property
    def we_buy(self) -> bool:
        """Whether the partner supplies us."""
        return self.our_role == "buyer"

    def spelled(self, number: str) -> str:
        """Return an order or invoice number as the ERP spells it."""
        return self.erp_spelling(number)


Row = tuple[str, str, str, int | None, int, str]  # name, price, unit, pack, basis, tax


def _items(prefix: str, digits: int, buyer: str, supplier: str, rows: tuple[Row, ...]) -> tuple[Item, ...]:
    made = []
    for count, (name, price, unit, pack, basis, tax) in enumerate(rows, 1):
        stem = f"{prefix}{count:0{digits - len(prefix)}d}"
        gtin = (stem + check_digit(stem)).zfill(14)
        made.append(Item(gtin, f"{buyer}{count:03d}", f"{supplier}{count:04d}", name, Decimal(price), unit, pack, basis, tax))
    return tuple(made)


_NORTHFIELD = _items("061414", 11, "CF-", "NF", (
    ("Work glove, leather, M", "12.00", "EA", 12, 1, ""), ("Work glove, leather, L", "12.50", "EA", 12, 1, ""),
    ("Safety goggles, clear", "7.25", "EA", 24, 1, ""), ("Hard hat, yellow", "18.40", "EA", 6, 1, ""),
    ("Ear plugs, pair", "9.00", "EA", 200, 100, ""), ("Knee pads, gel", "24.95", "EA", 6, 1, ""),
    ("Duct tape 50 mm", "4.35", "EA", 36, 1, ""), ("Tarpaulin 4 x 6 m", "31.80", "EA", 4, 1, ""),
    ("Rope, sisal, coil", "16.20", "EA", None, 1, ""),
))
_BLUEWATER = _items("085001", 11, "BWO-", "CT-B", (
    ("Camp stove, single", "39.90", "EA", 6, 1, ""), ("Gas cartridge 230 g", "5.10", "EA", 24, 1, ""),
    ("Headlamp 300 lm", "21.75", "EA", 12, 1, ""), ("Dry bag 20 l", "14.60", "EA", 10, 1, ""),
    ("Trekking poles, pair", "44.00", "EA", 8, 1, ""), ("Water bottle 1 l", "8.80", "EA", 24, 1, ""),
    ("Tent peg, steel", "0.65", "EA", 100, 1, ""), ("Cooking set, 2 persons", "27.30", "EA", None, 1, ""),
))
_ALPENMARKT = _items("900555", 12, "AM", "CT-A", (
    ("Bergkäse 12 Monate", "14.80", "KGM", None, 1, "10"), ("Röstkaffee 500 g", "6.90", "EA", 12, 1, "20"),
    ("Apfelsaft naturtrüb 1 l", "1.45", "EA", 6, 1, "20"), ("Honig 250 g", "4.20", "EA", 12, 1, "10"),
    ("Servietten, weiß", "2.40", "EA", 24, 100, "20"), ("Müsli Früchte 750 g", "3.85", "EA", 8, 1, "10"),
    ("Mineralwasser 1,5 l", "0.55", "EA", 6, 1, "20"), ("Speck am Stück", "11.30", "KGM", None, 1, "10"),
))
_HANSETOOLS = _items("402345", 12, "CFT-", "HT", (
    ("Sechskantschraube M8x40", "12.00", "EA", 200, 100, "19"), ("Schlagbohrmaschine 750 W", "84.50", "EA", 4, 1, "19"),
    ("Schraubendreher-Satz", "19.90", "EA", 10, 1, "19"), ("Wasserwaage 60 cm", "15.25", "EA", 12, 1, "19"),
    ("Fachbuch Dübeltechnik", "24.00", "EA", 20, 1, "7"), ("Handsäge 450 mm", "11.75", "EA", 12, 1, "19"),
    ("Schleifpapier K120", "0.85", "EA", 100, 1, "19"), ("Spanngurt 5 m", "9.60", "EA", None, 1, "19"),
))

PARTNERS = {made.partner_id: made for made in (
    Partner(
        "northfield", "Northfield Supply Co.", "buyer", "x12", ("12", "6125550142"), "USD",
        Wire("004010", "*", ">", "~", "\n"),
        ("DC01", "Crossfoot DC East", "Columbus", "43215", "US"),
        {"order": "4500{:06d}", "response": "NFA{:06d}", "shipment": "NFS{:06d}", "invoice": "INV-{:06d}"},
        1, 1, 3, "NORTHFIELD SUPPLY", lambda number: number.replace("-", ""), _NORTHFIELD[:-1], _NORTHFIELD[-1],
    ),
    Partner(
        "bluewater", "Bluewater Outfitters Inc.", "supplier", "x12", ("08", "9251230000"), "USD",
        Wire("005010", "|", ">", "~", "\r\n", repetition="^", bom=True, mixed=True, chunk=10, together=True),
        ("0417", "Bluewater Portland", "Portland", "97201", "US"),
        {"order": "BW-{:06d}", "response": "CFR{:06d}", "shipment": "CF8{:06d}", "invoice": "CFB{:06d}"},
        1, 3, 1, "BLUEWATER OUTF", str.lower, _BLUEWATER[:-1], _BLUEWATER[-1], "Bluewater Outfitters",
    ),
    Partner(
        "alpenmarkt", "Alpenmarkt Handels GmbH", "supplier", "edifact", ("14", "9012345000011"), "EUR",
        Wire("D:96A:UN", "+", ":", "'", "", release="?", service_string=True, chunk=6),
        ("9012345000028", "Zentrallager Süd, Wörgl", "Wörgl", "6300", "AT"),
        {"order": "0000{:06d}", "response": "CFR{:06d}", "shipment": "CF9{:06d}", "invoice": "CFA{:06d}"},
        1, 1, 1, "ALPENMARKT AT", lambda number: number.lstrip("0"), _ALPENMARKT[:-1], _ALPENMARKT[-1], "Alpenmarkt Österreich",
    ),
    Partner(
        "hansetools", "Hansetools Werkzeughandel KG", "buyer", "edifact", ("14", "4023456000017"), "EUR",
        Wire("D:01B:UN", "+", "|", "'", "\n", release="?", decimal=",", service_string=True, mixed=True, chunk=9),
        ("4000000000013", "Crossfoot Lager Köln+Süd", "Köln", "50667", "DE"),
        {"order": "HT-2026-{:05d}", "response": "AB{:06d}", "shipment": "LS{:06d}", "invoice": "RE{:07d}"},
        10, 2, 5, "HANSETOOLS HH", lambda number: number.replace("-", ""), _HANSETOOLS[:-1], _HANSETOOLS[-1],
    ),
)}

CARRIERS = {"x12": ("UPSN", "ODFL", "FXFE"), "edifact": ("SCHENKER", "DACHSER", "GEBRÜDER WEISS")}


def items_csv() -> str:
    """Return the item master as data/codes/items.csv holds it."""
    rows = ["gtin,buyer_item_number,supplier_item_number,base_unit_code,pack_unit_code,pack_quantity"]
    for partner in PARTNERS.values():
        for item in (*partner.items, partner.no_pack):
            pack = f"CA,{item.pack_quantity}" if item.pack_quantity else ","
            rows.append(f"{item.gtin},{item.buyer_number},{item.supplier_number},{item.unit},{pack}")
    return "\n".join(rows) + "\n"
