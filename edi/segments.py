"""The columnar segment table that X12 and EDIFACT share: values once, structure as index arrays.

No value becomes a Python object here. A table covers one or more whole files; its levels nest as
segment > element > repetition > component, and a *value* is one component. Element 0 of a segment is its tag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from edi import native
from edi.findings import Finding

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Place: TypeAlias = tuple[int, int]  # element and component, from 1
Text: TypeAlias = pa.Array  # of pa.string(); null where the element is absent or empty
Wanted: TypeAlias = native.Wanted  # a value of each of many segments


def value_at(element: int, component: int = 1, repetition: int = 1) -> Wanted:
    """Want the value at a place: positions from 1; element 0 is the tag."""
    return Wanted(((element, repetition - 1, component - 1),))


def value_with(code: str, places: Sequence[tuple[Place, Place]]) -> Wanted:
    """Want the value that has a qualifier: the first of some pairs whose second one is the code.

    Args:
        code: what the qualifier must be, such as ``VN`` in PO106.
        places: where a value and its qualifier may be: element and component from 1, as ``((7, 1), (6, 1))``.
    """
    values, qualifiers = (tuple((each[0], 0, each[1] - 1) for each in those) for those in zip(*places, strict=True))
    return Wanted(values, qualifiers, code)


def ranks(among: Ints, segments: Ints, *, with_equals: bool = False) -> Ints:
    """Tell how many of some ascending segments stand before each of some segments; with itself among them, if it is one of them."""
    if native.LIBRARY is None:
        return np.searchsorted(among, segments, "right" if with_equals else "left")
    return native.ranks(native.LIBRARY, among, segments, with_equals=with_equals)


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The service characters of one interchange (X12 ISA, EDIFACT UNA). None where there is none."""

    element: bytes
    segment: bytes
    component: bytes
    repetition: bytes | None = None
    release: bytes | None = None
    decimal: bytes = b"."


class Interchange(NamedTuple):
    """One ISA..IEA or UNA/UNB..UNZ as it was read; a tuple, since a frozen object takes eight times as long to make."""

    file: int  # index into SegmentTable.files
    ordinal: int  # in the file, from 1
    standard: str  # "x12" or "edifact"
    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    control_number: str
    usage_code: str  # "production" or "test" (ISA15, UNB 0035)
    version: str  # ISA12, or UNB S001 as "UNOA:3"
    acknowledgment_requested: bool  # ISA14 = 1, UNB 0031 = 1
    delimiters: Delimiters
    offset: int  # first byte (of UNA where there is one)
    end: int  # just past the last byte of the trailer, or of what there was
    first_segment: int  # index into the table: ISA or UNB
    stop_segment: int  # just past the trailer
    content_hash: str  # of everything but the interchange and group envelopes; "" where nobody asked for it
    has_trailer: bool
    group_count: int = 0
    prepared: str = ""  # date and time as on the wire, e.g. "241123 0130"; only for reports
    charset: str = "utf-8"  # the codec that the values were read with
    una: bytes = b""  # UNA as it was read, with what lies between it and UNB
    newline: bytes = b""  # what follows each terminator; b"" where nothing does
    before: bytes = b""  # padding in front of it
    after: bytes = b""  # padding behind its trailer, up to the next interchange or the end of the file
    unterminated: bool = False  # whether the terminator of its trailer was left out
    objects: tuple[bytes | None, ...] = ()  # what follows each UNO of this batch up to its UNP; None where it is too long to keep
    begins: bool = True  # in this batch; False where earlier parts of a stream have its beginning
    ends: bool = True  # in this batch; False where later parts of a stream have its end


