"""The one function that the rest of the project calls: validate a canonical table, get findings by row. No value leaves this room."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from edi.errors import IntegrityError
from edi.findings import Finding, Place, find
from expectations.checks import Check
from expectations.suites import checks_of, expectation, frame_of
from transforms.model import TABLES, arrow_schema

_OF_THREAD = threading.local()  # a context shared by threads gave wrong answers: each thread has its own


@dataclass(frozen=True, slots=True)
class RowFinding:
    """A finding about a row of the table that was validated."""

    row: int
    finding: Finding


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
    definition, suite = _suite(table_name, checks)
    batch = definition.get_batch({"dataframe": frame_of(frame, checks)})
    result = batch.validate(suite, result_format={"result_format": "COMPLETE", "return_unexpected_index_query": False})
    asked = {_identity(one.expectation_config): one for one in result.results}
    failing = []
    for check in checks:
        one = asked[check.table, check.name]
        if one.exception_info and one.exception_info.get("raised_exception"):
            raise IntegrityError(f"expectation {check.kind.code} could not be evaluated; it or the model is wrong")
        failing.append([] if one.success else [int(row) for row in one.result["unexpected_index_list"]])
    return failing


def _suite(table_name: str, checks: tuple[Check, ...]) -> tuple[Any, Any]:
    """Return this thread's batch definition and suite of a table, made once."""
    if not hasattr(_OF_THREAD, "suites"):
        _OF_THREAD.suites = {}
        _OF_THREAD.context = _quiet_context()
    if table_name not in _OF_THREAD.suites:
        import great_expectations as gx
        import great_expectations.expectations as gxe

        source = _OF_THREAD.context.data_sources.add_pandas(table_name)
        definition = source.add_dataframe_asset(table_name).add_batch_definition_whole_dataframe(table_name)
        suite = gx.ExpectationSuite(name=table_name)
        for check in checks:
            made = expectation(check, gxe)
            made.meta = {"table": check.table, "name": check.name}
            suite.expectations.append(made)
        _OF_THREAD.suites[table_name] = (definition, suite)
    return _OF_THREAD.suites[table_name]


def _identity(configuration: Any) -> tuple[str, str]:
    return configuration.meta["table"], configuration.meta["name"]


def _quiet_context() -> Any:
    """Return a context in memory that writes no pages, shows no progress and logs nothing: its messages can quote values."""
    import great_expectations as gx
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
