"""Check the segments that enclose documents: whether their elements hold what they must, and whether a group's sets belong in it.

They are described like any other segment and looked at in the same pass. What is wrong with them is told under codes of its own,
all warnings: real senders are careless here, and what matters (counts, control numbers) is the envelope's.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from operator import attrgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import edi.edifact.control
import edi.x12.control
from edi.checking import elements, moves, values
from edi.checking.elements import Described
from edi.checking.faults import Faults
from edi.checking.grouping import grouped
from edi.checking.places import Places, places_of
from edi.findings import Finding, Kind, Severity, find, kind
from edi.reading.balance import place_of
from edi.segments import Batch, Bools, Ints, Text
from edi.x12.dictionary import group_identifiers

ELEMENT_MISSING = kind("envelope.element_missing", Severity.WARNING, "a mandatory element of {tag} is empty",
                       "the partner should fill it in")
SURPLUS = kind("envelope.surplus", Severity.WARNING, "{tag} has elements, components or repetitions that the standard does not have",
               "nothing is lost; look whether a separator stands inside data")
TOO_SHORT = kind("envelope.too_short", Severity.WARNING, "a value of {tag} is shorter than the standard allows",
                 "the partner should write it in full")
TOO_LONG = kind("envelope.too_long", Severity.WARNING, "a value of {tag} is longer than the standard allows",
                "the partner should shorten it")
BAD_CODE = kind("envelope.bad_code", Severity.WARNING, "a code of {tag} is not on the standard's list",
                "the partner should send one of the standard's codes")
BAD_CHARACTER = kind("envelope.bad_character", Severity.WARNING, "a value of {tag} has characters that its type does not allow",
                     "look at the value at this place; the partner should correct it")
BAD_DATE = kind("envelope.bad_date", Severity.WARNING, "the date of {tag} does not exist or is badly written",
                "the partner should correct the date")
BAD_TIME = kind("envelope.bad_time", Severity.WARNING, "the time of {tag} does not exist or is badly written",
                "the partner should correct the time")
TOO_MANY = kind("envelope.too_many", Severity.NOTE, "more than {limit} findings of one kind about this envelope; the rest is left out",
                "correct the first ones and look again")
GROUP_TYPE = kind("x12.gs01_type", Severity.WARNING, "GS01 is not the functional identifier of transaction set {type}",
                  "the partner should send the set in a group of its own kind")

FINDINGS_PER_INTERCHANGE = 200  # of one kind, in one batch

_OWN: Mapping[Kind, Kind] = {
    elements.ELEMENT_MISSING: ELEMENT_MISSING, elements.ELEMENT_SURPLUS: SURPLUS, elements.COMPONENT_SURPLUS: SURPLUS,
    elements.REPETITION_SURPLUS: SURPLUS, elements.TOO_SHORT: TOO_SHORT, elements.TOO_LONG: TOO_LONG, moves.BAD_CODE: BAD_CODE,
    values.BAD_CHARACTER: BAD_CHARACTER, values.CONTROL_CHARACTER: BAD_CHARACTER, values.BAD_DATE: BAD_DATE, values.BAD_TIME: BAD_TIME,
}
_GUIDES = {"x12": edi.x12.control.control_guide, "edifact": edi.edifact.control.control_guide}
_NAMES = (6, 8)  # ISA06 and ISA08, which are padded: blank is empty there


@cache
def _places(standard: str) -> Places:
    return places_of(_GUIDES[standard]())


def control_segments(batch: Batch, unguided: Ints) -> list[Described]:
    """Return the segments outside of transactions that are described, and the headers of transactions that no guide describes."""
    table, those = batch.table, batch.transactions
    wanted = (table.transaction < 0) & (table.interchange >= 0)
    wanted[those.first_segment[unguided[those.segments_before[unguided] == 0]]] = True
    tags = table.tags.dictionary.to_pylist()
    codes = table.tags.indices.to_numpy(zero_copy_only=False)
    found = []
    for places in map(_places, _GUIDES):
        node = np.array([places.by_tag.get(tag, (-1,))[0] for tag in tags] + [-1], dtype=np.int64)
        if node.max() >= 0:
            segments = np.flatnonzero(wanted & (node[codes] >= 0))
            found.append(Described(places, segments, node[codes[segments]]))
    return found


def parted(batch: Batch, faults: Iterable[Faults]) -> tuple[list[Faults], list[Faults]]:
    """Part faults into those of transactions and those of what encloses them, which get kinds of their own."""
    inside, around = [], []
    for each in faults:
        is_inside = batch.table.transaction[each.segments] >= 0
        inside.append(each.take(np.flatnonzero(is_inside)))
        if not is_inside.all():
            around.append(replace(each.take(np.flatnonzero(~is_inside)), kind=_OWN[each.kind]))
    return inside, around


def blank_names(batch: Batch) -> list[Faults]:
    """Return where ISA names no sender or no receiver."""
    headers = batch.table.select("ISA")
    headers = headers[batch.table.transaction[headers] < 0]
    blanks = [(element, headers[_is_blank(batch.table.element(headers, element))]) for element in _NAMES]
    return [Faults.of_segments(ELEMENT_MISSING, segments, element=element) for element, segments in blanks if len(segments)]


def _is_blank(text: Text) -> Bools:
    blank: Bools = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(text), ""), False).to_numpy(zero_copy_only=False)
    return blank


def wrong_groups(batch: Batch) -> list[Faults]:
    """Return the transaction sets whose group bears the identifier of another kind; sets that we know nothing of fit everywhere."""
    those, known = batch.transactions, group_identifiers()
    inside = np.flatnonzero((those.group >= 0) & (those.segments_before == 0))
    if not len(inside):
        return []
    kinds = those.type_code.take(pa.array(inside)).dictionary_encode()
    names = kinds.dictionary.to_pylist()
    wanted = pa.array([known.get(name) for name in names], pa.string()).take(kinds.indices)
    differs = pc.not_equal(wanted, _group_codes(batch, those.first_segment[inside]))
    wrong = np.flatnonzero(pc.fill_null(differs, False).to_numpy(zero_copy_only=False))
    codes = kinds.indices.to_numpy(zero_copy_only=False)[wrong].astype(np.int64)
    return [Faults.of_segments(GROUP_TYPE, those.first_segment[inside[wrong[rows]]], element=1, type=str(names[code]))
            for code, rows in grouped(codes)]


def _group_codes(batch: Batch, segments: Ints) -> Text:
    """Return GS01 of the group that each segment stands in, null where it is empty."""
    headers = batch.table.select("GS")
    at = np.searchsorted(headers, segments, "right") - 1
    carried = batch.groups[0].functional_code or None  # of one that goes on from an earlier part of a stream
    codes = pc.utf8_rtrim_whitespace(batch.table.element(headers, 1))
    return pa.concat_arrays([codes, pa.array([carried], pa.string())]).take(pa.array(np.where(at >= 0, at, len(headers))))


def control_findings(batch: Batch, faults: Iterable[Faults], severities: Mapping[str, Severity]) -> list[Finding]:
    """Return the findings about what encloses transactions, as many of a kind as can be told of an interchange."""
    found = []
    for each in faults:
        owner = batch.table.interchange[each.segments]
        rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
        for row in np.flatnonzero(rank <= FINDINGS_PER_INTERCHANGE).tolist():
            what = each.kind if rank[row] < FINDINGS_PER_INTERCHANGE else TOO_MANY
            found.append(_finding(batch, what, each, row, severities))
    return found


def _finding(batch: Batch, what: Kind, faults: Faults, row: int, severities: Mapping[str, Severity]) -> Finding:
    segment = int(faults.segments[row])
    tag = str(batch.table.tags[segment])
    at = bisect_right(batch.groups, segment, key=attrgetter("first_segment")) - 1
    group = batch.groups[at].ordinal if at >= 0 and segment < batch.groups[at].stop_segment else None
    place = replace(place_of(batch, segment), group=group, segment=None, tag=tag, element=int(faults.element[row]) or None,
                    component=int(faults.component[row]) or None, repetition=int(faults.repetition[row]) or None)
    return find(what, place, severities, tag=tag, limit=FINDINGS_PER_INTERCHANGE)
