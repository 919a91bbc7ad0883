"""X12 810 (004010, 005010) to invoices and credit notes, their lines, charges, taxes and parties. Credits turn every sign."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_money import line_amounts, turned
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Level, documents_level
from transforms.mappings.rows import Rows, finished
from transforms.mappings.x12_common import GROUPS, currency, order_line, packs, parties, prices, read_items
from transforms.mappings.x12_money import x12_credits, x12_turned
from transforms.model import INVOICE_CHARGES, INVOICE_LINES, INVOICE_TAXES, INVOICES
from transforms.typed import to_bools

CHARGES = {"C": "charge", "A": "allowance"}  # SAC01; N (no allowance or charge) and others have no amount of their own
LINE_SEGMENTS = ("TDS", "CTT", "SE")
BESIDE = ("I", "O")  # TXI07, X12 662: a tax that the prices include, or that only informs


def map_810(documents: Documents) -> Mapped:
    """Map all 810s at once."""
    whole = documents_level(documents)
    head = whole.clipped("IT1", "TDS")
    lines = whole.inside("IT1", until=LINE_SEGMENTS)
    credit = x12_turned(documents)
    items = read_items(lines, lines.anchors, 6)
    taxes = _taxes(whole, lines, credit)
    invoices = _invoices(whole, credit)
    invoices.put("stated_tax_amount", _total_tax(taxes))
    invoice_lines = _lines(lines, invoices, credit)
    invoice_lines.put("line_number", order_line(items, lines.cell(1)))
    put_items(invoice_lines, lines, items)
    return finished(invoices, invoice_lines, _charges(whole, lines, credit), taxes, identifiers(lines, items), parties(head))


def _invoices(whole: Level, credit: Bools) -> Rows:
    rows = Rows(INVOICES, whole)
    rows.put("invoice_number", whole.child("BIG", 2))
    rows.put("invoice_code", pc.if_else(pa.array(x12_credits(whole.documents)), "credit_note", "invoice"))
    rows.date("invoice_date", whole.child("BIG", 1))
    rows.put("order_number", whole.child("BIG", 4))
    rows.put("invoice_currency", currency(whole.documents))
    rows.implied("invoice_amount", whole.child("TDS", 1))
    _turn(rows, credit, "invoice_amount")
    return rows


def _lines(lines: Level, invoices: Rows, credit: Bools) -> Rows:
    rows = Rows(INVOICE_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    rows.decimal("invoiced_quantity", lines.cell(2))
    rows.unit("unit_code", lines.cell(3))
    packs(rows, lines.clipped(*GROUPS))
    prices(rows, lines)
    rows.put("line_amount", line_amounts(
        rows.column("invoiced_quantity"), rows.column("unit_price"), rows.column("price_basis_quantity")))
    _turn(rows, credit[lines.document], "invoiced_quantity", "line_amount")
    for name in ("invoice_number", "order_number", "invoice_currency"):
        rows.put(name, lines.from_document(invoices.column(name)))
    own = lines.clipped(*GROUPS).child("REF", 2, where={1: "PO"})
    rows.put("order_number", pc.coalesce(own.text, rows.column("order_number")))
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
    """Make one row a TXI that adds to the total; those of the lines only where header and summary have none, since they sum them up."""
    level = whole.inside("TXI")
    level = level.take(~to_bools(pc.is_in(level.cell(7).text, value_set=pa.array(BESIDE))))
    of_whole = lines.owner(level.anchors) < 0
    summed = np.bincount(level.document[of_whole], minlength=len(whole)) > 0
    level = level.take(of_whole | ~summed[level.document])
    rows = Rows(INVOICE_TAXES, level)
    rows.put("tax_ordinal", level.ordinals())
    rows.put("line_ordinal", _line_ordinals(lines, level))
    rows.put("tax_code", level.cell(1))
    rows.decimal("tax_percent", level.cell(3))
    rows.decimal("taxable_amount", level.cell(8))
    rows.decimal("tax_amount", level.cell(2))
    _turn(rows, credit[level.document], "taxable_amount", "tax_amount")
    return rows


def _total_tax(taxes: Rows) -> pa.Array:
    """Add up the taxes of each whole document, null where it states none or one cannot be read."""
    documents = taxes.level.documents
    whole = to_bools(pc.is_null(taxes.column("line_ordinal")))
    stated = pa.table({"document": taxes.level.document, "amount": taxes.column("tax_amount")}).filter(pa.array(whole))
    sums = stated.group_by("document").aggregate([([], "count_all"), ("amount", "count"), ("amount", "sum")])
    known = pc.equal(sums.column("count_all"), sums.column("amount_count"))
    total = pc.if_else(known, sums.column("amount_sum"), pa.scalar(None, sums.schema.field("amount_sum").type)).combine_chunks()
    at = pc.index_in(pa.array(np.arange(len(documents))), value_set=sums.column("document").combine_chunks())
    return total.take(at)


def _line_ordinals(lines: Level, level: Level) -> pa.Array:
    owner = lines.owner(level.anchors)
    if len(lines) == 0:
        return pa.nulls(len(level), pa.int64())
    return pa.array(lines.ordinals()[owner.clip(0)], mask=owner < 0)


def _turn(rows: Rows, negative: Bools, *names: str) -> None:
    for name in names:
        rows.put(name, turned(rows.column(name), negative))
