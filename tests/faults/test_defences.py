"""Defences that no other test sees fall; each is here because a mutant of ``make sabotage`` survived without it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from edi.errors import RetryableError
from flows.night import collect
from storage import files, lake, landing, publish
from storage.database import open_database, reading
from storage.failpoints import Action, armed, raising
from storage.landing import land
from storage.relational import dump
from tests.faults.kill.night import small_data
from tests.faults.small import drop, run_small, small_world
from tests.flows.letters import response, x12
from tests.flows.nights import FIRST, world
from tests.storage.examples import DAY, open_with_plan, publication


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'crossfoot.db'}")


def text(engine: Engine) -> str:
    with reading(engine) as connection:
        return dump(connection)


def test_a_commit_that_fails_is_not_taken_for_one_whose_answer_was_lost(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    before = text(engine)

    def refuse(_connection: object) -> None:
        raise sa.exc.OperationalError("COMMIT", None, ConnectionError("the server went away before it"))

    sa.event.listen(engine, "commit", refuse, once=True)
    with pytest.raises(RetryableError, match="was not committed"):
        publish.publish(engine, tmp_path / "lake", publication(night, "p"))
    assert text(engine) == before
    assert publish.publish(engine, tmp_path / "lake", publication(night, "p")).published


def test_nothing_is_swept_beside_a_publisher_at_work(engine: Engine, tmp_path: Path) -> None:
    with lake.publishing(tmp_path / "lake"):
        staged = files.stage(tmp_path / "lake" / "x.parquet", b"not committed yet")
        assert lake.sweep(tmp_path / "lake", engine).names == ()
        assert staged.exists()
    assert lake.sweep(tmp_path / "lake", engine).names == (staged.name,)


def test_a_staged_file_with_other_bytes_than_were_decided_is_not_shown(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    with armed({publish.COMMITTED: raising(KeyboardInterrupt())}), pytest.raises(KeyboardInterrupt):
        publish.publish(engine, tmp_path / "lake", publication(night, "p"))
    path = tmp_path / "lake" / lake.lake_path("orders", DAY, "p")
    decided = files.file_hash(files.hidden_name(path))
    files.stage(path, b"torn")
    publish.recover(engine, tmp_path / "lake")
    assert files.file_hash(path) == decided


def test_a_file_that_grows_while_it_is_copied_is_left_for_the_next_look(tmp_path: Path) -> None:
    path = tmp_path / "a.edi"
    path.write_bytes(b"half")
    with armed({files.FSYNC: Action(lambda: path.write_bytes(b"half and the rest"), 3)}), pytest.raises(RetryableError, match="changed"):
        land(path, source="acme", landing=tmp_path / "landing", business_date=DAY)
    assert landing.arrivals(tmp_path / "landing", DAY) == []


def test_a_file_that_replaced_the_landed_one_stays_where_it_is(tmp_path: Path) -> None:
    made = world(tmp_path)
    for each in made.settings.drops:
        each.folder.mkdir(parents=True)
    path = made.settings.drops[0].folder / "a.edi"
    path.write_bytes(b"first")
    with armed({landing.ARRIVED: Action(lambda: path.write_bytes(b"the second one"))}):
        collect(made.settings, FIRST)
    assert path.read_bytes() == b"the second one"
    collect(made.settings, FIRST)
    assert [each.size for each in landing.arrivals(made.settings.landing, FIRST)] == [len(b"first"), len(b"the second one")]


def test_control_numbers_follow_the_plan_where_packets_are_read_ahead(tmp_path: Path) -> None:
    made = small_world(tmp_path / "home", small_data(tmp_path / "data"), packet_files=1, workers=2)
    drop(made, {"edi": {f"{number}.x12": x12(f"00000090{number}", response(f"450000900{number}")) for number in range(1, 5)}})
    run_small(made)
    assert made.rows("SELECT p.ordinal, o.control_number FROM outbox o JOIN packets p ON p.packet_key = o.packet_key ORDER BY 1") == [
        (number, number) for number in range(1, 5)]
