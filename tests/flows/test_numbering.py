"""Numbers that count, over nights: gaps and what fills them are told, and after 999999999 come the same numbers again, no conflict."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.faults.invariants import check
from tests.flows.letters import post, response, x12
from tests.flows.nights import World, world

pytestmark = pytest.mark.slow

NIGHTS = {
    date(2026, 3, 1): ["000000001"], date(2026, 3, 2): ["999999996", "999999998"],
    date(2026, 3, 3): ["999999997", "999999999", "000000001"],
}


def test_gaps_late_arrivals_and_a_wrap_around_are_told_apart(tmp_path: Path) -> None:
    """northfield.toml has consecutive_numbers = true. Every interchange has another content."""
    made: World = world(tmp_path)
    told = []
    for night, numbers in NIGHTS.items():
        post(made, {f"{number}.x12": x12(number, response(f"45{night.day}{number}")) for number in numbers})
        (one,) = made.run(night).numbering
        told.append((one["missing"], one["late"], one["wrapped"], one["last"], one["restart_suspected"]))
    far = ["000000002", "999999995"]
    assert told == [
        ([], [], False, "000000001", []), ([far, ["999999997", "999999997"]], [], False, "999999998", []),
        ([far], ["999999997"], True, "000000001", [])]
    assert made.rows("SELECT DISTINCT outcome FROM decisions") == [("loaded",)]
    check(made.settings)
