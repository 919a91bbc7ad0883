"""A night that is killed ends, run again, as if it had not been: the short form of ``make kill``, a hit of each kind and one chain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.kill.aside import aside
from tests.faults.kill.campaign import Undisturbed, one_chain, one_hit, undisturbed
from tests.faults.killing import survives

pytestmark = pytest.mark.slow

HITS = {  # failpoint -> which of its hits, from 1
    "landing.copied": 2, "disposal.moved": 1, "files.created": 1, "database.before_commit": 4, "publish.before_commit": 1,
    "publish.commit_answer": 1, "lake.revealed": 3, "publish.listed": 1, "outbox.written": 1,
}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    with aside():
        yield undisturbed(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize("point", HITS)
def test_killed_at_a_point(point: str, before: Undisturbed, tmp_path: Path) -> None:
    hits = [at for at, passed in enumerate(before.points, 1) if passed == point]
    figures = one_hit(before, tmp_path / "home", hits[HITS[point] - 1])
    assert figures.failures == []
    assert figures.kills == 1


def test_recoveries_are_killed_too(before: Undisturbed, tmp_path: Path) -> None:
    figures = one_chain(before, tmp_path / "home", "1.5")
    assert figures.failures == []
    assert figures.deepest > 1


def test_a_night_passes_enough_hits_for_the_long_form(before: Undisturbed) -> None:
    assert len(before.points) >= 250


def test_a_child_that_fails_by_itself_is_no_kill() -> None:
    with pytest.raises(AssertionError, match="failed by itself"):
        survives(lambda: 1 / 0, {})
