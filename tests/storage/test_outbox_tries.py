"""Sending by example: the same name and bytes at every try, whole or not at all, and marked only afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from storage import files, outbox
from storage.database import open_database, reading
from storage.failpoints import armed, raising
from storage.outbox import deliver, load_outbox
from storage.publish import publish
from storage.records import Night
from tests.storage.examples import open_with_plan, publication, rows

NAMES = ["997-000000001.edi", "997-000000002.edi"]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'crossfoot.db'}")


@pytest.fixture
def send(tmp_path: Path, engine: Engine) -> Callable[[], list[str]]:
    """Queues two acknowledgments, and sends whatever is queued."""
    publish(engine, tmp_path / "lake", publication(open_with_plan(engine, "p", "q"), "p"))
    return lambda: deliver(engine, tmp_path / "out")


def states(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [item["state"] for item in load_outbox(connection)]


def waiting(tmp_path: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((tmp_path / "out").rglob("*")) if path.is_file() and path.name[0] != "."}


def test_a_try_that_ends_before_it_is_marked_is_made_again_with_the_same_name_and_bytes(
        tmp_path: Path, engine: Engine, send: Callable[[], list[str]]) -> None:
    with armed({outbox.WRITTEN: raising(KeyboardInterrupt(), on_hit=2)}), pytest.raises(KeyboardInterrupt):
        send()
    first = waiting(tmp_path)
    assert (list(first), states(engine)) == (NAMES, ["queued", "queued"])
    (tmp_path / "out" / "acme" / NAMES[0]).unlink()  # the partner has fetched it
    assert send() == [f"acme/{name}" for name in NAMES]
    assert waiting(tmp_path) == first
    assert states(engine) == ["sent", "sent"]
    assert send() == []


def test_nothing_stands_under_its_name_before_it_is_whole(tmp_path: Path, engine: Engine, send: Callable[[], list[str]]) -> None:
    with armed({files.WRITTEN: raising(KeyboardInterrupt())}), pytest.raises(KeyboardInterrupt):
        send()
    assert (waiting(tmp_path), states(engine)) == ({}, ["queued", "queued"])


@pytest.mark.parametrize(("cited", "state"), [
    ({"acknowledged_type_code": "FA", "acknowledged_group_number": "1"}, "answered"),
    ({"acknowledged_type_code": "PO", "acknowledged_group_number": "1"}, "sent"),  # another group of the same number, not ours
    ({"acknowledged_type_code": "FA", "acknowledged_group_number": "9"}, "sent"),
    ({"acknowledged_type_code": "FA", "acknowledged_group_number": "1", "direction_code": "outbound"}, "sent"),
], ids=["ours", "another kind of group", "another number", "a copy of what we said"])
def test_what_a_partner_answers_is_marked_with_the_rows_that_tell_it(
        tmp_path: Path, engine: Engine, cited: dict[str, str], state: str) -> None:
    night = _with_997(engine, tmp_path)
    deliver(engine, tmp_path / "out")
    told = rows("partner_acknowledgments", {"statement_ordinal": 1, "level_code": "group", "status_code": "accepted", **cited},
                document="q-000001")
    answer = publication(night, "q", acknowledgments=0)
    publish(engine, tmp_path / "lake", replace(answer, tables={**answer.tables, "partner_acknowledgments": told}))
    assert states(engine) == [state]


def _with_997(engine: Engine, tmp_path: Path) -> Night:
    night = open_with_plan(engine, "p", "q")
    first = publication(night, "p", acknowledgments=1)
    publish(engine, tmp_path / "lake", replace(first, acknowledgments=tuple(replace(one, kind="997") for one in first.acknowledgments)))
    return night
