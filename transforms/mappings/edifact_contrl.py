"""Incoming CONTRL (syntax 3 and 4) to what the partner says of our interchange and its messages."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.levels import Cells, Level, cells, documents_level
from transforms.mappings.rows import Rows, finished
from transforms.model import PARTNER_ACKNOWLEDGMENTS
from transforms.typed import to_bools

LEVELS = {"UCI": "interchange", "UCF": "group", "UCM": "transaction"}
ACTION = {"UCI": 4, "UCF": 4, "UCM": 3}  # position of 0083; the error code 0085 follows it
# 0083: 4 rejects this level and all below, 5 and 6 speak of UNB and UNZ alone, 7 accepts what is not rejected below, 8 is receipt.
STATUS = {"4": "rejected", "5": "accepted", "6": "rejected", "7": "accepted", "8": "accepted"}


def map_contrl(documents: Documents) -> Mapped:
    """Map all CONTRL messages at once."""
    level = documents_level(documents).inside(*LEVELS)
    tags = level.cell(0).text
    interchange, message = to_bools(pc.equal(tags, "UCI")), to_bools(pc.equal(tags, "UCM"))
    rows = Rows(PARTNER_ACKNOWLEDGMENTS, level)
    rows.put("statement_ordinal", level.ordinals())
    rows.code("level_code", level.cell(0), LEVELS)
    ours = documents_level(documents).child("UCI", 1)
    rows.put("acknowledged_interchange_number", level.from_document(ours.text))
    number = level.cell(1)
    rows.put("acknowledged_group_number", _only(number, ~interchange & ~message))
    rows.put("acknowledged_transaction_number", _only(number, message))
    rows.put("acknowledged_type_code", _only(level.cell(2), message))
    rows.code("status_code", _by_tag(level, tags, 0), STATUS)
    rows.put("status_code", _partly(level, rows.column("status_code"), interchange))
    rows.put("reason_code", _by_tag(level, tags, 1))
    return finished(rows)


def _by_tag(level: Level, tags: pa.Array, after: int) -> Cells:
    """Take the element that stands so many places after the action code, whose position depends on the tag."""
    made = None
    for tag, element in ACTION.items():
        segments = np.where(to_bools(pc.equal(tags, tag)), level.anchors, -1)
        found = cells(level.table, segments, element + after)
        made = found if made is None else made.otherwise(found)
    assert made is not None
    return made


def _partly(level: Level, status: pa.Array, interchange: Bools) -> pa.Array:
    """Call an interchange partly accepted that is accepted itself and has something rejected in it."""
    rejected = to_bools(pc.equal(status, "rejected")) & ~interchange
    spoiled = np.bincount(level.document[rejected], minlength=len(level.documents)) > 0
    partly = interchange & to_bools(pc.equal(status, "accepted")) & spoiled[level.document]
    return pc.if_else(pa.array(partly), "partly_accepted", status)


def _only(source: Cells, wanted: Bools) -> pa.Array:
    return pc.if_else(pa.array(wanted), source.text, pa.scalar(None, pa.string()))
