"""Nights, plans and packets: what was going to be done, and how far it got. The ledger decides; everything else shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from edi.errors import IntegrityError
from storage import audit
from storage.canonical import canonical_json, content_hash, fields_of, storable
from storage.database import lock_table
from storage.records import ArchivedText, Arrival, Night, Plan, PlannedPacket, Publication
from storage.relational import insert_rows
from storage.tables import ARRIVALS, DECISIONS, FINDINGS, NIGHTS, PACKETS, PLANS, SETTINGS_ARCHIVE

Row = dict[str, Any]


def open_night(connection: Connection, *, deployment: str, business_date: date, slot_at: str, settings_hash: str) -> Night:
    """Return the night of a deployment and business date; the first time, give it the next place in the sequence.

    A night that exists keeps the slot instant and settings that it was opened with: a restart resumes, it does not begin anew.
    """
    lock_table(connection, NIGHTS)
    night_id = f"{deployment}-{business_date.isoformat()}"
    existing = load_night(connection, night_id)
    if existing is not None:
        return existing
    sequence = int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(NIGHTS.c.sequence), 0))).scalar_one()) + 1
    night = Night(night_id, deployment, business_date, sequence, slot_at, settings_hash)
    connection.execute(NIGHTS.insert(), fields_of(night))
    audit.append(connection, night_id=night_id, action="night.opened", subject=night_id,
                 detail={"sequence": sequence, "slot_at": slot_at, "settings": settings_hash})
    return night


def load_night(connection: Connection, night_id: str) -> Night | None:
    """Return a night, or None."""
    row = connection.execute(sa.select(NIGHTS).where(NIGHTS.c.night_id == night_id)).mappings().one_or_none()
    return None if row is None else Night(**row)


def load_nights(connection: Connection) -> list[Night]:
    """Return all nights in their sequence."""
    return [Night(**row) for row in connection.execute(sa.select(NIGHTS).order_by(NIGHTS.c.sequence)).mappings()]


def close_night(connection: Connection, night_id: str) -> None:
    """Mark a night as done; its facts are not touched."""
    connection.execute(NIGHTS.update().where(NIGHTS.c.night_id == night_id).values(state="closed"))


def save_plan(connection: Connection, plan: Plan) -> Plan:
    """Write a plan before any work, and return the one that holds: where the round has a plan already, that one.

    A night that was closed is open again: whoever finishes what is unfinished must find the round.
    """
    lock_table(connection, PLANS)
    existing = load_plan(connection, plan.night_id, plan_round=plan.plan_round)
    if existing is not None:
        return existing
    digest = content_hash(canonical_json(asdict(plan)))
    where = {"night_id": plan.night_id, "plan_round": plan.plan_round}
    connection.execute(PLANS.insert(), {**where, "plan_hash": digest, "content": plan.content})
    _insert(connection, PACKETS, [
        {**where, "packet_key": packet.packet_key, "ordinal": packet.ordinal, "state": "planned", "partner_id": packet.partner_id,
         "files": canonical_json(packet.files)} for packet in plan.packets])
    known = {row.arrival for row in connection.execute(sa.select(ARRIVALS.c.arrival).where(ARRIVALS.c.night_id == plan.night_id))}
    _insert(connection, ARRIVALS, [
        {"night_id": plan.night_id, **fields_of(arrival)} for arrival in plan.arrivals if arrival.arrival not in known])
    connection.execute(NIGHTS.update().where(NIGHTS.c.night_id == plan.night_id).values(plan_hash=digest, state="open"))
    audit.append(connection, night_id=plan.night_id, action="night.planned", subject=plan.night_id,
                 detail={"plan": digest, "round": plan.plan_round, "packets": len(plan.packets)})
    return plan


def load_plan(connection: Connection, night_id: str, *, plan_round: int = 1) -> Plan | None:
    """Return a night's plan with the states that its packets have reached, or None."""
    mine = (PLANS.c.night_id == night_id) & (PLANS.c.plan_round == plan_round)
    content = connection.execute(sa.select(PLANS.c.content).where(mine)).scalar_one_or_none()
    if content is None:
        return None
    packets = connection.execute(
        sa.select(PACKETS).where(PACKETS.c.night_id == night_id, PACKETS.c.plan_round == plan_round).order_by(PACKETS.c.ordinal))
    arrivals = connection.execute(sa.select(ARRIVALS).where(ARRIVALS.c.night_id == night_id).order_by(ARRIVALS.c.arrival))
    return Plan(
        night_id,
        tuple(PlannedPacket(row.packet_key, row.ordinal, tuple(json.loads(row.files)), row.partner_id, row.state) for row in packets),
        tuple(Arrival(row.arrival, row.hash, row.name, row.source) for row in arrivals), content, plan_round,
    )


def plan_rounds(connection: Connection, night_id: str) -> list[int]:
    """Return the rounds that a night was planned in."""
    return list(connection.execute(
        sa.select(PLANS.c.plan_round).where(PLANS.c.night_id == night_id).order_by(PLANS.c.plan_round)).scalars())


