"""The reports of ``crossfoot check`` as JSON lines: one object a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from edi.findings import Finding
from flows.examine.page import Page
from flows.examine.reports import FileReport
from flows.examine.view import View
from flows.examine.words import printable, reaches, verdict_of


def write(reports: Iterable[FileReport], page: Page, view: View) -> None:
    """Write a line a file, each as soon as it is known."""
    for report in reports:
        page.emit(json.dumps(as_json(report, view)) + "\n")


def as_json(report: FileReport, view: View) -> dict[str, Any]:
    """Return a report as plain values."""
    return {
        "path": printable(report.path), "outcome": report.outcome, "syntax": report.syntax, "guide": report.guide, "bytes": report.size,
        "interchanges": [plain(each) for each in report.interchanges],
        "transactions": [plain(each) for each in report.transactions],
        "counts": {str(severity): count for severity, count in report.counts.items()},
        "findings": [finding_as_json(each) for each in report.findings if reaches(each.severity, view.severity)],
        "findings_left_out": report.left_out,
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values; of its place, the parts that apply. The file is told by what it stands in."""
    place = {name: value for name, value in plain(finding.place).items() if value is not None and name != "file"}
    return {"code": finding.code, "severity": finding.severity, "verdict": verdict_of(finding), "message": finding.message,
            "remedy": finding.remedy, "place": place}


def plain(value: Any) -> dict[str, Any]:
    """Return the fields of a flat dataclass; dataclasses.asdict would copy every value."""
    return {field.name: getattr(value, field.name) for field in fields(value)}
