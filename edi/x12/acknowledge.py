"""Write the 997 and TA1 that answer an X12 interchange. Same findings, same numbers, same instant: same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from edi.acknowledgments import Answer, GroupAnswer, ack_request
from edi.findings import Finding
from edi.segments import Batch, Interchange
from edi.x12.guide import guide as guide_for
from edi.x12.guide import segment_names

_SEGMENT_NOTES = {  # X12 element 720 (AK304)
    "guide.segment_missing": "3", "guide.loop_repeats": "4", "guide.segment_repeats": "5", "guide.segment_misplaced": "7",
}
_ELEMENT_NOTES = {  # X12 element 723 (AK403)
    "guide.element_missing": "1", "guide.condition": "2", "guide.element_surplus": "3", "guide.too_short": "4", "guide.too_long": "5",
    "guide.bad_character": "6", "guide.bad_code": "7", "guide.bad_date": "8", "guide.bad_time": "9",
    "guide.component_surplus": "3", "guide.repetition_surplus": "3",
}
_ELEMENT_NOTES_5010 = {**_ELEMENT_NOTES, "guide.component_surplus": "13", "guide.repetition_surplus": "12"}
_SET_NOTES = {  # X12 element 718 (AK502); anything else that rejects is 5, one or more segments in error
    "envelope.missing_trailer": "2", "x12.se02_control": "3", "x12.se01_count": "4", "x12.st02_duplicate": "23",
}
_GROUP_NOTES = {"envelope.missing_trailer": "3", "x12.ge02_control": "4", "x12.ge01_count": "5"}  # X12 element 716 (AK905)
_INTERCHANGE_NOTES = {"x12.iea02_control": "001", "x12.iea01_count": "021", "envelope.missing_trailer": "023"}  # X12 I18 (TA105)

_MOST_NOTES = 5
_MOST_ELEMENTS = 99
_OURS = re.compile(r"[*~>^\x00-\x1f\x7f]")  # our delimiters, and what no field may hold
_VERSION = re.compile(r"00[3-9]\d{3}")


def acknowledge_x12(batch: Batch, interchange_index: int, findings: Iterable[Finding], *, control_number: int,
                    group_control_number: int, at: datetime, accept_with_errors: bool = False) -> bytes:
    """Return the interchange of 997s, one a functional group, that answers an interchange.

    Args:
        batch: the batch that the interchange was read with.
        interchange_index: index into ``batch.interchanges``.
        findings: everything known about it, of reading and of guides.
        control_number: our ISA13.
        group_control_number: our GS06.
        at: the instant to write into ISA and GS, in the partner's agreed time zone.
        accept_with_errors: whether the partner wants to hear of warnings (AK5 E) rather than a plain A.

    Returns:
        bytes; empty where there is nothing to answer: only acknowledgments, or the whole interchange was rejected (see ``ta1``).
    """
    request = ack_request(batch, interchange_index, findings)
    if request.rejected or not request.groups:
        return b""
    version = _group_version(request.groups[0])
    sets = [_set(ordinal, _answer_group(batch, group, accept_with_errors=accept_with_errors))
            for ordinal, group in enumerate(request.groups, 1)]
    first = request.groups[0].group
    assert first is not None  # X12 answers only groups
    day = f"{at:%y%m%d}" if version < "004" else f"{at:%Y%m%d}"
    body = [
        _segment("GS", "FA", first.receiver_id, first.sender_id, day, f"{at:%H%M}", str(group_control_number), "X", version),
        *(segment for segments in sets for segment in segments),
        _segment("GE", str(len(sets)), str(group_control_number)),
    ]
    return _interchange(request.interchange, body, control_number=control_number, at=at, groups=1)


def ta1(batch: Batch, interchange_index: int, findings: Iterable[Finding], *, control_number: int, at: datetime, note: str = "") -> bytes:
    """Return an interchange with the TA1 that answers an interchange; empty where it is neither rejected nor asked for.

    ``note`` states a reason of ours to reject (X12 I18, such as 025 for a duplicate), where a person has approved that.
    """
    request = ack_request(batch, interchange_index, findings)
    interchange = request.interchange
    rejected = request.rejected or bool(note)
    if not rejected and not interchange.acknowledgment_requested:
        return b""
    grave = [_INTERCHANGE_NOTES.get(finding.code, "024") for finding in request.findings] if rejected else []
    day, _, time = interchange.prepared.partition(" ")
    note = note or min(grave, default="000")
    answer = _segment("TA1", interchange.control_number.rjust(9, "0"), day, time, "R" if rejected else "A", note)
    return _interchange(interchange, [answer], control_number=control_number, at=at, groups=0)


def _interchange(theirs: Interchange, body: list[str], *, control_number: int, at: datetime, groups: int) -> bytes:
    version = theirs.version if re.fullmatch(r"00[2-9]\d\d", theirs.version) else "00401"
    header = "*".join((
        "ISA", "00", " " * 10, "00", " " * 10,
        _fixed(theirs.receiver_qualifier, 2), _fixed(theirs.receiver_id, 15),
        _fixed(theirs.sender_qualifier, 2), _fixed(theirs.sender_id, 15),
        f"{at:%y%m%d}", f"{at:%H%M}", "^" if version >= "00402" else "U", version, f"{control_number:09d}", "0",
        "T" if theirs.usage_code == "test" else "P", ">",
    )) + "~"
    trailer = _segment("IEA", str(groups), f"{control_number:09d}")
    return (header + "".join(body) + trailer).encode("utf-8")


def _fixed(value: str, width: int) -> str:
    return _OURS.sub(" ", value)[:width].ljust(width)


def _segment(*elements: str) -> str:
    """Join the elements of a segment, trailing empty ones left out."""
    return "*".join(_OURS.sub(" ", element) for element in elements).rstrip("*") + "~"


def _group_version(answer: GroupAnswer) -> str:
    stated = answer.group.version[:6] if answer.group else ""
    return stated if _VERSION.fullmatch(stated) else "004010"


def _set(ordinal: int, body: list[str]) -> list[str]:
    number = f"{ordinal:04d}"
    return [_segment("ST", "997", number), *body, _segment("SE", str(len(body) + 2), number)]


def _answer_group(batch: Batch, answer: GroupAnswer, *, accept_with_errors: bool) -> list[str]:
    group = answer.group
    assert group is not None  # X12 answers only groups
    stated = group.version if _group_version(answer) >= "005" else ""
    segments = [_segment("AK1", group.functional_code, group.control_number, stated)]
    verdicts = [] if answer.rejected else [_verdict(one, accept_with_errors=accept_with_errors) for one in answer.answers]
    for one, verdict in zip(answer.answers, verdicts, strict=False):
        segments += _answer_set(batch, one, verdict, version=_group_version(answer))
    accepted = sum(verdict != "R" for verdict in verdicts)
    notes = _notes(answer.findings, _GROUP_NOTES, "1") if answer.rejected or accept_with_errors else []
    stated_count = group.stated_count if group.stated_count is not None else len(answer.answers)
    counts = (str(stated_count), str(len(answer.answers)), str(accepted))
    return [*segments, _segment("AK9", _group_verdict(answer, verdicts, notes), *counts, *notes)]


def _verdict(answer: Answer, *, accept_with_errors: bool) -> str:
    if answer.rejected:
        return "R"
    return "E" if accept_with_errors and answer.findings else "A"


def _group_verdict(answer: GroupAnswer, verdicts: list[str], notes: list[str]) -> str:
    if answer.rejected or set(verdicts) == {"R"}:
        return "R"
    if "R" in verdicts:
        return "P"
    return "E" if "E" in verdicts or notes else "A"


def _answer_set(batch: Batch, answer: Answer, verdict: str, *, version: str) -> list[str]:
    header = _segment("AK2", answer.type_code, answer.control_number, answer.association if version >= "005" else "")
    if verdict == "A":
        return [header, _segment("AK5", "A")]
    details = list(_details(batch, answer, version))
    return [header, *details, _segment("AK5", verdict, *_notes(answer.findings, _SET_NOTES, "5"))]


def _notes(findings: tuple[Finding, ...], table: dict[str, str], otherwise: str) -> list[str]:
    return sorted({table.get(finding.code, otherwise) for finding in findings}, key=int)[:_MOST_NOTES]


def _details(batch: Batch, answer: Answer, version: str) -> Iterator[str]:
    """Yield AK3 and AK4 for what the guide found, in order of segments: a segment's own faults first, then its elements'."""
    told = [finding for finding in answer.findings if finding.code.startswith("guide.")]
    for position, group in groupby(told, key=lambda finding: finding.place.segment or 1):
        faults = list(group)
        inside = [fault for fault in faults if fault.code in _ELEMENT_NOTES]
        for fault in faults:
            if fault.code not in _ELEMENT_NOTES:
                yield _segment("AK3", _tag(fault), str(position), "", _segment_note(fault))
        if inside:
            yield _segment("AK3", _tag(inside[0]), str(position), "", "8")
            yield from (_element(batch, answer, fault, version) for fault in inside[:_MOST_ELEMENTS])


def _tag(fault: Finding) -> str:
    return (fault.place.tag or "")[:3]


def _segment_note(fault: Finding) -> str:
    """Return AK304; a segment that is unknown here is 6 where the standard has it, else 1."""
    return _SEGMENT_NOTES.get(fault.code) or ("6" if (fault.place.tag or "") in segment_names() else "1")


def _element(batch: Batch, answer: Answer, fault: Finding, version: str) -> str:
    place = fault.place
    position = [str(place.element)] + ([str(place.component)] if place.component else [])
    if place.repetition and version >= "005":
        position = [position[0], position[1] if len(position) > 1 else "", str(place.repetition)]
    note = (_ELEMENT_NOTES_5010 if version >= "005" else _ELEMENT_NOTES)[fault.code]
    return f"AK4*{'>'.join(position)}*{_reference(batch, answer, fault)}*{note}~"


def _reference(batch: Batch, answer: Answer, fault: Finding) -> str:
    """Return the data element's number (AK402) where the guide knows it."""
    guide = guide_for(answer.type_code, str(batch.transactions.version[answer.transaction].as_py() or ""))
    segment = guide.segments.get(fault.place.tag or "") if guide else None
    position = (fault.place.element or 0) - 1
    if segment is None or not 0 <= position < len(segment.elements):
        return ""
    element = segment.elements[position]
    part = (fault.place.component or 1) - 1
    reference = element.parts[part].reference if part < len(element.parts) else element.reference
    return reference if reference.isdigit() else ""
