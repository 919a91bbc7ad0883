"""A night as it would be, from what lies in the drop folders: read, planned and checked in memory; nothing is moved, written or sent."""

from __future__ import annotations

from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from edi.errors import ConfigurationError
from flows.definitions import load_definitions
from flows.incomplete import Waiting
from flows.night import Session, carried, read_packet
from flows.outcomes import OK
from flows.planning import make_plan
from flows.remembering import held, memory, taken_up
from flows.restarts import with_restarts
from flows.settings import Settings
from flows.work import NightContext, PacketWork
from storage import ledger
from storage.database import open_database, reading
from storage.landing import Landed, readable_name
from storage.records import Night
from storage.sources import list_stable, look


def dry_run(settings: Settings, business_date: date) -> dict[str, Any]:
    """Return what the night would come to: files, transactions by outcome and type, acknowledgments.

    A database that is not there yet is made (empty); nothing else is touched.
    """
    data = _waiting(settings)
    session = _imagined(settings, business_date)
    landed = [Landed(digest, len(content), name, source, number) for number, (digest, name, source, content) in enumerate(data, start=1)]
    contents = {digest: content for digest, _, _, content in data}

    def load(digest: str) -> bytes:
        return contents[digest] if digest in contents else session.load(digest)

    packets = make_plan(
        landed, load, session.definitions, lambda candidates: memory(session.engine, candidates),
        lambda interchanges: held(session.engine, interchanges),
        night_id=session.night.night_id, business_date=business_date, packet_bytes=settings.packet_bytes,
        packet_files=settings.packet_files, waiting=Waiting(business_date, carried(session), settings.wait_days),
        taken_up=taken_up(session.engine, session.night, settings.landing, session.definitions))
    works = [read_packet(session, packet, load) for packet in packets]
    return _foreseen(session, len(landed), works)


def _waiting(settings: Settings) -> list[tuple[str, str, str, bytes]]:
    """Return hash, name, source and content of every file that waits; the same bytes under two names are two files."""
    rules = {"renamed": "rename", "done": "done", "stable": "stable"}
    if not settings.drops:
        raise ConfigurationError("no drop folders: add [[drops]] with name and folder to crossfoot.toml")
    found: list[tuple[str, str, str, bytes]] = []
    for drop in settings.drops:
        previous = look(drop.folder) if drop.complete_when == "stable" else None
        for path in list_stable(drop.folder, rule=rules[drop.complete_when], previous=previous):
            content = Path(path).read_bytes()
            found.append((sha256(content).hexdigest(), readable_name(path), drop.name, content))
    return sorted(found)


def _imagined(settings: Settings, business_date: date) -> Session:
    engine = open_database(settings.database_url)
    definitions = with_restarts(load_definitions(settings), engine)
    with reading(engine) as connection:
        nights = ledger.load_nights(connection)
    sequence = max((night.sequence for night in nights), default=0) + 1
    slot = settings.slot_at(business_date)
    night = Night(f"{settings.deployment}-{business_date.isoformat()}", settings.deployment, business_date, sequence,
                  slot.strftime("%Y-%m-%dT%H:%M:%SZ"), definitions.settings_hash)
    context = NightContext(night.night_id, sequence, business_date, slot, settings.environment, definitions)
    return Session(settings, definitions, engine, night, context)


def _foreseen(session: Session, files: int, works: list[PacketWork]) -> dict[str, Any]:
    documents = [document for work in works for document in work.documents]
    outcomes = Counter((document.outcome or OK).outcome for document in documents)
    return {
        "night": session.night.night_id, "dry_run": True, "files": files, "packets": len(works),
        "documents": len(documents), "outcomes": dict(sorted(outcomes.items())),
        "types": dict(sorted(Counter(f"{document.standard} {document.type_code}" for document in documents).items())),
        "acknowledgments": dict(sorted(Counter(made.kind for work in works for made in work.acknowledgments).items())),
        "set_aside": [
            {"outcome": outcome.outcome, "reason_code": outcome.reason_code, "partner_id": document.partner_id,
             "control_number": "/".join(part for part in (document.interchange_number, document.control_number) if part)}
            for document in documents if (outcome := document.outcome or OK).outcome in ("quarantined", "rejected", "pending")],
    }
