"""Kill a whole night at every failpoint it passes, then run it again: the end state is that of an undisturbed night, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.failpoints import NAMES, kill
from tests.faults.killing import survives
from tests.flows.nights import DAYS, FIRST, World, world

pytestmark = pytest.mark.slow

POINTS = sorted(NAMES)


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """A few files of the first night: an order with its ERP export, and something to acknowledge."""
    every = sorted(path for path in DAYS[FIRST].rglob("*") if path.is_file())
    return [path for path in every if path.parent.name == "edi"][:2] + [path for path in every if "orders" in path.name][:1]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, files: list[Path]) -> tuple[str, dict[str, bytes]]:
    """The state after an undisturbed night. Expectations are warm afterwards, so that forks need not import them."""
    made = night(tmp_path_factory.mktemp("undisturbed"), files)
    made.run()
    return made.state()


def night(home: Path, files: list[Path]) -> World:
    made = world(home, workers=1)
    made.drop(files)
    return made


@pytest.mark.parametrize("point", POINTS)
def test_a_night_killed_at_a_failpoint_ends_as_if_it_had_not_been(
    point: str, tmp_path: Path, files: list[Path], undisturbed: tuple[str, dict[str, bytes]],
) -> None:
    made = night(tmp_path, files)
    killed = not survives(made.run, {point: kill()})
    assert killed or not point.startswith(("publish.", "lake.", "landing.", "outbox."))  # a night passes all of these
    made.run()
    made.run()
    assert made.state() == undisturbed
