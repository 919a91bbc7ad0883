"""The right to publish, held while a run works: one run of a deployment at a time, and a thread that says it is still there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from edi.errors import CrossfootError, DeviceError
from flows.apart import undivided
from flows.clock import Clock, is_gone, now
from flows.night import Session
from storage import leases
from storage.database import writing
from storage.records import Lease


@contextmanager
def lease(session: Session, holder: str, clock: Clock = now) -> Iterator[Lease | None]:
    """Hold the right to publish while the block runs; None where another run holds it, which is then left to do the work.

    A holder that died on this machine is known to be gone; one that is stopped, or on another machine, once its lease has run out.
    """
    name = f"publish-{session.settings.deployment}"
    with writing(session.engine) as connection:
        other = leases.holder_of(connection, name)
        held = leases.acquire(connection, name, holder=holder, now=clock(), seconds=session.settings.lease_seconds,
                              gone=other if is_gone(other) else "")
    if held is None:
        yield None
        return
    try:
        with _alive(session, held, clock):
            yield held
    except DeviceError:
        raise  # nothing more is written: the process ends, and a holder that is gone holds nothing
    except BaseException:
        _release(session, held)
        raise
    _release(session, held)


def renew(session: Session, held: Lease, clock: Clock = now) -> None:
    """Go on holding the right to publish.

    Raises:
        LeaseLostError: another run has taken over; that is audited.
    """
    with leases.audited(session.engine, held, night_id=session.night.night_id, subject="renewal"), writing(session.engine) as connection:
        leases.renew(connection, held, now=clock(), seconds=session.settings.lease_seconds)


def _release(session: Session, held: Lease) -> None:
    with writing(session.engine) as connection:
        leases.release(connection, held)


@contextmanager
def _alive(session: Session, held: Lease, clock: Clock) -> Iterator[None]:
    """Renew the lease beside the work, which may take longer than a lease; a process that is stopped renews nothing."""
    ended = Event()

    def beat() -> None:
        while not ended.wait(session.settings.lease_seconds / 3):
            try:
                with undivided(), writing(session.engine) as connection:
                    leases.renew(connection, held, now=clock(), seconds=session.settings.lease_seconds)
            except CrossfootError:
                continue  # the work meets the same at its next write, and says so

    thread = Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
