"""``crossfoot ack``: what a file would be answered with, and why. The night's own decision, with nothing stored and nothing sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from edi.acknowledgments import AckPolicy, Form, Reply, by_interchange
from edi.answering import answer, due
from edi.findings import Finding, Severity
from edi.guides import check, shipped, subject_of
from edi.reading.files import SourceFile, read_files
from edi.segments import Batch, Interchange
from flows.acknowledging import ack_policy, unanswered
from flows.definitions import Definitions
from flows.outcomes import of_interchange
from flows.partners import Correspondence, by_policy, correspondence
from transforms.policy import Agreement
from transforms.verdicts import Verdict

Overrides = Mapping[str, Any]  # what the command line says about the policy
STOPPING = (Severity.ERROR, Severity.FATAL)


@dataclass(frozen=True, slots=True)
class Answered:
    """An interchange with what it is answered with; where that is nothing, the reason."""

    interchange: Interchange
    partner_id: str  # "" where the defaults were used
    policy: AckPolicy
    findings: tuple[Finding, ...]
    replies: tuple[Reply, ...]
    silence: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms files are answered: the partners' agreements, or the defaults; when, and under which number."""

    definitions: Definitions | None
    environment: str
    overrides: Overrides
    at: datetime
    number: int  # of the first that is written; the next one has the next


def answer_file(name: str, data: bytes, terms: Terms) -> tuple[list[Answered], list[Finding]]:
    """Return what each interchange of a file is answered with, and the findings that belong to none."""
    answered: list[Answered] = []
    stray: list[Finding] = []
    numbers = count(terms.number)
    for batch in read_files([SourceFile(name, data)]):
        findings = [*batch.findings, *check(batch, shipped)]
        answered += [_answered(batch, index, own, terms, numbers) for index, own in enumerate(by_interchange(batch, findings))]
        stray += [finding for finding in findings if finding.place.interchange is None]
    return answered, stray


def _answered(batch: Batch, index: int, findings: list[Finding], terms: Terms, numbers: Iterator[int]) -> Answered:
    interchange = batch.interchanges[index]
    whose = _whose(interchange, terms)
    own = tuple(by_policy(finding, whose) for finding in findings)
    policy = replace(ack_policy(whose.agreement) if whose.agreement else AckPolicy(), **terms.overrides)
    partner_id = whose.partner_id if terms.definitions else ""
    of_all = [finding for finding in own if finding.place.group is None and finding.place.transaction is None]
    shared = of_interchange(interchange, whose, Verdict.NEW, of_all, environment=terms.environment)
    if silence := unanswered(interchange, whose, shared, Verdict.NEW):
        return Answered(interchange, partner_id, policy, own, (), silence)
    what = due(batch, index, own, policy)
    theirs = terms.at.astimezone(ZoneInfo(whose.agreement.time_zone)) if terms.definitions and whose.agreement else terms.at
    replies = tuple(
        answer(batch, index, own, form, number=next(numbers), at=theirs, policy=policy, guide_of=lambda at: shipped(subject_of(batch, at)))
        for form in what.forms)
    return Answered(interchange, partner_id, policy, own, replies, what.reason)


def _whose(interchange: Interchange, terms: Terms) -> Correspondence:
    if terms.definitions is not None:
        return correspondence(interchange, terms.definitions)
    anyone = Agreement("", "", "buyer", interchange.standard, "", "UTC", (), (), allow_test=True)
    return Correspondence(anyone, "inbound")


def why(form: Form, answered: Answered) -> str:
    """Return why an acknowledgment of this form is due."""
    policy, theirs = answered.policy, answered.interchange
    if form.kind == "999":
        return "999 is agreed" if policy.acknowledgment == "999" else "GS08 names an implementation guide"
    if form.kind == "997" and form.version < "005010":
        return "there is no 999 before 005010"
    if form.kind == "997":
        return "997 is agreed" if policy.acknowledgment == "997" else "GS08 names no implementation guide"
    if form.kind == "CONTRL":
        asked = "UNB 0031 asks for it" if theirs.acknowledgment_requested else "something is rejected"
        return "the policy is contrl = always" if policy.contrl == "always" else asked
    asked = "ISA14 asks for it" if theirs.acknowledgment_requested else "the envelope is at fault"
    return "the policy is ta1 = always" if policy.ta1 == "always" else asked


def withheld(answered: Answered) -> dict[str, list[Finding]]:
    """Return what of the findings is kept from the partner, by reason."""
    told = {finding for reply in answered.replies for line in reply.lines for finding in line.findings}
    rejected = {finding.place.transaction for finding in answered.findings if finding.severity in STOPPING}
    kept: dict[str, list[Finding]] = {}
    for finding in answered.findings:
        if finding not in told:
            kept.setdefault(_why_not(finding, answered, rejected), []).append(finding)
    return kept


def _why_not(finding: Finding, answered: Answered, rejected: Set[int | None]) -> str:
    if finding.severity is Severity.NOTE:
        return "a note is for us"
    if not answered.replies:
        return "nothing is sent"
    if finding.severity in STOPPING:
        return "what holds it is answered as a whole, or not at all"
    if answered.interchange.standard == "edifact":
        return 'a CONTRL has no "accepted with errors", and so no place for a warning'
    is_rejected = finding.place.transaction is not None and finding.place.transaction in rejected  # then warnings are told with the errors
    return "there is no code for it" if answered.policy.accept_with_errors or is_rejected else "accept_with_errors is false"


def as_json(name: str, answered: list[Answered], stray: list[Finding]) -> dict[str, Any]:
    """Return plain values of what a file is answered with."""
    return {"path": name, "interchanges": [_plain(each) for each in answered], "findings": [plain_finding(each) for each in stray]}


def _plain(answered: Answered) -> dict[str, Any]:
    theirs = answered.interchange
    return {
        "ordinal": theirs.ordinal, "standard": theirs.standard, "control_number": theirs.control_number,
        "sender": f"{theirs.sender_qualifier}/{theirs.sender_id}", "receiver": f"{theirs.receiver_qualifier}/{theirs.receiver_id}",
        "usage": theirs.usage_code, "partner_id": answered.partner_id or None,
        "policy": {field.name: getattr(answered.policy, field.name) for field in fields(answered.policy)},
        "none_because": answered.silence or None,
        "not_told": [{"because": because, "findings": [plain_finding(each) for each in findings]}
                     for because, findings in withheld(answered).items()],
        "acknowledgments": [{
            "kind": reply.form.kind, "version": reply.form.version, "because": why(reply.form, answered),
            "segments": [{"text": line.text + reply.terminator, "findings": [plain_finding(each) for each in line.findings]}
                         for line in reply.lines],
        } for reply in answered.replies],
    }


def plain_finding(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values."""
    place = {field.name: value for field in fields(finding.place) if (value := getattr(finding.place, field.name)) is not None}
    return {"code": finding.code, "severity": str(finding.severity), "place": place, "message": finding.message, "remedy": finding.remedy}
