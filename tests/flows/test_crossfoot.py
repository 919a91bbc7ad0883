"""Conservation: whoever tampers with what was loaded is told of, totals name what differs, and the night fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from edi.errors import ConservationError
from flows.cli import main
from flows.crossfoot import Counts, cross_foot, demand
from storage.database import open_database, writing
from tests.flows.letters import edifact, post, response, x12
from tests.flows.nights import World, session_of, world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two responses, three orders of 12 x 6.90 = 82.80 EUR each; one of the orders is rejected."""
    made = world(tmp_path_factory.mktemp("crossfoot"))
    post(made, {"a.x12": x12("000000901", response("4500009001"), response("4500009002")),
                "b.edi": edifact("AM900001", "9001", "9002", "9003", counts={3: 99})})
    made.run()
    return made


@pytest.fixture
def tampered(night: World) -> Iterator[Callable[[str], World]]:
    """A function that changes one row of the database and hands the night back; afterwards the database is as before."""
    path = Path(sa.make_url(night.settings.database_url).database or "")
    before = path.read_bytes()

    def change(sql: str) -> World:
        with writing(open_database(night.settings.database_url)) as connection:
            assert connection.execute(sa.text(sql)).rowcount == 1
        return night

    yield change
    open_database(night.settings.database_url).dispose()
    for rest in path.parent.glob(f"{path.name}-*"):
        rest.unlink()
    path.write_bytes(before)


def test_an_undisturbed_night_agrees_by_document_record_and_money(night: World) -> None:
    totals = demand(cross_foot(session_of(night)))
    assert totals.problems == ()
    assert (totals.read.documents, totals.read.records) == (5, 5)
    assert totals.read.money == {"EUR": Decimal("248.4")}
    assert totals.outcomes["rejected"].money == {"EUR": Decimal("82.8")}
    assert totals.outcomes["loaded"].money == totals.recounted.money == {"EUR": Decimal("165.6")}
    assert (totals.recounted.documents, totals.recounted.records) == (4, 4)


CHANGES = {
    "a document is gone": ("DELETE FROM documents WHERE document_id = (SELECT min(document_id) FROM orders)",
                           "4 documents decided as loaded, 3 stand in the database"),
    "a line is gone": ("DELETE FROM order_lines WHERE order_number = '9001'",
                       "4 records read of loaded documents, 3 stand in the database"),
    "an amount is changed": ("UPDATE order_lines SET line_amount = '82.8100' WHERE order_number = '9001'",
                             "EUR 165.6000 stated by loaded documents, 165.6100 stand in the database"),
    "a currency is changed": ("UPDATE order_lines SET order_currency = 'USD' WHERE order_number = '9001'",
                              "EUR 165.6000 stated by loaded documents, 82.8000 stand in the database"),
    "a decision is gone": ("DELETE FROM decisions WHERE control_number = '000000901/0001'",
                           "the tokenizer counted 5 transactions, 4 have an outcome"),
    "an outcome is changed": ("UPDATE decisions SET outcome = 'duplicate' WHERE control_number = '000000901/0001'",
                              "3 documents decided as loaded, 4 stand in the database"),
}


@pytest.mark.parametrize(("sql", "problem"), CHANGES.values(), ids=CHANGES)
def test_what_was_tampered_with_is_told(tampered: Callable[[str], World], sql: str, problem: str) -> None:
    totals = cross_foot(session_of(tampered(sql)))
    assert problem in totals.problems
    with pytest.raises(ConservationError, match="does not cross-foot") as error:
        demand(totals)
    assert problem in str(error.value)


def test_the_command_exits_3_and_tells_in_one_line(tampered: Callable[[str], World], tmp_path: Path) -> None:
    made = tampered("DELETE FROM order_lines WHERE order_number = '9001'")
    settings = tmp_path / "crossfoot.toml"
    settings.write_text(f'deployment = "sample"\ndata = "{made.settings.data}"\nhome = "{made.settings.home}"\n')
    told = CliRunner().invoke(main, ["--settings", str(settings), "run", "nightly", "--date", "2026-03-02", "--without-prefect"])
    assert told.exit_code == 3
    assert told.stderr.startswith("crossfoot: the night does not cross-foot: 4 records read of loaded documents, 3 stand")
    assert len(told.stderr.splitlines()) == 1


def test_counts_keep_currencies_apart_and_unknown_money_in_sight() -> None:
    counts = Counts()
    for amount, currency in ((Decimal("1.10"), "USD"), (Decimal("-0.10"), "USD"), (Decimal(5), "EUR"), (Decimal(1), None), (None, "EUR")):
        counts.add(records=2, amount=amount, currency=currency, expects_money=True)
    counts.add(records=1, amount=None, currency=None, expects_money=False)
    assert counts.to_json() == {"documents": 6, "records": 11, "unknown_money": 1, "money": {"?": "1", "EUR": "5", "USD": "1.00"}}
