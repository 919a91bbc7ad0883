"""Two readers are equal when every line is, decimals exactly; otherwise it is said where they first differ."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import order_lines
from benchmarks.equality import difference, files_differ
from benchmarks.order_lines import SCHEMA, typed, write


def lines(quantity: str = "12", price: str = "2.50", name: str | None = "SOAP", count: int = 2) -> pa.Table:
    one = ("PO1", "1", "1", "EA", "1", "100", None, "TEA")
    other = ("PO1", "2", quantity, "EA", price, None, "V-1", name)
    return typed([list(column) for column in zip(*[one, other][:count], strict=True)])


def test_text_becomes_exact_decimals():
    assert lines().column("price").to_pylist() == [Decimal(1), Decimal("2.5")]


def test_bytes_are_as_good_as_text():
    assert typed([[b"PO1"], [b"1"], [b"12"], [b"EA"], [b"2.5"], [None], [b"V-1"], [None]]).schema == SCHEMA


def test_the_same_lines_are_equal():
    assert difference(lines(price="2.50"), lines(price="2.5")) == ""


@pytest.mark.parametrize(("other", "said"), [
    ({"quantity": "12.0001"}, "quantity of line 2 differs"), ({"price": "2.51"}, "price of line 2 differs"),
    ({"name": None}, "description of line 2 differs"), ({"count": 1}, "1 lines instead of 2"),
])
def test_a_difference_is_placed(other, said):
    assert difference(lines(), lines(**other)) == said


def test_another_type_is_a_difference():
    loose = lines().set_column(4, "price", lines().column("price").cast(pa.float64()))

    assert difference(lines(), loose) == "the columns differ"


def test_files_are_compared(tmp_path):
    write([lines(), lines()], tmp_path / "ours.parquet")
    write([pa.concat_tables([lines(), lines()])], tmp_path / "same.parquet")
    write([lines()], tmp_path / "short.parquet")

    assert files_differ(tmp_path / "ours.parquet", tmp_path / "same.parquet") == ""
    assert files_differ(tmp_path / "ours.parquet", tmp_path / "short.parquet") == "2 lines instead of 4"


def test_small_tables_become_one_row_group(tmp_path):
    assert write([lines()] * 10, tmp_path / "lines.parquet") == 20
    assert pq.read_metadata(tmp_path / "lines.parquet").num_row_groups == 1


def test_many_lines_become_several_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(order_lines, "GROUP_ROWS", 6)

    assert write([lines()] * 10, tmp_path / "lines.parquet") == 20
    assert pq.read_metadata(tmp_path / "lines.parquet").num_row_groups == 4


def test_no_lines_are_a_file_all_the_same(tmp_path):
    assert write([], tmp_path / "lines.parquet") == 0
    assert pq.read_schema(tmp_path / "lines.parquet") == SCHEMA
