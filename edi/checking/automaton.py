"""A guide as an automaton that is built as it is needed, and run over whole columns.

States and symbols are small numbers, and a dense table holds where each pair leads. The column of states is found by
iteration: guess what comes before each segment, look all of them up together, and look up again where the guess was
wrong. Guides synchronise within a few segments, so a few rounds are enough; what is left over is followed one by one,
each segment at most once. The result is exact whatever the guess.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock

import numpy as np
import numpy.typing as npt

from edi.checking.hindsight import tried
from edi.checking.moves import Note, State, is_doubtful, left_out, move
from edi.checking.places import Places, places_of
from edi.checking.symbols import Alphabet
from edi.guidemodel import Guide
from edi.segments import Bools, Ints, SegmentTable

BEGIN = 0  # the number of the state before the first segment
NOTED, UNPLACED, UNCOUNTED, DOUBTFUL = 1, 2, 4, 8  # marks of moves
_ROUNDS = 48

Marks = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """A run over a column of segments."""

    before: Ints  # the state before each segment
    symbols: Ints
    states: Ints  # the state after each segment
    marks: Marks  # of the move that each segment made


class Automaton:
    """The moves of one guide that have been needed so far. Safe to share between threads."""

    def __init__(self, guide: Guide) -> None:
        self.places: Places = places_of(guide)
        self.alphabet = Alphabet(self.places)
        self.at = np.array([0], dtype=np.int64)  # state -> place of its last segment; not to be asked of BEGIN
        self._lock = Lock()
        self._states = [State()]
        self._numbers = {State(): BEGIN}
        self._next = np.full((16, 16), -1, dtype=np.int64)
        self._marks = np.zeros((16, 16), dtype=np.uint8)
        self._after = np.zeros(16, dtype=np.int64)  # symbol -> the state that it led to last: a good guess
        self._notes: dict[tuple[int, int], tuple[Note, ...]] = {}
        self._twins: dict[int, int] = {}  # doubtful symbol -> the one that stands for it behind its loop

    def walk(self, table: SegmentTable, segments: Ints, heads: Ints, begin: Ints, whole: Bools) -> Walk:
        """Run over segments.

        Args:
            table: what was read.
            segments: indices into it, in order.
            heads: positions among the segments where a run begins, ascending, the first being 0.
            begin: the state before each head.
            whole: which runs are whole documents. Only those are judged with hindsight: of others what follows is not known yet.
        """
        with self._lock:
            symbols = self.alphabet.read(table, segments)
            self._grow()
            before = np.empty(len(symbols), dtype=np.int64)
            before[1:] = self._after[symbols[:-1]]
            before[heads] = begin
            states = self._settle(symbols, before, heads)
            self._after[symbols] = states
            walk = Walk(before, symbols, states, self._marked(before, symbols))
            return self._with_hindsight(walk, np.append(heads, len(symbols)), whole) if (walk.marks & DOUBTFUL).any() else walk

    def notes(self, state: int, symbol: int) -> tuple[Note, ...]:
        """Return what is wrong with a move that was made."""
        return self._notes.get((state, symbol), ())

    def left_out(self, state: int) -> tuple[Note, ...]:
        """Return what is missing where a document ends in a state."""
        return left_out(self.places, self._states[state])

    def _marked(self, before: Ints, symbols: Ints) -> Marks:
        marks: Marks = self._marks.reshape(-1)[before * self._next.shape[1] + symbols]
        return marks

    def _with_hindsight(self, walk: Walk, edges: Ints, whole: Bools) -> Walk:
        """Read segments as behind their loops where that explains what follows with fewer faults."""
        done = 0
        for at in np.flatnonzero(walk.marks & DOUBTFUL).tolist():
            run = int(np.searchsorted(edges, at, "right"))
            if at < done or not whole[run - 1]:
                continue
            twin = self._twins[walk.symbols.item(at)]
            trial = tried(at, int(edges[run]), (walk.before, walk.symbols), twin, self._step, self._cost, self._end_cost)
            done = at + len(trial.states)
            if trial.wins:
                walk.symbols[at] = twin
                walk.states[at:done] = trial.states
                walk.before[at + 1:done] = trial.states[:-1]
        return replace(walk, marks=self._marked(walk.before, walk.symbols))

    def _step(self, state: int, symbol: int) -> int:
        following = self._next.item(state, symbol)
        return self._learn(state, symbol) if following < 0 else following

    def _cost(self, state: int, symbol: int) -> int:
        return len(self.notes(state, symbol))

    def _end_cost(self, state: int) -> int:
        return len(self.left_out(state))

    def _settle(self, symbols: Ints, before: Ints, heads: Ints) -> Ints:
        """Find the states, and correct ``before`` to what truly came before each segment."""
        states = self._look(before, symbols)
        fixed = np.zeros(len(symbols) + 1, dtype=bool)
        fixed[heads] = fixed[-1] = True
        stale = np.flatnonzero((states[:-1] != before[1:]) & ~fixed[1:-1]) + 1
        for _ in range(_ROUNDS):
            if not len(stale):
                return states
            before[stale] = states[stale - 1]
            found = self._look(before[stale], symbols[stale])
            changed = stale[found != states[stale]] + 1
            states[stale] = found
            changed = changed[~fixed[changed]]
            stale = changed[before[changed] != states[changed - 1]]
        self._follow(symbols, before, states, fixed, stale.tolist())
        return states

    def _follow(self, symbols: Ints, before: Ints, states: Ints, fixed: npt.NDArray[np.bool_], stale: list[int]) -> None:
        """Follow each run of wrong guesses to its end; runs are ascending, so no segment is looked at twice."""
        for at in stale:
            while not fixed[at] and before[at] != states[at - 1]:
                state, symbol = states.item(at - 1), symbols.item(at)
                before[at] = state
                states[at] = self._step(state, symbol)
                at += 1

    def _look(self, before: Ints, symbols: Ints) -> Ints:
        while True:
            width = self._next.shape[1]
            keys = before * width + symbols
            found: Ints = self._next.reshape(-1)[keys]
            unknown = np.flatnonzero(found < 0)
            if not len(unknown):
                return found
            for key in np.unique(keys[unknown]).tolist():
                self._learn(*divmod(key, width))

    def _learn(self, state: int, symbol: int) -> int:
        """Work out one move and remember it."""
        found = move(self.places, self._states[state], self.alphabet.symbols[symbol])
        number = self._numbers.setdefault(found.state, len(self._states))
        if number == len(self._states):
            self._states.append(found.state)
            self.at = np.append(self.at, found.state.at)
            self._grow()
        self._next[state, symbol] = number
        self._marks[state, symbol] = NOTED * bool(found.notes) | UNPLACED * (not found.placed) | UNCOUNTED * (not found.counted)
        if found.notes:
            self._notes[state, symbol] = found.notes
        if is_doubtful(self.places, self._states[state], self.alphabet.symbols[symbol]):
            self._marks[state, symbol] |= DOUBTFUL
            self._twins[symbol] = self.alphabet.number(replace(self.alphabet.symbols[symbol], leaves=True))
            self._grow()
        return number

    def _grow(self) -> None:
        """Make room for the states and symbols that there are."""
        height, width = self._next.shape
        wanted = (_room(height, len(self._states)), _room(width, len(self.alphabet.symbols)))
        if wanted != (height, width):
            following, marks = np.full(wanted, -1, dtype=np.int64), np.zeros(wanted, dtype=np.uint8)
            following[:height, :width], marks[:height, :width] = self._next, self._marks
            self._next, self._marks = following, marks
            self._after = np.append(self._after, np.zeros(wanted[1] - width, dtype=np.int64))


def _room(have: int, need: int) -> int:
    while have < need:
        have *= 2
    return have


@lru_cache(maxsize=256)
def automaton(guide: Guide) -> Automaton:
    """Return the automaton of a guide; it lives as long as the guide is in use."""
    return Automaton(guide)
