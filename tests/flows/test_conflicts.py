"""Conflicts of control numbers: held for a person, listed with both contents, approved or refused once, and carried out by the next run."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from flows.adhoc import replay
from flows.cli import main
from flows.clock import holder
from flows.runners import PlainRunner
from flows.sample import write_settings
from storage.audit import verify
from storage.database import open_database, reading
from tests.faults.invariants import check
from tests.flows.letters import edifact, post, response, sent, x12
from tests.flows.nights import FIRST, World, world

pytestmark = pytest.mark.slow

NEXT = FIRST + timedelta(days=1)
LATER = FIRST + timedelta(days=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Northfield sends two contents under 901 in one night; Alpenmarkt sends another content under AM900001 the night after."""
    made = world(tmp_path_factory.mktemp("conflicts"))
    post(made, {"a.x12": x12("000000901", response("4500009001")), "b.x12": x12("000000901", response("4500009002")),
                "first.edi": edifact("AM900001", "9001")})
    made.run(FIRST)
    post(made, {"second.edi": edifact("AM900001", "9002", "9003")})
    made.run(NEXT)
    write_settings(made.settings)
    return made


def call(made: World, *arguments: str) -> Result:
    result = CliRunner().invoke(main, ["--settings", str(made.settings.home / "crossfoot.toml"), "conflicts", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def ids(made: World) -> dict[str, str]:
    """Return the ids of contenders by the name of their file."""
    return {each["name"]: each["id"] for one in json.loads(call(made, "--all", "--json").stdout) for each in one["contenders"]}


def outcome(made: World, name: str) -> list[tuple[str, str]]:
    rows = made.rows("SELECT DISTINCT outcome, reason_code FROM decisions JOIN arrivals ON hash = file_hash "
                     f"WHERE name = '{name}' AND decisions.night_id = 'sample-{LATER}'")
    return [(one, reason) for one, reason in rows]


def test_both_contents_are_listed_with_their_evidence(made: World) -> None:
    found = json.loads(call(made, "--json").stdout)
    assert [(one["partner"], one["control_number"], [(each["name"], each["state"]) for each in one["contenders"]]) for one in found] == [
        ("alpenmarkt", "AM900001", [("first.edi", "loaded"), ("second.edi", "held")]),
        ("northfield", "000000901", [(name, "held") for name in sorted(("a.x12", "b.x12"), key=lambda name: _file(found, name))])]
    second = next(each for one in found for each in one["contenders"] if each["name"] == "second.edi")
    assert (second["documents"], second["money"], second["business_date"]) == ({"ORDERS": 2}, {"EUR": "165.6000"}, "2026-03-03")
    told = call(made).stdout
    assert f"  {second['id']}  held: 2026-03-03, 2 ORDERS, 165.6000 EUR\n" in told
    assert "2 control numbers contested." in told


def _file(found: list[dict[str, list[dict[str, str]]]], name: str) -> str:
    return next(each["file"] for one in found for each in one["contenders"] if each["name"] == name)


def test_what_cannot_be_ruled_on_is_refused(made: World) -> None:
    for arguments in (("approve", "0" * 12, "--reason", "x"), ("approve", ids(made)["first.edi"], "--reason", "x"),
                      ("refuse", ids(made)["a.x12"][:5], "--reason", "x"), ("approve", ids(made)["a.x12"], "--reason", " ")):
        result = call(made, *arguments)
        assert result.exit_code == 2, result.output
    assert call(made, "approve", ids(made)["a.x12"]).exit_code == 2  # no reason
    assert made.rows("SELECT count(*) FROM rulings") == [(0,)]


def test_one_is_loaded_the_others_are_rejected_and_only_then_told(made: World) -> None:
    before = len(sent(made)), len(sent(made, "alpenmarkt"))
    named = ids(made)
    assert before == (0, 1)
    for ruling, name in (("approve", "a.x12"), ("refuse", "b.x12"), ("refuse", "second.edi")):
        assert call(made, ruling, named[name], "--reason", "Ms. Lind on the phone").exit_code == 0
    assert "was approved before" in call(made, "approve", named["a.x12"], "--reason", "again").stdout
    assert call(made, "refuse", named["a.x12"], "--reason", "no").exit_code == 2
    assert made.rows("SELECT action, count(*) FROM audit WHERE action LIKE 'conflict%' GROUP BY action ORDER BY action") == [
        ("conflict.approved", 1), ("conflict.refused", 2)]

    assert not made.run(LATER).totals.problems
    assert outcome(made, "a.x12") == [("loaded", "ok")]
    assert outcome(made, "b.x12") == outcome(made, "second.edi") == [("rejected", "refused")]
    accepted, refused = sorted(sent(made), key=lambda text: "TA1*" in text)
    assert "AK9*A*1*1*1~" in accepted
    assert "TA1*000000901*260302*1701*R*025~" in refused  # 025: duplicate interchange control number
    assert "AK1*" not in refused
    contrl = sent(made, "alpenmarkt")[-1]
    assert "UCI+AM900001+9012345000011:14+4000000000006:14+4+26'UNT" in contrl  # 26: duplicate detected
    assert made.rows("SELECT order_number FROM order_responses") == [("4500009001",)]
    assert json.loads(call(made, "--json").stdout) == []
    check(made.settings)
    with reading(open_database(made.settings.database_url)) as connection:
        assert verify(connection).broken_at is None


def test_carried_out_it_is_not_carried_out_again_and_a_replay_brings_nothing(made: World) -> None:
    """LATER is also the date from which Northfield's numbering began again: what is on record stays where it was."""
    outbox = made.rows("SELECT count(DISTINCT control_number || kind || partner_id) FROM outbox")
    assert made.run(LATER).run.packets_published == 0
    summary = replay(made.settings, FIRST, LATER + timedelta(days=1), PlainRunner(1), holder=holder())
    assert {name: counts.documents for name, counts in summary.totals.outcomes.items() if counts.documents} == {"duplicate": 3}
    assert summary.run.rows_loaded == {}
    assert made.rows("SELECT count(DISTINCT control_number || kind || partner_id) FROM outbox") == outbox
