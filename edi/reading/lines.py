"""On which line of its file a byte stands; counted only when something is to be said about it."""

from __future__ import annotations

import numpy as np

from edi.octets import BLOCK, Octets
from edi.segments import Ints

_NONE = np.zeros(0, dtype=np.int64)


class Lines:
    """The lines of one file as it arrived. They end with LF, or with CR where the first block has no LF."""

    def __init__(self, raw: Octets) -> None:
        self._raw = raw
        self._mark = b""
        self._before = [0]  # line ends before each block that was counted so far
        self._block, self._ends = -1, _NONE

    def of(self, offset: int) -> int:
        """Return the number, from 1, of the line that a byte offset stands on."""
        if not self._mark:
            self._mark = b"\n" if b"\n" in self._raw[:BLOCK] else b"\r"
        block = offset // BLOCK
        while len(self._before) <= block:
            at = (len(self._before) - 1) * BLOCK
            self._before.append(self._before[-1] + self._raw[at:at + BLOCK].count(self._mark))
        if block != self._block:
            self._block, self._ends = block, self._ends_in(block)
        return self._before[block] + int(np.searchsorted(self._ends, offset - block * BLOCK)) + 1

    def _ends_in(self, block: int) -> Ints:
        stretch = np.frombuffer(self._raw[block * BLOCK:(block + 1) * BLOCK], dtype=np.uint8)
        return np.flatnonzero(stretch == self._mark[0])
