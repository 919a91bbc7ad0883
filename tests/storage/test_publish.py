"""Publishing: one packet, once, whoever else tries; the lake and the outbox that follow from it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from edi.errors import IntegrityError, LeaseLostError
from storage import lake, leases, outbox
from storage.audit import verify
from storage.database import open_database, reading, writing
from storage.failpoints import Action, armed, raising
from storage.identities import seen_interchanges
from storage.publish import CLAIMED, COMMITTED, STAGED, publish, recover
from storage.records import Reoffer, Tally
from storage.relational import all_tables, dump, read_table, recount, table_digest
from storage.tables import AUDIT, LAKE_FILES, OPERATIONAL_TABLES
from tests.storage.examples import open_with_plan, publication, rows
from transforms.model import DOCUMENTS, TABLES

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


def test_what_was_published_is_recounted_from_the_database(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    result = publish(engine, tmp_path / "lake", publication(night, "p"))
    assert result.published
    assert {table: count for table, count in result.recount.rows.items() if count} == {"documents": 1, "order_lines": 3, "orders": 1}
    assert result.recount.outcomes["loaded"] == Tally(1, 3, {"EUR": Decimal("10.5000")}, 0)
    assert result.recount.outcomes["rejected"] == Tally(1, 1, {}, 1)
    assert result.outbox == ("997-000000001.edi", "997-000000002.edi")


def test_publishing_again_does_nothing_and_says_the_same(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    first = publish(engine, tmp_path / "lake", publication(night, "p"))
    with reading(engine) as connection:
        before = dump(connection)
    again = publish(engine, tmp_path / "lake", publication(night, "p", lines=99))
    with reading(engine) as connection:
        assert dump(connection) == before
    assert again == replace(first, published=False)


def test_a_loaded_document_that_is_missing_is_not_counted(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    publish(engine, tmp_path / "lake", publication(night, "p"))
    with writing(engine) as connection:
        connection.execute(DOCUMENTS.delete())
        assert recount(connection, night_id=night.night_id).outcomes["loaded"] == Tally()


def test_a_packet_without_a_plan_is_refused(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    with pytest.raises(IntegrityError, match="in no plan"):
        publish(engine, tmp_path / "lake", publication(night, "q"))


def test_started_twice_at_once_it_publishes_once(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    results: list[bool] = []

    def work() -> None:
        results.append(publish(engine, tmp_path / "lake", publication(night, "p")).published)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]
    with reading(engine) as connection:
        assert recount(connection, packet_key="p").rows["order_lines"] == 3
    recover(engine, tmp_path / "lake")
    assert [path.name for path in (tmp_path / "lake").rglob("*.parquet*")] == ["p.parquet"] * 3


def test_packets_of_different_partners_are_published_side_by_side(engine: Engine, tmp_path: Path) -> None:
    keys = [f"p{number}" for number in range(6)]
    night = open_with_plan(engine, *keys)
    failures: list[BaseException] = []

    def work(key: str) -> None:
        try:
            publish(engine, tmp_path / "lake", publication(night, key, acknowledgments=0))
        except BaseException as error:  # noqa: BLE001  # told by the assertion below, from the main thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [path.stem for path in lake.manifest_files(tmp_path / "lake", "orders")] == keys


def test_a_run_that_lost_its_lease_writes_nothing_but_the_refusal(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    with writing(engine) as connection:
        mine = leases.acquire(connection, "night", holder="one", now=NOW, seconds=60)
        leases.acquire(connection, "night", holder="two", now=NOW + timedelta(hours=1), seconds=60)
    tables = [name for name in all_tables() if name not in OPERATIONAL_TABLES | {"audit"}]
    with reading(engine) as connection:
        before = dump(connection, tables)
    with pytest.raises(LeaseLostError, match="another run"):
        publish(engine, tmp_path / "lake", replace(publication(night, "p"), lease=mine))
    with reading(engine) as connection:
        assert dump(connection, tables) == before
        last = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(1)).one()
        assert (last.action, last.subject, last.detail) == ("lease.refused", "p", '{"lease":"night","token":1,"token_now":2}')
        assert verify(connection).broken_at is None
    recover(engine, tmp_path / "lake")
    assert list((tmp_path / "lake").rglob("*.parquet*")) == []


def test_whoever_is_refused_is_refused_also_where_the_packet_is_published_already(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    with writing(engine) as connection:
        mine = leases.acquire(connection, "night", holder="one", now=NOW, seconds=60)

    def overtaken() -> None:
        with writing(engine) as connection:
            theirs = leases.acquire(connection, "night", holder="two", now=NOW + timedelta(hours=1), seconds=60)
        publish(engine, tmp_path / "lake", replace(publication(night, "p"), lease=theirs))

    with armed({STAGED: Action(overtaken)}), pytest.raises(LeaseLostError):
        publish(engine, tmp_path / "lake", replace(publication(night, "p"), lease=mine))
    assert lake.read_lake(tmp_path / "lake", "orders").num_rows == 1


def test_an_interruption_before_the_commit_leaves_the_database_as_it_was(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    with armed({CLAIMED: raising(KeyboardInterrupt())}), pytest.raises(KeyboardInterrupt):
        publish(engine, tmp_path / "lake", publication(night, "p"))
    assert lake.manifest_files(tmp_path / "lake", "orders") == []
    assert recover(engine, tmp_path / "lake").swept == tuple(
        f"{table}/business_date=2026-03-02/.p.parquet.staged" for table in ("documents", "order_lines", "orders"))


def test_readers_see_a_committed_packet_only_after_recovery(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    with armed({COMMITTED: raising(KeyboardInterrupt())}), pytest.raises(KeyboardInterrupt):
        publish(engine, tmp_path / "lake", publication(night, "p"))
    assert lake.read_lake(tmp_path / "lake", "orders").num_rows == 0
    assert recover(engine, tmp_path / "lake").rolled_forward == ("p",)
    assert lake.read_lake(tmp_path / "lake", "orders").num_rows == 1
    assert recover(engine, tmp_path / "lake") == recover(engine, tmp_path / "lake")


def test_the_lake_and_the_database_hold_the_same(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p", "q")
    for key in ("p", "q"):
        publish(engine, tmp_path / "lake", publication(night, key))
    with reading(engine) as connection:
        for name in TABLES:
            assert table_digest(connection, name) == table_digest(lake.read_lake(tmp_path / "lake", name), name)


def test_a_stray_nul_stops_no_night_and_is_the_same_in_every_store(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    made = publication(night, "p")
    document = made.decisions[0].document_id
    stray = rows("orders", {"order_number": "PO\x00001"}, document=str(document))
    decisions = tuple(replace(decision, control_number="\0") for decision in made.decisions)
    interchanges = tuple(replace(interchange, control_number="00\0") for interchange in made.interchanges)
    publish(engine, tmp_path / "lake", replace(
        made, tables={**made.tables, "orders": stray}, decisions=decisions, interchanges=interchanges))
    with reading(engine) as connection:
        assert read_table(connection, TABLES["orders"]).column("order_number").to_pylist() == ["PO\ufffd001"]
        assert table_digest(connection, "orders") == table_digest(lake.read_lake(tmp_path / "lake", "orders"), "orders")
        assert len(seen_interchanges(connection, control_numbers=["00\0"])) == 1


@pytest.mark.parametrize("lost", ["orders/business_date=2026-03-02/p.parquet", "manifest.json"])
def test_what_the_lake_lost_is_made_again_byte_for_byte(engine: Engine, tmp_path: Path, lost: str) -> None:
    night = open_with_plan(engine, "p")
    publish(engine, tmp_path / "lake", publication(night, "p"))
    before = (tmp_path / "lake" / lost).read_bytes()
    (tmp_path / "lake" / lost).unlink()
    recover(engine, tmp_path / "lake")
    assert (tmp_path / "lake" / lost).read_bytes() == before


def test_a_lost_file_that_the_database_contradicts_stops_us(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    publish(engine, tmp_path / "lake", publication(night, "p"))
    with writing(engine) as connection:
        connection.execute(LAKE_FILES.update().values(hash="0" * 64))
    (tmp_path / "lake" / "orders/business_date=2026-03-02/p.parquet").unlink()
    with pytest.raises(IntegrityError, match="is lost"):
        recover(engine, tmp_path / "lake")


def test_parquet_bytes_do_not_depend_on_order_or_chunks() -> None:
    night = type("N", (), {"night_id": "n"})
    lines = publication(night, "p", lines=100).tables["order_lines"]  # type: ignore[arg-type]  # only the rows are wanted
    shuffled = pa.concat_tables([lines.slice(60), lines.slice(0, 25), lines.slice(25, 35)])
    noted = lines.replace_schema_metadata({"pandas": "{}"})
    assert lake.encode(lines, name="order_lines") == lake.encode(shuffled, name="order_lines") == lake.encode(noted, name="order_lines")


def test_a_packet_key_never_becomes_a_path() -> None:
    for key in ("../p", ".p", "a/b", ""):
        with pytest.raises(IntegrityError):
            lake.lake_path("orders", NOW.date(), key)


def test_the_outbox_delivers_once_and_a_resend_gets_the_same_bytes_again(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p", "resent")
    publish(engine, tmp_path / "lake", publication(night, "p"))
    both = ["acme/997-000000001.edi", "acme/997-000000002.edi"]
    assert (outbox.deliver(engine, tmp_path / "out"), outbox.deliver(engine, tmp_path / "out")) == (both, [])
    first = [(tmp_path / "out" / name).read_bytes() for name in both]
    for name in both:
        (tmp_path / "out" / name).unlink()
    again = replace(publication(night, "resent", acknowledgments=0), tables={}, decisions=(), interchanges=(),
                    reoffers=(Reoffer("interchange-p", "night-2"),))
    publish(engine, tmp_path / "lake", again)
    assert outbox.deliver(engine, tmp_path / "out") == both
    assert [(tmp_path / "out" / name).read_bytes() for name in both] == first == [b"ISA*000000001~", b"ISA*000000002~"]
    with writing(engine) as connection:
        item = outbox.load_outbox(connection)[0]
        outbox.mark_answered(connection, str(item["item_id"]))
        assert [row["state"] for row in outbox.load_outbox(connection, night_id=night.night_id)] == ["answered", "sent", "sent", "sent"]


def test_only_some_partners_can_be_served(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    publish(engine, tmp_path / "lake", publication(night, "p"))
    assert outbox.deliver(engine, tmp_path / "out", partners=["globex"]) == []
    assert len(outbox.deliver(engine, tmp_path / "out", partners=["acme"])) == 2


def test_two_acknowledgments_of_a_kind_that_answer_an_interchange_are_two_items(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    once = publication(night, "p", acknowledgments=1)
    publish(engine, tmp_path / "lake", replace(once, acknowledgments=once.acknowledgments * 2))
    with reading(engine) as connection:
        items = outbox.load_outbox(connection)
    assert len({item["item_id"] for item in items}) == 2


def test_a_file_name_of_an_acknowledgment_never_becomes_a_path(engine: Engine, tmp_path: Path) -> None:
    night = open_with_plan(engine, "p")
    made = publication(night, "p", acknowledgments=1)
    outside = replace(made.acknowledgments[0], name=lambda _: "../997.edi")
    with pytest.raises(IntegrityError, match="template"):
        publish(engine, tmp_path / "lake", replace(made, acknowledgments=(outside,)))
    with reading(engine) as connection:
        assert read_table(connection, TABLES["orders"]).num_rows == 0


def test_how_the_work_is_cut_into_packets_shows_only_where_it_is_declared(tmp_path: Path) -> None:
    dumps, whole = [], []
    for name, keys in (("one", ["p"]), ("other", ["q"])):
        engine = open_database(f"sqlite:///{tmp_path / name / 'crossfoot.db'}")
        night = open_with_plan(engine, *keys)
        publish(engine, tmp_path / name / "lake", replace(publication(night, "p"), packet_key=keys[0]))
        with reading(engine) as connection:
            dumps.append(dump(connection, cut=False))
            whole.append(dump(connection))
    assert dumps[0] == dumps[1]
    assert whole[0] != whole[1]
