"""A partner's overrides: what its file narrows, adds or forbids in a guide of the standard. A guide in, a guide out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import NoReturn, TypeAlias, TypeVar

import edi.edifact.guide
import edi.x12.guide
from edi.errors import ConfigurationError
from edi.guidemodel import UNBOUNDED, Element, Guide, Item, Part, Segment, Selector, Usage
from edi.guidetext import made_guide
from edi.overlayfile import ADD, FORBID, NARROW, Change, Overlay, Step
from edi.x12 import hipaa

Items: TypeAlias = tuple[Item, ...]
Edit: TypeAlias = Callable[[Item], Items]
Bounded = TypeVar("Bounded", Item, Element)

_ORDER = (ADD, NARROW, FORBID)  # so that what a file adds it can describe further
_SHOWN = 30  # names that a message lists


def overlay(guide: Guide, changes: Sequence[Change]) -> Guide:
    """Return the guide with a partner's changes, what is added first, then what is narrowed, then what is forbidden.

    Raises:
        ConfigurationError: for a place, element or segment that is not there, and for a change that does not do what its
            heading says, such as a maximum that is narrowed to more than it was.
    """
    items, segments = guide.items, dict(guide.segments)
    for change in sorted(changes, key=lambda change: _ORDER.index(change.verb)):
        for tag in _tags(change.items):
            segments.setdefault(tag, _of_standard(guide, tag, change))
        items = _at(items, change.place, change, _edit(change, segments))
    return made_guide(standard=guide.standard, type_code=guide.type_code, edition=guide.edition, exact=guide.exact,
                      items=items, segments=segments)


@cache
def partner_guide(definition: Overlay) -> Guide:
    """Return the guide that a file makes of the standard's.

    Raises:
        ConfigurationError: for a guide that is not there, and for what ``overlay`` refuses.
    """
    guide = _standard_guide(definition)
    if guide is None or not applies(definition, guide):
        raise ConfigurationError(f"{definition.name}: version: there is no guide of {definition.type_code} {definition.version}; "
                                 f"{_remedy(definition)}")
    return overlay(guide, definition.changes)


def laid_over(guide: Guide, definition: Overlay) -> Guide:
    """Return the partner's guide instead of the standard's; the standard's where the file was written for another."""
    return partner_guide(definition) if applies(definition, guide) else guide


def applies(definition: Overlay, guide: Guide) -> bool:
    """Tell whether a definition was written for this guide; it says nothing about a document of another version."""
    return guide.exact and (definition.standard, definition.type_code, definition.version) == (
        guide.standard, guide.type_code, guide.edition)


def _standard_guide(definition: Overlay) -> Guide | None:
    if definition.standard == "edifact":
        return edi.edifact.guide.guide(definition.type_code, definition.version, definition.association)
    return edi.x12.guide.guide(definition.type_code, definition.version)


def _remedy(definition: Overlay) -> str:
    if hipaa.is_implementation(definition.version) and not hipaa.is_installed():
        return f"install it with {hipaa.INSTALL}"
    return "write the version as the guide has it, such as 004010 or D:96A"


def _tags(items: Items) -> list[str]:
    return [tag for item in items for tag in (item.tag, *_tags(item.items))]


def _of_standard(guide: Guide, tag: str, change: Change) -> Segment:
    """Return a segment as the standard has it in this release."""
    find = edi.x12.guide.segment_of if guide.standard == "x12" else edi.edifact.guide.segment_of
    found = find(tag, guide.edition)
    if found is None:
        _refuse(change, f"{tag} is no segment of {guide.edition}", "correct the tag")
    return found


def _at(items: Items, place: tuple[Step, ...], change: Change, edit: Edit) -> Items:
    """Return the items with the one at a place edited."""
    index = _find(items, place, change)
    found = items[index]
    edited = edit(found) if len(place) == 1 else (replace(found, items=_at(found.items, place[1:], change, edit)),)
    return items[:index] + edited + items[index + 1:]


def _find(items: Items, place: tuple[Step, ...], change: Change) -> int:
    step = place[0]
    open_to = [index for index, item in enumerate(items) if item.items or len(place) == 1]
    found = [index for index in open_to if items[index].name == step.name] or [index for index in open_to if items[index].tag == step.name]
    if step.code:
        found = [index for index in found if step.code in _qualifiers(items[index])]
    if not found:
        known = list(dict.fromkeys(items[index].name or items[index].tag for index in open_to))
        _refuse(change, f"{step} is not there", f"there are {', '.join(known[:_SHOWN])}{' ...' * (len(known) > _SHOWN)}")
    if len(found) > 1:
        several = sorted(min(_qualifiers(items[index]), default="") for index in found)
        _refuse(change, f"{step} stands there {len(found)} times",
                f"say which by a code of it: {', '.join(f'{step.name}[{code}]' for code in several if code)}")
    return found[0]


