"""Check the order of segments and loops: what is missing, unknown, misplaced, forbidden, or there too often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from edi.checking.automaton import BEGIN, NOTED, UNCOUNTED, UNPLACED, Automaton, Walk, automaton
from edi.checking.faults import Faults
from edi.checking.grouping import grouped
from edi.checking.moves import Note
from edi.checking.places import START, Places
from edi.checking.ranges import ranges
from edi.findings import Severity, kind
from edi.guidemodel import Guide
from edi.segments import Batch, Ints

SEGMENT_REPEATS = kind("guide.segment_repeats", Severity.WARNING, "segment {tag} of {type} occurs more often than its maximum of {limit}",
                       "the partner should keep to the maximum, or the guide be widened")
LOOP_REPEATS = kind("guide.loop_repeats", Severity.WARNING, "loop {tag} of {type} occurs more often than its maximum of {limit}",
                    "the partner should keep to the maximum, or the guide be widened")

NO_PLACE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """Where the structure of a transaction stands that goes on in the next batch."""

    machine: Automaton
    state: int = BEGIN
    uses: dict[int, int] = field(default_factory=dict)  # place -> uses since its loop was last entered, where any


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Transactions of one guide, followed through it. Columns are over their segments."""

    machine: Automaton
    segments: Ints  # index into the table
    heads: Ints  # positions where a transaction begins, or goes on from an earlier batch
    continues: bool  # whether the first one goes on from an earlier batch
    goes_on: bool  # whether the last one goes on in a later batch
    walk: Walk
    nodes: Ints  # place of each segment, NO_PLACE where it has none


def follow(batch: Batch, guide: Guide, transactions: Ints, earlier: Open | None = None) -> Followed:
    """Follow transactions, ascending, through their guide; ``earlier`` where the first goes on from an earlier batch."""
    machine = earlier.machine if earlier else automaton(guide)
    first, stop = batch.transactions.first_segment[transactions], batch.transactions.stop_segment[transactions]
    segments, heads = ranges(first, stop - first), np.cumsum(stop - first) - (stop - first)
    begin = np.full(len(heads), BEGIN, dtype=np.int64)
    if earlier:
        begin[0] = earlier.state
    goes_on = batch.goes_on and len(transactions) > 0 and int(transactions[-1]) == len(batch.transactions) - 1
    whole = batch.transactions.segments_before[transactions] == 0
    whole[len(whole) - goes_on:] = False
    walk = machine.walk(batch.table, segments, heads, begin, whole)
    nodes = machine.at[walk.states]
    nodes[(walk.marks & UNPLACED) > 0] = NO_PLACE
    return Followed(machine, segments, heads, earlier is not None, goes_on, walk, nodes)


def check_structure(followed: Followed, earlier: Open | None = None) -> tuple[list[Faults], Open]:
    """Return what is wrong with the order, and how the last transaction stands."""
    faults = [*_noted(followed), *_ends(followed)]
    uses: dict[int, int] = {}
    for column, found in _too_often(followed, earlier.uses if earlier else {}):
        uses.update(found)
        faults += column
    state = int(followed.walk.states[-1]) if len(followed.segments) else BEGIN
    return faults, Open(followed.machine, state, uses)


def _noted(followed: Followed) -> Iterator[Faults]:
    walk = followed.walk
    at = np.flatnonzero(walk.marks & NOTED)
    width = int(walk.symbols.max(initial=0)) + 1
    for key, where in grouped(walk.before[at] * width + walk.symbols[at]):
        for note in followed.machine.notes(*divmod(key, width)):
            yield _faults(note, followed.segments[at[where]])


def _ends(followed: Followed) -> Iterator[Faults]:
    """Tell what is missing at the end of each transaction that ends here."""
    last = np.append(followed.heads[1:], len(followed.segments)) - 1
    last = last[:len(last) - followed.goes_on]
    for state, where in grouped(followed.walk.states[last]):
        for note in followed.machine.left_out(state):
            yield _faults(note, followed.segments[last[where]])


def _faults(note: Note, segments: Ints) -> Faults:
    return Faults.of_segments(note.kind, segments, element=note.element, component=note.component, place_tag=note.tag,
                              **({"tag": note.label} if note.label else {}))


def _too_often(followed: Followed, earlier: dict[int, int]) -> Iterator[tuple[list[Faults], dict[int, int]]]:
    """Yield, for each place that is used, where it is used once too often, and how often it was since its loop began."""
    places = followed.machine.places
    counted = (followed.walk.marks & UNCOUNTED) == 0
    used = dict(grouped(followed.nodes))
    heads = followed.heads[1:] if followed.continues else followed.heads
    for index in sorted(used.keys() | earlier.keys()):
        if index == NO_PLACE:
            continue
        node = places.nodes[index]
        what, about = (LOOP_REPEATS, node.parent) if node.is_trigger else (SEGMENT_REPEATS, index)
        before = earlier.get(index, 0)
        at = used.get(index, _NOWHERE)
        at = at[counted[at]]
        limit = places.nodes[about].repeat
        if len(at) + before <= limit and not followed.goes_on:
            continue
        begins = _begins(places, places.nodes[about].parent, used, heads)
        owner = np.searchsorted(begins, at, "right")
        rank = np.arange(len(at)) - np.searchsorted(owner, owner) + np.where(owner == 0, before, 0)
        over = at[rank == limit]
        faults = Faults.of_segments(what, followed.segments[over], place_tag=node.item.tag, tag=places.nodes[about].label, limit=limit)
        yield [faults] if len(over) else [], {index: _since(owner, begins, heads, before)}


_NOWHERE = np.zeros(0, dtype=np.int64)


def _begins(places: Places, loop: int, used: dict[int, Ints], heads: Ints) -> Ints:
    """Return where the instances of a loop begin; the whole transaction is the loop of the top level."""
    return heads if loop == START else used.get(places.nodes[loop].first, _NOWHERE)


def _since(owner: Ints, begins: Ints, heads: Ints, before: int) -> int:
    """Count the uses in the instance that is still open; none where the transaction that goes on began without one."""
    if len(heads) and (not len(begins) or begins[-1] < heads[-1]):
        return 0
    return int((owner == len(begins)).sum()) + (before if not len(begins) else 0)
