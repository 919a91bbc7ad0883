"""The rules by which a document is followed through a guide, one segment at a time.

Each rule is asked once for each new pair of state and symbol; edi.checking.automaton remembers the answers. A segment
goes to the nearest place that takes it. What fits nowhere never moves the reading place further than it must, so that
one fault gives one finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from edi.checking.places import START, Places
from edi.findings import Kind, Severity, kind
from edi.guidemodel import Selector, Usage

SEGMENT_UNKNOWN = kind("guide.segment_unknown", Severity.ERROR, "segment {tag} does not belong to {type}",
                       "ask the partner to leave it out, or add it to the guide")
SEGMENT_MISPLACED = kind("guide.segment_misplaced", Severity.WARNING, "segment {tag} stands where {type} does not have it",
                         "compare the order of segments with the guide; the partner should move it")
SEGMENT_MISSING = kind("guide.segment_missing", Severity.ERROR, "mandatory segment {tag} of {type} is missing before this place",
                       "the partner must send the document again with it")
SEGMENT_FORBIDDEN = kind("guide.segment_forbidden", Severity.ERROR, "segment {tag} must not be sent in this place of {type}",
                         "the partner must leave it out, or the guide be widened")
BAD_CODE = kind("guide.bad_code", Severity.WARNING, "a code of {tag} is not on the guide's list",
                "ask the partner, or add the code to the guide")

_TRAILERS = ("SE", "UNT")  # a missing trailer is the envelope's finding


@dataclass(frozen=True, slots=True)
class State:
    """How far a document has been read: the place of the last segment that fitted.

    Settled are mandatory places still ahead of it that have been seen, or told to be missing: kin that came in another
    order, and what was passed before the document went back to an earlier loop.
    """

    at: int = START
    settled: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Symbol:
    """What the guide sees of a segment: its tag, and which places of the tag agree with its values."""

    tag: str
    accepting: frozenset[int]  # loops rather than their triggers
    refused: tuple[tuple[int, Selector], ...] = ()  # of the others: the first selector that does not agree
    leaves: bool = False  # whether it is taken to stand behind its loop, where it could as well be late in it


@dataclass(frozen=True, slots=True)
class Note:
    """One thing wrong with a move; element and component 0 where it is about the segment."""

    kind: Kind
    label: str = ""  # "" for the segment's own tag
    tag: str = ""
    element: int = 0
    component: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """Where a segment leads. Placed: the state's place is the segment's; counted: it also counts towards the maximum."""

    state: State
    notes: tuple[Note, ...] = ()
    placed: bool = True
    counted: bool = True


def move(places: Places, state: State, symbol: Symbol) -> Move:
    """Return where a segment leads from a state."""
    found = _forward(places, state, symbol) or _once_more(places, state, symbol) or _back(places, state, symbol)
    found = found or _instead(places, state, symbol)
    if found is None:
        what = SEGMENT_MISPLACED if symbol.accepting else SEGMENT_UNKNOWN
        found = Move(state, (Note(what),), placed=False, counted=False)
    return found


def is_doubtful(places: Places, state: State, symbol: Symbol) -> bool:
    """Tell whether a segment that is read as late in its loop may as well stand behind it, with what is mandatory left out."""
    if symbol.leaves or _forward(places, state, symbol) is not None:
        return False
    return _forward(places, state, replace(symbol, leaves=True)) is not None


def left_out(places: Places, state: State) -> tuple[Note, ...]:
    """Return what is missing where a document ends."""
    groups = [group for ahead, _ in _climb(places, state) for group in ahead]
    return tuple(note for group in groups for note in _missing(places, state, group) if note.tag not in _TRAILERS)


def _climb(places: Places, state: State) -> Iterator[tuple[tuple[tuple[int, ...], ...], int]]:
    """Yield, from the inside out, the places that may follow and the loop that holds them."""
    if state.at == START:
        yield places.top, START
    for index in places.chain(state.at):
        yield places.nodes[index].ahead, places.nodes[index].parent


def _missing(places: Places, state: State, group: tuple[int, ...]) -> list[Note]:
    nodes = [(index, places.nodes[index]) for index in group]
    return [Note(SEGMENT_MISSING, node.label, node.item.tag) for index, node in nodes if node.is_mandatory and index not in state.settled]


def _forward(places: Places, state: State, symbol: Symbol) -> Move | None:
    """Find the nearest place ahead that the guide allows."""
    if state.at in symbol.accepting and places.nodes[state.at].repeat > 1:
        return _again(places, state)
    missing: list[Note] = []
    for depth, (ahead, loop) in enumerate(_climb(places, state)):
        for group in ahead:
            for index in group:
                if index in symbol.accepting:
                    late = missing and not symbol.leaves and _passed(places, state, symbol, depth)
                    return None if late else _arrive(places, state, index, missing)
            missing += _missing(places, state, group)
        if loop in symbol.accepting and places.nodes[loop].repeat > 1:
            return _arrive(places, state, loop, missing)
    return None


def _passed(places: Places, state: State, symbol: Symbol, depth: int) -> bool:
    """Tell whether one of the innermost loops has a place for the segment, but before where it is read now.

    Then the segment comes too late; to leave the loop for it, over what is mandatory, would turn one fault into many,
    unless what follows shows that the loop had been left (edi.checking.hindsight).
    """
    inner = [places.nodes[index] for index in places.chain(state.at)[:depth]]
    return any(places.nodes[index].parent == node.parent and places.nodes[index].order < node.order
               for index in symbol.accepting for node in inner)


def _once_more(places: Places, state: State, symbol: Symbol) -> Move | None:
    """Find a place that only its maximum forbids; the maximum is counted elsewhere."""
    if state.at in symbol.accepting:
        return _again(places, state)
    loop = next((index for index in places.chain(state.at) if index in symbol.accepting), None)
    return None if loop is None else _arrive(places, state, loop, [])


def _back(places: Places, state: State, symbol: Symbol) -> Move | None:
    """Return to an earlier loop, so that what follows is read in its place."""
    for left in places.chain(state.at):
        loops = [index for index in places.children(places.nodes[left].parent) if index in symbol.accepting and places.nodes[index].is_loop]
        if loops:
            between = range(places.nodes[loops[-1]].order + 1, places.nodes[left].order + 1)
            passed = [index for index in places.children(places.nodes[left].parent)
                      if places.nodes[index].order in between and places.nodes[index].is_mandatory]
            return _arrive(places, State(state.at, state.settled.union(passed)), loops[-1], [Note(SEGMENT_MISPLACED)])
    return None


def _instead(places: Places, state: State, symbol: Symbol) -> Move | None:
    """Find the place that a segment was meant for, where only its values are wrong. Nothing mandatory may be passed for it."""
    refused = dict(symbol.refused)
    index = _meant(places, state, refused)
    if index is None:
        return None
    wrong = _wrong(places, index, refused[index])
    return Move(state, (wrong,), counted=False) if index == state.at else _arrive(places, state, index, [wrong], counted=False)


def _meant(places: Places, state: State, refused: dict[int, Selector]) -> int | None:
    """Return the nearest place with the right tag; one that must be filled goes before one that was filled already."""
    filled = None
    for index, (ahead, _) in zip(places.chain(state.at) or [START], _climb(places, state), strict=True):
        if index in refused:
            kin = ahead[0] if len(places.nodes[index].kin) > 1 else ()
            if wanted := _wanted(places, state, kin, refused):
                return wanted[0]
            if places.nodes[index].repeat > 1:
                return index
            filled = index if filled is None else filled
        for group in ahead:
            if known := [each for each in group if each in refused]:
                return (_wanted(places, state, group, refused) or known)[0]
            if _missing(places, state, group):
                return filled
    return filled


def _wanted(places: Places, state: State, group: tuple[int, ...], refused: dict[int, Selector]) -> list[int]:
    return [index for index in group if index in refused and places.nodes[index].is_mandatory and index not in state.settled]


def _wrong(places: Places, index: int, selector: Selector) -> Note:
    """Tell of a wrong value as the check of elements does: the component only where there can be several."""
    segment = places.segment(index)
    described = segment.elements[selector.element - 1] if segment and len(segment.elements) >= selector.element else None
    composite = selector.component > 1 or (described is not None and len(described.parts) > 1)
    return Note(BAD_CODE, element=selector.element, component=selector.component if composite else 0)


def _again(places: Places, state: State) -> Move:
    return Move(state, _forbidden(places, state.at))


def _arrive(places: Places, state: State, index: int, notes: list[Note], *, counted: bool = True) -> Move:
    """Go to a place, or into a loop, and keep in mind what is still of use."""
    node = places.nodes[index]
    settled = set(state.settled)
    settled.update(left for left in places.chain(state.at) if left in node.kin and places.nodes[left].is_mandatory)
    chain = [(each, places.nodes[each]) for each in places.chain(index)]
    kept = frozenset(
        other for other in settled for each, holder in chain
        if places.nodes[other].parent == holder.parent and other != each
        and (places.nodes[other].order > holder.order or other in holder.kin))
    return Move(State(node.first, kept), (*notes, *_forbidden(places, index)), counted=counted)


def _forbidden(places: Places, index: int) -> tuple[Note, ...]:
    return (Note(SEGMENT_FORBIDDEN, places.nodes[index].label),) if places.nodes[index].item.usage is Usage.FORBIDDEN else ()
