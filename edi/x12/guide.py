"""Guides of X12 transaction sets, from one readable table a set beside this module and the dictionary that they share.

A set's structure is indented text, a line for each segment (``BEG M 1``) and for each loop (``loop N1 O 200``, its segments
indented below, the one that begins it first). docs/guides.md says how the tables are read and written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from edi.guidemodel import UNBOUNDED, Guide, Item, Usage
from edi.guidetext import made_guide
from edi.x12 import hipaa
from edi.x12.dictionary import GUIDES, Release, read_dictionary, release_of, segment, segment_names, segment_of
from edi.x12.tables import RELEASES, entry, faulty, read_table, side

__all__ = ["guide", "read_guide", "segment_names", "segment_of", "ta1_guide"]

_CELL = r"(?:[MO] (?:>1|[1-9]\d*)|-)"  # usage and maximum use
_LINE = re.compile(rf"( *)(loop +)?([A-Z][A-Z0-9]{{1,2}}) +({_CELL}(?: *\| {_CELL})?)")


def guide(type_code: str, version: str) -> Guide | None:
    """Return the guide of a set ("850") in this version, or of the nearest release declared for it; None where there is none.

    A version that names an implementation guide of health care gets that, where the extra ``hipaa`` is installed.
    """
    return hipaa.guide(type_code, version) or read_guide(GUIDES, type_code, version)


def ta1_guide() -> Guide:
    """Return the guide of the TA1, which stands outside of groups and is the same in every release."""
    found = guide("TA1", RELEASES[-1])
    assert found is not None  # it is ours
    return found


def read_guide(folder: Path, type_code: str, version: str) -> Guide | None:
    """Read the guide of a set from a folder of guides; raises ConfigurationError where its tables are wrong."""
    name = f"{type_code}.toml"
    dictionary = read_dictionary(folder)
    release = release_of(dictionary, version)
    if release is None or name not in {path.name for path in folder.iterdir()}:  # the type comes from data, and is no path
        return None
    return _made(folder, type_code, release, version[:6] in (release.name, release.name[:5]))  # GS08 begins with 004010, ISA12 is 00401


@cache  # by release, not by the version that a document states: those have no end
def _made(folder: Path, type_code: str, release: Release, exact: bool) -> Guide | None:
    name, dictionary = f"{type_code}.toml", read_dictionary(folder)
    table = read_table(folder, name)
    if release.tables not in entry(table, "releases", name):
        return None
    items = tuple(_items(_lines(entry(table, "structure", name), name, release.tables), name))
    segments = {tag: segment(dictionary, tag, replace(release, has_lists=exact)) for tag in sorted(_tags(items))}
    return made_guide(standard="x12", type_code=type_code, edition=release.name, exact=exact,
                      items=items, segments=segments, is_implementation=False)


_Line = tuple[int, bool, str, Usage, int, str]  # depth, whether a loop, tag, usage, maximum use, the line itself


def _lines(text: str, name: str, release: str) -> Iterator[_Line]:
    """Yield the lines that a release has; what stands below a loop that it does not have is not there either."""
    absent = None
    for line in text.strip("\n").splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            raise faulty(name, line, "is neither 'TAG M|O MAX' nor 'loop TAG M|O MAX', with MAX a number or >1: correct the line")
        depth = len(found[1])
        if absent is not None and depth > absent:
            continue
        cell = side(found[4], release)
        absent = depth if cell == "-" else None
        if cell != "-":
            usage, most = cell.split()
            yield depth, found[2] is not None, found[3], Usage(usage), UNBOUNDED if most == ">1" else int(most), line


def _items(lines: Iterator[_Line] | list[_Line], name: str) -> Iterator[Item]:
    """Turn the lines of one depth, and those below them, into segments and loops."""
    rows = list(lines)
    at = 0
    while at < len(rows):
        depth, is_loop, tag, usage, most, line = rows[at]
        end = next((later for later in range(at + 1, len(rows)) if rows[later][0] <= depth), len(rows))
        inner = tuple(_items(rows[at + 1:end], name))
        if depth != rows[0][0]:
            raise faulty(name, line, "is indented otherwise than the lines beside it: align them")
        if is_loop != bool(inner) or (is_loop and (inner[0].tag, inner[0].usage, inner[0].repeat) != (tag, Usage.MANDATORY, 1)):
            raise faulty(name, line, f"must be a loop with lines indented below it, the first of them '{tag} M 1', or no loop: correct it")
        yield Item(tag, usage, most, inner, tag if is_loop else "")
        at = end


def _tags(items: tuple[Item, ...]) -> set[str]:
    return {item.tag for item in items}.union(*(_tags(item.items) for item in items))
