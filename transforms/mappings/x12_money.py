"""What X12 documents state as money, straight from their segments: the side of the cross-foot that no mapping has touched."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints, Text
from transforms.mappings.documents import Documents
from transforms.mappings.edifact_money import AMOUNT, line_amounts
from transforms.mappings.levels import Level, documents_level
from transforms.mappings.x12_common import read_prices
from transforms.typed import Mask, decimals, implied_decimals, to_bools

X12_CREDITS = ("CR", "CN", "CC", "CE", "CG")  # BIG07, X12 640: credit memos and invoices, plain, of commission, consolidated


def x12_order_total(documents: Documents) -> pa.Array:
    """Sum PO102 x price / basis (PO104 and PO105, else CTP) of each 850 over its lines; null where a number cannot be read."""
    lines = documents_level(documents).inside("PO1", until=("CTT", "SE"))
    price, basis = read_prices(lines)
    return _summed(documents, lines, lines.cell(2).text, price.text, pc.fill_null(basis.text, "1"), ".")


def x12_invoice_total(documents: Documents) -> pa.Array:
    """Return TDS01 of each 810, two implied decimals, negative on a credit (BIG07)."""
    made = _total(documents)
    return pc.if_else(pa.array(x12_turned(documents)), pc.negate(made), made)


def x12_credits(documents: Documents) -> Bools:
    """Return which 810s are credits (BIG07)."""
    return to_bools(pc.is_in(documents_level(documents).child("BIG", 7).text, value_set=pa.array(X12_CREDITS)))


def x12_turned(documents: Documents) -> Bools:
    """Return which 810s have their signs turned: credits, but not those whose sender has made the total negative already."""
    return x12_credits(documents) & ~to_bools(pc.less(_total(documents), pa.scalar(Decimal(0), AMOUNT)))


def _total(documents: Documents) -> pa.Array:
    made, _ = implied_decimals(documents_level(documents).child("TDS", 1).text, places=2, precision=18, scale=4)
    return made


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
