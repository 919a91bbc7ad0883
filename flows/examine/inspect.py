"""``crossfoot inspect`` from arguments to exit status: a file as a tree, with its findings in place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Protocol

from edi.findings import Severity
from edi.guides import Locator, shipped
from edi.limits import Limits
from flows.examine.checking import judged
from flows.examine.command import STATUS, tell_unused
from flows.examine.files import Given, failed, opened, parts
from flows.examine.page import screen
from flows.examine.policy import Policy
from flows.examine.tree import Entry, Walker, Wish
from flows.examine.treejson import JsonTree
from flows.examine.treetext import TextTree
from flows.examine.words import counted, printable


class Tree(Protocol):
    """One way to write a tree."""

    def add(self, entry: Entry) -> None:
        """Take an entry in."""

    def finish(self, walker: Walker, path: str) -> None:
        """Say what was counted and left out."""


def run_inspect(path: str, policy: Policy, wish: Wish, *, as_json: bool, brief: bool = False, limits: Limits | None = None) -> int:
    """Show a file and return the exit status: 0; 1 where the wish selects nothing; 13 where something cannot be read."""
    page = screen()
    tree: Tree = JsonTree(page) if as_json else TextTree(page, brief=brief)
    walker = Walker(wish)
    limits = limits or policy.limits
    for entry in _entries(opened(Given(path), limits, most_held=limits.part_bytes), policy, walker, limits):
        tree.add(entry)
    tree.finish(walker, path)
    tell_unused(policy)
    if walker.rest.unreadable:
        return STATUS[Severity.FATAL]
    if walker.rest.segments and not walker.rest.selected:
        sys.stderr.write(f"crossfoot: {printable(path)}: --interchange, --transaction and --offset select none of "
                         f"{counted(walker.rest.segments, 'segment')}; look at the whole with --brief\n")
        return 1
    return 0


def _entries(given: Given, policy: Policy, walker: Walker, limits: Limits) -> Iterator[Entry]:
    """Yield the entries of a file, the last of which may be that it cannot be read. What fails while entries are written is not caught."""
    if given.finding is not None:
        yield walker.unread(given.finding)
    locator, checker = Locator(policy.guides or shipped), policy.checker()
    try:
        for batch in parts(given, limits):
            found = sorted(judged(batch, checker, policy), key=lambda each: each.place.offset or 0)
            yield from walker.walk(batch, locator.locate(batch), found)
    except OSError as error:
        yield walker.unread(failed(given, error))
    yield from walker.remaining()
