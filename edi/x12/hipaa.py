"""Implementation guides of health care, made at run time from the maps that pyx12 carries (the extra ``hipaa``).

The maps are read as data, files of XML beside pyx12's code, which is not imported. One says in which loop a segment stands,
how often, and what its elements hold there; ``dataele.xml`` has types and lengths, ``codes.xml`` the lists that others keep.
Without the extra there are no such guides, and a document gets the guide of the plain release if there is one.

Where a map forbids what its guide allows, ``guides/dictionary/hipaa.toml`` corrects it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import SubElement, parse

from edi.guidemodel import UNBOUNDED, Element, Guide, Item, Part, Segment, Selector, Usage
from edi.guidetext import made_guide
from edi.x12.dictionary import GUIDES
from edi.x12.tables import entry, read_table

INSTALL = "pip install 'crossfoot[hipaa]'"

_VERSION = re.compile(r"(\d{6}X\d{3})(A\d+)?")  # release, implementation guide, errata
_SYNTAX = re.compile(r"[PRECL](\d\d){2,}")
_USAGES = {"R": Usage.MANDATORY, "S": Usage.OPTIONAL, "N": Usage.FORBIDDEN}
_OURS = frozenset({"997"})  # pyx12 has it for many versions, and it is the standard's own in each
_CONVENTION = "1705"  # ST03, which states the version; other errata than the map's are not a wrong code, so all are taken then
_KEYS = {"HL": 3, "ENT": 2}  # where the qualifier is not the first element


def is_implementation(version: str) -> bool:
    """Tell whether a version names an implementation guide, such as 005010X222A1."""
    return _VERSION.fullmatch(version) is not None


def is_installed() -> bool:
    """Tell whether the extra is there."""
    return _folder() is not None


def guide(type_code: str, version: str) -> Guide | None:
    """Return the implementation guide of a set ("837", "005010X222A1"), or the one of other errata; None where there is none."""
    stated = _VERSION.fullmatch(version)
    if stated is None or not is_installed():
        return None
    known = {edition: file for (kind, edition), file in _maps().items() if kind == type_code}
    near = sorted(edition for edition in known if edition.startswith(stated[1]))
    if not near:
        return None
    edition = version if version in known else near[-1]
    return _made(type_code, edition, version == edition)


@cache  # by edition, not by the version that a document states: those have no end
def _made(type_code: str, edition: str, exact: bool) -> Guide:
    items = _told_apart(tuple(_items(_transaction(_maps()[type_code, edition]), edition if exact else "")))
    return made_guide(standard="x12", type_code=type_code, edition=edition, exact=exact, items=items, segments=_names(items))


@cache
def _folder() -> Path | None:
    spec = find_spec("pyx12")
    places = spec.submodule_search_locations if spec else None
    return next((Path(place) / "map" for place in places or () if (Path(place) / "map" / "maps.xml").is_file()), None)


def _read(name: str) -> Node:
    folder = _folder()
    assert folder is not None, INSTALL
    return parse(folder / name).getroot()


@cache
def _maps() -> dict[tuple[str, str], str]:
    """Return the file of each (set, version). A version whose files go by more than set and version (278) has none."""
    found: dict[tuple[str, str], str] = {}
    several = set()
    for row in _read("maps.xml").iter("map"):
        key = row.get("abbr", "")[:3], row.get("vriic", "")
        if key in found:
            several.add(key)
        if is_implementation(key[1]) and key[0] not in _OURS:
            found[key] = row.text or ""
    return {key: file for key, file in found.items() if key not in several}


@cache
def _forms() -> dict[str, tuple[str, int, int]]:
    """Return the type and lengths of each data element."""
    return {row.get("ele_num", ""): (row.get("data_type", "AN"), int(row.get("min_len", 1)), int(row.get("max_len", UNBOUNDED)))
            for row in _read("dataele.xml").iter("data_ele")}


@cache
def _lists() -> dict[str, frozenset[str]]:
    """Return the code lists that are kept outside of the maps, as far as they are known whole."""
    found = {row.findtext("id", ""): frozenset(code.text or "" for code in row.iterfind("version/code"))
             for row in _read("codes.xml").iter("codeset")}
    for row in _corrections("list"):
        known = found.pop(row["name"], None)  # another pyx12 may not have it: then it is not known whole either
        if known is not None and not row.get("grows"):
            found[row["name"]] = known | frozenset(row["codes"].split())
    return found


def _transaction(file: str) -> Node:
    """Return the loop from ST to SE, corrected."""
    loop = next(loop for loop in _read(file).iter("loop") if loop.get("xid") == "ST_LOOP")
    for row in _corrections("correction"):
        if row["map"] == file:
            for node in (node for place in row["at"] for node in _placed(loop, place)):
                _correct(node, row.get("usage", ""), row.get("codes", ""))
    return loop


@cache
def _corrections(what: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = entry(read_table(GUIDES, "dictionary/hipaa.toml"), what, "hipaa.toml")
    return rows


def _placed(loop: Node, place: str) -> list[Node]:
    """Return the nodes at a place: a loop wherever it is, what is directly in it, and so on; composites have no name there."""
    first, *steps = place.split("/")
    found = [node for node in loop.iter("loop") if node.get("xid") == first]
    for step in steps:
        inner = [child for node in found for child in (*node, *(part for other in node.iterfind("composite") for part in other))]
        found = [node for node in inner if node.get("xid") == step]
    return found


def _correct(node: Node, usage: str, codes: str) -> None:
    node.set("usage", usage or _fact(node, "usage"))
    valid = node.find("valid_codes")
    if valid is not None:  # without a list any code is right
        for code in codes.split():
            SubElement(valid, "code").text = code


def _fact(node: Node, name: str) -> str:
    """Return a fact that newer maps write as an attribute and older ones as an element."""
    return node.get(name) or node.findtext(name) or ""


def _items(loop: Node, version: str) -> Iterator[Item]:
    """Yield what a loop holds, in its order. A wrapper, which no segment begins, gives what is in it."""
    for node in loop:
        if node.tag == "loop" and node.get("type") == "wrapper":
            yield from _items(node, version)
        elif node.tag == "loop":
            first, *others = _items(node, version)
            trigger = replace(first, usage=Usage.MANDATORY, repeat=1)
            yield Item(first.tag, _usage(node), _most(node, "repeat"), (trigger, *others), node.get("xid", ""), None, first.selectors)
        elif node.tag == "segment":
            segment = _segment(node, version)
            yield Item(segment.tag, _usage(node), _most(node, "max_use"), (), "", segment, _selectors(segment))


def _usage(node: Node) -> Usage:
    return _USAGES[_fact(node, "usage")]


def _most(node: Node, name: str) -> int:
    most = _fact(node, name)
    return UNBOUNDED if most == ">1" else int(most or 1)


def _segment(node: Node, version: str) -> Segment:
    elements = sorted((child for child in node if child.tag in ("element", "composite")), key=lambda child: int(_fact(child, "seq")))
    conditions = tuple(rule.text for rule in node.iterfind("syntax") if rule.text and _SYNTAX.fullmatch(rule.text))
    return Segment(node.get("xid", ""), _fact(node, "name"), tuple(_element(element, version) for element in elements), conditions)


def _element(node: Node, version: str) -> Element:
    parts = tuple(_part(part, version) for part in ([node] if node.tag == "element" else node.iterfind("element")))
    return Element(_fact(node, "data_ele"), _usage(node), _most(node, "repeat"), parts, _fact(node, "name"))


def _part(node: Node, version: str) -> Part:
    reference = _fact(node, "data_ele")
    kind, shortest, longest = _forms().get(reference, ("AN", 1, UNBOUNDED))
    return Part(reference, kind, _usage(node), shortest, longest, _codes(node, reference, version), _fact(node, "name"))


def _codes(node: Node, reference: str, version: str) -> frozenset[str]:
    valid = node.find("valid_codes")
    if valid is None:
        return frozenset()
    outside = valid.get("external", "")
    if outside and outside not in _lists():
        return frozenset()
    codes = frozenset(code.text or "" for code in valid.iterfind("code")) | _lists().get(outside, frozenset())
    if reference != _CONVENTION or not codes:
        return codes
    return codes | {version} if version else frozenset()


def _selectors(segment: Segment) -> tuple[Selector, ...]:
    """Return the value that says which of several segments of one tag this is: a mandatory coded first element, as a rule."""
    for position in (1, _KEYS.get(segment.tag, 1)):
        element = segment.elements[position - 1] if position <= len(segment.elements) else None
        part = element.parts[0] if element and element.parts else None
        if element and part and part.codes and _is_qualifier(element, part, position):
            return (Selector(position, 1, part.codes),)
    return ()


def _is_qualifier(element: Element, part: Part, position: int) -> bool:
    if position > 1 or len(element.parts) > 1:
        return element.usage is not Usage.FORBIDDEN
    return part.kind == "ID" and element.usage is Usage.MANDATORY


def _told_apart(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Keep selectors only of tags whose places differ by them: elsewhere a wrong code is a wrong code, not a segment out of place."""
    kinds: dict[str, set[tuple[Selector, ...]]] = {}
    items = _parted(items)
    for item in _every(items):
        kinds.setdefault(item.tag, set()).add(item.selectors)
    return _keep(items, {tag for tag, found in kinds.items() if len(found) > 1})


