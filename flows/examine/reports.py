"""What is told of each file that was checked: two verdicts, its interchanges and transactions, and its findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from edi.findings import Finding, Severity
from edi.guides import NO_GUIDE
from flows.examine.words import SEVERITIES, VERDICTS, Outcome, gravest, outcome, verdict_of

MOST_TRANSACTIONS = 10_000  # listed one by one; of the rest of a file, those with findings


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


class Draft:
    """What is gathered of one file, batch by batch: counts of all findings, the gravest of them, and the envelopes."""

    def __init__(self, most: int) -> None:
        """Take how many findings are kept."""
        self._most = most
        self._counts: Counter[Severity] = Counter()
        self._worst: dict[tuple[int | None, int | None, str], Severity] = {}
        self._kept: list[Finding] = []
        self._without_guide = 0
        self._interchanges: dict[int, InterchangeReport] = {}
        self._transactions: dict[tuple[int, int], tuple[str, str, str]] = {}

    def add(self, finding: Finding) -> None:
        """Take a finding in."""
        self._counts[finding.severity] += 1
        self._without_guide += finding.code == NO_GUIDE.code
        key = (finding.place.interchange, finding.place.transaction, verdict_of(finding))
        self._worst[key] = gravest((self._worst.get(key), finding.severity)) or finding.severity
        self._kept.append(finding)
        if len(self._kept) >= 2 * self._most + 1000:  # now and then, so that a flood costs little
            self._kept = _gravest_first(self._kept, self._most)

    def add_interchange(self, report: InterchangeReport) -> None:
        """Take an interchange in, or a further part of it."""
        earlier = self._interchanges.get(report.ordinal)
        self._interchanges[report.ordinal] = replace(report, transactions=report.transactions + (earlier.transactions if earlier else 0))

    def add_transaction(self, interchange: int, ordinal: int, type_code: str, version: str, control_number: str) -> None:
        """Take a transaction in whose findings so far are known. Of very many, only those with findings are kept."""
        key = (interchange, ordinal)
        if len(self._transactions) < MOST_TRANSACTIONS or any(self._outcome(key, verdict) is not Outcome.OK for verdict in VERDICTS):
            self._transactions[key] = (type_code, version, control_number)

    def report(self, path: str, size: int, *, guided: bool) -> FileReport:
        """Make the report, with the two verdicts over the whole file."""
        syntax, guide = (outcome(gravest(severity for key, severity in self._worst.items() if key[-1] == verdict)) for verdict in VERDICTS)
        checked = guided and sum(each.transactions for each in self._interchanges.values()) > self._without_guide
        kept = _gravest_first(self._kept, self._most)
        return FileReport(
            path, size, syntax, guide if checked else Outcome.UNCHECKED, tuple(self._interchanges.values()),
            tuple(TransactionReport(*key, *texts, *(self._outcome(key, verdict) for verdict in VERDICTS))
                  for key, texts in self._transactions.items()),
            tuple(sorted(kept, key=lambda each: each.place.offset or 0)), dict(self._counts), sum(self._counts.values()) - len(kept))

    def _outcome(self, transaction: tuple[int, int], verdict: str) -> Outcome:
        return outcome(self._worst.get((*transaction, verdict)))


def _gravest_first(findings: list[Finding], most: int) -> list[Finding]:
    """Keep the gravest where there are too many, in the order in which they came."""
    if len(findings) <= most:
        return findings
    order = sorted(range(len(findings)), key=lambda at: (-SEVERITIES.index(findings[at].severity), at))
    return [findings[at] for at in sorted(order[:most])]
