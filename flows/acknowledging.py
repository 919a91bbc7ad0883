"""Which acknowledgment an interchange gets: decided from the agreement and the findings, rendered when its number is allocated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from zoneinfo import ZoneInfo

from edi.acknowledgments import is_acknowledgment
from edi.edifact.contrl import acknowledge_edifact
from edi.findings import Finding
from edi.segments import Batch
from edi.x12.acknowledge import acknowledge_x12, ta1
from flows.outcomes import REJECTED, Outcome
from flows.partners import Correspondence
from flows.work import Acknowledgment, NightContext, SeenInterchange
from transforms.verdicts import Verdict


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
    types = {batch.type_codes[index] for index in range(len(batch.transactions)) if batch.transactions.interchange[index] == at}
    if not types or all(is_acknowledgment(interchange.standard, code) for code in types):
        return []
    counter = (interchange.standard, "acknowledgment", interchange.receiver_qualifier, interchange.receiver_id,
               interchange.sender_qualifier, interchange.sender_id)
    at_theirs = night.slot_at.astimezone(ZoneInfo(whose.agreement.time_zone))
    rejected = shared is not None
    made = []
    if interchange.standard == "edifact":
        made.append(("CONTRL", partial(_contrl, batch, at, tuple(findings), at_theirs)))
    else:
        if rejected or interchange.acknowledgment_requested:
            made.append(("TA1", partial(_ta1, batch, at, tuple(findings), at_theirs)))
        if not rejected:
            made.append(("997", partial(_997, batch, at, tuple(findings), at_theirs, whose.agreement.accept_with_errors)))
    place = (seen.file_hash, seen.copy, interchange.ordinal)
    name = whose.partner_id if len(whose.agreement.identities) == 1 else f"{whose.partner_id}-{_short(counter)}"
    return [Acknowledgment(whose.partner_id, kind, seen.interchange_id, place, counter, render, partial(_name, kind, name))
            for kind, render in made]


def _997(batch: Batch, at: int, findings: tuple[Finding, ...], instant: datetime, accept_with_errors: bool, number: int) -> bytes:
    return acknowledge_x12(batch, at, findings, control_number=number, group_control_number=number, at=instant,
                           accept_with_errors=accept_with_errors)


def _ta1(batch: Batch, at: int, findings: tuple[Finding, ...], instant: datetime, number: int) -> bytes:
    return ta1(batch, at, findings, control_number=number, at=instant)


def _contrl(batch: Batch, at: int, findings: tuple[Finding, ...], instant: datetime, number: int) -> bytes:
    return acknowledge_edifact(batch, at, findings, reference=f"{number:08d}", at=instant)


def _short(counter: tuple[str, ...]) -> str:
    """Return what tells the counters of one partner apart: where it has several addresses, each pair is numbered from 1."""
    return sha256("\x1f".join(counter).encode()).hexdigest()[:8]


def _name(kind: str, sender: str, number: int) -> str:
    return f"{sender}-{kind}-{number:09d}.edi"
