"""A file that is one interchange in ASCII is scouted the short way, and comes to the same as the long way does."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edi.reading.sources import SourceFile, scouted_alone, scouted_in_full
from tests.fuzz import mutate, seeds
from tests.property.test_streaming import FILES, wire

WAYS = {"x12": (mutate.mutations(mutate.X12_SEGMENTS), seeds.x12_seeds()),
        "edifact": (mutate.mutations(mutate.EDIFACT_SEGMENTS), seeds.edifact_seeds())}
NEWLINES = (b"\n", b"\r\n", b"\r")


def same_both_ways(data: bytes) -> bool:
    """Tell whether a file takes the short way, after the other one has agreed."""
    file = SourceFile("file", data)
    short = scouted_alone(file)
    if short is None:
        return False
    full = scouted_in_full(file)
    assert all(getattr(short, name) == getattr(full, name) for name in ("name", "data", "origin", "faults", "scouted"))
    return True


@pytest.mark.parametrize("kind", ["x12", "edifact"])
@pytest.mark.parametrize("newline", ["", "\n", "\r\n"])
def test_the_usual_file_takes_the_short_way(kind: str, newline: str) -> None:
    data = wire("groups" if kind == "x12" else "edifact", 1, [2, 0], newline).replace(b"UNO+1", b"XXX+1").replace(b"UNP", b"XXX")
    assert same_both_ways(data)


@settings(deadline=None, max_examples=200)
@given(data=FILES)
def test_any_files(data: bytes) -> None:
    same_both_ways(data)


@settings(deadline=None, max_examples=400)
@given(kind=st.sampled_from(sorted(WAYS)), chance=st.integers(0, 2**32), width=st.integers(1, 1100), newline=st.sampled_from(NEWLINES),
       cut=st.sampled_from(["damaged", "wrapped", "newline within"]))
def test_damaged_and_wrapped_files(kind: str, chance: int, width: int, newline: bytes, cut: str) -> None:
    ways, files = WAYS[kind]
    random = Random(chance)
    data = random.choice(files)
    if cut == "damaged":
        data = mutate.damaged(data, random, ways)
    elif cut == "wrapped":
        data = newline.join(data[at:at + width] for at in range(0, len(data), width))
    else:
        data = data[:width] + newline + data[width:]
    same_both_ways(data)
