"""The ledger: nights in their sequence, plans that hold, identities kept for ever, numbers given once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from edi.errors import IntegrityError, LeaseLostError
from storage import breaks, leases, ledger
from storage.audit import verify
from storage.database import open_database, reading, writing
from storage.identities import allocate, record_interchanges, seen_interchanges
from storage.records import ArchivedText, Arrival, Break, CounterKey, Interchange, Plan, PlannedPacket, RuleTotal
from storage.tables import AUDIT
from tests.storage.examples import OURS, open_with_plan, publication

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


def open_night(engine: Engine, day: int, deployment: str = "main", settings: str = "s") -> ledger.Night:
    with writing(engine) as connection:
        return ledger.open_night(connection, deployment=deployment, business_date=date(2026, 3, day), slot_at=f"2026-03-0{day}T02:00:00Z",
                                 settings_hash=settings)


def test_a_night_is_opened_once_and_resumed_as_it_was(engine: Engine) -> None:
    first, second = open_night(engine, 2), open_night(engine, 3)
    again = open_night(engine, 2, settings="changed meanwhile")
    other = open_night(engine, 2, deployment="test")
    assert (first.sequence, second.sequence, other.sequence) == (1, 2, 3)
    assert again == first


def test_nights_opened_at_once_get_places_of_their_own(engine: Engine) -> None:
    nights: list[ledger.Night] = []
    threads = [threading.Thread(target=lambda day=day: nights.append(open_night(engine, day))) for day in (1, 2, 3, 4, 1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(night.sequence for night in nights) == [1, 1, 2, 2, 3, 3, 4, 4]


def test_the_first_plan_of_a_round_holds(engine: Engine) -> None:
    night = open_night(engine, 2)
    plan = Plan(night.night_id, (PlannedPacket("b", 1, ("h2",), "acme"), PlannedPacket("a", 2, ("h1", "h3"))),
                (Arrival(1, "h1", "x.edi", "drop"),), content='{"verdicts":[]}')
    with writing(engine) as connection:
        assert ledger.save_plan(connection, plan) == plan
        assert ledger.save_plan(connection, replace(plan, packets=(), content="another")) == plan
        assert ledger.claim_packet(connection, "b")
        late = Plan(night.night_id, (PlannedPacket("c", 1, ("h4",)),), plan_round=2)
        ledger.save_plan(connection, late)
        assert ledger.plan_rounds(connection, night.night_id) == [1, 2]
    with reading(engine) as connection:
        loaded = ledger.load_plan(connection, night.night_id)
        assert loaded is not None
        assert [(packet.packet_key, packet.files, packet.state) for packet in loaded.packets] == [
            ("b", ("h2",), "committed"), ("a", ("h1", "h3"), "planned")]
        assert ledger.load_plan(connection, "no such night") is None
        assert ledger.packet_state(connection, "no such packet") is None


def test_a_packet_is_claimed_once_and_only_moves_forward(engine: Engine) -> None:
    open_with_plan(engine, "p")
    with writing(engine) as connection:
        ledger.show_packet(connection, "p")
        assert ledger.packet_state(connection, "p") == "planned"
        assert [ledger.claim_packet(connection, "p"), ledger.claim_packet(connection, "p")] == [True, False]
        ledger.show_packet(connection, "p")
        assert ledger.packet_state(connection, "p") == "visible"
        assert not ledger.claim_packet(connection, "p")


def an_interchange(**changes: object) -> Interchange:
    made = Interchange(
        standard="x12", sender_qualifier="ZZ", sender_id="ACME", receiver_qualifier="", receiver_id="US", control_number="000000905",
        usage_code="P", content_hash="c1", verdict="new", file_hash="f1", interchange_ordinal=1, interchange_id="i1")
    return replace(made, **changes)  # type: ignore[arg-type]  # names are the record's own


def test_an_identity_is_new_only_once(engine: Engine) -> None:
    night = open_night(engine, 2)
    with writing(engine) as connection:
        record_interchanges(connection, [
            an_interchange(), an_interchange(file_hash="f2", verdict="resend"),
            an_interchange(file_hash="f3", epoch=1), an_interchange(file_hash="f4", usage_code="T"),
        ], night=night, packet_key="p")
    for verdict in ("new", "reissue"):
        with pytest.raises(IntegrityError, match=r"interchanges|control_number"), writing(engine) as connection:
            again = an_interchange(file_hash="f5", content_hash="c2", verdict=verdict)
            record_interchanges(connection, [again], night=night, packet_key="q")


def test_what_was_seen_is_found_by_number_and_by_content(engine: Engine) -> None:
    first, second = open_night(engine, 2), open_night(engine, 3)
    by_number = an_interchange(night_id=first.night_id)
    by_content = an_interchange(control_number="7", content_hash="c9", file_hash="f9", night_id=first.night_id)
    tonight = an_interchange(verdict="resend", file_hash="f1", night_id=second.night_id)
    with writing(engine) as connection:
        unrelated = an_interchange(control_number="8", content_hash="c8", file_hash="f8")
        record_interchanges(connection, [by_number, by_content, unrelated], night=first, packet_key="p")
        record_interchanges(connection, [tonight], night=second, packet_key="q")
        numbers, contents = ["000000905", *map(str, range(1000, 2500))], ["c9", "c1"]
        found = seen_interchanges(connection, control_numbers=numbers, content_hashes=contents)
        memory = seen_interchanges(connection, control_numbers=numbers, content_hashes=contents, apart_from_night=second.night_id)
    assert found == [by_number, by_content, tonight]
    assert memory == [by_number, by_content]


def test_control_numbers_run_on_for_each_pair_and_come_back_when_a_transaction_fails(engine: Engine) -> None:
    theirs = CounterKey("x12", "interchange", "ZZ/US", "ZZ/OTHER")
    with writing(engine) as connection:
        assert [allocate(connection, OURS), allocate(connection, OURS, 5), allocate(connection, OURS)] == [1, 2, 7]
        assert allocate(connection, theirs) == 1
    with pytest.raises(KeyError), writing(engine) as connection:
        allocate(connection, OURS)
        raise KeyError
    with writing(engine) as connection:
        assert allocate(connection, OURS) == 8


def test_a_lease_is_held_by_one_and_taken_over_with_a_higher_token(engine: Engine) -> None:
    with writing(engine) as connection:
        one = leases.acquire(connection, "night", holder="one", now=NOW, seconds=60)
        assert one is not None and leases.acquire(connection, "night", holder="two", now=NOW, seconds=60) is None
        assert leases.acquire(connection, "night", holder="one", now=NOW, seconds=60) == one
        two = leases.acquire(connection, "night", holder="two", now=NOW + timedelta(seconds=61), seconds=60)
        assert two is not None and two.token == one.token + 1
        leases.check(connection, two)
        with pytest.raises(LeaseLostError, match="another run"):
            leases.check(connection, one)
        leases.release(connection, one)
        leases.check(connection, two)
        leases.renew(connection, two, now=NOW + timedelta(hours=2), seconds=60)
        with pytest.raises(LeaseLostError):
            leases.renew(connection, one, now=NOW, seconds=60)
        leases.release(connection, two)
        three = leases.acquire(connection, "night", holder="three", now=NOW, seconds=60)
        assert three is not None and three.token == two.token + 1


def test_attempts_are_numbered(engine: Engine) -> None:
    with writing(engine) as connection:
        numbers = [leases.begin_attempt(connection, night_id="n", step="publish", started_at=NOW) for _ in range(2)]
        leases.end_attempt(connection, night_id="n", attempt=1, outcome="failed")
    assert numbers == [1, 2]


def test_settings_are_archived_once_and_never_under_a_false_hash(engine: Engine) -> None:
    text = ArchivedText("h", "guide", "a guide")
    with writing(engine) as connection:
        ledger.archive_texts(connection, [text, text])
        assert ledger.load_text(connection, "h") == text
        with pytest.raises(IntegrityError, match="two texts"):
            ledger.archive_texts(connection, [replace(text, text="another")])


def a_break(**changes: object) -> Break:
    made = Break("b1", "price", "price_difference", "open", "acme", '["PO1","1"]', '{"price":"1.00"}', None, Decimal("12.3400"), "EUR",
                 "[]", "The price differs.", 1)
    return replace(made, **changes)  # type: ignore[arg-type]  # names are the record's own


def test_reconciling_a_night_again_replaces_what_it_said(engine: Engine) -> None:
    night = open_night(engine, 2)
    total = RuleTotal("price", "left", "EUR", 3, 2, 1, 0, Decimal("30"), Decimal("17.66"), Decimal("12.34"), Decimal(0))
    with writing(engine) as connection:
        breaks.record_rule(connection, night=night, rule_id="price", breaks=[a_break(), a_break(break_id="b0")], totals=[total])
        breaks.record_rule(connection, night=night, rule_id="other", breaks=[a_break(break_id="b7", rule_id="other")], totals=[])
        breaks.record_rule(connection, night=night, rule_id="price", breaks=[a_break()], totals=[total])
        assert breaks.load_breaks(connection, night_id=night.night_id) == [a_break(break_id="b7", rule_id="other"), a_break()]
        assert breaks.load_rule_totals(connection, night_id=night.night_id) == [total]


def test_a_night_without_breaks_carries_none_forward(engine: Engine) -> None:
    first, second, third = (open_night(engine, day) for day in (2, 3, 4))
    total = RuleTotal("price", "left", "EUR", 1, 1, 0, 0)
    with writing(engine) as connection:
        assert breaks.earlier_breaks(connection, before_sequence=first.sequence) == []
        breaks.record_rule(connection, night=first, rule_id="price", breaks=[a_break()], totals=[total])
        assert breaks.earlier_breaks(connection, before_sequence=second.sequence) == [a_break()]
        assert breaks.earlier_breaks(connection, before_sequence=third.sequence) == [a_break()]
        breaks.record_rule(connection, night=second, rule_id="price", breaks=[], totals=[total])
        assert breaks.earlier_breaks(connection, before_sequence=third.sequence) == []
        assert connection.execute(sa.text("SELECT count(*) FROM current_breaks")).scalar_one() == 0


@pytest.mark.parametrize("tamper", [
    AUDIT.update().where(AUDIT.c.sequence == 2).values(detail='{"packets":0}'),
    AUDIT.update().where(AUDIT.c.sequence == 2).values(hash="0" * 64),
    AUDIT.delete().where(AUDIT.c.sequence == 2),
    AUDIT.update().where(AUDIT.c.sequence == 2).values(sequence=9),
])
def test_a_changed_log_is_found_out(engine: Engine, tamper: sa.UpdateBase) -> None:
    open_with_plan(engine, "p")
    open_night(engine, 3)
    with writing(engine) as connection:
        before = verify(connection)
        assert (before.records, before.broken_at) == (3, None)
        connection.execute(tamper)
        assert verify(connection).broken_at == 2


def test_records_cut_off_at_the_end_are_found_out_by_a_noted_head(engine: Engine) -> None:
    open_with_plan(engine, "p")
    with writing(engine) as connection:
        head = verify(connection).head
        connection.execute(AUDIT.delete().where(AUDIT.c.sequence == 2))
        assert verify(connection).broken_at is None
        assert verify(connection, head=head).broken_at == 2


def test_decisions_and_findings_are_told_as_they_were(engine: Engine) -> None:
    night = open_with_plan(engine, "p")
    with writing(engine) as connection:
        ledger.record_decisions(connection, publication(night, "p"))
        told = ledger.load_decisions(connection, night_id=night.night_id)
        found = ledger.load_findings(connection, night_id=night.night_id)
        assert ledger.decided_files(connection, before_sequence=1) == set()
        assert ledger.decided_files(connection, before_sequence=2) == {"p"}
    assert [(row["transaction_ordinal"], row["outcome"], row["stated_amount"]) for row in told] == [
        (1, "loaded", Decimal("10.5000")), (2, "rejected", None)]
    assert [(row["code"], row["byte_offset"], row["segment"], row["tag"]) for row in found] == [("guide.missing", 512, 3, "PO1")]
