"""X12 text of a sample world: transaction sets as lists of segments, and the interchange around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from worlds.catalog import OUR_NAME, OUR_X12_ADDRESS, Item, Partner
from worlds.documents import Acknowledged, Document, Invoice, Line, Order, Response, Shipment, TextMessage
from worlds.wire import Header, number, packages, sscc

Segment = tuple[str, ...]

FUNCTIONAL = {"850": "PO", "855": "PR", "856": "SH", "810": "IN", "864": "TX", "997": "FA"}
UNITS = {"EA": "EA", "CA": "CA", "KGM": "KG"}
SAYS = {"accepted": "AD", "accepted_with_changes": "AC", "exceptions_only": "AE", "rejected": "RJ"}
LINE_SAYS = {"accepted": "IA", "quantity_changed": "IQ", "price_changed": "IP", "date_changed": "DR", "backordered": "IB", "rejected": "IR"}
HIERARCHIES = {"SOTPI": "0001", "SOPI": "0001", "SOIP": "0002"}


def _day(value: date) -> str:
    return value.strftime("%Y%m%d")


def n2(value: Decimal) -> str:
    """Write an amount with two implied decimals."""
    return str(int((value * 100).to_integral_value()))


def _ids(item: Item, gtin: str = "") -> Segment:
    shown = gtin or item.gtin[2:]
    return ("UP" if len(shown) == 12 else "UK", shown, "IN", item.buyer_number, "VN", item.supplier_number)


def _parties(partner: Partner) -> list[Segment]:
    place, name, city, postal, country = partner.ship_to
    sides = (OUR_NAME, partner.name) if partner.we_buy else (partner.name, OUR_NAME)
    return [("N1", "BY", sides[0]), ("N1", "SE", sides[1]), ("N1", "ST", name, "92", place), ("N4", city, "", postal, country)]


def _order_line(line: Line) -> list[Segment]:
    basis = {1: "PE", 100: "HP"}[line.basis]
    segments: list[Segment] = [("PO1", line.number or "", number(line.quantity), UNITS[line.unit], number(line.price), basis,
                                *_ids(line.item)),
                               ("PID", "F", "", "", "", line.item.name.replace("*", " "))]
    return segments + ([("PO4", str(line.pack))] if line.pack else [])


def _850(order: Order) -> list[Segment]:
    segments: list[Segment] = [("BEG", "00", "NE", order.number, "", _day(order.date)), ("CUR", "BY", order.currency),
                               ("DTM", "002", _day(order.requested))]
    if order.note:  # 005010 has no MSG in an order
        text = ("MTX", "", order.note) if order.partner.wire.version == "005010" else ("MSG", order.note)
        segments += [("N9", "L1", "NOTE"), text]
    segments += _parties(order.partner)
    for line in order.lines:
        segments += _order_line(line)
    return [*segments, ("CTT", str(len(order.lines)))]


def _855(response: Response) -> list[Segment]:
    order = response.order
    segments: list[Segment] = [
        ("BAK", "00", SAYS[response.code], order.number, _day(order.date), "", "", "", response.number, _day(response.date)),
        ("CUR", "SE", order.currency),
    ]
    spoken = list(dict.fromkeys(statement.line for statement in response.statements))
    for line in spoken:
        said = [statement for statement in response.statements if statement.line == line]
        basis = {1: "PE", 100: "HP"}[line.basis]
        segments.append(("PO1", line.number or "", number(line.quantity), UNITS[line.unit], number(said[0].price), basis, *_ids(line.item)))
        segments += [("ACK", LINE_SAYS[one.code], number(one.quantity), UNITS[line.unit], "068", _day(one.date)) for one in said]
    return [*segments, ("CTT", str(len(spoken)))]


class _Hierarchy:
    """Numbers the HL segments of one 856."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.count = 0

    def node(self, parent: int, level: str, *segments: Segment) -> int:
        """Add a node and return its number."""
        self.count += 1
        self.segments += [("HL", str(self.count), str(parent) if parent else "", level), *segments]
        return self.count


def _856(shipment: Shipment) -> list[Segment]:
    order, tree = shipment.order, _Hierarchy()
    top = tree.node(0, "S", ("TD5", "B", "2", shipment.carrier, "M"), ("REF", "BM", f"BOL{shipment.number}"),
                    ("DTM", "011", _day(shipment.date)), *_parties(order.partner)[2:])
    under = tree.node(top, "O", ("PRF", order.number, "", "", _day(order.date)))
    if shipment.hierarchy == "SOTPI":
        under = tree.node(under, "T", ("MAN", "GM", sscc(shipment.serial)))
    for place, load in enumerate(shipment.loads):
        item = (("LIN", load.line.number or "", *_ids(load.line.item)),)
        labels = packages(load.quantity)
        first = shipment.serial + 1 + 3 * place
        if shipment.hierarchy == "SOIP":
            whole = tree.node(under, "I", *item, ("SN1", "", number(load.quantity), UNITS[load.unit]))
            for step in range(len(labels)):
                tree.node(whole, "P", ("MAN", "GM", sscc(first + step)))
            continue
        for step, quantity in enumerate(labels):
            pack = tree.node(under, "P", ("MAN", "GM", sscc(first + step)))
            tree.node(pack, "I", *item, ("SN1", "", number(quantity), UNITS[load.unit]))
    head: Segment = ("BSN", "00", shipment.number, _day(shipment.date), "1615", HIERARCHIES[shipment.hierarchy])
    return [head, *tree.segments, ("CTT", str(tree.count))]


