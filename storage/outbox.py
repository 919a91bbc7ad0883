"""What must be sent: acknowledgments are put here by the publishing transaction, and leave with the same name and bytes at every try."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from edi.errors import IntegrityError
from storage import audit, files
from storage.canonical import canonical_json, content_hash
from storage.database import reading, writing
from storage.failpoints import declare, hit
from storage.identities import allocate
from storage.records import AckOrder, Publication, Reoffer
from storage.tables import OUTBOX

WRITTEN = declare("outbox.written")
MARKED = declare("outbox.marked")

Row = dict[str, Any]

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,200}")


def enqueue(connection: Connection, publication: Publication) -> list[str]:
    """Render and queue a packet's acknowledgments in their order, allocating control numbers; return the file names.

    An interchange is answered once: one that an earlier packet answered is offered that answer again, under its number. Resends
    come last, so that one in the packet of its original is answered as one in a later packet is; once a night is enough.
    """
    answered = {order.answers for order in publication.acknowledgments if _is_answered(connection, order.answers)}
    new = [order for order in publication.acknowledgments if order.answers not in answered]
    queued = _insert(connection, publication, [_render(connection, order, nth) for order, nth in zip(new, _nth(new), strict=True)])
    night = publication.night.night_id
    reoffers = {*publication.reoffers, *(Reoffer(answers, f"{night}-{answers}") for answers in answered)}
    again = [item for each in sorted(reoffers, key=lambda one: (one.answers, one.resent_as)) for item in _again(connection, each)]
    return queued + _insert(connection, publication, [item for item in again if not _is_queued(connection, item)])


def _is_queued(connection: Connection, item: Row) -> bool:
    return connection.execute(sa.select(OUTBOX.c.item_id).where(OUTBOX.c.item_id == item["item_id"])).scalar_one_or_none() is not None


def _insert(connection: Connection, publication: Publication, items: list[Row]) -> list[str]:
    for item in items:
        last = sa.select(sa.func.coalesce(sa.func.max(OUTBOX.c.ordinal), 0)).where(OUTBOX.c.partner_id == item["partner_id"])
        connection.execute(OUTBOX.insert(), {
            **item, "night_id": publication.night.night_id, "packet_key": publication.packet_key, "state": "queued",
            "content_hash": content_hash(bytes(item["content"])), "ordinal": int(connection.execute(last).scalar_one()) + 1,
        })
    return [str(item["file_name"]) for item in items]


def _is_answered(connection: Connection, interchange_id: str) -> bool:
    query = sa.select(OUTBOX.c.item_id).where(OUTBOX.c.answers == interchange_id).limit(1)
    return connection.execute(query).scalar_one_or_none() is not None


def deliver(engine: Engine, folder: Path, *, partners: Sequence[str] | None = None) -> list[str]:
    """Write queued items to folder/<partner>/<file name>, then mark them sent; return what was written, by partner and order.

    A crash between the two writes the same file again.
    """
    with reading(engine) as connection:
        query = sa.select(OUTBOX).where(OUTBOX.c.state == "queued").order_by(OUTBOX.c.partner_id, OUTBOX.c.ordinal)
        items = connection.execute(query if partners is None else query.where(OUTBOX.c.partner_id.in_(list(partners)))).all()
    sent = []
    for item in items:
        name = f"{_safe(item.partner_id)}/{_safe(item.file_name)}"
        files.make_folder(folder / item.partner_id)
        _refuse_other(folder / name, bytes(item.content))
        files.write_atomically(folder / name, bytes(item.content))
        hit(WRITTEN)
        with writing(engine) as connection:
            mine = (OUTBOX.c.item_id == item.item_id) & (OUTBOX.c.state == "queued")
            if connection.execute(OUTBOX.update().where(mine).values(state="sent")).rowcount:
                audit.append(connection, night_id=item.night_id, action="outbox.sent", subject=item.item_id,
                             detail={"file": name, "hash": item.content_hash})
        hit(MARKED)
        sent.append(name)
    return sent


def _refuse_other(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() != content:
        raise IntegrityError(f"{path.name} waits in the outbox with other content, and would be lost; "
                             "one name means one acknowledgment: correct the template of the name")


def mark_answered(connection: Connection, item_id: str) -> None:
    """Note that the partner has answered something that we sent."""
    connection.execute(OUTBOX.update().where(OUTBOX.c.item_id == item_id, OUTBOX.c.state == "sent").values(state="answered"))


def load_outbox(connection: Connection, *, night_id: str | None = None) -> list[Row]:
    """Return outbox items as plain rows, by partner and order."""
    query = sa.select(OUTBOX).order_by(OUTBOX.c.partner_id, OUTBOX.c.ordinal)
    return [dict(row) for row in connection.execute(query if night_id is None else query.where(OUTBOX.c.night_id == night_id)).mappings()]


def _nth(orders: Sequence[AckOrder]) -> list[int]:
    """Return of each order how many of its kind answer the same interchange before it: groups of two versions get two 997s."""
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for order in orders:
        found.append(seen[order.kind, order.answers])
        seen[order.kind, order.answers] += 1
    return found


def _render(connection: Connection, order: AckOrder, nth: int) -> Row:
    number = allocate(connection, order.counter_key)
    return {
        "item_id": _item_id(order.kind, order.answers, *([f"{nth}"] if nth else [])), "partner_id": order.partner_id, "kind": order.kind,
        "file_name": _safe(order.name(number)), "control_number": number, "content": order.render(number), "answers": order.answers,
    }


def _again(connection: Connection, reoffer: Reoffer) -> list[Row]:
    """Copy the items that first answered an interchange; none where it was never acknowledged."""
    query = sa.select(OUTBOX).where(OUTBOX.c.answers == reoffer.answers).order_by(OUTBOX.c.partner_id, OUTBOX.c.ordinal)
    first: dict[str, Row] = {}
    for row in connection.execute(query).mappings():
        kept = {name: row[name] for name in ("partner_id", "kind", "file_name", "control_number", "content", "answers")}
        first.setdefault(row["file_name"], {**kept, "item_id": _item_id(row["file_name"], reoffer.answers, reoffer.resent_as)})
    return list(first.values())


def _item_id(*parts: str) -> str:
    return content_hash(canonical_json(parts))


def _safe(name: str) -> str:
    if not _SAFE.fullmatch(name):
        raise IntegrityError("an outbox item's partner and file name must be letters, digits, '_', '-', '.' and spaces; "
                             "correct the template of the name")
    return name
