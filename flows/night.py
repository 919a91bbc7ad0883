"""The steps of a night as plain functions, in the order of DESIGN.md. Prefect calls them; so do tests, without Prefect."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
from sqlalchemy.engine import Engine

from expectations.run import Outcome, validate
from flows import poison
from flows.apart import bounded, sift, undivided
from flows.clock import Clock, now
from flows.definitions import Definitions, load_definitions
from flows.incomplete import Carried, Waiting
from flows.outcomes import OK, of_expectations
from flows.packet_exports import Before, not_compared, read_exports
from flows.packets import read_edi, unknown_file
from flows.planning import PlannedFile, PlannedPacket, make_plan, packet_from_json
from flows.publishing import publication_of
from flows.remembering import held, memory, taken_up
from flows.restarts import with_restarts
from flows.settings import Drop, Settings
from flows.work import NightContext, PacketWork
from storage import ledger
from storage.arrived import settled_places
from storage.database import open_database, reading, writing
from storage.documents import latest_versions, loaded_rows
from storage.exports import gone_documents
from storage.landing import (
    Arrivals,
    Landed,
    arrivals,
    collecting,
    land,
    land_all,
    landed_dates,
    landed_size,
    last_note,
    next_arrival,
    read_landed,
)
from storage.leases import fenced
from storage.leftovers import sweep as sweep_leftovers
from storage.outbox import deliver
from storage.publish import publish, recover
from storage.records import Arrival, Lease, Night, Plan, PublishResult
from storage.records import PlannedPacket as LedgerPacket
from storage.sources import dispose, list_stable, look
from storage.together import sweep as sweep_copies
from storage.versions import next_versions
from storage.waiting import waited_for
from transforms.exports import KnownDocument
from transforms.model import TABLES

STABLE_LOOK_SECONDS = 2.0
LANDED_AT_ONCE = 1000  # files whose folders are synced together

Validate = Callable[[str, pa.Table], Outcome]  # asks what is expected of a canonical table's rows


@dataclass(frozen=True, slots=True)
class Session:
    """An open night: settings, definitions, database and the night itself."""

    settings: Settings
    definitions: Definitions
    engine: Engine
    night: Night
    context: NightContext
    judge: Validate | None = None  # Great Expectations where None

    def load(self, file_hash: str) -> bytes:
        """Return the bytes of a landed file."""
        return read_landed(self.settings.landing, file_hash)


@dataclass(frozen=True, slots=True)
class Collected:
    """What collecting found: files newly landed, and files that this night had landed already under the same name."""

    landed: int
    again: int
    restless: int = 0  # files that could not be taken now: they are left where they are, for the next look


def open_session(settings: Settings, business_date: date, judge: Validate | None = None) -> Session:
    """Open the night of a business date; the first time it gets the next place in the sequence of nights."""
    engine = open_database(settings.database_url)
    definitions = with_restarts(load_definitions(settings), engine)
    slot = settings.slot_at(business_date)
    with writing(engine) as connection:
        night = ledger.open_night(connection, deployment=settings.deployment, business_date=business_date,
                                  slot_at=slot.strftime("%Y-%m-%dT%H:%M:%SZ"), settings_hash=definitions.settings_hash)
    at = datetime.strptime(night.slot_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    context = NightContext(night.night_id, night.sequence, business_date, at, settings.environment, definitions)
    return Session(settings, definitions, engine, night, context, judge)


def unfinished(session: Session) -> list[Session]:
    """Return the earlier nights of the deployment that have something left to do, in order, also where only the last steps are missing."""
    return [open_session(session.settings, each, session.judge) for each in _open_dates(session) if each < session.night.business_date]


def _open_dates(session: Session) -> list[date]:
    """Return the business dates whose night is not closed, or was closed before something landed that is in no plan yet.

    A run that is started once more may be killed, or be without its database, when it has landed and before it has planned.
    """
    landing, deployment = session.settings.landing, session.settings.deployment
    with reading(session.engine) as connection:
        states = {night.business_date: night.state for night in ledger.load_nights(connection) if night.deployment == deployment}
        planned_last = ledger.last_arrivals(connection, deployment=deployment)
    landed = landed_dates(landing)
    late = {each for each in landed if last_note(landing, each) > planned_last.get(each, 0)}
    return sorted(each for each in {*landed, *states} if each in late or states.get(each) != "closed")


def collect(settings: Settings, business_date: date) -> Collected:
    """Land every complete file of every drop folder, then move, delete or keep it as the drop says. Needs no database."""
    before = next_arrival(settings.landing, business_date)
    with collecting(settings.landing, business_date) as among:
        found = [landed for drop in settings.drops for landed in _collect_drop(drop, settings, business_date, among)]
    taken = [landed for landed in found if landed is not None]
    return Collected(sum(landed.arrival >= before for landed in taken), sum(landed.arrival < before for landed in taken),
                     found.count(None))


def land_file(settings: Settings, path: Path, business_date: date, *, source: str, among: Arrivals, name: str | None = None) -> Landed:
    """Land one file, under its own name or one given."""
    return land(path, source=source, landing=settings.landing, business_date=business_date, name=name, among=among)


def _collect_drop(drop: Drop, settings: Settings, business_date: date, among: Arrivals) -> list[Landed | None]:
    rules = {"renamed": "rename", "done": "done", "stable": "stable"}
    previous = None
    if drop.complete_when == "stable":
        previous = look(drop.folder)
        time.sleep(STABLE_LOOK_SECONDS)
    paths = list_stable(drop.folder, rule=rules[drop.complete_when], previous=previous)
    found: list[Landed | None] = []
    for start in range(0, len(paths), LANDED_AT_ONCE):
        some = paths[start:start + LANDED_AT_ONCE]
        before = [_seen(path) for path in some]
        landed = land_all(some, source=drop.name, among=among)
        at_rest = [path for path, one, seen in zip(some, landed, before, strict=True) if one and seen and _seen(path) == seen]
        dispose(at_rest, how=drop.afterwards, moved_to=settings.home / "collected" / business_date.isoformat() / drop.name,
                rule=rules[drop.complete_when])  # replaced meanwhile, a new file stays for the next look
        found.extend(landed)
    return found


def _seen(path: Path) -> tuple[int, int, int] | None:
    """Return what tells a file from one that takes its place; None where it is gone."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def planned(session: Session) -> list[PlannedPacket]:
    """Return the night's work as it was planned so far, in order."""
    return [packet for made in _planned_rounds(session) for packet in made]


