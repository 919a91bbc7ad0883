"""Read the code lists of a directory: codes of data elements and what each means in a few words.

A list has the heading of its element; then, for each code, the code and its name in their columns, and a description further in.
Columns are those of the page, and have changed once, with D.99B.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from edi.edifact.untdid.dictionary import Entry, check_preface, heading, name_of
from edi.edifact.untdid.texts import Line, blocks

_LABEL = re.compile(r"^\s{2,}(?P<label>Desc|Repr|Note):\s*(?P<text>.*)$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things begin on a line: a code at the latest, names (also where they go on), descriptions."""

    code: int
    name: int
    description: int


_OLD, _NEW = Columns(8, 10, 13), Columns(5, 11, 14)


@dataclass(slots=True)
class CodeList:
    """The list of one data element."""

    entry: Entry
    codes: dict[str, str]  # code, name


def code_lists(lines: list[Line]) -> dict[str, CodeList]:
    """Read all code lists. Raise for any line that is not a heading, a code, its name or its description."""
    preface, *rest = blocks(lines)
    if preface and not preface[0].text.startswith("PART"):  # a second volume goes on where the first ended
        rest = [preface, *rest]
    else:
        check_preface(preface)
    lists = [_code_list(block) for block in rest if block]
    return {each.entry.tag: each for each in lists}


def _code_list(block: list[Line]) -> CodeList:
    entry = heading(block[0])
    columns = _NEW if entry.line.indent == _NEW.code else _OLD
    found = CodeList(entry, {})
    body = list(_prose(entry, block[1:], columns))
    code, described = "", False
    for line in body:
        text = line.unmarked
        indent = len(text) - len(text.lstrip())  # a lone X may be a code here: only marks before the columns are blanked
        if indent <= columns.code and (parts := re.fullmatch(r"(\S+)\s+(\S.*)", text.strip())):
            code, described = parts[1], False
            if code in found.codes:
                raise line.unread(f"a new code of {entry.tag}: it has been seen")
            found.codes[code] = parts[2]
        elif code and indent == columns.name and not described and text.strip() != "Note:":
            found.codes[code] += f" {text.strip()}"
        elif code and (indent >= columns.description or (indent == columns.name and text.strip() == "Note:")):
            described = True
        else:
            raise line.unread("a code, or the continuation of its name or description")
    return found


def _prose(entry: Entry, lines: list[Line], columns: Columns) -> Iterator[Line]:
    """Take what explains the element off, and yield the rest: the lines from the first code on."""
    label = ""
    for at, line in enumerate(lines):
        if found := _LABEL.match(line.unmarked):
            label = found["label"]
            entry.prose[label] = found["text"]
        elif not label:
            entry.name = name_of(entry.name, line.unmarked)
        elif label == "Repr" or line.indent <= entry.line.indent:
            yield from lines[at:]
            return
        else:
            entry.prose[label] = f"{entry.prose[label]} {line.unmarked.strip()}".strip()
