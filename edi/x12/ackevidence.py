"""What an acknowledgment may look up about a finding: findings carry places and no values, so values are taken from the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from edi.acknowledgments import Answer, GuideOf
from edi.findings import Finding
from edi.guidemodel import Element, Guide, Item, Part, Segment
from edi.segments import Batch, Ints
from edi.x12.guide import guide as known_guide
from edi.x12.guide import segment_of

_RELEASE = 6  # characters of a version: what follows names an implementation guide


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One transaction set, as far as its acknowledgment must know it."""

    batch: Batch
    answer: Answer
    guide: Guide | None  # that it was checked against
    standard: Guide | None  # the standard's own for its type and release
    release: str  # "005010", as the document states it
    places: dict[tuple[int, str], Ints]  # segments by interchange and tag, filled as they are asked for

    @property
    def is_implementation(self) -> bool:
        """Whether the set was checked against an implementation guide or a partner's."""
        return self.guide is not None and self.guide.is_implementation

    def standard_has(self, tag: str) -> bool:
        """Tell whether the standard's transaction set has a segment."""
        return self.standard is not None and tag in self.standard.segments

    def segment(self, fault: Finding) -> int:
        """Return the index of a finding's segment in the table."""
        those, at = self.batch.transactions, self.answer.transaction
        return int(those.first_segment[at] - those.segments_before[at]) + (fault.place.segment or 1) - 1

    def tag(self, fault: Finding) -> str:
        """Return the tag at a finding's place; where that is none at all, and the finding does not quote it, as it was sent."""
        return fault.place.tag or self.element(self.segment(fault), 0)

    def value(self, fault: Finding) -> str:
        """Return the value at a finding's place, "" where there is none."""
        place = fault.place
        return self.element(self.segment(fault), place.element or 0, place.component or 1, place.repetition or 1)

    def element(self, segment: int, element: int, component: int = 1, repetition: int = 1) -> str:
        """Return a value of a segment, "" where there is none."""
        if not 0 <= segment < len(self.batch.table):
            return ""
        return str(self.batch.table.element(np.array([segment]), element, component, repetition)[0].as_py() or "")

    def last(self, tag: str, upto: int) -> int | None:
        """Return the last segment of the set with a tag, at or before a segment."""
        places = self._places(int(self.batch.transactions.interchange[self.answer.transaction]), tag)
        at = int(np.searchsorted(places, upto, "right")) - 1
        found = int(places[at]) if at >= 0 else -1
        return found if found >= int(self.batch.transactions.first_segment[self.answer.transaction]) else None

    def _places(self, interchange: int, tag: str) -> Ints:
        if (interchange, tag) not in self.places:
            theirs = self.batch.interchanges[interchange]
            segments = np.arange(theirs.first_segment, theirs.stop_segment)
            self.places[interchange, tag] = segments[self.batch.table.codes_at(segments, tag)]
        return self.places[interchange, tag]

    def described(self, fault: Finding) -> Part | Element | None:
        """Return what the guide says about a finding's element or component, None where it says nothing."""
        return _described(self.guide, fault) or _described(self.standard, fault) or self._anywhere(fault)

    def _anywhere(self, fault: Finding) -> Part | Element | None:
        segment = segment_of(fault.place.tag or "", self.release)
        return _in_segment(segment, fault) if segment else None

    def may_be_standard(self, fault: Finding) -> bool:
        """Tell whether the value at a finding's place can be a code of the standard: of the right length, and on the list if we know it."""
        value, known = self.value(fault), _described(self.standard, fault)
        part = known if isinstance(known, Part) else self.described(fault)
        if not isinstance(part, Part):
            return True
        listed = part is not known or not part.codes or value in part.codes
        return part.shortest <= len(value) <= part.longest and listed

    def conditions(self, tag: str) -> tuple[str, ...]:
        """Return the conditions between the elements of a segment."""
        segment = _segment(self.guide, tag) if self.guide else None
        return segment.conditions if segment else ()


def evidences(batch: Batch, guide_of: GuideOf | None = None) -> Callable[[Answer], Evidence]:
    """Return how to gather what is known about each set of a batch; ``guide_of`` is what it was checked against, else ours."""
    places: dict[tuple[int, str], Ints] = {}

    def gather(answer: Answer) -> Evidence:
        version = str(batch.transactions.version[answer.transaction].as_py() or "")
        checked = guide_of(answer.transaction) if guide_of else known_guide(answer.type_code, version)
        release = version[:_RELEASE]
        return Evidence(batch, answer, checked, known_guide(answer.type_code, release), release, places)

    return gather


def _described(guide: Guide | None, fault: Finding) -> Part | Element | None:
    segment = _segment(guide, fault.place.tag or "") if guide else None
    return _in_segment(segment, fault) if segment else None


def _in_segment(segment: Segment, fault: Finding) -> Part | Element | None:
    position = (fault.place.element or 0) - 1
    if not 0 <= position < len(segment.elements):
        return None
    element = segment.elements[position]
    part = (fault.place.component or 1) - 1
    return element.parts[part] if part < len(element.parts) else element


@lru_cache(maxsize=4096)
def _segment(guide: Guide, tag: str) -> Segment | None:
    """Return a guide's segment of a tag; of several places the one with most elements, since data elements are the same in all."""
    own = guide.segments.get(tag)
    placed = [item.segment for item in _items(guide.items) if item.tag == tag and item.segment]
    candidates = [*([own] if own else []), *placed]
    return max(candidates, key=lambda segment: len(segment.elements), default=None)


def _items(items: tuple[Item, ...]) -> list[Item]:
    return [each for item in items for each in (item, *_items(item.items))]
