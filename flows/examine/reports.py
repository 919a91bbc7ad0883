"""What is told of each file that was checked: two verdicts, its interchanges and transactions, and its findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edi.findings import Finding, Severity
from edi.guides import NO_GUIDE
from flows.examine.words import SEVERITIES, Outcome, gravest, outcome, verdict_of


@dataclass(frozen=True, slots=True)
class TransactionReport:
    """One transaction set or message. Its control number is the only thing told of what it says."""

    interchange: int  # ordinal in the file
    ordinal: int  # in the interchange
    type_code: str
    version: str
    control_number: str
    syntax: Outcome
    guide: Outcome


@dataclass(frozen=True, slots=True)
class InterchangeReport:
    """One interchange; its findings are those of its envelope and of its transactions."""

    ordinal: int
    standard: str
    control_number: str
    sender: str  # qualifier/id
    receiver: str
    usage: str
    version: str
    transactions: int


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file. Findings are in order of place; where there are too many, the gravest are the ones that stayed."""

    path: str
    size: int  # bytes
    syntax: Outcome
    guide: Outcome
    interchanges: tuple[InterchangeReport, ...]
    transactions: tuple[TransactionReport, ...]
    findings: tuple[Finding, ...]
    counts: Mapping[Severity, int]  # of all findings, those left out too
    left_out: int = 0

    @property
    def worst(self) -> Severity | None:
        """The gravest severity in the file."""
        return gravest(severity for severity, count in self.counts.items() if count)

    @property
    def outcome(self) -> Outcome:
        """The worse of the two verdicts."""
        return outcome(self.worst)


class Findings:
    """Collects the findings of one file: counts all, keeps the gravest."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.counts: Counter[Severity] = Counter()
        self._worst: dict[tuple[int | None, int | None, str], Severity] = {}
        self._kept: list[Finding] = []
        self._without_guide = 0

    def add(self, finding: Finding) -> None:
        """Take one in."""
        self.counts[finding.severity] += 1
        self._without_guide += finding.code == NO_GUIDE.code
        key = (finding.place.interchange, finding.place.transaction, verdict_of(finding))
        self._worst[key] = gravest((self._worst.get(key), finding.severity)) or finding.severity
        self._kept.append(finding)
        if len(self._kept) >= 2 * self.most + 1000:  # now and then, so that a flood costs little
            self._kept = _gravest_first(self._kept, self.most)

    def of_transaction(self, interchange: int, transaction: int, verdict: str) -> Outcome:
        """Return one of a transaction's verdicts."""
        return outcome(self._worst.get((interchange, transaction, verdict)))

    def report(
        self, path: str, size: int, interchanges: Sequence[InterchangeReport], transactions: Sequence[TransactionReport], *, guided: bool,
    ) -> FileReport:
        """Make the report, with the two verdicts over the whole file."""
        worst = {verdict: gravest(severity for (_, _, of), severity in self._worst.items() if of == verdict)
                 for verdict in ("syntax", "guide")}
        count = sum(each.transactions for each in interchanges)
        checked = guided and count > self._without_guide
        kept = _gravest_first(self._kept, self.most)
        return FileReport(
            path, size, outcome(worst["syntax"]), outcome(worst["guide"]) if checked else Outcome.UNCHECKED, tuple(interchanges),
            tuple(transactions), tuple(kept), dict(self.counts), left_out=sum(self.counts.values()) - len(kept),
        )


def _gravest_first(findings: list[Finding], most: int) -> list[Finding]:
    """Keep the gravest where there are too many, in the order in which they came."""
    if len(findings) <= most:
        return findings
    order = sorted(range(len(findings)), key=lambda at: (-SEVERITIES.index(findings[at].severity), at))
    return [findings[at] for at in sorted(order[:most])]
