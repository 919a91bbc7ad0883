"""Write the 997s or 999s that answer the functional groups of an X12 interchange. Same findings, same numbers, same instant: same bytes.

The 999 is the 997 for implementation guides, from 005010 on: IK3, IK4 and IK5 stand for AK3, AK4 and AK5, with codes of their
own, and CTX says what a segment or element hangs on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby

from edi.acknowledgments import AckPolicy, AckRequest, Answer, Form, GroupAnswer, GuideOf, Line, Reply, ack_request
from edi.findings import Finding
from edi.segments import Batch
from edi.x12.ackciting import can_cite, can_cite_set, optional
from edi.x12.ackcodes import element_code, group_codes, is_of_element, is_of_headers, segment_code, set_codes
from edi.x12.ackcontext import business_unit, trigger
from edi.x12.ackenvelope import clean, composite, interchange, joined, segment
from edi.x12.ackevidence import Evidence, evidences

IMPLEMENTATION_999 = "005010X231A1"  # answers groups whose GS08 names an implementation guide, others get a 999 of their own version

_TAGS = {"997": ("AK3", "AK4", "AK5"), "999": ("IK3", "IK4", "IK5")}
_VERSION = re.compile(r"00[3-9]\d{3}")
_SHORTEST_TAG = 2  # AK301 and IK301 cannot name a shorter one: AK5 and IK5 alone tell that something is wrong
_MOST_ELEMENTS = 99
_LAST_ELEMENT = 99  # element 722 has two digits
_LONGEST_ECHO = 99
_MOST_SETS = 999_999  # AK902 to AK904 have six digits
_LARGEST_POSITION = {"early": 999_999, "late": 9_999_999_999}
_LONGEST_LOOP = {"early": 6, "late": 4}  # element 447
_DEFAULT = AckPolicy()


def group_form(group: GroupAnswer, policy: AckPolicy = _DEFAULT) -> Form:
    """Return what a group is answered with: a 999 where that is agreed and its version has one, else a 997."""
    stated = group.group.version if group.group else ""
    version = stated[:6] if _VERSION.fullmatch(stated[:6]) else "004010"
    implementation = stated[6:].startswith("X") and optional("AK1", 3, stated) == stated
    agreed = policy.acknowledgment == "999" or (policy.acknowledgment == "by_guide" and implementation)
    if not agreed or version < "005010":
        return Form("997", version)
    return Form("999", IMPLEMENTATION_999 if implementation else version)


def group_forms(request: AckRequest, policy: AckPolicy = _DEFAULT) -> tuple[Form, ...]:
    """Return the forms that the groups of an interchange are answered in, in order; none where it is rejected as a whole."""
    return () if request.rejected else tuple(dict.fromkeys(group_form(group, policy) for group in request.groups if can_cite(group)))


def acknowledge_x12(batch: Batch, interchange_index: int, findings: Iterable[Finding], *, form: Form, control_number: int,
                    group_control_number: int, at: datetime, policy: AckPolicy = _DEFAULT, guide_of: GuideOf | None = None) -> Reply:
    """Return the interchange of 997s or 999s, one a functional group, that answers the groups of one form.

    Args:
        batch: the batch that the interchange was read with.
        interchange_index: index into ``batch.interchanges``.
        findings: everything known about it, of reading and of guides.
        form: one of those that ``group_forms`` has.
        control_number: our ISA13.
        group_control_number: our GS06.
        at: the instant to write into ISA and GS, in the partner's agreed time zone.
        policy: what was agreed about acknowledgments.
        guide_of: the guide that each transaction set was checked against; those of this package if left out.

    Raises:
        ValueError: the interchange has no group that is answered in this form.
    """
    request = ack_request(batch, interchange_index, findings)
    if form not in group_forms(request, policy):
        raise ValueError(f"the interchange has no group to be answered with a {form.kind} of {form.version}")
    groups = [group for group in request.groups if can_cite(group) and group_form(group, policy) == form]
    writer = _Writer(form, policy, evidences(batch, guide_of))
    sets = [_set(ordinal, form, writer.group(group)) for ordinal, group in enumerate(groups, 1)]
    first = groups[0].group
    assert first is not None  # can_cite
    day = f"{at:%y%m%d}" if form.version < "004" else f"{at:%Y%m%d}"
    number = str(group_control_number)
    body = [
        Line(segment("GS", "FA", first.receiver_id, first.sender_id, day, f"{at:%H%M}", number, "X", form.version)),
        *(line for lines in sets for line in lines),
        Line(segment("GE", str(len(sets)), number)),
    ]
    return interchange(batch, request.interchange, form, body, control_number=control_number, at=at, groups=1)


def _set(ordinal: int, form: Form, body: list[Line]) -> list[Line]:
    number = f"{ordinal:04d}"
    convention = form.version if form.version == IMPLEMENTATION_999 else ""
    return [Line(segment("ST", form.kind, number, convention)), *body, Line(segment("SE", str(len(body) + 2), number))]


class _Writer:
    """Writes the body of one 997 or 999 a group."""

    def __init__(self, form: Form, policy: AckPolicy, gather: Callable[[Answer], Evidence]) -> None:
        self.form, self.policy, self.gather = form, policy, gather
        self.segment_tag, self.element_tag, self.verdict_tag = _TAGS[form.kind]
        self.late = form.version >= "005"
        age = "late" if self.late else "early"
        self.largest, self.longest_loop = _LARGEST_POSITION[age], _LONGEST_LOOP[age]

    def group(self, answer: GroupAnswer) -> list[Line]:
        """Return AK1 to AK9 for a group; a rejected one takes its sets down with it, untold."""
        group = answer.group
        assert group is not None  # can_cite
        lines = [Line(segment("AK1", group.functional_code, group.control_number, self._optional("AK1", group.version)))]
        verdicts = [] if answer.rejected else [self._verdict(one) for one in answer.answers]
        for one, verdict in zip(answer.answers, verdicts, strict=False):
            lines += self._answer(one, verdict)
        told = answer.rejected or self.policy.accept_with_errors
        because = answer.findings if told else answer.headless
        untold = [one for one, verdict in zip(answer.answers, verdicts, strict=False) if verdict != "A" and not can_cite_set(one)]
        notes = group_codes(because, self.form, untold=bool(untold))
        stated = len(answer.answers) if group.stated_count is None else group.stated_count
        counts = (stated, len(answer.answers), sum(verdict != "R" for verdict in verdicts))
        overall = _group_verdict(answer, verdicts, notes)
        return [*lines, Line(segment("AK9", overall, *(str(min(count, _MOST_SETS)) for count in counts), *notes),
                             (*because, *(finding for one in untold for finding in one.findings)))]

    def _verdict(self, answer: Answer) -> str:
        if answer.rejected:
            return "R"
        return "E" if self.policy.accept_with_errors and answer.findings else "A"

    def _answer(self, answer: Answer, verdict: str) -> list[Line]:
        if not can_cite_set(answer):
            return []  # AK9 tells of it
        header = Line(segment("AK2", answer.type_code, answer.control_number, self._optional("AK2", answer.association)))
        if verdict == "A":
            return [header, Line(segment(self.verdict_tag, "A"))]
        told: dict[Finding, str] = {}
        details = list(self._details(answer, told))
        codes = set_codes(answer.findings, told, self.form)
        return [header, *details, Line(segment(self.verdict_tag, verdict, *codes), answer.findings)]

    def _optional(self, tag: str, value: str) -> str:
        """Return AK103 or AK203, which no 997 before 005010 has."""
        return optional(tag, 3, value) if self.late else ""

    def _details(self, answer: Answer, told: dict[Finding, str]) -> Iterator[Line]:
        """Yield what the guide found, in order of segments: a segment's own faults first, then its elements'; ``told`` takes the codes."""
        evidence = self.gather(answer)
        faults = [fault for fault in answer.findings if fault.code.startswith("guide.") and not is_of_headers(fault)
                  and _can_name(evidence.tag(fault))]
        for position, group in groupby(faults, key=lambda fault: fault.place.segment or 1):
            if position > self.largest:
                return
            here = list(group)
            inside = tuple(fault for fault in here if is_of_element(fault) and (fault.place.element or 0) <= _LAST_ELEMENT)
            for fault in here:
                if not is_of_element(fault):
                    told[fault] = segment_code(fault, evidence, self.form)
                    yield self._segment(evidence, fault, told[fault], (fault,))
                    yield from self._unit(evidence, fault)
            if inside:
                yield self._segment(evidence, inside[0], "8", ())  # what it leads to says the rest
                yield from self._unit(evidence, inside[0])
                for fault in inside[:_MOST_ELEMENTS]:
                    told[fault] = element_code(fault, evidence, self.form)
                    yield self._element(evidence, fault, told[fault])
                    yield from self._trigger(evidence, fault)

    def _segment(self, evidence: Evidence, fault: Finding, code: str, findings: tuple[Finding, ...]) -> Line:
        tag = evidence.tag(fault)[:3]
        return Line(segment(self.segment_tag, tag, str(fault.place.segment or 1), self._loop(evidence, fault), code), findings)

    def _element(self, evidence: Evidence, fault: Finding, code: str) -> Line:
        place = fault.place
        repetition = str(place.repetition) if place.repetition and self.late else ""
        position = composite(str(place.element or 0), str(place.component or ""), repetition)
        described = evidence.described(fault)
        reference = described.reference if described and described.reference.isdigit() else ""
        return Line(joined(self.element_tag, position, reference, code, self._echo(evidence, fault)), (fault,))

    def _echo(self, evidence: Evidence, fault: Finding) -> str:
        """Return AK404 or IK404: the bad value, where the partner's policy allows, with blanks for what our delimiters are."""
        return clean(evidence.value(fault)).strip()[:_LONGEST_ECHO].rstrip() if self.policy.echo_bad_values else ""

    def _unit(self, evidence: Evidence, fault: Finding) -> Iterator[Line]:
        if self.form.kind == "999" and self.policy.echo_bad_values and (unit := business_unit(evidence, fault)):
            yield Line(joined("CTX", composite(*unit)), (fault,))

    def _trigger(self, evidence: Evidence, fault: Finding) -> Iterator[Line]:
        if self.form.kind == "999" and (element := trigger(evidence, fault)):
            place = fault.place
            at = str(place.segment or 1)
            context = segment("CTX", "SITUATIONAL TRIGGER", place.tag or "", at, self._loop(evidence, fault), str(element))
            yield Line(context, (fault,))

    def _loop(self, evidence: Evidence, fault: Finding) -> str:
        """Return the number of the loop that LS opened and LE has not closed (AK303, IK303), "" where it has no room."""
        here = evidence.segment(fault)
        opened, closed = evidence.last("LS", here), evidence.last("LE", here - 1)
        if opened is None or (closed is not None and closed > opened):
            return ""
        loop = clean(evidence.element(opened, 1)).strip()
        return loop if len(loop) <= self.longest_loop else ""


def _can_name(tag: str) -> bool:
    """Tell whether AK301 and IK301 can have a tag, as far as there is room for it."""
    return len(tag) >= _SHORTEST_TAG and clean(tag[:3]) == tag[:3] and not tag[:3].isspace()


def _group_verdict(answer: GroupAnswer, verdicts: list[str], notes: list[str]) -> str:
    if answer.rejected or set(verdicts) == {"R"}:
        return "R"
    if "R" in verdicts or answer.headless:
        return "P"
    return "E" if "E" in verdicts or notes else "A"
