"""The one function that the rest of the project calls: validate a canonical table, get findings by row. No value leaves this room."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from edi.errors import IntegrityError
from edi.findings import Finding, Place, find
from expectations.checks import Check
from expectations.loading import great_expectations
from expectations.suites import checks_of, expectation, frame_of
from transforms.model import TABLES, arrow_schema

_OF_THREAD = threading.local()  # a context shared by threads gave wrong answers: each thread has its own
_WHETHER: dict[str, Any] = {"result_format": "BOOLEAN_ONLY"}
_WHICH: dict[str, Any] = {"result_format": "COMPLETE", "return_unexpected_index_query": False}


@dataclass(frozen=True, slots=True)
class RowFinding:
    """A finding about a row of the table that was validated."""

    row: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A table in Great Expectations: its batch definition, and the expectation of each check."""

    definition: Any
    expectations: Mapping[Check, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What validating a table gave: how many expectations were asked, how many failed, and every row that failed one."""

    rows: tuple[RowFinding, ...]
    evaluated: int
    failed: int


def validate(table_name: str, frame: pa.Table) -> Outcome:
    """Ask a canonical table everything that is expected of it.

    Args:
        table_name: name in the model.
        frame: rows with the model's schema; an empty table is asked nothing.

    Raises:
        IntegrityError: the columns are not the model's, or an expectation could not be evaluated: a fault of ours.
    """
    if frame.schema.names != arrow_schema(TABLES[table_name]).names:
        raise IntegrityError(f"rows for {table_name} have other columns than the model")
    if not len(frame):
        return Outcome((), 0, 0)
    frame = frame.combine_chunks()
    checks = checks_of(table_name)
    failing = _failing_rows(table_name, frame, checks)
    found = [(row, check) for check, rows in zip(checks, failing, strict=True) for row in rows]
    rows = [RowFinding(row, find(check.kind, _place(frame, row))) for row, check in sorted(found, key=lambda each: (each[0], each[1].name))]
    return Outcome(tuple(rows), len(checks), sum(bool(each) for each in failing))


def _failing_rows(table_name: str, frame: pa.Table, checks: tuple[Check, ...]) -> list[list[int]]:
    """Return the rows that fail each check. Mostly none does, and whether one does takes half the time of telling which rows do."""
    prepared = _prepared(table_name, checks)
    batch = prepared.definition.get_batch({"dataframe": frame_of(frame, checks)})
    failed = [check for check, one in _ask(batch, prepared, checks, _WHETHER) if not one.success]
    rows = {check: [int(row) for row in one.result["unexpected_index_list"]] for check, one in _ask(batch, prepared, failed, _WHICH)}
    return [rows.get(check, []) for check in checks]


def _ask(batch: Any, prepared: _Prepared, checks: Sequence[Check], wanted: dict[str, Any]) -> Iterator[tuple[Check, Any]]:
    """Yield each check with its result.

    Raises:
        IntegrityError: an expectation could not be evaluated.
    """
    if not checks:
        return
    suite = great_expectations().ExpectationSuite(name=batch.data_asset.name)
    suite.expectations.extend(prepared.expectations[check] for check in checks)
    asked = {_identity(one.expectation_config): one for one in batch.validate(suite, result_format=wanted).results}
    for check in checks:
        one = asked[check.table, check.name]
        if one.exception_info and one.exception_info.get("raised_exception"):
            raise IntegrityError(f"expectation {check.kind.code} could not be evaluated; it or the model is wrong")
        yield check, one


def _prepared(table_name: str, checks: tuple[Check, ...]) -> _Prepared:
    """Return this thread's batch definition and expectations of a table, made once."""
    if not hasattr(_OF_THREAD, "prepared"):
        _OF_THREAD.prepared = {}
        _OF_THREAD.context = _quiet_context()
    if table_name not in _OF_THREAD.prepared:
        source = _OF_THREAD.context.data_sources.add_pandas(table_name)
        definition = source.add_dataframe_asset(table_name).add_batch_definition_whole_dataframe(table_name)
        _OF_THREAD.prepared[table_name] = _Prepared(definition, {check: _expectation(check) for check in checks})
    found: _Prepared = _OF_THREAD.prepared[table_name]
    return found


def _expectation(check: Check) -> Any:
    made = expectation(check, great_expectations().expectations)
    made.meta = {"table": check.table, "name": check.name}
    return made


def _identity(configuration: Any) -> tuple[str, str]:
    return configuration.meta["table"], configuration.meta["name"]


def _quiet_context() -> Any:
    """Return a context in memory that writes no pages, shows no progress and logs nothing: its messages can quote values."""
    gx = great_expectations()
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig

    for name in ("great_expectations", *(name for name in logging.root.manager.loggerDict if name.startswith("great_expectations."))):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return gx.get_context(project_config=DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False), analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    ))


def _place(frame: pa.Table, row: int) -> Place:
    def of(name: str) -> Any:
        return frame.column(name)[row].as_py()

    return Place(file=of("file_hash"), offset=of("byte_offset"), transaction=of("transaction_ordinal"), segment=of("segment_ordinal"))
