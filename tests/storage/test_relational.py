"""The contract that every store of canonical rows keeps: what goes in comes out, to the last digit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from edi.errors import ConfigurationError, IntegrityError, RetryableError
from storage.lake import encode
from storage.relational import all_tables, count_rows, dump, insert_table, open_database, read_table, reading, table_digest, writing
from storage.tables import OPERATIONAL_TABLES
from tests.storage.examples import rows
from transforms.model import ORDER_LINES, PARTIES, TABLES, arrow_schema

MOST = Decimal("99999999999999.9999")
MOST_PRICE = Decimal("999999999999999999.9999999999")

EXTREMES = rows(
    "order_lines",
    {"line_ordinal": 1, "ordered_quantity": MOST, "unit_price": MOST_PRICE, "line_amount": -MOST},
    {"line_ordinal": 2, "ordered_quantity": Decimal("0.0001"), "unit_price": Decimal("0.0000000001"), "line_amount": Decimal("-0.0001")},
    {"line_ordinal": 3, "ordered_quantity": Decimal(0), "unit_price": Decimal(0), "requested_delivery_date": date(9999, 12, 31)},
    {"line_ordinal": 2**62, "unit_price": None, "line_amount": None, "requested_delivery_date": date(1, 1, 1)},
    {"line_ordinal": 4, "line_number": "00501", "buyer_item_number": "", "supplier_item_number": "NA", "gtin": "00012345678905"},
    {"line_ordinal": 5, "line_number": "NULL", "buyer_item_number": 'a "quoted", \\N \\. line\r\nand\nbreaks\ttabs',
     "supplier_item_number": "Größe 漢字 😀 \u202e e\u0301", "gtin": "\\."},
)


def test_rows_come_back_exactly(database_url: str) -> None:
    engine = open_database(database_url)
    with writing(engine) as connection:
        assert insert_table(connection, ORDER_LINES, EXTREMES) == 6
    with reading(engine) as connection:
        back = read_table(connection, ORDER_LINES)
    assert back.schema == arrow_schema(ORDER_LINES)
    assert back.to_pylist() == EXTREMES.sort_by("line_ordinal").to_pylist()


def test_every_store_has_the_same_digest(database_url: str, tmp_path: Path) -> None:
    engine = open_database(database_url)
    shuffled = EXTREMES.take(pa.array([5, 0, 3, 1, 4, 2]))
    with writing(engine) as connection:
        insert_table(connection, ORDER_LINES, shuffled)
        stored = table_digest(connection, "order_lines")
    path = tmp_path / "rows.parquet"
    path.write_bytes(encode(EXTREMES, name="order_lines"))
    assert stored == table_digest(pq.read_table(path), "order_lines") == table_digest(EXTREMES, "order_lines")
    assert stored != table_digest(EXTREMES.slice(1), "order_lines")


def test_many_batches_are_one_table(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.relational._BATCH", 2)
    engine = open_database(database_url)
    with writing(engine) as connection:
        insert_table(connection, ORDER_LINES, EXTREMES)
        assert count_rows(connection, ORDER_LINES) == 6
        assert count_rows(connection, ORDER_LINES, ["doc-1", "doc-2"]) == 6
        assert count_rows(connection, ORDER_LINES, ["doc-2"]) == 0


def test_every_canonical_table_exists_and_reads_empty(database_url: str) -> None:
    engine = open_database(database_url)
    with reading(engine) as connection:
        assert all(read_table(connection, table).schema == arrow_schema(table) for table in TABLES.values())
        assert dump(connection) == ""
        for view in ("current_breaks", "current_decisions", "outcomes"):
            assert connection.execute(sa.text(f"SELECT * FROM {view}")).all() == []


def test_a_collision_is_an_error_without_values(database_url: str) -> None:
    engine = open_database(database_url)
    jane = {"party_ordinal": 1, "role_code": "buyer", "qualifier_code": "BY", "party_name": "Jane Doe"}
    secret = rows("parties", jane, document="jane-1")
    with writing(engine) as connection:
        insert_table(connection, PARTIES, secret)
    with pytest.raises(IntegrityError, match="parties") as caught, writing(engine) as connection:
        insert_table(connection, PARTIES, secret)
    assert "jane" not in str(caught.value).lower() and caught.value.__cause__ is None


def test_a_value_outside_a_closed_set_is_refused(database_url: str) -> None:
    engine = open_database(database_url)
    wrong = rows("parties", {"party_ordinal": 1, "role_code": "nobody", "qualifier_code": "BY"})
    with pytest.raises(IntegrityError), writing(engine) as connection:
        insert_table(connection, PARTIES, wrong)


def test_other_columns_than_the_model_has_are_refused(database_url: str) -> None:
    engine = open_database(database_url)
    with pytest.raises(IntegrityError, match="arrow_schema"), writing(engine) as connection:
        insert_table(connection, ORDER_LINES, EXTREMES.drop_columns(["gtin"]))


def test_opening_twice_keeps_what_is_there(database_url: str) -> None:
    with writing(open_database(database_url)) as connection:
        insert_table(connection, ORDER_LINES, EXTREMES)
    with reading(open_database(database_url)) as connection:
        assert count_rows(connection, ORDER_LINES) == 6


def test_a_database_of_another_version_is_refused(database_url: str) -> None:
    engine = open_database(database_url)
    with writing(engine) as connection:
        connection.exec_driver_sql("ALTER TABLE orders ADD COLUMN surprise TEXT")
    with pytest.raises(ConfigurationError, match="orders"):
        open_database(database_url)


@pytest.mark.parametrize("url", ["mysql://u:geheim@h/d", "sqlite://", "no url at all"])
def test_a_url_that_cannot_work_is_refused_without_its_secrets(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_database(url)
    assert "geheim" not in str(caught.value)


def test_a_server_that_does_not_answer_is_to_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(RetryableError, match="run again"):
        open_database(f"postgresql://nobody@/none?host={tmp_path}")


def test_the_sqlite_file_is_ours_alone(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/db/crossfoot.db")
    with writing(engine) as connection:
        insert_table(connection, ORDER_LINES, EXTREMES)
        kept = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "db").iterdir()}
    assert kept == dict.fromkeys(("crossfoot.db", "crossfoot.db-wal", "crossfoot.db-shm"), "0o600")


def test_tables_left_out_of_dumps_exist(database_url: str) -> None:
    assert set(all_tables()) >= OPERATIONAL_TABLES
