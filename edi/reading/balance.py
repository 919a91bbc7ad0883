"""Whether envelopes hold what they state: counts, control numbers, trailers, and nothing outside of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.dialect import Role
from edi.findings import Finding, Kind, Place, Severity, find, kind, quotable
from edi.reading.envelopes import ENVELOPES, counts, has_group_end
from edi.reading.scouting import OUTSIDE
from edi.segments import Batch, Bools, Group, Ints, Text, value_at

MISSING_TRAILER = kind("envelope.missing_trailer", Severity.ERROR, "{tag} is missing",
                       "Ask the partner whether the file was cut short, and to send it again whole.")
ORPHAN = kind("envelope.orphan", Severity.ERROR, "transactions stand outside of any interchange (segments: {count})",
              "Ask the partner to send these transactions again inside an interchange.")
MISSING_HEADER = kind("envelope.missing_header", Severity.ERROR, "{tag} is missing: {count} segments up to {end} belong to no transaction",
                      "Ask the partner to send this transaction again whole; those beside it are not touched.")
NO_GROUP = kind("envelope.no_group", Severity.ERROR, "the transaction set stands outside of any functional group",
                "Ask the partner to send it again between GS and GE.")
EMPTY_SEGMENT = kind("envelope.empty_segment", Severity.WARNING, "a segment terminator ends nothing",
                     "None needed; empty segments are not counted.")


def place_of(batch: Batch, segment: int) -> Place:
    """Return the full place of a segment."""
    table = batch.table
    interchange, transaction = int(table.interchange[segment]), int(table.transaction[segment])
    group = int(batch.transactions.group[transaction]) if transaction >= 0 else -1
    return Place(
        file=table.files[int(table.file[segment])], offset=int(table.offset[segment]),
        interchange=batch.interchanges[interchange].ordinal if interchange >= 0 else None,
        group=batch.groups[group].ordinal if group >= 0 else None,
        transaction=int(batch.transactions.ordinal[transaction]) if transaction >= 0 else None,
        segment=int(table.ordinal[segment]) or None,
        tag=quotable(table.tags[segment].as_py()) or None if transaction >= 0 else None, line=batch.line_of(segment),
    )


def place_at(batch: Batch, file: int, offset: int) -> Place | None:
    """Return the full place of the segment that an octet lies in, None where it lies in none.

    Args:
        batch: its files one after another, the segments of each in order.
        file: index into the batch's files.
        offset: of the octet in its file.
    """
    table = batch.table
    first, stop = np.searchsorted(table.file, [file, file + 1]).tolist()
    at = first + int(np.searchsorted(table.offset[first:stop], offset, "right")) - 1
    return place_of(batch, at) if at >= first and offset < table.end[at] else None


def check_envelopes(batch: Batch, *, severities: Mapping[str, Severity] | None = None) -> list[Finding]:
    """Check counts, control numbers and completeness of all interchanges, groups and transactions."""
    if not len(batch.table):
        return []
    met = (*_transactions(batch), *_groups(batch), *_interchanges(batch), *_strays(batch))
    return [find(what, place, severities, **details) for what, place, details in met]


_Met = Iterator[tuple[Kind, Place, dict[str, object]]]


def _kinds(batch: Batch, interchanges: Ints, field: str) -> list[Kind]:
    found: list[Kind] = [getattr(ENVELOPES[batch.interchanges[at].standard], field) for at in interchanges.tolist()]
    return found


def _transactions(batch: Batch) -> _Met:
    table, those = batch.table, batch.transactions
    last = those.stop_segment - 1
    closed = table.codes_at(last, "SE", "UNT")
    counted = those.stop_segment - those.first_segment + those.segments_before
    stated, control = table.gather(last, value_at(1), value_at(2))
    checks = (
        (closed & (counts(stated) != counted), "transaction_count_wrong", 1),
        (closed & _unequal(control, those.control_number), "transaction_control_wrong", 2),
    )
    for wrong, field, element in checks:
        at = np.flatnonzero(wrong)
        for what, t in zip(_kinds(batch, those.interchange[at], field), at.tolist(), strict=True):
            yield what, replace(place_of(batch, int(last[t])), element=element), {"counted": int(counted[t])}
    ended = np.ones(len(those), dtype=bool)
    ended[len(those) - batch.goes_on:] = False
    for t in np.flatnonzero(~closed & ended).tolist():
        tag = ENVELOPES[batch.interchanges[int(those.interchange[t])].standard].tag(Role.TRANSACTION_END)
        yield MISSING_TRAILER, replace(place_of(batch, int(last[t])), tag=tag), {"tag": tag}
    at = np.flatnonzero(_repeated(batch))
    for what, t in zip(_kinds(batch, those.interchange[at], "transaction_repeated"), at.tolist(), strict=True):
        element, _ = ENVELOPES[batch.interchanges[int(those.interchange[t])].standard].transaction_control
        yield what, replace(place_of(batch, int(those.first_segment[t])), element=element), {}
    for t in np.flatnonzero((those.group < 0) & (those.segments_before == 0)).tolist():
        if batch.interchanges[int(those.interchange[t])].standard == "x12":
            yield NO_GROUP, place_of(batch, int(those.first_segment[t])), {}


def _unequal(one: Text, other: Text) -> Bools:
    if one.equals(other):
        return np.zeros(len(one), dtype=bool)
    trimmed = pc.fill_null(pc.utf8_rtrim_whitespace(one), "")
    wrong: Bools = pc.not_equal(trimmed, pc.fill_null(other, "")).to_numpy(zero_copy_only=False)
    return wrong


def _repeated(batch: Batch) -> Bools:
    """Tell which transactions repeat a control number of their group (X12) or interchange (EDIFACT)."""
    those = batch.transactions
    codes = those.control_number.dictionary_encode()
    if len(codes.dictionary) == len(those):
        return _known_before(batch)
    number = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    scope = np.where(those.group >= 0, those.group, len(batch.groups) + those.interchange)
    _, earliest = np.unique(scope * (len(codes.dictionary) + 1) + number, return_index=True)
    repeated: Bools = np.ones(len(those), dtype=bool)
    repeated[earliest] = False
    repeated |= _known_before(batch)
    repeated[number < 0] = False
    return repeated


def _known_before(batch: Batch) -> Bools:
    """Tell which transactions repeat a number of an earlier part of the stream."""
    those, known = batch.transactions, batch.earlier.control_numbers
    repeats: Bools = np.zeros(len(those), dtype=bool)
    if known and not known.isdisjoint(those.control_number.to_pylist()):
        in_scope = those.group == 0 if batch.groups and not batch.groups[0].begins else (those.group < 0) & (those.interchange == 0)
        at = np.flatnonzero(in_scope & (those.segments_before == 0))
        repeats[at] = [number in known for number in those.control_number.take(pa.array(at)).to_pylist()]
    return repeats


def same_control(standard: str, one: str, other: str) -> bool:
    """Compare control numbers of groups and interchanges."""
    return one == other or control_key(standard, one) == control_key(standard, other)


def control_key(standard: str, number: str) -> str:
    """Return what a control number is told from others by: in X12 it is a number, in EDIFACT text; blanks around it do not count."""
    number = number.strip()
    return number.lstrip("0") or "0" if standard == "x12" and number.isascii() and number.isdigit() else number


def _groups(batch: Batch) -> _Met:
    if not batch.groups:
        return
    table, held = batch.table, _held(batch.transactions.group, len(batch.groups))
    if not batch.groups[0].begins:
        held[0] += batch.earlier.group_transactions - _goes_on_from_before(batch)
    last = np.array([group.stop_segment - 1 for group in batch.groups])
    closed = has_group_end(table, last + 1)
    stated = _strings(table.element(last, 2))
    for at in _repeated_groups(batch):
        group = batch.groups[at]
        envelope = ENVELOPES[batch.interchanges[group.interchange].standard]
        place, (element, _) = place_of(batch, group.first_segment), envelope.group_control
        yield envelope.group_repeated, replace(place, group=group.ordinal, tag=envelope.tag(Role.GROUP), element=element), {}
    for at, group in enumerate(batch.groups):
        if not group.ends:
            continue
        envelope = ENVELOPES[batch.interchanges[group.interchange].standard]
        same = closed[at] and same_control(envelope.standard, stated[at], group.control_number)
        if same and group.stated_count == held[at]:
            continue
        tag = envelope.tag(Role.GROUP_END)
        end = partial(_end_of, batch, int(last[at]), tag=tag, group=group.ordinal)
        if not closed[at]:
            yield MISSING_TRAILER, end(), {"tag": tag}
            continue
        if group.stated_count != held[at]:
            yield envelope.group_count_wrong, end(element=1), {"counted": held[at]}
        if not same:
            yield envelope.group_control_wrong, end(element=2), {}


def _repeated_groups(batch: Batch) -> Iterator[int]:
    """Yield the groups whose control number an earlier one of their interchange has."""
    known, carried = set[tuple[int, str]](), batch.earlier.group_numbers
    for at, group in enumerate(batch.groups):
        key = group_key(batch, group)
        if group.begins and key:
            if (group.interchange, key) in known or (group.interchange == 0 and key in carried):
                yield at
            known.add((group.interchange, key))


def group_key(batch: Batch, group: Group) -> str:
    """Return what a group's control number is told from others by."""
    return control_key(batch.interchanges[group.interchange].standard, group.control_number)


