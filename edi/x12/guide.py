"""Guides of X12 transaction sets, from the readable tables beside this module: the dictionary and one table a set.

A set's structure is indented text, one line a segment (``BEG M 1``) or loop (``loop N1 O 200``, its segments indented
below). A dictionary row names data elements by number: ``353 M, 92 M, 324 M``; a composite's number begins with C.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from edi.errors import ConfigurationError
from edi.guidemodel import UNBOUNDED, Element, Guide, Item, Part, Segment, Usage


@cache
def guide(type_code: str, version: str) -> Guide | None:
    """Return the guide of a set in this version, or in the nearest edition declared for it; None where there is none."""
    dictionary = _load("segments.toml")
    edition = next((row for row in dictionary["editions"] if version.startswith(tuple(row["prefixes"]))), None)
    sets = {path.name for path in (resources.files("edi") / "x12" / "guides").iterdir()}
    if edition is None or f"{type_code}.toml" not in sets:
        return None
    return _build(type_code, version, edition, _load(f"{type_code}.toml"))


def segment_names() -> dict[str, str]:
    """Return the name of every segment in the dictionary."""
    return dict(_load("segments.toml")["names"])


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("edi") / "x12" / "guides" / name).read_text("utf-8"))


def _build(type_code: str, version: str, edition: dict[str, Any], table: dict[str, Any]) -> Guide:
    items = _items(table["structure"].splitlines(), type_code)
    segments = {tag: _segment(tag, edition) for tag in sorted(_tags(items))}
    text = json.dumps({
        "standard": "x12", "type": type_code, "edition": edition["name"], "structure": table["structure"],
        "segments": {tag: _text(segment) for tag, segment in segments.items()},
    }, sort_keys=True, separators=(",", ":"))
    return Guide(
        standard="x12", type_code=type_code, version=version, edition=edition["name"], exact=version[:6] == edition["name"],
        items=items, segments=segments, text=text, hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _items(lines: list[str], type_code: str) -> tuple[Item, ...]:
    """Turn indented lines into segments and loops."""
    rows = [(len(line) - len(line.lstrip()), line.split()) for line in lines if line.strip()]
    items: list[Item] = []
    at = 0
    while at < len(rows):
        depth, words = rows[at]
        end = at + 1
        while end < len(rows) and rows[end][0] > depth:
            end += 1
        inner = _items([" " * indent + " ".join(row) for indent, row in rows[at + 1:end]], type_code)
        if len(words) < 3 or (words[0] == "loop") != bool(inner):
            raise ConfigurationError(f"guide {type_code}.toml: {' '.join(words)!r} is neither 'TAG M|O MAX' nor a loop with lines below it")
        tag, usage, most = words[-3:]
        items.append(Item(tag, Usage(usage), UNBOUNDED if most == ">1" else int(most), inner))
        at = end
    return tuple(items)


def _tags(items: tuple[Item, ...]) -> set[str]:
    return {item.tag for item in items}.union(*(_tags(item.items) for item in items))


def _segment(tag: str, edition: dict[str, Any]) -> Segment:
    dictionary = _load("segments.toml")
    if tag not in dictionary["names"]:
        raise ConfigurationError(f"guide segments.toml has no [names] entry for {tag}; add it")
    row = dictionary["segments"].get(tag, "")
    elements = tuple(_element(cell.split(), edition) for cell in row.split(",") if cell.strip())
    return Segment(tag, dictionary["names"][tag], elements, tuple(dictionary["conditions"].get(tag, ())))


def _element(words: list[str], edition: dict[str, Any]) -> Element:
    reference, usage = words
    dictionary = _load("segments.toml")
    if reference in dictionary["composites"]:
        cells = [cell.split() for cell in dictionary["composites"][reference].split(",")]
        parts = tuple(_part(part, _usage(usage_of_part), edition) for part, usage_of_part in cells)
    else:
        parts = (_part(reference, _usage(usage), edition),)
    return Element(reference, _usage(usage), 1, parts)


def _usage(letter: str) -> Usage:
    return Usage.MANDATORY if letter == "M" else Usage.OPTIONAL


def _part(reference: str, usage: Usage, edition: dict[str, Any]) -> Part:
    dictionary = _load("segments.toml")
    form = edition.get("elements", {}).get(reference) or dictionary["elements"].get(reference)
    if form is None:
        return Part(reference, "AN", usage, 1, UNBOUNDED)
    kind, lengths = form.split()
    if kind in edition.get("types", {}):
        lengths = edition["types"][kind]
    shortest, longest = lengths.split("/")
    return Part(reference, kind, usage, int(shortest), int(longest), frozenset(dictionary["codes"].get(reference, "").split()))


def _text(segment: Segment) -> list[Any]:
    return [segment.name, list(segment.conditions), [
        [element.reference, element.usage, element.repeat,
         [[part.reference, part.kind, part.usage, part.shortest, part.longest, sorted(part.codes)] for part in element.parts]]
        for element in segment.elements
    ]]
