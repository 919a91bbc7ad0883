"""How EDIFACT lines name their items: LIN C212 and up to five C212 in each PIA, all kept, the usual three as columns of the line."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Text
from transforms.mappings.items import Items
from transforms.mappings.levels import Level
from transforms.typed import to_bools

# 7143 -> whose number it is.
KINDS = {
    "IN": "buyer", "BP": "buyer", "SA": "supplier", "VN": "supplier", "VP": "supplier", "EN": "gtin", "SRV": "gtin", "UP": "gtin",
}
SUBSTITUTES = ("2", "3", "4")  # 4347: numbers of another item, which may replace or be replaced by this one


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
