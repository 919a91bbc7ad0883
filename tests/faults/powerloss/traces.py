"""Records a run of our code: every call that changes files, every commit of the database, every promise, in their order.

The database is durable when its commit returns: SQLite writes and syncs for itself, as ``PRAGMA synchronous = FULL`` asks it to,
which is looked at after every commit. What it held then is kept, to go with what is left of the files.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from storage.landing import Landed
from tests.faults.powerloss.calls import DATABASE, Call, watched
from tests.faults.powerloss.disk import Disk, Event, Tree

FULL = 2  # PRAGMA synchronous


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database says at an instant about files: Parquet by path, and the outbox by partner/name."""

    parquet: tuple[tuple[str, str, str], ...] = ()  # path, hash, state
    outbox: tuple[tuple[str, str, str], ...] = ()
    database: bytes = field(default=b"", repr=False)  # all of it, as SQLite would have written it to a file


@dataclass(frozen=True, slots=True)
class Promises:
    """What we have said so far: files that landed, and what the database holds."""

    landed: tuple[Landed, ...] = ()
    facts: Facts = Facts()


@dataclass(slots=True)
class Trace:
    """A run: how the disk was before it, what it did, and how many events it had done when each promise came to hold."""

    start: Disk
    before: Promises = Promises()
    events: list[Event] = field(default_factory=list)
    promises: list[tuple[int, Promises]] = field(default_factory=list)

    def instants(self) -> Iterator[tuple[Disk, Promises]]:
        """Yield the disk and the promises that hold before the first event, and after each; the disk is one that goes on."""
        disk, said, coming = self.start.copy(), self.before, iter([*self.promises, (len(self.events) + 1, self.before)])
        at, following = next(coming)
        for done in range(len(self.events) + 1):
            if done:
                disk.apply(self.events[done - 1])
            yield disk, said
            while at == done:  # a promise is made after the call before it: the power may go between the two
                said = following
                at, following = next(coming)
                yield disk, said


Run = Callable[[Path, Callable[[Landed], None]], None]


def record(home: Path, run: Run, before: Promises = Promises(), disk: Disk | None = None) -> Trace:
    """Run something in a folder and record it. What the double saw must be what is there: nothing was written round it.

    Args:
        disk: what is not synced yet of what the folder holds; if left out, all is.
    """
    disk = disk.copy() if disk else Disk(read_tree(home))
    trace = Trace(disk.copy(), before)
    handles: dict[int, int] = {}

    def note(name: str, *arguments: object) -> Any:
        trace.events.append((name, arguments))
        return getattr(disk, name)(*arguments)

    def opened(call: Call, handle: int) -> None:
        node = disk.node(call.path)
        if node is None:
            node = note("create", call.path)
        elif call.flags & os.O_TRUNC:
            note("truncate", node)
        handles[handle] = node

    def after(call: Call, result: Any) -> None:
        if call.name == "open":
            opened(call, result)
        elif call.name == "write":
            note("write", handles[call.handle], call.data[:result])
        elif call.name == "fsync":
            node = handles[call.handle]
            note("sync_folder" if node in disk.now else "sync_file", node)
        elif call.name == "rename":
            note("rename", call.path, call.to)
        elif call.name in ("mkdir", "unlink"):
            note(call.name, call.path)

    said = before

    def promise(promises: Promises) -> None:
        nonlocal said
        said = promises
        trace.promises.append((len(trace.events), promises))

    with watched(home, after=after, synced=False), committing(lambda facts: promise(Promises(said.landed, facts))):
        run(home, lambda landed: promise(Promises((*said.landed, landed), said.facts)))
    assert disk.seen().files == read_tree(home).files, "files were written round the double: use os.open, os.write and os.replace"
    return trace


@contextmanager
def committing(tell: Callable[[Facts], None]) -> Iterator[None]:
    """Tell what the database holds after every commit that changed it."""
    really = DefaultDialect.do_commit
    last = b""

    def do_commit(dialect: DefaultDialect, connection: Any) -> None:
        nonlocal last
        really(dialect, connection)
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == FULL, "a commit that SQLite does not sync is no promise"
        content = connection.serialize()
        if content != last:
            last = content
            tell(Facts(_rows(connection, "path, hash, state from lake_files"),
                       _rows(connection, "partner_id || '/' || file_name, content_hash, state from outbox"), content))

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
    try:
        yield
    finally:
        DefaultDialect.do_commit = really  # type: ignore[method-assign]


def _rows(connection: sqlite3.Connection, query: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(connection.execute(f"select {query} order by 1").fetchall())


def read_tree(home: Path) -> Tree:
    """Return what really is below a folder, the database apart."""
    found = sorted(path for path in home.rglob("*") if not path.name.startswith(DATABASE))
    return Tree({path.relative_to(home).as_posix(): path.read_bytes() for path in found if path.is_file()},
                tuple(path.relative_to(home).as_posix() for path in found if path.is_dir()))


def write_tree(home: Path, tree: Tree, database: bytes) -> None:
    """Put what is left after a loss on a real disk."""
    home.mkdir()
    for folder in sorted(tree.folders):
        (home / folder).mkdir()
    for path, content in tree.files.items():
        (home / path).write_bytes(content)
    if database:
        (home / DATABASE).write_bytes(database)
