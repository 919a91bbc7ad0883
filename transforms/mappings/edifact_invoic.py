"""EDIFACT INVOIC (D.96A, D.01B) to invoices and credit notes, their lines, charges and taxes.

A credit note is positive on the wire and negative here, throughout. Charges and taxes that a message states twice, in
detail and again as totals, are taken once.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_common import (
    chosen,
    computed_amounts,
    currency,
    dated,
    head_level,
    lines_level,
    number,
    order_line,
    order_of_line,
    parties,
    prices,
    qualified,
    quantities,
    summary_level,
)
from transforms.mappings.edifact_items import read_items
from transforms.mappings.edifact_money import CREDIT_NOTES, TOTALS, turned
from transforms.mappings.items import identifiers, put_items
from transforms.mappings.levels import Level, cells, documents_level
from transforms.mappings.rows import Rows, finished
from transforms.model import INVOICE_CHARGES, INVOICE_LINES, INVOICE_TAXES, INVOICES
from transforms.typed import to_bools

# 1001; a pro forma invoice (325) is neither: nobody owes it.
INVOICE_CODES = dict.fromkeys(("82", "84", "326", "380", "383", "384", "385", "386", "388", "389", "393"), "invoice") | dict.fromkeys(
    CREDIT_NOTES, "credit_note",
)
# 5463.
CHARGE_CODES = {"A": "allowance", "C": "charge", "F": "allowance", "G": "allowance", "H": "allowance", "K": "charge", "L": "charge",
                "M": "charge"}
NO_CHARGE = "N"
CHARGED = ("8", "23", "204")  # 5025: allowance or charge, charge, allowance
TAXES = ("5", "6", "7")  # 5283: customs duty, fee, tax; 9 only informs
GROUPS = ("PAC", "LOC", "TAX", "NAD", "ALC")  # below a line, with quantities of their own


def map_invoic(documents: Documents) -> Mapped:
    """Map all INVOIC messages at once."""
    head, lines = head_level(documents), lines_level(documents)
    items = read_items(lines)
    invoices = _invoices(head, summary_level(documents))
    credit = to_bools(pc.equal(invoices.column("invoice_code"), "credit_note"))
    invoiced = _lines(lines, head, invoices, credit)
    put_items(invoiced, lines, items)
    charges, taxes = _charges(documents, lines, credit), _taxes(documents, lines, credit)
    return finished(invoices, invoiced, charges, taxes, identifiers(lines, items), parties(head))


def _invoices(head: Level, summary: Level) -> Rows:
    rows = Rows(INVOICES, head)
    rows.put("invoice_number", head.child("BGM", 2))
    rows.code("invoice_code", head.child("BGM", 1), INVOICE_CODES)
    rows.date("invoice_date", dated(head, "137", "3"))
    rows.put("order_number", qualified(head, "RFF", "ON"))
    rows.put("invoice_currency", currency(head, summary))
    rows.decimal("invoice_amount", number(qualified(summary, "MOA", *TOTALS)))
    rows.decimal("stated_line_amount", number(qualified(summary, "MOA", "79")))
    whole_tax = qualified(summary, "MOA", "176").otherwise(qualified(summary.clipped("TAX", "ALC"), "MOA", "124", "150"))
    rows.decimal("stated_tax_amount", number(whole_tax))
    _turn(rows, to_bools(pc.equal(rows.column("invoice_code"), "credit_note")),
          "invoice_amount", "stated_line_amount", "stated_tax_amount")
    return rows


def _lines(lines: Level, head: Level, invoices: Rows, credit: Bools) -> Rows:
    own = lines.clipped(*GROUPS)
    rows = Rows(INVOICE_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    for name in ("invoice_number", "invoice_currency"):
        rows.put(name, lines.from_document(invoices.column(name)))
    rows.put("order_number", order_of_line(lines, head))
    rows.put("line_number", order_line(lines))
    quantities(rows, "invoiced_quantity", own, "47", "61")
    rows.decimal("pack_quantity", number(qualified(own, "QTY", "59")))
    prices(rows, lines)
    stated = number(qualified(own, "MOA", "203"))
    computed = computed_amounts(rows, lines, own, "invoiced_quantity", "47", "61")
    rows.decimal("line_amount", stated)
    rows.put("line_amount", pc.if_else(pc.is_null(stated.text), computed, rows.column("line_amount")))
    _turn(rows, credit[lines.document], "invoiced_quantity", "line_amount")
    return rows


def _charges(documents: Documents, lines: Level, credit: Bools) -> Rows:
    """Make one row an ALC with an amount; those of the summary only where header and lines have none, since they sum these up."""
    every = documents_level(documents).inside("ALC", until=("TAX", "LIN", "UNS", "TDT", "TOD", "RCS", "AJT"))
    charging = (chosen(every, "MOA", *CHARGED) >= 0) & ~to_bools(pc.equal(every.cell(1).text, NO_CHARGE))
    level = every.take(charging)
    level = level.take(_once(documents, level))
    rows = Rows(INVOICE_CHARGES, level)
    rows.put("charge_ordinal", level.ordinals())
    rows.put("line_ordinal", _line_ordinal(lines, level))
    rows.code("charge_code", level.cell(1), CHARGE_CODES)
    rows.put("reason_code", level.cell(5).otherwise(level.cell(2, 2)))
    rows.decimal("charge_amount", number(cells(level.table, chosen(level, "MOA", *CHARGED), 1, 2)))
    allowance = to_bools(pc.equal(rows.column("charge_code"), "allowance"))
    _turn(rows, allowance ^ credit[level.document], "charge_amount")
    return rows


def _taxes(documents: Documents, lines: Level, credit: Bools) -> Rows:
    """Make one row a TAX, those of charges left out; those of the header only where the summary has none."""
    whole = documents_level(documents)
    every = whole.inside("TAX", until=("ALC", "LIN", "UNS", "TDT", "TOD", "RCS"))
    of_charge = whole.inside("ALC", until=("LIN", "UNS", "TDT", "TOD", "RCS", "AJT")).owner(every.anchors) >= 0
    summary = _in_summary(documents, every)
    summed = np.bincount(every.document[summary], minlength=len(documents))[every.document] > 0
    of_header = ~summary & (lines.owner(every.anchors) < 0)
    known = to_bools(pc.is_in(every.cell(1).text, value_set=pa.array(TAXES)))
    level = every.take(known & (summary | ~of_charge) & ~(of_header & summed))
    rows = Rows(INVOICE_TAXES, level)
    rows.put("tax_ordinal", level.ordinals())
    rows.put("line_ordinal", _line_ordinal(lines, level))
    rows.put("tax_code", level.cell(2))
    rows.decimal("tax_percent", number(level.cell(5, 4)))
    rows.decimal("taxable_amount", number(qualified(level, "MOA", "125")))
    rows.decimal("tax_amount", number(qualified(level, "MOA", "124", "150")))
    _turn(rows, credit[level.document], "taxable_amount", "tax_amount")
    return rows


def _once(documents: Documents, level: Level) -> Bools:
    """Keep what stands in header and lines; what stands in the summary only in documents that have nothing before it."""
    summary = _in_summary(documents, level)
    before = np.bincount(level.document[~summary], minlength=len(documents)) > 0
    return ~summary | ~before[level.document]


def _in_summary(documents: Documents, level: Level) -> Bools:
    return np.asarray(level.anchors > summary_level(documents).anchors[level.document], dtype=bool)


def _line_ordinal(lines: Level, level: Level) -> pa.Array:
    at: Ints = lines.owner(level.anchors)
    return pa.array(lines.ordinals(), pa.int64()).take(pa.array(at, mask=at < 0))


def _turn(rows: Rows, negative: Bools, *names: str) -> None:
    for name in names:
        rows.put(name, turned(rows.column(name), negative))
