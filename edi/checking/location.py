"""Where each segment stands in its guide: the loops that hold it and what it should look like, for people who look at a file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edi.checking.depth import Hierarchy, depths, remember
from edi.checking.places import Places
from edi.checking.structure import NO_PLACE, Followed, Open, check_structure, follow
from edi.checking.subjects import Resolver, by_guide
from edi.guidemodel import Guide, Segment
from edi.segments import Batch, Ints


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a guide; segments in the same place share it."""

    loops: tuple[str, ...]  # names of the loops that hold it, the outermost first: ("N9", ), ("SG28", "SG34")
    segment: Segment | None  # names and elements, as the guide has them in this place; None where nothing is described
    name: str  # what the guide calls the segment in this place, else the dictionary's name, else ""
    opens: bool  # whether it is the trigger of the innermost of its loops
    fits: bool  # False: the guide does not have the segment here; the loops are those that were open


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """One transaction of a batch in its guide. Columns are over its segments that the batch holds."""

    transaction: int  # index into the batch's transactions
    guide: Guide | None
    spots: tuple[Spot, ...]  # () where there is no guide
    levels: Ints  # how deep the last HL before each segment lies among its parents, from 1; 0 before the first HL


class Locator:
    """Locates the segments of the batches of one stream, in their order."""

    def __init__(self, guides: Resolver) -> None:
        """Take how guides are chosen."""
        self._guides = guides
        self._open: Open | None = None
        self._hierarchy: Hierarchy | None = None
        self._level = 0

    def locate(self, batch: Batch) -> list[Located]:
        """Return every transaction of a batch, in order of place."""
        those = batch.transactions
        goes_on = len(those) > 0 and bool(those.segments_before[0])
        levels = self._levels(batch, goes_on)
        found: list[Located] = []
        opened: Open | None = None
        for guide, transactions in by_guide(batch, self._guides):
            if guide is None:
                found += [Located(t, None, (), _of(batch, t, levels)) for t in transactions.tolist()]
                continue
            followed = follow(batch, guide, transactions, self._open if goes_on and transactions[0] == 0 else None)
            if followed.goes_on:
                opened = check_structure(followed)[1]
            found += _located(batch, guide, transactions, followed, levels)
        self._open = opened
        return sorted(found, key=lambda one: one.transaction)

    def _levels(self, batch: Batch, goes_on: bool) -> Ints:
        """Return the level of every segment of the table, and remember the last."""
        those = batch.transactions
        levels, depth = depths(batch, np.arange(len(those)), self._hierarchy if goes_on else None)
        begins = np.zeros(len(those), dtype=np.int64)
        if goes_on:
            begins[0] = self._level
        edges = np.concatenate((those.first_segment, levels))
        order = np.argsort(edges, kind="stable")
        sizes = np.diff(np.append(edges[order], len(batch.table)))
        skipped = np.zeros(int(edges.min(initial=len(batch.table))), dtype=np.int64)
        found: Ints = np.concatenate((skipped, np.repeat(np.concatenate((begins, depth))[order], sizes)))
        if batch.goes_on:
            self._hierarchy = remember(batch, levels, depth, self._hierarchy)
            self._level = int(found[-1])
        return found


def _of(batch: Batch, transaction: int, levels: Ints) -> Ints:
    return levels[int(batch.transactions.first_segment[transaction]):int(batch.transactions.stop_segment[transaction])]


def _located(batch: Batch, guide: Guide, transactions: Ints, followed: Followed, levels: Ints) -> list[Located]:
    places = followed.machine.places
    known: dict[tuple[int, int, str], Spot] = {}
    tags = batch.table.tags.take(followed.segments).to_pylist()
    at = followed.machine.at[followed.walk.states].tolist()
    spots = []
    for node, last, tag in zip(followed.nodes.tolist(), at, tags, strict=True):
        key = (node, last, "" if node != NO_PLACE else tag)
        if key not in known:
            known[key] = _spot(places, node, last, tag)
        spots.append(known[key])
    stops = [*followed.heads[1:].tolist(), len(spots)]
    return [Located(t, guide, tuple(spots[first:stop]), _of(batch, t, levels))
            for t, first, stop in zip(transactions.tolist(), followed.heads.tolist(), stops, strict=True)]


def _spot(places: Places, node: int, last: int, tag: str) -> Spot:
    loops = tuple(places.nodes[index].item.name or places.nodes[index].item.tag
                  for index in reversed(places.chain(last)) if places.nodes[index].is_loop)
    if node == NO_PLACE:
        segment = places.guide.segments.get(tag)
        return Spot(loops, segment, segment.name if segment else "", opens=False, fits=False)
    segment = places.segment(node)
    name = places.nodes[node].item.name or (segment.name if segment else "")
    return Spot(loops, segment, name, opens=places.nodes[node].is_trigger, fits=True)
