"""Files wrapped into lines of a fixed width, as mainframes and mail gateways leave them: the lines are joined."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from edi.dialect import Header
from edi.findings import Severity, kind
from edi.octets import Octets, UnwrappedOctets, blocks
from edi.reading.origins import EvenlyWrapped, Origin, Shifted, Stepped
from edi.reading.scouting import is_released, read_header
from edi.x12.delimiters import LENGTH_OF_ISA

WRAPPED = kind("detect.wrapped", Severity.NOTE, "the file is wrapped into lines of {count} characters, which were joined",
               "None needed; the sender may switch line wrapping off.")

_NARROWEST, _USUAL, _WIDEST = 32, 80, 1024
_NOT_PADDING = re.compile(rb"[^\r\n\t \x00\x1a]")
_LINE = re.compile(rb"[^\r\n]*(\r\n|\n|\r|$)")


def unwrap(data: bytes, shift: int) -> tuple[bytes, Stepped | None, int]:
    """Join the lines of a file that was wrapped at a fixed column; else return it as it is, without a way back."""
    head = _wrapped_head(data)
    if head is None:
        return data, None, 0
    width, terminator = head
    lines = data.splitlines(keepends=True) if data.isascii() else re.findall(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", data)
    bare = [line.rstrip(b"\r\n") for line in lines]
    if any(len(line) > width or (len(line) < width and line and not line.endswith(terminator)) for line in bare[:-1]):
        return data, None, 0
    full = sum(len(line) == width for line in bare)
    if len(bare[-1]) > width or (full < 2 and width != _USUAL):  # one newline alone may as well be data
        return data, None, 0
    if not any(len(one) == width and read_header(other, 0) is None for one, other in pairwise(bare)):
        return data, None, 0  # two interchanges that happen to be of one length, the first of them cut short
    kept = np.cumsum([len(line) for line in bare])
    removed = np.cumsum([len(line) - len(text) for line, text in zip(lines, bare, strict=True)])
    return b"".join(bare), Stepped(np.append(0, kept), np.append(0, removed) + shift), width


def is_surely_unwrapped(data: bytes, header: Header) -> bool:
    """Tell whether the first line alone, which begins with a header, shows that the file is not wrapped: it ends with a segment."""
    line = data[:_WIDEST + 2].partition(b"\n")[0].partition(b"\r")[0]
    if not _NARROWEST <= len(line) <= _WIDEST or len(line) == len(data):
        return True
    marks, holds_header = header.delimiters, header.standard == "edifact" or len(line) >= LENGTH_OF_ISA
    return holds_header and line.endswith(marks.segment) and not is_released(line, len(line) - len(marks.segment), marks.release)


def _wrapped_head(data: bytes) -> tuple[int, bytes] | None:
    """Return width and segment terminator where the first lines look wrapped."""
    first = _LINE.match(data, 0, _WIDEST + 2)
    width = first.end(0) - len(first.group(1)) if first else 0
    if first is None or not _NARROWEST <= width <= _WIDEST or first.end() == len(data):
        return None
    second = _LINE.match(data, first.end(), first.end() + _WIDEST + 2)
    if second is None or (len(second.group()) != len(first.group()) and _NOT_PADDING.search(data, second.end())):
        return None
    header = read_header(data[:4 * _WIDEST].replace(b"\r", b"").replace(b"\n", b""), 0)
    if header is None or header.delimiters.segment.isalnum() or header.delimiters.segment in b"\r\n":
        return None
    marks = header.delimiters
    whole = data.endswith(marks.segment, 0, width) and not is_released(data, width - len(marks.segment), marks.release)
    return None if whole else (width, marks.segment)


def unwrapped_octets(data: Octets, head: bytes, shift: int) -> tuple[Octets, Origin, int] | None:
    """Do the same for a file that is not held: lines must be even, but for the last; None where they are not.

    Args:
        data: the file without its byte order mark.
        head: its first bytes.
        shift: how many bytes the mark has.

    Returns:
        what is tokenised, the way back, and the width (0: the file is not wrapped).
    """
    found = _wrapped_head(head)
    if found is None:
        return data, Shifted(shift), 0
    width, _ = found
    newline = 2 if head[width:width + 2] == b"\r\n" else 1
    lines = (len(data) + newline) // (width + newline)
    if lines < 2 and width != _USUAL:  # one newline alone may as well be data
        return data, Shifted(shift), 0
    if not _is_even(data, width, head[width:width + newline]):
        return None
    return UnwrappedOctets(data, width, newline), EvenlyWrapped(shift, width, newline), width


def _is_even(data: Octets, width: int, newline: bytes) -> bool:
    stride = width + len(newline)
    whole = len(data) // stride * stride
    seen = 0
    for at in range(0, whole, stride * 8192):
        stretch = data[at:min(at + stride * 8192, whole)]
        rows = np.frombuffer(stretch, dtype=np.uint8).reshape(-1, stride)
        if not (rows[:, width:] == np.frombuffer(newline, dtype=np.uint8)).all():
            return False
        seen += stretch.count(b"\n") + stretch.count(b"\r")
    return seen == len(newline) * (whole // stride) and not any(
        mark in stretch.rstrip(b"\r\n\x1a\x00") for stretch in blocks(data, whole, len(data)) for mark in (b"\r", b"\n"))
