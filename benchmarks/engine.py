"""This engine's side of the comparison, through its public functions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

import edi
import edi.guides
from benchmarks.lines import order_lines as lines_of
from benchmarks.order_lines import write
from edi.segments import Batch
from edi.sources import prepare
from edi.tokens import levels, tokenise

PART = 2**20


def batches(paths: list[str]) -> Iterator[Batch]:
    """Read files, envelopes checked; many small ones together, one by itself.

    Raises:
        ValueError: there is a finding, of which the generated files have none.
    """
    files = [edi.SourceFile(Path(path).name, Path(path).read_bytes()) for path in paths]
    for batch in edi.read_files(files):
        if batch.findings:
            raise ValueError(f"{len(batch.findings)} findings in the envelopes")
        yield batch


def order_lines(paths: list[str], output: str) -> int:
    """Write the order lines of all files."""
    return write((lines_of(batch) for batch in batches(paths)), Path(output))


def read(paths: list[str], _: str) -> int:
    """Read into segment tables with envelopes, checks and content hashes; return how many segments there were."""
    return sum(len(batch.table) for batch in batches(paths))


def walk(paths: list[str], _: str) -> int:
    """Find every value of the files, a part's at a time, as bytes.split does; return how many segments there were."""
    count = 0
    for path in paths:
        data = Path(path).read_bytes()
        delimiters = prepare(edi.SourceFile("", data)).spans[0].header.delimiters
        at = 0
        while at < len(data):
            end = data.rfind(delimiters.segment, at, at + PART) + 1
            end = len(data) if end == len(data) - 1 else end  # the last newline
            tokens = tokenise(data[at:end], delimiters)
            pa.StringArray.from_buffers(len(tokens.kinds), pa.py_buffer(tokens.offsets), pa.py_buffer(tokens.data))
            levels(tokens.kinds)
            count += len(tokens.start)
            at = end
    return count


def validate(paths: list[str], _: str) -> int:
    """Read files and check every document against its guide; return how many findings there were."""
    return sum(len(edi.guides.check(batch)) for batch in batches(paths))


TASKS = {"order_lines": order_lines, "read": read, "walk": walk, "validate": validate}
