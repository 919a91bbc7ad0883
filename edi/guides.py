"""Guides: validation as data. Choose the guide of a document, and check all documents of a batch or stream against theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

import edi.edifact.guide
import edi.x12.guide
from edi.checking.controls import blank_names, control_findings, control_segments, parted, wrong_groups
from edi.checking.depth import MAX_DEPTH, Hierarchy, depths, remember, too_deep
from edi.checking.elements import Described, check_elements
from edi.checking.location import Located, Locator
from edi.checking.moves import SEGMENT_MISSING, SEGMENT_UNKNOWN
from edi.checking.structure import Followed, Open, check_structure, follow
from edi.checking.subjects import Resolver, Subject, by_guide, subject_of
from edi.checking.telling import FINDINGS_PER_TRANSACTION, NOTHING_TOLD, Row, Told, in_place, limited, place_in, rows
from edi.findings import Finding, Severity, find, kind
from edi.guidemodel import Guide
from edi.segments import Batch, Ints

__all__ = [
    "FINDINGS_PER_TRANSACTION", "Checker", "Located", "Locator", "Resolver", "Subject", "check", "guide_for", "located",
    "segment_name", "shipped", "subject_of",
]

NO_GUIDE = kind("guide.absent", Severity.NOTE, "there is no guide for {type} of this version: only its envelope was checked",
                "add a guide if this document matters; those of health care need pip install 'crossfoot[hipaa]'")

_STRUCTURE = (SEGMENT_UNKNOWN.code, SEGMENT_MISSING.code)


def guide_for(standard: str, type_code: str, version: str) -> Guide | None:
    """Return the guide for a document of this version, or the nearest that our guides declare for it, or None."""
    return edi.x12.guide.guide(type_code, version) if standard == "x12" else edi.edifact.guide.guide(type_code, version)


def shipped(subject: Subject) -> Guide | None:
    """Choose among the guides that this package ships, whoever the partners are."""
    if subject.standard == "x12":
        return edi.x12.guide.guide(subject.type_code, subject.version)
    return edi.edifact.guide.guide(subject.type_code, subject.version, subject.association)  # whose codes, too


def segment_name(standard: str, tag: str) -> str:
    """Return what a segment is called, "" where it is unknown."""
    return _names(standard).get(tag, "")


@cache
def _names(standard: str) -> Mapping[str, str]:
    return edi.x12.guide.segment_names() if standard == "x12" else edi.edifact.guide.segment_names()


def check(batch: Batch, guides: Resolver = shipped, *, severities: Mapping[str, Severity] | None = None,
          max_depth: int = MAX_DEPTH) -> list[Finding]:
    """Check every transaction of a whole batch against its guide; see Checker for the parts of a stream.

    Args:
        batch: what was read.
        guides: how a guide is chosen; by default from those that this package ships.
        severities: a partner's policy, finding code -> severity; it wins over everything.
        max_depth: how many levels an HL may lie deep.

    Returns:
        findings in order of place, at most some hundreds a transaction.
    """
    return Checker(guides, severities=severities, max_depth=max_depth).check(batch)


def located(batch: Batch, guides: Resolver = shipped) -> list[Located]:
    """Return, for every transaction of a whole batch, its guide and the place of each of its segments."""
    return Locator(guides).locate(batch)


@dataclass(frozen=True, slots=True)
class _Carried:
    """What is known of a transaction that goes on in the next batch of its stream."""

    structure: Open | None = None
    hierarchy: Hierarchy | None = None
    told: Told = NOTHING_TOLD


class Checker:
    """Checks the batches of one stream in their order; a transaction may go on from one to the next."""

    def __init__(self, guides: Resolver = shipped, *, severities: Mapping[str, Severity] | None = None, max_depth: int = MAX_DEPTH) -> None:
        """Take how guides are chosen, a partner's policy (finding code -> severity), and how many levels an HL may lie deep."""
        self._guides, self._severities, self._max_depth = guides, dict(severities or {}), max_depth
        self._carried = _Carried()

    def check(self, batch: Batch) -> list[Finding]:
        """Return the findings of a batch, in order of place, at most some hundreds a transaction."""
        those = batch.transactions
        earlier = self._carried if len(those) and those.segments_before[0] else _Carried()
        found: list[Row] = []
        followed: list[Followed] = []
        carried, unguided = _Carried(), np.zeros(0, dtype=np.int64)
        for guide, transactions in by_guide(batch, self._guides):
            if guide is None:
                unguided = transactions
                found += self._without(batch, transactions)
                continue
            before = earlier if transactions[0] == 0 else _Carried()
            followed.append(follow(batch, guide, transactions, before.structure))
            own, after = self._against(batch, guide, followed[-1], transactions, before)
            found += own
            carried = after or carried
        described = [Described(one.machine.places, one.segments, one.nodes) for one in followed]
        inside, around = parted(batch, check_elements(batch, [*described, *control_segments(batch, unguided)]))
        found += [row for faults in (*inside, *wrong_groups(batch)) for row in rows(batch, faults, self._severities)]
        findings, told = limited(batch, found, self._severities, earlier.told)
        self._carried = replace(carried, told=told)
        return in_place(batch, findings, control_findings(batch, [*around, *blank_names(batch)], self._severities))

    def _without(self, batch: Batch, transactions: Ints) -> Iterator[Row]:
        those = batch.transactions
        for transaction in transactions[those.segments_before[transactions] == 0].tolist():
            segment = int(those.first_segment[transaction])
            place = place_in(batch, transaction, segment)
            yield transaction, segment, find(NO_GUIDE, place, self._severities, type=batch.type_codes[transaction])

    def _against(
        self, batch: Batch, guide: Guide, followed: Followed, transactions: Ints, earlier: _Carried,
    ) -> tuple[list[Row], _Carried | None]:
        """Check the order in transactions of one guide; return what is to be carried on where the last of them goes on."""
        faults, structure = check_structure(followed, earlier.structure)
        levels, depth = depths(batch, transactions, earlier.hierarchy)
        faults.append(too_deep(levels, depth, self._max_depth))
        near = {} if guide.exact else dict.fromkeys(_STRUCTURE, Severity.WARNING)
        found = [row for each in faults for row in rows(batch, each, {**near, **self._severities}, guide.type_code)]
        if not followed.goes_on:
            return found, None
        return found, _Carried(structure, remember(batch, levels, depth, earlier.hierarchy))
