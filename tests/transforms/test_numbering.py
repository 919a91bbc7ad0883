"""Control numbers that count: gaps, what fills them, wrap-arounds and new beginnings are four different things."""

from __future__ import annotations

import pytest

from transforms.numbering import Came, Number, Series, epoch, judge, ranges, read_number, restarts_of, wraps_at, wraps_of

LAST = 999_999_999


def series(*nights: list[int], wraps: dict[int, int] | None = None, conflicts: tuple[int, ...] = ()) -> Series:
    """Judge numbers of nights 1, 2, ...; ``wraps`` has the round of those that are not in round 0."""
    return judge([Came((wraps or {}).get(value, 0), Number("", value, LAST), night, value in conflicts and night == len(nights))
                  for night, values in enumerate(nights, 1) for value in values], tonight=len(nights))


@pytest.mark.parametrize(("text", "number"), [
    ("000000101", Number("", 101, LAST)), ("AM900001", Number("AM", 900001, 999_999)), ("00000007", Number("", 7, 99_999_999)),
    ("A1B", None), ("", None), ("REF", None),
])
def test_a_number_is_digits_perhaps_behind_letters(text: str, number: Number | None) -> None:
    assert read_number(text) == number


def test_a_gap_is_what_is_missing_between_numbers_that_came() -> None:
    made = series([101, 102], [104, 107, 108])
    assert (made.missing, made.missing_count, made.late, made.suspected) == (((103, 103), (105, 106)), 3, (), ())
    assert (made.first.value, made.last.value) == (101, 108)


def test_a_late_arrival_fills_its_gap() -> None:
    made = series([101, 102], [104, 107], [105])
    assert (made.missing, made.late, made.suspected) == (((103, 103), (106, 106)), (105,), ())


def test_the_order_within_a_night_makes_no_gap_and_nothing_late() -> None:
    made = series([101], [104, 102, 103])
    assert (made.missing, made.late) == ((), ())


def test_after_the_last_number_comes_one() -> None:
    made = series([LAST - 1], [LAST, 1, 2], wraps={1: 1, 2: 1})
    assert (made.missing, made.late, made.suspected, made.wrapped, made.wraps) == ((), (), (), True, 1)
    assert not series([LAST, 1], [2], wraps={1: 1, 2: 1}).wrapped  # it did so the night before


def test_a_gap_may_lie_across_the_wrap_around() -> None:
    made = series([LAST - 2], [3], wraps={3: 1})
    assert (made.missing, made.missing_count) == (((LAST - 1, 2),), 4)  # two before the end, two after it


def test_what_runs_backwards_and_fills_nothing_is_suspected_of_a_new_beginning() -> None:
    assert series([5001, 5002], [1, 2]).suspected == (1, 2)
    assert series([1, 2, 3], [4], [2], conflicts=(2,)).suspected == (2,)  # a number that came, with other content
    assert series([1, 2, 3], [4], [2]).suspected == ()  # with the same content: a resend


@pytest.mark.parametrize(("value", "current", "is_at_end", "is_past_half", "expected"), [
    (1, 0, True, True, 1), (1, 0, False, True, 0), (10_001, 0, True, True, 0), (500, 1, False, False, 1), (500_000_000, 1, False, False, 1),
    (LAST, 1, False, False, 0), (LAST, 1, False, True, 1), (LAST, 0, False, False, 0), (LAST, 1, True, True, 1),
], ids=["1 after the end", "1 far from the end: a new beginning", "too far from 1", "goes on", "in the middle", "late, from before",
        "the end of a second round", "the end of the first", "beside others at the end"])
def test_the_round_of_the_scale(value: int, current: int, is_at_end: bool, is_past_half: bool, expected: int) -> None:
    assert wraps_at(Number("", value, LAST), current=current, is_at_end=is_at_end, is_past_half=is_past_half) == expected


def test_an_epoch_counts_new_beginnings_and_wrap_arounds_apart() -> None:
    assert (restarts_of(epoch(2, 3)), wraps_of(epoch(2, 3))) == (2, 3)
    assert epoch(1, 0) == 1


def test_ranges_for_people() -> None:
    assert ranges(((105, 105), (120, 122), (130, 130)), 2) == "105, 120-122 and 1 more"
