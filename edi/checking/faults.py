"""Faults as columns: one kind of trouble at many places, not yet Python objects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from edi.findings import Kind
from edi.segments import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Faults:
    """A column of faults of one kind, in order of place: segment of the table, element, component, repetition (0: none)."""

    kind: Kind
    segments: Ints
    element: Ints
    component: Ints
    repetition: Ints
    place_tag: str = ""  # where it is not the segment's own: a segment that is missing there
    details: dict[str, object] = field(default_factory=dict)  # for the message

    @staticmethod
    def of_segments(kind: Kind, segments: Ints, *, element: int = 0, component: int = 0, place_tag: str = "", **details: object) -> Faults:
        """Make a column of faults that differ only in their segment."""
        same = np.zeros(len(segments), dtype=np.int64)
        return Faults(kind, segments, same + element, same + component, same, place_tag, details)

    def take(self, rows: Ints) -> Faults:
        """Keep some rows."""
        return replace(self, segments=self.segments[rows], element=self.element[rows], component=self.component[rows],
                       repetition=self.repetition[rows])
