"""From positions in what is tokenised back to byte offsets in the file as it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from edi.segments import Ints


class Origin(Protocol):
    """Turns positions into offsets; an end lies just behind the byte before it."""

    def __call__(self, positions: Ints, *, ends: bool = False) -> Ints: ...


@dataclass(frozen=True, slots=True)
class Shifted:
    """Some bytes in front were left out."""

    shift: int

    def __call__(self, positions: Ints, *, ends: bool = False) -> Ints:
        """Return the offsets of positions."""
        return positions + self.shift if self.shift else positions


@dataclass(frozen=True, slots=True, eq=False)
class Stepped:
    """From each of some ascending positions on, the offset is further away by so much."""

    positions: Ints
    shifts: Ints

    def __call__(self, positions: Ints, *, ends: bool = False) -> Ints:
        """Return the offsets of positions."""
        if ends:
            return self(positions - 1) + 1
        offsets: Ints = positions + np.append(0, self.shifts)[np.searchsorted(self.positions, positions, "right")]
        return offsets


@dataclass(frozen=True, slots=True)
class EvenlyWrapped:
    """A line end was left out after every so many bytes."""

    shift: int
    width: int
    newline: int

    def __call__(self, positions: Ints, *, ends: bool = False) -> Ints:
        """Return the offsets of positions."""
        if ends:
            return self(positions - 1) + 1
        return positions + positions // self.width * self.newline + self.shift
