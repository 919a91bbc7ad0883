"""Trading with a partner that someone else wrote: mock-edi sells to us, in X12 and in EDIFACT, and misbehaves when asked.

We are the buyer. Copies of our orders go through the drop for what we sent, its answers through the drop for EDI; its drop
folder gets what lies in our outbox. There is no ERP and no warehouse here, so the rules that need one are left out.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from flows.settings import Drop, Settings
from tests.flows.nights import World
from tests.flows.trading.mockedi import MockEdi, mock_edi, order_850, order_orders
from tests.golden.corpus import data_folder

pytest.importorskip("mockedi", reason="mock-edi is not installed: nobody to trade with")
pytestmark = pytest.mark.slow

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
RULES = ("ambiguous_line", "duplicate_invoice", "invoice_and_order_price", "invoice_charges", "invoice_due", "invoice_line_net",
         "invoice_tax", "invoice_total", "order_and_response", "ordered_and_shipped", "sent_and_acknowledged")
LINES = [("100", "12.50", "WIDGET-001"), ("10", "13.75", "WIDGET-002")]  # its own prices: 1,387.50 in all
DELAYED = "GLOBEX-855-6.edi"  # the response to GX-2 comes a night late

Break = tuple[str, str, str, str]


@dataclass(frozen=True)
class Traded:
    """Two nights of trading, what each found, and what mock-edi said of our files."""

    world: World
    mock: MockEdi
    monday: dict[str, Any]
    tuesday: dict[str, Any]
    ours: list[dict[str, Any]]  # of our orders
    first_receipts: list[dict[str, Any]]  # of our acknowledgments, by night
    second_receipts: list[dict[str, Any]]
    unanswered: list[str]  # what it waited for after the first night


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traded]:
    """Order on Monday; its answers arrive the same evening but for one, which comes on Tuesday."""
    folder = tmp_path_factory.mktemp("trade")
    home, orders = folder / "home", folder / "orders"
    data = data_folder(home / "data", (Path(__file__).parent / "trading" / "partners").glob("*.toml"), rules=RULES)
    drops = tuple(Drop(name=name, folder=home / "drop" / name) for name in ("edi", "outbound"))
    made = World(Settings(deployment="trade", environment="test", data=data, home=home, drops=drops))
    with mock_edi(folder) as mock:
        ours = _order(mock, orders)
        _drop(made, "outbound", sorted(orders.iterdir()))
        _drop(made, "edi", [path for path in mock.answers() if path.name != DELAYED])
        monday = made.run(MONDAY).to_json()
        first = mock.hand(_outbox(made, monday))
        unanswered = [f"{each['partner']} {each['code']} {each['reference']}" for each in mock.ask("/_mock/unacknowledged")]
        _drop(made, "edi", [mock.pickup / DELAYED])
        tuesday = made.run(TUESDAY).to_json()
        second = mock.hand(_outbox(made, tuesday))
        yield Traded(made, mock, monday, tuesday, ours, first, second, unanswered)


def _order(mock: MockEdi, folder: Path) -> list[dict[str, Any]]:
    """Order as ACME and EURODIS, whom it serves well, as GLOBEX, whom it ships short; then again when it sends invoices twice."""
    folder.mkdir()
    well = {"acme-1": order_850("ACME", 101, "4500000042", LINES), "eurodis-1": order_orders("EURODIS", 55, "PO9001", LINES),
            "globex-1": order_850("GLOBEX", 7, "GX-1", LINES, version="005010"),
            "globex-2": order_850("GLOBEX", 8, "GX-2", LINES, version="005010")}
    twice = {"acme-2": order_850("ACME", 102, "4500000043", LINES), "eurodis-2": order_orders("EURODIS", 56, "PO9002", LINES)}
    taken = _hand(mock, folder, well)
    for us in ("ACME", "EURODIS"):
        mock.ask(f"/_mock/partners/{us}", "PATCH", behaviour="duplicate-invoice")
    return taken + _hand(mock, folder, twice)


def _hand(mock: MockEdi, folder: Path, orders: dict[str, bytes]) -> list[dict[str, Any]]:
    for name, content in orders.items():
        (folder / f"{name}.edi").write_bytes(content)
    return mock.hand(folder / f"{name}.edi" for name in orders)


def _drop(made: World, source: str, paths: list[Path]) -> None:
    target = made.settings.home / "drop" / source
    target.mkdir(parents=True, exist_ok=True)
    for path in paths:
        shutil.copy(path, target / path.name)


def _outbox(made: World, summary: dict[str, Any]) -> list[Path]:
    return [made.settings.outbox / name for name in summary["this_run"]["sent"]]


def breaks(summary: dict[str, Any], state: str = "open") -> list[Break]:
    found = [each for each in summary["breaks"] if each["state"] == state]
    return sorted((each["class"], each["subject"], each["at_stake"], each["currency"]) for each in found)


def test_both_conversations_are_whole_and_every_document_is_loaded(traded: Traded) -> None:
    assert [(each["ok"], each["error"]) for each in traded.ours] == [(True, "")] * 6
    assert traded.monday["documents"] == {
        "x12 850": {"loaded": 4}, "x12 997": {"loaded": 4}, "x12 855": {"loaded": 3}, "x12 856": {"loaded": 4}, "x12 810": {"loaded": 5},
        "edifact ORDERS": {"loaded": 2}, "edifact CONTRL": {"loaded": 2}, "edifact ORDRSP": {"loaded": 2}, "edifact DESADV": {"loaded": 2},
        "edifact INVOIC": {"loaded": 3}}
    assert traded.tuesday["documents"] == {"x12 855": {"loaded": 1}}
    assert traded.monday["cross_foot"]["agrees"] and traded.tuesday["cross_foot"]["agrees"]


def test_its_misbehaviours_are_breaks_and_nothing_else_is(traded: Traded) -> None:
    assert breaks(traded.monday) == [
        ("duplicate_invoice", "INV9000006", "1387.5000", "USD"),  # its invoices count from 2: four orders, then ACME's second
        ("duplicate_invoice", "INV9000007", "1387.5000", "EUR"),
        ("response_quantity", "GX-1/1", "250.0000", "USD"),  # 20 of 100 not confirmed, at 12.50
        ("response_quantity", "GX-1/2", "27.5000", "USD"),  # 2 of 10, at 13.75
        ("shipped_short", "GX-2/1", "250.0000", "USD"),  # the same order again, but its response has not come
        ("shipped_short", "GX-2/2", "27.5000", "USD"),
    ]


def test_a_response_that_comes_late_turns_a_short_shipment_into_a_quantity_that_was_never_confirmed(traded: Traded) -> None:
    assert breaks(traded.tuesday, "closed") == [
        ("shipped_short", "GX-2/1", "250.0000", "USD"), ("shipped_short", "GX-2/2", "27.5000", "USD")]
    assert [found for found in breaks(traded.tuesday) if found[1].startswith("GX-2")] == [
        ("response_quantity", "GX-2/1", "250.0000", "USD"), ("response_quantity", "GX-2/2", "27.5000", "USD")]


def test_it_acknowledged_every_order_and_we_saw_it(traded: Traded) -> None:
    sent = [total for total in traded.monday["rules"] if total["rule"] == "sent_and_acknowledged" and total["side"] == "left"]
    assert sum(total["count"]["total"] for total in sent) == sum(total["count"]["matched"] for total in sent) == 6


def test_two_addresses_of_one_partner_are_numbered_apart_and_no_acknowledgment_overwrites_another(traded: Traded) -> None:
    numbers = Counter(number for number, in traded.world.rows("SELECT control_number FROM outbox WHERE kind = '997'"))
    assert numbers[1] == 2  # the first to MOCKEDI from ACME, and from GLOBEX
    written = [path for path in traded.world.settings.outbox.rglob("*.edi") if "997" in path.name]
    assert len(written) == len({path.read_bytes() for path in written}) == numbers.total()


def test_it_accepts_our_acknowledgments_and_waits_for_none(traded: Traded) -> None:
    # Answered: 855, 856 and 810 of X12, ORDRSP, DESADV and INVOIC; not its 997 and CONTRL, nor the copies of our orders.
    assert traded.monday["acknowledgments"] == {"997": 3 + 4 + 5, "CONTRL": 2 + 2 + 3}
    assert len(traded.first_receipts) == 19
    assert len(traded.second_receipts) == 1
    for receipt in traded.first_receipts + traded.second_receipts:
        assert receipt["ok"], receipt["error"]
        assert receipt["moved_to"].startswith("processed/")
    assert not list((traded.mock.inbox / "failed").iterdir())
    assert traded.unanswered == ["GLOBEX 855 GX-2"]
    assert traded.mock.ask("/_mock/unacknowledged") == []


def test_its_own_view_of_each_order_agrees_with_ours(traded: Traded) -> None:
    for order, code in {"4500000042": "810", "GX-2": "810", "PO9001": "INVOIC"}.items():
        told = [event["summary"] for event in traded.mock.ask(f"/_mock/orders/{order}/timeline")["events"]]
        assert [line for line in told if line.startswith(f"the partner's receipt accepted our {code}")]
        (amount, currency, number), = traded.world.rows(
            f"SELECT invoice_amount, invoice_currency, invoice_number FROM invoices WHERE order_number = '{order}'")
        said = f": {Decimal(amount):.2f} {currency}"
        assert [line for line in told if line.startswith(f"invoiced {number} for ") and line.endswith(said)]
    assert traded.mock.ask("/_mock/disagreements") == []  # it keeps them for what it buys, and here it only sells


def test_the_two_conversations_say_the_same(traded: Traded) -> None:
    columns = "line_number, shipped_quantity, unit_code, supplier_item_number, gtin"
    by_order = {order: traded.world.rows(f"SELECT {columns} FROM shipment_lines WHERE order_number = '{order}' ORDER BY line_ordinal")
                for order in ("4500000042", "PO9001")}
    assert by_order["4500000042"] == by_order["PO9001"]
    assert Counter(json.dumps(row, default=str) for row in by_order["PO9001"]).total() == 2
