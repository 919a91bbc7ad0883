"""X12 820 (004010, 005010) to payments and the invoices that each pays. Every amount has an explicit decimal point."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.levels import Level, documents_level
from transforms.mappings.rows import Rows, finished
from transforms.mappings.x12_common import currency, dated, parties
from transforms.model import PAYMENTS, REMITTANCE_LINES

VALUE_DATES = ("097", "007")  # X12 374: transaction created, effective; for those who leave BPR16 out


def map_820(documents: Documents) -> Mapped:
    """Map all 820s at once."""
    whole = documents_level(documents)
    head = whole.clipped("ENT", "RMR")
    payments = _payments(whole, head)
    return finished(payments, _lines(whole.inside("RMR", until=("ENT", "SE")), payments), parties(head))


def _payments(whole: Level, head: Level) -> Rows:
    rows = Rows(PAYMENTS, whole)
    rows.put("payment_number", whole.child("TRN", 2))
    rows.date("payment_date", whole.child("BPR", 16).otherwise(dated(head, *VALUE_DATES)))
    rows.put("payment_currency", currency(whole.documents))
    rows.decimal("payment_amount", whole.child("BPR", 2))
    return rows


def _lines(lines: Level, payments: Rows) -> Rows:
    rows = Rows(REMITTANCE_LINES, lines)
    rows.put("line_ordinal", lines.ordinals())
    for name in ("payment_number", "payment_currency"):
        rows.put(name, lines.from_document(payments.column(name)))
    rows.put("invoice_number", lines.cell(2))
    rows.decimal("paid_amount", lines.cell(4))
    rows.decimal("gross_amount", lines.cell(5))
    rows.decimal("discount_amount", lines.cell(6), default="0")
    _adjust(rows, lines)
    return rows


def _adjust(rows: Rows, lines: Level) -> None:
    """Set the sum of the ADX below each RMR: 0 where there is none, null where one cannot be read."""
    level = lines.inside("ADX")
    each = Rows(REMITTANCE_LINES, level)
    amounts = each.decimal("adjustment_amount", level.cell(1))
    rows.findings += each.findings
    sums = pa.table({"line": level.parent, "amount": amounts}).group_by("line").aggregate([("amount", "sum")])
    at = pc.index_in(pa.array(np.arange(len(lines))), value_set=sums.column("line").combine_chunks())
    total = sums.column("amount_sum").combine_chunks().take(at)
    none: Bools = np.bincount(level.parent, minlength=len(lines)) == 0
    unknown: Bools = np.bincount(level.parent[np.asarray(amounts.is_null())], minlength=len(lines)) > 0
    total = pc.if_else(pa.array(none), pa.scalar(Decimal(0), total.type), total)
    rows.put("adjustment_amount", pc.if_else(pa.array(unknown), pa.scalar(None, total.type), total))
