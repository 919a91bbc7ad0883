"""Many short ranges of numbers as one column."""

from __future__ import annotations

import numpy as np

from edi.segments import Ints


def ranges(first: Ints, counts: Ints) -> Ints:
    """Return first[0], first[0]+1, ... counts[0] of them, then the same for the next."""
    if len(first) == 1:
        return np.arange(first[0], first[0] + counts[0], dtype=np.int64)
    starts = np.cumsum(counts) - counts
    shift: Ints = np.repeat(first - starts, counts)
    shift += np.arange(len(shift), dtype=np.int64)
    return shift
