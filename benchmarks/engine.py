"""This engine's side of the comparison, through its public functions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchmarks.lines import order_lines as lines_of
from benchmarks.order_lines import write
from edi import SourceFile, read_files, stream  # by name: asked for in passing, they would be imported while the clock runs
from edi.findings import Severity
from edi.guidemodel import Guide
from edi.guides import Checker, Subject, shipped
from edi.reading.scouting import read_header
from edi.scanning.tokenising import levels, tokenise
from edi.segments import Batch
from edi.x12 import hipaa

PART = 2**20


def batches(paths: list[str], *, hashed: bool = False) -> Iterator[Batch]:
    """Read files, envelopes checked: one as a stream, many together.

    Args:
        paths: the files.
        hashed: whether contents are hashed too, which nobody needs who wants lines.

    Raises:
        ValueError: a count or control number is wrong, or something else that is an error.
    """
    found = stream(paths[0], hashed=hashed) if len(paths) == 1 else read_files(map(_source, paths), hashed=hashed)
    return map(_without_errors, found)  # unlike a loop, map does not hold a batch while the next one is read


def _without_errors(batch: Batch) -> Batch:
    if any(finding.severity in (Severity.ERROR, Severity.FATAL) for finding in batch.findings):
        raise ValueError("there are errors in the envelopes")
    return batch


def _source(path: str) -> SourceFile:
    handle = os.open(path, os.O_RDONLY)  # a file object costs as much as all the rest of it
    try:
        return SourceFile(path.rpartition("/")[2], os.read(handle, os.fstat(handle).st_size))
    finally:
        os.close(handle)


def order_lines(paths: list[str], output: str) -> int:
    """Write the order lines of all files."""
    return write(map(lines_of, batches(paths)), Path(output))


def read(paths: list[str], _: str) -> int:
    """Read into segment tables with envelopes, checks and content hashes; return how many segments there were."""
    return sum(len(batch.table) for batch in batches(paths, hashed=True))


def walk(paths: list[str], _: str) -> int:
    """Find every value of the files, a part's at a time, as bytes.split does; return how many segments there were."""
    count = 0
    for path in paths:
        data = Path(path).read_bytes()
        header = read_header(data, 0)
        assert header is not None
        at = header.body
        while at < len(data):
            end = data.rfind(header.delimiters.segment, at, at + PART) + 1
            end = len(data) if end == len(data) - 1 else end  # the last newline
            tokens = tokenise(data[at:end], header.delimiters)
            pa.StringArray.from_buffers(len(tokens.kinds), pa.py_buffer(tokens.offsets), tokens.data)
            levels(tokens)
            count += len(tokens.start)
            at = end
    return count


def guides(subject: Subject) -> Guide | None:
    """Choose among all guides: those of health care come from pyx12's maps."""
    return shipped(subject) or (hipaa.guide(subject.type_code, subject.version) if subject.standard == "x12" else None)


def validate(paths: list[str], _: str) -> int:
    """Read files and check every document against its guide; return how many findings there were."""
    checker = Checker(guides)
    return sum(len(checker.check(batch)) for batch in batches(paths))


TASKS = {"order_lines": order_lines, "read": read, "walk": walk, "validate": validate}
