"""What an interchange is answered with: which acknowledgments, or why none. One decision for the night and for who asks by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from edi.acknowledgments import (
    OF_ACKNOWLEDGMENTS,
    AckPolicy,
    AckRequest,
    Form,
    GuideOf,
    Reply,
    ack_request,
    groups_of,
    is_acknowledgment,
    transactions_of,
)
from edi.edifact.ackciting import can_cite
from edi.edifact.contrl import acknowledge_edifact, contrl_form, contrl_version
from edi.findings import Finding
from edi.segments import Batch
from edi.x12.ackenvelope import controls_version
from edi.x12.acknowledge import acknowledge_x12, group_forms
from edi.x12.ta1 import ta1, ta1_form

_TELL = ("TA1", "AK1", "UCI")  # segments that acknowledge: whoever sends them waits for no answer, however they are wrapped


@dataclass(frozen=True, slots=True)
class Due:
    """The acknowledgments that are due, in the order in which they are sent; where there are none, why."""

    forms: tuple[Form, ...]
    reason: str = ""


_UNCITED = "UNB lacks the sender, the recipient or the reference, or has one that is badly written, so that no CONTRL can cite it"
REFUSED = {"x12": "025", "edifact": "26"}  # TA105 and UCI 0085 of a control number that came before


def due(batch: Batch, interchange_index: int, findings: Iterable[Finding], policy: AckPolicy, *, note: str = "") -> Due:
    """Return what an interchange is answered with by a partner's policy.

    Args:
        batch: the batch that the interchange was read with.
        interchange_index: index into ``batch.interchanges``.
        findings: everything known about it, of reading and of guides; see ``edi.acknowledgments.by_interchange``.
        policy: what was agreed about acknowledgments.
        note: a code of ``REFUSED``, where a person has refused the interchange.
    """
    interchange = batch.interchanges[interchange_index]
    request = ack_request(batch, interchange_index, findings)
    types = {batch.type_codes[at] for at in transactions_of(batch, interchange_index)}
    if all(is_acknowledgment(interchange.standard, code) for code in types) and (types or _tells(batch, interchange_index)):
        return Due((), "an acknowledgment is never acknowledged")
    if not types and not request.rejected and not request.groups:
        return Due((), "it holds no transaction")
    if note:
        return _refusal(request, policy)
    forms = _edifact(request, policy) if interchange.standard == "edifact" else _x12(request, policy)
    return Due(forms, "" if forms else _why_none(request))


def _tells(batch: Batch, interchange_index: int) -> bool:
    """Tell whether an interchange without a set or message acknowledges: by its segments, or by the groups that it was cut in."""
    interchange = batch.interchanges[interchange_index]
    groups = [batch.groups[at].functional_code in OF_ACKNOWLEDGMENTS for at in groups_of(batch, interchange_index)]
    tells = batch.table.codes_at(np.arange(interchange.first_segment, interchange.stop_segment), *_TELL)
    return bool(tells.any() or (groups and all(groups)))


def _edifact(request: AckRequest, policy: AckPolicy) -> tuple[Form, ...]:
    form = contrl_form(request, policy)
    return (form,) if form else ()


def _x12(request: AckRequest, policy: AckPolicy) -> tuple[Form, ...]:
    envelope = ta1_form(request, policy)
    return ((envelope,) if envelope else ()) + group_forms(request, policy)


def _refusal(request: AckRequest, policy: AckPolicy) -> Due:
    """Return what tells that an interchange was refused as a whole: nothing below its envelope is spoken of."""
    if request.interchange.standard == "edifact":
        named = can_cite(request.batch, request.interchange)
        return Due((Form("CONTRL", contrl_version(request, policy)),)) if named else Due((), _UNCITED)
    if policy.ta1 == "never":
        return Due((), "the partner's policy asks for no TA1")
    return Due((Form("TA1", controls_version(request.interchange)),))


def _why_none(request: AckRequest) -> str:
    theirs = request.interchange
    if theirs.standard == "edifact" and not can_cite(request.batch, theirs):
        return _UNCITED
    if theirs.standard == "x12" and not request.rejected and not request.outside:
        return "GS01 or GS06 is empty or badly written, so that no acknowledgment can cite the group"
    return "the partner's policy asks for none here"


def answer(batch: Batch, interchange_index: int, findings: Iterable[Finding], form: Form, *, number: int, at: datetime, policy: AckPolicy,
           guide_of: GuideOf | None = None, note: str = "") -> Reply:
    """Write an acknowledgment that is due; ``number`` becomes ISA13 and GS06, or UNB 0020 in eight digits."""
    if form.kind == "CONTRL":
        return acknowledge_edifact(batch, interchange_index, findings, reference=f"{number:08d}", at=at, policy=policy, note=note)
    if form.kind == "TA1":
        return ta1(batch, interchange_index, findings, control_number=number, at=at, policy=policy, note=note)
    return acknowledge_x12(batch, interchange_index, findings, form=form, control_number=number, group_control_number=number, at=at,
                           policy=policy, guide_of=guide_of)
