"""EDIFACT text of a sample world: messages as lists of segments, and the interchange around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from worlds.catalog import OUR_GLN, OUR_NAME, Item, Partner
from worlds.documents import Acknowledged, Document, Invoice, Order, Response, Shipment
from worlds.wire import Header, number, packages, sscc

Element = str | tuple[str, ...]  # a composite is a tuple of components
Segment = tuple[Element, ...]

ASSOCIATION = {"D:96A:UN": {"ORDERS": "EAN008", "ORDRSP": "EAN005", "DESADV": "EAN005", "INVOIC": "EAN008"},
               "D:01B:UN": {"ORDERS": "EAN010", "ORDRSP": "EAN009", "DESADV": "EAN007", "INVOIC": "EAN011"}}
UNITS = {"EA": "PCE", "CA": "CT", "KGM": "KGM"}
SAYS = {"accepted": "29", "accepted_with_changes": "4", "exceptions_only": "4", "rejected": "27"}
LINE_SAYS = {"accepted": "5", "rejected": "7"}


def _date(qualifier: str, value: date) -> Segment:
    return ("DTM", (qualifier, value.strftime("%Y%m%d"), "102"))


def _item(item: Item, version: str) -> tuple[str, str]:
    return (item.gtin[1:], "SRV" if version == "D:01B:UN" else "EN")


def _parties(partner: Partner) -> list[Segment]:
    buyer, supplier = (OUR_GLN, partner.address[1]) if partner.we_buy else (partner.address[1], OUR_GLN)
    names = (OUR_NAME, partner.name) if partner.we_buy else (partner.name, OUR_NAME)
    place, name, city, postal, country = partner.ship_to
    return [("NAD", "BY", (buyer, "", "9"), "", names[0]), ("NAD", "SU", (supplier, "", "9"), "", names[1]),
            ("NAD", "DP", (place, "", "9"), "", name, "", city, "", postal, country)]


def _price(partner: Partner, price: Decimal, basis: int, unit: str) -> Segment:
    amount = _decimal(price, partner)
    return ("PRI", ("AAA", amount)) if basis == 1 else ("PRI", ("AAA", amount, "", "", str(basis), UNITS[unit]))


def _decimal(value: Decimal, partner: Partner) -> str:
    return number(value).replace(".", partner.wire.decimal)


def _orders(order: Order) -> list[Segment]:
    partner = order.partner
    segments: list[Segment] = [("BGM", "220", order.number, "9"), _date("137", order.date), _date("2", order.requested)]
    if order.note:
        segments.append(("FTX", "AAI", "", "", order.note))
    segments += [*_parties(partner), ("CUX", ("2", order.currency, "9"))]
    for place, line in enumerate(order.lines, 1):
        item = _item(line.item, partner.wire.version)
        segments += [("LIN", line.number or str(place), "", item),
                     ("PIA", "1", (line.item.buyer_number, "IN"), (line.item.supplier_number, "SA")),
                     ("IMD", "F", "", ("", "", "", line.item.name)), ("QTY", ("21", _decimal(line.quantity, partner), UNITS[line.unit]))]
        if line.pack:
            segments.append(("QTY", ("59", str(line.pack), "PCE")))
        segments.append(_price(partner, line.price, line.basis, line.unit))
    return [*segments, ("UNS", "S"), ("CNT", ("2", str(len(order.lines))))]


def _ordrsp(response: Response) -> list[Segment]:
    order, partner = response.order, response.partner
    segments: list[Segment] = [("BGM", "231", response.number, SAYS[response.code]), _date("137", response.date),
                               ("RFF", ("ON", order.number)), *_parties(partner)[:2], ("CUX", ("2", order.currency, "9"))]
    for statement in response.statements:
        line = statement.line
        qualifier = "21" if statement.code == "accepted" else "113"
        segments += [("LIN", line.number or "", LINE_SAYS.get(statement.code, "3"), _item(line.item, partner.wire.version)),
                     ("PIA", "1", (line.item.buyer_number, "IN"), (line.item.supplier_number, "SA")),
                     ("QTY", (qualifier, _decimal(statement.quantity, partner), UNITS[line.unit])), _date("69", statement.date),
                     _price(partner, statement.price, line.basis, line.unit)]
    return [*segments, ("UNS", "S"), ("CNT", ("2", str(len(response.statements))))]


def _desadv(shipment: Shipment) -> list[Segment]:
    order, partner = shipment.order, shipment.partner
    segments: list[Segment] = [("BGM", "351", shipment.number, "9"), _date("137", shipment.date), _date("11", shipment.date),
                               ("RFF", ("ON", order.number)), *_parties(partner),
                               ("TDT", "20", "", "30", "", shipment.carrier), ("CPS", "1")]
    count = 0
    for load in shipment.loads:
        for quantity in packages(load.quantity):
            count += 1
            item = load.line.item
            segments += [("CPS", str(count + 1), "1"), ("PAC", "1", "", "CT"), ("PCI", "33E"), ("GIN", "BJ", sscc(shipment.serial + count)),
                         ("LIN", str(count), "", _item(item, partner.wire.version)),
                         ("PIA", "1", (item.buyer_number, "IN"), (item.supplier_number, "SA")),
                         ("QTY", ("12", _decimal(quantity, partner), UNITS[load.unit])),
                         ("RFF", ("ON", order.number)), ("RFF", ("LI", load.line.number or ""))]
    return [*segments, ("CNT", ("2", str(count)))]


def _invoic(invoice: Invoice) -> list[Segment]:
    order, partner = invoice.order, invoice.partner
    segments: list[Segment] = [("BGM", "381" if invoice.credit else "380", invoice.number, "9"), _date("137", invoice.date),
                               ("RFF", ("ON", order.number)), *_parties(partner), ("CUX", ("2", invoice.currency, "4"))]
    for charge in invoice.charges:
        segments += [("ALC", "C" if charge.amount > 0 else "A", "", "", "1", charge.reason),
                     ("MOA", ("204", _decimal(abs(charge.amount), partner)))]
    for place, billed in enumerate(invoice.lines, 1):
        item = billed.line.item
        segments += [("LIN", str(place), "", _item(item, partner.wire.version)),
                     ("PIA", "1", (item.buyer_number, "IN"), (item.supplier_number, "SA")), ("IMD", "F", "", ("", "", "", item.name)),
                     ("QTY", ("47", _decimal(billed.quantity, partner), UNITS[billed.unit])),
                     ("MOA", ("203", _decimal(billed.amount, partner))), _price(partner, billed.price, billed.basis, billed.unit),
                     ("RFF", ("ON", order.number)), ("RFF", ("LI", billed.line.number or ""))]
        if invoice.percent(billed):
            segments.append(_tax(invoice.percent(billed)))
    segments += [("UNS", "S"), ("CNT", ("2", str(len(invoice.lines)))), ("MOA", ("79", _decimal(invoice.line_total, partner))),
                 ("MOA", ("77", _decimal(invoice.total, partner)))]
    for tax in invoice.taxes:
        segments += [_tax(tax.percent), ("MOA", ("125", _decimal(tax.base, partner))), ("MOA", ("124", _decimal(tax.amount, partner)))]
    return segments


def _tax(percent: str) -> Segment:
    return ("TAX", "7", "VAT", "", "", ("", "", "", percent), "S")


def _contrl(said: Acknowledged) -> list[Segment]:
    action = "7" if said.accepted else "4"
    segments: list[Segment] = [("UCI", said.reference, (OUR_GLN, "14"), (said.partner.address[1], "14"), action)]
    for message, control in said.transactions if said.accepted else ():
        name = (message, *said.partner.wire.version.split(":"), ASSOCIATION[said.partner.wire.version][message])
        segments.append(("UCM", control, name, "7"))
    return segments


def type_code(document: Document) -> str:
    """Return the message type of a document."""
    return {Order: "ORDERS", Response: "ORDRSP", Shipment: "DESADV", Invoice: "INVOIC", Acknowledged: "CONTRL"}[type(document)]


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be written."""

    control: str
    document: Document
    miscounted: bool = False

    def segments(self, version: str) -> list[Segment]:
        """Return the message with its UNH and UNT."""
        kind = type_code(self.document)
        writers: dict[str, Callable[..., list[Segment]]] = {
            "ORDERS": _orders, "ORDRSP": _ordrsp, "DESADV": _desadv, "INVOIC": _invoic, "CONTRL": _contrl}
        inner = writers[kind](self.document)
        name = (kind, "D", "3", "UN") if kind == "CONTRL" else (kind, *version.split(":"), ASSOCIATION[version][kind])
        return [("UNH", self.control, name), *inner, ("UNT", str(len(inner) + 2 + self.miscounted), self.control)]


