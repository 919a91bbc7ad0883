"""A small world for storage tests: two packets of orders with acknowledgments, made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlalchemy.engine import Engine

from edi.findings import Finding, Place, Severity
from storage.database import writing
from storage.ledger import open_night, save_plan
from storage.records import AckOrder, ArchivedText, CounterKey, Decision, Interchange, Night, Plan, PlannedPacket, Publication
from transforms.model import TABLES, arrow_schema

DAY = date(2026, 3, 2)
OURS = CounterKey("x12", "interchange", "ZZ/US", "ZZ/ACME")


def rows(table: str, *values: dict[str, Any], document: str = "doc-1") -> pa.Table:
    """Make canonical rows: provenance and whatever else must be there is filled in."""
    schema = arrow_schema(TABLES[table])
    return pa.Table.from_pylist([{**_defaults(table, document), **row} for row in values], schema=schema)


def _defaults(table: str, document: str) -> dict[str, Any]:
    given = {
        "document_id": document, "system_code": "edi", "partner_id": "acme", "direction_code": "inbound", "type_code": "850",
        "file_hash": "f" * 64, "transaction_ordinal": 1, "segment_ordinal": 1, "byte_offset": 0, "map_hash": "m", "settings_hash": "s",
        "known_at": 1, "business_date": DAY, "order_number": "PO1", "purpose_code": "original", "order_date": DAY,
        "order_currency": "EUR", "ordered_quantity": Decimal(1), "unit_code": "EA", "price_basis_quantity": Decimal(1),
        "standard_code": "x12", "usage_code": "production", "record_count": 0, "line_ordinal": 1, "content_hash": "c" * 64,
    }
    return {name: value for name, value in given.items() if name in TABLES[table].columns}


def open_with_plan(engine: Engine, *packets: str) -> Night:
    """Open the night and plan its packets."""
    with writing(engine) as connection:
        night = open_night(connection, deployment="main", business_date=DAY, slot_at="2026-03-02T02:00:00Z", settings_hash="s")
        save_plan(connection, Plan(night.night_id, tuple(
            PlannedPacket(key, ordinal, (key,), "acme") for ordinal, key in enumerate(packets, 1))))
    return night


def publication(night: Night, packet_key: str, *, lines: int = 3, acknowledgments: int = 2) -> Publication:
    """One loaded order with its lines, one rejected neighbour, and acknowledgments that carry their control number."""
    document = f"{packet_key}-000001"
    order = Decision(
        standard="x12", file_hash=packet_key, interchange_ordinal=1, transaction_ordinal=1, outcome="loaded", record_count=lines,
        document_id=document, type_code="850", partner_id="acme", direction_code="inbound", control_number="0001",
        stated_amount=Decimal("10.5000"), currency="EUR",
    )
    neighbour = replace(order, transaction_ordinal=2, outcome="rejected", document_id=None, reason_code="guide.missing",
                        reason="a required segment is missing", stated_amount=None, record_count=1)
    return Publication(
        packet_key, night,
        tables={
            "documents": rows("documents", {"record_count": lines}, document=document),
            "orders": rows("orders", {}, document=document),
            "order_lines": rows("order_lines", *({"line_ordinal": n, "line_amount": Decimal("3.5")} for n in range(lines, 0, -1)),
                                document=document),
            "payments": TABLES_EMPTY,
        },
        decisions=(order, neighbour),
        findings=(Finding("guide.missing", Severity.ERROR, Place(file=packet_key, offset=512, transaction=2, segment=3, tag="PO1"),
                          "a required segment is missing", "ask the sender"),),
        interchanges=(Interchange("x12", "ZZ", "ACME", "ZZ", "US", packet_key, "P", f"content-{packet_key}", "new", packet_key, 1,
                                  f"interchange-{packet_key}"),),
        acknowledgments=tuple(
            AckOrder("acme", f"997-{n}", f"interchange-{packet_key}", OURS, _render, _name) for n in range(acknowledgments)),
        archive=(ArchivedText("s", "settings", "tolerance = 1"),),
    )


TABLES_EMPTY = arrow_schema(TABLES["payments"]).empty_table()


def _render(number: int) -> bytes:
    return b"ISA*%09d~" % number


def _name(number: int) -> str:
    return f"997-{number:09d}.edi"
