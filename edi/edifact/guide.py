"""Guides of EDIFACT messages, from the UN directories shipped in this package and the service messages beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from edi.guidemodel import Element, Guide, Item, Part, Segment, Usage

_SERVICE = "service.json"
_DIRECTORIES = ("d96a.json", "d01b.json")
_EXPANDED = 25  # positions that a repeating last element may take where it is written out (syntax 3), as the standard wants


@cache
def guide(type_code: str, version: str) -> Guide | None:
    """Return the guide of a message of exactly this version ("D:96A"), None where no directory of ours has it."""
    for name in (*_DIRECTORIES, _SERVICE):
        content = _load(name)
        if version in content["versions"] and type_code in content["messages"]:
            return _build(type_code, version, content)
    return None


def segment_names() -> dict[str, str]:
    """Return the name of every segment that a directory of ours has; the newest directory's words win."""
    names: dict[str, str] = {}
    for name in (*_DIRECTORIES, _SERVICE):
        names.update({tag: str(row[0]) for tag, row in _load(name)["segments"].items()})
    return names


@cache
def _load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((resources.files("edi") / "edifact" / "directories" / name).read_text("utf-8"))
    return content


def _build(type_code: str, version: str, content: dict[str, Any]) -> Guide:
    used = _used(type_code, content)
    text = json.dumps({"standard": "edifact", "type": type_code, "edition": version, **used}, sort_keys=True, separators=(",", ":"))
    return Guide(
        standard="edifact", type_code=type_code, version=version, edition=version, exact=True,
        items=tuple(_item(row) for row in used["message"]),
        segments={tag: _segment(tag, row, used) for tag, row in used["segments"].items()},
        text=text, hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _used(type_code: str, content: dict[str, Any]) -> dict[str, Any]:
    service = _load(_SERVICE)
    merged = {part: {**service[part], **content[part]} for part in ("segments", "composites", "elements")}
    message = content["messages"][type_code]
    segments = {tag: merged["segments"][tag] for tag in sorted(set(_tags(message)))}
    places = {row[0] for _, rows in segments.values() for row in rows}
    composites = {place: merged["composites"][place] for place in sorted(places) if place in merged["composites"]}
    simple = {row[0] for rows in composites.values() for row in rows} | (places - composites.keys())
    return {"message": message, "segments": segments, "composites": composites,
            "elements": {reference: merged["elements"][reference] for reference in sorted(simple)}}


def _tags(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        if len(row) == 4:
            yield from _tags(row[3])
        else:
            yield row[0]


def _item(row: list[Any]) -> Item:
    if len(row) == 4:
        items = tuple(_item(inner) for inner in row[3])
        return Item(items[0].tag, _usage(row[1]), row[2], items)
    return Item(row[0], _usage(row[1]), row[2])


def _segment(tag: str, row: list[Any], used: dict[str, Any]) -> Segment:
    elements = [_element(place, status, repeat, used) for place, status, repeat in row[1]]
    if elements and elements[-1].repeat > 1:
        last = elements[-1]
        elements += [Element(last.reference, Usage.OPTIONAL, 1, last.parts)] * (min(last.repeat, _EXPANDED) - 1)
    return Segment(tag, str(row[0]), tuple(elements))


def _element(place: str, status: str, repeat: int, used: dict[str, Any]) -> Element:
    rows = used["composites"].get(place, [[place, status]])
    parts = tuple(_part(reference, _usage(part_status), used["elements"][reference]) for reference, part_status in rows)
    return Element(place, _usage(status), repeat, parts)


def _usage(status: str) -> Usage:
    return Usage.MANDATORY if status == "M" else Usage.OPTIONAL


def _part(reference: str, usage: Usage, form: str) -> Part:
    kind = form.rstrip("0123456789").rstrip(".")
    longest = int(form[len(kind):].lstrip("."))
    return Part(reference, kind.upper(), usage, 1 if ".." in form else longest, longest)
