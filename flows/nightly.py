"""The night: collect, plan, read, check, map, expect, publish, reconcile, send, report. Prefect shows it; the ledger decides."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import date

from flows.crossfoot import demand
from flows.night import (
    Session,
    collect,
    depends_on_earlier,
    finish_earlier,
    finish_night,
    lease,
    open_session,
    packet_is_published,
    plan,
    publish_packet,
    read_packet,
    send,
)
from flows.planning import PlannedPacket
from flows.reconciling import reconcile
from flows.runners import Pending, Runner
from flows.settings import Settings
from flows.summary import Summary, ThisRun, summarize
from flows.work import PacketWork
from storage.records import Lease, PublishResult


def run_night(settings: Settings, business_date: date, runner: Runner, *, holder: str) -> Summary:
    """Run a night from the drop folders to the list of breaks; run again, it finishes what is unfinished and loads nothing twice.

    Raises:
        ConservationError: the night does not cross-foot.
        RetryableError: something passing stood in the way; what was decided stays decided.
    """
    collected = runner.call("collect", collect, settings, business_date)
    session = runner.call("open night", open_session, settings, business_date)
    with lease(session, holder) as held:
        if held is None:
            return summarize(session, ThisRun(landed=collected.landed, landed_before=collected.again, busy=True))
        runner.call("finish earlier", finish_earlier, session)
        packets = runner.call("plan", plan, session)
        published = publish_all(session, packets, runner, held)
        runner.call("reconcile", reconcile, session)
    sent = runner.call("send", send, session)
    run = published.told(landed=collected.landed, landed_before=collected.again, sent=sent)
    summary = runner.call("summarize", summarize, session, run)
    demand(summary.totals)
    finish_night(session)
    return summary


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

    def told(self, *, landed: int, landed_before: int, sent: Sequence[str]) -> ThisRun:
        """Return it with what else the run did."""
        return ThisRun(landed, landed_before, self.now, self.before, {name: count for name, count in sorted(self.rows.items()) if count},
                       self.expectations["evaluated"], self.expectations["failed"], tuple(sent))


def publish_all(session: Session, packets: Sequence[PlannedPacket], runner: Runner, held: Lease) -> Published:
    """Read packets in parallel, publish them in the order of the plan, so that control numbers come out the same."""
    published = Published()
    published.before = sum(packet_is_published(session, packet) for packet in packets)
    waiting = [packet for packet in packets if not packet_is_published(session, packet)]
    for packet, work in _read_ahead(session, waiting, runner):
        published.add(runner.call(f"publish packet {packet.ordinal}", publish_packet, session, work, held), work)
    return published


def _read_ahead(session: Session, packets: Sequence[PlannedPacket], runner: Runner) -> Iterator[tuple[PlannedPacket, PacketWork]]:
    """Yield packets with their work in plan order; at most one more than there are workers is held in memory."""
    ahead: deque[tuple[PlannedPacket, Pending[PacketWork] | None]] = deque()
    coming = iter(packets)
    while True:
        while len(ahead) <= session.settings.workers and (packet := next(coming, None)) is not None:
            started = None if depends_on_earlier(packet) else runner.submit(f"read packet {packet.ordinal}", read_packet, session, packet)
            ahead.append((packet, started))
        if not ahead:
            return
        packet, pending = ahead.popleft()
        yield packet, pending.result() if pending else runner.call(f"read packet {packet.ordinal}", read_packet, session, packet)
