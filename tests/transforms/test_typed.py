"""Text columns to decimals and dates: what is exact is kept, what is not is told, nothing is rounded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.typed import dates, decimals, implied_decimals


def decimal(text: str | None, mark: str = ".") -> tuple[Decimal | None, bool]:
    made, bad = decimals(pa.array([text], pa.string()), precision=18, scale=4, mark=mark)
    return made[0].as_py(), bool(bad[0])


@pytest.mark.parametrize(("text", "value"), [
    ("1", "1"), ("-1.5", "-1.5"), (".5", "0.5"), ("-.5", "-0.5"), ("1.", "1"), ("0", "0"), ("007", "7"), ("1.23450000", "1.2345"),
    ("99999999999999.9999", "99999999999999.9999"), ("00000000000000000000000000000000000000000000001", "1"),
])
def test_numbers_are_exact(text, value):
    assert decimal(text) == (Decimal(value), False)


@pytest.mark.parametrize("text", [
    "1e3", "+3", " 1", "1 ", "1,5", "1.23456", "100000000000000", "-", ".", "--1", "1-", "NaN", "inf", "0x1", "١", "1\n", "1_0", "1.2.3",
])
def test_what_is_no_plain_number_of_the_columns_size_is_bad(text):
    assert decimal(text) == (None, True)


def test_what_is_absent_is_not_bad():
    assert decimal(None) == (None, False)


def test_a_comma_may_be_the_mark():
    assert decimal("1,5", mark=",") == (Decimal("1.5"), False)


def test_one_bad_value_spoils_no_other():
    made, bad = decimals(pa.array(["1", "x", None, "2.50000"]), precision=18, scale=4)
    assert made.to_pylist() == [Decimal(1), None, None, Decimal("2.5")]
    assert bad.tolist() == [False, True, False, False]


@given(st.decimals(min_value=-10**13, max_value=10**13, places=4))
def test_every_number_that_fits_comes_back(number):
    assert decimal(format(number, "f")) == (number, False)


@pytest.mark.parametrize(("text", "value"), [
    ("12345", "123.45"), ("-5", "-0.05"), ("0", "0"), ("7", "0.07"), ("9999999999999999", "99999999999999.99"),
    ("12.34", None), ("", None), ("1e2", None), ("10000000000000000", None), ("+1", None),
])
def test_implied_decimals(text, value):
    made, bad = implied_decimals(pa.array([text]), places=2, precision=18, scale=4)
    assert made[0].as_py() == (None if value is None else Decimal(value))
    assert bool(bad[0]) is (value is None)


def test_implied_decimals_of_a_slice():
    made, bad = implied_decimals(pa.array(["1", "200", None, "3x"]).slice(1), places=2, precision=18, scale=4)
    assert made.to_pylist() == [Decimal(2), None, None]
    assert bad.tolist() == [False, False, True]


@pytest.mark.parametrize(("text", "value"), [
    ("20260302", date(2026, 3, 2)), ("260302", date(2026, 3, 2)), ("700101", date(1970, 1, 1)), ("991231", date(1999, 12, 31)),
    ("691231", date(2069, 12, 31)), ("202603021545", date(2026, 3, 2)), ("20240229", date(2024, 2, 29)), ("19000301", date(1900, 3, 1)),
    ("20260231", None), ("20230229", None), ("20261301", None), ("20260300", None), ("00000000", None), ("2026-03-02", None),
    ("2026030", None), ("x", None), ("", None), ("19000229", None),
])
def test_dates_are_days_of_the_calendar(text, value):
    made, bad = dates(pa.array([text]))
    assert (made[0].as_py(), bool(bad[0])) == (value, value is None)


def test_dates_that_are_absent_are_not_bad():
    made, bad = dates(pa.array([None, "20260302"], pa.string()))
    assert made.to_pylist() == [None, date(2026, 3, 2)]
    assert bad.tolist() == [False, False]


def test_no_rows_at_all():
    none = pa.array([], pa.string())
    assert len(decimals(none, precision=18, scale=4)[0]) == len(implied_decimals(none, places=2, precision=18, scale=4)[0]) == 0
    assert dates(none)[0].type == pa.date32()
