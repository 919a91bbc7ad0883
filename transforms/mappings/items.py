"""The item numbers of lines, whatever the standard: all are kept, the usual three become columns of the line."""

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

BARE = {"UI": 11, "UA": 12}  # X12 235: U.P.C. 1-5-5 and case code 2-5-5, digits without the check digit
COLUMNS = {"buyer": "buyer_item_number", "supplier": "supplier_item_number", "gtin": "gtin"}


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """All item numbers of all lines, in order of place: n rows."""

    line: Ints  # row of the lines' level
    segment: Ints
    number: Text
    qualifier: Text
    kind: Text  # buyer, supplier, gtin, other


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
    number = _completed(number, items.qualifier.take(pa.array(at, mask=at < 0)))
    digits = pc.match_substring_regex(number, "^[0-9]+$")
    return pc.if_else(digits, pc.utf8_lpad(number, 14, "0"), number)


def _completed(number: Text, qualifier: Text) -> Text:
    """Append the check digit (GS1, modulo 10) to numbers whose qualifier says that they are sent without it."""
    bare = np.zeros(len(number), dtype=bool)
    for code, length in BARE.items():
        bare |= to_bools(pc.and_(pc.equal(qualifier, code), pc.match_substring_regex(number, f"^[0-9]{{{length}}}$")))
    if not bare.any():
        return number
    short = number.filter(pa.array(bare))
    digits = np.array([[int(digit) for digit in each] for each in pc.utf8_lpad(short, 13, "0").to_pylist()])
    check = -(3 * digits[:, ::2].sum(axis=1) + digits[:, 1::2].sum(axis=1)) % 10
    whole = pc.binary_join_element_wise(short, pa.array(check).cast(pa.string()), "")
    return pc.replace_with_mask(number, pa.array(bare), whole)


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
