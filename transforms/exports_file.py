"""An export as a whole: is it the file that its contract promises, complete, and which of its rows can be read?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi import csvrows
from edi.csvrows import CsvTable, read_csv
from edi.findings import Finding, Place, Severity, find, kind
from transforms.exports_contract import expected_columns
from transforms.exports_model import Records
from transforms.exports_values import numbers, present
from transforms.policy import ControlTotal, SourceContract

NOT_READABLE = kind(
    "csv.not_readable", Severity.ERROR, "the export cannot be split into records with certainty",
    "See the other finding of this file; repair it at its source and export it again.",
)
HEADER_CHANGED = kind(
    "csv.header_changed", Severity.ERROR, "the header is not what the contract expects: {difference}",
    "Ask the source what changed; if the new header is right, change the columns in data/sources/{source}.toml and release the file.",
)
CONTROL_TOTAL = kind(
    "csv.control_total", Severity.ERROR, "the trailer does not agree with the rows: {difference}",
    "The file may be cut short or joined from two: export it again.",
)
CONTROL_UNCHECKED = kind(
    "csv.control_total_unchecked", Severity.NOTE, "the trailer's sum of {column} could not be checked: not every row of it can be read",
    "Correct the rows that cannot be read; their documents are held.",
)
UNREADABLE_ROW = kind(
    "csv.unreadable_row", Severity.ERROR, "record {record} cannot be read: {why}",
    "Correct the record at its source and export it again.",
)

_OF_ROWS = (csvrows.RAGGED.code, csvrows.UNDECODABLE.code)
_SUM_TYPE = {"precision": 28, "scale": 10}


@dataclass(frozen=True, slots=True, eq=False)
class ExportFile:
    """A file that was read, and why it is held where it must be."""

    records: Records
    findings: tuple[Finding, ...]  # of the file: they belong to no document
    bad_rows: tuple[Finding, ...]  # csv.unreadable_row; place.segment tells the record
    error: str | None


def read_file(contract: SourceContract, data: bytes, name: str) -> ExportFile:
    """Read an export as text and compare it with its contract's header and its own trailer."""
    table = read_csv(data, delimiter=contract.delimiter.encode(), encoding=contract.encoding, name=name)
    trailer = _trailer(table, contract.control_total)
    records, bad_rows = _records(table, trailer is not None)
    findings = [finding for finding in table.findings if finding.code not in _OF_ROWS or finding.place.segment is None]
    place = Place(file=name, offset=0)
    error = _not_whole(table, findings, place) or _header(table, contract, place)
    if error is None:
        end = replace(place, offset=int(table.offset[-1]), segment=int(table.record[-1])) if len(table.record) else place
        findings += _control(records, contract, trailer, end)
        error = next((finding for finding in findings if finding.code == CONTROL_TOTAL.code), None)
    elif error not in findings:
        findings.append(error)
    return ExportFile(records, tuple(findings), bad_rows, error.code if error else None)


def count_rows(contract: SourceContract, data: bytes) -> int:
    """Count the rows of an export as the tokenizer splits them, before any of them is looked at; its trailer is none."""
    table = read_csv(data, delimiter=contract.delimiter.encode(), encoding=contract.encoding)
    return len(table.record) - (_trailer(table, contract.control_total) is not None)


def ends_early(contract: SourceContract, data: bytes) -> bool:
    """Tell whether an export breaks off: empty, in mid-row, or without the trailer that its contract promises.

    A cut between two rows of an export without a trailer cannot be seen from the file.
    """
    table = read_csv(data, delimiter=contract.delimiter.encode(), encoding=contract.encoding)
    if not table.header or (contract.control_total is not None and _trailer(table, contract.control_total) is None):
        return True
    if data.endswith((b"\n", b"\r")):
        return False
    if contract.control_total is not None:  # what the trailer states tells whether it is whole
        return read_file(contract, data, "").error is not None
    return contract.ends_with_newline or any(finding.code == csvrows.QUOTE.code for finding in table.findings)


