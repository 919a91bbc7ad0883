"""Levels: a document, its lines, their details, each a column of anchor segments with a scope.

A scope runs from its anchor to just before the next anchor of the level, or to where the parent's scope ends. Children
are found by one search over sorted positions: no tree is built and no segment becomes an object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints, SegmentTable, Text, ranks
from transforms.mappings.documents import Documents

Where = Mapping[int | tuple[int, int], str | tuple[str, ...]]  # element or (element, component) -> code(s)

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A column of values with the place of each: n texts, the segments that they stand in (-1 none), element and component."""

    text: Text
    segments: Ints
    element: Ints
    component: Ints

    def otherwise(self, other: Cells) -> Cells:
        """Take the other's value where this one's is absent."""
        absent = np.asarray(pc.is_null(self.text))
        return Cells(
            pc.coalesce(self.text, other.text), np.where(absent, other.segments, self.segments),
            np.where(absent, other.element, self.element), np.where(absent, other.component, self.component),
        )


def cells(table: SegmentTable, segments: Ints, element: int, component: int = 1, repetition: int = 1) -> Cells:
    """Gather one element of many segments, places kept."""
    count = len(segments)
    return Cells(table.element(segments, element, component, repetition), segments,
                 np.full(count, element, dtype=np.int64), np.full(count, component, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """n anchor segments in ascending order, where the scope of each stops, and the document and parent row of each."""

    documents: Documents
    anchors: Ints
    stops: Ints  # just past the last segment of the scope
    document: Ints  # index into documents
    parent: Ints  # row of the level that this one was made from; for documents themselves 0..d-1

    def __len__(self) -> int:
        return len(self.anchors)

    @property
    def table(self) -> SegmentTable:
        """The segment table."""
        return self.documents.table

    def owner(self, segments: Ints) -> Ints:
        """Return the row whose scope holds each segment, -1 where none does. An anchor is in its own scope."""
        row = ranks(self.anchors, segments, with_equals=True) - 1
        if len(self) == 0:
            return np.full(len(segments), -1, dtype=np.int64)
        return np.where((row >= 0) & (segments < self.stops[np.maximum(row, 0)]), row, -1)

    def inside(self, *tags: str, until: tuple[str, ...] = (), where: Where | None = None) -> Level:
        """Make the level of all segments with these tags in our scopes; ``until`` names tags that close a scope early."""
        anchors = self._matching(tags, where)
        owner = self.owner(anchors)
        anchors, owner = anchors[owner >= 0], owner[owner >= 0]
        following = np.append(anchors[1:], _NEVER)
        stops = np.minimum(following, self.stops[owner])
        if until:
            stops = np.minimum(stops, _next(self.table.select(*until), anchors))
        return Level(self.documents, anchors, stops, self.document[owner], owner)

    def clipped(self, *tags: str) -> Level:
        """Return the same rows with scopes that stop before the first segment with one of the tags: a header without its lines."""
        stops = np.minimum(self.stops, _next(self.table.select(*tags), self.anchors))
        return Level(self.documents, self.anchors, stops, self.document, self.parent)

    def children(self, tag: str, where: Where | None = None) -> tuple[Ints, Ints]:
        """Return (row, segment) of every segment with the tag in our scopes, in order of place."""
        segments = self._matching((tag,), where)
        owner = self.owner(segments)
        return owner[owner >= 0], segments[owner >= 0]

    def first(self, tag: str, where: Where | None = None) -> Ints:
        """Return per row the first segment with the tag, -1 where there is none."""
        owner, segments = self.children(tag, where)
        found = np.full(len(self), -1, dtype=np.int64)
        found[owner[::-1]] = segments[::-1]
        return found

    def cell(self, element: int, component: int = 1) -> Cells:
        """Return an element of the anchors themselves."""
        return cells(self.table, self.anchors, element, component)

    def child(self, tag: str, element: int, component: int = 1, *, where: Where | None = None) -> Cells:
        """Return an element of the first segment with the tag in each scope."""
        return cells(self.table, self.first(tag, where), element, component)

    def ordinals(self) -> Ints:
        """Return the position of each row among the rows of its document, from 1."""
        starts = np.searchsorted(self.document, self.document, side="left")
        return np.arange(len(self), dtype=np.int64) - starts + 1

    def take(self, mask: Bools) -> Level:
        """Keep some rows; ``parent`` still points into the level that this one was made from."""
        return Level(self.documents, self.anchors[mask], self.stops[mask], self.document[mask], self.parent[mask])

    def from_document(self, column: Text) -> Text:
        """Spread a column of one value a document over our rows."""
        return column.take(pa.array(self.document))

    def _matching(self, tags: tuple[str, ...], where: Where | None) -> Ints:
        segments = self.table.select(*tags)
        for place, wanted in (where or {}).items():
            element, component = place if isinstance(place, tuple) else (place, 1)
            codes = pa.array([wanted] if isinstance(wanted, str) else list(wanted), pa.string())
            text = self.table.element(segments, element, component)
            segments = segments[np.asarray(pc.is_in(text, value_set=codes), dtype=bool)]
        return segments


def spread(source: Cells, rows: Ints) -> Cells:
    """Repeat cells over the rows that belong to them; -1 gives null."""
    text = source.text.take(pa.array(rows, mask=rows < 0))
    if len(source.segments) == 0:
        nowhere = np.full(len(rows), -1, dtype=np.int64)
        return Cells(text, nowhere, nowhere, nowhere)
    at = np.maximum(rows, 0)
    return Cells(text, source.segments[at], source.element[at], source.component[at])


def filled(source: Cells, default: str | Text) -> Cells:
    """Take the default (one, or one a row) where nothing was sent; a value that we do not know stays what it is."""
    return replace(source, text=pc.coalesce(source.text, default))


def within(level: Level) -> Ints:
    """Return the position of each row in its parent, from 1."""
    return np.arange(len(level), dtype=np.int64) - np.searchsorted(level.parent, level.parent, side="left") + 1


def at_segments(parent: Level, segments: Ints, owner: Ints) -> Level:
    """Make a level of chosen segments; each scope ends at the next one, or where its owner's does.

    Args:
        parent: the level that the segments lie in.
        segments: ascending segment indices.
        owner: the parent row of each.
    """
    following = np.append(segments[1:], np.iinfo(np.int64).max)
    return Level(parent.documents, segments, np.minimum(following, parent.stops[owner]), parent.document[owner], owner)


def documents_level(documents: Documents) -> Level:
    """Return the level of whole documents, anchored at ST or UNH."""
    rows = np.arange(len(documents), dtype=np.int64)
    return Level(documents, documents.first, documents.stop, rows, rows)


def _next(positions: Ints, anchors: Ints) -> Ints:
    """Return for each anchor the first position after it, or never."""
    return np.append(positions, _NEVER)[ranks(positions, anchors, with_equals=True)]


def ancestors(level: Level, own: Text, parent: Text) -> Ints:
    """Resolve stated parents (HL01/HL02, CPS01/CPS02) to rows of the same document, -1 at a root or where unknown.

    Args:
        level: the nodes.
        own: each node's number as text.
        parent: the number of each node's parent, null at a root.
    """
    prefix = pa.array(level.document).cast(pa.string())
    keys = pc.binary_join_element_wise(prefix, own, "|")
    wanted = pc.binary_join_element_wise(prefix, parent, "|")
    found = pc.index_in(wanted, value_set=keys, skip_nulls=True)  # a root has no number to look for, and may have none itself
    return np.asarray(pc.fill_null(found, -1), dtype=np.int64)


def nearest(parents: Ints, chosen: Bools) -> Ints:
    """Return for each node the nearest node that is chosen, itself included, going up; -1 where none is.

    Each round doubles how far a node has looked up, so that depth and circles, which a stranger chooses, cost next to nothing.
    A chain that runs in a circle ends at -1.
    """
    count = len(parents)
    step = np.append(np.where(chosen, np.arange(count), np.where(parents < 0, count, parents)), count)  # last: outside, where roots end
    for _ in range(count.bit_length()):
        step = step[step]
    at = step[:-1]
    return np.where(np.append(chosen, False)[at], at, -1).astype(np.int64)
