"""The dictionary of X12 as values: segments, composites, data elements and code lists, as a release has them.

The facts stand in readable tables under ``guides/dictionary/``; docs/guides.md says how they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edi.errors import ConfigurationError
from edi.guidemodel import Element, Part, Segment, Usage
from edi.x12.tables import RELEASES, entry, faulty, read_table, side

GUIDES = Path(__file__).parent / "guides"

_CELL = r"(?:[MO](?: x[1-9]\d*)?|-)"  # usage and repetitions
_ROW = re.compile(rf"(\d\d) +(\w+) +({_CELL}(?: +\| {_CELL})?) +(\S.*)")
_FORM = re.compile(r"(AN|ID|N\d|R|DT|TM) (\d+)/(\d+)")
_CONDITION = re.compile(r"[PRECL](\d\d){2,}")


@dataclass(frozen=True, slots=True)
class Release:
    """A release that guides describe: its name, the tables that it takes, and lengths that it has for whole types."""

    name: str
    tables: str
    versions: tuple[str, ...]  # beginnings
    lengths: tuple[tuple[str, str], ...] = ()
    has_lists: bool = True  # a release that is only near has code lists that we do not know


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """The tables of a folder, as they are written."""

    releases: tuple[Release, ...]
    segments: Mapping[str, Mapping[str, str]]
    composites: Mapping[str, Mapping[str, str]]
    elements: Mapping[str, list[str]]  # name, form at 004010, form at 005010 where it differs
    codes: Mapping[str, Any]  # both -> element -> codes; only -> release -> element -> codes


@cache
def read_dictionary(folder: Path = GUIDES) -> Dictionary:
    """Read the dictionary of a folder of guides."""
    tables = [read_table(folder, f"dictionary/{name}.toml") for name in ("releases", "segments", "composites", "elements", "codes")]
    return Dictionary(tuple(_release(row) for row in entry(tables[0], "release", "releases.toml")), *tables[1:])


def _release(row: Mapping[str, Any]) -> Release:
    name, tables, versions = (entry(row, key, "a [[release]] of releases.toml") for key in ("name", "tables", "versions"))
    if tables not in RELEASES:
        raise faulty(f"releases.toml {name}", tables, f"is no release that our tables have: write one of {', '.join(RELEASES)}")
    return Release(name, tables, tuple(versions), tuple(row.get("lengths", {}).items()))


def release_of(dictionary: Dictionary, version: str) -> Release | None:
    """Return the release that serves a version such as 004010VICS, or ISA12's 00401; None where none does."""
    return next((release for release in dictionary.releases if version.startswith(release.versions)), None)


@cache
def segment_names() -> Mapping[str, str]:
    """Return the name of every segment in the dictionary, envelopes included."""
    return {tag: table["name"] for tag, table in read_dictionary().segments.items()}


def segment_of(tag: str, version: str) -> Segment | None:
    """Return what a segment looks like in a version, envelopes included; None where the dictionary does not have it."""
    dictionary = read_dictionary()
    release = release_of(dictionary, version)
    return segment(dictionary, tag, release) if release and tag in dictionary.segments else None


@cache
def group_identifiers(folder: Path = GUIDES) -> Mapping[str, str]:
    """Return the functional identifier (GS01) of the groups of each transaction set that we know one of."""
    table = entry(read_table(folder, "dictionary/groups.toml"), "set", "groups.toml")
    return {str(code): str(identifier) for code, identifier in table.items()}


@cache
def segment(dictionary: Dictionary, tag: str, release: Release) -> Segment:
    """Return a segment as a release has it; raises ConfigurationError where the tables are wrong."""
    table = dictionary.segments.get(tag)
    if table is None:
        raise ConfigurationError(f"segments.toml has no [{tag}]: describe the segment there, or correct the guide that names it")
    where = f"segments.toml [{tag}]"
    elements = tuple(_element(dictionary, row, release) for row in _rows(table, release, where))
    return Segment(tag, entry(table, "name", where), elements, _conditions(table, len(elements), release, where))


@dataclass(frozen=True, slots=True)
class _Row:
    reference: str
    usage: Usage
    repeat: int
    name: str


def _rows(table: Mapping[str, str], release: Release, where: str) -> Iterator[_Row]:
    """Yield the rows that a release has, which must be numbered without a gap."""
    expected = 1
    for line in entry(table, "elements", where).strip().splitlines():
        found = _ROW.fullmatch(line.strip())
        if found is None:
            raise faulty(where, line, "is no row: write position, number, usage (M, O, M | -, O x10) and a name")
        cell = side(found[3], release.tables)
        if cell == "-":
            continue
        if int(found[1]) != expected:
            raise faulty(where, line, f"should be at position {expected:02} of {release.tables}: number the rows in turn")
        expected += 1
        usage, _, repeat = cell.partition(" x")
        yield _Row(found[2], Usage(usage), int(repeat or 1), found[4])


def _conditions(table: Mapping[str, str], count: int, release: Release, where: str) -> tuple[str, ...]:
    conditions = tuple(side(table.get("conditions", ""), release.tables).split())
    for rule in conditions:
        positions = [int(rule[at:at + 2]) for at in range(1, len(rule), 2)] if _CONDITION.fullmatch(rule) else [0]
        if not all(1 <= position <= count for position in positions):
            raise faulty(where, rule, f"is no condition between its {count} elements: write P, R, E, C or L and two digits a position")
    return conditions


def _element(dictionary: Dictionary, row: _Row, release: Release) -> Element:
    composite = dictionary.composites.get(row.reference)
    if composite is None:
        part = _part(dictionary, row, release)
        return Element(row.reference, row.usage, row.repeat, (part,), row.name)
    where = f"composites.toml [{row.reference}]"
    parts = tuple(_part(dictionary, inner, release) for inner in _rows(composite, release, where))
    return Element(row.reference, row.usage, row.repeat, parts, row.name, _conditions(composite, len(parts), release, where))


def _part(dictionary: Dictionary, row: _Row, release: Release) -> Part:
    kind, shortest, longest = _form(dictionary, row.reference, release)
    return Part(row.reference, kind, row.usage, shortest, longest, _codes(dictionary, row.reference, release), row.name)


def _form(dictionary: Dictionary, reference: str, release: Release) -> tuple[str, int, int]:
    known = dictionary.elements.get(reference)
    if known is None:
        raise ConfigurationError(f"elements.toml has no {reference}: add its name, type and lengths, or correct the row that names it")
    _, *forms = known
    form = forms[RELEASES.index(release.tables) if len(forms) > 1 else 0] if forms else ""
    found = _FORM.fullmatch(form)
    if found is None:
        raise faulty(f"elements.toml {reference}", form, 'is no form: write a type and two lengths, such as "AN 1/30"')
    shortest, longest = dict(release.lengths).get(found[1], f"{found[2]}/{found[3]}").split("/")
    return found[1], int(shortest), int(longest)


def _codes(dictionary: Dictionary, reference: str, release: Release) -> frozenset[str]:
    if not release.has_lists:
        return frozenset()
    both, only = entry(dictionary.codes, "both", "codes.toml"), entry(dictionary.codes, "only", "codes.toml").get(release.tables, {})
    return frozenset(f"{both.get(reference, '')} {only.get(reference, '')}".split())
