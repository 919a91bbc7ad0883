"""pydifact reads the same EDIFACT: another hand's parser as judge of our values.

All of the corpus, the byte order mark taken off, on which pydifact fails. What differs is told in ``EXPLAINED``.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest
from pydifact.segmentcollection import RawSegmentCollection

from edi import read

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
EXAMPLES = {
    "plain": "UNB+UNOA:3+S:14+R:14+241123:0130+REF'UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+PO1+9'FTX+AAI+++a:b::c'UNT+4+1'UNZ+1+REF'",
    "released": "UNB+UNOA:3+S+R+241123:0130+REF'UNH+1+ORDERS:D:96A:UN'FTX+a?'b+c?+d+e?:f+g??+h???'i'UNT+3+1'UNZ+1+REF'",
    "una": "UNA:+,? 'UNB+UNOA:3+S+R+241123:0130+REF'UNH+1+ORDERS:D:96A:UN'MOA+79:1,50'UNT+3+1'UNZ+1+REF'",
    "newlines": "UNB+UNOA:3+S+R+241123:0130+REF'\r\nUNH+1+ORDERS:D:96A:UN'\r\nBGM+220++9'\r\nUNT+3+1'\r\nUNZ+1+REF'\r\n",
}


Segments = list[list[list[str]]]  # elements of components


def ours(data: bytes) -> Segments:
    table = read(data).table
    return [[element[0] for element in table.nested(at)] for at in range(len(table))]


def full(segments: Segments) -> Segments:
    """Leave out trailing empty components: pydifact does so in some elements, and they mean nothing."""
    def kept(element: list[str]) -> list[str]:
        while len(element) > 1 and element[-1] == "":
            element = element[:-1]
        return element

    return [[kept(element) for element in segment] for segment in segments]


def theirs(text: str) -> Segments:
    return [
        [[segment.tag], *([element] if isinstance(element, str) else element for element in segment.elements)]
        for segment in RawSegmentCollection.from_str(text).segments if segment.tag != "UNA"]


pytestmark = pytest.mark.filterwarnings("ignore:segments.xml not found")  # of pydifact; it concerns its validation


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    assert ours(EXAMPLES[name].encode()) == theirs(EXAMPLES[name])


def listed() -> list[str]:
    if not CORPUS.is_dir():
        return []
    rows = [line.split("\t") for line in (CORPUS / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    return [row[0] for row in rows if row[4] == "EDIFACT"]


def text_of(data: bytes) -> str:
    marked = data.startswith(codecs.BOM_UTF8)
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8" if marked else "latin-1")


def unindented(segments: Segments) -> Segments:
    return [[[segment[0][0].strip()], *segment[1:]] for segment in segments]


def first_repetitions(segments: Segments) -> Segments:
    """Cut each element at the repetition separator of syntax 4, within a component or behind it: ours has the first repetition only."""
    return [[_first(element) for element in segment] for segment in segments]


def _first(element: list[str]) -> list[str]:
    at = next((at for at, part in enumerate(element) if "*" in part), None)
    return element if at is None else [*element[:at], element[at].partition("*")[0]]


EXPLAINED: dict[str, Callable[[Segments], Segments]] = {  # by the end of the path: what makes both equal
    "edifact.Issue203.edi": unindented,  # lines are indented: pydifact drops the blanks before a tag, our tags are trimmed, our values kept
    # Syntax 4: pydifact does not split repetitions at the default separator, which ISO 9735:1998 asks for.
    "ORDERS_D.03B_Interchange.txt": first_repetitions, "BAD_ORDERS_D.03B_Interchange.txt": first_repetitions,
    "invoic.txt": first_repetitions,
}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus of real files is not there")
@pytest.mark.parametrize("path", [
    pytest.param(path, marks=pytest.mark.slow) if path.endswith("huge_file2.edi") else path for path in listed()])
def test_corpus(path: str) -> None:
    data = (CORPUS / path).read_bytes()
    same = EXPLAINED.get(Path(path).name, full)
    assert same(full(ours(data))) == same(full(theirs(text_of(data))))
