"""Nights for tests: a small world in a folder of its own, run without Prefect, and its end state as digests."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.clock import holder as own_name
from flows.looking import existing_session
from flows.nightly import run_night
from flows.runners import PlainRunner
from flows.sample import sample_days, sample_settings
from flows.settings import Settings
from flows.summary import Summary
from storage.database import open_database, reading
from storage.lake import TOGETHER, read_lake
from storage.relational import all_tables, dump, table_digest
from storage.tables import CUT_TABLES, OPERATIONAL_TABLES
from transforms.model import TABLES

DATA = Path(__file__).parents[2] / "data"
DAYS = sample_days(DATA / "sample") if (DATA / "sample").is_dir() else {}
FIRST = next(iter(DAYS), date(2026, 3, 2))


@dataclass(frozen=True)
class World:
    """A home folder with settings; drops are filled by hand."""

    settings: Settings

    def drop(self, paths: Iterable[Path], *, shuffled: int | None = None) -> None:
        """Put copies of the sample's files into the drop folder of their source, in an order that a seed shuffles."""
        ordered = sorted(paths)
        if shuffled is not None:
            random.Random(shuffled).shuffle(ordered)
        for path in ordered:
            folder = self.settings.home / "drop" / path.parent.name
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / path.name)

    def run(self, business_date: date = FIRST, *, holder: str = "") -> Summary:
        """Run a night without Prefect."""
        for drop in self.settings.drops:
            drop.folder.mkdir(parents=True, exist_ok=True)
        return run_night(self.settings, business_date, PlainRunner(self.settings.workers), holder=holder or own_name())

    def digests(self) -> dict[str, str]:
        """Return a digest of the sorted rows of every table that does not tell of runs or of how work was cut."""
        engine = open_database(self.settings.database_url)
        with reading(engine) as connection:
            return {name: table_digest(connection, name) for name in all_tables() if name not in OPERATIONAL_TABLES | CUT_TABLES}

    def lake_digests(self) -> dict[str, str]:
        """Return the digests of the canonical tables as Parquet has them."""
        return {name: table_digest(read_lake(self.settings.lake, name), name) for name in TABLES}

    def state(self) -> tuple[str, dict[str, bytes]]:
        """Return everything that must be byte-identical: the dump of the database, Parquet with its manifest, and what was sent."""
        with reading(open_database(self.settings.database_url)) as connection:
            return dump(connection), visible(self.settings)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with reading(open_database(self.settings.database_url)) as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql))]


def visible(settings: Settings) -> dict[str, bytes]:
    """Return the files that others see: Parquet with its manifest, and what was sent.

    Copies of what the lake has are left out: which ones there are depends on when the rules were run last.
    """
    return {str(path.relative_to(settings.home)): path.read_bytes()
            for folder in (settings.lake, settings.outbox) if folder.exists()
            for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".lock") and TOGETHER not in path.parts}


def world(home: Path, *, database: str = "", data: Path = DATA, **overrides: object) -> World:
    """Make a world whose drops are those of the sample."""
    return World(sample_settings(data, home, database=database, **overrides))


def session_of(made: World, business_date: date = FIRST) -> Any:
    """Open a night that was run."""
    return existing_session(made.settings, business_date)
