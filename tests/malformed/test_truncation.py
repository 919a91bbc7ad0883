"""Good files cut at every byte: what is complete loads as it would from the whole file, nothing partial ever does, and a cut is seen.

One cut cannot be seen: between two complete interchanges. Only a manifest or a control total of the source tells of that one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from edi import SourceFile, read_files
from edi.findings import Finding, Severity
from edi.guides import check
from edi.segments import Batch
from tests.malformed.table import BASES

GOOD = ("850", "856", "orders", "invoic", "mixed")
GRAVE = (Severity.ERROR, Severity.FATAL)
Segments = list[list[list[list[str]]]]
Loadable = dict[tuple[int, int], Segments]  # interchange and transaction -> its segments

pytestmark = pytest.mark.slow


def wires() -> list[object]:
    """Return the five files, with newlines and without."""
    whole = {name: (BASES / f"{name}.edi").read_bytes() for name in GOOD}
    return [pytest.param(data.replace(b"\n", newline), id=f"{name}-{label}")
            for name, data in whole.items() for label, newline in (("lines", b"\n"), ("flat", b""))]


@cache
def read_all(wire: bytes) -> dict[int, tuple[Loadable, list[Finding]]]:
    """Read a file cut at every byte; return what would load of each, and what is found."""
    found: dict[int, tuple[Loadable, list[Finding]]] = {}
    for batch in read_files([SourceFile(str(cut), wire[:cut]) for cut in range(len(wire) + 1)]):
        findings = [*batch.findings, *check(batch)]
        of_file = defaultdict(list)
        for finding in findings:
            of_file[finding.place.file].append(finding)
        found |= {int(name): ({}, of_file[name]) for name in batch.table.files}
        for cut, key, segments in _loadable(batch, findings):
            found[cut][0][key] = segments
    return found


def _loadable(batch: Batch, findings: Sequence[Finding]) -> Iterator[tuple[int, tuple[int, int], Segments]]:
    """Yield the transactions without an error of their own, of their group or of their interchange, which must be complete."""
    grave = {(place.file, place.interchange, place.group if place.transaction is None else None, place.transaction)
             for place in (finding.place for finding in findings if finding.severity in GRAVE)}
    those = batch.transactions
    for at in range(len(those)):
        one = batch.interchanges[int(those.interchange[at])]
        group = batch.groups[int(those.group[at])].ordinal if those.group[at] >= 0 else None
        file, ordinal = batch.table.files[one.file], int(those.ordinal[at])
        spoiled = grave & {(file, one.ordinal, None, ordinal), (file, one.ordinal, group, None), (file, one.ordinal, None, None)}
        if one.has_trailer and not spoiled:
            rows = range(int(those.first_segment[at]), int(those.stop_segment[at]))
            yield int(file), (one.ordinal, ordinal), [batch.table.nested(row) for row in rows]


def complete_at(wire: bytes) -> list[int]:
    """Return where each interchange is complete: before its last terminator, which nothing depends on."""
    (batch,) = read_files([SourceFile("whole", wire)])
    return [one.end - len(one.delimiters.segment) for one in batch.interchanges]


@pytest.mark.parametrize("wire", wires())
def test_only_what_is_complete_loads_and_it_loads_as_from_the_whole_file(wire: bytes) -> None:
    whole, complete = read_all(wire)[len(wire)][0], complete_at(wire)
    assert len(whole) == len(complete)
    for cut, (loadable, _) in read_all(wire).items():
        there = {ordinal for ordinal, end in enumerate(complete, 1) if end <= cut}
        assert loadable == {key: segments for key, segments in whole.items() if key[0] in there}, f"cut at byte {cut}"


@pytest.mark.parametrize("wire", wires())
def test_a_cut_inside_an_interchange_is_seen(wire: bytes) -> None:
    complete = complete_at(wire)
    for cut in range(1, complete[-1]):
        findings = read_all(wire)[cut][1]
        last = max((end for end in complete if end <= cut), default=0)
        cut_inside = wire[last:cut].strip(b"~'\r\n") != b""
        assert cut_inside == any(finding.severity is not Severity.NOTE for finding in findings), f"cut at byte {cut}"


def test_a_cut_between_two_complete_interchanges_cannot_be_seen() -> None:
    wire = (BASES / "two.edi").read_bytes()
    cut = wire.index(b"ISA|")
    loadable, findings = read_all(wire)[cut]
    assert list(loadable) == [(1, 1)]
    assert findings == []
