"""Incoming X12 997 and 999 to what the partner says of our functional groups and their transaction sets."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.levels import Cells, Level, cells, documents_level
from transforms.mappings.rows import Rows, finished
from transforms.model import PARTNER_ACKNOWLEDGMENTS
from transforms.typed import to_bools

LEVELS = {"AK1": "group", "AK2": "transaction"}
# X12 715 and 717: M, W and X reject for reasons of security.
STATUS = {
    "A": "accepted", "E": "accepted_with_errors", "P": "partly_accepted", "R": "rejected", "M": "rejected", "W": "rejected",
    "X": "rejected",
}


def map_997(documents: Documents) -> Mapped:
    """Map all 997s, or all 999s, at once: they differ in the tag of a set's verdict."""
    whole = documents_level(documents)
    level = whole.inside(*LEVELS, until=("AK9", "SE"))
    of_set = to_bools(pc.equal(level.cell(0).text, "AK2"))
    group_verdict = whole.first("AK9")[level.document]
    verdict = np.where(of_set, np.maximum(level.first("AK5"), level.first("IK5")), group_verdict)
    rows = Rows(PARTNER_ACKNOWLEDGMENTS, level)
    rows.put("statement_ordinal", level.ordinals())
    rows.code("level_code", level.cell(0), LEVELS)
    rows.put("acknowledged_group_number", level.from_document(whole.child("AK1", 2).text))
    rows.put("acknowledged_transaction_number", _only(level.cell(2), of_set))
    rows.put("acknowledged_type_code", level.cell(1))
    rows.code("status_code", cells(level.table, verdict, 1), STATUS)
    rows.put("reason_code", _reason(level, verdict, of_set))
    return finished(rows)


def _reason(level: Level, verdict: Ints, of_set: Bools) -> pa.Array:
    """Return the first error code: AK502 of a set, AK905 of a group."""
    return pc.if_else(pa.array(of_set), level.table.element(verdict, 2), level.table.element(verdict, 5))


def _only(source: Cells, wanted: Bools) -> pa.Array:
    return pc.if_else(pa.array(wanted), source.text, pa.scalar(None, pa.string()))
