"""A file read in parts, cut anywhere, gives the segments, envelopes and findings that it gives when read whole."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edi import Limits, read, stream
from edi.acknowledgments import HEADLESS
from edi.findings import Finding
from edi.segments import Batch

FOLDER = tempfile.TemporaryDirectory()
ISA = "ISA*00*          *00*          *ZZ*S              *ZZ*R              *241123*0130*^*00501*{0:09d}*0*P*:~"


def x12(number: int, sets: list[int], *, groups: int = 1) -> str:
    body = "".join(
        f"GS*PO*S*R*20241123*0130*{group}*X*005010~" + "".join(
            f"ST*850*{at:04d}~BEG*00*SA*PO{at}**20241123~" + "PO1**1*EA*2.5**BP*A^B:C~" * lines + f"SE*{lines + 3}*{at:04d}~"
            for at, lines in enumerate(sets, 1)) + f"GE*{len(sets)}*{group}~"
        for group in range(1, groups + 1))
    return f"{ISA.format(number)}{body}IEA*{groups}*{number:09d}~"


def edifact(number: int, sets: list[int]) -> str:
    body = "".join(
        f"UNH+{at}+ORDERS:D:96A:UN'BGM+220+PO{at}+9'" + "FTX+AAI+++a?'b??:c'" * lines + f"UNT+{lines + 3}+{at}'"
        for at, lines in enumerate(sets, 1))
    package = f"UNO+1+a:b+1+{7 + len(str(number)) * 0}'AB'CD'E UNP+7+1'".replace(" ", "")
    return f"UNB+UNOC:3+S+R+241123:0130+REF{number}'{body}{package}UNZ+{len(sets) + 1}+REF{number}'"


def wire(kind: str, number: int, sets: list[int], newline: str) -> bytes:
    text = edifact(number, sets) if kind == "edifact" else x12(number, sets, groups=2 if kind == "groups" else 1)
    return text.replace("~", "~" + newline).encode()


FILES = st.builds(
    lambda parts, lead: lead + b"".join(parts),
    st.lists(st.builds(wire, st.sampled_from(["x12", "groups", "edifact"]), st.integers(1, 3),
                       st.lists(st.integers(0, 6), max_size=4), st.sampled_from(["", "\n", "\r\n"])), min_size=1, max_size=3),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\n\n"]))


def parts_of(data: bytes, limits: Limits) -> list[Batch]:
    path = Path(FOLDER.name) / "file"  # it stays until the next one: lines are counted when they are asked for
    path.write_bytes(data)
    return list(stream(path, name="", limits=limits))


def rows(batches: list[Batch]) -> list[tuple[Any, ...]]:
    """Return each segment with everything that is known of it."""
    return [
        (batch.table.nested(at), int(batch.table.offset[at]), int(batch.table.end[at]), batch.line_of(at), int(batch.table.ordinal[at]),
         batch.interchanges[one].ordinal if (one := int(batch.table.interchange[at])) >= 0 else None, _transaction(batch, at))
        for batch in batches for at in range(len(batch.table))]


def _transaction(batch: Batch, at: int) -> tuple[Any, ...] | None:
    row = int(batch.table.transaction[at])
    those = batch.transactions
    return None if row < 0 else (
        int(those.ordinal[row]), int(those.ordinal_in_group[row]), those.type_code[row].as_py(), those.version[row].as_py(),
        those.control_number[row].as_py(), batch.groups[int(those.group[row])].ordinal if those.group[row] >= 0 else None)


def ended(batches: list[Batch]) -> list[tuple[Any, ...]]:
    """Return the interchanges and groups where they end."""
    return [
        (one.ordinal, one.control_number, one.content_hash, one.group_count, one.has_trailer, one.offset, one.end, one.newline, one.after)
        for batch in batches for one in batch.interchanges if one.ends]


def begun(batches: list[Batch]) -> list[tuple[Any, ...]]:
    """Return the interchanges where they begin."""
    return [(one.ordinal, one.before, one.una) for batch in batches for one in batch.interchanges if one.begins]


def told(batches: list[Batch]) -> list[Finding]:
    """Return all findings in order; of segments that stand outside of everything, a run is told once a part."""
    strays = ("envelope.outside", "envelope.orphan", HEADLESS)
    findings = [finding for batch in batches for finding in batch.findings if finding.code not in strays]
    return sorted(findings, key=lambda one: (one.place.offset or 0, one.code, str(one.place)))


SIZES = st.builds(lambda batch, part: Limits(part_bytes=batch, max_part_bytes=batch + part), st.integers(1, 400), st.integers(0, 400))


@settings(deadline=None, max_examples=30)
@given(FILES, SIZES)
def test_parts_are_the_whole(data: bytes, limits: Limits) -> None:
    whole, parts = [read(data)], parts_of(data, limits)
    assert rows(parts) == rows(whole)
    assert (begun(parts), ended(parts)) == (begun(whole), ended(whole))
    assert told(parts) == told(whole)


def test_the_separators_that_an_isa_states_are_values_in_any_part_of_it() -> None:
    data = (b"ISA*~00*          *00*          *ZZ*S              *ZZ*R              *241123*0130*^*00501*000000001*0*P*:~"
            b"GS*PO*S*R*20241123*0130*1*X*005010~GE*0*1~IEA*1*000000001~")
    assert rows(parts_of(data, Limits(part_bytes=1, max_part_bytes=1))) == rows([read(data)])


@settings(deadline=None, max_examples=40)
@given(FILES, SIZES, st.data())
def test_parts_of_what_is_damaged_are_the_whole_too(data: bytes, limits: Limits, draw: st.DataObject) -> None:
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 3))):
        at = draw.draw(st.integers(0, max(len(damaged) - 1, 0)))
        new = draw.draw(st.sampled_from([b"", b"~", b"'", b"SE*", b"ST*850*1~", b"GE*1*1~", b"IEA*1*1~", b"?", b"\n", b"UNT+1+1'", b"x"]))
        damaged[at:at + draw.draw(st.integers(0, 9))] = new
    whole, parts = [read(bytes(damaged))], parts_of(bytes(damaged), limits)
    assert rows(parts) == rows(whole)
    assert [one[:6] for one in ended(parts)] == [one[:6] for one in ended(whole)]
    assert told(parts) == told(whole)


def test_a_transaction_larger_than_a_part_is_read_in_several() -> None:
    data = x12(1, [200]).encode()
    parts = parts_of(data, Limits(part_bytes=300, max_part_bytes=600))
    envelope, *inside = parts
    assert (len(envelope.transactions), len(inside)) == (0, 9)
    assert [batch.goes_on for batch in inside] == [True] * 8 + [False]
    assert [int(batch.transactions.segments_before[0]) for batch in inside] == [0, *(int(one.table.ordinal[-1]) for one in inside[:-1])]


def test_a_transaction_goes_on_over_a_segment_of_blanks() -> None:
    data = x12(1, [1]).replace("SE*4*0001~GE", "  ~GE").replace("~", "\n").encode()
    whole, parts = [read(data)], parts_of(data, Limits(part_bytes=1, max_part_bytes=2))
    assert (rows(parts), told(parts)) == (rows(whole), told(whole))


def test_a_segment_larger_than_any_limit_is_told_and_not_held() -> None:
    data = x12(1, [1]).replace("SA*PO1", "SA*" + "P" * 9000).encode()
    limits = Limits(part_bytes=500, max_part_bytes=1000, max_segment_bytes=2000)
    parts = parts_of(data, limits)
    assert [(one.code, one.place.tag, one.place.transaction) for one in told(parts)] == [("limits.segment_bytes", "BEG", 1)]
    assert rows(parts)[-1][:3] == (read(data).table.nested(len(read(data).table) - 1), len(data) - 16, len(data))
    assert max(len(batch.table.values.buffers()[2]) for batch in parts) < 4000


def test_a_wrapped_file_is_joined_part_by_part() -> None:
    text = x12(1, [3, 3, 3])
    data = "\r\n".join(text[at:at + 80] for at in range(0, len(text), 80)).encode()
    whole, parts = [read(data)], parts_of(data, Limits(part_bytes=300, max_part_bytes=600))
    assert len(parts) > 1
    assert rows(parts) == rows(whole)
    assert [one.code for one in told(parts)] == ["detect.wrapped"]


def test_findings_are_capped_over_all_parts() -> None:
    data = x12(1, [1] * 20).replace("PO1**1", "~PO1**1").encode()
    limits = Limits(part_bytes=300, max_part_bytes=600, max_findings_per_file=5)
    findings = [finding for batch in parts_of(data, limits) for finding in batch.findings]
    assert len(findings) == 6
    assert findings[-1].message == "15 more notes and warnings on this file are not listed"


def test_padding_larger_than_a_part_leaves_open_what_is_open() -> None:
    data = x12(1, [1, 1]).replace("~PO1", "~" + "\n" * 900 + "PO1").encode()
    whole, parts = [read(data)], parts_of(data, Limits(part_bytes=100, max_part_bytes=200))
    assert rows(parts) == rows(whole)
    assert told(parts) == told(whole)
