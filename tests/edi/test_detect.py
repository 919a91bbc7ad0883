"""Which standard a file is written in."""

from __future__ import annotations

import pytest

from edi.reading.detect import detect

ISA = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *241123*0130*U*00401*000000001*0*P*>~"


@pytest.mark.parametrize(("data", "standard"), [
    (ISA, "x12"), (b"\xef\xbb\xbf" + ISA, "x12"), (b"\r\n" + ISA, "x12"), (b"mail header\n" + ISA, "x12"),
    (b"UNB+UNOA:3+S+R'", "edifact"), (b"UNA:+.? '\r\nUNB+UNOA:3+S+R'", "edifact"),
    (b"", None), (b"  \r\n", None), (b"STX=ANA:1'", None), (b"po,line\n1,2\n", None),
    (b"ISA*00*", None), (b"\xff\xfeI\x00S\x00A\x00", None),
])
def test_standards(data: bytes, standard: str | None) -> None:
    found = detect(data)
    assert found.standard == standard
    assert found.reasons


def test_reasons_name_the_place_and_what_is_mixed() -> None:
    assert detect(b"\xef\xbb\xbf" + ISA).reasons == ("ISA at byte 3",)
    assert detect(ISA + b"UNB+UNOA:3+S+R'").reasons == ("ISA at byte 0", "interchanges of both standards")
