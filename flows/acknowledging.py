"""Which acknowledgment an interchange gets: decided from the agreement and the findings, rendered when its number is allocated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from zoneinfo import ZoneInfo

from edi.acknowledgments import AckPolicy, Form, GuideOf
from edi.answering import REFUSED, answer, due
from edi.findings import Finding
from edi.segments import Batch, Interchange
from flows.outcomes import REJECTED, Outcome
from flows.partners import Correspondence
from flows.work import Acknowledgment, NightContext, SeenInterchange
from transforms.policy import Agreement
from transforms.verdicts import Verdict


def ack_policy(agreement: Agreement) -> AckPolicy:
    """Return what a partner's agreement says about acknowledgments, as the layer below wants it."""
    return AckPolicy(
        accept_with_errors=agreement.accept_with_errors, echo_bad_values=agreement.echo_bad_values,
        acknowledgment=agreement.acknowledgment, ta1=agreement.ta1, contrl=agreement.contrl, contrl_version=agreement.contrl_version,
    )


def unanswered(interchange: Interchange, whose: Correspondence, shared: Outcome | None, verdict: str) -> str:
    """Return why an interchange is answered with nothing at all, "" where it may be.

    Args:
        interchange: as read.
        whose: its agreement and direction.
        shared: the outcome that all its transactions share, None where each has its own.
        verdict: whether it is new, from the plan.
    """
    agreed = whose.agreement
    if agreed is None:
        return "no agreement has these addresses"
    if whose.direction_code == "outbound":
        return "it is a copy of what we sent"
    if not agreed.acknowledge:
        return "the agreement has acknowledge = false"
    if interchange.usage_code == "test" and not agreed.allow_test:
        return "it is marked as a test or information, and the agreement has allow_test = false"
    if verdict == Verdict.CONFLICT:
        return "its control number came with other content too, and a person decides"
    return "" if shared is None or shared.outcome == REJECTED else f"we hold it: {shared.reason}"


def acknowledgment_for(
    batch: Batch, at: int, whose: Correspondence, shared: Outcome | None, findings: Sequence[Finding], seen: SeenInterchange,
    night: NightContext, guide_of: GuideOf | None = None,
) -> list[Acknowledgment]:
    """Return the acknowledgments that an interchange gets: none for copies of ours, tests, acknowledgments, and what is held whole."""
    interchange = batch.interchanges[at]
    if whose.agreement is None or unanswered(interchange, whose, shared, seen.verdict):
        return []
    policy = ack_policy(whose.agreement)
    counter = (interchange.standard, "acknowledgment", interchange.receiver_qualifier, interchange.receiver_id,
               interchange.sender_qualifier, interchange.sender_id)
    at_theirs = night.slot_at.astimezone(ZoneInfo(whose.agreement.time_zone))
    place = (seen.file_hash, seen.copy, interchange.ordinal)
    note = REFUSED[interchange.standard] if seen.verdict == Verdict.REFUSED else ""
    name = whose.partner_id if len(whose.agreement.identities) == 1 else f"{whose.partner_id}-{_short(counter)}"
    return [
        Acknowledgment(whose.partner_id, form.kind, seen.interchange_id, place, counter,
                       partial(_render, batch, at, tuple(findings), form, at_theirs, policy, guide_of, note),
                       partial(_name, form.kind, name))
        for form in due(batch, at, findings, policy, note=note).forms
    ]


def _render(batch: Batch, at: int, findings: tuple[Finding, ...], form: Form, instant: datetime, policy: AckPolicy,
            guide_of: GuideOf | None, note: str, number: int) -> bytes:
    return answer(batch, at, findings, form, number=number, at=instant, policy=policy, guide_of=guide_of, note=note).data


def _short(counter: tuple[str, ...]) -> str:
    """Return what tells the counters of one partner apart: where it has several addresses, each pair is numbered from 1."""
    return sha256("\x1f".join(counter).encode()).hexdigest()[:8]


def _name(kind: str, sender: str, number: int) -> str:
    return f"{sender}-{kind}-{number:09d}.edi"
