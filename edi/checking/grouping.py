"""The positions of equal numbers in a column."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from edi.segments import Ints

_NARROW = 2**15  # numpy sorts numbers of two bytes in linear time


def grouped(keys: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield each number with its positions, both ascending."""
    if not len(keys):
        return
    small = keys.min() + 1 >= 0 and keys.max() < _NARROW
    order = np.argsort(keys.astype(np.int16) if small else keys, kind="stable")
    ranked = keys[order]
    edges = [0, *(np.flatnonzero(ranked[1:] != ranked[:-1]) + 1).tolist(), len(keys)]
    for first, stop in pairwise(edges):
        yield int(ranked[first]), order[first:stop]