def interchange(header: Header, messages: Sequence[Message]) -> str:
    """Write an interchange; characters are those of UNOC, to be encoded in ISO 8859-1."""
    wire = header.partner.wire
    ours, theirs = (OUR_GLN, "14"), header.partner.address[::-1]
    sender, receiver = (header.sender or theirs, ours) if header.inbound else (ours, theirs)
    stamp = (header.day.strftime("%y%m%d"), header.time)
    unb: Segment = ("UNB", ("UNOC", "3"), sender, receiver, stamp, header.control, *(("", "", "", "", "", "1") if header.test else ()))
    segments = [unb]
    for message in messages:
        segments += message.segments(wire.version)
    segments.append(("UNZ", str(len(messages)), header.trailer))
    una = f"UNA{wire.component}{wire.element}{wire.decimal}{wire.release} {wire.segment}{wire.newline}"
    return una + "".join(_join(segment, header.partner) for segment in segments)


def _join(segment: Segment, partner: Partner) -> str:
    wire = partner.wire
    special = (wire.release, wire.component, wire.element, wire.segment)

    def released(text: str) -> str:
        for character in special:
            text = text.replace(character, wire.release + character)
        return text

    parts = []
    for element in segment:
        components = (element,) if isinstance(element, str) else element
        parts.append(wire.component.join(released(component) for component in components))
    while parts and not parts[-1]:
        parts.pop()
    return wire.element.join(parts) + wire.segment + wire.newline
