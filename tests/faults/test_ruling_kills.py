"""Kill the process at every step of what a person decides: decided once more, there is one decision and one record of it in the audit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from edi.errors import ConfigurationError
from storage.audit import verify
from storage.database import open_database, reading
from storage.epochs import begin_epoch, epochs
from storage.failpoints import NAMES, kill
from storage.publish import publish
from storage.records import Publication
from storage.rulings import rule
from storage.tables import AUDIT, RULINGS
from tests.faults.killing import survives
from tests.storage.examples import open_with_plan, publication

POINTS = sorted(name for name in NAMES if name.startswith("rulings."))


def held(home: Path) -> str:
    """Make a database that holds one interchange as a conflict, and return its URL."""
    url = f"sqlite:///{home / 'crossfoot.db'}"
    engine = open_database(url)
    made: Publication = publication(open_with_plan(engine, "p"), "p")
    publish(engine, home / "lake", replace(made, interchanges=(replace(made.interchanges[0], verdict="conflict"),)))
    return url


def rule_on(url: str, ruling: str = "approved") -> bool:
    return rule(open_database(url), "interchange-p", ruling, reason="the partner said so", by="me")


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_ruling_and_ruled_again(point: str, tmp_path: Path) -> None:
    url = held(tmp_path)
    assert not survives(lambda: rule_on(url), {point: kill()})
    rule_on(url)
    assert not rule_on(url)  # idempotent
    with pytest.raises(ConfigurationError, match="was approved already"):
        rule_on(url, "refused")
    with reading(open_database(url)) as connection:
        assert connection.execute(sa.select(RULINGS.c.ruling)).scalars().all() == ["approved"]
        assert len(connection.execute(sa.select(AUDIT).where(AUDIT.c.action == "conflict.approved")).all()) == 1
        assert verify(connection).broken_at is None


@pytest.mark.parametrize("point", sorted(name for name in NAMES if name.startswith("epochs.")))
def test_killed_while_a_numbering_is_begun_anew_and_begun_again(point: str, tmp_path: Path) -> None:
    url, day = f"sqlite:///{tmp_path / 'crossfoot.db'}", date(2026, 3, 4)
    open_database(url)

    def begin() -> bool:
        return begin_epoch(open_database(url), "northfield", day, reason="a new translator", by="me")

    assert not survives(begin, {point: kill()})
    assert begin() is (point != "epochs.committed")
    assert not begin()  # idempotent
    with reading(open_database(url)) as connection:
        assert epochs(connection) == {"northfield": (day,)}
        assert len(connection.execute(sa.select(AUDIT).where(AUDIT.c.action == "epoch.begun")).all()) == 1
        assert verify(connection).broken_at is None
