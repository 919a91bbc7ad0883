"""X12 810 (004010, 005010) to invoices and credit notes, their lines, charges, taxes and parties. Credits turn every sign."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_money import line_amounts, turned
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Level, documents_level
from transforms.mappings.rows import Rows, finished
from transforms.mappings.x12_common import currency, parties, price_and_basis, read_items, unit
from transforms.mappings.x12_money import X12_CREDITS
from transforms.model import INVOICE_CHARGES, INVOICE_LINES, INVOICE_TAXES, INVOICES
from transforms.typed import to_bools

CHARGES = {"C": "charge", "A": "allowance"}  # SAC01; N (no allowance or charge) and others have no amount of their own
LINE_SEGMENTS = ("TDS", "CTT", "SE")


def map_810(documents: Documents) -> Mapped:
    """Map all 810s at once."""
    whole = documents_level(documents)
    head = whole.clipped("IT1", "TDS")
    lines = whole.inside("IT1", until=LINE_SEGMENTS)
    credit = to_bools(pc.is_in(whole.child("BIG", 7).text, value_set=pa.array(X12_CREDITS)))
    items = read_items(lines, lines.anchors, 6)
    invoices = _invoices(whole, credit)
    invoice_lines = _lines(lines, invoices, credit)
    put_items(invoice_lines, lines, items)
    return finished(invoices, invoice_lines, _charges(whole, lines, credit), _taxes(whole, lines, credit), identifiers(lines, items),
                    parties(head))


def _invoices(whole: Level, credit: Bools) -> Rows:
    rows = Rows(INVOICES, whole)
    rows.put("invoice_number", whole.child("BIG", 2))
    rows.put("invoice_code", pc.if_else(pa.array(credit), "credit_note", "invoice"))
    rows.date("invoice_date", whole.child("BIG", 1))
    rows.put("order_number", whole.child("BIG", 4))
    rows.put("invoice_currency", currency(whole.documents))
    rows.implied("invoice_amount", whole.child("TDS", 1))
    _turn(rows, credit, "invoice_amount")
    return rows


def _lines(lines: Level, invoices: Rows, credit: Bools) -> Rows:
    rows = Rows(INVOICE_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    rows.put("line_number", lines.cell(1))
    rows.decimal("invoiced_quantity", lines.cell(2))
    unit(rows, lines.cell(3))
    rows.decimal("pack_quantity", lines.child("PO4", 1))
    price_and_basis(rows, lines.cell(4), lines.cell(5))
    rows.put("line_amount", line_amounts(
        rows.column("invoiced_quantity"), rows.column("unit_price"), rows.column("price_basis_quantity")))
    _turn(rows, credit[lines.document], "invoiced_quantity", "line_amount")
    for name in ("invoice_number", "order_number", "invoice_currency"):
        rows.put(name, lines.from_document(invoices.column(name)))
    return rows


def _charges(whole: Level, lines: Level, credit: Bools) -> Rows:
    """Make one row a SAC with an amount, of the header or a line: a charge adds, an allowance is negative."""
    level = whole.inside("SAC", where={1: tuple(CHARGES)})
    level = level.take(to_bools(pc.is_valid(level.cell(5).text)))
    rows = Rows(INVOICE_CHARGES, level)
    rows.put("charge_ordinal", level.ordinals())
    rows.put("line_ordinal", _line_ordinals(lines, level))
    rows.code("charge_code", level.cell(1), CHARGES)
    rows.put("reason_code", level.cell(2))
    rows.implied("charge_amount", level.cell(5))
    allowance = to_bools(pc.equal(rows.column("charge_code"), "allowance"))
    _turn(rows, allowance ^ credit[level.document], "charge_amount")
    return rows


def _taxes(whole: Level, lines: Level, credit: Bools) -> Rows:
    """Make one row a TXI, of the header, a line or the summary."""
    level = whole.inside("TXI")
    rows = Rows(INVOICE_TAXES, level)
    rows.put("tax_ordinal", level.ordinals())
    rows.put("line_ordinal", _line_ordinals(lines, level))
    rows.put("tax_code", level.cell(1))
    rows.decimal("tax_percent", level.cell(3))
    rows.decimal("taxable_amount", level.cell(8))
    rows.decimal("tax_amount", level.cell(2))
    _turn(rows, credit[level.document], "taxable_amount", "tax_amount")
    return rows


def _line_ordinals(lines: Level, level: Level) -> pa.Array:
    owner = lines.owner(level.anchors)
    if len(lines) == 0:
        return pa.nulls(len(level), pa.int64())
    return pa.array(lines.ordinals()[owner.clip(0)], mask=owner < 0)


def _turn(rows: Rows, negative: Bools, *names: str) -> None:
    for name in names:
        rows.put(name, turned(rows.column(name), negative))
