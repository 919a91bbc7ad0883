"""Read the segment table of a message type: segments, groups within groups, and what the text says of itself to check them by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from edi.edifact.untdid.texts import MARKS, Line
from edi.errors import ConfigurationError

Row: TypeAlias = list[Any]  # [tag, status, repeat] or [group, status, repeat, [rows]]

_BOX = re.compile(r"\s+(Message Type|Version|Release)\s*:\s*(\w+)")
_TABLE = re.compile(r"4\.[23]\.[12]\s+Segment table$", re.IGNORECASE)
_INDEX = re.compile(r"4\.[23]\s+(Data )?Segment index\b.*", re.IGNORECASE)
_STRUCTURE = re.compile(r"4\.3\s+Message structure$")
_POSITION = rf"^(?P<position>\d{{4,5}})?(?P<marks>{MARKS}{{1,7}}?) *"
_END = r"\s+(?P<status>[MC])\s+(?P<repeat>\d+) ?(?P<drawing>[-+| ]*)$"
_GROUP = re.compile(_POSITION + r"-{3,5} Segment group +(?P<group>\d+) *-+" + _END, re.IGNORECASE)
_SEGMENT = re.compile(_POSITION + r"(?P<tag>[A-Z]{3}) +(?P<name>\S.*?)" + _END)
_WRAPPED = re.compile(_POSITION + r"[A-Z]{3} +\S")
_FURNITURE = re.compile(r"[ |]*$|\s+(HEADER|DETAIL|SUMMARY) SECTION$|Pos +Tag Name +S +R$|\s+TAG +NAME +S +REPT +S +REPT$")
_ANNEX = re.compile(r"(Informative )?Annex\b.*", re.IGNORECASE)
_ENTRY = re.compile(rf"^{MARKS}*(?P<tag>[A-Z]{{3}}) +(?P<name>\S.*)$")
_EXPLAINED = re.compile(rf"^(\d{{4,5}}){MARKS}+(?:([A-Z]{{3}}),|Segment group (\d+)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """What the text of a message type says."""

    box: dict[str, str]  # Message Type, Version, Release, as the front page gives them
    rows: list[Row]
    index: dict[str, str]  # its own index of segments: tag, name
    places: dict[str, str]  # position in the table: tag, or group's number
    explained: dict[str, str]  # the same, from the section that explains each; empty in D.93A, which has no positions


def message(lines: list[Line]) -> Message:
    """Read the text of a message type. Raise for a line of its table or index that cannot be read."""
    start = max((at for at, line in enumerate(lines) if _TABLE.match(line.text)), default=None)
    index = max((at for at, line in enumerate(lines) if _INDEX.match(line.text)), default=None)
    if start is None or index is None:
        raise ConfigurationError(f"{lines[0].file}: no segment table or no index of segments; teach edi.edifact.untdid where they stand")
    index_first = index < start
    structure = next((at for at in range(index, start) if _STRUCTURE.match(lines[at].text)), start)
    table = list(_joined(lines[start + 1:None if index_first else index]))
    return Message(
        box={found[1]: found[2] for line in lines[:start] if (found := _BOX.match(line.text))},
        rows=_nested(table),
        index=dict(_index(lines[index + 1:structure if index_first else None])),
        places={found["position"]: found.groupdict().get("tag") or found["group"] for _, found in table if found["position"]},
        explained={found[1]: found[2] or found[3] for line in lines[:start] if (found := _EXPLAINED.match(line.text))},
    )


def _joined(lines: list[Line]) -> Iterator[tuple[Line, re.Match[str]]]:
    """Yield each row of the table, with a name that runs over two lines joined."""
    following = iter(lines)
    for line in following:
        if _ANNEX.match(line.text):  # examples and glossaries, for people
            return
        if _FURNITURE.match(line.text):
            continue
        text = line.text
        if not _matched(text) and _WRAPPED.match(text):
            text = text.rstrip(" |") + " " + next(following, line).text.strip()
        found = _matched(text)
        if found is None:
            raise line.unread("a row of a segment table")
        yield line, found


def _matched(text: str) -> re.Match[str] | None:
    return _GROUP.match(text) or _SEGMENT.match(text)


def _nested(table: list[tuple[Line, re.Match[str]]]) -> list[Row]:
    """Put segments into their groups, and hold the drawing against it: a bar for every open group, a corner for every one that ends."""
    top: list[Row] = []
    open_groups = [top]
    for line, row in table:
        if "-" in row["marks"]:  # deleted: printed once more to show that it is gone
            continue
        here, drawn = open_groups[-1], re.sub("[- ]", "", row["drawing"])
        if group := row.groupdict().get("group"):
            here.append([group, row["status"], int(row["repeat"]), []])
            open_groups.append(here[-1][3])
        else:
            here.append([row["tag"], row["status"], int(row["repeat"])])
        if len(drawn) != len(open_groups) - 1:
            raise line.unread(f"drawn inside {len(open_groups) - 1} groups")
        if not group:
            del open_groups[len(open_groups) - drawn.count("+"):]
    if len(open_groups) != 1:
        raise table[-1][0].unread("the end of all groups")
    return top


def _index(lines: list[Line]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if not line.text.strip():
            continue
        found = _ENTRY.match(line.text)
        if found is None:
            raise line.unread("an entry of the message's index of segments")
        yield found["tag"], found["name"]
