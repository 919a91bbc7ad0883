"""What a CONTRL can cite: references and addresses as they were sent, or nothing. See ``edi.citing``."""

from __future__ import annotations

from functools import cache

from edi.acknowledgments import Answer, GroupAnswer
from edi.citing import fits, part_of
from edi.edifact.ackenvelope import RECEIVER, SENDER, address, clean
from edi.edifact.guide import service_segment
from edi.guidemodel import Part
from edi.segments import Batch, Group, Interchange


def can_cite(batch: Batch, theirs: Interchange) -> bool:
    """Tell whether an interchange can be named in UCI, by its reference and both of its addresses, and answered to them."""
    return _fits(_part("UCI", 1), theirs.control_number) and all(
        _is_address("UCI", element, address(batch, theirs, element)) for element in (SENDER, RECEIVER))


def can_cite_group(answer: GroupAnswer) -> bool:
    """Tell whether a group can be named in UCF by its reference."""
    return answer.group is not None and _fits(_part("UCF", 1), answer.group.control_number)


def can_cite_message(answer: Answer) -> bool:
    """Tell whether a message can be named in UCM by its reference."""
    return _fits(_part("UCM", 1), answer.control_number)


def group_address(batch: Batch, theirs: Group, element: int) -> tuple[str, ...]:
    """Return S006 or S007 as UCF has it, nothing where it has no room: there it may be left out."""
    parts = address(batch, theirs, element)[:2]
    return parts if _is_address("UCF", element, parts) else ()


def _is_address(tag: str, element: int, parts: tuple[str, ...]) -> bool:
    """Tell whether S002, S003, S006 or S007 can stand in one of our segments; all but the address itself may be empty."""
    return all(_fits(_part(tag, element, component), value) for component, value in enumerate(parts, 1) if value or component == 1)


def _fits(part: Part, value: str) -> bool:
    """Tell whether a value can stand in an element as it is: with blanks for control characters it would be another one."""
    return fits(part, value) and clean(value) == value


@cache
def _part(tag: str, element: int, component: int = 1) -> Part:
    return part_of(service_segment(tag), element, component)
