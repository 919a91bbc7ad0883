"""What X12 documents state as money, straight from their segments: the side of the cross-foot that no mapping has touched."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Ints, Text
from transforms.mappings.documents import Documents
from transforms.mappings.edifact_money import AMOUNT, line_amounts
from transforms.mappings.levels import Level, documents_level
from transforms.typed import Mask, decimals, implied_decimals

X12_BASES = {"HP": "100", "TP": "1000"}  # X12 639: price per hundred, per thousand
X12_CREDITS = ("CR", "CN", "CC", "CG")  # BIG07, X12 640: credit memos and notes


def x12_order_total(documents: Documents) -> pa.Array:
    """Sum PO102 x PO104 / basis (PO105) of each 850 over its lines; null where a line's amount is unknown."""
    lines = documents_level(documents).inside("PO1")
    bases = pc.fill_null(pa.array(list(X12_BASES.values())).take(pc.index_in(lines.cell(5).text, value_set=pa.array(list(X12_BASES)))), "1")
    return _summed(documents, lines, lines.cell(2).text, lines.cell(4).text, bases, ".")


def x12_invoice_total(documents: Documents) -> pa.Array:
    """Return TDS01 of each 810, two implied decimals, negative on a credit (BIG07)."""
    level = documents_level(documents)
    made, _ = implied_decimals(level.child("TDS", 1).text, places=2, precision=18, scale=4)
    credit = pc.fill_null(pc.is_in(level.child("BIG", 7).text, value_set=pa.array(X12_CREDITS)), False)
    return pc.if_else(credit, pc.negate(made), made)


def x12_payment_total(documents: Documents) -> pa.Array:
    """Return BPR02 of each 820, an explicit decimal."""
    made, _ = decimals(documents_level(documents).child("BPR", 2).text, precision=18, scale=4)
    return made


def _summed(documents: Documents, lines: Level, quantity: Text, price: Text, basis: Text, mark: str) -> pa.Array:
    """Add up lines by document; a line with a quantity and no price states no money, one that cannot be read makes it unknown."""
    quantities, bad_quantity = decimals(quantity, precision=18, scale=4, mark=mark)
    prices, bad_price = decimals(price, precision=28, scale=10, mark=mark)
    bases, bad_basis = decimals(basis, precision=18, scale=4, mark=mark)
    amounts = line_amounts(quantities, prices, bases)
    return _by_document(amounts, bad_quantity | bad_price | bad_basis, lines.document, len(documents))


def _by_document(amounts: pa.Array, bad: Mask, document: Ints, count: int) -> pa.Array:
    sums = pa.table({"document": document, "amount": amounts}).group_by("document").aggregate([("amount", "sum")])
    at = pc.index_in(pa.array(np.arange(count)), value_set=sums.column("document").combine_chunks())
    made = pc.fill_null(sums.column("amount_sum").combine_chunks().take(at), pa.scalar(0).cast(sums.schema.field("amount_sum").type))
    unknown = np.zeros(count, dtype=bool)
    unknown[document[bad]] = True
    return pc.if_else(pa.array(unknown), pa.scalar(None, AMOUNT), made.cast(AMOUNT))
