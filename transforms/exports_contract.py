"""Whether a contract can be used at all. A contract is a setting: what is wrong with one is said before any row is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from edi.errors import ConfigurationError
from transforms.model import TABLES
from transforms.model.types import ExactDecimal
from transforms.policy import ContractColumn, SourceContract

# How each date format is recognised, and put as CCYYMMDD.
DATE_FORMATS = {
    "YYYY-MM-DD": (r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$", r"\1\2\3"),
    "DD.MM.YYYY": (r"^([0-9]{2})\.([0-9]{2})\.([0-9]{4})$", r"\3\2\1"),
    "MM/DD/YYYY": (r"^([0-9]{2})/([0-9]{2})/([0-9]{4})$", r"\3\1\2"),
    "YYYYMMDD": (r"^([0-9]{8})$", r"\1"),
}


def usable(contract: SourceContract) -> SourceContract:
    """Return a contract that can be worked with.

    Raises:
        ConfigurationError: naming everything in it that contradicts the canonical model or itself.
    """
    problems = [*_of_dialect(contract), *_of_tables(contract)]
    if problems:
        raise ConfigurationError(f"data/sources/{contract.source_id}.toml: " + "; ".join(problems))
    return contract


def expected_columns(contract: SourceContract) -> tuple[str, ...]:
    """Return every column that the header must have, in the contract's order."""
    total = contract.control_total
    others = (contract.partner_column, *contract.document_key, contract.amount_column, contract.currency_column,
              total.sum_column if total else None)
    names = [column.name for column in contract.columns] + [name for name in others if name is not None]
    return tuple(dict.fromkeys(names))


def targets(contract: SourceContract, table: str) -> dict[str, ContractColumn]:
    """Return the columns of the export that fill a canonical table, by canonical column."""
    prefix = f"{table}."
    return {column.target.removeprefix(prefix): column for column in contract.columns if column.target.startswith(prefix)}


def constants(contract: SourceContract, table: str) -> dict[str, str]:
    """Return the values that every row of a canonical table has, by canonical column."""
    prefix = f"{table}."
    return {target.removeprefix(prefix): value for target, value in contract.constants.items() if target.startswith(prefix)}


def kind_of(column: sa.Column[object]) -> str:
    """Return the kind that a column of an export must have to fill a canonical column."""
    if isinstance(column.type, ExactDecimal):
        return "decimal"
    if isinstance(column.type, sa.BigInteger):
        return "integer"
    return "date" if isinstance(column.type, sa.Date) else "text"


def _of_dialect(contract: SourceContract) -> Iterator[str]:
    if len(contract.delimiter.encode()) != 1:
        yield "delimiter must be one ASCII character"
    if contract.decimal_mark not in (".", ","):
        yield 'decimal_mark must be "." or ","'
    if contract.date_format not in DATE_FORMATS:
        yield f"date_format must be one of {', '.join(DATE_FORMATS)}"
    if contract.kind not in ("snapshot", "delta", "append"):
        yield "kind must be snapshot, delta or append"
    if not contract.document_key:
        yield "document_key must name at least one column"
    for name, times in Counter(column.name for column in contract.columns).items():
        if times > 1:
            yield f"column {name} is listed twice"


def _of_tables(contract: SourceContract) -> Iterator[str]:
    known = [name for name in (contract.header_table, contract.line_table) if name is not None]
    for name in known:
        if name not in TABLES:
            yield f"{name} is not a canonical table"
    kinds = {f"{name}.{column.name}": kind_of(column) for name in known if name in TABLES for column in TABLES[name].columns}
    for target, times in Counter([*(made.target for made in contract.columns if made.target), *contract.constants]).items():
        if target not in kinds:
            yield f"target {target} is not a column of {' or '.join(known)}"
        if times > 1:
            yield f"target {target} is filled twice"
    for column in contract.columns:
        kind = kinds.get(column.target, column.kind)
        if column.kind != kind:
            yield f"column {column.name} fills {column.target}: its kind must be {kind}"
