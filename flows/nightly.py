"""The night: collect, plan, read, check, map, expect, publish, reconcile, send, report. Prefect shows it; the ledger decides."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import date

from edi.errors import CrossfootError, DeviceError, LeaseLostError, RetryableError
from flows import attempts
from flows.clock import Clock, now
from flows.crossfoot import cross_foot, demand
from flows.holding import lease, renew
from flows.night import (
    Session,
    Validate,
    collect,
    depends_on_earlier,
    finish_earlier,
    finish_night,
    open_session,
    packet_is_published,
    plan,
    planned,
    publish_packet,
    read_packet,
    read_packet_apart,
    send,
    unfinished,
)
from flows.planning import PlannedPacket
from flows.reconciling import reconcile
from flows.report import write_report
from flows.runners import Pending, Runner
from flows.settings import Settings
from flows.summary import Summary, ThisRun, summarize
from flows.work import PacketWork
from storage.records import Lease, PublishResult


def run_night(settings: Settings, business_date: date, runner: Runner, *, holder: str, clock: Clock = now,
              judge: Validate | None = None) -> Summary:
    """Run a night from the drop folders to the list of breaks; run again, it finishes what is unfinished and loads nothing twice.

    Args:
        holder: who this run is, unlike any other.
        clock: what leases ask for the time; nothing else does.
        judge: what asks the expectations of a table, in place of Great Expectations; proofs that run thousands of nights have one.

    Raises:
        ConservationError: the night does not cross-foot.
        RetryableError: something passing stood in the way; what was decided stays decided.
    """
    session = _open_or_collect(settings, business_date, runner, judge)
    with lease(session, holder, clock) as held:
        if held is None:
            return summarize(session, ThisRun(busy=True))
        collected = runner.call("collect", collect, settings, business_date)
        runner.call("finish earlier", finish_earlier, session)
        for earlier in unfinished(session):
            _catch_up(earlier, runner, held, clock)
        published = _publish(session, runner, held, clock)
        sent = _reconcile_and_send(session, runner, held)
        run = published.told(landed=collected.landed, landed_before=collected.again, restless=collected.restless, sent=sent)
        summary = runner.call("summarize", summarize, session, run)
        runner.call("report", write_report, settings, summary)
        demand(summary.totals)
        finish_night(session, held)
    return summary


def _open_or_collect(settings: Settings, business_date: date, runner: Runner, judge: Validate | None) -> Session:
    """Open the night; with the database away, land what there is all the same, and say so."""
    try:
        return runner.call("open night", open_session, settings, business_date, judge)
    except RetryableError:
        runner.call("collect", collect, settings, business_date)
        raise


def _reconcile_and_send(session: Session, runner: Runner, held: Lease) -> list[str]:
    """Reconcile, then send; whatever becomes of reconciliation, partners get the acknowledgments that are decided."""
    try:
        runner.call("reconcile", reconcile, session, (), held)
    except (DeviceError, LeaseLostError):
        raise  # but not from a disk that failed, nor beside the run that has taken over
    except Exception:  # whatever it was goes on up, once the partners have what is theirs
        runner.call("send", send, session)
        raise
    return runner.call("send", send, session)


def _catch_up(earlier: Session, runner: Runner, held: Lease, clock: Clock) -> None:
    """Finish a night that a crash, or a database that was away, left unfinished; one that does not cross-foot stays open."""
    _publish(earlier, runner, held, clock)
    runner.call("reconcile", reconcile, earlier, (), held)
    if not cross_foot(earlier).problems:
        finish_night(earlier, held)


def _publish(session: Session, runner: Runner, held: Lease, clock: Clock) -> Published:
    """Publish what was planned before; only then plan what landed since, and publish that: what is not published is no memory."""
    published = Published()
    publish_all(session, planned(session), runner, held, published, clock)
    publish_all(session, runner.call("plan", plan, session, held, clock), runner, held, published, clock)
    return published


class Published:
    """What a run published, added up."""

    def __init__(self) -> None:
        self.now = 0
        self.before = 0
        self.rows: Counter[str] = Counter()
        self.expectations: Counter[str] = Counter()

    def add(self, result: PublishResult, work: PacketWork) -> None:
        """Count a packet."""
        self.now += result.published
        self.before += not result.published
        if result.published:
            self.rows.update(result.recount.rows)
            self.expectations.update(work.expectations)

    def told(self, *, landed: int, landed_before: int, restless: int, sent: Sequence[str]) -> ThisRun:
        """Return it with what else the run did."""
        return ThisRun(landed, landed_before, self.now, self.before, {name: count for name, count in sorted(self.rows.items()) if count},
                       self.expectations["evaluated"], self.expectations["failed"], tuple(sent), restless=restless)


def publish_all(session: Session, packets: Sequence[PlannedPacket], runner: Runner, held: Lease, published: Published,
                clock: Clock) -> None:
    """Read packets in parallel, publish them in the order of the plan, so that control numbers come out the same."""
    waiting = [packet for packet in packets if not packet_is_published(session, packet)]
    published.before = len(packets) - len(waiting) - published.now
    for packet, work in _read_ahead(session, waiting, runner, clock):
        renew(session, held, clock)
        published.add(runner.call(f"publish packet {packet.ordinal}", publish_packet, session, work, held), work)


def _read_ahead(session: Session, packets: Sequence[PlannedPacket], runner: Runner,
                clock: Clock) -> Iterator[tuple[PlannedPacket, PacketWork]]:
    """Yield packets with their work in plan order; at most one more than there are workers is held in memory."""
    ahead: deque[tuple[PlannedPacket, _Reading]] = deque()
    coming = iter(packets)
    while True:
        while len(ahead) <= session.settings.workers and (packet := next(coming, None)) is not None:
            ahead.append((packet, _Reading(session, packet, runner, clock)))
        if not ahead:
            return
        packet, reading = ahead.popleft()
        yield packet, reading.result()


class _Reading:
    """A packet that is being read: ahead of its turn if it may be; apart if an earlier attempt at it died, or this one does."""

    def __init__(self, session: Session, packet: PlannedPacket, runner: Runner, clock: Clock) -> None:
        self.session, self.packet, self.runner, self.clock = session, packet, runner, clock
        self.step = f"read {packet.packet_key}"
        self.apart = attempts.is_suspected(session.engine, session.night.night_id, self.step)
        self.number = 0
        self.pending: Pending[PacketWork] | None = None
        if not self.apart and not depends_on_earlier(packet):
            self._begin()
            self.pending = runner.submit(f"read packet {packet.ordinal}", read_packet, session, packet)

    def result(self) -> PacketWork:
        """Return the work, whatever some of its files do to their reader."""
        if not self.apart:
            try:
                work = self._read()
            except CrossfootError:
                raise
            except Exception as error:  # noqa: BLE001  # a file may do anything to its reader; which one, is found out apart
                self._end(f"failed: {type(error).__name__}")
            else:
                self._end(attempts.DONE)
                return work
        self._begin()
        work = self.runner.call(f"read packet {self.packet.ordinal} apart", read_packet_apart, self.session, self.packet)
        self._end(attempts.DONE)
        return work

    def _read(self) -> PacketWork:
        if self.pending:
            return self.pending.result()
        self._begin()
        return self.runner.call(f"read packet {self.packet.ordinal}", read_packet, self.session, self.packet)

    def _begin(self) -> None:
        self.number = attempts.begin(self.session.engine, self.session.night.night_id, self.step, self.clock)

    def _end(self, outcome: str) -> None:
        attempts.end(self.session.engine, self.session.night.night_id, self.number, outcome)
