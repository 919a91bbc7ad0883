"""How deep hierarchies go: each HL names its parent, and a stranger may chain them without end (X12 HL01, HL02)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.checking.faults import Faults
from edi.findings import Severity, kind
from edi.limits import Limits
from edi.reading.envelopes import counts
from edi.segments import Batch, Ints, ranks

MAX_DEPTH = Limits().max_depth
_ROUNDS = 5  # each doubles the step: enough for 32 levels, which no real document has

DEPTH = kind("limits.depth", Severity.ERROR, "the hierarchy of HL segments is deeper than {limit} levels here",
             "Look whether HL02 names the right parent; raise max_depth if the document is genuine.")


@dataclass(slots=True)
class Hierarchy:
    """The levels of a transaction that goes on in the next batch: HL01 -> depth, from 1."""

    depths: dict[str, int] = field(default_factory=dict)


def depths(batch: Batch, transactions: Ints, earlier: Hierarchy | None = None) -> tuple[Ints, Ints]:
    """Return all HL segments of these transactions, and the depth of each, from 1.

    A parent is the last HL with this number before its child in the same transaction; one that is not there makes a root.

    Args:
        batch: what was read.
        transactions: which of its transactions, ascending.
        earlier: levels of the first of them, where it goes on from an earlier batch.
    """
    table = batch.table
    levels = table.select("HL")
    levels = levels[np.isin(table.transaction[levels], transactions)]
    if not len(levels):
        return levels, levels
    number, parent = table.element(levels, 1), table.element(levels, 2)
    up = _parents(table.transaction[levels], number, parent)
    depth = np.ones(len(levels), dtype=np.int64)
    if earlier is not None and earlier.depths:
        mine = np.flatnonzero((up < 0) & (table.transaction[levels] == transactions[0]))
        depth[mine] += np.array([earlier.depths.get(each, 0) for each in parent.take(pa.array(mine)).to_pylist()], dtype=np.int64)
    for _ in range(_ROUNDS):
        linked = np.flatnonzero(up >= 0)
        if not len(linked):
            return levels, depth
        depth[linked] += depth[up[linked]]
        up[linked] = up[up[linked]]
    return levels, _followed(up, depth)


def _followed(up: Ints, depth: Ints) -> Ints:
    """Add up what is left of long chains one by one: a parent stands before its children, so each is looked at once."""
    found = depth.tolist()
    for at, parent in enumerate(up.tolist()):
        if parent >= 0:
            found[at] += found[parent]
    return np.array(found, dtype=np.int64)


def too_deep(levels: Ints, depth: Ints, limit: int) -> Faults:
    """Return the HL segments that lie deeper than allowed; the first of each branch says it, not all below it."""
    return Faults.of_segments(DEPTH, levels[depth == limit + 1], element=2, limit=limit)


def remember(batch: Batch, levels: Ints, depth: Ints, earlier: Hierarchy | None) -> Hierarchy:
    """Return the levels of the last transaction of a batch, which goes on in the next one."""
    last = len(batch.transactions) - 1
    mine = batch.table.transaction[levels] == last
    known = earlier if earlier is not None and int(batch.transactions.segments_before[last]) else Hierarchy()
    numbers = pc.fill_null(batch.table.element(levels[mine], 1), "").to_pylist()
    known.depths.update(zip(numbers, depth[mine].tolist(), strict=True))
    known.depths.pop("", None)
    return known


def _parents(transaction: Ints, number: pa.Array, parent: pa.Array) -> Ints:
    """Return the index of each level's parent, -1 where it has none."""
    counted = _counted(transaction, number, parent)
    return _named(transaction, number, parent) if counted is None else counted


def _counted(transaction: Ints, number: pa.Array, parent: pa.Array) -> Ints | None:
    """Do this where levels are counted up by one in each transaction, as X12 has it: a number tells where its level stands.

    Else None. Long hierarchies of others are looked up in tables that outgrow the processor's caches.
    """
    index = np.arange(len(transaction))
    first = ranks(transaction, transaction)  # of its transaction
    base = counts(number.take(pa.array(first)))
    if not number.equals(pa.array(base + index - first).cast(pa.string())):
        return None
    wanted = first + counts(parent) - base
    up = np.where((wanted >= first) & (wanted < index), wanted, -1)
    same = pc.equal(number.take(pa.array(up, mask=up < 0)), parent)  # 01 is not the name of 1
    parents: Ints = np.where(pc.fill_null(same, False).to_numpy(zero_copy_only=False), up, -1)
    return parents


def _named(transaction: Ints, number: pa.Array, parent: pa.Array) -> Ints:
    size = len(transaction)
    codes = pa.concat_arrays([number, parent]).dictionary_encode()
    code = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    key = transaction * (len(codes.dictionary) + 1)
    index = np.arange(size)
    named = np.flatnonzero(code[:size] >= 0)
    known = np.sort((key[named] + code[named]) * size + named)
    wanted = key + code[size:]
    at = np.searchsorted(known, wanted * size + index) - 1
    found = known[at] if len(known) else np.full(size, -1, dtype=np.int64)
    parents: Ints = np.where((at >= 0) & (code[size:] >= 0) & (found // size == wanted), found % size, -1)
    return parents
