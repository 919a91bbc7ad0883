"""Which standard a file is written in."""

from __future__ import annotations

import io
import zipfile

import pytest

from edi import read
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


@pytest.mark.parametrize(("data", "looks"), [
    (b"PK\x05\x06" + bytes(18), "a ZIP archive"), (b"\x1f\x8b\x08" + bytes(9), "a gzip file"), (b"%PDF-1.7\n", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n" + bytes(9), "a PNG picture"), (b"\xff\xd8\xff\xe0", "a JPEG picture"),
    (b'\xef\xbb\xbf<?xml version="1.0"?><Order/>', "XML"), (b"\r\n<?xml version='1.0'?>", "XML"),
    ('<?xml version="1.0"?>'.encode("utf-16"), "XML"),
    (b"<!DOCTYPE html><title>502</title>", "an HTML page"), (b"<html>", "an HTML page"), (b"<HTML lang=en>", "an HTML page"),
    (b'{"order": 1}', "JSON"), (b'[\n {"order": 1}]', "JSON"), (b"{}", "JSON"), (b"-----BEGIN PGP MESSAGE-----\n", "a PGP message"),
])
def test_what_is_no_edi_is_told_by_what_it_looks_like(data: bytes, looks: str) -> None:
    found = detect(data)

    assert found.standard is None
    assert found.reasons[0] == f"begins as {looks} does"


@pytest.mark.parametrize("data", [b"[orders]\nfolder = x\n", b"[[drops]]\n", b"<order>", b"htm", b"PK,order\n1,2\n", b"{order}"])
def test_what_looks_like_nothing_is_not_guessed(data: bytes) -> None:
    assert detect(data).reasons == ("neither ISA nor UNA or UNB is found",)


@pytest.mark.parametrize("packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_is_no_edi_even_where_its_files_can_be_read_through_it(packed: int) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packed) as archive:
        archive.writestr("a.x12", ISA)

    assert detect(held.getvalue()).reasons == ("begins as a ZIP archive does", "unpack it first")

    (found,) = read(held.getvalue()).findings
    assert found.code == "detect.unknown"
    assert "unpack it first" in found.message
    assert detect(held.getvalue()).standard is None


def test_edi_in_a_text_of_another_kind_is_found_as_before() -> None:
    assert detect(b"<html>\n" + ISA).standard == "x12"
