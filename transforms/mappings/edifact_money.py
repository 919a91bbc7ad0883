"""Money of EDIFACT messages: exact amounts of lines, and what a message states as its total, straight from its segments.

The stated total does not pass through the mapping, so that the totals of a night have two independent sides.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints, Text
from transforms.mappings.documents import Documents
from transforms.typed import decimals, to_bools

# 1001 of a document that turns all its amounts and quantities round.
CREDIT_NOTES = ("81", "83", "261", "262", "381", "396", "420", "458", "532")
# 5025 of the total payable, the surest first.
TOTALS = ("77", "9", "39", "139", "86", "128")

DEFAULT_UNIT = "PCE"  # 6411 is conditional: without it a quantity is in pieces

AMOUNT = pa.decimal128(18, 4)


def turned(amounts: pa.Array, credit: Bools) -> pa.Array:
    """Make amounts of credit notes negative."""
    return pc.if_else(pa.array(credit), pc.negate(amounts), amounts)


def stated_total(documents: Documents) -> pa.Array:
    """Return what each invoice states as payable (MOA 77, else 9, ...), negative on a credit note; null where unknown."""
    made, _ = decimals(_number(documents, _total(documents), 2), precision=18, scale=4)
    return turned(made, _credit(documents))


def stated_currency(documents: Documents) -> Text:
    """Return the currency that each message names: the reference currency (CUX 6347 = 2), else its first, else the total's (MOA 6345)."""
    table = documents.table
    segments = table.select("CUX")
    document = _document(documents, segments)
    segments, document = segments[document >= 0], document[document >= 0]
    header = segments < _first(documents, "LIN", "UNS")[document]
    segments, document = segments[header], document[header]
    first = pc.equal(table.element(segments, 1, 1), "2")
    second = pc.equal(table.element(segments, 2, 1), "2")
    rank = np.select([to_bools(first), to_bools(second)], [0, 1], default=2)
    named = [_pick(documents, segments, document, np.where(rank == wanted, 0, -1)) for wanted in (0, 1)]
    return pc.coalesce(
        table.element(named[0], 1, 2), table.element(named[1], 2, 2),
        table.element(_pick(documents, segments, document, np.zeros(len(segments), dtype=np.int64)), 1, 2),
        table.element(_total(documents), 1, 3),
    )


def ordered_total(documents: Documents) -> pa.Array:
    """Return the value of each order: the sum of its lines that have a price, each rounded; null where a number cannot be read."""
    table, count = documents.table, len(documents)
    lines = table.select("LIN")
    of_line = _document(documents, lines)
    lines, of_line = lines[of_line >= 0], of_line[of_line >= 0]
    quantity = _first_of_lines(documents, lines, "QTY", ("21",))
    price = _first_of_lines(documents, lines, "PRI", ("AAA", "CAL", "INV"))
    quantities, bad_quantity = decimals(_number(documents, quantity, 2), precision=18, scale=4)
    unit_prices, bad_price = decimals(_number(documents, price, 2), precision=28, scale=10)
    bases, bad_basis = decimals(pc.fill_null(_number(documents, price, 5), "1"), precision=18, scale=4)
    unknown = np.bincount(of_line[bad_quantity | bad_price | bad_basis], minlength=count) > 0
    unit, price_unit = table.element(quantity, 1, 3), table.element(price, 1, 6)
    amounts = pa.table({"document": of_line, "amount": priced(line_amounts(quantities, unit_prices, bases), unit, price_unit)})
    summed = amounts.group_by("document").aggregate([("amount", "sum")])
    row = pc.index_in(pa.array(np.arange(count)), value_set=summed.column("document").combine_chunks())
    made = pc.fill_null(summed.column("amount_sum").combine_chunks().take(row).cast(AMOUNT), pa.scalar(Decimal(0), AMOUNT))
    return pc.if_else(pa.array(unknown), pa.scalar(None, AMOUNT), made)


def _first_of_lines(documents: Documents, lines: Ints, tag: str, qualifiers: tuple[str, ...]) -> Ints:
    """Return per line its first segment with the first of the qualifiers that occurs, -1 where none does."""
    table = documents.table
    segments = table.select(tag)
    borders = table.select("LIN", "CPS", "UNS", "CNT", "UNT")
    before = np.searchsorted(borders, segments, side="right") - 1
    segments, border = segments[before >= 0], borders[before[before >= 0]]
    at = np.searchsorted(lines, border)
    inside = np.isin(border, lines)
    return _ranked(len(lines), segments[inside], at[inside], _ranks(table.element(segments[inside], 1, 1), qualifiers))


def _total(documents: Documents) -> Ints:
    """Return the segment of each message's total in its summary, -1 where there is none."""
    segments = documents.table.select("MOA")
    document, begins = _document(documents, segments), _first(documents, "UNS")
    rank = _ranks(documents.table.element(segments, 1, 1), TOTALS)
    known = document >= 0
    rank[known] = np.where(segments[known] > begins[document[known]], rank[known], -1)
    return _pick(documents, segments, document, rank)


def _first(documents: Documents, *tags: str) -> Ints:
    """Return per document where the first segment with one of the tags stands, never where none does."""
    segments = documents.table.select(*tags)
    document = _document(documents, segments)
    made = np.full(len(documents), np.iinfo(np.int64).max)
    np.minimum.at(made, document[document >= 0], segments[document >= 0])
    return made


def _pick(documents: Documents, segments: Ints, document: Ints, rank: Ints) -> Ints:
    return _ranked(len(documents), segments[document >= 0], document[document >= 0], rank[document >= 0])


def _ranked(count: int, segments: Ints, owner: Ints, rank: Ints) -> Ints:
    """Return per owner the segment of the lowest rank, the first of equals; -1 where every rank is."""
    segments, owner, rank = segments[rank >= 0], owner[rank >= 0], rank[rank >= 0]
    order = np.lexsort((segments, rank, owner))
    having, first = np.unique(owner[order], return_index=True)
    chosen = np.full(count, -1, dtype=np.int64)
    chosen[having] = segments[order][first]
    return chosen


def _ranks(text: Text, codes: tuple[str, ...]) -> Ints:
    made = pc.fill_null(pc.index_in(text, value_set=pa.array(codes)), -1)
    return np.array(made.to_numpy(zero_copy_only=False), dtype=np.int64)


def _number(documents: Documents, segments: Ints, component: int) -> Text:
    return pc.replace_substring(documents.table.element(segments, 1, component), ",", ".")


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


def priced(amounts: pa.Array, unit: Text, price_unit: Text) -> pa.Array:
    """Keep amounts whose price is for the unit of the quantity (6411 in QTY and PRI): pieces at a price a kilogram make no product."""
    differs = pc.not_equal(pc.fill_null(unit, DEFAULT_UNIT), price_unit)
    return pc.if_else(pc.fill_null(differs, False), pa.scalar(None, AMOUNT), amounts)


def _divided(products: list[Decimal], bases: list[Decimal | None]) -> list[Decimal | None]:
    """Divide the few amounts whose price is for more than one unit; division needs more digits than Arrow keeps."""
    context = Context(prec=100, rounding=ROUND_HALF_UP)
    amounts = [context.quantize(context.divide(product, basis), Decimal("0.0001")) if basis else None
               for product, basis in zip(products, bases, strict=True)]
    return [amount if amount is not None and abs(amount) < Decimal(10) ** 14 else None for amount in amounts]