def plan(session: Session, lease: Lease | None = None, clock: Clock = now) -> list[PlannedPacket]:
    """Plan what landed since the last round, and return the night's whole work in order. Written before any work.

    What was planned before must be published by then: a plan that is not published is no memory.
    """
    rounds = _planned_rounds(session)
    packets = [packet for made in rounds for packet in made]
    new = not_planned(session)
    old, ruled = carried(session), taken_up(session.engine, session.night, session.settings.landing, session.definitions)
    if not new and not ruled and all(each.tonight for each in old):
        return packets

    def plan_files(some: Sequence[Landed]) -> list[PlannedPacket]:
        return make_plan(
            some, session.load, session.definitions, lambda candidates: memory(session.engine, candidates),
            lambda interchanges: held(session.engine, interchanges), night_id=session.night.night_id,
            business_date=session.night.business_date, packet_bytes=session.settings.packet_bytes,
            packet_files=session.settings.packet_files, first_ordinal=len(packets) + 1,
            earlier_copies=_copies(packets), waiting=Waiting(session.night.business_date, old, session.settings.wait_days),
            taken_up=ruled,
            next_versions_of=lambda interchanges: versions_after(session.engine, interchanges),
        )

    step = poison.Step(session.engine, session.night.night_id, f"plan {len(rounds) + 1}", clock)
    made = poison.planned_soundly(step, session.settings, new, plan_files, packets)
    content = json.dumps([[packet.packet_key, packet.ordinal, packet.to_json()] for packet in made])
    with fenced(session.engine, lease, night_id=session.night.night_id, subject="plan") as connection:
        ledger.save_plan(connection, Plan(
            session.night.night_id, tuple(LedgerPacket(packet.packet_key, packet.ordinal, tuple(file.file_hash for file in packet.files))
                                          for packet in made),
            tuple(Arrival(each.arrival, each.hash, each.name, each.source) for each in new), content, len(rounds) + 1))
    return planned(session)


