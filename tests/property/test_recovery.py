"""An error in one transaction never touches its neighbours: transaction k of n is damaged in every way, the others stay as they were.

Some damage reaches further by its nature, and is tested for what can be promised of it: without the terminator before it, the next header
is none, so that its transaction is lost too; a segment that becomes an envelope's own (GE, IEA, UNZ) ends more than its transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edi import read
from edi.acknowledgments import HEADLESS
from edi.findings import Finding, Severity
from edi.guides import check
from edi.segments import Batch

GRAVE = (Severity.ERROR, Severity.FATAL)
ENVELOPE = re.compile(r"\s*(ISA|IEA|GS|GE|TA1|TA3|UNA|UNB|UNZ|UNG|UNE)\b")
BINARY = re.compile(r"BIN|BDS|UNO")


@dataclass(frozen=True)
class Wire:
    """Transactions as text, one a list of segments, and how they are written."""

    standard: str
    sets: list[list[str]]
    groups: int  # how many groups they are dealt to; EDIFACT is written without
    newline: str

    @property
    def mark(self) -> str:
        return "~" if self.standard == "x12" else "'"

    def text(self, sets: list[str]) -> bytes:
        """Return the interchange around transactions that are written already; what its envelope states is what it began with."""
        end = self.mark + self.newline
        if self.standard == "edifact":
            return f"UNB+UNOA:3+S+R+260302:1701+R1{end}{''.join(sets)}UNZ+{len(sets)}+R1{end}".encode("latin-1")
        size = -(-len(sets) // self.groups)
        chunks = [sets[at:at + size] for at in range(0, len(sets), size)]
        body = "".join(f"GS*PO*S*R*20260302*1701*{number}*X*004010{end}{''.join(chunk)}GE*{len(chunk)}*{number}{end}"
                       for number, chunk in enumerate(chunks, 1))
        isa = "ISA*00*          *00*          *ZZ*S              *ZZ*R              *260302*1701*U*00401*000000001*0*P*>"
        return f"{isa}{end}{body}IEA*{len(chunks)}*000000001{end}".encode("latin-1")

    def written(self, segments: list[str]) -> str:
        return "".join(segment + self.mark + self.newline for segment in segments)


def order_850(number: int, lines: int) -> list[str]:
    body = [f"BEG*00*NE*PO{number}**20260302", *(f"PO1*{line}*10*EA*7.25*PE*UP*061414000031" for line in range(1, lines + 1)), "CTT*1"]
    return [f"ST*850*{number * 1111}", *body, f"SE*{len(body) + 2}*{number * 1111}"]


def orders(number: int, lines: int) -> list[str]:
    body = [f"BGM+220+PO{number}+9", "DTM+137:20260302:102", "NAD+BY+9012345000011::9"]
    body += [segment for line in range(1, lines + 1) for segment in (f"LIN+{line}++9005550000020:EN", "QTY+21:12:PCE")]
    return [f"UNH+{number * 1111}+ORDERS:D:96A:UN", *body, "UNS+S", f"UNT+{len(body) + 3}+{number * 1111}"]


@st.composite
def wires(draw: st.DrawFn) -> Wire:
    standard = draw(st.sampled_from(["x12", "edifact"]))
    make = order_850 if standard == "x12" else orders
    lines = draw(st.lists(st.integers(1, 3), min_size=2, max_size=5))
    return Wire(standard, [make(number, many) for number, many in enumerate(lines, 1)], draw(st.integers(1, 3)),
                draw(st.sampled_from(["", "\n", "\r\n"])))


Damage = Callable[[st.DrawFn, Wire, list[str]], str]


def edited(change: Callable[[st.DrawFn, list[str], int], list[str]]) -> Damage:
    """Make a damage of one that edits the list of segments at a place."""
    return lambda draw, wire, segments: wire.written(change(draw, list(segments), draw(st.integers(0, len(segments) - 1))))


def inside(change: Callable[[st.DrawFn, Wire, str], str]) -> Damage:
    """Make a damage of one that edits the text up to, and without, its last terminator."""
    def damage(draw: st.DrawFn, wire: Wire, segments: list[str]) -> str:
        text = wire.written(segments)
        last = len(wire.mark + wire.newline)
        return change(draw, wire, text[:-last]) + text[-last:]
    return damage


def _flipped(draw: st.DrawFn, wire: Wire, text: str) -> str:
    at = draw(st.integers(0, len(text) - 1))
    return text[:at] + chr(draw(st.integers(0, 127))) + text[at + 1:]


def _garbage(draw: st.DrawFn, wire: Wire, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.text("AZ09*>^+:?~' \n\r\t\x00\x07\x1f", min_size=1, max_size=12)) + text[at:]


def _cut_value(draw: st.DrawFn, wire: Wire, text: str) -> str:
    first = draw(st.integers(0, len(text)))
    return text[:first] + text[draw(st.integers(first, len(text))):]


def _trailer(draw: st.DrawFn, wire: Wire, segments: list[str], field: int) -> str:
    mark = "*" if wire.standard == "x12" else "+"
    fields = segments[-1].split(mark)
    fields[field] = draw(st.sampled_from(["", "0", "1", "98765", "x"]))
    return wire.written([*segments[:-1], mark.join(fields)])


def _move(draw: st.DrawFn, segments: list[str], at: int) -> list[str]:
    moved = segments.pop(at)
    segments.insert(draw(st.integers(0, len(segments))), moved)
    return segments


STRAY = ["QQQ*1", "N9*ZZ", "XYZ+1", "", "*", "ST", "UNT", "SE*9*9"]
DAMAGES: dict[str, Damage] = {
    "a segment is gone": edited(lambda draw, segments, at: segments[:at] + segments[at + 1:]),
    "a segment comes twice": edited(lambda draw, segments, at: segments[:at] + segments[at:at + 1] * 2 + segments[at + 1:]),
    "a segment too many": edited(lambda draw, segments, at: [*segments[:at], draw(st.sampled_from(STRAY)), *segments[at:]]),
    "a segment moved": edited(_move),
    "no header": lambda draw, wire, segments: wire.written(segments[1:]),
    "no trailer": lambda draw, wire, segments: wire.written(segments[:-1]),
    "nothing at all": lambda draw, wire, segments: "",
    "another count": lambda draw, wire, segments: _trailer(draw, wire, segments, 1),
    "another number": lambda draw, wire, segments: _trailer(draw, wire, segments, 2),
    "a byte changed": inside(_flipped),
    "bytes put in": inside(_garbage),
    "bytes taken out": inside(_cut_value),
    "a terminator is gone": lambda draw, wire, segments: wire.mark.join(
        [*segments[:(at := draw(st.integers(1, len(segments) - 1)))], ""])[:-1] + wire.written(segments[at:]),
}


def documents(batch: Batch) -> dict[str, tuple[object, object]]:
    """Return the transactions by control number: what they say, and what is found in them, free of where that stands in the file."""
    found: dict[str, tuple[object, object]] = {}
    findings: dict[tuple[int | None, int | None], list[object]] = {}
    for one in (*batch.findings, *check(batch)):
        findings.setdefault((one.place.interchange, one.place.transaction), []).append(
            (one.code, one.severity, one.place.segment, one.place.tag, one.place.element, one.place.component))
    those = batch.transactions
    for at in range(len(those)):
        rows = range(int(those.first_segment[at]), int(those.stop_segment[at]))
        key = those.control_number[at].as_py() or ""
        ordinal = batch.interchanges[int(those.interchange[at])].ordinal
        found.setdefault(key, ([batch.table.nested(row) for row in rows], findings.get((ordinal, int(those.ordinal[at])), [])))
    return found


def reaches_further(wire: Wire, damaged: str) -> bool:
    """Tell whether a damage made a segment of an envelope, binary data, or released its own last terminator."""
    pieces = damaged.split(wire.mark)
    escaped = wire.standard == "edifact" and len(re.search(r"\??[?]*$", pieces[-2])[0]) % 2 == 1 if len(pieces) > 1 else False
    return escaped or any(ENVELOPE.match(piece) or BINARY.search(piece) for piece in pieces)


def above(batch: Batch) -> list[Finding]:
    """Return the errors of groups and interchanges, which take their transactions with them; what has lost its header takes none."""
    return [one for one in batch.findings if one.severity in GRAVE and one.place.transaction is None and one.code != HEADLESS]


@pytest.mark.parametrize("name", DAMAGES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_the_neighbours_of_a_damaged_transaction_are_as_they_were(name: str, data: st.DataObject) -> None:
    wire = data.draw(wires())
    bad = data.draw(st.integers(0, len(wire.sets) - 1))
    texts = [wire.written(one) for one in wire.sets]
    before = documents(read(wire.text(texts)))
    damaged = DAMAGES[name](data.draw, wire, wire.sets[bad])
    assume(not reaches_further(wire, damaged))
    batch = read(wire.text([*texts[:bad], damaged, *texts[bad + 1:]]))
    after = documents(batch)
    for number in before.keys() - {str((bad + 1) * 1111)}:
        assert after[number] == before[number]
    assert above(batch) == []


SURE: dict[str, tuple[str, str, str, str]] = {  # what is replaced and by what, then the code: X12's and EDIFACT's
    "count": (r"(SE\*|UNT\+)\d+", r"\g<1>77", "x12.se01_count", "edifact.unt_count"),
    "number": (r"((?:SE|UNT).\d+.)\d+", r"\g<1>9", "x12.se02_control", "edifact.unt_reference"),
    "trailer": (r"(?:SE|UNT)[*+][^~']*[~']\s*", "", "envelope.missing_trailer", "envelope.missing_trailer"),
    "date": ("20260302", "20260231", "guide.bad_date", "guide.bad_date"),
    "head": (r"(?:BEG|BGM)[^~']*[~']\s*", "", "guide.segment_missing", "guide.segment_missing"),
}


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_two_damaged_transactions_are_both_reported(data: st.DataObject) -> None:
    wire = data.draw(wires())
    hurt = data.draw(st.lists(st.tuples(st.integers(0, len(wire.sets) - 1), st.sampled_from(sorted(SURE))), min_size=2, max_size=2,
                              unique_by=lambda pair: pair[0]))
    texts = [wire.written(one) for one in wire.sets]
    for at, name in hurt:
        texts[at] = re.sub(SURE[name][0], SURE[name][1], texts[at], count=1)
    batch = read(wire.text(texts))
    told = {(one.place.transaction, one.code) for one in (*batch.findings, *check(batch)) if one.severity in GRAVE}
    assert {(at + 1, SURE[name][2 if wire.standard == "x12" else 3]) for at, name in hurt} <= told
    assert {transaction for transaction, _ in told} == {at + 1 for at, _ in hurt}


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_trailer_that_swallows_the_next_header_costs_those_two_only(data: st.DataObject) -> None:
    """Nothing tells ``SE*12*0001ST*850*0002`` from a long SE: the reader is in step again at the next header."""
    wire = data.draw(wires())
    bad = data.draw(st.integers(0, len(wire.sets) - 2))
    texts = [wire.written(one) for one in wire.sets]
    before = documents(read(wire.text(texts)))
    texts[bad] = texts[bad].removesuffix(wire.mark + wire.newline)
    batch = read(wire.text(texts))
    after = documents(batch)
    crossed = bad // (size := -(-len(wire.sets) // wire.groups)) != (bad + 1) // size and wire.standard == "x12"
    if crossed:  # it was GE that was swallowed: the group never ends, and goes down whole; other groups stay
        assert "envelope.missing_trailer" in [one.code for one in above(batch)]
        return
    for number in before.keys() - {str((bad + 1) * 1111), str((bad + 2) * 1111)}:
        assert after[number] == before[number]
    assert above(batch) == []


@settings(deadline=None, max_examples=40)
@given(first=wires(), second=wires(), data=st.data())
def test_a_damaged_interchange_leaves_the_next_one_as_it_was(first: Wire, second: Wire, data: st.DataObject) -> None:
    """Whatever is cut off its end, the next ISA or UNB is found where a line, or the segment before it, ends."""
    whole = first.text([first.written(one) for one in first.sets])
    other = second.text([second.written(one) for one in second.sets])
    alone = read(other)
    cut = whole[:data.draw(st.integers(1, len(whole)))]
    batch = read(cut + b"\n" + other)
    assert batch.interchanges[-1].content_hash == alone.interchanges[0].content_hash
    assert batch.interchanges[-1].offset == len(cut) + 1
    last = batch.interchanges[-1].ordinal
    assert [one.code for one in batch.findings if one.place.interchange == last] == [one.code for one in alone.findings]


def test_a_byte_that_is_not_utf_8_leaves_the_text_of_the_neighbours_as_it_was() -> None:
    wire = Wire("x12", [order_850(1, 1), order_850(2, 1)], 1, "\n")
    good = wire.written(wire.sets[0]).replace("PO1**", "J\xc3\xbcrgen**")
    before = documents(read(wire.text([good, wire.written(wire.sets[1])])))
    after = documents(read(wire.text([good, wire.written(wire.sets[1]).replace("PO2**", "M\xfcller**")])))
    assert after["1111"] == before["1111"]
