"""A file of any size, part by part: what is held at a time does not grow with the file, nor with a transaction in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter
from pathlib import Path

from edi.findings import Severity
from edi.limits import Cap, Limits, Policy
from edi.octets import hold
from edi.reading.batches import make_batch
from edi.reading.buffers import Found, Piece
from edi.reading.carrying import Carry
from edi.reading.cutting import cut, tag_at
from edi.reading.files import read_files
from edi.reading.sources import Source, SourceFile, interchanges, nothing_found, open_source
from edi.segments import Batch

_DEFAULT = Limits()
_LEAST_PART, _MOST_PARTS = 1 << 20, 32


def stream(
    path: Path | str, *, name: str | None = None, limits: Limits = _DEFAULT, severities: Mapping[str, Severity] | None = None,
    hashed: bool = True,
) -> Iterator[Batch]:
    """Read one file as a sequence of batches, in bounded memory.

    A batch ends behind a whole transaction, unless a transaction is larger than ``limits.max_part_bytes``: then
    ``Batch.goes_on`` tells that the next batch continues it. Interchanges and groups appear in each batch that has a
    part of them, with ``begins`` and ``ends``; counts and control numbers are checked where they end.

    Args:
        path: the file.
        name: how places call it; its own name if left out.
        limits: on sizes; ``part_bytes`` is what a batch aims at, or less of a short file.
        severities: finding code -> severity, where a partner's policy has another.
        hashed: whether ``Interchange.content_hash`` is wanted, which tells a resend; without it reading is a sixth faster.
    """
    path = Path(path)
    name = path.name if name is None else name
    size = path.stat().st_size
    source = open_source(name, path, size) if limits.part_bytes < size <= limits.max_file_bytes else None
    if source is None:
        with path.open("rb") as file:
            data = file.read(limits.max_file_bytes + 1 if size > limits.max_file_bytes else -1)  # room is made for what is asked for
        yield from read_files([SourceFile(name, data)], limits=limits, severities=severities, hashed=hashed)
    else:
        yield from _batches(source, Policy(replace(limits, part_bytes=_part_bytes(size, limits)), severities, hashed))


def _part_bytes(size: int, limits: Limits) -> int:
    """Return what a part of a file aims at: what each costs by itself weighs in a long file, the first use of its memory in a short one."""
    return min(limits.part_bytes, max(size // _MOST_PARTS, _LEAST_PART))


@dataclass(slots=True)
class _Part:
    """What the next batch will be made of."""

    founds: list[Found] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    size: int = 0

    def add(self, first: int, last: int, shown: int) -> None:
        """Add a stretch of the last interchange."""
        self.pieces.append(Piece(len(self.founds) - 1, first, last, shown))
        self.size += shown - first


class _Parts:
    """Makes batches of one source, one after another, each with what the one before left open."""

    def __init__(self, source: Source, policy: Policy) -> None:
        self.source, self.policy = source, policy
        self.part = _Part()
        self.faults = deque(source.faults)  # that no batch has told yet, in order
        self.carry = Carry()
        self.cap = Cap(policy.limits.max_findings_per_file)

    def flush(self, next_tag: str = "", *, is_last: bool = False) -> Batch:
        """Make a batch of the part at hand and begin the next one."""
        part, self.part = self.part, _Part()
        told = []
        while self.faults and (is_last or self.faults[0].at < part.pieces[-1].last):
            told.append((0, self.faults.popleft()))
        batch, self.carry = make_batch([self.source], part.founds, part.pieces, told, self.policy, self.carry, next_tag)
        return replace(batch, findings=(*self.cap.kept(batch.findings), *(self.cap.left_out() if is_last else ())))

    def flush_within(self, at: int) -> Iterator[Batch]:
        """Make a batch that stops within the last interchange, before a position; it begins the next part."""
        found = self.part.founds[-1]
        has_some = any(piece.found == len(self.part.founds) - 1 for piece in self.part.pieces)
        if has_some:
            self.part.founds[-1] = found._replace(ends=False)
            found = found._replace(begins=False)
        else:
            self.part.founds.pop()
        if self.part.pieces:
            yield self.flush(tag_at(self.source.data, at, found.dialect.delimiters))
        self.part.founds.append(found)


def _batches(source: Source, policy: Policy) -> Iterator[Batch]:
    parts, limits = _Parts(source, policy), policy.limits
    readable = met_fatal = False
    for each in interchanges(source.data):
        parts.faults += sorted(each.faults, key=attrgetter("at"))
        met_fatal |= any(fault.kind.severity is Severity.FATAL for fault in each.faults)
        if each.span is None or each.dialect is None:
            continue
        readable = True
        parts.part.founds.append(Found(0, each.ordinal, each.span, each.dialect))
        for (first, last), (following, _) in pairwise([*each.span.pieces, (each.span.stop, 0)]):
            yield from _stretches(parts, first, last, limits)
            parts.part.size += min(following - last, limits.max_segment_bytes)  # of an object, which is kept up to that
    if not readable and not met_fatal:
        parts.faults = deque((*source.faults, nothing_found(source.data)))
    yield parts.flush(is_last=True)


def _stretches(parts: _Parts, first: int, last: int, limits: Limits) -> Iterator[Batch]:
    """Take a piece of the last interchange in, making a batch whenever a part is full."""
    while first < last:
        room = limits.part_bytes - parts.part.size
        hold(parts.source.data, first, min(first + room, last))
        found = cut(parts.source.data, parts.part.founds[-1], first, last, room, limits) if room > 0 else None
        if found is None:
            yield from parts.flush_within(first)
            continue
        stop, shown = found
        parts.part.add(first, stop, shown)
        first = stop
