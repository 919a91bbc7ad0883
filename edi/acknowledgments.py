"""What acknowledgments of both standards have in common: whom they answer, what counts against a document, what is rejected.

Only syntax and guide are acknowledged. A mapping that we lack, our own limits or a business disagreement never reject.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeAlias

import numpy as np

from edi.findings import Finding, Severity
from edi.guidemodel import Guide
from edi.segments import Batch, Group, Interchange

GuideOf: TypeAlias = Callable[[int], Guide | None]  # index of a transaction -> the guide that it was checked against

_AREAS = ("guide.", "x12.", "edifact.", "envelope.", "charset.")
HEADLESS = "envelope.missing_header"  # a transaction by itself, though it cannot be named: it takes no other down with it
OF_ACKNOWLEDGMENTS = ("FA", "CONTRL")  # GS01, UNG 0038
_INTERCHANGE = attrgetter("interchange")
_NEVER = {"x12": frozenset({"997", "999", "TA1"}), "edifact": frozenset({"CONTRL"})}


def is_acknowledgment(standard: str, type_code: str) -> bool:
    """Return whether a document is itself an acknowledgment of receipt, which nobody acknowledges."""
    return type_code in _NEVER.get(standard, ())


@dataclass(frozen=True, slots=True)
class AckPolicy:
    """What was agreed with a partner about acknowledgments."""

    accept_with_errors: bool = False  # say E rather than a plain A where there were only warnings, and tell them
    echo_bad_values: bool = False  # AK404 and IK404 may quote what is wrong
    acknowledgment: str = "by_guide"  # "997", "999" (from 005010 on), or "by_guide": 999 where GS08 names an implementation guide
    ta1: str = "requested"  # "requested" (ISA14 = 1, and whenever rejected), "always", "on_error", "never"
    contrl: str = "always"  # "always", "requested" (UNB 0031, and whenever something is rejected), "on_error"
    contrl_version: str = "by_syntax"  # "D:3", "2:2", "4:1", or "by_syntax": 4:1 for syntax 4, else D:3


@dataclass(frozen=True, slots=True)
class Form:
    """Which acknowledgment: its type, and the version that it is written in."""

    kind: str  # "TA1", "997", "999" or "CONTRL"
    version: str  # ISA12 of a TA1, GS08 of a 997 or 999, "D:3" of a CONTRL


@dataclass(frozen=True, slots=True)
class Line:
    """One segment of an acknowledgment, without its terminator, and the findings that it tells of."""

    text: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An acknowledgment as it would be sent: a whole interchange."""

    form: Form
    lines: tuple[Line, ...]
    terminator: str
    charset: str  # a Python codec

    @property
    def data(self) -> bytes:
        """The bytes to send."""
        return "".join(f"{line.text}{self.terminator}" for line in self.lines).encode(self.charset, errors="replace")


@dataclass(frozen=True, slots=True)
class Answer:
    """One transaction set or message that is answered, with what the partner may be told about it."""

    transaction: int  # index into the batch's transactions
    type_code: str
    control_number: str
    association: str
    findings: tuple[Finding, ...]  # warnings and errors, in order of place

    @property
    def rejected(self) -> bool:
        """Whether one finding is grave enough."""
        return rejects(self.findings)


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """One functional group that is answered; an EDIFACT interchange without groups has one with ``group`` None."""

    group: Group | None
    findings: tuple[Finding, ...]  # of the group's own envelope
    answers: tuple[Answer, ...]

    @property
    def rejected(self) -> bool:
        """Whether the group's own envelope is wrong, or nothing in it can be named; its transactions then go down with it."""
        return rejects(finding for finding in self.findings if finding not in self.headless or not self.answers)

    @property
    def faulty(self) -> bool:
        """Whether anything of it is rejected."""
        return self.rejected or bool(self.headless) or any(answer.rejected for answer in self.answers)

    @property
    def lost(self) -> bool:
        """Whether nothing of it is accepted."""
        return self.rejected or all(answer.rejected for answer in self.answers)

    @property
    def headless(self) -> tuple[Finding, ...]:
        """What was found of transactions without a header, which cannot be named."""
        return tuple(finding for finding in self.findings if finding.code == HEADLESS and rejects((finding,)))


@dataclass(frozen=True, slots=True, eq=False)
class AckRequest:
    """All that an acknowledgment of one interchange is made from."""

    batch: Batch
    interchange: Interchange
    findings: tuple[Finding, ...]  # of the interchange's own envelope
    groups: tuple[GroupAnswer, ...]  # without acknowledgments, which are not answered, and without empty ones
    outside: tuple[Answer, ...] = ()  # X12: sets in no functional group, which no 997 can cite

    @property
    def rejected(self) -> bool:
        """Whether the interchange is rejected whole."""
        return rejects(self.findings)


