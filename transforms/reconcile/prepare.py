"""Prepare a DuckDB connection for the rules: the terms of the partners, the item master, and the views of ``views/*.sql``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.resources import files

import duckdb
import pyarrow as pa

from transforms.policy import Agreement, Item, Tolerances
from transforms.reconcile.rules import Rule

_DECIMAL = pa.decimal128(18, 4)

TERM_DECIMALS = ("quantity_over_percent", "quantity_under_percent", "price_percent", "price_amount", "line_amount", "total_amount")
TERM_DAYS = ("invoice_within_days", "receipt_within_days", "response_within_days", "payment_within_days")

# The types that state each kind of fact: a partner that has not agreed to send any is not waited for.
STATES: Mapping[str, tuple[str, ...]] = {
    "has_orders": ("850", "ORDERS"), "has_responses": ("855", "ORDRSP"),
    "has_shipments": ("856", "DESADV"), "has_invoices": ("810", "INVOIC"),
}

SCHEMAS = {
    "this_night": pa.schema([("business_date", pa.date32())]),
    "partner_terms": pa.schema([
        ("partner_id", pa.string()), ("our_role", pa.string()), ("standard", pa.string()), ("agreed_currency", pa.string()),
        *((name, _DECIMAL) for name in TERM_DECIMALS),
        *((name, pa.int32()) for name in TERM_DAYS), *((name, pa.bool_()) for name in STATES),
    ]),
    "agreed_charges": pa.schema([("partner_id", pa.string()), ("reason_code", pa.string())]),
    "agreed_taxes": pa.schema([("partner_id", pa.string()), ("tax_percent", _DECIMAL)]),
    "acknowledgment_terms": pa.schema([("partner_id", pa.string()), ("type_code", pa.string()), ("within_days", pa.int32())]),
    "item_master": pa.schema([
        ("item_id", pa.int64()), ("gtin", pa.string()), ("buyer_item_number", pa.string()), ("supplier_item_number", pa.string()),
        ("base_unit_code", pa.string()),
    ]),
    "item_packs": pa.schema([("item_id", pa.int64()), ("unit_code", pa.string()), ("factor", _DECIMAL)]),
}


_BEGINS = re.compile(r"^(?=CREATE OR REPLACE TEMP )", re.MULTILINE)
_MAKES = re.compile(r"CREATE OR REPLACE TEMP (?P<kind>MACRO|TABLE|VIEW) (?P<name>\w+)")


def prepare(connection: duckdb.DuckDBPyConnection, *, agreements: Sequence[Agreement], items: Sequence[Item], business_date: date,
            rules: Sequence[Rule]) -> None:
    """Make reference tables and intermediate tables beside the canonical tables that the connection has; may be called again.

    Args:
        connection: has one view or table per canonical table, with all facts known up to the night.
        agreements: of all partners.
        items: the item master.
        business_date: of the night, against which everything due is measured.
        rules: that will be run; views that none of them asks for are not made.
    """
    rows: dict[str, list[tuple[object, ...]]] = {"this_night": [(business_date,)], **_terms(agreements), **_items(items)}
    for name, schema in SCHEMAS.items():
        _table(connection, name, schema, rows[name])
    sides = [side for rule in rules for side in (rule.left, rule.right) if side is not None]
    connection.execute("".join(needed(view_texts().values(), {side.view for side in sides})))


def needed(texts: Iterable[str], views: Iterable[str]) -> list[str]:
    """Return the statements of some texts that make some views and what those are made from, and all words that they share."""
    wanted, found = set(views), []
    for statement in reversed([part for text in texts for part in _BEGINS.split(text)]):
        makes = _MAKES.match(statement)
        if makes and makes["kind"] == "MACRO":
            found.append(statement)
        elif makes and makes["name"] in wanted:
            found.append(statement)
            wanted.update(re.findall(r"\w+", statement))
    return found[::-1]


def view_texts() -> dict[str, str]:
    """Return the SQL of the intermediate views by file name, in the order in which they build on each other."""
    folder = files("transforms.reconcile") / "views"
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".sql")), key=lambda each: each.name)
    return {each.name: each.read_text(encoding="utf-8") for each in found}


def _table(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, rows: Iterable[tuple[object, ...]]) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    made = pa.Table.from_arrays([pa.array(list(column), each.type) for column, each in zip(columns, schema, strict=True)], schema=schema)
    connection.register("handed_over", made)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM handed_over")
    connection.unregister("handed_over")


def _terms(agreements: Sequence[Agreement]) -> dict[str, list[tuple[object, ...]]]:
    ordered = sorted(agreements, key=lambda agreed: agreed.partner_id)
    return {
        "partner_terms": [
            (agreed.partner_id, agreed.our_role, agreed.standard, agreed.currency, *_tolerances(agreed.tolerances),
             *(any(agreed.direction(type_code) for type_code in types) for types in STATES.values()))
            for agreed in ordered
        ],
        "agreed_charges": [(agreed.partner_id, reason) for agreed in ordered for reason in agreed.agreed_charges],
        "agreed_taxes": [(agreed.partner_id, percent) for agreed in ordered for percent in agreed.tax_percents],
        "acknowledgment_terms": [
            (agreed.partner_id, document.type_code, document.acknowledge_within_days)
            for agreed in ordered for document in agreed.documents
            if document.direction_code == "outbound" and document.acknowledge_within_days is not None
        ],
    }


def _tolerances(agreed: Tolerances) -> tuple[object, ...]:
    return tuple(getattr(agreed, name) for name in (*TERM_DECIMALS, *TERM_DAYS))


def _items(items: Sequence[Item]) -> dict[str, list[tuple[object, ...]]]:
    ordered = sorted(items, key=lambda item: (item.gtin, item.buyer_item_number or "", item.supplier_item_number or ""))
    numbered = list(enumerate(ordered, start=1))
    return {
        "item_master": [
            (at, item.gtin.rjust(14, "0") if item.gtin else None, item.buyer_item_number, item.supplier_item_number, item.base_unit_code)
            for at, item in numbered
        ],
        "item_packs": [(at, unit, factor) for at, item in numbered for unit, factor in sorted(item.pack_units.items())],
    }