def carried(session: Session) -> list[Carried]:
    """Return the files that broke off in earlier nights or rounds, and whose rest is waited for still."""
    tonight, landing = session.night.business_date, session.settings.landing
    with reading(session.engine) as connection:
        found = waited_for(connection, deployment=session.night.deployment, until=tonight)
    return [Carried(Landed(each.file_hash, landed_size(landing, each.file_hash), each.name, each.source, 0), each.since,
                    each.last == tonight) for each in found]


def _copies(packets: Sequence[PlannedPacket]) -> Counter[str]:
    """Return the highest copy of each content that was planned; one that was looked at and left alone counts none."""
    copies: Counter[str] = Counter()
    for file in (file for packet in packets for file in packet.files):
        copies[file.file_hash] = max(copies[file.file_hash], file.copy)
    return copies


def _planned_rounds(session: Session) -> list[list[PlannedPacket]]:
    with reading(session.engine) as connection:
        plans = [ledger.load_plan(connection, session.night.night_id, plan_round=number)
                 for number in ledger.plan_rounds(connection, session.night.night_id)]
    return [[packet_from_json(*packet) for packet in json.loads(made.content)] for made in plans if made is not None]


def not_planned(session: Session) -> list[Landed]:
    with reading(session.engine) as connection:
        first = ledger.load_plan(connection, session.night.night_id)
    known = {arrival.arrival for arrival in first.arrivals} if first else set()
    return [each for each in arrivals(session.settings.landing, session.night.business_date) if each.arrival not in known]


def versions_after(engine: Engine, interchanges: set[str]) -> dict[str, str]:
    """Return the keys that the next versions of the loaded documents of some interchanges get."""
    with reading(engine) as connection:
        return next_versions(connection, interchanges)


def read_packet(session: Session, packet: PlannedPacket, load: Callable[[str], bytes] | None = None) -> PacketWork:
    """Read, check, map and expect one packet. Nothing is decided for good and nothing is written.

    Args:
        load: where bytes come from, by hash; the landing archive if left out.

    Raises:
        StoppedError: it took too long or too much memory; what then is to be done is :func:`read_packet_apart`.
    """
    with undivided():
        with bounded(poison.bounds_of(session.settings, (1,), 1)):
            work = _read_files(session, packet.packet_key, load or session.load, packet.files)
        return _expected(session, packet, work)


def read_packet_apart(session: Session, packet: PlannedPacket) -> PacketWork:
    """Read a packet as ever, but in a process of its own: its files came to be suspected of killing their reader.

    Files that do it twice by themselves are held as poison; the others become what they would have become without them.
    """
    whole = sum(file.size for file in packet.files)
    works, evidence = sift(packet.files, partial(_read_files, session, packet.packet_key, session.load),
                           lambda some: poison.bounds_of(session.settings, [file.size for file in some], whole))
    work = poison.together(works, packet.packet_key)
    for file, how in evidence.items():
        work.documents.extend(poison.held(file, how))
        if file.kind == "csv":
            work.exports.append(not_compared(file, session.context, _versions(session, file.source_id or "")))
    return _expected(session, packet, work)