def _810(invoice: Invoice) -> list[Segment]:
    order = invoice.order
    segments: list[Segment] = [
        ("BIG", _day(invoice.date), invoice.number, _day(order.date), order.number, "", "", "CR" if invoice.credit else ""),
        ("CUR", "SE", invoice.currency), *_parties(order.partner),
    ]
    if not invoice.credit:
        segments.append(("ITD", "01", "3", "2", "", "10", "", "30"))
    for billed in invoice.lines:
        price = number(billed.price / billed.basis)
        segments += [("IT1", billed.line.number or "", number(billed.quantity), UNITS[billed.unit], price, "PE", *_ids(billed.line.item)),
                     ("PID", "F", "", "", "", billed.line.item.name)]
    segments.append(("TDS", n2(invoice.total)))
    segments += [("TXI", "ST", number(tax.amount), tax.percent) for tax in invoice.taxes]
    segments += [("SAC", "C" if charge.amount > 0 else "A", charge.reason, "", "", n2(abs(charge.amount))) for charge in invoice.charges]
    return [*segments, ("CTT", str(len(invoice.lines)))]


def _864(letter: TextMessage) -> list[Segment]:
    return [("BMG", "00", "NOTICE"), ("DTM", "097", _day(letter.date)), ("MIT", "1"), ("MSG", letter.text)]


def _997(said: Acknowledged) -> list[Segment]:
    segments: list[Segment] = [("AK1", said.kind, said.reference, *(("005010",) if said.partner.wire.version == "005010" else ()))]
    for type_code, control in said.transactions:
        segments.append(("AK2", type_code, control))
        if not said.accepted:
            segments += [("AK3", "PO1", "8", "", "8"), ("AK4", "6", "235", "7", "UX")]
        segments.append(("AK5", "A") if said.accepted else ("AK5", "R", "5"))
    count = str(len(said.transactions))
    return [*segments, ("AK9", "A" if said.accepted else "R", count, count, count if said.accepted else "0")]


def type_code(document: Document) -> str:
    """Return the transaction set of a document."""
    return {Order: "850", Response: "855", Shipment: "856", Invoice: "810", TextMessage: "864", Acknowledged: "997"}[type(document)]


def body(document: Document) -> list[Segment]:
    """Return the segments between ST and SE."""
    writers: dict[str, Callable[..., list[Segment]]] = {
        "850": _850, "855": _855, "856": _856, "810": _810, "864": _864, "997": _997}
    return writers[type_code(document)](document)


@dataclass(frozen=True, slots=True)
class Set:
    """A transaction set to be written."""

    control: str
    document: Document
    miscounted: bool = False

    def segments(self) -> list[Segment]:
        """Return the set with its ST and SE."""
        inner = body(self.document)
        return [("ST", type_code(self.document), self.control), *inner, ("SE", str(len(inner) + 2 + self.miscounted), self.control)]


def interchange(header: Header, groups: Sequence[tuple[str, str, Sequence[Set]]]) -> str:
    """Write an interchange of (functional identifier, group number, sets)."""
    wire, theirs, ours = header.partner.wire, header.partner.address, OUR_X12_ADDRESS
    sender, receiver = (header.sender or theirs, ours) if header.inbound else (ours, theirs)
    stamp = header.day.strftime("%y%m%d")
    isa: Segment = ("ISA", "00", " " * 10, "00", " " * 10, sender[0], sender[1].ljust(15), receiver[0], receiver[1].ljust(15),
                    stamp, header.time, wire.repetition, "00401" if wire.version == "004010" else "00501", header.control, "0",
                    "T" if header.test else "P", wire.component)
    segments: list[Segment] = [isa]
    for kind, group, sets in groups:
        segments.append(("GS", kind, sender[1], receiver[1], _day(header.day), header.time, group, "X", wire.version))
        for one in sets:
            segments += one.segments()
        segments.append(("GE", str(len(sets)), group))
    segments.append(("IEA", str(len(groups)), header.trailer))
    return "".join(_join(segment, wire.element) + wire.segment + wire.newline for segment in segments)


def _join(segment: Segment, separator: str) -> str:
    text = separator.join(segment)
    return text if segment[0] == "ISA" else text.rstrip(separator)
