"""Write the TA1 that answers the envelope of an X12 interchange (X12.5, X12.6).

It says A, R, or E: accepted, but errors are noted. The control number, date and time are theirs, as they wrote them; a number
that is none is told, and so is a group that no 997 or 999 can cite.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from edi.acknowledgments import AckPolicy, AckRequest, Form, GroupAnswer, Line, Reply, ack_request, rejects
from edi.findings import Finding, Severity
from edi.segments import Batch
from edi.x12.ackciting import NO_NUMBER, can_cite, interchange_number
from edi.x12.ackcodes import interchange_code
from edi.x12.ackenvelope import controls_version, interchange, segment

_DEFAULT = AckPolicy()


def ta1_form(request: AckRequest, policy: AckPolicy = _DEFAULT) -> Form | None:
    """Return the form of the TA1 that an interchange gets by the partner's policy, None where it gets none."""
    untold = any(group.faulty or policy.accept_with_errors for group in _uncited(request))
    faulty = request.rejected or bool(request.outside) or untold
    due = {
        "requested": request.interchange.acknowledgment_requested or faulty,
        "always": True,
        "on_error": faulty or _verdict(request, policy)[0] != "A",
        "never": False,
    }[policy.ta1]
    return Form("TA1", controls_version(request.interchange)) if due else None


def ta1(batch: Batch, interchange_index: int, findings: Iterable[Finding], *, control_number: int, at: datetime,
        policy: AckPolicy = _DEFAULT, note: str = "") -> Reply:
    """Return an interchange with the TA1 that answers an interchange.

    Args:
        batch: the batch that the interchange was read with.
        interchange_index: index into ``batch.interchanges``.
        findings: everything known about it, of reading and of guides.
        control_number: our ISA13.
        at: the instant to write into ISA, in the partner's agreed time zone.
        policy: what was agreed about acknowledgments.
        note: a reason of ours to reject (X12 I18, such as 025 for a duplicate), where a person has approved that.
    """
    request = ack_request(batch, interchange_index, findings)
    verdict, code, because = ("R", note, ()) if note else _verdict(request, policy)
    theirs = request.interchange
    line = segment("TA1", interchange_number(theirs.control_number) or NO_NUMBER, *_prepared(batch, theirs.first_segment), verdict, code)
    form = Form("TA1", controls_version(theirs))
    return interchange(batch, theirs, form, [Line(line, because)], control_number=control_number, at=at, groups=0)


def _verdict(request: AckRequest, policy: AckPolicy) -> tuple[str, str, tuple[Finding, ...]]:
    """Return TA104, TA105 and the findings that they rest on.

    A set outside of all groups, and a group that AK1 cannot cite, cannot be told of in any other way.
    """
    if request.rejected:
        grave = tuple(finding for finding in request.findings if rejects((finding,)))
        return "R", interchange_code(grave), grave
    uncited, unknown = _uncited(request), not interchange_number(request.interchange.control_number)
    lost = tuple(finding for answer in request.outside for finding in answer.findings if finding.code == "envelope.no_group")
    if lost or uncited or unknown:
        nothing_accepted = bool(lost or uncited) and all(group.lost and not can_cite(group) for group in request.groups)
        because = (*lost, *(finding for group in uncited for finding in _all_of(group)), *(request.findings if unknown else ()))
        return "R" if nothing_accepted else "E", interchange_code((), untold=bool(lost or uncited), unknown=unknown), because
    if policy.accept_with_errors and any(finding.severity is Severity.WARNING for finding in request.findings):
        return "E", interchange_code(request.findings), request.findings
    return "A", interchange_code(()), ()


def _uncited(request: AckRequest) -> list[GroupAnswer]:
    return [group for group in request.groups if not can_cite(group)]


def _all_of(group: GroupAnswer) -> tuple[Finding, ...]:
    return (*group.findings, *(finding for answer in group.answers for finding in answer.findings))


def _prepared(batch: Batch, header: int) -> tuple[str, str]:
    """Return ISA09 and ISA10."""
    at = np.array([header])
    return str(batch.table.element(at, 9)[0].as_py() or "").strip(), str(batch.table.element(at, 10)[0].as_py() or "").strip()
