"""From columns of faults to findings: places in full, in order, and a flood cut short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from edi.checking.faults import Faults
from edi.findings import Finding, Place, Severity, find, kind, quotable
from edi.segments import Batch, Ints

TOO_MANY = kind("guide.too_many", Severity.NOTE, "more than {limit} findings of one gravity in this transaction; the rest is left out",
                "correct the first ones and look again")

FINDINGS_PER_TRANSACTION = 200  # of those that reject, and again of those that do not

Row: TypeAlias = tuple[int, int, Finding]  # transaction, segment of the table, finding


@dataclass(frozen=True, slots=True)
class Told:
    """How much has been told about a transaction that goes on in the next batch."""

    grave: int = 0
    others: int = 0
    cut: bool = False


NOTHING_TOLD = Told()


def rows(batch: Batch, faults: Faults, severities: Mapping[str, Severity], type_code: str = "") -> Iterator[Row]:
    """Yield the findings of a column, as many a transaction as can be told."""
    kept = faults.take(_first_of_each(batch.table.transaction[faults.segments]))
    places = zip(kept.segments.tolist(), kept.element.tolist(), kept.component.tolist(), kept.repetition.tolist(), strict=True)
    for segment, element, component, repetition in places:
        transaction, tag = int(batch.table.transaction[segment]), faults.place_tag or quotable(str(batch.table.tags[segment]))
        place = place_in(batch, transaction, segment, tag=tag, element=element or None, component=component or None,
                         repetition=repetition or None)
        yield transaction, segment, find(faults.kind, place, severities, **{"tag": tag or "?", "type": type_code, **faults.details})


def _first_of_each(transactions: Ints) -> Ints:
    """Return the rows that can be among the first findings of their transaction, so that a flood costs little."""
    order = np.argsort(transactions, kind="stable")
    ranked = transactions[order]
    rank = np.arange(len(ranked)) - np.searchsorted(ranked, ranked, side="left")
    return np.sort(order[rank <= FINDINGS_PER_TRANSACTION])


def place_in(batch: Batch, transaction: int, segment: int, *, tag: str | None = None, element: int | None = None,
             component: int | None = None, repetition: int | None = None) -> Place:
    """Return the full place of something in a transaction."""
    transactions = batch.transactions
    interchange = batch.interchanges[int(transactions.interchange[transaction])]
    group = int(transactions.group[transaction])
    return Place(
        file=batch.table.files[interchange.file], offset=int(batch.table.offset[segment]), interchange=interchange.ordinal,
        group=batch.groups[group].ordinal if group >= 0 else None, transaction=int(transactions.ordinal[transaction]),
        segment=int(batch.table.ordinal[segment]), tag=tag or quotable(str(batch.table.tags[segment])) or None,
        element=element, component=component, repetition=repetition, line=batch.line_of(segment),
    )


def limited(batch: Batch, found: Iterable[Row], severities: Mapping[str, Severity], told: Told) -> tuple[list[Finding], Told]:
    """Put findings in order of place and leave out what exceeds the limit.

    Args:
        batch: what was read.
        found: everything, in any order.
        severities: a partner's policy.
        told: what was told in earlier batches about the first transaction.

    Returns:
        the findings, and what has been told about the last transaction.
    """
    by_transaction: dict[int, list[Row]] = {}
    for row in found:
        by_transaction.setdefault(row[0], []).append(row)
    findings: list[Finding] = []
    last = len(batch.transactions) - 1
    state = told
    for transaction in sorted({*by_transaction, last} - {-1}):
        state = told if transaction == 0 else NOTHING_TOLD
        for segment, finding in _distinct(by_transaction.get(transaction, [])):
            grave = finding.severity in (Severity.ERROR, Severity.FATAL)
            if (state.grave if grave else state.others) < FINDINGS_PER_TRANSACTION:
                findings.append(finding)
                state = Told(state.grave + grave, state.others + (not grave), state.cut)
            elif not state.cut:
                place = place_in(batch, transaction, segment)
                findings.append(find(TOO_MANY, place, severities, limit=FINDINGS_PER_TRANSACTION))
                state = Told(state.grave, state.others, cut=True)
    return findings, state


def in_place(batch: Batch, inside: list[Finding], around: list[Finding]) -> list[Finding]:
    """Put what was found around transactions among what was found inside of them."""
    if not around:
        return inside
    files = {name: at for at, name in enumerate(batch.table.files)}
    around = sorted(around, key=lambda one: (one.place.element or 0, one.place.repetition or 0, one.place.component or 0, one.code))
    return sorted([*inside, *around], key=lambda one: (files[one.place.file or ""], one.place.offset or 0))


def _distinct(found: list[Row]) -> Iterator[tuple[int, Finding]]:
    """Yield findings in order of place, each once: a wrong code may be found by its place and by its list."""
    previous = None
    for _, segment, finding in sorted(found, key=_in_place):
        if finding != previous:
            yield segment, finding
        previous = finding


def _in_place(row: Row) -> tuple[int, int, int, int, str]:
    place = row[2].place
    return row[1], place.element or 0, place.repetition or 0, place.component or 0, row[2].code
