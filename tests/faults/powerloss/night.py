"""A night at the level of storage, and its own rerun: collect, recover, publish three packets, send. Small, so that it can be run often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from storage.audit import verify
from storage.database import open_database, reading
from storage.landing import Landed, arrivals, collecting, land_all, read_landed
from storage.outbox import deliver
from storage.publish import publish, recover
from storage.relational import dump
from storage.sources import dispose, list_stable
from tests.faults.powerloss.calls import DATABASE
from tests.storage.examples import open_with_plan, publication

DAY = date(2026, 3, 2)
AT_ONCE = 4  # files landed together
PACKETS = ("packet-a", "packet-b", "packet-c")
DROPPED = {f"{name}.edi": (f"{name}*".encode() * size) for name, size in (("a", 3), ("b", 700), ("c", 40), ("d", 1500), ("e", 1))}
DROPPED["f.edi"] = DROPPED["a.edi"]  # the same content under another name

State = tuple[str, list[tuple[int, str, bytes]], dict[str, bytes]]


def drop(home: Path, names: tuple[str, ...] = tuple(DROPPED)) -> None:
    """Put the files of the night into the drop folder, as they were before anything of ours ran."""
    (home / "drop").mkdir(parents=True)
    for name in names:
        (home / "drop" / name).write_bytes(DROPPED[name])


def run(home: Path, landed: Callable[[Landed], None] = lambda _: None, packets: tuple[str, ...] = PACKETS) -> None:
    """Run the night, or what is left of it.

    Args:
        landed: told of each file when it is promised to be safe.
    """
    with collecting(home / "landing", DAY) as among:
        paths = list_stable(home / "drop", rule="rename")
        for some in (paths[:AT_ONCE], paths[AT_ONCE:]):
            for each in land_all(some, source="acme", among=among):
                assert each is not None, "nobody changes it"
                landed(each)
            dispose(some, how="move", moved_to=home / "collected")
    engine = open_database(f"sqlite:///{home / DATABASE}")
    recover(engine, home / "lake")
    night = open_with_plan(engine, *packets)
    for key in packets:
        publish(engine, home / "lake", publication(night, key))
    deliver(engine, home / "out")


def state(home: Path) -> State:
    """Return all that a night leaves: the database as text, what arrived with its bytes, and the files that others read."""
    with reading(open_database(f"sqlite:///{home / DATABASE}")) as connection:
        text = dump(connection)
        assert verify(connection).broken_at is None
    came = [(each.arrival, each.name, read_landed(home / "landing", each.hash)) for each in arrivals(home / "landing", DAY)]
    return text, came, {
        path.relative_to(home).as_posix(): path.read_bytes() for part in ("lake", "out", "collected", "drop")
        for path in sorted((home / part).rglob("*")) if path.is_file() and not path.name.startswith(".")}
