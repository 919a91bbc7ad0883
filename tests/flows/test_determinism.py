"""Shuffled arrival, packets of one file and of all, one worker and two, SQLite and PostgreSQL: the same rows, sent bytes and breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.nights import DAYS, FIRST, world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """The first night's files."""
    return sorted(path for path in DAYS[FIRST].rglob("*") if path.is_file())


def run_plainly(home: Path, files: list[Path]) -> dict[str, str]:
    """Return the digests of a night with these files that nothing disturbs."""
    made = world(home)
    made.drop(files)
    made.run()
    return made.digests()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, files: list[Path]) -> dict[str, str]:
    return run_plainly(tmp_path_factory.mktemp("plain"), files)


def test_shuffled_arrival_changes_nothing(tmp_path: Path, files: list[Path], undisturbed: dict[str, str]) -> None:
    made = world(tmp_path)
    for number, path in enumerate(reversed(files)):  # each lands before the next is dropped: another order of arrival
        made.drop([path])
        if number % 10 == 9 or path == files[0]:
            from flows.night import collect

            collect(made.settings.model_copy(update={"drops": tuple(drop for drop in made.settings.drops if drop.folder.exists())}), FIRST)
    made.run()
    assert made.digests() == undisturbed


@pytest.fixture(scope="module")
def few(files: list[Path]) -> list[Path]:
    """Every fourth file: a packet of its own for each takes a second."""
    return files[::4]


@pytest.fixture(scope="module")
def few_undisturbed(tmp_path_factory: pytest.TempPathFactory, few: list[Path]) -> dict[str, str]:
    return run_plainly(tmp_path_factory.mktemp("few"), few)


@pytest.mark.parametrize("workers", [1, 2])
def test_packets_of_one_file_change_nothing(tmp_path: Path, few: list[Path], few_undisturbed: dict[str, str], workers: int) -> None:
    made = world(tmp_path, packet_files=1, workers=workers)
    made.drop(few, shuffled=workers)
    made.run()
    assert made.digests() == few_undisturbed


def test_one_worker_changes_nothing(tmp_path: Path, files: list[Path], undisturbed: dict[str, str]) -> None:
    made = world(tmp_path, workers=1)
    made.drop(files)
    made.run()
    assert made.digests() == undisturbed


def test_postgresql_gives_the_same_tables(tmp_path: Path, files: list[Path], undisturbed: dict[str, str], postgres_url: str) -> None:
    made = world(tmp_path, database=postgres_url)
    made.drop(files)
    made.run()
    assert made.digests() == undisturbed