def _end_of(batch: Batch, segment: int, *, tag: str, group: int | None = None, element: int | None = None) -> Place:
    """Return the place of the trailer of a group or interchange, or of where it is missing."""
    return replace(place_of(batch, segment), group=group, tag=tag, element=element, transaction=None, segment=None)


def _goes_on_from_before(batch: Batch) -> bool:
    """Tell whether the first transaction began in an earlier part: it was counted there."""
    return len(batch.transactions) > 0 and int(batch.transactions.segments_before[0]) > 0


def _held(owner: Ints, owners: int) -> list[int]:
    counts: list[int] = np.bincount(owner[owner >= 0], minlength=owners).tolist()
    return counts


def _strings(text: Text) -> list[str]:
    return ["" if value is None else value.strip() for value in text.to_pylist()]


def _interchanges(batch: Batch) -> _Met:
    table = batch.table
    last = np.array([one.stop_segment - 1 for one in batch.interchanges], dtype=np.int64)
    counted_by_them, control_numbers = table.gather(last, value_at(1), value_at(2))
    stated, control = counts(counted_by_them).tolist(), _strings(control_numbers)
    messages = _held(batch.transactions.interchange, len(batch.interchanges))
    packages = _held(table.interchange[table.select("UNO")], len(batch.interchanges))
    if batch.interchanges and not batch.interchanges[0].begins:
        messages[0] += batch.earlier.transactions - _goes_on_from_before(batch)
        packages[0] += batch.earlier.packages
    for at, one in enumerate(batch.interchanges):
        if not one.ends:
            continue
        envelope = ENVELOPES[one.standard]
        counted = one.group_count if one.standard == "x12" or one.group_count else messages[at] + packages[at]
        same = one.has_trailer and same_control(one.standard, control[at], one.control_number)
        if same and stated[at] == counted:
            continue
        tag = envelope.tag(Role.TRAILER)
        end = partial(_end_of, batch, int(last[at]), tag=tag)
        if not one.has_trailer:
            yield MISSING_TRAILER, end(), {"tag": tag}
            continue
        if stated[at] != counted:
            yield envelope.interchange_count_wrong, end(element=1), {"counted": counted}
        if not same:
            yield envelope.interchange_control_wrong, end(element=2), {}


