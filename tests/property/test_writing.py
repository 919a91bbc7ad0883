"""What is read can be written: byte for byte as it was, with any other legal delimiters as an equal tree, whole or part by part."""

from __future__ import annotations

import codecs
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edi import Delimiters, read, write, write_parts
from edi.errors import UnwritableError
from edi.findings import Severity
from edi.segments import Batch
from tests.property.test_reading_round_trip import NEWLINES, Marks, Segment, joined, looks_wrapped, marks, segments
from tests.property.test_streaming import FILES, SIZES, parts_of

SEPARATORS = (11, 16)  # elements of ISA that state separators


def refused(batch: Batch) -> bool:
    return any(finding.severity in (Severity.ERROR, Severity.FATAL) for finding in batch.findings)


def tree(batch: Batch) -> list[Segment]:
    """Return all segments; what ISA says of its separators is left out."""
    found = [batch.table.nested(at) for at in range(len(batch.table))]
    return [[each for at, each in enumerate(one) if one[0] != [["ISA"]] or at not in SEPARATORS] for one in found]


def as_bytes(use: Marks, *, release: bool) -> Delimiters:
    return Delimiters(use.element.encode(), use.segment.encode(), use.component.encode(), use.repetition.encode(),
                      use.release.encode() if release else None)


def x12(use: Marks, body: list[Segment], newline: str) -> bytes:
    isa = use.element.join(("ISA", "00", " " * 10, "00", " " * 10, "ZZ", "S" + " " * 14, "ZZ", "R" + " " * 14, "241123", "0130",
                            use.repetition, "00501", "000000001", "0", "P", use.component))
    others = (["GS", "PO", "S", "R", "20241123", "0130", "1", "X", "005010"], ["ST", "850", "0001"])
    lines = [isa, *(use.element.join(one) for one in others), *(joined(segment, use) for segment in body)]
    lines += [use.element.join(one) for one in (["SE", str(len(body) + 2), "0001"], ["GE", "1", "1"], ["IEA", "1", "000000001"])]
    return "".join(line + use.segment + newline for line in lines).encode()


def edifact(use: Marks, body: list[Segment], newline: str) -> bytes:
    una = "UNA" + use.component + use.element + "." + use.release + use.repetition + use.segment
    head = [[[["UNB"]], [["UNOY", "4"]], [["S"]], [["R"]], [["241123", "0130"]], [["REF"]]],
            [[["UNH"]], [["1"]], [["ORDERS", "D", "96A", "UN"]]]]
    tail = [[[["UNT"]], [[str(len(body) + 2)]], [["1"]]], [[["UNZ"]], [["1"]], [["REF"]]]]
    text = "".join(joined(segment, use, use.release) + use.segment + newline for segment in (*head, *body, *tail))
    return (una + newline + text).encode()


@settings(deadline=None, max_examples=40)
@given(FILES, SIZES)
def test_what_is_read_is_written_byte_for_byte_whole_and_in_parts(data, limits):
    batch, parts = read(data), parts_of(data, limits)

    if refused(batch):
        with pytest.raises(UnwritableError):
            write(batch)
        with pytest.raises(UnwritableError):
            list(write_parts(parts))
    else:
        assert write(batch) == data.removeprefix(codecs.BOM_UTF8)
        assert b"".join(write_parts(parts)) == data.removeprefix(codecs.BOM_UTF8)


@settings(deadline=None, max_examples=40)
@given(FILES, SIZES, st.sampled_from(["\n", "\r\n", ""]), marks())
def test_parts_are_written_anew_as_the_whole_is(data, limits, newline, use):
    batch, parts = read(data), parts_of(data, limits)
    same = [replace(as_bytes(use, release=False), repetition=None)] if batch.interchanges[0].standard == "x12" else []
    delimiters = next(iter(same), as_bytes(use, release=True))
    if refused(batch) or len({one.standard for one in batch.interchanges}) > 1:
        return

    try:
        whole = write(batch, delimiters=delimiters, newline=newline.encode())
    except UnwritableError:
        with pytest.raises(UnwritableError):
            list(write_parts(parts, delimiters=delimiters, newline=newline.encode()))
    else:
        assert b"".join(write_parts(parts, delimiters=delimiters, newline=newline.encode())) == whole
        assert tree(read(whole)) == tree(batch)


@settings(deadline=None, max_examples=100)
@given(marks(), marks(), segments("aZ09 é€.-|+^"), st.sampled_from(NEWLINES), st.sampled_from(["", "\n", "\r\n"]))
def test_x12_with_any_legal_delimiters_is_an_equal_tree(use, other, body, newline, new):
    text = "".join(value for segment in body for element in segment for one in element for value in one)
    if set(text) & {use.element, use.segment, use.component, use.repetition}:
        return
    batch = read(x12(use, body, newline))
    assert batch.findings == ()

    if set(text) & {other.element, other.segment, other.component, other.repetition}:
        with pytest.raises(UnwritableError, match="the value holds a delimiter"):
            write(batch, delimiters=as_bytes(other, release=False))
    else:
        written = write(batch, delimiters=as_bytes(other, release=False), newline=new.encode())
        assert written == x12(other, body, new)
        assert read(written).findings == ()


@settings(deadline=None, max_examples=100)
@given(marks(), marks(), segments("aZ09 é€.-\n*~:^|!+'?#\\"), st.sampled_from(NEWLINES), st.sampled_from(["", "\n", "\r\n"]))
def test_edifact_with_any_legal_delimiters_is_an_equal_tree(use, other, body, newline, new):
    wire = edifact(use, body, newline)
    assume(not looks_wrapped(wire) and not looks_wrapped(edifact(other, body, new)))
    batch = read(wire)
    assert batch.findings == ()
    assert write(batch) == wire

    written = write(batch, delimiters=as_bytes(other, release=True), newline=new.encode())

    assert written == edifact(other, body, new)
    assert tree(read(written)) == tree(batch)
