"""What follows decides where a segment stood, when its own moment could not.

A segment that comes too late in its loop may as well be the first one behind the loop, where what should stand between is
missing (X12 810: TXI behind PID is late in the item, or follows a TDS that is not there). Its move is made as if it were late.
Then both readings are followed side by side until they meet, or the other one cannot win any more; fewer faults win.
No segment is followed in two trials, so the work is linear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from edi.segments import Ints

Step: TypeAlias = Callable[[int, int], int]  # state and symbol -> next state
Cost: TypeAlias = Callable[[int, int], int]  # state and symbol -> faults of that move


@dataclass(frozen=True, slots=True)
class Trial:
    """The other reading of a stretch of segments, and what came of it."""

    states: list[int]  # after each segment of the stretch
    wins: bool


def tried(at: int, stop: int, columns: tuple[Ints, Ints], twin: int, step: Step, cost: Cost, ending: Callable[[int], int]) -> Trial:
    """Follow a document from a doubtful segment on, as if that segment stood behind the loop.

    Args:
        at: the doubtful segment.
        stop: just past the last segment of its document.
        columns: the state before each segment as it was read, and the symbols.
        twin: the symbol that stands for the segment in the other reading.
        step: how to move.
        cost: how many faults a move has.
        ending: how many faults it is to end a document in a state.
    """
    before, symbols = columns
    late = before.item(at)
    state, missing = step(late, twin), cost(late, twin)
    states, ahead = [state], cost(late, symbols.item(at)) - missing
    for here in range(at + 1, stop):
        late, symbol = before.item(here), symbols.item(here)
        if state == late or ahead <= -missing:  # what the late reading may still have to pay is what is missing
            return Trial(states, ahead > 0)
        state, own = step(state, symbol), cost(state, symbol)
        ahead += cost(late, symbol) - own
        states.append(state)
    late = step(late, symbols.item(stop - 1))
    return Trial(states, ahead + ending(late) - ending(state) > 0)
