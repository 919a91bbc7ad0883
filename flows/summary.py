"""What a night came to, as one value: for the terminal, for --json, for artifacts and for the report. Ids and places, never values."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flows.crossfoot import CrossFoot, cross_foot
from flows.night import Session
from flows.series import numbering
from storage import ledger
from storage.breaks import load_breaks, load_rule_totals
from storage.database import reading
from storage.exports import by_source, load_exports
from storage.outbox import load_outbox
from storage.records import Break, RuleTotal
from storage.relational import recount
from storage.waiting import waited_for


@dataclass(frozen=True, slots=True)
class ThisRun:
    """What one run did, in contrast to what its night holds."""

    landed: int = 0
    landed_before: int = 0
    packets_published: int = 0
    packets_before: int = 0
    rows_loaded: Mapping[str, int] | None = None
    expectations_evaluated: int = 0
    expectations_failed: int = 0
    sent: Sequence[str] = ()
    busy: bool = False  # another run held the night
    restless: int = 0  # files that could not be taken yet
    looking: bool = False  # nothing was run: somebody looks at the night


@dataclass(frozen=True, slots=True)
class Summary:
    """A night's summary."""

    night_id: str
    business_date: str
    sequence: int
    run: ThisRun
    totals: CrossFoot
    documents: Mapping[str, Mapping[str, int]]  # type -> outcome -> count
    findings: Mapping[str, Mapping[str, Any]]  # code -> severity and count
    acknowledgments: Mapping[str, int]  # kind -> count
    rows: Mapping[str, int]  # canonical table -> rows of the night
    breaks: tuple[Break, ...]
    rule_totals: tuple[RuleTotal, ...]
    set_aside: tuple[Mapping[str, Any], ...]  # decisions that are quarantined, rejected or pending
    places: Mapping[str, str]
    numbering: tuple[Mapping[str, Any], ...] = ()  # of partners whose control numbers are agreed to count
    exports: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # source -> new, changed, unchanged, vanished, set aside
    waiting: tuple[Mapping[str, Any], ...] = ()  # files that broke off, and whose rest is waited for

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "night": self.night_id, "business_date": self.business_date, "sequence": self.sequence, "busy": self.run.busy,
            "this_run": {
                "files_landed": self.run.landed, "files_landed_before": self.run.landed_before,
                "files_left_for_the_next_look": self.run.restless,
                "packets_published": self.run.packets_published, "packets_published_before": self.run.packets_before,
                "rows_loaded": dict(self.run.rows_loaded or {}), "rows_loaded_total": sum((self.run.rows_loaded or {}).values()),
                "expectations_evaluated": self.run.expectations_evaluated, "expectations_failed": self.run.expectations_failed,
                "sent": list(self.run.sent),
            },
            "cross_foot": self.totals.to_json(), "documents": self.documents, "findings": self.findings,
            "acknowledgments": self.acknowledgments, "rows": self.rows,
            "breaks": [_break_json(found) for found in self.breaks], "breaks_by_class": breaks_by_class(self.breaks),
            "rules": [_total_json(total) for total in self.rule_totals],
            "set_aside": [{name: one[name] for name in _ASIDE} for one in self.set_aside],
            "numbering": [dict(one) for one in self.numbering], "waiting": [dict(one) for one in self.waiting],
            "exports": self.exports,
            "places": dict(self.places),
        }


_ASIDE = ("outcome", "reason_code", "reason", "partner_id", "type_code", "control_number", "file_hash", "interchange_ordinal",
          "transaction_ordinal")


def summarize(session: Session, run: ThisRun) -> Summary:
    """Gather a night from the ledger and the database; nothing is remembered from the run but what only it can know."""
    with reading(session.engine) as connection:
        night_id = session.night.night_id
        decisions = ledger.load_decisions(connection, night_id=night_id)
        findings = ledger.load_findings(connection, night_id=night_id)
        breaks = load_breaks(connection, night_id=night_id)
        totals = load_rule_totals(connection, night_id=night_id)
        items = load_outbox(connection, night_id=night_id)
        rows = recount(connection, night_id=night_id).rows
        exports = load_exports(connection, night_id=night_id)
        waiting = waited_for(connection, deployment=session.night.deployment, until=session.night.business_date)
    settings = session.settings
    return Summary(
        night_id, session.night.business_date.isoformat(), session.night.sequence, run, cross_foot(session),
        _by_type(decisions), _by_code(findings), dict(sorted(Counter(str(item["kind"]) for item in items).items())),
        {name: count for name, count in rows.items() if count}, tuple(breaks), tuple(totals),
        tuple(one for one in decisions if one["outcome"] in ("quarantined", "rejected", "pending")),
        {"database": _without_password(settings.database_url), "parquet": str(settings.lake), "outbox": str(settings.outbox),
         "landing": str(settings.landing), "reports": str(settings.reports)},
        tuple(numbering(session)), by_source(exports), tuple({
            "file": one.file_hash, "source": one.source, "since": one.since.isoformat(), "documents": one.documents,
            "until": (one.since + timedelta(days=settings.wait_days(one.source))).isoformat()} for one in waiting),
    )


def breaks_by_class(breaks: Sequence[Break]) -> dict[str, dict[str, Any]]:
    """Return per class how many are open, how many closed tonight, and the money at stake by currency of the open ones."""
    classes: dict[str, dict[str, Any]] = {}
    for found in sorted(breaks, key=lambda each: each.class_code):
        row = classes.setdefault(found.class_code, {"open": 0, "closed": 0, "at_stake": {}, "unknown_amount": 0})
        row[found.state_code] += 1
        if found.state_code != "open":
            continue
        if found.difference_amount is None:
            row["unknown_amount"] += 1
        else:
            currency = found.currency or "?"
            row["at_stake"][currency] = format(Decimal(row["at_stake"].get(currency, "0")) + found.difference_amount, "f")
    return classes


def _by_type(decisions: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for decision in decisions:
        counts[f"{decision['standard']} {decision['type_code']}"][decision["outcome"]] += 1
    return {name: dict(sorted(counts[name].items())) for name in sorted(counts)}


def _by_code(findings: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    counts = Counter((finding["code"], finding["severity"]) for finding in findings)
    return {code: {"severity": severity, "count": count} for (code, severity), count in sorted(counts.items())}


def _break_json(found: Break) -> dict[str, Any]:
    return {
        "class": found.class_code, "state": found.state_code, "rule": found.rule_id, "partner": found.partner_id,
        "subject": json.loads(found.key)["subject"], "left": found.left, "right": found.right,
        "at_stake": None if found.difference_amount is None else format(found.difference_amount, "f"), "currency": found.currency,
        "first_night": found.first_night_sequence, "sentence": found.sentence, "evidence": json.loads(found.evidence),
    }


def _total_json(total: RuleTotal) -> dict[str, Any]:
    def money(amount: Decimal | None) -> str | None:
        return None if amount is None else format(amount, "f")

    return {
        "rule": total.rule_id, "side": total.side, "currency": total.currency,
        "count": {"total": total.total_count, "matched": total.matched_count, "breaks": total.breaks_count,
                  "excluded": total.excluded_count},
        "amount": {"total": money(total.total_amount), "matched": money(total.matched_amount), "breaks": money(total.breaks_amount),
                   "excluded": money(total.excluded_amount)},
    }


def _without_password(url: str) -> str:
    """Return a database URL that may be shown."""
    head, mark, tail = url.partition("@")
    return url if not mark else head.rpartition(":")[0] + ":***@" + tail
