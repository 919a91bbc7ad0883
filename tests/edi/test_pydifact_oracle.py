"""pydifact reads the same EDIFACT: another hand's parser as judge of our values.

Syntax 4 is left out: pydifact does not split repetitions at the default separator, which ISO 9735:1998 asks for.
"""

from __future__ import annotations

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


def ours(data: bytes) -> list[list[list[str]]]:
    table = read(data).table
    return [[element[0] for element in table.nested(at)] for at in range(len(table))]


def full(segments: list[list[list[str]]]) -> list[list[list[str]]]:
    """Leave out trailing empty components: pydifact does so in some elements, and they mean nothing."""
    def kept(element: list[str]) -> list[str]:
        while len(element) > 1 and element[-1] == "":
            element = element[:-1]
        return element

    return [[kept(element) for element in segment] for segment in segments]


def theirs(text: str) -> list[list[list[str]]]:
    return [
        [[segment.tag], *([element] if isinstance(element, str) else element for element in segment.elements)]
        for segment in RawSegmentCollection.from_str(text).segments if segment.tag != "UNA"]


pytestmark = pytest.mark.filterwarnings("ignore:segments.xml not found")  # of pydifact; it concerns its validation


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    assert ours(EXAMPLES[name].encode()) == theirs(EXAMPLES[name])


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus of real files is not there")
@pytest.mark.parametrize("path", [
    "generated__mock-edi-0.9.0/edifact_INVOIC.edi", "generated__mock-edi-0.9.0/edifact_DESADV.edi",
    "nerdocs__pydifact/tests/data/order.edi", "nerdocs__pydifact/tests/data/invoice_with_colon_at_end.edi",
    "xlate__staedi/src/test/resources/EDIFACT/orders-with-group.edi", "indice-co__EDI.Net/test/indice.Edi.Tests/Samples/edifact.ORDRSP.edi",
    "xlate__staedi/src/test/resources/EDIFACT/invoic_d97b_una.edi",
])
def test_corpus(path: str) -> None:
    data = (CORPUS / path).read_bytes()
    assert full(ours(data)) == full(theirs(data.decode("latin-1")))