class Group(NamedTuple):
    """One GS..GE or UNG..UNE; an EDIFACT interchange without UNG has none."""

    interchange: int  # index into the batch's interchanges
    ordinal: int  # in the interchange, from 1
    functional_code: str  # GS01 or UNG 0038
    control_number: str  # GS06 or UNG 0048
    version: str  # GS08
    sender_id: str  # GS02
    receiver_id: str  # GS03
    first_segment: int
    stop_segment: int
    stated_count: int | None = None  # GE01: transactions that the trailer states
    begins: bool = True  # in this batch, as with interchanges
    ends: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Transactions:
    """All transactions of a batch, as columns of equal length t, in order of place."""

    first_segment: Ints  # ST or UNH
    stop_segment: Ints  # just past SE or UNT
    interchange: Ints  # index into the batch's interchanges
    group: Ints  # index into the batch's groups, -1 where there is none
    ordinal: Ints  # in the interchange, from 1
    ordinal_in_group: Ints  # from 1; equals ordinal where there is no group
    type_code: Text  # ST01 ("850") or UNH 0065 ("ORDERS")
    version: Text  # GS08 or ST03 ("004010"), or UNH 0052+0054 as "D:96A"
    association: Text  # ST03, or UNH 0057 ("EAN008")
    control_number: Text  # ST02 or UNH 0062
    segments_before: Ints  # segments of the transaction in earlier batches of the stream; 0 where it begins in this one

    def __len__(self) -> int:
        return len(self.first_segment)


