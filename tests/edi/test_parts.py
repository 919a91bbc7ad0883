"""Files that are odd where a part of a stream may begin or end: they are read in parts of any size as they are read whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edi import Limits, read, stream
from edi.octets import BLOCK, FileOctets
from tests.property.test_streaming import ISA, begun, ended, rows, told

HEAD = ISA.format(1) + "GS*PO*S*R*20241123*0130*1*X*005010~"
SET = "ST*850*0001~BEG*00*SA*PO1**20241123~SE*3*0001~"
END = "GE*1*1~IEA*1*000000001~"
UNB = "UNB+UNOC:3+S+R+241123:0130+REF1'"
FILES = {
    "no trailers, and a newline at the end": HEAD + SET + "\n",
    "no trailers, and empty segments at the end": (HEAD + SET).replace("~", "~\n") + "~\n~\n~\n",
    "a transaction without its trailer before another interchange": HEAD + "ST*850*0001~BEG*00*SA*PO1~\r~\r" + UNB + "UNZ+0+REF1'",
    "binary data that is longer than a part": HEAD + "ST*275*0001~BIN*38*a~ST*850*1~SE*2*1~GE*1*1~IEA*1*1~bcdef~SE*3*0001~" + END,
    "blank lines between segments that newlines end": (HEAD + SET + END).replace("~", "\n\n"),
    "blank lines of two octets": (HEAD + SET + END).replace("~", "\r\n\r\n"),
    "an end that is shorter than what stands between segments": (HEAD + SET).replace("~", "~\r\n\r\n").rstrip() + "A~",
    "wrapped lines, and text without an end": "\n".join(re.findall(".{1,80}", HEAD + SET + END + "From: someone")) + "\n",
    "an empty segment before a transaction": HEAD + "~\n" + SET + "~" + END,
    "nothing but an empty segment between two others": (
        UNB + "UNH+1+ORDERS:D:96A:UN''\n\nBGM+220+1+9'\nDTM+137:20240101:102'\nUNT+4+1'\nUNZ+1+REF1'\n"),
    "binary data of a wrong length, and text between interchanges": (
        HEAD + SET + "ST*275*0002~BIN*9*a~SE*3*0002~GE*2*1~IEA*1*000000001~\nFrom: someone\n" + HEAD + "ST*275*1~BIN*7*a~SE*3*1~" + END),
    "a release character that is needless in the second message": (
        UNB + "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT+3+1'UNH+2+ORDERS:D:96A:UN'BGM+220+A?B+9'UNT+3+2'UNZ+2+REF1'"),
    "groups of one number": HEAD + SET + "GE*1*1~" + HEAD[HEAD.index("GS*"):].replace("*1*X", "*01*X") + SET + "GE*1*1~IEA*2*000000001~" + (
        HEAD + SET + END),
    "a tag that begins like one of an envelope's": (
        HEAD + SET.replace("SE*3", "GS|X~TDS*1~SE*5") + END).replace("*", "+").replace("|", "*"),
}


@pytest.mark.parametrize("size", [1, 3, 17, 40, 90, 130])
@pytest.mark.parametrize("more", [0, 30])
@pytest.mark.parametrize("kind", FILES)
def test_a_file_in_parts_is_the_whole_file(tmp_path: Path, kind: str, size: int, more: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(FILES[kind].encode())
    whole, parts = [read(path.read_bytes())], list(stream(path, name="", limits=Limits(part_bytes=size, max_part_bytes=size + more)))

    assert rows(parts) == rows(whole)
    assert (begun(parts), ended(parts), told(parts)) == (begun(whole), ended(whole), told(whole))


def test_binary_data_is_one_value_however_small_the_parts(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(FILES["binary data that is longer than a part"].encode())
    parts = list(stream(tmp_path / "file", limits=Limits(part_bytes=10, max_part_bytes=10)))
    assert [part.table.nested(at) for part in parts for at in part.table.select("BIN").tolist()] == [
        [[["BIN"]], [["38"]], [["a~ST*850*1~SE*2*1~GE*1*1~IEA*1*1~bcdef"]]]]


@pytest.mark.parametrize("behind", ["", "~", "~\n", "~\n~\n"])
def test_a_segment_without_end_is_not_held_whole(tmp_path: Path, behind: str) -> None:
    (tmp_path / "file").write_bytes((HEAD + "REF*" + "A" * 9000 + behind).encode())
    limits = Limits(part_bytes=1000, max_part_bytes=1000, max_segment_bytes=500)
    parts = list(stream(tmp_path / "file", limits=limits))
    assert max(len(value) for part in parts for value in part.table.values.to_pylist()) <= 501
    assert "limits.segment_bytes" in {finding.code for part in parts for finding in part.findings}


def test_however_large_a_file_may_be_a_small_one_takes_no_room_for_that(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes((HEAD + SET + END).encode())
    (part,) = stream(tmp_path / "file", limits=Limits(max_file_bytes=2**50))
    assert len(part.table) == 7


def test_every_octet_is_read_twice_and_few_more_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, load = list[int](), FileOctets._load

    def counting(self: FileOctets, first: int, last: int) -> memoryview:
        asked.append(last - first)
        return load(self, first, last)

    monkeypatch.setattr(FileOctets, "_load", counting)
    path = tmp_path / "file"
    sets = "".join(SET.replace("0001", f"{number:06d}") for number in range(200_000))  # none repeats a number: places would be looked up
    path.write_bytes((HEAD + sets + END.replace("GE*1", "GE*200000")).encode())
    size = path.stat().st_size
    parts = [(len(part.transactions), part.findings) for part in stream(path, hashed=False)]
    assert (sum(count for count, _ in parts), [found for _, found in parts if found]) == (200_000, [])
    assert 2 * size <= sum(asked) < 2 * size + 2 * BLOCK  # once to find where the interchange ends, once to take it apart


def test_to_search_for_one_released_terminator_after_another_copies_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied, between = list[int](), FileOctets._between

    def counting(self: FileOctets, first: int, last: int) -> bytes:
        copied.append(last - first)
        return between(self, first, last)

    monkeypatch.setattr(FileOctets, "_between", counting)
    path = tmp_path / "released.edi"
    path.write_bytes(b"UNB+UNOA:1+S+R+260302:1701+1'UNH+1+ORDERS:D:96A:UN'FTX+" + b"?'" * 5000 + b"'UNT+3+1'UNZ+1+1'")
    limits = Limits(part_bytes=1000, max_part_bytes=2000)
    assert [finding.code for batch in stream(path, limits=limits) for finding in batch.findings] == []
    assert sum(copied) < 10_000_000  # each of the 5000 is looked for by itself
