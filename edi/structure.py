"""Check the order of segments and loops against a guide, for all transactions of a guide in one pass.

The guide's tree is walked by an automaton that is built as it is needed: a state is the place in the guide of the last
segment that fitted, and each new (state, tag) is worked out once. So a clean transaction costs one dictionary look-up a
segment. How often a place was used is counted afterwards, over the column of states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from edi.findings import Kind, Severity, kind
from edi.guidemodel import Guide, Item, Usage
from edi.segments import Batch, Ints

SEGMENT_UNKNOWN = kind("guide.segment_unknown", Severity.ERROR, "segment {tag} does not belong to {type}",
                       "ask the partner to leave it out, or add it to the guide")
SEGMENT_MISPLACED = kind("guide.segment_misplaced", Severity.WARNING, "segment {tag} stands where {type} does not have it",
                         "compare the order of segments with the guide; the partner should move it")
SEGMENT_MISSING = kind("guide.segment_missing", Severity.ERROR, "mandatory segment {tag} of {type} is missing before this place",
                       "the partner must send the document again with it")
SEGMENT_REPEATS = kind("guide.segment_repeats", Severity.WARNING, "segment {tag} of {type} occurs more often than its maximum of {limit}",
                       "the partner should keep to the maximum, or the guide be widened")
LOOP_REPEATS = kind("guide.loop_repeats", Severity.WARNING, "loop {tag} of {type} occurs more often than its maximum of {limit}",
                    "the partner should keep to the maximum, or the guide be widened")

_TRAILERS = ("SE", "UNT")  # a missing trailer is the envelope's finding
_START = -1
_LOOK_BACK = 10_000  # segments; a loop longer than that may hear of one absence twice


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing wrong with the order: its kind, the segment where it shows, the tag that it is about."""

    kind: Kind
    segment: int  # index into the table
    tag: str
    limit: int = 0


@dataclass(slots=True)
class _Node:
    tag: str
    parent: int  # the loop's node; -1 at the top
    required: bool
    repeat: int
    is_loop: bool
    is_trigger: bool
    later: tuple[int, ...] = ()  # siblings that may follow
    first: int = -1  # of a loop: its trigger


@dataclass(slots=True)
class _Automaton:
    nodes: list[_Node]
    codes: dict[str, int]  # tag -> code; 0 is the end of a transaction, 1 any tag that the guide does not have
    moves: dict[int, int] = field(default_factory=dict)  # (state + 1) * width + code -> next state
    troubles: dict[int, tuple[tuple[Kind, str], ...]] = field(default_factory=dict)
    idle: set[int] = field(default_factory=set)  # moves that do not use the state's place: unknown or misplaced segments

    @property
    def width(self) -> int:
        return len(self.codes) + 2


def check_structure(batch: Batch, guide: Guide, transactions: Ints) -> list[Trouble]:
    """Return what is wrong with the order of segments in these transactions of one guide."""
    machine = _automaton(guide)
    segments, codes = _codes(batch, machine, transactions)
    states = _walk(machine, codes)
    keys = (np.append(_START, states[:-1]) + 1) * machine.width + codes
    found = list(_moves_in_trouble(machine, keys, segments, states))
    used = (codes > 0) & ~np.isin(keys, np.array(sorted(machine.idle), dtype=np.int64))
    ends = np.flatnonzero(codes == 0)
    found += _too_often(machine, segments[used], states[used], np.searchsorted(ends, np.flatnonzero(used)))
    return found


@lru_cache(maxsize=256)
def _automaton(guide: Guide) -> _Automaton:
    nodes: list[_Node] = []
    _add(nodes, guide.items, -1)
    tags = dict.fromkeys(node.tag for node in nodes)
    return _Automaton(nodes, {tag: code for code, tag in enumerate(tags, start=2)})


