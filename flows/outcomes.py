"""What becomes of a document: a ladder of questions as a table, the first that has an answer decides.

DESIGN.md's table of failures in code: our own lacks never reject a partner's document, and what we cannot answer for is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edi.acknowledgments import is_acknowledgment
from edi.findings import Finding, Severity
from edi.segments import Interchange
from flows.partners import Correspondence
from transforms.mappings.registry import DocumentMap
from transforms.verdicts import Verdict

LOADED, DUPLICATE, QUARANTINED, REJECTED, PENDING = "loaded", "duplicate", "quarantined", "rejected", "pending"
OUTCOMES = (LOADED, DUPLICATE, QUARANTINED, REJECTED, PENDING)

OUR_LIMITS = "limits."
FOR_A_PERSON = ("conflict", "reissue", "incomplete")  # never released by trying again


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome with its reason; the reason's text is for the person on duty and holds no data."""

    outcome: str
    reason_code: str
    reason: str


OK = Outcome(LOADED, "ok", "Read, checked, mapped and published.")

_SUPERSEDED = {
    Verdict.CONTINUED: Outcome(DUPLICATE, "superseded", "A copy that was still being written: the whole file came, and begins with the "
                               "same bytes. Nothing to do."),
    Verdict.SENT_AGAIN: Outcome(DUPLICATE, "superseded", "Sent cut short, and whole since, under the same number or name. Nothing to do."),
}


def _quarantined(code: str, reason: str) -> Outcome:
    return Outcome(QUARANTINED, code, reason)


def of_cut(verdict: str, until: str) -> Outcome | None:
    """Return the outcome of what breaks off, None where nothing more is waited for.

    Args:
        verdict: from the plan.
        until: business date of the night that waits no longer.
    """
    if verdict == Verdict.PENDING:
        return Outcome(PENDING, "incomplete", f"The file breaks off. Its rest is waited for until the night of {until}. Nothing to do yet.")
    return next((outcome for known, outcome in _SUPERSEDED.items() if known == verdict), None)


def first_error(findings: Sequence[Finding]) -> Finding | None:
    """Return the first finding, in order of place, that stops a document."""
    stopping = [finding for finding in findings if finding.severity in (Severity.ERROR, Severity.FATAL)]
    return min(stopping, key=lambda finding: (finding.place.offset or 0, finding.place.element or 0, finding.code), default=None)


def why(finding: Finding) -> str:
    """Return what a finding says as a reason: what is wrong, then what to do."""
    return f"{finding.message.rstrip('.')}. {finding.remedy}"


def of_interchange(
    interchange: Interchange, whose: Correspondence, verdict: str, findings: Sequence[Finding], *, environment: str, until: str = "",
) -> Outcome | None:
    """Return the outcome that all transactions of an interchange share, None where each has its own.

    Args:
        interchange: as read.
        whose: its agreement and direction.
        verdict: from the plan.
        findings: those of the interchange as a whole.
        environment: "production" or "test".
        until: business date until which the rest of its file is waited for.
    """
    if waiting := of_cut(verdict, until):
        return waiting
    if not interchange.has_trailer:
        return _quarantined("incomplete", "The file ends before the interchange does; nothing was loaded. Ask the sender for all of it.")
    if error := first_error(findings):
        return _by_error(error, whose)
    if verdict == Verdict.REFUSED:
        return Outcome(REJECTED, "refused", "A person refused it: its control number belongs to other content. The partner sends it again "
                       "under a new number.")
    if verdict in (Verdict.RESEND, Verdict.FORCED):  # of what is forced, what was loaded is another version and is not asked here
        return Outcome(DUPLICATE, "resend", "Same control number and content as before: not loaded again, acknowledged as the first time.")
    if verdict == Verdict.CONFLICT:
        return _quarantined("conflict", "This control number came with other content too. Ask the partner which one "
                            "counts; then `crossfoot conflicts` approves or refuses.")
    if verdict == Verdict.REISSUE and (whose.agreement is None or whose.agreement.reissue == "hold"):
        return _quarantined("reissue", "The content came before under another control number. Release it only if it is meant twice.")
    if interchange.usage_code == "test" and environment == "production" and not (whose.agreement and whose.agreement.allow_test):
        return _quarantined("test_indicator", "Marked as no production (ISA15 T or I, UNB 0035 1). Set allow_test in the "
                            "agreement if it is meant.")
    return None


def of_transaction(
    type_code: str, whose: Correspondence, mapping: DocumentMap | None, findings: Sequence[Finding],
) -> Outcome | None:
    """Return the outcome of a transaction that needs no mapping to decide, None where it goes on to be mapped."""
    if error := first_error(findings):
        return _by_error(error, whose)
    if mapping is None:
        return _quarantined("no_mapping", f"No mapping for {type_code} yet. Add one, then release.")
    if whose.agreement is None:
        return _quarantined("unknown_partner", "No agreement has these addresses. Add data/partners/<partner>.toml, then release.")
    agreed = whose.agreement.direction(type_code)
    if agreed != whose.direction_code and not is_acknowledgment(whose.agreement.standard, type_code):
        return _quarantined("not_agreed", f"{type_code} {whose.direction_code} is not agreed. Add it under [[documents]], then release.")
    return None


def of_headless(lost: Sequence[Finding], whose: Correspondence, interchange: Interchange, *, is_alone: bool) -> Outcome | None:
    """Return the outcome of transactions whose header is missing, None where there are none; rejected only where the partner is told.

    Args:
        lost: what was found of them.
        whose: the agreement and direction of their interchange.
        interchange: as read.
        is_alone: whether it holds no other transaction. Where it does, a CONTRL has no word for them, nor a 997 outside of groups.
    """
    error = first_error(lost)
    if error is None:
        return None
    told = is_alone if interchange.standard == "edifact" else error.place.group is not None
    return _by_error(error, whose) if told else _quarantined(error.code, why(error))


def of_expectations(findings: Sequence[Finding]) -> Outcome | None:
    """Return quarantine where a blocking expectation failed or a value could not be read."""
    error = first_error(findings)
    return _quarantined(error.code, why(error)) if error else None


def _by_error(error: Finding, whose: Correspondence) -> Outcome:
    ours = whose.agreement is None or whose.direction_code == "outbound" or error.code.startswith(OUR_LIMITS)
    if ours:  # nobody to tell, our own copy, or a limit of ours: never the partner's fault
        return _quarantined(error.code, why(error))
    return Outcome(REJECTED, error.code, why(error))