def _read_files(session: Session, packet_key: str, load: Callable[[str], bytes], files: Sequence[PlannedFile]) -> PacketWork:
    work = PacketWork(packet_key)
    read_edi([file for file in files if file.kind == "edi"], load, session.context, work)
    exports = [file for file in files if file.kind == "csv"]
    if exports:
        read_exports(exports, load, session.context, lambda source: _versions(session, source), work, lambda file: _before(session, file))
    work.documents.extend(unknown_file(file) for file in files if file.kind == "unknown")
    for file in files:
        if file.kind == poison.KIND:
            work.documents.extend(poison.held(file, file.poison))
    return work


def _expected(session: Session, packet: PlannedPacket, work: PacketWork) -> PacketWork:
    # Files are read grouped by their delimiters; what is numbered follows the plan.
    order = {(file.file_hash, file.copy): at for at, file in enumerate(packet.files)}
    work.acknowledgments.sort(key=lambda made: (order[made.place[:2]], made.place[2]))
    expect(work, session.judge or validate)
    return work


def depends_on_earlier(packet: PlannedPacket) -> bool:
    """Tell whether a packet must be read after those before it are committed: exports compare with what is loaded."""
    return any(file.kind == "csv" for file in packet.files)


def _versions(session: Session, source_id: str) -> dict[str, KnownDocument]:
    with reading(session.engine) as connection:
        gone = gone_documents(connection, source_id)
        return {key: KnownDocument(document, content, rows, document in gone)
                for key, document, content, rows, _ in latest_versions(connection, source_id)}


def _before(session: Session, file: PlannedFile) -> Before:
    source = file.source_id or ""
    with reading(session.engine) as connection:
        gone = gone_documents(connection, source)
        mine = [key for key, document, _, _, of in latest_versions(connection, source) if of == file.file_hash and document not in gone]
        rows = loaded_rows(connection, file.file_hash) if file.forced_because else {}
        return Before(settled_places(connection, file.file_hash), frozenset(mine), rows)


def expect(work: PacketWork, judge: Validate) -> None:
    """Run the suites over every canonical table of the packet and quarantine documents that fail a blocking expectation."""
    going_on = {document.document_id: document for document in work.documents if document.outcome is None}
    kept = work.keep(going_on)
    for name in TABLES:
        if name not in kept:
            continue
        outcome = judge(name, kept[name])
        work.expectations["evaluated"] += outcome.evaluated
        work.expectations["failed"] += outcome.failed
        ids = kept[name].column("document_id")
        for row in outcome.rows:
            going_on[ids[row.row].as_py()].findings.append(row.finding)
    for document in going_on.values():
        document.outcome = of_expectations(document.findings) or OK


def publish_packet(session: Session, work: PacketWork, held: Lease | None = None) -> PublishResult:
    """Publish a packet: Parquet staged, one transaction, Parquet shown. Published before, it is left as it is."""
    return publish(session.engine, session.settings.lake, publication_of(work, session.night, session.definitions, held))


def finish_earlier(session: Session) -> None:
    """Roll forward what a crash left between commit and manifest, and sweep what no ledger knows and what nobody will finish."""
    settings = session.settings
    recover(session.engine, settings.lake)
    sweep_copies(settings.lake, tonight=session.night.business_date)
    outboxes = sorted(settings.outbox.iterdir()) if settings.outbox.is_dir() else []
    sweep_leftovers([settings.home, settings.landing, *outboxes, settings.reports])


def send(session: Session) -> list[str]:
    """Write what the outbox holds; the same name and bytes at every try."""
    return deliver(session.engine, session.settings.outbox)


def packet_is_published(session: Session, packet: PlannedPacket) -> bool:
    """Tell whether a packet is committed; the ledger knows."""
    with reading(session.engine) as connection:
        return ledger.packet_state(connection, packet.packet_key) in ("committed", "visible")


def finish_night(session: Session, held: Lease | None = None) -> None:
    """Mark the night as done."""
    with fenced(session.engine, held, night_id=session.night.night_id, subject="close") as connection:
        ledger.close_night(connection, session.night.night_id)
