"""Interchanges, groups and transactions of a segment table, found from the few segments that open and close them.

Transactions are columns (searchsorted and repeat); only interchanges and groups become Python objects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from edi import native
from edi.dialect import Role
from edi.edifact.envelope import ENVELOPE as EDIFACT
from edi.reading.buffers import Found
from edi.reading.carrying import Carry, Digests
from edi.scanning.tokenising import shapes_of
from edi.scanning.tokens import Tokens
from edi.segments import Batch, Bools, Group, Interchange, Ints, SegmentTable, Text, Transactions, Wanted, value_at
from edi.x12.envelope import ENVELOPE as X12

ENVELOPES = {"x12": X12, "edifact": EDIFACT}
_LONG = 31  # lengths from here on are hashed by themselves; shorter ones share a byte with what ends the value
_MOST_DIGITS = 12  # of a count
# What each standard has of a group (code, control number, sender, receiver) and of a transaction (type, association, control
# number), and the two parts of its version in EDIFACT, which is one value in X12.
_OF_GROUP = (
    (value_at(1), value_at(1)), (value_at(6), value_at(5)), (value_at(2), value_at(2)), (value_at(3), value_at(3)),
    (value_at(8), value_at(7, 1)), (value_at(8), value_at(7, 2)))
_OF_TRANSACTION = (
    *((value_at(*getattr(X12, name)), value_at(*getattr(EDIFACT, name)))
      for name in ("transaction_type", "association", "transaction_control")),
    (value_at(3), value_at(2, 2)), (value_at(3), value_at(2, 3)))
_WRAPPERS = tuple(tag for envelope in (X12, EDIFACT) for tag, role in envelope.roles.items() if role not in (
    Role.SERVICE, Role.TRANSACTION, Role.TRANSACTION_END))


_Roles: TypeAlias = npt.NDArray[np.int8]  # of Role
_BOUNDS_GROUPS = np.array([role not in (Role.TRANSACTION, Role.TRANSACTION_END, Role.SERVICE) for role in Role])


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    """Segments with a role, ascending, and what they play."""

    segment: Ints
    role: _Roles


@dataclass(frozen=True, slots=True, eq=False)
class Envelopes:
    """What opens and closes what in a table, whose segments know where they lie."""

    table: SegmentTable
    first_segment: Ints  # of each interchange
    stop_segment: Ints
    has_trailer: Bools
    groups: tuple[Group, ...]
    transactions: Transactions


class Surroundings(NamedTuple):
    """What stands around and within an interchange without being part of a segment; see ``edi.segments.Interchange``."""

    newline: bytes = b""
    objects: tuple[bytes | None, ...] = ()
    before: bytes = b""
    after: bytes = b""
    unterminated: bool = False


def find_envelopes(table: SegmentTable, region: Ints, founds: Sequence[Found], carry: Carry) -> Envelopes:
    """Find the interchanges, groups and transactions of a table.

    Args:
        table: segments whose interchange, transaction and ordinal are still empty.
        region: index into ``founds`` of each segment, ascending.
        founds: the interchanges of the batch; only the first can have begun before it, only the last can go on behind it.
        carry: what is open from the part before, where the first interchange began in an earlier one.
    """
    is_x12 = np.array([found.span.header.standard == "x12" for found in founds], dtype=bool)
    first = np.searchsorted(region, np.arange(len(founds)))
    role = _roles(table, is_x12, region, first[[found.begins for found in founds]])
    stop, closed = _interchange_stops(role, first, already=carry.closed)
    is_whole = np.array_equal(stop, np.append(first[1:], len(table))) if founds else True  # nothing stands behind a trailer
    interchange = region if is_whole else np.where(np.arange(len(table)) < stop[region], region, -1)
    inside = np.flatnonzero((role != Role.BODY) & (interchange >= 0))
    marks = _Marks(inside, role[inside])
    bounds = partial(_bounds, len(table), interchange, marks, stop)
    opened, stops = bounds(Role.TRANSACTION, Role.TRANSACTION_END, is_open=carry.transaction is not None)
    transaction, ordinal = _numbered(opened, stops, carry.segments, len(table))
    table = replace(table, interchange=interchange, transaction=transaction, ordinal=ordinal)
    groups = _groups(table, *bounds(Role.GROUP, Role.GROUP_END, is_open=carry.group is not None), is_x12, carry)
    return Envelopes(table, first, stop, closed, groups, _transactions(table, opened, stops, groups, is_x12, carry))


def assemble(envelopes: Envelopes, tokens: Tokens, founds: Sequence[Found], offsets: Sequence[int], around: Sequence[Surroundings],
             carry: Carry, *, hashed: bool) -> tuple[Batch, Digests | None]:
    """Make a batch of a table and its envelopes.

    Args:
        envelopes: the table and what was found in it.
        tokens: what the table was made from.
        founds: the interchanges of the batch.
        offsets: byte offset of each interchange in its file.
        around: what stands around each of them.
        carry: what is open from the part before.
        hashed: whether contents are hashed.

    Returns:
        the batch, without findings, and the running hashes of its last interchange.
    """
    digests, hashes = [carry.digests] * len(founds), [""] * len(founds)
    if hashed:
        digests = [Digests() if found.begins else carry.digests for found in founds]
        _hash_content(envelopes.table, tokens, digests)
        hashes = [_finished(each) for each in digests]
    groups = np.bincount(np.array([group.interchange for group in envelopes.groups], dtype=np.int64), minlength=len(founds)).tolist()
    first, stop, has_trailer = (column.tolist() for column in (envelopes.first_segment, envelopes.stop_segment, envelopes.has_trailer))
    ends = np.append(envelopes.table.end, 0)[envelopes.stop_segment - 1].tolist()
    interchanges = tuple(map(_interchange, founds, offsets, ends, first, stop, has_trailer, around, hashes, groups))
    if founds and not founds[0].begins:
        interchanges = (_going_on(interchanges[0], carry), *interchanges[1:])
    batch = Batch(envelopes.table, interchanges, envelopes.groups, envelopes.transactions, (), earlier=carry.earlier)
    return batch, digests[-1] if digests else None


def _roles(table: SegmentTable, is_x12: Bools, region: Ints, headers: Ints) -> _Roles:
    """Return the role of each segment; a header is one only where its interchange begins.

    Args:
        table: the segments.
        is_x12: whether each interchange is X12.
        region: the interchange of each segment.
        headers: the first segment of each interchange that begins here.
    """
    tags = table.tags.dictionary.to_pylist()
    codes = table.tags.indices.to_numpy(zero_copy_only=False)
    x12, edifact = (np.array([*(envelope.roles.get(tag, Role.BODY) for tag in tags), 0], dtype=np.int8) for envelope in (X12, EDIFACT))
    mixed = is_x12.any() and not is_x12.all()
    role: _Roles = np.where(is_x12[region], x12[codes], edifact[codes]) if mixed else (x12 if is_x12.all() else edifact)[codes]
    role[role == Role.HEADER] = Role.BODY
    role[headers] = Role.HEADER
    return role


def _interchange_stops(role: _Roles, first: Ints, *, already: bool) -> tuple[Ints, Bools]:
    """Return where each interchange stops: past its trailer, or where the next one begins; the first may have stopped already."""
    bound = np.append(first[1:], len(role)) if len(first) else first
    trailers = np.append(np.flatnonzero(role == Role.TRAILER), len(role))
    trailer = trailers[np.searchsorted(trailers, first)]
    closed = trailer < bound
    stop = np.where(closed, trailer + 1, bound)
    if already:
        stop[0], closed[0] = 0, False
    return stop, closed


def _bounds(count: int, interchange: Ints, marks: _Marks, stop: Ints, opens: Role, closes: Role, *, is_open: bool) -> tuple[Ints, Ints]:
    """Return where each transaction or group begins and stops: past its own trailer, or at what else bounds it."""
    segment, role = marks.segment, marks.role
    if opens is Role.GROUP:
        bounds = _BOUNDS_GROUPS[role]
        segment, role = segment[bounds], role[bounds]
    if is_open and count:  # it goes on as if it were opened here
        segment, role = np.append(0, segment), np.append(np.int8(opens), role)
    at = np.flatnonzero(role == opens)
    opened = segment[at]
    if not len(at):
        return opened, opened
    following, played = np.append(segment, count)[at + 1], np.append(role, np.int8(-1))[at + 1]
    return opened, np.minimum(np.where(played == closes, following + 1, following), stop[interchange[opened]])


def _numbered(opened: Ints, stops: Ints, before: int, count: int) -> tuple[Ints, Ints]:
    """Return the transaction of each segment, -1 where there is none, and the ordinal in it, 0 where there is none."""
    bounds = np.stack((opened, stops), axis=1).reshape(-1)
    if native.LIBRARY is not None:
        return native.number(native.LIBRARY, bounds, before, count)
    return numbered_with_numpy(bounds, before, count)


def numbered_with_numpy(bounds: Ints, before: int, count: int) -> tuple[Ints, Ints]:
    """Do what ``edi.native.number`` does, where nothing is compiled."""
    edges = np.concatenate(([0], bounds, [count]))
    numbers = np.full(len(bounds) + 1, -1, dtype=np.int64)
    numbers[1::2] = np.arange(len(bounds) // 2)
    sizes = np.diff(edges)
    stretch = np.repeat(numbers, sizes)
    ordinal = np.arange(1, count + 1) - np.repeat(edges[:-1], sizes)
    if before and len(bounds):
        ordinal[:bounds[1]] += before
    ordinal[stretch < 0] = 0
    return stretch, ordinal


def _interchange(found: Found, offset: int, end: int, first: int, stop: int, has_trailer: bool, around: Surroundings,
                 content_hash: str, group_count: int) -> Interchange:
    header = found.span.header
    return Interchange(
        file=found.file, ordinal=found.ordinal, standard=header.standard, sender_qualifier=header.sender_qualifier,
        sender_id=header.sender_id, receiver_qualifier=header.receiver_qualifier, receiver_id=header.receiver_id,
        control_number=header.control_number, usage_code=header.usage_code, version=header.version,
        acknowledgment_requested=header.acknowledgment_requested, delimiters=header.delimiters, offset=offset,
        end=end if stop else offset, first_segment=first, stop_segment=stop,
        content_hash=content_hash, has_trailer=has_trailer, group_count=group_count, prepared=header.prepared,
        charset=found.dialect.charset, una=header.una, newline=around.newline, before=around.before, after=around.after,
        unterminated=around.unterminated, objects=around.objects, begins=found.begins, ends=found.ends,
    )


def _going_on(interchange: Interchange, carry: Carry) -> Interchange:
    """Complete an interchange that began in an earlier part; where its trailer was there too, this is not its end."""
    return interchange._replace(group_count=interchange.group_count + carry.ended_groups, ends=interchange.ends and not carry.closed)


def _groups(table: SegmentTable, opened: Ints, stops: Ints, is_x12: Bools, carry: Carry) -> tuple[Group, ...]:
    if not len(opened):
        return ()
    interchange = table.interchange[opened]
    x12 = is_x12[interchange]
    columns = [column.to_pylist() for column in _gathered(table, opened, x12, _OF_GROUP)]
    texts = [["" if value is None else value.rstrip() for value in column] for column in columns[:4]]
    stated = stated_count(table, np.where(has_group_end(table, stops), stops - 1, -1)).tolist()
    before = np.searchsorted(interchange, interchange) - np.where(interchange == 0, carry.ended_groups, 0)
    ordinals = np.arange(1, len(opened) + 1) - before
    numbers = [column.tolist() for column in (interchange, ordinals, opened, stops)]
    versions = map(_version, x12.tolist(), *columns[4:])
    groups = tuple(
        Group(i, ordinal, code, control, version, sender, receiver, f, s, None if count < 0 else count)
        for i, ordinal, f, s, count, version, code, control, sender, receiver in zip(*numbers, stated, versions, *texts, strict=True))
    if carry.group is None:
        return groups
    goes_on = carry.group._replace(interchange=0, first_segment=0, stop_segment=groups[0].stop_segment,
                                   stated_count=groups[0].stated_count, begins=False, ends=True)
    return goes_on, *groups[1:]


def _version(is_x12: bool, version: str | None, release: str | None) -> str:
    if is_x12:
        return (version or "").rstrip()
    return "" if version is None or release is None else f"{version}:{release}".rstrip()


def has_group_end(table: SegmentTable, stops: Ints) -> Bools:
    """Tell which groups end with a trailer of their own."""
    return table.codes_at(stops - 1, "GE", "UNE")


def stated_count(table: SegmentTable, segments: Ints) -> Ints:
    """Read element 1 of trailers as a number, -1 where it is none."""
    return counts(table.element(segments, 1))


def counts(text: Text) -> Ints:
    """Read text as counts: at most 12 digits, with white space around them; -1 where it is none."""
    found = native.counts(native.LIBRARY, text, _MOST_DIGITS) if native.LIBRARY is not None else None
    return counts_with_arrow(text, _MOST_DIGITS) if found is None else found


def counts_with_arrow(text: Text, most_digits: int) -> Ints:
    """Do what ``edi.native.counts`` does, where nothing is compiled or there is more than ASCII."""
    text = pc.utf8_trim_whitespace(text)
    number = pc.and_(pc.ascii_is_decimal(text), pc.less_equal(pc.binary_length(text), most_digits))  # a pattern would be compiled anew
    found = pc.if_else(number, text, pa.scalar(None, pa.string())).cast(pa.int64())
    made: Ints = found.fill_null(-1).to_numpy(zero_copy_only=False)
    return made


def _transactions(
    table: SegmentTable, opened: Ints, stops: Ints, groups: tuple[Group, ...], is_x12: Bools, carry: Carry,
) -> Transactions:
    interchange = table.interchange[opened]
    begins = np.array([one.first_segment for one in groups], dtype=np.int64)
    group = np.searchsorted(begins, opened, "right") - 1
    within = np.append(np.array([one.stop_segment for one in groups], dtype=np.int64), 0)[group] > opened
    group = np.where((group >= 0) & within, group, -1)
    ordinal, in_group = _ordinals(opened, interchange, begins, group, carry)
    x12 = is_x12[interchange] if len(opened) else np.zeros(0, dtype=bool)
    type_code, association, control, version, release = _gathered(table, opened, x12, _OF_TRANSACTION)
    versions = pa.array([one.version or None for one in groups] + [None], pa.string())

    def own() -> Text:
        return pc.coalesce(versions.take(pa.array(np.where(group >= 0, group, len(groups)))), _stripped(version))

    texts = (_stripped(type_code), _either(x12, own, lambda: pc.binary_join_element_wise(version, release, ":")),
             _stripped(association), _stripped(control))
    before = np.zeros(len(opened), dtype=np.int64)
    if carry.transaction and len(opened):
        before[0] = carry.transaction.segments
        texts = tuple(_with_first(column, text) for column, text in zip(texts, carry.transaction.texts, strict=True))
    return Transactions(opened, stops, interchange, group, ordinal, in_group, *texts, segments_before=before)


def _ordinals(opened: Ints, interchange: Ints, group_begins: Ints, group: Ints, carry: Carry) -> tuple[Ints, Ints]:
    """Number transactions within their interchange and within their group, from 1; those of earlier parts count."""
    index = np.arange(len(opened))
    ordinal = index - np.searchsorted(interchange, interchange) + 1
    ordinal[interchange == 0] += carry.ended_transactions
    if not len(group_begins):
        return ordinal, ordinal.copy()
    in_group = index - np.searchsorted(opened, group_begins)[group] + 1
    if carry.group:
        in_group[group == 0] += carry.ended_in_group
    return ordinal, np.where(group >= 0, in_group, ordinal)


def _with_first(column: Text, text: str | None) -> Text:
    return pa.concat_arrays([pa.array([text], pa.string()), column[1:].cast(pa.string())])


def _stripped(text: Text) -> Text:
    return pc.utf8_rtrim_whitespace(text)


def _gathered(table: SegmentTable, segments: Ints, is_x12: Bools, fields: Sequence[tuple[Wanted, Wanted]]) -> list[Text]:
    """Gather the values that each standard keeps under one name, at its own place."""
    x12, edifact = zip(*fields, strict=True)
    if is_x12.all():
        return _columns(table, segments, x12)
    if not is_x12.any():
        return _columns(table, segments, edifact)
    both = zip(_columns(table, segments, x12), _columns(table, segments, edifact), strict=True)
    return [pc.if_else(pa.array(is_x12), one, other) for one, other in both]


def _columns(table: SegmentTable, segments: Ints, wanted: Sequence[Wanted]) -> list[Text]:
    """Gather columns, each once however often it is wanted."""
    different = list(dict.fromkeys(wanted))
    found = dict(zip(different, table.gather(segments, *different), strict=True))
    return [found[each] for each in wanted]


def _either(is_x12: Bools, x12: Callable[[], Text], edifact: Callable[[], Text]) -> Text:
    """Take each row from its standard; where all are of one, the other is not made."""
    if is_x12.all():
        return x12()
    return pc.if_else(pa.array(is_x12), x12(), edifact()) if is_x12.any() else edifact()


def _hash_content(table: SegmentTable, tokens: Tokens, digests: Sequence[Digests]) -> None:
    """Hash what each interchange says, apart from the envelope that carries it.

    Values, their lengths and what ends them are hashed, not bytes: the same content under another control number,
    date, set of delimiters or newline style hashes equal. ST02 and UNH 0062 belong to the content.
    """
    hashed = np.where(table.codes(*_WRAPPERS), -1, table.interchange)
    edges = np.flatnonzero(np.diff(hashed, prepend=-2, append=-2))
    values = table.repeat_first[table.element_first[table.segment_first[edges]]]
    shapes, long = shapes_of(tokens, _LONG)
    lengths = memoryview((tokens.offsets[long + 1] - tokens.offsets[long]).astype("<u4").tobytes())
    text, shape = memoryview(tokens.data), shapes.data
    runs = zip(*(pairwise(column.tolist()) for column in (tokens.offsets[values], values, 4 * np.searchsorted(long, values))), strict=True)
    for owner, (texts, valued, longs) in zip(hashed[edges[:-1]].tolist(), runs, strict=True):
        if owner >= 0:
            digest = digests[owner]
            digest.values.update(text[slice(*texts)])
            digest.shapes.update(shape[slice(*valued)])
            digest.long.update(lengths[slice(*longs)])


def _finished(digests: Digests) -> str:
    parts = (digests.values, digests.shapes, digests.long)
    return hashlib.sha256(b"".join(part.digest() for part in parts)).hexdigest()
