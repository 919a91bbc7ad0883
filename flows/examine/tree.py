"""A file as a tree: interchange, group, transaction, the guide's loops, segments with the names of their elements, findings in place.

The tree is told from the top down, entry after entry, each with its depth; so a file of any size can be shown while it is read.
Headings are told only when something below them is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from edi.checking.depth import MAX_DEPTH
from edi.checking.location import Located, Spot
from edi.findings import Finding, Severity
from edi.guidemodel import Element, Segment
from edi.guides import segment_name
from edi.segments import Batch, Group
from flows.examine.envelopes import SEGMENTS, element_names

_HIERARCHY = "HL"


@dataclass(frozen=True, slots=True, eq=False)
class Heading:
    """An interchange, group, transaction or loop. The facts of a loop are its name and level alone."""

    kind: str  # "interchange", "group", "transaction" or "loop"
    facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class ElementShown:
    """One element that is there: its names and its values, of each repetition the components."""

    position: int
    names: tuple[str, ...]  # of the element, then of its components; () where nobody knows them
    repetitions: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SegmentShown:
    """One segment with what was found in it."""

    tag: str
    name: str
    offset: int
    line: int | None
    ordinal: int  # in its transaction, from 1; 0 outside
    fits: bool  # False: the guide does not have it here
    elements: tuple[ElementShown, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Loose:
    """Findings that belong to no segment."""

    findings: tuple[Finding, ...]


Entry: TypeAlias = tuple[int, Heading | SegmentShown | Loose]  # depth first


@dataclass(frozen=True, slots=True)
class Wish:
    """Which part of a file is to be shown."""

    findings_only: bool = False
    limit: int = 0  # segments; 0: all
    interchange: int | None = None  # ordinal in the file
    transaction: int | None = None  # ordinal in the interchange
    offset: int = 0  # the first segment that does not end before this byte, and those behind it


@dataclass(slots=True)
class Rest:
    """What was counted, what was asked for, and what was not shown because of the limit."""

    segments: int = 0
    selected: int = 0  # of them, those in the part of the file that was asked for
    findings: int = 0
    unreadable: bool = False  # the file, or an interchange of it
    not_shown: int = 0
    findings_not_shown: int = 0


@dataclass(slots=True)
class _Loops:
    """The loops that are open in a transaction, and the headings of the hierarchy by level."""

    frames: list[tuple[str, int]] = field(default_factory=list)  # name in the guide, length of the path down to it
    path: list[Heading] = field(default_factory=list)
    levels: list[list[Heading]] = field(default_factory=list)

    def enter(self, tag: str, names: tuple[str, ...], opens: bool, level: int) -> None:
        """Close and open loops so that the next segment stands in those that are named."""
        same = sum(1 for _ in _common(names, [name for name, _ in self.frames]))
        same = min(same, len(names) - 1) if opens else same
        del self.frames[same:]
        self.path = self.path[:self.frames[-1][1] if self.frames else 0]
        if opens and tag == _HIERARCHY:
            level = min(level, len(self.levels) + 1, MAX_DEPTH)
            del self.levels[level - 1:]
            self.path = list(self.levels[-1]) if self.levels else self.path
        for name in names[same:]:
            at_level = {"level": level} if tag == _HIERARCHY and opens else {}
            self.path = [*self.path, Heading("loop", {"name": name, **at_level})]
            self.frames.append((name, len(self.path)))
        if opens and tag == _HIERARCHY:
            self.levels.append(self.path)


def _common(names: Iterable[str], others: Iterable[str]) -> Iterator[str]:
    for name, other in zip(names, others, strict=False):
        if name != other:
            return
        yield name


class Walker:
    """Tells the entries of the batches of one file, in their order."""

    def __init__(self, wish: Wish) -> None:
        """Take what is to be shown; ``rest`` tells in the end what was left out."""
        self.wish, self.rest = wish, Rest()
        self._told: list[Heading] = []
        self._above: dict[tuple[str, int, int], Heading] = {}  # the headings of the interchange, group and transaction that are open
        self._loops = _Loops()
        self._shown = 0
        self._early: list[Finding] = []  # about what a later part of the stream holds

    def walk(self, batch: Batch, located: Iterable[Located], findings: Iterable[Finding]) -> Iterator[Entry]:
        """Yield the entries of a batch."""
        ends = int(batch.table.end[-1]) if len(batch.table) else 0
        known = [*self._early, *findings]
        self._early = [each for each in known if (each.place.offset or 0) > ends]
        loose, by_segment = _placed(batch, [each for each in known if (each.place.offset or 0) <= ends])
        for those in (loose, *by_segment.values()):
            self._count(those)
        if loose:
            yield 0, Loose(tuple(loose))
        table, values = batch.table, batch.table.values.to_pylist()
        tags = table.tags.to_pylist()
        places = {one.transaction: one for one in located}
        firsts = batch.transactions.first_segment
        for index, (at, transaction) in enumerate(zip(table.interchange.tolist(), table.transaction.tolist(), strict=True)):
            self.rest.segments += 1
            spot = None
            if transaction >= 0:
                within = index - int(firsts[transaction])
                place = places[transaction]
                spot = place.spots[within] if place.spots else None
                if within == 0 and int(batch.transactions.segments_before[transaction]) == 0:
                    self._loops = _Loops()
                self._enter(tags[index], spot, int(place.levels[within]))
            here = by_segment.get(index, [])
            if not self._wanted(batch, index, at, transaction, here):
                continue
            path = [*self._headings(batch, index, at, transaction), *(self._loops.path if transaction >= 0 else ())]
            yield from self._opened(path)
            yield len(path), _segment(batch, index, tags[index], spot, values, here)

    def unread(self, finding: Finding) -> Entry:
        """Return the entry that tells that the file, or the rest of it, cannot be read."""
        self._count([finding])
        return 0, Loose((finding,))

    def remaining(self) -> Iterator[Entry]:
        """Yield, behind the last batch, what is about bytes behind the last segment."""
        if self._early:
            self._count(self._early)
            yield 0, Loose(tuple(self._early))

    def _count(self, findings: list[Finding]) -> None:
        self.rest.findings += len(findings)
        self.rest.unreadable |= any(finding.severity is Severity.FATAL for finding in findings)

    def _enter(self, tag: str, spot: Spot | None, level: int) -> None:
        if spot is not None:
            self._loops.enter(tag, spot.loops, spot.opens, level)
        elif level and tag not in ("SE", "UNT"):  # without a guide, the hierarchy alone is known
            self._loops.enter(tag, (_HIERARCHY,), tag == _HIERARCHY, level)
        else:
            self._loops.enter(tag, (), False, level)

    def _wanted(self, batch: Batch, index: int, at: int, transaction: int, findings: list[Finding]) -> bool:
        wish = self.wish
        selected = int(batch.table.end[index]) > wish.offset
        if wish.interchange is not None:
            selected = selected and at >= 0 and batch.interchanges[at].ordinal == wish.interchange
        if wish.transaction is not None:
            selected = selected and transaction >= 0 and int(batch.transactions.ordinal[transaction]) == wish.transaction
        self.rest.selected += selected
        wanted = selected and (bool(findings) or not wish.findings_only)
        if wanted and wish.limit and self._shown >= wish.limit:
            self.rest.not_shown += 1
            self.rest.findings_not_shown += len(findings)
            return False
        self._shown += wanted
        return wanted

    def _opened(self, path: list[Heading]) -> Iterator[Entry]:
        """Yield the headings that were not told yet."""
        same = next((depth for depth, (one, other) in enumerate(zip(path, self._told, strict=False)) if one is not other),
                    min(len(path), len(self._told)))
        yield from ((depth, heading) for depth, heading in enumerate(path) if depth >= same)
        self._told = path

    def _headings(self, batch: Batch, index: int, at: int, transaction: int) -> list[Heading]:
        """Return the headings of a segment's interchange, group and transaction; the same ones as long as those last."""
        if at < 0:
            return []
        interchange = batch.interchanges[at]
        group = _group(batch, index)
        keys = [("interchange", interchange.ordinal, 0)]
        keys += [("group", interchange.ordinal, group.ordinal)] if group else []
        keys += [("transaction", interchange.ordinal, int(batch.transactions.ordinal[transaction]))] if transaction >= 0 else []
        self._above = {key: self._above.get(key) or _heading(batch, key, index, transaction) for key in keys}
        return list(self._above.values())


