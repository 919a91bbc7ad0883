"""Columns of an export from text to the types of the model; what cannot be read becomes null, with a finding for each value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from edi.findings import Finding, Kind, Place, Severity, find, kind
from edi.segments import Bools, Ints, Text
from transforms.exports_contract import DATE_FORMATS
from transforms.exports_model import Groups, Records
from transforms.mappings.rows import UNREADABLE_DATE, UNREADABLE_NUMBER
from transforms.model.types import ExactDecimal
from transforms.policy import ContractColumn, SourceContract
from transforms.typed import Mask, dates, decimals, to_bools

MISSING = kind(
    "csv.missing_value", Severity.ERROR, "record {record} has nothing in column {column}, which is required",
    "Have the source fill it, or say in the contract that the column is not required.",
)
UNKNOWN_CODE = kind(
    "csv.unknown_code", Severity.ERROR, "record {record} has a code in column {column} that the contract does not translate",
    "Add the code to the column's values in the contract, or have the source correct it.",
)
# The codes that mappings use for the same faults, in the words of a CSV file.
_NUMBER = replace(UNREADABLE_NUMBER, template="column {column} of record {record} is not a number that {target} can hold exactly")
_DATE = replace(UNREADABLE_DATE, template="column {column} of record {record} is not a calendar date as the contract writes dates")


def present(text: Text) -> Text:
    """Return text with null where nothing stands."""
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def numbers(text: Text, mark: str, *, precision: int, scale: int) -> tuple[pa.Array, Mask]:
    """Read decimals with one decimal mark; separators of thousands and the other mark are not guessed at.

    Returns:
        decimal128(precision, scale), null where bad; and which rows were bad.
    """
    if mark == ".":
        return decimals(text, precision=precision, scale=scale)
    other = to_bools(pc.match_substring(text, "."))
    made, bad = decimals(pc.if_else(pa.array(other), pa.scalar(None, pa.string()), text), precision=precision, scale=scale, mark=mark)
    return made, bad | other


def calendar(text: Text, date_format: str) -> tuple[pa.Array, Mask]:
    """Read dates of one format.

    Returns:
        date32, null where bad; and which rows were bad.
    """
    pattern, order = DATE_FORMATS[date_format]
    fits = to_bools(pc.match_substring_regex(text, pattern))
    made, bad = dates(pc.if_else(pa.array(fits), pc.replace_substring_regex(text, pattern, order), pa.scalar(None, pa.string())))
    return made, bad | (~fits & to_bools(pc.is_valid(text)))


def integers(text: Text) -> tuple[pa.Array, Mask]:
    """Read whole numbers.

    Returns:
        int64, null where bad; and which rows were bad.
    """
    fits = to_bools(pc.match_substring_regex(text, "^-?[0-9]{1,18}$"))
    made = pc.if_else(pa.array(fits), text, pa.scalar(None, pa.string())).cast(pa.int64())
    return made, ~fits & to_bools(pc.is_valid(text))


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Reads columns of an export for chosen rows of it."""

    contract: SourceContract
    units: Mapping[str, str]
    records: Records
    groups: Groups
    file: str

    def text(self, name: str, rows: Ints) -> Text:
        """Return a column as text, null where empty."""
        return present(self.records.columns[name]).take(pa.array(rows))

    def read(self, column: ContractColumn, target: sa.Column[object], rows: Ints, report: Callable[[Finding], None]) -> pa.Array:
        """Return a column as its target has it, and report each value of it that cannot be."""
        text = self.text(column.name, rows)
        if column.required:
            self._report(MISSING, column, rows, to_bools(pc.is_null(text)), report)
        made, bad, kind_ = self.typed(text, target, column.values)
        if kind_ is not None:
            self._report(kind_, column, rows, bad, report)
        return made

    def typed(self, text: Text, target: sa.Column[object], values: Mapping[str, str]) -> tuple[pa.Array, Mask, Kind | None]:
        """Return text as the type of its target, which rows are bad, and what to call them."""
        type_ = target.type
        if isinstance(type_, ExactDecimal):
            return *numbers(text, self.contract.decimal_mark, precision=type_.precision, scale=type_.scale), _NUMBER
        if isinstance(type_, sa.Date):
            return *calendar(text, self.contract.date_format), _DATE
        if isinstance(type_, sa.BigInteger):
            return *integers(text), _NUMBER
        if target.name == "gtin":
            text = pc.if_else(pc.match_substring_regex(text, "^[0-9]+$"), pc.utf8_lpad(text, 14, "0"), text)
        if target.name == "unit_code":
            return pc.coalesce(_translated(text, values), _translated(text, self.units), text), np.zeros(len(text), dtype=bool), None
        if not values:
            return text, np.zeros(len(text), dtype=bool), None
        made = _translated(text, values)
        return made, to_bools(pc.and_(pc.is_valid(text), pc.is_null(made))), UNKNOWN_CODE

    def place(self, row: int, column: str | None = None) -> Place:
        """Return where a row stands."""
        records, groups = self.records, self.groups
        return Place(file=self.file, offset=int(records.offset[row]), transaction=int(groups.document[row]) + 1,
                     segment=int(records.record[row]), tag=column)

    def sound(self, rows: Ints) -> Bools:
        """Return which rows could be read: of the others nothing more is said."""
        return ~self.records.suspect[rows]

    def _report(self, kind_: Kind, column: ContractColumn, rows: Ints, bad: Mask, report: Callable[[Finding], None]) -> None:
        for row in rows[bad & self.sound(rows)].tolist():
            report(find(kind_, self.place(row, column.name), column=column.name, record=int(self.records.record[row]),
                        target=column.target))


def _translated(text: Text, codes: Mapping[str, str]) -> Text:
    at = pc.index_in(text, value_set=pa.array(list(codes), pa.string()))
    return pa.array(list(codes.values()), pa.string()).take(at)