def _strays(batch: Batch) -> _Met:
    """Find runs of segments that belong to no transaction and are no part of an envelope either."""
    table = batch.table
    placed = (table.transaction >= 0) | ((table.interchange >= 0) & table.codes("TA1", "TA3", "UNO", "UNP"))
    parts = [one.first_segment for one in batch.interchanges if one.begins]
    parts += [one.stop_segment - 1 for one in batch.interchanges if one.has_trailer]
    parts += [group.first_segment for group in batch.groups if group.begins]
    stops = np.array([group.stop_segment for group in batch.groups], dtype=np.int64)
    placed[parts] = True
    placed[stops[has_group_end(table, stops)] - 1] = True
    if placed.all():
        return
    owner = np.where(placed, np.iinfo(np.int64).min, table.interchange * len(table.files) + table.file)
    lost = table.codes("ST", "UNH") & (table.interchange < 0)
    ends = np.flatnonzero(table.codes("SE", "UNT") & ~placed & (table.interchange >= 0))
    for first, stop in _runs(owner):
        if placed[first]:
            continue
        for end in ends[np.searchsorted(ends, first):np.searchsorted(ends, stop)].tolist():
            yield _headless(batch, first, end) if end > first else (OUTSIDE, place_of(batch, end), {"count": 1})
            first = end + 1
        if first < stop:
            yield ORPHAN if lost[first:stop].any() else OUTSIDE, place_of(batch, first), {"count": stop - first}


def _headless(batch: Batch, first: int, last: int) -> tuple[Kind, Place, dict[str, object]]:
    """Tell of segments whose trailer is there and whose header is not: a transaction that cannot be named."""
    envelope = ENVELOPES[batch.interchanges[int(batch.table.interchange[first])].standard]
    group = next((one.ordinal for one in batch.groups if one.first_segment <= first < one.stop_segment), None)
    tag, end = envelope.tag(Role.TRANSACTION), envelope.tag(Role.TRANSACTION_END)
    return MISSING_HEADER, replace(place_of(batch, first), group=group, tag=tag), {"tag": tag, "count": last + 1 - first, "end": end}


def _runs(owner: Ints) -> Sequence[tuple[int, int]]:
    edges = np.flatnonzero(owner[1:] != owner[:-1]) + 1
    return list(zip([0, *edges.tolist()], [*edges.tolist(), len(owner)], strict=True))
