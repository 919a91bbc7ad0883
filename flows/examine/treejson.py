"""A tree as one JSON object: ``{"path", "segments", "findings", "not_shown", "children"}``.

Every node has a ``kind``, and its facts beside it: an interchange, group, transaction or loop has ``children``; a segment has
``elements`` (``position``, ``names``, ``repetitions``: lists of components) and ``findings``.
"""

from __future__ import annotations

import json
from typing import Any

from flows.examine.jsonlines import finding_as_json, plain
from flows.examine.page import Page
from flows.examine.tree import Entry, Heading, Loose, SegmentShown, Walker
from flows.examine.words import printable


class JsonTree:
    """Nests entries by their depth."""

    def __init__(self, page: Page) -> None:
        """Take where the object goes."""
        self._page = page
        self._open: list[list[Any]] = [[]]  # children of the whole, and of each heading that is open

    def add(self, entry: Entry) -> None:
        """Take an entry in."""
        depth, what = entry
        del self._open[depth + 1:]
        node = _node(what)
        self._open[depth].append(node)
        if isinstance(what, Heading):
            self._open.append(node["children"])

    def finish(self, walker: Walker, path: str) -> None:
        """Write the object."""
        rest = walker.rest
        found = {"path": printable(path), "segments": rest.segments, "findings": rest.findings, "not_shown": rest.not_shown,
                 "children": self._open[0]}
        self._page.emit(json.dumps(found, indent=1) + "\n")


def _node(what: Heading | SegmentShown | Loose) -> dict[str, Any]:
    if isinstance(what, Heading):
        return {"kind": what.kind, **what.facts, "children": []}
    findings = [finding_as_json(each) for each in what.findings]
    if isinstance(what, Loose):
        return {"kind": "file", "findings": findings}
    return {"kind": "segment", "tag": what.tag, "name": what.name, "offset": what.offset, "line": what.line, "ordinal": what.ordinal,
            "fits": what.fits, "elements": [plain(each) for each in what.elements], "findings": findings}
