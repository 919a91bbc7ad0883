"""Read a UN/EDIFACT directory as the UN publishes it into the compact content that guides are made from.

The texts are meant for people: names wrap, change marks stand anywhere, and groups are drawn with line characters. So every line of the
parts that are read must be known to a grammar, and all that was read must agree with the directory's own indexes. What does not is an
error of ours, raised here and never found later in somebody's order.

``python -m edi.edifact.untdid d96a.zip > edi/edifact/directories/d96a.json.gz`` makes one file that is shipped, ``make directories`` all.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from edi.edifact.untdid.checks import Texts, check
from edi.edifact.untdid.codelists import CodeList, code_lists
from edi.edifact.untdid.dictionary import Entry, Row, entries
from edi.edifact.untdid.indexes import index
from edi.edifact.untdid.messages import message
from edi.edifact.untdid.texts import Line, only, texts_of

Content: TypeAlias = dict[str, Any]

_MESSAGE = re.compile(r"(?P<code>[A-Z]{6})_D\.(?P<release>\d\d[AB])")
_KINDS = {"messages": "MD", "segments": "SD", "composites": "CD", "elements": "ED"}
_RELATIONS = dict(enumerate("OPRECLN", start=1))  # dependency notes D1 to D7, in the letters of edi.guidemodel
_COMPONENT_TIMES = re.compile(r"The component (\d{4}) .*? occurs (\d+) times in the composite")
_COMPOSITE_TIMES = re.compile(r"The composite (C\d{3}) .*? occurs (\d+) times in the segment")


def directory(archive: bytes) -> Content:
    """Return everything that a published directory defines.

    Returns:
        versions: as messages state them in UNH, such as D:96A
        messages: code -> [name, rows]; a row is [tag, M or C, repeat] or, of a group, [number, M or C, repeat, rows]
        segments: tag -> [name, rows, conditions]; a row is [composite or element, M or C, repeat]
        composites: tag -> [name, rows]; a row is [element, M or C, repeat]
        elements: number -> [name, representation]
        open: numbers of elements whose codes may come from elsewhere, as a note of the UN says: ISO, a recommendation, users
        codes: number -> {code: name}
    """
    texts = read_texts(archive)
    check(texts)
    return {
        "versions": [f"D:{texts.release}"],
        "messages": {code: [texts.name("messages", code), each.rows] for code, each in sorted(texts.messages.items())},
        "segments": {tag: [texts.name("segments", tag), _segment_rows(entry), _conditions(entry)]
                     for tag, entry in texts.segments.items()},
        "composites": {tag: [texts.name("composites", tag), _composite_rows(entry)] for tag, entry in texts.composites.items()},
        "elements": {tag: [texts.name("elements", tag), entry.prose["Repr"]] for tag, entry in texts.elements.items()},
        "open": [tag for tag, entry in texts.elements.items() if "Note" in entry.prose],
        "codes": {tag: {code: " ".join(name.split()) for code, name in each.codes.items()}
                  for tag, each in sorted(texts.codes.items()) if each.codes},
    }


def read_texts(archive: bytes) -> Texts:
    """Read every text of a published directory. Raise ConfigurationError, with file and line, for a line that cannot be read."""
    texts = texts_of(archive)
    messages = {found["code"]: message(lines) for name, lines in texts.items() if (found := _MESSAGE.fullmatch(name))}
    (release,) = {found["release"] for name in texts if (found := _MESSAGE.fullmatch(name))}
    segments, composites, elements = (entries(only(texts, rf"(?:ED|TR){kind}\.{release}")) for kind in ("SD", "CD", "ED"))
    return Texts(release, messages, segments, composites, elements, _codes(texts), _indexes(texts))


def _codes(texts: dict[str, list[Line]]) -> dict[str, CodeList]:
    volumes = [code_lists(lines) for name, lines in sorted(texts.items()) if name.startswith("UNCL")]
    return {tag: each for volume in volumes for tag, each in volume.items()}


def _indexes(texts: dict[str, list[Line]]) -> dict[str, list[dict[str, str]]]:
    return {part: [index(lines) for name, lines in sorted(texts.items()) if re.fullmatch(rf"(?:ED|TR){kind}I\d\..*", name)]
            for part, kind in _KINDS.items()}


def _segment_rows(entry: Entry) -> list[list[Any]]:
    times = {tag: int(number) for tag, number in _COMPOSITE_TIMES.findall(entry.prose.get("Note", ""))}
    return [[row.tag, row.status, max(row.repeat, times.get(row.tag, 1))] for row in _own(entry)]


def _composite_rows(entry: Entry) -> list[list[Any]]:
    times = {tag: int(number) for tag, number in _COMPONENT_TIMES.findall(entry.prose.get("Note", ""))}
    return [[row.tag, row.status, times.get(row.tag, 1)] for row in entry.rows]


def _own(entry: Entry) -> list[Row]:
    return [row for row in entry.rows if not row.is_component]


def _conditions(entry: Entry) -> list[str]:
    places = [row.position for row in _own(entry)]
    return [_RELATIONS[int(kind)] + "".join(f"{places.index(place) + 1:02}" for place in noted) for kind, noted in entry.dependencies]
