"""What a number, a date and a time may look like on the wire, tested on whole columns of text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Bools, Ints

NUMBERS = frozenset({"N", "N0", "N2", "R"})
DATES = frozenset({"DT"})
TIMES = frozenset({"TM"})

_NUMBER = r"^-?(\d+([.,]\d*)?|[.,]\d+)(E-?\d+)?$"
_TIME = r"^([01]\d|2[0-3])[0-5]\d([0-5]\d(\d{1,2})?)?$"
_PERIODS = {  # UN/EDIFACT 2379: where the year, month and day stand, and the whole length
    "101": (2, 6), "102": (4, 8), "201": (2, 10), "203": (4, 12), "204": (4, 14), "718": (4, 16),
}
_TAILS = {"201": r"^\d{6}([01]\d|2[0-3])[0-5]\d$", "203": r"^\d{8}([01]\d|2[0-3])[0-5]\d$", "204": r"^\d{8}([01]\d|2[0-3])[0-5]\d[0-5]\d$"}


def bad_numbers(text: pa.Array) -> Bools:
    """Return which texts are not numbers: digits, a leading minus, one decimal mark."""
    bad = ~np.asarray(pc.ascii_is_decimal(text), dtype=bool)
    if bad.any():
        bad[bad] = ~np.asarray(pc.match_substring_regex(text.filter(pa.array(bad)), _NUMBER), dtype=bool)
    return bad


def bad_dates(text: pa.Array) -> Bools:
    """Return which texts are not days of the calendar, as CCYYMMDD or YYMMDD."""
    length = np.asarray(pc.utf8_length(text), dtype=np.int64)
    good = np.asarray(pc.ascii_is_decimal(text), dtype=bool) & np.isin(length, (6, 8))
    good[good] = _is_day(np.asarray(text.filter(pa.array(good)).cast(pa.int64())))
    return ~good


def bad_times(text: pa.Array) -> Bools:
    """Return which texts are not times: HHMM, HHMMSS, HHMMSSD or HHMMSSDD."""
    return ~np.asarray(pc.match_substring_regex(text, _TIME), dtype=bool)


def bad_periods(text: pa.Array, form: pa.Array) -> Bools:
    """Return which texts are not what their form (UN/EDIFACT 2379) says; forms that we do not know are not judged."""
    bad = np.zeros(len(text), dtype=bool)
    for code, (year, length) in _PERIODS.items():
        rows = np.flatnonzero(np.asarray(pc.equal(form, code), dtype=bool))
        if len(rows):
            bad[rows] = _bad_period(text.take(pa.array(rows)), code, year, length)
    return bad


def _bad_period(text: pa.Array, code: str, year: int, length: int) -> Bools:
    if code == "718":
        text = pc.replace_substring(text, "-", "", max_replacements=1)  # to be sent without the hyphen, often sent with it
    bad = np.asarray(pc.not_equal(pc.utf8_length(text), length), dtype=bool)
    day = year + 4
    bad |= bad_dates(pc.utf8_slice_codeunits(text, 0, day))
    if code == "718":
        bad |= bad_dates(pc.utf8_slice_codeunits(text, 8, 16))
    if code in _TAILS:
        bad |= ~np.asarray(pc.match_substring_regex(text, _TAILS[code]), dtype=bool)
    return bad


def digits_of(text: pa.Array) -> Ints:
    """Return the length that counts for a number: without sign, decimal mark and exponent sign."""
    return np.asarray(pc.utf8_length(pc.replace_substring_regex(text, r"[-.,E]", "")), dtype=np.int64)


def _is_day(number: Ints) -> Bools:
    year, month, day = number // 10000, number // 100 % 100, number % 100
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[np.where(month <= 12, month, 0)]
    longest = longest + (leap & (month == 2))
    good: Bools = (month >= 1) & (day >= 1) & (day <= longest)
    return good
