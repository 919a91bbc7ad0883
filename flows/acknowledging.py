"""Which acknowledgment an interchange gets: decided from the agreement and the findings, rendered when its number is allocated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from zoneinfo import ZoneInfo

from edi.acknowledgments import AckPolicy, Form
from edi.answering import answer, due
from edi.findings import Finding
from edi.segments import Batch
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


def acknowledgment_for(
    batch: Batch, at: int, whose: Correspondence, shared: Outcome | None, findings: Sequence[Finding], seen: SeenInterchange,
    night: NightContext,
) -> list[Acknowledgment]:
    """Return the acknowledgment that an interchange gets: none for copies of ours, tests, acknowledgments, and what is held whole."""
    interchange = batch.interchanges[at]
    if whose.agreement is None or whose.direction_code == "outbound" or not whose.agreement.acknowledge:
        return []
    if interchange.usage_code == "test" and not whose.agreement.allow_test:
        return []
    if seen.verdict == Verdict.CONFLICT or (shared is not None and shared.outcome != REJECTED):
        return []
    policy = ack_policy(whose.agreement)
    counter = (interchange.standard, "acknowledgment", interchange.receiver_qualifier, interchange.receiver_id,
               interchange.sender_qualifier, interchange.sender_id)
    at_theirs = night.slot_at.astimezone(ZoneInfo(whose.agreement.time_zone))
    place = (seen.file_hash, seen.copy, interchange.ordinal)
    name = whose.partner_id if len(whose.agreement.identities) == 1 else f"{whose.partner_id}-{_short(counter)}"
    return [
        Acknowledgment(whose.partner_id, form.kind, seen.interchange_id, place, counter,
                       partial(_render, batch, at, tuple(findings), form, at_theirs, policy), partial(_name, form.kind, name))
        for form in due(batch, at, findings, policy).forms
    ]


def _render(batch: Batch, at: int, findings: tuple[Finding, ...], form: Form, instant: datetime, policy: AckPolicy, number: int) -> bytes:
    return answer(batch, at, findings, form, number=number, at=instant, policy=policy).data


def _short(counter: tuple[str, ...]) -> str:
    """Return what tells the counters of one partner apart: where it has several addresses, each pair is numbered from 1."""
    return sha256("\x1f".join(counter).encode()).hexdigest()[:8]


def _name(kind: str, sender: str, number: int) -> str:
    return f"{sender}-{kind}-{number:09d}.edi"
