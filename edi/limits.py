"""Limits on what a stranger can make large. What exceeds one is held by us; the partner is not told that it is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np

from edi.errors import ConfigurationError
from edi.findings import Finding, Kind, Place, Severity, find, kind
from edi.segments import Batch, Ints

FILE_BYTES = kind("limits.file_bytes", Severity.FATAL, "the file has {count} bytes, more than the {limit} that are read",
                  "Raise the limit max_file_bytes if the file is genuine, or ask the partner to split it.")
SEGMENT_BYTES = kind("limits.segment_bytes", Severity.ERROR, "a segment has more than {limit} bytes",
                     "Look for a missing segment terminator; raise max_segment_bytes if the segment is genuine.")
ELEMENTS = kind("limits.elements", Severity.ERROR, "a segment has more than {limit} elements",
                "Look for a missing segment terminator; raise max_elements if the segment is genuine.")
REPEATS = kind("limits.repeats", Severity.ERROR, "an element of the segment has more than {limit} repetitions or components",
               "Raise max_repeats if the segment is genuine.")
FINDINGS = kind("limits.findings", Severity.NOTE, "{count} more notes and warnings on this file are not listed",
                "Repair the first ones and read the file again; raise max_findings_per_file to see them all.")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large things may be, each from 1 on. Errors are never cut off, only notes and warnings: a cut must not load what is bad.

    Raises:
        ConfigurationError: naming the limit that is no such number.
    """

    max_file_bytes: int = 2**30
    max_segment_bytes: int = 2**20
    max_elements: int = 1000
    max_repeats: int = 1000
    max_depth: int = 100  # of hierarchies (HL)
    max_findings_per_file: int = 1000
    max_padding_bytes: int = 4096  # that are kept of what stands around an interchange
    batch_bytes: int = 2**21  # small files are read together up to this size
    part_bytes: int = 3 * 2**20  # larger files are read in parts of this size at most
    max_part_bytes: int = 2**22  # so large a part may become where a transaction is then whole; a larger one is read in several parts

    def __post_init__(self) -> None:
        """Refuse what a file could never keep to: a part of no bytes would be read for ever."""
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or value < 1:
                raise ConfigurationError(f"the limit {field.name} is {value!r}; set a whole number from 1 on")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a reader is told once: limits, and severities of codes that a partner's agreement changes."""

    limits: Limits
    severities: Mapping[str, Severity] | None
    hashed: bool = True  # whether the content of interchanges is hashed


def exceeded(batch: Batch, limits: Limits) -> Iterator[tuple[Kind, int, int]]:
    """Yield kind, segment and limit wherever a segment is larger than allowed."""
    table = batch.table
    elements = np.diff(table.segment_first)
    components = np.searchsorted(table.element_first, _larger(table.repeat_first, limits.max_repeats), "right") - 1
    wide = np.concatenate((_larger(table.element_first, limits.max_repeats), components))
    for found, what, limit in (
        (_at(table.end - table.offset, limits.max_segment_bytes), SEGMENT_BYTES, limits.max_segment_bytes),
        (_at(elements, limits.max_elements + 1), ELEMENTS, limits.max_elements),
        (np.unique(np.searchsorted(table.segment_first, wide, "right") - 1).tolist(), REPEATS, limits.max_repeats),
    ):
        yield from ((what, segment, limit) for segment in found)


def _at(sizes: Ints, most: int) -> list[int]:
    found: list[int] = np.flatnonzero(sizes > most).tolist()
    return found


def _larger(first: Ints, most: int) -> Ints:
    """Return the groups with more than ``most`` members: each holds a multiple of ``most``, so only those are looked at."""
    if len(first) - 1 == int(first[-1]):  # in each group one
        return first[:0]
    probes = np.arange(0, int(first[-1]), most)
    owner = np.unique(np.searchsorted(first, probes, "right") - 1)
    return owner[first[owner + 1] - first[owner] > most]


class Cap:
    """Leaves out the notes and warnings of each file that exceed a limit, over all parts of a stream, and tells how many."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._seen: dict[str | None, int] = {}

    def kept(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings that are within the limit."""
        for finding in findings:
            if finding.severity in (Severity.NOTE, Severity.WARNING):
                file = finding.place.file
                self._seen[file] = self._seen.get(file, 0) + 1
                if self._seen[file] > self._limit:
                    continue
            yield finding

    def left_out(self) -> Iterator[Finding]:
        """Yield one finding a file that tells how many were left out."""
        for file, count in self._seen.items():
            if count > self._limit:
                yield find(FINDINGS, Place(file=file), count=count - self._limit)
