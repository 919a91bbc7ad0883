"""How EDIFACT lines name their items: LIN C212 and up to five C212 in each PIA, all kept, the usual three as columns of the line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints, Text
from transforms.mappings.levels import Level
from transforms.mappings.rows import Rows
from transforms.model import ITEM_IDENTIFIERS
from transforms.typed import to_bools

# 7143 -> whose number it is.
KINDS = {
    "IN": "buyer", "BP": "buyer", "SA": "supplier", "VN": "supplier", "VP": "supplier", "EN": "gtin", "SRV": "gtin", "UP": "gtin",
}
COLUMNS = {"buyer": "buyer_item_number", "supplier": "supplier_item_number", "gtin": "gtin"}
SUBSTITUTES = ("2", "3", "4")  # 4347: numbers of another item, which may replace or be replaced by this one


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """All item numbers of all lines, in order of place: n rows."""

    line: Ints  # row of the lines' level
    segment: Ints
    number: Text
    qualifier: Text
    kind: Text  # buyer, supplier, gtin, other


def read_items(lines: Level) -> Items:
    """Gather every item number of the lines that has a qualifier."""
    table = lines.table
    owner, segments = lines.children("PIA")
    line = np.concatenate([np.arange(len(lines), dtype=np.int64), *[owner] * 5])
    segment = np.concatenate([lines.anchors, *[segments] * 5])
    places = [(lines.anchors, 3), *[(segments, element) for element in range(2, 7)]]
    number = pa.concat_arrays([table.element(at, element) for at, element in places])
    qualifier = pa.concat_arrays([table.element(at, element, 2) for at, element in places])
    function = pa.concat_arrays([pa.nulls(len(lines), pa.string()), *[table.element(segments, 1)] * 5])
    order = np.argsort(segment, kind="stable")
    order = order[to_bools(pc.and_(pc.is_valid(number), pc.is_valid(qualifier)))[order]]
    kept = pa.array(order)
    qualifier = qualifier.take(kept)
    return Items(line[order], segment[order], number.take(kept), qualifier, _kinds(qualifier, function.take(kept)))


def _kinds(qualifier: Text, function: Text) -> Text:
    known = pa.array(list(KINDS.values()), pa.string()).take(pc.index_in(qualifier, value_set=pa.array(list(KINDS))))
    another = pc.is_in(function, value_set=pa.array(SUBSTITUTES))
    return pc.if_else(another, "other", pc.fill_null(known, "other"))


def put_items(rows: Rows, lines: Level, items: Items, at: Ints | None = None) -> None:
    """Set the three item columns: the first number of each kind of the line, ``at`` telling the line of each row if not its own."""
    for kind, column in COLUMNS.items():
        numbers = first_of_kind(items, kind, len(lines))
        rows.put(column, numbers if at is None else numbers.take(pa.array(at)))


def first_of_kind(items: Items, kind: str, count: int) -> Text:
    """Return per line the first number of a kind, null where none is sent; a GTIN is padded to 14 digits."""
    chosen = np.flatnonzero(_is(items.kind, kind))
    line, first = np.unique(items.line[chosen], return_index=True)
    at = np.full(count, -1, dtype=np.int64)
    at[line] = chosen[first]
    number = items.number.take(pa.array(at, mask=at < 0))
    if kind != "gtin":
        return number
    digits = pc.match_substring_regex(number, "^[0-9]+$")
    return pc.if_else(digits, pc.utf8_lpad(number, 14, "0"), number)


def identifiers(lines: Level, items: Items) -> Rows:
    """Make one row an item number, as sent."""
    stops = lines.stops[items.line]
    level = Level(lines.documents, items.segment, stops, lines.document[items.line], items.line)
    rows = Rows(ITEM_IDENTIFIERS, level)
    rows.put("line_ordinal", lines.ordinals()[items.line])
    rows.put("identifier_ordinal", np.arange(len(items.line)) - np.searchsorted(items.line, items.line, side="left") + 1)
    rows.put("identifier_code", items.kind)
    rows.put("qualifier_code", items.qualifier)
    rows.put("item_number", items.number)
    return rows


def _is(text: Text, value: str) -> Bools:
    return to_bools(pc.equal(text, value))
