"""Segments written with any legal delimiters and newlines are read back as they were."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from edi import SourceFile, read, read_files

NEWLINES = ["", "\n", "\r\n", "\r", "\n\n"]
Segment = list[list[list[str]]]  # elements of repetitions of components
TAG = st.text(alphabet="ABCDEFGHJKLMNOPQRSTVWXYZ", min_size=2, max_size=3).filter(lambda tag: tag not in (
    "ISA", "GS", "ST", "SE", "GE", "IEA", "BIN", "BDS"))


@dataclass(frozen=True)
class Marks:
    element: str
    segment: str
    component: str
    repetition: str
    release: str


@st.composite
def marks(draw: st.DrawFn) -> Marks:
    return Marks(*draw(st.lists(st.sampled_from("*~:^|!+'?#\\=;<>@$%&\x1c\x1d\x1e\x1f"), min_size=5, max_size=5, unique=True)))


def segments(alphabet: str) -> st.SearchStrategy[list[Segment]]:
    value = st.text(alphabet=alphabet, max_size=5)
    element = st.lists(st.lists(value, min_size=1, max_size=3), min_size=1, max_size=3)
    return st.lists(st.builds(lambda tag, rest: [[[tag]], *rest], TAG, st.lists(element, max_size=5)), max_size=6)


def joined(segment: Segment, use: Marks, escape: str = "") -> str:
    def text(value: str) -> str:
        special = (use.element, use.segment, use.component, use.repetition, use.release)
        return "".join(escape + code if escape and code in special else code for code in value)

    return use.element.join(use.repetition.join(use.component.join(map(text, one)) for one in element) for element in segment)


def looks_wrapped(wire: bytes) -> bool:
    """Tell whether lines are as long as those of a wrapped file: to a reader it is one, even where the newlines were data.

    That is so where the first has 80 characters, and where all are of one length.
    """
    lengths = [len(line) for line in wire.splitlines()]
    return lengths[0] == 80 or (len(lengths) > 1 and len(set(lengths)) == 1)


@settings(deadline=None)
@given(marks(), segments("aZ09 é€.-"), st.sampled_from(NEWLINES), st.booleans())
def test_x12(use: Marks, body: list[Segment], newline: str, bom: bool) -> None:
    isa = use.element.join(("ISA", "00", " " * 10, "00", " " * 10, "ZZ", "S" + " " * 14, "ZZ", "R" + " " * 14, "241123", "0130",
                            use.repetition, "00501", "000000001", "0", "P", use.component))
    group = ["GS", "PO", "S", "R", "20241123", "0130", "1", "X", "005010"]
    lines = [isa, use.element.join(group), use.element.join(["ST", "850", "0001"])]
    lines += [joined(segment, use) for segment in body]
    lines += [use.element.join(one) for one in (["SE", str(len(body) + 2), "0001"], ["GE", "1", "1"], ["IEA", "1", "000000001"])]
    wire = ("\ufeff" if bom else "") + "".join(line + use.segment + newline for line in lines)
    batch = read(wire.encode())
    assert [one.code for one in batch.findings] == (["detect.bom"] if bom else [])
    assert [batch.table.nested(at) for at in range(3, 3 + len(body))] == body
    data = wire.encode()
    assert all(data[at:at + 1].isalpha() for at in batch.table.offset.tolist())
    assert all(data[at - 1:at] == use.segment.encode() for at in batch.table.end.tolist())


@settings(deadline=None)
@given(marks(), segments("aZ09 .-\n*~:^|!+'?#\\"), st.sampled_from(NEWLINES))
def test_edifact(use: Marks, body: list[Segment], newline: str) -> None:
    una = "UNA" + use.component + use.element + "." + use.release + use.repetition + use.segment
    head = [[[["UNB"]], [["UNOC", "4"]], [["S"]], [["R"]], [["241123", "0130"]], [["REF"]]],
            [[["UNH"]], [["1"]], [["ORDERS", "D", "96A", "UN"]]]]
    tail = [[[["UNT"]], [[str(len(body) + 2)]], [["1"]]], [[["UNZ"]], [["1"]], [["REF"]]]]
    wire = una + newline + "".join(joined(segment, use, use.release) + use.segment + newline for segment in (*head, *body, *tail))
    assume(not looks_wrapped(wire.encode()))
    batch = read(wire.encode())
    assert [one.code for one in batch.findings] == []
    assert [batch.table.nested(at) for at in range(len(batch.table))] == [*head, *body, *tail]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=4), st.integers(0, 3))
def test_any_bytes_around_an_interchange_raise_nothing(junk: list[bytes], place: int) -> None:
    whole = b"UNB+UNOA:3+S+R+241123:0130+REF'UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNZ+1+REF'"
    pieces = [*junk[:place], whole, *junk[place:]]
    files = [SourceFile("all", b"".join(pieces)), *(SourceFile(str(at), piece) for at, piece in enumerate(pieces))]
    batches = list(read_files(files))
    assert sum(len(batch.table.files) for batch in batches) == len(files)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_interchange_raises_nothing(data: st.DataObject) -> None:
    wire = bytearray(
        b"ISA*00*          *00*          *ZZ*S              *ZZ*R              *241123*0130*^*00501*000000001*0*P*:~"
        b"GS*PO*S*R*20241123*0130*1*X*005010~ST*850*0001~BIN*3*a~b~REF*A:B^C~SE*4*0001~GE*1*1~IEA*1*000000001~"
        b"UNA:+.? 'UNB+UNOC:4+S+R+241123:0130+REF'UNH+1+ORDERS:D:96A:UN'FTX+a?'b?'UNT+3+1'UNZ+1+REF'")
    for at in data.draw(st.lists(st.integers(0, len(wire) - 1), max_size=6)):
        wire[at] = data.draw(st.integers(0, 255))
    batch = read(bytes(wire))
    table = batch.table
    assert (table.end > table.offset).all()
    assert (table.end <= len(wire)).all()
