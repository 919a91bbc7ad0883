"""Validation as the rest of the project sees it: what the model demands, places, many threads, and no value told."""

from __future__ import annotations

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from edi.errors import IntegrityError
from edi.findings import Place, Severity
from expectations.run import Outcome, validate
from tests.expectations.rows import frame, good_row
from transforms.model import TABLES, empty

CANARY = "CANARYVALUE7731"


def codes(outcome: Outcome) -> list[tuple[int, str]]:
    return [(found.row, found.finding.code) for found in outcome.rows]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_good_row_of_every_table_is_told_nothing(table: str) -> None:
    outcome = validate(table, frame(table, good_row(table)))
    assert outcome.rows == ()
    assert outcome.failed == 0
    assert outcome.evaluated > 0


def test_no_rows_are_asked_nothing() -> None:
    assert validate("orders", empty(TABLES["orders"])) == Outcome((), 0, 0)


def test_other_columns_than_the_models_are_a_fault_of_ours() -> None:
    with pytest.raises(IntegrityError, match="other columns"):
        validate("orders", frame("orders", good_row("orders")).drop_columns(["order_number"]))


def test_a_required_column_without_a_value_holds_the_document_and_names_column_and_place() -> None:
    rows = [good_row("orders", document_id="d1"), good_row("orders", document_id="d2", order_number=None, byte_offset=99,
                                                          transaction_ordinal=3, segment_ordinal=4)]
    (found,) = validate("orders", frame("orders", *rows)).rows
    assert found.row == 1
    assert found.finding.code == "expect.orders.order_number_not_null"
    assert found.finding.severity is Severity.ERROR
    assert found.finding.place == Place(file="f" * 64, offset=99, transaction=3, segment=4)
    assert "orders.order_number has no value" in found.finding.message


@pytest.mark.parametrize("column", [column.name for column in TABLES["invoices"].columns if not column.nullable])
def test_every_required_column_of_a_table_is_required(column: str) -> None:
    outcome = validate("invoices", frame("invoices", good_row("invoices", **{column: None})))
    assert (0, f"expect.invoices.{column}_not_null") in codes(outcome)


def test_a_code_that_the_model_does_not_have_holds_the_document() -> None:
    outcome = validate("orders", frame("orders", good_row("orders", purpose_code="perhaps")))
    assert codes(outcome) == [(0, "expect.orders.purpose_code_known")]
    assert outcome.rows[0].finding.severity is Severity.ERROR


def test_a_key_that_occurs_twice_is_told_of_every_row_that_has_it() -> None:
    rows = [good_row("order_lines", line_ordinal=number) for number in (1, 2, 2)]
    assert codes(validate("order_lines", frame("order_lines", *rows))) == [
        (1, "expect.order_lines.key_unique"), (2, "expect.order_lines.key_unique")]


def test_rows_in_several_chunks_keep_their_positions() -> None:
    parts = [frame("orders", good_row("orders", document_id=f"d{number}", order_currency="US" if number == 2 else "USD"))
             for number in range(4)]
    assert codes(validate("orders", pa.concat_tables(parts))) == [(2, "expect.orders.order_currency_iso")]


def test_all_failures_of_a_row_are_told() -> None:
    row = good_row("orders", order_currency="usd", order_date=date(1926, 3, 2), purpose_code="x")
    outcome = validate("orders", frame("orders", row))
    assert [code for _, code in codes(outcome)] == [
        "expect.orders.order_currency_iso", "expect.orders.order_date_plausible", "expect.orders.purpose_code_known"]
    assert outcome.failed == 3


def test_decimals_are_compared_exactly() -> None:
    """As floats, the 18 digits would be rounded to 0."""
    row = good_row("order_lines", ordered_quantity=Decimal("-0.0001"), unit_price=Decimal("-0.0000000001"))
    assert [code for _, code in codes(validate("order_lines", frame("order_lines", row)))] == [
        "expect.order_lines.ordered_quantity_not_negative", "expect.order_lines.unit_price_not_negative"]


@pytest.mark.slow
def test_eight_threads_get_the_answers_of_one() -> None:
    """A context shared by threads gave 13 right answers of 40."""
    frames = [frame("order_lines", *(good_row("order_lines", document_id=f"d{row}", ordered_quantity=Decimal(-1 if row % each == 0 else 1))
                                     for row in range(60))) for each in range(2, 7)]
    alone = [validate("order_lines", one) for one in frames]
    assert [len(one.rows) for one in alone] == [30, 20, 15, 12, 10]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda _: [validate("order_lines", one) for one in frames], range(8)))
    assert together == [alone] * 8


def test_no_value_of_the_data_is_told_anywhere(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    rows = [good_row("orders", document_id=f"d{row}", order_number=CANARY, order_currency=CANARY, purpose_code=CANARY) for row in range(3)]
    rows.append(good_row("orders", document_id="d3", order_number=None, order_currency=CANARY))
    out, err = io.StringIO(), io.StringIO()
    with caplog.at_level(logging.DEBUG), redirect_stdout(out), redirect_stderr(err):
        outcome = validate("orders", frame("orders", *rows))
    told = capfd.readouterr()
    assert len(outcome.rows) == 8
    assert CANARY not in repr(outcome)
    assert CANARY not in caplog.text
    assert CANARY not in out.getvalue() + err.getvalue() + told.out + told.err
