"""The canonical text of a guide that was made, not written: equal guides have equal texts, and their hash names them in the archive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TypeAlias

from edi.guidemodel import Element, Guide, Item, Part, Segment

Row: TypeAlias = dict[str, object]


def made_guide(*, standard: str, type_code: str, edition: str, exact: bool, items: tuple[Item, ...],
               segments: dict[str, Segment], is_implementation: bool = True) -> Guide:
    """Make a guide with its text and hash. The text is JSON."""
    text = _text(standard, type_code, edition, items, segments)
    return Guide(standard, type_code, edition, exact, items, segments, text, hashlib.sha256(text.encode()).hexdigest(),
                 is_implementation)


def _text(standard: str, type_code: str, edition: str, items: tuple[Item, ...], segments: dict[str, Segment]) -> str:
    names = _names(items)
    content = {
        "standard": standard, "type": type_code, "edition": edition, "structure": [_item(item, names) for item in items],
        "segments": {tag: _segment(segment) for tag, segment in sorted(segments.items())},
        "places": {name: _segment(segment) for segment, name in names.items()},
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _names(items: tuple[Item, ...]) -> dict[Segment, str]:
    """Number the segments that places have of their own (NM1#1, NM1#2): what many places share is written once."""
    names: dict[Segment, str] = {}
    for segment in _own_segments(items):
        names.setdefault(segment, f"{segment.tag}#{len(names) + 1}")
    return names


def _own_segments(items: tuple[Item, ...]) -> Iterator[Segment]:
    for item in items:
        if item.segment is not None:
            yield item.segment
        yield from _own_segments(item.items)


def _item(item: Item, names: dict[Segment, str]) -> Row:
    return _without_blanks({
        "tag": item.tag, "usage": item.usage, "repeat": item.repeat, "name": item.name,
        "items": [_item(inner, names) for inner in item.items], "segment": names[item.segment] if item.segment else "",
        "selectors": [[selector.element, selector.component, sorted(selector.codes)] for selector in item.selectors],
    })


def _segment(segment: Segment) -> Row:
    return _without_blanks({
        "name": segment.name, "conditions": segment.conditions, "elements": [_element(element) for element in segment.elements],
    })


def _element(element: Element) -> Row:
    return _without_blanks({
        "reference": element.reference, "usage": element.usage, "repeat": element.repeat, "name": element.name,
        "conditions": element.conditions, "parts": [_part(part) for part in element.parts],
    })


def _part(part: Part) -> Row:
    return _without_blanks({
        "reference": part.reference, "kind": part.kind, "usage": part.usage, "shortest": part.shortest, "longest": part.longest,
        "codes": sorted(part.codes), "name": part.name,
    })


def _without_blanks(row: Row) -> Row:
    return {key: value for key, value in row.items() if value not in ("", [], ())}
