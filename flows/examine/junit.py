"""The reports of ``crossfoot check`` as JUnit XML, which build servers show: a suite a file, a test case a transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from edi.findings import Finding, Severity
from flows.examine.page import Page
from flows.examine.reports import FileReport
from flows.examine.view import View
from flows.examine.words import counted, gravest, printable, reaches, where

_Key = tuple[int | None, int | None]  # interchange, transaction


def write(reports: Iterable[FileReport], page: Page, view: View) -> None:
    """Write a suite a file, each as soon as it is known."""
    page.emit('<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="crossfoot check">\n')
    for report in reports:
        for line in _suite(report, view):
            page.emit(line + "\n")
    page.emit("</testsuites>\n")


def _suite(report: FileReport, view: View) -> Iterator[str]:
    by_case: dict[_Key, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if reaches(finding.severity, view.severity):
            by_case[finding.place.interchange, finding.place.transaction].append(finding)
    cases = list(_cases(report, by_case))
    worst = [gravest(finding.severity for finding in found) for _, found in cases]
    failing = [severity for severity in worst if severity is not None and reaches(severity, view.fail_on)]
    errors = failing.count(Severity.FATAL)
    name = quoteattr(printable(report.path))
    yield f'<testsuite name={name} tests="{len(cases)}" failures="{len(failing) - errors}" errors="{errors}" skipped="0">'
    for (title, found), severity in zip(cases, worst, strict=True):
        yield from _case(name, title, found, severity, view)
    yield "</testsuite>"


def _cases(report: FileReport, by_case: dict[_Key, list[Finding]]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield what stands for the file, for each envelope and for each transaction, with the findings of each."""
    yield "file", by_case.pop((None, None), [])
    for each in report.interchanges:
        yield f"interchange {each.ordinal}, envelope: {each.standard} {each.control_number}", by_case.pop((each.ordinal, None), [])
    for one in report.transactions:
        title = f"interchange {one.interchange}, transaction {one.ordinal}: {one.type_code} {one.control_number}"
        yield title, by_case.pop((one.interchange, one.ordinal), [])
    for (interchange, transaction), found in by_case.items():
        yield f"interchange {interchange}, transaction {transaction}", found


def _case(suite: str, title: str, found: Sequence[Finding], worst: Severity | None, view: View) -> Iterator[str]:
    opening = f"<testcase classname={suite} name={quoteattr(printable(title))}"
    if not found or worst is None:
        yield opening + "/>"
        return
    text = escape("\n".join(f"{each.severity} {each.code}: {each.message} ({where(each.place)}). {each.remedy}" for each in found))
    yield opening + ">"
    if reaches(worst, view.fail_on):
        tag = "error" if worst is Severity.FATAL else "failure"
        first = next(each for each in found if each.severity is worst)
        message = quoteattr(f"{counted(len(found), 'finding')}, first of the gravest: {first.message}")
        yield f"<{tag} type={quoteattr(first.code)} message={message}>{text}</{tag}>"
    else:
        yield f"<system-out>{text}</system-out>"
    yield "</testcase>"
