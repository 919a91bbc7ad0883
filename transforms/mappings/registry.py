"""The registry of mappings: one row a document. Adding a document adds a module and a row, and changes nothing else."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.segments import Batch, Ints, Text
from transforms.mappings import (
    edifact_contrl,
    edifact_desadv,
    edifact_invoic,
    edifact_orders,
    edifact_ordrsp,
    x12_810,
    x12_820,
    x12_850,
    x12_855,
    x12_856,
    x12_997,
    x12_money,
)
from transforms.mappings.documents import Documents, Mapped
from transforms.mappings.edifact_money import ordered_total, stated_currency, stated_total
from transforms.mappings.levels import Where, documents_level
from transforms.mappings.x12_common import named_currency
from transforms.model import DOCUMENTS, TABLES, arrow_schema

Money = Callable[[Documents], pa.Array]

AMOUNT = pa.decimal128(18, 4)
CURRENCIES = {"order_lines": "order_currency", "invoices": "invoice_currency", "payments": "payment_currency"}


@dataclass(frozen=True)
class DocumentMap:
    """How one type of document becomes canonical rows, and how it is counted without its mapping."""

    standard: str
    type_code: str
    map: Callable[[Documents], Mapped]
    record_tags: tuple[str, ...]  # segments that the tokenizer counts as detail records
    record_table: str  # where as many distinct records must stand in the end
    record_columns: tuple[str, ...]
    number: tuple[str, str] | None = None  # canonical table and column of the document's own number
    money: Money | None = None  # what each document states, straight from its segments: the mapping has no part in it
    money_table: str | None = None  # the canonical column whose sum must equal it
    money_column: str | None = None
    record_where: Where | None = None  # which of the segments count, where the tag alone does not tell

    @cached_property
    def text(self) -> str:
        """The source of the mapping and of every module of ours that it is written with, to be archived under its hash."""
        return "\n".join(inspect.getsource(sys.modules[name]) for name in _sources(self.map.__module__))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of that source: it changes with anything that could change a row."""
        return sha256(self.text.encode()).hexdigest()


def _sources(module: str) -> list[str]:
    """Return the modules of ``transforms`` that a module imports, by way of others too, itself included, sorted."""
    found, waiting = set[str](), [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            tree = ast.parse(inspect.getsource(sys.modules[name]))
            imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("transforms")]
            named = [f"{node.module}.{each.name}" for node in imports for each in node.names]
            waiting += sorted(each for each in {*named, *(str(node.module) for node in imports)} if each in sys.modules)
    return sorted(found)


def find(standard: str, type_code: str) -> DocumentMap | None:
    """Return the mapping of a type of document."""
    return REGISTRY.get((standard, type_code))


def count_records(documents: Documents, mapping: DocumentMap) -> Ints:
    """Count the detail records of each document from its segments."""
    records = documents_level(documents).inside(*mapping.record_tags, where=mapping.record_where)
    return np.bincount(records.document, minlength=len(documents)).astype(np.int64)


def stated_amounts(documents: Documents, mapping: DocumentMap, mapped: Mapped | None = None) -> tuple[pa.Array, Text]:
    """Return what each document states, decimal128(18, 4), null where unknown or where it states no money; and its currency."""
    count = len(documents)
    if mapping.money is None:
        return pa.nulls(count, AMOUNT), pa.nulls(count, pa.string())
    return mapping.money(documents), currencies(documents)


def currencies(documents: Documents) -> Text:
    """Return each document's currency: as it names one (CUR02, CUX 6345 of the reference currency), else the agreement's."""
    named = pc.coalesce(named_currency(documents), stated_currency(documents))
    return pc.coalesce(named, documents.currency)