def _qualifiers(item: Item) -> frozenset[str]:
    return frozenset().union(*(selector.codes for selector in item.selectors))


def _edit(change: Change, segments: dict[str, Segment]) -> Edit:
    if change.items:
        return lambda item: (item, *change.items)
    if not change.element:
        return lambda item: (_bounded(item, change),)
    return lambda item: (_with_element(item, change, segments),)


def _bounded(item: Bounded, change: Change) -> Bounded:
    """Change how often something may stand, and whether it must."""
    if change.verb == FORBID:
        return replace(item, usage=Usage.FORBIDDEN)
    _compare(change, "maximum", change.maximum, item.repeat)
    return replace(item, usage=change.usage or item.usage, repeat=change.maximum or item.repeat)


def _with_element(item: Item, change: Change, segments: dict[str, Segment]) -> Item:
    """Change an element of a segment; of a loop: of the segment that begins it."""
    selectors = tuple(_widened(selector, change) for selector in item.selectors)
    if item.items:
        first, *others = item.items
        return replace(item, items=(_with_element(first, change, segments), *others), selectors=selectors)
    segment = item.segment or segments[item.tag]
    if change.element > len(segment.elements):
        _refuse(change, f"{item.tag} has {len(segment.elements)} elements that the guide describes", "correct the number of the element")
    elements = list(segment.elements)
    elements[change.element - 1] = _element(elements[change.element - 1], change)
    return replace(item, segment=replace(segment, elements=tuple(elements)), selectors=selectors)


def _widened(selector: Selector, change: Change) -> Selector:
    """Let a code that is added be recognized. One that is taken away stays recognized, so that it is told as a wrong code."""
    if change.verb == ADD and (selector.element, selector.component) == (change.element, change.component or 1):
        return replace(selector, codes=selector.codes | change.codes)
    return selector


def _element(element: Element, change: Change) -> Element:
    if change.component > len(element.parts):
        _refuse(change, f"the element has {len(element.parts)} components", "correct the number of the component")
    if not change.component and len(element.parts) > 1 and (change.codes or change.shortest or change.longest):
        _refuse(change, "the element is a composite", "say which component")
    whole_element = not change.component and not (change.verb == FORBID and change.codes)
    parts = list(element.parts)
    if parts and (change.component or len(parts) == 1):
        at = max(change.component - 1, 0)
        parts[at] = _part(parts[at], change)
    return replace(_bounded(element, change) if whole_element else element, parts=tuple(parts))


def _part(part: Part, change: Change) -> Part:
    if change.verb == FORBID:
        return replace(part, codes=_codes(part, change)) if change.codes else replace(part, usage=Usage.FORBIDDEN)
    _compare(change, "longest", change.longest, part.longest)
    _compare(change, "shortest", -change.shortest, -part.shortest)
    return replace(part, usage=change.usage or part.usage, codes=_codes(part, change),
                   shortest=change.shortest or part.shortest, longest=change.longest or part.longest)


def _codes(part: Part, change: Change) -> frozenset[str]:
    """Return the codes that are left or allowed; an empty list of the guide allows any."""
    if not change.codes:
        return part.codes
    if change.verb == NARROW:
        if part.codes and (unknown := change.codes - part.codes):
            _refuse(change, f"the guide's list does not have {', '.join(sorted(unknown))}", "correct the code, or put it under [[add]]")
        return change.codes
    if not part.codes:
        _refuse(change, "the guide allows any code here", "remove the entry, or list what is allowed under [[narrow]]")
    if change.verb == ADD:
        return part.codes | change.codes
    if not part.codes - change.codes:
        _refuse(change, "no code is left", "forbid the element instead")
    return part.codes - change.codes


def _compare(change: Change, key: str, wanted: int, now: int) -> None:
    """Refuse a bound that does not do what its heading says."""
    if wanted and change.verb == NARROW and wanted > now:
        _refuse(change, f"{key} is {abs(now)} already, which is narrower", "put it under [[add]] if the partner needs more")
    if wanted and change.verb == ADD and wanted < now:
        _refuse(change, f"{key} is {'unlimited' if now == UNBOUNDED else abs(now)} already, which is wider",
                "put it under [[narrow]] if the partner takes less")


def _refuse(change: Change, cause: str, remedy: str) -> NoReturn:
    raise ConfigurationError(f"{change.entry}: {cause}; {remedy}")