def _parted(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Where neighbours share a qualifier (PWK01 = CT), let the code behind it tell them apart too, if they share none there."""
    found = []
    for item in items:
        second = _second(item)
        shared = [other for other in items if other is not item and other.tag == item.tag and _share(item.selectors, other.selectors)]
        if second and shared and all((theirs := _second(other)) and not second.codes & theirs.codes for other in shared):
            item = replace(item, selectors=(*item.selectors, second))
        found.append(replace(item, items=_parted(item.items)))
    return tuple(found)


def _share(one: tuple[Selector, ...], other: tuple[Selector, ...]) -> bool:
    return bool(one and other and one[0].element == other[0].element and one[0].codes & other[0].codes)


def _second(item: Item) -> Selector | None:
    """Return the selector that a segment's mandatory coded second element would be."""
    element = item.segment.elements[1] if item.segment and len(item.segment.elements) > 1 else None
    if element is None or len(element.parts) != 1 or not element.parts[0].codes or element.usage is not Usage.MANDATORY:
        return None
    return Selector(2, 1, element.parts[0].codes)


def _every(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _every(item.items)


def _keep(items: tuple[Item, ...], tags: set[str]) -> tuple[Item, ...]:
    return tuple(replace(item, items=_keep(item.items, tags), selectors=item.selectors if item.tag in tags else ()) for item in items)


def _names(items: tuple[Item, ...]) -> dict[str, Segment]:
    """Return the dictionary for segments that stand in no place of the guide: their names, and nothing that could be checked."""
    names: dict[str, Segment] = {}
    for item in _every(items):
        if item.segment is not None:
            names.setdefault(item.tag, Segment(item.tag, item.segment.name, ()))
    return names
