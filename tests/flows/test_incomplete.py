"""Files that break off: their rest is waited for until a deadline, then they are held; what comes whole meanwhile is loaded, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from flows.adhoc import replay
from flows.clock import holder
from flows.definitions import Definitions, load_definitions
from flows.incomplete import Carried, Waiting
from flows.planning import PlannedFile, make_plan
from flows.runners import PlainRunner
from flows.settings import Settings
from storage.landing import Landed
from tests.flows.letters import edifact, post, response, sent, x12
from tests.flows.nights import DATA, FIRST, World, world
from transforms.verdicts import Memory

NEXT = FIRST + timedelta(days=1)
WHOLE = x12("000000902", response("4500009003"), response("4500009004"))
STUB = WHOLE[:-40]
TWO = WHOLE + x12("000000903", response("4500009005"))
HEADER = "partner,order_number,order_date,requested_date,currency,line_number,gtin,buyer_item,supplier_item,quantity,unit,unit_price,per," \
         "line_amount\n"
ROW = "NORTHFIELD SUPPLY,A,2026-03-01,2026-03-11,USD,001,00061414000031,CF-003,NF0003,10,PCS,7.25,1,72.50\n"
SNAPSHOT = (HEADER + ROW + ROW.replace("001", "002", 1)).encode()
INVOICES = ("Partner;Rechnungsnummer;Belegart;Rechnungsdatum;Bestellnummer;Währung;Betrag\n"
            "NORTHFIELD SUPPLY;R1;RE;02.03.2026;4500001227;USD;72,50\nSUMME;1;72,50\n").encode()


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    return load_definitions(Settings(data=DATA))


def plan(definitions: Definitions, files: Sequence[tuple[str, bytes]], *, carried: Sequence[tuple[str, bytes]] = (), days: int = 2,
         ) -> list[PlannedFile]:
    """Plan a night; what is carried came the night before. Sources wait for two nights."""
    contents = {sha256(data).hexdigest(): data for _, data in (*files, *carried)}

    def landed(name: str, data: bytes) -> Landed:
        return Landed(sha256(data).hexdigest(), len(data), name, "drop", 1)

    waiting = Waiting(FIRST, [Carried(landed(*each), FIRST - timedelta(days=1), tonight=False) for each in carried], lambda _: days)
    packets = make_plan([landed(*each) for each in files], contents.__getitem__, definitions, lambda _: Memory({}, {}), night_id="n",
                        business_date=FIRST, packet_bytes=10**6, packet_files=100, waiting=waiting)
    return [file for packet in packets for file in packet.files]


def settled(definitions: Definitions, files: Sequence[tuple[str, bytes]], *, carried: Sequence[tuple[str, bytes]] = (), days: int = 2,
            ) -> dict[str, PlannedFile]:
    """Plan a night; return its files by name."""
    return {file.name: file for file in plan(definitions, files, carried=carried, days=days)}


def both(definitions: Definitions, name: str, stub: bytes, whole: bytes) -> list[str]:
    """Return what becomes of a stub and of a whole file of the same name, as files; "" where each interchange has its own verdict."""
    return sorted(file.cut for file in plan(definitions, [(name, stub), (name, whole)]))


def verdicts(definitions: Definitions, *files: bytes) -> list[tuple[str, ...]]:
    """Return the verdicts on the interchanges of files of one night, in the order given."""
    planned = settled(definitions, [(f"{number}.edi", data) for number, data in enumerate(files)])
    return [planned[f"{number}.edi"].verdicts for number in range(len(files))]


@pytest.mark.parametrize(("stub", "expected"), [
    (STUB, ("pending",)), (TWO[:-40], ("pending", "pending")), (WHOLE + b"ISA*00*   ", ("pending",)), (WHOLE + b"IS", ("pending",)),
    (edifact("AM1", "1")[:-30], ("pending",)), (STUB + x12("000000903", response()), ("void", "new")), (WHOLE + b"\r\n\x1a", ("new",)),
], ids=["in its only interchange", "in its second", "in its second header", "in the tag of its second header", "EDIFACT",
        "before another interchange: no copy in progress", "padded, and whole"])
def test_what_breaks_off_at_its_end_is_waited_for(definitions: Definitions, stub: bytes, expected: tuple[str, ...]) -> None:
    assert verdicts(definitions, stub) == [expected]


@pytest.mark.parametrize("stub", [b"", b"ISA*00*          *00"], ids=["no bytes yet", "in its first header"])
def test_without_a_number_the_same_name_and_beginning_tell_that_it_goes_on(definitions: Definitions, stub: bytes) -> None:
    assert settled(definitions, [("a.edi", stub)])["a.edi"].cut == "pending"
    assert settled(definitions, [("a.edi", stub), ("b.edi", WHOLE)])["a.edi"].cut == "pending"
    assert both(definitions, "a.edi", stub, WHOLE) == ["", "continued"]
    assert both(definitions, "a.edi", b"ISA*01*          *00", WHOLE) == ["", "pending"]


def test_the_whole_file_tells_a_copy_in_progress_from_what_was_sent_short(definitions: Definitions) -> None:
    """A second sending has another time in its envelope: it does not begin with the same bytes."""
    assert verdicts(definitions, STUB, WHOLE) == [("continued",), ("new",)]
    assert verdicts(definitions, STUB, WHOLE.replace(b"*1701*U", b"*1801*U")) == [("sent_again",), ("new",)]
    assert verdicts(definitions, STUB, x12("000000903", response("4500009005"))) == [("pending",), ("new",)]


def test_only_what_came_again_is_superseded(definitions: Definitions) -> None:
    """The second interchange came again by itself: the first, which is whole, is judged like any other."""
    assert verdicts(definitions, TWO[:-40], x12("000000903", response("4500009005"))) == [("new", "sent_again"), ("new",)]


def test_a_deadline_is_counted_in_nights_from_the_first(definitions: Definitions) -> None:
    stub = ("a.edi", STUB)
    assert [settled(definitions, [stub], days=days)["a.edi"].until for days in (0, 1, 2)] == ["", "2026-03-03", "2026-03-04"]
    assert [settled(definitions, [], carried=[stub], days=days)["a.edi"].verdicts for days in (1, 2)] == [("void",), ("pending",)]


@pytest.mark.parametrize(("name", "stub"), [
    ("erp_orders_20260302.csv", SNAPSHOT[:-1]), ("erp_orders_20260302.csv", SNAPSHOT[:-30]), ("erp_orders_20260302.csv", SNAPSHOT[:40]),
    ("erp_orders_20260302.csv", b""), ("erp_invoices_20260302.csv", INVOICES[:INVOICES.index(b"SUMME")]),
    ("erp_invoices_20260302.csv", INVOICES[:-4]),
], ids=["before its last newline", "in mid-row", "in its header", "no bytes yet", "without its trailer", "in its trailer"])
def test_an_export_that_ends_before_its_end_is_waited_for(definitions: Definitions, name: str, stub: bytes) -> None:
    assert settled(definitions, [(name, stub)])[name].cut == "pending"
    assert settled(definitions, [(name, stub)], days=0)[name].cut == "overdue"


@pytest.mark.parametrize(("name", "whole"), [
    ("erp_orders_20260302.csv", SNAPSHOT), ("erp_orders_20260302.csv", HEADER.encode()), ("erp_invoices_20260302.csv", INVOICES),
    ("erp_invoices_20260302.csv", INVOICES[:-1]),
], ids=["a snapshot", "a header without rows", "with its trailer", "its trailer agrees, though no newline ends it"])
def test_an_export_that_is_whole_is_not_waited_for(definitions: Definitions, name: str, whole: bytes) -> None:
    assert settled(definitions, [(name, whole)])[name].cut == ""


def test_other_rows_under_the_name_of_a_cut_export_settle_it_only_in_a_snapshot(definitions: Definitions) -> None:
    """What a delta had yesterday is in no file of today."""
    assert both(definitions, "erp_orders_20260302.csv", SNAPSHOT[:-30], SNAPSHOT) == ["", "continued"]
    assert both(definitions, "erp_orders_20260302.csv", SNAPSHOT[:-30], SNAPSHOT.replace(b"72.50", b"70.00")) == ["", "sent_again"]
    assert both(definitions, "erp_invoices_20260302.csv", INVOICES[:-4], INVOICES) == ["", "continued"]
    assert both(definitions, "erp_invoices_20260302.csv", INVOICES[:-4], INVOICES.replace(b"R1", b"R2")) == ["", "pending"]


def waiting(tmp_path: Path) -> World:
    made = world(tmp_path)
    drops = tuple(drop.model_copy(update={"wait_days": 2}) for drop in made.settings.drops)
    return World(made.settings.model_copy(update={"drops": drops}))


def outcomes(made: World, night: date, *, copy: int = 1) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in made.rows(
        f"SELECT DISTINCT outcome, reason_code FROM decisions WHERE night_id = 'sample-{night}' AND copy = {copy} ORDER BY 1, 2")]


@pytest.mark.slow
def test_what_breaks_off_is_pending_from_night_to_night_and_held_when_its_deadline_has_come(tmp_path: Path) -> None:
    made = waiting(tmp_path)
    post(made, {"a.x12": STUB})
    post(made, {"erp_orders_20260302.csv": SNAPSHOT[:-30]}, source="erp")
    nights = [FIRST + timedelta(days=number) for number in range(4)]
    for night in nights:
        assert not made.run(night).totals.problems
    assert [outcomes(made, night) for night in nights] == [[("pending", "incomplete")]] * 2 + [[("quarantined", "incomplete")], []]
    assert sent(made) == []
    assert made.rows("SELECT count(*) FROM documents") == [(0,)]


@pytest.mark.slow
def test_the_rest_of_a_copy_loads_and_the_stub_is_superseded_in_the_same_night(tmp_path: Path) -> None:
    made = waiting(tmp_path)
    post(made, {"a.x12": TWO[:-40]})
    made.run(FIRST)
    assert made.rows("SELECT count(*) FROM documents") == [(0,)]  # its first interchange is whole, and waits with the file
    post(made, {"a.x12": TWO})
    assert not made.run(FIRST).totals.problems
    assert outcomes(made, FIRST) == [("loaded", "ok"), ("pending", "incomplete")]
    assert outcomes(made, FIRST, copy=2) == [("duplicate", "superseded")]
    made.run(NEXT)
    assert outcomes(made, NEXT) == []  # settled, it is carried no further
    assert made.rows("SELECT count(*) FROM order_responses") == [(3,)]
    assert [kind for (kind,) in made.rows("SELECT kind FROM outbox")] == ["997", "997"]
    replay(made.settings, FIRST, NEXT, PlainRunner(1), holder=holder())
    assert outcomes(made, NEXT) == [("duplicate", "resend"), ("duplicate", "superseded")]
