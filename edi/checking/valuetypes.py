"""What a number, a date and a time may look like on the wire, tested on whole columns of text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.checking.cells import offsets_of, text_of
from edi.segments import Bools, Ints

ANY_MARK = 0  # a decimal mark may be point or comma

_EXPONENT = r"^-?(\d+(\.\d*)?|\.\d+)E-?\d+$"
_TIME = r"^([01]\d|2[0-3])[0-5]\d([0-5]\d(\d{1,2})?)?$"
_CLOCK = r"^([01]\d|2[0-3])[0-5]\d([0-5]\d)?$"
# How a period is written (UN/EDIFACT 2379, X12 1250): C is CCYYMMDD, Y YYMMDD, m HHMM, s HHMMSS; ~ a hyphen that may be left out.
_FORMS = {
    "101": "Y", "102": "C", "201": "Ym", "203": "Cm", "204": "Cs", "718": "C~C", "719": "Cm~Cm",
    "D6": "Y", "D8": "C", "DT": "Cm", "RTS": "Cs", "TM": "m", "RD6": "Y-Y", "RD8": "C-C", "RDT": "Cm-Cm",
}
_WIDTHS = {"C": 8, "Y": 6, "m": 4, "s": 6, "-": 1}


def bad_numbers(text: pa.Array, integer: Bools, marks: Ints) -> Bools:
    """Return which texts are not numbers: digits, a leading minus, one decimal mark, in X12 an exponent.

    Args:
        text: values that are not empty.
        integer: which of them may have no decimal mark (X12 N, whose decimals are implied).
        marks: the byte of each one's decimal mark, or ANY_MARK; or one for all of them.
    """
    bad = np.zeros(len(text), dtype=bool)
    offsets, data = offsets_of(text), text_of(text)
    odd = np.flatnonzero(data - ord("0") > 9) + offsets[0]  # what is below 0 wraps
    if not len(odd):
        return bad
    owner = np.searchsorted(offsets, odd, "right") - 1
    byte, wanted = data[odd - offsets[0]], marks[owner] if len(marks) > 1 else marks
    mark = ((byte == wanted) | ((wanted == ANY_MARK) & ((byte == ord(".")) | (byte == ord(","))))) & ~integer[owner]
    minus = (byte == ord("-")) & (odd == offsets[owner])
    bad[owner[~mark & ~minus]] = True
    marked = owner[mark]
    bad[marked[1:][marked[1:] == marked[:-1]]] = True
    bad |= np.bincount(owner, minlength=len(text)) == np.diff(offsets)  # no digit at all
    doubtful = np.flatnonzero(bad & ~integer)
    if len(doubtful):
        bad[doubtful] = ~np.asarray(pc.match_substring_regex(text.take(pa.array(doubtful)), _EXPONENT), dtype=bool)
    return bad


def bad_letters(text: pa.Array) -> Bools:
    """Return which texts have digits where EDIFACT's type a wants none."""
    return np.asarray(pc.match_substring_regex(text, "[0-9]"), dtype=bool)


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
    """Return which texts are not what their form says; forms that we do not know are not judged."""
    bad = np.zeros(len(text), dtype=bool)
    forms = form.dictionary_encode()
    for code, known in enumerate(forms.dictionary.to_pylist()):
        if known in _FORMS:
            rows = np.flatnonzero(np.asarray(forms.indices) == code)
            bad[rows] = _bad_period(text.take(pa.array(rows)), _FORMS[known])
    return bad


def _bad_period(text: pa.Array, layout: str) -> Bools:
    if "~" in layout:
        text, layout = pc.replace_substring(text, "-", "", max_replacements=1), layout.replace("~", "")
    bad = np.asarray(pc.not_equal(pc.utf8_length(text), sum(_WIDTHS[piece] for piece in layout)), dtype=bool)
    at = 0
    for piece in layout:
        part = pc.utf8_slice_codeunits(text, at, at + _WIDTHS[piece])
        at += _WIDTHS[piece]
        if piece == "-":
            bad |= np.asarray(pc.not_equal(part, "-"), dtype=bool)
        elif piece in "CY":
            bad |= bad_dates(part)
        else:
            bad |= ~np.asarray(pc.match_substring_regex(part, _CLOCK), dtype=bool)
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
