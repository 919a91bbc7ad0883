"""CSV: an export is split into records, and read by a contract. Its first byte chooses contract and dialect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from zlib import crc32

import numpy as np

from edi.csvrows import read_csv
from edi.findings import Finding
from tests.fuzz.promises import check_findings, promise
from tests.transforms.exports_case import CONTEXT, INVOICES, ORDERS
from transforms.exports import read_export
from transforms.exports_model import KnownDocument
from transforms.policy import SourceContract

CONTRACTS = (
    ORDERS, replace(ORDERS, delimiter="\t", kind="append"), INVOICES, replace(INVOICES, encoding="cp1252"),
    replace(ORDERS, delimiter=";", decimal_mark=",", date_format="MM/DD/YYYY"), replace(INVOICES, kind="snapshot", control_total=None),
)
QUOTES = (b'"', b"'", b"")
KNOWN = {"acme|1": KnownDocument("d1", "0"), "gone|1": KnownDocument("d2", "0")}


def examine(documents: Sequence[bytes]) -> Counter[str]:
    """Read exports and return how often each kind of finding was met; raises where a promise is broken."""
    seen: Counter[str] = Counter()
    for data in documents:
        seen.update(_one(data[0] if data else 0, data[1:]))
    return seen


def _one(choice: int, data: bytes) -> Counter[str]:
    contract = CONTRACTS[choice % len(CONTRACTS)]
    records = _records(contract, QUOTES[choice // len(CONTRACTS) % len(QUOTES)], data) if crc32(data) % 4 == 0 else ()
    export = read_export(contract, data, CONTEXT, KNOWN)
    check_findings(export.findings, {CONTEXT.file_hash: len(data)})
    for made in export.tables.values():
        made.validate(full=True)
    promise(export.file_error is None or not export.documents, "an export that is held has documents")
    return Counter(finding.code for finding in (*records, *export.findings))


def _records(contract: SourceContract, quote: bytes, data: bytes) -> Sequence[Finding]:
    """Split one export of four into records with any quote; by its contract each of them is split anyway."""
    table = read_csv(data, delimiter=contract.delimiter.encode(), quote=quote, encoding=contract.encoding, name="export")
    promise(len(table.columns) == len(table.header), "a column has no name")
    promise(all(len(column) == len(table.record) == len(table.offset) for column in table.columns), "columns differ in length")
    edges = np.concatenate(([-1], table.offset, [len(data) + 1]))
    promise(bool((np.diff(edges) > 0).all()), "a record is not where it should be")
    for column in table.columns:
        column.validate(full=True)
    check_findings(table.findings, {"export": len(data)})
    return table.findings