@dataclass(frozen=True, slots=True, eq=False)
class SegmentTable:
    """Segments of whole files as index arrays over one array of values.

    Shapes: ``s`` segments, ``e`` elements (tags included), ``r`` repetitions, ``v`` values.
    """

    files: tuple[str, ...]  # content hash (or name) of each file
    values: pa.Array  # v strings, UTF-8, release characters removed; "" where empty
    repeat_first: Ints  # r + 1: index of the first value of each repetition
    element_first: Ints  # e + 1: index of the first repetition of each element
    segment_first: Ints  # s + 1: index of the first element of each segment
    tags: pa.DictionaryArray  # s: trimmed tag of each segment
    offset: Ints  # s: byte offset of the segment in its file
    end: Ints  # s: byte just past its terminator
    file: Ints  # s: index into files
    interchange: Ints  # s: index into the batch's interchanges, -1 outside
    transaction: Ints  # s: index into the batch's transactions, -1 outside
    ordinal: Ints  # s: ordinal in its transaction from 1 (ST, UNH); 0 outside

    def __len__(self) -> int:
        return len(self.offset)

    def codes(self, *tags: str) -> Bools:
        """Return which segments have one of the tags."""
        return self._is_one(tags, self.tags.indices.to_numpy(zero_copy_only=False))

    def codes_at(self, segments: Ints, *tags: str) -> Bools:
        """Return which of some segments have one of the tags."""
        return self._is_one(tags, self.tags.indices.to_numpy(zero_copy_only=False)[segments])

    def _is_one(self, tags: tuple[str, ...], codes: npt.NDArray[np.integer]) -> Bools:
        known = self.tags.dictionary.to_pylist()
        wanted = [known.index(tag) for tag in tags if tag in known]
        if len(wanted) == 1:
            only: Bools = codes == wanted[0]
            return only
        table = np.zeros(len(known) + 1, dtype=bool)
        table[wanted] = True
        return table[codes] if wanted else np.zeros(len(codes), dtype=bool)

    def select(self, *tags: str) -> Ints:
        """Return the ascending indices of all segments with one of the tags."""
        known = self.tags.dictionary.to_pylist()
        return np.flatnonzero(self.codes(*tags)) if any(tag in known for tag in tags) else np.zeros(0, dtype=np.int64)

    def nested(self, segment: int) -> list[list[list[str]]]:
        """Return one segment as elements of repetitions of components, the tag first; for people, not for bulk work."""
        first, stop = self.segment_first[segment:segment + 2]
        repeats = [range(*self.element_first[at:at + 2].tolist()) for at in range(first, stop)]
        return [[self.values[slice(*self.repeat_first[at:at + 2].tolist())].to_pylist() for at in one] for one in repeats]

    def element_count(self, segments: Ints) -> Ints:
        """Return how many elements each segment has, its tag not counted."""
        return self.segment_first[segments + 1] - self.segment_first[segments] - 1

    def element(self, segments: Ints, element: int, component: int = 1, repetition: int = 1) -> Text:
        """Gather one component of one element from many segments.

        Args:
            segments: indices of segments; -1 stands for "no such segment" and gives null.
            element: position from 1; 0 is the tag.
            component: position from 1.
            repetition: position from 1.

        Returns:
            strings as long as ``segments``; null where absent or empty.
        """
        return self.gather(segments, value_at(element, component, repetition))[0]

    def gather(self, segments: Ints, *wanted: Wanted) -> list[Text]:
        """Gather several values of the same segments, which costs less than one after another.

        Args:
            segments: indices of segments; -1 stands for "no such segment" and gives nulls.
            wanted: made by :func:`value_at` and :func:`value_with`.

        Returns:
            an array for each that is wanted, as long as ``segments``; null where absent or empty.
        """
        if native.LIBRARY is None:
            return self.gather_with_numpy(segments, *wanted)
        levels = self.segment_first, self.element_first, self.repeat_first
        return native.gather(native.LIBRARY, self.values, levels, segments, wanted)

    def gather_with_numpy(self, segments: Ints, *wanted: Wanted) -> list[Text]:
        """Do what ``gather`` does, where nothing is compiled."""
        return [self._having(segments, each) if each.qualifiers else self._at(segments, each.places[0]) for each in wanted]

    def _having(self, segments: Ints, wanted: Wanted) -> Text:
        found, there = pa.nulls(len(segments), pa.string()), np.zeros(len(segments), dtype=bool)
        for value, qualifier in zip(wanted.places, wanted.qualifiers, strict=True):
            mine = pc.fill_null(pc.equal(self._at(segments, qualifier), wanted.code), False).to_numpy(zero_copy_only=False) & ~there
            found, there = pc.if_else(pa.array(mine), self._at(segments, value), found), there | mine
        return found

    def _at(self, segments: Ints, place: tuple[int, int, int]) -> Text:
        index, there = self._value_index(segments, *place)
        offsets = np.frombuffer(self.values.buffers()[1], dtype=np.int32)[self.values.offset:]
        there &= offsets[index + 1] > offsets[index]
        return self.values.take(pa.array(index) if there.all() else pa.array(index, mask=~there))

    def _value_index(self, segments: Ints, element: int, repetition: int, component: int) -> tuple[Ints, Bools]:
        """Return the index of each value and whether it is there; where it is not, the index is 0.

        Where there is one member in every group of a level, as many tables have it, the level is not looked up.
        """
        index = self.segment_first[segments] + element  # of -1, the last edge: at or behind the first edge, so never there
        there = index < self.segment_first[segments + 1]
        index *= there
        for first, member, members in (
            (self.element_first, repetition, len(self.repeat_first) - 1), (self.repeat_first, component, len(self.values))):
            if len(first) - 1 < members:
                stop = first[index + 1]
                index = first[index] + member
                there &= index < stop
                index *= there
            elif member:
                there[:] = False
                index[:] = 0
        return index, there


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """What earlier parts of a stream held of the interchange, group and transaction that go on in this one."""

    groups: int = 0
    transactions: int = 0
    packages: int = 0  # UNO
    group_transactions: int = 0
    control_numbers: set[str] = field(default_factory=set)  # of the transactions so far of the open group, or interchange without groups
    group_numbers: set[str] = field(default_factory=set)  # of the groups so far, as edi.reading.balance.group_key has them


class LineCounter(Protocol):
    """Tells on which line of its file a byte stands."""

    def of(self, offset: int) -> int: ...


@dataclass(frozen=True, eq=False)
class Batch:
    """What one pass of reading gives: the table, its envelopes, and what was wrong with them.

    A batch of ``read_files`` holds whole files; one of ``stream`` is a part of a file. Interchanges and groups that lie in
    several parts appear in each of them.
    """

    table: SegmentTable
    interchanges: tuple[Interchange, ...]
    groups: tuple[Group, ...]
    transactions: Transactions
    findings: tuple[Finding, ...]
    goes_on: bool = False  # whether the last transaction of the batch is continued in the next batch of the stream
    earlier: Earlier = field(default_factory=Earlier)
    lines: tuple[LineCounter, ...] = ()  # a file each

    def line_of(self, segment: int) -> int | None:
        """Return the line of the file on which a segment begins, from 1."""
        return self.lines[int(self.table.file[segment])].of(int(self.table.offset[segment])) if self.lines else None

    @cached_property
    def type_codes(self) -> list[str]:
        """Type of each transaction as Python strings, "" where it has none; few enough to hold."""
        return [str(code or "") for code in self.transactions.type_code.to_pylist()]
