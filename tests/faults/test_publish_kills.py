"""Kill publishing on PostgreSQL, fail the disk, drop the connection: after a rerun the end state is that of an undisturbed run.

Every hit of every failpoint on SQLite is what ``make kill`` does."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import sqlalchemy as sa

from edi.errors import CrossfootError, RetryableError
from storage import lake, outbox, publish
from storage.audit import verify
from storage.database import open_database, reading
from storage.failpoints import NAMES, Action, armed, fail, kill, raising
from storage.outbox import deliver
from storage.publish import recover
from storage.relational import dump
from tests.faults.killing import survives
from tests.storage.examples import open_with_plan, publication

PACKETS = ("packet-a", "packet-b")
POINTS = sorted(name for name in NAMES if name.split(".")[0] in ("publish", "lake", "outbox"))

State = tuple[str, dict[str, bytes]]


def run(url: str, home: Path) -> None:
    """A whole run at storage level, which is also its own rerun."""
    engine = open_database(url)
    recover(engine, home / "lake")
    night = open_with_plan(engine, *PACKETS)
    for key in PACKETS:
        publish.publish(engine, home / "lake", publication(night, key))
    deliver(engine, home / "out")


def state(url: str, home: Path) -> State:
    """All that a run leaves: database and files. Locks are empty; leftovers of a killed send are invisible to receivers."""
    with reading(open_database(url)) as connection:
        text = dump(connection)
        assert verify(connection).broken_at is None
    files = {path.relative_to(home).as_posix(): path.read_bytes() for part in ("lake", "out") for path in (home / part).rglob("*")
             if path.is_file() and not path.name.endswith(".lock") and not (part == "out" and path.name.startswith("."))}
    return text, files


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> State:
    """The end state of a run that nobody disturbs."""
    home = tmp_path_factory.mktemp("undisturbed")
    url = f"sqlite:///{home / 'crossfoot.db'}"
    run(url, home)
    return state(url, home)


def test_the_undisturbed_run_is_what_we_think_it_is(undisturbed: State) -> None:
    _, files = undisturbed
    assert sorted(files) == [
        "lake/documents/business_date=2026-03-02/packet-a.parquet", "lake/documents/business_date=2026-03-02/packet-b.parquet",
        "lake/manifest.json",
        "lake/order_lines/business_date=2026-03-02/packet-a.parquet", "lake/order_lines/business_date=2026-03-02/packet-b.parquet",
        "lake/orders/business_date=2026-03-02/packet-a.parquet", "lake/orders/business_date=2026-03-02/packet-b.parquet",
        "out/acme/997-000000001.edi", "out/acme/997-000000002.edi", "out/acme/997-000000003.edi", "out/acme/997-000000004.edi",
    ]
    assert files["out/acme/997-000000003.edi"] == b"ISA*000000003~"


def test_a_second_run_changes_nothing(tmp_path: Path, undisturbed: State) -> None:
    url = f"sqlite:///{tmp_path / 'crossfoot.db'}"
    run(url, tmp_path)
    run(url, tmp_path)
    assert state(url, tmp_path) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_killed_on_postgresql_and_run_again(point: str, tmp_path: Path, postgres_url: str, undisturbed: State) -> None:
    assert not survives(lambda: run(postgres_url, tmp_path), {point: kill()})
    run(postgres_url, tmp_path)
    assert state(postgres_url, tmp_path) == undisturbed


@pytest.mark.parametrize("point", ["files.written", "files.fsync", "publish.before_commit", lake.STAGED, outbox.WRITTEN])
def test_a_failing_disk_stops_the_run_and_the_next_one_finishes(point: str, tmp_path: Path, undisturbed: State) -> None:
    url = f"sqlite:///{tmp_path / 'crossfoot.db'}"
    with armed({point: fail(errno.ENOSPC, on_hit=2)}), pytest.raises((CrossfootError, OSError)):
        run(url, tmp_path)
    run(url, tmp_path)
    assert state(url, tmp_path) == undisturbed


def test_the_answer_to_the_commit_is_lost(tmp_path: Path, database_url: str, undisturbed: State) -> None:
    lost = sa.exc.OperationalError("COMMIT", None, ConnectionError("the server closed the connection"))
    with armed({publish.COMMIT_ANSWER: raising(lost)}):
        run(database_url, tmp_path)
    assert state(database_url, tmp_path) == undisturbed


@pytest.mark.parametrize("point", [publish.CLAIMED, publish.DECIDED, publish.BEFORE_COMMIT])
def test_the_server_drops_our_connection(point: str, tmp_path: Path, postgres_url: str, undisturbed: State) -> None:
    def drop() -> None:
        with open_database(postgres_url).connect() as connection:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                       "WHERE datname = current_database() AND pid <> pg_backend_pid()")

    with armed({point: Action(drop)}), pytest.raises(RetryableError, match="run again"):
        run(postgres_url, tmp_path)
    run(postgres_url, tmp_path)
    assert state(postgres_url, tmp_path) == undisturbed
