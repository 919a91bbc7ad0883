"""Decimals and dates against oracles that were written by others: ``decimal.Decimal`` and ``datetime.date``."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.typed import dates, decimals, implied_decimals

NOISE = st.text("0123456789.-+,e ", max_size=24)
PLAIN = st.from_regex(r"-?[0-9]{0,22}(\.[0-9]{0,12})?", fullmatch=True)


def expected(text: str, precision: int, scale: int) -> Decimal | None:
    """What a plain number (digits, at most one point, a minus in front) is, where the column can hold all of it."""
    if not re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)", text):
        return None
    number = Decimal(text)
    units = Fraction(number) * 10**scale  # Decimal's own arithmetic would round to 28 digits
    return number if units.denominator == 1 and abs(units) < 10**precision else None


@pytest.mark.parametrize(("precision", "scale"), [(18, 4), (28, 10), (38, 4)])
@settings(deadline=None)
@given(texts=st.lists(st.one_of(st.none(), NOISE, PLAIN), max_size=8))
def test_a_column_of_anything(precision, scale, texts):
    made, bad = decimals(pa.array(texts, pa.string()), precision=precision, scale=scale)
    wanted = [None if text is None else expected(text, precision, scale) for text in texts]
    assert made.type == pa.decimal128(precision, scale)
    assert made.to_pylist() == wanted
    assert bad.tolist() == [text is not None and value is None for text, value in zip(texts, wanted, strict=True)]


@example(["000000000000000012345", "-00000000000000000000"])
@settings(deadline=None)
@given(st.lists(st.from_regex(r"-?[0-9]{1,24}|[0-9+.e-]{0,6}", fullmatch=True), max_size=8))
def test_implied_decimals_are_hundredths(texts):
    made, bad = implied_decimals(pa.array(texts, pa.string()), places=2, precision=18, scale=4)
    wanted = []
    for text in texts:
        cents = Decimal(text) if re.fullmatch("-?[0-9]+", text) else None
        wanted.append(None if cents is None or abs(cents) >= 10**16 else cents.scaleb(-2))
    assert made.to_pylist() == wanted
    assert bad.tolist() == [value is None for value in wanted]


@pytest.mark.parametrize(("places", "text", "value"), [(0, "12", "12"), (4, "12", "0.0012"), (4, "-120000", "-12"), (1, "5", "0.5")])
def test_other_places_than_two(places, text, value):
    made, bad = implied_decimals(pa.array([text]), places=places, precision=18, scale=4)
    assert (made.to_pylist(), bad.tolist()) == ([Decimal(value)], [False])


@settings(deadline=None)
@given(st.dates())
def test_every_day_there_is(day):
    made, bad = dates(pa.array([f"{day.year:04d}{day.month:02d}{day.day:02d}", None]))
    assert (made.to_pylist(), bad.tolist()) == ([day, None], [False, False])


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[0-9]{8}|[12][09][0-9]{2}[01][0-9][0-3][0-9]", fullmatch=True), max_size=8))
def test_eight_digits_are_a_day_of_the_calendar_or_bad(texts):
    wanted: list[date | None] = []
    for text in texts:
        try:
            wanted.append(date(int(text[:4]), int(text[4:6]), int(text[6:])))
        except ValueError:
            wanted.append(None)
    made, bad = dates(pa.array(texts, pa.string()))
    assert made.to_pylist() == wanted
    assert bad.tolist() == [day is None for day in wanted]


@settings(deadline=None)
@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_two_digit_years_are_those_from_1970_to_2069(day):
    assert dates(pa.array([f"{day:%y%m%d}"]))[0].to_pylist() == [day]
