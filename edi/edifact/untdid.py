"""Read a UN/EDIFACT directory as the UN publishes it and print it as the compact JSON that guides are made from.

Run as ``python -m edi.edifact.untdid PATH/d96a.zip > edi/edifact/directories/d96a.json``. The texts are meant for people:
names wrap, change marks stand anywhere, and groups are drawn with line characters. So a line that looks like a table row
and cannot be read is an error of ours, raised here and never found later in somebody's order.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from edi.errors import ConfigurationError

Item: TypeAlias = list[Any]  # [tag, status, repeat] or [group, status, repeat, [items]]

_ENCODING = "cp850"  # the line characters are the only ones above ASCII that matter
_MESSAGE = re.compile(r"([A-Z]{6})_D\.(\d\d[AB])", re.IGNORECASE)
_TABLE = re.compile(r"^\s*4\.3\.1\s+Segment table\s*$", re.MULTILINE)
_ROW = re.compile(r"^\d{4,5}[ *+#|X-]{2,}")
_GROUP = re.compile(r"^\d{4,5}.*?Segment group\s+(\d+)\s*\S*\s+([MC])\s+(\d+)")
_SEGMENT = re.compile(r"^\d{4,5}[\s*+#|X-]+([A-Z]{3})\s.*?\s([MC])\s+(\d+)(.*)$")
_CLOSES = "┘┴+"
_RULE = re.compile(r"^(?:─|-){20,}\s*$", re.MULTILINE)
_HEADING = re.compile(r"^[\s*+#|X-]{4,}([A-Z]{3}|[CES]\d{3})[ ]{1,6}(\S.*)$", re.MULTILINE)
_POSITION = re.compile(r"^(\d{3})[\s*+#|X-]+([CES]?\d{3,4})\s")
_STATUS = re.compile(r"\s([MC])(?:\s+(\d+))?(?:\s+(?:an|a|n)(?:\.\.)?\d+)?\s*$")
_ELEMENT = re.compile(r"^[\s*+#|X-]{2,}(\d{4})\s{1,3}(\S.*)$", re.MULTILINE)
_FORMAT = re.compile(r"Repr:\s*((?:an|a|n)(?:\.\.)?\d+)")


def directory(archive: bytes) -> dict[str, Any]:
    """Return messages, segments, composites and elements of a published directory."""
    texts = dict(_texts(archive))
    messages = {}
    release = ""
    for name, text in sorted(texts.items()):
        if found := _MESSAGE.fullmatch(name):
            release = found[2].upper()
            messages[found[1].upper()] = message_table(text)
    return {
        "versions": [f"D:{release}"],
        "messages": messages,
        "segments": _blocks(_dictionary(texts, "SD"), with_repeat=True),
        "composites": _blocks(_dictionary(texts, "CD"), with_repeat=False),
        "elements": _elements(_dictionary(texts, "ED")),
    }


def message_table(text: str) -> list[Item]:
    """Read the segment table of one message: segments, and groups within groups."""
    *_, last = _TABLE.finditer(text)
    top: list[Item] = []
    open_groups = [top]
    for line in _rows(text[last.end():].splitlines()):
        if group := _GROUP.match(line):
            item: Item = [group[1], group[2], int(group[3]), []]
            open_groups[-1].append(item)
            open_groups.append(item[3])
        elif segment := _SEGMENT.match(line):
            open_groups[-1].append([segment[1], segment[2], int(segment[3])])
            closing = sum(segment[4].count(mark) for mark in _CLOSES)
            del open_groups[len(open_groups) - closing:]
        else:
            raise ConfigurationError(f"segment table row cannot be read: {line!r}; teach edi.edifact.untdid its form")
    if len(open_groups) != 1:
        raise ConfigurationError("a segment group is never closed; teach edi.edifact.untdid how this text draws it")
    return top


def _rows(lines: list[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        if _ROW.match(line):
            wrapped = not (_GROUP.match(line) or _SEGMENT.match(line)) and at + 1 < len(lines)
            yield line.rstrip(" │|") + " " + lines[at + 1].strip() if wrapped else line


def _texts(archive: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as outer:
        for name in outer.namelist():
            base, data = Path(name).name, outer.read(name)
            if base.upper().endswith(".ZIP"):
                yield from _texts(data)
            elif data:
                yield base.upper(), data.decode(_ENCODING)


def _dictionary(texts: dict[str, str], kind: str) -> str:
    names = [name for name in texts if re.fullmatch(rf"(?:ED|TR){kind}\.\d\d[AB]", name)]
    if len(names) != 1:
        raise ConfigurationError(f"expected one ED{kind} or TR{kind} text in the directory, found {names}")
    return texts[names[0]]


def _blocks(text: str, *, with_repeat: bool) -> dict[str, Any]:
    blocks = {}
    for block in _RULE.split(text)[1:]:
        if heading := _HEADING.search(block):
            rows = list(_positions(block, with_repeat=with_repeat))
            name = heading[2].strip()
            blocks[heading[1]] = [name.capitalize(), rows] if with_repeat else rows
    return dict(sorted(blocks.items()))


def _positions(block: str, *, with_repeat: bool) -> Iterator[Item]:
    lines = block.splitlines()
    for at, line in enumerate(lines):
        if not (position := _POSITION.match(line)):
            continue
        row, following = line, at
        while not (status := _STATUS.search(row)):
            following += 1
            if following >= len(lines) or not lines[following].strip():
                raise ConfigurationError(f"directory row has no status: {line!r}; teach edi.edifact.untdid its form")
            row += " " + lines[following].rstrip()
        yield [position[2], status[1], int(status[2] or 1)] if with_repeat else [position[2], status[1]]


def _elements(text: str) -> dict[str, str]:
    elements = {}
    for block in _RULE.split(text)[1:]:
        heading, form = _ELEMENT.search(block), _FORMAT.search(block)
        if heading and form:
            elements[heading[1]] = form[1]
    return dict(sorted(elements.items()))


def render(content: dict[str, Any]) -> str:
    """Return deterministic JSON, one row a message, segment, composite or element, so that a change is a readable diff."""
    parts = []
    for section, rows in content.items():
        if isinstance(rows, dict):
            body = ",\n".join(f"{json.dumps(key)}:{_compact(value)}" for key, value in rows.items())
            parts.append(f"{json.dumps(section)}:{{\n{body}\n}}")
        else:
            parts.append(f"{json.dumps(section)}:{_compact(rows)}")
    return "{" + ",\n".join(parts) + "}\n"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def main() -> None:
    """Print the JSON of the archive named on the command line."""
    sys.stdout.write(render(directory(Path(sys.argv[1]).read_bytes())))


if __name__ == "__main__":
    main()
