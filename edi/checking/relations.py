"""Relations between elements, or between the components of one: which of them must, may or must not stand together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from edi.checking.cells import Cells
from edi.checking.faults import Faults
from edi.checking.grouping import grouped
from edi.checking.ranges import ranges
from edi.findings import Severity, kind
from edi.segments import Bools, Ints

CONDITION = kind("guide.condition", Severity.WARNING, "elements of {tag} that depend on each other do not agree ({rule})",
                 "the partner should send both, or neither, as the guide's condition says")

# Letter of edi.guidemodel.Segment -> where it is broken, of rows of positions. X12.6 has P, R, E, C and L; EDIFACT O and N besides.
_BROKEN: dict[str, Callable[[Bools], Bools]] = {
    "P": lambda has: np.any(has, axis=0) & ~np.all(has, axis=0),
    "R": lambda has: ~np.any(has, axis=0),
    "E": lambda has: np.sum(has, axis=0) > 1,
    "O": lambda has: np.sum(has, axis=0) != 1,
    "C": lambda has: has[0] & ~np.all(has[1:], axis=0),
    "L": lambda has: has[0] & ~np.any(has[1:], axis=0),
    "N": lambda has: has[0] & np.any(has[1:], axis=0),
}
_HOLDS_FOR_NONE = "PECLN"  # relations that cannot be broken where no position is filled


def check_relations(cells: Cells) -> Iterator[Faults]:
    """Return where relations between elements, and then between components, are broken."""
    for number, segments in grouped(cells.described):
        described = cells.specs.segments[number]
        if described is not None and described.conditions:
            yield from _between_elements(cells, described.conditions, segments)
    if cells.specs.inner_rules:
        yield from _between_components(cells)


def positions(rule: str) -> list[int]:
    """Return the positions that a rule such as C030405 is about."""
    return [int(rule[at:at + 2]) for at in range(1, len(rule), 2)]


def broken_relation(relation: str, has: Bools) -> tuple[Ints, Ints]:
    """Return the columns where a relation is broken, and the row of the position to blame in each.

    Args:
        relation: its letter.
        has: for each position of the rule (rows), in each segment (columns), whether it is filled.
    """
    broken = np.flatnonzero(_BROKEN[relation](has))
    those, rest = has[:, broken], has[1:, broken]
    if relation in "CL":
        return broken, 1 + np.argmin(rest, axis=0)
    if relation == "N":
        return broken, 1 + np.argmax(rest, axis=0)
    last = len(those) - 1 - np.argmax(those[::-1], axis=0)
    one_too_many = (relation in "EO") & np.any(those, axis=0)
    return broken, np.where(one_too_many, last, np.argmin(those, axis=0))


def _between_elements(cells: Cells, rules: tuple[str, ...], segments: Ints) -> Iterator[Faults]:
    first, stop = cells.table.segment_first[segments], cells.table.segment_first[segments + 1]
    most = int((stop - first).max()) - 1
    known: dict[int, Bools] = {}
    for rule in rules:
        places = positions(rule)
        if rule[0] in _HOLDS_FOR_NONE and (min(places) if rule[0] in "PE" else places[0]) > most:
            continue
        for place in places:
            if place not in known:
                known[place] = _filled(cells, first + place, stop)
        broken, blamed = broken_relation(rule[0], np.array([known[place] for place in places]))
        if len(broken):
            nothing = np.zeros(len(broken), dtype=np.int64)
            yield Faults(CONDITION, segments[broken], np.array(places)[blamed], nothing, nothing, details={"rule": rule})


def _filled(cells: Cells, elements: Ints, stop: Ints) -> Bools:
    there = elements < stop
    found: Bools = np.zeros(len(elements), dtype=bool)
    found[there] = cells.filled(elements[there])
    return found


def _between_components(cells: Cells) -> Iterator[Faults]:
    """Check relations in each repetition of a composite that is used."""
    table = cells.table
    ruled = np.zeros(len(cells.specs.parts), dtype=bool)
    ruled[[slot for slot, _ in cells.specs.inner_rules]] = True
    elements = np.flatnonzero(ruled[cells.element])
    by_slot = {slot: elements[where] for slot, where in grouped(cells.element[elements])}
    for slot, rule in cells.specs.inner_rules:
        if slot not in by_slot:
            continue
        counts = table.element_first[by_slot[slot] + 1] - table.element_first[by_slot[slot]]
        repetitions = ranges(table.element_first[by_slot[slot]], counts)
        first, stop = table.repeat_first[repetitions], table.repeat_first[repetitions + 1]
        used = cells.used(repetitions)
        places = positions(rule)
        has = np.array([(first + place - 1 < stop) & (cells.length[np.minimum(first + place, stop) - 1] > 0) for place in places])
        broken, blamed = broken_relation(rule[0], has & used)
        kept = np.flatnonzero(used[broken])
        faults = cells.at_components(CONDITION, repetitions[broken[kept]], np.array(places)[blamed[kept]])
        yield replace(faults, details={"rule": rule})