def _trailer(table: CsvTable, control: ControlTotal | None) -> tuple[str, ...] | None:
    """Return the fields of the last record where it is the trailer."""
    if control is None or not len(table.record) or table.columns[0][-1].as_py() != control.marker:
        return None
    return tuple(str(column[-1].as_py()) for column in table.columns)


def _records(table: CsvTable, has_trailer: bool) -> tuple[Records, tuple[Finding, ...]]:
    count = len(table.record) - has_trailer
    bad = [finding for finding in table.findings
           if finding.code in _OF_ROWS and finding.place.segment is not None and finding.place.segment <= count]
    suspect = np.zeros(count, dtype=bool)
    suspect[[int(finding.place.segment or 0) - 1 for finding in bad]] = True
    columns = {name: column[:count] for name, column in zip(table.header, table.columns, strict=True)}
    made = tuple(_as_row(finding) for finding in bad)
    return Records(columns, table.offset[:count], table.record[:count], suspect), made


def _as_row(finding: Finding) -> Finding:
    made = find(UNREADABLE_ROW, finding.place, record=finding.place.segment, why=finding.message)
    return replace(made, remedy=finding.remedy)


def _not_whole(table: CsvTable, findings: list[Finding], place: Place) -> Finding | None:
    codes = {finding.code: finding for finding in findings}
    if csvrows.QUOTE.code in codes:
        return find(NOT_READABLE, codes[csvrows.QUOTE.code].place)
    return codes.get(csvrows.EMPTY.code) or (None if table.header else find(csvrows.EMPTY, place))


def _header(table: CsvTable, contract: SourceContract, place: Place) -> Finding | None:
    expected = expected_columns(contract)
    if Counter(table.header) == Counter(expected):
        return None
    return find(HEADER_CHANGED, place, difference=_difference(expected, table.header), source=contract.source_id)


def _difference(expected: tuple[str, ...], found: tuple[str, ...]) -> str:
    """Say in words how a header differs. A first record that has no name in common may be data: it is not repeated."""
    if not set(expected) & set(found):
        return f"expected {', '.join(expected)}; none of them was found"
    twice = [name for name, times in Counter(found).items() if times > 1]
    missing = [name for name in expected if name not in found]
    extra = [name for name in dict.fromkeys(found) if name not in expected]
    parts = (("missing", missing), ("not expected", extra), ("more than once", twice))
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts if names)


def _control(records: Records, contract: SourceContract, trailer: tuple[str, ...] | None, place: Place) -> Iterator[Finding]:
    """Compare the trailer's count and sum with the rows, exactly."""
    control = contract.control_total
    if control is None:
        return
    if trailer is None:
        yield find(CONTROL_TOTAL, place, difference=f"the last record does not begin with {control.marker}")
        return
    if control.count_field is not None:
        stated = _field(trailer, control.count_field)
        if re.fullmatch("[0-9]{1,18}", stated) is None:
            yield find(CONTROL_TOTAL, place, difference=f"field {control.count_field} is not a number of rows")
        elif int(stated) != len(records):
            yield find(CONTROL_TOTAL, place, difference=f"it states {int(stated)} rows, {len(records)} were read")
    if control.sum_field is not None and control.sum_column is not None:
        stated_sum, _ = numbers(pa.array([_field(trailer, control.sum_field) or None], pa.string()), contract.decimal_mark, **_SUM_TYPE)
        yield from _sum(records, contract, control.sum_column, stated_sum[0].as_py(), place)


def _sum(records: Records, contract: SourceContract, column: str, stated: Decimal | None, place: Place) -> Iterator[Finding]:
    if stated is None:
        yield find(CONTROL_TOTAL, place, difference=f"it states no readable sum of {column}")
        return
    text = records.columns[column]
    made, bad = numbers(present(text), contract.decimal_mark, **_SUM_TYPE)
    if (bad | records.suspect).any():
        yield find(CONTROL_UNCHECKED, place, column=column)
    elif (pc.sum(made).as_py() or Decimal(0)) != stated:
        yield find(CONTROL_TOTAL, place, difference=f"the sum of {column} is another")


def _field(trailer: tuple[str, ...], position: int) -> str:
    return trailer[position - 1] if position <= len(trailer) else ""
