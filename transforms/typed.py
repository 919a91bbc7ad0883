"""Text columns to decimals and dates, a whole column at a time: the clean case is one cast, the bad rows come back as a mask.

Arrow alone is not strict enough: its decimal cast takes ``1e3`` and ``+3``, its strptime turns 20260231 into 3 March.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from edi import native

Column: TypeAlias = pa.Array
Mask: TypeAlias = npt.NDArray[np.bool_]


def to_bools(array: Column) -> Mask:
    """Return a boolean Arrow column as numpy, null being False."""
    made: Mask = np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), dtype=bool)
    return made


def decimals(text: Column, *, precision: int, scale: int, mark: str = ".") -> tuple[Column, Mask]:
    """Cast text to decimals.

    Args:
        text: strings; null stays null.
        precision: digits in all, at most 38.
        scale: digits after the mark; more that are not zeros make a value bad, never rounded.
        mark: the decimal mark as sent.

    Returns:
        decimal128(precision, scale), null where bad; and which rows were bad.
    """
    if mark != ".":
        text = pc.replace_substring(text, mark, ".")
    if native.LIBRARY is not None:
        return native.decimals(native.LIBRARY, text, precision, scale)
    return decimals_with_arrow(text, precision=precision, scale=scale)


def decimals_with_arrow(text: Column, *, precision: int, scale: int) -> tuple[Column, Mask]:
    """Do what ``decimals`` does, where nothing is compiled."""
    whole = precision - scale
    # RE2 has no look-ahead: a digit on either side is asked for by alternation.
    shape = rf"^-?(?:0*[0-9]{{1,{whole}}}(?:\.[0-9]{{0,{scale}}}0*)?|\.[0-9]{{1,{scale}}}0*)$"
    bad = ~to_bools(pc.fill_null(pc.match_substring_regex(text, shape), True))
    if bad.any():
        text = pc.if_else(pa.array(bad), pa.scalar(None, pa.string()), text)
    return _cast(text, precision, scale), bad


def _cast(text: Column, precision: int, scale: int) -> Column:
    kind = pa.decimal128(precision, scale)
    try:
        return text.cast(kind)
    except pa.ArrowInvalid:  # zeros beyond the scale, a bare mark or more leading zeros than digits: rare, so only now
        text = pc.replace_substring_regex(text, rf"(\.[0-9]{{{scale}}})0+$", r"\1")
        text = pc.replace_substring_regex(text, r"\.$", "")
        return pc.replace_substring_regex(text, r"^(-?)0+([0-9])", r"\1\2").cast(kind)


def implied_decimals(text: Column, *, places: int, precision: int, scale: int) -> tuple[Column, Mask]:
    """Cast X12 type Nn, whose last ``places`` digits are the fraction (X12 004010 appendix A, numeric)."""
    bad = ~to_bools(pc.fill_null(pc.match_substring_regex(text, rf"^-?0*[0-9]{{1,{precision - scale + places}}}$"), True))
    clean = pc.if_else(pa.array(bad), pa.scalar(None, pa.string()), text)
    number = clean.cast(pa.decimal128(precision, 0))
    # The same digits read with another scale: no arithmetic, so nothing can be rounded.
    shifted = pa.Array.from_buffers(pa.decimal128(precision, places), len(number), number.buffers(), offset=number.offset)
    return shifted.cast(pa.decimal128(precision, scale)), bad


def dates(text: Column) -> tuple[Column, Mask]:
    """Read CCYYMMDD or YYMMDD (years 70 to 99 are 19yy), with a time of day behind either ignored.

    Returns:
        date32, null where bad; and which rows were bad.
    """
    length = pc.fill_null(pc.utf8_length(text), 0).to_numpy(zero_copy_only=False)
    digits = to_bools(pc.fill_null(pc.match_substring_regex(text, r"^[0-9]+$"), False))
    absent = to_bools(pc.is_null(text))
    short = digits & (length == 6)
    long = digits & ((length == 8) | (length == 12) | (length == 14))
    head = np.array(pc.fill_null(pc.utf8_slice_codeunits(text, 0, 8), "0").to_numpy(zero_copy_only=False), dtype=object)
    head[~(short | long)] = "0"
    number = head.astype(np.int64) if len(head) else np.zeros(0, dtype=np.int64)
    number = np.where(short, number + np.where(number // 10000 >= 70, 19_000_000, 20_000_000), number)
    made, valid = _calendar(number)
    ok = (short | long) & valid
    return pa.array(made, mask=~ok).cast(pa.date32()), ~ok & ~absent


def _calendar(number: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.datetime64], Mask]:
    year, month, day = number // 10000, number // 100 % 100, number % 100
    possible = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(possible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    made = months.astype("datetime64[D]") + (np.where(possible, day, 1) - 1)
    return made, possible & (made.astype("datetime64[M]") == months)
