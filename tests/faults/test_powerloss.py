"""A power loss takes what was not synced; no promise that was made before it is broken. The long form is ``make powerloss``."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.faults.powerloss.campaign import MUTANTS, broken_by, campaign, first_night
from tests.faults.powerloss.disk import Disk, Tree
from tests.faults.powerloss.errnos import strike_every_call

NOTHING = Tree({}, ())


def outcomes(disk: Disk) -> set[tuple[tuple[str, bytes], ...]]:
    """What may be found after a loss."""
    return {tuple(sorted(disk.lose(Random(seed)).files.items())) for seed in range(200)}


def test_what_was_not_synced_is_there_or_not_in_any_combination() -> None:
    disk = Disk(NOTHING)
    for name in ("a", "b"):
        disk.sync_file(disk.create(name))
    assert outcomes(disk) == {(), (("a", b""),), (("b", b""),), (("a", b""), ("b", b""))}


def test_a_write_that_was_not_synced_may_be_torn_and_one_that_was_may_not() -> None:
    disk = Disk(NOTHING)
    node = disk.create("a")
    disk.write(node, b"xy")
    disk.sync_folder(0)
    assert outcomes(disk) == {(("a", left),) for left in (b"", b"x", b"xy", b"x\0", b"\0\0")}
    disk.sync_file(node)
    assert outcomes(disk) == {(("a", b"xy"),)}


def test_a_rename_leaves_one_name_or_the_other_and_is_sure_when_its_folder_was_synced() -> None:
    disk = Disk(Tree({"new": b"1", "old": b"0"}, ()))
    disk.rename("new", "old")
    assert outcomes(disk) == {(("new", b"1"), ("old", b"0")), (("old", b"1"),)}
    disk.sync_folder(0)
    assert outcomes(disk) == {(("old", b"1"),)}


def test_a_synced_folder_is_lost_with_the_name_that_its_parent_has_for_it() -> None:
    disk = Disk(NOTHING)
    disk.mkdir("f")
    disk.sync_file(disk.create("f/a"))
    disk.sync_folder(disk.node("f") or 0)
    assert outcomes(disk) == {(), (("f/a", b""),)}


@pytest.mark.slow
def test_no_promise_is_broken_by_a_power_loss(tmp_path: Path) -> None:
    figures = campaign(tmp_path, losses=2000, recoveries=5, seed=1)
    assert not figures.broken
    assert figures.recoveries == 5


@pytest.mark.slow
def test_the_double_finds_what_is_lost_without_an_fsync(tmp_path: Path) -> None:
    trace, _ = first_night(tmp_path)
    assert all(broken_by(mutant, trace, count=300) for mutant in MUTANTS.values())


@pytest.mark.slow
def test_a_call_that_fails_stops_the_run_and_the_next_one_ends_undisturbed(tmp_path: Path) -> None:
    strikes = strike_every_call(tmp_path, every=15)
    assert strikes.failures == []
    assert set(strikes.struck) == {"ENOSPC", "EIO", "EINTR", "short"}
