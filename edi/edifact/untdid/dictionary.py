"""Read the dictionaries of a directory: segments, composites and data elements, an entry between two rules each.

An entry has a heading (tag and name), prose under a label (Function, Desc, Repr, Note, Dependency note), and rows of what it is made of.
What is indented further than its label or heading goes on with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from edi.edifact.untdid.texts import MARKS, Line, blocks

_HEADING = re.compile(rf"^{MARKS}{{2,}}(?P<tag>[A-Z]{{3}}|[CES]\d{{3}}|\d{{4}}) +(?P<name>\S.*)$")
_USE = re.compile(r"\s+\[[BIC]\]$")  # batch or interactive
_LABEL = re.compile(rf"^{MARKS}{{2,}}(?P<label>Function|Desc|Repr|Note|Dependency note):\s*(?P<text>.*)$")
_ROW = re.compile(rf"^(?P<position>\d{{3}})?{MARKS}+(?P<tag>[CES]\d{{3}}|\d{{4}})(?P<gap> +)(?P<rest>\S.*)$")
_REST = re.compile(r"^(?P<name>\S.*?)\s+(?P<status>[MC])(?:\s+(?P<repeat>\d+))?(?:\s+(?P<form>(?:an|a|n)(?:\.\.)?\d+))?$")
_DEPENDENCY = re.compile(rf"^{MARKS}{{2,}}(?P<place>\d{{3}})  +D(?P<kind>[1-7])\((?P<places>\d{{3}}(?:,\s*\d{{3}})+)\)")
_PREFACE = re.compile(
    r"PART \d .*|\s+FOR ADMINISTRATION, COMMERCE AND TRANSPORT|CHAPTER \d .*|[12]\. +\S+( \S+)* (specifications|lists?|list UNCL)"
    r"|\s+(Change|Usage) indicators|\s+an? .*\((.)\) +for .*|\s+\[[BIC]\] = .*|\s{16,}\S.*")
_NAME = "name of a row"  # what goes on after a row, as it does after a label


@dataclass(slots=True)
class Row:
    """A line of an entry: an element of a segment, or a component of a composite."""

    line: Line
    tag: str
    name: str
    status: str
    repeat: int
    form: str  # "" of a composite
    position: str  # 010, 020 ...; "" of components inside a segment's text, and everywhere in D.93A
    is_component: bool


@dataclass(slots=True)
class Entry:
    """A segment, composite or data element."""

    line: Line
    tag: str
    name: str
    prose: dict[str, str] = field(default_factory=dict)  # by label
    rows: list[Row] = field(default_factory=list)
    dependencies: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)  # kind 1 to 7, positions


def entries(lines: list[Line]) -> dict[str, Entry]:
    """Read all entries of a dictionary. Raise for any line that is none of a heading, a label, their continuation or a row."""
    preface, *rest = blocks(lines)
    check_preface(preface)
    found: dict[str, Entry] = {}
    for block in rest:
        if block:
            entry = _entry(block)
            if entry.tag in found:
                raise entry.line.unread("a new entry: its tag has been seen")
            found[entry.tag] = entry
    return dict(sorted(found.items()))


def check_preface(lines: list[Line]) -> None:
    """Raise for a line before the first rule that is not one of the titles and explanations of change marks."""
    for line in lines:
        if not _PREFACE.fullmatch(line.text):
            raise line.unread("a title or an explanation of marks")


def heading(line: Line) -> Entry:
    """Read the heading of an entry."""
    found = _HEADING.match(line.text)
    if found is None:
        raise line.unread("the heading of an entry")
    return Entry(line, found["tag"], name_of(found["name"]))


def name_of(*lines: str) -> str:
    """Return a name that stands on these lines, without the mark of batch or interactive use."""
    return _USE.sub("", " ".join(line.strip() for line in lines))


def _entry(block: list[Line]) -> Entry:
    entry, label, indent = heading(block[0]), "", block[0].indent
    lines = iter(block[1:])
    for line in lines:
        if found := _LABEL.match(line.text):
            label, indent = found["label"], line.indent
            entry.prose[label] = found["text"]
        elif found := _DEPENDENCY.match(line.text):
            entry.dependencies.append((found["kind"], tuple(re.split(r",\s*", found["places"]))))
        elif (found := _ROW.match(line.text)) and (found["position"] or line.indent <= entry.line.indent):
            entry.rows.append(_row(line, found, lines))
            label, indent = _NAME, found.start("rest") - 1
        elif line.indent > indent:
            _go_on(entry, label, line)
        else:
            raise line.unread("a row or the continuation of a text")
    return entry


def _go_on(entry: Entry, label: str, line: Line) -> None:
    if label == _NAME:
        entry.rows[-1].name += f" {line.text.strip()}"
    elif label:
        entry.prose[label] = f"{entry.prose[label]} {line.unmarked.strip()}".strip()
    else:
        entry.name = name_of(entry.name, line.unmarked)


def _row(line: Line, start: re.Match[str], following: Iterator[Line]) -> Row:
    rest = start["rest"]
    while not (found := _REST.match(rest)):
        more = next(following, None)
        if more is None or _ROW.match(more.text) or _LABEL.match(more.text):
            raise line.unread("a row with a status")
        rest = f"{rest} {more.text.strip()}"
    is_component = not start["position"] and len(start["gap"]) > 1
    return Row(line, start["tag"], found["name"], found["status"], int(found["repeat"] or 1), found["form"] or "",
               start["position"] or "", is_component)
