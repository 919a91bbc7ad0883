"""Write the CONTRL that answers an EDIFACT interchange (ISO 9735-4 and -10; messages CONTRL D:3, 2:2 and 4:1).

Positions follow the standard: in UCS the message header is segment 1 and a missing segment is told by the one before it;
in UCD the tag is position 1, so the first element is 2. Action 7 acknowledges a level and all below that is not rejected by
itself, 4 rejects a level with all below; what is rejected and cannot be cited is told by the level above, with 7 and the error
where that has something else as well. 8, a mere receipt, is never sent, since whatever is answered has been checked. There is
no "accepted with errors", and UCD has no room for a bad value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import numpy as np

from edi.acknowledgments import AckPolicy, AckRequest, Answer, Form, GroupAnswer, Line, Reply, ack_request, rejects
from edi.edifact.ackciting import can_cite, can_cite_group, can_cite_message, group_address
from edi.edifact.ackcodes import UNSPECIFIED, error_code, service_position
from edi.edifact.ackenvelope import RECEIVER, SENDER, Composite, address, interchange, segment
from edi.findings import Finding
from edi.segments import Batch

_ACKNOWLEDGED, _REJECTED = "7", "4"  # 0083
_IDENTIFIER_WIDTHS = (6, 3, 3, 3, 6)  # S009 as UCM takes it; what theirs has beyond that is cut
_MANDATORY_PARTS = 4
_MOST_SEGMENTS, _MOST_ELEMENTS, _LAST_POSITION = 999, 99, 999_999
_DEFAULT = AckPolicy()


def contrl_form(request: AckRequest, policy: AckPolicy = _DEFAULT) -> Form | None:
    """Return the version of the CONTRL that an interchange gets by the partner's policy, None where it gets none or cannot be cited."""
    theirs = request.interchange
    if not can_cite(request.batch, theirs) or not (request.groups or request.rejected):
        return None
    refused = request.rejected or any(group.rejected or any(answer.rejected for answer in group.answers) for group in request.groups)
    due = {"always": True, "requested": refused or theirs.acknowledgment_requested, "on_error": refused}[policy.contrl]
    return Form("CONTRL", contrl_version(request, policy)) if due else None


def contrl_version(request: AckRequest, policy: AckPolicy = _DEFAULT) -> str:
    """Return version and release of the CONTRL: 4:1 answers syntax 4, D:3 the syntaxes before, unless another is agreed."""
    if policy.contrl_version != "by_syntax":
        return policy.contrl_version
    return "4:1" if request.interchange.version.partition(":")[2].startswith("4") else "D:3"


