"""Which rows are one document, whether it is known already, and where its rows contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi.findings import Finding, Severity, find, kind
from edi.segments import Ints, Text
from transforms.exports_contract import targets
from transforms.exports_model import ExportDocument, Groups, KnownDocument, Records
from transforms.exports_values import Reader, numbers
from transforms.policy import SourceContract
from transforms.typed import to_bools

UNKNOWN_PARTNER = kind(
    "csv.unknown_partner", Severity.ERROR, "record {record} names a partner in column {column} that the contract does not know",
    "Add the name to [partner_aliases] in data/sources/{source}.toml, with the partner's id, and release the document.",
)
DISAGREES = kind(
    "csv.header_disagrees", Severity.ERROR, "column {column} of record {record} is not what the first record of its document, {first}, has",
    "Every record of a document must state the same: correct it at its source and export it again.",
)
REPEATED = kind(
    "csv.repeated_document", Severity.ERROR, "record {record} states the document of record {first} once more",
    "The source promises one record a document: have it send this one once.",
)


def group(records: Records, contract: SourceContract) -> Groups:
    """Put rows with equal key values together; documents stand in the order of their first rows."""
    parts = [_escaped(records.columns[name]) for name in contract.document_key]
    encoded = pc.binary_join_element_wise(*parts, "|").dictionary_encode()
    document = np.asarray(encoded.indices, dtype=np.int64)
    order = np.argsort(document, kind="stable")
    count = np.bincount(document, minlength=len(encoded.dictionary)).astype(np.int64)
    starts = np.cumsum(count) - count
    line_ordinal = np.empty(len(document), dtype=np.int64)
    line_ordinal[order] = np.arange(len(document)) - np.repeat(starts, count) + 1
    return Groups(encoded.dictionary, document, line_ordinal, order[starts], order, count)


def content_hashes(records: Records, groups: Groups) -> list[str]:
    """Return the SHA-256 of each document's rows as text: column names in order, then each row, every value with its length.

    The order of columns and the place in the file make no difference; the order of the rows of a document does.
    """
    if not len(groups):
        return []
    names = sorted(records.columns)
    values = [records.columns[name] for name in names]
    measured = [pc.binary_join_element_wise(pc.binary_length(text).cast(pa.string()), text, ":") for text in values]
    rows = pc.binary_join_element_wise(*measured, "").cast(pa.large_string()).take(pa.array(groups.order))
    _, offsets, content = rows.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[rows.offset:rows.offset + len(rows) + 1]
    stops = np.cumsum(groups.count)
    view, head = memoryview(content) if content is not None else memoryview(b""), sha256("\x1f".join(names).encode())
    made = []
    for start, stop in zip(ends[stops - groups.count].tolist(), ends[stops].tolist(), strict=True):
        digest = head.copy()
        digest.update(view[start:stop])
        made.append(digest.hexdigest())
    return made


def identified(reader: Reader, partners: Text, known: Mapping[str, KnownDocument]) -> tuple[ExportDocument, ...]:
    """Make the documents: each with a key of its own, chained to the version before, so that A, B, A are three documents."""
    contract, records, groups = reader.contract, reader.records, reader.groups
    hashes = content_hashes(records, groups)
    currency = contract.currency_column
    currencies = reader.text(currency, groups.first).to_pylist() if currency else [None] * len(groups)
    made = []
    for at, (key, content, partner, amount, code) in enumerate(
            zip(groups.keys.to_pylist(), hashes, partners.to_pylist(), _amounts(reader), currencies, strict=True)):
        before, row = known.get(key), int(groups.first[at])
        verdict = "new" if before is None else "unchanged" if before.content_hash == content else "changed"
        made.append(ExportDocument(
            ordinal=at + 1, key=key, document_id=_document_id(contract.source_id, key, content, before), content_hash=content,
            verdict=verdict, partner_id=partner, first_record=int(records.record[row]), byte_offset=int(records.offset[row]),
            record_count=int(groups.count[at]), amount=amount, currency=code,
        ))
    return tuple(made)


def partners_of(reader: Reader) -> Text:
    """Return each document's partner by its first row: an alias of the contract, or the id that an alias stands for; else null."""
    contract = reader.contract
    names = {partner: partner for partner in sorted(set(contract.partner_aliases.values()))} | dict(contract.partner_aliases)
    at = pc.index_in(reader.text(contract.partner_column, reader.groups.first), value_set=pa.array(list(names), pa.string()))
    return pa.array(list(names.values()), pa.string()).take(at)


def contradictions(reader: Reader, partners: Text) -> Iterator[Finding]:
    """Find unknown partners, rows that contradict the header of their document, and repeated documents."""
    contract, groups, record = reader.contract, reader.groups, reader.records.record
    column = contract.partner_column
    for row in groups.first[to_bools(pc.is_null(partners)) & reader.sound(groups.first)].tolist():
        yield find(UNKNOWN_PARTNER, reader.place(row, column), record=int(record[row]), column=column, source=contract.source_id)
    first = groups.first[groups.document]
    comparable = reader.sound(np.arange(len(first))) & reader.sound(first)
    agrees = np.ones(len(first), dtype=bool)
    for name in _of_header(contract):
        text = reader.records.columns[name]
        differs = to_bools(pc.not_equal(text, text.take(pa.array(first)))) & comparable
        agrees &= ~differs
        for row in np.flatnonzero(differs).tolist():
            yield find(DISAGREES, reader.place(row, name), column=name, record=int(record[row]), first=int(record[first[row]]))
    if contract.line_table is None:
        for row in np.flatnonzero((groups.line_ordinal > 1) & agrees & comparable).tolist():
            yield find(REPEATED, reader.place(row), record=int(record[row]), first=int(record[first[row]]))


def _of_header(contract: SourceContract) -> tuple[str, ...]:
    """Return the columns that speak of the whole document; those of its key agree by definition."""
    of_header = [column.name for column in targets(contract, contract.header_table).values()]
    others = [name for name in (contract.partner_column, contract.currency_column) if name is not None]
    return tuple(name for name in dict.fromkeys((*of_header, *others)) if name not in contract.document_key)


def _amounts(reader: Reader) -> list[Decimal | None]:
    """Sum the amount column by document; None where nothing is stated, or a part of it cannot be read."""
    contract, groups = reader.contract, reader.groups
    if contract.amount_column is None or not len(groups):
        return [None] * len(groups)
    rows: Ints = np.arange(len(groups.document), dtype=np.int64)
    made, bad = numbers(reader.text(contract.amount_column, rows), contract.decimal_mark, precision=18, scale=4)
    unknown = np.zeros(len(groups), dtype=bool)
    unknown[groups.document[bad | ~reader.sound(rows)]] = True
    summed = pa.table({"document": groups.document, "amount": made}).group_by("document").aggregate([("amount", "sum")])
    sums = dict(zip(summed.column("document").to_pylist(), summed.column("amount_sum").to_pylist(), strict=True))
    return [None if unknown[at] else sums[at] for at in range(len(groups))]


def _document_id(source_id: str, key: str, content_hash: str, before: KnownDocument | None) -> str:
    parts = (source_id, key, content_hash, before.document_id if before else "")
    return sha256("|".join(parts).encode()).hexdigest()[:40]


def _escaped(text: Text) -> Text:
    """Keep "|" in a value apart from the one between values."""
    return pc.replace_substring(pc.replace_substring(text, "\\", "\\\\"), "|", "\\|")
