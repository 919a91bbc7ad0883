"""The reports of ``crossfoot check`` for a person: a line a file, its findings below it, and what it all came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from edi.findings import Finding, Severity
from flows.examine.page import BOLD, COLOURS, DIM, GREEN, Page, Style
from flows.examine.reports import FileReport
from flows.examine.view import View
from flows.examine.words import Outcome, counted, counted_by_severity, printable, reaches, where

_COLOURS: dict[Outcome, Style] = {Outcome.OK: GREEN, Outcome.WARNINGS: "33", Outcome.ERRORS: "31", Outcome.UNREADABLE: "1;31"}

_WORDS = {Outcome.WARNINGS: "with warnings", Outcome.ERRORS: "with errors"}


def write(reports: Iterable[FileReport], page: Page, view: View) -> None:
    """Print every report as it comes, and a summary."""
    files: Counter[Outcome] = Counter()
    found: Counter[Severity] = Counter()
    transactions = 0
    for report in reports:
        files[report.outcome] += 1
        transactions += sum(each.transactions for each in report.interchanges)
        found.update(report.counts)
        if not view.quiet or (report.worst is not None and reaches(report.worst, view.fail_on)):
            _file(report, page, view)
    if not view.quiet:
        outcomes = ", ".join(f"{files[each]} {_WORDS.get(each, each)}" for each in Outcome if files[each])
        page.line((counted(files.total(), "file"), BOLD), f": {outcomes or 'none'}. {counted(transactions, 'transaction')}. "
                  f"Findings: {counted_by_severity(found)}.")


def _file(report: FileReport, page: Page, view: View) -> None:
    page.line((printable(report.path), BOLD), ": ", (report.outcome, _COLOURS[report.outcome]), (_summary(report), DIM))
    for each in report.interchanges if len(report.interchanges) > 1 or report.worst else ():
        page.line((f"interchange {each.ordinal}: {each.standard} {printable(each.control_number)}, {printable(each.sender)} -> "
                   f"{printable(each.receiver)}, {each.usage}, {counted(each.transactions, 'transaction')}", DIM), indent=2)
    for finding in report.findings:
        if reaches(finding.severity, view.severity):
            show_finding(finding, page, indent=2)
    if report.left_out:
        page.line((f"{counted(report.left_out, 'more finding')}; --max-findings lists more of them", DIM), indent=2)


def _summary(report: FileReport) -> str:
    """Return both verdicts and what was counted."""
    if not report.interchanges:
        return ""
    transactions = sum(each.transactions for each in report.interchanges)
    return (f" (syntax {report.syntax}, guide {report.guide}; {counted(len(report.interchanges), 'interchange')}, "
            f"{counted(transactions, 'transaction')})")


def show_finding(finding: Finding, page: Page, *, indent: int) -> None:
    """Print a finding: what, where, and what to do."""
    page.line((f"{finding.severity} {finding.code}", COLOURS[finding.severity]), f": {finding.message}", indent=indent)
    page.line((where(finding.place), DIM), indent=indent + 4)
    page.line(f"-> {finding.remedy}", indent=indent + 4, hanging=3)
