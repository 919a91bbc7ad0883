"""A disk that is full for real: the run stops and says what to free, nothing is decided by halves, and with space it ends as usual."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edi.errors import CrossfootError, RetryableError
from tests.faults.powerloss import night

pytestmark = pytest.mark.slow

KB = 1024


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> night.State:
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    night.drop(home)
    night.run(home)
    return night.state(home)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mount a disk of so many KB, or make the one that is mounted so large."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def sized(kilobytes: int) -> Path:
        again = ["-o", f"remount,size={kilobytes}k"] if disk.is_mount() else ["-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs"]
        done = subprocess.run(["mount", *again, str(disk)], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"no disk may be mounted here: {done.stderr.strip()}")
        return disk / "home"

    yield sized
    if disk.is_mount():
        subprocess.run(["umount", str(disk)], check=True)


def stopped_with(work: Callable[[], object]) -> CrossfootError | None:
    try:
        work()
    except CrossfootError as error:
        return error
    return None


@pytest.mark.parametrize("kilobytes", [40, 60, 100, 300, 420, 520, 620, 700])
def test_a_full_disk_stops_the_run_and_with_space_again_it_ends_as_usual(
    kilobytes: int, small_disk: Callable[[int], Path], undisturbed: night.State,
) -> None:
    home = small_disk(8192)
    night.drop(home)
    home = small_disk(kilobytes)
    error = stopped_with(lambda: night.run(home))
    if error is not None:
        assert isinstance(error, RetryableError)
        assert "free some space" in str(error)
        assert str(home) in str(error) or "the database's disk" in str(error)
    small_disk(8192)
    night.run(home)
    assert night.state(home) == undisturbed


def test_some_of_these_disks_are_too_small_and_the_largest_is_not(small_disk: Callable[[int], Path]) -> None:
    home = small_disk(8192)
    night.drop(home)
    assert stopped_with(lambda: night.run(small_disk(300)))
    small_disk(8192)
    assert stopped_with(lambda: night.run(home)) is None


@pytest.mark.parametrize("limit", [1 * KB, 3 * KB, 64 * KB])
def test_a_limit_on_the_size_of_files_stops_the_run_and_without_it_the_night_ends_as_usual(
    limit: int, tmp_path: Path, undisturbed: night.State,
) -> None:
    home = tmp_path / "home"
    night.drop(home)
    told = in_child(limit, lambda: night.run(home))
    assert ("raise the limit" if limit == KB else "has space") in told  # the database meets the larger ones, and knows no more
    night.run(home)
    assert night.state(home) == undisturbed


def in_child(limit: int, work: Callable[[], object]) -> str:
    """Run work in a child that may not write larger files; return the error it stopped with, in words."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        error = stopped_with(work)
        os.write(writing, f"{type(error).__name__}: {error}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told
