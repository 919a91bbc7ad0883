"""``crossfoot ack`` from arguments to exit status: a segment a line with its findings for people, JSON for programs, or the bytes."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

from edi.acknowledgments import Line, Reply
from edi.findings import Finding, Severity
from edi.limits import Limits
from flows.examine.ack import Answered, Overrides, Terms, answer_file, as_json, why, withheld
from flows.examine.command import STATUS
from flows.examine.files import Given, opened
from flows.examine.page import BOLD, DIM, Page, screen
from flows.examine.text import show_finding
from flows.examine.words import counted, printable


def terms_for(settings_path: Path | None, overrides: Overrides, *, at: datetime, number: int, ignore_partners: bool) -> Terms:
    """Return the terms of the settings where there are any, else the defaults.

    Raises:
        ConfigurationError: the settings or what they name are wrong.
    """
    if ignore_partners or (settings_path is None and not Path("crossfoot.toml").exists()):
        return Terms(None, "test", overrides, at, number)
    from flows.definitions import load_definitions
    from flows.settings import load_settings

    settings = load_settings(settings_path)
    return Terms(load_definitions(settings), settings.environment, overrides, at, number)


def run_ack(path: str, terms: Terms, *, form: str) -> int:
    """Show what a file is answered with and return the exit status: 0 where that could be said, 13 where something cannot be read."""
    given = opened(Given(path), Limits())
    if given.finding is not None:
        _tell_apart(given.finding)
        return STATUS[Severity.FATAL]
    answered, stray = answer_file(path, given.data, terms)
    unread = [finding for finding in (*stray, *(finding for each in answered for finding in each.findings))
              if finding.severity is Severity.FATAL]
    if form == "raw":
        sys.stdout.buffer.write(b"".join(reply.data for each in answered for reply in each.replies))
        sys.stdout.flush()
        for finding in unread:
            _tell_apart(finding)
    elif form == "json":
        sys.stdout.write(json.dumps(as_json(path, answered, stray), indent=2) + "\n")
    else:
        _show(answered, stray, terms, screen())
    return STATUS[Severity.FATAL] if unread else 0


def _tell_apart(finding: Finding) -> None:
    """Tell on standard error, in a line, what cannot be read, and what to do."""
    remedy = finding.remedy
    sys.stderr.write(f"crossfoot: {printable(finding.place.file or '')}: {finding.message}; {remedy[:1].lower()}{remedy[1:]}\n")


def _show(answered: list[Answered], stray: list[Finding], terms: Terms, page: Page) -> None:
    if terms.definitions is None and answered:
        page.line("No settings here, or --ignore-partners: answered by the defaults.")
    for each in answered:
        _show_interchange(each, page)
    for finding in stray:
        show_finding(finding, page, indent=0)
    if not answered:
        page.line("There is no interchange in it, and so nobody to answer.")


def _show_interchange(answered: Answered, page: Page) -> None:
    theirs = answered.interchange
    page.line((f"{theirs.standard} interchange {printable(theirs.control_number)}", BOLD),
              f", {printable(theirs.sender_qualifier)}/{printable(theirs.sender_id)} -> "
              f"{printable(theirs.receiver_qualifier)}/{printable(theirs.receiver_id)}",
              f", partner {answered.partner_id}" if answered.partner_id else "")
    if answered.silence:
        page.line("nothing is sent: ", answered.silence, indent=2)
    for reply in answered.replies:
        page.line((f"{reply.form.kind} {reply.form.version}", BOLD), f": {why(reply.form, answered)}", indent=2)
        for line, findings in _with_findings(reply):
            page.emit(f"    {printable(line.text + reply.terminator)}\n")  # never wrapped: it is to be copied
            for finding in findings:
                show_finding(finding, page, indent=8)
    for reason, findings in withheld(answered).items():
        page.line((f"not told, {counted(len(findings), 'finding')}: {reason}", DIM), indent=2)
        for finding in findings:
            show_finding(finding, page, indent=8)


def _with_findings(reply: Reply) -> list[tuple[Line, list[Finding]]]:
    """Give each finding to the segment that tells the least beside it: to AK4 rather than to AK3 and AK5."""
    best: dict[Finding, int] = {}
    for at, line in enumerate(reply.lines):
        for finding in line.findings:
            if finding not in best or len(line.findings) < len(reply.lines[best[finding]].findings):
                best[finding] = at
    return [(line, [finding for finding in line.findings if best[finding] == at]) for at, line in enumerate(reply.lines)]
