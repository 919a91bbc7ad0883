"""Compare what nights reported with the truth of a made world: every planted fault found, and nothing else reported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from flows.night import Session
from flows.outcomes import DUPLICATE, LOADED
from flows.settings import Strict, read_toml, validated
from storage import ledger
from storage.breaks import load_breaks
from storage.database import reading


class Expected(Strict):
    """One report that a fault must, or (kind none) must not, lead to."""

    kind: Literal["break", "rejected", "quarantined", "duplicate", "pending", "finding", "none"]
    code: str
    partner: str
    subject: str = ""
    night: date | None = None
    closes: date | None = None


class Fault(Strict):
    """A planted fault."""

    name: str
    night: date
    description: str
    expect: tuple[Expected, ...] = Field(min_length=1)


class Truth(Strict):
    """truth.toml of a made world."""

    fault: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, order=True)
class Report:
    """Something that a night told: the night on which it was told first, and on which a break closed."""

    kind: str
    code: str
    partner: str
    subject: str
    night: date
    closes: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How reports compare with the truth."""

    found: tuple[str, ...]  # names of faults all of whose expectations are met
    missed: tuple[tuple[str, str], ...]  # fault and what is missing
    unexpected: tuple[Report, ...]
    planted: int


def load_truth(path: Path) -> Truth:
    """Read truth.toml."""
    return validated(Truth, read_toml(path), path=path)


def compare(truth: Truth, reports: Iterable[Report]) -> Verdict:
    """Compare; a report that no fault expects is unexpected, whatever it is."""
    told = set(reports)
    wanted = {_report(expected, fault) for fault in truth.fault for expected in fault.expect if expected.kind != "none"}
    missed = [(fault.name, problem) for fault in truth.fault for problem in _problems(fault, told)]
    names = {name for name, _ in missed}
    found = tuple(fault.name for fault in truth.fault if fault.name not in names)
    return Verdict(found, tuple(missed), tuple(sorted(told - wanted, key=str)), len(truth.fault))


def _report(expected: Expected, fault: Fault) -> Report:
    return Report(expected.kind, expected.code, expected.partner, expected.subject, expected.night or fault.night, expected.closes)


def _problems(fault: Fault, told: set[Report]) -> list[str]:
    problems = []
    for expected in fault.expect:
        if expected.kind == "none":
            wrongly = [report for report in told if (report.code, report.partner) == (expected.code, expected.partner)
                       and expected.subject in ("", report.subject)]
            problems += [f"{expected.code} {report.subject} was reported and should not have been" for report in wrongly]
        elif _report(expected, fault) not in told:
            problems.append(f"{expected.kind} {expected.code} {expected.partner} {expected.subject} on {expected.night or fault.night}"
                            + (f" closing {expected.closes}" if expected.closes else ""))
    return problems


def reports(session: Session) -> list[Report]:
    """Return everything that the nights of a deployment told, in the words of the truth."""
    with reading(session.engine) as connection:
        nights = [night for night in ledger.load_nights(connection) if night.deployment == session.settings.deployment]
        dates = {night.sequence: night.business_date for night in nights}
        told: list[Report] = []
        closed: dict[str, date] = {}
        opened: dict[tuple[str, int], Report] = {}
        for night in nights:
            for found in load_breaks(connection, night_id=night.night_id):
                report = Report("break", found.class_code, found.partner_id or "", json.loads(found.key)["subject"],
                                dates[found.first_night_sequence])
                opened[found.break_id, found.first_night_sequence] = report
                if found.state_code == "closed":
                    closed[f"{found.break_id} {found.first_night_sequence}"] = night.business_date
            decisions = ledger.load_decisions(connection, night_id=night.night_id)
            told += _of_decisions(decisions, night.business_date)
            told += _of_findings(ledger.load_findings(connection, night_id=night.night_id), decisions, night.business_date)
    told += [Report(one.kind, one.code, one.partner, one.subject, one.night, closed.get(f"{key} {first}"))
             for (key, first), one in opened.items()]
    return told


def _subject(decision: Mapping[str, Any]) -> str:
    if decision["standard"] == "csv":
        return "/".join(part for part in (decision["type_code"], decision["control_number"]) if part)
    return str(decision["control_number"] or "")


def _of_decisions(decisions: Sequence[Mapping[str, Any]], night: date) -> list[Report]:
    return [
        Report(decision["outcome"], decision["reason_code"], decision["partner_id"] or "unknown", _subject(decision), night)
        for decision in decisions
        if decision["outcome"] != LOADED and not (decision["outcome"] == DUPLICATE and decision["reason_code"] in ("unchanged", "empty"))
    ]


def _of_findings(findings: Sequence[Mapping[str, Any]], decisions: Sequence[Mapping[str, Any]], night: date) -> list[Report]:
    loaded = {(one["file_hash"], one["interchange_ordinal"], one["transaction_ordinal"]): one for one in decisions
              if one["outcome"] == LOADED}
    told = set()
    for finding in findings:
        decision = loaded.get((finding["file_hash"], finding["interchange_ordinal"], finding["transaction_ordinal"]))
        if decision is not None and finding["severity"] in ("warning", "error", "fatal"):
            told.add(Report("finding", finding["code"], decision["partner_id"] or "unknown", _subject(decision), night))
    return sorted(told, key=str)
