"""Replay: by date, partner, control number or file everything is a duplicate; by force it is a new version in the place of the old one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edi.errors import ConfigurationError
from flows.clock import holder
from flows.exports_again import SHARED
from flows.replaying import Replayed, Selection, replay, select
from flows.runners import PlainRunner
from flows.sample import write_settings
from storage.audit import verify
from storage.database import open_database, reading
from storage.failpoints import kill
from tests.faults.evidence import gather
from tests.faults.invariants import INVARIANTS
from tests.faults.killing import survives
from tests.faults.small import ERP_HEADER
from tests.flows.letters import edifact, post, response, sent, x12
from tests.flows.nights import DATA, DAYS, FIRST, World, world

NEXT = FIRST + timedelta(days=1)
LATER = FIRST + timedelta(days=2)
ONE, TWO = x12("000000902", response("4500009003"), response("4500009004")), x12("000000903", response("4500009005"))
MENDED = "the map of 855 read the wrong price; decided by finance"


@pytest.fixture
def made(tmp_path: Path) -> World:
    """Two nights: two letters of Northfield in the first one, one of Alpenmarkt in the second."""
    made = world(tmp_path)
    post(made, {"one.x12": ONE, "two.x12": TWO})
    made.run(FIRST)
    post(made, {"orders.edi": edifact("77001", "4500009006")})
    made.run(NEXT)
    return made


def again(made: World, selection: Selection, *, on: date = LATER, reason: str = "") -> Replayed:
    return replay(made.settings, selection, on, PlainRunner(1), holder=holder(), forced_because=reason)


def outcomes(done: Replayed) -> dict[str, int]:
    return {name: counts.documents for name, counts in done.summary.totals.outcomes.items() if counts.documents}


def everything(made: World) -> tuple[object, ...]:
    """All that a replay must not change: rows, numbers, and what was sent."""
    counted = [made.rows(f"SELECT count(*) FROM {name}") for name in ("documents", "orders", "order_response_lines", "superseded")]
    return (*counted, made.rows("SELECT * FROM counters ORDER BY 1, 2, 3, 4"), sent(made), made.lake_digests())


@pytest.mark.slow
def test_what_was_loaded_comes_out_as_a_duplicate(made: World) -> None:
    before = everything(made)
    for days, (selection, files, documents) in enumerate([
        (Selection(FIRST), {"one.x12", "two.x12"}, 3),
        (Selection(partner_id="northfield"), {"one.x12", "two.x12"}, 3),
        (Selection(control_number="77001"), {"orders.edi"}, 1),
        (Selection(FIRST, "northfield", "000000902", "one.x12"), {"one.x12"}, 2),
    ]):
        done = again(made, selection, on=LATER + timedelta(days=days))
        assert {each.name for each in done.files} == files
        assert outcomes(done) == {"duplicate": documents}
        assert done.summary.totals.problems == ()
        assert sum((done.summary.run.rows_loaded or {}).values()) == 0
        assert everything(made) == before


@pytest.mark.slow
def test_a_file_is_named_by_the_beginning_of_its_hash_too(made: World) -> None:
    (two,) = select(made.settings, Selection(file="two.x12"))
    assert select(made.settings, Selection(file=two.file_hash[:8].upper())) == (two,)
    with pytest.raises(ConfigurationError, match=r"nothing was landed with partner alpenmarkt and file two\.x12"):
        select(made.settings, Selection(partner_id="alpenmarkt", file="two.x12"))
    with pytest.raises(ConfigurationError, match="a replay needs --date, --partner, --control-number or --file"):
        select(made.settings, Selection())


@pytest.mark.slow
def test_by_force_a_new_version_takes_the_place_of_the_old_one(made: World) -> None:
    numbers = made.rows("SELECT * FROM counters ORDER BY 1, 2, 3, 4")
    letters = sent(made)
    done = again(made, Selection(control_number="000000902"), reason=MENDED)
    assert outcomes(done) == {"loaded": 2}
    assert done.summary.totals.problems == ()

    old, new = (sorted(row[0] for row in made.rows(f"SELECT document_id FROM documents WHERE interchange_number = '000000902' "
                                                   f"AND document_id {mark} LIKE '%.2'")) for mark in ("NOT", ""))
    assert new == [f"{document}.2" for document in old]
    assert made.rows("SELECT document_id, by_document_id, reason FROM superseded ORDER BY 1") == [
        (one, f"{one}.2", MENDED) for one in old]
    present = made.rows("SELECT document_id FROM current_documents WHERE interchange_number = '000000902' ORDER BY 1")
    assert [row[0] for row in present] == new
    assert made.rows("SELECT count(*) FROM order_response_lines") == [(5,)]  # the history keeps the old ones
    assert made.rows("SELECT count(*) FROM current_order_response_lines") == [(3,)]

    assert made.rows("SELECT * FROM counters ORDER BY 1, 2, 3, 4") == numbers
    assert sent(made) == letters
    (detail,) = (json.loads(row[0]) for row in made.rows("SELECT detail FROM audit WHERE action = 'documents.superseded'"))
    assert (detail["loaded_again"], detail["superseded"], detail["reasons"]) == (2, 2, [MENDED])
    with reading(open_database(made.settings.database_url)) as connection:
        assert verify(connection).broken_at is None


@pytest.mark.slow
def test_forced_twice_it_is_safe(made: World) -> None:
    selection = Selection(control_number="000000903")
    again(made, selection, reason=MENDED)
    state = everything(made)
    assert again(made, selection, reason=MENDED).again == 1
    assert everything(made) == state
    assert outcomes(again(made, selection, on=LATER + timedelta(days=1))) == {"duplicate": 1}
    assert everything(made) == state
    third = again(made, selection, on=LATER + timedelta(days=1), reason="mended once more")
    assert third.summary.totals.problems == ()
    assert [row[0][-2:] for row in made.rows("SELECT document_id FROM current_documents WHERE interchange_number = '000000903'")] == [".3"]


@pytest.mark.slow
def test_after_a_setting_was_mended_the_new_version_shows_it(tmp_path: Path) -> None:
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    made = world(tmp_path / "home", data=data)
    post(made, {"one.x12": ONE.replace(b"CUR*SE*USD~\n", b"").replace(b"SE*7*", b"SE*6*")})
    made.run(FIRST)
    partner = data / "partners" / "northfield.toml"
    partner.write_text(partner.read_text().replace('currency = "USD"', 'currency = "CAD"'))
    done = again(made, Selection(FIRST), reason="the currency of the agreement was wrong")
    assert done.summary.totals.problems == ()
    held = made.rows("SELECT DISTINCT settings_hash FROM current_documents")
    assert len(held) == 1
    assert held != made.rows("SELECT DISTINCT settings_hash FROM documents WHERE document_id NOT LIKE '%.2'")


@pytest.mark.slow
def test_an_export_is_not_brought_back_by_a_replay_and_is_loaded_again_by_force(tmp_path: Path) -> None:
    made = world(tmp_path)
    exports = sorted(path for path in DAYS[FIRST].rglob("*.csv") if "orders" in path.name)[:1]
    made.drop(exports)
    first = made.run(FIRST)
    loaded = first.totals.outcomes["loaded"].documents
    assert loaded > 0
    name = exports[0].name
    assert outcomes(again(made, Selection(file=name), on=NEXT)) == {"duplicate": loaded}
    forced = again(made, Selection(file=name), on=LATER, reason="the contract named the wrong column")
    assert outcomes(forced) == {"loaded": loaded}
    assert forced.summary.totals.problems == ()
    assert made.rows("SELECT count(*) FROM superseded") == [(loaded,)]
    assert made.rows("SELECT count(*) FROM current_documents") == [(loaded,)]
    assert outcomes(again(made, Selection(file=name), on=LATER + timedelta(days=1))) == {"duplicate": loaded}


REKEYED = "an order is delivered in parts: the day belongs to its key"
LINE = "NORTHFIELD SUPPLY,{order},2026-03-01,{day},USD,{line},00061414000031,CF-003,NF0003,10,PCS,7.25,1,72.50"
BY_ORDER, BY_DAY = 'document_key = ["partner", "order_number"]', 'document_key = ["partner", "order_number", "requested_date"]'


def exported(on: date, *lines: tuple[str, str, str]) -> dict[str, bytes]:
    """Return an export of the ERP: a line for each order, day and line number."""
    rows = [ERP_HEADER, *(LINE.format(order=order, day=day, line=line) for order, day, line in lines), ""]
    return {f"erp_orders_{on:%Y%m%d}.csv": "\n".join(rows).encode()}


def rekeyed(tmp_path: Path, key: str, new_key: str, *exports: dict[str, bytes]) -> World:
    """Take exports in, one a night, under one key, and let the contract have another from then on."""
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    contract = data / "sources" / "erp_orders.toml"
    original = contract.read_text()
    of_line = original.replace('"orders.requested_delivery_date"', '"order_lines.requested_delivery_date"')
    contract.write_text(of_line.replace(BY_ORDER, key))
    made = world(tmp_path / "home", data=data)
    for number, files in enumerate(exports):
        post(made, files, source="erp")
        made.run(FIRST + timedelta(days=number))
    contract.write_text(contract.read_text().replace(key, new_key))
    return made


def current(made: World) -> list[tuple[object, ...]]:
    return made.rows("SELECT transaction_number, record_count FROM current_documents ORDER BY 1")


def complaints(made: World) -> list[str]:
    """Return what the invariants have to say, but for those that ask an oracle, which would read yesterday's files by today's contract."""
    evidence = gather(made.settings)
    asked = [each for each in INVARIANTS if each.name not in ("rows of the oracle", "one outcome, with a reason", "totals cross-foot")]
    return [words for each in asked for words in each.find(evidence)]


@pytest.mark.slow
@pytest.mark.parametrize(("key", "new_key"), [(BY_ORDER, BY_DAY), (BY_DAY, BY_ORDER)])
def test_under_other_keys_documents_take_the_place_of_those_that_had_their_rows(tmp_path: Path, key: str, new_key: str) -> None:
    lines = [("4500009001", "2026-03-11", "001"), ("4500009001", "2026-03-12", "002"), ("4500009002", "2026-03-11", "001")]
    named = {BY_ORDER: {"4500009001": 2, "4500009002": 1},
             BY_DAY: {"4500009001|2026-03-11": 1, "4500009001|2026-03-12": 1, "4500009002|2026-03-11": 1}}
    expected = {by: [(f"NORTHFIELD SUPPLY|{name}", count) for name, count in those.items()] for by, those in named.items()}
    files = exported(FIRST, *lines)
    made = rekeyed(tmp_path, key, new_key, files)
    assert current(made) == expected[key]
    forced = again(made, Selection(file=next(iter(files))), reason=REKEYED)
    assert (outcomes(forced), forced.summary.totals.problems) == ({"loaded": len(expected[new_key])}, ())
    assert current(made) == expected[new_key]
    assert made.rows("SELECT count(*), sum(line_amount) FROM current_order_lines") == [(3, Decimal("217.5000"))]
    (detail,) = (json.loads(row[0]) for row in made.rows("SELECT detail FROM audit WHERE action = 'documents.superseded'"))
    assert (detail["loaded_again"], detail["superseded"]) == (len(expected[new_key]), len(expected[key]))
    assert complaints(made) == []

    post(made, exported(LATER, *lines), source="erp")
    after = made.run(LATER + timedelta(days=1))
    assert after.totals.outcomes["duplicate"].documents == len(expected[new_key])
    assert after.totals.problems == ()
    assert made.rows("SELECT count(*) FROM absences WHERE document_id NOT IN (SELECT document_id FROM superseded)") == [(0,)]


@pytest.mark.slow
def test_under_other_keys_what_a_later_export_has_changed_stays_and_what_shares_rows_with_it(tmp_path: Path) -> None:
    first, second, third = ("4500009001", "2026-03-11", "001"), ("4500009001", "2026-03-12", "002"), ("4500009002", "2026-03-11", "001")
    files = exported(FIRST, first, second, third)
    made = rekeyed(tmp_path, BY_DAY, BY_ORDER, files, exported(NEXT, first, ("4500009001", "2026-03-12", "003"), third))
    before = current(made)
    forced = again(made, Selection(file=next(iter(files))), reason=REKEYED)
    assert (outcomes(forced), forced.summary.totals.problems) == ({"loaded": 1, "duplicate": 1}, ())
    assert current(made) == [*before[:-1], ("NORTHFIELD SUPPLY|4500009002", 1)]
    assert made.rows("SELECT reason FROM decisions WHERE reason_code = 'replayed'") == [(SHARED.reason,)]
    assert complaints(made) == []


@pytest.mark.slow
@pytest.mark.parametrize("point", ["publish.before_commit", "publish.committed", "landing.arrived"])
def test_a_forced_replay_that_was_killed_is_run_again(made: World, point: str) -> None:
    selection = Selection(control_number="000000903")
    assert not survives(lambda: again(made, selection, reason=MENDED), {point: kill()})
    again(made, selection, reason=MENDED)
    assert made.rows("SELECT count(*) FROM superseded") == [(1,)]
    assert made.rows("SELECT count(*) FROM current_documents WHERE interchange_number = '000000903'") == [(1,)]


@pytest.fixture
def call(made: World) -> Callable[..., Result]:
    settings = str(write_settings(made.settings))
    from flows.cli import main

    return lambda *arguments: CliRunner().invoke(main, ["--settings", settings, *arguments])


@pytest.mark.slow
def test_the_command_says_what_it_selected(call: Callable[..., Result]) -> None:
    told = call("replay", "--partner", "northfield", "--control-number", "000000903")
    assert told.exit_code == 0, told.output
    assert "Replayed: 1 file.\n  two.x12 (" in told.output
    forced = json.loads(call("replay", "--file", "two.x12", "--force", "--reason", MENDED, "--json").stdout)
    assert [each["name"] for each in forced["replayed"]] == ["two.x12"]
    shown = json.loads(call("query", "select document_id from documents where interchange_number = '000000903'", "--json").stdout)
    history = json.loads(call("query", "select document_id from documents_history where interchange_number = '000000903'", "--json").stdout)
    assert ([one["document_id"][-2:] for one in shown], len(history)) == ([".2"], 2)


@pytest.mark.slow
def test_what_is_wrong_is_told(call: Callable[..., Result]) -> None:
    date_ = ("--date", str(FIRST))
    for arguments in ((*date_, "--force"), (*date_, "--reason", "because"), (*date_, "--force", "--reason", "two\nlines"), ()):
        refused = call("replay", *arguments)
        assert (refused.exit_code, refused.output[:11]) == (2, "crossfoot: "), arguments
