"""The dictionary of X12 against an independent one: pyx12's table of data elements and its maps of 004010 and 005010."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import parse

import pytest

from edi.guidemodel import Part, Segment
from edi.x12.dictionary import GUIDES, read_dictionary, release_of, segment
from edi.x12.guide import guide
from edi.x12.tables import RELEASES

needs_pyx12 = pytest.mark.skipif(find_spec("pyx12") is None, reason="pyx12 is not installed")

# pyx12 has one table, mostly of 005010. What it has otherwise than we have, and why.
AT_005010 = {
    "719": "ten digits since 005010; pyx12 kept the six of 004010",
    "1685": "one character in both other sources, and all three codes have one",
}
AT_004010 = {
    "127": "30 characters until 005010", "358": "ten digits until 005010", "364": "80 characters until 005010",
    "447": "six characters until 005010", "1035": "35 characters until 005010", "1036": "25 characters until 005010",
    "1321": "two characters until 005010", "1685": AT_005010["1685"],
}
SIMPLER_THERE = {("UIT", 1)}  # pyx12's 830 has the first component in the place of the composite C001


def test_the_tables_have_no_rows_that_nothing_uses() -> None:
    dictionary = read_dictionary()
    guides = [guide(path.stem, release) for path in GUIDES.glob("*.toml") for release in RELEASES]
    tags = {tag for one in guides if one for tag in one.segments} | {"ISA", "GS", "GE", "IEA"}
    assert tags == dictionary.segments.keys()
    rows = [row.split()[1] for table in (dictionary.segments, dictionary.composites) for entry in table.values()
            for row in entry["elements"].strip().splitlines()]
    assert set(rows) == dictionary.elements.keys() | dictionary.composites.keys()
    assert dictionary.codes["both"].keys() <= dictionary.elements.keys()
    assert all(lists.keys() <= dictionary.codes["both"].keys() for lists in dictionary.codes["only"].values())


@pytest.mark.parametrize("release", RELEASES)
def test_every_code_fits_its_element(release: str) -> None:
    lists = [part for part in parts(release) if part.codes]
    assert len({part.reference for part in lists}) > 120
    assert {(part.reference, code) for part in lists for code in part.codes if not part.shortest <= len(code) <= part.longest} == set()


@cache
def folder() -> Path:
    spec = find_spec("pyx12")
    assert spec and spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations))) / "map"


@cache
def ours(release: str) -> tuple[Segment, ...]:
    dictionary = read_dictionary()
    found = release_of(dictionary, release)
    assert found
    return tuple(segment(dictionary, tag, found) for tag in dictionary.segments)


def parts(release: str) -> Iterator[Part]:
    return (part for one in ours(release) for element in one.elements for part in element.parts)


@needs_pyx12
@pytest.mark.parametrize(("release", "explained"), [("004010", AT_004010), ("005010", AT_005010)])
def test_every_element_has_the_type_and_lengths_that_pyx12_has(release: str, explained: dict[str, str]) -> None:
    theirs = {row.get("ele_num", ""): (row.get("data_type"), int(row.get("min_len", 0)), int(row.get("max_len", 0)))
              for row in parse(folder() / "dataele.xml").getroot().iter("data_ele")}
    mine = {part.reference: (part.kind, part.shortest, part.longest) for part in parts(release)}
    both = mine.keys() & theirs.keys()
    assert len(both) > 140
    assert {reference for reference in both if mine[reference] != theirs[reference]} == set(explained)


def maps(release: str) -> Iterator[Node]:
    """Yield the segments of every map of a release, as pyx12 describes them; they name their elements by number."""
    for path in sorted(folder().glob(f"*.{release[2:]}*.xml")):
        yield from parse(path).getroot().iter("segment")


def fact(node: Node, name: str) -> str:
    return node.get(name) or node.findtext(name) or ""


@needs_pyx12
@pytest.mark.parametrize("release", RELEASES)
def test_elements_stand_where_pyx12_has_them(release: str) -> None:
    mine = {(one.tag, position): element.reference for one in ours(release) for position, element in enumerate(one.elements, 1)}
    theirs = {(node.get("xid", ""), int(fact(element, "seq"))): fact(element, "data_ele")
              for node in maps(release) for element in node if element.tag in ("element", "composite")}
    both = {place for place in mine.keys() & theirs.keys() if theirs[place]} - SIMPLER_THERE
    assert len(both) > 150
    assert {place: (mine[place], theirs[place]) for place in both if mine[place] != theirs[place]} == {}


@needs_pyx12
@pytest.mark.parametrize("release", RELEASES)
def test_no_code_that_pyx12_uses_is_missing_from_our_lists(release: str) -> None:
    lists = {part.reference: part.codes for part in parts(release) if part.codes}
    used = {(fact(element, "data_ele"), code.text) for node in maps(release) for element in node.iter("element")
            for code in element.iterfind("valid_codes/code")}
    assert sum(reference in lists for reference, _ in used) > 100
    assert {(reference, code) for reference, code in used if reference in lists and code not in lists[reference]} == set()
