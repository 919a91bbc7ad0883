"""Reconciliation: rules written as data become SQL over canonical tables; breaks with evidence, and totals that tie."""

from __future__ import annotations

from transforms.reconcile.carry import CARRIED_SCHEMA, carry
from transforms.reconcile.prepare import prepare
from transforms.reconcile.rules import Rule, parse_rule
from transforms.reconcile.run import BREAK_SCHEMA, TOTAL_SCHEMA, RuleResult, check_totals, run_rule
from transforms.reconcile.sql import rule_sql

__all__ = [
    "BREAK_SCHEMA", "CARRIED_SCHEMA", "TOTAL_SCHEMA", "Rule", "RuleResult", "carry", "check_totals", "parse_rule", "prepare", "rule_sql",
    "run_rule",
]
