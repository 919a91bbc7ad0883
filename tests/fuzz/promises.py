"""What must hold of whatever is read, however odd: findings that can be counted and found, a table whose parts fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from edi.findings import CATALOGUE, Finding, Severity
from edi.limits import FINDINGS
from edi.segments import Batch


class BrokenPromiseError(AssertionError):
    """A promise that was not kept."""


def promise(kept: bool, words: str) -> None:
    """Raise unless a promise was kept."""
    if not kept:
        raise BrokenPromiseError(words)


def check_findings(findings: Iterable[Finding], sizes: Mapping[str, int]) -> None:
    """Hold each finding to the catalogue, and its place to the file; ``sizes`` has the bytes of each file by name."""
    for finding in findings:
        place = finding.place
        promise(finding.code in CATALOGUE, f"{finding.code} is not in the catalogue")
        promise(isinstance(finding.severity, Severity), f"{finding.code} has no severity")
        promise(bool(finding.message and finding.remedy and str(place)), f"{finding.code} has no words")
        promise(place.file in sizes, f"{finding.code} is about no file that was read")
        size = sizes[place.file or ""]
        promise(finding.code == FINDINGS.code or place.offset is not None, f"{finding.code} has no offset")
        promise(place.offset is None or 0 <= place.offset <= size, f"{finding.code} is outside of its file")
        promise(place.line is None or 1 <= place.line <= size + 1, f"{finding.code} is on no line of its file")
        ordinals = (place.interchange, place.group, place.transaction, place.segment, place.component, place.repetition)
        promise(all(each is None or each >= 1 for each in ordinals), f"{finding.code} has an ordinal below 1")
        promise(place.element is None or place.element >= 0, f"{finding.code} has an element below 0")


def check_table(batch: Batch, sizes: Sequence[int]) -> None:
    """Hold the arrays of a whole batch to each other; ``sizes`` has the bytes of each of its files."""
    table, those = batch.table, batch.transactions
    for first, inner in ((table.segment_first, len(table.element_first) - 1), (table.element_first, len(table.repeat_first) - 1),
                         (table.repeat_first, len(table.values))):
        promise(int(first[0]) == 0 and int(first[-1]) == inner and bool((np.diff(first) > 0).all()), "levels of the table do not nest")
    columns = (table.tags, table.end, table.file, table.interchange, table.transaction, table.ordinal)
    promise(all(len(column) == len(table) for column in columns), "columns of the table differ in length")
    promise(bool((table.offset >= 0).all() and (table.end > table.offset).all()), "a segment ends before it begins")
    promise(bool((table.end <= np.array([*sizes, 0])[table.file]).all()), "a segment ends behind its file")
    together = table.file[1:] == table.file[:-1]
    promise(bool((table.offset[1:] >= table.end[:-1])[together].all()), "segments overlap")
    promise(bool((table.interchange < len(batch.interchanges)).all() and (table.transaction < len(those)).all()), "a segment is in nothing")
    promise(bool((those.stop_segment > those.first_segment).all()), "a transaction has no segment")
    for at in range(len(those)):
        inside = table.transaction[int(those.first_segment[at]):int(those.stop_segment[at])]
        promise(bool((inside == at).all()), "a transaction holds segments of another")
    table.values.validate(full=True)
