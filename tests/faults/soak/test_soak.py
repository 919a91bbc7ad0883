"""The short form of `make soak`: the first nights of the year, and when its schedule fires."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.clock import last_business_date
from tests.faults.soak.living import live
from tests.faults.soak.year import FIRST, SLOT, TWICE, ZONE, nights
from tests.flows.nights import World, world


@pytest.fixture
def berlin(tmp_path: Path) -> World:
    return world(tmp_path, time_zone=ZONE, slot=SLOT)


@pytest.mark.slow
def test_the_first_nights_of_the_year(tmp_path: Path) -> None:
    assert live(tmp_path, nights=10, seed=5, told=lambda _: None)["failures"] == []


def test_the_year_has_a_leap_day_and_a_night_whose_slot_comes_twice(berlin: World) -> None:
    year = {each.business_date: each for each in nights(berlin.settings, 365, seed=1)}
    assert FIRST in year and date(2028, 2, 29) in year
    assert len(year[TWICE].fires) == 2


def test_no_instant_of_the_hour_that_comes_twice_means_an_earlier_night(berlin: World) -> None:
    begun = berlin.settings.slot_at(TWICE)
    assert {last_business_date(berlin.settings, begun + timedelta(minutes=ten)) for ten in range(0, 180, 10)} == {TWICE}