def _add(nodes: list[_Node], items: tuple[Item, ...], parent: int) -> tuple[int, ...]:
    indices = []
    for item in items:
        index = len(nodes)
        indices.append(index)
        required, triggers = item.usage is Usage.MANDATORY, parent >= 0 and len(indices) == 1
        nodes.append(_Node(item.tag, parent, required, item.repeat, bool(item.items), triggers))
        if item.items:
            nodes[index].first = _add(nodes, item.items, index)[0]
    for at, index in enumerate(indices):
        nodes[index].later = tuple(indices[at + 1:])
    return tuple(indices)


def _codes(batch: Batch, machine: _Automaton, transactions: Ints) -> tuple[Ints, Ints]:
    """Return the segments of the transactions and their codes, an end (code 0, at its last segment) after each transaction."""
    first, stop = batch.transactions.first_segment[transactions], batch.transactions.stop_segment[transactions]
    segments = ranges(first, stop - first + 1)  # one more each, for the end
    ends = np.cumsum(stop - first + 1) - 1
    segments[ends] = stop - 1
    table = batch.table
    known = np.array([machine.codes.get(str(tag), 1) for tag in table.tags.dictionary.to_pylist()], dtype=np.int64)
    codes = known[table.tags.indices.to_numpy(zero_copy_only=False)[segments]] if len(segments) else np.empty(0, dtype=np.int64)
    codes[ends] = 0
    return segments, codes


def ranges(first: Ints, counts: Ints) -> Ints:
    """Return first[0], first[0]+1, ... counts[0] of them, then the same for the next."""
    starts = np.cumsum(counts) - counts
    shift: Ints = np.repeat(first - starts, counts)
    return np.arange(int(counts.sum()), dtype=np.int64) + shift


def _walk(machine: _Automaton, codes: Ints) -> Ints:
    moves, width, state = machine.moves, machine.width, _START
    states = []
    for code in codes.tolist():
        key = (state + 1) * width + code
        following = moves.get(key)
        if following is None:
            following = _learn(machine, state, code, key)
        state = following
        states.append(state)
    return np.array(states, dtype=np.int64)


def _learn(machine: _Automaton, state: int, code: int, key: int) -> int:
    """Work out one move and remember it with its troubles."""
    if code == 0:
        following, troubles = _START, [(SEGMENT_MISSING, tag) for tag in _left_out(machine.nodes, state)]
    elif code == 1:
        following, troubles = state, [(SEGMENT_UNKNOWN, "")]
        machine.idle.add(key)
    else:
        tag = next(tag for tag, known in machine.codes.items() if known == code)
        following, troubles = _forward(machine.nodes, state, tag)
        if following == _START:
            following, troubles = _backward(machine.nodes, state, tag), [(SEGMENT_MISPLACED, tag)]
            if following == state:
                machine.idle.add(key)
    if troubles:
        machine.troubles[key] = tuple(troubles)
    machine.moves[key] = following
    return following


def _left_out(nodes: list[_Node], state: int) -> list[str]:
    missing: list[str] = []
    for siblings, _ in _climb(nodes, state):
        missing += [nodes[index].tag for index in siblings if nodes[index].required and nodes[index].tag not in _TRAILERS]
    return missing


