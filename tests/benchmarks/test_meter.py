"""CPU is charged to the innermost step; the steps of bench-night are functions that there are."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from benchmarks.meter import Meter, Step, _owner
from benchmarks.night import PROMISE, STEPS, WORK


def burn(seconds: float) -> None:
    ends = time.process_time() + seconds
    while time.process_time() < ends:
        pass


def inner() -> None:
    burn(0.04)


def outer() -> None:
    burn(0.02)
    inner()


def several() -> Iterator[int]:
    for number in range(2):
        burn(0.02)
        yield number


def test_time_belongs_to_the_step_that_spends_it() -> None:
    meter = Meter()
    here = __name__
    with meter.measuring((Step("inner", f"{here}:inner"), Step("outer", f"{here}:outer"), Step("several", f"{here}:several"))):
        outer()
        for _ in several():
            inner()
    assert meter.ours == pytest.approx({"inner": 0.12, "outer": 0.02, "several": 0.04, "": 0.0}, abs=0.015)
    assert meter.calls == {"inner": 3, "outer": 1, "several": 1}


def test_the_steps_of_a_night_are_functions() -> None:
    assert all(callable(getattr(*_owner(step.function))) for step in STEPS)
    assert {step.name for step in STEPS} == {*WORK, *PROMISE}
