"""Publishing a packet, once: stage the files, commit one transaction that says everything, then reveal.

Before the commit nothing has happened; after it, recovery only rolls forward. The commit of the database is the one instant
at which rows, decisions, file names and hashes, acknowledgments, control numbers and audit become true together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from edi.errors import DeviceError, IntegrityError, RetryableError
from storage import audit, lake, leases, ledger, outbox, versions
from storage.canonical import canonical_json, content_hash, fields_of
from storage.database import explained, reading, translate, writing
from storage.exports import record_exports
from storage.failpoints import declare, hit
from storage.identities import record_interchanges
from storage.records import Publication, PublishResult
from storage.relational import insert_table, recount, storable_table
from storage.tables import LAKE_FILES, OUTBOX
from transforms.model import TABLES

BEGUN = declare("publish.begun")
STAGED = declare("publish.staged")
CLAIMED = declare("publish.claimed")
ROWS = declare("publish.rows")
DECIDED = declare("publish.decided")
NAMED = declare("publish.named")
ACKNOWLEDGED = declare("publish.acknowledged")
BEFORE_COMMIT = declare("publish.before_commit")
COMMIT_ANSWER = declare("publish.commit_answer")  # inside the commit: raise a database error here to lose its answer
COMMITTED = declare("publish.committed")
REVEALED = declare("publish.revealed")
LISTED = declare("publish.listed")
VISIBLE = declare("publish.visible")


@dataclass(frozen=True, slots=True)
class Recovery:
    """What recovery did: packets rolled forward, and leftovers removed from the lake."""

    rolled_forward: tuple[str, ...]
    swept: tuple[str, ...]


def publish(engine: Engine, lake_folder: Path, publication: Publication) -> PublishResult:
    """Publish a packet exactly once; one that is published already is only made visible, and its recount returned.

    Raises:
        RetryableError: nothing is decided, or not known to be; run again, the ledger knows.
        IntegrityError: what we wrote contradicts what is there.
    """
    hit(BEGUN)
    publication = replace(publication, tables={name: storable_table(rows) for name, rows in publication.tables.items()})
    with lake.publishing(lake_folder):
        state = _state(engine, publication.packet_key)
        done_now = False
        if state == "planned":
            staged = lake.stage_tables(lake_folder, publication.tables, business_date=publication.night.business_date,
                                       packet_key=publication.packet_key)
            hit(STAGED)
            done_now = _commit(engine, publication, staged)
            hit(COMMITTED)
        if state != "visible":
            _show(engine, lake_folder, publication.packet_key)
    return _result(engine, publication.packet_key, published=done_now)


def recover(engine: Engine, lake_folder: Path) -> Recovery:
    """Finish what a crash interrupted: make committed packets visible, remove what no packet owns. Run it as often as you like."""
    with reading(engine) as connection:
        waiting = ledger.committed_packets(connection)
    with lake.publishing(lake_folder):
        for packet_key, _night in waiting:
            _show(engine, lake_folder, packet_key)
    swept = lake.sweep(lake_folder, engine)
    if not swept.is_complete:
        restore_lake(engine, lake_folder)
    return Recovery(tuple(key for key, _ in waiting), swept.names)


def restore_lake(engine: Engine, lake_folder: Path) -> None:
    """Make the whole lake again from the database, where files or manifest were lost: the same bytes as before."""
    with lake.publishing(lake_folder), lake.changing_manifest(lake_folder), reading(engine) as connection:
        for packet_key in connection.execute(sa.select(LAKE_FILES.c.packet_key).distinct().order_by(LAKE_FILES.c.packet_key)).scalars():
            lake.reveal_packet(connection, lake_folder, packet_key)
        lake.write_manifest(connection, lake_folder)


def _state(engine: Engine, packet_key: str, *, locking: bool = False) -> str:
    with writing(engine) if locking else reading(engine) as connection:
        state = ledger.packet_state(connection, packet_key, locking=locking)
    if state is None:
        raise IntegrityError(f"packet {packet_key} is in no plan; write the plan to the ledger before any work")
    return state


def _commit(engine: Engine, publication: Publication, staged: list[dict[str, object]]) -> bool:
    """Write everything in one transaction; False where another run has committed the packet meanwhile."""
    night_id = publication.night.night_id
    with leases.audited(engine, publication.lease, night_id=night_id, subject=publication.packet_key), \
            explained(), engine.connect() as connection:
        transaction = connection.begin()
        try:
            if publication.lease is not None:
                leases.check(connection, publication.lease)
            if not ledger.claim_packet(connection, publication.packet_key):
                transaction.rollback()
                return False
            _write(connection, publication, staged)
            hit(BEFORE_COMMIT)
        except BaseException:
            transaction.rollback()
            raise
        try:
            transaction.commit()
            hit(COMMIT_ANSWER)
        except sa.exc.DBAPIError as error:
            connection.invalidate()
            if isinstance(translate(error), DeviceError):
                raise  # nothing more is asked of that disk; the next run looks what it kept
            _decide(engine, publication.packet_key, error)
    return True


def _write(connection: Connection, publication: Publication, staged: list[dict[str, object]]) -> None:
    """Write all that a packet changes, in the order in which other packets do, so that two never wait for each other."""
    hit(CLAIMED)
    for name in sorted(publication.tables):
        insert_table(connection, TABLES[name], publication.tables[name])
    hit(ROWS)
    versions.supersede(connection, publication)
    ledger.record_decisions(connection, publication)
    record_interchanges(connection, publication.interchanges, night=publication.night, packet_key=publication.packet_key)
    record_exports(connection, publication)
    hit(DECIDED)
    if staged:
        connection.execute(LAKE_FILES.insert(), staged)
    hit(NAMED)
    queued = outbox.enqueue(connection, publication)
    outbox.note_answers(connection, publication)
    hit(ACKNOWLEDGED)
    ledger.archive_texts(connection, publication.archive)
    audit.append(connection, night_id=publication.night.night_id, action="packet.published", subject=publication.packet_key, detail={
        "decisions": content_hash(canonical_json([fields_of(decision) for decision in publication.decisions])),
        "files": {str(row["path"]): row["hash"] for row in staged}, "outbox": queued, "transactions": len(publication.decisions),
    })


def _decide(engine: Engine, packet_key: str, error: sa.exc.DBAPIError) -> None:
    """The answer to a commit was lost: ask the ledger. If even that fails, the next run asks."""
    if _state(engine, packet_key, locking=True) == "planned":
        raise RetryableError(f"packet {packet_key} was not committed: {translate(error)}") from None


def _show(engine: Engine, lake_folder: Path, packet_key: str) -> None:
    """Roll a committed packet forward: reveal its files, list them, note that they are visible."""
    with lake.changing_manifest(lake_folder):
        with reading(engine) as connection:
            lake.reveal_packet(connection, lake_folder, packet_key)
            hit(REVEALED)
            lake.write_manifest(connection, lake_folder, also=packet_key)
        hit(LISTED)
        with writing(engine) as connection:
            connection.execute(LAKE_FILES.update().where(LAKE_FILES.c.packet_key == packet_key).values(state="visible"))
            ledger.show_packet(connection, packet_key)
    hit(VISIBLE)


def _result(engine: Engine, packet_key: str, *, published: bool) -> PublishResult:
    with reading(engine) as connection:
        names = connection.execute(sa.select(OUTBOX.c.file_name).where(OUTBOX.c.packet_key == packet_key).order_by(
            OUTBOX.c.partner_id, OUTBOX.c.ordinal)).scalars()
        return PublishResult(packet_key, published, recount(connection, packet_key=packet_key), tuple(names))
