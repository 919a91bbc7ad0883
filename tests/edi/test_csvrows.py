"""CSV exports as real systems write them; Python's csv module is the oracle for the values."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edi.csvrows import CsvTable, read_csv
from edi.errors import ConfigurationError


def rows(table: CsvTable) -> list[list[str]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]


def codes(table: CsvTable) -> list[str]:
    return [finding.code for finding in table.findings]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_records_and_their_places(newline: str) -> None:
    table = read_csv(newline.join(("po;qty", "A;1", "", "B;2", "")).encode(), delimiter=b";")
    width = len(newline)
    assert table.header == ("po", "qty")
    assert rows(table) == [["A", "1"], ["B", "2"]]
    assert table.offset.tolist() == [6 + width, 9 + 3 * width]
    assert table.record.tolist() == [1, 2]
    assert codes(table) == []


def test_quotes_hold_delimiters_newlines_and_quotes() -> None:
    table = read_csv(b'a,b\n"x,1","line\r\nnext"\n"say ""hi""",""\n', delimiter=b",")
    assert rows(table) == [["x,1", "line\r\nnext"], ['say "hi"', ""]]
    assert table.offset.tolist() == [4, 4 + 19]


def test_a_carriage_return_inside_a_line_is_data() -> None:
    assert rows(read_csv(b"a,b\r\nx\ry,1\r\n", delimiter=b",")) == [["x\ry", "1"]]


def test_inches_open_nothing() -> None:
    table = read_csv(b'a,b\n5" pipe,1\n"6"" pipe",2\n7",3\n', delimiter=b",")
    assert rows(table) == [['5" pipe', "1"], ['6" pipe', "2"], ['7"', "3"]]
    assert codes(table) == []


def test_ragged_records_are_padded_or_cut_and_named() -> None:
    table = read_csv(b"a,b,c\n1,2\n1,2,3\n1,2,3,4\n", delimiter=b",", name="erp.csv")
    assert rows(table) == [["1", "2", ""], ["1", "2", "3"], ["1", "2", "3"]]
    assert table.ragged.tolist() == [1, 3]
    assert [(one.code, one.place.file, one.place.offset, one.place.segment) for one in table.findings] == [
        ("csv.ragged", "erp.csv", 6, 1), ("csv.ragged", "erp.csv", 16, 3)]


def test_a_byte_order_mark_is_skipped_and_counted() -> None:
    table = read_csv(b"\xef\xbb\xbfa,b\n1,2", delimiter=b",")
    assert (table.header, table.offset.tolist(), codes(table)) == (("a", "b"), [7], ["csv.bom"])


def test_encodings() -> None:
    assert rows(read_csv("a;b\né;ß".encode("cp1252"), delimiter=b";", encoding="cp1252")) == [["é", "ß"]]
    table = read_csv(b"a;b\nok;1\n\xe9;2\n", delimiter=b";")
    assert [(one.code, one.place.segment, one.place.tag, one.place.offset) for one in table.findings] == [("csv.undecodable", 2, "a", 9)]
    with pytest.raises(ConfigurationError, match="no-such"):
        read_csv(b"\xe9", delimiter=b";", encoding="no-such")


def test_a_quote_that_never_closes() -> None:
    table = read_csv(b'a,b\n1,2\n3,"4\n5,6\n', delimiter=b",")
    assert codes(table) == ["csv.unclosed_quote"]
    assert table.findings[0].place.offset == 10


def test_nothing_and_a_header_alone() -> None:
    assert codes(read_csv(b"", delimiter=b",")) == ["csv.empty"]
    assert codes(read_csv(b"\r\n\r\n", delimiter=b",")) == ["csv.empty"]
    table = read_csv(b"a,b\n", delimiter=b",")
    assert (table.header, rows(table), len(table.offset)) == (("a", "b"), [], 0)


def test_without_quotes_a_quote_is_a_character() -> None:
    assert rows(read_csv(b'a,b\n"1,2"\n', delimiter=b",", quote=b"")) == [['"1', '2"']]


NEWLINES, QUOTING = st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
CELL = st.text(alphabet=st.sampled_from('ab1 ,;"\n\ré'), max_size=6)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8), NEWLINES, QUOTING)
def test_what_python_writes_is_read_back(cells: list[tuple[str, str, str]], newline: str, quoting: int) -> None:
    # Python writes a lone CR without quotes where lines end in LF; no reader could tell it from a CRLF.
    assume(newline == "\r\n" or quoting == csv.QUOTE_ALL or not any("\r" in cell for row in cells for cell in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=newline, quoting=quoting)  # type: ignore[arg-type]  # typeshed wants literals
    writer.writerow(("x", "y", "z"))
    writer.writerows(cells)
    data = text.getvalue().encode()
    table = read_csv(data, delimiter=b",")
    assert rows(table) == [list(row) for row in cells]
    assert codes(table) == []


@given(st.binary(max_size=60))
def test_any_bytes_are_read_without_an_exception(data: bytes) -> None:
    table = read_csv(data, delimiter=b",")
    assert all(len(column) == len(table.offset) for column in table.columns)
