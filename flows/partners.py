"""Whose an interchange is: the agreement and the direction that its addresses tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from edi.findings import Finding, Severity
from edi.guidemodel import Guide
from edi.guides import Subject, shipped
from edi.overlays import laid_over
from edi.segments import Interchange
from flows.definitions import Definitions
from transforms.policy import Agreement
from transforms.verdicts import InterchangeKey


@dataclass(frozen=True, slots=True)
class Correspondence:
    """An agreement, and whether the partner sent the interchange or it is a copy of what we sent."""

    agreement: Agreement | None
    direction_code: str  # "inbound" or "outbound"; inbound where nobody is known

    @property
    def partner_id(self) -> str:
        """The partner, or "unknown"."""
        return self.agreement.partner_id if self.agreement else "unknown"

    @property
    def restarts(self) -> tuple[date, ...]:
        """The business dates from which the sender's numbering began again; ours never does."""
        return self.agreement.epochs if self.agreement and self.direction_code == "inbound" else ()

    @property
    def counts(self) -> bool:
        """Whether the sender's control numbers are agreed to count."""
        return self.agreement is not None and self.agreement.consecutive_numbers and self.direction_code == "inbound"


UNKNOWN = Correspondence(None, "inbound")


def correspondence(interchange: Interchange, definitions: Definitions) -> Correspondence:
    """Find the agreement by both addresses: from them to us is inbound, from us to them a copy of what we sent."""
    return _between(interchange.standard, (interchange.sender_qualifier, interchange.sender_id),
                    (interchange.receiver_qualifier, interchange.receiver_id), definitions)


def _between(standard: str, sender: tuple[str, str], receiver: tuple[str, str], definitions: Definitions) -> Correspondence:
    for agreed in definitions.agreements:
        if agreed.standard != standard:
            continue
        for identity in agreed.identities:
            theirs = (identity.their_qualifier, identity.their_id)
            ours = (identity.our_qualifier, identity.our_id)
            if (sender, receiver) == (theirs, ours):
                return Correspondence(agreed, "inbound")
            if (sender, receiver) == (ours, theirs):
                return Correspondence(agreed, "outbound")
    return UNKNOWN


def partners_guide(subject: Subject, definitions: Definitions) -> Guide | None:
    """Return the guide that a document is checked against: the standard's, with what its partner's agreement overrides."""
    agreed = _between(subject.standard, subject.sender, subject.receiver, definitions).agreement
    name = agreed.guide(subject.type_code) if agreed else None
    guide = shipped(subject)
    return laid_over(guide, definitions.guides[name]) if guide and name else guide


def by_policy(finding: Finding, whose: Correspondence) -> Finding:
    """Give a finding the severity that its partner's agreement has for the code."""
    severity = whose.agreement.severities.get(finding.code) if whose.agreement else None
    return replace(finding, severity=Severity(severity)) if severity else finding


def interchange_key(interchange: Interchange, whose: Correspondence, business_date: date) -> InterchangeKey:
    """Return the identity of an interchange, the approved restarts of the partner's numbering counted."""
    # No database keeps a NUL in text: the ledger's memory must find what it is asked for.
    sender_qualifier, sender_id, receiver_qualifier, receiver_id, control_number = (part.replace("\0", "\ufffd") for part in (
        interchange.sender_qualifier, interchange.sender_id, interchange.receiver_qualifier, interchange.receiver_id,
        interchange.control_number))
    return InterchangeKey(
        interchange.standard, sender_qualifier, sender_id, receiver_qualifier, receiver_id, control_number, interchange.usage_code,
        sum(start <= business_date for start in whose.restarts),
    )
