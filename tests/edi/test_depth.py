"""How deep levels lie: by a walk over them, one after another, as X12 tells it (HL01 names a level, HL02 its parent)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edi import read
from edi.checking.depth import depths
from tests.edi.guide_case import x12_sets

Level = tuple[str, str]  # HL01, HL02
NUMBERS = st.sampled_from(["1", "2", "3", "4", "01", "A", ""])


def walked(levels: list[Level]) -> list[int]:
    """Return the depth of each level of one transaction."""
    known: dict[str, int] = {}
    found = []
    for number, parent in levels:
        found.append(1 + (known.get(parent, 0) if parent else 0))
        if number:
            known[number] = found[-1]
    return found


def of(*transactions: list[Level]) -> list[int]:
    """Return the depths of all levels of a file."""
    bodies = [["BSN*00*1*20260101*1200", *(f"HL*{number}*{parent}*I" for number, parent in one)] for one in transactions]
    batch = read(x12_sets(bodies, kind="856"))
    found: list[int] = depths(batch, np.arange(len(transactions)))[1].tolist()
    return found


def counted(parents: list[str], first: int = 1) -> list[Level]:
    return [(str(at), parent) for at, parent in enumerate(parents, start=first)]


@pytest.mark.parametrize(("levels", "deep"), [
    (counted(["", "1", "2", "2", "1"]), [1, 2, 3, 3, 2]),  # counted, as X12 has it
    (counted(["", "01", "1"]), [1, 1, 2]),  # 01 is not the name of 1: a root
    (counted(["", "2", "4", "3"]), [1, 1, 1, 2]),  # itself, and one that comes later, are no parents
    (counted(["", "1", "2"], first=7), [1, 1, 1]),
    (counted(["", "7", "8"], first=7), [1, 2, 3]),
    ([("-1", ""), ("0", "-1"), ("1", "0")], [1, 2, 3]),  # no counts, though they follow one another
    ([("1", ""), ("1", "1"), ("1", "1")], [1, 2, 3]),  # the last one of this name
    ([("A", ""), ("B", "A"), ("", "B"), ("C", "")], [1, 2, 3, 1]),
])
def test_levels(levels: list[Level], deep: list[int]) -> None:
    assert of(levels) == deep


@given(st.lists(st.lists(NUMBERS, max_size=8), min_size=1, max_size=4), st.integers(0, 3))
def test_levels_that_are_counted_in_each_transaction(parents: list[list[str]], first: int) -> None:
    levels = [counted(each, first) for each in parents]
    assert of(*levels) == [depth for each in levels for depth in walked(each)]


@given(st.lists(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=8), min_size=1, max_size=4))
def test_levels_of_any_names(levels: list[list[Level]]) -> None:
    assert of(*levels) == [depth for each in levels for depth in walked(each)]