def document_rows(documents: Documents, mapping: DocumentMap, mapped: Mapped, *, batch: Batch, transactions: Ints) -> pa.Table:
    """Return the rows of ``documents``: one for each document, whatever its type.

    Args:
        transactions: index of each document among the batch's transactions.
    """
    chosen = batch.transactions
    at = pa.array(transactions)
    groups = [batch.groups[index].control_number if index >= 0 else None for index in chosen.group[transactions].tolist()]
    interchanges = [batch.interchanges[index] for index in chosen.interchange[transactions].tolist()]
    columns: dict[str, pa.Array] = {name: documents.heads.column(name).combine_chunks() for name in documents.heads.column_names}
    columns |= {
        "standard_code": pa.array([each.standard for each in interchanges], pa.string()),
        "version_code": chosen.version.take(at), "usage_code": pa.array([each.usage_code for each in interchanges], pa.string()),
        "group_number": pa.array(groups, pa.string()), "transaction_number": chosen.control_number.take(at),
        "business_number": _numbers(documents, mapping, mapped), "record_count": pa.array(count_records(documents, mapping)),
        "content_hash": pa.array([each.content_hash for each in interchanges], pa.string()),
        "segment_ordinal": pa.array(documents.table.ordinal[documents.first]),
        "byte_offset": pa.array(documents.table.offset[documents.first]),
    }
    schema = arrow_schema(DOCUMENTS)
    return pa.Table.from_arrays([columns[field.name].cast(field.type) for field in schema], schema=schema)


def _numbers(documents: Documents, mapping: DocumentMap, mapped: Mapped) -> Text:
    ids = documents.heads.column("document_id").combine_chunks()
    if mapping.number is None or mapping.number[0] not in mapped.tables:
        return pa.nulls(len(ids), pa.string())
    table = mapped.tables[mapping.number[0]]
    at = pc.index_in(ids, value_set=table.column("document_id").combine_chunks())
    return table.column(mapping.number[1]).combine_chunks().take(at)


_ROWS: tuple[DocumentMap, ...] = (
    DocumentMap("x12", "850", x12_850.map_850, ("PO1",), "order_lines", ("line_ordinal",), ("orders", "order_number"),
                x12_money.x12_order_total, "order_lines", "line_amount"),
    DocumentMap("x12", "855", x12_855.map_855, ("PO1",), "order_response_lines", ("line_ordinal",), ("order_responses", "order_number")),
    DocumentMap("x12", "856", x12_856.map_856, ("HL",), "shipment_lines", ("line_ordinal",), ("shipments", "shipment_number"),
                record_where={3: x12_856.ITEM}),
    DocumentMap("x12", "810", x12_810.map_810, ("IT1",), "invoice_lines", ("line_ordinal",), ("invoices", "invoice_number"),
                x12_money.x12_invoice_total, "invoices", "invoice_amount"),
    DocumentMap("x12", "820", x12_820.map_820, ("RMR",), "remittance_lines", ("line_ordinal",), ("payments", "payment_number"),
                x12_money.x12_payment_total, "payments", "payment_amount"),
    DocumentMap("x12", "997", x12_997.map_997, ("AK1", "AK2"), "partner_acknowledgments", ("statement_ordinal",)),
    DocumentMap("x12", "999", x12_997.map_997, ("AK1", "AK2"), "partner_acknowledgments", ("statement_ordinal",)),
    DocumentMap("edifact", "ORDERS", edifact_orders.map_orders, ("LIN",), "order_lines", ("line_ordinal",), ("orders", "order_number"),
                ordered_total, "order_lines", "line_amount"),
    DocumentMap("edifact", "ORDRSP", edifact_ordrsp.map_ordrsp, ("LIN",), "order_response_lines", ("line_ordinal",),
                ("order_responses", "order_number")),
    DocumentMap("edifact", "DESADV", edifact_desadv.map_desadv, ("LIN",), "shipment_lines", ("line_ordinal",),
                ("shipments", "shipment_number")),
    DocumentMap("edifact", "INVOIC", edifact_invoic.map_invoic, ("LIN",), "invoice_lines", ("line_ordinal",),
                ("invoices", "invoice_number"), stated_total, "invoices", "invoice_amount"),
    DocumentMap("edifact", "CONTRL", edifact_contrl.map_contrl, ("UCI", "UCF", "UCM"), "partner_acknowledgments", ("statement_ordinal",)),
)

REGISTRY: dict[tuple[str, str], DocumentMap] = {(row.standard, row.type_code): row for row in _ROWS}

for _row in _ROWS:
    if _row.record_table not in TABLES:
        raise ValueError(f"{_row.type_code}: no canonical table {_row.record_table}")
