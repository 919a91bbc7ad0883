"""pyx12 reads the same X12: another hand's tokenizer as judge of our segments, elements and components, over all of the corpus."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from edi import read
from edi.segments import Delimiters

X12Reader = pytest.importorskip("pyx12.x12file", reason="pyx12 is not installed").X12Reader
errors = pytest.importorskip("pyx12.errors")

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
REFUSED = {  # what pyx12 cannot read at all, by the end of the path, and why
    "x12_bad_first_line.txt": "ISA of 105 characters: it looks for ISA12 by position",
    "850_2.edi": "it knows no ISA12 of 00400", "850_fat.edi": "it knows no ISA12 of 00400", "856.edi": "it knows no ISA12 of 00406",
    "ts214_ellipses_segterm.edi": "it knows no ISA12 of 00400", "ts210_80char.edi": "wrapped at 80 columns, within the ISA too",
    "214-MGCTLYST-SAMPLE.EDI": "it knows no ISA12 of 00403", "x12.832.edi": "ISA without padding: it looks for ISA12 by position",
}
BINARY = {"sample275_with_HL7_valid_BIN01.edi": "it splits what a BIN holds at the component separator; BIN01 says that it is one value"}
LAST_MISSING = {"x12.850.issue135.edi": "it drops a last segment that has no terminator"}

Segments = list[list[list[str]]]  # elements of components; repetitions as they stand


def listed() -> list[str]:
    if not CORPUS.is_dir():
        return []
    rows = [line.split("\t") for line in (CORPUS / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    return [row[0] for row in rows if row[4] == "X12"]


def text_of(data: bytes) -> str:
    """Decode as we do where no character set is stated; pyx12 fails on a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def theirs(data: bytes) -> Segments:
    return [[[segment.get_seg_id()], *([part.get_value() for part in element] for element in segment.elements)]
            for segment in X12Reader(io.StringIO(text_of(data), newline=""))]


def ours(data: bytes) -> Segments:
    """Return our segments; repetitions are joined again, which pyx12 leaves to its maps, and blanks before a tag are left out."""
    batch = read(data)
    found = []
    for at in range(len(batch.table)):
        marks = batch.interchanges[int(batch.table.interchange[at])].delimiters
        (((tag,),), *elements) = batch.table.nested(at)
        found.append([[tag.strip()], *(_joined(element, marks) for element in elements)])
    return found


def _joined(element: list[list[str]], marks: Delimiters) -> list[str]:
    if len(element) == 1 or marks.repetition is None:
        return element[0]
    component, repetition = marks.component.decode(), marks.repetition.decode()
    return repetition.join(component.join(parts) for parts in element).split(component)


def whole_binary(segments: Segments) -> Segments:
    """Return the segments with what a BIN holds put together again."""
    return [[*segment[:2], [":".join(segment[2])]] if segment[0] == ["BIN"] else segment for segment in segments]


def by_name(path: str, names: dict[str, str]) -> bool:
    return Path(path).name in names


@pytest.mark.parametrize("path", [path for path in listed() if not by_name(path, REFUSED)])
def test_it_reads_the_corpus_as_we_do(path: str) -> None:
    data = (CORPUS / path).read_bytes()
    mine, other = ours(data), theirs(data)
    if by_name(path, LAST_MISSING):
        mine = mine[:-1]
    if by_name(path, BINARY):
        other = whole_binary(other)
    assert mine == other


@pytest.mark.parametrize("path", [path for path in listed() if by_name(path, REFUSED)])
def test_what_it_refuses_we_read(path: str) -> None:
    data = (CORPUS / path).read_bytes()
    with pytest.raises(errors.X12Error):
        theirs(data)
    assert len(read(data).transactions) > 0