def _group(batch: Batch, index: int) -> Group | None:
    """Return the group that holds a segment."""
    last = bisect_right(batch.groups, index, key=lambda each: each.first_segment) - 1
    return batch.groups[last] if last >= 0 and index < batch.groups[last].stop_segment else None


def _heading(batch: Batch, key: tuple[str, int, int], index: int, transaction: int) -> Heading:
    kind, interchange_ordinal, ordinal = key
    interchange = batch.interchanges[int(batch.table.interchange[index])]
    if kind == "interchange":
        return Heading(kind, {
            "ordinal": interchange_ordinal, "standard": interchange.standard, "control_number": interchange.control_number,
            "sender": f"{interchange.sender_qualifier}/{interchange.sender_id}",
            "receiver": f"{interchange.receiver_qualifier}/{interchange.receiver_id}", "usage": interchange.usage_code,
            "version": interchange.version, "offset": interchange.offset})
    if kind == "group" and (group := _group(batch, index)):
        return Heading(kind, {"ordinal": ordinal, "functional_code": group.functional_code, "control_number": group.control_number,
                              "version": group.version})
    those = batch.transactions
    return Heading(kind, {
        "ordinal": ordinal, "type_code": batch.type_codes[transaction], "version": str(those.version[transaction].as_py() or ""),
        "control_number": str(those.control_number[transaction].as_py() or "")})


