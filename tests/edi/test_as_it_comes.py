"""EDI as it really comes, one parameter each, and limits: at the limit nothing is said, one beyond it a finding and no more."""

from __future__ import annotations

import pytest

from edi import Limits, read
from edi.segments import Batch

HEAD = "UNB+{}:3+S+R+260302:1701+1'UNH+1+ORDERS:D:96A:UN'NAD+BY+++"
TAIL = "'UNT+3+1'UNZ+1+1'"


def isa(version: str = "00401", repetition: str = "U") -> str:
    return f"ISA*00*          *00*          *ZZ*S              *ZZ*R              *260302*1701*{repetition}*{version}*000000001*0*P*>~"


def x12(*segments: str, header: str = "") -> str:
    body = "".join(f"{segment}~" for segment in segments)
    return (f"{header or isa()}GS*PO*S*R*20260302*1701*1*X*004010~ST*850*0001~{body}SE*{len(segments) + 2}*0001~GE*1*1~"
            "IEA*1*000000001~")


def codes(batch: Batch) -> list[str]:
    return [finding.code for finding in batch.findings]


@pytest.mark.parametrize(("syntax", "codec", "text"), [
    ("UNOA", "ascii", "MUELLER"), ("UNOB", "ascii", "Mueller"), ("UNOC", "iso8859-1", "Müller"), ("UNOD", "iso8859-2", "Łódź"),
    ("UNOE", "iso8859-5", "Москва"), ("UNOF", "iso8859-7", "Αθήνα"), ("UNOG", "iso8859-3", "Ħamrun"), ("UNOH", "iso8859-4", "Rīga"),
    ("UNOI", "iso8859-6", "القاهرة"), ("UNOJ", "iso8859-8", "ירושלים"), ("UNOK", "iso8859-9", "İzmir"), ("UNOW", "utf-8", "東京"),
])
def test_every_character_set_of_unb_0001(syntax: str, codec: str, text: str) -> None:
    batch = read((HEAD.format(syntax) + text + TAIL).encode(codec))
    assert batch.table.element(batch.table.select("NAD"), 4)[0].as_py() == text
    assert codes(batch) == []


@pytest.mark.parametrize("version", ["00200", "00204", "00304", "00401", "00402", "00403", "00405", "00501", "00602", "00801", "99999"])
def test_any_isa12(version: str) -> None:
    batch = read(x12("BEG*1", header=isa(version)).encode())
    assert codes(batch) == []
    assert batch.interchanges[0].version == version


@pytest.mark.parametrize("newline", ["", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("standard", ["x12", "edifact"])
def test_newlines_after_terminators_are_nothing(standard: str, newline: str) -> None:
    mark, flat = ("~", x12("BEG*1", "CTT*1")) if standard == "x12" else ("'", HEAD.format("UNOA") + "A" + TAIL)
    batch = read(flat.replace(mark, mark + newline).encode())
    assert codes(batch) == []
    assert batch.table.values.equals(read(flat.encode()).table.values)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x1c", "!", "\x85", "¶", "…"])
def test_any_terminator(end: str) -> None:
    batch = read(x12("BEG*1").replace("~", end).encode())
    assert codes(batch) == []
    assert batch.type_codes == ["850"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("padding", range(12))
def test_wrapping_may_part_a_release_character_from_what_it_releases(newline: str, padding: int) -> None:
    flat = HEAD.format("UNOA") + "A" * padding + "?'?+??" * 6 + TAIL
    wrapped = newline.join(flat[at:at + 80] for at in range(0, len(flat), 80)) + newline
    batch = read(wrapped.encode())
    assert codes(batch) == ["detect.wrapped"]
    assert batch.table.values.equals(read(flat.encode()).table.values)


@pytest.mark.parametrize(("cut", "missing"), [
    ("IEA*1*000000001~", {"IEA"}), ("GE*1*1~IEA*1*000000001~", {"IEA", "GE"}), ("SE*3*0001~GE*1*1~IEA*1*000000001~", {"IEA", "GE", "SE"})])
def test_missing_trailers_are_each_told(cut: str, missing: set[str]) -> None:
    batch = read(x12("BEG*1").removesuffix(cut).encode())
    assert {finding.place.tag for finding in batch.findings if finding.code == "envelope.missing_trailer"} == missing


def repetitive(body: str) -> bytes:
    return x12(body, header=isa("00501", "^")).encode()


@pytest.mark.parametrize(("name", "code", "make"), [
    ("max_segment_bytes", "limits.segment_bytes", lambda n: repetitive("MSG*" + "a" * (n - 5))),  # its tag, separator and terminator too
    ("max_elements", "limits.elements", lambda n: repetitive("MSG" + "*a" * n)),
    ("max_repeats", "limits.repeats", lambda n: repetitive("MSG*a" + "^a" * (n - 1))),
    ("max_repeats", "limits.repeats", lambda n: repetitive("MSG*a" + ">a" * (n - 1))),
], ids=["bytes", "elements", "repetitions", "components"])
def test_a_limit_is_reached_without_a_word_and_passed_with_one(name: str, code: str, make: object) -> None:
    limits = Limits(**{name: 200})
    assert callable(make)
    assert codes(read(make(200), limits=limits)) == []
    found = read(make(201), limits=limits).findings
    assert [(one.code, one.place.transaction, one.place.segment, one.place.tag) for one in found] == [(code, 1, 2, "MSG")]


def test_a_file_may_be_as_large_as_its_limit() -> None:
    data = x12("BEG*1").encode()
    assert codes(read(data, limits=Limits(max_file_bytes=len(data)))) == []
    beyond = read(data, limits=Limits(max_file_bytes=len(data) - 1))
    assert codes(beyond) == ["limits.file_bytes"]
    assert len(beyond.table) == 0


def test_what_passes_a_limit_leaves_its_neighbour_alone() -> None:
    wire = x12("MSG" + "*a" * 50).replace("GE*1", "ST*850*0002~BEG*1~SE*3*0002~GE*2")
    batch = read(wire.encode(), limits=Limits(max_elements=20))
    assert [(one.code, one.place.transaction) for one in batch.findings] == [("limits.elements", 1)]
    assert len(batch.transactions) == 2


@pytest.mark.parametrize("between", ["\ufeff", "\n\ufeff", "as discussed: ", "\x0c"])
@pytest.mark.parametrize("end", ["~", "\n"])
def test_an_interchange_is_found_behind_whatever_stands_between_it_and_the_trailer_before(between: str, end: str) -> None:
    first = x12("BEG*1").replace("~", end)
    message = HEAD.format("UNOW") + "A" + TAIL
    batch = read((first + between + x12("BEG*1") + between + message).encode())
    assert [one.standard for one in batch.interchanges] == ["x12", "x12", "edifact"]
    assert batch.type_codes == ["850", "850", "ORDERS"]
    assert set(codes(batch)) == {"envelope.outside"}


def test_an_interchange_is_found_behind_a_byte_order_mark_even_without_the_trailer_before() -> None:
    batch = read((x12("BEG*1").removesuffix("IEA*1*000000001~") + "\ufeff" + x12("BEG*1")).encode())
    assert [(one.ordinal, one.has_trailer) for one in batch.interchanges] == [(1, False), (2, True)]
