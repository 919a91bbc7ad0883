"""Guides: validation as data. Choose the guide of a document, and check all documents of a batch against theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TypeAlias

import numpy as np

import edi.edifact.guide
import edi.x12.guide
from edi.elements import Faults, check_elements
from edi.findings import Finding, Place, Severity, find, kind
from edi.guidemodel import Guide
from edi.segments import Batch, Ints
from edi.structure import SEGMENT_MISSING, SEGMENT_UNKNOWN, Trouble, check_structure, ranges

Resolver: TypeAlias = Callable[[str, str, str], Guide | None]

NO_GUIDE = kind("guide.absent", Severity.NOTE, "there is no guide for {type} of this version: only its envelope was checked",
                "add a guide if this document matters")
TOO_MANY = kind("guide.too_many", Severity.NOTE, "more than {limit} findings in this transaction; the rest is left out",
                "correct the first ones and look again")

FINDINGS_PER_TRANSACTION = 200
_STRUCTURE = frozenset({SEGMENT_UNKNOWN.code, SEGMENT_MISSING.code})
_Row: TypeAlias = tuple[int, int, Finding]  # transaction, segment of the table, finding


def guide_for(standard: str, type_code: str, version: str) -> Guide | None:
    """Return the guide for a document of this version, or the nearest that our guides declare for it, or None."""
    return edi.x12.guide.guide(type_code, version) if standard == "x12" else edi.edifact.guide.guide(type_code, version)


def segment_name(standard: str, tag: str) -> str:
    """Return what a segment is called, "" where it is unknown."""
    return _names(standard).get(tag, "")


@cache
def _names(standard: str) -> Mapping[str, str]:
    return edi.x12.guide.segment_names() if standard == "x12" else edi.edifact.guide.segment_names()


def check(batch: Batch, guides: Resolver = guide_for, *, severities: Mapping[str, Severity] | None = None) -> list[Finding]:
    """Check every transaction of a batch against its guide.

    Args:
        batch: what was read.
        guides: how a guide is chosen; by default from those that this package ships.
        severities: a partner's policy, finding code -> severity; it wins over everything.

    Returns:
        findings in order of place, at most some hundreds a transaction.
    """
    rows: list[_Row] = []
    for (standard, type_code, version), transactions in _by_document(batch).items():
        guide = guides(standard, type_code, version)
        if guide is None:
            rows += [(t, int(batch.transactions.first_segment[t]), find(NO_GUIDE, _place(batch, t), severities, type=type_code))
                     for t in transactions.tolist()]
        else:
            rows += _check_guide(batch, guide, transactions, severities)
    return list(_limited(batch, rows, severities))


def _by_document(batch: Batch) -> dict[tuple[str, str, str], Ints]:
    """Return the transactions of each (standard, type, version)."""
    standards = [batch.interchanges[i].standard for i in batch.transactions.interchange.tolist()]
    versions = [str(version or "") for version in batch.transactions.version.to_pylist()]
    found: dict[tuple[str, str, str], list[int]] = {}
    for index, key in enumerate(zip(standards, batch.type_codes, versions, strict=True)):
        found.setdefault(key, []).append(index)
    return {key: np.array(rows, dtype=np.int64) for key, rows in found.items()}


def _check_guide(batch: Batch, guide: Guide, transactions: Ints, severities: Mapping[str, Severity] | None) -> Iterator[_Row]:
    first, stop = batch.transactions.first_segment[transactions], batch.transactions.stop_segment[transactions]
    policy = dict(severities or {})
    near = policy if guide.exact else {**dict.fromkeys(_STRUCTURE, Severity.WARNING), **policy}
    troubles = check_structure(batch, guide, transactions)
    places = np.array([trouble.segment for trouble in troubles], dtype=np.int64)
    for at in _first_of_each(batch.table.transaction[places]).tolist():
        yield _structure_row(batch, guide, troubles[at], near)
    for faults in check_elements(batch.table, guide, ranges(first, stop - first)):
        yield from _element_rows(batch, faults.take(_first_of_each(batch.table.transaction[faults.segments])), policy)


def _first_of_each(transactions: Ints) -> Ints:
    """Return the rows that can be among the first findings of their transaction, so that a flood costs little."""
    order = np.argsort(transactions, kind="stable")
    ranked = transactions[order]
    rank = np.arange(len(ranked)) - np.searchsorted(ranked, ranked, side="left")
    return np.sort(order[rank <= FINDINGS_PER_TRANSACTION])


def _structure_row(batch: Batch, guide: Guide, trouble: Trouble, severities: Mapping[str, Severity]) -> _Row:
    transaction = int(batch.table.transaction[trouble.segment])
    tag = trouble.tag or str(batch.table.tags[trouble.segment])
    place = _place(batch, transaction, trouble.segment, tag=tag)
    return transaction, trouble.segment, find(trouble.kind, place, severities, tag=tag, type=guide.type_code, limit=trouble.limit)


def _element_rows(batch: Batch, faults: Faults, severities: Mapping[str, Severity]) -> Iterator[_Row]:
    rows = zip(faults.segments.tolist(), faults.element.tolist(), faults.component.tolist(), faults.repetition.tolist(), strict=True)
    for segment, element, component, repetition in rows:
        transaction, tag = int(batch.table.transaction[segment]), str(batch.table.tags[segment])
        place = _place(batch, transaction, segment, tag=tag, element=element, component=component or None, repetition=repetition or None)
        yield transaction, segment, find(faults.kind, place, severities, tag=tag, rule=faults.rule)


def _place(batch: Batch, transaction: int, segment: int | None = None, *, tag: str | None = None, element: int | None = None,
           component: int | None = None, repetition: int | None = None) -> Place:
    transactions = batch.transactions
    interchange = batch.interchanges[int(transactions.interchange[transaction])]
    group = int(transactions.group[transaction])
    shown = int(transactions.first_segment[transaction]) if segment is None else segment
    return Place(
        file=batch.table.files[interchange.file], offset=int(batch.table.offset[shown]), interchange=interchange.ordinal,
        group=batch.groups[group].ordinal if group >= 0 else None, transaction=int(transactions.ordinal[transaction]),
        segment=int(batch.table.ordinal[shown]), tag=tag or str(batch.table.tags[shown]),
        element=element, component=component, repetition=repetition,
    )


def _limited(batch: Batch, rows: list[_Row], severities: Mapping[str, Severity] | None) -> Iterator[Finding]:
    """Yield findings in order of place; the gravest of a transaction that has too many are the ones that stay."""
    by_transaction: dict[int, list[_Row]] = {}
    for row in rows:
        by_transaction.setdefault(row[0], []).append(row)
    for transaction in sorted(by_transaction):
        own = sorted(by_transaction[transaction], key=_in_place)
        kept = sorted(sorted(own, key=_by_gravity)[:FINDINGS_PER_TRANSACTION], key=_in_place)
        yield from (finding for _, _, finding in kept)
        if len(own) > len(kept):
            yield find(TOO_MANY, _place(batch, transaction), severities, limit=FINDINGS_PER_TRANSACTION)


def _in_place(row: _Row) -> tuple[int, int, int, int, str]:
    place = row[2].place
    return row[1], place.element or 0, place.repetition or 0, place.component or 0, row[2].code


def _by_gravity(row: _Row) -> bool:
    return row[2].severity not in (Severity.ERROR, Severity.FATAL)
