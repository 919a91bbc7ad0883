"""Write the TA1 that answers the envelope of an X12 interchange (X12.5, X12.6).

It says A, R, or E: accepted, but errors are noted. The control number, date and time are theirs, as they wrote them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from edi.acknowledgments import AckPolicy, AckRequest, Form, Line, Reply, ack_request, rejects
from edi.findings import Finding, Severity
from edi.segments import Batch
from edi.x12.ackcodes import interchange_code
from edi.x12.ackenvelope import controls_version, interchange, segment

_DEFAULT = AckPolicy()


def ta1_form(request: AckRequest, policy: AckPolicy = _DEFAULT) -> Form | None:
    """Return the form of the TA1 that an interchange gets by the partner's policy, None where it gets none."""
    faulty = request.rejected or bool(request.outside)
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
    verdict, because = ("R", ()) if note else _verdict(request, policy)
    theirs = request.interchange
    line = segment("TA1", theirs.control_number.strip().rjust(9, "0"), *_prepared(batch, theirs.first_segment), verdict,
                   note or interchange_code(because))
    form = Form("TA1", controls_version(theirs))
    return interchange(batch, theirs, form, [Line(line, because)], control_number=control_number, at=at, groups=0)


def _verdict(request: AckRequest, policy: AckPolicy) -> tuple[str, tuple[Finding, ...]]:
    """Return TA104 and the findings that it rests on: a set outside of all groups cannot be told of in any other way."""
    if request.rejected:
        return "R", tuple(finding for finding in request.findings if rejects((finding,)))
    lost = tuple(finding for answer in request.outside for finding in answer.findings if finding.code == "envelope.no_group")
    if lost:
        return ("E" if request.groups else "R"), lost
    if policy.accept_with_errors and any(finding.severity is Severity.WARNING for finding in request.findings):
        return "E", request.findings
    return "A", ()


def _prepared(batch: Batch, header: int) -> tuple[str, str]:
    """Return ISA09 and ISA10."""
    at = np.array([header])
    return str(batch.table.element(at, 9)[0].as_py() or "").strip(), str(batch.table.element(at, 10)[0].as_py() or "").strip()