def acknowledge_edifact(batch: Batch, interchange_index: int, findings: Iterable[Finding], *, reference: str, at: datetime,
                        policy: AckPolicy = _DEFAULT, note: str = "") -> Reply:
    """Return the interchange with the CONTRL that answers an interchange.

    Args:
        batch: the batch that the interchange was read with.
        interchange_index: index into ``batch.interchanges``.
        findings: everything known about it, of reading and of guides.
        reference: our interchange control reference (UNB 0020).
        at: the instant to write into UNB, in the partner's agreed time zone.
        policy: what was agreed about acknowledgments.
        note: a reason of ours to reject the interchange (0085, such as 26 for a duplicate), where a person has approved that.
    """
    request = ack_request(batch, interchange_index, findings)
    form = Form("CONTRL", contrl_version(request, policy))
    writer = _Writer(batch, fourth=form.version.startswith("4"))
    body = [writer.interchange(request, note)]
    if not request.rejected and not note:
        body += [line for group in request.groups for line in writer.group(group)]
    return interchange(batch, request.interchange, form, body, reference=reference, at=at)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A message or a group, as the level above sees it."""

    cited: bool  # whether it has a segment of its own
    faulty: bool  # whether something of it is rejected
    lost: bool  # whether all of it is
    findings: tuple[Finding, ...]
    tag: str
    element: int  # where its reference stands


def _of_message(answer: Answer) -> _Unit:
    return _Unit(can_cite_message(answer), answer.rejected, answer.rejected, answer.findings, "UNH", 1)


def _below(request: AckRequest) -> Iterator[_Unit]:
    """Yield the groups of an interchange, and its messages that are in none."""
    for group in request.groups:
        if group.group is None:
            yield from map(_of_message, group.answers)
        else:
            yield _Unit(can_cite_group(group), group.faulty, group.lost, group.findings, "UNG", 5)


class _Writer:
    """Writes UCI to UCD."""

    def __init__(self, batch: Batch, *, fourth: bool) -> None:
        self.batch, self.fourth = batch, fourth

    def interchange(self, request: AckRequest, note: str) -> Line:
        """Return UCI."""
        theirs = request.interchange
        sender, receiver = address(self.batch, theirs, SENDER), address(self.batch, theirs, RECEIVER)
        if note:
            return Line(self._segment("UCI", theirs.control_number, sender, receiver, _REJECTED, note))
        verdict, because = self._verdict(request.findings) if request.rejected else self._above(_below(request))
        return Line(self._segment("UCI", theirs.control_number, sender, receiver, *verdict), because)

    def group(self, answer: GroupAnswer) -> Iterator[Line]:
        """Yield UCF, where the interchange has groups, and what there is to say about its messages; nothing where UCI tells of it."""
        theirs = answer.group
        if theirs is not None and not can_cite_group(answer):
            return
        if theirs is not None:
            verdict, because = self._verdict(answer.findings) if answer.rejected else self._above(map(_of_message, answer.answers))
            sender, receiver = (group_address(self.batch, theirs, element) for element in (SENDER, RECEIVER))
            yield Line(self._segment("UCF", theirs.control_number, sender, receiver, *verdict), because)
        if not answer.rejected:
            for message in answer.answers:
                yield from self._message(message)

    def _message(self, answer: Answer) -> Iterator[Line]:
        identifier = self._identifier(answer)
        if not can_cite_message(answer) or (not answer.rejected and not all(identifier[:_MANDATORY_PARTS])):
            return  # UCM cannot cite it; the level above acknowledges it by action 7, or tells of it
        service = tuple(finding for finding in answer.findings if _is_service(finding))
        inside = tuple(finding for finding in answer.findings if not _is_service(finding))
        verdict, because = self._verdict(service)
        if answer.rejected and not because:  # UCS and UCD tell why
            verdict = (_REJECTED,)
        yield Line(self._segment("UCM", answer.control_number, identifier, *verdict), because)
        if answer.rejected:
            yield from self._errors(inside)

    def _identifier(self, answer: Answer) -> tuple[str, ...]:
        header = np.array([self.batch.transactions.first_segment[answer.transaction]])
        return tuple(str(self.batch.table.element(header, 2, component)[0].as_py() or "")[:width]
                     for component, width in enumerate(_IDENTIFIER_WIDTHS, 1))

    def _verdict(self, findings: tuple[Finding, ...]) -> tuple[tuple[Composite, ...], tuple[Finding, ...]]:
        """Return action, error, service segment and position (0083, 0085, 0013, S011), and the finding that there is room for."""
        fault = next((finding for finding in findings if rejects((finding,))), None)
        if fault is None:
            return (_ACKNOWLEDGED,), ()
        return (_REJECTED, error_code(fault, fourth=self.fourth), fault.place.tag or "", service_position(fault)), (fault,)

    def _above(self, units: Iterable[_Unit]) -> tuple[tuple[Composite, ...], tuple[Finding, ...]]:
        """Return what ``_verdict`` has for a level that is right itself: the first of what it holds that is rejected and cannot be cited.

        Action 4 would reject all that it holds; so it is 7, with the error, as soon as there is something else.
        """
        held = list(units)
        untold = next((unit for unit in held if unit.faulty and not unit.cited), None)
        if untold is None:
            return (_ACKNOWLEDGED,), ()
        action = _REJECTED if all(unit.lost and not unit.cited for unit in held) else _ACKNOWLEDGED
        fault = next((one for one in untold.findings if (one.place.tag, one.place.element) == (untold.tag, untold.element)), None)
        code = error_code(fault, fourth=self.fourth) if fault else UNSPECIFIED
        return (action, code, untold.tag, (str(untold.element + 1),)), (fault,) if fault else ()

    def _errors(self, findings: tuple[Finding, ...]) -> Iterator[Line]:
        told = 0
        for position, group in groupby(findings, key=_counted_from):
            faults = list(group)
            whole = [fault for fault in faults if fault.place.element is None]
            inside = [fault for fault in faults if fault.place.element is not None]
            rows = [Line(self._segment("UCS", str(position), error_code(fault, fourth=self.fourth)), (fault,)) for fault in whole]
            if inside:
                rows += [Line(self._segment("UCS", str(position))), *(self._element_error(fault) for fault in inside[:_MOST_ELEMENTS])]
            told += len(whole) + bool(inside)
            if told > _MOST_SEGMENTS or position > _LAST_POSITION:
                return
            yield from rows

    def _element_error(self, fault: Finding) -> Line:
        place = fault.place
        position = (str((place.element or 0) + 1), str(place.component or ""), str(place.repetition or "") if self.fourth else "")
        return Line(self._segment("UCD", error_code(fault, fourth=self.fourth), position), (fault,))

    def _segment(self, tag: str, *elements: Composite) -> str:
        return segment(tag, *elements, fourth=self.fourth)


def _is_service(finding: Finding) -> bool:
    """Tell what UCM itself has room for: whatever is about UNH or UNT."""
    return not finding.code.startswith("guide.") or finding.place.tag in ("UNH", "UNT")


def _counted_from(fault: Finding) -> int:
    """Return the position that UCS counts: of a missing segment, that of the last one before it."""
    return max((fault.place.segment or 1) - (fault.code == "guide.segment_missing"), 1)
