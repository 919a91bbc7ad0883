"""The places of a guide: its tree of items, numbered, with what may follow each place.

Neighbours of one tag that are told apart by their values descend from one place of the standard, which may be filled
several times. So they may come in any order (X12 implementation guides do it so: all REF of a loop, in any order).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from edi.guidemodel import Guide, Item, Segment, Selector, Usage

START = -1  # before the first segment; also the parent of what stands outside of any loop


@dataclass(frozen=True, slots=True)
class Node:
    """One item of the guide in its place."""

    item: Item
    parent: int  # the loop that holds it
    order: int  # among its siblings
    selectors: tuple[Selector, ...]
    first: int  # of a loop: its trigger; of a segment: itself
    is_trigger: bool
    kin: tuple[int, ...]  # those that it may change places with, itself included
    ahead: tuple[tuple[int, ...], ...]  # the rest of its kin, then all later siblings, kin by kin

    @property
    def is_loop(self) -> bool:
        """Whether it holds other items."""
        return bool(self.item.items)

    @property
    def is_mandatory(self) -> bool:
        """Whether it must be there."""
        return self.item.usage is Usage.MANDATORY

    @property
    def repeat(self) -> int:
        """How often it may stand here."""
        return self.item.repeat

    @property
    def label(self) -> str:
        """What people call it: the tag, and its name where it has one."""
        name = self.item.name or (self.item.segment.name if self.item.segment else "")
        return f"{self.item.tag} ({name})" if name and name != self.item.tag else self.item.tag


@dataclass(frozen=True, eq=False)
class Places:
    """All nodes of a guide, outer before inner, and the kin of the top level in order."""

    guide: Guide
    nodes: tuple[Node, ...]
    top: tuple[tuple[int, ...], ...]

    @cached_property
    def by_tag(self) -> dict[str, tuple[int, ...]]:
        """Return the nodes that could take each tag; a trigger is represented by its loop."""
        found: dict[str, list[int]] = {}
        for index, node in enumerate(self.nodes):
            if not node.is_trigger:
                found.setdefault(node.item.tag, []).append(index)
        return {tag: tuple(indices) for tag, indices in found.items()}

    def children(self, loop: int) -> list[int]:
        """Return the nodes directly in a loop, START for those of the top level, in order."""
        return [index for index, node in enumerate(self.nodes) if node.parent == loop]

    def chain(self, index: int) -> list[int]:
        """Return a node and the loops that hold it, from the inside out."""
        found = []
        while index != START:
            found.append(index)
            index = self.nodes[index].parent
        return found

    def segment(self, index: int) -> Segment | None:
        """Return what a segment must look like in a place."""
        node = self.nodes[index]
        return node.item.segment or self.guide.segments.get(node.item.tag)


def places_of(guide: Guide) -> Places:
    """Number the places of a guide."""
    nodes: dict[int, Node] = {}
    top = _add(nodes, guide.items, START)
    return Places(guide, tuple(nodes[index] for index in range(len(nodes))), top)


def _add(nodes: dict[int, Node], items: tuple[Item, ...], parent: int) -> tuple[tuple[int, ...], ...]:
    numbers: list[int] = []
    following = parent + 1
    for item in items:
        numbers.append(following)
        following += _size(item)
    groups = _kin(items, numbers, inside=parent != START)
    for group_at, group in enumerate(groups):
        for index in group:
            order = numbers.index(index)
            item = items[order]
            rest = tuple(other for other in group if other != index)
            nodes[index] = Node(
                item=item, parent=parent, order=order, selectors=_selectors(item), first=index + 1 if item.items else index,
                is_trigger=parent != START and order == 0, kin=group, ahead=((rest,) if rest else ()) + groups[group_at + 1:])
            if item.items:
                _add(nodes, item.items, index)
    return groups


def _size(item: Item) -> int:
    return 1 + sum(_size(inner) for inner in item.items)


def _selectors(item: Item) -> tuple[Selector, ...]:
    return item.selectors or (item.items[0].selectors if item.items else ())


def _kin(items: tuple[Item, ...], numbers: list[int], *, inside: bool) -> tuple[tuple[int, ...], ...]:
    groups: list[list[int]] = []
    for at, (item, number) in enumerate(zip(items, numbers, strict=True)):
        before = items[at - 1] if at > (1 if inside else 0) else None  # the trigger of a loop has no kin
        alike = before is not None and before.tag == item.tag and bool(before.items) == bool(item.items)
        if before is not None and alike and _selectors(before) and _selectors(item):
            groups[-1].append(number)
        else:
            groups.append([number])
    return tuple(tuple(group) for group in groups)
