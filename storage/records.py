"""What the other rooms hand to storage and get back from it: frozen values, one for each kind of ledger row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pyarrow as pa

from edi.findings import Finding


@dataclass(frozen=True, slots=True)
class Night:
    """A (deployment, business date) with its place in the sequence of nights, which rows carry as ``known_at``."""

    night_id: str
    deployment: str
    business_date: date
    sequence: int
    slot_at: str  # ISO 8601, UTC: the instant that everything of the night is stamped with
    settings_hash: str
    state: str = "open"
    plan_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it came, in the ledger."""

    arrival: int
    hash: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class PlannedPacket:
    """A packet of work: which landed files, for which partner, at which place in the plan."""

    packet_key: str
    ordinal: int
    files: tuple[str, ...]  # content hashes
    partner_id: str | None = None
    state: str = "planned"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a night is going to do. ``content`` is the planner's own text, kept so that a restart resumes the same plan."""

    night_id: str
    packets: tuple[PlannedPacket, ...]
    arrivals: tuple[Arrival, ...] = ()
    content: str = ""
    plan_round: int = 1  # files that come after the plan was made are planned in a further round


@dataclass(frozen=True, slots=True)
class Interchange:
    """An interchange's identity, content and verdict. Qualifiers that the standard leaves out are empty, never null."""

    standard: str
    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    control_number: str
    usage_code: str
    content_hash: str
    verdict: str  # "new" and "reissue" take the identity for ever
    file_hash: str
    interchange_ordinal: int
    interchange_id: str
    copy: int = 1  # n-th landing of the same bytes in the night
    epoch: int = 0
    night_id: str = ""  # filled in by the ledger


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one transaction."""

    standard: str
    file_hash: str
    interchange_ordinal: int
    transaction_ordinal: int
    outcome: str
    record_count: int
    copy: int = 1  # n-th landing of the same bytes in the night
    document_id: str | None = None
    type_code: str | None = None
    partner_id: str | None = None
    direction_code: str | None = None
    control_number: str | None = None
    reason_code: str | None = None
    reason: str | None = None
    stated_amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class ExportTally:
    """What became of the documents of a CSV export and their rows: new + changed + unchanged + set aside = all that it has."""

    file_hash: str
    copy: int
    source_id: str
    kind: str  # snapshot, delta or append
    new_documents: int
    new_rows: int
    changed_documents: int
    changed_rows: int
    unchanged_documents: int
    unchanged_rows: int
    set_aside_documents: int
    set_aside_rows: int
    vanished_documents: int  # of a snapshot: known before, and no longer there
    vanished_rows: int
    known_documents: int  # loaded before and not gone: what a snapshot is compared with
    returned_documents: int  # were gone, and are there again


@dataclass(frozen=True, slots=True)
class Absence:
    """A loaded document that a snapshot no longer has, or has again."""

    file_hash: str
    copy: int
    document_id: str
    source_id: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class CounterKey:
    """Whose numbering our control numbers belong to."""

    standard: str
    kind: str
    our_id: str
    their_id: str


@dataclass(frozen=True, slots=True)
class AckOrder:
    """An acknowledgment to be made inside the transaction, when its control number is known."""

    partner_id: str
    kind: str
    answers: str  # interchange_id
    counter_key: CounterKey
    render: Callable[[int], bytes]
    name: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Reoffer:
    """A resend is answered with the first acknowledgment again, byte for byte and under the same name."""

    answers: str  # interchange_id of the original
    resent_as: str  # what tells this resend from others: its interchange_id, or file hash and night


@dataclass(frozen=True, slots=True)
class ArchivedText:
    """A map, guide or settings text that rows refer to by hash."""

    hash: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to publish, with the token that fences off whoever held it before."""

    name: str
    holder: str
    token: int


@dataclass(frozen=True, slots=True)
class Supersession:
    """A document that is loaded once more by force, and the one whose present version it takes the place of."""

    document_id: str  # of the first version for EDI, of the version before for exports
    by_document_id: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Publication:
    """A packet's results, to be published as one."""

    packet_key: str
    night: Night
    tables: Mapping[str, pa.Table]
    decisions: tuple[Decision, ...] = ()
    findings: tuple[Finding, ...] = ()
    interchanges: tuple[Interchange, ...] = ()
    acknowledgments: tuple[AckOrder, ...] = ()
    reoffers: tuple[Reoffer, ...] = ()
    archive: tuple[ArchivedText, ...] = ()
    exports: tuple[ExportTally, ...] = ()
    absences: tuple[Absence, ...] = ()
    supersedes: tuple[Supersession, ...] = ()
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """A count of transactions, their records, and their money by currency, with how many state none that could be read."""

    documents: int = 0
    records: int = 0
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Recount:
    """What the database holds after the commit: rows by canonical table, transactions by outcome."""

    rows: Mapping[str, int]
    outcomes: Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What was published, recounted. ``published`` is False where an earlier attempt had done it already."""

    packet_key: str
    published: bool
    recount: Recount
    outbox: tuple[str, ...] = ()  # file names


@dataclass(frozen=True, slots=True)
class Break:
    """A disagreement as the ledger keeps it; ``key``, ``left``, ``right`` and ``evidence`` are JSON."""

    break_id: str
    rule_id: str
    class_code: str
    state_code: str
    partner_id: str | None
    key: str
    left: str | None
    right: str | None
    difference_amount: Decimal | None
    currency: str | None
    evidence: str
    sentence: str
    first_night_sequence: int


@dataclass(frozen=True, slots=True)
class RuleTotal:
    """One side of a rule in one currency: total = matched + breaks + excluded, by count and by money."""

    rule_id: str
    side: str
    currency: str
    total_count: int
    matched_count: int
    breaks_count: int
    excluded_count: int
    total_amount: Decimal | None = None
    matched_amount: Decimal | None = None
    breaks_amount: Decimal | None = None
    excluded_amount: Decimal | None = None
