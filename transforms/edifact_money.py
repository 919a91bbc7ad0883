"""Money of EDIFACT messages: exact amounts of lines, and what a message states as its total, straight from its segments.

The stated total does not pass through the mapping, so that the totals of a night have two independent sides.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints
from transforms.mappings.documents import Documents
from transforms.typed import decimals, to_bools

# 1001 of a document that turns all its amounts and quantities round.
CREDIT_NOTES = ("81", "83", "261", "262", "381", "396", "420", "458", "532")
# 5025 of the total payable, the surest first.
TOTALS = ("77", "9", "39", "139", "86", "128")

AMOUNT = pa.decimal128(18, 4)


def turned(amounts: pa.Array, credit: Bools) -> pa.Array:
    """Make amounts of credit notes negative."""
    return pc.if_else(pa.array(credit), pc.negate(amounts), amounts)


def stated_total(documents: Documents) -> pa.Array:
    """Return what each invoice states as payable (MOA 77, else 9, ...), negative on a credit note; null where unknown."""
    table, count = documents.table, len(documents)
    segments = table.select("MOA")
    document, summary = _document(documents, segments), _document(documents, table.select("UNS"))
    begins = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(begins, summary[summary >= 0], table.select("UNS")[summary >= 0])
    rank = pc.fill_null(pc.index_in(table.element(segments, 1, 1), value_set=pa.array(TOTALS)), -1).to_numpy(zero_copy_only=False)
    wanted = (document >= 0) & (rank >= 0)
    wanted[wanted] = segments[wanted] > begins[document[wanted]]
    segments, document, rank = segments[wanted], document[wanted], rank[wanted]
    order = np.lexsort((segments, rank, document))
    stating, first = np.unique(document[order], return_index=True)
    chosen = np.full(count, -1, dtype=np.int64)
    chosen[stating] = segments[order][first]
    made, _ = decimals(pc.replace_substring(table.element(chosen, 1, 2), ",", "."), precision=18, scale=4)
    return turned(made, _credit(documents))


def _credit(documents: Documents) -> Bools:
    """Return which documents are credit notes (BGM C002 1001)."""
    segments = documents.table.select("BGM")
    document = _document(documents, segments)
    named = to_bools(pc.is_in(documents.table.element(segments, 1), value_set=pa.array(CREDIT_NOTES)))
    credit = np.zeros(len(documents), dtype=bool)
    credit[document[named & (document >= 0)]] = True
    return credit


def _document(documents: Documents, segments: Ints) -> Ints:
    """Return the document that each segment stands in, -1 where none of ours."""
    if len(documents) == 0:
        return np.full(len(segments), -1, dtype=np.int64)
    row = np.searchsorted(documents.first, segments, side="right") - 1
    return np.where((row >= 0) & (segments < documents.stop[np.maximum(row, 0)]), row, -1)


def line_amounts(quantity: pa.Array, price: pa.Array, basis: pa.Array) -> pa.Array:
    """Multiply exactly and round half up to 4 places; null where a part is missing, the basis is 0 or the amount does not fit."""
    product = pc.multiply(quantity.cast(pa.decimal256(18, 4)), price.cast(pa.decimal256(28, 10)))
    made = pc.round(product, 4, round_mode="half_towards_infinity")
    fits = to_bools(pc.less(pc.abs(made), pa.scalar(Decimal(10) ** 14).cast(made.type)))
    single = to_bools(pc.equal(basis, pa.scalar(Decimal(1)).cast(basis.type)))
    made = pc.if_else(pa.array(fits & single), made, pa.scalar(None, made.type)).cast(pa.decimal256(40, 4)).cast(AMOUNT)
    others = np.flatnonzero(to_bools(pc.is_valid(product)) & ~single)
    if len(others) == 0:
        return made
    divided = _divided(product.take(pa.array(others)).to_pylist(), basis.take(pa.array(others)).to_pylist())
    where = np.zeros(len(quantity), dtype=bool)
    where[others] = True
    return pc.replace_with_mask(made, pa.array(where), pa.array(divided, AMOUNT))


def _divided(products: list[Decimal], bases: list[Decimal | None]) -> list[Decimal | None]:
    """Divide the few amounts whose price is for more than one unit; division needs more digits than Arrow keeps."""
    context = Context(prec=100, rounding=ROUND_HALF_UP)
    amounts = [context.quantize(context.divide(product, basis), Decimal("0.0001")) if basis else None
               for product, basis in zip(products, bases, strict=True)]
    return [amount if amount is not None and abs(amount) < Decimal(10) ** 14 else None for amount in amounts]
