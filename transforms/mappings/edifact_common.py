"""What every EDIFACT mapping says in the same words: qualified values, dates by format code, numbers, units, currency, parties.

Positions are those of the UN/EDIFACT directories D.96A and D.01B, which agree in every element used here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Ints, Text
from transforms.mappings.documents import Documents
from transforms.mappings.edifact_money import DEFAULT_UNIT, TOTALS, line_amounts, priced
from transforms.mappings.levels import Cells, Level, cells, documents_level, filled
from transforms.mappings.rows import Rows
from transforms.model import PARTIES
from transforms.typed import to_bools

# 2379: lengths that a value of the format can have, and the slices that give a calendar date. A period counts to its last day.
Slices = tuple[tuple[int, int | None], ...]
DATE_FORMATS: dict[str, tuple[tuple[int, ...], Slices]] = {
    "2": ((6,), ((4, 6), (2, 4), (0, 2))),  # DDMMYY
    "101": ((6,), ((0, 6),)),
    "102": ((8,), ((0, 8),)),
    "201": ((10,), ((0, 6),)),
    "202": ((12,), ((0, 6),)),
    "203": ((12,), ((0, 8),)),
    "204": ((14,), ((0, 8),)),
    "303": ((15,), ((0, 8),)),  # with a time zone behind
    "304": ((17,), ((0, 8),)),
    "718": ((16, 17), ((-8, None),)),  # CCYYMMDD-CCYYMMDD; EANCOM leaves the hyphen out
    "719": ((24, 25), ((-12, -4),)),
}

NET_PRICES = ("AAA", "CAL", "INV")  # 5125: net, for calculation, of the invoice

# 3035 -> what the party is in the document.
ROLES = {
    "BY": "buyer", "OB": "buyer", "SU": "supplier", "SE": "supplier", "DP": "ship_to", "ST": "ship_to", "SF": "ship_from",
    "IV": "invoicee", "PR": "payer", "PE": "payee",
}


def head_level(documents: Documents, *ends: str) -> Level:
    """Return the header part of each message: from UNH to its first line (LIN, or CPS where there are packages)."""
    return documents_level(documents).clipped("LIN", "UNS", *ends)


def summary_level(documents: Documents) -> Level:
    """Return the summary part of each message: from UNS+S on; its trailer alone where there is none."""
    whole = documents_level(documents)
    found = whole.first("UNS")
    return replace(whole, anchors=np.where(found >= 0, found, whole.stops - 1))


def lines_level(documents: Documents) -> Level:
    """Return one row a LIN, wherever it stands; a scope ends at the next LIN, at the next package (CPS) and at the summary."""
    return documents_level(documents).inside("LIN", until=("CPS", "UNS", "CNT"))


def chosen(level: Level, tag: str, *qualifiers: str) -> Ints:
    """Return per row the segment whose first component is the first of the qualifiers that occurs, -1 where none does."""
    segments = np.full(len(level), -1, dtype=np.int64)
    for one in qualifiers:
        segments = np.where(segments >= 0, segments, level.first(tag, {(1, 1): one}))
    return segments


def qualified(level: Level, tag: str, *qualifiers: str, component: int = 2) -> Cells:
    """Return a component of the first composite of a segment that is chosen by its qualifier in component 1."""
    return cells(level.table, chosen(level, tag, *qualifiers), 1, component)


def dated(level: Level, *qualifiers: str) -> Cells:
    """Return DTM (C507) by qualifier 2005 as CCYYMMDD or YYMMDD; what its format code does not explain stays as sent."""
    segments = chosen(level, "DTM", *qualifiers)
    return calendar(cells(level.table, segments, 1, 2), level.table.element(segments, 1, 3))


def calendar(value: Cells, form: Text) -> Cells:
    """Cut the calendar date out of values by their format code (2379)."""
    text, length = value.text, pc.utf8_length(value.text)
    for code, (lengths, slices) in DATE_FORMATS.items():
        fits = pc.and_(pc.equal(form, code), pc.is_in(length, value_set=pa.array(lengths, length.type)))
        if to_bools(fits).any():
            parts = [pc.utf8_slice_codeunits(value.text, start, stop) for start, stop in slices]
            text = pc.if_else(pc.fill_null(fits, False), pc.binary_join_element_wise(*parts, ""), text)
    return replace(value, text=text)


def number(source: Cells) -> Cells:
    """Read comma and point as the decimal mark alike: ISO 9735 10.1 allows both and no separator of thousands."""
    return replace(source, text=pc.replace_substring(source.text, ",", "."))


def quantities(rows: Rows, name: str, level: Level, *qualifiers: str) -> None:
    """Set a quantity (QTY C186 6060) and its unit_code by qualifier 6063."""
    rows.decimal(name, number(qualified(level, "QTY", *qualifiers)))
    rows.unit("unit_code", filled(qualified(level, "QTY", *qualifiers, component=3), DEFAULT_UNIT))


def prices(rows: Rows, lines: Level, at: Ints | None = None) -> None:
    """Set net price and its basis (PRI C509 5118, 5284): the calculation net price, else a calculation or invoice price.

    Args:
        rows: the table.
        lines: the lines that have the prices.
        at: the line of each row; None where the rows are the lines themselves.
    """
    net = chosen(lines, "PRI", *NET_PRICES)
    if at is not None:
        net = net[at]
    rows.decimal("unit_price", number(cells(lines.table, net, 1, 2)))
    rows.decimal("price_basis_quantity", number(cells(lines.table, net, 1, 5)), default="1")


def computed_amounts(rows: Rows, lines: Level, own: Level, quantity: str, *qualifiers: str) -> pa.Array:
    """Return quantity x price / basis of lines whose rows have these columns, null where the price is for another unit."""
    amounts = line_amounts(rows.column(quantity), rows.column("unit_price"), rows.column("price_basis_quantity"))
    unit = qualified(own, "QTY", *qualifiers, component=3).text
    return priced(amounts, unit, qualified(lines, "PRI", *NET_PRICES, component=6).text)


def currency(head: Level, summary: Level) -> Cells:
    """Return the reference currency (CUX C504 6347 = 2), else the first that is named, else that of the total, else the agreement's."""
    first = head.child("CUX", 1, 2, where={(1, 1): "2"})
    second = head.child("CUX", 2, 2, where={(2, 1): "2"})
    named = first.otherwise(second).otherwise(head.child("CUX", 1, 2)).otherwise(qualified(summary, "MOA", *TOTALS, component=3))
    return filled(named, head.documents.currency)


