"""Partners who begin to count again: approved by a person, once; what was held since then is judged anew, what was loaded stays."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows.adhoc import replay
from flows.cli import main
from flows.clock import holder
from flows.runners import PlainRunner
from flows.sample import write_settings
from tests.faults.invariants import check
from tests.flows.letters import edifact, post, sent
from tests.flows.nights import FIRST, World, world

pytestmark = pytest.mark.slow

NEXT = FIRST + timedelta(days=1)


def call(made: World, *arguments: str) -> Result:
    write_settings(made.settings)
    result = CliRunner().invoke(main, ["--settings", str(made.settings.home / "crossfoot.toml"), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_what_was_held_since_a_new_beginning_is_loaded_once_it_is_approved(tmp_path: Path) -> None:
    made = world(tmp_path)
    post(made, {"old.edi": edifact("AM900001", "9001")})
    made.run(FIRST)
    post(made, {"new.edi": edifact("AM900001", "9002")})
    made.run(NEXT)
    assert made.rows("SELECT outcome, reason_code FROM decisions ORDER BY night_id") == [("loaded", "ok"), ("quarantined", "conflict")]

    begin = ("epochs", "begin", "alpenmarkt", "--from", NEXT.isoformat(), "--reason", "new system, says Mr. Hofer")
    assert "judges anew" in call(made, *begin).stdout
    assert "approved before" in call(made, *begin).stdout
    assert call(made, "epochs", "begin", "nobody", "--reason", "x").exit_code == 2
    assert call(made, "epochs", "begin", "alpenmarkt", "--reason", " ").exit_code == 2
    assert made.rows("SELECT action FROM audit WHERE action LIKE 'epoch%'") == [("epoch.begun",)]
    told = json.loads(call(made, "epochs", "--json").stdout)
    assert {"partner": "alpenmarkt", "begins": NEXT.isoformat(), "approved": True} in told
    assert {"partner": "northfield", "begins": "2026-03-04", "approved": False} in told  # by its file

    assert not made.run(NEXT).totals.problems
    assert made.rows("SELECT order_number FROM orders ORDER BY 1") == [("9001",), ("9002",)]
    assert len(sent(made, "alpenmarkt")) == 2
    assert call(made, "conflicts").stdout == "0 control numbers contested.\n"
    assert made.run(NEXT).run.packets_published == 0
    check(made.settings)

    for night in (FIRST, NEXT):  # fed in again, each is the duplicate of what it was
        replay(made.settings, night, NEXT + timedelta(days=1), PlainRunner(1), holder=holder())
    assert made.rows(f"SELECT outcome, count(*) FROM decisions WHERE night_id = 'sample-{NEXT + timedelta(days=1)}' GROUP BY 1") == [
        ("duplicate", 2)]