def _placed(batch: Batch, findings: Iterable[Finding]) -> tuple[list[Finding], dict[int, list[Finding]]]:
    """Give each finding the last segment that begins at its offset or before it; those before the first belong to none."""
    offsets = batch.table.offset.tolist()
    loose: list[Finding] = []
    by_segment: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        index = bisect_right(offsets, finding.place.offset) - 1 if finding.place.offset is not None else -1
        if index < 0:
            loose.append(finding)
        else:
            by_segment[index].append(finding)
    return loose, by_segment


def _segment(batch: Batch, index: int, tag: str, spot: Spot | None, values: list[str], findings: list[Finding]) -> SegmentShown:
    table, at = batch.table, int(batch.table.interchange[index])
    standard = batch.interchanges[at].standard if at >= 0 else ""
    described = spot.segment if spot else None
    first, stop = int(table.segment_first[index]) + 1, int(table.segment_first[index + 1])
    elements = tuple(
        ElementShown(position, _names(tag, described, position), repetitions) for position, element in enumerate(range(first, stop), 1)
        if (repetitions := _repetitions(batch, element, values)))
    name = (spot.name if spot else "") or SEGMENTS.get(tag) or segment_name(standard, tag)
    fits = spot is None or spot.fits
    return SegmentShown(
        tag, name, int(table.offset[index]), batch.line_of(index), int(table.ordinal[index]), fits, elements, tuple(findings))


def _repetitions(batch: Batch, element: int, values: list[str]) -> tuple[tuple[str, ...], ...]:
    """Return the values of an element, () where it is empty."""
    table = batch.table
    repeats = range(int(table.element_first[element]), int(table.element_first[element + 1]))
    found = tuple(tuple(values[int(table.repeat_first[each]):int(table.repeat_first[each + 1])]) for each in repeats)
    return found if any(value for components in found for value in components) else ()


def _names(tag: str, segment: Segment | None, position: int) -> tuple[str, ...]:
    if segment is None or position > len(segment.elements):
        return element_names(tag, position)
    element: Element = segment.elements[position - 1]
    if len(element.parts) < 2:
        name = element.name or (element.parts[0].name if element.parts else "")
        return (name,) if name else ()
    return element.name, *(part.name for part in element.parts)
