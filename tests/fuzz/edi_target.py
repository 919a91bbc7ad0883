"""X12 and EDIFACT: files are read together, checked against guides and answered, and some of them read in other ways too.

What is tried with a file depends on its own bytes alone, so that whatever goes wrong can be told of one file and seen again.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zlib import crc32

from edi import Limits, SourceFile, read, read_files, stream, write
from edi.acknowledgments import AckPolicy
from edi.answering import answer, due
from edi.errors import UnwritableError
from edi.findings import Finding, Severity
from edi.guides import check
from edi.segments import Batch
from tests.fuzz.promises import check_findings, check_table, promise
from tests.property.test_streaming import begun, ended, rows, told

AT = datetime(2026, 9, 25, 2, 30)
POLICIES = (
    AckPolicy(), AckPolicy(accept_with_errors=True, echo_bad_values=True, ta1="always"), AckPolicy(acknowledgment="999", ta1="on_error"),
    AckPolicy(acknowledgment="997", echo_bad_values=True, contrl="requested", contrl_version="4:1"), AckPolicy(contrl_version="2:2"),
)
SMALL = Limits(max_segment_bytes=200, max_elements=12, max_repeats=3, max_findings_per_file=5, max_padding_bytes=16)


def examine(documents: Sequence[bytes]) -> Counter[str]:
    """Read files and return how often each kind of finding was met; raises where a promise is broken."""
    seen: Counter[str] = Counter()
    files = [SourceFile(f"{at}", data) for at, data in enumerate(documents)]
    for batch in read_files(files):
        seen.update(_whole(batch, documents))
    for data in documents:
        _otherwise(data)
    return seen


def _whole(batch: Batch, documents: Sequence[bytes]) -> Counter[str]:
    sizes = {name: len(documents[int(name)]) for name in batch.table.files}
    check_table(batch, list(sizes.values()))
    findings = [*batch.findings, *check(batch)]
    check_findings(findings, sizes)
    for index, interchange in enumerate(batch.interchanges):
        data = documents[int(batch.table.files[interchange.file])]
        if crc32(data) % 32 == 0:
            _answered(batch, index, findings, POLICIES[crc32(data) // 32 % len(POLICIES)])
    return Counter(finding.code for finding in findings)


def _answered(batch: Batch, index: int, findings: Sequence[Finding], policy: AckPolicy) -> None:
    """Answer an interchange; our own reader has nothing to say about the envelope of what would be sent."""
    for form in due(batch, index, findings, policy).forms:
        reply = answer(batch, index, findings, form, number=7, at=AT, policy=policy)
        sent = read(reply.data)
        wrong = [one.code for one in sent.findings if one.severity in (Severity.ERROR, Severity.FATAL)]
        promise(not wrong, f"our {form.kind} has {wrong}")


def _otherwise(data: bytes) -> None:
    """Read one file of 192 in parts, one with small limits, one alone and in company; write one again. All this is dear."""
    chosen = crc32(data) % 192
    if chosen == 1:
        size = crc32(data) // 192 % 400 + 1
        _in_parts(data, Limits(part_bytes=size, max_part_bytes=size + crc32(data) // 76800 % 400))
    elif chosen == 2:
        batch = read(data, limits=SMALL)
        check_table(batch, [len(data)])
        check_findings([*batch.findings, *check(batch)], {"": len(data)})
    elif chosen == 3:
        _in_company(data)
    elif chosen == 4:
        _written_again(data)


def _in_parts(data: bytes, limits: Limits) -> None:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data)
        parts, segments = [], []
        for part in stream(file.name, name="", limits=limits):
            parts.append(part)
            segments += rows([part])
    whole = [read(data)]
    promise(segments == rows(whole), "segments read in parts are not those of the whole")
    promise(begun(parts) == begun(whole), "interchanges begin otherwise in parts")
    promise([one[:6] for one in ended(parts)] == [one[:6] for one in ended(whole)], "interchanges end otherwise in parts")
    promise(told(parts) == told(whole), "findings in parts are not those of the whole")


def _written_again(data: bytes) -> None:
    """Write what was read: byte for byte where nothing was found; else it may be refused, with words."""
    batch = read(data)
    try:
        text = write(batch)
    except UnwritableError:
        promise(bool(batch.findings), "what was read without findings cannot be written")
        return
    promise(bool(batch.findings) or text == data, "what was read without findings is written otherwise")


def _in_company(data: bytes) -> None:
    alone = read(data)
    twice = list(read_files([SourceFile("a", data), SourceFile("b", data)]))
    found = {name: [replace(one, place=replace(one.place, file="")) for batch in twice for one in batch.findings if one.place.file == name]
             for name in ("a", "b")}
    promise(found["a"] == found["b"] == list(alone.findings), "findings depend on what a file was read with")
