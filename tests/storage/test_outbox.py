"""The outbox by example: the same name means the same bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edi.errors import IntegrityError
from storage.database import open_database, reading
from storage.outbox import deliver, load_outbox
from storage.publish import publish
from storage.records import Reoffer
from tests.storage.examples import open_with_plan, publication


def test_what_waits_under_the_same_name_with_other_content_is_never_overwritten(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'crossfoot.db'}")
    publish(engine, tmp_path / "lake", publication(open_with_plan(engine, "p"), "p"))
    (tmp_path / "out" / "acme").mkdir(parents=True)
    waiting = tmp_path / "out" / "acme" / "997-000000001.edi"
    waiting.write_bytes(b"another acknowledgment")
    with pytest.raises(IntegrityError, match="with other content"):
        deliver(engine, tmp_path / "out")
    assert waiting.read_bytes() == b"another acknowledgment"


def test_groups_of_two_versions_get_two_997s_and_a_resend_gets_both_again(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'crossfoot.db'}")
    night = open_with_plan(engine, "p", "q")
    first = publication(night, "p")
    orders = tuple(replace(order, kind="997") for order in first.acknowledgments)

    publish(engine, tmp_path / "lake", replace(first, acknowledgments=orders))
    publish(engine, tmp_path / "lake", replace(
        publication(night, "q"), acknowledgments=(), reoffers=(Reoffer("interchange-p", "again"),)))

    with reading(engine) as connection:
        items = load_outbox(connection)
    assert [(item["kind"], item["control_number"]) for item in items] == [("997", 1), ("997", 2)] * 2
    assert len({item["item_id"] for item in items}) == 4


def test_an_interchange_that_is_read_again_is_offered_its_first_answer(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'crossfoot.db'}")
    night = open_with_plan(engine, "p", "released")
    first = publication(night, "p", acknowledgments=1)
    publish(engine, tmp_path / "lake", first)
    publish(engine, tmp_path / "lake", replace(first, packet_key="released", tables={}, decisions=(), interchanges=()))
    with reading(engine) as connection:
        assert [(item["file_name"], item["control_number"]) for item in load_outbox(connection)] == [("997-000000001.edi", 1)] * 2


def test_a_resend_that_comes_in_two_packets_is_answered_once(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'crossfoot.db'}")
    night = open_with_plan(engine, "p", "q", "r")
    publish(engine, tmp_path / "lake", publication(night, "p", acknowledgments=1))
    for packet in ("q", "r"):
        publish(engine, tmp_path / "lake", replace(
            publication(night, packet), tables={}, decisions=(), acknowledgments=(), reoffers=(Reoffer("interchange-p", "again"),)))
    with reading(engine) as connection:
        assert [item["packet_key"] for item in load_outbox(connection)] == ["p", "q"]
