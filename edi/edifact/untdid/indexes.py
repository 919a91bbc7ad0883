"""Read the indexes that the UN publishes beside its texts: what there should be, and what it is called."""

from __future__ import annotations

import re

from edi.edifact.untdid.texts import MARKS, Line

_COLUMNS = re.compile(r"\s+(?:Tag|Code) +Name\b.*")
_ENTRY = re.compile(rf"^{MARKS}{{2,}}(?P<tag>[A-Z]{{6}}|[A-Z]{{3}}|[CES]\d{{3}}|\d{{4}}) +(?P<name>\S.*)$")
_STATUS = re.compile(r"\s+(?:\d+(?:\s+\d+)?(?:\s+R)?|\[[BIC]\])\s*$")  # status, revision, recast; batch or interactive use


def index(lines: list[Line]) -> dict[str, str]:
    """Return the names of an index by tag. Raise for any line after its column headings that is not an entry or its continuation."""
    start = next((at + 1 for at, line in enumerate(lines) if _COLUMNS.fullmatch(line.text)), 0)  # D.93A has no headings
    names: dict[str, str] = {}
    tag = ""
    for line in lines[start:]:
        if not line.text.strip():
            continue
        if found := _ENTRY.match(line.text):
            tag = found["tag"]
            if tag in names:
                raise line.unread("a new entry: its tag has been seen")
            names[tag] = found["name"]
        elif tag and line.text.startswith(" " * 7):
            names[tag] += f" {line.text.strip()}"
        else:
            raise line.unread("an entry of an index")
    return {tag: _STATUS.sub("", name).strip() for tag, name in names.items()}
