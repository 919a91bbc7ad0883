"""Check many files in one call: small ones together, each with its own report, in the order in which they were given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edi.findings import Finding
from edi.guides import Checker
from edi.limits import Limits
from edi.reading import SourceFile, read_files
from edi.segments import Batch
from flows.examine.files import Given, listed, opened, packets
from flows.examine.policy import Policy
from flows.examine.reports import FileReport, Findings, InterchangeReport, TransactionReport
from flows.examine.words import Outcome

MOST_TRANSACTIONS = 10_000  # listed one by one; of the rest of a file, those with findings


@dataclass(slots=True)
class _Open:
    """A file whose report is being made."""

    given: Given
    findings: Findings
    interchanges: list[InterchangeReport]
    transactions: list[TransactionReport]


def check_files(paths: Iterable[str], policy: Policy, *, limits: Limits, max_findings: int) -> Iterator[FileReport]:
    """Check files and folders, and yield a report a file. What is wrong with a file is a finding, never an exception."""
    for packet in packets(opened(given, limits) for given in listed(paths)):
        reports = {given.path: _Open(given, Findings(max_findings), [], []) for given in packet}
        _read(packet, reports, policy, limits)
        for report in reports.values():
            if report.given.finding is not None:
                report.findings.add(report.given.finding)
            yield report.findings.report(report.given.path, len(report.given.data), report.interchanges, report.transactions,
                                         guided=policy.guides is not None)


def _read(packet: list[Given], reports: dict[str, _Open], policy: Policy, limits: Limits) -> None:
    sources = [SourceFile(given.path, given.data) for given in packet if given.finding is None]
    for batch in read_files(sources, limits=limits):
        for finding in judged(batch, Checker(policy.guides) if policy.guides else None, policy):
            reports[finding.place.file or ""].findings.add(finding)
        _interchanges(batch, reports)
        _transactions(batch, reports)


def judged(batch: Batch, checker: Checker | None, policy: Policy) -> Iterator[Finding]:
    """Yield all findings of a batch, with the severities that each partner's agreement has."""
    by_place = {(batch.table.files[each.file], each.ordinal): policy.severity_of(each) for each in batch.interchanges}
    for finding in (*batch.findings, *(checker.check(batch) if checker else ())):
        judge = by_place.get((finding.place.file or "", finding.place.interchange or 0))
        yield judge(finding) if judge else finding


def _interchanges(batch: Batch, reports: dict[str, _Open]) -> None:
    counts = [0] * len(batch.interchanges)
    for at in batch.transactions.interchange.tolist():
        counts[at] += 1
    for each, count in zip(batch.interchanges, counts, strict=True):
        reports[batch.table.files[each.file]].interchanges.append(InterchangeReport(
            each.ordinal, each.standard, each.control_number, f"{each.sender_qualifier}/{each.sender_id}",
            f"{each.receiver_qualifier}/{each.receiver_id}", each.usage_code, each.version, count))


def _transactions(batch: Batch, reports: dict[str, _Open]) -> None:
    those = batch.transactions
    columns = (those.interchange.tolist(), those.ordinal.tolist(), batch.type_codes, those.version.to_pylist(),
               those.control_number.to_pylist())
    for at, ordinal, type_code, version, control_number in zip(*columns, strict=True):
        interchange = batch.interchanges[at]
        report = reports[batch.table.files[interchange.file]]
        syntax, guide = (report.findings.of_transaction(interchange.ordinal, ordinal, verdict) for verdict in ("syntax", "guide"))
        if len(report.transactions) < MOST_TRANSACTIONS or syntax is not Outcome.OK or guide is not Outcome.OK:
            report.transactions.append(TransactionReport(
                interchange.ordinal, ordinal, type_code, version or "", control_number or "", syntax, guide))
