"""Write the CONTRL that answers an EDIFACT interchange (ISO 9735, messages CONTRL D:3 and 4:1).

Positions follow the standard: in UCS the message header is segment 1 and a missing segment is told by the one before it;
in UCD the tag is position 1, so the first element is 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

import numpy as np

from edi.acknowledgments import AckRequest, Answer, GroupAnswer, ack_request
from edi.edifact.charsets import codec
from edi.findings import Finding, Severity
from edi.segments import Batch, Interchange

_ERRORS = {  # UN/EDIFACT service code list 0085; 18 is an unspecified error
    "edifact.unt_count": "29", "edifact.une_count": "29", "edifact.unz_count": "29",
    "edifact.unt_reference": "28", "edifact.une_reference": "28", "edifact.unz_reference": "28", "edifact.unh_duplicate": "26",
    "envelope.missing_trailer": "13", "charset.undecodable": "21",
    "guide.segment_missing": "13", "guide.segment_unknown": "15", "guide.segment_misplaced": "15",
    "guide.segment_repeats": "35", "guide.loop_repeats": "36",
    "guide.element_missing": "13", "guide.element_surplus": "16", "guide.component_surplus": "16", "guide.repetition_surplus": "35",
    "guide.too_short": "40", "guide.too_long": "39", "guide.bad_character": "37", "guide.bad_code": "12",
    "guide.bad_date": "12", "guide.bad_time": "12",
}
_UNSPECIFIED = "18"
_ACKNOWLEDGED, _REJECTED = "7", "4"  # 0083
_SERVICE = re.compile(r"([+:'?*])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_IDENTIFIER_WIDTHS = (6, 3, 3, 3, 6)  # S009 as UCM takes it; what theirs has beyond that is cut
_MOST_SEGMENTS, _MOST_ELEMENTS = 999, 99
_REFERENCE = "1"  # of our only message


def acknowledge_edifact(batch: Batch, interchange_index: int, findings: Iterable[Finding], *, reference: str, at: datetime,
                        note: str = "") -> bytes:
    """Return the interchange with the CONTRL that answers an interchange; empty where it cannot be cited or holds only acknowledgments.

    Args:
        batch: the batch that the interchange was read with.
        interchange_index: index into ``batch.interchanges``.
        findings: everything known about it, of reading and of guides.
        reference: our interchange control reference (UNB 0020).
        at: the instant to write into UNB, in the partner's agreed time zone.
        note: a reason of ours to reject the interchange (0085, such as 26 for a duplicate), where a person has approved that.
    """
    request = ack_request(batch, interchange_index, findings)
    if not request.interchange.control_number or not (request.groups or request.rejected or note):
        return b""
    body = list(_interchange_response(request, note))
    if not request.rejected and not note:
        for group in request.groups:
            body += _group_response(batch, group)
    return _interchange(request.interchange, body, reference=reference, at=at)


def _interchange(theirs: Interchange, body: list[str], *, reference: str, at: datetime) -> bytes:
    syntax, _, level = theirs.version.partition(":")
    fourth = level.startswith("4")
    message = ("CONTRL", "4", "1", "UN") if fourth else ("CONTRL", "D", "3", "UN")
    day = f"{at:%Y%m%d}" if fourth else f"{at:%y%m%d}"
    test = ("", "", "", "", "", "1") if theirs.usage_code == "test" else ()
    segments = [
        _segment("UNB", (syntax or "UNOC", level[:1] or "3"), (theirs.receiver_id, theirs.receiver_qualifier),
                 (theirs.sender_id, theirs.sender_qualifier), (day, f"{at:%H%M}"), reference, *test),
        _segment("UNH", _REFERENCE, message),
        *body,
        _segment("UNT", str(len(body) + 2), _REFERENCE),
        _segment("UNZ", "1", reference),
    ]
    return "".join(segments).encode(codec(syntax) or "ascii", errors="replace")


def _segment(tag: str, *elements: str | tuple[str, ...]) -> str:
    """Join elements and components, trailing empty ones left out."""
    joined = [":".join(_escape(part) for part in _trimmed((element,) if isinstance(element, str) else element)) for element in elements]
    return "+".join((tag, *_trimmed(tuple(joined)))) + "'"


def _trimmed(parts: tuple[str, ...]) -> tuple[str, ...]:
    while parts and not parts[-1]:
        parts = parts[:-1]
    return parts


def _escape(value: str) -> str:
    return _SERVICE.sub(r"?\1", _CONTROL.sub(" ", value))


def _interchange_response(request: AckRequest, note: str) -> Iterator[str]:
    theirs = request.interchange
    yield _segment(
        "UCI", theirs.control_number, (theirs.sender_id, theirs.sender_qualifier), (theirs.receiver_id, theirs.receiver_qualifier),
        *_verdict(request.findings, rejected=request.rejected or bool(note), note=note),
    )


def _verdict(findings: tuple[Finding, ...], *, rejected: bool, note: str = "",
             explained: bool = False) -> tuple[str | tuple[str, ...], ...]:
    """Return action, error, service segment and position (0083, 0085, 0013, S011); the error is left to UCS where that explains it."""
    if not rejected:
        return (_ACKNOWLEDGED,)
    fault = next((finding for finding in findings if finding.severity in (Severity.ERROR, Severity.FATAL)), None)
    if note or fault is None:
        return (_REJECTED, note)
    if explained:
        return (_REJECTED,)
    position = (str(fault.place.element + 1),) if fault.place.element else ("",)
    return (_REJECTED, _ERRORS.get(fault.code, _UNSPECIFIED), fault.place.tag or "", position)


def _group_response(batch: Batch, answer: GroupAnswer) -> Iterator[str]:
    if answer.group is not None:
        yield _segment("UCF", answer.group.control_number, answer.group.sender_id, answer.group.receiver_id,
                       *_verdict(answer.findings, rejected=answer.rejected))
    if not answer.rejected:
        for message in answer.answers:
            yield from _message_response(batch, message)


def _message_response(batch: Batch, answer: Answer) -> Iterator[str]:
    header = np.array([batch.transactions.first_segment[answer.transaction]])
    identifier = tuple(
        str(batch.table.element(header, 2, component)[0].as_py() or "")[:width] for component, width in enumerate(_IDENTIFIER_WIDTHS, 1))
    envelope = tuple(finding for finding in answer.findings if not finding.code.startswith("guide."))
    inside = tuple(finding for finding in answer.findings if finding.code.startswith("guide."))
    faults = tuple(finding for finding in envelope if finding.severity in (Severity.ERROR, Severity.FATAL))
    yield _segment("UCM", answer.control_number, identifier, *_verdict(faults or inside, rejected=answer.rejected, explained=not faults))
    if answer.rejected:
        yield from _segment_errors(inside)


def _segment_errors(findings: tuple[Finding, ...]) -> Iterator[str]:
    told = 0
    for position, group in groupby(findings, key=_counted_from):
        faults = list(group)
        whole = [fault for fault in faults if fault.place.element is None]
        inside = [fault for fault in faults if fault.place.element is not None]
        rows = [_segment("UCS", str(position), _ERRORS.get(fault.code, _UNSPECIFIED)) for fault in whole]
        if inside:
            rows += [_segment("UCS", str(position)), *(_element_error(fault) for fault in inside[:_MOST_ELEMENTS])]
        told += len(whole) + bool(inside)
        if told > _MOST_SEGMENTS:
            return
        yield from rows


def _counted_from(fault: Finding) -> int:
    """Return the position that UCS counts: of a missing segment, that of the last one before it."""
    return max((fault.place.segment or 1) - (fault.code == "guide.segment_missing"), 1)


def _element_error(fault: Finding) -> str:
    component = str(fault.place.component) if fault.place.component else ""
    return _segment("UCD", _ERRORS.get(fault.code, _UNSPECIFIED), (str((fault.place.element or 0) + 1), component))
