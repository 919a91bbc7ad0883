"""Findings: what is wrong with data, as values.

A finding has a code that can be counted, a place down to the byte, a message in plain words and a remedy. The
catalogue below is the only list of codes; acknowledgments translate from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

_TAG_LENGTHS = (2, 3)  # of X12; those of EDIFACT have 3


class Severity(StrEnum):
    """What a finding does to its document: nothing, a mark, a rejection, or the interchange's rejection."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"  # rejects or quarantines the transaction that it belongs to
    FATAL = "fatal"  # the interchange cannot be split reliably


@dataclass(frozen=True, slots=True)
class Place:
    """Where: every field that does not apply is None; ordinals count from 1, offsets from 0."""

    file: str | None = None  # content hash of the landed file, or its name where nothing is landed
    offset: int | None = None  # byte offset of the segment (or record) in the file
    line: int | None = None
    interchange: int | None = None  # ordinal in the file
    group: int | None = None  # ordinal in the interchange
    transaction: int | None = None  # ordinal in the interchange; for CSV the ordinal of the document in the file
    segment: int | None = None  # ordinal in the transaction, ST or UNH being 1; for CSV the record's number
    tag: str | None = None  # segment tag; for CSV the column's name
    element: int | None = None
    component: int | None = None
    repetition: int | None = None

    def __str__(self) -> str:
        parts = [f"{name} {value}" for name, value in (
            ("byte", self.offset), ("line", self.line), ("interchange", self.interchange), ("group", self.group),
            ("transaction", self.transaction), ("segment", self.segment), ("tag", self.tag),
            ("element", self.element), ("component", self.component), ("repetition", self.repetition),
        ) if value is not None]
        return ", ".join(([self.file] if self.file else []) + parts) or "nowhere in particular"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, with its place. Values of the data appear in no field: messages name places only."""

    code: str
    severity: Severity
    place: Place
    message: str
    remedy: str

    def at(self, **where: object) -> Finding:
        """Return the same finding with parts of its place filled in."""
        return replace(self, place=replace(self.place, **where))  # type: ignore[arg-type]  # names are Place's own


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the catalogue: what a code means and what to do about it."""

    code: str
    severity: Severity
    template: str
    remedy: str


def quotable(tag: str) -> str:
    """Return a segment's tag, "" where it cannot be one: behind a missing or a stray terminator data stands in its place."""
    return tag if tag.isascii() and tag.isalnum() and len(tag) in _TAG_LENGTHS else ""


def find(kind: Kind, place: Place, severities: Mapping[str, Severity] | None = None, **details: object) -> Finding:
    """Make a finding of a kind; a partner's policy may change its severity."""
    severity = (severities or {}).get(kind.code, kind.severity)
    return Finding(kind.code, severity, place, kind.template.format(**details), kind.remedy.format(**details))


CATALOGUE: dict[str, Kind] = {}


def kind(code: str, severity: Severity, template: str, remedy: str) -> Kind:
    """Register a kind of finding; each room registers its own beside the check that reports it."""
    if code in CATALOGUE:
        raise ValueError(f"finding code {code} is declared twice")
    CATALOGUE[code] = Kind(code, severity, template, remedy)
    return CATALOGUE[code]
