"""What of the reports is shown, and from which severity on a file fails."""

from __future__ import annotations

from dataclasses import dataclass

from edi.findings import Severity


@dataclass(frozen=True, slots=True)
class View:
    """Wishes of the caller that every format honours where it can."""

    severity: Severity = Severity.NOTE  # findings below it are not listed
    fail_on: Severity = Severity.ERROR  # a finding of this severity makes a file fail
    quiet: bool = False  # for people: only files that fail, and no summary
