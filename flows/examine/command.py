"""``crossfoot check`` from arguments to exit status: reports go to the page as they come, the gravest finding decides."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from edi.findings import Severity
from edi.limits import Limits
from flows.examine import jsonlines, junit, sarif, text
from flows.examine.checking import check_files
from flows.examine.page import Page, screen
from flows.examine.policy import Policy
from flows.examine.reports import FileReport
from flows.examine.view import View
from flows.examine.words import gravest, reaches
from storage.files import write_atomically

Writer = Callable[[Iterable[FileReport], Page, View], None]

FORMATS: dict[str, Writer] = {"text": text.write, "json": jsonlines.write, "sarif": sarif.write, "junit": junit.write}
STATUS = {Severity.NOTE: 10, Severity.WARNING: 11, Severity.ERROR: 12, Severity.FATAL: 13}
_TOLD_EVERY = 100  # files


def run_check(
    paths: Sequence[str], policy: Policy, view: View, *, form: str, output: Path | None, max_findings: int, limits: Limits | None = None,
) -> int:
    """Check files, write the reports, and return the exit status: 0 unless a finding reaches the severity that fails."""
    worst: list[Severity | None] = [None]
    reports = _watched(check_files(paths, policy, limits=limits or policy.limits, max_findings=max_findings), worst,
                       tell=sys.stderr.isatty() and (output is not None or not sys.stdout.isatty()))
    if output is None:
        FORMATS[form](reports, screen(), view)
    else:
        written = io.StringIO()
        FORMATS[form](reports, Page(written.write), view)
        if form == "text":
            written.writelines(f"{each}.\n" for each in policy.unused())
        write_atomically(output, written.getvalue().encode("utf-8", "backslashreplace"))
    tell_unused(policy)
    gravest_found = worst[0]
    return STATUS[gravest_found] if gravest_found is not None and reaches(gravest_found, view.fail_on) else 0


def tell_unused(policy: Policy) -> None:
    """Tell on standard error which guides were asked for in vain: without this, a file would pass that nobody looked at."""
    for each in policy.unused():
        sys.stderr.write(f"crossfoot: {each}\n")


def _watched(reports: Iterator[FileReport], worst: list[Severity | None], *, tell: bool) -> Iterator[FileReport]:
    """Pass reports on, remember the gravest severity, and tell a waiting person how far it is."""
    count = 0
    for count, report in enumerate(reports, 1):
        worst[0] = gravest((worst[0], report.worst))
        if tell and count % _TOLD_EVERY == 0:
            sys.stderr.write(f"\r{count} files checked")
        yield report
    if tell and count >= _TOLD_EVERY:
        sys.stderr.write("\r\x1b[K")
