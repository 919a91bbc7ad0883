"""A document that was held for a lack of ours is released by feeding it in again once the lack is mended; nothing is loaded twice."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.adhoc import replay
from flows.clock import holder
from flows.runners import PlainRunner
from flows.summary import Summary
from tests.flows.nights import DATA, DAYS, FIRST, World, world

ORDERS = sorted(DAYS.get(FIRST, Path()).glob("edi/bluewater-*-orders.edi"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The project's data without the partner whose orders come."""
    folder = Path(shutil.copytree(DATA, tmp_path / "data"))
    (folder / "partners" / "bluewater.toml").unlink()
    return folder


def again(made: World, business_date: date) -> Summary:
    return replay(made.settings, FIRST, business_date, PlainRunner(1), holder=holder())


def outcomes(summary: Summary) -> dict[str, int]:
    return {name: counts.documents for name, counts in summary.totals.outcomes.items() if counts.documents}


@pytest.mark.slow
@pytest.mark.parametrize("later", [0, 1])
def test_orders_of_an_unknown_partner_load_after_its_agreement_is_added(tmp_path: Path, data: Path, later: int) -> None:
    made = world(tmp_path / "home", data=data)
    made.drop(ORDERS)
    first = made.run()
    held = first.totals.outcomes["quarantined"].documents
    assert held > 0
    assert {one["reason_code"] for one in first.set_aside} == {"unknown_partner"}

    shutil.copy(DATA / "partners" / "bluewater.toml", data / "partners")
    released = again(made, FIRST + timedelta(days=later))
    assert released.totals.outcomes["loaded"].documents == held
    assert made.rows("SELECT count(*) FROM documents") == [(held,)]
    assert not released.totals.problems
    assert released.acknowledgments == {"997": 1}  # held whole, it was not answered before

    once_more = again(made, FIRST + timedelta(days=later + 1))
    assert outcomes(once_more) == {"duplicate": held}
    assert len({row[0] for row in made.rows("SELECT control_number FROM outbox")}) == 1  # offered again under the same number
    assert made.rows("SELECT count(*) FROM documents") == [(held,)]


@pytest.mark.slow
def test_without_the_agreement_they_stay_held(tmp_path: Path, data: Path) -> None:
    made = world(tmp_path / "home", data=data)
    made.drop(ORDERS)
    held = made.run().totals.outcomes["quarantined"].documents
    still = again(made, FIRST + timedelta(days=1))
    assert outcomes(still) == {"quarantined": held}
    assert {one["reason_code"] for one in still.set_aside} == {"unknown_partner"}