def by_interchange(batch: Batch, findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return the findings of each interchange of a batch, in their order; what belongs to none is left out.

    Whoever answers all interchanges of a batch does this once: then each is answered from its own.
    """
    index = {(batch.table.files[each.file], each.ordinal): at for at, each in enumerate(batch.interchanges)}
    found: list[list[Finding]] = [[] for _ in batch.interchanges]
    for finding in findings:
        at = index.get((finding.place.file or "", finding.place.interchange or 0))
        if at is not None:
            found[at].append(finding)
    return found


def groups_of(batch: Batch, interchange_index: int) -> range:
    """Return the indices of an interchange's groups."""
    return range(*(bisect(batch.groups, interchange_index, key=_INTERCHANGE) for bisect in (bisect_left, bisect_right)))


def transactions_of(batch: Batch, interchange_index: int) -> range:
    """Return the indices of an interchange's transactions."""
    return range(*np.searchsorted(batch.transactions.interchange, (interchange_index, interchange_index + 1)).tolist())


def ack_request(batch: Batch, interchange_index: int, findings: Iterable[Finding]) -> AckRequest:
    """Sort what was found about an interchange by what it is about.

    Args:
        batch: the batch that the interchange was read with.
        interchange_index: index into ``batch.interchanges``.
        findings: everything known, of reading and of guides; what belongs elsewhere or is not for the partner is left out.
            All are looked at: see ``by_interchange``.
    """
    interchange = batch.interchanges[interchange_index]
    by_group: dict[int | None, list[Finding]] = {}
    by_transaction: dict[int, list[Finding]] = {}
    own: list[Finding] = []
    for finding in sorted(_relevant(batch, interchange, findings), key=_in_place):
        if finding.place.transaction is not None:
            by_transaction.setdefault(finding.place.transaction, []).append(finding)
        elif finding.place.group is not None:
            by_group.setdefault(finding.place.group, []).append(finding)
        else:
            own.append(finding)
    answers = _answers(batch, interchange_index, by_transaction)
    groups = tuple(
        GroupAnswer(group, tuple(by_group.get(group.ordinal, ())) if group else (), tuple(answers.get(index, ())))
        for index, group in _groups(batch, interchange_index)
    )
    outside = tuple(answers.get(-1, ())) if interchange.standard == "x12" else ()
    if answers or interchange.standard == "x12":  # of an interchange with others neither TA1 nor CONTRL has a word for it
        own = [finding for finding in own if finding.code != HEADLESS]
    return AckRequest(batch, interchange, tuple(own), tuple(group for group in groups if _is_answered(group)), outside)


def _is_answered(answer: GroupAnswer) -> bool:
    return bool(answer.answers or (answer.headless and answer.group and answer.group.functional_code not in OF_ACKNOWLEDGMENTS))


def _groups(batch: Batch, interchange_index: int) -> list[tuple[int, Group | None]]:
    groups: list[tuple[int, Group | None]] = [(index, batch.groups[index]) for index in groups_of(batch, interchange_index)]
    if batch.interchanges[interchange_index].standard == "edifact":
        groups.insert(0, (-1, None))
    return groups


def _relevant(batch: Batch, interchange: Interchange, findings: Iterable[Finding]) -> list[Finding]:
    file = batch.table.files[interchange.file]
    return [
        finding for finding in findings
        if finding.place.file == file and finding.place.interchange == interchange.ordinal
        and finding.severity is not Severity.NOTE and finding.code.startswith(_AREAS)
        and (finding.place.transaction is not None or finding.place.tag not in _NEVER[interchange.standard])
    ]


def _answers(batch: Batch, interchange_index: int, findings: dict[int, list[Finding]]) -> dict[int, list[Answer]]:
    those = batch.transactions
    standard = batch.interchanges[interchange_index].standard
    answers: dict[int, list[Answer]] = {}
    for index in transactions_of(batch, interchange_index):
        if not is_acknowledgment(standard, batch.type_codes[index]):
            answers.setdefault(int(those.group[index]), []).append(Answer(
                index, batch.type_codes[index], str(those.control_number[index].as_py() or ""),
                str(those.association[index].as_py() or ""), tuple(findings.get(int(those.ordinal[index]), ())),
            ))
    return answers


def rejects(findings: Iterable[Finding]) -> bool:
    """Return whether one of the findings is grave enough to reject what they are about."""
    return any(finding.severity in (Severity.ERROR, Severity.FATAL) for finding in findings)


def _in_place(finding: Finding) -> tuple[int, int, int, int, str]:
    place = finding.place
    return place.segment or 0, place.element or 0, place.repetition or 0, place.component or 0, finding.code
