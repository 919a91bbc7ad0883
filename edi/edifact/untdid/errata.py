"""Lines that the UN printed wrongly, as it printed them and as it must have meant them.

Only what contradicts the same text elsewhere is here, with what it contradicts. Lines are written as they are read: boxes are drawn
with ``-``, ``|`` and ``+``.
"""

from __future__ import annotations

from typing import NamedTuple


class Erratum(NamedTuple):
    """One line set right."""

    printed: str
    meant: str
    reason: str


LINES: dict[tuple[str, int], Erratum] = {
    ("BOPBNK_D.99B", 356): Erratum(
        "0160   LOC Place/location identification             C   1----------+|",
        "0160   LOC Place/location identification             C   1           |",
        "a corner for a second group where one is open; the bars below show that group 3 goes on, as in D.00A"),
}

# Lists of D.96B whose elements came with the interactive segments of D.97A.
LISTS_WITHOUT_ELEMENT = frozenset(("96B", tag) for tag in ("2155", "3457", "5261", "5267", "5501", "7133", "9039", "9043"))

# Segments of ISO 9735 and its service directory, which the UN's segment directories use and do not define.
SERVICE_SEGMENTS = frozenset({"UNH", "UNT", "UNS", "UGH", "UGT"})
