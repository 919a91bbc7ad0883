"""What every X12 mapping says in the same words: item numbers in pairs, price bases, dates by qualifier, packs, parties."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Ints, Text
from transforms.mappings.documents import Documents
from transforms.mappings.items import Items
from transforms.mappings.levels import Cells, Level, cells, documents_level, filled
from transforms.mappings.rows import Rows
from transforms.model import PARTIES
from transforms.typed import to_bools

# X12 235 -> whose number it is.
KINDS = {
    "IN": "buyer", "BP": "buyer", "PI": "buyer", "VN": "supplier", "VP": "supplier", "VC": "supplier", "VA": "supplier",
    "UP": "gtin", "UK": "gtin", "EN": "gtin", "UI": "gtin", "UA": "gtin",
}
# X12 639: the units that a price is for; every other code is a price for one unit.
PRICE_BASES = {"HP": "100", "TP": "1000"}
# X12 98 -> what the party is in the document.
ROLES = {
    "BY": "buyer", "OB": "buyer", "SU": "supplier", "SE": "supplier", "VN": "supplier", "ST": "ship_to", "SF": "ship_from",
    "BT": "invoicee", "PR": "payer", "PE": "payee",
}
PAIRS = 10  # PO1, IT1 and LIN hold at most ten pairs of qualifier and number
DEFAULT_UNIT = "EA"


def read_items(lines: Level, segments: Ints, first: int) -> Items:
    """Gather every item number of the lines that has a qualifier.

    Args:
        lines: the level of lines.
        segments: per line the segment that names the item, -1 where there is none.
        first: position of the first qualifier (PO106, IT106, LIN02); its number follows.
    """
    table = lines.table
    line = np.tile(np.arange(len(lines), dtype=np.int64), PAIRS)
    segment = np.tile(segments, PAIRS)
    qualifier = pa.concat_arrays([table.element(segments, first + 2 * pair) for pair in range(PAIRS)])
    number = pa.concat_arrays([table.element(segments, first + 2 * pair + 1) for pair in range(PAIRS)])
    order = np.argsort(line, kind="stable")  # by line, then by pair: the pairs were laid out in their order
    order = order[to_bools(pc.and_(pc.is_valid(number), pc.is_valid(qualifier)))[order]]
    kept = pa.array(order)
    qualifier = qualifier.take(kept)
    known = pa.array(list(KINDS.values()), pa.string()).take(pc.index_in(qualifier, value_set=pa.array(list(KINDS))))
    return Items(line[order], segment[order], number.take(kept), qualifier, pc.fill_null(known, "other"))


def dated(level: Level, *qualifiers: str) -> Cells:
    """Return DTM02 by the first of the qualifiers (X12 374) that occurs."""
    return cells(level.table, chosen(level, "DTM", 1, *qualifiers), 2)


def chosen(level: Level, tag: str, element: int, *qualifiers: str) -> Ints:
    """Return per row the segment whose element is the first of the qualifiers that occurs, -1 where none does."""
    segments = np.full(len(level), -1, dtype=np.int64)
    for one in qualifiers:
        segments = np.where(segments >= 0, segments, level.first(tag, {element: one}))
    return segments


def price_and_basis(rows: Rows, price: Cells, basis: Cells) -> None:
    """Set unit_price and price_basis_quantity (X12 212 and 639)."""
    rows.decimal("unit_price", price)
    at = pc.index_in(basis.text, value_set=pa.array(list(PRICE_BASES)))
    units = pa.array(list(PRICE_BASES.values()), pa.string()).take(at)
    rows.decimal("price_basis_quantity", Cells(units, basis.segments, basis.element, basis.component), default="1")


def unit(rows: Rows, source: Cells) -> None:
    """Set unit_code (X12 355); pieces where none is sent."""
    rows.unit("unit_code", filled(source, DEFAULT_UNIT))


def currency(documents: Documents) -> Text:
    """Return the currency of each document: CUR02, else the agreement's."""
    return pc.coalesce(documents_level(documents).child("CUR", 2).text, documents.currency)


def parties(head: Level) -> Rows:
    """Make the parties of the header: N1 with its N4."""
    level = head.inside("N1")
    rows = Rows(PARTIES, level)
    rows.put("party_ordinal", level.ordinals())
    rows.code("role_code", level.cell(1), ROLES, default="other")
    rows.put("qualifier_code", level.cell(1))
    rows.put("number_qualifier_code", level.cell(3))
    rows.put("party_number", level.cell(4))
    rows.put("party_name", level.cell(2))
    rows.put("city_name", level.child("N4", 1))
    rows.put("postal_code", level.child("N4", 3))
    rows.put("country_code", level.child("N4", 4))
    return rows
