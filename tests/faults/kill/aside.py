"""What is set aside so that hundreds of nights can be run: work that writes nothing, and takes most of a small night's time.

What DuckDB answers for a rule over one state of the lake is remembered; statements are compiled, and data/ is read, once for all nights
of a process and its forks; SQLite's connections are kept, but for runs that are killed; what is imported is never looked at as garbage.
(Great Expectations is set aside by the judge that a night is handed.) The night, its transactions and files are the same ones otherwise.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool, Pool, QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from flows import night, reconciling
from flows.definitions import Definitions
from flows.settings import Settings
from storage import postgres
from storage.canonical import content_hash


@contextmanager
def aside() -> Iterator[None]:
    """Set all of it aside for the time of a block."""
    with rules_remembered(), statements_remembered(), connections_kept(), definitions_remembered(), imports_frozen():
        yield


@contextmanager
def imports_frozen() -> Iterator[None]:
    """Let the garbage collector pass over what is imported: it is no garbage, and a forked process copies each page that is looked at."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def definitions_remembered() -> Iterator[None]:
    """Read data/ once: nobody changes it while nights run."""
    known: dict[tuple[Any, ...], Definitions] = {}
    load = night.load_definitions

    def remembered(settings: Settings) -> Definitions:
        key = (settings.data, settings.environment, settings.limits)
        if key not in known:
            known[key] = load(settings)
        return known[key]

    with patch.object(night, "load_definitions", remembered):
        yield


@contextmanager
def statements_remembered() -> Iterator[None]:
    """Give every SQLite database that is opened the same engine, with the statements that it has compiled.

    It connects to the database that was opened last: one after the other, never two at once.
    """
    make, engines, opened = sa.create_engine, [], [""]

    def remembered(url: sa.URL, **options: Any) -> Engine:
        opened[0] = str(url.database)
        if not engines:
            engines.append(make(url, **options))
            sa.event.listen(engines[0], "do_connect", connect)
        return engines[0]

    def connect(_dialect: Any, _record: Any, arguments: list[Any], _options: Any) -> None:
        arguments[0] = opened[0]

    with patch.object(sa, "create_engine", remembered), definitions_of(CreateTable), definitions_of(CreateIndex):
        yield


@contextmanager
def definitions_of(kind: type[DDLElement]) -> Iterator[None]:
    """Compile the statement that makes a table or an index once, of whichever database."""
    compiled: dict[tuple[int, str], Any] = {}
    compile_it = kind.compile

    def remembered(statement: Any, bind: Any = None, dialect: Any = None, **options: Any) -> Any:
        key = (id(dialect), str(statement.element.name))
        if key not in compiled:
            compiled[key] = compile_it(statement, bind, dialect, **options)
        return compiled[key]

    with patch.object(kind, "compile", remembered):
        yield


@contextmanager
def statements_shared() -> Iterator[None]:
    """Let every engine of PostgreSQL use the statements that any of them has compiled, each with connections of its own."""
    make, first = postgres.make_engine, []

    def sharing(url: sa.URL) -> Engine:
        engine = make(url)
        first[:] = first or [engine]
        engine.dialect, engine._compiled_cache = first[0].dialect, first[0]._compiled_cache  # what is compiled belongs to a dialect
        return engine

    with patch.object(postgres, "make_engine", sharing):
        yield


@contextmanager
def connections_kept() -> Iterator[None]:
    """Keep the connections of the engine that ``statements_remembered`` gives, until another database is opened; a night opens a hundred.

    A process that is forked, to be killed or to read apart, gets none of them and keeps none: it opens and closes each, as any night does.
    """
    make, kept, opened = sa.create_engine, ExitStack(), [""]
    engines: list[Engine] = []

    def keeping(url: sa.URL, **options: Any) -> Engine:
        engine = make(url, **options)
        if not engines:
            engines.append(engine)
            engine.pool = _as(QueuePool, engine.pool)
            os.register_at_fork(before=forget, after_in_child=keep_none)
        if opened[0] != str(url.database):
            opened[0] = str(url.database)
            forget()
        return engine

    def forget() -> None:
        for engine in engines:
            engine.pool.dispose()

    def keep_none() -> None:
        for engine in engines:
            engine.pool = _as(NullPool, engine.pool)

    kept.callback(engines.clear)  # what is called at a fork stays so for ever
    kept.callback(forget)
    with kept, patch.object(sa, "create_engine", keeping):
        yield


def _as(kind: type[Pool], pool: Pool) -> Pool:
    """Return a pool of another kind that makes the same connections, and tells the same listeners."""
    return kind(pool._creator, dialect=pool._dialect, _dispatch=pool.dispatch)  # as Pool.recreate does


@contextmanager
def rules_remembered() -> Iterator[None]:
    """Ask DuckDB once for each rule and state of the lake, and remember what it answered: nothing else enters a rule."""
    answers: dict[tuple[str, str], Any] = {}
    real = {name: getattr(reconciling, name) for name in ("open_lake", "prepare", "_run")}

    class Lake:
        """A lake that is opened when a rule asks something new."""

        def __init__(self, session: night.Session) -> None:
            manifest = session.settings.lake / "manifest.json"
            self.session, self.state = session, content_hash(manifest.read_bytes()) if manifest.exists() else ""
            self.opened, self.prepared = ExitStack(), {}

        def __enter__(self) -> Lake:
            return self

        def __exit__(self, *_: object) -> None:
            self.opened.close()

        def answer(self, rule: Any) -> Any:
            key = (rule.rule_id, self.state)
            if key not in answers:
                lake = self.opened.enter_context(real["open_lake"](self.session))
                real["prepare"](lake, **self.prepared)
                answers[key] = real["_run"](lake, rule)
            return answers[key]

    with (patch.object(reconciling, "open_lake", Lake), patch.object(reconciling, "_run", Lake.answer),
          patch.object(reconciling, "prepare", lambda lake, **given: lake.prepared.update(given))):
        yield
