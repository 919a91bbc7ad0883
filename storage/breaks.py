"""Breaks and the totals of rules, committed under (night, rule): reconciling a night again replaces what it said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.canonical import fields_of, storable
from storage.records import Break, Night, RuleTotal
from storage.tables import BREAKS, NIGHTS, RULE_TOTALS


def record_rule(connection: Connection, *, night: Night, rule_id: str, breaks: Sequence[Break], totals: Sequence[RuleTotal]) -> None:
    """Write what a rule found tonight, in place of what an earlier attempt of this night found."""
    for table, values in ((BREAKS, breaks), (RULE_TOTALS, totals)):
        connection.execute(table.delete().where(table.c.night_id == night.night_id, table.c.rule_id == rule_id))
        rows = storable([{**fields_of(value), "night_id": night.night_id, "rule_id": rule_id} for value in values])
        if rows:
            connection.execute(table.insert(), rows)


def load_breaks(connection: Connection, *, night_id: str) -> list[Break]:
    """Return a night's breaks by rule and id."""
    query = _columns(BREAKS, Break).where(BREAKS.c.night_id == night_id).order_by(BREAKS.c.rule_id, BREAKS.c.break_id)
    return [Break(**row) for row in connection.execute(query).mappings()]


def load_rule_totals(connection: Connection, *, night_id: str) -> list[RuleTotal]:
    """Return a night's totals by rule, side and currency."""
    query = _columns(RULE_TOTALS, RuleTotal).where(RULE_TOTALS.c.night_id == night_id)
    return [RuleTotal(**row) for row in connection.execute(query.order_by(*RULE_TOTALS.primary_key.columns)).mappings()]


def earlier_breaks(connection: Connection, *, before_sequence: int) -> list[Break]:
    """Return the breaks of the last night before this one that was reconciled: what is carried forward."""
    reconciled = [sa.exists().where(table.c.night_id == NIGHTS.c.night_id) for table in (RULE_TOTALS, BREAKS)]
    query = sa.select(NIGHTS.c.night_id).where(NIGHTS.c.sequence < before_sequence, sa.or_(*reconciled))
    last = connection.execute(query.order_by(NIGHTS.c.sequence.desc()).limit(1)).scalar_one_or_none()
    return [] if last is None else load_breaks(connection, night_id=last)


def _columns(table: sa.Table, record: type) -> sa.Select[tuple[object, ...]]:
    return sa.select(*(table.c[field.name] for field in fields(record)))
