"""What must be sent: acknowledgments are put here by the publishing transaction, and leave with the same name and bytes at every try."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from edi.errors import IntegrityError
from storage import audit, files
from storage.canonical import canonical_json, content_hash
from storage.database import chunks, reading, writing
from storage.failpoints import declare, hit
from storage.identities import allocate
from storage.records import AckOrder, Publication, Reoffer
from storage.relational import insert_rows
from storage.tables import OUTBOX

WRITTEN = declare("outbox.written")
MARKED = declare("outbox.marked")

Row = dict[str, Any]

_AT_ONCE = 200  # items written before they are marked together
_OFFERED = ("partner_id", "kind", "file_name", "control_number", "content", "answers")  # what an item that is offered again keeps
_CITING = ("partner_id", "direction_code", "acknowledged_type_code", "acknowledged_group_number", "acknowledged_interchange_number")
_OUR_REFERENCE = 8  # digits of the UNB 0020 that we write
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,200}")


def enqueue(connection: Connection, publication: Publication) -> list[str]:
    """Render and queue a packet's acknowledgments in their order, allocating control numbers; return the file names.

    An interchange is answered once: one that an earlier packet answered is offered that answer again, under its number. Resends
    come last, so that one in the packet of its original is answered as one in a later packet is; once a night is enough.
    """
    answered = set(_first_answers(connection, {order.answers for order in publication.acknowledgments}))
    new = [order for order in publication.acknowledgments if order.answers not in answered]
    queued = _insert(connection, publication, [
        _render(order, nth, number) for order, nth, number in zip(new, _nth(new), _numbers(connection, new), strict=True)])
    night = publication.night.night_id
    reoffers = {*publication.reoffers, *(Reoffer(answers, f"{night}-{answers}") for answers in answered)}
    again = _again(connection, sorted(reoffers, key=lambda one: (one.answers, one.resent_as)))
    known = set(_where(connection, OUTBOX.c.item_id, (item["item_id"] for item in again), [OUTBOX.c.item_id]))
    return queued + _insert(connection, publication, [item for item in again if (item["item_id"],) not in known])


def _insert(connection: Connection, publication: Publication, items: list[Row]) -> list[str]:
    """Queue items behind those that each partner has."""
    last = {partner: int(ordinal) for partner, ordinal in connection.execute(
        sa.select(OUTBOX.c.partner_id, sa.func.max(OUTBOX.c.ordinal)).where(
            OUTBOX.c.partner_id.in_(sorted({item["partner_id"] for item in items}))).group_by(OUTBOX.c.partner_id))}
    rows = []
    for item in items:
        last[item["partner_id"]] = last.get(item["partner_id"], 0) + 1
        rows.append({**item, "night_id": publication.night.night_id, "packet_key": publication.packet_key, "state": "queued",
                     "content_hash": content_hash(bytes(item["content"])), "ordinal": last[item["partner_id"]]})
    insert_rows(connection, OUTBOX, rows)
    return [str(item["file_name"]) for item in items]


def _where(connection: Connection, column: sa.Column[Any], values: Iterable[str],
           wanted: Sequence[sa.Column[Any]]) -> Iterator[sa.Row[Any]]:
    """Return some columns of the items that have one of many values, by partner and order."""
    for some in chunks(values):
        yield from connection.execute(sa.select(*wanted).where(column.in_(some)).order_by(OUTBOX.c.partner_id, OUTBOX.c.ordinal))


def deliver(engine: Engine, folder: Path, *, partners: Sequence[str] | None = None) -> list[str]:
    """Write queued items to folder/<partner>/<file name>, then mark them sent, some hundred at a time; return what was written, in order.

    A crash between the two writes the same files again.
    """
    with reading(engine) as connection:
        query = sa.select(OUTBOX).where(OUTBOX.c.state == "queued").order_by(OUTBOX.c.partner_id, OUTBOX.c.ordinal)
        items = connection.execute(query if partners is None else query.where(OUTBOX.c.partner_id.in_(list(partners)))).all()
    sent = {item.item_id: f"{_safe(item.partner_id)}/{_safe(item.file_name)}" for item in items}
    for start in range(0, len(items), _AT_ONCE):
        some = items[start:start + _AT_ONCE]
        for item in some:
            path = folder / sent[item.item_id]
            files.make_folder(path.parent)
            _refuse_other(path, bytes(item.content))
            files.put(path, bytes(item.content))
            hit(WRITTEN)
        files.settle((folder / sent[item.item_id]).parent for item in some)
        with writing(engine) as connection:
            _mark_sent(connection, [item.item_id for item in some], sent)
        hit(MARKED)
    return list(sent.values())


def _mark_sent(connection: Connection, item_ids: list[str], names: Mapping[str, str]) -> None:
    """Mark items that are queued still, and note it; another run may have marked some meanwhile."""
    mine = OUTBOX.c.item_id.in_(item_ids) & (OUTBOX.c.state == "queued")
    rows = connection.execute(sa.select(OUTBOX.c.item_id, OUTBOX.c.night_id, OUTBOX.c.content_hash).where(mine).order_by(
        OUTBOX.c.partner_id, OUTBOX.c.ordinal).with_for_update()).all()
    connection.execute(OUTBOX.update().where(OUTBOX.c.item_id.in_([row.item_id for row in rows])).values(state="sent"))
    audit.append_all(connection, [
        audit.Entry(row.night_id, "outbox.sent", row.item_id, {"file": names[row.item_id], "hash": row.content_hash}) for row in rows])


def _refuse_other(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() != content:
        raise IntegrityError(f"{path.name} waits in the outbox with other content, and would be lost; "
                             "one name means one acknowledgment: correct the template of the name")


def note_answers(connection: Connection, publication: Publication) -> None:
    """Note which of our items the acknowledgments of a packet answer, in the transaction that loads them.

    Nobody need answer an acknowledgment, but some do. They cite our group of functional code FA (X12 AK102), or our interchange (UNB 0020).
    """
    told = publication.tables.get("partner_acknowledgments")
    cited: set[tuple[str, tuple[str, ...], int]] = set()
    for row in told.select(list(_CITING)).to_pylist() if told is not None else ():
        group, interchange = row["acknowledged_group_number"] or "", row["acknowledged_interchange_number"] or ""
        if row["direction_code"] == "inbound" and row["acknowledged_type_code"] == "FA" and group.isdecimal():
            cited.add((row["partner_id"], ("997", "999"), int(group)))
        elif row["direction_code"] == "inbound" and interchange.isdecimal() and len(interchange) == _OUR_REFERENCE:
            cited.add((row["partner_id"], ("CONTRL",), int(interchange)))
    for partner, kinds, number in sorted(cited):
        mine = (OUTBOX.c.partner_id == partner) & OUTBOX.c.kind.in_(kinds) & (OUTBOX.c.control_number == number)
        for item in connection.execute(sa.select(OUTBOX.c.item_id).where(mine).order_by(OUTBOX.c.ordinal)).scalars().all():
            mark_answered(connection, item)


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


def _numbers(connection: Connection, orders: Sequence[AckOrder]) -> list[int]:
    """Return the control number of each order: every counter is drawn from once, and its numbers are given in the order of orders."""
    wanted = Counter(order.counter_key for order in orders)
    following = {key: allocate(connection, key, wanted[key]) for key in sorted(wanted, key=astuple)}
    numbers = []
    for order in orders:
        numbers.append(following[order.counter_key])
        following[order.counter_key] += 1
    return numbers


def _render(order: AckOrder, nth: int, number: int) -> Row:
    return {
        "item_id": _item_id(order.kind, order.answers, *([f"{nth}"] if nth else [])), "partner_id": order.partner_id, "kind": order.kind,
        "file_name": _safe(order.name(number)), "control_number": number, "content": order.render(number), "answers": order.answers,
    }


def _first_answers(connection: Connection, answers: Iterable[str]) -> dict[str, dict[str, Row]]:
    """Return the items that first answered some interchanges, by interchange and file name; one never answered is not among them."""
    first: dict[str, dict[str, Row]] = {}
    for row in _where(connection, OUTBOX.c.answers, answers, [OUTBOX.c[name] for name in _OFFERED]):
        first.setdefault(row.answers, {}).setdefault(row.file_name, dict(row._mapping))
    return first


def _again(connection: Connection, reoffers: Sequence[Reoffer]) -> list[Row]:
    """Copy the items that first answered an interchange; none where it was never acknowledged."""
    first = _first_answers(connection, {each.answers for each in reoffers})
    return [{**kept, "item_id": _item_id(name, each.answers, each.resent_as)}
            for each in reoffers for name, kept in first.get(each.answers, {}).items()]


def _item_id(*parts: str) -> str:
    return content_hash(canonical_json(parts))


def _safe(name: str) -> str:
    if not _SAFE.fullmatch(name):
        raise IntegrityError("an outbox item's partner and file name must be letters, digits, '_', '-', '.' and spaces; "
                             "correct the template of the name")
    return name
