"""The context that a 999 gives beside an error (CTX): the business unit in which it is, and what made an element required or forbidden."""

from __future__ import annotations

from dataclasses import dataclass

from edi.findings import Finding
from edi.x12.ackevidence import Evidence


@dataclass(frozen=True, slots=True)
class Unit:
    """What identifies the business unit of a set: an element of the last such segment, unless a segment ``ends`` came after it."""

    name: str  # CTX01-1, as the 999's guide has it
    tag: str
    element: int
    ends: str = ""
    qualifier: str = ""  # of the segment's first element; "" where any will do


UNITS = {
    "270": Unit("TRN02", "TRN", 2, "HL"),
    "271": Unit("TRN02", "TRN", 2, "HL"),
    "276": Unit("TRN02", "TRN", 2, "HL"),
    "277": Unit("TRN02", "TRN", 2, "HL"),
    "278": Unit("TRN02", "TRN", 2, "HL"),
    "820": Unit("ENT01", "ENT", 1),
    "834": Unit("SUBSCRIBER NUMBER REF02", "REF", 2, "INS", "0F"),
    "835": Unit("TRN02", "TRN", 2),
    "837": Unit("CLM01", "CLM", 1, "HL"),
}

_LONGEST = 35
_LOOK_BACK = 50  # segments of the tag with another qualifier


def business_unit(evidence: Evidence, fault: Finding) -> tuple[str, str] | None:
    """Return CTX01-1 and CTX01-2 of the unit that a finding is in, None where there is none. The second is a value of theirs."""
    unit = UNITS.get(evidence.answer.type_code)
    if unit is None:
        return None
    here = evidence.segment(fault)
    found = _last_of(evidence, unit, here)
    ended = evidence.last(unit.ends, here) if unit.ends else None
    if found is None or (ended is not None and ended > found):
        return None
    value = evidence.element(found, unit.element)[:_LONGEST]
    return (unit.name, value) if value else None


def _last_of(evidence: Evidence, unit: Unit, here: int) -> int | None:
    found = evidence.last(unit.tag, here)
    for _ in range(_LOOK_BACK):
        if found is None or not unit.qualifier or evidence.element(found, 1) == unit.qualifier:
            return found
        found = evidence.last(unit.tag, found - 1)
    return None


def trigger(evidence: Evidence, fault: Finding) -> int | None:
    """Return the element whose presence makes a condition apply that is broken, None where it is none of ours."""
    if fault.code != "guide.condition" or fault.place.component:
        return None
    here, blamed = evidence.segment(fault), fault.place.element or 0
    for rule in evidence.conditions(fault.place.tag or ""):
        places = [int(rule[at:at + 2]) for at in range(1, len(rule), 2)]
        others = [place for place in places if place != blamed and evidence.element(here, place)]
        if rule[0] in "PCLE" and blamed in places and others and (rule[0] in "PE" or places[0] in others) \
                and bool(evidence.element(here, blamed)) == (rule[0] == "E"):
            return others[0]
    return None