def last_arrivals(connection: Connection, *, deployment: str) -> dict[date, int]:
    """Return the last arrival that was planned in each night of a deployment; 0 where none was."""
    last = sa.select(sa.func.coalesce(sa.func.max(ARRIVALS.c.arrival), 0)).where(ARRIVALS.c.night_id == NIGHTS.c.night_id).scalar_subquery()
    query = sa.select(NIGHTS.c.business_date, last).where(NIGHTS.c.deployment == deployment)
    return {business_date: int(arrival) for business_date, arrival in connection.execute(query)}


def packet_state(connection: Connection, packet_key: str, *, locking: bool = False) -> str | None:
    """Return planned, committed or visible; None for a packet that no plan has.

    Args:
        locking: wait for whoever is deciding about the packet, so that the answer is final.
    """
    query = sa.select(PACKETS.c.state).where(PACKETS.c.packet_key == packet_key)
    return connection.execute(query.with_for_update() if locking else query).scalar_one_or_none()


def claim_packet(connection: Connection, packet_key: str) -> bool:
    """Move a packet from planned to committed, in the transaction that makes it true; False where another one did."""
    mine = (PACKETS.c.packet_key == packet_key) & (PACKETS.c.state == "planned")
    return connection.execute(PACKETS.update().where(mine).values(state="committed")).rowcount == 1


def show_packet(connection: Connection, packet_key: str) -> None:
    """Move a packet from committed to visible."""
    mine = (PACKETS.c.packet_key == packet_key) & (PACKETS.c.state == "committed")
    connection.execute(PACKETS.update().where(mine).values(state="visible"))


def committed_packets(connection: Connection) -> list[tuple[str, Night]]:
    """Return the packets that are committed but not visible yet, in the order of nights and plans."""
    query = sa.select(PACKETS.c.packet_key, NIGHTS).join(NIGHTS, NIGHTS.c.night_id == PACKETS.c.night_id).where(
        PACKETS.c.state == "committed").order_by(NIGHTS.c.sequence, PACKETS.c.plan_round, PACKETS.c.ordinal)
    return [(row["packet_key"], Night(**{key: row[key] for key in row if key != "packet_key"}))
            for row in connection.execute(query).mappings()]


def record_decisions(connection: Connection, publication: Publication) -> None:
    """Write what became of each transaction of a packet, and the findings, in the order given."""
    where = {"night_id": publication.night.night_id, "packet_key": publication.packet_key}
    _insert(connection, DECISIONS, [{**fields_of(decision), **where} for decision in publication.decisions])
    _insert(connection, FINDINGS, [
        {**where, "finding_ordinal": ordinal, "code": found.code, "severity": found.severity.value, "message": found.message,
         "remedy": found.remedy, "file_hash": found.place.file, "byte_offset": found.place.offset, "line": found.place.line,
         "interchange_ordinal": found.place.interchange, "group_ordinal": found.place.group,
         "transaction_ordinal": found.place.transaction, "segment": found.place.segment, "tag": found.place.tag,
         "element": found.place.element, "component": found.place.component, "repetition": found.place.repetition}
        for ordinal, found in enumerate(publication.findings, 1)])


def load_decisions(connection: Connection, *, night_id: str | None = None, outcome: str | None = None) -> list[Row]:
    """Return decisions as plain rows, by file and place."""
    query = sa.select(DECISIONS).order_by(*DECISIONS.primary_key.columns)
    if night_id is not None:
        query = query.where(DECISIONS.c.night_id == night_id)
    return [dict(row) for row in connection.execute(query if outcome is None else query.where(DECISIONS.c.outcome == outcome)).mappings()]


def load_findings(connection: Connection, *, night_id: str) -> list[Row]:
    """Return a night's findings as plain rows, by packet and order."""
    query = sa.select(FINDINGS).where(FINDINGS.c.night_id == night_id).order_by(*FINDINGS.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]


def decided_files(connection: Connection, *, before_sequence: int) -> set[str]:
    """Return the hashes of files that earlier nights decided about."""
    earlier = sa.select(NIGHTS.c.night_id).where(NIGHTS.c.sequence < before_sequence)
    return set(connection.execute(sa.select(DECISIONS.c.file_hash).distinct().where(DECISIONS.c.night_id.in_(earlier))).scalars())


def archive_texts(connection: Connection, texts: Sequence[ArchivedText]) -> None:
    """Keep maps, guides and settings under the hash that rows carry; the same hash twice is the same text."""
    for text in texts:
        stored = connection.execute(sa.select(SETTINGS_ARCHIVE.c.text).where(SETTINGS_ARCHIVE.c.hash == text.hash)).scalar_one_or_none()
        if stored is None:
            _insert_missing(connection, SETTINGS_ARCHIVE, fields_of(text))
        elif stored != text.text:
            raise IntegrityError(f"two texts of kind {text.kind} claim the hash {text.hash[:12]}; hash the whole text, nothing less")


def load_text(connection: Connection, digest: str) -> ArchivedText | None:
    """Return an archived map, guide or settings text."""
    row = connection.execute(sa.select(SETTINGS_ARCHIVE).where(SETTINGS_ARCHIVE.c.hash == digest)).mappings().one_or_none()
    return None if row is None else ArchivedText(**row)


def _insert(connection: Connection, table: sa.Table, rows: list[Row]) -> None:
    insert_rows(connection, table, storable(rows))


def _insert_missing(connection: Connection, table: sa.Table, row: Row) -> None:
    """Insert a row unless another transaction has just done so."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(make(table).values(**row).on_conflict_do_nothing())
