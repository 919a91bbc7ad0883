"""Control numbers that are agreed to count: which are missing, which came late, where they wrapped around and where they began anew.

A number is digits, in EDIFACT perhaps behind letters that stay the same; after the last one of its width comes 1 (X12 ISA13: after
999999999). A wrap-around needs nobody's approval and is told by the numbers themselves; anything else that runs backwards is late,
or a new beginning that a person must approve.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

NEAR = 10_000  # numbers from an end of the scale within which a wrap-around is looked for
_PER_WRAP = 1_000_000  # an epoch is new beginnings plus so many times wrap-arounds
_NUMBER = re.compile(r"([^0-9]*)([0-9]{1,14})")


@dataclass(frozen=True, slots=True)
class Number:
    """A control number that counts."""

    letters: str
    value: int
    last: int  # the highest of its width

    @property
    def is_low(self) -> bool:
        """Whether it may follow the last number."""
        return self.value <= min(NEAR, self.last // 4)

    @property
    def is_high(self) -> bool:
        """Whether 1 may soon follow it."""
        return self.value > self.last - min(NEAR, self.last // 4)


@dataclass(frozen=True, slots=True)
class Came:
    """A number that came: in which round of the scale, in which night of the sequence, and whether it is held as a conflict."""

    wraps: int
    number: Number
    night: int
    in_conflict: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """What a numbering looks like at the end of a night."""

    first: Number
    last: Number
    missing: tuple[tuple[int, int], ...]  # ranges of values, both ends missing
    missing_count: int
    late: tuple[int, ...]  # came tonight, and fill what was missing
    wraps: int
    wrapped: bool  # around, tonight
    suspected: tuple[int, ...]  # came tonight and run backwards without filling anything: a new beginning that nobody approved?


def read_number(text: str) -> Number | None:
    """Read a control number, None where it does not count."""
    found = _NUMBER.fullmatch(text)
    return Number(found[1], int(found[2]), 10 ** len(found[2]) - 1) if found else None


def epoch(restarts: int, wraps: int) -> int:
    """Return the epoch after some new beginnings and, since the last one, some wrap-arounds."""
    return restarts + wraps * _PER_WRAP


def restarts_of(epoch_: int) -> int:
    """Return how many new beginnings an epoch has behind it."""
    return epoch_ % _PER_WRAP


def wraps_of(epoch_: int) -> int:
    """Return how many wrap-arounds an epoch has behind it."""
    return epoch_ // _PER_WRAP


def wraps_at(number: Number, *, current: int, is_at_end: bool, is_past_half: bool) -> int:
    """Return the round of the scale that a number belongs to.

    Args:
        number: what came.
        current: the latest round on record.
        is_at_end: high numbers of that round are on record, or came with this one.
        is_past_half: numbers from the upper half are on record in that round.
    """
    if number.is_low and is_at_end:
        return current + 1
    if number.is_high and current and not (is_at_end or is_past_half):
        return current - 1  # late, from before the wrap-around
    return current


def judge(came: Iterable[Came], *, tonight: int) -> Series:
    """Say what a numbering with at least one number looks like at the end of a night.

    Args:
        came: everything of one sender, receiver, usage and new beginning.
        tonight: the night's place in the sequence.
    """
    every = sorted(came, key=lambda each: (each.night, _unrolled(each)))
    first_came: dict[int, Came] = {}
    for each in every:
        first_came.setdefault(_unrolled(each), each)
    beginning = _unrolled(every[0])
    counted = sorted(at for at in first_came if at >= beginning)
    before = [at for at, each in first_came.items() if each.night < tonight]
    highest = max(before, default=-1)
    new = sorted(at for at, each in first_came.items() if each.night == tonight)
    backwards = {at for at in new if at < beginning} | {
        _unrolled(each) for each in every if each.night == tonight and each.in_conflict and _unrolled(each) < highest}
    last = every[0].number.last
    missing = [(start + 1, stop - 1) for start, stop in pairwise(counted) if stop - start > 1]
    wraps = max(each.wraps for each in every)
    return Series(
        first_came[beginning].number, first_came[counted[-1]].number,
        tuple((_value(start, last), _value(stop, last)) for start, stop in missing), sum(stop - start + 1 for start, stop in missing),
        tuple(_value(at, last) for at in new if beginning <= at < highest and at not in backwards), wraps,
        wraps > max((each.wraps for each in every if each.night < tonight), default=0),
        tuple(_value(at, last) for at in sorted(backwards)))


def ranges(missing: Sequence[tuple[int, int]], most: int) -> str:
    """Write ranges for people: ``105, 120-122``, and how many more there are."""
    told = [f"{start}" if start == stop else f"{start}-{stop}" for start, stop in missing[:most]]
    return ", ".join(told) + (f" and {len(missing) - most} more" if len(missing) > most else "")


def _unrolled(each: Came) -> int:
    """Return the place of a number if the scale had no end."""
    return each.wraps * each.number.last + each.number.value


def _value(unrolled: int, last: int) -> int:
    return (unrolled - 1) % last + 1
