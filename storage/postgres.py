"""PostgreSQL that falls silent: how long we wait for an answer, and how long the server keeps what a vanished client of ours holds.

A firewall that forgets a connection or a machine that freezes sends no error. Without limits of our own a night would wait for
hours, and its locks would stop the next one for as long.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from edi.errors import ConfigurationError

ANSWER_WITHIN = 300  # seconds for one statement, where the URL has no answer_within
CONNECT_WITHIN = 10  # seconds, where the URL has no connect_timeout

_LOOK = 0.1  # seconds between looks at a connection that says nothing
_GRACE = 1  # seconds that the server's own limit gets to be told before ours strikes
_KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


class NoAnswer(psycopg.OperationalError):
    """The server has said nothing for too long; whether it did what it was asked is not known."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection that waits for each answer so long and no longer, then closes itself, since nothing on it can be trusted."""

    patience: float = ANSWER_WITHIN + _GRACE  # seconds

    def wait(self, gen: Generator[Any, Any, Any], interval: float = _LOOK, timeout: float | None = None) -> Any:
        """Wait for the answer to whatever was asked last."""
        return super().wait(self._heard(gen), interval=_LOOK)

    def _heard(self, answer: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Hand an answer on as it comes in; psycopg looks every ``_LOOK`` seconds, and tells when there was nothing."""
        silent, ready = 0.0, None
        while True:
            try:
                wanted = answer.send(ready)
            except StopIteration as end:
                return end.value
            ready = yield wanted
            silent = 0.0 if ready else silent + _LOOK
            if silent > self.patience:
                self.pgconn.finish()
                raise NoAnswer("no answer in time")


def make_engine(url: sa.URL) -> Engine:
    """Return an engine for a PostgreSQL URL. Its ``answer_within`` (whole seconds) limits every statement, at both ends.

    Raises:
        ConfigurationError: ``answer_within`` is no whole number from 1 on.
    """
    stated = str(url.query.get("answer_within", ANSWER_WITHIN))
    if not stated.isdecimal() or not int(stated):
        raise ConfigurationError("answer_within in the database's URL is no whole number of seconds from 1 on; write one, such as "
                                 f"answer_within={ANSWER_WITHIN}")
    seconds = int(stated)
    limits = " ".join(f"-c {name}={seconds}s" for name in ("statement_timeout", "idle_in_transaction_session_timeout"))
    keep = " ".join(f"-c tcp_{name}={value}" for name, value in _KEEPALIVES.items())
    asked = url.difference_update_query(["answer_within", "options"]).set(drivername="postgresql+psycopg")
    given = str(url.query.get("options", ""))
    arguments = {"connect_timeout": CONNECT_WITHIN, "tcp_user_timeout": seconds * 1000, **_KEEPALIVES}
    engine = sa.create_engine(
        asked, hide_parameters=True, poolclass=NullPool,
        connect_args={**{name: value for name, value in arguments.items() if name not in url.query},
                      "options": f"{limits} {keep} {given}".strip()})

    def connect(_dialect: Any, _record: Any, positional: Any, named: Any) -> PatientConnection:
        made = PatientConnection.connect(*positional, **named)
        made.patience = seconds + _GRACE
        return made

    sa.event.listen(engine, "do_connect", connect)
    return engine
