"""What was refused as a whole, or came cut short, takes no control number: the repaired interchange loads under the same one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.flows.letters import post, response, sent, x12
from tests.flows.nights import FIRST, World, world

pytestmark = pytest.mark.slow

GOOD = x12("000000902", response("4500009003"), response("4500009004"))
REFUSED = x12("000000902", response("4500009003"), response("4500009004"), trailer="000000999")


@pytest.fixture
def made(tmp_path: Path) -> World:
    return world(tmp_path)


def outcomes(made: World, night: date) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in made.rows(
        f"SELECT outcome, reason_code FROM decisions WHERE night_id = 'sample-{night}' ORDER BY file_hash, transaction_ordinal")]


@pytest.mark.parametrize(("spoiled", "outcome", "reason"), [
    (REFUSED, "rejected", "x12.iea02_control"), (GOOD[:-40], "pending", "incomplete"),
])
def test_the_repaired_interchange_loads_under_the_same_number(made: World, spoiled: bytes, outcome: str, reason: str) -> None:
    post(made, {"first.x12": spoiled})
    made.run(FIRST)
    post(made, {"second.x12": GOOD})
    made.run(FIRST + timedelta(days=1))
    assert outcomes(made, FIRST) == [(outcome, reason)] * 2
    assert [each for each in outcomes(made, FIRST + timedelta(days=1)) if each[1] != "superseded"] == [("loaded", "ok")] * 2
    assert sum("AK9*A*2*2*2~" in each for each in sent(made)) == 1


def test_both_in_one_night_are_no_conflict(made: World) -> None:
    post(made, {"first.x12": REFUSED, "second.x12": GOOD})
    made.run(FIRST)
    assert sorted(outcomes(made, FIRST)) == [("loaded", "ok")] * 2 + [("rejected", "x12.iea02_control")] * 2


def test_refused_again_it_is_answered_with_the_same_bytes(made: World) -> None:
    post(made, {"first.x12": REFUSED})
    made.run(FIRST)
    once = sent(made)
    post(made, {"again.x12": REFUSED})
    made.run(FIRST + timedelta(days=1))
    assert len(once) == 1
    assert sent(made) == once
    assert outcomes(made, FIRST + timedelta(days=1)) == [("rejected", "x12.iea02_control")] * 2
    assert made.rows("SELECT count(*), count(DISTINCT control_number) FROM outbox") == [(2, 1)]
