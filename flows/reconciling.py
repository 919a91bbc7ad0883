"""Reconcile a night: the rules run as SQL over the published Parquet as it was known that night, and what they find is committed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from edi.errors import IntegrityError
from flows.night import Session
from storage.breaks import earlier_breaks, load_breaks, record_rule
from storage.database import reading
from storage.leases import fenced
from storage.leftovers import spill_folder
from storage.records import Break, Lease, RuleTotal
from storage.together import files_to_read
from storage.versions import superseded
from transforms.model import TABLES, empty
from transforms.reconcile import CARRIED_SCHEMA, RuleResult, carry, check_totals, prepare, run_rule
from transforms.reconcile.rules import Rule

MEMORY_LIMIT = "2GB"


def reconcile(session: Session, only: Sequence[str] = (), held: Lease | None = None) -> list[Break]:
    """Run the rules (all, or those named) and commit what they found under (night, rule); return the night's breaks.

    Raises:
        ConservationError: a rule's side does not equal matched + breaks + excluded.
        LeaseLostError: another run has taken over; what was committed before stays.
    """
    with reading(session.engine) as connection:
        earlier = earlier_breaks(connection, before_sequence=session.night.sequence)
    definitions = session.definitions
    rules = [rule for rule in definitions.rules if not only or rule.rule_id in only]
    with open_lake(session) as lake:
        prepare(lake, agreements=definitions.agreements, items=definitions.reference.items, business_date=session.night.business_date,
                rules=rules)
        for rule in rules:
            _commit(session, rule, _run(lake, rule), [found for found in earlier if found.rule_id == rule.rule_id], held)
    with reading(session.engine) as connection:
        return load_breaks(connection, night_id=session.night.night_id)


def _run(lake: duckdb.DuckDBPyConnection, rule: Rule) -> RuleResult:
    """Run a rule; what DuckDB says of a failure can quote amounts, so only its kind is told."""
    try:
        return run_rule(lake, rule)
    except duckdb.Error as error:
        raise IntegrityError(f"rule {rule.rule_id} cannot be evaluated ({type(error).__name__}): amounts may be larger than 14 digits "
                             "before the point; look at the documents loaded last") from None


@contextmanager
def open_lake(session: Session) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a DuckDB with one view a canonical table: the manifest's files, as they were known at the night, superseded ones left out."""
    settings, sequence = session.settings, session.night.sequence
    config: dict[str, Any] = {
        "threads": settings.workers, "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(spill_folder(settings.home)),  # made when memory is short; otherwise where we were started
    }
    with reading(session.engine) as rows:
        then = superseded(rows, known_at=sequence)
    present = " AND document_id NOT IN (SELECT document_id FROM superseded_then)" if len(then) else ""
    with (files_to_read(settings.lake, tonight=session.night.business_date) as files,
          duckdb.connect(":memory:", config=config) as connection):
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("superseded_then", then)
        for name in TABLES:
            if listed := ", ".join("'" + path.replace("'", "''") + "'" for path in files.get(name, ())):
                connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false) '
                                   f"WHERE known_at <= {sequence:d}{present}")
            else:
                connection.register(f"empty_{name}", empty(TABLES[name]))
                connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM "empty_{name}"')
        yield connection


def _commit(session: Session, rule: Rule, result: RuleResult, earlier: Sequence[Break], held: Lease | None) -> None:
    check_totals(result.totals)
    carried = carry(_carried(earlier), result.breaks, session.night.sequence)
    breaks = [_break(row) for row in carried.to_pylist()]
    totals = [_total(row) for row in result.totals.to_pylist()]
    with fenced(session.engine, held, night_id=session.night.night_id, subject=f"rule {rule.rule_id}") as connection:
        record_rule(connection, night=session.night, rule_id=rule.rule_id, breaks=breaks, totals=totals)


def _carried(breaks: Sequence[Break]) -> pa.Table:
    """Return earlier open breaks in the schema of :func:`carry`; closed ones have been told once and are dropped."""
    rows = [_row(found) for found in breaks if found.state_code == "open"]
    return pa.Table.from_pylist(rows, schema=CARRIED_SCHEMA)


def _row(found: Break) -> dict[str, Any]:
    key, evidence = json.loads(found.key), json.loads(found.evidence)
    quantity = evidence.pop("difference_quantity")
    return {
        "break_id": found.break_id, "rule_id": found.rule_id, "class_code": found.class_code, "partner_id": found.partner_id,
        "subject": key["subject"], "left_value": found.left, "right_value": found.right,
        "difference_quantity": None if quantity is None else Decimal(quantity), "difference_amount": found.difference_amount,
        "currency": found.currency, "sentence": found.sentence, "first_night_sequence": found.first_night_sequence,
        "state_code": found.state_code, **evidence,
    }


EVIDENCE = ("left_document_id", "left_file_hash", "left_byte_offset", "right_document_id", "right_file_hash", "right_byte_offset",
            "evidence_count")


def _break(row: dict[str, Any]) -> Break:
    quantity = row["difference_quantity"]
    evidence = {name: row[name] for name in EVIDENCE} | {"difference_quantity": None if quantity is None else format(quantity, "f")}
    return Break(
        break_id=row["break_id"], rule_id=row["rule_id"], class_code=row["class_code"], state_code=row["state_code"],
        partner_id=row["partner_id"], key=json.dumps({"subject": row["subject"]}), left=row["left_value"], right=row["right_value"],
        difference_amount=row["difference_amount"], currency=row["currency"], evidence=json.dumps(evidence, sort_keys=True),
        sentence=row["sentence"], first_night_sequence=row["first_night_sequence"],
    )


def _total(row: dict[str, Any]) -> RuleTotal:
    return RuleTotal(
        rule_id=row["rule_id"], side=row["side"], currency=row["currency"], total_count=row["total_count"],
        matched_count=row["matched_count"], breaks_count=row["break_count"], excluded_count=row["excluded_count"],
        total_amount=row["total_amount"], matched_amount=row["matched_amount"], breaks_amount=row["break_amount"],
        excluded_amount=row["excluded_amount"],
    )
