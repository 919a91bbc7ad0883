"""What every X12 mapping says in the same words: item numbers in pairs, price bases, dates by qualifier, packs, parties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Ints, Text
from transforms.mappings.documents import Documents
from transforms.mappings.items import Items
from transforms.mappings.levels import Cells, Level, cells, documents_level, spread
from transforms.mappings.rows import Rows
from transforms.model import PARTIES
from transforms.typed import to_bools

# X12 235 -> whose number it is.
KINDS = {
    "IN": "buyer", "BP": "buyer", "PI": "buyer", "VN": "supplier", "VP": "supplier",
    "UP": "gtin", "UK": "gtin", "EN": "gtin", "UI": "gtin", "UA": "gtin",
}
ORDER_LINE = "PL"  # X12 235: the purchaser's own number of the line
# X12 639: the units that a price is for; every other code is a price for one unit.
PRICE_BASES = {"HP": "100", "TP": "1000"}
NET_PRICES = ("NET", "CON", "CUP", "INV", "UCP")  # X12 236 in CTP02: other prices (retail, catalogue) are for the shelf
GROUPS = ("SCH", "LS", "LDT", "N9", "N1", "SLN")  # loops below a line with dates and prices of their own
DETAILS = ("PO1", "IT1", "TDS", "HL", "ENT", "RMR", "CTT")  # where the heading of a transaction set ends
SINGLES = ("EA", "KGM", "LBR")  # units of ours that hold no other
# X12 98 -> what the party is in the document.
ROLES = {
    "BY": "buyer", "OB": "buyer", "SU": "supplier", "SE": "supplier", "VN": "supplier", "ST": "ship_to", "SF": "ship_from",
    "BT": "invoicee", "PR": "payer", "PE": "payee", "RI": "payee", "RE": "payee",
}
PAIRS = 15  # of qualifier and number: ten in PO1 and IT1, fifteen in LIN


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
    segments = chosen(level, "DTM", 1, *qualifiers)
    period = cells(level.table, segments, 6)  # with DTM05: D8 is a day, RD8 a period, which counts to its last day
    last = pc.replace_substring_regex(period.text, "^[0-9]{8}-([0-9]{8})$", r"\1")
    return cells(level.table, segments, 2).otherwise(replace(period, text=last))


def chosen(level: Level, tag: str, element: int, *qualifiers: str) -> Ints:
    """Return per row the segment whose element is the first of the qualifiers that occurs, -1 where none does."""
    segments = np.full(len(level), -1, dtype=np.int64)
    for one in qualifiers:
        segments = np.where(segments >= 0, segments, level.first(tag, {element: one}))
    return segments


def read_prices(lines: Level) -> tuple[Cells, Cells]:
    """Return price and basis of each PO1 or IT1, the basis null where it is one unit.

    The price is element 4, else a net price of a CTP. The basis is the code in element 5, else CTP11 or the code in CTP09,
    provided that the CTP speaks of the same price.
    """
    own = lines.clipped(*GROUPS)
    net = chosen(own, "CTP", 2, *NET_PRICES)
    stated, offered = lines.cell(4), lines.table.element(net, 3)
    net = np.where(to_bools(pc.not_equal(stated.text, offered)), -1, net)
    price = stated.otherwise(cells(lines.table, net, 3))
    coded = _basis(cells(lines.table, net, 9))
    return price, _basis(lines.cell(5)).otherwise(cells(lines.table, net, 11)).otherwise(coded)


def _basis(code: Cells) -> Cells:
    """Return the units that a price is for as text, null where no code is sent."""
    known = pa.array(list(PRICE_BASES.values())).take(pc.index_in(code.text, value_set=pa.array(list(PRICE_BASES))))
    return replace(code, text=pc.if_else(pc.is_valid(code.text), pc.fill_null(known, "1"), pa.scalar(None, pa.string())))


def prices(rows: Rows, lines: Level, at: Ints | None = None) -> None:
    """Set unit_price and price_basis_quantity, ``at`` telling the line of each row if the rows are not the lines themselves."""
    price, basis = (each if at is None else spread(each, at) for each in read_prices(lines))
    rows.decimal("unit_price", price)
    rows.decimal("price_basis_quantity", basis, default="1")


def packs(rows: Rows, own: Level) -> None:
    """Set pack_quantity (PO401) where the unit can hold others: beside pieces, a PO4 tells how they are packed, not what one is."""
    single = pc.is_in(rows.column("unit_code"), value_set=pa.array(SINGLES))
    sent = own.child("PO4", 1)
    rows.decimal("pack_quantity", replace(sent, text=pc.if_else(single, pa.scalar(None, pa.string()), sent.text)))


def order_line(items: Items, assigned: Cells) -> Text:
    """Return the order's line number: the purchaser's own where it is among the item numbers, else the assigned one."""
    chosen_items = np.flatnonzero(to_bools(pc.equal(items.qualifier, ORDER_LINE)))
    line, first = np.unique(items.line[chosen_items], return_index=True)
    at = np.full(len(assigned.segments), -1, dtype=np.int64)
    at[line] = chosen_items[first]
    return pc.coalesce(items.number.take(pa.array(at, mask=at < 0)), assigned.text)


def named_currency(documents: Documents) -> Text:
    """Return the currency that the heading of each document names (CUR02), null where it names none."""
    return documents_level(documents).clipped(*DETAILS).child("CUR", 2).text


def currency(documents: Documents) -> Text:
    """Return the currency of each document: CUR02, else the agreement's."""
    return pc.coalesce(named_currency(documents), documents.currency)


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