def order_line(lines: Level) -> Cells:
    """Return the order's line number: RFF LI (1154, or 1156), RFF ON with a line (1156), else the line's own (LIN 1082)."""
    return (
        qualified(lines, "RFF", "LI").otherwise(qualified(lines, "RFF", "LI", component=3))
        .otherwise(qualified(lines, "RFF", "ON", component=3)).otherwise(lines.cell(1))
    )


def order_of_line(lines: Level, head: Level) -> Text:
    """Return the order number of each line: its own RFF ON, else the header's."""
    return pc.coalesce(qualified(lines, "RFF", "ON").text, lines.from_document(qualified(head, "RFF", "ON").text))


def parties(head: Level) -> Rows:
    """Make the parties of the header: NAD (3035, C082, C080 or the unstructured C058, 3164, 3251, 3207)."""
    level = head.inside("NAD")
    rows = Rows(PARTIES, level)
    rows.put("party_ordinal", level.ordinals())
    rows.code("role_code", level.cell(1), ROLES, default="other")
    rows.put("qualifier_code", level.cell(1))
    rows.put("number_qualifier_code", level.cell(2, 3))
    rows.put("party_number", level.cell(2))
    rows.put("party_name", level.cell(4).otherwise(level.cell(3)))
    rows.put("city_name", level.cell(6))
    rows.put("postal_code", level.cell(8))
    rows.put("country_code", level.cell(9))
    return rows