def _climb(nodes: list[_Node], state: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield, from the inside out, the places that may follow and the loop that holds them (-1 at the top)."""
    if state == _START:
        yield tuple(index for index, node in enumerate(nodes) if node.parent == -1), -1
        return
    while state != -1:
        yield nodes[state].later, nodes[state].parent
        state = nodes[state].parent


def _forward(nodes: list[_Node], state: int, tag: str) -> tuple[int, list[tuple[Kind, str]]]:
    """Find the nearest place for a tag that the guide allows, else one that only its maximum forbids; _START if none."""
    if state != _START and nodes[state].tag == tag and not nodes[state].is_trigger and nodes[state].repeat > 1:
        return state, []
    missing: list[tuple[Kind, str]] = []
    for siblings, loop in _climb(nodes, state):
        for index in siblings:
            if nodes[index].tag == tag:
                return _enter(nodes, index), missing
            if nodes[index].required:
                missing.append((SEGMENT_MISSING, nodes[index].tag))
        if loop >= 0 and nodes[loop].tag == tag and nodes[loop].repeat > 1:
            return nodes[loop].first, missing
    return _once_more(nodes, state, tag), []


def _once_more(nodes: list[_Node], state: int, tag: str) -> int:
    if state != _START and nodes[state].tag == tag and not nodes[state].is_trigger:
        return state
    while state != _START:
        state = nodes[state].parent
        if state != _START and nodes[state].tag == tag:
            return nodes[state].first
    return _START


def _enter(nodes: list[_Node], index: int) -> int:
    return nodes[index].first if nodes[index].is_loop else index


def _backward(nodes: list[_Node], state: int, tag: str) -> int:
    """Return to an earlier loop with this tag, so that what follows is read in its place; else stay."""
    loop = nodes[state].parent if state != _START else -1
    while True:
        siblings = [index for index, node in enumerate(nodes) if node.parent == loop and node.is_loop and node.tag == tag]
        if siblings:
            return nodes[siblings[-1]].first
        if loop == -1:
            return state
        loop = nodes[loop].parent


def _moves_in_trouble(machine: _Automaton, keys: Ints, segments: Ints, states: Ints) -> Iterator[Trouble]:
    seen: set[tuple[str, int]] = set()
    for at in np.flatnonzero(np.isin(keys, np.array(sorted(machine.troubles), dtype=np.int64))).tolist():
        for what, tag in machine.troubles[int(keys[at])]:
            if what is SEGMENT_MISSING:
                loop = _loop_start(machine, states, at, tag)
                if (tag, loop) in seen:
                    continue
                seen.add((tag, loop))
            yield Trouble(what, int(segments[at]), tag)


def _loop_start(machine: _Automaton, states: Ints, at: int, tag: str) -> int:
    """Return where the loop that lacks a tag began, so that going back in a loop does not report the same absence twice."""
    parents = {node.parent for node in machine.nodes if node.tag == tag}
    starts = [_START, *(machine.nodes[parent].first for parent in parents if parent >= 0)]
    first = max(0, at - _LOOK_BACK)
    before = np.flatnonzero(np.isin(states[first:at], starts))
    return first + int(before[-1]) if len(before) else -1


def _too_often(machine: _Automaton, segments: Ints, states: Ints, transaction: Ints) -> Iterator[Trouble]:
    nodes = machine.nodes
    if not len(states):
        return
    limits = np.array([node.repeat for node in nodes], dtype=np.int64)
    fresh = np.append(True, (states[1:] != states[:-1]) | (transaction[1:] != transaction[:-1]))
    starts = np.flatnonzero(fresh)
    ordinal = np.arange(len(states)) - starts[np.cumsum(fresh) - 1]
    triggers = np.array([node.is_trigger for node in nodes])
    for at in np.flatnonzero((ordinal == limits[states]) & ~triggers[states]).tolist():
        node = nodes[int(states[at])]
        yield Trouble(SEGMENT_REPEATS, int(segments[at]), node.tag, node.repeat)
    for index in sorted({nodes[state].parent for state in np.unique(states).tolist() if nodes[state].is_trigger}):
        yield from _loop_too_often(nodes, index, segments, states, transaction)


def _loop_too_often(nodes: list[_Node], index: int, segments: Ints, states: Ints, transaction: Ints) -> Iterator[Trouble]:
    loop = nodes[index]
    places = np.flatnonzero(states == loop.first)
    if len(places) <= loop.repeat:
        return
    if loop.parent >= 0:
        owner = np.searchsorted(np.flatnonzero(states == nodes[loop.parent].first), places)
    else:
        owner = transaction[places]
    ordinal = np.arange(len(places)) - np.searchsorted(owner, owner, side="left")
    for at in places[ordinal == loop.repeat].tolist():
        yield Trouble(LOOP_REPEATS, int(segments[at]), loop.tag, loop.repeat)
