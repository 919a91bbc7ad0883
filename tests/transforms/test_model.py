"""The canonical model holds to its own grammar, and means the same on SQLite as on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.model import INVOICES, METADATA, ORDER_LINES, ORDERS, TABLES, arrow_schema, business_columns, empty
from transforms.model.columns import BUSINESS, PROVENANCE
from transforms.model.types import ExactDecimal

COLUMNS = [pytest.param(made, id=f"{name}.{made.name}") for name, table in sorted(TABLES.items()) for made in table.columns]
EVERY_TABLE = pytest.mark.parametrize("table", [pytest.param(table, id=name) for name, table in sorted(TABLES.items())])

# The grammar: what a name ends in says what the column is. (Type, precision, scale); text has neither.
GRAMMAR: dict[str, tuple[Any, ...]] = {
    "_id": (sa.Text,), "_number": (sa.Text,), "_code": (sa.Text,), "_currency": (sa.Text,), "_name": (sa.Text,), "_hash": (sa.Text,),
    "_ordinal": (sa.BigInteger,), "_count": (sa.BigInteger,), "_offset": (sa.BigInteger,), "known_at": (sa.BigInteger,),
    "_quantity": (ExactDecimal, 18, 4), "_amount": (ExactDecimal, 18, 4), "_percent": (ExactDecimal, 18, 4),
    "_price": (ExactDecimal, 28, 10), "_date": (sa.Date,),
}
TRADE_NAMES = {"gtin": (sa.Text,), "sscc": (sa.Text,), "postal_code": (sa.Text,)}


def shape(kind: Any) -> tuple[Any, ...]:
    return (ExactDecimal, kind.precision, kind.scale) if isinstance(kind, ExactDecimal) else (type(kind),)


@pytest.mark.parametrize("made", COLUMNS)
def test_a_name_tells_the_type(made):
    wanted = TRADE_NAMES.get(made.name) or next((kind for suffix, kind in GRAMMAR.items() if made.name.endswith(suffix)), None)
    assert shape(made.type) == wanted
    assert made.name == made.name.lower()


@pytest.mark.parametrize("made", COLUMNS)
def test_a_column_says_what_it_is_and_how_careful_to_be(made):
    assert made.comment
    assert made.comment == made.comment.strip()
    assert made.info["role"] in (BUSINESS, PROVENANCE)
    assert made.info["class"] in ("internal", "financial", "personal")
    if made.name.endswith(("_amount", "_price")):
        assert made.info["class"] == "financial"


def test_people_and_where_they_live_are_personal():
    personal = {made.name for made in TABLES["parties"].columns if made.info["class"] == "personal"}
    assert personal == {"party_name", "city_name", "postal_code"}


@EVERY_TABLE
def test_every_table_has_a_comment_the_documents_key_and_its_provenance(table):
    assert table.comment
    key = [made.name for made in table.primary_key.columns]
    assert key[0] == "document_id"
    assert all(name.endswith("_ordinal") for name in key[1:])
    for name in ("system_code", "partner_id", "file_hash", "segment_ordinal", "byte_offset", "map_hash", "settings_hash", "known_at"):
        assert (table.c[name].info["role"], table.c[name].nullable) == (PROVENANCE, False)


@EVERY_TABLE
def test_what_a_number_is_counted_in_stands_beside_it(table):
    names = set(table.columns.keys())
    if any(name.endswith("_quantity") for name in names):
        assert "unit_code" in names
    if any(name.endswith("_price") for name in names):
        assert "price_basis_quantity" in names


def test_same_name_same_thing():
    kinds: dict[str, set[tuple[Any, ...]]] = {}
    for table in TABLES.values():
        for made in table.columns:
            kinds.setdefault(made.name, set()).add((*shape(made.type), made.info["class"], made.info["role"]))
    assert {name: kind for name, kind in kinds.items() if len(kind) > 1} == {}


@EVERY_TABLE
def test_the_arrow_schema_follows(table):
    schema = arrow_schema(table)
    assert schema.names == [made.name for made in table.columns]
    assert [field.nullable for field in schema] == [bool(made.nullable) for made in table.columns]
    assert not any(pa.types.is_floating(field.type) for field in schema)
    assert (len(empty(table)), empty(table).schema) == (0, schema)
    assert not {"document_id", "partner_id", "byte_offset"} & set(business_columns(table))


def test_arrow_types_of_the_model():
    schema = arrow_schema(ORDER_LINES)
    assert schema.field("ordered_quantity").type == pa.decimal128(18, 4)
    assert schema.field("unit_price").type == pa.decimal128(28, 10)
    assert schema.field("requested_delivery_date").type == pa.date32()
    assert schema.field("line_ordinal").type == pa.int64()
    assert schema.field("gtin").type == pa.string()


@pytest.fixture
def sqlite() -> Iterator[sa.Connection]:
    """An empty SQLite database with the canonical tables."""
    engine = sa.create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def a_row(table: sa.Table, **values: Any) -> dict[str, Any]:
    """A row with the first known value of each code, and something plausible elsewhere."""
    plain: dict[Any, Any] = {sa.Text: "x", sa.BigInteger: 1, sa.Date: date(2026, 3, 2), ExactDecimal: Decimal(1)}
    return {made.name: (made.info.get("values") or [plain[type(made.type)]])[0] for made in table.columns} | values


@EVERY_TABLE
def test_every_table_takes_a_row_on_sqlite_and_gives_it_back(sqlite, table):
    row = a_row(table)
    sqlite.execute(table.insert(), row)
    assert dict(sqlite.execute(table.select()).one()._mapping) == row


@EVERY_TABLE
def test_required_columns_and_closed_codes_are_held_by_the_database(sqlite, table):
    for made in table.columns:
        if not made.nullable:
            with pytest.raises(sa.exc.IntegrityError):
                sqlite.execute(table.insert(), a_row(table, **{made.name: None}))
        if made.info.get("values"):
            with pytest.raises(sa.exc.IntegrityError):
                sqlite.execute(table.insert(), a_row(table, **{made.name: "unheard_of"}))


def test_a_row_that_is_there_is_not_overwritten(sqlite):
    sqlite.execute(ORDERS.insert(), a_row(ORDERS))
    with pytest.raises(sa.exc.IntegrityError):
        sqlite.execute(ORDERS.insert(), a_row(ORDERS, order_number="y"))


@given(st.decimals("-99999999999999.9999", "99999999999999.9999", places=4),
       st.decimals("-999999999999999999.9999999999", "999999999999999999.9999999999", places=10))
@settings(max_examples=50, deadline=None)
def test_decimals_keep_every_digit_on_sqlite(amount, price):
    made = sa.Table("made", sa.MetaData(), sa.Column("amount", ExactDecimal(18, 4)), sa.Column("price", ExactDecimal(28, 10)))
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        made.create(connection)
        connection.execute(made.insert(), {"amount": amount, "price": price})
        assert connection.execute(made.select()).one() == (amount, price)
    engine.dispose()


def test_eighteen_digits_that_floating_point_loses(sqlite):
    amount = Decimal("12345678901234.0001")
    assert Decimal(float(amount)).quantize(Decimal("0.0001")) != amount
    sqlite.execute(INVOICES.insert(), a_row(INVOICES, invoice_amount=amount, stated_tax_amount=None))
    stated = sqlite.execute(sa.select(INVOICES.c.invoice_amount, INVOICES.c.stated_tax_amount)).one()
    assert stated == (amount, None)


def test_equal_numbers_are_equal_text_on_sqlite(sqlite):
    for text in ("5", "5.0", "5.0000", "5E+0"):
        sqlite.execute(INVOICES.insert(), a_row(INVOICES, document_id=text, invoice_amount=Decimal(text)))
    stored = sqlite.execute(sa.text("SELECT DISTINCT typeof(invoice_amount), invoice_amount FROM invoices")).all()
    assert stored == [("text", "5.0000")]
    found = sqlite.execute(sa.select(sa.func.count()).select_from(INVOICES).where(INVOICES.c.invoice_amount == Decimal(5))).scalar_one()
    assert found == 4
