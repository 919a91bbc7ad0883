"""Attempts at steps that may kill the run: noted before they begin, so that one which never ended tells the next run what to suspect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Engine

from edi.errors import CrossfootError
from flows.clock import Clock
from storage import leases
from storage.database import reading, writing

DONE = "done"


def is_suspected(engine: Engine, night_id: str, step: str) -> bool:
    """Tell whether an earlier attempt at a step failed or never ended."""
    with reading(engine) as connection:
        return leases.has_failed(connection, night_id=night_id, step=step)


def begin(engine: Engine, night_id: str, step: str, clock: Clock) -> int:
    """Note that a step begins; return the attempt's number."""
    with writing(engine) as connection:
        return leases.begin_attempt(connection, night_id=night_id, step=step, started_at=clock())


def end(engine: Engine, night_id: str, attempt: int, outcome: str = DONE) -> None:
    """Note how an attempt ended."""
    with writing(engine) as connection:
        leases.end_attempt(connection, night_id=night_id, attempt=attempt, outcome=outcome)


@contextmanager
def attempted(engine: Engine, night_id: str, step: str, clock: Clock) -> Iterator[None]:
    """Note a step before it begins and after it ends. What is nobody's fault, such as a database that is away, ends nothing."""
    number = begin(engine, night_id, step, clock)
    try:
        yield
    except CrossfootError:
        raise
    except Exception as error:  # whatever ended the step is noted, and goes on up
        end(engine, night_id, number, f"failed: {type(error).__name__}")
        raise
    end(engine, night_id, number)
