"""What a crash, a busy run or a restless file leaves behind is picked up by the next run; nothing is stranded, nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from flows.clock import holder
from flows.holding import lease
from flows.night import collect, open_session, plan
from tests.flows.letters import post, response, x12
from tests.flows.nights import FIRST, World, world

pytestmark = pytest.mark.slow

NEXT = FIRST + timedelta(days=1)
LETTER = x12("000000902", response("4500009003"))


@pytest.fixture
def made(tmp_path: Path) -> World:
    made = world(tmp_path)
    for drop in made.settings.drops:
        drop.folder.mkdir(parents=True, exist_ok=True)
    return made


def outcomes(made: World) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in made.rows("SELECT night_id, outcome FROM decisions ORDER BY night_id, copy, file_hash")]


def crash_after_planning(made: World) -> None:
    collect(made.settings, FIRST)
    plan(open_session(made.settings, FIRST))


def test_the_same_bytes_after_a_crash_between_plan_and_publish_are_a_resend(made: World) -> None:
    post(made, {"a.x12": LETTER})
    crash_after_planning(made)
    post(made, {"b.x12": LETTER})
    made.run(FIRST)
    assert outcomes(made) == [(f"sample-{FIRST}", "loaded"), (f"sample-{FIRST}", "duplicate")]


def test_the_next_night_finishes_what_a_crash_left(made: World) -> None:
    post(made, {"a.x12": LETTER})
    crash_after_planning(made)
    post(made, {"b.x12": LETTER})
    made.run(NEXT)
    assert outcomes(made) == [(f"sample-{FIRST}", "loaded"), (f"sample-{NEXT}", "duplicate")]
    assert made.rows("SELECT business_date, state FROM nights ORDER BY sequence") == [(str(FIRST), "closed"), (str(NEXT), "closed")]


def test_files_that_landed_while_the_database_was_away_are_loaded_by_the_next_night(made: World) -> None:
    post(made, {"a.x12": LETTER})
    collect(made.settings, FIRST)
    made.run(NEXT)
    assert outcomes(made) == [(f"sample-{FIRST}", "loaded")]


def test_a_busy_night_takes_nothing_from_the_drop_folders(made: World) -> None:
    post(made, {"a.x12": LETTER})
    with lease(open_session(made.settings, FIRST), holder()) as held:
        assert held is not None
        assert made.run(FIRST).run.busy
    assert [path.name for path in (made.settings.home / "drop" / "edi").iterdir()] == ["a.x12"]
    made.run(FIRST)
    assert outcomes(made) == [(f"sample-{FIRST}", "loaded")]


def test_a_nul_in_an_envelope_is_remembered(made: World) -> None:
    letter = LETTER.replace(b"000000902*0", b"0000\x00902*0").replace(b"IEA*1*000000902", b"IEA*1*0000\x00902")
    post(made, {"a.x12": letter})
    made.run(FIRST)
    post(made, {"b.x12": letter})
    made.run(NEXT)
    assert outcomes(made) == [(f"sample-{FIRST}", "loaded"), (f"sample-{NEXT}", "duplicate")]


def test_the_next_night_closes_one_that_was_opened_and_got_no_further(made: World) -> None:
    open_session(made.settings, FIRST)
    post(made, {"a.x12": LETTER})
    made.run(NEXT)
    assert made.rows("SELECT business_date, state FROM nights ORDER BY sequence") == [(str(FIRST), "closed"), (str(NEXT), "closed")]


@pytest.mark.parametrize("crash", [lambda made: collect(made.settings, FIRST), crash_after_planning], ids=["landed", "planned"])
def test_the_next_night_loads_what_came_after_a_night_was_closed(made: World, crash: Callable[[World], object]) -> None:
    made.run(FIRST)  # nothing came, and the night is closed
    post(made, {"a.x12": LETTER})
    crash(made)  # somebody had started the night once more
    made.run(NEXT)
    assert outcomes(made) == [(f"sample-{FIRST}", "loaded")]
    assert made.rows("SELECT business_date, state FROM nights ORDER BY sequence") == [(str(FIRST), "closed"), (str(NEXT), "closed")]


def test_a_night_that_got_more_to_do_is_open_until_that_is_done(made: World) -> None:
    made.run(FIRST)
    post(made, {"a.x12": LETTER})
    crash_after_planning(made)
    assert made.rows("SELECT state FROM nights") == [("open",)]
    made.run(FIRST)
    assert made.rows("SELECT state FROM nights") == [("closed",)]
