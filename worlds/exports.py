"""Exports of the ERP and the warehouse as CSV (RFC 4180), each in its own dialect, and the ways in which they can be spoiled."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from worlds.business import Entry, World
from worlds.documents import Invoice, Order, Payment, Receipt, Shipment
from worlds.wire import number

Row = list[str]


@dataclass(frozen=True, slots=True)
class Export:
    """How one kind of booking is exported."""

    source: str
    folder: str
    kind: type
    header: tuple[str, ...]
    rows: Callable[..., Iterator[Row]]
    delimiter: str = ","
    encoding: str = "utf-8"
    total: tuple[str, str] | None = None  # marker and summed column
    snapshot: bool = False


def _order_rows(order: Order) -> Iterator[Row]:
    partner, units = order.partner, {"EA": "PCS", "CA": "CRT"}
    for place, line in enumerate(order.lines, 1):
        line_number = str(int(line.number or place)).zfill(partner.erp_line_digits)
        yield [partner.erp_name, partner.spelled(order.number), order.date.isoformat(), order.requested.isoformat(), order.currency,
               line_number, line.item.gtin, line.item.buyer_number, line.item.supplier_number, number(line.quantity),
               units.get(line.unit, line.unit), f"{line.price:f}", str(line.basis), f"{line.amount:f}"]


def _receipt_rows(receipt: Receipt) -> Iterator[Row]:
    partner, units = receipt.partner, {"EA": "PCS", "CA": "CRT"}
    for load in receipt.loads:
        line_number = str(int(load.line.number or 1)).zfill(partner.erp_line_digits)
        yield [receipt.number, partner.erp_name, receipt.date.strftime("%Y%m%d"), receipt.shipment_number,
               partner.spelled(receipt.order.number), line_number, load.line.item.gtin, load.line.item.buyer_number,
               f"{load.quantity:.3f}", units.get(load.unit, load.unit)]


def _invoice_rows(invoice: Invoice) -> Iterator[Row]:
    partner = invoice.partner
    total = -invoice.total if invoice.credit else invoice.total
    yield [partner.erp_name, partner.spelled(invoice.number), "GS" if invoice.credit else "RE", invoice.date.strftime("%d.%m.%Y"),
           partner.spelled(invoice.order.number), invoice.currency, f"{total:.2f}".replace(".", ",")]


def _payment_rows(payment: Payment) -> Iterator[Row]:
    total = sum((one.paid for one in payment.remittances), Decimal(0))
    for one in payment.remittances:
        yield [payment.number, payment.partner.erp_name, payment.date.isoformat(), payment.currency, f"{total:.2f}", one.invoice_number,
               f"{one.gross:.2f}", f"{one.discount:.2f}", f"{one.adjustment:.2f}", f"{one.paid:.2f}"]


def _shipment_rows(shipment: Shipment) -> Iterator[Row]:
    partner = shipment.partner
    for load in shipment.loads:
        yield [shipment.number, partner.warehouse_name, shipment.date.isoformat(), shipment.carrier, partner.spelled(shipment.order.number),
               str(int(load.line.number or 1)), load.line.item.gtin, load.line.item.supplier_number, number(load.quantity), load.unit]


EXPORTS = (
    Export("erp_orders", "erp", Order, ("partner", "order_number", "order_date", "requested_date", "currency", "line_number", "gtin",
           "buyer_item", "supplier_item", "quantity", "unit", "unit_price", "per", "line_amount"), _order_rows, snapshot=True),
    Export("erp_receipts", "erp", Receipt, ("receipt_number", "supplier", "receipt_date", "shipment_number", "order_number", "line_number",
           "gtin", "buyer_item", "quantity", "unit"), _receipt_rows),
    Export("erp_invoices", "erp", Invoice,
           ("Partner", "Rechnungsnummer", "Belegart", "Rechnungsdatum", "Bestellnummer", "Währung", "Betrag"),
           _invoice_rows, delimiter=";", total=("SUMME", "Betrag")),
    Export("erp_payments", "erp", Payment,
           ("payment_number", "payee", "payment_date", "currency", "payment_amount", "invoice_number", "gross",
           "discount", "adjustment", "paid"), _payment_rows, total=("TOTAL", "paid")),
    Export("warehouse_shipments", "warehouse", Shipment,
           ("shipment", "customer", "loaded_on", "carrier", "order_number", "line_number", "gtin",
           "our_item", "quantity", "unit"), _shipment_rows, encoding="iso-8859-1"),
)


def files(world: World) -> dict[str, bytes]:
    """Return the export files of all nights by their path below the sample's folder."""
    made: dict[str, bytes] = {}
    for export in EXPORTS:
        entries = [entry for entry in world.entries if isinstance(entry.document, export.kind)]
        for night, day in enumerate(world.dates):
            for name in sorted({"", *(entry.file for entry in entries if entry.night == night)}):
                chosen = _present(entries, night) if export.snapshot else [e for e in entries if e.night == night and e.file == name]
                path = f"{day}/{export.folder}/{export.source}_{day:%Y%m%d}{name}.csv"
                made[path] = _text(export, chosen, world.spoiled_files.get((export.source, name), "")).encode(export.encoding)
    return made


def _present(entries: list[Entry], night: int) -> list[Entry]:
    """Return the newest version of every order that is known on a night."""
    newest = {(e.document.partner.partner_id, e.document.number): e for e in entries if e.night <= night}
    return list(newest.values())


def _text(export: Export, entries: list[Entry], spoiled: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=export.delimiter, lineterminator="\r\n")
    header = list(export.header)
    if spoiled == "header":
        header[header.index("quantity")] = "qty_received"
    writer.writerow(header)
    rows = [row for entry in entries for row in _spoil(export, list(export.rows(entry.document)), entry.spoil)]
    writer.writerows(rows)
    if export.total is not None:
        marker, column = export.total
        at = export.header.index(column)
        total = sum((Decimal(row[at].replace(",", ".")) for row in rows), Decimal(0)) + (1000 if spoiled == "total" else 0)
        text = f"{total:.2f}"
        writer.writerow([marker, str(len(rows)), text.replace(".", ",") if export.delimiter == ";" else text])
    return out.getvalue()


def _spoil(export: Export, rows: list[Row], how: str) -> list[Row]:
    if how == "ragged":  # a delimiter too many: the item number was typed with a comma in it and nobody quoted it
        at = export.header.index("buyer_item")
        rows[0] = [*rows[0][:at], *rows[0][at].split("-"), *rows[0][at + 1 :]]
    if how == "comma":
        at = export.header.index("quantity")
        rows[0][at] = rows[0][at].replace(".", ",")
    return rows
