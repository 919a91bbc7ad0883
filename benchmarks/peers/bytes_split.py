"""No library at all: what a script does by hand for one partner whose delimiters it knows.

X12 only: split cannot undo EDIFACT's release character.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.columns import collect, empty, save

PART = 2**20


def order_lines(paths: list[str], output: str) -> int:
    """Write the order lines of all files, envelopes checked in the loop."""
    columns = empty()
    for path in paths:
        text = Path(path).read_text("ascii")
        collect((segment.split("*") for segment in text.replace("\n", "").split("~")), columns)
    return save(columns, output)


def walk(paths: list[str], _: str) -> int:
    """Split into lists of elements, a part's held at a time; return how many segments there were."""
    count = 0
    for path in paths:
        data = Path(path).read_bytes()
        at = 0
        while at < len(data):
            end = data.rfind(b"~\n", at, at + PART) + 2
            segments = [segment.split(b"*") for segment in data[at:end].split(b"~\n")]
            count += len(segments) - 1
            at = end
    return count


def walk_dropped(paths: list[str], _: str) -> int:
    """Split into lists of elements and keep none of them."""
    count = 0
    for path in paths:
        for segment in Path(path).read_bytes().split(b"~\n"):
            segment.split(b"*")
            count += 1
    return count - len(paths)


TASKS = {"order_lines": order_lines, "walk": walk, "walk_dropped": walk_dropped}
